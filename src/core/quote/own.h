/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_QUOTE_OWN_H
#define CORE_QUOTE_OWN_H

#include "base/fsm.h"
#include "core/client/client.h"
#include "core/quote/quote.h"
#include "db/db.h"

extern const struct fsm quote_fsm;

/* store.c */
enum err quote_store_save(struct cx *cx, const struct quote *q, int64_t *ret_id) MUST_CHECK;
enum err quote_store_items(struct cx *cx, int64_t id, struct quote_item **ret,
    size_t *ret_n) MUST_CHECK;
/* Replaces those of a draft. */
enum err quote_store_set_items(struct cx *cx, int64_t id, const struct quote_item *items,
    size_t n) MUST_CHECK;
/* From its state to another, with what comes with the move: number, document, who decided … */
enum err quote_store_move(struct cx *cx, const struct quote *q, enum quote_state to) MUST_CHECK;
enum err quote_store_expired(struct cx *cx, struct day today, int64_t limit, int64_t **ret,
    size_t *ret_n) MUST_CHECK;
/* Open ones of the same line. */
enum err quote_store_line(struct cx *cx, const struct quote *q, int64_t **ret,
    size_t *ret_n) MUST_CHECK;

/* item.c: faults name items.N.plan, items.N.options.KEY … */
enum err quote_plan_item(struct cx *cx, const struct quote_input_item *in, size_t i,
    const struct price_buyer *buyer, struct quote_item *ret) MUST_CHECK;
/* store_option.c: what was chosen with the items of a quote, in their order */
enum err quote_store_options(struct cx *cx, int64_t id, struct quote_item *items,
    size_t n) MUST_CHECK;
enum err quote_store_drop_options(struct cx *cx, int64_t id) MUST_CHECK;
enum err quote_store_add_options(struct cx *cx, int64_t id, size_t position,
    const struct quote_item *item) MUST_CHECK;

/* view.c */
json_t *quote_row_view(const struct quote *q);
/* The tree to keep: lines, taxes, sums, seller, buyer as of now. */
enum err quote_document(struct cx *cx, const struct quote *q, json_t **ret) MUST_CHECK;

/* plan.c: who it is for (a visitor as a client without id), and what it comes to. */
enum err quote_client(struct cx *cx, const struct quote *q, struct client *ret) MUST_CHECK;
enum err quote_agreed(struct cx *cx, const struct quote *q, struct order_agreed *ret) MUST_CHECK;

#endif
