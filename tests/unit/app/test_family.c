/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the processes share: folder and socket, the clock, and who may work while a run wants the
 * queue for itself.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours, in base/cx.h */

#include "app/family.h"
#include "app/key.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"

static struct cx cx;

static struct family opened(int64_t now)
{
	static struct config c;
	struct family f;
	c = (struct config){.log = "logfmt", .log_level = "info", .now = now};
	cx = (struct cx){.arena = arena_new(LIMIT_ARENA_BYTES)};
	assert_int_equal(family_open(&cx, &c, &f), OK);
	return f;
}

static void closed(struct family *f)
{
	struct stat st;
	family_close(f);
	assert_int_equal(stat(f->folder, &st), -1);
	arena_free(cx.arena);
}

static void a_folder_of_our_own(void **state)
{
	struct family f = opened(0);
	struct arena *first = cx.arena;
	struct family g = opened(0);
	struct stat st;
	assert_int_equal(stat(f.folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(f.link_path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_string_not_equal(f.folder, g.folder);
	closed(&g);
	cx.arena = first;
	closed(&f);
}

static void one_clock(void **state)
{
	struct family f = opened(0);
	int64_t before = clock_now(), now = family_now(&f);
	assert_true(now >= before && now <= clock_now());
	closed(&f);
	f = opened(1800000000);
	assert_int_equal(family_now(&f), 1800000000);
	/* Any process of the family sets it for all. */
	pid_t pid = fork();
	if (pid == 0) {
		atomic_store(&f.shared->now, 1900000000);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	assert_int_equal(family_now(&f), 1900000000);
	closed(&f);
}

static void jobs_step_aside(void **state)
{
	struct family f = opened(0);
	assert_true(family_job_begin(&f, 3));
	/* A job under way is waited for only so long. */
	family_pause(&f, 0);
	assert_false(family_job_begin(&f, 2));
	family_job_end(&f, 3);
	family_pause(&f, 5);
	assert_false(family_job_begin(&f, 3));
	assert_int_equal(atomic_load(&f.shared->busy[3]), 0);
	family_resume(&f);
	assert_true(family_job_begin(&f, 3));
	family_job_end(&f, 3);
	closed(&f);
}

static void a_dead_run_holds_nobody(void **state)
{
	struct family f = opened(0);
	pid_t pid = fork();
	if (pid == 0) {
		family_pause(&f, 5);
		_exit(0); /* without resuming */
	}
	waitpid(pid, NULL, 0);
	assert_int_equal(atomic_load(&f.shared->runner), pid);
	assert_true(family_job_begin(&f, 0));
	family_job_end(&f, 0);
	closed(&f);
}

static void names(void **state)
{
	struct family f = opened(0);
	const char *a = family_holder(&cx), *b = family_holder(&cx);
	assert_string_not_equal(a, b);
	assert_string_equal(family_word(FAMILY_LINK), "link");
	assert_string_equal(family_word(FAMILY_JOB), "job");
	assert_string_equal(family_word(FAMILY_WEB), "web");
	closed(&f);
}

static void a_link_told_to_end_while_it_starts_ends(void **state)
{
	enum { ROUNDS = 50, PATIENCE_S = 60 };
	struct link_keys keys;
	struct config c;
	struct family f = opened(0);
	c = *f.config;
	c.key_file = arena_printf(cx.arena, "%s/key", f.folder);
	f.config = &c;
	assert_int_equal(key_make(&cx, c.key_file, &keys), OK);
	family_catch();
	alarm(PATIENCE_S); /* one that never ends ends the test */
	for (int i = 0; i < ROUNDS; i++) {
		int status;
		pid_t pid = family_fork(&f, FAMILY_LINK, 0);
		assert_true(pid > 0);
		assert_int_equal(kill(pid, SIGTERM), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
	}
	alarm(0);
	assert_int_equal(unlink(c.key_file), 0);
	closed(&f);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(a_folder_of_our_own),
	    cmocka_unit_test(one_clock), cmocka_unit_test(jobs_step_aside),
	    cmocka_unit_test(a_dead_run_holds_nobody), cmocka_unit_test(names),
	    cmocka_unit_test(a_link_told_to_end_while_it_starts_ends)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
