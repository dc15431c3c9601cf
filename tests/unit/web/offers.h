/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_WEB_OFFERS_H
#define UNIT_WEB_OFFERS_H

/* What the tests of coupons and of changes share: plans and days, pages seen as JSON. */
#include "webtest.h"

#include "flow/own.h"

static inline json_t *object(struct webtest *w, const char *json)
{
	json_t *j = json_loads(json, 0, NULL);
	assert_non_null(j);
	return json_keep(&w->t->cx, j);
}

static inline json_t *answer(const struct web_client *c)
{
	json_t *j = json_loadb(c->body, c->body_len, 0, NULL);
	if (j == NULL)
		print_error("not JSON: %s\n", c->body);
	assert_non_null(j);
	arena_defer(c->arena, (void (*)(void *))json_decref, j);
	return j;
}

static inline int64_t number(const json_t *j, const char *name)
{
	assert_true(json_is_integer(json_object_get(j, name)));
	return json_integer_value(json_object_get(j, name));
}

static inline const char *word(const json_t *j, const char *name)
{
	return str_or(json_string_value(json_object_get(j, name)), "");
}

/* A plan without a server, so that paying is all it takes. */
static inline void plan(struct webtest *w, const char *json)
{
	struct plan_input in;
	int64_t id;
	testdb_ok(&w->t->cx, field_read(&w->t->cx, &plan_fields, object(w, json), FIELD_JSON, &in));
	testdb_ok(&w->t->cx, plan_create(&w->t->cx, &in, &id));
}

static inline void day(struct webtest *w, const char *on)
{
	struct day d;
	assert_true(day_parse(on, &d));
	w->now = w->t->cx.now = (int64_t)d.n * 86400 + 10 * 3600;
}

/* The same page as JSON. */
static inline json_t *seen(struct web_client *c, const char *path)
{
	c->accept = "application/json";
	web_client_call(c, "GET", path, NULL);
	c->accept = NULL;
	assert_status(c, 200);
	return answer(c);
}

static inline const char *at(struct web_client *c, const char *folder, int64_t id, const char *end)
{
	return arena_printf(c->arena, "%s/%lld%s", folder, (long long)id, end);
}

#define PLAN_SMALL \
	"{\"key\":\"s\",\"name\":\"Small\",\"needs_domain\":false," \
	"\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}"
/* A's paid service over a new plan "s". */
static inline int64_t paid_cycle(struct webtest *w, const char *plan_s, const char *cycle)
{
	struct cx *cx = &w->t->cx;
	struct order_input_item item = {"s", cycle, "", 1};
	const struct order_input in = {.client_id = w->a_id, .gateway = "", .items = {&item, 1}};
	struct worker worker = {.cx = cx, .link = &w->linker, .holder = "test"};
	struct order o;
	struct order_item *items;
	struct invoice i;
	int64_t order, id, n;
	size_t items_n;
	bool is_new;
	plan(w, plan_s);
	testdb_ok(cx, order_create(cx, &in, "", &order));
	testdb_ok(cx, order_get(cx, 0, order, &o));
	testdb_ok(cx, order_items(cx, order, &items, &items_n));
	testdb_ok(cx, invoice_get(cx, 0, o.invoice_id, &i));
	const struct payment_new paid = {w->a_id, i.id, i.balance_minor, "bank", "t1", "", "EUR"};
	testdb_ok(cx, payment_record(cx, &paid, &id, &is_new));
	testdb_ok(cx, service_invoice_paid(cx, i.id));
	testdb_ok(cx, queue_drain(&worker, &n));
	return items[0].service_id;
}

static inline int64_t paid_service(struct webtest *w, const char *plan_s)
{
	return paid_cycle(w, plan_s, "1m");
}

#endif
