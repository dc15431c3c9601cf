/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of bundles. What was sold in one keeps its part of the discount, whatever changes here;
 * what
 * an order of one costs is core/order's.
 */
#include "core/bundle/bundle.h"

#include "base/money.h"
#include "base/str.h"
#include "core/bundle/own.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

static const char *const kind_words[] = {"percent", "amount", NULL};
static const char *const kind_words_labels[] = {"A percentage", "An amount", NULL};
static const char *const cancel_words[] = {"keep", "end", NULL};
static const char *const cancel_words_labels[] = {"The others keep their discount",
    "The others lose it from their next term on", NULL};

FIELDS(bundle_plan_fields, struct bundle_plan_input,
    {.name = "plan",
        .label = "Plan",
        .type = FIELD_KEY,
        .from = "plan",
        .flags = FIELD_REQUIRED,
        .max = 60,
        .offset = offsetof(struct bundle_plan_input, plan)},
    {.name = "cycle",
        .label = "Billing cycle",
        .type = FIELD_CYCLE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct bundle_plan_input, cycle)}, );

#define BUNDLE(member) offsetof(struct bundle_input, member)

FIELDS(bundle_fields, struct bundle_input,
    {.name = "key",
        .label = "Key",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 60,
        .help = "Names the bundle in addresses and in the API.",
        .offset = BUNDLE(key)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 100,
        .offset = BUNDLE(name)},
    {.name = "description",
        .label = "Description",
        .type = FIELD_TEXT,
        .max = 2000,
        .offset = BUNDLE(description)},
    {.name = "kind",
        .label = "Discount",
        .type = FIELD_CHOICE,
        .choices = kind_words,
        .labels = kind_words_labels,
        .otherwise = "percent",
        .offset = BUNDLE(kind)},
    {.name = "rate_ppm",
        .label = "Percent off",
        .type = FIELD_PPM,
        .max = 1000000,
        .otherwise = "0",
        .help = "Off the price of each of its plans, in every term.",
        .offset = BUNDLE(rate_ppm)},
    {.name = "currency",
        .label = "Currency of the amount",
        .type = FIELD_CURRENCY,
        .offset = BUNDLE(currency)},
    {.name = "amount_minor",
        .label = "Amount off",
        .type = FIELD_MONEY,
        .max = MONEY_MINOR_MAX / 1000,
        .help = "Shared by what the plans cost per term.",
        .offset = BUNDLE(amount_minor)},
    {.name = "on_cancel",
        .label = "When one of them ends",
        .type = FIELD_CHOICE,
        .choices = cancel_words,
        .labels = cancel_words_labels,
        .otherwise = "keep",
        .help = "The others keep their discount, or it ends with their running term.",
        .offset = BUNDLE(on_cancel)},
    {.name = "position",
        .label = "Position",
        .type = FIELD_INT,
        .max = 1000000,
        .otherwise = "0",
        .help = "Small numbers come first.",
        .offset = BUNDLE(position)},
    {.name = "plans",
        .label = "Plans",
        .type = FIELD_LIST,
        .flags = FIELD_REQUIRED,
        .min = 2,
        .max = 20,
        .sub = &bundle_plan_fields,
        .offset = BUNDLE(plans)}, );

void bundle_share(const struct bundle *b, const int64_t *prices, size_t n, int64_t *ret_minor)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n; i++) {
		ret_minor[i] = 0;
		sum += prices[i];
	}
	if (b->amount_minor > 0 && sum > 0)
		money_split(b->amount_minor < sum ? b->amount_minor : sum, prices, n, ret_minor);
}

struct save {
	const struct bundle_input *in;
	int64_t id, saved_id;
};

static enum err find_plans(struct cx *cx, const struct bundle_input *in, struct bundle_plan *ret)
{
	const struct bundle_plan_input *rows = in->plans.rows;
	for (size_t i = 0; i < in->plans.n; i++) {
		struct plan plan;
		enum err err = plan_find(cx, rows[i].plan, &plan);
		cx_clear(cx);
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
		if (err == ERR_NOT_FOUND || plan.is_addon)
			return fail_field(cx, arena_printf(cx->arena, "plans.%zu.plan", i),
			    "plan.unknown", "There is no plan \"%s\" that is sold on its own",
			    rows[i].plan);
		ret[i] = (struct bundle_plan){plan.id, rows[i].cycle};
	}
	return OK;
}

