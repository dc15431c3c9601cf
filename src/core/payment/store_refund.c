/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table refund, and a refund as a tree. */
#include "core/payment/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, payment_id, client_id, way, gateway, amount_minor, currency, reason, reference," \
	" state," \
	" remote_id, requested_by, approved_by, detail, created_at, done_at"

static void read_refund(struct db_row *row, void *out)
{
	struct refund *r = out;
	r->id = row_int(row);
	r->payment_id = row_int(row);
	r->client_id = row_int(row);
	r->way = row_str(row);
	r->gateway = row_str(row);
	r->amount_minor = row_int(row);
	r->currency = row_str(row);
	r->reason = row_str(row);
	r->reference = row_str(row);
	r->state = (enum refund_state)fsm_state(&refund_fsm, row_str(row));
	r->remote_id = row_text(row);
	r->requested_by = row_int(row);
	r->approved_by = row_int(row);
	r->detail = row_str(row);
	r->created_at = row_int(row);
	r->done_at = row_int(row);
}

DB_STMT(refund_insert, "iittittttttiti",
    "INSERT INTO refund (payment_id, client_id, way, gateway, amount_minor, currency, reason,"
    " reference, state, remote_id, cause, requested_by, detail, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    " ON CONFLICT DO NOTHING RETURNING id");

enum err refund_store_insert(struct cx *cx, const struct refund *r, const char *cause,
    int64_t *ret_id)
{
	enum err err = db_int64(cx, &refund_insert,
	    DB_ARGS(db_int(r->payment_id), db_int(r->client_id), db_text(r->way),
	        db_text(r->gateway), db_int(r->amount_minor), db_text(r->currency),
	        db_text(r->reason), db_text(r->reference), db_text(refund_fsm.states[r->state]),
	        db_opt_text(r->remote_id), db_text(cause), db_opt(r->requested_by),
	        db_text(r->detail), db_int(cx->now)),
	    ret_id);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	*ret_id = 0;
	return OK;
}

DB_STMT(refund_set, "itttii",
    "UPDATE refund SET state = $3, detail = CASE WHEN $4 = '' THEN detail ELSE $4 END,"
    " done_at = CASE WHEN $6 = 1 THEN $5 ELSE done_at END WHERE id = $1 AND state = $2");

enum err refund_store_set(struct cx *cx, const struct refund *r, enum refund_state to,
    const char *detail)
{
	int64_t n;
	TRY(db_run(cx, &refund_set,
	    DB_ARGS(db_int(r->id), db_text(refund_fsm.states[r->state]),
	        db_text(refund_fsm.states[to]), db_text(detail), db_int(cx->now),
	        db_int(to >= REFUND_DONE)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "refund.raced",
	                    "Somebody else changed the refund at the same moment");
}

DB_STMT(refund_set_number, "it", "UPDATE refund SET remote_id = $2 WHERE id = $1");

enum err refund_store_number(struct cx *cx, int64_t id, const char *remote_id)
{
	return db_run(cx, &refund_set_number, DB_ARGS(db_int(id), db_opt_text(remote_id)), NULL);
}

DB_STMT(refund_set_approved, "ii", "UPDATE refund SET approved_by = $2 WHERE id = $1");

enum err refund_store_approved(struct cx *cx, int64_t id, int64_t staff_id)
{
	return db_run(cx, &refund_set_approved, DB_ARGS(db_int(id), db_opt(staff_id)), NULL);
}

DB_STMT(refund_open_sum, "i",
    "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM refund WHERE payment_id = $1"
    " AND state IN ('waiting_approval', 'new', 'asked')");

enum err refund_store_open_sum(struct cx *cx, int64_t payment_id, int64_t *ret_minor)
{
	return db_int64(cx, &refund_open_sum, DB_ARGS(db_int(payment_id)), ret_minor);
}

DB_STMT(refund_by_id, "ii",
    "SELECT " COLUMNS " FROM refund WHERE id = $1 AND ($2 IS NULL OR client_id = $2)");
DB_STMT(refund_by_cause, "t", "SELECT " COLUMNS " FROM refund WHERE cause = $1");
DB_STMT(refund_by_number, "tt",
    "SELECT " COLUMNS " FROM refund WHERE gateway = $1 AND remote_id = $2");
DB_STMT(refund_unnumbered, "ii",
    "SELECT " COLUMNS " FROM refund WHERE payment_id = $1 AND amount_minor = $2 AND state = 'asked'"
    " AND way = 'gateway' AND remote_id IS NULL ORDER BY id LIMIT 1");

static enum err found(struct cx *cx, enum err err)
{
	return err == ERR_NOT_FOUND ? fail(cx, err, "refund.unknown", "There is no such refund") :
	                              err;
}

enum err refund_get(struct cx *cx, int64_t client_id, int64_t id, struct refund *ret)
{
	return found(cx,
	    db_one(cx, &refund_by_id, DB_ARGS(db_int(id), db_opt(client_id)), read_refund, ret));
}

enum err refund_store_by_cause(struct cx *cx, const char *cause, struct refund *ret)
{
	return found(cx, db_one(cx, &refund_by_cause, DB_ARGS(db_text(cause)), read_refund, ret));
}

enum err refund_store_by_number(struct cx *cx, const char *gateway, const char *remote_id,
    struct refund *ret)
{
	return found(cx,
	    db_one(cx, &refund_by_number, DB_ARGS(db_text(gateway), db_text(remote_id)),
	        read_refund, ret));
}

enum err refund_store_unnumbered(struct cx *cx, int64_t payment_id, int64_t amount_minor,
    struct refund *ret)
{
	return found(cx,
	    db_one(cx, &refund_unnumbered, DB_ARGS(db_int(payment_id), db_int(amount_minor)),
	        read_refund, ret));
}

json_t *refund_view(const struct refund *r)
{
	return json_pack("{s:I s:I s:I s:s s:s s:I s:s s:s s:s s:s s:o s:o s:o s:s s:o s:o}", "id",
	    r->id, "payment_id", r->payment_id, "client_id", r->client_id, "way", r->way, "gateway",
	    r->gateway, "amount_minor", r->amount_minor, "currency", r->currency, "reason",
	    r->reason, "reference", r->reference, "state", refund_fsm.states[r->state], "remote_id",
	    json_text(r->remote_id), "requested_by", json_id(r->requested_by), "approved_by",
	    json_id(r->approved_by), "detail", r->detail, "created_at", json_instant(r->created_at),
	    "done_at", json_instant(r->done_at));
}

DB_STMT(refund_page, "iitii",
    "SELECT " COLUMNS " FROM refund WHERE ($1 IS NULL OR client_id = $1)"
    " AND ($2 IS NULL OR payment_id = $2) AND ($3 IS NULL OR state = $3)"
    " AND ($4 IS NULL OR id < $4) ORDER BY id DESC LIMIT $5");

enum err refund_list(struct cx *cx, const struct refund_filter *f, json_t **ret)
{
	struct refund *rows;
	size_t n;
	TRY(db_list(cx, &refund_page,
	    DB_ARGS(db_opt(f->client_id), db_opt(f->payment_id), db_opt_text(f->state),
	        db_opt(f->after), db_int(view_limit(f->limit))),
	    (struct db_into){read_refund, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, refund_view(&rows[i]));
	*ret = list;
	return OK;
}
