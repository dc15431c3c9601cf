/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading issued documents: by tax rate, by month, one by one, and their items. A credit note
 * counts with the opposite sign. What is said of them is in the reports.
 */
#include "base/str.h"
#include "core/report/own.h"
#include "core/row.h"

struct documents {
	report_document_fn *fn;
	void *arg;
};

static enum err document_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct documents *to = arg;
	struct report_document d;
	d.id = row_int(row);
	d.client_id = row_int(row);
	d.kind = row_str(row);
	d.number = row_str(row);
	d.state = row_str(row);
	d.currency = row_str(row);
	d.issued_on = row_day(row);
	d.buyer = row_str(row);
	d.tax_name = row_str(row);
	d.rate_ppm = row_int(row);
	d.net_minor = row_int(row);
	d.tax_minor = row_int(row);
	d.total_minor = row_int(row);
	return to->fn(cx, &d, to->arg);
}

DB_STMT(report_taxed, "ttiti",
    "SELECT i.id, i.client_id, i.kind, i.number, i.state, i.currency, i.issued_on, i.buyer, t.name,"
    " t.ppm, CASE WHEN i.kind = 'credit_note' THEN -t.net ELSE t.net END,"
    " CASE WHEN i.kind = 'credit_note' THEN -t.tax ELSE t.tax END,"
    " CASE WHEN i.kind = 'credit_note' THEN -t.net - t.tax ELSE t.net + t.tax END"
    " FROM invoice i JOIN (SELECT invoice_id, name, ppm, CAST(SUM(net) AS BIGINT) AS net,"
    " CAST(SUM(tax) AS BIGINT) AS tax FROM (SELECT invoice_id, tax_name AS name,"
    " tax_rate_ppm AS ppm, net_minor AS net, tax_minor - tax2_minor AS tax FROM invoice_item"
    " UNION ALL SELECT invoice_id, tax2_name, tax2_rate_ppm, net_minor, tax2_minor"
    " FROM invoice_item WHERE tax2_rate_ppm > 0) AS levels"
    " GROUP BY invoice_id, name, ppm) AS t ON t.invoice_id = i.id"
    " WHERE i.issued_on >= $1 AND i.issued_on <= $2 AND i.state <> 'draft' AND i.id > $3"
    " AND ($4 IS NULL OR i.currency = $4) AND ($5 < 0 OR t.ppm = $5) ORDER BY i.id, t.ppm, t.name");

enum err report_store_taxed(struct cx *cx, const struct report_query *q, report_document_fn *fn,
    void *arg)
{
	struct documents to = {fn, arg};
	return db_each(cx, &report_taxed,
	    DB_ARGS(arg_day(cx->arena, q->from), arg_day(cx->arena, q->until), db_int(q->after),
	        db_opt_text(q->currency), db_int(q->rate_ppm)),
	    document_row, &to);
}

DB_STMT(report_issued_documents, "ttittiti",
    "SELECT id, client_id, kind, number, state, currency, issued_on, '', '', 0,"
    " CASE WHEN kind = 'credit_note' THEN -net_minor ELSE net_minor END,"
    " CASE WHEN kind = 'credit_note' THEN -tax_minor ELSE tax_minor END,"
    " CASE WHEN kind = 'credit_note' THEN -total_minor ELSE total_minor END FROM invoice"
    " WHERE issued_on >= $1 AND issued_on <= $2 AND state <> 'draft' AND id > $3"
    " AND ($4 IS NULL OR currency = $4) AND ($5 IS NULL OR kind = $5)"
    " AND ($6 IS NULL OR client_id = $6)"
    " AND ($7 IS NULL OR SUBSTR(issued_on, 1, 7) = $7) ORDER BY id LIMIT $8");

enum err report_store_documents(struct cx *cx, const struct report_query *q, report_document_fn *fn,
    void *arg)
{
	struct documents to = {fn, arg};
	return db_each(cx, &report_issued_documents,
	    DB_ARGS(arg_day(cx->arena, q->from), arg_day(cx->arena, q->until), db_int(q->after),
	        db_opt_text(q->currency), db_opt_text(q->kind), db_opt(q->client_id),
	        db_opt_text(q->month), db_int(q->limit)),
	    document_row, &to);
}

struct months {
	report_month_fn *fn;
	void *arg;
};

static enum err month_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct months *to = arg;
	struct report_month_sum m;
	m.month = row_str(row);
	m.currency = row_str(row);
	m.net_minor = row_int(row);
	m.tax_minor = row_int(row);
	m.received_minor = row_int(row);
	m.documents = row_int(row);
	return to->fn(cx, &m, to->arg);
}

DB_STMT(report_issued, "tt",
    "SELECT SUBSTR(issued_on, 1, 7), currency,"
    " CAST(SUM(CASE WHEN kind = 'credit_note' THEN -net_minor ELSE net_minor END) AS BIGINT),"
    " CAST(SUM(CASE WHEN kind = 'credit_note' THEN -tax_minor ELSE tax_minor END) AS BIGINT),"
    " 0, COUNT(*) FROM invoice"
    " WHERE issued_on >= $1 AND issued_on <= $2 AND state <> 'draft'"
    " GROUP BY SUBSTR(issued_on, 1, 7), currency ORDER BY 1, 2");

enum err report_store_issued(struct cx *cx, const struct report_query *q, report_month_fn *fn,
    void *arg)
{
	struct months to = {fn, arg};
	return db_each(cx, &report_issued,
	    DB_ARGS(arg_day(cx->arena, q->from), arg_day(cx->arena, q->until)), month_row, &to);
}

