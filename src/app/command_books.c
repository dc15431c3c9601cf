/* SPDX-License-Identifier: Apache-2.0 */
/* Reports and the general ledger on the command line, to standard output and in constant memory. */
#include <stdio.h>

#include "app/command.h"
#include "app/database.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/report/report.h"
#include "core/setting/setting.h"
#include "db/db.h"

static enum err query_of(struct cx *cx, const struct config *c, struct report_query *ret)
{
	struct settings s;
	*ret =
	    (struct report_query){.client_id = c->client, .limit = LIMIT_API_ROWS, .rate_ppm = -1};
	TRY(command_day(cx, "from", c->from, &ret->from));
	TRY(command_day(cx, "until", c->until, &ret->until));
	TRY(command_day(cx, "on", c->on, &ret->on));
	TRY(database_user(cx, c));
	TRY(database_open(cx, c, DATABASE_READY));
	db_set_mode(cx->db, DB_READ_ONLY);
	TRY(setting_load(cx, &s));
	ret->today = setting_today(cx, &s);
	return OK;
}

static int print_names(void)
{
	for (size_t i = 0; i < reports_n; i++)
		printf("%-17s %s\n", reports[i].name, reports[i].about);
	return 0;
}

/* Every table, with a blank line between two. */
static enum err print_tables(struct cx *cx, const json_t *tree)
{
	const json_t *tables = json_object_get(tree, "tables");
	char *csv;
	for (size_t i = 0; i < json_array_size(tables); i++) {
		const char *name =
		    json_string_value(json_object_get(json_array_get(tables, i), "name"));
		TRY(report_csv(cx, tree, name, &csv));
		printf("%s%s", i == 0 ? "" : "\r\n", csv);
	}
	return OK;
}

int command_report(struct cx *cx, const struct config *c)
{
	struct report_query q;
	json_t *tree;
	if (c->words_n == 0)
		return print_names();
	enum err err = query_of(cx, c, &q);
	if (err == OK)
		err = report_make(cx, c->words[0], &q, &tree);
	if (err == OK && c->json)
		command_json(tree);
	else if (err == OK)
		err = print_tables(cx, tree);
	database_close(cx);
	return err == OK ? 0 : command_fault(cx);
}

static enum err put(struct cx *cx, const char *bytes, size_t len, void *arg)
{
	if (fwrite(bytes, 1, len, arg) == len)
		return OK;
	return fail(cx, ERR_INTERNAL, "books.write", "the output cannot be written");
}

int command_books(struct cx *cx, const struct config *c)
{
	struct report_query q;
	enum report_format format = REPORT_HLEDGER;
	enum err err = query_of(cx, c, &q);
	while (format + 1 < REPORT_FORMATS && !str_eq(report_format_words[format], c->format))
		format++;
	if (err == OK)
		err = report_books(cx, format, &q, &(struct report_sink){put, stdout});
	if (err == OK && fflush(stdout) != 0)
		err = fail(cx, ERR_INTERNAL, "books.write", "the output cannot be written");
	database_close(cx);
	return err == OK ? 0 : command_fault(cx);
}
