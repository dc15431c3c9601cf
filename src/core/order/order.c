/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of orders: place, approve, refuse, advance. Prices come from quote.c; the services are
 * core/service's.
 */
#include "core/order/order.h"

#include <inttypes.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/order/own.h"
#include "core/row.h"
#include "fmt/form.h"

enum err order_get(struct cx *cx, int64_t client_id, int64_t id, struct order *ret)
{
	return order_store_get(cx, client_id, id, ret);
}

struct place {
	const struct order_input *in;      /* what is asked for at the catalog's prices, or */
	const struct order_agreed *agreed; /* at prices of its own */
	const char *terms, *gateway;
	int64_t client_id, id;
};

/* A service with its options, as an item became them. */
struct placed {
	int64_t service_id, *parts;
};

/* The discount of later terms; a first term that costs nothing is none of a coupon's. */
static void later_terms(const struct order_quote *q, const struct order_quote_item *item,
    struct service_new *s)
{
	if (q->coupon.id != 0 && item->takes_coupon) {
		s->coupon_id = q->coupon.id;
		s->discount_ppm = q->coupon.rate_ppm;
		s->discount_minor = item->term_discount_minor;
		s->discount_stacks = q->coupon.stackable;
		s->discount_terms = q->coupon.terms == 0 ? -1 :
		    q->review || item->first_free        ? q->coupon.terms :
		                                           q->coupon.terms - 1;
		s->discount_granted = q->coupon.terms;
	}
	if (q->discount_ppm > 0) {
		s->discount_ppm = q->discount_ppm;
		s->discount_terms = q->discount_terms == 0 ? -1 : q->discount_terms - 1;
		s->discount_granted = q->discount_terms;
	}
}

/* One service per item (a quantity stays one service with that quantity). */
static enum err place_item(struct cx *cx, int64_t order_id, const struct client *client,
    const struct order_quote *q, size_t index, struct placed *all)
{
	const struct order_quote_item *item = &q->items[index];
	struct placed *ret = &all[index];
	struct service_new service = {
	    .client_id = client->id,
	    .order_id = order_id,
	    .plan_id = item->plan_id,
	    .price_id = item->converted ? 0 : item->price_id,
	    .price_minor = item->renew_minor,
	    .anchor_day = item->term.anchor_day,
	    .quantity = item->in->quantity,
	    .plan_key = item->plan_key,
	    .plan_name = item->plan_name,
	    .tax_class = item->tax_class,
	    .panel = item->panel,
	    .package = item->package,
	    .cycle = item->in->cycle,
	    .currency = q->currency,
	    .domain = item->in->domain,
	    .started_on = q->invoice.issued_on,
	    .parent_id = item->parent != 0 ? all[item->parent - 1].service_id : item->parent_id,
	    .bundle_id = item->bundle_id,
	    .bundle_ppm = item->bundle_ppm,
	    .bundle_minor = item->bundle_minor,
	};
	later_terms(q, item, &service);
	TRY(plan_take_stock(cx, item->plan_id, item->in->quantity));
	TRY(service_create(cx, &service, &ret->service_id));
	ret->parts = ARENA_ARRAY(cx->arena, int64_t, item->picks_n + 1);
	TRY(service_options_add(cx, ret->service_id, item->picks, item->picks_n, ret->parts));
	return order_store_insert_item(cx,
	    &(struct order_item){
	        .order_id = order_id,
	        .position = (int64_t)index + 1,
	        .plan_id = item->plan_id,
	        .plan_key = item->plan_key,
	        .plan_name = item->plan_name,
	        .price_id = item->price_id,
	        .cycle = item->in->cycle,
	        .quantity = item->in->quantity,
	        .price_minor = item->price_minor,
	        .setup_minor = item->setup_minor,
	        .domain = item->in->domain,
	        .service_id = ret->service_id,
	    });
}

/* The planned lines name the places of items and picks; now they have ids. */
static void lines_to_services(struct invoice_plan *p, const struct placed *placed)
{
	for (size_t i = 0; i < p->items_n; i++) {
		if (p->items[i].service_id == 0)
			continue; /* a free line */
		const struct placed *at = &placed[p->items[i].service_id - 1];
		p->items[i].service_id = at->service_id;
		if (p->items[i].part_id != 0)
			p->items[i].part_id = at->parts[p->items[i].part_id - 1];
	}
}

static enum err place_invoice(struct cx *cx, int64_t order_id, struct order_quote *q,
    const struct placed *placed)
{
	int64_t invoice_id;
	lines_to_services(&q->invoice, placed);
	q->invoice.order_id = order_id;
	q->invoice.cause = arena_printf(cx->arena, "order/%" PRId64, order_id);
	TRY(invoice_commit(cx, &q->invoice, &invoice_id));
	TRY(service_recount(cx, invoice_id));
	return order_store_set_invoice(cx, order_id, invoice_id);
}

