/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What staff do to a client: life cycle, credit, contacts, a letter to set the password, signing
 * in as him.
 */
#include "base/money.h"
#include "base/people.h"
#include "base/str.h"
#include "core/access/access.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/payment/payment.h"
#include "db/db.h"
#include "web/staff/client.h"
#include "flow/flow.h"
#include "web/report.h"
#include "web/staff/own.h"

struct credit {
	const char *currency, *reason;
	int64_t amount_minor;
};

FIELDS(admin_credit_fields, struct credit,
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct credit, currency)},
    {.name = "amount_minor",
        .label = "Amount",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = MONEY_MINOR_MAX,
        .offset = offsetof(struct credit, amount_minor)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .help = "Kept in the event log with your name.",
        .offset = offsetof(struct credit, reason)}, );

static enum err back(struct cx *cx, struct page *p)
{
	return page_go(cx, p, "/admin/clients/%lld", (long long)p->id);
}

enum err admin_client_approve(struct cx *cx, struct page *p)
{
	TRY(client_apply(cx, p->id, CLIENT_APPROVE, "approved by staff"));
	page_flash(cx, p, "success", "The client was approved and can sign in.");
	return back(cx, p);
}

static enum err apply_with_reason(struct cx *cx, struct page *p, enum client_event event)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	TRY(client_apply(cx, p->id, event, reason));
	return back(cx, p);
}

enum err admin_client_refuse(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The client was refused.");
	return apply_with_reason(cx, p, CLIENT_REFUSE);
}

enum err admin_client_suspend(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The client can no longer sign in or order.");
	return apply_with_reason(cx, p, CLIENT_SUSPEND);
}

enum err admin_client_resume(struct cx *cx, struct page *p)
{
	TRY(client_apply(cx, p->id, CLIENT_RESUME, "resumed by staff"));
	page_flash(cx, p, "success", "The client can sign in again.");
	return back(cx, p);
}

enum err admin_client_close(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The account was closed.");
	return apply_with_reason(cx, p, CLIENT_CLOSE);
}

enum err admin_client_credit(struct cx *cx, struct page *p)
{
	struct credit in;
	int64_t approval_id;

	TRY(page_read(cx, p, &admin_credit_fields, &in));
	TRY(approval_give_credit(cx,
	    &(struct approval_credit){p->id, in.amount_minor, in.currency, in.reason},
	    &approval_id));
	page_set(p, "approval_id", approval_id != 0 ? json_integer(approval_id) : NULL);
	const char *sum = money_print_people(cx->arena, money_of(in.amount_minor, in.currency),
	    p->settings.company_locale);
	if (approval_id != 0)
		page_flash(cx, p, "info", "%s of credit waits for a second person to approve it.",
		    sum);
	else
		page_flash(cx, p, "success", "%s of credit was given.", sum);
	return back(cx, p);
}

enum err admin_client_reset(struct cx *cx, struct page *p)
{
	struct client c;

	TRY(client_get(cx, p->id, &c));
	TRY(access_reset_request(cx, SESSION_CLIENT, c.email));
	page_flash(cx, p, "success", "A link to set a new password is on its way to %s.", c.email);
	return back(cx, p);
}

static enum err note_sign_in(struct cx *cx, void *arg)
{
	const struct page *p = arg;

	return event_add(cx, &(struct event){"client", p->id, "staff_sign_in", p->id, NULL}, NULL);
}

enum err admin_client_sign_in(struct cx *cx, struct page *p)
{
	struct client c;

	TRY(client_get(cx, p->id, &c));
	if (c.state != CLIENT_ACTIVE)
		return fail(cx, ERR_CONFLICT, "client.inactive",
		    "Only an active client can be signed in.");
	TRY(db_tx(cx, note_sign_in, p));
	TRY(page_sign_in(cx, p, SESSION_CLIENT, c.id));
	return page_go(cx, p, "/client");
}

/* ---- contacts ---- */

enum err admin_contact_add(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(contact_save(cx, p->id, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The contact was added.");
	return back(cx, p);
}

static enum err find_contact(struct cx *cx, const struct page *p, json_t **ret)
{
	json_t *rows, *row;
	size_t i;

	TRY(contact_list(cx, p->id, &rows));
	json_array_foreach(rows, i, row) {
		if (json_integer_value(json_object_get(row, "id")) != p->id2)
			continue;
		*ret = row;
		return OK;
	}
	return fail(cx, ERR_NOT_FOUND, "contact.none", "There is no such contact.");
}

enum err admin_contact_edit(struct cx *cx, struct page *p)
{
	json_t *contact;

	TRY(find_contact(cx, p, &contact));
	admin_form(cx, p,
	    &(struct admin_form){.title = "Edit contact",
	        .button = "Save contact",
	        .action = arena_printf(cx->arena, "/admin/clients/%lld/contacts/%lld",
	            (long long)p->id, (long long)p->id2),
	        .back = admin_path(cx, "clients", p->id),
	        .fields = &contact_fields,
	        .values = contact});
	return OK;
}

enum err admin_contact_save(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(contact_save(cx, p->id, p->id2, p->body, p->source, &id));
	page_flash(cx, p, "success", "The contact was saved.");
	return back(cx, p);
}

enum err admin_contact_remove(struct cx *cx, struct page *p)
{
	TRY(contact_remove(cx, p->id, p->id2));
	page_flash(cx, p, "success", "The contact was removed.");
	return back(cx, p);
}

/* ---- agreed prices ---- */

enum err admin_price_agree(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(price_agree(cx, p->id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The price is agreed. What runs already keeps its own.");
	return back(cx, p);
}

enum err admin_price_end(struct cx *cx, struct page *p)
{
	TRY(price_agreed_end(cx, p->id, p->id2));
	page_flash(cx, p, "success", "New orders have the plan's price again.");
	return back(cx, p);
}

enum err admin_client_statement(struct cx *cx, struct page *p)
{
	struct statement_range range;

	TRY(page_read(cx, p, &statement_fields, &range));
	TRY(statement_send(cx, p->id, &range));
	page_flash(cx, p, "success", "The statement is on its way.");
	return page_go(cx, p, "/admin/clients/%lld", (long long)p->id);
}

enum err admin_client_statement_pdf(struct cx *cx, struct page *p)
{
	struct report_query q;
	void *bytes;
	size_t len;

	TRY(report_query_read(cx, p, &q));
	TRY(statement_pdf(cx, p->id, &(struct statement_range){q.from, q.until}, &bytes, &len));
	p->file_inline = true;
	return page_file(cx, p, "application/pdf", "statement.pdf", bytes, len);
}
