/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts to collect an invoice through a gateway: one at a time while one is pending, and what
 * the provider says of them.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/payment/own.h"
#include "fmt/form.h"

struct create {
	const struct attempt_wish *wish;
	struct attempt *ret;
};

/* One invoice of the wish, that it can be paid now. */
static enum err payable(struct cx *cx, const struct create *c, size_t k, struct invoice *ret)
{
	bool pending;
	TRY(invoice_get(cx, c->wish->client_id, c->wish->invoice_ids[k], ret));
	if ((ret->state != INVOICE_OPEN && ret->state != INVOICE_OVERDUE) ||
	    ret->balance_minor <= 0)
		return fail(cx, ERR_CONFLICT, "invoice.paid", "Nothing is due on invoice %s",
		    str_or(ret->number, ""));
	TRY(attempt_pending(cx, ret->id, &pending));
	if (pending)
		return fail(cx, ERR_CONFLICT, "attempt.pending",
		    "A payment for this invoice is being processed; it can take a few days");
	return OK;
}

/* The same invoices, in any order. */
static enum err same_invoices(struct cx *cx, const struct attempt *a, const struct attempt_wish *w,
    bool *ret)
{
	int64_t *ids;
	size_t n, found = 0;
	TRY(attempt_store_invoices(cx, a->id, &ids, &n));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < w->invoices_n; k++)
			found += ids[i] == w->invoice_ids[k];
	*ret = (n == 0 && w->invoices_n == 1) || (n == w->invoices_n && found == n);
	return OK;
}

static enum err insert(struct cx *cx, const struct create *c, const struct attempt *row)
{
	int64_t id;
	const struct attempt_wish *w = c->wish;
	TRY(attempt_store_insert(cx, row, &id));
	for (size_t i = 0; w->invoices_n > 1 && i < w->invoices_n; i++)
		TRY(attempt_store_link(cx, id, w->invoice_ids[i]));
	TRY(event_add(cx, &(struct event){"attempt", id, "create", row->client_id, NULL}, NULL));
	return attempt_get(cx, id, c->ret);
}

static enum err create_body(struct cx *cx, void *arg)
{
	struct create *c = arg;
	const struct attempt_wish *w = c->wish;
	struct attempt row = {.gateway = w->gateway, .subscribe = w->subscribe};
	bool same = false;
	for (size_t k = 0; k < w->invoices_n; k++) {
		struct invoice i;
		TRY(payable(cx, c, k, &i));
		if (k > 0 && !str_eq(i.currency, row.currency))
			return fail(cx, ERR_CONFLICT, "attempt.currencies",
			    "Invoices in different currencies cannot be paid together");
		row.client_id = i.client_id;
		row.invoice_id = k == 0 || i.id < row.invoice_id ? i.id : row.invoice_id;
		row.currency = i.currency;
		row.amount_minor += i.balance_minor;
	}
	const struct attempt_search search = {row.invoice_id, row.amount_minor, row.gateway,
	    w->invoices_n > 1, w->subscribe};
	enum err err = attempt_store_open_of(cx, &search, c->ret);
	if (err == OK)
		TRY(same_invoices(cx, c->ret, w, &same));
	if (same || (err != OK && err != ERR_NOT_FOUND))
		return err;
	cx_clear(cx);
	return insert(cx, c, &row);
}

enum err attempt_create_many(struct cx *cx, const struct attempt_wish *wish, struct attempt *ret)
{
	struct gateway g;
	TRY(gateway_get(cx, wish->gateway, &g));
	if (!g.enabled)
		return fail(cx, ERR_CONFLICT, "gateway.off", "%s is not offered at the moment",
		    g.name);
	if (wish->invoices_n == 0 || wish->invoices_n > LIMIT_PAY_INVOICES)
		return fail_field(cx, "invoice_ids", "attempt.invoices",
		    "Choose between 1 and %d invoices", LIMIT_PAY_INVOICES);
	for (size_t i = 0; i < wish->invoices_n; i++)
		for (size_t k = 0; k < i; k++)
			if (wish->invoice_ids[i] == wish->invoice_ids[k])
				return fail_field(cx, "invoice_ids", "attempt.twice",
				    "An invoice is named twice");
	return db_tx(cx, create_body, &(struct create){wish, ret});
}

enum err attempt_create(struct cx *cx, int64_t client_id, int64_t invoice_id, const char *gateway,
    struct attempt *ret)
{
	return attempt_create_many(cx,
	    &(struct attempt_wish){client_id, &invoice_id, 1, gateway, false}, ret);
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
		return fail(cx, ERR_INVALID, "payment.mismatch",
		    "%s %" PRId64 " was asked for, %s %" PRId64 " is reported", a->currency,
		    a->amount_minor, n->currency, n->amount_minor);
	struct payment_new p = {a->client_id, a->invoice_id, a->amount_minor, a->gateway,
	    str_or(n->remote_payment, a->remote_id), "", a->currency};
	int64_t *ids;
	TRY(attempt_store_invoices(cx, a->id, &ids, &p.invoices_n));
	p.invoice_ids = ids;
	TRY(payment_record(cx, &p, &payment, &is_new));
	return subscription_start(cx, a, n->subscription);
}

static enum err news_body(struct cx *cx, void *arg)
{
	static const struct {
		const char *state;
		enum attempt_event event;
	} moves[] = {{"paid", ATTEMPT_SUCCEED}, {"pending", ATTEMPT_WAIT},
	    {"declined", ATTEMPT_DECLINE}, {"expired", ATTEMPT_EXPIRE}};
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
		json_t *data = json_keep(cx,
		    json_pack("{s:I s:s}", "invoice_id", a.invoice_id, "reason",
		        str_or(w->news->reason, "")));
		return event_add(cx,
		    &(struct event){"attempt", a.id, attempt_fsm.events[moves[i].event],
		        a.client_id, data},
		    NULL);
	}
	return OK; /* open: the payer is still looking at the page */
}

enum err attempt_apply_news(struct cx *cx, int64_t id, const struct attempt_news *n)
{
	return db_tx(cx, news_body, &(struct news){id, n});
}
