/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of providers between form, database and provider: checked by the provider's field table,
 * secrets sealed on the way in, opened only in a link process. Which settings there are is the
 * tables' business.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"

/* Forms send text, the API numbers and booleans: one reading for both. A false box is an absent
 * one. */
static json_t *as_form(struct cx *cx, const json_t *body)
{
	json_t *form = json_keep(cx, json_object());
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)body, name, value) {
		if (json_is_integer(value))
			json_object_set_new(form, name,
			    json_string(arena_printf(cx->arena, "%lld",
			        (long long)json_integer_value(value))));
		else if (json_is_true(value))
			json_object_set_new(form, name, json_string("1"));
		else if (!json_is_false(value) && !json_is_null(value))
			json_object_set(form, name, value);
	}
	return form;
}

/* A stored object; {} for none. Whatever is in the database was written by us. */
static json_t *stored(struct cx *cx, const char *json)
{
	json_t *j = str_empty(json) ? NULL : json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(j)) {
		json_decref(j);
		j = json_object();
	}
	return json_keep(cx, j);
}

struct writing {
	const struct fields *fields;
	const char *values; /* the struct the table reads into */
	const json_t *old;
	const char *public_key;
	json_t *out;
};

static enum err put_secret(struct cx *cx, const struct writing *w, const struct field *f,
    const char *text)
{
	json_t *old = json_object_get(w->old, f->name);
	bool kept = json_is_object(old);
	if (str_empty(text) && !kept && (f->flags & FIELD_REQUIRED) != 0)
		return fail_field(cx, f->name, "field.required", "Fill in this field");
	if (str_empty(text)) {
		if (kept)
			json_object_set(w->out, f->name, old);
		return OK;
	}
	const char *sealed = crypto_seal(cx->arena, w->public_key, text);
	if (sealed == NULL)
		return fail(cx, ERR_INVALID, "link.public_key",
		    "A secret cannot be kept yet: run billhook init first");
	json_object_set_new(w->out, f->name, json_pack("{ss}", "sealed", sealed));
	return OK;
}

static enum err put(struct cx *cx, const struct writing *w, const struct field *f)
{
	const void *at = w->values + f->offset;
	switch (f->type) {
	case FIELD_SECRET:
	case FIELD_PASSWORD: return put_secret(cx, w, f, *(const char *const *)at);
	case FIELD_INT:
	case FIELD_ID:
	case FIELD_PPM:
		json_object_set_new(w->out, f->name, json_integer(*(const int64_t *)at));
		return OK;
	case FIELD_BOOL:
		json_object_set_new(w->out, f->name, json_boolean(*(const bool *)at));
		return OK;
	case FIELD_MONEY:
	case FIELD_DAY:
	case FIELD_MAP:
	case FIELD_LIST: assert(!"a provider's settings hold no money, days or lists"); return OK;
	default:
		json_object_set_new(w->out, f->name,
		    json_string(str_or(*(const char *const *)at, "")));
		return OK;
	}
}

enum err link_settings(struct cx *cx, const struct fields *f, const json_t *body,
    const char *old_json, const char *public_key, char **ret_json)
{
	struct writing w = {.fields = f,
	    .values = arena_alloc(cx->arena, f->size),
	    .public_key = public_key,
	    .old = stored(cx, old_json),
	    .out = json_keep(cx, json_object())};
	enum err err = OK;
	if (!json_is_object(body))
		return fail(cx, ERR_INVALID, "fields.invalid", "The settings must be an object.");
	err = field_read(cx, f, as_form(cx, body), FIELD_FORM, (void *)(uintptr_t)w.values);
	for (size_t i = 0; i < f->n; i++) {
		enum err one = put(cx, &w, &f->rows[i]);
		err = err == OK ? one : err;
	}
	TRY(err);
	char *text = json_dumps(w.out, JSON_COMPACT);
	assert(text != NULL);
	*ret_json = arena_strdup(cx->arena, text);
	free(text);
	return OK;
}

json_t *link_settings_form(struct cx *cx, const struct fields *f, const char *json, bool faulty)
{
	json_t *values = stored(cx, json);
	for (size_t i = 0; i < f->n; i++) {
		const char *name = f->rows[i].name;
		/* Any text makes field_form say that one is stored; it is not shown. */
		if (json_is_object(json_object_get(values, name)))
			json_object_set_new(values, name, json_string("set"));
	}
	return field_form(cx, f, values, faulty);
}

enum err link_open(struct cx *cx, const struct link_keys *keys, const char *settings_json,
    json_t **ret)
{
	json_t *settings = json_loads(str_or(settings_json, ""), JSON_REJECT_DUPLICATES, NULL);
	const char *name;
	json_t *value;
	void *next;
	if (!json_is_object(settings)) {
		json_decref(settings);
		return fail(cx, ERR_INVALID, "link.settings", "the settings are not a JSON object");
	}
	json_keep(cx, settings);
	json_object_foreach_safe(settings, next, name, value) {
		const char *sealed = json_string_value(json_object_get(value, "sealed"));
		if (sealed == NULL)
			continue;
		const char *text =
		    crypto_unseal(cx->arena, keys->public_key, keys->secret_key, sealed);
		if (text == NULL)
			return fail(cx, ERR_INTERNAL, "link.key",
			    "the secret \"%s\" cannot be opened with this key: enter it again",
			    name);
		json_object_set_new(settings, name, json_string(text));
	}
	*ret = settings;
	return OK;
}
