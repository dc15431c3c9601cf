/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random lives of services over ten years: whatever happens to them, the books balance, periods
 * neither overlap nor leave holes, each document can be recomputed, and what was charged is the
 * area under the curve of prices. Every third life asks with proformas first. LIVES=n makes more
 * lives, LIVES_SEED=n others; a life that fails prints the seed that makes it again, and its steps.
 */
#include "unit/flow/lives_company.h"
#include "unit/flow/lives_papers.h"

#define LIVES_SQLITE 3
#define LIVES_PG 1
#define YEARS 10

static int64_t number_of(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);
	return text == NULL ? otherwise : (int64_t)strtoull(text, NULL, 10);
}

/* ---- an order ---- */

/* A coupon of its own for the service, a percentage or an amount, for some terms or for ever. */
static const char *coupon(struct life *l, struct model *m)
{
	int64_t id;
	int terms = one_in(l, 2) ? 0 : 1 + below(l, 20);
	int64_t all = m->now.price;
	m->ppm = one_in(l, 2) ? 1000 * (1 + below(l, 900)) : 0;
	m->minor = m->ppm == 0 ? 1 + below(l, (int)(all < 100000 ? all : 100000)) : 0;
	m->terms_left = terms == 0 ? -1 : terms;
	m->granted = terms;
	const char *code = arena_printf(l->w->cx->arena, "CODE-%d", l->services);
	const char *json = m->ppm > 0 ?
	    arena_printf(l->w->cx->arena, "{\"code\":\"%s\",\"rate_ppm\":%lld,\"terms\":%d}", code,
	        (long long)m->ppm, terms) :
	    arena_printf(l->w->cx->arena,
	        "{\"code\":\"%s\",\"kind\":\"amount\",\"amount_minor\":%lld,\"currency\":\"%s\","
	        "\"terms\":%d}",
	        code, (long long)m->minor, l->currency, terms);
	must(l, coupon_save(l->w->cx, 0, world_json(l->w, json), FIELD_JSON, &id));
	say(l, "coupon %s", json);
	return code;
}

static void order(struct life *l)
{
	struct model *m = &l->s[l->services];
	int64_t invoice, amount[PARTS];
	memset(m, 0, sizeof *m);
	m->now = (struct offer){.plan = below(l, PLANS),
	    .cycle = below(l, CYCLES),
	    .quantity = one_in(l, 3) ? 1 + below(l, 5) : 1};
	m->started = m->billed = l->today;
	m->anchor = mday_of(l->today);
	bool options = m->now.plan != 2;
	m->now.disk = options && one_in(l, 2) ? 1 + below(l, 9) : 0;
	m->now.ip = options && one_in(l, 3);
	m->now.price = l->prices[m->now.plan][m->now.cycle];
	const char *code = one_in(l, 2) ? coupon(l, m) : "";
	const char *chosen = options ?
	    arena_printf(l->w->cx->arena, ",\"options\":{\"disk\":%lld,\"ip\":%s}",
	        (long long)m->now.disk, m->now.ip == 1 ? "true" : "false") :
	    "";
	const char *json = arena_printf(l->w->cx->arena,
	    "{\"coupon\":\"%s\",\"items\":[{\"plan\":\"%s\",\"cycle\":\"%s\",\"quantity\":"
	    "%lld%s}]}",
	    code, plan_words[m->now.plan], cycle_words[m->now.cycle], (long long)m->now.quantity,
	    chosen);
	say(l, "order %s", json);
	m->id = world_order(l->w, json, &invoice);
	l->services++;
	world_drain(l->w);
	scan(l);
	offer_amounts(l, &m->now, amount);
	m->minor = m->minor < sum_of(amount) ? m->minor : sum_of(amount);
	if (world_invoice(l->w, invoice).state != INVOICE_PAID)
		world_pay(l->w, invoice);
}

/* ---- refusals change nothing ---- */

static json_t *looks(struct life *l, const struct model *m)
{
	json_t *view, *list, *change;
	int64_t credit[CLIENTS];
	struct service s = world_service(l->w, m->id);
	must(l, service_view(l->w->cx, &s, &view));
	must(l, service_change_view(l->w->cx, m->id, &change));
	must(l,
	    invoice_list(l->w->cx, &(struct invoice_filter){.limit = 20, .drafts = true}, &list));
	for (int i = 0; i < CLIENTS; i++)
		must(l, ledger_credit(l->w->cx, l->clients[i], l->currency, &credit[i]));
	return json_keep(l->w->cx,
	    json_pack("{s:O s:O s:O s:I s:I}", "service", view, "change", change, "documents", list,
	        "credit", credit[0], "other", credit[1]));
}

