/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables attempt and attempt_invoice. */
#include "core/payment/own.h"
#include "core/row.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, client_id, invoice_id, gateway, remote_id, url, state, amount_minor, currency," \
	" reason, created_at, subscribe"

static void read_attempt(struct db_row *row, void *out)
{
	struct attempt *a = out;
	a->id = row_int(row);
	a->client_id = row_int(row);
	a->invoice_id = row_int(row);
	a->gateway = row_str(row);
	a->remote_id = row_text(row);
	a->url = row_str(row);
	a->state = (enum attempt_state)fsm_state(&attempt_fsm, row_str(row));
	a->amount_minor = row_int(row);
	a->currency = row_str(row);
	a->reason = row_str(row);
	a->created_at = row_int(row);
	a->subscribe = row_int(row) != 0;
}

DB_STMT(attempt_insert, "iititii",
    "INSERT INTO attempt (client_id, invoice_id, gateway, url, state, amount_minor, currency,"
    " reason, created_at, subscribe)"
    " VALUES ($1, $2, $3, '', 'new', $4, $5, '', $6, $7) RETURNING id");

enum err attempt_store_insert(struct cx *cx, const struct attempt *a, int64_t *ret_id)
{
	return db_int64(cx, &attempt_insert,
	    DB_ARGS(db_int(a->client_id), db_int(a->invoice_id), db_text(a->gateway),
	        db_int(a->amount_minor), db_text(a->currency), db_int(cx->now),
	        db_int(a->subscribe)),
	    ret_id);
}

DB_STMT(attempt_by_id, "i", "SELECT " COLUMNS " FROM attempt WHERE id = $1");
DB_STMT(attempt_by_remote, "tt",
    "SELECT " COLUMNS " FROM attempt WHERE gateway = $1 AND remote_id = $2");
DB_STMT(attempt_reusable, "itiii",
    "SELECT " COLUMNS " FROM attempt WHERE invoice_id = $1 AND gateway = $2 AND amount_minor = $3"
    " AND state IN ('new', 'started') AND $4 = CASE WHEN EXISTS (SELECT 1 FROM attempt_invoice"
    " WHERE attempt_id = attempt.id) THEN 1 ELSE 0 END AND subscribe = $5"
    " ORDER BY id DESC LIMIT 1");

enum err attempt_get(struct cx *cx, int64_t id, struct attempt *ret)
{
	enum err err = db_one(cx, &attempt_by_id, DB_ARGS(db_int(id)), read_attempt, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "attempt.unknown", "There is no such payment attempt") :
	    err;
}

enum err attempt_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct attempt *ret)
{
	enum err err = db_one(cx, &attempt_by_remote, DB_ARGS(db_text(gateway), db_text(remote_id)),
	    read_attempt, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "attempt.unknown", "There is no such payment attempt") :
	    err;
}

enum err attempt_store_open_of(struct cx *cx, const struct attempt_search *q, struct attempt *ret)
{
	return db_one(cx, &attempt_reusable,
	    DB_ARGS(db_int(q->invoice_id), db_text(q->gateway), db_int(q->amount_minor),
	        db_int(q->many), db_int(q->subscribe)),
	    read_attempt, ret);
}

DB_STMT(attempt_link, "ii", "INSERT INTO attempt_invoice (attempt_id, invoice_id) VALUES ($1, $2)");

enum err attempt_store_link(struct cx *cx, int64_t id, int64_t invoice_id)
{
	return db_run(cx, &attempt_link, DB_ARGS(db_int(id), db_int(invoice_id)), NULL);
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

DB_STMT(attempt_invoice_ids, "i",
    "SELECT invoice_id FROM attempt_invoice WHERE attempt_id = $1 ORDER BY invoice_id");

enum err attempt_store_invoices(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &attempt_invoice_ids, DB_ARGS(db_int(id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(attempt_set_state, "itttii",
    "UPDATE attempt SET state = $3, reason = $4, ended_at = CASE WHEN $6 = 1 THEN $5 ELSE NULL END"
    " WHERE id = $1 AND state = $2");

enum err attempt_store_set(struct cx *cx, const struct attempt *a, enum attempt_state to,
    const char *reason)
{
	int64_t n;
	bool ended = to >= ATTEMPT_SUCCEEDED;
	TRY(db_run(cx, &attempt_set_state,
	    DB_ARGS(db_int(a->id), db_text(attempt_fsm.states[a->state]),
	        db_text(attempt_fsm.states[to]), db_text(reason), db_int(cx->now), db_int(ended)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "attempt.raced",
	                    "The payment attempt changed at the same moment");
}

DB_STMT(attempt_set_started, "itt",
    "UPDATE attempt SET state = 'started', remote_id = $2, url = $3 WHERE id = $1"
    " AND (state = 'new' OR (state = 'started' AND remote_id = $2))");

enum err attempt_store_started(struct cx *cx, int64_t id, const char *remote_id, const char *url)
{
	return db_run(cx, &attempt_set_started,
	    DB_ARGS(db_int(id), db_text(remote_id), db_text(url)), NULL);
}

DB_STMT(attempt_open_page, "iii",
    "SELECT " COLUMNS " FROM attempt WHERE state IN ('started', 'pending') AND created_at <= $1"
    " AND id > $2 ORDER BY id LIMIT $3");

enum err attempt_list_open(struct cx *cx, int64_t created_before, int64_t after_id, int64_t limit,
    struct attempt **ret, size_t *ret_n)
{
	return db_list(cx, &attempt_open_page,
	    DB_ARGS(db_int(created_before), db_int(after_id), db_int(limit)),
	    (struct db_into){read_attempt, sizeof **ret}, ret, ret_n);
}

#define OF_INVOICE \
	"(invoice_id = $1 OR id IN (SELECT attempt_id FROM attempt_invoice WHERE invoice_id = $1))"

DB_STMT(attempt_pending_of, "i",
    "SELECT COUNT(*) FROM attempt WHERE state = 'pending' AND " OF_INVOICE);

enum err attempt_pending(struct cx *cx, int64_t invoice_id, bool *ret)
{
	int64_t n;
	TRY(db_int64(cx, &attempt_pending_of, DB_ARGS(db_int(invoice_id)), &n));
	*ret = n > 0;
	return OK;
}

DB_STMT(attempt_page, "i",
    "SELECT " COLUMNS " FROM attempt WHERE " OF_INVOICE " ORDER BY id DESC LIMIT 50");

enum err attempt_list(struct cx *cx, int64_t invoice_id, json_t **ret)
{
	struct attempt *rows;
	size_t n;
	TRY(db_list(cx, &attempt_page, DB_ARGS(db_int(invoice_id)),
	    (struct db_into){read_attempt, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:s s:o s:s s:I s:s s:s s:o}", "id", rows[i].id, "gateway",
		        rows[i].gateway, "remote_id", json_text(rows[i].remote_id), "state",
		        attempt_fsm.states[rows[i].state], "amount_minor", rows[i].amount_minor,
		        "currency", rows[i].currency, "reason", rows[i].reason, "created_at",
		        json_instant(rows[i].created_at)));
	*ret = list;
	return OK;
}
