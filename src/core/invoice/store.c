/* SPDX-License-Identifier: Apache-2.0 */
/* Reading invoices and their items. Writing is store_write.c, proving is store_audit.c. */
#include <string.h>

#include "base/fsm.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/invoice/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

void invoice_read(struct db_row *row, void *out)
{
	struct invoice *i = out;
	i->id = row_int(row);
	i->kind = row_str(row);
	i->state = (enum invoice_state)fsm_state(&invoice_fsm, row_str(row));
	i->cause = row_text(row);
	i->client_id = row_int(row);
	i->order_id = row_int(row);
	i->refers_to_id = row_int(row);
	i->series = row_text(row);
	i->seq = row_int(row);
	i->number = row_text(row);
	i->currency = row_str(row);
	i->issued_on = row_day(row);
	i->due_on = row_day(row);
	i->seller = row_str(row);
	i->buyer = row_str(row);
	i->note = row_str(row);
	i->rounding = row_str(row);
	i->prices = row_str(row);
	i->net_minor = row_int(row);
	i->discount_minor = row_int(row);
	i->tax_minor = row_int(row);
	i->total_minor = row_int(row);
	i->balance_minor = row_int(row);
	i->prev_hash = row_text(row);
	i->hash = row_text(row);
	i->token = row_str(row);
	i->created_at = row_int(row);
	i->paid_at = row_int(row);
	i->rate.base = row_str(row);
	i->rate.rate_e8 = row_int(row);
	i->rate.on = row_day(row);
	i->rate.source = row_str(row);
	i->hold_until = row_day(row);
	i->proforma = row_text(row);
	i->proforma_on = row_day(row);
	if (i->number == NULL && i->proforma != NULL) {
		i->number = i->proforma;
		i->issued_on = i->proforma_on;
	}
}

DB_STMT(invoice_by_id, "i", "SELECT " INVOICE_COLUMNS " FROM invoice WHERE id = $1");

enum err invoice_store_get(struct cx *cx, int64_t id, struct invoice *ret)
{
	return db_one(cx, &invoice_by_id, DB_ARGS(db_int(id)), invoice_read, ret);
}

DB_STMT(invoice_of_client, "ii",
    "SELECT " INVOICE_COLUMNS " FROM invoice WHERE id = $1 AND client_id = $2"
    " AND state <> 'draft'");

enum err invoice_get(struct cx *cx, int64_t client_id, int64_t id, struct invoice *ret)
{
	enum err err = client_id == 0 ?
	    invoice_store_get(cx, id, ret) :
	    db_one(cx, &invoice_of_client, DB_ARGS(db_int(id), db_int(client_id)), invoice_read,
	        ret);
	if (err == ERR_NOT_FOUND)
		return fail(cx, ERR_NOT_FOUND, "invoice.unknown", "There is no such invoice");
	return err;
}

DB_STMT(invoice_by_cause, "t", "SELECT " INVOICE_COLUMNS " FROM invoice WHERE cause = $1");

enum err invoice_find_cause(struct cx *cx, const char *cause, struct invoice *ret)
{
	return db_one(cx, &invoice_by_cause, DB_ARGS(db_text(cause)), invoice_read, ret);
}

DB_STMT(invoice_token_id, "i", "SELECT token FROM invoice WHERE id = $1 AND state <> 'draft'");

static void read_text(struct db_row *row, void *out)
{
	const char **text = out;
	*text = row_str(row);
}

/* The link's token is "<id>-<random>": found by key, compared in constant time. */
enum err invoice_find_token(struct cx *cx, const char *token, struct invoice *ret)
{
	size_t n;
	int64_t id = 0;
	const char *kept = "";
	char **parts = str_split(cx->arena, token, '-', &n);
	bool shaped = n >= 2 && str_int(parts[0], &id) && id > 0;
	enum err err = shaped ?
	    db_one(cx, &invoice_token_id, DB_ARGS(db_int(id)), read_text, &kept) :
	    ERR_NOT_FOUND;
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	const char *given = shaped ? token + strlen(parts[0]) + 1 : "";
	if (err == ERR_NOT_FOUND || *kept == '\0' || !crypto_same(kept, given))
		return fail(cx, ERR_NOT_FOUND, "invoice.unknown", "There is no such invoice");
	return invoice_get(cx, 0, id, ret);
}

