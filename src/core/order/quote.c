/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an order would cost: plans, prices and taxes of this moment. Writes nothing; the shop shows
 * it and order.c writes from it.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/order/own.h"
#include "core/row.h"
#include "fmt/form.h"

#define QUANTITY_MAX 100

static const struct field item_rows[] = {
    {.name = "plan",
        .label = "Plan",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 80,
        .offset = offsetof(struct order_input_item, plan)},
    {.name = "cycle",
        .label = "Billing cycle",
        .type = FIELD_CYCLE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct order_input_item, cycle)},
    {.name = "domain",
        .label = "Domain",
        .type = FIELD_DOMAIN,
        .help = "A domain you own, for example example.com.",
        .offset = offsetof(struct order_input_item, domain)},
    {.name = "quantity",
        .label = "Quantity",
        .type = FIELD_INT,
        .min = 1,
        .max = QUANTITY_MAX,
        .otherwise = "1",
        .offset = offsetof(struct order_input_item, quantity)},
    {.name = "options",
        .label = "Options",
        .type = FIELD_MAP,
        .help = "Keys of the plan's options with their values, for example disk=5, backup=yes.",
        .offset = offsetof(struct order_input_item, options)},
};
static const struct fields item_fields = {"order_item", item_rows,
    sizeof item_rows / sizeof item_rows[0], sizeof(struct order_input_item)};
static const struct field order_rows[] = {
    {.name = "client_id",
        .label = "Client",
        .type = FIELD_ID,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct order_input, client_id)},
    {.name = "items",
        .label = "Items",
        .type = FIELD_LIST,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = LIMIT_ORDER_ITEMS,
        .sub = &item_fields,
        .offset = offsetof(struct order_input, items)},
    {.name = "gateway",
        .label = "Way to pay",
        .type = FIELD_KEY,
        .offset = offsetof(struct order_input, gateway)},
    {.name = "coupon",
        .label = "Coupon",
        .type = FIELD_LINE,
        .max = 40,
        .offset = offsetof(struct order_input, coupon)},
};
const struct fields order_fields = {"order", order_rows, sizeof order_rows / sizeof order_rows[0],
    sizeof(struct order_input)};

struct order_quoting {
	const struct order_input *in;
	const struct client *client;
	struct day today;
};

static enum err item_fault(struct cx *cx, size_t i, const char *field, const char *key,
    const char *text)
{
	cx_clear(cx);
	return fail_field(cx, arena_printf(cx->arena, "items.%zu.%s", i, field), key, "%s", text);
}

static enum err domain_check(struct cx *cx, const struct order_input *in, size_t i,
    const struct plan *plan)
{
	const struct order_input_item *items = in->items.rows;
	bool taken;
	if (*items[i].domain == '\0')
		return plan->needs_domain ? item_fault(cx, i, "domain", "field.required",
		                                "Enter the domain for this plan") :
		                            OK;
	if (items[i].quantity != 1)
		return item_fault(cx, i, "quantity", "order.quantity",
		    "A plan for one domain is ordered once per domain");
	for (size_t k = 0; k < i; k++)
		if (str_eq(items[k].domain, items[i].domain))
			return item_fault(cx, i, "domain", "service.domain_taken",
			    "This domain is in the order twice");
	TRY(service_domain_taken(cx, items[i].domain, &taken));
	return taken ? item_fault(cx, i, "domain", "service.domain_taken",
	                   "This domain is already hosted here") :
	               OK;
}

/* A trial is for who never had the plan; a plan may be limited per client. */
static enum err limits_check(struct cx *cx, const struct order_quoting *g, const struct plan *plan,
    size_t i, bool *ret_trial)
{
	const struct order_input_item *items = g->in->items.rows;
	int64_t running = 0, ever = 0, asked = 0;
	if (g->client->id != 0)
		TRY(service_count_plan(cx, g->client->id, plan->id, &running, &ever));
	for (size_t k = 0; k <= i; k++)
		asked += str_eq(items[k].plan, items[i].plan) ? items[k].quantity : 0;
	if (plan->client_max > 0 && running + asked > plan->client_max)
		return item_fault(cx, i, "plan", "plan.client_max",
		    arena_printf(cx->arena, "At most %" PRId64 " of this plan per client",
		        plan->client_max));
	*ret_trial = ever == 0 && asked == items[i].quantity;
	return OK;
}

struct sale {
	struct plan plan;
	struct price price;
};

