/* SPDX-License-Identifier: Apache-2.0 */
/* From the cart to the paid invoice, the way back from a provider, the signed link, the inbox. */
#include "webtest.h"

static const char new_client[] =
    "email=new%40example.com&password=a+good+long+one&first_name=Nora&last_name=New"
    "&address=1+Way&city=Town&postcode=1&country=DE&gateway=card";

static void put_into_cart(struct webtest *w, struct web_client *c, const char *domain)
{
	web_client_form(c, "/order/web-s",
	    arena_printf(c->arena, "cycle=1m&quantity=1&domain=%s", domain));
	assert_status(c, 303);
	assert_string_equal(c->location, "/cart");
}

static void cart_checks_lines(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_form(&w->anon, "/order/web-s", "cycle=1m&domain=");
	assert_status(&w->anon, 422);
	assert_non_null(strstr(w->anon.body, "Which domain"));
	web_client_form(&w->anon, "/order/web-s", "cycle=7d&domain=x.example");
	assert_status(&w->anon, 422);
	web_client_form(&w->anon, "/order/web-s", "cycle=1m&domain=x.example&quantity=-1");
	assert_status(&w->anon, 422);
	web_client_form(&w->anon, "/order/web-s",
	    "cycle=1m&domain=anna-secret.example"); /* hosted already */
	assert_status(&w->anon, 422);
	web_client_form(&w->anon, "/order/none", "cycle=1m&domain=x.example");
	assert_status(&w->anon, 404);
	/* A price cannot be sent along. */
	web_client_form(&w->anon, "/order/web-s",
	    "cycle=1m&domain=x.example&price_minor=1&net_minor=1");
	assert_status(&w->anon, 303);
	w->anon.accept = "application/json";
	web_client_call(&w->anon, "GET", "/cart", NULL);
	assert_non_null(strstr(w->anon.body, "\"total_minor\":1000"));
	w->anon.accept = NULL;
	web_client_form(&w->anon, "/cart/remove", "n=5");
	assert_status(&w->anon, 303);
	web_client_form(&w->anon, "/cart/remove", "n=0");
	web_client_call(&w->anon, "GET", "/cart", NULL);
	assert_non_null(strstr(w->anon.body, "Your cart is empty"));
	webtest_close(w);
}

static void a_stranger_orders_and_pays(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct client c;
	json_t *orders;
	put_into_cart(w, &w->anon, "nora.example");
	web_client_call(&w->anon, "GET", "/checkout", NULL);
	assert_status(&w->anon, 200);
	web_client_form(&w->anon, "/checkout", new_client);
	assert_status(&w->anon, 303);
	assert_string_equal(w->anon.location, "https://pay.example/c1");
	testdb_ok(&w->t->cx, client_find_email(&w->t->cx, "new@example.com", &c));
	testdb_ok(&w->t->cx,
	    order_list(&w->t->cx, &(struct order_filter){.client_id = c.id}, &orders));
	assert_int_equal(json_array_size(orders), 1);
	json_t *order = json_array_get(orders, 0);
	int64_t order_id = json_integer_value(json_object_get(order, "id"));
	int64_t invoice_id = json_integer_value(json_object_get(order, "invoice_id"));
	/* The cart is used up. */
	web_client_call(&w->anon, "GET", "/cart", NULL);
	assert_non_null(strstr(w->anon.body, "Your cart is empty"));
	/* The payer comes back before any message: the provider is asked. */
	web_client_call(&w->anon, "GET",
	    arena_printf(w->anon.arena, "/client/invoices/%lld/return", (long long)invoice_id),
	    NULL);
	assert_status(&w->anon, 303);
	assert_string_equal(w->fake.last_op, "gateway.ask");
	assert_string_equal(w->anon.location,
	    arena_printf(w->anon.arena, "/thanks/%lld", (long long)order_id));
	struct invoice i;
	testdb_ok(&w->t->cx, invoice_get(&w->t->cx, 0, invoice_id, &i));
	assert_int_equal(i.state, INVOICE_PAID);
	web_client_call(&w->anon, "GET", w->anon.location, NULL);
	assert_status(&w->anon, 200);
	/* Again: asked of us only, paid once. */
	int calls = w->fake.calls;
	web_client_call(&w->anon, "GET",
	    arena_printf(w->anon.arena, "/client/invoices/%lld/return", (long long)invoice_id),
	    NULL);
	assert_int_equal(w->fake.calls, calls);
	json_t *payments;
	testdb_ok(&w->t->cx,
	    payment_list(&w->t->cx, &(struct payment_filter){.invoice_id = invoice_id}, &payments));
	assert_int_equal(json_array_size(payments), 1);
	webtest_close(w);
}

