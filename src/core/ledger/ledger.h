/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LEDGER_LEDGER_H
#define CORE_LEDGER_LEDGER_H

#include <jansson.h>

#include "base/cx.h"
#include "base/day.h"
#include "base/money.h"

/*
 * Double entry, append only. A transfer moves one amount from the credited to the debited account;
 * so every posting balances by construction. Accounts are words: "receivable" and "credit" (both
 * per client), "revenue", "tax", "cash:<gateway>", "refund", "fee", "write_off", "dispute",
 * "rounding", "funds" (top-ups invoiced, not paid yet). A balance is a sum: debits less credits.
 */
enum ledger_code {
	LEDGER_INVOICE,
	LEDGER_TAX,
	LEDGER_CREDIT_NOTE,
	LEDGER_CREDIT_TAX,
	LEDGER_PAYMENT,
	LEDGER_OVERPAYMENT,
	LEDGER_USE_CREDIT,
	LEDGER_REFUND,
	LEDGER_FEE,
	LEDGER_WRITE_OFF,
	LEDGER_DISPUTE,
	LEDGER_DISPUTE_WON,
	LEDGER_GRANT,
	LEDGER_ROUNDING,
	LEDGER_FUNDS,
	LEDGER_FAIL,
	LEDGER_CODES
};

struct transfer {
	const char *key; /* unique for ever: "i17/net" */
	enum ledger_code code;
	const char *debit, *credit;
	struct money amount; /* > 0; zero amounts are left out by ledger_post */
	int64_t client_id, invoice_id, payment_id; /* 0: none */
	struct day booked_on;
};
/*
 * Inside a transaction. A key already there is ERR_CONFLICT "db.unique": the caller's guard failed.
 */
enum err ledger_post(struct cx *cx, const struct transfer *t, size_t n) MUST_CHECK;
/* batch speed */
enum err ledger_post_many(struct cx *cx, const struct transfer *t, size_t n) MUST_CHECK;

/* What an invoice's receivable stands at: debits less credits. */
enum err ledger_invoice_balance(struct cx *cx, int64_t invoice_id, int64_t *ret_minor) MUST_CHECK;
/* A client's free credit in a currency (>= 0: credits less debits of "credit"). */
enum err ledger_credit(struct cx *cx, int64_t client_id, const char *currency,
    int64_t *ret_minor) MUST_CHECK;
/*
 * What an account of one invoice stands at: credits less debits ("funds": invoiced, not given yet).
 */
enum err ledger_invoice_account(struct cx *cx, int64_t invoice_id, const char *account,
    int64_t *ret_minor, int64_t *ret_n) MUST_CHECK;
/* Every transfer that belongs to a payment, oldest first. */
enum err ledger_of_payment(struct cx *cx, int64_t payment_id, struct transfer **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * Where a client's credit went: per invoice what was used less what was taken back, newest first.
 */
struct ledger_use {
	int64_t invoice_id, amount_minor;
};
enum err ledger_credit_uses(struct cx *cx, int64_t client_id, const char *currency,
    struct ledger_use **ret, size_t *ret_n) MUST_CHECK;
/* [{currency, open_minor, credit_minor}] of a client. */
enum err ledger_client_view(struct cx *cx, int64_t client_id, json_t **ret) MUST_CHECK;
/*
 * Newest first, pages by id < after: [{id, at, booked_on, code, debit, credit, amount_minor,
 * currency, invoice_id, payment_id}]
 */
enum err ledger_list(struct cx *cx, int64_t client_id, int64_t after, int64_t limit,
    json_t **ret) MUST_CHECK;
/* Adds to findings (array of texts) whatever contradicts itself. */
enum err ledger_audit(struct cx *cx, json_t *findings) MUST_CHECK;

#endif
