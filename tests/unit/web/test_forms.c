/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staff forms: what there is to choose from is offered by name, clients are found as people say
 * them, and options and add-ons of a chosen plan are fields. All of it without a script.
 */
#include "unit/web/webtest.h"

#include "core/coupon/coupon.h"
#include "core/option/option.h"
#include "core/quote/quote.h"

#define POST(w, path, form) web_client_form(&(w)->owner, path, form)
#define GET(w, path) web_client_call(&(w)->owner, "GET", path, NULL)

static void has(const struct web_client *c, const char *what)
{
	if (strstr(c->body, what) == NULL)
		print_error("not on the page: %s\n%s\n", what, c->body);
	assert_non_null(strstr(c->body, what));
}

static void lacks(const struct web_client *c, const char *what)
{
	if (strstr(c->body, what) != NULL)
		print_error("on the page: %s\n", what);
	assert_null(strstr(c->body, what));
}

static void api(struct webtest *w, const char *path, const char *json)
{
	web_client_call(&w->api, "POST", path, json);
	assert_status(&w->api, 201);
}

/* A plan "vps" for 20.00 with a disk of 0.50 per GB; an add-on "ip" for 2.00 with a host name. */
static struct webtest *goods(const char *engine)
{
	struct webtest *w = webtest_open(engine);
	api(w, "/api/v1/plans",
	    "{\"key\":\"vps\",\"name\":\"VPS\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":2000},{\"cycle\":\"1y\",\"currency\":\"EUR\","
	    "\"price_minor\":20000}]}");
	api(w, "/api/v1/plans",
	    "{\"key\":\"ip\",\"name\":\"Second address\",\"addon_of\":\"vps\",\"prices\":[{"
	    "\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":200}]}");
	api(w, "/api/v1/options",
	    "{\"key\":\"backup\",\"name\":\"Backup\",\"kind\":\"yesno\",\"plans\":\"vps\","
	    "\"position\":1,\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":300}]}");
	api(w, "/api/v1/options",
	    "{\"key\":\"disk\",\"name\":\"Disk\",\"kind\":\"quantity\",\"unit\":\"GB\",\"max\":50,"
	    "\"plans\":\"vps\",\"position\":2,\"shown_if_option\":\"backup\",\"shown_if_value\":"
	    "\"yes\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":50}]}");
	api(w, "/api/v1/options",
	    "{\"key\":\"rdns\",\"name\":\"Host name\",\"kind\":\"choice\",\"plans\":\"ip\","
	    "\"required\":true,\"choices\":[{\"key\":\"no\",\"name\":\"Ours\"},{\"key\":\"own\","
	    "\"name\":\"Your own\"}],\"prices\":[{\"choice\":\"no\",\"cycle\":\"1m\",\"currency\":"
	    "\"EUR\",\"price_minor\":0},{\"choice\":\"own\",\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":100}]}");
	return w;
}

