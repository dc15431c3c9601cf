/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table client_price: what was agreed with one client, changed in place. */
#include "base/limits.h"
#include "core/catalog/own.h"
#include "core/row.h"
#include "db/db.h"

#define COLUMNS "plan_id, cycle, currency, price_minor, setup_minor, renew_minor, created_at"

/* A price of nobody's list: id 0, as a service keeps one of its own. */
static void read_agreed(struct db_row *row, void *out)
{
	struct price *p = out;

	p->id = 0;
	p->plan_id = row_int(row);
	p->cycle = row_str(row);
	p->currency = row_str(row);
	p->price_minor = row_int(row);
	p->setup_minor = row_int(row);
	p->renew_minor = row_int(row);
	p->created_at = row_int(row);
	p->active = true;
	p->converted = false;
}

DB_STMT(client_price_one, "iitt",
    "SELECT " COLUMNS " FROM client_price"
    " WHERE client_id = $1 AND plan_id = $2 AND cycle = $3 AND currency = $4");

enum err price_of_client(struct cx *cx, const struct price_wish *w, struct price *ret)
{
	return db_one(cx, &client_price_one,
	    DB_ARGS(db_int(w->client_id), db_int(w->plan_id), db_text(w->cycle),
	        db_text(w->currency)),
	    read_agreed, ret);
}

DB_STMT(client_price_rows, "iiti",
    "SELECT " COLUMNS " FROM client_price WHERE client_id = $1 AND ($2 IS NULL OR plan_id = $2)"
    " AND currency = $3 ORDER BY plan_id, price_minor, id LIMIT $4");

enum err price_rows_of_client(struct cx *cx, int64_t plan_id, const struct price_buyer *b,
    struct price **ret, size_t *ret_n)
{
	*ret_n = 0;
	if (b->client_id == 0)
		return OK;
	return db_list(cx, &client_price_rows,
	    DB_ARGS(db_int(b->client_id), db_opt(plan_id), db_text(b->currency),
	        db_int(LIMIT_CATALOG_PRICES)),
	    (struct db_into){read_agreed, sizeof **ret}, ret, ret_n);
}

DB_STMT(client_price_set, "iittiiii",
    "INSERT INTO client_price (client_id, plan_id, cycle, currency, price_minor, setup_minor,"
    " renew_minor, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (client_id, plan_id, cycle, currency) DO UPDATE SET"
    " price_minor = excluded.price_minor, setup_minor = excluded.setup_minor,"
    " renew_minor = excluded.renew_minor, created_at = excluded.created_at RETURNING id");

enum err price_agreed_write(struct cx *cx, const struct client_price *p, int64_t *ret_id)
{
	return db_int64(cx, &client_price_set,
	    DB_ARGS(db_int(p->client_id), db_int(p->plan_id), db_text(p->in.cycle),
	        db_text(p->in.currency), db_int(p->in.price_minor), db_int(p->in.setup_minor),
	        db_int(p->in.renew_minor), db_int(cx->now)),
	    ret_id);
}

DB_STMT(client_price_del, "ii", "DELETE FROM client_price WHERE id = $1 AND client_id = $2");

enum err price_agreed_drop(struct cx *cx, int64_t client_id, int64_t id, int64_t *ret_n)
{
	return db_run(cx, &client_price_del, DB_ARGS(db_int(id), db_int(client_id)), ret_n);
}

static enum err view_row(struct cx *cx, struct db_row *row, void *arg)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_integer(row_int(row)));
	json_object_set_new(o, "client_id", json_integer(row_int(row)));
	json_object_set_new(o, "plan_id", json_integer(row_int(row)));
	json_object_set_new(o, "plan", json_string(row_str(row)));
	json_object_set_new(o, "plan_name", json_string(row_str(row)));
	json_object_set_new(o, "cycle", json_string(row_str(row)));
	json_object_set_new(o, "currency", json_string(row_str(row)));
	json_object_set_new(o, "price_minor", json_integer(row_int(row)));
	json_object_set_new(o, "setup_minor", json_integer(row_int(row)));
	json_object_set_new(o, "renew_minor", json_integer(row_int(row)));
	json_object_set_new(o, "created_at", json_instant(row_int(row)));
	json_array_append_new(arg, o);
	return OK;
}

DB_STMT(client_price_page, "ii",
    "SELECT a.id, a.client_id, a.plan_id, p.key, p.name, a.cycle, a.currency, a.price_minor,"
    " a.setup_minor, a.renew_minor, a.created_at FROM client_price a JOIN plan p"
    " ON p.id = a.plan_id WHERE a.client_id = $1 ORDER BY p.position, p.name, a.price_minor, a.id"
    " LIMIT $2");

enum err price_agreed_rows(struct cx *cx, int64_t client_id, json_t *to)
{
	return db_each(cx, &client_price_page,
	    DB_ARGS(db_int(client_id), db_int(LIMIT_CATALOG_ROWS)), view_row, to);
}
