/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of plans, prices and groups. What was sold is never changed: services hold the price they
 * were sold at, and a changed price is a new row. The shop's pages are in web/.
 */
#include "core/catalog/catalog.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "core/catalog/own.h"
#include "core/event/event.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

struct save {
	const struct plan_input *in;
	struct plan plan; /* as it will be */
	int64_t id;
};

static enum err check_prices(struct cx *cx, const struct plan_input *in)
{
	const struct price_input *prices = in->prices.rows;
	size_t repeated = price_repeated(prices, in->prices.n);

	if (repeated == in->prices.n)
		return OK;
	return fail_field(cx, arena_printf(cx->arena, "prices.%zu.cycle", repeated),
	    "price.repeated", "There is already a price for %s in %s", prices[repeated].cycle,
	    prices[repeated].currency);
}

static enum err check_key(struct cx *cx, const char *key, int64_t id)
{
	int64_t taken;

	if (key[strspn(key, "0123456789")] == '\0')
		return fail_field(cx, "key", "plan.key_digits", "Use at least one letter");
	TRY(plan_key_id(cx, key, &taken));
	if (taken != 0 && taken != id)
		return fail_field(cx, "key", "plan.key_taken", "Another plan has this key");
	return OK;
}

/* The row that the input asks for; its group must exist. */
static enum err fill(struct cx *cx, const struct plan_input *in, struct plan *ret)
{
	int64_t group_id = 0;

	if (!str_empty(in->group))
		TRY(plan_group_key_id(cx, in->group, &group_id));
	if (!str_empty(in->group) && group_id == 0)
		return fail_field(cx, "group", "plan.group", "There is no group \"%s\"", in->group);
	*ret = (struct plan){.id = ret->id,
	    .state = ret->state,
	    .group_id = group_id,
	    .key = in->key,
	    .name = in->name,
	    .description = str_or(in->description, ""),
	    .features = str_or(in->features, ""),
	    .panel = str_or(in->panel, ""),
	    .package = str_or(in->package, ""),
	    .tax_class = str_empty(in->tax_class) ? "standard" : in->tax_class,
	    .setup_when = str_empty(in->setup_when) ? "payment" : in->setup_when,
	    /* Without a panel nothing would use the domain. */
	    .needs_domain = in->needs_domain && !str_empty(in->panel),
	    .hidden = in->hidden,
	    .stock = in->stock,
	    .client_max = in->client_max,
	    .trial_days = in->trial_days,
	    .prorata_day = in->prorata_day,
	    .prorata_cutoff = in->prorata_cutoff,
	    .position = in->position,
	    .addon_dates = str_empty(in->addon_dates) ? "own" : in->addon_dates};
	return OK;
}

static json_t *tree(struct cx *cx, const struct plan *p)
{
	return json_keep(cx,
	    json_pack("{s:s, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:b,"
	              " s:b, s:I,"
	              " s:I}",
	        "addon_dates", p->addon_dates, "client_max", (json_int_t)p->client_max,
	        "trial_days", (json_int_t)p->trial_days, "prorata_day", (json_int_t)p->prorata_day,
	        "prorata_cutoff", (json_int_t)p->prorata_cutoff, "key", p->key, "name", p->name,
	        "description", p->description, "features", p->features, "group_id",
	        (json_int_t)p->group_id, "panel", p->panel, "package", p->package, "tax_class",
	        p->tax_class, "setup_when", p->setup_when, "needs_domain", p->needs_domain,
	        "hidden", p->hidden, "stock", (json_int_t)p->stock, "position",
	        (json_int_t)p->position));
}

/* The plans it is an add-on of; one that has add-ons itself would make a chain. */
static enum err join_parents(struct cx *cx, const struct plan_input *in, int64_t id)
{
	struct plan *addons;
	size_t n, addons_n;
	char **words = str_split(cx->arena, str_or(in->addon_of, ""), ' ', &n);
	TRY(plan_addon_part(cx, id));
	TRY(plan_addons(cx, id, &addons, &addons_n));
	for (size_t i = 0; i < n; i++) {
		struct plan parent;
		if (*words[i] == '\0')
			continue;
		enum err err = plan_find(cx, words[i], &parent);
		if (err == ERR_NOT_FOUND) {
			cx_clear(cx);
			return fail_field(cx, "addon_of", "plan.unknown", "There is no plan \"%s\"",
			    words[i]);
		}
		TRY(err);
		if (parent.id == id || parent.is_addon || addons_n > 0)
			return fail_field(cx, "addon_of", "plan.addon_chain",
			    "An add-on has no add-ons of its own");
		TRY(plan_addon_join(cx, id, parent.id));
	}
	return OK;
}

static enum err create(struct cx *cx, void *arg)
{
	struct save *a = arg;
	const struct price_input *prices = a->in->prices.rows;

	TRY(check_prices(cx, a->in));
	TRY(check_key(cx, a->in->key, 0));
	TRY(fill(cx, a->in, &a->plan));
	TRY(plan_insert(cx, &a->plan, &a->id));
	TRY(join_parents(cx, a->in, a->id));
	for (size_t i = 0; i < a->in->prices.n; i++)
		TRY(price_insert(cx, a->id, &prices[i]));
	json_t *data =
	    json_keep(cx, json_pack("{s:s, s:s}", "key", a->plan.key, "name", a->plan.name));
	return event_add(cx, &(struct event){"plan", a->id, "create", 0, data}, NULL);
}

enum err plan_create(struct cx *cx, const struct plan_input *in, int64_t *ret_id)
{
	struct save a = {.in = in};

	TRY(db_tx(cx, create, &a));
	*ret_id = a.id;
	return OK;
}

