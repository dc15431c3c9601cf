/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes: fixed amounts from sending on, an order once, versions, the last day. */
#include "unit/flow/world.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/quote/quote.h"

static int64_t draft(struct world *w, const char *json)
{
	struct quote_input in;
	int64_t id;
	testdb_ok(w->cx, field_read(w->cx, &quote_fields, world_json(w, json), FIELD_JSON, &in));
	testdb_ok(w->cx, quote_save(w->cx, 0, &in, &id));
	return id;
}

static const char offer[] =
    "{\"client_id\":1,\"valid_until\":\"2027-04-30\",\"discount_ppm\":100000,"
    "\"discount_terms\":2,\"items\":[{\"plan\":\"s\",\"cycle\":\"1m\",\"quantity\":2}],"
    "\"lines\":[{\"description\":\"Move\",\"unit_minor\":5000}]}";

static void setup(struct world *w)
{
	int64_t id;
	world_day(w, "2027-04-10");
	testdb_ok(w->cx,
	    tax_rate_save(w->cx, 0,
	        world_json(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":190000}"),
	        FIELD_JSON, &id));
	world_plan(w,
	    "{\"key\":\"s\",\"name\":\"S\",\"prorata_day\":1,\"trial_days\":30,\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000,"
	    "\"setup_minor\":300}]}");
}

static struct quote the(struct world *w, int64_t id)
{
	struct quote q;
	testdb_ok(w->cx, quote_get(w->cx, 0, id, &q));
	return q;
}

static int64_t accept(struct world *w, int64_t id)
{
	int64_t order;
	testdb_ok(w->cx, quote_accept(w->cx, &(struct quote_word){id, "Anna", ""}, &order));
	world_drain(w);
	return order;
}

static void amounts_are_those_that_were_sent(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	struct order o;
	struct order_item *items;
	size_t n;
	setup(w);
	int64_t id = draft(w, offer);
	testdb_ok(cx, quote_send(cx, id));
	world_drain(w);
	/* 2 x 10.00 + 2 x 3.00 + 50.00 = 76.00, less 10 %, and 19 %: 68.40 + 13.00 (12.996). */
	struct quote q = the(w, id);
	assert_int_equal(q.total_minor, 8140);
	assert_string_equal(q.number, "QUO-2027-00001");
	/* The catalog changes, the plan is retired: the quote holds. */
	struct plan plan;
	testdb_ok(cx, plan_find(cx, "s", &plan));
	testdb_ok(cx, plan_retire(cx, plan.id, true));
	world_day(w, "2027-04-30");
	testdb_ok(cx, order_get(cx, 0, accept(w, id), &o));
	struct invoice i = world_invoice(w, o.invoice_id);
	assert_int_equal(i.total_minor, 8140);
	assert_non_null(strstr(i.note, "QUO-2027-00001"));
	testdb_ok(cx, order_items(cx, o.id, &items, &n));
	assert_int_equal(n, 1);
	/* A full month from the day it was accepted, whatever the plan says of trials and days. */
	world_is_day(world_service(w, items[0].service_id).billed_until, "2027-05-30");
	world_pay(w, i.id);
	testdb_ok(cx, order_get(cx, 0, o.id, &o));
	assert_int_equal(o.state, ORDER_DONE);
	/* The discount lasts one more term: 18.00 and tax, then 20.00. */
	struct service s = world_service(w, items[0].service_id);
	assert_int_equal(s.discount_terms, 1);
	assert_int_equal(s.price_minor, 1000);
	testdb_fails(cx, quote_accept(cx, &(struct quote_word){id, "Anna", ""}, &id), ERR_CONFLICT,
	    "quote.refused");
	world_close(w);
}

static void another_tax_is_another_amount(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t id, order, rate;
	setup(w);
	id = draft(w, offer);
	testdb_ok(cx, quote_send(cx, id));
	testdb_ok(cx,
	    tax_rate_save(cx, 0,
	        world_json(w,
	            "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000,"
	            "\"valid_from\":\"2027-04-15\"}"),
	        FIELD_JSON, &rate));
	world_day(w, "2027-04-20");
	testdb_fails(cx, quote_accept(cx, &(struct quote_word){id, "A", ""}, &order), ERR_CONFLICT,
	    "order.changed");
	assert_int_equal(the(w, id).state, QUOTE_SENT);
	world_drain(w);
	world_close(w);
}

