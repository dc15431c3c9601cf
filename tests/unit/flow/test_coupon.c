/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coupons from cart to renewals: what comes off, for how long, and who is refused. TAX-02 and
 * TAX-04 by their numbers.
 */
#include "unit/flow/world.h"

static int64_t coupon(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, coupon_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
	return id;
}

static void rate(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, tax_rate_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

static void TAX_02_discount_before_tax(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	world_day(w, "2027-01-10");
	rate(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000}");
	coupon(w, "{\"code\":\"two-thirds\",\"rate_ppm\":670000}");
	world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":["
	    "{\"cycle\":\"once\",\"currency\":\"EUR\",\"price_minor\":83}]}");
	world_order(w,
	    "{\"coupon\":\"TWO-Thirds\",\"items\":["
	    "{\"plan\":\"p\",\"cycle\":\"once\",\"quantity\":3}]}",
	    &invoice);
	struct invoice i = world_invoice(w, invoice);
	assert_int_equal(i.discount_minor, 167);
	assert_int_equal(i.net_minor, 82);
	assert_int_equal(i.tax_minor, 16);
	assert_int_equal(i.total_minor, 98);
	world_close(w);
}

static void TAX_04_an_amount_is_shared_by_net(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	struct invoice_item *items;
	size_t n;
	world_day(w, "2027-01-10");
	rate(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000}");
	rate(w,
	    "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":70000,\"tax_class\":\"reduced\"}");
	coupon(w,
	    "{\"code\":\"ten\",\"kind\":\"amount\",\"amount_minor\":1000,\"currency\":\"EUR\"}");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":["
	    "{\"cycle\":\"once\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	world_plan(w,
	    "{\"key\":\"b\",\"name\":\"B\",\"tax_class\":\"reduced\",\"prices\":["
	    "{\"cycle\":\"once\",\"currency\":\"EUR\",\"price_minor\":2000}]}");
	world_order(w,
	    "{\"coupon\":\"ten\",\"items\":[{\"plan\":\"a\",\"cycle\":\"once\"},"
	    "{\"plan\":\"b\",\"cycle\":\"once\"}]}",
	    &invoice);
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	assert_int_equal(n, 2);
	assert_int_equal(items[0].discount_minor + items[1].discount_minor, 1000);
	assert_int_equal(items[0].discount_minor, 333);
	assert_int_equal(items[0].net_minor, 667);
	assert_int_equal(items[0].tax_minor, 133);
	assert_int_equal(items[1].net_minor, 1333);
	assert_int_equal(items[1].tax_minor, 93);
	world_close(w);
}

static int64_t newest_total(struct world *w)
{
	struct invoice_filter f = {.client_id = w->client, .kind = "invoice", .limit = 1};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	return json_integer_value(json_object_get(json_array_get(list, 0), "total_minor"));
}

static void a_discount_lasts_its_terms(void **state)
{
	struct world *w = world_open(*state);
	static const char *const days[] = {"2027-02-05", "2027-03-05", "2027-04-05"};
	static const int64_t totals[] = {900, 1000, 1000};
	int64_t invoice;
	world_day(w, "2027-01-10");
	coupon(w, "{\"code\":\"start\",\"rate_ppm\":100000,\"terms\":2}");
	world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	int64_t s = world_order(w,
	    "{\"coupon\":\"start\",\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}", &invoice);
	assert_int_equal(world_invoice(w, invoice).total_minor, 900);
	world_pay(w, invoice);
	for (size_t i = 0; i < 3; i++) {
		world_day(w, days[i]);
		world_run(w);
		assert_int_equal(newest_total(w), totals[i]);
	}
	assert_int_equal(world_service(w, s).discount_terms, 0);
	world_close(w);
}

