/* SPDX-License-Identifier: Apache-2.0 */
/* Documents by hand, on pages and by the API: early renewal and what follows in this file. */
#include "offers.h"

#include "core/notice/notice.h"
#include "core/quote/quote.h"
#include "flow/own.h"

static void drain(struct webtest *w)
{
	struct worker worker = {.cx = &w->t->cx, .link = &w->linker, .holder = "test"};
	int64_t n;
	testdb_ok(&w->t->cx, queue_drain(&worker, &n));
}

/* A's paid service over a plan without a server; its first term is February. */
static int64_t hosted(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	struct order_input_item item = {"s", "1m", "", 1};
	const struct order_input in = {.client_id = w->a_id, .gateway = "", .items = {&item, 1}};
	struct order o;
	struct order_item *items;
	struct invoice i;
	int64_t order, id;
	size_t n;
	bool is_new;
	plan(w,
	    "{\"key\":\"s\",\"name\":\"Small\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	testdb_ok(cx, order_create(cx, &in, "", &order));
	testdb_ok(cx, order_get(cx, 0, order, &o));
	testdb_ok(cx, order_items(cx, order, &items, &n));
	testdb_ok(cx, invoice_get(cx, 0, o.invoice_id, &i));
	const struct payment_new paid = {w->a_id, i.id, i.balance_minor, "bank", "t1", "", "EUR"};
	testdb_ok(cx, payment_record(cx, &paid, &id, &is_new));
	drain(w);
	return items[0].service_id;
}

static void INV_04_the_second_is_409_with_the_number_of_the_first(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = hosted(w);
	struct web_client *c = &w->api;
	const char *path = at(c, "/api/v1/services", id, "/invoice");
	web_client_call(c, "POST", path, "{\"from\":\"2020-01-01\"}");
	assert_status(c, 422);
	web_client_call(c, "POST", path, "{\"amount\":1}");
	assert_status(c, 422);
	web_client_call(&w->weak, "POST", path, "{}");
	assert_status(&w->weak, 403);
	web_client_call(c, "POST", path, "{}");
	assert_status(c, 201);
	json_t *first = answer(c);
	assert_int_equal(number(first, "total_minor"), 1000);
	web_client_call(c, "POST", path, "{}");
	assert_status(c, 409);
	json_t *problem = answer(c);
	assert_string_equal(word(problem, "key"), "service.invoiced");
	assert_string_equal(word(json_object_get(problem, "invoice"), "number"),
	    word(first, "number"));
	assert_int_equal(number(json_object_get(problem, "invoice"), "id"), number(first, "id"));
	/* The button of staff says the same. */
	web_client_call(&w->owner, "GET", at(c, "/admin/services", id, ""), NULL);
	assert_status(&w->owner, 200);
	assert_non_null(strstr(w->owner.body, "Issue next invoice"));
	web_client_form(&w->owner, at(c, "/admin/services", id, "/invoice"), "x=1");
	assert_status(&w->owner, 409);
	assert_non_null(strstr(w->owner.body, word(first, "number")));
	web_client_form(&w->low, at(c, "/admin/services", id, "/invoice"), "x=1");
	assert_status(&w->low, 403);
	webtest_close(w);
}

static void a_client_renews_his_own(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = hosted(w);
	struct web_client *c = &w->a;
	const char *page = at(c, "/client/services", id, ""),
	           *path = at(c, "/client/services", id, "/renew");
	web_client_call(c, "GET", page, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "Renew now"));
	web_client_form(&w->b, path, "x=1");
	assert_status(&w->b, 404);
	web_client_form(c, path, "x=1");
	assert_status(c, 303);
	const char *first = arena_strdup(c->arena, c->location);
	assert_true(str_starts(first, "/client/invoices/"));
	/* A second click shows the invoice of the first. */
	web_client_form(c, path, "x=1");
	assert_status(c, 303);
	assert_string_equal(c->location, first);
	web_client_call(c, "GET", page, NULL);
	assert_null(strstr(c->body, "Renew now"));
	webtest_close(w);
}

