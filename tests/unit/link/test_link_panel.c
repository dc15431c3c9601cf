/* SPDX-License-Identifier: Apache-2.0 */
/* The panels: the sandbox's against a played server, exec's against small programs. */
#include <sys/stat.h>
#include <unistd.h>

#include "unit/link/scene.h"

#define ARGS \
	"{\"key\":\"svc-7\",\"domain\":\"a.example\",\"username\":\"a7\",\"package\":\"S\"," \
	"\"email\":\"e@example.com\"}"
#define ACCOUNT \
	"{\"key\":\"svc-7\",\"domain\":\"a.example\",\"username\":\"a7\",\"state\":\"active\"}"

static void create(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"POST /panel/create HTTP",
	        {"Bearer s3cret", "\"key\":\"svc-7\"", "\"domain\":\"a.example\"",
	            "\"package\":\"S\""},
	        REPLY("201 Created", ACCOUNT)},
	    /* there already, ours */
	    {"POST /panel/create HTTP", {0}, REPLY("409 Conflict", "{\"error\":\"exists\"}")},
	    {"GET /panel/accounts/svc-7 HTTP", {"Bearer s3cret"}, REPLY("200 OK", ACCOUNT)},
	    /* there already, somebody else's */
	    {"POST /panel/create HTTP", {0}, REPLY("409 Conflict", "{\"error\":\"exists\"}")},
	    {"GET /panel/accounts/svc-7 HTTP", {0},
	        REPLY("200 OK", "{\"domain\":\"b.example\",\"state\":\"active\"}")},
	    /* there already, and then silence */
	    {"POST /panel/create HTTP", {0}, REPLY("409 Conflict", "{\"error\":\"exists\"}")},
	    {"GET /panel/accounts/svc-7 HTTP", {0}, NULL},
	    {"POST ", {0}, REPLY("422 No", "{\"error\":\"name_taken\"}")},
	    {"POST ", {0}, REPLY("403 No", "{\"error\":\"wrong secret\"}")},
	    {"POST ", {0}, REPLY("500 Oops", "{\"error\":\"disk\"}")},
	    {"POST ", {0}, NULL},
	    {"POST ", {0}, ""},
	};
	static const struct {
		enum outcome outcome;
		const char *reason;
	} wanted[] = {
	    {OUTCOME_DONE, ""},
	    {OUTCOME_DONE, ""},
	    {OUTCOME_DECLINED, "another account"},
	    {OUTCOME_UNKNOWN, ""},
	    {OUTCOME_DECLINED, "name_taken"},
	    {OUTCOME_DECLINED, "wrong secret"},
	    {OUTCOME_UNKNOWN, "disk"},
	    {OUTCOME_UNKNOWN, ""},
	    {OUTCOME_UNKNOWN, ""},
	};
	struct player p = PLAY(cx, table);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct answer a = ask(cx, "panel.create", p.port, ARGS);
		expect(&a, wanted[i].outcome, wanted[i].reason);
		if (a.outcome == OUTCOME_DONE)
			assert_string_equal(text_of(&a, "username"), "a7");
		assert_int_equal(json_is_true(json_object_get(a.data, "silent")), i == 8);
	}
	player_stop(p);
	struct answer a = ask(cx, "panel.create", p.port, ARGS);
	expect(&a, OUTCOME_NOT_TRIED, "");
	a = ask(cx, "panel.create", p.port, "{\"domain\":\"x\"}");
	expect(&a, OUTCOME_NOT_TRIED, "no key");
	cx_drop(cx);
}

static void find(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"GET /panel/accounts/svc-7 HTTP", {0}, REPLY("200 OK", ACCOUNT)},
	    {"GET ", {0}, REPLY("200 OK", "{\"state\":\"suspended\"}")},
	    {"GET ", {0}, REPLY("404 Not", "{}")},
	    {"GET ", {0}, REPLY("200 OK", "{\"state\":\"terminated\"}")},
	    {"GET ", {0}, REPLY("200 OK", "{}")},
	    {"GET ", {0}, REPLY("500 Oops", "{}")},
	};
	static const char *const states[] = {"active", "suspended", "absent", "absent"};
	struct player p = PLAY(cx, table);
	for (size_t i = 0; i < 4; i++) {
		struct answer a = ask(cx, "panel.find", p.port, ARGS);
		expect(&a, OUTCOME_DONE, "");
		assert_string_equal(text_of(&a, "state"), states[i]);
	}
	struct answer a = ask(cx, "panel.find", p.port, ARGS);
	expect(&a, OUTCOME_UNKNOWN, "did not tell");
	a = ask(cx, "panel.find", p.port, ARGS);
	expect(&a, OUTCOME_UNKNOWN, "500");
	player_stop(p);
	cx_drop(cx);
}

