/* SPDX-License-Identifier: Apache-2.0 */
/* Small commands of one call each: an API token, the check of an extension program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "app/database.h"
#include "base/str.h"
#include "core/access/access.h"
#include "fmt/form.h"
#include "link/exec_check.h"
#include "link/link.h"

static enum err make_token(struct cx *cx, const struct config *c, char **ret)
{
	struct staff staff;
	char *scopes = arena_strdup(cx->arena, c->scope);
	for (char *p = scopes; *p != 0; p++)
		*p = *p == ',' ? ' ' : *p;
	TRY(database_user(cx, c));
	TRY(database_open(cx, c, DATABASE_READY));
	enum err err = staff_find_email(cx, c->staff, &staff);
	if (err == ERR_NOT_FOUND)
		err = fail(cx, ERR_NOT_FOUND, "token.staff",
		    "nobody of the staff has the address %s", c->staff);
	if (err == OK)
		err = token_create(cx, staff.id, c->name, scopes, c->days, ret);
	database_close(cx);
	return err;
}

/* Only the token stands on stdout, so that a script can take it. */
int command_token(struct cx *cx, const struct config *c)
{
	char *token = NULL;
	enum err err = OK;
	if (c->words_n != 1 || !str_eq(c->words[0], "create"))
		err = fail(cx, ERR_INVALID, "usage.word", "say: billhook token create");
	else if (str_empty(c->staff))
		err = fail(cx, ERR_INVALID, "usage.staff", "say whose token: --staff EMAIL");
	if (err != OK || make_token(cx, c, &token) != OK)
		return command_fault(cx);
	puts(token);
	return 0;
}

static void say(void *arg, bool passed, const char *check, const char *why)
{
	printf("%s  %s%s%s\n", passed ? "ok  " : "FAIL", check, passed ? "" : ": ", why);
	fflush(stdout);
}

int command_exec_check(struct cx *cx, const struct config *c)
{
	json_t *settings = NULL;
	if (c->words_n != 1) {
		(void)fail(cx, ERR_INVALID, "usage.word",
		    "say which program: billhook exec-check ./prog");
		return command_fault(cx);
	}
	if (json_parse(cx, c->settings, strlen(c->settings), &settings) != OK) {
		(void)fail(cx, ERR_INVALID, "usage.settings", "--settings must be a JSON object");
		return command_fault(cx);
	}
	char *path = realpath(c->words[0], NULL);
	if (path == NULL) {
		(void)fail(cx, ERR_INVALID, "usage.program", "there is no program %s", c->words[0]);
		return command_fault(cx);
	}
	const char *real;
	bool passed = link_exec_check(cx, path, settings, say, NULL);
	bool allowed = link_program(cx, c->exec_folders, path, &real) == OK;
	say(NULL, allowed, "it stands within exec_folders", cx->fault.detail);
	free(path);
	return passed && allowed ? 0 : 1;
}