/* B's invoice over two typed items of 10.00 and 20.00, issued. */
static json_t *typed(struct webtest *w)
{
	struct web_client *c = &w->api;
	web_client_call(c, "POST", "/api/v1/invoices",
	    arena_printf(c->arena,
	        "{\"client_id\":%lld,\"items\":[{\"description\":\"A\",\"unit_minor\":1000},"
	        "{\"description\":\"B\",\"unit_minor\":2000}]}",
	        (long long)w->b_id));
	assert_status(c, 201);
	int64_t id = number(answer(c), "id");
	web_client_call(c, "POST", at(c, "/api/v1/invoices", id, "/issue"), "{}");
	assert_status(c, 200);
	return answer(c);
}

static int64_t item_of(const json_t *invoice, size_t i)
{
	return number(json_array_get(json_object_get(invoice, "items"), i), "id");
}

static void LAW_03_items_cancelled_by_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	json_t *old = typed(w);
	int64_t id = number(old, "id");
	const char *path = at(c, "/api/v1/invoices", id, "/cancel-items");
	web_client_call(c, "POST", path, "{\"reason\":\"x\"}");
	assert_status(c, 422);
	web_client_call(c, "POST", path, "{\"item_ids\":[99999],\"reason\":\"x\"}");
	assert_status(c, 422);
	const char *body = arena_printf(c->arena, "{\"item_ids\":[%lld],\"reason\":\"x\"}",
	    (long long)item_of(old, 0));
	web_client_call(&w->weak, "POST", path, body);
	assert_status(&w->weak, 403);
	web_client_call(c, "POST", path, body);
	assert_status(c, 201);
	json_t *rest = answer(c);
	assert_int_equal(number(rest, "total_minor"), 2000);
	assert_int_equal(number(json_object_get(rest, "refers_to"), "id"), id);
	assert_true(number(rest, "credit_note_id") > 0);
	web_client_call(c, "POST", path, body);
	assert_status(c, 409);
	assert_string_equal(word(json_object_get(answer(c), "invoice"), "number"),
	    word(rest, "number"));
	json_t *now = seen(c, at(c, "/api/v1/invoices", id, ""));
	assert_string_equal(word(now, "state"), "credited");
	assert_int_equal(number(now, "total_minor"), 3000);
	webtest_close(w);
}

static void notes_and_corrections_by_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	json_t *old = typed(w);
	int64_t id = number(old, "id");
	const char *path = at(c, "/api/v1/invoices", id, "/credit");
	web_client_call(c, "POST", path,
	    arena_printf(c->arena, "{\"item_ids\":\"%lld\",\"amount_minor\":5}",
	        (long long)item_of(old, 1)));
	assert_status(c, 422);
	web_client_call(c, "POST", path,
	    arena_printf(c->arena, "{\"item_ids\":\"%lld\",\"once\":\"k1\"}",
	        (long long)item_of(old, 1)));
	assert_status(c, 201);
	assert_int_equal(number(answer(c), "total_minor"), 2000);
	web_client_call(c, "POST", path, "{\"amount_minor\":1001}");
	assert_status(c, 409);
	assert_string_equal(word(answer(c), "key"), "credit_note.too_much");
	/* Paid money that becomes credit waits for a second person: 202. */
	testdb_ok(&w->t->cx, setting_put(&w->t->cx, "approval.credit_minor", "100"));
	web_client_call(c, "POST", at(c, "/api/v1/invoices", id, "/payments"),
	    "{\"amount_minor\":1000,\"currency\":\"EUR\",\"gateway\":\"bank\","
	    "\"reference\":\"R1\"}");
	assert_status(c, 201);
	web_client_call(c, "POST", path, "{\"amount_minor\":500}");
	assert_status(c, 202);
	assert_true(number(answer(c), "approval_id") > 0);
	web_client_call(c, "POST", at(c, "/api/v1/invoices", id, "/correction"),
	    "{\"reason\":\"forgot\",\"items\":[{\"description\":\"C\",\"unit_minor\":300}]}");
	assert_status(c, 201);
	assert_int_equal(number(json_object_get(answer(c), "refers_to"), "id"), id);
	web_client_call(c, "POST", at(c, "/api/v1/invoices", id, "/correction"),
	    "{\"reason\":\"forgot\",\"items\":[]}");
	assert_status(c, 422);
	webtest_close(w);
}

