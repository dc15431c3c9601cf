/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table setting: rows of name and text. What they mean is in setting.c. */
#include "core/setting/own.h"
#include "db/db.h"

static void read_row(struct db_row *row, void *out)
{
	struct setting_row *s = out;

	s->name = row_str(row);
	s->value = row_str(row);
}

DB_STMT(setting_all, "", "SELECT name, value FROM setting ORDER BY name LIMIT 500");

enum err setting_rows(struct cx *cx, struct setting_row **ret, size_t *ret_n)
{
	struct db_into into = {read_row, sizeof **ret};

	return db_list(cx, &setting_all, DB_NONE, into, ret, ret_n);
}

DB_STMT(setting_upsert, "tti",
    "INSERT INTO setting (name, value, changed_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at");

enum err setting_write(struct cx *cx, const char *name, const char *value)
{
	return db_run(cx, &setting_upsert, DB_ARGS(db_text(name), db_text(value), db_int(cx->now)),
	    NULL);
}
