/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Money received: recorded once, booked, and used for the invoices it was meant for, the oldest
 * first; what is over becomes credit. Money that goes back is refund.c and reversal.c; attempts are
 * attempt.c.
 */
#include "core/payment/payment.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/payment/own.h"
#include "fmt/form.h"

static const struct field payment_rows[] = {
    {.name = "gateway",
        .label = "Way of payment",
        .type = FIELD_KEY,
        .from = "gateway",
        .otherwise = "bank",
        .offset = offsetof(struct payment_input, gateway)},
    {.name = "amount_minor",
        .label = "Amount",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = MONEY_MINOR_MAX,
        .offset = offsetof(struct payment_input, amount_minor)},
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct payment_input, currency)},
    {.name = "reference",
        .label = "Reference",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .help = "The bank's transaction number or the receipt number. The same reference is never"
                " booked twice.",
        .offset = offsetof(struct payment_input, reference)},
};
const struct fields payment_fields = {"payment", payment_rows,
    sizeof payment_rows / sizeof payment_rows[0], sizeof(struct payment_input)};

struct record {
	const struct payment_new *in;
	int64_t id;
	bool is_new;
};

static enum err today_get(struct cx *cx, struct day *ret)
{
	struct settings s;
	TRY(setting_load(cx, &s));
	*ret = setting_today(cx, &s);
	return OK;
}

/* An invoice that the money is for, and what it takes of it. */
struct use {
	struct invoice invoice;
	int64_t used_minor;
};

static int by_age(const void *a, const void *b)
{
	const struct invoice *x = &((const struct use *)a)->invoice,
	                     *y = &((const struct use *)b)->invoice;
	if (x->due_on.n != y->due_on.n)
		return x->due_on.n < y->due_on.n ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* How much of an amount each invoice can take, the oldest first. */
static enum err uses_of(struct cx *cx, const struct payment_new *in, struct use **ret,
    size_t *ret_n)
{
	bool many = in->invoices_n > 0;
	size_t n = many ? in->invoices_n : in->invoice_id != 0 ? 1 : 0;
	struct use *uses = ARENA_ARRAY(cx->arena, struct use, n + 1);
	int64_t left = in->amount_minor;
	for (size_t i = 0; i < n; i++)
		TRY(invoice_get(cx, in->client_id, many ? in->invoice_ids[i] : in->invoice_id,
		    &uses[i].invoice));
	qsort(uses, n, sizeof *uses, by_age);
	for (size_t i = 0; i < n; i++) {
		const struct invoice *v = &uses[i].invoice;
		bool open = v->state == INVOICE_OPEN || v->state == INVOICE_OVERDUE;
		if (open && str_eq(v->currency, in->currency))
			uses[i].used_minor = left < v->balance_minor ? left : v->balance_minor;
		left -= uses[i].used_minor;
	}
	*ret = uses;
	*ret_n = n;
	return OK;
}

static enum err book(struct cx *cx, const struct payment_new *in, int64_t id, struct day today)
{
	struct use *uses;
	size_t n;
	int64_t left = in->amount_minor;
	TRY(uses_of(cx, in, &uses, &n));
	struct transfer base = {
	    .code = LEDGER_PAYMENT,
	    .debit = arena_printf(cx->arena, "cash:%s", in->gateway),
	    .credit = "receivable",
	    .client_id = in->client_id,
	    .payment_id = id,
	    .booked_on = today,
	};
	for (size_t i = 0; i < n; i++) {
		struct transfer t = base;
		t.key = in->invoices_n > 0 ?
		    arena_printf(cx->arena, "p%" PRId64 "/pay/%" PRId64, id, uses[i].invoice.id) :
		    arena_printf(cx->arena, "p%" PRId64 "/pay", id);
		t.invoice_id = uses[i].invoice.id;
		t.amount = money_of(uses[i].used_minor, in->currency);
		if (uses[i].used_minor > 0)
			TRY(invoice_finalize(cx, t.invoice_id));
		TRY(ledger_post(cx, &t, 1));
		if (in->invoices_n > 0 && uses[i].used_minor > 0)
			TRY(payment_store_share(cx, id, uses[i].invoice.id, uses[i].used_minor));
		left -= uses[i].used_minor;
	}
	base.key = arena_printf(cx->arena, "p%" PRId64 "/over", id);
	base.code = LEDGER_OVERPAYMENT;
	base.credit = "credit";
	base.amount = money_of(left, in->currency);
	return ledger_post(cx, &base, 1);
}

static enum err settle_all(struct cx *cx, const struct payment_new *in)
{
	for (size_t i = 0; i < in->invoices_n; i++)
		TRY(invoice_settle(cx, in->invoice_ids[i]));
	return in->invoices_n > 0 || in->invoice_id == 0 ? OK : invoice_settle(cx, in->invoice_id);
}

static enum err record_body(struct cx *cx, void *arg)
{
	struct record *r = arg;
	const struct payment_new *in = r->in;
	struct payment row = {
	    .client_id = in->client_id,
	    .invoice_id = in->invoices_n > 0 ? 0 : in->invoice_id,
	    .gateway = in->gateway,
	    .remote_id = in->remote_id,
	    .reference = str_or(in->reference, ""),
	    .amount_minor = in->amount_minor,
	    .currency = in->currency,
	};
	TRY(today_get(cx, &row.received_on));
	TRY(payment_store_insert(cx, &row, &r->id));
	r->is_new = r->id != 0;
	if (!r->is_new) {
		struct payment known;
		TRY(payment_find(cx, in->gateway, in->remote_id, &known));
		r->id = known.id;
		return OK;
	}
	TRY(book(cx, in, r->id, row.received_on));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s s:s s:I}", "amount_minor", in->amount_minor, "currency",
	        in->currency, "gateway", in->gateway, "invoice_id", in->invoice_id));
	TRY(event_add(cx, &(struct event){"payment", r->id, "receive", in->client_id, data}, NULL));
	TRY(client_paid_by(cx, in->client_id, in->gateway));
	return settle_all(cx, in);
}

