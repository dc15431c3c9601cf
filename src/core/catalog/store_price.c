/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All SQL of the table price. A price row never changes; it is retired and another takes its place.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/own.h"
#include "db/db.h"

#define COLUMNS \
	"id, plan_id, cycle, currency, price_minor, setup_minor, renew_minor, state," \
	" created_at"

static void read_price(struct db_row *row, void *out)
{
	struct price *p = out;

	p->id = row_int(row);
	p->plan_id = row_int(row);
	p->cycle = row_str(row);
	p->currency = row_str(row);
	p->price_minor = row_int(row);
	p->setup_minor = row_int(row);
	p->renew_minor = row_int(row);
	p->active = str_eq(row_str(row), "active");
	p->created_at = row_int(row);
	p->converted = false;
}

DB_STMT(price_sold, "itt",
    "SELECT " COLUMNS " FROM price"
    " WHERE plan_id = $1 AND cycle = $2 AND currency = $3 AND state = 'active'");

enum err price_find(struct cx *cx, int64_t plan_id, const char *cycle, const char *currency,
    struct price *ret)
{
	enum err err = db_one(cx, &price_sold,
	    DB_ARGS(db_int(plan_id), db_text(cycle), db_text(currency)), read_price, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "price.none", "Plan %lld is not sold for %s in %s.", (long long)plan_id,
	        cycle, currency);
}

DB_STMT(price_add, "ittiiii",
    "INSERT INTO price (plan_id, cycle, currency, price_minor, setup_minor, renew_minor, state,"
    " created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, 'active', $7)");

enum err price_insert(struct cx *cx, int64_t plan_id, const struct price_input *in)
{
	return db_run(cx, &price_add,
	    DB_ARGS(db_int(plan_id), db_text(in->cycle), db_text(in->currency),
	        db_int(in->price_minor), db_int(in->setup_minor), db_int(in->renew_minor),
	        db_int(cx->now)),
	    NULL);
}

DB_STMT(price_set_retired, "i",
    "UPDATE price SET state = 'retired' WHERE id = $1 AND state = 'active'");

enum err price_retire(struct cx *cx, int64_t id)
{
	return db_run(cx, &price_set_retired, DB_ARGS(db_int(id)), NULL);
}

DB_STMT(price_select, "iti",
    "SELECT " COLUMNS " FROM price WHERE ($1 IS NULL OR plan_id = $1)"
    " AND ($2 IS NULL OR currency = $2) AND state = 'active'"
    " ORDER BY plan_id, currency, price_minor, id LIMIT $3");

enum err price_rows(struct cx *cx, int64_t plan_id, const char *currency, struct price **ret,
    size_t *ret_n)
{
	struct db_into into = {read_price, sizeof **ret};

	return db_list(cx, &price_select,
	    DB_ARGS(db_opt(plan_id), db_opt_text(currency), db_int(LIMIT_CATALOG_PRICES)), into,
	    ret, ret_n);
}

DB_STMT(price_all_of, "itii",
    "SELECT " COLUMNS " FROM price WHERE plan_id = $1 AND ($2 IS NULL OR currency = $2)"
    " AND ($3 = 1 OR state = 'active') ORDER BY id DESC LIMIT $4");

enum err price_list(struct cx *cx, const struct price_filter *f, struct price **ret, size_t *ret_n)
{
	struct db_into into = {read_price, sizeof **ret};

	return db_list(cx, &price_all_of,
	    DB_ARGS(db_int(f->plan_id), db_opt_text(f->currency), db_int(f->all),
	        db_int(LIMIT_CATALOG_PRICES)),
	    into, ret, ret_n);
}

DB_STMT(price_like, "ittiii",
    "SELECT COALESCE(MAX(id), 0) FROM price WHERE plan_id = $1 AND cycle = $2 AND currency = $3"
    " AND price_minor = $4 AND setup_minor = $5 AND renew_minor = $6");
DB_STMT(price_add_version, "ittiiii",
    "INSERT INTO price (plan_id, cycle, currency, price_minor, setup_minor, renew_minor, state,"
    " created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, 'retired', $7) RETURNING id");

enum err price_version(struct cx *cx, int64_t plan_id, const struct price_input *in,
    int64_t *ret_id)
{
	int64_t id;

	TRY(db_int64(cx, &price_like,
	    DB_ARGS(db_int(plan_id), db_text(in->cycle), db_text(in->currency),
	        db_int(in->price_minor), db_int(in->setup_minor), db_int(in->renew_minor)),
	    &id));
	if (id != 0) {
		*ret_id = id;
		return OK;
	}
	return db_int64(cx, &price_add_version,
	    DB_ARGS(db_int(plan_id), db_text(in->cycle), db_text(in->currency),
	        db_int(in->price_minor), db_int(in->setup_minor), db_int(in->renew_minor),
	        db_int(cx->now)),
	    ret_id);
}
