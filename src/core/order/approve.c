/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An approved order gets its invoice: at the prices that were promised, for terms that start on the
 * day of the approval.
 */
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/order/own.h"

struct approving {
	const struct client *client;
	struct day today;
	const struct order_item *item; /* the one under way */
	struct order_cut cut;          /* and how its first term is cut */
	struct invoice_line *lines;
	size_t n;
};

static const struct service_option *option_by_id(const struct service_options *o, int64_t id)
{
	size_t i = 0;
	while (o->rows[i].id != id)
		i++;
	return &o->rows[i];
}

static void add_setup(struct cx *cx, struct approving *a, const struct invoice_line *of,
    int64_t quantity, int64_t unit_minor)
{
	if (unit_minor > 0)
		a->lines[a->n++] = (struct invoice_line){"setup", of->service_id,
		    arena_printf(cx->arena, "Set-up of %s", of->description), of->tax_class,
		    DAY_NONE, DAY_NONE, quantity, unit_minor, 0, of->part_id};
}

/* What the lines of a renewal cost for a first term that starts today. */
static void first_term(const struct approving *a, const struct service_options *o,
    struct service_term *t)
{
	struct cycle cycle = {0, CYCLE_ONCE};
	struct order_term term;
	(void)cycle_parse(a->item->cycle, &cycle);
	for (size_t i = 0; i < t->n; i++) {
		struct invoice_line *l = &t->lines[i];
		int64_t price = l->part_id == 0 ? a->item->price_minor :
		                                  option_by_id(o, l->part_id)->price_minor;
		order_cut_term(&a->cut, price, cycle, a->today, &term);
		l->unit_minor = term.unit_minor;
		l->from = day_set(term.to) ? a->today : DAY_NONE;
		l->to = term.to;
		if (l->part_id == 0)
			l->kind = day_set(term.to) ? "period" : "once";
	}
}

/* An add-on with the dates of its parent: those of the same order, or up to the day it is due. */
static enum err cut_of(struct cx *cx, const struct service *s, const struct plan *plan,
    struct approving *a)
{
	struct service of = *s;
	int64_t running, ever;
	a->cut = (struct order_cut){.plan = *plan, .due_on = DAY_NONE};
	if (s->parent_id != 0 && str_eq(plan->addon_dates, "parent")) {
		TRY(service_get(cx, 0, s->parent_id, &of));
		TRY(plan_get(cx, of.plan_id, &a->cut.plan));
		bool runs = of.order_id != s->order_id && day_set(of.paid_until);
		if (runs && of.paid_until.n > a->today.n) {
			a->cut.due_on = of.paid_until;
			a->cut.anchor_day = (int)of.anchor_day;
		}
	}
	TRY(service_count_plan(cx, of.client_id, of.plan_id, &running, &ever));
	a->cut.trial = ever == 1;
	return OK;
}

static bool whole_free(const struct service_term *t)
{
	int64_t sum = 0;
	for (size_t i = 0; i < t->n; i++)
		sum += t->lines[i].quantity * t->lines[i].unit_minor;
	return sum == 0;
}

/* The lines of an approved item, counted from today. */
static enum err approve_item(struct cx *cx, const struct order_item *item, struct approving *a)
{
	struct plan plan;
	struct service s;
	struct service_options options;
	struct service_term t;
	struct order_term term;
	struct cycle cycle = {0, CYCLE_ONCE};
	TRY(service_get(cx, 0, item->service_id, &s));
	TRY(plan_get(cx, item->plan_id, &plan));
	TRY(service_options_of(cx, s.id, &options));
	TRY(cut_of(cx, &s, &plan, a));
	(void)cycle_parse(item->cycle, &cycle);
	order_cut_term(&a->cut, item->price_minor, cycle, a->today, &term);
	TRY(service_restart(cx, s.id, a->today, term.anchor_day));
	TRY(service_get(cx, 0, s.id, &s));
	service_standing(&s, a->client);
	service_renewal_lines(cx->arena, &s, &options, &t);
	a->item = item;
	first_term(a, &options, &t);
	/* Of a first term that is not whole a bundle's amount is a share, too. */
	int64_t whole = item->price_minor * item->quantity;
	if (whole > 0)
		s.bundle_minor = money_scale(s.bundle_minor,
		    t.lines[0].quantity * t.lines[0].unit_minor, whole, ROUND_HALF_UP);
	service_term_discount(cx->arena, &s, &t);
	t.lines[0].is_term = !whole_free(&t);
	const struct invoice_line *plan_line = &a->lines[a->n];
	for (size_t i = 0; i < t.n; i++)
		a->lines[a->n++] = t.lines[i];
	size_t fees = a->n;
	add_setup(cx, a, plan_line, item->quantity, item->setup_minor);
	for (size_t i = 0; i < options.n; i++) {
		const struct service_option *o = &options.rows[i];
		struct invoice_line of = *plan_line;
		of.part_id = o->id;
		of.description = service_option_name(cx->arena, &s, o);
		add_setup(cx, a, &of, item->quantity * o->quantity, o->setup_minor);
	}
	service_fee_discount(cx->arena, &s, &a->lines[fees], a->n - fees);
	return whole_free(&t) ? OK : service_term_used(cx, s.id);
}

static enum err count_lines(struct cx *cx, const struct order_item *items, size_t n, size_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < n; i++) {
		struct service_options o;
		TRY(service_options_of(cx, items[i].service_id, &o));
		*ret += 2 + o.n * 2;
	}
	return OK;
}

enum err order_approve_invoice(struct cx *cx, const struct order *o)
{
	struct settings settings;
	struct tax_table taxes;
	struct rate_table rates;
	struct client client;
	struct order_item *items;
	size_t n, most;
	int64_t invoice_id;
	TRY(setting_load(cx, &settings));
	TRY(tax_load(cx, &taxes));
	TRY(client_get(cx, o->client_id, &client));
	TRY(order_items(cx, o->id, &items, &n));
	TRY(count_lines(cx, items, n, &most));
	struct approving a = {.client = &client,
	    .today = setting_today(cx, &settings),
	    .lines = ARENA_ARRAY(cx->arena, struct invoice_line, most)};
	TRY(rate_load(cx, a.today, &rates));
	for (size_t i = 0; i < n; i++)
		TRY(approve_item(cx, &items[i], &a));
	struct invoice_request r = {
	    .settings = &settings,
	    .taxes = &taxes,
	    .client = &client,
	    .cause = arena_printf(cx->arena, "order/%" PRId64, o->id),
	    .currency = o->currency,
	    .order_id = o->id,
	    .issued_on = a.today,
	    .due_on = day_add(a.today, (int32_t)client_terms(&client, settings.billing_due_days)),
	    .rates = &rates,
	    .lines = a.lines,
	    .lines_n = a.n,
	};
	struct invoice_plan plan;
	TRY(invoice_plan(cx, &r, &plan));
	TRY(invoice_commit(cx, &plan, &invoice_id));
	TRY(service_recount(cx, invoice_id));
	TRY(order_store_set_invoice(cx, o->id, invoice_id));
	return service_order_approved(cx, o->id);
}
