/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metered use: readings taken once, billed once with the renewal or at the end, and again when they
 * were credited. What it costs is tests/unit/core/test_meter_rules.c.
 */
#include "unit/flow/world.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/meter/own.h"
#include "core/report/report.h"

/* ---- a plan with traffic at a cent per GB, 100 a month included ---- */

#define TRAFFIC \
	"{\"key\":\"traffic\",\"name\":\"Traffic\",\"unit\":\"GB\",\"included\":100," \
	"\"tiers\":[{\"currency\":\"EUR\",\"price\":\"0.01\"}]}"

static int64_t plan_id;

static int64_t meter(struct world *w, const char *json)
{
	struct meter_input in;
	int64_t id;
	testdb_ok(w->cx, field_read(w->cx, &meter_fields, world_json(w, json), FIELD_JSON, &in));
	testdb_ok(w->cx, meter_save(w->cx, plan_id, 0, &in, &id));
	return id;
}

/* A running service from 10 January on, paid until 10 February; renewed on 27 January. */
static int64_t running(struct world *w)
{
	int64_t invoice;
	world_day(w, "2027-01-10");
	plan_id = world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	int64_t s = world_order(w, "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	return s;
}

static enum err read_one(struct world *w, int64_t service, const char *json, int64_t *ret_id)
{
	struct reading_input in;
	TRY(field_read(w->cx, &reading_fields, world_json(w, json), FIELD_JSON, &in));
	return reading_add(w->cx, &(struct reading_batch){service, "api", &in, 1}, ret_id);
}

static int64_t used(struct world *w, int64_t service, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, read_one(w, service, json, &id));
	return id;
}

static int64_t newest(struct world *w)
{
	struct invoice_filter f = {.client_id = w->client, .kind = "invoice", .limit = 1};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	return json_integer_value(json_object_get(json_array_get(list, 0), "id"));
}

/* The use line of the newest invoice. */
static struct invoice_item use_line(struct world *w)
{
	struct invoice_item *items;
	size_t n;
	testdb_ok(w->cx, invoice_items(w->cx, newest(w), &items, &n));
	assert_true(n >= 1);
	assert_string_equal(items[n - 1].kind, "use");
	return items[n - 1];
}

static void billed_with_the_renewal(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w);
	json_t *foretold = json_keep(w->cx, json_array()), *out;
	meter(w, TRAFFIC);
	world_day(w, "2027-01-15");
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":200,\"key\":\"a\"}");
	world_day(w, "2027-01-26");
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":50,\"key\":\"b\"}");
	world_day(w, "2027-01-27");
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":30,\"key\":\"c\"}");
	testdb_ok(w->cx, billing_foretell(&w->w, foretold));
	world_run(w);
	world_run(w);
	/* 17 of 31 days: 55 included; 195 at a cent. What was read today waits. */
	struct invoice_item t = use_line(w);
	assert_int_equal(t.unit_minor, 195);
	world_is_day(t.from, "2027-01-10");
	world_is_day(t.to, "2027-01-27");
	assert_string_equal(t.description, "Traffic: 250 GB, 55 included");
	assert_int_equal(world_invoice(w, newest(w)).net_minor, 1195);
	assert_int_equal(json_integer_value(
	                     json_object_get(json_array_get(foretold, 0), "amount_minor")),
	    1195);
	assert_int_equal(json_array_size(foretold), 1);
	/* Explained by tiers and readings. */
	testdb_ok(w->cx, report_explain(w->cx, 0, newest(w), &out));
	json_t *use = json_object_get(json_array_get(json_object_get(out, "lines"), 1), "use");
	assert_int_equal(json_array_size(json_object_get(use, "readings")), 2);
	world_pay(w, newest(w));
	/* Late: told, and counted with the next. 28 of 31 days: 91 included. */
	world_day(w, "2027-02-05");
	used(w, s,
	    "{\"meter\":\"traffic\",\"quantity\":70,\"key\":\"d\","
	    "\"at\":\"2027-01-20T00:00:00Z\"}");
	world_day(w, "2027-02-24");
	world_run(w);
	t = use_line(w);
	assert_int_equal(t.unit_minor, 9);
	assert_string_equal(t.description,
	    "Traffic: 100 GB, 91 included, with 1 late reading of an earlier period");
	world_close(w);
}

