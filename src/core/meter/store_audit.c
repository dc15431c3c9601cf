/* SPDX-License-Identifier: Apache-2.0 */
/* Proof of metered use: every reading is billed once, and the lines are what the readings say. */
#include "core/meter/own.h"

static enum err finding_row(struct cx *cx, struct db_row *row, void *arg)
{
	int64_t id = row_int(row);
	const char *what = row_str(row);
	json_array_append_new(arg, json_sprintf("service %lld: %s", (long long)id, what));
	return OK;
}

DB_STMT(meter_audit_lines, "",
    "SELECT b.service_id, 'billed use differs from the line of its document' FROM meter_bill b"
    " LEFT JOIN invoice_item t ON t.service_id = b.service_id AND t.kind = 'use'"
    " AND t.part_id = b.meter_id AND t.period_from = b.period_from AND t.live = 1"
    " WHERE b.state = 'billed' AND (t.id IS NULL OR t.quantity * t.unit_minor <> b.amount_minor"
    " OR t.period_to <> b.period_to)");
DB_STMT(meter_audit_bills, "",
    "SELECT t.service_id, 'a use line has no readings behind it' FROM invoice_item t"
    " LEFT JOIN meter_bill b ON b.service_id = t.service_id AND b.meter_id = t.part_id"
    " AND b.period_from = t.period_from AND b.state = 'billed'"
    " WHERE t.kind = 'use' AND t.live = 1 AND b.id IS NULL");
DB_STMT(meter_audit_sums, "",
    "SELECT b.service_id, 'the readings of a use line are not what was billed' FROM meter_bill b"
    " LEFT JOIN (SELECT bill_id, COUNT(*) AS n,"
    " SUM(quantity) AS total, MAX(quantity) AS most FROM reading WHERE bill_id IS NOT NULL"
    " GROUP BY bill_id) AS r ON r.bill_id = b.id WHERE b.state = 'billed'"
    " AND (COALESCE(r.n, 0) <> b.readings OR (b.aggregation = 'sum' AND r.total <> b.quantity)"
    " OR (b.aggregation = 'max' AND r.most <> b.quantity))");
DB_STMT(meter_audit_readings, "",
    "SELECT r.service_id, 'a reading is billed by a line of another service or meter, or a void"
    " one' FROM reading r JOIN meter_bill b ON b.id = r.bill_id WHERE b.state <> 'billed'"
    " OR b.service_id <> r.service_id OR b.meter_id <> r.meter_id OR r.state <> 'live'");

enum err meter_audit(struct cx *cx, json_t *findings)
{
	const struct db_stmt *checks[] = {&meter_audit_lines, &meter_audit_bills, &meter_audit_sums,
	    &meter_audit_readings};
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		TRY(db_each(cx, checks[i], DB_NONE, finding_row, findings));
	return OK;
}
