/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access: sessions, signing in, links that die when they must, tokens, rate limits, kept answers.
 */
#include "unit/testdb.h"

#include <sys/wait.h>

#include "core/access/own.h"
#include "unit/core/rules.h"

#define PASSWORD "correct horse"

struct world {
	struct testdb *t;
	struct cx *cx;
	int64_t client, staff;
};

static struct world opened(void **state)
{
	struct world w = {.t = testdb_open(*state)};
	struct client_input c = {.email = "anna@example.org",
	    .first_name = "Anna",
	    .last_name = "Smith",
	    .company = "",
	    .address = "5 Main Street",
	    .city = "Munich",
	    .postcode = "80331",
	    .state = "",
	    .country = "DE",
	    .phone = "",
	    .currency = "",
	    .tax_id = "",
	    .password = PASSWORD};
	struct role role;

	w.cx = &w.t->cx;
	crypto_password_fast(true);
	testdb_ok(w.cx, role_seed(w.cx));
	testdb_ok(w.cx, role_find(w.cx, "owner", &role));
	struct staff_input s = {"eva@example.com", "Eva", PASSWORD, role.id}, spare = s;
	spare.email = "other@example.com";
	testdb_ok(w.cx, client_create(w.cx, &c, &w.client));
	testdb_ok(w.cx, staff_create(w.cx, &s, &w.staff));
	/* Another owner, so that the first may go. */
	int64_t other;
	testdb_ok(w.cx, staff_create(w.cx, &spare, &other));
	return w;
}

static size_t events(struct cx *cx, const char *name)
{
	json_t *list;

	testdb_ok(cx, event_list(cx, &(struct event_filter){.name = name}, &list));
	return json_array_size(list);
}

static char *open_session(struct world *w, enum session_kind kind, const struct session *old)
{
	char *token;

	testdb_ok(w->cx,
	    session_open(w->cx, kind,
	        kind == SESSION_STAFF      ? w->staff :
	            kind == SESSION_CLIENT ? w->client :
	                                     0,
	        old, "Firefox", &token));
	return token;
}

static void is_out(struct world *w, const char *token, enum session_kind kind)
{
	struct session s;

	testdb_fails(w->cx, session_get(w->cx, token, kind, &s), ERR_NOT_FOUND, "session.none");
}

