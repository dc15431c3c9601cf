/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New prices for running services: who gets which one and from when, told before, applied with the
 * period it is billed for, never twice, taken back as long as it waits.
 */
#include "unit/flow/world.h"

#include "core/notice/notice.h"
#include "core/report/report.h"
#include "core/service/reprice_own.h"

static void percentages_end_where_they_should(void **state)
{
	static const struct {
		int64_t minor, ppm;
		const char *currency, *round;
		int64_t want;
	} cases[] = {
	    {1000, 50000, "EUR", "cent", 1050}, {999, 50000, "EUR", "cent", 1049}, /* 1048.95 */
	    {1000, -50000, "EUR", "cent", 950},
	    {1000, 50000, "EUR", "whole", 1100}, /* 10.50: half way goes up */
	    {1000, 49000, "EUR", "whole", 1000}, {1000, 24000, "EUR", "half", 1000},
	    {1000, 25000, "EUR", "half", 1050}, {1000, 80000, "EUR", "half", 1100},
	    {1000, 50000, "EUR", "99", 1099}, /* 10.50: 9.99 is 0.51 away, 10.99 0.49 */
	    {1000, 48000, "EUR", "99", 999}, {50, 100000, "EUR", "99", 99},
	    {40, 0, "EUR", "whole", 40}, /* an ending makes no gift */
	    {1000, -1000000, "EUR", "99", 0},
	    {1000, 55000, "JPY", "99", 1055},   /* no digits, no ending */
	    {10000, 50000, "KWD", "99", 10990}, /* three digits: .990 */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(reprice_percent(cases[i].minor, cases[i].ppm, cases[i].currency,
		                     cases[i].round),
		    cases[i].want);
}

static struct reprice_input wish(struct world *w, const char *json)
{
	struct reprice_input in;
	testdb_ok(w->cx, field_read(w->cx, &reprice_fields, world_json(w, json), FIELD_JSON, &in));
	return in;
}

static int64_t doing(struct world *w, const char *json)
{
	struct reprice_input in = wish(w, json);
	int64_t id;
	testdb_ok(w->cx, reprice_create(w->cx, &in, &id));
	return id;
}

static json_t *preview(struct world *w, const char *json)
{
	struct reprice_input in = wish(w, json);
	json_t *out;
	testdb_ok(w->cx, reprice_preview(w->cx, &in, 0, 50, &out));
	return out;
}

static int64_t number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static const char *why(const json_t *o, size_t i)
{
	return str_or(json_string_value(
	                  json_object_get(json_array_get(json_object_get(o, "data"), i), "why")),
	    "");
}

/* An order over plan p, paid; its service runs. */
static int64_t running(struct world *w, const char *json)
{
	int64_t invoice, s = world_order(w, json, &invoice);
	if (world_invoice(w, invoice).state != INVOICE_PAID)
		world_pay(w, invoice);
	return s;
}

static void sell(struct world *w, int64_t plan, int64_t price)
{
	struct plan_input in;
	testdb_ok(w->cx,
	    field_read(w->cx, &plan_fields,
	        world_json(w,
	            arena_printf(w->cx->arena,
	                "{\"key\":\"p\",\"name\":\"P\",\"prices\":[{\"cycle\":\"1m\","
	                "\"currency\":\"EUR\",\"price_minor\":%lld},{\"cycle\":\"1y\","
	                "\"currency\":\"EUR\",\"price_minor\":10000}]}",
	                (long long)price)),
	        FIELD_JSON, &in));
	testdb_ok(w->cx, plan_update(w->cx, plan, &in));
}

#define MONTHLY "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}"

static int64_t plan_p(struct world *w)
{
	world_day(w, "2027-01-10");
	return world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000},"
	    "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":10000}]}");
}

static json_t *newest(struct world *w)
{
	struct invoice_filter f = {.client_id = w->client, .kind = "invoice", .limit = 1};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	return json_array_get(list, 0);
}

static int64_t letters_of(struct world *w, const char *kind)
{
	struct letter_filter f = {.kind = kind, .limit = 50};
	json_t *list;
	testdb_ok(w->cx, letter_list(w->cx, &f, &list));
	return (int64_t)json_array_size(list);
}

static int64_t letters(struct world *w)
{
	return letters_of(w, "price_change");
}

