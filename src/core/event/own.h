/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_EVENT_OWN_H
#define CORE_EVENT_OWN_H

/* Inside core/event only. */

#include "core/event/event.h"

#define EVENT_SLICE 500 /* events of one batch: about 200 KiB of arguments */

struct event_row {
	int64_t id, at, subject_id, client_id, actor_id;
	const char *subject, *name, *actor_kind, *actor_name, *ip, *trace, *data;
};
/* store.c */
enum err event_insert(struct cx *cx, const struct event *e, int64_t *ret_id) MUST_CHECK;
/* At most EVENT_SLICE; ret_ids has room for n. */
enum err event_insert_many(struct cx *cx, const struct event *e, size_t n,
    int64_t *ret_ids) MUST_CHECK;
enum err event_rows(struct cx *cx, const struct event_filter *f, struct event_row **ret,
    size_t *ret_n) MUST_CHECK;

/* rules.c: the n-th rule for an event counted from 0, NULL when there are no more; pure. */
const struct event_rule *event_rule_nth(const char *subject, const char *name, size_t n);

/* view.c (new reference) */
json_t *event_tree(struct cx *cx, const struct event_row *e);

#endif
