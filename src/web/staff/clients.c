/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients for staff: the list, the one page with everything about a client, creating and
 * editing. What can be done to a client is client_do.c.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/ledger/ledger.h"
#include "core/notice/notice.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "core/tax/tax.h"
#include "web/staff/client.h"
#include "web/source.h"
#include "web/staff/own.h"

#define SHORT_LIST 10 /* rows of each list on the client's page; the lists themselves show all */

enum err admin_clients(struct cx *cx, struct page *p)
{
	struct client_filter f = {page_query(p, "q"), page_query(p, "state"),
	    page_query_int(p, "after"), page_limit(p)};
	json_t *rows, *row;
	size_t i;

	TRY(client_list(cx, &f, &rows));
	json_array_foreach(rows, i, row)
		admin_life(row);
	page_title(cx, p, "Clients");
	admin_filter(p);
	admin_chips(cx, p, "state", "client");
	page_list(cx, p, rows, f.limit);
	return OK;
}

/* ---- the page of one client ---- */

/* What hangs on the client, each a short list, newest first. */
static enum err put_lists(struct cx *cx, struct page *p, int64_t id)
{
	json_t *services, *orders, *invoices;

	TRY(service_list(cx, &(struct service_filter){.client_id = id, .limit = LIMIT_PAGE_ROWS},
	    &services));
	TRY(order_list(cx, &(struct order_filter){.client_id = id, .limit = SHORT_LIST}, &orders));
	TRY(invoice_list(cx,
	    &(struct invoice_filter){.client_id = id, .limit = SHORT_LIST, .drafts = true},
	    &invoices));
	page_put(p, "services", services);
	page_put(p, "orders", orders);
	page_put(p, "invoices", invoices);
	return OK;
}

/* What the last checks of the tax number said. */
static enum err put_tax(struct cx *cx, struct page *p, int64_t id)
{
	json_t *evidence;
	struct client c;

	TRY(client_get(cx, id, &c));
	TRY(tax_evidence_view(cx, id, &evidence));
	page_put(p, "evidence", evidence);
	page_set(p, "tax_checkable", json_boolean(tax_checkable(&p->settings, &c)));
	return OK;
}

static enum err put_more_lists(struct cx *cx, struct page *p, int64_t id)
{
	json_t *payments, *letters, *contacts, *balances, *prices;

	TRY(payment_list(cx, &(struct payment_filter){.client_id = id, .limit = SHORT_LIST},
	    &payments));
	TRY(letter_list(cx, &(struct letter_filter){.client_id = id, .limit = SHORT_LIST},
	    &letters));
	TRY(contact_list(cx, id, &contacts));
	TRY(ledger_client_view(cx, id, &balances));
	page_put(p, "payments", payments);
	page_put(p, "letters", letters);
	TRY(price_agreed(cx, id, &prices));
	page_put(p, "contacts", contacts);
	page_put(p, "agreed", prices);
	page_put(p, "balances", balances);
	return put_tax(cx, p, id);
}

/* Which buttons the client's state allows. */
static json_t *can(const struct client *c)
{
	return json_pack("{s:b, s:b, s:b, s:b}", "approve", c->state == CLIENT_PENDING, "suspend",
	    c->state == CLIENT_ACTIVE, "resume", c->state == CLIENT_SUSPENDED, "close",
	    c->state == CLIENT_ACTIVE || c->state == CLIENT_SUSPENDED);
}

enum err admin_client(struct cx *cx, struct page *p)
{
	struct client c;

	TRY(client_get(cx, p->id, &c));
	json_t *tree = client_view(cx, &c);
	admin_life(tree);
	page_title(cx, p, "%s",
	    json_string_value(json_object_get(tree, str_empty(c.company) ? "name" : "company")));
	page_put(p, "client", tree);
	page_set(p, "can", can(&c));
	page_form(cx, p, "credit", &admin_credit_fields, json_object_get(p->out, "client"));
	page_form(cx, p, "contact", &contact_fields, NULL);
	page_form(cx, p, "price", &agreed_fields, NULL);
	TRY(put_lists(cx, p, c.id));
	TRY(put_more_lists(cx, p, c.id));
	return admin_put_events(cx, p, &(struct event_filter){.client_id = c.id});
}

/* ---- new and changed ---- */

enum err admin_client_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New client",
	        .action = "/admin/clients",
	        .button = "Create client",
	        .back = "/admin/clients",
	        .fields = &client_fields,
	        .intro =
	            "Without a password the client can set one through \"Forgot your password\"."});
	return OK;
}

enum err admin_client_create(struct cx *cx, struct page *p)
{
	struct client_input in;
	int64_t id;

	TRY(page_read(cx, p, &client_fields, &in));
	TRY(client_create(cx, &in, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The client was created.");
	return page_go(cx, p, "/admin/clients/%lld", (long long)id);
}

enum err admin_client_edit(struct cx *cx, struct page *p)
{
	struct client c;

	TRY(client_get(cx, p->id, &c));
	admin_form(cx, p,
	    &(struct admin_form){.title = "Edit client",
	        .button = "Save changes",
	        .action = arena_printf(cx->arena, "/admin/clients/%lld/edit", (long long)c.id),
	        .back = admin_path(cx, "clients", c.id),
	        .fields = &client_staff_fields,
	        .values = client_view(cx, &c),
	        .intro = "Issued invoices keep the address they were issued to."});
	json_t *groups;
	TRY(admin_group_choices(cx, admin_value(p, "form", "group"), "None", &groups));
	admin_select(p, "form", "group", json_incref(groups));
	return OK;
}

enum err admin_client_save(struct cx *cx, struct page *p)
{
	TRY(client_update(cx, p->id, p->body, p->source, &client_staff_fields));
	page_flash(cx, p, "success", "The changes were saved.");
	return page_go(cx, p, "/admin/clients/%lld", (long long)p->id);
}

/* For a field that asks for a client, while it is typed. */
enum err admin_client_suggest(struct cx *cx, struct page *p)
{
	const char *q = str_or(page_query(p, "q"), page_query(p, "client_id"));
	json_t *rows, *row, *list = json_array();
	size_t i;

	page_set(p, "data", list);
	page_title(cx, p, "Clients");
	TRY(client_list(cx, &(struct client_filter){.q = q, .limit = 20}, &rows));
	json_array_foreach(rows, i, row)
		json_array_append_new(list,
		    json_pack("{s:O, s:s}", "id", json_object_get(row, "id"), "words",
		        web_client_words(cx, row)));
	return OK;
}
