/* SPDX-License-Identifier: Apache-2.0 */
/* The API's contract: shapes, statuses, scopes, repeats under one key, the document. */
#include "webtest.h"

#include "core/ledger/ledger.h"

static json_t *answer(const struct web_client *c)
{
	json_error_t error;
	json_t *j = json_loadb(c->body, c->body_len, 0, &error);
	if (j == NULL)
		print_error("not JSON: %s\n", c->body);
	assert_non_null(j);
	arena_defer(c->arena, (void (*)(void *))json_decref, j);
	return j;
}

static int64_t number(const json_t *j, const char *name)
{
	assert_true(json_is_integer(json_object_get(j, name)));
	return json_integer_value(json_object_get(j, name));
}

static const char *word(const json_t *j, const char *name)
{
	return str_or(json_string_value(json_object_get(j, name)), "");
}

static const char client_body[] =
    "{\"email\":\"api@example.com\",\"first_name\":\"A\",\"last_name\":\"P\",\"address\":\"x\","
    "\"city\":\"y\",\"postcode\":\"1\",\"country\":\"DE\"}";

static void contract(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	web_client_call(c, "POST", "/api/v1/clients", client_body);
	assert_status(c, 201);
	int64_t client = number(answer(c), "id");
	web_client_call(c, "POST", "/api/v1/plans",
	    "{\"key\":\"vps\",\"name\":\"VPS\",\"panel\":\"\",\"package\":\"\","
	    "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":2500,\"setup_minor\":500}]}");
	assert_status(c, 201);
	assert_string_equal(word(answer(c), "key"), "vps");
	web_client_call(c, "POST", "/api/v1/orders",
	    arena_printf(c->arena,
	        "{\"client_id\":%lld,\"items\":[{\"plan\":\"vps\",\"cycle\":\"1m\"}]}",
	        (long long)client));
	assert_status(c, 201);
	json_t *order = answer(c);
	assert_int_equal(json_array_size(json_object_get(order, "service_ids")), 1);
	int64_t invoice = number(order, "invoice_id");
	web_client_call(c, "GET",
	    arena_printf(c->arena, "/api/v1/invoices/%lld", (long long)invoice), NULL);
	assert_status(c, 200);
	json_t *i = answer(c);
	assert_int_equal(number(i, "total_minor"), 3000);
	assert_int_equal(number(i, "balance_minor"), 3000);
	assert_string_equal(word(i, "state"), "open");
	assert_int_equal(json_array_size(json_object_get(i, "items")), 2);
	web_client_call(c, "POST",
	    arena_printf(c->arena, "/api/v1/invoices/%lld/checkout", (long long)invoice),
	    "{\"gateway\":\"card\"}");
	assert_status(c, 200);
	assert_string_equal(word(answer(c), "url"), "https://pay.example/c1");
	web_client_call(c, "POST",
	    arena_printf(c->arena, "/api/v1/invoices/%lld/payments", (long long)invoice),
	    "{\"gateway\":\"bank\",\"amount_minor\":3000,"
	    "\"currency\":\"EUR\",\"reference\":\"T1\"}");
	assert_status(c, 201);
	web_client_call(c, "GET",
	    arena_printf(c->arena, "/api/v1/invoices/%lld", (long long)invoice), NULL);
	assert_string_equal(word(answer(c), "state"), "paid");
	int64_t service =
	    json_integer_value(json_array_get(json_object_get(order, "service_ids"), 0));
	web_client_call(c, "GET",
	    arena_printf(c->arena, "/api/v1/services/%lld", (long long)service), NULL);
	assert_status(c, 200);
	assert_string_equal(word(answer(c), "plan"), "vps");
	assert_int_equal(number(answer(c), "price_minor"), 2500);
	webtest_close(w);
}

static void lists_page(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const char *const lists[] = {"clients", "plans", "orders", "invoices", "payments",
	    "services", "events", "jobs", "letters", "runs", "gateways", "servers", "tax-rates",
	    "coupons", "rates", "client-groups"};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		web_client_call(&w->api, "GET", arena_printf(w->api.arena, "/api/v1/%s", lists[i]),
		    NULL);
		assert_status(&w->api, 200);
		json_t *j = answer(&w->api);
		assert_true(json_is_array(json_object_get(j, "data")));
		assert_non_null(json_object_get(j, "next"));
	}
	web_client_call(&w->api, "GET", "/api/v1/clients?limit=1", NULL);
	json_t *first = answer(&w->api);
	assert_int_equal(json_array_size(json_object_get(first, "data")), 1);
	web_client_call(&w->api, "GET",
	    arena_printf(w->api.arena, "/api/v1/clients?limit=1&after=%s", word(first, "next")),
	    NULL);
	json_t *second = answer(&w->api);
	assert_int_equal(json_array_size(json_object_get(second, "data")), 1);
	assert_int_not_equal(number(json_array_get(json_object_get(first, "data"), 0), "id"),
	    number(json_array_get(json_object_get(second, "data"), 0), "id"));
	web_client_call(&w->api, "GET",
	    arena_printf(w->api.arena, "/api/v1/invoices?client_id=%lld", (long long)w->b_id),
	    NULL);
	assert_int_equal(json_array_size(json_object_get(answer(&w->api), "data")), 0);
	web_client_call(&w->api, "GET", "/api/v1/invoices?state=%27+OR+1%3D1", NULL);
	assert_status(&w->api, 200);
	webtest_close(w);
}

