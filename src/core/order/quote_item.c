/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One item of an order after the other, add-ons behind what they belong to: what may be ordered, at
 * which price, with which options, and how its first term is cut. Reads only.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/order/own.h"

static enum err item_fault(struct cx *cx, const struct order_quote_item *item, const char *field,
    const char *key, const char *text)
{
	cx_clear(cx);
	return fail_field(cx, arena_printf(cx->arena, "%s.%s", item->name, field), key, "%s", text);
}

static enum err domain_check(struct cx *cx, const struct order_quote *q, size_t i,
    const struct plan *plan)
{
	const struct order_quote_item *item = &q->items[i];
	const char *domain = item->in->domain;
	bool taken;
	if (str_empty(domain))
		return plan->needs_domain ? item_fault(cx, item, "domain", "field.required",
		                                "Enter the domain for this plan") :
		                            OK;
	if (item->in->quantity != 1)
		return item_fault(cx, item, "quantity", "order.quantity",
		    "A plan for one domain is ordered once per domain");
	for (size_t k = 0; k < i; k++)
		if (str_eq(q->items[k].in->domain, domain))
			return item_fault(cx, item, "domain", "service.domain_taken",
			    "This domain is in the order twice");
	TRY(service_domain_taken(cx, domain, &taken));
	return taken ? item_fault(cx, item, "domain", "service.domain_taken",
	                   "This domain is already hosted here") :
	               OK;
}

/* A trial is for who never had the plan; a plan may be limited per client. */
static enum err limits_check(struct cx *cx, const struct order_quoting *g,
    const struct order_quote *q, size_t i, const struct plan *plan)
{
	struct order_quote_item *item = &q->items[i];
	int64_t running = 0, ever = 0, asked = 0;
	if (g->client->id != 0)
		TRY(service_count_plan(cx, g->client->id, plan->id, &running, &ever));
	for (size_t k = 0; k <= i; k++)
		asked +=
		    str_eq(q->items[k].in->plan, item->in->plan) ? q->items[k].in->quantity : 0;
	if (plan->client_max > 0 && running + asked > plan->client_max)
		return item_fault(cx, item, "plan", "plan.client_max",
		    arena_printf(cx->arena, "At most %" PRId64 " of this plan per client",
		        plan->client_max));
	item->cut.trial = ever == 0 && asked == item->in->quantity;
	return OK;
}

struct sale {
	struct plan plan;
	struct price price;
};

/* The plan and its price for the cycle, as far as this client may have it. */
static enum err quote_plan(struct cx *cx, const struct order_quoting *g,
    const struct order_quote *q, size_t i, struct sale *ret)
{
	const struct order_quote_item *item = &q->items[i];
	const struct order_input_item *in = item->in;
	if (in->quantity < 1 || in->quantity > ORDER_QUANTITY_MAX)
		return item_fault(cx, item, "quantity", "field.range",
		    "The quantity must be between 1 and 100");
	enum err err = plan_find(cx, in->plan, &ret->plan);
	if (err == ERR_NOT_FOUND || (err == OK && ret->plan.state != PLAN_ACTIVE))
		return item_fault(cx, item, "plan", "plan.unknown",
		    "There is no such plan on sale");
	TRY(err);
	const struct price_wish w = {ret->plan.id, in->cycle, q->currency, g->client->id};
	err = price_sell(cx, &w, &ret->price);
	if (err == ERR_NOT_FOUND)
		return item_fault(cx, item, "cycle", "price.unknown",
		    arena_printf(cx->arena, "This plan is not sold for this cycle in %s",
		        q->currency));
	TRY(err);
	TRY(domain_check(cx, q, i, &ret->plan));
	if (ret->plan.stock >= 0 && ret->plan.stock < in->quantity)
		return item_fault(cx, item, "plan", "plan.sold_out", "This plan is sold out");
	return OK;
}

/* ---- add-ons ---- */

static enum err check_parent(struct cx *cx, const struct order_quote_item *item,
    const struct plan *addon, int64_t plan_id, const char *cycle)
{
	struct cycle c;
	bool fits, once = cycle_parse(item->in->cycle, &c) && c.unit == CYCLE_ONCE;
	TRY(plan_is_addon(cx, addon->id, plan_id, &fits));
	if (!fits)
		return item_fault(cx, item, "plan", "addon.plan", "This is no add-on of that plan");
	if (str_eq(addon->addon_dates, "parent") && !once && !str_eq(item->in->cycle, cycle))
		return item_fault(cx, item, "cycle", "addon.cycle",
		    "This add-on is billed in the cycle of the plan it belongs to");
	return OK;
}

/* Of a running service: with its dates the first term ends on its due day. */
static enum err join_service(struct cx *cx, const struct order_quoting *g,
    struct order_quote_item *item, const struct plan *addon)
{
	struct service s;
	enum err err = service_get(cx, g->client->id, item->parent_id, &s);
	bool there = err == OK && g->client->id != 0 && s.state == SERVICE_ACTIVE &&
	    s.parent_id == 0 && day_set(s.paid_until) && !day_set(s.cancel_on);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (!there)
		return item_fault(cx, item, "parent_id", "addon.service",
		    "There is no running service to add this to");
	TRY(check_parent(cx, item, addon, s.plan_id, s.cycle));
	if (!str_eq(addon->addon_dates, "parent"))
		return OK;
	if (s.paid_until.n < g->today.n)
		return item_fault(cx, item, "parent_id", "addon.unpaid",
		    "Pay what is open for the service before adding to it");
	if (s.paid_until.n > g->today.n) {
		item->cut.due_on = s.paid_until;
		item->cut.anchor_day = (int)s.anchor_day;
		item->cut.trial = false;
	}
	return OK;
}

