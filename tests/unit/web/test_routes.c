/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the route table: who is refused where, without knowing any page. */
#include "webtest.h"

#include "base/embed.h"
#include "core/event/event.h"

static bool known_permission(const char *word)
{
	for (size_t i = 0; i < permissions_n; i++)
		if (strcmp(permissions[i].word, word) == 0)
			return true;
	return *word == 0;
}

static void rows_are_whole(void **state)
{
	const struct route *r, *other;
	char path[256];
	(void)state;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		assert_non_null(r->handler);
		if (!known_permission(r->permission))
			print_error("%s: unknown permission %s\n", r->path, r->permission);
		assert_true(known_permission(r->permission));
		assert_true(
		    r->area != AREA_API || (str_starts(r->path, "/api/v1/") && r->about != NULL));
		assert_true(r->area != AREA_STAFF || str_starts(r->path, "/admin"));
		assert_true(r->area != AREA_CLIENT || str_starts(r->path, "/client") ||
		    str_starts(r->path, "/thanks"));
		for (size_t k = 0; k < i && (other = web_route_at(k)) != NULL; k++)
			assert_false(
			    strcmp(r->path, other->path) == 0 && r->method == other->method);
		if (r->view == NULL)
			continue;
		snprintf(path, sizeof path, "templates/%s.html", r->view);
		if (embed_find(path) == NULL)
			print_error("%s: no file %s\n", r->path, path);
		assert_non_null(embed_find(path));
	}
}

static bool needs_login(const struct route *r)
{
	return r->area == AREA_CLIENT || r->area == AREA_STAFF || r->area == AREA_API;
}

static const char *method_of(const struct route *r)
{
	return r->method == WEB_READ || r->method == WEB_RETURN ? "GET" : "POST";
}

static void SEC_02_strangers_are_refused(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (!needs_login(r))
			continue;
		const char *path = webtest_path(w->anon.arena, r->path, w->invoice_id, "web-s");
		web_client_call(&w->anon, method_of(r), path,
		    str_eq(method_of(r), "POST") ? "x=1" : NULL);
		if (r->area == AREA_API) {
			assert_status(&w->anon, 401);
			assert_string_equal(w->anon.type, "application/problem+json");
		} else {
			assert_status(&w->anon, 303);
			assert_true(str_starts(w->anon.location,
			    r->area == AREA_STAFF ? "/admin/login" : "/login"));
		}
	}
	webtest_close(w);
}

/* A client's cookie opens no staff page, a staff cookie no client page, neither the API. */
static void SEC_02_sessions_do_not_mix(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (!needs_login(r) || str_eq(method_of(r), "POST"))
			continue;
		const char *path = webtest_path(w->a.arena, r->path, w->invoice_id, "web-s");
		struct web_client *c = r->area == AREA_CLIENT ? &w->owner : &w->a;
		web_client_call(c, "GET", path, NULL);
		assert_status(c, r->area == AREA_API ? 401 : 303);
	}
	web_client_call(&w->owner, "GET", "/api/v1/clients", NULL);
	assert_status(&w->owner, 401);
	webtest_close(w);
}

static void SEC_02_lacking_permission_is_denied(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if ((r->area != AREA_STAFF && r->area != AREA_API) || *r->permission == 0 ||
		    str_eq(r->permission, "news.write"))
			continue;
		struct web_client *c = r->area == AREA_API ? &w->weak : &w->low;
		const char *path = webtest_path(c->arena, r->path, w->invoice_id, "web-s");
		web_client_call(c, method_of(r), path, str_eq(method_of(r), "POST") ? "x=1" : NULL);
		assert_status(c, 403);
	}
	webtest_close(w);
}

static void SEC_15_forms_need_a_token(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	int64_t before;
	struct cx *cx = &w->t->cx;
	json_t *events;
	testdb_ok(cx, event_list(cx, &(struct event_filter){.newest = true, .limit = 1}, &events));
	before = json_integer_value(json_object_get(json_array_get(events, 0), "id"));
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (r->method != WEB_FORM || r->area > AREA_STAFF)
			continue;
		struct web_client *c = r->area == AREA_STAFF ? &w->owner :
		    r->area == AREA_CLIENT                   ? &w->a :
		                                               &w->anon;
		const char *path = webtest_path(c->arena, r->path, w->invoice_id, "web-s");
		web_client_call(c, "POST", path, "x=1");
		assert_status(c, 403);
		web_client_call(c, "POST", path, "csrf=0123456789012345678901234567890123456789");
		assert_status(c, 403);
		web_client_call(c, "POST", path, "{\"csrf\":\"\"}");
		assert_status(c, 403);
	}
	testdb_ok(cx, event_list(cx, &(struct event_filter){.newest = true, .limit = 1}, &events));
	assert_int_equal(json_integer_value(json_object_get(json_array_get(events, 0), "id")),
	    before);
	webtest_close(w);
}

