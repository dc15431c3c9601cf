/* SPDX-License-Identifier: Apache-2.0 */
/* Options as trees: for staff and the API as they are, for the shop as a form of one cycle. */
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/option/own.h"
#include "fmt/form.h"

/* Keys of the plans it is sold with, with spaces between. */
static enum err plans_of(struct cx *cx, int64_t id, json_t **ret)
{
	struct buf b;
	int64_t *ids;
	size_t n;
	TRY(option_store_plans(cx, id, &ids, &n));
	buf_init(&b, cx->arena);
	for (size_t i = 0; i < n; i++) {
		struct plan plan;
		TRY(plan_get(cx, ids[i], &plan));
		buf_printf(&b, "%s%s", i == 0 ? "" : " ", plan.key);
	}
	*ret = json_string(buf_text(&b));
	return OK;
}

static json_t *choices_view(const struct option_choice *rows, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:s s:s}", "key", rows[i].key, "name", rows[i].name));
	return list;
}

static const char *choice_key(const struct option_choice *rows, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id)
			return rows[i].key;
	return "";
}

static enum err view_of(struct cx *cx, const struct option *o, json_t **ret)
{
	struct option_choice *choices;
	struct option_price *prices;
	struct option other = {.key = ""};
	size_t choices_n, prices_n;
	json_t *list = json_array(), *plans;
	json_t *view = json_keep(cx, json_pack("{s:o}", "prices", list));
	TRY(option_store_choices(cx, o->id, 0, &choices, &choices_n));
	TRY(option_store_prices(cx, &(struct option_price_query){.option_id = o->id}, &prices,
	    &prices_n));
	if (o->shown_if_option != 0)
		TRY(option_get(cx, o->shown_if_option, &other));
	for (size_t i = 0; i < prices_n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:s s:s s:s s:I s:I}", "id", prices[i].id, "choice",
		        choice_key(choices, choices_n, prices[i].choice_id), "cycle",
		        prices[i].cycle, "currency", prices[i].currency, "price_minor",
		        prices[i].price_minor, "setup_minor", prices[i].setup_minor));
	TRY(plans_of(cx, o->id, &plans));
	json_object_set_new(view, "plans", plans);
	json_object_set_new(view, "choices", choices_view(choices, choices_n));
	json_object_update_new(view,
	    json_pack("{s:I s:s s:s s:s s:s s:s s:I s:I s:I s:b s:I s:s s:s s:s s:s}", "id", o->id,
	        "key", o->key, "name", o->name, "help", o->help, "kind", option_kind_words[o->kind],
	        "unit", o->unit, "min", o->min, "max", o->max, "step", o->step, "required",
	        (int)o->required, "position", o->position, "shown_if_option", other.key,
	        "shown_if_value", o->shown_if_value, "panel_key", o->panel_key, "state",
	        o->active ? "active" : "retired"));
	*ret = view;
	return OK;
}

enum err option_view(struct cx *cx, int64_t id, json_t **ret)
{
	struct option o;
	TRY(option_get(cx, id, &o));
	return view_of(cx, &o, ret);
}

enum err option_list(struct cx *cx, int64_t plan_id, json_t **ret)
{
	struct option *rows;
	size_t n;
	TRY(option_store_rows(cx, plan_id, plan_id == 0, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++) {
		json_t *view;
		TRY(view_of(cx, &rows[i], &view));
		json_array_append(list, view);
	}
	*ret = list;
	return OK;
}

/* ---- the form ---- */

static void put_price(json_t *to, const struct option_price *p)
{
	json_object_update_new(to,
	    json_pack("{s:I s:I s:b}", "price_minor", p == NULL ? 0 : p->price_minor, "setup_minor",
	        p == NULL ? 0 : p->setup_minor, "has_setup", p != NULL && p->setup_minor > 0));
}

/* Choices that are not sold in this cycle are left out. */
static json_t *form_choices(const struct option_wish *w, const struct option *o)
{
	json_t *list = json_array();
	for (size_t i = 0; i < w->set->choices_n; i++) {
		const struct option_choice *c = &w->set->choices[i];
		const struct option_price *p =
		    c->option_id == o->id ? option_price_of(w->set, o, c->id, w->cycle) : NULL;
		if (p == NULL)
			continue;
		json_t *row = json_pack("{s:s s:s s:b}", "key", c->key, "name", c->name, "chosen",
		    (int)str_eq(option_value(w, o), c->key));
		put_price(row, p);
		json_array_append_new(list, row);
	}
	return list;
}

json_t *option_form(struct cx *cx, const struct option_wish *w)
{
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < w->set->n; i++) {
		const struct option *o = &w->set->options[i];
		const struct option_price *p = option_price_of(w->set, o, 0, w->cycle);
		json_t *choices = form_choices(w, o);
		bool sold = o->kind == OPTION_TEXT || p != NULL || json_array_size(choices) > 0;
		json_t *row = json_pack(
		    "{s:s s:s s:s s:s s:b s:s s:b s:b s:b s:b s:I s:I s:I s:s s:b s:b s:o s:n}",
		    "key", o->key, "name", o->name, "help", o->help, "unit", o->unit, "required",
		    (int)o->required, "kind", option_kind_words[o->kind], "is_choice",
		    o->kind == OPTION_CHOICE, "is_quantity", o->kind == OPTION_QUANTITY, "is_yesno",
		    o->kind == OPTION_YESNO, "is_text", o->kind == OPTION_TEXT, "min",
		    o->required ? o->min : 0, "max", o->max, "step", o->step, "value",
		    option_value(w, o), "is_yes", (int)str_eq(option_value(w, o), "yes"), "shown",
		    (int)(sold && option_shown(w, o)), "choices", choices, "error");
		json_object_set_new(row, "currency", json_string(w->currency));
		json_object_set_new(row, "input", json_sprintf("%s%s", w->prefix, o->key));
		json_object_set_new(row, "is_priced",
		    json_boolean(p != NULL && p->price_minor > 0));
		put_price(row, p);
		json_array_append_new(list, row);
	}
	return list;
}