static enum err check(struct cx *cx, const struct save *a)
{
	const struct bundle_input *in = a->in;
	bool percent = str_eq(in->kind, "percent");
	int64_t taken;
	TRY(bundle_store_key(cx, in->key, &taken));
	if (taken != 0 && taken != a->id)
		return fail_field(cx, "key", "bundle.key_taken", "Another bundle has this key");
	if (percent && in->rate_ppm == 0)
		return fail_field(cx, "rate_ppm", "bundle.rate", "Enter how many percent come off");
	if (!percent && (in->amount_minor == 0 || str_empty(in->currency)))
		return fail_field(cx, "amount_minor", "bundle.amount",
		    "Enter an amount and its currency");
	return OK;
}

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *a = arg;
	const struct bundle_input *in = a->in;
	bool percent = str_eq(in->kind, "percent");
	struct bundle_plan *plans = ARENA_ARRAY(cx->arena, struct bundle_plan, in->plans.n + 1);
	json_t *before = NULL, *view;
	if (a->id != 0)
		TRY(bundle_view(cx, a->id, &before));
	TRY(check(cx, a));
	TRY(find_plans(cx, in, plans));
	/* The other kind's value would take its share too. */
	const struct bundle row = {.id = a->id,
	    .key = in->key,
	    .name = in->name,
	    .description = in->description,
	    .kind = in->kind,
	    .rate_ppm = percent ? in->rate_ppm : 0,
	    .amount_minor = percent ? 0 : in->amount_minor,
	    .currency = percent ? "" : in->currency,
	    .on_cancel = in->on_cancel,
	    .position = in->position};
	TRY(bundle_store_save(cx, &row, &a->saved_id));
	TRY(bundle_store_set_plans(cx, a->saved_id, plans, in->plans.n));
	TRY(bundle_view(cx, a->saved_id, &view));
	json_t *data = before == NULL ? view : view_changed(cx, before, view);
	if (data == NULL)
		return OK;
	return event_add(cx,
	    &(struct event){"bundle", a->saved_id, before == NULL ? "create" : "update", 0, data},
	    NULL);
}

enum err bundle_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct bundle_input in;
	TRY(field_read(cx, &bundle_fields, body, source, &in));
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
	struct bundle b;
	TRY(bundle_get(cx, r->id, &b));
	if (b.active != r->retired)
		return OK;
	TRY(bundle_store_set_active(cx, r->id, !r->retired));
	return event_add(cx,
	    &(struct event){"bundle", r->id, r->retired ? "retire" : "restore", 0, NULL}, NULL);
}

enum err bundle_retire(struct cx *cx, int64_t id, bool retired)
{
	return db_tx(cx, retire_body, &(struct retire){id, retired});
}

static enum err view_of(struct cx *cx, const struct bundle *b, json_t **ret)
{
	struct bundle_plan *plans;
	size_t n;
	TRY(bundle_plans(cx, b->id, &plans, &n));
	json_t *list = json_array();
	json_t *view = json_keep(cx,
	    json_pack("{s:I s:s s:s s:s s:s s:I s:I s:s s:s s:I s:s s:b s:o}", "id", b->id, "key",
	        b->key, "name", b->name, "description", b->description, "kind", b->kind, "rate_ppm",
	        b->rate_ppm, "amount_minor", b->amount_minor, "currency", b->currency, "on_cancel",
	        b->on_cancel, "position", b->position, "state", b->active ? "active" : "retired",
	        "is_percent", (int)str_eq(b->kind, "percent"), "plans", list));
	for (size_t i = 0; i < n; i++) {
		struct plan plan;
		TRY(plan_get(cx, plans[i].plan_id, &plan));
		json_array_append_new(list,
		    json_pack("{s:s s:s s:s}", "plan", plan.key, "plan_name", plan.name, "cycle",
		        plans[i].cycle));
	}
	*ret = view;
	return OK;
}

enum err bundle_view(struct cx *cx, int64_t id, json_t **ret)
{
	struct bundle b;
	TRY(bundle_get(cx, id, &b));
	return view_of(cx, &b, ret);
}

enum err bundle_list(struct cx *cx, bool on_sale, json_t **ret)
{
	struct bundle *rows;
	size_t n;
	TRY(bundle_store_rows(cx, !on_sale, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++) {
		json_t *view;
		TRY(view_of(cx, &rows[i], &view));
		json_array_append(list, view);
	}
	*ret = list;
	return OK;
}
