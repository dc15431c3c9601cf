/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corrections of issued invoices: LAW-03 (items cancelled), credit notes over items and amounts
 * never above what was invoiced, four eyes, debit corrections, LAW-05 (periods), series.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "unit/flow/paper.h"

#include "core/notice/notice.h"
#include "core/payment/payment.h"
#include "fmt/mime.h"

/* An order of two services of 10.00 and 20.00 net a month, with 19 % on top. */
static int64_t two(struct world *w)
{
	int64_t invoice, id;
	world_day(w, "2027-04-10");
	testdb_ok(w->cx,
	    tax_rate_save(w->cx, 0,
	        world_json(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":190000}"),
	        FIELD_JSON, &id));
	world_plan(w,
	    "{\"key\":\"s\",\"name\":\"S\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000}]}");
	world_plan(w,
	    "{\"key\":\"m\",\"name\":\"M\",\"prices\":["
	    "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":2000}]}");
	world_order(w,
	    "{\"items\":[{\"plan\":\"s\",\"cycle\":\"1m\"},{\"plan\":\"m\",\"cycle\":\"1m\"}]}",
	    &invoice);
	world_drain(w);
	return invoice;
}

static struct invoice_item item(struct world *w, int64_t invoice, size_t at)
{
	struct invoice_item *items;
	size_t n;
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	assert_true(at < n);
	return items[at];
}

static struct correct_items cancelling(struct world *w, int64_t invoice, size_t at, bool end)
{
	int64_t *id = ARENA_NEW(w->cx->arena, int64_t);
	*id = item(w, invoice, at).id;
	return (
	    struct correct_items){{invoice, 0, id, 1, "not wanted", NULL, DAY_NONE, DAY_NONE}, end};
}

static void pay_part(struct world *w, int64_t invoice, int64_t minor)
{
	struct invoice i = world_invoice(w, invoice);
	struct payment_new p = {i.client_id, invoice, minor, "bank",
	    arena_printf(w->cx->arena, "t%lld-%lld", (long long)invoice, (long long)minor), "",
	    "EUR"};
	int64_t id;
	bool is_new;
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	world_drain(w);
}

static void LAW_03_one_of_two_items(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w);
	struct correct_items c = cancelling(w, old, 0, true);
	struct correct_done done, again;
	assert_int_equal(world_invoice(w, old).total_minor, 3570);
	pay_part(w, old, 500);
	testdb_ok(cx, correct_items(cx, &c, &done));
	/* A full credit note and a new invoice; the old one says what it said. */
	struct invoice i = world_invoice(w, old), note = world_invoice(w, done.note_id),
	               rest = world_invoice(w, done.invoice_id);
	assert_int_equal(i.state, INVOICE_CREDITED);
	assert_int_equal(i.total_minor, 3570);
	assert_string_equal(note.kind, "credit_note");
	assert_int_equal(note.total_minor, 3570);
	assert_int_equal(note.refers_to_id, old);
	assert_int_equal(rest.total_minor, 2380);
	assert_int_equal(rest.refers_to_id, old);
	assert_int_equal(rest.due_on.n, i.due_on.n);
	/* The 5.00 paid move along: 23.80 - 5.00. */
	assert_int_equal(rest.balance_minor, 1880);
	assert_int_equal(world_credit(w), 0);
	/* The right to charge moves: the kept service is billed as before, the other ends. */
	struct service kept = world_service(w, item(w, done.invoice_id, 0).service_id),
	               gone = world_service(w, item(w, old, 0).service_id);
	world_is_day(kept.billed_until, "2027-05-10");
	world_is_day(gone.billed_until, "2027-04-10");
	assert_int_equal(gone.state, SERVICE_CANCELLED);
	/* Again is refused, and names the one that is there. */
	assert_int_equal(correct_items(cx, &c, &again), ERR_CONFLICT);
	assert_string_equal(cx->fault.key, "invoice.reissued");
	assert_string_equal(cx->fault.about_number, rest.number);
	cx_clear(cx);
	/* The order follows the new invoice. */
	struct order o;
	testdb_ok(cx, order_get(cx, 0, rest.order_id, &o));
	assert_int_equal(o.invoice_id, rest.id);
	world_pay(w, rest.id);
	assert_int_equal(world_service(w, kept.id).state, SERVICE_ACTIVE);
	testdb_ok(cx, order_get(cx, 0, rest.order_id, &o));
	assert_int_equal(o.state, ORDER_DONE);
	world_close(w);
}

