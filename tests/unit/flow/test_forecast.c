/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forecast against what happens: tomorrow's line equals what a dry run tomorrow names and what
 * the real run does; two months ahead equal the runs of these months, day by day, when nobody pays
 * and when everybody does.
 */
#include "unit/flow/world.h"

#include "core/billable/billable.h"
#include "core/payment/payment.h"
#include "core/report/report.h"

#define PLAN \
	"{\"key\": \"web-s\", \"name\": \"Web S\", \"panel\": \"\", \"package\": \"\"," \
	" \"prices\": [{\"cycle\": \"1m\", \"currency\": \"EUR\", \"price_minor\": 1000}," \
	" {\"cycle\": \"1w\", \"currency\": \"EUR\", \"price_minor\": 300}]}"

static struct world *open_shop(const void *engine)
{
	struct world *w = world_open(engine);
	world_day(w, "2027-01-01");
	world_set(w, "billing.lead_days", "5");
	world_set(w, "company.zone", "UTC");
	testdb_ok(w->cx, dunning_seed(w->cx));
	world_plan(w, PLAN);
	json_t *rate = world_json(w, "{\"name\":\"USt\",\"country\":\"DE\",\"rate_ppm\":190000}");
	int64_t id;
	testdb_ok(w->cx, tax_rate_save(w->cx, 0, rate, FIELD_JSON, &id));
	return w;
}

static void buy(struct world *w, const char *cycle)
{
	int64_t invoice;
	world_order(w,
	    arena_printf(w->cx->arena, "{\"items\": [{\"plan\": \"web-s\", \"cycle\": \"%s\"}]}",
	        cycle),
	    &invoice);
	world_pay(w, invoice);
}

static struct day day(const char *text)
{
	struct day d;
	assert_true(day_parse(text, &d));
	return d;
}

static json_t *forecast(struct world *w, const char *until)
{
	json_t *tree;
	testdb_ok(w->cx, flow_forecast(&w->w, day(until), true, &tree));
	return tree;
}

static int64_t number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static json_t *line(const json_t *tree, int on, const char *which)
{
	return json_object_get(json_array_get(json_object_get(tree, "days"), (size_t)on), which);
}

static int64_t money(const json_t *line, const char *name)
{
	return number(json_array_get(json_object_get(line, "money"), 0), name);
}

/* "invoice service 3 1190" lines, sorted: one text for what a list of items names. */
static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *named(struct world *w, const json_t *items)
{
	size_t n = json_array_size(items);
	char **lines = ARENA_ARRAY(w->cx->arena, char *, n + 1);
	struct buf b;
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(items, i);
		lines[i] = arena_printf(w->cx->arena, "%s %s %lld %lld\n",
		    json_string_value(json_object_get(o, "what")),
		    json_string_value(json_object_get(o, "subject")),
		    (long long)number(o, "subject_id"), (long long)number(o, "amount_minor"));
	}
	qsort(lines, n, sizeof *lines, by_text);
	buf_init(&b, w->cx->arena);
	for (size_t i = 0; i < n; i++)
		buf_puts(&b, lines[i]);
	return arena_strdup(w->cx->arena, buf_text(&b));
}

/* What a dry run now would name, of billing and dunning together. */
static const char *dry_run(struct world *w)
{
	json_t *out, *all = json_keep(w->cx, json_array());
	testdb_ok(w->cx, flow_run(&w->w, &(struct run_request){.dry_run = true}, &out));
	json_t *tasks = json_object_get(out, "tasks");
	for (size_t i = 0; i < json_array_size(tasks); i++)
		json_array_extend(all, json_object_get(json_array_get(tasks, i), "items"));
	return named(w, all);
}

DB_STMT(forecast_count_invoices, "", "SELECT COUNT(*) FROM invoice WHERE kind = 'invoice'");
DB_STMT(forecast_sum_invoices, "",
    "SELECT CAST(COALESCE(SUM(total_minor), 0) AS BIGINT) FROM invoice");
DB_STMT(forecast_count_steps, "t",
    "SELECT COUNT(*) FROM dunning_done d JOIN dunning_step s ON s.id = d.step_id"
    " WHERE s.action = $1 AND d.result = 'done'");
