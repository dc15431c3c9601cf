/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_EVENT_EVENT_H
#define CORE_EVENT_EVENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"

/*
 * Facts, append only. Writing one also writes, in the same transaction, the jobs that the rules
 * (flow/rules.c) ask for: the outbox. So no fact loses its consequences and none has them twice.
 */
struct event {
	const char *subject; /* "invoice" */
	int64_t subject_id;
	const char *name;   /* "pay" */
	int64_t client_id;  /* 0: none */
	const json_t *data; /* small object or NULL; borrowed */
};

/* When SUBJECT NAME then JOB, because WHY. The table is flow/rules.c; core only reads it. */
struct event_rule {
	const char *subject, *name, *job, *why;
};
extern const struct event_rule event_rules[];
extern const size_t event_rules_n;

/* Inside a transaction (asserts). Actor, ip, trace and time come from cx. ret_id may be NULL. */
enum err event_add(struct cx *cx, const struct event *e, int64_t *ret_id) MUST_CHECK;
/* The same for many at once, at batch speed. */
enum err event_add_many(struct cx *cx, const struct event *e, size_t n) MUST_CHECK;

/*
 * Filters: 0 / NULL means any. Ascending ids after `after` (API), or descending before `before`
 * when newest is set.
 */
struct event_filter {
	int64_t after, before, client_id, subject_id, limit;
	const char *subject, *name, *q;
	bool newest;
};
/*
 * Array of {id, at, subject, subject_id, name, client_id, actor_kind, actor_id, actor_name, ip,
 * trace, data}.
 */
enum err event_list(struct cx *cx, const struct event_filter *f, json_t **ret) MUST_CHECK;

#endif
