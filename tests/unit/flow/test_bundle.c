/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles: one order, a discount that each service keeps over its renewals, options, coupons and
 * changes beside it, and what happens to it when one of them ends.
 */
#include "core/bundle/bundle.h"
#include "unit/flow/options.h"

#include "core/report/report.h"

static int64_t bundle(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, bundle_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
	return id;
}

static struct world *shop(const void *engine, const char *on_cancel)
{
	struct world *w = option_world(engine, "");
	world_plan(w,
	    "{\"key\":\"mail\",\"name\":\"Mail\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":250},"
	    "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":2500}]}");
	bundle(w,
	    arena_printf(w->cx->arena,
	        "{\"key\":\"fifth\",\"name\":\"A fifth\",\"rate_ppm\":200000,\"on_cancel\":\"%s\","
	        "\"plans\":[{\"plan\":\"web\",\"cycle\":\"1y\"},{\"plan\":\"mail\","
	        "\"cycle\":\"1m\"}]}",
	        on_cancel));
	bundle(w,
	    "{\"key\":\"three\",\"name\":\"Three\",\"kind\":\"amount\",\"amount_minor\":301,"
	    "\"currency\":\"EUR\",\"plans\":[{\"plan\":\"web\",\"cycle\":\"1m\"},"
	    "{\"plan\":\"mail\",\"cycle\":\"1m\"}]}");
	return w;
}

#define FIFTH \
	"{\"plan\":\"web\",\"cycle\":\"1y\",\"bundle\":\"fifth\"," \
	"\"options\":{\"backup\":\"daily\"}}," \
	"{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"fifth\"}"

static int64_t second_of(struct world *w, int64_t web)
{
	struct order_item *items;
	size_t n;
	testdb_ok(w->cx, order_items(w->cx, world_service(w, web).order_id, &items, &n));
	assert_int_equal(n, 2);
	return items[1].service_id;
}

static void the_discount_lasts_over_renewals(void **state)
{
	struct world *w = shop(*state, "keep");
	int64_t invoice;
	world_day(w, "2027-01-31");
	int64_t s = world_order(w, "{\"items\":[" FIFTH "]}", &invoice);
	/* Off the plans' prices: not off options, not off set-up. */
	assert_string_equal(lines_of(w, invoice),
	    "Web 10000, Backup: Daily 3000, Set-up of Backup: Daily 100, Mail 250");
	assert_string_equal(discounts_of(w, invoice), "2000 0 0 50");
	world_pay(w, invoice);
	world_day(w, "2027-02-21");
	world_run(w);
	assert_string_equal(discounts_of(w, newest(w, "open")), "50");
	world_pay(w, newest(w, "open"));
	/* After a year. */
	for (int month = 3; month <= 12; month++) {
		world_day(w, arena_printf(w->cx->arena, "2027-%02d-21", month));
		world_run(w);
		world_pay(w, newest(w, "open"));
	}
	world_day(w, "2028-01-20");
	world_run(w);
	struct invoice i;
	testdb_ok(w->cx,
	    invoice_find_cause(w->cx,
	        arena_printf(w->cx->arena, "renew/%lld/2028-01-31", (long long)s), &i));
	assert_string_equal(lines_of(w, i.id), "Web 10000, Backup: Daily 3000");
	assert_string_equal(discounts_of(w, i.id), "2000 0");
	world_close(w);
}

static void an_amount_is_shared_by_what_they_cost(void **state)
{
	struct world *w = shop(*state, "keep");
	int64_t invoice, id;
	world_day(w, "2027-06-01");
	/* 3.01 over 10.00 and 2.50 */
	int64_t s = world_order(w,
	    "{\"items\":[{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"three\"},"
	    "{\"plan\":\"web\",\"cycle\":\"1m\",\"bundle\":\"three\",\"options\":"
	    "{\"backup\":\"none\"}}]}",
	    &invoice);
	assert_string_equal(discounts_of(w, invoice), "60 241 0");
	assert_int_equal(world_service(w, s).bundle_minor, 60);
	/* A coupon comes off what is left: 1.90, 7.59; not off the set-up. */
	testdb_ok(w->cx,
	    coupon_save(w->cx, 0,
	        world_json(w,
	            "{\"code\":\"TEN\",\"name\":\"x\",\"kind\":\"percent\",\"rate_ppm\":100000,"
	            "\"terms\":0}"),
	        FIELD_JSON, &id));
	world_order(w,
	    "{\"coupon\":\"TEN\",\"items\":[{\"plan\":\"mail\",\"cycle\":\"1m\","
	    "\"bundle\":\"three\"},"
	    "{\"plan\":\"web\",\"cycle\":\"1m\",\"bundle\":\"three\",\"options\":"
	    "{\"backup\":\"none\",\"disk\":5}}]}",
	    &invoice);
	assert_string_equal(lines_of(w, invoice),
	    "Mail 250, Web 1000, Set-up of Web 500, Disk: 5 GB 100");
	assert_string_equal(discounts_of(w, invoice), "79 317 0 10");
	world_pay(w, invoice);
	world_day(w, "2027-06-24");
	world_run(w);
	assert_string_equal(discounts_of(w, newest(w, "open")), "317 10");
	world_close(w);
}

