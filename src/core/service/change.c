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
    {.name = "options",
        .label = "Options",
        .type = FIELD_MAP,
        .help = "Only those that change, for example disk=5, backup=no.",
        .offset = offsetof(struct change_input, options)},
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

/* An add-on stays one of its parent's plan, and no other plan becomes one. */
static enum err check_addon(struct cx *cx, const struct service *s, const struct plan *plan)
{
	struct service parent;
	bool fits = !plan->is_addon;
	if (s->parent_id != 0) {
		TRY(service_store_get(cx, 0, s->parent_id, &parent));
		TRY(plan_is_addon(cx, plan->id, parent.plan_id, &fits));
	}
	return fits ? OK : fail_field(cx, "plan", "addon.plan", "This is no add-on of that plan");
}

/* The plan, cycle and quantity that are wanted, against the catalog. */
static enum err wanted(struct cx *cx, const struct service *s, const struct change_input *in,
    struct change_quote *q)
{
	struct plan plan;
	struct price price;
	TRY(str_empty(in->plan) ? plan_get(cx, s->plan_id, &plan) : plan_find(cx, in->plan, &plan));
	q->cycle = str_or(in->cycle, s->cycle);
	q->quantity = in->quantity == 0 ? s->quantity : in->quantity;
	bool same_plan = plan.id == s->plan_id, same_cycle = str_eq(q->cycle, s->cycle);
	if (plan.state != PLAN_ACTIVE && !same_plan)
		return fail_field(cx, "plan", "plan.unknown", "This plan is not on sale");
	if (!same_plan)
		TRY(check_addon(cx, s, &plan));
	if (!str_eq(plan.panel, s->panel))
		return fail_field(cx, "plan", "change.panel",
		    "This plan runs on other servers; order it as a new service");
	/* A mere change of quantity keeps the price the service was sold at. */
	q->price_minor = s->price_minor;
	q->price_id = s->price_id;
	if (!same_plan || !same_cycle) {
		enum err err = price_sell(cx,
		    &(struct price_wish){plan.id, q->cycle, s->currency, s->client_id}, &price);
		if (err == ERR_NOT_FOUND) {
			cx_clear(cx);
			return fail_field(cx, "cycle", "price.unknown",
			    "This plan is not sold for this cycle in %s", s->currency);
		}
		TRY(err);
		q->price_minor = price.price_minor;
		q->price_id = price.converted ? 0 : price.id;
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

/* An add-on with its parent's dates has its parent's cycle, too. */
static enum err check_dates(struct cx *cx, const struct service *s, const struct change_input *in,
    const struct change_quote *q)
{
	bool dated;
	if (!q->new_cycle || in->follows)
		return OK;
	TRY(service_is_dated(cx, s, &dated));
	if (dated)
		return fail_field(cx, "cycle", "addon.cycle",
		    "This add-on has the cycle of service %" PRId64 " and changes with it",
		    s->parent_id);
	return change_addons_fit(cx, s, q);
}

enum err service_change_quote(struct cx *cx, int64_t client_id, int64_t id,
    const struct change_input *in, struct change_quote *ret)
{
	struct service s;
	struct settings settings;
	struct change_quote q = {0};
	struct client client;
	TRY(service_store_get(cx, client_id, id, &s));
	TRY(setting_load(cx, &settings));
	struct day today = in->follows ? in->from : setting_today(cx, &settings);
	if (s.state != SERVICE_ACTIVE || !day_set(s.billed_until))
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "Only an active service with a billing cycle can be changed");
	q.at_end = str_eq(in->when, "end");
	TRY(wanted(cx, &s, in, &q));
	TRY(change_parts(cx, &s, in, &q));
	if (q.parts_n == 0)
		return fail(cx, ERR_INVALID, "change.same", "The service is as wished already");
	/* What is left of its paid days may cost more or less; there is no term after them. */
	if (day_set(s.cancel_on) && (q.at_end || q.new_cycle))
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "The service is about to end; undo the cancellation first");
	q.apply_on = q.at_end ? s.paid_until : today;
	TRY(check_dates(cx, &s, in, &q));
	if (q.at_end) {
		q.from = q.to = DAY_NONE;
		*ret = q;
		return OK;
	}
	TRY(client_get(cx, s.client_id, &client));
	service_standing(&s, &client);
	TRY(change_prorate(cx, &s, today, &q));
	TRY(change_price(cx, &s, &settings, &q));
	*ret = q;
	return OK;
}

static json_t *parts_view(const struct change_quote *q)
{
	json_t *list = json_array();
	for (size_t i = 0; i < q->parts_n; i++) {
		const struct change_part *p = &q->parts[i];
		json_array_append_new(list,
		    json_pack("{s:o s:o s:o s:I s:I s:I}", "option",
		        p->key == NULL ? json_null() : json_string(p->key), "before",
		        json_text(p->before_what), "after", json_text(p->after_what),
		        "credit_minor", p->credit_minor, "charge_minor", p->charge_minor,
		        "setup_minor", p->setup_minor));
	}
	return list;
}

