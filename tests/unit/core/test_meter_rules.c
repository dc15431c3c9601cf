/* SPDX-License-Identifier: Apache-2.0 */
/* What metered use costs, to the cent: tiers, packages, allowances, huge amounts. No database. */
#include "unit/testdb.h"

#include "base/money.h"
#include "core/meter/meter.h"
#include "unit/core/rules.h"

static const struct meter_tier one_cent[] = {{"EUR", 0, 1000000, 0}};
static const struct meter_tier small[] = {{"EUR", 0, 250000, 0}}; /* a quarter of a cent */
static const struct meter_tier steps[] = {{"EUR", 100, 2000000, 0}, {"EUR", 1000, 1000000, 500},
    {"EUR", 0, 500000, 0}, {"USD", 0, 3000000, 0}};
static const struct meter_tier dear[] = {{"EUR", 0, INT64_C(1000000000000000), 0}};
#define TIERS(t) (t), sizeof(t) / sizeof((t)[0])

static void prices(void **state)
{
	static const struct {
		enum meter_model model;
		int64_t package;
		const struct meter_tier *tiers;
		size_t n;
		const char *currency;
		int64_t used, allowance, want;
	} cases[] = {
	    {METER_PER_UNIT, 1, TIERS(one_cent), "EUR", 0, 0, 0},
	    {METER_PER_UNIT, 1, TIERS(one_cent), "EUR", 250, 55, 195},
	    {METER_PER_UNIT, 1, TIERS(one_cent), "EUR", 55, 55, 0},
	    {METER_PER_UNIT, 1, TIERS(one_cent), "EUR", 54, 55, 0},
	    {METER_PER_UNIT, 1, TIERS(one_cent), "USD", 54, 0, -1},
	    /* One rounding: 0.25 is 0, 0.5 is 1, 1.75 is 2. */
	    {METER_PER_UNIT, 1, TIERS(small), "EUR", 1, 0, 0},
	    {METER_PER_UNIT, 1, TIERS(small), "EUR", 2, 0, 1},
	    {METER_PER_UNIT, 1, TIERS(small), "EUR", 7, 0, 2},
	    /* Packages of 100 round up, after the allowance. */
	    {METER_PACKAGE, 100, TIERS(one_cent), "EUR", 1, 0, 1},
	    {METER_PACKAGE, 100, TIERS(one_cent), "EUR", 100, 0, 1},
	    {METER_PACKAGE, 100, TIERS(one_cent), "EUR", 101, 0, 2},
	    {METER_PACKAGE, 100, TIERS(one_cent), "EUR", 151, 50, 2},
	    {METER_PACKAGE, 100, TIERS(one_cent), "EUR", 50, 50, 0},
	    /* Graduated: 100 at 2, 900 at 1 with 5.00 once, the rest at a half. */
	    {METER_GRADUATED, 1, TIERS(steps), "EUR", 0, 0, 0},
	    {METER_GRADUATED, 1, TIERS(steps), "EUR", 100, 0, 200},
	    {METER_GRADUATED, 1, TIERS(steps), "EUR", 101, 0, 701},
	    {METER_GRADUATED, 1, TIERS(steps), "EUR", 1000, 0, 1600},
	    {METER_GRADUATED, 1, TIERS(steps), "EUR", 1001, 0, 1601}, /* 1600.5 half up */
	    {METER_GRADUATED, 1, TIERS(steps), "EUR", 1012, 10, 1601},
	    {METER_GRADUATED, 1, TIERS(steps), "USD", 3, 0, 9},
	    /* Volume: all units at the price of the tier they reach. */
	    {METER_VOLUME, 1, TIERS(steps), "EUR", 0, 0, 0},
	    {METER_VOLUME, 1, TIERS(steps), "EUR", 100, 0, 200},
	    {METER_VOLUME, 1, TIERS(steps), "EUR", 101, 0, 601},
	    {METER_VOLUME, 1, TIERS(steps), "EUR", 1000, 0, 1500},
	    {METER_VOLUME, 1, TIERS(steps), "EUR", 1001, 0, 501}, /* 500.5 */
	    {METER_VOLUME, 1, TIERS(steps), "EUR", 1101, 100, 501},
	    /* Huge: beyond what an amount may be, told so and not wrapped around. */
	    {METER_PER_UNIT, 1, TIERS(dear), "EUR", INT64_MAX, 0, MONEY_MINOR_MAX + 1},
	    {METER_GRADUATED, 1, TIERS(dear), "EUR", INT64_MAX, 0, MONEY_MINOR_MAX + 1},
	    {METER_PACKAGE, 3, TIERS(one_cent), "EUR", 9, 0, 3},
	    {METER_PACKAGE, INT64_MAX, TIERS(one_cent), "EUR", INT64_MAX, 0, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct meter m = {.model = cases[i].model,
		    .package_size = cases[i].package,
		    .tiers = cases[i].tiers,
		    .tiers_n = cases[i].n};
		assert_int_equal(meter_price(&m, cases[i].currency, cases[i].used,
		                     cases[i].allowance),
		    cases[i].want);
	}
}

static void allowances(void **state)
{
	static const struct {
		int64_t included, quantity, days, full, want;
	} cases[] = {{100, 1, 31, 31, 100}, {100, 1, 17, 31, 55}, /* 54.8 */
	    {100, 3, 31, 31, 300}, {100, 1, 62, 31, 200}, {0, 1, 31, 31, 0}, {100, 1, 0, 31, 0},
	    {100, 1, 31, 0, 0}, {1, 1, 1, 366, 1},
	    {INT64_C(1000000000000), 1000000, 31, 31, INT64_C(1000000000000000000)}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(meter_allowance(&(struct meter){.included = cases[i].included},
		                     cases[i].quantity, cases[i].days, cases[i].full),
		    cases[i].want);
}

static void prices_as_text(void **state)
{
	static const struct {
		const char *text, *currency;
		int64_t want; /* -1: refused */
	} cases[] = {{"0.0025", "EUR", 250000}, {"1", "EUR", 100000000}, {"0", "EUR", 0},
	    {"0.00000001", "EUR", 1}, {"0.000000001", "EUR", -1}, {"2.5", "JPY", 2500000},
	    {"0.001", "KWD", 1000000}, {"", "EUR", -1}, {".5", "EUR", -1}, {"1,5", "EUR", -1},
	    {"-1", "EUR", -1}, {"1.2.3", "EUR", -1}, {"1234567890", "EUR", -1}, {"1", "XXX", -1},
	    {"999999999.99999999", "EUR", INT64_C(99999999999999999)}};
	struct arena *a = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t micro = -1;
		bool done = meter_micro_parse(cases[i].text, cases[i].currency, &micro);
		assert_int_equal(done ? micro : -1, cases[i].want);
		if (done)
			assert_string_equal(meter_micro_print(a, micro, cases[i].currency),
			    cases[i].text);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(prices),
	    cmocka_unit_test(allowances),
	    cmocka_unit_test(prices_as_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
