/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other direction of the field tables: a form as a tree for templates, with what was typed or
 * stored and what was wrong. Every key is always present, so that templates stay strict. HTML
 * itself is in templates, not here.
 */
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "fmt/country.h"
#include "fmt/field_own.h"
#include "fmt/people.h"

/* What is the same for all fields of one form. */
struct form {
	struct cx *cx;
	bool faulty;
};

static const char *const type_words[] = {
    [FIELD_LINE] = "line",
    [FIELD_TEXT] = "text",
    [FIELD_EMAIL] = "email",
    [FIELD_PASSWORD] = "password",
    [FIELD_SECRET] = "secret",
    [FIELD_DOMAIN] = "domain",
    [FIELD_URL] = "url",
    [FIELD_COUNTRY] = "country",
    [FIELD_CURRENCY] = "currency",
    [FIELD_CYCLE] = "cycle",
    [FIELD_CHOICE] = "choice",
    [FIELD_KEY] = "key",
    [FIELD_INT] = "int",
    [FIELD_ID] = "id",
    [FIELD_MONEY] = "money",
    [FIELD_PPM] = "ppm",
    [FIELD_BOOL] = "bool",
    [FIELD_DAY] = "day",
    [FIELD_LIST] = "list",
    [FIELD_MAP] = "map",
};

static bool is_secret(const struct field *f)
{
	return f->type == FIELD_PASSWORD || f->type == FIELD_SECRET;
}

static bool is_select(const struct field *f)
{
	return f->choices != NULL || f->type == FIELD_CHOICE || f->type == FIELD_COUNTRY;
}

static const char *input_type(const struct field *f)
{
	if (is_select(f))
		return "select";
	switch (f->type) {
	case FIELD_TEXT: return "textarea";
	case FIELD_EMAIL:
	case FIELD_URL:
	case FIELD_PASSWORD: return type_words[f->type];
	case FIELD_SECRET: return "password";
	case FIELD_INT:
	case FIELD_ID: return "number";
	case FIELD_BOOL: return "checkbox";
	case FIELD_DAY: return "date";
	case FIELD_LIST: return "list";
	default: return "text";
	}
}

static const char *stored_money(struct cx *cx, const struct field_level *level, const json_t *value)
{
	const char *currency = field_currency(cx, level);

	if (currency == NULL)
		return "";
	return money_print_plain(cx->arena, json_integer_value(value), currency);
}

/* A number that stands for "none" is an empty input. */
static bool is_unset(const struct field *f, const char *text)
{
	return f->type == FIELD_INT && str_eq(text, "-1") && str_eq(f->otherwise, "-1");
}

/* What stands in the input: typed text as it is, stored values as one would type them. */
static const char *value_text(const struct field_spot *s, const json_t *value)
{
	struct arena *a = s->cx->arena;

	if (value == NULL)
		return is_unset(s->field, s->field->otherwise) ? "" :
		                                                 str_or(s->field->otherwise, "");
	if (s->field->type == FIELD_MAP && json_is_object(value))
		return field_map_print(a, value);
	if (json_is_string(value))
		return json_string_value(value);
	if ((s->field->flags & FIELD_MANY) != 0 && json_is_array(value))
		return field_words(a, value);
	if (json_is_integer(value) && s->field->type == FIELD_MONEY)
		return stored_money(s->cx, s->level, value);
	if (json_is_integer(value) && s->field->type == FIELD_PPM)
		return field_percent_print(a, json_integer_value(value));
	if (json_is_integer(value)) {
		const char *number = arena_printf(a, "%lld", (long long)json_integer_value(value));
		return is_unset(s->field, number) ? "" : number;
	}
	return json_is_true(value) ? "1" : "";
}

const char *field_choice_label(struct arena *a, const struct fields *f, const char *name,
    const char *word)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; str_eq(f->rows[i].name, name) && f->rows[i].labels != NULL &&
		     f->rows[i].choices[k] != NULL;
		     k++)
			if (str_eq(f->rows[i].choices[k], word))
				return f->rows[i].labels[k];
	return people_word(a, word);
}

