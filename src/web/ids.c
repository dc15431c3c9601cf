/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of ids in a body, however they came: a list, check boxes, or text. */
#include "web/ids.h"

#include "base/str.h"
#include "fmt/form.h"

static void add(struct buf *text, const char *id)
{
	buf_printf(text, "%s%s", *buf_text(text) == '\0' ? "" : ",", id);
}

void web_ids_flatten(struct cx *cx, struct page *p, const char *name)
{
	json_t *given = json_object_get(p->body, name), *value;
	struct buf text;
	const char *key;
	size_t i;
	if (!json_is_array(given) && !json_is_object(given))
		return;
	buf_init(&text, cx->arena);
	json_array_foreach(given, i, value)
		add(&text, arena_printf(cx->arena, "%lld", (long long)json_integer_value(value)));
	json_object_foreach(given, key, value)
		add(&text, key[0] == 'i' ? key + 1 : key);
	json_object_set_new(p->body, name, json_string(buf_text(&text)));
}

enum err web_ids(struct cx *cx, const char *name, const char *text, int64_t **ret, size_t *ret_n)
{
	size_t n = 0;
	char **parts = str_empty(text) ? NULL : str_split(cx->arena, text, ',', &n);
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, n);
	for (size_t i = 0; i < n; i++)
		if (!str_int(str_trim(cx->arena, parts[i]), &ids[i]) || ids[i] <= 0)
			return fail_field(cx, name, "field.id", "Give ids, with commas between");
	*ret = ids;
	*ret_n = n;
	return OK;
}