static void keys_are_chosen_by_name(void **state)
{
	struct webtest *w = goods(*state);
	struct web_client *c = &w->owner;
	struct coupon coupon;
	GET(w, "/admin/settings/coupons/new");
	has(c, "type=\"checkbox\" id=\"field-plans-");
	has(c, "value=\"vps\"><label for=\"field-plans-");
	has(c, ">Second address</label>");
	has(c, "<option value=\"EUR\">EUR</option>");
	POST(w, "/admin/settings/coupons",
	    "code=TEN&name=Ten&kind=percent&rate_ppm=10&plans.0=vps&plans.3=ip&cycles.1=1m");
	assert_status(c, 303);
	testdb_ok(&w->t->cx, coupon_get(&w->t->cx, 1, &coupon));
	assert_string_equal(coupon.plans, "vps ip");
	assert_string_equal(coupon.cycles, "1m");
	/* Boxes of what was chosen are checked again; nothing chosen is nothing. */
	GET(w, "/admin/settings/coupons/1");
	has(c, "value=\"vps\" checked>");
	lacks(c, "value=\"web-s\" checked>");
	POST(w, "/admin/settings/coupons/1", "code=TEN&name=Ten&kind=percent&rate_ppm=10");
	testdb_ok(&w->t->cx, coupon_get(&w->t->cx, 1, &coupon));
	assert_string_equal(coupon.plans, "");
	/* A refused form keeps the choice. */
	POST(w, "/admin/settings/coupons", "code=&kind=percent&plans.0=ip");
	assert_status(c, 422);
	has(c, "value=\"ip\" checked>");
	/* What is not on sale any more stays on offer where it was chosen. */
	POST(w, "/admin/settings/coupons/1",
	    "code=TEN&name=Ten&kind=percent&rate_ppm=10&plans.0=vps");
	POST(w, "/admin/plans/2/retire", "");
	assert_status(c, 303);
	GET(w, "/admin/settings/coupons/1");
	has(c, "value=\"vps\" checked>");
	/* Several words are text to the API. */
	web_client_call(&w->api, "POST", "/api/v1/coupons",
	    "{\"code\":\"X\",\"kind\":\"percent\",\"rate_ppm\":1,\"plans\":[\"vps\"]}");
	assert_status(&w->api, 422);
	webtest_close(w);
}

static void every_form_offers_what_there_is(void **state)
{
	struct webtest *w = goods(*state);
	static const struct {
		const char *path, *what;
	} pages[] = {
	    {"/admin/plans/options/new", "type=\"checkbox\" id=\"field-plans-"},
	    {"/admin/plans/options/new",
	        "<select class=\"form-select\" id=\"field-shown_if_option\""},
	    {"/admin/plans/options/new", "<option value=\"6m\">Every 6 months</option>"},
	    {"/admin/plans/bundles/new", "<option value=\"vps\">VPS</option>"},
	    {"/admin/plans/new", "type=\"checkbox\" id=\"field-addon_of-"},
	    {"/admin/plans/new", "<option value=\"standard\" selected>Standard</option>"},
	    {"/admin/plans/1/meters/new", "<option value=\"EUR\">EUR</option>"},
	    {"/admin/reprices/new", "type=\"checkbox\" id=\"field-versions-"},
	    {"/admin/reprices/new", "Web S, monthly, 10.00 EUR"},
	    {"/admin/settings/taxes/new", "list=\"field-tax_class-list\""},
	    {"/admin/quotes/new", "list=\"field-client_id-list\""},
	    {"/admin/invoices/new", "hx-get=\"/admin/clients/suggest\""},
	    {"/admin/billables/new", "Anna Test, a@example.com\""},
	    {"/admin/account", "type=\"checkbox\" id=\"field-scopes-"},
	};
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		GET(w, pages[i].path);
		assert_status(&w->owner, 200);
		has(&w->owner, pages[i].what);
	}
	webtest_close(w);
}

static void a_client_is_found_as_people_say_him(void **state)
{
	struct webtest *w = goods(*state);
	struct web_client *c = &w->owner;
	static const char *const ways[] = {"2", "%232", "%232+Boris+Test,+b@example.com",
	    "b@example.com", "boris"};
#define LINE "&lines.0.description=X&lines.0.unit_minor=5&lines.0.quantity=1"
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct quote q;
		POST(w, "/admin/quotes", arena_printf(c->arena, "client_id=%s" LINE, ways[i]));
		assert_status(c, 303);
		testdb_ok(&w->t->cx, quote_get(&w->t->cx, 0, (int64_t)i + 1, &q));
		assert_int_equal(q.client_id, w->b_id);
		assert_string_equal(q.currency, "EUR");
	}
	/* Several, nobody: nothing is done, and the form says who it could be. */
	POST(w, "/admin/quotes", "client_id=example.com" LINE);
	assert_status(c, 422);
	has(c, "This could be several: #");
	has(c, "value=\"example.com\"");
	has(c, "<option value=\"#2 Boris Test, b@example.com\">");
	POST(w, "/admin/quotes", "client_id=nobody" LINE);
	assert_status(c, 422);
	has(c, "Nobody is found by this");
	GET(w, "/admin/clients/suggest?client_id=ann");
	has(c, "#1 Anna Test, a@example.com");
	lacks(c, "Boris");
	/* A report asks the same way. */
	GET(w, "/admin/reports/statement?client_id=example.com");
	assert_status(c, 200);
	has(c, "This could be several");
	GET(w, "/admin/reports/statement?client_id=boris");
	assert_status(c, 200);
	lacks(c, "Which client?");
	/* A service is handed over the same way. */
	POST(w, arena_printf(c->arena, "/admin/services/%lld/transfer", (long long)w->service_id),
	    "client_id=example.com&reason=sold");
	assert_status(c, 422);
	has(c, "This could be several");
	webtest_close(w);
}