static void LAW_03_by_credit_note(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w);
	struct correct_items c = cancelling(w, old, 0, false);
	struct correct_done done;
	world_set(w, "billing.item_cancel", "credit");
	testdb_ok(cx, correct_items(cx, &c, &done));
	assert_int_equal(done.invoice_id, 0);
	assert_int_equal(world_invoice(w, done.note_id).total_minor, 1190);
	assert_int_equal(world_invoice(w, old).state, INVOICE_OPEN);
	assert_int_equal(world_invoice(w, old).balance_minor, 2380);
	world_is_day(world_service(w, item(w, old, 0).service_id).billed_until, "2027-04-10");
	world_is_day(world_service(w, item(w, old, 1).service_id).billed_until, "2027-05-10");
	testdb_fails(cx, correct_items(cx, &c, &done), ERR_CONFLICT, "credit_note.item_credited");
	world_pay(w, old);
	testdb_fails(cx, correct_items(cx, &c, &done), ERR_CONFLICT, "invoice.refused");
	world_close(w);
}

static void odd_choices_change_nothing(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), foreign = item(w, old, 0).id + 999, note;
	struct correct_items c = cancelling(w, old, 0, false);
	struct correct_done done;
	c.wish.item_ids = &foreign;
	testdb_fails(cx, correct_items(cx, &c, &done), ERR_INVALID, "fields.invalid");
	c.wish.items_n = 0;
	testdb_fails(cx, correct_items(cx, &c, &done), ERR_INVALID, "fields.invalid");
	/* What an amount took cannot be told apart any more. */
	testdb_ok(cx, credit_note_amount(cx, old, 100, "less", &note));
	c = cancelling(w, old, 0, false);
	testdb_fails(cx, correct_items(cx, &c, &done), ERR_CONFLICT, "invoice.partly_credited");
	assert_int_equal(world_invoice(w, old).state, INVOICE_OPEN);
	world_close(w);
}

/* All items: nothing is left to invoice. */
static void all_items_are_a_credit_note(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), ids[2] = {item(w, old, 0).id, item(w, old, 1).id};
	struct correct_items c = {{old, 0, ids, 2, "x", NULL, DAY_NONE, DAY_NONE}, true};
	struct correct_done done;
	pay_part(w, old, 500);
	world_set(w, "approval.credit_minor", "500");
	testdb_fails(cx, correct_items(cx, &c, &done), ERR_CONFLICT, "approval.needed");
	assert_int_equal(world_invoice(w, old).state, INVOICE_OPEN);
	world_set(w, "approval.credit_minor", "501");
	testdb_ok(cx, correct_items(cx, &c, &done));
	assert_int_equal(done.invoice_id, 0);
	assert_int_equal(world_invoice(w, old).state, INVOICE_CREDITED);
	assert_int_equal(world_credit(w), 500);
	world_close(w);
}