static void add_choice(json_t *list, const char *value, json_t *label, const char *chosen)
{
	json_array_append_new(list,
	    json_pack("{s:s, s:o, s:b}", "value", value, "label", label, "selected",
	        (int)str_eq(value, chosen)));
}

static json_t *choices_of(struct cx *cx, const struct field *f, const char *chosen)
{
	json_t *list = json_array();
	size_t n = 0;
	const struct country *countries = country_all(&n);

	for (size_t i = 0; f->choices != NULL && f->choices[i] != NULL; i++) {
		struct cycle cycle;
		bool is_cycle = f->type == FIELD_CYCLE && cycle_parse(f->choices[i], &cycle);
		const char *word = is_cycle ? cycle_print_people(cx->arena, cycle) : f->choices[i];
		add_choice(list, f->choices[i],
		    json_string(f->labels != NULL ? f->labels[i] : people_word(cx->arena, word)),
		    chosen);
	}
	for (size_t i = 0; f->choices == NULL && f->type == FIELD_COUNTRY && i < n; i++)
		add_choice(list, countries[i].code, json_string(countries[i].name), chosen);
	return list;
}

static json_t *text_or_null(const char *s)
{
	return s != NULL ? json_string(s) : json_null();
}

/* What is wrong with one name of a map is shown beside the one input that it has. */
static json_t *error_of(const struct form *form, const struct field *f, const char *name)
{
	const struct field_fault *fault = form->faulty ? form->cx->fault.fields : NULL;
	size_t n = strlen(name);

	for (; fault != NULL; fault = fault->next) {
		bool within =
		    f->type == FIELD_MAP && str_starts(fault->name, name) && fault->name[n] == '.';
		if (strcmp(fault->name, name) == 0 || within)
			return json_string(fault->text);
	}
	return json_null();
}

static void add_bounds(json_t *to, const struct field *f)
{
	bool number = f->type == FIELD_INT || f->type == FIELD_ID;
	bool text = field_is_text(f->type) && !is_select(f);

	json_object_set_new(to, "min", number ? json_integer(f->min) : json_null());
	json_object_set_new(to, "max", number && f->max > 0 ? json_integer(f->max) : json_null());
	json_object_set_new(to, "minlength",
	    text && f->min > 0 ? json_integer(f->min) : json_null());
	json_object_set_new(to, "maxlength", text ? json_integer(field_longest(f)) : json_null());
}

static const char *inputmode(const struct field *f)
{
	if (f->type == FIELD_MONEY || f->type == FIELD_PPM)
		return "decimal";
	return f->type == FIELD_INT || f->type == FIELD_ID ? "numeric" : NULL;
}

static const char *from_of(const struct field *f)
{
	if (f->from != NULL)
		return f->from;
	return f->choices != NULL     ? NULL :
	    f->type == FIELD_CURRENCY ? "currency" :
	    f->type == FIELD_CYCLE    ? "cycle" :
	                                NULL;
}

/* What the template asks for, empty until somebody offers choices. */
static void add_offers(json_t *to, const struct field *f)
{
	json_object_set_new(to, "from", text_or_null(from_of(f)));
	json_object_set_new(to, "many", json_boolean((f->flags & FIELD_MANY) != 0));
	json_object_set_new(to, "map", json_boolean(f->type == FIELD_MAP));
	json_object_set_new(to, "listed", json_false());
	json_object_set_new(to, "offered", json_false());
	json_object_set_new(to, "suggest", json_null());
	json_object_set_new(to, "option_form", json_null());
	json_object_set_new(to, "addon_form", json_null());
}

