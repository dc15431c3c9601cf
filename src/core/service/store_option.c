/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table service_option: rows are added and change state, nothing else. */
#include <stdlib.h>

#include "base/str.h"
#include "core/row.h"
#include "core/service/own.h"
#include "db/db.h"

#define COLUMNS \
	"o.id, o.service_id, o.option_id, o.choice_id, o.price_id, o.key, o.name, o.kind, o.unit," \
	" o.value, o.label, o.panel_key, o.quantity, o.price_minor, o.setup_minor, o.state," \
	" o.change_id, o.ends_change_id"

static void read_option(struct db_row *row, void *out)
{
	struct service_option *o = out;
	o->id = row_int(row);
	o->service_id = row_int(row);
	o->option_id = row_int(row);
	o->choice_id = row_int(row);
	o->price_id = row_int(row);
	o->key = row_str(row);
	o->name = row_str(row);
	o->kind = row_str(row);
	o->unit = row_str(row);
	o->value = row_str(row);
	o->label = row_str(row);
	o->panel_key = row_str(row);
	o->quantity = row_int(row);
	o->price_minor = row_int(row);
	o->setup_minor = row_int(row);
	o->state = row_str(row);
	o->change_id = row_int(row);
	o->ends_change_id = row_int(row);
}

DB_STMT(service_option_all, "i",
    "SELECT " COLUMNS " FROM service_option o WHERE o.service_id = $1 AND o.state = 'active'"
    " ORDER BY o.option_id");

enum err service_options_of(struct cx *cx, int64_t service_id, struct service_options *ret)
{
	struct service_option *rows;
	TRY(db_list(cx, &service_option_all, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_option, sizeof *rows}, &rows, &ret->n));
	ret->rows = rows;
	return OK;
}

DB_STMT(service_option_sold, "i",
    "SELECT " COLUMNS " FROM service_option o WHERE o.service_id = $1 AND o.change_id IS NULL"
    " ORDER BY o.option_id");

enum err service_options_sold(struct cx *cx, int64_t service_id, struct service_options *ret)
{
	struct service_option *rows;
	TRY(db_list(cx, &service_option_sold, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_option, sizeof *rows}, &rows, &ret->n));
	ret->rows = rows;
	return OK;
}

/* The list of ids is "[1,2,3]"; the engines read lists in different words. */
#define MANY(list) \
	"SELECT " COLUMNS " FROM service_option o WHERE o.service_id " list \
	" AND o.state = 'active' ORDER BY o.service_id, o.option_id"
DB_STMT2(service_option_many, "t", MANY("IN (SELECT value FROM json_each($1))"),
    MANY("= ANY (CAST(translate($1, '[]', '{}') AS BIGINT[]))"));

static int by_service(const void *a, const void *b)
{
	const struct service_option *x = a, *y = b;
	return (x->service_id > y->service_id) - (x->service_id < y->service_id);
}

/* The run of a service within rows sorted by service. */
static struct service_options run_of(const struct service_option *rows, size_t n, int64_t id)
{
	const struct service_option key = {.service_id = id};
	const struct service_option *at =
	    n == 0 ? NULL : bsearch(&key, rows, n, sizeof *rows, by_service);
	struct service_options run = {0};
	if (at == NULL)
		return run;
	while (at > rows && at[-1].service_id == id)
		at--;
	run.rows = at;
	while (at < rows + n && at->service_id == id) {
		at++;
		run.n++;
	}
	return run;
}

enum err service_options_many(struct cx *cx, const struct service *s, size_t n,
    struct service_options **ret)
{
	struct service_options *list = ARENA_ARRAY(cx->arena, struct service_options, n + 1);
	struct service_option *rows;
	size_t rows_n;
	struct buf ids;
	buf_init(&ids, cx->arena);
	buf_char(&ids, '[');
	for (size_t i = 0; i < n; i++)
		buf_printf(&ids, "%s%lld", i == 0 ? "" : ",", (long long)s[i].id);
	buf_char(&ids, ']');
	TRY(db_list(cx, &service_option_many, DB_ARGS(db_text(buf_text(&ids))),
	    (struct db_into){read_option, sizeof *rows}, &rows, &rows_n));
	for (size_t i = 0; i < n; i++)
		list[i] = run_of(rows, rows_n, s[i].id);
	*ret = list;
	return OK;
}

