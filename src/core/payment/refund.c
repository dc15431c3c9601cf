/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refunds: asked for by staff, allowed by a second one above a threshold, asked of the provider by
 * a job, booked once when it is done: a credit note takes back what was invoiced, and the money
 * leaves our cash (or becomes credit). What a provider reports of its own accord is booked the same
 * way.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/job/job.h"
#include "core/payment/own.h"
#include "fmt/form.h"

const char *const refund_ways[] = {"gateway", "credit", "offline", NULL};

FIELDS(refund_fields, struct refund_input,
    {.name = "amount_minor",
        .label = "Amount",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = MONEY_MINOR_MAX,
        .offset = offsetof(struct refund_input, amount_minor)},
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .help = "Empty: that of the payment.",
        .offset = offsetof(struct refund_input, currency)},
    {.name = "way",
        .label = "Way",
        .type = FIELD_CHOICE,
        .flags = FIELD_REQUIRED,
        .choices = refund_ways,
        .otherwise = "gateway",
        .help =
            "Gateway: back the way it came. Credit: no money moves. Offline: you pay it yourself.",
        .offset = offsetof(struct refund_input, way)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .help = "Printed on the credit note.",
        .offset = offsetof(struct refund_input, reason)},
    {.name = "reference",
        .label = "Reference",
        .type = FIELD_LINE,
        .help = "Offline: the number of your transfer.",
        .offset = offsetof(struct refund_input, reference)},
    {.name = "gateway",
        .label = "Paid from",
        .type = FIELD_KEY,
        .from = "gateway",
        .otherwise = "bank",
        .help = "Offline: whose cash it leaves.",
        .offset = offsetof(struct refund_input, gateway)},
    {.name = "once",
        .label = "Key",
        .type = FIELD_KEY,
        .max = 60,
        .help = "The same key twice is one refund.",
        .offset = offsetof(struct refund_input, once)}, );

struct request {
	int64_t payment_id, id;
	const struct refund_input *in;
};

/* ---- booking ---- */

/* A provider's word is a fact; our own plan may be refused. */
static enum payment_draw_mode mode_of(const struct payment *p, const struct refund *r)
{
	if (!str_eq(r->way, "gateway"))
		return PAYMENT_DRAW_ASKED;
	return r->amount_minor > p->amount_minor - p->refunded_minor ? PAYMENT_DRAW_ALL :
	                                                               PAYMENT_DRAW_TOLD;
}

static enum err post(struct cx *cx, const struct payment *p, const struct refund *r)
{
	struct settings s;
	struct payment_piece *pieces;
	struct payment_touched touched;
	bool to_credit = str_eq(r->way, "credit");
	struct payment_draw draw = {p, r->amount_minor, mode_of(p, r), to_credit};
	struct payment_out o = {.payment = p,
	    .prefix = arena_printf(cx->arena, "r%" PRId64, r->id),
	    .out = to_credit ? "credit" : arena_printf(cx->arena, "cash:%s", r->gateway),
	    .code = LEDGER_REFUND,
	    .told = draw.mode != PAYMENT_DRAW_ASKED};
	TRY(setting_load(cx, &s));
	TRY(payment_draw(cx, &draw, &pieces, &o.n));
	o.pieces = pieces;
	o.booked_on = setting_today(cx, &s);
	TRY(payment_take(cx, &o, &touched));
	for (size_t i = 0; i < o.n; i++) {
		int64_t note;
		if (!pieces[i].is_credit)
			TRY(credit_note_amount(cx, pieces[i].invoice_id, pieces[i].amount_minor,
			    r->reason, &note));
	}
	for (size_t i = 0; i < touched.n; i++)
		TRY(payment_settle_over(cx, touched.ids[i], o.prefix));
	return OK;
}

static enum err move_payment(struct cx *cx, const struct payment *p, const struct refund *r)
{
	int64_t sum = p->refunded_minor + r->amount_minor;
	bool whole = sum >= p->amount_minor;
	enum payment_event event = whole ? PAYMENT_REFUND : PAYMENT_REFUND_PART;
	int to = p->state == PAYMENT_REFUNDED && whole ?
	    (int)p->state :
	    fsm_next(&payment_fsm, (int)p->state, (int)event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "payment.refused", "The payment is %s: cannot %s",
		    payment_fsm.states[p->state], payment_fsm.events[event]);
	TRY(payment_store_set(cx, p, (enum payment_state)to, whole ? p->amount_minor : sum));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s s:s s:I}", "amount_minor", r->amount_minor, "currency", r->currency,
	        "way", r->way, "refund_id", r->id));
	return event_add(cx,
	    &(struct event){"payment", p->id, payment_fsm.events[event], p->client_id, data}, NULL);
}

