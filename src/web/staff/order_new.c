/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ordering for a client: plans with their options and add-ons, a coupon, and what it comes to
 * before it is placed. The price is order_quote()'s, asked again whenever a choice changes.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/order/order.h"
#include "fmt/form.h"
#include "web/addon.h"
#include "web/source.h"
#include "web/staff/own.h"

/* From a client's page, or from a service's: one of its add-ons. */
static json_t *first_values(struct cx *cx, const struct page *p)
{
	json_t *values = json_keep(cx, json_object());
	json_t *item = json_object();
	int64_t client_id = page_query_int(p, "client_id");
	int64_t parent_id = page_query_int(p, "parent_id");

	if (client_id > 0)
		json_object_set_new(values, "client_id", json_integer(client_id));
	if (page_query(p, "plan") != NULL)
		json_object_set_new(item, "plan", json_string(page_query(p, "plan")));
	if (page_query(p, "cycle") != NULL)
		json_object_set_new(item, "cycle", json_string(page_query(p, "cycle")));
	if (parent_id > 0)
		json_object_set_new(item, "parent_id", json_integer(parent_id));
	if (json_object_size(item) > 0)
		json_object_set_new(values, "items", json_pack("[O]", item));
	json_decref(item);
	return values;
}

/* What it comes to as it stands; null, with why, while something is missing. */
static enum err put_quote(struct cx *cx, struct page *p, const json_t *values)
{
	struct order_input in;
	struct order_quote q;
	struct client c;

	page_set(p, "quote", NULL);
	page_set(p, "why", NULL);
	enum err err = field_read(cx, &order_fields, values, FIELD_FORM, &in);
	if (err == OK)
		err = client_get(cx, in.client_id, &c);
	if (err == OK)
		err = order_quote(cx, &c, &in, &q);
	if (err == ERR_INTERNAL || err == ERR_RETRY)
		return err;
	if (err == OK) {
		json_t *view = order_quote_view(cx, &q);
		json_object_set_new(view, "coupon_lasts", json_null());
		page_put(p, "quote", view);
		return OK;
	}
	const struct field_fault *f = cx->fault.fields;
	bool asked = page_body_bool(p, "show");
	page_set(p, "why",
	    !asked ? NULL :
	             json_string(arena_strdup(cx->arena, f != NULL ? f->text : cx->fault.detail)));
	cx_clear(cx);
	return OK;
}

/* What a form sends is all text; what an address says may be numbers. */
static json_t *as_form(struct cx *cx, json_t *values)
{
	int64_t id = json_integer_value(json_object_get(values, "client_id"));

	if (id > 0)
		json_object_set_new(values, "client_id",
		    json_string(arena_printf(cx->arena, "%lld", (long long)id)));
	return values;
}

enum err admin_order_new(struct cx *cx, struct page *p)
{
	json_t *values = p->route->method == WEB_FORM ? p->body : as_form(cx, first_values(cx, p));

	admin_form(cx, p,
	    &(struct admin_form){.title = "New order",
	        .action = "/admin/orders",
	        .button = "Place order",
	        .back = "/admin/orders",
	        .fields = &order_fields,
	        .values = values,
	        .intro = "Places an order at today's prices and issues its invoice."});
	admin_plan_rows(cx, p, "items");
	return put_quote(cx, p, values);
}

static void tidy(json_t *body)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(body, "items"), i, item)
		web_addons_tidy(item);
}

enum err admin_order_create(struct cx *cx, struct page *p)
{
	struct order_input in;
	int64_t id;

	if (p->source == FIELD_FORM)
		tidy(p->body);
	enum err err = web_source_client(cx, p, "client_id");
	/* Only what it costs now, or one more row. */
	if (admin_only_shows(p)) {
		if (err != OK && err != ERR_INVALID)
			return err;
		cx_clear(cx);
		return admin_order_new(cx, p);
	}
	TRY(err);
	TRY(page_read(cx, p, &order_fields, &in));
	TRY(order_create(cx, &in, "", &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The order was placed.");
	return page_go(cx, p, "/admin/orders/%lld", (long long)id);
}
