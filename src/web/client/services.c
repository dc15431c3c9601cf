/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's services: list, page, panel sign-in, login data, cancellation. Ownership is the first
 * parameter of every look-up.
 */
#include <string.h>

#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/meter/meter.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "link/link.h"
#include "web/addon.h"
#include "web/change.h"
#include "web/handlers.h"

enum err area_services(struct cx *cx, struct page *p)
{
	const struct service_filter f = {.client_id = p->client_id,
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p),
	    .state = page_query(p, "state"),
	    .q = page_query(p, "q")};
	json_t *rows;
	TRY(service_list(cx, &f, &rows));
	page_title(cx, p, "Services");
	page_list(cx, p, rows, f.limit);
	page_filter(p, (const char *const[]){"q", "state", NULL});
	return OK;
}

static unsigned abilities(const struct service *s)
{
	const struct panel_provider *panel = link_panel(s->panel);
	return panel != NULL ? panel->abilities : 0;
}

static bool may_cancel(const struct service *s)
{
	return s->state == SERVICE_PENDING || s->state == SERVICE_ACTIVE ||
	    s->state == SERVICE_SUSPENDED;
}

enum err area_service(struct cx *cx, struct page *p)
{
	struct service s;
	json_t *view, *open, *use;
	TRY(service_get(cx, p->client_id, p->id, &s));
	TRY(service_view(cx, &s, &view));
	TRY(web_change_put(cx, p, &s, &open));
	TRY(web_addons_put(cx, p, &s));
	/* Which server it is and what staff see of the action is not the client's business. */
	json_object_del(view, "server_id");
	json_object_del(json_object_get(view, "action"), "detail");
	bool active = s.state == SERVICE_ACTIVE;
	bool waits = s.cancel_on.n != INT32_MIN && (active || s.state == SERVICE_SUSPENDED);
	TRY(meter_use_view(cx, &s, &use));
	page_put(p, "use", use);
	page_set(p, "has_use", json_boolean(json_array_size(use) > 0));
	page_put(p, "service", view);
	page_title(cx, p, "%s", str_empty(s.domain) ? s.plan_name : s.domain);
	page_set(p, "may_open", json_boolean(active && (abilities(&s) & PANEL_SSO) != 0));
	page_set(p, "may_reveal", json_boolean(active && !str_empty(s.secret)));
	page_set(p, "may_cancel", json_boolean(may_cancel(&s) && !waits));
	page_set(p, "cancels", json_boolean(waits));
	page_set(p, "may_change", json_boolean(web_change_may(&s, open) && !waits));
	TRY(renew_offer(cx, &(struct renew){p->client_id, s.id, DAY_NONE}, &open));
	page_put(p, "renewal", open);
	page_set(p, "password", NULL);
	page_set(p, "site",
	    str_empty(s.domain) || !active ? NULL : json_sprintf("http://%s/", s.domain));
	p->leaves = true;
	return OK;
}

/* The account on its panel, ready to be asked for. */
static enum err panel_request(struct cx *cx, const struct page *p, const struct service *s,
    json_t **ret)
{
	struct server server;
	TRY(server_get(cx, s->server_id, &server));
	*ret = json_keep(cx,
	    json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s}}", "provider", server.provider,
	        "settings", server.settings, "bound",
	        arena_printf(cx->arena, "server:%lld", (long long)server.id), "args", "key",
	        arena_printf(cx->arena, "svc-%lld", (long long)s->id), "domain", s->domain,
	        "username", s->username, "package", s->package, "email", p->session.client.email));
	return OK;
}

static enum err active_service(struct cx *cx, const struct page *p, struct service *ret)
{
	TRY(service_get(cx, p->client_id, p->id, ret));
	if (ret->state != SERVICE_ACTIVE)
		return fail(cx, ERR_CONFLICT, "service.inactive",
		    "This is possible only while the service is active.");
	return OK;
}