static void notes_over_items_and_amounts(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), first = item(w, old, 0).id, second = item(w, old, 1).id, note;
	bool existing;
	struct credit_wish one = {old, 0, &first, 1, "late", "f1", DAY_NONE, DAY_NONE};
	world_pay(w, old);
	testdb_ok(cx, credit_note_make(cx, &one, &note, &existing));
	world_drain(w);
	/* LAW-05: the line of the note has the period of the item. */
	world_is_day(item(w, note, 0).from, "2027-04-10");
	world_is_day(item(w, note, 0).to, "2027-05-10");
	assert_int_equal(item(w, note, 0).refers_item_id, first);
	assert_int_equal(world_invoice(w, note).total_minor, 1190);
	assert_int_equal(world_credit(w), 1190);
	/* The same form twice is one note; another one over the same item is refused. */
	int64_t same;
	testdb_ok(cx, credit_note_make(cx, &one, &same, &existing));
	assert_true(existing && same == note);
	one.once = "f2";
	testdb_fails(cx, credit_note_make(cx, &one, &same, &existing), ERR_CONFLICT,
	    "credit_note.item_credited");
	/* 23.80 are left; 10.00 of them go by amount, then the item is too much. */
	testdb_fails(cx, credit_note_amount(cx, old, 2381, "more", &same), ERR_CONFLICT,
	    "credit_note.too_much");
	testdb_ok(cx, credit_note_amount(cx, old, 1000, "part", &same));
	struct credit_wish two_ = {old, 0, &second, 1, "late", NULL, DAY_NONE, DAY_NONE};
	testdb_fails(cx, credit_note_make(cx, &two_, &same, &existing), ERR_CONFLICT,
	    "credit_note.too_much");
	testdb_ok(cx, credit_note_full(cx, old, "rest", &same, &existing));
	assert_int_equal(world_invoice(w, same).total_minor, 1380);
	assert_int_equal(world_credit(w), 3570);
	world_drain(w);
	world_close(w);
}

/* A past term that is credited while a later one is charged is given away, without a hole. */
static void a_term_before_a_charged_one_stays(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), note;
	bool existing;
	world_pay(w, old);
	world_day(w, "2027-05-01");
	world_run(w);
	int64_t s = item(w, old, 0).service_id;
	world_is_day(world_service(w, s).billed_until, "2027-06-10");
	testdb_ok(cx, credit_note_full(cx, old, "sorry", &note, &existing));
	world_drain(w);
	world_is_day(world_service(w, s).billed_until, "2027-06-10");
	world_is_day(world_service(w, s).paid_until, "2027-05-10");
	world_close(w);
}

static void a_second_person_for_paid_money(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), note, waits, first = item(w, old, 0).id;
	struct credit_wish one = {old, 0, &first, 1, "late", NULL, DAY_NONE, DAY_NONE};
	world_set(w, "approval.credit_minor", "1000");
	cx->actor = (struct actor){ACTOR_STAFF, 1, "One", ""};
	/* Nothing paid becomes credit: at once. */
	struct credit_wish little = {old, 100, NULL, 0, "x", NULL, DAY_NONE, DAY_NONE};
	testdb_ok(cx, approval_credit_note(cx, &little, &note, &waits));
	assert_int_equal(waits, 0);
	world_pay(w, old);
	struct credit_wish most = {old, 999, NULL, 0, "x", NULL, DAY_NONE, DAY_NONE};
	testdb_ok(cx, approval_credit_note(cx, &most, &note, &waits));
	assert_int_equal(waits, 0);
	assert_int_equal(world_credit(w), 999);
	/* 11.90 of the item wait; only one wish at a time, decided by somebody else. */
	testdb_ok(cx, approval_credit_note(cx, &one, &note, &waits));
	assert_true(waits != 0 && note == 0);
	int64_t more;
	testdb_fails(cx, approval_credit_note(cx, &one, &note, &more), ERR_CONFLICT,
	    "approval.waiting");
	testdb_fails(cx, approval_decide(cx, waits, true), ERR_DENIED, "approval.same");
	cx->actor.id = 2;
	testdb_ok(cx, approval_decide(cx, waits, true));
	assert_int_equal(world_credit(w), 999 + 1190);
	world_drain(w);
	/* Less is left than was wished: nothing is credited on an old word. */
	cx->actor.id = 1;
	struct credit_wish rest = {old, 0, NULL, 0, "x", NULL, DAY_NONE, DAY_NONE};
	testdb_ok(cx, approval_credit_note(cx, &rest, &note, &waits));
	assert_true(waits != 0);
	testdb_ok(cx, credit_note_full(cx, old, "first", &note, &(bool){false}));
	cx->actor.id = 2;
	testdb_fails(cx, approval_decide(cx, waits, true), ERR_CONFLICT, "approval.changed");
	testdb_ok(cx, approval_decide(cx, waits, false));
	world_drain(w);
	world_close(w);
}

