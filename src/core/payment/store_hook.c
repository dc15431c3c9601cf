/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables hook and gateway. */
#include "core/payment/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define HOOK_COLUMNS "id, gateway, remote_id, headers, body, event, state, reason, ip, received_at"

static void read_hook(struct db_row *row, void *out)
{
	struct hook *h = out;
	h->id = row_int(row);
	h->gateway = row_str(row);
	h->remote_id = row_text(row);
	h->headers = row_str(row);
	h->body = row_str(row);
	h->event = row_str(row);
	h->state = row_str(row);
	h->reason = row_str(row);
	h->ip = row_str(row);
	h->received_at = row_int(row);
}

DB_STMT(hook_insert, "ttttti",
    "INSERT INTO hook (gateway, headers, body, event, state, reason, ip, received_at)"
    " VALUES ($1, $2, $3, '', $4, '', $5, $6) RETURNING id");

enum err hook_store_insert(struct cx *cx, const struct hook *h, int64_t *ret_id)
{
	return db_int64(cx, &hook_insert,
	    DB_ARGS(db_text(h->gateway), db_text(h->headers), db_text(h->body), db_text("received"),
	        db_text(h->ip), db_int(cx->now)),
	    ret_id);
}

DB_STMT(hook_known, "tt", "SELECT id FROM hook WHERE gateway = $1 AND remote_id = $2");

enum err hook_store_known(struct cx *cx, const char *gateway, const char *remote_id,
    int64_t *ret_id)
{
	return db_int64(cx, &hook_known, DB_ARGS(db_text(gateway), db_text(remote_id)), ret_id);
}

DB_STMT(hook_set_state, "itttti",
    "UPDATE hook SET state = $2, reason = $3, remote_id = COALESCE($4, remote_id), event ="
    " COALESCE($5, event),"
    " done_at = $6 WHERE id = $1 AND state IN ('received', 'verified')");

enum err hook_store_set(struct cx *cx, int64_t id, const char *state, const char *reason,
    const char *remote_id, const char *event)
{
	return db_run(cx, &hook_set_state,
	    DB_ARGS(db_int(id), db_text(state), db_text(reason), db_text(remote_id), db_text(event),
	        db_int(cx->now)),
	    NULL);
}

DB_STMT(hook_by_id, "i", "SELECT " HOOK_COLUMNS " FROM hook WHERE id = $1");

enum err hook_get(struct cx *cx, int64_t id, struct hook *ret)
{
	enum err err = db_one(cx, &hook_by_id, DB_ARGS(db_int(id)), read_hook, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "hook.unknown", "There is no such message") :
	                              err;
}

DB_STMT(hook_page, "ttii",
    "SELECT " HOOK_COLUMNS
    " FROM hook WHERE ($1 IS NULL OR gateway = $1) AND ($2 IS NULL OR state = $2)"
    " AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4");

enum err hook_list(struct cx *cx, const char *gateway, const char *state, int64_t after,
    int64_t limit, json_t **ret)
{
	struct hook *rows;
	size_t n;
	TRY(db_list(cx, &hook_page,
	    DB_ARGS(db_opt_text(gateway), db_opt_text(state), db_opt(after),
	        db_int(view_limit(limit))),
	    (struct db_into){read_hook, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:s s:o s:s s:s s:s s:s s:o}", "id", rows[i].id, "gateway",
		        rows[i].gateway, "remote_id", json_text(rows[i].remote_id), "body",
		        rows[i].body, "state", rows[i].state, "reason", rows[i].reason, "ip",
		        rows[i].ip, "received_at", json_instant(rows[i].received_at)));
	*ret = list;
	return OK;
}

static void read_gateway(struct db_row *row, void *out)
{
	struct gateway *g = out;
	g->key = row_str(row);
	g->provider = row_str(row);
	g->name = row_str(row);
	g->settings = row_str(row);
	g->enabled = row_int(row) != 0;
	g->position = row_int(row);
}

DB_STMT(gateway_by_key, "t",
    "SELECT key, provider, name, settings, enabled, position FROM gateway WHERE key = $1");

enum err gateway_get(struct cx *cx, const char *key, struct gateway *ret)
{
	enum err err = db_one(cx, &gateway_by_key, DB_ARGS(db_text(key)), read_gateway, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "gateway.unknown", "There is no way to pay named \"%s\"", key) :
	    err;
}

DB_STMT(gateway_put, "ttttii",
    "INSERT INTO gateway (key, provider, name, settings, enabled, position) VALUES ($1, $2, $3,"
    " $4, $5, $6)"
    " ON CONFLICT (key) DO UPDATE SET name = excluded.name, settings = excluded.settings, enabled"
    " = excluded.enabled,"
    " position = excluded.position");

enum err gateway_save(struct cx *cx, const struct gateway *g)
{
	return db_run(cx, &gateway_put,
	    DB_ARGS(db_text(g->key), db_text(g->provider), db_text(g->name), db_text(g->settings),
	        db_int(g->enabled), db_int(g->position)),
	    NULL);
}

DB_STMT(gateway_all, "i",
    "SELECT key, provider, name, settings, enabled, position FROM gateway WHERE $1 = 0 OR enabled"
    " = 1"
    " ORDER BY position, key LIMIT 100");

enum err gateway_list(struct cx *cx, bool enabled_only, json_t **ret)
{
	struct gateway *rows;
	size_t n;
	TRY(db_list(cx, &gateway_all, DB_ARGS(db_int(enabled_only)),
	    (struct db_into){read_gateway, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:s s:s s:s s:b s:I}", "key", rows[i].key, "provider",
		        rows[i].provider, "name", rows[i].name, "enabled", rows[i].enabled,
		        "position", rows[i].position));
	*ret = list;
	return OK;
}