static void services_know_their_version(void **state)
{
	struct world *w = world_open(*state);
	int64_t plan = plan_p(w);
	int64_t a = running(w, MONTHLY);
	struct price old;
	json_t *rows;
	testdb_ok(w->cx, price_find(w->cx, plan, "1m", "EUR", &old));
	assert_int_equal(world_service(w, a).price_id, old.id);
	sell(w, plan, 1200);
	int64_t b = running(w, MONTHLY), c = running(w, MONTHLY);
	assert_int_not_equal(world_service(w, b).price_id, old.id);
	testdb_ok(w->cx, service_set_price(w->cx, c, 1200, "a friend"));
	assert_int_equal(world_service(w, c).price_id, 0);
	/* Newest version first, then older ones, then those with a price of their own. */
	testdb_ok(w->cx, reprice_versions(w->cx, plan, &rows));
	assert_int_equal(json_array_size(rows), 3);
	assert_int_equal(number(json_array_get(rows, 0), "price_minor"), 1200);
	assert_int_equal(number(json_array_get(rows, 1), "price_id"), old.id);
	assert_int_equal(number(json_array_get(rows, 1), "services"), 1);
	assert_true(json_is_null(json_object_get(json_array_get(rows, 2), "price_id")));
	world_close(w);
}

static void the_first_period_on_or_after_the_day(void **state)
{
	struct world *w = world_open(*state);
	int64_t plan = plan_p(w);
	int64_t s = running(w, MONTHLY); /* paid until 10 Feb */
	sell(w, plan, 1200);
	json_t *out = preview(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"current\","
	    "\"effective_on\":\"2027-02-11\"}");
	assert_int_equal(number(out, "services"), 1);
	assert_int_equal(number(out, "before_minor"), 1000);
	assert_int_equal(number(out, "after_minor"), 1200);
	int64_t id = doing(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"current\",\"cause\":\"once\","
	    "\"effective_on\":\"2027-02-11\",\"reason\":\"Power costs more\"}");
	/* Asked again, it is the same one; one letter. */
	assert_int_equal(doing(w,
	                     "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"current\","
	                     "\"cause\":\"once\",\"effective_on\":\"2027-02-11\"}"),
	    id);
	world_drain(w);
	assert_int_equal(letters(w), 1);
	world_is_day(world_service(w, s).next_price_on, "2027-02-11");
	/* 10 Feb starts before the day, 10 Mar after. */
	world_day(w, "2027-01-28");
	world_run(w);
	assert_int_equal(number(newest(w), "total_minor"), 1000);
	assert_int_equal(world_service(w, s).price_minor, 1000);
	world_pay(w, number(newest(w), "id"));
	world_day(w, "2027-02-25");
	world_run(w);
	world_run(w);
	assert_int_equal(number(newest(w), "total_minor"), 1200);
	assert_int_equal(world_service(w, s).price_minor, 1200);
	assert_false(day_set(world_service(w, s).next_price_on));
	testdb_ok(w->cx, reprice_view(w->cx, id, &out));
	assert_int_equal(number(out, "applied"), 1);
	assert_int_equal(number(out, "waiting"), 0);
	assert_int_equal(reprice_cancel(w->cx, id, ""), ERR_CONFLICT);
	cx_clear(w->cx);
	/* What was billed before is explained with the version of then. */
	struct price now;
	testdb_ok(w->cx, price_find(w->cx, plan, "1m", "EUR", &now));
	assert_int_equal(world_service(w, s).price_id, now.id);
	testdb_ok(w->cx, report_explain(w->cx, 0, number(newest(w), "id"), &out));
	json_t *line = json_array_get(json_object_get(out, "lines"), 0);
	assert_int_equal(number(json_object_get(line, "version"), "price_id"), now.id);
	testdb_ok(w->cx, report_explain(w->cx, 0, number(newest(w), "id") - 1, &out));
	line = json_array_get(json_object_get(out, "lines"), 0);
	assert_int_equal(number(json_object_get(line, "version"), "price_id"), now.id - 2);
	assert_string_equal(json_string_value(
	                        json_object_get(json_object_get(line, "version"), "since_on")),
	    "2027-01-10");
	world_close(w);
}

