/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from a command to its database: which one, as whom, and whether its schema fits. What is
 * in it is core's business.
 */
#include "app/database.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "db/db.h"

static enum err check_owner(struct cx *cx, const char *path, const struct stat *st)
{
	const struct passwd *pw;
	if (geteuid() != 0 || st->st_uid == 0)
		return OK;
	pw = getpwuid(st->st_uid);
	const char *owner =
	    pw == NULL ? arena_printf(cx->arena, "user %u", st->st_uid) : pw->pw_name;
	return fail(cx, ERR_DENIED, "database.owner",
	    "we are root, but %s belongs to %s: run as %s, or give --user %s", path, owner, owner,
	    owner);
}

static enum err check_file(struct cx *cx, const char *path, enum database_need need)
{
	struct stat st;
	if (stat(path, &st) == 0)
		return check_owner(cx, path, &st);
	if (need == DATABASE_ANY && errno == ENOENT)
		return OK;
	return fail(cx, ERR_NOT_FOUND, "database.none", "%s: %s. Run billhook init first.", path,
	    strerror(errno));
}

enum err database_open(struct cx *cx, const struct config *c, enum database_need need)
{
	static const char sqlite[] = "sqlite:";
	if (str_empty(c->db))
		return fail(cx, ERR_INVALID, "usage.db",
		    "say which database: --db URL or BILLHOOK_DB");
	if (str_starts(c->db, sqlite))
		TRY(check_file(cx, c->db + strlen(sqlite), need));
	TRY(db_open(cx, c->db, &cx->db));
	enum err err = need == DATABASE_READY ? db_migrated(cx) : OK;
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "migrate.pending"))
		(void)fail(cx, ERR_CONFLICT, "migrate.pending",
		    "the database's schema is older than this program: run billhook init first");
	if (err != OK)
		database_close(cx);
	return err;
}

void database_close(struct cx *cx)
{
	db_close(cx->db);
	cx->db = NULL;
}

enum err database_user(struct cx *cx, const struct config *c)
{
	if (str_empty(c->user))
		return OK;
	const struct passwd *pw = getpwnam(c->user);
	if (pw == NULL)
		return fail(cx, ERR_INVALID, "usage.user", "there is no unix user \"%s\"", c->user);
	if (geteuid() == pw->pw_uid)
		return OK;
	if (geteuid() != 0)
		return fail(cx, ERR_INVALID, "usage.user", "only root can become \"%s\"", c->user);
	if (initgroups(pw->pw_name, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 ||
	    setuid(pw->pw_uid) != 0 || setuid(0) == 0)
		return fail(cx, ERR_INTERNAL, "user.drop", "becoming \"%s\" failed: %s", c->user,
		    strerror(errno));
	return OK;
}
