/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An order at prices that were agreed on: what it would be, with the taxes of today. Nothing here
 * asks the catalog for a price; the plans only say what is set up.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/order/own.h"

static enum err agreed_item(struct cx *cx, const struct order_agreed_item *a, struct day today,
    struct order_quote_item *ret)
{
	struct plan plan;
	struct cycle cycle = {0, CYCLE_ONCE};
	int year, month, mday;
	bool taken = false;
	TRY(plan_get(cx, a->plan_id, &plan));
	if (!str_empty(a->domain))
		TRY(service_domain_taken(cx, a->domain, &taken));
	if (taken)
		return fail(cx, ERR_CONFLICT, "service.domain_taken", "%s is already hosted here",
		    a->domain);
	struct order_input_item *in = ARENA_NEW(cx->arena, struct order_input_item);
	*in = (struct order_input_item){plan.key, a->cycle, a->domain, a->quantity};
	day_split(today, &year, &month, &mday);
	*ret = (struct order_quote_item){in, plan.id, a->price_id, a->price_minor, a->setup_minor,
	    plan.name, plan.tax_class, plan.setup_when, plan.panel, plan.package, plan.key};
	ret->renew_minor = a->renew_minor;
	ret->picks = a->picks;
	ret->picks_n = a->picks_n;
	ret->pick_units = ARENA_ARRAY(cx->arena, int64_t, a->picks_n + 1);
	for (size_t k = 0; k < a->picks_n; k++)
		ret->pick_units[k] = a->picks[k].price_minor;
	ret->term = (struct order_term){DAY_NONE, a->price_minor, mday, false};
	if (cycle_parse(a->cycle, &cycle) && cycle.unit != CYCLE_ONCE)
		ret->term.to = cycle_next(today, cycle, mday);
	return OK;
}

/* Taken off every line, set-up fees and free lines too. */
static void discount(const struct order_agreed *a, struct invoice_line *lines, size_t n)
{
	for (size_t i = 0; i < n && a->discount_ppm > 0; i++)
		lines[i].discount_minor = discount_of(&(struct discount){a->discount_ppm, 0},
		    lines[i].quantity * lines[i].unit_minor);
}

enum err order_agree_plan(struct cx *cx, const struct client *client, const struct order_agreed *a,
    struct order_quote *ret)
{
	struct settings settings;
	struct tax_table taxes;
	struct rate_table rates;
	TRY(setting_load(cx, &settings));
	TRY(tax_load(cx, &taxes));
	struct day today = setting_today(cx, &settings);
	TRY(rate_load(cx, today, &rates));
	struct order_quote q = {
	    .currency = a->currency,
	    .items = ARENA_ARRAY(cx->arena, struct order_quote_item, a->items_n),
	    .items_n = a->items_n,
	    .discount_ppm = a->discount_ppm,
	    .discount_terms = a->discount_terms,
	    .standing = client_discount(client), /* of later terms; these amounts are agreed on */
	};
	for (size_t i = 0; i < a->items_n; i++)
		TRY(agreed_item(cx, &a->items[i], today, &q.items[i]));
	order_lines(cx, &q, today);
	struct invoice_line *lines =
	    ARENA_ARRAY(cx->arena, struct invoice_line, q.lines_n + a->lines_n);
	size_t n = q.lines_n;
	for (size_t i = 0; i < n; i++)
		lines[i] = q.lines[i];
	for (size_t i = 0; i < a->lines_n; i++)
		lines[n++] = a->lines[i];
	discount(a, lines, n);
	struct invoice_request r = {
	    .settings = &settings,
	    .taxes = &taxes,
	    .client = client,
	    .currency = q.currency,
	    .note = a->note,
	    .issued_on = today,
	    .due_on = day_add(today, (int32_t)client_terms(client, settings.billing_due_days)),
	    .rates = &rates,
	    .lines = lines,
	    .lines_n = n,
	};
	TRY(invoice_plan(cx, &r, &q.invoice));
	*ret = q;
	return OK;
}
