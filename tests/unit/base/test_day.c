/* SPDX-License-Identifier: Apache-2.0 */
/* Civil days against a naive calendar, instants as text, billing cycles. */
#include "unit/base/check.h"

#include "base/day.h"

static int naive_length(int y, int m)
{
	if (m == 2)
		return y % 400 == 0 || (y % 4 == 0 && y % 100 != 0) ? 29 : 28;
	return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

static void check_day(int32_t n, int y, int m, int d)
{
	char text[DAY_TEXT_SIZE], wanted[40];
	struct day day = day_of(y, m, d), read;
	int y2, m2, d2;

	assert_int_equal(day.n, n);
	day_split((struct day){n}, &y2, &m2, &d2);
	assert_true(y2 == y && m2 == m && d2 == d);
	snprintf(wanted, sizeof wanted, "%04d-%02d-%02d", y, m, d);
	assert_string_equal(day_text(day, text), wanted);
	assert_true(day_parse(text, &read));
	assert_int_equal(read.n, n);
}

static void a_naive_calendar_agrees(void **state)
{
	int32_t n = DAY_MIN;

	for (int y = 1900; y <= 2369; y++) {
		for (int m = 1; m <= 12; m++) {
			assert_int_equal(day_month_length(y, m), naive_length(y, m));
			for (int d = 1; d <= naive_length(y, m); d++)
				check_day(n++, y, m, d);
		}
	}
	assert_int_equal(n, DAY_MAX + 1);
	assert_int_equal(day_of(1970, 1, 1).n, 0);
}

static void day_refusals(void **state)
{
	static const char *const bad[] = {NULL, "", "2027", "2027-1-31", "2027-01-32", "2027-02-29",
	    "2028-02-30", "2100-02-29", "2027-04-31", "2027-00-10", "2027-13-01", "2027-01-00",
	    "27-01-31", "2027-01-3", "2027-01-310", "2027/01/31", "2027-01-31 ", " 2027-01-31",
	    "2027-01-31T", "+027-01-31", "-027-01-31", "20a7-01-31", "1899-12-31", "2370-01-01",
	    "0000-00-00", "1969-12-3x", "9999-12-31"};
	struct day d = {7};

	for (size_t i = 0; i < N(bad); i++)
		assert_false(day_parse(bad[i], &d));
	assert_int_equal(d.n, 7);
	assert_true(day_parse("2028-02-29", &d));
	assert_false(day_set(DAY_NONE));
	assert_true(day_set(d));
	assert_int_equal(day_add(d, 366).n, day_of(2029, 3, 1).n);
	assert_string_equal(day_print_people(cx.arena, day_of(2027, 1, 31), "en"), "31 Jan 2027");
}

static void cycles_as_text(void **state)
{
	static const struct {
		const char *text, *people;
		struct cycle c;
	} rows[] = {
	    {"once", "one time", {0, CYCLE_ONCE}},
	    {"1d", "daily", {1, CYCLE_DAY}},
	    {"366d", "every 366 days", {366, CYCLE_DAY}},
	    {"1w", "weekly", {1, CYCLE_WEEK}},
	    {"2w", "every 2 weeks", {2, CYCLE_WEEK}},
	    {"104w", "every 104 weeks", {104, CYCLE_WEEK}},
	    {"1m", "monthly", {1, CYCLE_MONTH}},
	    {"60m", "every 60 months", {60, CYCLE_MONTH}},
	    {"1y", "yearly", {1, CYCLE_YEAR}},
	    {"10y", "every 10 years", {10, CYCLE_YEAR}},
	};
	static const char *const bad[] = {NULL, "", "m", "0m", "0d", "01m", "-1m", "+1m", " 1m",
	    "1m ", "1 m", "1M", "1mm", "1", "1.5m", "367d", "105w", "61m", "11y", "1000d",
	    "9999999999d", "1h", "Once", "once ", "0", "onc"};
	struct cycle c = {7, CYCLE_DAY};

	for (size_t i = 0; i < N(bad); i++)
		assert_false(cycle_parse(bad[i], &c));
	assert_true(c.n == 7 && c.unit == CYCLE_DAY);
	for (size_t i = 0; i < N(rows); i++) {
		assert_true(cycle_parse(rows[i].text, &c));
		assert_true(c.n == rows[i].c.n && c.unit == rows[i].c.unit);
		assert_string_equal(cycle_print(cx.arena, c), rows[i].text);
		assert_string_equal(cycle_print_people(cx.arena, c), rows[i].people);
	}
}

static void assert_next(struct day *at, const char *cycle, int anchor, const char *wanted)
{
	struct cycle c;

	assert_true(cycle_parse(cycle, &c));
	*at = cycle_next(*at, c, anchor);
	assert_string_equal(day_print(cx.arena, *at), wanted);
}

static void month_ends_keep_their_anchor(void **state)
{
	struct day at = day_of(2027, 1, 31);

	assert_next(&at, "1m", 31, "2027-02-28");
	assert_next(&at, "1m", 31, "2027-03-31");
	assert_next(&at, "1m", 31, "2027-04-30");
	assert_next(&at, "1m", 31, "2027-05-31");
	assert_next(&at, "9m", 31, "2028-02-29");
	assert_next(&at, "1m", 31, "2028-03-31");
	assert_next(&at, "60m", 31, "2033-03-31");
	assert_next(&at, "1m", 30, "2033-04-30"); /* the anchor was edited */
	assert_next(&at, "1m", 30, "2033-05-30");
	at = day_of(2027, 12, 31);
	assert_next(&at, "1m", 31, "2028-01-31");
	at = day_of(2027, 12, 15);
	assert_next(&at, "2w", 15, "2027-12-29");
	assert_next(&at, "3d", 15, "2028-01-01");
	assert_next(&at, "1y", 1, "2029-01-01");
}

/* DATE-01: 31 January 2027, monthly: 60 periods without gap, each on the last day at the latest. */
static void sixty_months_from_the_31st(void **state)
{
	const struct cycle monthly = {1, CYCLE_MONTH};
	struct day at = day_of(2027, 1, 31);
	int y = 2027, m = 1, days = 0;

	for (int i = 0; i < 60; i++) {
		struct day end = cycle_next(at, monthly, 31);
		m = m % 12 + 1;
		y += m == 1;
		int ey, em, ed;
		day_split(end, &ey, &em, &ed);
		assert_true(ey == y && em == m && ed == naive_length(y, m));
		days += end.n - at.n;
		at = end;
	}
	assert_string_equal(day_print(cx.arena, at), "2032-01-31");
	assert_int_equal(days, 5 * 365 + 1);
}

/* DATE-02 */
static void leap_day_yearly(void **state)
{
	struct day at = day_of(2028, 2, 29);

	assert_next(&at, "1y", 29, "2029-02-28");
	assert_next(&at, "1y", 29, "2030-02-28");
	assert_next(&at, "1y", 29, "2031-02-28");
	assert_next(&at, "1y", 29, "2032-02-29");
	assert_next(&at, "8y", 29, "2040-02-29");
	at = day_of(2096, 2, 29);
	assert_next(&at, "4y", 29, "2100-02-28");
	assert_next(&at, "4y", 29, "2104-02-29");
}

/* DATE-03 */
static void quarters_and_halves_keep_their_anchor(void **state)
{
	static const struct {
		int month, anchor;
	} starts[] = {{8, 31}, {11, 30}, {12, 31}};
	static const int steps[] = {3, 6};

	for (size_t i = 0; i < N(starts) * N(steps); i++) {
		int step = steps[i % 2], anchor = starts[i / 2].anchor;
		int months = 2027 * 12 + starts[i / 2].month - 1;
		struct day at = day_of(2027, starts[i / 2].month, anchor);
		for (int done = 0; done < 60; done += step) {
			at = cycle_next(at, (struct cycle){step, CYCLE_MONTH}, anchor);
			months += step;
			int length = naive_length(months / 12, months % 12 + 1), y, m, d;
			day_split(at, &y, &m, &d);
			assert_true(y == months / 12 && m == months % 12 + 1);
			assert_int_equal(d, anchor < length ? anchor : length);
		}
		assert_int_equal(at.n, day_of(2032, starts[i / 2].month, anchor).n);
	}
}

/* Whatever the start and the cycle: k steps of n months are one step of k * n months. */
static void steps_add_up(void **state)
{
	uint64_t random = seed();

	for (int round = 0; round < 20000; round++) {
		struct day start = {(int32_t)(next_random(&random) % 100000) - 20000};
		int y, m, d, n = 1 + (int)(next_random(&random) % 12),
		             k = 1 + (int)(next_random(&random) % 5);
		day_split(start, &y, &m, &d);
		struct day at = start;
		for (int i = 0; i < k; i++) {
			struct day end = cycle_next(at, (struct cycle){n, CYCLE_MONTH}, d);
			assert_true(end.n - at.n >= 28 * n && end.n - at.n <= 31 * n);
			at = end;
		}
		assert_int_equal(at.n, cycle_next(start, (struct cycle){n * k, CYCLE_MONTH}, d).n);
		if (n * k % 12 == 0)
			assert_int_equal(at.n,
			    cycle_next(start, (struct cycle){n * k / 12, CYCLE_YEAR}, d).n);
	}
}

static void instants_as_text(void **state)
{
	static const struct {
		const char *text;
		int64_t at;
		const char *printed;
	} rows[] = {
	    {"1970-01-01T00:00:00Z", 0, NULL},
	    {"2027-01-31T10:00:00Z", 1801389600, NULL},
	    {"1969-12-31T23:59:59Z", -1, NULL},
	    {"1900-01-01T00:00:00Z", -2208988800, NULL},
	    {"2028-02-29T23:59:59Z", 1835481599, NULL},
	    {"2369-12-31T23:59:59Z", 12622780799, NULL},
	    {"2027-01-31T10:00:00z", 1801389600, "2027-01-31T10:00:00Z"},
	    {"2027-01-31t10:00:00Z", 1801389600, "2027-01-31T10:00:00Z"},
	    {"2027-01-31T10:00:00.5Z", 1801389600, "2027-01-31T10:00:00Z"},
	    {"2027-01-31T10:00:00.123456789+00:00", 1801389600, "2027-01-31T10:00:00Z"},
	    {"2027-01-31T10:00:00+05:30", 1801369800, "2027-01-31T04:30:00Z"},
	    {"2027-01-31T10:00:00-09:00", 1801422000, "2027-01-31T19:00:00Z"},
	    {"2027-01-01T01:00:00+14:00", 1798714800, "2026-12-31T11:00:00Z"},
	    {"2027-12-31T23:30:00-00:30", 1830297600, "2028-01-01T00:00:00Z"},
	};

	for (size_t i = 0; i < N(rows); i++) {
		int64_t at = 77;
		char text[INSTANT_TEXT_SIZE];
		assert_true(instant_parse(rows[i].text, &at));
		assert_int_equal(at, rows[i].at);
		const char *wanted = rows[i].printed ? rows[i].printed : rows[i].text;
		assert_string_equal(instant_text(at, text), wanted);
		assert_string_equal(instant_print(cx.arena, at), wanted);
	}
	assert_string_equal(instant_print_mail(cx.arena, 0), "Thu, 01 Jan 1970 00:00:00 +0000");
	assert_string_equal(instant_print_mail(cx.arena, 1801389600),
	    "Sun, 31 Jan 2027 10:00:00 +0000");
}

static void instant_refusals(void **state)
{
	static const char *const bad[] = {NULL, "", "2027-01-31", "2027-01-31T10:00:00",
	    "2027-01-31 10:00:00Z", "2027-01-31T10:00Z", "2027-01-31T24:00:00Z",
	    "2027-01-31T10:60:00Z", "2027-01-31T10:00:60Z", "2027-01-31T1:00:00Z0",
	    "2027-02-29T10:00:00Z", "2027-01-31T10:00:00.Z", "2027-01-31T10:00:00.5",
	    "2027-01-31T10:00:00,5Z", "2027-01-31T10:00:00Z ", "2027-01-31T10:00:00ZZ",
	    "2027-01-31T10:00:00+0530", "2027-01-31T10:00:00+05", "2027-01-31T10:00:00+24:00",
	    "2027-01-31T10:00:00+05:60", "2027-01-31T10:00:00+05:30Z", "2027-01-31T10:00:00+5:30",
	    "2027-01-31T-1:00:00Z", "1899-12-31T00:00:00Z", "2370-01-01T00:00:00Z",
	    "2027-01-31T10:00:00 +05:30"};
	int64_t at = 77;

	for (size_t i = 0; i < N(bad); i++) {
		if (instant_parse(bad[i], &at))
			print_error("accepted \"%s\"\n", bad[i]);
		assert_int_equal(at, 77);
		assert_false(instant_parse(bad[i], &at));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_naive_calendar_agrees),
	    TEST(day_refusals),
	    TEST(cycles_as_text),
	    TEST(month_ends_keep_their_anchor),
	    TEST(sixty_months_from_the_31st),
	    TEST(leap_day_yearly),
	    TEST(quarters_and_halves_keep_their_anchor),
	    TEST(steps_add_up),
	    TEST(instants_as_text),
	    TEST(instant_refusals),
	};

	crypto_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
