/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PUBLIC_CART_H
#define WEB_PUBLIC_CART_H

#include "core/order/order.h"
#include "web/web.h"

/* The cart of a session, and what it would cost. */

/* Whom prices are for: the signed-in client, else a visitor in the company's country. */
const struct client *cart_client(struct cx *cx, const struct page *p);
const char *cart_currency(const struct page *p);
/* A plan as the shop shows it: active, with the visitor's currency only; ERR_NOT_FOUND. */
enum err cart_plan(struct cx *cx, const struct page *p, const char *key, json_t **ret) MUST_CHECK;
/* The items of the session's cart; items_n 0 when it is empty. */
struct order_input cart_read(struct cx *cx, const struct page *p);
/* One more line, as it was asked for. FORM only. */
enum err cart_add(struct cx *cx, struct page *p, const struct order_input_item *item) MUST_CHECK;
/*
 * Puts out.cart: null when empty, else the quote. A cart that no longer fits the catalog keeps
 * its lines and gets cart.fault.
 */
enum err cart_show(struct cx *cx, struct page *p, const struct order_input *in) MUST_CHECK;

#endif