static void staff_correct_on_a_page(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->owner;
	json_t *old = typed(w);
	int64_t id = number(old, "id");
	const char *page = at(c, "/admin/invoices", id, "/correct");
	web_client_call(c, "GET", page, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "Take items back"));
	assert_non_null(strstr(c->body, "Charge what it forgot"));
	web_client_form(c, page, "what=cancel&reason=x");
	assert_status(c, 422);
	web_client_form(&w->low, page, "what=cancel&reason=x");
	assert_status(&w->low, 403);
	web_client_form(c, page,
	    arena_printf(c->arena, "what=cancel&reason=x&item_ids.i%lld=1",
	        (long long)item_of(old, 0)));
	assert_status(c, 303);
	web_client_call(c, "GET", c->location, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "Replaces invoice"));
	/* A debit correction, twice the same form: one document. */
	const char *charge = at(c, "/admin/invoices", id, "/correction");
	web_client_form(c, charge, "reason=x&once=f1");
	assert_status(c, 422);
	static const char form[] =
	    "reason=x&once=f1&items.0.description=More&items.0.unit_minor=3.00";
	web_client_form(c, charge, form);
	assert_status(c, 303);
	const char *first = arena_strdup(c->arena, c->location);
	web_client_form(c, charge, form);
	assert_string_equal(c->location, first);
	web_client_call(c, "GET", first, NULL);
	assert_non_null(strstr(c->body, word(old, "number")));
	/* Credit notes are not corrected themselves. */
	web_client_call(c, "GET", "/admin/invoices?kind=credit_note", NULL);
	assert_status(c, 200);
	webtest_close(w);
}

static void items_to_invoice_later(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->owner;
	web_client_call(c, "GET", "/admin/billables", NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "Nothing waits"));
	web_client_call(c, "GET",
	    arena_printf(c->arena, "/admin/billables/new?client_id=%lld", (long long)w->a_id),
	    NULL);
	assert_status(c, 200);
	web_client_form(c, "/admin/billables",
	    arena_printf(c->arena, "client_id=%lld&description=&unit_minor=5.00",
	        (long long)w->a_id));
	assert_status(c, 422);
	web_client_form(c, "/admin/billables",
	    arena_printf(c->arena, "client_id=%lld&description=Work&unit_minor=5.00&when=next",
	        (long long)w->a_id));
	assert_status(c, 303);
	web_client_call(c, "GET", c->location, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "With the next renewal"));
	web_client_form(&w->low, "/admin/billables", "client_id=1&description=W&unit_minor=1");
	assert_status(&w->low, 403);
	web_client_call(c, "GET", "/admin/billables/1", NULL);
	assert_status(c, 200);
	web_client_form(c, "/admin/billables/1",
	    arena_printf(c->arena, "client_id=%lld&description=Work&unit_minor=6.00&when=next",
	        (long long)w->a_id));
	assert_status(c, 303);
	json_t *j = seen(&w->api, "/api/v1/billables/1");
	assert_int_equal(number(j, "unit_minor"), 600);
	web_client_form(c, "/admin/billables/1/remove", "x=1");
	assert_status(c, 303);
	web_client_form(c, "/admin/billables/1/remove", "x=1");
	assert_status(c, 409);
	/* The API, now: an invoice at once. */
	web_client_call(&w->api, "POST", "/api/v1/billables",
	    arena_printf(c->arena,
	        "{\"client_id\":%lld,\"description\":\"Work\",\"unit_minor\":700,\"when\":\"now\"}",
	        (long long)w->b_id));
	assert_status(&w->api, 201);
	j = answer(&w->api);
	assert_string_equal(word(j, "state"), "done");
	assert_int_equal(json_array_size(json_object_get(j, "invoice_ids")), 1);
	web_client_call(&w->weak, "GET", "/api/v1/billables", NULL);
	assert_status(&w->weak, 403);
	webtest_close(w);
}

