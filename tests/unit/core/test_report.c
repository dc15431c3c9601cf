/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reports over real documents and payments: VAT with credit notes, deferred income that adds up,
 * debts as of any day, statements, the ledger as text, explanations. Both engines.
 */
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

static struct day day(const char *text)
{
	struct day d;
	assert_true(day_parse(text, &d));
	return d;
}

static void on(struct books *b, const char *text)
{
	b->today = day(text);
	b->cx->now = (int64_t)b->today.n * 86400 + 12 * 3600;
}

static int64_t client(struct books *b, const char *email, const char *country, const char *currency)
{
	struct client_input in = {.email = email, .first_name = "A", .last_name = "B", .company = "",
	    .address = "", .city = "", .postcode = "", .state = "", .country = country, .phone = "",
	    .currency = currency, .tax_id = "", .password = ""};
	int64_t id;
	testdb_ok(b->cx, client_create(b->cx, &in, &id));
	return id;
}

static json_t *parsed(struct books *b, const char *text)
{
	json_t *tree;
	testdb_ok(b->cx, json_parse(b->cx, text, strlen(text), &tree));
	return tree;
}

static void rate(struct books *b, const char *json)
{
	int64_t id;
	testdb_ok(b->cx, tax_rate_save(b->cx, 0, parsed(b, json), FIELD_JSON, &id));
}

static struct books *books_open(const void *engine)
{
	struct books *b = calloc(1, sizeof *b);
	b->t = testdb_open(engine);
	b->cx = &b->t->cx;
	on(b, "2027-01-10");
	testdb_ok(b->cx, setting_put(b->cx, "company.country", "DE"));
	testdb_ok(b->cx, setting_put(b->cx, "company.zone", "UTC"));
	testdb_ok(b->cx, gateway_save(b->cx, &(struct gateway){"bank", "bank", "Bank", "{}", true, 1}));
	rate(b, "{\"name\":\"USt\",\"country\":\"DE\",\"rate_ppm\":190000}");
	rate(b, "{\"name\":\"USt\",\"country\":\"DE\",\"tax_class\":\"reduced\",\"rate_ppm\":70000}");
	rate(b, "{\"name\":\"TVA\",\"country\":\"FR\",\"rate_ppm\":200000}");
	b->de = client(b, "de@example.com", "DE", "EUR");
	b->fr = client(b, "fr@example.com", "FR", "EUR");
	b->ch = client(b, "ch@example.com", "CH", "CHF");
	b->us = client(b, "us@example.com", "US", "EUR");
	return b;
}

static void books_close(struct books *b)
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

static int64_t sell(struct books *b, const struct sale *s)
{
	struct settings settings;
	struct tax_table taxes;
	struct client c;
	struct invoice_plan plan;
	int64_t id;
	testdb_ok(b->cx, setting_load(b->cx, &settings));
	testdb_ok(b->cx, tax_load(b->cx, &taxes));
	testdb_ok(b->cx, client_get(b->cx, s->client, &c));
	struct invoice_line line = {.kind = s->from != NULL ? "period" : "manual", .description = "Thing",
	    .tax_class = s->tax_class != NULL ? s->tax_class : "standard",
	    .from = s->from != NULL ? day(s->from) : DAY_NONE, .to = s->to != NULL ? day(s->to) : DAY_NONE,
	    .quantity = 1, .unit_minor = s->net};
	struct invoice_request r = {.settings = &settings, .taxes = &taxes, .client = &c,
	    .currency = c.currency, .issued_on = b->today, .due_on = day_add(b->today, s->due_days),
	    .lines = &line, .lines_n = 1};
	testdb_ok(b->cx, invoice_plan(b->cx, &r, &plan));
	testdb_ok(b->cx, invoice_commit(b->cx, &plan, &id));
	return id;
}

