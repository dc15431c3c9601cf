/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cart: a few lines of JSON in the visitor's session, priced afresh each time it is shown. The
 * visitor sends what he wants (plan, cycle, domain, quantity), never what it costs.
 */
#include "web/public/cart.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "fmt/country.h"
#include "fmt/form.h"
#include "web/handlers.h"

struct coupon_input {
	const char *coupon;
};
FIELDS(shop_coupon_fields, struct coupon_input,
    {.name = "coupon",
        .label = "Coupon code",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .offset = offsetof(struct coupon_input, coupon)}, );

const struct client *cart_client(struct cx *cx, const struct page *p)
{
	if (p->client_id != 0)
		return &p->session.client;
	struct client *c = ARENA_NEW(cx->arena, struct client);
	c->email = c->first_name = c->last_name = c->company = c->address = c->city = c->postcode =
	    c->phone = c->tax_id = c->language = c->note = "";
	/* At checkout the address being typed decides the taxes. */
	const char *country = page_body(p, "country");
	c->country = country != NULL && country_find(country) != NULL ? country :
	                                                                p->settings.company_country;
	c->region = str_or(page_body(p, "state"), "");
	c->currency = p->settings.company_currency;
	return c;
}

const char *cart_currency(const struct page *p)
{
	return p->client_id != 0 ? p->session.client.currency : p->settings.company_currency;
}

static json_t *parse(struct cx *cx, const struct page *p)
{
	json_t *j = p->signed_in && !str_empty(p->session.cart) ?
	    json_loads(p->session.cart, JSON_REJECT_DUPLICATES, NULL) :
	    NULL;
	if (!json_is_array(json_object_get(j, "items"))) {
		json_decref(j);
		j = json_pack("{s:[]}", "items");
	}
	return json_keep(cx, j);
}

static const char *text(const json_t *item, const char *name)
{
	return str_or(json_string_value(json_object_get(item, name)), "");
}

static struct field_map options_read(struct cx *cx, const json_t *options)
{
	struct field_pair *rows =
	    ARENA_ARRAY(cx->arena, struct field_pair, json_object_size(options) + 1);
	const char *name;
	json_t *value;
	size_t n = 0;
	json_object_foreach((json_t *)(uintptr_t)options, name, value)
		rows[n++] = (struct field_pair){name, str_or(json_string_value(value), "")};
	return (struct field_map){rows, n};
}

static struct order_input_item item_read(struct cx *cx, const json_t *item)
{
	json_t *addons = json_object_get(item, "addons"), *addon;
	size_t n = json_array_size(addons), i;
	struct order_input_item *rows = ARENA_ARRAY(cx->arena, struct order_input_item, n + 1);
	json_array_foreach(addons, i, addon)
		rows[i] = item_read(cx, addon);
	return (struct order_input_item){text(item, "plan"), text(item, "cycle"),
	    text(item, "domain"), json_integer_value(json_object_get(item, "quantity")),
	    options_read(cx, json_object_get(item, "options")),
	    json_integer_value(json_object_get(item, "parent_id")), {rows, n},
	    text(item, "bundle")};
}

struct order_input cart_read(struct cx *cx, const struct page *p)
{
	json_t *cart = parse(cx, p), *items = json_object_get(cart, "items"), *item;
	size_t n = json_array_size(items), i;
	struct order_input_item *rows = ARENA_ARRAY(cx->arena, struct order_input_item, n + 1);
	json_array_foreach(items, i, item)
		rows[i] = item_read(cx, item);
	return (struct order_input){.client_id = p->client_id,
	    .gateway = "",
	    .coupon = text(cart, "coupon"),
	    .items = {rows, n}};
}

