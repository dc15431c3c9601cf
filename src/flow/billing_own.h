/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_BILLING_OWN_H
#define FLOW_BILLING_OWN_H

#include "core/invoice/invoice.h"
#include "core/rate/rate.h"
#include "core/service/service.h"
#include "flow/own.h"

/* Between billing.c (the run) and billing_plan.c (which documents renewals become). */

/* What every document of a run is planned with; read once. */
struct billing_base {
	const struct settings *settings;
	const struct tax_table *taxes;
	const struct rate_table *rates;
	const char *seller;
	struct day today, until; /* periods that start by then are invoiced */
};
enum err billing_load(struct cx *cx, struct billing_base *ret) MUST_CHECK;

/* Documents to come, the services they bill, and what each service costs of them. */
struct billing_documents {
	struct invoice_plan *plans;
	struct service_billed *billed;
	size_t plans_n, billed_n;
	bool catch_up; /* one of them is for a period that has begun already */
};
/* Why a service gets no invoice now; NULL: it gets one. */
const char *billing_skip(const struct billing_base *b, const struct service *v);
/*
 * Sorted by (billed_until, client), each to be billed; options[i] and clients[i] are those of
 * services[i].
 */
struct billing_due {
	const struct service *services;
	const struct service_options *options;
	const struct client *clients;
	size_t n;
};
/*
 * Pure. One document a service and period, or with billing.group one a client and day; with
 * billing.catch_up = combined the periods that have begun share one.
 */
enum err billing_plan(struct cx *cx, const struct billing_base *b, const struct billing_due *due,
    struct billing_documents *ret) MUST_CHECK;
/* Leading services that can be planned while more may follow: a group is not torn apart. */
size_t billing_whole(const struct billing_base *b, const struct service *services, size_t n);

#endif
