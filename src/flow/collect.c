/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collecting money: credit for new invoices, messages of providers, and asking providers about
 * attempts that nobody told us the end of.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/payment/payment.h"
#include "core/view.h"
#include "flow/own.h"
#include "fmt/form.h"

#define SETTLE_AFTER_S (10 * 60)    /* no news for so long: ask */
#define EXPIRE_AFTER_S (14 * 86400) /* nobody pays on a page that old */

enum err collect_issued(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct settings s;
	struct invoice i;
	int64_t used;
	TRY(setting_load(cx, &s));
	if (s.billing_auto_credit)
		TRY(payment_use_credit(cx, j->subject_id, &used));
	TRY(invoice_get(cx, 0, j->subject_id, &i));
	/* What a proforma became is told with the receipt. */
	if (i.proforma != NULL && i.state == INVOICE_PAID)
		return OK;
	/* Credit may have made it an invoice just now: one letter as each. */
	const char *cause = arena_printf(cx->arena, "invoice/%" PRId64 "/%s", i.id,
	    invoice_is_proforma(&i) ? "request" : "issue");
	return letter_write(w,
	    &(struct letter_wish){
	        .kind = "invoice_issued",
	        .cause = cause,
	        .subject = "invoice",
	        .subject_id = j->subject_id,
	        .client_id = j->client_id,
	    });
}

