/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes back for days of a service: taken from the documents that charged those days, newest
 * first, with the tax that each of them has, and never more than is left of it.
 */
#include "base/str.h"
#include "core/invoice/own.h"

struct source { /* a paid invoice that charges the service */
	struct invoice invoice;
	struct invoice_item *items;
	struct invoice_rate_left *rates;
	size_t items_n, rates_n;
	int64_t *take;       /* of each rate, as the document's prices are: before tax or with it */
	int64_t left_minor;  /* gross */
	struct day from, to; /* the days that it is for */
};

struct sources {
	struct source *rows;
	size_t n;
};

struct asked {
	int64_t service_id;
	struct credit_days days; /* the amount: what is still open of it */
	enum { DAYS, WHOLE, ANY } how;
	int64_t taken_minor; /* from the document under way */
};

static int64_t rate_left(const struct source *s, size_t r)
{
	bool inclusive = str_eq(s->invoice.prices, "inclusive");
	return s->rates[r].net_minor + (inclusive ? s->rates[r].tax_minor : 0);
}

static int64_t rate_gross(const struct source *s, size_t r)
{
	bool inclusive = str_eq(s->invoice.prices, "inclusive");
	struct tax_line part = {.amount_minor = s->take[r], .tax = s->rates[r].tax};
	if (s->take[r] == rate_left(s, r))
		return s->rates[r].net_minor + s->rates[r].tax_minor;
	tax_compute(&part, 1, inclusive ? TAX_INCLUSIVE : TAX_EXCLUSIVE, TAX_PER_LINE);
	return part.net_minor + part.tax_minor;
}

static int64_t gross_of(const struct source *s)
{
	int64_t sum = 0;
	for (size_t r = 0; r < s->rates_n; r++)
		sum += s->take[r] == 0 ? 0 : rate_gross(s, r);
	return sum;
}

/*
 * What its lines charge the service for the days; by WHOLE for all of their own days, as far as
 * some of them are meant; by ANY whatever they are for. A line of a change may be over several
 * periods. With a tax only those that carry it and charge; else all, less what they take back.
 */
