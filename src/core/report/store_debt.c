/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what is owed and to whom, as the ledger stood at the end of a day: sums of postings
 * booked until then. The cached balances of invoices are not asked.
 */
#include "core/report/own.h"
#include "core/row.h"

struct balances {
	report_balance_fn *fn;
	void *arg;
};

static enum err balance_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct balances *to = arg;
	struct report_balance b;
	b.id = row_int(row);
	b.client_id = row_int(row);
	b.kind = row_str(row);
	b.number = row_str(row);
	b.currency = row_str(row);
	b.issued_on = row_day(row);
	b.due_on = row_day(row);
	b.total_minor = row_int(row);
	b.balance_minor = row_int(row);
	return to->fn(cx, &b, to->arg);
}

#define RECEIVABLE \
	"CAST(SUM(CASE WHEN t.debit = 'receivable' THEN t.amount_minor" \
	" WHEN t.credit = 'receivable' THEN -t.amount_minor ELSE 0 END) AS BIGINT)"

DB_STMT(report_receivable, "titi",
    "SELECT i.id, i.client_id, i.kind, i.number, i.currency, i.issued_on, i.due_on, i.total_minor,"
    " b.balance FROM (SELECT t.invoice_id, " RECEIVABLE " AS balance FROM transfer t"
    " WHERE t.booked_on <= $1 AND t.invoice_id > $2 GROUP BY t.invoice_id) AS b"
    " JOIN invoice i ON i.id = b.invoice_id WHERE b.balance <> 0"
    " AND ($3 IS NULL OR i.currency = $3) AND ($4 IS NULL OR i.client_id = $4) ORDER BY i.id");

enum err report_store_receivable(struct cx *cx, const struct report_query *q, report_balance_fn *fn,
    void *arg)
{
	struct balances to = {fn, arg};
	return db_each(cx, &report_receivable,
	    DB_ARGS(arg_day(cx->arena, q->on), db_int(q->after), db_opt_text(q->currency),
	        db_opt(q->client_id)),
	    balance_row, &to);
}

DB_STMT(report_of_client, "tiii",
    "SELECT i.id, i.client_id, i.kind, i.number, i.currency, i.issued_on, i.due_on, i.total_minor,"
    " (SELECT COALESCE(" RECEIVABLE ", 0) FROM transfer t WHERE t.invoice_id = i.id"
    " AND t.booked_on <= $1) FROM invoice i WHERE i.client_id = $2 AND i.state <> 'draft'"
    " AND i.issued_on <= $1 AND i.id > $3 ORDER BY i.id LIMIT $4");

enum err report_store_of_client(struct cx *cx, const struct report_query *q, report_balance_fn *fn,
    void *arg)
{
	struct balances to = {fn, arg};
	return db_each(cx, &report_of_client,
	    DB_ARGS(arg_day(cx->arena, q->on), db_int(q->client_id), db_int(q->after),
	        db_int(q->limit)),
	    balance_row, &to);
}

#define CREDIT "SUM(CASE WHEN credit = 'credit' THEN amount_minor ELSE -amount_minor END)"

DB_STMT(report_credit_of, "tii",
    "SELECT client_id, client_id, '', '', currency, CAST(NULL AS TEXT), CAST(NULL AS TEXT), 0,"
    " CAST(" CREDIT " AS BIGINT) FROM transfer WHERE booked_on <= $1"
    " AND (debit = 'credit' OR credit = 'credit') AND client_id > $2"
    " AND ($3 IS NULL OR client_id = $3) GROUP BY client_id, currency"
    " HAVING " CREDIT " <> 0 ORDER BY client_id, currency");

enum err report_store_credit(struct cx *cx, const struct report_query *q, report_balance_fn *fn,
    void *arg)
{
	struct balances to = {fn, arg};
	return db_each(cx, &report_credit_of,
	    DB_ARGS(arg_day(cx->arena, q->on), db_int(q->after), db_opt(q->client_id)), balance_row,
	    &to);
}

struct lines {
	report_line_fn *fn;
	void *arg;
};

static enum err line_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct lines *to = arg;
	struct report_line l;
	l.id = row_int(row);
	l.booked_on = row_day(row);
	l.code = row_str(row);
	l.currency = row_str(row);
	l.invoice_id = row_int(row);
	l.payment_id = row_int(row);
	l.document_id = row_int(row);
	l.number = row_str(row);
	l.open_minor = row_int(row);
	l.credit_minor = row_int(row);
	return to->fn(cx, &l, to->arg);
}

/* The document a posting belongs to: its own for invoices and notes (the id is in the key). */
DB_STMT(report_lines, "it",
    "SELECT t.id, t.booked_on, t.code, t.currency, t.invoice_id, t.payment_id, d.id, d.number,"
    " CASE WHEN t.debit = 'receivable' THEN t.amount_minor"
    " WHEN t.credit = 'receivable' THEN -t.amount_minor ELSE 0 END,"
    " CASE WHEN t.credit = 'credit' THEN t.amount_minor"
    " WHEN t.debit = 'credit' THEN -t.amount_minor ELSE 0 END"
    " FROM transfer t LEFT JOIN invoice d ON d.id = CASE WHEN SUBSTR(t.key, 1, 1) = 'i'"
    " AND SUBSTR(t.key, LENGTH(t.key) - 3) IN ('/net', '/tax')"
    " THEN CAST(SUBSTR(t.key, 2, LENGTH(t.key) - 5) AS BIGINT) ELSE t.invoice_id END"
    " WHERE t.client_id = $1 AND t.booked_on <= $2 AND (t.debit IN ('receivable', 'credit')"
    " OR t.credit IN ('receivable', 'credit')) ORDER BY t.booked_on, t.id");

enum err report_store_lines(struct cx *cx, const struct report_query *q, report_line_fn *fn,
    void *arg)
{
	struct lines to = {fn, arg};
	return db_each(cx, &report_lines,
	    DB_ARGS(db_int(q->client_id), arg_day(cx->arena, q->until)), line_row, &to);
}
