/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders for staff: the list, one order, ordering for a client, and the three decisions:
 * approve, refuse, cancel.
 */
#include "base/day.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "web/staff/own.h"

enum err admin_orders(struct cx *cx, struct page *p)
{
	struct order_filter f = {.client_id = page_query_int(p, "client_id"),
	    .q = page_query(p, "q"),
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;

	TRY(order_list(cx, &f, &rows));
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Orders");
	admin_filter(p);
	admin_chips(cx, p, "state", "order");
	page_list(cx, p, rows, f.limit);
	return OK;
}

static json_t *can(const struct order *o)
{
	return json_pack("{s:b, s:b, s:b}", "approve", o->state == ORDER_REVIEW, "refuse",
	    o->state == ORDER_REVIEW, "cancel",
	    o->state == ORDER_PENDING || o->state == ORDER_REVIEW);
}

static enum err put_invoice(struct cx *cx, struct page *p, int64_t id)
{
	struct invoice i;
	json_t *tree;

	if (id == 0) {
		page_set(p, "invoice", NULL);
		return OK;
	}
	TRY(invoice_get(cx, 0, id, &i));
	TRY(invoice_view(cx, &i, &tree));
	page_put(p, "invoice", tree);
	return OK;
}

static enum err put_coupon(struct cx *cx, struct page *p, int64_t id)
{
	struct coupon c;

	page_set(p, "coupon", NULL);
	if (id == 0)
		return OK;
	TRY(coupon_get(cx, id, &c));
	page_set(p, "coupon", json_pack("{s:I, s:s}", "id", (json_int_t)id, "code", c.code));
	return OK;
}

enum err admin_order(struct cx *cx, struct page *p)
{
	struct order o;
	struct client c;
	json_t *tree, *services;

	TRY(order_get(cx, 0, p->id, &o));
	TRY(order_view(cx, &o, &tree));
	TRY(client_get(cx, o.client_id, &c));
	TRY(service_list(cx, &(struct service_filter){.order_id = o.id, .limit = page_limit(p)},
	    &services));
	json_t *client = client_view(cx, &c);
	admin_life(client);
	json_object_set_new(tree, "ip", json_string(o.ip));
	page_title(cx, p, "Order %lld", (long long)o.id);
	page_put(p, "order", tree);
	page_put(p, "client", client);
	page_put(p, "services", services);
	page_set(p, "can", can(&o));
	TRY(put_coupon(cx, p, o.coupon_id));
	TRY(put_invoice(cx, p, o.invoice_id));
	return admin_put_events(cx, p,
	    &(struct event_filter){.subject = "order", .subject_id = o.id});
}

/* ---- decisions ---- */

static enum err decide(struct cx *cx, struct page *p, enum order_event event)
{
	const char *reason = "approved by staff";

	if (event != ORDER_APPROVE)
		TRY(admin_reason(cx, p, &reason));
	TRY(order_apply(cx, p->id, event, reason));
	return page_go(cx, p, "/admin/orders/%lld", (long long)p->id);
}

enum err admin_order_approve(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The order was approved.");
	return decide(cx, p, ORDER_APPROVE);
}

enum err admin_order_refuse(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The order was refused.");
	return decide(cx, p, ORDER_REFUSE);
}

enum err admin_order_cancel(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The order was cancelled.");
	return decide(cx, p, ORDER_CANCEL);
}

/* ---- ordering for a client ---- */

static bool has_choice(const json_t *choices, const char *value)
{
	json_t *choice;
	size_t i;

	json_array_foreach(choices, i, choice)
		if (str_eq(json_string_value(json_object_get(choice, "value")), value))
			return true;
	return false;
}

/* Every cycle that some plan is sold in. */
static void add_cycles(struct cx *cx, json_t *choices, const json_t *plan, const char *chosen)
{
	json_t *price;
	struct cycle cycle;
	size_t i;

	json_array_foreach(json_object_get(plan, "prices"), i, price) {
		const char *word = json_string_value(json_object_get(price, "cycle"));
		if (word != NULL && cycle_parse(word, &cycle) && !has_choice(choices, word))
			admin_choice(choices, word, cycle_print_people(cx->arena, cycle), chosen);
	}
}

static void make_select(json_t *row, const char *name, json_t *choices)
{
	json_t *field = json_object_get(json_object_get(row, "by"), name);

	json_object_set_new(field, "choices", choices);
	json_object_set_new(field, "select", json_true());
}

static const char *typed(const json_t *row, const char *name)
{
	json_t *field = json_object_get(json_object_get(row, "by"), name);

	return str_or(json_string_value(json_object_get(field, "value")), "");
}

/* Plans by name and cycles in words. */
static void add_plans(struct cx *cx, const json_t *group, const json_t *row, json_t *both[2])
{
	json_t *plan;
	size_t i;

	json_array_foreach(json_object_get(group, "plans"), i, plan) {
		if (!str_eq(json_string_value(json_object_get(plan, "state")), "active"))
			continue;
		admin_choice(both[0], json_string_value(json_object_get(plan, "key")),
		    json_string_value(json_object_get(plan, "name")), typed(row, "plan"));
		add_cycles(cx, both[1], plan, typed(row, "cycle"));
	}
}

static enum err row_choices(struct cx *cx, json_t *row)
{
	json_t *catalog, *group, *both[2];
	size_t i;