enum err area_service_open(struct cx *cx, struct page *p)
{
	struct service s;
	struct answer a;
	json_t *request;
	TRY(active_service(cx, p, &s));
	if ((abilities(&s) & PANEL_SSO) == 0 || s.server_id == 0)
		return fail(cx, ERR_CONFLICT, "service.no_panel",
		    "This service has no control panel to sign in to.");
	TRY(panel_request(cx, p, &s, &request));
	TRY(web_link(cx, p, "panel.sso", request, &a));
	const char *url = json_string_value(json_object_get(a.data, "url"));
	if (a.outcome != OUTCOME_DONE || url == NULL)
		return fail(cx, ERR_RETRY, "service.panel",
		    "The control panel does not answer now. Please try again in a moment.");
	page_set(p, "url", json_string(url));
	return page_go_away(cx, p, url);
}

enum err area_service_reveal(struct cx *cx, struct page *p)
{
	struct service s;
	struct answer a;
	TRY(active_service(cx, p, &s));
	if (str_empty(s.secret))
		return fail(cx, ERR_CONFLICT, "service.no_secret",
		    "No password is kept for this service.");
	json_t *request = json_keep(cx,
	    json_pack("{s:s, s:s, s:s, s:{s:s}}", "provider", "", "settings", "{}", "bound",
	        "secret", "args", "sealed", s.secret));
	TRY(web_link(cx, p, "secret.open", request, &a));
	const char *text = json_string_value(json_object_get(a.data, "text"));
	if (a.outcome != OUTCOME_DONE || text == NULL)
		return fail(cx, ERR_RETRY, "service.secret",
		    "The password cannot be shown now. Please try again in a moment.");
	TRY(area_service(cx, p));
	page_set(p, "password", json_string(text));
	return OK;
}

enum err area_service_cancel(struct cx *cx, struct page *p)
{
	struct service s;
	const char *reason = str_or(page_body(p, "reason"), "");
	bool at_end = !str_eq(page_body(p, "when"), "now");
	if (!str_clean_line(reason) || strlen(reason) > 500)
		return fail_field(cx, "reason", "field.line",
		    "One line of at most 500 characters.");
	TRY(service_get(cx, p->client_id, p->id, &s));
	/* Nothing paid, nothing to wait for. */
	if (s.state == SERVICE_PENDING)
		at_end = false;
	TRY(service_cancel(cx, p->client_id, p->id, at_end, reason));
	page_flash(cx, p, "success",
	    at_end ? "The service will end with its paid term. You can take this back until then." :
	             "The service is cancelled.");
	return page_go(cx, p, "/client/services/%lld", (long long)p->id);
}

enum err area_service_unsubscribe(struct cx *cx, struct page *p)
{
	struct service s;
	TRY(service_get(cx, p->client_id, p->id, &s));
	TRY(subscription_stop(cx, p->client_id, s.id));
	page_flash(cx, p, "success", "Later terms are not paid automatically any more.");
	return page_go(cx, p, "/client/services/%lld", (long long)p->id);
}

enum err area_service_keep(struct cx *cx, struct page *p)
{
	TRY(service_cancel_undo(cx, p->client_id, p->id));
	page_flash(cx, p, "success", "The cancellation is taken back; the service goes on.");
	return page_go(cx, p, "/client/services/%lld", (long long)p->id);
}

/* A second click leads to the invoice that the first has made. */
enum err area_service_renew(struct cx *cx, struct page *p)
{
	const struct renew in = {p->client_id, p->id, DAY_NONE};
	int64_t id;
	enum err err = renew_issue(cx, &in, &id);
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "service.invoiced") && !p->json) {
		id = cx->fault.about_id;
		cx_clear(cx);
		page_flash(cx, p, "info", "This term is invoiced already.");
		return page_go(cx, p, "/client/invoices/%lld", (long long)id);
	}
	TRY(err);
	page_set(p, "invoice_id", json_integer(id));
	page_flash(cx, p, "success", "Here is the invoice for your next term.");
	return page_go(cx, p, "/client/invoices/%lld", (long long)id);
}
