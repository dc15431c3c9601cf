/* SPDX-License-Identifier: Apache-2.0 */
/* A client's quotes: list, one with its answer, PDF. Ownership is the first parameter. */
#include <string.h>

#include "base/str.h"
#include "core/quote/quote.h"
#include "web/handlers.h"

enum err area_quotes(struct cx *cx, struct page *p)
{
	const struct quote_filter f = {.client_id = p->client_id,
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(quote_list(cx, &f, &rows));
	page_title(cx, p, "Quotes");
	page_list(cx, p, rows, f.limit);
	page_filter(p, (const char *const[]){"state", NULL});
	return OK;
}

enum err area_quote(struct cx *cx, struct page *p)
{
	struct quote q;
	json_t *view;
	TRY(quote_get(cx, p->client_id, p->id, &q));
	TRY(quote_view(cx, &q, &view));
	page_put(p, "quote", view);
	page_set(p, "action", json_sprintf("/client/quotes/%lld", (long long)q.id));
	page_title(cx, p, "Quote %s", str_or(q.number, ""));
	return OK;
}

enum err area_quote_pdf(struct cx *cx, struct page *p)
{
	struct quote q;
	json_t *view;
	TRY(quote_get(cx, p->client_id, p->id, &q));
	TRY(quote_view(cx, &q, &view));
	return page_invoice_pdf(cx, p, view, str_or(q.number, "quote"));
}

static enum err word_of(struct cx *cx, struct page *p, struct quote_word *ret)
{
	struct quote q;
	const char *name = page_body(p, "name"), *reason = page_body(p, "reason");
	TRY(quote_get(cx, p->client_id, p->id, &q));
	*ret = (struct quote_word){q.id, str_or(name, cx->actor.name), str_or(reason, "")};
	if (!str_clean_line(ret->name) || !str_clean_line(ret->reason) || strlen(ret->name) > 200 ||
	    strlen(ret->reason) > 500)
		return fail_field(cx, "name", "field.line", "Enter one line");
	return OK;
}

enum err area_quote_accept(struct cx *cx, struct page *p)
{
	struct quote_word w;
	struct order o;
	int64_t order_id;
	TRY(word_of(cx, p, &w));
	TRY(quote_accept(cx, &w, &order_id));
	TRY(order_get(cx, 0, order_id, &o));
	page_set(p, "order_id", json_integer(order_id));
	page_flash(cx, p, "success", "Thank you: the quote is accepted. Here is the invoice.");
	return page_go(cx, p, "/client/invoices/%lld", (long long)o.invoice_id);
}

enum err area_quote_decline(struct cx *cx, struct page *p)
{
	struct quote_word w;
	TRY(word_of(cx, p, &w));
	TRY(quote_decline(cx, &w));
	page_flash(cx, p, "info", "The quote is declined. Thank you for telling us.");
	return page_go(cx, p, "/client/quotes/%lld", (long long)p->id);
}
