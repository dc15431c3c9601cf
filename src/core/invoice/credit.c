/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corrections: credit notes, the only way to take back what an issued invoice says. A note never
 * takes back more than is left, releases
 * the charges it covers when it covers all, and turns what was paid into client credit.
 */
#include <inttypes.h>

#include "base/fsm.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/own.h"
#include "core/ledger/ledger.h"
#include "fmt/form.h"

struct credit {
	int64_t id, gross_minor; /* gross 0: all that is left */
	const char *reason;
	int64_t note_id;
	bool existing;
};

/* The note's lines: per tax rate, the share of what is left. */
static void note_items(struct cx *cx, const struct credit *c, const struct invoice_rate_left *left,
    size_t n, struct invoice_plan *p)
{
	int64_t *weights = ARENA_ARRAY(cx->arena, int64_t, n),
	        *parts = ARENA_ARRAY(cx->arena, int64_t, n);
	for (size_t i = 0; i < n; i++) {
		int64_t gross = left[i].net_minor + left[i].tax_minor;
		weights[i] = gross > 0 ? gross : 0;
	}
	money_split(c->gross_minor, weights, n, parts);
	for (size_t i = 0; i < n; i++) {
		int64_t gross = left[i].net_minor + left[i].tax_minor;
		if (parts[i] == 0)
			continue;
		struct tax_line part = {.amount_minor = parts[i], .tax = left[i].tax};
		tax_compute(&part, 1, TAX_INCLUSIVE, TAX_PER_LINE);
		int64_t tax = parts[i] == gross ? left[i].tax_minor : part.tax_minor;
		p->items[p->items_n++] = (struct invoice_item){
		    .kind = left[i].is_funds ? "funds" : "manual",
		    .description = c->reason,
		    .from = DAY_NONE,
		    .to = DAY_NONE,
		    .quantity = 1,
		    .unit_minor = str_eq(p->prices, "inclusive") ? parts[i] : parts[i] - tax,
		    .net_minor = parts[i] - tax,
		    .tax_minor = tax,
		    .tax_class = left[i].tax_class,
		    .tax_name = left[i].tax.name,
		    .tax_rate_ppm = left[i].tax.rate_ppm,
		    .tax2_name = left[i].tax.name2,
		    .tax2_rate_ppm = left[i].tax.rate2_ppm,
		    .tax2_compound = left[i].tax.compound,
		    .tax2_minor = parts[i] == gross ? left[i].tax2_minor : part.tax2_minor,
		};
		p->net_minor += parts[i] - tax;
		p->tax_minor += tax;
	}
	p->total_minor = p->net_minor + p->tax_minor;
}

/* What was paid on the invoice beyond what is still owed becomes the client's credit. */
static enum err surplus_to_credit(struct cx *cx, const struct invoice *i, int64_t note_id,
    struct day today)
{
	int64_t balance;
	TRY(ledger_invoice_balance(cx, i->id, &balance));
	if (balance >= 0)
		return OK;
	struct transfer t = {
	    .key = arena_printf(cx->arena, "i%" PRId64 "/surplus", note_id),
	    .code = LEDGER_OVERPAYMENT,
	    .debit = "receivable",
	    .credit = "credit",
	    .amount = money_of(-balance, i->currency),
	    .client_id = i->client_id,
	    .invoice_id = i->id,
	    .booked_on = today,
	};
	return ledger_post(cx, &t, 1);
}

static enum err note_write(struct cx *cx, const struct invoice *i, struct credit *c, bool whole)
{
	struct settings s;
	struct invoice_rate_left *left;
	size_t n;
	int year, month, mday;
	TRY(setting_load(cx, &s));
	TRY(invoice_store_left(cx, i->id, &left, &n));
	struct day today = setting_today(cx, &s);
	day_split(today, &year, &month, &mday);
	struct invoice_plan p = {
	    .client_id = i->client_id,
	    .order_id = i->order_id,
	    .currency = i->currency,
	    .note = c->reason,
	    .issued_on = today,
	    .due_on = today,
	    .seller = i->seller,
	    .buyer = i->buyer,
	    .rounding = i->rounding,
	    .prices = i->prices,
	    .rate = i->rate,
	    .format = s.credit_note_format,
	    .series = s.billing_number_next_year != 0 ?
	        arena_printf(cx->arena, "credit_note/%d", year) :
	        "credit_note",
	    .items = ARENA_ARRAY(cx->arena, struct invoice_item, n),
	};
	if (c->gross_minor > 0)
		note_items(cx, c, left, n, &p);
	struct invoice_writing w = {.plan = &p, .kind = "credit_note", .refers_to_id = i->id};
	TRY(invoice_write(cx, &w, 1, &c->note_id));
	if (whole) {
		TRY(invoice_apply(cx, i->id, INVOICE_CREDIT, c->reason));
		TRY(invoice_store_release(cx, i->id));
	}
	TRY(surplus_to_credit(cx, i, c->note_id, today));
	return invoice_settle(cx, i->id);
}