static int64_t pay(struct books *b, int64_t invoice, int64_t minor, const char *remote)
{
	struct invoice i;
	int64_t id;
	bool is_new;
	testdb_ok(b->cx, invoice_get(b->cx, 0, invoice, &i));
	struct payment_new p = {.client_id = i.client_id, .invoice_id = i.id, .amount_minor = minor,
	    .gateway = "bank", .remote_id = remote, .reference = "", .currency = i.currency};
	testdb_ok(b->cx, payment_record(b->cx, &p, &id, &is_new));
	return id;
}

static struct report_query query(struct books *b, const char *from, const char *until)
{
	return (struct report_query){.from = from != NULL ? day(from) : DAY_NONE,
	    .until = until != NULL ? day(until) : DAY_NONE, .on = DAY_NONE, .today = b->today, .limit = 50,
	    .rate_ppm = -1};
}

static json_t *make(struct books *b, const char *name, const struct report_query *q)
{
	json_t *tree = NULL;
	char *csv;
	testdb_ok(b->cx, report_make(b->cx, name, q, &tree));
	/* Every table of every report is also a CSV with a row for each row. */
	json_t *tables = json_object_get(tree, "tables"), *table;
	size_t i;
	json_array_foreach(tables, i, table) {
		size_t lines = 0;
		testdb_ok(b->cx, report_csv(b->cx, tree, json_string_value(json_object_get(table, "name")), &csv));
		for (const char *p = csv; (p = strstr(p, "\r\n")) != NULL; p += 2)
			lines++;
		assert_int_equal(lines, json_array_size(json_object_get(table, "rows")) + 1);
	}
	return tree;
}

static json_t *rows_of(const json_t *tree, size_t table)
{
	return json_object_get(json_array_get(json_object_get(tree, "tables"), table), "rows");
}

/* The row whose text under a name is this one; the nth. */
static json_t *row_at(json_t *rows, const char *name, const char *text, int nth)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		if (str_eq(json_string_value(json_object_get(row, name)), text) && nth-- == 0)
			return row;
	return NULL;
}

static int64_t number(const json_t *row, const char *name)
{
	assert_non_null(json_object_get(row, name));
	return json_integer_value(json_object_get(row, name));
}

/* ---- VAT ---- */

static void vat_with_credit_notes(void **state)
{
	struct books *b = books_open(*state);
	int64_t note;
	bool existing;
	int64_t first = sell(b, &(struct sale){.client = b->de, .net = 10000});
	sell(b, &(struct sale){.client = b->de, .net = 5000, .tax_class = "reduced"});
	sell(b, &(struct sale){.client = b->fr, .net = 3000});
	sell(b, &(struct sale){.client = b->us, .net = 700});
	sell(b, &(struct sale){.client = b->ch, .net = 800});
	on(b, "2027-02-03");
	testdb_ok(b->cx, credit_note_amount(b->cx, first, 1190, "less", &note));
	struct report_query q = query(b, "2027-01-01", "2027-01-31");
	json_t *rates = rows_of(make(b, "vat", &q), 0);
	assert_int_equal(json_array_size(rates), 5);
	json_t *de = row_at(rates, "kind", "domestic", 0);
	assert_int_equal(number(de, "rate_ppm"), 190000);
	assert_int_equal(number(de, "net_minor"), 10000);
	assert_int_equal(number(de, "tax_minor"), 1900);
	assert_int_equal(number(row_at(rates, "kind", "domestic", 1), "tax_minor"), 350);
	assert_int_equal(number(row_at(rates, "country", "FR", 0), "tax_minor"), 600);
	assert_string_equal(json_string_value(json_object_get(row_at(rates, "country", "CH", 0), "currency")), "CHF");
	/* The credit note counts in its own month, with the opposite sign. */
	q = query(b, "2027-02-01", "2027-02-28");
	rates = rows_of(make(b, "vat", &q), 0);
	assert_int_equal(json_array_size(rates), 1);
	assert_int_equal(number(json_array_get(rates, 0), "net_minor"), -1000);
	assert_int_equal(number(json_array_get(rates, 0), "tax_minor"), -190);
	testdb_ok(b->cx, credit_note_full(b->cx, first, "all", &note, &existing));
	q = query(b, "2027-01-01", "2027-02-28");
	json_t *tree = make(b, "vat", &q);
	de = row_at(rows_of(tree, 0), "kind", "domestic", 0);
	assert_int_equal(number(de, "net_minor"), 0);
	assert_int_equal(number(de, "tax_minor"), 0);
	assert_int_equal(number(de, "documents"), 3);
	assert_int_equal(json_array_size(rows_of(tree, 1)), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows_of(tree, 1), 0), "country")), "FR");
	/* The documents behind the line, page by page. */
	struct report_query behind = q;
	behind.country = "DE";
	behind.kind = "domestic";
	behind.rate_ppm = 190000;
	behind.limit = 2;
	tree = make(b, "vat-documents", &behind);
	assert_int_equal(json_array_size(rows_of(tree, 0)), 2);
	const char *next =
	    json_string_value(json_object_get(json_array_get(json_object_get(tree, "tables"), 0), "next"));
	assert_true(str_int(next, &behind.after));
	tree = make(b, "vat-documents", &behind);
	assert_int_equal(json_array_size(rows_of(tree, 0)), 1);
	books_close(b);
}

