/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CUR-01 to CUR-05: digits, prices at the rate of the day, the rate on the document for ever, and
 * no change of labels; reports that never add currencies.
 */
#include "unit/flow/paper.h"

#include "core/notice/notice.h"
#include "core/payment/payment.h"
#include "core/report/report.h"

static void rate(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, rate_save(w->cx, world_json(w, json), FIELD_JSON, &id));
}

static enum err change(struct world *w, const char *json)
{
	return client_update(w->cx, w->client, world_json(w, json), FIELD_JSON,
	    &client_staff_fields);
}

/* What the gateway was asked to give back. */
static struct asked {
	int64_t minor;
	char currency[4];
} asked;

static enum err card_link(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	const json_t *args = json_object_get(request, "args");
	if (!str_eq(op, "gateway.refund"))
		return world_link(cx, arg, op, request, ret);
	asked.minor = paper_int(args, "amount_minor");
	str_copy(asked.currency, sizeof asked.currency,
	    json_string_value(json_object_get(args, "currency")));
	*ret = (struct answer){OUTCOME_DONE, "",
	    json_keep(cx, json_pack("{s:s+}", "remote_refund", "re_", asked.currency))};
	return OK;
}

/* Paid by card, and a part of it given back: the same integers on the way out and in. */
static void paid_and_given_back(struct world *w, int64_t invoice)
{
	struct invoice i = world_invoice(w, invoice);
	int64_t payment, refund;
	bool is_new;
	struct payment_new p = {i.client_id, invoice, i.total_minor, "card",
	    arena_printf(w->cx->arena, "co-%lld", (long long)invoice), "", i.currency};
	testdb_ok(w->cx, payment_record(w->cx, &p, &payment, &is_new));
	world_drain(w);
	assert_int_equal(world_invoice(w, invoice).state, INVOICE_PAID);
	assert_int_equal(paper_booked(w, invoice, "revenue"), i.total_minor);
	struct refund_input in = {.amount_minor = 7,
	    .currency = i.currency,
	    .way = "gateway",
	    .reason = "part",
	    .reference = "",
	    .once = ""};
	testdb_ok(w->cx, refund_request(w->cx, payment, &in, &refund));
	world_drain(w);
	assert_int_equal(asked.minor, 7);
	assert_string_equal(asked.currency, i.currency);
	struct payment after;
	testdb_ok(w->cx, payment_get(w->cx, 0, payment, &after));
	assert_int_equal(after.refunded_minor, 7);
}

#define ONE "{\"items\":[{\"plan\":\"a\",\"cycle\":\"1m\"}]}"

static void CUR_01_minor_units_of_each_currency(void **state)
{
	static const struct {
		const char *currency;
		int64_t minor;
		const char *people, *half;
	} rows[] = {{"JPY", 1000, "Total ¥1,000", "¥1,000"},
	    {"CLP", 1000, "Total CLP 1,000", "CLP 1,000"},
	    {"KWD", 1234, "Total KWD 1.234", "KWD 1.234"}, {"EUR", 1050, "Total €10.50", "€10.50"}};
	struct world *w = world_open(*state);
	w->link.call = card_link;
	testdb_ok(w->cx,
	    gateway_save(w->cx, &(struct gateway){"card", "sandbox", "Card", "{}", true, 1}));
	world_day(w, "2027-01-10");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct attempt a;
		int64_t invoice;
		const char *key = arena_printf(w->cx->arena, "p%zu", i);
		world_plan(w,
		    arena_printf(w->cx->arena,
		        "{\"key\":\"%s\",\"name\":\"P\",\"prices\":[{\"cycle\":\"once\","
		        "\"currency\":\"%s\",\"price_minor\":%lld}]}",
		        key, rows[i].currency, (long long)rows[i].minor));
		json_t *other = json_keep(w->cx, json_pack("{s:s}", "currency", rows[i].currency));
		testdb_ok(w->cx,
		    client_update(w->cx, w->client, other, FIELD_JSON, &client_staff_fields));
		int64_t s = world_order(w,
		    arena_printf(w->cx->arena, "{\"items\":[{\"plan\":\"%s\",\"cycle\":\"once\"}]}",
		        key),
		    &invoice);
		assert_int_equal(world_invoice(w, invoice).total_minor, rows[i].minor);
		assert_int_equal(paper_int(paper_view(w, invoice), "total_minor"), rows[i].minor);
		paper_says(w, invoice, rows[i].people);
		/* What the gateway is asked for: the same integer. */
		testdb_ok(w->cx, attempt_create(w->cx, w->client, invoice, "card", &a));
		assert_int_equal(a.amount_minor, rows[i].minor);
		assert_string_equal(a.currency, rows[i].currency);
		paid_and_given_back(w, invoice);
		testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, "test"));
		world_drain(w);
	}
	world_close(w);
}

