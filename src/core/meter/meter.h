/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_METER_METER_H
#define CORE_METER_METER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/invoice/invoice.h"
#include "core/service/service.h"
#include "fmt/field.h"

/*
 * Metered use: what a plan counts (meters with their tiers), what was read of each service, and the
 * lines it becomes. A reading is billed exactly once.
 */
enum meter_model { METER_PER_UNIT, METER_PACKAGE, METER_GRADUATED, METER_VOLUME, METER_MODELS };
enum meter_aggregation { METER_SUM, METER_MAX, METER_LAST, METER_AGGREGATIONS };

struct meter_tier {
	const char *currency;
	int64_t up_to;       /* the last unit of the tier; 0: open end */
	int64_t price_micro; /* millionths of a minor unit, per unit (or package) */
	int64_t flat_minor;  /* once, when a unit of the tier is used */
};
struct meter {
	int64_t id, plan_id, included, package_size, panel_per, created_at;
	const char *key, *name, *unit, *panel_key; /* panel_key: the panel's figure, "" none */
	enum meter_model model;
	enum meter_aggregation aggregation;
	bool active;
	const struct meter_tier *tiers; /* by currency and up_to, the open one last */
	size_t tiers_n;
};

/* Pure rules; docs/money.md states them with an example. ------------------------------------ */

/* The allowance of a period: units included per term and unit of the service, in proportion to the
 * days, rounded up. */
int64_t meter_allowance(const struct meter *m, int64_t quantity, int64_t days, int64_t full_days);
/*
 * What `used` units cost beyond the allowance, by the tiers of a currency: computed exactly,
 * rounded half up once. -1: no tiers in that currency; never more than MONEY_MINOR_MAX + 1.
 */
int64_t meter_price(const struct meter *m, const char *currency, int64_t used, int64_t allowance);
/* "0.0025" in a currency as millionths of its minor unit, and back. */
bool meter_micro_parse(const char *text, const char *currency, int64_t *ret);
char *meter_micro_print(struct arena *a, int64_t micro, const char *currency);

/* Meters of a plan. -------------------------------------------------------------------------- */
struct meter_input_tier {
	const char *currency, *price;
	int64_t up_to, flat_minor;
};
struct meter_input {
	const char *key, *name, *unit, *model, *aggregation, *panel_key;
	int64_t included, package_size, panel_per;
	struct field_list tiers; /* of meter_input_tier */
};
extern const struct fields meter_fields;
/* id 0: new, of plan_id. Readings not billed yet are billed by the new tiers. */
enum err meter_save(struct cx *cx, int64_t plan_id, int64_t id, const struct meter_input *in,
    int64_t *ret_id) MUST_CHECK;
enum err meter_get(struct cx *cx, int64_t id, struct meter *ret) MUST_CHECK;
enum err meter_retire(struct cx *cx, int64_t id, bool retired) MUST_CHECK;
/* Of a plan (0: of all that panels are asked for), retired ones too. */
enum err meter_list(struct cx *cx, int64_t plan_id, struct meter **ret, size_t *ret_n) MUST_CHECK;
/* {id plan_id key name unit model included package_size aggregation panel_key panel_per state
 * tiers:[{currency up_to price price_micro flat_minor}]} */
json_t *meter_view(struct cx *cx, const struct meter *m);

/* Readings. ---------------------------------------------------------------------------------- */
struct reading_input {
	const char *meter, *key, *at, *note; /* at: RFC 3339, "" now; key "": a new one */
	int64_t quantity;
	int64_t replaces_id; /* 0: none */
};
struct reading_many {
	struct field_list readings; /* of reading_input */
};
extern const struct fields reading_fields, reading_many_fields;
/*
 * All of them or none. The same key with the same content is the same reading (*ret_ids has its
 * id); with other content ERR_CONFLICT "reading.key". "reading.billed" when what is to be replaced
 * is billed. source: api | panel | staff.
 */
struct reading_batch {
	int64_t service_id;
	const char *source;
	const struct reading_input *in;
	size_t n;
};
enum err reading_add(struct cx *cx, const struct reading_batch *b, int64_t *ret_ids) MUST_CHECK;
/* A panel's figure of a day; one that is there already stays. */
enum err reading_from_panel(struct cx *cx, int64_t service_id, const struct meter *m,
    int64_t figure, struct day on) MUST_CHECK;
struct reading_filter {
	int64_t service_id, meter_id, before, limit; /* newest first, id < before */
};
/* [{id service_id meter_id meter name unit at quantity key source note state bill_id}] */
enum err reading_list(struct cx *cx, const struct reading_filter *f, json_t **ret) MUST_CHECK;

/* Billing. ----------------------------------------------------------------------------------- */

/* What is read and not billed of one meter of a service, up to a day. */
struct meter_use {
	int64_t service_id, quantity, readings, late;
	const struct meter *meter;
	struct day from; /* where the use line before ended, or the service's first day */
};
struct meter_uses {
	struct meter_use *rows; /* by service, then meter */
	size_t n;
	int64_t until_at; /* the first instant that does not count any more */
	struct day until;
};
/* Of n services, read before the first instant of a day; in the transaction that bills them. */
enum err meter_uses_load(struct cx *cx, const struct service *s, size_t n, struct day until,
    struct meter_uses *ret) MUST_CHECK;
struct meter_line {
	const struct meter_use *use;
	int64_t allowance, amount_minor;
	struct day to;
	struct invoice_line line;
};
/* Pure. The lines of a service over [from, until); ret_lines holds u->n. false-priced ones and a
 * negative quantity wait. Returns how many. */
size_t meter_lines(struct arena *a, const struct meter_uses *u, const struct service *s,
    struct day until, struct meter_line *ret_lines);
/* Writes what the lines were computed from and marks their readings; in the billing transaction. */
enum err meter_billed(struct cx *cx, const struct meter_uses *u, const struct service *s,
    const struct meter_line *lines, size_t n) MUST_CHECK;
/* Credited use lines of a service: their readings are to be billed again. */
enum err meter_release(struct cx *cx, int64_t service_id) MUST_CHECK;
/* Whether a service has ever had a reading. */
enum err meter_any(struct cx *cx, int64_t service_id, bool *ret) MUST_CHECK;
/*
 * What a client sees: [{meter_id key name unit quantity allowance amount_minor currency from_on
 * late}], amount null without a price; of the running period so far.
 */
enum err meter_use_view(struct cx *cx, const struct service *s, json_t **ret) MUST_CHECK;
/* Behind a use line: {quantity allowance amount_minor tiers readings:[…]} or null. */
enum err meter_explain(struct cx *cx, const struct invoice_item *item, json_t **ret) MUST_CHECK;

/* Readings and lines agree: each billed once, sums and counts as billed. */
enum err meter_audit(struct cx *cx, json_t *findings) MUST_CHECK;

#endif
