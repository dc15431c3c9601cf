/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metered use around the billing run: panels are asked for their figures once a day, a job a
 * server, so that a dead one holds no other; what is left of an ended service is billed; what was
 * credited is to be billed again.
 */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/meter/meter.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

/* ---- figures of panels ---- */

struct pulling {
	struct worker *w;
	struct server server;
	struct meter *meters;
	size_t meters_n;
	struct day today;
};

static bool counts(const struct pulling *p, int64_t plan_id)
{
	for (size_t i = 0; i < p->meters_n; i++)
		if (p->meters[i].plan_id == plan_id && p->meters[i].active)
			return true;
	return false;
}

static enum err keep_figures(struct pulling *p, int64_t service_id, int64_t plan_id,
    const json_t *data)
{
	for (size_t i = 0; i < p->meters_n; i++) {
		const struct meter *m = &p->meters[i];
		const json_t *figure = json_object_get(data, m->panel_key);
		if (m->plan_id == plan_id && m->active && json_is_integer(figure))
			TRY(reading_from_panel(p->w->cx, service_id, m, json_integer_value(figure),
			    p->today));
	}
	return OK;
}

static enum err pull_one(struct pulling *p, const struct service *s)
{
	struct cx *cx = p->w->cx;
	struct client client;
	struct answer a;
	TRY(client_get(cx, s->client_id, &client));
	json_t *args = json_pack("{s:s s:s s:s s:s s:s}", "key",
	    arena_printf(cx->arena, "svc-%" PRId64, s->id), "domain", s->domain, "username",
	    s->username, "package", s->package, "email", client.email);
	TRY(flow_ask(p->w, "panel.usage",
	    json_pack("{s:s s:s s:s s:o}", "provider", p->server.provider, "settings",
	        p->server.settings, "bound",
	        arena_printf(cx->arena, "server:%" PRId64, p->server.id), "args", args),
	    &a));
	/* A panel that does not know the account has nothing to count; one that is silent may. */
	if (a.outcome == OUTCOME_DECLINED)
		return OK;
	if (a.outcome != OUTCOME_DONE)
		return fail(cx, FLOW_LATER, "meter.silent", "%s did not tell the use: %s",
		    p->server.name, a.reason);
	return keep_figures(p, s->id, s->plan_id, a.data);
}

/* The key's last word is where the page of a server begins: "meter.pull/3/2027-01-31/0". */
static enum err pull_page(struct pulling *p, int64_t before, int64_t *ret_next)
{
	struct cx *cx = p->w->cx;
	json_t *rows, *row;
	size_t i;
	struct service_filter f = {.server_id = p->server.id,
	    .state = "active",
	    .after = before,
	    .limit = LIMIT_API_ROWS};
	TRY(service_list(cx, &f, &rows));
	*ret_next = 0;
	json_array_foreach(rows, i, row) {
		struct service s;
		int64_t id = json_integer_value(json_object_get(row, "id"));
		if (!counts(p, json_integer_value(json_object_get(row, "plan_id"))))
			continue;
		TRY(service_get(cx, 0, id, &s));
		TRY(pull_one(p, &s));
	}
	if (json_array_size(rows) == LIMIT_API_ROWS)
		*ret_next = json_integer_value(
		    json_object_get(json_array_get(rows, LIMIT_API_ROWS - 1), "id"));
	return OK;
}

struct page_job {
	int64_t server_id, before;
	struct day on;
};

static enum err add_body(struct cx *cx, void *arg)
{
	const struct page_job *j = arg;
	char day[DAY_TEXT_SIZE];
	return job_add(cx,
	    &(struct job_new){.kind = "meter.pull",
	        .key = arena_printf(cx->arena, "meter.pull/%" PRId64 "/%s/%" PRId64, j->server_id,
	            day_text(j->on, day), j->before),
	        .subject = "server",
	        .subject_id = j->server_id},
	    NULL);
}

static enum err pulling_load(struct worker *w, int64_t server_id, struct pulling *ret)
{
	struct settings settings;
	struct pulling p = {.w = w};
	TRY(setting_load(w->cx, &settings));
	p.today = setting_today(w->cx, &settings);
	TRY(meter_list(w->cx, 0, &p.meters, &p.meters_n));
	TRY(server_get(w->cx, server_id, &p.server));
	*ret = p;
	return OK;
}

