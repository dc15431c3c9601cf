/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a choice of options means: which are shown, which values fit, what each costs. Pure: no
 * database, no clock; the quote, the shop's form and a change of a service ask here.
 */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "core/option/own.h"

static const char *yesno_word(const char *value)
{
	static const char *const yes[] = {"yes", "1", "true", "on"};
	static const char *const no[] = {"", "no", "0", "false", "off"};
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		if (str_eq(value, yes[i]))
			return "yes";
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		if (str_eq(value, no[i]))
			return "no";
	return value;
}

const char *option_value(const struct option_wish *w, const struct option *o)
{
	const char *value = field_map_get(w->given, o->key);
	if (value == NULL && w->kept != NULL)
		value = field_map_get(w->kept, o->key);
	value = str_or(value, "");
	if (o->kind == OPTION_YESNO)
		return yesno_word(value);
	return o->kind == OPTION_QUANTITY && *value == '\0' ? "0" : value;
}

/* Nothing is chosen by it. */
static bool is_nothing(const struct option *o, const char *value)
{
	return *value == '\0' || (o->kind == OPTION_YESNO && str_eq(value, "no")) ||
	    (o->kind == OPTION_QUANTITY && str_eq(value, "0"));
}

static const struct option *by_id(const struct option_set *set, int64_t id)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->options[i].id == id)
			return &set->options[i];
	return NULL;
}

/* Up the chain of conditions; one on an option that the plan does not have never holds. */
bool option_shown(const struct option_wish *w, const struct option *o)
{
	for (size_t steps = 0; o->shown_if_option != 0; steps++) {
		const struct option *other = by_id(w->set, o->shown_if_option);
		if (other == NULL || steps > w->set->n ||
		    !str_eq(option_value(w, other), o->shown_if_value))
			return false;
		o = other;
	}
	return true;
}

const struct option_price *option_price_of(const struct option_set *set, const struct option *o,
    int64_t choice_id, const char *cycle)
{
	for (size_t i = 0; i < set->prices_n; i++) {
		const struct option_price *p = &set->prices[i];
		if (p->option_id == o->id && p->choice_id == choice_id && str_eq(p->cycle, cycle))
			return p;
	}
	return NULL;
}

static const struct option_choice *choice_by_key(const struct option_set *set,
    const struct option *o, const char *key)
{
	for (size_t i = 0; i < set->choices_n; i++)
		if (set->choices[i].option_id == o->id && str_eq(set->choices[i].key, key))
			return &set->choices[i];
	return NULL;
}

static enum err refuse(struct cx *cx, const struct option_wish *w, const char *name,
    const char *key, const char *text)
{
	return fail_field(cx, arena_printf(cx->arena, "%s%s", w->prefix, name), key, "%s", text);
}

static enum err pick_quantity(struct cx *cx, const struct option_wish *w, struct option_pick *p)
{
	const struct option *o = p->option;
	bool whole = str_int(p->value, &p->quantity);
	if (!whole || p->quantity < o->min || p->quantity > o->max ||
	    (p->quantity - o->min) % o->step != 0) {
		const char *steps =
		    o->step == 1 ? "" : arena_printf(cx->arena, " in steps of %" PRId64, o->step);
		return refuse(cx, w, o->key, "option.quantity",
		    arena_printf(cx->arena, "Choose from %" PRId64 " to %" PRId64 "%s", o->min,
		        o->max, steps));
	}
	p->label = *o->unit == '\0' ?
	    arena_printf(cx->arena, "%" PRId64, p->quantity) :
	    arena_printf(cx->arena, "%" PRId64 " %s", p->quantity, o->unit);
	return OK;
}

static enum err pick_value(struct cx *cx, const struct option_wish *w, struct option_pick *p)
{
	const struct option *o = p->option;
	p->quantity = 1;
	p->label = p->value;
	if (o->kind == OPTION_QUANTITY)
		return pick_quantity(cx, w, p);
	if (o->kind == OPTION_YESNO) {
		p->label = "Yes";
		return str_eq(p->value, "yes") ?
		    OK :
		    refuse(cx, w, o->key, "option.yesno", "Answer with yes or no");
	}
	if (o->kind == OPTION_CHOICE) {
		p->choice = choice_by_key(w->set, o, p->value);
		if (p->choice == NULL)
			return refuse(cx, w, o->key, "option.choice", "There is no such choice");
		p->label = p->choice->name;
	}
	return OK;
}

