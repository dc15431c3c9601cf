/* SPDX-License-Identifier: Apache-2.0 */
/* Every page renders strictly; signing in, out and up; errors for people; assets. */
#include "webtest.h"

#include "core/bundle/bundle.h"

static int64_t id_for(const struct webtest *w, const char *path)
{
	if (strstr(path, "/services/") != NULL)
		return w->service_id;
	if (strstr(path, "/orders/") != NULL || strstr(path, "/thanks/") != NULL)
		return w->order_id;
	return strstr(path, "/quotes/") != NULL ? 1 : w->invoice_id;
}

/* A GET may fail only as a page does (404), never with a template or a write. */
static void every_page_renders(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	int shown = 0;
	webtest_quote(w, true);
	int64_t id;
	json_t *two = json_pack("{s:s s:s s:i s:[{s:s s:s} {s:s s:s}]}", "key", "web-s", "name",
	    "Two", "rate_ppm", 1, "plans", "plan", "web-s", "cycle", "1m", "plan", "web-s", "cycle",
	    "1m");
	testdb_ok(&w->t->cx, bundle_save(&w->t->cx, 0, json_keep(&w->t->cx, two), FIELD_JSON, &id));
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (r->method != WEB_READ || r->view == NULL || r->area == AREA_STAFF ||
		    strstr(r->path, "/letters/:id") != NULL || str_starts(r->path, "/i/") ||
		    str_starts(r->path, "/q/"))
			continue;
		struct web_client *c = r->area == AREA_CLIENT ? &w->a : &w->anon;
		const char *path = webtest_path(c->arena, r->path, id_for(w, r->path), "web-s");
		web_client_call(c, "GET", path, NULL);
		bool empty_cart = str_eq(path, "/checkout");
		if (c->status != (empty_cart ? 303 : 200))
			print_error("%s\n", path);
		assert_status(c, empty_cart ? 303 : 200);
		assert_true(empty_cart || str_starts(c->body, "<!doctype html>"));
		assert_true(empty_cart || strstr(c->body, "</html>") != NULL);
		shown++;
	}
	assert_true(shown >= 25);
	webtest_close(w);
}

static void pages_are_also_json(void **state)
{
	struct webtest *w = webtest_open(*state);
	w->a.accept = "application/json";
	web_client_call(&w->a, "GET", "/client/invoices", NULL);
	assert_status(&w->a, 200);
	assert_string_equal(w->a.type, "application/json");
	assert_non_null(strstr(w->a.body, "\"total_minor\":1000"));
	assert_null(strstr(w->a.body, "csrf"));
	webtest_close(w);
}

static void unknown_and_known_answer_alike(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_form(&w->anon, "/login", "email=a%40example.com&password=wrong+wrong+wrong");
	assert_status(&w->anon, 422);
	assert_non_null(strstr(w->anon.body, "email address or the password is wrong"));
	web_client_form(&w->anon, "/login",
	    "email=nobody%40example.com&password=wrong+wrong+wrong");
	assert_status(&w->anon, 422);
	assert_non_null(strstr(w->anon.body, "email address or the password is wrong"));
	assert_null(web_client_cookie(&w->anon, WEB_COOKIE));
	web_client_form(&w->anon, "/reset", "email=a%40example.com");
	assert_status(&w->anon, 303);
	const char *known = w->anon.location;
	web_client_form(&w->anon, "/reset", "email=nobody%40example.com");
	assert_status(&w->anon, 303);
	assert_string_equal(w->anon.location, known);
	webtest_close(w);
}

static void guessing_is_slowed_down(void **state)
{
	struct webtest *w = webtest_open(*state);
	for (int i = 0; i < 10; i++) {
		web_client_form(&w->anon, "/login",
		    "email=a%40example.com&password=wrong+wrong+wrong");
		assert_status(&w->anon, 422);
	}
	web_client_form(&w->anon, "/login", "email=a%40example.com&password=correct+horse+battery");
	assert_status(&w->anon, 429);
	assert_non_null(web_client_header(&w->anon, "Retry-After"));
	assert_non_null(strstr(w->anon.body, "Too many tries"));
	/* Another account is not locked out by it. */
	web_client_form(&w->anon, "/login", "email=b%40example.com&password=correct+horse+battery");
	assert_status(&w->anon, 303);
	webtest_close(w);
}

