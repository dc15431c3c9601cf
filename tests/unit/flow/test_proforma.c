/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proformas: LAW-01 (a series of their own, invoices without a gap), nothing posted before money
 * comes, the invoice made by the first money, once; cancelled, dunned, corrected, renewed.
 */
#include "unit/flow/paper.h"
#include "unit/flow/till.h"

#include "core/notice/notice.h"

/* Asks with proformas; a plan of 10.00 a month with 19 % on top, ordered on 10 April. */
static int64_t ordered(struct world *w, int64_t *ret_service)
{
	int64_t invoice, id;
	world_day(w, "2027-04-10");
	world_set(w, "invoice.proforma", "1");
	testdb_ok(w->cx,
	    tax_rate_save(w->cx, 0,
	        world_json(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":190000}"),
	        FIELD_JSON, &id));
	world_plan(w,
	    "{\"key\":\"s\",\"name\":\"S\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	*ret_service = world_order(w, "{\"items\":[{\"plan\":\"s\",\"cycle\":\"1m\"}]}", &invoice);
	world_drain(w);
	return invoice;
}

static void pay_part(struct world *w, int64_t invoice, int64_t minor, const char *reference)
{
	struct payment_new p = {w->client, invoice, minor, "bank", reference, "", "EUR"};
	int64_t id;
	bool is_new;
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	world_drain(w);
}

static size_t letters(struct world *w, int64_t invoice, const char *kind)
{
	json_t *rows, *row;
	size_t k, n = 0;
	testdb_ok(w->cx,
	    letter_list(w->cx,
	        &(struct letter_filter){.subject_kind = "invoice",
	            .subject_id = invoice,
	            .limit = 50},
	        &rows));
	json_array_foreach(rows, k, row)
		n += str_eq(json_string_value(json_object_get(row, "letter")), kind);
	return n;
}

static void law_01_the_first_money_makes_the_invoice(void **state)
{
	struct world *w = world_open(*state);
	int64_t service, id = ordered(w, &service);
	struct invoice i = world_invoice(w, id);
	assert_string_equal(i.number, "PRO-2027-00001");
	assert_true(invoice_is_proforma(&i));
	assert_null(i.hash);
	assert_int_equal(i.state, INVOICE_OPEN);
	assert_int_equal(i.balance_minor, 1190);
	world_is_day(i.issued_on, "2027-04-10");
	/* It is no claim and no revenue; the client has one letter about it. */
	assert_int_equal(paper_booked(w, id, "revenue"), 0);
	assert_int_equal(paper_booked(w, id, "tax"), 0);
	assert_int_equal(letters(w, id, "invoice_issued"), 1);
	paper_says(w, id, "Proforma");
	paper_says(w, id, "This is not an invoice. The invoice follows when it is paid.");
	world_day(w, "2027-04-12");
	world_pay(w, id);
	i = world_invoice(w, id);
	assert_string_equal(i.number, "INV-2027-00001");
	assert_string_equal(i.proforma, "PRO-2027-00001");
	assert_false(invoice_is_proforma(&i));
	assert_int_equal(i.state, INVOICE_PAID);
	world_is_day(i.issued_on, "2027-04-12");
	world_is_day(i.proforma_on, "2027-04-10");
	assert_int_equal(paper_booked(w, id, "revenue"), 1000);
	assert_int_equal(paper_booked(w, id, "tax"), 190);
	assert_int_equal(world_service(w, service).state, SERVICE_ACTIVE);
	/* One receipt, which names both; no second letter about the same document. */
	assert_int_equal(letters(w, id, "invoice_issued"), 1);
	assert_int_equal(letters(w, id, "payment_received"), 1);
	paper_says(w, id, "Invoice");
	paper_says(w, id, "PRO-2027-00001");
	assert_null(strstr(paper_text(w, id), "not an invoice"));
	world_close(w);
}

static void a_part_is_money_too(void **state)
{
	struct world *w = world_open(*state);
	int64_t service, id = ordered(w, &service);
	pay_part(w, id, 190, "b1");
	struct invoice i = world_invoice(w, id);
	assert_string_equal(i.number, "INV-2027-00001");
	assert_int_equal(i.state, INVOICE_OPEN);
	assert_int_equal(i.balance_minor, 1000);
	assert_int_equal(letters(w, id, "invoice_issued"), 2); /* the proforma, then the invoice */
	pay_part(w, id, 190, "b1");                            /* the same message again */
	assert_int_equal(world_invoice(w, id).balance_minor, 1000);
	pay_part(w, id, 1000, "b2");
	i = world_invoice(w, id);
	assert_int_equal(i.state, INVOICE_PAID);
	assert_string_equal(i.number, "INV-2027-00001");
	assert_int_equal(paper_booked(w, id, "revenue"), 1000);
	world_close(w);
}

static void credit_pays_a_proforma(void **state)
{
	struct world *w = world_open(*state);
	int64_t service, id;
	testdb_ok(w->cx, payment_grant(w->cx, w->client, "EUR", 500, "welcome"));
	id = ordered(w, &service);
	struct invoice i = world_invoice(w, id);
	assert_string_equal(i.number, "INV-2027-00001");
	assert_int_equal(i.balance_minor, 690);
	assert_int_equal(world_credit(w), 0);
	/* It was a proforma for no moment that its client could see: one letter. */
	assert_int_equal(letters(w, id, "invoice_issued"), 1);
	world_close(w);
}

static void cancelled_leaves_no_invoice(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t service, note, id = ordered(w, &service), next;
	bool existing;
	struct invoice i;
	world_pay(w, id);
	world_day(w, "2027-05-04");
	world_run(w);
	testdb_ok(cx, invoice_oldest_open(cx, service, "EUR", &id));
	assert_string_equal(world_invoice(w, id).number, "PRO-2027-00002");
	world_is_day(world_service(w, service).billed_until, "2027-06-10");
	testdb_ok(cx, credit_note_full(cx, id, "not wanted", &note, &existing));
	assert_int_equal(note, 0);
	assert_false(existing);
	world_drain(w);
	i = world_invoice(w, id);
	assert_int_equal(i.state, INVOICE_CANCELLED);
	assert_int_equal(i.balance_minor, 0);
	world_is_day(world_service(w, service).billed_until, "2027-05-10");
	/* Again is the same; nothing else can be done to it, money for it is credit. */
	testdb_ok(cx, credit_note_full(cx, id, "not wanted", &note, &existing));
	assert_true(existing);
	testdb_fails(cx, credit_note_amount(cx, id, 100, "x", &note), ERR_CONFLICT,
	    "invoice.refused");
	testdb_fails(cx, invoice_issue(cx, id), ERR_CONFLICT, "invoice.refused");
	testdb_fails(cx, invoice_write_off(cx, id, "x"), ERR_CONFLICT, "invoice.proforma");
	pay_part(w, id, 1190, "late");
	assert_int_equal(world_invoice(w, id).state, INVOICE_CANCELLED);
	assert_int_equal(world_credit(w), 1190);
	/* The term is asked for again, and the credit pays it: invoices have no gap. */
	world_day(w, "2027-05-05");
	world_run(w);
	world_is_day(world_service(w, service).billed_until, "2027-06-10");
	testdb_ok(cx, invoice_oldest_open(cx, service, "EUR", &next));
	assert_int_equal(next, 0);
	json_t *rows;
	testdb_ok(cx, invoice_list(cx, &(struct invoice_filter){.limit = 50}, &rows));
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "number")),
	    "INV-2027-00002");
	assert_string_equal(json_string_value(
	                        json_object_get(json_array_get(rows, 0), "proforma_number")),
	    "PRO-2027-00003");
	world_close(w);
}

