/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages and the API of money that goes back or is paid in advance: preview before doing, a
 * second pair of eyes, top-ups, several invoices at once, and whose is whose.
 */
#include "webtest.h"

#include "core/ledger/ledger.h"
#include "core/setting/setting.h"

static int64_t paid(struct webtest *w, int64_t minor)
{
	struct cx *cx = &w->t->cx;
	struct payment_new p = {w->a_id, w->invoice_id, minor, "card", "c1", "", "EUR"};
	int64_t id;
	bool is_new;
	testdb_ok(cx, payment_record(cx, &p, &id, &is_new));
	return id;
}

static struct refund newest(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	struct refund r;
	json_t *rows;
	testdb_ok(cx, refund_list(cx, &(struct refund_filter){.limit = 1}, &rows));
	assert_int_equal(json_array_size(rows), 1);
	testdb_ok(cx,
	    refund_get(cx, 0, json_integer_value(json_object_get(json_array_get(rows, 0), "id")),
	        &r));
	return r;
}

static bool shows(const struct web_client *c, const char *text)
{
	if (strstr(c->body, text) == NULL)
		print_error("no \"%s\" in %s\n", text, c->body);
	return strstr(c->body, text) != NULL;
}

static void staff_sees_what_happens_before_it_does(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->owner;
	int64_t id = paid(w, 1000);
	const char *page = arena_printf(c->arena, "/admin/payments/%lld/refund", (long long)id);
	web_client_call(c, "GET", page, NULL);
	assert_status(c, 200);
	assert_true(shows(c, "can be paid back"));
	web_client_call(c, "GET",
	    arena_printf(c->arena, "%s?amount_minor=4.00&way=gateway&reason=late", page), NULL);
	assert_status(c, 200);
	assert_true(shows(c, "A credit note over"));
	assert_true(shows(c, "leaves the cash of card"));
	web_client_call(c, "GET",
	    arena_printf(c->arena, "%s?amount_minor=40.00&way=gateway&reason=late", page), NULL);
	assert_true(shows(c, "is left to refund"));
	web_client_call(c, "GET",
	    arena_printf(c->arena, "%s?amount_minor=x&way=gateway&reason=late", page), NULL);
	assert_status(c, 200);
	web_client_form(c, page, "amount_minor=4.00&way=credit&reason=&once=f1");
	assert_status(c, 422);
	web_client_form(c, page, "amount_minor=4.00&way=credit&reason=late&once=f1");
	assert_status(c, 303);
	web_client_form(c, page, "amount_minor=4.00&way=credit&reason=late&once=f1");
	assert_status(c, 303);
	struct payment p;
	testdb_ok(&w->t->cx, payment_get(&w->t->cx, 0, id, &p));
	assert_int_equal(p.refunded_minor, 400);
	assert_int_equal(newest(w).state, REFUND_DONE);
	/* Not asked yet: cancelled by a click; another payment's is not found. */
	web_client_form(c, page, "amount_minor=1.00&way=gateway&reason=late&once=f2");
	struct refund r = newest(w);
	assert_int_equal(r.state, REFUND_NEW);
	web_client_form(c,
	    arena_printf(c->arena, "/admin/payments/99/refunds/%lld/cancel", (long long)r.id),
	    "x=1");
	assert_status(c, 404);
	web_client_form(c,
	    arena_printf(c->arena, "/admin/payments/%lld/refunds/%lld/cancel", (long long)id,
	        (long long)r.id),
	    "x=1");
	assert_status(c, 303);
	assert_int_equal(newest(w).state, REFUND_CANCELLED);
	web_client_call(c, "GET", arena_printf(c->arena, "/admin/payments/%lld", (long long)id),
	    NULL);
	assert_status(c, 200);
	assert_true(shows(c, "Pay back"));
	/* The client sees his refund, not the reason. */
	web_client_call(&w->a, "GET", "/client/payments", NULL);
	assert_status(&w->a, 200);
	assert_true(shows(&w->a, "Paid back"));
	assert_null(strstr(w->a.body, "late"));
	web_client_call(&w->b, "GET", "/client/payments", NULL);
	assert_null(strstr(w->b.body, "Paid back"));
	webtest_close(w);
}

