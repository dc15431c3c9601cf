/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one shape of every report: tables with named columns, so that the page, the API and the CSV
 * need no code of their own. Holds no figures and no words of a report.
 */
#include <stdarg.h>

#include "base/str.h"
#include "core/report/own.h"

static const char *const kind_words[] = {[REPORT_TEXT] = "text",
    [REPORT_MONEY] = "money",
    [REPORT_DATE] = "day",
    [REPORT_PERCENT] = "percent",
    [REPORT_COUNT] = "count"};

json_t *report_table(json_t *out, const char *name, const char *title,
    const struct report_column *columns, size_t n)
{
	json_t *list = json_array(), *rows = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:s s:s s:s s:s? s:b}", "key", columns[i].key, "label",
		        columns[i].label, "kind", kind_words[columns[i].kind], "subject",
		        columns[i].subject, "drill", (int)columns[i].drill));
	json_t *table = json_pack("{s:s s:s s:o s:o s:n}", "name", name, "title", title, "columns",
	    list, "rows", rows, "next");
	json_array_append_new(json_object_get(out, "tables"), table);
	return rows;
}

void report_more(json_t *out, int64_t next)
{
	json_t *tables = json_object_get(out, "tables");
	json_t *last = json_array_get(tables, json_array_size(tables) - 1);
	json_object_set_new(last, "next", json_sprintf("%lld", (long long)next));
}

void report_note(json_t *out, const char *text)
{
	json_array_append_new(json_object_get(out, "notes"), json_string(text));
}

json_t *report_drill(const char *report, ...)
{
	json_t *query = json_pack("{s:s}", "report", report);
	const char *name;
	va_list ap;
	va_start(ap, report);
	while ((name = va_arg(ap, const char *)) != NULL) {
		const char *value = va_arg(ap, const char *);
		if (value != NULL)
			json_object_set_new(query, name, json_string(value));
	}
	va_end(ap);
	return query;
}
