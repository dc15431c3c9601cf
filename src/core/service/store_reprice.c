/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables reprice and reprice_item, and what a service says of its waiting item. */
#include "core/row.h"
#include "core/service/own.h"
#include "core/service/reprice_own.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, cause, state, currency, effective_on, input, reason, before_minor, after_minor," \
	" created_at, ended_at"

static void read_reprice(struct db_row *row, void *out)
{
	struct reprice *r = out;
	r->id = row_int(row);
	r->cause = row_str(row);
	r->state = row_str(row);
	r->currency = row_str(row);
	r->effective_on = row_day(row);
	r->input = row_str(row);
	r->reason = row_str(row);
	r->before_minor = row_int(row);
	r->after_minor = row_int(row);
	r->created_at = row_int(row);
	r->ended_at = row_int(row);
}

DB_STMT(reprice_insert, "tttttii",
    "INSERT INTO reprice (cause, state, currency, effective_on, input, reason, before_minor,"
    " after_minor, created_at) VALUES ($1, 'open', $2, $3, $4, $5, $6, 0, $7)"
    " ON CONFLICT (cause) DO NOTHING");
DB_STMT(reprice_by_cause, "t", "SELECT COALESCE(MAX(id), 0) FROM reprice WHERE cause = $1");

enum err reprice_store_find(struct cx *cx, const char *cause, int64_t *ret_id)
{
	return db_int64(cx, &reprice_by_cause, DB_ARGS(db_text(cause)), ret_id);
}

enum err reprice_store_insert(struct cx *cx, const struct reprice *r, int64_t *ret_id)
{
	int64_t n;
	*ret_id = 0;
	TRY(db_run(cx, &reprice_insert,
	    DB_ARGS(db_text(r->cause), db_text(r->currency), arg_day(cx->arena, r->effective_on),
	        db_text(r->input), db_text(r->reason), db_int(0), db_int(cx->now)),
	    &n));
	return n == 0 ? OK : reprice_store_find(cx, r->cause, ret_id);
}

DB_STMT(reprice_set_sums, "iii",
    "UPDATE reprice SET before_minor = $2, after_minor = $3 WHERE id = $1");

enum err reprice_store_sums(struct cx *cx, int64_t id, int64_t before_minor, int64_t after_minor)
{
	return db_run(cx, &reprice_set_sums,
	    DB_ARGS(db_int(id), db_int(before_minor), db_int(after_minor)), NULL);
}

DB_STMT(reprice_by_id, "i", "SELECT " COLUMNS " FROM reprice WHERE id = $1");

enum err reprice_store_get(struct cx *cx, int64_t id, struct reprice *ret)
{
	enum err err = db_one(cx, &reprice_by_id, DB_ARGS(db_int(id)), read_reprice, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "reprice.unknown", "There is no such change of prices") :
	    err;
}

DB_STMT(reprice_rows, "ii",
    "SELECT " COLUMNS " FROM reprice WHERE ($1 IS NULL OR id < $1) ORDER BY id DESC LIMIT $2");

enum err reprice_store_page(struct cx *cx, int64_t before, int64_t limit, struct reprice **ret,
    size_t *ret_n)
{
	return db_list(cx, &reprice_rows, DB_ARGS(db_opt(before), db_int(limit)),
	    (struct db_into){read_reprice, sizeof **ret}, ret, ret_n);
}

DB_STMT(reprice_unmark_all, "i",
    "UPDATE service SET next_price_on = NULL, reprice_item_id = 0 WHERE reprice_item_id IN"
    " (SELECT i.id FROM reprice_item i WHERE i.reprice_id = $1 AND i.state = 'waiting')");
DB_STMT(reprice_cancel_items, "iti",
    "UPDATE reprice_item SET state = 'cancelled', detail = $2, ended_at = $3"
    " WHERE reprice_id = $1 AND state = 'waiting'");
DB_STMT(reprice_set_cancelled, "ii",
    "UPDATE reprice SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state = 'open'");

