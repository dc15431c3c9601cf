/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_PAYMENT_PAYMENT_H
#define CORE_PAYMENT_PAYMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "core/invoice/invoice.h"
#include "base/day.h"
#include "core/payment/gateway.h"

/*
 * Money received, attempts to collect it, configured gateways, and the inbox of provider messages.
 */
enum payment_state {
	PAYMENT_RECEIVED,
	PAYMENT_PARTLY_REFUNDED,
	PAYMENT_REFUNDED,
	PAYMENT_DISPUTED,
	PAYMENT_LOST,   /* a dispute that the payer won */
	PAYMENT_FAILED, /* came in, and did not stay: a direct debit without cover */
	PAYMENT_STATES
};
/* A dispute won gives back the state it found: received, partly refunded or refunded. */
enum payment_event {
	PAYMENT_REFUND_PART,
	PAYMENT_REFUND,
	PAYMENT_DISPUTE,
	PAYMENT_DISPUTE_WON,
	PAYMENT_DISPUTE_WON_PART,
	PAYMENT_DISPUTE_WON_REFUNDED,
	PAYMENT_DISPUTE_LOST,
	PAYMENT_FAIL,
	PAYMENT_EVENTS
};
enum attempt_state {
	ATTEMPT_NEW,
	ATTEMPT_STARTED,
	ATTEMPT_PENDING,
	ATTEMPT_SUCCEEDED,
	ATTEMPT_DECLINED,
	ATTEMPT_EXPIRED,
	ATTEMPT_STATES
};
enum attempt_event {
	ATTEMPT_START,
	ATTEMPT_WAIT,
	ATTEMPT_SUCCEED,
	ATTEMPT_DECLINE,
	ATTEMPT_EXPIRE,
	ATTEMPT_EVENTS
};

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
	const int64_t *invoice_ids; /* several instead of one: paid oldest first */
	size_t invoices_n;
};
/*
 * Records it once per (gateway, remote_id): a repeat returns the first id with *ret_new false.
 * Posts cash, pays the invoice up to its balance, the rest (overpayment, closed invoice) becomes
 * credit. Events payment.receive and, through invoice_settle, invoice.pay.
 */
enum err payment_record(struct cx *cx, const struct payment_new *in, int64_t *ret_id,
    bool *ret_new) MUST_CHECK;
/*
 * Staff records money for an invoice: {gateway amount_minor currency reference}. The reference is
 * the remote id: the same one twice is the same payment.
 */
struct payment_input {
	const char *gateway, *currency, *reference;
	int64_t amount_minor;
};
extern const struct fields payment_fields;
enum err payment_by_hand(struct cx *cx, int64_t invoice_id, const struct payment_input *in,
    int64_t *ret_id) MUST_CHECK;
/*
 * Uses free credit for an open invoice, as far as it goes; *ret_used_minor may be 0. Never makes
 * credit negative; a top-up is never paid from credit.
 */
enum err payment_use_credit(struct cx *cx, int64_t invoice_id, int64_t *ret_used_minor) MUST_CHECK;
enum err payment_use_credit_upto(struct cx *cx, int64_t invoice_id, int64_t most_minor,
    int64_t *ret_used_minor) MUST_CHECK;
/* Staff gives credit (goodwill): posts grant. */
enum err payment_grant(struct cx *cx, int64_t client_id, const char *currency, int64_t amount_minor,
    const char *reason) MUST_CHECK;
/*
 * Booked when the provider says so, each once by the provider's number of the fact, in whatever
 * order its messages come. A dispute reopens what the payment paid and takes back credit that it
 * gave (where that was used, the invoices it paid are reopened); won puts everything back. A
 * dispute known as won or lost is not opened again. Failed: money that came in did not stay; the
 * invoice is open again, event invoice.payment_fail.
 */