static void read_item(struct db_row *row, void *out)
{
	struct invoice_item *i = out;
	i->id = row_int(row);
	i->kind = row_str(row);
	i->service_id = row_int(row);
	i->description = row_str(row);
	i->from = row_day(row);
	i->to = row_day(row);
	i->quantity = row_int(row);
	i->unit_minor = row_int(row);
	i->discount_minor = row_int(row);
	i->net_minor = row_int(row);
	i->tax_class = row_str(row);
	i->tax_name = row_str(row);
	i->tax_rate_ppm = row_int(row);
	i->tax_minor = row_int(row);
	i->tax2_name = row_str(row);
	i->tax2_rate_ppm = row_int(row);
	i->tax2_compound = row_int(row) != 0;
	i->tax2_minor = row_int(row);
	i->part_id = row_int(row);
	i->refers_item_id = row_int(row);
	i->discounts = row_str(row);
	i->is_term = row_int(row) != 0;
}

DB_STMT(invoice_item_all, "i",
    "SELECT id, kind, service_id, description, period_from, period_to, quantity, unit_minor,"
    " discount_minor, net_minor, tax_class,"
    " tax_name, tax_rate_ppm, tax_minor, tax2_name, tax2_rate_ppm, tax2_compound, tax2_minor,"
    " part_id, refers_item_id, discounts, is_term FROM"
    " invoice_item WHERE invoice_id = $1 ORDER BY position");

enum err invoice_store_items(struct cx *cx, int64_t id, struct invoice_item **ret, size_t *ret_n)
{
	return db_list(cx, &invoice_item_all, DB_ARGS(db_int(id)),
	    (struct db_into){read_item, sizeof **ret}, ret, ret_n);
}

enum err invoice_items(struct cx *cx, int64_t id, struct invoice_item **ret, size_t *ret_n)
{
	return invoice_store_items(cx, id, ret, ret_n);
}

DB_STMT(invoice_credited, "i",
    "SELECT CAST(COALESCE(SUM(total_minor), 0) AS BIGINT) FROM invoice WHERE refers_to_id = $1"
    " AND kind = 'credit_note'");

enum err invoice_store_credited(struct cx *cx, int64_t id, int64_t *ret_gross_minor)
{
	return db_int64(cx, &invoice_credited, DB_ARGS(db_int(id)), ret_gross_minor);
}

DB_STMT(invoice_note, "i",
    "SELECT id FROM invoice WHERE refers_to_id = $1 AND kind = 'credit_note' ORDER BY id DESC"
    " LIMIT 1");

