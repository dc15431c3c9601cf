/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options on the pages: made by staff and by the API, chosen in the shop with the price that the
 * invoice then has, changed by a client on the page of his service.
 */
#include "offers.h"

#include "flow/own.h"

#define DISK \
	"{\"key\":\"disk\",\"name\":\"Disk\",\"kind\":\"quantity\",\"unit\":\"GB\",\"max\":100," \
	"\"plans\":\"v\",\"position\":1,\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\"," \
	"\"price_minor\":20}]}"
#define LICENSE \
	"{\"key\":\"license\",\"name\":\"License\",\"kind\":\"choice\",\"required\":true," \
	"\"plans\":\"v\",\"position\":3,\"shown_if_option\":\"panel\",\"shown_if_value\":\"yes\"," \
	"\"choices\":[{\"key\":\"solo\",\"name\":\"Solo\"},{\"key\":\"pro\",\"name\":\"Pro\"}]," \
	"\"prices\":[{\"choice\":\"solo\",\"cycle\":\"1m\",\"currency\":\"EUR\"," \
	"\"price_minor\":500}," \
	"{\"choice\":\"pro\",\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":900}]}"

static void goods(struct webtest *w)
{
	struct web_client *c = &w->api;
	plan(w,
	    "{\"key\":\"v\",\"name\":\"VPS\",\"needs_domain\":false,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	web_client_call(c, "POST", "/api/v1/options", DISK);
	assert_status(c, 201);
	/* The same by the form of staff; the empty rows of the form are none. */
	web_client_form(&w->owner, "/admin/plans/options",
	    "key=panel&name=Control+panel&kind=yesno&plans=v&position=2&min=0&max=1&step=1&unit="
	    "&choices.0.key=&choices.0.name=&prices.0.choice=&prices.0.cycle=1m"
	    "&prices.0.currency=EUR"
	    "&prices.0.price_minor=3.00&prices.0.setup_minor=10.00&prices.1.choice=&prices.1.cycle="
	    "&prices.1.currency=&prices.1.price_minor=&prices.1.setup_minor=");
	assert_status(&w->owner, 303);
	web_client_call(c, "POST", "/api/v1/options", LICENSE);
	assert_status(c, 201);
}

static void staff_and_the_api_make_options(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	goods(w);
	json_t *all = json_object_get(seen(c, "/api/v1/options"), "data");
	assert_int_equal(json_array_size(all), 3);
	int64_t id = number(json_array_get(all, 0), "id");
	web_client_call(c, "POST", "/api/v1/options", DISK);
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "option.key_taken"));
	web_client_call(&w->weak, "POST", "/api/v1/options", DISK);
	assert_status(&w->weak, 403);
	web_client_call(c, "POST", at(c, "/api/v1/options", 999, ""), DISK);
	assert_status(c, 404);
	web_client_call(&w->owner, "GET", "/admin/plans/options", NULL);
	assert_non_null(strstr(w->owner.body, "only while Panel is yes"));
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/plans/options", id, ""), NULL);
	assert_non_null(strstr(w->owner.body, "value=\"0.20\""));
	web_client_form(&w->owner, "/admin/plans/options", "key=x&name=X&kind=choice");
	assert_status(&w->owner, 422);
	assert_non_null(strstr(w->owner.body, "Add at least one choice"));
	web_client_form(&w->low, "/admin/plans/options", "key=x&name=X&kind=yesno");
	assert_status(&w->low, 403);
	web_client_form(&w->owner, at(&w->owner, "/admin/plans/options", id, "/retire"), "");
	assert_status(&w->owner, 303);
	json_t *one = seen(c, at(c, "/api/v1/options", id, ""));
	assert_string_equal(word(one, "state"), "retired");
	web_client_form(&w->owner, at(&w->owner, "/admin/plans/options", id, "/sell"), "");
	one = seen(c, at(c, "/api/v1/options", id, ""));
	assert_string_equal(word(one, "state"), "active");
	webtest_close(w);
}

static json_t *cart(struct web_client *c)
{
	return json_object_get(seen(c, "/cart"), "cart");
}

