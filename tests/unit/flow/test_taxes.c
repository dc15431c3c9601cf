/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taxes from cart to paper: cart = invoice = API = PDF = ledger (TAX-01, TAX-03), two taxes on a
 * line, VAT numbers asked of a service that may be down (TAX-05), and rates that change (TAX-06).
 */
#include "unit/flow/paper.h"

static void rate(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, tax_rate_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
}

static void once(struct world *w, const char *key, int64_t minor)
{
	world_plan(w,
	    arena_printf(w->cx->arena,
	        "{\"key\":\"%s\",\"name\":\"%s\",\"prices\":[{\"cycle\":\"once\","
	        "\"currency\":\"EUR\","
	        "\"price_minor\":%lld}]}",
	        key, key, (long long)minor));
}

/* Places the order and compares what each place says. */
static int64_t same_everywhere(struct world *w, const char *json, int64_t net, int64_t tax)
{
	struct order_input in;
	struct order_quote q;
	struct client c;
	int64_t invoice;
	json_t *body = world_json(w, json), *cart, *view, *taxes;
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &order_fields, body, FIELD_JSON, &in));
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	testdb_ok(w->cx, order_quote(w->cx, &c, &in, &q));
	cart = order_quote_view(w->cx, &q);
	world_order(w, json, &invoice);
	view = paper_view(w, invoice);
	taxes = json_object_get(view, "taxes");
	assert_int_equal(paper_int(cart, "net_minor"), net);
	assert_int_equal(paper_int(cart, "tax_minor"), tax);
	assert_int_equal(paper_int(cart, "total_minor"), net + tax);
	assert_int_equal(paper_int(view, "net_minor"), net);
	assert_int_equal(paper_int(view, "tax_minor"), tax);
	assert_int_equal(paper_int(view, "total_minor"), net + tax);
	assert_true(json_equal(taxes, json_object_get(cart, "taxes")));
	assert_int_equal(paper_booked(w, invoice, "revenue"), net);
	assert_int_equal(paper_booked(w, invoice, "tax"), tax);
	struct money total = money_of(net + tax, c.currency);
	paper_says(w, invoice,
	    arena_printf(w->cx->arena, "Total %s",
	        money_print_people(w->cx->arena, total, "en_US")));
	return invoice;
}

#define THREE \
	"{\"items\":[{\"plan\":\"a\",\"cycle\":\"once\"},{\"plan\":\"b\",\"cycle\":\"once\"}," \
	"{\"plan\":\"c\",\"cycle\":\"once\"}]}"

static void TAX_01_one_number_everywhere(void **state)
{
	struct world *w = world_open(*state);
	world_day(w, "2027-01-10");
	rate(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000}");
	once(w, "a", 29933);
	once(w, "b", 17933);
	once(w, "c", 9934);
	int64_t document = same_everywhere(w, THREE, 57800, 11560);
	paper_says(w, document, "115.60");
	assert_string_equal(json_string_value(json_object_get(paper_view(w, document), "rounding")),
	    "document");
	world_set(w, "tax.rounding", "line");
	int64_t line = same_everywhere(w, THREE, 57800, 11561);
	paper_says(w, line, "115.61");
	assert_string_equal(json_string_value(json_object_get(paper_view(w, line), "rounding")),
	    "line");
	/* The one before keeps its own. */
	paper_says(w, document, "115.60");
	world_close(w);
}

static void TAX_03_inclusive_gross_is_exact(void **state)
{
	struct world *w = world_open(*state);
	world_day(w, "2027-01-10");
	world_set(w, "tax.prices", "inclusive");
	rate(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":220000}");
	once(w, "a", 9900);
	int64_t id = same_everywhere(w,
	    "{\"items\":[{\"plan\":\"a\",\"cycle\":\"once\",\"quantity\":5}]}", 40574, 8926);
	paper_says(w, id, "495.00");
	world_close(w);
}

