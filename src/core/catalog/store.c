/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table plan. Prices and groups have stores of their own. */
#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/own.h"
#include "core/view.h"
#include "db/db.h"

void plan_read(struct db_row *row, void *out)
{
	struct plan *p = out;

	p->id = row_int(row);
	p->group_id = row_int(row);
	p->key = row_str(row);
	p->name = row_str(row);
	p->description = row_str(row);
	p->features = row_str(row);
	p->panel = row_str(row);
	p->package = row_str(row);
	p->tax_class = row_str(row);
	p->setup_when = row_str(row);
	p->needs_domain = row_int(row) != 0;
	p->hidden = row_int(row) != 0;
	p->stock = row_int(row);
	p->client_max = row_int(row);
	p->trial_days = row_int(row);
	p->prorata_day = row_int(row);
	p->prorata_cutoff = row_int(row);
	p->position = row_int(row);
	p->state = (enum plan_state)fsm_state(&plan_fsm, row_str(row));
	p->addon_dates = row_str(row);
	p->is_addon = row_int(row) != 0;
}

DB_STMT(plan_by_id, "i", "SELECT " PLAN_COLUMNS " FROM plan p WHERE p.id = $1");

enum err plan_get(struct cx *cx, int64_t id, struct plan *ret)
{
	enum err err = db_one(cx, &plan_by_id, DB_ARGS(db_int(id)), plan_read, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "plan.none", "There is no plan %lld.", (long long)id);
}

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

DB_STMT(plan_key_taken, "t", "SELECT id FROM plan WHERE key = $1");

enum err plan_key_id(struct cx *cx, const char *key, int64_t *ret_id)
{
	struct db_into into = {read_id, sizeof(int64_t)};
	int64_t *ids;
	size_t n;

	TRY(db_list(cx, &plan_key_taken, DB_ARGS(db_text(key)), into, &ids, &n));
	*ret_id = n > 0 ? ids[0] : 0;
	return OK;
}

/* No key consists of digits alone, so that either is clear. */
enum err plan_find(struct cx *cx, const char *key, struct plan *ret)
{
	int64_t id;

	if (!str_int(key, &id))
		TRY(plan_key_id(cx, key, &id));
	return id > 0 ? plan_get(cx, id, ret) :
	                fail(cx, ERR_NOT_FOUND, "plan.none", "There is no plan \"%s\".", key);
}

static struct db_arg stock_arg(int64_t stock)
{
	return stock < 0 ? db_text(NULL) : db_int(stock);
}

DB_STMT(plan_add, "itttttttitiiiiiiiit",
    "INSERT INTO plan (group_id, key, name, description, features, panel, package, tax_class,"
    " needs_domain, setup_when, stock, hidden, position, client_max, trial_days, prorata_day,"
    " prorata_cutoff, state, created_at, addon_dates) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
    " $9, $10, $11,"
    " $12, $13,"
    " $14, $15, $16, $17, 'active', $18, $19) RETURNING id");

enum err plan_insert(struct cx *cx, const struct plan *p, int64_t *ret_id)
{
	return db_int64(cx, &plan_add,
	    DB_ARGS(db_opt(p->group_id), db_text(p->key), db_text(p->name), db_text(p->description),
	        db_text(p->features), db_text(p->panel), db_text(p->package), db_text(p->tax_class),
	        db_int(p->needs_domain), db_text(p->setup_when), stock_arg(p->stock),
	        db_int(p->hidden), db_int(p->position), db_int(p->client_max),
	        db_int(p->trial_days), db_int(p->prorata_day), db_int(p->prorata_cutoff),
	        db_int(cx->now), db_text(p->addon_dates)),
	    ret_id);
}

DB_STMT(plan_set, "iitttttttitiiiiiiit",
    "UPDATE plan SET group_id = $2, key = $3, name = $4, description = $5, features = $6, panel ="
    " $7, package = $8, tax_class = $9, needs_domain = $10, setup_when = $11, stock = $12, hidden ="
    " $13, position = $14, client_max = $15, trial_days = $16, prorata_day = $17, prorata_cutoff ="
    " $18, addon_dates = $19"
    " WHERE id = $1");

enum err plan_write(struct cx *cx, const struct plan *p)
{
	return db_run(cx, &plan_set,
	    DB_ARGS(db_int(p->id), db_opt(p->group_id), db_text(p->key), db_text(p->name),
	        db_text(p->description), db_text(p->features), db_text(p->panel),
	        db_text(p->package), db_text(p->tax_class), db_int(p->needs_domain),
	        db_text(p->setup_when), stock_arg(p->stock), db_int(p->hidden), db_int(p->position),
	        db_int(p->client_max), db_int(p->trial_days), db_int(p->prorata_day),
	        db_int(p->prorata_cutoff), db_text(p->addon_dates)),
	    NULL);
}

DB_STMT(plan_set_state, "itt", "UPDATE plan SET state = $3 WHERE id = $1 AND state = $2");

enum err plan_write_state(struct cx *cx, const struct plan *p, enum plan_state to)
{
	int64_t changed;

	TRY(db_run(cx, &plan_set_state,
	    DB_ARGS(db_int(p->id), db_text(plan_fsm.states[p->state]),
	        db_text(plan_fsm.states[to])),
	    &changed));
	return changed == 1 ? OK :
	                      fail(cx, ERR_CONFLICT, "plan.raced",
	                          "Somebody else just changed plan %lld.", (long long)p->id);
}

DB_STMT(plan_add_stock, "ii",
    "UPDATE plan SET stock = stock - $2 WHERE id = $1 AND stock IS NOT NULL AND stock >= $2");

enum err plan_write_stock(struct cx *cx, int64_t id, int64_t n, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &plan_add_stock, DB_ARGS(db_int(id), db_int(n)), &changed));
	*ret_changed = changed == 1;
	return OK;
}

DB_STMT(plan_select, "iitti",
    "SELECT " PLAN_COLUMNS " FROM plan p WHERE ($1 = 0 OR (p.state = 'active' AND p.hidden = 0"
    " AND NOT EXISTS (SELECT 1 FROM plan_addon a WHERE a.addon_id = p.id)"
    " AND EXISTS (SELECT 1 FROM price r WHERE r.plan_id = p.id AND r.state = 'active'"
    " AND ($3 IS NULL OR r.currency = $3))))"
    " AND ($2 IS NULL OR p.group_id = $2)"
    " AND ($4 IS NULL OR"
    " lower(p.key || ' ' || p.name || ' ' || p.description) LIKE lower($4) ESCAPE '\\')"
    " ORDER BY p.position, p.id LIMIT $5");

enum err plan_rows(struct cx *cx, const struct plan_filter *f, struct plan **ret, size_t *ret_n)
{
	struct db_into into = {plan_read, sizeof **ret};

	return db_list(cx, &plan_select,
	    DB_ARGS(db_int(f->shop), db_opt(f->group_id), db_opt_text(f->currency),
	        db_text(view_like(cx, f->q)), db_int(LIMIT_CATALOG_ROWS)),
	    into, ret, ret_n);
}
