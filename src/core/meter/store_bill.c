/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of table meter_bill, and the readings that each of them bills. */
#include "base/str.h"
#include "core/meter/own.h"
#include "core/row.h"

static void read_row(struct db_row *row, void *out)
{
	struct meter_row *r = out;
	r->service_id = row_int(row);
	r->meter_id = row_int(row);
	r->sum = row_int(row);
	r->max = row_int(row);
	r->last = row_int(row);
	r->readings = row_int(row);
	r->late = row_int(row);
	r->from = row_day(row);
}

/* Late: read of a time that a line has billed already. Of all services between two ids. */
DB_STMT(meter_unbilled, "iii",
    "SELECT r.service_id, r.meter_id, CAST(SUM(r.quantity) AS BIGINT), MAX(r.quantity),"
    " (SELECT l.quantity FROM reading l WHERE l.service_id = r.service_id"
    " AND l.meter_id = r.meter_id AND l.bill_id IS NULL AND l.state = 'live' AND l.at < $2"
    " ORDER BY l.at DESC, l.id DESC LIMIT 1), COUNT(*),"
    " CAST(SUM(CASE WHEN r.at < COALESCE(b.until_at, 0) THEN 1 ELSE 0 END) AS BIGINT),"
    " MAX(b.until_on) FROM reading r LEFT JOIN (SELECT service_id, meter_id,"
    " MAX(until_at) AS until_at, MAX(period_to) AS until_on FROM meter_bill"
    " WHERE state = 'billed' AND service_id BETWEEN $1 AND $3 GROUP BY service_id, meter_id) AS b"
    " ON b.service_id = r.service_id AND b.meter_id = r.meter_id"
    " WHERE r.bill_id IS NULL AND r.state = 'live' AND r.at < $2 AND r.service_id BETWEEN $1 AND $3"
    " GROUP BY r.service_id, r.meter_id ORDER BY r.service_id, r.meter_id");

enum err meter_store_unbilled(struct cx *cx, const int64_t ids[2], int64_t until_at,
    struct meter_row **ret, size_t *ret_n)
{
	return db_list(cx, &meter_unbilled,
	    DB_ARGS(db_int(ids[0]), db_int(until_at), db_int(ids[1])),
	    (struct db_into){read_row, sizeof **ret}, ret, ret_n);
}

DB_STMT(meter_bill_insert, "iittiiiiiittti",
    "INSERT INTO meter_bill (service_id, meter_id, state, period_from, period_to, until_at,"
    " quantity, allowance, readings, late, amount_minor, currency, tiers, aggregation,"
    " created_at) VALUES ($1, $2, 'billed', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    " RETURNING id");

enum err meter_store_bill(struct cx *cx, const struct meter_bill *b, int64_t *ret_id)
{
	return db_int64(cx, &meter_bill_insert,
	    DB_ARGS(db_int(b->service_id), db_int(b->meter_id), arg_day(cx->arena, b->from),
	        arg_day(cx->arena, b->to), db_int(b->until_at), db_int(b->quantity),
	        db_int(b->allowance), db_int(b->readings), db_int(b->late), db_int(b->amount_minor),
	        db_text(b->currency), db_text(b->tiers), db_text(b->aggregation), db_int(cx->now)),
	    ret_id);
}

DB_STMT(meter_mark_readings, "iiii",
    "UPDATE reading SET bill_id = $1 WHERE service_id = $2 AND meter_id = $3 AND at < $4"
    " AND bill_id IS NULL AND state = 'live'");

enum err meter_store_mark(struct cx *cx, const struct meter_bill *b, int64_t *ret_n)
{
	return db_run(cx, &meter_mark_readings,
	    DB_ARGS(db_int(b->id), db_int(b->service_id), db_int(b->meter_id), db_int(b->until_at)),
	    ret_n);
}

static void read_bill(struct db_row *row, void *out)
{
	struct meter_bill *b = out;
	b->id = row_int(row);
	b->service_id = row_int(row);
	b->meter_id = row_int(row);
	b->from = row_day(row);
	b->to = row_day(row);
	b->until_at = row_int(row);
	b->quantity = row_int(row);
	b->allowance = row_int(row);
	b->readings = row_int(row);
	b->late = row_int(row);
	b->amount_minor = row_int(row);
	b->currency = row_str(row);
	b->tiers = row_str(row);
	b->aggregation = row_str(row);
}

#define BILL \
	"SELECT id, service_id, meter_id, period_from, period_to, until_at, quantity, allowance," \
	" readings, late, amount_minor, currency, tiers, aggregation" \
	" FROM meter_bill "
DB_STMT(meter_bills_of, "i",
    BILL "WHERE service_id = $1 AND state = 'billed' ORDER BY id DESC LIMIT 1000");
DB_STMT(meter_bill_by_line, "iit",
    BILL "WHERE id = (SELECT MAX(b.id) FROM meter_bill b WHERE b.service_id = $1"
         " AND b.meter_id = $2 AND b.period_from = $3)");

enum err meter_store_bills(struct cx *cx, int64_t service_id, struct meter_bill **ret,
    size_t *ret_n)
{
	return db_list(cx, &meter_bills_of, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_bill, sizeof **ret}, ret, ret_n);
}

enum err meter_store_bill_of(struct cx *cx, int64_t service_id, int64_t meter_id, struct day from,
    struct meter_bill *ret)
{
	return db_one(cx, &meter_bill_by_line,
	    DB_ARGS(db_int(service_id), db_int(meter_id), arg_day(cx->arena, from)), read_bill,
	    ret);
}

DB_STMT(meter_set_void, "i",
    "UPDATE meter_bill SET state = 'void' WHERE id = $1 AND state = 'billed'");
DB_STMT(meter_free_readings, "i", "UPDATE reading SET bill_id = NULL WHERE bill_id = $1");

enum err meter_store_void(struct cx *cx, int64_t bill_id)
{
	TRY(db_run(cx, &meter_set_void, DB_ARGS(db_int(bill_id)), NULL));
	return db_run(cx, &meter_free_readings, DB_ARGS(db_int(bill_id)), NULL);
}