static const char *text_of(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

static enum err payment_fail_of(struct cx *cx, const struct attempt *a, const char *remote,
    const char *reason)
{
	struct payment p;
	TRY(payment_find(cx, a->gateway, str_empty(remote) ? a->remote_id : remote, &p));
	return payment_failed(cx, p.id, reason);
}

enum err collect_ask(struct worker *w, int64_t attempt_id, const char **ret_state)
{
	struct cx *cx = w->cx;
	struct attempt a;
	struct gateway g;
	struct answer answer;
	TRY(attempt_get(cx, attempt_id, &a));
	TRY(gateway_get(cx, a.gateway, &g));
	json_t *request = json_pack("{s:s s:s s:s s:{s:s s:I}}", "provider", g.provider, "settings",
	    g.settings, "bound", arena_printf(cx->arena, "gateway:%s", g.key), "args", "remote_id",
	    str_or(a.remote_id, ""), "now", cx->now);
	TRY(flow_ask(w, "gateway.ask", request, &answer));
	if (answer.outcome != OUTCOME_DONE && answer.outcome != OUTCOME_PENDING)
		return fail(cx, ERR_RETRY, "attempt.unknown",
		    "%s did not say how the payment stands: %s", g.name, answer.reason);
	struct attempt_news news = {
	    .state = text_of(answer.data, "state"),
	    .remote_payment = text_of(answer.data, "remote_payment"),
	    .currency = text_of(answer.data, "currency"),
	    .amount_minor = json_integer_value(json_object_get(answer.data, "amount_minor")),
	    .subscription = text_of(answer.data, "subscription"),
	};
	/* Money that came and went again first has to have come. */
	bool failed = str_eq(news.state, "failed") ||
	    (str_eq(news.state, "declined") && a.state == ATTEMPT_SUCCEEDED);
	bool was_paid = failed || str_eq(news.state, "refunded") ||
	    str_eq(news.state, "disputed") || str_eq(news.state, "dispute_won");
	*ret_state = news.state;
	if (was_paid)
		news.state = "paid";
	if (!failed)
		return attempt_apply_news(cx, a.id, &news);
	if (a.state != ATTEMPT_SUCCEEDED)
		TRY(attempt_apply_news(cx, a.id, &news));
	return payment_fail_of(cx, &a, news.remote_payment, text_of(answer.data, "reason"));
}

/*
 * The payment a later message is about; when the message overtook the payment's own, the provider
 * is asked first.
 */
static enum err payment_of(struct worker *w, const struct hook *h, const json_t *event,
    struct payment *ret)
{
	struct attempt a;
	const char *state, *remote = text_of(event, "remote_payment");
	enum err err = payment_find(w->cx, h->gateway, remote, ret);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(w->cx);
	TRY(attempt_find(w->cx, h->gateway, text_of(event, "remote_checkout"), &a));
	TRY(collect_ask(w, a.id, &state));
	err = payment_find(w->cx, h->gateway, remote, ret);
	return err == ERR_NOT_FOUND ?
	    fail(w->cx, ERR_RETRY, "hook.early", "The payment itself is not known yet") :
	    err;
}

static enum err apply_attempt(struct worker *w, const struct hook *h, const json_t *event,
    const char *type)
{
	struct attempt a;
	TRY(attempt_find(w->cx, h->gateway, text_of(event, "remote_checkout"), &a));
	struct attempt_news news = {
	    .state = type,
	    .remote_payment = text_of(event, "remote_payment"),
	    .currency = text_of(event, "currency"),
	    .amount_minor = json_integer_value(json_object_get(event, "amount_minor")),
	    .reason = text_of(event, "reason"),
	    .subscription = text_of(event, "subscription"),
	};
	return attempt_apply_news(w->cx, a.id, &news);
}

/*
 * A refusal after the money had come in: an old message of the same page, or a direct debit that
 * bounced? The provider knows.
 */
static enum err apply_declined(struct worker *w, const struct hook *h, const json_t *event,
    const char *type)
{
	struct attempt a;
	const char *state;
	TRY(attempt_find(w->cx, h->gateway, text_of(event, "remote_checkout"), &a));
	return a.state == ATTEMPT_SUCCEEDED ? collect_ask(w, a.id, &state) :
	                                      apply_attempt(w, h, event, type);
}

static enum err apply_failed(struct worker *w, const struct hook *h, const json_t *event,
    const char *type)
{
	struct payment p;
	TRY(payment_of(w, h, event, &p));
	return payment_failed(w->cx, p.id, text_of(event, "reason"));
}

/* Without a number of the refund, the message's own stands for it. */
static enum err apply_refund(struct worker *w, const struct hook *h, const json_t *event,
    const char *type)
{
	struct payment p;
	const char *number = text_of(event, "remote_refund");
	struct refund_news news = {
	    .amount_minor = json_integer_value(json_object_get(event, "amount_minor")),
	    .remote_id =
	        str_empty(number) ? arena_printf(w->cx->arena, "message %s", h->remote_id) : number,
	    .key = text_of(event, "refund_key"),
	};
	TRY(payment_of(w, h, event, &p));
	return refund_reported(w->cx, p.id, &news);
}

static enum err apply_dispute(struct worker *w, const struct hook *h, const json_t *event,
    const char *type)
{
	struct payment p;
	const char *number = text_of(event, "dispute");
	TRY(payment_of(w, h, event, &p));
	/* A provider that gives no number has one dispute a payment. */
	if (str_empty(number))
		number = arena_printf(w->cx->arena, "of %s", p.remote_id);
	if (str_eq(type, "disputed"))
		return payment_disputed(w->cx, p.id, number);
	return str_eq(type, "dispute_won") ? payment_dispute_won(w->cx, p.id, number) :
	                                     payment_dispute_lost(w->cx, p.id, number);
}

static const struct {
	const char *type;
	enum err (
	    *apply)(struct worker *w, const struct hook *h, const json_t *event, const char *type);
} hook_types[] = {
    {"paid", apply_attempt},
    {"pending", apply_attempt},
    {"declined", apply_declined},
    {"refunded", apply_refund},
    {"failed", apply_failed},
    {"disputed", apply_dispute},
    {"dispute_won", apply_dispute},
    {"dispute_lost", apply_dispute},
    {"charged", subscribe_charged},
    {"unsubscribed", subscribe_ended},
};

enum err collect_hook(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct hook h;
	TRY(hook_get(cx, j->subject_id, &h));
	if (!str_eq(h.state, "verified"))
		return OK;
	cx->actor = (struct actor){ACTOR_PROVIDER, 0, h.gateway, h.ip};
	json_t *event = json_keep(cx, view_parse(h.event));
	const char *type = text_of(event, "type");
	for (size_t i = 0; i < sizeof hook_types / sizeof hook_types[0]; i++) {
		if (!str_eq(hook_types[i].type, type))
			continue;
		enum err err = hook_types[i].apply(w, &h, event, type);
		/* What can never work is kept with its reason; what may work later comes again. */
		bool final = err == ERR_INVALID || err == ERR_NOT_FOUND ||
		    (err == ERR_CONFLICT && !str_starts(cx->fault.key, "db."));
		if (!final && err != OK)
			return err;
		const char *reason = err == OK ? "" : arena_strdup(cx->arena, cx->fault.detail);
		cx_clear(cx);
		return hook_done(cx, h.id, err != OK, reason);
	}
	return hook_done(cx, h.id, false, "nothing to do");
}

static enum err settle(struct worker *w, const struct attempt *a, struct run_item *item)
{
	struct cx *cx = w->cx;
	const char *state = "";
	enum err err = collect_ask(w, a->id, &state);
	if (err == OK && str_eq(state, "open") && cx->now - a->created_at > EXPIRE_AFTER_S) {
		state = "expired";
		err = attempt_apply_news(cx, a->id,
		    &(struct attempt_news){.state = "expired",
		        .reason = "nobody paid",
		        .currency = ""});
	}
	item->reason =
	    err == OK ? arena_strdup(cx->arena, state) : arena_strdup(cx->arena, cx->fault.detail);
	item->result = err != OK                              ? "failed" :
	    str_eq(state, "open") || str_eq(state, "pending") ? "skipped" :
	                                                        "done";
	item->next_at = err == OK ? 0 : cx->now + SETTLE_AFTER_S;
	cx_clear(cx);
	return OK;
}

enum err reconcile_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct attempt *rows;
	size_t n = 1;
	for (int64_t after = 0; n > 0 && !flow_stopping(w); after = rows[n - 1].id) {
		TRY(attempt_list_open(w->cx, w->cx->now - SETTLE_AFTER_S, after, 100, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct run_item item = {.subject = "attempt", .subject_id = rows[i].id};
			TRY(settle(w, &rows[i], &item));
			TRY(flow_note(w, run_id, sum, &item));
		}
		if (n == 0)
			break;
	}
	return OK;
}
