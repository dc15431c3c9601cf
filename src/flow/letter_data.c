/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a letter knows: company, client, and the invoice, service or order it is about, in the
 * shapes of core/notice/sample.c.
 */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/job/job.h"
#include "core/report/report.h"
#include "core/access/access.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/notice/notice.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "core/quote/quote.h"
#include "core/service/reprice.h"
#include "core/view.h"
#include "flow/own.h"
#include "fmt/form.h"

struct building {
	struct worker *w;
	const struct letter_wish *wish;
	const struct settings *s;
	json_t *data;
	const char *to, *name;
	const char *link; /* path below company_url, or NULL */
};

static void company_add(struct building *b)
{
	const struct settings *s = b->s;
	json_object_set_new(b->data, "company",
	    json_pack("{s:s s:s s:s s:o s:s s:s}", "name", s->company_name, "url", s->company_url,
	        "email", s->company_email, "address_lines",
	        view_lines(b->w->cx, s->company_address), "footer", s->company_footer, "accent",
	        s->company_accent));
}

static enum err client_add(struct building *b, int64_t id)
{
	struct client c;
	TRY(client_get(b->w->cx, id, &c));
	json_t *view = client_view(b->w->cx, &c);
	json_object_set(b->data, "client", view);
	b->to = c.email;
	b->name = json_string_value(json_object_get(view, "name"));
	return OK;
}

static enum err about_invoice(struct building *b)
{
	struct cx *cx = b->w->cx;
	struct invoice i;
	json_t *view;
	TRY(invoice_get(cx, 0, b->wish->subject_id, &i));
	TRY(client_add(b, i.client_id));
	TRY(invoice_view(cx, &i, &view));
	json_object_set(b->data, "invoice", view);
	struct day today = setting_today(cx, b->s);
	int64_t days = i.due_on.n > today.n ? i.due_on.n - today.n : today.n - i.due_on.n;
	json_object_set_new(b->data, "days", json_integer(days));
	b->link = arena_printf(cx->arena, "/i/%" PRId64 "-%s", i.id, i.token);
	return OK;
}

/* The welcome letter carries the first password; only link may open it. */
static enum err password_open(struct building *b, const struct service *s, json_t *view)
{
	struct answer a;
	json_object_set_new(view, "password", json_null());
	if (!str_eq(b->wish->kind, "service_welcome") || str_empty(s->secret))
		return OK;
	TRY(flow_ask(b->w, "secret.open", json_pack("{s:{s:s}}", "args", "sealed", s->secret), &a));
	if (a.outcome != OUTCOME_DONE)
		return fail(b->w->cx, ERR_RETRY, "letter.secret", "The password cannot be read: %s",
		    a.reason);
	json_object_set(view, "password", json_object_get(a.data, "text"));
	return OK;
}

static enum err server_add(struct building *b, const struct service *s, json_t *view)
{
	struct server server;
	if (s->server_id == 0) {
		json_object_set_new(view, "server", json_null());
		return OK;
	}
	TRY(server_get(b->w->cx, s->server_id, &server));
	json_t *settings = json_keep(b->w->cx, view_parse(server.settings));
	const char *names = json_string_value(json_object_get(settings, "nameservers"));
	const char *host = json_string_value(json_object_get(settings, "hostname"));
	json_object_set_new(view, "server",
	    json_pack("{s:s s:o}", "hostname", str_or(host, server.name), "nameservers",
	        view_lines(b->w->cx, str_or(names, ""))));
	return OK;
}

static const char *suspend_words(const char *cause)
{
	if (str_eq(cause, "debt"))
		return "an invoice is unpaid";
	if (str_eq(cause, "parent"))
		return "the service it belongs to is switched off";
	if (str_eq(cause, "dispute"))
		return "a payment was disputed";
	return str_eq(cause, "abuse") ? "a breach of the terms" : "a decision of our staff";
}

static enum err about_service(struct building *b)
{
	struct cx *cx = b->w->cx;
	struct service s;
	json_t *view;
	bool left = str_eq(b->wish->kind, "service_left");
	TRY(service_get(cx, 0, b->wish->subject_id, &s));
	TRY(client_add(b, left ? b->wish->client_id : s.client_id));
	TRY(service_view(cx, &s, &view));
	TRY(password_open(b, &s, view));
	TRY(server_add(b, &s, view));
	b->link =
	    left ? "/client/services" : arena_printf(cx->arena, "/client/services/%" PRId64, s.id);
	json_object_set_new(view, "panel_url",
	    str_empty(s.panel) ? json_null() : json_sprintf("%s%s", b->s->company_url, b->link));
	json_object_set_new(view, "suspend_reason", json_string(suspend_words(s.suspend_cause)));
	json_object_set(b->data, "service", view);
	json_object_set_new(b->data, "reason", json_string(suspend_words(s.suspend_cause)));
	return OK;
}

static enum err about_order(struct building *b)
{
	struct cx *cx = b->w->cx;
	struct order o;
	json_t *view;
	TRY(order_get(cx, 0, b->wish->subject_id, &o));
	TRY(client_add(b, o.client_id));
	TRY(order_view(cx, &o, &view));
	json_object_set(b->data, "order", view);
	b->link = arena_printf(cx->arena, "/client/orders/%" PRId64, o.id);
	return OK;
}