/* ---- income ---- */

static void income_by_month(void **state)
{
	struct books *b = books_open(*state);
	int64_t i = sell(b, &(struct sale){.client = b->de, .net = 10000});
	sell(b, &(struct sale){.client = b->ch, .net = 900});
	on(b, "2027-03-01");
	pay(b, i, 12000, "p1"); /* 1.00 too much: still received */
	struct report_query q = query(b, "2027-01-01", "2027-03-31");
	json_t *tree = make(b, "income", &q), *rows = rows_of(tree, 0);
	assert_int_equal(json_array_size(rows), 3);
	assert_int_equal(number(row_at(rows, "currency", "CHF", 0), "net_minor"), 900);
	assert_int_equal(number(row_at(rows, "currency", "EUR", 0), "net_minor"), 10000);
	assert_int_equal(number(row_at(rows, "month", "2027-03", 0), "received_minor"), 12000);
	assert_int_equal(number(row_at(rows, "month", "2027-03", 0), "net_minor"), 0);
	assert_true(json_is_object(json_object_get(tree, "chart")));
	struct report_query behind = q;
	behind.month = "2027-01";
	behind.currency = "EUR";
	assert_int_equal(json_array_size(rows_of(make(b, "documents", &behind), 0)), 1);
	behind.month = NULL;
	assert_int_equal(number(json_array_get(rows_of(make(b, "cash", &behind), 0), 0), "amount_minor"), 11900);
	books_close(b);
}

/* ---- deferred ---- */

static void check_deferred(struct books *b, const char *from, const char *until)
{
	struct report_query q = query(b, from, until);
	json_t *tree = make(b, "deferred", &q), *row;
	size_t i;
	json_t *opening = rows_of(tree, 1);
	json_array_foreach(opening, i, row) {
		const char *currency = json_string_value(json_object_get(row, "currency"));
		int64_t sum = number(row, "opening_minor"), last = sum;
		size_t k;
		json_t *month;
		json_array_foreach(rows_of(tree, 0), k, month) {
			if (!str_eq(json_string_value(json_object_get(month, "currency")), currency))
				continue;
			sum += number(month, "issued_minor") - number(month, "recognized_minor");
			last = number(month, "deferred_minor");
			assert_int_equal(last, sum);
		}
	}
}