static enum err creditable(struct cx *cx, const struct invoice *i)
{
	if (!str_eq(i->kind, "invoice") || i->state == INVOICE_DRAFT ||
	    i->state == INVOICE_WRITTEN_OFF)
		return fail(cx, ERR_CONFLICT, "invoice.refused", "%s %s is %s: cannot credit it",
		    str_eq(i->kind, "invoice") ? "Invoice" : "Credit note",
		    str_or(i->number, "(draft)"), invoice_state_words[i->state]);
	return OK;
}

enum err invoice_uncredited(struct cx *cx, int64_t id, int64_t *ret_minor)
{
	struct invoice i;
	int64_t credited;
	TRY(invoice_get(cx, 0, id, &i));
	TRY(invoice_store_credited(cx, id, &credited));
	bool closed = i.state == INVOICE_CREDITED || i.state == INVOICE_WRITTEN_OFF;
	*ret_minor = closed ? 0 : i.total_minor - credited;
	return OK;
}

static enum err credit_body(struct cx *cx, void *arg)
{
	struct credit *c = arg;
	struct invoice i;
	int64_t credited;
	bool all = c->gross_minor == 0;
	TRY(invoice_get(cx, 0, c->id, &i));
	TRY(creditable(cx, &i));
	c->existing = i.state == INVOICE_CREDITED;
	if (c->existing && all)
		return invoice_store_note_of(cx, c->id, &c->note_id);
	TRY(invoice_store_credited(cx, c->id, &credited));
	int64_t left = i.total_minor - credited;
	if (c->existing || c->gross_minor > left)
		return fail(cx, ERR_CONFLICT, "credit_note.too_much",
		    "Only %s of invoice %s is left to credit",
		    money_print(cx->arena, money_of(left, i.currency)), i.number);
	struct credit exact = *c;
	exact.gross_minor = all ? left : c->gross_minor;
	TRY(note_write(cx, &i, &exact, exact.gross_minor == left));
	c->note_id = exact.note_id;
	return OK;
}

enum err credit_note_full(struct cx *cx, int64_t id, const char *reason, int64_t *ret_note_id,
    bool *ret_existing)
{
	struct credit c = {.id = id, .reason = str_or(reason, "Cancelled")};
	TRY(db_tx(cx, credit_body, &c));
	*ret_note_id = c.note_id;
	*ret_existing = c.existing;
	return OK;
}

enum err credit_note_amount(struct cx *cx, int64_t id, int64_t gross_minor, const char *reason,
    int64_t *ret_note_id)
{
	struct credit c = {.id = id,
	    .gross_minor = gross_minor,
	    .reason = str_or(reason, "Correction")};
	if (gross_minor <= 0)
		return fail_field(cx, "amount_minor", "credit_note.amount",
		    "Enter an amount above zero");
	TRY(db_tx(cx, credit_body, &c));
	*ret_note_id = c.note_id;
	return OK;
}

struct service_credit {
	int64_t service_id, gross_minor;
	const char *reason;
};

enum err invoice_creditable_of_service(struct cx *cx, int64_t service_id, int64_t *ret_minor)
{
	int64_t *ids, sum = 0;
	size_t n;
	TRY(invoice_store_paid_of(cx, service_id, &ids, &n));
	for (size_t i = 0; i < n; i++) {
		int64_t left;
		TRY(invoice_uncredited(cx, ids[i], &left));
		sum += left;
	}
	*ret_minor = sum;
	return OK;
}

static enum err service_body(struct cx *cx, void *arg)
{
	const struct service_credit *c = arg;
	int64_t *ids, note, open = c->gross_minor;
	size_t n;
	TRY(invoice_store_paid_of(cx, c->service_id, &ids, &n));
	for (size_t i = 0; i < n && open > 0; i++) {
		struct invoice one;
		int64_t credited;
		TRY(invoice_get(cx, 0, ids[i], &one));
		TRY(invoice_store_credited(cx, ids[i], &credited));
		int64_t left = one.total_minor - credited, part = left < open ? left : open;
		if (part > 0)
			TRY(credit_note_amount(cx, ids[i], part, c->reason, &note));
		open -= part;
	}
	return open == 0 ? OK :
	                   fail(cx, ERR_CONFLICT, "credit_note.too_much",
	                       "More would be credited than was ever paid");
}

enum err credit_note_service(struct cx *cx, int64_t service_id, int64_t gross_minor,
    const char *reason)
{
	return db_tx(cx, service_body, &(struct service_credit){service_id, gross_minor, reason});
}