static void checkout_says_what_is_missing(void **state)
{
	struct webtest *w = webtest_open(*state);
	testdb_ok(&w->t->cx, setting_put(&w->t->cx, "company.terms", "Be nice."));
	put_into_cart(w, &w->anon, "nora.example");
	web_client_form(&w->anon, "/checkout", new_client);
	assert_status(&w->anon, 422);
	assert_non_null(strstr(w->anon.body, "accept the terms"));
	assert_non_null(strstr(w->anon.body, "value=\"Nora\""));
	assert_int_equal(client_find_email(&w->t->cx, "new@example.com", &(struct client){0}),
	    ERR_NOT_FOUND);
	cx_clear(&w->t->cx);
	/* Another sum than the one shown is not charged silently. */
	web_client_form(&w->anon, "/checkout",
	    arena_printf(w->anon.arena, "%s&terms=1&shown_minor=999", new_client));
	assert_status(&w->anon, 409);
	assert_non_null(strstr(w->anon.body, "total is now"));
	web_client_form(&w->anon, "/checkout",
	    arena_printf(w->anon.arena, "%s&terms=1&shown_minor=1000", new_client));
	assert_status(&w->anon, 303);
	struct client c;
	json_t *orders;
	struct order o;
	testdb_ok(&w->t->cx, client_find_email(&w->t->cx, "new@example.com", &c));
	testdb_ok(&w->t->cx,
	    order_list(&w->t->cx, &(struct order_filter){.client_id = c.id}, &orders));
	testdb_ok(&w->t->cx,
	    order_get(&w->t->cx, 0,
	        json_integer_value(json_object_get(json_array_get(orders, 0), "id")), &o));
	assert_true(str_starts(o.terms, "sha256:"));
	webtest_close(w);
}

static void a_dead_provider_loses_no_order(void **state)
{
	struct webtest *w = webtest_open(*state);
	w->fake.checkout = OUTCOME_NOT_TRIED;
	put_into_cart(w, &w->b, "boris.example");
	web_client_form(&w->b, "/checkout", "gateway=card");
	assert_status(&w->b, 303);
	assert_true(str_starts(w->b.location, "/client/invoices/"));
	web_client_call(&w->b, "GET", w->b.location, NULL);
	assert_status(&w->b, 200);
	assert_non_null(strstr(w->b.body, "cannot be reached"));
	webtest_close(w);
}

static const char *pay_path(struct webtest *w, const char *end)
{
	return arena_printf(w->a.arena, "/client/invoices/%lld%s", (long long)w->invoice_id, end);
}

static void paying_twice_is_one_attempt(void **state)
{
	struct webtest *w = webtest_open(*state);
	json_t *attempts;
	web_client_form(&w->a, pay_path(w, "/pay"), "gateway=card");
	assert_status(&w->a, 303);
	web_client_form(&w->a, pay_path(w, "/pay"), "gateway=card");
	assert_status(&w->a, 303);
	assert_string_equal(w->a.location, "https://pay.example/c1");
	testdb_ok(&w->t->cx, attempt_list(&w->t->cx, w->invoice_id, &attempts));
	assert_int_equal(json_array_size(attempts), 1);
	assert_int_equal(w->fake.calls, 1);
	web_client_form(&w->a, pay_path(w, "/pay"), "gateway=none");
	assert_status(&w->a, 422);
	web_client_form(&w->a, pay_path(w, "/pay"), "gateway=bank");
	assert_status(&w->a, 303);
	web_client_call(&w->a, "GET", w->a.location, NULL);
	assert_non_null(strstr(w->a.body, "DE89370400440532013000"));
	webtest_close(w);
}

