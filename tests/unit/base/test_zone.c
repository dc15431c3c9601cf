/* SPDX-License-Identifier: Apache-2.0 */
/* Zones: which day it is where, when days begin, and names that do not exist. */
#include "unit/base/check.h"

#include "base/day.h"
#include "base/people.h"

static void assert_day(const char *zone, const char *at, const char *wanted)
{
	int64_t instant;

	assert_true(instant_parse(at, &instant));
	assert_string_equal(day_print(cx.arena, zone_day(zone, instant)), wanted);
}

/* The last second of a day, and the first of the next. */
static void days_of_instants(void **state)
{
	assert_day("UTC", "2027-01-01T23:59:59Z", "2027-01-01");
	assert_day("UTC", "1969-12-31T23:59:59Z", "1969-12-31");
	assert_day("Pacific/Kiritimati", "2027-01-01T09:59:59Z", "2027-01-01");
	assert_day("Pacific/Kiritimati", "2027-01-01T10:00:00Z", "2027-01-02");
	assert_day("Asia/Kolkata", "2027-01-01T18:29:59Z", "2027-01-01");
	assert_day("Asia/Kolkata", "2027-01-01T18:30:00Z", "2027-01-02");
	assert_day("Pacific/Pago_Pago", "2027-01-01T10:59:59Z", "2026-12-31");
	assert_day("Pacific/Pago_Pago", "2027-01-01T11:00:00Z", "2027-01-01");
	assert_day("Europe/Berlin", "2027-01-31T22:59:59Z", "2027-01-31");
	assert_day("Europe/Berlin", "2027-01-31T23:00:00Z", "2027-02-01");
	assert_day("America/Juneau", "2027-02-01T08:59:59Z", "2027-01-31");
	assert_day("America/Juneau", "2027-02-01T09:00:00Z", "2027-02-01");
}

static void days_around_a_change_of_clocks(void **state)
{
	/* Berlin: 28 March has 23 hours, 31 October 25. */
	assert_day("Europe/Berlin", "2027-03-27T22:59:59Z", "2027-03-27");
	assert_day("Europe/Berlin", "2027-03-27T23:00:00Z", "2027-03-28");
	assert_day("Europe/Berlin", "2027-03-28T21:59:59Z", "2027-03-28");
	assert_day("Europe/Berlin", "2027-03-28T22:00:00Z", "2027-03-29");
	assert_day("Europe/Berlin", "2027-10-30T21:59:59Z", "2027-10-30");
	assert_day("Europe/Berlin", "2027-10-30T22:00:00Z", "2027-10-31");
	assert_day("Europe/Berlin", "2027-10-31T22:59:59Z", "2027-10-31");
	assert_day("Europe/Berlin", "2027-10-31T23:00:00Z", "2027-11-01");
	/* Juneau: 14 March and 7 November. */
	assert_day("America/Juneau", "2027-03-14T08:59:59Z", "2027-03-13");
	assert_day("America/Juneau", "2027-03-14T09:00:00Z", "2027-03-14");
	assert_day("America/Juneau", "2027-03-15T07:59:59Z", "2027-03-14");
	assert_day("America/Juneau", "2027-03-15T08:00:00Z", "2027-03-15");
	assert_day("America/Juneau", "2027-11-07T07:59:59Z", "2027-11-06");
	assert_day("America/Juneau", "2027-11-08T08:59:59Z", "2027-11-07");
	assert_day("America/Juneau", "2027-11-08T09:00:00Z", "2027-11-08");
	/* TZ-02: 30 days from an evening in Los Angeles cross a change of clocks. */
	assert_day("America/Los_Angeles", "2017-03-01T23:30:00-08:00", "2017-03-01");
	assert_int_equal(day_add(day_of(2017, 3, 1), 30).n, day_of(2017, 3, 31).n);
	assert_int_equal(zone_instant("America/Los_Angeles", day_of(2017, 3, 31)),
	    zone_instant("UTC", day_of(2017, 3, 31)) + 7 * 3600);
}

/* at belongs to day, nothing before it does. */
static void check_first(const char *zone, struct day day, int64_t at)
{
	assert_int_equal(zone_day(zone, at).n, day.n);
	assert_int_equal(zone_day(zone, at - 1).n, day.n - 1);
	for (int64_t before = at - 900; before > at - 26 * 3600; before -= 900)
		assert_true(zone_day(zone, before).n < day.n);
}

/* Every day of a year begins at its first instant; changed of them do not have 24 hours. */
static void check_year(const char *zone, int year, int changed)
{
	struct day day = day_of(year, 1, 1), end = day_of(year + 1, 1, 1);
	int64_t at = zone_instant(zone, day);

	for (; day.n < end.n; day.n++) {
		check_first(zone, day, at);
		int64_t next = zone_instant(zone, day_add(day, 1));
		assert_true(next - at >= 23 * 3600 && next - at <= 25 * 3600);
		changed -= next - at != 86400;
		at = next;
	}
	assert_int_equal(changed, 0);
}

static void days_begin_at_their_first_instant(void **state)
{
	check_year("Pacific/Kiritimati", 2027, 0);
	check_year("Asia/Kolkata", 2027, 0);
	check_year("Europe/Berlin", 2027, 2);
	check_year("America/Juneau", 2027, 2);
	check_year("Pacific/Pago_Pago", 2027, 0);
}

