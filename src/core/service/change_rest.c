/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The days left of paid periods: what they are charged at, from the documents that charged them and
 * the changes since. Not what the service is now: a period may have been sold at another price,
 * with other options, or as another plan.
 */
#include "base/money.h"
#include "base/str.h"
#include "core/coupon/coupon.h"
#include "core/service/own.h"

/* ---- shares ---- */

/* Is a period one whole term, whatever its anchor was? */
static bool is_term(struct cycle c, struct day from, struct day to)
{
	int year, month, first, last;
	day_split(from, &year, &month, &first);
	day_split(to, &year, &month, &last);
	return cycle_next(from, c, first > last ? first : last).n == to.n;
}

/* The first day of the whole term that ends on a day; the anchor may have moved since. */
static bool term_start(const struct service *s, struct cycle c, struct day end, struct day *ret)
{
	int year, month, mday;
	day_split(end, &year, &month, &mday);
	return service_term_start(c, (int)s->anchor_day, end, ret) ||
	    service_term_start(c, mday, end, ret);
}

/*
 * A price per whole term. A first period, or one up to a moved due day, may be a part of a term, or
 * a part and a whole one: its days count against the whole terms they lie in.
 */
static int64_t term_share(const struct rest *r, int64_t minor)
{
	struct day end = r->p->to, start;
	struct cycle c;
	int64_t sum = 0;
	bool recurs = cycle_parse(r->s->cycle, &c) && c.unit != CYCLE_ONCE;
	do {
		if (!recurs || is_term(c, r->p->from, end) || !term_start(r->s, c, end, &start))
			start = r->p->from;
		int32_t from = r->from.n > start.n ? r->from.n : start.n;
		int32_t to = r->to.n < end.n ? r->to.n : end.n;
		if (to > from)
			sum += money_scale(minor, to - from, end.n - start.n, ROUND_HALF_UP);
		end = start;
	} while (start.n > r->p->from.n);
	return sum;
}

int64_t change_share(const struct rest *r, bool sold, int64_t minor)
{
	return sold ?
	    money_scale(minor, r->to.n - r->from.n, r->p->to.n - r->p->from.n, ROUND_HALF_UP) :
	    term_share(r, minor);
}

int64_t change_discounted(const struct rest *r, bool is_plan, int64_t minor)
{
	int64_t whole = is_plan ? r->own_minor : r->options_minor;
	int64_t paid = is_plan ? r->own_paid_minor : r->options_paid_minor;
	return paid < whole ? money_scale(minor, paid, whole, ROUND_HALF_UP) : minor;
}

/* ---- as it was sold ---- */

struct past { /* of the service: all its option rows, and the changes that took effect */
	struct service_options rows;
	struct change *changes;
	size_t n;
};

static const struct service_option *row_of(const struct past *past, int64_t id)
{
	for (size_t i = 0; i < past->rows.n; i++)
		if (past->rows.rows[i].id == id)
			return &past->rows.rows[i];
	return NULL;
}

static bool in_force_after(const struct service_option *o, int64_t change_id)
{
	return o->change_id <= change_id &&
	    (o->ends_change_id == 0 || o->ends_change_id > change_id);
}

static const struct held *held_of(const struct rest *r, int64_t option_id)
{
	for (size_t i = 1; i < r->held_n; i++)
		if (r->held[i].row->option_id == option_id)
			return &r->held[i];
	return NULL;
}

