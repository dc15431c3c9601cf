/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the tables throttle and replay. window_at is the end of the window. */
#include "core/access/own.h"
#include "db/db.h"

static void read_throttle(struct db_row *row, void *out)
{
	struct throttle_row *t = out;

	t->count = row_int(row);
	t->until_at = row_int(row);
}

DB_STMT(throttle_use, "tii",
    "INSERT INTO throttle (key, count, window_at) VALUES ($1, 1, $3) ON CONFLICT (key) DO UPDATE"
    " SET count = CASE WHEN throttle.window_at <= $2 THEN 1 ELSE throttle.count + 1 END, window_at"
    " = CASE WHEN throttle.window_at <= $2 THEN excluded.window_at ELSE throttle.window_at END"
    " RETURNING count, window_at");

enum err throttle_add(struct cx *cx, const char *key, int64_t window_s, struct throttle_row *ret)
{
	return db_one(cx, &throttle_use,
	    DB_ARGS(db_text(key), db_int(cx->now), db_int(cx->now + window_s)), read_throttle, ret);
}

DB_STMT(throttle_del, "t", "DELETE FROM throttle WHERE key = $1");

enum err throttle_delete(struct cx *cx, const char *key)
{
	return db_run(cx, &throttle_del, DB_ARGS(db_text(key)), NULL);
}

DB_STMT(throttle_del_old, "i", "DELETE FROM throttle WHERE window_at <= $1");

enum err throttle_sweep(struct cx *cx, int64_t *ret_removed)
{
	return db_run(cx, &throttle_del_old, DB_ARGS(db_int(cx->now)), ret_removed);
}

DB_STMT(replay_add, "ttti",
    "INSERT INTO replay (caller, key, request_hash, status, body, created_at)"
    " VALUES ($1, $2, $3, 0, '', $4) ON CONFLICT (caller, key) DO NOTHING");

enum err replay_insert(struct cx *cx, const struct replay *r, bool *ret_new)
{
	int64_t changed;

	TRY(db_run(cx, &replay_add,
	    DB_ARGS(db_text(r->caller), db_text(r->key), db_text(r->request_hash), db_int(cx->now)),
	    &changed));
	*ret_new = changed == 1;
	return OK;
}

static void read_replay(struct db_row *row, void *out)
{
	struct replay_row *r = out;

	r->request_hash = row_str(row);
	r->status = row_int(row);
	r->body = row_str(row);
	r->created_at = row_int(row);
}

DB_STMT(replay_by_key, "tt",
    "SELECT request_hash, status, body, created_at FROM replay WHERE caller = $1 AND key = $2");

enum err replay_find(struct cx *cx, const struct replay *r, struct replay_row *ret)
{
	return db_one(cx, &replay_by_key, DB_ARGS(db_text(r->caller), db_text(r->key)), read_replay,
	    ret);
}

DB_STMT(replay_set_taken, "ttii",
    "UPDATE replay SET created_at = $4 WHERE caller = $1 AND key = $2 AND status = 0 AND"
    " created_at = $3");

enum err replay_take(struct cx *cx, const struct replay *r, int64_t created_at)
{
	int64_t changed;

	TRY(db_run(cx, &replay_set_taken,
	    DB_ARGS(db_text(r->caller), db_text(r->key), db_int(created_at), db_int(cx->now)),
	    &changed));
	return changed == 1 ?
	    OK :
	    fail(cx, ERR_CONFLICT, "replay.busy", "The first request is still under way.");
}

DB_STMT(replay_set_answer, "ttit",
    "UPDATE replay SET status = $3, body = $4 WHERE caller = $1 AND key = $2 AND status = 0");

enum err replay_write(struct cx *cx, const struct replay *r, int status, const char *body)
{
	int64_t changed;

	TRY(db_run(cx, &replay_set_answer,
	    DB_ARGS(db_text(r->caller), db_text(r->key), db_int(status), db_text(body)), &changed));
	return changed == 1 ?
	    OK :
	    fail(cx, ERR_CONFLICT, "replay.lost", "This request has been answered already.");
}

DB_STMT(replay_del_old, "i", "DELETE FROM replay WHERE created_at <= $1");

enum err replay_sweep(struct cx *cx, int64_t *ret_removed)
{
	return db_run(cx, &replay_del_old, DB_ARGS(db_int(cx->now - ACCESS_REPLAY_S)), ret_removed);
}
