/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Add-ons: ordered with their plan or for a running service, with their own due days or those of
 * the service they belong to; suspended, cancelled, terminated and handed over with it.
 */
#include "unit/flow/options.h"

static struct world *shop(const void *engine, const char *dates)
{
	struct world *w = world_open(engine);
	world_set(w, "company.zone", "UTC");
	world_plan(w,
	    "{\"key\":\"web\",\"name\":\"Web\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000},"
	    "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":10000}]}");
	world_plan(w,
	    arena_printf(w->cx->arena,
	        "{\"key\":\"ssl\",\"name\":\"Certificate\",\"addon_of\":\"web\","
	        "\"addon_dates\":\"%s\","
	        "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":300,"
	        "\"setup_minor\":50},{\"cycle\":\"1y\",\"currency\":\"EUR\","
	        "\"price_minor\":3000}]}",
	        dates));
	return w;
}

/* The add-on that was ordered last. */
static struct service addon_of(struct world *w, int64_t parent)
{
	json_t *rows, *row;
	struct service s = {0};
	size_t i;
	testdb_ok(w->cx,
	    service_list(w->cx, &(struct service_filter){.client_id = w->client}, &rows));
	json_array_foreach(rows, i, row)
		if (s.id == 0 && paper_int(row, "parent_id") == parent)
			s = world_service(w, paper_int(row, "id"));
	assert_int_not_equal(s.id, 0);
	return s;
}

static int64_t web(struct world *w, const char *day)
{
	int64_t invoice;
	world_day(w, day);
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"web\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	return s;
}

static int64_t add(struct world *w, int64_t parent, const char *cycle)
{
	int64_t invoice;
	world_order(w,
	    arena_printf(w->cx->arena,
	        "{\"items\":[{\"plan\":\"ssl\",\"cycle\":\"%s\",\"parent_id\":%lld}]}", cycle,
	        (long long)parent),
	    &invoice);
	return invoice;
}

static void one_order_brings_both(void **state)
{
	struct world *w = shop(*state, "own");
	int64_t invoice;
	world_day(w, "2027-01-31");
	int64_t s = world_order(w,
	    "{\"items\":[{\"plan\":\"web\",\"cycle\":\"1m\",\"addons\":[{\"plan\":\"ssl\"},"
	    "{\"plan\":\"ssl\",\"cycle\":\"1y\"}]}]}",
	    &invoice);
	assert_string_equal(lines_of(w, invoice),
	    "Web 1000, Certificate 300, Set-up of Certificate 50, Certificate 3000");
	world_pay(w, invoice);
	struct service yearly = addon_of(w, s);
	assert_int_equal(yearly.parent_id, s);
	assert_int_equal(yearly.state, SERVICE_ACTIVE);
	world_is_day(yearly.paid_until, "2028-01-31");
	world_day(w, "2027-02-21");
	world_run(w);
	struct invoice_filter f = {.client_id = w->client, .state = "open", .limit = 5};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	assert_int_equal(json_array_size(list), 2);
	world_close(w);
}

static void its_parents_dates_are_reached_by_days(void **state)
{
	struct world *w = shop(*state, "parent");
	int64_t s = web(w, "2027-06-01");
	world_day(w, "2027-06-11");
	/* 20 of 30 days of 3.00, and the set-up */
	int64_t invoice = add(w, s, "1m");
	assert_string_equal(lines_of(w, invoice), "Certificate 200, Set-up of Certificate 50");
	world_pay(w, invoice);
	struct service a = addon_of(w, s);
	world_is_day(a.paid_until, "2027-07-01");
	assert_int_equal(a.anchor_day, 1);
	/* From then on both are due together, and share a document when that is wished. */
	world_set(w, "billing.group", "1");
	world_day(w, "2027-06-24");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")), "Web 1000, Certificate 300");
	world_pay(w, newest(w, "open"));
	world_is_day(addon_of(w, s).paid_until, "2027-08-01");
	/* Ordered after the renewal was paid: up to the due day that follows. */
	world_day(w, "2027-06-25");
	invoice = add(w, s, "1m");
	/* 6 of 30 days and a month */
	assert_string_equal(lines_of(w, invoice), "Certificate 360, Set-up of Certificate 50");
	/* In another cycle it could not follow. */
	order_refused(w,
	    arena_printf(w->cx->arena,
	        "{\"items\":[{\"plan\":\"ssl\",\"cycle\":\"1y\",\"parent_id\":%lld}]}",
	        (long long)s),
	    "items.0.cycle", "addon.cycle");
	world_close(w);
}