/* true: it was done. Refused is fine, but only as a refusal, and nothing may have changed. */
static bool tried(struct life *l, const struct model *m, enum err err, json_t *before)
{
	struct cx *cx = l->w->cx;
	expect(l, err == OK || err == ERR_CONFLICT || err == ERR_INVALID, "%s: %s", cx->fault.key,
	    cx->fault.detail);
	if (err == OK) {
		l->done++;
		world_drain(l->w);
		return true;
	}
	say(l, "  refused: %s", cx->fault.fields != NULL ? cx->fault.fields->key : cx->fault.key);
	cx_clear(cx);
	l->refused++;
	expect(l, json_equal(before, looks(l, m)), "a refusal changed something");
	return false;
}

/* ---- events ---- */

static bool is_paid(struct life *l, const struct term *t)
{
	struct invoice i = world_invoice(l->w, t->invoice);
	return i.state == INVOICE_PAID || i.state == INVOICE_CREDITED;
}

/* The terms that are paid, as far as none before them is unpaid. */
static void wish_terms(struct life *l, struct model *m)
{
	struct wish *w = &m->wish;
	for (int i = 0; i < m->n; i++) {
		const struct term *t = &m->terms[i];
		if (!t->live)
			continue;
		if (!is_paid(l, t))
			return;
		w->paid[i] = true;
		if (t->to.n > w->on.n && !w->at_end)
			w->slack += 2 * PARTS;
	}
}

static const char *wish_draw(struct life *l, struct model *m)
{
	struct wish *w = &m->wish;
	int64_t setups;
	*w = (struct wish){.to = m->now, .at_end = one_in(l, 3), .on = l->today};
	if (one_in(l, 2))
		w->to.plan = below(l, PLANS);
	if (one_in(l, 3))
		w->to.cycle = below(l, CYCLES);
	if (one_in(l, 4))
		w->to.quantity = 1 + below(l, 5);
	if (one_in(l, 2))
		w->to.disk = below(l, 10);
	if (one_in(l, 3))
		w->to.ip = below(l, 2);
	w->new_cycle = w->to.cycle != m->now.cycle;
	if (w->to.plan == 2)
		w->to.disk = w->to.ip = 0;
	if (w->new_cycle || w->to.plan != m->now.plan)
		w->to.price = l->prices[w->to.plan][w->to.cycle];
	setups = w->to.ip * w->to.quantity - m->now.ip * m->now.quantity;
	w->setup = setups > 0 ? setups * l->ip_setup : 0;
	const char *options = w->to.plan == 2 ?
	    "" :
	    arena_printf(l->w->cx->arena, ",\"options\":{\"disk\":%lld,\"ip\":%s}",
	        (long long)w->to.disk, w->to.ip == 1 ? "true" : "false");
	return arena_printf(l->w->cx->arena,
	    "{\"plan\":\"%s\",\"cycle\":\"%s\",\"quantity\":%lld,\"when\":\"%s\"%s}",
	    plan_words[w->to.plan], cycle_words[w->to.cycle], (long long)w->to.quantity,
	    w->at_end ? "end" : "now", options);
}

/*
 * Changes within a term that these lives leave out: of days of which an amount was credited by
 * hand. What goes back is then at most what that left, which the model does not follow.
 */
static bool may_change(const struct life *l, const struct model *m)
{
	return l->today.n >= m->by_hand.n;
}

static void do_change(struct life *l, struct model *m)
{
	struct change_input in;
	int64_t id, invoice;
	if (m->wish.open) {
		json_t *before = looks(l, m);
		say(l, "service %lld: cancel the change", (long long)m->id);
		(void)tried(l, m, service_change_cancel(l->w->cx, 0, m->id), before);
		return;
	}
	const char *json = wish_draw(l, m);
	if (!m->wish.at_end && !may_change(l, m))
		return;
	json_t *before = looks(l, m);
	wish_terms(l, m);
	say(l, "service %lld: change %s", (long long)m->id, json);
	must(l, field_read(l->w->cx, &change_fields, world_json(l->w, json), FIELD_JSON, &in));
	enum err err = service_change(l->w->cx, 0, m->id, &in, &id, &invoice);
	m->wish.open = err == OK;
	m->wish.invoice = err == OK ? invoice : 0;
	l->about = (int)(m - l->s);
	(void)tried(l, m, err, before);
}

