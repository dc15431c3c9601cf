/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table transfer: rows are appended and summed, never updated or removed. */
#include "base/str.h"
#include "core/ledger/own.h"
#include "core/row.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

DB_STMT(ledger_insert, "ttttititiii",
    "INSERT INTO transfer (key, code, debit, credit, amount_minor, currency, client_id,"
    " booked_on, at, invoice_id,"
    " payment_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
DB_BATCH(ledger_batch, "transfer",
    "key, code, debit, credit, amount_minor, currency, client_id, booked_on, at, invoice_id,"
    " payment_id",
    "ttttititiii");
enum { COLUMNS = 11 };

static void fill(struct cx *cx, const struct transfer *t, struct db_arg *args)
{
	const struct db_arg row[COLUMNS] = {db_text(t->key), db_text(ledger_code_words[t->code]),
	    db_text(t->debit), db_text(t->credit), db_int(t->amount.minor), db_text(t->amount.cur),
	    db_int(t->client_id), arg_day(cx->arena, t->booked_on), db_int(cx->now),
	    db_opt(t->invoice_id), db_opt(t->payment_id)};
	for (int i = 0; i < COLUMNS; i++)
		args[i] = row[i];
}

enum err ledger_post(struct cx *cx, const struct transfer *t, size_t n)
{
	struct db_arg args[COLUMNS];
	for (size_t i = 0; i < n; i++) {
		ledger_check(&t[i]);
		if (t[i].amount.minor == 0)
			continue;
		fill(cx, &t[i], args);
		TRY(db_run(cx, &ledger_insert, args, COLUMNS, NULL));
	}
	return OK;
}

enum err ledger_post_many(struct cx *cx, const struct transfer *t, size_t n)
{
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, n * COLUMNS);
	size_t rows = 0;
	for (size_t i = 0; i < n; i++) {
		ledger_check(&t[i]);
		if (t[i].amount.minor != 0)
			fill(cx, &t[i], args + COLUMNS * rows++);
	}
	return rows == 0 ? OK : db_batch_write(cx, &ledger_batch, args, rows);
}

DB_STMT(ledger_of_invoice, "i",
    "SELECT CAST(COALESCE(SUM(CASE WHEN debit = 'receivable' THEN amount_minor ELSE -amount_minor"
    " END), 0) AS BIGINT)"
    " FROM transfer WHERE invoice_id = $1 AND (debit = 'receivable' OR credit = 'receivable')");

enum err ledger_invoice_balance(struct cx *cx, int64_t invoice_id, int64_t *ret_minor)
{
	return db_int64(cx, &ledger_of_invoice, DB_ARGS(db_int(invoice_id)), ret_minor);
}

DB_STMT(ledger_credit_of, "it",
    "SELECT CAST(COALESCE(SUM(CASE WHEN credit = 'credit' THEN amount_minor ELSE -amount_minor"
    " END), 0) AS BIGINT)"
    " FROM transfer WHERE client_id = $1 AND currency = $2 AND (debit = 'credit' OR credit ="
    " 'credit')");

enum err ledger_credit(struct cx *cx, int64_t client_id, const char *currency, int64_t *ret_minor)
{
	return db_int64(cx, &ledger_credit_of, DB_ARGS(db_int(client_id), db_text(currency)),
	    ret_minor);
}

struct account {
	int64_t minor, n;
};

static void read_account(struct db_row *row, void *out)
{
	struct account *a = out;
	a->minor = row_int(row);
	a->n = row_int(row);
}

DB_STMT(ledger_account_of, "it",
    "SELECT CAST(COALESCE(SUM(CASE WHEN credit = $2 THEN amount_minor ELSE -amount_minor END), 0)"
    " AS"
    " BIGINT), COUNT(*) FROM transfer WHERE invoice_id = $1 AND (debit = $2 OR credit = $2)");

enum err ledger_invoice_account(struct cx *cx, int64_t invoice_id, const char *account,
    int64_t *ret_minor, int64_t *ret_n)
{
	struct account a;
	TRY(db_one(cx, &ledger_account_of, DB_ARGS(db_int(invoice_id), db_text(account)),
	    read_account, &a));
	*ret_minor = a.minor;
	*ret_n = a.n;
	return OK;
}

static enum ledger_code code_of(const char *word)
{
	int i = 0;
	while (i < LEDGER_CODES - 1 && !str_eq(word, ledger_code_words[i]))
		i++;
	return (enum ledger_code)i;
}

static void read_transfer(struct db_row *row, void *out)
{
	struct transfer *t = out;
	t->key = row_str(row);
	t->code = code_of(row_str(row));
	t->debit = row_str(row);
	t->credit = row_str(row);
	t->amount.minor = row_int(row);
	row_copy(row, t->amount.cur, sizeof t->amount.cur);
	t->client_id = row_int(row);
	t->invoice_id = row_int(row);
	t->payment_id = row_int(row);
	t->booked_on = row_day(row);
}

DB_STMT(ledger_by_payment, "i",
    "SELECT key, code, debit, credit, amount_minor, currency, client_id, invoice_id, payment_id,"
    " booked_on FROM transfer WHERE payment_id = $1 ORDER BY id");

