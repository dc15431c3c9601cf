/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The staff area: every page renders strictly, empty and filled; what the forms do and what they
 * refuse.
 */
#include "webtest.h"

#include "core/bundle/bundle.h"
#include "core/coupon/coupon.h"
#include "core/dunning/dunning.h"
#include "core/event/event.h"
#include "core/job/job.h"
#include "core/meter/meter.h"
#include "core/notice/notice.h"
#include "core/rate/rate.h"
#include "core/service/reprice.h"
#include "core/tax/tax.h"
#include "fmt/mime.h"

#define POST(w, path, form) web_client_form(&(w)->owner, path, form)

/* "/admin/clients/7/suspend" */
static const char *path_to(struct webtest *w, const char *list, int64_t id, const char *verb)
{
	return arena_printf(w->owner.arena, "/admin/%s/%lld%s%s", list, (long long)id,
	    *verb != '\0' ? "/" : "", verb);
}

static void put_letter(struct cx *cx, const struct webtest *w)
{
	const struct mime_letter mime = {.from_name = "Us",
	    .from = "us@example.com",
	    .to_name = "Anna",
	    .to = "a@example.com",
	    .subject = "Your invoice",
	    .text = "plain words",
	    .html = "<p style=\"color:red\">rich words</p>",
	    .message_id = "1@example.com",
	    .at = cx->now};
	char *bytes;
	size_t len;
	int64_t id;
	testdb_ok(cx, mime_print(cx, &mime, &bytes, &len));
	const struct letter_new l = {.cause = "test/1",
	    .kind = "invoice_issued",
	    .subject_kind = "invoice",
	    .to = "a@example.com",
	    .subject = "Your invoice",
	    .client_id = w->a_id,
	    .subject_id = w->invoice_id,
	    .bytes = bytes,
	    .len = len};
	testdb_ok(cx, letter_add(cx, &l, &id));
}

static json_t *object(struct cx *cx, const char *json)
{
	json_error_t e;
	json_t *j = json_loads(json, 0, &e);
	assert_non_null(j);
	return json_keep(cx, j);
}

static void put_reprice(struct cx *cx, struct webtest *w)
{
	struct reprice_input in;
	int64_t id;
	testdb_ok(cx,
	    field_read(cx, &reprice_fields,
	        object(cx,
	            arena_printf(cx->arena,
	                "{\"plans\":\"%lld\",\"currency\":\"EUR\",\"how\":\"amount\","
	                "\"price_minor\":777,\"effective_on\":\"2037-01-01\"}",
	                (long long)w->plan_id)),
	        FIELD_JSON, &in));
	testdb_ok(cx, reprice_create(cx, &in, &id));
}

static void put_meter(struct cx *cx, struct webtest *w)
{
	struct meter_input in;
	int64_t id;
	testdb_ok(cx,
	    field_read(cx, &meter_fields,
	        object(cx,
	            "{\"key\":\"traffic\",\"name\":\"Traffic\",\"unit\":\"GB\","
	            "\"tiers\":[{\"currency\":\"EUR\",\"price\":\"0.01\"}]}"),
	        FIELD_JSON, &in));
	testdb_ok(cx, meter_save(cx, w->plan_id, 0, &in, &id));
}

static void put_offers(struct cx *cx)
{
	int64_t id;
	testdb_ok(cx,
	    option_save(cx, 0,
	        object(cx,
	            "{\"key\":\"disk\",\"name\":\"Disk\",\"kind\":\"quantity\",\"plans\":\"web-s\","
	            "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":20}]}"),
	        FIELD_JSON, &id));
	testdb_ok(cx,
	    bundle_save(cx, 0,
	        object(cx,
	            "{\"key\":\"two\",\"name\":\"Two\",\"rate_ppm\":100000,\"plans\":["
	            "{\"plan\":\"web-s\",\"cycle\":\"1m\"},{\"plan\":\"web-s\","
	            "\"cycle\":\"1m\"}]}"),
	        FIELD_JSON, &id));
}

