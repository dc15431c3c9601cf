/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PAY-06, PAY-08 and what belongs to them: top-ups, credit used at the same moment, several
 * invoices paid at once, refunds asked for at the same moment, and money that a second member of
 * staff has to allow.
 */
#include "unit/flow/till.h"

#include "core/notice/notice.h"

#include <sys/wait.h>

static int64_t top_up(struct till *t, int64_t minor, const char *once)
{
	struct funds_input in = {minor, "", once};
	int64_t id;
	testdb_ok(t->w->cx, funds_add(t->w->cx, t->w->client, &in, &id));
	world_drain(t->w);
	return id;
}

static void every_day(struct till *t, int days)
{
	for (int i = 0; i < days; i++) {
		t->w->cx->now += 86400;
		world_run(t->w);
	}
}

static void PAY_06_unpaid_gives_nothing_paid_gives_once(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	struct attempt a;
	json_t *letters;
	world_set(t->w, "billing.auto_credit", "1");
	world_set(t->w, "funds.expire_days", "60");
	testdb_ok(cx, dunning_seed(cx));
	testdb_ok(cx,
	    payment_grant(cx, t->w->client, "EUR", 100, "a gift that must not pay a top-up"));
	int64_t id = top_up(t, 2500, "n1");
	assert_int_equal(top_up(t, 2500, "n1"), id);
	assert_int_equal(world_invoice(t->w, id).balance_minor, 2500);
	assert_int_equal(world_invoice(t->w, id).tax_minor, 0);
	every_day(t, 30);
	assert_int_equal(world_credit(t->w), 100);
	assert_int_equal(world_invoice(t->w, id).state, INVOICE_OPEN);
	assert_int_equal(till_account(t, "revenue"), 0);
	testdb_ok(cx,
	    letter_list(cx, &(struct letter_filter){.kind = "invoice_overdue", .limit = 5},
	        &letters));
	assert_int_equal(json_array_size(letters), 0);
	till_audit(t);
	/* The message, its repeat, and the payer's return. */
	testdb_ok(cx, attempt_create(cx, t->w->client, id, "card", &a));
	testdb_ok(cx, attempt_started(cx, a.id, "co_1", "http://127.0.0.1/pay"));
	static const char event[] =
	    "{\"type\":\"paid\",\"remote_payment\":\"co_1\",\"remote_checkout\":\"co_1\","
	    "\"currency\":\"EUR\","
	    "\"amount_minor\":2500}";
	till_message(t, "evt_1", event);
	till_message(t, "evt_1", event);
	till_message(t, "evt_2", event);
	struct attempt_news news = {.state = "paid",
	    .remote_payment = "co_1",
	    .currency = "EUR",
	    .amount_minor = 2500};
	testdb_ok(cx, attempt_apply_news(cx, a.id, &news));
	every_day(t, 40);
	assert_int_equal(world_credit(t->w), 2600);
	assert_int_equal(world_invoice(t->w, id).state, INVOICE_PAID);
	assert_int_equal(till_account(t, "revenue"), 0);
	assert_int_equal(till_account(t, "funds"), 0);
	till_close(t);
}

static void top_ups_expire_and_late_money_is_credit_all_the_same(void **state)
{
	struct till *t = till_open(*state);
	json_t *letters;
	testdb_ok(t->w->cx, dunning_seed(t->w->cx));
	int64_t id = top_up(t, 2500, "");
	every_day(t, 31);
	testdb_ok(t->w->cx,
	    letter_list(t->w->cx, &(struct letter_filter){.kind = "invoice_reminder", .limit = 5},
	        &letters));
	assert_int_equal(json_array_size(letters), 0);
	assert_int_equal(world_invoice(t->w, id).state, INVOICE_CREDITED);
	assert_int_equal(world_credit(t->w), 0);
	assert_int_equal(till_account(t, "funds"), 0);
	till_audit(t);
	till_receive(t, id, 2500, "co_late");
	assert_int_equal(world_credit(t->w), 2500);
	till_close(t);
}