/* Quote 1: a draft for Vera, a plan at 8.00 and a line of 20.00. */
static void drafted(struct webtest *w)
{
	struct web_client *c = &w->owner;
	plan(w,
	    "{\"key\":\"s\",\"name\":\"Small\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	web_client_call(c, "GET", "/admin/quotes", NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "No quotes here"));
	web_client_call(c, "GET", "/admin/quotes/new", NULL);
	assert_status(c, 200);
	web_client_form(c, "/admin/quotes", "items.0.plan=s&items.0.cycle=1m");
	assert_status(c, 422);
	web_client_form(c, "/admin/quotes",
	    "name=Vera&email=vera%40example.org&country=DE&items.0.plan=s&items.0.cycle=1m"
	    "&items.0.price_minor=8.00&lines.0.description=Move&lines.0.unit_minor=20.00");
	assert_status(c, 303);
	web_client_call(c, "GET", c->location, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "Send quote"));
	web_client_call(c, "GET", "/admin/quotes/1/edit", NULL);
	assert_status(c, 200);
}

static void a_visitor_accepts_by_the_link(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	struct web_client *c = &w->owner, *v = &w->anon;
	struct quote q;
	drafted(w);
	web_client_form(&w->low, "/admin/quotes/1/send", "x=1");
	assert_status(&w->low, 403);
	web_client_form(c, "/admin/quotes/1/send", "x=1");
	assert_status(c, 303);
	testdb_ok(cx, quote_get(cx, 0, 1, &q));
	drain(w);
	const char *link = arena_printf(v->arena, "/q/1-%s", q.token);
	web_client_call(v, "GET", "/q/1-wrong", NULL);
	assert_status(v, 404);
	web_client_call(v, "GET", link, NULL);
	assert_status(v, 200);
	assert_non_null(strstr(v->body, "Accept the quote"));
	assert_non_null(strstr(v->body, "Small, monthly"));
	web_client_call(v, "GET", arena_printf(v->arena, "%s/pdf", link), NULL);
	assert_status(v, 200);
	assert_true(str_starts(v->body, "%PDF"));
	web_client_form(v, arena_printf(v->arena, "%s/accept", link), "name=");
	assert_status(v, 422);
	web_client_form(v, arena_printf(v->arena, "%s/accept", link), "name=Vera+V");
	assert_status(v, 303);
	assert_true(str_starts(v->location, "/i/"));
	web_client_call(v, "GET", v->location, NULL);
	assert_status(v, 200);
	/* Once. */
	web_client_form(v, arena_printf(v->arena, "%s/accept", link), "name=Vera+V");
	assert_status(v, 409);
	web_client_form(v, arena_printf(v->arena, "%s/decline", link), "name=Vera+V");
	assert_status(v, 409);
	testdb_ok(cx, quote_get(cx, 0, 1, &q));
	assert_string_equal(q.decided_name, "Vera V");
	json_t *order = seen(&w->api, at(&w->api, "/api/v1/orders", q.order_id, ""));
	json_t *invoice =
	    seen(&w->api, at(&w->api, "/api/v1/invoices", number(order, "invoice_id"), ""));
	assert_int_equal(number(invoice, "total_minor"), 2800);
	web_client_call(c, "GET", "/admin/quotes/1", NULL);
	assert_status(c, 200);
	web_client_form(c, "/admin/quotes/1/copy", "x=1");
	assert_status(c, 303);
	web_client_form(c, "/admin/quotes/1/revise", "x=1");
	assert_status(c, 409);
	web_client_call(c, "GET", "/admin/quotes?q=vera&state=accepted", NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, q.number));
	webtest_close(w);
}

