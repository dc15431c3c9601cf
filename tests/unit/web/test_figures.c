/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same figure wherever it is read: TAX-01 from the cart to the ledger, PRO-03 and PRO-07 for
 * what a change costs, and LAW-02: no address changes an issued document.
 */
#include "offers.h"

#include "core/report/report.h"
#include "core/tax/tax.h"
#include "unit/pdftext.h"

static void save_setting(struct webtest *w, const char *name, const char *value)
{
	testdb_ok(&w->t->cx, setting_put(&w->t->cx, name, value));
}

/* ---- TAX-01 ---- */

static void shows(const char *where, const char *text, const char *figure)
{
	if (strstr(text, figure) == NULL)
		print_error("%s does not say %s:\n%s\n", where, figure, text);
	assert_non_null(strstr(text, figure));
}

static void page_shows(struct web_client *c, const char *path, const char *figure)
{
	web_client_call(c, "GET", path, NULL);
	assert_status(c, 200);
	shows(path, c->body, figure);
}

/* Tax in minor units and as people read it. */
struct figure {
	int64_t minor;
	const char *text, *plain;
};

static int64_t newest_of_b(struct webtest *w)
{
	json_t *rows;
	const struct invoice_filter f = {.client_id = w->b_id, .limit = 1};
	testdb_ok(&w->t->cx, invoice_list(&w->t->cx, &f, &rows));
	return number(json_array_get(rows, 0), "id");
}

/* The lines of the ledger export that belong to the document. */
static void export_says(struct webtest *w, const char *number_text, const struct figure *f)
{
	const struct report_query q = {.from = DAY_NONE,
	    .until = DAY_NONE,
	    .on = DAY_NONE,
	    .rate_ppm = -1};
	const char *csv;
	size_t len;
	testdb_ok(&w->t->cx, report_books_text(&w->t->cx, REPORT_LEDGER_CSV, &q, &csv, &len));
	bool found = false;
	size_t n;
	char **lines = str_split(w->t->cx.arena, csv, '\n', &n);
	for (size_t i = 0; i < n; i++)
		found = found ||
		    (strstr(lines[i], number_text) != NULL && strstr(lines[i], f->plain) != NULL);
	if (!found)
		print_error("%s is not in the export as %s:\n%s\n", number_text, f->plain, csv);
	assert_true(found);
}

static void everywhere(struct webtest *w, const struct figure *f)
{
	static const char *const plans[] = {"a", "b", "c"};
	struct web_client *c = &w->b;
	for (size_t i = 0; i < 3; i++) {
		web_client_form(c, arena_printf(c->arena, "/order/%s", plans[i]),
		    "cycle=once&quantity=1");
		assert_status(c, 303);
	}
	json_t *cart = json_object_get(seen(c, "/cart"), "cart");
	assert_int_equal(number(cart, "tax_minor"), f->minor);
	assert_int_equal(number(cart, "net_minor"), 57800);
	page_shows(c, "/cart", f->text);
	page_shows(c, "/checkout", f->text);
	web_client_form(c, "/checkout",
	    arena_printf(c->arena, "gateway=bank&shown_minor=%lld", (long long)(57800 + f->minor)));
	assert_status(c, 303);
	int64_t id = newest_of_b(w);
	json_t *j = seen(&w->api, at(&w->api, "/api/v1/invoices", id, ""));
	assert_int_equal(number(j, "tax_minor"), f->minor);
	assert_int_equal(number(j, "total_minor"), 57800 + f->minor);
	page_shows(c, at(c, "/client/invoices", id, ""), f->text);
	page_shows(&w->owner, at(&w->owner, "/admin/invoices", id, ""), f->text);
	web_client_call(c, "GET", at(c, "/client/invoices", id, "/pdf"), NULL);
	assert_status(c, 200);
	shows("the PDF", pdftext(c->arena, c->body, c->body_len), f->text);
	web_client_call(&w->api, "GET", at(&w->api, "/api/v1/invoices", id, "/pdf"), NULL);
	shows("the API's PDF", pdftext(w->api.arena, w->api.body, w->api.body_len), f->text);
	export_says(w, word(j, "number"), f);
}

