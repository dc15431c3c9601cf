/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates of currencies: looking up, crossing over the euro, rounding once; by hand and from the
 * file, on both engines.
 */
#include "unit/testdb.h"

#include "base/str.h"
#include "core/rate/rate.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static void CUR_03_rounded_once_to_the_digits(void **state)
{
	static const struct {
		const char *base, *currency;
		int64_t rate_e8, minor, want;
	} rows[] = {
	    {"USD", "EUR", 95000000, 1000, 950},
	    {"USD", "EUR", 95000000, 1001, 951},    /* 9.5095 */
	    {"EUR", "JPY", 16250000000, 999, 1623}, /* 1623.375 */
	    {"JPY", "EUR", 615385, 1000, 615},
	    {"EUR", "KWD", 33333333, 1000, 3333},
	    {"KWD", "JPY", 48712300000, 1500, 731},
	    {"USD", "EUR", 95000000, -1001, -951},
	    {"USD", "EUR", 95000000, 0, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rate_quote q = {rows[i].base, "hand", rows[i].rate_e8, {0}};
		int64_t got;
		assert_true(rate_convert(rows[i].minor, rows[i].currency, &q, &got));
		assert_int_equal(got, rows[i].want);
	}
	struct rate_quote q = {"EUR", "hand", INT64_C(99999900000000), {0}};
	int64_t got;
	assert_false(rate_convert(INT64_C(1000000000000000), "JPY", &q, &got));
	q.rate_e8 = 0;
	assert_false(rate_convert(1, "JPY", &q, &got));
	q = (struct rate_quote){"XAU", "hand", 1, {0}};
	assert_false(rate_convert(1, "JPY", &q, &got));
}

static void finds_the_pair_its_inverse_or_the_cross(void **state)
{
	struct rate rates[] = {
	    {.base = "EUR", .currency = "USD", .rate_e8 = 108000000, .source = "ecb", .on = {100}},
	    {.base = "EUR", .currency = "GBP", .rate_e8 = 86400000, .source = "ecb", .on = {99}},
	    {.base = "USD", .currency = "CHF", .rate_e8 = 90000000, .source = "hand", .on = {98}},
	};
	struct rate_table t = {rates, 3};
	struct rate_quote q;
	assert_true(rate_find(&t, "EUR", "USD", &q));
	assert_int_equal(q.rate_e8, 108000000);
	assert_true(rate_find(&t, "USD", "EUR", &q));
	assert_int_equal(q.rate_e8, 92592593);
	assert_string_equal(q.base, "USD");
	assert_true(rate_find(&t, "USD", "GBP", &q));
	assert_int_equal(q.rate_e8, 80000000);
	assert_int_equal(q.on.n, 99);
	assert_string_equal(q.source, "ecb");
	assert_true(rate_find(&t, "CHF", "USD", &q));
	assert_int_equal(q.rate_e8, 111111111);
	assert_false(rate_find(&t, "CHF", "GBP", &q));
	assert_false(rate_find(&t, "EUR", "JPY", &q));
}

static json_t *body(struct cx *cx, const char *text)
{
	json_t *tree;
	testdb_ok(cx, json_parse(cx, text, strlen(text), &tree));
	return tree;
}

static void newest_of_each_pair_by_hand_or_file(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct rate_table table;
	struct day today;
	json_t *view;
	int64_t id, n;
	assert_true(day_parse("2027-02-01", &today));
	const char *file = "{\"base\":\"EUR\",\"on\":\"2027-01-29\",\"rates\":{\"USD\":108000000,"
	                   "\"JPY\":16250000000}}";
	testdb_ok(cx, rate_fetched(cx, body(cx, file), &n));
	assert_int_equal(n, 2);
	testdb_ok(cx, rate_fetched(cx, body(cx, file), &n));
	assert_int_equal(n, 0);
	/* By hand the same day: it wins, also over a file that comes again. */
	testdb_ok(cx,
	    rate_save(cx,
	        body(cx,
	            "{\"base\":\"EUR\",\"currency\":\"USD\",\"rate\":\"1.1\","
	            "\"rate_on\":\"2027-01-29\"}"),
	        FIELD_JSON, &id));
	testdb_ok(cx, rate_fetched(cx, body(cx, file), &n));
	assert_int_equal(n, 0);
	testdb_ok(cx,
	    rate_save(cx,
	        body(cx,
	            "{\"base\":\"EUR\",\"currency\":\"USD\",\"rate\":\"1.2\","
	            "\"rate_on\":\"2027-02-02\"}"),
	        FIELD_JSON, &id));
	testdb_ok(cx, rate_load(cx, today, &table));
	assert_int_equal(table.n, 2);
	struct rate_quote q;
	assert_true(rate_find(&table, "EUR", "USD", &q));
	assert_int_equal(q.rate_e8, 110000000);
	testdb_ok(cx, rate_load(cx, day_add(today, 1), &table));
	assert_true(rate_find(&table, "EUR", "USD", &q));
	assert_int_equal(q.rate_e8, 120000000);
	testdb_ok(cx, rate_remove(cx, id));
	testdb_fails(cx, rate_remove(cx, id), ERR_NOT_FOUND, "rate.unknown");
	testdb_ok(cx, rate_view(cx, today, &view));
	assert_int_equal(json_array_size(view), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(view, 1), "rate")),
	    "1.1");
	testdb_close(t);
}

static void wrong_rates_change_nothing(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct rate_table table;
	struct day today;
	int64_t id, n;
	assert_true(day_parse("2027-02-01", &today));
	static const char *const wrong[] = {"0", "-1", "1,5", "1e3", "1000000", "0.000000001", "",
	    "1.", "."};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *text = arena_printf(cx->arena,
		    "{\"base\":\"EUR\",\"currency\":\"USD\",\"rate\":\"%s\","
		    "\"rate_on\":\"2027-01-01\"}",
		    wrong[i]);
		assert_int_equal(rate_save(cx, body(cx, text), FIELD_JSON, &id), ERR_INVALID);
		cx_clear(cx);
	}
	assert_int_equal(rate_save(cx,
	                     body(cx,
	                         "{\"base\":\"EUR\",\"currency\":\"EUR\",\"rate\":\"1\","
	                         "\"rate_on\":\"2027-01-01\"}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(cx);
	/* A file with one wrong row changes nothing. */
	testdb_fails(cx,
	    rate_fetched(cx,
	        body(cx,
	            "{\"base\":\"EUR\",\"on\":\"2027-01-30\",\"rates\":{\"GBP\":86400000,"
	            "\"USD\":-1}}"),
	        &n),
	    ERR_REMOTE, "rate.file");
	testdb_fails(cx, rate_fetched(cx, body(cx, "{\"base\":\"EUR\"}"), &n), ERR_REMOTE,
	    "rate.file");
	testdb_ok(cx, rate_load(cx, today, &table));
	assert_int_equal(table.n, 0);
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(CUR_03_rounded_once_to_the_digits),
	    cmocka_unit_test(finds_the_pair_its_inverse_or_the_cross),
	    TESTDB_BOTH(newest_of_each_pair_by_hand_or_file),
	    TESTDB_BOTH(wrong_rates_change_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
