/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_CORE_REPORT_SCENE_H
#define UNIT_CORE_REPORT_SCENE_H

/* A small company with clients in four countries, for the tests of the reports. */
#include "unit/testdb.h"

#include "base/money.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/payment/payment.h"
#include "core/report/own.h"
#include "core/row.h"
#include "core/catalog/catalog.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

struct books {
	struct testdb *t;
	struct cx *cx;
	int64_t de, fr, fr_firm, ch, us;
	struct day today;
};

static inline struct day day(const char *text)
{
	struct day d;
	assert_true(day_parse(text, &d));
	return d;
}

static inline void on(struct books *b, const char *text)
{
	b->today = day(text);
	b->cx->now = (int64_t)b->today.n * 86400 + 12 * 3600;
}

static inline int64_t client(struct books *b, const char *email, const char *country,
    const char *currency)
{
	struct client_input in = {.email = email,
	    .first_name = "A",
	    .last_name = "B",
	    .company = "",
	    .address = "",
	    .city = "",
	    .postcode = "",
	    .state = "",
	    .country = country,
	    .phone = "",
	    .currency = currency,
	    .tax_id = "",
	    .password = ""};
	int64_t id;
	testdb_ok(b->cx, client_create(b->cx, &in, &id));
	return id;
}

static inline json_t *parsed(struct books *b, const char *text)
{
	json_t *tree;
	testdb_ok(b->cx, json_parse(b->cx, text, strlen(text), &tree));
	return tree;
}

static inline void rate(struct books *b, const char *json)
{
	int64_t id;
	testdb_ok(b->cx, tax_rate_save(b->cx, 0, parsed(b, json), FIELD_JSON, &id));
}

static inline struct books *books_open(const void *engine)
{
	struct books *b = calloc(1, sizeof *b);
	b->t = testdb_open(engine);
	b->cx = &b->t->cx;
	on(b, "2027-01-10");
	testdb_ok(b->cx, setting_put(b->cx, "company.country", "DE"));
	testdb_ok(b->cx, setting_put(b->cx, "company.zone", "UTC"));
	testdb_ok(b->cx,
	    gateway_save(b->cx, &(struct gateway){"bank", "bank", "Bank", "{}", true, 1}));
	rate(b, "{\"name\":\"USt\",\"country\":\"DE\",\"rate_ppm\":190000}");
	rate(b,
	    "{\"name\":\"USt\",\"country\":\"DE\",\"tax_class\":\"reduced\",\"rate_ppm\":70000}");
	rate(b, "{\"name\":\"TVA\",\"country\":\"FR\",\"rate_ppm\":200000}");
	b->de = client(b, "de@example.com", "DE", "EUR");
	b->fr = client(b, "fr@example.com", "FR", "EUR");
	b->ch = client(b, "ch@example.com", "CH", "CHF");
	b->us = client(b, "us@example.com", "US", "EUR");
	return b;
}

static inline void books_close(struct books *b)
{
	json_t *findings = json_keep(b->cx, json_array());
	testdb_ok(b->cx, ledger_audit(b->cx, findings));
	testdb_ok(b->cx, invoice_audit(b->cx, findings));
	assert_int_equal(json_array_size(findings), 0);
	testdb_close(b->t);
	free(b);
}

struct sale {
	int64_t client, net;
	const char *tax_class, *from, *to;
	int due_days;
};

static inline int64_t sell(struct books *b, const struct sale *s)
{
	struct settings settings;
	struct tax_table taxes;
	struct client c;
	struct invoice_plan plan;
	int64_t id;
	testdb_ok(b->cx, setting_load(b->cx, &settings));
	testdb_ok(b->cx, tax_load(b->cx, &taxes));
	testdb_ok(b->cx, client_get(b->cx, s->client, &c));
	struct invoice_line line = {.kind = s->from != NULL ? "period" : "manual",
	    .description = "Thing",
	    .tax_class = s->tax_class != NULL ? s->tax_class : "standard",
	    .from = s->from != NULL ? day(s->from) : DAY_NONE,
	    .to = s->to != NULL ? day(s->to) : DAY_NONE,
	    .quantity = 1,
	    .unit_minor = s->net};
	struct invoice_request r = {.settings = &settings,
	    .taxes = &taxes,
	    .client = &c,
	    .currency = c.currency,
	    .issued_on = b->today,
	    .due_on = day_add(b->today, s->due_days),
	    .lines = &line,
	    .lines_n = 1};
	testdb_ok(b->cx, invoice_plan(b->cx, &r, &plan));
	testdb_ok(b->cx, invoice_commit(b->cx, &plan, &id));
	return id;
}

static inline int64_t pay(struct books *b, int64_t invoice, int64_t minor, const char *remote)
{
	struct invoice i;
	int64_t id;
	bool is_new;
	testdb_ok(b->cx, invoice_get(b->cx, 0, invoice, &i));
	struct payment_new p = {.client_id = i.client_id,
	    .invoice_id = i.id,
	    .amount_minor = minor,
	    .gateway = "bank",
	    .remote_id = remote,
	    .reference = "",
	    .currency = i.currency};
	testdb_ok(b->cx, payment_record(b->cx, &p, &id, &is_new));
	return id;
}

static inline struct report_query query(struct books *b, const char *from, const char *until)
{
	return (struct report_query){.from = from != NULL ? day(from) : DAY_NONE,
	    .until = until != NULL ? day(until) : DAY_NONE,
	    .on = DAY_NONE,
	    .today = b->today,
	    .limit = 50,
	    .rate_ppm = -1};
}

static inline json_t *make(struct books *b, const char *name, const struct report_query *q)
{
	json_t *tree = NULL;
	char *csv;
	testdb_ok(b->cx, report_make(b->cx, name, q, &tree));
	/* Every table of every report is also a CSV with a row for each row. */
	json_t *tables = json_object_get(tree, "tables"), *table;
	size_t i;
	json_array_foreach(tables, i, table) {
		size_t lines = 0;
		testdb_ok(b->cx,
		    report_csv(b->cx, tree, json_string_value(json_object_get(table, "name")),
		        &csv));
		for (const char *p = csv; (p = strstr(p, "\r\n")) != NULL; p += 2)
			lines++;
		assert_int_equal(lines, json_array_size(json_object_get(table, "rows")) + 1);
	}
	return tree;
}

static inline json_t *rows_of(const json_t *tree, size_t table)
{
	return json_object_get(json_array_get(json_object_get(tree, "tables"), table), "rows");
}

/* The row whose text under a name is this one; the nth. */
static inline json_t *row_at(json_t *rows, const char *name, const char *text, int nth)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		if (str_eq(json_string_value(json_object_get(row, name)), text) && nth-- == 0)
			return row;
	return NULL;
}

static inline int64_t number(const json_t *row, const char *name)
{
	assert_non_null(json_object_get(row, name));
	return json_integer_value(json_object_get(row, name));
}

#endif