static void deferred_by_month(void **state)
{
	struct books *b = books_open(*state);
	int64_t note;
	int64_t i = sell(b, &(struct sale){.client = b->de, .net = 36500, .from = "2027-02-01", .to = "2028-02-01"});
	sell(b, &(struct sale){.client = b->de, .net = 100});
	struct report_query q = query(b, "2027-01-01", "2028-03-31");
	json_t *rows = rows_of(make(b, "deferred", &q), 0);
	assert_int_equal(number(row_at(rows, "month", "2027-01", 0), "recognized_minor"), 100);
	assert_int_equal(number(row_at(rows, "month", "2027-01", 0), "deferred_minor"), 36500);
	assert_int_equal(number(row_at(rows, "month", "2027-02", 0), "recognized_minor"), 2800);
	assert_int_equal(number(row_at(rows, "month", "2027-03", 0), "recognized_minor"), 3100);
	assert_int_equal(number(row_at(rows, "month", "2028-01", 0), "deferred_minor"), 0);
	/* Half of it credited after half a year: what was earned of that half goes back at once. */
	on(b, "2027-08-01");
	testdb_ok(b->cx, credit_note_amount(b->cx, i, 36500 * 119 / 200, "half", &note));
	struct invoice n;
	testdb_ok(b->cx, invoice_get(b->cx, 0, note, &n));
	rows = rows_of(make(b, "deferred", &q), 0);
	assert_int_equal(number(row_at(rows, "month", "2027-08", 0), "issued_minor"), -n.net_minor);
	assert_int_equal(number(row_at(rows, "month", "2028-01", 0), "deferred_minor"), 0);
	int64_t earned = 0;
	size_t k;
	json_t *row;
	json_array_foreach(rows, k, row)
		earned += number(row, "recognized_minor");
	assert_int_equal(earned, 36600 - n.net_minor);
	check_deferred(b, "2027-01-01", "2028-03-31");
	check_deferred(b, "2027-05-14", "2027-11-03");
	check_deferred(b, "2027-08-01", "2027-08-01");
	books_close(b);
}

#define NEXT (x = x * 6364136223846793005u + 1442695040888963407u, x >> 33)

/* Random documents and notes: for any two ranges that meet, the sums agree. */
static void deferred_adds_up(void **state)
{
	struct books *b = books_open(*state);
	const char *given = getenv("BILLHOOK_SEED");
	uint64_t x = given != NULL ? strtoull(given, NULL, 10) : 42;
	int64_t net = 0;
	print_message("seed %llu (BILLHOOK_SEED)\n", (unsigned long long)x);
	for (int i = 0; i < 40; i++) {
		char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE], now[DAY_TEXT_SIZE];
		struct day start = day_add(day("2027-01-01"), (int)(NEXT % 300));
		on(b, day_text(day_add(start, (int)(NEXT % 20) - 10), now));
		int64_t minor = (int64_t)(NEXT % 90000) + 1;
		int64_t id = sell(b, &(struct sale){.client = b->de, .net = minor, .from = day_text(start, from),
		    .to = day_text(day_add(start, (int)(NEXT % 400) + 1), to)});
		net += minor;
		if (NEXT % 3 != 0)
			continue;
		int64_t note;
		struct invoice n;
		on(b, day_text(day_add(b->today, (int)(NEXT % 90)), now));
		testdb_ok(b->cx, credit_note_amount(b->cx, id, (int64_t)(NEXT % (uint64_t)minor) + 1, "part", &note));
		testdb_ok(b->cx, invoice_get(b->cx, 0, note, &n));
		net -= n.net_minor;
	}
	struct report_query q = query(b, "2026-12-01", "2029-12-31");
	json_t *rows = rows_of(make(b, "deferred", &q), 0), *row;
	int64_t issued = 0, earned = 0;
	size_t i;
	json_array_foreach(rows, i, row) {
		issued += number(row, "issued_minor");
		earned += number(row, "recognized_minor");
	}
	assert_int_equal(issued, net);
	assert_int_equal(earned, net);
	/* What one range leaves deferred is what the next one begins with. */
	struct day cut = day_add(day("2027-01-01"), (int)(NEXT % 500));
	struct report_query first = q, second = q;
	first.until = cut;
	second.from = day_add(cut, 1);
	rows = rows_of(make(b, "deferred", &first), 0);
	int64_t left = number(json_array_get(rows, json_array_size(rows) - 1), "deferred_minor");
	assert_int_equal(number(json_array_get(rows_of(make(b, "deferred", &second), 1), 0), "opening_minor"), left);
	books_close(b);
}

/* ---- debts and clients ---- */

