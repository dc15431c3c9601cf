/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What machines ask: health, figures for Prometheus, and in test mode the clock and a run of the
 * automation. Without --test-mode the last two do not exist (serve.c).
 */
#include <string.h>

#include "base/day.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/own.h"

enum err probe_health(struct cx *cx, struct page *p)
{
	json_t *health;
	bool ok;
	p->json = true;
	p->cache = "no-store";
	TRY(flow_health(cx, &health, &ok));
	page_out(p, health);
	p->status = ok ? 200 : 503;
	return OK;
}

static void figure(struct buf *b, const char *name, const char *help, int64_t value)
{
	buf_printf(b, "# HELP billhook_%s %s\n# TYPE billhook_%s gauge\nbillhook_%s %lld\n", name,
	    help, name, name, (long long)value);
}

static enum err count_jobs(struct cx *cx, const char *state, int64_t *ret)
{
	const struct job_filter f = {.state = state, .limit = LIMIT_API_ROWS};
	json_t *rows;
	TRY(job_list(cx, &f, &rows));
	*ret = (int64_t)json_array_size(rows);
	return OK;
}

static const char *const service_words[] = {"pending", "provisioning", "active", "suspended",
    "attention"};

static enum err service_figures(struct cx *cx, struct buf *b)
{
	buf_puts(b, "# HELP billhook_services Services by state\n# TYPE billhook_services gauge\n");
	for (size_t i = 0; i < sizeof service_words / sizeof service_words[0]; i++) {
		int64_t n;
		TRY(service_count(cx, service_words[i], &n));
		buf_printf(b, "billhook_services{state=\"%s\"} %lld\n", service_words[i],
		    (long long)n);
	}
	return OK;
}

static void task_figures(struct buf *b, const struct task *tasks, size_t n)
{
	buf_puts(b,
	    "# HELP billhook_task_success_time When a task last succeeded\n"
	    "# TYPE billhook_task_success_time gauge\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "billhook_task_success_time{task=\"%s\"} %lld\n", tasks[i].name,
		    (long long)tasks[i].succeeded_at);
}

enum err probe_metrics(struct cx *cx, struct page *p)
{
	struct task *tasks;
	size_t tasks_n;
	int64_t ready, parked;
	json_t *health;
	bool ok;
	struct buf b;
	TRY(task_list(cx, &tasks, &tasks_n));
	TRY(count_jobs(cx, "ready", &ready));
	TRY(count_jobs(cx, "parked", &parked));
	TRY(flow_health(cx, &health, &ok));
	buf_init(&b, cx->arena);
	figure(&b, "healthy", "1 when every task succeeded within twice its interval", ok);
	figure(&b, "jobs_ready", "Jobs that wait, counted up to 200", ready);
	figure(&b, "jobs_parked", "Jobs given up, counted up to 200", parked);
	figure(&b, "http_requests", "Requests answered by this process", p->web->requests);
	figure(&b, "http_failures", "Of them with status 500 and above", p->web->failures);
	TRY(service_figures(cx, &b));
	task_figures(&b, tasks, tasks_n);
	p->cache = "no-store";
	return page_file(cx, p, "text/plain; version=0.0.4; charset=utf-8", NULL, buf_text(&b),
	    b.len);
}

enum err probe_clock(struct cx *cx, struct page *p)
{
	int64_t now;
	const char *text = page_body(p, "now");
	char shown[INSTANT_TEXT_SIZE];
	if (text == NULL || !instant_parse(text, &now))
		return fail_field(cx, "now", "field.instant",
		    "An instant such as 2027-01-31T10:00:00Z.");
	if (p->web->clock.set == NULL)
		return fail(cx, ERR_CONFLICT, "test.clock", "This process cannot set the clock.");
	p->web->clock.set(p->web->clock.arg, now);
	page_set(p, "now", json_string(instant_text(now, shown)));
	return OK;
}

enum err probe_run(struct cx *cx, struct page *p)
{
	const char *only[32] = {NULL};
	size_t n = 0, i;
	json_t *name, *summary;
	json_array_foreach(json_object_get(p->body, "only"), i, name) {
		if (!json_is_string(name) || n + 1 >= sizeof only / sizeof only[0])
			return fail_field(cx, "only", "field.list", "A list of task names.");
		only[n++] = json_string_value(name);
	}
	const struct run_request r = {.only = n > 0 ? only : NULL,
	    .dry_run = page_body_bool(p, "dry_run"),
	    .with_items = true};
	if (p->web->run.call == NULL)
		return fail(cx, ERR_CONFLICT, "test.run",
		    "This process cannot run the automation.");
	if (p->web->run.fork)
		TRY(web_fork_run(cx, p, &r, &summary));
	else
		TRY(p->web->run.call(cx, p->web->run.arg, &r, &summary));
	page_out(p, summary);
	return OK;
}