static void those_left_out_are_named(void **state)
{
	struct world *w = world_open(*state);
	int64_t id, change, invoice;
	plan_p(w);
	testdb_ok(w->cx,
	    coupon_save(w->cx, 0,
	        world_json(w, "{\"code\":\"ten\",\"rate_ppm\":100000,\"terms\":0}"), FIELD_JSON,
	        &id));
	running(w, MONTHLY);
	running(w, "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1y\"}]}");
	running(w, "{\"coupon\":\"ten\",\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}");
	int64_t own = running(w, MONTHLY), ends = running(w, MONTHLY), other = running(w, MONTHLY);
	testdb_ok(w->cx, service_set_price(w->cx, own, 900, "a friend"));
	testdb_ok(w->cx, service_cancel(w->cx, 0, ends, true, ""));
	testdb_ok(w->cx,
	    service_change(w->cx, 0, other,
	        &(struct change_input){.plan = "p", .cycle = "1y", .when = "end"}, &change,
	        &invoice));
	const char *up =
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"percent\",\"change_ppm\":100000,"
	    "\"effective_on\":\"2027-02-10\"}";
	json_t *out = preview(w, up);
	assert_int_equal(number(out, "services"), 1);
	assert_int_equal(number(out, "left_out"), 5);
	assert_int_equal(number(out, "before_minor"), 1000);
	assert_int_equal(number(out, "after_minor"), 1100);
	assert_string_equal(why(out, 0), "");
	assert_string_equal(why(out, 1), "it is invoiced beyond the day");
	assert_string_equal(why(out, 2), "a running coupon guarantees its price");
	assert_string_equal(why(out, 3), "it has a price of its own");
	assert_string_equal(why(out, 4), "it ends before");
	assert_string_equal(why(out, 5), "a change of it is under way");
	/* Unless staff want them; by cycle, version and amount fewer are looked at. */
	out = preview(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"percent\",\"change_ppm\":100000,"
	    "\"effective_on\":\"2027-02-10\",\"invoiced\":true,\"discounted\":true,"
	    "\"overridden\":true}");
	assert_int_equal(number(out, "services"), 4);
	/* 10 + 100/12 + 10 + 9 = 37.33; 11 + 110/12 + 11 + 9.90 = 41.07 */
	assert_int_equal(number(out, "before_minor"), 3733);
	assert_int_equal(number(out, "after_minor"), 4107);
	out = preview(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1100,"
	    "\"amounts\":\"9.00\",\"overridden\":true,\"effective_on\":\"2027-02-10\"}");
	assert_int_equal(number(out, "services") + number(out, "left_out"), 1);
	out = preview(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1000,"
	    "\"cycles\":\"1m\",\"effective_on\":\"2027-02-10\"}");
	assert_string_equal(why(out, 0), "its price stays the same");
	/* One waits at a time. */
	doing(w, up);
	out = preview(w, up);
	assert_int_equal(number(out, "services"), 0);
	assert_string_equal(why(out, 0), "another new price waits for it");
	world_close(w);
}

static void too_soon_needs_a_reason(void **state)
{
	struct world *w = world_open(*state);
	static const struct {
		const char *json, *key;
	} cases[] = {
	    {"{\"plans\":\"p\",\"currency\":\"EUR\",\"effective_on\":\"2027-02-08\"}",
	        "reprice.notice"},
	    {"{\"plans\":\"p\",\"currency\":\"EUR\",\"effective_on\":\"2027-01-09\","
	     "\"short_reason\":\"x\"}",
	        "reprice.past"},
	    {"{\"plans\":\"p q\",\"currency\":\"EUR\",\"effective_on\":\"2027-03-01\"}",
	        "plan.unknown"},
	    {"{\"plans\":\"p\",\"currency\":\"EUR\",\"effective_on\":\"2027-03-01\","
	     "\"versions\":\"one\"}",
	        "reprice.version"},
	    {"{\"plans\":\"p\",\"currency\":\"EUR\",\"effective_on\":\"2027-03-01\","
	     "\"amounts\":\"1.234\"}",
	        "reprice.amount"},
	    {"{\"plans\":\"p\",\"currency\":\"EUR\",\"effective_on\":\"2027-03-01\","
	     "\"cycles\":\"once\"}",
	        "reprice.cycle"},
	    {"{\"plans\":\"p\",\"currency\":\"EUR\",\"effective_on\":\"2027-03-01\","
	     "\"how\":\"percent\"}",
	        "reprice.percent"},
	    {"{\"plans\":\"p\",\"currency\":\"EUR\",\"effective_on\":\"2027-03-01\"}",
	        "reprice.empty"},
	};
	int64_t id;
	plan_p(w);
	running(w, MONTHLY);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct reprice_input in = wish(w, cases[i].json);
		assert_int_equal(reprice_create(w->cx, &in, &id), ERR_INVALID);
		const struct field_fault *f = w->cx->fault.fields;
		assert_string_equal(f != NULL ? f->key : w->cx->fault.key, cases[i].key);
		cx_clear(w->cx);
	}
	struct reprice_input in = wish(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"effective_on\":\"2027-02-10\",\"has_expect\":true,\"expect_services\":2,"
	    "\"expect_minor\":1500}");
	assert_int_equal(reprice_create(w->cx, &in, &id), ERR_CONFLICT);
	cx_clear(w->cx);
	/* Nothing was kept of what was refused. */
	json_t *list;
	testdb_ok(w->cx, reprice_list(w->cx, 0, 50, &list));
	assert_int_equal(json_array_size(list), 0);
	doing(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"invoiced\":true,\"effective_on\":\"2027-02-08\",\"short_reason\":\"Registry\"}");
	world_close(w);
}