DB_STMT(forecast_count_state, "t", "SELECT COUNT(*) FROM service WHERE state = $1");
DB_STMT(forecast_count_overdue, "",
    "SELECT COUNT(*) FROM event WHERE subject = 'invoice' AND name = 'pass_due'");

static int64_t count(struct world *w, const struct db_stmt *s, const char *word)
{
	int64_t n;
	if (word == NULL)
		testdb_ok(w->cx, db_int64(w->cx, s, DB_NONE, &n));
	else
		testdb_ok(w->cx, db_int64(w->cx, s, DB_ARGS(db_text(word)), &n));
	return n;
}

static void next_day(struct world *w)
{
	w->cx->now += 86400;
}

static void tomorrow_is_what_happens(void **state)
{
	struct world *w = open_shop(*state);
	buy(w, "1m");
	buy(w, "1m");
	buy(w, "1w");
	world_set(w, "automation.jump_days", "40");
	/* To the 26th: the 1m services are renewed on the 27th; nobody has paid the weekly ones. */
	for (int i = 0; i < 25; i++) {
		world_run(w);
		if (i < 24)
			next_day(w);
	}
	struct settings s;
	testdb_ok(w->cx, setting_load(w->cx, &s));
	struct day today = setting_today(w->cx, &s);
	char until[DAY_TEXT_SIZE];
	for (int i = 0; i < 20; i++, today = day_add(today, 1)) {
		json_t *tree = forecast(w, day_text(day_add(today, 1), until));
		/* Today's run was done: nothing is left for today. */
		assert_string_equal(named(w,
		                        json_object_get(json_array_get(json_object_get(tree,
		                                                           "days"),
		                                            0),
		                            "items")),
		    "");
		json_t *tomorrow = line(tree, 1, "unpaid");
		const char *foretold = named(w,
		    json_object_get(json_array_get(json_object_get(tree, "days"), 1), "items"));
		int64_t invoices = count(w, &forecast_count_invoices, NULL),
		        sum = count(w, &forecast_sum_invoices, NULL);
		int64_t reminders = count(w, &forecast_count_steps, "remind");
		int64_t suspended = count(w, &forecast_count_state, "suspended");
		int64_t overdue = count(w, &forecast_count_overdue, NULL);
		next_day(w);
		/* The dry run cannot name reminders for invoices that are not there yet. */
		const char *dry = dry_run(w);
		for (const char *p = dry; *p != '\0'; p = strchr(p, '\n') + 1) {
			const char *one =
			    arena_strndup(w->cx->arena, p, (size_t)(strchr(p, '\n') - p + 1));
			if (strstr(foretold, one) == NULL)
				print_error("%d: not foretold: %sforetold:\n%s", i, one, foretold);
			assert_non_null(strstr(foretold, one));
		}
		world_run(w);
		assert_int_equal(count(w, &forecast_count_invoices, NULL) - invoices,
		    number(tomorrow, "invoices"));
		assert_int_equal(count(w, &forecast_sum_invoices, NULL) - sum,
		    money(tomorrow, "invoiced_minor"));
		assert_int_equal(count(w, &forecast_count_steps, "remind") - reminders,
		    number(tomorrow, "reminders"));
		assert_int_equal(count(w, &forecast_count_state, "suspended") - suspended,
		    number(tomorrow, "suspended"));
		assert_int_equal(count(w, &forecast_count_overdue, NULL) - overdue,
		    number(tomorrow, "overdue"));
	}
	world_close(w);
}