/* Right token, wrong site: a token alone is not enough. */
static void SEC_15_other_sites_are_refused(void **state)
{
	struct webtest *w = webtest_open(*state);
	w->a.site = "cross-site";
	web_client_form(&w->a, "/client/profile", "first_name=Eve");
	assert_status(&w->a, 403);
	w->a.site = "same-site";
	web_client_form(&w->a, "/client/profile", "first_name=Eve");
	assert_status(&w->a, 403);
	w->a.site = NULL;
	w->a.headers[0][0] = "Origin";
	w->a.headers[0][1] = "https://evil.example";
	web_client_form(&w->a, "/client/profile", "first_name=Eve");
	assert_status(&w->a, 403);
	w->a.headers[0][1] = "null";
	web_client_form(&w->a, "/client/profile", "first_name=Eve");
	assert_status(&w->a, 403);
	w->a.headers[0][1] = "http://localhost";
	web_client_form(&w->a, "/client/profile", "phone=123");
	assert_status(&w->a, 303);
	webtest_close(w);
}

/* B's token does not serve in A's browser. */
static void SEC_15_tokens_belong_to_sessions(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const char mark[] = "name=\"csrf\" value=\"";
	web_client_call(&w->b, "GET", "/client", NULL);
	const char *at = strstr(w->b.body, mark);
	assert_non_null(at);
	at += sizeof mark - 1;
	web_client_call(&w->a, "POST", "/client/profile",
	    arena_printf(w->a.arena, "csrf=%.*s&phone=1", (int)strcspn(at, "\""), at));
	assert_status(&w->a, 403);
	webtest_close(w);
}

static int64_t id_for(const struct webtest *w, const char *path)
{
	if (strstr(path, "/services/") != NULL)
		return w->service_id;
	if (strstr(path, "/orders/") != NULL || strstr(path, "/thanks/") != NULL)
		return w->order_id;
	if (strstr(path, "/invoices/") != NULL)
		return w->invoice_id;
	return 1;
}

/* Another client's ids do not exist, with every method, and nothing of him shows. */
static void SEC_03_foreign_ids_are_not_found(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	int tried = 0;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (r->area != AREA_CLIENT || strstr(r->path, ":id") == NULL)
			continue;
		const char *path = webtest_path(w->b.arena, r->path, id_for(w, r->path), "");
		if (r->method == WEB_FORM)
			web_client_form(&w->b, path,
			    "gateway=card&name=x&email=x%40example.com&when=now");
		else
			web_client_call(&w->b, "GET", path, NULL);
		if (w->b.status != 404)
			print_error("%s %s\n", method_of(r), path);
		assert_status(&w->b, 404);
		assert_null(strstr(w->b.body, "anna-secret"));
		assert_null(strstr(w->b.body, w->invoice_number));
		tried++;
	}
	assert_true(tried >= 15);
	assert_int_equal(w->fake.calls, 0);
	webtest_close(w);
}

/*
 * SEC-04: whatever is searched, sorted or paged by, nobody sees another's rows and nothing breaks.
 */
static void SEC_04_hostile_queries_find_nothing_foreign(void **state)
{
	static const char *const queries[] = {"q=%25%27%20OR%201%3D1%20--",
	    "q=%27%3B%20DROP%20TABLE%20client%3B--&sort=1%3BSELECT",
	    "q=%5C%25_%22&state=%27%20OR%20%27", "after=abc&limit=-1&sort=password_hash",
	    "state=open%27--&after=99999999999999999999"};
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		bool list = r->method == WEB_READ && strchr(r->path, ':') == NULL;
		if (!list ||
		    (r->area != AREA_CLIENT && r->area != AREA_STAFF && r->area != AREA_API))
			continue;
		struct web_client *c = r->area == AREA_CLIENT ? &w->b :
		    r->area == AREA_STAFF                     ? &w->owner :
		                                                &w->api;
		for (size_t k = 0; k < sizeof queries / sizeof queries[0]; k++) {
			web_client_call(c, "GET",
			    arena_printf(c->arena, "%s?%s", r->path, queries[k]), NULL);
			if (c->status >= 500)
				print_error("%s?%s\n", r->path, queries[k]);
			assert_true(c->status < 500);
			if (r->area != AREA_CLIENT)
				continue;
			assert_null(strstr(c->body, "anna-secret"));
			assert_null(strstr(c->body, w->invoice_number));
		}
	}
	webtest_close(w);
}

/* SEC-14: line breaks and NUL never reach a header, a name or a letter. */
static void SEC_14_line_breaks_are_refused(void **state)
{
	static const char *const forms[] =
	    {"first_name=Eve%0D%0ABcc%3A+x%40example.org&last_name=X",
	        "first_name=Eve%00&last_name=X",
	        "first_name=Eve&last_name=X%0ASet-Cookie%3A+a%3Db"};
	struct webtest *w = webtest_open(*state);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		web_client_form(&w->a, "/client/profile", forms[i]);
		assert_true(w->a.status == 422 || w->a.status == 400);
	}
	web_client_call(&w->anon, "GET", "/login?next=%0D%0ASet-Cookie%3A+evil%3D1", NULL);
	assert_null(web_client_cookie(&w->anon, "evil"));
	web_client_call(&w->a, "GET", "/client/profile", NULL);
	assert_null(strstr(w->a.body, "Bcc:"));
	webtest_close(w);
}