/* The lines without prices, so that a visitor can take out what does not fit any more. */
static json_t *bare_view(struct cx *cx, const struct order_input *in)
{
	const struct order_input_item *rows = in->items.rows;
	json_t *items = json_array();
	for (size_t i = 0; i < in->items.n; i++)
		json_array_append_new(items,
		    json_pack(
		        "{s:b, s:[], s:I, s:s, s:s, s:s, s:s, s:I, s:n, s:n, s:n, s:n, s:n, s:b,"
		        " s:b,"
		        " s:b}",
		        "is_addon", 0, "options", "index", (json_int_t)i, "plan", rows[i].plan,
		        "plan_name", rows[i].plan, "cycle", rows[i].cycle, "domain", rows[i].domain,
		        "quantity", (json_int_t)rows[i].quantity, "price_minor", "setup_minor",
		        "net_minor", "discount_minor", "until_on", "has_setup", 0, "trial", 0,
		        "partial", 0));
	return json_keep(cx,
	    json_pack("{s:s, s:o, s:n, s:n, s:n, s:n, s:[], s:[], s:b, s:b}", "currency", "",
	        "items", items, "net_minor", "discount_minor", "tax_minor", "total_minor", "taxes",
	        "renews", "review", 0, "prices_inclusive", 0));
}

/* "for the first 3 terms" */
static json_t *lasting(const struct coupon *c)
{
	if (c->terms == 0)
		return json_string("for as long as you keep it");
	if (c->terms == 1)
		return json_string("for the first term");
	return json_sprintf("for the first %lld terms", (long long)c->terms);
}

/* What comes off the lines of an item. */
static int64_t off_item(const struct order_quote *q, size_t item)
{
	int64_t off = 0;
	for (size_t k = 0; k < q->lines_n; k++)
		off += q->lines[k].service_id == (int64_t)item + 1 ? q->lines[k].discount_minor : 0;
	return off;
}

/* What comes off each line, and which first terms are not full ones. */
static json_t *priced_view(struct cx *cx, const struct order_quote *q)
{
	json_t *view = order_quote_view(cx, q), *items = json_object_get(view, "items");
	for (size_t i = 0; i < q->items_n; i++) {
		const struct order_quote_item *from = &q->items[i];
		json_t *item = json_array_get(items, i);
		json_object_set_new(item, "discount_minor", json_integer(off_item(q, i)));
		json_object_set_new(item, "partial",
		    json_boolean(!from->term.trial && from->term.unit_minor != from->price_minor));
	}
	json_object_set_new(view, "coupon_lasts",
	    q->coupon.id != 0 ? lasting(&q->coupon) : json_null());
	return view;
}

static bool blames_coupon(const struct cx *cx)
{
	return cx->fault.fields != NULL && str_eq(cx->fault.fields->name, "coupon");
}

/* The sentence for what does not fit, NULL when all does. */
static const char *why_not(const struct cx *cx, enum err err)
{
	const struct field_fault *f = cx->fault.fields;
	if (err == OK)
		return NULL;
	return f != NULL ? f->text : cx->fault.detail;
}

enum err cart_show(struct cx *cx, struct page *p, const struct order_input *in)
{
	struct order_input plain = *in;
	struct order_quote q;
	json_t *view;
	page_set(p, "cart", NULL);
	if (in->items.n == 0)
		return OK;
	enum err err = order_quote(cx, cart_client(cx, p), in, &q);
	const char *why = why_not(cx, err);
	/* A coupon that no longer holds takes only the discount away. */
	if (err == ERR_INVALID && blames_coupon(cx)) {
		cx_clear(cx);
		plain.coupon = "";
		err = order_quote(cx, cart_client(cx, p), &plain, &q);
	}
	if (err == ERR_INTERNAL || err == ERR_RETRY)
		return err;
	cx_clear(cx);
	view = err == OK ? priced_view(cx, &q) : bare_view(cx, in);
	json_object_set_new(view, "fault", why != NULL ? json_string(why) : json_null());
	json_object_set_new(view, "coupon",
	    str_empty(in->coupon) ? json_null() : json_string(in->coupon));
	if (err != OK)
		json_object_set_new(view, "coupon_lasts", json_null());
	page_put(p, "cart", view);
	return OK;
}

