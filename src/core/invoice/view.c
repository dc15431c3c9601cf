/* SPDX-License-Identifier: Apache-2.0 */
/* Invoices as trees: the one shape for page, API, letter and PDF. */
#include "base/str.h"
#include "core/invoice/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/ecb.h"
#include "fmt/form.h"

#define PROFORMA_HINT "This is not an invoice. The invoice follows when it is paid."

/* The name on a document. New reference. */
static json_t *buyer_name(const char *buyer)
{
	json_t *tree = view_parse(buyer);
	const char *name = json_string_value(json_object_get(tree, "company"));
	if (str_empty(name))
		name = json_string_value(json_object_get(tree, "name"));
	json_t *ret = json_string(str_or(name, ""));
	json_decref(tree);
	return ret;
}

/* What it is called, at the start of a sentence and within one. */
struct name {
	const char *word, *noun;
};

static struct name name_of(const struct invoice *i)
{
	if (invoice_is_proforma(i))
		return (struct name){"Proforma", "proforma"};
	return str_eq(i->kind, "credit_note") ? (struct name){"Credit note", "credit note"} :
	                                        (struct name){"Invoice", "invoice"};
}

const char *invoice_word(const struct invoice *i)
{
	return name_of(i).word;
}

json_t *invoice_row_view(const struct invoice *i, struct invoice_buyer *last)
{
	json_t *o = json_object();
	int64_t paid = i->state == INVOICE_DRAFT || str_eq(i->kind, "credit_note") ?
	    0 :
	    i->total_minor - i->balance_minor;
	json_object_set_new(o, "id", json_integer(i->id));
	json_object_set_new(o, "kind", json_string(i->kind));
	json_object_set_new(o, "number", json_text(i->number));
	json_object_set_new(o, "word", json_string(name_of(i).word));
	json_object_set_new(o, "noun", json_string(name_of(i).noun));
	json_object_set_new(o, "is_proforma", json_boolean(invoice_is_proforma(i)));
	json_object_set_new(o, "proforma_number", json_text(i->proforma));
	json_object_set_new(o, "state", json_string(invoice_state_words[i->state]));
	json_object_set_new(o, "is_open",
	    json_boolean(i->state == INVOICE_OPEN || i->state == INVOICE_OVERDUE));
	json_object_set_new(o, "is_note", json_boolean(str_eq(i->kind, "credit_note")));
	json_object_set_new(o, "currency", json_string(i->currency));
	json_object_set_new(o, "client_id", json_integer(i->client_id));
	json_object_set_new(o, "order_id", json_id(i->order_id));
	json_object_set_new(o, "issued_on", json_day(i->issued_on));
	json_object_set_new(o, "due_on", json_day(i->due_on));
	json_object_set_new(o, "net_minor", json_integer(i->net_minor));
	json_object_set_new(o, "discount_minor", json_integer(i->discount_minor));
	json_object_set_new(o, "tax_minor", json_integer(i->tax_minor));
	json_object_set_new(o, "total_minor", json_integer(i->total_minor));
	json_object_set_new(o, "paid_minor", json_integer(paid));
	json_object_set_new(o, "balance_minor", json_integer(i->balance_minor));
	if (last->text == NULL || !str_eq(last->text, i->buyer))
		*last = (struct invoice_buyer){i->buyer, buyer_name(i->buyer)};
	else
		json_incref(last->name);
	json_object_set_new(o, "buyer_name", last->name);
	return o;
}

json_t *invoice_item_view(const struct invoice_item *i)
{
	json_t *o = json_object();
	json_object_set_new(o, "id", json_integer(i->id));
	json_object_set_new(o, "description", json_string(i->description));
	json_object_set_new(o, "kind", json_string(i->kind));
	json_object_set_new(o, "service_id", json_id(i->service_id));
	json_object_set_new(o, "part_id", json_id(i->part_id));
	json_object_set_new(o, "from", json_day(i->from));
	json_object_set_new(o, "to", json_day(i->to));
	json_object_set_new(o, "quantity", json_integer(i->quantity));
	json_object_set_new(o, "unit_minor", json_integer(i->unit_minor));
	json_object_set_new(o, "discount_minor", json_integer(i->discount_minor));
	json_object_set_new(o, "discounts",
	    str_empty(i->discounts) ? json_array() : json_loads(i->discounts, 0, NULL));
	json_object_set_new(o, "net_minor", json_integer(i->net_minor));
	json_object_set_new(o, "tax_name", json_string(i->tax_name));
	json_object_set_new(o, "tax_rate_ppm", json_integer(i->tax_rate_ppm));
	json_object_set_new(o, "tax_minor", json_integer(i->tax_minor));
	json_object_set_new(o, "tax2_name", json_text(i->tax2_name));
	json_object_set_new(o, "tax2_rate_ppm", json_integer(i->tax2_rate_ppm));
	json_object_set_new(o, "tax2_compound", json_boolean(i->tax2_compound));
	json_object_set_new(o, "tax2_minor", json_integer(i->tax2_minor));
	return o;
}

