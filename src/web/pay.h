/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PAY_H
#define WEB_PAY_H

#include "core/invoice/invoice.h"
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
/* The sentence for the payer. */
void pay_say(struct cx *cx, struct page *p, const char *state);

#endif