static int64_t charged(const struct source *s, const struct tax_choice *tax, const struct asked *a)
{
	bool inclusive = str_eq(s->invoice.prices, "inclusive");
	int64_t sum = 0;
	for (size_t i = 0; i < s->items_n; i++) {
		const struct invoice_item *t = &s->items[i];
		int64_t minor = t->net_minor + (inclusive ? t->tax_minor : 0);
		bool other = tax != NULL && (minor <= 0 || !invoice_item_taxed(t, tax));
		if (t->service_id != a->service_id || !day_set(t->from) || !day_set(t->to) ||
		    str_eq(t->kind, "use") || other)
			continue;
		int32_t from = t->from.n > a->days.from.n ? t->from.n : a->days.from.n;
		int32_t to = t->to.n < a->days.to.n ? t->to.n : a->days.to.n;
		if (a->how == ANY || (a->how == WHOLE && to > from))
			sum += minor;
		else if (to > from)
			sum += money_scale(minor, to - from, t->to.n - t->from.n, ROUND_UP);
	}
	return sum;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* As much of it as is left, of this tax and of the document; how much that is. */
static int64_t take(struct source *s, size_t r, const struct asked *a)
{
	int64_t before = s->take[r], most = charged(s, &s->rates[r].tax, a);
	if (a->how != DAYS)
		most -= before;
	else
		most = least(most, charged(s, NULL, a) - a->taken_minor);
	int64_t part = least(least(rate_left(s, r) - before, most), a->days.amount_minor);
	if (part <= 0)
		return 0;
	s->take[r] += part;
	for (int64_t over; (over = gross_of(s) - s->left_minor) > 0 && s->take[r] > before;)
		s->take[r] -= least(over, s->take[r] - before);
	s->from = !day_set(s->from) || a->days.from.n < s->from.n ? a->days.from : s->from;
	s->to = !day_set(s->to) || a->days.to.n > s->to.n ? a->days.to : s->to;
	return s->take[r] - before;
}

static enum err source_load(struct cx *cx, int64_t id, struct source *ret)
{
	struct source s = {.from = DAY_NONE, .to = DAY_NONE};
	TRY(invoice_get(cx, 0, id, &s.invoice));
	TRY(invoice_items(cx, id, &s.items, &s.items_n));
	TRY(invoice_store_left(cx, id, &s.rates, &s.rates_n));
	TRY(invoice_uncredited(cx, id, &s.left_minor));
	s.take = ARENA_ARRAY(cx->arena, int64_t, s.rates_n);
	*ret = s;
	return OK;
}

static void take_from(struct source *s, struct asked *a)
{
	a->taken_minor = 0;
	for (size_t r = 0; r < s->rates_n; r++) {
		int64_t taken = take(s, r, a);
		a->days.amount_minor -= taken;
		a->taken_minor += taken;
	}
}

/* What a document of a change took back of older ones, and so was paid with those. */
static int64_t moved(const struct source *s, int64_t service_id)
{
	bool inclusive = str_eq(s->invoice.prices, "inclusive");
	int64_t sum = 0;
	for (size_t i = 0; i < s->items_n; i++)
		if (s->items[i].service_id == service_id && s->items[i].net_minor < 0)
			sum -= s->items[i].net_minor + (inclusive ? s->items[i].tax_minor : 0);
	return sum;
}

/* The rest comes from older documents, as far as these days were paid with what those left. */
static void take_moved(const struct sources *s, struct asked *a)
{
	int64_t open = a->days.amount_minor, may = 0;
	for (size_t i = 0; i < s->n && open > 0; i++) {
		struct source *from = &s->rows[i];
		a->how = WHOLE;
		bool meant = charged(from, NULL, a) != 0;
		a->how = ANY;
		a->days.amount_minor = meant ? 0 : least(open, may);
		take_from(from, a);
		open -= a->taken_minor;
		may -= a->taken_minor;
		if (meant || a->taken_minor > 0)
			may += moved(from, a->service_id);
	}
}

static enum err plan(struct cx *cx, const struct credit_service *c, struct sources *ret)
{
	int64_t *ids;
	TRY(invoice_store_paid_of(cx, c->service_id, &ids, &ret->n));
	ret->rows = ARENA_ARRAY(cx->arena, struct source, ret->n);
	for (size_t i = 0; i < ret->n; i++)
		TRY(source_load(cx, ids[i], &ret->rows[i]));
	struct asked *open = ARENA_ARRAY(cx->arena, struct asked, c->n);
	/* First what charged these very days, then what is left of the same documents. */
	for (size_t k = 0; k < c->n; k++)
		open[k] = (struct asked){c->service_id, c->days[k], DAYS, 0};
	for (int how = DAYS; how <= WHOLE; how++)
		for (size_t k = 0; k < c->n; k++) {
			open[k].how = how;
			for (size_t i = 0; i < ret->n; i++)
				take_from(&ret->rows[i], &open[k]);
		}
	for (size_t k = 0; k < c->n; k++)
		take_moved(ret, &open[k]);
	return OK;
}

enum err credit_note_service_sum(struct cx *cx, const struct credit_service *c, int64_t *ret_gross)
{
	struct sources s;
	*ret_gross = 0;
	TRY(plan(cx, c, &s));
	for (size_t i = 0; i < s.n; i++)
		*ret_gross += gross_of(&s.rows[i]);
	return OK;
}

static enum err service_body(struct cx *cx, void *arg)
{
	const struct credit_service *c = arg;
	struct sources s;
	int64_t note;
	bool existing;
	TRY(plan(cx, c, &s));
	for (size_t i = 0; i < s.n; i++) {
		const struct source *from = &s.rows[i];
		int64_t *of_rate = ARENA_ARRAY(cx->arena, int64_t, from->rates_n);
		for (size_t r = 0; r < from->rates_n; r++)
			of_rate[r] = from->take[r] == 0 ? 0 : rate_gross(from, r);
		const struct credit_wish w = {.invoice_id = from->invoice.id,
		    .amount_minor = gross_of(from),
		    .of_rate = of_rate,
		    .reason = c->reason,
		    .from = from->from,
		    .to = from->to,
		    .keep = true};
		if (w.amount_minor > 0)
			TRY(credit_note_make(cx, &w, &note, &existing));
	}
	return OK;
}

enum err credit_note_service(struct cx *cx, const struct credit_service *c)
{
	struct credit_service copy = *c;
	return db_tx(cx, service_body, &copy);
}
