/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run: the sweeps in order, each under its lease, then the queue; again until nothing is due.
 * Also its health and the audit.
 */
#include <inttypes.h>

#include "base/log.h"
#include "base/str.h"
#include "core/ledger/ledger.h"
#include "core/meter/meter.h"
#include "core/payment/payment.h"
#include "core/quote/quote.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

static bool wanted(const struct run_request *r, const char *name)
{
	if (r->only == NULL || r->only[0] == NULL)
		return true;
	for (const char *const *p = r->only; *p != NULL; p++)
		if (str_eq(*p, name))
			return true;
	return false;
}

static enum err is_due(struct worker *w, const struct sweep *s, bool *ret)
{
	struct task *tasks;
	size_t n;
	TRY(task_list(w->cx, &tasks, &n));
	*ret = true;
	for (size_t i = 0; i < n; i++)
		if (str_eq(tasks[i].name, s->name))
			*ret = w->cx->now - tasks[i].started_at >= s->every_s ||
			    w->cx->now < tasks[i].started_at;
	return OK;
}

enum err flow_clock_held(struct cx *cx, const struct settings *s, bool *ret)
{
	struct task *tasks;
	size_t n;
	int64_t last = 0;
	TRY(task_list(cx, &tasks, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(tasks[i].name, "dunning"))
			last = tasks[i].succeeded_at;
	bool jumped = last != 0 && cx->now - last > s->automation_jump_days * 86400;
	bool before = s->automation_jump_at != 0 && s->automation_jump_at <= cx->now;
	*ret = (jumped || before) && !s->automation_trust_clock;
	return OK;
}

static json_t *sum_view(const struct sweep *s, const struct run_sum *sum, const char *state,
    const char *error)
{
	return json_pack("{s:s s:s s:I s:I s:I s:I s:I s:s}", "task", s->name, "state", state,
	    "considered", sum->considered, "done", sum->done, "skipped", sum->skipped, "failed",
	    sum->failed, "remaining", sum->remaining, "error", error);
}

static enum err sweep_run(struct worker *w, const struct sweep *s, const struct run_request *r,
    json_t *tasks)
{
	struct cx *cx = w->cx;
	struct run_sum sum = {0};
	int64_t run_id, last_at;
	enum err err = task_begin(cx, s->name, w->holder, &run_id, &last_at);
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "task.running")) {
		cx_clear(cx);
		json_array_append_new(tasks, sum_view(s, &sum, "running elsewhere", ""));
		return OK;
	}
	TRY(err);
	err = s->run(w, run_id, &sum);
	/* Its lease ran out by another's clock: that one goes on, each item is still done once. */
	bool lost = err == ERR_CONFLICT && str_eq(cx->fault.key, "task.lost");
	const char *error = err == OK ? "" : arena_strdup(cx->arena, cx->fault.detail);
	if (err != OK && !lost)
		log_fault(cx, s->name);
	cx_clear(cx);
	TRY(task_end(cx, s->name, run_id, &sum, error));
	json_t *view = sum_view(s, &sum,
	    lost               ? "taken over" :
	        err != OK      ? "failed" :
	        sum.failed > 0 ? "degraded" :
	                         "done",
	    error);
	if (r->with_items) {
		json_t *run;
		TRY(run_view(cx, run_id, 0, &run));
		json_object_set(view, "items", json_object_get(run, "items"));
	}
	json_array_append_new(tasks, view);
	return OK;
}

static enum err foretell(struct worker *w, const struct run_request *r, json_t *tasks)
{
	for (size_t i = 0; i < sweeps_n; i++) {
		if (!wanted(r, sweeps[i].name) || sweeps[i].plan == NULL)
			continue;
		json_t *items = json_array();
		json_array_append_new(tasks,
		    json_pack("{s:s s:s s:o}", "task", sweeps[i].name, "state", "dry run", "items",
		        items));
		TRY(sweeps[i].plan(w, items));
	}
	return OK;
}

/* One time through the sweeps that are wanted. */
static enum err round_run(struct worker *w, const struct run_request *r, json_t *tasks)
{
	for (size_t i = 0; i < sweeps_n && !flow_stopping(w); i++) {
		bool due = true;
		if (r->due_only)
			TRY(is_due(w, &sweeps[i], &due));
		if (due && wanted(r, sweeps[i].name))
			TRY(sweep_run(w, &sweeps[i], r, tasks));
	}
	return OK;
}

static bool any_bad(const json_t *tasks)
{
	size_t i;
	json_t *t;
	json_array_foreach((json_t *)(uintptr_t)tasks, i, t) {
		const char *state = json_string_value(json_object_get(t, "state"));
		if (str_eq(state, "failed") || str_eq(state, "degraded"))
			return true;
	}
	return false;
}

enum err flow_run(struct worker *w, const struct run_request *r, json_t **ret)
{
	json_t *tasks = json_array();
	json_t *out = json_keep(w->cx, json_pack("{s:o}", "tasks", tasks));
	int64_t jobs = 0;
	if (r->dry_run) {
		TRY(foretell(w, r, tasks));
	} else {
		int64_t n = 0;
		/*
		 * Letters that a reminder counts on, payments that credit makes: the queue is
		 * emptied before and after.
		 */
		TRY(queue_drain(w, &jobs));
		TRY(round_run(w, r, tasks));
		TRY(queue_drain(w, &n));
		jobs += n;
	}
	json_object_set_new(out, "jobs", json_integer(jobs));
	json_object_set_new(out, "status", json_string(any_bad(tasks) ? "degraded" : "ok"));
	*ret = out;
	return OK;
}

enum err flow_health(struct cx *cx, json_t **ret, bool *ret_ok)
{
	struct task *tasks;
	size_t n;
	bool all = true;
	struct settings settings;
	TRY(setting_load(cx, &settings));
	TRY(task_list(cx, &tasks, &n));
	json_t *list = json_array();
	for (size_t i = 0; i < sweeps_n; i++) {
		int64_t at = 0;
		const char *error = "";
		for (size_t k = 0; k < n; k++) {
			if (!str_eq(tasks[k].name, sweeps[i].name))
				continue;
			at = tasks[k].succeeded_at;
			error = tasks[k].error;
		}
		int64_t every = settings.automation_interval_minutes * 60;
		bool well =
		    cx->now - at <= 2 * (sweeps[i].every_s > every ? sweeps[i].every_s : every);
		all = all && well;
		json_array_append_new(list,
		    json_pack("{s:s s:s s:b s:I s:o s:s}", "task", sweeps[i].name, "what",
		        sweeps[i].what, "ok", well, "every_s", sweeps[i].every_s, "succeeded_at",
		        at == 0 ? json_null() : json_string(instant_print(cx->arena, at)), "error",
		        error));
	}
	*ret =
	    json_keep(cx, json_pack("{s:s s:o}", "status", all ? "ok" : "failing", "tasks", list));
	*ret_ok = all;
	return OK;
}

enum err flow_audit(struct cx *cx, json_t **ret, bool *ret_ok)
{
	enum err (*const audits[])(struct cx * cx, json_t * findings) = {ledger_audit,
	    invoice_audit, billable_audit, payment_audit, service_audit, meter_audit, quote_audit};
	json_t *findings = json_array();
	json_t *out = json_keep(cx, json_pack("{s:o}", "findings", findings));
	for (size_t i = 0; i < sizeof audits / sizeof audits[0]; i++)
		TRY(audits[i](cx, findings));
	*ret_ok = json_array_size(findings) == 0;
	json_object_set_new(out, "ok", json_boolean(*ret_ok));
	*ret = out;
	return OK;
}
