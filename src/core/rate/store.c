/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table rate. */
#include "base/limits.h"
#include "core/rate/own.h"
#include "core/row.h"
#include "db/db.h"

static void read_rate(struct db_row *row, void *out)
{
	struct rate *r = out;
	r->id = row_int(row);
	r->base = row_str(row);
	r->currency = row_str(row);
	r->rate_e8 = row_int(row);
	r->on = row_day(row);
	r->source = row_str(row);
}

DB_STMT(rate_newest, "ti",
    "SELECT id, base, currency, rate_e8, rate_on, source FROM rate WHERE rate_on = (SELECT"
    " MAX(r.rate_on)"
    " FROM rate r WHERE r.base = rate.base AND r.currency = rate.currency AND r.rate_on <="
    " $1) ORDER BY base, currency LIMIT $2");

enum err rate_load(struct cx *cx, struct day today, struct rate_table *ret)
{
	return db_list(cx, &rate_newest, DB_ARGS(arg_day(cx->arena, today), db_int(LIMIT_RATES)),
	    (struct db_into){read_rate, sizeof(struct rate)}, &ret->rates, &ret->n);
}

DB_STMT(rate_set, "ttitti",
    "INSERT INTO rate (base, currency, rate_e8, rate_on, source, created_at) VALUES ($1, $2,"
    " $3, $4, $5, $6)"
    " ON CONFLICT (base, currency, rate_on) DO UPDATE SET rate_e8 = excluded.rate_e8, source"
    " = excluded.source,"
    " created_at = excluded.created_at RETURNING id");

enum err rate_store_set(struct cx *cx, const struct rate *r, int64_t *ret_id)
{
	return db_int64(cx, &rate_set,
	    DB_ARGS(db_text(r->base), db_text(r->currency), db_int(r->rate_e8),
	        arg_day(cx->arena, r->on), db_text(r->source), db_int(cx->now)),
	    ret_id);
}

DB_STMT(rate_add, "ttitti",
    "INSERT INTO rate (base, currency, rate_e8, rate_on, source, created_at) VALUES ($1, $2,"
    " $3, $4, $5, $6)"
    " ON CONFLICT (base, currency, rate_on) DO NOTHING");

enum err rate_store_fetched(struct cx *cx, const struct rate *r, bool *ret_new)
{
	int64_t n;
	TRY(db_run(cx, &rate_add,
	    DB_ARGS(db_text(r->base), db_text(r->currency), db_int(r->rate_e8),
	        arg_day(cx->arena, r->on), db_text(r->source), db_int(cx->now)),
	    &n));
	*ret_new = n == 1;
	return OK;
}

DB_STMT(rate_delete, "i", "DELETE FROM rate WHERE id = $1");

enum err rate_store_remove(struct cx *cx, int64_t id)
{
	int64_t n;
	TRY(db_run(cx, &rate_delete, DB_ARGS(db_int(id)), &n));
	return n == 1 ? OK : fail(cx, ERR_NOT_FOUND, "rate.unknown", "There is no such rate");
}
