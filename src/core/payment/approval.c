/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four eyes: above a threshold, giving money away waits for a second member of staff. Here are the
 * wish, the decision, and the credit and write-offs that follow; refunds have their own life in
 * refund.c.
 */
#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/payment/own.h"
#include "fmt/form.h"

bool approval_needed(const struct settings *s, int64_t threshold_minor, int64_t amount_minor,
    const char *currency)
{
	if (threshold_minor <= 0)
		return false;
	/* Without a stated rate nobody can say that it is less. */
	return !str_eq(currency, s->company_currency) || amount_minor >= threshold_minor;
}

static enum err tell(struct cx *cx, const struct approval *a, const char *event)
{
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:I s:I s:s s:s}", "kind", a->kind, "about", a->subject, "about_id",
	        a->subject_id, "amount_minor", a->amount_minor, "currency", a->currency, "reason",
	        a->reason));
	return event_add(cx, &(struct event){"approval", a->id, event, a->client_id, data}, NULL);
}

enum err approval_ask(struct cx *cx, struct approval *a, int64_t *ret_id)
{
	a->requested_by = cx->actor.kind == ACTOR_STAFF ? cx->actor.id : 0;
	TRY(approval_store_insert(cx, a, &a->id));
	*ret_id = a->id;
	return tell(cx, a, "request");
}

/* ---- wishes ---- */

struct wish {
	const struct approval_credit *credit;
	int64_t invoice_id, approval_id;
	const char *reason;
};

static enum err credit_body(struct cx *cx, void *arg)
{
	struct wish *w = arg;
	const struct approval_credit *c = w->credit;
	struct settings s;
	struct client client;
	TRY(setting_load(cx, &s));
	w->approval_id = 0;
	bool valid = c->amount_minor > 0 && c->amount_minor <= MONEY_MINOR_MAX &&
	    currency_digits(c->currency) >= 0 && !str_empty(c->reason);
	/* What is wrong in it is told by the verb itself. */
	if (!valid || !approval_needed(&s, s.approval_credit_minor, c->amount_minor, c->currency))
		return payment_grant(cx, c->client_id, c->currency, c->amount_minor, c->reason);
	TRY(client_get(cx, c->client_id, &client));
	struct approval a = {.kind = "credit",
	    .subject = "client",
	    .subject_id = c->client_id,
	    .client_id = c->client_id,
	    .amount_minor = c->amount_minor,
	    .currency = c->currency,
	    .reason = c->reason};
	return approval_ask(cx, &a, &w->approval_id);
}

enum err approval_give_credit(struct cx *cx, const struct approval_credit *in,
    int64_t *ret_approval_id)
{
	struct wish w = {.credit = in};
	TRY(db_tx(cx, credit_body, &w));
	*ret_approval_id = w.approval_id;
	return OK;
}

static enum err write_off_body(struct cx *cx, void *arg)
{
	struct wish *w = arg;
	struct settings s;
	struct invoice i;
	TRY(setting_load(cx, &s));
	TRY(invoice_get(cx, 0, w->invoice_id, &i));
	w->approval_id = 0;
	bool open = i.state == INVOICE_OPEN || i.state == INVOICE_OVERDUE;
	if (!open || !approval_needed(&s, s.approval_write_off_minor, i.balance_minor, i.currency))
		return invoice_write_off(cx, i.id, w->reason);
	struct approval a = {.kind = "write_off",
	    .subject = "invoice",
	    .subject_id = i.id,
	    .client_id = i.client_id,
	    .amount_minor = i.balance_minor,
	    .currency = i.currency,
	    .reason = w->reason};
	return approval_ask(cx, &a, &w->approval_id);
}

enum err approval_write_off(struct cx *cx, int64_t invoice_id, const char *reason,
    int64_t *ret_approval_id)
{
	struct wish w = {.invoice_id = invoice_id, .reason = str_or(reason, "")};
	TRY(db_tx(cx, write_off_body, &w));
	*ret_approval_id = w.approval_id;
	return OK;
}

static const char *detail_of(struct cx *cx, const struct credit_wish *w)
{
	struct buf b;
	if (w->items_n == 0)
		return w->amount_minor == 0 ? "all" : "";
	buf_init(&b, cx->arena);
	for (size_t i = 0; i < w->items_n; i++)
		buf_printf(&b, "%s%lld", i == 0 ? "" : ",", (long long)w->item_ids[i]);
	return buf_text(&b);
}

struct note_wish {
	const struct credit_wish *wish;
	int64_t note_id, approval_id;
};

