/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the services of a client become in the forecast, run after run: which documents, by the
 * billing run's own billing_plan(), with the items that wait for a renewal. A client is walked once
 * for both futures: what nobody pays for loses its services on the way.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/str.h"
#include "flow/billing_own.h"
#include "flow/forecast_own.h"

struct life {                   /* of a service */
	struct service service; /* advanced period by period */
	const struct service_options *options;
	struct forecast_fate fates[FORECAST_LINES];
};
struct household {
	struct forecast *f;
	struct client *client;
	struct life *lives;
	size_t n;
	struct meter_uses uses; /* read and not billed yet; counts once */
	struct forecast_owed owed[FORECAST_LINES];
};

/* The lives that a pass of the run bills, in its order. */
struct turn {
	struct household *h;
	const struct billing_base *base;
	struct life **due;
	size_t n;
};

static struct day renewal_day(const struct household *h, const struct service *v)
{
	const struct forecast *f = h->f;
	struct day on = day_add(v->billed_until, -(int32_t)f->settings.billing_lead_days);
	bool ends = day_set(v->cancel_on) && v->billed_until.n >= v->cancel_on.n;
	if (ends)
		return DAY_NONE;
	return on.n < f->today.n ? f->today : on;
}

static struct day sooner(struct day a, struct day b)
{
	return !day_set(a) || (day_set(b) && b.n < a.n) ? b : a;
}

/* The next day on which a run has something to invoice for this client. */
static struct day next_run(const struct household *h)
{
	struct day first = DAY_NONE;
	for (size_t i = 0; i < h->n; i++)
		first = sooner(first, renewal_day(h, &h->lives[i].service));
	for (int line = 0; line < FORECAST_LINES; line++)
		first = sooner(first, forecast_owed_next(h->f, &h->owed[line]));
	return first;
}

