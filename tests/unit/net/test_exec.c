/* SPDX-License-Identifier: Apache-2.0 */
/* Extension programs, good and bad: what each misbehavior is called, and that it ends the program.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "net/exec.h"
#include "unit/net/harness.h"

static enum err start(struct cx *cx, const char *name, int timeout_s, struct exec_program **ret)
{
	const char *path = arena_printf(cx->arena, TEST_ROOT "/tests/unit/net/exec/%s.sh", name);
	return exec_start(cx, path, NULL, "panel", NULL, timeout_s, ret);
}

static struct exec_program *started(struct cx *cx, const char *name)
{
	struct exec_program *p = NULL;
	assert_int_equal(start(cx, name, 20, &p), OK);
	return p;
}

static void good(void **state)
{
	struct cx *cx = cx_make();
	struct exec_program *p = started(cx, "good");
	assert_int_equal(json_array_size(exec_abilities(p)), 2);
	json_t *answer = NULL, *args = json_pack("{ss}", "username", "u481");
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(exec_call(cx, p, "create", "svc-481", args, 20, &answer), OK);
		assert_string_equal(json_string_value(json_object_get(answer, "outcome")), "done");
		assert_int_equal(strtol(json_string_value(json_object_get(answer, "id")), NULL, 10),
		    i);
	}
	assert_int_equal(exec_call(cx, p, "refuse", "svc-481", NULL, 20, &answer), OK);
	assert_string_equal(json_string_value(json_object_get(answer, "reason")),
	    "no such package");
	json_decref(args);
	exec_stop(p);
	exec_stop(NULL);
	cx_drop(cx);
}

static void long_call_fits(void **state)
{
	struct cx *cx = cx_make();
	struct exec_program *p = started(cx, "good");
	char *text = arena_alloc(cx->arena, 300001);
	memset(text, 'a', 300000);
	json_t *answer = NULL, *args = json_pack("{ss}", "text", text);
	assert_int_equal(exec_call(cx, p, "create", "k", args, 20, &answer), OK);
	assert_true(json_integer_value(json_object_get(json_object_get(answer, "data"), "length")) >
	    300000);
	json_decref(args);
	char *more = arena_alloc(cx->arena, LIMIT_EXEC_LINE_BYTES + 1);
	memset(more, 'a', LIMIT_EXEC_LINE_BYTES);
	args = json_pack("{ss}", "text", more);
	assert_int_equal(exec_call(cx, p, "create", "k", args, 20, &answer), ERR_INVALID);
	assert_string_equal(cx->fault.key, "exec.too_large");
	json_decref(args);
	assert_int_equal(exec_call(cx, p, "create", "k", NULL, 20, &answer), OK); /* still fit */
	exec_stop(p);
	cx_drop(cx);
}

static const char *data_of(const json_t *answer, const char *name)
{
	return json_string_value(json_object_get(json_object_get(answer, "data"), name));
}

static void confined(void **state)
{
	struct cx *cx = cx_make();
	struct exec_program *p = NULL;
	int leak = fcntl(1, F_DUPFD, 57); /* not close-on-exec on purpose */
	assert_int_equal(leak, 57);
	setenv("SECRET_OF_OURS", "42", 1);
	json_t *settings = json_pack("{s{ss ss ss}}", "env", "API_URL", "http://x", "bad=name", "x",
	    "PATH", "/evil");
	const char *user = geteuid() == 0 ? "nobody" : NULL;
	/* The other user may not reach our source folder: run a copy from a place it can read. */
	char path[] = "/tmp/billhook-exec-XXXXXX";
	int fd = mkstemp(path);
	char *command = arena_printf(cx->arena, "cat '%s' > '%s'",
	    TEST_ROOT "/tests/unit/net/exec/good.sh", path);
	pid_t pid = fork();
	if (pid == 0)
		execl("/bin/sh", "sh", "-c", command, NULL);
	waitpid(pid, NULL, 0);
	fchmod(fd, 0755);
	close(fd);
	assert_int_equal(exec_start(cx, path, user, "panel", settings, 20, &p), OK);
	json_t *answer = NULL;
	if (exec_call(cx, p, "who", "k", NULL, 20, &answer) != OK)
		print_error("%s\n", cx->fault.detail);
	assert_non_null(answer);
	assert_string_equal(data_of(answer, "files"), "256");
	assert_string_equal(data_of(answer, "core"), "0");
	assert_string_equal(data_of(answer, "cwd"), "/");
	assert_null(strstr(data_of(answer, "env"), "SECRET_OF_OURS"));
	assert_non_null(strstr(data_of(answer, "env"), "API_URL=http://x"));
	assert_null(strstr(data_of(answer, "env"), "/evil"));
	assert_null(strstr(data_of(answer, "fds"), "57"));
	if (user != NULL)
		assert_string_not_equal(data_of(answer, "uid"), "0");
	exec_stop(p);
	p = NULL;
	assert_int_equal(exec_start(cx, path, "no-such-user", "panel", NULL, 20, &p),
	    geteuid() == 0 ? ERR_INVALID : OK);
	exec_stop(p);
	unlink(path);
	close(leak);
	json_decref(settings);
	cx_drop(cx);
}

