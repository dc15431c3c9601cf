/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ORDER_ORDER_H
#define CORE_ORDER_ORDER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "core/catalog/catalog.h"
#include "core/coupon/coupon.h"
#include "core/invoice/invoice.h"
#include "core/service/service.h"
#include "fmt/field.h"

/*
 * What was asked for. An order is placed with its prices of that moment; it stays "review" until
 * staff approve (setting order_approval or a plan
 * that is set up on approval), "pending" until its invoice is paid, "active" while its services are
 * set up, then "done".
 */
enum order_state {
	ORDER_REVIEW,
	ORDER_PENDING,
	ORDER_ACTIVE,
	ORDER_DONE,
	ORDER_REFUSED,
	ORDER_CANCELLED,
	ORDER_STATES
};
enum order_event {
	ORDER_APPROVE,
	ORDER_REFUSE,
	ORDER_PAY,
	ORDER_COMPLETE,
	ORDER_CANCEL,
	ORDER_EVENTS
};

struct order_input_item {
	const char *plan, *cycle, *domain; /* plan: key or id */
	int64_t quantity;
	struct field_map options; /* key of an option: value (core/option) */
	int64_t parent_id;        /* the running service that it is an add-on of; 0: none */
	struct field_list addons; /* of order_input_item, ordered with it; no cycle: its own */
	const char *bundle;       /* key; all plans of the bundle are in the order, once */
};
struct order_input {
	int64_t client_id;
	const char *gateway, *coupon;
	struct field_list items; /* of order_input_item */
};
extern const struct fields order_fields, order_addon_fields;

struct order {
	int64_t id, client_id, invoice_id, terms_at, created_at;
	enum order_state state;
	const char *currency, *gateway, *terms, *ip, *reason;
	const char *
	    /* of the bill when it was placed; with ip the evidence of where the client is */
	    country;
	int64_t coupon_id;
};
struct order_item {
	int64_t id, order_id, position, plan_id, price_id, quantity, price_minor, setup_minor,
	    service_id;
	const char *cycle, *domain, *plan_name, *plan_key;
};

/*
 * The first term of something ordered: a trial, a part up to the plan's day of the month, or a full
 * cycle. Pure.
 */
struct order_term {
	struct day to; /* unset: sold once */
	int64_t unit_minor;
	int anchor_day;
	bool trial;
};
/* How first terms of an item and its options are cut: by a plan, or up to a service's due day. */
struct order_cut {
	struct plan plan;
	bool trial;
	struct day due_on; /* of the parent; unset: by the plan */
	int anchor_day;    /* with due_on */
};
void order_cut_term(const struct order_cut *cut, int64_t price_minor, struct cycle cycle,
    struct day today, struct order_term *ret);
void order_first_term(const struct plan *plan, int64_t price_minor, struct cycle cycle,
    struct day today, bool trial, struct order_term *ret);

/*
 * A priced cart: what an order would be. Pure of writes; the shop shows it, order_create writes
 * from it.
 */
struct order_quote_item {
	const struct order_input_item *in;
	int64_t plan_id, price_id, price_minor, setup_minor;
	const char *plan_name, *tax_class, *setup_when, *panel, *package, *plan_key;
	int64_t discount_minor;      /* what comes off its lines of the first invoice */
	struct order_term term;      /* the first one */
	int64_t renew_minor;         /* price of each later term */
	bool converted;              /* the price is another currency's row at the day's rate */
	int64_t term_discount_minor; /* an amount's share of each later term */
	bool takes_coupon;           /* it fits */
	bool first_free; /* nothing is charged for the first term: it uses none of its terms */
	struct option_pick *picks; /* what was chosen with it */
	size_t picks_n;
	int64_t *pick_units; /* what a unit of each pick costs for the first term */
	struct order_cut cut;
	const char *name;  /* of its fields: "items.0", "items.0.addons.1" */
	size_t parent;     /* the place of the item it is an add-on of, from 1 on; 0: none */
	int64_t parent_id; /* or the service */
	int64_t bundle_id, bundle_ppm, bundle_minor; /* its part of a bundle's discount */
};
struct order_quote {
	const char *currency;
	struct order_quote_item *items;
	size_t items_n;
	/* service_id is the place of the item, part_id that of the pick, from 1 on */
	struct invoice_line *lines;
	size_t lines_n;
	struct invoice_plan invoice; /* numbers of the first invoice, taxes included */
	struct coupon coupon;        /* id 0: none */
	bool review;
	int64_t discount_ppm, discount_terms; /* agreed, without a coupon; terms 0: for ever */
	struct client_discount standing;      /* of the client or his group */
};
/*
 * client may be a not yet existing one (id 0) with country and region for tax. Faults name
 * items.N.plan, items.N.cycle, items.N.domain,
 * items.N.options.KEY, items.N.addons.M.plan …
 */
