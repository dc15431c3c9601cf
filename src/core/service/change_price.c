/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change costs: for each part that differs (the plan, an option), what is left of paid
 * periods is credited by exact days; in the same cycle the new price is charged for the same days,
 * in another one a whole term begins today.
 */
#include "base/money.h"
#include "base/str.h"
#include "core/coupon/coupon.h"
#include "core/row.h"
#include "core/service/own.h"

/* A paid period that still runs, and what is needed to price its rest. */
struct rest {
	const struct service *s;
	const struct invoice_period *p;
	const struct invoice_part *items; /* of all periods of the service */
	size_t items_n;
	struct day from, to; /* what is left of it */
	/* What its own line and those of options cost before and after the discount they had. */
	int64_t own_minor, own_paid_minor, options_minor, options_paid_minor;
	bool changed;       /* since it was billed: later prices count */
	int64_t held_minor; /* then: what the plan has cost since */
	bool trial;         /* stays free */
};

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
 * A price per whole term, for what is left of a period. A first period, or one up to a moved due
 * day, may be a part of a term, or a part and a whole one: its days count against the whole terms
 * they lie in.
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

/* Less the share of the discount that lines of its kind had in the period. */
static int64_t discounted(const struct rest *r, const struct change_part *part, int64_t minor)
{
	int64_t whole = part->key == NULL ? r->own_minor : r->options_minor;
	int64_t paid = part->key == NULL ? r->own_paid_minor : r->options_paid_minor;
	return paid < whole ? money_scale(minor, paid, whole, ROUND_HALF_UP) : minor;
}

static int64_t item_amount(const struct rest *r, int64_t part_id)
{
	for (size_t i = 0; i < r->items_n; i++)
		if (r->items[i].part_id == part_id && r->items[i].from.n == r->p->from.n)
			return r->items[i].amount_minor;
	return 0;
}

/*
 * What the rest of a part is worth: its share of what it was sold for, or after a change within the
 * period of the price that has held since.
 */
static int64_t credit_of(const struct rest *r, const struct change_part *part)
{
	if (r->trial || (part->key != NULL && part->before == NULL))
		return 0;
	if (r->changed)
		return term_share(r,
		    discounted(r, part, part->key == NULL ? r->held_minor : part->before_minor));
	int64_t sold = part->key == NULL ? r->p->amount_minor : item_amount(r, part->before->id);
	return money_scale(discounted(r, part, sold), r->to.n - r->from.n,
	    r->p->to.n - r->p->from.n, ROUND_HALF_UP);
}

/* Without an option in the period a new one has what its own line had beside a bundle's part. */
static void sum_lines(struct rest *r)
{
	const struct discount bundle = {r->s->bundle_ppm, r->s->bundle_minor};
	r->own_minor = r->p->amount_minor;
	r->own_paid_minor = r->own_minor - r->p->discount_minor;
	for (size_t i = 0; i < r->items_n; i++) {
		if (r->items[i].from.n != r->p->from.n)
			continue;
		r->options_minor += r->items[i].amount_minor;
		r->options_paid_minor += r->items[i].amount_minor - r->items[i].discount_minor;
	}
	if (r->options_minor > 0)
		return;
	r->options_minor = r->own_minor - discount_of(&bundle, r->own_minor);
	r->options_paid_minor = r->own_paid_minor;
}

static enum err rest_of(struct cx *cx, struct rest *r)
{
	struct change last;
	enum err err = change_store_done_since(cx, r->s->id, r->p->created_at, &last);
	r->changed = err == OK;
	if (err == OK)
		r->held_minor = last.price_minor * last.quantity;
	else if (err == ERR_NOT_FOUND)
		cx_clear(cx);
	else
		return err;
	sum_lines(r);
	r->trial =
	    r->p->amount_minor == 0 && r->s->price_minor > 0 && r->p->from.n == r->s->started_on.n;
	return OK;
}

static enum err prorate_rest(struct cx *cx, struct rest *r, struct change_quote *q)
{
	TRY(rest_of(cx, r));
	for (size_t k = 0; k < q->parts_n; k++) {
		struct change_part *part = &q->parts[k];
		part->credit_minor += credit_of(r, part);
		if (!q->new_cycle && !r->trial)
			part->charge_minor += term_share(r, discounted(r, part, part->after_minor));
	}
	return OK;
}

