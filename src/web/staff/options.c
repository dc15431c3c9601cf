/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of plans for staff: the list, making and changing one, selling it no more. What a choice
 * means and costs is core/option.
 */
#include "base/str.h"
#include "core/option/option.h"
#include "web/staff/own.h"

#define INTRO \
	"Services that were already sold keep what was chosen and its price. A choice needs a" \
	" price in" \
	" every cycle and currency it is to be sold in; what is free has the price 0."

enum err admin_options(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;

	TRY(option_list(cx, 0, &rows));
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "retired",
		    json_boolean(
		        !str_eq(json_string_value(json_object_get(row, "state")), "active")));
	page_title(cx, p, "Options");
	TRY(admin_plan_names(cx, rows));
	page_put(p, "data", rows);
	return OK;
}

enum err admin_option_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New option",
	        .action = "/admin/plans/options",
	        .button = "Create option",
	        .back = "/admin/plans/options",
	        .fields = &option_fields,
	        .intro = INTRO});
	return OK;
}

enum err admin_option_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(option_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The option was created.");
	return page_go(cx, p, "/admin/plans/options");
}

enum err admin_option(struct cx *cx, struct page *p)
{
	json_t *view;

	TRY(option_view(cx, p->id, &view));
	admin_form(cx, p,
	    &(struct admin_form){.title = json_string_value(json_object_get(view, "name")),
	        .button = "Save option",
	        .action = admin_path(cx, "plans/options", p->id),
	        .back = "/admin/plans/options",
	        .fields = &option_fields,
	        .values = view,
	        .intro = INTRO});
	return OK;
}

enum err admin_option_save(struct cx *cx, struct page *p)
{
	struct option o;
	int64_t id;

	TRY(option_get(cx, p->id, &o));
	TRY(option_save(cx, o.id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The option was saved.");
	return page_go(cx, p, "/admin/plans/options");
}

enum err admin_option_retire(struct cx *cx, struct page *p)
{
	TRY(option_retire(cx, p->id, true));
	page_flash(cx, p, "success",
	    "The option is no longer sold. Services that have it keep it.");
	return page_go(cx, p, "/admin/plans/options");
}

enum err admin_option_sell(struct cx *cx, struct page *p)
{
	TRY(option_retire(cx, p->id, false));
	page_flash(cx, p, "success", "The option is sold again.");
	return page_go(cx, p, "/admin/plans/options");
}
