/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coupons from the cart to the invoice, for staff and by the API, and what the shop says about
 * trials, renewal prices and limits.
 */
#include "offers.h"

#include "core/coupon/coupon.h"
#include "core/tax/tax.h"

/* ---- coupons ---- */

static json_t *cart(struct web_client *c)
{
	return json_object_get(seen(c, "/cart"), "cart");
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

static int64_t coupon(struct webtest *w, const char *json)
{
	int64_t id;
	testdb_ok(&w->t->cx, coupon_save(&w->t->cx, 0, object(w, json), FIELD_JSON, &id));
	return id;
}

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
	plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"needs_domain\":false,"
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
	web_client_call(&w->owner, "GET", at(&w->owner, "/admin/orders", number(row, "id"), ""),
	    NULL);
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
	plan(w,
	    "{\"key\":\"try\",\"name\":\"Try\",\"needs_domain\":false,\"trial_days\":30,"
	    "\"client_max\":1,"
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1234}]}");
	plan(w,
	    "{\"key\":\"lure\",\"name\":\"Lure\",\"needs_domain\":false,\"prorata_day\":15,"
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
	shows(c, "/checkout", "Free until 3 Mar 2027");
	shows(c, "/checkout", "charged up to 15 Feb 2027");
	/* Two of a plan that everybody has one of. */
	web_client_form(c, "/order/try", "cycle=1m&quantity=2");
	assert_status(c, 422);
	assert_non_null(strstr(c->body, "At most 1 of this plan per client"));
	shows(&w->owner, "/admin/plans/2",
	    "name=\"prices.0.renew_minor\" type=\"text\" value=\"0.00\"");
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
	    TESTDB_BOTH(coupons_by_api),
	    TESTDB_BOTH(terms_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