static void do_move(struct life *l, struct model *m)
{
	int64_t invoice;
	struct due_move in = {.charge = one_in(l, 3) ? "free" : "prorata", .reason = "asked for"};
	char day[DAY_TEXT_SIZE];
	int most = term_end(m->billed, m->now.cycle, m->anchor).n - m->billed.n;
	in.next_due_on = day_add(m->billed, 1 + below(l, most + 1));
	json_t *before = looks(l, m);
	say(l, "service %lld: next due on %s, %s", (long long)m->id, day_text(in.next_due_on, day),
	    in.charge);
	if (!tried(l, m, service_move_due(l->w->cx, m->id, &in, &invoice), before))
		return;
	m->moving = true;
	m->move_free = str_eq(in.charge, "free");
	m->move_to = in.next_due_on;
	scan(l);
	m->anchor = mday_of(in.next_due_on);
}

static void do_renew(struct life *l, struct model *m)
{
	int64_t invoice;
	json_t *before = looks(l, m);
	say(l, "service %lld: renew early", (long long)m->id);
	(void)tried(l, m, renew_issue(l->w->cx, &(struct renew){0, m->id, DAY_NONE}, &invoice),
	    before);
}

static void do_price(struct life *l, struct model *m)
{
	int64_t price = below(l, 2 * (int)l->prices[m->now.plan][m->now.cycle]);
	json_t *before = looks(l, m);
	say(l, "service %lld: price %lld", (long long)m->id, (long long)price);
	if (tried(l, m, service_set_price(l->w->cx, m->id, price, "agreed"), before))
		m->now.price = price;
}

static void do_transfer(struct life *l, struct model *m)
{
	struct transfer_wish in = {l->clients[1 - m->client], "sold"};
	json_t *before = looks(l, m);
	say(l, "service %lld: to client %lld", (long long)m->id, (long long)in.client_id);
	if (tried(l, m, service_transfer(l->w->cx, m->id, &in), before))
		m->client = 1 - m->client;
}

/*
 * A document that staff may take back here. Not one over a change or a term that was changed, nor
 * one that a change took credit from: which of the two would be undone is no rule of ours.
 */
static struct paper *creditable(struct life *l, bool unpaid)
{
	int at = l->papers_n - 1 - below(l, l->papers_n < 15 ? l->papers_n : 15);
	struct paper *p = &l->papers[at];
	enum invoice_state state = world_invoice(l->w, p->id).state;
	bool open = state == INVOICE_OPEN || state == INVOICE_OVERDUE;
	if (p->is_note || p->change || p->used || p->closed || (unpaid && !open))
		return NULL;
	for (int i = 0; i < l->services; i++)
		for (int k = 0; k < l->s[i].n; k++)
			if (l->s[i].terms[k].invoice == p->id &&
			    (l->s[i].terms[k].changed || l->s[i].wish.open || l->s[i].ended))
				return NULL;
	return p;
}

static void do_credit(struct life *l, struct model *m)
{
	struct paper *p = creditable(l, false);
	struct invoice_item *items;
	int64_t note, approval, id;
	size_t n;
	if (p == NULL)
		return;
	struct credit_wish w = {.invoice_id = p->id,
	    .reason = "Goodwill",
	    .from = DAY_NONE,
	    .to = DAY_NONE};
	must(l, invoice_items(l->w->cx, p->id, &items, &n));
	int how = below(l, 3);
	id = items[below(l, (int)n)].id;
	if (how == 0)
		w.amount_minor = 1 + below(l, (int)world_invoice(l->w, p->id).total_minor + 1);
	if (how == 1) {
		w.item_ids = &id;
		w.items_n = 1;
	}
	json_t *before = looks(l, m);
	say(l, "credit note on document %lld: amount %lld, item %lld", (long long)p->id,
	    (long long)w.amount_minor, (long long)(how == 1 ? id : 0));
	(void)tried(l, m, approval_credit_note(l->w->cx, &w, &note, &approval), before);
}

