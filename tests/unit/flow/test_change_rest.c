/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of days that are paid: they count at what their documents charged, with the tax of those,
 * whatever the service has become meanwhile; what was given stays given.
 */
#include "unit/flow/options.h"

static void plan(struct world *w, const char *key, int month)
{
	world_plan(w,
	    arena_printf(w->cx->arena,
	        "{\"key\":\"%s\",\"name\":\"%s\",\"prices\":["
	        "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":%d},"
	        "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":%d}]}",
	        key, key, month, month * 10));
}

/* Plan a of 10.00, paid for June 2027; b costs 20.00, c 40.00. */
static struct world *june(const void *engine, int64_t *ret_service)
{
	struct world *w = world_open(engine);
	int64_t invoice;
	plan(w, "a", 1000);
	plan(w, "b", 2000);
	plan(w, "c", 4000);
	world_day(w, "2027-06-01");
	*ret_service = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	return w;
}

static enum err ask(struct world *w, int64_t service, const struct change_input *in,
    int64_t *ret_invoice)
{
	int64_t id;
	enum err err = service_change(w->cx, 0, service, in, &id, ret_invoice);
	if (err == OK)
		world_drain(w);
	return err;
}

static int64_t change(struct world *w, int64_t service, const char *to, const char *when)
{
	int64_t invoice;
	testdb_ok(w->cx,
	    ask(w, service, &(struct change_input){.plan = to, .cycle = "", .when = when},
	        &invoice));
	return invoice;
}

/* Documents of the client in a state. */
static size_t count(struct world *w, const char *kind, const char *state)
{
	struct invoice_filter f = {.client_id = w->client,
	    .kind = kind,
	    .state = state,
	    .limit = 50};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	return json_array_size(list);
}

/* The change at the end of the term took effect with the run that invoiced July, 10 days before. */
static struct world *before_its_day(const void *engine, int64_t *ret_service)
{
	struct world *w = june(engine, ret_service);
	world_day(w, "2027-06-05");
	assert_int_equal(change(w, *ret_service, "b", "end"), 0);
	world_day(w, "2027-06-21");
	world_run(w);
	assert_string_equal(world_service(w, *ret_service).plan_key, "b");
	assert_string_equal(lines_of(w, newest(w, "open")), "b 2000");
	return w;
}

static void between_a_change_and_its_day_the_old_plan_counts(void **state)
{
	int64_t s, invoice;
	struct world *w = before_its_day(*state, &s);
	/* 10 of 30 days: 13.33 of c less 3.33 of a; July is taken back and invoiced again. */
	invoice = change(w, s, "c", "now");
	assert_string_equal(lines_of(w, invoice), "Change to c 1333, Unused time of b -333");
	assert_int_equal(world_invoice(w, invoice).total_minor, 1000);
	world_pay(w, invoice);
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")), "c 4000");
	world_close(w);
	/* July is paid: 20.00 more for it. */
	w = before_its_day(*state, &s);
	world_pay(w, newest(w, "open"));
	assert_int_equal(world_invoice(w, change(w, s, "c", "now")).total_minor, 3000);
	world_close(w);
}

static void between_a_change_and_its_day_a_cancellation_gives_the_old_price_back(void **state)
{
	int64_t s;
	struct world *w = before_its_day(*state, &s);
	world_set(w, "billing.cancel_credit", "prorata");
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, "x"));
	world_drain(w);
	assert_int_equal(world_credit(w), 333);
	world_close(w);
}

static void more_units_cost_what_the_days_were_sold_for(void **state)
{
	int64_t s, invoice;
	struct world *w = june(*state, &s);
	world_day(w, "2027-06-05");
	testdb_ok(w->cx, service_set_price(w->cx, s, 700, "agreed"));
	world_day(w, "2027-06-11");
	/* 20 of 30 days: 20.00 less 10.00; from July on 7.00 each. */
	struct change_input in = {.plan = "", .cycle = "", .when = "now", .quantity = 2};
	testdb_ok(w->cx, ask(w, s, &in, &invoice));
	assert_int_equal(world_invoice(w, invoice).total_minor, 1333 - 667);
	world_pay(w, invoice);
	world_day(w, "2027-06-21");
	world_run(w);
	assert_int_equal(world_invoice(w, newest(w, "open")).total_minor, 1400);
	world_close(w);
}