/* SEC-01: there is nothing to install through the web. */
static void SEC_01_no_installer(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const char *const paths[] = {"/install", "/install/", "/setup", "/installer",
	    "/install.php", "/admin/setup", "/admin/install", "/wizard", "/%69nstall",
	    "/api/v1/setup"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		web_client_call(&w->anon, "GET", paths[i], NULL);
		assert_status(&w->anon, 404);
		web_client_call(&w->anon, "POST", paths[i], "x=1");
		assert_status(&w->anon, 404);
		web_client_call(&w->owner, "GET", paths[i], NULL);
		assert_status(&w->owner, 404);
	}
	webtest_close(w);
}

static void odd_requests(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->anon, "DELETE", "/cart", NULL);
	assert_status(&w->anon, 405);
	assert_string_equal(web_client_header(&w->anon, "Allow"), "GET, HEAD");
	web_client_call(&w->anon, "PUT", "/login", NULL);
	assert_status(&w->anon, 405);
	web_client_call(&w->a, "GET", "/client/invoices/0", NULL);
	assert_status(&w->a, 404);
	web_client_call(&w->a, "GET", "/client/invoices/01", NULL);
	assert_status(&w->a, 404);
	web_client_call(&w->a, "GET", "/client/invoices/99999999999999999999", NULL);
	assert_status(&w->a, 404);
	web_client_call(&w->a, "GET", "/client/invoices/-1", NULL);
	assert_status(&w->a, 404);
	web_client_call(&w->a, "GET", "/client/", NULL);
	assert_status(&w->a, 404);
	web_client_call(&w->api, "POST", "/api/v1/clients", "{\"email\":");
	assert_status(&w->api, 400);
	assert_non_null(strstr(w->api.body, "\"key\":\"json.malformed\""));
	web_client_call(&w->a, "GET", "/client/invoices?q=%25%27+OR+1%3D1+--&state=junk&after=x",
	    NULL);
	assert_status(&w->a, 200);
	webtest_close(w);
}

static void every_answer_is_guarded(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const char *const paths[] = {"/", "/nothing", "/login", "/client", "/api/v1/clients",
	    "/theme.css", "/admin/login", "/health"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		web_client_call(&w->anon, "GET", paths[i], NULL);
		const char *csp = web_client_header(&w->anon, "Content-Security-Policy");
		assert_non_null(csp);
		assert_non_null(strstr(csp, "default-src 'none'"));
		assert_non_null(strstr(csp, "frame-ancestors 'none'"));
		assert_null(strstr(csp, "unsafe"));
		assert_string_equal(web_client_header(&w->anon, "X-Content-Type-Options"),
		    "nosniff");
		assert_string_equal(web_client_header(&w->anon, "X-Frame-Options"), "DENY");
		assert_non_null(web_client_header(&w->anon, "Referrer-Policy"));
	}
	webtest_close(w);
}

static void local_paths(void **state)
{
	static const char *const bad[] = {"//evil", "/\\evil", "\\\\evil", "javascript:alert(1)",
	    "https://evil", "/\t/evil", "/a\\b", "", "evil", "/a b", "/\r\nSet-Cookie: x",
	    "/\xc3\xa4", NULL};
	(void)state;
	for (size_t i = 0; bad[i] != NULL; i++)
		assert_string_equal(page_local(bad[i], "/x"), "/x");
	assert_string_equal(page_local(NULL, "/x"), "/x");
	assert_string_equal(page_local("/client/invoices/3?a=b", "/x"), "/client/invoices/3?a=b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_are_whole),
	    cmocka_unit_test(local_paths),
	    TESTDB_BOTH(SEC_02_strangers_are_refused),
	    TESTDB_BOTH(SEC_02_sessions_do_not_mix),
	    TESTDB_BOTH(SEC_02_lacking_permission_is_denied),
	    TESTDB_BOTH(SEC_15_forms_need_a_token),
	    TESTDB_BOTH(SEC_15_other_sites_are_refused),
	    TESTDB_BOTH(SEC_15_tokens_belong_to_sessions),
	    TESTDB_BOTH(SEC_03_foreign_ids_are_not_found),
	    TESTDB_BOTH(SEC_04_hostile_queries_find_nothing_foreign),
	    TESTDB_BOTH(SEC_14_line_breaks_are_refused),
	    TESTDB_BOTH(SEC_01_no_installer),
	    TESTDB_BOTH(odd_requests),
	    TESTDB_BOTH(every_answer_is_guarded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
