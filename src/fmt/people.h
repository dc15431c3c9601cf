/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_PEOPLE_H
#define FMT_PEOPLE_H

#include <jansson.h>

#include "base/cx.h"
#include "fmt/tmpl.h"

/*
 * Adds to a tree what people read, beside what programs read, in place and at every depth:
 *   X_minor (with "currency" in the same or an outer object) -> X_money  "12.10 €"
 *   X_on    -> X_day    "31 Jan 2027"
 *   X_at    -> X_time   "31 Jan 2027, 10:00" in the zone, and X_ago "3 days ago"
 *   cycle   -> cycle_people "monthly";   X_ppm -> X_percent "19 %"
 *   state   -> state_badge {word, label, color, help}
 *   X (a word) -> X_label "Partly refunded", where it is wanted
 *   from, to -> from_day, to_day when they are days or null
 * Instants are seconds or RFC 3339 text. null stays null under the new name. color is a Tabler
 * name: green, orange, red, azure, secondary.
 */
struct people {
	const char *locale, *zone;
	int64_t now;
	const struct tmpl_names *wanted; /* only these are made; NULL: all */
};
/* "partly_refunded" -> "Partly refunded". */
const char *people_word(struct arena *a, const char *word);
void people_add(struct arena *a, json_t *tree, const struct people *p);

#endif