enum err invoice_store_note_of(struct cx *cx, int64_t id, int64_t *ret_note_id)
{
	return db_int64(cx, &invoice_note, DB_ARGS(db_int(id)), ret_note_id);
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

static void read_left(struct db_row *row, void *out)
{
	struct invoice_rate_left *l = out;
	l->tax_class = row_str(row);
	l->tax.name = row_str(row);
	l->tax.rate_ppm = row_int(row);
	l->tax.name2 = row_str(row);
	l->tax.rate2_ppm = row_int(row);
	l->tax.compound = row_int(row) != 0;
	l->net_minor = row_int(row);
	l->tax_minor = row_int(row);
	l->tax2_minor = row_int(row);
	l->is_funds = row_int(row) != 0;
}

DB_STMT(invoice_left, "i",
    "SELECT MIN(t.tax_class), t.tax_name, t.tax_rate_ppm, t.tax2_name, t.tax2_rate_ppm,"
    " t.tax2_compound,"
    " CAST(SUM(CASE WHEN i.id = $1 THEN t.net_minor ELSE -t.net_minor END) AS BIGINT),"
    " CAST(SUM(CASE WHEN i.id = $1 THEN t.tax_minor ELSE -t.tax_minor END) AS BIGINT),"
    " CAST(SUM(CASE WHEN i.id = $1 THEN t.tax2_minor ELSE -t.tax2_minor END) AS BIGINT),"
    " MAX(CASE WHEN t.kind = 'funds' THEN 1 ELSE 0 END)"
    " FROM invoice i JOIN invoice_item t ON t.invoice_id = i.id WHERE i.id = $1"
    " OR (i.refers_to_id = $1 AND i.kind = 'credit_note')"
    " GROUP BY t.tax_name, t.tax_rate_ppm, t.tax2_name, t.tax2_rate_ppm, t.tax2_compound"
    " ORDER BY t.tax_rate_ppm, t.tax_name, t.tax2_rate_ppm, t.tax2_name, t.tax2_compound");

enum err invoice_store_left(struct cx *cx, int64_t id, struct invoice_rate_left **ret,
    size_t *ret_n)
{
	return db_list(cx, &invoice_left, DB_ARGS(db_int(id)),
	    (struct db_into){read_left, sizeof **ret}, ret, ret_n);
}

DB_STMT(invoice_number_like, "tt",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM invoice WHERE number >= $1 AND number < $2) THEN 1"
    " WHEN EXISTS (SELECT 1 FROM invoice WHERE proforma_number >= $1 AND proforma_number < $2)"
    " THEN 2 ELSE 0 END");
DB_STMT(invoice_newest, "", "SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) FROM invoice");

/* What is searched for: numbers that begin so, by their index; else any of the newest documents. */
struct search {
	const char *number_from, *number_to, *like;
	bool proforma; /* the numbers are those of proformas */
	int64_t after_id;
};

static enum err search_plan(struct cx *cx, const char *q, struct search *ret)
{
	int64_t found, newest;
	*ret = (struct search){0};
	if (str_empty(q))
		return OK;
	/* Numbers are mostly written in capitals, and typed without them. */
	const char *forms[] = {q, str_upper(cx->arena, q)};
	for (size_t i = 0; i < 2; i++) {
		const char *to = arena_printf(cx->arena, "%s\x7f", forms[i]);
		TRY(db_int64(cx, &invoice_number_like, DB_ARGS(db_text(forms[i]), db_text(to)),
		    &found));
		if (found == 0)
			continue;
		ret->number_from = forms[i];
		ret->number_to = to;
		ret->proforma = found == 2;
		return OK;
	}
	TRY(db_int64(cx, &invoice_newest, DB_NONE, &newest));
	ret->like = view_like(cx, q);
	ret->after_id = newest > LIMIT_SEARCH_INVOICES ? newest - LIMIT_SEARCH_INVOICES : 0;
	return OK;
}

DB_STMT(invoice_credited_items, "i",
    "SELECT t.refers_item_id FROM invoice n JOIN invoice_item t ON t.invoice_id = n.id"
    " WHERE n.refers_to_id = $1 AND n.kind = 'credit_note' AND t.refers_item_id IS NOT NULL"
    " ORDER BY t.refers_item_id");

