/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INV-03: services of every cycle through four years, with lead times shorter and longer than their
 * cycles, of a client who pays and of one who does not. Periods follow each other without hole or
 * overlap, nothing is suspended that was not invoiced and told. INV-07: what a standstill missed
 * is listed to staff.
 */
#include "unit/flow/world.h"

#include "core/notice/notice.h"
#include "db/driver.h"

enum { CYCLES = 9, YEARS = 4 };

static const struct {
	const char *cycle;
	int months; /* 0: once */
} cycles[CYCLES] = {{"1m", 1}, {"2m", 2}, {"3m", 3}, {"6m", 6}, {"1y", 12}, {"2y", 24}, {"3y", 36},
    {"7d", -1}, {"once", 0}};

struct four_years {
	struct world *w;
	int64_t services[2][CYCLES]; /* who pays; who pays the first term only */
	bool gone[CYCLES];
	int suspended;
};

static void order_all(struct four_years *y, int who)
{
	for (int i = 0; i < CYCLES; i++) {
		int64_t invoice;
		y->services[who][i] = world_order(y->w,
		    arena_printf(y->w->cx->arena, "{\"items\":[{\"plan\":\"p\",\"cycle\":\"%s\"}]}",
		        cycles[i].cycle),
		    &invoice);
		world_pay(y->w, invoice);
	}
}

static void begin(struct four_years *y, const void *engine, const char *lead_days)
{
	struct world *w = y->w = world_open(engine);
	struct buf prices;
	/* Nobody pulls the plug: waiting for the disk would be most of its time. */
	if (!db_is_pg(w->cx->db))
		testdb_ok(w->cx, db_script(w->cx, "PRAGMA synchronous = OFF"));
	buf_init(&prices, w->cx->arena);
	for (int i = 0; i < CYCLES; i++)
		buf_printf(&prices,
		    "%s{\"cycle\":\"%s\",\"currency\":\"EUR\",\"price_minor\":1000}",
		    i == 0 ? "" : ",", cycles[i].cycle);
	world_set(w, "billing.lead_days", lead_days);
	world_plan(w,
	    arena_printf(w->cx->arena, "{\"key\":\"p\",\"name\":\"P\",\"prices\":[%s]}",
	        buf_text(&prices)));
	testdb_ok(w->cx, dunning_seed(w->cx));
	world_day(w, "2027-01-30");
	order_all(y, 0);
	testdb_ok(w->cx, payment_grant(w->cx, w->client, "EUR", 100000000, "prepaid"));
	w->client = world_other(w, "ben@example.org", "EUR");
	order_all(y, 1);
}

/* What is suspended now has an unpaid period with an issued invoice that reached the client. */
static void was_told(struct four_years *y, int64_t service)
{
	struct invoice_period *p;
	int64_t sent, bounced;
	size_t n, at = 0;
	struct cx *cx = y->w->cx;
	testdb_ok(cx, invoice_periods(cx, service, &p, &n));
	while (at < n && p[at].paid)
		at++;
	assert_true(at < n);
	struct invoice i = world_invoice(y->w, p[at].invoice_id);
	assert_int_equal(i.state, INVOICE_OVERDUE);
	assert_true(i.due_on.n < (int64_t)(cx->now / 86400));
	testdb_ok(cx, letter_count(cx, "invoice", i.id, &sent, &bounced));
	assert_true(sent >= 2); /* the invoice and a reminder */
	y->suspended++;
}

static void one_day(struct four_years *y)
{
	static const char *const only[] = {"overdue", "billing", "dunning", NULL};
	struct cx *cx = y->w->cx;
	struct arena_mark mark = arena_mark(cx->arena);
	json_t *out;
	testdb_ok(cx, flow_run(&y->w->w, &(struct run_request){.only = only}, &out));
	for (int i = 0; i < CYCLES; i++) {
		if (y->gone[i] || world_service(y->w, y->services[1][i]).state == SERVICE_ACTIVE)
			continue;
		y->gone[i] = true;
		was_told(y, y->services[1][i]);
	}
	arena_rewind(cx->arena, mark);
}