enum err ledger_of_payment(struct cx *cx, int64_t payment_id, struct transfer **ret, size_t *ret_n)
{
	return db_list(cx, &ledger_by_payment, DB_ARGS(db_int(payment_id)),
	    (struct db_into){read_transfer, sizeof **ret}, ret, ret_n);
}

static void read_use(struct db_row *row, void *out)
{
	struct ledger_use *u = out;
	u->invoice_id = row_int(row);
	u->amount_minor = row_int(row);
}

DB_STMT(ledger_uses, "it",
    "SELECT invoice_id, CAST(SUM(CASE WHEN debit = 'credit' THEN amount_minor ELSE -amount_minor"
    " END)"
    " AS BIGINT) FROM transfer WHERE client_id = $1 AND currency = $2 AND code = 'use_credit'"
    " GROUP BY invoice_id HAVING"
    " SUM(CASE WHEN debit = 'credit' THEN amount_minor ELSE -amount_minor END) > 0"
    " ORDER BY MAX(id) DESC");

enum err ledger_credit_uses(struct cx *cx, int64_t client_id, const char *currency,
    struct ledger_use **ret, size_t *ret_n)
{
	return db_list(cx, &ledger_uses, DB_ARGS(db_int(client_id), db_text(currency)),
	    (struct db_into){read_use, sizeof **ret}, ret, ret_n);
}

/* Every statement below is a report: one visitor builds the rows of one array. */
static enum err balance_row(struct cx *cx, struct db_row *row, void *arg)
{
	json_t *list = arg;
	const char *currency = row_str(row);
	int64_t open = row_int(row), credit = row_int(row);
	json_array_append_new(list,
	    json_pack("{s:s s:I s:I}", "currency", currency, "open_minor", open, "credit_minor",
	        credit));
	return OK;
}

DB_STMT(ledger_client, "i",
    "SELECT currency,"
    " CAST(COALESCE(SUM(CASE WHEN debit = 'receivable' THEN amount_minor WHEN credit = 'receivable'"
    "  THEN -amount_minor ELSE 0 END), 0) AS BIGINT),"
    " CAST(COALESCE(SUM(CASE WHEN credit = 'credit' THEN amount_minor WHEN debit = 'credit'"
    "  THEN -amount_minor ELSE 0 END), 0) AS BIGINT)"
    " FROM transfer WHERE client_id = $1 GROUP BY currency ORDER BY currency");

enum err ledger_client_view(struct cx *cx, int64_t client_id, json_t **ret)
{
	json_t *list = json_keep(cx, json_array());
	TRY(db_each(cx, &ledger_client, DB_ARGS(db_int(client_id)), balance_row, list));
	*ret = list;
	return OK;
}

static enum err list_row(struct cx *cx, struct db_row *row, void *arg)
{
	json_t *o = json_object();
	json_array_append_new(arg, o);
	json_object_set_new(o, "id", json_integer(row_int(row)));
	json_object_set_new(o, "at", json_instant(row_int(row)));
	json_object_set_new(o, "booked_on", json_string(row_str(row)));
	json_object_set_new(o, "code", json_string(row_str(row)));
	json_object_set_new(o, "debit", json_string(row_str(row)));
	json_object_set_new(o, "credit", json_string(row_str(row)));
	json_object_set_new(o, "amount_minor", json_integer(row_int(row)));
	json_object_set_new(o, "currency", json_string(row_str(row)));
	json_object_set_new(o, "invoice_id", json_id(row_int(row)));
	json_object_set_new(o, "payment_id", json_id(row_int(row)));
	return OK;
}

DB_STMT(ledger_page, "iii",
    "SELECT id, at, booked_on, code, debit, credit, amount_minor, currency, invoice_id,"
    " payment_id FROM transfer"
    " WHERE client_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3");

enum err ledger_list(struct cx *cx, int64_t client_id, int64_t after, int64_t limit, json_t **ret)
{
	json_t *list = json_keep(cx, json_array());
	TRY(db_each(cx, &ledger_page, DB_ARGS(db_int(client_id), db_opt(after), db_int(limit)),
	    list_row, list));
	*ret = list;
	return OK;
}

static enum err negative_row(struct cx *cx, struct db_row *row, void *arg)
{
	int64_t client = row_int(row);
	const char *currency = row_str(row);
	int64_t credit = row_int(row);
	json_array_append_new(arg,
	    json_sprintf("client %lld has a negative credit of %lld minor units %s",
	        (long long)client, (long long)credit, currency));
	return OK;
}

DB_STMT(ledger_negative, "",
    "SELECT client_id, currency,"
    " CAST(SUM(CASE WHEN credit = 'credit' THEN amount_minor ELSE -amount_minor END) AS BIGINT)"
    " FROM transfer"
    " WHERE debit = 'credit' OR credit = 'credit' GROUP BY client_id, currency"
    " HAVING SUM(CASE WHEN credit = 'credit' THEN amount_minor ELSE -amount_minor END) < 0");

enum err ledger_audit(struct cx *cx, json_t *findings)
{
	return db_each(cx, &ledger_negative, DB_NONE, negative_row, findings);
}
