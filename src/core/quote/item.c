/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One plan of a quote: what is written down when it is added, prices and options as they are then.
 */
#include "base/str.h"
#include "core/quote/own.h"

static enum err plan_fault(struct cx *cx, size_t i, const char *field, const char *key,
    const char *text)
{
	cx_clear(cx);
	return fail_field(cx, arena_printf(cx->arena, "items.%zu.%s", i, field), key, "%s", text);
}

/* What was chosen, at the catalog's prices. */
static enum err pick(struct cx *cx, const struct quote_input_item *in, size_t i,
    const char *currency, struct quote_item *ret)
{
	struct option_set set;
	TRY(option_set_load(cx, ret->plan_id, currency, &set));
	const struct option_wish w = {.set = &set,
	    .cycle = in->cycle,
	    .currency = currency,
	    .given = &in->options,
	    .prefix = arena_printf(cx->arena, "items.%zu.options.", i)};
	return option_choose(cx, &w, &ret->picks, &ret->picks_n);
}

/* The catalog's price of the moment, or the one typed, which then holds for later terms too. */
enum err quote_plan_item(struct cx *cx, const struct quote_input_item *in, size_t i,
    const struct price_buyer *buyer, struct quote_item *ret)
{
	struct plan plan;
	struct price price = {0};
	enum err err = plan_find(cx, in->plan, &plan);
	if (err == ERR_NOT_FOUND)
		return plan_fault(cx, i, "plan", "plan.unknown", "There is no such plan");
	TRY(err);
	err = price_sell(cx,
	    &(struct price_wish){plan.id, in->cycle, buyer->currency, buyer->client_id}, &price);
	if (err == ERR_NOT_FOUND)
		return plan_fault(cx, i, "cycle", "price.unknown",
		    "This plan is not sold for this cycle in this currency");
	TRY(err);
	if (plan.needs_domain && str_empty(in->domain))
		return plan_fault(cx, i, "domain", "field.required",
		    "Enter the domain for this plan");
	if (!str_empty(in->domain) && in->quantity != 1)
		return plan_fault(cx, i, "quantity", "order.quantity",
		    "A plan for one domain is ordered once per domain");
	int64_t later = price.renew_minor == 0 ? price.price_minor : price.renew_minor;
	*ret = (struct quote_item){.plan_id = plan.id,
	    .price_id = in->price_minor > 0 || price.converted ? 0 : price.id,
	    .quantity = in->quantity,
	    .unit_minor = in->price_minor > 0 ? in->price_minor : price.price_minor,
	    .setup_minor = price.setup_minor,
	    .renew_minor = in->price_minor > 0 ? in->price_minor : later,
	    .description = plan.name,
	    .cycle = in->cycle,
	    .domain = in->domain,
	    .tax_class = plan.tax_class};
	return pick(cx, in, i, buyer->currency, ret);
}
