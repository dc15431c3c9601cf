/* SPDX-License-Identifier: Apache-2.0 */
/* Proof of payments: what came in, went back and is disputed agrees with the ledger. */
#include "base/str.h"
#include "core/payment/own.h"

static enum err finding_row(struct cx *cx, struct db_row *row, void *arg)
{
	int64_t id = row_int(row);
	const char *what = row_str(row);
	json_array_append_new(arg, json_sprintf("payment %lld: %s", (long long)id, what));
	return OK;
}

DB_STMT(payment_audit_ledger, "",
    "SELECT p.id, 'its postings do not add up to its amount' FROM payment p LEFT JOIN ("
    "SELECT payment_id, SUM(amount_minor) AS amount FROM transfer"
    " WHERE code IN ('payment', 'overpayment') AND payment_id IS NOT NULL GROUP BY payment_id) AS t"
    " ON t.payment_id = p.id WHERE COALESCE(t.amount, 0) <> p.amount_minor");
DB_STMT(payment_audit_refunds, "",
    "SELECT p.id, 'its refunds do not add up' FROM payment p LEFT JOIN ("
    "SELECT payment_id, SUM(amount_minor) AS amount FROM transfer WHERE code = 'refund'"
    " AND debit <> 'refund' AND payment_id IS NOT NULL GROUP BY payment_id) AS t"
    " ON t.payment_id = p.id LEFT JOIN (SELECT payment_id, SUM(amount_minor) AS amount FROM refund"
    " WHERE state = 'done' GROUP BY payment_id) AS r ON r.payment_id = p.id"
    " WHERE COALESCE(t.amount, 0) <> COALESCE(r.amount, 0) OR p.refunded_minor <>"
    " CASE WHEN COALESCE(r.amount, 0) < p.amount_minor THEN COALESCE(r.amount, 0)"
    " ELSE p.amount_minor END");
/*
 * Of a payment in dispute, lost or failed no cash is left; no payment gave back more than it was.
 */
DB_STMT(payment_audit_cash, "",
    "SELECT p.id, 'the cash of it contradicts its state' FROM payment p JOIN (SELECT payment_id,"
    " SUM(CASE WHEN debit LIKE 'cash:%' THEN amount_minor WHEN credit LIKE 'cash:%'"
    " THEN -amount_minor ELSE 0 END) AS left_minor FROM transfer WHERE payment_id IS NOT NULL"
    " GROUP BY payment_id) AS t ON t.payment_id = p.id WHERE t.left_minor < 0"
    " OR (p.state IN ('disputed', 'lost', 'failed') AND t.left_minor <> 0)");

enum err payment_audit(struct cx *cx, json_t *findings)
{
	const struct db_stmt *checks[] = {&payment_audit_ledger, &payment_audit_refunds,
	    &payment_audit_cash};
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		TRY(db_each(cx, checks[i], DB_NONE, finding_row, findings));
	return OK;
}
