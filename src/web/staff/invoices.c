/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invoices and credit notes for staff: the list, one document, drafts, PDF. What can be done to
 * a document is invoice_do.c.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/notice/notice.h"
#include "core/payment/payment.h"
#include "core/report/report.h"
#include "web/staff/invoice.h"
#include "web/staff/own.h"

enum err admin_invoices(struct cx *cx, struct page *p)
{
	struct invoice_filter f = {.client_id = page_query_int(p, "client_id"),
	    .q = page_query(p, "q"),
	    .state = page_query(p, "state"),
	    .kind = page_query(p, "kind"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .drafts = true};
	json_t *rows;

	TRY(invoice_list(cx, &f, &rows));
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Invoices");
	admin_filter(p);
	admin_chips(cx, p, "state", "invoice");
	page_list(cx, p, rows, f.limit);
	return OK;
}

/* ---- one document ---- */

static json_t *can(const struct invoice *i)
{
	bool note = str_eq(i->kind, "credit_note");
	bool open = !note && (i->state == INVOICE_OPEN || i->state == INVOICE_OVERDUE);
	bool correct = open || (!note && i->state == INVOICE_PAID);

	bool proforma = invoice_is_proforma(i);

	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}", "issue",
	    i->state == INVOICE_DRAFT, "finalize", open && proforma, "pay", open, "void", correct,
	    "cancel", correct && proforma, "credit", correct && !proforma, "hold", open,
	    "write_off", open && !proforma);
}

/* The balance stands in the amount, so that the usual case is one click. */
static void put_forms(struct cx *cx, struct page *p, const struct invoice *i)
{
	json_t *values = json_pack("{s:s, s:I}", "currency", i->currency, "amount_minor",
	    (json_int_t)i->balance_minor);

	page_form(cx, p, "payment", &payment_fields, values);
	admin_drop(p, "payment", "currency");
	admin_relabel(p, "payment", "amount_minor", json_sprintf("Amount in %s", i->currency));
	json_object_del(values, "amount_minor");
	page_form(cx, p, "credit", &admin_credit_note_fields, values);
	admin_relabel(p, "credit", "amount_minor",
	    json_sprintf("Amount in %s, tax included", i->currency));
	admin_drop(p, "credit", "once");
	page_set(p, "once", json_sprintf("f%s", str_lower(cx->arena, crypto_token(cx->arena, 15))));
	admin_rename(p, "credit");
	json_decref(values);
}

/* The ways to pay that are set up, and a bank transfer, which needs no setting up. */
static enum err put_gateways(struct cx *cx, struct page *p)
{
	json_t *rows, *row, *choices;
	const char *chosen = admin_value(p, "payment", "gateway");
	bool has_bank = false;
	size_t i;

	TRY(gateway_list(cx, false, &rows));
	choices = json_array();
	json_array_foreach(rows, i, row) {
		const char *key = json_string_value(json_object_get(row, "key"));
		has_bank = has_bank || str_eq(key, "bank");
		admin_choice(choices, key, json_string_value(json_object_get(row, "name")), chosen);
	}
	if (!has_bank)
		admin_choice(choices, "bank", "Bank transfer", chosen);
	admin_select(p, "payment", "gateway", choices);
	return OK;
}

static enum err put_money(struct cx *cx, struct page *p, const struct invoice *i)
{
	json_t *payments, *attempts;
	int64_t credit;

	TRY(payment_list(cx, &(struct payment_filter){.invoice_id = i->id, .limit = page_limit(p)},
	    &payments));
	TRY(attempt_list(cx, i->id, &attempts));
	TRY(ledger_credit(cx, i->client_id, i->currency, &credit));
	page_put(p, "payments", payments);
	page_put(p, "attempts", attempts);
	page_set(p, "client_credit",
	    credit > 0 ?
	        json_pack("{s:I, s:s}", "free_minor", (json_int_t)credit, "currency", i->currency) :
	        NULL);
	return OK;
}

enum err admin_invoice(struct cx *cx, struct page *p)
{
	struct invoice i;
	struct client c;
	json_t *tree, *letters, *explain;

	TRY(invoice_get(cx, 0, p->id, &i));
	TRY(invoice_view(cx, &i, &tree));
	TRY(client_get(cx, i.client_id, &c));
	TRY(letter_list(cx,
	    &(struct letter_filter){.subject_kind = "invoice",
	        .subject_id = i.id,
	        .limit = page_limit(p)},
	    &letters));
	page_title(cx, p, "%s %s", invoice_word(&i), str_or(i.number, "(draft)"));
	TRY(report_explain(cx, 0, i.id, &explain));
	page_put(p, "invoice", tree);
	page_put(p, "explain", explain);
	page_put(p, "client", client_view(cx, &c));
	page_put(p, "letters", letters);
	page_set(p, "can", can(&i));
	put_forms(cx, p, &i);
	TRY(put_gateways(cx, p));
	TRY(put_money(cx, p, &i));
	return admin_put_events(cx, p,
	    &(struct event_filter){.subject = "invoice", .subject_id = i.id});
}

enum err admin_invoice_pdf(struct cx *cx, struct page *p)
{
	struct invoice i;
	json_t *tree;

	TRY(invoice_get(cx, 0, p->id, &i));
	TRY(invoice_view(cx, &i, &tree));
	return page_invoice_pdf(cx, p, tree, str_empty(i.number) ? "draft" : i.number);
}

/* ---- drafts ---- */

enum err admin_invoice_new(struct cx *cx, struct page *p)
{
	int64_t client_id = page_query_int(p, "client_id");
	struct client c;
	json_t *values = NULL;

	if (client_id > 0) {
		TRY(client_get(cx, client_id, &c));
		values =
		    json_pack("{s:I, s:s}", "client_id", (json_int_t)c.id, "currency", c.currency);
	}
	admin_form(cx, p,
	    &(struct admin_form){.title = "New invoice",
	        .action = "/admin/invoices",
	        .button = "Create draft",
	        .back = "/admin/invoices",
	        .fields = &invoice_fields,
	        .values = values,
	        .intro = "A draft can be thrown away. It becomes final when it is issued."});
	json_decref(values);
	return OK;
}

enum err admin_invoice_create(struct cx *cx, struct page *p)
{
	struct invoice_input in;
	int64_t id;

	TRY(admin_client_typed(cx, p));
	TRY(page_read(cx, p, &invoice_fields, &in));
	TRY(invoice_draft(cx, &in, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The draft was created. Check it, then issue it.");
	return page_go(cx, p, "/admin/invoices/%lld", (long long)id);
}