static enum err write_cart(struct cx *cx, struct page *p, const json_t *cart)
{
	TRY(page_visitor(cx, p));
	char *printed = json_dumps(cart, JSON_COMPACT);
	const char *kept = arena_strdup(cx->arena, str_or(printed, "{}"));
	free(printed);
	p->session.cart = kept;
	return session_set_cart(cx, p->session.id, kept);
}

/* ---- pages ---- */

/* New reference. */
static json_t *item_tree(const struct order_input_item *item)
{
	json_t *options = json_object(), *addons = json_array();
	const struct order_input_item *rows = item->addons.rows;
	for (size_t i = 0; i < item->options.n; i++)
		json_object_set_new(options, item->options.rows[i].name,
		    json_string(item->options.rows[i].value));
	for (size_t i = 0; i < item->addons.n; i++)
		json_array_append_new(addons, item_tree(&rows[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:I, s:o}", "bundle",
	    str_or(item->bundle, ""), "plan", item->plan, "cycle", item->cycle, "domain",
	    item->domain, "quantity", (json_int_t)item->quantity, "options", options, "parent_id",
	    (json_int_t)item->parent_id, "addons", addons);
}

enum err cart_add(struct cx *cx, struct page *p, const struct order_input_item *item)
{
	json_t *cart = parse(cx, p), *items = json_object_get(cart, "items");
	if (json_array_size(items) >= LIMIT_ORDER_ITEMS)
		return fail(cx, ERR_CONFLICT, "cart.full", "A cart holds at most %d lines.",
		    LIMIT_ORDER_ITEMS);
	json_array_append_new(items, item_tree(item));
	return write_cart(cx, p, cart);
}

enum err shop_cart(struct cx *cx, struct page *p)
{
	struct order_input in = cart_read(cx, p);
	page_title(cx, p, "Your cart");
	page_form(cx, p, "coupon_form", &shop_coupon_fields, NULL);
	return cart_show(cx, p, &in);
}

/* A code is kept only when something in the cart gets cheaper by it. */
enum err shop_coupon(struct cx *cx, struct page *p)
{
	struct coupon_input in;
	struct order_quote q;
	json_t *cart = parse(cx, p);
	struct order_input asked = cart_read(cx, p);
	TRY(page_read(cx, p, &shop_coupon_fields, &in));
	if (asked.items.n == 0)
		return fail(cx, ERR_CONFLICT, "cart.empty", "Your cart is empty.");
	asked.coupon = in.coupon;
	TRY(order_quote(cx, cart_client(cx, p), &asked, &q));
	json_object_set_new(cart, "coupon", json_string(q.coupon.code));
	TRY(write_cart(cx, p, cart));
	page_flash(cx, p, "success", "The coupon %s is used.", q.coupon.code);
	return page_go(cx, p, "/cart");
}

enum err shop_coupon_remove(struct cx *cx, struct page *p)
{
	json_t *cart = parse(cx, p);
	if (json_object_del(cart, "coupon") == 0)
		TRY(write_cart(cx, p, cart));
	return page_go(cx, p, "/cart");
}

/* What is in a bundle goes with the bundle. */
static void take_out(json_t *items, size_t n)
{
	char bundle[64];
	if (!str_copy(bundle, sizeof bundle, text(json_array_get(items, n), "bundle")))
		bundle[0] = '\0';
	json_array_remove(items, n);
	for (size_t i = json_array_size(items); bundle[0] != '\0' && i-- > 0;)
		if (str_eq(text(json_array_get(items, i), "bundle"), bundle))
			json_array_remove(items, i);
}

enum err shop_remove(struct cx *cx, struct page *p)
{
	json_t *cart = parse(cx, p);
	int64_t n = page_body_int(p, "n");
	if (p->signed_in && n >= 0)
		take_out(json_object_get(cart, "items"), (size_t)n);
	/* A coupon does not outlive what it was given for. */
	if (json_array_size(json_object_get(cart, "items")) == 0)
		json_object_del(cart, "coupon");
	if (p->signed_in)
		TRY(write_cart(cx, p, cart));
	return page_go(cx, p, "/cart");
}
