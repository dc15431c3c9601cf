/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a document says what it says, line by line, from what is stored: the price the service was
 * sold at, the period's arithmetic, quantity times unit less discount, the tax row that applied,
 * the rounding, the postings. It computes the tax again and tells whether it agrees; it corrects
 * nothing.
 */
#include <inttypes.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/coupon/coupon.h"
#include "core/invoice/invoice.h"
#include "core/meter/meter.h"
#include "core/report/own.h"
#include "core/row.h"
#include "core/setting/setting.h"
#include "core/tax/tax.h"
#include "core/view.h"
#include "fmt/form.h"

struct explaining {
	const struct invoice *i;
	struct invoice_item *items;
	size_t n;
	struct tax_table taxes;
	struct tax_line *lines; /* computed again */
	struct settings settings;
	const char *country, *region, *seller; /* the buyer's place, and the seller's country */
	bool inclusive, per_line;
};

static const char *money(struct cx *cx, const struct explaining *e, int64_t minor)
{
	return money_print(cx->arena, money_of(minor, e->i->currency));
}

/* "19 %", "8.1 %" */
static const char *percent(struct cx *cx, int64_t ppm)
{
	char *text = arena_printf(cx->arena, "%" PRId64 ".%04" PRId64, ppm / 10000, ppm % 10000);
	size_t n = strlen(text);
	while (text[n - 1] == '0')
		n--;
	n -= text[n - 1] == '.';
	return arena_printf(cx->arena, "%.*s %%", (int)n, text);
}

static void say(json_t *steps, const char *name, const char *text)
{
	json_array_append_new(steps, json_pack("{s:s s:s}", "step", name, "text", text));
}

/* ---- price and period ---- */

static void say_period(struct cx *cx, const struct invoice_item *t, const struct report_sold *sold,
    json_t *line, json_t *steps)
{
	struct cycle c;
	char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
	if (!day_set(t->from) || !day_set(t->to))
		return;
	bool known = sold != NULL && cycle_parse(sold->cycle, &c) && c.unit != CYCLE_ONCE;
	struct day full = known ? cycle_next(t->from, c, (int)sold->anchor_day) : t->to;
	json_object_set_new(line, "days", json_integer(t->to.n - t->from.n));
	json_object_set_new(line, "full_days", json_integer(full.n - t->from.n));
	const char *days = arena_printf(cx->arena, "%s up to %s, the end not included: %d days",
	    day_text(t->from, from), day_text(t->to, to), t->to.n - t->from.n);
	if (!known)
		say(steps, "period", days);
	else if (full.n == t->to.n)
		say(steps, "period",
		    arena_printf(cx->arena, "%s = one whole period (%s, anchor day %" PRId64 ")",
		        days, cycle_print_people(cx->arena, c), sold->anchor_day));
	else
		say(steps, "period",
		    arena_printf(cx->arena, "%s of the %d of a whole period (%s)", days,
		        full.n - t->from.n, cycle_print_people(cx->arena, c)));
}

/* Where the facts of a line go. */
struct saying {
	json_t *line, *steps;
};

static void say_plan(struct cx *cx, const struct explaining *e, const struct invoice_item *t,
    const struct report_sold *sold, struct saying *to)
{
	json_object_set_new(to->line, "sold",
	    json_pack("{s:o s:o s:s s:s s:s s:s s:I}", "price_id", json_id(sold->price_id),
	        "order_id", json_id(sold->order_id), "plan", sold->plan_key, "plan_name",
	        sold->plan_name, "cycle", sold->cycle, "currency", sold->currency, "price_minor",
	        sold->price_minor));
	const char *row = sold->price_id == 0 ?
	    "the service's own price" :
	    arena_printf(cx->arena, "price row %" PRId64 " of order %" PRId64, sold->price_id,
	        sold->order_id);
	say(to->steps, "price",
	    arena_printf(cx->arena, "%s (%s) sold at %s, %s", sold->plan_name, sold->cycle,
	        money_print(cx->arena, money_of(sold->price_minor, sold->currency)), row));
	bool recurring = str_eq(t->kind, "period") && sold->price_minor != t->unit_minor;
	if (recurring)
		say(to->steps, "price",
		    arena_printf(cx->arena, "The service's price was %s when this was billed",
		        money(cx, e, t->unit_minor)));
}