/* Where clocks change at midnight, it comes twice, or never. */
static void days_begin_where_midnight_is_strange(void **state)
{
	check_year("America/Havana", 2027, 2);
	check_year("Atlantic/Azores", 2027, 2);
	check_year("Africa/Cairo", 2014, 4);
	check_year("America/Santiago", 2027, 2);
	check_year("Asia/Beirut", 2027, 2);
	check_year("Australia/Lord_Howe", 2027, 2);
	/* At 00:01: one minute of the day comes before the last hour of the day before it. */
	struct day day = day_of(2006, 10, 29);
	int64_t at = zone_instant("America/St_Johns", day);
	assert_int_equal(zone_day("America/St_Johns", at).n, day.n);
	assert_int_equal(zone_day("America/St_Johns", at - 1).n, day.n - 1);
	assert_int_equal(zone_day("America/St_Johns", at + 60).n, day.n - 1);
	/* Samoa left out 30 December 2011: it "begins" where the next day does. */
	assert_int_equal(zone_instant("Pacific/Apia", day_of(2011, 12, 30)),
	    zone_instant("Pacific/Apia", day_of(2011, 12, 31)));
}

static void known_names(void **state)
{
	static const char *const known[] = {"UTC", "Etc/UTC", "Europe/Berlin", "Asia/Kolkata",
	    "Asia/Calcutta", "America/Argentina/ComodRivadavia", "Pacific/Kiritimati",
	    "Pacific/Pago_Pago", "America/Juneau"};

	for (size_t i = 0; i < N(known); i++)
		assert_int_equal(zone_check(&cx, known[i]), OK);
}

static void assert_near(const char *zone, const char *near)
{
	assert_int_equal(zone_check(&cx, zone), ERR_INVALID);
	assert_string_equal(cx.fault.key, "zone.unknown");
	if (!strstr(cx.fault.detail, near))
		print_error("%s\n", cx.fault.detail);
	assert_non_null(strstr(cx.fault.detail, near));
}

static void unknown_names_suggest_near_ones(void **state)
{
	char wide[1000];

	assert_near("Europe/Berln", "Near matches: Europe/Berlin,");
	assert_near("Europa/Berlin", "Near matches: Europe/Berlin,");
	assert_near("Eurpoe/Berlin", "Near matches: Europe/Berlin,");
	assert_near("europe/berlin", "Near matches: Europe/Berlin,");
	assert_near("Asia/Kolkatta", "Asia/Kolkata");
	assert_near("America/Juno", "America/Juneau");
	assert_near("Pacific/Kiritmati", "Pacific/Kiritimati");
	assert_near("WAT", "Near matches: ");
	assert_near("GMT+7", "Near matches: ");
	assert_near("EST", "Near matches: ");
	assert_near("", "Near matches: ");
	assert_near(NULL, "Near matches: ");
	assert_near("Etc/Unknown", "Near matches: ");
	assert_near("Europe/Berlin ", "Near matches: Europe/Berlin,");
	memset(wide, 'x', sizeof wide - 1);
	wide[sizeof wide - 1] = '\0';
	assert_near(wide, "Near matches: ");
}

static void instants_for_people(void **state)
{
	int64_t at;

	assert_true(instant_parse("2027-07-31T10:00:00Z", &at));
	assert_string_equal(instant_print_people(cx.arena, at, "en", "Europe/Berlin"),
	    "31 Jul 2027, 12:00");
	assert_string_equal(instant_print_people(cx.arena, at, "en", "Pacific/Kiritimati"),
	    "1 Aug 2027, 00:00");
	assert_string_equal(instant_print_ago(cx.arena, at - 3 * 86400, at, "en"), "3 days ago");
	assert_string_equal(instant_print_ago(cx.arena, at + 7200, at, "en"), "in 2 hours");
	assert_string_equal(instant_print_ago(cx.arena, at, at, "en"), "now");
	assert_string_equal(instant_print_ago(cx.arena, at, at, "de"), "jetzt");
}

/* More zones than are kept open at once, again and again. */
static void many_zones_in_one_process(void **state)
{
	static const char *const zones[] = {"UTC", "Europe/Berlin", "Europe/Paris", "Europe/Rome",
	    "Europe/Vienna", "Europe/Oslo", "Europe/Madrid", "Europe/Warsaw", "Europe/Prague",
	    "Europe/Zurich", "Europe/Malta", "Europe/Vaduz", "Europe/Monaco", "Europe/Andorra",
	    "Europe/Budapest", "Europe/Belgrade", "Asia/Kolkata", "Asia/Tokyo", "Asia/Seoul",
	    "America/Juneau"};
	int64_t at = INT64_C(1801436400) - 1; /* one second to midnight in Berlin */

	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < N(zones); i++)
			assert_int_equal(zone_day(zones[i], at).n,
			    day_of(2027, 1, 31).n + str_starts(zones[i], "Asia/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(days_of_instants),
	    TEST(days_around_a_change_of_clocks),
	    TEST(days_begin_at_their_first_instant),
	    TEST(days_begin_where_midnight_is_strange),
	    TEST(known_names),
	    TEST(unknown_names_suggest_near_ones),
	    TEST(instants_for_people),
	    TEST(many_zones_in_one_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
