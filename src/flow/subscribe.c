/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider does by itself under a subscription: a charge pays the oldest open invoice of
 * that service, or the next term, which is invoiced then; and ending it when the service ends.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/payment/payment.h"
#include "core/view.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

static const char *text_of(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

struct charge {
	const struct subscription *subscription;
	const char *remote_payment, *currency;
	int64_t amount_minor;
};

/* The next term, invoiced for this money; 0: there is none to come, it becomes credit. */
static enum err next_term(struct cx *cx, const struct charge *c, int64_t *ret_invoice_id)
{
	struct service s;
	TRY(service_get(cx, 0, c->subscription->service_id, &s));
	bool ends = day_set(s.cancel_on) && s.billed_until.n >= s.cancel_on.n;
	*ret_invoice_id = 0;
	if (s.state != SERVICE_ACTIVE || !day_set(s.billed_until) || ends ||
	    !str_eq(s.currency, c->currency))
		return OK;
	return billing_renew(cx, &s, ret_invoice_id);
}

static enum err charge_body(struct cx *cx, void *arg)
{
	const struct charge *c = arg;
	const struct subscription *s = c->subscription;
	struct payment known;
	int64_t invoice, payment;
	bool is_new;
	enum err err = payment_find(cx, s->gateway, c->remote_payment, &known);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	TRY(invoice_oldest_open(cx, s->service_id, c->currency, &invoice));
	if (invoice == 0)
		TRY(next_term(cx, c, &invoice));
	const struct payment_new p = {s->client_id, invoice, c->amount_minor, s->gateway,
	    c->remote_payment, arena_printf(cx->arena, "subscription %s", s->remote_id),
	    c->currency};
	return payment_record(cx, &p, &payment, &is_new);
}

/* How long a charge waits for the message that brings its agreement. */
#define OVERTAKES_S 86400

enum err subscribe_charged(struct worker *w, const struct hook *h, const json_t *event,
    const char *type)
{
	struct cx *cx = w->cx;
	struct subscription s;
	enum err err = subscription_find(cx, h->gateway, text_of(event, "subscription"), &s);
	if (err == ERR_NOT_FOUND && cx->now - h->received_at < OVERTAKES_S)
		return fail(cx, FLOW_LATER, "subscription.early",
		    "The agreement of this charge is not known yet");
	TRY(err);
	struct charge c = {&s, text_of(event, "remote_payment"), text_of(event, "currency"),
	    json_integer_value(json_object_get(event, "amount_minor"))};
	err = db_tx(cx, charge_body, &c);
	/* The billing run invoiced that very term: next time there is an open invoice. */
	return err == ERR_CONFLICT && str_eq(cx->fault.key, "service.billed") ?
	    fail(cx, FLOW_LATER, "subscription.raced", "The term is being invoiced") :
	    err;
}

enum err subscribe_ended(struct worker *w, const struct hook *h, const json_t *event,
    const char *type)
{
	struct subscription s;
	TRY(subscription_find(w->cx, h->gateway, text_of(event, "subscription"), &s));
	return subscription_end(w->cx, s.id, "ended at the provider");
}

static enum err stop_one(struct worker *w, const struct subscription *s)
{
	struct cx *cx = w->cx;
	struct gateway g;
	struct answer a;
	TRY(gateway_get(cx, s->gateway, &g));
	json_t *request = json_pack("{s:s s:s s:s s:{s:s}}", "provider", g.provider, "settings",
	    g.settings, "bound", arena_printf(cx->arena, "gateway:%s", g.key), "args",
	    "subscription", s->remote_id);
	TRY(flow_ask(w, "gateway.unsubscribe", request, &a));
	if (a.outcome == OUTCOME_DONE)
		return subscription_end(cx, s->id, "ended by us");
	return fail(cx, ERR_RETRY, "subscription.stop", "%s did not end the subscription: %s",
	    g.name, a.reason);
}

enum err subscribe_stop(struct worker *w, const struct job *j)
{
	struct subscription *rows;
	size_t n;
	TRY(subscription_list(w->cx, j->subject_id, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(stop_one(w, &rows[i]));
	return OK;
}
