/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coupons from the cart to the invoice, changes of a service by its client, staff and the API, and
 * what the shop says about trials, renewal prices and limits.
 */
#include "webtest.h"

#include "core/coupon/coupon.h"
#include "core/tax/tax.h"
#include "flow/own.h"

static json_t *object(struct webtest *w, const char *json)
{
	json_t *j = json_loads(json, 0, NULL);
	assert_non_null(j);
	return json_keep(&w->t->cx, j);
}

static json_t *answer(const struct web_client *c)
{
	json_t *j = json_loadb(c->body, c->body_len, 0, NULL);
	if (j == NULL)
		print_error("not JSON: %s\n", c->body);
	assert_non_null(j);
	arena_defer(c->arena, (void (*)(void *))json_decref, j);
	return j;
}

static int64_t number(const json_t *j, const char *name)
{
	assert_true(json_is_integer(json_object_get(j, name)));
	return json_integer_value(json_object_get(j, name));
}

static const char *word(const json_t *j, const char *name)
{
	return str_or(json_string_value(json_object_get(j, name)), "");
}

static int64_t coupon(struct webtest *w, const char *json)
{
	int64_t id;
	testdb_ok(&w->t->cx, coupon_save(&w->t->cx, 0, object(w, json), FIELD_JSON, &id));
	return id;
}

/* A plan without a server, so that paying is all it takes. */
static void plan(struct webtest *w, const char *json)
{
	struct plan_input in;
	int64_t id;
	testdb_ok(&w->t->cx, field_read(&w->t->cx, &plan_fields, object(w, json), FIELD_JSON, &in));
	testdb_ok(&w->t->cx, plan_create(&w->t->cx, &in, &id));
}

static void taxed(struct webtest *w)
{
	int64_t id;
	testdb_ok(&w->t->cx, setting_put(&w->t->cx, "company.country", "DE"));
	testdb_ok(&w->t->cx,
	    tax_rate_save(&w->t->cx, 0,
	        object(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000}"), FIELD_JSON,
	        &id));
}

static void day(struct webtest *w, const char *on)
{
	struct day d;
	assert_true(day_parse(on, &d));
	w->now = w->t->cx.now = (int64_t)d.n * 86400 + 10 * 3600;
}

/* The same page as JSON. */
static json_t *seen(struct web_client *c, const char *path)
{
	c->accept = "application/json";
	web_client_call(c, "GET", path, NULL);
	c->accept = NULL;
	assert_status(c, 200);
	return answer(c);
}

static json_t *cart(struct web_client *c)
{
	return json_object_get(seen(c, "/cart"), "cart");
}

/* ---- coupons ---- */

static void is_tax_02(const json_t *j)
{
	assert_int_equal(number(j, "discount_minor"), 167);
	assert_int_equal(number(j, "net_minor"), 82);
	assert_int_equal(number(j, "tax_minor"), 16);
	assert_int_equal(number(j, "total_minor"), 98);
}

static void shows_tax_02(struct web_client *c, const char *path)
{
	static const char *const texts[] = {"1.67", "0.82", "0.16", "0.98"};
	web_client_call(c, "GET", path, NULL);
	assert_status(c, 200);
	for (size_t i = 0; i < 4; i++)
		assert_non_null(strstr(c->body, texts[i]));
}

static void thirds_into_the_cart(struct webtest *w, struct web_client *c)
{
	taxed(w);
	coupon(w, "{\"code\":\"two-thirds\",\"rate_ppm\":670000}");
	plan(w, "{\"key\":\"p\",\"name\":\"P\",\"needs_domain\":false,"
	        "\"prices\":[{\"cycle\":\"once\",\"currency\":\"EUR\",\"price_minor\":83}]}");
	web_client_form(c, "/order/p", "cycle=once&quantity=3");
	assert_status(c, 303);
	web_client_form(c, "/cart/coupon", "coupon=Two-Thirds&discount_minor=249&rate_ppm=1000000");
	assert_status(c, 303);
}

static int64_t invoice_of(struct webtest *w, int64_t client_id)
{
	json_t *rows;
	const struct invoice_filter f = {.client_id = client_id, .limit = 1};
	testdb_ok(&w->t->cx, invoice_list(&w->t->cx, &f, &rows));
	assert_int_equal(json_array_size(rows), 1);
	return number(json_array_get(rows, 0), "id");
}

