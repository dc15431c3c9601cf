/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The billing run: services whose next unpaid period starts within the lead time, in slices. A
 * slice reads, plans purely, and writes in one transaction at batch speed; a slice that lost a race
 * is billed again one by one, so that a single service never holds the others.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "db/db.h"
#include "flow/billing_own.h"
#include "fmt/form.h"

struct slice {
	struct worker *w;
	const struct billing_base *base;
	int64_t run_id;
	struct service *services;
	size_t n;
	bool again; /* a later pass: whoever is skipped was told why in the first */
	bool more;  /* somebody billed in this pass owes one more period */
	/* what came of it; rebuilt by every try of the transaction */
	struct run_item *items;
	size_t items_n;
	struct service *chosen;
	struct billing_documents documents;
	struct billing_items extras;
	struct billing_foretold *told; /* of a dry run: items it has put on a document */
	struct meter_uses uses;
	bool foretold; /* a dry run has counted what was used in an earlier period */
};

/* Who gets an invoice, and why the others do not. */
static size_t choose(struct cx *cx, struct slice *s, struct service *ret)
{
	size_t n = 0;
	s->items = ARENA_ARRAY(cx->arena, struct run_item, s->n);
	s->items_n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const char *skip = billing_skip(s->base, &s->services[i]);
		if (skip == NULL || !s->again)
			s->items[s->items_n++] = (struct run_item){"service", s->services[i].id,
			    skip == NULL ? "done" : "skipped", skip == NULL ? "" : skip, 0};
		if (skip == NULL)
			ret[n++] = s->services[i];
	}
	return n;
}

/* A dry run marks nothing: what it has put on a document is left out of the next. */
static void forget_told(struct slice *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->extras.n; i++)
		if (!billing_was_foretold(s->told, s->extras.rows[i].id))
			s->extras.rows[n++] = s->extras.rows[i];
	s->extras.n = n;
}

static enum err slice_plan(struct cx *cx, struct slice *s)
{
	struct client *clients;
	struct service_options *options;
	s->chosen = ARENA_ARRAY(cx->arena, struct service, s->n);
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, s->n);
	size_t n = choose(cx, s, s->chosen);
	s->documents = (struct billing_documents){0};
	s->extras = (struct billing_items){0};
	for (size_t i = 0; i < n; i++)
		ids[i] = s->chosen[i].client_id;
	if (n == 0)
		return OK;
	TRY(client_get_many(cx, ids, n, &clients));
	TRY(service_options_many(cx, s->chosen, n, &options));
	TRY(billing_items_load(cx, s->base, ids, n, &s->extras));
	if (s->told != NULL)
		forget_told(s);
	s->uses = (struct meter_uses){0};
	if (!s->foretold)
		TRY(meter_uses_load(cx, s->chosen, n, s->base->today, &s->uses));
	return billing_plan(cx, s->base,
	    &(struct billing_due){s->chosen, options, clients, n, &s->extras, &s->uses},
	    &s->documents);
}

/* Staff read what was caught up with; written when the run is over. */
static enum err tell_staff(struct cx *cx, const struct slice *s)
{
	int64_t id;
	char day[DAY_TEXT_SIZE];
	struct job_new job = {.kind = "letter.alert_catch_up",
	    .key = arena_printf(cx->arena, "catch_up/%s", day_text(s->base->today, day)),
	    .subject = "task"};
	return job_add(cx, &job, &id);
}

static enum err slice_body(struct cx *cx, void *arg)
{
	struct slice *s = arg;
	TRY(slice_plan(cx, s));
	const struct billing_documents *d = &s->documents;
	if (d->plans_n > 0) {
		int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, d->plans_n);
		TRY(service_set_billed(cx, d->billed, d->billed_n));
		TRY(invoice_commit_many(cx, d->plans, d->plans_n, ids));
		TRY(billing_items_mark(cx, s->base, &s->extras, ids));
		for (size_t i = 0; i < d->used_n; i++)
			TRY(meter_billed(cx, &s->uses, d->used[i].service, d->used[i].lines,
			    d->used[i].n));
		if (d->catch_up)
			TRY(tell_staff(cx, s));
	}
	return run_items_add(cx, s->run_id, s->items, s->items_n);
}