static enum err move(struct cx *cx, const struct refund *r, enum refund_event event,
    const char *detail)
{
	int to = fsm_next(&refund_fsm, (int)r->state, (int)event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "refund.refused", "The refund is %s: cannot %s",
		    refund_fsm.states[r->state], refund_fsm.events[event]);
	TRY(refund_store_set(cx, r, (enum refund_state)to, detail));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s s:I s:s}", "amount_minor", r->amount_minor, "currency", r->currency,
	        "payment_id", r->payment_id, "reason", str_or(detail, "")));
	return event_add(cx,
	    &(struct event){"refund", r->id, refund_fsm.events[event], r->client_id, data}, NULL);
}

/* Books a refund that is done and closes it. */
static enum err book(struct cx *cx, const struct refund *r)
{
	struct payment p;
	TRY(payment_get(cx, 0, r->payment_id, &p));
	TRY(move(cx, r, REFUND_FINISH, ""));
	TRY(post(cx, &p, r));
	return move_payment(cx, &p, r);
}

/* Nothing stands in its way any more: the provider is asked, or it is booked at once. */
static enum err start(struct cx *cx, int64_t id)
{
	struct refund r;
	TRY(refund_get(cx, 0, id, &r));
	if (!str_eq(r.way, "gateway"))
		return book(cx, &r);
	struct job_new job = {
	    .kind = "refund.run",
	    .key = arena_printf(cx->arena, "refund/%" PRId64, id),
	    .subject = "refund",
	    .subject_id = id,
	    .client_id = r.client_id,
	};
	return job_add(cx, &job, NULL);
}

/* ---- asking ---- */

static enum err left_of(struct cx *cx, const struct payment *p, int64_t *ret_minor)
{
	int64_t open;
	TRY(refund_store_open_sum(cx, p->id, &open));
	bool can = p->state == PAYMENT_RECEIVED || p->state == PAYMENT_PARTLY_REFUNDED;
	*ret_minor = can ? p->amount_minor - p->refunded_minor - open : 0;
	return OK;
}

enum err refund_left(struct cx *cx, int64_t payment_id, int64_t *ret_minor)
{
	struct payment p;
	TRY(payment_get(cx, 0, payment_id, &p));
	return left_of(cx, &p, ret_minor);
}

static enum err check(struct cx *cx, const struct payment *p, const struct refund_input *in)
{
	struct gateway g;
	int64_t left;
	TRY(left_of(cx, p, &left));
	if (!str_empty(in->currency) && !str_eq(in->currency, p->currency))
		return fail_field(cx, "currency", "payment.currency", "The payment is in %s",
		    p->currency);
	if (in->amount_minor <= 0)
		return fail_field(cx, "amount_minor", "payment.amount",
		    "Enter an amount above zero");
	if (in->amount_minor > left)
		return fail(cx, ERR_CONFLICT, "refund.too_much",
		    "Only %s of the payment is left to refund",
		    money_print(cx->arena, money_of(left > 0 ? left : 0, p->currency)));
	if (str_empty(in->reason))
		return fail_field(cx, "reason", "field.required", "Say what it is for");
	if (!str_eq(in->way, "offline"))
		return OK;
	if (str_empty(in->reference))
		return fail_field(cx, "reference", "field.required",
		    "Enter the number of your transfer");
	if (str_eq(in->gateway, "bank") || gateway_get(cx, in->gateway, &g) == OK)
		return OK;
	cx_clear(cx);
	return fail_field(cx, "gateway", "gateway.unknown", "There is no way to pay named \"%s\"",
	    in->gateway);
}

/* What the client has spent cannot be given back, as far as we know today. */
static enum err plan(struct cx *cx, const struct payment *p, const struct refund_input *in,
    struct payment_piece **ret, size_t *ret_n)
{
	struct payment_draw draw = {p, in->amount_minor, PAYMENT_DRAW_ASKED,
	    str_eq(in->way, "credit")};
	return payment_draw(cx, &draw, ret, ret_n);
}

static struct refund row_of(const struct cx *cx, const struct payment *p,
    const struct refund_input *in)
{
	return (struct refund){
	    .payment_id = p->id,
	    .client_id = p->client_id,
	    .way = in->way,
	    .gateway = str_eq(in->way, "offline") ? in->gateway : p->gateway,
	    .amount_minor = in->amount_minor,
	    .currency = p->currency,
	    .reason = in->reason,
	    .reference = str_or(in->reference, ""),
	    .state = REFUND_NEW,
	    .detail = "",
	    .requested_by = cx->actor.kind == ACTOR_STAFF ? cx->actor.id : 0,
	};
}

