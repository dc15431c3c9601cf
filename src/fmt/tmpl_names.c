/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names that a template and everything it includes may ask for, gathered once per template, so
 * that nobody makes what no page shows.
 */
#include <string.h>

#include "fmt/tmpl_own.h"

/* Open addressing; at most half full. */
struct tmpl_names {
	const char **slots;
	size_t n, cap;
};

static size_t slot_of(const struct tmpl_names *names, const char *name)
{
	size_t h = 2166136261u; /* FNV-1a */
	for (const char *c = name; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * 16777619u;
	size_t i = h % names->cap;
	while (names->slots[i] != NULL && strcmp(names->slots[i], name) != 0)
		i = (i + 1) % names->cap;
	return i;
}

bool tmpl_names_has(const struct tmpl_names *names, const char *name)
{
	return names->n > 0 && names->slots[slot_of(names, name)] != NULL;
}

static void grow(struct arena *a, struct tmpl_names *names)
{
	struct tmpl_names more = {.cap = names->cap == 0 ? 64 : names->cap * 2};
	more.slots = ARENA_ARRAY(a, const char *, more.cap);
	for (size_t i = 0; i < names->cap; i++)
		if (names->slots[i] != NULL)
			more.slots[slot_of(&more, names->slots[i])] = names->slots[i];
	more.n = names->n;
	*names = more;
}

static void add(struct arena *a, struct tmpl_names *names, const char *name)
{
	if (names->n * 2 >= names->cap)
		grow(a, names);
	size_t i = slot_of(names, name);
	if (names->slots[i] == NULL) {
		names->slots[i] = name;
		names->n++;
	}
}

struct gathering {
	struct cx *cx;
	struct tmpl_set *set;
	struct tmpl_names *names;
	struct tmpl_program **seen;
	size_t seen_n, seen_cap;
};

static bool is_new(struct gathering *g, struct tmpl_program *program)
{
	for (size_t i = 0; i < g->seen_n; i++)
		if (g->seen[i] == program)
			return false;
	if (g->seen_n == g->seen_cap) {
		struct tmpl_program **more =
		    ARENA_ARRAY(g->cx->arena, struct tmpl_program *, g->seen_cap * 2 + 16);
		if (g->seen_n > 0)
			memcpy(more, g->seen, g->seen_n * sizeof *more);
		g->seen = more;
		g->seen_cap = g->seen_cap * 2 + 16;
	}
	g->seen[g->seen_n++] = program;
	return true;
}

/* The list of programs grows while it is walked: what one includes comes later. */
static enum err gather(struct gathering *g)
{
	for (size_t at = 0; at < g->seen_n; at++) {
		struct tmpl_program *program = g->seen[at];
		for (size_t i = 0; i < program->n; i++) {
			struct tmpl_op *op = &program->ops[i];
			bool includes = op->kind == TMPL_OP_PARTIAL || op->kind == TMPL_OP_PARENT;
			for (size_t k = 0; k < op->path_n; k++)
				add(tmpl_arena(g->set), g->names, op->path[k]);
			if (includes && op->target == NULL)
				TRY(tmpl_find(g->cx, g->set, op->text.s, &op->target));
			if (includes && op->target != NULL)
				is_new(g, op->target);
		}
	}
	return OK;
}

enum err tmpl_names_of(struct cx *cx, struct tmpl_set *set, const char *name,
    const struct tmpl_names **ret)
{
	struct tmpl_program *program;
	TRY(tmpl_find(cx, set, name, &program));
	if (program == NULL)
		return fail(cx, ERR_INTERNAL, "template.unknown", "There is no template %s.", name);
	if (program->names == NULL) {
		struct tmpl_names *names = ARENA_NEW(tmpl_arena(set), struct tmpl_names);
		struct gathering g = {.cx = cx, .set = set, .names = names};
		is_new(&g, program);
		TRY(gather(&g));
		program->names = names;
	}
	*ret = program->names;
	return OK;
}
