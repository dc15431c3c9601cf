/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalog: plans from the API's body, prices that replace each other, stock, the shop's view.
 */
#include "unit/testdb.h"

#include "core/catalog/own.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static json_t *body(struct cx *cx, const char *text)
{
	json_t *tree;

	testdb_ok(cx, json_parse(cx, text, strlen(text), &tree));
	return tree;
}

static struct plan_input input(struct cx *cx, const char *text)
{
	struct plan_input in;

	testdb_ok(cx, field_read(cx, &plan_fields, body(cx, text), FIELD_JSON, &in));
	return in;
}

static int64_t create(struct cx *cx, const char *text)
{
	struct plan_input in = input(cx, text);
	int64_t id;

	testdb_ok(cx, plan_create(cx, &in, &id));
	return id;
}

#define WEB_S \
	"{\"key\": \"web-s\", \"name\": \"Web S\", \"panel\": \"sandbox\", \"package\": \"s\"," \
	" \"features\": \"10 GB\\n\\nMail\", \"prices\": [{\"cycle\": \"1m\", \"currency\":" \
	" \"EUR\", \"price_minor\": 1000}, {\"cycle\": \"1y\", \"currency\": \"EUR\"," \
	" \"price_minor\": 10000, \"setup_minor\": 500}]}"

#define MONTHLY ", \"prices\": [{\"cycle\": \"1m\", \"currency\": \"EUR\", \"price_minor\": 1}"

static void fails_at(struct cx *cx, enum err got, const char *name, const char *key)
{
	assert_int_equal(got, ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, name);
	assert_string_equal(cx->fault.fields->key, key);
	cx_clear(cx);
}

static void creates(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t id = create(cx, WEB_S), group, hand;
	struct plan p;
	struct price r;
	json_t *view;

	testdb_ok(cx, plan_find(cx, "web-s", &p));
	assert_int_equal(p.id, id);
	assert_string_equal(p.tax_class, "standard");
	assert_string_equal(p.setup_when, "payment");
	assert_true(p.needs_domain);
	assert_int_equal(p.stock, -1);
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)id);
	testdb_ok(cx, plan_find(cx, text, &p));
	testdb_fails(cx, plan_find(cx, "web-x", &p), ERR_NOT_FOUND, "plan.none");
	testdb_fails(cx, plan_find(cx, "-1", &p), ERR_NOT_FOUND, "plan.none");
	testdb_ok(cx, price_find(cx, id, "1y", "EUR", &r));
	assert_int_equal(r.price_minor, 10000);
	assert_int_equal(r.setup_minor, 500);
	testdb_fails(cx, price_find(cx, id, "1y", "USD", &r), ERR_NOT_FOUND, "price.none");
	testdb_ok(cx,
	    plan_group_save(cx, 0, body(cx, "{\"key\": \"web\", \"name\": \"Web\"}"), FIELD_JSON,
	        &group));
	hand = create(cx,
	    "{\"key\": \"hand\", \"name\": \"By hand\", \"group\": \"web\", \"prices\":"
	    " [{\"cycle\": \"once\", \"currency\": \"USD\", \"price_minor\": 0}]}");
	testdb_ok(cx, plan_get(cx, hand, &p));
	assert_false(p.needs_domain);
	assert_int_equal(p.group_id, group);
	testdb_ok(cx, plan_get(cx, id, &p));
	testdb_ok(cx, plan_view(cx, &p, &view));
	assert_int_equal(json_array_size(json_object_get(view, "features")), 2);
	assert_int_equal(json_array_size(json_object_get(view, "prices")), 2);
	assert_true(json_is_null(json_object_get(view, "group")));
	testdb_close(t);
}

