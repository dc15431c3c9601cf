/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a credit note takes back, computed before it is written: chosen items whole, or an amount
 * spread over what is left per tax. Reads, and writes nothing.
 */
#include "base/str.h"
#include "core/invoice/own.h"

bool invoice_item_taxed(const struct invoice_item *i, const struct tax_choice *t)
{
	return i->tax_rate_ppm == t->rate_ppm && i->tax2_rate_ppm == t->rate2_ppm &&
	    i->tax2_compound == t->compound &&
	    str_eq(str_or(i->tax_name, ""), str_or(t->name, "")) &&
	    str_eq(str_or(i->tax2_name, ""), str_or(t->name2, ""));
}

/* The lines of an amount: per tax rate, the share of what is left. */
static void lines_by_rate(struct cx *cx, const struct crediting *c, struct invoice_plan *p)
{
	int64_t *weights = ARENA_ARRAY(cx->arena, int64_t, c->rates_n),
	        *parts = ARENA_ARRAY(cx->arena, int64_t, c->rates_n);
	for (size_t i = 0; i < c->rates_n; i++) {
		int64_t gross = c->rates[i].net_minor + c->rates[i].tax_minor;
		weights[i] = gross > 0 ? gross : 0;
	}
	money_split(c->gross_minor, weights, c->rates_n, parts);
	for (size_t i = 0; i < c->rates_n && c->of_rate != NULL; i++)
		parts[i] = c->of_rate[i];
	for (size_t i = 0; i < c->rates_n; i++) {
		const struct invoice_rate_left *left = &c->rates[i];
		int64_t gross = left->net_minor + left->tax_minor;
		if (parts[i] == 0)
			continue;
		struct tax_line part = {.amount_minor = parts[i], .tax = left->tax};
		tax_compute(&part, 1, TAX_INCLUSIVE, TAX_PER_LINE);
		int64_t tax = parts[i] == gross ? left->tax_minor : part.tax_minor;
		p->items[p->items_n++] = (struct invoice_item){
		    .kind = left->is_funds ? "funds" : "manual",
		    .description = c->reason,
		    .from = c->from,
		    .to = c->to,
		    .quantity = 1,
		    .unit_minor = str_eq(p->prices, "inclusive") ? parts[i] : parts[i] - tax,
		    .net_minor = parts[i] - tax,
		    .tax_minor = tax,
		    .tax_class = left->tax_class,
		    .tax_name = left->tax.name,
		    .tax_rate_ppm = left->tax.rate_ppm,
		    .tax2_name = left->tax.name2,
		    .tax2_rate_ppm = left->tax.rate2_ppm,
		    .tax2_compound = left->tax.compound,
		    .tax2_minor = parts[i] == gross ? left->tax2_minor : part.tax2_minor,
		};
	}
}

/* The chosen items as they stand on the invoice, periods and taxes included. */
static void lines_by_item(const struct crediting *c, struct invoice_plan *p)
{
	for (size_t i = 0; i < c->items_n; i++) {
		if (!c->chosen[i])
			continue;
		struct invoice_item *item = &p->items[p->items_n++];
		*item = c->items[i];
		item->refers_item_id = c->items[i].id;
		p->discount_minor += item->discount_minor;
	}
}

void credit_note_plan(struct cx *cx, const struct crediting *c, struct invoice_plan *p)
{
	p->items = ARENA_ARRAY(cx->arena, struct invoice_item, c->items_n + c->rates_n);
	if (c->by_item)
		lines_by_item(c, p);
	else if (c->gross_minor > 0)
		lines_by_rate(cx, c, p);
	for (size_t i = 0; i < p->items_n; i++) {
		p->net_minor += p->items[i].net_minor;
		p->tax_minor += p->items[i].tax_minor;
	}
	p->total_minor = p->net_minor + p->tax_minor;
}

static enum err creditable(struct cx *cx, const struct invoice *i)
{
	if (!str_eq(i->kind, "invoice") || i->state == INVOICE_DRAFT ||
	    i->state == INVOICE_WRITTEN_OFF || i->state == INVOICE_CANCELLED)
		return fail(cx, ERR_CONFLICT, "invoice.refused", "%s %s is %s: cannot credit it",
		    str_eq(i->kind, "invoice") ? "Invoice" : "Credit note",
		    str_or(i->number, "(draft)"), invoice_state_words[i->state]);
	return OK;
}

static enum err too_much(struct cx *cx, const struct crediting *c)
{
	return fail(cx, ERR_CONFLICT, "credit_note.too_much",
	    "Only %s of invoice %s is left to credit",
	    money_print(cx->arena, money_of(c->left_minor, c->invoice.currency)),
	    c->invoice.number);
}