static void top_ups_have_limits(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	int64_t id;
	world_set(t->w, "funds.min_minor", "1000");
	world_set(t->w, "funds.max_minor", "5000");
	assert_int_equal(funds_add(cx, t->w->client, &(struct funds_input){999, "", ""}, &id),
	    ERR_INVALID);
	assert_string_equal(cx->fault.fields->key, "funds.min");
	cx_clear(cx);
	assert_int_equal(funds_add(cx, t->w->client, &(struct funds_input){5001, "", ""}, &id),
	    ERR_INVALID);
	assert_string_equal(cx->fault.fields->key, "funds.max");
	cx_clear(cx);
	world_set(t->w, "funds.max_minor", "0");
	testdb_fails(cx, funds_add(cx, t->w->client, &(struct funds_input){2000, "", ""}, &id),
	    ERR_CONFLICT, "funds.off");
	till_close(t);
}

static void a_disputed_top_up_takes_its_credit_back(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	int64_t used, id = top_up(t, 5000, "");
	int64_t paid = till_receive(t, id, 5000, "co_1");
	int64_t other = till_invoice(t, 3000);
	testdb_ok(cx, payment_use_credit(cx, other, &used));
	assert_int_equal(world_credit(t->w), 2000);
	/* What was spent is not refunded. */
	int64_t refund;
	testdb_fails(cx, till_ask(t, paid, 2001, "gateway", &refund), ERR_CONFLICT, "refund.spent");
	till_give_back(t, paid, 500, "gateway");
	assert_int_equal(world_credit(t->w), 1500);
	till_audit(t);
	testdb_ok(cx, payment_disputed(cx, paid, "dp_1"));
	assert_int_equal(world_credit(t->w), 0);
	assert_int_equal(world_invoice(t->w, other).balance_minor, 3000);
	assert_int_equal(world_invoice(t->w, id).balance_minor, 4500);
	till_audit(t);
	testdb_ok(cx, payment_dispute_won(cx, paid, "dp_1"));
	assert_int_equal(till_payment(t, paid).state, PAYMENT_PARTLY_REFUNDED);
	assert_int_equal(world_credit(t->w), 1500);
	assert_int_equal(world_invoice(t->w, other).state, INVOICE_PAID);
	testdb_fails(cx, invoice_write_off(cx, top_up(t, 700, ""), "no"), ERR_CONFLICT,
	    "invoice.refused");
	till_close(t);
}

/* ---- at the same moment ---- */

struct rival {
	struct till *t;
	int64_t ids[2];
	enum err (*run)(struct cx *cx, const struct rival *r, int me);
};

/* Both start together, each in a process with a connection of its own; how many succeeded. */
static int race(const struct rival *r)
{
	int won = 0, gate[2];
	pid_t pids[2];
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct cx cx;
			char go;
			testdb_connect(r->t->w->db, &cx);
			cx.now = r->t->w->cx->now;
			close(gate[1]);
			_exit(read(gate[0], &go, 1) == 0 && r->run(&cx, r, i) == OK ? 0 : 1);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < 2; i++) {
		int status;
		waitpid(pids[i], &status, 0);
		won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	return won;
}

static enum err use_it(struct cx *cx, const struct rival *r, int me)
{
	int64_t used;
	return payment_use_credit(cx, r->ids[me], &used);
}

static void PAY_08_one_credit_two_invoices(void **state)
{
	struct till *t = till_open(*state);
	for (int round = 0; round < 5; round++) {
		struct rival r = {t, {till_invoice(t, 1000), till_invoice(t, 1000)}, use_it};
		testdb_ok(t->w->cx, payment_grant(t->w->cx, t->w->client, "EUR", 1000, "gift"));
		race(&r);
		int paid = (world_invoice(t->w, r.ids[0]).state == INVOICE_PAID) +
		    (world_invoice(t->w, r.ids[1]).state == INVOICE_PAID);
		assert_int_equal(paid, 1);
		assert_int_equal(world_credit(t->w), 0);
	}
	till_close(t);
}

