/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the money of a payment stands now (the invoices it paid, or the client's credit), and
 * taking it from there when it leaves. Which reversal it is, and what documents follow, is refund.c
 * and reversal.c. The ledger is the memory: nothing here is remembered elsewhere.
 */
#include <assert.h>
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/payment/own.h"
#include "fmt/form.h"

/* What a payment did to one invoice, and what is left to take there. */
struct share {
	int64_t invoice_id, paid, back, room; /* room: can be taken from the invoice itself */
	bool is_funds;
};
struct standing {
	struct share *shares;
	size_t n;
	int64_t over, back, given; /* became credit; taken from credit; refunded to credit */
	int64_t free;              /* the client's credit now */
};

static struct share *share_of(struct standing *st, int64_t invoice_id)
{
	for (size_t i = 0; i < st->n; i++)
		if (st->shares[i].invoice_id == invoice_id)
			return &st->shares[i];
	st->shares[st->n] = (struct share){.invoice_id = invoice_id};
	return &st->shares[st->n++];
}

/* One transfer of the payment. Losses and credit taken back from what it paid are no part of it. */
static void standing_add(struct standing *st, const struct transfer *t)
{
	int64_t a = t->amount.minor;
	if (t->code == LEDGER_USE_CREDIT || str_eq(t->debit, "refund") ||
	    str_eq(t->debit, "dispute") || str_eq(t->credit, "dispute"))
		return;
	if (t->code == LEDGER_PAYMENT)
		share_of(st, t->invoice_id)->paid += a;
	else if (str_eq(t->credit, "receivable"))
		share_of(st, t->invoice_id)->back -= a;
	else if (str_eq(t->debit, "receivable"))
		share_of(st, t->invoice_id)->back += a;
	if (t->code == LEDGER_OVERPAYMENT)
		st->over += a;
	else if (t->code == LEDGER_REFUND && str_eq(t->credit, "credit"))
		st->given += a;
	else if (str_eq(t->credit, "credit"))
		st->back -= a;
	else if (str_eq(t->debit, "credit"))
		st->back += a;
}

static enum err standing_load(struct cx *cx, const struct payment *p, struct standing *ret)
{
	struct transfer *t;
	size_t n;
	TRY(ledger_of_payment(cx, p->id, &t, &n));
	struct standing st = {.shares = ARENA_ARRAY(cx->arena, struct share, n + 1)};
	for (size_t i = 0; i < n; i++)
		standing_add(&st, &t[i]);
	for (size_t i = 0; i < st.n; i++) {
		struct share *s = &st.shares[i];
		struct invoice inv;
		int64_t left;
		TRY(invoice_get(cx, 0, s->invoice_id, &inv));
		TRY(invoice_uncredited(cx, s->invoice_id, &left));
		s->is_funds = invoice_is_funds(&inv);
		s->room = s->paid - s->back < left ? s->paid - s->back : left;
		s->room = s->room > 0 ? s->room : 0;
	}
	TRY(ledger_credit(cx, p->client_id, p->currency, &st.free));
	*ret = st;
	return OK;
}

/* What of the payment is credit now: paid too much, or for what was credited since. */
static int64_t in_credit(const struct standing *st, enum payment_draw_mode mode)
{
	int64_t sum = st->over - st->back + (mode == PAYMENT_DRAW_ALL ? st->given : 0);
	for (size_t i = 0; i < st->n; i++) {
		const struct share *s = &st->shares[i];
		sum += s->paid - s->back - s->room;
	}
	return sum > 0 ? sum : 0;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

enum err payment_draw(struct cx *cx, const struct payment_draw *d, struct payment_piece **ret,
    size_t *ret_n)
{
	struct standing st;
	size_t n = 0;
	int64_t rest = d->amount_minor;
	TRY(standing_load(cx, d->payment, &st));
	struct payment_piece *pieces = ARENA_ARRAY(cx->arena, struct payment_piece, st.n + 1);
	int64_t credit = d->to_credit ? 0 : least(rest, in_credit(&st, d->mode));
	if (d->mode == PAYMENT_DRAW_ASKED)
		credit = least(credit, st.free);
	if (credit > 0)
		pieces[n++] = (struct payment_piece){true, false, 0, credit};
	rest -= credit;
	st.free -= credit;
	/* The newest invoice gives first: the oldest stays paid. */
	for (size_t i = st.n; i > 0 && rest > 0; i--) {
		const struct share *s = &st.shares[i - 1];
		int64_t take = least(rest, s->room);
		if (s->is_funds && d->mode == PAYMENT_DRAW_ASKED)
			take = least(take, st.free);
		if (take <= 0 || (s->is_funds && d->to_credit))
			continue;
		pieces[n++] = (struct payment_piece){false, s->is_funds, s->invoice_id, take};
		rest -= take;
		st.free -= s->is_funds ? take : 0;
	}
	if (rest > 0)
		return d->to_credit ?
		    fail(cx, ERR_CONFLICT, "refund.credit",
		        "%s of it is the client's credit already",
		        money_print(cx->arena, money_of(rest, d->payment->currency))) :
		    fail(cx, ERR_CONFLICT, "refund.spent",
		        "%s of it became credit, and the client has used that",
		        money_print(cx->arena, money_of(rest, d->payment->currency)));
	*ret = pieces;
	*ret_n = n;
	return OK;
}

/* ---- taking ---- */

/* An open or paid invoice takes its payment by credit back; others have ended with it. */
static enum err take_use(struct cx *cx, const struct payment_out *o, const struct ledger_use *u,
    int64_t *missing, struct payment_touched *touched)
{
	struct invoice i;
	const struct payment *p = o->payment;
	TRY(invoice_get(cx, 0, u->invoice_id, &i));
	if (i.state != INVOICE_PAID && i.state != INVOICE_OPEN && i.state != INVOICE_OVERDUE)
		return OK;
	int64_t amount = least(*missing, u->amount_minor);
	struct transfer t = {
	    .key = arena_printf(cx->arena, "%s/use/%" PRId64, o->prefix, i.id),
	    .code = LEDGER_USE_CREDIT,
	    .debit = "receivable",
	    .credit = "credit",
	    .amount = money_of(amount, p->currency),
	    .client_id = p->client_id,
	    .invoice_id = i.id,
	    .payment_id = p->id,
	    .booked_on = o->booked_on,
	};
	TRY(ledger_post(cx, &t, 1));
	touched->ids[touched->n++] = i.id;
	*missing -= amount;
	return OK;
}

/* Credit that was given for money that is gone, and used: the newest uses are undone. What even
 * that does not bring is our loss. */
static enum err credit_back(struct cx *cx, const struct payment_out *o, int64_t need,
    struct payment_touched *touched)
{
	const struct payment *p = o->payment;
	struct ledger_use *uses;
	size_t n;
	int64_t free;
	TRY(ledger_credit(cx, p->client_id, p->currency, &free));
	int64_t missing = need - free;
	if (missing <= 0)
		return OK;
	assert(o->told);
	TRY(ledger_credit_uses(cx, p->client_id, p->currency, &uses, &n));
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, touched->n + n);
	for (size_t i = 0; i < touched->n; i++)
		ids[i] = touched->ids[i];
	touched->ids = ids;
	for (size_t i = 0; i < n && missing > 0; i++)
		TRY(take_use(cx, o, &uses[i], &missing, touched));
	struct transfer loss = {
	    .key = arena_printf(cx->arena, "%s/loss", o->prefix),
	    .code = o->code,
	    .debit = o->code == LEDGER_REFUND ? "refund" : "dispute",
	    .credit = "credit",
	    .amount = money_of(missing, p->currency),
	    .client_id = p->client_id,
	    .payment_id = p->id,
	    .booked_on = o->booked_on,
	};
	return ledger_post(cx, &loss, 1);
}

enum err payment_take(struct cx *cx, const struct payment_out *o, struct payment_touched *ret)
{
	const struct payment *p = o->payment;
	struct payment_touched touched = {.ids = ARENA_ARRAY(cx->arena, int64_t, o->n + 1)};
	int64_t need = 0;
	for (size_t i = 0; i < o->n; i++) {
		need +=
		    o->pieces[i].is_credit || o->pieces[i].is_funds ? o->pieces[i].amount_minor : 0;
		if (!o->pieces[i].is_credit)
			touched.ids[touched.n++] = o->pieces[i].invoice_id;
	}
	TRY(credit_back(cx, o, need, &touched));
	for (size_t i = 0; i < o->n; i++) {
		const struct payment_piece *piece = &o->pieces[i];
		struct transfer t = {
		    .key = arena_printf(cx->arena, "%s/%zu", o->prefix, i + 1),
		    .code = o->code,
		    .debit = piece->is_credit ? "credit" : "receivable",
		    .credit = o->out,
		    .amount = money_of(piece->amount_minor, p->currency),
		    .client_id = p->client_id,
		    .invoice_id = piece->invoice_id,
		    .payment_id = p->id,
		    .booked_on = o->booked_on,
		};
		TRY(ledger_post(cx, &t, 1));
	}
	*ret = touched;
	return OK;
}

enum err payment_settle_over(struct cx *cx, int64_t invoice_id, const char *prefix)
{
	struct invoice i;
	struct settings s;
	int64_t balance;
	TRY(invoice_get(cx, 0, invoice_id, &i));
	TRY(ledger_invoice_balance(cx, invoice_id, &balance));
	if (balance >= 0)
		return invoice_settle(cx, invoice_id);
	TRY(setting_load(cx, &s));
	bool recovered = i.state == INVOICE_WRITTEN_OFF;
	struct transfer t = {
	    .key = arena_printf(cx->arena, "%s/over/%" PRId64, prefix, invoice_id),
	    .code = recovered ? LEDGER_WRITE_OFF : LEDGER_OVERPAYMENT,
	    .debit = "receivable",
	    .credit = recovered ? "write_off" : "credit",
	    .amount = money_of(-balance, i.currency),
	    .client_id = i.client_id,
	    .invoice_id = i.id,
	    .booked_on = setting_today(cx, &s),
	};
	TRY(ledger_post(cx, &t, 1));
	return invoice_settle(cx, invoice_id);
}