static void do_cancel_items(struct life *l, struct model *m)
{
	struct paper *p = creditable(l, true);
	struct invoice_item *items;
	struct correct_done done;
	size_t n;
	if (p == NULL)
		return;
	must(l, invoice_items(l->w->cx, p->id, &items, &n));
	int64_t id = items[below(l, (int)n)].id;
	struct correct_items in = {.wish = {.invoice_id = p->id,
	                               .item_ids = &id,
	                               .items_n = 1,
	                               .reason = "Not wanted",
	                               .from = DAY_NONE,
	                               .to = DAY_NONE}};
	json_t *before = looks(l, m);
	say(l, "cancel item %lld of document %lld", (long long)id, (long long)p->id);
	(void)tried(l, m, correct_items(l->w->cx, &in, &done), before);
}

static void do_refund(struct life *l, struct model *m)
{
	struct paper *p = creditable(l, false);
	json_t *list;
	int64_t id, left;
	if (p == NULL)
		return;
	struct payment_filter f = {.invoice_id = p->id, .limit = 1};
	must(l, payment_list(l->w->cx, &f, &list));
	if (json_array_size(list) == 0)
		return;
	int64_t payment = json_integer_value(json_object_get(json_array_get(list, 0), "id"));
	must(l, refund_left(l->w->cx, payment, &left));
	if (left <= 0)
		return;
	struct refund_input in = {.amount_minor = one_in(l, 2) ? left : 1 + below(l, (int)left),
	    .currency = "",
	    .way = "credit",
	    .reason = "Goodwill",
	    .reference = "",
	    .gateway = "",
	    .once = ""};
	json_t *before = looks(l, m);
	say(l, "refund %lld of payment %lld as credit", (long long)in.amount_minor,
	    (long long)payment);
	(void)tried(l, m, refund_request(l->w->cx, payment, &in, &id), before);
}

/* Paid days that are left come back by policy; unpaid documents are taken back as documents. */
static void do_cancel(struct life *l, struct model *m)
{
	struct settings s;
	bool at_end = !one_in(l, 3), prorata;
	must(l, setting_load(l->w->cx, &s));
	prorata = str_eq(s.billing_cancel_credit, "prorata") && !at_end;
	if (!at_end && !may_change(l, m))
		return;
	struct wish kept = m->wish, rest = {.on = l->today};
	m->wish = rest;
	wish_terms(l, m);
	rest = m->wish;
	m->wish = kept;
	json_t *before = looks(l, m);
	say(l, "service %lld: cancel %s", (long long)m->id, at_end ? "at the end" : "now");
	l->about = (int)(m - l->s);
	if (!tried(l, m, service_cancel(l->w->cx, 0, m->id, at_end, "done"), before))
		return;
	for (int i = 0; i < m->n && prorata; i++) {
		const struct term *t = &m->terms[i];
		if (!rest.paid[i] || t->to.n <= l->today.n)
			continue;
		struct day from = t->from.n > l->today.n ? t->from : l->today;
		for (int p = 0; p < PARTS; p++)
			curve_set(l, m, p, from, t->to, 0, 1);
	}
	m->slack += prorata ? rest.slack : 0;
}

/* ---- ten years ---- */

static void see_ended(struct life *l)
{
	for (int i = 0; i < l->services; i++) {
		struct service s = world_service(l->w, l->s[i].id);
		l->s[i].ended = s.state == SERVICE_CANCELLED || s.state == SERVICE_TERMINATED;
	}
}

/* A part of it, once a day. */
static void pay_part(struct life *l, const struct invoice *doc)
{
	struct payment_new p = {doc->client_id, doc->id, 1 + below(l, (int)doc->balance_minor - 1),
	    "bank", NULL, "", doc->currency};
	int64_t id;
	bool is_new;
	p.remote_id = arena_printf(l->w->cx->arena, "p%lld-%lld", (long long)doc->id,
	    (long long)l->w->cx->now);
	say(l, "pay %lld of document %lld", (long long)p.amount_minor, (long long)doc->id);
	must(l, payment_record(l->w->cx, &p, &id, &is_new));
	world_drain(l->w);
}

static void pay(struct life *l)
{
	int from = l->papers_n > 60 ? l->papers_n - 60 : 0, n = l->papers_n;
	for (int i = from; i < n; i++) {
		struct invoice doc = world_invoice(l->w, l->papers[i].id);
		bool open = doc.state == INVOICE_OPEN || doc.state == INVOICE_OVERDUE;
		if (l->papers[i].is_note || !open || l->today.n < doc.due_on.n + l->pays)
			continue;
		if (doc.balance_minor > 1 && one_in(l, 8)) {
			pay_part(l, &doc);
			scan(l);
			continue;
		}
		say(l, "pay document %lld", (long long)doc.id);
		world_pay(l->w, doc.id);
		scan(l);
	}
}

