/* SPDX-License-Identifier: Apache-2.0 */
/* Plans with their prices, and the whole catalog by groups, as trees. */
#include "base/str.h"
#include "core/catalog/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

static json_t *group_of(const struct plan *p, const struct plan_context *x)
{
	for (size_t i = 0; i < x->groups_n; i++) {
		if (x->groups[i].id == p->group_id)
			return json_pack("{s:I, s:s, s:s}", "id", (json_int_t)p->group_id, "key",
			    x->groups[i].key, "name", x->groups[i].name);
	}
	return json_null();
}

static json_t *prices_of(const struct plan *p, const struct plan_context *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->prices_n; i++) {
		const struct price *r = &x->prices[i];
		if (r->plan_id == p->id)
			json_array_append_new(list,
			    json_pack("{s:I, s:s, s:s, s:I, s:I, s:I}", "id", (json_int_t)r->id,
			        "cycle", r->cycle, "currency", r->currency, "price_minor",
			        (json_int_t)r->price_minor, "setup_minor",
			        (json_int_t)r->setup_minor, "renew_minor",
			        (json_int_t)(r->renew_minor == 0 ? r->price_minor :
			                                           r->renew_minor)));
	}
	return list;
}

json_t *plan_tree(struct cx *cx, const struct plan *p, const struct plan_context *x)
{
	json_t *o = json_pack(
	    "{s:I, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:s, s:o, s:o}",
	    "id", (json_int_t)p->id, "key", p->key, "name", p->name, "description", p->description,
	    "features", view_lines(cx, p->features), "panel", p->panel, "package", p->package,
	    "tax_class", p->tax_class, "setup_when", p->setup_when, "needs_domain", p->needs_domain,
	    "hidden", p->hidden, "stock", (json_int_t)p->stock, "position", (json_int_t)p->position,
	    "state", plan_fsm.states[p->state], "group", group_of(p, x), "prices", prices_of(p, x));
	json_object_update_new(o,
	    json_pack("{s:s, s:b, s:I, s:I, s:I, s:I}", "addon_dates", p->addon_dates, "is_addon",
	        (int)p->is_addon, "client_max", (json_int_t)p->client_max, "trial_days",
	        (json_int_t)p->trial_days, "prorata_day", (json_int_t)p->prorata_day,
	        "prorata_cutoff", (json_int_t)p->prorata_cutoff));
	return o;
}

/* Keys of the plans it belongs to, with spaces between. */
static enum err add_parents(struct cx *cx, const struct plan *p, json_t *to)
{
	struct plan *parents;
	struct buf b;
	size_t n;

	TRY(plan_addon_parents(cx, p->id, &parents, &n));
	buf_init(&b, cx->arena);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : " ", parents[i].key);
	json_object_set_new(to, "addon_of", json_string(buf_text(&b)));
	return OK;
}

enum err plan_view(struct cx *cx, const struct plan *p, json_t **ret)
{
	struct plan_context x;
	struct plan_group *groups;
	struct price *prices;

	TRY(price_rows(cx, p->id, NULL, &prices, &x.prices_n));
	TRY(plan_group_rows(cx, &groups, &x.groups_n));
	x.prices = prices;
	x.groups = groups;
	*ret = json_keep(cx, plan_tree(cx, p, &x));
	return add_parents(cx, p, *ret);
}

enum err plan_shop_view(struct cx *cx, const struct plan *p, const struct price_buyer *b,
    json_t **ret)
{
	struct plan_context x;
	struct plan_group *groups;
	struct price *prices;

	TRY(price_rows_sold(cx, p->id, b, &prices, &x.prices_n));
	TRY(plan_group_rows(cx, &groups, &x.groups_n));
	x.prices = prices;
	x.groups = groups;
	*ret = json_keep(cx, plan_tree(cx, p, &x));
	return OK;
}

/* The plans of one group, NULL when a shop has nothing to show in it. */
struct catalog {
	const struct plan_filter *filter;
	const struct plan *plans;
	size_t plans_n;
	struct plan_context x;
};

static bool is_priced(const struct catalog *c, const struct plan *p)
{
	for (size_t i = 0; i < c->x.prices_n; i++) {
		if (c->x.prices[i].plan_id == p->id)
			return true;
	}
	return false;
}

static json_t *plans_of(struct cx *cx, const struct catalog *c, int64_t group_id)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->plans_n; i++) {
		if (c->plans[i].group_id == group_id &&
		    (!c->filter->shop || is_priced(c, &c->plans[i])))
			json_array_append_new(list, plan_tree(cx, &c->plans[i], &c->x));
	}
	return list;
}

static void add_group(struct cx *cx, const struct catalog *c, const struct plan_group *g,
    json_t *groups)
{
	json_t *plans = plans_of(cx, c, g->id);
	/* Staff see an empty group, to put plans into it. */
	bool shown = json_array_size(plans) > 0 || (!c->filter->shop && g->id != 0);

	if (c->filter->group_id != 0 && c->filter->group_id != g->id)
		shown = false;
	if (shown && !(c->filter->shop && g->hidden))
		json_array_append_new(groups,
		    json_pack("{s:I, s:s, s:s, s:s, s:I, s:b, s:O}", "id", (json_int_t)g->id, "key",
		        g->key, "name", g->name, "description", g->description, "position",
		        (json_int_t)g->position, "hidden", g->hidden, "plans", plans));
	json_decref(plans);
}

enum err catalog_view(struct cx *cx, const struct plan_filter *f, json_t **ret)
{
	static const struct plan_group none = {.key = "", .name = "Other plans", .description = ""};
	struct catalog c = {.filter = f};
	struct plan_group *groups;
	struct price *prices;
	struct plan *plans;

	/* Which plans a shop shows depends on the prices that can be had, converted ones too. */
	struct plan_filter any = *f;
	any.currency = f->shop ? NULL : f->currency;
	TRY(plan_rows(cx, &any, &plans, &c.plans_n));
	const struct price_buyer b = {f->currency, f->client_id};
	TRY(f->shop || f->client_id != 0 ? price_rows_sold(cx, 0, &b, &prices, &c.x.prices_n) :
	                                   price_rows(cx, 0, f->currency, &prices, &c.x.prices_n));
	TRY(plan_group_rows(cx, &groups, &c.x.groups_n));
	c.plans = plans;
	c.x.prices = prices;
	c.x.groups = groups;
	json_t *list = json_array();
	for (size_t i = 0; i < c.x.groups_n; i++)
		add_group(cx, &c, &groups[i], list);
	add_group(cx, &c, &none, list);
	*ret = json_keep(cx, json_pack("{s:o}", "groups", list));
	return OK;
}