static void the_parents_first_term_cuts_both(void **state)
{
	struct world *w = shop(*state, "parent");
	int64_t invoice;
	world_plan(w,
	    "{\"key\":\"vps\",\"name\":\"VPS\",\"prorata_day\":1,\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":3100}]}");
	world_plan(w,
	    "{\"key\":\"ip\",\"name\":\"Address\",\"addon_of\":\"vps"
	    " web\",\"addon_dates\":\"parent\","
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":310}]}");
	world_day(w, "2027-01-10");
	world_order(w,
	    "{\"items\":[{\"plan\":\"vps\",\"cycle\":\"1m\",\"addons\":[{\"plan\":\"ip\"}]}]}",
	    &invoice);
	assert_string_equal(lines_of(w, invoice), "VPS 2200, Address 220");
	world_close(w);
}

static enum err move(struct world *w, int64_t service, const char *day, int64_t *ret_invoice)
{
	struct due_move in = {.charge = "prorata", .reason = "asked for"};
	assert_true(day_parse(day, &in.next_due_on));
	return service_move_due(w->cx, service, &in, ret_invoice);
}

static void it_moves_with_its_parents_dates(void **state)
{
	struct world *w = shop(*state, "parent");
	int64_t s = web(w, "2027-06-01"), invoice;
	world_pay(w, add(w, s, "1m"));
	testdb_fails(w->cx, move(w, addon_of(w, s).id, "2027-07-16", &invoice), ERR_CONFLICT,
	    "addon.dates");
	testdb_ok(w->cx, move(w, s, "2027-07-16", &invoice));
	/* 15 of 31 days of 10.00 and of 3.00, two documents */
	assert_string_equal(lines_of(w, invoice), "Web 484");
	assert_string_equal(lines_of(w, newest(w, "open")), "Certificate 145");
	world_is_day(addon_of(w, s).billed_until, "2027-07-16");
	assert_int_equal(addon_of(w, s).anchor_day, 16);
	world_pay(w, invoice);
	world_pay(w, newest(w, "open"));
	/* From then on together. */
	world_set(w, "billing.group", "1");
	world_day(w, "2027-07-10");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")), "Web 1000, Certificate 300");
	world_is_day(addon_of(w, s).billed_until, "2027-08-16");
	world_close(w);
}

static void it_goes_to_its_parents_cycle(void **state)
{
	struct world *w = shop(*state, "parent");
	int64_t s = web(w, "2027-06-01"), invoice, id;
	struct change_input year = {.plan = "", .cycle = "1y", .when = "now"};
	world_pay(w, add(w, s, "1m"));
	world_day(w, "2027-06-11");
	testdb_fails(w->cx, service_change(w->cx, 0, addon_of(w, s).id, &year, &id, &invoice),
	    ERR_INVALID, "fields.invalid");
	testdb_ok(w->cx, service_change(w->cx, 0, s, &year, &id, &invoice));
	assert_string_equal(addon_of(w, s).cycle, "1m");
	world_day(w, "2027-06-13");
	world_pay(w, invoice);
	/* From the same day: a year of 30.00 less 20 of 30 days of 3.00. */
	assert_string_equal(lines_of(w, newest(w, "open")),
	    "Change to Certificate 3000, Unused time of Certificate -200");
	assert_string_equal(addon_of(w, s).cycle, "1y");
	world_is_day(world_service(w, s).billed_until, "2028-06-11");
	world_is_day(addon_of(w, s).billed_until, "2028-06-11");
	assert_int_equal(addon_of(w, s).anchor_day, 11);
	world_pay(w, newest(w, "open"));
	/* Back at the end of the term, both by the run that invoices the next one. */
	struct change_input month = {.plan = "", .cycle = "1m", .when = "end"};
	testdb_ok(w->cx, service_change(w->cx, 0, s, &month, &id, &invoice));
	world_set(w, "billing.group", "1");
	world_day(w, "2028-06-01");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")), "Web 1000, Certificate 300");
	world_is_day(addon_of(w, s).billed_until, "2028-07-11");
	world_close(w);
}

/* A certificate that is not paid, or not sold so, keeps its service where it is. */
static void it_must_be_able_to(void **state)
{
	struct world *w = shop(*state, "parent");
	int64_t s = web(w, "2027-06-01"), invoice, id;
	struct change_input year = {.plan = "", .cycle = "1y", .when = "now"};
	(void)add(w, s, "1m");
	testdb_fails(w->cx, service_change(w->cx, 0, s, &year, &id, &invoice), ERR_CONFLICT,
	    "addon.change");
	world_close(w);
}