/* The parts that follow from the table alone. */
static json_t *describe(const struct form *form, const struct field *f, const char *name)
{
	char *id = arena_printf(form->cx->arena, "field-%s", name);
	json_t *to = json_object();

	for (char *p = id; *p != '\0'; p++)
		*p = *p == '.' ? '-' : *p;
	json_object_set_new(to, "name", json_string(name));
	json_object_set_new(to, "id", json_string(id));
	json_object_set_new(to, "label", json_string(str_or(f->label, f->name)));
	json_object_set_new(to, "help", text_or_null(f->help));
	json_object_set_new(to, "type", json_string(type_words[f->type]));
	json_object_set_new(to, "input_type", json_string(input_type(f)));
	json_object_set_new(to, "autocomplete", text_or_null(f->autocomplete));
	json_object_set_new(to, "inputmode", text_or_null(inputmode(f)));
	json_object_set_new(to, "multiline", json_boolean(f->type == FIELD_TEXT));
	json_object_set_new(to, "select", json_boolean(is_select(f)));
	json_object_set_new(to, "checkbox", json_boolean(f->type == FIELD_BOOL));
	json_object_set_new(to, "list", json_boolean(f->type == FIELD_LIST));
	json_object_set_new(to, "error", error_of(form, f, name));
	add_bounds(to, f);
	add_offers(to, f);
	return to;
}

static json_t *level_form(const struct form *form, const struct field_level *level);

static json_t *row_form(const struct form *form, const struct field_spot *s, const json_t *row,
    size_t i)
{
	struct field_level level = {s->field->sub, row, NULL, s->level};
	json_t *tree;

	level.prefix = arena_printf(s->cx->arena, "%s.%zu.", s->name, i);
	tree = level_form(form, &level);
	json_object_set_new(tree, "index", json_integer((json_int_t)i));
	return tree;
}

static void add_rows(const struct form *form, const struct field_spot *s, json_t *to,
    const json_t *value)
{
	size_t n = json_array_size(value);
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, row_form(form, s, json_array_get(value, i), i));
	json_object_set_new(to, "rows", rows);
	json_object_set_new(to, "extra", row_form(form, s, NULL, n));
}

static json_t *field_tree(const struct form *form, const struct field *f,
    const struct field_level *level)
{
	const char *name = arena_printf(form->cx->arena, "%s%s", level->prefix, f->name);
	struct field_spot s = {form->cx, f, level, name, FIELD_FORM};
	const json_t *value = json_object_get(level->body, f->name);
	const char *text = value_text(&s, value);
	bool stored = is_secret(f) && !str_empty(text);
	bool checked = text[0] != '\0' && strcmp(text, "0") != 0 && strcmp(text, "false") != 0;
	json_t *to = describe(form, f, name);

	/* A form that came back without the box was sent with the box empty. */
	if (f->type == FIELD_BOOL && form->faulty && value == NULL)
		checked = false;
	json_object_set_new(to, "required",
	    json_boolean((f->flags & FIELD_REQUIRED) != 0 && !stored));
	json_object_set_new(to, "stored", json_boolean(stored));
	json_object_set_new(to, "checked", json_boolean(f->type == FIELD_BOOL && checked));
	json_object_set_new(to, "value",
	    json_string(is_secret(f)      ? "" :
	            f->type == FIELD_BOOL ? "1" :
	                                    text));
	/* What was chosen under names of the company's own. */
	json_object_set_new(to, "given",
	    value != NULL && (f->type == FIELD_MAP || f->type == FIELD_LIST) ?
	        json_deep_copy(value) :
	        json_null());
	json_object_set_new(to, "choices", choices_of(form->cx, f, text));
	if (f->type == FIELD_LIST) {
		add_rows(form, &s, to, value);
	} else {
		json_object_set_new(to, "rows", json_array());
		json_object_set_new(to, "extra", json_null());
	}
	return to;
}

/* Nesting is that of the tables, which are constants. */
static json_t *level_form(const struct form *form, const struct field_level *level)
{
	json_t *list = json_array(), *by = json_object();

	for (size_t i = 0; i < level->f->n; i++) {
		json_t *tree = field_tree(form, &level->f->rows[i], level);
		json_object_set(by, level->f->rows[i].name, tree);
		json_array_append_new(list, tree);
	}
	return json_pack("{s:o, s:o}", "fields", list, "by", by);
}

json_t *field_form(struct cx *cx, const struct fields *f, const json_t *values, bool faulty)
{
	struct form form = {cx, faulty};
	struct field_level level = {f, values, "", NULL};

	return level_form(&form, &level);
}
