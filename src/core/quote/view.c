/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes as trees, in the shape of invoices: one for page, API, letter and PDF. */
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/quote/own.h"
#include "core/row.h"
#include "core/setting/setting.h"
#include "core/view.h"
#include "fmt/form.h"

json_t *quote_row_view(const struct quote *q)
{
	json_t *o = json_pack("{s:I s:s s:s s:o s:I s:o s:o s:s s:s s:s s:I}", "id", q->id, "kind",
	    "quote", "state", quote_fsm.states[q->state], "number", json_text(q->number), "version",
	    q->version, "root_id", json_id(q->root_id), "client_id", json_id(q->client_id), "name",
	    q->name, "email", q->email, "currency", q->currency, "total_minor", q->total_minor);
	json_object_set_new(o, "valid_on", json_day(q->valid_until));
	json_object_set_new(o, "is_draft", json_boolean(q->state == QUOTE_DRAFT));
	json_object_set_new(o, "is_sent", json_boolean(q->state == QUOTE_SENT));
	json_object_set_new(o, "order_id", json_id(q->order_id));
	json_object_set_new(o, "created_at", json_instant(q->created_at));
	json_object_set_new(o, "sent_at", json_instant(q->sent_at));
	json_object_set_new(o, "decided_at", json_instant(q->decided_at));
	json_object_set_new(o, "decided_name", json_text(q->decided_name));
	json_object_set_new(o, "decided_ip", json_text(q->decided_ip));
	json_object_set_new(o, "reason", json_text(q->reason));
	return o;
}

static const char *cycle_words(struct cx *cx, const char *cycle)
{
	struct cycle c;
	return cycle_parse(cycle, &c) && c.unit != CYCLE_ONCE ? cycle_print_people(cx->arena, c) :
	                                                        "";
}

/* A quote promises no days: the terms begin when it is accepted. */
static json_t *line_view(struct cx *cx, const struct invoice_item *item, const char *cycle)
{
	struct invoice_item line = *item;
	const char *words = str_eq(line.kind, "period") ? cycle_words(cx, cycle) : "";
	line.from = line.to = DAY_NONE;
	line.service_id = 0;
	if (!str_empty(words))
		line.description = arena_printf(cx->arena, "%s, %s", line.description, words);
	return invoice_item_view(&line);
}

/* What later terms cost, before tax: what the billing run will say. */
static json_t *renews_view(struct cx *cx, const struct order_quote *plan)
{
	json_t *list = json_array();
	for (size_t i = 0; i < plan->items_n; i++) {
		const struct order_quote_item *t = &plan->items[i];
		if (!day_set(t->term.to))
			continue;
		int64_t amount = order_renews_at(cx->arena, plan, t);
		json_array_append_new(list,
		    json_pack("{s:s s:s s:s s:I s:s}", "plan_name", t->plan_name, "cycle",
		        t->in->cycle, "words", cycle_words(cx, t->in->cycle), "price_minor", amount,
		        "currency", plan->currency));
	}
	return list;
}

enum err quote_document(struct cx *cx, const struct quote *q, json_t **ret)
{
	struct client client;
	struct order_agreed agreed;
	struct order_quote plan;
	TRY(quote_client(cx, q, &client));
	TRY(quote_agreed(cx, q, &agreed));
	TRY(order_agree_plan(cx, &client, &agreed, &plan));
	const struct invoice_plan *p = &plan.invoice;
	json_t *lines = json_array();
	/* The planned lines name the place of their item; free ones have none. */
	for (size_t i = 0; i < p->items_n; i++) {
		int64_t place = p->items[i].service_id;
		json_array_append_new(lines,
		    line_view(cx, &p->items[i], place == 0 ? "" : agreed.items[place - 1].cycle));
	}
	*ret = json_keep(cx,
	    json_pack("{s:o s:o s:o s:o s:o s:I s:I s:I s:I s:s s:o}", "items", lines, "taxes",
	        invoice_taxes_view(p->items, p->items_n), "seller", view_parse(p->seller), "buyer",
	        view_parse(p->buyer), "renews", renews_view(cx, &plan), "net_minor", p->net_minor,
	        "discount_minor", p->discount_minor, "tax_minor", p->tax_minor, "total_minor",
	        p->total_minor, "prices", p->prices, "issued_on", json_day(p->issued_on)));
	return OK;
}

