/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands for a client or his group comes off all that services cost, before tax: on the first
 * invoice, on renewals and on a new cycle, beside a coupon or instead of it.
 */
#include "unit/flow/world.h"

#include "core/report/report.h"

static void parts_of_a_line(void **state)
{
	static const struct {
		int64_t amount, bundle, standing_ppm, coupon_ppm, coupon_minor;
		bool stackable;
		int64_t want[3]; /* bundle, standing, coupon */
	} cases[] = {
	    {1000, 0, 0, 0, 0, false, {0, 0, 0}},
	    {1000, 0, 100000, 0, 0, false, {0, 100, 0}},
	    {1000, 0, 100000, 200000, 0, false, {0, 0, 200}}, /* the better for the client */
	    {1000, 0, 200000, 100000, 0, false, {0, 200, 0}},
	    {1000, 0, 100000, 100000, 0, false, {0, 100, 0}},  /* the same: the standing one */
	    {1000, 0, 100000, 200000, 0, true, {0, 100, 180}}, /* 20 % of the 9.00 left */
	    {1000, 200, 100000, 500000, 0, true, {200, 80, 360}},
	    {1000, 200, 100000, 500000, 0, false, {200, 0, 400}},
	    {1000, 0, 100000, 0, 50, false, {0, 100, 0}},
	    {1000, 0, 100000, 0, 150, false, {0, 0, 150}},
	    {1000, 0, 100000, 0, 950, true, {0, 100, 900}}, /* never below zero */
	    {1000, 1500, 100000, 0, 50, true, {1000, 0, 0}},
	    {0, 0, 100000, 0, 50, true, {0, 0, 0}},
	    {-500, 0, 100000, 0, 50, true, {0, 0, 0}},
	    {995, 0, 100000, 0, 0, false, {0, 100, 0}}, /* 99.5 half up */
	    {1000, 0, 1000000, 500000, 0, true, {0, 1000, 0}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct discount_terms t = {cases[i].bundle, cases[i].standing_ppm,
		    {cases[i].coupon_ppm, cases[i].coupon_minor}, cases[i].stackable};
		struct discount_parts p;
		discount_parts(&t, cases[i].amount, &p);
		assert_int_equal(p.bundle_minor, cases[i].want[0]);
		assert_int_equal(p.standing_minor, cases[i].want[1]);
		assert_int_equal(p.coupon_minor, cases[i].want[2]);
		assert_int_equal(p.total_minor,
		    cases[i].want[0] + cases[i].want[1] + cases[i].want[2]);
	}
}

/* A service with an option: two lines of a term, 10 % standing and 3.00 of a coupon. */
static void a_term_of_two_lines(void **state)
{
	static const struct {
		bool stackable;
		int64_t ppm, minor, terms, want[2];
	} cases[] = {{false, 0, 300, -1, {200, 100}}, /* the shares are better than 1.00 and 0.50 */
	    {true, 0, 300, -1, {100 + 200, 50 + 100}}, {true, 200000, 0, 2, {100 + 180, 50 + 90}},
	    {false, 50000, 0, 2, {100, 50}}, {false, 0, 300, 0, {100, 50}}};
	struct arena *a = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct invoice_line lines[2] = {{.kind = "period",
		                                    .quantity = 1,
		                                    .unit_minor = 1000},
		    {.kind = "option", .quantity = 5, .unit_minor = 100}};
		struct service_term t = {lines, 2, DAY_NONE};
		struct service s = {.discount_ppm = cases[i].ppm,
		    .discount_minor = cases[i].minor,
		    .discount_terms = cases[i].terms,
		    .discount_stacks = cases[i].stackable,
		    .standing = {100000, "client", "Client discount"}};
		service_term_discount(a, &s, &t);
		assert_int_equal(lines[0].discount_minor, cases[i].want[0]);
		assert_int_equal(lines[1].discount_minor, cases[i].want[1]);
	}
	arena_free(a);
}

static void group(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, client_group_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

static void client(struct world *w, const char *json)
{
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, json), FIELD_JSON, &client_staff_fields));
}