enum err payment_record(struct cx *cx, const struct payment_new *in, int64_t *ret_id, bool *ret_new)
{
	struct record r = {.in = in};
	if (in->amount_minor <= 0 || in->amount_minor > MONEY_MINOR_MAX ||
	    currency_digits(in->currency) < 0)
		return fail(cx, ERR_INVALID, "payment.amount",
		    "A payment needs an amount above zero in a known currency");
	TRY(db_tx(cx, record_body, &r));
	*ret_id = r.id;
	*ret_new = r.is_new;
	return OK;
}

enum err payment_by_hand(struct cx *cx, int64_t invoice_id, const struct payment_input *in,
    int64_t *ret_id)
{
	struct invoice i;
	struct gateway g;
	bool is_new;
	TRY(invoice_get(cx, 0, invoice_id, &i));
	if (!str_eq(i.kind, "invoice") || i.state == INVOICE_DRAFT)
		return fail(cx, ERR_CONFLICT, "invoice.refused",
		    "Money can only be recorded for an issued invoice");
	if (!str_eq(i.currency, in->currency))
		return fail_field(cx, "currency", "payment.currency", "The invoice is in %s",
		    i.currency);
	if (gateway_get(cx, in->gateway, &g) != OK) {
		cx_clear(cx);
		return fail_field(cx, "gateway", "gateway.unknown",
		    "There is no way to pay named \"%s\"", in->gateway);
	}
	struct payment_new p = {i.client_id, invoice_id, in->amount_minor, in->gateway,
	    in->reference, in->reference, in->currency};
	TRY(payment_record(cx, &p, ret_id, &is_new));
	if (is_new)
		return OK;
	struct payment known;
	TRY(payment_get(cx, 0, *ret_id, &known));
	if (known.invoice_id != invoice_id || known.amount_minor != in->amount_minor)
		return fail(cx, ERR_CONFLICT, "payment.known",
		    "Reference \"%s\" is already booked for another invoice or amount",
		    in->reference);
	return OK;
}

