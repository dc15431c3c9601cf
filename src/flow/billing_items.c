/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items to invoice in the billing run: as further lines of a client's renewal, or, on their day, as
 * a document of their own. Each round is marked in the transaction of its document.
 */
#include <assert.h>
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "db/db.h"
#include "flow/billing_own.h"
#include "fmt/form.h"

size_t billing_items_add(struct billing_items *items, const struct billing_place *at,
    struct invoice_line *lines, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < items->n && n < room; i++) {
		const struct billable *b = &items->rows[i];
		if (items->plan_of[i] != 0 || b->client_id != at->client_id ||
		    !str_eq(b->currency, at->currency))
			continue;
		items->plan_of[i] = at->plan + 1;
		lines[n++] = billable_line(b);
	}
	return n;
}

size_t billing_items_count(const struct billing_items *items, int64_t client_id)
{
	size_t n = 0;
	for (size_t i = 0; i < items->n; i++)
		n += items->rows[i].client_id == client_id && items->plan_of[i] == 0;
	return n;
}

enum err billing_items_load(struct cx *cx, const struct billing_base *b, const int64_t *clients,
    size_t n, struct billing_items *ret)
{
	*ret = (struct billing_items){0};
	TRY(billable_due(cx, &(struct billable_of){clients, n, b->today}, &ret->rows, &ret->n));
	ret->plan_of = ARENA_ARRAY(cx->arena, size_t, ret->n);
	return OK;
}

enum err billing_items_mark(struct cx *cx, const struct billing_base *b,
    const struct billing_items *items, const int64_t *invoice_ids)
{
	struct billable_billed *billed = ARENA_ARRAY(cx->arena, struct billable_billed, items->n);
	size_t n = 0;
	for (size_t i = 0; i < items->n; i++)
		if (items->plan_of[i] != 0)
			billed[n++] = (struct billable_billed){&items->rows[i],
			    invoice_ids[items->plan_of[i] - 1]};
	return billable_set_billed(cx, billed, n, b->today);
}

/* ---- documents of their own ---- */

struct own {
	const struct billing_base *base;
	const struct billable *first; /* of a client and currency */
	int64_t invoice_id;
};

/* One document over what is due for a client in a currency; pure. */
static enum err own_plan(struct cx *cx, const struct billing_base *b, const struct client *client,
    struct billing_items *items, struct invoice_plan *ret)
{
	const struct billable *first = NULL;
	for (size_t i = 0; i < items->n && first == NULL; i++)
		if (items->plan_of[i] == 0)
			first = &items->rows[i];
	assert(first != NULL); /* the caller counted */
	struct invoice_line *lines =
	    ARENA_ARRAY(cx->arena, struct invoice_line, LIMIT_INVOICE_ITEMS);
	const struct billing_place place = {client->id, first->currency, 0};
	struct invoice_request r = {.settings = b->settings,
	    .taxes = b->taxes,
	    .seller = b->seller,
	    .client = client,
	    .cause =
	        arena_printf(cx->arena, "billable/%" PRId64 "/%" PRId64, first->id, first->round),
	    .currency = first->currency,
	    .issued_on = b->today,
	    .due_on =
	        day_add(b->today, (int32_t)client_terms(client, b->settings->billing_due_days)),
	    .rates = b->rates,
	    .lines = lines,
	    .lines_n = billing_items_add(items, &place, lines, LIMIT_INVOICE_ITEMS)};
	return invoice_plan(cx, &r, ret);
}

/* Read again inside the transaction; what waits for a renewal is not for this document. */
static enum err own_load(struct cx *cx, const struct own *o, struct billing_items *ret)
{
	TRY(billing_items_load(cx, o->base, &o->first->client_id, 1, ret));
	size_t n = 0;
	for (size_t i = 0; i < ret->n; i++)
		if (day_set(ret->rows[i].on) && str_eq(ret->rows[i].currency, o->first->currency))
			ret->rows[n++] = ret->rows[i];
	ret->n = n;
	return OK;
}

static enum err own_body(struct cx *cx, void *arg)
{
	struct own *o = arg;
	struct billing_items items;
	struct client client;
	struct invoice_plan plan;
	o->invoice_id = 0;
	TRY(own_load(cx, o, &items));
	if (items.n == 0)
		return OK;
	TRY(client_get(cx, o->first->client_id, &client));
	TRY(own_plan(cx, o->base, &client, &items, &plan));
	TRY(invoice_commit(cx, &plan, &o->invoice_id));
	return billing_items_mark(cx, o->base, &items, &o->invoice_id);
}