static void signing_in_rotates(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_form(&w->anon, "/order/web-s", "cycle=1m&domain=cart.example&quantity=1");
	assert_status(&w->anon, 303);
	const char *visitor = web_client_cookie(&w->anon, WEB_COOKIE);
	assert_true(str_starts(visitor, "v."));
	webtest_sign_in(&w->anon, "/login", "b@example.com");
	const char *client = web_client_cookie(&w->anon, WEB_COOKIE);
	assert_true(str_starts(client, "c."));
	assert_string_not_equal(visitor + 2, client + 2);
	/* The cart came along. */
	web_client_call(&w->anon, "GET", "/cart", NULL);
	assert_non_null(strstr(w->anon.body, "cart.example"));
	/* The visitor's token is dead. */
	struct web_client thief;
	webtest_visitor(w, &thief);
	thief.jar[0].name = WEB_COOKIE;
	thief.jar[0].value = visitor;
	thief.jar_n = 1;
	web_client_call(&thief, "GET", "/client", NULL);
	assert_status(&thief, 303);
	thief.jar[0].value = arena_printf(thief.arena, "c.%s", visitor + 2);
	web_client_call(&thief, "GET", "/client", NULL);
	assert_status(&thief, 303);
	arena_free(thief.arena);
	webtest_close(w);
}

static void signing_out_ends(void **state)
{
	struct webtest *w = webtest_open(*state);
	const char *old = arena_strdup(w->a.arena, web_client_cookie(&w->a, WEB_COOKIE));
	web_client_form(&w->a, "/logout", "");
	assert_status(&w->a, 303);
	assert_null(web_client_cookie(&w->a, WEB_COOKIE));
	for (int i = 0; i < w->a.jar_n; i++)
		if (str_eq(w->a.jar[i].name, WEB_COOKIE))
			w->a.jar[i].value = old;
	web_client_call(&w->a, "GET", "/client", NULL);
	assert_status(&w->a, 303);
	webtest_close(w);
}

/* SEC-09: a barred client is out with the next request. */
static void SEC_09_barred_clients_are_out(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->a, "GET", "/client", NULL);
	assert_status(&w->a, 200);
	testdb_ok(&w->t->cx, client_apply(&w->t->cx, w->a_id, CLIENT_SUSPEND, "test"));
	web_client_call(&w->a, "GET", "/client", NULL);
	assert_status(&w->a, 303);
	web_client_form(&w->anon, "/login", "email=a%40example.com&password=correct+horse+battery");
	assert_status(&w->anon, 422);
	webtest_close(w);
}

static void redirects_stay_here(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const char *const next[] = {"%2F%2Fevil.example", "%2F%5Cevil.example",
	    "javascript%3Aalert(1)", "https%3A%2F%2Fevil.example", "%2F%09%2Fevil.example"};
	for (size_t i = 0; i < sizeof next / sizeof next[0]; i++) {
		web_client_form(&w->anon, "/login",
		    arena_printf(w->anon.arena,
		        "email=b%%40example.com&password=correct+horse+battery&next=%s", next[i]));
		/* A control character is refused as a field before it could be a target. */
		assert_true(w->anon.status == 422 ||
		    (w->anon.status == 303 && str_eq(w->anon.location, "/client")));
		web_client_form(&w->anon, "/logout", "");
	}
	web_client_form(&w->anon, "/login",
	    "email=b%40example.com&password=correct+horse+battery&next=%2Fclient%2Forders");
	assert_string_equal(w->anon.location, "/client/orders");
	webtest_close(w);
}

static const char new_client[] =
    "email=new%40example.com&password=a+good+long+one&first_name=Nora&last_name=New"
    "&address=1+Way&city=Town&postcode=1&country=DE&currency=EUR";

