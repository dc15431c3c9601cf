/* SPDX-License-Identifier: Apache-2.0 */
/* Staff: permissions, roles, nobody above himself, the last owner, the life cycle. */
#include "unit/testdb.h"

#include "core/staff/own.h"
#include "unit/core/rules.h"

static int64_t role(struct cx *cx, const char *key)
{
	struct role r;

	testdb_ok(cx, role_find(cx, key, &r));
	return r.id;
}

static int64_t person(struct cx *cx, const char *email, const char *role_key)
{
	struct staff_input in = {email, "Some One", "long enough 1", role(cx, role_key)};
	int64_t id;

	testdb_ok(cx, staff_create(cx, &in, &id));
	return id;
}

static void as(struct cx *cx, int64_t staff_id)
{
	cx->actor = (struct actor){ACTOR_STAFF, staff_id, "Somebody", "192.0.2.1"};
}

static struct testdb *opened(void **state)
{
	struct testdb *t = testdb_open(*state);

	crypto_password_fast(true);
	testdb_ok(&t->cx, role_seed(&t->cx));
	testdb_ok(&t->cx, role_seed(&t->cx));
	return t;
}

static void fails_at(struct cx *cx, enum err got, const char *name, const char *key)
{
	assert_int_equal(got, ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, name);
	assert_string_equal(cx->fault.fields->key, key);
	cx_clear(cx);
}

static void knows_permissions(void **state)
{
	struct arena *a = arena_new(1 << 20);

	assert_true(permission_has("*", "setting.write"));
	assert_true(permission_has("client.read  invoice.*", "invoice.write"));
	assert_false(permission_has("invoice.*", "invoices.read"));
	assert_false(permission_has("invoice", "invoice.read"));
	assert_false(permission_has("invoice.rea", "invoice.read"));
	assert_false(permission_has("", "invoice.read"));
	assert_true(permission_covers("*", "*"));
	assert_false(permission_covers("client.* invoice.*", "*"));
	assert_true(permission_covers("client.*", "client.read client.write"));
	assert_false(permission_covers("client.read", "client.*"));
	assert_null(permission_wrong(a, "client.read\ninvoice.* *"));
	assert_string_equal(permission_wrong(a, "client.read client.fly"), "client.fly");
	assert_string_equal(permission_wrong(a, "nothing.*"), "nothing.*");
	assert_string_equal(permission_common(a, "*", "*"), "*");
	assert_string_equal(permission_common(a, "*", "invoice.*"), "invoice.read invoice.write");
	assert_string_equal(permission_common(a, "client.read", "invoice.*"), "");
	arena_free(a);
}

static void creates(void **state)
{
	struct testdb *t = opened(state);
	struct cx *cx = &t->cx;
	int64_t n, id = person(cx, "Eva@Example.com", "owner"), other;
	struct staff s;
	json_t *list;

	testdb_ok(cx, staff_get(cx, id, &s));
	assert_string_equal(s.email, "eva@example.com");
	assert_string_equal(s.role_key, "owner");
	assert_string_equal(s.permissions, "*");
	assert_true(crypto_password_check(s.password_hash, "long enough 1"));
	testdb_ok(cx, staff_find_email(cx, "EVA@example.com", &s));
	assert_int_equal(s.id, id);
	testdb_fails(cx, staff_find_email(cx, "eve@example.com", &s), ERR_NOT_FOUND, "staff.none");
	testdb_ok(cx, staff_count(cx, &n));
	assert_int_equal(n, 1);
	struct staff_input in = {"eva@example.com", "Two", "long enough 1", s.role_id};
	fails_at(cx, staff_create(cx, &in, &other), "email", "staff.email_taken");
	in.email = "b@example.com";
	in.password = "short";
	fails_at(cx, staff_create(cx, &in, &other), "password", "field.too_short");
	in.password = "long enough 1";
	in.role_id = 999;
	fails_at(cx, staff_create(cx, &in, &other), "role_id", "role.none");
	testdb_ok(cx, staff_list(cx, &list));
	assert_int_equal(json_array_size(list), 1);
	assert_null(json_object_get(json_array_get(list, 0), "password_hash"));
	testdb_ok(cx, role_list(cx, &list));
	assert_int_equal(json_array_size(list), 5);
	testdb_close(t);
}

static void stays_below(void **state)
{
	struct testdb *t = opened(state);
	struct cx *cx = &t->cx;
	int64_t owner = person(cx, "o@example.com", "owner"), id;
	int64_t manager = person(cx, "m@example.com", "manager");
	int64_t support = person(cx, "s@example.com", "support");
	struct staff_input in = {"new@example.com", "New", "long enough 1", role(cx, "owner")};

	as(cx, manager);
	testdb_fails(cx, staff_create(cx, &in, &id), ERR_DENIED, "staff.above");
	in.role_id = role(cx, "readonly");
	testdb_ok(cx, staff_create(cx, &in, &id));
	/* Neither raise somebody else nor oneself, nor touch who has more. */
	in.role_id = role(cx, "owner");
	testdb_fails(cx, staff_update(cx, id, &in), ERR_DENIED, "staff.above");
	testdb_fails(cx, staff_update(cx, manager, &in), ERR_DENIED, "staff.above");
	in.role_id = role(cx, "readonly");
	testdb_fails(cx, staff_update(cx, owner, &in), ERR_DENIED, "staff.above");
	testdb_fails(cx, staff_apply(cx, owner, STAFF_SUSPEND, ""), ERR_DENIED, "staff.above");
	testdb_fails(cx, staff_set_password(cx, owner, "long enough 2"), ERR_DENIED, "staff.above");
	testdb_ok(cx, staff_apply(cx, support, STAFF_SUSPEND, "left"));
	/* A visitor, even by mistake, may nothing of this. */
	cx->actor = (struct actor){ACTOR_VISITOR, 0, "", ""};
	testdb_fails(cx, staff_apply(cx, manager, STAFF_CLOSE, ""), ERR_DENIED, "staff.above");
	testdb_close(t);
}

