/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be chosen with a plan in a form of staff: its cycles, its options with their conditions,
 * its add-ons with theirs. The same inputs as the shop's.
 */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "fmt/form.h"
#include "web/addon.h"
#include "web/option.h"
#include "web/source.h"

static const char *text(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

/* Its field may hold his words by now: "#7 Anna Berg". */
int64_t source_client_id(const struct offer *o)
{
	const char *typed = source_value(o->form, "client_id");
	int64_t id = 0;

	typed += *typed == '#';
	(void)str_int(arena_strndup(o->cx->arena, typed, strspn(typed, "0123456789")), &id);
	return id;
}

enum err source_currency_of(struct offer *o, const char **ret)
{
	const char *typed = source_value(o->form, "currency");
	int64_t id = source_client_id(o);
	struct client c;

	*ret = str_empty(typed) ? o->p->settings.company_currency : typed;
	if (!str_empty(typed) || id <= 0)
		return OK;
	enum err err = client_get(o->cx, id, &c);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(o->cx);
	if (err == OK)
		*ret = c.currency;
	return OK;
}

static const char *cycle_label(struct cx *cx, const char *word)
{
	struct cycle cycle;

	return cycle_parse(word, &cycle) ?
	    str_label(cx->arena, cycle_print_people(cx->arena, cycle)) :
	    word;
}

/* Of a chosen plan those it is sold in, with their price. */
static void add_prices(struct offer *o, const json_t *plan, const char *currency)
{
	json_t *price;
	size_t i;

	json_array_foreach(json_object_get(plan, "prices"), i, price) {
		json_int_t minor = json_integer_value(json_object_get(price, "price_minor"));
		const char *word = text(price, "cycle");
		if (currency == NULL)
			source_add(o, word, cycle_label(o->cx, word));
		else
			source_add(o, word,
			    arena_printf(o->cx->arena, "%s, %s", cycle_label(o->cx, word),
			        money_print(o->cx->arena, money_of(minor, currency))));
	}
}

static enum err add_sold(struct offer *o, const char *key)
{
	json_t *groups, *group, *plan, *view;
	const char *currency;
	struct plan row;
	size_t i, k;

	if (!str_empty(key)) {
		enum err err = plan_find(o->cx, key, &row);
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
		cx_clear(o->cx);
		if (err == OK) {
			TRY(source_currency_of(o, &currency));
			TRY(plan_shop_view(o->cx, &row,
			    &(struct price_buyer){currency, source_client_id(o)}, &view));
			add_prices(o, view, currency);
			return OK;
		}
	}
	TRY(source_catalog(o, &groups));
	json_array_foreach(groups, i, group)
		json_array_foreach(json_object_get(group, "plans"), k, plan)
			if (str_eq(text(plan, "state"), "active"))
				add_prices(o, plan, NULL);
	return OK;
}

static const char *const usual[] = {"1w", "2w", "4w", "1m", "2m", "3m", "4m", "6m", "1y", "2y",
    "3y", "5y"};

/* How often something comes again. */
enum err source_repeat(struct offer *o)
{
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		source_add(o, usual[i], cycle_label(o->cx, usual[i]));
	if (!str_empty(o->value))
		source_add(o, o->value, cycle_label(o->cx, o->value));
	return OK;
}

enum err source_any_cycle(struct offer *o)
{
	TRY(source_repeat(o));
	source_add(o, "once", cycle_label(o->cx, "once"));
	return OK;
}

/* Prices may be set for any; what is ordered or discounted, for those that something is sold in. */
enum err source_cycle(struct offer *o)
{
	bool of_plan = json_object_get(json_object_get(o->level, "by"), "plan") != NULL;

	if (of_plan || json_is_true(json_object_get(o->field, "many")))
		return add_sold(o, source_value(o->level, "plan"));
	return source_any_cycle(o);
}

/* The row of what was typed or stored that a level was made from. */
static enum err choice_of(struct offer *o, struct web_choice *ret, bool *ret_can)
{
	struct plan plan;

	*ret_can = false;
	if (str_empty(source_value(o->level, "plan")))
		return OK;
	enum err err = plan_find(o->cx, source_value(o->level, "plan"), &plan);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(o->cx);
	if (err != OK)
		return OK;
	*ret = (struct web_choice){.plan_id = plan.id,
	    .cycle = source_value(o->level, "cycle"),
	    .client_id = source_client_id(o),
	    .asked = json_object_get(o->field, "given"),
	    .prefix = arena_printf(o->cx->arena, "%s.", text(o->field, "name"))};
	TRY(source_currency_of(o, &ret->currency));
	*ret_can = !str_empty(ret->cycle);
	return OK;
}

enum err source_options(struct offer *o)
{
	struct web_choice c;
	json_t *form;
	bool can;

	TRY(choice_of(o, &c, &can));
	if (!can)
		return OK;
	TRY(web_choice_options(o->cx, o->p, &c, &form));
	json_object_set(o->field, "option_form", form);
	return OK;
}

enum err source_addons(struct offer *o)
{
	struct web_choice c;
	json_t *form;
	bool can;

	TRY(choice_of(o, &c, &can));
	if (!can)
		return OK;
	TRY(web_choice_addons(o->cx, o->p, &c, &form));
	json_object_set(o->field, "addon_form", form);
	json_object_set_new(o->field, "offered", json_boolean(json_array_size(form) > 0));
	return OK;
}

/* The client's running services that a chosen add-on can be for. */
enum err source_parent(struct offer *o)
{
	struct plan plan;
	json_t *rows, *row;
	size_t i;
	const struct service_filter f = {.client_id = source_client_id(o), .limit = 100};
	enum err err = str_empty(source_value(o->level, "plan")) || f.client_id <= 0 ?
	    ERR_NOT_FOUND :
	    plan_find(o->cx, source_value(o->level, "plan"), &plan);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(o->cx);
	if (err != OK || !plan.is_addon)
		return OK;
	TRY(service_list(o->cx, &f, &rows));
	json_array_foreach(rows, i, row) {
		const char *state = text(row, "state");
		if (str_eq(state, "cancelled") || str_eq(state, "terminated") ||
		    json_is_integer(json_object_get(row, "parent_id")))
			continue;
		source_add(o,
		    arena_printf(o->cx->arena, "%lld",
		        (long long)json_integer_value(json_object_get(row, "id"))),
		    arena_printf(o->cx->arena, "%s, %s", text(row, "plan_name"),
		        str_empty(text(row, "domain")) ? "no domain" : text(row, "domain")));
	}
	json_object_set(o->field, "choices", o->choices);
	json_object_set_new(o->field, "select", json_true());
	json_object_set_new(o->field, "offered", json_boolean(json_array_size(o->choices) > 0));
	return OK;
}
