/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles on the pages: made by staff and the API, bought as a whole in the shop. */
#include "offers.h"

static void goods(struct webtest *w)
{
	plan(w,
	    "{\"key\":\"v\",\"name\":\"VPS\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	web_client_call(&w->api, "POST", "/api/v1/options",
	    "{\"key\":\"disk\",\"name\":\"Disk\",\"kind\":\"quantity\",\"unit\":\"GB\","
	    "\"plans\":\"v\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":20}]}");
	assert_status(&w->api, 201);
	web_client_form(&w->owner, "/admin/plans/bundles",
	    "key=start&name=Starter&kind=percent&rate_ppm=10&on_cancel=end&plans.0.plan=v"
	    "&plans.0.cycle=1m&plans.1.plan=web-s&plans.1.cycle=1m&plans.2.plan=&plans.2.cycle=");
	assert_status(&w->owner, 303);
}

static void staff_and_the_api_make_bundles(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	goods(w);
	json_t *all = json_object_get(seen(c, "/api/v1/bundles"), "data");
	assert_int_equal(json_array_size(all), 1);
	int64_t id = number(json_array_get(all, 0), "id");
	assert_int_equal(number(json_array_get(all, 0), "rate_ppm"), 100000);
	web_client_call(c, "POST", "/api/v1/bundles",
	    "{\"key\":\"x\",\"name\":\"X\",\"rate_ppm\":1,\"plans\":[{\"plan\":\"v\","
	    "\"cycle\":\"1m\"}]}");
	assert_status(c, 422);
	web_client_call(&w->weak, "POST", "/api/v1/bundles", "{}");
	assert_status(&w->weak, 403);
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/plans/bundles", id, ""), NULL);
	assert_non_null(strstr(w->owner.body, "value=\"Starter\""));
	web_client_form(&w->owner, at(&w->owner, "/admin/plans/bundles", id, "/retire"), "");
	assert_status(&w->owner, 303);
	web_client_call(&w->anon, "GET", "/bundles/start", NULL);
	assert_status(&w->anon, 404);
	web_client_form(&w->owner, at(&w->owner, "/admin/plans/bundles", id, "/sell"), "");
	web_client_call(&w->anon, "GET", "/bundles/start", NULL);
	assert_status(&w->anon, 200);
	webtest_close(w);
}

static void it_is_bought_as_a_whole(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->b;
	json_t *rows;
	goods(w);
	web_client_call(c, "GET", "/", NULL);
	assert_non_null(strstr(c->body, "/bundles/start"));
	web_client_call(c, "GET", "/plans/v", NULL);
	assert_non_null(strstr(c->body, "per GB"));
	web_client_form(c, "/bundles/start",
	    "items.0.plan=v&items.0.options.disk=10&items.1.plan=web-s&items.1.domain=&show=1");
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "20.00"));
	web_client_form(c, "/bundles/start",
	    "items.0.plan=v&items.0.options.disk=10&items.1.plan=web-s&items.1.domain=");
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "Enter the domain"));
	/* Plans and cycles are the bundle's, whatever the form says. */
	web_client_form(c, "/bundles/start",
	    "items.0.plan=x&items.0.cycle=1y&items.0.options.disk=10&items.1.plan=web-s"
	    "&items.1.domain=b.example");
	assert_status(c, 303);
	json_t *cart = json_object_get(seen(c, "/cart"), "cart");
	/* 10.00 and 10.00 less a tenth, 2.00 for the disk */
	assert_int_equal(number(cart, "total_minor"), 2000);
	assert_int_equal(number(cart, "discount_minor"), 200);
	/* One goes, all go. */
	web_client_form(c, "/cart/remove", "n=1");
	web_client_call(c, "GET", "/cart", NULL);
	assert_non_null(strstr(c->body, "Your cart is empty"));
	web_client_form(c, "/bundles/start",
	    "items.0.plan=v&items.0.options.disk=10&items.1.plan=web-s&items.1.domain=b.example");
	web_client_form(c, "/checkout", "gateway=bank&shown_minor=2000");
	assert_status(c, 303);
	const struct invoice_filter f = {.client_id = w->b_id, .limit = 1};
	testdb_ok(&w->t->cx, invoice_list(&w->t->cx, &f, &rows));
	assert_int_equal(number(json_array_get(rows, 0), "total_minor"), 2000);
	rows = json_object_get(seen(&w->api,
	                           arena_printf(w->api.arena, "/api/v1/services?client_id=%lld",
	                               (long long)w->b_id)),
	    "data");
	assert_int_equal(number(json_array_get(rows, 0), "bundle_ppm"), 100000);
	web_client_call(c, "GET",
	    at(c, "/client/services", number(json_array_get(rows, 0), "id"), ""), NULL);
	assert_non_null(strstr(c->body, "off the plan's price"));
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(staff_and_the_api_make_bundles),
	    TESTDB_BOTH(it_is_bought_as_a_whole),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
