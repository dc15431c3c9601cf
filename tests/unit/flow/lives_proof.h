/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_LIVES_PROOF_H
#define UNIT_FLOW_LIVES_PROOF_H

/* What must hold of a life, from the rows: documents, periods, the area under the curve, ledger. */
#include "unit/flow/lives.h"

static inline bool same_rate(const struct invoice_item *a, const struct invoice_item *b)
{
	return a->tax_rate_ppm == b->tax_rate_ppm && strcmp(a->tax_name, b->tax_name) == 0 &&
	    a->tax2_rate_ppm == b->tax2_rate_ppm && a->tax2_compound == b->tax2_compound;
}

#define ONE ((__int128)1000000 * 1000000)

/* Of the net amount, in millionths of a millionth: a compound tax is due on the first, too. */
static inline __int128 first_rate(const struct invoice_item *i)
{
	return (__int128)i->tax_rate_ppm * 1000000;
}

static inline __int128 second_rate(const struct invoice_item *i)
{
	return (__int128)i->tax2_rate_ppm * (1000000 + (i->tax2_compound ? i->tax_rate_ppm : 0));
}

static inline int64_t share_tax(const struct life *l, const struct invoice_item *i, int64_t amount,
    __int128 rate)
{
	__int128 all = ONE + (l->inclusive ? first_rate(i) + second_rate(i) : 0);
	return half_up(amount * rate, all);
}

static inline int64_t own_amount(const struct invoice_item *i)
{
	return i->quantity * i->unit_minor - i->discount_minor;
}

/* Each line's taxes, or those of all lines that carry the same ones, each rounded once. */
static inline void prove_tax(struct life *l, const struct invoice *doc,
    const struct invoice_item *items, size_t n, size_t k)
{
	bool by_line = strcmp(doc->rounding, "line") == 0;
	int64_t amount = 0, tax = 0, tax2 = 0;
	for (size_t i = 0; i < n; i++) {
		const struct invoice_item *it = &items[i];
		if (!same_rate(it, &items[k]))
			continue;
		int64_t own = own_amount(it);
		int64_t far2 = it->tax2_minor - share_tax(l, it, own, second_rate(it));
		int64_t far1 =
		    it->tax_minor - it->tax2_minor - share_tax(l, it, own, first_rate(it));
		expect(l,
		    by_line ? far1 == 0 && far2 == 0 :
		              far1 >= -1 && far1 <= 1 && far2 >= -1 && far2 <= 1,
		    "%s: the tax of line %zu is %lld", doc->number, i, (long long)it->tax_minor);
		amount += own;
		tax += it->tax_minor;
		tax2 += it->tax2_minor;
	}
	expect(l,
	    by_line ||
	        (tax2 == share_tax(l, &items[k], amount, second_rate(&items[k])) &&
	            tax - tax2 == share_tax(l, &items[k], amount, first_rate(&items[k]))),
	    "%s: the tax of %lld is %lld", doc->number, (long long)amount, (long long)tax);
}

/* A line of a credit note over an item is that item; over an amount its tax is inside. */
static inline void prove_note_line(struct life *l, const struct invoice *doc,
    const struct invoice_item *it)
{
	struct invoice_item *was;
	size_t n;
	bool found = it->refers_item_id == 0;
	must(l, invoice_items(l->w->cx, doc->refers_to_id, &was, &n));
	for (size_t i = 0; i < n; i++)
		found = found ||
		    (was[i].id == it->refers_item_id && was[i].net_minor == it->net_minor &&
		        was[i].tax_minor == it->tax_minor && was[i].service_id == it->service_id &&
		        was[i].from.n == it->from.n);
	expect(l, found, "%s: a line is not the item it takes back", doc->number);
	if (it->refers_item_id != 0)
		return;
	__int128 gross = it->net_minor + it->tax_minor, rate = first_rate(it) + second_rate(it);
	__int128 far = it->tax_minor * (ONE + rate) - gross * rate;
	/* The last note over a rate takes what the others left of its tax. */
	expect(l, (far < 0 ? -far : far) <= (ONE + rate) * 50, "%s: tax of an amount", doc->number);
}

/* (d) Every document, recomputed from its items. */
static inline void prove_document(struct life *l, const struct invoice *doc,
    const struct invoice_item *items, size_t n)
{
	int64_t net = 0, tax = 0, off = 0;
	char hash[CRYPTO_SHA256_HEX];
	expect(l, (strcmp(doc->prices, "inclusive") == 0) == l->inclusive, "%s: other prices",
	    doc->number);
	for (size_t i = 0; i < n; i++) {
		const struct invoice_item *it = &items[i];
		int64_t own = it->quantity * it->unit_minor - it->discount_minor;
		expect(l, own == it->net_minor + (l->inclusive ? it->tax_minor : 0),
		    "%s: line %zu says %lld and %lld", doc->number, i, (long long)own,
		    (long long)it->net_minor);
		net += it->net_minor;
		tax += it->tax_minor;
		off += it->discount_minor;
		if (strcmp(doc->kind, "invoice") == 0)
			prove_tax(l, doc, items, n, i);
		else
			prove_note_line(l, doc, it);
	}
	expect(l,
	    net == doc->net_minor && tax == doc->tax_minor && off == doc->discount_minor &&
	        doc->total_minor == net + tax,
	    "%s: its sums", doc->number);
	if (invoice_is_proforma(doc))
		return; /* its hash comes with its number */
	invoice_hash(l->w->cx->arena, doc, items, n, hash);
	expect(l, strcmp(hash, doc->hash) == 0, "%s: its hash", doc->number);
}

