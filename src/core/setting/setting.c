/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and writing the company's settings. A value is stored as plain text: numbers in decimal,
 * ppm as integers, yes and no as 1 and 0, secrets sealed. Which settings exist is in fields.c.
 */
#include "core/setting/setting.h"

#include <assert.h>
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/setting/own.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

static const struct field *find(const char *name)
{
	for (size_t i = 0; i < setting_fields.n; i++) {
		if (strcmp(setting_fields.rows[i].name, name) == 0)
			return &setting_fields.rows[i];
	}
	return NULL;
}

/* Stored text was checked when it was written; a number that is none keeps the default. */
static void put(const struct field *f, const char *text, struct settings *s)
{
	char *at = (char *)s + f->offset;

	if (f->type == FIELD_BOOL)
		*(bool *)at = str_eq(text, "1");
	else if (f->type == FIELD_INT || f->type == FIELD_PPM)
		(void)str_int(text, (int64_t *)(void *)at);
	else
		*(const char **)(void *)at = text;
}

enum err setting_load(struct cx *cx, struct settings *ret)
{
	struct setting_row *rows;
	struct settings s;
	size_t n;

	TRY(setting_rows(cx, &rows, &n));
	/* An empty JSON body reads as the defaults of all fields. */
	TRY(field_read(cx, &setting_fields, json_keep(cx, json_object()), FIELD_JSON, &s));
	s.link_public_key = "";
	for (size_t i = 0; i < n; i++) {
		const struct field *f = find(rows[i].name);
		if (f != NULL)
			put(f, rows[i].value, &s);
		else if (str_eq(rows[i].name, SETTING_KEY_NAME))
			s.link_public_key = rows[i].value;
	}
	*ret = s;
	return OK;
}

enum err setting_put(struct cx *cx, const char *name, const char *value)
{
	assert(find(name) != NULL || str_eq(name, SETTING_KEY_NAME));
	return setting_write(cx, name, value);
}

/* {"company": {"name": …}}, as a form is parsed, becomes {"company.name": …}. */
static json_t *flatten(struct cx *cx, const json_t *values)
{
	json_t *flat = json_keep(cx, json_object()), *value, *inner;
	const char *area, *name;

	json_object_foreach((json_t *)(uintptr_t)values, area, value) {
		if (!json_is_object(value)) {
			json_object_set(flat, area, value);
			continue;
		}
		json_object_foreach(value, name, inner)
			json_object_set(flat, arena_printf(cx->arena, "%s.%s", area, name), inner);
	}
	return flat;
}

/* What the field types cannot say. */
static enum err check_value(struct cx *cx, const struct field *f, const struct settings *s)
{
	const char *name = f->name;

	if (str_eq(name, "company.zone") && zone_check(cx, s->company_zone) != OK) {
		const char *why = arena_strdup(cx->arena, cx->fault.detail);
		return fail_field(cx, name, "zone.unknown", "%s", why);
	}
	if (str_eq(name, "company.locale") && !setting_locale_ok(s->company_locale))
		return fail_field(cx, name, "setting.locale", "Enter a language, like en_US or de");
	if (str_eq(name, "company.accent") && !setting_color_ok(s->company_accent))
		return fail_field(cx, name, "setting.color", "Enter a color, like #206bc4");
	if ((str_eq(name, "invoice.format") && !setting_format_ok(s->invoice_format)) ||
	    (str_eq(name, "credit_note.format") && !setting_format_ok(s->credit_note_format)) ||
	    (str_eq(name, "proforma.format") && !setting_format_ok(s->proforma_format)) ||
	    (str_eq(name, "quote.format") && !setting_format_ok(s->quote_format)))
		return fail_field(cx, name, "setting.format",
		    "Use {NUMBER} or {NUMBER:5} once, {YEAR} and {MONTH} as you like, and no"
		    " blanks");
	return OK;
}

static enum err seal(struct cx *cx, const struct field *f, const char *key, const char **text)
{
	char *sealed = str_empty(key) ? NULL : crypto_seal(cx->arena, key, *text);

	if (sealed == NULL)
		return fail_field(cx, f->name, "setting.no_key",
		    "A secret cannot be kept yet: run billhook init first");
	*text = sealed;
	return OK;
}

/* One value read by its field alone into a struct of its own. */
static enum err read_one(struct cx *cx, const struct field *f, json_t *value,
    enum field_source source, struct settings *ret)
{
	struct field alone = *f;
	struct fields table = {setting_fields.name, &alone, 1, sizeof *ret};
	json_t *body = json_keep(cx, json_pack("{s:O}", f->name, value));

