/* SPDX-License-Identifier: Apache-2.0 */
/*
 * REF-01 to REF-05, PAY-05: money that goes back, by us, at the provider or by a bank, in any order
 * of the messages, each once. The books are audited after each.
 */
#include "unit/flow/till.h"

#include "core/event/event.h"
#include "core/notice/notice.h"

static void REF_01_parts_once_even_if_an_answer_is_lost(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	int64_t sum, id;
	json_t *rows;
	int64_t invoice = till_invoice(t, 6000);
	int64_t paid = till_receive(t, invoice, 6000, "co_1");
	t->lose = 1;
	int64_t first = till_give_back(t, paid, 2000, "gateway");
	assert_int_equal(till_refund_of(t, first).state, REFUND_ASKED);
	assert_int_equal(till_payment(t, paid).refunded_minor, 0);
	till_audit(t);
	/* What is under way is not free to give again. */
	testdb_fails(cx, till_ask(t, paid, 4001, "gateway", &id), ERR_CONFLICT, "refund.too_much");
	cx->now += 600;
	world_drain(t->w);
	assert_int_equal(till_refund_of(t, first).state, REFUND_DONE);
	assert_int_equal(till_payment(t, paid).state, PAYMENT_PARTLY_REFUNDED);
	till_give_back(t, paid, 4000, "gateway");
	assert_int_equal(till_payment(t, paid).state, PAYMENT_REFUNDED);
	testdb_fails(cx, till_ask(t, paid, 1, "gateway", &id), ERR_CONFLICT, "refund.too_much");
	assert_int_equal(t->made, 2);
	assert_int_equal(t->asked, 3);
	assert_int_equal(till_notes(t, invoice, &sum), 2);
	assert_int_equal(sum, 6000);
	assert_int_equal(world_invoice(t->w, invoice).balance_minor, 0);
	assert_int_equal(world_credit(t->w), 0);
	assert_int_equal(till_account(t, "cash:card"), 0);
	testdb_ok(cx, refund_list(cx, &(struct refund_filter){.payment_id = paid}, &rows));
	assert_int_equal(json_array_size(rows), 2);
	till_close(t);
}

static void REF_01_bad_requests_change_nothing(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	int64_t id;
	int64_t paid = till_receive(t, till_invoice(t, 6000), 6000, "co_1");
	struct refund_input in = {.amount_minor = 100,
	    .currency = "USD",
	    .way = "gateway",
	    .reason = "x",
	    .reference = "",
	    .gateway = "bank",
	    .once = ""};
	assert_int_equal(refund_request(cx, paid, &in, &id), ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, "currency");
	cx_clear(cx);
	in.currency = "EUR";
	in.amount_minor = -5;
	assert_int_equal(refund_request(cx, paid, &in, &id), ERR_INVALID);
	cx_clear(cx);
	in.amount_minor = 100;
	in.reason = "";
	assert_int_equal(refund_request(cx, paid, &in, &id), ERR_INVALID);
	cx_clear(cx);
	in.reason = "x";
	in.way = "offline";
	assert_int_equal(refund_request(cx, paid, &in, &id), ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, "reference");
	cx_clear(cx);
	testdb_fails(cx, refund_request(cx, 999, &in, &id), ERR_NOT_FOUND, "payment.unknown");
	/* A form sent twice is one wish. */
	in = (struct refund_input){.amount_minor = 100,
	    .currency = "",
	    .way = "gateway",
	    .reason = "x",
	    .reference = "",
	    .once = "f1"};
	int64_t one, two;
	testdb_ok(cx, refund_request(cx, paid, &in, &one));
	testdb_ok(cx, refund_request(cx, paid, &in, &two));
	assert_int_equal(one, two);
	/* Refused there: it is free again. */
	t->decline = 1;
	world_drain(t->w);
	assert_int_equal(till_refund_of(t, one).state, REFUND_DECLINED);
	assert_string_equal(till_refund_of(t, one).detail, "no such payment here");
	int64_t left;
	testdb_ok(cx, refund_left(cx, paid, &left));
	assert_int_equal(left, 6000);
	/* Not yet asked: taken back. */
	in.once = "f2";
	testdb_ok(cx, refund_request(cx, paid, &in, &one));
	testdb_ok(cx, refund_cancel(cx, one, "mistake"));
	world_drain(t->w);
	assert_int_equal(till_refund_of(t, one).state, REFUND_CANCELLED);
	assert_int_equal(t->made, 0);
	testdb_fails(cx, refund_cancel(cx, one, "again"), ERR_CONFLICT, "refund.refused");
	till_close(t);
}

