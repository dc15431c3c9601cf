/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending access: of a person who may not sign in any more, of links that a new password or address
 * makes void, and of what has expired. core/client and core/staff call it through their own
 * headers.
 */
#include "core/access/own.h"
#include "db/db.h"

struct end {
	enum session_kind kind;
	int64_t subject_id, except;
};

static enum err end_all(struct cx *cx, void *arg)
{
	const struct end *a = arg;

	TRY(session_delete_all(cx, a->kind, a->subject_id, a->except));
	if (a->kind == SESSION_STAFF)
		TRY(token_revoke_all(cx, a->subject_id));
	return one_time_delete(cx, session_word(a->kind), a->subject_id, NULL);
}

enum err access_end_all(struct cx *cx, enum session_kind kind, int64_t subject_id, int64_t except)
{
	struct end a = {kind, subject_id, except};

	return db_tx(cx, end_all, &a);
}

enum err client_end_links(struct cx *cx, int64_t id)
{
	return one_time_delete(cx, "client", id, NULL);
}

enum err client_end_access(struct cx *cx, int64_t id)
{
	return access_end_all(cx, SESSION_CLIENT, id, 0);
}

enum err staff_end_links(struct cx *cx, int64_t id)
{
	return one_time_delete(cx, "staff", id, NULL);
}

enum err staff_end_access(struct cx *cx, int64_t id)
{
	return access_end_all(cx, SESSION_STAFF, id, 0);
}

static enum err sweep(struct cx *cx, void *arg)
{
	int64_t *removed = arg, sessions, links, throttles, replays;

	TRY(session_sweep(cx, &sessions));
	TRY(one_time_sweep(cx, &links));
	TRY(throttle_sweep(cx, &throttles));
	TRY(replay_sweep(cx, &replays));
	*removed = sessions + links + throttles + replays;
	return OK;
}

enum err access_sweep(struct cx *cx, int64_t *ret_removed)
{
	int64_t removed;

	TRY(db_tx(cx, sweep, &removed));
	*ret_removed = removed;
	return OK;
}