static void dates_that_differ_cannot_move(void **state)
{
	struct world *w = shop(*state, "parent");
	int64_t s = web(w, "2027-06-01"), invoice;
	world_pay(w, add(w, s, "1m"));
	testdb_ok(w->cx, renew_issue(w->cx, &(struct renew){0, s, DAY_NONE}, &invoice));
	testdb_fails(w->cx, move(w, s, "2027-08-16", &invoice), ERR_CONFLICT, "addon.dates");
	world_is_day(world_service(w, s).billed_until, "2027-08-01");
	assert_int_equal(world_service(w, s).anchor_day, 1);
	/* One with dates of its own stays where it is. */
	world_close(w);
	w = shop(*state, "own");
	s = web(w, "2027-06-01");
	world_pay(w, add(w, s, "1m"));
	testdb_ok(w->cx, move(w, s, "2027-07-16", &invoice));
	world_is_day(addon_of(w, s).billed_until, "2027-07-01");
	world_close(w);
}

static void what_does_not_belong_is_refused(void **state)
{
	struct world *w = shop(*state, "own");
	struct plan_input in;
	int64_t id, s = web(w, "2027-06-01");
	world_plan(w,
	    "{\"key\":\"vps\",\"name\":\"VPS\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":3100}]}");
	order_refused(w, "{\"items\":[{\"plan\":\"ssl\",\"cycle\":\"1m\"}]}", "items.0.plan",
	    "addon.alone");
	order_refused(w,
	    "{\"items\":[{\"plan\":\"vps\",\"cycle\":\"1m\",\"addons\":[{\"plan\":\"ssl\"}]}]}",
	    "items.0.addons.0.plan", "addon.plan");
	order_refused(w,
	    "{\"items\":[{\"plan\":\"web\",\"cycle\":\"1m\",\"addons\":[{\"plan\":\"ssl\","
	    "\"cycle\":\"3m\"}]}]}",
	    "items.0.addons.0.cycle", "price.unknown");
	order_refused(w, "{\"items\":[{\"plan\":\"ssl\",\"cycle\":\"1m\",\"parent_id\":999}]}",
	    "items.0.parent_id", "addon.service");
	order_refused(w,
	    arena_printf(w->cx->arena,
	        "{\"items\":[{\"plan\":\"vps\",\"cycle\":\"1m\",\"parent_id\":%lld}]}",
	        (long long)s),
	    "items.0.plan", "addon.plan");
	/* A service about to end, or of somebody else, takes no add-on. */
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, true, "x"));
	order_refused(w,
	    arena_printf(w->cx->arena,
	        "{\"items\":[{\"plan\":\"ssl\",\"cycle\":\"1m\",\"parent_id\":%lld}]}",
	        (long long)s),
	    "items.0.parent_id", "addon.service");
	testdb_ok(w->cx,
	    field_read(w->cx, &plan_fields,
	        world_json(w,
	            "{\"key\":\"x\",\"name\":\"X\",\"addon_of\":\"ssl\",\"prices\":["
	            "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1}]}"),
	        FIELD_JSON, &in));
	assert_int_equal(plan_create(w->cx, &in, &id), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "plan.addon_chain");
	cx_clear(w->cx);
	/* Nor does a plan become an add-on. */
	testdb_ok(w->cx, service_cancel_undo(w->cx, 0, s));
	struct change_input to = change_of(w, "{}");
	int64_t invoice;
	to.plan = "ssl";
	assert_int_equal(service_change(w->cx, 0, s, &to, &id, &invoice), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "addon.plan");
	cx_clear(w->cx);
	world_close(w);
}

static void it_goes_off_and_comes_back_with_its_parent(void **state)
{
	struct world *w = shop(*state, "own");
	int64_t s = web(w, "2027-06-01");
	world_pay(w, add(w, s, "1m"));
	int64_t first = addon_of(w, s).id;
	world_pay(w, add(w, s, "1m"));
	int64_t second = addon_of(w, s).id;
	testdb_ok(w->cx, service_ask(w->cx, second, ACTION_SUSPEND, "staff/1", "staff", NULL));
	testdb_ok(w->cx, service_ask(w->cx, s, ACTION_SUSPEND, "staff/2", "abuse", NULL));
	world_drain(w);
	assert_int_equal(world_service(w, first).state, SERVICE_SUSPENDED);
	assert_string_equal(world_service(w, first).suspend_cause, "parent");
	assert_string_equal(world_service(w, second).suspend_cause, "staff");
	testdb_ok(w->cx, service_ask(w->cx, s, ACTION_UNSUSPEND, "staff/3", "", NULL));
	world_drain(w);
	assert_int_equal(world_service(w, first).state, SERVICE_ACTIVE);
	/* What was off for a reason of its own stays off. */
	assert_int_equal(world_service(w, second).state, SERVICE_SUSPENDED);
	/* Terminated with it, both. */
	testdb_ok(w->cx, service_ask(w->cx, s, ACTION_TERMINATE, "staff/4", "", NULL));
	world_drain(w);
	assert_int_equal(world_service(w, first).state, SERVICE_TERMINATED);
	assert_int_equal(world_service(w, second).state, SERVICE_TERMINATED);
	world_close(w);
}

