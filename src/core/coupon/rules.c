/* SPDX-License-Identifier: Apache-2.0 */
/* How much comes off, and off what. Pure. */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/coupon/coupon.h"

int64_t discount_of(const struct discount *d, int64_t amount_minor)
{
	if (amount_minor <= 0)
		return 0;
	int64_t off = money_scale(amount_minor, d->rate_ppm, PPM, ROUND_HALF_UP) + d->amount_minor;
	return off < amount_minor ? off : amount_minor;
}

void coupon_share(const struct coupon *c, const int64_t *amounts, size_t n, int64_t *ret_discounts)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n; i++) {
		sum += amounts[i];
		ret_discounts[i] = discount_of(&(struct discount){c->rate_ppm, 0}, amounts[i]);
	}
	if (c->amount_minor == 0 || sum <= 0)
		return;
	money_split(c->amount_minor < sum ? c->amount_minor : sum, amounts, n, ret_discounts);
}

/* Is word one of the space-separated words of list? An empty list has every word. */
static bool listed(const char *list, const char *word)
{
	size_t n = strlen(word);
	if (str_empty(list))
		return true;
	for (const char *p = strstr(list, word); p != NULL; p = strstr(p + 1, word))
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

bool coupon_fits(const struct coupon *c, const char *plan_key, const char *cycle)
{
	return listed(c->plans, plan_key) && listed(c->cycles, cycle);
}
