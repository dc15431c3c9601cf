/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what is written, the jobs of their rules, once each; lists and filters. */
#include "unit/testdb.h"

#include "core/event/own.h"
#include "core/job/job.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

struct add {
	struct event event;
	int64_t id;
	bool fail;
};

static enum err add_body(struct cx *cx, void *arg)
{
	struct add *a = arg;

	TRY(event_add(cx, &a->event, &a->id));
	return a->fail ? fail(cx, ERR_CONFLICT, "test.fail", "on purpose") : OK;
}

static size_t jobs(struct cx *cx)
{
	json_t *list;

	testdb_ok(cx, job_list(cx, &(struct job_filter){.limit = 200}, &list));
	return json_array_size(list);
}

static size_t rules_of(const char *subject, const char *name)
{
	size_t n = 0;

	while (event_rule_nth(subject, name, n) != NULL)
		n++;
	return n;
}

static void writes_with_jobs(void **state)
{
	const struct event_rule *rule = &event_rules[0];
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct job j;
	json_t *list, *data = json_keep(cx, json_pack("{s:i}", "amount_minor", 1200));
	struct add a = {.event = {rule->subject, 7, rule->name, 3, data}};

	cx->actor = (struct actor){ACTOR_STAFF, 2, "Eva", "192.0.2.1"};
	testdb_ok(cx, db_tx(cx, add_body, &a));
	assert_true(a.id > 0);
	assert_int_equal(jobs(cx), rules_of(rule->subject, rule->name));
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_string_equal(j.kind, rule->job);
	assert_string_equal(j.key, arena_printf(cx->arena, "e%lld/%s", (long long)a.id, rule->job));
	assert_int_equal(j.subject_id, 7);
	assert_int_equal(j.client_id, 3);
	assert_int_equal(j.event_id, a.id);
	testdb_ok(cx, event_list(cx, &(struct event_filter){0}, &list));
	json_t *e = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(e, "at")), "2027-02-01T10:00:00Z");
	assert_string_equal(json_string_value(json_object_get(e, "actor_kind")), "staff");
	assert_string_equal(json_string_value(json_object_get(e, "actor_name")), "Eva");
	assert_string_equal(json_string_value(json_object_get(e, "ip")), "192.0.2.1");
	assert_string_equal(json_string_value(json_object_get(e, "trace")), "test");
	assert_int_equal(json_integer_value(
	                     json_object_get(json_object_get(e, "data"), "amount_minor")),
	    1200);
	testdb_close(t);
}

static void fails_with_its_fact(void **state)
{
	const struct event_rule *rule = &event_rules[0];
	struct testdb *t = testdb_open(*state);
	struct add a = {.event = {rule->subject, 7, rule->name, 0, NULL}, .fail = true};
	json_t *list;

	testdb_fails(&t->cx, db_tx(&t->cx, add_body, &a), ERR_CONFLICT, "test.fail");
	assert_int_equal(jobs(&t->cx), 0);
	testdb_ok(&t->cx, event_list(&t->cx, &(struct event_filter){0}, &list));
	assert_int_equal(json_array_size(list), 0);
	testdb_close(t);
}

static void lists(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	static const struct event events[] = {
	    {"test", 1, "create", 5, NULL},
	    {"test", 1, "change_100%", 5, NULL},
	    {"other", 2, "create", 0, NULL},
	};
	json_t *list;
	int64_t ids[3];

	for (size_t i = 0; i < 3; i++) {
		struct add a = {.event = events[i]};
		testdb_ok(cx, db_tx(cx, add_body, &a));
		ids[i] = a.id;
	}
	testdb_ok(cx, event_list(cx, &(struct event_filter){.after = ids[0]}, &list));
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "id")),
	    ids[1]);
	testdb_ok(cx, event_list(cx, &(struct event_filter){.newest = true, .limit = 1}, &list));
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "id")),
	    ids[2]);
	assert_true(json_is_null(json_object_get(json_array_get(list, 0), "client_id")));
	testdb_ok(cx,
	    event_list(cx, &(struct event_filter){.newest = true, .before = ids[2]}, &list));
	assert_int_equal(json_array_size(list), 2);
	testdb_ok(cx,
	    event_list(cx, &(struct event_filter){.client_id = 5, .name = "create"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx,
	    event_list(cx, &(struct event_filter){.subject = "other", .subject_id = 2}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, event_list(cx, &(struct event_filter){.q = "CHANGE_1"}, &list));
	assert_int_equal(json_array_size(list), 1);
	/* Signs of patterns are plain characters. */
	testdb_ok(cx, event_list(cx, &(struct event_filter){.q = "c%e"}, &list));
	assert_int_equal(json_array_size(list), 0);
	testdb_ok(cx, event_list(cx, &(struct event_filter){.q = "100%"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, event_list(cx, &(struct event_filter){.q = "%' OR 1=1 --"}, &list));
	assert_int_equal(json_array_size(list), 0);
	testdb_close(t);
}

#define MANY 1100

static enum err add_many(struct cx *cx, void *arg)
{
	struct event *e = ARENA_ARRAY(cx->arena, struct event, MANY);
	const struct event_rule *rule = &event_rules[0];
	json_t *data = json_keep(cx, json_pack("{s:s}", "why", "many"));

	for (size_t i = 0; i < MANY; i++)
		e[i] = i % 2 ?
		    (struct event){"nobody", (int64_t)i, "cares", 0, NULL} :
		    (struct event){rule->subject, (int64_t)i, rule->name, (int64_t)i + 1, data};
	return event_add_many(cx, e, MANY);
}

static void writes_many(void **state)
{
	const struct event_rule *rule = &event_rules[0];
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct add more = {.event = {"nobody", 1, "cares", 0, NULL}};
	json_t *list, *e;

	testdb_ok(cx, db_tx(cx, add_many, NULL));
	testdb_ok(cx,
	    event_list(cx,
	        &(struct event_filter){.newest = true, .subject = rule->subject, .limit = 1},
	        &list));
	e = json_array_get(list, 0);
	assert_int_equal(json_integer_value(json_object_get(e, "subject_id")), MANY - 2);
	assert_string_equal(json_string_value(json_object_get(json_object_get(e, "data"), "why")),
	    "many");
	/* The job of that event names it. */
	testdb_ok(cx,
	    job_list(cx, &(struct job_filter){.subject = rule->subject, .subject_id = MANY - 2},
	        &list));
	assert_int_equal(json_array_size(list), rules_of(rule->subject, rule->name));
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "event_id")),
	    json_integer_value(json_object_get(e, "id")));
	/* A single one still finds a free id afterwards. */
	testdb_ok(cx, db_tx(cx, add_body, &more));
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(writes_with_jobs),
	    TESTDB_BOTH(fails_with_its_fact),
	    TESTDB_BOTH(lists),
	    TESTDB_BOTH(writes_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
