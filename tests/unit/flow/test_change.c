/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PRO-01 to PRO-07: up- and downgrades by exact days, quotes that hold, changes that wait, fall
 * away or are undone.
 */
#include "unit/flow/world.h"

static const char annual[] = "{\"key\":\"%s\",\"name\":\"%s\",\"prices\":["
                             "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":%d},"
                             "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":%d}]}";

static void plan(struct world *w, const char *key, int year, int month)
{
	world_plan(w, arena_printf(w->cx->arena, annual, key, key, year, month));
}

static int64_t change(struct world *w, int64_t service, const char *to, const char *cycle)
{
	struct change_input in = {.plan = to, .cycle = cycle, .when = "now"};
	int64_t id, invoice;
	testdb_ok(w->cx, service_change(w->cx, 0, service, &in, &id, &invoice));
	world_drain(w);
	return invoice;
}

/* What a change charges and gives back, as lines of its document. */
static void lines_are(struct world *w, int64_t invoice, int64_t charge, int64_t credit)
{
	struct invoice_item *items;
	size_t n;
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	assert_int_equal(n, 2);
	int64_t a = items[0].net_minor, b = items[1].net_minor;
	assert_int_equal(a > b ? a : b, charge);
	assert_int_equal(a > b ? b : a, -credit);
}

static void PRO_01_second_upgrade_credits_the_plan_not_the_payment(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	plan(w, "a", 12000, 1000);
	plan(w, "b", 24000, 2000);
	plan(w, "c", 48000, 4000);
	world_day(w, "2026-01-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1y\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2026-04-01");
	invoice = change(w, s, "b", "1y");
	assert_int_equal(world_invoice(w, invoice).total_minor, 9041);
	lines_are(w, invoice, 18082, 9041);
	assert_string_equal(world_service(w, s).plan_key, "a");
	world_pay(w, invoice);
	assert_string_equal(world_service(w, s).plan_key, "b");
	world_is_day(world_service(w, s).paid_until, "2027-01-01");
	world_day(w, "2026-07-01");
	invoice = change(w, s, "c", "1y");
	assert_int_equal(world_invoice(w, invoice).total_minor, 12098);
	lines_are(w, invoice, 24197, 12099); /* of 240.00, not of the 90.41 paid last */
	world_pay(w, invoice);
	assert_int_equal(world_service(w, s).price_minor, 48000);
	world_is_day(world_service(w, s).paid_until, "2027-01-01");
	world_close(w);
}

static void PRO_02_downgrade_gives_credit_and_a_credit_note(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	json_t *notes;
	plan(w, "big", 30000, 3000);
	plan(w, "small", 12000, 1200);
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"big\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-11");
	assert_int_equal(change(w, s, "small", "1m"), 0);
	assert_int_equal(world_credit(w), 1200);
	struct invoice_filter f = {.client_id = w->client, .kind = "credit_note", .limit = 10};
	testdb_ok(w->cx, invoice_list(w->cx, &f, &notes));
	assert_int_equal(json_array_size(notes), 1);
	/* The renewal is 12.00, paid by that credit. */
	world_day(w, "2027-06-20");
	world_run(w);
	assert_int_equal(world_credit(w), 0);
	world_is_day(world_service(w, s).paid_until, "2027-08-01");
	world_close(w);
}

static void PRO_03_a_changed_amount_is_refused(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, id;
	struct change_quote q;
	plan(w, "a", 12000, 1000);
	plan(w, "b", 24000, 2000);
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-11");
	struct change_input in = {.plan = "b", .cycle = "", .when = "now", .has_expect = true};
	testdb_ok(w->cx, service_change_quote(w->cx, 0, s, &in, &q));
	assert_int_equal(q.total_minor, 666);
	in.expect_minor = 0;
	testdb_fails(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice), ERR_CONFLICT,
	    "change.quote");
	world_day(w, "2027-06-12");
	in.expect_minor = q.total_minor;
	testdb_fails(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice), ERR_CONFLICT,
	    "change.quote");
	world_day(w, "2027-06-11");
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	assert_int_equal(world_invoice(w, invoice).total_minor, 666);
	world_close(w);
}

static void PRO_04_unpaid_falls_away_paid_twice_applies_once(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, note, id;
	bool existing, is_new;
	plan(w, "a", 12000, 1000);
	plan(w, "b", 24000, 2000);
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1y\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-11");
	invoice = change(w, s, "b", "");
	testdb_ok(w->cx, credit_note_full(w->cx, invoice, "no", &note, &existing));
	world_drain(w);
	assert_string_equal(world_service(w, s).plan_key, "a");
	invoice = change(w, s, "b", "");
	struct invoice i = world_invoice(w, invoice);
	struct payment_new p = {w->client, invoice, i.balance_minor, "bank", "one", "", "EUR"};
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	p.remote_id = "two";
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	world_drain(w);
	assert_string_equal(world_service(w, s).plan_key, "b");
	assert_int_equal(world_credit(w), i.total_minor);
	/* One that nobody pays is taken back by the sweep, with its invoice. */
	plan(w, "c", 48000, 4000);
	invoice = change(w, s, "c", "");
	world_day(w, "2027-06-30");
	world_run(w);
	assert_int_equal(world_invoice(w, invoice).state, INVOICE_CREDITED);
	assert_string_equal(world_service(w, s).plan_key, "b");
	world_close(w);
}

