/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of letters: archiving one with its job, and what became of it. The bytes never change:
 * sending again sends what was sent before. Texts are in template.c, sending is in flow/.
 */
#include "core/notice/notice.h"

#include <assert.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/job/job.h"
#include "core/notice/own.h"
#include "db/db.h"
#include "fmt/form.h"

static enum err add_job(struct cx *cx, const char *key, int64_t client_id, int64_t id)
{
	struct job_new j = {.kind = LETTER_JOB,
	    .key = key,
	    .subject = "letter",
	    .subject_id = id,
	    .client_id = client_id};

	return job_add(cx, &j, NULL);
}

struct add {
	const struct letter_new *letter;
	int64_t id;
};

static enum err add(struct cx *cx, void *arg)
{
	struct add *a = arg;

	TRY(letter_insert(cx, a->letter, &a->id));
	if (a->id == 0)
		return OK;
	const char *key = arena_printf(cx->arena, "letter/%lld", (long long)a->id);
	return add_job(cx, key, a->letter->client_id, a->id);
}

enum err letter_add(struct cx *cx, const struct letter_new *l, int64_t *ret_id)
{
	struct add a = {.letter = l};

	assert(l->bytes != NULL && !str_empty(l->cause) && !str_empty(l->to));
	TRY(db_tx(cx, add, &a));
	if (ret_id != NULL)
		*ret_id = a.id;
	return OK;
}

struct apply {
	int64_t id;
	enum letter_event event;
	const char *detail;
	int64_t client_id, event_id; /* afterwards */
};

static enum err apply(struct cx *cx, void *arg)
{
	struct apply *a = arg;
	struct letter l;

	TRY(letter_get(cx, 0, a->id, &l));
	int to = fsm_next(&letter_fsm, (int)l.state, (int)a->event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "letter.refused", "letter %lld is %s: cannot %s",
		    (long long)l.id, letter_fsm.states[l.state], letter_fsm.events[a->event]);
	TRY(letter_write_state(cx, &l, (enum letter_state)to, a->detail));
	a->client_id = l.client_id;
	json_t *data = json_keep(cx,
	    json_pack("{s:s, s:s, s:s, s:I, s:s}", "kind", l.kind, "to", l.to, "subject_kind",
	        l.subject_kind, "subject_id", (json_int_t)l.subject_id, "detail", a->detail));
	return event_add(cx,
	    &(struct event){"letter", l.id, letter_fsm.events[a->event], l.client_id, data},
	    &a->event_id);
}

enum err letter_apply(struct cx *cx, int64_t id, enum letter_event event, const char *detail)
{
	struct apply a = {.id = id, .event = event, .detail = str_or(detail, "")};

	assert(event < LETTER_EVENTS && event != LETTER_RESEND);
	return db_tx(cx, apply, &a);
}

static enum err resend(struct cx *cx, void *arg)
{
	struct apply *a = arg;

	TRY(apply(cx, a));
	/* The event makes the key new each time. */
	const char *key =
	    arena_printf(cx->arena, "letter/%lld/e%lld", (long long)a->id, (long long)a->event_id);
	return add_job(cx, key, a->client_id, a->id);
}

enum err letter_resend(struct cx *cx, int64_t id)
{
	struct apply a = {.id = id, .event = LETTER_RESEND, .detail = ""};

	return db_tx(cx, resend, &a);
}
