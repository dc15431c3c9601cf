/* SPDX-License-Identifier: Apache-2.0 */
/* A client's statement of account: any range, on paper or as CSV. Always his own. */
#include "base/str.h"
#include "core/client/client.h"
#include "flow/flow.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/report.h"

static const char *client_href(struct cx *cx, const char *subject, int64_t id)
{
	if (!str_eq(subject, "invoice"))
		return NULL;
	return arena_printf(cx->arena, "/client/invoices/%lld", (long long)id);
}

enum err area_statement(struct cx *cx, struct page *p)
{
	static const struct report_links links = {NULL, client_href};
	struct report_query q;
	struct client c;
	TRY(report_query_read(cx, p, &q));
	TRY(client_get(cx, p->client_id, &c));
	q.client_id = p->client_id;
	page_title(cx, p, "Statement of account");
	TRY(report_answer(cx, p, "statement", &q, &links));
	if (!p->json)
		page_put(p, "party", json_keep(cx, client_party(&c)));
	return OK;
}

enum err area_statement_pdf(struct cx *cx, struct page *p)
{
	struct report_query q;
	void *bytes;
	size_t len;
	TRY(report_query_read(cx, p, &q));
	TRY(statement_pdf(cx, p->client_id, &(struct statement_range){q.from, q.until}, &bytes,
	    &len));
	p->file_inline = true;
	return page_file(cx, p, "application/pdf", "statement.pdf", bytes, len);
}