static void run(struct life *l)
{
	static const char *const only[] = {"cancel", "changes", "billing", "overdue", "dunning",
	    NULL};
	json_t *out;
	must(l, flow_run(&l->w->w, &(struct run_request){.only = only, .with_items = true}, &out));
	char *text = json_dumps(out, 0);
	bool ok = str_eq(json_string_value(json_object_get(out, "status")), "ok");
	if (!ok)
		buf_printf(&l->steps, "  %s\n", text);
	free(text);
	expect(l, ok, "a sweep failed");
	scan(l);
}

static void event(struct life *l)
{
	struct model *m = &l->s[below(l, l->services)];
	int what = below(l, 40);
	l->about = -1;
	if (what == 0)
		l->pays = (int[]){-20, -3, 0, 0, 2, 9, 25, 999}[below(l, 8)];
	if (m->ended)
		return;
	if (what >= 1 && what < 9)
		do_change(l, m);
	else if (what < 11)
		do_move(l, m);
	else if (what < 14)
		do_renew(l, m);
	else if (what < 16)
		do_price(l, m);
	else if (what == 16)
		do_transfer(l, m);
	else if (what < 20)
		do_credit(l, m);
	else if (what < 23)
		do_cancel_items(l, m);
	else if (what == 23)
		do_refund(l, m);
	else if (what == 24 && one_in(l, 8))
		do_cancel(l, m);
	scan(l);
}

static void step(struct life *l)
{
	struct arena *outer = l->w->cx->arena, *own = arena_new(LIMIT_ARENA_BYTES);
	l->w->cx->arena = own;
	int days = one_in(l, 40) ? 30 + below(l, 150) : below(l, 18);
	day_is(l, day_add(l->today, days));
	l->about = -1;
	run(l);
	pay(l);
	see_ended(l);
	if (l->services < SERVICES && one_in(l, 60))
		order(l);
	event(l);
	see_ended(l);
	prove_step(l);
	l->w->cx->arena = outer;
	arena_free(own);
}

static void live(const char *engine, uint64_t seed, int number)
{
	static const char *const currencies[] = {"EUR", "EUR", "JPY", "KWD"};
	static const char *const days[] = {"2027-01-31", "2028-02-29", "2027-04-30", "2027-03-01",
	    "2027-12-29", "2028-02-28"};
	static struct life l;
	memset(&l, 0, sizeof l);
	l.seed = l.random = seed;
	l.number = number;
	l.w = world_open(engine);
	l.notes = arena_new(LIMIT_ARENA_BYTES);
	buf_init(&l.steps, l.notes);
	if (strcmp(engine, TESTDB_SQLITE) == 0)
		must(&l, db_script(l.w->cx, "PRAGMA synchronous = OFF"));
	struct day first;
	assert_true(day_parse(days[below(&l, 6)], &first));
	day_is(&l, first);
	l.base = day_add(first, -1);
	l.end = day_add(first, YEARS * 366);
	l.currency = currencies[below(&l, 4)];
	l.inclusive = one_in(&l, 2);
	l.two_taxes = one_in(&l, 3);
	l.ip_setup = below(&l, 700);
	people(&l);
	rules(&l);
	goods(&l);
	order(&l);
	while (l.today.n < l.end.n && !(l.services == 1 && l.s[0].ended))
		step(&l);
	prove_life(&l);
	print_message("life %d: seed %llu, %s, %d services, %d documents, %d done, %d refused\n",
	    number, (unsigned long long)seed, l.currency, l.services, l.papers_n, l.done,
	    l.refused);
	world_close(l.w);
	arena_free(l.notes);
}

static void lives_keep_their_promises(void **state)
{
	bool pg = strcmp(*state, TESTDB_PG) == 0;
	uint64_t seed = (uint64_t)number_of("LIVES_SEED", 24);
	int n = (int)number_of("LIVES", pg ? LIVES_PG : LIVES_SQLITE);
	print_message("LIVES_SEED=%llu LIVES=%d\n", (unsigned long long)seed, n);
	for (int i = 0; i < n; i++)
		live(*state, seed + (uint64_t)i, i);
}

int main(void)
{
	const struct CMUnitTest all[] = {TESTDB_BOTH(lives_keep_their_promises)};
	crypto_setup();
	crypto_password_fast(true);
	return cmocka_run_group_tests(all, NULL, NULL);
}
