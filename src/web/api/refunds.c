/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's refunds and approvals, and the ways to pay that are not one invoice: top-ups, credit,
 * several invoices at once.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "fmt/form.h"
#include "web/api/api.h"
#include "web/handlers.h"
#include "web/ids.h"
#include "web/pay.h"

/* ---- refunds ---- */

enum err api_refunds(struct cx *cx, struct page *p)
{
	const struct refund_filter f = {.client_id = page_query_int(p, "client_id"),
	    .payment_id = page_query_int(p, "payment_id"),
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(refund_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

static enum err show(struct cx *cx, struct page *p, int64_t id)
{
	struct refund r;
	TRY(refund_get(cx, 0, id, &r));
	page_out(p, json_keep(cx, refund_view(&r)));
	return OK;
}

enum err api_refund(struct cx *cx, struct page *p)
{
	return show(cx, p, p->id);
}

enum err api_refund_create(struct cx *cx, struct page *p)
{
	struct refund_input in;
	int64_t id;
	TRY(page_read(cx, p, &refund_fields, &in));
	TRY(pay_refund(cx, p->id, &in, &id));
	p->status = 201;
	return show(cx, p, id);
}

static enum err decide_refund(struct cx *cx, struct page *p, bool approve)
{
	struct approval a;
	struct refund r;
	TRY(refund_get(cx, 0, p->id, &r));
	TRY(approval_find(cx, "refund", r.id, &a));
	TRY(approval_decide(cx, a.id, approve));
	return show(cx, p, r.id);
}

enum err api_refund_approve(struct cx *cx, struct page *p)
{
	return decide_refund(cx, p, true);
}

enum err api_refund_refuse(struct cx *cx, struct page *p)
{
	return decide_refund(cx, p, false);
}

/* ---- approvals ---- */

enum err api_approvals(struct cx *cx, struct page *p)
{
	int64_t limit = page_limit(p);
	json_t *rows;
	TRY(approval_list(cx, page_query(p, "state"), page_query_int(p, "after"), limit, &rows));
	page_list(cx, p, rows, limit);
	return OK;
}

static enum err decide(struct cx *cx, struct page *p, bool approve)
{
	json_t *rows;
	TRY(approval_decide(cx, p->id, approve));
	TRY(approval_list(cx, NULL, p->id + 1, 1, &rows));
	page_out(p, json_array_get(rows, 0));
	return OK;
}

enum err api_approval_approve(struct cx *cx, struct page *p)
{
	return decide(cx, p, true);
}

enum err api_approval_refuse(struct cx *cx, struct page *p)
{
	return decide(cx, p, false);
}

/* ---- paying ---- */

static enum err show_invoice(struct cx *cx, struct page *p, int64_t id)
{
	struct invoice i;
	json_t *view;
	TRY(invoice_get(cx, 0, id, &i));
	TRY(invoice_view(cx, &i, &view));
	page_out(p, view);
	return OK;
}

enum err api_invoice_use_credit(struct cx *cx, struct page *p)
{
	int64_t used;
	TRY(payment_use_credit(cx, p->id, &used));
	TRY(show_invoice(cx, p, p->id));
	page_set(p, "used_minor", json_integer(used));
	return OK;
}

enum err api_client_funds(struct cx *cx, struct page *p)
{
	struct funds_input in;
	int64_t id;
	TRY(page_read(cx, p, &funds_fields, &in));
	TRY(funds_add(cx, p->id, &in, &id));
	p->status = 201;
	return show_invoice(cx, p, id);
}

enum err api_client_checkout(struct cx *cx, struct page *p)
{
	struct api_pay_many in;
	struct invoice first;
	int64_t *ids;
	size_t n;
	const char *url;
	web_ids_flatten(cx, p, "invoice_ids");
	TRY(page_read(cx, p, &api_pay_many_fields, &in));
	TRY(web_ids(cx, "invoice_ids", in.invoice_ids, &ids, &n));
	TRY(invoice_get(cx, p->id, ids[0], &first));
	/* The payer has no login here: his way back is the signed link of the first. */
	const char *back = page_url(cx, p,
	    arena_printf(cx->arena, "/i/%lld-%s/return", (long long)first.id, first.token));
	const struct pay_start s = {&first, in.gateway,
	    str_empty(in.return_url) ? back : in.return_url, ids, n};
	TRY(pay_start(cx, p, &s, &url));
	if (url == NULL)
		return fail(cx, ERR_CONFLICT, "gateway.manual",
		    "This way to pay has no page to send the payer to.");
	page_set(p, "url", json_string(url));
	return OK;
}
