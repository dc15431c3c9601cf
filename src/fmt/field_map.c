/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maps: values under names that no table knows, because the company chose them (the options of a
 * plan). Which names and values are right is asked by who reads the map.
 */
#include <string.h>

#include "base/str.h"
#include "fmt/field_own.h"
#include "fmt/form.h"

#define NAME_MAX 60
#define VALUE_MAX 200

const char *field_map_get(const struct field_map *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->rows[i].name, name) == 0)
			return m->rows[i].value;
	return NULL;
}

const char *field_words(struct arena *a, const json_t *value)
{
	struct buf b;
	json_t *word;
	size_t i;

	if (!json_is_array(value))
		return str_or(json_string_value(value), "");
	buf_init(&b, a);
	json_array_foreach((json_t *)(uintptr_t)value, i, word)
		buf_printf(&b, "%s%s", b.len == 0 ? "" : " ", str_or(json_string_value(word), ""));
	return arena_strdup(a, buf_text(&b));
}

static const char *value_text(struct arena *a, const json_t *value)
{
	if (json_is_integer(value))
		return arena_printf(a, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	return json_is_null(value) ? "" : json_string_value(value);
}

char *field_map_print(struct arena *a, const json_t *map)
{
	struct buf b;
	const char *name;
	json_t *value;

	buf_init(&b, a);
	/* jansson iterates a const object only by casting; nothing is changed. */
	json_object_foreach((json_t *)(uintptr_t)map, name, value) {
		const char *text = value_text(a, value);
		if (!str_empty(text))
			buf_printf(&b, "%s%s=%s", b.len == 0 ? "" : ", ", name, text);
	}
	return arena_strdup(a, buf_text(&b));
}

static enum err read_pair(const struct field_spot *s, const char *name, const json_t *value,
    struct field_pair *ret)
{
	struct cx *cx = s->cx;
	const char *text = value_text(cx->arena, value);
	const char *full = arena_printf(cx->arena, "%s.%.*s", s->name, NAME_MAX, name);

	if (strlen(name) > NAME_MAX || !str_clean_line(name))
		return fail_field(cx, full, "field.unknown", "There is no field with this name");
	if (text == NULL)
		return fail_field(cx, full, "field.type", "This must be text or a number");
	text = str_trim(cx->arena, text);
	if (!str_clean_line(text) || strlen(text) > VALUE_MAX)
		return fail_field(cx, full, "field.line", "Use one line of at most %d characters",
		    VALUE_MAX);
	*ret = (struct field_pair){arena_strdup(cx->arena, name), text};
	return OK;
}

/* "disk=5, backup=yes" */
static json_t *split(struct cx *cx, const char *text)
{
	json_t *map = json_keep(cx, json_object());
	size_t n;
	char **parts = str_split(cx->arena, text, ',', &n);

	for (size_t i = 0; i < n; i++) {
		char *part = str_trim(cx->arena, parts[i]), *is = strchr(part, '=');
		if (*part == '\0')
			continue;
		if (is != NULL)
			*is++ = '\0';
		json_object_set_new(map, str_trim(cx->arena, part),
		    json_string(is == NULL ? "yes" : str_trim(cx->arena, is)));
	}
	return map;
}

enum err field_map_read(const struct field_spot *s, const json_t *value, struct field_map *ret)
{
	enum err err = OK;
	const char *name;
	json_t *one;
	size_t n = 0;

	if (json_is_string(value) && s->source == FIELD_FORM)
		value = split(s->cx, json_string_value(value));
	/* A form whose names are all numbers comes as a list. */
	if (!json_is_object(value))
		return fail_field(s->cx, s->name, "field.type", "This must be names with values");
	if (json_object_size(value) > (size_t)field_longest(s->field))
		return fail_field(s->cx, s->name, "field.range", "Use at most %lld names",
		    (long long)field_longest(s->field));
	struct field_pair *rows =
	    ARENA_ARRAY(s->cx->arena, struct field_pair, json_object_size(value));
	json_object_foreach((json_t *)(uintptr_t)value, name, one)
		if (read_pair(s, name, one, &rows[n++]) != OK)
			err = ERR_INVALID;
	TRY(err);
	*ret = (struct field_map){rows, n};
	return OK;
}
