/* SPDX-License-Identifier: Apache-2.0 */
/* Clients and contacts: creating, changing what may be changed, the life cycle, lists, views. */
#include "unit/testdb.h"

#include "core/client/own.h"
#include "core/setting/setting.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static const char *const anna =
    "{\"email\": \"Anna@Example.org\", \"first_name\": \"Anna\","
    " \"last_name\": \"Smith\", \"company\": \"Smith & Sons\", \"address\":"
    " \"5 Main Street\\nFloor 2\","
    " \"city\": \"Munich\", \"postcode\": \"80331\", \"state\": \"BY\", \"country\": \"de\"}";

static json_t *body(struct cx *cx, const char *text)
{
	json_t *tree;

	testdb_ok(cx, json_parse(cx, text, strlen(text), &tree));
	return tree;
}

static int64_t create(struct cx *cx, const char *text)
{
	struct client_input in;
	int64_t id;

	testdb_ok(cx, field_read(cx, &client_fields, body(cx, text), FIELD_JSON, &in));
	testdb_ok(cx, client_create(cx, &in, &id));
	return id;
}

static int64_t create_as(struct cx *cx, const char *email)
{
	struct client_input in;
	int64_t id;

	testdb_ok(cx, field_read(cx, &client_fields, body(cx, anna), FIELD_JSON, &in));
	in.email = email;
	testdb_ok(cx, client_create(cx, &in, &id));
	return id;
}

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
	struct client_input in;
	struct client c;
	int64_t other, id = create(cx, anna);

	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.email, "anna@example.org");
	assert_string_equal(c.country, "DE");
	assert_string_equal(c.region, "BY");
	assert_string_equal(c.currency, "EUR");
	assert_int_equal(c.state, CLIENT_ACTIVE);
	assert_null(c.password_hash);
	testdb_ok(cx, client_find_email(cx, "ANNA@EXAMPLE.ORG", &c));
	assert_int_equal(c.id, id);
	testdb_ok(cx, field_read(cx, &client_fields, body(cx, anna), FIELD_JSON, &in));
	fails_at(cx, client_create(cx, &in, &other), "email", "client.email_taken");
	in.email = "b@example.org";
	in.password = "short";
	fails_at(cx, client_create(cx, &in, &other), "password", "field.too_short");
	testdb_fails(cx, client_get(cx, id + 1, &c), ERR_NOT_FOUND, "client.none");
	assert_int_equal(field_read(cx, &client_fields,
	                     body(cx, "{\"email\": \"x\", \"status\": \"active\"}"), FIELD_JSON,
	                     &in),
	    ERR_INVALID);
	testdb_close(t);
}

static void signs_up(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct client_input in;
	struct client c;
	int64_t id;

	cx->actor.kind = ACTOR_VISITOR;
	testdb_ok(cx, client_get(cx, create(cx, anna), &c));
	assert_int_equal(c.state, CLIENT_ACTIVE);
	testdb_ok(cx, setting_put(cx, "signup.approval", "1"));
	testdb_ok(cx, client_get(cx, create_as(cx, "b@example.org"), &c));
	assert_int_equal(c.state, CLIENT_PENDING);
	testdb_ok(cx, setting_put(cx, "signup.open", "0"));
	testdb_ok(cx, field_read(cx, &client_fields, body(cx, anna), FIELD_JSON, &in));
	in.email = "c@example.org";
	testdb_fails(cx, client_create(cx, &in, &id), ERR_DENIED, "client.signup_closed");
	cx->actor.kind = ACTOR_STAFF;
	testdb_ok(cx, client_create(cx, &in, &id));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_int_equal(c.state, CLIENT_ACTIVE);
	testdb_close(t);
}

