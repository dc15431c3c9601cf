/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an order would cost: plans, prices and taxes of this moment. Writes nothing; the shop shows
 * it and order.c writes from it.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/order/own.h"
#include "core/row.h"
#include "fmt/form.h"

#define ASKED(member) offsetof(struct order_input_item, member)
#define ITEM_PLAN \
	{ \
		.name = "plan", .label = "Plan", .type = FIELD_KEY, .flags = FIELD_REQUIRED, \
		.max = 80, .from = "plan", .offset = ASKED(plan) \
	}
#define ITEM_REST \
	{.name = "domain", \
	    .label = "Domain", \
	    .type = FIELD_DOMAIN, \
	    .help = "A domain you own, for example example.com.", \
	    .offset = ASKED(domain)}, \
	    {.name = "quantity", \
	        .label = "Quantity", \
	        .type = FIELD_INT, \
	        .min = 1, \
	        .max = ORDER_QUANTITY_MAX, \
	        .otherwise = "1", \
	        .offset = ASKED(quantity)}, \
	{ \
		.name = "options", .label = "Options", .type = FIELD_MAP, .from = "options", \
		.help = "Keys of the plan's options with their values: disk=5, backup=yes.", \
		.offset = ASKED(options) \
	}

FIELDS(order_addon_fields, struct order_input_item, ITEM_PLAN,
    {.name = "cycle",
        .label = "Billing cycle",
        .type = FIELD_CYCLE,
        .help = "Empty: that of the plan it belongs to.",
        .offset = ASKED(cycle)},
    ITEM_REST);
static const struct field item_rows[] = {ITEM_PLAN,
    {.name = "cycle",
        .label = "Billing cycle",
        .type = FIELD_CYCLE,
        .flags = FIELD_REQUIRED,
        .offset = ASKED(cycle)},
    ITEM_REST,
    {.name = "parent_id",
        .label = "Add-on of service",
        .from = "parent",
        .type = FIELD_INT,
        .max = INT64_MAX,
        .otherwise = "0",
        .help = "The number of the running service that an add-on is for.",
        .offset = ASKED(parent_id)},
    {.name = "bundle",
        .label = "Bundle",
        .from = "bundle",
        .type = FIELD_KEY,
        .max = 60,
        .help = "All plans of the bundle are ordered together.",
        .offset = ASKED(bundle)},
    {.name = "addons",
        .label = "Add-ons",
        .from = "addons",
        .type = FIELD_LIST,
        .max = 20,
        .sub = &order_addon_fields,
        .offset = ASKED(addons)}};
static const struct fields item_fields = {"order_item", item_rows,
    sizeof item_rows / sizeof item_rows[0], sizeof(struct order_input_item)};
static const struct field order_rows[] = {
    {.name = "client_id",
        .label = "Client",
        .help = "Name, e-mail address or number.",
        .from = "client",
        .type = FIELD_ID,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct order_input, client_id)},
    {.name = "items",
        .label = "Items",
        .type = FIELD_LIST,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = LIMIT_ORDER_ITEMS,
        .sub = &item_fields,
        .offset = offsetof(struct order_input, items)},
    {.name = "gateway",
        .label = "Way to pay",
        .from = "gateway",
        .type = FIELD_KEY,
        .offset = offsetof(struct order_input, gateway)},
    {.name = "coupon",
        .label = "Coupon",
        .type = FIELD_LINE,
        .max = 40,
        .offset = offsetof(struct order_input, coupon)},
};
const struct fields order_fields = {"order", order_rows, sizeof order_rows / sizeof order_rows[0],
    sizeof(struct order_input)};