static void ageing_as_of(void **state)
{
	struct books *b = books_open(*state);
	int64_t note;
	bool existing;
	int64_t one = sell(b, &(struct sale){.client = b->us, .net = 1000, .due_days = 10}); /* due 01-20 */
	int64_t two = sell(b, &(struct sale){.client = b->us, .net = 2000, .due_days = 50}); /* due 03-01 */
	on(b, "2027-02-15");
	pay(b, one, 400, "p1");
	on(b, "2027-03-10");
	testdb_ok(b->cx, credit_note_full(b->cx, two, "mistake", &note, &existing));
	static const struct {
		const char *on, *age;
		int64_t minor, total;
	} cases[] = {{"2027-01-09", "not_due", 0, 0}, {"2027-01-20", "not_due", 3000, 3000},
	    {"2027-02-14", "1-30", 1000, 3000}, {"2027-02-15", "1-30", 600, 2600},
	    {"2027-03-05", "31-60", 600, 2600}, {"2027-03-05", "1-30", 2000, 2600},
	    {"2027-03-10", "31-60", 600, 600}, {"2027-06-01", "90+", 600, 600}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct report_query q = query(b, NULL, NULL);
		q.on = day(cases[i].on);
		json_t *tree = make(b, "ageing", &q), *row = row_at(rows_of(tree, 0), "age", cases[i].age, 0);
		assert_int_equal(row == NULL ? 0 : number(row, "balance_minor"), cases[i].minor);
		json_t *total = json_array_get(rows_of(tree, 1), 0);
		assert_int_equal(total == NULL ? 0 : number(total, "balance_minor"), cases[i].total);
		q.part = cases[i].age;
		int64_t sum = 0;
		size_t k;
		json_array_foreach(rows_of(make(b, "ageing-documents", &q), 0), k, row)
			sum += number(row, "balance_minor");
		assert_int_equal(sum, cases[i].minor);
	}
	books_close(b);
}

static void statement_runs(void **state)
{
	struct books *b = books_open(*state);
	int64_t one = sell(b, &(struct sale){.client = b->de, .net = 1000});
	on(b, "2027-02-01");
	pay(b, one, 1500, "p1"); /* 11.90 and 3.10 credit */
	on(b, "2027-02-20");
	int64_t two = sell(b, &(struct sale){.client = b->de, .net = 1000}), used;
	testdb_ok(b->cx, payment_use_credit(b->cx, two, &used));
	assert_int_equal(used, 310);
	struct report_query q = query(b, "2027-02-01", "2027-02-28");
	q.client_id = b->de;
	json_t *tree = make(b, "statement", &q), *rows = rows_of(tree, 0);
	json_t *sums = json_array_get(rows_of(tree, 1), 0);
	assert_int_equal(number(sums, "opening_open_minor"), 1190);
	assert_int_equal(number(sums, "opening_credit_minor"), 0);
	assert_int_equal(number(sums, "closing_open_minor"), 880);
	assert_int_equal(number(sums, "closing_credit_minor"), 0);
	/* Payment, what became credit, the invoice with its tax as one line, credit used. */
	assert_int_equal(json_array_size(rows), 4);
	assert_int_equal(number(json_array_get(rows, 0), "amount_minor"), -1190);
	assert_int_equal(number(json_array_get(rows, 1), "credit_minor"), 310);
	assert_int_equal(number(json_array_get(rows, 2), "amount_minor"), 1190);
	assert_int_equal(number(json_array_get(rows, 3), "open_minor"), 880);
	/* Ranges that meet: one closes as the next opens. */
	q = query(b, "2027-02-21", "2027-03-31");
	q.client_id = b->de;
	tree = make(b, "statement", &q);
	assert_int_equal(json_array_size(rows_of(tree, 0)), 0);
	assert_int_equal(number(json_array_get(rows_of(tree, 1), 0), "opening_open_minor"), 880);
	/* A client without any posting stands at zero in his currency. */
	q.client_id = b->ch;
	sums = json_array_get(rows_of(make(b, "statement", &q), 1), 0);
	assert_string_equal(json_string_value(json_object_get(sums, "currency")), "CHF");
	assert_int_equal(number(sums, "closing_open_minor"), 0);
	json_t *none;
	q.client_id = 0;
	assert_int_equal(report_make(b->cx, "statement", &q, &none), ERR_INVALID);
	cx_clear(b->cx);
	q.client_id = 999;
	assert_int_equal(report_make(b->cx, "statement", &q, &none), ERR_NOT_FOUND);
	cx_clear(b->cx);
	books_close(b);
}