/* Whom it belongs to, and whose dates its first term has. */
static enum err join_parent(struct cx *cx, const struct order_quoting *g,
    const struct order_quote *q, size_t i, const struct plan *addon)
{
	struct order_quote_item *item = &q->items[i];
	if (item->parent_id != 0)
		return join_service(cx, g, item, addon);
	if (item->parent == 0)
		return addon->is_addon ? item_fault(cx, item, "plan", "addon.alone",
		                             "This is an add-on: order it with its plan") :
		                         OK;
	const struct order_quote_item *parent = &q->items[item->parent - 1];
	TRY(check_parent(cx, item, addon, parent->plan_id, parent->in->cycle));
	if (str_eq(addon->addon_dates, "parent"))
		item->cut = parent->cut;
	return OK;
}

/* What was chosen with it; the first term of an option is as long as the plan's. */
static enum err quote_options(struct cx *cx, const struct order_quoting *g, struct order_quote *q,
    struct order_quote_item *item, struct cycle cycle)
{
	struct option_set set;
	TRY(option_set_load(cx, item->plan_id, q->currency, &set));
	const struct option_wish w = {
	    .set = &set,
	    .cycle = item->in->cycle,
	    .currency = q->currency,
	    .given = &item->in->options,
	    .prefix = arena_printf(cx->arena, "%s.options.", item->name),
	};
	TRY(option_choose(cx, &w, &item->picks, &item->picks_n));
	item->pick_units = ARENA_ARRAY(cx->arena, int64_t, item->picks_n + 1);
	for (size_t k = 0; k < item->picks_n; k++) {
		struct order_term term;
		order_cut_term(&item->cut, item->picks[k].price_minor, cycle, g->today, &term);
		item->pick_units[k] = term.unit_minor;
	}
	return OK;
}

static enum err quote_item(struct cx *cx, const struct order_quoting *g, size_t i,
    struct order_quote *q)
{
	struct order_quote_item *item = &q->items[i];
	struct sale sale = {0};
	struct cycle cycle = {0, CYCLE_ONCE};
	TRY(quote_plan(cx, g, q, i, &sale));
	item->plan_id = sale.plan.id;
	item->price_id = sale.price.id;
	item->converted = sale.price.converted;
	item->price_minor = sale.price.price_minor;
	item->setup_minor = sale.price.setup_minor;
	item->plan_name = sale.plan.name;
	item->tax_class = sale.plan.tax_class;
	item->setup_when = sale.plan.setup_when;
	item->panel = sale.plan.panel;
	item->package = sale.plan.package;
	item->plan_key = sale.plan.key;
	item->cut = (struct order_cut){.plan = sale.plan, .due_on = DAY_NONE};
	TRY(limits_check(cx, g, q, i, &sale.plan));
	TRY(join_parent(cx, g, q, i, &sale.plan));
	q->review = q->review || str_eq(sale.plan.setup_when, "approval");
	(void)cycle_parse(item->in->cycle, &cycle);
	order_cut_term(&item->cut, item->price_minor, cycle, g->today, &item->term);
	item->renew_minor =
	    sale.price.renew_minor == 0 ? sale.price.price_minor : sale.price.renew_minor;
	return quote_options(cx, g, q, item, cycle);
}

/* ---- all of them ---- */

static size_t count_items(const struct order_input *in)
{
	const struct order_input_item *items = in->items.rows;
	size_t n = 0;
	for (size_t i = 0; i < in->items.n; i++)
		n += 1 + items[i].addons.n;
	return n;
}

/* An add-on in its place after its plan, in the plan's cycle unless it says another. */
static void add_addon(struct cx *cx, struct order_quote *q, size_t parent, size_t k)
{
	const struct order_quote_item *of = &q->items[parent];
	struct order_input_item *in = ARENA_NEW(cx->arena, struct order_input_item);
	*in = ((const struct order_input_item *)of->in->addons.rows)[k];
	if (str_empty(in->cycle))
		in->cycle = of->in->cycle;
	q->items[q->items_n++] = (struct order_quote_item){.in = in,
	    .name = arena_printf(cx->arena, "%s.addons.%zu", of->name, k),
	    .parent = parent + 1};
}

enum err order_quote_items(struct cx *cx, const struct order_quoting *g, struct order_quote *q)
{
	const struct order_input_item *items = g->in->items.rows;
	size_t n = count_items(g->in);
	if (n > LIMIT_ORDER_ITEMS)
		return fail_field(cx, "items", "order.items", "An order has between 1 and %d items",
		    LIMIT_ORDER_ITEMS);
	q->items = ARENA_ARRAY(cx->arena, struct order_quote_item, n);
	for (size_t i = 0; i < g->in->items.n; i++) {
		size_t at = q->items_n++;
		q->items[at] = (struct order_quote_item){.in = &items[i],
		    .name = arena_printf(cx->arena, "items.%zu", i),
		    .parent_id = items[i].parent_id};
		for (size_t k = 0; k < items[i].addons.n; k++)
			add_addon(cx, q, at, k);
	}
	for (size_t i = 0; i < q->items_n; i++)
		TRY(quote_item(cx, g, i, q));
	return order_quote_bundles(cx, q);
}
