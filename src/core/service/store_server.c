/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table server, with the number of accounts on each. */
#include "core/row.h"
#include "core/service/own.h"
#include "fmt/form.h"

#define COLUMNS \
	"s.id, s.key, s.name, s.provider, s.settings, s.accounts_max, s.enabled," \
	" s.checked_at, s.error," \
	" (SELECT COUNT(*) FROM service v WHERE v.server_id = s.id" \
	" AND v.state IN ('provisioning', 'active', 'suspended', 'attention'))"

static void read_server(struct db_row *row, void *out)
{
	struct server *s = out;
	s->id = row_int(row);
	s->key = row_str(row);
	s->name = row_str(row);
	s->provider = row_str(row);
	s->settings = row_str(row);
	s->accounts_max = row_int(row);
	s->enabled = row_int(row) != 0;
	s->checked_at = row_int(row);
	s->error = row_str(row);
	s->accounts = row_int(row);
}

DB_STMT(server_by_id, "i", "SELECT " COLUMNS " FROM server s WHERE s.id = $1");

enum err server_get(struct cx *cx, int64_t id, struct server *ret)
{
	enum err err = db_one(cx, &server_by_id, DB_ARGS(db_int(id)), read_server, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "server.unknown", "There is no such server") :
	                              err;
}

DB_STMT(server_of_provider, "t",
    "SELECT " COLUMNS
    " FROM server s WHERE s.provider = $1 AND s.enabled = 1 ORDER BY s.id LIMIT 200");

enum err server_choose(struct cx *cx, const char *provider, struct server *ret)
{
	struct server *rows, *best = NULL;
	size_t n;
	TRY(db_list(cx, &server_of_provider, DB_ARGS(db_text(provider)),
	    (struct db_into){read_server, sizeof *rows}, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		bool room = rows[i].accounts_max == 0 || rows[i].accounts < rows[i].accounts_max;
		if (room && (best == NULL || rows[i].accounts < best->accounts))
			best = &rows[i];
	}
	if (best == NULL)
		return fail(cx, ERR_NOT_FOUND, "server.none",
		    "No enabled server with room runs \"%s\"", provider);
	*ret = *best;
	return OK;
}

DB_STMT(server_insert, "ttttii",
    "INSERT INTO server (key, name, provider, settings, accounts_max, enabled, error)"
    " VALUES ($1, $2, $3, $4, $5, $6, '') RETURNING id");
DB_STMT(server_update,
    "ittii"
    "t",
    "UPDATE server SET name = $2, settings = $3, accounts_max = $4, enabled = $5, key = $6"
    " WHERE id = $1 RETURNING id");

enum err server_save(struct cx *cx, const struct server *s, int64_t *ret_id)
{
	if (s->id == 0)
		return db_int64(cx, &server_insert,
		    DB_ARGS(db_text(s->key), db_text(s->name), db_text(s->provider),
		        db_text(s->settings), db_opt(s->accounts_max), db_int(s->enabled)),
		    ret_id);
	return db_int64(cx, &server_update,
	    DB_ARGS(db_int(s->id), db_text(s->name), db_text(s->settings), db_opt(s->accounts_max),
	        db_int(s->enabled), db_text(s->key)),
	    ret_id);
}

DB_STMT(server_set_checked, "iit", "UPDATE server SET checked_at = $2, error = $3 WHERE id = $1");

enum err server_checked(struct cx *cx, int64_t id, const char *error)
{
	return db_run(cx, &server_set_checked, DB_ARGS(db_int(id), db_int(cx->now), db_text(error)),
	    NULL);
}

DB_STMT(server_all, "", "SELECT " COLUMNS " FROM server s ORDER BY s.name, s.id LIMIT 500");

enum err server_list(struct cx *cx, json_t **ret)
{
	struct server *rows;
	size_t n;
	TRY(db_list(cx, &server_all, DB_NONE, (struct db_into){read_server, sizeof *rows}, &rows,
	    &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:s s:s s:s s:o s:I s:b s:o s:s}", "id", rows[i].id, "key",
		        rows[i].key, "name", rows[i].name, "provider", rows[i].provider,
		        "accounts_max", json_id(rows[i].accounts_max), "accounts", rows[i].accounts,
		        "enabled", rows[i].enabled, "checked_at", json_instant(rows[i].checked_at),
		        "error", rows[i].error));
	*ret = list;
	return OK;
}
