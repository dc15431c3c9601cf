/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail for staff: what happened, when, by whom, and what it changed. */
#include "core/event/event.h"
#include "web/staff/own.h"

enum err admin_events(struct cx *cx, struct page *p)
{
	static const char *const subjects[] = {"client", "order", "service", "invoice", "payment", "letter",
		"setting", "staff", NULL};
	const struct event_filter f = {.before = page_query_int(p, "after"), .q = page_query(p, "q"),
		.client_id = page_query_int(p, "client_id"), .subject = page_query(p, "subject"),
		.subject_id = page_query_int(p, "subject_id"), .name = page_query(p, "name"),
		.limit = page_limit(p), .newest = true};
	json_t *rows;

	TRY(event_list(cx, &f, &rows));
	admin_event_rows(cx, rows);
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Events");
	page_filter(p, (const char *[]){"q", "subject", "client_id", NULL});
	admin_chips_of(cx, p, "subject", subjects);
	page_list(cx, p, rows, f.limit);
	return OK;
}
