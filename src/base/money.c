/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Money arithmetic: integers only, scaled in 128 bits, rounded once at a named place. Knows
 * currencies' digits (currency.c) but nothing of taxes or invoices. Printing for people is
 * people.c.
 */
#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

struct money money_of(int64_t minor, const char *cur)
{
	struct money m = {.minor = minor};
	bool fits = str_copy(m.cur, sizeof m.cur, cur);
	assert(fits);
	return m;
}

static enum err checked(struct cx *cx, struct money a, struct money b, int64_t sum, bool over)
{
	if (strcmp(a.cur, b.cur) != 0)
		return fail(cx, ERR_INVALID, "money.mixed", "Cannot combine %s with %s", a.cur,
		    b.cur);
	if (over || sum > MONEY_MINOR_MAX || sum < -MONEY_MINOR_MAX)
		return fail(cx, ERR_INVALID, "money.range", "The amount is too large");
	return OK;
}

enum err money_add(struct cx *cx, struct money a, struct money b, struct money *ret)
{
	int64_t sum;
	bool over = __builtin_add_overflow(a.minor, b.minor, &sum);
	TRY(checked(cx, a, b, sum, over));
	*ret = money_of(sum, a.cur);
	return OK;
}

enum err money_sub(struct cx *cx, struct money a, struct money b, struct money *ret)
{
	int64_t sum;
	bool over = __builtin_sub_overflow(a.minor, b.minor, &sum);
	TRY(checked(cx, a, b, sum, over));
	*ret = money_of(sum, a.cur);
	return OK;
}

int64_t money_scale(int64_t minor, int64_t num, int64_t den, enum round mode)
{
	assert(den > 0);
	__extension__ typedef __int128 wide;
	wide product = (wide)minor * num;
	wide sign = product < 0 ? -1 : 1;
	wide magnitude = product * sign;
	wide quotient = magnitude / den, rest = magnitude % den;
	switch (mode) {
	case ROUND_HALF_UP: quotient += rest * 2 >= den; break;
	case ROUND_HALF_EVEN:
		quotient += rest * 2 > den || (rest * 2 == den && quotient % 2 == 1);
		break;
	case ROUND_UP: quotient += rest > 0; break;
	case ROUND_DOWN: break;
	}
	quotient *= sign;
	assert(quotient <= INT64_MAX && quotient >= INT64_MIN);
	return (int64_t)quotient;
}

/*
 * Largest remainder: everyone gets the part rounded down, the rest goes one by one to the largest
 * remainders.
 */
void money_split(int64_t total, const int64_t *weights, size_t n, int64_t *ret_parts)
{
	int64_t sum = 0, given = 0, sign = total < 0 ? -1 : 1;
	for (size_t i = 0; i < n; i++) {
		bool over = __builtin_add_overflow(sum, weights[i], &sum);
		assert(weights[i] >= 0 && !over);
	}
	assert(sum > 0);
	total *= sign;
	for (size_t i = 0; i < n; i++) {
		ret_parts[i] = money_scale(total, weights[i], sum, ROUND_DOWN);
		given += ret_parts[i];
	}
	__extension__ typedef __int128 wide;
	for (; given < total; given++) {
		size_t best = 0;
		wide best_rest = -1;
		for (size_t i = 0; i < n; i++) {
			/*
			 * What is still owed to i, in units of 1/sum; who already got one more is
			 * out.
			 */
			wide rest = (wide)total * weights[i] - (wide)ret_parts[i] * sum;
			if (rest > best_rest) {
				best_rest = rest;
				best = i;
			}
		}
		ret_parts[best]++;
	}
	for (size_t i = 0; i < n; i++)
		ret_parts[i] *= sign;
}

static int64_t power10(int digits)
{
	int64_t p = 1;
	while (digits-- > 0)
		p *= 10;
	return p;
}

char *money_print_plain(struct arena *a, int64_t minor, const char *cur)
{
	int digits = currency_digits(cur);
	assert(digits >= 0);
	uint64_t magnitude = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	uint64_t scale = (uint64_t)power10(digits);
	const char *sign = minor < 0 ? "-" : "";
	if (digits == 0)
		return arena_printf(a, "%s%" PRIu64, sign, magnitude);
	return arena_printf(a, "%s%" PRIu64 ".%0*" PRIu64, sign, magnitude / scale, digits,
	    magnitude % scale);
}

char *money_print(struct arena *a, struct money m)
{
	return arena_printf(a, "%s %s", money_print_plain(a, m.minor, m.cur), m.cur);
}

bool money_parse(const char *s, const char *cur, int64_t *ret_minor)
{
	int digits = currency_digits(cur);
	if (digits < 0 || str_empty(s))
		return false;
	/* "-" and "-.5" are no numbers, though str_int would read what is made of them below. */
	const char *first = s + (*s == '-');
	if (*first < '0' || *first > '9')
		return false;
	char joined[32];
	size_t n = 0;
	int after = -1;
	for (const char *p = s; *p != '\0'; p++) {
		if (n >= sizeof joined - 8)
			return false;
		if (*p == '.') {
			if (after >= 0 || p[1] == '\0')
				return false;
			after = 0;
			continue;
		}
		joined[n++] = *p;
		if (after >= 0)
			after++;
	}
	if (after > digits)
		return false;
	for (int i = after < 0 ? 0 : after; i < digits; i++)
		joined[n++] = '0';
	joined[n] = '\0';
	int64_t value;
	if (!str_int(joined, &value) || value > MONEY_MINOR_MAX || value < -MONEY_MINOR_MAX)
		return false;
	*ret_minor = value;
	return true;
}
