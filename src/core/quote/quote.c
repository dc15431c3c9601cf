/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of quotes: write, copy, send, accept, decline, expire, cancel. What one comes to is
 * plan.c; how it reads is view.c.
 */
#include "core/quote/quote.h"

#include <inttypes.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/quote/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

/* ---- writing ---- */

struct save {
	struct quote row;
	struct quote_item *items;
	size_t n;
	int64_t id;
	const char *event;
};

static enum err items_of(struct cx *cx, const struct quote_input *in, struct save *s)
{
	const struct quote_input_item *items = in->items.rows;
	const struct quote_input_line *lines = in->lines.rows;
	s->items = ARENA_ARRAY(cx->arena, struct quote_item, in->items.n + in->lines.n);
	if (in->items.n + in->lines.n == 0)
		return fail_field(cx, "items", "quote.empty", "A quote needs at least one line");
	for (size_t i = 0; i < in->items.n; i++)
		TRY(quote_plan_item(cx, &items[i], i,
		    &(struct price_buyer){s->row.currency, s->row.client_id}, &s->items[s->n++]));
	for (size_t i = 0; i < in->lines.n; i++)
		s->items[s->n++] = (struct quote_item){.quantity = lines[i].quantity,
		    .unit_minor = lines[i].unit_minor,
		    .description = lines[i].description,
		    .cycle = "",
		    .domain = "",
		    .tax_class = lines[i].tax_class};
	return OK;
}

/* For a client, or for somebody with a name, an address to write to, and a country. */
static enum err person_of(struct cx *cx, const struct quote_input *in, const struct settings *set,
    struct quote *q)
{
	struct client c;
	if (in->client_id != 0) {
		TRY(client_get(cx, in->client_id, &c));
		q->client_id = c.id;
		q->currency = str_or(in->currency, c.currency);
		return OK;
	}
	if (str_empty(in->name))
		(void)fail_field(cx, "name", "field.required", "Choose a client, or enter a name");
	if (str_empty(in->email))
		(void)fail_field(cx, "email", "field.required", "Enter where the quote is sent");
	if (str_empty(in->country))
		(void)fail_field(cx, "country", "field.required", "Choose the country");
	if (cx->fault.fields != NULL)
		return ERR_INVALID;
	q->name = in->name;
	q->email = in->email;
	q->company = in->company;
	q->address = in->address;
	q->city = in->city;
	q->postcode = in->postcode;
	q->country = in->country;
	q->currency = str_or(in->currency, set->company_currency);
	return OK;
}

static enum err row_of(struct cx *cx, const struct quote_input *in, struct save *s)
{
	struct settings set;
	TRY(setting_load(cx, &set));
	struct day today = setting_today(cx, &set);
	s->row = (struct quote){.version = 1,
	    .name = "",
	    .email = "",
	    .company = "",
	    .address = "",
	    .city = "",
	    .postcode = "",
	    .country = "",
	    .discount_ppm = in->discount_ppm,
	    .discount_terms = in->discount_terms,
	    .note = in->note,
	    .terms = in->terms,
	    .valid_until = in->valid_until};
	if (!day_set(s->row.valid_until))
		s->row.valid_until = day_add(today, (int32_t)set.quote_valid_days);
	if (s->row.valid_until.n < today.n)
		return fail_field(cx, "valid_until", "quote.valid", "This day is over");
	TRY(person_of(cx, in, &set, &s->row));
	return items_of(cx, in, s);
}

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *s = arg;
	struct quote q;
	json_t *view;
	if (s->row.id != 0) {
		TRY(quote_get(cx, 0, s->row.id, &q));
		s->row.root_id = q.root_id;
		s->row.version = q.version;
	}
	TRY(quote_store_save(cx, &s->row, &s->id));
	TRY(quote_store_set_items(cx, s->id, s->items, s->n));
	/* What cannot be computed cannot be sent. */
	TRY(quote_get(cx, 0, s->id, &q));
	TRY(quote_document(cx, &q, &view));
	return event_add(cx, &(struct event){"quote", s->id, s->event, q.client_id, NULL}, NULL);
}

