/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table api_token. Revoked and expired rows stay, as a record of who had access. */
#include "base/limits.h"
#include "core/access/own.h"
#include "db/db.h"

#define COLUMNS "id, staff_id, name, scopes, created_at, expires_at, used_at, revoked_at"

static void read_token(struct db_row *row, void *out)
{
	struct token_row *t = out;

	t->id = row_int(row);
	t->staff_id = row_int(row);
	t->name = row_str(row);
	t->scopes = row_str(row);
	t->created_at = row_int(row);
	t->expires_at = row_int(row);
	t->used_at = row_int(row);
	t->revoked_at = row_int(row);
}

DB_STMT(token_add, "tittii",
    "INSERT INTO api_token (token_hash, staff_id, name, scopes, created_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");

enum err token_insert(struct cx *cx, const struct token_new *t, int64_t *ret_id)
{
	return db_int64(cx, &token_add,
	    DB_ARGS(db_text(t->hash), db_int(t->staff_id), db_text(t->name), db_text(t->scopes),
	        db_int(cx->now), db_int(t->expires_at)),
	    ret_id);
}

DB_STMT(token_by_hash, "ti",
    "SELECT " COLUMNS
    " FROM api_token WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2");

enum err token_find(struct cx *cx, const char *hash, struct token_row *ret)
{
	return db_one(cx, &token_by_hash, DB_ARGS(db_text(hash), db_int(cx->now)), read_token, ret);
}

DB_STMT(token_set_used, "ii", "UPDATE api_token SET used_at = $2 WHERE id = $1");

enum err token_write_used(struct cx *cx, int64_t id)
{
	return db_run(cx, &token_set_used, DB_ARGS(db_int(id), db_int(cx->now)), NULL);
}

DB_STMT(token_set_revoked, "iii",
    "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND staff_id = $2 AND revoked_at IS NULL");

enum err token_write_revoked(struct cx *cx, int64_t staff_id, int64_t id, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &token_set_revoked, DB_ARGS(db_int(id), db_int(staff_id), db_int(cx->now)),
	    &changed));
	*ret_changed = changed == 1;
	return OK;
}

DB_STMT(token_set_all_revoked, "ii",
    "UPDATE api_token SET revoked_at = $2 WHERE staff_id = $1 AND revoked_at IS NULL");

enum err token_revoke_all(struct cx *cx, int64_t staff_id)
{
	return db_run(cx, &token_set_all_revoked, DB_ARGS(db_int(staff_id), db_int(cx->now)), NULL);
}

DB_STMT(token_select, "ii",
    "SELECT " COLUMNS
    " FROM api_token WHERE ($1 IS NULL OR staff_id = $1) ORDER BY id DESC LIMIT $2");

enum err token_rows(struct cx *cx, int64_t staff_id, struct token_row **ret, size_t *ret_n)
{
	struct db_into into = {read_token, sizeof **ret};

	return db_list(cx, &token_select, DB_ARGS(db_opt(staff_id), db_int(LIMIT_SESSIONS)), into,
	    ret, ret_n);
}
