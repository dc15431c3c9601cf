/* SPDX-License-Identifier: Apache-2.0 */
/* Invoices as trees: the one shape for page, API, letter and PDF. */
#include "base/str.h"
#include "core/invoice/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

json_t *invoice_row_view(const struct invoice *i)
{
	json_t *o = json_object();
	int64_t paid = i->state == INVOICE_DRAFT || str_eq(i->kind, "credit_note") ? 0 : i->total_minor - i->balance_minor;
	json_object_set_new(o, "id", json_integer(i->id));
	json_object_set_new(o, "kind", json_string(i->kind));
	json_object_set_new(o, "number", json_text(i->number));
	json_object_set_new(o, "state", json_string(invoice_state_words[i->state]));
	json_object_set_new(o, "is_open", json_boolean(i->state == INVOICE_OPEN || i->state == INVOICE_OVERDUE));
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
	json_t *buyer = view_parse(i->buyer);
	const char *name = json_string_value(json_object_get(buyer, "company"));
	if (str_empty(name))
		name = json_string_value(json_object_get(buyer, "name"));
	json_object_set_new(o, "buyer_name", json_string(str_or(name, "")));
	json_decref(buyer);
	return o;
}

static json_t *item_view(const struct invoice_item *i)
{
	json_t *o = json_object();
	json_object_set_new(o, "description", json_string(i->description));
	json_object_set_new(o, "kind", json_string(i->kind));
	json_object_set_new(o, "service_id", json_id(i->service_id));
	json_object_set_new(o, "from", json_day(i->from));
	json_object_set_new(o, "to", json_day(i->to));
	json_object_set_new(o, "quantity", json_integer(i->quantity));
	json_object_set_new(o, "unit_minor", json_integer(i->unit_minor));
	json_object_set_new(o, "discount_minor", json_integer(i->discount_minor));
	json_object_set_new(o, "net_minor", json_integer(i->net_minor));
	json_object_set_new(o, "tax_name", json_string(i->tax_name));
	json_object_set_new(o, "tax_rate_ppm", json_integer(i->tax_rate_ppm));
	json_object_set_new(o, "tax_minor", json_integer(i->tax_minor));
	return o;
}

/* Totals per tax rate, in the order the rates first appear. */
static json_t *taxes_view(const struct invoice_item *items, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		int64_t net = 0, tax = 0;
		bool seen = false;
		for (size_t k = 0; k < n; k++) {
			bool same = items[k].tax_rate_ppm == items[i].tax_rate_ppm;
			seen = seen || (same && k < i);
			net += same ? items[k].net_minor : 0;
			tax += same ? items[k].tax_minor : 0;
		}
		if (!seen)
			json_array_append_new(list, json_pack("{s:s s:I s:I s:I}", "name", str_or(items[i].tax_name, "No tax"),
			    "rate_ppm", items[i].tax_rate_ppm, "net_minor", net, "tax_minor", tax));
	}
	return list;
}

static enum err refers_view(struct cx *cx, const struct invoice *i, json_t **ret)
{
	struct invoice other;
	if (i->refers_to_id == 0) {
		*ret = json_null();
		return OK;
	}
	TRY(invoice_get(cx, 0, i->refers_to_id, &other));
	*ret = json_pack("{s:I s:s s:o}", "id", other.id, "number", other.number, "issued_on", json_day(other.issued_on));
	return OK;
}

enum err invoice_view(struct cx *cx, const struct invoice *i, json_t **ret)
{
	struct invoice_item *items;
	size_t n;
	json_t *refers;
	TRY(invoice_store_items(cx, i->id, &items, &n));
	TRY(refers_view(cx, i, &refers));
	json_t *o = json_keep(cx, invoice_row_view(i));
	json_t *list = json_array();
	for (size_t k = 0; k < n; k++)
		json_array_append_new(list, item_view(&items[k]));
	json_object_set_new(o, "items", list);
	json_object_set_new(o, "taxes", taxes_view(items, n));
	json_object_set_new(o, "seller", view_parse(i->seller));
	json_object_set_new(o, "buyer", view_parse(i->buyer));
	json_object_set_new(o, "note", json_text(i->note));
	json_object_set_new(o, "notes", view_lines(cx, i->note));
	json_object_set_new(o, "prices", json_string(i->prices));
	json_object_set_new(o, "prices_inclusive", json_boolean(str_eq(i->prices, "inclusive")));
	json_object_set_new(o, "rounding", json_string(i->rounding));
	json_object_set_new(o, "refers_to", refers);
	json_object_set_new(o, "hash", json_text(i->hash));
	json_object_set_new(o, "created_at", json_instant(i->created_at));
	json_object_set_new(o, "paid_at", json_instant(i->paid_at));
	json_object_set_new(o, "link_token", str_empty(i->token) ? json_null()
	    : json_sprintf("%lld-%s", (long long)i->id, i->token));
	*ret = o;
	return OK;
}
