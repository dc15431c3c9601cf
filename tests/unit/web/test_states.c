/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client may do to a service by its state (SUS-06), and how days and instants leave the API
 * (TZ-05).
 */
#include "unit/web/webtest.h"

static int64_t hosted(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	struct server s = {.key = "box",
	    .name = "Box",
	    .provider = "sandbox",
	    .settings = "{}",
	    .error = "",
	    .enabled = true};
	int64_t id;
	testdb_ok(cx, server_save(cx, &s, &id));
	testdb_ok(cx, service_set_server(cx, w->service_id, id));
	testdb_ok(cx, service_apply(cx, w->service_id, SERVICE_SET_UP, ""));
	testdb_ok(cx, service_apply(cx, w->service_id, SERVICE_ACTIVATE, ""));
	return w->service_id;
}

static const char *path(struct web_client *c, int64_t id, const char *what)
{
	return arena_printf(c->arena, "/client/services/%lld/%s", (long long)id, what);
}

static void SUS_06_a_suspended_service_obeys_nobody(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->a;
	int64_t id = hosted(w);
	web_client_form(c, path(c, id, "open"), "");
	assert_status(c, 303);
	assert_int_equal(w->fake.calls, 1);
	testdb_ok(&w->t->cx, service_apply(&w->t->cx, id, SERVICE_SUSPEND, "debt"));
	static const char *const wishes[][2] = {{"open", ""}, {"reveal", ""},
	    {"change", "cycle=1m&quantity=2&has_expect=1&expect_minor=0"},
	    {"change", "cycle=1m&quantity=2&when=end&has_expect=1&expect_minor=0"}};
	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
		web_client_form(c, path(c, id, wishes[i][0]), wishes[i][1]);
		assert_status(c, 409);
	}
	/* The page hides what is not there; nobody was asked, nothing is to be done. */
	web_client_call(c, "GET", arena_printf(c->arena, "/client/services/%lld", (long long)id),
	    NULL);
	assert_status(c, 200);
	assert_null(strstr(c->body, path(c, id, "open")));
	assert_null(strstr(c->body, path(c, id, "reveal")));
	assert_int_equal(w->fake.calls, 1);
	json_t *actions;
	testdb_ok(&w->t->cx, action_list(&w->t->cx, id, true, &actions));
	assert_int_equal(json_array_size(actions), 0);
	/* Leaving is always possible. */
	web_client_form(c, path(c, id, "cancel"), "when=now&reason=bye");
	assert_status(c, 303);
	webtest_close(w);
}

static bool ends(const char *key, const char *with)
{
	size_t n = strlen(key), m = strlen(with);
	return n >= m && strcmp(key + n - m, with) == 0;
}

/* 2027-01-31T10:00:00Z, or 2027-01-31. */
static bool shaped(const char *text, const char *shape)
{
	for (; *shape != '\0'; shape++, text++)
		if (*shape == '0' ? *text < '0' || *text > '9' : *text != *shape)
			return false;
	return *text == '\0';
}

static size_t check_times(const char *where, const json_t *j)
{
	size_t found = 0, i;
	const char *key;
	json_t *value;
	json_array_foreach((json_t *)(uintptr_t)j, i, value)
		found += check_times(where, value);
	json_object_foreach((json_t *)(uintptr_t)j, key, value) {
		bool at = ends(key, "_at"), on = ends(key, "_on");
		found += check_times(where, value);
		if ((!at && !on) || json_is_null(value) || json_is_boolean(value))
			continue;
		const char *text = str_or(json_string_value(value), "not text");
		bool good = shaped(text, at ? "0000-00-00T00:00:00Z" : "0000-00-00");
		if (!good)
			print_error("%s: %s is %s\n", where, key, text);
		assert_true(good);
		found++;
	}
	return found;
}

/* Every address of the API that can be read. A setting is a value as it was typed. */
static void TZ_05_instants_are_rfc_3339_and_days_are_days(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	size_t times = 0, answers = 0;
	const struct route *r;
	hosted(w);
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (r->area != AREA_API || r->method != WEB_READ || ends(r->path, "/settings"))
			continue;
		const char *at = r->path;
		const char *id = strstr(at, ":id");
		if (id != NULL)
			at = arena_printf(c->arena, "%.*s1%s", (int)(id - at), at, id + 3);
		web_client_call(c, "GET", at, NULL);
		json_t *j = c->status == 200 ? json_loadb(c->body, c->body_len, 0, NULL) : NULL;
		if (j == NULL)
			continue; /* no such thing here, or a file */
		times += check_times(at, j);
		answers++;
		json_decref(j);
	}
	assert_in_range(answers, 15, 500);
	assert_in_range(times, 20, 100000);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TESTDB_BOTH(SUS_06_a_suspended_service_obeys_nobody),
	    TESTDB_BOTH(TZ_05_instants_are_rfc_3339_and_days_are_days)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
