/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change costs: for each part that differs (the plan, an option), what is left of paid
 * periods (change_rest.c) is credited by exact days; in the same cycle the new price is charged for
 * the same days, in another one a whole term begins today.
 */
#include "base/money.h"
#include "base/str.h"
#include "core/coupon/coupon.h"
#include "core/row.h"
#include "core/service/own.h"

/* ---- parts ---- */

static int64_t id_of(const struct service_option *o)
{
	return o == NULL ? 0 : o->id;
}

static const char *name_of(struct cx *cx, const struct service_option *o)
{
	const struct service bare = {.domain = ""};
	return o == NULL ? NULL : service_option_name(cx->arena, &bare, o);
}

static struct change_part *add_past(struct change_quote *q)
{
	struct change_part *part = &q->parts[q->parts_n++];
	*part = (struct change_part){.past = true};
	return part;
}

/* The part that one thing becomes another by; days may hold what the service itself has no more. */
static struct change_part *option_part(struct cx *cx, struct change_quote *q,
    const struct service_option *before, struct service_option *after)
{
	for (size_t k = 0; k < q->parts_n; k++)
		if (q->parts[k].key != NULL && id_of(q->parts[k].before) == id_of(before) &&
		    q->parts[k].after == after)
			return &q->parts[k];
	struct change_part *part = add_past(q);
	part->key = before != NULL ? before->key : after->key;
	part->before = before;
	part->after = after;
	part->before_what = name_of(cx, before);
	part->after_what = name_of(cx, after);
	return part;
}

static struct change_part *plan_part(const struct rest *r, struct change_quote *q)
{
	for (size_t k = 0; k < q->parts_n; k++)
		if (q->parts[k].key == NULL)
			return &q->parts[k];
	struct change_part *part = add_past(q);
	part->before_what = r->s->plan_name;
	part->after_what = q->plan_name;
	return part;
}

static struct service_option *wanted_of(const struct change_quote *q, int64_t option_id)
{
	for (size_t i = 0; i < q->options_n; i++)
		if (q->options[i].option_id == option_id)
			return &q->options[i];
	return NULL;
}

/* ---- what is left, credited and charged ---- */

static void credit(const struct rest *r, const struct held *h, struct change_quote *q,
    struct change_part *part)
{
	size_t k = (size_t)(part - q->parts), i = 0;
	int64_t minor = change_share(r, h->sold, h->paid_minor);
	part->credit_minor += minor;
	while (
	    i < q->credits_n && !(q->credits[i].part == k && tax_same(&q->credits[i].tax, &r->tax)))
		i++;
	if (i == q->credits_n)
		q->credits[q->credits_n++] = (struct change_credit){k, r->tax, 0};
	q->credits[i].minor += minor;
}

/* In another number, or at the price of today. */
static void prorate_plan(const struct rest *r, struct change_quote *q)
{
	const struct held *h = &r->held[0];
	bool same = h->row == NULL && r->plan_id == q->plan_id && !q->new_cycle;
	if (same && r->quantity == q->quantity)
		return;
	struct change_part *part = plan_part(r, q);
	credit(r, h, q, part);
	if (q->new_cycle || h->given)
		return;
	part->charge_minor += same ?
	    change_share(r, h->sold,
	        money_scale(h->paid_minor, q->quantity, r->quantity, ROUND_HALF_UP)) :
	    change_share(r, false, change_discounted(r, true, q->price_minor * q->quantity));
}

static int64_t option_charge(const struct rest *r, const struct change_quote *q,
    const struct service_option *after)
{
	return change_share(r, false,
	    change_discounted(r, false, after->price_minor * after->quantity * q->quantity));
}

/* An option that these days hold. */
static void prorate_held(struct cx *cx, const struct rest *r, const struct held *h,
    struct change_quote *q)
{
	struct service_option *after = wanted_of(q, h->row->option_id);
	bool same = after != NULL && change_same_option(after, h->row) && !q->new_cycle;
	if (same && r->quantity == q->quantity)
		return;
	struct change_part *part = option_part(cx, q, h->row, after);
	credit(r, h, q, part);
	if (q->new_cycle || after == NULL || h->given)
		return;
	part->charge_minor += same ?
	    change_share(r, h->sold,
	        money_scale(h->paid_minor, q->quantity, r->quantity, ROUND_HALF_UP)) :
	    option_charge(r, q, after);
}

/* An option that they do not hold. */
static void prorate_new(struct cx *cx, const struct rest *r, struct service_option *after,
    struct change_quote *q)
{
	for (size_t i = 1; i < r->held_n; i++)
		if (r->held[i].row->option_id == after->option_id)
			return;
	int64_t charge = option_charge(r, q, after);
	for (size_t k = 0; k < q->parts_n; k++)
		if (q->parts[k].after == after) {
			q->parts[k].charge_minor += charge;
			return;
		}
	if (charge > 0)
		option_part(cx, q, NULL, after)->charge_minor += charge;
}

