/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's invoices, payments and orders: lists, documents, paying, coming back from a provider.
 * Ownership is the first parameter of every look-up.
 */
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "core/report/report.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/pay.h"

enum err area_invoices(struct cx *cx, struct page *p)
{
	const struct invoice_filter f = {.client_id = p->client_id,
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .state = page_query(p, "state"),
	    .q = page_query(p, "q")};
	json_t *rows;
	TRY(invoice_list(cx, &f, &rows));
	page_title(cx, p, "Invoices");
	page_list(cx, p, rows, f.limit);
	page_filter(p, (const char *const[]){"q", "state", NULL});
	return OK;
}

/* A provider can renew by itself what is the only service of a document and has terms. */
static enum err put_renewable(struct cx *cx, struct page *p, const struct invoice *i)
{
	struct subscription *subscriptions;
	struct service s;
	int64_t *ids;
	size_t n, subscribed = 0;
	TRY(invoice_services(cx, i->id, &ids, &n));
	if (n == 1) {
		TRY(service_get(cx, p->client_id, ids[0], &s));
		TRY(subscription_list(cx, s.id, &subscriptions, &subscribed));
	}
	page_set(p, "renewable",
	    json_boolean(n == 1 && day_set(s.billed_until) && subscribed == 0));
	return OK;
}

static enum err add_pay(struct cx *cx, struct page *p, const struct invoice *i)
{
	bool pending = false,
	     payable =
	         (i->state == INVOICE_OPEN || i->state == INVOICE_OVERDUE) && i->balance_minor > 0;
	int64_t credit;
	json_t *attempts;
	TRY(attempt_pending(cx, i->id, &pending));
	TRY(ledger_credit(cx, p->client_id, i->currency, &credit));
	TRY(attempt_list(cx, i->id, &attempts));
	TRY(pay_ways(cx, p));
	TRY(put_renewable(cx, p, i));
	page_set(p, "payable", json_boolean(payable));
	page_set(p, "pending", json_boolean(payable && pending));
	page_put(p, "attempts", attempts);
	page_set(p, "credit",
	    !payable || credit <= 0 ? NULL :
	                              json_pack("{s:I, s:s}", "amount_minor", (json_int_t)credit,
	                                  "currency", i->currency));
	return OK;
}

enum err area_invoice(struct cx *cx, struct page *p)
{
	struct invoice i;
	json_t *view, *payments, *explain;
	TRY(invoice_get(cx, p->client_id, p->id, &i));
	TRY(invoice_view(cx, &i, &view));
	const struct payment_filter of = {.client_id = p->client_id,
	    .invoice_id = i.id,
	    .limit = 50};
	TRY(payment_list(cx, &of, &payments));
	TRY(report_explain(cx, p->client_id, i.id, &explain));
	page_put(p, "invoice", view);
	page_put(p, "explain", explain);
	page_put(p, "payments", payments);
	page_set(p, "has_payments", json_boolean(json_array_size(payments) > 0));
	TRY(add_pay(cx, p, &i));
	p->leaves = true;
	page_title(cx, p, "%s %s", invoice_word(&i), str_or(i.number, ""));
	return OK;
}

enum err area_invoice_pdf(struct cx *cx, struct page *p)
{
	struct invoice i;
	json_t *view;
	TRY(invoice_get(cx, p->client_id, p->id, &i));
	TRY(invoice_view(cx, &i, &view));
	return page_invoice_pdf(cx, p, view, str_or(i.number, "invoice"));
}

enum err area_invoice_pay(struct cx *cx, struct page *p)
{
	struct invoice i;
	const char *url;
	TRY(invoice_get(cx, p->client_id, p->id, &i));
	const char *back = arena_printf(cx->arena, "/client/invoices/%lld/return", (long long)i.id);
	const struct pay_start s = {.invoice = &i,
	    .gateway = page_body(p, "gateway"),
	    .return_url = page_url(cx, p, back),
	    .subscribe = str_eq(page_body(p, "subscribe"), "1")};
	TRY(pay_start(cx, p, &s, &url));
	page_set(p, "url", url != NULL ? json_string(url) : NULL);
	if (url != NULL)
		return page_go_away(cx, p, url);
	page_flash(cx, p, "info", "Please transfer the amount as described below.");
	return page_go(cx, p, "/client/invoices/%lld", (long long)i.id);
}

