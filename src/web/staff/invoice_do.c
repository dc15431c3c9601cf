/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What staff do to a document: issue, pay, credit, write off. Every correction is a new
 * document; nothing issued is changed.
 */
#include "base/money.h"
#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "web/staff/invoice.h"
#include "web/staff/own.h"

struct credit_note {
	const char *reason, *once;
	int64_t amount_minor;
};

FIELDS(admin_credit_note_fields, struct credit_note,
    {.name = "amount_minor",
        .label = "Amount including tax",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = MONEY_MINOR_MAX,
        .offset = offsetof(struct credit_note, amount_minor)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .help = "Printed on the credit note.",
        .offset = offsetof(struct credit_note, reason)},
    {.name = "once",
        .label = "Key",
        .type = FIELD_KEY,
        .max = 60,
        .offset = offsetof(struct credit_note, once)}, );

struct hold {
	struct day until;
	const char *reason;
};

FIELDS(admin_invoice_hold_fields, struct hold,
    {.name = "until", .label = "Until", .type = FIELD_DAY, .offset = offsetof(struct hold, until)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct hold, reason)}, );

static enum err go(struct cx *cx, struct page *p, int64_t id)
{
	return page_go(cx, p, "/admin/invoices/%lld", (long long)id);
}

enum err admin_invoice_issue(struct cx *cx, struct page *p)
{
	struct invoice i;

	TRY(invoice_issue(cx, p->id));
	TRY(invoice_get(cx, 0, p->id, &i));
	page_flash(cx, p, "success", "The %s was issued as %s.",
	    invoice_is_proforma(&i) ? "proforma" : "invoice", i.number);
	return go(cx, p, p->id);
}

enum err admin_invoice_hold(struct cx *cx, struct page *p)
{
	struct hold in;

	TRY(page_read(cx, p, &admin_invoice_hold_fields, &in));
	TRY(invoice_hold(cx, p->id, in.until, in.reason));
	page_flash(cx, p, "success",
	    day_set(in.until) ? "Nothing is reminded or taken for this invoice before that day." :
	                        "The hold was lifted.");
	return go(cx, p, p->id);
}

enum err admin_invoice_remove(struct cx *cx, struct page *p)
{
	TRY(invoice_remove_draft(cx, p->id));
	page_flash(cx, p, "success", "The draft was thrown away.");
	return page_go(cx, p, "/admin/invoices");
}

enum err admin_invoice_pay(struct cx *cx, struct page *p)
{
	struct payment_input in;
	struct invoice i;
	int64_t id;

	TRY(invoice_get(cx, 0, p->id, &i));
	if (page_body(p, "currency") == NULL)
		json_object_set_new(p->body, "currency", json_string(i.currency));
	TRY(page_read(cx, p, &payment_fields, &in));
	TRY(payment_by_hand(cx, p->id, &in, &id));
	page_set(p, "payment_id", json_integer(id));
	page_flash(cx, p, "success", "The payment of %s was recorded.",
	    money_print_people(cx->arena, money_of(in.amount_minor, in.currency),
	        p->settings.company_locale));
	return go(cx, p, p->id);
}

enum err admin_invoice_use_credit(struct cx *cx, struct page *p)
{
	struct invoice i;
	int64_t used;

	TRY(invoice_get(cx, 0, p->id, &i));
	TRY(payment_use_credit(cx, p->id, &used));
	page_flash(cx, p, "success", "%s of credit was used.",
	    money_print_people(cx->arena, money_of(used, i.currency), p->settings.company_locale));
	return go(cx, p, p->id);
}

/* A credit note, or the news that it waits for a second person. */
static enum err credit(struct cx *cx, struct page *p, const struct credit_wish *w)
{
	int64_t note_id, approval_id;

	TRY(approval_credit_note(cx, w, &note_id, &approval_id));
	page_set(p, "credit_note_id", note_id != 0 ? json_integer(note_id) : NULL);
	page_set(p, "approval_id", approval_id != 0 ? json_integer(approval_id) : NULL);
	if (approval_id != 0) {
		page_flash(cx, p, "info",
		    "The credit note waits for a second person to approve it.");
		return go(cx, p, p->id);
	}
	page_flash(cx, p, "success",
	    note_id == 0             ? "The proforma was cancelled." :
	        w->amount_minor == 0 ? "The invoice was credited in full." :
	                               "The credit note was issued.");
	return go(cx, p, note_id != 0 ? note_id : p->id);
}

enum err admin_invoice_void(struct cx *cx, struct page *p)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	return credit(cx, p,
	    &(struct credit_wish){p->id, 0, NULL, 0, reason, NULL, DAY_NONE, DAY_NONE});
}

enum err admin_invoice_credit(struct cx *cx, struct page *p)
{
	struct credit_note in;
	struct invoice i;

	TRY(invoice_get(cx, 0, p->id, &i));
	if (p->source == FIELD_FORM)
		json_object_set_new(p->body, "currency", json_string(i.currency));
	TRY(page_read(cx, p, &admin_credit_note_fields, &in));
	return credit(cx, p,
	    &(struct credit_wish){p->id, in.amount_minor, NULL, 0, in.reason, in.once, DAY_NONE,
	        DAY_NONE});
}

enum err admin_invoice_write_off(struct cx *cx, struct page *p)
{
	const char *reason;
	int64_t approval_id;

	TRY(admin_reason(cx, p, &reason));
	TRY(approval_write_off(cx, p->id, reason, &approval_id));
	page_set(p, "approval_id", approval_id != 0 ? json_integer(approval_id) : NULL);
	if (approval_id != 0)
		page_flash(cx, p, "info", "The write-off waits for a second person to approve it.");
	else
		page_flash(cx, p, "success", "What was left of the invoice was written off.");
	return go(cx, p, p->id);
}