static enum err ask_it(struct cx *cx, const struct rival *r, int me)
{
	struct refund_input in = {.amount_minor = 4000,
	    .currency = "",
	    .way = me == 0 ? "gateway" : "offline",
	    .reason = "twice",
	    .reference = "T-1",
	    .gateway = "bank",
	    .once = ""};
	int64_t id;
	return refund_request(cx, r->ids[0], &in, &id);
}

static void two_refunds_at_once_never_give_more_than_was_paid(void **state)
{
	struct till *t = till_open(*state);
	for (int round = 0; round < 5; round++) {
		int64_t paid = till_receive(t, till_invoice(t, 6000), 6000,
		    arena_printf(t->w->cx->arena, "co_%d", round));
		struct rival r = {t, {paid, 0}, ask_it};
		assert_int_equal(race(&r), 1);
		world_drain(t->w);
		assert_int_equal(till_payment(t, paid).refunded_minor, 4000);
	}
	till_close(t);
}

/* ---- several invoices at once ---- */

/* Back: the credit first, then the newest invoice; disputed, all three are open again. */
static void goes_back(struct till *t, int64_t payment, const int64_t ids[3])
{
	struct cx *cx = t->w->cx;
	int64_t sum;
	bool disputed;
	till_give_back(t, payment, 1500, "gateway");
	assert_int_equal(world_credit(t->w), 0);
	assert_int_equal(till_notes(t, ids[2], &sum), 2);
	assert_int_equal(sum, 1500);
	assert_int_equal(till_notes(t, ids[1], &sum), 0);
	testdb_ok(cx, payment_disputed(cx, payment, "dp_1"));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(world_invoice(t->w, ids[i]).state, INVOICE_OPEN);
		testdb_ok(cx, payment_is_disputed(cx, ids[i], &disputed));
		assert_true(disputed);
	}
}

static void mass_payment_pays_the_oldest_first(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	struct attempt a, again;
	int64_t ids[3], *of;
	size_t n;
	bool pending;
	json_t *rows;
	ids[1] = till_invoice(t, 1000);
	world_day(t->w, "2027-02-05");
	ids[0] = till_invoice(t, 2000);
	ids[2] = till_invoice(t, 3000);
	struct attempt_wish wish = {t->w->client, ids, 3, "card"};
	testdb_ok(cx, attempt_create_many(cx, &wish, &a));
	assert_int_equal(a.amount_minor, 6000);
	testdb_ok(cx, attempt_create_many(cx, &wish, &again));
	assert_int_equal(again.id, a.id);
	testdb_ok(cx, attempt_started(cx, a.id, "co_1", "http://127.0.0.1/pay"));
	testdb_ok(cx,
	    attempt_apply_news(cx, a.id,
	        &(struct attempt_news){.state = "pending", .currency = ""}));
	for (int i = 0; i < 3; i++) {
		testdb_ok(cx, attempt_pending(cx, ids[i], &pending));
		assert_true(pending);
	}
	testdb_fails(cx, attempt_create(cx, 0, ids[2], "card", &again), ERR_CONFLICT,
	    "attempt.pending");
	/* One of them is credited meanwhile: its share becomes credit. */
	int64_t note;
	testdb_ok(cx, credit_note_amount(cx, ids[2], 500, "less", &note));
	struct attempt_news news = {.state = "paid",
	    .remote_payment = "co_1",
	    .currency = "EUR",
	    .amount_minor = 6000};
	testdb_ok(cx, attempt_apply_news(cx, a.id, &news));
	testdb_ok(cx, attempt_apply_news(cx, a.id, &news));
	world_drain(t->w);
	for (int i = 0; i < 3; i++)
		assert_int_equal(world_invoice(t->w, ids[i]).state, INVOICE_PAID);
	assert_int_equal(world_credit(t->w), 500);
	struct payment p;
	testdb_ok(cx, payment_find(cx, "card", "co_1", &p));
	testdb_ok(cx, payment_invoices(cx, p.id, &of, &n));
	assert_int_equal(n, 3);
	testdb_ok(cx,
	    payment_list(cx, &(struct payment_filter){.invoice_id = ids[2], .limit = 5}, &rows));
	assert_int_equal(json_array_size(rows), 1);
	till_audit(t);
	goes_back(t, p.id, ids);
	till_close(t);
}

