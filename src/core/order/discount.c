/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Discounts of a first invoice: a bundle's, what stands for the client and the coupon together.
 * Pure.
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