#define REFUNDED(minor, number, key) \
	"{\"type\":\"refunded\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\"," \
	"\"currency\":\"EUR\",\"amount_minor\":" #minor ",\"remote_refund\":\"" number \
	"\",\"refund_key\":\"" key "\"}"

static void REF_03_outside_refunds_are_booked_the_same_way(void **state)
{
	struct till *t = till_open(*state);
	int64_t sum;
	int64_t invoice = till_invoice(t, 6000);
	int64_t paid = till_receive(t, invoice, 6000, "co_1");
	till_message(t, "evt_1", REFUNDED(1500, "re_x", ""));
	assert_int_equal(till_payment(t, paid).refunded_minor, 1500);
	/* The same message, and another message about the same refund. */
	till_message(t, "evt_1", REFUNDED(1500, "re_x", ""));
	till_message(t, "evt_2", REFUNDED(1500, "re_x", ""));
	assert_int_equal(till_payment(t, paid).refunded_minor, 1500);
	assert_int_equal(till_notes(t, invoice, &sum), 1);
	assert_int_equal(sum, 1500);
	assert_int_equal(till_account(t, "cash:card"), 4500);
	till_message(t, "evt_3", REFUNDED(9900, "re_y", ""));
	assert_int_equal(till_payment(t, paid).refunded_minor, 1500);
	till_close(t);
}

static void REF_03_our_own_refund_is_told_before_while_and_after(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	int64_t sum, id;
	int64_t invoice = till_invoice(t, 6000);
	int64_t paid = till_receive(t, invoice, 6000, "co_1");
	/* Done, and its answer lost; the message comes first, with our key. */
	t->lose = 1;
	id = till_give_back(t, paid, 1000, "gateway");
	char *event = arena_printf(cx->arena,
	    "{\"type\":\"refunded\",\"remote_payment\":\"co_1\",\"currency\":\"EUR\","
	    "\"amount_minor\":1000,"
	    "\"remote_refund\":\"re_1\",\"refund_key\":\"rfd-%lld\"}",
	    (long long)id);
	till_message(t, "evt_1", event);
	assert_int_equal(till_refund_of(t, id).state, REFUND_DONE);
	assert_int_equal(till_payment(t, paid).refunded_minor, 1000);
	cx->now += 600;
	world_drain(t->w);
	assert_int_equal(till_payment(t, paid).refunded_minor, 1000);
	/* Done with its answer; the message comes later. */
	till_give_back(t, paid, 500, "gateway");
	till_message(t, "evt_2", REFUNDED(500, "re_2", ""));
	assert_int_equal(till_payment(t, paid).refunded_minor, 1500);
	/*
	 * A provider that does not echo the key: the message waits until the answer says which it
	 * was.
	 */
	t->lose = 1;
	id = till_give_back(t, paid, 700, "gateway");
	till_message(t, "evt_3", REFUNDED(700, "re_3", ""));
	assert_int_equal(till_payment(t, paid).refunded_minor, 1500);
	cx->now += 600;
	world_drain(t->w);
	assert_int_equal(till_refund_of(t, id).state, REFUND_DONE);
	assert_int_equal(till_payment(t, paid).refunded_minor, 2200);
	/* While ours of 300 is under way, another of 300 is made outside. */
	t->lose = 1;
	till_give_back(t, paid, 300, "gateway");
	till_message(t, "evt_4", REFUNDED(300, "re_outside", ""));
	cx->now += 600;
	world_drain(t->w);
	cx->now += 600;
	world_drain(t->w);
	assert_int_equal(till_payment(t, paid).refunded_minor, 2800);
	assert_int_equal(till_notes(t, invoice, &sum), 5);
	assert_int_equal(sum, 2800);
	till_close(t);
}

static void PAY_05_a_refund_that_overtakes_its_payment(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	struct attempt a;
	struct payment p;
	int64_t invoice = till_invoice(t, 6000);
	testdb_ok(cx, attempt_create(cx, 0, invoice, "card", &a));
	testdb_ok(cx, attempt_started(cx, a.id, "co_1", "http://127.0.0.1/pay"));
	t->ask_minor = 6000;
	till_message(t, "evt_2", REFUNDED(6000, "re_1", ""));
	till_message(t, "evt_1",
	    "{\"type\":\"paid\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\","
	    "\"currency\":\"EUR\","
	    "\"amount_minor\":6000}");
	testdb_ok(cx, payment_find(cx, "card", "co_1", &p));
	assert_int_equal(p.state, PAYMENT_REFUNDED);
	assert_int_equal(world_invoice(t->w, invoice).state, INVOICE_CREDITED);
	till_close(t);
}