static enum err note_body(struct cx *cx, void *arg)
{
	struct note_wish *n = arg;
	const struct credit_wish *w = n->wish;
	struct settings s;
	struct credit_sum sum;
	bool existing;
	n->note_id = n->approval_id = 0;
	TRY(setting_load(cx, &s));
	TRY(credit_note_sum(cx, w, &sum));
	bool waits = !sum.existing && sum.credit_minor > 0 &&
	    approval_needed(&s, s.approval_credit_minor, sum.credit_minor, sum.currency);
	if (!waits)
		return credit_note_make(cx, w, &n->note_id, &existing);
	struct approval a = {.kind = "credit_note",
	    .subject = "invoice",
	    .subject_id = w->invoice_id,
	    .client_id = sum.client_id,
	    .amount_minor = sum.gross_minor,
	    .currency = sum.currency,
	    .reason = str_or(w->reason, ""),
	    .detail = detail_of(cx, w)};
	return approval_ask(cx, &a, &n->approval_id);
}

enum err approval_credit_note(struct cx *cx, const struct credit_wish *in, int64_t *ret_note_id,
    int64_t *ret_approval_id)
{
	struct note_wish n = {.wish = in};
	if (in->amount_minor < 0)
		return fail_field(cx, "amount_minor", "credit_note.amount",
		    "Enter an amount above zero");
	TRY(db_tx(cx, note_body, &n));
	*ret_note_id = n.note_id;
	*ret_approval_id = n.approval_id;
	return OK;
}

/* ---- the decision ---- */

struct decision {
	int64_t id;
	bool approve;
};

/* More than was approved is not written off. */
static enum err write_off(struct cx *cx, const struct approval *a)
{
	struct invoice i;
	TRY(invoice_get(cx, 0, a->subject_id, &i));
	if (i.balance_minor > a->amount_minor)
		return fail(cx, ERR_CONFLICT, "approval.changed",
		    "More is open now than was to be approved: ask for it again");
	return invoice_write_off(cx, i.id, a->reason);
}

static enum err credit_note(struct cx *cx, const struct approval *a)
{
	struct credit_wish w = {.invoice_id = a->subject_id,
	    .reason = a->reason,
	    .from = DAY_NONE,
	    .to = DAY_NONE};
	struct credit_sum sum;
	int64_t note_id;
	size_t n;
	bool existing;
	char **parts = str_split(cx->arena, a->detail, ',', &n);
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, n);
	bool all = str_eq(a->detail, "all"), amount = str_empty(a->detail);
	for (size_t i = 0; i < n && !all && !amount; i++)
		if (!str_int(parts[i], &ids[i]))
			return fail(cx, ERR_INTERNAL, "approval.detail", "%s is no item", parts[i]);
	w.amount_minor = amount ? a->amount_minor : 0;
	w.item_ids = ids;
	w.items_n = all || amount ? 0 : n;
	TRY(credit_note_sum(cx, &w, &sum));
	if (sum.gross_minor > a->amount_minor || sum.existing)
		return fail(cx, ERR_CONFLICT, "approval.changed",
		    "Something else is left of the invoice now than was to be credited");
	return credit_note_make(cx, &w, &note_id, &existing);
}

static enum err carry_out(struct cx *cx, const struct approval *a)
{
	if (str_eq(a->kind, "refund"))
		return refund_approved(cx, a->subject_id);
	if (str_eq(a->kind, "write_off"))
		return write_off(cx, a);
	if (str_eq(a->kind, "credit_note"))
		return credit_note(cx, a);
	return payment_grant(cx, a->client_id, a->currency, a->amount_minor, a->reason);
}

static enum err decide_body(struct cx *cx, void *arg)
{
	const struct decision *d = arg;
	struct approval a;
	TRY(approval_get(cx, d->id, &a));
	if (cx->actor.kind != ACTOR_STAFF)
		return fail(cx, ERR_DENIED, "approval.staff", "Only staff can decide on this");
	if (d->approve && cx->actor.id == a.requested_by)
		return fail(cx, ERR_DENIED, "approval.same",
		    "Somebody else must approve what you have asked for");
	int to = fsm_next(&approval_fsm, (int)a.state,
	    d->approve ? (int)APPROVAL_APPROVE : (int)APPROVAL_REFUSE);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "approval.decided", "This is %s already",
		    approval_fsm.states[a.state]);
	TRY(approval_store_set(cx, &a, (enum approval_state)to, cx->actor.id));
	TRY(tell(cx, &a, d->approve ? "approve" : "refuse"));
	if (d->approve)
		return carry_out(cx, &a);
	return str_eq(a.kind, "refund") ? refund_refused(cx, a.subject_id) : OK;
}

enum err approval_decide(struct cx *cx, int64_t id, bool approve)
{
	return db_tx(cx, decide_body, &(struct decision){id, approve});
}
