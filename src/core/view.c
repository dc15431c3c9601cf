/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the views and stores of all core modules have in common: lines, lists of changes, search
 * patterns, JSON text. It knows no module and no table.
 */
#include "core/view.h"

#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"

json_t *view_lines(struct cx *cx, const char *text)
{
	json_t *lines = json_array();
	size_t n;
	char **parts = str_split(cx->arena, str_or(text, ""), '\n', &n);

	for (size_t i = 0; i < n; i++) {
		const char *line = str_trim(cx->arena, parts[i]);
		if (!str_empty(line))
			json_array_append_new(lines, json_string(line));
	}
	return lines;
}

json_t *view_changed(struct cx *cx, const json_t *before, const json_t *after)
{
	json_t *changed = json_object(), *value;
	const char *name;

	/* jansson iterates a const object only by casting; nothing is changed. */
	json_object_foreach((json_t *)(uintptr_t)after, name, value) {
		json_t *old = json_object_get(before, name);
		if (old != NULL && !json_equal(old, value))
			json_object_set_new(changed, name, json_pack("[OO]", old, value));
	}
	if (json_object_size(changed) == 0) {
		json_decref(changed);
		return NULL;
	}
	return json_keep(cx, json_pack("{s:o}", "changed", changed));
}

static int add_text(const char *bytes, size_t len, void *arg)
{
	buf_add(arg, bytes, len);
	return 0;
}

const char *view_print(struct cx *cx, const json_t *tree)
{
	struct buf text;

	if (tree == NULL)
		return "{}";
	buf_init(&text, cx->arena);
	json_dump_callback(tree, add_text, &text, JSON_COMPACT | JSON_ENCODE_ANY);
	return buf_text(&text);
}

json_t *view_parse(const char *text)
{
	json_t *tree = json_loads(text, JSON_DECODE_ANY, NULL);

	return tree != NULL ? tree : json_object();
}

const char *view_like(struct cx *cx, const char *q)
{
	struct buf text;

	if (q == NULL || str_empty(str_trim(cx->arena, q)))
		return NULL;
	buf_init(&text, cx->arena);
	buf_char(&text, '%');
	for (q = str_trim(cx->arena, q); *q != '\0'; q++) {
		if (*q == '%' || *q == '_' || *q == '\\')
			buf_char(&text, '\\');
		buf_char(&text, *q);
	}
	buf_char(&text, '%');
	return buf_text(&text);
}

int64_t view_limit(int64_t asked)
{
	if (asked <= 0)
		return LIMIT_PAGE_ROWS;
	return asked > LIMIT_API_ROWS ? LIMIT_API_ROWS : asked;
}
