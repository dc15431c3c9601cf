/* SPDX-License-Identifier: Apache-2.0 */
/* Late fees: percentage and amount with a minimum, once or repeated, each round once (CRON-01). */
#include "unit/flow/world.h"

static void step(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, dunning_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

static void refused(struct world *w, const char *json, const char *field)
{
	int64_t id;
	assert_int_equal(dunning_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, field);
	cx_clear(w->cx);
}

static int64_t unpaid(struct world *w, int64_t minor)
{
	struct invoice_input_item line = {"A", "standard", 1, minor, DAY_NONE, DAY_NONE};
	struct invoice_input in = {.client_id = w->client,
	    .currency = "",
	    .note = "",
	    .due_on = DAY_NONE,
	    .items = {&line, 1}};
	int64_t id;
	assert_true(day_parse("2027-05-10", &in.due_on));
	testdb_ok(w->cx, invoice_draft(w->cx, &in, &id));
	testdb_ok(w->cx, invoice_issue(w->cx, id));
	return id;
}

static int64_t fees(struct world *w, int64_t *ret_sum)
{
	struct invoice_filter f = {.client_id = w->client, .kind = "invoice", .limit = 99};
	json_t *list, *row;
	size_t i;
	int64_t n = 0;
	*ret_sum = 0;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	json_array_foreach(list, i, row) {
		struct invoice doc =
		    world_invoice(w, json_integer_value(json_object_get(row, "id")));
		if (!str_starts(str_or(doc.cause, ""), "fee/"))
			continue;
		n++;
		*ret_sum += doc.total_minor;
	}
	return n;
}

static void fee_of(int64_t ppm, int64_t fixed, int64_t least, int64_t balance, int64_t want)
{
	const struct dunning_step s = {.fee_ppm = ppm, .fee_minor = fixed, .fee_min_minor = least};
	assert_int_equal(dunning_fee(&s, balance), want);
}

static void percent_amount_and_minimum(void **state)
{
	fee_of(100000, 0, 0, 1000, 100);
	fee_of(100000, 0, 500, 1000, 500);
	fee_of(100000, 0, 500, 9999, 1000);
	fee_of(100000, 50, 500, 9999, 1050);
	fee_of(0, 250, 0, 1, 250);
	fee_of(0, 250, 300, 1, 300);
	fee_of(15000, 0, 0, 33, 0);
	fee_of(15000, 0, 0, 34, 1);
}

static void odd_steps_are_refused(void **state)
{
	struct world *w = world_open(*state);
	refused(w, "{\"days\":5,\"action\":\"fee\"}", "fee_ppm");
	refused(w, "{\"days\":5,\"action\":\"fee\",\"fee_minor\":100,\"times\":3}", "every_days");
	refused(w, "{\"days\":5,\"action\":\"remind\",\"every_days\":3}", "every_days");
	refused(w,
	    "{\"days\":5,\"action\":\"fee\",\"fee_minor\":100,\"every_days\":7,\"times\":61}",
	    "times");
	refused(w, "{\"days\":-5,\"action\":\"fee\",\"fee_minor\":100}", "days");
	world_close(w);
}

static void CRON_01_each_round_once(void **state)
{
	struct world *w = world_open(*state);
	int64_t sum, id;
	step(w,
	    "{\"days\":5,\"action\":\"fee\",\"fee_ppm\":100000,\"fee_min_minor\":500,"
	    "\"every_days\":7,\"times\":3}");
	world_day(w, "2027-05-01");
	id = unpaid(w, 2000);
	static const struct {
		const char *day;
		int64_t n;
	} days[] = {{"2027-05-14", 0}, {"2027-05-15", 1}, {"2027-05-21", 1}, {"2027-05-22", 2},
	    {"2027-05-29", 3}, {"2027-06-05", 3}, {"2027-07-30", 3}};
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		world_day(w, days[i].day);
		for (int k = 0; k < 5; k++, w->cx->now += 60)
			world_run(w);
		assert_int_equal(fees(w, &sum), days[i].n);
		/* 10 % of 20.00 is 2.00: at least 5.00. No fee on a fee. */
		assert_int_equal(sum, days[i].n * 500);
	}
	assert_int_equal(world_invoice(w, id).balance_minor, 2000);
	world_close(w);
}

/* What a standstill missed is not charged all at once: the latest round is, the others are over. */
static void CRON_01_no_burst_of_rounds_after_a_standstill(void **state)
{
	struct world *w = world_open(*state);
	int64_t sum;
	step(w, "{\"days\":5,\"action\":\"fee\",\"fee_minor\":100,\"every_days\":1,\"times\":12}");
	world_day(w, "2027-05-01");
	unpaid(w, 2000);
	/* Rounds are due from the 15th to the 26th; on the 20th it is the sixth. */
	world_day(w, "2027-05-20");
	for (int k = 0; k < 4; k++, w->cx->now += 60)
		world_run(w);
	assert_int_equal(fees(w, &sum), 1);
	world_day(w, "2027-05-21");
	world_run(w);
	assert_int_equal(fees(w, &sum), 2);
	world_day(w, "2027-05-30");
	for (int k = 0; k < 4; k++, w->cx->now += 60)
		world_run(w);
	assert_int_equal(fees(w, &sum), 3);
	assert_int_equal(sum, 300);
	world_close(w);
}

static void paid_in_between_ends_it(void **state)
{
	struct world *w = world_open(*state);
	int64_t sum, id;
	step(w, "{\"days\":5,\"action\":\"fee\",\"fee_minor\":100,\"every_days\":7,\"times\":3}");
	world_day(w, "2027-05-01");
	id = unpaid(w, 2000);
	world_day(w, "2027-05-15");
	world_run(w);
	world_pay(w, id);
	world_day(w, "2027-06-30");
	world_run(w);
	assert_int_equal(fees(w, &sum), 1);
	world_close(w);
}

static void the_forecast_knows_every_round(void **state)
{
	struct world *w = world_open(*state);
	struct day until;
	json_t *out;
	step(w, "{\"days\":5,\"action\":\"fee\",\"fee_minor\":100,\"every_days\":7,\"times\":3}");
	world_day(w, "2027-05-01");
	unpaid(w, 2000);
	world_day(w, "2027-05-15");
	world_run(w);
	world_day(w, "2027-05-16");
	assert_true(day_parse("2027-06-30", &until));
	testdb_ok(w->cx, flow_forecast(&w->w, until, false, &out));
	json_t *unpaid_line = json_object_get(json_object_get(out, "totals"), "unpaid");
	assert_int_equal(json_integer_value(json_object_get(unpaid_line, "fees")), 2);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(percent_amount_and_minimum),
	    TESTDB_BOTH(odd_steps_are_refused),
	    TESTDB_BOTH(CRON_01_each_round_once),
	    TESTDB_BOTH(CRON_01_no_burst_of_rounds_after_a_standstill),
	    TESTDB_BOTH(paid_in_between_ends_it),
	    TESTDB_BOTH(the_forecast_knows_every_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
