/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's statement of account as a file, and sent as a letter. The figures are the report's
 * (core/report/statement.c); a range that does not fit on paper is refused.
 */
#include <stddef.h>

#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/report/report.h"
#include "core/row.h"
#include "core/view.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"
#include "fmt/pdf.h"
#include "fmt/people.h"

#define LINES_MAX 5000

FIELDS(statement_fields, struct statement_range,
    {.name = "from",
        .label = "From",
        .type = FIELD_DAY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct statement_range, from)},
    {.name = "until",
        .label = "Until",
        .type = FIELD_DAY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct statement_range, until)}, );

static json_t *table(const json_t *report, const char *name)
{
	json_t *one;
	size_t i;
	json_array_foreach(json_object_get(report, "tables"), i, one)
		if (str_eq(json_string_value(json_object_get(one, "name")), name))
			return one;
	return NULL;
}

static enum err tree_of(struct cx *cx, int64_t client_id, const struct statement_range *r,
    json_t **ret)
{
	struct settings s;
	struct client c;
	json_t *report;
	TRY(setting_load(cx, &s));
	TRY(client_get(cx, client_id, &c));
	struct report_query q = {.from = r->from,
	    .until = r->until,
	    .on = DAY_NONE,
	    .today = setting_today(cx, &s),
	    .client_id = client_id,
	    .limit = LINES_MAX,
	    .rate_ppm = -1};
	TRY(report_make(cx, "statement", &q, &report));
	json_t *lines = table(report, "lines"), *balances = table(report, "balances");
	if (json_array_size(json_object_get(lines, "rows")) > LINES_MAX)
		return fail(cx, ERR_CONFLICT, "statement.too_long",
		    "That is more than %d lines: choose a shorter range", LINES_MAX);
	json_t *tree = json_keep(cx,
	    json_pack("{s:O* s:O* s:o s:o s:O s:O}", "lines", json_object_get(lines, "rows"),
	        "balances", json_object_get(balances, "rows"), "seller",
	        view_parse(invoice_seller(cx, &s)), "party", client_party(&c), "from_on",
	        json_object_get(report, "from"), "until_on", json_object_get(report, "until")));
	people_add(cx->arena, tree,
	    &(struct people){s.company_locale, s.company_zone, cx->now, NULL});
	*ret = tree;
	return OK;
}

enum err statement_pdf(struct cx *cx, int64_t client_id, const struct statement_range *r,
    void **ret, size_t *ret_len)
{
	struct settings s;
	json_t *tree;
	TRY(setting_load(cx, &s));
	TRY(tree_of(cx, client_id, r, &tree));
	return pdf_statement(cx, tree, str_eq(s.invoice_paper, "letter") ? PDF_LETTER : PDF_A4, ret,
	    ret_len);
}

enum err statement_of_event(struct cx *cx, int64_t event_id, struct statement_range *ret)
{
	struct event_filter f = {.after = event_id - 1, .limit = 1};
	json_t *list;
	TRY(event_list(cx, &f, &list));
	const json_t *data = json_object_get(json_array_get(list, 0), "data");
	const char *from = json_string_value(json_object_get(data, "from"));
	const char *until = json_string_value(json_object_get(data, "until"));
	return from != NULL && until != NULL && day_parse(from, &ret->from) &&
	        day_parse(until, &ret->until) ?
	    OK :
	    fail(cx, ERR_INTERNAL, "statement.event", "The event names no range");
}

struct sending {
	int64_t client_id;
	const struct statement_range *range;
};

static enum err send_body(struct cx *cx, void *arg)
{
	const struct sending *s = arg;
	json_t *data = json_keep(cx,
	    json_pack("{s:o s:o}", "from", json_day(s->range->from), "until",
	        json_day(s->range->until)));
	return event_add(cx,
	    &(struct event){"client", s->client_id, "statement", s->client_id, data}, NULL);
}

enum err statement_send(struct cx *cx, int64_t client_id, const struct statement_range *r)
{
	json_t *tree;
	/* What cannot be made is told to who asks, not to a job. */
	TRY(tree_of(cx, client_id, r, &tree));
	return db_tx(cx, send_body, &(struct sending){client_id, r});
}
