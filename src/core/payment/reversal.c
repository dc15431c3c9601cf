/* SPDX-License-Identifier: Apache-2.0 */
/* Money that went back: refunds, disputes and disputes won, booked once per fact of the provider (its id is part of the posting's key). */
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/payment/own.h"
#include "fmt/form.h"

struct reversal {
	int64_t id, amount_minor; /* amount 0: all of the payment */
	const char *remote_id;
	enum payment_event event;
};

/* What one kind of reversal does to the books. */
static const struct {
	enum ledger_code code;
	bool back; /* money comes back to us */
} kinds[PAYMENT_EVENTS] = {
	[PAYMENT_REFUND_PART] = {LEDGER_REFUND, false},
	[PAYMENT_REFUND] = {LEDGER_REFUND, false},
	[PAYMENT_DISPUTE] = {LEDGER_DISPUTE, false},
	[PAYMENT_DISPUTE_WON] = {LEDGER_DISPUTE_WON, true},
};

static enum err post(struct cx *cx, const struct payment *p, const struct reversal *r, struct day today)
{
	const char *cash = arena_printf(cx->arena, "cash:%s", p->gateway);
	const char *ours = p->invoice_id != 0 ? "receivable" : "credit";
	bool back = kinds[r->event].back;
	struct transfer t = {
		.key = arena_printf(cx->arena, "p%" PRId64 "/%s/%s", p->id, payment_fsm.events[r->event], r->remote_id),
		.code = kinds[r->event].code,
		.debit = back ? cash : ours,
		.credit = back ? ours : cash,
		.amount = money_of(r->amount_minor, p->currency),
		.client_id = p->client_id,
		.invoice_id = p->invoice_id,
		.payment_id = p->id,
		.booked_on = today,
	};
	return ledger_post(cx, &t, 1);
}

/* A refund takes back what was invoiced: a credit note over it, as far as the invoice still allows. */
static enum err refund_note(struct cx *cx, const struct payment *p, int64_t amount_minor)
{
	int64_t note;
	enum err err = credit_note_amount(cx, p->invoice_id, amount_minor, "Refund", &note);
	/* Already credited in full before: the money simply went back. */
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "credit_note.too_much")) {
		cx_clear(cx);
		return invoice_settle(cx, p->invoice_id);
	}
	return err;
}

static enum err reversal_body(struct cx *cx, void *arg)
{
	struct reversal r = *(const struct reversal *)arg;
	struct payment p;
	struct settings s;
	TRY(payment_get(cx, 0, r.id, &p));
	TRY(setting_load(cx, &s));
	int64_t left = p.amount_minor - p.refunded_minor;
	bool refund = r.event == PAYMENT_REFUND_PART;
	if (r.amount_minor == 0)
		r.amount_minor = left;
	if (r.amount_minor > left)
		return fail(cx, ERR_CONFLICT, "payment.refund", "Only %s of the payment is left to refund",
		    money_print(cx->arena, money_of(left, p.currency)));
	if (refund && r.amount_minor == left)
		r.event = PAYMENT_REFUND;
	int to = fsm_next(&payment_fsm, (int)p.state, (int)r.event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "payment.refused", "The payment is %s: cannot %s", payment_fsm.states[p.state],
		    payment_fsm.events[r.event]);
	TRY(payment_store_set(cx, &p, (enum payment_state)to, p.refunded_minor + (refund ? r.amount_minor : 0)));
	TRY(post(cx, &p, &r, setting_today(cx, &s)));
	json_t *data = json_keep(cx, json_pack("{s:I s:s s:s}", "amount_minor", r.amount_minor, "currency", p.currency,
	    "remote_id", r.remote_id));
	TRY(event_add(cx, &(struct event){"payment", p.id, payment_fsm.events[r.event], p.client_id, data}, NULL));
	if (p.invoice_id == 0)
		return OK;
	return refund ? refund_note(cx, &p, r.amount_minor) : invoice_settle(cx, p.invoice_id);
}

enum err payment_refunded(struct cx *cx, int64_t id, int64_t amount_minor, const char *remote_id)
{
	return db_tx(cx, reversal_body, &(struct reversal){id, amount_minor, remote_id, PAYMENT_REFUND_PART});
}

enum err payment_disputed(struct cx *cx, int64_t id, const char *remote_id)
{
	return db_tx(cx, reversal_body, &(struct reversal){id, 0, remote_id, PAYMENT_DISPUTE});
}

enum err payment_dispute_won(struct cx *cx, int64_t id, const char *remote_id)
{
	return db_tx(cx, reversal_body, &(struct reversal){id, 0, remote_id, PAYMENT_DISPUTE_WON});
}
