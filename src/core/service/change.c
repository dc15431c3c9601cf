/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another plan, cycle or quantity: what it costs, and asking for it. Taking effect is
 * change_apply.c.
 */
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/row.h"
#include "core/service/own.h"
#include "fmt/form.h"

static const char *const when_choices[] = {"now", "end", NULL};
static const struct field rows[] = {
    {.name = "plan",
        .label = "Plan",
        .type = FIELD_KEY,
        .offset = offsetof(struct change_input, plan)},
    {.name = "cycle",
        .label = "Billing cycle",
        .type = FIELD_CYCLE,
        .offset = offsetof(struct change_input, cycle)},
    {.name = "quantity",
        .label = "Quantity",
        .type = FIELD_INT,
        .min = 0,
        .max = 100,
        .otherwise = "0",
        .help = "0 keeps the quantity.",
        .offset = offsetof(struct change_input, quantity)},
    {.name = "when",
        .label = "When",
        .type = FIELD_CHOICE,
        .choices = when_choices,
        .otherwise = "now",
        .offset = offsetof(struct change_input, when)},
    {.name = "has_expect",
        .label = "Compare with the amount shown",
        .type = FIELD_BOOL,
        .offset = offsetof(struct change_input, has_expect)},
    {.name = "expect_minor",
        .label = "Amount shown, in minor units",
        .type = FIELD_INT,
        .min = -MONEY_MINOR_MAX,
        .max = MONEY_MINOR_MAX,
        .otherwise = "0",
        .offset = offsetof(struct change_input, expect_minor)},
};
const struct fields change_fields = {"change", rows, sizeof rows / sizeof rows[0],
    sizeof(struct change_input)};

/* What is wanted, against the catalog. Nothing different is refused. */
static enum err wanted(struct cx *cx, const struct service *s, const struct change_input *in,
    struct change_quote *q)
{
	struct plan plan;
	struct price price;
	TRY(str_empty(in->plan) ? plan_get(cx, s->plan_id, &plan) : plan_find(cx, in->plan, &plan));
	q->cycle = str_or(in->cycle, s->cycle);
	q->quantity = in->quantity == 0 ? s->quantity : in->quantity;
	bool same_plan = plan.id == s->plan_id, same_cycle = str_eq(q->cycle, s->cycle);
	if (same_plan && same_cycle && q->quantity == s->quantity)
		return fail(cx, ERR_INVALID, "change.same", "The service is as wished already");
	if (plan.state != PLAN_ACTIVE && !same_plan)
		return fail_field(cx, "plan", "plan.unknown", "This plan is not on sale");
	if (!str_eq(plan.panel, s->panel))
		return fail_field(cx, "plan", "change.panel",
		    "This plan runs on other servers; order it as a new service");
	/* A mere change of quantity keeps the price the service was sold at. */
	q->price_minor = s->price_minor;
	if (!same_plan || !same_cycle) {
		enum err err =
		    price_sell(cx, &(struct price_wish){plan.id, q->cycle, s->currency}, &price);
		if (err == ERR_NOT_FOUND) {
			cx_clear(cx);
			return fail_field(cx, "cycle", "price.unknown",
			    "This plan is not sold for this cycle in %s", s->currency);
		}
		TRY(err);
		q->price_minor = price.price_minor;
	}
	q->plan_id = plan.id;
	q->plan_key = plan.key;
	q->plan_name = plan.name;
	q->tax_class = plan.tax_class;
	q->panel = plan.panel;
	q->package = plan.package;
	q->new_cycle = !same_cycle;
	return OK;
}

/* An amount for a share of a period, less the share of the discount that period had. */
static int64_t share(int64_t amount, const struct invoice_period *p, int64_t days)
{
	if (p->discount_minor > 0 && p->amount_minor > 0)
		amount = money_scale(amount, p->amount_minor - p->discount_minor, p->amount_minor,
		    ROUND_HALF_UP);
	return money_scale(amount, days, p->to.n - p->from.n, ROUND_HALF_UP);
}

/*
 * What a paid period is worth: what it was sold for, or after a change within it the price that has
 * held since.
 */
static enum err value_of(struct cx *cx, const struct service *s, const struct invoice_period *p,
    int64_t *ret)
{
	int64_t changes;
	TRY(change_store_done_since(cx, s->id, p->from, &changes));
	*ret = changes > 0 ? s->price_minor * s->quantity : p->amount_minor;
	return OK;
}

