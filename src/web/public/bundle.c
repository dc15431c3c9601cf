/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle in the shop: its plans on one page with what they cost together, then all of them into
 * the cart. Plans and cycles are the bundle's; of the form only domains and options are read.
 */
#include "core/bundle/bundle.h"

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/option.h"
#include "web/public/cart.h"

struct bundle_order {
	struct field_list items; /* of order_input_item */
};
FIELDS(shop_bundle_fields, struct bundle_order,
    {.name = "items",
        .label = "Plans",
        .type = FIELD_LIST,
        .max = 20,
        .sub = &order_addon_fields,
        .offset = offsetof(struct bundle_order, items)}, );

static const json_t *typed(const struct page *p, size_t i)
{
	const json_t *from = p->route->method == WEB_FORM ? p->body : p->query;
	return json_array_get(json_object_get(from, "items"), i);
}

/* One plan of the bundle as an item, and its part of the page. */
static enum err add_plan(struct cx *cx, struct page *p, const json_t *row, size_t i,
    struct order_input_item *ret)
{
	struct plan plan;
	struct option_set set;
	const char *cycle = json_string_value(json_object_get(row, "cycle"));
	TRY(plan_find(cx, json_string_value(json_object_get(row, "plan")), &plan));
	TRY(option_set_load(cx, plan.id, cart_currency(p), &set));
	struct field_map given = web_options_given(cx, typed(p, i));
	struct option_wish w = {.set = &set,
	    .cycle = cycle,
	    .currency = cart_currency(p),
	    .given = &given,
	    .prefix = arena_printf(cx->arena, "items.%zu.options.", i)};
	given = option_fit(cx->arena, &w);
	const char *domain = json_string_value(json_object_get(typed(p, i), "domain"));
	const char *fault = NULL, *name = arena_printf(cx->arena, "items.%zu.domain", i);
	for (const struct field_fault *f = p->faulty ? p->fault.fields : NULL; f != NULL;
	     f = f->next)
		if (str_eq(f->name, name))
			fault = f->text;
	json_t *list = json_object_get(p->out, "parts");
	json_array_append_new(list,
	    json_pack("{s:I s:s s:s s:s s:b s:s s:o s:O}", "index", (json_int_t)i, "plan", plan.key,
	        "plan_name", plan.name, "cycle", cycle, "needs_domain", (int)plan.needs_domain,
	        "domain", str_or(domain, ""), "error",
	        fault == NULL ? json_null() : json_string(fault), "option_form",
	        web_options_form(cx, p, &w)));
	/* A domain is not needed to know a price. */
	*ret = (struct order_input_item){plan.key, cycle,
	    plan.needs_domain ? arena_printf(cx->arena, "price%zu.example", i) : "", 1, given};
	ret->bundle = json_string_value(json_object_get(json_object_get(p->out, "bundle"), "key"));
	return OK;
}

static enum err put_quote(struct cx *cx, struct page *p, struct order_input *in)
{
	struct order_quote q;
	page_set(p, "quote", NULL);
	page_set(p, "saved_minor", NULL);
	enum err err = order_quote(cx, cart_client(cx, p), in, &q);
	if (err == ERR_INTERNAL || err == ERR_RETRY)
		return err;
	cx_clear(cx);
	if (err != OK)
		return OK;
	json_t *view = order_quote_view(cx, &q);
	json_object_set_new(view, "coupon_lasts", json_null());
	page_put(p, "quote", view);
	return OK;
}

enum err shop_bundle(struct cx *cx, struct page *p)
{
	struct bundle b;
	json_t *view, *row;
	size_t i;
	TRY(bundle_find(cx, p->word, &b));
	TRY(bundle_view(cx, b.id, &view));
	json_t *plans = json_object_get(view, "plans");
	struct order_input_item *items =
	    ARENA_ARRAY(cx->arena, struct order_input_item, json_array_size(plans) + 1);
	page_put(p, "bundle", view);
	page_title(cx, p, "%s", b.name);
	page_set(p, "parts", json_array());
	json_array_foreach(plans, i, row)
		TRY(add_plan(cx, p, row, i, &items[i]));
	struct order_input in = {.client_id = p->client_id,
	    .gateway = "",
	    .items = {items, json_array_size(plans)}};
	return put_quote(cx, p, &in);
}

/* The bundle's plans with the domains and options that were typed. */
static enum err read_items(struct cx *cx, const json_t *view, const struct bundle_order *typed_in,
    struct order_input *ret)
{
	const struct order_input_item *from = typed_in->items.rows;
	json_t *row, *plans = json_object_get(view, "plans");
	size_t n = json_array_size(plans), i;
	struct order_input_item *items = ARENA_ARRAY(cx->arena, struct order_input_item, n + 1);
	json_array_foreach(plans, i, row) {
		struct plan plan;
		const char *key = json_string_value(json_object_get(row, "plan"));
		TRY(plan_find(cx, key, &plan));
		bool has = i < typed_in->items.n;
		items[i] =
		    (struct order_input_item){key, json_string_value(json_object_get(row, "cycle")),
		        has && plan.needs_domain ? from[i].domain : "", 1};
		if (has)
			items[i].options = from[i].options;
		items[i].bundle = json_string_value(json_object_get(view, "key"));
	}
	ret->items = (struct field_list){items, n};
	return OK;
}

enum err shop_bundle_add(struct cx *cx, struct page *p)
{
	struct bundle b;
	struct bundle_order in;
	struct order_quote q;
	struct order_input order = {.client_id = p->client_id, .gateway = ""};
	json_t *view;
	if (page_body_bool(p, "show"))
		return shop_bundle(cx, p);
	TRY(bundle_find(cx, p->word, &b));
	TRY(bundle_view(cx, b.id, &view));
	TRY(page_read(cx, p, &shop_bundle_fields, &in));
	TRY(read_items(cx, view, &in, &order));
	TRY(order_quote(cx, cart_client(cx, p), &order, &q));
	const struct order_input_item *items = order.items.rows;
	for (size_t i = 0; i < order.items.n; i++)
		TRY(cart_add(cx, p, &items[i]));
	return page_go(cx, p, "/cart");
}
