/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_RATE_RATE_H
#define CORE_RATE_RATE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "fmt/field.h"

/* What currencies were worth: by the European Central Bank's daily file, or by hand. */
struct rate {
	int64_t id, rate_e8;                  /* one unit of base is rate_e8 / 10^8 of currency */
	const char *base, *currency, *source; /* ecb | hand */
	struct day on;
};
/* The newest row of each pair, read once; looking up is pure. */
struct rate_table {
	struct rate *rates;
	size_t n;
};
enum err rate_load(struct cx *cx, struct day today, struct rate_table *ret) MUST_CHECK;

/*
 * What one unit of base is worth in another currency, as a document states it. rate_e8 0: nothing
 * is stated.
 */
struct rate_quote {
	const char *base, *source;
	int64_t rate_e8;
	struct day on;
};
/*
 * Pure: the pair itself, else the pair the other way round, else across the euro; rounded once to
 * eight digits after the point. False when the table does not tell.
 */
bool rate_find(const struct rate_table *t, const char *base, const char *currency,
    struct rate_quote *ret);
/*
 * An amount in base as one in currency, in 128 bits, rounded once to the digits of currency. False:
 * out of range.
 */
bool rate_convert(int64_t minor, const char *currency, const struct rate_quote *q,
    int64_t *ret_minor);

extern const struct fields rate_fields; /* by hand: {base currency rate rate_on} */
/* One row a pair and day: a later one of that day replaces it. Event rate.set. */
enum err rate_save(struct cx *cx, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
enum err rate_remove(struct cx *cx, int64_t id) MUST_CHECK; /* documents keep what they say */
/*
 * What link read: {base, on, rates: {USD: rate_e8, …}}; rows by hand of that day stay. ERR_REMOTE
 * "rate.file" when it is not that. Event rate.fetch.
 */
enum err rate_fetched(struct cx *cx, const json_t *file, int64_t *ret_n) MUST_CHECK;
/* Newest row of each pair: [{id, base, currency, rate, rate_e8, rate_on, source}]. */
enum err rate_view(struct cx *cx, struct day today, json_t **ret) MUST_CHECK;

#endif
