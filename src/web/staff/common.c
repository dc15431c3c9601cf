/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pages of the staff area share: names and links beside ids, filter chips, the page
 * that is one form. No page of its own and nothing about one subject.
 */
#include <string.h>

#include "base/fsm.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "fmt/form.h"
#include "web/source.h"
#include "web/staff/own.h"

/* ---- names and links ---- */

static json_t *client_name(const struct client *c)
{
	if (!str_empty(c->company))
		return json_string(c->company);
	return json_sprintf("%s%s%s", c->first_name, str_empty(c->last_name) ? "" : " ",
	    c->last_name);
}

/* The name, from those already looked up or from the database. */
static enum err name_of(struct cx *cx, json_t *known, json_int_t id, json_t **ret)
{
	const char *key = arena_printf(cx->arena, "%lld", (long long)id);
	struct client c;

	*ret = json_object_get(known, key);
	if (*ret != NULL)
		return OK;
	enum err err = client_get(cx, id, &c);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	json_object_set_new(known, key, err == OK ? client_name(&c) : json_null());
	cx_clear(cx);
	*ret = json_object_get(known, key);
	return OK;
}

enum err admin_names(struct cx *cx, json_t *rows)
{
	json_t *known = json_keep(cx, json_object());
	json_t *row, *name;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_int_t id = json_integer_value(json_object_get(row, "client_id"));
		if (id > 0) {
			TRY(name_of(cx, known, id, &name));
			json_object_set(row, "client_name", name);
		} else {
			json_object_set_new(row, "client_name", json_null());
		}
	}
	return OK;
}

static const struct {
	const char *subject, *folder;
} places[] = {
    {"client", "clients"},
    {"order", "orders"},
    {"service", "services"},
    {"invoice", "invoices"},
    {"payment", "payments"},
    {"letter", "letters"},
    {"job", "jobs"},
    {"run", "runs"},
    {"plan", "plans"},
    {"server", "servers"},
    {"staff", "settings/team"},
    {"role", "settings/roles"},
    {"tax", "settings/taxes"},
    {"coupon", "settings/coupons"},
    {"billable", "billables"},
    {"quote", "quotes"},
};

const char *admin_path(struct cx *cx, const char *folder, int64_t id)
{
	return arena_printf(cx->arena, "/admin/%s/%lld", folder, (long long)id);
}

const char *admin_href(struct cx *cx, const char *subject, int64_t id)
{
	for (size_t i = 0; id > 0 && subject != NULL && i < sizeof places / sizeof places[0]; i++)
		if (strcmp(places[i].subject, subject) == 0)
			return arena_printf(cx->arena, "/admin/%s/%lld", places[i].folder,
			    (long long)id);
	return NULL;
}

static json_t *subject_label(struct cx *cx, const char *subject, json_int_t id)
{
	const char *label = str_label(cx->arena, str_or(subject, ""));

	return id > 0 ? json_sprintf("%s %lld", label, (long long)id) : json_string(label);
}

void admin_links(struct cx *cx, json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *subject = json_string_value(json_object_get(row, "subject"));
		json_int_t id = json_integer_value(json_object_get(row, "subject_id"));
		const char *href = admin_href(cx, subject, id);
		json_object_set_new(row, "subject_href",
		    href != NULL ? json_string(href) : json_null());
		json_object_set_new(row, "subject_label", subject_label(cx, subject, id));
	}
}

void admin_life(json_t *client)
{
	json_object_set_new(client, "life",
	    json_pack("{s:O}", "state", json_object_get(client, "status")));
}

static enum err plan_names(struct cx *cx, const char *keys, const char **ret)
{
	size_t n;
	char **words = str_split(cx->arena, keys, ' ', &n);
	struct buf b;

	buf_init(&b, cx->arena);
	for (size_t i = 0; i < n; i++) {
		struct plan plan = {.name = words[i]};
		enum err err = *words[i] == '\0' ? OK : plan_find(cx, words[i], &plan);
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
		cx_clear(cx);
		buf_printf(&b, "%s%s", b.len == 0 ? "" : ", ", err == OK ? plan.name : words[i]);
	}
	*ret = buf_text(&b);
	return OK;
}

static const char *cycle_names(struct cx *cx, const char *cycles)
{
	size_t n;
	char **words = str_split(cx->arena, cycles, ' ', &n);
	struct buf b;

	buf_init(&b, cx->arena);
	for (size_t i = 0; i < n; i++) {
		struct cycle cycle;
		bool known = cycle_parse(words[i], &cycle);
		buf_printf(&b, "%s%s", b.len == 0 ? "" : ", ",
		    known ? cycle_print_people(cx->arena, cycle) : words[i]);
	}
	return buf_text(&b);
}

enum err admin_plan_names(struct cx *cx, json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *names, *cycles = json_string_value(json_object_get(row, "cycles"));
		TRY(plan_names(cx, str_or(json_string_value(json_object_get(row, "plans")), ""),
		    &names));
		json_object_set_new(row, "plan_names", json_string(names));
		json_object_set_new(row, "cycle_names",
		    json_string(cycle_names(cx, str_or(cycles, ""))));
	}
	return OK;
}

/* ---- filters ---- */

static void add_chip(json_t *chips, const char *name, const char *value, const char *label,
    bool active)
{
	json_array_append_new(chips,
	    json_pack("{s:s, s:s, s:s, s:b}", "name", name, "value", value, "label", label,
	        "active", (int)active));
}