static void a_correction_names_what_it_corrects(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), id, same, note, draft;
	struct invoice_input_item line = {"Extra space", "standard", 2, 300, DAY_NONE, DAY_NONE};
	struct correction_input in = {"forgotten", "f1", {&line, 1}};
	bool existing;
	testdb_ok(cx, invoice_correct(cx, old, &in, &id));
	struct invoice i = world_invoice(w, id);
	assert_string_equal(i.kind, "invoice");
	assert_int_equal(i.refers_to_id, old);
	assert_int_equal(i.total_minor, 714);
	assert_non_null(strstr(i.note, world_invoice(w, old).number));
	testdb_ok(cx, invoice_correct(cx, old, &in, &same));
	assert_int_equal(same, id);
	/* It takes nothing from what can be credited of the invoice it names. */
	testdb_ok(cx, credit_note_full(cx, old, "x", &note, &existing));
	assert_int_equal(world_invoice(w, note).total_minor, 3570);
	world_drain(w);
	testdb_fails(cx, invoice_correct(cx, note, &in, &same), ERR_CONFLICT, "invoice.refused");
	struct invoice_input d = {.client_id = w->client,
	    .currency = "",
	    .note = "",
	    .due_on = DAY_NONE,
	    .items = {&line, 1}};
	testdb_ok(cx, invoice_draft(cx, &d, &draft));
	in.once = "f2";
	testdb_fails(cx, invoice_correct(cx, draft, &in, &same), ERR_CONFLICT, "invoice.refused");
	world_close(w);
}

/* The line a document has for a service, as page, API and letter show it. */
static void period_is(struct world *w, int64_t id, size_t at, const char *from, const char *to)
{
	struct invoice i = world_invoice(w, id);
	json_t *view;
	testdb_ok(w->cx, invoice_view(w->cx, &i, &view));
	json_t *line = json_array_get(json_object_get(view, "items"), at);
	assert_string_equal(json_string_value(json_object_get(line, "from")), from);
	assert_string_equal(json_string_value(json_object_get(line, "to")), to);
}

static int64_t newest(struct world *w)
{
	json_t *list;
	testdb_ok(w->cx,
	    invoice_list(w->cx, &(struct invoice_filter){.client_id = w->client, .limit = 1},
	        &list));
	return json_integer_value(json_object_get(json_array_get(list, 0), "id"));
}

/* One of the services that share a renewal is taken back, and billed again by the next run. */
static void an_item_of_a_shared_renewal_is_billed_again(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), note;
	bool existing;
	world_set(w, "billing.group", "1");
	world_pay(w, old);
	world_day(w, "2027-05-01");
	world_run(w);
	int64_t shared = newest(w), first = item(w, shared, 0).id,
	        s = item(w, shared, 0).service_id;
	assert_int_equal(world_invoice(w, shared).total_minor, 3570);
	/* LAW-05: each service of a shared document with its period. */
	period_is(w, shared, 0, "2027-05-10", "2027-06-10");
	period_is(w, shared, 1, "2027-05-10", "2027-06-10");
	struct credit_wish one = {shared, 0, &first, 1, "x", NULL, DAY_NONE, DAY_NONE};
	testdb_ok(cx, credit_note_make(cx, &one, &note, &existing));
	world_drain(w);
	world_is_day(world_service(w, s).billed_until, "2027-05-10");
	world_run(w);
	world_is_day(world_service(w, s).billed_until, "2027-06-10");
	assert_int_equal(world_invoice(w, newest(w)).total_minor, 1190);
	world_close(w);
}