/* The plan and its price for the cycle, as far as this client may have it. */
static enum err quote_plan(struct cx *cx, const struct order_quoting *g, size_t i,
    struct order_quote *q, struct sale *ret)
{
	const struct order_input_item *item =
	    (const struct order_input_item *)g->in->items.rows + i;
	if (item->quantity < 1 || item->quantity > QUANTITY_MAX)
		return item_fault(cx, i, "quantity", "field.range",
		    "The quantity must be between 1 and 100");
	enum err err = plan_find(cx, item->plan, &ret->plan);
	if (err == ERR_NOT_FOUND || (err == OK && ret->plan.state != PLAN_ACTIVE))
		return item_fault(cx, i, "plan", "plan.unknown", "There is no such plan on sale");
	TRY(err);
	err = price_sell(cx, &(struct price_wish){ret->plan.id, item->cycle, q->currency},
	    &ret->price);
	if (err == ERR_NOT_FOUND)
		return item_fault(cx, i, "cycle", "price.unknown",
		    arena_printf(cx->arena, "This plan is not sold for this cycle in %s",
		        q->currency));
	TRY(err);
	TRY(domain_check(cx, g->in, i, &ret->plan));
	if (ret->plan.stock >= 0 && ret->plan.stock < item->quantity)
		return item_fault(cx, i, "plan", "plan.sold_out", "This plan is sold out");
	return OK;
}

/* What was chosen with it; the first term of an option is as long as the plan's. */
static enum err quote_options(struct cx *cx, const struct order_quoting *g, size_t i,
    const struct plan *plan, struct order_quote *q)
{
	struct order_quote_item *item = &q->items[i];
	struct option_set set;
	struct cycle cycle = {0, CYCLE_ONCE};
	TRY(option_set_load(cx, plan->id, q->currency, &set));
	const struct option_wish w = {
	    .set = &set,
	    .cycle = item->in->cycle,
	    .currency = q->currency,
	    .given = &item->in->options,
	    .prefix = arena_printf(cx->arena, "items.%zu.options.", i),
	};
	TRY(option_choose(cx, &w, &item->picks, &item->picks_n));
	(void)cycle_parse(item->in->cycle, &cycle);
	item->pick_units = ARENA_ARRAY(cx->arena, int64_t, item->picks_n + 1);
	for (size_t k = 0; k < item->picks_n; k++) {
		struct order_term term;
		order_first_term(plan, item->picks[k].price_minor, cycle, g->today,
		    item->term.trial, &term);
		item->pick_units[k] = term.unit_minor;
	}
	return OK;
}

static enum err quote_item(struct cx *cx, const struct order_quoting *g, size_t i,
    struct order_quote *q)
{
	const struct order_input_item *item =
	    (const struct order_input_item *)g->in->items.rows + i;
	struct sale sale;
	struct cycle cycle = {0, CYCLE_ONCE};
	bool trial = false;
	TRY(quote_plan(cx, g, i, q, &sale));
	const struct plan *plan = &sale.plan;
	const struct price *price = &sale.price;
	TRY(limits_check(cx, g, plan, i, &trial));
	q->review = q->review || str_eq(plan->setup_when, "approval");
	q->items[i] = (struct order_quote_item){item, plan->id, price->id, price->price_minor,
	    price->setup_minor, plan->name, plan->tax_class, plan->setup_when, plan->panel,
	    plan->package, plan->key};
	q->items[i].converted = price->converted;
	(void)cycle_parse(item->cycle, &cycle);
	order_first_term(plan, price->price_minor, cycle, g->today, trial, &q->items[i].term);
	q->items[i].renew_minor = price->renew_minor == 0 ? price->price_minor : price->renew_minor;
	return quote_options(cx, g, i, plan, q);
}

/* A later term with its options, before discounts. */
static int64_t later_term(const struct order_quote_item *item)
{
	int64_t sum = item->renew_minor;
	for (size_t k = 0; k < item->picks_n; k++)
		sum += item->picks[k].price_minor * item->picks[k].quantity;
	return sum * item->in->quantity;
}

/*
 * What a coupon takes off: the lines it fits, and the set-up fees when it says so, shared by their
 * size.
 */
