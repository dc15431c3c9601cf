/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a service by its client, by staff and by the API; a price for one service alone. */
#include "offers.h"

#include "flow/own.h"

/* A's paid service over plan "s", on the 15th of 28 days. */
static int64_t half_used(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	int64_t id = paid_service(w,
	    "{\"key\":\"s\",\"name\":\"Small\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000},"
	    "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":10000}]}");
	plan(w,
	    "{\"key\":\"m\",\"name\":\"Medium\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":2000}]}");
	plan(w,
	    "{\"key\":\"free\",\"name\":\"Friends\",\"needs_domain\":false,\"hidden\":true,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":0}]}");
	/* Two weeks later everybody has to sign in again. */
	day(w, "2027-02-15");
	w->a.jar_n = w->b.jar_n = w->owner.jar_n = 0;
	webtest_sign_in(&w->a, "/login", "a@example.com");
	webtest_sign_in(&w->b, "/login", "b@example.com");
	webtest_sign_in(&w->owner, "/admin/login", "owner@example.com");
	struct service s;
	testdb_ok(cx, service_get(cx, 0, id, &s));
	assert_int_equal(s.state, SERVICE_ACTIVE);
	return s.id;
}

static const char *state_of(struct webtest *w, int64_t invoice_id)
{
	return word(seen(&w->api, at(&w->api, "/api/v1/invoices", invoice_id, "")), "state");
}

static void a_client_changes_his_plan(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	struct web_client *c = &w->a;
	const char *page = at(c, "/client/services", id, "/change");
	web_client_call(c, "GET", page, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "value=\"m 1m\""));
	assert_null(strstr(c->body, "Web S"));
	assert_null(strstr(c->body, "Friends"));
	assert_null(strstr(c->body, "expect_minor"));
	web_client_call(c, "GET", at(c, "/client/services", id, "/change?to=m+1m&when=now"), NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "14 of 28 days"));
	assert_non_null(strstr(c->body, "name=\"expect_minor\" value=\"500\""));
	/* Nothing happens unseen, or at another amount than the one shown. */
	web_client_form(c, page, "plan=m&cycle=1m&when=now");
	assert_status(c, 409);
	web_client_form(c, page, "plan=m&cycle=1m&when=now&has_expect=1&expect_minor=1");
	assert_status(c, 409);
	assert_non_null(strstr(c->body, "amount has changed"));
	assert_non_null(strstr(c->body, "name=\"expect_minor\" value=\"500\""));
	/* SEC-05: no price, state or client comes with the form. */
	web_client_form(c, page,
	    "plan=m&cycle=1m&when=now&has_expect=1&expect_minor=500&price_minor=1&credit_minor=9999"
	    "&charge_minor=0&total_minor=0&client_id=2&invoice_id=1&state=done");
	assert_status(c, 303);
	assert_true(str_starts(c->location, "/client/invoices/"));
	int64_t invoice = 0;
	assert_true(str_int(c->location + strlen("/client/invoices/"), &invoice));
	json_t *j = seen(&w->api, at(&w->api, "/api/v1/invoices", invoice, ""));
	assert_int_equal(number(j, "total_minor"), 500);
	json_t *open =
	    json_object_get(seen(&w->api, at(&w->api, "/api/v1/services", id, "")), "change");
	assert_string_equal(word(open, "state"), "waiting");
	assert_int_equal(number(open, "price_minor"), 2000);
	/* Shown with its invoice; no second one beside it. */
	web_client_call(c, "GET", at(c, "/client/services", id, ""), NULL);
	assert_non_null(strstr(c->body, at(c, "/client/invoices", invoice, "\">Pay the invoice")));
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/services", id, ""), NULL);
	assert_non_null(strstr(w->owner.body, at(c, "/admin/invoices", invoice, "\">its invoice")));
	web_client_call(c, "GET", page, NULL);
	assert_non_null(strstr(c->body, "cancel it first"));
	web_client_form(c, page, "plan=s&cycle=1y&when=end&has_expect=1&expect_minor=0");
	assert_status(c, 409);
	web_client_form(c, at(c, "/client/services", id, "/change/cancel"), "");
	assert_status(c, 303);
	assert_string_equal(state_of(w, invoice), "credited");
	web_client_form(c, at(c, "/client/services", id, "/change/cancel"), "");
	assert_status(c, 404);
	struct service s;
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, id, &s));
	assert_int_equal(s.price_minor, 1000);
	webtest_close(w);
}