enum err reprice_store_cancel(struct cx *cx, int64_t id, const char *reason, int64_t *ret_n)
{
	TRY(db_run(cx, &reprice_unmark_all, DB_ARGS(db_int(id)), NULL));
	TRY(db_run(cx, &reprice_cancel_items, DB_ARGS(db_int(id), db_text(reason), db_int(cx->now)),
	    ret_n));
	return db_run(cx, &reprice_set_cancelled, DB_ARGS(db_int(id), db_int(cx->now)), NULL);
}

static void read_counts(struct db_row *row, void *out)
{
	struct reprice_counts *c = out;
	c->waiting = row_int(row);
	c->applied = row_int(row);
	c->skipped = row_int(row);
	c->cancelled = row_int(row);
	c->clients = row_int(row);
}

#define COUNTED(word) \
	"CAST(COALESCE(SUM(CASE WHEN state = '" word "' THEN 1 ELSE 0 END), 0) AS BIGINT)"
DB_STMT(reprice_count_items, "i",
    "SELECT " COUNTED("waiting") ", " COUNTED("applied") ", " COUNTED("skipped") ", " COUNTED(
        "cancelled") ", COUNT(DISTINCT client_id) FROM reprice_item WHERE reprice_id = $1");

enum err reprice_store_counts(struct cx *cx, int64_t id, struct reprice_counts *ret)
{
	return db_one(cx, &reprice_count_items, DB_ARGS(db_int(id)), read_counts, ret);
}

/* ---- services that may get a price ---- */

static void read_row(struct db_row *row, void *out)
{
	struct reprice_row *r = out;
	r->changing = row_int(row) != 0;
	r->waiting = row_int(row) != 0;
	service_read(row, &r->s);
}

DB_STMT(reprice_candidates, "tiiii",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM service_change c WHERE c.service_id = service.id"
    " AND c.state IN ('waiting', 'scheduled', 'applying')) THEN 1 ELSE 0 END,"
    " CASE WHEN reprice_item_id <> 0 THEN 1 ELSE 0 END, " SERVICE_COLUMNS
    " FROM service WHERE currency = $1 AND plan_id >= $2 AND plan_id <= $3 AND id > $4"
    " AND billed_until IS NOT NULL AND state IN ('active', 'suspended', 'provisioning',"
    " 'attention', 'pending') ORDER BY id LIMIT $5");

enum err reprice_store_rows(struct cx *cx, const struct reprice_page *p, struct reprice_row **ret,
    size_t *ret_n)
{
	return db_list(cx, &reprice_candidates,
	    DB_ARGS(db_text(p->currency), db_int(p->plan_min), db_int(p->plan_max),
	        db_int(p->after), db_int(p->limit)),
	    (struct db_into){read_row, sizeof **ret}, ret, ret_n);
}

/* ---- items ---- */

DB_BATCH(reprice_item_batch, "reprice_item",
    "id, reprice_id, service_id, client_id, state, old_minor, old_price_id, new_minor,"
    " new_price_id, apply_on, detail",
    "iiiitiiiitt");
enum { ITEM_N = 11 };
DB_STMT(reprice_mark_one, "iiiti",
    "UPDATE service SET next_price_minor = $2, next_price_id = $3, next_price_on = $4,"
    " reprice_item_id = $5 WHERE id = $1");

enum err reprice_store_add(struct cx *cx, const struct reprice_item *items, size_t n)
{
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, n);
	struct db_arg *rows = ARENA_ARRAY(cx->arena, struct db_arg, n * ITEM_N);
	struct db_arg *marks = ARENA_ARRAY(cx->arena, struct db_arg, n * 5);
	TRY(db_batch_ids(cx, &reprice_item_batch, n, ids));
	for (size_t i = 0; i < n; i++) {
		const struct reprice_item *t = &items[i];
		struct db_arg on = arg_day(cx->arena, t->apply_on);
		const struct db_arg row[ITEM_N] = {db_int(ids[i]), db_int(t->reprice_id),
		    db_int(t->service_id), db_int(t->client_id), db_text("waiting"),
		    db_int(t->old_minor), db_int(t->old_price_id), db_int(t->new_minor),
		    db_int(t->new_price_id), on, db_text("")};
		const struct db_arg mark[5] = {db_int(t->service_id), db_int(t->new_minor),
		    db_int(t->new_price_id), arg_day(cx->arena, t->effective_on), db_int(ids[i])};
		for (int k = 0; k < ITEM_N; k++)
			rows[i * ITEM_N + (size_t)k] = row[k];
		for (int k = 0; k < 5; k++)
			marks[i * 5 + (size_t)k] = mark[k];
	}
	TRY(db_batch_write(cx, &reprice_item_batch, rows, n));
	return db_many(cx, &reprice_mark_one, marks, n, NULL);
}

