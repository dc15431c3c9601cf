/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_LIVES_PAPERS_H
#define UNIT_FLOW_LIVES_PAPERS_H

/* New documents of a life, read once each: what they charge is compared with what was foretold. */
#include "unit/flow/lives_proof.h"

#define SEEN_MAX 400

struct seen {
	struct invoice doc;
	struct invoice_item *items;
	size_t n;
};

static inline int64_t own_of(const struct invoice_item *i)
{
	return i->quantity * i->unit_minor - i->discount_minor;
}

static inline int part_of(const struct invoice_item *i)
{
	int p = BASE;
	for (int k = DISK; k < PARTS && strcmp(i->kind, "option") == 0; k++)
		if (str_starts(i->description, part_names[k]))
			p = k;
	return p;
}

static inline struct paper *paper_of(struct life *l, int64_t id)
{
	for (int i = 0; i < l->papers_n; i++)
		if (l->papers[i].id == id)
			return &l->papers[i];
	life_failed(l, "a document that was never seen");
	_fail(__FILE__, __LINE__);
	return NULL;
}

static inline struct term *term_of(struct model *m, int64_t invoice, struct day from)
{
	for (int i = m->n - 1; i >= 0; i--)
		if (m->terms[i].invoice == invoice && m->terms[i].from.n == from.n)
			return &m->terms[i];
	return NULL;
}

/* ---- terms ---- */

static inline void rows_of_term(const struct seen *d, size_t k, struct term *t)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct invoice_item *it = &d->items[i];
		bool kind = str_eq(it->kind, "period") || str_eq(it->kind, "option");
		if (!kind || it->service_id != d->items[k].service_id || it->from.n != t->from.n)
			continue;
		t->amount[part_of(it)] += it->quantity * it->unit_minor;
		t->off[part_of(it)] += it->discount_minor;
	}
}

/* Days up to a moved due day: the price of the days, of the term it would have been. */
static inline void scan_bridge(struct life *l, struct model *m, struct term *t)
{
	int64_t whole[PARTS];
	int days = term_end(t->from, m->now.cycle, m->anchor).n - t->from.n;
	offer_amounts(l, &m->now, whole);
	int64_t all = sum_of(whole), left = all - discount_sum(m, whole);
	for (int p = 0; p < PARTS && !m->move_free && all > 0; p++)
		curve_set(l, m, p, t->from, t->to, (__int128)whole[p] * left, (__int128)all * days);
	expect(l, !m->move_free || sum_of(t->amount) == sum_of(t->off),
	    "a free bridge costs something");
	m->slack += PARTS * 2 + m->now.quantity * (1 + m->now.disk + m->now.ip);
	m->moving = false;
}

/* A term is charged: from the end of the last one, at the price that holds now. */
static inline void scan_term(struct life *l, struct model *m, const struct seen *d, size_t k)
{
	const struct invoice_item *it = &d->items[k];
	int64_t want[PARTS];
	char a[DAY_TEXT_SIZE], b[DAY_TEXT_SIZE];
	struct day to = m->moving ? m->move_to : term_end(it->from, m->now.cycle, m->anchor);
	expect(l, it->from.n == m->billed.n && it->to.n == to.n,
	    "%s: a term %s to %s, foretold until %s", d->doc.number, day_text(it->from, a),
	    day_text(it->to, b), day_print(l->notes, to));
	struct term *t = term_add(l, m, it->from, it->to);
	t->invoice = d->doc.id;
	rows_of_term(d, k, t);
	t->held = m->now;
	t->whole = !m->moving;
	m->billed = t->to;
	if (m->moving) {
		scan_bridge(l, m, t);
		return;
	}
	offer_amounts(l, &m->now, want);
	for (int p = 0; p < PARTS; p++)
		expect(l, t->amount[p] == want[p], "%s: part %d costs %lld, foretold %lld",
		    d->doc.number, p, (long long)t->amount[p], (long long)want[p]);
	expect(l, sum_of(t->off) == discount_sum(m, want), "%s: %lld off, foretold %lld",
	    d->doc.number, (long long)sum_of(t->off), (long long)discount_sum(m, want));
	curve_term(l, m, t);
	term_used(m);
}

