/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Priced options from the cart to the renewal: lines of one document, first terms, taxes, coupons,
 * conditions and missing prices, currencies without cents.
 */
#include "core/report/report.h"
#include "unit/flow/options.h"

static void tax(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, tax_rate_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

/* The invoice of an order, equal to what the cart said. */
static int64_t as_quoted(struct world *w, const char *json, int64_t *ret_service)
{
	struct order_input in;
	struct order_quote q;
	struct client c;
	int64_t invoice;
	json_t *body = world_json(w, json);
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &order_fields, body, FIELD_JSON, &in));
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	testdb_ok(w->cx, order_quote(w->cx, &c, &in, &q));
	int64_t s = world_order(w, json, &invoice);
	if (ret_service != NULL)
		*ret_service = s;
	json_t *cart = order_quote_view(w->cx, &q), *view = paper_view(w, invoice);
	assert_int_equal(paper_int(cart, "total_minor"), paper_int(view, "total_minor"));
	assert_int_equal(paper_int(cart, "tax_minor"), paper_int(view, "tax_minor"));
	assert_int_equal(paper_int(cart, "discount_minor"), paper_int(view, "discount_minor"));
	return invoice;
}

static void each_option_is_a_line_of_the_same_document(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s;
	tax(w, "{\"name\":\"USt\",\"country\":\"DE\",\"rate_ppm\":190000}");
	world_day(w, "2027-06-01");
	int64_t invoice = as_quoted(w, WEB(ALL), &s);
	assert_string_equal(lines_of(w, invoice),
	    "Web 1000, Set-up of Web 500, Disk: 10 GB 200, Backup: Daily 300,"
	    " Set-up of Backup: Daily 100, Own IP address 250, Set-up of Own IP address 400");
	/* 27.50 and 5.225 of tax, rounded up */
	assert_int_equal(world_invoice(w, invoice).total_minor, 2750 + 523);
	paper_says(w, invoice, "Disk: 10 GB");
	world_pay(w, invoice);
	assert_string_equal(options_of(w, s), "disk=10 backup=daily ip=yes note=a1");
	/* The renewal has no set-up, and what was free is no line. */
	world_day(w, "2027-06-24");
	world_run(w);
	invoice = newest(w, "open");
	assert_string_equal(lines_of(w, invoice),
	    "Web 1000, Disk: 10 GB 200, Backup: Daily 300, Own IP address 250");
	assert_int_equal(world_invoice(w, invoice).total_minor, 1750 + 333);
	/* Another price in the catalog is for others. */
	json_t *view;
	int64_t disk;
	testdb_ok(w->cx, option_find(w->cx, "disk", &disk));
	testdb_ok(w->cx, option_view(w->cx, disk, &view));
	view = json_keep(w->cx, json_deep_copy(view));
	json_object_del(view, "id");
	json_object_del(view, "state");
	json_t *price, *prices = json_object_get(view, "prices");
	size_t i;
	json_array_foreach(prices, i, price) {
		json_object_del(price, "id");
		json_object_set_new(price, "price_minor", json_integer(99));
	}
	testdb_ok(w->cx, option_save(w->cx, disk, view, FIELD_JSON, &disk));
	world_pay(w, invoice);
	world_day(w, "2027-07-25");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")),
	    "Web 1000, Disk: 10 GB 200, Backup: Daily 300, Own IP address 250");
	world_close(w);
}

