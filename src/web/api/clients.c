/* SPDX-License-Identifier: Apache-2.0 */
/* The API's clients, plans and orders. Each handler is a verb of core and its view. */
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/ledger/ledger.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "fmt/form.h"
#include "web/api/api.h"
#include "web/handlers.h"

/* ---- clients ---- */

enum err api_clients(struct cx *cx, struct page *p)
{
	const char *status = page_query(p, "status");
	const struct client_filter f = {.q = page_query(p, "q"),
	    .status = status != NULL ? status : page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(client_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

static enum err show_client(struct cx *cx, struct page *p, int64_t id)
{
	struct client c;
	json_t *money;
	TRY(client_get(cx, id, &c));
	TRY(ledger_client_view(cx, id, &money));
	page_out(p, client_view(cx, &c));
	page_put(p, "money", money);
	return OK;
}

enum err api_client(struct cx *cx, struct page *p)
{
	return show_client(cx, p, p->id);
}

enum err api_client_create(struct cx *cx, struct page *p)
{
	struct client_input in;
	int64_t id;
	TRY(page_read(cx, p, &client_fields, &in));
	TRY(client_create(cx, &in, &id));
	p->status = 201;
	return show_client(cx, p, id);
}

enum err api_client_update(struct cx *cx, struct page *p)
{
	TRY(client_update(cx, p->id, p->body, p->source, &client_staff_fields));
	return show_client(cx, p, p->id);
}

static enum err apply_client(struct cx *cx, struct page *p, enum client_event event)
{
	struct api_reason in;
	TRY(page_read(cx, p, &api_reason_fields, &in));
	TRY(client_apply(cx, p->id, event, in.reason));
	return show_client(cx, p, p->id);
}

enum err api_client_approve(struct cx *cx, struct page *p)
{
	return apply_client(cx, p, CLIENT_APPROVE);
}

enum err api_client_suspend(struct cx *cx, struct page *p)
{
	return apply_client(cx, p, CLIENT_SUSPEND);
}

enum err api_client_resume(struct cx *cx, struct page *p)
{
	return apply_client(cx, p, CLIENT_RESUME);
}

enum err api_client_close(struct cx *cx, struct page *p)
{
	return apply_client(cx, p, CLIENT_CLOSE);
}

enum err api_client_credit(struct cx *cx, struct page *p)
{
	struct api_credit in;
	int64_t approval_id;
	TRY(page_read(cx, p, &api_credit_fields, &in));
	TRY(approval_give_credit(cx,
	    &(struct approval_credit){p->id, in.amount_minor, in.currency, in.reason},
	    &approval_id));
	TRY(show_client(cx, p, p->id));
	page_set(p, "approval_id", approval_id != 0 ? json_integer(approval_id) : NULL);
	p->status = approval_id != 0 ? 202 : 201;
	return OK;
}

enum err api_contacts(struct cx *cx, struct page *p)
{
	struct client c;
	json_t *rows;
	TRY(client_get(cx, p->id, &c));
	TRY(contact_list(cx, c.id, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

/* ---- agreed prices ---- */

enum err api_client_prices(struct cx *cx, struct page *p)
{
	json_t *rows;
	struct client c;
	TRY(client_get(cx, p->id, &c));
	TRY(price_agreed(cx, p->id, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_client_price_agree(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(price_agree(cx, p->id, p->body, p->source, &id));
	TRY(api_client_prices(cx, p));
	page_set(p, "id", json_integer(id));
	p->status = 201;
	return OK;
}

enum err api_client_price_end(struct cx *cx, struct page *p)
{
	TRY(price_agreed_end(cx, p->id, p->id2));
	return api_client_prices(cx, p);
}

/* ---- plans ---- */

enum err api_plans(struct cx *cx, struct page *p)
{
	const struct plan_filter f = {.currency = page_query(p, "currency"),
	    .q = page_query(p, "q"),
	    .group_id = page_query_int(p, "group_id")};
	json_t *catalog, *group, *all = json_keep(cx, json_array());
	size_t i;
	TRY(catalog_view(cx, &f, &catalog));
	json_array_foreach(json_object_get(catalog, "groups"), i, group)
		json_array_extend(all, json_object_get(group, "plans"));
	page_put(p, "data", all);
	page_set(p, "next", NULL); /* a catalog is small: it comes whole */
	return OK;
}

static enum err show_plan(struct cx *cx, struct page *p, int64_t id)
{
	struct plan plan;
	json_t *view;
	TRY(plan_get(cx, id, &plan));
	TRY(plan_view(cx, &plan, &view));
	page_out(p, view);
	return OK;
}

enum err api_plan(struct cx *cx, struct page *p)
{
	struct plan plan;
	TRY(plan_find(cx, p->word, &plan));
	return show_plan(cx, p, plan.id);
}

enum err api_plan_create(struct cx *cx, struct page *p)
{
	struct plan_input in;
	int64_t id;
	TRY(page_read(cx, p, &plan_fields, &in));
	TRY(plan_create(cx, &in, &id));
	p->status = 201;
	return show_plan(cx, p, id);
}

enum err api_plan_update(struct cx *cx, struct page *p)
{
	struct plan plan;
	struct plan_input in;
	TRY(plan_find(cx, p->word, &plan));
	TRY(page_read(cx, p, &plan_fields, &in));
	TRY(plan_update(cx, plan.id, &in));
	return show_plan(cx, p, plan.id);
}

static enum err retire_plan(struct cx *cx, struct page *p, bool retired)
{
	struct plan plan;
	TRY(plan_find(cx, p->word, &plan));
	TRY(plan_retire(cx, plan.id, retired));
	return show_plan(cx, p, plan.id);
}

enum err api_plan_retire(struct cx *cx, struct page *p)
{
	return retire_plan(cx, p, true);
}

enum err api_plan_sell(struct cx *cx, struct page *p)
{
	return retire_plan(cx, p, false);
}

/* ---- orders ---- */

enum err api_orders(struct cx *cx, struct page *p)
{
	const struct order_filter f = {.client_id = page_query_int(p, "client_id"),
	    .state = page_query(p, "state"),
	    .q = page_query(p, "q"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(order_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

static enum err show_order(struct cx *cx, struct page *p, int64_t id)
{
	struct order o;
	json_t *view;
	TRY(order_get(cx, 0, id, &o));
	TRY(order_view(cx, &o, &view));
	page_out(p, view);
	return OK;
}

enum err api_order(struct cx *cx, struct page *p)
{
	return show_order(cx, p, p->id);
}

enum err api_order_create(struct cx *cx, struct page *p)
{
	struct order_input in;
	int64_t id;
	TRY(page_read(cx, p, &order_fields, &in));
	TRY(order_create(cx, &in, "", &id));
	p->status = 201;
	return show_order(cx, p, id);
}

static enum err apply_order(struct cx *cx, struct page *p, enum order_event event)
{
	struct api_reason in;
	TRY(page_read(cx, p, &api_reason_fields, &in));
	TRY(order_apply(cx, p->id, event, in.reason));
	return show_order(cx, p, p->id);
}

enum err api_order_approve(struct cx *cx, struct page *p)
{
	return apply_order(cx, p, ORDER_APPROVE);
}

enum err api_order_refuse(struct cx *cx, struct page *p)
{
	return apply_order(cx, p, ORDER_REFUSE);
}

enum err api_order_cancel(struct cx *cx, struct page *p)
{
	return apply_order(cx, p, ORDER_CANCEL);
}