enum err payment_disputed(struct cx *cx, int64_t id, const char *dispute_id) MUST_CHECK;
enum err payment_dispute_won(struct cx *cx, int64_t id, const char *dispute_id) MUST_CHECK;
enum err payment_dispute_lost(struct cx *cx, int64_t id, const char *dispute_id) MUST_CHECK;
enum err payment_failed(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
/* A payment of this invoice is in dispute: nothing is taken away meanwhile. */
enum err payment_is_disputed(struct cx *cx, int64_t invoice_id, bool *ret) MUST_CHECK;
/* The invoices a payment paid, as ids; *ret_n 0: it is all credit. */
enum err payment_invoices(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n) MUST_CHECK;
struct dispute {
	int64_t id, payment_id, client_id, amount_minor, opened_at, ended_at;
	const char *gateway, *remote_id, *state; /* open | won | lost */
};
enum err dispute_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct dispute *ret) MUST_CHECK;
/* The newest of a payment; ERR_NOT_FOUND "dispute.none". */
enum err dispute_of(struct cx *cx, int64_t payment_id, struct dispute *ret) MUST_CHECK;
enum err payment_get(struct cx *cx, int64_t client_id, int64_t id, struct payment *ret) MUST_CHECK;
enum err payment_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct payment *ret) MUST_CHECK;
struct payment_filter {
	int64_t client_id, invoice_id, after, limit;
	const char *state, *gateway, *q;
};
enum err payment_list(struct cx *cx, const struct payment_filter *f, json_t **ret) MUST_CHECK;

/* Refunds -------------------- */
enum refund_state {
	REFUND_WAITING_APPROVAL,
	REFUND_NEW,
	REFUND_ASKED,
	REFUND_DONE,
	REFUND_DECLINED,
	REFUND_CANCELLED,
	REFUND_STATES
};
enum refund_event {
	REFUND_APPROVE,
	REFUND_CANCEL,
	REFUND_ASK,
	REFUND_FINISH,
	REFUND_DECLINE,
	REFUND_EVENTS
};
struct refund {
	int64_t id, payment_id, client_id, amount_minor, requested_by, approved_by, created_at,
	    done_at;
	const char *
	    /* gateway: back the way it came | credit: no money moves | offline: paid by hand */
	    way;
	const char *gateway; /* whose cash goes out */
	const char *currency, *reason, *reference, *remote_id, *detail;
	enum refund_state state;
};
struct refund_input {
	int64_t amount_minor;
	const char *currency, *way, *reason, *reference, *gateway;
	const char *once; /* of a form: the same one twice is one request */
};
extern const struct fields refund_fields;
/*
 * Asks for money to go back: never more than the payment less what is refunded or being refunded
 * ("refund.too_much"), nor what became credit and was spent ("refund.spent"). Above the threshold
 * approval.refund_minor it waits for a second staff member. Credit and offline are booked at once,
 * the gateway is asked by job refund.run.
 */
enum err refund_request(struct cx *cx, int64_t payment_id, const struct refund_input *in,
    int64_t *ret_id) MUST_CHECK;
/* What it would do, without doing it: {amount_minor, currency, way, needs_approval, steps:
 * [{what: credit_note | credit | cash | back_to_credit, amount_minor, currency, invoice_id, number,
 * account}]}. */
enum err refund_preview(struct cx *cx, int64_t payment_id, const struct refund_input *in,
    json_t **ret) MUST_CHECK;
/* How much can be asked for now. */
enum err refund_left(struct cx *cx, int64_t payment_id, int64_t *ret_minor) MUST_CHECK;
enum err refund_cancel(struct cx *cx, int64_t id,
    const char *reason) MUST_CHECK; /* not yet asked */
