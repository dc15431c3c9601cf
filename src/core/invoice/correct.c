/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corrections that are invoices: one that charges what another forgot, and one that replaces
 * another without some of its items. Nothing issued is edited.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/invoice/own.h"
#include "fmt/form.h"

static const struct field correction_rows[] = {
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .help = "Printed on the correction.",
        .offset = offsetof(struct correction_input, reason)},
    {.name = "items",
        .label = "Items",
        .type = FIELD_LIST,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = LIMIT_INVOICE_ITEMS,
        .sub = &invoice_item_fields,
        .offset = offsetof(struct correction_input, items)},
    {.name = "once",
        .label = "Key",
        .type = FIELD_KEY,
        .max = 60,
        .help = "The same key twice is one correction.",
        .offset = offsetof(struct correction_input, once)},
};
const struct fields correction_fields = {"correction", correction_rows,
    sizeof correction_rows / sizeof correction_rows[0], sizeof(struct correction_input)};

struct correction {
	int64_t id, correction_id;
	const struct correction_input *in;
};

/* A form sent twice is one correction. */
static enum err found(struct cx *cx, const char *cause, int64_t *ret_id)
{
	struct invoice i;
	enum err err = cause == NULL ? ERR_NOT_FOUND : invoice_find_cause(cx, cause, &i);
	*ret_id = err == OK ? i.id : 0;
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return OK;
}

static enum err correct_body(struct cx *cx, void *arg)
{
	struct correction *c = arg;
	struct invoice i;
	struct invoice_line *lines;
	struct invoice_plan plan;
	const char *cause = str_empty(c->in->once) ?
	    NULL :
	    arena_printf(cx->arena, "correct/%" PRId64 "/%s", c->id, c->in->once);
	TRY(found(cx, cause, &c->correction_id));
	if (c->correction_id != 0)
		return OK;
	TRY(invoice_get(cx, 0, c->id, &i));
	if (!str_eq(i.kind, "invoice") || i.state == INVOICE_DRAFT || invoice_is_funds(&i) ||
	    invoice_is_proforma(&i))
		return fail(cx, ERR_CONFLICT, "invoice.refused",
		    "Only an issued invoice can be corrected");
	TRY(invoice_lines_typed(cx, &c->in->items, &lines));
	struct invoice_request r = {.currency = i.currency,
	    .cause = cause,
	    .order_id = i.order_id,
	    .due_on = DAY_NONE,
	    .note = arena_printf(cx->arena, "Correction of invoice %s of %s.\n%s", i.number,
	        day_print(cx->arena, i.issued_on), c->in->reason),
	    .lines = lines,
	    .lines_n = c->in->items.n,
	    .final = true};
	TRY(invoice_plan_now(cx, i.client_id, &r, &plan));
	return invoice_write(cx,
	    &(struct invoice_writing){.plan = &plan, .kind = "invoice", .refers_to_id = i.id}, 1,
	    &c->correction_id);
}

enum err invoice_correct(struct cx *cx, int64_t id, const struct correction_input *in,
    int64_t *ret_id)
{
	struct correction c = {.id = id, .in = in};
	TRY(db_tx(cx, correct_body, &c));
	*ret_id = c.correction_id;
	return OK;
}

/* ---- the same invoice without some of its items ---- */

static const char *reissue_cause(struct cx *cx, int64_t id)
{
	return arena_printf(cx->arena, "reissue/%" PRId64, id);
}

static enum err reissuable(struct cx *cx, const struct crediting *c)
{
	const struct invoice *i = &c->invoice;
	int64_t replacement;
	TRY(found(cx, reissue_cause(cx, i->id), &replacement));
	if (replacement != 0) {
		struct invoice other;
		TRY(invoice_get(cx, 0, replacement, &other));
		(void)fail(cx, ERR_CONFLICT, "invoice.reissued",
		    "Invoice %s was replaced by %s already", i->number, other.number);
		return fail_about(cx, "invoice", other.id, other.number);
	}
	if ((i->state != INVOICE_OPEN && i->state != INVOICE_OVERDUE) || invoice_is_funds(i))
		return fail(cx, ERR_CONFLICT, "invoice.refused",
		    "Items can be cancelled only on an unpaid invoice");
	for (size_t k = 0; k < c->items_n; k++)
		if (str_eq(c->items[k].kind, "change"))
			return fail(cx, ERR_CONFLICT, "invoice.change",
			    "Invoice %s is about a change of a service: cancel the change",
			    i->number);
	return OK;
}

/* What is kept moves from the credited invoice to the new one. */
static enum err write_rest(struct cx *cx, const struct crediting *c,
    const struct invoice_item *items, size_t n, int64_t *ret_id)
{
	const struct invoice *i = &c->invoice;
	struct settings as;
	struct invoice_plan plan;
	TRY(setting_load(cx, &as));
	struct day today = setting_today(cx, &as);
	as.tax_prices = i->prices;
	as.tax_rounding = i->rounding;
	for (size_t k = 0; k < n; k++)
		TRY(invoice_store_move_item(cx, items[k].id));
	struct invoice_request r = {.settings = &as,
	    .currency = i->currency,
	    .cause = reissue_cause(cx, i->id),
	    .order_id = i->order_id,
	    .due_on = i->due_on.n > today.n ? i->due_on : today,
	    .note = arena_printf(cx->arena, "Replaces %s %s of %s.\n%s",
	        invoice_is_proforma(i) ? "proforma" : "invoice", i->number,
	        day_print(cx->arena, i->issued_on), c->reason),
	    .final = !invoice_is_proforma(i),
	    .lines = invoice_lines_of(cx, items, n),
	    .lines_n = n};
	TRY(invoice_plan_now(cx, i->client_id, &r, &plan));
	TRY(invoice_write(cx,
	    &(struct invoice_writing){.plan = &plan, .kind = "invoice", .refers_to_id = i->id}, 1,
	    ret_id));
	return day_set(i->hold_until) ? invoice_store_set_hold(cx, *ret_id, i->hold_until) : OK;
}

enum err invoice_reissue(struct cx *cx, const struct credit_wish *w, int64_t *ret_note_id,
    int64_t *ret_id)
{
	struct crediting chosen, all;
	const struct credit_wish whole = {.invoice_id = w->invoice_id,
	    .reason = w->reason,
	    .from = DAY_NONE,
	    .to = DAY_NONE};
	bool existing;
	size_t n = 0;
	TRY(credit_note_load(cx, &whole, &all));
	TRY(reissuable(cx, &all));
	TRY(credit_note_load(cx, w, &chosen));
	if (!all.by_item || !chosen.by_item)
		return fail(cx, ERR_CONFLICT, "invoice.partly_credited",
		    "A part of invoice %s was credited by its amount: credit the items instead",
		    all.invoice.number);
	struct invoice_item *kept = ARENA_ARRAY(cx->arena, struct invoice_item, all.items_n);
	for (size_t k = 0; k < all.items_n; k++)
		if (!chosen.chosen[k] && !chosen.taken[k])
			kept[n++] = all.items[k];
	*ret_id = 0;
	TRY(credit_note_make(cx, &whole, ret_note_id, &existing));
	return n == 0 ? OK : write_rest(cx, &all, kept, n, ret_id);
}
