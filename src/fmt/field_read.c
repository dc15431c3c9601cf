/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a body, form or JSON, into a struct as a table of fields declares: presence, defaults, rows
 * of sub-tables, unknown names. All faults of a body are gathered before it is refused. What
 * one value may be is asked in field_text.c and field_number.c.
 */
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "fmt/field_own.h"
#include "fmt/form.h"

static const struct field *find(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->rows[i].name, name) == 0)
			return &f->rows[i];
	}
	return NULL;
}

const char *field_currency(struct cx *cx, const struct field_level *level)
{
	for (; level != NULL; level = level->up) {
		const struct field *row = find(level->f, "currency");
		const char *text = json_string_value(json_object_get(level->body, "currency"));
		if (str_empty(text) && row != NULL)
			text = row->otherwise;
		if (str_empty(text))
			continue;
		char *code = str_trim(cx->arena, text);
		for (char *p = code; *p != '\0'; p++)
			*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
		return currency_digits(code) >= 0 ? code : NULL;
	}
	return NULL;
}

static bool blank(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

static bool absent(const struct field *f, const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return true;
	if (!json_is_string(value))
		return false;
	return f->type == FIELD_PASSWORD ? json_string_length(value) == 0 :
	                                   blank(json_string_value(value));
}

/* What an absent field holds, for the types where zeroed memory is not it. */
static void put_nothing(const struct field *f, char *at)
{
	if (f->type == FIELD_DAY)
		((struct day *)(void *)at)->n = INT32_MIN;
	if (field_is_text(f->type) && (f->flags & FIELD_NULLABLE) == 0)
		*(const char **)(void *)at = "";
}

static enum err read_list(const struct field_spot *s, const json_t *value, struct field_list *ret);

static enum err read_value(const struct field_spot *s, const json_t *value, char *at)
{
	if (s->field->type == FIELD_LIST)
		return read_list(s, value, (struct field_list *)(void *)at);
	if (s->field->type == FIELD_MAP)
		return field_map_read(s, value, (struct field_map *)(void *)at);
	if (s->field->type == FIELD_DAY)
		return field_day(s, value, (struct day *)(void *)at);
	if (s->field->type == FIELD_BOOL)
		return field_bool(s, value, (bool *)at);
	if (!field_is_text(s->field->type))
		return field_number(s, value, (int64_t *)(void *)at);
	bool words = (s->field->flags & FIELD_MANY) != 0 && s->source == FIELD_FORM;
	if (!json_is_string(value) && !(words && json_is_array(value)))
		return fail_field(s->cx, s->name, "field.type", "This must be text");
	return field_text(s, field_words(s->cx->arena, value), (const char **)(void *)at);
}

/* A default is written as form text, whatever the body is. */
static enum err read_otherwise(const struct field_spot *s, char *at)
{
	struct field_spot as_form = *s;
	json_t *text = json_keep(s->cx, json_string(s->field->otherwise));

	as_form.source = FIELD_FORM;
	return read_value(&as_form, text, at);
}

static enum err check_required(const struct field_spot *s)
{
	const char *text = s->field->type == FIELD_BOOL ? "Tick this box to go on" :
	    s->field->type == FIELD_LIST                ? "Add at least one" :
	                                                  "Fill in this field";

	if ((s->field->flags & FIELD_REQUIRED) == 0 || s->field->type == FIELD_SECRET)
		return OK;
	return fail_field(s->cx, s->name, "field.required", "%s", text);
}

static enum err read_absent(const struct field_spot *s, char *at)
{
	bool unchecked = s->field->type == FIELD_BOOL && s->source == FIELD_FORM;

	if (s->field->otherwise != NULL && !unchecked)
		return read_otherwise(s, at);
	return check_required(s);
}

static enum err read_field(struct field_spot *s, char *row)
{
	const json_t *value = json_object_get(s->level->body, s->field->name);
	char *at = row + s->field->offset;

	s->name = arena_printf(s->cx->arena, "%s%s", s->level->prefix, s->field->name);
	put_nothing(s->field, at);
	if (absent(s->field, value))
		return read_absent(s, at);
	TRY(read_value(s, value, at));
	return s->field->type == FIELD_BOOL && !*(bool *)at ? check_required(s) : OK;
}

static enum err refuse_unknown(struct cx *cx, const struct field_level *level)
{
	enum err err = OK;
	const char *key;
	json_t *value;
	int seen = 0;

	/* jansson iterates a const object only by casting; nothing is changed. */
	json_object_foreach((json_t *)(uintptr_t)level->body, key, value) {
		if (find(level->f, key) != NULL || seen++ >= FIELD_UNKNOWN_MAX)
			continue;
		err = fail_field(cx,
		    arena_printf(cx->arena, "%s%.*s", level->prefix, FIELD_NAME_SIZE, key),
		    "field.unknown", "There is no field with this name");
	}
	return err;
}

/* Nesting is that of the tables, which are constants. */
static enum err read_level(struct cx *cx, const struct field_level *level, enum field_source source,
    void *ret)
{
	enum err err = OK;

	memset(ret, 0, level->f->size);
	for (size_t i = 0; i < level->f->n; i++) {
		struct field_spot s = {cx, &level->f->rows[i], level, NULL, source};
		if (read_field(&s, ret) != OK)
			err = ERR_INVALID;
	}
	if (source == FIELD_JSON && refuse_unknown(cx, level) != OK)
		err = ERR_INVALID;
	return err;
}

/* Nothing was written, or what stood there beforehand was left. */
static bool is_untouched(const struct field *f, const json_t *value)
{
	const char *text = json_string_value(value);

	return text != NULL && (blank(text) || (f != NULL && str_eq(text, f->otherwise)));
}

/* A spare row of a form that nobody filled in. */
static bool row_blank(const struct fields *f, const json_t *row)
{
	static const struct fields none = {0};
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)row, key, value) {
		if (json_is_object(value) ? !row_blank(&none, value) :
		                            !is_untouched(find(f, key), value))
			return false;
	}
	return true;
}

