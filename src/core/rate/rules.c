/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a table of rates to the one a price or document needs, and amounts through it. Pure: no
 * database, no clock.
 */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/rate/rate.h"
#include "fmt/ecb.h"

static const struct rate *pair_of(const struct rate_table *t, const char *base,
    const char *currency)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->rates[i].base, base) && str_eq(t->rates[i].currency, currency))
			return &t->rates[i];
	return NULL;
}

/* a / b to eight digits, rounded once; false when it is nothing or too much. */
static bool quotient(int64_t a_e8, int64_t b_e8, int64_t *ret_e8)
{
	__int128 value = ((__int128)a_e8 * ECB_E8 + b_e8 / 2) / b_e8;
	if (value <= 0 || value > ECB_RATE_MAX)
		return false;
	*ret_e8 = (int64_t)value;
	return true;
}

bool rate_find(const struct rate_table *t, const char *base, const char *currency,
    struct rate_quote *ret)
{
	const struct rate *direct = pair_of(t, base, currency), *back = pair_of(t, currency, base);
	const struct rate *to = pair_of(t, "EUR", currency), *from = pair_of(t, "EUR", base);
	struct rate_quote q = {.base = base};
	if (direct != NULL) {
		*ret = (struct rate_quote){base, direct->source, direct->rate_e8, direct->on};
		return true;
	}
	if (back != NULL) {
		q.source = back->source;
		q.on = back->on;
		if (!quotient(ECB_E8, back->rate_e8, &q.rate_e8))
			return false;
		*ret = q;
		return true;
	}
	if (to == NULL || from == NULL || !quotient(to->rate_e8, from->rate_e8, &q.rate_e8))
		return false;
	/* As old as the older of the two, and as official as the less official. */
	q.on = to->on.n < from->on.n ? to->on : from->on;
	q.source = str_eq(to->source, from->source) ? to->source : "hand";
	*ret = q;
	return true;
}

static int64_t power(int digits)
{
	int64_t n = 1;
	for (int i = 0; i < digits; i++)
		n *= 10;
	return n;
}

bool rate_convert(int64_t minor, const char *currency, const struct rate_quote *q,
    int64_t *ret_minor)
{
	int from = currency_digits(q->base), to = currency_digits(currency);
	if (from < 0 || to < 0 || q->rate_e8 <= 0 || q->rate_e8 > ECB_RATE_MAX)
		return false;
	int64_t num = q->rate_e8 * power(to), den = ECB_E8 * power(from);
	__int128 most = (__int128)MONEY_MINOR_MAX * den,
	         size = (__int128)(minor < 0 ? -minor : minor) * num;
	if (minor > MONEY_MINOR_MAX || minor < -MONEY_MINOR_MAX || size > most)
		return false;
	*ret_minor = money_scale(minor, num, den, ROUND_HALF_UP);
	return true;
}
