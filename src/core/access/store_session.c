/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table session. */
#include "base/limits.h"
#include "core/access/own.h"
#include "db/db.h"

#define COLUMNS \
	"id, kind, subject_id, staff_id, csrf, cart, ip, agent, created_at, used_at, expires_at"

static enum session_kind kind_of(const char *word)
{
	return word[0] == 's' ? SESSION_STAFF : word[0] == 'c' ? SESSION_CLIENT : SESSION_VISITOR;
}

static void read_session(struct db_row *row, void *out)
{
	struct session *s = out;

	s->id = row_int(row);
	s->kind = kind_of(row_str(row));
	s->subject_id = row_int(row);
	s->staff_id = row_int(row);
	s->csrf = row_str(row);
	s->cart = row_str(row);
	s->ip = row_str(row);
	s->agent = row_str(row);
	s->created_at = row_int(row);
	s->used_at = row_int(row);
	s->expires_at = row_int(row);
}

DB_STMT(session_by_hash, "tti",
    "SELECT " COLUMNS " FROM session WHERE token_hash = $1 AND kind = $2 AND expires_at > $3");

enum err session_find(struct cx *cx, const char *hash, enum session_kind kind, struct session *ret)
{
	return db_one(cx, &session_by_hash,
	    DB_ARGS(db_text(hash), db_text(session_word(kind)), db_int(cx->now)), read_session,
	    ret);
}

DB_STMT(session_add, "ttittttiii",
    "INSERT INTO session (token_hash, kind, subject_id, csrf, cart, ip, agent, created_at, used_at,"
    " expires_at, staff_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)");

enum err session_insert(struct cx *cx, const struct session *s, const char *hash)
{
	return db_run(cx, &session_add,
	    DB_ARGS(db_text(hash), db_text(session_word(s->kind)), db_int(s->subject_id),
	        db_text(s->csrf), db_text(s->cart), db_text(s->ip), db_text(s->agent),
	        db_int(cx->now), db_int(s->expires_at), db_opt(s->staff_id)),
	    NULL);
}

DB_STMT(session_set_used, "iii",
    "UPDATE session SET used_at = $2, expires_at = $3 WHERE id = $1 AND used_at < $2");

enum err session_write_used(struct cx *cx, const struct session *s)
{
	return db_run(cx, &session_set_used,
	    DB_ARGS(db_int(s->id), db_int(cx->now), db_int(cx->now + session_idle_s(s->kind))),
	    NULL);
}

DB_STMT(session_set_its_cart, "it", "UPDATE session SET cart = $2 WHERE id = $1");

enum err session_write_cart(struct cx *cx, int64_t id, const char *cart)
{
	return db_run(cx, &session_set_its_cart, DB_ARGS(db_int(id), db_text(cart)), NULL);
}

DB_STMT(session_del, "i", "DELETE FROM session WHERE id = $1");

enum err session_delete(struct cx *cx, int64_t id)
{
	return db_run(cx, &session_del, DB_ARGS(db_int(id)), NULL);
}

DB_STMT(session_del_all, "tii",
    "DELETE FROM session WHERE kind = $1 AND subject_id = $2 AND id <> $3");

enum err session_delete_all(struct cx *cx, enum session_kind kind, int64_t subject_id,
    int64_t except)
{
	return db_run(cx, &session_del_all,
	    DB_ARGS(db_text(session_word(kind)), db_int(subject_id), db_int(except)), NULL);
}

DB_STMT(session_select, "tiii",
    "SELECT " COLUMNS " FROM session WHERE kind = $1 AND subject_id = $2 AND expires_at > $3"
    " ORDER BY used_at DESC, id DESC LIMIT $4");

enum err session_rows(struct cx *cx, enum session_kind kind, int64_t subject_id,
    struct session **ret, size_t *ret_n)
{
	struct db_into into = {read_session, sizeof **ret};

	return db_list(cx, &session_select,
	    DB_ARGS(db_text(session_word(kind)), db_int(subject_id), db_int(cx->now),
	        db_int(LIMIT_SESSIONS)),
	    into, ret, ret_n);
}

DB_STMT(session_del_old, "i", "DELETE FROM session WHERE expires_at <= $1");

enum err session_sweep(struct cx *cx, int64_t *ret_removed)
{
	return db_run(cx, &session_del_old, DB_ARGS(db_int(cx->now)), ret_removed);
}
