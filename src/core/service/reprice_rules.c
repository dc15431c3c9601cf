/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets a new price, which one and from when. Pure: no database, no clock; preview, commit and
 * tests ask the same functions.
 */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/service/reprice_own.h"

static int64_t unit_of(const char *currency)
{
	int64_t unit = 1;
	for (int i = currency_digits(currency); i > 0; i--)
		unit *= 10;
	return unit;
}

/* The nearest amount that is a multiple of step plus ending; half way goes up. */
static int64_t nearest(int64_t minor, int64_t step, int64_t ending)
{
	int64_t low = (minor - ending) / step;
	if (minor < ending)
		return ending;
	int64_t below = low * step + ending;
	return minor - below >= below + step - minor ? below + step : below;
}

int64_t reprice_percent(int64_t minor, int64_t ppm, const char *currency, const char *round)
{
	int64_t unit = unit_of(currency), exact = money_scale(minor, PPM + ppm, PPM, ROUND_HALF_UP);
	int64_t ended = exact;
	if (unit < 100 || exact <= 0)
		return exact;
	if (str_eq(round, "whole"))
		ended = nearest(exact, unit, 0);
	else if (str_eq(round, "half"))
		ended = nearest(exact, unit / 2, 0);
	else if (str_eq(round, "99"))
		ended = nearest(exact, unit, unit - unit / 100);
	/* An ending must not make a gift of a price. */
	return ended > 0 ? ended : exact;
}

struct day reprice_first(const struct service *s, struct day on)
{
	struct cycle cycle;
	struct day at = s->billed_until;
	if (!cycle_parse(s->cycle, &cycle) || cycle.unit == CYCLE_ONCE)
		return DAY_NONE;
	while (at.n < on.n)
		at = cycle_next(at, cycle, (int)s->anchor_day);
	return at;
}

static bool among(const int64_t *list, size_t n, int64_t value)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == value)
			return true;
	return false;
}

/* Is word one of the words of a list with blanks between? */
static bool worded(const char *list, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = list; *p != '\0';) {
		size_t len = strcspn(p, " ");
		if (len == n && strncmp(p, word, n) == 0)
			return true;
		p += len + (p[len] == ' ');
	}
	return false;
}

static bool chosen(const struct reprice_wish *w, const struct service *s)
{
	return among(w->plans, w->plans_n, s->plan_id) &&
	    (str_empty(w->in->cycles) || worded(w->in->cycles, s->cycle)) &&
	    (w->versions_n == 0 || among(w->versions, w->versions_n, s->price_id)) &&
	    (w->amounts_n == 0 || among(w->amounts, w->amounts_n, s->price_minor));
}

/* -1: there is none. */
static int64_t price_of(const struct reprice_wish *w, const struct service *s, int64_t *ret_id)
{
	*ret_id = 0;
	if (str_eq(w->in->how, "amount"))
		return w->in->price_minor;
	if (str_eq(w->in->how, "percent"))
		return reprice_percent(s->price_minor, w->in->change_ppm, s->currency,
		    w->in->round);
	for (size_t i = 0; i < w->prices_n; i++) {
		const struct price *p = &w->prices[i];
		if (p->plan_id != s->plan_id || !str_eq(p->cycle, s->cycle))
			continue;
		*ret_id = p->id;
		return p->renew_minor != 0 ? p->renew_minor : p->price_minor;
	}
	return -1;
}

static const char *left_out(const struct reprice_wish *w, const struct reprice_row *r,
    const struct reprice_result *x)
{
	const struct service *s = &r->s;
	bool ends = day_set(s->cancel_on) && s->cancel_on.n <= x->apply_on.n;
	if (r->changing)
		return "a change of it is under way";
	if (r->waiting)
		return "another new price waits for it";
	if (ends)
		return "it ends before";
	if (s->price_id == 0 && !w->in->overridden)
		return "it has a price of its own";
	if (s->coupon_id != 0 && s->discount_terms != 0 && !w->in->discounted)
		return "a running coupon guarantees its price";
	if (s->billed_until.n > w->in->effective_on.n && !w->in->invoiced)
		return "it is invoiced beyond the day";
	if (x->new_minor < 0)
		return "its plan has no price for this cycle";
	if (x->new_minor == s->price_minor && (x->new_price_id == s->price_id || s->price_id == 0))
		return "its price stays the same";
	return NULL;
}

bool reprice_judge(const struct reprice_wish *w, const struct reprice_row *r,
    struct reprice_result *ret)
{
	struct reprice_result x = {0};
	if (!chosen(w, &r->s))
		return false;
	x.apply_on = reprice_first(&r->s, w->in->effective_on);
	x.new_minor = price_of(w, &r->s, &x.new_price_id);
	if (x.new_price_id == 0 && x.new_minor == r->s.price_minor)
		x.new_price_id = r->s.price_id;
	x.why = left_out(w, r, &x);
	*ret = x;
	return true;
}
