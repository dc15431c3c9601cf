/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staff correct an issued invoice: items cancelled or credited, and what it forgot charged by a
 * document of its own. A credit note over an amount, or all, is invoice_do.c.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "flow/flow.h"
#include "web/ids.h"
#include "web/staff/own.h"

struct items {
	const char *what, *item_ids, *reason, *once;
	bool end_services;
};

static const char *const what_words[] = {"cancel", "credit", NULL};

FIELDS(admin_items_fields, struct items,
    {.name = "what",
        .label = "What happens",
        .type = FIELD_CHOICE,
        .flags = FIELD_REQUIRED,
        .choices = what_words,
        .offset = offsetof(struct items, what)},
    {.name = "item_ids",
        .label = "Items",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 4000,
        .offset = offsetof(struct items, item_ids)},
    {.name = "reason",
        .label = "Reason",
        .help = "Printed on the documents.",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 200,
        .offset = offsetof(struct items, reason)},
    {.name = "end_services",
        .label = "End their services",
        .type = FIELD_BOOL,
        .offset = offsetof(struct items, end_services)},
    {.name = "once",
        .label = "Key",
        .type = FIELD_KEY,
        .max = 60,
        .offset = offsetof(struct items, once)}, );

/* Which items are left, and what each is worth with its tax. */
static enum err put_items(struct cx *cx, json_t *tree, int64_t id)
{
	json_t *item;
	int64_t *credited;
	size_t n, i;

	TRY(invoice_items_credited(cx, id, &credited, &n));
	json_array_foreach(json_object_get(tree, "items"), i, item) {
		json_int_t item_id = json_integer_value(json_object_get(item, "id"));
		json_int_t gross = json_integer_value(json_object_get(item, "net_minor")) +
		    json_integer_value(json_object_get(item, "tax_minor"));
		bool gone = false;
		for (size_t k = 0; k < n; k++)
			gone = gone || credited[k] == item_id;
		json_object_set_new(item, "credited", json_boolean(gone));
		json_object_set_new(item, "gross_minor", json_integer(gross));
		json_object_set(item, "currency", json_object_get(tree, "currency"));
	}
	return OK;
}

enum err admin_correct(struct cx *cx, struct page *p)
{
	struct invoice i;
	struct client c;
	json_t *tree, *values;

	TRY(invoice_get(cx, 0, p->id, &i));
	TRY(invoice_view(cx, &i, &tree));
	TRY(client_get(cx, i.client_id, &c));
	TRY(put_items(cx, tree, i.id));
	bool issued = str_eq(i.kind, "invoice") && i.state != INVOICE_DRAFT;
	bool open = issued && (i.state == INVOICE_OPEN || i.state == INVOICE_OVERDUE);
	page_title(cx, p, "Correct %s", str_or(i.number, "(draft)"));
	page_put(p, "invoice", tree);
	page_put(p, "client", client_view(cx, &c));
	page_set(p, "may_cancel", json_boolean(open && !invoice_is_funds(&i)));
	page_set(p, "may_credit", json_boolean(open || (issued && i.state == INVOICE_PAID)));
	page_set(p, "may_charge", json_boolean(issued && !invoice_is_funds(&i)));
	page_set(p, "reissues", json_boolean(str_eq(p->settings.billing_item_cancel, "reissue")));
	page_set(p, "once", json_sprintf("f%s", str_lower(cx->arena, crypto_token(cx->arena, 15))));
	values = json_pack("{s:s}", "currency", i.currency);
	page_form(cx, p, "charge", &correction_fields, values);
	admin_drop(p, "charge", "once");
	admin_rename(p, "charge");
	json_decref(values);
	return OK;
}

static enum err said(struct cx *cx, struct page *p, const struct correct_done *done)
{
	if (done->approval_id != 0) {
		page_flash(cx, p, "info",
		    "The credit note waits for a second person to approve it.");
		return page_go(cx, p, "/admin/invoices/%lld", (long long)p->id);
	}
	page_set(p, "credit_note_id", json_integer(done->note_id));
	page_set(p, "invoice_id", done->invoice_id != 0 ? json_integer(done->invoice_id) : NULL);
	page_flash(cx, p, "success",
	    done->invoice_id != 0 ? "The invoice was credited. This one takes its place." :
	                            "The credit note was issued.");
	return page_go(cx, p, "/admin/invoices/%lld",
	    (long long)(done->invoice_id != 0 ? done->invoice_id : done->note_id));
}

enum err admin_correct_items(struct cx *cx, struct page *p)
{
	struct items in;
	struct correct_items c = {0};
	struct correct_done done = {0};
	int64_t *ids;
	size_t n;

	web_ids_flatten(cx, p, "item_ids");
	TRY(page_read(cx, p, &admin_items_fields, &in));
	TRY(web_ids(cx, "item_ids", in.item_ids, &ids, &n));
	c.wish = (struct credit_wish){p->id, 0, ids, n, in.reason, in.once, DAY_NONE, DAY_NONE};
	c.end_services = in.end_services;
	if (str_eq(in.what, "cancel"))
		TRY(correct_items(cx, &c, &done));
	else
		TRY(approval_credit_note(cx, &c.wish, &done.note_id, &done.approval_id));
	return said(cx, p, &done);
}

enum err admin_correct_charge(struct cx *cx, struct page *p)
{
	struct correction_input in;
	struct invoice i;
	int64_t id;

	TRY(invoice_get(cx, 0, p->id, &i));
	if (p->source == FIELD_FORM)
		json_object_set_new(p->body, "currency", json_string(i.currency));
	TRY(page_read(cx, p, &correction_fields, &in));
	TRY(invoice_correct(cx, p->id, &in, &id));
	page_set(p, "invoice_id", json_integer(id));
	page_flash(cx, p, "success", "The correction was issued.");
	return page_go(cx, p, "/admin/invoices/%lld", (long long)id);
}
