/* SPDX-License-Identifier: Apache-2.0 */
/* The API's invoices, payments and services. Each handler is a verb of core and its view. */
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "web/api/api.h"
#include "web/change.h"
#include "web/handlers.h"
#include "web/pay.h"

/* ---- invoices ---- */

enum err api_invoices(struct cx *cx, struct page *p)
{
	const struct invoice_filter f = {.client_id = page_query_int(p, "client_id"),
	    .order_id = page_query_int(p, "order_id"),
	    .state = page_query(p, "state"),
	    .kind = page_query(p, "kind"),
	    .q = page_query(p, "q"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .drafts = true};
	json_t *rows;
	TRY(invoice_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

static enum err show_invoice(struct cx *cx, struct page *p, int64_t id)
{
	struct invoice i;
	json_t *view;
	TRY(invoice_get(cx, 0, id, &i));
	TRY(invoice_view(cx, &i, &view));
	page_out(p, view);
	return OK;
}

enum err api_invoice(struct cx *cx, struct page *p)
{
	return show_invoice(cx, p, p->id);
}

enum err api_invoice_create(struct cx *cx, struct page *p)
{
	struct invoice_input in;
	int64_t id;
	TRY(page_read(cx, p, &invoice_fields, &in));
	TRY(invoice_draft(cx, &in, &id));
	p->status = 201;
	return show_invoice(cx, p, id);
}

enum err api_invoice_issue(struct cx *cx, struct page *p)
{
	TRY(invoice_issue(cx, p->id));
	return show_invoice(cx, p, p->id);
}

enum err api_invoice_pdf(struct cx *cx, struct page *p)
{
	struct invoice i;
	json_t *view;
	TRY(invoice_get(cx, 0, p->id, &i));
	TRY(invoice_view(cx, &i, &view));
	return page_invoice_pdf(cx, p, view, str_or(i.number, "draft"));
}

enum err api_invoice_checkout(struct cx *cx, struct page *p)
{
	struct api_checkout in;
	struct invoice i;
	const char *url;
	TRY(page_read(cx, p, &api_checkout_fields, &in));
	TRY(invoice_get(cx, 0, p->id, &i));
	/* The payer has no login here: his way back is the signed link. */
	const char *back =
	    page_url(cx, p, arena_printf(cx->arena, "/i/%lld-%s/return", (long long)i.id, i.token));
	const struct pay_start s = {.invoice = &i,
	    .gateway = in.gateway,
	    .return_url = str_empty(in.return_url) ? back : in.return_url,
	    .subscribe = in.subscribe};
	TRY(pay_start(cx, p, &s, &url));
	if (url == NULL)
		return fail(cx, ERR_CONFLICT, "gateway.manual",
		    "This way to pay has no page to send the payer to.");
	page_set(p, "url", json_string(url));
	return OK;
}

enum err api_invoice_pay(struct cx *cx, struct page *p)
{
	struct payment_input in;
	struct payment paid;
	int64_t id;
	json_t *rows;
	TRY(page_read(cx, p, &payment_fields, &in));
	TRY(payment_by_hand(cx, p->id, &in, &id));
	TRY(payment_get(cx, 0, id, &paid));
	const struct payment_filter f = {.invoice_id = p->id, .after = id + 1, .limit = 1};
	TRY(payment_list(cx, &f, &rows));
	TRY(show_invoice(cx, p, p->id));
	json_t *invoice = json_keep(cx, json_copy(p->out));
	json_object_clear(p->out);
	/* A payment whose reference was known belongs where it was first recorded. */
	if (json_array_size(rows) > 0 &&
	    json_integer_value(json_object_get(json_array_get(rows, 0), "id")) == id)
		page_out(p, json_array_get(rows, 0));
	page_set(p, "id", json_integer(id));
	page_put(p, "invoice", invoice);
	p->status = 201;
	return OK;
}

enum err api_invoice_write_off(struct cx *cx, struct page *p)
{
	struct api_reason in;
	int64_t approval_id;
	TRY(page_read(cx, p, &api_reason_fields, &in));
	TRY(approval_write_off(cx, p->id, in.reason, &approval_id));
	TRY(show_invoice(cx, p, p->id));
	page_set(p, "approval_id", approval_id != 0 ? json_integer(approval_id) : NULL);
	p->status = approval_id != 0 ? 202 : 200;
	return OK;
}

/* ---- payments ---- */

enum err api_payments(struct cx *cx, struct page *p)
{
	const struct payment_filter f = {.client_id = page_query_int(p, "client_id"),
	    .invoice_id = page_query_int(p, "invoice_id"),
	    .state = page_query(p, "state"),
	    .gateway = page_query(p, "gateway"),
	    .q = page_query(p, "q"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(payment_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err api_payment(struct cx *cx, struct page *p)
{
	struct payment paid;
	json_t *rows;
	TRY(payment_get(cx, 0, p->id, &paid));
	const struct payment_filter f = {.client_id = paid.client_id,
	    .after = paid.id + 1,
	    .limit = 1};
	TRY(payment_list(cx, &f, &rows));
	page_out(p, json_array_get(rows, 0));
	return OK;
}

/* ---- services ---- */

enum err api_services(struct cx *cx, struct page *p)
{
	const struct service_filter f = {.client_id = page_query_int(p, "client_id"),
	    .order_id = page_query_int(p, "order_id"),
	    .server_id = page_query_int(p, "server_id"),
	    .state = page_query(p, "state"),
	    .q = page_query(p, "q"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(service_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

static enum err show_service(struct cx *cx, struct page *p)
{
	struct service s;
	json_t *view, *open;
	TRY(service_get(cx, 0, p->id, &s));
	TRY(service_view(cx, &s, &view));
	page_out(p, view);
	return web_change_put(cx, p, &s, &open);
}

enum err api_service(struct cx *cx, struct page *p)
{
	return show_service(cx, p);
}

/*
 * Staff may wish the same again later: each wish is a cause of its own. The kept answer makes a
 * repeat one wish.
 */
static enum err ask_service(struct cx *cx, struct page *p, enum action_kind kind)
{
	struct api_reason in;
	int64_t id;
	TRY(page_read(cx, p, &api_reason_fields, &in));
	const char *cause =
	    arena_printf(cx->arena, "staff/%lld/%s", (long long)cx->actor.id, cx->trace);
	TRY(service_ask(cx, p->id, kind, cause, kind == ACTION_SUSPEND ? "staff" : "", &id));
	return show_service(cx, p);
}

enum err api_service_suspend(struct cx *cx, struct page *p)
{
	return ask_service(cx, p, ACTION_SUSPEND);
}

enum err api_service_unsuspend(struct cx *cx, struct page *p)
{
	return ask_service(cx, p, ACTION_UNSUSPEND);
}

enum err api_service_terminate(struct cx *cx, struct page *p)
{
	return ask_service(cx, p, ACTION_TERMINATE);
}

enum err api_service_cancel(struct cx *cx, struct page *p)
{
	struct api_cancel in;
	TRY(page_read(cx, p, &api_cancel_fields, &in));
	TRY(service_cancel(cx, 0, p->id, in.at_end, in.reason));
	return show_service(cx, p);
}

enum err api_service_renew(struct cx *cx, struct page *p)
{
	struct renew in;
	int64_t id;
	TRY(page_read(cx, p, &renew_fields, &in));
	in.service_id = p->id;
	TRY(renew_issue(cx, &in, &id));
	p->status = 201;
	return show_invoice(cx, p, id);
}
