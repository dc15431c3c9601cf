/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_COUPON_COUPON_H
#define CORE_COUPON_COUPON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/client/client.h"
#include "fmt/field.h"

/*
 * Discounts by code: who may use one, on what, and how much comes off. Amounts are computed before
 * tax (EN 16931).
 */
struct coupon {
	int64_t id, rate_ppm, amount_minor;
	const char *code, *name, *kind, *currency;
	const char *plans, *cycles; /* space-separated plan keys and cycles; "" = all */
	int64_t terms;              /* how many terms it lasts; 0 for ever */
	bool setup_too, once_per_client, new_clients, stackable;
	int64_t uses_max, uses;             /* uses_max 0: any number */
	struct day valid_from, valid_until; /* both inclusive; unset: open */
	bool active;
};
extern const struct fields coupon_fields;

/* What a coupon (or a lasting discount) takes off one amount; never more than the amount. Pure. */
struct discount {
	int64_t rate_ppm, amount_minor;
};
int64_t discount_of(const struct discount *d, int64_t amount_minor);
/*
 * All that comes off one line: a bundle's discount first, then what stands for the client or his
 * group, then the coupon. A coupon that does not stack and a standing discount do not add up: the
 * larger of the two counts, the standing one when they are the same. Never more than the amount.
 * Pure; docs/money.md has an example.
 */
struct discount_terms {
	int64_t bundle_minor, standing_ppm;
	struct discount coupon; /* zero: none, or not for this line */
	bool stackable;
};
struct discount_parts {
	int64_t bundle_minor, standing_minor, coupon_minor, total_minor;
};
void discount_parts(const struct discount_terms *t, int64_t amount_minor,
    struct discount_parts *ret);
/*
 * The parts as a line of a document keeps them, JSON: [{kind: bundle|client|group|coupon, name,
 * id, rate_ppm, minor}]; "" for none. An amount has rate_ppm 0.
 */
struct discount_names {
	struct client_discount standing;
	int64_t coupon_id, bundle_id;
};
const char *discount_text(struct arena *a, const struct discount_terms *t,
    const struct discount_parts *p, const struct discount_names *names);
/*
 * Over several amounts (0: not eligible): a percentage of each, or one amount shared by their size,
 * cents exact. Pure.
 */
void coupon_share(const struct coupon *c, const int64_t *amounts, size_t n, int64_t *ret_discounts);
bool coupon_fits(const struct coupon *c, const char *plan_key, const char *cycle);

/* A code as typed (any case). ERR_INVALID names field "coupon": unknown, retired, not yet or no
 * more valid, used up, other currency, for new
 * clients only, used before by this client. client_id 0: a visitor. */
struct coupon_case {
	const char *code, *currency;
	int64_t client_id;
	struct day today;
};
enum err coupon_find(struct cx *cx, const struct coupon_case *k, struct coupon *ret) MUST_CHECK;
/*
 * Counts the use in the order's transaction; ERR_CONFLICT "coupon.used_up" when somebody took the
 * last one.
 */
enum err coupon_use(struct cx *cx, int64_t id, int64_t order_id, int64_t client_id) MUST_CHECK;

enum err coupon_get(struct cx *cx, int64_t id, struct coupon *ret) MUST_CHECK;
enum err coupon_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK; /* id 0: new */
enum err coupon_retire(struct cx *cx, int64_t id, bool retired) MUST_CHECK;
/* Array, newest first: {id code name kind rate_ppm amount_minor currency plans cycles terms
 * setup_too once_per_client new_clients stackable uses_max uses
 * valid_from valid_until state} */
enum err coupon_list(struct cx *cx, json_t **ret) MUST_CHECK;
json_t *coupon_view(struct cx *cx, const struct coupon *c);

#endif