static enum err pick_price(struct cx *cx, const struct option_wish *w, struct option_pick *p)
{
	const struct option_price *price =
	    option_price_of(w->set, p->option, p->choice == NULL ? 0 : p->choice->id, w->cycle);
	if (price != NULL) {
		p->price_minor = price->price_minor;
		p->setup_minor = price->setup_minor;
		p->price_id = price->id;
		return OK;
	}
	return p->option->kind == OPTION_TEXT ?
	    OK :
	    refuse(cx, w, p->option->key, "option.price",
	        arena_printf(cx->arena, "%s is not sold for this cycle in %s", p->option->name,
	            w->currency));
}

/* One option: *ret_picked tells whether something was chosen. */
static enum err pick_one(struct cx *cx, const struct option_wish *w, struct option_pick *p,
    bool *ret_picked)
{
	const struct option *o = p->option;
	bool given = field_map_get(w->given, o->key) != NULL;
	*ret_picked = false;
	p->value = option_value(w, o);
	if (!option_shown(w, o))
		return given && !is_nothing(o, p->value) ?
		    refuse(cx, w, o->key, "option.hidden",
		        "This cannot be chosen together with the other options") :
		    OK;
	if (is_nothing(o, p->value))
		return o->required && !(o->kind == OPTION_QUANTITY && o->min == 0) ?
		    refuse(cx, w, o->key, "field.required",
		        arena_printf(cx->arena, "Choose %s", o->name)) :
		    OK;
	TRY(pick_value(cx, w, p));
	TRY(pick_price(cx, w, p));
	*ret_picked = true;
	return OK;
}

static const struct option *by_key(const struct option_set *set, const char *key)
{
	for (size_t i = 0; i < set->n; i++)
		if (str_eq(set->options[i].key, key))
			return &set->options[i];
	return NULL;
}

enum err option_choose(struct cx *cx, const struct option_wish *w, struct option_pick **ret,
    size_t *ret_n)
{
	struct option_pick *picks = ARENA_ARRAY(cx->arena, struct option_pick, w->set->n + 1);
	enum err err = OK;
	size_t n = 0;
	for (size_t i = 0; i < w->given->n; i++) {
		if (by_key(w->set, w->given->rows[i].name) == NULL)
			err = refuse(cx, w, w->given->rows[i].name, "option.unknown",
			    "This plan has no such option");
	}
	for (size_t i = 0; i < w->set->n; i++) {
		bool picked = false;
		picks[n] = (struct option_pick){.option = &w->set->options[i]};
		if (pick_one(cx, w, &picks[n], &picked) != OK)
			err = ERR_INVALID;
		n += picked;
	}
	TRY(err);
	*ret = picks;
	*ret_n = n;
	return OK;
}

/* One round for each option at most: what goes may have shown another. */
struct field_map option_fit(struct arena *a, const struct option_wish *w)
{
	struct field_pair *rows = ARENA_ARRAY(a, struct field_pair, w->given->n + 1);
	struct field_map fit = {rows, w->given->n};
	struct option_wish less = *w;
	size_t before;
	for (size_t i = 0; i < w->given->n; i++)
		rows[i] = w->given->rows[i];
	less.given = &fit;
	do {
		size_t n = 0;
		before = fit.n;
		for (size_t i = 0; i < before; i++) {
			const struct option *o = by_key(w->set, rows[i].name);
			if (o != NULL && option_shown(&less, o))
				rows[n++] = rows[i];
		}
		fit.n = n;
	} while (fit.n < before);
	return fit;
}

const char *option_line(struct arena *a, enum option_kind kind, const char *name, const char *label)
{
	return kind == OPTION_YESNO ? name : arena_printf(a, "%s: %s", name, label);
}
