/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables tax_rate, tax_seed and tax_evidence. */
#include "base/limits.h"
#include "base/str.h"
#include "core/row.h"
#include "core/tax/own.h"
#include "db/db.h"
#include "fmt/form.h"

static void read_rate(struct db_row *row, void *out)
{
	struct tax_rate *r = out;
	r->id = row_int(row);
	r->name = row_str(row);
	r->country = row_str(row);
	r->region = row_str(row);
	r->tax_class = row_str(row);
	r->level = row_int(row) == 2 ? "2" : "1";
	r->compound = row_int(row) != 0;
	r->rate_ppm = row_int(row);
	r->valid_from = row_day(row);
	r->source = row_str(row);
}

DB_STMT(tax_all, "",
    "SELECT id, name, country, region, tax_class, level, compound, rate_ppm, valid_from, source"
    " FROM tax_rate ORDER BY country, region, tax_class, level, valid_from");

enum err tax_load(struct cx *cx, struct tax_table *ret)
{
	return db_list(cx, &tax_all, DB_NONE, (struct db_into){read_rate, sizeof(struct tax_rate)},
	    &ret->rates, &ret->n);
}

DB_STMT(tax_insert, "ttttiiitt",
    "INSERT INTO tax_rate (name, country, region, tax_class, level, compound, rate_ppm, valid_from,"
    " source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id");
DB_STMT(tax_update, "ittttiiitt",
    "UPDATE tax_rate SET name = $2, country = $3, region = $4, tax_class = $5,"
    " level = $6, compound = $7, rate_ppm = $8, valid_from = $9, source = $10 WHERE id = $1"
    " RETURNING id");

enum err tax_store_save(struct cx *cx, const struct tax_rate *r, int64_t *ret_id)
{
	struct db_arg from = arg_day(cx->arena, r->valid_from),
	              level = db_int(str_eq(r->level, "2") ? 2 : 1);
	if (r->id == 0)
		return db_int64(cx, &tax_insert,
		    DB_ARGS(db_text(r->name), db_text(r->country), db_text(r->region),
		        db_text(r->tax_class), level, db_int(r->compound), db_int(r->rate_ppm),
		        from, db_text(r->source)),
		    ret_id);
	enum err err = db_int64(cx, &tax_update,
	    DB_ARGS(db_int(r->id), db_text(r->name), db_text(r->country), db_text(r->region),
	        db_text(r->tax_class), level, db_int(r->compound), db_int(r->rate_ppm), from,
	        db_text(r->source)),
	    ret_id);
	return err == ERR_NOT_FOUND ? fail(cx, err, "tax.unknown", "There is no such tax rate") :
	                              err;
}

DB_STMT(tax_delete, "i", "DELETE FROM tax_rate WHERE id = $1");

enum err tax_store_remove(struct cx *cx, int64_t id)
{
	int64_t n;
	TRY(db_run(cx, &tax_delete, DB_ARGS(db_int(id)), &n));
	return n == 1 ? OK : fail(cx, ERR_NOT_FOUND, "tax.unknown", "There is no such tax rate");
}

DB_STMT(tax_seed_note, "ti",
    "INSERT INTO tax_seed (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING");

enum err tax_store_seeded(struct cx *cx, const char *key, bool *ret_new)
{
	int64_t n;
	TRY(db_run(cx, &tax_seed_note, DB_ARGS(db_text(key), db_int(cx->now)), &n));
	*ret_new = n == 1;
	return OK;
}

DB_STMT(tax_evidence_add, "ittittt",
    "INSERT INTO tax_evidence (client_id, tax_id, country, checked_at, outcome, consultation,"
    " answer) VALUES ($1, $2, $3, $4, $5, $6, $7)");

enum err tax_store_evidence(struct cx *cx, const struct tax_check *c)
{
	return db_run(cx, &tax_evidence_add,
	    DB_ARGS(db_int(c->client_id), db_text(c->tax_id), db_text(c->country), db_int(cx->now),
	        db_text(c->outcome), db_text(str_or(c->consultation, "")),
	        db_text(str_or(c->answer, ""))),
	    NULL);
}

struct evidence {
	int64_t id, checked_at;
	const char *tax_id, *country, *outcome, *consultation, *answer;
};

static void read_evidence(struct db_row *row, void *out)
{
	struct evidence *e = out;
	e->id = row_int(row);
	e->tax_id = row_str(row);
	e->country = row_str(row);
	e->checked_at = row_int(row);
	e->outcome = row_str(row);
	e->consultation = row_str(row);
	e->answer = row_str(row);
}

DB_STMT(tax_evidence_page, "ii",
    "SELECT id, tax_id, country, checked_at, outcome, consultation, answer FROM tax_evidence"
    " WHERE client_id = $1 ORDER BY id DESC LIMIT $2");

enum err tax_evidence_view(struct cx *cx, int64_t client_id, json_t **ret)
{
	struct evidence *rows;
	size_t n;
	TRY(db_list(cx, &tax_evidence_page, DB_ARGS(db_int(client_id), db_int(LIMIT_PAGE_ROWS)),
	    (struct db_into){read_evidence, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:s s:s s:o s:s s:o s:s}", "id", rows[i].id, "tax_id",
		        rows[i].tax_id, "country", rows[i].country, "checked_at",
		        json_instant(rows[i].checked_at), "outcome", rows[i].outcome,
		        "consultation", json_text(rows[i].consultation), "answer", rows[i].answer));
	*ret = list;
	return OK;
}