enum err payment_invoices(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n)
{
	struct payment p;
	TRY(payment_get(cx, 0, id, &p));
	if (p.invoice_id == 0)
		return payment_store_shares(cx, id, ret, ret_n);
	*ret = ARENA_NEW(cx->arena, int64_t);
	**ret = p.invoice_id;
	*ret_n = 1;
	return OK;
}

struct credit_use {
	int64_t invoice_id, most_minor, used_minor;
};

static enum err use_body(struct cx *cx, void *arg)
{
	struct credit_use *u = arg;
	struct invoice i;
	int64_t credit;
	struct day today;
	u->used_minor = 0;
	TRY(invoice_get(cx, 0, u->invoice_id, &i));
	if ((i.state != INVOICE_OPEN && i.state != INVOICE_OVERDUE) || invoice_is_funds(&i))
		return OK;
	TRY(ledger_credit(cx, i.client_id, i.currency, &credit));
	u->used_minor = credit < i.balance_minor ? credit : i.balance_minor;
	u->used_minor = u->used_minor < u->most_minor ? u->used_minor : u->most_minor;
	if (u->used_minor <= 0) {
		u->used_minor = 0;
		return OK;
	}
	TRY(invoice_finalize(cx, i.id));
	TRY(today_get(cx, &today));
	struct transfer t = {
	    .key = arena_printf(cx->arena, "i%" PRId64 "/credit/%" PRId64 "/%" PRId64, i.id,
	        i.balance_minor, cx->now),
	    .code = LEDGER_USE_CREDIT,
	    .debit = "credit",
	    .credit = "receivable",
	    .amount = money_of(u->used_minor, i.currency),
	    .client_id = i.client_id,
	    .invoice_id = i.id,
	    .booked_on = today,
	};
	TRY(ledger_post(cx, &t, 1));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s}", "amount_minor", u->used_minor, "currency", i.currency));
	TRY(event_add(cx, &(struct event){"invoice", i.id, "use_credit", i.client_id, data}, NULL));
	return invoice_settle(cx, i.id);
}

enum err payment_use_credit(struct cx *cx, int64_t invoice_id, int64_t *ret_used_minor)
{
	return payment_use_credit_upto(cx, invoice_id, INT64_MAX, ret_used_minor);
}

enum err payment_use_credit_upto(struct cx *cx, int64_t invoice_id, int64_t most_minor,
    int64_t *ret_used_minor)
{
	struct credit_use u = {.invoice_id = invoice_id, .most_minor = most_minor};
	TRY(db_tx(cx, use_body, &u));
	*ret_used_minor = u.used_minor;
	return OK;
}

struct grant {
	int64_t client_id, amount_minor;
	const char *currency, *reason;
};

static enum err grant_body(struct cx *cx, void *arg)
{
	const struct grant *g = arg;
	struct day today;
	int64_t event_id;
	TRY(today_get(cx, &today));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s s:s}", "amount_minor", g->amount_minor, "currency", g->currency,
	        "reason", g->reason));
	TRY(event_add(cx, &(struct event){"client", g->client_id, "grant", g->client_id, data},
	    &event_id));
	struct transfer t = {
	    .key = arena_printf(cx->arena, "e%" PRId64 "/grant", event_id),
	    .code = LEDGER_GRANT,
	    .debit = "grant",
	    .credit = "credit",
	    .amount = money_of(g->amount_minor, g->currency),
	    .client_id = g->client_id,
	    .booked_on = today,
	};
	return ledger_post(cx, &t, 1);
}

enum err payment_grant(struct cx *cx, int64_t client_id, const char *currency, int64_t amount_minor,
    const char *reason)
{
	struct client c;
	TRY(client_get(cx, client_id, &c));
	if (amount_minor <= 0 || amount_minor > MONEY_MINOR_MAX)
		return fail_field(cx, "amount_minor", "payment.amount",
		    "Enter an amount above zero");
	if (currency_digits(currency) < 0)
		return fail_field(cx, "currency", "field.currency", "Choose a currency");
	if (str_empty(reason))
		return fail_field(cx, "reason", "field.required", "Say what the credit is for");
	return db_tx(cx, grant_body, &(struct grant){client_id, amount_minor, currency, reason});
}