static int by_period(const void *a, const void *b)
{
	const struct service *x = &(*(struct life *const *)a)->service,
	                     *y = &(*(struct life *const *)b)->service;
	if (x->billed_until.n != y->billed_until.n)
		return x->billed_until.n < y->billed_until.n ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Billing comes before dunning in a run: on the day itself it is still invoiced. */
static bool has(const struct life *l, int line, struct day on)
{
	struct day suspended_on = l->fates[line].suspended_on;
	return !day_set(suspended_on) || on.n <= suspended_on.n;
}

/* ---- one pass in one of the futures ---- */

/* What of the client's items a renewal of that day takes along. */
static void eligible(const struct forecast_owed *o, struct day on, struct billing_items *ret,
    size_t *ret_at)
{
	ret->n = 0;
	for (size_t i = 0; i < o->n; i++) {
		const struct billable *b = &o->rows[i];
		if (b->client_id == 0 || (day_set(b->on) && b->on.n > on.n))
			continue;
		ret->plan_of[ret->n] = 0;
		ret->rows[ret->n] = *b;
		ret_at[ret->n++] = i;
	}
}

static bool charges(const struct invoice_plan *p, int64_t service_id)
{
	for (size_t i = 0; i < p->items_n; i++)
		if (p->items[i].service_id == service_id)
			return true;
	return false;
}

/* The documents in order; each charges for the next of the services that were planned. */
static enum err issue_all(const struct turn *t, enum forecast_line line,
    const struct billing_documents *d)
{
	struct household *h = t->h;
	struct forecast_hosted *hosted =
	    ARENA_ARRAY(h->f->w->cx->arena, struct forecast_hosted, t->n);
	size_t k = 0;
	for (size_t i = 0; i < t->n; i++)
		hosted[i] = (struct forecast_hosted){&t->due[i]->service, &t->due[i]->fates[line]};
	for (size_t i = 0; i < d->plans_n; i++) {
		struct forecast_paper paper = {&d->plans[i], h->client, hosted + k, 1, "service",
		    hosted[k].service->id};
		while (k + paper.hosted_n < t->n &&
		    charges(&d->plans[i], hosted[k + paper.hosted_n].service->id))
			paper.hosted_n++;
		k += paper.hosted_n;
		TRY(forecast_paper(h->f, line, &paper));
	}
	return OK;
}

static enum err plan_turn(const struct turn *t, struct billing_items *items,
    struct billing_documents *ret)
{
	struct cx *cx = t->h->f->w->cx;
	struct service *services = ARENA_ARRAY(cx->arena, struct service, t->n);
	struct service_options *options = ARENA_ARRAY(cx->arena, struct service_options, t->n);
	struct client *clients = ARENA_ARRAY(cx->arena, struct client, t->n);
	for (size_t i = 0; i < t->n; i++) {
		services[i] = t->due[i]->service;
		options[i] = *t->due[i]->options;
		clients[i] = *t->h->client;
	}
	return billing_plan(cx, t->base,
	    &(struct billing_due){services, options, clients, t->n, items, &t->h->uses}, ret);
}

/* Those of a turn that are still there in this future. */
static struct turn living(const struct turn *t, enum forecast_line line)
{
	struct turn some = *t;
	some.due = ARENA_ARRAY(t->h->f->w->cx->arena, struct life *, t->n);
	some.n = 0;
	for (size_t i = 0; i < t->n; i++)
		if (has(t->due[i], line, t->base->today))
			some.due[some.n++] = t->due[i];
	return some;
}

static enum err turn_line(const struct turn *t, enum forecast_line line,
    struct billing_documents *ret)
{
	struct arena *a = t->h->f->w->cx->arena;
	struct forecast_owed *o = &t->h->owed[line];
	size_t *at = ARENA_ARRAY(a, size_t, o->n);
	struct billing_items items = {ARENA_ARRAY(a, struct billable, o->n),
	    ARENA_ARRAY(a, size_t, o->n), 0};
	*ret = (struct billing_documents){0};
	if (t->n == 0)
		return OK;
	eligible(o, t->base->today, &items, at);
	TRY(plan_turn(t, &items, ret));
	for (size_t i = 0; i < items.n; i++)
		if (items.plan_of[i] != 0)
			forecast_owed_billed(o, at[i], t->base->today);
	return issue_all(t, line, ret);
}

/* ---- the run of a day ---- */

/* As far as everybody who pays is invoiced now; what was used is counted. */
static void advance(const struct turn *t, const struct billing_documents *d)
{
	struct arena *a = t->h->f->w->cx->arena;
	for (size_t i = 0; i < t->n; i++) {
		struct service *v = &t->due[i]->service;
		while (v->billed_until.n < d->billed[i].to.n) {
			struct service_term term = {.to = d->billed[i].to};
			if (d->billed[i].terms > 1)
				service_renewal_lines(a, v, t->due[i]->options, &term);
			service_advance(v, term.to);
		}
	}
	size_t n = 0;
	for (size_t k = 0; k < t->h->uses.n; k++) {
		bool counted = false;
		for (size_t i = 0; i < t->n; i++)
			counted = counted || t->h->uses.rows[k].service_id == t->due[i]->service.id;
		if (!counted)
			t->h->uses.rows[n++] = t->h->uses.rows[k];
	}
	t->h->uses.n = n;
}

static void take_turn(struct turn *t)
{
	t->n = 0;
	for (size_t i = 0; i < t->h->n; i++)
		if (billing_skip(t->base, &t->h->lives[i].service) == NULL)
			t->due[t->n++] = &t->h->lives[i];
	qsort(t->due, t->n, sizeof(struct life *), by_period);
}

/* Passes until nobody owes a period, as in the run; then items whose day it is. */
static enum err run_day(struct household *h, struct day on)
{
	struct forecast *f = h->f;
	struct arena *a = f->w->cx->arena;
	const struct billing_base base = {&f->settings, &f->taxes, NULL, f->seller, on,
	    day_add(on, (int32_t)f->settings.billing_lead_days)};
	struct turn t = {h, &base, ARENA_ARRAY(a, struct life *, h->n), 0};
	for (take_turn(&t); t.n > 0; take_turn(&t)) {
		struct billing_documents paid, unpaid;
		struct turn some = living(&t, FORECAST_UNPAID);
		bool same = some.n == t.n && h->owed[FORECAST_UNPAID].n == 0;
		TRY(turn_line(&t, FORECAST_PAID, &paid));
		TRY(same ? issue_all(&t, FORECAST_UNPAID, &paid) :
		           turn_line(&some, FORECAST_UNPAID, &unpaid));
		advance(&t, &paid);
	}
	for (int line = 0; line < FORECAST_LINES; line++)
		TRY(forecast_owed_day(f, &h->owed[line], on));
	return OK;
}

static enum err live(struct household *h)
{
	struct arena *a = h->f->w->cx->arena;
	for (;;) {
		struct day on = next_run(h);
		if (!forecast_within(h->f, on))
			return OK;
		struct arena_mark mark = arena_mark(a);
		TRY(run_day(h, on));
		arena_rewind(a, mark);
	}
}

/* ---- pages of services, a client not torn apart ---- */

struct page {
	struct service *services;
	struct service_options *options;
	struct client *clients;
	struct meter_uses uses;
	struct billable *items;
	struct report_debt *debts;
	size_t n, debts_n, items_n;
};

static enum err page_load(struct cx *cx, const struct service_cursor *at, const struct forecast *f,
    struct page *ret)
{
	const struct report_page same = {at->until, at->after_client, at->after_id, at->limit};
	TRY(service_list_due(cx, at, &ret->services, &ret->n));
	TRY(report_debts(cx, &same, &ret->debts, &ret->debts_n));
	size_t whole = ret->n;
	if (ret->n == (size_t)at->limit)
		while (whole > 0 &&
		    ret->services[whole - 1].client_id == ret->services[ret->n - 1].client_id)
			whole--;
	ret->n = whole > 0 ? whole : ret->n; /* a client who fills a page is taken in parts */
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, ret->n);
	for (size_t i = 0; i < ret->n; i++)
		ids[i] = ret->services[i].client_id;
	if (ret->n == 0)
		return OK;
	TRY(service_options_many(cx, ret->services, ret->n, &ret->options));
	TRY(meter_uses_load(cx, ret->services, ret->n, f->today, &ret->uses));
	TRY(billable_due(cx, &(struct billable_of){ids, ret->n, f->until}, &ret->items,
	    &ret->items_n));
	return client_get_many(cx, ids, ret->n, &ret->clients);
}

