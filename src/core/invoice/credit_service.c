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

/* Does it charge the service for some of the days, with this tax? */
static bool charges(const struct source *s, size_t r, int64_t service_id,
    const struct credit_days *d)
{
	for (size_t i = 0; i < s->items_n; i++) {
		const struct invoice_item *t = &s->items[i];
		bool over = day_set(t->from) && day_set(t->to) && t->from.n < d->to.n &&
		    t->to.n > d->from.n;
		if (over && t->service_id == service_id && t->net_minor + t->tax_minor > 0 &&
		    !str_eq(t->kind, "use") && invoice_item_taxed(t, &s->rates[r].tax))
			return true;
	}
	return false;
}

/* As much of it as is left, of this tax and of the document. */
static int64_t take(struct source *s, size_t r, int64_t open_minor, const struct credit_days *d)
{
	int64_t before = s->take[r], left = rate_left(s, r) - before;
	int64_t part = left < open_minor ? left : open_minor;
	if (part <= 0)
		return 0;
	s->take[r] += part;
	for (int64_t over; (over = gross_of(s) - s->left_minor) > 0 && s->take[r] > before;)
		s->take[r] -= over < s->take[r] - before ? over : s->take[r] - before;
	s->from = !day_set(s->from) || d->from.n < s->from.n ? d->from : s->from;
	s->to = !day_set(s->to) || d->to.n > s->to.n ? d->to : s->to;
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

static void take_days(const struct sources *s, int64_t service_id, const struct credit_days *d)
{
	int64_t open = d->amount_minor;
	for (size_t i = 0; i < s->n; i++)
		for (size_t r = 0; r < s->rows[i].rates_n && open > 0; r++)
			if (charges(&s->rows[i], r, service_id, d))
				open -= take(&s->rows[i], r, open, d);
}

static enum err plan(struct cx *cx, const struct credit_service *c, struct sources *ret)
{
	int64_t *ids;
	TRY(invoice_store_paid_of(cx, c->service_id, &ids, &ret->n));
	ret->rows = ARENA_ARRAY(cx->arena, struct source, ret->n);
	for (size_t i = 0; i < ret->n; i++)
		TRY(source_load(cx, ids[i], &ret->rows[i]));
	for (size_t k = 0; k < c->n; k++)
		take_days(ret, c->service_id, &c->days[k]);
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
