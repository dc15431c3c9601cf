/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other options for a running service: what is chosen now, against what it has. What is not named
 * stays as it was sold, even when the catalog no longer sells it so; another cycle needs the prices
 * of that cycle.
 */
#include <assert.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/service/own.h"
#include "fmt/form.h"

/* ---- what can be chosen ---- */

static bool set_has_option(const struct option_set *set, int64_t id)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->options[i].id == id)
			return true;
	return false;
}

static bool set_has_choice(const struct option_set *set, int64_t id)
{
	for (size_t i = 0; i < set->choices_n; i++)
		if (set->choices[i].id == id)
			return true;
	return false;
}

/* The price it was sold at goes before the catalog's; the row's own is found first. */
static void keep_price(struct option_set *set, const struct service_option *o, const char *cycle,
    const char *currency)
{
	struct option_price sold = {.id = o->price_id,
	    .option_id = o->option_id,
	    .choice_id = o->choice_id,
	    .cycle = cycle,
	    .currency = currency,
	    .price_minor = o->price_minor,
	    .setup_minor = o->setup_minor};
	memmove(set->prices + 1, set->prices, set->prices_n * sizeof *set->prices);
	set->prices[0] = sold;
	set->prices_n++;
}

/* Room for what the service has beside what is on sale. */
static void copy_set(struct cx *cx, const struct option_set *from, size_t more,
    struct option_set *ret)
{
	*ret = (struct option_set){ARENA_ARRAY(cx->arena, struct option, from->n + more + 1),
	    ARENA_ARRAY(cx->arena, struct option_choice, from->choices_n + more + 1),
	    ARENA_ARRAY(cx->arena, struct option_price, from->prices_n + more + 1), from->n,
	    from->choices_n, from->prices_n};
	for (size_t i = 0; i < from->n; i++)
		ret->options[i] = from->options[i];
	for (size_t i = 0; i < from->choices_n; i++)
		ret->choices[i] = from->choices[i];
	for (size_t i = 0; i < from->prices_n; i++)
		ret->prices[i] = from->prices[i];
}

/* In the same plan a retired option stays; the condition it had no longer binds it. */
static enum err keep_option(struct cx *cx, const struct service_option *o, struct option_set *set)
{
	struct option retired;
	TRY(option_get(cx, o->option_id, &retired));
	retired.shown_if_option = 0;
	retired.required = false;
	set->options[set->n++] = retired;
	return OK;
}

static enum err load_set(struct cx *cx, const struct service *s, const struct change_quote *q,
    const struct service_options *has, struct option_set *ret)
{
	struct option_set on_sale;
	bool same_plan = q->plan_id == s->plan_id;
	TRY(option_set_load(cx, q->plan_id, s->currency, &on_sale));
	copy_set(cx, &on_sale, has->n, ret);
	for (size_t i = 0; i < has->n; i++) {
		const struct service_option *o = &has->rows[i];
		if (!set_has_option(ret, o->option_id) && same_plan)
			TRY(keep_option(cx, o, ret));
		if (!set_has_option(ret, o->option_id))
			continue;
		if (o->choice_id != 0 && !set_has_choice(ret, o->choice_id))
			ret->choices[ret->choices_n++] = (struct option_choice){.id = o->choice_id,
			    .option_id = o->option_id,
			    .key = o->value,
			    .name = o->label};
		if (!q->new_cycle)
			keep_price(ret, o, s->cycle, s->currency);
	}
	return OK;
}

/* What the service has, as values under the names of today. */
static struct field_map kept_values(struct cx *cx, const struct option_set *set,
    const struct service_options *has)
{
	struct field_pair *rows = ARENA_ARRAY(cx->arena, struct field_pair, has->n + 1);
	size_t n = 0;
	for (size_t i = 0; i < has->n; i++)
		for (size_t k = 0; k < set->n; k++)
			if (set->options[k].id == has->rows[i].option_id)
				rows[n++] =
				    (struct field_pair){set->options[k].key, has->rows[i].value};
	return (struct field_map){rows, n};
}

enum err service_options_wish(struct cx *cx, const struct service *s, const struct change_quote *q,
    const struct field_map *given, struct option_wish *ret)
{
	struct service_options has;
	struct option_set *set = ARENA_NEW(cx->arena, struct option_set);
	struct field_map *kept = ARENA_NEW(cx->arena, struct field_map);
	TRY(service_options_of(cx, s->id, &has));
	TRY(load_set(cx, s, q, &has, set));
	*kept = kept_values(cx, set, &has);
	*ret = (struct option_wish){.set = set,
	    .cycle = q->cycle,
	    .currency = s->currency,
	    .given = given,
	    .kept = kept,
	    .prefix = "options."};
	return OK;
}

/* ---- what differs ---- */

static const struct service_option *of_option(const struct service_options *o, int64_t option_id)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->rows[i].option_id == option_id)
			return &o->rows[i];
	return NULL;
}

/* The row stays the same when nothing of it changes. */
static bool same_row(const struct service_option *a, const struct service_option *b)
{
	return a->choice_id == b->choice_id && a->quantity == b->quantity &&
	    a->price_minor == b->price_minor && str_eq(a->value, b->value);
}

static int64_t term_of(const struct service_option *o, int64_t quantity)
{
	return o == NULL ? 0 : o->price_minor * o->quantity * quantity;
}