static void all_of_it_or_nothing(void **state)
{
	struct world *w = shop(*state, "keep");
	world_day(w, "2027-06-01");
	order_refused(w, "{\"items\":[{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"three\"}]}",
	    "items.0.bundle", "bundle.incomplete");
	order_refused(w, "{\"items\":[{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"none\"}]}",
	    "items.0.bundle", "bundle.none");
	order_refused(w,
	    "{\"items\":[" FIFTH ",{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"fifth\"}]}",
	    "items.2.bundle", "bundle.plan");
	order_refused(w, "{\"items\":[{\"plan\":\"mail\",\"cycle\":\"1y\",\"bundle\":\"three\"}]}",
	    "items.0.bundle", "bundle.plan");
	order_refused(w,
	    "{\"items\":[{\"plan\":\"mail\",\"cycle\":\"1m\",\"quantity\":2,"
	    "\"bundle\":\"three\"}]}",
	    "items.0.bundle", "bundle.plan");
	int64_t id;
	struct bundle b;
	testdb_ok(w->cx, bundle_find(w->cx, "three", &b));
	testdb_ok(w->cx, bundle_retire(w->cx, b.id, true));
	order_refused(w, "{\"items\":[{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"three\"}]}",
	    "items.0.bundle", "bundle.none");
	static const struct {
		const char *json, *field;
	} bad[] = {
	    {"{\"key\":\"fifth\",\"name\":\"x\",\"rate_ppm\":1,\"plans\":[{\"plan\":\"web\","
	     "\"cycle\":\"1m\"},{\"plan\":\"mail\",\"cycle\":\"1m\"}]}",
	        "key"},
	    {"{\"key\":\"x\",\"name\":\"x\",\"plans\":[{\"plan\":\"web\",\"cycle\":\"1m\"},"
	     "{\"plan\":\"mail\",\"cycle\":\"1m\"}]}",
	        "rate_ppm"},
	    {"{\"key\":\"x\",\"name\":\"x\",\"kind\":\"amount\",\"plans\":[{\"plan\":\"web\","
	     "\"cycle\":\"1m\"},{\"plan\":\"mail\",\"cycle\":\"1m\"}]}",
	        "amount_minor"},
	    {"{\"key\":\"x\",\"name\":\"x\",\"rate_ppm\":1,\"plans\":[{\"plan\":\"web\","
	     "\"cycle\":\"1m\"}]}",
	        "plans"},
	    {"{\"key\":\"x\",\"name\":\"x\",\"rate_ppm\":1,\"plans\":[{\"plan\":\"web\","
	     "\"cycle\":\"1m\"},{\"plan\":\"no\",\"cycle\":\"1m\"}]}",
	        "plans.1.plan"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(bundle_save(w->cx, 0, world_json(w, bad[i].json), FIELD_JSON, &id),
		    ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->name, bad[i].field);
		cx_clear(w->cx);
	}
	world_close(w);
}

/* What the next renewal of the web service takes off after its mail was cancelled. */
static const char *after_the_end(struct world *w)
{
	int64_t invoice;
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[" FIFTH "]}", &invoice);
	world_pay(w, invoice);
	testdb_ok(w->cx, service_cancel(w->cx, 0, second_of(w, s), false, "x"));
	world_drain(w);
	world_day(w, "2028-05-25");
	world_run(w);
	return discounts_of(w, newest(w, "open"));
}

static void the_others_keep_it(void **state)
{
	struct world *w = shop(*state, "keep");
	assert_string_equal(after_the_end(w), "2000 0");
	world_close(w);
}

static void or_it_ends_for_them(void **state)
{
	struct world *w = shop(*state, "end");
	assert_string_equal(after_the_end(w), "0 0");
	world_close(w);
}

