/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables billable and billable_bill. */
#include "base/str.h"
#include "core/billable/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, client_id, description, quantity, unit_minor, currency, tax_class, cycle, times," \
	" round," \
	" on_day, anchor_day, state, created_at"

static void read_billable(struct db_row *row, void *out)
{
	struct billable *b = out;
	b->id = row_int(row);
	b->client_id = row_int(row);
	b->description = row_str(row);
	b->quantity = row_int(row);
	b->unit_minor = row_int(row);
	b->currency = row_str(row);
	b->tax_class = row_str(row);
	b->cycle = row_str(row);
	b->times = row_int(row);
	b->round = row_int(row);
	b->on = row_day(row);
	b->anchor_day = row_int(row);
	b->state = (enum billable_state)fsm_state(&billable_fsm, row_str(row));
	b->created_at = row_int(row);
}

DB_STMT(billable_by_id, "i", "SELECT " COLUMNS " FROM billable WHERE id = $1");

enum err billable_get(struct cx *cx, int64_t id, struct billable *ret)
{
	enum err err = db_one(cx, &billable_by_id, DB_ARGS(db_int(id)), read_billable, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "billable.unknown", "There is no such item to invoice") :
	    err;
}

DB_STMT(billable_insert, "itiitttitii",
    "INSERT INTO billable (client_id, description, quantity, unit_minor, currency, tax_class,"
    " cycle, times, on_day, anchor_day, created_at, round, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 'waiting') RETURNING id");
DB_STMT(billable_update, "itiitttitii",
    "UPDATE billable SET client_id = $1, description = $2, quantity = $3, unit_minor = $4,"
    " currency = $5, tax_class = $6, cycle = $7, times = $8, on_day = $9, anchor_day = $10"
    " WHERE id = $11 AND state = 'waiting' AND round = 0 RETURNING id");

enum err billable_store_save(struct cx *cx, const struct billable *b, int64_t *ret_id)
{
	enum err err = db_int64(cx, b->id == 0 ? &billable_insert : &billable_update,
	    DB_ARGS(db_int(b->client_id), db_text(b->description), db_int(b->quantity),
	        db_int(b->unit_minor), db_text(b->currency), db_text(b->tax_class),
	        db_text(b->cycle), db_int(b->times), arg_day(cx->arena, b->on),
	        db_int(b->anchor_day), db_int(b->id == 0 ? cx->now : b->id)),
	    ret_id);
	return err == ERR_NOT_FOUND ?
	    fail(cx, ERR_CONFLICT, "billable.billed", "It was invoiced or removed meanwhile") :
	    err;
}

DB_STMT(billable_set_state, "itt", "UPDATE billable SET state = $3 WHERE id = $1 AND state = $2");

enum err billable_store_set_state(struct cx *cx, const struct billable *b, enum billable_state to)
{
	int64_t n;
	TRY(db_run(cx, &billable_set_state,
	    DB_ARGS(db_int(b->id), db_text(billable_fsm.states[b->state]),
	        db_text(billable_fsm.states[to])),
	    &n));
	return n == 1 ?
	    OK :
	    fail(cx, ERR_CONFLICT, "billable.billed", "It was invoiced or removed meanwhile");
}

DB_STMT(billable_page, "ittii",
    "SELECT " COLUMNS " FROM billable WHERE ($1 IS NULL OR client_id = $1)"
    " AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR lower(description) LIKE $3 ESCAPE '\\')"
    " AND ($4 IS NULL OR id < $4) ORDER BY id DESC LIMIT $5");

enum err billable_list(struct cx *cx, const struct billable_filter *f, json_t **ret)
{
	struct billable *rows;
	size_t n;
	TRY(db_list(cx, &billable_page,
	    DB_ARGS(db_opt(f->client_id), db_opt_text(f->state), db_text(view_like(cx, f->q)),
	        db_opt(f->after), db_int(view_limit(f->limit))),
	    (struct db_into){read_billable, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, billable_row_view(&rows[i]));
	*ret = list;
	return OK;
}

/* The list of ids is "[1,2,3]"; the engines read lists in different words. */
#define DUE \
	"SELECT " COLUMNS " FROM billable WHERE state = 'waiting'" \
	" AND (on_day IS NULL OR on_day <= $2) AND client_id "
DB_STMT2(billable_due_of, "tt", DUE "IN (SELECT value FROM json_each($1)) ORDER BY client_id, id",
    DUE "= ANY (CAST(translate($1, '[]', '{}') AS BIGINT[])) ORDER BY client_id, id");

enum err billable_due(struct cx *cx, const struct billable_of *of, struct billable **ret,
    size_t *ret_n)
{
	struct buf text;
	buf_init(&text, cx->arena);
	for (size_t i = 0; i < of->n; i++)
		buf_printf(&text, "%c%lld", i == 0 ? '[' : ',', (long long)of->clients[i]);
	buf_puts(&text, of->n == 0 ? "[]" : "]");
	return db_list(cx, &billable_due_of,
	    DB_ARGS(db_text(buf_text(&text)), arg_day(cx->arena, of->today)),
	    (struct db_into){read_billable, sizeof **ret}, ret, ret_n);
}

DB_STMT(billable_due_page, "titi",
    "SELECT " COLUMNS " FROM billable WHERE state = 'waiting' AND on_day <= $1"
    " AND (client_id, currency) > ($2, $3) ORDER BY client_id, currency, id LIMIT $4");

enum err billable_due_on(struct cx *cx, const struct billable_cursor *at, struct billable **ret,
    size_t *ret_n)
{
	return db_list(cx, &billable_due_page,
	    DB_ARGS(arg_day(cx->arena, at->until), db_int(at->after_client),
	        db_text(at->after_currency), db_int(at->limit)),
	    (struct db_into){read_billable, sizeof **ret}, ret, ret_n);
}

DB_STMT(billable_bill_one, "iit",
    "UPDATE billable SET round = round + 1, on_day = $3,"
    " state = CASE WHEN $3 IS NULL THEN 'done' ELSE 'waiting' END"
    " WHERE id = $1 AND round = $2 AND state = 'waiting'");
DB_STMT(billable_bill_insert, "iii",
    "INSERT INTO billable_bill (billable_id, round, invoice_id) VALUES ($1, $2, $3)");

enum err billable_store_bill(struct cx *cx, const struct billable_billed *b, size_t n,
    struct day today)
{
	int64_t changed;
	struct db_arg *bill = ARENA_ARRAY(cx->arena, struct db_arg, n * 3),
	              *keep = ARENA_ARRAY(cx->arena, struct db_arg, n * 3);
	for (size_t i = 0; i < n; i++) {
		const struct billable *x = b[i].billable;
		bill[i * 3] = keep[i * 3] = db_int(x->id);
		bill[i * 3 + 1] = keep[i * 3 + 1] = db_int(x->round);
		bill[i * 3 + 2] = arg_day(cx->arena, billable_next(x, today));
		keep[i * 3 + 2] = db_int(b[i].invoice_id);
	}
	TRY(db_many(cx, &billable_bill_one, bill, n, &changed));
	if (changed != (int64_t)n)
		return fail(cx, ERR_CONFLICT, "billable.billed",
		    "An item was invoiced or removed by somebody else at the same moment");
	return db_many(cx, &billable_bill_insert, keep, n, &changed);
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

DB_STMT(billable_invoice_ids, "i",
    "SELECT invoice_id FROM billable_bill WHERE billable_id = $1 ORDER BY round LIMIT 200");

enum err billable_store_invoices(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &billable_invoice_ids, DB_ARGS(db_int(id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}