static json_t *first_chip(const struct page *p, const char *name)
{
	json_t *chips = json_array();

	add_chip(chips, name, "", "All", page_query(p, name) == NULL);
	return chips;
}

void admin_chips_of(struct cx *cx, struct page *p, const char *name, const char *const *words)
{
	json_t *chips = first_chip(p, name);

	for (; *words != NULL; words++)
		add_chip(chips, name, *words, str_label(cx->arena, *words),
		    str_eq(page_query(p, name), *words));
	page_set(p, "chips", chips);
}

void admin_chips(struct cx *cx, struct page *p, const char *name, const char *machine)
{
	size_t n;
	const struct fsm *const *all = fsm_all(&n);
	const char **words = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(all[i]->name, machine))
			continue;
		words = ARENA_ARRAY(cx->arena, const char *, (size_t)all[i]->states_n + 1);
		memcpy(words, all[i]->states, sizeof *words * (size_t)all[i]->states_n);
	}
	admin_chips_of(cx, p, name, words != NULL ? words : (const char *[]){NULL});
}

void admin_filter(struct page *p)
{
	page_filter(p, (const char *[]){"q", "state", "client_id", NULL});
}

enum err admin_reason(struct cx *cx, struct page *p, const char **ret)
{
	const char *reason = page_body(p, "reason");

	if (str_empty(reason) || !str_clean_line(reason))
		return fail_field(cx, "reason", "reason.missing",
		    "Say why; it is kept in the event log");
	*ret = reason;
	return OK;
}

/* ---- forms ---- */

void admin_form(struct cx *cx, struct page *p, const struct admin_form *f)
{
	page_title(cx, p, "%s", f->title);
	page_form(cx, p, "form", f->fields, f->values);
	page_set(p, "intro", f->intro != NULL ? json_string(f->intro) : NULL);
	page_set(p, "action", json_string(f->action));
	page_set(p, "button", json_string(f->button));
	page_set(p, "back", json_string(f->back));
}

static json_t *field_of(const struct page *p, const char *form, const char *field)
{
	return json_object_get(json_object_get(json_object_get(p->out, form), "by"), field);
}

void admin_select(struct page *p, const char *form, const char *field, json_t *choices)
{
	json_t *tree = field_of(p, form, field);

	if (tree == NULL) {
		json_decref(choices);
		return;
	}
	json_object_set_new(tree, "choices", choices);
	json_object_set_new(tree, "select", json_true());
	json_object_set_new(tree, "input_type", json_string("select"));
}

void admin_relabel(struct page *p, const char *form, const char *field, json_t *label)
{
	json_t *tree = field_of(p, form, field);

	if (tree != NULL)
		json_object_set_new(tree, "label", label);
	else
		json_decref(label);
}

void admin_drop(struct page *p, const char *form, const char *field)
{
	json_t *fields = json_object_get(json_object_get(p->out, form), "fields"), *tree;
	size_t i;

	json_array_foreach(fields, i, tree) {
		if (!str_eq(json_string_value(json_object_get(tree, "name")), field))
			continue;
		json_array_remove(fields, i);
		return;
	}
}

void admin_rename(struct page *p, const char *form)
{
	json_t *fields = json_object_get(json_object_get(p->out, form), "fields"), *tree;
	size_t i;

	json_array_foreach(fields, i, tree)
		json_object_set_new(tree, "id",
		    json_sprintf("%s-%s", form, json_string_value(json_object_get(tree, "id"))));
}

void admin_choice(json_t *choices, const char *value, const char *label, const char *chosen)
{
	json_array_append_new(choices,
	    json_pack("{s:s, s:s, s:b}", "value", value, "label", label, "selected",
	        (int)str_eq(value, chosen)));
}

const char *admin_value(const struct page *p, const char *form, const char *field)
{
	return str_or(json_string_value(json_object_get(field_of(p, form, field), "value")), "");
}

enum err admin_client_typed(struct cx *cx, struct page *p)
{
	struct client c;

	TRY(web_source_client(cx, p, "client_id"));
	int64_t id = page_body_int(p, "client_id");
	if (p->source != FIELD_FORM || id <= 0 || page_body(p, "currency") != NULL)
		return OK;
	TRY(client_get(cx, id, &c));
	json_object_set_new(p->body, "currency", json_string(c.currency));
	return OK;
}

/* ---- plans in rows ---- */

bool admin_only_shows(const struct page *p)
{
	return p->source == FIELD_FORM && (page_body_bool(p, "show") || page_body_bool(p, "more"));
}

/* "#choices-0,#choices-1" */
static const char *swapped(struct cx *cx, size_t n)
{
	struct buf b;

	buf_init(&b, cx->arena);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s#choices-%zu", i == 0 ? "" : ",", i);
	return buf_text(&b);
}

void admin_plan_rows(struct cx *cx, struct page *p, const char *field)
{
	json_t *list = field_of(p, "form", field), *rows = json_object_get(list, "rows");

	if (json_array_size(rows) == 0 || page_body_bool(p, "more"))
		json_array_append(rows, json_object_get(list, "extra"));
	json_object_set_new(list, "extra", json_null());
	page_set(p, "swapped", json_string(swapped(cx, json_array_size(rows))));
}