/* Notes over an amount took from each tax: what they took cannot be taken again by items. */
static bool rates_cover(const struct crediting *c)
{
	for (size_t r = 0; r < c->rates_n; r++) {
		int64_t net = 0, tax = 0;
		for (size_t i = 0; i < c->items_n; i++)
			if (c->chosen[i] && invoice_item_taxed(&c->items[i], &c->rates[r].tax)) {
				net += c->items[i].net_minor;
				tax += c->items[i].tax_minor;
			}
		if (net > c->rates[r].net_minor || tax > c->rates[r].tax_minor)
			return false;
	}
	return true;
}

/* A term does not go without what was chosen with it: both are charged again together. */
static void choose_options(struct crediting *c, const struct invoice_item *term)
{
	for (size_t i = 0; i < c->items_n; i++) {
		const struct invoice_item *t = &c->items[i];
		bool same = t->service_id == term->service_id && t->from.n == term->from.n;
		if (str_eq(term->kind, "period") && str_eq(t->kind, "option") && same &&
		    !c->taken[i])
			c->chosen[i] = true;
	}
}

static enum err choose_one(struct cx *cx, struct crediting *c, int64_t id)
{
	for (size_t i = 0; i < c->items_n; i++) {
		if (c->items[i].id != id)
			continue;
		if (c->taken[i])
			return fail(cx, ERR_CONFLICT, "credit_note.item_credited",
			    "\"%s\" is credited already", c->items[i].description);
		c->chosen[i] = true;
		choose_options(c, &c->items[i]);
		return OK;
	}
	return fail_field(cx, "item_ids", "credit_note.item", "There is no such item on invoice %s",
	    c->invoice.number);
}

static enum err choose_items(struct cx *cx, const struct credit_wish *w, struct crediting *c)
{
	bool rest = false;
	for (size_t i = 0; i < w->items_n; i++)
		TRY(choose_one(cx, c, w->item_ids[i]));
	for (size_t i = 0; i < c->items_n; i++) {
		if (c->chosen[i])
			c->gross_minor += c->items[i].net_minor + c->items[i].tax_minor;
		rest = rest || (!c->chosen[i] && !c->taken[i]);
	}
	if (c->gross_minor <= 0)
		return fail_field(cx, "item_ids", "credit_note.amount",
		    "The chosen items come to nothing that could be credited");
	if (c->gross_minor > c->left_minor || !rates_cover(c))
		return too_much(cx, c);
	c->by_item = true;
	c->whole = c->gross_minor == c->left_minor && !rest;
	return OK;
}

/* All that is left: item by item, unless a note over an amount took a part of some. */
static void choose_rest(struct crediting *c)
{
	int64_t net = 0, tax = 0;
	for (size_t i = 0; i < c->rates_n; i++) {
		net -= c->rates[i].net_minor;
		tax -= c->rates[i].tax_minor;
	}
	for (size_t i = 0; i < c->items_n; i++) {
		c->chosen[i] = !c->taken[i];
		net += c->chosen[i] ? c->items[i].net_minor : 0;
		tax += c->chosen[i] ? c->items[i].tax_minor : 0;
	}
	c->by_item = net == 0 && tax == 0;
}

enum err credit_note_load(struct cx *cx, const struct credit_wish *w, struct crediting *ret)
{
	struct crediting c = {.reason = str_or(w->reason, "Correction"),
	    .from = w->from,
	    .to = w->to,
	    .keep = w->keep,
	    .of_rate = w->of_rate};
	int64_t credited, *taken;
	size_t taken_n;
	TRY(invoice_get(cx, 0, w->invoice_id, &c.invoice));
	bool all = w->amount_minor == 0 && w->items_n == 0;
	if (!all || !invoice_is_void(&c.invoice))
		TRY(creditable(cx, &c.invoice));
	TRY(invoice_store_credited(cx, w->invoice_id, &credited));
	TRY(invoice_store_items(cx, w->invoice_id, &c.items, &c.items_n));
	TRY(invoice_items_credited(cx, w->invoice_id, &taken, &taken_n));
	TRY(invoice_store_left(cx, w->invoice_id, &c.rates, &c.rates_n));
	c.left_minor = invoice_is_void(&c.invoice) ? 0 : c.invoice.total_minor - credited;
	c.taken = ARENA_ARRAY(cx->arena, bool, c.items_n);
	c.chosen = ARENA_ARRAY(cx->arena, bool, c.items_n);
	for (size_t i = 0; i < c.items_n; i++)
		for (size_t k = 0; k < taken_n; k++)
			c.taken[i] = c.taken[i] || c.items[i].id == taken[k];
	*ret = c;
	if (all && invoice_is_void(&c.invoice))
		return OK; /* that is done */
	if (w->items_n > 0)
		return choose_items(cx, w, ret);
	ret->gross_minor = all ? c.left_minor : w->amount_minor;
	if (ret->gross_minor > ret->left_minor || c.invoice.state == INVOICE_CREDITED)
		return too_much(cx, ret);
	ret->whole = ret->gross_minor == ret->left_minor;
	if (ret->whole && !w->keep)
		choose_rest(ret);
	return OK;
}
