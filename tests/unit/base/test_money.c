/* SPDX-License-Identifier: Apache-2.0 */
/* Money: rounding, splitting, text in and out. */
#include "unit/base/check.h"

#include "base/money.h"

static void digits_of_currencies(void **state)
{
	static const char *const unknown[] = {"", "E", "EU", "EURO", "eur", "XAU", "XXX", "XTS",
	    "BTC", " EU", "EU ", "D A", "ED ", "   ", "E\nR"};

	assert_int_equal(currency_digits("EUR"), 2);
	assert_int_equal(currency_digits("USD"), 2);
	assert_int_equal(currency_digits("AED"), 2);
	assert_int_equal(currency_digits("ZWG"), 2);
	assert_int_equal(currency_digits("JPY"), 0);
	assert_int_equal(currency_digits("XPF"), 0);
	assert_int_equal(currency_digits("BHD"), 3);
	assert_int_equal(currency_digits("TND"), 3);
	assert_int_equal(currency_digits("CLF"), 4);
	assert_int_equal(currency_digits(NULL), -1);
	for (size_t i = 0; i < N(unknown); i++)
		assert_int_equal(currency_digits(unknown[i]), -1);
}

static void adds_and_refuses(void **state)
{
	struct money m = money_of(7, "EUR"), most = money_of(MONEY_MINOR_MAX, "EUR");

	assert_int_equal(money_add(&cx, money_of(1250, "EUR"), money_of(-50, "EUR"), &m), OK);
	assert_int_equal(m.minor, 1200);
	assert_string_equal(m.cur, "EUR");
	assert_int_equal(money_sub(&cx, m, money_of(1300, "EUR"), &m), OK);
	assert_int_equal(m.minor, -100);
	assert_int_equal(money_add(&cx, m, money_of(1, "USD"), &m), ERR_INVALID);
	assert_string_equal(cx.fault.key, "money.mixed");
	assert_int_equal(money_sub(&cx, m, money_of(1, "USD"), &m), ERR_INVALID);
	assert_int_equal(money_add(&cx, most, money_of(1, "EUR"), &m), ERR_INVALID);
	assert_string_equal(cx.fault.key, "money.range");
	assert_int_equal(money_sub(&cx, money_of(-MONEY_MINOR_MAX, "EUR"), money_of(1, "EUR"), &m),
	    ERR_INVALID);
	assert_int_equal(money_add(&cx, money_of(INT64_MAX, "EUR"), most, &m), ERR_INVALID);
	assert_int_equal(money_sub(&cx, money_of(INT64_MIN, "EUR"), most, &m), ERR_INVALID);
	assert_int_equal(m.minor, -100); /* refusals leave the result alone */
	assert_int_equal(money_add(&cx, most, money_of(0, "EUR"), &m), OK);
	assert_true(m.minor == MONEY_MINOR_MAX);
}

static void scale_rounds_once(void **state)
{
	static const struct {
		int64_t minor, num, den, up, even, down, away; /* half up, half even, down, up */
	} rows[] = {
	    {0, 1, 3, 0, 0, 0, 0},
	    {10, 1, 2, 5, 5, 5, 5},
	    {1, 1, 2, 1, 0, 0, 1},
	    {3, 1, 2, 2, 2, 1, 2},
	    {5, 1, 2, 3, 2, 2, 3},
	    {-1, 1, 2, -1, 0, 0, -1},
	    {-3, 1, 2, -2, -2, -1, -2},
	    {-5, 1, 2, -3, -2, -2, -3},
	    {5, -1, 2, -3, -2, -2, -3},
	    {-5, -1, 2, 3, 2, 2, 3},
	    {1, 1, 3, 0, 0, 0, 1},
	    {2, 1, 3, 1, 1, 0, 1},
	    {-1, 1, 3, 0, 0, 0, -1},
	    {-2, 1, 3, -1, -1, 0, -1},
	    {1000, 190000, PPM, 190, 190, 190, 190},
	    {1055, 190000, PPM, 200, 200, 200, 201},
	    {50, 10000, PPM, 1, 0, 0, 1},
	    {149, 10000, PPM, 1, 1, 1, 2},
	    {150, 10000, PPM, 2, 2, 1, 2},
	    {250, 10000, PPM, 3, 2, 2, 3},
	    {MONEY_MINOR_MAX, PPM, PPM, MONEY_MINOR_MAX, MONEY_MINOR_MAX, MONEY_MINOR_MAX,
	        MONEY_MINOR_MAX},
	    {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX},
	    {INT64_MIN, INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN},
	};

	for (size_t i = 0; i < N(rows); i++) {
		int64_t minor = rows[i].minor, num = rows[i].num, den = rows[i].den;
		assert_true(money_scale(minor, num, den, ROUND_HALF_UP) == rows[i].up);
		assert_true(money_scale(minor, num, den, ROUND_HALF_EVEN) == rows[i].even);
		assert_true(money_scale(minor, num, den, ROUND_DOWN) == rows[i].down);
		assert_true(money_scale(minor, num, den, ROUND_UP) == rows[i].away);
	}
}