/* One of everything that has a page of its own; each is the first of its kind. */
static void fill(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	const struct server server = {.key = "web1",
	    .name = "Web 1",
	    .provider = "sandbox",
	    .settings = "{}",
	    .enabled = true,
	    .error = ""};
	int64_t id, run, last;
	testdb_ok(cx, server_save(cx, &server, &id));
	testdb_ok(cx,
	    tax_rate_save(cx, 0,
	        object(cx, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":190000}"), FIELD_JSON,
	        &id));
	testdb_ok(cx,
	    coupon_save(cx, 0, object(cx, "{\"code\":\"spring\",\"rate_ppm\":100000}"), FIELD_JSON,
	        &id));
	testdb_ok(cx,
	    client_group_save(cx, 0, object(cx, "{\"key\":\"trade\",\"name\":\"Trade\"}"),
	        FIELD_JSON, &id));
	testdb_ok(cx,
	    rate_save(cx,
	        object(cx,
	            "{\"base\":\"EUR\",\"currency\":\"USD\",\"rate\":\"1.1\","
	            "\"rate_on\":\"2027-01-01\"}"),
	        FIELD_JSON, &id));
	testdb_ok(cx, dunning_seed(cx));
	testdb_ok(cx,
	    news_save(cx, 0, object(cx, "{\"title\":\"Hello\",\"body\":\"World\"}"), FIELD_JSON,
	        &id));
	testdb_ok(cx,
	    plan_group_save(cx, 0, object(cx, "{\"key\":\"web\",\"name\":\"Web\"}"), FIELD_JSON,
	        &id));
	testdb_ok(cx,
	    contact_save(cx, w->a_id, 0,
	        object(cx, "{\"name\":\"Carl\",\"email\":\"c@example.com\"}"), FIELD_JSON, &id));
	testdb_ok(cx, task_begin(cx, "billing", "test", &run, &last));
	const struct run_item item = {"invoice", w->invoice_id, "done", "made", 0};
	testdb_ok(cx, run_items_add(cx, run, &item, 1));
	testdb_ok(cx,
	    task_end(cx, "billing", run, &(struct run_sum){.considered = 1, .done = 1}, ""));
	put_letter(cx, w);
	put_reprice(cx, w);
	put_meter(cx, w);
	put_offers(cx);
	POST(w, path_to(w, "invoices", w->invoice_id, "pay"),
	    "gateway=bank&amount_minor=4.00&reference=R1");
	assert_status(&w->owner, 303);
}

static const char *path_of(struct webtest *w, const struct route *r)
{
	static const struct {
		const char *part, *word;
	} words[] = {{"/texts/", "invoice_issued"}, {"/gateways/", "card"},
	    {"/settings/", "company"}, {"/reports/", "income"}};
	const char *word = "";
	int64_t id = 1;
	for (size_t i = 0; word[0] == 0 && i < sizeof words / sizeof words[0]; i++)
		if (strstr(r->path, words[i].part) != NULL)
			word = words[i].word;
	if (strstr(r->path, "/clients/") != NULL)
		id = w->a_id;
	if (strstr(r->path, "/services/") != NULL)
		id = w->service_id;
	const char *path = webtest_path(w->owner.arena, r->path, id, word);
	if (str_eq(path, "/admin/settings/gateways/new") || str_eq(path, "/admin/servers/new"))
		return arena_printf(w->owner.arena, "%s?provider=sandbox", path);
	return str_eq(path, "/admin/search") ? "/admin/search?q=a" : path;
}

static void see_all(struct webtest *w)
{
	const struct route *r;
	int seen = 0;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		if (r->area != AREA_STAFF || r->method != WEB_READ)
			continue;
		const char *path = path_of(w, r);
		web_client_call(&w->owner, "GET", path, NULL);
		if (w->owner.status != 200)
			print_error("%s\n", path);
		assert_status(&w->owner, 200);
		assert_true(r->view == NULL || strstr(w->owner.body, "id=\"main\"") != NULL);
		seen++;
	}
	assert_true(seen > 50);
}