static enum err place_quote(struct cx *cx, struct place *p, const struct client *client,
    struct order_quote *ret)
{
	if (p->agreed == NULL) {
		TRY(order_quote(cx, client, p->in, ret));
		ret->review = ret->review || client->state == CLIENT_PENDING;
		return OK;
	}
	TRY(order_agree_plan(cx, client, p->agreed, ret));
	return ret->invoice.total_minor == p->agreed->total_minor ?
	    OK :
	    fail(cx, ERR_CONFLICT, "order.changed",
	        "With its taxes of today this comes to %s instead of %s: ask for a new quote",
	        money_print(cx->arena, money_of(ret->invoice.total_minor, ret->currency)),
	        money_print(cx->arena, money_of(p->agreed->total_minor, ret->currency)));
}

static enum err may_order(struct cx *cx, const struct place *p, const struct client *client)
{
	struct gateway g;
	if (client->state != CLIENT_ACTIVE && client->state != CLIENT_PENDING)
		return fail(cx, ERR_CONFLICT, "client.refused", "This client account cannot order");
	if (!str_empty(p->gateway) && gateway_get(cx, p->gateway, &g) != OK) {
		cx_clear(cx);
		return fail_field(cx, "gateway", "gateway.unknown", "There is no such way to pay");
	}
	return OK;
}

static enum err place_body(struct cx *cx, void *arg)
{
	struct place *p = arg;
	struct client client;
	struct order_quote q;
	TRY(client_get(cx, p->client_id, &client));
	TRY(may_order(cx, p, &client));
	TRY(place_quote(cx, p, &client, &q));
	struct order row = {
	    .client_id = client.id,
	    .state = q.review ? ORDER_REVIEW : ORDER_PENDING,
	    .currency = q.currency,
	    .gateway = str_or(p->gateway, ""),
	    .coupon_id = q.coupon.id,
	    .terms = p->terms,
	    .terms_at = str_empty(p->terms) ? 0 : cx->now,
	    .ip = str_or(cx->actor.ip, ""),
	    .country = client.country,
	    .reason = "",
	};
	TRY(order_store_insert(cx, &row, &p->id));
	if (q.coupon.id != 0)
		TRY(coupon_use(cx, q.coupon.id, p->id, client.id));
	struct placed *placed = ARENA_ARRAY(cx->arena, struct placed, q.items_n);
	for (size_t i = 0; i < q.items_n; i++)
		TRY(place_item(cx, p->id, &client, &q, i, placed));
	if (!q.review)
		TRY(place_invoice(cx, p->id, &q, placed));
	json_t *data = json_keep(cx,
	    json_pack("{s:b s:I s:s}", "review", q.review, "total_minor", q.invoice.total_minor,
	        "currency", q.currency));
	TRY(event_add(cx, &(struct event){"order", p->id, "create", client.id, data}, NULL));
	return q.review ? OK : service_order_approved(cx, p->id);
}

enum err order_agree(struct cx *cx, int64_t client_id, const struct order_agreed *a,
    int64_t *ret_id)
{
	struct place p = {.agreed = a,
	    .client_id = client_id,
	    .gateway = str_or(a->gateway, ""),
	    .terms = ""};
	TRY(db_tx(cx, place_body, &p));
	*ret_id = p.id;
	return OK;
}

enum err order_create(struct cx *cx, const struct order_input *in, const char *terms,
    int64_t *ret_id)
{
	struct place p = {.in = in,
	    .client_id = in->client_id,
	    .gateway = in->gateway,
	    .terms = str_or(terms, "")};
	TRY(db_tx(cx, place_body, &p));
	*ret_id = p.id;
	return OK;
}

/*
 * A refused or cancelled order takes its services with it: unpaid invoices are credited, stock goes
 * back.
 */
static enum err drop_services(struct cx *cx, const struct order *o, const char *reason)
{
	struct order_item *items;
	size_t n;
	TRY(order_items(cx, o->id, &items, &n));
	for (size_t i = 0; i < n; i++) {
		struct service s;
		TRY(service_get(cx, 0, items[i].service_id, &s));
		if (s.state != SERVICE_CANCELLED && s.state != SERVICE_TERMINATED)
			TRY(service_cancel(cx, 0, s.id, false, reason));
	}
	if (o->invoice_id == 0)
		return OK;
	struct invoice invoice;
	int64_t note;
	bool existing;
	TRY(invoice_get(cx, 0, o->invoice_id, &invoice));
	bool unpaid = invoice.state == INVOICE_OPEN || invoice.state == INVOICE_OVERDUE;
	return unpaid ? credit_note_full(cx, o->invoice_id, "Order cancelled", &note, &existing) :
	                OK;
}

