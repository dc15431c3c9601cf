/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The billing run: services whose next unpaid period starts within the lead time, in slices. A
 * slice reads, plans purely, and writes in
 * one transaction at batch speed; a slice that lost a race is billed again one by one, so that a
 * single service never holds the others.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

struct slice {
	struct worker *w;
	const struct settings *settings;
	const struct tax_table *taxes;
	const struct rate_table *rates;
	const char *seller;
	struct day today, until;
	int64_t run_id;
	struct service *services;
	size_t n;
	bool again; /* a later pass: whoever is skipped was told why in the first */
	bool more;  /* somebody billed in this pass owes one more period */
	/* what came of it; rebuilt by every try of the transaction */
	struct run_item *items;
	struct invoice_plan *plans;
	struct service_billed *billed;
	size_t items_n, plans_n;
};

/* Why a considered service gets no invoice now; NULL: it gets one. */
static const char *skip_reason(const struct slice *s, const struct service *v)
{
	if (v->billed_until.n > s->until.n)
		return "already invoiced";
	if (day_set(v->cancel_on) && v->billed_until.n >= v->cancel_on.n)
		return "ends before the next period";
	return NULL;
}

/*
 * A renewal is due on the first day of its period; agreed terms (of the client or group) put it
 * off, never earlier.
 */
static struct day renewal_due(const struct slice *s, const struct service *v,
    const struct client *client)
{
	struct day due = v->billed_until.n > s->today.n ? v->billed_until : s->today;
	if (!client_has_terms(client))
		return due;
	struct day agreed =
	    day_add(s->today, (int32_t)client_terms(client, s->settings->billing_due_days));
	return agreed.n > due.n ? agreed : due;
}

/* One renewal as a plan: one line over the period that starts at billed_until. */
static enum err plan_service(struct cx *cx, const struct slice *s, const struct service *v,
    const struct client *client, struct invoice_plan *ret, struct service_billed *ret_billed)
{
	struct invoice_line line;
	struct day to;
	char from[DAY_TEXT_SIZE];
	service_renewal_line(cx->arena, v, &line, &to);
	if (!day_set(to))
		return fail(cx, ERR_INTERNAL, "billing.cycle",
		    "Service %" PRId64 " has no cycle to bill", v->id);
	struct invoice_request r = {
	    .settings = s->settings,
	    .taxes = s->taxes,
	    .seller = s->seller,
	    .client = client,
	    .cause = arena_printf(cx->arena, "renew/%" PRId64 "/%s", v->id,
	        day_text(v->billed_until, from)),
	    .currency = v->currency,
	    .issued_on = s->today,
	    .due_on = renewal_due(s, v, client),
	    .rates = s->rates,
	    .lines = &line,
	    .lines_n = 1,
	};
	*ret_billed = (struct service_billed){v->id, v->billed_until, to};
	return invoice_plan(cx, &r, ret);
}

static enum err slice_plan(struct cx *cx, struct slice *s)
{
	struct client *clients;
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, s->n);
	s->items = ARENA_ARRAY(cx->arena, struct run_item, s->n);
	s->plans = ARENA_ARRAY(cx->arena, struct invoice_plan, s->n);
	s->billed = ARENA_ARRAY(cx->arena, struct service_billed, s->n);
	s->items_n = s->plans_n = 0;
	for (size_t i = 0; i < s->n; i++)
		ids[i] = s->services[i].client_id;
	TRY(client_get_many(cx, ids, s->n, &clients));
	for (size_t i = 0; i < s->n; i++) {
		const struct service *v = &s->services[i];
		const char *skip = skip_reason(s, v);
		if (skip == NULL || !s->again)
			s->items[s->items_n++] = (struct run_item){"service", v->id,
			    skip == NULL ? "done" : "skipped", skip == NULL ? "" : skip, 0};
		if (skip != NULL)
			continue;
		TRY(plan_service(cx, s, v, &clients[i], &s->plans[s->plans_n],
		    &s->billed[s->plans_n]));
		s->plans_n++;
	}
	return OK;
}

static enum err slice_body(struct cx *cx, void *arg)
{
	struct slice *s = arg;
	TRY(slice_plan(cx, s));
	if (s->plans_n > 0) {
		int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, s->plans_n);
		TRY(service_set_billed(cx, s->billed, s->plans_n));
		TRY(invoice_commit_many(cx, s->plans, s->plans_n, ids));
	}
	return run_items_add(cx, s->run_id, s->items, s->items_n);
}

