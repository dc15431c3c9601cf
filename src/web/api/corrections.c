/* SPDX-License-Identifier: Apache-2.0 */
/* The API's corrections of issued invoices: credit notes, cancelled items, debit corrections. */
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "flow/flow.h"
#include "web/api/api.h"
#include "web/handlers.h"
#include "web/ids.h"

static enum err show(struct cx *cx, struct page *p, int64_t id)
{
	struct invoice i;
	json_t *view;
	TRY(invoice_get(cx, 0, id, &i));
	TRY(invoice_view(cx, &i, &view));
	page_out(p, view);
	return OK;
}

/* Waits for a second person: 202, the invoice as it is, and the number of the approval. */
static enum err waits(struct cx *cx, struct page *p, int64_t approval_id)
{
	TRY(show(cx, p, p->id));
	page_set(p, "approval_id", json_integer(approval_id));
	p->status = 202;
	return OK;
}

enum err api_invoice_credit(struct cx *cx, struct page *p)
{
	struct api_note in;
	struct invoice i;
	int64_t *ids, note_id, approval_id;
	size_t n;
	web_ids_flatten(cx, p, "item_ids");
	TRY(page_read(cx, p, &api_note_fields, &in));
	TRY(web_ids(cx, "item_ids", in.item_ids, &ids, &n));
	if (n > 0 && in.amount_minor > 0)
		return fail_field(cx, "amount_minor", "credit_note.both",
		    "Give items or an amount, not both");
	TRY(invoice_get(cx, 0, p->id, &i));
	bool existing = invoice_is_void(&i);
	const struct credit_wish w = {p->id, in.amount_minor, ids, n, str_or(in.reason, NULL),
	    in.once, DAY_NONE, DAY_NONE};
	TRY(approval_credit_note(cx, &w, &note_id, &approval_id));
	if (approval_id != 0)
		return waits(cx, p, approval_id);
	p->status = existing ? 200 : 201;
	return show(cx, p, note_id != 0 ? note_id : p->id); /* a cancelled proforma has none */
}

enum err api_invoice_cancel_items(struct cx *cx, struct page *p)
{
	struct api_items in;
	struct correct_items c = {0};
	struct correct_done done;
	int64_t *ids;
	web_ids_flatten(cx, p, "item_ids");
	TRY(page_read(cx, p, &api_items_fields, &in));
	TRY(web_ids(cx, "item_ids", in.item_ids, &ids, &c.wish.items_n));
	c.wish = (struct credit_wish){p->id, 0, ids, c.wish.items_n, in.reason, NULL, DAY_NONE,
	    DAY_NONE};
	c.end_services = in.end_services;
	TRY(correct_items(cx, &c, &done));
	if (done.approval_id != 0)
		return waits(cx, p, done.approval_id);
	TRY(show(cx, p, done.invoice_id != 0 ? done.invoice_id : p->id));
	page_set(p, "credit_note_id", done.note_id != 0 ? json_integer(done.note_id) : NULL);
	p->status = 201;
	return OK;
}

enum err api_invoice_correct(struct cx *cx, struct page *p)
{
	struct correction_input in;
	int64_t id;
	TRY(page_read(cx, p, &correction_fields, &in));
	TRY(invoice_correct(cx, p->id, &in, &id));
	p->status = 201;
	return show(cx, p, id);
}
