/* SPDX-License-Identifier: Apache-2.0 */
/* The context's fault: what went wrong, where, and which fields of the input were wrong. */
#include "base/cx.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const actor_words[ACTOR_MAX] = {"system", "visitor", "client", "staff",
    "provider"};

void cx_fail(struct cx *cx, enum err err, const char *key, const char *file, int line,
    const char *fmt, ...)
{
	struct fault *f = &cx->fault;
	/* Built aside first: the arguments may point into the old detail. */
	char detail[sizeof f->detail];
	va_list ap;
	assert(err != OK && err < ERR_MAX);
	va_start(ap, fmt);
	vsnprintf(detail, sizeof detail, fmt, ap);
	va_end(ap);
	f->err = err;
	f->key = key;
	f->file = file;
	f->line = line;
	memcpy(f->detail, detail, sizeof detail);
	f->about = NULL;
}

enum err fail_field(struct cx *cx, const char *name, const char *key, const char *fmt, ...)
{
	struct field_fault *f = ARENA_NEW(cx->arena, struct field_fault);
	char text[256];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	f->name = arena_strdup(cx->arena, name);
	f->key = key;
	f->text = arena_strdup(cx->arena, text);
	struct field_fault **last = &cx->fault.fields;
	while (*last != NULL)
		last = &(*last)->next;
	*last = f;
	if (cx->fault.err == OK || cx->fault.fields == f)
		(void)fail(cx, ERR_INVALID, "fields.invalid", "%s: %s", name, text);
	return ERR_INVALID;
}

enum err fail_about(struct cx *cx, const char *what, int64_t id, const char *number)
{
	cx->fault.about = what;
	cx->fault.about_id = id;
	cx->fault.about_number = number;
	return cx->fault.err;
}

void cx_clear(struct cx *cx)
{
	cx->fault = (struct fault){0};
}

const char *actor_word(enum actor_kind kind)
{
	assert(kind < ACTOR_MAX);
	return actor_words[kind];
}
