/* SPDX-License-Identifier: Apache-2.0 */
/* New prices for running services: the pages of staff, what the client sees, and the API. */
#include "offers.h"

#include "core/service/reprice.h"
#include "flow/own.h"

/* The first day of the month after the next. */
static const char *later(struct webtest *w)
{
	struct day d = zone_day("UTC", w->t->cx.now);
	return day_print(w->t->cx.arena, day_add(d, 40));
}

static bool shows(const struct web_client *c, const char *text)
{
	bool is = strstr(c->body, text) != NULL;
	if (!is)
		print_error("no \"%s\" in: %s\n", text, c->body);
	return is;
}

/* Then nothing is left to cancel. */
static void one_keeps_his_price(struct webtest *w, int64_t id, const char *page)
{
	struct web_client *c = &w->owner;
	struct service s;
	web_client_form(c, at(c, "/admin/services", id, "/reprice/cancel"), "reason=promised");
	assert_status(c, 303);
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, id, &s));
	assert_false(day_set(s.next_price_on));
	web_client_form(c, arena_printf(c->arena, "%s/cancel", page), "reason=late");
	assert_status(c, 409);
}

static void staff_announce_a_price(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = paid_service(w, PLAN_SMALL);
	struct web_client *c = &w->owner;
	struct service s;
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, id, &s));
	web_client_call(c, "GET", at(c, "/admin/plans", s.plan_id, "/versions"), NULL);
	assert_status(c, 200);
	assert_true(shows(c, "On sale"));
	web_client_call(c, "GET", "/admin/reprices", NULL);
	assert_true(shows(c, "No price changes"));
	web_client_call(c, "GET", "/admin/reprices/new?plans=s", NULL);
	assert_status(c, 200);
	assert_null(strstr(c->body, "name=\"cause\""));
	/* A wrong choice is told at its field. */
	web_client_call(c, "GET",
	    "/admin/reprices/new?plans=nothing&currency=EUR&how=percent&change_ppm=10"
	    "&effective_on=2040-01-01",
	    NULL);
	assert_status(c, 200);
	assert_true(shows(c, "There is no plan"));
	const char *choice = arena_printf(c->arena,
	    "plans=s&currency=EUR&how=percent&change_ppm=10&round=99&effective_on=%s", later(w));
	web_client_call(c, "GET", arena_printf(c->arena, "/admin/reprices/new?%s", choice), NULL);
	assert_status(c, 200);
	assert_true(shows(c, "10.99"));
	assert_true(shows(c, "name=\"expect_minor\" value=\"1099\""));
	web_client_call(c, "GET",
	    arena_printf(c->arena, "/admin/reprices/new?format=csv&%s", choice), NULL);
	assert_status(c, 200);
	assert_true(shows(c, "10.99"));
	/* Nothing unseen; then once, however often it is sent. */
	web_client_form(c, "/admin/reprices", choice);
	assert_status(c, 409);
	const char *confirmed = arena_printf(c->arena,
	    "%s&cause=k1&has_expect=1&expect_services=1&expect_minor=1099", choice);
	web_client_form(c, "/admin/reprices", confirmed);
	assert_status(c, 303);
	const char *page = arena_strdup(c->arena, c->location);
	web_client_form(c, "/admin/reprices", confirmed);
	assert_status(c, 303);
	assert_string_equal(c->location, page);
	web_client_call(c, "GET", page, NULL);
	assert_true(shows(c, "10 % on the price before"));
	web_client_call(c, "GET", "/admin/reprices", NULL);
	assert_true(shows(c, "Price change 1"));
	web_client_call(c, "GET", at(c, "/admin/services", id, ""), NULL);
	assert_true(shows(c, "10.99"));
	web_client_call(&w->a, "GET", at(c, "/client/services", id, ""), NULL);
	assert_true(shows(&w->a, "10.99"));
	/* A client and staff without the right cannot. */
	web_client_call(&w->low, "GET", "/admin/reprices", NULL);
	assert_status(&w->low, 403);
	web_client_form(&w->a, at(c, "/admin/services", id, "/reprice/cancel"), "reason=x");
	assert_true(w->a.status == 303 || w->a.status == 401 || w->a.status == 403);
	one_keeps_his_price(w, id, page);
	webtest_close(w);
}

static void prices_by_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = paid_service(w, PLAN_SMALL);
	struct web_client *c = &w->api;
	const char *body = arena_printf(c->arena,
	    "{\"plans\":\"s\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1200,"
	    "\"effective_on\":\"%s\",\"cause\":\"api-1\"}",
	    later(w));
	web_client_call(c, "POST", "/api/v1/reprices/preview", body);
	assert_status(c, 200);
	assert_int_equal(number(answer(c), "services"), 1);
	assert_int_equal(number(answer(c), "after_minor"), 1200);
	web_client_call(c, "POST", "/api/v1/reprices", body);
	assert_status(c, 201);
	int64_t reprice = number(answer(c), "id");
	web_client_call(c, "POST", "/api/v1/reprices", body);
	assert_int_equal(number(answer(c), "id"), reprice);
	json_t *j = seen(c, at(c, "/api/v1/services", id, ""));
	assert_int_equal(number(json_object_get(j, "next_price"), "price_minor"), 1200);
	j = seen(c, at(c, "/api/v1/reprices", reprice, "/items?state=waiting"));
	assert_int_equal(json_array_size(json_object_get(j, "data")), 1);
	assert_int_equal(json_array_size(json_object_get(seen(c, "/api/v1/reprices"), "data")), 1);
	j = seen(c, "/api/v1/plans/s/versions");
	assert_int_equal(number(json_array_get(json_object_get(j, "data"), 0), "services"), 1);
	web_client_call(c, "POST", "/api/v1/reprices",
	    "{\"plans\":\"s\",\"currency\":\"EUR\",\"effective_on\":\"2020-01-01\"}");
	assert_status(c, 422);
	web_client_call(c, "POST", at(c, "/api/v1/reprices", reprice, "/cancel"),
	    "{\"reason\":\"no\"}");
	assert_status(c, 200);
	assert_string_equal(word(answer(c), "state"), "cancelled");
	web_client_call(c, "POST", at(c, "/api/v1/services", id, "/reprice/cancel"),
	    "{\"reason\":\"no\"}");
	assert_status(c, 404);
	web_client_call(&w->weak, "POST", "/api/v1/reprices", body);
	assert_status(&w->weak, 403);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(staff_announce_a_price),
	    TESTDB_BOTH(prices_by_api),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
