/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coupons for staff: the list with how often each was used, making and changing one, retiring it.
 * What comes off an order is core/coupon.
 */
#include "base/str.h"
#include "core/coupon/coupon.h"
#include "web/staff/own.h"

#define INTRO "The discount comes off before tax. Orders that used the coupon keep their discount."

enum err admin_coupons(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;

	TRY(coupon_list(cx, &rows));
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "retired",
		    json_boolean(
		        !str_eq(json_string_value(json_object_get(row, "state")), "active")));
	page_title(cx, p, "Coupons");
	TRY(admin_plan_names(cx, rows));
	page_put(p, "data", rows);
	return OK;
}

enum err admin_coupon_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New coupon",
	        .action = "/admin/settings/coupons",
	        .button = "Create coupon",
	        .back = "/admin/settings/coupons",
	        .fields = &coupon_fields,
	        .intro = INTRO});
	return OK;
}

enum err admin_coupon_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(coupon_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The coupon was created.");
	return page_go(cx, p, "/admin/settings/coupons");
}

enum err admin_coupon(struct cx *cx, struct page *p)
{
	struct coupon c;

	TRY(coupon_get(cx, p->id, &c));
	admin_form(cx, p,
	    &(struct admin_form){.title = c.code,
	        .button = "Save coupon",
	        .action = admin_path(cx, "settings/coupons", c.id),
	        .back = "/admin/settings/coupons",
	        .fields = &coupon_fields,
	        .values = coupon_view(cx, &c),
	        .intro = INTRO});
	return OK;
}

enum err admin_coupon_save(struct cx *cx, struct page *p)
{
	struct coupon c;
	int64_t id;

	TRY(coupon_get(cx, p->id, &c));
	TRY(coupon_save(cx, c.id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The coupon was saved.");
	return page_go(cx, p, "/admin/settings/coupons");
}

enum err admin_coupon_retire(struct cx *cx, struct page *p)
{
	TRY(coupon_retire(cx, p->id, true));
	page_flash(cx, p, "success", "The coupon can no longer be used.");
	return page_go(cx, p, "/admin/settings/coupons");
}

enum err admin_coupon_restore(struct cx *cx, struct page *p)
{
	TRY(coupon_retire(cx, p->id, false));
	page_flash(cx, p, "success", "The coupon can be used again.");
	return page_go(cx, p, "/admin/settings/coupons");
}
