/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inbox of provider messages: stored raw first, believed after verification, handled by a job,
 * each once.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/job/job.h"
#include "core/payment/own.h"

struct store {
	const struct hook *hook;
	int64_t id;
};

static enum err store_body(struct cx *cx, void *arg)
{
	struct store *s = arg;
	return hook_store_insert(cx, s->hook, &s->id);
}

enum err hook_store(struct cx *cx, const struct hook *h, int64_t *ret_id)
{
	struct store s = {.hook = h};
	TRY(db_tx(cx, store_body, &s));
	*ret_id = s.id;
	return OK;
}

struct change {
	int64_t id;
	const char *state, *reason, *remote_id, *event;
	bool is_new;
};

static enum err verified_body(struct cx *cx, void *arg)
{
	struct change *c = arg;
	struct hook h;
	int64_t known;
	TRY(hook_get(cx, c->id, &h));
	enum err err = hook_store_known(cx, h.gateway, c->remote_id, &known);
	c->is_new = err == ERR_NOT_FOUND;
	if (err == OK && known != c->id)
		return hook_store_set(cx, c->id, "done", "repeat", NULL, c->event);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	TRY(hook_store_set(cx, c->id, "verified", "", c->remote_id, c->event));
	struct job_new job = {
	    .kind = "hook.apply",
	    .key = arena_printf(cx->arena, "hook/%" PRId64, c->id),
	    .subject = "hook",
	    .subject_id = c->id,
	};
	return job_add(cx, &job, NULL);
}

enum err hook_verified(struct cx *cx, int64_t id, const char *remote_id, const char *event_json,
    bool *ret_new)
{
	struct change c = {.id = id, .remote_id = remote_id, .event = event_json};
	enum err err = db_tx(cx, verified_body, &c);
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "db.unique")) {
		/* The same message came twice in the same instant; the other one is in now. */
		cx_clear(cx);
		err = db_tx(cx, verified_body, &c);
	}
	if (err == OK)
		*ret_new = c.is_new;
	return err;
}

static enum err set_body(struct cx *cx, void *arg)
{
	const struct change *c = arg;
	return hook_store_set(cx, c->id, c->state, c->reason, NULL, NULL);
}

enum err hook_refused(struct cx *cx, int64_t id, const char *reason)
{
	return db_tx(cx, set_body,
	    &(struct change){.id = id, .state = "refused", .reason = reason});
}

enum err hook_done(struct cx *cx, int64_t id, bool failed, const char *reason)
{
	return db_tx(cx, set_body,
	    &(struct change){.id = id, .state = failed ? "failed" : "done", .reason = reason});
}
