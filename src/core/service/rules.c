/* SPDX-License-Identifier: Apache-2.0 */
/* The pure half of services: the next period as lines, dates from charges, account names. */
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/coupon/coupon.h"
#include "core/service/own.h"

void service_standing(struct service *s, const struct client *c)
{
	s->standing = client_discount(c);
}

/* A coupon's amount, shared by the size of what it is taken off. */
static void share_amount(struct arena *a, int64_t amount, struct discount_terms *terms,
    const int64_t *amounts, size_t n)
{
	int64_t *left = ARENA_ARRAY(a, int64_t, n), *shares = ARENA_ARRAY(a, int64_t, n), sum = 0;
	for (size_t i = 0; i < n; i++) {
		struct discount_parts p;
		discount_parts(&terms[i], amounts[i], &p);
		left[i] = amounts[i] - (terms[i].stackable ? p.total_minor : p.bundle_minor);
		sum += left[i];
	}
	if (amount == 0 || sum <= 0)
		return;
	money_split(amount < sum ? amount : sum, left, n, shares);
	for (size_t i = 0; i < n; i++)
		terms[i].coupon.amount_minor = shares[i];
}

/* A discount's terms count terms of the service; each term is reduced on its own. */
void service_term_discount(struct arena *a, const struct service *s, struct service_term *t)
{
	const struct discount_names names = {.standing = s->standing,
	    .coupon_id = s->coupon_id,
	    .bundle_id = s->bundle_id};
	const struct discount bundle = {s->bundle_ppm, s->bundle_minor};
	struct discount_terms *terms = ARENA_ARRAY(a, struct discount_terms, t->n);
	int64_t *amounts = ARENA_ARRAY(a, int64_t, t->n);
	bool lasts = s->discount_terms != 0;
	for (size_t i = 0; i < t->n; i++) {
		amounts[i] = t->lines[i].quantity * t->lines[i].unit_minor;
		terms[i] = (struct discount_terms){.standing_ppm = s->standing.ppm,
		    .coupon = {lasts ? s->discount_ppm : 0, 0},
		    .stackable = s->discount_stacks};
	}
	if (t->n > 0)
		terms[0].bundle_minor = discount_of(&bundle, amounts[0]);
	share_amount(a, lasts ? s->discount_minor : 0, terms, amounts, t->n);
	for (size_t i = 0; i < t->n; i++) {
		struct discount_parts p;
		discount_parts(&terms[i], amounts[i], &p);
		t->lines[i].discount_minor = p.total_minor;
		t->lines[i].discounts = discount_text(a, &terms[i], &p, &names);
	}
}

void service_fee_discount(struct arena *a, const struct service *s, struct invoice_line *fees,
    size_t n)
{
	struct service only = *s;
	only.discount_terms = only.bundle_ppm = only.bundle_minor = 0;
	service_term_discount(a, &only, &(struct service_term){fees, n, DAY_NONE});
}

int64_t service_price_from(const struct service *s, struct day from)
{
	bool comes = day_set(s->next_price_on) && s->next_price_on.n <= from.n;
	return comes ? s->next_price_minor : s->price_minor;
}

void service_advance(struct service *s, struct day to)
{
	if (day_set(s->next_price_on) && s->next_price_on.n <= s->billed_until.n) {
		s->price_minor = s->next_price_minor;
		s->price_id = s->next_price_id;
		s->next_price_on = DAY_NONE;
		s->reprice_item_id = 0;
	}
	s->billed_until = to;
	s->discount_terms -= s->discount_terms > 0;
}

struct service_billed service_billed_of(const struct service *s, const struct service *at,
    int64_t terms)
{
	return (struct service_billed){.id = s->id,
	    .client_id = s->client_id,
	    .from = s->billed_until,
	    .to = at->billed_until,
	    .terms = terms,
	    .old_minor = s->price_minor,
	    .price_minor = at->price_minor,
	    .waiting_id = s->reprice_item_id,
	    .repriced = s->reprice_item_id != at->reprice_item_id};
}

static const char *of_domain(struct arena *a, const struct service *s, const char *what)
{
	return *s->domain == '\0' ? what : arena_printf(a, "%s – %s", what, s->domain);
}

static enum option_kind kind_of(const char *word)
{
	int k = 0;
	while (k + 1 < OPTION_KINDS && !str_eq(word, option_kind_words[k]))
		k++;
	return (enum option_kind)k;
}