static void less_money_than_asked_pays_the_oldest(void **state)
{
	struct till *t = till_open(*state);
	int64_t ids[2] = {till_invoice(t, 2000), 0};
	int64_t id;
	bool is_new;
	world_day(t->w, "2027-02-05");
	ids[1] = till_invoice(t, 2000);
	int64_t backwards[2] = {ids[1], ids[0]};
	struct payment_new p = {t->w->client, 0, 2500, "card", "co_1", "", "EUR", backwards, 2};
	testdb_ok(t->w->cx, payment_record(t->w->cx, &p, &id, &is_new));
	assert_int_equal(world_invoice(t->w, ids[0]).state, INVOICE_PAID);
	assert_int_equal(world_invoice(t->w, ids[1]).balance_minor, 1500);
	till_close(t);
}

static void mass_payment_refuses_what_does_not_fit(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	struct attempt a;
	int64_t ids[2] = {till_invoice(t, 2000), till_invoice(t, 1000)};
	struct attempt_wish wish = {t->w->client, ids, 2, "card"};
	till_receive(t, ids[0], 2000, "co_1");
	testdb_fails(cx, attempt_create_many(cx, &wish, &a), ERR_CONFLICT, "invoice.paid");
	ids[0] = ids[1];
	assert_int_equal(attempt_create_many(cx, &wish, &a), ERR_INVALID);
	cx_clear(cx);
	wish.invoices_n = 0;
	assert_int_equal(attempt_create_many(cx, &wish, &a), ERR_INVALID);
	cx_clear(cx);
	wish.invoices_n = 1;
	wish.client_id = t->w->client + 1;
	testdb_fails(cx, attempt_create_many(cx, &wish, &a), ERR_NOT_FOUND, "invoice.unknown");
	till_close(t);
}

/* ---- four eyes ---- */

static int64_t waiting(struct till *t)
{
	int64_t n;
	testdb_ok(t->w->cx, approval_count(t->w->cx, &n));
	return n;
}

static void four_eyes_for_refunds(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	struct approval a;
	int64_t small, large, id;
	world_set(t->w, "approval.refund_minor", "2000");
	int64_t paid = till_receive(t, till_invoice(t, 6000), 6000, "co_1");
	till_actor(t, ACTOR_STAFF, 1);
	small = till_give_back(t, paid, 1999, "gateway");
	assert_int_equal(till_refund_of(t, small).state, REFUND_DONE);
	large = till_give_back(t, paid, 2000, "offline");
	assert_int_equal(till_refund_of(t, large).state, REFUND_WAITING_APPROVAL);
	assert_int_equal(waiting(t), 1);
	testdb_fails(cx, till_ask(t, paid, 2002, "gateway", &id), ERR_CONFLICT, "refund.too_much");
	testdb_ok(cx, approval_find(cx, "refund", large, &a));
	testdb_fails(cx, approval_decide(cx, a.id, true), ERR_DENIED, "approval.same");
	till_actor(t, ACTOR_CLIENT, 2);
	testdb_fails(cx, approval_decide(cx, a.id, true), ERR_DENIED, "approval.staff");
	till_actor(t, ACTOR_STAFF, 2);
	testdb_ok(cx, approval_decide(cx, a.id, true));
	assert_int_equal(till_refund_of(t, large).state, REFUND_DONE);
	assert_int_equal(till_refund_of(t, large).approved_by, 2);
	testdb_fails(cx, approval_decide(cx, a.id, true), ERR_CONFLICT, "approval.decided");
	testdb_fails(cx, approval_decide(cx, 999, true), ERR_NOT_FOUND, "approval.none");
	/* Refused, and taken back by the one who asked. */
	large = till_give_back(t, paid, 2001, "gateway");
	testdb_ok(cx, approval_find(cx, "refund", large, &a));
	testdb_ok(cx, approval_decide(cx, a.id, false));
	assert_int_equal(till_refund_of(t, large).state, REFUND_CANCELLED);
	large = till_give_back(t, paid, 2001, "gateway");
	testdb_ok(cx, refund_cancel(cx, large, "changed my mind"));
	assert_int_equal(waiting(t), 0);
	assert_int_equal(t->made, 1);
	till_actor(t, ACTOR_SYSTEM, 0);
	till_close(t);
}