/* What a client's account of a kind summed to at the end of a day, from its rows. */
static int64_t as_of(struct till *t, const char *day, const char *account)
{
	json_t *rows, *row;
	size_t i;
	int64_t sum = 0;
	testdb_ok(t->w->cx, ledger_list(t->w->cx, t->w->client, 0, 200, &rows));
	json_array_foreach(rows, i, row) {
		int64_t amount = json_integer_value(json_object_get(row, "amount_minor"));
		if (strcmp(json_string_value(json_object_get(row, "booked_on")), day) > 0)
			continue;
		sum +=
		    str_eq(json_string_value(json_object_get(row, "debit")), account) ? amount : 0;
		sum -=
		    str_eq(json_string_value(json_object_get(row, "credit")), account) ? amount : 0;
	}
	return sum;
}

static void REF_04_three_ways_three_entries(void **state)
{
	static const char *const days[] = {"2027-02-01", "2027-02-02", "2027-02-03", "2027-02-04"};
	static const char *const ways[] = {"", "gateway", "offline", "credit"};
	struct till *t = till_open(*state);
	int64_t shown[4][2], sum, id;
	json_t *view;
	int64_t invoice = till_invoice(t, 6000);
	int64_t paid = till_receive(t, invoice, 6000, "co_1");
	for (int i = 0; i < 4; i++) {
		world_day(t->w, days[i]);
		if (i > 0)
			till_give_back(t, paid, 1000, ways[i]);
		testdb_ok(t->w->cx, ledger_client_view(t->w->cx, t->w->client, &view));
		shown[i][0] =
		    json_integer_value(json_object_get(json_array_get(view, 0), "open_minor"));
		shown[i][1] =
		    json_integer_value(json_object_get(json_array_get(view, 0), "credit_minor"));
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(as_of(t, days[i], "receivable"), shown[i][0]);
		assert_int_equal(-as_of(t, days[i], "credit"), shown[i][1]);
	}
	assert_int_equal(till_account(t, "cash:card"), 5000);
	assert_int_equal(till_account(t, "cash:bank"), -1000);
	assert_int_equal(world_credit(t->w), 1000);
	assert_int_equal(till_account(t, "receivable"), 0);
	assert_int_equal(till_account(t, "revenue"), -3000);
	assert_int_equal(till_notes(t, invoice, &sum), 3);
	assert_int_equal(t->made, 1);
	/* What is credit already cannot become credit again. */
	int64_t over = till_receive(t, till_invoice(t, 100), 500, "co_2");
	testdb_fails(t->w->cx, till_ask(t, over, 400, "credit", &id), ERR_CONFLICT,
	    "refund.credit");
	/* Paid too much: the credit goes back first, and no invoice is credited. */
	till_give_back(t, over, 400, "gateway");
	assert_int_equal(world_credit(t->w), 1000);
	till_close(t);
}

static void spent_credit_is_not_given_back(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	int64_t used, id, other = till_invoice(t, 4000);
	int64_t invoice = till_invoice(t, 6000);
	int64_t paid = till_receive(t, invoice, 6000, "co_1");
	int64_t note;
	bool existing;
	testdb_ok(cx, credit_note_full(cx, invoice, "void", &note, &existing));
	assert_int_equal(world_credit(t->w), 6000);
	testdb_ok(cx, payment_use_credit(cx, other, &used));
	assert_int_equal(used, 4000);
	testdb_fails(cx, till_ask(t, paid, 2001, "gateway", &id), ERR_CONFLICT, "refund.spent");
	till_give_back(t, paid, 2000, "gateway");
	assert_int_equal(world_credit(t->w), 0);
	/* The provider gives the rest back on its own: what that credit paid is open again. */
	till_message(t, "evt_1", REFUNDED(4000, "re_dash", ""));
	assert_int_equal(world_invoice(t->w, other).state, INVOICE_OPEN);
	assert_int_equal(world_invoice(t->w, other).balance_minor, 4000);
	assert_int_equal(till_account(t, "cash:card"), 0);
	till_close(t);
}

#define DISPUTE(type, number) \
	"{\"type\":\"" type \
	"\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\",\"currency\":\"EUR\"," \
	"\"amount_minor\":5000," \
	"\"dispute\":\"" number "\"}"

static int64_t unpaid(struct till *t)
{
	json_t *list;
	testdb_ok(t->w->cx,
	    invoice_list(t->w->cx,
	        &(struct invoice_filter){.state = "unpaid", .kind = "invoice", .limit = 50},
	        &list));
	return (int64_t)json_array_size(list);
}

