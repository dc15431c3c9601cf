/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known about clients' tax numbers, and the change of their currency. The rest of the table
 * is store.c.
 */
#include "core/client/own.h"

DB_STMT(client_set_tax, "itttii",
    "UPDATE client SET tax_id_state = $4, tax_id_at = CASE WHEN $6 = 1 THEN tax_id_at ELSE $5 END"
    " WHERE id = $1 AND tax_id = $2 AND country = $3");

enum err client_tax_checked(struct cx *cx, const struct client *c, const struct client_tax *t,
    bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &client_set_tax,
	    DB_ARGS(db_int(c->id), db_text(t->tax_id), db_text(t->country), db_text(t->state),
	        db_int(cx->now), db_int(t->silent)),
	    &changed));
	*ret_changed = changed == 1;
	return OK;
}

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

DB_STMT(client_tax_due_ids, "iii",
    "SELECT id FROM client WHERE tax_id_state <> '' AND id > $2 AND state <> 'closed'"
    " AND (tax_id_state IN ('unchecked', 'unavailable') OR (tax_id_state = 'valid' AND"
    " tax_id_at < $1))"
    " ORDER BY id LIMIT $3");

enum err client_tax_due(struct cx *cx, const struct client_tax_filter *f, int64_t **ret_ids,
    size_t *ret_n)
{
	return db_list(cx, &client_tax_due_ids,
	    DB_ARGS(db_int(f->before_at), db_int(f->after), db_int(f->limit)),
	    (struct db_into){read_id, sizeof **ret_ids}, ret_ids, ret_n);
}

DB_STMT(client_set_money, "it", "UPDATE client SET currency = $2 WHERE id = $1");

enum err client_write_currency(struct cx *cx, int64_t id, const char *currency)
{
	return db_run(cx, &client_set_money, DB_ARGS(db_int(id), db_text(currency)), NULL);
}
