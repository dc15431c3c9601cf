/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line's discount is made of: bundle, client or group, coupon, in this order. Pure. Orders,
 * renewals, changes and the forecast compute with it, so that they agree to the cent.
 */
#include <stdlib.h>

#include "base/str.h"
#include "core/coupon/coupon.h"

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void discount_parts(const struct discount_terms *t, int64_t amount_minor,
    struct discount_parts *ret)
{
	int64_t amount = amount_minor > 0 ? amount_minor : 0;
	struct discount_parts p = {.bundle_minor = least(t->bundle_minor, amount)};
	int64_t left = amount - p.bundle_minor;
	p.standing_minor = discount_of(&(struct discount){t->standing_ppm, 0}, left);
	p.coupon_minor = discount_of(&t->coupon, t->stackable ? left - p.standing_minor : left);
	if (!t->stackable && p.coupon_minor > p.standing_minor)
		p.standing_minor = 0;
	else if (!t->stackable)
		p.coupon_minor = 0;
	p.total_minor = p.bundle_minor + p.standing_minor + p.coupon_minor;
	*ret = p;
}

static void add(json_t *list, const char *kind, const char *name, int64_t minor, json_t *rest)
{
	if (minor == 0) {
		json_decref(rest);
		return;
	}
	json_object_set_new(rest, "kind", json_string(kind));
	json_object_set_new(rest, "name", json_string(name));
	json_object_set_new(rest, "minor", json_integer(minor));
	json_array_append_new(list, rest);
}

const char *discount_text(struct arena *a, const struct discount_terms *t,
    const struct discount_parts *p, const struct discount_names *names)
{
	const char *kept = "";
	json_t *list = json_array();
	add(list, "bundle", "Bundle", p->bundle_minor,
	    json_pack("{s:I s:i}", "id", (json_int_t)names->bundle_id, "rate_ppm", 0));
	add(list, str_or(names->standing.kind, "client"), str_or(names->standing.name, ""),
	    p->standing_minor, json_pack("{s:i s:I}", "id", 0, "rate_ppm", t->standing_ppm));
	add(list, "coupon", "Coupon", p->coupon_minor,
	    json_pack("{s:I s:I}", "id", (json_int_t)names->coupon_id, "rate_ppm",
	        (json_int_t)t->coupon.rate_ppm));
	if (json_array_size(list) > 0) {
		char *text = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
		kept = arena_strdup(a, text);
		free(text);
	}
	json_decref(list);
	return kept;
}