/* ---- at the same moment ---- */

static void eight_at_once_never_credit_too_much(void **state)
{
	enum { CALLERS = 8 };
	struct world *w = world_open(*state);
	int64_t old = two(w);
	int gate[2], won = 0;
	pid_t pids[CALLERS];
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < CALLERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct cx cx;
			char go;
			int64_t note;
			testdb_connect(w->db, &cx);
			cx.now = w->cx->now;
			close(gate[1]);
			_exit(read(gate[0], &go, 1) == 0 &&
			            credit_note_amount(&cx, old, 1000, "x", &note) == OK ?
			        0 :
			        1);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < CALLERS; i++) {
		int status;
		waitpid(pids[i], &status, 0);
		won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	/* 35.70 hold three notes of 10.00. */
	assert_int_equal(won, 3);
	assert_int_equal(world_invoice(w, old).balance_minor, 570);
	world_close(w);
}

/* ---- LAW-05 and series ---- */

/* On paper, and in the letter that brings it. */
static void LAW_05_on_paper_and_in_the_letter(void **state)
{
	struct world *w = world_open(*state);
	int64_t old = two(w), note;
	bool existing;
	json_t *rows;
	struct letter l;
	struct mime_view mail;
	paper_says(w, old, "10 Apr 2027 – 10 May 2027");
	testdb_ok(w->cx,
	    letter_list(w->cx,
	        &(struct letter_filter){.subject_kind = "invoice", .subject_id = old, .limit = 1},
	        &rows));
	testdb_ok(w->cx,
	    letter_get(w->cx, 0, json_integer_value(json_object_get(json_array_get(rows, 0), "id")),
	        &l));
	testdb_ok(w->cx, mime_parse(w->cx, l.bytes, l.len, &mail));
	if (strstr(mail.text, "(10 Apr 2027 – 10 May 2027)") == NULL)
		print_error("%s\n", mail.text);
	assert_non_null(strstr(mail.text, "(10 Apr 2027 – 10 May 2027)"));
	assert_non_null(strstr(mail.html, "(10 Apr 2027 – 10 May 2027)"));
	testdb_ok(w->cx, credit_note_full(w->cx, old, "x", &note, &existing));
	world_drain(w);
	paper_says(w, note, "10 Apr 2027 – 10 May 2027");
	world_close(w);
}

static void LAW_05_periods_on_every_way(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t old = two(w), change, invoice, note;
	bool existing;
	/* Order, with two services on one document. */
	period_is(w, old, 0, "2027-04-10", "2027-05-10");
	period_is(w, old, 1, "2027-04-10", "2027-05-10");
	world_pay(w, old);
	/* A change for more: the days that are left, taken back and charged again. */
	int64_t s = item(w, old, 0).service_id;
	world_day(w, "2027-04-25");
	struct change_input up = {.plan = "m", .cycle = "", .when = "now"};
	testdb_ok(cx, service_change(cx, 0, s, &up, &change, &invoice));
	assert_true(invoice != 0);
	struct invoice_item *items;
	size_t n;
	testdb_ok(cx, invoice_items(cx, invoice, &items, &n));
	for (size_t i = 0; i < n; i++)
		period_is(w, invoice, i, "2027-04-25", "2027-05-10");
	world_pay(w, invoice);
	/* A change for less: the note says for which days. */
	struct change_input down = {.plan = "s", .cycle = "", .when = "now"};
	world_day(w, "2027-04-30");
	testdb_ok(cx, service_change(cx, 0, s, &down, &change, &invoice));
	assert_int_equal(invoice, 0);
	world_drain(w);
	period_is(w, newest(w), 0, "2027-04-30", "2027-05-10");
	/* Renewal, and the full credit note over it. */
	world_set(w, "billing.auto_credit", "0");
	world_day(w, "2027-05-01");
	world_run(w);
	int64_t renewal = newest(w);
	period_is(w, renewal, 0, "2027-05-10", "2027-06-10");
	testdb_ok(cx, credit_note_full(cx, renewal, "x", &note, &existing));
	world_drain(w);
	period_is(w, note, 0, "2027-05-10", "2027-06-10");
	world_close(w);
}