static const char *what_of(struct cx *cx, const struct service_option *o)
{
	const struct service bare = {.domain = ""};
	return o == NULL ? NULL : service_option_name(cx->arena, &bare, o);
}

/* Set-up is due for what was not there before: another choice, or more units of the same. */
static int64_t setup_of(const struct change_part *p, int64_t before_n, int64_t after_n)
{
	int64_t units = p->after == NULL ? 0 : p->after->quantity * after_n;
	if (p->after != NULL && p->before != NULL && p->before->choice_id == p->after->choice_id)
		units -= p->before->quantity * before_n;
	return units > 0 ? units * p->after->setup_minor : 0;
}

static void add_part(struct cx *cx, const struct service *s, struct change_quote *q,
    const struct service_option *before, struct service_option *after)
{
	assert(before != NULL || after != NULL);
	struct change_part p = {.key = before != NULL ? before->key : after->key,
	    .before = before,
	    .after = after,
	    .before_what = what_of(cx, before),
	    .after_what = what_of(cx, after),
	    .before_minor = term_of(before, s->quantity),
	    .after_minor = term_of(after, q->quantity)};
	p.setup_minor = setup_of(&p, s->quantity, q->quantity);
	bool kept = before != NULL && after != NULL && before->id == after->id;
	if (!kept || p.before_minor != p.after_minor || p.setup_minor > 0 || q->new_cycle)
		q->parts[q->parts_n++] = p;
}

static void add_plan(const struct service *s, struct change_quote *q)
{
	if (q->plan_id != s->plan_id || q->new_cycle || q->quantity != s->quantity)
		q->parts[q->parts_n++] = (struct change_part){
		    .before_what = s->plan_name,
		    .after_what = q->plan_name,
		    .before_minor = s->price_minor * s->quantity,
		    .after_minor = q->price_minor * q->quantity,
		};
}

/* A set-up fee is charged with the change; at the end of the term there is no document for it. */
static enum err check_setup(struct cx *cx, const struct change_quote *q)
{
	for (size_t k = 0; k < q->parts_n; k++)
		if (q->at_end && q->parts[k].setup_minor > 0)
			return fail_field(cx,
			    arena_printf(cx->arena, "options.%s", q->parts[k].key),
			    "option.setup_later",
			    "This has a set-up fee and can only be chosen now, not for later");
	return OK;
}

enum err change_parts(struct cx *cx, const struct service *s, const struct change_input *in,
    struct change_quote *q)
{
	struct service_options has;
	struct option_wish w;
	struct option_pick *picks;
	size_t n;
	TRY(service_options_of(cx, s->id, &has));
	TRY(service_options_wish(cx, s, q, &in->options, &w));
	TRY(option_choose(cx, &w, &picks, &n));
	q->options = ARENA_ARRAY(cx->arena, struct service_option, n + 1);
	q->parts = ARENA_ARRAY(cx->arena, struct change_part, n + has.n + 1);
	q->term_minor = q->price_minor * q->quantity;
	add_plan(s, q);
	for (size_t i = 0; i < n; i++) {
		const struct service_option *before = of_option(&has, picks[i].option->id);
		struct service_option *after = &q->options[q->options_n++];
		*after = service_option_of(s->id, &picks[i]);
		if (before != NULL && same_row(before, after) && !q->new_cycle)
			*after = *before;
		q->term_minor += term_of(after, q->quantity);
		add_part(cx, s, q, before, after);
	}
	const struct service_options target = {q->options, q->options_n};
	for (size_t i = 0; i < has.n; i++)
		if (of_option(&target, has.rows[i].option_id) == NULL)
			add_part(cx, s, q, &has.rows[i], NULL);
	return check_setup(cx, q);
}

enum err change_parts_all(struct cx *cx, const struct service *s, struct change_quote *q)
{
	struct service_options has;
	TRY(service_options_of(cx, s->id, &has));
	q->parts = ARENA_ARRAY(cx->arena, struct change_part, has.n + 1);
	q->parts[q->parts_n++] = (struct change_part){.before_what = s->plan_name,
	    .after_what = s->plan_name,
	    .before_minor = s->price_minor * s->quantity};
	for (size_t i = 0; i < has.n; i++)
		add_part(cx, s, q, &has.rows[i], NULL);
	return OK;
}

/* ---- the rows ---- */

/* New rows wait for the change to take effect, those they replace end with it. */
enum err change_options_write(struct cx *cx, int64_t change_id, struct change_quote *q)
{
	for (size_t k = 0; k < q->parts_n; k++) {
		struct change_part *p = &q->parts[k];
		bool kept = p->key == NULL || p->past ||
		    (p->before != NULL && p->after != NULL && p->before->id == p->after->id);
		if (kept)
			continue;
		if (p->before != NULL)
			TRY(service_option_store_ends(cx, p->before->id, change_id));
		if (p->after == NULL)
			continue;
		p->after->state = "pending";
		p->after->change_id = change_id;
		TRY(service_option_store_insert(cx, p->after, &p->after->id));
	}
	/* The planned lines named the places of the parts; now they have ids. */
	struct invoice_plan *plan = q->term.items_n > 0 ? &q->term : &q->invoice;
	for (size_t i = 0; i < plan->items_n; i++) {
		struct invoice_item *item = &plan->items[i];
		const struct change_part *p = &q->parts[item->part_id];
		const struct service_option *row = item->unit_minor < 0 ? p->before : p->after;
		item->part_id = row == NULL ? 0 : row->id;
	}
	return OK;
}