/* A visitor is written to at the address on the quote. */
static enum err about_quote(struct building *b)
{
	struct cx *cx = b->w->cx;
	struct quote q;
	json_t *view;
	TRY(quote_get(cx, 0, b->wish->subject_id, &q));
	if (q.client_id != 0) {
		TRY(client_add(b, q.client_id));
	} else {
		json_object_set_new(b->data, "client",
		    json_pack("{s:s s:s s:s}", "first_name", q.name, "name", q.name, "email",
		        q.email));
		b->to = q.email;
		b->name = q.name;
	}
	TRY(quote_view(cx, &q, &view));
	json_object_set(b->data, "quote", view);
	b->link = arena_printf(cx->arena, "/q/%" PRId64 "-%s", q.id, q.token);
	return OK;
}

/* Did a letter of a new price go out, so that taking it back is news? */
static enum err was_told(struct building *b, bool *ret)
{
	json_t *list;
	const struct letter_filter f = {.client_id = b->wish->client_id,
	    .subject_kind = "reprice",
	    .subject_id = b->wish->subject_id,
	    .kind = "price_change",
	    .limit = 1};
	TRY(letter_list(b->w->cx, &f, &list));
	*ret = json_array_size(list) > 0;
	return OK;
}

/* The services of one client that wait for a price; nothing to tell when none does any more. */
static enum err about_reprice(struct building *b)
{
	struct cx *cx = b->w->cx;
	bool cancelled = str_eq(b->wish->kind, "price_change_cancelled"), told = true;
	struct reprice_filter f = {.reprice_id = b->wish->subject_id,
	    .client_id = b->wish->client_id,
	    .limit = LIMIT_API_ROWS,
	    .state = cancelled ? "cancelled" : "waiting"};
	if (cancelled)
		TRY(was_told(b, &told));
	if (!told)
		return OK;
	json_t *view, *page, *items = json_array(), *prices = json_pack("{s:o}", "items", items);
	json_object_set_new(b->data, "prices", prices);
	TRY(reprice_view(cx, f.reprice_id, &view));
	do {
		TRY(reprice_items(cx, &f, &page));
		json_array_extend(items, page);
		f.after = json_integer_value(
		    json_object_get(json_array_get(items, json_array_size(items) - 1), "id"));
	} while (json_array_size(page) == LIMIT_API_ROWS);
	if (json_array_size(items) == 0)
		return OK;
	json_object_set(prices, "effective_on", json_object_get(view, "effective_on"));
	json_object_set(prices, "reason", json_object_get(view, "reason"));
	json_object_set(prices, "currency", json_object_get(view, "currency"));
	b->link = "/client/services";
	return client_add(b, f.client_id);
}

/* A letter to a client or, for a reset, a staff member: with a one-time link made only here. */
static enum err about_client(struct building *b)
{
	struct cx *cx = b->w->cx;
	const char *kind = b->wish->kind;
	bool staff = str_eq(b->wish->subject, "staff");
	char *token;
	if (staff) {
		struct staff s;
		TRY(staff_get(cx, b->wish->subject_id, &s));
		json_object_set_new(b->data, "client",
		    json_pack("{s:s s:s}", "first_name", s.name, "email", s.email));
		b->to = s.email;
		b->name = s.name;
	} else {
		TRY(client_add(b, b->wish->subject_id));
	}
	if (str_eq(kind, "email_changed")) {
		b->link = "/client/details";
		return OK;
	}
	if (str_eq(kind, "statement")) {
		b->link = "/client/statement";
		return OK;
	}
	bool reset = str_eq(kind, "password_reset");
	TRY(access_one_time(cx, reset ? "reset" : "verify", b->wish->subject, b->wish->subject_id,
	    &token));
	b->link = arena_printf(cx->arena, "%s/%s",
	    reset ? staff ? "/admin/reset" : "/reset" : "/verify", token);
	return OK;
}

/* The change of an address is told to the old one, which stands in the event. */
static enum err old_address(struct building *b)
{
	struct event_filter f = {.after = b->wish->event_id - 1,
	    .subject = "client",
	    .subject_id = b->wish->subject_id,
	    .name = "email",
	    .limit = 1};
	json_t *list;
	TRY(event_list(b->w->cx, &f, &list));
	json_t *data = json_object_get(json_array_get(list, 0), "data");
	const char *old = json_string_value(
	    json_array_get(json_object_get(json_object_get(data, "changed"), "email"), 0));
	if (!str_empty(old))
		b->to = old;
	return OK;
}

/* While the run goes on there is more to come: the job waits. */
static enum err run_is_over(struct building *b)
{
	bool busy;
	TRY(task_busy(b->w->cx, "billing", &busy));
	return busy ?
	    fail(b->w->cx, FLOW_LATER, "billing.busy", "The billing run is not over yet") :
	    OK;
}

