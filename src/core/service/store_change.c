/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table service_change, and what a change writes into its service. */
#include "core/row.h"
#include "core/service/own.h"

#define COLUMNS \
	"id, service_id, state, plan_id, cycle, quantity, price_minor, apply_on, credit_minor," \
	" charge_minor, invoice_id, detail, created_at, price_id, old_plan_id, old_quantity," \
	" until_on, asked_after, done_after"

static void read_change(struct db_row *row, void *out)
{
	struct change *c = out;
	c->id = row_int(row);
	c->service_id = row_int(row);
	c->state = row_str(row);
	c->plan_id = row_int(row);
	c->cycle = row_str(row);
	c->quantity = row_int(row);
	c->price_minor = row_int(row);
	c->apply_on = row_day(row);
	c->credit_minor = row_int(row);
	c->charge_minor = row_int(row);
	c->invoice_id = row_int(row);
	c->detail = row_str(row);
	c->created_at = row_int(row);
	c->price_id = row_int(row);
	c->old_plan_id = row_int(row);
	c->old_quantity = row_int(row);
	c->until_on = row_day(row);
	c->asked_after = row_int(row);
	c->done_after = row_int(row);
}

DB_STMT(change_insert,
    "ititiitiitii"
    "iiti",
    "INSERT INTO service_change (service_id, state, plan_id, cycle, quantity, price_minor,"
    " apply_on, credit_minor, charge_minor,"
    " detail, created_at, price_id, old_plan_id, old_quantity, until_on, asked_after)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    " RETURNING id");

enum err change_store_insert(struct cx *cx, const struct change *c, int64_t *ret_id)
{
	return db_int64(cx, &change_insert,
	    DB_ARGS(db_int(c->service_id), db_text(c->state), db_int(c->plan_id), db_text(c->cycle),
	        db_int(c->quantity), db_int(c->price_minor), arg_day(cx->arena, c->apply_on),
	        db_int(c->credit_minor), db_int(c->charge_minor), db_text(c->detail),
	        db_int(cx->now), db_int(c->price_id), db_int(c->old_plan_id),
	        db_int(c->old_quantity), arg_day(cx->arena, c->until_on), db_int(c->asked_after)),
	    ret_id);
}

DB_STMT(change_by_id, "i", "SELECT " COLUMNS " FROM service_change WHERE id = $1");
DB_STMT(change_open_of, "i",
    "SELECT " COLUMNS " FROM service_change WHERE service_id = $1"
    " AND state IN ('waiting', 'scheduled', 'applying')");
DB_STMT(change_of_invoice, "i", "SELECT " COLUMNS " FROM service_change WHERE invoice_id = $1");

enum err change_store_get(struct cx *cx, int64_t id, struct change *ret)
{
	return db_one(cx, &change_by_id, DB_ARGS(db_int(id)), read_change, ret);
}

enum err change_store_open_of(struct cx *cx, int64_t service_id, struct change *ret)
{
	return db_one(cx, &change_open_of, DB_ARGS(db_int(service_id)), read_change, ret);
}

enum err change_store_of_invoice(struct cx *cx, int64_t invoice_id, struct change *ret)
{
	return db_one(cx, &change_of_invoice, DB_ARGS(db_int(invoice_id)), read_change, ret);
}

DB_STMT(change_set_state, "itttii",
    "UPDATE service_change SET state = $3, detail = $4, done_at = CASE WHEN $5 = 1 THEN $6 ELSE"
    " NULL END WHERE id = $1"
    " AND ($2 IS NULL OR state = $2) AND state NOT IN ('done', 'cancelled')");

enum err change_store_set(struct cx *cx, int64_t id, const char *from, const char *to,
    const char *detail)
{
	int64_t n;
	bool ended = to[0] == 'd' || to[0] == 'c'; /* done, cancelled */
	TRY(db_run(cx, &change_set_state,
	    DB_ARGS(db_int(id), db_text(from), db_text(to), db_text(detail), db_int(ended),
	        db_int(cx->now)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "change.raced",
	                    "The change is over or changed at the same moment");
}

DB_STMT(change_set_invoice, "ii", "UPDATE service_change SET invoice_id = $2 WHERE id = $1");

enum err change_store_set_invoice(struct cx *cx, int64_t id, int64_t invoice_id)
{
	return db_run(cx, &change_set_invoice, DB_ARGS(db_int(id), db_int(invoice_id)), NULL);
}

DB_STMT(change_stale, "ii",
    "SELECT " COLUMNS
    " FROM service_change WHERE state = 'waiting' AND created_at < $1 ORDER BY id LIMIT $2");

enum err change_store_stale(struct cx *cx, int64_t created_before, int64_t limit,
    struct change **ret, size_t *ret_n)
{
	return db_list(cx, &change_stale, DB_ARGS(db_int(created_before), db_int(limit)),
	    (struct db_into){read_change, sizeof **ret}, ret, ret_n);
}

DB_STMT(change_due, "ti",
    "SELECT " COLUMNS
    " FROM service_change WHERE state = 'scheduled' AND apply_on <= $1 ORDER BY id LIMIT $2");

enum err change_store_due(struct cx *cx, struct day until, int64_t limit, struct change **ret,
    size_t *ret_n)
{
	return db_list(cx, &change_due, DB_ARGS(arg_day(cx->arena, until), db_int(limit)),
	    (struct db_into){read_change, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_set_plan, "iittttiiiti",
    "UPDATE service SET plan_id = $2, plan_key = $3, plan_name = $4, tax_class = $5, package = $6,"
    " anchor_day = $7, quantity = $8,"
    " price_minor = $9, cycle = $10, price_id = $11 WHERE id = $1");

enum err service_store_set_plan(struct cx *cx, const struct service *s)
{
	return db_run(cx, &service_set_plan,
	    DB_ARGS(db_int(s->id), db_int(s->plan_id), db_text(s->plan_key), db_text(s->plan_name),
	        db_text(s->tax_class), db_text(s->package), db_int(s->anchor_day),
	        db_int(s->quantity), db_int(s->price_minor), db_text(s->cycle),
	        db_int(s->price_id)),
	    NULL);
}

DB_STMT(change_done, "iii",
    "UPDATE service_change SET state = 'done', detail = '', done_at = $2, done_after = $3"
    " WHERE id = $1 AND state NOT IN ('done', 'cancelled')");

enum err change_store_done(struct cx *cx, int64_t id, int64_t done_after)
{
	int64_t n;
	TRY(db_run(cx, &change_done, DB_ARGS(db_int(id), db_int(cx->now), db_int(done_after)), &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "change.raced",
	                    "The change is over or changed at the same moment");
}

DB_STMT(change_done_of, "i",
    "SELECT " COLUMNS " FROM service_change WHERE service_id = $1 AND state = 'done' ORDER BY id");

enum err change_store_done_of(struct cx *cx, int64_t service_id, struct change **ret, size_t *ret_n)
{
	return db_list(cx, &change_done_of, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_change, sizeof **ret}, ret, ret_n);
}