static void two_taxes_on_a_line_and_back(void **state)
{
	struct world *w = world_open(*state);
	int64_t note;
	struct invoice_item *items;
	size_t n;
	world_day(w, "2027-01-10");
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, "{\"country\":\"CA\",\"state\":\"QC\"}"),
	        FIELD_JSON, &client_staff_fields));
	rate(w, "{\"name\":\"GST\",\"country\":\"CA\",\"rate_ppm\":50000}");
	rate(w,
	    "{\"name\":\"QST\",\"country\":\"CA\",\"region\":\"QC\",\"level\":\"2\","
	    "\"rate_ppm\":99750}");
	once(w, "a", 10000);
	once(w, "b", 3333);
	int64_t id = same_everywhere(w,
	    "{\"items\":[{\"plan\":\"a\",\"cycle\":\"once\"},{\"plan\":\"b\",\"cycle\":\"once\"}]}",
	    13333, 667 + 1330);
	json_t *taxes = json_object_get(paper_view(w, id), "taxes");
	assert_int_equal(json_array_size(taxes), 2);
	assert_int_equal(paper_int(json_array_get(taxes, 0), "tax_minor"), 667);
	assert_int_equal(paper_int(json_array_get(taxes, 1), "tax_minor"), 1330);
	assert_string_equal(json_string_value(json_object_get(json_array_get(taxes, 1), "name")),
	    "QST");
	paper_says(w, id, "5 % + 9.975 %");
	paper_says(w, id, "QST 9.975 %");
	/* Part, then the rest: both taxes come back to the cent. */
	testdb_ok(w->cx, credit_note_amount(w->cx, id, 5000, "part", &note));
	testdb_ok(w->cx, invoice_items(w->cx, note, &items, &n));
	assert_int_equal(n, 1);
	assert_int_equal(items[0].net_minor + items[0].tax_minor, 5000);
	assert_int_equal(items[0].tax2_minor, 434);
	int64_t first = items[0].tax2_minor;
	bool existing;
	testdb_ok(w->cx, credit_note_full(w->cx, id, "rest", &note, &existing));
	testdb_ok(w->cx, invoice_items(w->cx, note, &items, &n));
	assert_int_equal(items[0].tax2_minor + first, 1330);
	paper_says(w, note, "QST 9.975 %");
	world_close(w);
}

/* ---- TAX-05 ---- */

static struct vies {
	const char *word; /* valid | invalid | down */
	int asked;
	const char *country, *number, *requester;
} vies;

static enum err vies_link(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	const json_t *args = json_object_get(request, "args");
	if (!str_eq(op, "vies.check"))
		return world_link(cx, arg, op, request, ret);
	vies.asked++;
	static char country[8], number[48], requester[48];
	snprintf(country, sizeof country, "%s",
	    json_string_value(json_object_get(args, "country")));
	snprintf(number, sizeof number, "%s", json_string_value(json_object_get(args, "number")));
	snprintf(requester, sizeof requester, "%s",
	    json_string_value(json_object_get(args, "requester_number")));
	vies.country = country;
	vies.number = number;
	vies.requester = requester;
	if (str_eq(vies.word, "down")) {
		*ret = (struct answer){OUTCOME_NOT_TRIED, "the service says MS_UNAVAILABLE",
		    json_keep(cx, json_object())};
		return OK;
	}
	*ret = (struct answer){OUTCOME_DONE, "",
	    json_keep(cx,
	        json_pack("{s:b s:s s:s}", "valid", str_eq(vies.word, "valid"), "consultation",
	            "WAPIAAAAX1", "answer", "{\"valid\":true}"))};
	return OK;
}

static struct world *world_vies(const void *engine)
{
	struct world *w = world_open(engine);
	w->link.call = vies_link;
	vies = (struct vies){.word = "down"};
	world_day(w, "2027-01-10");
	world_set(w, "company.tax_id", "DE 123456789");
	rate(w, "{\"name\":\"MwSt\",\"country\":\"DE\",\"rate_ppm\":190000}");
	rate(w, "{\"name\":\"TVA\",\"country\":\"FR\",\"rate_ppm\":200000}");
	once(w, "a", 10000);
	return w;
}

static const char *tax_state(struct world *w)
{
	struct client c;
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	return c.tax_id_state;
}

#define ONE "{\"items\":[{\"plan\":\"a\",\"cycle\":\"once\"}]}"