static void signing_up(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct client c;
	web_client_form(&w->anon, "/signup", "email=new%40example.com&first_name=Nora");
	assert_status(&w->anon, 422);
	assert_non_null(strstr(w->anon.body, "field-password"));
	assert_non_null(strstr(w->anon.body, "value=\"Nora\"")); /* nothing typed is lost */
	/* SEC-05: what is not in the form's table does nothing. */
	web_client_form(&w->anon, "/signup",
	    arena_printf(w->anon.arena,
	        "%s&status=closed&tax_exempt=1&id=1&role=owner&"
	        "email_verified_at=1&note=x&is_admin=1",
	        new_client));
	assert_status(&w->anon, 303);
	testdb_ok(&w->t->cx, client_find_email(&w->t->cx, "new@example.com", &c));
	assert_int_equal(c.state, CLIENT_ACTIVE);
	assert_false(c.tax_exempt);
	assert_int_equal(c.email_verified_at, 0);
	assert_string_equal(c.note, "");
	web_client_call(&w->anon, "GET", "/client", NULL);
	assert_status(&w->anon, 200);
	assert_non_null(strstr(w->anon.body, "Hello Nora"));
	webtest_close(w);
}

static void closed_sign_up(void **state)
{
	struct webtest *w = webtest_open(*state);
	testdb_ok(&w->t->cx, setting_put(&w->t->cx, "signup.open", "0"));
	web_client_form(&w->anon, "/signup", new_client);
	assert_status(&w->anon, 409);
	assert_int_equal(client_find_email(&w->t->cx, "new@example.com", &(struct client){0}),
	    ERR_NOT_FOUND);
	cx_clear(&w->t->cx);
	webtest_close(w);
}

/* SEC-05 again: a client changes his profile, never what decides about him. */
static void SEC_05_profile_is_only_profile(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct client c;
	web_client_form(&w->a, "/client/profile",
	    "first_name=Ann&last_name=T&address=x&city=y&postcode=1&country=DE"
	    "&email=thief%40example.com&tax_exempt=1&note=hi&"
	    "currency=USD&status=closed&client_id=2");
	assert_status(&w->a, 303);
	testdb_ok(&w->t->cx, client_get(&w->t->cx, w->a_id, &c));
	assert_string_equal(c.first_name, "Ann");
	assert_string_equal(c.email, "a@example.com");
	assert_false(c.tax_exempt);
	assert_string_equal(c.currency, "EUR");
	assert_string_equal(c.note, "");
	web_client_call(&w->a, "GET", "/client/profile", NULL);
	assert_non_null(strstr(w->a.body, "Your details are saved."));
	web_client_call(&w->a, "GET", "/client/profile", NULL);
	assert_null(strstr(w->a.body, "Your details are saved.")); /* said once */
	webtest_close(w);
}

static void SEC_06_text_is_inert(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_form(&w->a, "/client/profile",
	    "first_name=%3Cscript%3Ealert(1)%3C%2Fscript%3E&last_name=%22%3E%3Cimg+src%3Dx%3E"
	    "&company=%7B%7Bpage.csrf%7D%7D&address=x&city=y&postcode=1&country=DE");
	assert_status(&w->a, 303);
	static const char *const paths[] = {"/client", "/client/profile", "/checkout",
	    "/client/security"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		web_client_call(&w->a, "GET", paths[i], NULL);
		assert_null(strstr(w->a.body, "<script>alert"));
		assert_null(strstr(w->a.body, "<img src=x"));
	}
	webtest_close(w);
}

static void passwords_change_with_the_old_one(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client other;
	webtest_visitor(w, &other);
	webtest_sign_in(&other, "/login", "a@example.com");
	web_client_form(&w->a, "/client/security/password",
	    "current=wrong&password=another+long+one");
	assert_status(&w->a, 422);
	assert_non_null(strstr(w->a.body, "not your present password"));
	web_client_form(&w->a, "/client/security/password",
	    "current=correct+horse+battery&password=another+long+one");
	assert_status(&w->a, 303);
	web_client_call(&w->a, "GET", "/client", NULL);
	assert_status(&w->a, 200);
	web_client_call(&other, "GET", "/client", NULL);
	assert_status(&other, 303); /* everyone else is out */
	arena_free(other.arena);
	webtest_close(w);
}

