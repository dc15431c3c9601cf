/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Discounts of a first invoice: a bundle's, what stands for the client and the coupon together; and
 * what comes off later terms, which is the billing run's to say. Pure.
 */
#include "base/money.h"
#include "base/str.h"
#include "core/order/own.h"

int64_t order_bundle_off(const struct order_quote *q, const struct invoice_line *l)
{
	const struct order_quote_item *item = &q->items[l->service_id - 1];
	int64_t amount = l->quantity * l->unit_minor, whole = item->price_minor * l->quantity;
	if (item->bundle_id == 0 || whole == 0 || l->part_id != 0 || str_eq(l->kind, "setup"))
		return 0;
	int64_t minor = money_scale(item->bundle_minor, amount, whole, ROUND_HALF_UP);
	return discount_of(&(struct discount){item->bundle_ppm, minor}, amount);
}

void order_reduce(struct arena *a, const struct order_quote *q, struct invoice_line *lines,
    size_t n)
{
	struct discount_names names = {.standing = q->standing, .coupon_id = q->coupon.id};
	for (size_t i = 0; i < n; i++) {
		struct invoice_line *l = &lines[i];
		struct discount_parts p;
		struct discount_terms t = {.bundle_minor = order_bundle_off(q, l),
		    .standing_ppm = q->standing.ppm,
		    .stackable = q->coupon.stackable};
		/* An amount was shared by the size of the lines; a rate is taken anew. */
		if (l->discount_minor > 0 && q->coupon.amount_minor > 0)
			t.coupon.amount_minor = l->discount_minor;
		else if (l->discount_minor > 0)
			t.coupon.rate_ppm = q->coupon.rate_ppm;
		names.bundle_id = q->items[l->service_id - 1].bundle_id;
		discount_parts(&t, l->quantity * l->unit_minor, &p);
		l->discount_minor = p.total_minor;
		l->discounts = discount_text(a, &t, &p, &names);
	}
}

int64_t order_renews_at(struct arena *a, const struct order_quote *q,
    const struct order_quote_item *item)
{
	struct service_option *rows = ARENA_ARRAY(a, struct service_option, item->picks_n + 1);
	struct service_term term;
	struct service s = {.cycle = item->in->cycle,
	    .plan_name = item->plan_name,
	    .domain = "",
	    .tax_class = item->tax_class,
	    .quantity = item->in->quantity,
	    .price_minor = item->renew_minor,
	    .billed_until = q->invoice.issued_on,
	    .anchor_day = item->term.anchor_day,
	    .next_price_on = DAY_NONE,
	    .standing = q->standing,
	    .bundle_id = item->bundle_id,
	    .bundle_ppm = item->bundle_ppm,
	    .bundle_minor = item->bundle_minor};
	int64_t sum = 0;
	if (q->discount_terms == 0) {
		s.discount_ppm = q->discount_ppm;
		s.discount_terms = -1;
	}
	for (size_t k = 0; k < item->picks_n; k++) {
		const struct option_pick *p = &item->picks[k];
		rows[k] = (struct service_option){.quantity = p->quantity,
		    .price_minor = p->price_minor,
		    .kind = option_kind_words[p->option->kind],
		    .name = p->option->name,
		    .label = p->label};
	}
	service_renewal_lines(a, &s, &(struct service_options){rows, item->picks_n}, &term);
	for (size_t i = 0; i < term.n; i++)
		sum += term.lines[i].quantity * term.lines[i].unit_minor -
		    term.lines[i].discount_minor;
	return sum;
}
