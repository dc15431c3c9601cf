/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables meter and meter_tier. */
#include "base/limits.h"
#include "base/str.h"
#include "core/meter/own.h"
#include "core/row.h"

static int index_of(const char *const *words, const char *word)
{
	int i = 0;
	while (words[i + 1] != NULL && !str_eq(words[i], word))
		i++;
	return i;
}

static void read_meter(struct db_row *row, void *out)
{
	struct meter *m = out;
	*m = (struct meter){.id = row_int(row)};
	m->plan_id = row_int(row);
	m->key = row_str(row);
	m->name = row_str(row);
	m->unit = row_str(row);
	m->model = (enum meter_model)index_of(meter_models, row_str(row));
	m->included = row_int(row);
	m->package_size = row_int(row);
	m->aggregation = (enum meter_aggregation)index_of(meter_aggregations, row_str(row));
	m->panel_key = row_str(row);
	m->panel_per = row_int(row);
	m->active = str_eq(row_str(row), "active");
	m->created_at = row_int(row);
}

struct tier_row {
	int64_t meter_id;
	struct meter_tier tier;
};

static void read_tier(struct db_row *row, void *out)
{
	struct tier_row *t = out;
	t->meter_id = row_int(row);
	t->tier.currency = row_str(row);
	t->tier.up_to = row_int(row);
	t->tier.price_micro = row_int(row);
	t->tier.flat_minor = row_int(row);
}

/* plan_id 0 and id 0: all that panels are asked for. */
#define CHOSEN \
	"($1 IS NULL OR m.plan_id = $1) AND ($2 IS NULL OR m.id = $2)" \
	" AND ($1 IS NOT NULL OR $2 IS NOT NULL OR m.panel_key <> '')"
DB_STMT(meter_all, "iii",
    "SELECT m.id, m.plan_id, m.key, m.name, m.unit, m.model, m.included, m.package_size,"
    " m.aggregation, m.panel_key, m.panel_per, m.state, m.created_at FROM meter m WHERE " CHOSEN
    " ORDER BY m.plan_id, m.id LIMIT $3");
DB_STMT(meter_all_tiers, "iii",
    "SELECT t.meter_id, t.currency, t.up_to, t.price_micro, t.flat_minor FROM meter_tier t"
    " JOIN meter m ON m.id = t.meter_id WHERE " CHOSEN
    " ORDER BY t.meter_id, t.currency, t.up_to NULLS LAST LIMIT $3");

enum err meter_store_list(struct cx *cx, int64_t plan_id, int64_t id, struct meter **ret,
    size_t *ret_n)
{
	struct meter *rows;
	struct tier_row *tiers;
	size_t n, tiers_n;
	TRY(db_list(cx, &meter_all,
	    DB_ARGS(db_opt(plan_id), db_opt(id), db_int(LIMIT_CATALOG_ROWS)),
	    (struct db_into){read_meter, sizeof *rows}, &rows, &n));
	TRY(db_list(cx, &meter_all_tiers,
	    DB_ARGS(db_opt(plan_id), db_opt(id), db_int(LIMIT_CATALOG_PRICES)),
	    (struct db_into){read_tier, sizeof *tiers}, &tiers, &tiers_n));
	for (size_t i = 0; i < n; i++) {
		struct meter_tier *own = ARENA_ARRAY(cx->arena, struct meter_tier, tiers_n);
		rows[i].tiers = own;
		for (size_t k = 0; k < tiers_n; k++)
			if (tiers[k].meter_id == rows[i].id)
				own[rows[i].tiers_n++] = tiers[k].tier;
	}
	*ret = rows;
	*ret_n = n;
	return OK;
}

DB_STMT(meter_insert, "tttttiitiii",
    "INSERT INTO meter (key, name, unit, model, aggregation, included, package_size, panel_key,"
    " panel_per, plan_id, created_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
    " 'active') RETURNING id");
DB_STMT(meter_update, "tttttiitii",
    "UPDATE meter SET key = $1, name = $2, unit = $3, model = $4, aggregation = $5, included = $6,"
    " package_size = $7, panel_key = $8, panel_per = $9 WHERE id = $10 RETURNING id");

enum err meter_store_save(struct cx *cx, const struct meter *m, int64_t *ret_id)
{
	bool is_new = m->id == 0;
	const struct db_arg args[] = {db_text(m->key), db_text(m->name), db_text(m->unit),
	    db_text(meter_models[m->model]), db_text(meter_aggregations[m->aggregation]),
	    db_int(m->included), db_int(m->package_size), db_text(m->panel_key),
	    db_int(m->panel_per), db_int(is_new ? m->plan_id : m->id), db_int(cx->now)};
	size_t n = sizeof args / sizeof args[0];
	return is_new ? db_int64(cx, &meter_insert, args, n, ret_id) :
	                db_int64(cx, &meter_update, args, n - 1, ret_id);
}

DB_STMT(meter_drop_tiers, "i", "DELETE FROM meter_tier WHERE meter_id = $1");
DB_STMT(meter_add_tier, "itiii",
    "INSERT INTO meter_tier (meter_id, currency, up_to, price_micro, flat_minor)"
    " VALUES ($1, $2, $3, $4, $5)");

enum err meter_store_tiers(struct cx *cx, const struct meter *m)
{
	TRY(db_run(cx, &meter_drop_tiers, DB_ARGS(db_int(m->id)), NULL));
	for (size_t i = 0; i < m->tiers_n; i++) {
		const struct meter_tier *t = &m->tiers[i];
		TRY(db_run(cx, &meter_add_tier,
		    DB_ARGS(db_int(m->id), db_text(t->currency), db_opt(t->up_to),
		        db_int(t->price_micro), db_int(t->flat_minor)),
		    NULL));
	}
	return OK;
}

DB_STMT(meter_set_state, "itt", "UPDATE meter SET state = $3 WHERE id = $1 AND state = $2");

enum err meter_store_state(struct cx *cx, int64_t id, const char *from, const char *to)
{
	int64_t n;
	TRY(db_run(cx, &meter_set_state, DB_ARGS(db_int(id), db_text(from), db_text(to)), &n));
	return n == 1 ? OK : fail(cx, ERR_CONFLICT, "meter.refused", "The meter is %s already", to);
}