enum err quote_view(struct cx *cx, const struct quote *q, json_t **ret)
{
	struct settings s;
	json_t *document, *o = json_keep(cx, quote_row_view(q));
	TRY(setting_load(cx, &s));
	if (str_empty(q->document))
		TRY(quote_document(cx, q, &document));
	else
		document = json_keep(cx, view_parse(q->document));
	json_object_update(o, document);
	bool open = q->state == QUOTE_SENT && q->valid_until.n >= setting_today(cx, &s).n;
	json_object_set_new(o, "is_open", json_boolean(open));
	json_object_set_new(o, "note", json_text(q->note));
	json_object_set_new(o, "notes", view_lines(cx, q->note));
	json_object_set_new(o, "terms", json_text(q->terms));
	json_object_set_new(o, "balance_minor", json_integer(0));
	json_object_set_new(o, "paid_minor", json_integer(0));
	json_object_set_new(o, "rate", json_null());
	json_object_set_new(o, "refers_to", json_null());
	json_object_set_new(o, "due_on", json_null());
	json_object_set_new(o, "discount_ppm", json_integer(q->discount_ppm));
	json_object_set_new(o, "link_token",
	    str_empty(q->token) ? json_null() :
	                          json_sprintf("%lld-%s", (long long)q->id, q->token));
	*ret = o;
	return OK;
}

/* The catalog's price of today stays empty in the form: a typed one would hold for later terms. */
static enum err is_typed(struct cx *cx, const struct quote *q, const struct quote_item *t,
    bool *ret)
{
	struct price price;
	enum err err = price_sell(cx,
	    &(struct price_wish){t->plan_id, t->cycle, q->currency, q->client_id}, &price);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	int64_t later = err != OK  ? 0 :
	    price.renew_minor == 0 ? price.price_minor :
	                             price.renew_minor;
	*ret = err != OK || t->unit_minor != price.price_minor || t->renew_minor != later;
	return OK;
}

static enum err plan_row(struct cx *cx, const struct quote *q, const struct quote_item *t,
    json_t **ret)
{
	struct plan plan;
	bool typed;
	json_t *options = json_object();
	for (size_t i = 0; i < t->picks_n; i++)
		json_object_set_new(options, t->picks[i].option->key,
		    json_string(t->picks[i].value));
	*ret = json_keep(cx,
	    json_pack("{s:s s:s s:I s:s s:o}", "cycle", t->cycle, "domain", t->domain, "quantity",
	        t->quantity, "currency", q->currency, "options", options));
	TRY(plan_get(cx, t->plan_id, &plan));
	json_object_set_new(*ret, "plan", json_string(plan.key));
	TRY(is_typed(cx, q, t, &typed));
	if (typed)
		json_object_set_new(*ret, "price_minor", json_integer(t->unit_minor));
	return OK;
}

enum err quote_form(struct cx *cx, const struct quote *q, json_t **ret)
{
	struct quote_item *rows;
	size_t n;
	json_t *items = json_array(), *lines = json_array(), *row;
	json_t *o = json_keep(cx,
	    json_pack("{s:o s:o s:o s:s s:s s:s s:s s:s s:s s:s s:s s:o s:I s:I s:s s:s}", "items",
	        items, "lines", lines, "client_id", json_id(q->client_id), "name", q->name, "email",
	        q->email, "company", q->company, "address", q->address, "city", q->city, "postcode",
	        q->postcode, "country", q->country, "currency", q->currency, "valid_until",
	        json_day(q->valid_until), "discount_ppm", q->discount_ppm, "discount_terms",
	        q->discount_terms, "note", q->note, "terms", q->terms));
	TRY(quote_store_items(cx, q->id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		if (rows[i].plan_id != 0) {
			TRY(plan_row(cx, q, &rows[i], &row));
			json_array_append(items, row);
			continue;
		}
		json_array_append_new(lines,
		    json_pack("{s:s s:I s:I s:s s:s}", "description", rows[i].description,
		        "quantity", rows[i].quantity, "unit_minor", rows[i].unit_minor, "tax_class",
		        rows[i].tax_class, "currency", q->currency));
	}
	*ret = o;
	return OK;
}
