/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PERF-01: what a page asks of the database does not grow with the rows that are there. Statements
 * are counted on both engines; on SQLite also the steps of its machine, so that a list that reads a
 * whole table is seen. PERF-04: so does what each of many clients costs that come in one by one.
 */
#include "unit/web/webtest.h"

#include "db/driver.h"

enum { FEW = 60, MANY = 1200 };

static void invoices(struct webtest *w, int64_t client, int n)
{
	struct cx *cx = &w->t->cx;
	for (int i = 0; i < n; i++) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct invoice_input in;
		int64_t id;
		json_t *body =
		    json_pack("{s:I, s:[{s:s, s:i, s:i}]}", "client_id", (json_int_t)client,
		        "items", "description", "Work", "quantity", 1, "unit_minor", 1000);
		testdb_ok(cx,
		    field_read(cx, &invoice_fields, json_keep(cx, body), FIELD_JSON, &in));
		testdb_ok(cx, invoice_draft(cx, &in, &id));
		testdb_ok(cx, invoice_issue(cx, id));
		arena_rewind(cx->arena, mark);
	}
}

struct page_case {
	bool staff;
	const char *path;
};
static const struct page_case pages[] = {
    {false, "/client"},
    {false, "/client/invoices"},
    {false, "/client/invoices?state=unpaid"},
    {false, "/client/services"},
    {false, "/client/orders"},
    {true, "/admin/clients"},
    {true, "/admin/invoices"},
    {true, "/admin/invoices?state=overdue"},
    {true, "/admin/invoices?state=draft"},
    {true, "/admin/invoices?after=20"},
    {true, "/admin/services"},
    {true, "/admin/payments"},
    {true, "/admin/orders"},
    {true, "/admin/letters"},
    {true, "/admin/jobs"},
    {true, "/admin/events"},
    {true, "/admin/events?subject=service&subject_id=1"},
    {true, "/admin/clients/1"},
    {true, "/admin/services/1"},
};
#define PAGES (sizeof pages / sizeof pages[0])

struct effort {
	int64_t statements, steps;
};

static struct effort effort_of(struct webtest *w, const struct page_case *p)
{
	struct web_client *c = p->staff ? &w->owner : &w->a;
	struct db *db = w->t->cx.db;
	int64_t count = db_count(db), steps = db_steps(db);
	web_client_call(c, "GET", p->path, NULL);
	assert_status(c, 200);
	return (struct effort){db_count(db) - count, db_steps(db) - steps};
}

static void PERF_01_pages_do_not_grow_with_rows(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct effort before[PAGES];
	invoices(w, w->b_id, FEW);
	for (int round = 0; round < 2; round++) /* the first prepares */
		for (size_t i = 0; i < PAGES; i++)
			before[i] = effort_of(w, &pages[i]);
	invoices(w, w->b_id, MANY);
	for (size_t i = 0; i < PAGES; i++) {
		struct effort now = effort_of(w, &pages[i]);
		if (now.statements != before[i].statements || now.steps > before[i].steps * 2 + 500)
			print_error("%s: %lld statements and %lld steps, before %lld and %lld\n",
			    pages[i].path, (long long)now.statements, (long long)now.steps,
			    (long long)before[i].statements, (long long)before[i].steps);
		assert_int_equal(now.statements, before[i].statements);
		assert_true(now.steps <= before[i].steps * 2 + 500);
	}
	webtest_close(w);
}

/* What so many clients cost, through the API, from a number on. */
static struct effort coming_in(struct webtest *w, int first, int n)
{
	struct db *db = w->t->cx.db;
	int64_t count = db_count(db), steps = db_steps(db);
	for (int i = first; i < first + n; i++) {
		web_client_call(&w->api, "POST", "/api/v1/clients",
		    arena_printf(w->api.arena,
		        "{\"email\":\"c%d@example.org\",\"first_name\":\"C%d\",\"last_name\":\"X\","
		        "\"address\":\"1 Road\",\"city\":\"Town\",\"postcode\":\"1\",\"country\":"
		        "\"DE\",\"currency\":\"EUR\"}",
		        i, i));
		assert_status(&w->api, 201);
	}
	return (struct effort){db_count(db) - count, db_steps(db) - steps};
}

static void PERF_04_the_last_tenth_costs_what_the_first_did(void **state)
{
	enum { TENTH = 60 };
	struct webtest *w = webtest_open(*state);
	coming_in(w, 0, 5); /* the first prepares */
	struct effort first = coming_in(w, 5, TENTH);
	coming_in(w, 5 + TENTH, 8 * TENTH);
	struct effort last = coming_in(w, 5 + 9 * TENTH, TENTH);
	assert_int_equal(last.statements, first.statements);
	assert_true(last.steps * 10 <= first.steps * 13);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TESTDB_BOTH(PERF_01_pages_do_not_grow_with_rows),
	    TESTDB_BOTH(PERF_04_the_last_tenth_costs_what_the_first_did)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
