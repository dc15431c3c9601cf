/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Income month by month: what was invoiced and what was received, per currency, and the documents
 * and postings behind both. When it was earned is deferred.c.
 */
#include <string.h>

#include "base/str.h"
#include "core/report/own.h"
#include "core/row.h"

static const struct report_column columns[] = {
    {"month", "Month", NULL, REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"documents", "Documents", NULL, REPORT_COUNT, true},
    {"net_minor", "Invoiced net", NULL, REPORT_MONEY, false},
    {"tax_minor", "Tax", NULL, REPORT_MONEY, false},
    {"total_minor", "Invoiced", NULL, REPORT_MONEY, false},
    {"received_minor", "Received", NULL, REPORT_MONEY, false},
};

struct months {
	json_t *rows;
	const struct report_query *q;
};

/* Months come in order from both readers: the place of one is found from the end. */
static json_t *row_of(const struct months *m, const struct report_month_sum *s)
{
	size_t i = json_array_size(m->rows);
	char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];
	for (; i > 0; i--) {
		json_t *row = json_array_get(m->rows, i - 1);
		int c = strcmp(json_string_value(json_object_get(row, "month")), s->month);
		if (c == 0)
			c = strcmp(json_string_value(json_object_get(row, "currency")),
			    s->currency);
		if (c == 0)
			return row;
		if (c < 0)
			break;
	}
	json_t *row = json_pack("{s:s s:s s:I s:I s:I s:I s:I}", "month", s->month, "currency",
	    s->currency, "documents", (json_int_t)0, "net_minor", (json_int_t)0, "tax_minor",
	    (json_int_t)0, "total_minor", (json_int_t)0, "received_minor", (json_int_t)0);
	json_object_set_new(row, "drill",
	    report_drill("documents", "month", s->month, "currency", s->currency, "from",
	        day_text(m->q->from, from), "until", day_text(m->q->until, until), NULL));
	json_array_insert_new(m->rows, i, row);
	return row;
}

static void put(json_t *row, const char *name, int64_t value)
{
	json_object_set_new(row, name, json_integer(value));
}

static enum err add_issued(struct cx *cx, const struct report_month_sum *s, void *arg)
{
	json_t *row = row_of(arg, s);
	put(row, "documents", s->documents);
	put(row, "net_minor", s->net_minor);
	put(row, "tax_minor", s->tax_minor);
	put(row, "total_minor", s->net_minor + s->tax_minor);
	return OK;
}

static enum err add_received(struct cx *cx, const struct report_month_sum *s, void *arg)
{
	put(row_of(arg, s), "received_minor", s->received_minor);
	return OK;
}

enum err report_income(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct months m = {REPORT_TABLE(out, "months", "By month", columns), q};
	TRY(report_store_issued(cx, q, add_issued, &m));
	TRY(report_store_received(cx, q, add_received, &m));
	report_draw(out, m.rows, "Invoiced net by month", "month", "net_minor");
	report_note(out,
	    "Invoiced counts by day of issue, less credit notes. Received is money that came "
	    "in through any gateway, less what went back. Currencies are never added.");
	return OK;
}

/* ---- behind a month ---- */

struct page {
	json_t *rows;
	int64_t last;
};

static const struct report_column document_columns[] = {
    {"number", "Document", "invoice", REPORT_TEXT, false},
    {"kind", "Kind", NULL, REPORT_TEXT, false},
    {"state", "State", NULL, REPORT_TEXT, false},
    {"issued_on", "Issued", NULL, REPORT_DATE, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"net_minor", "Net", NULL, REPORT_MONEY, false},
    {"tax_minor", "Tax", NULL, REPORT_MONEY, false},
    {"total_minor", "Total", NULL, REPORT_MONEY, false},
};

static enum err add_document(struct cx *cx, const struct report_document *d, void *arg)
{
	struct page *p = arg;
	json_t *row = json_pack("{s:I s:s s:s s:s s:s s:I s:I s:I}", "invoice_id", d->id, "number",
	    d->number, "kind", d->kind, "state", d->state, "currency", d->currency, "net_minor",
	    d->net_minor, "tax_minor", d->tax_minor, "total_minor", d->total_minor);
	json_object_set_new(row, "issued_on", json_day(d->issued_on));
	json_array_append_new(p->rows, row);
	p->last = d->id;
	return OK;
}

enum err report_documents(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct page p = {REPORT_TABLE(out, "documents", "Documents", document_columns), 0};
	TRY(report_store_documents(cx, q, add_document, &p));
	if ((int64_t)json_array_size(p.rows) >= q->limit)
		report_more(out, p.last);
	return OK;
}

static const struct report_column cash_columns[] = {
    {"booked_on", "Day", NULL, REPORT_DATE, false},
    {"code", "What", NULL, REPORT_TEXT, false},
    {"account", "Account", NULL, REPORT_TEXT, false},
    {"payment", "Payment", "payment", REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"amount_minor", "Amount", NULL, REPORT_MONEY, false},
};

static enum err add_cash(struct cx *cx, const struct report_cash_row *c, void *arg)
{
	struct page *p = arg;
	json_t *row = json_pack("{s:s s:s s:s s:I}", "code", c->code, "account", c->account,
	    "currency", c->currency, "amount_minor", c->amount_minor);
	json_object_set_new(row, "booked_on", json_day(c->booked_on));
	json_object_set_new(row, "payment_id", json_id(c->payment_id));
	json_object_set_new(row, "invoice_id", json_id(c->invoice_id));
	json_object_set_new(row, "payment",
	    c->payment_id == 0 ? json_null() :
	                         json_sprintf("Payment %lld", (long long)c->payment_id));
	json_array_append_new(p->rows, row);
	p->last = c->id;
	return OK;
}

enum err report_cash(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct page p = {REPORT_TABLE(out, "postings", "Postings", cash_columns), 0};
	TRY(report_store_cash(cx, q, add_cash, &p));
	if ((int64_t)json_array_size(p.rows) >= q->limit)
		report_more(out, p.last);
	return OK;
}
