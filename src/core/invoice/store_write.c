/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing invoices: numbers, rows at batch speed, the few columns that change after issue. All
 * inside the caller's transaction.
 */
#include "base/str.h"
#include "core/invoice/own.h"
#include "core/row.h"

DB_STMT(series_open, "tt",
    "INSERT INTO series (key, format, next, last_hash) VALUES ($1, $2, 1, '')"
    " ON CONFLICT (key) DO NOTHING");
DB_STMT(series_next, "tit",
    "UPDATE series SET next = next + $2, format = $3 WHERE key = $1 RETURNING next - $2,"
    " last_hash");

struct taken {
	int64_t first;
	const char *last_hash;
};

static void read_taken(struct db_row *row, void *out)
{
	struct taken *t = out;
	t->first = row_int(row);
	t->last_hash = row_str(row);
}

enum err series_take(struct cx *cx, const char *key, const char *format, int64_t n,
    int64_t *ret_first, const char **ret_last_hash)
{
	struct taken t;
	enum err err = db_one(cx, &series_next, DB_ARGS(db_text(key), db_int(n), db_text(format)),
	    read_taken, &t);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		TRY(db_run(cx, &series_open, DB_ARGS(db_text(key), db_text(format)), NULL));
		err = db_one(cx, &series_next, DB_ARGS(db_text(key), db_int(n), db_text(format)),
		    read_taken, &t);
	}
	TRY(err);
	*ret_first = t.first;
	*ret_last_hash = t.last_hash;
	return OK;
}

enum err series_next_number(struct cx *cx, const char *series, const char *format,
    struct day issued_on, const char **ret)
{
	int64_t seq;
	const char *last;
	TRY(series_take(cx, series, format, 1, &seq, &last));
	*ret = invoice_number(cx->arena, format, issued_on, seq);
	return OK;
}

DB_STMT(series_hash, "tt", "UPDATE series SET last_hash = $2 WHERE key = $1");

enum err series_set_hash(struct cx *cx, const char *key, const char *hash)
{
	return db_run(cx, &series_hash, DB_ARGS(db_text(key), db_text(hash)), NULL);
}

DB_BATCH(invoice_batch, "invoice", INVOICE_COLUMNS,
    "ittt"
    "iiiti"
    "ttttttttt"
    "iiiii"
    "tttii"
    "titt"
    "ttt");
enum { INVOICE_N = 35, ITEM_N = 24 };

enum err invoice_store_ids(struct cx *cx, size_t n, int64_t *ret_ids)
{
	return db_batch_ids(cx, &invoice_batch, n, ret_ids);
}

static void fill(struct cx *cx, const struct invoice *i, struct db_arg *args)
{
	const struct db_arg row[INVOICE_N] = {db_int(i->id), db_text(i->kind),
	    db_text(invoice_state_words[i->state]), db_text(i->cause), db_int(i->client_id),
	    db_opt(i->order_id), db_opt(i->refers_to_id), db_text(i->series), db_opt(i->seq),
	    db_text(i->number), db_text(i->currency), arg_day(cx->arena, i->issued_on),
	    arg_day(cx->arena, i->due_on), db_text(i->seller), db_text(i->buyer), db_text(i->note),
	    db_text(i->rounding), db_text(i->prices), db_int(i->net_minor),
	    db_int(i->discount_minor), db_int(i->tax_minor), db_int(i->total_minor),
	    db_int(i->balance_minor), db_text(i->prev_hash), db_text(i->hash), db_text(i->token),
	    db_int(i->created_at), db_opt(i->paid_at), db_text(str_or(i->rate.base, "")),
	    db_opt(i->rate.rate_e8),
	    i->rate.rate_e8 == 0 ? db_text(NULL) : arg_day(cx->arena, i->rate.on),
	    db_text(str_or(i->rate.source, "")), db_text(NULL), db_text(i->proforma),
	    i->proforma == NULL ? db_text(NULL) : arg_day(cx->arena, i->proforma_on)};
	for (int k = 0; k < INVOICE_N; k++)
		args[k] = row[k];
}