/* After the commit. */
static void count(struct run_sum *sum, struct slice *s)
{
	const struct billing_documents *d = &s->documents;
	sum->considered += (int64_t)s->items_n;
	sum->done += (int64_t)d->billed_n;
	sum->skipped += (int64_t)(s->items_n - d->billed_n);
	for (size_t i = 0; i < d->billed_n; i++)
		s->more = s->more || d->billed[i].to.n <= s->base->until.n;
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

static enum err slice_run(struct slice *s, struct run_sum *sum)
{
	struct cx *cx = s->w->cx;
	enum err err = db_tx(cx, slice_body, s);
	if (err == OK) {
		count(sum, s);
		return OK;
	}
	cx_clear(cx);
	return one_by_one(s, sum);
}

/* The next slice in its order; a client's services of one day are not torn apart. */
typedef enum err list_fn(struct cx *cx, const struct service_cursor *at, struct service **ret,
    size_t *ret_n);

static enum err slice_next(struct slice *s, struct service_cursor *at, list_fn *list)
{
	TRY(list(s->w->cx, at, &s->services, &s->n));
	if (s->n == 0)
		return OK;
	if (s->n == (size_t)at->limit && list == service_list_unbilled)
		s->n = billing_whole(s->base, s->services, s->n);
	const struct service *last = &s->services[s->n - 1];
	at->after_on = list == service_list_unbilled ? last->billed_until : last->paid_until;
	at->after_client = last->client_id;
	at->after_id = last->id;
	return OK;
}

/* One pass over all that are listed. */
static enum err pass(struct slice *s, struct run_sum *sum, list_fn *list)
{
	struct cx *cx = s->w->cx;
	struct arena *outer = cx->arena, *own = arena_new(LIMIT_ARENA_BYTES);
	struct service_cursor at = {s->base->until, DAY_NONE, 0, 0, LIMIT_SLICE_SERVICES};
	enum err err = OK;
	cx->arena = own;
	while (err == OK && !flow_stopping(s->w)) {
		err = slice_next(s, &at, list);
		if (err != OK || s->n == 0)
			break;
		err = slice_run(s, sum);
		arena_reset(own);
	}
	cx->arena = outer;
	arena_free(own);
	return err;
}

enum err billing_load(struct cx *cx, struct billing_base *ret)
{
	struct settings *settings = ARENA_ARRAY(cx->arena, struct settings, 1);
	struct tax_table *taxes = ARENA_ARRAY(cx->arena, struct tax_table, 1);
	struct rate_table *rates = ARENA_ARRAY(cx->arena, struct rate_table, 1);
	TRY(setting_load(cx, settings));
	TRY(tax_load(cx, taxes));
	struct day today = setting_today(cx, settings);
	TRY(rate_load(cx, today, rates));
	*ret = (struct billing_base){settings, taxes, rates, invoice_seller(cx, settings), today,
	    day_add(today, (int32_t)settings->billing_lead_days)};
	return OK;
}

/* The most periods one run catches up for one service: a daily plan after a month of standstill. */
#define PASSES_MAX 366

/*
 * First who is invoiced already, to say so; then who is due. A service that is several periods
 * behind comes again in the next pass.
 */
enum err billing_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct billing_base base;
	TRY(billing_load(w->cx, &base));
	struct slice s = {.w = w, .base = &base, .run_id = run_id};
	TRY(pass(&s, sum, service_list_ahead));
	s.more = true;
	for (int i = 0; i < PASSES_MAX && s.more && !flow_stopping(w); i++) {
		s.again = i > 0;
		s.more = false;
		TRY(pass(&s, sum, service_list_unbilled));
		TRY(task_extend(w->cx, "billing", w->holder));
	}
	return billing_items_sweep(w, &base, run_id, sum);
}

/* A document is named by the first of its services. */
static void foretell(const struct billing_documents *d, json_t *items)
{
	for (size_t i = 0; i < d->plans_n; i++)
		json_array_append_new(items,
		    json_pack("{s:s s:s s:I s:I s:s}", "what", "invoice", "subject", "service",
		        "subject_id", d->plans[i].items[0].service_id, "amount_minor",
		        d->plans[i].total_minor, "currency", d->plans[i].currency));
}

/* Kept for the whole dry run, in an arena that outlives the slices. */
static void remember_told(struct arena *a, struct slice *s)
{
	struct billing_foretold *t = s->told;
	if (t->n + s->extras.n > t->max) {
		t->max = (t->n + s->extras.n) * 2;
		int64_t *more = ARENA_ARRAY(a, int64_t, t->max);
		for (size_t i = 0; i < t->n; i++)
			more[i] = t->ids[i];
		t->ids = more;
	}
	for (size_t i = 0; i < s->extras.n; i++)
		if (s->extras.plan_of[i] != 0)
			t->ids[t->n++] = s->extras.rows[i].id;
}

/* As after the commit, for the next pass. */
static void advance(struct slice *s)
{
	const struct billing_documents *d = &s->documents;
	for (size_t i = 0, k = 0; i < s->n && k < d->billed_n; i++) {
		struct service *v = &s->services[i];
		if (v->id != d->billed[k].id)
			continue;
		v->billed_until = d->billed[k].to;
		int64_t left = v->discount_terms, used = d->billed[k++].terms;
		if (left > 0)
			v->discount_terms = left > used ? left - used : 0;
	}
}

/* Period after period, until nobody of the slice owes one. */
static enum err foretell_slice(struct slice *s, struct arena *kept, json_t *items)
{
	s->foretold = false;
	do {
		TRY(slice_plan(s->w->cx, s));
		foretell(&s->documents, items);
		remember_told(kept, s);
		advance(s);
		s->foretold = true;
	} while (s->documents.plans_n > 0);
	return OK;
}

enum err billing_foretell(struct worker *w, json_t *items)
{
	struct cx *cx = w->cx;
	struct billing_base base;
	TRY(billing_load(cx, &base));
	struct billing_foretold told = {0};
	struct slice s = {.w = w, .base = &base, .told = &told};
	struct service_cursor at = {base.until, DAY_NONE, 0, 0, LIMIT_SLICE_SERVICES};
	struct arena *outer = cx->arena, *own = arena_new(LIMIT_ARENA_BYTES);
	enum err err = OK;
	cx->arena = own;
	while (err == OK) {
		err = slice_next(&s, &at, service_list_unbilled);
		if (err != OK || s.n == 0)
			break;
		err = foretell_slice(&s, outer, items);
		arena_reset(own);
	}
	cx->arena = outer;
	arena_free(own);
	return err != OK ? err : billing_items_foretell(cx, &base, &told, items);
}

enum err billing_renew(struct cx *cx, const struct service *v, int64_t *ret_invoice_id)
{
	struct billing_base base;
	struct billing_documents d;
	struct client client;
	struct service_options *options;
	TRY(billing_load(cx, &base));
	TRY(client_get(cx, v->client_id, &client));
	TRY(service_options_many(cx, v, 1, &options));
	TRY(billing_plan(cx, &base, &(struct billing_due){v, options, &client, 1, NULL}, &d));
	TRY(service_set_billed(cx, d.billed, d.billed_n));
	return invoice_commit_many(cx, d.plans, d.plans_n, ret_invoice_id);
}
