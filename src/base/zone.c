/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zones, locales and plain words for people, by ICU; the only file that includes its headers.
 * Calendars
 * and formatters are costly to open and are kept per process, keyed by their name.
 */
#include <assert.h>
#include <limits.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/uenum.h>
#include <unicode/unum.h>
#include <unicode/ureldatefmt.h>
#include <unicode/ustring.h>

#include "base/day.h"
#include "base/memo.h"
#include "base/money.h"
#include "base/people.h"
#include "base/str.h"

#define KEPT 16 /* names seen in one process: a zone, a few locales */

struct kept {
	char key[64];
	void *thing;
};

/* The kept thing for key, or a free slot (the first is reused when all are taken). */
static struct kept *kept_find(struct kept *all, const char *key, void (*close)(void *))
{
	for (int i = 0; i < KEPT; i++) {
		if (all[i].thing == NULL || strcmp(all[i].key, key) == 0) {
			str_copy(all[i].key, sizeof all[i].key, key);
			return &all[i];
		}
	}
	close(all[0].thing);
	all[0].thing = NULL;
	str_copy(all[0].key, sizeof all[0].key, key);
	return &all[0];
}

static void to_utf16(const char *s, UChar *out, int32_t size)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t n;
	u_strFromUTF8(out, size, &n, s, -1, &status);
	assert(U_SUCCESS(status) && n < size);
}

static char *to_utf8(struct arena *a, const UChar *s, int32_t len)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t size = len * 3 + 1, n;
	char *out = arena_alloc(a, (size_t)size);
	u_strToUTF8(out, size, &n, s, len, &status);
	assert(U_SUCCESS(status));
	return out;
}

static bool zone_known(const char *zone)
{
	UErrorCode status = U_ZERO_ERROR;
	UEnumeration *all = ucal_openTimeZones(&status);
	bool known = false;
	const char *name;
	while (!known && U_SUCCESS(status) && (name = uenum_next(all, NULL, &status)) != NULL)
		known = strcmp(name, zone) == 0;
	uenum_close(all);
	return known;
}

#define NAME_SIZE 64 /* the longest name of a zone has 32 letters */

