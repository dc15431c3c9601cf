/* SPDX-License-Identifier: Apache-2.0 */
/* Meters and readings: the pages of staff, what the client sees, and the API. */
#include "offers.h"

#include "core/meter/meter.h"
#include "flow/own.h"

static int64_t plan_of(struct webtest *w, int64_t service)
{
	struct service s;
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, service, &s));
	return s.plan_id;
}

static void staff_enter_and_correct(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = paid_service(w, PLAN_SMALL), plan = plan_of(w, id);
	struct web_client *c = &w->owner;
	const char *page = at(c, "/admin/services", id, "/readings");
	web_client_call(c, "GET", at(c, "/admin/plans", plan, "/meters"), NULL);
	assert_non_null(strstr(c->body, "Nothing is counted"));
	web_client_call(c, "GET", page, NULL);
	assert_non_null(strstr(c->body, "has no meters"));
	web_client_form(c, at(c, "/admin/plans", plan, "/meters"),
	    "key=traffic&name=Traffic&unit=GB&model=graduated&included=0&package_size=1"
	    "&aggregation=sum&panel_per=1&tiers.0.currency=EUR&tiers.0.up_to=10&tiers.0.price=0.02"
	    "&tiers.1.currency=EUR&tiers.1.up_to=0&tiers.1.price=x");
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "Enter a price"));
	web_client_form(c, at(c, "/admin/plans", plan, "/meters"),
	    "key=traffic&name=Traffic&unit=GB&model=graduated&included=0&package_size=1"
	    "&aggregation=sum&panel_per=1&tiers.0.currency=EUR&tiers.0.up_to=10&tiers.0.price=0.02"
	    "&tiers.0.flat_minor=0.50&tiers.1.currency=EUR&tiers.1.up_to=0&tiers.1.price=0.005");
	assert_status(c, 303);
	web_client_call(c, "GET", at(c, "/admin/plans", plan, "/meters"), NULL);
	assert_non_null(strstr(c->body, "0.005 EUR"));
	web_client_call(c, "GET", "/admin/meters/1", NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "value=\"0.02\""));
	/* 10 at 0.02 and 0.50 once, 20 at 0.005: 0.80. */
	web_client_form(c, page, "meter=traffic&quantity=30&key=k1&note=by+hand");
	assert_status(c, 303);
	web_client_form(c, page, "meter=traffic&quantity=30&key=k1&note=by+hand");
	assert_status(c, 303);
	web_client_form(c, page, "meter=traffic&quantity=31&key=k1");
	assert_status(c, 409);
	web_client_call(c, "GET", page, NULL);
	assert_non_null(strstr(c->body, "0.80"));
	assert_non_null(strstr(c->body, "by hand"));
	web_client_call(&w->a, "GET", at(c, "/client/services", id, ""), NULL);
	assert_non_null(strstr(w->a.body, "Use so far"));
	assert_non_null(strstr(w->a.body, "0.80"));
	web_client_form(c, page, "meter=traffic&quantity=10&key=k2&replaces_id=1");
	assert_status(c, 303);
	web_client_call(c, "GET", page, NULL);
	assert_non_null(strstr(c->body, "Replaced"));
	assert_non_null(strstr(c->body, "0.70"));
	web_client_form(c, "/admin/meters/1/retire", "");
	assert_status(c, 303);
	web_client_form(c, page, "meter=traffic&quantity=1&key=k3");
	assert_status(c, 422);
	web_client_form(c, "/admin/meters/1/restore", "");
	assert_status(c, 303);
	webtest_close(w);
}

static void programs_send_readings(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = paid_service(w, PLAN_SMALL);
	struct web_client *c = &w->api;
	const char *path = at(c, "/api/v1/services", id, "/readings");
	web_client_call(c, "POST", "/api/v1/plans/s/meters",
	    "{\"key\":\"mails\",\"name\":\"Mails\",\"unit\":\"mails\",\"included\":0,"
	    "\"model\":\"package\",\"package_size\":1000,"
	    "\"tiers\":[{\"currency\":\"EUR\",\"price\":\"1.50\"}]}");
	assert_status(c, 201);
	assert_int_equal(number(answer(c), "id"), 1);
	web_client_call(c, "POST", path, "{\"meter\":\"mails\",\"quantity\":700,\"key\":\"a\"}");
	assert_status(c, 201);
	web_client_call(c, "POST", path,
	    "{\"readings\":[{\"meter\":\"mails\",\"quantity\":700,\"key\":\"a\"},"
	    "{\"meter\":\"mails\",\"quantity\":400,\"key\":\"b\"}]}");
	assert_status(c, 201);
	assert_int_equal(json_array_size(json_object_get(answer(c), "ids")), 2);
	/* One wrong takes none; a key with other content is a conflict. */
	web_client_call(c, "POST", path,
	    "{\"readings\":[{\"meter\":\"mails\",\"quantity\":1,\"key\":\"c\"},"
	    "{\"meter\":\"none\",\"quantity\":4}]}");
	assert_status(c, 422);
	web_client_call(c, "POST", path, "{\"meter\":\"mails\",\"quantity\":701,\"key\":\"a\"}");
	assert_status(c, 409);
	json_t *j = seen(c, arena_printf(c->arena, "%s?limit=1", path));
	assert_int_equal(json_array_size(json_object_get(j, "data")), 1);
	int64_t next = number(json_array_get(json_object_get(j, "data"), 0), "id");
	j = seen(c, arena_printf(c->arena, "%s?limit=1&after=%lld", path, (long long)next));
	assert_int_equal(number(json_array_get(json_object_get(j, "data"), 0), "quantity"), 700);
	j = seen(c, at(c, "/api/v1/services", id, "/use"));
	json_t *use = json_array_get(json_object_get(j, "data"), 0);
	assert_int_equal(number(use, "quantity"), 1100);
	assert_int_equal(number(use, "amount_minor"), 300);
	assert_int_equal(json_array_size(
	                     json_object_get(seen(c, "/api/v1/plans/s/meters"), "data")),
	    1);
	web_client_call(&w->weak, "POST", path, "{\"meter\":\"mails\",\"quantity\":1}");
	assert_status(&w->weak, 403);
	web_client_call(c, "POST", "/api/v1/services/999/readings",
	    "{\"meter\":\"mails\",\"quantity\":1}");
	assert_status(c, 404);
	web_client_call(c, "POST", "/api/v1/meters/1/retire", NULL);
	assert_status(c, 200);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(staff_enter_and_correct),
	    TESTDB_BOTH(programs_send_readings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