static enum err ask_approval(struct cx *cx, const struct refund *r)
{
	int64_t id;
	struct approval a = {.kind = "refund",
	    .subject = "refund",
	    .subject_id = r->id,
	    .client_id = r->client_id,
	    .amount_minor = r->amount_minor,
	    .currency = r->currency,
	    .reason = r->reason};
	return approval_ask(cx, &a, &id);
}

static enum err request_body(struct cx *cx, void *arg)
{
	struct request *q = arg;
	struct payment p;
	struct settings s;
	struct refund known;
	struct payment_piece *pieces;
	size_t n;
	TRY(payment_get(cx, 0, q->payment_id, &p));
	TRY(setting_load(cx, &s));
	const char *cause = str_empty(q->in->once) ?
	    NULL :
	    arena_printf(cx->arena, "p%" PRId64 "/%s", p.id, q->in->once);
	if (cause != NULL && refund_store_by_cause(cx, cause, &known) == OK) {
		q->id = known.id;
		return OK;
	}
	cx_clear(cx);
	TRY(check(cx, &p, q->in));
	TRY(plan(cx, &p, q->in, &pieces, &n));
	struct refund r = row_of(cx, &p, q->in);
	bool needed = approval_needed(&s, s.approval_refund_minor, r.amount_minor, r.currency);
	r.state = needed ? REFUND_WAITING_APPROVAL : REFUND_NEW;
	TRY(refund_store_insert(cx, &r, cause, &r.id));
	q->id = r.id;
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s s:s s:I s:s}", "amount_minor", r.amount_minor, "currency",
	        r.currency, "way", r.way, "payment_id", p.id, "reason", r.reason));
	TRY(event_add(cx, &(struct event){"refund", r.id, "request", r.client_id, data}, NULL));
	return needed ? ask_approval(cx, &r) : start(cx, r.id);
}

enum err refund_request(struct cx *cx, int64_t payment_id, const struct refund_input *in,
    int64_t *ret_id)
{
	struct request q = {.payment_id = payment_id, .in = in};
	TRY(db_tx(cx, request_body, &q));
	*ret_id = q.id;
	return OK;
}

static json_t *step_view(const struct payment *p, const char *what, int64_t amount,
    const struct invoice *i, const char *account)
{
	return json_pack("{s:s s:I s:s s:o s:o s:s}", "what", what, "amount_minor", amount,
	    "currency", p->currency, "invoice_id", i == NULL ? json_null() : json_integer(i->id),
	    "number", i == NULL ? json_null() : json_string(str_or(i->number, "")), "account",
	    account);
}

enum err refund_preview(struct cx *cx, int64_t payment_id, const struct refund_input *in,
    json_t **ret)
{
	struct payment p;
	struct settings s;
	struct payment_piece *pieces;
	size_t n;
	TRY(payment_get(cx, 0, payment_id, &p));
	TRY(setting_load(cx, &s));
	TRY(check(cx, &p, in));
	TRY(plan(cx, &p, in, &pieces, &n));
	struct refund r = row_of(cx, &p, in);
	json_t *steps = json_array();
	json_t *out = json_keep(cx,
	    json_pack("{s:I s:s s:s s:b s:o}", "amount_minor", r.amount_minor, "currency",
	        r.currency, "way", r.way, "needs_approval",
	        approval_needed(&s, s.approval_refund_minor, r.amount_minor, r.currency), "steps",
	        steps));
	for (size_t k = 0; k < n; k++) {
		struct invoice i;
		if (pieces[k].is_credit) {
			json_array_append_new(steps,
			    step_view(&p, "credit", pieces[k].amount_minor, NULL, ""));
			continue;
		}
		TRY(invoice_get(cx, 0, pieces[k].invoice_id, &i));
		json_array_append_new(steps,
		    step_view(&p, "credit_note", pieces[k].amount_minor, &i, ""));
	}
	json_array_append_new(steps,
	    step_view(&p, str_eq(r.way, "credit") ? "back_to_credit" : "cash", r.amount_minor, NULL,
	        r.gateway));
	*ret = out;
	return OK;
}

/* ---- after the decision, and the provider's answers ---- */

struct change {
	int64_t id;
	const char *text; /* reason, or the provider's number */
	const struct refund_news *news;
};

enum err refund_approved(struct cx *cx, int64_t id)
{
	struct refund r;
	TRY(refund_get(cx, 0, id, &r));
	TRY(move(cx, &r, REFUND_APPROVE, ""));
	TRY(refund_store_approved(cx, id, cx->actor.id));
	return start(cx, id);
}

enum err refund_refused(struct cx *cx, int64_t id)
{
	struct refund r;
	TRY(refund_get(cx, 0, id, &r));
	return move(cx, &r, REFUND_CANCEL, "not approved");
}