static void problems(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->api, "POST", "/api/v1/clients",
	    "{\"email\":\"nonsense\",\"is_admin\":true}");
	assert_status(&w->api, 422);
	assert_string_equal(w->api.type, "application/problem+json");
	json_t *j = answer(&w->api), *f;
	size_t i;
	bool email = false, unknown = false;
	assert_int_equal(number(j, "status"), 422);
	assert_true(*word(j, "key") && *word(j, "type") && *word(j, "title") && *word(j, "trace"));
	json_array_foreach(json_object_get(j, "fields"), i, f) {
		email |= str_eq(word(f, "name"), "email");
		unknown |= str_eq(word(f, "name"), "is_admin");
	}
	assert_true(email && unknown);
	web_client_call(&w->api, "GET", "/api/v1/invoices/99999", NULL);
	assert_status(&w->api, 404);
	assert_string_equal(w->api.type, "application/problem+json");
	web_client_call(&w->api, "GET", "/api/v1/nothing", NULL);
	assert_status(&w->api, 404);
	assert_string_equal(w->api.type, "application/problem+json");
	web_client_call(&w->weak, "GET", "/api/v1/clients", NULL);
	assert_status(&w->weak, 403);
	w->anon.bearer = "bh_nonsense";
	web_client_call(&w->anon, "GET", "/api/v1/clients", NULL);
	assert_status(&w->anon, 401);
	webtest_close(w);
}

/* API-02. */
static void API_02_one_key_one_effect(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	const char *body = "{\"amount_minor\":500,\"currency\":\"EUR\",\"reason\":\"sorry\"}";
	const char *path =
	    arena_printf(c->arena, "/api/v1/clients/%lld/credit", (long long)w->a_id);
	int64_t credit;
	c->key = "k1";
	web_client_call(c, "POST", path, body);
	assert_status(c, 201);
	const char *first = c->body;
	for (int i = 0; i < 3; i++) {
		web_client_call(c, "POST", path, body);
		assert_status(c, 201);
		assert_string_equal(c->body, first);
	}
	testdb_ok(&w->t->cx, ledger_credit(&w->t->cx, w->a_id, "EUR", &credit));
	assert_int_equal(credit, 500);
	/* Another body under the key. */
	web_client_call(c, "POST", path,
	    "{\"amount_minor\":900,\"currency\":\"EUR\",\"reason\":\"sorry\"}");
	assert_status(c, 409);
	assert_string_equal(word(answer(c), "key"), "replay.different");
	/* A refusal is kept as well. */
	c->key = "k2";
	web_client_call(c, "POST", "/api/v1/clients", "{}");
	assert_status(c, 422);
	first = c->body;
	web_client_call(c, "POST", "/api/v1/clients", "{}");
	assert_status(c, 422);
	assert_string_equal(c->body, first);
	c->key = "k3";
	web_client_call(c, "POST", path, body);
	assert_status(c, 201);
	testdb_ok(&w->t->cx, ledger_credit(&w->t->cx, w->a_id, "EUR", &credit));
	assert_int_equal(credit, 1000);
	webtest_close(w);
}

/* The process dies between effect and answer, at every call: one effect, whatever happens. */
static void API_02_a_crash_is_no_second_effect(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	const char *path =
	    arena_printf(c->arena, "/api/v1/clients/%lld/credit", (long long)w->a_id);
	int64_t credit;
	for (int64_t n = 1; n < 20; n++) {
		c->key = arena_printf(c->arena, "crash-%lld", (long long)n);
		db_set_faults(w->t->cx.db, (struct db_faults){.fail_at = n});
		web_client_call(c, "POST", path,
		    "{\"amount_minor\":1,\"currency\":\"EUR\",\"reason\":\"x\"}");
		db_set_faults(w->t->cx.db, (struct db_faults){0});
		w->now += 61; /* a crashed request may be taken over after a minute */
		web_client_call(c, "POST", path,
		    "{\"amount_minor\":1,\"currency\":\"EUR\",\"reason\":\"x\"}");
		assert_status(c, 201);
		testdb_ok(&w->t->cx, ledger_credit(&w->t->cx, w->a_id, "EUR", &credit));
		assert_int_equal(credit, n);
	}
	webtest_close(w);
}