static const char *at(struct web_client *c, const char *folder, int64_t id, const char *end)
{
	return arena_printf(c->arena, "%s/%lld%s", folder, (long long)id, end);
}

/* TAX-02: the cart's numbers are the invoice's. */
static void the_cart_is_the_invoice(void **state)
{
	struct webtest *w = webtest_open(*state);
	thirds_into_the_cart(w, &w->b);
	json_t *j = cart(&w->b);
	is_tax_02(j);
	assert_string_equal(word(j, "coupon"), "TWO-THIRDS");
	json_t *item = json_array_get(json_object_get(j, "items"), 0);
	assert_int_equal(number(item, "net_minor"), 249);
	assert_int_equal(number(item, "discount_minor"), 167);
	shows_tax_02(&w->b, "/cart");
	shows_tax_02(&w->b, "/checkout");
	web_client_form(&w->b, "/checkout", "gateway=bank&shown_minor=98");
	assert_status(&w->b, 303);
	int64_t id = invoice_of(w, w->b_id);
	is_tax_02(seen(&w->api, at(&w->api, "/api/v1/invoices", id, "")));
	shows_tax_02(&w->b, at(&w->b, "/client/invoices", id, ""));
	shows_tax_02(&w->owner, at(&w->owner, "/admin/invoices", id, ""));
	json_t *row = json_array_get(json_object_get(seen(&w->b, "/client/orders"), "data"), 0);
	web_client_call(&w->b, "GET", at(&w->b, "/client/orders", number(row, "id"), ""), NULL);
	assert_non_null(strstr(w->b.body, "TWO-THIRDS"));
	assert_non_null(strstr(w->b.body, "1.67"));
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/orders", number(row, "id"), ""), NULL);
	assert_non_null(strstr(w->owner.body, "TWO-THIRDS"));
	web_client_call(&w->owner, "GET", "/admin/settings/coupons", NULL);
	assert_non_null(strstr(w->owner.body, "data-label=\"Used\">1<"));
	webtest_close(w);
}

static void a_new_client_takes_it_along(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct client c;
	thirds_into_the_cart(w, &w->anon);
	web_client_form(&w->anon, "/checkout",
	    "email=new%40example.com&password=a+good+long+one&first_name=Nora&last_name=New"
	    "&address=1+Way&city=Town&postcode=1&country=DE&gateway=bank&shown_minor=98");
	assert_status(&w->anon, 303);
	testdb_ok(&w->t->cx, client_find_email(&w->t->cx, "new@example.com", &c));
	is_tax_02(seen(&w->api, at(&w->api, "/api/v1/invoices", invoice_of(w, c.id), "")));
	/* The order ended the cart, and the coupon with it. */
	web_client_form(&w->anon, "/order/p", "cycle=once&quantity=1");
	assert_true(json_is_null(json_object_get(cart(&w->anon), "coupon")));
	webtest_close(w);
}

static void refused_codes_are_not_kept(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const struct {
		const char *coupon, *typed, *text;
	} cases[] = {
	    {NULL, "coupon=NEVER-MADE", "There is no such coupon"},
	    {NULL, "coupon=", "field-coupon"},
	    {"{\"code\":\"gone\",\"rate_ppm\":100000,\"valid_until\":\"2027-01-09\"}",
	        "coupon=gone", "not valid any more"},
	    {"{\"code\":\"later\",\"rate_ppm\":100000,\"valid_from\":\"2027-03-01\"}",
	        "coupon=later", "not valid yet"},
	    {"{\"code\":\"usd\",\"kind\":\"amount\",\"amount_minor\":1,\"currency\":\"USD\"}",
	        "coupon=usd", "for another currency"},
	    {"{\"code\":\"other\",\"rate_ppm\":100000,\"plans\":\"other\"}", "coupon=other",
	        "not for anything in the cart"},
	};
	web_client_form(&w->anon, "/cart/coupon", "coupon=none");
	assert_status(&w->anon, 409);
	web_client_form(&w->anon, "/order/web-s", "cycle=1m&domain=x.example");
	assert_status(&w->anon, 303);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (cases[i].coupon != NULL)
			coupon(w, cases[i].coupon);
		web_client_form(&w->anon, "/cart/coupon", cases[i].typed);
		assert_status(&w->anon, 422);
		assert_non_null(strstr(w->anon.body, cases[i].text));
		assert_non_null(strstr(w->anon.body, "id=\"field-coupon-error\""));
		assert_true(json_is_null(json_object_get(cart(&w->anon), "coupon")));
	}
	assert_int_equal(number(cart(&w->anon), "total_minor"), 1000);
	webtest_close(w);
}