static void pages_render(void **state)
{
	struct webtest *w = webtest_open(*state);
	fill(w);
	webtest_quote(w, false);
	POST(w, "/admin/billables",
	    arena_printf(w->owner.arena,
	        "client_id=%lld&description=Work&unit_minor=5.00&when=next", (long long)w->a_id));
	assert_status(&w->owner, 303);
	see_all(w);
	webtest_close(w);
}

/* Nothing in the database but what a page needs to exist. */
static void lists_render_empty(void **state)
{
	struct webtest *w = webtest_open(*state);
	static const char *const paths[] = {"/admin", "/admin/search",
	    "/admin/search?q=nothing-like-it", "/admin/clients?q=nobody",
	    "/admin/orders?state=refused", "/admin/services?state=terminated",
	    "/admin/invoices?q=nothing", "/admin/payments", "/admin/letters?state=bounced",
	    "/admin/jobs?state=parked", "/admin/runs", "/admin/settings/taxes",
	    "/admin/settings/dunning", "/admin/servers", "/admin/settings/news",
	    "/admin/events?subject=payment"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		web_client_call(&w->owner, "GET", paths[i], NULL);
		if (w->owner.status != 200)
			print_error("%s\n", paths[i]);
		assert_status(&w->owner, 200);
	}
	web_client_call(&w->low, "GET", "/admin/account", NULL);
	assert_status(&w->low, 200);
	assert_non_null(strstr(w->low.body, "No tokens"));
	webtest_close(w);
}

/* A member without rights sees neither what he may not see nor its buttons. */
static void rights_hide_what_is_not_allowed(void **state)
{
	struct webtest *w = webtest_open(*state);
	web_client_call(&w->low, "GET", "/admin/search?q=a", NULL);
	assert_status(&w->low, 200);
	assert_null(strstr(w->low.body, "Anna"));
	assert_null(strstr(w->low.body, "href=\"/admin/clients/"));
	web_client_call(&w->owner, "GET", "/admin/search?q=anna", NULL);
	assert_non_null(strstr(w->owner.body, "href=\"/admin/clients/"));
	webtest_close(w);
}

static void dangerous_actions_ask_why(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct client c;
	const char *path = path_to(w, "clients", w->a_id, "suspend");
	POST(w, path, "");
	assert_status(&w->owner, 422);
	assert_non_null(strstr(w->owner.body, "Say why"));
	testdb_ok(&w->t->cx, client_get(&w->t->cx, w->a_id, &c));
	assert_int_equal(c.state, CLIENT_ACTIVE);
	POST(w, path, "reason=abuse");
	assert_status(&w->owner, 303);
	testdb_ok(&w->t->cx, client_get(&w->t->cx, w->a_id, &c));
	assert_int_equal(c.state, CLIENT_SUSPENDED);
	/* A second time is refused with words, on the same page. */
	POST(w, path, "reason=abuse");
	assert_status(&w->owner, 409);
	assert_non_null(strstr(w->owner.body, "form-errors"));
	POST(w, path_to(w, "clients", w->a_id, "resume"), "");
	assert_status(&w->owner, 303);
	webtest_close(w);
}

static void clients_are_made_and_changed(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct client c;
	struct cx *cx = &w->t->cx;
	POST(w, "/admin/clients", "email=new%40example.com&first_name=N");
	assert_status(&w->owner, 422);
	assert_non_null(strstr(w->owner.body, "value=\"new@example.com\""));
	POST(w, "/admin/clients",
	    "email=new%40example.com&first_name=Nora&last_name=New&address=1+Way&city=Town"
	    "&postcode=1&country=DE");
	assert_status(&w->owner, 303);
	testdb_ok(cx, client_find_email(cx, "new@example.com", &c));
	POST(w, path_to(w, "clients", c.id, "credit"),
	    "currency=EUR&amount_minor=5.00&reason=goodwill");
	assert_status(&w->owner, 303);
	POST(w, path_to(w, "clients", c.id, "credit"),
	    "currency=EUR&amount_minor=-5.00&reason=goodwill");
	assert_status(&w->owner, 422);
	web_client_call(&w->owner, "GET", path_to(w, "clients", c.id, ""), NULL);
	assert_non_null(strstr(w->owner.body, "5.00"));
	webtest_close(w);
}