/* Credit, and in the same cycle the charge, over what is left of every paid period. */
static enum err prorate(struct cx *cx, const struct service *s, struct day today,
    struct change_quote *q)
{
	struct invoice_period *p;
	int64_t value;
	size_t n;
	TRY(invoice_periods(cx, s->id, &p, &n));
	q->from = DAY_NONE;
	for (size_t i = 0; i < n; i++) {
		/* A period that a change cut short ends where the change began. */
		struct day to = i + 1 < n && p[i + 1].from.n < p[i].to.n ? p[i + 1].from : p[i].to;
		if (!p[i].paid || to.n <= today.n || p[i].from.n >= s->paid_until.n)
			continue;
		struct day from = p[i].from.n > today.n ? p[i].from : today;
		int64_t days = to.n - from.n;
		if (!day_set(q->from)) {
			q->from = today;
			q->days_left = days;
			q->days = p[i].to.n - p[i].from.n;
		}
		q->to = p[i].to;
		TRY(value_of(cx, s, &p[i], &value));
		q->credit_minor += share(value, &p[i], days);
		/* A free trial stays free. */
		q->charge_minor += q->new_cycle || value == 0 ?
		    0 :
		    share(q->price_minor * q->quantity, &p[i], days);
	}
	if (!day_set(q->from))
		return fail(cx, ERR_CONFLICT, "change.unpaid",
		    "Pay what is open for this service before changing it");
	return OK;
}

static struct invoice_line line_of(struct cx *cx, const struct service *s,
    const struct change_quote *q, bool credit)
{
	const char *domain = *s->domain == '\0' ? "" : arena_printf(cx->arena, " – %s", s->domain);
	return (struct invoice_line){
	    .kind = "change",
	    .service_id = s->id,
	    .description = credit ?
	        arena_printf(cx->arena, "Unused time of %s%s", s->plan_name, domain) :
	        arena_printf(cx->arena, "Change to %s%s", q->plan_name, domain),
	    .tax_class = credit ? s->tax_class : q->tax_class,
	    .from = q->from,
	    .to = q->to,
	    .quantity = 1,
	    .unit_minor = credit ? -q->credit_minor : q->charge_minor,
	};
}

/* The invoice over what is due more, or the gross amount that goes to credit. */
static enum err price_it(struct cx *cx, const struct service *s, const struct settings *settings,
    struct change_quote *q)
{
	struct tax_table taxes;
	struct rate_table rates;
	struct client client;
	struct invoice_line lines[2];
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
		lines[0] = line_of(cx, s, q, false);
		lines[1] = line_of(cx, s, q, true);
		if (q->new_cycle)
			lines[1].from = lines[1].to = DAY_NONE;
		r.lines_n = q->credit_minor > 0 ? 2 : 1;
		TRY(invoice_plan(cx, &r, &q->invoice));
		q->total_minor = q->invoice.total_minor;
		return OK;
	}
	if (due == 0)
		return OK;
	/* The same computation on the amount to give back tells its tax. */
	struct invoice_plan back;
	lines[0] = line_of(cx, s, q, false);
	lines[0].unit_minor = -due;
	r.lines_n = 1;
	TRY(invoice_plan(cx, &r, &back));
	q->total_minor = -back.total_minor;
	return OK;
}

enum err service_change_quote(struct cx *cx, int64_t client_id, int64_t id,
    const struct change_input *in, struct change_quote *ret)
{
	struct service s;
	struct settings settings;
	struct cycle cycle;
	struct change_quote q = {0};
	TRY(service_store_get(cx, client_id, id, &s));
	TRY(setting_load(cx, &settings));
	struct day today = setting_today(cx, &settings);
	if (s.state != SERVICE_ACTIVE || !day_set(s.billed_until))
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "Only an active service with a billing cycle can be changed");
	TRY(wanted(cx, &s, in, &q));
	q.at_end = str_eq(in->when, "end");
	if (q.at_end) {
		q.apply_on = s.paid_until;
		q.from = q.to = DAY_NONE;
		*ret = q;
		return OK;
	}
	q.apply_on = today;
	TRY(prorate(cx, &s, today, &q));
	if (q.new_cycle) {
		int year, month, mday;
		day_split(today, &year, &month, &mday);
		if (!cycle_parse(q.cycle, &cycle) || cycle.unit == CYCLE_ONCE)
			return fail_field(cx, "cycle", "change.once",
			    "A running service cannot become a one-time sale");
		q.charge_minor = q.price_minor * q.quantity;
		q.to = cycle_next(today, cycle, mday);
	}
	TRY(price_it(cx, &s, &settings, &q));
	*ret = q;
	return OK;
}

