/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil days, instants as text, and billing cycles. Pure arithmetic on the proleptic Gregorian
 * calendar (the era method of Howard Hinnant's "chrono-compatible low-level date algorithms").
 * No zone here: zone.c knows which day an instant falls on.
 */
#include "base/day.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"

static int32_t days_from_civil(int y, int m, int d)
{
	y -= m <= 2;
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;
	int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

void day_split(struct day day, int *ret_year, int *ret_month, int *ret_mday)
{
	int z = day.n + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	int month = mp < 10 ? mp + 3 : mp - 9;
	*ret_mday = doy - (153 * mp + 2) / 5 + 1;
	*ret_month = month;
	*ret_year = yoe + era * 400 + (month <= 2);
}

int day_month_length(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	assert(month >= 1 && month <= 12);
	return month == 2 && leap ? 29 : lengths[month - 1];
}

struct day day_of(int year, int month, int mday)
{
	assert(mday >= 1 && mday <= day_month_length(year, month));
	return (struct day){days_from_civil(year, month, mday)};
}

struct day day_add(struct day d, int32_t days)
{
	return (struct day){d.n + days};
}

/* Exactly n digits at s. */
static bool digits(const char *s, int n, int *ret)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return true;
}

/* "YYYY-MM-DD" at the start of s. */
static bool day_parse_prefix(const char *s, struct day *ret)
{
	int y, m, d;
	if (!digits(s, 4, &y) || s[4] != '-' || !digits(s + 5, 2, &m) || s[7] != '-' ||
	    !digits(s + 8, 2, &d))
		return false;
	if (m < 1 || m > 12 || d < 1 || d > day_month_length(y, m))
		return false;
	int32_t n = days_from_civil(y, m, d);
	if (n < DAY_MIN || n > DAY_MAX)
		return false;
	ret->n = n;
	return true;
}

bool day_parse(const char *s, struct day *ret)
{
	return s != NULL && strlen(s) == DAY_TEXT_SIZE - 1 && day_parse_prefix(s, ret);
}

const char *day_text(struct day d, char text[DAY_TEXT_SIZE])
{
	int y, m, mday;
	day_split(d, &y, &m, &mday);
	assert(y >= 0 && y <= 9999);
	/* Written by hand: billing prints millions of days. */
	const int parts[] = {y / 1000, y / 100 % 10, y / 10 % 10, y % 10, -1, m / 10, m % 10, -1,
	    mday / 10, mday % 10};
	for (int i = 0; i < DAY_TEXT_SIZE - 1; i++)
		text[i] = parts[i] < 0 ? '-' : (char)('0' + parts[i]);
	text[DAY_TEXT_SIZE - 1] = '\0';
	return text;
}

char *day_print(struct arena *a, struct day d)
{
	return (char *)(uintptr_t)day_text(d, arena_alloc(a, DAY_TEXT_SIZE));
}

const char *instant_text(int64_t instant, char text[INSTANT_TEXT_SIZE])
{
	char day[DAY_TEXT_SIZE];
	int64_t days = instant / 86400, rest = instant % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	snprintf(text, INSTANT_TEXT_SIZE, "%sT%02d:%02d:%02dZ",
	    day_text((struct day){(int32_t)days}, day), (int)(rest / 3600) % 24,
	    (int)(rest / 60 % 60), (int)(rest % 60));
	return text;
}

char *instant_print(struct arena *a, int64_t instant)
{
	return (char *)(uintptr_t)instant_text(instant, arena_alloc(a, INSTANT_TEXT_SIZE));
}

char *instant_print_mail(struct arena *a, int64_t instant)
{
	static const char *const weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
	    "Sep", "Oct", "Nov", "Dec"};
	assert(instant >= 0);
	struct day d = {(int32_t)(instant / 86400)};
	int y, m, mday, rest = (int)(instant % 86400);
	day_split(d, &y, &m, &mday);
	return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d +0000", weekdays[d.n % 7], mday,
	    months[m - 1], y, rest / 3600, rest / 60 % 60, rest % 60);
}