/* A term that was taken back is billed again as what it was, and uses none twice. */
static void a_term_that_is_billed_again_uses_none(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, note;
	bool existing;
	struct invoice_filter f = {.client_id = w->client, .kind = "invoice", .limit = 1};
	json_t *list;
	world_day(w, "2027-01-10");
	coupon(w, "{\"code\":\"start\",\"rate_ppm\":100000,\"terms\":2}");
	world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	int64_t s = world_order(w,
	    "{\"coupon\":\"start\",\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	static const char *const days[] = {"2027-02-05", "2027-03-05"};
	for (size_t i = 0; i < 2; i++) {
		/* The second time February is paid, and March costs the whole. */
		int64_t total = i == 0 ? 900 : 1000;
		world_day(w, days[i]);
		for (int again = 0; again < 3; again++) {
			world_run(w);
			assert_int_equal(newest_total(w), total);
			assert_int_equal(world_service(w, s).discount_terms, 0);
			testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
			invoice =
			    json_integer_value(json_object_get(json_array_get(list, 0), "id"));
			if (again == 2)
				continue;
			testdb_ok(w->cx, credit_note_full(w->cx, invoice, "x", &note, &existing));
			testdb_ok(w->cx, service_recount(w->cx, invoice));
			assert_int_equal(world_service(w, s).discount_terms, i == 0 ? 1 : 0);
		}
		world_pay(w, invoice);
	}
	world_close(w);
}

/* The discount begins with the first term that costs something, of either kind. */
static void a_free_trial_is_no_term_of_it(void **state)
{
	static const char *const coupons[] =
	    {"{\"code\":\"start\",\"rate_ppm\":100000,\"terms\":2}",
	        "{\"code\":\"start\",\"kind\":\"amount\",\"amount_minor\":100,\"currency\":\"EUR\","
	        "\"terms\":2}"};
	static const char *const days[] = {"2027-01-24", "2027-02-20", "2027-03-20"};
	static const int64_t totals[] = {900, 900, 1000};
	for (size_t k = 0; k < 2; k++) {
		struct world *w = world_open(*state);
		int64_t invoice;
		world_day(w, "2027-01-10");
		coupon(w, coupons[k]);
		world_plan(w,
		    "{\"key\":\"p\",\"name\":\"P\",\"trial_days\":14,\"prices\":["
		    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
		int64_t s = world_order(w,
		    "{\"coupon\":\"start\",\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}",
		    &invoice);
		assert_int_equal(world_invoice(w, invoice).total_minor, 0);
		assert_int_equal(world_service(w, s).discount_terms, 2);
		for (size_t i = 0; i < 3; i++) {
			world_day(w, days[i]);
			world_run(w);
			assert_int_equal(newest_total(w), totals[i]);
		}
		world_close(w);
	}
}

static void who_may_not(void **state)
{
	struct world *w = world_open(*state);
	static const struct {
		const char *coupon, *key;
	} cases[] = {
	    {"{\"code\":\"later\",\"rate_ppm\":100000,\"valid_from\":\"2027-02-01\"}",
	        "coupon.early"},
	    {"{\"code\":\"gone\",\"rate_ppm\":100000,\"valid_until\":\"2027-01-09\"}",
	        "coupon.late"},
	    {"{\"code\":\"dollars\",\"kind\":\"amount\",\"amount_minor\":100,\"currency\":\"USD\"}",
	        "coupon.currency"},
	    {"{\"code\":\"others\",\"rate_ppm\":100000,\"plans\":\"other plans\"}", "coupon.plans"},
	    {"{\"code\":\"yearly\",\"rate_ppm\":100000,\"cycles\":\"1y\"}", "coupon.plans"},
	};
	static const char *const codes[] = {"later", "gone", "dollars", "others", "yearly",
	    "never-made"};
	struct order_input in;
	int64_t id;
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	for (size_t i = 0; i < 6; i++) {
		if (i < 5)
			coupon(w, cases[i].coupon);
		json_t *body = world_json(w, "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}");
		json_object_set_new(body, "client_id", json_integer(w->client));
		json_object_set_new(body, "coupon", json_string(codes[i]));
		testdb_ok(w->cx, field_read(w->cx, &order_fields, body, FIELD_JSON, &in));
		assert_int_equal(order_create(w->cx, &in, "", &id), ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->name, "coupon");
		assert_string_equal(w->cx->fault.fields->key,
		    i < 5 ? cases[i].key : "coupon.unknown");
		cx_clear(w->cx);
	}
	/* Once per client, and the last use. */
	coupon(w, "{\"code\":\"once\",\"rate_ppm\":100000,\"once_per_client\":true}");
	world_order(w, "{\"coupon\":\"once\",\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}", NULL);
	in.coupon = "once";
	assert_int_equal(order_create(w->cx, &in, "", &id), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "coupon.once");
	cx_clear(w->cx);
	coupon(w, "{\"code\":\"single\",\"rate_ppm\":100000,\"uses_max\":1}");
	world_order(w, "{\"coupon\":\"single\",\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}",
	    NULL);
	in.coupon = "single";
	assert_int_equal(order_create(w->cx, &in, "", &id), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "coupon.used_up");
	cx_clear(w->cx);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(TAX_02_discount_before_tax),
	    TESTDB_BOTH(TAX_04_an_amount_is_shared_by_net),
	    TESTDB_BOTH(a_discount_lasts_its_terms),
	    TESTDB_BOTH(a_free_trial_is_no_term_of_it),
	    TESTDB_BOTH(a_term_that_is_billed_again_uses_none),
	    TESTDB_BOTH(who_may_not),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
