/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cx.h"

/* A civil day: days since 1970-01-01 in the proleptic Gregorian calendar. No zone, no hour. */
struct day {
	int32_t n;
};

#define DAY_NONE ((struct day){INT32_MIN}) /* "no day": NULL in the database */
static inline bool day_set(struct day d)
{
	return d.n != INT32_MIN;
}

#define DAY_TEXT_SIZE 11 /* "YYYY-MM-DD" and NUL */
#define DAY_MIN (-25567) /* 1900-01-01 */
#define DAY_MAX 146096   /* 2369-12-31 */

struct day day_of(int year, int month, int mday); /* asserts a real day */
void day_split(struct day d, int *ret_year, int *ret_month, int *ret_mday);
int day_month_length(int year, int month);
bool day_parse(const char *s, struct day *ret);
const char *day_text(struct day d, char text[DAY_TEXT_SIZE]);
char *day_print(struct arena *a, struct day d);
/* "31 Jan 2027" in the given locale, by ICU. */
char *day_print_people(struct arena *a, struct day d, const char *locale);
struct day day_add(struct day d, int32_t days);

/*
 * A billing cycle: a number and a unit, printed "1m", "7d", "2w", "1y", or "once".
 * once has n = 0. Limits: 1-366 d, 1-104 w, 1-60 m, 1-10 y.
 */
enum cycle_unit { CYCLE_ONCE, CYCLE_DAY, CYCLE_WEEK, CYCLE_MONTH, CYCLE_YEAR };
struct cycle {
	int n;
	enum cycle_unit unit;
};
bool cycle_parse(const char *s, struct cycle *ret);
char *cycle_print(struct arena *a, struct cycle c);        /* "1m" */
char *cycle_print_people(struct arena *a, struct cycle c); /* "monthly", "every 2 weeks" */

/*
 * The day on which a period that starts at from ends (half-open). Months keep the anchor day
 * (1-31): from 31 Jan with anchor 31 come 28 Feb, 31 Mar. A yearly cycle anchored on 29 Feb
 * (anchor 29) falls on 28 Feb in common years and returns to 29. Not for CYCLE_ONCE (asserts).
 */
struct day cycle_next(struct day from, struct cycle c, int anchor_day);

/*
 * An amount per cycle as one per month: n months divide by n, a year is twelve months, a day is
 * 16/487 of a month (365.25 / 12 days), a week seven days; rounded half up once. Once is nothing
 * per month.
 */
int64_t cycle_monthly(int64_t minor, struct cycle c);

/*
 * Zones (ICU names). Unknown names are ERR_INVALID "zone.unknown" with near matches in the detail.
 */
enum err zone_check(struct cx *cx, const char *zone) MUST_CHECK;
/* The civil day an instant falls on in a zone that zone_check() accepted. */
struct day zone_day(const char *zone, int64_t instant);
/* The first instant of a civil day there. */
int64_t zone_instant(const char *zone, struct day d);

/* RFC 3339 instants in UTC: "2027-01-31T10:00:00Z"; the parser also takes an offset. */
#define INSTANT_TEXT_SIZE 21
const char *instant_text(int64_t instant, char text[INSTANT_TEXT_SIZE]);
char *instant_print(struct arena *a, int64_t instant);
/* "Sat, 31 Jan 2027 10:00:00 +0000" (RFC 5322). */
char *instant_print_mail(struct arena *a, int64_t instant);
bool instant_parse(const char *s, int64_t *ret);

#endif