	alone.otherwise = NULL; /* blank is blank here, not the default */
	TRY(field_read(cx, &table, body, source, ret));
	return check_value(cx, f, ret);
}

static const char *print(struct cx *cx, const struct field *f, const struct settings *s)
{
	const char *at = (const char *)s + f->offset;

	if (f->type == FIELD_BOOL)
		return *(const bool *)at ? "1" : "0";
	if (f->type == FIELD_INT || f->type == FIELD_PPM)
		return arena_printf(cx->arena, "%lld",
		    (long long)*(const int64_t *)(const void *)at);
	at = *(const char *const *)(const void *)at;
	if (f->type != FIELD_URL)
		return at;
	/* Links are made by putting a path behind it. */
	size_t len = strlen(at);
	while (len > 0 && at[len - 1] == '/')
		len--;
	return arena_strndup(cx->arena, at, len);
}

struct save {
	const json_t *values;
	enum field_source source;
	struct settings before;
	json_t *changed; /* {name: [before, after]} */
};

static enum err save_one(struct cx *cx, struct save *a, const char *name, json_t *value)
{
	const struct field *f = find(name);
	struct settings read;
	const char *text;

	if (f == NULL)
		return fail_field(cx, name, "field.unknown", "There is no setting with this name");
	TRY(read_one(cx, f, value, a->source, &read));
	text = print(cx, f, &read);
	if (f->type == FIELD_SECRET) {
		if (str_empty(text))
			return OK;
		TRY(seal(cx, f, a->before.link_public_key, &text));
		json_object_set_new(a->changed, name, json_pack("[ss]", "***", "***"));
		return setting_write(cx, name, text);
	}
	json_t *old = setting_value(f, &a->before), *new;
	put(f, text, &read);
	new = setting_value(f, &read);
	if (!json_equal(old, new))
		json_object_set_new(a->changed, name, json_pack("[OO]", old, new));
	json_decref(old);
	json_decref(new);
	return setting_write(cx, name, text);
}

/* Numbers that begin again would repeat without their year, or month, in them. */
static enum err check_format(struct cx *cx, const struct settings *s, const char *name,
    const char *format)
{
	bool month = str_eq(s->billing_number_restart, "month");
	if (str_eq(s->billing_number_restart, "never"))
		return OK;
	if (strstr(format, "{YEAR}") == NULL)
		return fail_field(cx, name, "setting.format_year",
		    "Numbers restart each %s, so the format needs {YEAR}",
		    s->billing_number_restart);
	if (month && strstr(format, "{MONTH}") == NULL)
		return fail_field(cx, name, "setting.format_month",
		    "Numbers restart each month, so the format needs {MONTH}");
	return OK;
}

static enum err check_together(struct cx *cx)
{
	struct settings s;

	TRY(setting_load(cx, &s));
	enum err invoice = check_format(cx, &s, "invoice.format", s.invoice_format);
	enum err note = check_format(cx, &s, "credit_note.format", s.credit_note_format);
	enum err quote = check_format(cx, &s, "quote.format", s.quote_format);
	enum err proforma = s.invoice_proforma ?
	    check_format(cx, &s, "proforma.format", s.proforma_format) :
	    OK;
	return invoice != OK ? invoice : note != OK ? note : quote != OK ? quote : proforma;
}

static enum err save(struct cx *cx, void *arg)
{
	struct save *a = arg;
	json_t *value;
	const char *name;
	enum err err = OK;

	TRY(setting_load(cx, &a->before));
	a->changed = json_keep(cx, json_object());
	json_object_foreach((json_t *)(uintptr_t)a->values, name, value) {
		enum err one = save_one(cx, a, name, value);
		if (one != OK && one != ERR_INVALID)
			return one;
		err = one != OK ? one : err;
	}
	TRY(err);
	TRY(check_together(cx));
	if (json_object_size(a->changed) == 0)
		return OK;
	json_t *data = json_keep(cx, json_pack("{s:O}", "changed", a->changed));
	return event_add(cx, &(struct event){"setting", 0, "change", 0, data}, NULL);
}

enum err setting_save(struct cx *cx, const json_t *values, enum field_source source)
{
	struct save a = {.source = source};

	if (!json_is_object(values))
		return fail(cx, ERR_INVALID, "fields.invalid", "The body must be an object.");
	a.values = flatten(cx, values);
	return db_tx(cx, save, &a);
}

struct day setting_today(const struct cx *cx, const struct settings *s)
{
	return zone_day(s->company_zone, cx->now);
}
