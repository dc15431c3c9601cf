/* SPDX-License-Identifier: Apache-2.0 */
/* Debts as of any day, statements, recurring income, the ledger as text, explanations, refusals. */
#include "unit/core/report_scene.h"

/* ---- debts and clients ---- */

static void ageing_as_of(void **state)
{
	struct books *b = books_open(*state);
	int64_t note;
	bool existing;
	int64_t one =
	    sell(b, &(struct sale){.client = b->us, .net = 1000, .due_days = 10}); /* due 01-20 */
	int64_t two =
	    sell(b, &(struct sale){.client = b->us, .net = 2000, .due_days = 50}); /* due 03-01 */
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
		json_t *tree = make(b, "ageing", &q),
		       *row = row_at(rows_of(tree, 0), "age", cases[i].age, 0);
		assert_int_equal(row == NULL ? 0 : number(row, "balance_minor"), cases[i].minor);
		json_t *total = json_array_get(rows_of(tree, 1), 0);
		assert_int_equal(total == NULL ? 0 : number(total, "balance_minor"),
		    cases[i].total);
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
	assert_true(json_is_object(json_object_get(make(b, "credit", &q), "chart")));
	assert_int_equal(number(json_array_get(rows_of(make(b, "credit", &q), 0), 0),
	                     "credit_minor"),
	    310);
	q.on = day("2027-01-31");
	assert_int_equal(json_array_size(rows_of(make(b, "credit", &q), 0)), 0);
	books_close(b);
}

/* ---- services ---- */

static int64_t plan(struct books *b)
{
	struct plan_input in;
	int64_t id;
	testdb_ok(b->cx,
	    field_read(b->cx, &plan_fields,
	        parsed(b,
	            "{\"key\": \"p\", \"name\": \"P\", \"panel\": \"\","
	            " \"package\": \"\", \"prices\": [{\"cycle\": \"1m\", \"currency\":"
	            " \"EUR\", \"price_minor\": 1}]}"),
	        FIELD_JSON, &in));
	testdb_ok(b->cx, plan_create(b->cx, &in, &id));
	return id;
}

struct hosted {
	const char *cycle;
	int64_t minor;
	const char *state, *from, *ended;
};

/* Two of each. */
static void service(struct books *b, const struct hosted *h)
{
	long long end = h->ended != NULL ? (long long)day(h->ended).n * 86400 + 3600 : 0;
	struct service_new in = {.client_id = b->de,
	    .plan_id = 1,
	    .price_minor = h->minor,
	    .quantity = 2,
	    .plan_key = "p",
	    .plan_name = "P",
	    .tax_class = "standard",
	    .panel = "",
	    .package = "",
	    .cycle = h->cycle,
	    .currency = "EUR",
	    .domain = "",
	    .started_on = day(h->from)};
	int64_t id;
	testdb_ok(b->cx, service_create(b->cx, &in, &id));
	testdb_script(b->cx,
	    arena_printf(b->cx->arena,
	        "UPDATE service SET state = '%s', ended_at = %s WHERE id ="
	        " %lld;",
	        h->state, end == 0 ? "NULL" : arena_printf(b->cx->arena, "%lld", end),
	        (long long)id));
}

static void mrr_and_churn(void **state)
{
	struct books *b = books_open(*state);
	assert_int_equal(plan(b), 1);
	service(b, &(struct hosted){"1m", 500, "active", "2026-11-05", NULL});     /* 10.00 */
	service(b, &(struct hosted){"1y", 6000, "suspended", "2027-02-01", NULL}); /* 10.00 */
	service(b,
	    &(struct hosted){"3m", 1500, "terminated", "2026-12-01", "2027-03-03"}); /* 10.00 */
	service(b,
	    &(struct hosted){"1m", 900, "cancelled", "2027-01-01", "2027-01-05"}); /* never ran */
	service(b, &(struct hosted){"once", 900, "active", "2027-01-01", NULL});
	service(b, &(struct hosted){"1m", 900, "pending", "2027-01-01", NULL});
	testdb_script(b->cx,
	    "INSERT INTO event (at, subject, subject_id, name, actor_kind, actor_name, ip, trace,"
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
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "move")),
	    "went");
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
	snprintf(receivable, sizeof receivable, "account assets:receivable:client:%lld\n",
	    (long long)b->de);
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
	assert_int_equal(number(row_at(rows_of(tree, 0), "account", "receivable", 0),
	                     "balance_minor"),
	    1190);
	assert_null(row_at(rows_of(tree, 0), "account", "cash:bank", 0));
	json_t *total = json_array_get(rows_of(tree, 1), 0);
	assert_int_equal(number(total, "balance_minor"), 0);
	assert_int_equal(number(total, "debit_minor"), 1190);
	q.on = day("2027-02-01");
	tree = make(b, "trial", &q);
	assert_int_equal(number(row_at(rows_of(tree, 0), "account", "receivable", 0),
	                     "balance_minor"),
	    0);
	assert_int_equal(number(row_at(rows_of(tree, 0), "account", "cash:bank", 0),
	                     "balance_minor"),
	    1190);
	books_close(b);
}

/* ---- explain ---- */

static void explains(void **state)
{
	struct books *b = books_open(*state);
	json_t *tree;
	int64_t i = sell(b,
	    &(struct sale){.client = b->de, .net = 1000, .from = "2027-02-01", .to = "2027-03-01"});
	testdb_ok(b->cx, report_explain(b->cx, b->de, i, &tree));
	json_t *line = json_array_get(json_object_get(tree, "lines"), 0);
	assert_true(json_is_true(json_object_get(line, "agrees")));
	assert_int_equal(number(line, "days"), 28);
	assert_int_equal(number(json_object_get(line, "tax"), "rate_ppm"), 190000);
	assert_true(number(json_object_get(line, "tax"), "rate_id") > 0);
	assert_true(json_array_size(json_object_get(line, "steps")) >= 4);
	assert_int_equal(json_array_size(json_object_get(tree, "postings")), 2);
	/* Another client's document is not there. */
	testdb_fails(b->cx, report_explain(b->cx, b->fr, i, &tree), ERR_NOT_FOUND,
	    "invoice.unknown");
	/* A credit note: its own postings, not those of the invoice it corrects. */
	int64_t note;
	testdb_ok(b->cx, credit_note_amount(b->cx, i, 119, "less", &note));
	testdb_ok(b->cx, report_explain(b->cx, 0, note, &tree));
	assert_int_equal(json_array_size(json_object_get(tree, "postings")), 2);
	assert_string_equal(json_string_value(
	                        json_object_get(json_array_get(json_object_get(tree, "postings"),
	                                            0),
	                            "code")),
	    "credit_note");
	books_close(b);
}

static void refuses(void **state)
{
	struct books *b = books_open(*state);
	struct report_query q = query(b, "2027-02-01", "2027-01-01");
	json_t *tree;
	testdb_fails(b->cx, report_make(b->cx, "nonsense", &q, &tree), ERR_NOT_FOUND,
	    "report.unknown");
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
	const struct CMUnitTest tests[] = {TESTDB_BOTH(ageing_as_of), TESTDB_BOTH(statement_runs),
	    TESTDB_BOTH(as_of_a_day), TESTDB_BOTH(mrr_and_churn), TESTDB_BOTH(books_as_text),
	    TESTDB_BOTH(trial_agrees), TESTDB_BOTH(explains), TESTDB_BOTH(refuses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