enum err order_quote(struct cx *cx, const struct client *client, const struct order_input *in,
    struct order_quote *ret) MUST_CHECK;
/*
 * What a later term of an item will be billed at before tax, computed as the billing run does:
 * options, the bundle's part, what stands for the client or is agreed on for ever. A coupon, which
 * ends, is not in it.
 */
int64_t order_renews_at(struct arena *a, const struct order_quote *q,
    const struct order_quote_item *item);
json_t *order_quote_view(struct cx *cx,
    const struct order_quote *
        /*
         * {currency,
         * items:[{plan,plan_name,cycle,domain,quantity,price_minor,setup_minor,net_minor,
         * options:[{key,name,value,label,quantity,price_minor,setup_minor,net_minor}]}],
         * net_minor,tax_minor,total_minor,taxes:[…],renews:[{cycle,total_minor}]}
         */
        q);

/*
 * What was agreed on at prices of its own: plans (also such as are not on sale any more) with a
 * full first term, and free lines. order_agree_plan() is pure of writes; order_agree() places the
 * order when its total is the one agreed on (ERR_CONFLICT "order.changed").
 */
struct order_agreed_item {
	int64_t plan_id, price_id, /* 0: a price of its own */ quantity, price_minor, setup_minor,
	    renew_minor;
	const char *cycle, *domain;
	struct option_pick *picks; /* at the amounts that were agreed on */
	size_t picks_n;
};
struct order_agreed {
	const char *currency, *gateway, *note;
	int64_t discount_ppm, discount_terms; /* terms: how many it lasts; 0: for ever */
	const struct order_agreed_item *items;
	size_t items_n;
	const struct invoice_line *lines;
	size_t lines_n;
	int64_t total_minor;
};
enum err order_agree_plan(struct cx *cx, const struct client *client, const struct order_agreed *a,
    struct order_quote *ret) MUST_CHECK;
enum err order_agree(struct cx *cx, int64_t client_id, const struct order_agreed *a,
    int64_t *ret_id) MUST_CHECK;

/*
 * terms: the accepted text's version ("" when by staff). Places order, services (pending), invoice
 * in one transaction. Event order.create.
 */
enum err order_create(struct cx *cx, const struct order_input *in, const char *terms,
    int64_t *ret_id) MUST_CHECK;
enum err order_get(struct cx *cx, int64_t client_id, int64_t id,
    struct order *ret) MUST_CHECK; /* client_id 0: staff */
enum err order_items(struct cx *cx, int64_t id, struct order_item **ret, size_t *ret_n) MUST_CHECK;
enum err order_apply(struct cx *cx, int64_t id, enum order_event event,
    const char *reason) MUST_CHECK;
struct order_filter {
	int64_t client_id, after, limit;
	const char *state, *q;
};
enum err order_list(struct cx *cx, const struct order_filter *f, json_t **ret) MUST_CHECK;
/*
 * {id state client_id invoice_id service_ids items:[{plan plan_name cycle domain quantity
 * price_minor setup_minor service_id}] currency gateway terms terms_at created_at reason}
 */
enum err order_view(struct cx *cx, const struct order *o, json_t **ret) MUST_CHECK;
/* Its invoice was replaced by another one. In a transaction. */
enum err order_invoice_replaced(struct cx *cx, int64_t id, int64_t invoice_id) MUST_CHECK;
/*
 * Its invoice was paid, or a service of it changed state: moves the order on when all of its parts
 * agree. Idempotent.
 */
enum err order_advance(struct cx *cx, int64_t id) MUST_CHECK;

#endif