static void coming_back_says_how_it_went(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const struct {
		const char *state;
		const char *text;
	} ways[] = {{"open", "not completed"}, {"pending", "on its way"}};
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		web_client_form(&w->a, pay_path(w, "/pay"), "gateway=card");
		w->fake.state = ways[i].state;
		web_client_call(&w->a, "GET", pay_path(w, "/return"), NULL);
		assert_status(&w->a, 303);
		web_client_call(&w->a, "GET", w->a.location, NULL);
		assert_non_null(strstr(w->a.body, ways[i].text));
	}
	/* The provider reports another amount: refused, nothing is booked. */
	w->fake.state = "paid";
	w->fake.amount_minor = 1;
	web_client_call(&w->a, "GET", pay_path(w, "/return"), NULL);
	assert_status(&w->a, 422);
	struct invoice i;
	testdb_ok(&w->t->cx, invoice_get(&w->t->cx, 0, w->invoice_id, &i));
	assert_int_equal(i.state, INVOICE_OPEN);
	webtest_close(w);
}

static void the_signed_link(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct invoice i;
	testdb_ok(&w->t->cx, invoice_get(&w->t->cx, 0, w->invoice_id, &i));
	const char *path = arena_printf(w->anon.arena, "/i/%lld-%s", (long long)i.id, i.token);
	web_client_call(&w->anon, "GET", path, NULL);
	assert_status(&w->anon, 200);
	assert_non_null(strstr(w->anon.body, w->invoice_number));
	const char *csp = web_client_header(&w->anon, "Content-Security-Policy");
	assert_non_null(strstr(csp, "form-action 'self' https:"));
	web_client_call(&w->anon, "GET", arena_printf(w->anon.arena, "%s/pdf", path), NULL);
	assert_status(&w->anon, 200);
	assert_string_equal(w->anon.type, "application/pdf");
	assert_memory_equal(w->anon.body, "%PDF", 4);
	web_client_form(&w->anon, arena_printf(w->anon.arena, "%s/pay", path), "gateway=card");
	assert_status(&w->anon, 303);
	web_client_call(&w->anon, "GET", arena_printf(w->anon.arena, "%s/return", path), NULL);
	assert_status(&w->anon, 303);
	testdb_ok(&w->t->cx, invoice_get(&w->t->cx, 0, w->invoice_id, &i));
	assert_int_equal(i.state, INVOICE_PAID);
	static const char *const bad[] = {"/i/1", "/i/1-x", "/i/x-y", "/i/-", "/i/1-"};
	for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
		web_client_call(&w->anon, "GET", bad[k], NULL);
		assert_status(&w->anon, 404);
	}
	/* The link opens nothing else. */
	web_client_call(&w->anon, "GET", "/client", NULL);
	assert_status(&w->anon, 303);
	webtest_close(w);
}

static json_t *hooks(struct webtest *w)
{
	json_t *rows;
	testdb_ok(&w->t->cx, hook_list(&w->t->cx, "card", NULL, 0, 50, &rows));
	return rows;
}

static const char *hook_state(struct webtest *w, size_t i)
{
	return json_string_value(json_object_get(json_array_get(hooks(w), i), "state"));
}

static void messages_are_stored_then_believed(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->anon, "POST", "/hooks/none", "{\"id\":\"x\"}");
	assert_status(&w->anon, 404);
	/* Forged. */
	w->fake.verify = OUTCOME_DECLINED;
	web_client_call(&w->anon, "POST", "/hooks/card", "{\"id\":\"x\"}");
	assert_status(&w->anon, 400);
	assert_string_equal(hook_state(w, 0), "refused");
	/* Nobody can check: the provider shall send again. */
	w->fake.verify = OUTCOME_NOT_TRIED;
	web_client_call(&w->anon, "POST", "/hooks/card", "{\"id\":\"x\"}");
	assert_status(&w->anon, 503);
	/* Proven, then once more. */
	w->fake.verify = OUTCOME_DONE;
	web_client_call(&w->anon, "POST", "/hooks/card", "{\"id\":\"x\"}");
	assert_status(&w->anon, 200);
	assert_string_equal(hook_state(w, 0), "verified");
	web_client_call(&w->anon, "POST", "/hooks/card", "{\"id\":\"x\"}");
	assert_status(&w->anon, 200);
	assert_string_equal(hook_state(w, 0), "done");
	/* Only a POST is a message. */
	web_client_call(&w->anon, "GET", "/hooks/card", NULL);
	assert_status(&w->anon, 405);
	webtest_close(w);
}

