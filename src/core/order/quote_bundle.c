/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles in an order: all plans of a bundle stand in it, once, each in its cycle; then each gets
 * its part of the discount.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/bundle/bundle.h"
#include "core/order/own.h"

static enum err refuse(struct cx *cx, const struct order_quote_item *item, const char *key,
    const char *text)
{
	cx_clear(cx);
	return fail_field(cx, arena_printf(cx->arena, "%s.bundle", item->name), key, "%s", text);
}

static bool is_in(const struct order_quote_item *item, const char *bundle)
{
	return item->parent == 0 && str_eq(str_or(item->in->bundle, ""), bundle);
}

/* Takes the plan of an item off the list of what the bundle still needs. */
static bool take(struct bundle_plan *plans, size_t n, const struct order_quote_item *item)
{
	for (size_t i = 0; i < n; i++) {
		if (plans[i].plan_id != item->plan_id || !str_eq(plans[i].cycle, item->in->cycle))
			continue;
		plans[i].plan_id = 0;
		return true;
	}
	return false;
}

static enum err check(struct cx *cx, const struct order_quote *q, size_t first,
    const struct bundle *b)
{
	struct bundle_plan *plans;
	const struct order_quote_item *item = &q->items[first];
	size_t n, found = 0;
	TRY(bundle_plans(cx, b->id, &plans, &n));
	if (b->amount_minor > 0 && !str_eq(b->currency, q->currency))
		return refuse(cx, item, "bundle.currency", "This bundle is for another currency");
	for (size_t i = first; i < q->items_n; i++) {
		if (!is_in(&q->items[i], b->key))
			continue;
		if (q->items[i].in->quantity != 1 || !take(plans, n, &q->items[i]))
			return refuse(cx, &q->items[i], "bundle.plan",
			    "This does not belong to the bundle, or is in it once");
		found++;
	}
	return found == n ?
	    OK :
	    refuse(cx, item, "bundle.incomplete", "Everything of the bundle is ordered together");
}

static void share(struct cx *cx, struct order_quote *q, const struct bundle *b)
{
	int64_t *prices = ARENA_ARRAY(cx->arena, int64_t, q->items_n),
	        *parts = ARENA_ARRAY(cx->arena, int64_t, q->items_n);
	for (size_t i = 0; i < q->items_n; i++)
		prices[i] = is_in(&q->items[i], b->key) ? q->items[i].renew_minor : 0;
	bundle_share(b, prices, q->items_n, parts);
	for (size_t i = 0; i < q->items_n; i++) {
		if (!is_in(&q->items[i], b->key))
			continue;
		q->items[i].bundle_id = b->id;
		q->items[i].bundle_ppm = b->rate_ppm;
		q->items[i].bundle_minor = parts[i];
	}
}

enum err order_quote_bundles(struct cx *cx, struct order_quote *q)
{
	for (size_t i = 0; i < q->items_n; i++) {
		struct order_quote_item *item = &q->items[i];
		struct bundle b;
		if (item->parent != 0 || str_empty(item->in->bundle) || item->bundle_id != 0)
			continue;
		enum err err = bundle_find(cx, item->in->bundle, &b);
		if (err == ERR_NOT_FOUND)
			return refuse(cx, item, "bundle.none", "There is no such bundle on sale");
		TRY(err);
		TRY(check(cx, q, i, &b));
		share(cx, q, &b);
	}
	return OK;
}
