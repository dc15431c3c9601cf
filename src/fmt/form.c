/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies from outside become trees: URL-encoded forms (and query strings) and JSON.
 * This room checks shape only: encoding, nesting, size. What a name means and whether a value
 * is right is asked in field_read(). Multipart uploads are not here.
 */
#include "fmt/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"

static void release(void *arg)
{
	json_decref(arg);
}

json_t *json_keep(struct cx *cx, json_t *j)
{
	if (j != NULL)
		arena_defer(cx->arena, release, j);
	return j;
}

static enum err malformed(struct cx *cx, const char *why)
{
	return fail(cx, ERR_INVALID, "form.malformed", "The form cannot be read: %s.", why);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes "+" and percent escapes. */
static enum err decode(struct cx *cx, const char *s, size_t len, char **ret)
{
	char *to = arena_alloc(cx->arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = s[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 1 < len ? hex_value(s[i + 1]) : -1;
			int low = i + 2 < len ? hex_value(s[i + 2]) : -1;
			if (high < 0 || low < 0)
				return malformed(cx, "a percent escape is incomplete");
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return malformed(cx, "it has a zero byte");
		to[n++] = c;
	}
	if (!str_utf8(to, n))
		return malformed(cx, "it is not UTF-8");
	*ret = to;
	return OK;
}

/* True for names that nest: at least two parts, none empty. Others are plain names. */
static bool name_nests(const char *name)
{
	return strchr(name, '.') != NULL && name[0] != '.' && !str_ends(name, ".") &&
	    strstr(name, "..") == NULL;
}

/* Goes one part deeper, making the object on the way; NULL when a plain value is in the way. */
static json_t *descend(json_t *at, const char *part)
{
	json_t *next = json_object_get(at, part);

	if (next == NULL) {
		next = json_object();
		json_object_set_new(at, part, next);
	}
	return json_is_object(next) ? next : NULL;
}

static enum err put(struct cx *cx, json_t *root, const char *name, const char *value)
{
	json_t *at = root;
	char **parts;
	size_t n;

	if (!name_nests(name)) {
		if (json_is_object(json_object_get(root, name)))
			return malformed(cx, "a name is both a value and a group");
		json_object_set_new(root, name, json_string(value));
		return OK;
	}
	parts = str_split(cx->arena, name, '.', &n);
	if (n > LIMIT_JSON_DEPTH)
		return malformed(cx, "a name has too many parts");
	for (size_t i = 0; i + 1 < n; i++) {
		at = descend(at, parts[i]);
		if (at == NULL)
			return malformed(cx, "a name is both a value and a group");
	}
	if (json_is_object(json_object_get(at, parts[n - 1])))
		return malformed(cx, "a name is both a value and a group");
	json_object_set_new(at, parts[n - 1], json_string(value));
	return OK;
}

/* A row number as browsers send it: no sign, no leading zero, at most six digits. */
static bool row_number(const char *key, int64_t *ret)
{
	size_t len = strlen(key);

	if (len > 6 || strspn(key, "0123456789") != len || (len > 1 && key[0] == '0'))
		return false;
	return str_int(key, ret);
}

struct row {
	int64_t number;
	json_t *value;
};

static int row_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* An object whose keys are all row numbers becomes an array; holes close up. NULL: it stays. */
static json_t *array_of(struct cx *cx, json_t *object)
{
	size_t n = json_object_size(object), i = 0;
	struct row *rows = ARENA_ARRAY(cx->arena, struct row, n);
	const char *key;
	json_t *value, *list;

	json_object_foreach(object, key, value) {
		if (!row_number(key, &rows[i].number))
			return NULL;
		rows[i++].value = value;
	}
	qsort(rows, n, sizeof *rows, row_order);
	list = json_array();
	for (i = 0; i < n; i++)
		json_array_append(list, rows[i].value);
	return list;
}

/* Depth is bounded by put(). */
static void number_rows(struct cx *cx, json_t *object)
{
	const char *key;
	json_t *value, *list;
	void *next;

	json_object_foreach_safe(object, next, key, value) {
		if (!json_is_object(value))
			continue;
		number_rows(cx, value);
		list = array_of(cx, value);
		if (list != NULL)
			json_object_set_new(object, key, list);
	}
}

static enum err put_pair(struct cx *cx, json_t *root, const char *pair, size_t len)
{
	const char *equals = memchr(pair, '=', len);
	size_t name_len = equals != NULL ? (size_t)(equals - pair) : len;
	char *name, *value = arena_strdup(cx->arena, "");

	TRY(decode(cx, pair, name_len, &name));
	if (equals != NULL)
		TRY(decode(cx, equals + 1, len - name_len - 1, &value));
	if (name[0] == '\0')
		return OK;
	return put(cx, root, name, value);
}

enum err form_parse(struct cx *cx, const char *body, size_t len, json_t **ret)
{
	json_t *root = json_keep(cx, json_object());
	size_t pairs = 0, at = 0;

	if (len > LIMIT_BODY_BYTES)
		return malformed(cx, "it is too large");
	while (at < len) {
		const char *end = memchr(body + at, '&', len - at);
		size_t pair_len = end != NULL ? (size_t)(end - body) - at : len - at;
		if (pair_len > 0 && ++pairs > LIMIT_FORM_PAIRS)
			return malformed(cx, "it has too many values");
		if (pair_len > 0)
			TRY(put_pair(cx, root, body + at, pair_len));
		at += pair_len + 1;
	}
	number_rows(cx, root);
	*ret = root;
	return OK;
}

/* Counts brackets outside strings, so that the parser never meets a deep text. */
static bool too_deep(const char *body, size_t len)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = body[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']'))
			depth--;
		if (depth > LIMIT_JSON_DEPTH)
			return true;
	}
	return false;
}

enum err json_parse(struct cx *cx, const char *body, size_t len, json_t **ret)
{
	json_error_t error;
	json_t *j;

	if (len > LIMIT_BODY_BYTES)
		return fail(cx, ERR_INVALID, "json.malformed",
		    "The JSON text is larger than %u bytes.", LIMIT_BODY_BYTES);
	if (too_deep(body, len))
		return fail(cx, ERR_INVALID, "json.malformed",
		    "The JSON text is nested more than %d levels deep.", LIMIT_JSON_DEPTH);
	j = json_loadb(len > 0 ? body : "", len, JSON_REJECT_DUPLICATES, &error);
	if (j == NULL)
		return fail(cx, ERR_INVALID, "json.malformed",
		    "The JSON text is wrong in line %d: %s.", error.line, error.text);
	json_keep(cx, j);
	if (!json_is_object(j))
		return fail(cx, ERR_INVALID, "json.malformed", "The JSON text must be an object.");
	*ret = j;
	return OK;
}
