/* SPDX-License-Identifier: Apache-2.0 */
/* Reports, forecast and explanations as pages, files and JSON, for those who may see them. */
#include "webtest.h"

#include "core/dunning/dunning.h"
#include "core/report/report.h"

static void get(struct web_client *c, const char *path, int want)
{
	web_client_call(c, "GET", path, NULL);
	if (c->status != want)
		print_error("%s\n", path);
	assert_status(c, want);
}

static void has(const struct web_client *c, const char *text)
{
	if (strstr(c->body, text) == NULL)
		print_error("no \"%s\" in %s\n", text, c->body);
	assert_non_null(strstr(c->body, text));
}

static const char *path(struct webtest *w, const char *name, const char *query)
{
	return arena_printf(w->owner.arena, "/admin/reports/%s?client_id=%lld%s", name,
	    (long long)w->a_id, query);
}

/* A payment and a credit note, so that every report has rows. */
static void fill(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	struct payment_input in = {"bank", "EUR", "R1", 400};
	int64_t id;
	testdb_ok(cx, dunning_seed(cx));
	testdb_ok(cx, payment_by_hand(cx, w->invoice_id, &in, &id));
	testdb_ok(cx, payment_grant(cx, w->a_id, "EUR", 250, "kind"));
	testdb_ok(cx, credit_note_amount(cx, w->invoice_id, 100, "=less", &id));
}

static void every_report_shows(void **state)
{
	struct webtest *w = webtest_open(*state);
	fill(w);
	get(&w->owner, "/admin/reports", 200);
	has(&w->owner, "/admin/reports/vat");
	for (size_t i = 0; i < reports_n; i++) {
		get(&w->owner, path(w, reports[i].name, ""), 200);
		has(&w->owner, "id=\"main\"");
		assert_null(strstr(w->owner.body, "style=\""));
		get(&w->owner, path(w, reports[i].name, "&format=csv"), 200);
		assert_true(str_starts(w->owner.type, "text/csv"));
		const char *api = arena_printf(w->api.arena, "/api/v1/reports/%s?client_id=%lld",
		    reports[i].name, (long long)w->a_id);
		get(&w->api, api, 200);
		has(&w->api, "\"tables\":[");
	}
	/* Charts are drawings, documents and lines behind figures are links. */
	get(&w->owner, "/admin/reports/income", 200);
	has(&w->owner, "<rect class=\"chart-bar\"");
	has(&w->owner, "/admin/reports/documents?month=2027-02&amp;currency=EUR");
	get(&w->owner, "/admin/reports/documents", 200);
	has(&w->owner, "/admin/invoices/");
	/* One that needs a client asks for it. */
	get(&w->owner, "/admin/reports/statement", 200);
	has(&w->owner, "name=\"client_id\"");
	webtest_close(w);
}

static void bad_questions(void **state)
{
	struct webtest *w = webtest_open(*state);
	get(&w->owner, "/admin/reports/nothing", 404);
	get(&w->owner, "/admin/reports/vat?from=soon", 422);
	get(&w->owner, "/admin/reports/vat?from=2027-02-01&until=2027-01-01", 422);
	get(&w->owner, "/admin/reports/vat?format=csv&table=none", 404);
	get(&w->owner, "/admin/reports/books?format=pdf", 422);
	get(&w->owner, "/admin/forecast?until=2026-01-01", 422);
	get(&w->api, "/api/v1/forecast", 422);
	get(&w->api, "/api/v1/forecast?until=never", 422);
	get(&w->api, "/api/v1/reports/statement", 422);
	get(&w->api, "/api/v1/reports/statement?client_id=99999", 404);
	get(&w->weak, "/api/v1/reports/vat", 403);
	get(&w->low, "/admin/reports/vat", 403);
	webtest_close(w);
}

static void books_download(void **state)
{
	struct webtest *w = webtest_open(*state);
	fill(w);
	get(&w->owner, "/admin/reports/books", 200);
	has(&w->owner, "hledger");
	get(&w->owner, "/admin/reports/books?format=hledger", 200);
	has(&w->owner, "account assets:receivable:client:");
	get(&w->owner, "/admin/reports/books?format=beancount&from=2027-02-01&until=2027-02-28",
	    200);
	has(&w->owner, "1970-01-01 open Assets:Cash:Bank");
	get(&w->api, "/api/v1/reports/books?format=csv", 200);
	has(&w->api, "id,booked_on,code,document,");
	webtest_close(w);
}

static void forecast_shows(void **state)
{
	struct webtest *w = webtest_open(*state);
	fill(w);
	get(&w->owner, "/admin/forecast", 200);
	has(&w->owner, "Day by day");
	get(&w->owner, "/admin/forecast?until=2027-03-15&day=2027-02-08", 200);
	get(&w->api, "/api/v1/forecast?until=2027-03-15&detail=1", 200);
	has(&w->api, "\"totals\":{");
	has(&w->api, "\"what\":\"remind\"");
	webtest_close(w);
}

static void clients_see_their_own(void **state)
{
	struct webtest *w = webtest_open(*state);
	fill(w);
	get(&w->a, "/client/statement", 200);
	has(&w->a, w->invoice_number);
	has(&w->a, "data-print");
	get(&w->a, "/client/statement?format=csv", 200);
	has(&w->a, w->invoice_number);
	/* Whatever he asks for: it is his. */
	const char *other =
	    arena_printf(w->b.arena, "/client/statement?client_id=%lld", (long long)w->a_id);
	get(&w->b, other, 200);
	assert_null(strstr(w->b.body, w->invoice_number));
	const char *invoice =
	    arena_printf(w->a.arena, "/client/invoices/%lld", (long long)w->invoice_id);
	get(&w->a, invoice, 200);
	has(&w->a, "How is this computed?");
	has(&w->a, "1 x 10.00 EUR = 10.00 EUR");
	get(&w->owner,
	    arena_printf(w->owner.arena, "/admin/invoices/%lld", (long long)w->invoice_id), 200);
	has(&w->owner, "How is this computed?");
	get(&w->api,
	    arena_printf(w->api.arena, "/api/v1/invoices/%lld/explain", (long long)w->invoice_id),
	    200);
	has(&w->api, "\"agrees\":true");
	get(&w->api, "/api/v1/invoices/99999/explain", 404);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TESTDB_BOTH(every_report_shows),
	    TESTDB_BOTH(bad_questions), TESTDB_BOTH(books_download), TESTDB_BOTH(forecast_shows),
	    TESTDB_BOTH(clients_see_their_own)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
