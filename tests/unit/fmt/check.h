/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FMT_CHECK_H
#define UNIT_FMT_CHECK_H

/* What every test of this layer starts with: cmocka, a context with an arena, trees from text. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef fail /* cmocka's; ours is in base/cx.h */

#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"

static struct cx cx;

static inline int setup(void **state)
{
	cx = (struct cx){.arena = arena_new(LIMIT_ARENA_BYTES)};
	return 0;
}

static inline int teardown(void **state)
{
	arena_free(cx.arena);
	return 0;
}

static inline json_t *tree(const char *text)
{
	json_error_t error;
	json_t *j = json_loads(text, JSON_DECODE_ANY, &error);

	if (j == NULL)
		print_error("%s: %s\n", text, error.text);
	assert_non_null(j);
	return json_keep(&cx, j);
}

/* Compares a tree with JSON text. */
static inline void assert_tree(const json_t *got, const char *expected)
{
	json_t *wanted = tree(expected);
	char *shown;

	if (json_equal(got, wanted))
		return;
	shown = json_dumps(got, JSON_ENCODE_ANY);
	print_error("expected %s\ngot %s\n", expected, shown);
	free(shown);
	assert_true(json_equal(got, wanted));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#endif