static void as_of_a_day(void **state)
{
	struct books *b = books_open(*state);
	int64_t one = sell(b, &(struct sale){.client = b->de, .net = 1000});
	on(b, "2027-02-01");
	pay(b, one, 1500, "p1");
	struct report_query q = query(b, NULL, NULL);
	q.client_id = b->de;
	q.on = day("2027-01-31");
	json_t *tree = make(b, "as-of", &q);
	assert_int_equal(number(json_array_get(rows_of(tree, 0), 0), "open_minor"), 1190);
	assert_int_equal(number(json_array_get(rows_of(tree, 1), 0), "balance_minor"), 1190);
	q.on = day("2027-02-01");
	tree = make(b, "as-of", &q);
	assert_int_equal(number(json_array_get(rows_of(tree, 0), 0), "open_minor"), 0);
	assert_int_equal(number(json_array_get(rows_of(tree, 0), 0), "credit_minor"), 310);
	assert_int_equal(number(json_array_get(rows_of(tree, 1), 0), "balance_minor"), 0);
	q.on = day("2027-01-09");
	assert_int_equal(json_array_size(rows_of(make(b, "as-of", &q), 1)), 0);
	q.client_id = 0;
	q.on = day("2027-02-01");
	assert_int_equal(number(json_array_get(rows_of(make(b, "credit", &q), 0), 0), "credit_minor"), 310);
	q.on = day("2027-01-31");
	assert_int_equal(json_array_size(rows_of(make(b, "credit", &q), 0)), 0);
	books_close(b);
}

/* ---- services ---- */

static int64_t plan(struct books *b)
{
	struct plan_input in;
	int64_t id;
	testdb_ok(b->cx, field_read(b->cx, &plan_fields, parsed(b, "{\"key\": \"p\", \"name\": \"P\", \"panel\": \"\","
	    " \"package\": \"\", \"prices\": [{\"cycle\": \"1m\", \"currency\": \"EUR\", \"price_minor\": 1}]}"),
	    FIELD_JSON, &in));
	testdb_ok(b->cx, plan_create(b->cx, &in, &id));
	return id;
}

/* Two of each. */
static void service(struct books *b, const char *cycle, int64_t minor, const char *state, const char *from,
    const char *ended)
{
	long long end = ended != NULL ? (long long)day(ended).n * 86400 + 3600 : 0;
	struct service_new in = {.client_id = b->de, .plan_id = 1, .price_minor = minor, .quantity = 2,
	    .plan_key = "p", .plan_name = "P", .tax_class = "standard", .panel = "", .package = "",
	    .cycle = cycle, .currency = "EUR", .domain = "", .started_on = day(from)};
	int64_t id;
	testdb_ok(b->cx, service_create(b->cx, &in, &id));
	testdb_script(b->cx, arena_printf(b->cx->arena, "UPDATE service SET state = '%s', ended_at = %s WHERE id ="
	    " %lld;", state, end == 0 ? "NULL" : arena_printf(b->cx->arena, "%lld", end), (long long)id));
}

