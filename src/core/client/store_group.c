/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table client_group. */
#include "base/limits.h"
#include "core/client/own.h"

struct db_arg client_days(int64_t days)
{
	struct db_arg a = db_int(days);

	return days < 0 ? db_text(NULL) : a;
}

static void read_group(struct db_row *row, void *out)
{
	struct client_group *g = out;

	g->id = row_int(row);
	g->key = row_str(row);
	g->name = row_str(row);
	g->color = row_str(row);
	g->terms_days = row_int(row);
	g->grace_days = row_int(row);
	g->clients = row_int(row);
	g->discount_ppm = row_int(row);
}

DB_STMT(client_group_all, "i",
    "SELECT id, key, name, color, COALESCE(terms_days, -1), COALESCE(grace_days, -1),"
    " (SELECT COUNT(*) FROM client c WHERE c.group_id = client_group.id), discount_ppm FROM"
    " client_group"
    " ORDER BY name, id LIMIT $1");

enum err client_group_rows(struct cx *cx, struct client_group **ret, size_t *ret_n)
{
	return db_list(cx, &client_group_all, DB_ARGS(db_int(LIMIT_CLIENT_GROUPS)),
	    (struct db_into){read_group, sizeof **ret}, ret, ret_n);
}

DB_STMT(client_group_by_key, "t", "SELECT id FROM client_group WHERE key = $1");

enum err client_group_find(struct cx *cx, const char *key, int64_t *ret_id)
{
	enum err err = db_int64(cx, &client_group_by_key, DB_ARGS(db_text(key)), ret_id);

	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	*ret_id = 0;
	return OK;
}

DB_STMT(client_group_add, "tttiii",
    "INSERT INTO client_group (key, name, color, terms_days, grace_days, discount_ppm)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
DB_STMT(client_group_set, "itttiii",
    "UPDATE client_group SET key = $2, name = $3, color = $4, terms_days = $5, grace_days = $6,"
    " discount_ppm = $7 WHERE id = $1 RETURNING id");

enum err client_group_write(struct cx *cx, const struct client_group *g, int64_t *ret_id)
{
	struct db_arg terms = client_days(g->terms_days), grace = client_days(g->grace_days);

	if (g->id == 0)
		return db_int64(cx, &client_group_add,
		    DB_ARGS(db_text(g->key), db_text(g->name), db_text(g->color), terms, grace,
		        db_int(g->discount_ppm)),
		    ret_id);
	return db_int64(cx, &client_group_set,
	    DB_ARGS(db_int(g->id), db_text(g->key), db_text(g->name), db_text(g->color), terms,
	        grace, db_int(g->discount_ppm)),
	    ret_id);
}

DB_STMT(client_group_drop, "i", "DELETE FROM client_group WHERE id = $1");

enum err client_group_delete(struct cx *cx, int64_t id, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &client_group_drop, DB_ARGS(db_int(id)), &changed));
	*ret_changed = changed == 1;
	return OK;
}