static void what_is_not_asked_for_as_a_proforma(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t service, id = ordered(w, &service), note, correction;
	struct invoice_input_item more = {"More", "standard", 1, 100, DAY_NONE, DAY_NONE};
	struct correction_input in = {"Too little", "", {&more, 1}};
	/* Not corrected before it is an invoice; a part is credited of what it becomes. */
	testdb_fails(cx, invoice_correct(cx, id, &in, &correction), ERR_CONFLICT,
	    "invoice.refused");
	testdb_fails(cx, invoice_write_off(cx, id, "x"), ERR_CONFLICT, "invoice.proforma");
	testdb_ok(cx, credit_note_amount(cx, id, 190, "goodwill", &note));
	world_drain(w);
	assert_string_equal(world_invoice(w, id).number, "INV-2027-00001");
	assert_int_equal(world_invoice(w, id).balance_minor, 1000);
	assert_string_equal(world_invoice(w, note).number, "CN-2027-00001");
	/* A debit correction is an invoice at once. */
	testdb_ok(cx, invoice_correct(cx, id, &in, &correction));
	assert_string_equal(world_invoice(w, correction).number, "INV-2027-00002");
	world_close(w);
}

static void staff_make_it_an_invoice(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t service, id = ordered(w, &service);
	json_t *rows;
	testdb_ok(cx,
	    invoice_list(cx, &(struct invoice_filter){.kind = "proforma", .limit = 9}, &rows));
	assert_int_equal(json_array_size(rows), 1);
	testdb_ok(cx, invoice_issue(cx, id));
	world_drain(w);
	assert_string_equal(world_invoice(w, id).number, "INV-2027-00001");
	assert_int_equal(world_invoice(w, id).balance_minor, 1190);
	testdb_fails(cx, invoice_issue(cx, id), ERR_CONFLICT, "invoice.refused");
	testdb_ok(cx,
	    invoice_list(cx, &(struct invoice_filter){.kind = "proforma", .limit = 9}, &rows));
	assert_int_equal(json_array_size(rows), 0);
	/* Both numbers find it. */
	for (int k = 0; k < 2; k++) {
		const char *q = k == 0 ? "pro-2027-00001" : "inv-2027-00001";
		testdb_ok(cx,
		    invoice_list(cx, &(struct invoice_filter){.q = q, .limit = 9}, &rows));
		assert_int_equal(json_array_size(rows), 1);
	}
	struct invoice i = world_invoice(w, id);
	assert_true(invoice_is_named(&i, "PRO-2027-00001 (Anna)"));
	assert_true(invoice_is_named(&i, "INV-2027-00001"));
	assert_false(invoice_is_named(&i, "INV-2027-00002"));
	world_close(w);
}

