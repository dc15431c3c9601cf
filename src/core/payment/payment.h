/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_PAYMENT_PAYMENT_H
#define CORE_PAYMENT_PAYMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/payment/gateway.h"

/* Money received, attempts to collect it, configured gateways, and the inbox of provider messages. */
enum payment_state { PAYMENT_RECEIVED, PAYMENT_PARTLY_REFUNDED, PAYMENT_REFUNDED, PAYMENT_DISPUTED, PAYMENT_STATES };
enum payment_event { PAYMENT_REFUND_PART, PAYMENT_REFUND, PAYMENT_DISPUTE, PAYMENT_DISPUTE_WON, PAYMENT_EVENTS };
enum attempt_state { ATTEMPT_NEW, ATTEMPT_STARTED, ATTEMPT_PENDING, ATTEMPT_SUCCEEDED, ATTEMPT_DECLINED, ATTEMPT_EXPIRED, ATTEMPT_STATES };
enum attempt_event { ATTEMPT_START, ATTEMPT_WAIT, ATTEMPT_SUCCEED, ATTEMPT_DECLINE, ATTEMPT_EXPIRE, ATTEMPT_EVENTS };

struct payment {
	int64_t id, client_id, invoice_id, amount_minor, refunded_minor, received_at;
	const char *gateway, *remote_id, *reference, *currency;
	enum payment_state state;
	struct day received_on;
};
/* Money came in. invoice_id 0: as credit. */
struct payment_new {
	int64_t client_id, invoice_id, amount_minor;
	const char *gateway, *remote_id, *reference, *currency;
};
/*
 * Records it once per (gateway, remote_id): a repeat returns the first id with *ret_new false. Posts cash, pays the invoice up to its balance,
 * the rest (overpayment, closed invoice) becomes credit. Events payment.receive and, through invoice_settle, invoice.pay.
 */
enum err payment_record(struct cx *cx, const struct payment_new *in, int64_t *ret_id, bool *ret_new) MUST_CHECK;
/* Staff records money for an invoice: {gateway amount_minor currency reference}. The reference is the remote id: the same one twice is the same payment. */
struct payment_input {
	const char *gateway, *currency, *reference;
	int64_t amount_minor;
};
extern const struct fields payment_fields;
enum err payment_by_hand(struct cx *cx, int64_t invoice_id, const struct payment_input *in, int64_t *ret_id) MUST_CHECK;
/* Uses free credit for an open invoice, as far as it goes; *ret_used_minor may be 0. Never makes credit negative. */
enum err payment_use_credit(struct cx *cx, int64_t invoice_id, int64_t *ret_used_minor) MUST_CHECK;
/* Staff gives credit (goodwill): posts grant. */
enum err payment_grant(struct cx *cx, int64_t client_id, const char *currency, int64_t amount_minor, const char *reason) MUST_CHECK;
/* Booked when the provider says so (refund outside, dispute, dispute won); idempotent by remote id of the fact. */
enum err payment_refunded(struct cx *cx, int64_t id, int64_t amount_minor, const char *remote_id) MUST_CHECK;
enum err payment_disputed(struct cx *cx, int64_t id, const char *remote_id) MUST_CHECK;
enum err payment_dispute_won(struct cx *cx, int64_t id, const char *remote_id) MUST_CHECK;
enum err payment_get(struct cx *cx, int64_t client_id, int64_t id, struct payment *ret) MUST_CHECK;
enum err payment_find(struct cx *cx, const char *gateway, const char *remote_id, struct payment *ret) MUST_CHECK;
struct payment_filter {
	int64_t client_id, invoice_id, after, limit;
	const char *state, *gateway, *q;
};
enum err payment_list(struct cx *cx, const struct payment_filter *f, json_t **ret) MUST_CHECK;

/* Attempts ---------------------------------------------------------------------------------------- */
struct attempt {
	int64_t id, client_id, invoice_id, amount_minor, created_at;
	const char *gateway, *remote_id, *url, *currency, *reason;
	enum attempt_state state;
};
/* A new attempt over the invoice's balance; an open one (new, started) of the same gateway and amount is reused. ERR_CONFLICT "invoice.paid"
 * when nothing is due, "attempt.pending" while one is pending at the provider. */
enum err attempt_create(struct cx *cx, int64_t client_id, int64_t invoice_id, const char *gateway, struct attempt *ret) MUST_CHECK;
enum err attempt_started(struct cx *cx, int64_t id, const char *remote_id, const char *url) MUST_CHECK;
enum err attempt_get(struct cx *cx, int64_t id, struct attempt *ret) MUST_CHECK;
enum err attempt_find(struct cx *cx, const char *gateway, const char *remote_id, struct attempt *ret) MUST_CHECK;
/* What the provider says of it: state paid|pending|declined|open|expired with amount; paid checks amount and currency (ERR_INVALID "payment.mismatch") and records the payment. */
struct attempt_news {
	const char *state, *remote_payment, *currency, *reason;
	int64_t amount_minor;
};
enum err attempt_apply_news(struct cx *cx, int64_t id, const struct attempt_news *n) MUST_CHECK;
/* Started or pending attempts to ask about: created before a time, oldest first. */
enum err attempt_list_open(struct cx *cx, int64_t created_before, int64_t after_id, int64_t limit, struct attempt **ret, size_t *ret_n) MUST_CHECK;
enum err attempt_pending(struct cx *cx, int64_t invoice_id, bool *ret) MUST_CHECK; /* one is pending at its provider */
enum err attempt_list(struct cx *cx, int64_t invoice_id, json_t **ret) MUST_CHECK;

/* Gateways ---------------------------------------------------------------------------------------- */
struct gateway {
	const char *key, *provider, *name, *settings; /* settings: JSON text, secrets sealed as {"sealed":"…"} */
	bool enabled;
	int64_t position;
};
enum err gateway_get(struct cx *cx, const char *key, struct gateway *ret) MUST_CHECK;
/* settings_json: already validated against the provider's field table and sealed (link/registry.h link_settings). */
enum err gateway_save(struct cx *cx, const struct gateway *g) MUST_CHECK;
enum err gateway_list(struct cx *cx, bool enabled_only, json_t **ret) MUST_CHECK; /* [{key,provider,name,enabled,position}] */

/* Hooks ------------------------------------------------------------------------------------------- */
struct hook {
	int64_t id;
	const char *gateway, *remote_id, *headers, *body, *event, *state, *reason, *ip;
	int64_t received_at;
};
/* Stored raw, before anything is believed. */
enum err hook_store(struct cx *cx, const struct hook *h, int64_t *ret_id) MUST_CHECK;
/* Verified: keeps the provider's id (a repeat of a known one becomes "done" with reason "repeat") and adds job hook.apply. *ret_new false on a repeat. */
enum err hook_verified(struct cx *cx, int64_t id, const char *remote_id, const char *event_json, bool *ret_new) MUST_CHECK;
enum err hook_refused(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
enum err hook_get(struct cx *cx, int64_t id, struct hook *ret) MUST_CHECK;
enum err hook_done(struct cx *cx, int64_t id, bool failed, const char *reason) MUST_CHECK;
enum err hook_list(struct cx *cx, const char *gateway, const char *state, int64_t after, int64_t limit, json_t **ret) MUST_CHECK;

/* No payment without its transfers, no paid invoice without them, credit never negative. */
enum err payment_audit(struct cx *cx, json_t *findings) MUST_CHECK;

#endif