static void what_was_invoiced_while_it_waited_is_invoiced_again(void **state)
{
	int64_t s, invoice, july;
	struct world *w = june(*state, &s);
	world_day(w, "2027-06-20");
	/* 11 of 30 days */
	invoice = change(w, s, "b", "now");
	assert_int_equal(world_invoice(w, invoice).total_minor, 733 - 367);
	world_run(w);
	july = newest(w, "open");
	assert_string_equal(lines_of(w, july), "a 1000");
	world_pay(w, july);
	world_day(w, "2027-06-22");
	world_pay(w, invoice);
	assert_int_equal(world_credit(w), 1000);
	world_is_day(world_service(w, s).billed_until, "2027-07-01");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")), "b 2000");
	assert_int_equal(world_invoice(w, newest(w, "open")).balance_minor, 1000);
	world_close(w);
}

/* July is unpaid, August is paid: both come back, or August would be lost. */
static void paid_terms_after_an_unpaid_one_come_back(void **state)
{
	static const char *const cycles[] = {"", "1y"};
	for (size_t i = 0; i < 2; i++) {
		int64_t s, invoice, july, august;
		struct world *w = june(*state, &s);
		testdb_ok(w->cx, renew_issue(w->cx, &(struct renew){0, s, DAY_NONE}, &july));
		testdb_ok(w->cx,
		    renew_issue(w->cx, &(struct renew){0, s, day_of(2027, 8, 1)}, &august));
		world_pay(w, august);
		world_is_day(world_service(w, s).billed_until, "2027-09-01");
		world_is_day(world_service(w, s).paid_until, "2027-07-01");
		world_day(w, "2027-06-11");
		struct change_input in = {.plan = "b", .cycle = cycles[i], .when = "now"};
		testdb_ok(w->cx, ask(w, s, &in, &invoice));
		/* 20 of 30 days: 13.33, or a year of 200.00, less 6.67; August pays for it. */
		struct invoice up = world_invoice(w, invoice);
		assert_int_equal(world_credit(w) + up.total_minor - up.balance_minor, 1000);
		world_is_day(world_service(w, s).billed_until, "2027-07-01");
		assert_int_equal(up.total_minor, (i == 0 ? 1333 : 20000) - 667);
		world_close(w);
	}
}

/* An option of the days that are paid, which the service has as another row, or no more. */
static void an_option_that_came_and_went_is_credited(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t invoice, id;
	world_set(w, "billing.lead_days", "25");
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, WEB("{\"disk\":10,\"backup\":\"daily\"}"), &invoice);
	world_pay(w, invoice);
	struct change_input in = change_of(w, "{\"disk\":50,\"backup\":\"none\"}");
	in.when = "end";
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	world_day(w, "2027-06-11");
	world_run(w);
	assert_string_equal(options_of(w, s), "disk=50 backup=none");
	/*
	 * June holds 10 GB and backups. 20 of 30 days: 50 GB to 30 GB charges 4.00 for June's 1.33,
	 * and backups for 3.00 are no more: 2.00.
	 */
	invoice = change_options(w, s, "{\"disk\":30}");
	assert_string_equal(lines_of(w, invoice),
	    "Change to Disk: 30 GB 400, Unused time of Disk: 10 GB -133,"
	    " Unused time of Backup: Daily -200");
	world_pay(w, invoice);
	assert_string_equal(options_of(w, s), "disk=30 backup=none");
	world_close(w);
}

