/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payments for staff: money received, where from and for what. Recording one is on the invoice's
 * page.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "web/staff/own.h"

enum err admin_payments(struct cx *cx, struct page *p)
{
	struct payment_filter f = {.client_id = page_query_int(p, "client_id"),
	    .q = page_query(p, "q"),
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;

	TRY(payment_list(cx, &f, &rows));
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Payments");
	admin_filter(p);
	admin_chips(cx, p, "state", "payment");
	page_list(cx, p, rows, f.limit);
	return OK;
}

/* The row as the list has it: the newest below the next id is the one itself. */
static enum err payment_row(struct cx *cx, int64_t id, json_t **ret)
{
	struct payment m;
	json_t *rows;

	TRY(payment_get(cx, 0, id, &m));
	TRY(payment_list(cx,
	    &(struct payment_filter){.client_id = m.client_id, .after = id + 1, .limit = 1},
	    &rows));
	*ret = json_array_get(rows, 0);
	return OK;
}

static enum err put_invoice(struct cx *cx, struct page *p, int64_t id)
{
	struct invoice i;

	if (id == 0) {
		page_set(p, "invoice", NULL);
		return OK;
	}
	TRY(invoice_get(cx, 0, id, &i));
	page_set(p, "invoice", json_pack("{s:I, s:s}", "id", (json_int_t)id, "number", i.number));
	return OK;
}

/* The documents of a payment of several. */
static enum err put_shares(struct cx *cx, struct page *p)
{
	json_t *list = json_array();
	int64_t *ids;
	size_t n;

	page_set(p, "invoices", list);
	TRY(payment_invoices(cx, p->id, &ids, &n));
	for (size_t k = 0; k < n; k++) {
		struct invoice i;
		TRY(invoice_get(cx, 0, ids[k], &i));
		json_array_append_new(list,
		    json_pack("{s:I, s:s}", "id", (json_int_t)i.id, "number",
		        str_or(i.number, "")));
	}
	return OK;
}

static enum err put_refunds(struct cx *cx, struct page *p, const json_t *payment)
{
	struct refund_filter f = {.payment_id = p->id, .limit = page_limit(p)};
	json_t *rows, *row;
	int64_t left;
	size_t i;

	TRY(refund_list(cx, &f, &rows));
	TRY(refund_left(cx, p->id, &left));
	json_array_foreach(rows, i, row) {
		const char *state = json_string_value(json_object_get(row, "state"));
		json_object_set_new(row, "can_cancel",
		    json_boolean(str_eq(state, "new") || str_eq(state, "waiting_approval")));
	}
	page_put(p, "refunds", rows);
	page_set(p, "can_refund", json_boolean(left > 0));
	page_set(p, "is_disputed",
	    json_boolean(str_eq(json_string_value(json_object_get(payment, "state")), "disputed")));
	return put_shares(cx, p);
}

enum err admin_payment(struct cx *cx, struct page *p)
{
	struct client c;
	json_t *payment;

	TRY(payment_row(cx, p->id, &payment));
	TRY(client_get(cx, json_integer_value(json_object_get(payment, "client_id")), &c));
	page_title(cx, p, "Payment %lld", (long long)p->id);
	page_put(p, "payment", payment);
	page_put(p, "client", client_view(cx, &c));
	TRY(put_invoice(cx, p, json_integer_value(json_object_get(payment, "invoice_id"))));
	TRY(put_refunds(cx, p, payment));
	return admin_put_events(cx, p,
	    &(struct event_filter){.subject = "payment", .subject_id = p->id});
}