static void CUR_02_the_rate_stays_on_the_document(void **state)
{
	struct world *w = world_open(*state);
	int64_t invoice, later;
	world_day(w, "2027-01-10");
	world_set(w, "company.currency", "USD");
	world_set(w, "catalog.convert", "1");
	rate(w,
	    "{\"base\":\"USD\",\"currency\":\"EUR\",\"rate\":\"0.95\",\"rate_on\":\"2027-01-09\"}");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\","
	    "\"currency\":\"USD\",\"price_minor\":1001,"
	    "\"setup_minor\":500}]}");
	int64_t s = world_order(w, ONE, &invoice);
	struct invoice i = world_invoice(w, invoice);
	assert_string_equal(i.currency, "EUR");
	assert_int_equal(i.total_minor, 951 + 475);
	assert_string_equal(i.rate.base, "USD");
	assert_int_equal(i.rate.rate_e8, 95000000);
	assert_string_equal(i.rate.source, "hand");
	world_is_day(i.rate.on, "2027-01-09");
	paper_says(w, invoice, "1 USD = 0.95 EUR");
	paper_says(w, invoice, "€14.26");
	/* Another rate, and a plan that costs more: what was sold and issued stays. */
	rate(w,
	    "{\"base\":\"USD\",\"currency\":\"EUR\",\"rate\":\"0.8\",\"rate_on\":\"2027-01-11\"}");
	world_day(w, "2027-01-12");
	assert_int_equal(world_invoice(w, invoice).rate.rate_e8, 95000000);
	assert_int_equal(world_invoice(w, invoice).total_minor, 951 + 475);
	paper_says(w, invoice, "1 USD = 0.95 EUR");
	assert_int_equal(world_service(w, s).price_minor, 951);
	world_order(w, ONE, &later);
	assert_int_equal(world_invoice(w, later).total_minor, 801 + 400);
	assert_int_equal(world_invoice(w, later).rate.rate_e8, 80000000);
	world_drain(w);
	/* Its credit note states the same rate. */
	int64_t note;
	bool existing;
	testdb_ok(w->cx, credit_note_full(w->cx, invoice, "test", &note, &existing));
	assert_int_equal(world_invoice(w, note).rate.rate_e8, 95000000);
	world_drain(w);
	world_close(w);
}

/* The newest letter of a kind has this amount, and none in dollars. */
static void letter_says(struct world *w, const char *kind, const char *figure)
{
	struct letter_filter f = {.client_id = w->client, .kind = kind, .limit = 1};
	struct letter l;
	json_t *rows;
	testdb_ok(w->cx, letter_list(w->cx, &f, &rows));
	assert_int_equal(json_array_size(rows), 1);
	testdb_ok(w->cx, letter_get(w->cx, 0, paper_int(json_array_get(rows, 0), "id"), &l));
	const char *text = arena_strndup(w->cx->arena, l.bytes, l.len);
	if (strstr(text, figure) == NULL || strchr(text, '$') != NULL)
		print_error("%s: %s\n", kind, text);
	assert_non_null(strstr(text, figure));
	assert_null(strchr(text, '$'));
}

static void CUR_02_letters_receipt_and_reminder_in_euros(void **state)
{
	static const char *const only[] = {"overdue", "dunning", NULL};
	struct world *w = world_open(*state);
	int64_t invoice;
	json_t *out;
	world_day(w, "2027-01-10");
	world_set(w, "company.currency", "USD");
	world_set(w, "catalog.convert", "1");
	testdb_ok(w->cx, dunning_seed(w->cx));
	rate(w,
	    "{\"base\":\"USD\",\"currency\":\"EUR\",\"rate\":\"0.95\",\"rate_on\":\"2027-01-09\"}");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\","
	    "\"currency\":\"USD\",\"price_minor\":1001,\"setup_minor\":500}]}");
	world_order(w, ONE, &invoice);
	world_drain(w);
	/* Other rates later change nothing of what is said about this one. */
	rate(w,
	    "{\"base\":\"USD\",\"currency\":\"EUR\",\"rate\":\"0.5\",\"rate_on\":\"2027-01-11\"}");
	letter_says(w, "invoice_issued", "14.26");
	world_day(w, "2027-01-20");
	testdb_ok(w->cx, flow_run(&w->w, &(struct run_request){.only = only}, &out));
	letter_says(w, "invoice_overdue", "14.26");
	world_pay(w, invoice);
	letter_says(w, "payment_received", "14.26");
	paper_says(w, invoice, "1 USD = 0.95 EUR");
	world_close(w);
}