/* Another cycle: a whole term of everything from today on, less what comes off a term. */
static enum err new_term(struct cx *cx, const struct service *s, struct day today,
    struct change_quote *q)
{
	struct cycle cycle;
	int year, month, mday;
	struct service_term t = {ARENA_ARRAY(cx->arena, struct invoice_line, q->parts_n),
	    q->parts_n, DAY_NONE};
	day_split(today, &year, &month, &mday);
	if (!cycle_parse(q->cycle, &cycle) || cycle.unit == CYCLE_ONCE)
		return fail_field(cx, "cycle", "change.once",
		    "A running service cannot become a one-time sale");
	for (size_t k = 0; k < q->parts_n; k++) {
		t.lines[k].quantity = 1;
		t.lines[k].unit_minor = q->parts[k].after_minor;
	}
	service_term_discount(cx->arena, s, &t);
	for (size_t k = 0; k < q->parts_n; k++) {
		q->parts[k].off_minor = t.lines[k].discount_minor;
		q->parts[k].discounts = t.lines[k].discounts;
		q->parts[k].charge_minor = q->parts[k].after_minor - t.lines[k].discount_minor;
	}
	q->to = cycle_next(today, cycle, mday);
	return OK;
}

static void reduce_fees(struct cx *cx, const struct service *s, struct change_quote *q)
{
	for (size_t k = 0; k < q->parts_n; k++) {
		struct change_part *p = &q->parts[k];
		struct invoice_line l = {.quantity = 1, .unit_minor = p->setup_minor};
		service_fee_discount(cx->arena, s, &l, 1);
		p->setup_off_minor = l.discount_minor;
		p->setup_discounts = l.discounts;
		p->setup_minor -= l.discount_minor;
	}
}

static void sum_up(struct change_quote *q)
{
	q->credit_minor = q->charge_minor = 0;
	for (size_t k = 0; k < q->parts_n; k++) {
		q->credit_minor += q->parts[k].credit_minor;
		q->charge_minor += q->parts[k].charge_minor + q->parts[k].setup_minor;
	}
}

enum err change_prorate(struct cx *cx, const struct service *s, struct day today,
    struct change_quote *q)
{
	struct invoice_period *p;
	struct invoice_part *items;
	size_t n, items_n;
	TRY(invoice_periods(cx, s->id, &p, &n));
	TRY(invoice_parts(cx, s->id, &items, &items_n));
	q->from = DAY_NONE;
	for (size_t i = 0; i < n; i++) {
		/* A period that a change cut short ends where the change began. */
		struct day to = i + 1 < n && p[i + 1].from.n < p[i].to.n ? p[i + 1].from : p[i].to;
		if (!p[i].paid || to.n <= today.n || p[i].from.n >= s->paid_until.n)
			continue;
		struct rest r = {.s = s,
		    .p = &p[i],
		    .items = items,
		    .items_n = items_n,
		    .from = p[i].from.n > today.n ? p[i].from : today,
		    .to = to};
		if (!day_set(q->from)) {
			q->from = today;
			q->days_left = r.to.n - r.from.n;
			q->days = p[i].to.n - p[i].from.n;
		}
		q->to = q->rest_to = p[i].to;
		TRY(prorate_rest(cx, &r, q));
	}
	if (!day_set(q->from))
		return fail(cx, ERR_CONFLICT, "change.unpaid",
		    "Pay what is open for this service before changing it");
	if (q->new_cycle && q->cycle != NULL)
		TRY(new_term(cx, s, today, q));
	reduce_fees(cx, s, q);
	sum_up(q);
	return OK;
}

/* ---- the document ---- */

/* part_id is the place of the part here, until the rows it becomes have ids. */
static struct invoice_line line_of(struct cx *cx, const struct service *s,
    const struct change_quote *q, size_t k, bool credit)
{
	const struct change_part *p = &q->parts[k];
	const char *domain = *s->domain == '\0' ? "" : arena_printf(cx->arena, " – %s", s->domain);
	const char *what = str_or(credit ? p->before_what : p->after_what, "");
	const char *how = credit                ? "Unused time of " :
	    p->key != NULL && p->before == NULL ? "" :
	                                          "Change to ";
	return (struct invoice_line){
	    .kind = "change",
	    .service_id = s->id,
	    .part_id = (int64_t)k,
	    .description = arena_printf(cx->arena, "%s%s%s", how, what, domain),
	    .tax_class = credit ? s->tax_class : q->tax_class,
	    .from = q->from,
	    .to = q->to,
	    .quantity = 1,
	    .unit_minor = credit ? -p->credit_minor : p->charge_minor + p->off_minor,
	    .discount_minor = credit ? 0 : p->off_minor,
	    .discounts = credit ? NULL : p->discounts,
	};
}