static void refuses(void **state)
{
	static const struct {
		const char *body, *name, *key;
	} cases[] = {
	    {WEB_S, "key", "plan.key_taken"},
	    {"{\"key\": \"12\", \"name\": \"x\"" MONTHLY "]}", "key", "plan.key_digits"},
	    {"{\"key\": \"a\", \"name\": \"x\", \"group\": \"none\"" MONTHLY "]}", "group",
	        "plan.group"},
	    {"{\"key\": \"a\", \"name\": \"x\"" MONTHLY ", {\"cycle\": \"1m\","
	     " \"currency\": \"EUR\", \"price_minor\": 2}]}",
	        "prices.1.cycle", "price.repeated"},
	};
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct plan_input in;
	int64_t id;

	create(cx, WEB_S);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		in = input(cx, cases[i].body);
		fails_at(cx, plan_create(cx, &in, &id), cases[i].name, cases[i].key);
	}
	assert_int_equal(field_read(cx, &plan_fields, body(cx, "{\"key\": \"a\", \"name\": \"x\"}"),
	                     FIELD_JSON, &in),
	    ERR_INVALID);
	cx_clear(cx);
	assert_int_equal(
	    field_read(cx, &plan_fields,
	        body(cx,
	            "{\"key\": \"a\", \"name\": \"x\", \"prices\":"
	            " [{\"cycle\": \"1m\", \"currency\": \"EUR\", \"price_minor\": -1}]}"),
	        FIELD_JSON, &in),
	    ERR_INVALID);
	testdb_close(t);
}

static void replaces_prices(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t id = create(cx, WEB_S);
	struct plan_input in = input(cx,
	    "{\"key\": \"web-s\", \"name\": \"Web Small\", \"panel\": \"sandbox\", \"prices\":"
	    " [{\"cycle\": \"1m\", \"currency\": \"EUR\", \"price_minor\": 1200}, {\"cycle\":"
	    " \"1y\", \"currency\": \"EUR\", \"price_minor\": 10000, \"setup_minor\": 500},"
	    " {\"cycle\": \"1m\", \"currency\": \"USD\", \"price_minor\": 1300}]}");
	struct price month, year, now;
	json_t *list;

	testdb_ok(cx, price_find(cx, id, "1m", "EUR", &month));
	testdb_ok(cx, price_find(cx, id, "1y", "EUR", &year));
	testdb_ok(cx, plan_update(cx, id, &in));
	/* What services were sold at is still there. */
	struct price *rows;
	size_t n;
	testdb_ok(cx,
	    price_list(cx, &(struct price_filter){.plan_id = id, .all = true}, &rows, &n));
	assert_int_equal(rows[n - 1].id, month.id);
	assert_false(rows[n - 1].active);
	assert_int_equal(rows[n - 1].price_minor, 1000);
	testdb_ok(cx, price_find(cx, id, "1m", "EUR", &now));
	assert_int_equal(now.price_minor, 1200);
	testdb_ok(cx, price_find(cx, id, "1y", "EUR", &now));
	assert_int_equal(now.id, year.id);
	testdb_ok(cx, price_find(cx, id, "1m", "USD", &now));
	testdb_ok(cx, event_list(cx, &(struct event_filter){.subject = "plan"}, &list));
	assert_int_equal(json_array_size(list), 5); /* create, update, one retired, two new */
	testdb_ok(cx, plan_update(cx, id, &in));
	testdb_ok(cx, event_list(cx, &(struct event_filter){.subject = "plan"}, &list));
	assert_int_equal(json_array_size(list), 5);
	in.prices.n = 0;
	testdb_ok(cx, plan_update(cx, id, &in));
	testdb_ok(cx, price_find(cx, id, "1m", "USD", &now));
	testdb_fails(cx, plan_update(cx, 999, &in), ERR_NOT_FOUND, "plan.none");
	testdb_close(t);
}

struct take {
	int64_t id, n;
};

static enum err take_body(struct cx *cx, void *arg)
{
	const struct take *a = arg;

	return plan_take_stock(cx, a->id, a->n);
}

static enum err take(struct cx *cx, int64_t id, int64_t n)
{
	struct take a = {id, n};

	return db_tx(cx, take_body, &a);
}

