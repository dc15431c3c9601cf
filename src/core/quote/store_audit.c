/* SPDX-License-Identifier: Apache-2.0 */
/* Proof of quotes: what was accepted was ordered, once, at the quoted amount. */
#include "core/quote/own.h"
#include "core/row.h"

static enum err finding_row(struct cx *cx, struct db_row *row, void *arg)
{
	int64_t id = row_int(row);
	const char *what = row_str(row);
	json_array_append_new(arg, json_sprintf("quote %lld: %s", (long long)id, what));
	return OK;
}

DB_STMT(quote_audit_orders, "",
    "SELECT id, 'its state and its order contradict each other' FROM quote"
    " WHERE (state = 'accepted') <> (order_id IS NOT NULL)"
    " OR (state <> 'draft' AND state <> 'cancelled' AND number IS NULL)");
DB_STMT(quote_audit_total, "",
    "SELECT q.id, 'its order was invoiced at another amount' FROM quote q"
    " JOIN invoice i ON i.cause = 'order/' || CAST(q.order_id AS TEXT)"
    " WHERE i.total_minor <> q.total_minor OR i.currency <> q.currency");

enum err quote_audit(struct cx *cx, json_t *findings)
{
	TRY(db_each(cx, &quote_audit_orders, DB_NONE, finding_row, findings));
	return db_each(cx, &quote_audit_total, DB_NONE, finding_row, findings);
}
