/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client's account: the statement of a range with running balances, and how everything stood at
 * the end of a past day. Both are sums of postings and of what the event log says.
 */
#include <string.h>

#include "base/fsm.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/report/own.h"
#include "core/row.h"
#include "core/setting/setting.h"
#include "core/view.h"

static const struct report_column line_columns[] = {
    {"booked_on", "Day", NULL, REPORT_DATE, false},
    {"what", "What", NULL, REPORT_TEXT, false},
    {"number", "Document", "invoice", REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"amount_minor", "Open amount changed by", NULL, REPORT_MONEY, false},
    {"open_minor", "Open", NULL, REPORT_MONEY, false},
    {"credit_change_minor", "Credit changed by", NULL, REPORT_MONEY, false},
    {"credit_minor", "Credit", NULL, REPORT_MONEY, false},
};
static const struct report_column balance_columns[] = {
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"opening_open_minor", "Open before", NULL, REPORT_MONEY, false},
    {"opening_credit_minor", "Credit before", NULL, REPORT_MONEY, false},
    {"closing_open_minor", "Open at the end", NULL, REPORT_MONEY, false},
    {"closing_credit_minor", "Credit at the end", NULL, REPORT_MONEY, false},
};

#define CURRENCIES_MAX 200

struct running {
	char currency[4];
	int64_t opening_open, opening_credit, open, credit;
};
struct statement {
	const struct report_query *q;
	struct running *of;
	size_t n;
	json_t *rows;
	int64_t last_document; /* net and tax of one document are one line */
};

static const char *what_of(const char *code)
{
	static const struct {
		const char *code, *what;
	} words[] = {{"invoice", "Invoice"}, {"tax", "Invoice"}, {"credit_note", "Credit note"},
	    {"credit_tax", "Credit note"}, {"payment", "Payment"},
	    {"overpayment", "Kept as credit"}, {"use_credit", "Paid by credit"},
	    {"refund", "Refund"}, {"fee", "Fee"}, {"write_off", "Written off"},
	    {"dispute", "Payment disputed"}, {"dispute_won", "Dispute won"},
	    {"grant", "Credit given"}, {"rounding", "Rounding"}, {"funds", "Credit bought"},
	    {"failed", "Payment failed"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].code, code) == 0)
			return words[i].what;
	return code;
}

static struct running *running_of(struct statement *s, const char *currency)
{
	size_t i = 0;
	while (i < s->n && strcmp(s->of[i].currency, currency) != 0)
		i++;
	if (i == CURRENCIES_MAX)
		return NULL;
	if (i == s->n)
		str_copy(s->of[s->n++].currency, sizeof s->of[i].currency, currency);
	return &s->of[i];
}

static void bump(json_t *row, const char *name, int64_t by)
{
	int64_t now = json_integer_value(json_object_get(row, name));
	json_object_set_new(row, name, json_integer(now + by));
}

/* The tax of the document on the line before: the same line. */
static bool joins(const struct statement *s, const struct report_line *l)
{
	bool tax = strcmp(l->code, "tax") == 0 || strcmp(l->code, "credit_tax") == 0;
	return tax && l->document_id != 0 && l->document_id == s->last_document;
}

static void put_line(struct statement *s, const struct report_line *l, const struct running *r)
{
	json_t *row = joins(s, l) ? json_array_get(s->rows, json_array_size(s->rows) - 1) : NULL;
	bool own = strcmp(l->code, "invoice") == 0 || strcmp(l->code, "credit_note") == 0;
	if (row == NULL) {
		row = json_pack("{s:s s:s s:s s:I s:I s:I s:I}", "what", what_of(l->code), "number",
		    l->number, "currency", l->currency, "amount_minor", (json_int_t)0, "open_minor",
		    (json_int_t)0, "credit_change_minor", (json_int_t)0, "credit_minor",
		    (json_int_t)0);
		json_object_set_new(row, "booked_on", json_day(l->booked_on));
		json_object_set_new(row, "invoice_id",
		    json_id(l->document_id != 0 ? l->document_id : l->invoice_id));
		json_object_set_new(row, "payment_id", json_id(l->payment_id));
		json_array_append_new(s->rows, row);
		s->last_document = own ? l->document_id : 0;
	}
	bump(row, "amount_minor", l->open_minor);
	bump(row, "credit_change_minor", l->credit_minor);
	json_object_set_new(row, "open_minor", json_integer(r->open));
	json_object_set_new(row, "credit_minor", json_integer(r->credit));
}

static enum err add_line(struct cx *cx, const struct report_line *l, void *arg)
{
	struct statement *s = arg;
	struct running *r = running_of(s, l->currency);
	if (r == NULL)
		return fail(cx, ERR_INTERNAL, "report.currencies",
		    "There are more than %d currencies", CURRENCIES_MAX);
	if (json_array_size(s->rows) >= REPORT_LINES_MAX)
		return fail_field(cx, "from", "report.too_large",
		    "A statement has at most %d lines: choose a shorter range", REPORT_LINES_MAX);
	r->open += l->open_minor;
	r->credit += l->credit_minor;
	if (l->booked_on.n < s->q->from.n) {
		r->opening_open = r->open;
		r->opening_credit = r->credit;
		return OK;
	}
	put_line(s, l, r);
	return OK;
}