/* ---- invoices ---- */

/* A kept item stands again; what was cancelled before it was given away. */
static inline void scan_kept(struct life *l, struct model *m, const struct seen *d, size_t k)
{
	struct term *t = term_of(m, d->doc.refers_to_id, d->items[k].from), now;
	expect(l, t != NULL, "%s: keeps a term that was not there", d->doc.number);
	now = *t;
	memset(now.amount, 0, sizeof now.amount);
	memset(now.off, 0, sizeof now.off);
	rows_of_term(d, k, &now);
	for (int p = 0; p < PARTS; p++)
		expect(l,
		    now.amount[p] == 0 ||
		        (now.amount[p] == t->amount[p] && now.off[p] == t->off[p]),
		    "%s: a kept item costs something else", d->doc.number);
	for (int p = 0; p < PARTS; p++)
		now.given[p] = now.amount[p] == 0 && t->amount[p] > 0;
	for (int i = 0; i < m->n; i++)
		if (m->terms[i].invoice == d->doc.refers_to_id && m->terms[i].from.n < now.from.n)
			m->terms[i].live = true;
	now.live = true;
	now.invoice = d->doc.id;
	*t = now;
	curve_term(l, m, t);
	model_recount(m);
	terms_recount(m);
}

static inline void scan_invoice(struct life *l, const struct seen *d)
{
	struct paper *p = paper_of(l, d->doc.id);
	bool kept = str_starts(d->doc.cause, "reissue/");
	for (size_t i = 0; i < d->n; i++) {
		const struct invoice_item *it = &d->items[i];
		struct model *m = model_of(l, it->service_id);
		expect(l, m != NULL, "%s: an item of no service", d->doc.number);
		m->charged += own_of(it);
		if (str_eq(it->kind, "setup")) {
			int64_t fee = l->ip_setup * m->now.ip * m->now.quantity;
			expect(l, own_of(it) == fee, "%s: set-up", d->doc.number);
			m->setup += fee;
			p->setup += fee;
		}
		if (str_eq(it->kind, "period") && kept)
			scan_kept(l, m, d, i);
		else if (str_eq(it->kind, "period"))
			scan_term(l, m, d, i);
	}
}

static inline void scan_change(struct life *l, const struct seen *d)
{
	paper_of(l, d->doc.id)->change = true;
	for (size_t i = 0; i < d->n; i++) {
		struct model *m = model_of(l, d->items[i].service_id);
		/* Another cycle for less pays its term by itself. */
		if (m != NULL && m->wish.open && m->wish.invoice == 0)
			m->wish.invoice = d->doc.id;
		expect(l, m != NULL && m->wish.invoice == d->doc.id, "%s: no such change",
		    d->doc.number);
		m->charged += own_of(&d->items[i]);
		m->wish.amount += own_of(&d->items[i]);
	}
}

/* ---- credit notes ---- */

/* Days of which an amount was credited by hand. */
static inline void by_hand(struct model *m, const struct term *t)
{
	if (m->by_hand.n < t->to.n)
		m->by_hand = t->to;
}

/* A term that is taken back may be charged again, unless a later one is: then it is given. */
static inline void release(struct model *m, const bool *taken)
{
	for (int i = m->n - 1; i >= 0; i--) {
		bool later = false;
		for (int k = 0; k < m->n && taken[i]; k++)
			later = later ||
			    (k != i && m->terms[k].live && m->terms[k].from.n >= m->terms[i].to.n);
		if (taken[i] && !later)
			m->terms[i].live = false;
	}
	model_recount(m);
	terms_recount(m);
}