static void verbs(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"POST /panel/suspend HTTP", {"\"key\":\"svc-7\""}, REPLY("200 OK", "{}")},
	    {"POST /panel/unsuspend HTTP", {0}, REPLY("200 OK", "{}")},
	    {"POST /panel/terminate HTTP", {0}, REPLY("404 Not", "{\"error\":\"absent\"}")},
	    {"POST /panel/terminate HTTP", {0}, REPLY("422 No", "{\"error\":\"locked\"}")},
	    {"POST /panel/password HTTP", {0}, REPLY("404 Not", "{\"error\":\"absent\"}")},
	    {"POST /panel/change_plan HTTP", {0}, REPLY("200 OK", "{}")},
	    {"POST /panel/sso HTTP", {0}, REPLY("200 OK", "{\"url\":\"http://p/x\"}")},
	    {"POST /panel/sso HTTP", {0}, REPLY("200 OK", "{}")},
	    {"POST /panel/usage HTTP", {0}, REPLY("200 OK", "{\"disk_mb\":5}")},
	    {"GET /panel/accounts/none HTTP", {0}, REPLY("404 Not", "{}")},
	    {"GET /panel/accounts/none HTTP", {0}, REPLY("401 No", "{\"error\":\"secret\"}")},
	};
	static const struct {
		const char *op;
		enum outcome outcome;
		const char *reason;
	} wanted[] = {
	    {"panel.suspend", OUTCOME_DONE, ""},
	    {"panel.unsuspend", OUTCOME_DONE, ""},
	    {"panel.terminate", OUTCOME_DONE, ""},
	    {"panel.terminate", OUTCOME_DECLINED, "locked"},
	    {"panel.password", OUTCOME_DECLINED, "absent"},
	    {"panel.change_plan", OUTCOME_DONE, ""},
	    {"panel.sso", OUTCOME_DONE, ""},
	    {"panel.sso", OUTCOME_UNKNOWN, "no address"},
	    {"panel.usage", OUTCOME_DONE, ""},
	    {"panel.test", OUTCOME_DONE, ""},
	    {"panel.test", OUTCOME_DECLINED, "secret"},
	};
	struct player p = PLAY(cx, table);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct answer a = ask(cx, wanted[i].op, p.port, ARGS);
		expect(&a, wanted[i].outcome, wanted[i].reason);
		if (i == 6)
			assert_string_equal(text_of(&a, "url"), "http://p/x");
		if (i == 8)
			assert_int_equal(json_integer_value(json_object_get(a.data, "disk_mb")), 5);
	}
	player_stop(p);
	cx_drop(cx);
}

/* ---- exec ---- */

static char folder[] = "/tmp/billhook-link.XXXXXX";

static const char *program(struct cx *cx, const char *body)
{
	const char *path = arena_printf(cx->arena, "%s/prog", folder);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("#!/bin/sh\nread -r hello\n", f);
	fputs(body, f);
	fclose(f);
	chmod(path, 0755);
	return path;
}

static struct answer run(struct cx *cx, const char *op, const char *path, const char *options)
{
	const struct link_keys keys = {"", "", folder};
	struct answer a = {0};
	json_t *request = json_keep(cx,
	    json_pack("{ss ss s{ss ss ss si} sO}", "op", op, "provider", "exec", "settings", "path",
	        path, "options", options, "secret", "tops3cret", "timeout_s", 1, "args",
	        tree(cx, ARGS)));
	assert_int_equal(link_answer(cx, &keys, request, &a), OK);
	return a;
}

#define READY "echo '{\"ready\":1,\"name\":\"t\",\"abilities\":[\"usage\"]}'\nread -r call\n"

