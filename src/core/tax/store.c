/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table tax_rate. */
#include "core/row.h"
#include "core/tax/own.h"
#include "db/db.h"

static void read_rate(struct db_row *row, void *out)
{
	struct tax_rate *r = out;
	r->id = row_int(row);
	r->name = row_str(row);
	r->country = row_str(row);
	r->region = row_str(row);
	r->tax_class = row_str(row);
	r->rate_ppm = row_int(row);
	r->valid_from = row_day(row);
}

DB_STMT(tax_all, "", "SELECT id, name, country, region, tax_class, rate_ppm, valid_from FROM tax_rate"
    " ORDER BY country, region, tax_class, valid_from");

enum err tax_load(struct cx *cx, struct tax_table *ret)
{
	return db_list(cx, &tax_all, DB_NONE, (struct db_into){read_rate, sizeof(struct tax_rate)},
	    &ret->rates, &ret->n);
}

DB_STMT(tax_insert, "ttttit", "INSERT INTO tax_rate (name, country, region, tax_class, rate_ppm, valid_from)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
DB_STMT(tax_update, "ittttit", "UPDATE tax_rate SET name = $2, country = $3, region = $4, tax_class = $5,"
    " rate_ppm = $6, valid_from = $7 WHERE id = $1 RETURNING id");

enum err tax_store_save(struct cx *cx, const struct tax_rate *r, int64_t *ret_id)
{
	struct db_arg from = arg_day(cx->arena, r->valid_from);
	if (r->id == 0)
		return db_int64(cx, &tax_insert, DB_ARGS(db_text(r->name), db_text(r->country),
		    db_text(r->region), db_text(r->tax_class), db_int(r->rate_ppm), from), ret_id);
	return db_int64(cx, &tax_update, DB_ARGS(db_int(r->id), db_text(r->name), db_text(r->country),
	    db_text(r->region), db_text(r->tax_class), db_int(r->rate_ppm), from), ret_id);
}

DB_STMT(tax_delete, "i", "DELETE FROM tax_rate WHERE id = $1");

enum err tax_store_remove(struct cx *cx, int64_t id)
{
	int64_t n;
	TRY(db_run(cx, &tax_delete, DB_ARGS(db_int(id)), &n));
	return n == 1 ? OK : fail(cx, ERR_NOT_FOUND, "tax.unknown", "There is no such tax rate");
}
