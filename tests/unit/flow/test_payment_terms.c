/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SUS-07 and API-06: days to pay and of grace per client and group are fields; ladders of groups
 * and plans; holds.
 */
#include "unit/flow/world.h"

#include "core/event/event.h"
#include "core/payment/payment.h"

#define SUS_STEPS \
	"{\"days\":-3,\"action\":\"remind\"}", \
	    "{\"days\":1,\"action\":\"remind\",\"letter\":\"invoice_overdue\"}", \
	    "{\"days\":5,\"action\":\"suspend\"}"

static void steps(struct world *w, const char *owner)
{
	static const char *const rows[] = {SUS_STEPS};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t id;
		json_t *body = world_json(w, rows[i]);
		json_object_update_new(body, json_loads(owner, 0, NULL));
		testdb_ok(w->cx, dunning_save(w->cx, 0, body, FIELD_JSON, &id));
	}
}

static void change(struct world *w, const char *json)
{
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, json), FIELD_JSON, &client_staff_fields));
}

static int64_t group(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, client_group_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
	return id;
}

static struct world *world_terms(const void *engine)
{
	struct world *w = world_open(engine);
	world_day(w, "2027-01-01");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\","
	    "\"currency\":\"EUR\",\"price_minor\":1000}]}");
	return w;
}

#define ONE "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}"

/* The newest document of the client. */
static struct invoice newest(struct world *w)
{
	json_t *rows;
	testdb_ok(w->cx,
	    invoice_list(w->cx, &(struct invoice_filter){.client_id = w->client, .limit = 1},
	        &rows));
	return world_invoice(w, json_integer_value(json_object_get(json_array_get(rows, 0), "id")));
}

static void API_06_terms_of_client_group_or_company(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice;
	json_t *view;
	struct client c;
	world_order(w, ONE, &invoice);
	world_is_day(world_invoice(w, invoice).due_on, "2027-01-08"); /* the company's 7 days */
	group(w, "{\"key\":\"trade\",\"name\":\"Trade\",\"color\":\"#00ff00\",\"terms_days\":30}");
	change(w, "{\"group\":\"trade\"}");
	world_order(w, ONE, &invoice);
	world_is_day(world_invoice(w, invoice).due_on, "2027-01-31");
	change(w, "{\"terms_days\":14}");
	world_order(w, ONE, &invoice);
	world_is_day(world_invoice(w, invoice).due_on, "2027-01-15");
	change(w, "{\"terms_days\":0}");
	world_order(w, ONE, &invoice);
	world_is_day(world_invoice(w, invoice).due_on, "2027-01-01");
	change(w, "{\"terms_days\":null,\"group\":\"\"}");
	world_order(w, ONE, &invoice);
	world_is_day(world_invoice(w, invoice).due_on, "2027-01-08");
	/* The API shows and refuses. */
	change(w, "{\"group\":\"trade\",\"grace_days\":3}");
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	view = client_view(w->cx, &c);
	assert_string_equal(json_string_value(json_object_get(view, "group")), "trade");
	assert_true(json_is_null(json_object_get(view, "terms_days")));
	assert_int_equal(json_integer_value(json_object_get(view, "grace_days")), 3);
	static const char *const wrong[] = {"{\"group\":\"none\"}", "{\"terms_days\":400}",
	    "{\"grace_days\":-2}", "{\"hold_until\":\"soon\"}"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(client_update(w->cx, w->client, world_json(w, wrong[i]),
		                     FIELD_JSON, &client_staff_fields),
		    ERR_INVALID);
		cx_clear(w->cx);
	}
	/* A client does not set his own. */
	assert_int_equal(client_update(w->cx, w->client, world_json(w, "{\"terms_days\":99}"),
	                     FIELD_JSON, &client_profile_fields),
	    ERR_INVALID);
	cx_clear(w->cx);
	world_close(w);
}