static void at_the_end_and_for_less(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	struct web_client *c = &w->a;
	struct service s;
	const char *page = at(c, "/client/services", id, "/change");
	web_client_form(c, page, "to=s+1y&when=end&has_expect=1&expect_minor=0");
	assert_status(c, 303);
	assert_string_equal(c->location, at(c, "/client/services", id, ""));
	web_client_call(c, "GET", c->location, NULL);
	assert_non_null(strstr(c->body, "This service changes to Small"));
	assert_non_null(strstr(c->body, "1 Mar 2027"));
	web_client_form(c, at(c, "/client/services", id, "/change/cancel"), "");
	assert_status(c, 303);
	/* What staff may give and clients do not see: 14 of 28 days back. */
	web_client_call(c, "GET", at(c, "/client/services", id, "/change?to=free+1m"), NULL);
	assert_non_null(strstr(c->body, "This plan is not on sale"));
	web_client_form(c, page, "plan=free&cycle=1m&when=now&has_expect=1&expect_minor=-500");
	assert_status(c, 422);
	const char *staff = at(&w->owner, "/admin/services", id, "/change");
	web_client_call(&w->owner, "GET", arena_printf(c->arena, "%s?to=free+1m&when=now", staff),
	    NULL);
	assert_non_null(strstr(w->owner.body, "Goes to the credit"));
	assert_non_null(strstr(w->owner.body, "name=\"expect_minor\" value=\"-500\""));
	web_client_form(&w->owner, staff,
	    "plan=free&cycle=1m&when=now&has_expect=1&expect_minor=-500");
	assert_status(&w->owner, 303);
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, id, &s));
	assert_string_equal(s.plan_key, "free");
	assert_int_equal(s.price_minor, 0);
	webtest_close(w);
}

static void odd_wishes_are_answered(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	static const char *const wishes[] = {"to=nothing+1m", "to=m+1y", "to=web-s+1m", "to=s+1m",
	    "to=m", "plan=%27+OR+1%3D1", "cycle=later", "to=m+1m&when=yesterday",
	    "to=m+1m&quantity=-3", "to=m+1m&quantity=many", "to=m+once"};
	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
		const char *page = arena_printf(w->a.arena, "/client/services/%lld/change?%s",
		    (long long)id, wishes[i]);
		web_client_call(&w->a, "GET", page, NULL);
		assert_status(&w->a, 200);
		assert_null(strstr(w->a.body, "expect_minor"));
		web_client_form(&w->a, at(&w->a, "/client/services", id, "/change"),
		    arena_printf(w->a.arena, "%s&has_expect=1&expect_minor=0", wishes[i]));
		assert_true(w->a.status == 422 || w->a.status == 409);
		web_client_call(&w->owner, "GET",
		    arena_printf(w->owner.arena, "/admin/services/%lld/change?%s", (long long)id,
		        wishes[i]),
		    NULL);
		assert_status(&w->owner, 200);
	}
	/* Three instead of one, at the price of the sale. */
	web_client_call(&w->a, "GET",
	    at(&w->a, "/client/services", id, "/change?to=s+1m&quantity=3&when=now"), NULL);
	assert_non_null(strstr(w->a.body, "name=\"expect_minor\" value=\"1000\""));
	webtest_close(w);
}

static void foreign_services_are_not_there(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	struct web_client *c = &w->b;
	static const char form[] = "plan=m&cycle=1m&when=now&has_expect=1&expect_minor=500";
	web_client_call(c, "GET", at(c, "/client/services", id, "/change?to=m+1m"), NULL);
	assert_status(c, 404);
	assert_null(strstr(c->body, "Small"));
	web_client_form(c, at(c, "/client/services", id, "/change"), form);
	assert_status(c, 404);
	web_client_form(&w->a, at(c, "/client/services", id, "/change"), form);
	assert_status(&w->a, 303);
	web_client_form(c, at(c, "/client/services", id, "/change/cancel"), "");
	assert_status(c, 404);
	web_client_call(&w->api, "GET", "/api/v1/services/999/change?plan=m", NULL);
	assert_status(&w->api, 404);
	webtest_close(w);
}

static void staff_set_a_price(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	struct service s;
	const char *path = at(&w->owner, "/admin/services", id, "/price");
	web_client_form(&w->owner, path, "price_minor=5.00");
	assert_status(&w->owner, 422);
	web_client_form(&w->owner, path, "price_minor=-5.00&reason=x");
	assert_status(&w->owner, 422);
	web_client_form(&w->owner, path, "price_minor=7.50&reason=loyal&currency=JPY&id=1");
	assert_status(&w->owner, 303);
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, id, &s));
	assert_int_equal(s.price_minor, 750);
	assert_string_equal(s.currency, "EUR");
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/services", id, ""), NULL);
	assert_non_null(strstr(w->owner.body, "Price changed"));
	assert_non_null(strstr(w->owner.body, "loyal"));
	web_client_form(&w->owner, "/admin/services/999/price", "price_minor=1&reason=x");
	assert_status(&w->owner, 404);
	webtest_close(w);
}