enum err order_quote(struct cx *cx, const struct client *client, const struct order_input *in,
    struct order_quote *ret)
{
	struct settings settings;
	struct tax_table taxes;
	struct rate_table rates;
	TRY(setting_load(cx, &settings));
	TRY(tax_load(cx, &taxes));
	TRY(rate_load(cx, setting_today(cx, &settings), &rates));
	struct day today = setting_today(cx, &settings);
	struct order_quote q = {
	    .currency = str_or(client->currency, settings.company_currency),
	    .review = settings.order_approval,
	    .standing = client_discount(client),
	};
	if (in->items.n == 0 || in->items.n > LIMIT_ORDER_ITEMS)
		return fail_field(cx, "items", "order.items", "An order has between 1 and %d items",
		    LIMIT_ORDER_ITEMS);
	TRY(order_quote_items(cx, &(struct order_quoting){in, client, today}, &q));
	order_lines(cx, &q, today);
	if (!str_empty(in->coupon))
		TRY(order_quote_coupon(cx, client, in->coupon, today, &q));
	struct invoice_request r = {
	    .settings = &settings,
	    .taxes = &taxes,
	    .client = client,
	    .currency = q.currency,
	    .issued_on = today,
	    .due_on = day_add(today, (int32_t)client_terms(client, settings.billing_due_days)),
	    .rates = &rates,
	    .lines = q.lines,
	    .lines_n = q.lines_n,
	};
	order_reduce(cx->arena, &q, q.lines, q.lines_n);
	TRY(invoice_plan(cx, &r, &q.invoice));
	*ret = q;
	return OK;
}

static json_t *picks_view(const struct order_quote_item *item, int64_t *ret_net)
{
	json_t *list = json_array();
	for (size_t k = 0; k < item->picks_n; k++) {
		const struct option_pick *p = &item->picks[k];
		int64_t net = item->pick_units[k] * p->quantity * item->in->quantity;
		*ret_net += net;
		json_array_append_new(list,
		    json_pack("{s:s s:s s:s s:s s:I s:I s:I s:I s:b}", "key", p->option->key,
		        "name", p->option->name, "value", p->value, "label", p->label, "quantity",
		        p->quantity, "price_minor", p->price_minor, "setup_minor", p->setup_minor,
		        "net_minor", net, "has_setup", p->setup_minor > 0));
		json_object_set_new(json_array_get(list, json_array_size(list) - 1), "many",
		    json_boolean(p->quantity * item->in->quantity > 1));
	}
	return list;
}

json_t *order_quote_view(struct cx *cx, const struct order_quote *q)
{
	json_t *items = json_array(), *renews = json_array();
	json_int_t index = -1;
	for (size_t i = 0; i < q->items_n; i++) {
		index += q->items[i].parent == 0;
		const struct order_quote_item *item = &q->items[i];
		int64_t net = item->term.unit_minor * item->in->quantity;
		json_t *picks = picks_view(item, &net);
		json_array_append_new(items,
		    json_pack("{s:b s:o s:b s:o s:I s:s s:s s:s s:o s:I s:I s:I s:I s:b s:o}",
		        "is_addon", item->parent != 0, "parent_id", json_id(item->parent_id),
		        "trial", item->term.trial, "until_on", json_day(item->term.to), "index",
		        index, "plan", item->in->plan, "plan_name", item->plan_name, "cycle",
		        item->in->cycle, "domain", json_text(item->in->domain), "quantity",
		        item->in->quantity, "price_minor", item->price_minor, "setup_minor",
		        item->setup_minor, "net_minor", net, "has_setup", item->setup_minor > 0,
		        "options", picks));
		if (!str_eq(item->in->cycle, "once"))
			json_array_append_new(renews,
			    json_pack("{s:s s:s s:I}", "plan_name", item->plan_name, "cycle",
			        item->in->cycle, "total_minor",
			        order_renews_at(cx->arena, q, item)));
	}
	return json_keep(cx,
	    json_pack("{s:I s:o s:I s:s s:o s:o s:o s:I s:I s:I s:b s:b}", "standing_ppm",
	        q->standing.ppm, "coupon",
	        q->coupon.id == 0 ? json_null() : json_string(q->coupon.code), "discount_minor",
	        q->invoice.discount_minor, "currency", q->currency, "items", items, "renews",
	        renews, "taxes", invoice_taxes_view(q->invoice.items, q->invoice.items_n),
	        "net_minor", q->invoice.net_minor, "tax_minor", q->invoice.tax_minor, "total_minor",
	        q->invoice.total_minor, "review", q->review, "prices_inclusive",
	        str_eq(q->invoice.prices, "inclusive")));
}
