/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LAW-03: items of an unpaid invoice are cancelled. The documents are core/invoice's; here
 * payments, services and the order follow them in the same transaction.
 */
#include "base/str.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "db/db.h"
#include "flow/own.h"

struct doing {
	const struct correct_items *in;
	struct correct_done done;
	struct settings settings;
	struct invoice invoice;
};

/* What was paid on the old one pays the new one; what is left over stays credit of the client. */
static enum err move_payments(struct cx *cx, const struct doing *d, int64_t paid_minor)
{
	int64_t used = 0;
	if (d->done.invoice_id != 0 && paid_minor > 0)
		TRY(payment_use_credit_upto(cx, d->done.invoice_id, paid_minor, &used));
	int64_t kept = paid_minor - used;
	if (kept <= 0 ||
	    !approval_needed(&d->settings, d->settings.approval_credit_minor, kept,
	        d->invoice.currency))
		return OK;
	return fail(cx, ERR_CONFLICT, "approval.needed",
	    "%s that was paid would become credit, which a second person must approve: issue a"
	    " credit note over the items instead",
	    money_print(cx->arena, money_of(kept, d->invoice.currency)));
}

static enum err reissue(struct cx *cx, struct doing *d)
{
	int64_t uncredited;
	TRY(invoice_uncredited(cx, d->invoice.id, &uncredited));
	int64_t paid = uncredited - d->invoice.balance_minor;
	TRY(invoice_reissue(cx, &d->in->wish, &d->done.note_id, &d->done.invoice_id));
	if (d->done.invoice_id != 0 && d->invoice.order_id != 0)
		TRY(order_invoice_replaced(cx, d->invoice.order_id, d->done.invoice_id));
	TRY(move_payments(cx, d, paid));
	return service_recount(cx, d->invoice.id);
}

static enum err end_services(struct cx *cx, const struct doing *d)
{
	const struct credit_wish *w = &d->in->wish;
	struct invoice_item *items;
	size_t n;
	TRY(invoice_items(cx, w->invoice_id, &items, &n));
	for (size_t i = 0; i < n; i++) {
		struct service s;
		bool chosen = false;
		for (size_t k = 0; k < w->items_n; k++)
			chosen = chosen || items[i].id == w->item_ids[k];
		if (!chosen || items[i].service_id == 0)
			continue;
		TRY(service_get(cx, 0, items[i].service_id, &s));
		if (s.state != SERVICE_CANCELLED && s.state != SERVICE_TERMINATED &&
		    !day_set(s.cancel_on))
			TRY(service_cancel(cx, 0, s.id, true, w->reason));
	}
	return OK;
}

static enum err body(struct cx *cx, void *arg)
{
	struct doing *d = arg;
	const struct credit_wish *w = &d->in->wish;
	bool pending;
	d->done = (struct correct_done){0};
	TRY(setting_load(cx, &d->settings));
	TRY(invoice_get(cx, 0, w->invoice_id, &d->invoice));
	if (w->items_n == 0)
		return fail_field(cx, "item_ids", "field.required", "Choose what is cancelled");
	TRY(attempt_pending(cx, w->invoice_id, &pending));
	if (pending)
		return fail(cx, ERR_CONFLICT, "invoice.paying",
		    "A payment of invoice %s is on its way: wait for it", d->invoice.number);
	if (str_eq(d->settings.billing_item_cancel, "reissue"))
		TRY(reissue(cx, d));
	else if (d->invoice.state == INVOICE_PAID || d->invoice.state == INVOICE_DRAFT)
		return fail(cx, ERR_CONFLICT, "invoice.refused",
		    "Items can be cancelled only on an unpaid invoice");
	else
		TRY(approval_credit_note(cx, w, &d->done.note_id, &d->done.approval_id));
	if (d->done.note_id != 0)
		TRY(service_recount(cx, d->invoice.id));
	return d->in->end_services && d->done.note_id != 0 ? end_services(cx, d) : OK;
}

enum err correct_items(struct cx *cx, const struct correct_items *in, struct correct_done *ret)
{
	struct doing d = {.in = in};
	TRY(db_tx(cx, body, &d));
	*ret = d.done;
	return OK;
}