static void vat(struct world *w, int ppm, const char *from)
{
	int64_t id;
	const char *json = arena_printf(w->cx->arena,
	    "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":%d,\"valid_from\":\"%s\"}", ppm,
	    from);
	testdb_ok(w->cx, tax_rate_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

/* 19 % when June was sold, 10 % since the 5th. */
static void what_goes_back_has_the_tax_of_its_document(void **state)
{
	for (int i = 0; i < 3; i++) {
		struct world *w = world_open(*state);
		int64_t invoice, s;
		plan(w, "small", 1200);
		plan(w, "big", 3000);
		vat(w, 190000, "2027-01-01");
		vat(w, 100000, "2027-06-05");
		world_set(w, "company.country", "DE");
		world_set(w, "tax.prices", "exclusive");
		world_set(w, "billing.cancel_credit", "prorata");
		world_day(w, "2027-06-01");
		s = world_order(w,
		    arena_printf(w->cx->arena, "{\"items\":[{\"plan\":\"%s\",\"cycle\":\"1m\"}]}",
		        i == 2 ? "small" : "big"),
		    &invoice);
		assert_int_equal(world_invoice(w, invoice).total_minor, i == 2 ? 1428 : 3570);
		world_pay(w, invoice);
		world_day(w, "2027-06-11");
		if (i == 0) { /* 20 of 30 days of 18.00, and 19 % */
			assert_int_equal(change(w, s, "small", "now"), 0);
			assert_int_equal(world_credit(w), 1428);
		} else if (i == 1) { /* of 30.00 */
			testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, "x"));
			world_drain(w);
			assert_int_equal(world_credit(w), 2380);
		} else { /* 20.00 and 10 %, less 8.00 and 19 % */
			struct invoice up = world_invoice(w, change(w, s, "big", "now"));
			assert_int_equal(up.net_minor, 1200);
			assert_int_equal(up.tax_minor, 200 - 152);
			assert_int_equal(up.total_minor, 1248);
		}
		world_close(w);
	}
}

/* From 19 % to none: what costs more before tax costs less with it. */
static void more_before_tax_and_less_with_it(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice;
	plan(w, "small", 3000);
	plan(w, "big", 3030);
	vat(w, 190000, "2027-01-01");
	vat(w, 0, "2027-06-05");
	world_set(w, "company.country", "DE");
	world_set(w, "tax.prices", "exclusive");
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"small\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-11");
	struct change_input in = {.plan = "big", .cycle = "", .when = "now"};
	struct change_quote q;
	testdb_ok(w->cx, service_change_quote(w->cx, 0, s, &in, &q));
	/* 20.20 without tax; 20.00 and 3.80 go back. */
	assert_int_equal(q.total_minor, 2020 - 2380);
	testdb_ok(w->cx, ask(w, s, &in, &invoice));
	assert_int_equal(invoice, 0);
	assert_string_equal(lines_of(w, newest(w, "paid")), "Change to big 2020");
	assert_string_equal(world_service(w, s).plan_key, "big");
	assert_int_equal(world_credit(w), 360);
	world_close(w);
}