/* After the commit. */
static void count(struct run_sum *sum, struct slice *s)
{
	sum->considered += (int64_t)s->items_n;
	sum->done += (int64_t)s->plans_n;
	sum->skipped += (int64_t)(s->items_n - s->plans_n);
	for (size_t i = 0; i < s->plans_n; i++)
		s->more = s->more || s->billed[i].to.n <= s->until.n;
}

/*
 * After a failed slice: each service on its own, read afresh; what still fails is recorded and
 * tried by the next run.
 */
static enum err one_by_one(struct slice *s, struct run_sum *sum)
{
	struct cx *cx = s->w->cx;
	for (size_t i = 0; i < s->n; i++) {
		struct slice one = *s;
		struct service fresh;
		TRY(service_get(cx, 0, s->services[i].id, &fresh));
		if (fresh.state != SERVICE_ACTIVE)
			continue;
		one.services = &fresh;
		one.n = 1;
		enum err err = db_tx(cx, slice_body, &one);
		if (err == OK) {
			count(sum, &one);
			s->more = s->more || one.more;
			continue;
		}
		struct run_item item = {"service", fresh.id, "failed",
		    arena_strdup(cx->arena, cx->fault.detail), cx->now + 3600};
		cx_clear(cx);
		TRY(flow_note(s->w, s->run_id, sum, &item));
	}
	return OK;
}

/* The most periods one run catches up for one service: a daily plan after a month of standstill. */
#define PASSES_MAX 366

/*
 * One pass over all services that are due; a service that is several periods behind comes again in
 * the next pass.
 */
static enum err pass(struct slice *s, struct run_sum *sum)
{
	struct cx *cx = s->w->cx;
	struct arena *outer = cx->arena, *own = arena_new(LIMIT_ARENA_BYTES);
	struct day after = DAY_NONE;
	int64_t after_id = 0;
	enum err err = OK;
	cx->arena = own;
	while (err == OK && !flow_stopping(s->w)) {
		err = service_list_due(cx, s->until, after, after_id, LIMIT_SLICE_SERVICES,
		    &s->services, &s->n);
		if (err != OK || s->n == 0)
			break;
		after = s->services[s->n - 1].paid_until;
		after_id = s->services[s->n - 1].id;
		err = db_tx(cx, slice_body, s);
		if (err == OK) {
			count(sum, s);
		} else {
			cx_clear(cx);
			err = one_by_one(s, sum);
		}
		arena_reset(own);
	}
	cx->arena = outer;
	arena_free(own);
	return err;
}

static enum err slice_start(struct worker *w, int64_t run_id, struct settings *settings,
    struct tax_table *taxes, struct slice *ret)
{
	struct rate_table *rates = ARENA_ARRAY(w->cx->arena, struct rate_table, 1);
	TRY(setting_load(w->cx, settings));
	TRY(tax_load(w->cx, taxes));
	struct day today = setting_today(w->cx, settings);
	TRY(rate_load(w->cx, today, rates));
	*ret = (struct slice){
	    .w = w,
	    .settings = settings,
	    .taxes = taxes,
	    .seller = invoice_seller(w->cx, settings),
	    .rates = rates,
	    .today = today,
	    .until = day_add(today, (int32_t)settings->billing_lead_days),
	    .run_id = run_id,
	};
	return OK;
}

enum err billing_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct settings settings;
	struct tax_table taxes;
	struct slice s;
	TRY(slice_start(w, run_id, &settings, &taxes, &s));
	s.more = true;
	for (int i = 0; i < PASSES_MAX && s.more && !flow_stopping(w); i++) {
		s.again = i > 0;
		s.more = false;
		TRY(pass(&s, sum));
		TRY(task_extend(w->cx, "billing", w->holder));
	}
	return OK;
}

enum err billing_foretell(struct worker *w, json_t *items)
{
	struct settings settings;
	struct tax_table taxes;
	struct slice s;
	struct day after = DAY_NONE;
	int64_t after_id = 0;
	TRY(slice_start(w, 0, &settings, &taxes, &s));
	for (;;) {
		TRY(service_list_due(w->cx, s.until, after, after_id, LIMIT_SLICE_SERVICES,
		    &s.services, &s.n));
		if (s.n == 0)
			return OK;
		TRY(slice_plan(w->cx, &s));
		for (size_t i = 0; i < s.plans_n; i++)
			json_array_append_new(items,
			    json_pack("{s:s s:s s:I s:I s:s}", "what", "invoice", "subject",
			        "service", "subject_id", s.billed[i].id, "amount_minor",
			        s.plans[i].total_minor, "currency", s.plans[i].currency));
		after = s.services[s.n - 1].paid_until;
		after_id = s.services[s.n - 1].id;
	}
}
