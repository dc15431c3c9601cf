/* SPDX-License-Identifier: Apache-2.0 */
/* What a command was told: which source wins, and that every wrong word is named with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours, in base/cx.h */

#include "app/config.h"
#include "base/limits.h"
#include "base/str.h"

static struct cx cx;
static char path[64];

static int setup(void **state)
{
	cx = (struct cx){.arena = arena_new(LIMIT_ARENA_BYTES)};
	return 0;
}

static int teardown(void **state)
{
	arena_free(cx.arena);
	unlink(path);
	return 0;
}

static void write_file(const char *text)
{
	snprintf(path, sizeof path, "/tmp/billhook-config.XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static const char *const serve_flags[] = {"listen", "workers", "jobs", "links", "theme",
    "trust_proxy", "test_mode", "exec_folders", NULL};

/* words: flags split at blanks. */
static enum err load(const char *words, char **env, struct config *ret)
{
	size_t n = 0;
	char **argv = *words == 0 ? NULL : str_split(cx.arena, words, ' ', &n);
	struct config_input in = {.argc = (int)n,
	    .argv = argv,
	    .env = env,
	    .flags = serve_flags,
	    .default_file = path[0] != 0 ? path : NULL,
	    .words_max = 1};
	return config_load(&cx, &in, ret);
}

static void precedence(void **state)
{
	struct config c;
	char db[] = "BILLHOOK_DB=sqlite:/env", log[] = "BILLHOOK_LOG=json",
	     other[] = "BILLHOOK_ODD=1",
	     empty[] = "BILLHOOK_WORKERS=", only[] = "BILLHOOK_ONLY=billing", home[] = "HOME=/";
	char *env[] = {db, log, other, empty, only, home, NULL};
	write_file(
	    "# a comment\n; another\n[billhook]\n\ndb = sqlite:/file\nlog=logfmt\nworkers = 7\n"
	    "  trust_proxy =  yes  \r\nlinks = 4");
	assert_int_equal(load("", env, &c), OK);
	assert_string_equal(c.db, "sqlite:/env");
	assert_string_equal(c.log, "json");
	assert_int_equal(c.workers, 7);
	assert_int_equal(c.links, 4);
	assert_int_equal(c.jobs, 1);
	assert_true(c.trust_proxy);
	assert_string_equal(c.exec_folders, TEST_ROOT "/exec");
	assert_false(c.test_mode);
	assert_null(c.only);
	assert_string_equal(c.listen, "127.0.0.1:8080");
	assert_int_equal(load("--db=sqlite:/flag --workers 9 --test-mode word --log-level warn",
	                     env, &c),
	    OK);
	assert_string_equal(c.db, "sqlite:/flag");
	assert_int_equal(c.workers, 9);
	assert_true(c.test_mode);
	assert_string_equal(c.log_level, "warn");
	assert_int_equal(c.words_n, 1);
	assert_string_equal(c.words[0], "word");
	assert_int_equal(load("--now 2027-01-31T10:00:00Z", env, &c), OK);
	assert_int_equal(c.now, 1801389600);
}

static void help_needs_nothing(void **state)
{
	struct config c;
	write_file("nonsense\n");
	assert_int_equal(load("--help", NULL, &c), OK);
	assert_true(c.help);
	assert_int_equal(load("-h", NULL, &c), OK);
	assert_true(c.help);
	char *text = config_help(cx.arena, serve_flags);
	assert_non_null(strstr(text, "--test-mode"));
	assert_non_null(strstr(text, "--db URL"));
	assert_null(strstr(text, "--dry-run"));
}

/* The faults found, as "name: text\n" lines. */
static const char *faults(void)
{
	struct buf b;
	buf_init(&b, cx.arena);
	for (const struct field_fault *f = cx.fault.fields; f != NULL; f = f->next)
		buf_printf(&b, "%s: %s\n", f->name, f->text);
	cx_clear(&cx);
	return buf_text(&b);
}

static void names_every_fault_of_a_file(void **state)
{
	struct config c;
	write_file("db = sqlite:/x\nwrokers = 3\nworkers = many\nlog = xml\n[other]\njust "
	           "words\ndb = sqlite:/y\n"
	           "only = billing\ntest_mode = perhaps\n");
	assert_int_equal(load("", NULL, &c), ERR_INVALID);
	const char *text = faults();
	static const char *const wanted[] = {":2: there is no setting \"wrokers\"",
	    ":3: workers must be a number from 1 to 64, not \"many\"",
	    ":4: log must be logfmt or json", ":5: this line is not", ":6: this line is not",
	    ":7: \"db\" is set twice", ":8: there is no setting \"only\"",
	    ":9: test_mode must be yes or no"};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		const char *whole = arena_printf(cx.arena, "%s%s", path, wanted[i]);
		if (strstr(text, whole) == NULL)
			print_error("missing \"%s\" in:\n%s", whole, text);
		assert_non_null(strstr(text, whole));
	}
}

static void refuses_flags(void **state)
{
	static const struct {
		const char *words, *fault;
	} table[] = {
	    {"--nonsense", "--nonsense: there is no such flag here"},
	    {"--dry-run", "--dry-run: there is no such flag here"},
	    {"--workers", "--workers: a value is missing"},
	    {"--workers 0", "--workers: workers must be a number from 1 to 64, not \"0\""},
	    {"--workers 65", "--workers: workers must be a number"},
	    {"--workers 1x", "--workers: workers must be a number"},
	    {"--test-mode=perhaps", "--test-mode: test_mode must be yes or no"},
	    {"--now yesterday", "--now: now must be an instant"},
	    {"a b", "b: this word is too many"},
	    {"--db mysql://x", "db: the database is sqlite:PATH or postgresql://"},
	    {"--listen 8080", "listen: \"8080\" is not an address"},
	    {"--listen :8080", "listen: \":8080\" is not an address"},
	    {"--listen host:99999", "is not an address"},
	    {"--theme /nonexistent/theme", "theme: \"/nonexistent/theme\" is not a folder"},
	    {"--exec-folders /tmp:opt",
	        "exec_folders: \"opt\" is not the absolute path of a folder"},
	    {"--config /nonexistent/file", "/nonexistent/file: the config file cannot be read"},
	    {"--config /dev/zero", "/dev/zero: the config file is no text"},
	    {"--log xml", "--log: log must be"},
	};
	path[0] = 0;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct config c;
		assert_int_equal(load(table[i].words, NULL, &c), ERR_INVALID);
		const char *text = faults();
		if (strstr(text, table[i].fault) == NULL)
			print_error("%s: %s\n", table[i].words, text);
		assert_non_null(strstr(text, table[i].fault));
	}
}

static void environment_is_checked(void **state)
{
	struct config c;
	char bad[] = "BILLHOOK_JOBS=x", named[] = "BILLHOOK_CONFIG=/nonexistent/file";
	char *env[] = {bad, named, NULL};
	path[0] = 0;
	assert_int_equal(load("", env, &c), ERR_INVALID);
	const char *text = faults();
	assert_non_null(strstr(text, "BILLHOOK_JOBS: jobs must be a number"));
	assert_non_null(strstr(text, "/nonexistent/file"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest all[] = {TEST(precedence), TEST(help_needs_nothing),
	    TEST(names_every_fault_of_a_file), TEST(refuses_flags), TEST(environment_is_checked)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