enum err invoice_store_insert(struct cx *cx, const struct invoice *rows, size_t n)
{
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, n * INVOICE_N);
	for (size_t i = 0; i < n; i++)
		fill(cx, &rows[i], args + i * INVOICE_N);
	return db_batch_write(cx, &invoice_batch, args, n);
}

DB_BATCH(invoice_item_batch, "invoice_item",
    "invoice_id, position, kind, service_id, description, period_from, period_to, quantity,"
    " unit_minor, discount_minor,"
    " net_minor, tax_class, tax_name, tax_rate_ppm, tax_minor, live, tax2_name, tax2_rate_ppm,"
    " tax2_compound, tax2_minor, part_id, refers_item_id, discounts, is_term",
    "iititttiiiittiii"
    "tiiiiiti");

static void fill_item(struct cx *cx, const struct invoice_store_item *s, struct db_arg *args)
{
	const struct invoice_item *i = s->item;
	const struct db_arg row[ITEM_N] = {db_int(s->invoice_id), db_int(s->position),
	    db_text(i->kind), db_opt(i->service_id), db_text(i->description),
	    arg_day(cx->arena, i->from), arg_day(cx->arena, i->to), db_int(i->quantity),
	    db_int(i->unit_minor), db_int(i->discount_minor), db_int(i->net_minor),
	    db_text(i->tax_class), db_text(i->tax_name), db_int(i->tax_rate_ppm),
	    db_int(i->tax_minor), db_int(s->live), db_text(str_or(i->tax2_name, "")),
	    db_int(i->tax2_rate_ppm), db_int(i->tax2_compound), db_int(i->tax2_minor),
	    db_int(i->part_id), db_opt(i->refers_item_id), db_text(str_or(i->discounts, "")),
	    db_int(i->is_term)};
	for (int k = 0; k < ITEM_N; k++)
		args[k] = row[k];
}

enum err invoice_store_insert_items(struct cx *cx, const struct invoice_store_item *rows, size_t n)
{
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, n * ITEM_N);
	for (size_t i = 0; i < n; i++)
		fill_item(cx, &rows[i], args + i * ITEM_N);
	return db_batch_write(cx, &invoice_item_batch, args, n);
}

DB_STMT(invoice_issue_draft,
    "ittittttttttiiiittii"
    "ttitttt",
    "UPDATE invoice SET state = $2, series = $3, seq = $4, number = $5, issued_on = $6, due_on ="
    " $7, seller = $8,"
    " buyer = $9, rounding = $10, prices = $11, token = $12, net_minor = $13, tax_minor = $14,"
    " total_minor = $15,"
    " balance_minor = $16, prev_hash = $17, hash = $18, paid_at = $19, discount_minor = $20,"
    " note = $21, rate_base = $22, rate_e8 = $23, rate_on = $24, rate_source = $25,"
    " proforma_number = $26, proforma_on = $27 WHERE id = $1"
    " AND state = 'draft'");

enum err invoice_store_issue_draft(struct cx *cx, const struct invoice *i)
{
	int64_t n;
	TRY(db_run(cx, &invoice_issue_draft,
	    DB_ARGS(db_int(i->id), db_text(invoice_state_words[i->state]), db_text(i->series),
	        db_opt(i->seq), db_text(i->number), arg_day(cx->arena, i->issued_on),
	        arg_day(cx->arena, i->due_on), db_text(i->seller), db_text(i->buyer),
	        db_text(i->rounding), db_text(i->prices), db_text(i->token), db_int(i->net_minor),
	        db_int(i->tax_minor), db_int(i->total_minor), db_int(i->balance_minor),
	        db_text(i->prev_hash), db_text(i->hash), db_opt(i->paid_at),
	        db_int(i->discount_minor), db_text(i->note), db_text(str_or(i->rate.base, "")),
	        db_opt(i->rate.rate_e8),
	        i->rate.rate_e8 == 0 ? db_text(NULL) : arg_day(cx->arena, i->rate.on),
	        db_text(str_or(i->rate.source, "")), db_text(i->proforma),
	        i->proforma == NULL ? db_text(NULL) : arg_day(cx->arena, i->proforma_on)),
	    &n));
	return n == 1 ?
	    OK :
	    fail(cx, ERR_CONFLICT, "invoice.refused", "The invoice is no draft any more");
}