static void renewals_wait_for_agreed_terms(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice;
	world_order(w, ONE, &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-01-20");
	world_run(w);
	world_is_day(newest(w).issued_on, "2027-01-20");
	world_is_day(newest(w).due_on, "2027-02-01"); /* the first day of the period */
	world_pay(w, newest(w).id);
	change(w, "{\"terms_days\":30}");
	world_day(w, "2027-02-20");
	world_run(w);
	world_is_day(newest(w).due_on, "2027-03-22"); /* 30 days after issue */
	world_pay(w, newest(w).id);
	/* Short terms make nothing due before its period. */
	change(w, "{\"terms_days\":1}");
	world_day(w, "2027-03-20");
	world_run(w);
	world_is_day(newest(w).due_on, "2027-04-01");
	world_close(w);
}

/* How many steps were taken so far, of an invoice, of all. */
static int64_t taken_of(struct world *w, int64_t invoice)
{
	json_t *rows;
	testdb_ok(w->cx,
	    event_list(w->cx,
	        &(struct event_filter){.subject = "invoice",
	            .subject_id = invoice,
	            .name = "dunning",
	            .limit = 100},
	        &rows));
	return (int64_t)json_array_size(rows);
}

static int64_t taken(struct world *w)
{
	return taken_of(w, 0);
}

static void run_on(struct world *w, const char *day)
{
	world_day(w, day);
	world_run(w);
}

static void SUS_07_grace_shifts_what_follows(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice;
	steps(w, "{}");
	world_set(w, "automation.trust_clock", "1");
	group(w, "{\"key\":\"g\",\"name\":\"G\",\"grace_days\":4}");
	change(w, "{\"group\":\"g\"}");
	world_order(w, ONE, &invoice); /* due 8 January */
	run_on(w, "2027-01-05");
	assert_int_equal(taken(w), 1); /* before the due day there is no grace */
	run_on(w, "2027-01-12");
	assert_int_equal(taken(w), 1); /* 1 + 4 days after the 8th is the 13th */
	run_on(w, "2027-01-13");
	assert_int_equal(taken(w), 2);
	/* The client's own days come first: 1 + 10 is the 19th, 5 + 10 the 23rd. */
	change(w, "{\"grace_days\":10}");
	run_on(w, "2027-01-17");
	assert_int_equal(taken(w), 2);
	run_on(w, "2027-01-22");
	assert_int_equal(taken(w), 2);
	change(w, "{\"grace_days\":0}");
	run_on(w, "2027-01-23");
	assert_int_equal(taken(w), 3);
	world_close(w);
}

static struct dunning_step step_for(int64_t id, int64_t client, int64_t group, int64_t plan,
    const char *gateway)
{
	return (struct dunning_step){.id = id,
	    .client_id = client,
	    .group_id = group,
	    .plan_id = plan,
	    .gateway = gateway};
}

static void chosen(const struct dunning_set *all, struct dunning_owner of, int64_t want)
{
	struct arena *a = arena_new(1 << 16);
	struct dunning_set set = dunning_choose(a, all, &of);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.steps[0].id, want);
	arena_free(a);
}

/* Pure: client before group before plan before way to pay, each more than all after it. */
static void SUS_07_the_most_specific_ladder(void **state)
{
	const struct dunning_step steps[] = {step_for(1, 0, 0, 0, ""), step_for(2, 0, 0, 0, "bank"),
	    step_for(3, 0, 0, 7, ""), step_for(4, 0, 0, 7, "bank"), step_for(5, 0, 5, 0, ""),
	    step_for(6, 0, 5, 7, ""), step_for(7, 9, 0, 0, "")};
	const struct dunning_set all = {steps, sizeof steps / sizeof steps[0]};
	chosen(&all, (struct dunning_owner){1, 0, 0, ""}, 1);
	chosen(&all, (struct dunning_owner){1, 0, 0, NULL}, 1);
	chosen(&all, (struct dunning_owner){1, 0, 0, "card"}, 1);
	chosen(&all, (struct dunning_owner){1, 0, 0, "bank"}, 2);
	chosen(&all, (struct dunning_owner){1, 0, 7, "card"}, 3);
	chosen(&all, (struct dunning_owner){1, 0, 7, "bank"}, 4);
	chosen(&all, (struct dunning_owner){1, 5, 0, "bank"}, 5);
	chosen(&all, (struct dunning_owner){1, 5, 7, "bank"}, 6);
	chosen(&all, (struct dunning_owner){9, 5, 7, "bank"}, 7);
	chosen(&all, (struct dunning_owner){1, 6, 8, "bank"}, 2);
}

static void way(struct world *w, const char *key, int64_t terms, int64_t grace)
{
	testdb_ok(w->cx, gateway_save(w->cx, &(struct gateway){key, "bank", key, "{}", true, 1}));
	testdb_ok(w->cx, client_way_save(w->cx, &(struct client_way){key, terms, grace}));
}