static void TAX_01_cart_api_pages_pdf_and_export_agree(void **state)
{
	static const struct figure document = {11560, "115.60", "115.60"},
	                           line = {11561, "115.61", "115.61"};
	struct webtest *w = webtest_open(*state);
	int64_t id;
	testdb_ok(&w->t->cx,
	    tax_rate_save(&w->t->cx, 0,
	        object(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000}"), FIELD_JSON,
	        &id));
	static const int nets[] = {29933, 17933, 9934};
	for (int i = 0; i < 3; i++)
		plan(w,
		    arena_printf(w->t->cx.arena,
		        "{\"key\":\"%c\",\"name\":\"%c\",\"needs_domain\":false,\"prices\":["
		        "{\"cycle\":\"once\",\"currency\":\"EUR\",\"price_minor\":%d}]}",
		        'a' + i, 'A' + i, nets[i]));
	everywhere(w, &document);
	int64_t first = newest_of_b(w);
	save_setting(w, "tax.rounding", "line");
	everywhere(w, &line);
	/* What was issued keeps its own way of rounding. */
	json_t *j = seen(&w->api, at(&w->api, "/api/v1/invoices", first, ""));
	assert_string_equal(word(j, "rounding"), "document");
	assert_int_equal(number(j, "tax_minor"), 11560);
	j = seen(&w->api, at(&w->api, "/api/v1/invoices", newest_of_b(w), ""));
	assert_string_equal(word(j, "rounding"), "line");
	webtest_close(w);
}

/* ---- changes ---- */

static void sign_in_again(struct webtest *w)
{
	w->a.jar_n = w->owner.jar_n = 0;
	webtest_sign_in(&w->a, "/login", "a@example.com");
	webtest_sign_in(&w->owner, "/admin/login", "owner@example.com");
}

static int64_t yearly(struct webtest *w, int64_t minor)
{
	int64_t id = paid_cycle(w,
	    arena_printf(w->t->cx.arena,
	        "{\"key\":\"s\",\"name\":\"S\",\"needs_domain\":false,\"prices\":["
	        "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":%lld}]}",
	        (long long)minor),
	    "1y");
	plan(w,
	    arena_printf(w->t->cx.arena,
	        "{\"key\":\"m\",\"name\":\"M\",\"needs_domain\":false,\"prices\":["
	        "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":%lld}]}",
	        (long long)minor * 2));
	return id;
}

/* After 91 of 365 days to twice the price: 274/365 of the new one less 274/365 of the old one. */
struct change_case {
	const char *locale;
	int64_t price, total;
	const char *shown;
};

static void change_costs(const void *engine, const struct change_case *k)
{
	struct webtest *w = webtest_open(engine);
	struct web_client *c = &w->a;
	int64_t invoice = 0, id = yearly(w, k->price);
	save_setting(w, "company.locale", k->locale);
	day(w, "2027-05-03");
	sign_in_again(w);
	page_shows(c, at(c, "/client/services", id, "/change?to=m+1y&when=now"), k->shown);
	shows("the form", c->body,
	    arena_printf(c->arena, "name=\"expect_minor\" value=\"%lld\"", (long long)k->total));
	web_client_form(c, at(c, "/client/services", id, "/change"),
	    arena_printf(c->arena, "to=m+1y&when=now&has_expect=1&expect_minor=%lld",
	        (long long)k->total));
	assert_status(c, 303);
	assert_true(str_int(c->location + strlen("/client/invoices/"), &invoice));
	page_shows(c, c->location, k->shown);
	struct invoice i;
	testdb_ok(&w->t->cx, invoice_get(&w->t->cx, 0, invoice, &i));
	assert_int_equal(i.total_minor, k->total);
	webtest_close(w);
}

static void PRO_07_large_amounts_and_other_locales(void **state)
{
	static const struct change_case cases[] = {
	    {"en_US", 1000, 750, "7.50"},       /* 15.01 - 7.51 */
	    {"en_US", 100000, 75069, "750.69"}, /* 1,501.37 - 750.68 */
	    {"de_DE", 100000, 75069, "750,69"},
	    {"en_US", 100000000, 75068493, "750,684.93"}, /* 1,501,369.86 - 750,684.93 */
	    {"de_DE", 100000000, 75068493, "750.684,93"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		change_costs(*state, &cases[i]);
}

/* A price that is typed is read as it is meant, or refused. */
static void PRO_07_amounts_that_are_typed(void **state)
{
	static const char *const odd[] = {"1.000,00", "1,000.00", "1.000", "1 000.00", "1e3"};
	struct webtest *w = webtest_open(*state);
	int64_t id = yearly(w, 1000);
	struct service s;
	struct web_client *c = &w->owner;
	save_setting(w, "company.locale", "de_DE");
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		web_client_form(c, at(c, "/admin/services", id, "/price"),
		    arena_printf(c->arena, "price_minor=%s&reason=x", str_url(c->arena, odd[i])));
		assert_status(c, 422);
	}
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, id, &s));
	assert_int_equal(s.price_minor, 1000);
	web_client_form(c, at(c, "/admin/services", id, "/price"),
	    "price_minor=1000000.00&reason=x");
	assert_status(c, 303);
	testdb_ok(&w->t->cx, service_get(&w->t->cx, 0, id, &s));
	assert_int_equal(s.price_minor, 100000000);
	webtest_close(w);
}

