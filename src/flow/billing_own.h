/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_BILLING_OWN_H
#define FLOW_BILLING_OWN_H

#include "core/billable/billable.h"
#include "core/invoice/invoice.h"
#include "core/meter/meter.h"
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

/* Items to invoice of the clients of a slice, and on which plan each is: its place + 1, 0 none. */
struct billing_items {
	struct billable *rows;
	size_t *plan_of;
	size_t n;
};
struct billing_place {
	int64_t client_id;
	const char *currency;
	size_t plan;
};

/* The use lines of a service, to be recorded with the document. */
struct billing_used {
	const struct service *service;
	struct meter_line *lines;
	size_t n;
};
/* Documents to come, the services they bill, and what each service costs of them. */
struct billing_documents {
	struct invoice_plan *plans;
	struct service_billed *billed;
	size_t plans_n, billed_n;
	struct billing_used *used; /* metered lines among them, by service */
	size_t used_n;
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
	struct billing_items *items; /* NULL: none */
	const struct meter_uses *uses; /* what was read of them and is not billed */
};
/*
 * Pure. One document a service and period, or with billing.group one a client and day; with
 * billing.catch_up = combined the periods that have begun share one.
 */
enum err billing_plan(struct cx *cx, const struct billing_base *b, const struct billing_due *due,
    struct billing_documents *ret) MUST_CHECK;
/* Leading services that can be planned while more may follow: a group is not torn apart. */
size_t billing_whole(const struct billing_base *b, const struct service *services, size_t n);

/* billing_items.c: what waits for these clients, with one statement. */
enum err billing_items_load(struct cx *cx, const struct billing_base *b, const int64_t *clients,
    size_t n, struct billing_items *ret) MUST_CHECK;
size_t billing_items_count(const struct billing_items *items, int64_t client_id);
/* Pure: puts lines of a client and currency on a plan, as many as there is room for. */
size_t billing_items_add(struct billing_items *items, const struct billing_place *at,
    struct invoice_line *lines, size_t room);
/* After the commit of the plans, in its transaction. */
enum err billing_items_mark(struct cx *cx, const struct billing_base *b,
    const struct billing_items *items, const int64_t *invoice_ids) MUST_CHECK;
/* Items whose day has come and that no renewal took along. */
enum err billing_items_sweep(struct worker *w, const struct billing_base *b, int64_t run_id,
    struct run_sum *sum) MUST_CHECK;
/* Ids that a dry run has put on a renewal already. */
struct billing_foretold {
	int64_t *ids;
	size_t n, max;
};
bool billing_was_foretold(const struct billing_foretold *told, int64_t id);
enum err billing_items_foretell(struct cx *cx, const struct billing_base *b,
    const struct billing_foretold *told, json_t *items) MUST_CHECK;

#endif
