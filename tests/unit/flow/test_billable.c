/* SPDX-License-Identifier: Apache-2.0 */
/* Items to invoice later: with the next renewal, on a day, now, and again; each round once. */
#include "unit/flow/world.h"

static int64_t add(struct world *w, const char *json, int64_t *ret_invoice)
{
	struct billable_input in;
	json_t *body = world_json(w, json);
	int64_t id, invoice;
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &billable_fields, body, FIELD_JSON, &in));
	testdb_ok(w->cx, billing_add_item(w->cx, &in, &id, &invoice));
	if (ret_invoice != NULL)
		*ret_invoice = invoice;
	return id;
}

static void refused(struct world *w, const char *json, const char *field)
{
	struct billable_input in;
	json_t *body = world_json(w, json);
	int64_t id, invoice;
	json_object_set_new(body, "client_id", json_integer(w->client));
	enum err err = field_read(w->cx, &billable_fields, body, FIELD_JSON, &in);
	if (err == OK)
		err = billing_add_item(w->cx, &in, &id, &invoice);
	assert_int_equal(err, ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, field);
	cx_clear(w->cx);
}

static struct billable the(struct world *w, int64_t id)
{
	struct billable b;
	testdb_ok(w->cx, billable_get(w->cx, id, &b));
	return b;
}

static json_t *documents(struct world *w)
{
	json_t *list;
	testdb_ok(w->cx,
	    invoice_list(w->cx,
	        &(struct invoice_filter){.client_id = w->client, .kind = "invoice", .limit = 99},
	        &list));
	return list;
}

static int64_t newest_total(struct world *w)
{
	return json_integer_value(json_object_get(json_array_get(documents(w), 0), "total_minor"));
}

/* A paid service of 10.00 a month from 10 April on. */
static int64_t hosted(struct world *w)
{
	int64_t invoice;
	world_day(w, "2027-04-10");
	world_plan(w,
	    "{\"key\":\"s\",\"name\":\"S\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"s\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	return s;
}

static void with_the_next_renewal(void **state)
{
	struct world *w = world_open(*state);
	json_t *out;
	hosted(w);
	int64_t id = add(w, "{\"description\":\"Work\",\"quantity\":3,\"unit_minor\":500}", NULL);
	world_day(w, "2027-04-20");
	world_run(w);
	assert_int_equal(json_array_size(documents(w)), 1);
	assert_int_equal(the(w, id).state, BILLABLE_WAITING);
	world_day(w, "2027-05-01");
	/* The dry run tells the same sum, once. */
	testdb_ok(w->cx, flow_run(&w->w, &(struct run_request){.dry_run = true}, &out));
	char *told = json_dumps(out, 0);
	assert_non_null(strstr(told, "2500"));
	assert_null(strstr(told, "\"billable\""));
	free(told);
	world_run(w);
	world_run(w);
	assert_int_equal(json_array_size(documents(w)), 2);
	assert_int_equal(newest_total(w), 2500);
	assert_int_equal(the(w, id).state, BILLABLE_DONE);
	/* Nothing is left for the next one. */
	world_pay(w, json_integer_value(json_object_get(json_array_get(documents(w), 0), "id")));
	world_day(w, "2027-06-01");
	world_run(w);
	assert_int_equal(newest_total(w), 1000);
	world_close(w);
}

static void on_its_day_alone(void **state)
{
	struct world *w = world_open(*state);
	world_day(w, "2027-04-10");
	int64_t id = add(w,
	    "{\"description\":\"Work\",\"unit_minor\":700,\"when\":\"day\",\"on\":\"2027-04-15\"}",
	    NULL);
	int64_t other = add(w,
	    "{\"description\":\"More\",\"unit_minor\":300,\"when\":\"day\",\"on\":\"2027-04-15\"}",
	    NULL);
	add(w, "{\"description\":\"Later\",\"unit_minor\":100}", NULL);
	world_day(w, "2027-04-14");
	world_run(w);
	assert_int_equal(json_array_size(documents(w)), 0);
	world_day(w, "2027-04-16");
	for (int i = 0; i < 3; i++)
		world_run(w);
	assert_int_equal(json_array_size(documents(w)), 1);
	assert_int_equal(newest_total(w), 1000);
	assert_int_equal(the(w, id).state, BILLABLE_DONE);
	assert_int_equal(the(w, other).state, BILLABLE_DONE);
	world_close(w);
}

static void again_every_month(void **state)
{
	struct world *w = world_open(*state);
	struct day until;
	json_t *out;
	world_day(w, "2027-01-31");
	int64_t id = add(w,
	    "{\"description\":\"Care\",\"unit_minor\":700,\"when\":\"day\",\"on\":\"2027-01-31\","
	    "\"cycle\":\"1m\",\"times\":3}",
	    NULL);
	assert_true(day_parse("2027-06-30", &until));
	testdb_ok(w->cx, flow_forecast(&w->w, until, false, &out));
	json_t *line = json_object_get(json_object_get(out, "totals"), "paid");
	assert_int_equal(json_integer_value(json_object_get(line, "invoices")), 3);
	world_run(w);
	assert_int_equal(json_array_size(documents(w)), 1);
	world_is_day(the(w, id).on, "2027-02-28");
	world_day(w, "2027-02-27");
	world_run(w);
	assert_int_equal(json_array_size(documents(w)), 1);
	world_day(w, "2027-02-28");
	world_run(w);
	world_is_day(the(w, id).on, "2027-03-31");
	world_day(w, "2027-06-30");
	world_run(w);
	assert_int_equal(json_array_size(documents(w)), 3);
	assert_int_equal(the(w, id).state, BILLABLE_DONE);
	world_close(w);
}

static void now_and_changed_and_removed(void **state)
{
	struct world *w = world_open(*state);
	struct billable_input in;
	int64_t invoice, id;
	world_day(w, "2027-04-10");
	id = add(w, "{\"description\":\"Work\",\"unit_minor\":700,\"when\":\"now\"}", &invoice);
	assert_int_equal(world_invoice(w, invoice).total_minor, 700);
	assert_int_equal(the(w, id).state, BILLABLE_DONE);
	testdb_fails(w->cx, billable_remove(w->cx, id), ERR_CONFLICT, "billable.refused");
	id = add(w,
	    "{\"description\":\"Work\",\"unit_minor\":700,\"when\":\"day\",\"on\":\"2027-04-15\"}",
	    NULL);
	json_t *body = world_json(w,
	    "{\"description\":\"Work\",\"unit_minor\":900,\"when\":\"day\",\"on\":\"2027-04-15\"}");
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &billable_fields, body, FIELD_JSON, &in));
	testdb_ok(w->cx, billable_save(w->cx, id, &in, &id));
	int64_t gone = add(w,
	    "{\"description\":\"No\",\"unit_minor\":100,\"when\":\"day\",\"on\":\"2027-04-15\"}",
	    NULL);
	testdb_ok(w->cx, billable_remove(w->cx, gone));
	world_day(w, "2027-04-15");
	world_run(w);
	assert_int_equal(newest_total(w), 900);
	testdb_fails(w->cx, billable_save(w->cx, id, &in, &id), ERR_CONFLICT, "billable.billed");
	world_close(w);
}