json_t *service_change_quote_view(struct cx *cx, const struct service *s,
    const struct change_quote *q)
{
	const struct service_options target = {q->options, q->options_n};
	return json_keep(cx,
	    json_pack(
	        "{s:o s:o s:I s:s s:s s:s s:s s:I s:I s:b s:b s:o s:I s:I s:I s:I s:I s:I s:b}",
	        "parts", parts_view(q), "options", service_options_view(&target), "term_minor",
	        q->term_minor, "plan", q->plan_key, "plan_name", q->plan_name, "cycle", q->cycle,
	        "currency", s->currency, "quantity", q->quantity, "price_minor", q->price_minor,
	        "at_end", q->at_end, "new_cycle", q->new_cycle, "apply_on", json_day(q->apply_on),
	        "days_left", q->days_left, "days", q->days, "credit_minor", q->credit_minor,
	        "charge_minor", q->charge_minor, "tax_minor", q->invoice.tax_minor, "total_minor",
	        q->total_minor, "gives_credit", q->total_minor < 0));
}

struct asking {
	int64_t client_id, id, change_id, invoice_id;
	const struct change_input *in;
};

/* Unpaid renewals at the old price are taken back; the next run bills them at the new one. */
static enum err credit_renewals(struct cx *cx, const struct service *s, const struct change *c)
{
	struct change all = *c;
	int64_t *ids, note;
	size_t n;
	bool existing;
	all.until_on = s->paid_until;
	TRY(change_credit_terms(cx, s, &all, DAY_NONE));
	TRY(invoice_list_only(cx, s->id, &ids, &n));
	for (size_t i = n; i-- > 0;)
		TRY(credit_note_full(cx, ids[i], "Replaced after a change of the service", &note,
		    &existing));
	return n == 0 ? OK : service_recount(cx, ids[0]);
}

/*
 * Less to pay: credit notes on the documents that charged the days left; what was paid becomes
 * credit.
 */
static enum err give_back(struct cx *cx, struct change_quote *q, struct change *c)
{
	int64_t used;
	TRY(credit_note_service(cx,
	    &(struct credit_service){c->service_id, q->backs, q->backs_n,
	        arena_printf(cx->arena, "Change to %s", q->plan_name)}));
	if (q->term.items_n == 0)
		return change_start(cx, c);
	/* Another cycle: its term is charged, and paid by that credit. */
	q->term.cause = arena_printf(cx->arena, "change/%" PRId64, c->id);
	TRY(invoice_commit(cx, &q->term, &c->invoice_id));
	TRY(change_store_set_invoice(cx, c->id, c->invoice_id));
	TRY(payment_use_credit_upto(cx, c->invoice_id, q->term.total_minor, &used));
	return change_start(cx, c);
}

enum err change_none_open(struct cx *cx, int64_t service_id)
{
	struct change open;
	enum err err = change_store_open_of(cx, service_id, &open);
	if (err == OK)
		return fail(cx, ERR_CONFLICT, "change.open",
		    "A change of this service is under way; cancel it first");
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return OK;
}

static enum err ask_body(struct cx *cx, void *arg)
{
	struct asking *a = arg;
	struct service s;
	struct change_quote q;
	a->invoice_id = 0;
	TRY(service_store_get(cx, a->client_id, a->id, &s));
	TRY(change_none_open(cx, s.id));
	TRY(service_change_quote(cx, a->client_id, a->id, a->in, &q));
	if (a->in->has_expect && a->in->expect_minor != q.total_minor)
		return fail(cx, ERR_CONFLICT, "change.quote",
		    "The amount has changed since it was shown; it is now %s",
		    money_print(cx->arena, money_of(q.total_minor, s.currency)));
	struct change row = {
	    .service_id = s.id,
	    .state = a->in->follows   ? "applying" :
	        q.at_end              ? "scheduled" :
	        q.invoice.items_n > 0 ? "waiting" :
	                                "applying",
	    .plan_id = q.plan_id,
	    .cycle = q.cycle,
	    .quantity = q.quantity,
	    .price_minor = q.price_minor,
	    .price_id = q.price_id,
	    .apply_on = q.apply_on,
	    .credit_minor = q.credit_minor,
	    .charge_minor = q.charge_minor,
	    .detail = "",
	    .old_plan_id = s.plan_id,
	    .old_quantity = s.quantity,
	    .until_on = q.at_end ? DAY_NONE : q.rest_to,
	};
	TRY(invoice_newest_of_service(cx, s.id, &row.asked_after));
	TRY(change_store_insert(cx, &row, &a->change_id));
	row.id = a->change_id;
	TRY(change_options_write(cx, a->change_id, &q));
	json_t *view = service_change_quote_view(cx, &s, &q);
	TRY(event_add(cx, &(struct event){"service", s.id, "change_request", s.client_id, view},
	    NULL));
	TRY(credit_renewals(cx, &s, &row));
	if (q.at_end)
		return a->in->follows ? change_start(cx, &row) : OK;
	if (q.invoice.items_n == 0)
		return give_back(cx, &q, &row);
	q.invoice.cause = arena_printf(cx->arena, "change/%" PRId64, a->change_id);
	TRY(invoice_commit(cx, &q.invoice, &a->invoice_id));
	TRY(change_store_set_invoice(cx, a->change_id, a->invoice_id));
	row.invoice_id = a->invoice_id;
	return a->in->follows ? change_start(cx, &row) : OK;
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