static const char *confirm(struct webtest *w, int64_t id, int64_t minor)
{
	struct web_client *c = &w->a;
	web_client_form(c, at(c, "/client/services", id, "/change"),
	    arena_printf(c->arena, "to=m+1y&when=now&has_expect=1&expect_minor=%lld",
	        (long long)minor));
	return c->body;
}

/* Half an hour within the day changes nothing; across midnight there is a new quote. */
static void PRO_03_a_quote_half_an_hour_later(void **state)
{
	struct webtest *w = webtest_open(*state);
	int64_t id = yearly(w, 100000);
	struct web_client *c = &w->a;
	day(w, "2027-05-02");
	w->now = w->t->cx.now = w->now + (13 * 60 + 45) * 60; /* 23:45 */
	sign_in_again(w);
	/* 275/365: 1,506.85 - 753.42 */
	page_shows(c, at(c, "/client/services", id, "/change?to=m+1y&when=now"), "753.43");
	w->now += 1800; /* 00:15 of the next day */
	shows("the refusal", confirm(w, id, 75343), "amount has changed");
	assert_status(c, 409);
	shows("the refusal", c->body, "name=\"expect_minor\" value=\"75069\"");
	w->now += 1800;
	confirm(w, id, 75069);
	assert_status(c, 303);
	page_shows(c, c->location, "750.69");
	webtest_close(w);
}

/* What cannot be priced shows why, and neither an amount nor a button. */
static void PRO_03_a_failed_quote_is_never_zero(void **state)
{
	static const char *const wrong[] = {"to=nothing+1y", "to=m+1m", "to=m+9x", "to=s+1y",
	    "to=m+1y&quantity=101"};
	struct webtest *w = webtest_open(*state);
	int64_t id = yearly(w, 100000);
	struct web_client *c = &w->a;
	day(w, "2027-05-03");
	sign_in_again(w);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		web_client_call(c, "GET",
		    arena_printf(c->arena, "/client/services/%lld/change?%s&when=now",
		        (long long)id, wrong[i]),
		    NULL);
		if (strstr(c->body, "expect_minor") != NULL || strstr(c->body, "€0.00") != NULL)
			print_error("%s: %s\n", wrong[i], c->body);
		assert_null(strstr(c->body, "expect_minor"));
		assert_null(strstr(c->body, "€0.00"));
		web_client_form(c, at(c, "/client/services", id, "/change"),
		    arena_printf(c->arena, "%s&when=now&has_expect=1&expect_minor=0", wrong[i]));
		assert_in_range(c->status, 400, 499);
	}
	webtest_close(w);
}

/* ---- days of a way to pay ---- */

static json_t *gateway_row(struct webtest *w, const char *key)
{
	json_t *rows = json_object_get(seen(&w->api, "/api/v1/gateways"), "data");
	size_t i = 0;
	while (!str_eq(word(json_array_get(rows, i), "key"), key))
		assert_in_range(++i, 1, json_array_size(rows) - 1);
	return json_array_get(rows, i);
}

static void SUS_07_days_of_a_way_to_pay_by_page_and_api(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct client c;
	assert_true(json_is_null(json_object_get(gateway_row(w, "bank"), "grace_days")));
	web_client_form(&w->owner, "/admin/settings/gateways/bank",
	    "name=Transfer&position=2&enabled=1&terms_days=12&grace_days=8"
	    "&iban=DE89370400440532013000");
	assert_status(&w->owner, 303);
	page_shows(&w->owner, "/admin/settings/gateways/bank", "value=\"12\"");
	assert_int_equal(number(gateway_row(w, "bank"), "terms_days"), 12);
	assert_int_equal(number(gateway_row(w, "bank"), "grace_days"), 8);
	web_client_form(&w->owner, at(&w->owner, "/admin/clients", w->a_id, "/edit"),
	    "pays_by=bank");
	assert_status(&w->owner, 303);
	testdb_ok(&w->t->cx, client_get(&w->t->cx, w->a_id, &c));
	assert_int_equal(client_grace(&c, 0), 8);
	web_client_call(&w->api, "POST", "/api/v1/gateways",
	    "{\"key\":\"bank\",\"provider\":\"bank\",\"name\":\"Transfer\",\"grace_days\":9,"
	    "\"settings\":{\"iban\":\"DE89370400440532013000\"}}");
	assert_status(&w->api, 200);
	testdb_ok(&w->t->cx, client_get(&w->t->cx, w->a_id, &c));
	assert_int_equal(client_grace(&c, 0), 9);
	assert_int_equal(client_terms(&c, 7), 7);
	web_client_call(&w->api, "POST", "/api/v1/gateways",
	    "{\"key\":\"bank\",\"provider\":\"bank\",\"name\":\"Transfer\",\"grace_days\":366}");
	assert_status(&w->api, 422);
	webtest_close(w);
}

