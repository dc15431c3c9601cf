/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charges that a provider makes by itself: which invoice they pay (PAY-07), what is invoiced for
 * them when none is open (INV-05), and how they end (SUS-05).
 */
#include "unit/flow/till.h"

#define PAID \
	"{\"type\":\"paid\",\"remote_checkout\":\"co1\",\"remote_payment\":\"co1\"," \
	"\"amount_minor\":1000,\"currency\":\"EUR\",\"subscription\":\"sub1\"}"

static void charged(struct till *t, const char *number, int64_t minor)
{
	till_message(t, number,
	    arena_printf(t->w->cx->arena,
	        "{\"type\":\"charged\",\"remote_payment\":\"pay-%s\",\"amount_minor\":%lld,"
	        "\"currency\":\"EUR\",\"subscription\":\"sub1\"}",
	        number, (long long)minor));
}

/* Anna's service, its first term paid with a subscription. */
static int64_t subscribed(struct till *t)
{
	struct world *w = t->w;
	struct attempt a;
	int64_t invoice;
	world_day(w, "2027-02-01");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":1000}]}");
	int64_t service =
	    world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	testdb_ok(w->cx, attempt_create(w->cx, w->client, invoice, "card", &a));
	testdb_ok(w->cx, attempt_started(w->cx, a.id, "co1", "https://pay.example"));
	till_message(t, "e1", PAID);
	assert_int_equal(world_invoice(w, invoice).state, INVOICE_PAID);
	world_is_day(world_service(w, service).paid_until, "2027-03-01");
	return service;
}

static size_t active(struct till *t, int64_t service)
{
	struct subscription *rows;
	size_t n;
	testdb_ok(t->w->cx, subscription_list(t->w->cx, service, &rows, &n));
	return n;
}

static int64_t invoices(struct till *t)
{
	json_t *list;
	struct invoice_filter f = {.client_id = t->w->client, .kind = "invoice", .limit = 100};
	testdb_ok(t->w->cx, invoice_list(t->w->cx, &f, &list));
	return (int64_t)json_array_size(list);
}

static void INV_05_a_charge_without_invoice_renews_once(void **state)
{
	struct till *t = till_open(*state);
	struct world *w = t->w;
	int64_t service = subscribed(t);
	struct invoice_period *p;
	size_t n;
	assert_int_equal(active(t, service), 1);
	world_day(w, "2027-02-10"); /* before the billing run looks at March */
	charged(t, "e2", 1000);
	charged(t, "e2", 1000);
	till_message(t, "e3",
	    "{\"type\":\"charged\",\"remote_payment\":\"pay-e2\",\"amount_minor\":1000,"
	    "\"currency\":\"EUR\",\"subscription\":\"sub1\"}");
	world_is_day(world_service(w, service).paid_until, "2027-04-01");
	assert_int_equal(invoices(t), 2);
	testdb_ok(w->cx, invoice_periods(w->cx, service, &p, &n));
	assert_int_equal(n, 2);
	world_is_day(p[1].from, "2027-03-01");
	assert_true(p[1].paid);
	assert_int_equal(world_credit(w), 0);
	/* The billing run finds that term invoiced. */
	world_day(w, "2027-02-20");
	world_run(w);
	assert_int_equal(invoices(t), 2);
	till_close(t);
}

static void PAY_07_a_charge_pays_the_oldest_open_invoice(void **state)
{
	struct till *t = till_open(*state);
	struct world *w = t->w;
	int64_t service = subscribed(t);
	struct invoice_period *p;
	size_t n;
	world_day(w, "2027-02-20");
	world_run(w); /* March */
	world_day(w, "2027-03-20");
	world_set(w, "automation.trust_clock", "1");
	world_run(w); /* April */
	testdb_ok(w->cx, invoice_periods(w->cx, service, &p, &n));
	assert_int_equal(n, 3);
	/* Another invoice of the client is nobody's term. */
	int64_t other = till_invoice(t, 1000);
	charged(t, "e2", 1500);
	assert_int_equal(world_invoice(w, p[1].invoice_id).state, INVOICE_PAID);
	assert_int_equal(world_invoice(w, p[2].invoice_id).balance_minor, 1000);
	assert_int_equal(world_invoice(w, other).balance_minor, 1000);
	/* The surplus is credit with a reference to where it came from. */
	assert_int_equal(world_credit(w), 500);
	struct payment pay;
	testdb_ok(w->cx, payment_find(w->cx, "card", "pay-e2", &pay));
	assert_string_equal(pay.reference, "subscription sub1");
	charged(t, "e4", 1000);
	assert_int_equal(world_invoice(w, p[2].invoice_id).state, INVOICE_PAID);
	assert_int_equal(world_invoice(w, other).balance_minor, 1000);
	till_close(t);
}