static void read_item(struct db_row *row, void *out)
{
	struct reprice_item *t = out;
	t->id = row_int(row);
	t->reprice_id = row_int(row);
	t->service_id = row_int(row);
	t->client_id = row_int(row);
	t->state = row_str(row);
	t->old_minor = row_int(row);
	t->old_price_id = row_int(row);
	t->new_minor = row_int(row);
	t->new_price_id = row_int(row);
	t->apply_on = row_day(row);
	t->detail = row_str(row);
	t->plan_name = row_str(row);
	t->domain = row_str(row);
	t->cycle = row_str(row);
	t->currency = row_str(row);
	t->quantity = row_int(row);
	t->effective_on = row_day(row);
}

#define ITEM \
	"SELECT i.id, i.reprice_id, i.service_id, i.client_id, i.state, i.old_minor," \
	" i.old_price_id, i.new_minor, i.new_price_id, i.apply_on, i.detail, s.plan_name," \
	" s.domain, s.cycle, s.currency, s.quantity, r.effective_on FROM reprice_item i" \
	" JOIN service s ON s.id = i.service_id JOIN reprice r ON r.id = i.reprice_id "
DB_STMT(reprice_item_page, "iitii",
    ITEM "WHERE i.reprice_id = $1 AND ($2 IS NULL OR i.client_id = $2)"
         " AND ($3 IS NULL OR i.state = $3) AND i.id > $4 ORDER BY i.id LIMIT $5");

enum err reprice_store_items(struct cx *cx, const struct reprice_filter *f,
    struct reprice_item **ret, size_t *ret_n)
{
	return db_list(cx, &reprice_item_page,
	    DB_ARGS(db_int(f->reprice_id), db_opt(f->client_id), db_opt_text(f->state),
	        db_int(f->after), db_int(view_limit(f->limit))),
	    (struct db_into){read_item, sizeof **ret}, ret, ret_n);
}

DB_STMT(reprice_waiting_of, "i", ITEM "WHERE i.service_id = $1 AND i.state = 'waiting'");
DB_STMT(reprice_applied_of, "i",
    ITEM "WHERE i.id = (SELECT MAX(m.id) FROM reprice_item m WHERE m.service_id = $1"
         " AND m.state = 'applied')");

enum err reprice_store_waiting_of(struct cx *cx, int64_t service_id, struct reprice_item *ret)
{
	return db_one(cx, &reprice_waiting_of, DB_ARGS(db_int(service_id)), read_item, ret);
}

enum err reprice_store_applied_of(struct cx *cx, int64_t service_id, struct reprice_item *ret)
{
	return db_one(cx, &reprice_applied_of, DB_ARGS(db_int(service_id)), read_item, ret);
}

DB_STMT(reprice_item_move, "itttii",
    "UPDATE reprice_item SET state = $3, detail = $4, ended_at = CASE WHEN $5 = 1 THEN $6 ELSE NULL"
    " END WHERE id = $1 AND state = $2");