static void coupon(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, coupon_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

/* VAT of 20 % and a plan with a set-up fee. */
static void sold(struct world *w)
{
	int64_t id;
	world_day(w, "2027-01-10");
	testdb_ok(w->cx,
	    tax_rate_save(w->cx, 0,
	        world_json(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000}"),
	        FIELD_JSON, &id));
	world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000,\"setup_minor\":500},"
	    "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":10000}]}");
}

static struct invoice newest(struct world *w)
{
	struct invoice_filter f = {.client_id = w->client, .kind = "invoice", .limit = 1};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	return world_invoice(w, json_integer_value(json_object_get(json_array_get(list, 0), "id")));
}

#define MONTHLY "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}"
#define WITH_COUPON "{\"coupon\":\"ccc\",\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}"

static void the_group_s_and_the_client_s_own(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	struct invoice_item *items;
	size_t n;
	sold(w);
	group(w,
	    "{\"key\":\"trade\",\"name\":\"Trade\",\"color\":\"#00ff00\",\"discount_ppm\":100000}");
	client(w, "{\"group\":\"trade\"}");
	world_order(w, MONTHLY, &invoice);
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	/* 10 % off price and set-up fee, then 20 % tax on what is left: 13.50 + 2.70. */
	assert_int_equal(n, 2);
	assert_int_equal(items[0].discount_minor, 100);
	assert_int_equal(items[0].net_minor, 900);
	assert_int_equal(items[1].discount_minor, 50);
	assert_int_equal(world_invoice(w, invoice).discount_minor, 150);
	assert_int_equal(world_invoice(w, invoice).total_minor, 1620);
	world_pay(w, invoice);
	/* Renewals follow what stands on their day; the own one replaces the group's, 0 too. */
	static const struct {
		const char *change, *day;
		int64_t net;
	} cases[] = {{"{}", "2027-01-28", 900}, {"{\"discount_ppm\":250000}", "2027-02-25", 750},
	    {"{\"discount_ppm\":0}", "2027-03-28", 1000},
	    {"{\"discount_ppm\":null}", "2027-04-28", 900}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		client(w, cases[i].change);
		world_day(w, cases[i].day);
		world_run(w);
		assert_int_equal(newest(w).net_minor, cases[i].net);
		world_pay(w, newest(w).id);
	}
	/* The explanation names it. */
	json_t *out, *line;
	testdb_ok(w->cx, report_explain(w->cx, 0, newest(w).id, &out));
	line = json_array_get(json_object_get(out, "lines"), 0);
	const char *text = json_dumps(line, 0);
	assert_non_null(strstr(text, "Trade, 10 %: 1.00 EUR"));
	free((void *)(uintptr_t)text);
	int64_t id = 0;
	assert_int_equal(client_group_save(w->cx, 0,
	                     world_json(w,
	                         "{\"key\":\"x\",\"name\":\"X\",\"discount_ppm\":1000001}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(w->cx);
	world_close(w);
}

static void beside_a_coupon(void **state)
{
	static const struct {
		const char *coupon;
		int64_t first, renewal; /* what comes off price and set-up fee, and off a renewal */
		const char *told;
	} cases[] = {
	    /* 10 % stand. 20 % on the price are better, the fee keeps the 10 %. */
	    {"{\"code\":\"ccc\",\"rate_ppm\":200000,\"terms\":0}", 200 + 50, 200, "coupon"},
	    {"{\"code\":\"ccc\",\"rate_ppm\":50000,\"terms\":0}", 100 + 50, 100, "client"},
	    {"{\"code\":\"ccc\",\"rate_ppm\":200000,\"terms\":0,\"stackable\":true}",
	        100 + 180 + 50, 280, "coupon"},
	    {"{\"code\":\"ccc\",\"rate_ppm\":200000,\"terms\":1,\"setup_too\":true,"
	     "\"stackable\":true}",
	        100 + 180 + 50 + 90, 100, "coupon"},
	    {"{\"code\":\"ccc\",\"kind\":\"amount\",\"amount_minor\":300,\"currency\":\"EUR\","
	     "\"terms\":0}",
	        300 + 50, 300, "coupon"},
	    {"{\"code\":\"ccc\",\"kind\":\"amount\",\"amount_minor\":300,\"currency\":\"EUR\","
	     "\"terms\":0,\"stackable\":true}",
	        100 + 300 + 50, 400, "coupon"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world *w = world_open(*state);
		struct invoice_item *items;
		size_t n;
		int64_t invoice;
		sold(w);
		client(w, "{\"discount_ppm\":100000}");
		coupon(w, cases[i].coupon);
		world_order(w, WITH_COUPON, &invoice);
		assert_int_equal(world_invoice(w, invoice).discount_minor, cases[i].first);
		testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
		assert_non_null(strstr(items[0].discounts, cases[i].told));
		world_pay(w, invoice);
		world_day(w, "2027-01-28");
		/* The forecast and the run plan the same. */
		json_t *foretold = json_keep(w->cx, json_array());
		testdb_ok(w->cx, billing_foretell(&w->w, foretold));
		world_run(w);
		assert_int_equal(newest(w).discount_minor, cases[i].renewal);
		assert_int_equal(json_integer_value(
		                     json_object_get(json_array_get(foretold, 0), "amount_minor")),
		    newest(w).total_minor);
		world_close(w);
	}
}

static void on_approval_and_on_a_new_cycle(void **state)
{
	struct world *w = world_open(*state);
	int64_t change, invoice;
	struct change_quote q;
	sold(w);
	world_set(w, "order.approval", "1");
	client(w, "{\"discount_ppm\":100000}");
	int64_t s = world_order(w, MONTHLY, &invoice);
	assert_int_equal(invoice, 0);
	testdb_ok(w->cx, order_apply(w->cx, 1, ORDER_APPROVE, ""));
	assert_int_equal(newest(w).discount_minor, 150);
	assert_int_equal(newest(w).total_minor, 1620);
	world_pay(w, newest(w).id);
	/* 31 days of 9.00 left against a year: 100.00 less 10 %. */
	const struct change_input year = {.cycle = "1y", .when = "now"};
	testdb_ok(w->cx, service_change_quote(w->cx, 0, s, &year, &q));
	assert_int_equal(q.charge_minor, 9000);
	assert_int_equal(q.credit_minor, 900);
	assert_int_equal(q.total_minor, 9720);
	testdb_ok(w->cx, service_change(w->cx, 0, s, &year, &change, &invoice));
	assert_int_equal(world_invoice(w, invoice).discount_minor, 1000);
	world_pay(w, invoice);
	assert_string_equal(world_service(w, s).cycle, "1y");
	world_close(w);
}

static void nothing_off_fees_and_top_ups(void **state)
{
	struct world *w = world_open(*state);
	const struct invoice_line fee = {.kind = "fee",
	    .description = "Late fee",
	    .tax_class = "fee",
	    .from = DAY_NONE,
	    .to = DAY_NONE,
	    .quantity = 1,
	    .unit_minor = 500};
	struct settings settings;
	struct tax_table taxes;
	struct client c;
	struct invoice_plan p;
	sold(w);
	client(w, "{\"discount_ppm\":500000}");
	testdb_ok(w->cx, setting_load(w->cx, &settings));
	testdb_ok(w->cx, tax_load(w->cx, &taxes));
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	const struct invoice_request r = {.settings = &settings,
	    .taxes = &taxes,
	    .client = &c,
	    .currency = "EUR",
	    .issued_on = setting_today(w->cx, &settings),
	    .due_on = setting_today(w->cx, &settings),
	    .lines = &fee,
	    .lines_n = 1};
	testdb_ok(w->cx, invoice_plan(w->cx, &r, &p));
	assert_int_equal(p.net_minor, 500);
	/* A visitor has none. */
	assert_int_equal(client_discount(&(struct client){.discount_ppm = 500000}).ppm, 0);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_of_a_line),
	    cmocka_unit_test(a_term_of_two_lines),
	    TESTDB_BOTH(the_group_s_and_the_client_s_own),
	    TESTDB_BOTH(beside_a_coupon),
	    TESTDB_BOTH(on_approval_and_on_a_new_cycle),
	    TESTDB_BOTH(nothing_off_fees_and_top_ups),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
