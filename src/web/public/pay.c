/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed link to one invoice: whoever holds it sees and pays this document, without a login,
 * and nothing else of its client.
 */
#include "web/pay.h"

#include "base/str.h"
#include "core/payment/payment.h"
#include "web/handlers.h"

/* Guessing must not be worth while. */
#define TRIES_IP 120
#define TRIES_S 3600

static enum err find(struct cx *cx, const struct page *p, struct invoice *ret)
{
	enum err err = invoice_find_token(cx, p->word, ret);
	if (err == ERR_NOT_FOUND || err == ERR_INVALID)
		return fail(cx, ERR_NOT_FOUND, "invoice.link",
		    "This link is not valid. Please use the newest one we sent.");
	return err;
}

static const char *number_of(const struct invoice *i)
{
	return str_or(i->number, "");
}

enum err link_show(struct cx *cx, struct page *p)
{
	struct invoice i;
	json_t *view;
	TRY(find(cx, p, &i));
	TRY(invoice_view(cx, &i, &view));
	page_put(p, "invoice", view);
	page_set(p, "token", json_string(p->word));
	page_set(p, "payable",
	    json_boolean(
	        (i.state == INVOICE_OPEN || i.state == INVOICE_OVERDUE) && i.balance_minor > 0));
	bool pending;
	TRY(attempt_pending(cx, i.id, &pending));
	page_set(p, "pending", json_boolean(pending));
	TRY(pay_ways(cx, p));
	p->leaves = true;
	page_title(cx, p, "%s %s", str_eq(i.kind, "credit_note") ? "Credit note" : "Invoice",
	    number_of(&i));
	return OK;
}

enum err link_pdf(struct cx *cx, struct page *p)
{
	struct invoice i;
	json_t *view;
	TRY(find(cx, p, &i));
	TRY(invoice_view(cx, &i, &view));
	return page_invoice_pdf(cx, p, view, number_of(&i));
}

enum err link_pay(struct cx *cx, struct page *p)
{
	struct invoice i;
	const char *url, *path = arena_printf(cx->arena, "/i/%s", p->word);
	if (p->waiting == NULL)
		TRY(throttle_count(cx, arena_printf(cx->arena, "pay/ip/%s", cx->actor.ip), TRIES_IP,
		    TRIES_S));
	TRY(find(cx, p, &i));
	const struct pay_start s = {&i, page_body(p, "gateway"),
	    page_url(cx, p, arena_printf(cx->arena, "%s/return", path))};
	TRY(pay_start(cx, p, &s, &url));
	if (url != NULL)
		return page_go_away(cx, p, url);
	page_flash(cx, p, "info", "Please transfer the amount as described below.");
	return page_go(cx, p, "%s", path);
}

enum err link_return(struct cx *cx, struct page *p)
{
	struct invoice i;
	const char *state;
	TRY(find(cx, p, &i));
	TRY(pay_ask(cx, p, &i, &state));
	pay_say(cx, p, state);
	return page_go(cx, p, "/i/%s", p->word);
}