enum err invoice_items_credited(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &invoice_credited_items, DB_ARGS(db_int(id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

/* The last filter says "not paid" once more, for the index that holds only those. */
DB_STMT(invoice_page, "iittitiiiittitti",
    "SELECT " INVOICE_COLUMNS
    " FROM invoice WHERE ($1 IS NULL OR client_id = $1) AND ($2 IS NULL OR order_id = $2)"
    " AND ($3 IS NULL OR state = $3) AND ($4 IS NULL OR kind = $4)"
    " AND ($5 = 1 OR state <> 'draft')"
    " AND ($6 IS NULL OR lower(COALESCE(number, '')) LIKE $6 ESCAPE '\\' OR lower(buyer) LIKE $6"
    " ESCAPE '\\')"
    " AND ($7 IS NULL OR id < $7) AND ($9 IS NULL OR state IN ('open', 'overdue'))"
    " AND ($10 IS NULL OR state <> 'paid') AND ($11 IS NULL OR number >= $11)"
    " AND ($12 IS NULL OR number < $12) AND ($13 IS NULL OR id > $13)"
    " AND ($14 IS NULL OR proforma_number >= $14) AND ($15 IS NULL OR proforma_number < $15)"
    " AND ($16 IS NULL OR (number IS NULL AND proforma_number IS NOT NULL))"
    " ORDER BY id DESC LIMIT $8");

enum err invoice_list(struct cx *cx, const struct invoice_filter *f, json_t **ret)
{
	struct invoice *rows;
	struct search s;
	size_t n;
	bool unpaid = str_eq(str_or(f->state, ""), "unpaid");
	/* A client's own index is the better one. */
	bool proforma = str_eq(str_or(f->kind, ""), "proforma");
	bool not_paid =
	    f->client_id == 0 && (proforma || (!str_empty(f->state) && !str_eq(f->state, "paid")));
	TRY(search_plan(cx, f->q, &s));
	TRY(db_list(cx, &invoice_page,
	    DB_ARGS(db_opt(f->client_id), db_opt(f->order_id),
	        db_opt_text(unpaid ? NULL : f->state), db_opt_text(proforma ? NULL : f->kind),
	        db_int(f->drafts), db_text(s.like), db_opt(f->after), db_int(f->limit),
	        db_opt(unpaid), db_opt(not_paid), db_text(s.proforma ? NULL : s.number_from),
	        db_text(s.proforma ? NULL : s.number_to), db_opt(s.after_id),
	        db_text(s.proforma ? s.number_from : NULL),
	        db_text(s.proforma ? s.number_to : NULL), db_opt(proforma)),
	    (struct db_into){invoice_read, sizeof *rows}, &rows, &n));
	struct invoice_buyer last = {0};
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, invoice_row_view(&rows[i], &last));
	*ret = list;
	return OK;
}

DB_STMT(invoice_due_page, "ttii",
    "SELECT " INVOICE_COLUMNS " FROM invoice WHERE state IN ('open', 'overdue') AND due_on <= $1"
    " AND (due_on, id) > ($2, $3) ORDER BY due_on, id LIMIT $4");

enum err invoice_list_due(struct cx *cx, struct day until, struct day after_due, int64_t after_id,
    int64_t limit, struct invoice **ret, size_t *ret_n)
{
	struct db_arg after = day_set(after_due) ? arg_day(cx->arena, after_due) : db_text("");
	return db_list(cx, &invoice_due_page,
	    DB_ARGS(arg_day(cx->arena, until), after, db_int(after_id), db_int(limit)),
	    (struct db_into){invoice_read, sizeof **ret}, ret, ret_n);
}

DB_STMT(invoice_open_of, "i",
    "SELECT COUNT(*) FROM invoice WHERE client_id = $1 AND state IN ('draft', 'open', 'overdue')");

enum err invoice_open_count(struct cx *cx, int64_t client_id, int64_t *ret_n)
{
	return db_int64(cx, &invoice_open_of, DB_ARGS(db_int(client_id)), ret_n);
}

DB_STMT(invoice_unpaid, "it",
    "SELECT COUNT(DISTINCT i.id) FROM invoice_item t JOIN invoice i ON i.id = t.invoice_id"
    " WHERE t.service_id = $1 AND i.kind = 'invoice' AND i.state IN ('open', 'overdue') AND"
    " i.due_on < $2");

enum err invoice_unpaid_of_service(struct cx *cx, int64_t service_id, struct day due_before,
    int64_t *ret_n)
{
	return db_int64(cx, &invoice_unpaid,
	    DB_ARGS(db_int(service_id), arg_day(cx->arena, due_before)), ret_n);
}

static enum err owed_row(struct cx *cx, struct db_row *row, void *arg)
{
	const char *currency = row_str(row);
	json_array_append_new(arg,
	    json_pack("{s:s s:I}", "currency", currency, "balance_minor", row_int(row)));
	return OK;
}

DB_STMT(invoice_owed_sum, "",
    "SELECT currency, CAST(SUM(balance_minor) AS BIGINT) FROM invoice WHERE state IN ('open',"
    " 'overdue') GROUP BY currency ORDER BY currency");

enum err invoice_owed(struct cx *cx, json_t **ret)
{
	*ret = json_keep(cx, json_array());
	return db_each(cx, &invoice_owed_sum, DB_NONE, owed_row, *ret);
}

DB_STMT(invoice_oldest, "it",
    "SELECT CAST(COALESCE((SELECT i.id FROM invoice i WHERE i.state IN ('open', 'overdue') AND"
    " i.currency = $2 AND i.id IN (SELECT t.invoice_id FROM invoice_item t WHERE"
    " t.service_id = $1 AND t.live = 1) ORDER BY i.due_on, i.id LIMIT 1), 0) AS BIGINT)");

enum err invoice_oldest_open(struct cx *cx, int64_t service_id, const char *currency,
    int64_t *ret_id)
{
	return db_int64(cx, &invoice_oldest, DB_ARGS(db_int(service_id), db_text(currency)),
	    ret_id);
}

struct ids {
	int64_t *ids, *clients;
	size_t n;
};

static enum err id_row(struct cx *cx, struct db_row *row, void *arg)
{
	struct ids *all = arg;
	all->ids[all->n] = row_int(row);
	all->clients[all->n++] = row_int(row);
	return OK;
}

DB_STMT(invoice_due_ids, "ti",
    "SELECT id, client_id FROM invoice WHERE state = 'open' AND due_on < $1 ORDER BY due_on, id"
    " LIMIT $2");

enum err invoice_store_due_ids(struct cx *cx, struct day before, int64_t limit, int64_t **ret,
    int64_t **ret_clients, size_t *ret_n)
{
	struct ids all = {ARENA_ARRAY(cx->arena, int64_t, (size_t)limit),
	    ARENA_ARRAY(cx->arena, int64_t, (size_t)limit), 0};
	TRY(db_each(cx, &invoice_due_ids, DB_ARGS(arg_day(cx->arena, before), db_int(limit)),
	    id_row, &all));
	*ret = all.ids;
	*ret_clients = all.clients;
	*ret_n = all.n;
	return OK;
}

static void read_period(struct db_row *row, void *out)
{
	struct invoice_period *p = out;
	p->from = row_day(row);
	p->to = row_day(row);
	p->paid = row_int(row) != 0;
	p->invoice_id = row_int(row);
	p->amount_minor = row_int(row);
	p->discount_minor = row_int(row);
	p->created_at = row_int(row);
}

DB_STMT(invoice_period_all, "i",
    "SELECT t.period_from, t.period_to, CASE WHEN i.state IN ('paid', 'credited')"
    " THEN 1 ELSE 0 END, i.id,"
    " t.quantity * t.unit_minor,"
    " t.discount_minor, i.created_at FROM invoice_item t"
    " JOIN invoice i ON i.id = t.invoice_id WHERE t.service_id = $1 AND t.kind IN ('period',"
    " 'change')"
    " AND t.part_id = 0 AND t.live = 1 ORDER BY t.period_from, t.id");

enum err invoice_periods(struct cx *cx, int64_t service_id, struct invoice_period **ret,
    size_t *ret_n)
{
	return db_list(cx, &invoice_period_all, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_period, sizeof **ret}, ret, ret_n);
}

static void read_part(struct db_row *row, void *out)
{
	struct invoice_part *p = out;
	p->part_id = row_int(row);
	p->from = row_day(row);
	p->amount_minor = row_int(row);
	p->discount_minor = row_int(row);
}

DB_STMT(invoice_part_all, "i",
    "SELECT part_id, period_from, quantity * unit_minor, discount_minor FROM invoice_item"
    " WHERE service_id = $1 AND kind IN ('option', 'change') AND part_id <> 0 AND live = 1"
    " AND period_from IS NOT NULL ORDER BY period_from, id");

enum err invoice_parts(struct cx *cx, int64_t service_id, struct invoice_part **ret, size_t *ret_n)
{
	return db_list(cx, &invoice_part_all, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_part, sizeof **ret}, ret, ret_n);
}