static int64_t manual(struct world *w)
{
	struct invoice_input_item line = {"A", "standard", 1, 100, DAY_NONE, DAY_NONE};
	struct invoice_input in = {.client_id = w->client,
	    .currency = "",
	    .note = "",
	    .due_on = DAY_NONE,
	    .items = {&line, 1}};
	int64_t id;
	testdb_ok(w->cx, invoice_draft(w->cx, &in, &id));
	testdb_ok(w->cx, invoice_issue(w->cx, id));
	return id;
}

static void number_is(struct world *w, const char *day, const char *want)
{
	world_day(w, day);
	assert_string_equal(world_invoice(w, manual(w)).number, want);
}

static void numbers_restart_each_year_or_month(void **state)
{
	struct world *w = world_open(*state);
	struct cx *cx = w->cx;
	int64_t note;
	bool existing;
	number_is(w, "2027-12-30", "INV-2027-00001");
	number_is(w, "2027-12-31", "INV-2027-00002");
	number_is(w, "2028-01-01", "INV-2028-00001");
	json_t *bad = world_json(w, "{\"billing.number_restart\":\"month\"}");
	assert_int_equal(setting_save(cx, bad, FIELD_JSON), ERR_INVALID);
	assert_string_equal(cx->fault.fields->key, "setting.format_month");
	cx_clear(cx);
	json_t *good = world_json(w,
	    "{\"billing.number_restart\":\"month\","
	    "\"invoice.format\":\"R{YEAR}{MONTH}-{NUMBER:3}\","
	    "\"credit_note.format\":\"C{YEAR}{MONTH}-{NUMBER:3}\","
	    "\"quote.format\":\"Q{YEAR}{MONTH}-{NUMBER:3}\"}");
	testdb_ok(cx, setting_save(cx, good, FIELD_JSON));
	/* That of proformas counts when they are used. */
	json_t *asked = world_json(w, "{\"invoice.proforma\":true}");
	assert_int_equal(setting_save(cx, asked, FIELD_JSON), ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, "proforma.format");
	cx_clear(cx);
	number_is(w, "2028-01-31", "R202801-001");
	number_is(w, "2028-01-31", "R202801-002");
	number_is(w, "2028-02-01", "R202802-001");
	number_is(w, "2028-03-01", "R202803-001");
	testdb_ok(cx, credit_note_full(cx, manual(w), "x", &note, &existing));
	assert_string_equal(world_invoice(w, note).number, "C202803-001");
	world_drain(w);
	world_set(w, "billing.number_restart", "never");
	world_set(w, "invoice.format", "N{NUMBER}");
	number_is(w, "2028-03-02", "N1");
	number_is(w, "2029-03-02", "N2");
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(LAW_03_one_of_two_items),
	    TESTDB_BOTH(LAW_03_by_credit_note),
	    TESTDB_BOTH(odd_choices_change_nothing),
	    TESTDB_BOTH(all_items_are_a_credit_note),
	    TESTDB_BOTH(notes_over_items_and_amounts),
	    TESTDB_BOTH(a_term_before_a_charged_one_stays),
	    TESTDB_BOTH(a_second_person_for_paid_money),
	    TESTDB_BOTH(a_correction_names_what_it_corrects),
	    TESTDB_BOTH(an_item_of_a_shared_renewal_is_billed_again),
	    TESTDB_BOTH(eight_at_once_never_credit_too_much),
	    TESTDB_BOTH(LAW_05_periods_on_every_way),
	    TESTDB_BOTH(LAW_05_on_paper_and_in_the_letter),
	    TESTDB_BOTH(numbers_restart_each_year_or_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
