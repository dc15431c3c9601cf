/* SPDX-License-Identifier: Apache-2.0 */
/* The API's new prices for running services: preview, doing it, taking it back, how it stands. */
#include "core/catalog/catalog.h"
#include "core/service/reprice.h"
#include "web/api/api.h"
#include "web/handlers.h"

enum err api_plan_versions(struct cx *cx, struct page *p)
{
	struct plan plan;
	json_t *rows;
	TRY(plan_find(cx, p->word, &plan));
	TRY(reprice_versions(cx, plan.id, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_reprice_preview(struct cx *cx, struct page *p)
{
	struct reprice_input in;
	json_t *preview;
	TRY(page_read(cx, p, &reprice_fields, &in));
	TRY(reprice_preview(cx, &in, page_query_int(p, "after"), page_limit(p), &preview));
	page_out(p, preview);
	return OK;
}

static enum err show(struct cx *cx, struct page *p, int64_t id)
{
	json_t *view;
	TRY(reprice_view(cx, id, &view));
	page_out(p, view);
	return OK;
}

enum err api_reprice_create(struct cx *cx, struct page *p)
{
	struct reprice_input in;
	int64_t id;
	TRY(page_read(cx, p, &reprice_fields, &in));
	TRY(reprice_create(cx, &in, &id));
	p->status = 201;
	return show(cx, p, id);
}

enum err api_reprices(struct cx *cx, struct page *p)
{
	int64_t limit = page_limit(p);
	json_t *rows;
	TRY(reprice_list(cx, page_query_int(p, "after"), limit, &rows));
	page_list(cx, p, rows, limit);
	return OK;
}

enum err api_reprice(struct cx *cx, struct page *p)
{
	return show(cx, p, p->id);
}

enum err api_reprice_items(struct cx *cx, struct page *p)
{
	struct reprice_filter f = {.reprice_id = p->id,
	    .client_id = page_query_int(p, "client_id"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .state = page_query(p, "state")};
	json_t *view, *rows;
	TRY(reprice_view(cx, p->id, &view));
	TRY(reprice_items(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err api_reprice_cancel(struct cx *cx, struct page *p)
{
	struct api_reason in;
	TRY(page_read(cx, p, &api_reason_fields, &in));
	TRY(reprice_cancel(cx, p->id, in.reason));
	return show(cx, p, p->id);
}

enum err api_service_reprice_cancel(struct cx *cx, struct page *p)
{
	struct api_reason in;
	struct service s;
	json_t *view;
	TRY(page_read(cx, p, &api_reason_fields, &in));
	TRY(service_get(cx, 0, p->id, &s));
	TRY(reprice_cancel_service(cx, s.id, in.reason));
	TRY(service_get(cx, 0, p->id, &s));
	TRY(service_view(cx, &s, &view));
	page_out(p, view);
	return OK;
}
