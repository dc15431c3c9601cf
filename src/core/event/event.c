/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing facts together with the jobs that their rules ask for. A job's key is made of the event's
 * id, so that one fact has each consequence once. What a job does is in flow/.
 */
#include "core/event/event.h"

#include <assert.h>

#include "base/str.h"
#include "core/event/own.h"
#include "core/job/job.h"
#include "db/db.h"

static struct job_new consequence(struct cx *cx, const struct event *e, int64_t id,
    const struct event_rule *rule)
{
	const char *key = arena_printf(cx->arena, "e%lld/%s", (long long)id, rule->job);

	return (struct job_new){.kind = rule->job,
	    .key = key,
	    .subject = e->subject,
	    .subject_id = e->subject_id,
	    .client_id = e->client_id,
	    .event_id = id};
}

enum err event_add(struct cx *cx, const struct event *e, int64_t *ret_id)
{
	const struct event_rule *rule;
	int64_t id;

	assert(db_in_tx(cx->db));
	TRY(event_insert(cx, e, &id));
	for (size_t i = 0; (rule = event_rule_nth(e->subject, e->name, i)) != NULL; i++) {
		struct job_new j = consequence(cx, e, id, rule);
		TRY(job_add(cx, &j, NULL));
	}
	if (ret_id != NULL)
		*ret_id = id;
	return OK;
}

/* The rules of one kind of event; neighbors in a slice are mostly of the same kind. */
#define RULES_MAX 16 /* of one kind of event; the busiest has 5 */
struct rules {
	const char *subject, *name;
	const struct event_rule *rules[RULES_MAX];
	size_t n;
};

static void rules_of(const struct event *e, struct rules *r)
{
	const struct event_rule *rule;

	if (r->subject != NULL && str_eq(r->name, e->name) && str_eq(r->subject, e->subject))
		return;
	*r = (struct rules){.subject = e->subject, .name = e->name};
	while ((rule = event_rule_nth(e->subject, e->name, r->n)) != NULL) {
		assert(r->n < RULES_MAX);
		r->rules[r->n++] = rule;
	}
}

static enum err add_slice(struct cx *cx, const struct event *e, size_t n)
{
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, n);
	struct rules rules = {0};
	size_t jobs_n = 0, to = 0;

	TRY(event_insert_many(cx, e, n, ids));
	for (size_t i = 0; i < n; i++) {
		rules_of(&e[i], &rules);
		jobs_n += rules.n;
	}
	struct job_new *jobs = ARENA_ARRAY(cx->arena, struct job_new, jobs_n + 1);
	for (size_t i = 0; i < n; i++) {
		rules_of(&e[i], &rules);
		for (size_t k = 0; k < rules.n; k++)
			jobs[to++] = consequence(cx, &e[i], ids[i], rules.rules[k]);
	}
	return job_add_many(cx, jobs, jobs_n);
}

enum err event_add_many(struct cx *cx, const struct event *e, size_t n)
{
	assert(db_in_tx(cx->db));
	for (size_t from = 0; from < n; from += EVENT_SLICE)
		TRY(add_slice(cx, e + from, n - from < EVENT_SLICE ? n - from : EVENT_SLICE));
	return OK;
}