/* The first item of each client and currency that is due by a day. */
static enum err each_own(struct cx *cx, const struct billing_base *b,
    enum err (
        *fn)(struct cx *cx, const struct billing_base *b, const struct billable *first, void *arg),
    void *arg)
{
	struct billable_cursor at = {b->today, 0, "", LIMIT_INVOICE_ITEMS};
	for (;;) {
		struct billable *rows;
		size_t n;
		TRY(billable_due_on(cx, &at, &rows, &n));
		for (size_t i = 0; i < n; i++)
			if (i == 0 || rows[i].client_id != rows[i - 1].client_id ||
			    !str_eq(rows[i].currency, rows[i - 1].currency))
				TRY(fn(cx, b, &rows[i], arg));
		if (n == 0)
			return OK;
		at.after_client = rows[n - 1].client_id;
		at.after_currency = rows[n - 1].currency;
	}
}

struct running {
	struct worker *w;
	int64_t run_id;
	struct run_sum *sum;
};

static enum err own_run(struct cx *cx, const struct billing_base *b, const struct billable *first,
    void *arg)
{
	const struct running *r = arg;
	struct own o = {b, first, 0};
	struct run_item item = {"billable", first->id, "done", "", 0};
	if (flow_stopping(r->w))
		return OK;
	if (db_tx(cx, own_body, &o) != OK) {
		item.result = "failed";
		item.reason = arena_strdup(cx->arena, cx->fault.detail);
		item.next_at = cx->now + 3600;
		cx_clear(cx);
	}
	return flow_note(r->w, r->run_id, r->sum, &item);
}

enum err billing_items_sweep(struct worker *w, const struct billing_base *b, int64_t run_id,
    struct run_sum *sum)
{
	return each_own(w->cx, b, own_run, &(struct running){w, run_id, sum});
}

struct foretelling {
	const struct billing_foretold *told;
	json_t *items;
};

static enum err own_foretell(struct cx *cx, const struct billing_base *b,
    const struct billable *first, void *arg)
{
	const struct foretelling *f = arg;
	const struct own o = {b, first, 0};
	struct billing_items items;
	struct client client;
	struct invoice_plan plan;
	size_t n = 0;
	TRY(own_load(cx, &o, &items));
	for (size_t i = 0; i < items.n; i++)
		if (!billing_was_foretold(f->told, items.rows[i].id))
			items.rows[n++] = items.rows[i];
	items.n = n;
	if (n == 0)
		return OK;
	TRY(client_get(cx, first->client_id, &client));
	TRY(own_plan(cx, b, &client, &items, &plan));
	json_array_append_new(f->items,
	    json_pack("{s:s s:s s:s s:I s:I s:s}", "what", "invoice", "subject", "billable",
	        "reason", "", "subject_id", items.rows[0].id, "amount_minor", plan.total_minor,
	        "currency", plan.currency));
	return OK;
}

enum err billing_items_foretell(struct cx *cx, const struct billing_base *b,
    const struct billing_foretold *told, json_t *items)
{
	return each_own(cx, b, own_foretell, &(struct foretelling){told, items});
}

bool billing_was_foretold(const struct billing_foretold *told, int64_t id)
{
	for (size_t i = 0; i < told->n; i++)
		if (told->ids[i] == id)
			return true;
	return false;
}

/* ---- now ---- */

struct now {
	const struct billable_input *in;
	int64_t id, invoice_id;
};

static enum err now_body(struct cx *cx, void *arg)
{
	struct now *n = arg;
	struct billing_base base;
	struct billable b;
	TRY(billable_save(cx, 0, n->in, &n->id));
	n->invoice_id = 0;
	if (!str_eq(n->in->when, "now"))
		return OK;
	TRY(billing_load(cx, &base));
	TRY(billable_get(cx, n->id, &b));
	struct own o = {&base, &b, 0};
	TRY(own_body(cx, &o));
	n->invoice_id = o.invoice_id;
	return OK;
}

enum err billing_add_item(struct cx *cx, const struct billable_input *in, int64_t *ret_id,
    int64_t *ret_invoice_id)
{
	struct now n = {.in = in};
	TRY(db_tx(cx, now_body, &n));
	*ret_id = n.id;
	*ret_invoice_id = n.invoice_id;
	return OK;
}
