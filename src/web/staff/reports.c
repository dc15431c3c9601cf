/* SPDX-License-Identifier: Apache-2.0 */
/* The reports for staff: which there are, each of them, the ledger as a file, and the forecast. */
#include "base/money.h"
#include "base/str.h"
#include "core/row.h"
#include "fmt/form.h"
#include "web/report.h"
#include "web/source.h"
#include "web/staff/own.h"

static const struct report_links links = {"/admin/reports", admin_href};

enum err admin_reports(struct cx *cx, struct page *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < reports_n; i++)
		if ((reports[i].takes & REPORT_DRILL) == 0)
			json_array_append_new(list,
			    json_pack("{s:s, s:s, s:s}", "name", reports[i].name, "title",
			        reports[i].title, "about", reports[i].about));
	page_title(cx, p, "Reports");
	page_set(p, "data", list);
	return OK;
}

enum err admin_report(struct cx *cx, struct page *p)
{
	const struct report *r = report_find(p->word);
	struct report_query q;
	bool found = true;

	page_set(p, "why", NULL);
	page_title(cx, p, "%s", r != NULL ? r->title : "Report");
	if (!p->json && r != NULL && web_source_client(cx, p, "client_id") != OK) {
		if (cx->fault.fields == NULL)
			return ERR_INTERNAL;
		page_set(p, "why", json_string(cx->fault.fields->text));
		cx_clear(cx);
		found = false;
	}
	TRY(report_query_read(cx, p, &q));
	if (r != NULL && (r->takes & REPORT_CLIENT) != 0 && (q.client_id <= 0 || !found) &&
	    !p->json) {
		report_ask(p, r);
		return OK;
	}
	return report_answer(cx, p, p->word, &q, &links);
}

enum err admin_books(struct cx *cx, struct page *p)
{
	struct report_query q;

	TRY(report_query_read(cx, p, &q));
	page_title(cx, p, "General ledger");
	page_filter(p, (const char *const[]){"from", "until", NULL});
	return page_query(p, "format") != NULL ? report_books_answer(cx, p, &q) : OK;
}

/* ---- forecast ---- */

/* What the page shows of a line: every count, and the money of each currency. */
static bool anything(const json_t *line)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)line, name, value)
		if (json_integer_value(value) != 0)
			return true;
	return json_array_size(json_object_get(line, "money")) > 0;
}

/* A row per day and currency, for the chart. */
static void chart_rows(json_t *rows, const json_t *day)
{
	const json_t *money = json_object_get(json_object_get(day, "unpaid"), "money");

	for (size_t i = 0; i < json_array_size(money); i++) {
		const json_t *m = json_array_get(money, i);
		json_array_append_new(rows,
		    json_pack("{s:O, s:O, s:O}", "on", json_object_get(day, "on"), "currency",
		        json_object_get(m, "currency"), "invoiced_minor",
		        json_object_get(m, "invoiced_minor")));
	}
}

static void put_day(struct cx *cx, struct page *p, json_t *days, json_t *day)
{
	const char *on = json_string_value(json_object_get(day, "on"));
	bool chosen = str_eq(on, page_query(p, "day"));

	if (!anything(json_object_get(day, "unpaid")) && !anything(json_object_get(day, "paid")))
		return;
	json_object_set(day, "date_on", json_object_get(day, "on"));
	json_object_set_new(day, "href",
	    json_sprintf("/admin/forecast?until=%s&day=%s#items",
	        json_string_value(json_object_get(json_object_get(p->out, "filter"), "until")),
	        on));
	json_array_append(days, day);
	if (chosen) {
		admin_links(cx, json_object_get(day, "items"));
		json_object_set(p->out, "chosen", day);
	}
}

enum err admin_forecast(struct cx *cx, struct page *p)
{
	struct worker w = {.cx = cx};
	struct day until = day_add(p->today, 30);
	const char *asked = page_query(p, "until");
	char text[DAY_TEXT_SIZE];
	json_t *forecast, *days = json_array(), *rows = json_keep(cx, json_array());

	page_title(cx, p, "Forecast");
	page_set(p, "days", days);
	page_set(p, "chosen", NULL);
	if (asked != NULL && !day_parse(asked, &until))
		return fail_field(cx, "until", "field.day", "Enter a day such as 2027-01-31");
	TRY(flow_forecast(&w, until, page_query(p, "day") != NULL, &forecast));
	if (p->json) {
		page_out(p, forecast);
		return OK;
	}
	page_set(p, "filter", json_pack("{s:s}", "until", day_text(until, text)));
	const json_t *all = json_object_get(forecast, "days");
	for (size_t i = 0; i < json_array_size(all); i++) {
		put_day(cx, p, days, json_array_get(all, i));
		chart_rows(rows, json_array_get(all, i));
	}
	page_set(p, "chart", report_chart(rows, "Invoiced by day", "on", "invoiced_minor"));
	page_put(p, "totals", json_object_get(forecast, "totals"));
	page_put(p, "clock_held", json_object_get(forecast, "clock_held"));
	page_put(p, "metered", json_object_get(forecast, "metered"));
	return OK;
}