static void errors_are_humane(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->anon, "GET", "/nothing/here", NULL);
	assert_status(&w->anon, 404);
	assert_true(str_starts(w->anon.body, "<!doctype html>"));
	assert_non_null(strstr(w->anon.body, "the reference"));
	assert_null(strstr(w->anon.body, ".c:"));
	/* The disk fails in the middle: no word of it, a reference instead. */
	db_set_faults(w->t->cx.db, (struct db_faults){.fail_at = 6});
	web_client_call(&w->a, "GET", "/client", NULL);
	db_set_faults(w->t->cx.db, (struct db_faults){0});
	assert_status(&w->a, 500);
	assert_null(strstr(w->a.body, "db.fault"));
	assert_null(strstr(w->a.body, "SELECT"));
	web_client_call(&w->a, "GET", "/client", NULL);
	assert_status(&w->a, 200);
	webtest_close(w);
}

/* Whatever fails at whatever call, the answer is an answer and the next request is served. */
static void every_call_may_fail(void **state)
{
	struct webtest *w = webtest_open(*state);
	for (int64_t n = 1; n < 25; n++) {
		db_set_faults(w->t->cx.db, (struct db_faults){.fail_at = n, .once = true});
		web_client_form(&w->a, "/client/profile",
		    "phone=1&first_name=A&last_name=B&address=x&city=y&postcode=1&country=DE");
		db_set_faults(w->t->cx.db, (struct db_faults){0});
		assert_true(w->a.status == 303 || w->a.status == 500 || w->a.status == 403 ||
		    w->a.status == 422);
		web_client_call(&w->a, "GET", "/client/profile", NULL);
		assert_status(&w->a, 200);
	}
	webtest_close(w);
}

static void assets_are_served(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->anon, "GET", "/assets/app.css", NULL);
	assert_status(&w->anon, 200);
	assert_string_equal(w->anon.type, "text/css; charset=utf-8");
	assert_null(web_client_header(&w->anon, "Set-Cookie"));
	web_client_call(&w->anon, "GET", "/assets/app.css?v=1", NULL);
	assert_non_null(strstr(web_client_header(&w->anon, "Cache-Control"), "immutable"));
	static const char *const bad[] = {"/assets/../migrations/0001_start.sql",
	    "/assets/none.css", "/assets/", "/assets//app.css", "/assets/app"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		web_client_call(&w->anon, "GET", bad[i], NULL);
		assert_status(&w->anon, 404);
	}
	testdb_ok(&w->t->cx, setting_put(&w->t->cx, "company.accent", "#12}x{y"));
	web_client_call(&w->anon, "GET", "/theme.css", NULL);
	assert_status(&w->anon, 200);
	assert_null(strstr(w->anon.body, "}x{"));
	webtest_close(w);
}

/* A visitor who only looks gets no cookie. */
static void looking_leaves_no_cookie(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->anon, "GET", "/", NULL);
	assert_null(web_client_header(&w->anon, "Set-Cookie"));
	web_client_call(&w->anon, "GET", "/plans/web-s", NULL);
	assert_null(web_client_header(&w->anon, "Set-Cookie"));
	web_client_call(&w->anon, "GET", "/login", NULL);
	const char *cookie = web_client_header(&w->anon, "Set-Cookie");
	assert_non_null(cookie);
	assert_non_null(strstr(cookie, "HttpOnly"));
	assert_non_null(strstr(cookie, "SameSite=Lax"));
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(every_page_renders),
	    TESTDB_BOTH(pages_are_also_json),
	    TESTDB_BOTH(unknown_and_known_answer_alike),
	    TESTDB_BOTH(guessing_is_slowed_down),
	    TESTDB_BOTH(signing_in_rotates),
	    TESTDB_BOTH(signing_out_ends),
	    TESTDB_BOTH(SEC_09_barred_clients_are_out),
	    TESTDB_BOTH(redirects_stay_here),
	    TESTDB_BOTH(signing_up),
	    TESTDB_BOTH(closed_sign_up),
	    TESTDB_BOTH(SEC_05_profile_is_only_profile),
	    TESTDB_BOTH(SEC_06_text_is_inert),
	    TESTDB_BOTH(passwords_change_with_the_old_one),
	    TESTDB_BOTH(errors_are_humane),
	    TESTDB_BOTH(every_call_may_fail),
	    TESTDB_BOTH(assets_are_served),
	    TESTDB_BOTH(looking_leaves_no_cookie),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