/* From the first day on, one period after the other, as far as is billed. */
static void follow_each_other(struct four_years *y, int64_t service, int months)
{
	struct world *w = y->w;
	struct invoice_period *p;
	size_t n;
	struct service s = world_service(w, service);
	testdb_ok(w->cx, invoice_periods(w->cx, service, &p, &n));
	assert_int_equal(n > 0, months != 0);
	if (months == 0)
		return;
	assert_int_equal(p[0].from.n, s.started_on.n);
	for (size_t i = 1; i < n; i++)
		assert_int_equal(p[i].from.n, p[i - 1].to.n);
	assert_int_equal(p[n - 1].to.n, s.billed_until.n);
	/* Who pays is invoiced as far as the lead reaches, and no further. */
	if (months > 0 && service == y->services[0][0])
		assert_true(n >= 12 * YEARS);
}

static void through(const void *engine, const char *lead_days, int every)
{
	struct four_years y = {0};
	begin(&y, engine, lead_days);
	for (int day = 0; day < 365 * YEARS + 1; day += every) {
		one_day(&y);
		y.w->cx->now += every * 86400;
	}
	struct day today = {(int32_t)(y.w->cx->now / 86400 - every)};
	int64_t lead = strtoll(lead_days, NULL, 10);
	for (int i = 0; i < CYCLES; i++) {
		struct service s = world_service(y.w, y.services[0][i]);
		assert_int_equal(s.state, SERVICE_ACTIVE);
		if (cycles[i].months != 0)
			assert_true(s.billed_until.n > today.n + lead);
		follow_each_other(&y, y.services[0][i], cycles[i].months);
		follow_each_other(&y, y.services[1][i], cycles[i].months);
	}
	/* Everything that has a second term was taken from him who does not pay it. */
	assert_int_equal(y.suspended, CYCLES - 1);
	assert_false(y.gone[CYCLES - 1]);
	world_close(y.w);
}

static void INV_03_lead_longer_than_the_shortest_cycles(void **state)
{
	through(*state, "45", 1);
}

static void INV_03_lead_shorter_than_every_cycle(void **state)
{
	through(*state, "3", 3);
}

/* Staff read what was caught up with, before anybody is suspended for it. */
static void INV_07_one_letter_lists_what_was_caught_up(void **state)
{
	struct world *w = world_open(*state);
	struct letter_filter f = {.kind = "alert_catch_up", .limit = 5};
	struct letter l;
	int64_t invoice;
	json_t *rows;
	world_set(w, "mail.alert", "staff@example.com");
	world_set(w, "billing.lead_days", "7");
	world_set(w, "automation.trust_clock", "1");
	testdb_ok(w->cx, dunning_seed(w->cx));
	world_plan(w,
	    "{\"key\":\"p\",\"name\":\"P\",\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\","
	    "\"price_minor\":1000}]}");
	world_day(w, "2027-01-31");
	int64_t service =
	    world_order(w, "{\"items\":[{\"plan\":\"p\",\"cycle\":\"1m\"}]}", &invoice);
	world_pay(w, invoice);
	world_day(w, "2027-05-05");
	world_run(w);
	world_run(w);
	testdb_ok(w->cx, letter_list(w->cx, &f, &rows));
	assert_int_equal(json_array_size(rows), 1);
	int64_t id = json_integer_value(json_object_get(json_array_get(rows, 0), "id"));
	testdb_ok(w->cx, letter_get(w->cx, 0, id, &l));
	const char *text = arena_strndup(w->cx->arena, l.bytes, l.len);
	assert_non_null(strstr(text, "INV-2027-00002"));
	assert_non_null(strstr(text, "INV-2027-00003"));
	assert_non_null(strstr(text, "INV-2027-00004"));
	assert_null(strstr(text, "INV-2027-00001"));
	assert_int_equal(world_service(w, service).state, SERVICE_ACTIVE);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(INV_03_lead_longer_than_the_shortest_cycles),
	    TESTDB_BOTH(INV_03_lead_shorter_than_every_cycle),
	    TESTDB_BOTH(INV_07_one_letter_lists_what_was_caught_up),
	};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