/* A service of 10.00, paid with 50.00: 40.00 became credit, of which 30.00 paid another invoice. */
struct disputed {
	int64_t service, invoice, other, payment;
};

static struct disputed bought(struct till *t)
{
	struct disputed d;
	int64_t used;
	world_plan(t->w,
	    "{\"key\":\"a\",\"name\":\"a\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":1000}]}");
	d.service =
	    world_order(t->w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &d.invoice);
	world_drain(t->w);
	d.payment = till_receive(t, d.invoice, 5000, "co_1");
	d.other = till_invoice(t, 3000);
	testdb_ok(t->w->cx, payment_use_credit(t->w->cx, d.other, &used));
	assert_int_equal(used, 3000);
	world_drain(t->w);
	assert_int_equal(world_service(t->w, d.service).state, SERVICE_ACTIVE);
	return d;
}

static void is_as_before(struct till *t, const struct disputed *d)
{
	assert_int_equal(till_payment(t, d->payment).state, PAYMENT_RECEIVED);
	assert_int_equal(world_invoice(t->w, d->invoice).state, INVOICE_PAID);
	assert_int_equal(world_invoice(t->w, d->other).state, INVOICE_PAID);
	assert_int_equal(world_credit(t->w), 1000);
	assert_int_equal(world_service(t->w, d->service).state, SERVICE_ACTIVE);
	assert_int_equal(till_account(t, "cash:card"), 5000);
	assert_int_equal(unpaid(t), 0);
	till_audit(t);
}

static void REF_02_dispute_and_dispute_won(void **state)
{
	struct till *t = till_open(*state);
	bool disputed;
	world_set(t->w, "dispute.action", "suspend");
	world_set(t->w, "dispute.fee_minor", "1500");
	struct disputed d = bought(t);
	till_message(t, "evt_1", DISPUTE("disputed", "dp_1"));
	till_message(t, "evt_1", DISPUTE("disputed", "dp_1"));
	till_message(t, "evt_1b", DISPUTE("disputed", "dp_1"));
	assert_int_equal(till_payment(t, d.payment).state, PAYMENT_DISPUTED);
	assert_int_equal(world_invoice(t->w, d.invoice).balance_minor, 1000);
	assert_int_equal(world_invoice(t->w, d.other).balance_minor, 3000);
	assert_int_equal(world_credit(t->w), 0);
	assert_int_equal(till_account(t, "cash:card"), 0);
	assert_int_equal(world_service(t->w, d.service).state, SERVICE_SUSPENDED);
	assert_string_equal(world_service(t->w, d.service).suspend_cause, "dispute");
	assert_int_equal(unpaid(t), 3);
	testdb_ok(t->w->cx, payment_is_disputed(t->w->cx, d.invoice, &disputed));
	assert_true(disputed);
	till_audit(t);
	till_message(t, "evt_2", DISPUTE("dispute_won", "dp_1"));
	till_message(t, "evt_2b", DISPUTE("dispute_won", "dp_1"));
	till_message(t, "evt_1c", DISPUTE("disputed", "dp_1"));
	is_as_before(t, &d);
	/* A second one has another number; the word of its end comes first. */
	till_message(t, "evt_4", DISPUTE("dispute_won", "dp_2"));
	till_message(t, "evt_3", DISPUTE("disputed", "dp_2"));
	is_as_before(t, &d);
	till_message(t, "evt_5", DISPUTE("disputed", "dp_3"));
	assert_int_equal(till_payment(t, d.payment).state, PAYMENT_DISPUTED);
	till_message(t, "evt_6", DISPUTE("dispute_lost", "dp_3"));
	assert_int_equal(till_payment(t, d.payment).state, PAYMENT_LOST);
	testdb_ok(t->w->cx, payment_is_disputed(t->w->cx, d.invoice, &disputed));
	assert_false(disputed);
	till_audit(t);
	till_message(t, "evt_7", DISPUTE("dispute_won", "dp_3"));
	is_as_before(t, &d);
	till_close(t);
}

/* Reasons of the last run's items. */
static bool run_says(struct till *t, const char *text)
{
	json_t *out;
	testdb_ok(t->w->cx, flow_run(&t->w->w, &(struct run_request){.with_items = true}, &out));
	char *all = json_dumps(out, 0);
	bool said = strstr(all, text) != NULL;
	free(all);
	return said;
}