static void exec(void **state)
{
	struct cx *cx = cx_make();
	assert_non_null(mkdtemp(folder));
	const char *path = program(cx,
	    READY "echo '{\"id\":\"1\",\"outcome\":\"done\",\"data\":{\"username\":\"u1\"}}'\n");
	struct answer a = run(cx, "panel.create", path, "");
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "username"), "u1");
	/* An answer without a state is no answer to find. */
	a = run(cx, "panel.find", path, "");
	expect(&a, OUTCOME_UNKNOWN, "no state");
	a = run(cx, "panel.create", path, "[1]");
	expect(&a, OUTCOME_NOT_TRIED, "not a JSON object");
	a = run(cx, "panel.create", path, "{");
	expect(&a, OUTCOME_NOT_TRIED, "not a JSON object");
	a = run(cx, "panel.test", path, "");
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(json_string_value(
	                        json_array_get(json_object_get(a.data, "abilities"), 0)),
	    "usage");

	path = program(cx,
	    READY "echo '{\"id\":\"1\",\"outcome\":\"declined\",\"reason\":\"name taken\"}'\n");
	a = run(cx, "panel.create", path, "");
	expect(&a, OUTCOME_DECLINED, "name taken");
	path = program(cx, READY "echo '{\"id\":\"1\",\"outcome\":\"pending\"}'\n");
	a = run(cx, "panel.create", path, "");
	expect(&a, OUTCOME_PENDING, "gave no reason");
	path = program(cx, READY "exit 3\n");
	a = run(cx, "panel.create", path, "");
	expect(&a, OUTCOME_UNKNOWN, "");
	path = program(cx, READY "exec sleep 30\n");
	a = run(cx, "panel.create", path, "");
	expect(&a, OUTCOME_UNKNOWN, "in time");
	assert_true(json_is_true(json_object_get(a.data, "silent")));
	path = program(cx, "exit 3\n");
	a = run(cx, "panel.create", path, "");
	expect(&a, OUTCOME_NOT_TRIED, "ready");
	a = run(cx, "panel.create", "/nonexistent/prog", "");
	expect(&a, OUTCOME_NOT_TRIED, "not a program");
	a = run(cx, "panel.create", "prog", "");
	expect(&a, OUTCOME_NOT_TRIED, "absolute");
	/* Settings reach the program with the secret among them. */
	path = program(cx,
	    "case $hello in *tops3cret*) ;; *) exit 1 ;; esac\n"
	    "case $hello in *'\"zone\":\"eu\"'*) ;; *) exit 1 ;; esac\n" READY
	    "echo '{\"id\":\"1\",\"outcome\":\"done\",\"data\":{\"state\":\"absent\"}}'\n");
	a = run(cx, "panel.find", path, "{\"zone\":\"eu\"}");
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "state"), "absent");
	unlink(path);
	rmdir(folder);
	cx_drop(cx);
}

/* A link is followed at each call: what it leads to counts, not where it stands. */
static void outside(void **state)
{
	struct cx *cx = cx_make();
	char elsewhere[] = "/tmp/billhook-else.XXXXXX";
	str_copy(folder, sizeof folder, "/tmp/billhook-link.XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_non_null(mkdtemp(elsewhere));
	const char *path = program(cx, READY "echo '{\"id\":\"1\",\"outcome\":\"done\"}'\n");
	const char *moved = arena_printf(cx->arena, "%s/prog", elsewhere);
	const char *link = arena_printf(cx->arena, "%s/link", folder);
	assert_int_equal(symlink("prog", link), 0);
	struct answer a = run(cx, "panel.create", link, "");
	expect(&a, OUTCOME_DONE, "");
	assert_int_equal(rename(path, moved), 0);
	a = run(cx, "panel.create", moved, "");
	expect(&a, OUTCOME_NOT_TRIED, "not within a folder");
	a = run(cx, "panel.test", arena_printf(cx->arena, "%s/../../%s", folder, moved), "");
	expect(&a, OUTCOME_NOT_TRIED, "not within a folder");
	unlink(link);
	assert_int_equal(symlink(moved, link), 0);
	a = run(cx, "panel.create", link, "");
	expect(&a, OUTCOME_NOT_TRIED, "not within a folder");
	/* A folder whose name only begins alike is another one. */
	const char *alike = arena_printf(cx->arena, "%s-more", folder);
	assert_int_equal(rename(elsewhere, alike), 0);
	a = run(cx, "panel.find", arena_printf(cx->arena, "%s/prog", alike), "");
	expect(&a, OUTCOME_NOT_TRIED, "not within a folder");
	unlink(arena_printf(cx->arena, "%s/prog", alike));
	unlink(link);
	rmdir(alike);
	rmdir(folder);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(create), cmocka_unit_test(find),
	    cmocka_unit_test(verbs), cmocka_unit_test(exec), cmocka_unit_test(outside)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
