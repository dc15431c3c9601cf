/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the first invoice of an order, and what a coupon takes off them. */
#include "base/money.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/order/own.h"

int64_t order_later_term(const struct order_quote_item *item)
{
	const struct discount bundle = {item->bundle_ppm, item->bundle_minor};
	int64_t plan = item->renew_minor * item->in->quantity, options = 0;
	for (size_t k = 0; k < item->picks_n; k++)
		options += item->picks[k].price_minor * item->picks[k].quantity;
	return plan - discount_of(&bundle, plan) + options * item->in->quantity;
}

/*
 * What a coupon takes off: the lines it fits, and the set-up fees when it says so, shared by their
 * size.
 */
enum err order_quote_coupon(struct cx *cx, const struct client *client, const char *code,
    struct day today, struct order_quote *q)
{
	struct coupon_case k = {code, q->currency, client->id, today};
	size_t n = q->items_n, most = n > q->lines_n ? n : q->lines_n, fits = 0;
	int64_t *amounts = ARENA_ARRAY(cx->arena, int64_t, most),
	        *off = ARENA_ARRAY(cx->arena, int64_t, most),
	        *first = ARENA_ARRAY(cx->arena, int64_t, n);
	TRY(coupon_find(cx, &k, &q->coupon));
	if (q->coupon.new_clients && client->id != 0) {
		int64_t orders;
		TRY(order_count_of(cx, client->id, &orders));
		if (orders > 0)
			return fail_field(cx, "coupon", "coupon.new_clients",
			    "This coupon is for a first order");
	}
	for (size_t i = 0; i < q->lines_n; i++) {
		const struct invoice_line *l = &q->lines[i];
		const struct order_quote_item *item = &q->items[l->service_id - 1];
		bool fit = coupon_fits(&q->coupon, item->plan_key, item->in->cycle);
		bool setup = str_eq(l->kind, "setup");
		fits += fit;
		amounts[i] = fit && (!setup || q->coupon.setup_too) ?
		    l->quantity * l->unit_minor - order_bundle_off(q, l) :
		    0;
		first[l->service_id - 1] += setup ? 0 : amounts[i];
		q->items[l->service_id - 1].takes_coupon |= fit;
	}
	if (fits == 0)
		return fail_field(cx, "coupon", "coupon.plans",
		    "This coupon is not for anything in the cart");
	coupon_share(&q->coupon, amounts, q->lines_n, off);
	for (size_t i = 0; i < q->lines_n; i++) {
		q->lines[i].discount_minor = off[i];
		q->items[q->lines[i].service_id - 1].discount_minor += off[i];
	}
	/* Later terms are full ones and have no set-up fee to share an amount with. */
	for (size_t i = 0; i < n; i++) {
		q->items[i].first_free = first[i] == 0;
		amounts[i] = q->items[i].takes_coupon ? order_later_term(&q->items[i]) : 0;
	}
	coupon_share(&q->coupon, amounts, n, off);
	for (size_t i = 0; i < n; i++)
		q->items[i].term_discount_minor = q->coupon.amount_minor > 0 ? off[i] : 0;
	return OK;
}

static struct invoice_line setup_line(struct cx *cx, const struct invoice_line *of,
    const char *what, int64_t unit_minor)
{
	struct invoice_line line = *of;
	line.kind = "setup";
	line.description = arena_printf(cx->arena, "Set-up of %s", what);
	line.from = line.to = DAY_NONE;
	line.unit_minor = unit_minor;
	return line;
}

static bool first_free(const struct order_quote_item *item)
{
	int64_t sum = item->term.unit_minor;
	for (size_t k = 0; k < item->picks_n; k++)
		sum += item->pick_units[k];
	return sum == 0;
}

/* The lines of one item: the plan and its set-up fee, then the same of each priced option. */
static void item_lines(struct cx *cx, struct order_quote *q, size_t i, struct day today)
{
	const struct order_quote_item *item = &q->items[i];
	bool recurs = day_set(item->term.to);
	const char *of =
	    *item->in->domain == '\0' ? "" : arena_printf(cx->arena, " – %s", item->in->domain);
	const char *trial = item->term.trial ? " (free trial)" : "";
	const char *what = arena_printf(cx->arena, "%s%s", item->plan_name, of);
	struct invoice_line line = {recurs ? "period" : "once", (int64_t)i + 1,
	    arena_printf(cx->arena, "%s%s", what, trial), item->tax_class,
	    recurs ? today : DAY_NONE, item->term.to, item->in->quantity, item->term.unit_minor, 0,
	    0};
	line.is_term = recurs && !first_free(item);
	q->lines[q->lines_n++] = line;
	line.is_term = false;
	if (item->setup_minor > 0)
		q->lines[q->lines_n++] = setup_line(cx, &line, what, item->setup_minor);
	line.kind = "option";
	for (size_t k = 0; k < item->picks_n; k++) {
		const struct option_pick *p = &item->picks[k];
		what = arena_printf(cx->arena, "%s%s",
		    option_line(cx->arena, p->option->kind, p->option->name, p->label), of);
		line.part_id = (int64_t)k + 1;
		line.description = arena_printf(cx->arena, "%s%s", what, trial);
		line.quantity = item->in->quantity * p->quantity;
		line.unit_minor = item->pick_units[k];
		if (p->price_minor > 0)
			q->lines[q->lines_n++] = line;
		if (p->setup_minor > 0)
			q->lines[q->lines_n++] = setup_line(cx, &line, what, p->setup_minor);
	}
}

/* The first invoice. Services do not exist yet. */
void order_lines(struct cx *cx, struct order_quote *q, struct day today)
{
	size_t most = 0;
	for (size_t i = 0; i < q->items_n; i++)
		most += 2 + q->items[i].picks_n * 2;
	q->lines = ARENA_ARRAY(cx->arena, struct invoice_line, most);
	for (size_t i = 0; i < q->items_n; i++)
		item_lines(cx, q, i, today);
}