/* Sixty days foretold at once, then lived through without a payment. */
static void lived_unpaid(struct world *w)
{
	world_run(w);
	json_t *tree = forecast(w, "2027-03-02");
	int n = (int)json_array_size(json_object_get(tree, "days"));
	assert_int_equal(n, 61);
	for (int k = 1; k < n; k++) {
		json_t *l = line(tree, k, "unpaid");
		int64_t invoices = count(w, &forecast_count_invoices, NULL),
		        sum = count(w, &forecast_sum_invoices, NULL);
		int64_t reminders = count(w, &forecast_count_steps, "remind");
		int64_t suspended = count(w, &forecast_count_state, "suspended");
		int64_t ended = count(w, &forecast_count_state, "terminated");
		int64_t overdue = count(w, &forecast_count_overdue, NULL);
		next_day(w);
		world_run(w);
		int64_t gone = count(w, &forecast_count_state, "terminated") - ended;
		if (count(w, &forecast_sum_invoices, NULL) - sum != money(l, "invoiced_minor"))
			print_error("day %d\n", k);
		assert_int_equal(count(w, &forecast_count_invoices, NULL) - invoices,
		    number(l, "invoices"));
		assert_int_equal(count(w, &forecast_sum_invoices, NULL) - sum,
		    money(l, "invoiced_minor"));
		assert_int_equal(count(w, &forecast_count_steps, "remind") - reminders,
		    number(l, "reminders"));
		assert_int_equal(count(w, &forecast_count_state, "suspended") - suspended + gone,
		    number(l, "suspended"));
		assert_int_equal(gone, number(l, "terminated"));
		assert_int_equal(count(w, &forecast_count_overdue, NULL) - overdue,
		    number(l, "overdue"));
	}
	world_close(w);
}

static void two_months_unpaid(void **state)
{
	struct world *w = open_shop(*state);
	buy(w, "1m");
	buy(w, "1w");
	buy(w, "1w");
	lived_unpaid(w);
}

static void item(struct world *w, const char *json)
{
	struct billable_input in;
	int64_t id;
	json_t *body = world_json(w, json);
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &billable_fields, body, FIELD_JSON, &in));
	testdb_ok(w->cx, billable_save(w->cx, 0, &in, &id));
}

/* What begins on one day shares a document, what waits goes along, what has a day has its own. */
static void grouped_renewals_and_items(void **state)
{
	struct world *w = open_shop(*state);
	int64_t anna = w->client;
	world_set(w, "billing.group", "1");
	buy(w, "1m");
	buy(w, "1m");
	buy(w, "1w");
	buy(w, "1w");
	item(w, "{\"description\":\"Once\",\"unit_minor\":333,\"when\":\"next\"}");
	item(w,
	    "{\"description\":\"Monthly\",\"unit_minor\":711,\"when\":\"next\",\"cycle\":\"1m\","
	    "\"times\":3}");
	item(w,
	    "{\"description\":\"Day\",\"unit_minor\":500,\"when\":\"day\","
	    "\"on\":\"2027-01-20\"}");
	item(w,
	    "{\"description\":\"Weeks\",\"unit_minor\":50,\"when\":\"day\",\"on\":\"2027-01-13\","
	    "\"cycle\":\"1w\",\"times\":4}");
	w->client = world_other(w, "ben@example.org", "EUR");
	item(w,
	    "{\"description\":\"Alone\",\"unit_minor\":900,\"when\":\"day\","
	    "\"on\":\"2027-02-01\"}");
	buy(w, "1m");
	w->client = world_other(w, "cleo@example.org", "EUR");
	item(w,
	    "{\"description\":\"No service\",\"unit_minor\":70,\"when\":\"day\","
	    "\"on\":\"2027-01-15\",\"cycle\":\"2w\",\"times\":3}");
	item(w, "{\"description\":\"Never\",\"unit_minor\":1,\"when\":\"next\"}");
	w->client = anna;
	lived_unpaid(w);
}

#define SOMEWHERE "{\"address\":\"1 Road\",\"city\":\"Town\",\"postcode\":\"1\","
/* Terms, grace and ladders of a group, a plan and a way to pay count in the forecast, too. */
static void ladders_and_terms_of_some(void **state)
{
	static const char *const steps[] = {"{\"days\":4,\"action\":\"remind\",\"group\":\"g\"}",
	    "{\"days\":9,\"action\":\"suspend\",\"group\":\"g\"}",
	    "{\"days\":2,\"action\":\"remind\",\"gateway\":\"card\"}",
	    "{\"days\":6,\"action\":\"suspend\",\"gateway\":\"card\"}"};
	struct world *w = open_shop(*state);
	int64_t id, anna = w->client;
	testdb_ok(w->cx,
	    gateway_save(w->cx, &(struct gateway){"card", "sandbox", "Card", "{}", true, 1}));
	testdb_ok(w->cx, client_way_save(w->cx, &(struct client_way){"card", 9, 1}));
	testdb_ok(w->cx,
	    client_group_save(w->cx, 0,
	        world_json(w, "{\"key\":\"g\",\"name\":\"G\",\"grace_days\":3,\"terms_days\":12}"),
	        FIELD_JSON, &id));
	for (size_t i = 0; i < 4; i++)
		testdb_ok(w->cx, dunning_save(w->cx, 0, world_json(w, steps[i]), FIELD_JSON, &id));
	buy(w, "1m");
	buy(w, "1w");
	w->client = world_other(w, "ben@example.org", "EUR");
	buy(w, "1m");
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, SOMEWHERE "\"group\":\"g\"}"), FIELD_JSON,
	        &client_staff_fields));
	w->client = world_other(w, "cleo@example.org", "EUR");
	buy(w, "1m");
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, SOMEWHERE "\"pays_by\":\"card\"}"),
	        FIELD_JSON, &client_staff_fields));
	w->client = anna;
	lived_unpaid(w);
}

