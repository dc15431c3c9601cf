/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BUNDLE_BUNDLE_H
#define CORE_BUNDLE_BUNDLE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "fmt/field.h"

/*
 * Plans that are sold together for less, each in its cycle: a percentage off each plan's price, or
 * one amount shared by what they cost per term. Each service keeps its part for as long as it
 * lives.
 */
struct bundle {
	int64_t id, rate_ppm, amount_minor, position;
	const char *key, *name, *description, *kind, *currency;
	const char *on_cancel; /* keep | end: for the others when one of them ends */
	bool active;
};
struct bundle_plan {
	int64_t plan_id;
	const char *cycle;
};
struct bundle_plan_input {
	const char *plan, *cycle;
};
struct bundle_input {
	const char *key, *name, *description, *kind, *currency, *on_cancel;
	int64_t rate_ppm, amount_minor, position;
	struct field_list plans; /* of bundle_plan_input */
};
extern const struct fields bundle_fields;

/* An amount shared by what each costs per term, cents exact; of a percentage all zero. Pure. */
void bundle_share(const struct bundle *b, const int64_t *prices, size_t n, int64_t *ret_minor);

enum err bundle_get(struct cx *cx, int64_t id, struct bundle *ret) MUST_CHECK;
/* By key, on sale; ERR_NOT_FOUND "bundle.none". */
enum err bundle_find(struct cx *cx, const char *key, struct bundle *ret) MUST_CHECK;
enum err bundle_plans(struct cx *cx, int64_t id, struct bundle_plan **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * id 0: new. Services that were sold keep their part. Faults name key, rate_ppm, amount_minor,
 * plans.N.plan.
 */
enum err bundle_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
enum err bundle_retire(struct cx *cx, int64_t id, bool retired) MUST_CHECK;
/*
 * {id key name description kind rate_ppm amount_minor currency on_cancel position state is_percent
 * plans:[{plan plan_name cycle}]}
 */
enum err bundle_view(struct cx *cx, int64_t id, json_t **ret) MUST_CHECK;
enum err bundle_list(struct cx *cx, bool on_sale, json_t **ret) MUST_CHECK;

#endif
