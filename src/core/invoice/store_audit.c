/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof of invoices: sums, balances, numbers without gap, and the hash chain recomputed. Streams,
 * so that any size fits in memory.
 */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/invoice/own.h"
#include "core/row.h"

static enum err finding_row(struct cx *cx, struct db_row *row, void *arg)
{
	json_t *findings = arg;
	int64_t id = row_int(row);
	const char *what = row_str(row);
	json_array_append_new(findings, json_sprintf("invoice %lld: %s", (long long)id, what));
	return OK;
}

DB_STMT(invoice_audit_sums, "",
    "SELECT i.id, 'its totals differ from its items' FROM invoice i JOIN ("
    " SELECT invoice_id, SUM(net_minor) AS net, SUM(tax_minor) AS tax FROM invoice_item GROUP BY"
    " invoice_id) AS t"
    " ON t.invoice_id = i.id WHERE t.net <> i.net_minor OR t.tax <> i.tax_minor"
    " OR i.total_minor <> i.net_minor + i.tax_minor");
DB_STMT(invoice_audit_items, "",
    "SELECT i.id, 'it has no items' FROM invoice i WHERE i.total_minor <> 0"
    " AND NOT EXISTS (SELECT 1 FROM invoice_item t WHERE t.invoice_id = i.id)");
DB_STMT(invoice_audit_ledger, "",
    "SELECT i.id, 'its balance differs from its receivable in the ledger' FROM invoice i LEFT JOIN"
    " ("
    " SELECT invoice_id, SUM(CASE WHEN debit = 'receivable' THEN amount_minor WHEN credit ="
    " 'receivable'"
    "  THEN -amount_minor ELSE 0 END) AS balance FROM transfer GROUP BY invoice_id) AS t ON"
    " t.invoice_id = i.id"
    " WHERE i.kind = 'invoice' AND i.number IS NOT NULL AND COALESCE(t.balance, 0) <>"
    " i.balance_minor");
DB_STMT(invoice_audit_proforma, "",
    "SELECT id, 'a proforma is posted, or owes another amount than it says' FROM invoice WHERE"
    " proforma_number IS NOT NULL AND number IS NULL AND (balance_minor <> CASE WHEN state ="
    " 'cancelled' THEN 0 ELSE total_minor END OR state NOT IN ('open', 'overdue', 'cancelled')"
    " OR EXISTS (SELECT 1 FROM transfer t WHERE t.invoice_id = invoice.id))");
DB_STMT(invoice_audit_proforma_gap, "",
    "SELECT n, 'the numbers of proformas have a gap' FROM (SELECT COUNT(*) AS n FROM invoice WHERE"
    " proforma_number IS NOT NULL) AS a WHERE n <> (SELECT COALESCE(SUM(next - 1), 0) FROM series"
    " WHERE key = 'proforma' OR key LIKE 'proforma/%')");
DB_STMT(invoice_audit_paid, "",
    "SELECT id, 'its state and balance contradict each other' FROM invoice WHERE kind = 'invoice'"
    " AND ((state IN ('paid', 'credited', 'written_off', 'cancelled') AND balance_minor <> 0)"
    " OR (state IN ('open', 'overdue') AND balance_minor <= 0))");
DB_STMT(invoice_audit_funds, "",
    "SELECT i.id, 'a top-up gave another amount of credit than was paid for' FROM invoice i JOIN ("
    " SELECT invoice_id, SUM(CASE WHEN credit = 'funds' THEN amount_minor ELSE -amount_minor END)"
    " AS waits"
    " FROM transfer WHERE debit = 'funds' OR credit = 'funds' GROUP BY invoice_id) AS t ON"
    " t.invoice_id = i.id"
    " LEFT JOIN (SELECT refers_to_id, SUM(total_minor) AS total FROM invoice WHERE refers_to_id IS"
    " NOT NULL AND kind = 'credit_note'"
    " GROUP BY refers_to_id) AS n ON n.refers_to_id = i.id WHERE t.waits <> CASE WHEN i.state IN"
    " ('open', 'overdue')"
    " THEN i.total_minor - COALESCE(n.total, 0) ELSE 0 END");
DB_STMT(invoice_audit_credited, "",
    "SELECT i.id, 'more was credited than it was about' FROM invoice i JOIN (SELECT refers_to_id,"
    " SUM(total_minor) AS total FROM invoice WHERE kind = 'credit_note' GROUP BY refers_to_id) AS n"
    " ON n.refers_to_id = i.id WHERE n.total > i.total_minor");
