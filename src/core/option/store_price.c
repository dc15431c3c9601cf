/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables plan_option_choice and plan_option_price. A price row never changes. */
#include "base/limits.h"
#include "base/str.h"
#include "core/option/own.h"
#include "db/db.h"

static void read_choice(struct db_row *row, void *out)
{
	struct option_choice *c = out;
	c->id = row_int(row);
	c->option_id = row_int(row);
	c->key = row_str(row);
	c->name = row_str(row);
	c->position = row_int(row);
	c->active = str_eq(row_str(row), "active");
}

DB_STMT(option_choices, "iii",
    "SELECT id, option_id, key, name, position, state FROM plan_option_choice c WHERE"
    " state = 'active' AND ($1 IS NULL OR option_id = $1) AND ($2 IS NULL OR EXISTS (SELECT 1 FROM"
    " plan_option_plan p WHERE p.option_id = c.option_id AND p.plan_id = $2))"
    " ORDER BY option_id, position, id LIMIT $3");

enum err option_store_choices(struct cx *cx, int64_t option_id, int64_t plan_id,
    struct option_choice **ret, size_t *ret_n)
{
	return db_list(cx, &option_choices,
	    DB_ARGS(db_opt(option_id), db_opt(plan_id), db_int(LIMIT_CATALOG_PRICES)),
	    (struct db_into){read_choice, sizeof **ret}, ret, ret_n);
}

DB_STMT(option_put_choice, "itti",
    "INSERT INTO plan_option_choice (option_id, key, name, position, state) VALUES ($1, $2, $3,"
    " $4, 'active') ON CONFLICT (option_id, key) DO UPDATE SET name = excluded.name, position ="
    " excluded.position, state = 'active' WHERE plan_option_choice.state = 'retired' RETURNING"
    " id");

enum err option_store_put_choice(struct cx *cx, const struct option_choice *c, int64_t *ret_id)
{
	return db_int64(cx, &option_put_choice,
	    DB_ARGS(db_int(c->option_id), db_text(c->key), db_text(c->name), db_int(c->position)),
	    ret_id);
}

DB_STMT(option_retire_choices, "i",
    "UPDATE plan_option_choice SET state = 'retired' WHERE option_id = $1 AND state = 'active'");

enum err option_store_retire_choices(struct cx *cx, int64_t option_id)
{
	return db_run(cx, &option_retire_choices, DB_ARGS(db_int(option_id)), NULL);
}

static void read_price(struct db_row *row, void *out)
{
	struct option_price *p = out;
	p->id = row_int(row);
	p->option_id = row_int(row);
	p->choice_id = row_int(row);
	p->cycle = row_str(row);
	p->currency = row_str(row);
	p->price_minor = row_int(row);
	p->setup_minor = row_int(row);
}

DB_STMT(option_prices, "iiti",
    "SELECT id, option_id, choice_id, cycle, currency, price_minor, setup_minor"
    " FROM plan_option_price r WHERE state = 'active' AND ($1 IS NULL OR option_id = $1)"
    " AND ($2 IS NULL OR EXISTS (SELECT 1 FROM plan_option_plan p WHERE p.option_id = r.option_id"
    " AND p.plan_id = $2)) AND ($3 IS NULL OR currency = $3)"
    " ORDER BY option_id, COALESCE(choice_id, 0), currency, price_minor, id LIMIT $4");

enum err option_store_prices(struct cx *cx, const struct option_price_query *q,
    struct option_price **ret, size_t *ret_n)
{
	return db_list(cx, &option_prices,
	    DB_ARGS(db_opt(q->option_id), db_opt(q->plan_id), db_opt_text(q->currency),
	        db_int(LIMIT_CATALOG_PRICES)),
	    (struct db_into){read_price, sizeof **ret}, ret, ret_n);
}

DB_STMT(option_put_price, "iittiii",
    "INSERT INTO plan_option_price (option_id, choice_id, cycle, currency, price_minor,"
    " setup_minor, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'active', $7)");

enum err option_store_put_price(struct cx *cx, const struct option_price *p)
{
	return db_run(cx, &option_put_price,
	    DB_ARGS(db_int(p->option_id), db_opt(p->choice_id), db_text(p->cycle),
	        db_text(p->currency), db_int(p->price_minor), db_int(p->setup_minor),
	        db_int(cx->now)),
	    NULL);
}

DB_STMT(option_retire_price, "i",
    "UPDATE plan_option_price SET state = 'retired' WHERE id = $1 AND state = 'active'");

enum err option_store_retire_price(struct cx *cx, int64_t id)
{
	return db_run(cx, &option_retire_price, DB_ARGS(db_int(id)), NULL);
}
