/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables coupon and coupon_use. */
#include "base/str.h"
#include "core/coupon/own.h"
#include "core/row.h"
#include "db/db.h"

#define COLUMNS \
	"id, code, name, kind, rate_ppm, amount_minor, currency, plans, cycles, terms, setup_too," \
	" once_per_client, new_clients," \
	" stackable, uses_max, uses, valid_from, valid_until, state"

static void read_coupon(struct db_row *row, void *out)
{
	struct coupon *c = out;
	c->id = row_int(row);
	c->code = row_str(row);
	c->name = row_str(row);
	c->kind = row_str(row);
	c->rate_ppm = row_int(row);
	c->amount_minor = row_int(row);
	c->currency = row_str(row);
	c->plans = row_str(row);
	c->cycles = row_str(row);
	c->terms = row_int(row);
	c->setup_too = row_int(row) != 0;
	c->once_per_client = row_int(row) != 0;
	c->new_clients = row_int(row) != 0;
	c->stackable = row_int(row) != 0;
	c->uses_max = row_int(row);
	c->uses = row_int(row);
	c->valid_from = row_day(row);
	c->valid_until = row_day(row);
	c->active = str_eq(row_str(row), "active");
}

DB_STMT(coupon_by_code, "t", "SELECT " COLUMNS " FROM coupon WHERE code = upper($1)");
DB_STMT(coupon_by_id, "i", "SELECT " COLUMNS " FROM coupon WHERE id = $1");
DB_STMT(coupon_all, "", "SELECT " COLUMNS " FROM coupon ORDER BY id DESC LIMIT 500");

enum err coupon_store_find(struct cx *cx, const char *code, struct coupon *ret)
{
	return db_one(cx, &coupon_by_code, DB_ARGS(db_text(code)), read_coupon, ret);
}

enum err coupon_get(struct cx *cx, int64_t id, struct coupon *ret)
{
	enum err err = db_one(cx, &coupon_by_id, DB_ARGS(db_int(id)), read_coupon, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "coupon.unknown", "There is no such coupon") :
	                              err;
}

enum err coupon_store_list(struct cx *cx, struct coupon **ret, size_t *ret_n)
{
	return db_list(cx, &coupon_all, DB_NONE, (struct db_into){read_coupon, sizeof **ret}, ret,
	    ret_n);
}

DB_STMT(coupon_insert, "tttiitttiiiiiitti",
    "INSERT INTO coupon (code, name, kind, rate_ppm, amount_minor, currency, plans, cycles, terms,"
    " setup_too, once_per_client,"
    " new_clients, stackable, uses_max, uses, valid_from, valid_until, state, created_at)"
    " VALUES (upper($1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $16,"
    " 'active', $17) RETURNING id");
DB_STMT(coupon_update, "tttiitttiiiiiitti",
    "UPDATE coupon SET code = upper($1), name = $2, kind = $3, rate_ppm = $4, amount_minor = $5,"
    " currency = $6, plans = $7,"
    " cycles = $8, terms = $9, setup_too = $10, once_per_client = $11, new_clients = $12,"
    " stackable = $13, uses_max = $14,"
    " valid_from = $15, valid_until = $16 WHERE id = $17 RETURNING id");

enum err coupon_store_save(struct cx *cx, const struct coupon *c, int64_t *ret_id)
{
	return db_int64(cx, c->id == 0 ? &coupon_insert : &coupon_update,
	    DB_ARGS(db_text(c->code), db_text(c->name), db_text(c->kind), db_int(c->rate_ppm),
	        db_int(c->amount_minor), db_text(c->currency), db_text(c->plans),
	        db_text(c->cycles), db_int(c->terms), db_int(c->setup_too),
	        db_int(c->once_per_client), db_int(c->new_clients), db_int(c->stackable),
	        db_int(c->uses_max), arg_day(cx->arena, c->valid_from),
	        arg_day(cx->arena, c->valid_until), db_int(c->id == 0 ? cx->now : c->id)),
	    ret_id);
}

DB_STMT(coupon_set_active, "it", "UPDATE coupon SET state = $2 WHERE id = $1 AND state <> $2");

enum err coupon_store_set_active(struct cx *cx, int64_t id, bool active)
{
	return db_run(cx, &coupon_set_active,
	    DB_ARGS(db_int(id), db_text(active ? "active" : "retired")), NULL);
}

DB_STMT(coupon_used_by, "ii",
    "SELECT COUNT(*) FROM coupon_use WHERE coupon_id = $1 AND client_id = $2");

enum err coupon_store_used_by(struct cx *cx, int64_t id, int64_t client_id, int64_t *ret_n)
{
	return db_int64(cx, &coupon_used_by, DB_ARGS(db_int(id), db_int(client_id)), ret_n);
}

DB_STMT(coupon_count_use, "i",
    "UPDATE coupon SET uses = uses + 1 WHERE id = $1 AND (uses_max = 0 OR uses < uses_max)");
DB_STMT(coupon_insert_use, "iiii",
    "INSERT INTO coupon_use (coupon_id, order_id, client_id, at) VALUES ($1, $2, $3, $4)");

enum err coupon_store_use(struct cx *cx, int64_t id, int64_t order_id, int64_t client_id)
{
	int64_t n;
	TRY(db_run(cx, &coupon_count_use, DB_ARGS(db_int(id)), &n));
	if (n == 0)
		return fail(cx, ERR_CONFLICT, "coupon.used_up",
		    "This coupon has just been used up");
	return db_run(cx, &coupon_insert_use,
	    DB_ARGS(db_int(id), db_int(order_id), db_int(client_id), db_int(cx->now)), NULL);
}