DB_STMT(invoice_audit_refers, "",
    "SELECT n.id, 'it takes back an item of another invoice' FROM invoice_item t JOIN invoice n"
    " ON n.id = t.invoice_id JOIN invoice_item o ON o.id = t.refers_item_id"
    " WHERE n.kind <> 'credit_note' OR n.refers_to_id <> o.invoice_id");
DB_STMT(invoice_audit_gap, "",
    "SELECT MAX(i.id), 'the numbers of its series have a gap' FROM invoice i JOIN series s ON"
    " s.key = i.series"
    " GROUP BY i.series, s.next HAVING COUNT(*) <> s.next - 1 OR MAX(i.seq) <> s.next - 1 OR"
    " MIN(i.seq) <> 1");

struct chain {
	json_t *findings;
	char last[CRYPTO_SHA256_HEX], series[64];
};

DB_STMT(invoice_audit_page, "iti",
    "SELECT " INVOICE_COLUMNS " FROM invoice WHERE seq IS NOT NULL"
    " AND (series, seq) > ($2, $1) ORDER BY series, seq LIMIT $3");

/* The parts of a line's discount, where they are told, add up to it. */
static void discount_check(struct chain *c, const struct invoice *i, const struct invoice_item *t)
{
	json_t *parts = str_empty(t->discounts) ? NULL : json_loads(t->discounts, 0, NULL), *part;
	int64_t sum = 0;
	size_t k;
	if (str_empty(t->discounts))
		return;
	json_array_foreach(parts, k, part)
		sum += json_integer_value(json_object_get(part, "minor"));
	json_decref(parts);
	if (sum != t->discount_minor)
		json_array_append_new(c->findings,
		    json_sprintf("invoice %lld: the parts of a discount are not its sum",
		        (long long)i->id));
}

static enum err chain_link(struct cx *cx, struct chain *c, const struct invoice *i)
{
	struct invoice_item *items;
	size_t n;
	char hash[CRYPTO_SHA256_HEX];
	if (!str_eq(c->series, i->series)) {
		str_copy(c->series, sizeof c->series, i->series);
		c->last[0] = '\0';
	}
	TRY(invoice_store_items(cx, i->id, &items, &n));
	invoice_hash(cx->arena, i, items, n, hash);
	for (size_t k = 0; k < n; k++)
		discount_check(c, i, &items[k]);
	bool follows = str_eq(str_or(i->prev_hash, ""), c->last);
	if (!follows || !str_eq(hash, i->hash))
		json_array_append_new(c->findings,
		    json_sprintf("invoice %lld (%s): %s", (long long)i->id, i->number,
		        follows ? "its content does not match its hash" :
		                  "the hash chain breaks before it"));
	str_copy(c->last, sizeof c->last, str_or(i->hash, ""));
	return OK;
}

/*
 * Page by page in the order of the chains, with an arena of its own that is emptied after each
 * page.
 */
static enum err audit_chain(struct cx *cx, json_t *findings)
{
	struct chain c = {.findings = findings};
	struct arena *outer = cx->arena;
	char after[64] = "";
	int64_t seq = 0;
	enum err err = OK;
	struct arena *page = arena_new(LIMIT_ARENA_BYTES);
	for (size_t n = 1; n > 0 && err == OK;) {
		struct invoice *rows;
		cx->arena = page;
		err = db_list(cx, &invoice_audit_page,
		    DB_ARGS(db_int(seq), db_text(after), db_int(1000)),
		    (struct db_into){invoice_read, sizeof *rows}, &rows, &n);
		for (size_t i = 0; i < n && err == OK; i++)
			err = chain_link(cx, &c, &rows[i]);
		if (err == OK && n > 0) {
			seq = rows[n - 1].seq;
			str_copy(after, sizeof after, rows[n - 1].series);
		}
		cx->arena = outer;
		arena_reset(page);
	}
	arena_free(page);
	return err;
}

enum err invoice_audit(struct cx *cx, json_t *findings)
{
	const struct db_stmt *checks[] = {&invoice_audit_sums, &invoice_audit_items,
	    &invoice_audit_ledger, &invoice_audit_proforma, &invoice_audit_proforma_gap,
	    &invoice_audit_paid, &invoice_audit_funds, &invoice_audit_credited,
	    &invoice_audit_refers, &invoice_audit_gap};
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		TRY(db_each(cx, checks[i], DB_NONE, finding_row, findings));
	return audit_chain(cx, findings);
}
