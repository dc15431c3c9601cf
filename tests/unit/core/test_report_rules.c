/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of the reports: spreading, months, ages, places, CSV. No database. */
#include "unit/testdb.h"

#include "base/money.h"
#include "core/report/own.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static struct day day(const char *text)
{
	struct day d;
	assert_true(day_parse(text, &d));
	return d;
}

static struct cycle cycle(const char *text)
{
	struct cycle c;
	assert_true(cycle_parse(text, &c));
	return c;
}

static void prices_per_month(void **state)
{
	assert_int_equal(report_monthly(1000, cycle("1m")), 1000);
	assert_int_equal(report_monthly(1000, cycle("3m")), 333);
	assert_int_equal(report_monthly(12000, cycle("1y")), 1000);
	assert_int_equal(report_monthly(1000, cycle("2y")), 42);
	assert_int_equal(report_monthly(100, cycle("1d")), 3044); /* 100 * 487 / 16 */
	assert_int_equal(report_monthly(700, cycle("1w")), 3044);
	assert_int_equal(report_monthly(700, cycle("once")), 0);
	assert_int_equal(report_monthly(0, cycle("1m")), 0);
	/* Nothing overflows at the largest amount. */
	assert_true(report_monthly(MONEY_MINOR_MAX, cycle("1d")) > 0);
}