static void a_reading_is_taken_once(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w), id, first;
	static const struct {
		const char *json;
		enum err err;
		const char *key;
	} cases[] = {
	    {"{\"meter\":\"traffic\",\"quantity\":11,\"key\":\"a\"}", ERR_CONFLICT, "reading.key"},
	    {"{\"meter\":\"traffic\",\"quantity\":10,\"key\":\"a\","
	     "\"at\":\"2027-01-11T00:00:00Z\"}",
	        ERR_CONFLICT, "reading.key"},
	    {"{\"meter\":\"nothing\",\"quantity\":1}", ERR_INVALID, "meter.unknown"},
	    {"{\"meter\":\"traffic\",\"quantity\":1,\"at\":\"yesterday\"}", ERR_INVALID,
	        "field.instant"},
	    {"{\"meter\":\"traffic\",\"quantity\":1,\"at\":\"2027-01-13T00:00:00Z\"}", ERR_INVALID,
	        "reading.ahead"},
	    {"{\"meter\":\"traffic\",\"quantity\":1,\"at\":\"2027-01-09T00:00:00Z\"}", ERR_INVALID,
	        "reading.before"},
	    {"{\"meter\":\"traffic\",\"quantity\":1,\"replaces_id\":99}", ERR_NOT_FOUND,
	        "reading.unknown"},
	};
	meter(w, TRAFFIC);
	world_day(w, "2027-01-12");
	first = used(w, s, "{\"meter\":\"traffic\",\"quantity\":10,\"key\":\"a\"}");
	assert_int_equal(used(w, s, "{\"meter\":\"traffic\",\"quantity\":10,\"key\":\"a\"}"),
	    first);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(read_one(w, s, cases[i].json, &id), cases[i].err);
		const struct field_fault *f = w->cx->fault.fields;
		assert_string_equal(f != NULL ? f->key : w->cx->fault.key, cases[i].key);
		cx_clear(w->cx);
	}
	world_close(w);
}

static void replaced_before_corrected_after(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w), id, first;
	meter(w, TRAFFIC);
	world_day(w, "2027-01-12");
	first = used(w, s, "{\"meter\":\"traffic\",\"quantity\":10,\"key\":\"a\"}");
	/* Once, while it is not billed. */
	char body[120];
	snprintf(body, sizeof body, "{\"meter\":\"traffic\",\"quantity\":8,\"replaces_id\":%lld}",
	    (long long)first);
	int64_t second = used(w, s, body);
	assert_int_not_equal(second, first);
	assert_int_equal(read_one(w, s, body, &id), ERR_CONFLICT);
	cx_clear(w->cx);
	world_day(w, "2027-01-28");
	world_run(w);
	assert_string_equal(use_line(w).description, "Traffic: 8 GB, 59 included");
	/* After that only a negative one corrects it. */
	snprintf(body, sizeof body, "{\"meter\":\"traffic\",\"quantity\":7,\"replaces_id\":%lld}",
	    (long long)second);
	assert_int_equal(read_one(w, s, body, &id), ERR_CONFLICT);
	assert_string_equal(w->cx->fault.key, "reading.billed");
	cx_clear(w->cx);
	/* What is below zero in all waits for more. */
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":-1}");
	world_pay(w, newest(w));
	world_day(w, "2027-02-24");
	world_run(w);
	struct invoice_item *items;
	size_t n;
	testdb_ok(w->cx, invoice_items(w->cx, newest(w), &items, &n));
	assert_int_equal(n, 1);
	world_close(w);
}

