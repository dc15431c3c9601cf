/* SPDX-License-Identifier: Apache-2.0 */
/* An event as a tree: the audit trail, the activity lists and GET /events. */
#include "core/event/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

json_t *event_tree(struct cx *cx, const struct event_row *e)
{
	return json_pack("{s:I, s:o, s:s, s:I, s:s, s:o, s:s, s:o, s:s, s:s, s:s, s:o}", "id",
	    (json_int_t)e->id, "at", json_instant(e->at), "subject", e->subject, "subject_id",
	    (json_int_t)e->subject_id, "name", e->name, "client_id", json_id(e->client_id),
	    "actor_kind", e->actor_kind, "actor_id", json_id(e->actor_id), "actor_name",
	    e->actor_name, "ip", e->ip, "trace", e->trace, "data", view_parse(e->data));
}

enum err event_list(struct cx *cx, const struct event_filter *f, json_t **ret)
{
	struct event_row *rows;
	size_t n;

	TRY(event_rows(cx, f, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, event_tree(cx, &rows[i]));
	*ret = list;
	return OK;
}
