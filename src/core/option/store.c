/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables plan_option and plan_option_plan. */
#include "base/limits.h"
#include "base/str.h"
#include "core/option/own.h"
#include "db/db.h"

#define COLUMNS \
	"o.id, o.key, o.name, o.help, o.kind, o.unit, o.min, o.max, o.step, o.required," \
	" o.position, o.shown_if_option, o.shown_if_value, o.panel_key, o.state"

static void read_option(struct db_row *row, void *out)
{
	struct option *o = out;
	o->id = row_int(row);
	o->key = row_str(row);
	o->name = row_str(row);
	o->help = row_str(row);
	const char *kind = row_str(row);
	for (int i = 0; i < OPTION_KINDS; i++)
		if (str_eq(kind, option_kind_words[i]))
			o->kind = (enum option_kind)i;
	o->unit = row_str(row);
	o->min = row_int(row);
	o->max = row_int(row);
	o->step = row_int(row);
	o->required = row_int(row) != 0;
	o->position = row_int(row);
	o->shown_if_option = row_int(row);
	o->shown_if_value = row_str(row);
	o->panel_key = row_str(row);
	o->active = str_eq(row_str(row), "active");
}

DB_STMT(option_by_id, "i", "SELECT " COLUMNS " FROM plan_option o WHERE o.id = $1");

enum err option_get(struct cx *cx, int64_t id, struct option *ret)
{
	enum err err = db_one(cx, &option_by_id, DB_ARGS(db_int(id)), read_option, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "option.none", "There is no such option") : err;
}

DB_STMT(option_rows, "iii",
    "SELECT " COLUMNS " FROM plan_option o WHERE ($2 = 1 OR o.state = 'active') AND ($1 IS NULL"
    " OR EXISTS (SELECT 1 FROM plan_option_plan p WHERE p.option_id = o.id AND p.plan_id = $1))"
    " ORDER BY o.position, o.id LIMIT $3");

enum err option_store_rows(struct cx *cx, int64_t plan_id, bool all, struct option **ret,
    size_t *ret_n)
{
	return db_list(cx, &option_rows,
	    DB_ARGS(db_opt(plan_id), db_int(all), db_int(LIMIT_CATALOG_ROWS)),
	    (struct db_into){read_option, sizeof **ret}, ret, ret_n);
}

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

DB_STMT(option_by_key, "t",
    "SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) FROM plan_option WHERE key = $1");

enum err option_find(struct cx *cx, const char *key, int64_t *ret_id)
{
	return db_int64(cx, &option_by_key, DB_ARGS(db_text(key)), ret_id);
}

DB_STMT(option_insert, "tttttiiiiiitti",
    "INSERT INTO plan_option (key, name, help, kind, unit, min, max, step, required, position,"
    " shown_if_option, shown_if_value, panel_key, state, created_at) VALUES ($1, $2, $3, $4, $5,"
    " $6, $7, $8, $9, $10, $11, $12, $13, 'active', $14)"
    " RETURNING id");
DB_STMT(option_update, "tttttiiiiiitti",
    "UPDATE plan_option SET key = $1, name = $2, help = $3, kind = $4, unit = $5, min = $6, max ="
    " $7, step = $8, required = $9, position = $10, shown_if_option = $11, shown_if_value = $12,"
    " panel_key = $13 WHERE id = $14");

enum err option_store_insert(struct cx *cx, const struct option *o, int64_t *ret_id)
{
	return db_int64(cx, &option_insert,
	    DB_ARGS(db_text(o->key), db_text(o->name), db_text(o->help),
	        db_text(option_kind_words[o->kind]), db_text(o->unit), db_int(o->min),
	        db_int(o->max), db_int(o->step), db_int(o->required), db_int(o->position),
	        db_opt(o->shown_if_option), db_text(o->shown_if_value), db_text(o->panel_key),
	        db_int(cx->now)),
	    ret_id);
}

enum err option_store_update(struct cx *cx, const struct option *o)
{
	return db_run(cx, &option_update,
	    DB_ARGS(db_text(o->key), db_text(o->name), db_text(o->help),
	        db_text(option_kind_words[o->kind]), db_text(o->unit), db_int(o->min),
	        db_int(o->max), db_int(o->step), db_int(o->required), db_int(o->position),
	        db_opt(o->shown_if_option), db_text(o->shown_if_value), db_text(o->panel_key),
	        db_int(o->id)),
	    NULL);
}

DB_STMT(option_set_active, "itt", "UPDATE plan_option SET state = $3 WHERE id = $1 AND state = $2");

enum err option_store_set_active(struct cx *cx, int64_t id, bool active)
{
	return db_run(cx, &option_set_active,
	    DB_ARGS(db_int(id), db_text(active ? "retired" : "active"),
	        db_text(active ? "active" : "retired")),
	    NULL);
}

DB_STMT(option_plans, "i",
    "SELECT plan_id FROM plan_option_plan WHERE option_id = $1 ORDER BY plan_id");

enum err option_store_plans(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &option_plans, DB_ARGS(db_int(id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(option_join, "ii",
    "INSERT INTO plan_option_plan (plan_id, option_id) VALUES ($1, $2) ON CONFLICT (plan_id,"
    " option_id) DO NOTHING");
DB_STMT(option_part, "i", "DELETE FROM plan_option_plan WHERE option_id = $1");

enum err option_store_join(struct cx *cx, int64_t id, int64_t plan_id)
{
	return db_run(cx, &option_join, DB_ARGS(db_int(plan_id), db_int(id)), NULL);
}

enum err option_store_part(struct cx *cx, int64_t id)
{
	return db_run(cx, &option_part, DB_ARGS(db_int(id)), NULL);
}
