/* SPDX-License-Identifier: Apache-2.0 */
/* Theme files: they come before the embedded ones, and only from inside the folder. */
#include <sys/stat.h>

#include "base/embed.h"
#include "net/files.h"
#include "unit/net/harness.h"

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void theme_first(void **state)
{
	struct cx *cx = cx_make();
	char dir[] = "/tmp/billhook-theme-XXXXXX";
	assert_non_null(mkdtemp(dir));
	const char *sub = arena_printf(cx->arena, "%s/assets", dir);
	const char *own = arena_printf(cx->arena, "%s/own.css", sub);
	const char *link = arena_printf(cx->arena, "%s/link.css", sub);
	assert_int_equal(mkdir(sub, 0755), 0);
	write_file(own, "body{}");
	assert_int_equal(symlink("/etc/passwd", link), 0);
	const void *bytes = NULL;
	size_t len = 0;
	assert_true(files_get(cx->arena, dir, "assets/own.css", &bytes, &len));
	assert_int_equal(len, 6);
	assert_memory_equal(bytes, "body{}", 6);
	assert_false(files_get(cx->arena, NULL, "assets/own.css", &bytes, &len));
	assert_false(files_get(cx->arena, dir, "assets/link.css", &bytes, &len));
	assert_false(files_get(cx->arena, dir, "assets", &bytes, &len));
	static const char *const wrong[] = {"", "/etc/passwd", "../etc/passwd", "assets/../own.css",
	    "assets//own.css", "assets/./own.css", "assets\\own.css", "assets/own.css/",
	    "assets/..", ".", ".."};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(files_get(cx->arena, dir, wrong[i], &bytes, &len));
	assert_int_equal(len, 6);
	unlink(own);
	unlink(link);
	rmdir(sub);
	rmdir(dir);
	cx_drop(cx);
}

static void embedded(void **state)
{
	struct cx *cx = cx_make();
	size_t n, len;
	const struct embed *e = embed_all(&n);
	const void *bytes;
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(files_get(cx->arena, "/nonexistent", e[i].path, &bytes, &len));
		assert_int_equal(len, e[i].len);
		assert_ptr_equal(bytes, e[i].bytes);
	}
	assert_false(files_get(cx->arena, NULL, "no/such/file", &bytes, &len));
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(theme_first),
	    cmocka_unit_test(embedded)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
