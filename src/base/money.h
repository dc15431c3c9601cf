/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cx.h"

/* An amount: minor units of an ISO 4217 currency. Never a floating-point number. */
struct money {
	int64_t minor;
	char cur[4];
};

enum round { ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP }; /* half up = away from zero */

#define MONEY_MINOR_MAX INT64_C(1000000000000000) /* 10^15: what one amount of ours may be */
#define PPM INT64_C(1000000)

struct money money_of(int64_t minor, const char *cur);
/* Same currency and no overflow, else ERR_INVALID "money.mixed" / "money.range". */
enum err money_add(struct cx *cx, struct money a, struct money b, struct money *ret) MUST_CHECK;
enum err money_sub(struct cx *cx, struct money a, struct money b, struct money *ret) MUST_CHECK;
/* minor * num / den in 128 bits, rounded once; den > 0. Asserts that the result fits. */
int64_t money_scale(int64_t minor, int64_t num, int64_t den, enum round mode);
/*
 * Splits total by weights (all >= 0, sum > 0) so that the parts add up exactly: largest remainder,
 * first index wins.
 */
void money_split(int64_t total, const int64_t *weights, size_t n, int64_t *ret_parts);

/* ISO 4217: how many digits follow the point (0, 2, 3, 4); -1 for an unknown or unbillable code. */
int currency_digits(const char *cur);
/* All codes with so many digits, a blank between; NULL when there are none. */
const char *currency_codes(int digits);
/* "12.10 EUR", plain ASCII, for logs, ledgers, mails and forms. */
char *money_print(struct arena *a, struct money m);
/* "12.10" without currency: what a form field or CSV column holds. */
char *money_print_plain(struct arena *a, int64_t minor, const char *cur);
/* For people: grouped, localized by ICU ("1,234.50 €" for locale "en"). */
char *money_print_people(struct arena *a, struct money m, const char *locale);
/*
 * Reads "12.10", "12", "-3.5"; too many digits after the point or any other character is refused.
 */
bool money_parse(const char *s, const char *cur, int64_t *ret_minor);

#endif