static void the_price_follows_the_choice(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->b;
	goods(w);
	web_client_call(c, "GET", "/order/v?cycle=1m", NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "name=\"options.disk\""));
	assert_null(strstr(c->body, "options.license"));
	/* Without a script: the form is sent to see the price, and shows what now belongs to it. */
	web_client_form(c, "/order/v",
	    "cycle=1m&quantity=1&options.disk=10&options.panel=no&options.panel=yes&show=1");
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "options.license"));
	assert_non_null(strstr(c->body, "Choose what is needed"));
	web_client_form(c, "/order/v",
	    "cycle=1m&quantity=1&options.disk=10&options.panel=yes&options.license=solo&show=1");
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "30.00"));
	/* A license without a panel is forgotten there, but refused here. */
	web_client_form(c, "/order/v",
	    "cycle=1m&quantity=1&options.panel=no&options.license=solo&show=1");
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "10.00"));
	web_client_form(c, "/order/v", "cycle=1m&quantity=1&options.panel=no&options.license=solo");
	assert_status(c, 422);
	web_client_form(c, "/order/v", "cycle=1m&quantity=1&options.panel=yes");
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "Choose License"));
	assert_non_null(strstr(c->body, "id=\"field-options-license-error\""));
	web_client_form(c, "/order/v", "cycle=1m&quantity=1&options.disk=101");
	assert_status(c, 422);
	web_client_form(c, "/order/v",
	    "cycle=1m&quantity=1&options.disk=10&options.panel=yes&options.license=solo"
	    "&options.note=1");
	assert_status(c, 422);
	webtest_close(w);
}

/* 10.00, 2.00, 3.00 with 10.00 set-up, 5.00: through the cart; the order. */
static int64_t bought(struct webtest *w, struct web_client *c)
{
	web_client_form(c, "/order/v",
	    "cycle=1m&quantity=1&options.disk=10&options.panel=yes&options.license=solo"
	    "&price_minor=1&options_price=0");
	assert_status(c, 303);
	assert_int_equal(number(cart(c), "total_minor"), 3000);
	web_client_call(c, "GET", "/cart", NULL);
	assert_non_null(strstr(c->body, "Disk: 10 GB"));
	assert_non_null(strstr(c->body, "License: Solo"));
	web_client_call(c, "GET", "/checkout", NULL);
	assert_non_null(strstr(c->body, "License: Solo"));
	web_client_form(c, "/checkout", "gateway=bank&shown_minor=3000");
	assert_status(c, 303);
	json_t *rows;
	const struct invoice_filter f = {.client_id = w->b_id, .limit = 1};
	testdb_ok(&w->t->cx, invoice_list(&w->t->cx, &f, &rows));
	assert_int_equal(number(json_array_get(rows, 0), "total_minor"), 3000);
	return number(json_array_get(rows, 0), "order_id");
}

static void the_shop_and_the_api_agree(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->b;
	json_t *rows;
	const struct invoice_filter f = {.client_id = w->b_id, .limit = 1};
	goods(w);
	int64_t order = bought(w, c);
	web_client_call(&w->api, "POST", "/api/v1/orders",
	    arena_printf(w->api.arena,
	        "{\"client_id\":%lld,\"items\":[{\"plan\":\"v\",\"cycle\":\"1m\",\"options\":"
	        "{\"disk\":10,\"panel\":true,\"license\":\"solo\"}}]}",
	        (long long)w->b_id));
	assert_status(&w->api, 201);
	int64_t invoice = number(answer(&w->api), "invoice_id");
	json_t *j = seen(&w->api, at(&w->api, "/api/v1/invoices", invoice, ""));
	assert_int_equal(number(j, "total_minor"), 3000);
	assert_int_equal(json_array_size(json_object_get(j, "items")), 5);
	web_client_call(&w->api, "POST", "/api/v1/orders",
	    arena_printf(w->api.arena,
	        "{\"client_id\":%lld,\"items\":[{\"plan\":\"v\",\"cycle\":\"1m\",\"options\":"
	        "{\"disk\":101}}]}",
	        (long long)w->b_id));
	assert_status(&w->api, 422);
	assert_non_null(strstr(w->api.body, "items.0.options.disk"));
	/* Staff type them in one line. */
	web_client_form(&w->owner, "/admin/orders",
	    arena_printf(w->owner.arena,
	        "client_id=%lld&items.0.plan=v&items.0.cycle=1m&items.0.quantity=1"
	        "&items.0.options=disk%%3D10%%2C+panel%%2C+license%%3Dsolo",
	        (long long)w->b_id));
	assert_status(&w->owner, 303);
	testdb_ok(&w->t->cx, invoice_list(&w->t->cx, &f, &rows));
	assert_int_equal(number(json_array_get(rows, 0), "total_minor"), 3000);
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/orders", order, ""), NULL);
	assert_non_null(strstr(w->owner.body, "Disk: 10 GB"));
	web_client_call(c, "GET", at(c, "/client/orders", order, ""), NULL);
	assert_non_null(strstr(c->body, "Disk: 10 GB"));
	/* Every line opens to its price. */
	web_client_call(&w->api, "GET", at(&w->api, "/api/v1/invoices", invoice, "/explain"), NULL);
	assert_non_null(strstr(w->api.body, "Disk: 10 GB sold at 0.20 EUR a unit"));
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/invoices", invoice, ""), NULL);
	assert_status(&w->owner, 200);
	webtest_close(w);
}