DB_STMT(invoice_finalize_row, "itittttittt",
    "UPDATE invoice SET series = $2, seq = $3, number = $4, issued_on = $5, prev_hash = $6,"
    " hash = $7, rate_e8 = $8, rate_on = $9, rate_source = $10, rate_base = $11"
    " WHERE id = $1 AND number IS NULL AND proforma_number IS NOT NULL");

enum err invoice_store_finalize(struct cx *cx, const struct invoice *i)
{
	int64_t n;
	TRY(db_run(cx, &invoice_finalize_row,
	    DB_ARGS(db_int(i->id), db_text(i->series), db_int(i->seq), db_text(i->number),
	        arg_day(cx->arena, i->issued_on), db_text(i->prev_hash), db_text(i->hash),
	        db_opt(i->rate.rate_e8),
	        i->rate.rate_e8 == 0 ? db_text(NULL) : arg_day(cx->arena, i->rate.on),
	        db_text(str_or(i->rate.source, "")), db_text(str_or(i->rate.base, ""))),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "invoice.raced",
	                    "Somebody else changed the invoice at the same moment");
}

DB_STMT(invoice_drop_items, "i",
    "DELETE FROM invoice_item WHERE invoice_id = $1"
    " AND invoice_id IN (SELECT id FROM invoice WHERE state = 'draft')");

enum err invoice_store_drop_items(struct cx *cx, int64_t id)
{
	return db_run(cx, &invoice_drop_items, DB_ARGS(db_int(id)), NULL);
}

DB_STMT(invoice_drop, "i", "DELETE FROM invoice WHERE id = $1 AND state = 'draft'");

enum err invoice_store_drop(struct cx *cx, int64_t id)
{
	int64_t n;
	TRY(db_run(cx, &invoice_drop, DB_ARGS(db_int(id)), &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "invoice.refused", "Only a draft can be removed");
}

DB_STMT(invoice_set_state, "itti",
    "UPDATE invoice SET state = $3, paid_at = CASE WHEN $3 = 'paid' THEN $4"
    " WHEN $3 = 'open' THEN NULL ELSE paid_at END WHERE id = $1 AND state = $2");

enum err invoice_store_set_state(struct cx *cx, int64_t id, enum invoice_state from,
    enum invoice_state to)
{
	int64_t n;
	TRY(db_run(cx, &invoice_set_state,
	    DB_ARGS(db_int(id), db_text(invoice_state_words[from]),
	        db_text(invoice_state_words[to]), db_int(cx->now)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "invoice.raced",
	                    "Somebody else changed the invoice at the same moment");
}

DB_STMT(invoice_set_balance, "ii", "UPDATE invoice SET balance_minor = $2 WHERE id = $1");

enum err invoice_store_set_balance(struct cx *cx, int64_t id, int64_t balance_minor)
{
	return db_run(cx, &invoice_set_balance, DB_ARGS(db_int(id), db_int(balance_minor)), NULL);
}

DB_STMT(invoice_set_hold, "it", "UPDATE invoice SET hold_until = $2 WHERE id = $1");

enum err invoice_store_set_hold(struct cx *cx, int64_t id, struct day until)
{
	return db_run(cx, &invoice_set_hold, DB_ARGS(db_int(id), arg_day(cx->arena, until)), NULL);
}

/*
 * A term before one that is charged stays: given away, it leaves no hole. An option leaves none.
 * With a whole document later terms of its own go, too.
 */
#define NO_LATER_TERM(but) \
	" AND (kind = 'option' OR NOT EXISTS (SELECT 1 FROM invoice_item o" \
	" WHERE o.service_id = invoice_item.service_id AND o.live = 1" but \
	" AND o.period_from >= invoice_item.period_to))"

DB_STMT(invoice_release, "i",
    "UPDATE invoice_item SET live = 0 WHERE invoice_id = $1 AND live = 1" NO_LATER_TERM(
        " AND o.invoice_id <> invoice_item.invoice_id"));
DB_STMT(invoice_release_one, "i",
    "UPDATE invoice_item SET live = 0 WHERE id = $1 AND live = 1" NO_LATER_TERM(""));

DB_STMT(invoice_release_cause_of, "i",
    "UPDATE invoice SET cause = cause || '/credited/' || CAST(id AS TEXT) WHERE id ="
    " (SELECT invoice_id FROM invoice_item WHERE id = $1 AND live = 0)"
    " AND cause LIKE 'renew/%' AND cause NOT LIKE '%/credited/%'");

/* Options that were credited before it, and stayed charged because of a later term. */
DB_STMT(invoice_release_options, "i",
    "UPDATE invoice_item SET live = 0 WHERE kind = 'option' AND live = 1 AND EXISTS (SELECT 1 FROM"
    " invoice_item p WHERE p.id = $1 AND p.kind = 'period' AND p.live = 0"
    " AND p.invoice_id = invoice_item.invoice_id AND p.service_id = invoice_item.service_id"
    " AND p.period_from = invoice_item.period_from)");

/* The cause names one service of several: whoever is billed again needs it. */
enum err invoice_store_release_item(struct cx *cx, int64_t item_id)
{
	TRY(db_run(cx, &invoice_release_one, DB_ARGS(db_int(item_id)), NULL));
	TRY(db_run(cx, &invoice_release_options, DB_ARGS(db_int(item_id)), NULL));
	return db_run(cx, &invoice_release_cause_of, DB_ARGS(db_int(item_id)), NULL);
}

DB_STMT(invoice_move_item, "i", "UPDATE invoice_item SET live = 0 WHERE id = $1 AND live = 1");

enum err invoice_store_move_item(struct cx *cx, int64_t item_id)
{
	return db_run(cx, &invoice_move_item, DB_ARGS(db_int(item_id)), NULL);
}

DB_STMT(invoice_release_cause, "i",
    "UPDATE invoice SET cause = cause || '/credited/' || CAST(id AS TEXT) WHERE id = $1"
    " AND state IN ('credited', 'cancelled') AND cause LIKE 'renew/%'"
    " AND cause NOT LIKE '%/credited/%'");

/* With its charges a renewal gives back its cause, or the term could never be billed again. */
enum err invoice_store_release(struct cx *cx, int64_t id)
{
	TRY(db_run(cx, &invoice_release, DB_ARGS(db_int(id)), NULL));
	return db_run(cx, &invoice_release_cause, DB_ARGS(db_int(id)), NULL);
}

DB_STMT(invoice_release_from, "iti",
    "UPDATE invoice_item SET live = 0 WHERE service_id = $1 AND live = 1 AND period_from >= $2"
    " AND invoice_id <> $3");
DB_STMT(invoice_charge_change, "ii",
    "UPDATE invoice_item SET live = 1 WHERE service_id = $1 AND invoice_id = $2 AND kind = 'change'"
    " AND unit_minor >= 0 AND period_from IS NOT NULL");

/* A later term may begin on the same day again. */
DB_STMT(invoice_release_causes, "iti",
    "UPDATE invoice SET cause = cause || '/replaced/' || CAST(id AS TEXT) WHERE"
    " cause LIKE 'renew/%' AND cause NOT LIKE '%/credited/%'"
    " AND cause NOT LIKE '%/replaced/%' AND id IN (SELECT"
    " invoice_id FROM invoice_item WHERE service_id = $1 AND live = 0 AND period_from >= $2"
    " AND invoice_id <> $3)");

static enum err recharge_body(struct cx *cx, void *arg)
{
	const struct invoice_recharging *r = arg;
	TRY(db_run(cx, &invoice_release_from,
	    DB_ARGS(db_int(r->service_id), arg_day(cx->arena, r->from), db_int(r->invoice_id)),
	    NULL));
	TRY(db_run(cx, &invoice_release_causes,
	    DB_ARGS(db_int(r->service_id), arg_day(cx->arena, r->from), db_int(r->invoice_id)),
	    NULL));
	return db_run(cx, &invoice_charge_change,
	    DB_ARGS(db_int(r->service_id), db_int(r->invoice_id)), NULL);
}

enum err invoice_recharge(struct cx *cx, int64_t service_id, int64_t invoice_id, struct day from)
{
	return db_tx(cx, recharge_body, &(struct invoice_recharging){service_id, invoice_id, from});
}
