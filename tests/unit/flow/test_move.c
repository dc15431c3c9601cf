/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving a due day (DATE-05), handing a service to another client, what a cancellation gives back
 * (SUS-05), and that nobody else moves dates (TZ-04).
 */
#include "unit/flow/world.h"

#include "core/notice/notice.h"

static const char plan[] = "{\"key\":\"a\",\"name\":\"A\",\"prices\":["
                           "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":3000},"
                           "{\"cycle\":\"once\",\"currency\":\"EUR\",\"price_minor\":500}]}";

static int64_t bought(struct world *w, const char *json)
{
	int64_t invoice, service = world_order(w, json, &invoice);
	world_pay(w, invoice);
	return service;
}

static struct world *opened(const void *engine, int64_t *ret_service)
{
	struct world *w = world_open(engine);
	world_day(w, "2027-04-10");
	world_plan(w, plan);
	*ret_service = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	world_is_day(world_service(w, *ret_service).paid_until, "2027-05-10");
	return w;
}

static enum err move(struct world *w, int64_t service, const char *day, const char *charge,
    int64_t *ret_invoice)
{
	struct due_move in = {.charge = charge, .reason = "asked for"};
	assert_true(day_parse(day, &in.next_due_on));
	return service_move_due(w->cx, service, &in, ret_invoice);
}

static void DATE_05_the_30th_becomes_the_anchor(void **state)
{
	int64_t service, invoice;
	struct world *w = opened(*state, &service);
	json_t *view;
	testdb_ok(w->cx, move(w, service, "2027-05-30", "prorata", &invoice));
	/* [05-10, 05-30) of [05-10, 06-10): 20 of 31 days of 30.00 */
	assert_int_equal(world_invoice(w, invoice).total_minor, 1935);
	world_drain(w);
	struct service s = world_service(w, service);
	assert_int_equal(s.anchor_day, 30);
	world_is_day(s.billed_until, "2027-05-30");
	testdb_ok(w->cx, service_view(w->cx, &s, &view));
	assert_int_equal(json_integer_value(json_object_get(view, "anchor_day")), 30);
	world_pay(w, invoice);
	world_is_day(world_service(w, service).paid_until, "2027-05-30");
	world_day(w, "2027-05-20");
	world_run(w);
	world_is_day(world_service(w, service).billed_until, "2027-06-30");
	world_close(w);
}

static void DATE_05_free_days_are_a_document_over_nothing(void **state)
{
	int64_t service, invoice;
	struct world *w = opened(*state, &service);
	testdb_ok(w->cx, move(w, service, "2027-06-01", "free", &invoice));
	world_drain(w);
	struct invoice i = world_invoice(w, invoice);
	assert_int_equal(i.total_minor, 0);
	assert_int_equal(i.state, INVOICE_PAID);
	world_is_day(world_service(w, service).paid_until, "2027-06-01");
	assert_int_equal(world_service(w, service).anchor_day, 1);
	world_close(w);
}

static void DATE_05_refusals(void **state)
{
	int64_t service, invoice;
	struct world *w = opened(*state, &service);
	const char *days[] = {"2027-05-10", "2027-04-30", "2027-06-11"};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(move(w, service, days[i], "free", &invoice), ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->key, "due.range");
		cx_clear(w->cx);
	}
	int64_t once = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"once\"}]}");
	assert_int_equal(move(w, once, "2027-06-01", "free", &invoice), ERR_CONFLICT);
	cx_clear(w->cx);
	testdb_ok(w->cx, service_cancel(w->cx, 0, service, true, "moved"));
	assert_int_equal(move(w, service, "2027-06-01", "free", &invoice), ERR_CONFLICT);
	cx_clear(w->cx);
	assert_int_equal(world_service(w, service).anchor_day, 10);
	world_is_day(world_service(w, service).billed_until, "2027-05-10");
	world_close(w);
}

static int64_t letters(struct world *w, int64_t client, const char *kind)
{
	json_t *list;
	struct letter_filter f = {.client_id = client, .kind = kind};
	testdb_ok(w->cx, letter_list(w->cx, &f, &list));
	return (int64_t)json_array_size(list);
}

static void a_service_goes_to_another_client(void **state)
{
	int64_t service;
	struct world *w = opened(*state, &service);
	int64_t ben = world_other(w, "ben@example.org", "EUR"), anna = w->client;
	struct transfer_wish in = {ben, "sold the site"};
	struct service s;
	testdb_ok(w->cx, service_transfer(w->cx, service, &in));
	world_drain(w);
	assert_int_equal(service_get(w->cx, anna, service, &s), ERR_NOT_FOUND);
	cx_clear(w->cx);
	testdb_ok(w->cx, service_get(w->cx, ben, service, &s));
	assert_int_equal(letters(w, anna, "service_left"), 1);
	assert_int_equal(letters(w, ben, "service_transferred"), 1);
	/* twice is refused and tells nobody again */
	assert_int_equal(service_transfer(w->cx, service, &in), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "transfer.same");
	cx_clear(w->cx);
	world_day(w, "2027-05-01");
	world_run(w);
	struct invoice_period *p;
	size_t n;
	testdb_ok(w->cx, invoice_periods(w->cx, service, &p, &n));
	assert_int_equal(n, 2);
	assert_int_equal(world_invoice(w, p[0].invoice_id).client_id, anna);
	assert_int_equal(world_invoice(w, p[1].invoice_id).client_id, ben);
	/* the new one owes something now */
	in.client_id = anna;
	assert_int_equal(service_transfer(w->cx, service, &in), ERR_CONFLICT);
	assert_string_equal(w->cx->fault.key, "transfer.unpaid");
	cx_clear(w->cx);
	world_close(w);
}