DB_STMT(forecast_due, "t",
    "SELECT COALESCE(MIN(id), 0) FROM invoice WHERE state IN ('open', 'overdue') AND due_on <= $1");

static void two_months_paid(void **state)
{
	struct world *w = open_shop(*state);
	buy(w, "1m");
	buy(w, "1w");
	testdb_ok(w->cx, payment_grant(w->cx, w->client, "EUR", 500, "welcome"));
	world_run(w);
	json_t *tree = forecast(w, "2027-03-02");
	int64_t credit = 0;
	for (int k = 1; k <= 60; k++) {
		json_t *l = line(tree, k, "paid");
		int64_t invoices = count(w, &forecast_count_invoices, NULL), id, received = 0;
		char text[DAY_TEXT_SIZE];
		next_day(w);
		world_run(w);
		credit += money(l, "credit_minor");
		const char *today = day_text(day_add(day("2027-01-01"), k), text);
		for (;;) {
			testdb_ok(w->cx,
			    db_int64(w->cx, &forecast_due, DB_ARGS(db_text(today)), &id));
			if (id == 0)
				break;
			received += world_invoice(w, id).balance_minor;
			world_pay(w, id);
		}
		assert_int_equal(count(w, &forecast_count_invoices, NULL) - invoices,
		    number(l, "invoices"));
		assert_int_equal(received, money(l, "received_minor"));
		assert_int_equal(number(l, "suspended"), 0);
	}
	assert_int_equal(credit, 500);
	assert_int_equal(world_credit(w), 0);
	world_close(w);
}

static void writes_nothing_and_refuses(void **state)
{
	struct world *w = open_shop(*state);
	json_t *tree;
	buy(w, "1m");
	world_run(w);
	db_set_mode(w->cx->db, DB_READ_ONLY);
	tree = forecast(w, "2027-06-30");
	db_set_mode(w->cx->db, DB_READ_WRITE);
	assert_true(
	    number(json_object_get(json_object_get(tree, "totals"), "paid"), "invoices") >= 5);
	assert_int_equal(flow_forecast(&w->w, day("2026-12-31"), false, &tree), ERR_INVALID);
	cx_clear(w->cx);
	assert_int_equal(flow_forecast(&w->w, day("2028-02-01"), false, &tree), ERR_INVALID);
	cx_clear(w->cx);
	assert_int_equal(flow_forecast(&w->w, DAY_NONE, false, &tree), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, "until");
	cx_clear(w->cx);
	/* A cancelled service is not renewed, and its end is foretold. */
	json_t *list;
	testdb_ok(w->cx, service_list(w->cx, &(struct service_filter){.limit = 1}, &list));
	testdb_ok(w->cx,
	    service_cancel(w->cx, 0, number(json_array_get(list, 0), "id"), true, "bye"));
	tree = forecast(w, "2027-03-31");
	json_t *totals = json_object_get(json_object_get(tree, "totals"), "unpaid");
	assert_int_equal(number(totals, "invoices"), 0);
	assert_int_equal(number(totals, "cancelled"), 1);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TESTDB_BOTH(tomorrow_is_what_happens),
	    TESTDB_BOTH(two_months_unpaid), TESTDB_BOTH(grouped_renewals_and_items),
	    TESTDB_BOTH(ladders_and_terms_of_some), TESTDB_BOTH(two_months_paid),
	    TESTDB_BOTH(writes_nothing_and_refuses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
