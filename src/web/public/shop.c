/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shop window: plans and their prices, terms, news. Prices are those of the catalog in the
 * visitor's currency; what the taxes make of them is asked of order_quote().
 */
#include <string.h>

#include "base/str.h"
#include "core/bundle/bundle.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/notice/notice.h"
#include "core/option/option.h"
#include "core/order/order.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/public/cart.h"

/* What a price becomes after the first term, where it is another one. */
static void add_notes(json_t *plan)
{
	bool trial = json_integer_value(json_object_get(plan, "trial_days")) > 0;
	json_t *price;
	size_t n;
	json_array_foreach(json_object_get(plan, "prices"), n, price) {
		bool once = str_eq(json_string_value(json_object_get(price, "cycle")), "once");
		bool other = json_integer_value(json_object_get(price, "renew_minor")) !=
		    json_integer_value(json_object_get(price, "price_minor"));
		/* A free trial stands in the place of the first term. */
		json_object_set_new(price, "trial", json_boolean(trial && !once));
		json_object_set_new(price, "renews_other", json_boolean(other && !once && !trial));
	}
}

/* What a signed-in client pays with the discount that stands for him. */
static void add_own(struct cx *cx, const struct page *p, json_t *plan)
{
	struct client_discount off = client_discount(cart_client(cx, p));
	json_t *price;
	size_t n;
	json_array_foreach(json_object_get(plan, "prices"), n, price) {
		int64_t minor = json_integer_value(json_object_get(price, "price_minor"));
		int64_t less = discount_of(&(struct discount){off.ppm, 0}, minor);
		json_object_set_new(price, "own_minor",
		    off.ppm > 0 ? json_integer(minor - less) : json_null());
		json_object_set_new(price, "own_ppm",
		    off.ppm > 0 ? json_integer(off.ppm) : json_null());
	}
}

/* The price people compare by: the shortest paid cycle stands first in the catalog's order. */
static void add_lowest(json_t *plan)
{
	json_t *first = json_array_get(json_object_get(plan, "prices"), 0);
	json_object_set_new(plan, "lowest", first != NULL ? json_incref(first) : json_null());
}

enum err shop_home(struct cx *cx, struct page *p)
{
	const struct plan_filter f = {.shop = true,
	    .currency = cart_currency(p),
	    .client_id = p->client_id};
	json_t *catalog, *bundles, *group, *plan;
	size_t g, n, plans = 0;
	TRY(catalog_view(cx, &f, &catalog));
	json_array_foreach(json_object_get(catalog, "groups"), g, group)
		json_array_foreach(json_object_get(group, "plans"), n, plan) {
			add_notes(plan);
			add_own(cx, p, plan);
			add_lowest(plan);
			plans++;
		}
	TRY(bundle_list(cx, true, &bundles));
	page_put(p, "bundles", bundles);
	page_set(p, "has_bundles", json_boolean(json_array_size(bundles) > 0));
	page_title(cx, p, "%s", p->settings.company_name);
	page_put(p, "groups", json_object_get(catalog, "groups"));
	page_set(p, "currency", json_string(f.currency));
	page_set(p, "empty", json_boolean(plans == 0));
	return OK;
}

/*
 * A plan that is sold: retired and hidden ones are not there for visitors, whatever the address
 * says.
 */
enum err cart_plan(struct cx *cx, const struct page *p, const char *key, json_t **ret)
{
	struct plan plan;
	json_t *view;
	TRY(plan_find(cx, key, &plan));
	if (plan.state != PLAN_ACTIVE)
		return fail(cx, ERR_NOT_FOUND, "plan.unknown", "This plan is not sold.");
	TRY(plan_shop_view(cx, &plan, &(struct price_buyer){cart_currency(p), p->client_id},
	    &view));
	if (json_array_size(json_object_get(view, "prices")) == 0)
		return fail(cx, ERR_NOT_FOUND, "plan.unknown", "This plan is not sold in %s.",
		    cart_currency(p));
	add_notes(view);
	add_own(cx, p, view);
	*ret = view;
	return OK;
}

/* The end of a first term that is not a full one; null when it is. */
static json_t *partial_until(struct cx *cx, const struct order_quote *q)
{
	const struct order_term *term = &q->items[0].term;
	if (term->unit_minor == q->items[0].price_minor || !day_set(term->to))
		return json_null();
	return json_string(day_print(cx->arena, term->to));
}

/* What one of it costs, taxes included, for each cycle. */
static enum err add_totals(struct cx *cx, const struct page *p, json_t *plan)
{
	json_t *price;
	size_t n;
	json_object_set_new(plan, "refused", json_null());
	json_array_foreach(json_object_get(plan, "prices"), n, price) {
		/* A domain is not needed to know a price. */
		struct order_input_item item = {.plan =
		                                    json_string_value(json_object_get(plan, "key")),
		    .cycle = json_string_value(json_object_get(price, "cycle")),
		    .domain = "price.example",
		    .quantity = 1};
		struct order_input in = {.gateway = "", .items = {&item, 1}};
		struct order_quote q;
		enum err err = order_quote(cx, cart_client(cx, p), &in, &q);
		json_object_set_new(price, "tax_minor",
		    err == OK ? json_integer(q.invoice.tax_minor) : json_null());
		json_object_set_new(price, "total_minor",
		    err == OK ? json_integer(q.invoice.total_minor) : json_null());
		json_object_set_new(price, "until_on",
		    err == OK ? partial_until(cx, &q) : json_null());
		if (err == ERR_INVALID && n == 0)
			json_object_set_new(plan, "refused",
			    json_string(cx->fault.fields != NULL ? cx->fault.fields->text :
			                                           cx->fault.detail));
		if (err == ERR_INTERNAL || err == ERR_RETRY)
			return err;
		cx_clear(cx);
	}
	return OK;
}

/* What can be chosen with it, at the prices of its first cycle. */
static enum err put_options(struct cx *cx, struct page *p, const json_t *plan)
{
	struct option_set set;
	const struct field_map none = {0};
	TRY(option_set_load(cx, json_integer_value(json_object_get(plan, "id")), cart_currency(p),
	    &set));
	const struct option_wish w = {.set = &set,
	    .cycle = json_string_value(
	        json_object_get(json_array_get(json_object_get(plan, "prices"), 0), "cycle")),
	    .currency = cart_currency(p),
	    .given = &none,
	    .prefix = ""};
	page_put(p, "option_form", option_form(cx, &w));
	page_set(p, "has_options", json_boolean(set.n > 0));
	return OK;
}

enum err shop_plan(struct cx *cx, struct page *p)
{
	json_t *plan;
	TRY(cart_plan(cx, p, p->word, &plan));
	TRY(add_totals(cx, p, plan));
	TRY(put_options(cx, p, plan));
	add_lowest(plan);
	page_put(p, "plan", plan);
	page_title(cx, p, "%s", json_string_value(json_object_get(plan, "name")));
	return OK;
}

enum err shop_terms(struct cx *cx, struct page *p)
{
	page_title(cx, p, "Terms of service");
	page_set(p, "terms", json_string(str_or(p->settings.company_terms, "")));
	return OK;
}

enum err shop_news(struct cx *cx, struct page *p)
{
	json_t *news;
	TRY(news_list(cx, true, &news));
	page_title(cx, p, "News");
	page_put(p, "data", news);
	return OK;
}