static void REF_02_dunning_waits_for_the_dispute(void **state)
{
	struct till *t = till_open(*state);
	struct disputed d = bought(t);
	testdb_ok(t->w->cx, dunning_seed(t->w->cx));
	till_message(t, "evt_1", DISPUTE("disputed", "dp_1"));
	world_day(t->w, "2027-03-20");
	assert_true(run_says(t, "in dispute"));
	assert_int_equal(world_service(t->w, d.service).state, SERVICE_ACTIVE);
	/* Paid meanwhile; then the dispute is won: the money is the client's credit. */
	till_receive(t, d.invoice, 1000, "co_2");
	int64_t before = world_credit(t->w);
	till_message(t, "evt_2", DISPUTE("dispute_won", "dp_1"));
	assert_int_equal(world_credit(t->w), before + 1000 + 1000);
	till_close(t);
}

/* What a bank says five days later, and what it does not do. */
static void bounces(struct till *t, int64_t invoice, int64_t service)
{
	struct cx *cx = t->w->cx;
	struct payment p;
	json_t *letters;
	/* An old refusal of the same page is no news: the provider says that it is paid. */
	t->ask_minor = 6000;
	till_message(t, "evt_0",
	    "{\"type\":\"declined\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\","
	    "\"currency\":\"EUR\","
	    "\"amount_minor\":6000}");
	assert_int_equal(world_invoice(t->w, invoice).state, INVOICE_PAID);
	world_day(t->w, "2027-03-30");
	t->state = "failed";
	till_message(t, "evt_2",
	    "{\"type\":\"failed\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\","
	    "\"currency\":\"EUR\","
	    "\"amount_minor\":6000,\"reason\":\"no cover\"}");
	till_message(t, "evt_2b",
	    "{\"type\":\"declined\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\","
	    "\"currency\":\"EUR\","
	    "\"amount_minor\":6000}");
	testdb_ok(cx, payment_find(cx, "card", "co_1", &p));
	assert_int_equal(p.state, PAYMENT_FAILED);
	assert_int_equal(world_invoice(t->w, invoice).balance_minor, 6000);
	testdb_ok(cx,
	    letter_list(cx, &(struct letter_filter){.kind = "payment_failed", .limit = 10},
	        &letters));
	assert_int_equal(json_array_size(letters), 1);
	for (int hour = 0; hour < 48; hour++) {
		cx->now += 3600;
		world_run(t->w);
	}
	assert_int_equal(world_service(t->w, service).state, SERVICE_ACTIVE);
}

static void REF_05_late_failure_reopens_and_tells(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	struct attempt a;
	int64_t invoice;
	world_plan(t->w,
	    "{\"key\":\"a\",\"name\":\"a\",\"prices\":[{\"cycle\":\"1y\",\"currency\":\"EUR\","
	    "\"price_minor\":6000}]}");
	int64_t service =
	    world_order(t->w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1y\"}]}", &invoice);
	testdb_ok(cx, dunning_seed(cx));
	/* Long overdue and reminded of before it was paid. */
	for (int day = 1; day <= 28; day++) {
		world_day(t->w, arena_printf(cx->arena, "2027-02-%02d", day));
		world_run(t->w);
	}
	world_day(t->w, "2027-03-25");
	testdb_ok(cx, attempt_create(cx, 0, invoice, "card", &a));
	testdb_ok(cx, attempt_started(cx, a.id, "co_1", "http://127.0.0.1/pay"));
	till_message(t, "evt_1",
	    "{\"type\":\"paid\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\","
	    "\"currency\":\"EUR\","
	    "\"amount_minor\":6000}");
	assert_int_equal(world_service(t->w, service).state, SERVICE_ACTIVE);
	bounces(t, invoice, service);
	till_audit(t);
	/* The ladder goes on from the day it failed. */
	world_day(t->w, "2027-04-10");
	world_run(t->w);
	assert_int_equal(world_service(t->w, service).state, SERVICE_SUSPENDED);
	till_receive(t, invoice, 6000, "co_9");
	assert_int_equal(world_service(t->w, service).state, SERVICE_ACTIVE);
	till_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(REF_01_parts_once_even_if_an_answer_is_lost),
	    TESTDB_BOTH(REF_01_bad_requests_change_nothing),
	    TESTDB_BOTH(REF_03_outside_refunds_are_booked_the_same_way),
	    TESTDB_BOTH(REF_03_our_own_refund_is_told_before_while_and_after),
	    TESTDB_BOTH(PAY_05_a_refund_that_overtakes_its_payment),
	    TESTDB_BOTH(REF_04_three_ways_three_entries),
	    TESTDB_BOTH(spent_credit_is_not_given_back),
	    TESTDB_BOTH(REF_02_dispute_and_dispute_won),
	    TESTDB_BOTH(REF_02_dunning_waits_for_the_dispute),
	    TESTDB_BOTH(REF_05_late_failure_reopens_and_tells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