enum err quote_save(struct cx *cx, int64_t id, const struct quote_input *in, int64_t *ret_id)
{
	struct save s = {.event = id == 0 ? "create" : "update"};
	TRY(row_of(cx, in, &s));
	s.row.id = id;
	TRY(db_tx(cx, save_body, &s));
	*ret_id = s.id;
	return OK;
}

struct copying {
	int64_t id, copy_id;
	bool revise;
};

static enum err copy_body(struct cx *cx, void *arg)
{
	struct copying *c = arg;
	struct save s = {.event = c->revise ? "revise" : "copy"};
	struct quote old;
	struct settings set;
	TRY(setting_load(cx, &set));
	TRY(quote_get(cx, 0, c->id, &old));
	bool open =
	    old.state == QUOTE_SENT || old.state == QUOTE_DECLINED || old.state == QUOTE_EXPIRED;
	if (c->revise && !open)
		return fail(cx, ERR_CONFLICT, "quote.refused", "The quote is %s: cannot revise it",
		    quote_fsm.states[old.state]);
	s.row = old;
	s.row.id = 0;
	s.row.version = c->revise ? old.version + 1 : 1;
	s.row.root_id = !c->revise ? 0 : old.root_id != 0 ? old.root_id : old.id;
	s.row.valid_until = day_add(setting_today(cx, &set), (int32_t)set.quote_valid_days);
	TRY(quote_store_items(cx, old.id, &s.items, &s.n));
	TRY(save_body(cx, &s));
	c->copy_id = s.id;
	return OK;
}

enum err quote_copy(struct cx *cx, int64_t id, bool revise, int64_t *ret_id)
{
	struct copying c = {.id = id, .revise = revise};
	TRY(db_tx(cx, copy_body, &c));
	*ret_id = c.copy_id;
	return OK;
}

/* ---- moves ---- */

static enum err move(struct cx *cx, struct quote *q, enum quote_event event)
{
	int to = fsm_next(&quote_fsm, (int)q->state, (int)event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "quote.refused", "The quote is %s: cannot %s it",
		    quote_fsm.states[q->state], quote_fsm.events[event]);
	TRY(quote_store_move(cx, q, (enum quote_state)to));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:s s:s s:o}", "number", str_or(q->number, ""), "name",
	        q->decided_name, "ip", q->decided_ip, "reason", q->reason, "order_id",
	        json_id(q->order_id)));
	return event_add(cx,
	    &(struct event){"quote", q->id, quote_fsm.events[event], q->client_id, data}, NULL);
}

/* The versions before it are no offers any more; one that was accepted stands. */
static enum err supersede(struct cx *cx, const struct quote *q)
{
	int64_t *ids;
	size_t n;
	if (q->root_id == 0)
		return OK;
	TRY(quote_store_line(cx, q, &ids, &n));
	for (size_t i = 0; i < n; i++) {
		struct quote old;
		TRY(quote_get(cx, 0, ids[i], &old));
		if (old.state == QUOTE_ACCEPTED)
			return fail(cx, ERR_CONFLICT, "quote.accepted",
			    "Quote %s was accepted meanwhile", old.number);
		TRY(move(cx, &old, QUOTE_SUPERSEDE));
	}
	return OK;
}

static enum err send_body(struct cx *cx, void *arg)
{
	struct quote q;
	struct settings s;
	json_t *document;
	TRY(setting_load(cx, &s));
	TRY(quote_get(cx, 0, *(const int64_t *)arg, &q));
	struct day today = setting_today(cx, &s);
	if (q.state == QUOTE_DRAFT && q.valid_until.n < today.n)
		return fail(cx, ERR_CONFLICT, "quote.expired",
		    "The last day of this quote is over: choose another one");
	TRY(supersede(cx, &q));
	TRY(quote_document(cx, &q, &document));
	q.total_minor = json_integer_value(json_object_get(document, "total_minor"));
	q.document = view_print(cx, document);
	if (q.state == QUOTE_DRAFT)
		TRY(series_next_number(cx, invoice_series(cx->arena, "quote", &s, today),
		    s.quote_format, today, &q.number));
	q.token = str_empty(q.token) ? crypto_token(cx->arena, 18) : q.token;
	q.sent_at = cx->now;
	return move(cx, &q, QUOTE_SEND);
}