static void it_ends_with_its_parent_and_is_credited_alike(void **state)
{
	struct world *w = shop(*state, "own");
	world_set(w, "billing.cancel_credit", "prorata");
	int64_t s = web(w, "2027-06-01");
	world_pay(w, add(w, s, "1y"));
	/* At the end of the parent's term, and taken back. */
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, true, "x"));
	world_is_day(addon_of(w, s).cancel_on, "2027-07-01");
	testdb_ok(w->cx, service_cancel_undo(w->cx, 0, s));
	world_is_day(addon_of(w, s).cancel_on, "none");
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, true, "x"));
	world_day(w, "2027-07-01");
	world_run(w);
	world_drain(w);
	assert_int_equal(world_service(w, s).state, SERVICE_CANCELLED);
	assert_int_equal(addon_of(w, s).state, SERVICE_CANCELLED);
	/* 336 of 366 days of 30.00 */
	assert_int_equal(world_credit(w), 2754);
	world_close(w);
}

static void an_unpaid_one_is_taken_back_with_its_parent(void **state)
{
	struct world *w = shop(*state, "own");
	int64_t s = web(w, "2027-06-01"), invoice = add(w, s, "1m");
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, "x"));
	world_drain(w);
	assert_int_equal(addon_of(w, s).state, SERVICE_CANCELLED);
	assert_int_equal(world_invoice(w, invoice).state, INVOICE_CREDITED);
	world_close(w);
}

static void it_goes_to_another_client_with_its_parent(void **state)
{
	struct world *w = shop(*state, "own");
	int64_t s = web(w, "2027-06-01"), other;
	world_pay(w, add(w, s, "1m"));
	struct service a = addon_of(w, s);
	other = world_other(w, "b@example.org", "EUR");
	struct transfer_wish wish = {.client_id = other, .reason = "sold"};
	testdb_fails(w->cx, service_transfer(w->cx, a.id, &wish), ERR_CONFLICT, "transfer.addon");
	testdb_ok(w->cx, service_transfer(w->cx, s, &wish));
	assert_int_equal(world_service(w, a.id).client_id, other);
	world_close(w);
}

static void an_approved_addon_is_cut_on_that_day(void **state)
{
	struct world *w = shop(*state, "parent");
	struct order o;
	int64_t s = web(w, "2027-06-01");
	world_set(w, "order.approval", "1");
	world_day(w, "2027-06-05");
	assert_int_equal(add(w, s, "1m"), 0);
	int64_t order = addon_of(w, s).order_id;
	world_day(w, "2027-06-11");
	testdb_ok(w->cx, order_apply(w->cx, order, ORDER_APPROVE, NULL));
	testdb_ok(w->cx, order_get(w->cx, 0, order, &o));
	assert_string_equal(lines_of(w, o.invoice_id), "Certificate 200, Set-up of Certificate 50");
	world_is_day(addon_of(w, s).billed_until, "2027-07-01");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(one_order_brings_both),
	    TESTDB_BOTH(its_parents_dates_are_reached_by_days),
	    TESTDB_BOTH(the_parents_first_term_cuts_both),
	    TESTDB_BOTH(it_moves_with_its_parents_dates),
	    TESTDB_BOTH(dates_that_differ_cannot_move),
	    TESTDB_BOTH(it_goes_to_its_parents_cycle),
	    TESTDB_BOTH(it_must_be_able_to),
	    TESTDB_BOTH(what_does_not_belong_is_refused),
	    TESTDB_BOTH(it_goes_off_and_comes_back_with_its_parent),
	    TESTDB_BOTH(it_ends_with_its_parent_and_is_credited_alike),
	    TESTDB_BOTH(an_unpaid_one_is_taken_back_with_its_parent),
	    TESTDB_BOTH(it_goes_to_another_client_with_its_parent),
	    TESTDB_BOTH(an_approved_addon_is_cut_on_that_day),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