static void has_sessions(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	struct session s, visitor;
	char *before = open_session(&w, SESSION_VISITOR, NULL), *token;
	json_t *list;

	testdb_ok(cx, session_get(cx, before, SESSION_VISITOR, &visitor));
	testdb_ok(cx, session_set_cart(cx, visitor.id, "[1]"));
	testdb_ok(cx, session_get(cx, before, SESSION_VISITOR, &visitor));
	token = open_session(&w, SESSION_CLIENT, &visitor);
	is_out(&w, before, SESSION_VISITOR);
	testdb_ok(cx, session_get(cx, token, SESSION_CLIENT, &s));
	assert_string_equal(s.cart, "[1]");
	assert_string_equal(s.agent, "Firefox");
	assert_string_equal(s.client.email, "anna@example.org");
	assert_string_not_equal(s.csrf, visitor.csrf);
	/* Kinds do not mix, and what is stored is no token. */
	is_out(&w, token, SESSION_STAFF);
	is_out(&w, access_hash(cx->arena, token), SESSION_CLIENT);
	is_out(&w, "", SESSION_CLIENT);
	is_out(&w, NULL, SESSION_CLIENT);
	testdb_ok(cx, session_list(cx, SESSION_CLIENT, w.client, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, session_close(cx, s.id));
	is_out(&w, token, SESSION_CLIENT);
	testdb_close(w.t);
}

static void expires(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	struct session s;
	int64_t start = cx->now, removed;
	char *client = open_session(&w, SESSION_CLIENT, NULL),
	     *staff = open_session(&w, SESSION_STAFF, NULL);

	cx->now = start + 12 * 3600 - 1;
	testdb_ok(cx, session_get(cx, staff, SESSION_STAFF, &s));
	assert_string_equal(s.staff.role_key, "owner");
	testdb_ok(cx, session_touch(cx, &s));
	cx->now = start + 24 * 3600 - 2;
	testdb_ok(cx, session_get(cx, staff, SESSION_STAFF, &s));
	cx->now += 1;
	is_out(&w, staff, SESSION_STAFF);
	cx->now = start + 14 * 86400 - 1;
	testdb_ok(cx, session_get(cx, client, SESSION_CLIENT, &s));
	cx->now += 1;
	is_out(&w, client, SESSION_CLIENT);
	testdb_ok(cx, access_sweep(cx, &removed));
	assert_int_equal(removed, 2);
	testdb_close(w.t);
}

static void signs_in(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	struct client c;
	struct staff s;

	testdb_ok(cx, access_sign_in_client(cx, "ANNA@example.org", PASSWORD, &c));
	assert_int_equal(c.id, w.client);
	assert_int_equal(events(cx, "sign_in"), 1);
	testdb_fails(cx, access_sign_in_client(cx, "anna@example.org", "wrong", &c), ERR_DENIED,
	    "access.denied");
	testdb_fails(cx, access_sign_in_client(cx, "nobody@example.org", PASSWORD, &c), ERR_DENIED,
	    "access.denied");
	testdb_fails(cx, access_sign_in_client(cx, "eva@example.com", PASSWORD, &c), ERR_DENIED,
	    "access.denied");
	testdb_ok(cx, access_sign_in_staff(cx, "eva@example.com", PASSWORD, &s));
	testdb_fails(cx, access_sign_in_staff(cx, "anna@example.org", PASSWORD, &s), ERR_DENIED,
	    "access.denied");
	testdb_ok(cx, client_apply(cx, w.client, CLIENT_SUSPEND, ""));
	testdb_fails(cx, access_sign_in_client(cx, "anna@example.org", PASSWORD, &c), ERR_DENIED,
	    "access.denied");
	testdb_ok(cx, staff_apply(cx, w.staff, STAFF_SUSPEND, ""));
	testdb_fails(cx, access_sign_in_staff(cx, "eva@example.com", PASSWORD, &s), ERR_DENIED,
	    "access.denied");
	testdb_close(w.t);
}

/* SEC-09: from the next request on, and not back after a resumption. */
static void SEC_09_ends_with_the_account(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	char *client = open_session(&w, SESSION_CLIENT, NULL),
	     *staff = open_session(&w, SESSION_STAFF, NULL);
	char *link, *api, *token;
	const char *scopes;
	struct staff s;

	testdb_ok(cx, access_one_time(cx, "reset", "client", w.client, &link));
	testdb_ok(cx, client_apply(cx, w.client, CLIENT_SUSPEND, ""));
	is_out(&w, client, SESSION_CLIENT);
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	testdb_fails(cx, access_one_time(cx, "reset", "client", w.client, &token), ERR_CONFLICT,
	    "access.refused");
	testdb_fails(cx, session_open(cx, SESSION_CLIENT, w.client, NULL, "", &token),
	    ERR_NOT_FOUND, "session.none");
	testdb_ok(cx, client_apply(cx, w.client, CLIENT_RESUME, ""));
	is_out(&w, client, SESSION_CLIENT);
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");

	testdb_ok(cx, access_one_time(cx, "reset", "staff", w.staff, &link));
	testdb_ok(cx, token_create(cx, w.staff, "ci", "client.read", 30, &api));
	testdb_ok(cx, staff_apply(cx, w.staff, STAFF_SUSPEND, ""));
	is_out(&w, staff, SESSION_STAFF);
	testdb_fails(cx, token_get(cx, api, &s, &scopes), ERR_NOT_FOUND, "token.none");
	testdb_ok(cx, staff_apply(cx, w.staff, STAFF_RESUME, ""));
	is_out(&w, staff, SESSION_STAFF);
	testdb_fails(cx, token_get(cx, api, &s, &scopes), ERR_NOT_FOUND, "token.none");
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	testdb_close(w.t);
}

/* SEC-08 */
static void SEC_08_resets_once(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	char *session = open_session(&w, SESSION_CLIENT, NULL), *old, *link;
	struct client c;

	testdb_ok(cx, access_reset_request(cx, SESSION_CLIENT, "nobody@example.org"));
	assert_int_equal(events(cx, "reset_request"), 0);
	assert_null(cx->fault.key);
	testdb_ok(cx, access_reset_request(cx, SESSION_CLIENT, "Anna@example.org"));
	assert_int_equal(events(cx, "reset_request"), 1);
	testdb_ok(cx, access_one_time(cx, "reset", "client", w.client, &old));
	testdb_ok(cx, access_one_time(cx, "reset", "client", w.client, &link));
	testdb_fails(cx, access_reset(cx, old, "quite another"), ERR_INVALID, "access.link");
	testdb_fails(cx, access_verify(cx, link), ERR_INVALID, "access.link");
	/* A password that is refused does not use the link up. */
	assert_int_equal(access_reset(cx, link, "short"), ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, "password");
	cx_clear(cx);
	testdb_ok(cx, access_reset(cx, link, "quite another"));
	is_out(&w, session, SESSION_CLIENT);
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	testdb_ok(cx, access_sign_in_client(cx, "anna@example.org", "quite another", &c));
	testdb_fails(cx, access_sign_in_client(cx, "anna@example.org", PASSWORD, &c), ERR_DENIED,
	    "access.denied");
	testdb_close(w.t);
}

static void links_die(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	char *link;

	/* by a newer request */
	testdb_ok(cx, access_one_time(cx, "reset", "client", w.client, &link));
	testdb_ok(cx, access_reset_request(cx, SESSION_CLIENT, "anna@example.org"));
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	/* by a new password */
	testdb_ok(cx, access_one_time(cx, "reset", "client", w.client, &link));
	testdb_ok(cx, client_set_password(cx, w.client, "something else"));
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	/* by a new address */
	testdb_ok(cx, access_one_time(cx, "reset", "client", w.client, &link));
	testdb_ok(cx, client_set_email(cx, w.client, "anna@new.example"));
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	/* by age */
	testdb_ok(cx, access_one_time(cx, "reset", "client", w.client, &link));
	cx->now += 3600;
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	/* of staff, by a new password */
	testdb_ok(cx, access_one_time(cx, "reset", "staff", w.staff, &link));
	testdb_ok(cx, staff_set_password(cx, w.staff, "something else"));
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	testdb_fails(cx, access_reset(cx, "", "quite another"), ERR_INVALID, "access.link");
	testdb_fails(cx, access_reset(cx, NULL, "quite another"), ERR_INVALID, "access.link");
	testdb_close(w.t);
}

static void verifies(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	struct client c;
	char *link;

	testdb_ok(cx, access_verify_request(cx, w.client));
	assert_int_equal(events(cx, "verify_request"), 1);
	testdb_ok(cx, access_one_time(cx, "verify", "client", w.client, &link));
	testdb_fails(cx, access_reset(cx, link, "quite another"), ERR_INVALID, "access.link");
	cx->now += 7 * 86400 - 1;
	testdb_ok(cx, access_verify(cx, link));
	testdb_ok(cx, client_get(cx, w.client, &c));
	assert_int_equal(c.email_verified_at, cx->now);
	testdb_fails(cx, access_verify(cx, link), ERR_INVALID, "access.link");
	testdb_fails(cx, access_verify_request(cx, w.client), ERR_CONFLICT, "access.verified");
	testdb_close(w.t);
}

static void has_tokens(void **state)
{
	struct world w = opened(state);
	struct cx *cx = w.cx;
	struct staff_input in = {"eva@example.com", "Eva", "", 0};
	struct staff s;
	struct role role;
	const char *scopes;
	char *token, *none;
	json_t *list;

	testdb_ok(cx, token_create(cx, w.staff, "ci", "client.* invoice.read", 30, &token));
	assert_int_equal(strlen(token), 46);
	assert_memory_equal(token, "bh_", 3);
	testdb_ok(cx, token_get(cx, token, &s, &scopes));
	assert_int_equal(s.id, w.staff);
	assert_string_equal(scopes, "client.read client.write client.signin invoice.read");
	testdb_fails(cx, token_get(cx, "bh_nothing", &s, &scopes), ERR_NOT_FOUND, "token.none");
	/* A GET request may not write, but may use the token. */
	cx->now += 120;
	db_set_mode(cx->db, DB_READ_ONLY);
	testdb_ok(cx, token_get(cx, token, &s, &scopes));
	assert_null(cx->fault.key);
	db_set_mode(cx->db, DB_READ_WRITE);
	/* A lesser role lessens the token at once. */
	testdb_ok(cx, role_find(cx, "readonly", &role));
	in.role_id = role.id;
	testdb_ok(cx, staff_update(cx, w.staff, &in));
	testdb_ok(cx, token_get(cx, token, &s, &scopes));
	assert_string_equal(scopes, "client.read invoice.read");
	assert_int_equal(token_create(cx, w.staff, "x", "staff.write", 30, &none), ERR_INVALID);
	assert_string_equal(cx->fault.fields->key, "token.above");
	cx_clear(cx);
	assert_int_equal(token_create(cx, w.staff, "x", "fly", 30, &none), ERR_INVALID);
	cx_clear(cx);
	assert_int_equal(token_create(cx, w.staff, "", "client.read", 30, &none), ERR_INVALID);
	cx_clear(cx);
	assert_int_equal(token_create(cx, w.staff, "x", "client.read", 0, &none), ERR_INVALID);
	cx_clear(cx);
	testdb_ok(cx, token_list(cx, w.staff, &list));
	assert_int_equal(json_array_size(list), 1);
	int64_t id = json_integer_value(json_object_get(json_array_get(list, 0), "id"));
	testdb_fails(cx, token_revoke(cx, w.staff + 1, id), ERR_NOT_FOUND, "token.none");
	testdb_ok(cx, token_revoke(cx, w.staff, id));
	testdb_fails(cx, token_get(cx, token, &s, &scopes), ERR_NOT_FOUND, "token.none");
	testdb_ok(cx, token_create(cx, w.staff, "day", "client.read", 1, &token));
	cx->now += 86400;
	testdb_fails(cx, token_get(cx, token, &s, &scopes), ERR_NOT_FOUND, "token.none");
	testdb_close(w.t);
}

static void throttles(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;

	for (int i = 0; i < 3; i++)
		testdb_ok(cx, throttle_count(cx, "login/ip/192.0.2.1", 3, 600));
	assert_int_equal(throttle_count(cx, "login/ip/192.0.2.1", 3, 600), ERR_DENIED);
	assert_string_equal(cx->fault.key, "access.too_many");
	assert_non_null(strstr(cx->fault.detail, "10 minutes"));
	cx_clear(cx);
	testdb_ok(cx, throttle_count(cx, "login/ip/192.0.2.2", 3, 600));
	cx->now += 599;
	testdb_fails(cx, throttle_count(cx, "login/ip/192.0.2.1", 3, 600), ERR_DENIED,
	    "access.too_many");
	cx->now += 1;
	testdb_ok(cx, throttle_count(cx, "login/ip/192.0.2.1", 3, 600));
	testdb_ok(cx, throttle_count(cx, "x", 1, 600));
	testdb_ok(cx, throttle_clear(cx, "x"));
	testdb_ok(cx, throttle_count(cx, "x", 1, 600));
	testdb_close(t);
}

#define RIVALS 4
#define RIVAL_USES 10

static void rival(const struct testdb *t)
{
	struct cx cx;
	int passed = 0;

	testdb_connect(t, &cx);
	for (int i = 0; i < RIVAL_USES; i++)
		passed += throttle_count(&cx, "shared", 15, 600) == OK;
	_exit(passed);
}

static void counts_all(void **state)
{
	struct testdb *t = testdb_open(*state);
	pid_t pids[RIVALS];
	int passed = 0, status;

	db_close(t->cx.db);
	for (int i = 0; i < RIVALS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			rival(t);
	}
	for (int i = 0; i < RIVALS; i++) {
		waitpid(pids[i], &status, 0);
		assert_true(WIFEXITED(status));
		passed += WEXITSTATUS(status);
	}
	testdb_ok(&t->cx, db_open(&t->cx, t->url, &t->cx.db));
	assert_int_equal(passed, 15);
	testdb_close(t);
}

static void replays(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	const struct replay r = {"staff/1", "k", "hash"}, other = {"staff/1", "k", "other"},
	                    foreign = {"staff/2", "k", "other"};
	const char *kept = NULL;
	int status = 0;
	int64_t removed;

	testdb_ok(cx, replay_begin(cx, &r, &status, &kept));
	testdb_fails(cx, replay_begin(cx, &r, &status, &kept), ERR_CONFLICT, "replay.busy");
	testdb_fails(cx, replay_begin(cx, &other, &status, &kept), ERR_CONFLICT,
	    "replay.different");
	testdb_ok(cx, replay_begin(cx, &foreign, &status, &kept));
	assert_int_equal(status, 0);
	cx->now += 61;
	testdb_ok(cx, replay_begin(cx, &r, &status, &kept));
	testdb_fails(cx, replay_begin(cx, &r, &status, &kept), ERR_CONFLICT, "replay.busy");
	testdb_ok(cx, replay_end(cx, &r, 201, "{\"id\":1}"));
	testdb_fails(cx, replay_end(cx, &r, 500, ""), ERR_CONFLICT, "replay.lost");
	testdb_fails(cx, replay_begin(cx, &r, &status, &kept), ERR_CONFLICT, "replay.kept");
	assert_int_equal(status, 201);
	assert_string_equal(kept, "{\"id\":1}");
	testdb_fails(cx, replay_begin(cx, &other, &status, &kept), ERR_CONFLICT,
	    "replay.different");
	cx->now += 30 * 86400;
	testdb_ok(cx, access_sweep(cx, &removed));
	assert_int_equal(removed, 2);
	testdb_ok(cx, replay_begin(cx, &other, &status, &kept));
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(has_sessions),
	    TESTDB_BOTH(expires),
	    TESTDB_BOTH(signs_in),
	    TESTDB_BOTH(SEC_09_ends_with_the_account),
	    TESTDB_BOTH(SEC_08_resets_once),
	    TESTDB_BOTH(links_die),
	    TESTDB_BOTH(verifies),
	    TESTDB_BOTH(has_tokens),
	    TESTDB_BOTH(throttles),
	    TESTDB_BOTH(counts_all),
	    TESTDB_BOTH(replays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
