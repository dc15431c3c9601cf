/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prices agreed with one client: they win when he orders, changes or renews, and nobody else sees
 * them; what runs keeps what it was sold at.
 */
#include "unit/flow/world.h"

#include "core/service/reprice.h"
#include "core/service/service.h"

#define ONE "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}"

static struct world *open_shop(const void *engine)
{
	struct world *w = world_open(engine);
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000,\"setup_minor\":500},"
	    "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":10000}]}");
	world_plan(w,
	    "{\"key\":\"b\",\"name\":\"B\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":2000}]}");
	return w;
}

static int64_t agree(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, price_agree(w->cx, w->client, world_json(w, json), FIELD_JSON, &id));
	return id;
}

static int64_t total(struct world *w, int64_t invoice)
{
	return world_invoice(w, invoice).total_minor;
}

static void wins_for_one_client_only(void **state)
{
	struct world *w = open_shop(*state);
	struct cx *cx = w->cx;
	int64_t invoice, s, other = world_other(w, "ben@example.org", "EUR");
	struct price p;
	s = world_order(w, ONE, &invoice);
	assert_int_equal(total(w, invoice), 1500);
	world_pay(w, invoice);
	agree(w, "{\"plan\":\"a\",\"cycle\":\"1m\",\"price_minor\":800,\"renew_minor\":900}");
	/* What runs keeps its price; what is ordered now has the new one, and renews at 9.00. */
	int64_t second = world_order(w, ONE, &invoice);
	assert_int_equal(total(w, invoice), 800);
	world_pay(w, invoice);
	assert_int_equal(world_service(w, s).price_minor, 1000);
	assert_int_equal(world_service(w, second).price_minor, 900);
	assert_int_equal(world_service(w, second).price_id, 0);
	testdb_ok(cx, price_sell(cx, &(struct price_wish){1, "1m", "EUR", other}, &p));
	assert_int_equal(p.price_minor, 1000);
	testdb_ok(cx, price_sell(cx, &(struct price_wish){1, "1y", "EUR", w->client}, &p));
	assert_int_equal(p.price_minor, 10000);
	world_day(w, "2027-02-08");
	world_run(w);
	testdb_ok(cx, invoice_oldest_open(cx, second, "EUR", &invoice));
	assert_int_equal(total(w, invoice), 900);
	world_close(w);
}

static void a_cycle_that_the_plan_has_not(void **state)
{
	struct world *w = open_shop(*state);
	struct cx *cx = w->cx;
	struct plan plan;
	json_t *view, *list;
	int64_t id = agree(w, "{\"plan\":\"b\",\"cycle\":\"3m\",\"price_minor\":4500}"), again;
	testdb_ok(cx, plan_find(cx, "b", &plan));
	testdb_ok(cx, plan_shop_view(cx, &plan, &(struct price_buyer){"EUR", 0}, &view));
	assert_int_equal(json_array_size(json_object_get(view, "prices")), 1);
	testdb_ok(cx, plan_shop_view(cx, &plan, &(struct price_buyer){"EUR", w->client}, &view));
	assert_int_equal(json_array_size(json_object_get(view, "prices")), 2);
	/* The same again is written over it; ended, it is not sold any more. */
	again = agree(w, "{\"plan\":\"b\",\"cycle\":\"3m\",\"price_minor\":4200}");
	assert_int_equal(again, id);
	testdb_ok(cx, price_agreed(cx, w->client, &list));
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(json_integer_value(
	                     json_object_get(json_array_get(list, 0), "price_minor")),
	    4200);
	int64_t invoice,
	    s = world_order(w, "{\"items\":[{\"plan\":\"b\",\"cycle\":\"3m\"}]}", &invoice);
	assert_int_equal(total(w, invoice), 4200);
	world_pay(w, invoice);
	testdb_ok(cx, price_agreed_end(cx, w->client, id));
	testdb_fails(cx, price_agreed_end(cx, w->client, id), ERR_NOT_FOUND, "price.none");
	struct price p;
	testdb_fails(cx, price_sell(cx, &(struct price_wish){plan.id, "3m", "EUR", w->client}, &p),
	    ERR_NOT_FOUND, "price.none");
	assert_int_equal(world_service(w, s).price_minor, 4200);
	world_close(w);
}

/* An upgrade costs what was agreed: 30 days of 31 of 15.00, less those of 10.00. */
static void a_change_knows_it(void **state)
{
	struct world *w = open_shop(*state);
	struct cx *cx = w->cx;
	int64_t invoice, s = world_order(w, ONE, &invoice);
	struct change_quote q;
	world_pay(w, invoice);
	agree(w, "{\"plan\":\"b\",\"cycle\":\"1m\",\"price_minor\":1500}");
	world_day(w, "2027-01-11");
	const struct change_input in = {.plan = "b", .cycle = ""};
	testdb_ok(cx, service_change_quote(cx, w->client, s, &in, &q));
	assert_int_equal(q.price_minor, 1500);
	assert_int_equal(q.price_id, 0);
	world_close(w);
}

static void odd_wishes_change_nothing(void **state)
{
	static const struct {
		const char *json, *field;
	} bad[] = {
	    {"{\"plan\":\"zz\",\"cycle\":\"1m\",\"price_minor\":1}", "plan"},
	    {"{\"plan\":\"a\",\"cycle\":\"soon\",\"price_minor\":1}", "cycle"},
	    {"{\"plan\":\"a\",\"cycle\":\"1m\",\"price_minor\":-1}", "price_minor"},
	    {"{\"plan\":\"a\",\"cycle\":\"1m\"}", "price_minor"},
	};
	struct world *w = open_shop(*state);
	struct cx *cx = w->cx;
	int64_t id, other = world_other(w, "ben@example.org", "EUR");
	json_t *list;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(price_agree(cx, w->client, world_json(w, bad[i].json), FIELD_JSON,
		                     &id),
		    ERR_INVALID);
		assert_string_equal(cx->fault.fields->name, bad[i].field);
		cx_clear(cx);
	}
	testdb_ok(cx, price_agreed(cx, w->client, &list));
	assert_int_equal(json_array_size(list), 0);
	id = agree(w, "{\"plan\":\"a\",\"cycle\":\"1m\",\"price_minor\":0}");
	testdb_fails(cx, price_agreed_end(cx, other, id), ERR_NOT_FOUND, "price.none");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(wins_for_one_client_only),
	    TESTDB_BOTH(a_cycle_that_the_plan_has_not),
	    TESTDB_BOTH(a_change_knows_it),
	    TESTDB_BOTH(odd_wishes_change_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