/* An option opens to its own price: per unit and term, as it was sold. */
static enum err say_part(struct cx *cx, int64_t part_id, const struct report_sold *sold,
    struct saying *to)
{
	struct report_part part;
	TRY(report_store_part(cx, part_id, &part));
	json_object_set_new(to->line, "sold",
	    json_pack("{s:o s:o s:s s:s s:s s:s s:I}", "price_id", json_id(part.price_id),
	        "order_id", json_id(sold->order_id), "plan", sold->plan_key, "plan_name", part.name,
	        "cycle", sold->cycle, "currency", sold->currency, "price_minor", part.price_minor));
	say(to->steps, "price",
	    arena_printf(cx->arena, "%s: %s sold at %s a unit (%s), %s", part.name, part.label,
	        money_print(cx->arena, money_of(part.price_minor, sold->currency)), sold->cycle,
	        part.price_id == 0 ?
	            "without a price row" :
	            arena_printf(cx->arena, "price row %" PRId64 " of the option", part.price_id)));
	return OK;
}

/* The version of the plan's price behind a period, with the day since which it is in force. */
static enum err say_version(struct cx *cx, const struct explaining *e, const struct invoice_item *t,
    json_t *line, json_t *steps)
{
	struct report_sold v;
	char day[DAY_TEXT_SIZE];
	json_object_set_new(line, "version", json_null());
	if (!str_eq(t->kind, "period"))
		return OK;
	TRY(report_store_version(cx, t->service_id, t->from, &v));
	if (v.version_id == 0) {
		say(steps, "version", "A price of its own, no version of the plan's");
		return OK;
	}
	struct day since = zone_day(e->settings.company_zone, v.version_at);
	json_object_set_new(line, "version",
	    json_pack("{s:I s:o}", "price_id", (json_int_t)v.version_id, "since_on",
	        json_day(since)));
	say(steps, "version",
	    arena_printf(cx->arena, "Price version %" PRId64 ", in force since %s", v.version_id,
	        day_text(since, day)));
	return OK;
}

static enum err say_price(struct cx *cx, const struct explaining *e, const struct invoice_item *t,
    json_t *line, json_t *steps)
{
	struct report_sold sold;
	struct saying to = {line, steps};
	enum err err =
	    t->service_id == 0 ? ERR_NOT_FOUND : report_store_sold(cx, t->service_id, &sold);
	cx_clear(cx);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err == ERR_NOT_FOUND) {
		json_object_set_new(line, "sold", json_null());
		say_period(cx, t, NULL, line, steps);
		return OK;
	}
	if (t->part_id != 0 && !str_eq(t->kind, "use"))
		TRY(say_part(cx, t->part_id, &sold, &to));
	else
		say_plan(cx, e, t, &sold, &to);
	TRY(say_version(cx, e, t, line, steps));
	say_period(cx, t, &sold, line, steps);
	return OK;
}

/* ---- amount and tax ---- */

/* Each part of the discount by its name; a coupon by its code, which stays when it is retired. */
static void say_discounts(struct cx *cx, const struct explaining *e, const struct invoice_item *t,
    json_t *steps)
{
	json_t *parts = str_empty(t->discounts) ? NULL : json_loads(t->discounts, 0, NULL), *part;
	size_t i;
	json_array_foreach(parts, i, part) {
		struct coupon c;
		const char *name = json_string_value(json_object_get(part, "name"));
		const char *kind = json_string_value(json_object_get(part, "kind"));
		int64_t id = json_integer_value(json_object_get(part, "id"));
		int64_t ppm = json_integer_value(json_object_get(part, "rate_ppm"));
		if (str_eq(kind, "coupon") && coupon_get(cx, id, &c) == OK)
			name = arena_printf(cx->arena, "Coupon %s", c.code);
		cx_clear(cx);
		say(steps, "discount",
		    arena_printf(cx->arena, "%s%s%s: %s", str_or(name, "Discount"),
		        ppm > 0 ? ", " : "", ppm > 0 ? percent(cx, ppm) : "",
		        money(cx, e, json_integer_value(json_object_get(part, "minor")))));
	}
	json_decref(parts);
}

