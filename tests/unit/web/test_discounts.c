/* SPDX-License-Identifier: Apache-2.0 */
/* A client's discount on the pages of staff, in the shop and in the API. */
#include "offers.h"

static void staff_give_it_and_the_shop_shows_it(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->owner;
	const char *form = "email=a%40example.com&first_name=Ann&last_name=Test&address=1&city=T"
	                   "&postcode=1&country=DE&currency=EUR&group=&discount_ppm=";
	plan(w,
	    "{\"key\":\"s\",\"name\":\"Small\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	web_client_form(c, "/admin/settings/client-groups",
	    "key=trade&name=Trade&color=%23123456&discount_ppm=5");
	assert_status(c, 303);
	web_client_call(c, "GET", "/admin/settings/client-groups", NULL);
	assert_non_null(strstr(c->body, "5 %"));
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/edit"),
	    arena_printf(c->arena, "%s12.5", form));
	assert_status(c, 303);
	web_client_call(c, "GET", at(c, "/admin/clients", w->a_id, ""), NULL);
	assert_non_null(strstr(c->body, "12.5 % off all services"));
	web_client_call(c, "GET", at(c, "/admin/clients", w->a_id, "/edit"), NULL);
	assert_non_null(strstr(c->body, "value=\"12.5\""));
	/* The client sees his price, a visitor does not. */
	web_client_call(&w->a, "GET", "/plans/s", NULL);
	assert_non_null(strstr(w->a.body, "8.75"));
	web_client_call(&w->a, "GET", "/", NULL);
	assert_non_null(strstr(w->a.body, "8.75"));
	web_client_call(&w->a, "GET", "/order/s", NULL);
	assert_non_null(strstr(w->a.body, "8.75"));
	web_client_call(&w->a, "GET", "/client/profile", NULL);
	assert_non_null(strstr(w->a.body, "You have 12.5 % off"));
	web_client_call(&w->anon, "GET", "/plans/s", NULL);
	assert_null(strstr(w->anon.body, "8.75"));
	web_client_form(&w->a, "/order/s", "cycle=1m&quantity=2");
	assert_status(&w->a, 303);
	web_client_call(&w->a, "GET", "/cart", NULL);
	assert_non_null(strstr(w->a.body, "2.50"));  /* off */
	assert_non_null(strstr(w->a.body, "17.50")); /* renews at */
	/* An empty field leaves it to the group; too much is refused. */
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/edit"),
	    arena_printf(c->arena, "%s100.1", form));
	assert_status(c, 422);
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/edit"), form);
	assert_status(c, 303);
	json_t *j = seen(&w->api, at(&w->api, "/api/v1/clients", w->a_id, ""));
	assert_true(json_is_null(json_object_get(j, "discount_ppm")));
	assert_int_equal(number(j, "standing_ppm"), 0);
	webtest_close(w);
}

static void by_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	web_client_call(c, "POST", at(c, "/api/v1/clients", w->a_id, ""),
	    "{\"discount_ppm\":100000}");
	assert_status(c, 200);
	assert_int_equal(number(answer(c), "discount_ppm"), 100000);
	assert_int_equal(number(answer(c), "standing_ppm"), 100000);
	web_client_call(c, "POST", at(c, "/api/v1/clients", w->a_id, ""),
	    "{\"discount_ppm\":1000001}");
	assert_status(c, 422);
	webtest_close(w);
}

/* On the page of the client, in his shop and cart, by the API; to nobody else. */
static void agreed_prices(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->owner;
	plan(w, PLAN_SMALL);
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/prices"),
	    "plan=s&cycle=1m&price_minor=7.77");
	assert_status(c, 303);
	web_client_call(c, "GET", at(c, "/admin/clients", w->a_id, ""), NULL);
	assert_non_null(strstr(c->body, "7.77"));
	web_client_call(&w->a, "GET", "/", NULL);
	assert_non_null(strstr(w->a.body, "7.77"));
	web_client_call(&w->a, "GET", "/order/s", NULL);
	assert_non_null(strstr(w->a.body, "7.77"));
	web_client_form(&w->a, "/order/s", "cycle=1m&quantity=2");
	web_client_call(&w->a, "GET", "/cart", NULL);
	assert_non_null(strstr(w->a.body, "15.54"));
	web_client_call(&w->b, "GET", "/order/s", NULL);
	assert_null(strstr(w->b.body, "7.77"));
	web_client_call(&w->anon, "GET", "/plans/s", NULL);
	assert_null(strstr(w->anon.body, "7.77"));
	/* Refused with the field; who may not change plans may not agree on prices. */
	web_client_form(c, at(c, "/admin/clients", w->a_id, "/prices"),
	    "plan=none&cycle=1m&price_minor=1");
	assert_status(c, 422);
	web_client_form(&w->low, at(c, "/admin/clients", w->a_id, "/prices"),
	    "plan=s&cycle=1m&price_minor=1");
	assert_status(&w->low, 403);
	const char *path = at(&w->api, "/api/v1/clients", w->a_id, "/prices");
	web_client_call(&w->api, "POST", path,
	    "{\"plan\":\"s\",\"cycle\":\"1m\",\"price_minor\":666}");
	assert_status(&w->api, 201);
	json_t *list = json_object_get(answer(&w->api), "data");
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(number(json_array_get(list, 0), "price_minor"), 666);
	int64_t id = number(answer(&w->api), "id");
	web_client_call(&w->api, "POST",
	    arena_printf(w->api.arena, "%s/%lld/end", path, (long long)id), "{}");
	assert_status(&w->api, 200);
	assert_int_equal(json_array_size(json_object_get(answer(&w->api), "data")), 0);
	web_client_call(&w->a, "GET", "/order/s", NULL);
	assert_null(strstr(w->a.body, "7.77"));
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(staff_give_it_and_the_shop_shows_it),
	    TESTDB_BOTH(by_api),
	    TESTDB_BOTH(agreed_prices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