/* Transfers take days: 12 to pay, 8 of grace for who pays by bank; due, reminder, suspension. */
static void SUS_07_days_of_the_way_to_pay(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice;
	struct client c;
	steps(w, "{}");
	world_set(w, "automation.trust_clock", "1");
	way(w, "bank", 12, 8);
	int64_t s = world_order(w, ONE, &invoice);
	world_is_day(world_invoice(w, invoice).due_on, "2027-01-08"); /* nobody knows yet */
	world_pay(w, invoice);                                        /* by bank */
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	assert_string_equal(c.pays_by, "bank");
	run_on(w, "2027-01-25");
	/* 12 days after issue is later than the first day of the period, 1 February. */
	invoice = newest(w).id;
	world_is_day(world_invoice(w, invoice).due_on, "2027-02-06");
	int64_t before = taken(w);
	run_on(w, "2027-02-03");
	assert_int_equal(taken(w), before + 1); /* three days before */
	run_on(w, "2027-02-14");
	assert_int_equal(taken(w), before + 1);
	run_on(w, "2027-02-15"); /* 1 + 8 days after the 6th */
	assert_int_equal(taken(w), before + 2);
	run_on(w, "2027-02-18");
	assert_int_equal(world_service(w, s).state, SERVICE_ACTIVE);
	run_on(w, "2027-02-19"); /* 5 + 8 */
	assert_int_equal(world_service(w, s).state, SERVICE_SUSPENDED);
	world_close(w);
}

/* The group's days come before the way's, a payment by card makes the card's count. */
static void SUS_07_the_way_of_the_last_payment(void **state)
{
	struct world *w = world_terms(*state);
	struct client c;
	int64_t id;
	bool is_new;
	way(w, "bank", 12, 8);
	way(w, "card", -1, 1);
	change(w, "{\"pays_by\":\"bank\"}");
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	assert_int_equal(client_terms(&c, 7), 12);
	assert_int_equal(client_grace(&c, 0), 8);
	assert_true(client_has_terms(&c));
	group(w, "{\"key\":\"g\",\"name\":\"G\",\"grace_days\":4}");
	change(w, "{\"group\":\"g\"}");
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	assert_int_equal(client_terms(&c, 7), 12);
	assert_int_equal(client_grace(&c, 0), 4);
	change(w, "{\"group\":\"\"}");
	struct payment_new p = {w->client, 0, 500, "card", "r1", "", "EUR"};
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	assert_string_equal(c.pays_by, "card");
	assert_int_equal(client_terms(&c, 7), 7);
	assert_int_equal(client_grace(&c, 0), 1);
	assert_false(client_has_terms(&c));
	world_close(w);
}

