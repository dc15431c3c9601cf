/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a database ready, new or old: schema, first rows, first staff user. Doing it again changes
 * nothing that is right already.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/database.h"
#include "app/seed.h"
#include "base/str.h"
#include "core/staff/staff.h"
#include "core/tax/tax.h"
#include "db/db.h"
#include "fmt/field.h"

#define PASSWORD_LINE_BYTES 1024

static enum err read_password(struct cx *cx, const char *path, char **ret)
{
	char line[PASSWORD_LINE_BYTES];
	FILE *f = str_eq(path, "-") ? stdin : fopen(path, "re");
	if (f == NULL)
		return fail(cx, ERR_INVALID, "usage.password", "the password file %s: %s", path,
		    strerror(errno));
	bool got = fgets(line, sizeof line, f) != NULL;
	if (f != stdin)
		fclose(f);
	line[got ? strcspn(line, "\r\n") : 0] = 0;
	if (*line == 0)
		return fail(cx, ERR_INVALID, "usage.password", "the password file %s is empty",
		    path);
	*ret = arena_strdup(cx->arena, line);
	return OK;
}

/* The same rules as in the staff area's form. */
static enum err check_admin(struct cx *cx, const struct config *c, const char *password)
{
	struct staff_input in;
	json_t *body = json_pack("{ss ss ss si}", "email", c->admin_email, "name", c->admin_name,
	    "password", password, "role_id", 1);
	if (body == NULL)
		return fail(cx, ERR_INVALID, "usage.admin",
		    "address, name or password are not UTF-8 text");
	enum err err = field_read(cx, &staff_fields, body, FIELD_JSON, &in);
	json_decref(body);
	return err;
}

static enum err admin(struct cx *cx, const struct config *c)
{
	char *password = NULL;
	bool fresh = false;
	if (str_empty(c->admin_email))
		return OK;
	TRY(read_password(cx, c->admin_password_file, &password));
	TRY(check_admin(cx, c, password));
	TRY(seed_staff(cx, c->admin_email, c->admin_name, password, &fresh));
	printf(fresh ? "Staff user %s made.\n" : "Staff user %s is there already.\n",
	    c->admin_email);
	return OK;
}

static enum err init(struct cx *cx, const struct config *c)
{
	int applied = 0;
	int64_t staff = 0, rates = 0;
	TRY(db_migrate(cx, &applied));
	printf("Schema is current (%d migrations applied).\n", applied);
	TRY(seed_base(cx, c));
	TRY(tax_seed(cx, c->tax_rate_seed, &rates));
	if (rates > 0)
		printf("%lld shipped tax rates loaded.\n", (long long)rates);
	TRY(admin(cx, c));
	TRY(staff_count(cx, &staff));
	if (staff == 0)
		puts("There is no staff user yet: give --admin-email and --admin-password-file.");
	puts("Ready. Start it with: billhook serve");
	return OK;
}

int command_init(struct cx *cx, const struct config *c)
{
	if (str_empty(c->admin_email) != str_empty(c->admin_password_file)) {
		(void)fail(cx, ERR_INVALID, "usage.admin",
		    "--admin-email and --admin-password-file belong together");
		return command_fault(cx);
	}
	enum err err = database_user(cx, c);
	if (err == OK)
		err = database_open(cx, c, DATABASE_ANY);
	if (err == OK)
		err = init(cx, c);
	if (cx->db != NULL)
		database_close(cx);
	return err == OK ? 0 : command_fault(cx);
}