/* The second charge overtakes the message of the first payment, which brings the agreement. */
static void PAY_05_a_renewal_that_overtakes_the_signup(void **state)
{
	struct till *t = till_open(*state);
	struct world *w = t->w;
	struct attempt a;
	struct payment p;
	int64_t invoice;
	world_day(w, "2027-02-01");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":1000}]}");
	int64_t service =
	    world_order(w, "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}", &invoice);
	testdb_ok(w->cx, attempt_create(w->cx, w->client, invoice, "card", &a));
	testdb_ok(w->cx, attempt_started(w->cx, a.id, "co1", "https://pay.example"));
	t->ask_minor = 1000;
	charged(t, "e2", 1000);
	till_message(t, "e1", PAID);
	/* As in order: both terms paid, nothing left over. */
	for (int i = 0; i < 10; i++) {
		w->cx->now += 3600;
		world_drain(w);
	}
	assert_int_equal(world_invoice(w, invoice).state, INVOICE_PAID);
	testdb_ok(w->cx, payment_find(w->cx, "card", "pay-e2", &p));
	world_is_day(world_service(w, service).paid_until, "2027-04-01");
	assert_int_equal(invoices(t), 2);
	assert_int_equal(world_credit(w), 0);
	charged(t, "e2", 1000);
	assert_int_equal(invoices(t), 2);
	till_close(t);
}

static void a_charge_after_the_end_is_credit(void **state)
{
	struct till *t = till_open(*state);
	struct world *w = t->w;
	int64_t service = subscribed(t);
	testdb_ok(w->cx, service_cancel(w->cx, 0, service, true, "moved"));
	charged(t, "e2", 1000);
	assert_int_equal(invoices(t), 1);
	assert_int_equal(world_credit(w), 1000);
	till_close(t);
}

static void SUS_05_the_subscription_ends_with_the_service(void **state)
{
	struct till *t = till_open(*state);
	struct world *w = t->w;
	int64_t service = subscribed(t);
	assert_int_equal(subscription_stop(w->cx, 4711, service), ERR_CONFLICT);
	cx_clear(w->cx);
	testdb_ok(w->cx, service_cancel(w->cx, 0, service, true, "moved"));
	world_drain(w);
	assert_int_equal(active(t, service), 1); /* not before the day */
	world_day(w, "2027-03-01");
	world_run(w);
	world_run(w);
	assert_int_equal(world_service(w, service).state, SERVICE_CANCELLED);
	assert_int_equal(active(t, service), 0);
	assert_int_equal(subscription_stop(w->cx, 0, service), ERR_CONFLICT);
	cx_clear(w->cx);
	till_close(t);
}

static void it_ends_by_wish_or_at_the_provider(void **state)
{
	struct till *t = till_open(*state);
	struct world *w = t->w;
	int64_t service = subscribed(t);
	till_message(t, "e5", PAID); /* again: the same one */
	assert_int_equal(active(t, service), 1);
	testdb_ok(w->cx, subscription_stop(w->cx, w->client, service));
	world_drain(w);
	assert_int_equal(active(t, service), 0);
	till_message(t, "e6", "{\"type\":\"unsubscribed\",\"subscription\":\"sub1\"}");
	till_message(t, "e7",
	    "{\"type\":\"charged\",\"remote_payment\":\"x\",\"amount_minor\":5,"
	    "\"currency\":\"EUR\",\"subscription\":\"stranger\"}");
	assert_int_equal(invoices(t), 1);
	assert_int_equal(world_credit(w), 0);
	till_close(t);
}

int main(void)
{
	const struct CMUnitTest all[] = {TESTDB_BOTH(INV_05_a_charge_without_invoice_renews_once),
	    TESTDB_BOTH(PAY_07_a_charge_pays_the_oldest_open_invoice),
	    TESTDB_BOTH(PAY_05_a_renewal_that_overtakes_the_signup),
	    TESTDB_BOTH(a_charge_after_the_end_is_credit),
	    TESTDB_BOTH(SUS_05_the_subscription_ends_with_the_service),
	    TESTDB_BOTH(it_ends_by_wish_or_at_the_provider)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
