/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas: zeroed memory, reset, marks, and what is deferred. */
#include "unit/base/check.h"

static char order[16];

static void note(void *arg)
{
	size_t n = strlen(order);

	order[n] = *(const char *)arg;
	order[n + 1] = '\0';
}

static int setup_order(void **state)
{
	order[0] = '\0';
	return setup(state);
}

static void memory_is_zeroed_and_aligned(void **state)
{
	for (size_t round = 0; round < 3; round++) {
		for (size_t bytes = 0; bytes < 40000; bytes = bytes * 3 + 1) {
			unsigned char *p = arena_alloc(cx.arena, bytes);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < bytes; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xAA, bytes);
		}
		arena_reset(cx.arena);
	}
}

static void strings_are_copies(void **state)
{
	char text[] = "abcdef";
	char *whole = arena_strdup(cx.arena, text), *part = arena_strndup(cx.arena, text, 3);
	char *printed = arena_printf(cx.arena, "%s-%d", text, 7);

	text[0] = 'x';
	assert_string_equal(whole, "abcdef");
	assert_string_equal(part, "abc");
	assert_string_equal(printed, "abcdef-7");
	assert_null(arena_strdup(cx.arena, NULL));
	assert_null(arena_strndup(cx.arena, NULL, 3));
	/* Longer than any block. */
	char *wide = arena_printf(cx.arena, "%*d", 100000, 5);
	assert_int_equal(strlen(wide), 100000);
	assert_int_equal(wide[99999], '5');
}

static void deferred_run_last_first(void **state)
{
	arena_defer(cx.arena, note, "a");
	arena_defer(cx.arena, note, "b");
	arena_reset(cx.arena);
	assert_string_equal(order, "ba");
	arena_defer(cx.arena, note, "c");
	arena_free(cx.arena);
	cx.arena = NULL;
	assert_string_equal(order, "bac");
	arena_free(NULL);
}

static void rewind_gives_memory_back(void **state)
{
	char *before = arena_strdup(cx.arena, "before");
	struct arena_mark m = arena_mark(cx.arena);
	char *first = arena_alloc(cx.arena, 100);

	memset(first, 0xAA, 100);
	for (int i = 0; i < 100; i++)
		memset(arena_alloc(cx.arena, 5000), 0xAA, 5000);
	arena_rewind(cx.arena, m);
	/* The same place again, and clean. */
	char *again = arena_alloc(cx.arena, 100);
	assert_ptr_equal(again, first);
	for (int i = 0; i < 100; i++)
		assert_int_equal(again[i], 0);
	assert_string_equal(before, "before");
}

/* Rewound memory counts no more: the cap would end the program in the second round. */
static void rewound_memory_does_not_count(void **state)
{
	struct arena *a = arena_new(1u << 20);

	arena_strdup(a, "before");
	struct arena_mark m = arena_mark(a);
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 5; i++)
			memset(arena_alloc(a, 100000), 1, 100000);
		arena_rewind(a, m);
	}
	arena_free(a);
}

/* Blocks grow, but never past the cap while what is needed still fits. */
static void all_of_the_cap_can_be_used(void **state)
{
	struct arena *a = arena_new(1u << 20);

	for (int i = 0; i < 1000; i++)
		memset(arena_alloc(a, 1024), 1, 1024);
	arena_free(a);
	a = arena_new(100);
	assert_string_equal(arena_strdup(a, "small"), "small");
	arena_free(a);
}

static void rewind_of_an_empty_arena(void **state)
{
	struct arena_mark m = arena_mark(cx.arena);

	arena_rewind(cx.arena, m);
	arena_strdup(cx.arena, "text");
	arena_defer(cx.arena, note, "a");
	arena_rewind(cx.arena, m);
	assert_string_equal(order, "a");
	assert_string_equal(arena_strdup(cx.arena, "text"), "text");
}

static void rewind_runs_what_was_deferred_since(void **state)
{
	arena_defer(cx.arena, note, "a");
	struct arena_mark outer = arena_mark(cx.arena);
	arena_defer(cx.arena, note, "b");
	struct arena_mark inner = arena_mark(cx.arena);
	arena_defer(cx.arena, note, "c");
	arena_defer(cx.arena, note, "d");

	arena_rewind(cx.arena, inner);
	assert_string_equal(order, "dc");
	arena_rewind(cx.arena, inner);
	assert_string_equal(order, "dc");
	arena_defer(cx.arena, note, "e");
	arena_rewind(cx.arena, outer);
	assert_string_equal(order, "dceb");
	arena_reset(cx.arena);
	assert_string_equal(order, "dceba");
}

#define ORDERED(fn) cmocka_unit_test_setup_teardown(fn, setup_order, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(memory_is_zeroed_and_aligned),
	    TEST(strings_are_copies),
	    ORDERED(deferred_run_last_first),
	    TEST(rewind_gives_memory_back),
	    TEST(rewound_memory_does_not_count),
	    TEST(all_of_the_cap_can_be_used),
	    ORDERED(rewind_of_an_empty_arena),
	    ORDERED(rewind_runs_what_was_deferred_since),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