/* Days of a client who does not pay: reminded, suspended, terminated; there never is an invoice. */
static void the_ladder_climbs_a_proforma(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t service, id = ordered(w, &service);
	testdb_ok(cx, dunning_seed(cx));
	world_pay(w, id);
	for (int day = 0; day < 60; day++) {
		w->cx->now += 86400;
		world_run(w);
		world_drain(w);
	}
	json_t *rows, *row;
	size_t k;
	assert_int_not_equal(world_service(w, service).state, SERVICE_ACTIVE);
	testdb_ok(cx, invoice_list(cx, &(struct invoice_filter){.limit = 50}, &rows));
	assert_true(json_array_size(rows) >= 2);
	json_array_foreach(rows, k, row) {
		bool first = json_integer_value(json_object_get(row, "id")) == id;
		assert_int_equal(json_is_true(json_object_get(row, "is_proforma")), !first);
		if (!first)
			assert_true(letters(w, json_integer_value(json_object_get(row, "id")),
			                "invoice_reminder") > 0);
	}
	world_close(w);
}

/* A top-up gives its credit when it is paid, as without; unpaid it is cancelled on its day. */
static void funds_as_a_proforma(void **state)
{
	struct till *t = till_open(*state);
	struct world *w = t->w;
	int64_t id, second, n;
	struct day today;
	world_set(w, "invoice.proforma", "1");
	struct funds_input in = {.amount_minor = 5000, .currency = "EUR", .once = "a"};
	testdb_ok(w->cx, funds_add(w->cx, w->client, &in, &id));
	in.once = "b";
	testdb_ok(w->cx, funds_add(w->cx, w->client, &in, &second));
	world_drain(w);
	assert_string_equal(world_invoice(w, id).number, "PRO-2027-00001");
	assert_int_equal(till_account(t, "funds"), 0);
	till_receive(t, id, 5000, "pay-1");
	assert_string_equal(world_invoice(w, id).number, "INV-2027-00001");
	assert_int_equal(world_credit(w), 5000);
	assert_true(day_parse("2027-04-01", &today));
	world_day(w, "2027-04-01");
	testdb_ok(w->cx, funds_expire(w->cx, today, 10, &n));
	world_drain(w);
	assert_int_equal(world_invoice(w, second).state, INVOICE_CANCELLED);
	assert_int_equal(world_credit(w), 5000);
	till_close(t);
}

