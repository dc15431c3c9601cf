/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table client_way, and by which way a client pays. */
#include "core/client/own.h"
#include "core/event/event.h"
#include "core/row.h"
#include "fmt/form.h"

DB_STMT(client_set_pays_by, "it", "UPDATE client SET pays_by = $2 WHERE id = $1 AND pays_by <> $2");

enum err client_paid_by(struct cx *cx, int64_t id, const char *gateway)
{
	return db_run(cx, &client_set_pays_by, DB_ARGS(db_int(id), db_text(gateway)), NULL);
}

static void read_way(struct db_row *row, void *out)
{
	struct client_way *w = out;
	w->gateway = row_str(row);
	w->terms_days = row_int(row);
	w->grace_days = row_int(row);
}

DB_STMT(client_way_by_key, "t",
    "SELECT gateway, COALESCE(terms_days, -1), COALESCE(grace_days, -1) FROM client_way"
    " WHERE gateway = $1");

enum err client_way_get(struct cx *cx, const char *gateway, struct client_way *ret)
{
	enum err err = db_one(cx, &client_way_by_key, DB_ARGS(db_text(gateway)), read_way, ret);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	*ret = (struct client_way){gateway, -1, -1};
	return OK;
}

DB_STMT(client_way_put, "tii",
    "INSERT INTO client_way (gateway, terms_days, grace_days) VALUES ($1, $2, $3)"
    " ON CONFLICT (gateway) DO UPDATE SET terms_days = excluded.terms_days,"
    " grace_days = excluded.grace_days");

static enum err save_body(struct cx *cx, void *arg)
{
	const struct client_way *w = arg;
	struct client_way before;
	TRY(client_way_get(cx, w->gateway, &before));
	if (before.terms_days == w->terms_days && before.grace_days == w->grace_days)
		return OK;
	TRY(db_run(cx, &client_way_put,
	    DB_ARGS(db_text(w->gateway), client_days(w->terms_days), client_days(w->grace_days)),
	    NULL));
	json_t *data = json_keep(cx,
	    json_pack("{s:s, s:I, s:I}", "gateway", w->gateway, "terms_days",
	        (json_int_t)w->terms_days, "grace_days", (json_int_t)w->grace_days));
	return event_add(cx, &(struct event){"client_way", 0, "update", 0, data}, NULL);
}

enum err client_way_save(struct cx *cx, const struct client_way *w)
{
	struct client_way copy = *w;
	return db_tx(cx, save_body, &copy);
}