/* Items of this client, for each future; remembered, so that nobody counts them again. */
static void own_items(struct household *h, const struct page *p)
{
	struct forecast *f = h->f;
	struct arena *a = f->w->cx->arena;
	if (f->walked_n > 0 && f->walked[f->walked_n - 1] == h->client->id)
		return; /* the first part of him has them */
	for (int line = 0; line < FORECAST_LINES; line++) {
		struct forecast_owed *o = &h->owed[line];
		*o = (struct forecast_owed){(enum forecast_line)line, h->client, NULL, 0};
		o->rows = ARENA_ARRAY(a, struct billable, p->items_n);
		for (size_t i = 0; i < p->items_n; i++)
			if (p->items[i].client_id == h->client->id)
				o->rows[o->n++] = p->items[i];
	}
	if (h->owed[0].n == 0)
		return;
	if (f->walked_n == f->walked_max) {
		int64_t *more = ARENA_ARRAY(f->kept, int64_t, f->walked_max * 2 + 64);
		for (size_t i = 0; i < f->walked_n; i++)
			more[i] = f->walked[i];
		f->walked = more;
		f->walked_max = f->walked_max * 2 + 64;
	}
	f->walked[f->walked_n++] = h->client->id;
}

static void own_uses(struct household *h, const struct page *p)
{
	h->uses = p->uses;
	h->uses.rows = ARENA_ARRAY(h->f->w->cx->arena, struct meter_use, p->uses.n);
	h->uses.n = 0;
	for (size_t k = 0; k < p->uses.n; k++)
		for (size_t i = 0; i < h->n; i++)
			if (p->uses.rows[k].service_id == h->lives[i].service.id)
				h->uses.rows[h->uses.n++] = p->uses.rows[k];
}

/* Both lists have the same order; one that came or went between the two reads is passed over. */
static const struct report_debt *debt_of(const struct page *p, int64_t service_id, size_t *k)
{
	size_t at = *k;
	while (at < p->debts_n && p->debts[at].service_id != service_id)
		at++;
	*k = at < p->debts_n ? at + 1 : *k;
	return at < p->debts_n ? &p->debts[at] : NULL;
}

/* The services from first on that belong to one client; *ret_next is the next client's first. */
static enum err one_household(struct forecast *f, const struct page *p, size_t *at, size_t *debt)
{
	struct household h = {.f = f, .client = &p->clients[*at]};
	size_t from = *at, to = from;
	while (to < p->n && p->services[to].client_id == p->services[from].client_id)
		to++;
	h.lives = ARENA_ARRAY(f->w->cx->arena, struct life, to - from);
	for (; *at < to; (*at)++) {
		const struct service *v = &p->services[*at];
		struct day lost = forecast_suspension(f, v, h.client, debt_of(p, v->id, debt));
		/* What an unpaid document takes away is counted with that document. */
		h.lives[h.n++] = (struct life){*v, &p->options[*at],
		    {[FORECAST_UNPAID] = {lost, day_set(lost)},
		        [FORECAST_PAID] = {DAY_NONE, false}}};
	}
	own_items(&h, p);
	own_uses(&h, p);
	return live(&h);
}

static enum err page_live(struct forecast *f, const struct page *p)
{
	size_t debt = 0;
	for (size_t at = 0; at < p->n;) {
		struct arena_mark mark = arena_mark(f->w->cx->arena);
		TRY(one_household(f, p, &at, &debt));
		arena_rewind(f->w->cx->arena, mark);
	}
	return OK;
}

enum err forecast_services(struct forecast *f)
{
	struct cx *cx = f->w->cx;
	struct arena *outer = cx->arena, *own = arena_new(LIMIT_ARENA_BYTES);
	struct service_cursor at = {.until =
	                                day_add(f->until, (int32_t)f->settings.billing_lead_days),
	    .after_on = DAY_NONE,
	    .limit = LIMIT_SLICE_SERVICES};
	struct page p = {.n = 1};
	enum err err = OK;
	cx->arena = own;
	while (err == OK && p.n > 0 && !flow_stopping(f->w)) {
		err = page_load(cx, &at, f, &p);
		if (err == OK && p.n > 0) {
			at.after_client = p.services[p.n - 1].client_id;
			at.after_id = p.services[p.n - 1].id;
			f->metered = f->metered || p.uses.n > 0;
			err = page_live(f, &p);
		}
		arena_reset(own);
	}
	cx->arena = outer;
	arena_free(own);
	return err;
}