static void a_client_sees_his_own_quotes(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	web_client_call(c, "POST", "/api/v1/quotes",
	    arena_printf(c->arena,
	        "{\"client_id\":%lld,\"lines\":[{\"description\":\"X\",\"unit_minor\":500}]}",
	        (long long)w->a_id));
	assert_status(c, 201);
	int64_t id = number(answer(c), "id");
	/* A draft is nobody's but ours. */
	web_client_call(&w->a, "GET", at(c, "/client/quotes", id, ""), NULL);
	assert_status(&w->a, 404);
	web_client_call(c, "POST", at(c, "/api/v1/quotes", id, "/send"), "{}");
	assert_status(c, 200);
	assert_string_equal(word(answer(c), "number"), "QUO-2027-00001");
	web_client_call(&w->a, "GET", "/client/quotes", NULL);
	assert_status(&w->a, 200);
	assert_non_null(strstr(w->a.body, "QUO-2027-00001"));
	web_client_call(&w->a, "GET", at(c, "/client/quotes", id, ""), NULL);
	assert_status(&w->a, 200);
	web_client_call(&w->b, "GET", at(c, "/client/quotes", id, ""), NULL);
	assert_status(&w->b, 404);
	web_client_form(&w->b, at(c, "/client/quotes", id, "/accept"), "name=B");
	assert_status(&w->b, 404);
	web_client_form(&w->a, at(c, "/client/quotes", id, "/decline"), "reason=too+dear");
	assert_status(&w->a, 303);
	web_client_call(c, "POST", at(c, "/api/v1/quotes", id, "/accept"), "{\"name\":\"x\"}");
	assert_status(c, 409);
	web_client_call(c, "POST", at(c, "/api/v1/quotes", id, "/revise"), "{}");
	assert_status(c, 201);
	int64_t second = number(answer(c), "id");
	web_client_call(c, "POST", at(c, "/api/v1/quotes", second, "/send"), "{}");
	assert_status(c, 200);
	assert_string_equal(word(seen(c, at(c, "/api/v1/quotes", id, "")), "state"), "superseded");
	web_client_call(c, "POST", at(c, "/api/v1/quotes", second, "/accept"), "{\"name\":\"A\"}");
	assert_status(c, 200);
	assert_true(number(answer(c), "order_id") > 0);
	web_client_call(&w->weak, "GET", "/api/v1/quotes", NULL);
	assert_status(&w->weak, 403);
	webtest_close(w);
}

static void a_statement_is_sent_and_fetched(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->owner;
	json_t *rows;
	struct letter l;
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/statement"), "from=2027-01-01");
	assert_status(c, 422);
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/statement"),
	    "from=2027-03-01&until=2027-02-01");
	assert_status(c, 422);
	web_client_form(&w->low, at(c, "/admin/clients", w->a_id, "/statement"),
	    "from=2027-01-01&until=2027-12-31");
	assert_status(&w->low, 403);
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/statement"),
	    "from=2027-01-01&until=2027-12-31");
	assert_status(c, 303);
	web_client_call(&w->api, "POST", at(c, "/api/v1/clients", w->b_id, "/statement"),
	    "{\"from\":\"2027-01-01\",\"until\":\"2027-12-31\"}");
	assert_status(&w->api, 202);
	drain(w);
	testdb_ok(&w->t->cx,
	    letter_list(&w->t->cx, &(struct letter_filter){.client_id = w->a_id, .limit = 9},
	        &rows));
	json_t *newest = json_array_get(rows, 0);
	assert_string_equal(word(newest, "letter"), "statement");
	testdb_ok(&w->t->cx, letter_get(&w->t->cx, 0, number(newest, "id"), &l));
	assert_non_null(memmem(l.bytes, l.len, "application/pdf", 15));
	web_client_call(&w->a, "GET", "/client/statement", NULL);
	assert_status(&w->a, 200);
	assert_non_null(strstr(w->a.body, "/client/statement/pdf?from="));
	web_client_call(&w->a, "GET", "/client/statement/pdf?from=2027-01-01&until=2027-12-31",
	    NULL);
	assert_status(&w->a, 200);
	assert_true(str_starts(w->a.body, "%PDF"));
	web_client_call(&w->a, "GET", "/client/statement?format=csv", NULL);
	assert_status(&w->a, 200);
	assert_non_null(strstr(w->a.body, w->invoice_number));
	web_client_call(c, "GET", at(c, "/admin/clients", w->a_id, "/statement/pdf"), NULL);
	assert_status(c, 200);
	web_client_call(&w->anon, "GET", "/client/statement/pdf", NULL);
	assert_status(&w->anon, 303);
	webtest_close(w);
}

