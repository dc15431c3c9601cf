/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the books: codes, and which account names may be posted to. Posting and sums are
 * store.c.
 */
#include <assert.h>

#include "base/str.h"
#include "core/ledger/own.h"

const char *const ledger_code_words[LEDGER_CODES] = {"invoice", "tax", "credit_note", "credit_tax",
    "payment", "overpayment", "use_credit", "refund", "fee", "write_off", "dispute", "dispute_won",
    "grant", "rounding", "funds", "failed"};

static bool account_known(const char *account)
{
	static const char *const names[] = {"receivable", "credit", "revenue", "tax", "refund",
	    "fee", "write_off", "dispute", "grant", "rounding", "funds"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_eq(account, names[i]))
			return true;
	return str_starts(account, "cash:") && account[5] != '\0';
}

void ledger_check(const struct transfer *t)
{
	assert(t->code < LEDGER_CODES && !str_empty(t->key) && t->amount.minor >= 0);
	assert(t->client_id > 0 && day_set(t->booked_on));
	assert(account_known(t->debit) && account_known(t->credit) && !str_eq(t->debit, t->credit));
	/* A receivable belongs to a document, always. */
	assert((!str_eq(t->debit, "receivable") && !str_eq(t->credit, "receivable")) ||
	    t->invoice_id > 0);
}
