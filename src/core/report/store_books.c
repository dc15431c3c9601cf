/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the ledger whole: postings one by one, the accounts they name, sums. Streams, so that any
 * size fits in memory.
 */
#include "core/report/own.h"
#include "core/row.h"

struct postings {
	report_posting_fn *fn;
	void *arg;
};

static enum err posting_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct postings *to = arg;
	struct report_posting p;
	p.id = row_int(row);
	p.key = row_str(row);
	p.code = row_str(row);
	p.debit = row_str(row);
	p.credit = row_str(row);
	p.amount_minor = row_int(row);
	p.currency = row_str(row);
	p.client_id = row_int(row);
	p.invoice_id = row_int(row);
	p.payment_id = row_int(row);
	p.booked_on = row_day(row);
	p.number = row_str(row);
	p.tax_name = row_str(row);
	p.rate_ppm = row_int(row);
	p.item_tax_minor = row_int(row);
	p.tax2_name = row_str(row);
	p.rate2_ppm = row_int(row);
	p.item_tax2_minor = row_int(row);
	return to->fn(cx, &p, to->arg);
}

/* A document's own postings carry its id in their key ("i17/tax"): on a credit note's, invoice_id
 * is the corrected invoice. Tax comes once per taxed item, with both levels, so that it can be told
 * by rate. */
#define OWN_DOCUMENT \
	"CASE WHEN SUBSTR(t.key, 1, 1) = 'i' AND SUBSTR(t.key, LENGTH(t.key) - 3) " \
	" IN ('/net', '/tax') THEN CAST(SUBSTR(t.key, 2, LENGTH(t.key) - 5) AS BIGINT)" \
	" ELSE t.invoice_id END"
#define POSTING \
	"SELECT t.id, t.key, t.code, t.debit, t.credit, t.amount_minor, t.currency, t.client_id," \
	" t.invoice_id, t.payment_id, t.booked_on, d.number, x.tax_name, x.tax_rate_ppm," \
	" x.tax_minor - x.tax2_minor, x.tax2_name, x.tax2_rate_ppm, x.tax2_minor" \
	" FROM transfer t LEFT JOIN invoice d ON d.id = " OWN_DOCUMENT \
	" LEFT JOIN invoice_item x ON x.invoice_id = d.id AND x.tax_minor <> 0" \
	" AND t.code IN ('tax', 'credit_tax')"

DB_STMT(report_postings, "tt",
    POSTING " WHERE ($1 IS NULL OR t.booked_on >= $1) AND ($2 IS NULL OR t.booked_on <= $2)"
            " ORDER BY t.id, x.tax_rate_ppm, x.tax_name, x.position");

enum err report_store_postings(struct cx *cx, const struct report_query *q, report_posting_fn *fn,
    void *arg)
{
	struct postings to = {fn, arg};
	return db_each(cx, &report_postings,
	    DB_ARGS(arg_day(cx->arena, q->from), arg_day(cx->arena, q->until)), posting_row, &to);
}

DB_STMT(report_transfers, "it",
    POSTING " WHERE t.invoice_id = $1 OR t.key LIKE $2"
            " ORDER BY t.id, x.tax_rate_ppm, x.tax_name, x.position");

enum err report_store_transfers(struct cx *cx, int64_t document_id, report_posting_fn *fn,
    void *arg)
{
	struct postings to = {fn, arg};
	const char *key = arena_printf(cx->arena, "i%lld/%%", (long long)document_id);
	return db_each(cx, &report_transfers, DB_ARGS(db_int(document_id), db_text(key)),
	    posting_row, &to);
}

struct accounts {
	report_account_fn *fn;
	void *arg;
};

static enum err account_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct accounts *to = arg;
	struct report_account a;
	a.word = row_str(row);
	a.client_id = row_int(row);
	a.currency = row_str(row);
	a.tax_name = row_str(row);
	a.rate_ppm = row_int(row);
	return to->fn(cx, &a, to->arg);
}

DB_STMT(report_accounts, "",
    "SELECT debit, CASE WHEN debit IN ('receivable', 'credit') THEN client_id ELSE 0 END, currency,"
    " '', 0 FROM transfer"
    " UNION SELECT credit, CASE WHEN credit IN ('receivable', 'credit') THEN client_id ELSE 0 END,"
    " currency, '', 0 FROM transfer"
    " UNION SELECT 'tax', 0, i.currency, t.tax_name, t.tax_rate_ppm FROM invoice_item t"
    " JOIN invoice i ON i.id = t.invoice_id WHERE t.tax_minor <> 0 AND i.number IS NOT NULL"
    " UNION SELECT 'tax', 0, i.currency, t.tax2_name, t.tax2_rate_ppm FROM invoice_item t"
    " JOIN invoice i ON i.id = t.invoice_id WHERE t.tax2_minor <> 0 AND i.number IS NOT NULL"
    " ORDER BY 1, 2, 4, 5, 3");

enum err report_store_accounts(struct cx *cx, report_account_fn *fn, void *arg)
{
	struct accounts to = {fn, arg};
	return db_each(cx, &report_accounts, DB_NONE, account_row, &to);
}

struct sums {
	report_sum_fn *fn;
	void *arg;
};

static enum err sum_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct sums *to = arg;
	struct report_sum s;
	s.account = row_str(row);
	s.currency = row_str(row);
	s.debit_minor = row_int(row);
	s.credit_minor = row_int(row);
	return to->fn(cx, &s, to->arg);
}

DB_STMT(report_trial_sum, "t",
    "SELECT account, currency, CAST(SUM(debit_minor) AS BIGINT), CAST(SUM(credit_minor) AS BIGINT)"
    " FROM (SELECT debit AS account, currency, amount_minor AS debit_minor, 0 AS credit_minor"
    " FROM transfer WHERE booked_on <= $1"
    " UNION ALL SELECT credit, currency, 0, amount_minor FROM transfer WHERE booked_on <= $1)"
    " AS halves GROUP BY account, currency ORDER BY account, currency");

enum err report_store_trial(struct cx *cx, struct day on, report_sum_fn *fn, void *arg)
{
	struct sums to = {fn, arg};
	return db_each(cx, &report_trial_sum, DB_ARGS(arg_day(cx->arena, on)), sum_row, &to);
}