static void a_change_keeps_the_bundles_part(void **state)
{
	struct world *w = shop(*state, "keep");
	int64_t invoice, id;
	world_day(w, "2027-06-01");
	int64_t s = world_order(w,
	    "{\"items\":[{\"plan\":\"web\",\"cycle\":\"1m\",\"bundle\":\"three\",\"options\":"
	    "{\"backup\":\"none\"}},{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"three\"}]}",
	    &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-11");
	/* A new option costs what it costs: 20 of 30 days of 2.00. */
	invoice = change_options(w, s, "{\"disk\":10}");
	assert_string_equal(lines_of(w, invoice), "Disk: 10 GB 133");
	world_pay(w, invoice);
	/* By the year the amount comes off that term, too. */
	struct change_input in = change_of(w, "{}");
	in.cycle = "1y";
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	assert_string_equal(lines_of(w, invoice),
	    "Change to Web 10000, Unused time of Web -506, Change to Disk: 10 GB 2000,"
	    " Unused time of Disk: 10 GB -133");
	assert_string_equal(discounts_of(w, invoice), "241 0 0 0");
	world_pay(w, invoice);
	world_day(w, "2028-06-01");
	world_run(w);
	struct invoice i;
	testdb_ok(w->cx,
	    invoice_find_cause(w->cx,
	        arena_printf(w->cx->arena, "renew/%lld/2028-06-11", (long long)s), &i));
	assert_string_equal(discounts_of(w, i.id), "241 0");
	world_close(w);
}

#define BOTH_PLANS \
	"\"items\":[{\"plan\":\"mail\",\"cycle\":\"1m\",\"bundle\":\"three\"}," \
	"{\"plan\":\"web\",\"cycle\":\"1m\",\"bundle\":\"three\",\"options\":" \
	"{\"backup\":\"daily\"}}]}"

static void coupons(struct world *w)
{
	static const char *const rows[] =
	    {"{\"code\":\"TEN\",\"rate_ppm\":100000,\"terms\":0,\"stackable\":true}",
	        "{\"code\":\"BEST\",\"rate_ppm\":200000,\"terms\":0}",
	        "{\"code\":\"OFF\",\"kind\":\"amount\",\"amount_minor\":300,\"currency\":\"EUR\","
	        "\"terms\":0,\"stackable\":true}"};
	int64_t id;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		testdb_ok(w->cx, coupon_save(w->cx, 0, world_json(w, rows[i]), FIELD_JSON, &id));
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, "{\"discount_ppm\":100000}"), FIELD_JSON,
	        &client_staff_fields));
}

/*
 * The bundle first (0.60, 2.41), then 10 % that stand for the client (of 1.90, 7.59, the option's
 * 3.00 and the fees of 5.00 and 1.00), then the coupon: its rate of what is left, its rate instead
 * of them, or its 3.00 shared by 1.90, 7.59 and 3.00. Mail, web, its fee, backup, its fee.
 */
static void beside_what_stands_for_the_client(void **state)
{
	static const struct {
		const char *order, *first, *approved, *later;
	} cases[] = {
	    {"{" BOTH_PLANS, "79 317 50 30 10", "79 317 30 50 10", "317 30"},
	    {"{\"coupon\":\"TEN\"," BOTH_PLANS, "96 385 50 57 10", "96 385 57 50 10", "385 57"},
	    {"{\"coupon\":\"BEST\"," BOTH_PLANS, "98 393 50 60 10", "98 393 60 50 10", "393 60"},
	    {"{\"coupon\":\"OFF\"," BOTH_PLANS, "125 499 50 102 10", "125 499 102 50 10",
	        "499 102"},
	};
	struct world *w = shop(*state, "keep");
	int64_t web[8];
	coupons(w);
	world_day(w, "2027-06-01");
	for (size_t i = 0; i < 8; i++) {
		struct invoice invoice;
		struct order o;
		/* Approved ones are computed from the services; fees come last. */
		world_set(w, "order.approval", i < 4 ? "0" : "1");
		int64_t s = world_order(w, cases[i % 4].order, &(int64_t){0});
		web[i] = second_of(w, s);
		int64_t order = world_service(w, s).order_id;
		if (i >= 4)
			testdb_ok(w->cx, order_apply(w->cx, order, ORDER_APPROVE, NULL));
		testdb_ok(w->cx, order_get(w->cx, 0, order, &o));
		invoice = world_invoice(w, o.invoice_id);
		assert_string_equal(discounts_of(w, invoice.id),
		    i < 4 ? cases[i].first : cases[i % 4].approved);
		world_pay(w, invoice.id);
	}
	world_day(w, "2027-06-24");
	world_run(w);
	for (size_t i = 0; i < 8; i++) {
		struct invoice invoice;
		testdb_ok(w->cx,
		    invoice_find_cause(w->cx,
		        arena_printf(w->cx->arena, "renew/%lld/2027-07-01", (long long)web[i]),
		        &invoice));
		assert_string_equal(discounts_of(w, invoice.id), cases[i % 4].later);
	}
	json_t *out;
	testdb_ok(w->cx, report_explain(w->cx, 0, newest(w, "open"), &out));
	char *text = json_dumps(out, 0);
	assert_non_null(strstr(text, "Bundle: 2.41 EUR"));
	free(text);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(the_discount_lasts_over_renewals),
	    TESTDB_BOTH(an_amount_is_shared_by_what_they_cost),
	    TESTDB_BOTH(all_of_it_or_nothing),
	    TESTDB_BOTH(the_others_keep_it),
	    TESTDB_BOTH(or_it_ends_for_them),
	    TESTDB_BOTH(a_change_keeps_the_bundles_part),
	    TESTDB_BOTH(beside_what_stands_for_the_client),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