/* ---- LAW-02 ---- */

static json_t *printed(struct webtest *w, int64_t id)
{
	static const char *const names[] = {"number", "kind", "currency", "issued_on", "due_on",
	    "net_minor", "discount_minor", "tax_minor", "total_minor", "seller", "buyer", "items",
	    "taxes", "note", "prices", "rounding"};
	json_t *j = seen(&w->api, at(&w->api, "/api/v1/invoices", id, "")),
	       *kept = json_keep(&w->t->cx, json_object());
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_non_null(json_object_get(j, names[i]));
		json_object_set(kept, names[i], json_object_get(j, names[i]));
	}
	return kept;
}

static void is_untouched(struct webtest *w, int64_t id, const json_t *before, const char *by)
{
	json_t *now = printed(w, id);
	if (!json_equal(now, (json_t *)(uintptr_t)before))
		print_error("%s changed %s\n", by, json_dumps(now, 0));
	assert_true(json_equal(now, (json_t *)(uintptr_t)before));
}

static struct web_client *whose(struct webtest *w, const struct route *r)
{
	return r->area == AREA_API ? &w->api : r->area == AREA_CLIENT ? &w->a : &w->owner;
}

#define HOSTILE \
	"{\"number\":\"X-1\",\"issued_on\":\"2020-01-01\",\"due_on\":\"2020-01-01\"," \
	"\"net_minor\":1,\"tax_minor\":0,\"total_minor\":1,\"currency\":\"USD\",\"note\":\"x\"," \
	"\"buyer\":{\"name\":\"X\"},\"seller\":{\"name\":\"X\"},\"client_id\":2," \
	"\"items\":[{\"description\":\"X\",\"unit_minor\":1,\"quantity\":1}]}"

/* Every address below an invoice that writes, with nothing, with what it wants, and with all. */
static size_t attacked(struct webtest *w, const struct route *r, int64_t id, const json_t *before)
{
	static const char *const bodies[] = {"{}", HOSTILE, "{\"reason\":\"x\"}",
	    "{\"reason\":\"x\",\"amount_minor\":100}"};
	static const char *const forms[] = {"",
	    "number=X-1&issued_on=2020-01-01&due_on=2020-01-01"
	    "&total_minor=1&tax_minor=0&note=x&currency=USD",
	    "reason=x", "reason=x&amount_minor=1.00&currency=EUR"};
	struct web_client *c = whose(w, r);
	const char *path = webtest_path(c->arena, r->path, id, "x");
	for (size_t i = 0; i < 4; i++) {
		static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
		for (size_t m = 0; m < 4 && r->area == AREA_API; m++)
			web_client_call(c, methods[m], path, bodies[i]);
		if (r->area != AREA_API)
			web_client_form(c, path, forms[i]);
		is_untouched(w, id, before, path);
	}
	return 1;
}

static void LAW_02_no_address_changes_an_issued_document(void **state)
{
	struct webtest *w = webtest_open(*state);
	const struct route *r;
	size_t n = 0;
	json_t *findings, *before = printed(w, w->invoice_id);
	bool ok;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++)
		if (r->method != WEB_READ && strstr(r->path, "invoices/:id") != NULL)
			n += attacked(w, r, w->invoice_id, before);
	assert_in_range(n, 15, 200);
	/* Nor what it was made of. */
	web_client_call(&w->api, "PATCH", at(&w->api, "/api/v1/clients", w->a_id, ""),
	    "{\"address\":\"9 Elsewhere\",\"country\":\"FR\"}");
	save_setting(w, "company.name", "Other");
	save_setting(w, "tax.rounding", "line");
	is_untouched(w, w->invoice_id, before, "settings");
	struct worker worker = {.cx = &w->t->cx, .link = &w->linker, .holder = "test"};
	int64_t jobs;
	testdb_ok(&w->t->cx, queue_drain(&worker, &jobs));
	testdb_ok(&w->t->cx, flow_audit(&w->t->cx, &findings, &ok));
	if (!ok)
		print_error("%s\n", json_dumps(findings, 0));
	assert_true(ok);
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(TAX_01_cart_api_pages_pdf_and_export_agree),
	    TESTDB_BOTH(PRO_07_large_amounts_and_other_locales),
	    TESTDB_BOTH(PRO_07_amounts_that_are_typed),
	    TESTDB_BOTH(PRO_03_a_quote_half_an_hour_later),
	    TESTDB_BOTH(PRO_03_a_failed_quote_is_never_zero),
	    TESTDB_BOTH(SUS_07_days_of_a_way_to_pay_by_page_and_api),
	    TESTDB_BOTH(LAW_02_no_address_changes_an_issued_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