/* What was fine yesterday and is not today is told, and nothing is ordered at another sum. */
static void a_coupon_that_ends_in_the_cart(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = coupon(w, "{\"code\":\"half\",\"rate_ppm\":500000,\"terms\":3}");
	web_client_form(&w->b, "/order/web-s", "cycle=1m&domain=x.example");
	web_client_form(&w->b, "/cart/coupon", "coupon=half");
	assert_status(&w->b, 303);
	assert_int_equal(number(cart(&w->b), "total_minor"), 500);
	assert_string_equal(word(cart(&w->b), "coupon_lasts"), "for the first 3 terms");
	testdb_ok(&w->t->cx, coupon_retire(&w->t->cx, id, true));
	json_t *j = cart(&w->b);
	assert_string_equal(word(j, "fault"), "There is no such coupon");
	assert_int_equal(number(j, "total_minor"), 1000);
	web_client_call(&w->b, "GET", "/cart", NULL);
	assert_null(strstr(w->b.body, "Go to checkout"));
	web_client_form(&w->b, "/checkout", "gateway=card&shown_minor=1000");
	assert_status(&w->b, 422);
	web_client_form(&w->b, "/cart/coupon/remove", "");
	assert_status(&w->b, 303);
	assert_true(json_is_null(json_object_get(cart(&w->b), "fault")));
	web_client_form(&w->b, "/checkout", "gateway=card&shown_minor=1000");
	assert_status(&w->b, 303);
	webtest_close(w);
}

static void the_last_item_takes_the_coupon_along(void **state)
{
	struct webtest *w = webtest_open(*state);
	coupon(w, "{\"code\":\"half\",\"rate_ppm\":500000}");
	web_client_form(&w->anon, "/order/web-s", "cycle=1m&domain=x.example");
	web_client_form(&w->anon, "/cart/coupon", "coupon=half");
	web_client_form(&w->anon, "/cart/remove", "n=0");
	web_client_form(&w->anon, "/order/web-s", "cycle=1m&domain=x.example");
	assert_true(json_is_null(json_object_get(cart(&w->anon), "coupon")));
	webtest_close(w);
}

static void staff_make_coupons(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct coupon c;
	struct cx *cx = &w->t->cx;
	const char *list = "/admin/settings/coupons";
	web_client_call(&w->owner, "GET", list, NULL);
	assert_non_null(strstr(w->owner.body, "No coupons"));
	web_client_form(&w->owner, list, "code=SPRING&kind=percent&rate_ppm=");
	assert_status(&w->owner, 422);
	assert_non_null(strstr(w->owner.body, "value=\"SPRING\""));
	web_client_form(&w->owner, list, "code=SPRING&kind=percent&rate_ppm=12.5&terms=1&uses=99");
	assert_status(&w->owner, 303);
	testdb_ok(cx, coupon_get(cx, 1, &c));
	assert_int_equal(c.rate_ppm, 125000);
	assert_int_equal(c.uses, 0);
	web_client_form(&w->owner, list, "code=spring&kind=percent&rate_ppm=5");
	assert_status(&w->owner, 422);
	/* The form as it was filled, saved again, is the same coupon. */
	web_client_call(&w->owner, "GET", "/admin/settings/coupons/1", NULL);
	assert_non_null(strstr(w->owner.body, "value=\"12.5\""));
	web_client_form(&w->owner, "/admin/settings/coupons/1",
	    "code=SPRING&kind=amount&currency=EUR&amount_minor=3.50&terms=2");
	assert_status(&w->owner, 303);
	testdb_ok(cx, coupon_get(cx, 1, &c));
	assert_int_equal(c.amount_minor, 350);
	assert_int_equal(c.rate_ppm, 0);
	web_client_call(&w->owner, "GET", "/admin/settings/coupons/1", NULL);
	assert_non_null(strstr(w->owner.body, "value=\"3.50\""));
	web_client_form(&w->owner, "/admin/settings/coupons/1/retire", "");
	assert_status(&w->owner, 303);
	testdb_ok(cx, coupon_get(cx, 1, &c));
	assert_false(c.active);
	web_client_form(&w->owner, "/admin/settings/coupons/1/restore", "");
	testdb_ok(cx, coupon_get(cx, 1, &c));
	assert_true(c.active);
	web_client_form(&w->owner, "/admin/settings/coupons/77", "code=X&kind=percent&rate_ppm=5");
	assert_status(&w->owner, 404);
	webtest_close(w);
}

