/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of meters: entering, changing and retiring them. Readings are reading.c. */
#include "core/meter/meter.h"

#include <stdlib.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/meter/own.h"
#include "core/row.h"
#include "fmt/form.h"

enum err meter_get(struct cx *cx, int64_t id, struct meter *ret)
{
	struct meter *rows;
	size_t n;
	TRY(meter_store_list(cx, 0, id, &rows, &n));
	if (n == 0)
		return fail(cx, ERR_NOT_FOUND, "meter.unknown", "There is no such meter");
	*ret = rows[0];
	return OK;
}

enum err meter_list(struct cx *cx, int64_t plan_id, struct meter **ret, size_t *ret_n)
{
	return meter_store_list(cx, plan_id, 0, ret, ret_n);
}

static int word_index(const char *const *words, const char *word)
{
	int i = 0;
	while (words[i] != NULL && !str_eq(words[i], word))
		i++;
	return words[i] == NULL ? 0 : i;
}

static int by_end(const void *a, const void *b)
{
	const struct meter_tier *x = a, *y = b;
	int64_t u = x->up_to == 0 ? INT64_MAX : x->up_to, v = y->up_to == 0 ? INT64_MAX : y->up_to;
	int c = str_eq(x->currency, y->currency) ? 0 :
	                                           x->currency[0] * 65536 + x->currency[1] * 256 +
	        x->currency[2] - y->currency[0] * 65536 - y->currency[1] * 256 - y->currency[2];
	return c != 0 ? c : (u > v) - (u < v);
}

static enum err tier_fault(struct cx *cx, size_t i, const char *field, const char *key,
    const char *text)
{
	return fail_field(cx, arena_printf(cx->arena, "tiers.%zu.%s", i, field), key, "%s", text);
}

static enum err tiers_read(struct cx *cx, const struct meter_input *in, struct meter *m)
{
	const struct meter_input_tier *rows = in->tiers.rows;
	struct meter_tier *tiers = ARENA_ARRAY(cx->arena, struct meter_tier, in->tiers.n);
	for (size_t i = 0; i < in->tiers.n; i++) {
		tiers[i] = (struct meter_tier){.currency = rows[i].currency,
		    .up_to = rows[i].up_to,
		    .flat_minor = rows[i].flat_minor};
		if (!meter_micro_parse(rows[i].price, rows[i].currency, &tiers[i].price_micro))
			return tier_fault(cx, i, "price", "meter.price",
			    "Enter a price such as 0.0025");
	}
	qsort(tiers, in->tiers.n, sizeof *tiers, by_end);
	m->tiers = tiers;
	m->tiers_n = in->tiers.n;
	return OK;
}

/* Each currency ends with one open tier, so that any use has a price; one price has no tiers. */
static enum err tiers_check(struct cx *cx, const struct meter *m)
{
	bool tiered = m->model == METER_GRADUATED || m->model == METER_VOLUME;
	for (size_t i = 0; i < m->tiers_n; i++) {
		const struct meter_tier *t = &m->tiers[i];
		bool last = i + 1 == m->tiers_n || !str_eq(t->currency, m->tiers[i + 1].currency);
		if (last != (t->up_to == 0))
			return tier_fault(cx, i, "up_to", "meter.open",
			    "The prices of a currency end with one without an end (0)");
		if (!last && t->up_to == m->tiers[i + 1].up_to)
			return tier_fault(cx, i, "up_to", "meter.repeated",
			    "Two tiers end at the same unit");
		if (!tiered && !last)
			return tier_fault(cx, i, "up_to", "meter.tiers",
			    "This way of pricing has one price per currency");
	}
	return OK;
}

struct save {
	struct meter meter;
	int64_t id;
};

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *s = arg;
	struct meter *m = &s->meter, *rows;
	size_t n;
	bool is_new = m->id == 0;
	TRY(meter_store_list(cx, m->plan_id, 0, &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (rows[i].id != m->id && str_eq(rows[i].key, m->key))
			return fail_field(cx, "key", "meter.key_taken",
			    "Another meter of this plan has this key");
	TRY(meter_store_save(cx, m, &s->id));
	m->id = s->id;
	TRY(meter_store_tiers(cx, m));
	return event_add(cx,
	    &(struct event){"meter", s->id, is_new ? "create" : "update", 0, meter_view(cx, m)},
	    NULL);
}

enum err meter_save(struct cx *cx, int64_t plan_id, int64_t id, const struct meter_input *in,
    int64_t *ret_id)
{
	struct plan plan;
	struct meter old;
	struct save s = {.meter = {.id = id,
	                     .plan_id = plan_id,
	                     .key = in->key,
	                     .name = in->name,
	                     .unit = in->unit,
	                     .panel_key = str_or(in->panel_key, ""),
	                     .included = in->included,
	                     .package_size = in->package_size,
	                     .panel_per = in->panel_per,
	                     .active = true}};
	if (id != 0) {
		TRY(meter_get(cx, id, &old));
		s.meter.plan_id = old.plan_id;
		s.meter.active = old.active;
	}
	TRY(plan_get(cx, s.meter.plan_id, &plan));
	s.meter.model = (enum meter_model)word_index(meter_models, in->model);
	s.meter.aggregation =
	    (enum meter_aggregation)word_index(meter_aggregations, in->aggregation);
	TRY(tiers_read(cx, in, &s.meter));
	TRY(tiers_check(cx, &s.meter));
	TRY(db_tx(cx, save_body, &s));
	*ret_id = s.id;
	return OK;
}

struct retire {
	int64_t id;
	bool retired;
};

static enum err retire_body(struct cx *cx, void *arg)
{
	const struct retire *r = arg;
	struct meter m;
	TRY(meter_get(cx, r->id, &m));
	TRY(meter_store_state(cx, r->id, r->retired ? "active" : "retired",
	    r->retired ? "retired" : "active"));
	return event_add(cx,
	    &(struct event){"meter", r->id, r->retired ? "retire" : "restore", 0, NULL}, NULL);
}

enum err meter_retire(struct cx *cx, int64_t id, bool retired)
{
	return db_tx(cx, retire_body, &(struct retire){id, retired});
}

/* ---- as trees ---- */

json_t *meter_tiers_view(struct cx *cx, const struct meter *m, const char *currency)
{
	json_t *list = json_array();
	for (size_t i = 0; i < m->tiers_n; i++) {
		const struct meter_tier *t = &m->tiers[i];
		if (currency != NULL && !str_eq(t->currency, currency))
			continue;
		json_array_append_new(list,
		    json_pack("{s:s s:I s:s s:I s:I}", "currency", t->currency, "up_to", t->up_to,
		        "price", meter_micro_print(cx->arena, t->price_micro, t->currency),
		        "price_micro", t->price_micro, "flat_minor", t->flat_minor));
	}
	return list;
}

json_t *meter_view(struct cx *cx, const struct meter *m)
{
	json_t *o = json_pack("{s:I s:I s:s s:s s:s s:s s:I s:I s:s s:s s:I s:o}", "id", m->id,
	    "plan_id", m->plan_id, "key", m->key, "name", m->name, "unit", m->unit, "model",
	    meter_models[m->model], "included", m->included, "package_size", m->package_size,
	    "aggregation", meter_aggregations[m->aggregation], "panel_key", m->panel_key,
	    "panel_per", m->panel_per, "tiers", meter_tiers_view(cx, m, NULL));
	json_object_set_new(o, "state", json_string(m->active ? "active" : "retired"));
	json_object_set_new(o, "retired", json_boolean(!m->active));
	return json_keep(cx, o);
}
