/* SPDX-License-Identifier: Apache-2.0 */
/* Add-ons on the pages: chosen with a plan in the shop, ordered from the page of a service. */
#include "offers.h"

#include "flow/own.h"

static void goods(struct webtest *w)
{
	plan(w,
	    "{\"key\":\"v\",\"name\":\"VPS\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	plan(w,
	    "{\"key\":\"ip\",\"name\":\"Second address\",\"needs_domain\":false,\"addon_of\":\"v\","
	    "\"addon_dates\":\"parent\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":200}]}");
}

static int64_t newest_invoice(struct webtest *w, int64_t client_id, int64_t *ret_total)
{
	json_t *rows;
	const struct invoice_filter f = {.client_id = client_id, .limit = 1};
	testdb_ok(&w->t->cx, invoice_list(&w->t->cx, &f, &rows));
	*ret_total = number(json_array_get(rows, 0), "total_minor");
	return number(json_array_get(rows, 0), "id");
}

static void pay(struct webtest *w, int64_t invoice_id)
{
	struct cx *cx = &w->t->cx;
	struct worker worker = {.cx = cx, .link = &w->linker, .holder = "test"};
	struct invoice i;
	int64_t id, n;
	bool is_new;
	testdb_ok(cx, invoice_get(cx, 0, invoice_id, &i));
	const struct payment_new paid = {i.client_id, i.id, i.balance_minor, "bank",
	    arena_printf(cx->arena, "t%lld", (long long)invoice_id), "", "EUR"};
	testdb_ok(cx, payment_record(cx, &paid, &id, &is_new));
	testdb_ok(cx, queue_drain(&worker, &n));
}

static void a_plan_is_bought_with_its_add_on(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->b;
	int64_t total;
	goods(w);
	/* An add-on is no plan of the shop window, and cannot be bought alone. */
	web_client_call(c, "GET", "/", NULL);
	assert_null(strstr(c->body, "Second address"));
	web_client_form(c, "/order/ip", "cycle=1m&quantity=1");
	assert_status(c, 422);
	web_client_call(c, "GET", "/order/v", NULL);
	assert_non_null(strstr(c->body, "Second address"));
	web_client_form(c, "/order/v", "cycle=1m&quantity=1&addons.0.plan=ip&show=1");
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "12.00"));
	web_client_form(c, "/order/v", "cycle=1m&quantity=1&addons.0.plan=none");
	assert_status(c, 422);
	web_client_form(c, "/order/v", "cycle=1m&quantity=1&addons.0.plan=ip");
	assert_status(c, 303);
	json_t *cart = json_object_get(seen(c, "/cart"), "cart");
	assert_int_equal(number(cart, "total_minor"), 1200);
	web_client_form(c, "/checkout", "gateway=bank&shown_minor=1200");
	assert_status(c, 303);
	pay(w, newest_invoice(w, w->b_id, &total));
	assert_int_equal(total, 1200);
	/* Taken out together. */
	web_client_form(c, "/order/v", "cycle=1m&quantity=1&addons.0.plan=ip");
	web_client_form(c, "/cart/remove", "n=0");
	web_client_call(c, "GET", "/cart", NULL);
	assert_non_null(strstr(c->body, "Your cart is empty"));
	webtest_close(w);
}

static int64_t running(struct webtest *w)
{
	int64_t total;
	goods(w);
	web_client_call(&w->api, "POST", "/api/v1/orders",
	    arena_printf(w->api.arena,
	        "{\"client_id\":%lld,\"items\":[{\"plan\":\"v\",\"cycle\":\"1m\"}]}",
	        (long long)w->b_id));
	assert_status(&w->api, 201);
	json_t *order = answer(&w->api);
	pay(w, newest_invoice(w, w->b_id, &total));
	return json_integer_value(json_array_get(json_object_get(order, "service_ids"), 0));
}

static void one_is_added_to_a_running_service(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = running(w), total;
	struct web_client *c = &w->b;
	const char *order = arena_printf(c->arena, "/order/ip?parent=%lld&cycle=1m", (long long)id);
	web_client_call(c, "GET", at(c, "/client/services", id, ""), NULL);
	assert_non_null(strstr(c->body, "Second address"));
	web_client_call(c, "GET", order, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "An add-on of"));
	/* Nobody adds to what is not his. */
	web_client_call(&w->a, "GET", order, NULL);
	assert_status(&w->a, 404);
	web_client_form(&w->a, "/order/ip",
	    arena_printf(w->a.arena, "cycle=1m&quantity=1&parent_id=%lld", (long long)id));
	assert_status(&w->a, 422);
	web_client_form(c, "/order/ip",
	    arena_printf(c->arena, "cycle=1m&quantity=1&parent_id=%lld", (long long)id));
	assert_status(c, 303);
	web_client_form(c, "/checkout", "gateway=bank");
	assert_status(c, 303);
	pay(w, newest_invoice(w, w->b_id, &total));
	assert_int_equal(total, 200);
	json_t *rows =
	    json_object_get(seen(&w->api,
	                        arena_printf(w->api.arena, "/api/v1/services?client_id=%lld",
	                            (long long)w->b_id)),
	        "data");
	assert_int_equal(number(json_array_get(rows, 0), "parent_id"), id);
	web_client_call(c, "GET", "/client/services", NULL);
	assert_non_null(strstr(c->body, "add-on of"));
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/services", id, ""), NULL);
	assert_non_null(strstr(w->owner.body, "Second address"));
	web_client_call(&w->owner, "GET",
	    arena_printf(w->owner.arena,
	        "/admin/orders/new?client_id=%lld&parent_id=%lld&plan=ip&cycle=1m",
	        (long long)w->b_id, (long long)id),
	    NULL);
	assert_status(&w->owner, 200);
	assert_non_null(strstr(w->owner.body, "name=\"items.0.parent_id\""));
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(a_plan_is_bought_with_its_add_on),
	    TESTDB_BOTH(one_is_added_to_a_running_service),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