static void keeps_an_owner(void **state)
{
	struct testdb *t = opened(state);
	struct cx *cx = &t->cx;
	int64_t owner = person(cx, "o@example.com", "owner"), second;
	struct staff_input in = {"o@example.com", "O", "", role(cx, "manager")};

	testdb_fails(cx, staff_apply(cx, owner, STAFF_CLOSE, ""), ERR_CONFLICT, "staff.last_owner");
	testdb_fails(cx, staff_update(cx, owner, &in), ERR_CONFLICT, "staff.last_owner");
	second = person(cx, "p@example.com", "owner");
	as(cx, second);
	testdb_fails(cx, staff_apply(cx, second, STAFF_SUSPEND, ""), ERR_CONFLICT, "staff.self");
	testdb_ok(cx, staff_apply(cx, owner, STAFF_SUSPEND, "gone"));
	testdb_fails(cx, staff_apply(cx, owner, STAFF_SUSPEND, "gone"), ERR_CONFLICT,
	    "staff.refused");
	testdb_ok(cx, staff_apply(cx, owner, STAFF_RESUME, ""));
	testdb_ok(cx, staff_apply(cx, owner, STAFF_CLOSE, ""));
	testdb_fails(cx, staff_apply(cx, owner, STAFF_RESUME, ""), ERR_CONFLICT, "staff.refused");
	testdb_close(t);
}

static void updates(void **state)
{
	struct testdb *t = opened(state);
	struct cx *cx = &t->cx;
	int64_t id = person(cx, "a@example.com", "support");
	struct staff_input in = {"a@example.com", "New Name", "", role(cx, "billing")};
	struct staff s;
	json_t *list;

	testdb_ok(cx, staff_update(cx, id, &in));
	testdb_ok(cx, staff_get(cx, id, &s));
	assert_string_equal(s.name, "New Name");
	assert_string_equal(s.role_key, "billing");
	assert_true(crypto_password_check(s.password_hash, "long enough 1"));
	testdb_ok(cx,
	    event_list(cx, &(struct event_filter){.subject = "staff", .name = "update"}, &list));
	json_t *changed =
	    json_object_get(json_object_get(json_array_get(list, 0), "data"), "changed");
	assert_string_equal(json_string_value(json_array_get(json_object_get(changed, "role"), 1)),
	    "billing");
	in.password = "quite another";
	testdb_ok(cx, staff_update(cx, id, &in));
	testdb_ok(cx, staff_get(cx, id, &s));
	assert_true(crypto_password_check(s.password_hash, "quite another"));
	testdb_fails(cx, staff_update(cx, 999, &in), ERR_NOT_FOUND, "staff.none");
	testdb_ok(cx, staff_seen(cx, id));
	testdb_ok(cx, staff_get(cx, id, &s));
	assert_int_equal(s.seen_at, cx->now);
	testdb_close(t);
}

static void saves_roles(void **state)
{
	struct testdb *t = opened(state);
	struct cx *cx = &t->cx;
	struct role in = {0, "sales", "Sales", "order.* client.read"};
	int64_t id, manager = person(cx, "m@example.com", "manager");
	struct role r;

	testdb_ok(cx, role_save(cx, 0, &in, &id));
	in.permissions = "order.fly";
	fails_at(cx, role_save(cx, id, &in, NULL), "permissions", "role.permission");
	in.permissions = "order.*";
	in.key = "billing";
	fails_at(cx, role_save(cx, id, &in, NULL), "key", "role.key_taken");
	in.key = "sales";
	as(cx, manager);
	testdb_ok(cx, role_save(cx, id, &in, NULL));
	testdb_ok(cx, role_get(cx, id, &r));
	assert_string_equal(r.permissions, "order.*");
	in.permissions = "order.* staff.write";
	testdb_fails(cx, role_save(cx, id, &in, NULL), ERR_DENIED, "staff.above");
	in = (struct role){0, "owner", "Owner", "order.*"};
	testdb_fails(cx, role_save(cx, role(cx, "owner"), &in, NULL), ERR_CONFLICT, "role.fixed");
	testdb_fails(cx, role_save(cx, 999, &(struct role){0, "x", "X", ""}, NULL), ERR_NOT_FOUND,
	    "role.none");
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_permissions),
	    TESTDB_BOTH(creates),
	    TESTDB_BOTH(stays_below),
	    TESTDB_BOTH(keeps_an_owner),
	    TESTDB_BOTH(updates),
	    TESTDB_BOTH(saves_roles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