static void proformas_on_pages_and_by_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	testdb_ok(&w->t->cx, setting_put(&w->t->cx, "invoice.proforma", "1"));
	json_t *first = typed(w), *second = typed(w);
	int64_t a = number(first, "id"), b = number(second, "id");
	assert_string_equal(word(first, "number"), "PRO-2027-00001");
	assert_string_equal(word(first, "proforma_number"), "PRO-2027-00001");
	assert_true(json_is_true(json_object_get(first, "is_proforma")));
	web_client_call(&w->owner, "GET", at(c, "/admin/invoices", a, ""), NULL);
	assert_status(&w->owner, 200);
	assert_non_null(strstr(w->owner.body, "Proforma PRO-2027-00001"));
	assert_non_null(strstr(w->owner.body, "Make it an invoice"));
	assert_non_null(strstr(w->owner.body, "Cancel proforma"));
	assert_null(strstr(w->owner.body, "data-dialog=\"write-off\""));
	web_client_call(&w->b, "GET", at(c, "/client/invoices", a, ""), NULL);
	assert_status(&w->b, 200);
	assert_non_null(strstr(w->b.body, "This is not an invoice."));
	web_client_call(&w->b, "GET", "/client", NULL);
	assert_status(&w->b, 200);
	assert_non_null(strstr(w->b.body, "PRO-2027-00001"));
	web_client_call(c, "GET", "/api/v1/invoices?kind=proforma", NULL);
	assert_status(c, 200);
	assert_int_equal(json_array_size(json_object_get(answer(c), "data")), 2);
	/* One is made an invoice by hand, one is cancelled: no credit note, and so again. */
	web_client_form(&w->owner, at(c, "/admin/invoices", a, "/issue"), "x=1");
	assert_status(&w->owner, 303);
	web_client_call(c, "GET", at(c, "/api/v1/invoices", a, ""), NULL);
	assert_false(json_is_true(json_object_get(answer(c), "is_proforma")));
	web_client_form(&w->owner, at(c, "/admin/invoices", b, "/void"), "reason=gone");
	assert_status(&w->owner, 303);
	for (int i = 0; i < 2; i++) {
		web_client_call(c, "POST", at(c, "/api/v1/invoices", b, "/credit"),
		    "{\"reason\":\"gone\"}");
		assert_status(c, 200);
		assert_string_equal(word(answer(c), "state"), "cancelled");
	}
	web_client_call(c, "GET", "/api/v1/invoices?kind=proforma&state=open", NULL);
	assert_int_equal(json_array_size(json_object_get(answer(c), "data")), 0);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(INV_04_the_second_is_409_with_the_number_of_the_first),
	    TESTDB_BOTH(a_client_renews_his_own),
	    TESTDB_BOTH(LAW_03_items_cancelled_by_api),
	    TESTDB_BOTH(notes_and_corrections_by_api),
	    TESTDB_BOTH(staff_correct_on_a_page),
	    TESTDB_BOTH(items_to_invoice_later),
	    TESTDB_BOTH(a_visitor_accepts_by_the_link),
	    TESTDB_BOTH(a_client_sees_his_own_quotes),
	    TESTDB_BOTH(a_statement_is_sent_and_fetched),
	    TESTDB_BOTH(proformas_on_pages_and_by_api),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