struct apply {
	int64_t id;
	enum order_event event;
	const char *reason;
};

static enum err apply_body(struct cx *cx, void *arg)
{
	const struct apply *a = arg;
	struct order o;
	TRY(order_store_get(cx, 0, a->id, &o));
	int to = fsm_next(&order_fsm, (int)o.state, (int)a->event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "order.refused", "Order %" PRId64 " is %s: cannot %s",
		    o.id, order_fsm.states[o.state], order_fsm.events[a->event]);
	TRY(order_store_set_state(cx, &o, (enum order_state)to, str_or(a->reason, o.reason)));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:s}", "from", order_fsm.states[o.state], "to",
	        order_fsm.states[to], "reason", str_or(a->reason, "")));
	TRY(event_add(cx,
	    &(struct event){"order", o.id, order_fsm.events[a->event], o.client_id, data}, NULL));
	if (a->event == ORDER_APPROVE)
		return order_approve_invoice(cx, &o);
	if (a->event == ORDER_REFUSE || a->event == ORDER_CANCEL)
		return drop_services(cx, &o, str_or(a->reason, "Order cancelled"));
	return OK;
}

enum err order_apply(struct cx *cx, int64_t id, enum order_event event, const char *reason)
{
	return db_tx(cx, apply_body, &(struct apply){id, event, reason});
}

static enum err advance_body(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg;
	struct order o;
	struct order_item *items;
	size_t n, ready = 0, ended = 0;
	TRY(order_store_get(cx, 0, id, &o));
	if (o.state == ORDER_PENDING && o.invoice_id != 0) {
		struct invoice i;
		TRY(invoice_get(cx, 0, o.invoice_id, &i));
		if (i.state != INVOICE_PAID)
			return OK;
		TRY(order_apply(cx, id, ORDER_PAY, NULL));
		TRY(order_store_get(cx, 0, id, &o));
	}
	if (o.state != ORDER_ACTIVE)
		return OK;
	TRY(order_items(cx, id, &items, &n));
	for (size_t k = 0; k < n; k++) {
		struct service s;
		TRY(service_get(cx, 0, items[k].service_id, &s));
		ready += s.state == SERVICE_ACTIVE || s.state == SERVICE_SUSPENDED;
		ended += s.state == SERVICE_CANCELLED || s.state == SERVICE_TERMINATED;
	}
	return ready + ended == n ? order_apply(cx, id, ORDER_COMPLETE, NULL) : OK;
}

enum err order_advance(struct cx *cx, int64_t id)
{
	return db_tx(cx, advance_body, &id);
}

enum err order_invoice_replaced(struct cx *cx, int64_t id, int64_t invoice_id)
{
	struct order o;
	TRY(order_store_get(cx, 0, id, &o));
	return order_store_set_invoice(cx, id, invoice_id);
}

enum err order_view(struct cx *cx, const struct order *o, json_t **ret)
{
	struct order_item *items;
	size_t n;
	TRY(order_items(cx, o->id, &items, &n));
	json_t *list = json_array(), *services = json_array();
	for (size_t i = 0; i < n; i++) {
		struct service_options options = {0};
		if (items[i].service_id != 0)
			TRY(service_options_sold(cx, items[i].service_id, &options));
		json_array_append_new(list,
		    json_pack("{s:o s:s s:s s:s s:o s:I s:I s:I s:o}", "options",
		        service_options_view(&options), "plan", items[i].plan_key, "plan_name",
		        items[i].plan_name, "cycle", items[i].cycle, "domain",
		        json_text(items[i].domain), "quantity", items[i].quantity, "price_minor",
		        items[i].price_minor, "setup_minor", items[i].setup_minor, "service_id",
		        json_id(items[i].service_id)));
		if (items[i].service_id != 0)
			json_array_append_new(services, json_integer(items[i].service_id));
	}
	*ret = json_keep(cx,
	    json_pack("{s:I s:s s:b s:I s:o s:o s:o s:s s:s s:o s:o s:o s:o s:o}", "id", o->id,
	        "state", order_fsm.states[o->state], "is_review", o->state == ORDER_REVIEW,
	        "client_id", o->client_id, "invoice_id", json_id(o->invoice_id), "service_ids",
	        services, "items", list, "currency", o->currency, "gateway", o->gateway, "terms",
	        json_text(o->terms), "terms_at", json_instant(o->terms_at), "ip", json_text(o->ip),
	        "reason", json_text(o->reason), "created_at", json_instant(o->created_at)));
	json_object_set_new(*ret, "country", json_text(o->country));
	return OK;
}
