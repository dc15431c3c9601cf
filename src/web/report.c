/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns the tree of a report into an answer. The page gets its tables as cells, so that one
 * template shows all reports; figures and words are core's, how they are printed is fmt/people's.
 */
#include "web/report.h"

#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"

/* ---- what is asked ---- */

static enum err day_of_query(struct cx *cx, const struct page *p, const char *name, struct day *ret)
{
	const char *text = page_query(p, name);
	*ret = DAY_NONE;
	if (text != NULL && !day_parse(text, ret))
		return fail_field(cx, name, "field.day", "Enter a day such as 2027-01-31");
	return OK;
}

enum err report_query_read(struct cx *cx, struct page *p, struct report_query *ret)
{
	struct report_query q = {.today = p->today,
	    .client_id = page_query_int(p, "client_id"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .currency = page_query(p, "currency"),
	    .country = page_query(p, "country"),
	    .kind = page_query(p, "kind"),
	    .part = page_query(p, "part"),
	    .month = page_query(p, "month"),
	    .rate_ppm = page_query(p, "rate_ppm") != NULL ? page_query_int(p, "rate_ppm") : -1};
	TRY(day_of_query(cx, p, "from", &q.from));
	TRY(day_of_query(cx, p, "until", &q.until));
	TRY(day_of_query(cx, p, "on", &q.on));
	*ret = q;
	return OK;
}

/* ---- links ---- */

/* This page with one thing of its query changed and the cursor dropped. */
static const char *url_with(struct cx *cx, const struct page *p, const char *name,
    const char *value)
{
	struct buf b;
	const char *key;
	json_t *old;
	buf_init(&b, cx->arena);
	buf_printf(&b, "%s?%s=%s", p->http->path, name, str_url(cx->arena, value));
	json_object_foreach(p->query, key, old) {
		bool kept = strcmp(key, name) != 0 && strcmp(key, "after") != 0 &&
		    strcmp(key, "table") != 0 && !str_empty(json_string_value(old));
		if (kept)
			buf_printf(&b, "&%s=%s", str_url(cx->arena, key),
			    str_url(cx->arena, json_string_value(old)));
	}
	return buf_text(&b);
}

/* "/admin/reports/documents?month=2027-02&currency=EUR" */
static const char *drill_url(struct cx *cx, const struct report_links *links, const json_t *drill)
{
	const char *report = json_string_value(json_object_get(drill, "report")), *key;
	struct buf b;
	json_t *value;
	if (links->reports == NULL || report == NULL)
		return NULL;
	buf_init(&b, cx->arena);
	buf_printf(&b, "%s/%s", links->reports, report);
	char mark = '?';
	json_object_foreach((json_t *)(uintptr_t)drill, key, value) {
		if (strcmp(key, "report") == 0)
			continue;
		buf_printf(&b, "%c%s=%s", mark, key,
		    str_url(cx->arena, str_or(json_string_value(value), "")));
		mark = '&';
	}
	return buf_text(&b);
}

static const char *cell_href(struct cx *cx, const struct report_links *links, const json_t *row,
    const json_t *column)
{
	const char *subject = json_string_value(json_object_get(column, "subject"));
	if (json_is_true(json_object_get(column, "drill")))
		return drill_url(cx, links, json_object_get(row, "drill"));
	if (subject == NULL || links->href == NULL)
		return NULL;
	const char *id = arena_printf(cx->arena, "%s_id", subject);
	int64_t n = json_integer_value(json_object_get(row, id));
	return n > 0 ? links->href(cx, subject, n) : NULL;
}

/* ---- cells ---- */

static void put_value(json_t *cell, const char *kind, const json_t *row, json_t *value)
{
	bool number = json_is_integer(value), text = json_is_string(value);
	bool money = str_eq(kind, "money") && number, percent = str_eq(kind, "percent") && number;
	bool day = str_eq(kind, "day") && text;
	json_object_set_new(cell, "is_money", json_boolean(money));
	json_object_set_new(cell, "is_percent", json_boolean(percent));
	json_object_set_new(cell, "is_day", json_boolean(day));
	json_object_set_new(cell, "is_text", json_boolean(!money && !percent && !day));
	json_object_set(cell, "text", number || text ? value : json_object_get(cell, "none"));
	if (money) {
		json_object_set(cell, "value_minor", value);
		json_object_set(cell, "currency", json_object_get(row, "currency"));
	}
	if (percent)
		json_object_set(cell, "value_ppm", value);
	if (day)
		json_object_set(cell, "value_on", value);
}

static json_t *cell_of(struct cx *cx, const struct report_links *links, const json_t *row,
    const json_t *column)
{
	const char *kind = json_string_value(json_object_get(column, "kind"));
	const char *key = json_string_value(json_object_get(column, "key"));
	json_t *cell = json_pack("{s:O s:b s:s s:s?}", "label", json_object_get(column, "label"),
	    "num", str_eq(kind, "money") || str_eq(kind, "percent") || str_eq(kind, "count"),
	    "none", "–", "href", cell_href(cx, links, row, column));
	put_value(cell, kind, row, json_object_get(row, key));
	return cell;
}

static json_t *rows_of(struct cx *cx, const struct report_links *links, const json_t *table)
{
	const json_t *columns = json_object_get(table, "columns"),
	             *rows = json_object_get(table, "rows");
	json_t *out = json_array();
	for (size_t r = 0; r < json_array_size(rows); r++) {
		json_t *cells = json_array();
		for (size_t c = 0; c < json_array_size(columns); c++)
			json_array_append_new(cells,
			    cell_of(cx, links, json_array_get(rows, r),
			        json_array_get(columns, c)));
		json_array_append_new(out, json_pack("{s:o}", "cells", cells));
	}
	return out;
}

static json_t *heads_of(const json_t *table)
{
	const json_t *columns = json_object_get(table, "columns");
	json_t *out = json_array();
	for (size_t c = 0; c < json_array_size(columns); c++) {
		const json_t *column = json_array_get(columns, c);
		const char *kind = json_string_value(json_object_get(column, "kind"));
		json_array_append_new(out,
		    json_pack("{s:O s:b}", "label", json_object_get(column, "label"), "num",
		        str_eq(kind, "money") || str_eq(kind, "percent") || str_eq(kind, "count")));
	}
	return out;
}

static json_t *table_page(struct cx *cx, struct page *p, const struct report_links *links,
    const json_t *table)
{
	const char *name = json_string_value(json_object_get(table, "name"));
	const char *next = json_string_value(json_object_get(table, "next"));
	const char *csv =
	    arena_printf(cx->arena, "%s&table=%s", url_with(cx, p, "format", "csv"), name);
	return json_pack("{s:s s:O s:o s:o s:s s:s?}", "id", name, "title",
	    json_object_get(table, "title"), "heads", heads_of(table), "rows",
	    rows_of(cx, links, table), "csv", csv, "more",
	    next != NULL ? url_with(cx, p, "after", next) : NULL);
}

static void put_asks(struct page *p, const struct report *r)
{
	static const char *const names[] = {"from", "until", "on", "client_id", NULL};
	page_set(p, "asks",
	    json_pack("{s:b s:b s:b}", "range", (r->takes & REPORT_RANGE) != 0, "day",
	        (r->takes & REPORT_DAY) != 0, "client", (r->takes & REPORT_CLIENT) != 0));
	page_filter(p, names);
}

void report_ask(struct page *p, const struct report *r)
{
	put_asks(p, r);
	page_set(p, "report", NULL);
}

/* The days that were taken by default stand in the form. */
static void put_filter(struct page *p, const json_t *tree)
{
	static const char *const names[] = {"from", "until", "on"};
	json_t *filter = json_object_get(p->out, "filter");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (json_is_string(json_object_get(tree, names[i])))
			json_object_set(filter, names[i], json_object_get(tree, names[i]));
}

static void put_page(struct cx *cx, struct page *p, const json_t *tree,
    const struct report_links *links)
{
	json_t *tables = json_array();
	const json_t *of = json_object_get(tree, "tables");
	for (size_t i = 0; i < json_array_size(of); i++)
		json_array_append_new(tables, table_page(cx, p, links, json_array_get(of, i)));
	json_t *report = json_pack("{s:O s:O s:O s:O s:o}", "title", json_object_get(tree, "title"),
	    "about", json_object_get(tree, "about"), "chart", json_object_get(tree, "chart"),
	    "notes", json_object_get(tree, "notes"), "tables", tables);
	json_object_set(report, "from_on", json_object_get(tree, "from"));
	json_object_set(report, "until_on", json_object_get(tree, "until"));
	json_object_set(report, "then_on", json_object_get(tree, "on"));
	page_set(p, "report", report);
}

enum err report_answer(struct cx *cx, struct page *p, const char *name,
    const struct report_query *q, const struct report_links *links)
{
	const struct report *r = report_find(name);
	json_t *tree;
	char *csv;
	TRY(report_make(cx, name, q, &tree));
	if (str_eq(page_query(p, "format"), "csv")) {
		TRY(report_csv(cx, tree, page_query(p, "table"), &csv));
		return page_file(cx, p, "text/csv; charset=utf-8",
		    arena_printf(cx->arena, "%s.csv", name), csv, strlen(csv));
	}
	if (p->json) {
		page_out(p, tree);
		return OK;
	}
	put_asks(p, r);
	put_filter(p, tree);
	put_page(cx, p, tree, links);
	return OK;
}

enum err report_books_answer(struct cx *cx, struct page *p, const struct report_query *q)
{
	static const char *const files[REPORT_FORMATS] = {"ledger.journal", "ledger.beancount",
	    "ledger.csv"};
	const char *word = page_query(p, "format"), *text;
	size_t len;
	for (int f = 0; f < REPORT_FORMATS; f++) {
		if (!str_eq(word, report_format_words[f]))
			continue;
		TRY(report_books_text(cx, (enum report_format)f, q, &text, &len));
		return page_file(cx, p,
		    f == REPORT_LEDGER_CSV ? "text/csv; charset=utf-8" :
		                             "text/plain; charset=utf-8",
		    files[f], text, len);
	}
	return fail_field(cx, "format", "report.format", "The format is hledger, beancount or csv");
}
