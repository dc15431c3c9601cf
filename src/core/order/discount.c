/* SPDX-License-Identifier: Apache-2.0 */
/* Discounts of a first invoice: what stands for the client together with the coupon. Pure. */
#include "core/order/own.h"

void order_reduce(struct arena *a, const struct order_quote *q, struct invoice_line *lines,
    size_t n)
{
	const struct discount_names names = {.standing = q->standing, .coupon_id = q->coupon.id};
	for (size_t i = 0; i < n; i++) {
		struct invoice_line *l = &lines[i];
		struct discount_parts p;
		struct discount_terms t = {.standing_ppm = q->standing.ppm,
		    .stackable = q->coupon.stackable};
		/* An amount was shared by the size of the lines; a rate is taken anew. */
		if (l->discount_minor > 0 && q->coupon.amount_minor > 0)
			t.coupon.amount_minor = l->discount_minor;
		else if (l->discount_minor > 0)
			t.coupon.rate_ppm = q->coupon.rate_ppm;
		discount_parts(&t, l->quantity * l->unit_minor, &p);
		l->discount_minor = p.total_minor;
		l->discounts = discount_text(a, &t, &p, &names);
	}
}
