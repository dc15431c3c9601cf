/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ORDER_OWN_H
#define CORE_ORDER_OWN_H

#include "base/fsm.h"
#include "core/order/order.h"
#include "db/db.h"

extern const struct fsm order_fsm;

#define ORDER_QUANTITY_MAX 100
/* What a quote is asked for. */
struct order_quoting {
	const struct order_input *in;
	const struct client *client;
	struct day today;
};
/* quote_item.c */
enum err order_quote_items(struct cx *cx, const struct order_quoting *g,
    struct order_quote *q) MUST_CHECK;
/* quote_bundle.c: what a bundle takes off each of its plans; all of them must be there */
enum err order_quote_bundles(struct cx *cx, struct order_quote *q) MUST_CHECK;
/* quote_lines.c: fills q->lines, those of the first invoice; each names the place of its item. */
void order_lines(struct cx *cx, struct order_quote *q, struct day today);
enum err order_quote_coupon(struct cx *cx, const struct client *client, const char *code,
    struct day today, struct order_quote *q) MUST_CHECK;
/* A later term with its options, less the bundle's part and before other discounts. */
int64_t order_later_term(const struct order_quote_item *item);

/* approve.c */
enum err order_approve_invoice(struct cx *cx, const struct order *o) MUST_CHECK;

enum err order_count_of(struct cx *cx, int64_t client_id, int64_t *ret) MUST_CHECK;
enum err order_store_get(struct cx *cx, int64_t client_id, int64_t id,
    struct order *ret) MUST_CHECK;
enum err order_store_open(struct cx *cx, int64_t client_id, int64_t *ret_n) MUST_CHECK;
enum err order_store_insert(struct cx *cx, const struct order *o, int64_t *ret_id) MUST_CHECK;
enum err order_store_insert_item(struct cx *cx, const struct order_item *i) MUST_CHECK;
enum err order_store_set_state(struct cx *cx, const struct order *o, enum order_state to,
    const char *reason) MUST_CHECK;
enum err order_store_set_invoice(struct cx *cx, int64_t id, int64_t invoice_id) MUST_CHECK;

/*
 * discount.c, pure: what comes off each line when the coupon's part stands in discount_minor: with
 * a bundle's part and the client's discount, by core/coupon/parts.c. The bundle's part is off the
 * plan's own line only; of a first term that is not whole it is a share.
 */
int64_t order_bundle_off(const struct order_quote *q, const struct invoice_line *l);
void order_reduce(struct arena *a, const struct order_quote *q, struct invoice_line *lines,
    size_t n);

#endif