static void its_last_day_is_the_last(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t id, order, next;
	setup(w);
	id = draft(w, offer);
	testdb_fails(cx, quote_accept(cx, &(struct quote_word){id, "A", ""}, &order), ERR_CONFLICT,
	    "quote.refused");
	testdb_ok(cx, quote_send(cx, id));
	testdb_fails(cx, quote_send(cx, id), ERR_CONFLICT, "quote.refused");
	world_day(w, "2027-05-01");
	testdb_fails(cx, quote_accept(cx, &(struct quote_word){id, "A", ""}, &order), ERR_CONFLICT,
	    "quote.expired");
	world_run(w);
	assert_int_equal(the(w, id).state, QUOTE_EXPIRED);
	testdb_ok(cx, quote_copy(cx, id, true, &next));
	assert_int_equal(the(w, next).version, 2);
	assert_int_equal(the(w, next).root_id, id);
	testdb_ok(cx, quote_send(cx, next));
	assert_int_equal(the(w, id).state, QUOTE_SUPERSEDED);
	assert_string_equal(the(w, next).number, "QUO-2027-00002");
	accept(w, next);
	world_close(w);
}

static void an_accepted_one_is_not_replaced(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t id, next;
	setup(w);
	id = draft(w, offer);
	testdb_ok(cx, quote_send(cx, id));
	testdb_ok(cx, quote_copy(cx, id, true, &next));
	accept(w, id);
	testdb_fails(cx, quote_send(cx, next), ERR_CONFLICT, "quote.accepted");
	testdb_ok(cx, quote_cancel(cx, next, "done"));
	world_close(w);
}

static void a_visitor_becomes_a_client(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	struct order o;
	struct client c;
	setup(w);
	int64_t id = draft(w,
	    "{\"name\":\"Vera\",\"email\":\"vera@example.org\",\"country\":\"DE\","
	    "\"lines\":[{\"description\":\"X\",\"unit_minor\":1000}]}");
	testdb_ok(cx, quote_send(cx, id));
	world_drain(w);
	testdb_ok(cx, order_get(cx, 0, accept(w, id), &o));
	testdb_ok(cx, client_find_email(cx, "vera@example.org", &c));
	assert_int_equal(o.client_id, c.id);
	assert_int_equal(the(w, id).client_id, c.id);
	assert_int_equal(world_invoice(w, o.invoice_id).total_minor, 1190);
	world_pay(w, o.invoice_id);
	testdb_ok(cx, order_get(cx, 0, o.id, &o));
	assert_int_equal(o.state, ORDER_DONE);
	world_close(w);
}

static void eight_accept_at_once_and_one_order_is_placed(void **state)
{
	enum { CALLERS = 8 };
	struct world *w = world_open(*state);
	int gate[2], won = 0;
	pid_t pids[CALLERS];
	json_t *orders;
	setup(w);
	int64_t id = draft(w, offer);
	testdb_ok(w->cx, quote_send(w->cx, id));
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < CALLERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct cx cx;
			char go;
			int64_t order;
			testdb_connect(w->db, &cx);
			cx.now = w->cx->now;
			close(gate[1]);
			struct quote_word word = {id, "A", ""};
			_exit(read(gate[0], &go, 1) == 0 && quote_accept(&cx, &word, &order) == OK ?
			        0 :
			        1);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < CALLERS; i++) {
		int status;
		waitpid(pids[i], &status, 0);
		won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	assert_int_equal(won, 1);
	testdb_ok(w->cx,
	    order_list(w->cx, &(struct order_filter){.client_id = w->client, .limit = 9}, &orders));
	assert_int_equal(json_array_size(orders), 1);
	world_drain(w);
	world_close(w);
}

static void odd_quotes_are_refused(void **state)
{
	struct world *w = world_open(*state);
	static const struct {
		const char *json, *field;
	} odd[] = {
	    {"{\"client_id\":1}", "items"},
	    {"{\"lines\":[{\"description\":\"X\",\"unit_minor\":1}]}", "name"},
	    {"{\"client_id\":1,\"items\":[{\"plan\":\"no\",\"cycle\":\"1m\"}]}", "items.0.plan"},
	    {"{\"client_id\":1,\"items\":[{\"plan\":\"s\",\"cycle\":\"7m\"}]}", "items.0.cycle"},
	    {"{\"client_id\":1,\"valid_until\":\"2027-04-09\","
	     "\"lines\":[{\"description\":\"X\",\"unit_minor\":1}]}",
	        "valid_until"},
	};
	setup(w);
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		struct quote_input in;
		int64_t id;
		testdb_ok(w->cx,
		    field_read(w->cx, &quote_fields, world_json(w, odd[i].json), FIELD_JSON, &in));
		assert_int_equal(quote_save(w->cx, 0, &in, &id), ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->name, odd[i].field);
		cx_clear(w->cx);
	}
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(amounts_are_those_that_were_sent),
	    TESTDB_BOTH(another_tax_is_another_amount),
	    TESTDB_BOTH(its_last_day_is_the_last),
	    TESTDB_BOTH(an_accepted_one_is_not_replaced),
	    TESTDB_BOTH(a_visitor_becomes_a_client),
	    TESTDB_BOTH(eight_accept_at_once_and_one_order_is_placed),
	    TESTDB_BOTH(odd_quotes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