/* With none of his own currencies in the ledger, the client's stands at zero. */
static enum err settle(struct cx *cx, struct statement *s)
{
	struct client c;
	TRY(client_get(cx, s->q->client_id, &c));
	if (s->n == 0)
		(void)running_of(s, c.currency);
	return OK;
}

enum err report_statement(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct statement s = {.q = q, .of = ARENA_ARRAY(cx->arena, struct running, CURRENCIES_MAX)};
	s.rows = REPORT_TABLE(out, "lines", "Lines", line_columns);
	TRY(report_store_lines(cx, q, add_line, &s));
	TRY(settle(cx, &s));
	json_t *rows = REPORT_TABLE(out, "balances", "Balances", balance_columns);
	for (size_t i = 0; i < s.n; i++)
		json_array_append_new(rows,
		    json_pack("{s:s s:I s:I s:I s:I}", "currency", s.of[i].currency,
		        "opening_open_minor", s.of[i].opening_open, "opening_credit_minor",
		        s.of[i].opening_credit, "closing_open_minor", s.of[i].open,
		        "closing_credit_minor", s.of[i].credit));
	return OK;
}

/* ---- a past day ---- */

static const struct report_column then_columns[] = {
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"open_minor", "Open", NULL, REPORT_MONEY, false},
    {"credit_minor", "Credit", NULL, REPORT_MONEY, false},
};
static const struct report_column document_columns[] = {
    {"number", "Document", "invoice", REPORT_TEXT, false},
    {"kind", "Kind", NULL, REPORT_TEXT, false},
    {"issued_on", "Issued", NULL, REPORT_DATE, false},
    {"due_on", "Due", NULL, REPORT_DATE, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"total_minor", "Total", NULL, REPORT_MONEY, false},
    {"balance_minor", "Open then", NULL, REPORT_MONEY, false},
};
static const struct report_column service_columns[] = {
    {"service", "Service", "service", REPORT_TEXT, false},
    {"plan", "Plan", NULL, REPORT_TEXT, false},
    {"state", "State then", NULL, REPORT_TEXT, false},
    {"state_now", "State now", NULL, REPORT_TEXT, false},
};

struct documents {
	json_t *rows;
	int64_t last;
};

static enum err add_document(struct cx *cx, const struct report_balance *b, void *arg)
{
	struct documents *d = arg;
	json_t *row = json_pack("{s:I s:s s:s s:s s:I s:I}", "invoice_id", b->id, "number",
	    b->number, "kind", b->kind, "currency", b->currency, "total_minor", b->total_minor,
	    "balance_minor", b->balance_minor);
	json_object_set_new(row, "issued_on", json_day(b->issued_on));
	json_object_set_new(row, "due_on", json_day(b->due_on));
	json_array_append_new(d->rows, row);
	d->last = b->id;
	return OK;
}

static const char *word_in(struct cx *cx, const char *data, const char *name)
{
	json_t *tree = view_parse(data);
	const char *word = arena_strdup(cx->arena,
	    str_or(json_string_value(json_object_get(tree, name)), "pending"));
	json_decref(tree);
	return word;
}

/* What the log says: where the last move before led, else where the first one after came from. */
static enum err state_then(struct cx *cx, const struct report_service *s, int64_t end,
    const char **ret)
{
	const char *last, *next;
	TRY(report_store_moves(cx, s->id, end, &last, &next));
	if (last != NULL)
		*ret = word_in(cx, last, "to");
	else
		*ret = next != NULL ? word_in(cx, next, "from") : s->state;
	return OK;
}

static enum err add_services(struct cx *cx, const struct report_query *q, json_t *rows)
{
	struct settings settings;
	struct report_service *all;
	const char *state;
	size_t n;
	TRY(setting_load(cx, &settings));
	TRY(report_store_services_of(cx, q->client_id, &all, &n));
	int64_t end = zone_instant(settings.company_zone, day_add(q->on, 1));
	for (size_t i = 0; i < n; i++) {
		const struct report_service *s = &all[i];
		if (s->created_at >= end)
			continue;
		TRY(state_then(cx, s, end, &state));
		json_t *row = json_pack("{s:I s:s s:s s:s}", "service_id", s->id, "plan", s->plan,
		    "state", state, "state_now", s->state);
		json_object_set_new(row, "service",
		    *s->domain != '\0' ? json_string(s->domain) :
		                         json_sprintf("Service %lld", (long long)s->id));
		json_array_append_new(rows, row);
	}
	return OK;
}

enum err report_as_of(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct report_query then = *q;
	struct statement s = {.of = ARENA_ARRAY(cx->arena, struct running, CURRENCIES_MAX)};
	then.until = q->on;
	then.from = day_add(q->on, 1); /* all lines are before */
	s.q = &then;
	json_t *balances = REPORT_TABLE(out, "balances", "Balances", then_columns);
	TRY(report_store_lines(cx, &then, add_line, &s));
	TRY(settle(cx, &s));
	for (size_t i = 0; i < s.n; i++)
		json_array_append_new(balances,
		    json_pack("{s:s s:I s:I}", "currency", s.of[i].currency, "open_minor",
		        s.of[i].open, "credit_minor", s.of[i].credit));
	struct documents d = {REPORT_TABLE(out, "documents", "Documents", document_columns), 0};
	TRY(report_store_of_client(cx, q, add_document, &d));
	if ((int64_t)json_array_size(d.rows) >= q->limit)
		report_more(out, d.last);
	return add_services(cx, q, REPORT_TABLE(out, "services", "Services", service_columns));
}
