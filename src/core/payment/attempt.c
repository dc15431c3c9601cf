/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts to collect an invoice through a gateway: one at a time while one is pending, and what the provider says of them. */
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/payment/own.h"
#include "fmt/form.h"

struct create {
	int64_t client_id, invoice_id;
	const char *gateway;
	struct attempt *ret;
};

static enum err create_body(struct cx *cx, void *arg)
{
	struct create *c = arg;
	struct invoice i;
	bool pending;
	TRY(invoice_get(cx, c->client_id, c->invoice_id, &i));
	if ((i.state != INVOICE_OPEN && i.state != INVOICE_OVERDUE) || i.balance_minor <= 0)
		return fail(cx, ERR_CONFLICT, "invoice.paid", "Nothing is due on this invoice");
	TRY(attempt_pending(cx, i.id, &pending));
	if (pending)
		return fail(cx, ERR_CONFLICT, "attempt.pending",
		    "A payment for this invoice is being processed; it can take a few days");
	enum err err = attempt_store_open_of(cx, i.id, c->gateway, i.balance_minor, c->ret);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	struct attempt row = {.client_id = i.client_id, .invoice_id = i.id, .gateway = c->gateway,
		.amount_minor = i.balance_minor, .currency = i.currency};
	int64_t id;
	TRY(attempt_store_insert(cx, &row, &id));
	TRY(event_add(cx, &(struct event){"attempt", id, "create", i.client_id, NULL}, NULL));
	return attempt_get(cx, id, c->ret);
}

enum err attempt_create(struct cx *cx, int64_t client_id, int64_t invoice_id, const char *gateway, struct attempt *ret)
{
	struct gateway g;
	TRY(gateway_get(cx, gateway, &g));
	if (!g.enabled)
		return fail(cx, ERR_CONFLICT, "gateway.off", "%s is not offered at the moment", g.name);
	return db_tx(cx, create_body, &(struct create){client_id, invoice_id, gateway, ret});
}

struct started {
	int64_t id;
	const char *remote_id, *url;
};

static enum err started_body(struct cx *cx, void *arg)
{
	const struct started *s = arg;
	return attempt_store_started(cx, s->id, s->remote_id, s->url);
}

enum err attempt_started(struct cx *cx, int64_t id, const char *remote_id, const char *url)
{
	return db_tx(cx, started_body, &(struct started){id, remote_id, url});
}

struct news {
	int64_t id;
	const struct attempt_news *news;
};

/* Money is only believed when it is exactly what was asked for. */
static enum err news_paid(struct cx *cx, const struct attempt *a, const struct attempt_news *n)
{
	int64_t payment;
	bool is_new;
	if (n->amount_minor != a->amount_minor || !str_eq(n->currency, a->currency))
		return fail(cx, ERR_INVALID, "payment.mismatch", "%s %" PRId64 " was asked for, %s %" PRId64 " is reported",
		    a->currency, a->amount_minor, n->currency, n->amount_minor);
	struct payment_new p = {a->client_id, a->invoice_id, a->amount_minor, a->gateway,
		str_or(n->remote_payment, a->remote_id), "", a->currency};
	return payment_record(cx, &p, &payment, &is_new);
}

static enum err news_body(struct cx *cx, void *arg)
{
	static const struct {
		const char *state;
		enum attempt_event event;
	} moves[] = {{"paid", ATTEMPT_SUCCEED}, {"pending", ATTEMPT_WAIT}, {"declined", ATTEMPT_DECLINE}, {"expired", ATTEMPT_EXPIRE}};
	const struct news *w = arg;
	struct attempt a;
	TRY(attempt_get(cx, w->id, &a));
	for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
		if (!str_eq(moves[i].state, w->news->state))
			continue;
		if (moves[i].event == ATTEMPT_SUCCEED)
			TRY(news_paid(cx, &a, w->news));
		int to = fsm_next(&attempt_fsm, (int)a.state, (int)moves[i].event);
		if (to < 0)
			return OK; /* old news: the attempt is further on */
		TRY(attempt_store_set(cx, &a, (enum attempt_state)to, str_or(w->news->reason, "")));
		json_t *data = json_keep(cx, json_pack("{s:I s:s}", "invoice_id", a.invoice_id, "reason", str_or(w->news->reason, "")));
		return event_add(cx, &(struct event){"attempt", a.id, attempt_fsm.events[moves[i].event], a.client_id, data}, NULL);
	}
	return OK; /* open: the payer is still looking at the page */
}

enum err attempt_apply_news(struct cx *cx, int64_t id, const struct attempt_news *n)
{
	return db_tx(cx, news_body, &(struct news){id, n});
}