static void say_amount(struct cx *cx, const struct explaining *e, const struct invoice_item *t,
    json_t *steps)
{
	int64_t amount = t->quantity * t->unit_minor;
	say(steps, "amount",
	    arena_printf(cx->arena, "%" PRId64 " x %s = %s", t->quantity,
	        money(cx, e, t->unit_minor), money(cx, e, amount)));
	say_discounts(cx, e, t, steps);
	if (t->discount_minor != 0)
		say(steps, "discount",
		    arena_printf(cx->arena, "less %s discount = %s, before tax",
		        money(cx, e, t->discount_minor), money(cx, e, amount - t->discount_minor)));
}

/* The day whose rate is due. */
static struct day point_of(const struct explaining *e, const struct invoice_item *t)
{
	return tax_point(&e->settings, e->i->issued_on, t->from);
}

/* The row of the rate table that says so for the place, the class and the day; NULL: none now. */
static const struct tax_rate *rate_row(const struct explaining *e, const struct invoice_item *t)
{
	const struct tax_rate *best = NULL;
	for (size_t k = 0; k < e->taxes.n; k++) {
		const struct tax_rate *r = &e->taxes.rates[k];
		bool home = str_eq(r->country, e->seller) && *r->region == '\0';
		bool place = (*r->country == '\0' || str_eq(r->country, e->country)) &&
		    (*r->region == '\0' || str_eq(r->region, e->region));
		bool fits = (place || home) && r->rate_ppm == t->tax_rate_ppm &&
		    str_eq(r->name, t->tax_name) && str_eq(r->tax_class, t->tax_class) &&
		    r->valid_from.n <= point_of(e, t).n;
		if (fits && (best == NULL || r->valid_from.n > best->valid_from.n))
			best = r;
	}
	return best;
}

static void say_rule(struct cx *cx, const struct explaining *e, const struct invoice_item *t,
    json_t *line, json_t *steps)
{
	const struct tax_rate *r = rate_row(e, t);
	char day[DAY_TEXT_SIZE], from[DAY_TEXT_SIZE];
	struct day on = day_set(e->i->issued_on) ? point_of(e, t) : DAY_NONE;
	json_object_set_new(line, "tax",
	    json_pack("{s:s s:s s:I s:s s:s s:o s:o s:o}", "class", t->tax_class, "name",
	        t->tax_name, "rate_ppm", t->tax_rate_ppm, "country", e->country, "region",
	        e->region, "on", json_day(on), "rate_id", json_id(r == NULL ? 0 : r->id),
	        "valid_from", json_day(r == NULL ? DAY_NONE : r->valid_from)));
	str_copy(day, sizeof day, day_set(on) ? day_text(on, from) : "the day of issue");
	const char *place = *e->region == '\0' ?
	    e->country :
	    arena_printf(cx->arena, "%s, %s", e->region, e->country);
	if (r != NULL)
		say(steps, "tax rule",
		    arena_printf(cx->arena,
		        "%s %s: rate row %" PRId64 " for class \"%s\" in "
		        "%s, in force from %s, on %s",
		        r->name, percent(cx, r->rate_ppm), r->id, t->tax_class, place,
		        day_text(r->valid_from, from), day));
	else if (str_eq(t->tax_name, TAX_REVERSE_NAME))
		say(steps, "tax rule",
		    arena_printf(cx->arena,
		        "%s: the buyer in %s has a tax number and accounts "
		        "for the tax",
		        TAX_REVERSE_NAME, place));
	else if (t->tax_rate_ppm == 0 && *t->tax_name == '\0')
		say(steps, "tax rule",
		    arena_printf(cx->arena,
		        "No tax: no rate for class \"%s\" in %s on %s, or "
		        "the client is exempt",
		        t->tax_class, place, day));
	else
		say(steps, "tax rule",
		    arena_printf(cx->arena,
		        "%s %s as written on the document; no row of "
		        "today's table says so for class \"%s\" in %s on %s",
		        t->tax_name, percent(cx, t->tax_rate_ppm), t->tax_class, place, day));
}