/* ---- changes ---- */

/* A's paid service over plan "s", on the 15th of 28 days. */
static int64_t half_used(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	struct order_input_item item = {"s", "1m", "", 1};
	const struct order_input in = {.client_id = w->a_id, .gateway = "", .items = {&item, 1}};
	struct worker worker = {.cx = cx, .link = &w->linker, .holder = "test"};
	struct order o;
	struct order_item *items;
	struct invoice i;
	int64_t order, id, n;
	size_t items_n;
	bool is_new;
	plan(w, "{\"key\":\"s\",\"name\":\"Small\",\"needs_domain\":false,"
	        "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000},"
	        "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":10000}]}");
	plan(w, "{\"key\":\"m\",\"name\":\"Medium\",\"needs_domain\":false,"
	        "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":2000}]}");
	plan(w, "{\"key\":\"free\",\"name\":\"Friends\",\"needs_domain\":false,\"hidden\":true,"
	        "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":0}]}");
	testdb_ok(cx, order_create(cx, &in, "", &order));
	testdb_ok(cx, order_get(cx, 0, order, &o));
	testdb_ok(cx, order_items(cx, order, &items, &items_n));
	testdb_ok(cx, invoice_get(cx, 0, o.invoice_id, &i));
	const struct payment_new paid = {w->a_id, i.id, i.balance_minor, "bank", "t1", "", "EUR"};
	testdb_ok(cx, payment_record(cx, &paid, &id, &is_new));
	testdb_ok(cx, service_invoice_paid(cx, i.id));
	testdb_ok(cx, queue_drain(&worker, &n));
	/* Two weeks later everybody has to sign in again. */
	day(w, "2027-02-15");
	webtest_sign_in(&w->a, "/login", "a@example.com");
	webtest_sign_in(&w->b, "/login", "b@example.com");
	webtest_sign_in(&w->owner, "/admin/login", "owner@example.com");
	struct service s;
	testdb_ok(cx, service_get(cx, 0, items[0].service_id, &s));
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
	json_t *open = json_object_get(seen(&w->api, at(&w->api, "/api/v1/services", id, "")), "change");
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
	web_client_call(&w->owner, "GET", arena_printf(c->arena, "%s?to=free+1m&when=now", staff), NULL);
	assert_non_null(strstr(w->owner.body, "Goes to the credit"));
	assert_non_null(strstr(w->owner.body, "name=\"expect_minor\" value=\"-500\""));
	web_client_form(&w->owner, staff, "plan=free&cycle=1m&when=now&has_expect=1&expect_minor=-500");
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

/* ---- API ---- */