static void no_more_goes_back_than_is_left(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, note;
	plan(w, "small", 1000);
	plan(w, "big", 4000);
	world_day(w, "2027-05-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"big\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-01");
	testdb_ok(w->cx, renew_issue(w->cx, &(struct renew){0, s, DAY_NONE}, &invoice));
	world_pay(w, invoice);
	testdb_ok(w->cx, credit_note_amount(w->cx, invoice, 3000, "Goodwill", &note));
	assert_int_equal(world_credit(w), 3000);
	/* 20 of 30 days of 30.00 would be 20.00; May has nothing to do with them. */
	world_day(w, "2027-06-11");
	assert_int_equal(change(w, s, "small", "now"), 0);
	assert_int_equal(world_credit(w), 4000);
	world_close(w);
}

/* A year was paid with what a month left: back to a month at once, both give it back. */
static void what_paid_for_the_days_is_followed(void **state)
{
	int64_t s, invoice;
	struct world *w = june(*state, &s);
	world_day(w, "2027-06-02");
	struct change_input year = {.plan = "", .cycle = "1y", .when = "now"};
	testdb_ok(w->cx, ask(w, s, &year, &invoice));
	/* 100.00 less 29 of 30 days of 10.00 */
	assert_int_equal(world_invoice(w, invoice).total_minor, 10000 - 967);
	world_pay(w, invoice);
	struct change_input week = {.plan = "c", .cycle = "1m", .when = "now"};
	testdb_ok(w->cx, ask(w, s, &week, &invoice));
	/* All of the year comes back, 90.33 of it from its own invoice, for a month of 40.00. */
	assert_int_equal(world_credit(w), 10000 - 4000);
	assert_int_equal(count(w, "credit_note", NULL), 2);
	world_close(w);
}

/* Two terms caught up with on one document: the first is given, since the second is charged. */
static void a_term_before_another_of_its_document_is_given(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, note, ids[2];
	struct invoice_item *items;
	size_t n;
	bool existing;
	plan(w, "a", 1000);
	world_set(w, "billing.catch_up", "combined");
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-08-10");
	world_set(w, "automation.trust_clock", "1");
	world_run(w);
	invoice = newest(w, "open");
	assert_string_equal(lines_of(w, invoice), "a 1000, a 1000");
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	ids[0] = items[0].id;
	ids[1] = items[1].id;
	struct credit_wish one = {.invoice_id = invoice,
	    .item_ids = ids,
	    .items_n = 1,
	    .reason = "Outage",
	    .from = DAY_NONE,
	    .to = DAY_NONE};
	testdb_ok(w->cx, credit_note_make(w->cx, &one, &note, &existing));
	testdb_ok(w->cx, service_recount(w->cx, invoice));
	world_is_day(world_service(w, s).billed_until, "2027-09-01");
	/* With the second there is nothing after it any more. */
	one.item_ids = &ids[1];
	testdb_ok(w->cx, credit_note_make(w->cx, &one, &note, &existing));
	testdb_ok(w->cx, service_recount(w->cx, invoice));
	world_is_day(world_service(w, s).billed_until, "2027-07-01");
	world_close(w);
}

static void cancelling_takes_a_waiting_change_back(void **state)
{
	for (int i = 0; i < 4; i++) {
		bool at_end = i % 2 == 1, scheduled = i >= 2;
		int64_t s, invoice;
		json_t *open;
		struct world *w = june(*state, &s);
		world_day(w, "2027-06-11");
		invoice = change(w, s, "b", scheduled ? "end" : "now");
		testdb_ok(w->cx, service_cancel(w->cx, 0, s, at_end, "x"));
		world_drain(w);
		testdb_ok(w->cx, service_change_view(w->cx, s, &open));
		assert_true(json_is_null(open));
		if (!scheduled)
			assert_int_equal(world_invoice(w, invoice).state, INVOICE_CREDITED);
		assert_string_equal(world_service(w, s).plan_key, "a");
		assert_int_equal(count(w, "credit_note", NULL), scheduled ? 0 : 1);
		world_close(w);
	}
}

static void a_service_that_ends_has_no_later_term_to_change(void **state)
{
	int64_t s, invoice;
	struct world *w = june(*state, &s);
	world_day(w, "2027-06-11");
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, true, "x"));
	struct change_input end = {.plan = "b", .cycle = "", .when = "end"};
	struct change_input year = {.plan = "", .cycle = "1y", .when = "now"};
	testdb_fails(w->cx, ask(w, s, &end, &invoice), ERR_CONFLICT, "service.refused");
	testdb_fails(w->cx, ask(w, s, &year, &invoice), ERR_CONFLICT, "service.refused");
	/* More for the days that are left is fine. */
	assert_int_equal(world_invoice(w, change(w, s, "b", "now")).total_minor, 1333 - 667);
	world_is_day(world_service(w, s).cancel_on, "2027-07-01");
	world_close(w);
}