static void say_tax(struct cx *cx, const struct explaining *e, size_t k, json_t *line,
    json_t *steps)
{
	const struct invoice_item *t = &e->items[k];
	const char *second = t->tax2_rate_ppm == 0 ?
	    "" :
	    arena_printf(cx->arena, "; with it %s %s%s = %s", t->tax2_name,
	        percent(cx, t->tax2_rate_ppm), t->tax2_compound ? " on net and first tax" : "",
	        money(cx, e, t->tax2_minor));
	bool agrees =
	    e->lines[k].net_minor == t->net_minor && e->lines[k].tax_minor == t->tax_minor;
	json_object_set_new(line, "agrees", json_boolean(agrees));
	if (e->inclusive)
		say(steps, "tax",
		    arena_printf(cx->arena, "%s inside %s: %s tax, %s net%s",
		        percent(cx, t->tax_rate_ppm), money(cx, e, t->net_minor + t->tax_minor),
		        money(cx, e, t->tax_minor), money(cx, e, t->net_minor), second));
	else
		say(steps, "tax",
		    arena_printf(cx->arena, "%s of %s = %s%s", percent(cx, t->tax_rate_ppm),
		        money(cx, e, t->net_minor), money(cx, e, t->tax_minor - t->tax2_minor),
		        second));
	say(steps, "rounding",
	    e->per_line ?
	        "Rounded half up on this line" :
	        "Rounded half up once per rate over the whole document; this is the line's share");
}

/* The tiers and readings behind metered use. */
static enum err say_use(struct cx *cx, const struct explaining *e, const struct invoice_item *t,
    json_t *line, json_t *steps)
{
	json_t *use = NULL, *row;
	size_t i;
	if (str_eq(t->kind, "use"))
		TRY(meter_explain(cx, t, &use));
	json_object_set(line, "use", use == NULL ? json_null() : use);
	if (use == NULL)
		return OK;
	json_t *prices = json_object_get(use, "prices");
	json_array_foreach(json_object_get(prices, "tiers"), i, row) {
		int64_t up_to = json_integer_value(json_object_get(row, "up_to"));
		int64_t flat = json_integer_value(json_object_get(row, "flat_minor"));
		const char *end =
		    up_to == 0 ? "without end" : arena_printf(cx->arena, "up to %" PRId64, up_to);
		say(steps, "tier",
		    arena_printf(cx->arena, "%s, %s: %s %s each%s%s",
		        json_string_value(json_object_get(prices, "model")), end,
		        json_string_value(json_object_get(row, "price")), e->i->currency,
		        flat == 0 ? "" : ", flat ", flat == 0 ? "" : money(cx, e, flat)));
	}
	json_array_foreach(json_object_get(use, "readings"), i, row)
		say(steps, "reading",
		    arena_printf(cx->arena, "%s: %" JSON_INTEGER_FORMAT " %s (%s, key %s)",
		        json_string_value(json_object_get(row, "at")),
		        json_integer_value(json_object_get(row, "quantity")),
		        json_string_value(json_object_get(row, "unit")),
		        json_string_value(json_object_get(row, "source")),
		        json_string_value(json_object_get(row, "key"))));
	return OK;
}

static enum err explain_line(struct cx *cx, const struct explaining *e, size_t k, json_t *lines)
{
	const struct invoice_item *t = &e->items[k];
	json_t *steps = json_array();
	json_t *line = json_pack("{s:I s:s s:s s:o s:I s:I s:I s:I s:I s:I s:o}", "position",
	    (json_int_t)k + 1, "kind", t->kind, "description", t->description, "service_id",
	    json_id(t->service_id), "quantity", t->quantity, "unit_minor", t->unit_minor,
	    "discount_minor", t->discount_minor, "net_minor", t->net_minor, "tax_minor",
	    t->tax_minor, "total_minor", t->net_minor + t->tax_minor, "steps", steps);
	json_array_append_new(lines, line);
	TRY(say_use(cx, e, t, line, steps));
	json_object_set_new(line, "from", json_day(t->from));
	json_object_set_new(line, "to", json_day(t->to));
	TRY(say_price(cx, e, t, line, steps));
	say_amount(cx, e, t, steps);
	say_rule(cx, e, t, line, steps);
	say_tax(cx, e, k, line, steps);
	return OK;
}

