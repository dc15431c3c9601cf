/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From plans to issued documents: numbers, hashes, rows, postings and events, for one or a thousand
 * at once, in the caller's
 * transaction. Whoever decides what to charge is elsewhere (rules.c, the billing run, orders).
 */
#include <assert.h>
#include <stdlib.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/own.h"
#include "core/ledger/ledger.h"
#include "core/view.h"
#include "fmt/form.h"

const char *invoice_seller(struct cx *cx, const struct settings *s)
{
	json_t *lines = view_lines(cx, s->company_address);
	json_t *seller = json_pack("{s:s s:o s:s s:s s:s s:s}", "name", s->company_name,
	    "address_lines", lines, "country", s->company_country, "tax_id", s->company_tax_id,
	    "email", s->company_email, "footer", s->company_footer);
	char *text = json_dumps(seller, JSON_COMPACT | JSON_SORT_KEYS);
	const char *kept = arena_strdup(cx->arena, text);
	free(text);
	json_decref(seller);
	return kept;
}

/*
 * The row of a plan, all but id, number and hash. A document over nothing is paid as it is issued.
 */
static void row_fill(struct cx *cx, const struct invoice_writing *w, struct invoice *i)
{
	const struct invoice_plan *p = w->plan;
	bool note = str_eq(w->kind, "credit_note");
	bool settled = note || p->total_minor == 0;
	*i = (struct invoice){
	    .client_id = p->client_id,
	    .order_id = p->order_id,
	    .refers_to_id = w->refers_to_id,
	    .kind = w->kind,
	    .state = settled ? INVOICE_PAID : INVOICE_OPEN,
	    .cause = p->cause,
	    .series = p->series,
	    .currency = p->currency,
	    .seller = p->seller,
	    .buyer = p->buyer,
	    .note = p->note,
	    .rounding = p->rounding,
	    .prices = p->prices,
	    .issued_on = p->issued_on,
	    .proforma_on = DAY_NONE,
	    .due_on = p->due_on,
	    .net_minor = p->net_minor,
	    .discount_minor = p->discount_minor,
	    .tax_minor = p->tax_minor,
	    .total_minor = p->total_minor,
	    .balance_minor = settled ? 0 : p->total_minor,
	    .rate = p->rate,
	    .hold_until = DAY_NONE,
	    .token = crypto_token(cx->arena, 18),
	    .created_at = cx->now,
	    .paid_at = settled ? cx->now : 0,
	};
}

/* Numbers and chains a run of documents of one series. */
static enum err number_run(struct cx *cx, const struct invoice_writing *w, struct invoice *rows,
    size_t n)
{
	int64_t first;
	const char *last;
	char hash[CRYPTO_SHA256_HEX];
	TRY(series_take(cx, rows[0].series, w[0].plan->format, (int64_t)n, &first, &last));
	for (size_t i = 0; i < n; i++) {
		const struct invoice_plan *p = w[i].plan;
		rows[i].seq = first + (int64_t)i;
		rows[i].number = invoice_number(cx->arena, p->format, p->issued_on, rows[i].seq);
		rows[i].prev_hash = last;
		invoice_hash(cx->arena, &rows[i], p->items, p->items_n, hash);
		rows[i].hash = last = arena_strdup(cx->arena, hash);
	}
	return series_set_hash(cx, rows[0].series, last);
}

/* A proforma has a number of a series of its own, and no place in the chain. */
static enum err number_proformas(struct cx *cx, const struct invoice_writing *w,
    struct invoice *rows, size_t n)
{
	int64_t first;
	const char *last;
	TRY(series_take(cx, rows[0].series, w[0].plan->format, (int64_t)n, &first, &last));
	for (size_t i = 0; i < n; i++) {
		const struct invoice_plan *p = w[i].plan;
		rows[i].proforma =
		    invoice_number(cx->arena, p->format, p->issued_on, first + (int64_t)i);
		rows[i].proforma_on = p->issued_on;
		rows[i].issued_on = DAY_NONE;
		rows[i].series = NULL;
	}
	return OK;
}

static enum err number_all(struct cx *cx, const struct invoice_writing *w, struct invoice *rows,
    size_t n)
{
	for (size_t i = 0, run; i < n; i += run) {
		run = 1;
		while (i + run < n && str_eq(rows[i].series, rows[i + run].series))
			run++;
		TRY((
		    w[i].plan->proforma ? number_proformas : number_run)(cx, w + i, rows + i, run));
	}
	return OK;
}

static enum err write_items(struct cx *cx, const struct invoice_writing *w,
    const struct invoice *rows, size_t n)
{
	size_t total = 0, k = 0;
	for (size_t i = 0; i < n; i++)
		total += w[i].plan->items_n;
	struct invoice_store_item *items = ARENA_ARRAY(cx->arena, struct invoice_store_item, total);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < w[i].plan->items_n; j++)
			items[k++] = (struct invoice_store_item){rows[i].id, (int64_t)j + 1,
			    &w[i].plan->items[j],
			    str_eq(rows[i].kind, "invoice") &&
			        !str_eq(w[i].plan->items[j].kind, "change")};
	return invoice_store_insert_items(cx, items, total);
}

