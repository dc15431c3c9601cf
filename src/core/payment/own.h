/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_PAYMENT_OWN_H
#define CORE_PAYMENT_OWN_H

#include "base/fsm.h"
#include "core/ledger/ledger.h"
#include "core/payment/payment.h"
#include "core/setting/setting.h"
#include "db/db.h"

extern const struct fsm payment_fsm, attempt_fsm, refund_fsm, approval_fsm;
extern const char *const refund_ways[]; /* NULL-ended */

/* store.c */
/* *ret_id 0: (gateway, remote_id) is there already. */
enum err payment_store_insert(struct cx *cx, const struct payment *p, int64_t *ret_id) MUST_CHECK;
enum err payment_store_set(struct cx *cx, const struct payment *p, enum payment_state to,
    int64_t refunded_minor) MUST_CHECK;
enum err payment_store_share(struct cx *cx, int64_t id, int64_t invoice_id,
    int64_t amount_minor) MUST_CHECK;
enum err payment_store_shares(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n) MUST_CHECK;
enum err payment_store_disputed(struct cx *cx, int64_t invoice_id, int64_t *ret_n) MUST_CHECK;

/* store_attempt.c */
enum err attempt_store_insert(struct cx *cx, const struct attempt *a, int64_t *ret_id) MUST_CHECK;
/* The newest that may be used again: of this invoice alone, or (many) of it and others. */
struct attempt_search {
	int64_t invoice_id, amount_minor;
	const char *gateway;
	bool many, subscribe;
};
enum err attempt_store_open_of(struct cx *cx, const struct attempt_search *q,
    struct attempt *ret) MUST_CHECK;
enum err attempt_store_set(struct cx *cx, const struct attempt *a, enum attempt_state to,
    const char *reason) MUST_CHECK;
enum err attempt_store_started(struct cx *cx, int64_t id, const char *remote_id,
    const char *url) MUST_CHECK;
enum err attempt_store_link(struct cx *cx, int64_t id, int64_t invoice_id) MUST_CHECK;
/* Ascending ids; none for an attempt over one invoice. */
enum err attempt_store_invoices(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n) MUST_CHECK;

/* store_hook.c */
enum err hook_store_insert(struct cx *cx, const struct hook *h, int64_t *ret_id) MUST_CHECK;
enum err hook_store_known(struct cx *cx, const char *gateway, const char *remote_id,
    int64_t *ret_id) MUST_CHECK;
enum err hook_store_set(struct cx *cx, int64_t id, const char *state, const char *reason,
    const char *remote_id, const char *event) MUST_CHECK;

/* store_refund.c */
enum err refund_store_insert(struct cx *cx, const struct refund *r, const char *cause,
    int64_t *ret_id) MUST_CHECK; /* *ret_id 0: that cause or number is there already */
enum err refund_store_set(struct cx *cx, const struct refund *r, enum refund_state to,
    const char *detail) MUST_CHECK;
enum err refund_store_number(struct cx *cx, int64_t id, const char *remote_id) MUST_CHECK;
enum err refund_store_approved(struct cx *cx, int64_t id, int64_t staff_id) MUST_CHECK;
enum err refund_store_open_sum(struct cx *cx, int64_t payment_id, int64_t *ret_minor) MUST_CHECK;
enum err refund_store_by_cause(struct cx *cx, const char *cause, struct refund *ret) MUST_CHECK;
enum err refund_store_by_number(struct cx *cx, const char *gateway, const char *remote_id,
    struct refund *ret) MUST_CHECK;
/* One that the provider was asked for and has given no number to yet, over this amount. */
enum err refund_store_unnumbered(struct cx *cx, int64_t payment_id, int64_t amount_minor,
    struct refund *ret) MUST_CHECK;

/* store_approval.c: approvals and disputes */
enum err approval_store_insert(struct cx *cx, const struct approval *a, int64_t *ret_id) MUST_CHECK;
enum err approval_store_set(struct cx *cx, const struct approval *a, enum approval_state to,
    int64_t staff_id) MUST_CHECK;
enum err dispute_store_insert(struct cx *cx, const struct dispute *d,
    int64_t *ret_id) MUST_CHECK; /* *ret_id 0: known already */
enum err dispute_store_end(struct cx *cx, const struct dispute *d, const char *state) MUST_CHECK;

/* draw.c: where the money of a payment is now, and taking it from there. */
struct payment_piece {
	bool is_credit; /* out of the client's credit; else out of an invoice */
	bool is_funds;  /* the invoice is a top-up: its credit goes with it */
	int64_t invoice_id, amount_minor;
};
enum payment_draw_mode {
	PAYMENT_DRAW_ASKED, /* ours to refuse: what was spent is not taken */
	/* the money is gone: credit that was spent is taken back from what it paid */
	PAYMENT_DRAW_TOLD,
	PAYMENT_DRAW_ALL /* the same, and what was refunded to credit comes with it */
};
struct payment_draw {
	const struct payment *payment;
	int64_t amount_minor;
	enum payment_draw_mode mode;
	bool to_credit; /* it becomes credit: only invoices can give */
};
enum err payment_draw(struct cx *cx, const struct payment_draw *d, struct payment_piece **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * What leaves our cash is posted from each piece to `out`, keys "<prefix>/<n>"; credit that is not
 * there any more is taken back first. Nothing is settled: *ret_touched are the invoices to settle.
 */
struct payment_out {
	const struct payment *payment;
	const struct payment_piece *pieces;
	size_t n;
	const char *prefix, *out;
	enum ledger_code code;
	bool told; /* may take credit back */
	struct day booked_on;
};
struct payment_touched {
	int64_t *ids;
	size_t n;
};
enum err payment_take(struct cx *cx, const struct payment_out *o,
    struct payment_touched *ret) MUST_CHECK;
/* Settles; what an invoice then has too much becomes credit (of a written-off one, a recovery). */
enum err payment_settle_over(struct cx *cx, int64_t invoice_id, const char *prefix) MUST_CHECK;

/* refund.c: after a decision */
enum err refund_approved(struct cx *cx, int64_t id) MUST_CHECK;
enum err refund_refused(struct cx *cx, int64_t id) MUST_CHECK;
enum err approval_ask(struct cx *cx, struct approval *a, int64_t *ret_id) MUST_CHECK;

/* store_subscription.c */
enum err subscription_store_insert(struct cx *cx, const struct subscription *s,
    int64_t *ret_id) MUST_CHECK; /* 0: known */
enum err subscription_store_end(struct cx *cx, int64_t id, const char *reason,
    bool *ret_ended) MUST_CHECK;

#endif