enum err quote_send(struct cx *cx, int64_t id)
{
	return db_tx(cx, send_body, &id);
}

struct word {
	struct quote_word said;
	enum quote_event event;
	int64_t order_id;
};

static void decided(struct cx *cx, struct quote *q, const struct quote_word *w)
{
	q->decided_at = cx->now;
	q->decided_name = str_or(w->name, cx->actor.name);
	q->decided_ip = str_or(cx->actor.ip, "");
	q->reason = str_or(w->reason, "");
}

static enum err say_body(struct cx *cx, void *arg)
{
	const struct word *w = arg;
	struct quote q;
	TRY(quote_get(cx, 0, w->said.id, &q));
	decided(cx, &q, &w->said);
	return move(cx, &q, w->event);
}

enum err quote_cancel(struct cx *cx, int64_t id, const char *reason)
{
	struct word w = {{id, NULL, reason}, QUOTE_CANCEL, 0};
	return db_tx(cx, say_body, &w);
}

enum err quote_decline(struct cx *cx, const struct quote_word *w)
{
	struct word said = {*w, QUOTE_DECLINE, 0};
	return db_tx(cx, say_body, &said);
}

/* A visitor has an account already, or gets one: its password is set through a letter. */
static enum err account(struct cx *cx, const struct quote *q, int64_t *ret)
{
	struct client c;
	*ret = q->client_id;
	if (*ret != 0)
		return OK;
	enum err err = client_find_email(cx, q->email, &c);
	if (err == OK) {
		*ret = c.id;
		return OK;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	const struct client_input in = {.email = q->email,
	    .first_name = q->name,
	    .last_name = "",
	    .company = q->company,
	    .address = q->address,
	    .city = q->city,
	    .postcode = q->postcode,
	    .state = "",
	    .country = q->country,
	    .phone = "",
	    .currency = q->currency,
	    .tax_id = "",
	    .password = ""};
	return client_create(cx, &in, ret);
}

static enum err accept_body(struct cx *cx, void *arg)
{
	struct word *w = arg;
	struct quote q;
	struct settings s;
	struct order_agreed agreed;
	int64_t client_id;
	TRY(setting_load(cx, &s));
	TRY(quote_get(cx, 0, w->said.id, &q));
	if (q.state == QUOTE_SENT && q.valid_until.n < setting_today(cx, &s).n)
		return fail(cx, ERR_CONFLICT, "quote.expired", "Quote %s was valid until %s",
		    q.number, day_print(cx->arena, q.valid_until));
	if (fsm_next(&quote_fsm, (int)q.state, QUOTE_ACCEPT) < 0)
		return fail(cx, ERR_CONFLICT, "quote.refused", "The quote is %s: cannot accept it",
		    quote_fsm.states[q.state]);
	TRY(quote_agreed(cx, &q, &agreed));
	TRY(account(cx, &q, &client_id));
	TRY(order_agree(cx, client_id, &agreed, &w->order_id));
	q.order_id = w->order_id;
	q.client_id = client_id;
	decided(cx, &q, &w->said);
	return move(cx, &q, QUOTE_ACCEPT);
}

enum err quote_accept(struct cx *cx, const struct quote_word *w, int64_t *ret_order_id)
{
	struct word said = {*w, QUOTE_ACCEPT, 0};
	TRY(db_tx(cx, accept_body, &said));
	*ret_order_id = said.order_id;
	return OK;
}

static enum err expire_body(struct cx *cx, void *arg)
{
	struct quote q;
	TRY(quote_get(cx, 0, *(const int64_t *)arg, &q));
	return q.state == QUOTE_SENT ? move(cx, &q, QUOTE_EXPIRE) : OK;
}

enum err quote_expire(struct cx *cx, struct day today, int64_t limit, int64_t *ret_n)
{
	int64_t *ids;
	size_t n;
	TRY(quote_store_expired(cx, today, limit, &ids, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_tx(cx, expire_body, &ids[i]));
	*ret_n = (int64_t)n;
	return OK;
}