static void CUR_03_an_own_price_wins(void **state)
{
	struct world *w = world_open(*state);
	struct price p;
	struct price_wish wish = {.cycle = "1m", .currency = "EUR"};
	json_t *view;
	world_day(w, "2027-01-10");
	world_set(w, "company.currency", "USD");
	rate(w,
	    "{\"base\":\"USD\",\"currency\":\"EUR\",\"rate\":\"0.95\",\"rate_on\":\"2027-01-09\"}");
	rate(w,
	    "{\"base\":\"USD\",\"currency\":\"JPY\",\"rate\":\"151.237\","
	    "\"rate_on\":\"2027-01-09\"}");
	wish.plan_id = world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\","
	    "\"currency\":\"USD\",\"price_minor\":1000},"
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":777},{\"cycle\":\"1y\","
	    "\"currency\":\"USD\",\"price_minor\":9999}]}");
	/* Not on: only what has a price of its own is sold. */
	testdb_ok(w->cx, price_sell(w->cx, &wish, &p));
	assert_int_equal(p.price_minor, 777);
	wish.cycle = "1y";
	assert_int_equal(price_sell(w->cx, &wish, &p), ERR_NOT_FOUND);
	cx_clear(w->cx);
	world_set(w, "catalog.convert", "1");
	testdb_ok(w->cx, price_sell(w->cx, &wish, &p));
	assert_int_equal(p.price_minor, 9499); /* 94.9905 */
	wish.cycle = "1m";
	testdb_ok(w->cx, price_sell(w->cx, &wish, &p));
	assert_int_equal(p.price_minor, 777);
	wish.currency = "JPY";
	testdb_ok(w->cx, price_sell(w->cx, &wish, &p));
	assert_int_equal(p.price_minor, 1512);
	assert_string_equal(p.currency, "JPY");
	wish.currency = "GBP";
	assert_int_equal(price_sell(w->cx, &wish, &p), ERR_NOT_FOUND);
	cx_clear(w->cx);
	/* The shop shows what the cart takes. */
	testdb_ok(w->cx,
	    catalog_view(w->cx, &(struct plan_filter){.shop = true, .currency = "JPY"}, &view));
	view = json_object_get(json_array_get(json_object_get(view, "groups"), 0), "plans");
	assert_int_equal(json_array_size(json_object_get(json_array_get(view, 0), "prices")), 2);
	testdb_ok(w->cx,
	    catalog_view(w->cx, &(struct plan_filter){.shop = true, .currency = "GBP"}, &view));
	assert_int_equal(json_array_size(json_object_get(view, "groups")), 0);
	world_close(w);
}

static void CUR_04_a_currency_is_never_relabelled(void **state)
{
	struct world *w = world_open(*state);
	struct client c;
	int64_t invoice;
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\","
	    "\"currency\":\"EUR\",\"price_minor\":1000}]}");
	testdb_ok(w->cx, change(w, "{\"currency\":\"USD\"}"));
	testdb_ok(w->cx, change(w, "{\"currency\":\"EUR\"}"));
	int64_t s = world_order(w, ONE, &invoice);
	testdb_fails(w->cx, change(w, "{\"currency\":\"USD\"}"), ERR_CONFLICT, "client.currency");
	assert_int_equal(change(w, "{\"currency\":\"USD\",\"company\":\"X\"}"), ERR_CONFLICT);
	assert_non_null(strstr(w->cx->fault.detail, "invoice that is not paid"));
	cx_clear(w->cx);
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	assert_string_equal(c.company, "");
	world_pay(w, invoice);
	assert_int_equal(change(w, "{\"currency\":\"USD\"}"), ERR_CONFLICT);
	assert_non_null(strstr(w->cx->fault.detail, "service that runs"));
	cx_clear(w->cx);
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, "test"));
	world_drain(w);
	testdb_ok(w->cx, payment_grant(w->cx, w->client, "EUR", 100, "sorry"));
	if (world_service(w, s).state == SERVICE_CANCELLED) {
		assert_int_equal(change(w, "{\"currency\":\"USD\"}"), ERR_CONFLICT);
		cx_clear(w->cx);
	}
	testdb_ok(w->cx, client_get(w->cx, w->client, &c));
	assert_string_equal(c.currency, "EUR");
	assert_int_equal(change(w, "{\"currency\":\"XAU\"}"), ERR_INVALID);
	cx_clear(w->cx);
	world_close(w);
}

