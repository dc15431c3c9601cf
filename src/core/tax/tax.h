/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_TAX_TAX_H
#define CORE_TAX_TAX_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "fmt/field.h"

/* Which rate is due: by the client's country and region, the class of what is sold, and the day. */
struct tax_rate {
	int64_t id;
	const char *name, *country, *region, *tax_class; /* '' = any country / any region */
	int64_t rate_ppm;
	struct day valid_from;
};
extern const struct fields tax_fields;

/* All rates, read once; the choice is pure. */
struct tax_table {
	struct tax_rate *rates;
	size_t n;
};
enum err tax_load(struct cx *cx, struct tax_table *ret) MUST_CHECK;
/*
 * The most specific rate (region, country, any) of the class that is valid on the day: the latest valid_from not after it.
 * No row, or an exempt client: rate 0 with name "". Never NULL.
 */
struct tax_choice {
	const char *name;
	int64_t rate_ppm;
};
struct tax_place {
	const char *country, *region;
	bool exempt;
};
struct tax_choice tax_choose(const struct tax_table *t, const struct tax_place *place, const char *tax_class,
    struct day on);

/*
 * Amounts of lines. Exclusive: net as given, tax on top. Inclusive: gross as given, tax inside. Rounding "line": each line's tax is rounded
 * half up; "document": the tax of all lines of one rate is computed on their sum, rounded once, and given back to the lines so that it adds up.
 */
struct tax_line {
	int64_t amount_minor; /* in: quantity * unit, less discount; net or gross by mode */
	int64_t rate_ppm;     /* in */
	int64_t net_minor, tax_minor; /* out */
};
enum tax_prices { TAX_EXCLUSIVE, TAX_INCLUSIVE };
enum tax_rounding { TAX_PER_LINE, TAX_PER_DOCUMENT };
void tax_compute(struct tax_line *lines, size_t n, enum tax_prices prices,
    enum tax_rounding rounding);

enum err tax_rate_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source, int64_t *ret_id) MUST_CHECK;
enum err tax_rate_remove(struct cx *cx, int64_t id) MUST_CHECK; /* issued documents keep what they say */
enum err tax_view(struct cx *cx, json_t **ret) MUST_CHECK;      /* array {id,name,country,region,tax_class,rate_ppm,valid_from} */

#endif
