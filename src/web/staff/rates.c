/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two short tables that decide about money: tax rates, and the ladder of steps for an unpaid
 * invoice.
 */
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/dunning/dunning.h"
#include "core/tax/tax.h"
#include "fmt/form.h"
#include "web/staff/own.h"

/* Groups and plans as selects in the form of a step. */
static enum err step_selects(struct cx *cx, struct page *p)
{
	json_t *groups, *catalog, *group, *plan, *plans = json_keep(cx, json_array());
	const char *chosen = admin_value(p, "form", "plan");
	size_t g, i;

	TRY(admin_group_choices(cx, admin_value(p, "form", "group"), "Every client", &groups));
	TRY(catalog_view(cx, &(struct plan_filter){.currency = NULL}, &catalog));
	admin_choice(plans, "", "Every plan", chosen);
	json_array_foreach(json_object_get(catalog, "groups"), g, group)
		json_array_foreach(json_object_get(group, "plans"), i, plan)
			admin_choice(plans, json_string_value(json_object_get(plan, "key")),
			    json_string_value(json_object_get(plan, "name")), chosen);
	admin_select(p, "form", "group", json_incref(groups));
	admin_select(p, "form", "plan", json_incref(plans));
	return OK;
}

/* The row of a list with this id; NULL when there is none. Borrowed. */
static json_t *row_of(json_t *rows, int64_t id)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (json_integer_value(json_object_get(row, "id")) == id)
			return row;
	return NULL;
}

/* ---- taxes ---- */

enum err admin_taxes(struct cx *cx, struct page *p)
{
	json_t *rows;

	TRY(tax_view(cx, &rows));
	page_title(cx, p, "Tax rates");
	page_put(p, "data", rows);
	page_form(cx, p, "seed", &tax_seed_fields, NULL);
	return OK;
}

enum err admin_tax_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New tax rate",
	        .action = "/admin/settings/taxes",
	        .button = "Add rate",
	        .back = "/admin/settings/taxes",
	        .fields = &tax_fields,
	        .intro =
	            "The most specific valid rate is used: region, then country, then anywhere."});
	return OK;
}

enum err admin_tax_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(tax_rate_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The rate was added. It applies to new invoices.");
	return page_go(cx, p, "/admin/settings/taxes");
}

enum err admin_tax(struct cx *cx, struct page *p)
{
	json_t *rows, *row;

	TRY(tax_view(cx, &rows));
	row = row_of(rows, p->id);
	if (row == NULL)
		return fail(cx, ERR_NOT_FOUND, "tax.none", "There is no such rate.");
	admin_form(cx, p,
	    &(struct admin_form){.title = "Edit tax rate",
	        .button = "Save rate",
	        .action = admin_path(cx, "settings/taxes", p->id),
	        .back = "/admin/settings/taxes",
	        .fields = &tax_fields,
	        .values = row,
	        .intro = "Issued invoices keep the rate they were issued with."});
	return OK;
}

enum err admin_tax_save(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(tax_rate_save(cx, p->id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The rate was saved.");
	return page_go(cx, p, "/admin/settings/taxes");
}

enum err admin_tax_remove(struct cx *cx, struct page *p)
{
	TRY(tax_rate_remove(cx, p->id));
	page_flash(cx, p, "success", "The rate was removed.");
	return page_go(cx, p, "/admin/settings/taxes");
}

/* ---- the dunning ladder ---- */

/* "7 days before", "on the due day", "3 days after". */
static json_t *when_text(json_int_t days)
{
	json_int_t n = days < 0 ? -days : days;

	if (days == 0)
		return json_string("On the due day");
	return json_sprintf("%lld %s %s the due day", (long long)n, n == 1 ? "day" : "days",
	    days < 0 ? "before" : "after");
}

enum err admin_dunning(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;

	TRY(dunning_view(cx, &rows));
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "when",
		    when_text(json_integer_value(json_object_get(row, "days"))));
	page_title(cx, p, "Reminders and suspension");
	page_put(p, "data", rows);
	page_set(p, "currency", json_string(p->settings.company_currency));
	page_set(p, "grace_days", json_integer(p->settings.dunning_grace_days));
	return OK;
}

enum err admin_step_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New step",
	        .action = "/admin/settings/dunning",
	        .button = "Add step",
	        .back = "/admin/settings/dunning",
	        .fields = &dunning_fields,
	        .intro = "Each step is taken once per unpaid invoice."});
	return step_selects(cx, p);
}

enum err admin_step_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(dunning_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The step was added.");
	return page_go(cx, p, "/admin/settings/dunning");
}

enum err admin_step(struct cx *cx, struct page *p)
{
	json_t *rows, *row;

	TRY(dunning_view(cx, &rows));
	row = row_of(rows, p->id);
	if (row == NULL)
		return fail(cx, ERR_NOT_FOUND, "dunning.none", "There is no such step.");
	admin_form(cx, p,
	    &(struct admin_form){.title = "Edit step",
	        .button = "Save step",
	        .action = admin_path(cx, "settings/dunning", p->id),
	        .back = "/admin/settings/dunning",
	        .fields = &dunning_fields,
	        .values = row});
	return step_selects(cx, p);
}

enum err admin_step_save(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(dunning_save(cx, p->id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The step was saved.");
	return page_go(cx, p, "/admin/settings/dunning");
}

enum err admin_step_remove(struct cx *cx, struct page *p)
{
	TRY(dunning_remove(cx, p->id));
	page_flash(cx, p, "success", "The step was removed.");
	return page_go(cx, p, "/admin/settings/dunning");
}