static void splits_by_largest_remainder(void **state)
{
	static const int64_t equal[] = {1, 1, 1}, uneven[] = {1, 2, 3}, some[] = {0, 5, 0, 5};
	int64_t parts[4];

	money_split(100, equal, 3, parts);
	assert_true(parts[0] == 34 && parts[1] == 33 && parts[2] == 33);
	money_split(-100, equal, 3, parts);
	assert_true(parts[0] == -34 && parts[1] == -33 && parts[2] == -33);
	money_split(101, equal, 3, parts);
	assert_true(parts[0] == 34 && parts[1] == 34 && parts[2] == 33);
	money_split(10, uneven, 3, parts); /* 1.67 3.33 5.00 */
	assert_true(parts[0] == 2 && parts[1] == 3 && parts[2] == 5);
	money_split(1, some, 4, parts);
	assert_true(parts[0] == 0 && parts[1] == 1 && parts[2] == 0 && parts[3] == 0);
	money_split(0, equal, 3, parts);
	assert_true(parts[0] == 0 && parts[1] == 0 && parts[2] == 0);
	money_split(MONEY_MINOR_MAX, equal, 1, parts);
	assert_true(parts[0] == MONEY_MINOR_MAX);
}

__extension__ typedef __int128 wide;

/* Each part is the exact share rounded down, or one more; who got one more had no smaller rest. */
static void check_split(int64_t total, const int64_t *weights, size_t n, const int64_t *parts)
{
	int64_t sign = total < 0 ? -1 : 1, sum = 0, weight = 0;
	wide least_up = -1, most_down = -1;

	for (size_t i = 0; i < n; i++)
		weight += weights[i];
	for (size_t i = 0; i < n; i++) {
		wide share = (wide)total * sign * weights[i], rest = share % weight;
		int64_t more = parts[i] * sign - (int64_t)(share / weight);
		sum += parts[i];
		assert_true(more == 0 || (more == 1 && rest > 0));
		if (more == 1 && (least_up < 0 || rest < least_up))
			least_up = rest;
		if (more == 0 && rest > most_down)
			most_down = rest;
	}
	assert_true(sum == total);
	assert_true(least_up < 0 || most_down <= least_up);
}

static void split_is_exact(void **state)
{
	uint64_t random = seed();
	int64_t weights[40], parts[40];

	for (int round = 0; round < 20000; round++) {
		size_t n = 1 + next_random(&random) % N(weights);
		uint64_t most = UINT64_C(1) << next_random(&random) % 50;
		for (size_t i = 0; i < n; i++)
			weights[i] = (int64_t)(next_random(&random) % most);
		weights[next_random(&random) % n]++;
		int64_t total =
		    (int64_t)(next_random(&random) % (2 * MONEY_MINOR_MAX)) - MONEY_MINOR_MAX;
		total >>= next_random(&random) % 50;
		money_split(total, weights, n, parts);
		check_split(total, weights, n, parts);
	}
}

static void prints(void **state)
{
	static const struct {
		int64_t minor;
		const char *cur, *text;
	} rows[] = {
	    {1210, "EUR", "12.10"},
	    {0, "EUR", "0.00"},
	    {5, "EUR", "0.05"},
	    {-5, "EUR", "-0.05"},
	    {-1210, "EUR", "-12.10"},
	    {1210, "JPY", "1210"},
	    {-3, "JPY", "-3"},
	    {1210, "BHD", "1.210"},
	    {1, "BHD", "0.001"},
	    {1, "CLF", "0.0001"},
	    {MONEY_MINOR_MAX, "EUR", "10000000000000.00"},
	    {INT64_MIN, "JPY", "-9223372036854775808"},
	};

	for (size_t i = 0; i < N(rows); i++)
		assert_string_equal(money_print_plain(cx.arena, rows[i].minor, rows[i].cur),
		    rows[i].text);
	assert_string_equal(money_print(cx.arena, money_of(1210, "EUR")), "12.10 EUR");
	assert_string_equal(money_print_people(cx.arena, money_of(123450, "EUR"), "en"),
	    "€1,234.50");
	assert_string_equal(money_print_people(cx.arena, money_of(-1234567, "JPY"), "en"),
	    "-¥1,234,567");
}

