/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PAY_H
#define WEB_PAY_H

#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "web/web.h"

/* Paying an invoice from a page: the ways to pay, the way out to a provider, the way back. */

/*
 * Puts out.gateways: [{key, name, redirect, bank: null|{account_holder, iban, bic,
 * instructions}}].
 */
enum err pay_ways(struct cx *cx, struct page *p) MUST_CHECK;

/*
 * Starts (or takes up) an attempt and gives the provider's page in *ret_url; NULL when the way
 * needs none (bank transfer: the invoice says how). May suspend the request.
 */
struct pay_start {
	const struct invoice *invoice;
	const char *gateway;
	const char *return_url; /* absolute */
	const int64_t *ids;     /* several at once; invoice is the first of them */
	size_t n;
	bool subscribe; /* one invoice over one service: the provider charges later terms */
};
enum err pay_start(struct cx *cx, struct page *p, const struct pay_start *s,
    const char **ret_url) MUST_CHECK;

/*
 * Asks the provider about the newest attempt of an invoice and applies what it says. *ret_state:
 * paid pending declined open expired, or unknown when it could not be asked. May suspend the
 * request.
 */
enum err pay_ask(struct cx *cx, struct page *p, const struct invoice *i,
    const char **ret_state) MUST_CHECK;
/* Whether the provider behind a way to pay can send money back. */
bool pay_can_refund(struct cx *cx, const char *gateway);
/* refund_request(), with a field fault when the way cannot send money back. */
enum err pay_refund(struct cx *cx, int64_t payment_id, const struct refund_input *in,
    int64_t *ret_id) MUST_CHECK;
/* The sentence for the payer. */
void pay_say(struct cx *cx, struct page *p, const char *state);

#endif