/* The provider is about to be called with key "rfd-<id>". */
enum err refund_asked(struct cx *cx, int64_t id) MUST_CHECK;
/* It said yes: books it; a repeat changes nothing. */
enum err refund_done(struct cx *cx, int64_t id, const char *remote_id) MUST_CHECK;
enum err refund_declined(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
/*
 * A provider's message about money that went back: ours (by its number or our key) is booked if it
 * is not yet, another was made outside and is booked the same way. ERR_RETRY "hook.early" while one
 * of ours over the same amount is under way and cannot be told from it.
 */
struct refund_news {
	int64_t amount_minor;
	const char *remote_id, *key; /* key "": the provider does not echo it */
};
enum err refund_reported(struct cx *cx, int64_t payment_id,
    const struct refund_news *news) MUST_CHECK;
enum err refund_get(struct cx *cx, int64_t client_id, int64_t id, struct refund *ret) MUST_CHECK;
struct refund_filter {
	int64_t client_id, payment_id, after, limit;
	const char *state;
};
enum err refund_list(struct cx *cx, const struct refund_filter *f, json_t **ret) MUST_CHECK;
json_t *refund_view(const struct refund *r);

/* Approvals -------------------- */
enum approval_state { APPROVAL_WAITING, APPROVAL_APPROVED, APPROVAL_REFUSED, APPROVAL_STATES };
enum approval_event { APPROVAL_APPROVE, APPROVAL_REFUSE, APPROVAL_EVENTS };
struct approval {
	int64_t id, subject_id, client_id, amount_minor, requested_by, decided_by, created_at,
	    decided_at;
	const char *kind, *subject, *currency,
	    *reason;        /* kind: refund | credit | write_off | credit_note */
	const char *detail; /* of a credit note: "3,4" (items), "all", "" (an amount) */
	enum approval_state state;
};
/* Staff give credit or write an invoice off: at once (*ret_approval_id 0), or above the threshold
 * when a second staff member approves. */
struct approval_credit {
	int64_t client_id, amount_minor;
	const char *currency, *reason;
};
enum err approval_give_credit(struct cx *cx, const struct approval_credit *in,
    int64_t *ret_approval_id) MUST_CHECK;
/* approval.c: a threshold in the company's currency; what is in another currency is above it. */
bool approval_needed(const struct settings *s, int64_t threshold_minor, int64_t amount_minor,
    const char *currency);
/* A credit note, which waits when it turns at least that much of paid money into credit. */
enum err approval_credit_note(struct cx *cx, const struct credit_wish *in, int64_t *ret_note_id,
    int64_t *ret_approval_id) MUST_CHECK;
enum err approval_write_off(struct cx *cx, int64_t invoice_id, const char *reason,
    int64_t *ret_approval_id) MUST_CHECK;
/*
 * Decides and does what was asked. Who asked cannot approve (ERR_DENIED "approval.same"), but can
 * take it back by refusing. Nobody but staff decides ("approval.staff").
 */
enum err approval_decide(struct cx *cx, int64_t id, bool approve) MUST_CHECK;
enum err approval_get(struct cx *cx, int64_t id, struct approval *ret) MUST_CHECK;
/* The one that waits for a subject of a kind; ERR_NOT_FOUND "approval.none". */
enum err approval_find(struct cx *cx, const char *kind, int64_t subject_id,
    struct approval *ret) MUST_CHECK;
enum err approval_list(struct cx *cx, const char *state, int64_t after, int64_t limit,
    json_t **ret) MUST_CHECK;
enum err approval_count(struct cx *cx, int64_t *ret_waiting) MUST_CHECK;

/* Top-ups -------------------- */
struct funds_input {
	int64_t amount_minor;
	const char *currency; /* "": the client's */
	const char *once;     /* of a form: the same one twice is one invoice */
};
extern const struct fields funds_fields;
/* An invoice over an amount that becomes credit when it is paid; limits funds.min_minor and
 * funds.max_minor. */
enum err funds_add(struct cx *cx, int64_t client_id, const struct funds_input *in,
    int64_t *ret_invoice_id) MUST_CHECK;
/* Credits top-ups that stayed unpaid past their due day. */
enum err funds_expire(struct cx *cx, struct day today, int64_t limit, int64_t *ret_n) MUST_CHECK;

/* Attempts -------------------- */
struct attempt {
	int64_t id, client_id, invoice_id, amount_minor, created_at;
	const char *gateway, *remote_id, *url, *currency, *reason;
	enum attempt_state state;
	bool subscribe; /* the payer wishes that the provider charges later terms by itself */
};
/*
 * A new attempt over the invoice's balance; an open one (new, started) of the same gateway and
 * amount is reused. ERR_CONFLICT "invoice.paid" when nothing is due, "attempt.pending" while one is
 * pending at the provider.
 */
enum err attempt_create(struct cx *cx, int64_t client_id, int64_t invoice_id, const char *gateway,
    struct attempt *ret) MUST_CHECK;
/* One attempt over several open invoices of one currency; their balances together. */
struct attempt_wish {
	int64_t client_id;
	const int64_t *invoice_ids;
	size_t invoices_n;
	const char *gateway;
	bool subscribe;
};
enum err attempt_create_many(struct cx *cx, const struct attempt_wish *wish,
    struct attempt *ret) MUST_CHECK;
enum err attempt_started(struct cx *cx, int64_t id, const char *remote_id,
    const char *url) MUST_CHECK;
enum err attempt_get(struct cx *cx, int64_t id, struct attempt *ret) MUST_CHECK;
enum err attempt_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct attempt *ret) MUST_CHECK;
/*
 * What the provider says of it: state paid|pending|declined|open|expired with amount; paid checks
 * amount and currency (ERR_INVALID "payment.mismatch") and records the payment.
 */
