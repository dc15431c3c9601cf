/* SPDX-License-Identifier: Apache-2.0 */
/* What staff may do in the place of others: look as a client, name programs to run. */
#include "unit/web/webtest.h"

#include "core/event/event.h"

#define POST(w, path, form) web_client_form(&(w)->owner, path, form)

/* "/admin/clients/7/sign-in" */
static const char *sign_in(struct webtest *w)
{
	return arena_printf(w->owner.arena, "/admin/clients/%lld/sign-in", (long long)w->a_id);
}

static void staff_sign_in_as_client_is_logged(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	json_t *events;
	POST(w, sign_in(w), "");
	assert_status(&w->owner, 303);
	assert_string_equal(w->owner.location, "/client");
	const struct event_filter f = {.subject = "client",
	    .subject_id = w->a_id,
	    .name = "staff_sign_in",
	    .newest = true,
	    .limit = 1};
	testdb_ok(cx, event_list(cx, &f, &events));
	assert_int_equal(json_array_size(events), 1);
	/* The staff session goes on beside the client's. */
	web_client_call(&w->owner, "GET", "/admin/clients", NULL);
	assert_status(&w->owner, 200);
	web_client_call(&w->owner, "GET", "/client", NULL);
	assert_status(&w->owner, 200);
	assert_non_null(strstr(w->owner.body, "You are signed in as <strong>Anna"));
	/* In the shop, too: what is ordered there is the client's. */
	web_client_call(&w->owner, "GET", "/", NULL);
	assert_non_null(strstr(w->owner.body, "action=\"/client/leave\""));
	POST(w, "/client/leave", "");
	assert_status(&w->owner, 303);
	assert_string_equal(w->owner.location,
	    arena_printf(cx->arena, "/admin/clients/%lld", (long long)w->a_id));
	struct event_filter left = f;
	left.name = "staff_sign_out";
	testdb_ok(cx, event_list(cx, &left, &events));
	assert_int_equal(json_array_size(events), 1);
	web_client_call(&w->owner, "GET", "/client", NULL);
	assert_status(&w->owner, 303);
	web_client_call(&w->owner, "GET", "/admin/clients", NULL);
	assert_status(&w->owner, 200);
	assert_null(strstr(w->owner.body, "action=\"/client/leave\""));
	webtest_close(w);
}

/* The client's own session knows no banner; a staff member who is gone takes his with him. */
static void looking_as_a_client_ends_with_the_staff_member(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	web_client_call(&w->a, "GET", "/client", NULL);
	assert_null(strstr(w->a.body, "action=\"/client/leave\""));
	POST(w, sign_in(w), "");
	web_client_call(&w->owner, "GET", "/client", NULL);
	assert_status(&w->owner, 200);
	struct staff owner;
	webtest_staff(w, "second@example.com", "owner");
	testdb_ok(cx, staff_find_email(cx, "owner@example.com", &owner));
	testdb_ok(cx, staff_apply(cx, owner.id, STAFF_SUSPEND, "left"));
	web_client_call(&w->owner, "GET", "/client", NULL);
	assert_status(&w->owner, 303);
	web_client_call(&w->a, "GET", "/client", NULL);
	assert_status(&w->a, 200);
	webtest_close(w);
}

/* Only what stands within the folders of the config file, however it is spelled. */
static void programs_of_a_server_stand_where_the_config_says(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const char *const refused[] = {"%2Fbin%2Fsh", "bin%2Fsh",
	    TEST_ROOT "%2Fexec%2F..%2Fdev", TEST_ROOT "%2Fexec%2Fnone", TEST_ROOT "%2Fexec"};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		w->web.exec_folders = i == 0 ? NULL : TEST_ROOT "/exec";
		POST(w, "/admin/servers",
		    arena_printf(w->owner.arena, "provider=exec&key=x&name=X&path=%s", refused[i]));
		assert_status(&w->owner, 422);
		assert_non_null(strstr(w->owner.body, "id=\"field-path-error\""));
		web_client_call(&w->api, "POST", "/api/v1/servers",
		    "{\"provider\":\"exec\",\"key\":\"x\",\"name\":\"X\",\"settings\":{\"path\":"
		    "\"/bin/sh\"}}");
		assert_status(&w->api, 422);
		assert_non_null(strstr(w->api.body, "exec.folder"));
	}
	POST(w, "/admin/servers",
	    "provider=exec&key=x&name=X&path=" TEST_ROOT "%2Fexec%2F.%2Fsample-panel.sh");
	assert_status(&w->owner, 303);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest all[] = {
	    TESTDB_BOTH(staff_sign_in_as_client_is_logged),
	    TESTDB_BOTH(looking_as_a_client_ends_with_the_staff_member),
	    TESTDB_BOTH(programs_of_a_server_stand_where_the_config_says),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
