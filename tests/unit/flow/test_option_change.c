/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PRO-01 to PRO-06 for options: more and less of them in the middle of a term by exact days, quotes
 * that hold, changes that wait, fall away, are undone, or wait for the end of the term; what the
 * panel hears.
 */
#include "unit/flow/options.h"

static int64_t start(struct world *w, const char *options)
{
	int64_t invoice;
	world_day(w, "2027-06-01");
	int64_t s = world_order(w,
	    arena_printf(w->cx->arena, "{\"items\":[" WEB_ITEM("%s") "]}", options), &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-06-11");
	return s;
}

static void more_units_are_charged_by_the_day(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"daily\"}");
	/* 20 of 30 days: 4.00 for 30 GB less 1.33 of the 2.00 that were paid */
	int64_t invoice = change_options(w, s, "{\"disk\":30}");
	assert_string_equal(lines_of(w, invoice),
	    "Change to Disk: 30 GB 400, Unused time of Disk: 10 GB -133");
	assert_string_equal(options_of(w, s), "disk=10 backup=daily");
	world_pay(w, invoice);
	assert_string_equal(options_of(w, s), "disk=30 backup=daily");
	world_is_day(world_service(w, s).paid_until, "2027-07-01");
	/* PRO-01: ten days later the plan of now counts, not what was paid: 2.00 back of 6.00. */
	world_day(w, "2027-06-21");
	assert_int_equal(change_options(w, s, "{\"disk\":0}"), 0);
	assert_int_equal(world_credit(w), 200);
	assert_string_equal(options_of(w, s), "backup=daily");
	/* Hourly for daily: 8.00 and 3.00, a third of both; no set-up fee. */
	invoice = change_options(w, s, "{\"backup\":\"hourly\"}");
	assert_int_equal(world_invoice(w, invoice).total_minor, 267 - 100);
	world_drain(w);
	assert_string_equal(options_of(w, s), "backup=hourly");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, NULL)), "Web 1000, Backup: Hourly 800");
	world_close(w);
}

static void a_new_option_costs_its_set_up(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"backup\":\"none\"}");
	int64_t invoice = change_options(w, s, "{\"ip\":\"yes\",\"note\":\"a1\"}");
	assert_string_equal(lines_of(w, invoice),
	    "Own IP address 167, Set-up of Own IP address 400");
	/* PRO-04: unpaid it falls away, and nothing stays of it. */
	int64_t note;
	bool existing;
	testdb_ok(w->cx, credit_note_full(w->cx, invoice, "no", &note, &existing));
	world_drain(w);
	assert_string_equal(options_of(w, s), "backup=none");
	world_set(w, "billing.lead_days", "25");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")), "Web 1000");
	/* Asked for again the unpaid renewal is replaced; paid twice it applies once. */
	invoice = change_options(w, s, "{\"ip\":\"yes\",\"note\":\"a1\"}");
	struct payment_new p = {w->client, invoice, 567, "bank", "one", "", "EUR"};
	bool is_new;
	int64_t id;
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	p.remote_id = "two";
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	world_drain(w);
	assert_string_equal(options_of(w, s), "backup=none ip=yes note=a1");
	assert_int_equal(world_credit(w), 567);
	/* Without the address the host name has no place: it goes with it. */
	change_options(w, s, "{\"ip\":\"no\"}");
	assert_string_equal(options_of(w, s), "backup=none");
	world_close(w);
}

static void PRO_03_a_changed_amount_is_refused(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"none\"}"), id, invoice;
	struct change_input in = change_of(w, "{\"disk\":30}");
	struct change_quote q;
	testdb_ok(w->cx, service_change_quote(w->cx, 0, s, &in, &q));
	assert_int_equal(q.total_minor, 267);
	assert_int_equal(q.term_minor, 1600);
	in.has_expect = true;
	in.expect_minor = 266;
	testdb_fails(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice), ERR_CONFLICT,
	    "change.quote");
	in.expect_minor = 267;
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	testdb_fails(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice), ERR_CONFLICT,
	    "change.open");
	testdb_ok(w->cx, service_change_cancel(w->cx, 0, s));
	assert_string_equal(options_of(w, s), "disk=10 backup=none");
	world_close(w);
}

static void PRO_06_there_and_back_is_neutral(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"daily\"}");
	world_day(w, "2027-06-14");
	int64_t invoice = change_options(w, s, "{\"disk\":95,\"backup\":\"hourly\"}");
	int64_t paid = world_invoice(w, invoice).total_minor;
	world_pay(w, invoice);
	/* Daily again has its set-up fee again, as any choice that was not there. */
	invoice = change_options(w, s, "{\"disk\":10,\"backup\":\"daily\"}");
	assert_int_equal(invoice, 0);
	assert_int_equal(world_credit(w), paid - 100);
	world_close(w);
}

