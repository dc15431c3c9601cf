/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotes for staff: the list, writing one, and what becomes of it. What it comes to and who may
 * still accept it is core/quote.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/quote/quote.h"
#include "web/source.h"
#include "web/staff/own.h"

#define INTRO \
	"For a client, or for a visitor with name, address and country. Its amounts are fixed " \
	"when it is sent; whoever accepts it while it is valid gets them."

enum err admin_quotes(struct cx *cx, struct page *p)
{
	struct quote_filter f = {.client_id = page_query_int(p, "client_id"),
	    .q = page_query(p, "q"),
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .drafts = true};
	json_t *rows;

	TRY(quote_list(cx, &f, &rows));
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Quotes");
	admin_filter(p);
	admin_chips(cx, p, "state", "quote");
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err admin_quote_new(struct cx *cx, struct page *p)
{
	int64_t client_id = page_query_int(p, "client_id");
	struct client c;
	json_t *values = json_pack("{s:s}", "currency", p->settings.company_currency);

	if (client_id > 0) {
		TRY(client_get(cx, client_id, &c));
		json_object_set_new(values, "client_id", json_integer(c.id));
		json_object_set_new(values, "currency", json_string(c.currency));
	}
	json_t *shown = admin_only_shows(p) ? p->body : values;
	admin_form(cx, p,
	    &(struct admin_form){.title = "New quote",
	        .action = "/admin/quotes",
	        .button = "Create draft",
	        .back = "/admin/quotes",
	        .fields = &quote_fields,
	        .values = shown,
	        .intro = INTRO});
	json_decref(values);
	admin_plan_rows(cx, p, "items");
	return OK;
}

/* The currency that typed amounts are in must be known before they are read. */
static enum err currency_of(struct cx *cx, struct page *p)
{
	int64_t client_id = page_body_int(p, "client_id");
	struct client c = {.currency = p->settings.company_currency};

	if (page_body(p, "currency") != NULL)
		return OK;
	if (client_id > 0)
		TRY(client_get(cx, client_id, &c));
	json_object_set_new(p->body, "currency", json_string(c.currency));
	return OK;
}

static enum err save(struct cx *cx, struct page *p, int64_t id)
{
	struct quote_input in;
	int64_t saved;

	enum err err = web_source_client(cx, p, "client_id");
	if (admin_only_shows(p)) {
		if (err != OK && err != ERR_INVALID)
			return err;
		cx_clear(cx);
		return id == 0 ? admin_quote_new(cx, p) : admin_quote_edit(cx, p);
	}
	TRY(err);
	TRY(currency_of(cx, p));
	TRY(page_read(cx, p, &quote_fields, &in));
	TRY(quote_save(cx, id, &in, &saved));
	page_set(p, "id", json_integer(saved));
	page_flash(cx, p, "success", "The draft was saved. Check it, then send it.");
	return page_go(cx, p, "/admin/quotes/%lld", (long long)saved);
}

enum err admin_quote_create(struct cx *cx, struct page *p)
{
	return save(cx, p, 0);
}

enum err admin_quote_save(struct cx *cx, struct page *p)
{
	return save(cx, p, p->id);
}

enum err admin_quote_edit(struct cx *cx, struct page *p)
{
	struct quote q;
	json_t *values;

	TRY(quote_get(cx, 0, p->id, &q));
	TRY(quote_form(cx, &q, &values));
	admin_form(cx, p,
	    &(struct admin_form){.title = "Edit draft",
	        .action = arena_printf(cx->arena, "/admin/quotes/%lld/edit", (long long)q.id),
	        .button = "Save draft",
	        .back = admin_path(cx, "quotes", q.id),
	        .fields = &quote_fields,
	        .values = admin_only_shows(p) ? p->body : values,
	        .intro = INTRO});
	admin_plan_rows(cx, p, "items");
	return OK;
}

/* Which buttons the state allows. */
static json_t *can(const struct quote *q)
{
	bool sent = q->state == QUOTE_SENT, draft = q->state == QUOTE_DRAFT;

	return json_pack("{s:b, s:b, s:b, s:b}", "edit", draft, "answer", sent, "cancel",
	    sent || draft, "revise",
	    sent || q->state == QUOTE_DECLINED || q->state == QUOTE_EXPIRED);
}

enum err admin_quote(struct cx *cx, struct page *p)
{
	struct quote q;
	struct client c;
	json_t *view;

	TRY(quote_get(cx, 0, p->id, &q));
	TRY(quote_view(cx, &q, &view));
	page_title(cx, p, "Quote %s", str_or(q.number, "(draft)"));
	page_put(p, "quote", view);
	page_set(p, "can", can(&q));
	page_put(p, "client", NULL);
	if (q.client_id != 0) {
		TRY(client_get(cx, q.client_id, &c));
		page_put(p, "client", client_view(cx, &c));
	}
	return admin_put_events(cx, p,
	    &(struct event_filter){.subject = "quote", .subject_id = q.id});
}

enum err admin_quote_pdf(struct cx *cx, struct page *p)
{
	struct quote q;
	json_t *view;

	TRY(quote_get(cx, 0, p->id, &q));
	TRY(quote_view(cx, &q, &view));
	return page_invoice_pdf(cx, p, view, str_or(q.number, "draft"));
}

static enum err back(struct cx *cx, struct page *p, int64_t id)
{
	return page_go(cx, p, "/admin/quotes/%lld", (long long)id);
}

enum err admin_quote_send(struct cx *cx, struct page *p)
{
	TRY(quote_send(cx, p->id));
	page_flash(cx, p, "success", "The quote is on its way.");
	return back(cx, p, p->id);
}

enum err admin_quote_cancel(struct cx *cx, struct page *p)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	TRY(quote_cancel(cx, p->id, reason));
	page_flash(cx, p, "success", "The quote was taken back.");
	return back(cx, p, p->id);
}

static enum err copy(struct cx *cx, struct page *p, bool revise)
{
	int64_t id;

	TRY(quote_copy(cx, p->id, revise, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success",
	    revise ? "A new version was drafted. Sending it takes this one's place." :
	             "A draft that says the same was made.");
	return page_go(cx, p, "/admin/quotes/%lld/edit", (long long)id);
}

enum err admin_quote_copy(struct cx *cx, struct page *p)
{
	return copy(cx, p, false);
}

enum err admin_quote_revise(struct cx *cx, struct page *p)
{
	return copy(cx, p, true);
}

enum err admin_quote_accept(struct cx *cx, struct page *p)
{
	const char *reason;
	int64_t order_id;

	TRY(admin_reason(cx, p, &reason));
	TRY(quote_accept(cx, &(struct quote_word){p->id, p->staff.name, reason}, &order_id));
	page_flash(cx, p, "success", "The quote was accepted; this is its order.");
	return page_go(cx, p, "/admin/orders/%lld", (long long)order_id);
}

enum err admin_quote_decline(struct cx *cx, struct page *p)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	TRY(quote_decline(cx, &(struct quote_word){p->id, p->staff.name, reason}));
	page_flash(cx, p, "success", "The quote was declined.");
	return back(cx, p, p->id);
}
