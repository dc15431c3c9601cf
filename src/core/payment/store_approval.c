/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables approval and dispute: what waits for a person's word, ours or a bank's. */
#include "base/str.h"
#include "core/payment/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, kind, subject, subject_id, client_id, amount_minor, currency, reason, state," \
	" requested_by," \
	" decided_by, created_at, decided_at, detail"

static void read_approval(struct db_row *row, void *out)
{
	struct approval *a = out;
	a->id = row_int(row);
	a->kind = row_str(row);
	a->subject = row_str(row);
	a->subject_id = row_int(row);
	a->client_id = row_int(row);
	a->amount_minor = row_int(row);
	a->currency = row_str(row);
	a->reason = row_str(row);
	a->state = (enum approval_state)fsm_state(&approval_fsm, row_str(row));
	a->requested_by = row_int(row);
	a->decided_by = row_int(row);
	a->created_at = row_int(row);
	a->decided_at = row_int(row);
	a->detail = row_str(row);
}

DB_STMT(approval_insert, "ttiiittiit",
    "INSERT INTO approval (kind, subject, subject_id, client_id, amount_minor, currency, reason,"
    " state, requested_by, created_at, detail)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10)"
    " ON CONFLICT DO NOTHING RETURNING id");

enum err approval_store_insert(struct cx *cx, const struct approval *a, int64_t *ret_id)
{
	enum err err = db_int64(cx, &approval_insert,
	    DB_ARGS(db_text(a->kind), db_text(a->subject), db_int(a->subject_id),
	        db_int(a->client_id), db_int(a->amount_minor), db_text(a->currency),
	        db_text(a->reason), db_opt(a->requested_by), db_int(cx->now),
	        db_text(str_or(a->detail, ""))),
	    ret_id);
	return err == ERR_NOT_FOUND ?
	    fail(cx, ERR_CONFLICT, "approval.waiting", "This waits for approval already") :
	    err;
}

DB_STMT(approval_set, "ittii",
    "UPDATE approval SET state = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND state ="
    " $2");

enum err approval_store_set(struct cx *cx, const struct approval *a, enum approval_state to,
    int64_t staff_id)
{
	int64_t n;
	TRY(db_run(cx, &approval_set,
	    DB_ARGS(db_int(a->id), db_text(approval_fsm.states[a->state]),
	        db_text(approval_fsm.states[to]), db_opt(staff_id), db_int(cx->now)),
	    &n));
	return n == 1 ?
	    OK :
	    fail(cx, ERR_CONFLICT, "approval.decided", "Somebody else has decided on it");
}

DB_STMT(approval_by_id, "i", "SELECT " COLUMNS " FROM approval WHERE id = $1");
DB_STMT(approval_of_subject, "ti",
    "SELECT " COLUMNS " FROM approval WHERE kind = $1 AND subject_id = $2 AND state = 'waiting'"
    " ORDER BY id LIMIT 1");

enum err approval_get(struct cx *cx, int64_t id, struct approval *ret)
{
	enum err err = db_one(cx, &approval_by_id, DB_ARGS(db_int(id)), read_approval, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "approval.none", "There is nothing to approve here") :
	    err;
}

enum err approval_find(struct cx *cx, const char *kind, int64_t subject_id, struct approval *ret)
{
	enum err err = db_one(cx, &approval_of_subject, DB_ARGS(db_text(kind), db_int(subject_id)),
	    read_approval, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "approval.none", "There is nothing to approve here") :
	    err;
}

static json_t *approval_view(const struct approval *a)
{
	return json_pack("{s:I s:s s:s s:I s:I s:I s:s s:s s:s s:o s:o s:o s:o}", "id", a->id,
	    "kind", a->kind, "subject", a->subject, "subject_id", a->subject_id, "client_id",
	    a->client_id, "amount_minor", a->amount_minor, "currency", a->currency, "reason",
	    a->reason, "state", approval_fsm.states[a->state], "requested_by",
	    json_id(a->requested_by), "decided_by", json_id(a->decided_by), "created_at",
	    json_instant(a->created_at), "decided_at", json_instant(a->decided_at));
}

DB_STMT(approval_page, "tii",
    "SELECT " COLUMNS " FROM approval WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR id < $2)"
    " ORDER BY id DESC LIMIT $3");

enum err approval_list(struct cx *cx, const char *state, int64_t after, int64_t limit, json_t **ret)
{
	struct approval *rows;
	size_t n;
	TRY(db_list(cx, &approval_page,
	    DB_ARGS(db_opt_text(state), db_opt(after), db_int(view_limit(limit))),
	    (struct db_into){read_approval, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, approval_view(&rows[i]));
	*ret = list;
	return OK;
}

DB_STMT(approval_waiting, "", "SELECT COUNT(*) FROM approval WHERE state = 'waiting'");

enum err approval_count(struct cx *cx, int64_t *ret_waiting)
{
	return db_int64(cx, &approval_waiting, DB_NONE, ret_waiting);
}

/* ---- disputes ---- */

static void read_dispute(struct db_row *row, void *out)
{
	struct dispute *d = out;
	d->id = row_int(row);
	d->payment_id = row_int(row);
	d->client_id = row_int(row);
	d->gateway = row_str(row);
	d->remote_id = row_str(row);
	d->state = row_str(row);
	d->amount_minor = row_int(row);
	d->opened_at = row_int(row);
	d->ended_at = row_int(row);
}

#define DISPUTE_COLUMNS \
	"id, payment_id, client_id, gateway, remote_id, state, amount_minor, opened_at, ended_at"

DB_STMT(dispute_insert, "iitttii",
    "INSERT INTO dispute (payment_id, client_id, gateway, remote_id, state, amount_minor,"
    " opened_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (gateway, remote_id) DO NOTHING RETURNING"
    " id");

enum err dispute_store_insert(struct cx *cx, const struct dispute *d, int64_t *ret_id)
{
	enum err err = db_int64(cx, &dispute_insert,
	    DB_ARGS(db_int(d->payment_id), db_int(d->client_id), db_text(d->gateway),
	        db_text(d->remote_id), db_text(d->state), db_int(d->amount_minor), db_int(cx->now)),
	    ret_id);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	*ret_id = 0;
	return OK;
}

DB_STMT(dispute_end, "itti",
    "UPDATE dispute SET state = $3, ended_at = $4 WHERE id = $1 AND state = $2");

enum err dispute_store_end(struct cx *cx, const struct dispute *d, const char *state)
{
	int64_t n;
	TRY(db_run(cx, &dispute_end,
	    DB_ARGS(db_int(d->id), db_text(d->state), db_text(state), db_int(cx->now)), &n));
	return n == 1 ?
	    OK :
	    fail(cx, ERR_CONFLICT, "dispute.raced", "The dispute changed at the same moment");
}

DB_STMT(dispute_by_number, "tt",
    "SELECT " DISPUTE_COLUMNS " FROM dispute WHERE gateway = $1 AND remote_id = $2");

enum err dispute_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct dispute *ret)
{
	return db_one(cx, &dispute_by_number, DB_ARGS(db_text(gateway), db_text(remote_id)),
	    read_dispute, ret);
}

DB_STMT(dispute_newest, "i",
    "SELECT " DISPUTE_COLUMNS " FROM dispute WHERE payment_id = $1 ORDER BY id DESC LIMIT 1");

enum err dispute_of(struct cx *cx, int64_t payment_id, struct dispute *ret)
{
	enum err err = db_one(cx, &dispute_newest, DB_ARGS(db_int(payment_id)), read_dispute, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "dispute.none", "The payment was not disputed") :
	    err;
}