static bool contains(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Without an option in the period a new one has what its own line had beside a bundle's part. */
static void sum_lines(struct rest *r)
{
	const struct discount bundle = {r->s->bundle_ppm, r->s->bundle_minor};
	r->own_minor = r->held[0].amount_minor;
	r->own_paid_minor = r->held[0].paid_minor;
	for (size_t i = 1; i < r->held_n; i++) {
		r->options_minor += r->held[i].given ? 0 : r->held[i].amount_minor;
		r->options_paid_minor += r->held[i].paid_minor;
	}
	if (r->options_minor > 0)
		return;
	r->options_minor = r->own_minor - discount_of(&bundle, r->own_minor);
	r->options_paid_minor = r->own_paid_minor;
}

static struct tax_choice tax_of(const struct invoice_item *t)
{
	return (struct tax_choice){str_or(t->tax_name, ""), str_or(t->tax2_name, ""),
	    t->tax_rate_ppm, t->tax2_rate_ppm, t->tax2_compound};
}

/* What a credit note has taken back and is charged nevertheless was given away. */
static enum err load_sold(struct cx *cx, const struct past *past, struct rest *r)
{
	struct invoice_item *items;
	int64_t *back;
	size_t n, back_n;
	TRY(invoice_items(cx, r->p->invoice_id, &items, &n));
	TRY(invoice_items_credited(cx, r->p->invoice_id, &back, &back_n));
	r->held = ARENA_ARRAY(cx->arena, struct held, past->rows.n + 1);
	r->held[0] = (struct held){.sold = true};
	r->held_n = 1;
	for (size_t i = 0; i < n; i++) {
		const struct invoice_item *t = &items[i];
		bool charges = t->unit_minor >= 0 && !str_eq(t->kind, "setup");
		const struct service_option *row = row_of(past, t->part_id);
		if (t->service_id != r->s->id || t->from.n != r->p->from.n || !charges ||
		    str_eq(t->kind, "use") || (t->part_id != 0 && row == NULL))
			continue;
		struct held *h = t->part_id == 0 ? &r->held[0] : &r->held[r->held_n++];
		h->row = row;
		h->sold = true;
		h->given = contains(back, back_n, t->id);
		if (row == NULL)
			r->tax = tax_of(t);
		h->amount_minor = t->quantity * t->unit_minor;
		h->paid_minor = h->given ? 0 : h->amount_minor - t->discount_minor;
	}
	sum_lines(r);
	return OK;
}

/* What the service was when the period was charged; an option of then without a line was given. */
static void was_when_sold(const struct past *past, struct rest *r)
{
	int64_t since = 0;
	r->plan_id = past->n > 0 ? past->changes[0].old_plan_id : r->s->plan_id;
	r->quantity = past->n > 0 ? past->changes[0].old_quantity : r->s->quantity;
	for (size_t i = 0; i < past->n; i++) {
		const struct change *c = &past->changes[i];
		if (c->done_after < r->p->invoice_id || c->invoice_id == r->p->invoice_id) {
			r->plan_id = c->plan_id;
			r->quantity = c->quantity;
			since = c->id;
		}
	}
	for (size_t i = 0; i < past->rows.n; i++) {
		const struct service_option *o = &past->rows.rows[i];
		if (in_force_after(o, since) && o->price_minor > 0 &&
		    held_of(r, o->option_id) == NULL)
			r->held[r->held_n++] = (struct held){.row = o, .sold = true, .given = true};
	}
}

/* ---- what changes have made of it ---- */

bool change_same_option(const struct service_option *a, const struct service_option *b)
{
	return a->option_id == b->option_id && a->choice_id == b->choice_id &&
	    a->quantity == b->quantity && str_eq(a->value, b->value);
}

/* The same thing in another number costs as much for each. */
static void scale(struct held *h, int64_t to, int64_t from)
{
	h->amount_minor = money_scale(h->amount_minor, to, from, ROUND_HALF_UP);
	h->paid_minor = money_scale(h->paid_minor, to, from, ROUND_HALF_UP);
}

/* What was given stays given, whatever it becomes. */
static void hold(struct rest *r, struct held *h, int64_t minor)
{
	h->sold = false;
	h->amount_minor = minor;
	h->paid_minor = h->given ? 0 : change_discounted(r, h->row == NULL, minor);
}

/* More was charged by a document of the change, which holds all of the days left since. */
static enum err taxed_by(struct cx *cx, const struct change *c, struct rest *r)
{
	struct invoice_item *items;
	size_t n;
	TRY(invoice_items(cx, c->invoice_id, &items, &n));
	for (size_t i = 0; i < n; i++)
		if (items[i].service_id == r->s->id && items[i].unit_minor > 0)
			r->tax = tax_of(&items[i]);
	return OK;
}

static enum err changed_by(struct cx *cx, const struct past *past, const struct change *c,
    struct rest *r)
{
	struct held *now = ARENA_ARRAY(cx->arena, struct held, past->rows.n + 1);
	size_t n = 1;
	now[0] = r->held[0];
	if (c->plan_id == r->plan_id)
		scale(&now[0], c->quantity, r->quantity);
	else
		hold(r, &now[0], c->price_minor * c->quantity);
	for (size_t i = 0; i < past->rows.n; i++) {
		const struct service_option *o = &past->rows.rows[i];
		const struct held *was = held_of(r, o->option_id);
		if (!in_force_after(o, c->id))
			continue;
		now[n] = (struct held){.row = o, .given = was != NULL && was->given};
		if (was != NULL && change_same_option(was->row, o)) {
			now[n] = *was;
			now[n].row = o;
			scale(&now[n], c->quantity, r->quantity);
		} else {
			hold(r, &now[n], o->price_minor * o->quantity * c->quantity);
		}
		n++;
	}
	r->held = now;
	r->held_n = n;
	r->plan_id = c->plan_id;
	r->quantity = c->quantity;
	return c->invoice_id == 0 ? OK : taxed_by(cx, c, r);
}

/* Amounts may have taken all of its document, too. */
static enum err given_back(struct cx *cx, struct rest *r)
{
	int64_t left;
	TRY(invoice_uncredited(cx, r->p->invoice_id, &left));
	for (size_t i = 0; i < r->held_n && left == 0; i++) {
		r->held[i].given = true;
		r->held[i].paid_minor = 0;
	}
	if (left == 0)
		sum_lines(r);
	return OK;
}

static enum err load(struct cx *cx, const struct past *past, struct rest *r)
{
	TRY(load_sold(cx, past, r));
	was_when_sold(past, r);
	r->trial =
	    r->p->amount_minor == 0 && r->s->price_minor > 0 && r->p->from.n == r->s->started_on.n;
	bool changed = false;
	for (size_t i = 0; i < past->n && !r->trial; i++) {
		const struct change *c = &past->changes[i];
		bool touches = day_set(c->until_on) && r->p->from.n < c->until_on.n &&
		    r->p->to.n > c->apply_on.n && c->asked_after >= r->p->invoice_id;
		if (touches)
			TRY(changed_by(cx, past, c, r));
		changed = changed || touches;
	}
	return changed ? OK : given_back(cx, r);
}

enum err change_rests(struct cx *cx, const struct service *s, struct day today, struct rest **ret,
    size_t *ret_n)
{
	struct invoice_period *p;
	struct past past;
	size_t n;
	TRY(invoice_periods(cx, s->id, &p, &n));
	TRY(service_option_store_ever(cx, s->id, &past.rows));
	TRY(change_store_done_of(cx, s->id, &past.changes, &past.n));
	*ret = ARENA_ARRAY(cx->arena, struct rest, n);
	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		/* A period that a change cut short ends where the change began. */
		struct day to = i + 1 < n && p[i + 1].from.n < p[i].to.n ? p[i + 1].from : p[i].to;
		if (!p[i].paid || to.n <= today.n || p[i].from.n >= s->paid_until.n)
			continue;
		struct rest *r = &(*ret)[(*ret_n)++];
		*r = (struct rest){.s = s,
		    .p = &p[i],
		    .from = p[i].from.n > today.n ? p[i].from : today,
		    .to = to};
		TRY(load(cx, &past, r));
	}
	return OK;
}
