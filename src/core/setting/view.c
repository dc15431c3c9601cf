/* SPDX-License-Identifier: Apache-2.0 */
/* Settings as a tree of typed values under their names: the API's answer and what forms show. */
#include "core/setting/own.h"
#include "fmt/form.h"

json_t *setting_value(const struct field *f, const struct settings *s)
{
	const char *at = (const char *)s + f->offset;

	if (f->type == FIELD_SECRET)
		return json_null();
	if (f->type == FIELD_BOOL)
		return json_boolean(*(const bool *)at);
	if (f->type == FIELD_INT || f->type == FIELD_PPM)
		return json_integer(*(const int64_t *)(const void *)at);
	return json_string(*(const char *const *)(const void *)at);
}

enum err setting_view(struct cx *cx, json_t **ret)
{
	struct settings s;
	json_t *tree;

	TRY(setting_load(cx, &s));
	tree = json_keep(cx, json_object());
	for (size_t i = 0; i < setting_fields.n; i++) {
		const struct field *f = &setting_fields.rows[i];
		json_object_set_new(tree, f->name, setting_value(f, &s));
	}
	*ret = tree;
	return OK;
}
