/* SPDX-License-Identifier: Apache-2.0 */
/* Which prices are the same. Pure: no database, no clock. */
#include "base/str.h"
#include "core/catalog/own.h"

size_t price_repeated(const struct price_input *prices, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq(prices[i].cycle, prices[k].cycle) &&
			    str_eq(prices[i].currency, prices[k].currency))
				return i;
		}
	}
	return n;
}

bool price_same(const struct price *sold, const struct price_input *in)
{
	return str_eq(sold->cycle, in->cycle) && str_eq(sold->currency, in->currency) &&
	    sold->price_minor == in->price_minor && sold->setup_minor == in->setup_minor &&
	    sold->renew_minor == in->renew_minor;
}
