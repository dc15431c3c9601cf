/* SPDX-License-Identifier: Apache-2.0 */
/* The API's quotes. Each handler is a verb of core and its view. */
#include "base/str.h"
#include "core/quote/quote.h"
#include "web/api/api.h"
#include "web/handlers.h"

static enum err show(struct cx *cx, struct page *p, int64_t id)
{
	struct quote q;
	json_t *view;
	TRY(quote_get(cx, 0, id, &q));
	TRY(quote_view(cx, &q, &view));
	page_out(p, view);
	return OK;
}

enum err api_quotes(struct cx *cx, struct page *p)
{
	const struct quote_filter f = {.client_id = page_query_int(p, "client_id"),
	    .state = page_query(p, "state"),
	    .q = page_query(p, "q"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .drafts = true};
	json_t *rows;
	TRY(quote_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err api_quote(struct cx *cx, struct page *p)
{
	return show(cx, p, p->id);
}

static enum err save(struct cx *cx, struct page *p, int64_t id)
{
	struct quote_input in;
	int64_t saved;
	TRY(page_read(cx, p, &quote_fields, &in));
	TRY(quote_save(cx, id, &in, &saved));
	p->status = id == 0 ? 201 : 200;
	return show(cx, p, saved);
}

enum err api_quote_create(struct cx *cx, struct page *p)
{
	return save(cx, p, 0);
}

enum err api_quote_update(struct cx *cx, struct page *p)
{
	return save(cx, p, p->id);
}

enum err api_quote_send(struct cx *cx, struct page *p)
{
	TRY(quote_send(cx, p->id));
	return show(cx, p, p->id);
}

enum err api_quote_cancel(struct cx *cx, struct page *p)
{
	struct api_reason in;
	TRY(page_read(cx, p, &api_reason_fields, &in));
	TRY(quote_cancel(cx, p->id, in.reason));
	return show(cx, p, p->id);
}

static enum err copy(struct cx *cx, struct page *p, bool revise)
{
	int64_t id;
	TRY(quote_copy(cx, p->id, revise, &id));
	p->status = 201;
	return show(cx, p, id);
}

enum err api_quote_copy(struct cx *cx, struct page *p)
{
	return copy(cx, p, false);
}

enum err api_quote_revise(struct cx *cx, struct page *p)
{
	return copy(cx, p, true);
}

enum err api_quote_accept(struct cx *cx, struct page *p)
{
	struct api_word in;
	int64_t order_id;
	TRY(page_read(cx, p, &api_word_fields, &in));
	TRY(quote_accept(cx, &(struct quote_word){p->id, in.name, in.reason}, &order_id));
	return show(cx, p, p->id);
}

enum err api_quote_decline(struct cx *cx, struct page *p)
{
	struct api_word in;
	TRY(page_read(cx, p, &api_word_fields, &in));
	TRY(quote_decline(cx, &(struct quote_word){p->id, in.name, in.reason}));
	return show(cx, p, p->id);
}

enum err api_quote_pdf(struct cx *cx, struct page *p)
{
	struct quote q;
	json_t *view;
	TRY(quote_get(cx, 0, p->id, &q));
	TRY(quote_view(cx, &q, &view));
	return page_invoice_pdf(cx, p, view, str_or(q.number, "draft"));
}
