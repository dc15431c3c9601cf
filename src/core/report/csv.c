/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of a report as CSV: a header line, CRLF, quotes where needed, money as decimals. Texts
 * that a spreadsheet would take for a formula are defused; numbers of ours stay numbers.
 */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/report/own.h"

static void put_cell(struct buf *b, const char *text)
{
	if (strpbrk(text, "\",;\r\n\t") == NULL) {
		buf_puts(b, text);
		return;
	}
	buf_char(b, '"');
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"')
			buf_char(b, '"');
		buf_char(b, *p);
	}
	buf_char(b, '"');
}

/* "-12.50" is a number; "-1+cmd" is not. */
static bool is_number(const char *s)
{
	size_t digits;
	s += *s == '-';
	digits = strspn(s, "0123456789");
	s += digits;
	if (*s == '.') {
		s++;
		digits = digits == 0 ? 0 : strspn(s, "0123456789");
		s += digits;
	}
	return digits > 0 && *s == '\0';
}

static const char *defused(struct cx *cx, const char *text)
{
	bool formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
	return formula && !is_number(text) ? arena_printf(cx->arena, "'%s", text) : text;
}

static const char *cell_text(struct cx *cx, const json_t *row, const json_t *column)
{
	const json_t *value =
	    json_object_get(row, json_string_value(json_object_get(column, "key")));
	const char *kind = json_string_value(json_object_get(column, "kind"));
	const char *currency = json_string_value(json_object_get(row, "currency"));
	if (json_is_string(value))
		return defused(cx, json_string_value(value));
	if (!json_is_integer(value))
		return "";
	long long n = json_integer_value(value);
	if (str_eq(kind, "money") && currency != NULL && currency_digits(currency) >= 0)
		return money_print_plain(cx->arena, n, currency);
	if (str_eq(kind, "percent"))
		return arena_printf(cx->arena, "%s%lld.%04lld", n < 0 ? "-" : "",
		    (n < 0 ? -n : n) / 10000, (n < 0 ? -n : n) % 10000);
	return arena_printf(cx->arena, "%lld", n);
}

static const json_t *find_table(const json_t *tree, const char *name)
{
	const json_t *tables = json_object_get(tree, "tables");
	for (size_t i = 0; i < json_array_size(tables); i++) {
		const json_t *t = json_array_get(tables, i);
		if (name == NULL || str_eq(json_string_value(json_object_get(t, "name")), name))
			return t;
	}
	return NULL;
}

enum err report_csv(struct cx *cx, const json_t *tree, const char *table, char **ret)
{
	const json_t *t = find_table(tree, table);
	struct buf b;
	if (t == NULL)
		return fail(cx, ERR_NOT_FOUND, "report.no_table", "This report has no such table");
	const json_t *columns = json_object_get(t, "columns"), *rows = json_object_get(t, "rows");
	size_t n = json_array_size(columns);
	buf_init(&b, cx->arena);
	for (size_t c = 0; c < n; c++) {
		buf_puts(&b, c == 0 ? "" : ",");
		put_cell(&b,
		    str_or(json_string_value(json_object_get(json_array_get(columns, c), "key")),
		        ""));
	}
	buf_puts(&b, "\r\n");
	for (size_t r = 0; r < json_array_size(rows); r++) {
		for (size_t c = 0; c < n; c++) {
			buf_puts(&b, c == 0 ? "" : ",");
			put_cell(&b,
			    cell_text(cx, json_array_get(rows, r), json_array_get(columns, c)));
		}
		buf_puts(&b, "\r\n");
	}
	*ret = arena_strdup(cx->arena, buf_text(&b));
	return OK;
}
