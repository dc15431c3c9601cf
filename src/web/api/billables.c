/* SPDX-License-Identifier: Apache-2.0 */
/* The API's items to invoice. */
#include "core/billable/billable.h"
#include "flow/flow.h"
#include "web/handlers.h"

static enum err show(struct cx *cx, struct page *p, int64_t id)
{
	struct billable b;
	json_t *tree;
	TRY(billable_get(cx, id, &b));
	TRY(billable_view(cx, &b, &tree));
	page_out(p, tree);
	return OK;
}

enum err api_billables(struct cx *cx, struct page *p)
{
	const struct billable_filter f = {.client_id = page_query_int(p, "client_id"),
	    .state = page_query(p, "state"),
	    .q = page_query(p, "q"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(billable_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err api_billable(struct cx *cx, struct page *p)
{
	return show(cx, p, p->id);
}

enum err api_billable_create(struct cx *cx, struct page *p)
{
	struct billable_input in;
	int64_t id, invoice_id;
	TRY(page_read(cx, p, &billable_fields, &in));
	TRY(billing_add_item(cx, &in, &id, &invoice_id));
	p->status = 201;
	return show(cx, p, id);
}

enum err api_billable_update(struct cx *cx, struct page *p)
{
	struct billable_input in;
	int64_t id;
	TRY(page_read(cx, p, &billable_fields, &in));
	TRY(billable_save(cx, p->id, &in, &id));
	return show(cx, p, id);
}

enum err api_billable_remove(struct cx *cx, struct page *p)
{
	TRY(billable_remove(cx, p->id));
	return show(cx, p, p->id);
}