static void invoices_are_paid_and_corrected(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct invoice i;
	struct cx *cx = &w->t->cx;
	const char *pay = path_to(w, "invoices", w->invoice_id, "pay");
	POST(w, pay, "gateway=bank&amount_minor=0&reference=R1");
	assert_status(&w->owner, 422);
	POST(w, pay, "gateway=bank&amount_minor=4.00&reference=R1");
	assert_status(&w->owner, 303);
	/* The same reference again is the same payment. */
	POST(w, pay, "gateway=bank&amount_minor=4.00&reference=R1");
	testdb_ok(cx, invoice_get(cx, 0, w->invoice_id, &i));
	assert_int_equal(i.balance_minor, 600);
	POST(w, path_to(w, "invoices", w->invoice_id, "credit"),
	    "amount_minor=100.00&reason=too+much");
	assert_true(w->owner.status == 409 || w->owner.status == 422);
	POST(w, path_to(w, "invoices", w->invoice_id, "credit"), "amount_minor=2.00&reason=late");
	assert_status(&w->owner, 303);
	POST(w, path_to(w, "invoices", w->invoice_id, "void"), "reason=wrong");
	assert_status(&w->owner, 303);
	testdb_ok(cx, invoice_get(cx, 0, w->invoice_id, &i));
	assert_int_equal(i.state, INVOICE_CREDITED);
	webtest_close(w);
}

static void drafts_become_invoices(void **state)
{
	struct webtest *w = webtest_open(*state);
	POST(w, "/admin/invoices",
	    arena_printf(w->owner.arena,
	        "client_id=%lld&currency=EUR"
	        "&items.0.description=Work&items.0.quantity=2&items.0.unit_minor=12.50",
	        (long long)w->a_id));
	assert_status(&w->owner, 303);
	const char *page = arena_strdup(w->owner.arena, w->owner.location);
	web_client_call(&w->owner, "GET", page, NULL);
	assert_status(&w->owner, 200);
	assert_non_null(strstr(w->owner.body, "(draft)"));
	POST(w, arena_printf(w->owner.arena, "%s/issue", page), "");
	assert_status(&w->owner, 303);
	POST(w, arena_printf(w->owner.arena, "%s/remove", page), "");
	assert_status(&w->owner, 409);
	webtest_close(w);
}

static void settings_are_saved_by_subject(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct settings s;
	struct cx *cx = &w->t->cx;
	POST(w, "/admin/settings/signup", "signup.open=1");
	assert_status(&w->owner, 303);
	testdb_ok(cx, setting_load(cx, &s));
	assert_true(s.signup_open);
	assert_false(s.signup_approval);
	POST(w, "/admin/settings/signup", "");
	testdb_ok(cx, setting_load(cx, &s));
	assert_false(s.signup_open);
	POST(w, "/admin/settings/billing", "billing.lead_days=9999");
	assert_status(&w->owner, 422);
	assert_non_null(strstr(w->owner.body, "value=\"9999\""));
	POST(w, "/admin/settings/nothing", "");
	assert_status(&w->owner, 404);
	webtest_close(w);
}

/* The HTML of every page that the settings page leads to. */
static const char *settings_pages(struct webtest *w)
{
	static const char mark[] = "href=\"/admin/settings/";
	struct buf all;

	web_client_call(&w->owner, "GET", "/admin/settings", NULL);
	assert_status(&w->owner, 200);
	const char *at = arena_strdup(w->owner.arena, w->owner.body);
	buf_init(&all, w->owner.arena);
	while ((at = strstr(at, mark)) != NULL) {
		at += strlen("href=\"");
		web_client_call(&w->owner, "GET",
		    arena_strndup(w->owner.arena, at, strcspn(at, "\"")), NULL);
		assert_status(&w->owner, 200);
		buf_puts(&all, w->owner.body);
	}
	return buf_text(&all);
}