enum err meter_pull_job(struct worker *w, const struct job *j)
{
	struct pulling p;
	int64_t before = 0, next;
	const char *last = strrchr(j->key, '/');
	TRY(pulling_load(w, j->subject_id, &p));
	if (last != NULL)
		(void)str_int(last + 1, &before);
	if (p.meters_n == 0 || !p.server.enabled)
		return OK;
	TRY(pull_page(&p, before, &next));
	return next == 0 ? OK :
	                   db_tx(w->cx, add_body, &(struct page_job){p.server.id, next, p.today});
}

enum err meter_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct settings settings;
	struct meter *meters;
	json_t *list, *server;
	size_t n, i;
	TRY(setting_load(w->cx, &settings));
	TRY(meter_list(w->cx, 0, &meters, &n));
	TRY(server_list(w->cx, &list));
	json_array_foreach(list, i, server) {
		struct page_job job = {json_integer_value(json_object_get(server, "id")), 0,
		    setting_today(w->cx, &settings)};
		if (n == 0 || !json_is_true(json_object_get(server, "enabled")))
			continue;
		TRY(db_tx(w->cx, add_body, &job));
		sum->considered++;
		sum->done++;
	}
	return OK;
}

/* ---- what is left of an ended service ---- */

struct ending {
	const struct service *service;
	const struct client *client;
	const struct settings *settings;
};

static enum err final_plan(struct cx *cx, const struct ending *e, const struct invoice_line *lines,
    size_t n, struct invoice_plan *ret)
{
	struct tax_table taxes;
	struct rate_table rates;
	struct day today = setting_today(cx, e->settings);
	TRY(tax_load(cx, &taxes));
	TRY(rate_load(cx, today, &rates));
	struct invoice_request r = {.settings = e->settings,
	    .taxes = &taxes,
	    .client = e->client,
	    .cause = arena_printf(cx->arena, "use/%" PRId64, e->service->id),
	    .currency = e->service->currency,
	    .issued_on = today,
	    .due_on =
	        day_add(today, (int32_t)client_terms(e->client, e->settings->billing_due_days)),
	    .rates = &rates,
	    .lines = lines,
	    .lines_n = n};
	return invoice_plan(cx, &r, ret);
}

static enum err final_body(struct cx *cx, void *arg)
{
	const struct ending *e = arg;
	struct meter_uses u;
	struct invoice_plan plan;
	struct invoice known;
	int64_t id, sum = 0;
	enum err err =
	    invoice_find_cause(cx, arena_printf(cx->arena, "use/%" PRId64, e->service->id), &known);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	struct day until = day_add(setting_today(cx, e->settings), 1);
	TRY(meter_uses_load(cx, e->service, 1, until, &u));
	struct meter_line *used = ARENA_ARRAY(cx->arena, struct meter_line, u.n);
	size_t n = meter_lines(cx->arena, &u, e->service, until, used);
	struct invoice_line *lines = ARENA_ARRAY(cx->arena, struct invoice_line, n);
	for (size_t i = 0; i < n; i++) {
		lines[i] = used[i].line;
		sum += used[i].amount_minor;
	}
	/* Within the allowance there is nothing to write a document about. */
	if (sum == 0)
		return OK;
	TRY(final_plan(cx, e, lines, n, &plan));
	TRY(invoice_commit(cx, &plan, &id));
	return meter_billed(cx, &u, e->service, used, n);
}

enum err meter_final_job(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct service s;
	struct client client;
	struct settings settings;
	bool any;
	TRY(service_get(cx, 0, j->subject_id, &s));
	TRY(meter_any(cx, s.id, &any));
	if (!any)
		return OK;
	TRY(client_get(cx, s.client_id, &client));
	TRY(setting_load(cx, &settings));
	TRY(meter_release(cx, s.id));
	return db_tx(cx, final_body, &(struct ending){&s, &client, &settings});
}

enum err meter_release_job(struct worker *w, const struct job *j)
{
	struct invoice_item *items;
	size_t n;
	TRY(invoice_items(w->cx, j->subject_id, &items, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(items[i].kind, "use"))
			TRY(meter_release(w->cx, items[i].service_id));
	return OK;
}