static void coupons_by_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	web_client_call(c, "POST", "/api/v1/coupons", "{\"code\":\"ten\",\"rate_ppm\":100000}");
	assert_status(c, 201);
	int64_t id = number(answer(c), "id");
	assert_string_equal(word(answer(c), "code"), "TEN");
	web_client_call(c, "POST", "/api/v1/coupons", "{\"code\":\"TEN\",\"rate_ppm\":100000}");
	assert_status(c, 422);
	web_client_call(c, "POST", "/api/v1/coupons",
	    "{\"code\":\"free\",\"rate_ppm\":100000,\"uses\":-5}");
	assert_status(c, 422);
	web_client_call(c, "POST", at(c, "/api/v1/coupons", id, ""),
	    "{\"code\":\"ten\",\"rate_ppm\":110000,\"terms\":0}");
	assert_status(c, 200);
	assert_int_equal(number(answer(c), "rate_ppm"), 110000);
	web_client_call(c, "POST", "/api/v1/orders",
	    arena_printf(c->arena,
	        "{\"client_id\":%lld,\"coupon\":\"ten\",\"items\":[{\"plan\":\"web-s\","
	        "\"cycle\":\"1m\",\"domain\":\"x.example\"}]}",
	        (long long)w->b_id));
	assert_status(c, 201);
	json_t *i = seen(c, at(c, "/api/v1/invoices", number(answer(c), "invoice_id"), ""));
	assert_int_equal(number(i, "discount_minor"), 110);
	assert_int_equal(number(i, "total_minor"), 890);
	web_client_call(c, "POST", at(c, "/api/v1/coupons", id, "/retire"), "{}");
	assert_status(c, 200);
	assert_string_equal(word(answer(c), "state"), "retired");
	json_t *list = json_object_get(seen(c, "/api/v1/coupons"), "data");
	assert_int_equal(number(json_array_get(list, 0), "uses"), 1);
	web_client_call(c, "POST", "/api/v1/coupons/77/retire", "{}");
	assert_status(c, 404);
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
	assert_true(json_is_null(json_object_get(seen(c, at(c, "/api/v1/services", id, "")), "change")));
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
	web_client_call(c, "POST", at(c, "/api/v1/services", id, "/price"), "{\"price_minor\":900}");
	assert_status(c, 422);
	web_client_call(c, "POST", at(c, "/api/v1/services", id, "/price"),
	    "{\"price_minor\":900,\"reason\":\"loyal\"}");
	assert_status(c, 200);
	assert_int_equal(number(answer(c), "price_minor"), 900);
	webtest_close(w);
}

/* ---- what the shop says ---- */

static void shows(struct web_client *c, const char *path, const char *text)
{
	web_client_call(c, "GET", path, NULL);
	assert_status(c, 200);
	if (strstr(c->body, text) == NULL)
		print_error("%s does not say: %s\n%s\n", path, text, c->body);
	assert_non_null(strstr(c->body, text));
}

static void terms_are_told(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->anon;
	plan(w, "{\"key\":\"try\",\"name\":\"Try\",\"needs_domain\":false,\"trial_days\":30,"
	        "\"client_max\":1,"
	        "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1234}]}");
	plan(w, "{\"key\":\"lure\",\"name\":\"Lure\",\"needs_domain\":false,\"prorata_day\":15,"
	        "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":100,"
	        "\"renew_minor\":999}]}");
	shows(c, "/", "30 days free, then");
	shows(c, "/plans/try", "30 days free, then");
	shows(c, "/plans/try", "12.34");
	shows(c, "/plans/try", "free up to 3 Mar 2027");
	shows(c, "/plans/try", "At most 1 per client");
	shows(c, "/plans/lure", "renews at");
	shows(c, "/plans/lure", "9.99");
	shows(c, "/plans/lure", "charged up to 15 Feb 2027");
	shows(c, "/order/lure", "then €9.99");
	web_client_form(c, "/order/try", "cycle=1m&quantity=1");
	web_client_form(c, "/order/lure", "cycle=1m&quantity=1");
	shows(c, "/cart", "Free until 3 Mar 2027");
	shows(c, "/cart", "charged up to 15 Feb 2027");
	/* Two of a plan that everybody has one of. */
	web_client_form(c, "/order/try", "cycle=1m&quantity=2");
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "At most 1 of this plan per client"));
	shows(&w->owner, "/admin/plans/2", "name=\"prices.0.renew_minor\" type=\"text\" value=\"0.00\"");
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(the_cart_is_the_invoice),
	    TESTDB_BOTH(a_new_client_takes_it_along),
	    TESTDB_BOTH(refused_codes_are_not_kept),
	    TESTDB_BOTH(a_coupon_that_ends_in_the_cart),
	    TESTDB_BOTH(the_last_item_takes_the_coupon_along),
	    TESTDB_BOTH(staff_make_coupons),
	    TESTDB_BOTH(a_client_changes_his_plan),
	    TESTDB_BOTH(at_the_end_and_for_less),
	    TESTDB_BOTH(odd_wishes_are_answered),
	    TESTDB_BOTH(foreign_services_are_not_there),
	    TESTDB_BOTH(staff_set_a_price),
	    TESTDB_BOTH(coupons_by_api),
	    TESTDB_BOTH(changes_by_api),
	    TESTDB_BOTH(terms_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