static void PRO_05_longer_cycle_is_a_full_new_cycle(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	plan(w, "a", 12000, 3000);
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-11");
	invoice = change(w, s, "", "1y");
	/* 120.00 less 20 of 30 days of 30.00 */
	assert_int_equal(world_invoice(w, invoice).total_minor, 10000);
	world_is_day(world_service(w, s).paid_until, "2027-07-01");
	world_pay(w, invoice);
	world_is_day(world_service(w, s).paid_until, "2028-06-11");
	assert_int_equal(world_service(w, s).anchor_day, 11);
	/* Back to monthly on the next day: the unused year comes back but for the day used. */
	world_day(w, "2027-06-12");
	assert_int_equal(change(w, s, "", "1m"), 0);
	assert_int_equal(world_credit(w), 12000 - 33 - 3000);
	/* The month is the period now: the year that came back is not charged any more. */
	world_is_day(world_service(w, s).billed_until, "2027-07-12");
	world_is_day(world_service(w, s).paid_until, "2027-07-12");
	world_day(w, "2027-07-05");
	world_run(w);
	world_is_day(world_service(w, s).paid_until, "2027-08-12");
	assert_int_equal(world_credit(w), 12000 - 33 - 6000);
	world_close(w);
}

static void PRO_06_there_and_back_is_neutral(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	plan(w, "a", 99900, 1000);
	plan(w, "b", 100000001, 2000);
	world_day(w, "2027-01-31");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1y\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-03-17");
	invoice = change(w, s, "b", "");
	int64_t paid = world_invoice(w, invoice).total_minor;
	world_pay(w, invoice);
	assert_int_equal(change(w, s, "a", ""), 0);
	assert_in_range(world_credit(w), paid - 1, paid + 1);
	world_close(w);
}

static void a_change_at_the_end_of_the_term_is_billed_from_there(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, id;
	json_t *list;
	plan(w, "a", 12000, 1000);
	plan(w, "b", 24000, 2000);
	world_day(w, "2027-01-31");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-02-05");
	struct change_input in = {.plan = "b", .cycle = "", .when = "end"};
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	assert_int_equal(invoice, 0);
	assert_string_equal(world_service(w, s).plan_key, "a");
	world_day(w, "2027-02-20");
	world_run(w);
	struct invoice_filter f = {.client_id = w->client, .state = "open", .limit = 10};
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(json_integer_value(
	                     json_object_get(json_array_get(list, 0), "total_minor")),
	    2000);
	world_is_day(world_service(w, s).billed_until, "2027-03-31");
	world_close(w);
}

static void refusals(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, id;
	plan(w, "a", 12000, 1000);
	plan(w, "b", 24000, 2000);
	world_day(w, "2027-01-31");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	struct change_input in = {.plan = "b", .cycle = "", .when = "now"};
	testdb_fails(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice), ERR_CONFLICT,
	    "service.refused");
	struct service_filter f = {.client_id = w->client, .limit = 5};
	json_t *list;
	testdb_ok(w->cx, service_list(w->cx, &f, &list));
	world_pay(w,
	    json_integer_value(json_object_get(json_array_get(list, 0), "order_id")) > 0 ? 1 : 0);
	testdb_fails(w->cx, service_change(w->cx, w->client + 1, s, &in, &id, &invoice),
	    ERR_NOT_FOUND, "service.unknown");
	in.plan = "nothing";
	assert_int_equal(service_change(w->cx, 0, s, &in, &id, &invoice), ERR_NOT_FOUND);
	cx_clear(w->cx);
	in.plan = "a";
	testdb_fails(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice), ERR_INVALID,
	    "change.same");
	in.plan = "b";
	in.cycle = "2w";
	assert_int_equal(service_change(w->cx, 0, s, &in, &id, &invoice), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, "cycle");
	cx_clear(w->cx);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(PRO_01_second_upgrade_credits_the_plan_not_the_payment),
	    TESTDB_BOTH(PRO_02_downgrade_gives_credit_and_a_credit_note),
	    TESTDB_BOTH(PRO_03_a_changed_amount_is_refused),
	    TESTDB_BOTH(PRO_04_unpaid_falls_away_paid_twice_applies_once),
	    TESTDB_BOTH(PRO_05_longer_cycle_is_a_full_new_cycle),
	    TESTDB_BOTH(PRO_06_there_and_back_is_neutral),
	    TESTDB_BOTH(a_change_at_the_end_of_the_term_is_billed_from_there),
	    TESTDB_BOTH(refusals),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
