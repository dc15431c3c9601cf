/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All SQL of table quote_option: what was chosen with the plans of a quote, kept whole, so that the
 * catalog may change before it is accepted.
 */
#include "base/str.h"
#include "core/quote/own.h"
#include "core/row.h"

struct kept {
	int64_t position;
	struct option_pick pick;
	struct option option;
	struct option_choice choice;
};

static enum option_kind kind_of(const char *word)
{
	int k = 0;
	while (k + 1 < OPTION_KINDS && !str_eq(word, option_kind_words[k]))
		k++;
	return (enum option_kind)k;
}

static void read_option(struct db_row *row, void *out)
{
	struct kept *k = out;
	k->position = row_int(row);
	k->option.id = row_int(row);
	k->choice.id = row_int(row);
	k->pick.price_id = row_int(row);
	k->option.key = row_str(row);
	k->option.name = row_str(row);
	k->option.kind = kind_of(row_str(row));
	k->option.unit = row_str(row);
	k->option.panel_key = row_str(row);
	k->pick.value = row_str(row);
	k->pick.label = row_str(row);
	k->pick.quantity = row_int(row);
	k->pick.price_minor = row_int(row);
	k->pick.setup_minor = row_int(row);
}

DB_STMT(quote_option_all, "i",
    "SELECT position, option_id, choice_id, price_id, key, name, kind, unit, panel_key, value,"
    " label, quantity, price_minor, setup_minor FROM quote_option WHERE quote_id = $1"
    " ORDER BY position, id");

enum err quote_store_options(struct cx *cx, int64_t id, struct quote_item *items, size_t n)
{
	struct kept *rows;
	size_t rows_n;
	TRY(db_list(cx, &quote_option_all, DB_ARGS(db_int(id)),
	    (struct db_into){read_option, sizeof *rows}, &rows, &rows_n));
	for (size_t i = 0; i < n; i++)
		items[i].picks = ARENA_ARRAY(cx->arena, struct option_pick, rows_n + 1);
	for (size_t i = 0; i < rows_n; i++) {
		struct quote_item *of = &items[rows[i].position - 1];
		rows[i].pick.option = &rows[i].option;
		rows[i].pick.choice = rows[i].choice.id == 0 ? NULL : &rows[i].choice;
		of->picks[of->picks_n++] = rows[i].pick;
	}
	return OK;
}

DB_STMT(quote_option_drop, "i",
    "DELETE FROM quote_option WHERE quote_id = $1"
    " AND quote_id IN (SELECT id FROM quote WHERE state = 'draft')");

enum err quote_store_drop_options(struct cx *cx, int64_t id)
{
	return db_run(cx, &quote_option_drop, DB_ARGS(db_int(id)), NULL);
}

DB_STMT(quote_option_insert,
    "iiiiittttt"
    "tiii"
    "t",
    "INSERT INTO quote_option (quote_id, position, option_id, choice_id, price_id, key, name,"
    " kind, unit, panel_key, value, quantity, price_minor, setup_minor, label)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");

enum err quote_store_add_options(struct cx *cx, int64_t id, size_t position,
    const struct quote_item *item)
{
	for (size_t i = 0; i < item->picks_n; i++) {
		const struct option_pick *p = &item->picks[i];
		TRY(db_run(cx, &quote_option_insert,
		    DB_ARGS(db_int(id), db_int((int64_t)position), db_int(p->option->id),
		        db_opt(p->choice == NULL ? 0 : p->choice->id), db_opt(p->price_id),
		        db_text(p->option->key), db_text(p->option->name),
		        db_text(option_kind_words[p->option->kind]), db_text(p->option->unit),
		        db_text(p->option->panel_key), db_text(p->value), db_int(p->quantity),
		        db_int(p->price_minor), db_int(p->setup_minor), db_text(p->label)),
		    NULL));
	}
	return OK;
}