/* How many letters to insert, remove or change to make a of b, whatever their case. */
static int distance(const char *a, const char *b)
{
	int row[NAME_SIZE + 1], n = (int)strlen(b);
	assert(n <= NAME_SIZE);
	for (int k = 0; k <= n; k++)
		row[k] = k;
	for (int i = 1; a[i - 1] != '\0'; i++) {
		int left_above = row[0];
		row[0] = i;
		for (int k = 1; k <= n; k++) {
			int best = left_above + ((a[i - 1] | 32) != (b[k - 1] | 32));
			left_above = row[k];
			if (best > row[k] + 1)
				best = row[k] + 1;
			if (best > row[k - 1] + 1)
				best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[n];
}

static void zone_near(const char *zone, const char *best[3], struct arena *a)
{
	UErrorCode status = U_ZERO_ERROR;
	UEnumeration *all = ucal_openTimeZones(&status);
	int scores[3] = {INT_MAX, INT_MAX, INT_MAX};
	const char *name;
	while (U_SUCCESS(status) && (name = uenum_next(all, NULL, &status)) != NULL) {
		if (strchr(name, '/') == NULL || str_starts(name, "SystemV/"))
			continue;
		int score = distance(zone, name);
		for (int i = 0; i < 3; i++) {
			if (score >= scores[i])
				continue;
			for (int k = 2; k > i; k--) {
				scores[k] = scores[k - 1];
				best[k] = best[k - 1];
			}
			scores[i] = score;
			best[i] = arena_strdup(a, name);
			break;
		}
	}
	uenum_close(all);
}

enum err zone_check(struct cx *cx, const char *zone)
{
	if (str_eq(zone, "UTC") || (strchr(str_or(zone, ""), '/') != NULL && zone_known(zone)))
		return OK;
	const char *best[3] = {"UTC", "UTC", "UTC"};
	char name[NAME_SIZE];
	str_copy(name, sizeof name,
	    str_or(zone, "")); /* leaves room for the matches in the detail */
	zone_near(name, best, cx->arena);
	return fail(cx, ERR_INVALID, "zone.unknown",
	    "There is no time zone named \"%s\". Near matches: %s, %s, %s", name, best[0], best[1],
	    best[2]);
}

static void calendar_close(void *c)
{
	ucal_close(c);
}

static UCalendar *calendar(const char *zone)
{
	static struct kept all[KEPT];
	struct kept *k = kept_find(all, zone, calendar_close);
	if (k->thing == NULL) {
		UChar name[64];
		UErrorCode status = U_ZERO_ERROR;
		to_utf16(zone, name, 64);
		UCalendar *c = ucal_open(name, -1, "en_US", UCAL_GREGORIAN, &status);
		assert(U_SUCCESS(status));
		ucal_setGregorianChange(c, -1e17, &status); /* proleptic, as day.c */
		/*
		 * A midnight that comes twice is the first one; one that is skipped is the next
		 * moment.
		 */
		ucal_setAttribute(c, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
		ucal_setAttribute(c, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
		k->thing = c;
	}
	return k->thing;
}

struct day zone_day(const char *zone, int64_t instant)
{
	UErrorCode status = U_ZERO_ERROR;
	UCalendar *c = calendar(zone);
	ucal_setMillis(c, (UDate)instant * 1000, &status);
	int y = ucal_get(c, UCAL_EXTENDED_YEAR, &status);
	int m = ucal_get(c, UCAL_MONTH, &status) + 1;
	int d = ucal_get(c, UCAL_DAY_OF_MONTH, &status);
	assert(U_SUCCESS(status));
	return day_of(y, m, d);
}

int64_t zone_instant(const char *zone, struct day day)
{
	UErrorCode status = U_ZERO_ERROR;
	UCalendar *c = calendar(zone);
	int y, m, d;
	day_split(day, &y, &m, &d);
	ucal_clear(c);
	ucal_setDateTime(c, y, m - 1, d, 0, 0, 0, &status);
	int64_t at = (int64_t)(ucal_getMillis(c, &status) / 1000);
	assert(U_SUCCESS(status));
	/* Where midnight does not exist ICU may answer the last hour of the day before. */
	while (zone_day(zone, at).n < day.n)
		at += 900;
	return at;
}

static void number_close(void *f)
{
	unum_close(f);
}

char *money_print_people(struct arena *a, struct money m, const char *locale)
{
	static struct kept all[KEPT];
	static struct memo memo;
	char plain[40];
	const struct memo_key key = {m.minor, m.cur, locale};
	char *known = memo_get(&memo, a, &key);
	if (known != NULL)
		return known;
	UChar cur[4], out[96];
	UErrorCode status = U_ZERO_ERROR;
	struct kept *k = kept_find(all, locale, number_close);
	if (k->thing == NULL) {
		k->thing = unum_open(UNUM_CURRENCY, NULL, 0, locale, NULL, &status);
		assert(U_SUCCESS(status));
	}
	str_copy(plain, sizeof plain, money_print_plain(a, m.minor, m.cur));
	to_utf16(m.cur, cur, 4);
	unum_setTextAttribute(k->thing, UNUM_CURRENCY_CODE, cur, 3, &status);
	/* ISO digits are ours to say: ICU follows CLDR, which differs for some currencies. */
	unum_setAttribute(k->thing, UNUM_FRACTION_DIGITS, currency_digits(m.cur));
	int32_t n = unum_formatDecimal(k->thing, plain, -1, out, 96, NULL, &status);
	assert(U_SUCCESS(status));
	return memo_put(&memo, &key, to_utf8(a, out, n));
}

static void date_close(void *f)
{
	udat_close(f);
}

#define DAY_SKELETON "d MMM yyyy"

static char *date_print(struct arena *a, const char *locale, const char *zone, const char *skeleton,
    UDate at)
{
	static struct kept all[KEPT];
	static struct memo days, instants;
	char key[64];
	UChar zone16[64], pattern[64], out[96];
	UErrorCode status = U_ZERO_ERROR;
	struct memo *memo = strcmp(skeleton, DAY_SKELETON) == 0 ? &days : &instants;
	const struct memo_key what = {(int64_t)at, zone, locale};
	char *known = memo_get(memo, a, &what);
	if (known != NULL)
		return known;
	str_copy(key, sizeof key, arena_printf(a, "%s %s %s", locale, zone, skeleton));
	struct kept *k = kept_find(all, key, date_close);
	if (k->thing == NULL) {
		to_utf16(zone, zone16, 64);
		to_utf16(skeleton, pattern, 64);
		k->thing =
		    udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, zone16, -1, pattern, -1, &status);
		assert(U_SUCCESS(status));
	}
	int32_t n = udat_format(k->thing, at, out, 96, NULL, &status);
	assert(U_SUCCESS(status));
	return memo_put(memo, &what, to_utf8(a, out, n));
}

char *day_print_people(struct arena *a, struct day d, const char *locale)
{
	return date_print(a, locale, "UTC", DAY_SKELETON, (UDate)d.n * 86400000);
}

char *instant_print_people(struct arena *a, int64_t instant, const char *locale, const char *zone)
{
	return date_print(a, locale, zone, "d MMM yyyy, HH:mm", (UDate)instant * 1000);
}

static void relative_close(void *f)
{
	ureldatefmt_close(f);
}

char *instant_print_ago(struct arena *a, int64_t instant, int64_t now, const char *locale)
{
	static struct kept all[KEPT];
	static const struct {
		int64_t seconds;
		URelativeDateTimeUnit unit;
	} steps[] = {
	    {31557600, UDAT_REL_UNIT_YEAR},
	    {2629800, UDAT_REL_UNIT_MONTH},
	    {86400, UDAT_REL_UNIT_DAY},
	    {3600, UDAT_REL_UNIT_HOUR},
	    {60, UDAT_REL_UNIT_MINUTE},
	    {1, UDAT_REL_UNIT_SECOND},
	};
	UErrorCode status = U_ZERO_ERROR;
	UChar out[96];
	struct kept *k = kept_find(all, locale, relative_close);
	if (k->thing == NULL) {
		k->thing = ureldatefmt_open(locale, NULL, UDAT_STYLE_LONG,
		    UDISPCTX_CAPITALIZATION_NONE, &status);
		assert(U_SUCCESS(status));
	}
	int64_t away = instant - now, size = away < 0 ? -away : away;
	size_t i = 0;
	while (i < 5 && size < steps[i].seconds)
		i++;
	/* At this moment: "now", not "in 0 seconds". */
	int64_t count = away / steps[i].seconds;
	int32_t n = (size == 0 ? ureldatefmt_format : ureldatefmt_formatNumeric)(k->thing,
	    (double)count, steps[i].unit, out, 96, &status);
	assert(U_SUCCESS(status));
	return to_utf8(a, out, n);
}
