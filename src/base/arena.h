/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/*
 * Memory with one lifetime: a request's or a job's. Allocation never returns NULL and is
 * zeroed; over the cap (LIMIT_ARENA_BYTES) the program aborts, which only our bug can reach,
 * because bodies, lists and templates have limits of their own.
 */
struct arena;

struct arena *arena_new(size_t bytes_max);
void arena_free(struct arena *a); /* NULL is fine */
/* Forgets everything but keeps one block for the next use. */
void arena_reset(struct arena *a);
void *arena_alloc(struct arena *a, size_t bytes);
/* Copies; a NULL string stays NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Calls fn(arg) when the arena is reset, freed or rewound, last registered first. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/*
 * Gives back what was allocated since the mark and calls what was deferred since. Memory from
 * before stays. A mark does not outlive arena_reset (asserted) or a rewind to an older mark.
 */
struct arena_mark {
	void *block, *deferred;
	size_t used;
	unsigned resets;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark m);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

#endif
