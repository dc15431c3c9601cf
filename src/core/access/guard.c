/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rate limits, and the answers kept under an Idempotency-Key. Both must hold across processes and
 * nodes, so both are rows that one statement changes.
 */
#include <assert.h>
#include <string.h>

#include "core/access/own.h"
#include "db/db.h"

enum err throttle_count(struct cx *cx, const char *key, int64_t max, int64_t window_s)
{
	struct throttle_row t;

	TRY(throttle_add(cx, key, window_s, &t));
	if (t.count <= max)
		return OK;
	int64_t wait_s = t.until_at - cx->now;
	if (wait_s < 120)
		return fail(cx, ERR_DENIED, "access.too_many",
		    "Too many tries. Try again in %lld seconds.", (long long)wait_s);
	return fail(cx, ERR_DENIED, "access.too_many", "Too many tries. Try again in %lld minutes.",
	    (long long)(wait_s + 59) / 60);
}

enum err throttle_clear(struct cx *cx, const char *key)
{
	return throttle_delete(cx, key);
}

struct begin {
	const struct replay *replay;
	struct replay_row row;
};

static enum err begin(struct cx *cx, void *arg)
{
	struct begin *a = arg;
	bool new;

	a->row = (struct replay_row){0};
	TRY(replay_insert(cx, a->replay, &new));
	if (new)
		return OK;
	TRY(replay_find(cx, a->replay, &a->row));
	if (strcmp(a->row.request_hash, a->replay->request_hash) != 0)
		return fail(cx, ERR_CONFLICT, "replay.different",
		    "This Idempotency-Key was used for another request.");
	if (a->row.status != 0)
		return fail(cx, ERR_CONFLICT, "replay.kept", "This request was answered before.");
	if (cx->now - a->row.created_at <= ACCESS_REPLAY_BUSY_S)
		return fail(cx, ERR_CONFLICT, "replay.busy",
		    "The first request is still under way.");
	return replay_take(cx, a->replay, a->row.created_at);
}

enum err replay_begin(struct cx *cx, const struct replay *r, int *ret_status, const char **ret_body)
{
	struct begin a = {.replay = r};

	assert(!db_in_tx(cx->db));
	enum err err = db_tx(cx, begin, &a);
	if (err == ERR_CONFLICT && a.row.status != 0 && strcmp(cx->fault.key, "replay.kept") == 0) {
		*ret_status = (int)a.row.status;
		*ret_body = a.row.body;
	}
	return err;
}

enum err replay_end(struct cx *cx, const struct replay *r, int status, const char *body)
{
	assert(status > 0);
	return replay_write(cx, r, status, body);
}