static void odd_items_are_refused(void **state)
{
	struct world *w = world_open(*state);
	refused(w, "{\"unit_minor\":1}", "description");
	refused(w, "{\"description\":\"A\",\"unit_minor\":-1}", "unit_minor");
	refused(w, "{\"description\":\"A\",\"unit_minor\":1,\"when\":\"day\"}", "on");
	refused(w, "{\"description\":\"A\",\"unit_minor\":1,\"on\":\"2027-04-15\"}", "on");
	refused(w, "{\"description\":\"A\",\"unit_minor\":1,\"times\":3}", "times");
	refused(w, "{\"description\":\"A\",\"unit_minor\":1,\"cycle\":\"1m\"}", "times");
	refused(w, "{\"description\":\"A\",\"unit_minor\":1,\"quantity\":0}", "quantity");
	refused(w, "{\"description\":\"A\",\"unit_minor\":1000000000000000,\"quantity\":9}",
	    "unit_minor");
	world_close(w);
}

/* Two services on one document, or on two: the item is on one of them. */
static void once_whether_grouped_or_not(void **state)
{
	for (int group = 0; group < 2; group++) {
		struct world *w = world_open(*state);
		int64_t invoice, sum = 0;
		json_t *row;
		size_t i;
		world_set(w, "billing.group", group == 0 ? "0" : "1");
		hosted(w);
		world_order(w, "{\"items\":[{\"plan\":\"s\",\"cycle\":\"1m\"}]}", &invoice);
		world_pay(w, invoice);
		add(w, "{\"description\":\"Work\",\"unit_minor\":77}", NULL);
		world_day(w, "2027-05-01");
		world_run(w);
		json_array_foreach(documents(w), i, row)
			sum += json_integer_value(json_object_get(row, "total_minor"));
		assert_int_equal(json_array_size(documents(w)), group == 0 ? 4 : 3);
		assert_int_equal(sum, 4 * 1000 + 77);
		world_close(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(with_the_next_renewal),
	    TESTDB_BOTH(on_its_day_alone),
	    TESTDB_BOTH(again_every_month),
	    TESTDB_BOTH(now_and_changed_and_removed),
	    TESTDB_BOTH(odd_items_are_refused),
	    TESTDB_BOTH(once_whether_grouped_or_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
