/* SPDX-License-Identifier: Apache-2.0 */
/* The link processes' key file: where it is, what is refused, that it is made once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours, in base/cx.h */

#include "app/key.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"

static struct cx cx;
static char folder[40];

static int setup(void **state)
{
	crypto_setup();
	cx = (struct cx){.arena = arena_new(LIMIT_ARENA_BYTES)};
	snprintf(folder, sizeof folder, "/tmp/billhook-key.XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
	static const char *const rest[] = {"/a/b/k", "/k", "/a/b", "/a", ""};
	for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
		(void)remove(arena_printf(cx.arena, "%s%s", folder, rest[i]));
	arena_free(cx.arena);
	return 0;
}

static const char *at(const char *name)
{
	return arena_printf(cx.arena, "%s%s", folder, name);
}

static void paths(void **state)
{
	const struct {
		const char *db, *key_file, *path;
	} table[] = {
	    {"sqlite:/srv/b.db", NULL, "/srv/b.db.key"},
	    {"sqlite:/srv/b.db", "/etc/k", "/etc/k"},
	    {"postgresql://u:p@host:5432/billing?sslmode=require", NULL,
	        "/home/x/.config/billhook/billing.key"},
	    {"postgresql://host/../../etc/x", NULL, "/home/x/.config/billhook/______etc_x.key"},
	    {"postgresql://host", NULL, "/home/x/.config/billhook/billhook.key"},
	};
	setenv("HOME", "/home/x", 1);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct config c = {.db = table[i].db, .key_file = table[i].key_file};
		assert_string_equal(key_path(&cx, &c), table[i].path);
	}
	unsetenv("HOME");
	const struct config c = {.db = "postgresql://host/x"};
	assert_string_equal(key_path(&cx, &c), "/etc/billhook.key");
}

static void made_once(void **state)
{
	struct link_keys made, got, again;
	struct stat st;
	const char *path = at("/a/b/k");
	assert_int_equal(key_read(&cx, path, &got), ERR_NOT_FOUND);
	assert_string_equal(cx.fault.key, "key.none");
	assert_int_equal(key_make(&cx, path, &made), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(at("/a/b"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(key_read(&cx, path, &got), OK);
	assert_string_equal(got.public_key, made.public_key);
	assert_string_equal(got.secret_key, made.secret_key);
	assert_int_equal(key_make(&cx, path, &again), ERR_CONFLICT);
	assert_string_equal(cx.fault.key, "key.exists");
	assert_int_equal(key_make(&cx, "/proc/none/k", &again), ERR_INTERNAL);
	assert_string_equal(cx.fault.key, "key.write");
}

static void put(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static void refused(void **state)
{
	struct link_keys k, other;
	const char *path = at("/k");
	assert_int_equal(key_make(&cx, at("/a/b/k"), &k), OK);
	assert_int_equal(key_make(&cx, path, &other), OK);
	/* Halves that do not belong together would seal what nobody can open. */
	const char *text =
	    arena_printf(cx.arena, "public %s\nsecret %s\n", k.public_key, other.secret_key);
	static const char *const bad[] = {"", "public x\nsecret y\n", "secret x\n", "nonsense"};
	put(path, text, 0600);
	assert_int_equal(key_read(&cx, path, &k), ERR_INVALID);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		put(path, bad[i], 0600);
		assert_int_equal(key_read(&cx, path, &k), ERR_INVALID);
		assert_string_equal(cx.fault.key, "key.malformed");
	}
	static const mode_t modes[] = {0640, 0604, 0666};
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		put(path, text, modes[i]);
		assert_int_equal(key_read(&cx, path, &k), ERR_DENIED);
		assert_string_equal(cx.fault.key, "key.open");
	}
	assert_int_equal(key_read(&cx, folder, &k), ERR_DENIED);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest all[] = {TEST(paths), TEST(made_once), TEST(refused)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