static void cancelled_before_it_takes_effect(void **state)
{
	struct world *w = world_open(*state);
	plan_p(w);
	int64_t a = running(w, MONTHLY), b = running(w, MONTHLY), c = running(w, MONTHLY);
	int64_t id = doing(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"effective_on\":\"2027-02-10\"}");
	testdb_ok(w->cx, reprice_cancel_service(w->cx, a, "promised"));
	assert_int_equal(reprice_cancel_service(w->cx, a, "promised"), ERR_NOT_FOUND);
	cx_clear(w->cx);
	/* A client who leaves, and one whose price becomes another, are never asked the new one. */
	testdb_ok(w->cx, service_cancel(w->cx, 0, b, false, ""));
	world_drain(w);
	testdb_ok(w->cx, service_set_price(w->cx, c, 700, "a friend"));
	json_t *out;
	testdb_ok(w->cx, reprice_view(w->cx, id, &out));
	assert_int_equal(number(out, "waiting"), 0);
	assert_int_equal(number(out, "cancelled"), 1);
	assert_int_equal(number(out, "skipped"), 2);
	/* Nobody is left to write to: the letter had gone out already. */
	assert_int_equal(letters(w), 1);
	int64_t d = running(w, MONTHLY);
	id = doing(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"effective_on\":\"2027-02-10\"}");
	testdb_ok(w->cx, reprice_cancel(w->cx, id, "not now"));
	world_drain(w);
	assert_int_equal(letters(w), 1);
	assert_false(day_set(world_service(w, d).next_price_on));
	world_day(w, "2027-02-01");
	world_run(w);
	assert_int_equal(world_service(w, d).price_minor, 1000);
	world_close(w);
}

/* Who was told of it hears once that it does not come; who was not told hears nothing. */
static void a_cancelled_one_is_told_once(void **state)
{
	static const char *const wish =
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"effective_on\":\"2027-02-10\"}";
	struct world *w = world_open(*state);
	int64_t ben, anna = w->client;
	plan_p(w);
	running(w, MONTHLY);
	running(w, MONTHLY);
	w->client = ben = world_other(w, "ben@example.org", "EUR");
	running(w, MONTHLY);
	int64_t id = doing(w, wish);
	world_drain(w);
	assert_int_equal(letters(w), 2);
	testdb_ok(w->cx, reprice_cancel(w->cx, id, "not now"));
	world_drain(w);
	assert_int_equal(letters_of(w, "price_change_cancelled"), 2);
	assert_int_equal(reprice_cancel(w->cx, id, "again"), ERR_CONFLICT);
	cx_clear(w->cx);
	world_drain(w);
	assert_int_equal(letters_of(w, "price_change_cancelled"), 2);
	struct letter_filter f = {.client_id = anna, .kind = "price_change_cancelled", .limit = 5};
	json_t *list;
	testdb_ok(w->cx, letter_list(w->cx, &f, &list));
	assert_int_equal(json_array_size(list), 1);
	/* Cancelled before the jobs ran: nobody read of it. */
	id = doing(w, wish);
	testdb_ok(w->cx, reprice_cancel(w->cx, id, "a slip"));
	world_drain(w);
	assert_int_equal(letters(w), 2);
	assert_int_equal(letters_of(w, "price_change_cancelled"), 2);
	world_close(w);
}