/* An event of its own for each price, so that the trail tells what was asked when. */
static enum err price_event(struct cx *cx, const struct plan *p, const struct price_input *in,
    const char *name)
{
	json_t *data = json_keep(cx,
	    json_pack("{s:s, s:s, s:I, s:I}", "cycle", in->cycle, "currency", in->currency,
	        "price_minor", (json_int_t)in->price_minor, "setup_minor",
	        (json_int_t)in->setup_minor));

	return event_add(cx, &(struct event){"plan", p->id, name, 0, data}, NULL);
}

static bool among(const struct price *sold, const struct field_list *asked)
{
	const struct price_input *in = asked->rows;

	for (size_t i = 0; i < asked->n; i++) {
		if (price_same(sold, &in[i]))
			return true;
	}
	return false;
}

static bool is_sold(const struct price_input *in, const struct price *sold, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (price_same(&sold[i], in))
			return true;
	}
	return false;
}

/* First the old ones go, since only one price of a cycle and currency may be active. */
static enum err replace_prices(struct cx *cx, const struct plan *p, const struct field_list *asked)
{
	const struct price_input *in = asked->rows;
	struct price *sold;
	size_t n;

	TRY(price_rows(cx, p->id, NULL, &sold, &n));
	for (size_t i = 0; i < n; i++) {
		if (among(&sold[i], asked))
			continue;
		struct price_input old = {sold[i].cycle, sold[i].currency, sold[i].price_minor,
		    sold[i].setup_minor, sold[i].renew_minor};
		TRY(price_retire(cx, sold[i].id));
		TRY(price_event(cx, p, &old, "price_retire"));
	}
	for (size_t i = 0; i < asked->n; i++) {
		if (is_sold(&in[i], sold, n))
			continue;
		TRY(price_insert(cx, p->id, &in[i]));
		TRY(price_event(cx, p, &in[i], "price_create"));
	}
	return OK;
}

static enum err update(struct cx *cx, void *arg)
{
	struct save *a = arg;
	struct plan before;

	TRY(check_prices(cx, a->in));
	TRY(plan_get(cx, a->id, &before));
	TRY(check_key(cx, a->in->key, a->id));
	a->plan = before;
	TRY(fill(cx, a->in, &a->plan));
	TRY(join_parents(cx, a->in, a->id));
	json_t *changed = view_changed(cx, tree(cx, &before), tree(cx, &a->plan));
	if (changed != NULL) {
		TRY(plan_write(cx, &a->plan));
		TRY(event_add(cx, &(struct event){"plan", a->id, "update", 0, changed}, NULL));
	}
	return a->in->prices.n == 0 ? OK : replace_prices(cx, &a->plan, &a->in->prices);
}

enum err plan_update(struct cx *cx, int64_t id, const struct plan_input *in)
{
	struct save a = {.in = in, .id = id};

	return db_tx(cx, update, &a);
}

struct apply {
	int64_t id;
	enum plan_event event;
};

static enum err apply(struct cx *cx, void *arg)
{
	const struct apply *a = arg;
	struct plan p;

	TRY(plan_get(cx, a->id, &p));
	int to = fsm_next(&plan_fsm, (int)p.state, (int)a->event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "plan.refused", "plan %lld is %s: cannot %s",
		    (long long)p.id, plan_fsm.states[p.state], plan_fsm.events[a->event]);
	TRY(plan_write_state(cx, &p, (enum plan_state)to));
	return event_add(cx, &(struct event){"plan", p.id, plan_fsm.events[a->event], 0, NULL},
	    NULL);
}

enum err plan_retire(struct cx *cx, int64_t id, bool retired)
{
	struct apply a = {id, retired ? PLAN_RETIRE : PLAN_RESTORE};

	return db_tx(cx, apply, &a);
}

enum err plan_take_stock(struct cx *cx, int64_t id, int64_t n)
{
	struct plan p;
	bool changed;

	assert(db_in_tx(cx->db));
	TRY(plan_write_stock(cx, id, n, &changed));
	if (changed)
		return OK;
	TRY(plan_get(cx, id, &p));
	return p.stock < 0 ? OK :
	                     fail(cx, ERR_CONFLICT, "plan.sold_out", "%s is sold out.", p.name);
}

struct group_save {
	struct plan_group group; /* id 0: new */
	int64_t id;              /* once saved */
};

static enum err save_group(struct cx *cx, void *arg)
{
	struct group_save *a = arg;
	struct plan_group g = a->group;
	const char *name = g.id == 0 ? "create" : "update";
	int64_t taken;
	bool changed;

	TRY(plan_group_key_id(cx, g.key, &taken));
	if (taken != 0 && taken != g.id)
		return fail_field(cx, "key", "plan_group.key_taken", "Another group has this key");
	if (g.id == 0) {
		TRY(plan_group_insert(cx, &g, &g.id));
	} else {
		TRY(plan_group_write(cx, &g, &changed));
		if (!changed)
			return fail(cx, ERR_NOT_FOUND, "plan_group.none", "There is no group %lld.",
			    (long long)g.id);
	}
	a->id = g.id;
	json_t *data = json_keep(cx, json_pack("{s:s, s:s}", "key", g.key, "name", g.name));
	return event_add(cx, &(struct event){"plan_group", g.id, name, 0, data}, NULL);
}

enum err plan_group_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct group_save a;

	TRY(field_read(cx, &plan_group_fields, body, source, &a.group));
	a.group.id = id;
	TRY(db_tx(cx, save_group, &a));
	if (ret_id != NULL)
		*ret_id = a.id;
	return OK;
}
