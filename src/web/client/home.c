/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first page of the client area: what needs the client, his services, his invoices, news. And
 * his letters. Every look-up has the client's id; another's row is not found.
 */
#include <string.h>

#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/notice/notice.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "fmt/mime.h"
#include "web/handlers.h"

#define HOME_ROWS 5
#define NEWS_ROWS 3

static json_t *first(struct cx *cx, const json_t *rows, size_t most)
{
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < json_array_size(rows) && i < most; i++)
		json_array_append(list, json_array_get(rows, i));
	return list;
}

/* Open and overdue documents, oldest trouble first is the list's order on its own page. */
static enum err unpaid(struct cx *cx, const struct page *p, json_t **ret)
{
	static const char *const states[] = {"overdue", "open"};
	json_t *all = json_keep(cx, json_array());
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
		const struct invoice_filter f = {.client_id = p->client_id,
		    .state = states[i],
		    .kind = "invoice",
		    .limit = HOME_ROWS};
		json_t *rows;
		TRY(invoice_list(cx, &f, &rows));
		json_array_extend(all, rows);
	}
	*ret = all;
	return OK;
}

static json_t *troubled(struct cx *cx, json_t *services)
{
	json_t *list = json_keep(cx, json_array()), *s;
	size_t i;
	json_array_foreach(services, i, s) {
		const char *state = str_or(json_string_value(json_object_get(s, "state")), "");
		if (strcmp(state, "suspended") == 0 || strcmp(state, "attention") == 0)
			json_array_append(list, s);
	}
	return list;
}

enum err area_home(struct cx *cx, struct page *p)
{
	const struct service_filter of = {.client_id = p->client_id, .limit = 50};
	const struct invoice_filter last = {.client_id = p->client_id, .limit = HOME_ROWS};
	json_t *due, *services, *invoices, *money, *news;
	TRY(unpaid(cx, p, &due));
	TRY(service_list(cx, &of, &services));
	TRY(invoice_list(cx, &last, &invoices));
	TRY(ledger_client_view(cx, p->client_id, &money));
	TRY(news_list(cx, true, &news));
	bool verified = p->session.client.email_verified_at != 0;
	json_t *bad = troubled(cx, services);
	page_title(cx, p, "Hello %s", p->session.client.first_name);
	page_put(p, "due", due);
	page_put(p, "troubled", bad);
	page_set(p, "calm",
	    json_boolean(json_array_size(due) == 0 && json_array_size(bad) == 0 && verified));
	page_set(p, "verified", json_boolean(verified));
	page_put(p, "services", first(cx, services, 10));
	page_set(p, "has_services", json_boolean(json_array_size(services) > 0));
	page_set(p, "more_services", json_boolean(json_array_size(services) > 10));
	page_put(p, "invoices", invoices);
	page_set(p, "has_invoices", json_boolean(json_array_size(invoices) > 0));
	page_put(p, "money", money);
	page_put(p, "news", first(cx, news, NEWS_ROWS));
	page_set(p, "has_news", json_boolean(json_array_size(news) > 0));
	return OK;
}

enum err area_letters(struct cx *cx, struct page *p)
{
	const struct letter_filter f = {.client_id = p->client_id,
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .q = page_query(p, "q")};
	json_t *rows;
	TRY(letter_list(cx, &f, &rows));
	for (size_t i = 0; i < json_array_size(rows); i++)
		json_object_del(json_array_get(rows, i), "detail");
	page_title(cx, p, "Messages");
	page_list(cx, p, rows, f.limit);
	page_filter(p, (const char *const[]){"q", NULL});
	return OK;
}

/* One-time links stand in these; whoever has the session has no use for them, a thief would. */
static bool is_secret(const struct letter *l)
{
	return str_eq(l->kind, "password_reset") || str_eq(l->kind, "verify_email");
}

enum err area_letter(struct cx *cx, struct page *p)
{
	struct letter l;
	struct mime_view v = {0};
	TRY(letter_get(cx, p->client_id, p->id, &l));
	if (!is_secret(&l))
		TRY(mime_parse(cx, l.bytes, l.len, &v));
	page_title(cx, p, "%s", l.subject);
	json_t *view = letter_view(cx, &l);
	json_object_del(view, "detail"); /* what the mail server said is for staff */
	page_put(p, "letter", view);
	page_set(p, "text",
	    json_string(is_secret(&l) ?
	            "This message contained a one-time link and is not shown here." :
	            str_or(v.text, "")));
	return OK;
}