static void mrr_and_churn(void **state)
{
	struct books *b = books_open(*state);
	assert_int_equal(plan(b), 1);
	service(b, "1m", 500, "active", "2026-11-05", NULL);      /* 10.00 */
	service(b, "1y", 6000, "suspended", "2027-02-01", NULL);  /* 10.00 */
	service(b, "3m", 1500, "terminated", "2026-12-01", "2027-03-03"); /* 10.00 */
	service(b, "1m", 900, "cancelled", "2027-01-01", "2027-01-05"); /* never ran */
	service(b, "once", 900, "active", "2027-01-01", NULL);
	service(b, "1m", 900, "pending", "2027-01-01", NULL);
	testdb_script(b->cx, "INSERT INTO event (at, subject, subject_id, name, actor_kind, actor_name, ip, trace,"
	    " data) SELECT 1, 'service', id, 'activate', 'system', '', '', '', '{}' FROM service"
	    " WHERE state = 'terminated';");
	struct report_query q = query(b, "2027-01-01", "2027-03-31");
	json_t *rows = rows_of(make(b, "mrr", &q), 0);
	assert_int_equal(json_array_size(rows), 3);
	static const struct {
		const char *month;
		int64_t mrr, new_, lost, services, churn;
	} want[] = {{"2027-01", 2000, 0, 0, 2, 0}, {"2027-02", 3000, 1000, 0, 3, 0},
	    {"2027-03", 2000, 0, 1000, 2, 333333}};
	for (size_t i = 0; i < 3; i++) {
		json_t *row = row_at(rows, "month", want[i].month, 0);
		assert_int_equal(number(row, "mrr_minor"), want[i].mrr);
		assert_int_equal(number(row, "arr_minor"), want[i].mrr * 12);
		assert_int_equal(number(row, "new_minor"), want[i].new_);
		assert_int_equal(number(row, "lost_minor"), want[i].lost);
		assert_int_equal(number(row, "services"), want[i].services);
		assert_int_equal(number(row, "churn_ppm"), want[i].churn);
	}
	q = query(b, "2027-03-01", "2027-03-31");
	rows = rows_of(make(b, "mrr-services", &q), 0);
	assert_int_equal(json_array_size(rows), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "move")), "went");
	testdb_close(b->t);
	free(b);
}

/* ---- the ledger as text ---- */

static void books_as_text(void **state)
{
	struct books *b = books_open(*state);
	const char *text;
	size_t len;
	int64_t i = sell(b, &(struct sale){.client = b->de, .net = 1000});
	int64_t note;
	pay(b, i, 1190, "p1");
	on(b, "2027-02-01");
	testdb_ok(b->cx, credit_note_amount(b->cx, i, 119, "=less", &note));
	struct report_query q = query(b, NULL, NULL);
	testdb_ok(b->cx, report_books_text(b->cx, REPORT_HLEDGER, &q, &text, &len));
	assert_int_equal(strlen(text), len);
	char receivable[64];
	snprintf(receivable, sizeof receivable, "account assets:receivable:client:%lld\n", (long long)b->de);
	assert_non_null(strstr(text, receivable));
	assert_non_null(strstr(text, "commodity 1000.00 EUR\n"));
	assert_non_null(strstr(text, "liabilities:tax:USt 19%"));
	assert_non_null(strstr(text, "-1.90 EUR\n"));
	assert_non_null(strstr(text, "assets:cash:bank"));
	assert_non_null(strstr(text, "2027-02-01 (T"));
	testdb_ok(b->cx, report_books_text(b->cx, REPORT_BEANCOUNT, &q, &text, &len));
	assert_non_null(strstr(text, "1970-01-01 open Liabilities:Tax:USt-19\n"));
	assert_non_null(strstr(text, " * \"credit_tax\" \""));
	testdb_ok(b->cx, report_books_text(b->cx, REPORT_LEDGER_CSV, &q, &text, &len));
	assert_true(str_starts(text, "id,booked_on,code,document,"));
	/* A range: only the credit note and the credit it gave. */
	q.from = day("2027-02-01");
	testdb_ok(b->cx, report_books_text(b->cx, REPORT_LEDGER_CSV, &q, &text, &len));
	assert_null(strstr(text, "2027-01-10"));
	assert_non_null(strstr(text, ",0.19,EUR,"));
	books_close(b);
}

