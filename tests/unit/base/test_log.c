/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one line per fact, whatever the values hold; JSON that can be read. */
#include "unit/base/check.h"

#include <jansson.h>
#include <unistd.h>

#include "base/log.h"

static FILE *file;
static int stderr_kept;

/* What goes to stderr from here on goes into a file. */
static int redirect(void **state)
{
	file = tmpfile();
	stderr_kept = dup(STDERR_FILENO);
	return file == NULL || stderr_kept < 0 || dup2(fileno(file), STDERR_FILENO) < 0 ||
	    setup(state);
}

static int give_back(void **state)
{
	dup2(stderr_kept, STDERR_FILENO);
	close(stderr_kept);
	fclose(file);
	return teardown(state);
}

/* The lines so far, which are forgotten. */
static char *written(void)
{
	long n = lseek(fileno(file), 0, SEEK_END);
	char *text = arena_alloc(cx.arena, (size_t)n + 1);

	assert_int_equal(pread(fileno(file), text, (size_t)n, 0), n);
	assert_int_equal(ftruncate(fileno(file), 0), 0);
	lseek(fileno(file), 0, SEEK_SET);
	return text;
}

/* Exactly one line. */
static char *one_line(void)
{
	char *text = written();

	assert_true(str_ends(text, "\n"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	return text;
}

static void pairs(void **state)
{
	log_setup("web", false, LOG_INFO);
	log_line(LOG_INFO, "started", "port", "8080", "note", "two words", "none", NULL, "path",
	    "a\"b\\c", NULL);
	char *text = one_line();
	assert_true(str_starts(text, "at="));
	assert_non_null(strstr(text, " level=info process=web pid="));
	assert_non_null(strstr(text,
	    " message=started port=8080 note=\"two words\" none=\"\" path=\"a\\\"b\\\\c\"\n"));
	log_line(LOG_DEBUG, "quiet", NULL);
	assert_string_equal(written(), "");
}

static void no_value_forges_a_line_or_a_pair(void **state)
{
	log_setup("web", false, LOG_INFO);
	log_line(LOG_WARN, "refused", "agent", "x\nat=forged", "other", "a=b level=info\r\x1b[2J",
	    NULL);
	char *text = one_line();
	assert_non_null(strstr(text, "agent=\"x\\u000aat=forged\""));
	assert_non_null(strstr(text, "other=\"a=b level=info\\u000d\\u001b[2J\""));
}

static json_t *one_object(void)
{
	json_error_t error;
	char *text = one_line();
	json_t *j = json_loads(text, 0, &error);

	if (j == NULL)
		print_error("%s in %s\n", error.text, text);
	assert_non_null(j);
	return j;
}

static void json_lines(void **state)
{
	log_setup("worker", true, LOG_DEBUG);
	log_line(LOG_DEBUG, "a \"fact\"", "path", "a\\b\n\t\x01\x7f\xc3\xa4", NULL);
	json_t *j = one_object();
	assert_string_equal(json_string_value(json_object_get(j, "level")), "debug");
	assert_string_equal(json_string_value(json_object_get(j, "message")), "a \"fact\"");
	assert_string_equal(json_string_value(json_object_get(j, "path")),
	    "a\\b\n\t\x01\x7f\xc3\xa4");
	json_decref(j);
	log_line(LOG_INFO, "not UTF-8", "path", "a\xff\xc3(", NULL);
	j = one_object();
	assert_string_equal(json_string_value(json_object_get(j, "path")), "a\xc3\xbf\xc3\x83(");
	json_decref(j);
}

/* Cut at any place, a line of JSON stays one. */
static void long_values_are_cut(void **state)
{
	static const char *const units[] = {"x", "\n", "\"", "\xe2\x82\xac"};

	log_setup("worker", true, LOG_DEBUG);
	for (size_t i = 0; i < N(units); i++) {
		for (size_t n = 3900 / strlen(units[i]) / 6; n < 4200;
		     n += n < 600 || n > 3900 ? 1 : 100) {
			struct buf b;
			buf_init(&b, cx.arena);
			for (size_t k = 0; k < n; k++)
				buf_puts(&b, units[i]);
			log_line(LOG_INFO, "long", "value", buf_text(&b), "after", "12345", NULL);
			json_t *j = one_object();
			const char *value = json_string_value(json_object_get(j, "value"));
			assert_memory_equal(value, b.s, strlen(value));
			assert_true(strlen(value) == b.len || !json_object_get(j, "after"));
			json_decref(j);
			arena_reset(cx.arena);
		}
	}
	log_setup("worker", false, LOG_DEBUG);
	log_line(LOG_INFO, "long", "value", arena_printf(cx.arena, "a%9000d", 1), "after", "1",
	    NULL);
	char *text = one_line();
	assert_true(strlen(text) <= 4096 && str_ends(text, " \"\n"));
}

static void faults_have_a_level(void **state)
{
	log_setup("web", false, LOG_INFO);
	(void)fail(&cx, ERR_INTERNAL, "test.key", "It is %s.", "broken");
	log_fault(&cx, "request failed");
	char *text = one_line();
	assert_non_null(strstr(text, " level=error "));
	assert_non_null(strstr(text,
	    " message=\"request failed\" outcome=internal key=test.key"
	    " detail=\"It is broken.\" file="));
	(void)fail(&cx, ERR_REMOTE, "test.key", "x");
	log_fault(&cx, "m");
	assert_non_null(strstr(one_line(), " level=warn "));
	(void)fail(&cx, ERR_INVALID, "test.key", "x");
	log_fault(&cx, "m");
	assert_non_null(strstr(one_line(), " level=info "));
}

#define LOGGED(fn) cmocka_unit_test_setup_teardown(fn, redirect, give_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    LOGGED(pairs),
	    LOGGED(no_value_forges_a_line_or_a_pair),
	    LOGGED(json_lines),
	    LOGGED(long_values_are_cut),
	    LOGGED(faults_have_a_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