static enum err quote_coupon(struct cx *cx, const struct client *client, const char *code,
    struct day today, struct order_quote *q)
{
	struct coupon_case k = {code, q->currency, client->id, today};
	size_t n = q->items_n, most = n > q->lines_n ? n : q->lines_n, fits = 0;
	int64_t *amounts = ARENA_ARRAY(cx->arena, int64_t, most),
	        *off = ARENA_ARRAY(cx->arena, int64_t, most),
	        *first = ARENA_ARRAY(cx->arena, int64_t, n);
	TRY(coupon_find(cx, &k, &q->coupon));
	if (q->coupon.new_clients && client->id != 0) {
		int64_t orders;
		TRY(order_count_of(cx, client->id, &orders));
		if (orders > 0)
			return fail_field(cx, "coupon", "coupon.new_clients",
			    "This coupon is for a first order");
	}
	for (size_t i = 0; i < q->lines_n; i++) {
		const struct invoice_line *l = &q->lines[i];
		const struct order_quote_item *item = &q->items[l->service_id - 1];
		bool fit = coupon_fits(&q->coupon, item->plan_key, item->in->cycle);
		bool setup = str_eq(l->kind, "setup");
		fits += fit;
		amounts[i] =
		    fit && (!setup || q->coupon.setup_too) ? l->quantity * l->unit_minor : 0;
		first[l->service_id - 1] += setup ? 0 : amounts[i];
	}
	if (fits == 0)
		return fail_field(cx, "coupon", "coupon.plans",
		    "This coupon is not for anything in the cart");
	coupon_share(&q->coupon, amounts, q->lines_n, off);
	for (size_t i = 0; i < q->lines_n; i++) {
		q->lines[i].discount_minor = off[i];
		q->items[q->lines[i].service_id - 1].discount_minor += off[i];
	}
	/* Later terms are full ones and have no set-up fee to share an amount with. */
	for (size_t i = 0; i < n; i++)
		amounts[i] = first[i] > 0 ? later_term(&q->items[i]) : 0;
	coupon_share(&q->coupon, amounts, n, off);
	for (size_t i = 0; i < n; i++)
		q->items[i].term_discount_minor = q->coupon.amount_minor > 0 ? off[i] : 0;
	return OK;
}

static struct invoice_line setup_line(struct cx *cx, const struct invoice_line *of,
    const char *what, int64_t unit_minor)
{
	struct invoice_line line = *of;
	line.kind = "setup";
	line.description = arena_printf(cx->arena, "Set-up of %s", what);
	line.from = line.to = DAY_NONE;
	line.unit_minor = unit_minor;
	return line;
}

/* The lines of one item: the plan and its set-up fee, then the same of each priced option. */
static void item_lines(struct cx *cx, struct order_quote *q, size_t i, struct day today)
{
	const struct order_quote_item *item = &q->items[i];
	bool recurs = day_set(item->term.to);
	const char *of =
	    *item->in->domain == '\0' ? "" : arena_printf(cx->arena, " – %s", item->in->domain);
	const char *trial = item->term.trial ? " (free trial)" : "";
	const char *what = arena_printf(cx->arena, "%s%s", item->plan_name, of);
	struct invoice_line line = {recurs ? "period" : "once", (int64_t)i + 1,
	    arena_printf(cx->arena, "%s%s", what, trial), item->tax_class,
	    recurs ? today : DAY_NONE, item->term.to, item->in->quantity, item->term.unit_minor, 0,
	    0};
	q->lines[q->lines_n++] = line;
	if (item->setup_minor > 0)
		q->lines[q->lines_n++] = setup_line(cx, &line, what, item->setup_minor);
	line.kind = "option";
	for (size_t k = 0; k < item->picks_n; k++) {
		const struct option_pick *p = &item->picks[k];
		what = arena_printf(cx->arena, "%s%s",
		    option_line(cx->arena, p->option->kind, p->option->name, p->label), of);
		line.part_id = (int64_t)k + 1;
		line.description = arena_printf(cx->arena, "%s%s", what, trial);
		line.quantity = item->in->quantity * p->quantity;
		line.unit_minor = item->pick_units[k];
		if (p->price_minor > 0)
			q->lines[q->lines_n++] = line;
		if (p->setup_minor > 0)
			q->lines[q->lines_n++] = setup_line(cx, &line, what, p->setup_minor);
	}
}

/* The first invoice. Services do not exist yet. */
void order_lines(struct cx *cx, struct order_quote *q, struct day today)
{
	size_t most = 0;
	for (size_t i = 0; i < q->items_n; i++)
		most += 2 + q->items[i].picks_n * 2;
	q->lines = ARENA_ARRAY(cx->arena, struct invoice_line, most);
	for (size_t i = 0; i < q->items_n; i++)
		item_lines(cx, q, i, today);
}

