/* SPDX-License-Identifier: Apache-2.0 */
/* Proof of items to invoice: rounds and documents agree. */
#include "core/billable/own.h"
#include "core/row.h"

static enum err finding_row(struct cx *cx, struct db_row *row, void *arg)
{
	int64_t id = row_int(row);
	const char *what = row_str(row);
	json_array_append_new(arg, json_sprintf("billable %lld: %s", (long long)id, what));
	return OK;
}

DB_STMT(billable_audit_rounds, "",
    "SELECT b.id, 'it was invoiced another number of times than it says' FROM billable b"
    " LEFT JOIN (SELECT billable_id, COUNT(*) AS n FROM billable_bill GROUP BY billable_id) AS d"
    " ON d.billable_id = b.id WHERE b.round <> COALESCE(d.n, 0) OR b.round > b.times"
    " OR (b.state = 'done') <> (b.round = b.times AND b.state <> 'removed')");
DB_STMT(billable_audit_client, "",
    "SELECT b.id, 'it is on a document of another client or currency' FROM billable_bill d"
    " JOIN billable b ON b.id = d.billable_id JOIN invoice i ON i.id = d.invoice_id"
    " WHERE i.client_id <> b.client_id OR i.currency <> b.currency");

enum err billable_audit(struct cx *cx, json_t *findings)
{
	TRY(db_each(cx, &billable_audit_rounds, DB_NONE, finding_row, findings));
	return db_each(cx, &billable_audit_client, DB_NONE, finding_row, findings);
}