/* A ladder for a way to pay, and one for a client alone. */
static void SUS_07_ladders_of_ways_and_clients(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice, id;
	json_t *view;
	world_set(w, "automation.trust_clock", "1");
	way(w, "bank", -1, -1);
	steps(w, "{}");
	testdb_ok(w->cx,
	    dunning_save(w->cx, 0,
	        world_json(w, "{\"days\":12,\"action\":\"remind\",\"gateway\":\"bank\"}"),
	        FIELD_JSON, &id));
	change(w, "{\"pays_by\":\"bank\"}");
	world_order(w, ONE, &invoice); /* due 8 January */
	run_on(w, "2027-01-19");
	assert_int_equal(taken(w), 0);
	run_on(w, "2027-01-20");
	assert_int_equal(taken(w), 1);
	json_t *body = world_json(w, "{\"days\":20,\"action\":\"remind\"}");
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, dunning_save(w->cx, 0, body, FIELD_JSON, &id));
	run_on(w, "2027-01-27");
	assert_int_equal(taken(w), 1);
	run_on(w, "2027-01-28");
	assert_int_equal(taken(w), 2);
	testdb_ok(w->cx, dunning_view(w->cx, &view));
	assert_int_equal(json_array_size(view), 5);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(view, 4), "client_id")),
	    w->client);
	assert_int_equal(dunning_save(w->cx, 0,
	                     world_json(w, "{\"days\":1,\"action\":\"remind\",\"gateway\":\"no\"}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, "gateway");
	cx_clear(w->cx);
	assert_int_equal(dunning_save(w->cx, 0,
	                     world_json(w, "{\"days\":1,\"action\":\"remind\",\"client_id\":999}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, "client_id");
	cx_clear(w->cx);
	world_close(w);
}

/* The invoice is the notice of its day: a reminder that falls on it is not sent. */
static void no_reminder_on_the_day_of_issue(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice;
	world_set(w, "automation.trust_clock", "1");
	testdb_ok(w->cx, dunning_seed(w->cx)); /* -7 is the first step */
	world_order(w, ONE, &invoice);         /* issued on the 1st, due on the 8th */
	run_on(w, "2027-01-01");
	run_on(w, "2027-01-05");
	assert_int_equal(taken(w), 0);
	run_on(w, "2027-01-09");
	assert_int_equal(taken(w), 1);
	/* With a day between it is sent. */
	world_set(w, "billing.due_days", "8");
	world_day(w, "2027-03-01");
	world_order(w, ONE, &invoice); /* due on the 9th */
	run_on(w, "2027-03-01");
	assert_int_equal(taken_of(w, invoice), 0);
	run_on(w, "2027-03-02");
	assert_int_equal(taken_of(w, invoice), 1);
	world_close(w);
}

static void holds_stop_the_ladder(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice;
	struct day until;
	steps(w, "{}");
	world_set(w, "automation.trust_clock", "1");
	world_order(w, ONE, &invoice);
	change(w, "{\"hold_until\":\"2027-01-11\"}");
	run_on(w, "2027-01-10");
	assert_int_equal(taken(w), 0);
	run_on(w, "2027-01-11");
	assert_int_equal(taken(w), 1); /* the latest reminder only */
	assert_true(day_parse("2027-01-20", &until));
	testdb_ok(w->cx, invoice_hold(w->cx, invoice, until, "promised"));
	run_on(w, "2027-01-19");
	assert_int_equal(taken(w), 1);
	world_is_day(world_invoice(w, invoice).hold_until, "2027-01-20");
	testdb_ok(w->cx, invoice_hold(w->cx, invoice, DAY_NONE, ""));
	run_on(w, "2027-01-19");
	assert_int_equal(taken(w), 2);
	world_pay(w, invoice);
	testdb_fails(w->cx, invoice_hold(w->cx, invoice, until, "late"), ERR_CONFLICT,
	    "invoice.refused");
	world_close(w);
}

static void a_ladder_of_ones_own_replaces_the_general_one(void **state)
{
	struct world *w = world_terms(*state);
	int64_t invoice, id;
	json_t *view;
	world_set(w, "automation.trust_clock", "1");
	steps(w, "{}");
	group(w, "{\"key\":\"soft\",\"name\":\"Soft\"}");
	testdb_ok(w->cx,
	    dunning_save(w->cx, 0,
	        world_json(w, "{\"days\":20,\"action\":\"remind\",\"group\":\"soft\"}"), FIELD_JSON,
	        &id));
	testdb_ok(w->cx,
	    dunning_save(w->cx, 0,
	        world_json(w, "{\"days\":2,\"action\":\"remind\",\"plan\":\"a\"}"), FIELD_JSON,
	        &id));
	world_order(w, ONE, &invoice); /* due 8 January; the plan's ladder */
	run_on(w, "2027-01-09");
	assert_int_equal(taken(w), 0);
	run_on(w, "2027-01-10");
	assert_int_equal(taken(w), 1);
	/* The group's goes before the plan's. */
	change(w, "{\"group\":\"soft\"}");
	run_on(w, "2027-01-27");
	assert_int_equal(taken(w), 1);
	run_on(w, "2027-01-28");
	assert_int_equal(taken(w), 2);
	/* Twice the same day and action is refused within one ladder only. */
	assert_int_equal(dunning_save(w->cx, 0,
	                     world_json(w,
	                         "{\"days\":20,\"action\":\"remind\",\"group\":\"soft\"}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(w->cx);
	assert_int_equal(dunning_save(w->cx, 0,
	                     world_json(w, "{\"days\":1,\"action\":\"remind\",\"group\":\"no\"}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(w->cx);
	assert_int_equal(dunning_save(w->cx, 0,
	                     world_json(w, "{\"days\":1,\"action\":\"remind\",\"plan\":\"no\"}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(w->cx);
	testdb_ok(w->cx, dunning_view(w->cx, &view));
	assert_int_equal(json_array_size(view), 5);
	/* A group that is used is not removed. */
	json_t *groups;
	testdb_ok(w->cx, client_group_view(w->cx, &groups));
	assert_int_equal(json_integer_value(json_object_get(json_array_get(groups, 0), "clients")),
	    1);
	id = json_integer_value(json_object_get(json_array_get(groups, 0), "id"));
	testdb_fails(w->cx, client_group_remove(w->cx, id), ERR_CONFLICT, "client_group.used");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(API_06_terms_of_client_group_or_company),
	    TESTDB_BOTH(renewals_wait_for_agreed_terms),
	    TESTDB_BOTH(SUS_07_grace_shifts_what_follows),
	    cmocka_unit_test(SUS_07_the_most_specific_ladder),
	    TESTDB_BOTH(SUS_07_days_of_the_way_to_pay),
	    TESTDB_BOTH(SUS_07_the_way_of_the_last_payment),
	    TESTDB_BOTH(SUS_07_ladders_of_ways_and_clients),
	    TESTDB_BOTH(no_reminder_on_the_day_of_issue),
	    TESTDB_BOTH(holds_stop_the_ladder),
	    TESTDB_BOTH(a_ladder_of_ones_own_replaces_the_general_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
