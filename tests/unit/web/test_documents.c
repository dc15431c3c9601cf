/* SPDX-License-Identifier: Apache-2.0 */
/* Documents by hand, on pages and by the API: early renewal and what follows in this file. */
#include "offers.h"

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

static void inv_04_the_second_is_409_with_the_number_of_the_first(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(inv_04_the_second_is_409_with_the_number_of_the_first),
	    TESTDB_BOTH(a_client_renews_his_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