static enum err cancel_body(struct cx *cx, void *arg)
{
	const struct change *c = arg;
	struct refund r;
	struct approval a;
	TRY(refund_get(cx, 0, c->id, &r));
	if (r.state == REFUND_WAITING_APPROVAL) {
		TRY(approval_find(cx, "refund", r.id, &a));
		TRY(approval_store_set(cx, &a, APPROVAL_REFUSED, cx->actor.id));
	}
	return move(cx, &r, REFUND_CANCEL, c->text);
}

enum err refund_cancel(struct cx *cx, int64_t id, const char *reason)
{
	return db_tx(cx, cancel_body, &(struct change){.id = id, .text = str_or(reason, "")});
}

static enum err asked_body(struct cx *cx, void *arg)
{
	const struct change *c = arg;
	struct refund r;
	TRY(refund_get(cx, 0, c->id, &r));
	return move(cx, &r, REFUND_ASK, "");
}

enum err refund_asked(struct cx *cx, int64_t id)
{
	return db_tx(cx, asked_body, &(struct change){.id = id});
}

static enum err done_body(struct cx *cx, void *arg)
{
	const struct change *c = arg;
	struct refund r;
	TRY(refund_get(cx, 0, c->id, &r));
	if (r.state == REFUND_DONE)
		return OK; /* its message was faster than the answer */
	TRY(refund_store_number(cx, r.id, c->text));
	return book(cx, &r);
}

enum err refund_done(struct cx *cx, int64_t id, const char *remote_id)
{
	return db_tx(cx, done_body, &(struct change){.id = id, .text = remote_id});
}

static enum err declined_body(struct cx *cx, void *arg)
{
	const struct change *c = arg;
	struct refund r;
	TRY(refund_get(cx, 0, c->id, &r));
	return r.state == REFUND_DONE ? OK : move(cx, &r, REFUND_DECLINE, c->text);
}

enum err refund_declined(struct cx *cx, int64_t id, const char *reason)
{
	return db_tx(cx, declined_body, &(struct change){.id = id, .text = str_or(reason, "")});
}

/* Ours, by the provider's number of it or by our key that it gives back. */
static enum err find_ours(struct cx *cx, const struct payment *p, const struct refund_news *news,
    struct refund *ret)
{
	int64_t id = 0;
	enum err err = refund_store_by_number(cx, p->gateway, news->remote_id, ret);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	bool keyed = str_starts(str_or(news->key, ""), "rfd-") && str_int(news->key + 4, &id);
	err = keyed ? refund_get(cx, 0, id, ret) : ERR_NOT_FOUND;
	if (err == OK && ret->payment_id != p->id)
		return ERR_NOT_FOUND;
	return err;
}

/* Made outside, in the provider's own pages: a row that is done. */
static enum err book_outside(struct cx *cx, const struct payment *p, const struct refund_news *news)
{
	struct refund r = {
	    .payment_id = p->id,
	    .client_id = p->client_id,
	    .way = "gateway",
	    .gateway = p->gateway,
	    .amount_minor = news->amount_minor,
	    .currency = p->currency,
	    .reason = "Refund",
	    .reference = "",
	    .remote_id = news->remote_id,
	    .state = REFUND_ASKED,
	    .detail = "made at the provider",
	};
	if (r.amount_minor <= 0 || r.amount_minor > p->amount_minor)
		return fail(cx, ERR_CONFLICT, "refund.too_much", "Only %s was paid",
		    money_print(cx->arena, money_of(p->amount_minor, p->currency)));
	TRY(refund_store_insert(cx, &r, NULL, &r.id));
	return r.id == 0 ? OK : book(cx, &r);
}

static enum err reported_body(struct cx *cx, void *arg)
{
	const struct change *c = arg;
	struct payment p;
	struct refund r;
	TRY(payment_get(cx, 0, c->id, &p));
	enum err err = find_ours(cx, &p, c->news, &r);
	if (err == OK && r.state == REFUND_DONE)
		return OK;
	if (err == OK) {
		if (str_empty(r.remote_id))
			TRY(refund_store_number(cx, r.id, c->news->remote_id));
		return book(cx, &r);
	}
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	err = refund_store_unnumbered(cx, p.id, c->news->amount_minor, &r);
	if (err == OK && str_empty(c->news->key))
		return fail(cx, ERR_RETRY, "hook.early",
		    "A refund over the same amount is under way; which one this is will show");
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return book_outside(cx, &p, c->news);
}

enum err refund_reported(struct cx *cx, int64_t payment_id, const struct refund_news *news)
{
	return db_tx(cx, reported_body, &(struct change){.id = payment_id, .news = news});
}