/* ---- the document ---- */

struct postings {
	json_t *list;
	int64_t last;
	char prefix[32];
	int64_t document_id;
};

/* What is on the document's receivable, and its own postings; a tax posting comes once per rate. */
static enum err add_posting(struct cx *cx, const struct report_posting *p, void *arg)
{
	struct postings *to = arg;
	bool other = str_starts(p->key, "i") && p->invoice_id != to->document_id &&
	    !str_starts(p->key, to->prefix);
	if (p->id == to->last || other)
		return OK;
	to->last = p->id;
	json_t *row = json_pack("{s:I s:s s:s s:s s:I s:s s:s}", "id", p->id, "code", p->code,
	    "debit", p->debit, "credit", p->credit, "amount_minor", p->amount_minor, "currency",
	    p->currency, "number", p->number);
	json_object_set_new(row, "booked_on", json_day(p->booked_on));
	json_array_append_new(to->list, row);
	return OK;
}

static void prepare(struct cx *cx, struct explaining *e)
{
	json_t *buyer = json_keep(cx, view_parse(e->i->buyer));
	json_t *seller = json_keep(cx, view_parse(e->i->seller));
	e->seller = str_or(json_string_value(json_object_get(seller, "country")), "");
	e->country = str_or(json_string_value(json_object_get(buyer, "country")), "");
	e->region = str_or(json_string_value(json_object_get(buyer, "region")), "");
	e->inclusive = str_eq(e->i->prices, "inclusive");
	e->per_line = str_eq(e->i->rounding, "line");
	e->lines = ARENA_ARRAY(cx->arena, struct tax_line, e->n);
	for (size_t k = 0; k < e->n; k++)
		e->lines[k] = (struct tax_line){.amount_minor =
		                                    e->items[k].quantity * e->items[k].unit_minor -
		        e->items[k].discount_minor,
		    .tax = {.name = e->items[k].tax_name,
		        .rate_ppm = e->items[k].tax_rate_ppm,
		        .name2 = e->items[k].tax2_name,
		        .rate2_ppm = e->items[k].tax2_rate_ppm,
		        .compound = e->items[k].tax2_compound}};
	tax_compute(e->lines, e->n, e->inclusive ? TAX_INCLUSIVE : TAX_EXCLUSIVE,
	    e->per_line ? TAX_PER_LINE : TAX_PER_DOCUMENT);
}

enum err report_explain(struct cx *cx, int64_t client_id, int64_t invoice_id, json_t **ret)
{
	struct invoice i;
	struct explaining e = {.i = &i};
	struct postings to = {.list = json_array(), .document_id = invoice_id};
	json_t *lines = json_array();
	json_t *out = json_keep(cx, json_pack("{s:o s:o}", "lines", lines, "postings", to.list));
	TRY(invoice_get(cx, client_id, invoice_id, &i));
	TRY(invoice_items(cx, invoice_id, &e.items, &e.n));
	TRY(tax_load(cx, &e.taxes));
	TRY(setting_load(cx, &e.settings));
	prepare(cx, &e);
	json_object_set_new(out, "id", json_integer(i.id));
	json_object_set_new(out, "number", json_text(i.number));
	json_object_set_new(out, "currency", json_string(i.currency));
	json_object_set_new(out, "rounding", json_string(i.rounding));
	json_object_set_new(out, "prices", json_string(i.prices));
	json_object_set_new(out, "per_line", json_boolean(e.per_line));
	json_object_set_new(out, "net_minor", json_integer(i.net_minor));
	json_object_set_new(out, "tax_minor", json_integer(i.tax_minor));
	json_object_set_new(out, "total_minor", json_integer(i.total_minor));
	for (size_t k = 0; k < e.n; k++)
		TRY(explain_line(cx, &e, k, lines));
	str_copy(to.prefix, sizeof to.prefix, arena_printf(cx->arena, "i%" PRId64 "/", invoice_id));
	TRY(report_store_transfers(cx, invoice_id, add_posting, &to));
	*ret = out;
	return OK;
}