/* B's paid service with 10 GB, in the middle of February. */
static int64_t running(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	struct worker worker = {.cx = cx, .link = &w->linker, .holder = "test"};
	struct invoice i;
	int64_t id, n;
	bool is_new;
	goods(w);
	web_client_call(&w->api, "POST", "/api/v1/orders",
	    arena_printf(w->api.arena,
	        "{\"client_id\":%lld,\"items\":[{\"plan\":\"v\",\"cycle\":\"1m\",\"options\":"
	        "{\"disk\":10}}]}",
	        (long long)w->b_id));
	json_t *order = answer(&w->api);
	testdb_ok(cx, invoice_get(cx, 0, number(order, "invoice_id"), &i));
	const struct payment_new paid = {w->b_id, i.id, i.balance_minor, "bank", "t1", "", "EUR"};
	testdb_ok(cx, payment_record(cx, &paid, &id, &is_new));
	testdb_ok(cx, queue_drain(&worker, &n));
	day(w, "2027-02-15");
	w->b.jar_n = w->owner.jar_n = 0;
	webtest_sign_in(&w->b, "/login", "b@example.com");
	webtest_sign_in(&w->owner, "/admin/login", "owner@example.com");
	return json_integer_value(json_array_get(json_object_get(order, "service_ids"), 0));
}

static void a_client_changes_his_options(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = running(w);
	struct web_client *c = &w->b;
	const char *page = at(c, "/client/services", id, "/change");
	web_client_call(c, "GET", at(c, "/client/services", id, ""), NULL);
	assert_non_null(strstr(c->body, "Disk: 10 GB"));
	assert_non_null(strstr(c->body, "12.00"));
	web_client_call(c, "GET", page, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "name=\"options.disk\" value=\"10\""));
	/* 14 of 28 days of 6.00 more and 3.00; the panel is set up for 10.00. */
	const char *query = arena_printf(c->arena,
	    "%s?to=v+1m&quantity=1&when=now&options.disk=40&options.panel=no&options.panel=yes"
	    "&options.license=solo",
	    page);
	web_client_call(c, "GET", query, NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "name=\"expect_minor\" value=\"1700\""));
	assert_non_null(strstr(c->body, "type=\"hidden\" name=\"options.license\" value=\"solo\""));
	web_client_form(c, page,
	    "plan=v&cycle=1m&quantity=1&when=now&options.disk=40&options.panel=yes"
	    "&options.license=solo&has_expect=1&expect_minor=1699");
	assert_status(c, 409);
	web_client_form(c, page,
	    "plan=v&cycle=1m&quantity=1&when=now&options.disk=40&options.panel=yes"
	    "&options.license=solo&has_expect=1&expect_minor=1700");
	assert_status(c, 303);
	assert_true(str_starts(c->location, "/client/invoices/"));
	web_client_call(c, "GET", at(c, "/client/services", id, ""), NULL);
	assert_non_null(strstr(c->body, "Disk: 40 GB"));
	assert_non_null(strstr(c->body, "waits for its payment"));
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/services", id, ""), NULL);
	assert_non_null(strstr(w->owner.body, "License: Solo"));
	web_client_form(c, at(c, "/client/services", id, "/change/cancel"), "");
	/* Not for others' services, and not what the plan does not have. */
	web_client_form(&w->a, page, "plan=v&cycle=1m&when=now&options.disk=0&has_expect=1");
	assert_true(w->a.status == 404 || w->a.status == 303);
	web_client_form(c, page, "plan=v&cycle=1m&when=now&options.ram=1&has_expect=1");
	assert_status(c, 422);
	json_t *j = seen(&w->api, at(&w->api, "/api/v1/services", id, "/change?options.disk=0"));
	assert_int_equal(number(j, "total_minor"), -100);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(staff_and_the_api_make_options),
	    TESTDB_BOTH(the_price_follows_the_choice),
	    TESTDB_BOTH(the_shop_and_the_api_agree),
	    TESTDB_BOTH(a_client_changes_his_options),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
