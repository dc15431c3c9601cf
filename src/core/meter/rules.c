/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What metered use costs. Pure: allowance first, then the tiers, everything in millionths of a
 * minor unit and 128 bits, one rounding at the end.
 */
#include <inttypes.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/meter/own.h"

#define MICRO INT64_C(1000000)
typedef __int128 wide;

int64_t meter_allowance(const struct meter *m, int64_t quantity, int64_t days, int64_t full_days)
{
	if (days <= 0 || full_days <= 0)
		return 0;
	wide all = (wide)m->included * quantity * days;
	wide up = (all + full_days - 1) / full_days;
	return up > INT64_MAX ? INT64_MAX : (int64_t)up;
}

/* Units of a tier whose last one is up_to (0: open), when the tiers before ended at `below`. */
static int64_t within(int64_t units, int64_t below, int64_t up_to)
{
	int64_t end = up_to == 0 || units < up_to ? units : up_to;
	return end > below ? end - below : 0;
}

static wide tier_cost(const struct meter_tier *t, int64_t units)
{
	return units == 0 ? 0 : (wide)units * t->price_micro + (wide)t->flat_minor * MICRO;
}

static wide cost(const struct meter *m, const char *currency, int64_t units, bool *ret_any)
{
	wide sum = 0;
	int64_t below = 0;
	bool done = false;
	*ret_any = false;
	for (size_t i = 0; i < m->tiers_n && !done; i++) {
		const struct meter_tier *t = &m->tiers[i];
		if (!str_eq(t->currency, currency))
			continue;
		*ret_any = true;
		bool here = t->up_to == 0 || units <= t->up_to;
		if (m->model == METER_GRADUATED)
			sum += tier_cost(t, within(units, below, t->up_to));
		else if (m->model != METER_VOLUME || here)
			sum += tier_cost(t, units);
		below = t->up_to;
		/* The other two have one price: that of the first tier. */
		done = here || m->model == METER_PER_UNIT || m->model == METER_PACKAGE;
	}
	return sum;
}

int64_t meter_price(const struct meter *m, const char *currency, int64_t used, int64_t allowance)
{
	bool any;
	int64_t units = used > allowance ? used - allowance : 0;
	if (m->model == METER_PACKAGE)
		units = units / m->package_size + (units % m->package_size != 0);
	wide micro = cost(m, currency, units, &any);
	if (!any)
		return -1;
	wide minor = (micro + MICRO / 2) / MICRO;
	return minor > MONEY_MINOR_MAX ? MONEY_MINOR_MAX + 1 : (int64_t)minor;
}

#define WHOLE_DIGITS 9 /* of a price per unit; with 10 more behind the point it fits 64 bits */

bool meter_micro_parse(const char *text, const char *currency, int64_t *ret)
{
	int digits = currency_digits(currency), most = digits + 6, after = -1, whole = 0;
	int64_t v = 0;
	if (digits < 0 || str_empty(text))
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.' && after < 0) {
			after = 0;
			continue;
		}
		if (*p < '0' || *p > '9' || (after < 0 && ++whole > WHOLE_DIGITS) || after == most)
			return false;
		v = v * 10 + (*p - '0');
		after += after >= 0;
	}
	for (int i = after < 0 ? 0 : after; i < most; i++)
		v *= 10;
	*ret = v;
	return whole > 0;
}

char *meter_micro_print(struct arena *a, int64_t micro, const char *currency)
{
	int digits = currency_digits(currency) + 6;
	int64_t unit = 1;
	for (int i = 0; i < digits; i++)
		unit *= 10;
	char *text = arena_printf(a, "%" PRId64 ".%0*" PRId64, micro / unit, digits, micro % unit);
	size_t n = strlen(text);
	while (text[n - 1] == '0')
		text[--n] = '\0';
	if (text[n - 1] == '.')
		text[n - 1] = '\0';
	return text;
}

static const char *counted(struct arena *a, const struct meter_use *u, int64_t allowance)
{
	const struct meter *m = u->meter;
	const char *late = u->late == 0 ?
	    "" :
	    arena_printf(a, ", with %" PRId64 " late reading%s of an earlier period", u->late,
	        u->late == 1 ? "" : "s");
	return arena_printf(a, "%s: %" PRId64 " %s, %" PRId64 " included%s", m->name, u->quantity,
	    m->unit, allowance, late);
}

static void line_of(struct arena *a, const struct service *s, struct meter_line *l)
{
	const char *what = counted(a, l->use, l->allowance);
	l->line = (struct invoice_line){
	    .kind = "use",
	    .service_id = s->id,
	    .part_id = l->use->meter->id,
	    .description = *s->domain == '\0' ? what : arena_printf(a, "%s – %s", what, s->domain),
	    .tax_class = s->tax_class,
	    .from = l->use->from,
	    .to = l->to,
	    .quantity = 1,
	    .unit_minor = l->amount_minor,
	};
}

/* How many days a whole term from that day on has. */
static int64_t full_days(const struct service *s, struct day from)
{
	struct cycle cycle;
	int year, month, mday;
	day_split(from, &year, &month, &mday);
	if (!cycle_parse(s->cycle, &cycle) || cycle.unit == CYCLE_ONCE)
		return 0;
	return cycle_next(from, cycle, mday).n - from.n;
}

size_t meter_lines(struct arena *a, const struct meter_uses *u, const struct service *s,
    struct day until, struct meter_line *ret_lines)
{
	size_t n = 0;
	for (size_t i = 0; i < u->n; i++) {
		const struct meter_use *use = &u->rows[i];
		bool counts = use->service_id == s->id && use->quantity >= 0;
		if (!counts || !day_set(use->from) || use->from.n >= until.n)
			continue;
		struct meter_line *l = &ret_lines[n];
		*l = (struct meter_line){.use = use, .to = until};
		l->allowance = meter_allowance(use->meter, s->quantity, until.n - use->from.n,
		    full_days(s, use->from));
		l->amount_minor = meter_price(use->meter, s->currency, use->quantity, l->allowance);
		if (l->amount_minor < 0)
			continue;
		line_of(a, s, l);
		n++;
	}
	return n;
}
