/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_BASE_CHECK_H
#define UNIT_BASE_CHECK_H

/* What every test of this layer starts with: cmocka, a context with an arena, random numbers. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef fail /* cmocka's; ours is in base/cx.h */

#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"

#define N(array) (sizeof(array) / sizeof *(array))

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

/* A new seed each time, printed; BILLHOOK_SEED repeats a run. */
static inline uint64_t seed(void)
{
	const char *given = getenv("BILLHOOK_SEED");
	int64_t n;

	if (given == NULL || !str_int(given, &n))
		crypto_random(&n, sizeof n);
	print_message("BILLHOOK_SEED=%" PRId64 "\n", n);
	return (uint64_t)n;
}

/* splitmix64: the next number of a sequence that depends on the seed alone. */
static inline uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#endif