static void an_order_has_options_and_add_ons(void **state)
{
	struct webtest *w = goods(*state);
	struct web_client *c = &w->owner;
	struct cx *cx = &w->t->cx;
	struct order o;
	struct order_item *items;
	struct invoice invoice;
	struct service_options chosen;
	size_t n;
#define ORDER "client_id=b@example.com&items.0.plan=vps&items.0.cycle=1m&items.0.quantity=1"
	/* The plan is chosen: its options and add-ons are there, hidden ones not. */
	POST(w, "/admin/orders", ORDER "&show=1");
	assert_status(c, 200);
	has(c, "name=\"items.0.options.backup\"");
	lacks(c, "name=\"items.0.options.disk\"");
	has(c, "name=\"items.0.addons.0.plan\"");
	lacks(c, "addons.0.options.rdns");
	has(c, "value=\"#2 Boris Test, b@example.com\"");
	has(c, "20.00");
	/* With backup there is a disk; with the add-on its own option, which must be answered. */
	POST(w, "/admin/orders",
	    ORDER "&items.0.options.backup=yes&items.0.addons.0.plan=ip&show=1");
	has(c, "name=\"items.0.options.disk\"");
	has(c, "name=\"items.0.addons.0.options.rdns\"");
	has(c, "Choose Host name");
	/* 20.00 + 3.00 + 5.00 + 2.00 + 1.00 */
#define ALL \
	ORDER \
	"&items.0.options.backup=yes&items.0.options.disk=10&items.0.addons.0.plan=ip" \
	"&items.0.addons.0.options.rdns=own&items.1.quantity=1"
	POST(w, "/admin/orders", ALL "&show=1");
	has(c, "31.00");
	POST(w, "/admin/orders", ALL "&more=1");
	assert_status(c, 200);
	has(c, "name=\"items.1.plan\"");
	/* A refused one shows why at its field, and keeps what was chosen. */
	POST(w, "/admin/orders", ORDER "&items.0.options.backup=yes&items.0.options.disk=99");
	assert_status(c, 422);
	has(c, "id=\"field-items-0-options-disk-error\"");
	POST(w, "/admin/orders", ALL);
	assert_status(c, 303);
	testdb_ok(cx, order_get(cx, 0, w->order_id + 1, &o));
	assert_int_equal(o.client_id, w->b_id);
	testdb_ok(cx, invoice_get(cx, 0, o.invoice_id, &invoice));
	assert_int_equal(invoice.net_minor, 3100);
	testdb_ok(cx, order_items(cx, o.id, &items, &n));
	assert_int_equal(n, 2);
	testdb_ok(cx, service_options_of(cx, items[0].service_id, &chosen));
	assert_int_equal(chosen.n, 2);
	testdb_ok(cx, service_options_of(cx, items[1].service_id, &chosen));
	assert_string_equal(chosen.rows[0].value, "own");
	/* An add-on that was unticked goes with its options. */
	POST(w, "/admin/orders", ORDER "&items.0.addons.0.options.rdns=own");
	assert_status(c, 303);
	testdb_ok(cx, order_items(cx, o.id + 1, &items, &n));
	assert_int_equal(n, 1);
	webtest_close(w);
}

