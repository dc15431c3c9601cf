/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of table reading: what was counted. Marking it as billed is store_bill.c. */
#include "base/str.h"
#include "core/meter/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"r.id, r.service_id, r.meter_id, r.key, r.at, r.quantity, r.source, r.note, r.state," \
	" r.replaces_id, r.bill_id"

static void read_reading(struct db_row *row, void *out)
{
	struct reading *r = out;
	r->id = row_int(row);
	r->service_id = row_int(row);
	r->meter_id = row_int(row);
	r->key = row_str(row);
	r->at = row_int(row);
	r->quantity = row_int(row);
	r->source = row_str(row);
	r->note = row_str(row);
	r->state = row_str(row);
	r->replaces_id = row_int(row);
	r->bill_id = row_int(row);
}

DB_STMT(reading_insert, "iitiittii",
    "INSERT INTO reading (service_id, meter_id, key, at, quantity, source, note, state,"
    " replaces_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'live', $8, $9)"
    " ON CONFLICT (service_id, meter_id, key) DO NOTHING");
DB_STMT(reading_by_key, "iit",
    "SELECT " COLUMNS " FROM reading r WHERE r.service_id = $1 AND r.meter_id = $2 AND r.key = $3");

enum err reading_store_find(struct cx *cx, const struct reading *by, struct reading *ret)
{
	return db_one(cx, &reading_by_key,
	    DB_ARGS(db_int(by->service_id), db_int(by->meter_id), db_text(by->key)), read_reading,
	    ret);
}

enum err reading_store_insert(struct cx *cx, const struct reading *r, int64_t *ret_id)
{
	int64_t n;
	struct reading made;
	*ret_id = 0;
	TRY(db_run(cx, &reading_insert,
	    DB_ARGS(db_int(r->service_id), db_int(r->meter_id), db_text(r->key), db_int(r->at),
	        db_int(r->quantity), db_text(r->source), db_text(r->note), db_opt(r->replaces_id),
	        db_int(cx->now)),
	    &n));
	if (n == 0)
		return OK;
	TRY(reading_store_find(cx, r, &made));
	*ret_id = made.id;
	return OK;
}

DB_STMT(reading_by_id, "ii",
    "SELECT " COLUMNS " FROM reading r WHERE r.service_id = $1 AND r.id = $2");

enum err reading_store_get(struct cx *cx, int64_t service_id, int64_t id, struct reading *ret)
{
	enum err err =
	    db_one(cx, &reading_by_id, DB_ARGS(db_int(service_id), db_int(id)), read_reading, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "reading.unknown", "There is no such reading") :
	                              err;
}

DB_STMT(reading_set_replaced, "i",
    "UPDATE reading SET state = 'replaced' WHERE id = $1 AND state = 'live' AND bill_id IS NULL");

enum err reading_store_replace(struct cx *cx, int64_t id, bool *ret_done)
{
	int64_t n;
	TRY(db_run(cx, &reading_set_replaced, DB_ARGS(db_int(id)), &n));
	*ret_done = n == 1;
	return OK;
}

static enum err list_row(struct cx *cx, struct db_row *row, void *arg)
{
	struct reading r;
	read_reading(row, &r);
	const char *key = row_str(row), *name = row_str(row), *unit = row_str(row);
	json_t *o = json_pack("{s:I s:I s:I s:s s:s s:s s:o s:I s:s s:s s:s s:s}", "id", r.id,
	    "service_id", r.service_id, "meter_id", r.meter_id, "meter", key, "name", name, "unit",
	    unit, "at", json_instant(r.at), "quantity", r.quantity, "key", r.key, "source",
	    r.source, "note", r.note, "state", r.state);
	json_object_set_new(o, "read_at", json_instant(r.at));
	json_object_set_new(o, "replaces_id", json_id(r.replaces_id));
	json_object_set_new(o, "bill_id", json_id(r.bill_id));
	json_object_set_new(o, "open", json_boolean(r.bill_id == 0 && str_eq(r.state, "live")));
	json_array_append_new(arg, o);
	return OK;
}

DB_STMT(reading_page, "iiii",
    "SELECT " COLUMNS ", m.key, m.name, m.unit FROM reading r JOIN meter m ON m.id = r.meter_id"
    " WHERE r.service_id = $1 AND ($2 IS NULL OR r.meter_id = $2) AND ($3 IS NULL OR r.id < $3)"
    " ORDER BY r.id DESC LIMIT $4");

enum err reading_list(struct cx *cx, const struct reading_filter *f, json_t **ret)
{
	json_t *list = json_keep(cx, json_array());
	TRY(db_each(cx, &reading_page,
	    DB_ARGS(db_int(f->service_id), db_opt(f->meter_id), db_opt(f->before),
	        db_int(view_limit(f->limit))),
	    list_row, list));
	*ret = list;
	return OK;
}

DB_STMT(reading_of_bill, "i",
    "SELECT " COLUMNS ", m.key, m.name, m.unit FROM reading r JOIN meter m ON m.id = r.meter_id"
    " WHERE r.bill_id = $1 ORDER BY r.at, r.id LIMIT 500");

enum err meter_store_readings_of(struct cx *cx, int64_t bill_id, json_t *list)
{
	return db_each(cx, &reading_of_bill, DB_ARGS(db_int(bill_id)), list_row, list);
}

DB_STMT(reading_count, "i",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM reading WHERE service_id = $1) THEN 1 ELSE 0 END");

enum err meter_any(struct cx *cx, int64_t service_id, bool *ret)
{
	int64_t n;
	TRY(db_int64(cx, &reading_count, DB_ARGS(db_int(service_id)), &n));
	*ret = n > 0;
	return OK;
}
