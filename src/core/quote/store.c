/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables quote and quote_item; options stand in store_option.c. */
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/quote/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, state, root_id, version, number, client_id, name, email, company, address," \
	" city, postcode, country, currency, valid_until, discount_ppm, discount_terms, note," \
	" terms, total_minor, document, token, created_at, sent_at, decided_at, decided_name," \
	" decided_ip, reason, order_id"

static void read_quote(struct db_row *row, void *out)
{
	struct quote *q = out;
	q->id = row_int(row);
	q->state = (enum quote_state)fsm_state(&quote_fsm, row_str(row));
	q->root_id = row_int(row);
	q->version = row_int(row);
	q->number = row_text(row);
	q->client_id = row_int(row);
	q->name = row_str(row);
	q->email = row_str(row);
	q->company = row_str(row);
	q->address = row_str(row);
	q->city = row_str(row);
	q->postcode = row_str(row);
	q->country = row_str(row);
	q->currency = row_str(row);
	q->valid_until = row_day(row);
	q->discount_ppm = row_int(row);
	q->discount_terms = row_int(row);
	q->note = row_str(row);
	q->terms = row_str(row);
	q->total_minor = row_int(row);
	q->document = row_str(row);
	q->token = row_str(row);
	q->created_at = row_int(row);
	q->sent_at = row_int(row);
	q->decided_at = row_int(row);
	q->decided_name = row_str(row);
	q->decided_ip = row_str(row);
	q->reason = row_str(row);
	q->order_id = row_int(row);
}

DB_STMT(quote_by_id, "ii",
    "SELECT " COLUMNS " FROM quote WHERE id = $1"
    " AND ($2 IS NULL OR (client_id = $2 AND state <> 'draft'))");

enum err quote_get(struct cx *cx, int64_t client_id, int64_t id, struct quote *ret)
{
	enum err err =
	    db_one(cx, &quote_by_id, DB_ARGS(db_int(id), db_opt(client_id)), read_quote, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "quote.unknown", "There is no such quote") :
	                              err;
}

/* Found by key, compared in constant time. */
enum err quote_find_token(struct cx *cx, const char *token, struct quote *ret)
{
	size_t n;
	int64_t id = 0;
	char **parts = str_split(cx->arena, token, '-', &n);
	bool shaped = n >= 2 && str_int(parts[0], &id) && id > 0;
	struct quote q = {.token = ""};
	enum err err = shaped ? quote_get(cx, 0, id, &q) : ERR_NOT_FOUND;
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	const char *given = shaped ? token + strlen(parts[0]) + 1 : "";
	if (err == ERR_NOT_FOUND || str_empty(q.token) || !crypto_same(q.token, given))
		return fail(cx, ERR_NOT_FOUND, "quote.link",
		    "This link is not valid. Please use the newest one we sent.");
	*ret = q;
	return OK;
}

DB_STMT(quote_insert,
    "iiittttttt"
    "ttiitti",
    "INSERT INTO quote (root_id, version, client_id, name, email, company, address, city,"
    " postcode, country, currency, valid_until, discount_ppm, discount_terms, note, terms,"
    " created_at, state, total_minor, document, token, decided_name, decided_ip, reason)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'draft',"
    " 0, '', '', '', '', '') RETURNING id");
DB_STMT(quote_update,
    "iiittttttt"
    "ttiitti",
    "UPDATE quote SET root_id = $1, version = $2, client_id = $3, name = $4, email = $5,"
    " company = $6, address = $7, city = $8, postcode = $9, country = $10, currency = $11,"
    " valid_until = $12, discount_ppm = $13, discount_terms = $14, note = $15, terms = $16"
    " WHERE id = $17 AND state = 'draft' RETURNING id");

enum err quote_store_save(struct cx *cx, const struct quote *q, int64_t *ret_id)
{
	enum err err = db_int64(cx, q->id == 0 ? &quote_insert : &quote_update,
	    DB_ARGS(db_opt(q->root_id), db_int(q->version), db_opt(q->client_id), db_text(q->name),
	        db_text(q->email), db_text(q->company), db_text(q->address), db_text(q->city),
	        db_text(q->postcode), db_text(q->country), db_text(q->currency),
	        arg_day(cx->arena, q->valid_until), db_int(q->discount_ppm),
	        db_int(q->discount_terms), db_text(q->note), db_text(q->terms),
	        db_int(q->id == 0 ? cx->now : q->id)),
	    ret_id);
	return err == ERR_NOT_FOUND ?
	    fail(cx, ERR_CONFLICT, "quote.refused", "Only a draft can be changed") :
	    err;
}

static void read_item(struct db_row *row, void *out)
{
	struct quote_item *i = out;
	i->plan_id = row_int(row);
	i->price_id = row_int(row);
	i->description = row_str(row);
	i->cycle = row_str(row);
	i->domain = row_str(row);
	i->quantity = row_int(row);
	i->unit_minor = row_int(row);
	i->setup_minor = row_int(row);
	i->renew_minor = row_int(row);
	i->tax_class = row_str(row);
}