static void the_shop_sells_add_ons_with_their_options(void **state)
{
	struct webtest *w = goods(*state);
	struct web_client *c = &w->a;
	web_client_call(c, "GET", "/order/vps?cycle=1y", NULL);
	has(c, "id=\"cycle-1y\" value=\"1y\" checked");
	web_client_form(c, "/order/vps", "cycle=1m&quantity=1&addons.0.plan=ip&show=1");
	assert_status(c, 200);
	has(c, "name=\"addons.0.options.rdns\"");
	has(c, "Choose what is needed to see the price");
	web_client_form(c, "/order/vps",
	    "cycle=1m&quantity=1&addons.0.plan=ip&addons.0.options.rdns=own&show=1");
	has(c, "23.00");
	has(c, "value=\"own\" selected");
	web_client_form(c, "/order/vps", "cycle=1m&quantity=1&addons.0.plan=ip");
	assert_status(c, 422);
	has(c, "id=\"field-addons-0-options-rdns-error\"");
	web_client_form(c, "/order/vps",
	    "cycle=1m&quantity=1&addons.0.plan=ip&addons.0.options.rdns=own");
	assert_status(c, 303);
	web_client_call(c, "GET", "/cart", NULL);
	has(c, "23.00");
	has(c, "Your own");
	/* Not ticked: what stands in its fields does not matter. */
	web_client_form(c, "/order/vps", "cycle=1m&quantity=1&addons.0.options.rdns=own");
	assert_status(c, 303);
	webtest_close(w);
}

static void a_quote_is_written_with_options(void **state)
{
	struct webtest *w = goods(*state);
	struct web_client *c = &w->owner;
	struct quote q;
	json_t *view;
#define QUOTE "client_id=2&items.0.plan=vps&items.0.cycle=1m&items.0.quantity=1"
	POST(w, "/admin/quotes", QUOTE "&items.0.options.backup=yes&show=1");
	assert_status(c, 200);
	has(c, "name=\"items.0.options.disk\"");
	POST(w, "/admin/quotes",
	    QUOTE "&items.0.options.backup=yes&items.0.options.disk=4&items.1.quantity=1"
	          "&lines.0.quantity=1&lines.0.tax_class=standard");
	assert_status(c, 303);
	testdb_ok(&w->t->cx, quote_get(&w->t->cx, 0, 1, &q));
	testdb_ok(&w->t->cx, quote_view(&w->t->cx, &q, &view));
	/* 20.00 + 3.00 + 2.00 */
	assert_int_equal(json_integer_value(json_object_get(view, "net_minor")), 2500);
	GET(w, "/admin/quotes/1/edit");
	assert_status(c, 200);
	has(c, "name=\"items.0.options.disk\" value=\"4\"");
	POST(w, "/admin/quotes/1/edit", QUOTE "&items.0.options.disk=4");
	assert_status(c, 422);
	web_client_call(&w->api, "POST", "/api/v1/quotes",
	    "{\"client_id\":2,\"items\":[{\"plan\":\"vps\",\"cycle\":\"1m\",\"options\":"
	    "{\"backup\":true,\"disk\":4}}]}");
	assert_status(&w->api, 201);
	has(&w->api, "\"net_minor\":2500");
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest all[] = {
	    TESTDB_BOTH(keys_are_chosen_by_name),
	    TESTDB_BOTH(every_form_offers_what_there_is),
	    TESTDB_BOTH(a_client_is_found_as_people_say_him),
	    TESTDB_BOTH(an_order_has_options_and_add_ons),
	    TESTDB_BOTH(the_shop_sells_add_ons_with_their_options),
	    TESTDB_BOTH(a_quote_is_written_with_options),
	};
	crypto_setup();
	return cmocka_run_group_tests(all, NULL, NULL);
}
