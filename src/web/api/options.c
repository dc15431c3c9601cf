/* SPDX-License-Identifier: Apache-2.0 */
/* The API's options of plans. Each handler is a verb of core and its view. */
#include "core/option/option.h"
#include "web/api/api.h"
#include "web/handlers.h"

static enum err show_option(struct cx *cx, struct page *p, int64_t id)
{
	json_t *view;
	TRY(option_view(cx, id, &view));
	page_out(p, view);
	return OK;
}

enum err api_options(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(option_list(cx, page_query_int(p, "plan_id"), &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_option(struct cx *cx, struct page *p)
{
	return show_option(cx, p, p->id);
}

enum err api_option_create(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(option_save(cx, 0, p->body, p->source, &id));
	p->status = 201;
	return show_option(cx, p, id);
}

enum err api_option_update(struct cx *cx, struct page *p)
{
	struct option o;
	int64_t id;
	TRY(option_get(cx, p->id, &o));
	TRY(option_save(cx, o.id, p->body, p->source, &id));
	return show_option(cx, p, id);
}

enum err api_option_retire(struct cx *cx, struct page *p)
{
	TRY(option_retire(cx, p->id, true));
	return show_option(cx, p, p->id);
}
