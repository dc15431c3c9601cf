/* SPDX-License-Identifier: Apache-2.0 */
/* Proof of quotes: what was accepted was ordered, once, at the quoted amount, as it was chosen. */
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

/* The service of an item has exactly the options that were quoted, at the quoted prices. */
DB_STMT(quote_audit_missing, "",
    "SELECT q.id, 'an option was not ordered as quoted' FROM quote q JOIN quote_option o ON"
    " o.quote_id = q.id JOIN order_item i ON i.order_id = q.order_id AND i.position = o.position"
    " WHERE q.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM service_option s WHERE"
    " s.service_id = i.service_id AND s.option_id = o.option_id AND s.change_id IS NULL AND"
    " s.value = o.value AND s.quantity = o.quantity AND s.price_minor = o.price_minor AND"
    " s.setup_minor = o.setup_minor)");
DB_STMT(quote_audit_more, "",
    "SELECT q.id, 'an option was ordered that was not quoted' FROM quote q JOIN order_item i ON"
    " i.order_id = q.order_id JOIN service_option s ON s.service_id = i.service_id AND s.change_id"
    " IS NULL WHERE q.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM quote_option o WHERE"
    " o.quote_id = q.id AND o.position = i.position AND o.option_id = s.option_id)");

enum err quote_audit(struct cx *cx, json_t *findings)
{
	TRY(db_each(cx, &quote_audit_orders, DB_NONE, finding_row, findings));
	TRY(db_each(cx, &quote_audit_missing, DB_NONE, finding_row, findings));
	TRY(db_each(cx, &quote_audit_more, DB_NONE, finding_row, findings));
	return db_each(cx, &quote_audit_total, DB_NONE, finding_row, findings);
}
