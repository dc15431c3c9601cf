/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_WEB_OFFERS_H
#define UNIT_WEB_OFFERS_H

/* What the tests of coupons and of changes share: plans and days, pages seen as JSON. */
#include "webtest.h"

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

#endif