/* (b) Live periods: from the first day, without hole or overlap, as the events made them. */
static inline void prove_periods(struct life *l, const struct model *m)
{
	struct invoice_period *p;
	struct service s = world_service(l->w, m->id);
	struct day at = m->started;
	size_t n, k = 0;
	char a[DAY_TEXT_SIZE], b[DAY_TEXT_SIZE];
	must(l, invoice_periods(l->w->cx, m->id, &p, &n));
	for (int i = 0; i < m->n; i++) {
		const struct term *t = &m->terms[i];
		if (!t->live || t->to.n == t->from.n)
			continue;
		while (k + 1 < n && p[k].from.n == p[k + 1].from.n)
			k++; /* changed on its first day: cut to nothing */
		expect(l, k < n && p[k].from.n == t->from.n && t->from.n == at.n,
		    "service %lld: no period from %s; rows say %s", (long long)m->id,
		    day_text(t->from, a), k < n ? day_text(p[k].from, b) : "none");
		struct day to = k + 1 < n && p[k + 1].from.n < p[k].to.n ? p[k + 1].from : p[k].to;
		expect(l, to.n == t->to.n, "service %lld: the period from %s ends on %s",
		    (long long)m->id, day_text(t->from, a), day_text(to, b));
		at = to;
		k++;
	}
	expect(l, k == n, "service %lld: more periods than were charged", (long long)m->id);
	expect(l, s.billed_until.n == at.n && at.n == m->billed.n,
	    "service %lld: billed until %s, not %s", (long long)m->id, day_text(s.billed_until, a),
	    day_text(m->billed, b));
}

/*
 * (c) The area under the price curve. slack counts one minor unit for every amount that was rounded
 * by days: each part and term in a change, each unit of a bridge, each credit over an amount.
 * Whole terms have none.
 */
static inline void prove_area(struct life *l)
{
	int64_t far = 0, slack = 0;
	for (int i = 0; i < l->services; i++) {
		const struct model *m = &l->s[i];
		int64_t want = curve_area(m) + m->setup - m->given + m->wish.amount;
		int64_t beside = m->charged - want;
		expect(l, l->mixed || (beside <= m->slack && -beside <= m->slack),
		    "service %lld: charged %lld, the days are worth %lld (slack %lld)",
		    (long long)m->id, (long long)m->charged, (long long)want, (long long)m->slack);
		far += beside;
		slack += m->slack;
	}
	expect(l, far <= slack && -far <= slack, "all services: %lld too much (slack %lld)",
	    (long long)far, (long long)slack);
}

/* (e) A client's ledger, summed here, is what the invoices and the credit show. */
static inline void prove_ledger(struct life *l, int64_t client)
{
	struct cx *cx = l->w->cx;
	json_t *rows, *row;
	size_t i, n = 1;
	int64_t owed = 0, credit = 0, shown = 0, balances = 0, after = 0;
	for (; n > 0; n = json_array_size(rows)) {
		must(l, ledger_list(cx, client, after, 100, &rows));
		json_array_foreach(rows, i, row) {
			const char *d = json_string_value(json_object_get(row, "debit"));
			const char *c = json_string_value(json_object_get(row, "credit"));
			int64_t v = json_integer_value(json_object_get(row, "amount_minor"));
			owed += v * (str_eq(d, "receivable") - str_eq(c, "receivable"));
			credit += v * (str_eq(c, "credit") - str_eq(d, "credit"));
			after = json_integer_value(json_object_get(row, "id"));
		}
	}
	for (int k = 0; k < l->papers_n; k++) {
		struct invoice doc = world_invoice(l->w, l->papers[k].id);
		if (doc.client_id == client && !l->papers[k].is_note && !invoice_is_proforma(&doc))
			balances += doc.balance_minor;
	}
	must(l, ledger_credit(cx, client, l->currency, &shown));
	expect(l, shown == credit && credit >= 0, "client %lld: credit %lld, shown %lld",
	    (long long)client, (long long)credit, (long long)shown);
	expect(l, owed == balances, "client %lld: owes %lld, documents say %lld", (long long)client,
	    (long long)owed, (long long)balances);
}

/* (a) */
static inline void prove_audit(struct life *l)
{
	json_t *out;
	bool ok;
	must(l, flow_audit(l->w->cx, &out, &ok));
	if (ok)
		return;
	char *text = json_dumps(json_object_get(out, "findings"), 0);
	buf_printf(&l->steps, "  %s\n", text);
	free(text);
	expect(l, ok, "the audit");
}

static inline void prove_step(struct life *l)
{
	for (int i = 0; i < l->services; i++)
		if (!l->s[i].ended)
			prove_periods(l, &l->s[i]);
	prove_area(l);
}

static inline void prove_life(struct life *l)
{
	prove_audit(l);
	prove_step(l);
	for (int i = 0; i < CLIENTS; i++)
		prove_ledger(l, l->clients[i]);
}

#endif