static void a_period_taken_back_takes_the_price_with_it(void **state)
{
	struct world *w = world_open(*state);
	int64_t note;
	bool existing;
	plan_p(w);
	int64_t s = running(w, MONTHLY);
	doing(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"effective_on\":\"2027-02-10\"}");
	world_day(w, "2027-01-28");
	world_run(w);
	assert_int_equal(world_service(w, s).price_minor, 1500);
	testdb_ok(w->cx, credit_note_full(w->cx, number(newest(w), "id"), "", &note, &existing));
	world_drain(w);
	assert_int_equal(world_service(w, s).price_minor, 1000);
	world_is_day(world_service(w, s).next_price_on, "2027-02-10");
	world_run(w);
	assert_int_equal(number(newest(w), "total_minor"), 1500);
	assert_int_equal(world_service(w, s).price_minor, 1500);
	world_close(w);
}

static void the_forecast_knows_it(void **state)
{
	struct world *w = world_open(*state);
	struct day until;
	json_t *out, *day, *item, *items;
	size_t i, k;
	int64_t sums[2] = {0}, n = 0;
	plan_p(w);
	running(w, MONTHLY);
	doing(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"effective_on\":\"2027-02-11\"}");
	assert_true(day_parse("2027-03-01", &until));
	testdb_ok(w->cx, flow_forecast(&w->w, until, true, &out));
	json_array_foreach(json_object_get(out, "days"), i, day)
		json_array_foreach(json_object_get(day, "items"), k, item)
			if (str_eq(json_string_value(json_object_get(item, "what")), "invoice"))
				sums[n++] = number(item, "amount_minor");
	assert_int_equal(n, 2);
	assert_int_equal(sums[0], 1000);
	assert_int_equal(sums[1], 1500);
	/* The dry run of the day says the same. */
	world_day(w, "2027-01-28");
	world_run(w);
	world_pay(w, number(newest(w), "id"));
	world_day(w, "2027-02-25");
	items = json_keep(w->cx, json_array());
	testdb_ok(w->cx, billing_foretell(&w->w, items));
	assert_int_equal(json_array_size(items), 1);
	assert_int_equal(number(json_array_get(items, 0), "amount_minor"), 1500);
	world_close(w);
}

static void another_plan_drops_it(void **state)
{
	struct world *w = world_open(*state);
	int64_t change, invoice;
	plan_p(w);
	world_plan(w,
	    "{\"key\":\"q\",\"name\":\"Q\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	int64_t s = running(w, MONTHLY), t = running(w, MONTHLY);
	doing(w,
	    "{\"plans\":\"p\",\"currency\":\"EUR\",\"how\":\"amount\",\"price_minor\":1500,"
	    "\"effective_on\":\"2027-02-10\"}");
	testdb_ok(w->cx,
	    service_change(w->cx, 0, s, &(struct change_input){.plan = "q", .when = "now"}, &change,
	        &invoice));
	assert_int_equal(invoice, 0);
	assert_false(day_set(world_service(w, s).next_price_on));
	/* More of the same keeps it. */
	testdb_ok(w->cx,
	    service_change(w->cx, 0, t, &(struct change_input){.quantity = 2, .when = "now"},
	        &change, &invoice));
	world_pay(w, invoice);
	assert_int_equal(world_service(w, t).quantity, 2);
	world_is_day(world_service(w, t).next_price_on, "2027-02-10");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(percentages_end_where_they_should),
	    TESTDB_BOTH(services_know_their_version),
	    TESTDB_BOTH(the_first_period_on_or_after_the_day),
	    TESTDB_BOTH(those_left_out_are_named),
	    TESTDB_BOTH(too_soon_needs_a_reason),
	    TESTDB_BOTH(cancelled_before_it_takes_effect),
	    TESTDB_BOTH(a_cancelled_one_is_told_once),
	    TESTDB_BOTH(a_period_taken_back_takes_the_price_with_it),
	    TESTDB_BOTH(the_forecast_knows_it),
	    TESTDB_BOTH(another_plan_drops_it),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