enum err reprice_store_move(struct cx *cx, int64_t item_id, const char *from, const char *to,
    const char *detail)
{
	int64_t n;
	bool ended = to[0] != 'w';
	TRY(db_run(cx, &reprice_item_move,
	    DB_ARGS(db_int(item_id), db_text(from), db_text(to), db_text(detail), db_int(ended),
	        db_int(cx->now)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "reprice.raced",
	                    "The new price was cancelled or applied at the same moment");
}

DB_STMT(reprice_item_apply, "ii",
    "UPDATE reprice_item SET state = 'applied', ended_at = $2 WHERE id = $1 AND state = 'waiting'");

enum err reprice_store_apply(struct cx *cx, const int64_t *item_ids, size_t n)
{
	int64_t changed;
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, n * 2);
	for (size_t i = 0; i < n; i++) {
		args[i * 2] = db_int(item_ids[i]);
		args[i * 2 + 1] = db_int(cx->now);
	}
	TRY(db_many(cx, &reprice_item_apply, args, n, &changed));
	return changed == (int64_t)n ?
	    OK :
	    fail(cx, ERR_CONFLICT, "reprice.raced",
	        "The new price was cancelled or applied at the same moment");
}

enum err reprice_store_mark(struct cx *cx, int64_t service_id, const struct reprice_item *it)
{
	struct db_arg on = it == NULL ? db_text(NULL) : arg_day(cx->arena, it->effective_on);
	return db_run(cx, &reprice_mark_one,
	    DB_ARGS(db_int(service_id), db_int(it == NULL ? 0 : it->new_minor),
	        db_int(it == NULL ? 0 : it->new_price_id), on, db_int(it == NULL ? 0 : it->id)),
	    NULL);
}

DB_STMT(reprice_set_price, "iii",
    "UPDATE service SET price_minor = $2, price_id = $3 WHERE id = $1");

enum err reprice_store_price(struct cx *cx, int64_t service_id, int64_t minor, int64_t price_id)
{
	return db_run(cx, &reprice_set_price,
	    DB_ARGS(db_int(service_id), db_int(minor), db_int(price_id)), NULL);
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

DB_STMT(reprice_client_ids, "iit",
    "SELECT DISTINCT client_id FROM reprice_item WHERE reprice_id = $1 AND client_id > $2"
    " AND state = $3 ORDER BY client_id LIMIT 500");

enum err reprice_clients(struct cx *cx, const struct reprice_filter *f, int64_t **ret,
    size_t *ret_n)
{
	return db_list(cx, &reprice_client_ids,
	    DB_ARGS(db_int(f->reprice_id), db_int(f->after), db_text(f->state)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

/* ---- versions ---- */

static enum err version_row(struct cx *cx, struct db_row *row, void *arg)
{
	int64_t id = row_int(row);
	const char *cycle = row_str(row), *currency = row_str(row);
	json_t *o = json_pack("{s:o s:s s:s}", "price_id", json_id(id), "cycle", cycle, "currency",
	    currency);
	json_object_set_new(o, "price_minor", json_integer(row_int(row)));
	json_object_set_new(o, "services", json_integer(row_int(row)));
	json_object_set_new(o, "quantity", json_integer(row_int(row)));
	json_array_append_new(arg, o);
	return OK;
}

DB_STMT(reprice_version_counts, "i",
    "SELECT price_id, cycle, currency, price_minor, COUNT(*), CAST(SUM(quantity) AS BIGINT)"
    " FROM service WHERE plan_id = $1 AND billed_until IS NOT NULL"
    " AND state NOT IN ('cancelled', 'terminated')"
    " GROUP BY price_id, cycle, currency, price_minor"
    " ORDER BY currency, cycle, price_id DESC, price_minor LIMIT 1000");

static json_t *priced(const struct price *rows, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id)
			return json_pack("{s:s s:o}", "state",
			    rows[i].active ? "active" : "retired", "created_at",
			    json_instant(rows[i].created_at));
	return json_pack("{s:n s:n}", "state", "created_at");
}

enum err reprice_versions(struct cx *cx, int64_t plan_id, json_t **ret)
{
	struct price *rows;
	size_t n, i;
	json_t *row, *list = json_keep(cx, json_array());
	TRY(price_list(cx, &(struct price_filter){plan_id, NULL, true}, &rows, &n));
	TRY(db_each(cx, &reprice_version_counts, DB_ARGS(db_int(plan_id)), version_row, list));
	json_array_foreach(list, i, row)
		json_object_update_new(row,
		    priced(rows, n, json_integer_value(json_object_get(row, "price_id"))));
	*ret = list;
	return OK;
}