bool instant_parse(const char *s, int64_t *ret)
{
	struct day d;
	int h, m, sec, oh = 0, om = 0, sign = 1;
	if (s == NULL || strlen(s) < 20 || !day_parse_prefix(s, &d) ||
	    (s[10] != 'T' && s[10] != 't') || !digits(s + 11, 2, &h) || s[13] != ':' ||
	    !digits(s + 14, 2, &m) || s[16] != ':' || !digits(s + 17, 2, &sec) || h > 23 ||
	    m > 59 || sec > 59)
		return false;
	const char *p = s + 19;
	if (*p == '.') {
		for (p++; *p >= '0' && *p <= '9'; p++)
			;
		if (p[-1] == '.')
			return false;
	}
	if (*p == '+' || *p == '-') {
		sign = *p == '-' ? -1 : 1;
		if (strlen(p) != 6 || !digits(p + 1, 2, &oh) || p[3] != ':' ||
		    !digits(p + 4, 2, &om) || oh > 23 || om > 59)
			return false;
	} else if ((*p != 'Z' && *p != 'z') || p[1] != '\0') {
		return false;
	}
	*ret = (int64_t)d.n * 86400 + h * 3600 + m * 60 + sec - sign * (oh * 3600 + om * 60);
	return true;
}

static const struct {
	char letter;
	enum cycle_unit unit;
	int max;
	const char *every, *singular, *plural;
} units[] = {
    {'d', CYCLE_DAY, 366, "daily", "day", "days"},
    {'w', CYCLE_WEEK, 104, "weekly", "week", "weeks"},
    {'m', CYCLE_MONTH, 60, "monthly", "month", "months"},
    {'y', CYCLE_YEAR, 10, "yearly", "year", "years"},
};

bool cycle_parse(const char *s, struct cycle *ret)
{
	if (str_eq(s, "once")) {
		*ret = (struct cycle){0, CYCLE_ONCE};
		return true;
	}
	int n = 0;
	const char *p = s;
	for (; p != NULL && *p >= '0' && *p <= '9' && p - s < 3; p++)
		n = n * 10 + (*p - '0');
	if (p == NULL || p == s || *s == '0' || *p == '\0' || p[1] != '\0')
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (units[i].letter != *p || n > units[i].max)
			continue;
		*ret = (struct cycle){n, units[i].unit};
		return true;
	}
	return false;
}

char *cycle_print(struct arena *a, struct cycle c)
{
	if (c.unit == CYCLE_ONCE)
		return arena_strdup(a, "once");
	return arena_printf(a, "%d%c", c.n, units[c.unit - 1].letter);
}

char *cycle_print_people(struct arena *a, struct cycle c)
{
	if (c.unit == CYCLE_ONCE)
		return arena_strdup(a, "one time");
	if (c.n == 1)
		return arena_strdup(a, units[c.unit - 1].every);
	return arena_printf(a, "every %d %s", c.n, units[c.unit - 1].plural);
}

struct day cycle_next(struct day from, struct cycle c, int anchor_day)
{
	int y, m, d;
	assert(c.unit != CYCLE_ONCE && c.n > 0 && anchor_day >= 1 && anchor_day <= 31);
	if (c.unit == CYCLE_DAY)
		return day_add(from, c.n);
	if (c.unit == CYCLE_WEEK)
		return day_add(from, 7 * c.n);
	day_split(from, &y, &m, &d);
	int months = y * 12 + (m - 1) + (c.unit == CYCLE_YEAR ? 12 * c.n : c.n);
	y = months / 12;
	m = months % 12 + 1;
	int length = day_month_length(y, m);
	return day_of(y, m, anchor_day < length ? anchor_day : length);
}

/* 365.25 days in a year of 12 months: 487/16 days in a month. */
#define MONTH_DAYS_NUM 487
#define MONTH_DAYS_DEN 16

int64_t cycle_monthly(int64_t minor, struct cycle c)
{
	switch (c.unit) {
	case CYCLE_DAY:
		return money_scale(minor, MONTH_DAYS_NUM, (int64_t)c.n * MONTH_DAYS_DEN,
		    ROUND_HALF_UP);
	case CYCLE_WEEK:
		return money_scale(minor, MONTH_DAYS_NUM, (int64_t)c.n * 7 * MONTH_DAYS_DEN,
		    ROUND_HALF_UP);
	case CYCLE_MONTH: return money_scale(minor, 1, c.n, ROUND_HALF_UP);
	case CYCLE_YEAR: return money_scale(minor, 1, (int64_t)c.n * 12, ROUND_HALF_UP);
	case CYCLE_ONCE: break;
	}
	return 0;
}