static void trial_agrees(void **state)
{
	struct books *b = books_open(*state);
	int64_t i = sell(b, &(struct sale){.client = b->de, .net = 1000});
	on(b, "2027-02-01");
	pay(b, i, 1190, "p1");
	struct report_query q = query(b, NULL, NULL);
	q.on = day("2027-01-31");
	json_t *tree = make(b, "trial", &q);
	assert_int_equal(number(row_at(rows_of(tree, 0), "account", "receivable", 0), "balance_minor"), 1190);
	assert_null(row_at(rows_of(tree, 0), "account", "cash:bank", 0));
	json_t *total = json_array_get(rows_of(tree, 1), 0);
	assert_int_equal(number(total, "balance_minor"), 0);
	assert_int_equal(number(total, "debit_minor"), 1190);
	q.on = day("2027-02-01");
	tree = make(b, "trial", &q);
	assert_int_equal(number(row_at(rows_of(tree, 0), "account", "receivable", 0), "balance_minor"), 0);
	assert_int_equal(number(row_at(rows_of(tree, 0), "account", "cash:bank", 0), "balance_minor"), 1190);
	books_close(b);
}

/* ---- explain ---- */

static void explains(void **state)
{
	struct books *b = books_open(*state);
	json_t *tree;
	int64_t i = sell(b, &(struct sale){.client = b->de, .net = 1000, .from = "2027-02-01", .to = "2027-03-01"});
	testdb_ok(b->cx, report_explain(b->cx, b->de, i, &tree));
	json_t *line = json_array_get(json_object_get(tree, "lines"), 0);
	assert_true(json_is_true(json_object_get(line, "agrees")));
	assert_int_equal(number(line, "days"), 28);
	assert_int_equal(number(json_object_get(line, "tax"), "rate_ppm"), 190000);
	assert_true(number(json_object_get(line, "tax"), "rate_id") > 0);
	assert_true(json_array_size(json_object_get(line, "steps")) >= 4);
	assert_int_equal(json_array_size(json_object_get(tree, "postings")), 2);
	/* Another client's document is not there. */
	testdb_fails(b->cx, report_explain(b->cx, b->fr, i, &tree), ERR_NOT_FOUND, "invoice.unknown");
	/* A credit note: its own postings, not those of the invoice it corrects. */
	int64_t note;
	testdb_ok(b->cx, credit_note_amount(b->cx, i, 119, "less", &note));
	testdb_ok(b->cx, report_explain(b->cx, 0, note, &tree));
	assert_int_equal(json_array_size(json_object_get(tree, "postings")), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(tree, "postings"), 0),
	    "code")), "credit_note");
	books_close(b);
}

static void refuses(void **state)
{
	struct books *b = books_open(*state);
	struct report_query q = query(b, "2027-02-01", "2027-01-01");
	json_t *tree;
	testdb_fails(b->cx, report_make(b->cx, "nonsense", &q, &tree), ERR_NOT_FOUND, "report.unknown");
	assert_int_equal(report_make(b->cx, "vat", &q, &tree), ERR_INVALID);
	assert_string_equal(b->cx->fault.fields->name, "until");
	cx_clear(b->cx);
	q = query(b, "2001-01-01", "2027-01-01");
	assert_int_equal(report_make(b->cx, "income", &q, &tree), ERR_INVALID);
	cx_clear(b->cx);
	/* Empty books are no error: every report answers. */
	q = query(b, NULL, NULL);
	q.client_id = b->de;
	for (size_t i = 0; i < reports_n; i++)
		(void)make(b, reports[i].name, &q);
	books_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TESTDB_BOTH(vat_with_credit_notes), TESTDB_BOTH(income_by_month),
	    TESTDB_BOTH(deferred_by_month), TESTDB_BOTH(deferred_adds_up), TESTDB_BOTH(ageing_as_of),
	    TESTDB_BOTH(statement_runs), TESTDB_BOTH(as_of_a_day), TESTDB_BOTH(mrr_and_churn),
	    TESTDB_BOTH(books_as_text), TESTDB_BOTH(trial_agrees), TESTDB_BOTH(explains),
	    TESTDB_BOTH(refuses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
