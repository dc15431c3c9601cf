/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First terms and what follows: trials (TZ-02), terms up to a day of the month with a cut-off,
 * renewal prices, limits per client, DATE-04.
 */
#include "unit/flow/world.h"

static void term(const char *today, const char *cycle, int day, int cutoff, const char *to,
    int64_t unit)
{
	struct plan plan = {.prorata_day = day, .prorata_cutoff = cutoff};
	struct order_term t;
	struct cycle c;
	struct day d;
	assert_true(day_parse(today, &d) && cycle_parse(cycle, &c));
	order_first_term(&plan, 3100, c, d, false, &t);
	world_is_day(t.to, to);
	assert_int_equal(t.unit_minor, unit);
}

static void first_terms_up_to_a_day(void **state)
{
	/* Ordered on the 10th: the rest of January; from the 20th on February comes too. */
	term("2027-01-10", "1m", 1, 20, "2027-02-01", 2200);
	term("2027-01-19", "1m", 1, 20, "2027-02-01", 1300);
	term("2027-01-20", "1m", 1, 20, "2027-03-01", 1200 + 3100);
	term("2027-01-31", "1m", 1, 20, "2027-03-01", 100 + 3100);
	term("2027-01-01", "1m", 1, 20, "2027-02-01", 3100);
	term("2027-01-10", "1m", 15, 0, "2027-01-15", 500);
	term("2027-12-20", "1m", 1, 0, "2028-01-01", 1200);
	/* A quarter that ends on 1 February began on 1 November: 22 of 92 days. */
	term("2027-01-10", "3m", 1, 0, "2027-02-01", 741);
	/* Weeks know no day of the month. */
	term("2027-01-10", "2w", 1, 20, "2027-01-24", 3100);
}

static void TZ_02_trial_then_first_charge(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	world_set(w, "company.zone", "America/Los_Angeles");
	world_plan(w,
	    "{\"key\":\"t\",\"name\":\"T\",\"trial_days\":30,\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	/* 23:30 in Los Angeles is the next day in UTC. */
	assert_true(instant_parse("2017-03-01T23:30:00-08:00", &w->cx->now));
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"t\",\"cycle\":\"1m\"}]}", &invoice);
	world_drain(w);
	assert_int_equal(world_invoice(w, invoice).total_minor, 0);
	assert_int_equal(world_service(w, s).state, SERVICE_ACTIVE);
	world_is_day(world_service(w, s).paid_until, "2017-03-31");
	assert_true(instant_parse("2017-03-20T12:00:00-07:00", &w->cx->now));
	world_run(w);
	struct invoice_filter f = {.client_id = w->client, .state = "open", .limit = 5};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "due_on")),
	    "2017-03-31");
	assert_int_equal(json_integer_value(
	                     json_object_get(json_array_get(list, 0), "total_minor")),
	    1000);
	/* A second order of the same client has no trial. */
	world_order(w, "{\"items\":[{\"plan\":\"t\",\"cycle\":\"1m\"}]}", &invoice);
	assert_int_equal(world_invoice(w, invoice).total_minor, 1000);
	world_close(w);
}

static void renewal_price_and_limit(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, id;
	struct order_input in;
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"t\",\"name\":\"T\",\"client_max\":1,\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":100,"
	    "\"renew_minor\":1000}]}");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"t\",\"cycle\":\"1m\"}]}", &invoice);
	assert_int_equal(world_invoice(w, invoice).total_minor, 100);
	world_pay(w, invoice);
	world_day(w, "2027-02-01");
	world_run(w);
	assert_int_equal(world_service(w, s).price_minor, 1000);
	world_is_day(world_service(w, s).billed_until, "2027-03-10");
	json_t *body = world_json(w, "{\"items\":[{\"plan\":\"t\",\"cycle\":\"1m\"}]}");
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &order_fields, body, FIELD_JSON, &in));
	assert_int_equal(order_create(w->cx, &in, "", &id), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "plan.client_max");
	cx_clear(w->cx);
	world_close(w);
}

/* Early, late, suspended and back: the anchor stays. */
static void DATE_04_the_anchor_stays(void **state)
{
	struct world *w = world_open(*state);
	static const struct {
		const char *run, *pay, *until;
	} terms[] = {
	    {"2027-02-14", "2027-02-15", "2027-03-31"}, /* early */
	    {"2027-03-20", "2027-04-20", "2027-04-30"}, /* late */
	    {"2027-04-29", "2027-05-01", "2027-05-31"},
	    {"2027-05-20", "2027-05-31", "2027-06-30"},
	    {"2028-02-20", NULL, NULL},
	};
	int64_t invoice;
	world_day(w, "2027-01-31");
	world_plan(w,
	    "{\"key\":\"t\",\"name\":\"T\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"t\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	for (size_t i = 0; terms[i].pay != NULL; i++) {
		struct invoice_filter f = {.client_id = w->client, .state = "unpaid", .limit = 5};
		json_t *list;
		world_day(w, terms[i].run);
		world_run(w);
		world_day(w, terms[i].pay);
		testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
		world_pay(w,
		    json_integer_value(
		        json_object_get(json_array_get(list, json_array_size(list) - 1), "id")));
		world_is_day(world_service(w, s).paid_until, terms[i].until);
		assert_int_equal(world_service(w, s).anchor_day, 31);
	}
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_terms_up_to_a_day),
	    TESTDB_BOTH(TZ_02_trial_then_first_charge),
	    TESTDB_BOTH(renewal_price_and_limit),
	    TESTDB_BOTH(DATE_04_the_anchor_stays),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