/* Where a line takes back, rounding by line may leave a little tax below zero. */
static void turn_negative(struct transfer *t)
{
	const char *debit = t->debit;
	if (t->amount.minor >= 0)
		return;
	t->amount.minor = -t->amount.minor;
	t->debit = t->credit;
	t->credit = debit;
}

/*
 * Two postings a document: what was sold, and the tax on it. A credit note posts the other way, on
 * its invoice.
 */
static enum err write_ledger(struct cx *cx, const struct invoice_writing *w,
    const struct invoice *rows, size_t n)
{
	struct transfer *t = ARENA_ARRAY(cx->arena, struct transfer, n * 2);
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		const struct invoice *r = &rows[i];
		if (r->hash == NULL)
			continue; /* a proforma is no claim */
		bool note = str_eq(r->kind, "credit_note");
		struct transfer base = {
		    .debit = "receivable",
		    .client_id = r->client_id,
		    .invoice_id = note ? r->refers_to_id : r->id,
		    .booked_on = r->issued_on,
		};
		struct transfer *net = &t[k++], *tax = &t[k++];
		*net = *tax = base;
		net->key = arena_printf(cx->arena, "i%lld/net", (long long)r->id);
		net->code = note ? LEDGER_CREDIT_NOTE : LEDGER_INVOICE;
		/* A top-up earns nothing: it waits for its money (invoice.c). */
		const char *earned =
		    str_eq(w[i].plan->items_n > 0 ? w[i].plan->items[0].kind : "", "funds") ?
		    "funds" :
		    "revenue";
		net->credit = earned;
		net->amount = money_of(r->net_minor, r->currency);
		tax->key = arena_printf(cx->arena, "i%lld/tax", (long long)r->id);
		tax->code = note ? LEDGER_CREDIT_TAX : LEDGER_TAX;
		tax->credit = "tax";
		tax->amount = money_of(r->tax_minor, r->currency);
		if (note) {
			net->debit = earned;
			tax->debit = "tax";
			net->credit = tax->credit = "receivable";
		}
		turn_negative(tax);
	}
	return k == 0 ? OK : ledger_post_many(cx, t, k);
}

static enum err write_events(struct cx *cx, const struct invoice *rows, size_t n)
{
	struct event *events = ARENA_ARRAY(cx->arena, struct event, n * 2);
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		const struct invoice *r = &rows[i];
		bool proforma = r->hash == NULL;
		json_t *data = json_keep(cx,
		    json_pack("{s:s s:I s:s s:I}", "number", proforma ? r->proforma : r->number,
		        "total_minor", r->total_minor, "currency", r->currency, "refers_to_id",
		        r->refers_to_id));
		events[k++] = (struct event){r->kind, r->id, proforma ? "request" : "issue",
		    r->client_id, data};
		if (r->state == INVOICE_PAID && str_eq(r->kind, "invoice"))
			events[k++] = (struct event){"invoice", r->id, "pay", r->client_id, NULL};
	}
	return event_add_many(cx, events, k);
}

enum err invoice_write(struct cx *cx, const struct invoice_writing *w, size_t n, int64_t *ret_ids)
{
	struct invoice *rows = ARENA_ARRAY(cx->arena, struct invoice, n);
	assert(db_in_tx(cx->db) && n > 0);
	bool drafts = w[0].draft_id != 0;
	assert(!drafts || n == 1);
	if (drafts)
		ret_ids[0] = w[0].draft_id;
	else
		TRY(invoice_store_ids(cx, n, ret_ids));
	for (size_t i = 0; i < n; i++) {
		row_fill(cx, &w[i], &rows[i]);
		rows[i].id = ret_ids[i];
	}
	TRY(number_all(cx, w, rows, n));
	if (drafts) {
		TRY(invoice_store_drop_items(cx, rows[0].id));
		TRY(invoice_store_issue_draft(cx, &rows[0]));
	} else {
		TRY(invoice_store_insert(cx, rows, n));
	}
	TRY(write_items(cx, w, rows, n));
	TRY(write_ledger(cx, w, rows, n));
	return write_events(cx, rows, n);
}

enum err invoice_write_final(struct cx *cx, const struct invoice_plan *p, struct invoice *i)
{
	const struct invoice_writing w = {.plan = p, .kind = "invoice"};
	i->series = p->series;
	i->issued_on = p->issued_on;
	i->rate = p->rate;
	TRY(number_run(cx, &w, i, 1));
	TRY(invoice_store_finalize(cx, i));
	TRY(write_ledger(cx, &w, i, 1));
	return write_events(cx, i, 1);
}