DB_STMT(quote_item_all, "i",
    "SELECT plan_id, price_id, description, cycle, domain, quantity, unit_minor, setup_minor,"
    " renew_minor, tax_class FROM quote_item WHERE quote_id = $1 ORDER BY position");

enum err quote_store_items(struct cx *cx, int64_t id, struct quote_item **ret, size_t *ret_n)
{
	TRY(db_list(cx, &quote_item_all, DB_ARGS(db_int(id)),
	    (struct db_into){read_item, sizeof **ret}, ret, ret_n));
	return quote_store_options(cx, id, *ret, *ret_n);
}

DB_STMT(quote_item_drop, "i",
    "DELETE FROM quote_item WHERE quote_id = $1"
    " AND quote_id IN (SELECT id FROM quote WHERE state = 'draft')");
DB_STMT(quote_item_insert, "iiiitttiiiit",
    "INSERT INTO quote_item (quote_id, position, plan_id, price_id, description, cycle, domain,"
    " quantity, unit_minor, setup_minor, renew_minor, tax_class)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

enum err quote_store_set_items(struct cx *cx, int64_t id, const struct quote_item *items, size_t n)
{
	TRY(quote_store_drop_options(cx, id));
	TRY(db_run(cx, &quote_item_drop, DB_ARGS(db_int(id)), NULL));
	for (size_t i = 0; i < n; i++) {
		TRY(db_run(cx, &quote_item_insert,
		    DB_ARGS(db_int(id), db_int((int64_t)i + 1), db_opt(items[i].plan_id),
		        db_opt(items[i].price_id), db_text(items[i].description),
		        db_text(items[i].cycle), db_text(items[i].domain),
		        db_int(items[i].quantity), db_int(items[i].unit_minor),
		        db_int(items[i].setup_minor), db_int(items[i].renew_minor),
		        db_text(items[i].tax_class)),
		    NULL));
		TRY(quote_store_add_options(cx, id, i + 1, &items[i]));
	}
	return OK;
}

DB_STMT(quote_move, "itttittiitttii",
    "UPDATE quote SET state = $3, number = $4, total_minor = $5, document = $6, token = $7,"
    " sent_at = $8, decided_at = $9, decided_name = $10, decided_ip = $11, reason = $12,"
    " order_id = $13, client_id = $14 WHERE id = $1 AND state = $2");

enum err quote_store_move(struct cx *cx, const struct quote *q, enum quote_state to)
{
	int64_t n;
	TRY(db_run(cx, &quote_move,
	    DB_ARGS(db_int(q->id), db_text(quote_fsm.states[q->state]),
	        db_text(quote_fsm.states[to]), db_text(q->number), db_int(q->total_minor),
	        db_text(q->document), db_text(q->token), db_opt(q->sent_at), db_opt(q->decided_at),
	        db_text(q->decided_name), db_text(q->decided_ip), db_text(q->reason),
	        db_opt(q->order_id), db_opt(q->client_id)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "quote.raced",
	                    "Somebody else decided on the quote at the same moment");
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

DB_STMT(quote_over, "ti",
    "SELECT id FROM quote WHERE state = 'sent' AND valid_until < $1 ORDER BY valid_until, id"
    " LIMIT $2");

enum err quote_store_expired(struct cx *cx, struct day today, int64_t limit, int64_t **ret,
    size_t *ret_n)
{
	return db_list(cx, &quote_over, DB_ARGS(arg_day(cx->arena, today), db_int(limit)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(quote_of_line, "ii",
    "SELECT id FROM quote WHERE id <> $1 AND (id = $2 OR root_id = $2)"
    " AND state NOT IN ('draft', 'cancelled', 'superseded') ORDER BY id");

enum err quote_store_line(struct cx *cx, const struct quote *q, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &quote_of_line, DB_ARGS(db_int(q->id), db_int(q->root_id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(quote_page, "ittiii",
    "SELECT " COLUMNS " FROM quote WHERE ($1 IS NULL OR client_id = $1)"
    " AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR lower(COALESCE(number, '')) LIKE $3 ESCAPE"
    " '\\' OR lower(name) LIKE $3 ESCAPE '\\' OR lower(email) LIKE $3 ESCAPE '\\' OR lower(company)"
    " LIKE $3 ESCAPE '\\') AND ($4 = 1 OR state <> 'draft') AND ($5 IS NULL OR id < $5)"
    " ORDER BY id DESC LIMIT $6");

enum err quote_list(struct cx *cx, const struct quote_filter *f, json_t **ret)
{
	struct quote *rows;
	size_t n;
	TRY(db_list(cx, &quote_page,
	    DB_ARGS(db_opt(f->client_id), db_opt_text(f->state), db_text(view_like(cx, f->q)),
	        db_int(f->drafts), db_opt(f->after), db_int(view_limit(f->limit))),
	    (struct db_into){read_quote, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, quote_row_view(&rows[i]));
	*ret = list;
	return OK;
}