static void a_bank_sends_nothing_back_by_itself(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	struct payment_new p = {w->a_id, w->invoice_id, 1000, "bank", "T-9", "", "EUR"};
	int64_t id;
	bool is_new;
	testdb_ok(cx, payment_record(cx, &p, &id, &is_new));
	const char *path =
	    arena_printf(w->api.arena, "/api/v1/payments/%lld/refunds", (long long)id);
	web_client_call(&w->api, "POST", path,
	    "{\"amount_minor\":100,\"way\":\"gateway\",\"reason\":\"x\"}");
	assert_status(&w->api, 422);
	web_client_call(&w->api, "POST", path,
	    "{\"amount_minor\":100,\"way\":\"offline\",\"reason\":\"x\",\"reference\":\"T-10\"}");
	assert_status(&w->api, 201);
	assert_true(shows(&w->api, "\"state\":\"done\""));
	web_client_call(&w->api, "GET",
	    arena_printf(w->api.arena, "/api/v1/refunds?payment_id=%lld", (long long)id), NULL);
	assert_status(&w->api, 200);
	assert_true(shows(&w->api, "\"reference\":\"T-10\""));
	web_client_call(&w->api, "POST", path,
	    "{\"amount_minor\":901,\"way\":\"credit\",\"reason\":\"x\"}");
	assert_status(&w->api, 409);
	webtest_close(w);
}

static void a_second_person_approves(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	struct web_client second;
	struct approval a;
	int64_t id = paid(w, 1000);
	testdb_ok(cx, setting_put(cx, "approval.refund_minor", "100"));
	testdb_ok(cx, setting_put(cx, "approval.credit_minor", "100"));
	testdb_ok(cx, setting_put(cx, "approval.write_off_minor", "100"));
	webtest_staff(w, "second@example.com", "owner");
	webtest_visitor(w, &second);
	webtest_sign_in(&second, "/admin/login", "second@example.com");
	const char *page =
	    arena_printf(w->owner.arena, "/admin/payments/%lld/refund", (long long)id);
	web_client_call(&w->owner, "GET",
	    arena_printf(w->owner.arena, "%s?amount_minor=4.00&way=credit&reason=late", page),
	    NULL);
	assert_true(shows(&w->owner, "A second member of staff"));
	web_client_form(&w->owner, page, "amount_minor=4.00&way=credit&reason=late&once=f1");
	assert_status(&w->owner, 303);
	testdb_ok(cx, approval_find(cx, "refund", newest(w).id, &a));
	web_client_call(&w->owner, "GET", "/admin/approvals", NULL);
	assert_status(&w->owner, 200);
	assert_true(shows(&w->owner, "Withdraw"));
	web_client_call(&w->owner, "GET", "/admin", NULL);
	assert_true(shows(&w->owner, "/admin/approvals"));
	const char *approve =
	    arena_printf(w->owner.arena, "/admin/approvals/%lld/approve", (long long)a.id);
	web_client_form(&w->owner, approve, "x=1");
	assert_status(&w->owner, 403);
	assert_int_equal(newest(w).state, REFUND_WAITING_APPROVAL);
	web_client_form(&second, approve, "x=1");
	assert_status(&second, 303);
	assert_int_equal(newest(w).state, REFUND_DONE);
	web_client_form(&second, approve, "x=1");
	assert_status(&second, 409);
	/* Credit and write-off by the API wait too: 202 with the number of the approval. */
	web_client_call(&w->api, "POST",
	    arena_printf(w->api.arena, "/api/v1/clients/%lld/credit", (long long)w->b_id),
	    "{\"amount_minor\":100,\"currency\":\"EUR\",\"reason\":\"x\"}");
	assert_status(&w->api, 202);
	web_client_call(&w->api, "GET", "/api/v1/approvals?state=waiting", NULL);
	assert_status(&w->api, 200);
	assert_true(shows(&w->api, "\"kind\":\"credit\""));
	int64_t credit;
	testdb_ok(cx, ledger_credit(cx, w->b_id, "EUR", &credit));
	assert_int_equal(credit, 0);
	arena_free(second.arena);
	webtest_close(w);
}

