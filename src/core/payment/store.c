/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables payment and payment_share; the audit is store_audit.c. */
#include "base/str.h"
#include "core/payment/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, client_id, invoice_id, gateway, remote_id, reference, state, amount_minor," \
	" refunded_minor, currency, received_on, received_at"

static void read_payment(struct db_row *row, void *out)
{
	struct payment *p = out;
	p->id = row_int(row);
	p->client_id = row_int(row);
	p->invoice_id = row_int(row);
	p->gateway = row_str(row);
	p->remote_id = row_str(row);
	p->reference = row_str(row);
	p->state = (enum payment_state)fsm_state(&payment_fsm, row_str(row));
	p->amount_minor = row_int(row);
	p->refunded_minor = row_int(row);
	p->currency = row_str(row);
	p->received_on = row_day(row);
	p->received_at = row_int(row);
}

DB_STMT(payment_insert, "iitttitti",
    "INSERT INTO payment (client_id, invoice_id, gateway, remote_id, reference, state,"
    " amount_minor, refunded_minor,"
    " currency, received_on, received_at) VALUES ($1, $2, $3, $4, $5, 'received', $6, 0, $7, $8,"
    " $9)"
    " ON CONFLICT (gateway, remote_id) DO NOTHING RETURNING id");

enum err payment_store_insert(struct cx *cx, const struct payment *p, int64_t *ret_id)
{
	enum err err = db_int64(cx, &payment_insert,
	    DB_ARGS(db_int(p->client_id), db_opt(p->invoice_id), db_text(p->gateway),
	        db_text(p->remote_id), db_text(p->reference), db_int(p->amount_minor),
	        db_text(p->currency), arg_day(cx->arena, p->received_on), db_int(cx->now)),
	    ret_id);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	*ret_id = 0;
	return OK;
}

DB_STMT(payment_set, "ittii",
    "UPDATE payment SET state = $3, refunded_minor = $4 WHERE id = $1 AND state = $2"
    " AND refunded_minor = $5");

enum err payment_store_set(struct cx *cx, const struct payment *p, enum payment_state to,
    int64_t refunded_minor)
{
	int64_t n;
	TRY(db_run(cx, &payment_set,
	    DB_ARGS(db_int(p->id), db_text(payment_fsm.states[p->state]),
	        db_text(payment_fsm.states[to]), db_int(refunded_minor), db_int(p->refunded_minor)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "payment.raced",
	                    "Somebody else changed the payment at the same moment");
}

DB_STMT(payment_by_id, "ii",
    "SELECT " COLUMNS " FROM payment WHERE id = $1 AND ($2 IS NULL OR client_id = $2)");
DB_STMT(payment_by_remote, "tt",
    "SELECT " COLUMNS " FROM payment WHERE gateway = $1 AND remote_id = $2");

enum err payment_get(struct cx *cx, int64_t client_id, int64_t id, struct payment *ret)
{
	enum err err =
	    db_one(cx, &payment_by_id, DB_ARGS(db_int(id), db_opt(client_id)), read_payment, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "payment.unknown", "There is no such payment") :
	                              err;
}

enum err payment_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct payment *ret)
{
	enum err err = db_one(cx, &payment_by_remote, DB_ARGS(db_text(gateway), db_text(remote_id)),
	    read_payment, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "payment.unknown", "There is no such payment") :
	                              err;
}

DB_STMT(payment_share_insert, "iii",
    "INSERT INTO payment_share (payment_id, invoice_id, amount_minor) VALUES ($1, $2, $3)");

enum err payment_store_share(struct cx *cx, int64_t id, int64_t invoice_id, int64_t amount_minor)
{
	return db_run(cx, &payment_share_insert,
	    DB_ARGS(db_int(id), db_int(invoice_id), db_int(amount_minor)), NULL);
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

DB_STMT(payment_share_ids, "i",
    "SELECT invoice_id FROM payment_share WHERE payment_id = $1 ORDER BY invoice_id");

enum err payment_store_shares(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &payment_share_ids, DB_ARGS(db_int(id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(payment_disputed_of, "i",
    "SELECT COUNT(*) FROM payment WHERE state = 'disputed' AND (invoice_id = $1"
    " OR id IN (SELECT payment_id FROM payment_share WHERE invoice_id = $1))");

enum err payment_store_disputed(struct cx *cx, int64_t invoice_id, int64_t *ret_n)
{
	return db_int64(cx, &payment_disputed_of, DB_ARGS(db_int(invoice_id)), ret_n);
}

static json_t *payment_view(const struct payment *p)
{
	return json_pack("{s:I s:I s:o s:s s:s s:s s:s s:I s:I s:s s:o s:o}", "id", p->id,
	    "client_id", p->client_id, "invoice_id", json_id(p->invoice_id), "gateway", p->gateway,
	    "remote_id", p->remote_id, "reference", p->reference, "state",
	    payment_fsm.states[p->state], "amount_minor", p->amount_minor, "refunded_minor",
	    p->refunded_minor, "currency", p->currency, "received_on", json_day(p->received_on),
	    "received_at", json_instant(p->received_at));
}

DB_STMT(payment_page, "iitttii",
    "SELECT " COLUMNS
    " FROM payment WHERE ($1 IS NULL OR client_id = $1) AND ($2 IS NULL OR invoice_id = $2"
    " OR id IN (SELECT payment_id FROM payment_share WHERE invoice_id = $2))"
    " AND ($3 IS NULL OR state = $3) AND ($4 IS NULL OR gateway = $4)"
    " AND ($5 IS NULL OR lower(remote_id) LIKE $5 ESCAPE '\\' OR lower(reference) LIKE $5 ESCAPE"
    " '\\')"
    " AND ($6 IS NULL OR id < $6) ORDER BY id DESC LIMIT $7");

enum err payment_list(struct cx *cx, const struct payment_filter *f, json_t **ret)
{
	struct payment *rows;
	size_t n;
	TRY(db_list(cx, &payment_page,
	    DB_ARGS(db_opt(f->client_id), db_opt(f->invoice_id), db_opt_text(f->state),
	        db_opt_text(f->gateway), db_text(view_like(cx, f->q)), db_opt(f->after),
	        db_int(view_limit(f->limit))),
	    (struct db_into){read_payment, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, payment_view(&rows[i]));
	*ret = list;
	return OK;
}