static void TAX_05_reverse_charge_with_evidence(void **state)
{
	struct world *w = world_vies(*state);
	json_t *rows, *view;
	testdb_ok(w->cx,
	    client_update(w->cx, w->client,
	        world_json(w,
	            "{\"country\":\"FR\",\"company\":\"SARL Dupont\","
	            "\"tax_id\":\"FR 40 303265045\"}"),
	        FIELD_JSON, &client_staff_fields));
	assert_string_equal(tax_state(w), "unchecked");
	/* The service is down: the order goes through with tax, and it is asked again. */
	world_drain(w);
	assert_string_equal(tax_state(w), "unavailable");
	same_everywhere(w, ONE, 10000, 2000);
	int asked = vies.asked;
	w->cx->now += 40;
	world_drain(w);
	assert_int_equal(vies.asked, asked + 1);
	vies.word = "valid";
	w->cx->now += 7200;
	world_drain(w);
	assert_string_equal(tax_state(w), "valid");
	assert_string_equal(vies.country, "FR");
	assert_string_equal(vies.number, "40303265045");
	assert_string_equal(vies.requester, "123456789");
	int64_t id = same_everywhere(w, ONE, 10000, 0);
	paper_says(w, id,
	    "Reverse charge: the customer accounts for the VAT (Art. 196 Directive 2006/112/EC)");
	paper_says(w, id, "Tax ID FR 40 303265045");
	paper_says(w, id, "Tax ID DE 123456789");
	view = json_array_get(json_object_get(paper_view(w, id), "taxes"), 0);
	assert_string_equal(json_string_value(json_object_get(view, "name")), TAX_REVERSE_NAME);
	assert_string_equal(json_string_value(
	                        json_object_get(json_object_get(paper_view(w, id), "buyer"),
	                            "tax_id_state")),
	    "valid");
	testdb_ok(w->cx, tax_evidence_view(w->cx, w->client, &rows));
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(json_string_value(
	                        json_object_get(json_array_get(rows, 0), "consultation")),
	    "WAPIAAAAX1");
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 1), "outcome")),
	    "unavailable");
	/*
	 * A month later it is asked again; by then it is wrong, and new documents carry tax. The
	 * old ones stay.
	 */
	world_day(w, "2027-02-20");
	vies.word = "invalid";
	world_run(w);
	assert_string_equal(tax_state(w), "invalid");
	same_everywhere(w, ONE, 10000, 2000);
	assert_int_equal(world_invoice(w, id).tax_minor, 0);
	world_close(w);
}

static void TAX_05_policy_while_the_service_is_silent(void **state)
{
	struct world *w = world_vies(*state);
	world_set(w, "tax.vies_policy", "reverse_if_format_ok");
	testdb_ok(w->cx,
	    client_update(w->cx, w->client,
	        world_json(w, "{\"country\":\"FR\",\"tax_id\":\"FR40303265045\"}"), FIELD_JSON,
	        &client_staff_fields));
	world_drain(w);
	same_everywhere(w, ONE, 10000, 0);
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, "{\"tax_id\":\"FR1\"}"), FIELD_JSON,
	        &client_staff_fields));
	same_everywhere(w, ONE, 10000, 2000);
	/* The day's sweep asks again, also about what stayed open. */
	vies.word = "invalid";
	world_day(w, "2027-01-12");
	world_run(w);
	assert_string_equal(tax_state(w), "invalid");
	same_everywhere(w, ONE, 10000, 2000);
	/* A number of the seller's own country, and of none in the EU, is nobody's to ask about. */
	int asked = vies.asked;
	testdb_ok(w->cx,
	    client_update(w->cx, w->client,
	        world_json(w, "{\"country\":\"DE\",\"tax_id\":\"DE999999999\"}"), FIELD_JSON,
	        &client_staff_fields));
	world_drain(w);
	assert_int_equal(vies.asked, asked);
	assert_string_equal(tax_state(w), "");
	same_everywhere(w, ONE, 10000, 1900);
	world_close(w);
}

static void a_draft_gets_the_note_once(void **state)
{
	struct world *w = world_vies(*state);
	struct invoice_input in;
	int64_t id;
	vies.word = "valid";
	testdb_ok(w->cx,
	    client_update(w->cx, w->client,
	        world_json(w, "{\"country\":\"FR\",\"tax_id\":\"FR40303265045\"}"), FIELD_JSON,
	        &client_staff_fields));
	world_drain(w);
	json_t *body = world_json(w,
	    "{\"note\":\"Thanks\",\"items\":[{\"description\":\"Work\",\"unit_minor\":5000}]}");
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &invoice_fields, body, FIELD_JSON, &in));
	testdb_ok(w->cx, invoice_draft(w->cx, &in, &id));
	assert_string_equal(world_invoice(w, id).note, "Thanks");
	testdb_ok(w->cx, invoice_issue(w->cx, id));
	assert_string_equal(world_invoice(w, id).note, "Thanks\n" TAX_REVERSE_NOTE);
	world_close(w);
}

/* ---- TAX-06 ---- */