static void who_cannot_take_it_over(void **state)
{
	int64_t service;
	struct world *w = opened(*state, &service);
	struct transfer_wish in = {world_other(w, "yen@example.org", "JPY"), "x"};
	assert_int_equal(service_transfer(w->cx, service, &in), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "transfer.currency");
	cx_clear(w->cx);
	in.client_id = 4711;
	assert_int_equal(service_transfer(w->cx, service, &in), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "client.unknown");
	cx_clear(w->cx);
	world_close(w);
}

static void SUS_05_unused_days_by_policy(void **state)
{
	int64_t service, second;
	struct world *w = opened(*state, &service);
	second = bought(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}");
	world_day(w, "2027-04-20");
	testdb_ok(w->cx, service_cancel(w->cx, 0, service, false, "done"));
	world_drain(w);
	assert_int_equal(world_credit(w), 0);
	world_set(w, "billing.cancel_credit", "prorata");
	testdb_ok(w->cx, service_cancel(w->cx, 0, second, false, "done"));
	world_drain(w);
	/* 20 of 30 days of 30.00 */
	assert_int_equal(world_credit(w), 2000);
	assert_int_equal(service_cancel(w->cx, 0, second, false, "again"), ERR_CONFLICT);
	cx_clear(w->cx);
	assert_int_equal(world_credit(w), 2000);
	assert_int_equal(letters(w, w->client, "service_cancelled"), 2);
	world_close(w);
}

static void SUS_05_nothing_before_the_end_of_the_term(void **state)
{
	int64_t service;
	struct world *w = opened(*state, &service);
	world_set(w, "billing.cancel_credit", "prorata");
	testdb_ok(w->cx, service_cancel(w->cx, 0, service, true, "done"));
	world_day(w, "2027-05-09");
	world_run(w);
	assert_int_equal(world_service(w, service).state, SERVICE_ACTIVE);
	assert_int_equal(letters(w, w->client, "service_cancel_request"), 1);
	assert_int_equal(letters(w, w->client, "service_cancelled"), 0);
	world_day(w, "2027-05-10");
	world_run(w);
	world_run(w);
	assert_int_equal(world_service(w, service).state, SERVICE_CANCELLED);
	assert_int_equal(letters(w, w->client, "service_cancelled"), 1);
	assert_int_equal(world_credit(w), 0);
	world_close(w);
}

/* A panel that also tells when it thinks the account ends. */
static enum err odd_panel(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	*ret = (struct answer){OUTCOME_DONE, "",
	    json_keep(cx,
	        json_pack("{s:s s:s s:s s:i s:s s:s}", "text", "secret-1", "state", "absent",
	            "expires_on", arg, "expires_at", 0, "next_due_on", arg, "paid_until", arg))};
	return OK;
}

static void TZ_04_dates_of_a_panel_change_nothing(void **state)
{
	char days[][11] = {"1969-12-31", "1970-01-01", "2026-01-01", "2099-01-01", ""};
	struct world *w = world_open(*state);
	struct server server = {.key = "box",
	    .name = "Box",
	    .provider = "sandbox",
	    .settings = "{}",
	    .error = "",
	    .enabled = true};
	int64_t id;
	testdb_ok(w->cx, server_save(w->cx, &server, &id));
	world_day(w, "2027-04-10");
	world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"panel\":\"sandbox\",\"package\":\"s\","
	    "\"needs_domain\":false,\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":3000}]}");
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		w->link = (struct linker){odd_panel, days[i]};
		int64_t service = bought(w, "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}");
		struct service s = world_service(w, service);
		assert_int_equal(s.state, SERVICE_ACTIVE);
		world_is_day(s.started_on, "2027-04-10");
		world_is_day(s.billed_until, "2027-05-10");
		world_is_day(s.paid_until, "2027-05-10");
		assert_false(day_set(s.cancel_on));
	}
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest all[] = {TESTDB_BOTH(DATE_05_the_30th_becomes_the_anchor),
	    TESTDB_BOTH(DATE_05_free_days_are_a_document_over_nothing),
	    TESTDB_BOTH(DATE_05_refusals), TESTDB_BOTH(a_service_goes_to_another_client),
	    TESTDB_BOTH(who_cannot_take_it_over), TESTDB_BOTH(SUS_05_unused_days_by_policy),
	    TESTDB_BOTH(SUS_05_nothing_before_the_end_of_the_term),
	    TESTDB_BOTH(TZ_04_dates_of_a_panel_change_nothing)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
