/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SERVICE_REPRICE_H
#define CORE_SERVICE_REPRICE_H

#include "core/service/service.h"

/*
 * Re-pricing: another price for many running services at once, from the first period of each that
 * starts on or after a day. It is told by a letter before (rule reprice.letters), applied by the
 * run that bills the period, and can be cancelled until then. One waits per service.
 */
struct reprice_input {
	const char *plans, *cycles; /* keys of plans; cycles, "": all; blanks between */
	const char *currency;
	const char *versions; /* ids of price rows that services are on; "": any */
	const char *amounts;  /* present prices as decimals; "": any */
	const char *how;      /* current: the plan's price now | percent | amount */
	int64_t change_ppm;   /* percent: up, or down when negative */
	const char *round;    /* cent | whole (.00) | half (.00 or .50) | 99 (.99) */
	int64_t price_minor;  /* amount */
	struct day effective_on;
	bool overridden, discounted, invoiced; /* also those that are left out otherwise */
	const char *short_reason;              /* why the notice is shorter than the setting says */
	const char *reason;                    /* told to clients */
	const char *cause;                     /* makes it once; "": a new one */
	int64_t expect_services, expect_minor; /* what the preview said */
	bool has_expect;
};
extern const struct fields reprice_fields;

/*
 * What it would do: {currency effective_on notice_days services left_out before_minor after_minor
 * (monthly) data:[{id client_id plan_name domain cycle currency quantity old_minor new_minor
 * apply_on why}] next}; why is null for those who get the price, else the reason they are left out.
 * Pages by id > after. Field faults: plans, cycles, versions, amounts, price_minor, change_ppm,
 * effective_on ("reprice.past", "reprice.notice").
 */
enum err reprice_preview(struct cx *cx, const struct reprice_input *in, int64_t after,
    int64_t limit, json_t **ret) MUST_CHECK;
/*
 * Does it, once per cause. ERR_INVALID "reprice.empty" when nobody gets a new price, ERR_CONFLICT
 * "reprice.preview" when it is not what was shown. Event reprice.create.
 */
enum err reprice_create(struct cx *cx, const struct reprice_input *in, int64_t *ret_id) MUST_CHECK;
/* What waits is cancelled; ERR_CONFLICT "reprice.over" when nothing does. Event reprice.cancel. */
enum err reprice_cancel(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
/* The same of one service; ERR_NOT_FOUND "reprice.none". */
enum err reprice_cancel_service(struct cx *cx, int64_t service_id, const char *reason) MUST_CHECK;

/* {id state currency effective_on reason created_at ended_at before_minor after_minor input
 * waiting applied skipped cancelled clients} */
enum err reprice_view(struct cx *cx, int64_t id, json_t **ret) MUST_CHECK;
enum err reprice_list(struct cx *cx, int64_t before, int64_t limit, json_t **ret) MUST_CHECK;
struct reprice_filter {
	int64_t reprice_id, client_id, after, limit; /* by id > after */
	const char *state;
};
/* [{id state service_id client_id plan_name domain cycle currency quantity old_minor new_minor
 * apply_on detail}] */
enum err reprice_items(struct cx *cx, const struct reprice_filter *f, json_t **ret) MUST_CHECK;
/* Clients with an item in the state, by client > after. */
enum err reprice_clients(struct cx *cx, const struct reprice_filter *f, int64_t **ret,
    size_t *ret_n) MUST_CHECK;

/*
 * Which versions of a plan's prices running services are on: [{price_id cycle currency price_minor
 * state created_at services quantity}]; price_id null: a price of its own.
 */
enum err reprice_versions(struct cx *cx, int64_t plan_id, json_t **ret) MUST_CHECK;

#endif
