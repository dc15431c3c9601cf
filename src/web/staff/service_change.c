/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staff change a service: another plan, cycle or quantity with its quote, and a price of its own.
 * What is shared with the client's page is web/change.c.
 */
#include "base/money.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/service/service.h"
#include "web/change.h"
#include "web/source.h"
#include "web/staff/own.h"

enum err admin_change(struct cx *cx, struct page *p)
{
	struct service s;
	struct client c;
	json_t *view;

	TRY(service_get(cx, 0, p->id, &s));
	TRY(service_view(cx, &s, &view));
	TRY(client_get(cx, s.client_id, &c));
	page_put(p, "service", view);
	page_put(p, "client", client_view(cx, &c));
	page_title(cx, p, "Change %s", str_empty(s.domain) ? s.plan_name : s.domain);
	return web_change_show(cx, p, &s);
}

enum err admin_change_do(struct cx *cx, struct page *p)
{
	struct service s;
	int64_t invoice_id;

	TRY(service_get(cx, 0, p->id, &s));
	TRY(web_change_do(cx, p, &s, &invoice_id));
	return page_go(cx, p, "/admin/services/%lld", (long long)s.id);
}

enum err admin_change_cancel(struct cx *cx, struct page *p)
{
	TRY(service_change_cancel(cx, 0, p->id));
	page_flash(cx, p, "success", "The change was cancelled.");
	return page_go(cx, p, "/admin/services/%lld", (long long)p->id);
}

struct price {
	int64_t price_minor;
	const char *reason;
};

FIELDS(admin_price_fields, struct price,
    {.name = "price_minor",
        .label = "Price per term",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .max = MONEY_MINOR_MAX,
        .offset = offsetof(struct price, price_minor)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 200,
        .offset = offsetof(struct price, reason)}, );

enum err admin_service_price(struct cx *cx, struct page *p)
{
	struct price in;
	struct service s;

	TRY(service_get(cx, 0, p->id, &s));
	/* The amount is in the service's currency, whatever the form says. */
	if (p->source == FIELD_FORM)
		json_object_set_new(p->body, "currency", json_string(s.currency));
	TRY(page_read(cx, p, &admin_price_fields, &in));
	TRY(service_set_price(cx, s.id, in.price_minor, in.reason));
	page_flash(cx, p, "success", "The service costs %s from its next term on.",
	    money_print_people(cx->arena, money_of(in.price_minor, s.currency),
	        p->settings.company_locale));
	return page_go(cx, p, "/admin/services/%lld", (long long)s.id);
}

enum err admin_service_due(struct cx *cx, struct page *p)
{
	struct due_move in;
	int64_t invoice_id;

	TRY(page_read(cx, p, &due_move_fields, &in));
	TRY(service_move_due(cx, p->id, &in, &invoice_id));
	page_flash(cx, p, "success", "The due day was moved.");
	return page_go(cx, p, "/admin/services/%lld", (long long)p->id);
}

enum err admin_service_transfer(struct cx *cx, struct page *p)
{
	struct transfer_wish in;

	TRY(web_source_client(cx, p, "client_id"));
	TRY(page_read(cx, p, &transfer_fields, &in));
	TRY(service_transfer(cx, p->id, &in));
	page_flash(cx, p, "success", "The service belongs to its new client.");
	return page_go(cx, p, "/admin/services/%lld", (long long)p->id);
}

enum err admin_service_unsubscribe(struct cx *cx, struct page *p)
{
	TRY(subscription_stop(cx, 0, p->id));
	page_flash(cx, p, "success", "The provider is told not to renew it any more.");
	return page_go(cx, p, "/admin/services/%lld", (long long)p->id);
}
