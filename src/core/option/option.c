/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of options. What was sold is never changed: services hold what they chose at the price it
 * was sold at, and another price is another row. What a choice means is rules.c.
 */
#include "core/option/option.h"

#include <string.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/option/own.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

/* ---- what a plan is sold with ---- */

static bool has_price(const struct option_price *rows, size_t n, const struct option_price *like)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].option_id == like->option_id && rows[i].choice_id == like->choice_id &&
		    str_eq(rows[i].cycle, like->cycle))
			return true;
	return false;
}

static bool convert(const struct option_price *from, const char *currency,
    const struct rate_quote *q, struct option_price *ret)
{
	*ret = *from;
	ret->currency = currency;
	bool done = rate_convert(from->price_minor, currency, q, &ret->price_minor) &&
	    rate_convert(from->setup_minor, currency, q, &ret->setup_minor);
	/* A price that is none after rounding would be a gift. */
	return done && (from->price_minor == 0 || ret->price_minor > 0);
}

/* Prices in a currency in which there is none follow the same setting as those of plans. */
static enum err load_prices(struct cx *cx, int64_t plan_id, const char *currency,
    struct option_set *set)
{
	struct rate_quote q;
	struct option_price *base;
	size_t base_n;
	bool can;
	struct option_price_query query = {.plan_id = plan_id, .currency = currency};
	TRY(option_store_prices(cx, &query, &set->prices, &set->prices_n));
	TRY(price_quote(cx, currency, &q, &can));
	if (!can)
		return OK;
	query.currency = q.base;
	TRY(option_store_prices(cx, &query, &base, &base_n));
	struct option_price *all =
	    ARENA_ARRAY(cx->arena, struct option_price, set->prices_n + base_n);
	size_t n = set->prices_n;
	memcpy(all, set->prices, n * sizeof *all);
	for (size_t i = 0; i < base_n; i++)
		if (!has_price(all, set->prices_n, &base[i]) &&
		    convert(&base[i], currency, &q, &all[n]))
			n++;
	set->prices = all;
	set->prices_n = n;
	return OK;
}

enum err option_set_load(struct cx *cx, int64_t plan_id, const char *currency,
    struct option_set *ret)
{
	*ret = (struct option_set){0};
	TRY(option_store_rows(cx, plan_id, false, &ret->options, &ret->n));
	if (ret->n == 0)
		return OK;
	TRY(option_store_choices(cx, 0, plan_id, &ret->choices, &ret->choices_n));
	return load_prices(cx, plan_id, currency, ret);
}

/* ---- saving ---- */

struct save {
	const struct option_input *in;
	struct option option;
	int64_t id, saved_id, *plans;
	size_t plans_n;
};

static enum err check_key(struct cx *cx, const struct save *a)
{
	const char *key = a->in->key;
	int64_t taken;
	if (key[strspn(key, "0123456789")] == '\0')
		return fail_field(cx, "key", "option.key_digits", "Use at least one letter");
	if (strchr(key, '.') != NULL)
		return fail_field(cx, "key", "option.key_dot", "Use no dots");
	TRY(option_find(cx, key, &taken));
	if (taken != 0 && taken != a->id)
		return fail_field(cx, "key", "option.key_taken", "Another option has this key");
	return OK;
}

static enum err find_plans(struct cx *cx, struct save *a)
{
	size_t n;
	char **words = str_split(cx->arena, a->in->plans, ' ', &n);
	a->plans = ARENA_ARRAY(cx->arena, int64_t, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct plan plan;
		if (*words[i] == '\0')
			continue;
		enum err err = plan_find(cx, words[i], &plan);
		if (err == ERR_NOT_FOUND) {
			cx_clear(cx);
			return fail_field(cx, "plans", "plan.unknown", "There is no plan \"%s\"",
			    words[i]);
		}
		TRY(err);
		a->plans[a->plans_n++] = plan.id;
	}
	return OK;
}

