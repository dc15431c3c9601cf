/* SPDX-License-Identifier: Apache-2.0 */
/* The API's bundles. Each handler is a verb of core and its view. */
#include "core/bundle/bundle.h"
#include "web/api/api.h"
#include "web/handlers.h"

static enum err show_bundle(struct cx *cx, struct page *p, int64_t id)
{
	json_t *view;
	TRY(bundle_view(cx, id, &view));
	page_out(p, view);
	return OK;
}

enum err api_bundles(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(bundle_list(cx, false, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_bundle(struct cx *cx, struct page *p)
{
	return show_bundle(cx, p, p->id);
}

enum err api_bundle_create(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(bundle_save(cx, 0, p->body, p->source, &id));
	p->status = 201;
	return show_bundle(cx, p, id);
}

enum err api_bundle_update(struct cx *cx, struct page *p)
{
	struct bundle b;
	int64_t id;
	TRY(bundle_get(cx, p->id, &b));
	TRY(bundle_save(cx, b.id, p->body, p->source, &id));
	return show_bundle(cx, p, id);
}

enum err api_bundle_retire(struct cx *cx, struct page *p)
{
	TRY(bundle_retire(cx, p->id, true));
	return show_bundle(cx, p, p->id);
}
