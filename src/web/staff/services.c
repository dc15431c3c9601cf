/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services for staff: the list and one service with its facts, actions and history. What can be
 * done to it is service_do.c.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/service/service.h"
#include "flow/flow.h"
#include "link/link.h"
#include "web/addon.h"
#include "web/change.h"
#include "web/staff/own.h"

enum err admin_services(struct cx *cx, struct page *p)
{
	struct service_filter f = {.client_id = page_query_int(p, "client_id"),
	    .q = page_query(p, "q"),
	    .server_id = page_query_int(p, "server_id"),
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;

	TRY(service_list(cx, &f, &rows));
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Services");
	admin_filter(p);
	admin_chips(cx, p, "state", "service");
	page_list(cx, p, rows, f.limit);
	return OK;
}

/* Which buttons the state and the panel's abilities allow. */
static json_t *can(const struct service *s)
{
	const struct panel_provider *panel = link_panel(s->panel);
	bool lives = s->state == SERVICE_ACTIVE || s->state == SERVICE_SUSPENDED;
	bool has_account = panel != NULL && s->server_id != 0 && lives;
	bool leaves = s->cancel_on.n != INT32_MIN;

	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}", "suspend",
	    s->state == SERVICE_ACTIVE, "unsuspend", s->state == SERVICE_SUSPENDED, "terminate",
	    lives, "password", has_account && (panel->abilities & PANEL_PASSWORD) != 0, "open",
	    has_account && s->state == SERVICE_ACTIVE && (panel->abilities & PANEL_SSO) != 0,
	    "cancel", !leaves && s->state != SERVICE_CANCELLED && s->state != SERVICE_TERMINATED,
	    "keep", leaves && lives, "hold", lives, "price", lives && day_set(s->billed_until),
	    "due", s->state == SERVICE_ACTIVE && day_set(s->billed_until) && !leaves, "transfer",
	    lives, "renew", s->state == SERVICE_ACTIVE && day_set(s->billed_until));
}

static enum err put_server(struct cx *cx, struct page *p, int64_t id)
{
	struct server server;

	if (id == 0) {
		page_set(p, "server", NULL);
		return OK;
	}
	TRY(server_get(cx, id, &server));
	page_set(p, "server",
	    json_pack("{s:I, s:s, s:s}", "id", (json_int_t)id, "name", server.name, "error",
	        server.error));
	return OK;
}

/* Days under names that are also printed for people. */
static void put_days(json_t *service)
{
	json_object_set(service, "billed_on", json_object_get(service, "billed_until"));
	json_object_set(service, "hold_on", json_object_get(service, "hold_until"));
	json_object_set_new(service, "many",
	    json_boolean(json_integer_value(json_object_get(service, "quantity")) > 1));
}

enum err admin_service(struct cx *cx, struct page *p)
{
	struct service s;
	struct client c;
	json_t *tree, *actions, *action, *open;
	size_t i;

	p->leaves = true; /* to the panel */
	TRY(service_get(cx, 0, p->id, &s));
	TRY(service_view(cx, &s, &tree));
	TRY(client_get(cx, s.client_id, &c));
	TRY(action_list(cx, s.id, false, &actions));
	json_array_foreach(actions, i, action)
		json_object_set_new(action, "stuck",
		    json_boolean(
		        str_eq(json_string_value(json_object_get(action, "state")), "attention")));
	page_title(cx, p, "%s", str_empty(s.domain) ? s.plan_name : s.domain);
	put_days(tree);
	page_put(p, "service", tree);
	page_put(p, "client", client_view(cx, &c));
	page_put(p, "actions", actions);
	TRY(web_change_put(cx, p, &s, &open));
	TRY(web_addons_put(cx, p, &s));
	page_set(p, "can", can(&s));
	page_set(p, "may_change", json_boolean(web_change_may(&s, open)));
	TRY(put_server(cx, p, s.server_id));
	TRY(renew_offer(cx, &(struct renew){.service_id = s.id, .from = s.billed_until}, &open));
	page_put(p, "renewal", open);
	page_form(cx, p, "transfer", &transfer_fields, NULL);
	return admin_put_events(cx, p,
	    &(struct event_filter){.subject = "service", .subject_id = s.id});
}
