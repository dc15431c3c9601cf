/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of clients, and the two things staff ask of one client that come with them: to prove a tax
 * number again, and why.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/client/client.h"
#include "core/job/job.h"
#include "core/tax/tax.h"
#include "db/db.h"
#include "fmt/form.h"
#include "web/staff/own.h"

enum err admin_client_groups(struct cx *cx, struct page *p)
{
	json_t *rows;

	TRY(client_group_view(cx, &rows));
	page_title(cx, p, "Groups of clients");
	page_put(p, "data", rows);
	page_set(p, "due_days", json_integer(p->settings.billing_due_days));
	page_set(p, "grace_days", json_integer(p->settings.dunning_grace_days));
	return OK;
}

enum err admin_client_group_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New group of clients",
	        .action = "/admin/settings/client-groups",
	        .button = "Add group",
	        .back = "/admin/settings/client-groups",
	        .fields = &client_group_fields,
	        .intro = "Its days hold for every client in it who has no own ones."});
	return OK;
}

enum err admin_client_group_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(client_group_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The group was added.");
	return page_go(cx, p, "/admin/settings/client-groups");
}

enum err admin_client_group(struct cx *cx, struct page *p)
{
	json_t *rows, *row, *found = NULL;
	size_t i;

	TRY(client_group_view(cx, &rows));
	json_array_foreach(rows, i, row)
		if (json_integer_value(json_object_get(row, "id")) == p->id)
			found = row;
	if (found == NULL)
		return fail(cx, ERR_NOT_FOUND, "client_group.none", "There is no such group.");
	admin_form(cx, p,
	    &(struct admin_form){.title = "Edit group of clients",
	        .button = "Save group",
	        .action = arena_printf(cx->arena, "/admin/settings/client-groups/%" PRId64, p->id),
	        .back = "/admin/settings/client-groups",
	        .fields = &client_group_fields,
	        .values = found,
	        .intro = "Issued invoices keep their due day."});
	return OK;
}

enum err admin_client_group_save(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(client_group_save(cx, p->id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The group was saved.");
	return page_go(cx, p, "/admin/settings/client-groups");
}

enum err admin_client_group_remove(struct cx *cx, struct page *p)
{
	TRY(client_group_remove(cx, p->id));
	page_flash(cx, p, "success", "The group was removed.");
	return page_go(cx, p, "/admin/settings/client-groups");
}

/* The choices of a select of groups, by key; "" first. */
enum err admin_group_choices(struct cx *cx, const char *chosen, const char *none, json_t **ret)
{
	json_t *rows, *row, *choices = json_keep(cx, json_array());
	size_t i;

	TRY(client_group_view(cx, &rows));
	admin_choice(choices, "", none, chosen);
	json_array_foreach(rows, i, row)
		admin_choice(choices, json_string_value(json_object_get(row, "key")),
		    json_string_value(json_object_get(row, "name")), chosen);
	*ret = choices;
	return OK;
}

static enum err check_soon(struct cx *cx, void *arg)
{
	const struct page *p = arg;
	struct job_new job = {.kind = "tax.check",
	    .key = arena_printf(cx->arena, "tax.check/%" PRId64 "/%" PRId64, p->id, cx->now),
	    .subject = "client",
	    .subject_id = p->id,
	    .client_id = p->id};

	return job_add(cx, &job, NULL);
}

enum err admin_client_tax_check(struct cx *cx, struct page *p)
{
	struct client c;

	TRY(client_get(cx, p->id, &c));
	if (!tax_checkable(&p->settings, &c))
		return fail(cx, ERR_CONFLICT, "tax.not_checkable",
		    "Only VAT numbers of other EU countries can be checked.");
	TRY(db_tx(cx, check_soon, p));
	page_flash(cx, p, "success", "The VAT number is being checked.");
	return page_go(cx, p, "/admin/clients/%" PRId64, p->id);
}