static void at_the_end_of_the_term_nothing_is_due(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"daily\"}"), id, invoice;
	struct change_input in = change_of(w, "{\"disk\":50,\"backup\":\"none\"}");
	in.when = "end";
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	assert_int_equal(invoice, 0);
	assert_string_equal(options_of(w, s), "disk=10 backup=daily");
	world_day(w, "2027-06-24");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")), "Web 1000, Disk: 50 GB 1000");
	assert_string_equal(options_of(w, s), "disk=50 backup=none");
	/* A set-up fee has no document to stand on then. */
	world_pay(w, newest(w, "open"));
	in = change_of(w, "{\"backup\":\"daily\"}");
	in.when = "end";
	assert_int_equal(service_change(w->cx, 0, s, &in, &id, &invoice), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, "options.backup");
	cx_clear(w->cx);
	world_close(w);
}

static void what_does_not_fit_is_refused(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"daily\"}"), id, invoice;
	static const struct {
		const char *options, *field;
	} bad[] = {
	    {"{\"disk\":7}", "options.disk"},
	    {"{\"backup\":\"\"}", "options.backup"},
	    {"{\"note\":\"a\"}", "options.note"},
	    {"{\"ip\":\"yes\"}", "options.note"},
	    {"{\"ram\":1}", "options.ram"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct change_input in = change_of(w, bad[i].options);
		assert_int_equal(service_change(w->cx, 0, s, &in, &id, &invoice), ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->name, bad[i].field);
		cx_clear(w->cx);
	}
	struct change_input same = change_of(w, "{\"disk\":\"10\"}");
	testdb_fails(w->cx, service_change(w->cx, 0, s, &same, &id, &invoice), ERR_INVALID,
	    "change.same");
	assert_string_equal(options_of(w, s), "disk=10 backup=daily");
	world_close(w);
}

static void another_cycle_needs_prices_of_that_cycle(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"hourly\"}"), id, invoice;
	struct change_input in = change_of(w, "{}");
	in.cycle = "1y";
	assert_int_equal(service_change(w->cx, 0, s, &in, &id, &invoice), ERR_INVALID);
	assert_string_equal(w->cx->fault.fields->name, "options.backup");
	cx_clear(w->cx);
	in = change_of(w, "{\"backup\":\"daily\"}");
	in.cycle = "1y";
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	/* A year of each; 20 of 30 days of 10.00, 2.00 and 8.00 come back; daily is set up. */
	assert_string_equal(lines_of(w, invoice),
	    "Change to Web 10000, Unused time of Web -667, Change to Disk: 10 GB 2000,"
	    " Unused time of Disk: 10 GB -133, Change to Backup: Daily 3000,"
	    " Set-up of Backup: Daily 100, Unused time of Backup: Hourly -533");
	world_pay(w, invoice);
	world_is_day(world_service(w, s).paid_until, "2028-06-11");
	world_day(w, "2028-06-02");
	world_run(w);
	assert_string_equal(lines_of(w, newest(w, "open")),
	    "Web 10000, Disk: 10 GB 2000, Backup: Daily 3000");
	world_close(w);
}

static void what_is_no_longer_sold_stays_as_it_was(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"daily\"}"), disk, invoice;
	testdb_ok(w->cx, option_find(w->cx, "disk", &disk));
	testdb_ok(w->cx, option_retire(w->cx, disk, true));
	invoice = change_options(w, s, "{\"backup\":\"hourly\"}");
	world_pay(w, invoice);
	assert_string_equal(options_of(w, s), "disk=10 backup=hourly");
	/* Another plan that does not know it: it is credited with the old plan. */
	world_plan(w,
	    "{\"key\":\"big\",\"name\":\"Big\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":4000}]}");
	struct change_input in = change_of(w, "{}");
	int64_t id;
	in.plan = "big";
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	assert_string_equal(lines_of(w, invoice),
	    "Change to Big 2667, Unused time of Web -667, Unused time of Disk: 10 GB -133,"
	    " Unused time of Backup: Hourly -533");
	world_pay(w, invoice);
	assert_string_equal(options_of(w, s), "");
	world_close(w);
}

static void a_partial_first_term_counts_against_the_whole(void **state)
{
	struct world *w = option_world(*state, ",\"prorata_day\":1");
	int64_t invoice;
	world_day(w, "2027-06-11");
	int64_t s = world_order(w, WEB("{\"backup\":\"none\"}"), &invoice);
	world_pay(w, invoice);
	/* 10 of the 30 days of June are left: a third of 2.00, not half of it. */
	world_day(w, "2027-06-21");
	invoice = change_options(w, s, "{\"disk\":10}");
	assert_string_equal(lines_of(w, invoice), "Disk: 10 GB 67");
	world_close(w);
}

