/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corrections: credit notes, the only way to take back what an issued invoice says. What a note
 * takes back is note.c; here it is written, charges are released, and money paid beyond what is
 * owed becomes the client's credit.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/own.h"
#include "core/ledger/ledger.h"
#include "fmt/form.h"

struct credit {
	struct credit_wish wish;
	int64_t note_id;
	bool existing;
};

/* What was paid on the invoice beyond what is still owed becomes the client's credit. */
static enum err surplus_to_credit(struct cx *cx, const struct invoice *i, int64_t note_id,
    struct day today)
{
	int64_t balance;
	TRY(ledger_invoice_balance(cx, i->id, &balance));
	if (balance >= 0)
		return OK;
	struct transfer t = {
	    .key = arena_printf(cx->arena, "i%" PRId64 "/surplus", note_id),
	    .code = LEDGER_OVERPAYMENT,
	    .debit = "receivable",
	    .credit = "credit",
	    .amount = money_of(-balance, i->currency),
	    .client_id = i->client_id,
	    .invoice_id = i->id,
	    .booked_on = today,
	};
	return ledger_post(cx, &t, 1);
}

/* What is taken back may be charged again: the whole document, or the chosen items. */
static enum err release(struct cx *cx, const struct crediting *c, int64_t note_id)
{
	if (c->whole) {
		TRY(invoice_apply(cx, c->invoice.id, INVOICE_CREDIT, c->reason));
		return c->keep ? OK : invoice_store_release(cx, c->invoice.id);
	}
	if (!c->by_item)
		return OK;
	/* The last first: of what goes together the earlier terms are followed by none. */
	for (size_t i = c->items_n; i-- > 0;)
		if (c->chosen[i])
			TRY(invoice_store_release_item(cx, c->items[i].id));
	json_t *data =
	    json_keep(cx, json_pack("{s:I s:s}", "note_id", note_id, "reason", c->reason));
	return event_add(cx,
	    &(struct event){"invoice", c->invoice.id, "credit_items", c->invoice.client_id, data},
	    NULL);
}

static enum err note_write(struct cx *cx, const struct crediting *c, const char *cause,
    int64_t *ret_note_id)
{
	struct settings s;
	const struct invoice *i = &c->invoice;
	TRY(setting_load(cx, &s));
	struct day today = setting_today(cx, &s);
	struct invoice_plan p = {
	    .cause = cause,
	    .client_id = i->client_id,
	    .order_id = i->order_id,
	    .currency = i->currency,
	    .note = c->reason,
	    .issued_on = today,
	    .due_on = today,
	    .seller = i->seller,
	    .buyer = i->buyer,
	    .rounding = i->rounding,
	    .prices = i->prices,
	    .rate = i->rate,
	    .format = s.credit_note_format,
	    .series = invoice_series(cx->arena, "credit_note", &s, today),
	};
	credit_note_plan(cx, c, &p);
	struct invoice_writing w = {.plan = &p, .kind = "credit_note", .refers_to_id = i->id};
	TRY(invoice_write(cx, &w, 1, ret_note_id));
	TRY(release(cx, c, *ret_note_id));
	TRY(surplus_to_credit(cx, i, *ret_note_id, today));
	return invoice_settle(cx, i->id);
}

enum err invoice_uncredited(struct cx *cx, int64_t id, int64_t *ret_minor)
{
	struct invoice i;
	int64_t credited;
	TRY(invoice_get(cx, 0, id, &i));
	TRY(invoice_store_credited(cx, id, &credited));
	bool closed = invoice_is_void(&i) || i.state == INVOICE_WRITTEN_OFF;
	*ret_minor = closed ? 0 : i.total_minor - credited;
	return OK;
}

static const char *cause_of(struct cx *cx, const struct credit_wish *w)
{
	return str_empty(w->once) ?
	    NULL :
	    arena_printf(cx->arena, "credit/%" PRId64 "/%s", w->invoice_id, w->once);
}

/*
 * Was it done already? The note made from the same form, or over the whole; a cancelled proforma
 * has none.
 */
static enum err note_there(struct cx *cx, const struct credit_wish *w, int64_t *ret_id, bool *ret)
{
	struct invoice i;
	const char *cause = cause_of(cx, w);
	*ret_id = 0;
	*ret = false;
	if (cause != NULL) {
		enum err err = invoice_find_cause(cx, cause, &i);
		if (err == OK) {
			*ret_id = i.id;
			*ret = true;
		}
		if (err != ERR_NOT_FOUND)
			return err;
		cx_clear(cx);
	}
	TRY(invoice_get(cx, 0, w->invoice_id, &i));
	bool all = w->amount_minor == 0 && w->items_n == 0;
	*ret = all && invoice_is_void(&i);
	return *ret && i.state == INVOICE_CREDITED ? invoice_store_note_of(cx, i.id, ret_id) : OK;
}

static enum err credit_body(struct cx *cx, void *arg)
{
	struct credit *c = arg;
	struct crediting taking;
	TRY(note_there(cx, &c->wish, &c->note_id, &c->existing));
	if (c->existing)
		return OK;
	TRY(credit_note_load(cx, &c->wish, &taking));
	if (invoice_is_proforma(&taking.invoice)) {
		if (taking.whole)
			return invoice_cancel_proforma(cx, &taking.invoice, taking.reason);
		TRY(invoice_finalize(cx, taking.invoice.id));
		TRY(credit_note_load(cx, &c->wish, &taking));
	}
	return note_write(cx, &taking, cause_of(cx, &c->wish), &c->note_id);
}

enum err credit_note_make(struct cx *cx, const struct credit_wish *w, int64_t *ret_note_id,
    bool *ret_existing)
{
	struct credit c = {.wish = *w};
	if (w->amount_minor < 0)
		return fail_field(cx, "amount_minor", "credit_note.amount",
		    "Enter an amount above zero");
	TRY(db_tx(cx, credit_body, &c));
	*ret_note_id = c.note_id;
	*ret_existing = c.existing;
	return OK;
}

enum err credit_note_sum(struct cx *cx, const struct credit_wish *w, struct credit_sum *ret)
{
	struct crediting c;
	int64_t note_id;
	bool there;
	TRY(note_there(cx, w, &note_id, &there));
	TRY(credit_note_load(cx, w, &c));
	int64_t over = c.gross_minor - c.invoice.balance_minor;
	*ret = (struct credit_sum){c.gross_minor, over > 0 ? over : 0, c.invoice.currency,
	    c.invoice.client_id, there};
	return OK;
}

enum err credit_note_full(struct cx *cx, int64_t id, const char *reason, int64_t *ret_note_id,
    bool *ret_existing)
{
	const struct credit_wish w = {.invoice_id = id,
	    .reason = str_or(reason, "Cancelled"),
	    .from = DAY_NONE,
	    .to = DAY_NONE};
	return credit_note_make(cx, &w, ret_note_id, ret_existing);
}

enum err credit_note_amount(struct cx *cx, int64_t id, int64_t gross_minor, const char *reason,
    int64_t *ret_note_id)
{
	bool existing;
	const struct credit_wish w = {.invoice_id = id,
	    .amount_minor = gross_minor,
	    .reason = reason,
	    .from = DAY_NONE,
	    .to = DAY_NONE};
	if (gross_minor <= 0)
		return fail_field(cx, "amount_minor", "credit_note.amount",
		    "Enter an amount above zero");
	return credit_note_make(cx, &w, ret_note_id, &existing);
}
