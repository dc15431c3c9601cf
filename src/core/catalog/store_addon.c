/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table plan_addon. */
#include "base/limits.h"
#include "core/catalog/own.h"

DB_STMT(plan_addon_list, "ii",
    "SELECT " PLAN_COLUMNS
    " FROM plan_addon j JOIN plan p ON p.id = j.addon_id WHERE j.parent_id = $1"
    " AND p.state = 'active' ORDER BY p.position, p.id LIMIT $2");

enum err plan_addons(struct cx *cx, int64_t plan_id, struct plan **ret, size_t *ret_n)
{
	return db_list(cx, &plan_addon_list, DB_ARGS(db_int(plan_id), db_int(LIMIT_CATALOG_ROWS)),
	    (struct db_into){plan_read, sizeof **ret}, ret, ret_n);
}

DB_STMT(plan_addon_parent_list, "ii",
    "SELECT " PLAN_COLUMNS
    " FROM plan_addon j JOIN plan p ON p.id = j.parent_id WHERE j.addon_id = $1"
    " ORDER BY p.position, p.id LIMIT $2");

enum err plan_addon_parents(struct cx *cx, int64_t addon_id, struct plan **ret, size_t *ret_n)
{
	return db_list(cx, &plan_addon_parent_list,
	    DB_ARGS(db_int(addon_id), db_int(LIMIT_CATALOG_ROWS)),
	    (struct db_into){plan_read, sizeof **ret}, ret, ret_n);
}

DB_STMT(plan_addon_one, "ii",
    "SELECT COUNT(*) FROM plan_addon WHERE addon_id = $1 AND parent_id = $2");

enum err plan_is_addon(struct cx *cx, int64_t addon_id, int64_t plan_id, bool *ret)
{
	int64_t n;
	TRY(db_int64(cx, &plan_addon_one, DB_ARGS(db_int(addon_id), db_int(plan_id)), &n));
	*ret = n > 0;
	return OK;
}

DB_STMT(plan_addon_add, "ii",
    "INSERT INTO plan_addon (parent_id, addon_id) VALUES ($1, $2) ON CONFLICT (parent_id,"
    " addon_id) DO NOTHING");
DB_STMT(plan_addon_remove, "i", "DELETE FROM plan_addon WHERE addon_id = $1");

enum err plan_addon_join(struct cx *cx, int64_t addon_id, int64_t parent_id)
{
	return db_run(cx, &plan_addon_add, DB_ARGS(db_int(parent_id), db_int(addon_id)), NULL);
}

enum err plan_addon_part(struct cx *cx, int64_t addon_id)
{
	return db_run(cx, &plan_addon_remove, DB_ARGS(db_int(addon_id)), NULL);
}