static void changes_by_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	struct web_client *c = &w->api;
	const char *path = at(c, "/api/v1/services", id, "/change");
	json_t *j = seen(c, at(c, "/api/v1/services", id, "/change?plan=m&cycle=1m&when=now"));
	assert_int_equal(number(j, "total_minor"), 500);
	assert_int_equal(number(j, "credit_minor"), 500);
	assert_int_equal(number(j, "charge_minor"), 1000);
	assert_int_equal(number(j, "days_left"), 14);
	assert_int_equal(number(j, "days"), 28);
	assert_true(
	    json_is_null(json_object_get(seen(c, at(c, "/api/v1/services", id, "")), "change")));
	web_client_call(c, "POST", path, "{\"plan\":\"m\",\"price_minor\":1}");
	assert_status(c, 422);
	web_client_call(c, "POST", path, "{\"plan\":\"m\",\"has_expect\":true,\"expect_minor\":1}");
	assert_status(c, 409);
	assert_string_equal(word(answer(c), "key"), "change.quote");
	c->key = "once";
	web_client_call(c, "POST", path, "{\"plan\":\"m\"}");
	assert_status(c, 201);
	j = answer(c);
	assert_true(number(j, "change_id") > 0);
	assert_int_equal(number(j, "total_minor"), 500);
	assert_string_equal(state_of(w, number(j, "invoice_id")), "open");
	/* The same key is the same change. */
	web_client_call(c, "POST", path, "{\"plan\":\"m\"}");
	assert_status(c, 201);
	assert_int_equal(number(answer(c), "change_id"), number(j, "change_id"));
	c->key = NULL;
	web_client_call(c, "POST", at(c, "/api/v1/services", id, "/change/cancel"), "{}");
	assert_status(c, 200);
	assert_true(json_is_null(json_object_get(answer(c), "change")));
	web_client_call(c, "POST", path, "{\"cycle\":\"1y\",\"when\":\"end\"}");
	assert_status(c, 201);
	assert_true(json_is_null(json_object_get(answer(c), "invoice_id")));
	assert_string_equal(word(answer(c), "apply_on"), "2027-03-01");
	web_client_call(c, "POST", at(c, "/api/v1/services", id, "/price"),
	    "{\"price_minor\":900}");
	assert_status(c, 422);
	web_client_call(c, "POST", at(c, "/api/v1/services", id, "/price"),
	    "{\"price_minor\":900,\"reason\":\"loyal\"}");
	assert_status(c, 200);
	assert_int_equal(number(answer(c), "price_minor"), 900);
	webtest_close(w);
}

static void DATE_05_staff_move_a_due_day(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	struct web_client *c = &w->owner;
	const char *path = at(c, "/admin/services", id, "/due");
	web_client_form(c, path, "next_due_on=2027-02-20&charge=free&reason=x");
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "invoiced until 2027-03-01"));
	web_client_form(c, path, "next_due_on=2027-03-30&charge=later&reason=x");
	assert_status(c, 422);
	web_client_form(c, path, "next_due_on=2027-03-30&charge=prorata&reason=payday");
	assert_status(c, 303);
	web_client_call(c, "GET", at(c, "/admin/services", id, ""), NULL);
	assert_non_null(strstr(c->body, "Due day moved"));
	assert_non_null(strstr(c->body, "<dt>Day of the month</dt><dd>30</dd>"));
	web_client_call(&w->api, "POST", at(&w->api, "/api/v1/services", id, "/due"),
	    "{\"next_due_on\":\"2027-04-15\",\"charge\":\"free\",\"reason\":\"again\"}");
	assert_status(&w->api, 200);
	json_t *j = answer(&w->api);
	assert_int_equal(number(j, "anchor_day"), 15);
	assert_true(number(j, "invoice_id") > 0);
	webtest_close(w);
}

static void staff_give_a_service_to_another_client(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = half_used(w);
	struct web_client *c = &w->owner;
	const char *path = at(c, "/admin/services", id, "/transfer");
	web_client_form(c, path, "client_id=4711&reason=x");
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "There is no such client"));
	web_client_form(c, path, arena_printf(c->arena, "client_id=%lld", (long long)w->b_id));
	assert_status(c, 422);
	web_client_form(c, path,
	    arena_printf(c->arena, "client_id=%lld&reason=sold", (long long)w->b_id));
	assert_status(c, 303);
	web_client_call(&w->a, "GET", at(&w->a, "/client/services", id, ""), NULL);
	assert_status(&w->a, 404);
	web_client_call(&w->b, "GET", at(&w->b, "/client/services", id, ""), NULL);
	assert_status(&w->b, 200);
	web_client_call(&w->api, "POST", at(&w->api, "/api/v1/services", id, "/transfer"),
	    arena_printf(w->api.arena, "{\"client_id\":%lld,\"reason\":\"back\"}",
	        (long long)w->a_id));
	assert_status(&w->api, 200);
	assert_int_equal(number(answer(&w->api), "client_id"), w->a_id);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(a_client_changes_his_plan),
	    TESTDB_BOTH(at_the_end_and_for_less),
	    TESTDB_BOTH(odd_wishes_are_answered),
	    TESTDB_BOTH(foreign_services_are_not_there),
	    TESTDB_BOTH(staff_set_a_price),
	    TESTDB_BOTH(changes_by_api),
	    TESTDB_BOTH(DATE_05_staff_move_a_due_day),
	    TESTDB_BOTH(staff_give_a_service_to_another_client),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
