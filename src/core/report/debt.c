/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients owe by age, and what is owed to them as credit, at the end of any day. Sums of
 * postings; what an invoice's state says does not matter here.
 */
#include <string.h>

#include "base/str.h"
#include "core/report/own.h"
#include "core/row.h"

static const struct report_column columns[] = {
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"age", "Days after the due day", NULL, REPORT_TEXT, false},
    {"documents", "Documents", NULL, REPORT_COUNT, true},
    {"balance_minor", "Open", NULL, REPORT_MONEY, false},
};
static const struct report_column document_columns[] = {
    {"number", "Document", "invoice", REPORT_TEXT, false},
    {"client", "Client", "client", REPORT_TEXT, false},
    {"issued_on", "Issued", NULL, REPORT_DATE, false},
    {"due_on", "Due", NULL, REPORT_DATE, false},
    {"age", "Age", NULL, REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"total_minor", "Total", NULL, REPORT_MONEY, false},
    {"balance_minor", "Open", NULL, REPORT_MONEY, false},
};

#define CURRENCIES_MAX 200

struct ages {
	char currency[4];
	int64_t minor[REPORT_AGES], documents[REPORT_AGES];
};
struct ageing {
	const struct report_query *q;
	struct ages *of;
	size_t n;
	json_t *rows;
	int64_t last;
	bool more;
};

/* Counts an amount under its currency and age. */
static enum err count(struct cx *cx, struct ageing *a, const struct report_balance *b, int age)
{
	size_t i = 0;
	while (i < a->n && strcmp(a->of[i].currency, b->currency) != 0)
		i++;
	if (i == CURRENCIES_MAX)
		return fail(cx, ERR_INTERNAL, "report.currencies",
		    "There are more than %d currencies", CURRENCIES_MAX);
	if (i == a->n)
		str_copy(a->of[a->n++].currency, sizeof a->of[i].currency, b->currency);
	a->of[i].minor[age] += b->balance_minor;
	a->of[i].documents[age]++;
	return OK;
}

static enum err add(struct cx *cx, const struct report_balance *b, void *arg)
{
	struct ageing *a = arg;
	return count(cx, a, b, report_age(b->due_on, a->q->on));
}

static void add_rows(json_t *rows, const struct ages *of, const char *on)
{
	for (int k = 0; k < REPORT_AGES; k++) {
		json_t *row = json_pack("{s:s s:s s:I s:I}", "currency", of->currency, "age",
		    report_age_words[k], "documents", of->documents[k], "balance_minor",
		    of->minor[k]);
		json_object_set_new(row, "drill",
		    report_drill("ageing-documents", "currency", of->currency, "part",
		        report_age_words[k], "on", on, NULL));
		json_array_append_new(rows, row);
	}
}

static const struct report_column total_columns[] = {
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"documents", "Documents", NULL, REPORT_COUNT, false},
    {"balance_minor", "Open", NULL, REPORT_MONEY, false},
};

static void add_total(json_t *rows, const struct ages *of)
{
	int64_t total = 0, documents = 0;
	for (int k = 0; k < REPORT_AGES; k++) {
		total += of->minor[k];
		documents += of->documents[k];
	}
	json_array_append_new(rows,
	    json_pack("{s:s s:I s:I}", "currency", of->currency, "documents", documents,
	        "balance_minor", total));
}

enum err report_ageing(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct report_query all = *q;
	struct ageing a = {.q = q, .of = ARENA_ARRAY(cx->arena, struct ages, CURRENCIES_MAX)};
	char on[DAY_TEXT_SIZE];
	all.after = 0;
	TRY(report_store_receivable(cx, &all, add, &a));
	json_t *rows = REPORT_TABLE(out, "ages", "By age", columns);
	for (size_t i = 0; i < a.n; i++)
		add_rows(rows, &a.of[i], day_text(q->on, on));
	report_draw(out, rows, "Open by age", "age", "balance_minor");
	rows = REPORT_TABLE(out, "totals", "Totals", total_columns);
	for (size_t i = 0; i < a.n; i++)
		add_total(rows, &a.of[i]);
	return OK;
}

static enum err add_document(struct cx *cx, const struct report_balance *b, void *arg)
{
	struct ageing *a = arg;
	const char *age = report_age_words[report_age(b->due_on, a->q->on)];
	if (a->more || (a->q->part != NULL && !str_eq(a->q->part, age)))
		return OK;
	if ((int64_t)json_array_size(a->rows) >= a->q->limit) {
		a->more = true;
		return OK;
	}
	a->last = b->id;
	json_t *row = json_pack("{s:I s:I s:s s:s s:s s:I s:I}", "invoice_id", b->id, "client_id",
	    b->client_id, "number", b->number, "age", age, "currency", b->currency, "total_minor",
	    b->total_minor, "balance_minor", b->balance_minor);
	json_object_set_new(row, "client", json_sprintf("Client %lld", (long long)b->client_id));
	json_object_set_new(row, "issued_on", json_day(b->issued_on));
	json_object_set_new(row, "due_on", json_day(b->due_on));
	json_array_append_new(a->rows, row);
	return OK;
}

enum err report_ageing_documents(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct ageing a = {.q = q};
	a.rows = REPORT_TABLE(out, "documents", "Documents", document_columns);
	TRY(report_store_receivable(cx, q, add_document, &a));
	if (a.more)
		report_more(out, a.last);
	return OK;
}

/* ---- credit ---- */

static const struct report_column credit_columns[] = {
    {"client", "Client", "client", REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"credit_minor", "Credit", NULL, REPORT_MONEY, false},
};
static const struct report_column credit_totals[] = {
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"documents", "Clients", NULL, REPORT_COUNT, false},
    {"balance_minor", "Credit", NULL, REPORT_MONEY, false},
};

static enum err add_credit(struct cx *cx, const struct report_balance *b, void *arg)
{
	struct ageing *a = arg;
	TRY(count(cx, a, b, 0));
	if (b->client_id <= a->q->after || a->more)
		return OK;
	if ((int64_t)json_array_size(a->rows) >= a->q->limit && b->client_id != a->last) {
		a->more = true;
		return OK;
	}
	a->last = b->client_id;
	json_t *row = json_pack("{s:I s:s s:I}", "client_id", b->client_id, "currency", b->currency,
	    "credit_minor", b->balance_minor);
	json_object_set_new(row, "client", json_sprintf("Client %lld", (long long)b->client_id));
	json_array_append_new(a->rows, row);
	return OK;
}

enum err report_credit_all(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct report_query all = *q;
	struct ageing a = {.q = q, .of = ARENA_ARRAY(cx->arena, struct ages, CURRENCIES_MAX)};
	all.after = 0;
	a.rows = REPORT_TABLE(out, "clients", "By client", credit_columns);
	TRY(report_store_credit(cx, &all, add_credit, &a));
	if (a.more)
		report_more(out, a.last);
	report_draw(out, a.rows, "Credit by client", "client", "credit_minor");
	json_t *rows = REPORT_TABLE(out, "totals", "Totals", credit_totals);
	for (size_t i = 0; i < a.n; i++)
		add_total(rows, &a.of[i]);
	return OK;
}
