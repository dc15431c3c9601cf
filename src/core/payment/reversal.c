/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Money that a bank took back: disputes, won and lost ones, and payments that failed after they had
 * come in. Each is booked once per fact of the provider, whatever the order of its messages.
 * Refunds, which we ask for, are refund.c.
 */
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/payment/own.h"
#include "fmt/form.h"

struct reversal {
	int64_t id;
	const char *number, *reason; /* the provider's number of the dispute */
};

static enum err today_of(struct cx *cx, struct day *ret)
{
	struct settings s;
	TRY(setting_load(cx, &s));
	*ret = setting_today(cx, &s);
	return OK;
}

/* What of the payment is still with us, in cash. */
static enum err cash_left(struct cx *cx, const struct payment *p, int64_t *ret_minor)
{
	struct transfer *t;
	size_t n;
	int64_t left = 0;
	TRY(ledger_of_payment(cx, p->id, &t, &n));
	for (size_t i = 0; i < n; i++) {
		left += str_starts(t[i].debit, "cash:") ? t[i].amount.minor : 0;
		left -= str_starts(t[i].credit, "cash:") ? t[i].amount.minor : 0;
	}
	*ret_minor = left;
	return OK;
}

static enum err move(struct cx *cx, const struct payment *p, enum payment_event event)
{
	int to = fsm_next(&payment_fsm, (int)p->state, (int)event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "payment.refused", "The payment is %s: cannot %s",
		    payment_fsm.states[p->state], payment_fsm.events[event]);
	return payment_store_set(cx, p, (enum payment_state)to, p->refunded_minor);
}

static enum err tell(struct cx *cx, const struct payment *p, const char *event, int64_t amount,
    const char *why)
{
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s s:s}", "amount_minor", amount, "currency", p->currency, "remote_id",
	        why));
	return event_add(cx, &(struct event){"payment", p->id, event, p->client_id, data}, NULL);
}

/* All of what is left of the payment goes out again, and its invoices are open. */
static enum err take_all(struct cx *cx, const struct payment *p, struct payment_out *o,
    int64_t amount_minor, struct payment_touched *ret)
{
	struct payment_piece *pieces;
	const struct payment_draw draw = {p, amount_minor, PAYMENT_DRAW_ALL, false};
	TRY(payment_draw(cx, &draw, &pieces, &o->n));
	o->pieces = pieces;
	o->payment = p;
	o->out = arena_printf(cx->arena, "cash:%s", p->gateway);
	o->told = true;
	TRY(today_of(cx, &o->booked_on));
	TRY(payment_take(cx, o, ret));
	for (size_t i = 0; i < ret->n; i++)
		TRY(payment_settle_over(cx, ret->ids[i], o->prefix));
	return OK;
}

/* ---- disputes ---- */

static enum err dispute_insert(struct cx *cx, const struct payment *p, const struct reversal *r,
    struct dispute *ret)
{
	int64_t amount;
	TRY(cash_left(cx, p, &amount));
	*ret = (struct dispute){.payment_id = p->id,
	    .client_id = p->client_id,
	    .gateway = p->gateway,
	    .remote_id = r->number,
	    .amount_minor = amount,
	    .state = "open"};
	return OK;
}

static enum err disputed_body(struct cx *cx, void *arg)
{
	const struct reversal *r = arg;
	struct payment p;
	struct dispute d;
	struct payment_touched touched;
	TRY(payment_get(cx, 0, r->id, &p));
	TRY(dispute_insert(cx, &p, r, &d));
	TRY(dispute_store_insert(cx, &d, &d.id));
	if (d.id == 0)
		return OK; /* told before, or its end overtook it */
	if (d.amount_minor <= 0)
		return fail(cx, ERR_CONFLICT, "payment.refused",
		    "Nothing of the payment is left that could be disputed");
	TRY(move(cx, &p, PAYMENT_DISPUTE));
	struct payment_out o = {.prefix = arena_printf(cx->arena, "d%" PRId64, d.id),
	    .code = LEDGER_DISPUTE};
	TRY(take_all(cx, &p, &o, d.amount_minor, &touched));
	return tell(cx, &p, "dispute", d.amount_minor, r->number);
}

enum err payment_disputed(struct cx *cx, int64_t id, const char *dispute_id)
{
	return db_tx(cx, disputed_body, &(struct reversal){id, dispute_id, ""});
}

/* Each posting of the dispute the other way round: what it found is there again. */
static enum err mirror(struct cx *cx, const struct payment *p, const struct dispute *d,
    struct payment_touched *ret)
{
	struct transfer *t;
	size_t n;
	struct day today;
	const char *prefix = arena_printf(cx->arena, "d%" PRId64 "/", d->id);
	const char *won = arena_printf(cx->arena, "%swon/", prefix);
	TRY(ledger_of_payment(cx, p->id, &t, &n));
	TRY(today_of(cx, &today));
	struct payment_touched touched = {.ids = ARENA_ARRAY(cx->arena, int64_t, n + 1)};
	for (size_t i = 0; i < n; i++) {
		if (!str_starts(t[i].key, prefix) || str_starts(t[i].key, won))
			continue;
		struct transfer back = t[i];
		back.key = arena_printf(cx->arena, "%s%zu", won, i + 1);
		back.code = t[i].code == LEDGER_USE_CREDIT ? LEDGER_USE_CREDIT : LEDGER_DISPUTE_WON;
		back.debit = t[i].credit;
		back.credit = t[i].debit;
		back.booked_on = today;
		TRY(ledger_post(cx, &back, 1));
		if (t[i].invoice_id != 0)
			touched.ids[touched.n++] = t[i].invoice_id;
	}
	*ret = touched;
	return OK;
}