static void counts_stock(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t id = create(cx,
	            "{\"key\": \"vps\", \"name\": \"VPS\", \"stock\": 3, \"prices\":"
	            " [{\"cycle\": \"1m\", \"currency\": \"EUR\", \"price_minor\": 1}]}"),
	        web = create(cx, WEB_S);
	struct plan p;

	testdb_ok(cx, take(cx, id, 2));
	testdb_fails(cx, take(cx, id, 2), ERR_CONFLICT, "plan.sold_out");
	testdb_ok(cx, take(cx, id, 1));
	testdb_fails(cx, take(cx, id, 1), ERR_CONFLICT, "plan.sold_out");
	testdb_ok(cx, take(cx, id, -1));
	testdb_ok(cx, plan_get(cx, id, &p));
	assert_int_equal(p.stock, 1);
	testdb_ok(cx, take(cx, web, 1000));
	testdb_ok(cx, plan_get(cx, web, &p));
	assert_int_equal(p.stock, -1);
	testdb_fails(cx, take(cx, 999, 1), ERR_NOT_FOUND, "plan.none");
	testdb_close(t);
}

static size_t shown(struct cx *cx, const struct plan_filter *f, const char *group)
{
	json_t *tree, *g;
	size_t i;

	testdb_ok(cx, catalog_view(cx, f, &tree));
	json_array_foreach(json_object_get(tree, "groups"), i, g) {
		if (strcmp(json_string_value(json_object_get(g, "key")), group) == 0)
			return json_array_size(json_object_get(g, "plans"));
	}
	return 99;
}

static void shows(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t group, id = create(cx, WEB_S), hidden;
	struct plan_filter shop = {.shop = true, .currency = "EUR"}, all = {0};

	testdb_ok(cx,
	    plan_group_save(cx, 0, body(cx, "{\"key\": \"web\", \"name\": \"Web\"}"), FIELD_JSON,
	        &group));
	hidden = create(cx,
	    "{\"key\": \"secret\", \"name\": \"100% secret\", \"group\": \"web\","
	    " \"hidden\": true, \"prices\": [{\"cycle\": \"1m\", \"currency\": \"EUR\","
	    " \"price_minor\": 1}]}");
	assert_int_equal(shown(cx, &shop, ""), 1);
	assert_int_equal(shown(cx, &shop, "web"), 99);
	assert_int_equal(shown(cx, &all, "web"), 1);
	assert_int_equal(shown(cx, &(struct plan_filter){.shop = true, .currency = "USD"}, ""), 99);
	assert_int_equal(shown(cx, &(struct plan_filter){.q = "0% S"}, "web"), 1);
	assert_int_equal(shown(cx, &(struct plan_filter){.q = "0_ S"}, "web"), 0);
	assert_int_equal(shown(cx, &(struct plan_filter){.group_id = group}, ""), 99);
	testdb_ok(cx, plan_retire(cx, id, true));
	testdb_fails(cx, plan_retire(cx, id, true), ERR_CONFLICT, "plan.refused");
	assert_int_equal(shown(cx, &shop, ""), 99);
	assert_int_equal(shown(cx, &all, ""), 1);
	testdb_ok(cx, plan_retire(cx, id, false));
	assert_int_equal(shown(cx, &shop, ""), 1);
	testdb_fails(cx, plan_retire(cx, hidden, false), ERR_CONFLICT, "plan.refused");
	fails_at(cx,
	    plan_group_save(cx, 0, body(cx, "{\"key\": \"web\", \"name\": \"Two\"}"), FIELD_JSON,
	        NULL),
	    "key", "plan_group.key_taken");
	testdb_fails(cx,
	    plan_group_save(cx, 99, body(cx, "{\"key\": \"new\", \"name\": \"Two\"}"), FIELD_JSON,
	        NULL),
	    ERR_NOT_FOUND, "plan_group.none");
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(creates),
	    TESTDB_BOTH(refuses),
	    TESTDB_BOTH(replaces_prices),
	    TESTDB_BOTH(counts_stock),
	    TESTDB_BOTH(shows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
