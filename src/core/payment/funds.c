/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Top-ups: a client asks to pay in advance. The invoice earns nothing; when it is paid the amount
 * becomes credit (invoice_settle does that), and when it stays unpaid it is credited away without
 * a reminder.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/crypto.h"
#include "base/money.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/payment/own.h"
#include "core/tax/tax.h"

FIELDS(funds_fields, struct funds_input,
    {.name = "amount_minor",
        .label = "Amount",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = MONEY_MINOR_MAX,
        .offset = offsetof(struct funds_input, amount_minor)},
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .help = "Empty: yours.",
        .offset = offsetof(struct funds_input, currency)},
    {.name = "once",
        .label = "Key",
        .type = FIELD_KEY,
        .max = 60,
        .help = "The same key twice is one invoice.",
        .offset = offsetof(struct funds_input, once)}, );

struct add {
	int64_t client_id, invoice_id;
	const struct funds_input *in;
};

static enum err check(struct cx *cx, const struct settings *s, const struct funds_input *in,
    const char *currency)
{
	if (s->funds_max_minor == 0)
		return fail(cx, ERR_CONFLICT, "funds.off", "Adding funds is not offered");
	if (in->amount_minor < 1 || in->amount_minor < s->funds_min_minor)
		return fail_field(cx, "amount_minor", "funds.min", "Enter at least %s",
		    money_print(cx->arena, money_of(s->funds_min_minor, currency)));
	if (in->amount_minor > s->funds_max_minor)
		return fail_field(cx, "amount_minor", "funds.max", "Enter at most %s",
		    money_print(cx->arena, money_of(s->funds_max_minor, currency)));
	return OK;
}

static enum err add_body(struct cx *cx, void *arg)
{
	struct add *a = arg;
	struct settings s;
	struct tax_table taxes;
	struct client client;
	struct invoice known;
	struct invoice_plan plan;
	TRY(setting_load(cx, &s));
	TRY(client_get(cx, a->client_id, &client));
	const char *currency = str_empty(a->in->currency) ? client.currency : a->in->currency;
	TRY(check(cx, &s, a->in, currency));
	const char *once = str_empty(a->in->once) ? crypto_token(cx->arena, 12) : a->in->once;
	const char *cause = arena_printf(cx->arena, "funds/%" PRId64 "/%s", client.id, once);
	if (invoice_find_cause(cx, cause, &known) == OK) {
		a->invoice_id = known.id;
		return OK;
	}
	cx_clear(cx);
	TRY(tax_load(cx, &taxes));
	/* No tax: nothing is supplied yet. The place is exempt for this document. */
	client.tax_exempt = true;
	struct invoice_line line = {.kind = "funds",
	    .description = "Prepayment, added to your credit when paid",
	    .tax_class = "funds",
	    .from = DAY_NONE,
	    .to = DAY_NONE,
	    .quantity = 1,
	    .unit_minor = a->in->amount_minor};
	struct day today = setting_today(cx, &s);
	struct invoice_request r = {.settings = &s,
	    .taxes = &taxes,
	    .client = &client,
	    .cause = cause,
	    .currency = currency,
	    .issued_on = today,
	    .due_on = day_add(today, (int32_t)s.funds_expire_days),
	    .lines = &line,
	    .lines_n = 1};
	TRY(invoice_plan(cx, &r, &plan));
	return invoice_commit(cx, &plan, &a->invoice_id);
}

enum err funds_add(struct cx *cx, int64_t client_id, const struct funds_input *in,
    int64_t *ret_invoice_id)
{
	struct add a = {.client_id = client_id, .in = in};
	TRY(db_tx(cx, add_body, &a));
	*ret_invoice_id = a.invoice_id;
	return OK;
}

enum err funds_expire(struct cx *cx, struct day today, int64_t limit, int64_t *ret_n)
{
	int64_t *ids, done = 0;
	size_t n;
	TRY(invoice_list_funds_due(cx, today, limit, &ids, &n));
	for (size_t i = 0; i < n; i++) {
		int64_t note;
		bool pending, existing;
		TRY(attempt_pending(cx, ids[i], &pending));
		if (pending)
			continue; /* its money is on the way */
		TRY(credit_note_full(cx, ids[i], "Not paid", &note, &existing));
		done++;
	}
	*ret_n = done;
	return OK;
}
