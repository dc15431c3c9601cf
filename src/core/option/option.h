/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_OPTION_OPTION_H
#define CORE_OPTION_OPTION_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "fmt/field.h"

/*
 * What can be chosen with a plan, and what it costs: a choice among several, a quantity of units,
 * yes or no, a line of text. A price row is one option (or one of its choices), one cycle, one
 * currency, per unit and term; a missing row means: not sold so. Text needs no price.
 */
enum option_kind { OPTION_CHOICE, OPTION_QUANTITY, OPTION_YESNO, OPTION_TEXT, OPTION_KINDS };
extern const char *const option_kind_words[OPTION_KINDS + 1]; /* NULL-ended */

struct option {
	int64_t id, min, max, step, position;
	enum option_kind kind;
	const char *key, *name, *help, *unit; /* unit: of a quantity, "GB" */
	int64_t shown_if_option; /* shown only while that option has the value; 0: always */
	const char *shown_if_value;
	const char *panel_key; /* the panel gets the value under this name; "": not at all */
	bool required, active;
};
struct option_choice {
	int64_t id, option_id, position;
	const char *key, *name;
	bool active;
};
struct option_price {
	int64_t id, option_id, choice_id; /* choice_id 0: the option's own */
	const char *cycle, *currency;
	int64_t price_minor, setup_minor;
};

struct option_choice_input {
	const char *key, *name;
};
struct option_price_input {
	const char *choice, *cycle, *currency;
	int64_t price_minor, setup_minor;
};
struct option_input {
	const char *key, *name, *help, *kind, *unit, *plans, *shown_if_option, *shown_if_value,
	    *panel_key;
	int64_t min, max, step, position;
	bool required;
	struct field_list choices, prices; /* of option_choice_input, option_price_input */
};
extern const struct fields option_fields;

/* The options that a plan is sold with, as they are shown, and what they cost in one currency. */
struct option_set {
	struct option *options;
	struct option_choice *choices;
	struct option_price *prices; /* in every cycle; converted ones too (catalog.convert) */
	size_t n, choices_n, prices_n;
};
enum err option_set_load(struct cx *cx, int64_t plan_id, const char *currency,
    struct option_set *ret) MUST_CHECK;

/*
 * What somebody chose, against a set: pure. Values: the key of a choice, a number of units, "yes"
 * or
 * "no", text; "", "no" and a quantity of 0 choose nothing. given: what was typed; a value for an
 * option that is not shown is refused, and a required one that is not shown is not missing. kept:
 * what was chosen before, for names that given does not have; it falls away where it no longer
 * fits.
 */
struct option_wish {
	const struct option_set *set;
	const char *cycle, *currency;
	const struct field_map *given, *kept; /* kept may be NULL */
	const char *prefix;                   /* of the names of faults: "items.0.options." */
};
struct option_pick {
	const struct option *option;
	const struct option_choice *choice; /* NULL unless of a choice */
	const char *value, *label;          /* "daily", "Daily"; "5", "5 GB" */
	int64_t quantity, price_minor, setup_minor, price_id;
};
/*
 * ERR_INVALID names prefix + key: option.unknown, option.hidden, field.required, option.choice,
 * option.quantity, option.yesno, option.price.
 */
enum err option_choose(struct cx *cx, const struct option_wish *w, struct option_pick **ret,
    size_t *ret_n) MUST_CHECK;
/* What of given fits what is shown: the rest of a form whose choices have changed. */
struct field_map option_fit(struct arena *a, const struct option_wish *w);
/* What it is called on a document: "Disk: 5 GB", "Daily backup". */
const char *option_line(struct arena *a, enum option_kind kind, const char *name,
    const char *label);

enum err option_get(struct cx *cx, int64_t id, struct option *ret) MUST_CHECK;
enum err option_find(struct cx *cx, const char *key, int64_t *ret_id) MUST_CHECK; /* 0: none */
/*
 * id 0: new. Prices and choices that differ are replaced: the old are retired, services keep what
 * they were sold. Faults name key, plans, shown_if_option, choices.N.key, prices.N.choice.
 */
enum err option_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
enum err option_retire(struct cx *cx, int64_t id, bool retired) MUST_CHECK;
/*
 * {id key name help kind unit min max step required position shown_if_option (key) shown_if_value
 * panel_key state plans ("a b", keys) choices:[{key name}] prices:[{id choice cycle currency
 * price_minor setup_minor}]}
 */
enum err option_view(struct cx *cx, int64_t id, json_t **ret) MUST_CHECK;
/* Of a plan those on sale; plan_id 0: all there are. */
enum err option_list(struct cx *cx, int64_t plan_id, json_t **ret) MUST_CHECK;
/*
 * The set as a form for one cycle: [{key name help unit required kind is_choice is_quantity
 * is_yesno
 * is_text min max step value label shown sold price_minor setup_minor has_setup shown_if_value
 * choices:[{key name price_minor setup_minor chosen}] error}]; values decide what is shown. sold:
 * false when this cycle and currency have no price for it.
 */
json_t *option_form(struct cx *cx, const struct option_wish *w);

#endif