static void what_was_given_stays_given(void **state)
{
	int64_t s, invoice;
	struct invoice_item *items;
	size_t n;
	struct world *w = june(*state, &s);
	struct due_move to = {.charge = "free", .reason = "asked for"};
	assert_true(day_parse("2027-07-11", &to.next_due_on));
	testdb_ok(w->cx, service_move_due(w->cx, s, &to, &invoice));
	/* [07-01, 07-11) is worth 3.23 and costs nothing, nor does another plan for it. */
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	assert_int_equal(items[0].unit_minor, 323);
	assert_int_equal(items[0].discount_minor, 323);
	world_day(w, "2027-06-21");
	invoice = change(w, s, "b", "now");
	assert_int_equal(world_invoice(w, invoice).total_minor, 667 - 333);
	world_pay(w, invoice);
	world_day(w, "2027-07-01");
	assert_int_equal(change(w, s, "c", "now"), 0);
	assert_string_equal(world_service(w, s).plan_key, "c");
	assert_int_equal(change(w, s, "a", "now"), 0);
	assert_int_equal(world_credit(w), 0);
	world_close(w);
}

/* June was credited, and stays charged since July is: its days are a gift. */
static void what_was_credited_by_hand_is_not_credited_again(void **state)
{
	int64_t s, july, note;
	bool existing;
	struct world *w = june(*state, &s);
	int64_t first = newest(w, "paid");
	testdb_ok(w->cx, renew_issue(w->cx, &(struct renew){0, s, DAY_NONE}, &july));
	world_pay(w, july);
	testdb_ok(w->cx, credit_note_full(w->cx, first, "Goodwill", &note, &existing));
	testdb_ok(w->cx, service_recount(w->cx, first));
	world_is_day(world_service(w, s).billed_until, "2027-08-01");
	assert_int_equal(world_credit(w), 1000);
	world_day(w, "2027-06-11");
	/* Only July costs more: 20.00 less 10.00. */
	assert_int_equal(world_invoice(w, change(w, s, "b", "now")).total_minor, 1000);
	world_close(w);
}

/* Documents stay with whom they were addressed to, and so does what goes back of them. */
static void after_a_handing_over_the_former_client_is_credited(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, to, credit;
	plan(w, "a", 1000);
	plan(w, "b", 4000);
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"b\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	to = world_other(w, "ben@example.org", "EUR");
	testdb_ok(w->cx, service_transfer(w->cx, s, &(struct transfer_wish){to, "sold"}));
	world_day(w, "2027-06-11");
	assert_int_equal(change(w, s, "a", "now"), 0);
	assert_int_equal(world_credit(w), 2000);
	testdb_ok(w->cx, ledger_credit(w->cx, to, "EUR", &credit));
	assert_int_equal(credit, 0);
	/* The next term is the new client's, at the new price. */
	world_day(w, "2027-06-21");
	world_run(w);
	struct invoice_filter f = {.client_id = to, .limit = 5};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(paper_int(json_array_get(list, 0), "total_minor"), 1000);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(between_a_change_and_its_day_the_old_plan_counts),
	    TESTDB_BOTH(between_a_change_and_its_day_a_cancellation_gives_the_old_price_back),
	    TESTDB_BOTH(more_units_cost_what_the_days_were_sold_for),
	    TESTDB_BOTH(what_was_invoiced_while_it_waited_is_invoiced_again),
	    TESTDB_BOTH(paid_terms_after_an_unpaid_one_come_back),
	    TESTDB_BOTH(an_option_that_came_and_went_is_credited),
	    TESTDB_BOTH(what_goes_back_has_the_tax_of_its_document),
	    TESTDB_BOTH(more_before_tax_and_less_with_it),
	    TESTDB_BOTH(no_more_goes_back_than_is_left),
	    TESTDB_BOTH(what_paid_for_the_days_is_followed),
	    TESTDB_BOTH(a_term_before_another_of_its_document_is_given),
	    TESTDB_BOTH(cancelling_takes_a_waiting_change_back),
	    TESTDB_BOTH(a_service_that_ends_has_no_later_term_to_change),
	    TESTDB_BOTH(what_was_given_stays_given),
	    TESTDB_BOTH(what_was_credited_by_hand_is_not_credited_again),
	    TESTDB_BOTH(after_a_handing_over_the_former_client_is_credited),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