static enum payment_event won_event(const struct payment *p)
{
	if (p->refunded_minor == 0)
		return PAYMENT_DISPUTE_WON;
	return p->refunded_minor < p->amount_minor ? PAYMENT_DISPUTE_WON_PART :
	                                             PAYMENT_DISPUTE_WON_REFUNDED;
}

/* The dispute of that number; one whose beginning was not told yet is noted as ended. */
static enum err dispute_take(struct cx *cx, const struct payment *p, const struct reversal *r,
    const char *state, struct dispute *ret)
{
	int64_t id;
	enum err err = dispute_find(cx, p->gateway, r->number, ret);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	TRY(dispute_insert(cx, p, r, ret));
	ret->state = state;
	return dispute_store_insert(cx, ret, &id);
}

static enum err won_body(struct cx *cx, void *arg)
{
	const struct reversal *r = arg;
	struct payment p;
	struct dispute d;
	struct payment_touched touched;
	TRY(payment_get(cx, 0, r->id, &p));
	TRY(dispute_take(cx, &p, r, "won", &d));
	if (str_eq(d.state, "won"))
		return OK;
	TRY(move(cx, &p, won_event(&p)));
	TRY(dispute_store_end(cx, &d, "won"));
	TRY(mirror(cx, &p, &d, &touched));
	const char *prefix = arena_printf(cx->arena, "d%" PRId64 "/won", d.id);
	for (size_t i = 0; i < touched.n; i++)
		TRY(payment_settle_over(cx, touched.ids[i], prefix));
	return tell(cx, &p, "dispute_won", d.amount_minor, r->number);
}

enum err payment_dispute_won(struct cx *cx, int64_t id, const char *dispute_id)
{
	return db_tx(cx, won_body, &(struct reversal){id, dispute_id, ""});
}

static enum err lost_body(struct cx *cx, void *arg)
{
	const struct reversal *r = arg;
	struct payment p;
	struct dispute d;
	TRY(payment_get(cx, 0, r->id, &p));
	enum err err = dispute_find(cx, p.gateway, r->number, &d);
	if (err == ERR_NOT_FOUND) {
		/* Its beginning was not told yet: it is opened first. */
		cx_clear(cx);
		TRY(disputed_body(cx, arg));
		TRY(payment_get(cx, 0, r->id, &p));
		err = dispute_find(cx, p.gateway, r->number, &d);
	}
	TRY(err);
	if (!str_eq(d.state, "open"))
		return OK;
	TRY(move(cx, &p, PAYMENT_DISPUTE_LOST));
	TRY(dispute_store_end(cx, &d, "lost"));
	return tell(cx, &p, "dispute_lost", d.amount_minor, r->number);
}

enum err payment_dispute_lost(struct cx *cx, int64_t id, const char *dispute_id)
{
	return db_tx(cx, lost_body, &(struct reversal){id, dispute_id, ""});
}

enum err payment_is_disputed(struct cx *cx, int64_t invoice_id, bool *ret)
{
	int64_t n;
	TRY(payment_store_disputed(cx, invoice_id, &n));
	*ret = n > 0;
	return OK;
}

/* ---- money that did not stay ---- */

static enum err failed_body(struct cx *cx, void *arg)
{
	const struct reversal *r = arg;
	struct payment p;
	struct payment_touched touched;
	int64_t amount;
	TRY(payment_get(cx, 0, r->id, &p));
	if (p.state == PAYMENT_FAILED)
		return OK;
	TRY(move(cx, &p, PAYMENT_FAIL));
	TRY(cash_left(cx, &p, &amount));
	struct payment_out o = {.prefix = arena_printf(cx->arena, "f%" PRId64, p.id),
	    .code = LEDGER_FAIL};
	TRY(take_all(cx, &p, &o, amount, &touched));
	TRY(tell(cx, &p, "fail", amount, r->reason));
	for (size_t i = 0; i < touched.n; i++) {
		struct invoice inv;
		TRY(invoice_get(cx, 0, touched.ids[i], &inv));
		if (inv.state != INVOICE_OPEN && inv.state != INVOICE_OVERDUE)
			continue;
		json_t *data =
		    json_keep(cx, json_pack("{s:I s:s}", "payment_id", p.id, "reason", r->reason));
		TRY(event_add(cx,
		    &(struct event){"invoice", inv.id, "payment_fail", inv.client_id, data}, NULL));
	}
	return OK;
}

enum err payment_failed(struct cx *cx, int64_t id, const char *reason)
{
	return db_tx(cx, failed_body, &(struct reversal){id, "", str_or(reason, "")});
}