enum err area_invoice_return(struct cx *cx, struct page *p)
{
	struct invoice i;
	const char *state;
	TRY(invoice_get(cx, p->client_id, p->id, &i));
	TRY(pay_ask(cx, p, &i, &state));
	page_set(p, "state", json_string(state));
	if (str_eq(state, "paid") && i.order_id != 0)
		return page_go(cx, p, "/thanks/%lld", (long long)i.order_id);
	pay_say(cx, p, state);
	return page_go(cx, p, "/client/invoices/%lld", (long long)i.id);
}

enum err area_invoice_credit(struct cx *cx, struct page *p)
{
	struct invoice i;
	int64_t used;
	TRY(invoice_get(cx, p->client_id, p->id, &i));
	TRY(payment_use_credit(cx, i.id, &used));
	page_flash(cx, p, used > 0 ? "success" : "info",
	    used > 0 ? "Your credit was used for this invoice." : "There is no credit to use.");
	return page_go(cx, p, "/client/invoices/%lld", (long long)i.id);
}

enum err area_orders(struct cx *cx, struct page *p)
{
	const struct order_filter f = {.client_id = p->client_id,
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .state = page_query(p, "state")};
	json_t *rows;
	TRY(order_list(cx, &f, &rows));
	page_title(cx, p, "Orders");
	page_list(cx, p, rows, f.limit);
	page_filter(p, (const char *const[]){"state", NULL});
	return OK;
}

/* The coupon of an order and what it took off the first invoice; null without. */
static enum err put_discount(struct cx *cx, struct page *p, const struct order *o)
{
	struct coupon c;
	struct invoice i = {0};
	page_set(p, "discount", NULL);
	if (o->coupon_id == 0)
		return OK;
	TRY(coupon_get(cx, o->coupon_id, &c));
	if (o->invoice_id != 0)
		TRY(invoice_get(cx, o->client_id, o->invoice_id, &i));
	page_set(p, "discount",
	    json_pack("{s:s, s:s, s:I}", "coupon", c.code, "currency", o->currency, "amount_minor",
	        (json_int_t)i.discount_minor));
	return OK;
}

enum err area_order(struct cx *cx, struct page *p)
{
	struct order o;
	json_t *view, *services;
	const struct service_filter of = {.client_id = p->client_id,
	    .order_id = p->id,
	    .limit = 50};
	TRY(order_get(cx, p->client_id, p->id, &o));
	TRY(order_view(cx, &o, &view));
	TRY(service_list(cx, &of, &services));
	page_title(cx, p, "Order %lld", (long long)o.id);
	page_put(p, "order", view);
	page_put(p, "services", services);
	return put_discount(cx, p, &o);
}

/* What a client sees of refunds: not what staff wrote or decided about them. */
static json_t *client_refunds(const json_t *rows)
{
	json_t *list = json_array(), *row;
	size_t i;
	json_array_foreach((json_t *)(uintptr_t)rows, i, row) {
		const char *state = json_string_value(json_object_get(row, "state"));
		if (str_eq(state, "done") || str_eq(state, "asked") || str_eq(state, "new"))
			json_array_append_new(list,
			    json_pack("{s:O, s:O, s:O, s:O, s:O, s:O}", "id",
			        json_object_get(row, "id"), "way", json_object_get(row, "way"),
			        "amount_minor", json_object_get(row, "amount_minor"), "currency",
			        json_object_get(row, "currency"), "state",
			        json_object_get(row, "state"), "created_at",
			        json_object_get(row, "created_at")));
	}
	return list;
}

enum err area_payments(struct cx *cx, struct page *p)
{
	const struct payment_filter f = {.client_id = p->client_id,
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows, *money;
	const struct refund_filter back = {.client_id = p->client_id, .limit = page_limit(p)};
	json_t *refunds;
	TRY(payment_list(cx, &f, &rows));
	TRY(refund_list(cx, &back, &refunds));
	TRY(ledger_client_view(cx, p->client_id, &money));
	json_t *shown = client_refunds(refunds);
	page_set(p, "has_refunds", json_boolean(json_array_size(shown) > 0));
	page_set(p, "refunds", shown);
	page_title(cx, p, "Payments");
	page_list(cx, p, rows, f.limit);
	page_put(p, "money", money);
	return OK;
}
