/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rate, and how much. Pure: a table of rates, a place, a day, some lines. Rounding follows EN 16931's habit (half up, per
 * document and rate) or per line, as the company chose; the tax given to the lines always adds up to the document's.
 */
#include <assert.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/tax/tax.h"

/* 0: does not apply; more specific places score higher. */
static int specificity(const struct tax_rate *r, const struct tax_place *place)
{
	if (*r->country == '\0')
		return 1;
	if (strcmp(r->country, place->country) != 0)
		return 0;
	if (*r->region == '\0')
		return 2;
	return strcmp(r->region, place->region) == 0 ? 3 : 0;
}

struct tax_choice tax_choose(const struct tax_table *t, const struct tax_place *place, const char *tax_class,
    struct day on)
{
	const struct tax_rate *best = NULL;
	int best_score = 0;
	if (place->exempt)
		return (struct tax_choice){"", 0};
	for (size_t i = 0; i < t->n; i++) {
		const struct tax_rate *r = &t->rates[i];
		int score = specificity(r, place);
		if (score == 0 || r->valid_from.n > on.n || strcmp(r->tax_class, tax_class) != 0)
			continue;
		bool better = score > best_score ||
		    (score == best_score && r->valid_from.n > best->valid_from.n);
		if (better) {
			best = r;
			best_score = score;
		}
	}
	return best == NULL ? (struct tax_choice){"", 0} : (struct tax_choice){best->name, best->rate_ppm};
}

/* The tax in or on an amount, rounded once. */
static int64_t tax_of(int64_t amount_minor, int64_t rate_ppm, enum tax_prices prices)
{
	int64_t base = prices == TAX_INCLUSIVE ? PPM + rate_ppm : PPM;
	return money_scale(amount_minor, rate_ppm, base, ROUND_HALF_UP);
}

static void put(struct tax_line *l, int64_t tax_minor, enum tax_prices prices)
{
	l->tax_minor = tax_minor;
	l->net_minor = prices == TAX_INCLUSIVE ? l->amount_minor - tax_minor : l->amount_minor;
}

/*
 * All lines of one rate. The rounded tax of the sum is dealt out in order, each line getting the difference between the rounded running
 * tax and what was given before: exact in sum, never further than one minor unit from the line's own tax, for amounts of any sign.
 */
static void compute_rate(struct tax_line *lines, size_t n, int64_t rate_ppm, enum tax_prices prices)
{
	int64_t running = 0, given = 0;
	for (size_t i = 0; i < n; i++) {
		if (lines[i].rate_ppm != rate_ppm)
			continue;
		running += lines[i].amount_minor;
		int64_t upto = tax_of(running, rate_ppm, prices);
		put(&lines[i], upto - given, prices);
		given = upto;
	}
}

void tax_compute(struct tax_line *lines, size_t n, enum tax_prices prices,
    enum tax_rounding rounding)
{
	for (size_t i = 0; i < n; i++) {
		if (rounding == TAX_PER_LINE) {
			put(&lines[i], tax_of(lines[i].amount_minor, lines[i].rate_ppm, prices), prices);
			continue;
		}
		bool seen = false;
		for (size_t k = 0; k < i && !seen; k++)
			seen = lines[k].rate_ppm == lines[i].rate_ppm;
		if (!seen)
			compute_rate(lines, n, lines[i].rate_ppm, prices);
	}
}
