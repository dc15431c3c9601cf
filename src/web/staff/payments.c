/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payments for staff: money received, where from and for what. Recording one is on the invoice's
 * page.
 */
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
	return admin_put_events(cx, p,
	    &(struct event_filter){.subject = "payment", .subject_id = p->id});
}
