/* SPDX-License-Identifier: Apache-2.0 */
/* Reports over issued documents: VAT with credit notes, income, deferred income that adds up. */
#include "unit/core/report_scene.h"

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
	assert_string_equal(json_string_value(
	                        json_object_get(row_at(rates, "country", "CH", 0), "currency")),
	    "CHF");
	/* The credit note counts in its own month, with the opposite sign. */
	q = query(b, "2027-02-01", "2027-02-28");
	rates = rows_of(make(b, "vat", &q), 0);
	assert_int_equal(json_array_size(rates), 1);
	assert_int_equal(number(json_array_get(rates, 0), "net_minor"), -1000);
	assert_int_equal(number(json_array_get(rates, 0), "tax_minor"), -190);
	testdb_ok(b->cx, credit_note_full(b->cx, first, "all", &note, &existing));
	q = query(b, "2027-01-01", "2027-02-28");
	json_t *tree = make(b, "vat", &q);
	assert_true(json_is_object(json_object_get(tree, "chart")));
	de = row_at(rows_of(tree, 0), "kind", "domestic", 0);
	assert_int_equal(number(de, "net_minor"), 0);
	assert_int_equal(number(de, "tax_minor"), 0);
	assert_int_equal(number(de, "documents"), 3);
	assert_int_equal(json_array_size(rows_of(tree, 1)), 1);
	assert_string_equal(json_string_value(
	                        json_object_get(json_array_get(rows_of(tree, 1), 0), "country")),
	    "FR");
	/* The documents behind the line, page by page. */
	struct report_query behind = q;
	behind.country = "DE";
	behind.kind = "domestic";
	behind.rate_ppm = 190000;
	behind.limit = 2;
	tree = make(b, "vat-documents", &behind);
	assert_int_equal(json_array_size(rows_of(tree, 0)), 2);
	const char *next = json_string_value(
	    json_object_get(json_array_get(json_object_get(tree, "tables"), 0), "next"));
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
	assert_int_equal(number(json_array_get(rows_of(make(b, "cash", &behind), 0), 0),
	                     "amount_minor"),
	    11900);
	books_close(b);
}

/* ---- deferred ---- */

static void check_deferred(struct books *b, const char *from, const char *until)
{
	struct report_query q = query(b, from, until);
	json_t *tree = make(b, "deferred", &q), *row;
	assert_true(json_is_object(json_object_get(tree, "chart")));
	size_t i;
	json_t *opening = rows_of(tree, 1);
	json_array_foreach(opening, i, row) {
		const char *currency = json_string_value(json_object_get(row, "currency"));
		int64_t sum = number(row, "opening_minor"), last = sum;
		size_t k;
		json_t *month;
		json_array_foreach(rows_of(tree, 0), k, month) {
			if (!str_eq(json_string_value(json_object_get(month, "currency")),
			        currency))
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
	int64_t i = sell(b,
	    &(struct sale){.client = b->de,
	        .net = 36500,
	        .from = "2027-02-01",
	        .to = "2028-02-01"});
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
		int64_t id = sell(b,
		    &(struct sale){.client = b->de,
		        .net = minor,
		        .from = day_text(start, from),
		        .to = day_text(day_add(start, (int)(NEXT % 400) + 1), to)});
		net += minor;
		if (NEXT % 3 != 0)
			continue;
		int64_t note;
		struct invoice n;
		on(b, day_text(day_add(b->today, (int)(NEXT % 90)), now));
		testdb_ok(b->cx,
		    credit_note_amount(b->cx, id, (int64_t)(NEXT % (uint64_t)minor) + 1, "part",
		        &note));
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
	assert_int_equal(number(json_array_get(rows_of(make(b, "deferred", &second), 1), 0),
	                     "opening_minor"),
	    left);
	books_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TESTDB_BOTH(vat_with_credit_notes),
	    TESTDB_BOTH(income_by_month), TESTDB_BOTH(deferred_by_month),
	    TESTDB_BOTH(deferred_adds_up)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