static void a_moved_due_day_takes_options_along(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"daily\"}"), invoice;
	struct due_move to = {.charge = "prorata", .reason = "asked"};
	assert_true(day_parse("2027-07-16", &to.next_due_on));
	testdb_ok(w->cx, service_move_due(w->cx, s, &to, &invoice));
	/* 15 of 31 days: 4.84, ten times 0.10, 1.45 */
	assert_string_equal(lines_of(w, invoice), "Web 484, Disk: 10 GB 100, Backup: Daily 145");
	world_close(w);
}

static void a_cancelled_service_gives_the_days_of_options_back(void **state)
{
	struct world *w = option_world(*state, "");
	world_set(w, "billing.cancel_credit", "prorata");
	int64_t s = start(w, "{\"disk\":10,\"backup\":\"daily\"}");
	testdb_ok(w->cx, service_cancel(w->cx, 0, s, false, "x"));
	world_drain(w);
	/* 20 of 30 days of 10.00, 2.00 and 3.00 */
	assert_int_equal(world_credit(w), 667 + 133 + 200);
	world_close(w);
}

/* ---- the panel ---- */

struct heard {
	char create[200], change[200], package[40];
};

static enum err listen(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	struct heard *h = arg;
	json_t *args = json_object_get(request, "args");
	bool create = str_eq(op, "panel.create");
	if (create || str_eq(op, "panel.change_plan")) {
		char *text = json_dumps(json_object_get(args, "options"),
		    JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
		str_copy(create ? h->create : h->change, sizeof h->create, text);
		str_copy(h->package, sizeof h->package,
		    json_string_value(json_object_get(args, "package")));
		free(text);
	}
	return world_link(cx, NULL, op, request, ret);
}

static void the_panel_hears_what_was_chosen(void **state)
{
	struct world *w =
	    option_world(*state, ",\"panel\":\"sandbox\",\"package\":\"s\",\"needs_domain\":true");
	struct heard h = {{0}, {0}, {0}};
	struct server server = {.key = "one",
	    .name = "One",
	    .provider = "sandbox",
	    .settings = "{}",
	    .error = "",
	    .enabled = true};
	int64_t id, invoice;
	w->link = (struct linker){listen, &h};
	testdb_ok(w->cx, server_save(w->cx, &server, &id));
	world_day(w, "2027-06-01");
	int64_t s = world_order(w,
	    "{\"items\":[{\"plan\":\"web\",\"cycle\":\"1m\",\"domain\":\"a.example\","
	    "\"options\":" ALL "}]}",
	    &invoice);
	world_pay(w, invoice);
	assert_string_equal(h.create, "{\"dedicated_ip\":true,\"host\":\"a1\",\"quota\":10}");
	world_day(w, "2027-06-11");
	world_pay(w, change_options(w, s, "{\"disk\":20}"));
	assert_string_equal(h.change, "{\"dedicated_ip\":true,\"host\":\"a1\",\"quota\":20}");
	assert_string_equal(h.package, "s");
	assert_string_equal(options_of(w, s), "disk=20 backup=daily ip=yes note=a1");
	/* Backups are no business of the panel's. */
	h.change[0] = '\0';
	world_pay(w, change_options(w, s, "{\"backup\":\"hourly\"}"));
	assert_string_equal(h.change, "");
	/* Another package is told as what it will be. */
	world_plan(w,
	    "{\"key\":\"big\",\"name\":\"Big\",\"panel\":\"sandbox\",\"package\":\"l\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":9000}]}");
	struct change_input in = change_of(w, "{}");
	in.plan = "big";
	testdb_ok(w->cx, service_change(w->cx, 0, s, &in, &id, &invoice));
	world_pay(w, invoice);
	assert_string_equal(h.package, "l");
	assert_string_equal(h.change, "{}");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(more_units_are_charged_by_the_day),
	    TESTDB_BOTH(a_new_option_costs_its_set_up),
	    TESTDB_BOTH(PRO_03_a_changed_amount_is_refused),
	    TESTDB_BOTH(PRO_06_there_and_back_is_neutral),
	    TESTDB_BOTH(at_the_end_of_the_term_nothing_is_due),
	    TESTDB_BOTH(what_does_not_fit_is_refused),
	    TESTDB_BOTH(another_cycle_needs_prices_of_that_cycle),
	    TESTDB_BOTH(what_is_no_longer_sold_stays_as_it_was),
	    TESTDB_BOTH(a_partial_first_term_counts_against_the_whole),
	    TESTDB_BOTH(a_moved_due_day_takes_options_along),
	    TESTDB_BOTH(a_cancelled_service_gives_the_days_of_options_back),
	    TESTDB_BOTH(the_panel_hears_what_was_chosen),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
