/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_OPTION_OWN_H
#define CORE_OPTION_OWN_H

/* Inside core/option only. */

#include "core/option/option.h"

/* rules.c: pure */
/* What is chosen of an option now: given, else kept, else ""; "yes" and "no" in one spelling. */
const char *option_value(const struct option_wish *w, const struct option *o);
bool option_shown(const struct option_wish *w, const struct option *o);
/* The price row of (option, choice) in a cycle; NULL: not sold so. */
const struct option_price *option_price_of(const struct option_set *set, const struct option *o,
    int64_t choice_id, const char *cycle);

/* store.c */
enum err option_store_rows(struct cx *cx, int64_t plan_id, bool all, struct option **ret,
    size_t *ret_n) MUST_CHECK; /* plan_id 0: of all plans */
enum err option_store_insert(struct cx *cx, const struct option *o, int64_t *ret_id) MUST_CHECK;
enum err option_store_update(struct cx *cx, const struct option *o) MUST_CHECK;
enum err option_store_set_active(struct cx *cx, int64_t id, bool active) MUST_CHECK;
enum err option_store_plans(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n) MUST_CHECK;
enum err option_store_join(struct cx *cx, int64_t id, int64_t plan_id) MUST_CHECK;
enum err option_store_part(struct cx *cx, int64_t id) MUST_CHECK; /* from every plan */

/* store_price.c */
enum err option_store_choices(struct cx *cx, int64_t option_id, int64_t plan_id,
    struct option_choice **ret, size_t *ret_n) MUST_CHECK; /* 0: of any */
enum err option_store_put_choice(struct cx *cx, const struct option_choice *c,
    int64_t *ret_id) MUST_CHECK;
enum err option_store_retire_choices(struct cx *cx, int64_t option_id) MUST_CHECK;
struct option_price_query {
	int64_t option_id, plan_id; /* 0: any */
	const char *currency;       /* NULL: any */
};
enum err option_store_prices(struct cx *cx, const struct option_price_query *q,
    struct option_price **ret, size_t *ret_n) MUST_CHECK;
enum err option_store_put_price(struct cx *cx, const struct option_price *p) MUST_CHECK;
enum err option_store_retire_price(struct cx *cx, int64_t id) MUST_CHECK;

#endif
