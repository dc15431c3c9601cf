/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables order_head and order_item. */
#include "base/str.h"
#include "core/order/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, client_id, state, currency, invoice_id, coupon_id, gateway, terms, terms_at, ip," \
	" reason, created_at, country"

static void read_order(struct db_row *row, void *out)
{
	struct order *o = out;
	o->id = row_int(row);
	o->client_id = row_int(row);
	o->state = (enum order_state)fsm_state(&order_fsm, row_str(row));
	o->currency = row_str(row);
	o->invoice_id = row_int(row);
	o->coupon_id = row_int(row);
	o->gateway = row_str(row);
	o->terms = row_str(row);
	o->terms_at = row_int(row);
	o->ip = row_str(row);
	o->reason = row_str(row);
	o->created_at = row_int(row);
	o->country = row_str(row);
}

DB_STMT(order_by_id, "ii",
    "SELECT " COLUMNS " FROM order_head WHERE id = $1 AND ($2 IS NULL OR client_id = $2)");

enum err order_store_get(struct cx *cx, int64_t client_id, int64_t id, struct order *ret)
{
	enum err err =
	    db_one(cx, &order_by_id, DB_ARGS(db_int(id), db_opt(client_id)), read_order, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "order.unknown", "There is no such order") :
	                              err;
}

DB_STMT(order_insert,
    "itttt"
    "ittii"
    "t",
    "INSERT INTO order_head (client_id, state, currency, gateway, terms, terms_at, ip, reason,"
    " created_at, coupon_id, country)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");
DB_STMT(order_open_of, "i",
    "SELECT COUNT(*) FROM order_head WHERE client_id = $1 AND state IN ('review', 'pending',"
    " 'active')");

enum err order_store_open(struct cx *cx, int64_t client_id, int64_t *ret_n)
{
	return db_int64(cx, &order_open_of, DB_ARGS(db_int(client_id)), ret_n);
}

DB_STMT(order_count, "i",
    "SELECT COUNT(*) FROM order_head WHERE client_id = $1 AND state NOT IN ('refused',"
    " 'cancelled')");

enum err order_count_of(struct cx *cx, int64_t client_id, int64_t *ret)
{
	return db_int64(cx, &order_count, DB_ARGS(db_int(client_id)), ret);
}

enum err order_store_insert(struct cx *cx, const struct order *o, int64_t *ret_id)
{
	return db_int64(cx, &order_insert,
	    DB_ARGS(db_int(o->client_id), db_text(order_fsm.states[o->state]), db_text(o->currency),
	        db_text(o->gateway), db_text(o->terms), db_opt(o->terms_at), db_text(o->ip),
	        db_text(o->reason), db_int(cx->now), db_opt(o->coupon_id),
	        db_text(str_or(o->country, ""))),
	    ret_id);
}

DB_STMT(order_insert_item, "iiiitiiititt",
    "INSERT INTO order_item (order_id, position, plan_id, price_id, cycle, quantity, price_minor,"
    " setup_minor, domain,"
    " service_id, plan_key, plan_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

enum err order_store_insert_item(struct cx *cx, const struct order_item *i)
{
	return db_run(cx, &order_insert_item,
	    DB_ARGS(db_int(i->order_id), db_int(i->position), db_int(i->plan_id),
	        db_opt(i->price_id), db_text(i->cycle), db_int(i->quantity), db_int(i->price_minor),
	        db_int(i->setup_minor), db_text(i->domain), db_opt(i->service_id),
	        db_text(i->plan_key), db_text(i->plan_name)),
	    NULL);
}

DB_STMT(order_set_state, "ittt",
    "UPDATE order_head SET state = $3, reason = $4 WHERE id = $1 AND state = $2");

enum err order_store_set_state(struct cx *cx, const struct order *o, enum order_state to,
    const char *reason)
{
	int64_t n;
	TRY(db_run(cx, &order_set_state,
	    DB_ARGS(db_int(o->id), db_text(order_fsm.states[o->state]),
	        db_text(order_fsm.states[to]), db_text(reason)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "order.raced",
	                    "Somebody else changed the order at the same moment");
}

DB_STMT(order_set_invoice, "ii", "UPDATE order_head SET invoice_id = $2 WHERE id = $1");

enum err order_store_set_invoice(struct cx *cx, int64_t id, int64_t invoice_id)
{
	return db_run(cx, &order_set_invoice, DB_ARGS(db_int(id), db_int(invoice_id)), NULL);
}

static void read_item(struct db_row *row, void *out)
{
	struct order_item *i = out;
	i->id = row_int(row);
	i->order_id = row_int(row);
	i->position = row_int(row);
	i->plan_id = row_int(row);
	i->price_id = row_int(row);
	i->cycle = row_str(row);
	i->quantity = row_int(row);
	i->price_minor = row_int(row);
	i->setup_minor = row_int(row);
	i->domain = row_str(row);
	i->service_id = row_int(row);
	i->plan_key = row_str(row);
	i->plan_name = row_str(row);
}

DB_STMT(order_item_all, "i",
    "SELECT id, order_id, position, plan_id, price_id, cycle, quantity, price_minor, setup_minor,"
    " domain, service_id,"
    " plan_key, plan_name FROM order_item WHERE order_id = $1 ORDER BY position");

enum err order_items(struct cx *cx, int64_t id, struct order_item **ret, size_t *ret_n)
{
	return db_list(cx, &order_item_all, DB_ARGS(db_int(id)),
	    (struct db_into){read_item, sizeof **ret}, ret, ret_n);
}

DB_STMT(order_page, "ittii",
    "SELECT " COLUMNS
    " FROM order_head o WHERE ($1 IS NULL OR client_id = $1) AND ($2 IS NULL OR state = $2)"
    " AND ($3 IS NULL OR CAST(o.id AS TEXT) = $3 OR EXISTS (SELECT 1 FROM order_item i WHERE"
    " i.order_id = o.id"
    " AND lower(i.domain) LIKE $3 ESCAPE '\\')) AND ($4 IS NULL OR id < $4) ORDER BY id DESC LIMIT"
    " $5");

enum err order_list(struct cx *cx, const struct order_filter *f, json_t **ret)
{
	struct order *rows;
	size_t n;
	TRY(db_list(cx, &order_page,
	    DB_ARGS(db_opt(f->client_id), db_opt_text(f->state), db_text(view_like(cx, f->q)),
	        db_opt(f->after), db_int(view_limit(f->limit))),
	    (struct db_into){read_order, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:s s:I s:o s:s s:s s:s s:o}", "id", rows[i].id, "state",
		        order_fsm.states[rows[i].state], "client_id", rows[i].client_id,
		        "invoice_id", json_id(rows[i].invoice_id), "currency", rows[i].currency,
		        "gateway", rows[i].gateway, "reason", rows[i].reason, "created_at",
		        json_instant(rows[i].created_at)));
	*ret = list;
	return OK;
}
