/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables bundle and bundle_plan. */
#include "base/limits.h"
#include "base/str.h"
#include "core/bundle/own.h"
#include "db/db.h"

#define COLUMNS \
	"id, key, name, description, kind, rate_ppm, amount_minor, currency, on_cancel, position," \
	" state"

static void read_bundle(struct db_row *row, void *out)
{
	struct bundle *b = out;
	b->id = row_int(row);
	b->key = row_str(row);
	b->name = row_str(row);
	b->description = row_str(row);
	b->kind = row_str(row);
	b->rate_ppm = row_int(row);
	b->amount_minor = row_int(row);
	b->currency = row_str(row);
	b->on_cancel = row_str(row);
	b->position = row_int(row);
	b->active = str_eq(row_str(row), "active");
}

DB_STMT(bundle_by_id, "i", "SELECT " COLUMNS " FROM bundle WHERE id = $1");
DB_STMT(bundle_by_key, "t", "SELECT " COLUMNS " FROM bundle WHERE key = $1 AND state = 'active'");

enum err bundle_get(struct cx *cx, int64_t id, struct bundle *ret)
{
	enum err err = db_one(cx, &bundle_by_id, DB_ARGS(db_int(id)), read_bundle, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "bundle.none", "There is no such bundle") : err;
}

enum err bundle_find(struct cx *cx, const char *key, struct bundle *ret)
{
	enum err err = db_one(cx, &bundle_by_key, DB_ARGS(db_text(key)), read_bundle, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "bundle.none", "There is no such bundle") : err;
}

DB_STMT(bundle_rows, "ii",
    "SELECT " COLUMNS " FROM bundle WHERE ($1 = 1 OR state = 'active') ORDER BY position, id"
    " LIMIT $2");

enum err bundle_store_rows(struct cx *cx, bool all, struct bundle **ret, size_t *ret_n)
{
	return db_list(cx, &bundle_rows, DB_ARGS(db_int(all), db_int(LIMIT_CATALOG_ROWS)),
	    (struct db_into){read_bundle, sizeof **ret}, ret, ret_n);
}

DB_STMT(bundle_key_taken, "t",
    "SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) FROM bundle WHERE key = $1");

enum err bundle_store_key(struct cx *cx, const char *key, int64_t *ret_id)
{
	return db_int64(cx, &bundle_key_taken, DB_ARGS(db_text(key)), ret_id);
}

DB_STMT(bundle_insert, "ttttiittii",
    "INSERT INTO bundle (key, name, description, kind, rate_ppm, amount_minor, currency,"
    " on_cancel, position, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
    " 'active', $10) RETURNING id");
DB_STMT(bundle_update, "ttttiittii",
    "UPDATE bundle SET key = $1, name = $2, description = $3, kind = $4, rate_ppm = $5,"
    " amount_minor = $6, currency = $7, on_cancel = $8, position = $9 WHERE id = $10 RETURNING id");

enum err bundle_store_save(struct cx *cx, const struct bundle *b, int64_t *ret_id)
{
	return db_int64(cx, b->id == 0 ? &bundle_insert : &bundle_update,
	    DB_ARGS(db_text(b->key), db_text(b->name), db_text(b->description), db_text(b->kind),
	        db_int(b->rate_ppm), db_int(b->amount_minor), db_text(b->currency),
	        db_text(b->on_cancel), db_int(b->position), db_int(b->id == 0 ? cx->now : b->id)),
	    ret_id);
}

DB_STMT(bundle_set_active, "itt", "UPDATE bundle SET state = $3 WHERE id = $1 AND state = $2");

enum err bundle_store_set_active(struct cx *cx, int64_t id, bool active)
{
	return db_run(cx, &bundle_set_active,
	    DB_ARGS(db_int(id), db_text(active ? "retired" : "active"),
	        db_text(active ? "active" : "retired")),
	    NULL);
}

static void read_plan(struct db_row *row, void *out)
{
	struct bundle_plan *p = out;
	p->plan_id = row_int(row);
	p->cycle = row_str(row);
}

DB_STMT(bundle_plan_all, "i",
    "SELECT plan_id, cycle FROM bundle_plan WHERE bundle_id = $1 ORDER BY position");

enum err bundle_plans(struct cx *cx, int64_t id, struct bundle_plan **ret, size_t *ret_n)
{
	return db_list(cx, &bundle_plan_all, DB_ARGS(db_int(id)),
	    (struct db_into){read_plan, sizeof **ret}, ret, ret_n);
}

DB_STMT(bundle_plan_remove, "i", "DELETE FROM bundle_plan WHERE bundle_id = $1");
DB_STMT(bundle_plan_insert, "iiit",
    "INSERT INTO bundle_plan (bundle_id, position, plan_id, cycle) VALUES ($1, $2, $3, $4)");

enum err bundle_store_set_plans(struct cx *cx, int64_t id, const struct bundle_plan *plans,
    size_t n)
{
	TRY(db_run(cx, &bundle_plan_remove, DB_ARGS(db_int(id)), NULL));
	for (size_t i = 0; i < n; i++)
		TRY(db_run(cx, &bundle_plan_insert,
		    DB_ARGS(db_int(id), db_int((int64_t)i), db_int(plans[i].plan_id),
		        db_text(plans[i].cycle)),
		    NULL));
	return OK;
}