static void funds_are_an_invoice_of_ones_own(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	json_t *rows;
	web_client_call(&w->a, "GET", "/client/funds", NULL);
	assert_status(&w->a, 200);
	assert_true(shows(&w->a, "At least"));
	web_client_form(&w->a, "/client/funds", "amount_minor=1.00&once=f1");
	assert_status(&w->a, 422);
	assert_true(shows(&w->a, "Enter at least"));
	web_client_form(&w->a, "/client/funds", "amount_minor=25.00&once=f1&currency=USD");
	assert_status(&w->a, 303);
	web_client_form(&w->a, "/client/funds", "amount_minor=25.00&once=f1");
	assert_status(&w->a, 303);
	testdb_ok(cx,
	    invoice_list(cx,
	        &(struct invoice_filter){.client_id = w->a_id, .state = "unpaid", .limit = 9},
	        &rows));
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "currency")),
	    "EUR");
	web_client_call(&w->api, "POST",
	    arena_printf(w->api.arena, "/api/v1/clients/%lld/funds", (long long)w->b_id),
	    "{\"amount_minor\":2500}");
	assert_status(&w->api, 201);
	assert_true(shows(&w->api, "\"total_minor\":2500"));
	testdb_ok(cx, setting_put(cx, "funds.max_minor", "0"));
	web_client_call(&w->a, "GET", "/client/funds", NULL);
	assert_true(shows(&w->a, "Not offered"));
	webtest_close(w);
}

static void several_invoices_in_one_checkout(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	int64_t more;
	testdb_ok(cx, funds_add(cx, w->a_id, &(struct funds_input){500, "EUR", ""}, &more));
	web_client_call(&w->a, "GET", "/client/pay", NULL);
	assert_status(&w->a, 200);
	assert_true(shows(&w->a, arena_printf(w->a.arena, "pay.i%lld", (long long)more)));
	web_client_form(&w->a, "/client/pay", "gateway=card");
	assert_status(&w->a, 422);
	const char *both = arena_printf(w->a.arena, "gateway=card&pay.i%lld=1&pay.i%lld=1",
	    (long long)w->invoice_id, (long long)more);
	web_client_form(&w->b, "/client/pay", both);
	assert_status(&w->b, 404);
	web_client_form(&w->a, "/client/pay", both);
	assert_status(&w->a, 303);
	assert_string_equal(w->a.location, "https://pay.example/c1");
	/* The way back asks the provider once for all of them. */
	w->fake.amount_minor = 1500;
	web_client_call(&w->a, "GET",
	    arena_printf(w->a.arena, "/client/pay/%lld/return", (long long)more), NULL);
	assert_status(&w->a, 303);
	struct invoice i;
	testdb_ok(cx, invoice_get(cx, 0, more, &i));
	assert_int_equal(i.state, INVOICE_PAID);
	testdb_ok(cx, invoice_get(cx, 0, w->invoice_id, &i));
	assert_int_equal(i.state, INVOICE_PAID);
	web_client_call(&w->a, "GET", "/client/pay", NULL);
	assert_true(shows(&w->a, "Nothing to pay"));
	webtest_close(w);
}

static void the_api_pays_several_and_uses_credit(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	int64_t more;
	testdb_ok(cx, funds_add(cx, w->a_id, &(struct funds_input){500, "EUR", ""}, &more));
	const char *path =
	    arena_printf(w->api.arena, "/api/v1/clients/%lld/checkout", (long long)w->a_id);
	const char *body =
	    arena_printf(w->api.arena, "{\"invoice_ids\":[%lld,%lld],\"gateway\":\"card\"}",
	        (long long)w->invoice_id, (long long)more);
	web_client_call(&w->api, "POST",
	    arena_printf(w->api.arena, "/api/v1/clients/%lld/checkout", (long long)w->b_id), body);
	assert_status(&w->api, 404);
	web_client_call(&w->api, "POST", path, "{\"invoice_ids\":[],\"gateway\":\"card\"}");
	assert_status(&w->api, 422);
	web_client_call(&w->api, "POST", path, "{\"invoice_ids\":\"1,x\",\"gateway\":\"card\"}");
	assert_status(&w->api, 422);
	web_client_call(&w->api, "POST", path, body);
	assert_status(&w->api, 200);
	assert_true(shows(&w->api, "https://pay.example/c1"));
	testdb_ok(cx, payment_grant(cx, w->a_id, "EUR", 300, "gift"));
	path = arena_printf(w->api.arena, "/api/v1/invoices/%lld/use-credit",
	    (long long)w->invoice_id);
	web_client_call(&w->api, "POST", path, "{}");
	assert_status(&w->api, 200);
	assert_true(shows(&w->api, "\"used_minor\":300"));
	assert_true(shows(&w->api, "\"balance_minor\":700"));
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(staff_sees_what_happens_before_it_does),
	    TESTDB_BOTH(a_bank_sends_nothing_back_by_itself),
	    TESTDB_BOTH(a_second_person_approves),
	    TESTDB_BOTH(funds_are_an_invoice_of_ones_own),
	    TESTDB_BOTH(several_invoices_in_one_checkout),
	    TESTDB_BOTH(the_api_pays_several_and_uses_credit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
