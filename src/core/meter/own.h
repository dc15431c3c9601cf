/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_METER_OWN_H
#define CORE_METER_OWN_H

#include "base/fsm.h"
#include "core/meter/meter.h"
#include "db/db.h"

extern const char *const meter_models[METER_MODELS + 1];
extern const char *const meter_aggregations[METER_AGGREGATIONS + 1];
extern const struct fsm meter_fsm, meter_bill_fsm, reading_fsm;

/* store.c */
enum err meter_store_list(struct cx *cx, int64_t plan_id, int64_t id, struct meter **ret,
    size_t *ret_n) MUST_CHECK;
enum err meter_store_save(struct cx *cx, const struct meter *m, int64_t *ret_id) MUST_CHECK;
enum err meter_store_tiers(struct cx *cx, const struct meter *m) MUST_CHECK; /* replaces them */
enum err meter_store_state(struct cx *cx, int64_t id, const char *from, const char *to) MUST_CHECK;

/* store_reading.c */
struct reading {
	int64_t id, service_id, meter_id, at, quantity, replaces_id, bill_id;
	const char *key, *source, *note, *state;
};
enum err reading_store_insert(struct cx *cx, const struct reading *r,
    int64_t *ret_id) MUST_CHECK; /* 0: the key is known */
enum err reading_store_find(struct cx *cx, const struct reading *by,
    struct reading *ret) MUST_CHECK;
enum err reading_store_get(struct cx *cx, int64_t service_id, int64_t id,
    struct reading *ret) MUST_CHECK;
enum err reading_store_replace(struct cx *cx, int64_t id, bool *ret_done) MUST_CHECK;

/* store_bill.c */
struct meter_row { /* unbilled readings of a service and meter */
	int64_t service_id, meter_id, sum, max, last, readings, late;
	struct day from;
};
enum err meter_store_unbilled(struct cx *cx, const int64_t ids[2], int64_t until_at,
    struct meter_row **ret, size_t *ret_n) MUST_CHECK;
struct meter_bill {
	int64_t id, service_id, meter_id, until_at, quantity, allowance, readings, late,
	    amount_minor;
	struct day from, to;
	const char *currency, *tiers, *aggregation;
};
enum err meter_store_bill(struct cx *cx, const struct meter_bill *b, int64_t *ret_id) MUST_CHECK;
enum err meter_store_mark(struct cx *cx, const struct meter_bill *b, int64_t *ret_n) MUST_CHECK;
enum err meter_store_bills(struct cx *cx, int64_t service_id, struct meter_bill **ret,
    size_t *ret_n) MUST_CHECK;
enum err meter_store_bill_of(struct cx *cx, int64_t service_id, int64_t meter_id, struct day from,
    struct meter_bill *ret) MUST_CHECK;
enum err meter_store_void(struct cx *cx, int64_t bill_id) MUST_CHECK;
enum err meter_store_readings_of(struct cx *cx, int64_t bill_id, json_t *list) MUST_CHECK;

/* view.c */
json_t *meter_tiers_view(struct cx *cx, const struct meter *m, const char *currency);

#endif
