/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders for staff: the list, one order, and the three decisions: approve, refuse, cancel. Ordering
 * for a client is order_new.c.
 */
#include "base/day.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/order/order.h"
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