static size_t lines_of(struct cx *cx, const struct service *s, const struct change_quote *q,
    struct invoice_line *lines)
{
	bool for_less = q->charge_minor <= q->credit_minor;
	size_t n = 0;
	for (size_t k = 0; k < q->parts_n; k++) {
		const struct change_part *p = &q->parts[k];
		/* Of a new cycle the service's own line holds the period, even a free one. */
		if (p->charge_minor + p->off_minor > 0 || (p->key == NULL && q->new_cycle))
			lines[n++] = line_of(cx, s, q, k, false);
		if (p->setup_minor > 0) {
			lines[n] = line_of(cx, s, q, k, false);
			lines[n].kind = "setup";
			lines[n].description =
			    arena_printf(cx->arena, "Set-up of %s", p->after_what);
			lines[n].from = lines[n].to = DAY_NONE;
			lines[n].unit_minor = p->setup_minor + p->setup_off_minor;
			lines[n].discount_minor = p->setup_off_minor;
			lines[n++].discounts = p->setup_discounts;
		}
		if (p->credit_minor == 0 || for_less)
			continue;
		lines[n] = line_of(cx, s, q, k, true);
		if (q->new_cycle)
			lines[n].from = lines[n].to = DAY_NONE;
		n++;
	}
	return n;
}

/* The invoice over what is due more, or the gross amount that goes to credit. */
enum err change_price(struct cx *cx, const struct service *s, const struct settings *settings,
    struct change_quote *q)
{
	struct tax_table taxes;
	struct rate_table rates;
	struct client client;
	struct invoice_line *lines = ARENA_ARRAY(cx->arena, struct invoice_line, q->parts_n * 3);
	struct day today = setting_today(cx, settings);
	TRY(tax_load(cx, &taxes));
	TRY(rate_load(cx, today, &rates));
	TRY(client_get(cx, s->client_id, &client));
	int64_t due = q->charge_minor - q->credit_minor;
	struct invoice_request r = {
	    .settings = settings,
	    .taxes = &taxes,
	    .client = &client,
	    .currency = s->currency,
	    .issued_on = today,
	    .due_on = day_add(today, (int32_t)client_terms(&client, settings->billing_due_days)),
	    .rates = &rates,
	    .lines = lines,
	};
	if (due > 0) {
		r.lines_n = lines_of(cx, s, q, lines);
		TRY(invoice_plan(cx, &r, &q->invoice));
		q->total_minor = q->invoice.total_minor;
		return OK;
	}
	/* A new term is charged whole, whatever goes back: it is the period from now on. */
	bool term = q->new_cycle && q->cycle != NULL;
	if (term) {
		r.lines_n = lines_of(cx, s, q, lines);
		TRY(invoice_plan(cx, &r, &q->term));
		due = -q->credit_minor;
	}
	if (due == 0)
		return OK;
	/* The same computation on the amount to give back tells its tax. */
	struct invoice_plan back;
	lines[0] = line_of(cx, s, q, 0, false);
	lines[0].unit_minor = -due;
	lines[0].discount_minor = 0;
	lines[0].discounts = NULL;
	r.lines_n = 1;
	TRY(invoice_plan(cx, &r, &back));
	q->back_minor = back.total_minor;
	q->total_minor = q->term.total_minor - back.total_minor;
	return OK;
}

enum err change_unused(struct cx *cx, const struct service *s, const struct settings *settings,
    int64_t *ret_gross)
{
	struct change_quote q = {.new_cycle = true,
	    .plan_name = s->plan_name,
	    .tax_class = s->tax_class};
	*ret_gross = 0;
	TRY(change_parts_all(cx, s, &q));
	enum err err = change_prorate(cx, s, setting_today(cx, settings), &q);
	if (err == ERR_CONFLICT) {
		cx_clear(cx); /* nothing is paid ahead */
		return OK;
	}
	TRY(err);
	TRY(change_price(cx, s, settings, &q));
	*ret_gross = -q.total_minor;
	return OK;
}