static void all_of_many_or_none(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w), ids[2];
	json_t *rows;
	struct reading_input in[2] =
	    {{.meter = "traffic", .key = "x", .at = "", .note = "", .quantity = 1},
	        {.meter = "other", .key = "y", .at = "", .note = "", .quantity = 1}};
	meter(w, TRAFFIC);
	assert_int_equal(reading_add(w->cx, &(struct reading_batch){s, "api", in, 2}, ids),
	    ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, "readings.1.meter");
	cx_clear(w->cx);
	testdb_ok(w->cx, reading_list(w->cx, &(struct reading_filter){.service_id = s}, &rows));
	assert_int_equal(json_array_size(rows), 0);
	in[1].meter = "traffic";
	testdb_ok(w->cx, reading_add(w->cx, &(struct reading_batch){s, "api", in, 2}, ids));
	assert_int_not_equal(ids[0], ids[1]);
	world_close(w);
}

static void the_last_use_is_billed_at_the_end(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w), id;
	meter(w, TRAFFIC);
	world_day(w, "2027-01-12");
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":300,\"key\":\"a\"}");
	world_day(w, "2027-01-19");
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, ""));
	world_drain(w);
	assert_int_equal(world_service(w, s).state, SERVICE_CANCELLED);
	/* 10 of 31 days: 33 included, 267 at a cent. */
	struct invoice_item t = use_line(w);
	assert_int_equal(t.unit_minor, 267);
	world_is_day(t.to, "2027-01-20");
	assert_int_equal(read_one(w, s, "{\"meter\":\"traffic\",\"quantity\":1}", &id),
	    ERR_CONFLICT);
	cx_clear(w->cx);
	int64_t last = newest(w);
	world_run(w);
	assert_int_equal(newest(w), last);
	world_close(w);
}

static void credited_use_is_billed_again(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w), note;
	bool existing;
	meter(w, TRAFFIC);
	world_day(w, "2027-01-15");
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":255,\"key\":\"a\"}");
	world_day(w, "2027-01-27");
	world_run(w);
	int64_t first = newest(w);
	assert_int_equal(use_line(w).unit_minor, 200);
	testdb_ok(w->cx, credit_note_full(w->cx, first, "", &note, &existing));
	world_drain(w);
	world_run(w);
	assert_int_not_equal(newest(w), first);
	assert_int_equal(use_line(w).unit_minor, 200);
	/* An unpaid renewal falls away with the service; what was used does not. */
	world_day(w, "2027-01-28");
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, ""));
	world_drain(w);
	/* 19 of 31 days: 62 included, 193 left. */
	assert_int_equal(use_line(w).unit_minor, 193);
	world_close(w);
}

static void a_run_that_fails_bills_once(void **state)
{
	for (int64_t at = 3; at < 60; at += 7) {
		struct world *w = world_open(*state);
		int64_t s = running(w);
		json_t *out;
		meter(w, TRAFFIC);
		world_day(w, "2027-01-15");
		used(w, s, "{\"meter\":\"traffic\",\"quantity\":255,\"key\":\"a\"}");
		world_day(w, "2027-01-27");
		db_set_faults(w->cx->db, (struct db_faults){.fail_at = at, .once = true});
		const struct run_request only = {.only = (const char *const[]){"billing", NULL}};
		if (flow_run(&w->w, &only, &out) != OK)
			cx_clear(w->cx);
		cx_clear(w->cx);
		db_set_faults(w->cx->db, (struct db_faults){0});
		w->cx->now += 7200;
		world_run(w);
		world_run(w);
		assert_int_equal(use_line(w).unit_minor, 200);
		assert_int_equal(world_invoice(w, newest(w)).net_minor, 1200);
		world_close(w);
	}
}

/* ---- at the same moment, and what the audit sees ---- */

#define RIVAL_READINGS 15

