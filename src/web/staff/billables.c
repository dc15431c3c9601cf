/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items to invoice for staff: the list, writing one down, changing and removing what waits. Who
 * invoices them is flow/billing_items.c.
 */
#include "base/str.h"
#include "core/billable/billable.h"
#include "core/client/client.h"
#include "flow/flow.h"
#include "web/staff/own.h"

#define INTRO \
	"The billing run invoices it: with the client's next renewal, or on its day. Until then " \
	"it can be changed."

enum err admin_billables(struct cx *cx, struct page *p)
{
	struct billable_filter f = {.client_id = page_query_int(p, "client_id"),
	    .q = page_query(p, "q"),
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;

	TRY(billable_list(cx, &f, &rows));
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Items to invoice");
	admin_filter(p);
	admin_chips(cx, p, "state", "billable");
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err admin_billable_new(struct cx *cx, struct page *p)
{
	int64_t client_id = page_query_int(p, "client_id");
	struct client c;
	json_t *values = NULL;

	if (client_id > 0) {
		TRY(client_get(cx, client_id, &c));
		values =
		    json_pack("{s:I, s:s}", "client_id", (json_int_t)c.id, "currency", c.currency);
	}
	admin_form(cx, p,
	    &(struct admin_form){.title = "New item to invoice",
	        .action = "/admin/billables",
	        .button = "Add item",
	        .back = "/admin/billables",
	        .fields = &billable_fields,
	        .values = values,
	        .intro = INTRO});
	json_decref(values);
	return OK;
}

enum err admin_billable_create(struct cx *cx, struct page *p)
{
	struct billable_input in;
	int64_t id, invoice_id;

	TRY(admin_client_typed(cx, p));
	TRY(page_read(cx, p, &billable_fields, &in));
	TRY(billing_add_item(cx, &in, &id, &invoice_id));
	page_set(p, "id", json_integer(id));
	page_set(p, "invoice_id", invoice_id != 0 ? json_integer(invoice_id) : NULL);
	if (invoice_id != 0) {
		page_flash(cx, p, "success", "The invoice was issued.");
		return page_go(cx, p, "/admin/invoices/%lld", (long long)invoice_id);
	}
	page_flash(cx, p, "success", "The item waits to be invoiced.");
	return page_go(cx, p, "/admin/billables?client_id=%lld", (long long)in.client_id);
}

enum err admin_billable(struct cx *cx, struct page *p)
{
	struct billable b;
	json_t *tree;

	TRY(billable_get(cx, p->id, &b));
	TRY(billable_view(cx, &b, &tree));
	admin_form(cx, p,
	    &(struct admin_form){.title = b.description,
	        .action = admin_path(cx, "billables", b.id),
	        .button = "Save item",
	        .back = "/admin/billables",
	        .fields = &billable_fields,
	        .values = tree,
	        .intro = INTRO});
	return OK;
}

enum err admin_billable_save(struct cx *cx, struct page *p)
{
	struct billable_input in;
	int64_t id;

	TRY(admin_client_typed(cx, p));
	TRY(page_read(cx, p, &billable_fields, &in));
	TRY(billable_save(cx, p->id, &in, &id));
	page_flash(cx, p, "success", "The item was saved.");
	return page_go(cx, p, "/admin/billables");
}

enum err admin_billable_remove(struct cx *cx, struct page *p)
{
	TRY(billable_remove(cx, p->id));
	page_flash(cx, p, "success", "The item was removed; it is not invoiced any more.");
	return page_go(cx, p, "/admin/billables");
}
