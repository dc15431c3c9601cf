/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of templates: finds them by name, compiles each on first use and keeps it. The set has an
 * arena of its own and lives as long as its process; nothing is ever reloaded.
 */
#include "fmt/tmpl.h"

#include <string.h>

#include "base/limits.h"
#include "fmt/tmpl_own.h"

#define BUCKETS 256 /* about 200 templates */

struct tmpl_set {
	struct arena *arena;
	tmpl_load *load;
	void *arg;
	enum tmpl_escape escape;
	bool strict;
	struct tmpl_program *buckets[BUCKETS];
};

struct tmpl_set *tmpl_set_new(tmpl_load *load, void *arg, enum tmpl_escape escape)
{
	struct arena *a = arena_new(LIMIT_ARENA_BYTES);
	struct tmpl_set *set = ARENA_NEW(a, struct tmpl_set);

	set->arena = a;
	set->load = load;
	set->arg = arg;
	set->escape = escape;
	return set;
}

void tmpl_set_free(struct tmpl_set *set)
{
	if (set != NULL)
		arena_free(set->arena);
}

void tmpl_set_strict(struct tmpl_set *set, bool strict)
{
	set->strict = strict;
}

struct arena *tmpl_arena(struct tmpl_set *set)
{
	return set->arena;
}

bool tmpl_is_strict(const struct tmpl_set *set)
{
	return set->strict;
}

enum tmpl_escape tmpl_escape_of(const struct tmpl_set *set)
{
	return set->escape;
}

/* FNV-1a */
static unsigned bucket_of(const char *name)
{
	unsigned h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h % BUCKETS;
}

enum err tmpl_find(struct cx *cx, struct tmpl_set *set, const char *name, struct tmpl_program **ret)
{
	struct tmpl_program **bucket = &set->buckets[bucket_of(name)], *program = *bucket;
	struct tmpl_slice text;

	while (program != NULL && strcmp(program->name, name) != 0)
		program = program->next;
	if (program == NULL && set->load(set->arg, name, &text.s, &text.len)) {
		TRY(tmpl_compile(cx, set->arena, name, text, &program));
		program->next = *bucket;
		*bucket = program;
	}
	*ret = program;
	return OK;
}

enum err tmpl_render(struct cx *cx, struct tmpl_set *set, const char *name, const json_t *data,
    struct buf *ret)
{
	struct tmpl_program *program;

	TRY(tmpl_find(cx, set, name, &program));
	if (program == NULL)
		return fail(cx, ERR_INTERNAL, "template.unknown", "There is no template %s.", name);
	return tmpl_run(cx, set, program, data, ret);
}

enum err tmpl_render_text(struct cx *cx, struct tmpl_set *set, const char *text, const json_t *data,
    struct buf *ret)
{
	struct tmpl_program *program;

	TRY(tmpl_compile(cx, cx->arena, "text", (struct tmpl_slice){text, strlen(text)}, &program));
	return tmpl_run(cx, set, program, data, ret);
}
