/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which documents renewals become, without database or clock: the lines of each period,
 * one document a service, or one a client and day.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "flow/billing_own.h"

const char *billing_skip(const struct billing_base *b, const struct service *v)
{
	if (v->billed_until.n > b->until.n)
		return "already invoiced";
	if (day_set(v->cancel_on) && v->billed_until.n >= v->cancel_on.n)
		return "ends before the next period";
	return NULL;
}

static bool same_document(const struct service *a, const struct service *b)
{
	return a->billed_until.n == b->billed_until.n && a->client_id == b->client_id &&
	    str_eq(a->currency, b->currency);
}

/*
 * How many services, from the first on, share its document: as many as there is room for with their
 * options.
 */
static size_t together(const struct billing_base *b, const struct service *services,
    const struct service_options *options, size_t n)
{
	size_t k = 1, lines = 1 + (options == NULL ? 0 : options[0].n);
	while (b->settings->billing_group && k < n && k < LIMIT_GROUP_SERVICES &&
	    same_document(&services[0], &services[k])) {
		lines += 1 + (options == NULL ? 0 : options[k].n);
		if (lines > LIMIT_INVOICE_ITEMS)
			break;
		k++;
	}
	return k;
}

size_t billing_whole(const struct billing_base *b, const struct service *services, size_t n)
{
	size_t done = 0, next = 0;
	while (next < n) {
		done = next;
		next += together(b, services + next, NULL, n - next);
	}
	return b->settings->billing_group && done > 0 ? done : n;
}

/*
 * A renewal is due on the first day of its period; agreed terms (of the client or group) put it
 * off, never earlier. A period that has begun leaves days to pay, too.
 */
static struct day renewal_due(const struct billing_base *b, struct day from,
    const struct client *client)
{
	struct day due = from;
	if (from.n < b->today.n)
		due = day_add(b->today, (int32_t)b->settings->billing_catch_up_days);
	if (!client_has_terms(client))
		return due;
	struct day agreed =
	    day_add(b->today, (int32_t)client_terms(client, b->settings->billing_due_days));
	return agreed.n > due.n ? agreed : due;
}

/* The lines of one document, and where each service then stands. */
struct paper {
	const struct service *first;
	const struct client *client;
	struct invoice_line *lines;
	size_t n, max;
	struct service_billed *billed;
	size_t billed_n;
	size_t items_n; /* lines behind n: items to invoice */
	const struct meter_uses *uses;
	struct billing_used *used;
	size_t used_n;
};

static enum err add_period(struct cx *cx, struct paper *p, struct service *v,
    const struct service_options *o)
{
	struct service_term term;
	service_renewal_lines(cx->arena, v, o, &term);
	if (!day_set(term.to))
		return fail(cx, ERR_INTERNAL, "billing.cycle",
		    "Service %" PRId64 " has no cycle to bill", v->id);
	for (size_t i = 0; i < term.n; i++)
		p->lines[p->n++] = term.lines[i];
	service_advance(v, term.to);
	return OK;
}

/* What the service used up to today stands behind its period. */
static void add_use(struct cx *cx, const struct billing_base *b, struct paper *p,
    const struct service *v)
{
	struct meter_line *lines = ARENA_ARRAY(cx->arena, struct meter_line, p->uses->n);
	size_t n = meter_lines(cx->arena, p->uses, v, b->today, lines);
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		p->lines[p->n++] = lines[i].line;
	p->used[p->used_n++] = (struct billing_used){v, lines, n};
}

/* The period that is due; combined, also the further ones that began by today. */
static enum err add_service(struct cx *cx, const struct billing_base *b, struct paper *p,
    const struct service *v, const struct service_options *o)
{
	struct service at = *v;
	service_standing(&at, p->client);
	int64_t terms = 0;
	bool combined = str_eq(b->settings->billing_catch_up, "combined");
	do {
		TRY(add_period(cx, p, &at, o));
		terms++;
	} while (combined && at.billed_until.n <= b->today.n && billing_skip(b, &at) == NULL &&
	    p->n + 1 + o->n <= p->max);
	p->billed[p->billed_n++] = service_billed_of(v, &at, terms);
	add_use(cx, b, p, v);
	return OK;
}

static enum err plan_paper(struct cx *cx, const struct billing_base *b, const struct paper *p,
    struct invoice_plan *ret)
{
	char from[DAY_TEXT_SIZE];
	struct invoice_request r = {
	    .settings = b->settings,
	    .taxes = b->taxes,
	    .seller = b->seller,
	    .client = p->client,
	    .cause = arena_printf(cx->arena, "renew/%" PRId64 "/%s", p->first->id,
	        day_text(p->first->billed_until, from)),
	    .currency = p->first->currency,
	    .issued_on = b->today,
	    .due_on = renewal_due(b, p->first->billed_until, p->client),
	    .rates = b->rates,
	    .lines = p->lines,
	    .lines_n = p->n + p->items_n,
	};
	return invoice_plan(cx, &r, ret);
}

static size_t lines_of(const struct service_options *o, size_t services)
{
	size_t n = services;
	for (size_t i = 0; i < services; i++)
		n += o[i].n;
	return n;
}

/* A group takes the lines of each service; what is left of the limit is for catching up. */
static size_t lines_max(const struct billing_base *b, size_t needed)
{
	bool combined = str_eq(b->settings->billing_catch_up, "combined");
	return combined && needed < LIMIT_INVOICE_ITEMS ? LIMIT_INVOICE_ITEMS : needed;
}

enum err billing_plan(struct cx *cx, const struct billing_base *b, const struct billing_due *due,
    struct billing_documents *ret)
{
	/* A renewal by hand bills no use: that waits for its day. */
	static const struct meter_uses none;
	const struct meter_uses *uses = due->uses == NULL ? &none : due->uses;
	struct billing_documents d = {
	    .plans = ARENA_ARRAY(cx->arena, struct invoice_plan, due->n),
	    .billed = ARENA_ARRAY(cx->arena, struct service_billed, due->n),
	    .used = ARENA_ARRAY(cx->arena, struct billing_used, due->n),
	};
	for (size_t i = 0; i < due->n;) {
		const struct service *first = &due->services[i];
		const struct service_options *options = &due->options[i];
		size_t k = together(b, first, options, due->n - i);
		size_t left = lines_of(options, k), max = lines_max(b, left);
		size_t items =
		    due->items == NULL ? 0 : billing_items_count(due->items, first->client_id);
		struct paper p = {.first = first,
		    .client = &due->clients[i],
		    .lines = ARENA_ARRAY(cx->arena, struct invoice_line, max + items + uses->n),
		    .uses = uses,
		    .used = d.used + d.used_n,
		    .billed = d.billed + d.billed_n};
		for (size_t j = 0; j < k; j++) {
			left -= 1 + options[j].n;
			p.max = max - left;
			TRY(add_service(cx, b, &p, &first[j], &options[j]));
		}
		if (items > 0)
			p.items_n = billing_items_add(due->items,
			    &(struct billing_place){p.client->id, first->currency, d.plans_n},
			    p.lines + p.n, LIMIT_INVOICE_ITEMS - p.n);
		TRY(plan_paper(cx, b, &p, &d.plans[d.plans_n++]));
		d.catch_up = d.catch_up || first->billed_until.n < b->today.n;
		d.billed_n += k;
		d.used_n += p.used_n;
		i += k;
	}
	*ret = d;
	return OK;
}