enum err order_quote(struct cx *cx, const struct client *client, const struct order_input *in,
    struct order_quote *ret)
{
	struct settings settings;
	struct tax_table taxes;
	struct rate_table rates;
	TRY(setting_load(cx, &settings));
	TRY(tax_load(cx, &taxes));
	TRY(rate_load(cx, setting_today(cx, &settings), &rates));
	struct order_quote q = {
	    .currency = str_or(client->currency, settings.company_currency),
	    .items = ARENA_ARRAY(cx->arena, struct order_quote_item, in->items.n),
	    .items_n = in->items.n,
	    .review = settings.order_approval,
	    .standing = client_discount(client),
	};
	if (in->items.n == 0 || in->items.n > LIMIT_ORDER_ITEMS)
		return fail_field(cx, "items", "order.items", "An order has between 1 and %d items",
		    LIMIT_ORDER_ITEMS);
	for (size_t i = 0; i < in->items.n; i++)
		TRY(quote_item(cx,
		    &(struct order_quoting){in, client, setting_today(cx, &settings)}, i, &q));
	struct day today = setting_today(cx, &settings);
	order_lines(cx, &q, today);
	if (!str_empty(in->coupon))
		TRY(quote_coupon(cx, client, in->coupon, today, &q));
	struct invoice_request r = {
	    .settings = &settings,
	    .taxes = &taxes,
	    .client = client,
	    .currency = q.currency,
	    .issued_on = today,
	    .due_on = day_add(today, (int32_t)client_terms(client, settings.billing_due_days)),
	    .rates = &rates,
	    .lines = q.lines,
	    .lines_n = q.lines_n,
	};
	order_reduce(cx->arena, &q, q.lines, q.lines_n);
	TRY(invoice_plan(cx, &r, &q.invoice));
	*ret = q;
	return OK;
}

static json_t *picks_view(const struct order_quote_item *item, int64_t *ret_net)
{
	json_t *list = json_array();
	for (size_t k = 0; k < item->picks_n; k++) {
		const struct option_pick *p = &item->picks[k];
		int64_t net = item->pick_units[k] * p->quantity * item->in->quantity;
		*ret_net += net;
		json_array_append_new(list,
		    json_pack("{s:s s:s s:s s:s s:I s:I s:I s:I s:b}", "key", p->option->key,
		        "name", p->option->name, "value", p->value, "label", p->label, "quantity",
		        p->quantity, "price_minor", p->price_minor, "setup_minor", p->setup_minor,
		        "net_minor", net, "has_setup", p->setup_minor > 0));
		json_object_set_new(json_array_get(list, json_array_size(list) - 1), "many",
		    json_boolean(p->quantity * item->in->quantity > 1));
	}
	return list;
}

/* A later term with its options, less what stands for the client. */
static int64_t renews_at(const struct order_quote *q, const struct order_quote_item *item)
{
	int64_t term = later_term(item);
	return term - discount_of(&(struct discount){q->standing.ppm, 0}, term);
}

json_t *order_quote_view(struct cx *cx, const struct order_quote *q)
{
	json_t *items = json_array(), *renews = json_array();
	for (size_t i = 0; i < q->items_n; i++) {
		const struct order_quote_item *item = &q->items[i];
		int64_t net = item->term.unit_minor * item->in->quantity;
		json_t *picks = picks_view(item, &net);
		json_array_append_new(items,
		    json_pack("{s:b s:o s:I s:s s:s s:s s:o s:I s:I s:I s:I s:b s:o}", "trial",
		        item->term.trial, "until_on", json_day(item->term.to), "index",
		        (json_int_t)i, "plan", item->in->plan, "plan_name", item->plan_name,
		        "cycle", item->in->cycle, "domain", json_text(item->in->domain), "quantity",
		        item->in->quantity, "price_minor", item->price_minor, "setup_minor",
		        item->setup_minor, "net_minor", net, "has_setup", item->setup_minor > 0,
		        "options", picks));
		if (!str_eq(item->in->cycle, "once"))
			json_array_append_new(renews,
			    json_pack("{s:s s:s s:I}", "plan_name", item->plan_name, "cycle",
			        item->in->cycle, "total_minor", renews_at(q, item)));
	}
	return json_keep(cx,
	    json_pack("{s:I s:o s:I s:s s:o s:o s:o s:I s:I s:I s:b s:b}", "standing_ppm",
	        q->standing.ppm, "coupon",
	        q->coupon.id == 0 ? json_null() : json_string(q->coupon.code), "discount_minor",
	        q->invoice.discount_minor, "currency", q->currency, "items", items, "renews",
	        renews, "taxes", invoice_taxes_view(q->invoice.items, q->invoice.items_n),
	        "net_minor", q->invoice.net_minor, "tax_minor", q->invoice.tax_minor, "total_minor",
	        q->invoice.total_minor, "review", q->review, "prices_inclusive",
	        str_eq(q->invoice.prices, "inclusive")));
}