static void four_eyes_for_credit_and_write_offs(void **state)
{
	struct till *t = till_open(*state);
	struct cx *cx = t->w->cx;
	struct approval a;
	int64_t id, invoice = till_invoice(t, 6000);
	world_set(t->w, "approval.credit_minor", "1000");
	world_set(t->w, "approval.write_off_minor", "5000");
	till_actor(t, ACTOR_STAFF, 1);
	struct approval_credit credit = {t->w->client, 999, "EUR", "sorry"};
	testdb_ok(cx, approval_give_credit(cx, &credit, &id));
	assert_int_equal(id, 0);
	credit.amount_minor = 1000;
	testdb_ok(cx, approval_give_credit(cx, &credit, &id));
	assert_int_not_equal(id, 0);
	assert_int_equal(world_credit(t->w), 999);
	/* In another currency nobody can say that it is less. */
	int64_t foreign;
	testdb_ok(cx,
	    approval_give_credit(cx, &(struct approval_credit){t->w->client, 1, "USD", "sorry"},
	        &foreign));
	assert_int_not_equal(foreign, 0);
	credit.amount_minor = 0;
	assert_int_equal(approval_give_credit(cx, &credit, &foreign), ERR_INVALID);
	cx_clear(cx);
	testdb_fails(cx, approval_decide(cx, id, true), ERR_DENIED, "approval.same");
	till_actor(t, ACTOR_STAFF, 2);
	testdb_ok(cx, approval_decide(cx, id, true));
	assert_int_equal(world_credit(t->w), 1999);
	/* A write-off waits once; what changed meanwhile is asked for again. */
	testdb_ok(cx, approval_write_off(cx, invoice, "gone", &id));
	testdb_fails(cx, approval_write_off(cx, invoice, "gone", &foreign), ERR_CONFLICT,
	    "approval.waiting");
	till_receive(t, invoice, 6000, "co_1");
	till_actor(t, ACTOR_STAFF, 1);
	testdb_fails(cx, approval_decide(cx, id, true), ERR_CONFLICT, "invoice.refused");
	testdb_ok(cx, approval_get(cx, id, &a));
	assert_int_equal(a.state, APPROVAL_WAITING);
	testdb_ok(cx, approval_decide(cx, id, false));
	invoice = till_invoice(t, 5000);
	testdb_ok(cx, approval_write_off(cx, invoice, "gone", &id));
	assert_int_equal(world_invoice(t->w, invoice).state, INVOICE_OPEN);
	till_actor(t, ACTOR_STAFF, 2);
	testdb_ok(cx, approval_decide(cx, id, true));
	assert_int_equal(world_invoice(t->w, invoice).state, INVOICE_WRITTEN_OFF);
	invoice = till_invoice(t, 4999);
	testdb_ok(cx, approval_write_off(cx, invoice, "gone", &id));
	assert_int_equal(id, 0);
	assert_int_equal(world_invoice(t->w, invoice).state, INVOICE_WRITTEN_OFF);
	till_actor(t, ACTOR_SYSTEM, 0);
	till_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(PAY_06_unpaid_gives_nothing_paid_gives_once),
	    TESTDB_BOTH(top_ups_expire_and_late_money_is_credit_all_the_same),
	    TESTDB_BOTH(top_ups_have_limits),
	    TESTDB_BOTH(a_disputed_top_up_takes_its_credit_back),
	    TESTDB_BOTH(PAY_08_one_credit_two_invoices),
	    TESTDB_BOTH(two_refunds_at_once_never_give_more_than_was_paid),
	    TESTDB_BOTH(mass_payment_pays_the_oldest_first),
	    TESTDB_BOTH(less_money_than_asked_pays_the_oldest),
	    TESTDB_BOTH(mass_payment_refuses_what_does_not_fit),
	    TESTDB_BOTH(four_eyes_for_refunds),
	    TESTDB_BOTH(four_eyes_for_credit_and_write_offs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