static struct invoice change(struct world *w, int64_t service, const char *plan)
{
	const struct change_input in = {.plan = plan, .cycle = ""};
	int64_t id, invoice;
	testdb_ok(w->cx, service_change(w->cx, 0, service, &in, &id, &invoice));
	world_drain(w);
	return invoice == 0 ? (struct invoice){0} : world_invoice(w, invoice);
}

static size_t count(struct world *w, const char *kind, const char *state)
{
	json_t *rows;
	testdb_ok(w->cx,
	    invoice_list(w->cx, &(struct invoice_filter){.kind = kind, .state = state, .limit = 50},
	        &rows));
	return json_array_size(rows);
}

/* PRO-04 and PRO-02 where nothing is an invoice before it is paid. */
static void changes_over_proformas(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t service, note, id = ordered(w, &service);
	bool existing;
	world_plan(w,
	    "{\"key\":\"m\",\"name\":\"M\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":2000}]}");
	world_pay(w, id);
	world_day(w, "2027-04-20");
	/* 20 of 30 days: 13.33 less 6.67, and 19 %. Cancelled, the old plan remains. */
	struct invoice i = change(w, service, "m");
	assert_string_equal(i.number, "PRO-2027-00002");
	assert_int_equal(i.total_minor, 793);
	testdb_ok(cx, credit_note_full(cx, i.id, "no", &note, &existing));
	world_drain(w);
	assert_int_equal(world_invoice(w, i.id).state, INVOICE_CANCELLED);
	assert_string_equal(world_service(w, service).plan_key, "s");
	assert_int_equal(count(w, "credit_note", NULL), 0);
	/* Paid, the new one; paid again it is credit. */
	i = change(w, service, "m");
	assert_string_equal(world_service(w, service).plan_key, "s");
	pay_part(w, i.id, 793, "up-1");
	assert_string_equal(world_invoice(w, i.id).number, "INV-2027-00002");
	assert_string_equal(world_service(w, service).plan_key, "m");
	pay_part(w, i.id, 793, "up-2");
	assert_int_equal(world_credit(w), 793);
	world_set(w, "billing.auto_credit", "0");
	/* The renewal waits as a proforma; a downgrade takes it back, and no number is spent. */
	world_day(w, "2027-05-05");
	world_run(w);
	testdb_ok(cx, invoice_oldest_open(cx, service, "EUR", &id));
	assert_int_equal(world_invoice(w, id).total_minor, 2380);
	(void)change(w, service, "s");
	assert_int_equal(world_invoice(w, id).state, INVOICE_CANCELLED);
	/* 5 of 30 days: 3.33 less 1.67, and 19 %, of what was paid. */
	assert_int_equal(count(w, "credit_note", NULL), 1);
	assert_int_equal(world_credit(w), 793 + 198);
	world_day(w, "2027-05-06");
	world_run(w);
	testdb_ok(cx, invoice_oldest_open(cx, service, "EUR", &id));
	assert_int_equal(world_invoice(w, id).total_minor, 1190);
	world_pay(w, id);
	assert_string_equal(world_invoice(w, id).number, "INV-2027-00003");
	world_is_day(world_service(w, service).paid_until, "2027-06-10");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(law_01_the_first_money_makes_the_invoice),
	    TESTDB_BOTH(a_part_is_money_too),
	    TESTDB_BOTH(credit_pays_a_proforma),
	    TESTDB_BOTH(cancelled_leaves_no_invoice),
	    TESTDB_BOTH(what_is_not_asked_for_as_a_proforma),
	    TESTDB_BOTH(staff_make_it_an_invoice),
	    TESTDB_BOTH(the_ladder_climbs_a_proforma),
	    TESTDB_BOTH(funds_as_a_proforma),
	    TESTDB_BOTH(changes_over_proformas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