enum err change_unused(struct cx *cx, const struct service *s, const struct settings *settings,
    int64_t *ret_gross)
{
	struct change_quote q = {.new_cycle = true,
	    .plan_name = s->plan_name,
	    .tax_class = s->tax_class};
	*ret_gross = 0;
	enum err err = prorate(cx, s, setting_today(cx, settings), &q);
	if (err == ERR_CONFLICT) {
		cx_clear(cx); /* nothing is paid ahead */
		return OK;
	}
	TRY(err);
	TRY(price_it(cx, s, settings, &q));
	*ret_gross = -q.total_minor;
	return OK;
}

json_t *service_change_quote_view(struct cx *cx, const struct service *s,
    const struct change_quote *q)
{
	return json_keep(cx,
	    json_pack("{s:s s:s s:s s:s s:I s:I s:b s:b s:o s:I s:I s:I s:I s:I s:I s:b}", "plan",
	        q->plan_key, "plan_name", q->plan_name, "cycle", q->cycle, "currency", s->currency,
	        "quantity", q->quantity, "price_minor", q->price_minor, "at_end", q->at_end,
	        "new_cycle", q->new_cycle, "apply_on", json_day(q->apply_on), "days_left",
	        q->days_left, "days", q->days, "credit_minor", q->credit_minor, "charge_minor",
	        q->charge_minor, "tax_minor", q->invoice.tax_minor, "total_minor", q->total_minor,
	        "gives_credit", q->total_minor < 0));
}

struct asking {
	int64_t client_id, id, change_id, invoice_id;
	const struct change_input *in;
};

/* Unpaid renewals at the old price are taken back; the next run bills them at the new one. */
static enum err credit_renewals(struct cx *cx, const struct service *s)
{
	int64_t *ids, note;
	size_t n;
	bool existing;
	TRY(invoice_list_only(cx, s->id, &ids, &n));
	for (size_t i = 0; i < n; i++)
		TRY(credit_note_full(cx, ids[i], "Replaced after a change of the service", &note,
		    &existing));
	return n == 0 ? OK : service_recount(cx, ids[0]);
}

/*
 * Less to pay: a credit note on the invoice that covers the running period; what was paid becomes
 * credit.
 */
static enum err give_back(struct cx *cx, const struct change_quote *q, const struct change *c)
{
	if (q->total_minor < 0)
		TRY(credit_note_service(cx, c->service_id, -q->total_minor,
		    arena_printf(cx->arena, "Change to %s", q->plan_name)));
	return change_start(cx, c);
}

static enum err ask_body(struct cx *cx, void *arg)
{
	struct asking *a = arg;
	struct service s;
	struct change_quote q;
	struct change open;
	a->invoice_id = 0;
	TRY(service_store_get(cx, a->client_id, a->id, &s));
	enum err err = change_store_open_of(cx, s.id, &open);
	if (err == OK)
		return fail(cx, ERR_CONFLICT, "change.open",
		    "Another change of this service is under way; cancel it first");
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	TRY(service_change_quote(cx, a->client_id, a->id, a->in, &q));
	if (a->in->has_expect && a->in->expect_minor != q.total_minor)
		return fail(cx, ERR_CONFLICT, "change.quote",
		    "The amount has changed since it was shown; it is now %s",
		    money_print(cx->arena, money_of(q.total_minor, s.currency)));
	struct change row = {
	    .service_id = s.id,
	    .state = q.at_end     ? "scheduled" :
	        q.total_minor > 0 ? "waiting" :
	                            "applying",
	    .plan_id = q.plan_id,
	    .cycle = q.cycle,
	    .quantity = q.quantity,
	    .price_minor = q.price_minor,
	    .apply_on = q.apply_on,
	    .credit_minor = q.credit_minor,
	    .charge_minor = q.charge_minor,
	    .detail = "",
	};
	TRY(change_store_insert(cx, &row, &a->change_id));
	row.id = a->change_id;
	json_t *view = service_change_quote_view(cx, &s, &q);
	TRY(event_add(cx, &(struct event){"service", s.id, "change_request", s.client_id, view},
	    NULL));
	TRY(credit_renewals(cx, &s));
	if (q.at_end)
		return OK;
	if (q.total_minor <= 0)
		return give_back(cx, &q, &row);
	q.invoice.cause = arena_printf(cx->arena, "change/%" PRId64, a->change_id);
	TRY(invoice_commit(cx, &q.invoice, &a->invoice_id));
	return change_store_set_invoice(cx, a->change_id, a->invoice_id);
}

enum err service_change(struct cx *cx, int64_t client_id, int64_t id, const struct change_input *in,
    int64_t *ret_change_id, int64_t *ret_invoice_id)
{
	struct asking a = {.client_id = client_id, .id = id, .in = in};
	TRY(db_tx(cx, ask_body, &a));
	*ret_change_id = a.change_id;
	*ret_invoice_id = a.invoice_id;
	return OK;
}
