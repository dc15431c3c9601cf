/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ordering one plan: its cycles and options with what they cost together, asked again whenever a
 * choice changes, then into the cart. Prices are those of order_quote(); none is read from a form.
 */
#include <string.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/option/option.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "web/addon.h"
#include "web/handlers.h"
#include "web/option.h"
#include "web/public/cart.h"

struct add_input {
	const char *cycle, *domain;
	int64_t quantity;
	struct field_map options;
	int64_t parent_id;
	struct field_list addons;
};
FIELDS(shop_add_fields, struct add_input,
    {.name = "cycle",
        .label = "Billing cycle",
        .type = FIELD_CYCLE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct add_input, cycle)},
    {.name = "domain",
        .label = "Your domain",
        .type = FIELD_DOMAIN,
        .autocomplete = "off",
        .help = "A domain you own, for example example.com. You point it to us after the set-up.",
        .offset = offsetof(struct add_input, domain)},
    {.name = "quantity",
        .label = "Quantity",
        .type = FIELD_INT,
        .min = 1,
        .max = 100,
        .otherwise = "1",
        .offset = offsetof(struct add_input, quantity)},
    {.name = "options",
        .label = "Options",
        .type = FIELD_MAP,
        .offset = offsetof(struct add_input, options)},
    {.name = "parent_id",
        .label = "Add-on of service",
        .type = FIELD_INT,
        .max = INT64_MAX,
        .otherwise = "0",
        .offset = offsetof(struct add_input, parent_id)},
    {.name = "addons",
        .label = "Add-ons",
        .type = FIELD_LIST,
        .max = 20,
        .sub = &order_addon_fields,
        .offset = offsetof(struct add_input, addons)}, );

/*
 * Cycles as choices with their price beside them are the template's; here the chosen one is
 * marked.
 */
static void mark_cycle(json_t *plan, const char *cycle)
{
	json_t *price;
	size_t n;
	json_array_foreach(json_object_get(plan, "prices"), n, price) {
		const char *own = json_string_value(json_object_get(price, "cycle"));
		json_object_set_new(price, "chosen",
		    json_boolean(cycle != NULL ? str_eq(own, cycle) : n == 0));
	}
}

/* What was chosen so far: in the form that came, else in the address. */
static const json_t *chosen(const struct page *p)
{
	return p->route->method == WEB_FORM ? p->body : p->query;
}

static const char *cycle_of(const struct page *p, const json_t *plan)
{
	const char *cycle = json_string_value(json_object_get(chosen(p), "cycle"));
	json_t *price;
	size_t n;
	json_array_foreach(json_object_get(plan, "prices"), n, price)
		if (str_eq(json_string_value(json_object_get(price, "cycle")), cycle))
			return cycle;
	return json_string_value(
	    json_object_get(json_array_get(json_object_get(plan, "prices"), 0), "cycle"));
}

/* ---- add-ons ---- */

/* Add-ons that are sold in the cycle; *ret: those that are chosen, as items. */
static enum err put_addons(struct cx *cx, struct page *p, int64_t plan_id, const char *cycle,
    struct field_list *ret)
{
	const struct web_choice c = {.plan_id = plan_id,
	    .cycle = cycle,
	    .currency = cart_currency(p),
	    .client_id = p->client_id,
	    .asked = json_object_get(chosen(p), "addons"),
	    .prefix = "addons."};
	json_t *list, *row;
	size_t i;
	TRY(web_choice_addons(cx, p, &c, &list));
	page_put(p, "addon_form", list);
	struct order_input_item *rows =
	    ARENA_ARRAY(cx->arena, struct order_input_item, json_array_size(list) + 1);
	*ret = (struct field_list){rows, 0};
	json_array_foreach(list, i, row)
		if (json_is_true(json_object_get(row, "chosen")))
			rows[ret->n++] = (struct order_input_item){json_string_value(
			                                               json_object_get(row, "key")),
			    "", "", 1,
			    web_options_given(cx,
			        web_addon_row(c.asked,
			            json_string_value(json_object_get(row, "key"))))};
	return OK;
}

/* The service that an add-on is ordered for; only its owner's. */
static enum err put_parent(struct cx *cx, struct page *p, json_t *plan, int64_t *ret_id)
{
	struct service s;
	const char *text = str_or(json_string_value(json_object_get(p->query, "parent")),
	    json_string_value(json_object_get(chosen(p), "parent_id")));
	json_t *prices = json_object_get(plan, "prices");
	*ret_id = 0;
	page_set(p, "parent", NULL);
	if (text == NULL || !str_int(text, ret_id) || *ret_id <= 0) {
		*ret_id = 0;
		return OK;
	}
	if (p->client_id == 0)
		return fail(cx, ERR_NOT_FOUND, "service.unknown", "There is no such service");
	TRY(service_get(cx, p->client_id, *ret_id, &s));
	page_set(p, "parent",
	    json_pack("{s:I s:s}", "id", (json_int_t)s.id, "name",
	        str_empty(s.domain) ? s.plan_name : s.domain));
	bool follows = str_eq(json_string_value(json_object_get(plan, "addon_dates")), "parent");
	for (size_t i = json_array_size(prices); follows && i-- > 0;) {
		const char *cycle =
		    json_string_value(json_object_get(json_array_get(prices, i), "cycle"));
		if (!str_eq(cycle, "once") && !str_eq(cycle, s.cycle))
			json_array_remove(prices, i);
	}
	return OK;
}