DB_STMT(invoice_charge_count, "tiit",
    "SELECT COUNT(*) FROM invoice_item WHERE kind = $1 AND service_id = $2 AND part_id = $3"
    " AND period_from = $4 AND live = 1");

enum err invoice_charge_live(struct cx *cx, const struct invoice_charge *c, bool *ret)
{
	int64_t n;
	TRY(db_int64(cx, &invoice_charge_count,
	    DB_ARGS(db_text(c->kind), db_int(c->service_id), db_int(c->part_id),
	        arg_day(cx->arena, c->from)),
	    &n));
	*ret = n > 0;
	return OK;
}

DB_STMT(invoice_terms_of, "it",
    "SELECT COUNT(*) FROM invoice_item WHERE service_id = $1 AND live = 1 AND is_term = 1"
    " AND ($2 IS NULL OR period_from < $2)");

enum err invoice_terms_of_service(struct cx *cx, int64_t service_id, struct day before,
    int64_t *ret_n)
{
	return db_int64(cx, &invoice_terms_of,
	    DB_ARGS(db_int(service_id), arg_day(cx->arena, before)), ret_n);
}

DB_STMT(invoice_newest_of, "i",
    "SELECT CAST(COALESCE(MAX(invoice_id), 0) AS BIGINT) FROM invoice_item WHERE service_id = $1");

