/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalog for staff: groups, plans and their prices. Services keep the price they were sold
 * at, whatever changes here.
 */
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "link/link.h"
#include "web/staff/own.h"

/* ---- groups as read from the catalog ---- */

static enum err groups(struct cx *cx, json_t **ret)
{
	json_t *catalog;

	TRY(catalog_view(cx, &(struct plan_filter){.currency = NULL}, &catalog));
	*ret = json_object_get(catalog, "groups");
	return OK;
}

enum err admin_plans(struct cx *cx, struct page *p)
{
	json_t *list, *group, *plan;
	size_t i, k, n = 0;

	TRY(groups(cx, &list));
	json_array_foreach(list, i, group)
		json_array_foreach(json_object_get(group, "plans"), k, plan) {
			json_object_set_new(plan, "retired",
			    json_boolean(str_eq(json_string_value(json_object_get(plan, "state")),
			        "retired")));
			json_object_set_new(plan, "setup_words",
			    json_string(field_choice_label(cx->arena, &plan_fields, "setup_when",
			        json_string_value(json_object_get(plan, "setup_when")))));
			n++;
		}
	page_title(cx, p, "Plans and prices");
	page_put(p, "groups", list);
	page_set(p, "plans_n", json_integer((json_int_t)n));
	return OK;
}

/* ---- plans ---- */

static enum err put_groups(struct cx *cx, struct page *p)
{
	json_t *list, *group, *choices;
	size_t i;

	TRY(groups(cx, &list));
	choices = json_array();
	json_array_foreach(list, i, group) {
		const char *key = json_string_value(json_object_get(group, "key"));
		if (!str_empty(key))
			admin_choice(choices, key,
			    json_string_value(json_object_get(group, "name")),
			    admin_value(p, "form", "group"));
	}
	admin_select(p, "form", "group", choices);
	return OK;
}

static void put_panels(struct page *p)
{
	json_t *choices = json_array();

	for (size_t i = 0; link_panels[i] != NULL; i++)
		admin_choice(choices, link_panels[i]->name, link_panels[i]->label,
		    admin_value(p, "form", "panel"));
	admin_select(p, "form", "panel", choices);
}

enum err admin_plan_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New plan",
	        .action = "/admin/plans",
	        .button = "Create plan",
	        .back = "/admin/plans",
	        .fields = &plan_fields,
	        .intro =
	            "A plan is what clients order. It needs a price for each cycle and currency."});
	page_set(p, "plan", NULL);
	put_panels(p);
	return put_groups(cx, p);
}

enum err admin_plan_create(struct cx *cx, struct page *p)
{
	struct plan_input in;
	int64_t id;

	TRY(page_read(cx, p, &plan_fields, &in));
	TRY(plan_create(cx, &in, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The plan was created.");
	return page_go(cx, p, "/admin/plans");
}

/*
 * What is stored, in the words of the form: features are one text there, the group is its key, and
 * a renewal price like the first is 0, so that it follows when the price is changed.
 */
static json_t *form_values(const struct plan *plan, json_t *tree)
{
	json_t *values = json_deep_copy(tree), *price;
	size_t i;
	json_t *key = json_object_get(json_object_get(tree, "group"), "key");

	json_object_set_new(values, "features", json_string(plan->features));
	json_array_foreach(json_object_get(values, "prices"), i, price)
		if (json_equal(json_object_get(price, "renew_minor"),
		        json_object_get(price, "price_minor")))
			json_object_set_new(price, "renew_minor", json_integer(0));
	json_object_set_new(values, "group", key != NULL ? json_incref(key) : json_string(""));
	return values;
}

enum err admin_plan(struct cx *cx, struct page *p)
{
	struct plan plan;
	json_t *tree;

	TRY(plan_get(cx, p->id, &plan));
	TRY(plan_view(cx, &plan, &tree));
	json_t *values = form_values(&plan, tree);
	admin_form(cx, p,
	    &(struct admin_form){.title = plan.name,
	        .button = "Save plan",
	        .action = admin_path(cx, "plans", plan.id),
	        .back = "/admin/plans",
	        .fields = &plan_fields,
	        .values = values,
	        .intro = "Services that were already sold keep their price and cycle."});
	json_decref(values);
	json_object_set_new(tree, "retired", json_boolean(plan.state == PLAN_RETIRED));
	page_put(p, "plan", tree);
	put_panels(p);
	return put_groups(cx, p);
}

enum err admin_plan_save(struct cx *cx, struct page *p)
{
	struct plan_input in;

	TRY(page_read(cx, p, &plan_fields, &in));
	TRY(plan_update(cx, p->id, &in));
	page_flash(cx, p, "success", "The plan was saved.");
	return page_go(cx, p, "/admin/plans");
}

enum err admin_plan_retire(struct cx *cx, struct page *p)
{
	TRY(plan_retire(cx, p->id, true));
	page_flash(cx, p, "success", "The plan is no longer sold. Services that have it go on.");
	return page_go(cx, p, "/admin/plans");
}

enum err admin_plan_sell(struct cx *cx, struct page *p)
{
	TRY(plan_retire(cx, p->id, false));
	page_flash(cx, p, "success", "The plan is sold again.");
	return page_go(cx, p, "/admin/plans");
}

/* ---- groups ---- */

enum err admin_group_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New group",
	        .action = "/admin/plans/groups",
	        .button = "Create group",
	        .back = "/admin/plans",
	        .fields = &plan_group_fields,
	        .intro =
	            "Groups are the sections of the shop, for example Web hosting or Servers."});
	return OK;
}

enum err admin_group_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(plan_group_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The group was created.");
	return page_go(cx, p, "/admin/plans");
}

enum err admin_group(struct cx *cx, struct page *p)
{
	json_t *list, *group;
	size_t i;

	TRY(groups(cx, &list));
	json_array_foreach(list, i, group) {
		if (json_integer_value(json_object_get(group, "id")) != p->id)
			continue;
		admin_form(cx, p,
		    &(struct admin_form){.title = "Edit group",
		        .button = "Save group",
		        .action = admin_path(cx, "plans/groups", p->id),
		        .back = "/admin/plans",
		        .fields = &plan_group_fields,
		        .values = group});
		return OK;
	}
	return fail(cx, ERR_NOT_FOUND, "group.none", "There is no such group.");
}

enum err admin_group_save(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(plan_group_save(cx, p->id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The group was saved.");
	return page_go(cx, p, "/admin/plans");
}