static inline void scan_items_back(struct life *l, const struct seen *d, struct paper *of)
{
	static bool taken[SERVICES][TERMS];
	memset(taken, 0, sizeof taken);
	for (size_t i = 0; i < d->n; i++) {
		const struct invoice_item *it = &d->items[i];
		struct model *m = model_of(l, it->service_id);
		expect(l, m != NULL, "%s: an item of no service", d->doc.number);
		m->charged -= own_of(it);
		if (of->change) {
			m->wish.amount -= own_of(it);
			continue;
		}
		if (str_eq(it->kind, "setup")) {
			m->setup -= own_of(it);
			of->setup -= own_of(it);
			continue;
		}
		struct term *t = term_of(m, of->id, it->from);
		expect(l, t != NULL, "%s: takes back a term nobody knows", d->doc.number);
		curve_set(l, m, part_of(it), t->from, t->to, 0, 1);
		t->given[part_of(it)] = true;
		if (str_eq(it->kind, "period"))
			taken[m - l->s][t - m->terms] = true;
	}
	/* With the last of a document go those of its terms that were given before. */
	for (int i = 0; i < l->services; i++)
		for (int k = 0; k < l->s[i].n && of->closed; k++)
			taken[i][k] = taken[i][k] || l->s[i].terms[k].invoice == of->id;
	for (int i = 0; i < l->services; i++)
		release(&l->s[i], taken[i]);
}

/* Amounts have taken all of it: its terms count as taken back. */
static inline void scan_closed(struct life *l, struct paper *of, struct model *m, size_t lines)
{
	m->given -= of->given;
	m->setup -= of->setup;
	m->slack += (int64_t)lines + 1;
	of->given = of->setup = 0;
	for (int i = 0; i < l->services; i++) {
		bool taken[TERMS] = {false};
		for (int k = 0; k < l->s[i].n; k++) {
			struct term *t = &l->s[i].terms[k];
			if (t->invoice != of->id)
				continue;
			taken[k] = true;
			for (int p = 0; p < PARTS; p++) {
				curve_set(l, &l->s[i], p, t->from, t->to, 0, 1);
				t->given[p] = true;
			}
		}
		release(&l->s[i], taken);
	}
}

static inline void scan_amount_back(struct life *l, const struct seen *d, struct paper *of)
{
	int64_t own = 0;
	for (size_t i = 0; i < d->n; i++)
		own += own_of(&d->items[i]);
	bool back = str_starts(d->doc.note, "Change to ") || str_starts(d->doc.note, "Unused days");
	if (l->about >= 0 && back) {
		/* What a change or a cancellation gives back: the curve knows. */
		l->s[l->about].charged -= own;
		l->s[l->about].slack += (int64_t)d->n + 1;
		of->used = true;
		return;
	}
	l->mixed = l->mixed || of->service < 0;
	for (int i = 0; i < l->services; i++)
		for (int k = 0; k < l->s[i].n; k++)
			if (l->s[i].terms[k].invoice == of->id)
				by_hand(&l->s[i], &l->s[i].terms[k]);
	struct model *m = &l->s[of->service < 0 ? 0 : of->service];
	m->charged -= own;
	m->given += own;
	of->given += own;
	if (of->closed)
		scan_closed(l, of, m, d->n);
}

static inline void scan_note(struct life *l, const struct seen *d)
{
	struct paper *of = paper_of(l, d->doc.refers_to_id);
	paper_of(l, d->doc.id)->is_note = true;
	of->closed = world_invoice(l->w, of->id).state == INVOICE_CREDITED;
	if (d->n > 0 && d->items[0].refers_item_id != 0)
		scan_items_back(l, d, of);
	else
		scan_amount_back(l, d, of);
}

/* ---- all that is new ---- */

static inline int64_t event_of(struct life *l, const char *subject, int64_t id, const char *name)
{
	json_t *list;
	const struct event_filter f = {.subject = subject,
	    .subject_id = id,
	    .name = name,
	    .limit = 1,
	    .newest = true};
	must(l, event_list(l->w->cx, &f, &list));
	return json_integer_value(json_object_get(json_array_get(list, 0), "id"));
}

static inline void scan_wishes(struct life *l)
{
	for (int i = 0; i < l->services; i++) {
		struct model *m = &l->s[i];
		json_t *open;
		if (!m->wish.open)
			continue;
		int64_t event = event_of(l, "service", m->id, "change");
		must(l, service_change_view(l->w->cx, m->id, &open));
		if (event > m->event) {
			wish_granted(l, m);
			m->event = event;
			say(l, "service %lld: the change took effect", (long long)m->id);
		} else if (json_is_null(open)) {
			m->wish.open = false;
			say(l, "service %lld: the change fell away", (long long)m->id);
		}
	}
}