/* Two programs send the same readings, each in a process with a connection of its own. */
static pid_t sender(struct world *w, int64_t service, int gate[2])
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	struct cx cx;
	char go, key[16];
	int64_t id;
	int bad = 0;
	testdb_connect(w->db, &cx);
	cx.now = w->cx->now;
	close(gate[1]);
	bad += read(gate[0], &go, 1) != 0;
	for (int i = 0; i < RIVAL_READINGS; i++) {
		snprintf(key, sizeof key, "k%d", i);
		struct reading_input in = {.meter = "traffic",
		    .key = key,
		    .quantity = 10 + i,
		    .at = "2027-01-20T00:00:00Z",
		    .note = ""};
		bad += reading_add(&cx, &(struct reading_batch){service, "api", &in, 1}, &id) != OK;
	}
	_exit(bad == 0 ? 0 : 1);
}

static void readings_that_come_while_it_is_billed(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w), sum = 0, readings = 0;
	int gate[2], status;
	pid_t pids[2];
	struct meter_bill *bills;
	size_t n;
	meter(w, TRAFFIC);
	world_day(w, "2027-01-15");
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":200,\"key\":\"first\"}");
	world_day(w, "2027-01-27");
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < 2; i++)
		pids[i] = sender(w, s, gate);
	close(gate[0]);
	close(gate[1]);
	world_run(w);
	for (int i = 0; i < 2; i++) {
		waitpid(pids[i], &status, 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	w->cx->now += 7200;
	world_run(w);
	world_pay(w, newest(w));
	world_day(w, "2027-02-24");
	world_run(w);
	/* 200 and 10 + 11 + … + 24, each once, whichever line it came to. */
	testdb_ok(w->cx, meter_store_bills(w->cx, s, &bills, &n));
	for (size_t i = 0; i < n; i++) {
		sum += bills[i].quantity;
		readings += bills[i].readings;
	}
	assert_int_equal(readings, RIVAL_READINGS + 1);
	assert_int_equal(sum, 200 + 255);
	world_close(w);
}

DB_STMT(meter_test_more, "i",
    "UPDATE reading SET quantity = quantity + $1 WHERE bill_id IS NOT NULL");
DB_STMT(meter_test_free, "", "UPDATE reading SET bill_id = NULL WHERE bill_id IS NOT NULL");
DB_STMT(meter_test_bind, "", "UPDATE reading SET bill_id = 1 WHERE bill_id IS NULL");

static bool audited(struct world *w)
{
	json_t *out;
	bool ok;
	testdb_ok(w->cx, flow_audit(w->cx, &out, &ok));
	return ok;
}

static void the_audit_compares_readings_and_lines(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w);
	meter(w, TRAFFIC);
	world_day(w, "2027-01-15");
	used(w, s, "{\"meter\":\"traffic\",\"quantity\":200,\"key\":\"a\"}");
	world_day(w, "2027-01-27");
	world_run(w);
	assert_true(audited(w));
	testdb_ok(w->cx, db_run(w->cx, &meter_test_more, DB_ARGS(db_int(1)), NULL));
	assert_false(audited(w));
	testdb_ok(w->cx, db_run(w->cx, &meter_test_more, DB_ARGS(db_int(-1)), NULL));
	testdb_ok(w->cx, db_run(w->cx, &meter_test_free, DB_NONE, NULL));
	assert_false(audited(w));
	testdb_ok(w->cx, db_run(w->cx, &meter_test_bind, DB_NONE, NULL));
	world_close(w);
}

/* ---- panels ---- */

static int silent;

static enum err figures(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	const char *bound = json_string_value(json_object_get(request, "bound"));
	if (!str_eq(op, "panel.usage"))
		return world_link(cx, arg, op, request, ret);
	if (str_eq(bound, "server:2")) {
		silent++;
		*ret = (struct answer){OUTCOME_UNKNOWN, "no answer", NULL};
		return OK;
	}
	*ret = (struct answer){OUTCOME_DONE, "",
	    json_keep(cx,
	        json_pack("{s:I s:i}", "disk_bytes", (json_int_t)(5 * 1024 + 1), "mailboxes", 3))};
	return OK;
}