static enum err read_row(const struct field_spot *s, const json_t *row, size_t i, void *ret)
{
	struct field_level level = {s->field->sub, row, NULL, s->level};

	level.prefix = arena_printf(s->cx->arena, "%s.%zu.", s->name, i);
	if (!json_is_object(row))
		return fail_field(s->cx, arena_printf(s->cx->arena, "%s.%zu", s->name, i),
		    "field.type", "This must be an object");
	return read_level(s->cx, &level, s->source, ret);
}

static enum err read_list(const struct field_spot *s, const json_t *value, struct field_list *ret)
{
	size_t n = json_array_size(value), size = s->field->sub->size;
	struct field_list list = {0};
	enum err err = OK;

	if (!json_is_array(value))
		return fail_field(s->cx, s->name, "field.type", "This must be a list");
	if (n > (size_t)field_longest(s->field))
		return fail_field(s->cx, s->name, "field.range", "Use at most %lld rows",
		    (long long)field_longest(s->field));
	list.rows = arena_alloc(s->cx->arena, n * size + 1);
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(value, i);
		if (s->source == FIELD_FORM && row_blank(s->field->sub, row))
			continue;
		if (read_row(s, row, i, (char *)list.rows + list.n * size) != OK)
			err = ERR_INVALID;
		list.n++;
	}
	TRY(err);
	if (list.n == 0)
		TRY(check_required(s));
	if (list.n < (size_t)s->field->min)
		return fail_field(s->cx, s->name, "field.range", "Add at least %lld",
		    (long long)s->field->min);
	*ret = list;
	return OK;
}

enum err field_read(struct cx *cx, const struct fields *f, const json_t *body,
    enum field_source source, void *ret)
{
	struct field_level level = {f, body, "", NULL};

	if (!json_is_object(body)) {
		memset(ret, 0, f->size);
		return fail(cx, ERR_INVALID, "fields.invalid", "The body must be an object.");
	}
	return read_level(cx, &level, source, ret);
}