/* Whatever core adds to its list is on some page. */
static void every_setting_has_a_page(void **state)
{
	struct webtest *w = webtest_open(*state);
	const char *pages = settings_pages(w);

	for (size_t i = 0; i < setting_fields.n; i++) {
		const char *name = setting_fields.rows[i].name;
		/* Written at init, never by people. */
		if (str_eq(name, "link.public_key"))
			continue;
		const char *input = arena_printf(w->owner.arena, "name=\"%s\"", name);
		if (strstr(pages, input) == NULL)
			print_error("%s is on no page\n", name);
		assert_non_null(strstr(pages, input));
	}
	webtest_close(w);
}

static void taxes_rates_and_groups(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct cx *cx = &w->t->cx;
	struct client c;
	struct invoice i;
	POST(w, "/admin/settings/taxes/seed", "tax_rate_seed=eu");
	assert_status(&w->owner, 303);
	web_client_call(&w->owner, "GET", "/admin/settings/taxes", NULL);
	assert_non_null(strstr(w->owner.body, "25.5"));
	POST(w, "/admin/settings/taxes/seed", "tax_rate_seed=mars");
	assert_status(&w->owner, 422);
	POST(w, "/admin/settings/rates", "base=EUR&currency=USD&rate=1.0823&rate_on=2027-01-29");
	assert_status(&w->owner, 303);
	web_client_call(&w->owner, "GET", "/admin/settings/rates", NULL);
	assert_non_null(strstr(w->owner.body, "1.0823"));
	POST(w, "/admin/settings/rates", "base=EUR&currency=EUR&rate=1&rate_on=2027-01-29");
	assert_status(&w->owner, 422);
	POST(w, "/admin/settings/rates/fetch", "");
	assert_status(&w->owner, 409);
	POST(w, "/admin/settings/rates/1/remove", "");
	assert_status(&w->owner, 303);
	POST(w, "/admin/settings/client-groups",
	    "key=trade&name=Trade&color=%23123456&terms_days=30");
	assert_status(&w->owner, 303);
	testdb_ok(cx, client_get(cx, w->a_id, &c));
	POST(w, path_to(w, "clients", w->a_id, "edit"),
	    arena_printf(w->owner.arena,
	        "email=%s&first_name=A&last_name=B&address=x&city=y&postcode=1&country=FR"
	        "&tax_id=FR40303265045&currency=%s&group=trade&grace_days=5",
	        c.email, c.currency));
	assert_status(&w->owner, 303);
	testdb_ok(cx, client_get(cx, w->a_id, &c));
	assert_string_equal(c.group, "trade");
	assert_int_equal(client_terms(&c, 7), 30);
	assert_int_equal(client_grace(&c, 0), 5);
	assert_string_equal(c.tax_id_state, "unchecked");
	POST(w, path_to(w, "clients", w->a_id, "tax-check"), "");
	assert_status(&w->owner, 303);
	POST(w, "/admin/settings/client-groups/1/remove", "");
	assert_status(&w->owner, 409);
	/* The currency of what is open is not changed. */
	POST(w, path_to(w, "clients", w->a_id, "edit"),
	    arena_printf(w->owner.arena,
	        "email=%s&first_name=A&last_name=B&address=x&city=y&postcode=1&country=FR"
	        "&currency=JPY",
	        c.email));
	assert_status(&w->owner, 409);
	POST(w, path_to(w, "invoices", w->invoice_id, "hold"), "until=2027-03-01&reason=promised");
	assert_status(&w->owner, 303);
	testdb_ok(cx, invoice_get(cx, 0, w->invoice_id, &i));
	assert_true(day_set(i.hold_until));
	POST(w, path_to(w, "invoices", w->invoice_id, "hold"), "until=2027-03-01");
	assert_status(&w->owner, 422);
	webtest_close(w);
}