const char *service_option_name(struct arena *a, const struct service *s,
    const struct service_option *o)
{
	return of_domain(a, s, option_line(a, kind_of(o->kind), o->name, o->label));
}

void service_renewal_lines(struct arena *a, const struct service *s,
    const struct service_options *o, struct service_term *ret)
{
	struct cycle cycle;
	bool known = cycle_parse(s->cycle, &cycle);
	struct invoice_line line = {
	    .kind = "period",
	    .service_id = s->id,
	    .description = of_domain(a, s, s->plan_name),
	    .tax_class = s->tax_class,
	    .from = s->billed_until,
	    .to = known && cycle.unit != CYCLE_ONCE ?
	        cycle_next(s->billed_until, cycle, (int)s->anchor_day) :
	        DAY_NONE,
	    .quantity = s->quantity,
	    .unit_minor = service_price_from(s, s->billed_until),
	    .is_term = true,
	};
	*ret = (struct service_term){ARENA_ARRAY(a, struct invoice_line, o->n + 1), 1, line.to};
	ret->lines[0] = line;
	line.kind = "option";
	line.is_term = false;
	for (size_t i = 0; i < o->n; i++) {
		if (o->rows[i].price_minor == 0)
			continue;
		line.part_id = o->rows[i].id;
		line.description = service_option_name(a, s, &o->rows[i]);
		line.quantity = s->quantity * o->rows[i].quantity;
		line.unit_minor = o->rows[i].price_minor;
		ret->lines[ret->n++] = line;
	}
	service_term_discount(a, s, ret);
}

bool service_term_start(struct cycle c, int anchor_day, struct day end, struct day *ret)
{
	int year, month, mday;
	struct day start;
	if (c.unit == CYCLE_DAY || c.unit == CYCLE_WEEK) {
		*ret = day_add(end, -(c.unit == CYCLE_WEEK ? 7 * c.n : c.n));
		return true;
	}
	if (c.unit != CYCLE_MONTH && c.unit != CYCLE_YEAR)
		return false;
	day_split(end, &year, &month, &mday);
	/* From the first of the month before, one month on to the anchor day. */
	int before = year * 12 + month - 2 - (c.unit == CYCLE_YEAR ? 12 * c.n : c.n);
	start = cycle_next(day_of(before / 12, before % 12 + 1, 1), (struct cycle){1, CYCLE_MONTH},
	    anchor_day);
	if (cycle_next(start, c, anchor_day).n != end.n)
		return false;
	*ret = start;
	return true;
}

void service_dates(struct day started_on, const struct invoice_period *p, size_t n,
    struct day *ret_billed, struct day *ret_paid)
{
	struct day billed = started_on, paid = started_on;
	for (size_t i = 0; i < n; i++) {
		/* A change to another cycle starts inside the period it replaces. */
		if (p[i].from.n > billed.n)
			continue;
		if (p[i].paid && p[i].from.n <= paid.n)
			paid = p[i].to;
		else if (!p[i].paid && p[i].from.n < paid.n)
			paid = p[i].from; /* of the one before, no more counts */
		billed = p[i].to;
	}
	*ret_billed = billed;
	*ret_paid = paid;
}

char *service_username(struct arena *a, const char *domain, int64_t id)
{
	char letters[9];
	size_t n = 0;
	for (const char *p = domain; *p != '\0' && *p != '.' && n < 8; p++)
		if ((*p >= 'a' && *p <= 'z') || (n > 0 && *p >= '0' && *p <= '9'))
			letters[n++] = *p;
	letters[n] = '\0';
	return arena_printf(a, "%s%" PRId64, n == 0 ? "u" : letters, id);
}

enum service_event service_action_event(enum action_kind action, const char *cause)
{
	switch (action) {
	case ACTION_CREATE: return SERVICE_ACTIVATE;
	case ACTION_SUSPEND: return SERVICE_SUSPEND;
	case ACTION_UNSUSPEND: return SERVICE_UNSUSPEND;
	case ACTION_TERMINATE:
		return str_starts(cause, "cancel") ? SERVICE_CANCEL : SERVICE_TERMINATE;
	case ACTION_PASSWORD:
	case ACTION_CHANGE_PLAN:
	case ACTION_KINDS: break;
	}
	return SERVICE_EVENTS; /* no move */
}