static void parses(void **state)
{
	static const struct {
		const char *text, *cur;
		int64_t minor;
	} rows[] = {
	    {"12.10", "EUR", 1210},
	    {"12.1", "EUR", 1210},
	    {"12", "EUR", 1200},
	    {"-3.5", "EUR", -350},
	    {"0", "EUR", 0},
	    {"-0", "EUR", 0},
	    {"0.05", "EUR", 5},
	    {"-0.05", "EUR", -5},
	    {"007", "EUR", 700},
	    {"12", "JPY", 12},
	    {"1.234", "BHD", 1234},
	    {"1.2", "BHD", 1200},
	    {"0.0001", "CLF", 1},
	    {"10000000000000.00", "EUR", MONEY_MINOR_MAX},
	    {"-10000000000000", "EUR", -MONEY_MINOR_MAX},
	};
	for (size_t i = 0; i < N(rows); i++) {
		int64_t minor = 77;
		assert_true(money_parse(rows[i].text, rows[i].cur, &minor));
		assert_true(minor == rows[i].minor);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *cur;
	} bad[] = {
	    {NULL, "EUR"},
	    {"", "EUR"},
	    {"-", "EUR"},
	    {"-", "JPY"},
	    {".", "EUR"},
	    {"-.", "EUR"},
	    {".5", "EUR"},
	    {"-.5", "EUR"},
	    {"5.", "EUR"},
	    {"-5.", "EUR"},
	    {"--5", "EUR"},
	    {"5-", "EUR"},
	    {"+5", "EUR"},
	    {" 5", "EUR"},
	    {"5 ", "EUR"},
	    {"5 EUR", "EUR"},
	    {"1,50", "EUR"},
	    {"1,000.00", "EUR"},
	    {"1.2.3", "EUR"},
	    {"1..2", "EUR"},
	    {"1.-5", "EUR"},
	    {"1.234", "EUR"},
	    {"1.000", "EUR"},
	    {"1.0", "JPY"},
	    {"1.0000", "BHD"},
	    {"1e3", "EUR"},
	    {"0x10", "EUR"},
	    {"nan", "EUR"},
	    {"5", "XXX"},
	    {"5", ""},
	    {"5", NULL},
	    {"10000000000000.01", "EUR"},
	    {"-10000000000000.01", "EUR"},
	    {"1000000000000001", "JPY"},
	    {"99999999999999999999", "EUR"},
	    {"0000000000000000000000000000000001", "EUR"},
	    {"1.00000000000000000000000000000000", "EUR"},
	    {"\xd9\xa1", "EUR"},
	};

	for (size_t i = 0; i < N(bad); i++) {
		int64_t minor = 77;
		if (money_parse(bad[i].text, bad[i].cur, &minor))
			print_error("accepted \"%s\"\n", bad[i].text);
		assert_int_equal(minor, 77);
		assert_false(money_parse(bad[i].text, bad[i].cur, &minor));
	}
}

static void what_is_printed_can_be_read(void **state)
{
	static const char *const codes[] = {"JPY", "EUR", "BHD", "CLF"};
	uint64_t random = seed();

	for (int i = 0; i < 10000; i++) {
		int64_t minor = (int64_t)(next_random(&random) % (2 * MONEY_MINOR_MAX)) -
		    MONEY_MINOR_MAX,
		        read;
		minor >>= next_random(&random) % 50;
		const char *cur = codes[next_random(&random) % N(codes)];
		assert_true(money_parse(money_print_plain(cx.arena, minor, cur), cur, &read));
		assert_true(read == minor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(digits_of_currencies),
	    TEST(adds_and_refuses),
	    TEST(scale_rounds_once),
	    TEST(splits_by_largest_remainder),
	    TEST(split_is_exact),
	    TEST(prints),
	    TEST(parses),
	    TEST(refuses),
	    TEST(what_is_printed_can_be_read),
	};

	crypto_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