static void panels_are_asked_once_a_day(void **state)
{
	struct world *w = world_open(*state);
	int64_t s = running(w), invoice, server;
	json_t *rows;
	meter(w,
	    "{\"key\":\"disk\",\"name\":\"Disk\",\"unit\":\"KiB\",\"aggregation\":\"max\","
	    "\"panel_key\":\"disk_bytes\",\"panel_per\":1024,"
	    "\"tiers\":[{\"currency\":\"EUR\",\"price\":\"0.50\"}]}");
	int64_t other = world_order(w, "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	for (int i = 0; i < 2; i++) {
		struct server row = {.key = i == 0 ? "one" : "two",
		    .name = "S",
		    .provider = "sandbox",
		    .settings = "{}",
		    .enabled = true,
		    .error = ""};
		testdb_ok(w->cx, server_save(w->cx, &row, &server));
		testdb_ok(w->cx, service_set_server(w->cx, i == 0 ? s : other, server));
	}
	w->link.call = figures;
	world_run(w);
	assert_true(silent > 0);
	world_day(w, "2027-01-11");
	world_run(w);
	testdb_ok(w->cx, reading_list(w->cx, &(struct reading_filter){.service_id = s}, &rows));
	assert_int_equal(json_array_size(rows), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 0), "quantity")),
	    6);
	testdb_ok(w->cx, reading_list(w->cx, &(struct reading_filter){.service_id = other}, &rows));
	assert_int_equal(json_array_size(rows), 0);
	/* The largest of them, not their sum. */
	json_t *use;
	struct service v = world_service(w, s);
	testdb_ok(w->cx, meter_use_view(w->cx, &v, &use));
	assert_int_equal(json_integer_value(
	                     json_object_get(json_array_get(use, 0), "amount_minor")),
	    300);
	world_close(w);
}

static void tiers_must_be_whole(void **state)
{
	static const struct {
		const char *tiers, *key;
	} cases[] = {
	    {"{\"currency\":\"EUR\",\"price\":\"1\",\"up_to\":5}", "meter.open"},
	    {"{\"currency\":\"EUR\",\"price\":\"x\"}", "meter.price"},
	    {"{\"currency\":\"EUR\",\"price\":\"1\",\"up_to\":5},"
	     "{\"currency\":\"EUR\",\"price\":\"1\",\"up_to\":5},"
	     "{\"currency\":\"EUR\",\"price\":\"1\"}",
	        "meter.repeated"},
	    {"{\"currency\":\"EUR\",\"price\":\"1\"},{\"currency\":\"EUR\",\"price\":\"2\"}",
	        "meter.open"},
	};
	struct world *w = world_open(*state);
	int64_t id;
	running(w);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct meter_input in;
		const char *json = arena_printf(w->cx->arena,
		    "{\"key\":\"m\",\"name\":\"M\",\"unit\":\"x\",\"model\":\"graduated\","
		    "\"tiers\":[%s]}",
		    cases[i].tiers);
		testdb_ok(w->cx,
		    field_read(w->cx, &meter_fields, world_json(w, json), FIELD_JSON, &in));
		assert_int_equal(meter_save(w->cx, plan_id, 0, &in, &id), ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->key, cases[i].key);
		cx_clear(w->cx);
	}
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(billed_with_the_renewal),
	    TESTDB_BOTH(a_reading_is_taken_once),
	    TESTDB_BOTH(replaced_before_corrected_after),
	    TESTDB_BOTH(all_of_many_or_none),
	    TESTDB_BOTH(the_last_use_is_billed_at_the_end),
	    TESTDB_BOTH(credited_use_is_billed_again),
	    TESTDB_BOTH(a_run_that_fails_bills_once),
	    TESTDB_BOTH(readings_that_come_while_it_is_billed),
	    TESTDB_BOTH(the_audit_compares_readings_and_lines),
	    TESTDB_BOTH(panels_are_asked_once_a_day),
	    TESTDB_BOTH(tiers_must_be_whole),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