static enum err caught_up_text(struct building *b, const char **ret_title, const char **ret_text)
{
	enum { LINES = 200 };
	struct cx *cx = b->w->cx;
	struct report_late *late;
	struct day day;
	struct buf text;
	size_t n;
	char from[DAY_TEXT_SIZE], due[DAY_TEXT_SIZE];
	TRY(run_is_over(b));
	if (!day_parse(b->wish->cause + strlen("catch_up/"), &day))
		return fail(cx, ERR_INTERNAL, "letter.cause", "%s names no day", b->wish->cause);
	TRY(report_caught_up(cx, day, LINES + 1, &late, &n));
	buf_init(&text, cx->arena);
	for (size_t i = 0; i < n && i < LINES; i++)
		buf_printf(&text, "%s, client %" PRId64 ", %s, period from %s, due %s\n",
		    late[i].number, late[i].client_id,
		    money_print(cx->arena, money_of(late[i].total_minor, late[i].currency)),
		    day_text(late[i].from, from), day_text(late[i].due_on, due));
	if (n > LINES)
		buf_puts(&text, "and more.\n");
	*ret_title = "Invoices were issued for periods that had begun already";
	*ret_text = buf_text(&text);
	b->link = "/admin/invoices";
	return OK;
}

static enum err alert_text(struct building *b, const char **ret_title, const char **ret_text)
{
	struct cx *cx = b->w->cx;
	struct event_filter f = {.after = b->wish->event_id - 1, .limit = 1};
	json_t *list = NULL;
	if (b->wish->event_id != 0)
		TRY(event_list(cx, &f, &list));
	const json_t *data = json_object_get(json_array_get(list, 0), "data");
	const char *detail = json_string_value(json_object_get(data, "detail"));
	*ret_text = str_or(str_or(b->wish->text, detail), "See the event log for details.");
	if (str_eq(b->wish->kind, "alert_service")) {
		*ret_title = arena_printf(cx->arena, "Service %" PRId64 " needs attention",
		    b->wish->subject_id);
		b->link = arena_printf(cx->arena, "/admin/services/%" PRId64, b->wish->subject_id);
	} else if (str_eq(b->wish->kind, "alert_payment")) {
		struct payment p;
		TRY(payment_get(cx, 0, b->wish->subject_id, &p));
		*ret_title = arena_printf(cx->arena,
		    p.state == PAYMENT_FAILED ? "Payment %" PRId64 " did not stay" :
		                                "Payment %" PRId64 " is disputed",
		    b->wish->subject_id);
		b->link = arena_printf(cx->arena, "/admin/payments/%" PRId64, p.id);
	} else if (str_eq(b->wish->kind, "alert_quote")) {
		struct quote q;
		TRY(quote_get(cx, 0, b->wish->subject_id, &q));
		*ret_title = arena_printf(cx->arena, "Quote %s was %s", q.number,
		    q.state == QUOTE_ACCEPTED ? "accepted" : "declined");
		*ret_text = arena_printf(cx->arena, "By %s. %s", q.decided_name, q.reason);
		b->link = arena_printf(cx->arena, "/admin/quotes/%" PRId64, q.id);
	} else {
		const char *task = json_string_value(json_object_get(data, "task"));
		*ret_title =
		    arena_printf(cx->arena, "The task %s does not succeed", str_or(task, "?"));
		b->link = "/admin/runs";
	}
	return OK;
}

static enum err about_staff(struct building *b)
{
	const char *title, *text;
	if (str_eq(b->wish->kind, "alert_catch_up"))
		TRY(caught_up_text(b, &title, &text));
	else
		TRY(alert_text(b, &title, &text));
	json_object_set_new(b->data, "alert", json_pack("{s:s s:s}", "title", title, "text", text));
	b->to = str_or(b->s->mail_alert, b->s->company_email);
	b->name = b->s->company_name;
	return OK;
}

enum err letter_data(struct worker *w, const struct letter_wish *wish, const struct settings *s,
    json_t **ret, const char **ret_to, const char **ret_name)
{
	const struct {
		const char *about;
		enum err (*build)(struct building *b);
	} builders[] = {{"invoice", about_invoice}, {"service", about_service},
	    {"order", about_order}, {"quote", about_quote}, {"reprice", about_reprice},
	    {"client", about_client}, {"staff", about_staff}};
	struct building b = {.w = w, .wish = wish, .s = s, .data = json_keep(w->cx, json_object())};
	const struct letter_kind *kind = letter_kind_find(wish->kind);
	if (kind == NULL)
		return fail(w->cx, ERR_INTERNAL, "letter.kind", "There is no letter \"%s\"",
		    wish->kind);
	company_add(&b);
	for (size_t i = 0; i < sizeof builders / sizeof builders[0]; i++)
		if (str_eq(builders[i].about, kind->about))
			TRY(builders[i].build(&b));
	if (str_eq(wish->kind, "email_changed"))
		TRY(old_address(&b));
	json_object_set_new(b.data, "link",
	    b.link == NULL ? json_null() : json_sprintf("%s%s", s->company_url, b.link));
	*ret = b.data;
	*ret_to = b.to;
	*ret_name = b.name;
	return OK;
}
