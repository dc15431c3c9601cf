/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table letter_template: only what staff have edited. */
#include "core/notice/own.h"
#include "db/db.h"

static void read_template(struct db_row *row, void *out)
{
	struct letter_template *t = out;

	t->kind = row_str(row);
	t->subject = row_str(row);
	t->text = row_str(row);
	t->html = row_str(row);
	t->edited = true;
}

DB_STMT(letter_template_by_kind, "t",
    "SELECT kind, subject, text, html FROM letter_template WHERE kind = $1");

enum err letter_template_find(struct cx *cx, const char *kind, struct letter_template *ret)
{
	return db_one(cx, &letter_template_by_kind, DB_ARGS(db_text(kind)), read_template, ret);
}

DB_STMT(letter_template_upsert, "tttti",
    "INSERT INTO letter_template (kind, subject, text, html, changed_at) VALUES ($1, $2, $3, $4,"
    " $5) ON CONFLICT (kind) DO UPDATE SET subject = excluded.subject, text = excluded.text, html ="
    " excluded.html, changed_at = excluded.changed_at");

enum err letter_template_write(struct cx *cx, const struct letter_template *t)
{
	return db_run(cx, &letter_template_upsert,
	    DB_ARGS(db_text(t->kind), db_text(t->subject), db_text(t->text), db_text(t->html),
	        db_int(cx->now)),
	    NULL);
}

DB_STMT(letter_template_del, "t", "DELETE FROM letter_template WHERE kind = $1");

enum err letter_template_delete(struct cx *cx, const char *kind, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &letter_template_del, DB_ARGS(db_text(kind)), &changed));
	*ret_changed = changed == 1;
	return OK;
}