	TRY(catalog_view(cx, &(struct plan_filter){.currency = NULL}, &catalog));
	both[0] = json_array();
	both[1] = json_array();
	json_array_foreach(json_object_get(catalog, "groups"), i, group)
		add_plans(cx, group, row, both);
	make_select(row, "plan", both[0]);
	make_select(row, "cycle", both[1]);
	return OK;
}

/* Plans are chosen by name in every row of the form. */
static enum err put_plans(struct cx *cx, struct page *p)
{
	json_t *form = json_object_get(p->out, "form"), *row;
	json_t *items = json_object_get(json_object_get(form, "by"), "items");
	size_t i;

	json_array_foreach(json_object_get(items, "rows"), i, row)
		TRY(row_choices(cx, row));
	return row_choices(cx, json_object_get(items, "extra"));
}

static enum err put_gateways(struct cx *cx, struct page *p)
{
	json_t *rows, *row, *choices;
	size_t i;

	TRY(gateway_list(cx, true, &rows));
	choices = json_array();
	json_array_foreach(rows, i, row)
		admin_choice(choices, json_string_value(json_object_get(row, "key")),
		    json_string_value(json_object_get(row, "name")),
		    admin_value(p, "form", "gateway"));
	admin_select(p, "form", "gateway", choices);
	return OK;
}

/* Whom the form is for, when one comes from a client's page. */
static enum err intro_of(struct cx *cx, int64_t client_id, const char **ret)
{
	struct client c;

	*ret = "Places an order at today's prices and issues its invoice.";
	if (client_id <= 0)
		return OK;
	TRY(client_get(cx, client_id, &c));
	*ret = arena_printf(cx->arena,
	    "Places an order for %s %s at today's prices and issues its invoice.", c.first_name,
	    c.last_name);
	return OK;
}

enum err admin_order_new(struct cx *cx, struct page *p)
{
	const char *intro;
	int64_t client_id = page_query_int(p, "client_id");
	TRY(intro_of(cx, client_id, &intro));
	json_t *values =
	    json_pack("{s:o}", "client_id", client_id > 0 ? json_integer(client_id) : json_null());
	/* From a service's page: one of its add-ons. */
	if (page_query_int(p, "parent_id") > 0)
		json_object_set_new(values, "items",
		    json_pack("[{s:s s:s s:I}]", "plan", str_or(page_query(p, "plan"), ""), "cycle",
		        str_or(page_query(p, "cycle"), ""), "parent_id",
		        (json_int_t)page_query_int(p, "parent_id")));

	admin_form(cx, p,
	    &(struct admin_form){.title = "New order",
	        .action = "/admin/orders",
	        .button = "Place order",
	        .back = "/admin/orders",
	        .fields = &order_fields,
	        .values = values,
	        .intro = intro});
	json_decref(values);
	TRY(put_gateways(cx, p));
	return put_plans(cx, p);
}

enum err admin_order_create(struct cx *cx, struct page *p)
{
	struct order_input in;
	int64_t id;

	TRY(page_read(cx, p, &order_fields, &in));
	TRY(order_create(cx, &in, "", &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The order was placed.");
	return page_go(cx, p, "/admin/orders/%lld", (long long)id);
}