static void tokens_of_barred_staff_fail(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct staff s;
	webtest_staff(w, "second@example.com", "owner"); /* one owner must remain */
	testdb_ok(&w->t->cx, staff_find_email(&w->t->cx, "owner@example.com", &s));
	testdb_ok(&w->t->cx, staff_apply(&w->t->cx, s.id, STAFF_SUSPEND, "test"));
	web_client_call(&w->api, "GET", "/api/v1/clients", NULL);
	assert_status(&w->api, 401);
	web_client_call(&w->owner, "GET", "/admin", NULL);
	assert_status(&w->owner, 303);
	webtest_close(w);
}

static void the_document(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	web_client_call(&w->anon, "GET", "/api/v1/openapi.json", NULL);
	assert_status(&w->anon, 200);
	json_t *paths = json_object_get(answer(&w->anon), "paths");
	size_t operations = 0, rows = 0;
	const char *name;
	json_t *item;
	json_object_foreach(paths, name, item) {
		assert_true(name[0] == '/' && strchr(name, ':') == NULL);
		operations += json_object_size(item);
	}
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++)
		rows += r->area == AREA_API;
	assert_int_equal(operations, rows);
	assert_non_null(json_object_get(json_object_get(paths, "/invoices/{id}/checkout"), "post"));
	webtest_close(w);
}

static void probes(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->anon, "GET", "/health", NULL);
	assert_true(w->anon.status == 200 || w->anon.status == 503);
	assert_true(*word(answer(&w->anon), "status") != 0);
	web_client_call(&w->anon, "GET", "/metrics", NULL);
	assert_status(&w->anon, 200);
	assert_non_null(strstr(w->anon.body, "billhook_services{state=\"pending\"} 1"));
	w->anon.ip = "192.0.2.7";
	web_client_call(&w->anon, "GET", "/metrics", NULL);
	assert_status(&w->anon, 401);
	w->web.test_mode = false;
	web_client_call(&w->anon, "POST", "/test/clock", "{\"now\":\"2030-01-01T00:00:00Z\"}");
	assert_status(&w->anon, 404);
	web_client_call(&w->anon, "POST", "/test/run", "{}");
	assert_status(&w->anon, 404);
	w->web.test_mode = true;
	web_client_call(&w->anon, "POST", "/test/clock", "{\"now\":\"yesterday\"}");
	assert_status(&w->anon, 422);
	webtest_close(w);
}

static void the_ladder_and_what_was_posted(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct web_client *c = &w->api;
	web_client_call(c, "POST", "/api/v1/dunning", "{\"days\":5,\"action\":\"fee\"}");
	assert_status(c, 422); /* a fee of nothing */
	web_client_call(c, "POST", "/api/v1/dunning",
	    "{\"days\":5,\"action\":\"fee\",\"fee_minor\":500,\"fee_ppm\":0}");
	assert_status(c, 201);
	int64_t id = number(answer(c), "id");
	web_client_call(c, "POST", arena_printf(c->arena, "/api/v1/dunning/%lld", (long long)id),
	    "{\"days\":6,\"action\":\"fee\",\"fee_minor\":700}");
	assert_status(c, 200);
	web_client_call(c, "GET", "/api/v1/dunning", NULL);
	assert_status(c, 200);
	assert_non_null(strstr(c->body, "\"fee_minor\":700"));
	web_client_call(c, "POST",
	    arena_printf(c->arena, "/api/v1/dunning/%lld/remove", (long long)id), "{}");
	assert_status(c, 200);
	web_client_call(c, "GET", "/api/v1/dunning", NULL);
	assert_null(strstr(c->body, "\"fee_minor\":700"));
	web_client_call(c, "GET",
	    arena_printf(c->arena, "/api/v1/clients/%lld/ledger", (long long)w->a_id), NULL);
	assert_status(c, 200);
	const json_t *first = json_array_get(json_object_get(answer(c), "data"), 0);
	assert_string_equal(word(first, "debit"), "receivable");
	assert_int_equal(number(first, "amount_minor"), 1000);
	web_client_call(c, "GET", "/api/v1/clients/4711/ledger", NULL);
	assert_status(c, 404);
	web_client_call(c, "GET", "/api/v1/hooks?gateway=card", NULL);
	assert_status(c, 200);
	assert_int_equal(json_array_size(json_object_get(answer(c), "data")), 0);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(contract),
	    TESTDB_BOTH(lists_page),
	    TESTDB_BOTH(problems),
	    TESTDB_BOTH(API_02_one_key_one_effect),
	    TESTDB_BOTH(API_02_a_crash_is_no_second_effect),
	    TESTDB_BOTH(tokens_of_barred_staff_fail),
	    TESTDB_BOTH(the_document),
	    TESTDB_BOTH(the_ladder_and_what_was_posted),
	    TESTDB_BOTH(probes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