struct attempt_news {
	const char *state, *remote_payment, *currency, *reason;
	int64_t amount_minor;
	const char *subscription; /* that came with the payment; NULL or "": none */
};
enum err attempt_apply_news(struct cx *cx, int64_t id, const struct attempt_news *n) MUST_CHECK;
/* Started or pending attempts to ask about: created before a time, oldest first. */
enum err attempt_list_open(struct cx *cx, int64_t created_before, int64_t after_id, int64_t limit,
    struct attempt **ret, size_t *ret_n) MUST_CHECK;
enum err attempt_pending(struct cx *cx, int64_t invoice_id,
    bool *ret) MUST_CHECK; /* one is pending at its provider */
enum err attempt_list(struct cx *cx, int64_t invoice_id, json_t **ret) MUST_CHECK;

/* Subscriptions -------------------- */
struct subscription {
	int64_t id, client_id, service_id, created_at;
	const char *gateway, *remote_id, *state; /* active | ended */
};
/*
 * A payment came with an agreement about later terms: kept when the attempt's invoice is over one
 * service, else nobody could say whose term a charge is for. Event service.subscribe. Idempotent.
 */
enum err subscription_start(struct cx *cx, const struct attempt *a,
    const char *remote_id) MUST_CHECK;
enum err subscription_get(struct cx *cx, int64_t id, struct subscription *ret) MUST_CHECK;
enum err subscription_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct subscription *ret) MUST_CHECK;
/* The active ones of a service. */
enum err subscription_list(struct cx *cx, int64_t service_id, struct subscription **ret,
    size_t *ret_n) MUST_CHECK;
/* It is over; event service.unsubscribe. Idempotent. */
enum err subscription_end(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
/* The wish to end it: a job asks the provider. client_id 0: staff. ERR_CONFLICT: there is none. */
enum err subscription_stop(struct cx *cx, int64_t client_id, int64_t service_id) MUST_CHECK;

/* Gateways -------------------- */
struct gateway {
	const char *key, *provider, *name,
	    *settings; /* settings: JSON text, secrets sealed as {"sealed":"…"} */
	bool enabled;
	int64_t position;
};
enum err gateway_get(struct cx *cx, const char *key, struct gateway *ret) MUST_CHECK;
/*
 * settings_json: already validated against the provider's field table and sealed (link/registry.h
 * link_settings).
 */
enum err gateway_save(struct cx *cx, const struct gateway *g) MUST_CHECK;
enum err gateway_list(struct cx *cx, bool enabled_only,
    json_t **ret) MUST_CHECK; /* [{key,provider,name,enabled,position}] */

/* Hooks -------------------- */
struct hook {
	int64_t id;
	const char *gateway, *remote_id, *headers, *body, *event, *state, *reason, *ip;
	int64_t received_at;
};
/* Stored raw, before anything is believed. */
enum err hook_store(struct cx *cx, const struct hook *h, int64_t *ret_id) MUST_CHECK;
/*
 * Verified: keeps the provider's id (a repeat of a known one becomes "done" with reason "repeat")
 * and adds job hook.apply. *ret_new false on a repeat.
 */
enum err hook_verified(struct cx *cx, int64_t id, const char *remote_id, const char *event_json,
    bool *ret_new) MUST_CHECK;
enum err hook_refused(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
enum err hook_get(struct cx *cx, int64_t id, struct hook *ret) MUST_CHECK;
enum err hook_done(struct cx *cx, int64_t id, bool failed, const char *reason) MUST_CHECK;
enum err hook_list(struct cx *cx, const char *gateway, const char *state, int64_t after,
    int64_t limit, json_t **ret) MUST_CHECK;

/* No payment without its transfers, no paid invoice without them, credit never negative. */
enum err payment_audit(struct cx *cx, json_t *findings) MUST_CHECK;

#endif
