/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Automation for staff: jobs that wait, ran or were given up, and the runs of the scheduled
 * tasks with what they did to each thing.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/job/job.h"
#include "flow/flow.h"
#include "fmt/form.h"
#include "web/staff/own.h"

/* "Collect the invoice through the gateway" beside "payment.collect". */
static json_t *kind_label(const char *kind)
{
	for (size_t i = 0; i < job_kinds_n; i++)
		if (str_eq(job_kinds[i].kind, kind))
			return json_string(job_kinds[i].what);
	return json_string(str_or(kind, ""));
}

static void add_labels(struct cx *cx, json_t *rows)
{
	json_t *row;
	size_t i;

	admin_links(cx, rows);
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "what",
		    kind_label(json_string_value(json_object_get(row, "kind"))));
}

enum err admin_jobs(struct cx *cx, struct page *p)
{
	struct job_filter f = {.after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .client_id = page_query_int(p, "client_id"),
	    .state = page_query(p, "state"),
	    .kind = page_query(p, "q")};
	json_t *rows, *health;
	bool ok;

	TRY(job_list(cx, &f, &rows));
	add_labels(cx, rows);
	TRY(flow_health(cx, &health, &ok));
	page_title(cx, p, "Jobs");
	admin_filter(p);
	admin_chips(cx, p, "state", "job");
	page_put(p, "health", health);
	page_set(p, "healthy", json_boolean(ok));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err admin_job(struct cx *cx, struct page *p)
{
	struct job j;
	json_t *rows = json_keep(cx, json_array());

	TRY(job_get(cx, p->id, &j));
	json_t *tree = job_view(cx, &j);
	json_array_append(rows, tree);
	add_labels(cx, rows);
	page_title(cx, p, "Job %lld", (long long)j.id);
	page_put(p, "job", tree);
	page_set(p, "can",
	    json_pack("{s:b, s:b}", "again", j.state == JOB_PARKED || j.state == JOB_READY,
	        "cancel", j.state == JOB_PARKED || j.state == JOB_READY));
	return OK;
}

enum err admin_job_again(struct cx *cx, struct page *p)
{
	TRY(job_again(cx, p->id));
	page_flash(cx, p, "success", "The job runs again now.");
	return page_go(cx, p, "/admin/jobs/%lld", (long long)p->id);
}

enum err admin_job_cancel(struct cx *cx, struct page *p)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	TRY(job_cancel(cx, p->id, reason));
	page_flash(cx, p, "success", "The job was given up.");
	return page_go(cx, p, "/admin/jobs/%lld", (long long)p->id);
}

/* ---- runs ---- */

enum err admin_runs(struct cx *cx, struct page *p)
{
	json_t *rows, *health;
	bool ok;

	TRY(run_view(cx, 0, page_query_int(p, "after"), &rows));
	TRY(flow_health(cx, &health, &ok));
	page_title(cx, p, "Runs");
	page_put(p, "health", health);
	page_set(p, "healthy", json_boolean(ok));
	page_list(cx, p, rows, LIMIT_PAGE_ROWS);
	return OK;
}

enum err admin_run(struct cx *cx, struct page *p)
{
	json_t *run;

	TRY(run_view(cx, p->id, page_query_int(p, "after"), &run));
	json_t *items = json_object_get(run, "items");
	admin_links(cx, items);
	page_title(cx, p, "Run %lld: %s", (long long)p->id,
	    json_string_value(json_object_get(run, "task")));
	page_put(p, "run", run);
	page_list(cx, p, items, LIMIT_API_ROWS);
	return OK;
}
