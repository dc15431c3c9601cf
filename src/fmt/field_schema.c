/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The field tables as JSON Schema (2020-12), for the API document. It says what field_read() checks
 * in a JSON body, as far as a schema can; the rest is in the descriptions.
 */
#include "base/money.h"
#include "base/str.h"
#include "fmt/field_own.h"

static const struct {
	const char *type, *format, *pattern, *example;
} shapes[] = {
    [FIELD_LINE] = {"string"},
    [FIELD_TEXT] = {"string"},
    [FIELD_EMAIL] = {"string", "email"},
    [FIELD_PASSWORD] = {"string", "password"},
    [FIELD_SECRET] = {"string", "password"},
    [FIELD_DOMAIN] = {"string", "idn-hostname"},
    [FIELD_URL] = {"string", "uri"},
    [FIELD_COUNTRY] = {"string", NULL, "^[A-Za-z]{2}$", "DE"},
    [FIELD_CURRENCY] = {"string", NULL, "^[A-Za-z]{3}$", "EUR"},
    [FIELD_CYCLE] = {"string", NULL, "^(once|[0-9]+[dwmy])$", "1m"},
    [FIELD_CHOICE] = {"string"},
    [FIELD_KEY] = {"string", NULL, "^[a-z0-9][a-z0-9._-]*$"},
    [FIELD_INT] = {"integer", "int64"},
    [FIELD_ID] = {"integer", "int64"},
    [FIELD_MONEY] = {"integer", "int64"},
    [FIELD_PPM] = {"integer", "int64"},
    [FIELD_BOOL] = {"boolean"},
    [FIELD_DAY] = {"string", "date", NULL, "2027-01-31"},
    [FIELD_LIST] = {"array"},
    [FIELD_MAP] = {"object"},
};

static void set_text(json_t *to, const char *name, const char *text)
{
	if (text != NULL)
		json_object_set_new(to, name, json_string(text));
}

static void set_number(json_t *to, const char *name, int64_t number)
{
	json_object_set_new(to, name, json_integer(number));
}

static void add_description(json_t *to, const struct field *f)
{
	const char *unit = f->type == FIELD_MONEY ? "Minor units of the currency." :
	    f->type == FIELD_PPM                  ? "Parts per million: 190000 is 19 %." :
	                                            NULL;
	json_t *text;

	if ((f->flags & FIELD_MANY) != 0)
		unit = "Words with spaces between.";
	if (f->help != NULL && unit != NULL)
		text = json_sprintf("%s %s", f->help, unit);
	else
		text = json_string(f->help != NULL ? f->help : str_or(unit, ""));
	if (json_string_length(text) > 0)
		json_object_set(to, "description", text);
	json_decref(text);
}

static void add_bounds(json_t *to, const struct field *f)
{
	if (field_is_text(f->type) && f->type != FIELD_CHOICE) {
		set_number(to, "maxLength", field_longest(f));
		if (f->min > 0)
			set_number(to, "minLength", f->min);
	} else if (f->type == FIELD_LIST) {
		set_number(to, "maxItems", field_longest(f));
		if (f->min > 0)
			set_number(to, "minItems", f->min);
	} else if (f->type == FIELD_INT || f->type == FIELD_ID || f->type == FIELD_MONEY ||
	    f->type == FIELD_PPM) {
		set_number(to, "minimum", f->type == FIELD_ID && f->min < 1 ? 1 : f->min);
		if (f->max > 0 || f->type == FIELD_MONEY)
			set_number(to, "maximum", f->max > 0 ? f->max : MONEY_MINOR_MAX);
	}
}

static void add_choices(json_t *to, const struct field *f)
{
	json_t *list = json_array();

	for (const char *const *c = f->choices; *c != NULL; c++)
		json_array_append_new(list, json_string(*c));
	if ((f->flags & FIELD_NULLABLE) != 0)
		json_array_append_new(list, json_null());
	json_object_set_new(to, "enum", list);
}

static json_t *default_of(const struct field *f)
{
	int64_t number;

	if (f->type == FIELD_BOOL)
		return json_boolean(!str_eq(f->otherwise, "0") && !str_eq(f->otherwise, "false") &&
		    !str_empty(f->otherwise));
	if (f->type == FIELD_PPM && field_percent_parse(f->otherwise, &number))
		return json_integer(number);
	if ((f->type == FIELD_INT || f->type == FIELD_ID) && str_int(f->otherwise, &number))
		return json_integer(number);
	/* An amount's default depends on the currency: nothing that a schema can say. */
	return field_is_text(f->type) || f->type == FIELD_DAY ? json_string(f->otherwise) : NULL;
}

static json_t *field_one(const struct field *f)
{
	json_t *to = json_object();

	set_text(to, "type", shapes[f->type].type);
	set_text(to, "title", f->label);
	set_text(to, "format", shapes[f->type].format);
	set_text(to, "pattern", shapes[f->type].pattern);
	add_description(to, f);
	add_bounds(to, f);
	if ((f->flags & FIELD_NULLABLE) != 0)
		json_object_set_new(to, "type", json_pack("[s, s]", shapes[f->type].type, "null"));
	if (f->choices != NULL)
		add_choices(to, f);
	if (f->type == FIELD_PASSWORD || f->type == FIELD_SECRET)
		json_object_set_new(to, "writeOnly", json_true());
	if (f->type == FIELD_LIST)
		json_object_set_new(to, "items", field_schema(f->sub));
	if (f->type == FIELD_MAP) {
		json_object_set_new(to, "maxProperties", json_integer(field_longest(f)));
		json_object_set_new(to, "additionalProperties",
		    json_pack("{s:[s, s, s, s]}", "type", "string", "integer", "boolean", "null"));
	}
	if (f->otherwise != NULL) {
		json_t *value = default_of(f);
		if (value != NULL)
			json_object_set_new(to, "default", value);
	}
	if (shapes[f->type].example != NULL)
		json_object_set_new(to, "examples", json_pack("[s]", shapes[f->type].example));
	return to;
}

json_t *field_schema(const struct fields *f)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *schema = json_pack("{s:s, s:b, s:O, s:O}", "type", "object", "additionalProperties",
	    0, "properties", properties, "required", required);

	for (size_t i = 0; i < f->n; i++) {
		const struct field *row = &f->rows[i];
		json_object_set_new(properties, row->name, field_one(row));
		if ((row->flags & FIELD_REQUIRED) != 0 && row->otherwise == NULL &&
		    row->type != FIELD_SECRET)
			json_array_append_new(required, json_string(row->name));
	}
	json_decref(properties);
	json_decref(required);
	return schema;
}
