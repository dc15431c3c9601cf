/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ORDER_OWN_H
#define CORE_ORDER_OWN_H

#include "base/fsm.h"
#include "core/order/order.h"
#include "db/db.h"

extern const struct fsm order_fsm;

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

/* quote.c: fills q->lines, those of the first invoice; each names the place of its item, from 1. */
void order_lines(struct cx *cx, struct order_quote *q, struct day today);
/*
 * discount.c, pure: what comes off each line when the coupon's part stands in discount_minor: with
 * the client's discount, by core/coupon/parts.c.
 */
void order_reduce(struct arena *a, const struct order_quote *q, struct invoice_line *lines,
    size_t n);

#endif