static void bad_calls(void **state)
{
	static const struct {
		const char *name, *words;
		int timeout_s;
	} table[] = {
	    {"die", "disk full", 20},
	    {"garbage", "not understood", 20},
	    {"wrongid", "not understood", 20},
	    {"outcome", "not understood", 20},
	    {"huge", "too long", 20},
	    {"hang", "in time", 1},
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cx *cx = cx_make();
		struct exec_program *p = started(cx, table[i].name);
		json_t *answer = NULL;
		assert_int_equal(exec_call(cx, p, "create", "k", NULL, table[i].timeout_s, &answer),
		    ERR_REMOTE);
		assert_string_equal(cx->fault.key, "exec.no_answer");
		if (strstr(cx->fault.detail, table[i].words) == NULL)
			print_error("%s: %s\n", table[i].name, cx->fault.detail);
		assert_non_null(strstr(cx->fault.detail, table[i].words));
		assert_null(answer);
		cx_clear(cx);
		/* It is over: the next call never left. */
		assert_int_equal(exec_call(cx, p, "create", "k", NULL, 1, &answer), ERR_RETRY);
		assert_string_equal(cx->fault.key, "exec.not_sent");
		exec_stop(p);
		cx_drop(cx);
	}
}

static void children_go_too(void **state)
{
	struct cx *cx = cx_make();
	struct exec_program *p = started(cx, "hang");
	const char *child = json_string_value(json_array_get(exec_abilities(p), 0));
	char path[64];
	snprintf(path, sizeof path, "/proc/%s/stat", child);
	json_t *answer = NULL;
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(exec_call(cx, p, "create", "k", NULL, 1, &answer), ERR_REMOTE);
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	char line[256] = "";
	bool alive = true;
	while (alive && clock_mono_ms() < until) {
		FILE *f = fopen(path, "r"); /* gone, or a zombie nobody has collected yet */
		alive =
		    f != NULL && fgets(line, sizeof line, f) != NULL && strstr(line, ") Z") == NULL;
		if (f != NULL)
			fclose(f);
	}
	assert_false(alive);
	exec_stop(p);
	cx_drop(cx);
}

static void not_sent(void **state)
{
	struct cx *cx = cx_make();
	struct exec_program *p = started(cx, "early");
	json_t *answer = NULL;
	/* Dead before the call: wait until the kernel says so, without reaping it. */
	siginfo_t si;
	assert_int_equal(waitid(P_ALL, 0, &si, WEXITED | WNOWAIT), 0);
	assert_int_equal(exec_call(cx, p, "create", "k", NULL, 5, &answer), ERR_RETRY);
	assert_string_equal(cx->fault.key, "exec.not_sent");
	exec_stop(p);
	cx_clear(cx);
	p = started(cx, "deaf");
	char *text = arena_alloc(cx->arena, 300001);
	memset(text, 'a', 300000);
	json_t *args = json_pack("{ss}", "text", text);
	assert_int_equal(exec_call(cx, p, "create", "k", args, 1, &answer), ERR_RETRY);
	assert_string_equal(cx->fault.key, "exec.not_sent");
	json_decref(args);
	exec_stop(p);
	cx_drop(cx);
}

static void bad_starts(void **state)
{
	struct cx *cx = cx_make();
	struct exec_program *p = NULL;
	assert_int_equal(start(cx, "mute", 1, &p), ERR_RETRY);
	assert_string_equal(cx->fault.key, "exec.start");
	assert_non_null(strstr(cx->fault.detail, "cannot find my license"));
	cx_clear(cx);
	assert_int_equal(exec_start(cx, "/bin/true", NULL, "panel", NULL, 5, &p), ERR_RETRY);
	assert_int_equal(exec_start(cx, "/etc/passwd", NULL, "panel", NULL, 5, &p), ERR_INVALID);
	assert_string_equal(cx->fault.key, "exec.path");
	assert_int_equal(exec_start(cx, "/no/such/file", NULL, "panel", NULL, 5, &p), ERR_INVALID);
	assert_int_equal(exec_start(cx, "true", NULL, "panel", NULL, 5, &p), ERR_INVALID);
	assert_null(p);
	cx_drop(cx);
}

static void noise_does_not_block(void **state)
{
	struct cx *cx = cx_make();
	struct exec_program *p = started(cx, "noise");
	json_t *answer = NULL;
	assert_int_equal(exec_call(cx, p, "create", "k", NULL, 20, &answer), OK);
	assert_string_equal(json_string_value(json_object_get(answer, "outcome")), "pending");
	assert_true(strlen(exec_errors(p)) <= 4096);
	assert_true(str_ends(exec_errors(p), "the end\n"));
	exec_stop(p);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(long_call_fits),
	    cmocka_unit_test(confined), cmocka_unit_test(bad_calls),
	    cmocka_unit_test(children_go_too), cmocka_unit_test(not_sent),
	    cmocka_unit_test(bad_starts), cmocka_unit_test(noise_does_not_block)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