DB_STMT(service_option_target, "ii",
    "SELECT " COLUMNS " FROM service_option o WHERE o.service_id = $1 AND ((o.state = 'active'"
    " AND (o.ends_change_id IS NULL OR o.ends_change_id <> $2)) OR (o.state = 'pending'"
    " AND o.change_id = $2)) ORDER BY o.option_id");

enum err service_option_store_target(struct cx *cx, int64_t service_id, int64_t change_id,
    struct service_options *ret)
{
	struct service_option *rows;
	TRY(db_list(cx, &service_option_target, DB_ARGS(db_int(service_id), db_int(change_id)),
	    (struct db_into){read_option, sizeof *rows}, &rows, &ret->n));
	ret->rows = rows;
	return OK;
}

DB_STMT(service_option_ever, "i",
    "SELECT " COLUMNS " FROM service_option o WHERE o.service_id = $1"
    " AND o.state IN ('active', 'ended') ORDER BY o.option_id, o.id");

enum err service_option_store_ever(struct cx *cx, int64_t service_id, struct service_options *ret)
{
	struct service_option *rows;
	TRY(db_list(cx, &service_option_ever, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_option, sizeof *rows}, &rows, &ret->n));
	ret->rows = rows;
	return OK;
}

DB_STMT(service_option_told, "i",
    "SELECT COUNT(*) FROM service_option WHERE (change_id = $1 OR ends_change_id = $1)"
    " AND state IN ('pending', 'active') AND panel_key <> ''");

enum err service_option_store_told(struct cx *cx, int64_t change_id, int64_t *ret_n)
{
	return db_int64(cx, &service_option_told, DB_ARGS(db_int(change_id)), ret_n);
}

DB_STMT(service_option_insert,
    "iiiittttttt"
    "iiitii",
    "INSERT INTO service_option (service_id, option_id, choice_id, price_id, key, name, kind,"
    " unit, value, label, panel_key, quantity, price_minor, setup_minor, state, change_id,"
    " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " $17) RETURNING id");

enum err service_option_store_insert(struct cx *cx, const struct service_option *o, int64_t *ret_id)
{
	return db_int64(cx, &service_option_insert,
	    DB_ARGS(db_int(o->service_id), db_int(o->option_id), db_opt(o->choice_id),
	        db_opt(o->price_id), db_text(o->key), db_text(o->name), db_text(o->kind),
	        db_text(o->unit), db_text(o->value), db_text(o->label), db_text(o->panel_key),
	        db_int(o->quantity), db_int(o->price_minor), db_int(o->setup_minor),
	        db_text(o->state), db_opt(o->change_id), db_int(cx->now)),
	    ret_id);
}

DB_STMT(service_option_ends, "ii",
    "UPDATE service_option SET ends_change_id = $2 WHERE id = $1 AND state = 'active'");

enum err service_option_store_ends(struct cx *cx, int64_t id, int64_t change_id)
{
	return db_run(cx, &service_option_ends, DB_ARGS(db_int(id), db_int(change_id)), NULL);
}

/* The old rows end first: of one option only one may be active. */
DB_STMT(service_option_end, "i",
    "UPDATE service_option SET state = 'ended' WHERE ends_change_id = $1 AND state = 'active'");
DB_STMT(service_option_begin, "i",
    "UPDATE service_option SET state = 'active' WHERE change_id = $1 AND state = 'pending'");

enum err service_option_store_apply(struct cx *cx, int64_t change_id)
{
	TRY(db_run(cx, &service_option_end, DB_ARGS(db_int(change_id)), NULL));
	return db_run(cx, &service_option_begin, DB_ARGS(db_int(change_id)), NULL);
}

DB_STMT(service_option_keep, "i",
    "UPDATE service_option SET ends_change_id = NULL WHERE ends_change_id = $1 AND state ="
    " 'active'");
DB_STMT(service_option_drop, "i",
    "UPDATE service_option SET state = 'dropped' WHERE change_id = $1 AND state = 'pending'");

enum err service_option_store_drop(struct cx *cx, int64_t change_id)
{
	TRY(db_run(cx, &service_option_keep, DB_ARGS(db_int(change_id)), NULL));
	return db_run(cx, &service_option_drop, DB_ARGS(db_int(change_id)), NULL);
}
