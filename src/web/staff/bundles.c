/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles for staff: the list, making and changing one, selling it no more. What one costs is
 * core/order.
 */
#include "base/str.h"
#include "core/bundle/bundle.h"
#include "web/staff/own.h"

#define INTRO \
	"Plans that are sold together for less. The discount comes off the price of each plan in" \
	" every" \
	" term, not off options and set-up fees. Services that were sold keep their part."

enum err admin_bundles(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;

	TRY(bundle_list(cx, false, &rows));
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "retired",
		    json_boolean(
		        !str_eq(json_string_value(json_object_get(row, "state")), "active")));
	page_title(cx, p, "Bundles");
	page_put(p, "data", rows);
	return OK;
}

enum err admin_bundle_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New bundle",
	        .action = "/admin/plans/bundles",
	        .button = "Create bundle",
	        .back = "/admin/plans/bundles",
	        .fields = &bundle_fields,
	        .intro = INTRO});
	return OK;
}

enum err admin_bundle_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(bundle_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The bundle was created.");
	return page_go(cx, p, "/admin/plans/bundles");
}

enum err admin_bundle(struct cx *cx, struct page *p)
{
	json_t *view;

	TRY(bundle_view(cx, p->id, &view));
	admin_form(cx, p,
	    &(struct admin_form){.title = json_string_value(json_object_get(view, "name")),
	        .button = "Save bundle",
	        .action = admin_path(cx, "plans/bundles", p->id),
	        .back = "/admin/plans/bundles",
	        .fields = &bundle_fields,
	        .values = view,
	        .intro = INTRO});
	return OK;
}

enum err admin_bundle_save(struct cx *cx, struct page *p)
{
	struct bundle b;
	int64_t id;

	TRY(bundle_get(cx, p->id, &b));
	TRY(bundle_save(cx, b.id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The bundle was saved.");
	return page_go(cx, p, "/admin/plans/bundles");
}

enum err admin_bundle_retire(struct cx *cx, struct page *p)
{
	TRY(bundle_retire(cx, p->id, true));
	page_flash(cx, p, "success",
	    "The bundle is no longer sold. Services that have it keep it.");
	return page_go(cx, p, "/admin/plans/bundles");
}

enum err admin_bundle_sell(struct cx *cx, struct page *p)
{
	TRY(bundle_retire(cx, p->id, false));
	page_flash(cx, p, "success", "The bundle is sold again.");
	return page_go(cx, p, "/admin/plans/bundles");
}
