/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_PAYMENT_GATEWAY_H
#define CORE_PAYMENT_GATEWAY_H

#include <jansson.h>

#include "base/cx.h"
#include "fmt/field.h"

/*
 * What a payment provider offers; implemented in link/gateway/<name>.c, listed in link/registry.c.
 * All functions run in a link process with opened settings (an object). They touch neither database
 * nor pages.
 */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_PENDING,
	OUTCOME_DECLINED,
	OUTCOME_NOT_TRIED,
	OUTCOME_UNKNOWN,
	OUTCOMES
};
const char *outcome_word(enum outcome o);
int outcome_find(const char *word); /* -1 unknown */

/* An answer of a provider: what happened, a sentence for staff, and data of the call. */
struct answer {
	enum outcome outcome;
	const char *reason; /* "" when done */
	json_t *data;       /* object, kept in the arena */
};

enum {
	GATEWAY_REDIRECT = 1,
	GATEWAY_REFUND = 2,
	GATEWAY_HOOKS = 4,
	GATEWAY_MANUAL = 8,
	GATEWAY_SUBSCRIBE = 16 /* the provider can charge each further term by itself */
};

struct gateway_provider {
	const char *name, *label;
	unsigned abilities;
	const struct fields *settings; /* form, validation, masking, documentation */
	/*
	 * checkout MUST be safe to repeat with the same key. args: {key, amount_minor, currency,
	 * reference, return_url, hook_url, subscribe} -> {url, remote_id}. subscribe: the payer
	 * wishes that later terms are charged by the provider
	 */
	enum err (*checkout)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret);
	/*
	 * ask: args {remote_id} -> {state: paid|pending|declined|open|expired|failed,
	 * remote_payment, amount_minor, currency, subscription}; failed: it was paid, and the money
	 * did not stay; subscription: the agreement that was made with it
	 */
	enum err (
	    *ask)(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret);
	/*
	 * refund MAY be NULL. args {key, remote_payment, amount_minor, currency} -> {remote_refund}
	 */
	enum err (
	    *refund)(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret);
	/*
	 * verify: proves authenticity of raw bytes. args {headers:{lower-case names}, body, now} ->
	 * {remote_id, type, remote_checkout, remote_payment, amount_minor, currency, reference,
	 * remote_refund, refund_key, dispute, subscription}; type: paid pending declined failed
	 * refunded disputed dispute_won dispute_lost charged unsubscribed other. charged: a further
	 * term of a subscription was paid. failed: the money came in and did not stay. refund_key:
	 * our key of the refund, when the provider echoes it. A forged or stale message is
	 * DECLINED.
	 */
	enum err (
	    *verify)(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret);
	/*
	 * unsubscribe MAY be NULL. args {subscription} -> {}; one that has ended already is DONE
	 */
	enum err (*unsubscribe)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret);
	/* test: is it reachable with these settings? */
	enum err (*test)(struct cx *cx, const json_t *settings, struct answer *ret);
};

#endif