/* One tax of an item: the first (level 1) or the second. */
struct levy {
	const char *name;
	int64_t rate_ppm, tax_minor;
};

static struct levy levy_of(const struct invoice_item *i, int level)
{
	return level == 1 ?
	    (struct levy){i->tax_name, i->tax_rate_ppm, i->tax_minor - i->tax2_minor} :
	    (struct levy){i->tax2_name, i->tax2_rate_ppm, i->tax2_minor};
}

static bool levy_same(const struct levy *a, const struct levy *b)
{
	return a->rate_ppm == b->rate_ppm && str_eq(str_or(a->name, ""), str_or(b->name, ""));
}

/* Adds a tax to the totals unless an item before has added it. */
static void levy_add(json_t *list, const struct invoice_item *items, size_t n, size_t at, int level)
{
	struct levy this = levy_of(&items[at], level);
	int64_t net = 0, tax = 0;
	for (size_t k = 0; k < n; k++) {
		struct levy other = levy_of(&items[k], level);
		if (!levy_same(&this, &other))
			continue;
		if (k < at)
			return;
		net += items[k].net_minor;
		tax += other.tax_minor;
	}
	json_array_append_new(list,
	    json_pack("{s:s s:I s:I s:I s:i}", "name", str_or(this.name, "No tax"), "rate_ppm",
	        this.rate_ppm, "net_minor", net, "tax_minor", tax, "level", level));
}

json_t *invoice_taxes_view(const struct invoice_item *items, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		levy_add(list, items, n, i, 1);
	for (size_t i = 0; i < n; i++)
		if (!str_empty(items[i].tax2_name))
			levy_add(list, items, n, i, 2);
	return list;
}

/*
 * What the document says a unit of the company's currency was worth; null when it is in that
 * currency.
 */
static json_t *rate_view_of(struct cx *cx, const struct invoice *i)
{
	if (i->rate.rate_e8 == 0)
		return json_null();
	char *rate = ecb_rate_print(cx->arena, i->rate.rate_e8);
	return json_pack("{s:s s:s s:I s:o s:s s:s}", "base", i->rate.base, "rate", rate, "rate_e8",
	    i->rate.rate_e8, "rate_on", json_day(i->rate.on), "source", i->rate.source, "text",
	    arena_printf(cx->arena, "1 %s = %s %s (%s, %s)", i->rate.base, rate, i->currency,
	        str_eq(i->rate.source, "ecb") ? "European Central Bank" : "our rate",
	        day_print(cx->arena, i->rate.on)));
}

static enum err refers_view(struct cx *cx, const struct invoice *i, json_t **ret)
{
	struct invoice other;
	if (i->refers_to_id == 0) {
		*ret = json_null();
		return OK;
	}
	TRY(invoice_get(cx, 0, i->refers_to_id, &other));
	*ret = json_pack("{s:I s:s s:o}", "id", other.id, "number", other.number, "issued_on",
	    json_day(other.issued_on));
	return OK;
}

enum err invoice_view(struct cx *cx, const struct invoice *i, json_t **ret)
{
	struct invoice_item *items;
	size_t n;
	json_t *refers;
	TRY(invoice_store_items(cx, i->id, &items, &n));
	TRY(refers_view(cx, i, &refers));
	json_t *o = json_keep(cx, invoice_row_view(i, &(struct invoice_buyer){0}));
	json_t *list = json_array();
	for (size_t k = 0; k < n; k++)
		json_array_append_new(list, invoice_item_view(&items[k]));
	json_object_set_new(o, "items", list);
	json_object_set_new(o, "taxes", invoice_taxes_view(items, n));
	json_object_set_new(o, "seller", view_parse(i->seller));
	json_object_set_new(o, "buyer", view_parse(i->buyer));
	json_object_set_new(o, "note", json_text(i->note));
	json_t *notes = view_lines(cx, i->note);
	const char *hint = invoice_is_proforma(i) ? PROFORMA_HINT : NULL;
	if (hint != NULL)
		json_array_append_new(notes, json_string(hint));
	json_object_set_new(o, "notes", notes);
	json_object_set_new(o, "hint", json_text(hint));
	json_object_set_new(o, "prices", json_string(i->prices));
	json_object_set_new(o, "prices_inclusive", json_boolean(str_eq(i->prices, "inclusive")));
	json_object_set_new(o, "rounding", json_string(i->rounding));
	json_object_set_new(o, "refers_to", refers);
	json_object_set_new(o, "rate", rate_view_of(cx, i));
	json_object_set_new(o, "hold_until", json_day(i->hold_until));
	json_object_set_new(o, "hash", json_text(i->hash));
	json_object_set_new(o, "proforma_on", json_day(i->proforma_on));
	json_object_set_new(o, "created_at", json_instant(i->created_at));
	json_object_set_new(o, "paid_at", json_instant(i->paid_at));
	json_object_set_new(o, "link_token",
	    str_empty(i->token) ? json_null() :
	                          json_sprintf("%lld-%s", (long long)i->id, i->token));
	*ret = o;
	return OK;
}