static void the_forecast_and_the_mrr_count_options(void **state)
{
	struct world *w = option_world(*state, "");
	json_t *tree, *out;
	struct day until;
	int64_t invoice, s;
	world_day(w, "2027-06-01");
	world_set(w, "company.zone", "UTC");
	s = world_order(w, WEB(ALL), &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-20");
	assert_true(day_parse("2027-07-10", &until));
	testdb_ok(w->cx, flow_forecast(&w->w, until, true, &tree));
	json_t *totals = json_object_get(json_object_get(tree, "totals"), "paid");
	json_t *money = json_array_get(json_object_get(totals, "money"), 0);
	assert_int_equal(paper_int(money, "invoiced_minor"), 1750);
	struct report_query q = {.limit = 10};
	assert_true(day_parse("2027-06-01", &q.from) && day_parse("2027-06-30", &q.until));
	q.on = q.until;
	testdb_ok(w->cx, report_make(w->cx, "mrr", &q, &out));
	char *text = json_dumps(out, 0);
	assert_non_null(strstr(text, "\"mrr_minor\": 1750"));
	free(text);
	(void)s;
	world_close(w);
}

/* A term that is credited takes its options along, and all is billed again together. */
static void a_credited_term_takes_its_options_along(void **state)
{
	struct world *w = option_world(*state, "");
	struct invoice_item *items;
	int64_t s, invoice, note, again;
	size_t n;
	bool existing;
	world_day(w, "2027-06-01");
	s = world_order(w, WEB("{\"disk\":10,\"backup\":\"daily\"}"), &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-28");
	world_run(w);
	int64_t renewal = newest(w, "open");
	const char *lines = lines_of(w, renewal);
	testdb_ok(w->cx, invoice_items(w->cx, renewal, &items, &n));
	struct credit_wish one = {renewal, 0, &items[0].id, 1, "x", NULL, DAY_NONE, DAY_NONE};
	testdb_ok(w->cx, credit_note_make(w->cx, &one, &note, &existing));
	assert_string_equal(lines_of(w, note), lines);
	world_drain(w);
	world_is_day(world_service(w, s).billed_until, "2027-07-01");
	/* Early renewal has them, too. */
	testdb_ok(w->cx, renew_issue(w->cx, &(struct renew){0, s, DAY_NONE}, &again));
	assert_string_equal(lines_of(w, again), lines);
	world_close(w);
}

static void a_first_term_prorates_options_like_the_plan(void **state)
{
	struct world *w = option_world(*state, ",\"prorata_day\":1,\"prorata_cutoff\":20");
	world_day(w, "2027-01-10");
	/* 22 of 31 days: 7.10, ten times 0.14, 2.13 */
	int64_t invoice = as_quoted(w, WEB("{\"disk\":10,\"backup\":\"daily\"}"), NULL);
	assert_string_equal(lines_of(w, invoice),
	    "Web 710, Set-up of Web 500, Disk: 10 GB 140, Backup: Daily 213,"
	    " Set-up of Backup: Daily 100");
	/* From the cut-off day on the next term comes too: 12 of 31 days and a month. */
	world_day(w, "2027-01-20");
	invoice = as_quoted(w, WEB("{\"backup\":\"hourly\"}"), NULL);
	assert_string_equal(lines_of(w, invoice),
	    "Web 1387, Set-up of Web 500, Backup: Hourly 1110");
	world_close(w);
}

static void a_trial_is_free_with_all_options(void **state)
{
	struct world *w = option_world(*state, ",\"trial_days\":14");
	int64_t s;
	world_day(w, "2027-01-10");
	int64_t invoice = as_quoted(w, WEB("{\"disk\":10,\"backup\":\"hourly\"}"), &s);
	assert_string_equal(lines_of(w, invoice),
	    "Web (free trial) 0, Set-up of Web 500, Disk: 10 GB (free trial) 0,"
	    " Backup: Hourly (free trial) 0");
	world_pay(w, invoice);
	/* More of it stays free up to the end of the trial. */
	assert_int_equal(change_options(w, s, "{\"disk\":20}"), 0);
	assert_int_equal(world_credit(w), 0);
	assert_int_equal(change_options(w, s, "{\"disk\":5}"), 0);
	assert_int_equal(world_credit(w), 0);
	world_day(w, "2027-01-20");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")),
	    "Web 1000, Disk: 5 GB 100, Backup: Hourly 800");
	world_close(w);
}

static void two_taxes_and_prices_with_tax_inside(void **state)
{
	struct world *w = option_world(*state, "");
	world_day(w, "2027-06-01");
	tax(w, "{\"name\":\"GST\",\"country\":\"DE\",\"rate_ppm\":50000}");
	tax(w, "{\"name\":\"QST\",\"country\":\"DE\",\"level\":\"2\",\"rate_ppm\":99750}");
	/* 17.00: 0.85 and 1.69575 */
	int64_t invoice = as_quoted(w, WEB("{\"disk\":10,\"backup\":\"none\"}"), NULL);
	assert_int_equal(world_invoice(w, invoice).tax_minor, 85 + 170);
	world_set(w, "tax.prices", "inclusive");
	/* 17.00 with 14.975 % inside: 14.785823 net */
	invoice = as_quoted(w, WEB("{\"disk\":10,\"backup\":\"none\"}"), NULL);
	assert_int_equal(world_invoice(w, invoice).total_minor, 1700);
	assert_int_equal(world_invoice(w, invoice).net_minor, 1479);
	world_close(w);
}

static void coupon(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, coupon_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

static void a_coupon_comes_off_plan_and_options(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t invoice;
	world_day(w, "2027-06-01");
	coupon(w,
	    "{\"code\":\"TEN\",\"name\":\"x\",\"kind\":\"percent\",\"rate_ppm\":100000,"
	    "\"terms\":0}");
	coupon(w,
	    "{\"code\":\"FIVE\",\"name\":\"x\",\"kind\":\"amount\",\"amount_minor\":500,"
	    "\"currency\":\"EUR\",\"terms\":2}");
	invoice = as_quoted(w, "{\"coupon\":\"TEN\",\"items\":[" WEB_ITEM(ALL) "]}", NULL);
	assert_string_equal(discounts_of(w, invoice), "100 0 20 30 0 25 0");
	world_pay(w, invoice);
	/* 5.00 over 10.00, 2.00, 3.00 and 2.50; the cents left go to the largest rests. */
	invoice = as_quoted(w, "{\"coupon\":\"FIVE\",\"items\":[" WEB_ITEM(ALL) "]}", NULL);
	assert_string_equal(discounts_of(w, invoice), "286 0 57 86 0 71 0");
	world_pay(w, invoice);
	world_day(w, "2027-06-24");
	world_run(w);
	invoice = newest(w, "open");
	assert_string_equal(discounts_of(w, invoice), "286 57 86 71");
	world_pay(w, invoice);
	assert_string_equal(discounts_of(w, newest(w, "open")), "100 20 30 25");
	world_pay(w, newest(w, "open"));
	/* Two terms are over. */
	world_day(w, "2027-07-25");
	world_run(w);
	assert_string_equal(discounts_of(w, newest(w, "open")), "0 0 0 0");
	world_close(w);
}

static void what_does_not_fit_is_refused_by_name(void **state)
{
	struct world *w = option_world(*state, "");
	world_day(w, "2027-06-01");
	order_refused(w, WEB("{}"), "items.0.options.backup", "field.required");
	order_refused(w, WEB("{\"backup\":\"weekly\"}"), "items.0.options.backup", "option.choice");
	order_refused(w, WEB("{\"backup\":\"none\",\"disk\":7}"), "items.0.options.disk",
	    "option.quantity");
	order_refused(w, WEB("{\"backup\":\"none\",\"disk\":105}"), "items.0.options.disk",
	    "option.quantity");
	order_refused(w, WEB("{\"backup\":\"none\",\"disk\":-5}"), "items.0.options.disk",
	    "option.quantity");
	order_refused(w, WEB("{\"backup\":\"none\",\"disk\":\"5e1\"}"), "items.0.options.disk",
	    "option.quantity");
	order_refused(w, WEB("{\"backup\":\"none\",\"ip\":\"maybe\"}"), "items.0.options.ip",
	    "option.yesno");
	order_refused(w, WEB("{\"backup\":\"none\",\"ram\":1}"), "items.0.options.ram",
	    "option.unknown");
	order_refused(w, WEB("{\"backup\":[1]}"), "items.0.options.backup", "field.type");
	order_refused(w, WEB("[1]"), "items.0.options", "field.type");
	/* The host name belongs to an address: not without one, and not missing with one. */
	order_refused(w, WEB("{\"backup\":\"none\",\"note\":\"a\"}"), "items.0.options.note",
	    "option.hidden");
	order_refused(w, WEB("{\"backup\":\"none\",\"ip\":true}"), "items.0.options.note",
	    "field.required");
	/* Hourly is sold by the month only, an address too. */
	order_refused(w,
	    "{\"items\":[{\"plan\":\"web\",\"cycle\":\"1y\",\"options\":{\"backup\":\"hourly\"}}]}",
	    "items.0.options.backup", "option.price");
	order_refused(w,
	    "{\"items\":[" WEB_ITEM(
	        "{\"backup\":\"none\"}") ",{\"plan\":\"web\",\"cycle\":\"1y\","
	                                 "\"options\":{\"backup\":\"none\",\"ip\":\"yes\","
	                                 "\"note\":\"x\"}}]}",
	    "items.1.options.ip", "option.price");
	/* "no", 0 and "" choose nothing, whatever the condition says. */
	int64_t invoice =
	    as_quoted(w, WEB("{\"backup\":\"none\",\"ip\":\"no\",\"disk\":0,\"note\":\"\"}"), NULL);
	assert_string_equal(lines_of(w, invoice), "Web 1000, Set-up of Web 500");
	world_close(w);
}

static void an_option_is_saved_whole_or_not_at_all(void **state)
{
	struct world *w = option_world(*state, "");
	static const struct {
		const char *json, *field;
	} bad[] = {
	    {"{\"key\":\"disk\",\"name\":\"x\",\"kind\":\"yesno\"}", "key"},
	    {"{\"key\":\"12\",\"name\":\"x\",\"kind\":\"yesno\"}", "key"},
	    {"{\"key\":\"a.b\",\"name\":\"x\",\"kind\":\"yesno\"}", "key"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"maybe\"}", "kind"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"choice\"}", "choices"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"yesno\",\"plans\":\"web none\"}", "plans"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"quantity\",\"min\":5,\"max\":4}", "max"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"yesno\",\"shown_if_option\":\"none\","
	     "\"shown_if_value\":\"yes\"}",
	        "shown_if_option"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"yesno\",\"shown_if_option\":\"ip\"}",
	        "shown_if_value"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"yesno\",\"prices\":[{\"choice\":\"b\","
	     "\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1}]}",
	        "prices.0.choice"},
	    {"{\"key\":\"a\",\"name\":\"x\",\"kind\":\"yesno\",\"prices\":["
	     "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1},"
	     "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":2}]}",
	        "prices.1.cycle"},
	};
	json_t *before, *after;
	int64_t id, ip;
	testdb_ok(w->cx, option_list(w->cx, 0, &before));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(option_save(w->cx, 0, world_json(w, bad[i].json), FIELD_JSON, &id),
		    ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->name, bad[i].field);
		cx_clear(w->cx);
	}
	/* An address that waits for its own host name. */
	testdb_ok(w->cx, option_find(w->cx, "ip", &ip));
	assert_int_equal(option_save(w->cx, ip,
	                     world_json(w,
	                         "{\"key\":\"ip\",\"name\":\"x\",\"kind\":\"yesno\","
	                         "\"shown_if_option\":\"note\",\"shown_if_value\":\"a\"}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->key, "option.circle");
	cx_clear(w->cx);
	testdb_ok(w->cx, option_list(w->cx, 0, &after));
	assert_true(json_equal(before, after));
	/* A retired one is not asked for any more. */
	int64_t backup;
	testdb_ok(w->cx, option_find(w->cx, "backup", &backup));
	testdb_ok(w->cx, option_retire(w->cx, backup, true));
	testdb_ok(w->cx, option_retire(w->cx, backup, true));
	as_quoted(w, WEB("{}"), NULL);
	order_refused(w, WEB("{\"backup\":\"none\"}"), "items.0.options.backup", "option.unknown");
	world_close(w);
}

static void an_approved_order_bills_what_was_chosen(void **state)
{
	struct world *w = option_world(*state, ",\"setup_when\":\"approval\",\"prorata_day\":1");
	struct order o;
	int64_t invoice, order;
	world_day(w, "2027-01-05");
	int64_t s = world_order(w, WEB("{\"disk\":10,\"backup\":\"daily\"}"), &invoice);
	assert_int_equal(invoice, 0);
	order = world_service(w, s).order_id;
	world_day(w, "2027-01-10");
	testdb_ok(w->cx, order_apply(w->cx, order, ORDER_APPROVE, NULL));
	testdb_ok(w->cx, order_get(w->cx, 0, order, &o));
	assert_string_equal(lines_of(w, o.invoice_id),
	    "Web 710, Disk: 10 GB 140, Backup: Daily 213, Set-up of Web 500,"
	    " Set-up of Backup: Daily 100");
	world_close(w);
}

static void yen_have_no_cents(void **state)
{
	struct world *w = world_open(*state);
	struct client_input in = {.email = "jp@example.org",
	    .first_name = "Jun",
	    .last_name = "I",
	    .company = "",
	    .address = "1",
	    .city = "Tokyo",
	    .postcode = "1",
	    .state = "",
	    .country = "JP",
	    .phone = "",
	    .currency = "JPY",
	    .tax_id = "",
	    .password = ""};
	int64_t invoice;
	testdb_ok(w->cx, client_create(w->cx, &in, &w->client));
	world_plan(w,
	    "{\"key\":\"web\",\"name\":\"Web\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"JPY\",\"price_minor\":1000}]}");
	option_put(w,
	    "{\"key\":\"disk\",\"name\":\"Disk\",\"kind\":\"quantity\",\"plans\":\"web\","
	    "\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"JPY\",\"price_minor\":33}]}");
	world_day(w, "2027-06-01");
	int64_t s = world_order(w, WEB("{\"disk\":7}"), &invoice);
	assert_int_equal(world_invoice(w, invoice).total_minor, 1231);
	world_pay(w, invoice);
	world_day(w, "2027-06-12");
	/* 19 of 30 days: 209 of 330 less 146.3 of 231 */
	invoice = change_options(w, s, "{\"disk\":10}");
	assert_int_equal(world_invoice(w, invoice).total_minor, 209 - 146);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(each_option_is_a_line_of_the_same_document),
	    TESTDB_BOTH(the_forecast_and_the_mrr_count_options),
	    TESTDB_BOTH(a_credited_term_takes_its_options_along),
	    TESTDB_BOTH(a_first_term_prorates_options_like_the_plan),
	    TESTDB_BOTH(a_trial_is_free_with_all_options),
	    TESTDB_BOTH(two_taxes_and_prices_with_tax_inside),
	    TESTDB_BOTH(a_coupon_comes_off_plan_and_options),
	    TESTDB_BOTH(what_does_not_fit_is_refused_by_name),
	    TESTDB_BOTH(an_option_is_saved_whole_or_not_at_all),
	    TESTDB_BOTH(an_approved_order_bills_what_was_chosen),
	    TESTDB_BOTH(yen_have_no_cents),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