static inline void paper_add(struct life *l, const struct seen *d)
{
	expect(l, l->papers_n < PAPERS, "a life has at most %d documents", PAPERS);
	struct paper *p = &l->papers[l->papers_n++];
	*p = (struct paper){.id = d->doc.id, .service = -1, .asked = invoice_is_proforma(&d->doc)};
	bool one = d->n > 0;
	for (size_t i = 1; i < d->n; i++)
		one = one && d->items[i].service_id == d->items[0].service_id;
	struct model *m = one ? model_of(l, d->items[0].service_id) : NULL;
	if (m != NULL)
		p->service = (int)(m - l->s);
	if (l->newest < d->doc.id)
		l->newest = d->doc.id;
}

/* A cancelled proforma: as if a note were over all of it. */
static inline void scan_cancelled(struct life *l, struct paper *p)
{
	struct seen d = {.doc = world_invoice(l->w, p->id)};
	must(l, invoice_items(l->w->cx, p->id, &d.items, &d.n));
	p->asked = false;
	p->closed = true;
	for (size_t i = 0; i < d.n; i++)
		d.items[i].refers_item_id = d.items[i].id;
	scan_items_back(l, &d, p);
}

/* Those that were cancelled before an event, in their order: what is kept depends on it. */
static inline void scan_asked(struct life *l, int64_t before)
{
	for (;;) {
		struct paper *first = NULL;
		int64_t at = before;
		for (int k = 0; k < l->papers_n; k++) {
			struct paper *p = &l->papers[k];
			struct invoice doc = {0};
			if (p->asked)
				doc = world_invoice(l->w, p->id);
			if (doc.state != INVOICE_CANCELLED)
				continue;
			int64_t event = event_of(l, "invoice", p->id, "cancel");
			first = event < at ? p : first;
			at = event < at ? event : at;
		}
		if (first == NULL)
			return;
		scan_cancelled(l, first);
	}
}

/* What has become an invoice says the same, and has its hash. */
static inline void scan_finals(struct life *l)
{
	for (int k = 0; k < l->papers_n; k++) {
		struct paper *p = &l->papers[k];
		struct invoice_item *items;
		struct invoice doc = {.proforma = ""};
		size_t n;
		if (p->asked)
			doc = world_invoice(l->w, p->id);
		if (!p->asked || invoice_is_proforma(&doc))
			continue;
		p->asked = false;
		must(l, invoice_items(l->w->cx, p->id, &items, &n));
		prove_document(l, &doc, items, n);
	}
}

static inline void scan(struct life *l)
{
	static struct seen seen[SEEN_MAX];
	struct cx *cx = l->w->cx;
	json_t *list, *row;
	size_t i, n = 0;
	int64_t after = 0, newest = l->newest;
	do {
		must(l,
		    invoice_list(cx, &(struct invoice_filter){.after = after, .limit = 100},
		        &list));
		json_array_foreach(list, i, row) {
			after = json_integer_value(json_object_get(row, "id"));
			if (after <= newest)
				break;
			expect(l, n < SEEN_MAX, "too many documents at once");
			seen[n].doc = world_invoice(l->w, after);
			must(l, invoice_items(cx, after, &seen[n].items, &seen[n].n));
			n++;
		}
	} while (after > newest && json_array_size(list) > 0);
	scan_finals(l);
	for (i = n; i-- > 0;) {
		bool note = str_eq(seen[i].doc.kind, "credit_note");
		paper_add(l, &seen[i]);
		prove_document(l, &seen[i].doc, seen[i].items, seen[i].n);
		if (note)
			scan_asked(l, event_of(l, "credit_note", seen[i].doc.id, "issue"));
		if (note)
			scan_note(l, &seen[i]);
		else if (str_starts(str_or(seen[i].doc.cause, ""), "change/"))
			scan_change(l, &seen[i]);
	}
	scan_asked(l, INT64_MAX);
	scan_wishes(l);
	for (i = n; i-- > 0;)
		if (!str_eq(seen[i].doc.kind, "credit_note") &&
		    !str_starts(str_or(seen[i].doc.cause, ""), "change/"))
			scan_invoice(l, &seen[i]);
}

#endif