/* The condition names another option, and no chain of conditions comes back to this one. */
static enum err find_condition(struct cx *cx, struct save *a)
{
	struct option other = {0};
	int64_t id = 0;
	if (str_empty(a->in->shown_if_option))
		return OK;
	TRY(option_find(cx, a->in->shown_if_option, &id));
	if (id == 0)
		return fail_field(cx, "shown_if_option", "option.none", "There is no option \"%s\"",
		    a->in->shown_if_option);
	if (str_empty(a->in->shown_if_value))
		return fail_field(cx, "shown_if_value", "field.required",
		    "Which value must it have?");
	a->option.shown_if_option = id;
	for (; id != 0; id = other.shown_if_option) {
		if (id == a->id)
			return fail_field(cx, "shown_if_option", "option.circle",
			    "These options would wait for each other");
		TRY(option_get(cx, id, &other));
	}
	return OK;
}

static enum err fill(struct cx *cx, struct save *a)
{
	const struct option_input *in = a->in;
	int kind = 0;
	while (!str_eq(in->kind, option_kind_words[kind]))
		kind++;
	a->option = (struct option){.id = a->id,
	    .key = in->key,
	    .name = in->name,
	    .help = in->help,
	    .kind = (enum option_kind)kind,
	    .unit = in->unit,
	    .min = in->min,
	    .max = in->max,
	    .step = in->step,
	    .required = in->required,
	    .position = in->position,
	    .shown_if_value = str_empty(in->shown_if_option) ? "" : in->shown_if_value,
	    .panel_key = in->panel_key};
	if (in->min > in->max)
		return fail_field(cx, "max", "option.range",
		    "The largest quantity is less than the smallest");
	if (kind == OPTION_CHOICE && in->choices.n == 0)
		return fail_field(cx, "choices", "field.required", "Add at least one choice");
	if (kind != OPTION_CHOICE && in->choices.n > 0)
		return fail_field(cx, "choices", "option.choices",
		    "Only an option of the kind choice has choices");
	return OK;
}

/* ---- choices and prices ---- */

struct choice_ids {
	const struct option_choice_input *in;
	int64_t *ids;
	size_t n;
};

static enum err save_choices(struct cx *cx, const struct save *a, struct choice_ids *ret)
{
	const struct option_choice_input *in = a->in->choices.rows;
	*ret = (struct choice_ids){in, ARENA_ARRAY(cx->arena, int64_t, a->in->choices.n + 1),
	    a->in->choices.n};
	TRY(option_store_retire_choices(cx, a->id));
	for (size_t i = 0; i < ret->n; i++) {
		for (size_t k = 0; k < i; k++)
			if (str_eq(in[i].key, in[k].key))
				return fail_field(cx, arena_printf(cx->arena, "choices.%zu.key", i),
				    "choice.repeated", "There is already a choice with this key");
		struct option_choice row = {.option_id = a->id,
		    .key = in[i].key,
		    .name = in[i].name,
		    .position = (int64_t)i};
		TRY(option_store_put_choice(cx, &row, &ret->ids[i]));
	}
	return OK;
}

/* The rows asked for, with the ids of their choices. */
static enum err price_rows(struct cx *cx, const struct save *a, const struct choice_ids *c,
    struct option_price *rows)
{
	const struct option_price_input *in = a->in->prices.rows;
	for (size_t i = 0; i < a->in->prices.n; i++) {
		size_t k = 0;
		while (k < c->n && !str_eq(c->in[k].key, in[i].choice))
			k++;
		bool of_choice = a->option.kind == OPTION_CHOICE;
		if (of_choice ? k == c->n : !str_empty(in[i].choice))
			return fail_field(cx, arena_printf(cx->arena, "prices.%zu.choice", i),
			    "option.choice", "There is no choice \"%s\"", in[i].choice);
		rows[i] = (struct option_price){.option_id = a->id,
		    .choice_id = of_choice ? c->ids[k] : 0,
		    .cycle = in[i].cycle,
		    .currency = in[i].currency,
		    .price_minor = in[i].price_minor,
		    .setup_minor = in[i].setup_minor};
		for (size_t m = 0; m < i; m++)
			if (has_price(&rows[m], 1, &rows[i]) &&
			    str_eq(rows[m].currency, rows[i].currency))
				return fail_field(cx,
				    arena_printf(cx->arena, "prices.%zu.cycle", i),
				    "price.repeated", "There is already a price for %s in %s",
				    rows[i].cycle, rows[i].currency);
	}
	return OK;
}

