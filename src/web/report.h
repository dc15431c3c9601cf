/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_REPORT_H
#define WEB_REPORT_H

#include "core/report/report.h"
#include "web/web.h"

/* Reports as pages, as files and for programs: what the staff area, client area and API share. */

/* From the query string: from until on currency country kind part month rate_ppm client_id after.
 * A day that is none is a field fault. */
enum err report_query_read(struct cx *cx, struct page *p, struct report_query *ret) MUST_CHECK;

/* Where a cell leads to. */
struct report_links {
	const char *reports; /* "/admin/reports"; NULL: no way behind a row */
	const char *(*href)(struct cx *cx, const char *subject, int64_t id); /* NULL: none */
};
/*
 * Makes the report and answers: ?format=csv (and table=) as a file, a JSON caller the tree, a page
 * out.report for part/report, out.asks for its form, out.filter.
 */
enum err report_answer(struct cx *cx, struct page *p, const char *name,
    const struct report_query *q, const struct report_links *links) MUST_CHECK;
/* The form of a report that lacks its client: out.report is null. */
void report_ask(struct page *p, const struct report *r);

/* The general ledger as a file: ?format=hledger, beancount or csv. */
enum err report_books_answer(struct cx *cx, struct page *p,
    const struct report_query *q) MUST_CHECK;

#endif
