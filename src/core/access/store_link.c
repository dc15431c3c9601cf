/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table one_time. */
#include "core/access/own.h"
#include "db/db.h"

DB_STMT(one_time_add, "tttitii",
    "INSERT INTO one_time (token_hash, kind, subject, subject_id, email, created_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)");

enum err one_time_insert(struct cx *cx, const struct one_time_new *l)
{
	return db_run(cx, &one_time_add,
	    DB_ARGS(db_text(l->hash), db_text(l->kind), db_text(l->subject), db_int(l->subject_id),
	        db_text(l->email), db_int(cx->now), db_int(l->expires_at)),
	    NULL);
}

static void read_one_time(struct db_row *row, void *out)
{
	struct one_time *l = out;

	l->subject_id = row_int(row);
	l->subject = row_str(row);
	l->email = row_str(row);
}

DB_STMT(one_time_set_used, "tti",
    "UPDATE one_time SET used_at = $3 WHERE token_hash = $1 AND kind = $2 AND used_at IS NULL"
    " AND expires_at > $3 RETURNING subject_id, subject, email");

enum err one_time_use(struct cx *cx, const char *hash, const char *kind, struct one_time *ret)
{
	return db_one(cx, &one_time_set_used,
	    DB_ARGS(db_text(hash), db_text(kind), db_int(cx->now)), read_one_time, ret);
}

DB_STMT(one_time_del, "tit",
    "DELETE FROM one_time WHERE subject = $1 AND subject_id = $2 AND ($3 IS NULL OR kind = $3)");

enum err one_time_delete(struct cx *cx, const char *subject, int64_t subject_id, const char *kind)
{
	return db_run(cx, &one_time_del,
	    DB_ARGS(db_text(subject), db_int(subject_id), db_text(kind)), NULL);
}

DB_STMT(one_time_del_old, "i", "DELETE FROM one_time WHERE expires_at <= $1");

enum err one_time_sweep(struct cx *cx, int64_t *ret_removed)
{
	return db_run(cx, &one_time_del_old, DB_ARGS(db_int(cx->now)), ret_removed);
}
