/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table plan_group. */
#include "base/limits.h"
#include "core/catalog/own.h"
#include "db/db.h"

static void read_group(struct db_row *row, void *out)
{
	struct plan_group *g = out;

	g->id = row_int(row);
	g->key = row_str(row);
	g->name = row_str(row);
	g->description = row_str(row);
	g->position = row_int(row);
	g->hidden = row_int(row) != 0;
}

DB_STMT(plan_group_all, "i",
    "SELECT id, key, name, description, position, hidden FROM plan_group ORDER BY position, id"
    " LIMIT $1");

enum err plan_group_rows(struct cx *cx, struct plan_group **ret, size_t *ret_n)
{
	struct db_into into = {read_group, sizeof **ret};

	return db_list(cx, &plan_group_all, DB_ARGS(db_int(LIMIT_CATALOG_ROWS)), into, ret, ret_n);
}

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

DB_STMT(plan_group_key_taken, "t", "SELECT id FROM plan_group WHERE key = $1");

enum err plan_group_key_id(struct cx *cx, const char *key, int64_t *ret_id)
{
	struct db_into into = {read_id, sizeof(int64_t)};
	int64_t *ids;
	size_t n;

	TRY(db_list(cx, &plan_group_key_taken, DB_ARGS(db_text(key)), into, &ids, &n));
	*ret_id = n > 0 ? ids[0] : 0;
	return OK;
}

DB_STMT(plan_group_add, "tttii",
    "INSERT INTO plan_group (key, name, description, position, hidden)"
    " VALUES ($1, $2, $3, $4, $5) RETURNING id");

enum err plan_group_insert(struct cx *cx, const struct plan_group *g, int64_t *ret_id)
{
	return db_int64(cx, &plan_group_add,
	    DB_ARGS(db_text(g->key), db_text(g->name), db_text(g->description), db_int(g->position),
	        db_int(g->hidden)),
	    ret_id);
}

DB_STMT(plan_group_set, "itttii",
    "UPDATE plan_group SET key = $2, name = $3, description = $4, position = $5, hidden = $6"
    " WHERE id = $1");

enum err plan_group_write(struct cx *cx, const struct plan_group *g, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &plan_group_set,
	    DB_ARGS(db_int(g->id), db_text(g->key), db_text(g->name), db_text(g->description),
	        db_int(g->position), db_int(g->hidden)),
	    &changed));
	*ret_changed = changed == 1;
	return OK;
}
