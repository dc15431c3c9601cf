/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rate, and how much. Pure: a table of rates, a place, a day, some lines. Rounding follows EN
 * 16931's habit (half up, per document and rate) or per line, as the company chose; the tax given
 * to the lines always adds up to the document's.
 */
#include <assert.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/tax/tax.h"

struct tax_place tax_place_of(const struct settings *s, const struct client *c)
{
	struct tax_place place = {str_or(c->country, ""), str_or(c->region, ""), TAX_CHARGED};
	bool abroad = tax_in_eu(s->company_country) && tax_in_eu(place.country) &&
	    !str_eq(s->company_country, place.country);
	if (c->tax_exempt) {
		place.regime = TAX_EXEMPT;
		return place;
	}
	if (!abroad)
		return place;
	bool valid = str_eq(c->tax_id_state, "valid");
	bool refused = valid || str_eq(c->tax_id_state, "invalid") || str_empty(c->tax_id);
	struct tax_number number = tax_number_read(place.country, str_or(c->tax_id, ""));
	bool trusted =
	    !refused && number.form_ok && str_eq(s->tax_vies_policy, "reverse_if_format_ok");
	if (valid || trusted)
		place.regime = TAX_REVERSE;
	else if (str_eq(s->tax_eu_private, "origin"))
		place = (struct tax_place){s->company_country, "", TAX_CHARGED};
	return place;
}

struct day tax_point(const struct settings *s, struct day issued_on, struct day period_from)
{
	return str_eq(s->tax_point, "period_start") && day_set(period_from) ? period_from :
	                                                                      issued_on;
}

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

struct wanted {
	const struct tax_place *place;
	const char *tax_class, *level;
	struct day on;
};

static const struct tax_rate *best_of(const struct tax_table *t, const struct wanted *w)
{
	const struct tax_rate *best = NULL;
	int best_score = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct tax_rate *r = &t->rates[i];
		int score = specificity(r, w->place);
		if (score == 0 || r->valid_from.n > w->on.n ||
		    strcmp(r->tax_class, w->tax_class) != 0 || strcmp(r->level, w->level) != 0)
			continue;
		bool better = score > best_score ||
		    (score == best_score && r->valid_from.n > best->valid_from.n);
		if (better) {
			best = r;
			best_score = score;
		}
	}
	return best;
}

struct tax_choice tax_choose(const struct tax_table *t, const struct tax_place *place,
    const char *tax_class, struct day on)
{
	struct tax_choice choice = {.name = "", .name2 = ""};
	if (place->regime == TAX_REVERSE)
		choice.name = TAX_REVERSE_NAME;
	if (place->regime != TAX_CHARGED)
		return choice;
	const struct tax_rate *first = best_of(t, &(struct wanted){place, tax_class, "1", on});
	const struct tax_rate *second = best_of(t, &(struct wanted){place, tax_class, "2", on});
	if (first != NULL) {
		choice.name = first->name;
		choice.rate_ppm = first->rate_ppm;
	}
	if (second != NULL && second->rate_ppm > 0) {
		choice.name2 = second->name;
		choice.rate2_ppm = second->rate_ppm;
		choice.compound = second->compound;
	}
	return choice;
}

bool tax_same(const struct tax_choice *a, const struct tax_choice *b)
{
	return a->rate_ppm == b->rate_ppm && a->rate2_ppm == b->rate2_ppm &&
	    a->compound == b->compound && str_eq(a->name, b->name) && str_eq(a->name2, b->name2);
}

/* Both taxes as shares of what is given: exact, in millionths of millionths. */
struct shares {
	int64_t first, second, whole;
};

static struct shares shares_of(const struct tax_choice *t, enum tax_prices prices)
{
	struct shares s = {t->rate_ppm * PPM,
	    t->rate2_ppm * (t->compound ? PPM + t->rate_ppm : PPM), PPM * PPM};
	if (prices == TAX_INCLUSIVE)
		s.whole += s.first + s.second;
	return s;
}

static void put(struct tax_line *l, int64_t first_minor, int64_t second_minor,
    enum tax_prices prices)
{
	l->tax_minor = first_minor + second_minor;
	l->tax2_minor = second_minor;
	l->net_minor = prices == TAX_INCLUSIVE ? l->amount_minor - l->tax_minor : l->amount_minor;
}

static void compute_line(struct tax_line *l, enum tax_prices prices)
{
	struct shares s = shares_of(&l->tax, prices);
	put(l, money_scale(l->amount_minor, s.first, s.whole, ROUND_HALF_UP),
	    money_scale(l->amount_minor, s.second, s.whole, ROUND_HALF_UP), prices);
}

/*
 * All lines of one choice. The rounded tax of the sum is dealt out in order, each line getting the
 * difference between the rounded running tax and what was given before: exact in sum, never further
 * than one minor unit from the line's own tax, for amounts of any sign.
 */
static void compute_choice(struct tax_line *lines, size_t n, const struct tax_choice *tax,
    enum tax_prices prices)
{
	struct shares s = shares_of(tax, prices);
	int64_t running = 0, given = 0, given2 = 0;
	for (size_t i = 0; i < n; i++) {
		if (!tax_same(&lines[i].tax, tax))
			continue;
		running += lines[i].amount_minor;
		int64_t upto = money_scale(running, s.first, s.whole, ROUND_HALF_UP);
		int64_t upto2 = money_scale(running, s.second, s.whole, ROUND_HALF_UP);
		put(&lines[i], upto - given, upto2 - given2, prices);
		given = upto;
		given2 = upto2;
	}
}

void tax_compute(struct tax_line *lines, size_t n, enum tax_prices prices,
    enum tax_rounding rounding)
{
	for (size_t i = 0; i < n; i++) {
		if (rounding == TAX_PER_LINE) {
			compute_line(&lines[i], prices);
			continue;
		}
		bool seen = false;
		for (size_t k = 0; k < i && !seen; k++)
			seen = tax_same(&lines[k].tax, &lines[i].tax);
		if (!seen)
			compute_choice(lines, n, &lines[i].tax, prices);
	}
}
