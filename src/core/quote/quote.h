/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_QUOTE_QUOTE_H
#define CORE_QUOTE_QUOTE_H

#include <jansson.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/order/order.h"
#include "fmt/field.h"

/*
 * Quotes: what staff offer to a client, or to a visitor who has no account yet. Sent, it has a
 * number of its own series and keeps its amounts; accepted while valid, it becomes an order with an
 * invoice over exactly these amounts, once.
 */
enum quote_state {
	QUOTE_DRAFT,
	QUOTE_SENT,
	QUOTE_ACCEPTED,
	QUOTE_DECLINED,
	QUOTE_EXPIRED,
	QUOTE_CANCELLED,
	QUOTE_SUPERSEDED,
	QUOTE_STATES
};
enum quote_event {
	QUOTE_SEND,
	QUOTE_ACCEPT,
	QUOTE_DECLINE,
	QUOTE_EXPIRE,
	QUOTE_CANCEL,
	QUOTE_SUPERSEDE,
	QUOTE_EVENTS
};

struct quote {
	int64_t id, root_id, version, client_id, discount_ppm, discount_terms, total_minor,
	    created_at, sent_at, decided_at, order_id;
	enum quote_state state;
	const char *number;                                                       /* NULL: draft */
	const char *name, *email, *company, *address, *city, *postcode, *country; /* a visitor */
	const char *currency, *note, *terms, *document, *token, *decided_name, *decided_ip, *reason;
	struct day valid_until; /* the last day */
};
struct quote_item {
	int64_t plan_id, price_id, quantity, unit_minor, setup_minor,
	    renew_minor; /* plan 0: free */
	const char *description, *cycle, *domain, *tax_class;
	struct option_pick *picks; /* the options of a plan, at the amounts of then */
	size_t picks_n;
};

struct quote_input_item {
	const char *plan, *cycle, *domain;
	int64_t quantity, price_minor; /* 0: the catalog's, else also of later terms */
	struct field_map options;      /* key of an option: value, at the catalog's price */
};
struct quote_input_line {
	const char *description, *tax_class;
	int64_t quantity, unit_minor;
};
struct quote_input {
	int64_t client_id, discount_ppm, discount_terms;
	const char *name, *email, *company, *address, *city, *postcode, *country, *currency, *note,
	    *terms;
	struct day valid_until;
	struct field_list items, lines;
};
extern const struct fields quote_fields;

/* id 0: a new draft. Only drafts are changed (ERR_CONFLICT "quote.refused"). */
enum err quote_save(struct cx *cx, int64_t id, const struct quote_input *in,
    int64_t *ret_id) MUST_CHECK;
/* A draft that says the same. revise: it takes the place of this one when it is sent. */
enum err quote_copy(struct cx *cx, int64_t id, bool revise, int64_t *ret_id) MUST_CHECK;
/* Takes the number and fixes the amounts; event quote.send, from which the letter follows. */
enum err quote_send(struct cx *cx, int64_t id) MUST_CHECK;
enum err quote_cancel(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
/*
 * By whoever holds it: places the order. ERR_CONFLICT "quote.refused" (not open), "quote.expired",
 * "order.changed". A visitor without an account gets one.
 */
struct quote_word {
	int64_t id;
	const char *name, *reason;
};
enum err quote_accept(struct cx *cx, const struct quote_word *w, int64_t *ret_order_id) MUST_CHECK;
enum err quote_decline(struct cx *cx, const struct quote_word *w) MUST_CHECK;
/* Sent quotes whose last day is over. */
enum err quote_expire(struct cx *cx, struct day today, int64_t limit, int64_t *ret_n) MUST_CHECK;

/* client_id 0: staff; else only that client's, and never a draft. */
enum err quote_get(struct cx *cx, int64_t client_id, int64_t id, struct quote *ret) MUST_CHECK;
/* "<id>-<random>", as in the letter. */
enum err quote_find_token(struct cx *cx, const char *token, struct quote *ret) MUST_CHECK;
struct quote_filter {
	int64_t client_id, after, limit; /* newest first */
	const char *state, *q;           /* q: number, name, email */
	bool drafts;
};
enum err quote_list(struct cx *cx, const struct quote_filter *f, json_t **ret) MUST_CHECK;
/*
 * As an invoice's tree (page, PDF and letter are the same), kind "quote", with valid_on, is_open,
 * terms, renews. today: whether it can still be accepted.
 */
enum err quote_view(struct cx *cx, const struct quote *q, json_t **ret) MUST_CHECK;
/* The values of its form. */
enum err quote_form(struct cx *cx, const struct quote *q, json_t **ret) MUST_CHECK;
/* What is accepted has an order over the quoted total, what is not has none. */
enum err quote_audit(struct cx *cx, json_t *findings) MUST_CHECK;

#endif