static void roles_come_from_boxes(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct role r;
	struct cx *cx = &w->t->cx;
	POST(w, "/admin/settings/roles", "key=desk&name=Desk&may-invoice-read=1&may-client-read=1");
	assert_status(&w->owner, 303);
	testdb_ok(cx, role_find(cx, "desk", &r));
	assert_true(permission_has(r.permissions, "invoice.read"));
	assert_false(permission_has(r.permissions, "invoice.write"));
	webtest_close(w);
}

static void tokens_are_shown_once(void **state)
{
	struct webtest *w = webtest_open(*state);
	POST(w, "/admin/account/tokens", "name=robot&scopes=client.read&days=30");
	assert_status(&w->owner, 200);
	assert_non_null(strstr(w->owner.body, "bh_"));
	web_client_call(&w->owner, "GET", "/admin/account", NULL);
	assert_non_null(strstr(w->owner.body, "robot"));
	assert_null(strstr(w->owner.body, "bh_"));
	POST(w, "/admin/account/password", "present=wrong-password&password=another+password");
	assert_status(&w->owner, 422);
	webtest_close(w);
}

static void services_are_suspended_and_held(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct service s;
	struct cx *cx = &w->t->cx;
	POST(w, path_to(w, "services", w->service_id, "suspend"), "cause=debt&reason=x");
	assert_status(&w->owner, 422);
	POST(w, path_to(w, "services", w->service_id, "hold"), "until=2027-06-01&reason=promised");
	assert_status(&w->owner, 303);
	testdb_ok(cx, service_get(cx, 0, w->service_id, &s));
	assert_int_equal(s.hold_until.n, day_of(2027, 6, 1).n);
	POST(w, path_to(w, "services", w->service_id, "cancel"), "when=now&reason=asked");
	assert_status(&w->owner, 303);
	testdb_ok(cx, service_get(cx, 0, w->service_id, &s));
	assert_int_equal(s.state, SERVICE_CANCELLED);
	POST(w, "/admin/services/999/cancel", "when=now&reason=asked");
	assert_status(&w->owner, 404);
	webtest_close(w);
}

static void gateways_are_set_up(void **state)
{
	struct webtest *w = webtest_open(*state);
	struct gateway g;
	struct cx *cx = &w->t->cx;
	POST(w, "/admin/settings/gateways/bank",
	    "name=Transfer&enabled=1&account_holder=Us&iban=DE89370400440532013000");
	assert_status(&w->owner, 303);
	testdb_ok(cx, gateway_get(cx, "bank", &g));
	assert_non_null(strstr(g.settings, "DE89"));
	POST(w, "/admin/settings/gateways/nothing", "name=x");
	assert_status(&w->owner, 404);
	POST(w, "/admin/settings/gateways/card/test", "");
	assert_status(&w->owner, 303);
	assert_string_equal(w->fake.last_op, "gateway.test");
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(pages_render),
	    TESTDB_BOTH(lists_render_empty),
	    TESTDB_BOTH(rights_hide_what_is_not_allowed),
	    TESTDB_BOTH(dangerous_actions_ask_why),
	    TESTDB_BOTH(clients_are_made_and_changed),
	    TESTDB_BOTH(invoices_are_paid_and_corrected),
	    TESTDB_BOTH(drafts_become_invoices),
	    TESTDB_BOTH(settings_are_saved_by_subject),
	    TESTDB_BOTH(every_setting_has_a_page),
	    TESTDB_BOTH(taxes_rates_and_groups),
	    TESTDB_BOTH(roles_come_from_boxes),
	    TESTDB_BOTH(tokens_are_shown_once),
	    TESTDB_BOTH(services_are_suspended_and_held),
	    TESTDB_BOTH(gateways_are_set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