DB_STMT(report_received, "tt",
    "SELECT SUBSTR(booked_on, 1, 7), currency, 0, 0,"
    " CAST(SUM(CASE WHEN SUBSTR(debit, 1, 5) = 'cash:' THEN amount_minor ELSE 0 END"
    " - CASE WHEN SUBSTR(credit, 1, 5) = 'cash:' THEN amount_minor ELSE 0 END) AS BIGINT), 0"
    " FROM transfer WHERE booked_on >= $1 AND booked_on <= $2"
    " AND (SUBSTR(debit, 1, 5) = 'cash:' OR SUBSTR(credit, 1, 5) = 'cash:')"
    " GROUP BY SUBSTR(booked_on, 1, 7), currency ORDER BY 1, 2");

enum err report_store_received(struct cx *cx, const struct report_query *q, report_month_fn *fn,
    void *arg)
{
	struct months to = {fn, arg};
	return db_each(cx, &report_received,
	    DB_ARGS(arg_day(cx->arena, q->from), arg_day(cx->arena, q->until)), month_row, &to);
}

struct cash {
	report_cash_fn *fn;
	void *arg;
};

static enum err cash_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct cash *to = arg;
	struct report_cash_row c;
	c.id = row_int(row);
	c.client_id = row_int(row);
	c.invoice_id = row_int(row);
	c.payment_id = row_int(row);
	c.code = row_str(row);
	c.account = row_str(row);
	c.currency = row_str(row);
	c.amount_minor = row_int(row);
	c.booked_on = row_day(row);
	return to->fn(cx, &c, to->arg);
}

DB_STMT(report_cash_page, "ttitti",
    "SELECT id, client_id, invoice_id, payment_id, code,"
    " CASE WHEN SUBSTR(debit, 1, 5) = 'cash:' THEN debit ELSE credit END, currency,"
    " CASE WHEN SUBSTR(debit, 1, 5) = 'cash:' THEN amount_minor ELSE -amount_minor END, booked_on"
    " FROM transfer WHERE booked_on >= $1 AND booked_on <= $2 AND id > $3"
    " AND ($4 IS NULL OR currency = $4) AND ($5 IS NULL OR SUBSTR(booked_on, 1, 7) = $5)"
    " AND (SUBSTR(debit, 1, 5) = 'cash:' OR SUBSTR(credit, 1, 5) = 'cash:') ORDER BY id LIMIT $6");

enum err report_store_cash(struct cx *cx, const struct report_query *q, report_cash_fn *fn,
    void *arg)
{
	struct cash to = {fn, arg};
	return db_each(cx, &report_cash_page,
	    DB_ARGS(arg_day(cx->arena, q->from), arg_day(cx->arena, q->until), db_int(q->after),
	        db_opt_text(q->currency), db_opt_text(q->month), db_int(q->limit)),
	    cash_row, &to);
}

struct items {
	report_item_fn *fn;
	void *arg;
};

static enum err item_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct items *to = arg;
	struct report_item i;
	i.document_id = row_int(row);
	i.kind = row_str(row);
	i.currency = row_str(row);
	i.document_net_minor = row_int(row);
	i.spread.issued_on = row_day(row);
	i.net_minor = i.spread.net_minor = row_int(row);
	i.spread.from = row_day(row);
	i.spread.to = row_day(row);
	return to->fn(cx, &i, to->arg);
}

DB_STMT(report_items, "t",
    "SELECT d.id, d.kind, d.currency, d.net_minor, d.issued_on, t.net_minor, t.period_from,"
    " t.period_to FROM invoice d"
    " JOIN invoice_item t ON t.invoice_id = CASE WHEN d.kind = 'credit_note' AND NOT EXISTS"
    " (SELECT 1 FROM invoice_item o WHERE o.invoice_id = d.id AND o.refers_item_id IS NOT NULL)"
    " THEN d.refers_to_id ELSE d.id END"
    " WHERE d.issued_on <= $1 AND d.state <> 'draft' ORDER BY d.id, t.position");

enum err report_store_items(struct cx *cx, struct day until, report_item_fn *fn, void *arg)
{
	struct items to = {fn, arg};
	return db_each(cx, &report_items, DB_ARGS(arg_day(cx->arena, until)), item_row, &to);
}

/* ---- caught up with after a standstill ---- */

static void read_late(struct db_row *row, void *out)
{
	struct report_late *l = out;
	l->number = row_str(row);
	l->currency = row_str(row);
	l->client_id = row_int(row);
	l->total_minor = row_int(row);
	l->due_on = row_day(row);
	l->from = row_day(row);
}

DB_STMT(report_late_renewals, "ti",
    "SELECT COALESCE(i.number, i.proforma_number), i.currency, i.client_id, i.total_minor,"
    " i.due_on, MIN(x.period_from)"
    " FROM invoice i JOIN invoice_item x ON x.invoice_id = i.id AND x.kind = 'period'"
    " WHERE (i.issued_on = $1 OR (i.proforma_on = $1 AND i.number IS NULL))"
    " AND i.cause LIKE 'renew/%' AND x.period_from < $1"
    " GROUP BY i.id, i.number, i.proforma_number, i.currency, i.client_id, i.total_minor, i.due_on"
    " ORDER BY i.id LIMIT $2");

enum err report_caught_up(struct cx *cx, struct day issued_on, int64_t limit,
    struct report_late **ret, size_t *ret_n)
{
	return db_list(cx, &report_late_renewals,
	    DB_ARGS(arg_day(cx->arena, issued_on), db_int(limit)),
	    (struct db_into){read_late, sizeof **ret}, ret, ret_n);
}