static void updates(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct client c;
	json_t *list;
	int64_t id = create(cx, anna);

	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"city\": \"Berlin\", \"company\": \"\"}"), FIELD_JSON,
	        &client_profile_fields));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.city, "Berlin");
	assert_string_equal(c.company, "");
	assert_string_equal(c.last_name, "Smith");
	testdb_ok(cx, event_list(cx, &(struct event_filter){.name = "update"}, &list));
	json_t *changed =
	    json_object_get(json_object_get(json_array_get(list, 0), "data"), "changed");
	assert_int_equal(json_object_size(changed), 2);
	assert_string_equal(json_string_value(json_array_get(json_object_get(changed, "city"), 0)),
	    "Munich");
	/* A client's own form has no way to what is staff's. */
	assert_int_equal(client_update(cx, id, body(cx, "{\"tax_exempt\": true}"), FIELD_JSON,
	                     &client_profile_fields),
	    ERR_INVALID);
	cx_clear(cx);
	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"tax_exempt\": \"1\", \"note\": \"x\"}"), FIELD_FORM,
	        &client_profile_fields));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_false(c.tax_exempt);
	assert_string_equal(c.note, "");
	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"tax_exempt\": true, \"note\": \"vip\"}"), FIELD_JSON,
	        &client_staff_fields));
	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"city\": \"Bonn\"}"), FIELD_JSON,
	        &client_staff_fields));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_true(c.tax_exempt);
	assert_string_equal(c.note, "vip");
	/* A form's unchecked box says no. */
	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"city\": \"Bonn\"}"), FIELD_FORM,
	        &client_staff_fields));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_false(c.tax_exempt);
	fails_at(cx,
	    client_update(cx, id, body(cx, "{\"city\": \"\"}"), FIELD_JSON, &client_profile_fields),
	    "city", "field.required");
	testdb_fails(cx, client_update(cx, 999, body(cx, "{}"), FIELD_JSON, &client_profile_fields),
	    ERR_NOT_FOUND, "client.none");
	testdb_close(t);
}

static void changes_address(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct client c;
	json_t *list;
	int64_t id = create(cx, anna);

	create_as(cx, "taken@example.org");
	testdb_fails(cx, client_verified(cx, id, "old@example.org"), ERR_CONFLICT,
	    "client.email_changed");
	testdb_ok(cx, client_verified(cx, id, "anna@example.org"));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_int_equal(c.email_verified_at, cx->now);
	fails_at(cx, client_set_email(cx, id, "Taken@example.org"), "email", "client.email_taken");
	fails_at(cx, client_set_email(cx, id, "nobody"), "email", "field.email");
	fails_at(cx, client_set_email(cx, id, ""), "email", "field.required");
	testdb_ok(cx, client_set_email(cx, id, "anna@new.example"));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.email, "anna@new.example");
	assert_int_equal(c.email_verified_at, 0);
	testdb_ok(cx, event_list(cx, &(struct event_filter){.name = "email"}, &list));
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(
	                        json_object_get(json_object_get(json_array_get(list, 0), "data"),
	                            "old")),
	    "anna@example.org");
	/* The same again is nothing. */
	testdb_ok(cx, client_set_email(cx, id, "ANNA@new.example"));
	testdb_ok(cx, event_list(cx, &(struct event_filter){.name = "email"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_close(t);
}

static void lives(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct client c;
	int64_t id = create(cx, anna);

	testdb_fails(cx, client_apply(cx, id, CLIENT_APPROVE, ""), ERR_CONFLICT, "client.refused");
	testdb_ok(cx, client_apply(cx, id, CLIENT_SUSPEND, "fraud"));
	testdb_fails(cx, client_apply(cx, id, CLIENT_SUSPEND, "fraud"), ERR_CONFLICT,
	    "client.refused");
	testdb_ok(cx, client_apply(cx, id, CLIENT_RESUME, ""));
	testdb_ok(cx, client_apply(cx, id, CLIENT_CLOSE, ""));
	assert_int_equal(client_apply(cx, id, CLIENT_APPROVE, ""), ERR_CONFLICT);
	char text[64];
	snprintf(text, sizeof text, "client %lld is closed: cannot approve", (long long)id);
	assert_string_equal(cx->fault.detail, text);
	cx_clear(cx);
	testdb_ok(cx, client_get(cx, id, &c));
	assert_int_equal(c.state, CLIENT_CLOSED);
	testdb_close(t);
}

static void lists_and_shows(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct client c;
	json_t *list, *view;
	int64_t id = create(cx, anna), second = create_as(cx, "zoe_1@example.net");

	testdb_ok(cx, client_list(cx, &(struct client_filter){0}, &list));
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "id")),
	    second);
	testdb_ok(cx, client_list(cx, &(struct client_filter){.after = second}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, client_list(cx, &(struct client_filter){.q = "E_1@"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, client_list(cx, &(struct client_filter){.q = " smith & "}, &list));
	assert_int_equal(json_array_size(list), 2);
	testdb_ok(cx, client_list(cx, &(struct client_filter){.q = "1"}, &list));
	assert_true(json_array_size(list) >= 1);
	testdb_ok(cx, client_list(cx, &(struct client_filter){.q = "%"}, &list));
	assert_int_equal(json_array_size(list), 0);
	testdb_ok(cx, client_list(cx, &(struct client_filter){.status = "closed"}, &list));
	assert_int_equal(json_array_size(list), 0);

	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"note\": \"pays late\"}"), FIELD_JSON,
	        &client_staff_fields));
	testdb_ok(cx, client_get(cx, id, &c));
	view = client_view(cx, &c);
	assert_string_equal(json_string_value(json_object_get(view, "name")), "Anna Smith");
	assert_string_equal(json_string_value(json_object_get(view, "state")), "BY");
	assert_string_equal(json_string_value(json_object_get(view, "status")), "active");
	assert_string_equal(json_string_value(json_object_get(view, "note")), "pays late");
	assert_true(json_is_null(json_object_get(view, "seen_at")));
	assert_null(json_object_get(view, "password_hash"));
	json_t *lines = json_object_get(view, "address_lines");
	assert_int_equal(json_array_size(lines), 5);
	assert_string_equal(json_string_value(json_array_get(lines, 2)), "80331 Munich");
	assert_string_equal(json_string_value(json_array_get(lines, 4)), "Germany");
	cx->actor = (struct actor){ACTOR_CLIENT, id, "Anna", ""};
	assert_true(json_is_null(json_object_get(client_view(cx, &c), "note")));
	json_t *party = json_keep(cx, client_party(&c));
	assert_string_equal(json_string_value(json_object_get(party, "company")), "Smith & Sons");
	assert_int_equal(json_object_size(party), 8);
	testdb_close(t);
}

