/* SPDX-License-Identifier: Apache-2.0 */
/* INV-04: the next invoice of a service by hand, once per term, and early renewal. */
#include "unit/flow/world.h"

static int64_t hosted(struct world *w)
{
	int64_t invoice;
	world_day(w, "2027-04-10");
	world_plan(w,
	    "{\"key\":\"s\",\"name\":\"S\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"s\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_is_day(world_service(w, s).billed_until, "2027-05-10");
	return s;
}

static int64_t documents(struct world *w)
{
	json_t *list;
	testdb_ok(w->cx,
	    invoice_list(w->cx, &(struct invoice_filter){.client_id = w->client, .limit = 99},
	        &list));
	return (int64_t)json_array_size(list);
}

static struct day the(const char *text)
{
	struct day d;
	assert_true(day_parse(text, &d));
	return d;
}

static void refused(struct world *w, struct renew r, const char *key)
{
	int64_t id, before = documents(w);
	assert_int_not_equal(renew_issue(w->cx, &r, &id), OK);
	assert_string_equal(w->cx->fault.key, key);
	assert_int_equal(documents(w), before);
}

static void INV_04_a_term_is_invoiced_once(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t s = hosted(w), id;
	world_day(w, "2027-04-12");
	testdb_ok(cx, renew_issue(cx, &(struct renew){0, s, DAY_NONE}, &id));
	struct invoice i = world_invoice(w, id);
	assert_string_equal(i.cause,
	    arena_printf(cx->arena, "renew/%lld/2027-05-10", (long long)s));
	assert_int_equal(i.total_minor, 1000);
	world_is_day(i.due_on, "2027-05-10");
	/* Again, by page or by the day: the one that is there is named. */
	refused(w, (struct renew){0, s, DAY_NONE}, "service.invoiced");
	assert_string_equal(cx->fault.about, "invoice");
	assert_string_equal(cx->fault.about_number, i.number);
	assert_int_equal(cx->fault.about_id, id);
	cx_clear(cx);
	refused(w, (struct renew){0, s, the("2027-05-10")}, "service.invoiced");
	cx_clear(cx);
	refused(w, (struct renew){0, s, the("2027-04-10")}, "service.invoiced");
	cx_clear(cx);
	refused(w, (struct renew){0, s, the("2027-05-11")}, "fields.invalid");
	cx_clear(cx);
	/* The run comes to the same conclusion. */
	world_day(w, "2027-05-01");
	world_run(w);
	assert_int_equal(documents(w), 2);
	world_pay(w, id);
	world_is_day(world_service(w, s).paid_until, "2027-06-10");
	/* Credited in full, the term may be invoiced again; staff may go further ahead. */
	testdb_ok(cx, renew_issue(cx, &(struct renew){0, s, DAY_NONE}, &id));
	int64_t note;
	bool existing;
	testdb_ok(cx, credit_note_full(cx, id, "x", &note, &existing));
	world_drain(w);
	world_is_day(world_service(w, s).billed_until, "2027-06-10");
	testdb_ok(cx, renew_issue(cx, &(struct renew){0, s, DAY_NONE}, &id));
	world_is_day(world_service(w, s).billed_until, "2027-07-10");
	/* The run bills again what was credited, too. */
	testdb_ok(cx, credit_note_full(cx, id, "x", &note, &existing));
	world_drain(w);
	world_day(w, "2027-05-28");
	world_run(w);
	world_is_day(world_service(w, s).billed_until, "2027-07-10");
	world_close(w);
}

static void a_client_renews_as_far_as_he_may(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t s = hosted(w), id;
	json_t *offer;
	struct renew mine = {w->client, s, DAY_NONE};
	world_day(w, "2027-04-12");
	testdb_ok(cx, renew_offer(cx, &mine, &offer));
	assert_string_equal(json_string_value(json_object_get(offer, "from_on")), "2027-05-10");
	assert_string_equal(json_string_value(json_object_get(offer, "until_on")), "2027-06-10");
	assert_int_equal(json_integer_value(json_object_get(offer, "price_minor")), 1000);
	world_set(w, "billing.early_renewal", "0");
	refused(w, mine, "service.too_early");
	cx_clear(cx);
	testdb_ok(cx, renew_offer(cx, &mine, &offer));
	assert_true(json_is_null(offer));
	world_set(w, "billing.early_renewal", "1");
	testdb_ok(cx, renew_issue(cx, &mine, &id));
	world_pay(w, id);
	refused(w, mine, "service.too_early");
	cx_clear(cx);
	/* In the last paid term the next one is his again. */
	world_day(w, "2027-05-10");
	testdb_ok(cx, renew_issue(cx, &mine, &id));
	world_is_day(world_service(w, s).billed_until, "2027-07-10");
	/* Nobody renews what is another's. */
	refused(w, (struct renew){w->client + 1, s, DAY_NONE}, "service.unknown");
	cx_clear(cx);
	world_close(w);
}

static void not_what_ends_or_changes(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t s = hosted(w), change, invoice;
	world_plan(w,
	    "{\"key\":\"m\",\"name\":\"M\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":2000}]}");
	struct change_input in = {.plan = "m", .cycle = "", .when = "end"};
	testdb_ok(cx, service_change(cx, 0, s, &in, &change, &invoice));
	refused(w, (struct renew){0, s, DAY_NONE}, "service.change_waits");
	cx_clear(cx);
	testdb_ok(cx, service_change_cancel(cx, 0, s));
	testdb_ok(cx, service_cancel(cx, 0, s, true, ""));
	refused(w, (struct renew){0, s, DAY_NONE}, "service.ends");
	cx_clear(cx);
	testdb_ok(cx, service_cancel_undo(cx, 0, s));
	testdb_ok(cx, service_apply(cx, s, SERVICE_SUSPEND, "staff"));
	refused(w, (struct renew){0, s, DAY_NONE}, "service.inactive");
	cx_clear(cx);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(INV_04_a_term_is_invoiced_once),
	    TESTDB_BOTH(a_client_renews_as_far_as_he_may),
	    TESTDB_BOTH(not_what_ends_or_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
