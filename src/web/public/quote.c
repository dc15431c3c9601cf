/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed link to one quote: whoever holds it sees, accepts or declines this offer, without a
 * login, and nothing else.
 */
#include <string.h>

#include "base/str.h"
#include "core/access/access.h"
#include "core/quote/quote.h"
#include "web/handlers.h"

/* Guessing must not be worth while. */
#define TRIES_IP 120
#define TRIES_S 3600

static enum err put(struct cx *cx, struct page *p, const struct quote *q)
{
	json_t *view;
	TRY(quote_view(cx, q, &view));
	page_put(p, "quote", view);
	page_set(p, "action", json_sprintf("/q/%s", p->word));
	page_set(p, "token", json_string(p->word));
	page_title(cx, p, "Quote %s", str_or(q->number, ""));
	return OK;
}

enum err quote_show(struct cx *cx, struct page *p)
{
	struct quote q;
	TRY(quote_find_token(cx, p->word, &q));
	return put(cx, p, &q);
}

enum err quote_pdf(struct cx *cx, struct page *p)
{
	struct quote q;
	json_t *view;
	TRY(quote_find_token(cx, p->word, &q));
	TRY(quote_view(cx, &q, &view));
	return page_invoice_pdf(cx, p, view, str_or(q.number, "quote"));
}

static enum err word_of(struct cx *cx, struct page *p, bool named, struct quote_word *ret)
{
	struct quote q;
	const char *name = str_or(page_body(p, "name"), "");
	const char *reason = str_or(page_body(p, "reason"), "");
	TRY(throttle_count(cx, arena_printf(cx->arena, "quote/ip/%s", cx->actor.ip), TRIES_IP,
	    TRIES_S));
	TRY(quote_find_token(cx, p->word, &q));
	if (named && str_empty(name))
		return fail_field(cx, "name", "field.required", "Enter your name");
	if (!str_clean_line(name) || !str_clean_line(reason) || strlen(name) > 200 ||
	    strlen(reason) > 500)
		return fail_field(cx, "name", "field.line", "Enter one line");
	*ret = (struct quote_word){q.id, name, reason};
	return OK;
}

enum err quote_take(struct cx *cx, struct page *p)
{
	struct quote_word w;
	struct order o;
	struct invoice i;
	int64_t order_id;
	TRY(word_of(cx, p, true, &w));
	TRY(quote_accept(cx, &w, &order_id));
	TRY(order_get(cx, 0, order_id, &o));
	TRY(invoice_get(cx, 0, o.invoice_id, &i));
	page_flash(cx, p, "success", "Thank you: the quote is accepted. Here is the invoice.");
	return page_go(cx, p, "/i/%lld-%s", (long long)i.id, i.token);
}

enum err quote_refuse(struct cx *cx, struct page *p)
{
	struct quote_word w = {0};
	TRY(word_of(cx, p, false, &w));
	if (str_empty(w.name))
		w.name = "the holder of the link";
	TRY(quote_decline(cx, &w));
	page_flash(cx, p, "info", "The quote is declined. Thank you for telling us.");
	return page_go(cx, p, "/q/%s", p->word);
}