enum err invoice_newest_of_service(struct cx *cx, int64_t service_id, int64_t *ret_id)
{
	return db_int64(cx, &invoice_newest_of, DB_ARGS(db_int(service_id)), ret_id);
}

DB_STMT(invoice_service_ids, "i",
    "SELECT DISTINCT service_id FROM invoice_item WHERE invoice_id = $1 AND service_id IS NOT NULL"
    " AND kind IN ('period', 'once', 'setup', 'change') ORDER BY service_id");

enum err invoice_services(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &invoice_service_ids, DB_ARGS(db_int(id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(invoice_funds_due, "ti",
    "SELECT id FROM invoice WHERE state IN ('open', 'overdue') AND due_on < $1"
    " AND cause LIKE 'funds/%' ORDER BY due_on, id LIMIT $2");

enum err invoice_list_funds_due(struct cx *cx, struct day before, int64_t limit, int64_t **ret,
    size_t *ret_n)
{
	return db_list(cx, &invoice_funds_due, DB_ARGS(arg_day(cx->arena, before), db_int(limit)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(invoice_only_ids, "i",
    "SELECT DISTINCT i.id FROM invoice_item t JOIN invoice i ON i.id = t.invoice_id WHERE"
    " t.service_id = $1"
    " AND i.kind = 'invoice' AND i.state IN ('open', 'overdue') AND NOT EXISTS (SELECT 1 FROM"
    " invoice_item o"
    " WHERE o.invoice_id = i.id AND (o.service_id IS NULL OR o.service_id <> $1)) ORDER BY i.id");

enum err invoice_list_only(struct cx *cx, int64_t service_id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &invoice_only_ids, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(invoice_paid_ids, "i",
    "SELECT DISTINCT i.id FROM invoice_item t JOIN invoice i ON i.id = t.invoice_id WHERE"
    " t.service_id = $1"
    " AND i.kind = 'invoice' AND i.state = 'paid' ORDER BY i.id DESC LIMIT 100");

enum err invoice_store_paid_of(struct cx *cx, int64_t service_id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &invoice_paid_ids, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}
