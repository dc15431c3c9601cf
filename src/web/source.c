/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table: what a field is a key of, and where its choices come from. Plans, clients and the like
 * are chosen by name on every staff form; a page does nothing for it but use the field's table.
 */
#include "web/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/bundle/bundle.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/option/option.h"
#include "core/payment/payment.h"
#include "core/service/reprice.h"
#include "core/staff/staff.h"
#include "core/tax/tax.h"
#include "fmt/form.h"

#define SUGGESTIONS 20

/* ---- what is in a form ---- */

static const char *text(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

const char *source_value(const json_t *level, const char *field)
{
	return text(json_object_get(json_object_get(level, "by"), field), "value");
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; n > 0 && (at = strstr(at, word)) != NULL; at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static bool is_many(const struct offer *o)
{
	return json_is_true(json_object_get(o->field, "many"));
}

void source_add(struct offer *o, const char *value, const char *label)
{
	bool chosen = is_many(o) ? has_word(o->value, value) : str_eq(o->value, value);
	json_t *choice;
	size_t i;

	json_array_foreach(o->choices, i, choice)
		if (str_eq(text(choice, "value"), value))
			return;
	json_array_append_new(o->choices,
	    json_pack("{s:I, s:s, s:s, s:b}", "index", (json_int_t)json_array_size(o->choices),
	        "value", value, "label", label, "selected", (int)chosen));
}

/* ---- sources ---- */

enum err source_catalog(struct offer *o, json_t **ret)
{
	if (*o->catalog == NULL)
		TRY(catalog_view(o->cx, &(struct plan_filter){.currency = NULL}, o->catalog));
	*ret = json_object_get(*o->catalog, "groups");
	return OK;
}

static enum err source_plan(struct offer *o)
{
	json_t *groups, *group, *plan;
	size_t i, k;

	TRY(source_catalog(o, &groups));
	json_array_foreach(groups, i, group)
		json_array_foreach(json_object_get(group, "plans"), k, plan)
			if (str_eq(text(plan, "state"), "active"))
				source_add(o, text(plan, "key"), text(plan, "name"));
	return OK;
}

/* The company's first, then those that something is sold in, then all others there are. */
static enum err source_currency(struct offer *o)
{
	json_t *groups, *group, *plan, *price;
	size_t i, k, m;

	source_add(o, o->p->settings.company_currency, o->p->settings.company_currency);
	TRY(source_catalog(o, &groups));
	json_array_foreach(groups, i, group)
		json_array_foreach(json_object_get(group, "plans"), k, plan)
			json_array_foreach(json_object_get(plan, "prices"), m, price)
				source_add(o, text(price, "currency"), text(price, "currency"));
	for (int digits = 0; o->p->route->area == AREA_STAFF && digits < 5; digits++) {
		size_t n;
		char **codes = str_split(o->cx->arena, str_or(currency_codes(digits), ""), ' ', &n);
		for (i = 0; i < n; i++)
			source_add(o, codes[i], codes[i]);
	}
	return OK;
}

static enum err source_class(struct offer *o)
{
	struct tax_table taxes;

	source_add(o, "standard", "Standard");
	TRY(tax_load(o->cx, &taxes));
	for (size_t i = 0; i < taxes.n; i++)
		source_add(o, taxes.rates[i].tax_class,
		    str_label(o->cx->arena, taxes.rates[i].tax_class));
	return OK;
}

static enum err source_gateway(struct offer *o)
{
	json_t *rows, *row;
	size_t i;

	TRY(gateway_list(o->cx, true, &rows));
	json_array_foreach(rows, i, row)
		source_add(o, text(row, "key"), text(row, "name"));
	return OK;
}

static enum err source_bundle(struct offer *o)
{
	json_t *rows, *row;
	size_t i;

	TRY(bundle_list(o->cx, true, &rows));
	json_array_foreach(rows, i, row)
		source_add(o, text(row, "key"), text(row, "name"));
	return OK;
}

static enum err source_option(struct offer *o)
{
	json_t *rows, *row;
	size_t i;

	TRY(option_list(o->cx, 0, &rows));
	json_array_foreach(rows, i, row)
		if (!str_eq(text(row, "key"), source_value(o->form, "key")))
			source_add(o, text(row, "key"), text(row, "name"));
	return OK;
}

/* Answers that an option can have: of the one chosen above, else of all. */
static enum err source_answer(struct offer *o)
{
	const char *of = source_value(o->form, "shown_if_option");
	json_t *rows, *row, *choice;
	size_t i, k;

	TRY(option_list(o->cx, 0, &rows));
	json_array_foreach(rows, i, row) {
		if (!str_empty(of) && !str_eq(of, text(row, "key")))
			continue;
		if (str_eq(text(row, "kind"), "yesno"))
			source_add(o, "yes", "Yes");
		json_array_foreach(json_object_get(row, "choices"), k, choice)
			source_add(o, text(choice, "key"),
			    arena_printf(o->cx->arena, "%s: %s", text(row, "name"),
			        text(choice, "name")));
	}
	return OK;
}

/* The choices that stand further up in the same form. */
static enum err source_choice(struct offer *o)
{
	json_t *rows = json_object_get(json_object_get(json_object_get(o->form, "by"), "choices"),
	           "rows"),
	       *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (!str_empty(source_value(row, "key")))
			source_add(o, source_value(row, "key"), source_value(row, "name"));
	return OK;
}

static enum err add_versions(struct offer *o, const json_t *plan)
{
	json_t *rows, *row;
	struct cycle cycle;
	size_t i;

	TRY(reprice_versions(o->cx, json_integer_value(json_object_get(plan, "id")), &rows));
	json_array_foreach(rows, i, row) {
		json_int_t id = json_integer_value(json_object_get(row, "price_id"));
		json_int_t minor = json_integer_value(json_object_get(row, "price_minor"));
		if (id == 0 || !cycle_parse(text(row, "cycle"), &cycle))
			continue;
		source_add(o, arena_printf(o->cx->arena, "%lld", (long long)id),
		    arena_printf(o->cx->arena, "%s, %s, %s (version %lld, services: %lld)",
		        text(plan, "name"), cycle_print_people(o->cx->arena, cycle),
		        money_print(o->cx->arena, money_of(minor, text(row, "currency"))),
		        (long long)id,
		        (long long)json_integer_value(json_object_get(row, "services"))));
	}
	return OK;
}

static enum err source_version(struct offer *o)
{
	const char *plans = source_value(o->form, "plans");
	json_t *groups, *group, *plan;
	size_t i, k;

	TRY(source_catalog(o, &groups));
	json_array_foreach(groups, i, group)
		json_array_foreach(json_object_get(group, "plans"), k, plan)
			if (str_empty(plans) || has_word(plans, text(plan, "key")))
				TRY(add_versions(o, plan));
	return OK;
}

static enum err source_permission(struct offer *o)
{
	source_add(o, "*", "All of mine");
	for (size_t i = 0; i < permissions_n; i++)
		if (page_may(o->p, permissions[i].word))
			source_add(o, permissions[i].word, permissions[i].label);
	return OK;
}

/* Kinds of letters that further persons of a client get. */
static enum err source_letters(struct offer *o)
{
	source_add(o, "invoice", "Invoices and reminders");
	source_add(o, "service", "Services: ready, suspended, ended");
	return OK;
}

/* ---- clients ---- */

const char *web_client_words(struct cx *cx, const json_t *c)
{
	const char *company = text(c, "company");

	return arena_printf(cx->arena, "#%lld %s%s%s, %s",
	    (long long)json_integer_value(json_object_get(c, "id")), text(c, "name"),
	    str_empty(company) ? "" : ", ", company, text(c, "email"));
}

/* What was chosen is shown in words; typed text as it was typed, with who it could be. */
static enum err source_client(struct offer *o)
{
	int64_t id = 0;
	bool known = str_int(o->value, &id) && id > 0;
	struct client c;
	json_t *rows, *row;
	size_t i;
	enum err err = known ? client_get(o->cx, id, &c) : ERR_NOT_FOUND;

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(o->cx);
	if (err == OK)
		json_object_set_new(o->field, "value",
		    json_string(web_client_words(o->cx, client_view(o->cx, &c))));
	const char *q = known || str_empty(o->value) ? NULL : o->value;
	TRY(client_list(o->cx, &(struct client_filter){.q = q, .limit = SUGGESTIONS}, &rows));
	json_array_foreach(rows, i, row)
		source_add(o, web_client_words(o->cx, row), "");
	json_object_set_new(o->field, "suggest", json_string("/admin/clients/suggest"));
	json_object_set_new(o->field, "input_type", json_string("text"));
	json_object_set_new(o->field, "inputmode", json_null());
	return OK;
}

/* "#7 …" of a suggestion, or a number. */
static bool number_of(struct arena *a, const char *typed, int64_t *ret)
{
	const char *digits = *typed == '#' ? typed + 1 : typed;
	size_t n = strspn(digits, "0123456789");

	return n > 0 && (digits[n] == '\0' || (*typed == '#' && digits[n] == ' ')) &&
	    str_int(arena_strndup(a, digits, n), ret);
}

static enum err resolve(struct cx *cx, json_t *in, const char *field)
{
	const char *typed = text(in, field);
	struct buf b;
	json_t *rows, *row;
	size_t i;
	int64_t id;

	if (str_empty(typed))
		return OK;
	typed = str_trim(cx->arena, typed);
	if (number_of(cx->arena, typed, &id)) {
		json_object_set_new(in, field, json_sprintf("%lld", (long long)id));
		return OK;
	}
	TRY(client_list(cx, &(struct client_filter){.q = typed, .limit = 6}, &rows));
	if (json_array_size(rows) == 0)
		return fail_field(cx, field, "client.unknown",
		    "Nobody is found by this. Enter a name, an e-mail address or a number.");
	if (json_array_size(rows) == 1) {
		id = json_integer_value(json_object_get(json_array_get(rows, 0), "id"));
		json_object_set_new(in, field, json_sprintf("%lld", (long long)id));
		return OK;
	}
	buf_init(&b, cx->arena);
	json_array_foreach(rows, i, row)
		buf_printf(&b, "%s%s", i == 0 ? "" : "; ",
		    i == 5 ? "and others" : web_client_words(cx, row));
	return fail_field(cx, field, "client.several", "This could be several: %s", buf_text(&b));
}

enum err web_source_client(struct cx *cx, struct page *p, const char *field)
{
	if (p->route->method == WEB_READ)
		return resolve(cx, p->query, field);
	return p->source == FIELD_FORM ? resolve(cx, p->body, field) : OK;
}

/* ---- the table, and the walk ---- */

enum shape { SELECT, LISTED, OWN };
static const struct {
	const char *from;
	web_source *source;
	enum shape shape;
	bool everyone;
} sources[] = {
    {"plan", source_plan, SELECT},
    {"currency", source_currency, SELECT, true},
    {"cycle", source_cycle, SELECT},
    {"tax_class", source_class, SELECT},
    {"repeat", source_repeat, SELECT},
    {"any_cycle", source_any_cycle, SELECT},
    {"letters", source_letters, SELECT, true},
    {"new_tax_class", source_class, LISTED},
    {"gateway", source_gateway, SELECT},
    {"bundle", source_bundle, SELECT},
    {"option", source_option, SELECT},
    {"answer", source_answer, LISTED},
    {"choice", source_choice, LISTED},
    {"version", source_version, SELECT},
    {"permission", source_permission, SELECT},
    {"client", source_client, LISTED},
    {"options", source_options, OWN},
    {"addons", source_addons, OWN},
    {"parent", source_parent, OWN},
};

/* What is stored but not on offer any more stays, or saving the form would lose it. */
static void add_missing(struct offer *o)
{
	size_t n;
	char **words;

	if (!is_many(o)) {
		if (!str_empty(o->value))
			source_add(o, o->value, o->value);
		return;
	}
	words = str_split(o->cx->arena, o->value, ' ', &n);
	for (size_t i = 0; i < n; i++)
		if (*words[i] != '\0')
			source_add(o, words[i], words[i]);
}

static void put_shape(struct offer *o, enum shape shape)
{
	bool list = shape == LISTED, many = is_many(o);

	json_object_set(o->field, "choices", o->choices);
	json_object_set_new(o->field, "listed", json_boolean(list));
	json_object_set_new(o->field, "offered", json_boolean(json_array_size(o->choices) > 0));
	json_object_set_new(o->field, "select", json_boolean(shape == SELECT && !many));
	if (shape == SELECT)
		json_object_set_new(o->field, "input_type", json_string("select"));
	if (list)
		json_object_set_new(o->field, "maxlength", json_integer(200));
}

static enum err offer_field(struct offer *o)
{
	const char *from = text(o->field, "from");

	if (json_is_true(json_object_get(o->field, "select")))
		return OK;
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		bool may = sources[i].everyone || o->p->route->area == AREA_STAFF;
		if (!may || !str_eq(sources[i].from, from))
			continue;
		/* A copy: a source may put words in its place. */
		o->value = arena_strdup(o->cx->arena, text(o->field, "value"));
		o->choices = json_keep(o->cx, json_array());
		TRY(sources[i].source(o));
		if (sources[i].shape == SELECT)
			add_missing(o);
		if (sources[i].shape != OWN)
			put_shape(o, sources[i].shape);
	}
	return OK;
}

/* Nesting is that of field tables, which are constants. */
static enum err offer_level(const struct offer *form, const json_t *level)
{
	json_t *field, *row;
	size_t i, k;

	json_array_foreach(json_object_get(level, "fields"), i, field) {
		struct offer o = *form;
		json_t *extra = json_object_get(field, "extra");
		o.level = level;
		o.field = field;
		TRY(offer_field(&o));
		json_array_foreach(json_object_get(field, "rows"), k, row)
			TRY(offer_level(form, row));
		if (json_is_object(extra))
			TRY(offer_level(form, extra));
	}
	return OK;
}

enum err web_sources(struct cx *cx, struct page *p)
{
	json_t *catalog = NULL, *form;
	const char *name;

	json_object_foreach(p->out, name, form) {
		struct offer o = {.cx = cx, .p = p, .form = form, .catalog = &catalog};
		if (json_is_array(json_object_get(form, "fields")) &&
		    json_is_object(json_object_get(form, "by")))
			TRY(offer_level(&o, form));
	}
	return OK;
}