static void cancelling_and_keeping(void **state)
{
	struct webtest *w = webtest_open(*state);
	const char *path =
	    arena_printf(w->a.arena, "/client/services/%lld", (long long)w->service_id);
	web_client_call(&w->a, "GET", path, NULL);
	assert_status(&w->a, 200);
	/* Not active: no panel, no password. */
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/open", path), "");
	assert_status(&w->a, 409);
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/reveal", path), "");
	assert_status(&w->a, 409);
	assert_int_equal(w->fake.calls, 0);
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/cancel", path),
	    "when=now&reason=too+small");
	assert_status(&w->a, 303);
	struct service s;
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, w->service_id, &s));
	assert_int_equal(s.state, SERVICE_CANCELLED);
	webtest_close(w);
}

static void an_active_service(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	const struct server server = {.key = "s1",
	    .name = "One",
	    .provider = "sandbox",
	    .settings = "{}",
	    .enabled = true,
	    .error = ""};
	int64_t id;
	testdb_ok(cx, server_save(cx, &server, &id));
	testdb_script(cx,
	    arena_printf(cx->arena,
	        "UPDATE service SET state = 'active', username = 'anna1', secret = 'sealed',"
	        " server_id = %lld, paid_until = '2027-03-01' WHERE id = %lld",
	        (long long)id, (long long)w->service_id));
	const char *path =
	    arena_printf(w->a.arena, "/client/services/%lld", (long long)w->service_id);
	web_client_call(&w->a, "GET", path, NULL);
	assert_status(&w->a, 200);
	assert_non_null(strstr(w->a.body, "anna1"));
	assert_null(strstr(w->a.body, "pass&amp;word"));
	assert_null(strstr(w->a.body, "sealed"));
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/reveal", path), "");
	assert_status(&w->a, 200);
	assert_non_null(strstr(w->a.body, "pass&amp;word"));
	assert_string_equal(web_client_header(&w->a, "Cache-Control"), "no-store");
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/open", path), "");
	assert_status(&w->a, 303);
	assert_string_equal(w->a.location, "https://panel.example/s");
	w->fake.sso = OUTCOME_UNKNOWN;
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/open", path), "");
	assert_status(&w->a, 503);
	assert_non_null(strstr(w->a.body, "does not answer now"));
	/* At the end of the term, and back. */
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/cancel", path), "when=end");
	assert_status(&w->a, 303);
	web_client_call(&w->a, "GET", path, NULL);
	assert_non_null(strstr(w->a.body, "Keep the service"));
	web_client_form(&w->a, arena_printf(w->a.arena, "%s/keep", path), "");
	assert_status(&w->a, 303);
	web_client_call(&w->a, "GET", path, NULL);
	assert_null(strstr(w->a.body, "Keep the service"));
	webtest_close(w);
}

/* SEC-19: requests of two people in turn through one process never mix. */
static void SEC_19_people_never_mix(void **state)
{
	struct webtest *w = webtest_open(*state);
	for (int i = 0; i < 10; i++) {
		put_into_cart(w, &w->a, arena_printf(w->a.arena, "a%d.example", i));
		put_into_cart(w, &w->b, arena_printf(w->b.arena, "b%d.example", i));
		web_client_form(&w->a, "/checkout", "");
		assert_status(&w->a, 303);
		web_client_form(&w->b, "/checkout", "");
		assert_status(&w->b, 303);
	}
	json_t *rows, *row;
	size_t n;
	testdb_ok(&w->t->cx,
	    service_list(&w->t->cx, &(struct service_filter){.client_id = w->b_id, .limit = 50},
	        &rows));
	assert_int_equal(json_array_size(rows), 10);
	json_array_foreach(rows, n, row)
		assert_true(str_starts(json_string_value(json_object_get(row, "domain")), "b"));
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(cart_checks_lines),
	    TESTDB_BOTH(a_stranger_orders_and_pays),
	    TESTDB_BOTH(checkout_says_what_is_missing),
	    TESTDB_BOTH(a_dead_provider_loses_no_order),
	    TESTDB_BOTH(paying_twice_is_one_attempt),
	    TESTDB_BOTH(coming_back_says_how_it_went),
	    TESTDB_BOTH(the_signed_link),
	    TESTDB_BOTH(messages_are_stored_then_believed),
	    TESTDB_BOTH(cancelling_and_keeping),
	    TESTDB_BOTH(an_active_service),
	    TESTDB_BOTH(SEC_19_people_never_mix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
