/* SPDX-License-Identifier: Apache-2.0 */
/* The trial balance: every account by currency at the end of a day; the sums must agree. */
#include "base/str.h"
#include "core/report/own.h"

static const struct report_column columns[] = {
    {"account", "Account", NULL, REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"debit_minor", "Debit", NULL, REPORT_MONEY, false},
    {"credit_minor", "Credit", NULL, REPORT_MONEY, false},
    {"balance_minor", "Balance", NULL, REPORT_MONEY, false},
};

static json_t *sum_row(const char *account, const char *currency, int64_t debit, int64_t credit)
{
	return json_pack("{s:s s:s s:I s:I s:I}", "account", account, "currency", currency,
	    "debit_minor", debit, "credit_minor", credit, "balance_minor", debit - credit);
}

static enum err add(struct cx *cx, const struct report_sum *s, void *arg)
{
	json_array_append_new(arg,
	    sum_row(s->account, s->currency, s->debit_minor, s->credit_minor));
	return OK;
}

static int64_t number(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

/* The totals of one currency, which are equal or the books are broken. */
static void add_total(const json_t *rows, size_t i, json_t *totals)
{
	const char *currency =
	    json_string_value(json_object_get(json_array_get(rows, i), "currency"));
	int64_t debit = 0, credit = 0;
	for (size_t k = 0; k < json_array_size(rows); k++) {
		const json_t *row = json_array_get(rows, k);
		if (!str_eq(json_string_value(json_object_get(row, "currency")), currency))
			continue;
		if (k < i)
			return;
		debit += number(row, "debit_minor");
		credit += number(row, "credit_minor");
	}
	json_array_append_new(totals, sum_row("all", currency, debit, credit));
}

enum err report_trial(struct cx *cx, const struct report_query *q, json_t *out)
{
	json_t *rows = REPORT_TABLE(out, "accounts", "Accounts", columns);
	TRY(report_store_trial(cx, q->on, add, rows));
	json_t *totals = REPORT_TABLE(out, "totals", "Totals", columns);
	for (size_t i = 0; i < json_array_size(rows); i++)
		add_total(rows, i, totals);
	return OK;
}