/* ---- the daily file ---- */

static const char *file; /* NULL: the bank's server does not answer */

static enum err bank_link(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	if (!str_eq(op, "rates.fetch"))
		return world_link(cx, arg, op, request, ret);
	*ret = file == NULL ?
	    (struct answer){OUTCOME_NOT_TRIED, "no answer", json_keep(cx, json_object())} :
	    (struct answer){OUTCOME_DONE, "", json_keep(cx, json_loads(file, 0, NULL))};
	return OK;
}

static void rates_come_once_a_day(void **state)
{
	static const char *const only[] = {"rates", NULL};
	struct world *w = world_open(*state);
	struct rate_table t;
	struct day today;
	json_t *out;
	w->link.call = bank_link;
	world_day(w, "2027-02-01");
	assert_true(day_parse("2027-02-01", &today));
	file = "{\"base\":\"EUR\",\"on\":\"2027-01-29\",\"rates\":{\"USD\":108000000}}";
	testdb_ok(w->cx, flow_run(&w->w, &(struct run_request){.only = only}, &out));
	testdb_ok(w->cx, rate_load(w->cx, today, &t));
	assert_int_equal(t.n, 0); /* no address is set */
	world_set(w, "rates.url", "https://rates.example/daily.xml");
	testdb_ok(w->cx, flow_run(&w->w, &(struct run_request){.only = only}, &out));
	testdb_ok(w->cx, rate_load(w->cx, today, &t));
	assert_int_equal(t.n, 1);
	file = NULL;
	testdb_ok(w->cx, flow_run(&w->w, &(struct run_request){.only = only}, &out));
	assert_string_equal(json_string_value(json_object_get(out, "status")), "degraded");
	testdb_ok(w->cx, rate_load(w->cx, today, &t));
	assert_int_equal(t.n, 1);
	world_close(w);
}

static bool ends(const char *key, const char *with)
{
	size_t n = strlen(key), m = strlen(with);
	return n >= m && strcmp(key + n - m, with) == 0;
}

/* Every row that states money says which; no row has the sum over two currencies. */
static size_t own_currency(const char *report, const json_t *rows, int64_t never)
{
	size_t i, found = 0;
	const char *key;
	json_t *row, *value;
	json_array_foreach((json_t *)(uintptr_t)rows, i, row) {
		json_object_foreach(row, key, value) {
			if (!ends(key, "_minor") || json_is_null(value))
				continue;
			const char *currency =
			    str_or(json_string_value(json_object_get(row, "currency")), "");
			if (strlen(currency) != 3 || json_integer_value(value) == never)
				print_error("%s: %s\n", report, json_dumps(row, 0));
			assert_int_equal(strlen(currency), 3);
			assert_int_not_equal(json_integer_value(value), never);
			found++;
		}
	}
	return found;
}

static void CUR_05_reports_never_add_currencies(void **state)
{
	struct world *w = world_open(*state);
	size_t found = 0;
	world_day(w, "2027-01-10");
	world_plan(w,
	    "{\"key\":\"a\",\"name\":\"A\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":1010},{\"cycle\":\"1m\",\"currency\":\"JPY\","
	    "\"price_minor\":70003}]}");
	int64_t euros, yen;
	world_order(w, ONE, &euros);
	w->client = world_other(w, "yuki@example.org", "JPY");
	world_order(w, ONE, &yen);
	world_pay(w, euros);
	world_pay(w, yen);
	struct report_query q = {.from = DAY_NONE,
	    .until = DAY_NONE,
	    .on = DAY_NONE,
	    .today = day_of(2027, 1, 20),
	    .client_id = w->client,
	    .limit = 100,
	    .rate_ppm = -1};
	for (size_t i = 0; i < reports_n; i++) {
		json_t *tree, *table;
		size_t k;
		testdb_ok(w->cx, report_make(w->cx, reports[i].name, &q, &tree));
		json_array_foreach(json_object_get(tree, "tables"), k, table)
			found += own_currency(reports[i].name, json_object_get(table, "rows"),
			    1010 + 70003);
	}
	assert_true(found > 20);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(CUR_01_minor_units_of_each_currency),
	    TESTDB_BOTH(CUR_02_the_rate_stays_on_the_document),
	    TESTDB_BOTH(CUR_02_letters_receipt_and_reminder_in_euros),
	    TESTDB_BOTH(CUR_03_an_own_price_wins),
	    TESTDB_BOTH(CUR_04_a_currency_is_never_relabelled),
	    TESTDB_BOTH(CUR_05_reports_never_add_currencies),
	    TESTDB_BOTH(rates_come_once_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