/* What it costs as chosen; null while something that is needed is missing. */
static enum err put_quote(struct cx *cx, struct page *p, const struct order_input_item *item)
{
	struct order_input_item priced = *item;
	struct order_quote q;
	page_set(p, "quote", NULL);
	/* A domain is not needed to know a price. */
	priced.domain = "price.example";
	const struct order_input in = {.client_id = p->client_id,
	    .gateway = "",
	    .items = {&priced, 1}};
	enum err err = order_quote(cx, cart_client(cx, p), &in, &q);
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

enum err shop_order(struct cx *cx, struct page *p)
{
	struct option_set set;
	json_t *plan;
	struct field_list addons;
	int64_t quantity = 1, parent_id;
	TRY(cart_plan(cx, p, p->word, &plan));
	TRY(put_parent(cx, p, plan, &parent_id));
	const char *cycle = cycle_of(p, plan);
	mark_cycle(plan, cycle);
	page_put(p, "plan", plan);
	page_title(cx, p, "Order %s", json_string_value(json_object_get(plan, "name")));
	page_form(cx, p, "form", &shop_add_fields, p->faulty ? NULL : chosen(p));
	if (json_is_true(json_object_get(plan, "needs_domain")))
		page_form_need(p, "form", "domain");
	TRY(option_set_load(cx, json_integer_value(json_object_get(plan, "id")), cart_currency(p),
	    &set));
	struct field_map given = web_options_given(cx, chosen(p));
	struct option_wish w = {.set = &set,
	    .cycle = cycle,
	    .currency = cart_currency(p),
	    .given = &given,
	    .prefix = "options."};
	given = option_fit(cx->arena, &w);
	web_options_put(cx, p, &w);
	TRY(put_addons(cx, p, json_integer_value(json_object_get(plan, "id")), cycle, &addons));
	bool has_addons = json_array_size(json_object_get(p->out, "addon_form")) > 0;
	page_set(p, "has_addons", json_boolean(has_addons));
	page_set(p, "has_options", json_boolean(set.n > 0 || has_addons));
	(void)str_int(str_or(json_string_value(json_object_get(chosen(p), "quantity")), ""),
	    &quantity);
	const struct order_input_item item = {json_string_value(json_object_get(plan, "key")),
	    cycle, "", json_is_true(json_object_get(plan, "needs_domain")) ? 1 : quantity, given,
	    parent_id, addons};
	return put_quote(cx, p, &item);
}

/*
 * The line must be sellable as it is: the quote says what is wrong, under the names of this form.
 */
static enum err check_line(struct cx *cx, struct page *p, const struct order_input_item *item)
{
	struct order_input in = {.client_id = p->client_id,
	    .gateway = "",
	    .items = {(void *)(uintptr_t)item, 1}};
	struct order_quote q;
	enum err err = order_quote(cx, cart_client(cx, p), &in, &q);
	for (struct field_fault *f = err == ERR_INVALID ? cx->fault.fields : NULL; f != NULL;
	     f = f->next)
		if (str_starts(f->name, "items.0."))
			f->name += strlen("items.0.");
	return err;
}

enum err shop_add(struct cx *cx, struct page *p)
{
	struct add_input in;
	json_t *plan;
	if (p->source == FIELD_FORM)
		web_addons_tidy(p->body);
	/* Only what it costs now. */
	if (page_body_bool(p, "show"))
		return shop_order(cx, p);
	TRY(cart_plan(cx, p, p->word, &plan));
	TRY(page_read(cx, p, &shop_add_fields, &in));
	const char *key = json_string_value(json_object_get(plan, "key"));
	bool needs_domain = json_is_true(json_object_get(plan, "needs_domain"));
	if (needs_domain && str_empty(in.domain))
		return fail_field(cx, "domain", "field.required", "Which domain is it for?");
	const struct order_input_item item = {key, in.cycle, needs_domain ? in.domain : "",
	    in.quantity, in.options, in.parent_id, in.addons};
	TRY(check_line(cx, p, &item));
	TRY(cart_add(cx, p, &item));
	return page_go(cx, p, "/cart");
}