static void prorate_rest(struct cx *cx, const struct rest *r, struct change_quote *q)
{
	if (r->trial)
		return;
	prorate_plan(r, q);
	for (size_t i = 1; i < r->held_n; i++)
		prorate_held(cx, r, &r->held[i], q);
	for (size_t i = 0; i < q->options_n && !q->new_cycle; i++)
		prorate_new(cx, r, &q->options[i], q);
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
	/* Terms that it replaces give their share of the discount back. */
	struct service at = *s;
	TRY(service_terms_left(cx, s, today, &at.discount_terms));
	service_term_discount(cx->arena, &at, &t);
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

/* Room for what the days left may hold beside the service. */
static void more_parts(struct cx *cx, const struct rest *rests, size_t n, struct change_quote *q)
{
	size_t room = q->parts_n + q->options_n + 1;
	for (size_t i = 0; i < n; i++)
		room += rests[i].held_n;
	struct change_part *parts = ARENA_ARRAY(cx->arena, struct change_part, room);
	for (size_t k = 0; k < q->parts_n; k++)
		parts[k] = q->parts[k];
	q->parts = parts;
	q->credits = ARENA_ARRAY(cx->arena, struct change_credit, room);
	q->backs = ARENA_ARRAY(cx->arena, struct credit_days, n);
	q->charges = ARENA_ARRAY(cx->arena, int64_t, n);
}

static void sums(const struct change_quote *q, int64_t *ret_credit, int64_t *ret_charge)
{
	*ret_credit = *ret_charge = 0;
	for (size_t k = 0; k < q->parts_n; k++) {
		*ret_credit += q->parts[k].credit_minor;
		*ret_charge += q->parts[k].charge_minor;
	}
}

enum err change_prorate(struct cx *cx, const struct service *s, struct day today,
    struct change_quote *q)
{
	struct rest *rests;
	size_t n;
	TRY(change_rests(cx, s, today, &rests, &n));
	if (n == 0)
		return fail(cx, ERR_CONFLICT, "change.unpaid",
		    "Pay what is open for this service before changing it");
	more_parts(cx, rests, n, q);
	q->from = today;
	q->days_left = rests[0].to.n - rests[0].from.n;
	q->days = rests[0].p->to.n - rests[0].p->from.n;
	q->to = q->rest_to = rests[n - 1].p->to;
	for (size_t i = 0; i < n; i++) {
		int64_t credit, charge, more_credit, more_charge;
		sums(q, &credit, &charge);
		prorate_rest(cx, &rests[i], q);
		sums(q, &more_credit, &more_charge);
		q->charges[i] = more_charge - charge;
		q->backs[q->backs_n++] =
		    (struct credit_days){rests[i].from, rests[i].to, more_credit - credit};
	}
	if (q->new_cycle && q->cycle != NULL)
		TRY(new_term(cx, s, today, q));
	reduce_fees(cx, s, q);
	sum_up(q);
	return OK;
}

/* ---- the documents ---- */

/* part_id is the place of the part here, until the rows it becomes have ids. */
static struct invoice_line line_of(struct cx *cx, const struct service *s,
    const struct change_quote *q, size_t k)
{
	const struct change_part *p = &q->parts[k];
	const char *domain = *s->domain == '\0' ? "" : arena_printf(cx->arena, " – %s", s->domain);
	const char *how = p->key != NULL && p->before == NULL ? "" : "Change to ";
	return (struct invoice_line){
	    .kind = "change",
	    .service_id = s->id,
	    .part_id = (int64_t)k,
	    .description =
	        arena_printf(cx->arena, "%s%s%s", how, str_or(p->after_what, ""), domain),
	    .tax_class = q->tax_class,
	    .from = q->from,
	    .to = q->to,
	    .quantity = 1,
	    .unit_minor = p->charge_minor + p->off_minor,
	    .discount_minor = p->off_minor,
	    .discounts = p->discounts,
	    .is_term = q->new_cycle && p->key == NULL,
	};
}

static struct invoice_line setup_of(struct cx *cx, const struct service *s,
    const struct change_quote *q, size_t k)
{
	const struct change_part *p = &q->parts[k];
	struct invoice_line l = line_of(cx, s, q, k);
	l.kind = "setup";
	l.is_term = false;
	l.description = arena_printf(cx->arena, "Set-up of %s", p->after_what);
	l.from = l.to = DAY_NONE;
	l.unit_minor = p->setup_minor + p->setup_off_minor;
	l.discount_minor = p->setup_off_minor;
	l.discounts = p->setup_discounts;
	return l;
}

/* What goes back has the tax of the document that charged it, whatever the rate is today. */
static struct invoice_line credit_of(struct cx *cx, const struct service *s,
    const struct change_quote *q, const struct change_credit *c)
{
	const char *domain = *s->domain == '\0' ? "" : arena_printf(cx->arena, " – %s", s->domain);
	return (struct invoice_line){
	    .kind = "change",
	    .service_id = s->id,
	    .part_id = (int64_t)c->part,
	    .description = arena_printf(cx->arena, "Unused time of %s%s",
	        str_or(q->parts[c->part].before_what, ""), domain),
	    .tax_class = s->tax_class,
	    .from = q->new_cycle ? DAY_NONE : q->from,
	    .to = q->new_cycle ? DAY_NONE : q->to,
	    .quantity = 1,
	    .unit_minor = -c->minor,
	    .tax = &c->tax,
	};
}

/* for_less: what goes back has credit notes, and is not on this document. */
static size_t lines_of(struct cx *cx, const struct service *s, const struct change_quote *q,
    struct invoice_line *lines, bool for_less)
{
	size_t n = 0;
	for (size_t k = 0; k < q->parts_n; k++) {
		const struct change_part *p = &q->parts[k];
		/* Of a new cycle the service's own line holds the period, even a free one. */
		if (p->charge_minor + p->off_minor > 0 || (p->key == NULL && q->new_cycle))
			lines[n++] = line_of(cx, s, q, k);
		if (p->setup_minor > 0)
			lines[n++] = setup_of(cx, s, q, k);
		for (size_t i = 0; i < q->credits_n && !for_less; i++)
			if (q->credits[i].part == k && q->credits[i].minor > 0)
				lines[n++] = credit_of(cx, s, q, &q->credits[i]);
	}
	return n;
}

/* What is left after the same days are charged goes back, from the last days first. */
static enum err price_back(struct cx *cx, const struct service *s, struct change_quote *q,
    int64_t open_minor)
{
	struct credit_days *days = ARENA_ARRAY(cx->arena, struct credit_days, q->backs_n);
	int64_t gross;
	size_t n = 0;
	for (size_t i = q->backs_n; i-- > 0;) {
		struct credit_days d = q->backs[i];
		d.amount_minor -= q->term.items_n > 0 ? 0 : q->charges[i];
		d.amount_minor = d.amount_minor < open_minor ? d.amount_minor : open_minor;
		if (d.amount_minor <= 0)
			continue;
		open_minor -= d.amount_minor;
		days[n++] = d;
	}
	q->backs = days;
	q->backs_n = n;
	TRY(credit_note_service_sum(cx, &(struct credit_service){s->id, days, n, ""}, &gross));
	q->total_minor = q->term.total_minor - gross;
	return OK;
}

/* The invoice over what is due more, or what goes to credit. */
enum err change_price(struct cx *cx, const struct service *s, const struct settings *settings,
    struct change_quote *q)
{
	struct tax_table taxes;
	struct rate_table rates;
	struct client client;
	struct invoice_line *lines =
	    ARENA_ARRAY(cx->arena, struct invoice_line, q->parts_n * 2 + q->credits_n);
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
	/*
	 * A new term is charged whole, whatever goes back: it is the period from now on. So is what
	 * costs more before tax, and less with the taxes of then and now.
	 */
	bool term = due <= 0 && q->new_cycle;
	if (due > 0) {
		r.lines_n = lines_of(cx, s, q, lines, false);
		enum err err = invoice_plan(cx, &r, &q->invoice);
		q->total_minor = q->invoice.total_minor;
		term = err == ERR_INVALID && str_eq(cx->fault.key, "invoice.total");
		if (!term)
			return err;
		cx_clear(cx);
	}
	if (term) {
		r.lines_n = lines_of(cx, s, q, lines, true);
		TRY(invoice_plan(cx, &r, &q->term));
	}
	return price_back(cx, s, q, term ? q->credit_minor : -due);
}

enum err change_unused(struct cx *cx, const struct service *s, const struct settings *settings,
    struct credit_service *ret)
{
	struct change_quote q = {.new_cycle = true,
	    .plan_name = s->plan_name,
	    .tax_class = s->tax_class};
	*ret = (struct credit_service){.service_id = s->id,
	    .reason = "Unused days of a cancelled service"};
	TRY(change_parts_all(cx, s, &q));
	enum err err = change_prorate(cx, s, setting_today(cx, settings), &q);
	if (err == ERR_CONFLICT) {
		cx_clear(cx); /* nothing is paid ahead */
		return OK;
	}
	TRY(err);
	TRY(price_back(cx, s, &q, q.credit_minor));
	ret->days = q.backs;
	ret->n = q.backs_n;
	return OK;
}
