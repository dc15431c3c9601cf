/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client changes his own service: the choice with its price, confirming it, taking it back.
 * What is shared with staff is web/change.c; what it costs is core/service.
 */
#include "base/str.h"
#include "core/service/service.h"
#include "web/change.h"
#include "web/handlers.h"

enum err area_change(struct cx *cx, struct page *p)
{
	struct service s;
	json_t *view;
	TRY(service_get(cx, p->client_id, p->id, &s));
	TRY(service_view(cx, &s, &view));
	json_object_del(view, "server_id");
	json_object_del(json_object_get(view, "action"), "detail");
	page_put(p, "service", view);
	page_title(cx, p, "Change %s", str_empty(s.domain) ? s.plan_name : s.domain);
	return web_change_show(cx, p, &s);
}

enum err area_change_do(struct cx *cx, struct page *p)
{
	struct service s;
	int64_t invoice_id;
	TRY(service_get(cx, p->client_id, p->id, &s));
	TRY(web_change_do(cx, p, &s, &invoice_id));
	if (invoice_id != 0)
		return page_go(cx, p, "/client/invoices/%lld", (long long)invoice_id);
	return page_go(cx, p, "/client/services/%lld", (long long)s.id);
}

enum err area_change_cancel(struct cx *cx, struct page *p)
{
	TRY(service_change_cancel(cx, p->client_id, p->id));
	page_flash(cx, p, "success", "The change is cancelled; the service stays as it is.");
	return page_go(cx, p, "/client/services/%lld", (long long)p->id);
}
