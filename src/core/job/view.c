/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs, runs and their items as trees. */
#include "core/job/own.h"
#include "core/row.h"
#include "fmt/form.h"

json_t *job_view(struct cx *cx, const struct job *j)
{
	return json_keep(cx,
	    json_pack("{s:I, s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:o, s:I, s:o, s:o, s:s, s:s,"
	              " s:o, s:o}",
	        "id", (json_int_t)j->id, "kind", j->kind, "key", j->key, "subject", j->subject,
	        "subject_id", (json_int_t)j->subject_id, "client_id", json_id(j->client_id),
	        "event_id", json_id(j->event_id), "state", job_fsm.states[j->state], "run_at",
	        json_instant(j->run_at), "tries", (json_int_t)j->tries, "holder",
	        json_text(j->holder), "lease_at", json_instant(j->lease_at), "outcome", j->outcome,
	        "detail", j->detail, "created_at", json_instant(j->created_at), "ended_at",
	        json_instant(j->ended_at)));
}

static const char *run_state(const struct run_row *r)
{
	if (r->ended_at == 0)
		return "running";
	return r->error[0] != '\0' ? "failed" : "done";
}

json_t *run_tree(struct cx *cx, const struct run_row *r)
{
	return json_pack("{s:I, s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:s}", "id",
	    (json_int_t)r->id, "task", r->task, "state", run_state(r), "started_at",
	    json_instant(r->started_at), "ended_at", json_instant(r->ended_at), "considered",
	    (json_int_t)r->sum.considered, "done", (json_int_t)r->sum.done, "skipped",
	    (json_int_t)r->sum.skipped, "failed", (json_int_t)r->sum.failed, "remaining",
	    (json_int_t)r->sum.remaining, "error", r->error);
}

json_t *run_item_tree(struct cx *cx, const struct run_item_row *i)
{
	return json_pack("{s:I, s:s, s:I, s:s, s:s, s:o}", "id", (json_int_t)i->id, "subject",
	    i->item.subject, "subject_id", (json_int_t)i->item.subject_id, "result", i->item.result,
	    "reason", i->item.reason, "next_at", json_instant(i->item.next_at));
}
