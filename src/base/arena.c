/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for one request or job: a chain of blocks, bump allocation, one reset. Nothing is
 * freed on its own; what is not memory (JSON trees, handles) registers itself with arena_defer.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(16) unsigned char bytes[];
};

struct deferred {
	void (*fn)(void *);
	void *arg;
	struct deferred *next;
};

struct arena {
	struct block *first; /* the newest */
	struct deferred *deferred;
	size_t total, total_max;
	unsigned resets; /* so that an old mark is noticed */
};

static struct block *block_new(struct arena *a, size_t need)
{
	size_t size = LIMIT_ARENA_BLOCK_BYTES;
	/* Blocks double with the arena, so that a large page costs few of them. */
	if (size < a->total / 2)
		size = a->total / 2;
	if (size < need)
		size = need;
	assert(a->total + need <= a->total_max);
	if (size > a->total_max - a->total)
		size = a->total_max - a->total;
	struct block *b = malloc(sizeof *b + size);
	assert(b != NULL);
	b->size = size;
	b->used = 0;
	b->next = a->first;
	a->first = b;
	a->total += size;
	return b;
}

struct arena *arena_new(size_t bytes_max)
{
	struct arena *a = calloc(1, sizeof *a);
	assert(a != NULL);
	a->total_max = bytes_max;
	return a;
}

/* Those registered after last, the newest first. */
static void run_deferred(struct arena *a, const struct deferred *last)
{
	while (a->deferred != last) {
		struct deferred *d = a->deferred;
		a->deferred = d->next;
		d->fn(d->arg);
	}
}

/* The largest block that is not out of the ordinary stays for the next request. */
static struct block *worth_keeping(const struct arena *a)
{
	struct block *keep = NULL;
	for (struct block *b = a->first; b != NULL; b = b->next)
		if (b->size <= LIMIT_ARENA_KEEP_BYTES && (keep == NULL || b->size > keep->size))
			keep = b;
	return keep;
}

void arena_reset(struct arena *a)
{
	run_deferred(a, NULL);
	a->resets++;
	struct block *keep = worth_keeping(a);
	for (struct block *b = a->first, *next; b != NULL; b = next) {
		next = b->next;
		if (b != keep)
			free(b);
	}
	a->first = keep;
	a->total = keep != NULL ? keep->size : 0;
	if (keep != NULL) {
		keep->used = 0;
		keep->next = NULL;
	}
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	run_deferred(a, NULL);
	for (struct block *b = a->first, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){.block = a->first,
	    .deferred = a->deferred,
	    .used = a->first != NULL ? a->first->used : 0,
	    .resets = a->resets};
}

void arena_rewind(struct arena *a, struct arena_mark m)
{
	assert(m.resets == a->resets);
	run_deferred(a, m.deferred);
	while (a->first != m.block) {
		struct block *b = a->first;
		assert(b != NULL);
		a->first = b->next;
		a->total -= b->size;
		free(b);
	}
	assert(a->first == NULL || a->first->used >= m.used);
	if (a->first != NULL)
		a->first->used = m.used;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	assert(bytes <= SIZE_MAX / 2);
	size_t need = (bytes + 15) & ~(size_t)15;
	struct block *b = a->first;
	if (b == NULL || b->size - b->used < need)
		b = block_new(a, need);
	void *p = b->bytes + b->used;
	b->used += need;
	return memset(p, 0, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	if (s == NULL)
		return NULL;
	char *copy = arena_alloc(a, len + 1);
	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	char *s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = ARENA_NEW(a, struct deferred);
	d->fn = fn;
	d->arg = arg;
	d->next = a->deferred;
	a->deferred = d;
}