static void has_contacts(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t id = create(cx, anna), other = create_as(cx, "b@example.org"), contact;
	json_t *bob = body(cx,
	    "{\"name\": \"Bob\", \"email\": \"bob@example.org\", \"letters\": \"invoice\"}");
	json_t *list;

	testdb_ok(cx, contact_save(cx, id, 0, bob, FIELD_JSON, &contact));
	testdb_ok(cx, contact_list(cx, id, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, contact_list(cx, other, &list));
	assert_int_equal(json_array_size(list), 0);
	/* Somebody else's contact is nobody. */
	testdb_fails(cx, contact_save(cx, other, contact, bob, FIELD_JSON, NULL), ERR_NOT_FOUND,
	    "contact.none");
	testdb_fails(cx, contact_remove(cx, other, contact), ERR_NOT_FOUND, "contact.none");
	testdb_fails(cx, contact_save(cx, 999, 0, bob, FIELD_JSON, NULL), ERR_NOT_FOUND,
	    "client.none");
	json_object_set_new(bob, "letters", json_string("everything"));
	fails_at(cx, contact_save(cx, id, contact, bob, FIELD_JSON, NULL), "letters",
	    "contact.letters");
	json_object_set_new(bob, "letters", json_string("invoice service"));
	testdb_ok(cx, contact_save(cx, id, contact, bob, FIELD_JSON, &contact));
	testdb_ok(cx, contact_list(cx, id, &list));
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "letters")),
	    "invoice service");
	testdb_ok(cx, contact_remove(cx, id, contact));
	testdb_fails(cx, contact_remove(cx, id, contact), ERR_NOT_FOUND, "contact.none");
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(creates),
	    TESTDB_BOTH(signs_up),
	    TESTDB_BOTH(updates),
	    TESTDB_BOTH(changes_address),
	    TESTDB_BOTH(lives),
	    TESTDB_BOTH(lists_and_shows),
	    TESTDB_BOTH(has_contacts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
