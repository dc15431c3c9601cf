/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renewals of one client and day on one document: who shares one and who does not, one tax
 * rounding, and that a slice of the run does not tear a client apart.
 */
#include "unit/flow/world.h"

#include "base/limits.h"
#include "flow/billing_own.h"

static int64_t bought(struct world *w, const char *json)
{
	int64_t invoice, service = world_order(w, json, &invoice);
	world_pay(w, invoice);
	return service;
}

static int64_t invoice_of(struct world *w, int64_t service, const char *from)
{
	struct invoice_period *p;
	size_t n;
	struct day day;
	assert_true(day_parse(from, &day));
	testdb_ok(w->cx, invoice_periods(w->cx, service, &p, &n));
	for (size_t i = 0; i < n; i++)
		if (p[i].from.n == day.n)
			return p[i].invoice_id;
	return 0;
}

static void TAX_01_one_document_rounds_once(void **state)
{
	struct world *w = world_open(*state);
	struct invoice i;
	world_set(w, "billing.group", "1");
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":83}]}");
	int64_t one = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	int64_t two = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	int64_t three = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	int64_t rate;
	testdb_ok(w->cx,
	    tax_rate_save(w->cx, 0,
	        world_json(w,
	            "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000,"
	            "\"valid_from\":\"2027-01-11\"}"),
	        FIELD_JSON, &rate));
	world_day(w, "2027-02-01");
	world_run(w);
	int64_t id = invoice_of(w, one, "2027-02-10");
	assert_int_not_equal(id, 0);
	assert_int_equal(invoice_of(w, two, "2027-02-10"), id);
	assert_int_equal(invoice_of(w, three, "2027-02-10"), id);
	i = world_invoice(w, id);
	/* 3 x 0.83 at 20 %: 0.50 once, not 3 x 0.17 */
	assert_int_equal(i.net_minor, 249);
	assert_int_equal(i.tax_minor, 50);
	world_is_day(i.due_on, "2027-02-10");
	/* twice is once */
	world_run(w);
	assert_int_equal(world_service(w, one).billed_until.n,
	    world_service(w, two).billed_until.n);
	world_is_day(world_service(w, one).billed_until, "2027-03-10");
	/* paid together, renewed together */
	world_pay(w, id);
	world_is_day(world_service(w, one).paid_until, "2027-03-10");
	world_is_day(world_service(w, three).paid_until, "2027-03-10");
	world_close(w);
}

static void others_have_their_own(void **state)
{
	struct world *w = world_open(*state);
	world_set(w, "billing.group", "1");
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":1000}]}");
	int64_t mine = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	int64_t first = w->client;
	w->client = world_other(w, "ben@example.org", "EUR");
	int64_t his = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	w->client = first;
	world_day(w, "2027-01-11");
	int64_t later = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	world_day(w, "2027-02-05");
	world_run(w);
	int64_t a = invoice_of(w, mine, "2027-02-10"), b = invoice_of(w, his, "2027-02-10"),
	        c = invoice_of(w, later, "2027-02-11");
	assert_true(a != 0 && b != 0 && c != 0);
	assert_true(a != b && a != c);
	assert_int_equal(world_invoice(w, b).client_id, world_service(w, his).client_id);
	world_close(w);
}

static void one_that_ends_is_left_out(void **state)
{
	struct world *w = world_open(*state);
	world_set(w, "billing.group", "1");
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":1000}]}");
	int64_t stays = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	int64_t goes = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	testdb_ok(w->cx, service_cancel(w->cx, 0, goes, true, "moved"));
	world_day(w, "2027-02-01");
	world_run(w);
	int64_t id = invoice_of(w, stays, "2027-02-10");
	assert_int_equal(world_invoice(w, id).total_minor, 1000);
	assert_int_equal(invoice_of(w, goes, "2027-02-10"), 0);
	world_close(w);
}

/* Pure: a slice that is full ends before the last client, unless that client fills it. */
static void a_slice_is_not_torn(void **state)
{
	struct settings s = {.billing_group = true};
	struct billing_base b = {.settings = &s};
	struct service v[5];
	for (int i = 0; i < 5; i++)
		v[i] = (struct service){.client_id = i < 2 ? 7 : 8, .currency = "EUR"};
	assert_int_equal(billing_whole(&b, v, 5), 2);
	v[4].client_id = 9;
	assert_int_equal(billing_whole(&b, v, 5), 4);
	for (int i = 0; i < 5; i++)
		v[i].client_id = 7;
	assert_int_equal(billing_whole(&b, v, 5), 5);
	s.billing_group = false;
	v[4].client_id = 9;
	assert_int_equal(billing_whole(&b, v, 5), 5);
}

int main(void)
{
	const struct CMUnitTest all[] = {TESTDB_BOTH(TAX_01_one_document_rounds_once),
	    TESTDB_BOTH(others_have_their_own), TESTDB_BOTH(one_that_ends_is_left_out),
	    cmocka_unit_test(a_slice_is_not_torn)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