static void ages(void **state)
{
	struct day due = day("2027-03-01");
	static const struct {
		int late, age;
	} cases[] = {{-5, 0}, {0, 0}, {1, 1}, {30, 1}, {31, 2}, {60, 2}, {61, 3}, {90, 3}, {91, 4},
	    {4000, 4}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(report_age(due, day_add(due, cases[i].late)), cases[i].age);
	assert_int_equal(report_age(DAY_NONE, due), 0);
}

static void months(void **state)
{
	char text[REPORT_MONTH_SIZE];
	int m;
	assert_true(report_month_parse("2027-12", &m));
	assert_string_equal(report_month_text(m, text), "2027-12");
	assert_string_equal(report_month_text(m + 1, text), "2028-01");
	assert_int_equal(report_month_last(m).n, day("2027-12-31").n);
	assert_int_equal(report_month_first(m).n, day("2027-12-01").n);
	assert_int_equal(report_month_last(report_month(day("2028-02-05"))).n, day("2028-02-29").n);
	assert_false(report_month_parse("2027-13", &m));
	assert_false(report_month_parse("2027-1", &m));
	assert_false(report_month_parse("", &m));
	assert_false(report_month_parse(NULL, &m));
}

static void spreads(void **state)
{
	struct report_spread s = {1000, day("2027-01-15"), day("2027-02-01"), day("2027-03-01")};
	assert_int_equal(report_recognized(&s, day("2027-01-14")), 0);
	assert_int_equal(report_recognized(&s, day("2027-01-31")), 0);
	assert_int_equal(report_recognized(&s, day("2027-02-01")), 36); /* 1 of 28 days */
	assert_int_equal(report_recognized(&s, day("2027-02-14")), 500);
	assert_int_equal(report_recognized(&s, day("2027-02-28")), 1000);
	assert_int_equal(report_recognized(&s, day("2029-01-01")), 1000);
	/* Issued inside its period: nothing before the issue, the days gone by at once. */
	s.issued_on = day("2027-02-14");
	assert_int_equal(report_recognized(&s, day("2027-02-13")), 0);
	assert_int_equal(report_recognized(&s, day("2027-02-14")), 500);
	/* No period: all at once. */
	s.from = s.to = DAY_NONE;
	assert_int_equal(report_recognized(&s, day("2027-02-13")), 0);
	assert_int_equal(report_recognized(&s, day("2027-02-14")), 1000);
}

/* Any amount over any period, cut anywhere: the parts add up, and every day gives its share. */
static void spreads_add_up(void **state)
{
	const char *given = getenv("BILLHOOK_SEED");
	uint64_t x = given != NULL ? strtoull(given, NULL, 10) : 20270201;
	print_message("seed %llu (BILLHOOK_SEED)\n", (unsigned long long)x);
#define NEXT (x = x * 6364136223846793005u + 1442695040888963407u, x >> 33)
	for (int i = 0; i < 20000; i++) {
		struct day from = day_add(day("2020-01-01"), (int)(NEXT % 5000));
		int days = (int)(NEXT % 800) + 1;
		int64_t net = (int64_t)(NEXT % 2000000) - 1000000;
		struct report_spread s = {net, day_add(from, (int)(NEXT % 60) - 30), from,
		    day_add(from, days)};
		struct day at = day_add(from, -40), end = day_add(from, days + 60);
		int64_t sum = 0, last = 0;
		while (at.n < end.n) {
			at = day_add(at, (int)(NEXT % 45) + 1);
			int64_t now = report_recognized(&s, at);
			assert_true(net >= 0 ? now >= last : now <= last);
			sum += now - last;
			last = now;
		}
		assert_int_equal(sum, net);
		/* Never further than half a cent from the exact share. */
		struct day mid = day_add(from, days / 2);
		if (mid.n >= s.issued_on.n && mid.n < s.to.n) {
			int64_t exact2 = 2 * net * (mid.n - from.n + 1);
			int64_t got2 = 2 * report_recognized(&s, mid) * days;
			assert_true(got2 - exact2 <= days && exact2 - got2 <= days);
		}
	}
}

static const char *kind(const char *seller, const char *buyer, bool tax_id, int64_t ppm)
{
	return report_tax_kind(&(struct report_supply){seller, buyer, "", tax_id, false, ppm});
}

static void places(void **state)
{
	assert_string_equal(kind("DE", "DE", true, 190000), "domestic");
	assert_string_equal(kind("DE", "DE", false, 0), "exempt");
	assert_string_equal(kind("DE", "FR", false, 200000), "oss");
	assert_string_equal(kind("DE", "FR", true, 0), "reverse");
	assert_string_equal(kind("DE", "FR", false, 0), "exempt");
	assert_string_equal(kind("DE", "CH", false, 0), "foreign");
	assert_string_equal(kind("DE", "", false, 0), "foreign");
	assert_string_equal(kind("CH", "DE", false, 190000), "foreign");
	const struct report_supply origin = {"DE", "FR", "VAT", false, true, 190000};
	assert_string_equal(report_tax_kind(&origin), "domestic");
	const struct report_supply named = {"DE", "FR", "Reverse charge", false, false, 0};
	assert_string_equal(report_tax_kind(&named), "reverse");
}

static json_t *table_of(struct cx *cx, json_t *row)
{
	static const struct report_column columns[] = {{"what", "What", NULL, REPORT_TEXT, false},
	    {"amount_minor", "Amount", NULL, REPORT_MONEY, false},
	    {"rate_ppm", "Rate", NULL, REPORT_PERCENT, false}};
	json_t *out = json_keep(cx, json_pack("{s:[]}", "tables"));
	json_array_append_new(REPORT_TABLE(out, "t", "T", columns), row);
	return out;
}

static void csv_is_safe(void **state)
{
	struct cx cx;
	char *csv;
	testdb_cx(&cx);
	static const struct {
		const char *text, *want;
	} cases[] = {{"plain", "plain"}, {"=1+1", "'=1+1"}, {"+49", "'+49"}, {"-3.50", "-3.50"},
	    {"-3x", "'-3x"}, {"@cmd", "'@cmd"}, {"+49 (0)", "'+49 (0)"}, {"a\"b", "\"a\"\"b\""},
	    {"a,b", "\"a,b\""}, {"a\nb", "\"a\nb\""}, {"-", "'-"}, {"", ""}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *tree = table_of(&cx,
		    json_pack("{s:s s:i s:s s:i}", "what", cases[i].text, "amount_minor", -1250,
		        "currency", "EUR", "rate_ppm", 81000));
		testdb_ok(&cx, report_csv(&cx, tree, "t", &csv));
		const char *want = arena_printf(cx.arena,
		    "what,amount_minor,rate_ppm\r\n%s,-12.50,8.1000\r\n", cases[i].want);
		assert_string_equal(csv, want);
	}
	/* 0 and 3 digits after the point. */
	json_t *yen = table_of(&cx,
	    json_pack("{s:s s:i s:s}", "what", "a", "amount_minor", 1250, "currency", "JPY"));
	testdb_ok(&cx, report_csv(&cx, yen, NULL, &csv));
	assert_non_null(strstr(csv, "a,1250,\r\n"));
	testdb_fails(&cx, report_csv(&cx, yen, "none", &csv), ERR_NOT_FOUND, "report.no_table");
	arena_free(cx.arena);
}

static void charts(void **state)
{
	json_t *rows = json_pack("[{s:s s:i s:s} {s:s s:i s:s} {s:s s:i s:s}]", "month", "a", "v",
	    100, "currency", "EUR", "month", "b", "v", -50, "currency", "EUR", "month", "a", "v", 7,
	    "currency", "USD");
	json_t *chart = report_chart(rows, "T", "month", "v");
	json_t *series = json_object_get(chart, "series");
	assert_int_equal(json_array_size(series), 2);
	json_t *bars = json_object_get(json_array_get(series, 0), "bars");
	assert_int_equal(json_array_size(bars), 2);
	assert_true(json_is_true(json_object_get(json_array_get(bars, 1), "negative")));
	/* Both stand on the same zero line, inside the drawing. */
	json_int_t y0 = json_integer_value(json_object_get(json_array_get(bars, 0), "y"));
	json_int_t h0 = json_integer_value(json_object_get(json_array_get(bars, 0), "height"));
	assert_int_equal(y0 + h0,
	    json_integer_value(json_object_get(json_array_get(bars, 1), "y")));
	assert_true(y0 >= 0);
	json_t *none = json_array();
	assert_null(report_chart(none, "T", "month", "v"));
	json_decref(none);
	json_decref(chart);
	json_decref(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(prices_per_month),
	    cmocka_unit_test(ages), cmocka_unit_test(months), cmocka_unit_test(spreads),
	    cmocka_unit_test(spreads_add_up), cmocka_unit_test(places),
	    cmocka_unit_test(csv_is_safe), cmocka_unit_test(charts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
