/* SPDX-License-Identifier: Apache-2.0 */
/* The API's reports, forecast and explanations: the trees of core and flow as they are. */
#include "base/str.h"
#include "fmt/form.h"
#include "flow/flow.h"
#include "web/handlers.h"
#include "web/report.h"

enum err api_reports(struct cx *cx, struct page *p)
{
	json_t *list = json_array();
	for (size_t i = 0; i < reports_n; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:b, s:b, s:b}", "name", reports[i].name, "title",
		        reports[i].title, "about", reports[i].about, "range",
		        (reports[i].takes & REPORT_RANGE) != 0, "day",
		        (reports[i].takes & REPORT_DAY) != 0, "client",
		        (reports[i].takes & REPORT_CLIENT) != 0));
	page_set(p, "data", list);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_report(struct cx *cx, struct page *p)
{
	static const struct report_links none = {NULL, NULL};
	struct report_query q;
	TRY(report_query_read(cx, p, &q));
	if (str_eq(p->word, "books"))
		return report_books_answer(cx, p, &q);
	return report_answer(cx, p, p->word, &q, &none);
}

enum err api_forecast(struct cx *cx, struct page *p)
{
	struct worker w = {.cx = cx};
	struct day until;
	json_t *forecast;
	const char *asked = page_query(p, "until");
	if (asked == NULL || !day_parse(asked, &until))
		return fail_field(cx, "until", "field.day", "Enter a day such as 2027-01-31");
	TRY(flow_forecast(&w, until, str_eq(page_query(p, "detail"), "1"), &forecast));
	page_out(p, forecast);
	return OK;
}

enum err api_invoice_explain(struct cx *cx, struct page *p)
{
	json_t *tree;
	TRY(report_explain(cx, 0, p->id, &tree));
	page_out(p, tree);
	return OK;
}

enum err api_client_statement(struct cx *cx, struct page *p)
{
	struct statement_range range;
	TRY(page_read(cx, p, &statement_fields, &range));
	TRY(statement_send(cx, p->id, &range));
	p->status = 202;
	return OK;
}