static struct invoice renew_over_new_year(struct world *w, const char *point)
{
	int64_t invoice;
	struct invoice_filter f = {.client_id = w->client, .limit = 1};
	json_t *rows;
	world_set(w, "tax.point", point);
	rate(w, "{\"name\":\"MwSt\",\"country\":\"DE\",\"rate_ppm\":190000}");
	rate(w,
	    "{\"name\":\"MwSt\",\"country\":\"DE\",\"rate_ppm\":210000,"
	    "\"valid_from\":\"2027-01-01\"}");
	world_plan(w,
	    "{\"key\":\"m\",\"name\":\"M\",\"prices\":[{\"cycle\":\"1m\","
	    "\"currency\":\"EUR\",\"price_minor\":1000}]}");
	world_day(w, "2026-12-05");
	world_order(w, "{\"items\":[{\"plan\":\"m\",\"cycle\":\"1m\"}]}", &invoice);
	assert_int_equal(world_invoice(w, invoice).tax_minor, 190);
	world_pay(w, invoice);
	world_day(w, "2026-12-28");
	world_run(w);
	testdb_ok(w->cx, invoice_list(w->cx, &f, &rows));
	return world_invoice(w, paper_int(json_array_get(rows, 0), "id"));
}

static void TAX_06_rate_of_the_tax_point(void **state)
{
	struct world *w = world_open(*state);
	struct invoice renewal = renew_over_new_year(w, "period_start");
	world_is_day(renewal.issued_on, "2026-12-28");
	assert_int_equal(renewal.tax_minor, 210);
	world_close(w);
	w = world_open(*state);
	renewal = renew_over_new_year(w, "issue");
	assert_int_equal(renewal.tax_minor, 190);
	/* What is issued never changes; what is issued on the day itself has the new rate. */
	world_day(w, "2027-01-01");
	assert_int_equal(world_invoice(w, renewal.id).tax_minor, 190);
	once(w, "a", 1000);
	same_everywhere(w, ONE, 1000, 210);
	world_close(w);
}

/* The new rate holds from midnight in the seller's zone: 11:00 UTC the day before in Auckland. */
static void TAX_06_midnight_of_the_seller(void **state)
{
	struct world *w = world_open(*state);
	world_set(w, "company.zone", "Pacific/Auckland");
	rate(w, "{\"name\":\"MwSt\",\"country\":\"DE\",\"rate_ppm\":190000}");
	rate(w,
	    "{\"name\":\"MwSt\",\"country\":\"DE\",\"rate_ppm\":210000,"
	    "\"valid_from\":\"2027-01-01\"}");
	world_day(w, "2026-12-31");
	once(w, "a", 1000);
	w->cx->now += 3599; /* 10:59:59 UTC */
	int64_t before = same_everywhere(w, ONE, 1000, 190);
	w->cx->now += 1;
	int64_t after = same_everywhere(w, ONE, 1000, 210);
	world_is_day(world_invoice(w, before).issued_on, "2026-12-31");
	world_is_day(world_invoice(w, after).issued_on, "2027-01-01");
	assert_int_equal(world_invoice(w, before).tax_minor, 190);
	world_close(w);
}

static void place_of_supply_is_kept_with_the_order(void **state)
{
	struct world *w = world_open(*state);
	struct order o;
	json_t *rows;
	w->cx->actor.ip = "192.0.2.7";
	once(w, "a", 1000);
	world_order(w, ONE, NULL);
	testdb_ok(w->cx,
	    order_list(w->cx, &(struct order_filter){.client_id = w->client, .limit = 1}, &rows));
	testdb_ok(w->cx, order_get(w->cx, 0, paper_int(json_array_get(rows, 0), "id"), &o));
	assert_string_equal(o.ip, "192.0.2.7");
	assert_string_equal(o.country, "DE");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(TAX_01_one_number_everywhere),
	    TESTDB_BOTH(TAX_03_inclusive_gross_is_exact),
	    TESTDB_BOTH(two_taxes_on_a_line_and_back),
	    TESTDB_BOTH(TAX_05_reverse_charge_with_evidence),
	    TESTDB_BOTH(TAX_05_policy_while_the_service_is_silent),
	    TESTDB_BOTH(a_draft_gets_the_note_once),
	    TESTDB_BOTH(TAX_06_rate_of_the_tax_point),
	    TESTDB_BOTH(TAX_06_midnight_of_the_seller),
	    TESTDB_BOTH(place_of_supply_is_kept_with_the_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