static bool among(const struct option_price *p, const struct option_price *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has_price(&rows[i], 1, p) && str_eq(rows[i].currency, p->currency) &&
		    rows[i].price_minor == p->price_minor && rows[i].setup_minor == p->setup_minor)
			return true;
	return false;
}

/* First the old ones go, since only one price of a cycle and currency may be active. */
static enum err save_prices(struct cx *cx, const struct save *a, const struct choice_ids *c)
{
	size_t n = a->in->prices.n, sold_n;
	struct option_price *sold, *rows = ARENA_ARRAY(cx->arena, struct option_price, n + 1);
	TRY(price_rows(cx, a, c, rows));
	TRY(option_store_prices(cx, &(struct option_price_query){.option_id = a->id}, &sold,
	    &sold_n));
	for (size_t i = 0; i < sold_n; i++)
		if (!among(&sold[i], rows, n))
			TRY(option_store_retire_price(cx, sold[i].id));
	for (size_t i = 0; i < n; i++)
		if (!among(&rows[i], sold, sold_n))
			TRY(option_store_put_price(cx, &rows[i]));
	return OK;
}

/* Makes *a whole; the body of a transaction may run twice, so what it makes is its own copy. */
static enum err save_rows(struct cx *cx, struct save *a)
{
	struct choice_ids choices;
	TRY(check_key(cx, a));
	TRY(fill(cx, a));
	TRY(find_plans(cx, a));
	TRY(find_condition(cx, a));
	if (a->id == 0)
		TRY(option_store_insert(cx, &a->option, &a->id));
	else
		TRY(option_store_update(cx, &a->option));
	TRY(option_store_part(cx, a->id));
	for (size_t i = 0; i < a->plans_n; i++)
		TRY(option_store_join(cx, a->id, a->plans[i]));
	TRY(save_choices(cx, a, &choices));
	return save_prices(cx, a, &choices);
}

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *a = arg, own = *a;
	json_t *view, *before = NULL;
	if (a->id != 0)
		TRY(option_view(cx, a->id, &before));
	TRY(save_rows(cx, &own));
	TRY(option_view(cx, own.id, &view));
	a->saved_id = own.id;
	json_t *data = before == NULL ? view : view_changed(cx, before, view);
	if (data == NULL)
		return OK;
	return event_add(cx,
	    &(struct event){"option", own.id, before == NULL ? "create" : "update", 0, data}, NULL);
}

enum err option_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct option_input in;
	TRY(field_read(cx, &option_fields, body, source, &in));
	struct save a = {.in = &in, .id = id};
	TRY(db_tx(cx, save_body, &a));
	*ret_id = a.saved_id;
	return OK;
}

struct retire {
	int64_t id;
	bool retired;
};

static enum err retire_body(struct cx *cx, void *arg)
{
	const struct retire *r = arg;
	struct option o;
	TRY(option_get(cx, r->id, &o));
	if (o.active != r->retired)
		return OK;
	TRY(option_store_set_active(cx, r->id, !r->retired));
	return event_add(cx,
	    &(struct event){"option", r->id, r->retired ? "retire" : "restore", 0, NULL}, NULL);
}

enum err option_retire(struct cx *cx, int64_t id, bool retired)
{
	return db_tx(cx, retire_body, &(struct retire){id, retired});
}
