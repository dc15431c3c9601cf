/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What staff do to a service. Nothing here talks to a panel but the one-click sign-in: the verbs
 * leave an action that a job carries out.
 */
#include "base/day.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/service/service.h"
#include "db/db.h"
#include "web/staff/own.h"

static const char *const suspend_causes[] = {"staff", "abuse", NULL};

struct suspend {
	const char *cause, *reason;
};

FIELDS(suspend_fields, struct suspend,
    {.name = "cause",
        .label = "Cause",
        .type = FIELD_CHOICE,
        .choices = suspend_causes,
        .otherwise = "staff",
        .offset = offsetof(struct suspend, cause)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct suspend, reason)}, );

struct hold {
	struct day until;
	const char *reason;
};

FIELDS(hold_fields, struct hold,
    {.name = "until",
        .label = "Until",
        .type = FIELD_DAY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct hold, until)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct hold, reason)}, );

static enum err back(struct cx *cx, struct page *p)
{
	return page_go(cx, p, "/admin/services/%lld", (long long)p->id);
}

/* A wish with the reason somebody gave for it, in one transaction. */
struct wish {
	int64_t service_id;
	enum action_kind action;
	const char *suspend_cause, *reason;
};

static enum err ask_with_reason(struct cx *cx, void *arg)
{
	const struct wish *w = arg;
	const char *cause = arena_printf(cx->arena, "staff/%s", cx->trace);
	struct service s;
	int64_t id;

	TRY(service_get(cx, 0, w->service_id, &s));
	TRY(service_ask(cx, w->service_id, w->action, cause, w->suspend_cause, &id));
	json_t *data = json_pack("{s:s}", "reason", w->reason);
	enum err err =
	    event_add(cx, &(struct event){"service", s.id, "staff_ask", s.client_id, data}, NULL);
	json_decref(data);
	return err;
}

static enum err ask(struct cx *cx, struct page *p, struct wish *w)
{
	w->service_id = p->id;
	TRY(db_tx(cx, ask_with_reason, w));
	return back(cx, p);
}

enum err admin_service_suspend(struct cx *cx, struct page *p)
{
	struct suspend in;

	TRY(page_read(cx, p, &suspend_fields, &in));
	page_flash(cx, p, "success", "The service is being suspended.");
	return ask(cx, p,
	    &(struct wish){.action = ACTION_SUSPEND,
	        .suspend_cause = in.cause,
	        .reason = in.reason});
}

enum err admin_service_unsuspend(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The service is being put back online.");
	return ask(cx, p,
	    &(struct wish){.action = ACTION_UNSUSPEND,
	        .suspend_cause = "",
	        .reason = "lifted by staff"});
}

enum err admin_service_terminate(struct cx *cx, struct page *p)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	page_flash(cx, p, "success", "The service is being terminated.");
	return ask(cx, p,
	    &(struct wish){.action = ACTION_TERMINATE, .suspend_cause = "", .reason = reason});
}

enum err admin_service_password(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "A new password is being set.");
	return ask(cx, p,
	    &(struct wish){.action = ACTION_PASSWORD,
	        .suspend_cause = "",
	        .reason = "new password by staff"});
}

enum err admin_service_again(struct cx *cx, struct page *p)
{
	struct action a;

	TRY(action_get(cx, p->id2, &a));
	if (a.service_id != p->id)
		return fail(cx, ERR_NOT_FOUND, "action.none", "There is no such action.");
	TRY(action_again(cx, a.id));
	page_flash(cx, p, "success", "It is being tried again.");
	return back(cx, p);
}

enum err admin_service_cancel(struct cx *cx, struct page *p)
{
	const char *reason;
	bool at_end = !str_eq(page_body(p, "when"), "now");

	TRY(admin_reason(cx, p, &reason));
	TRY(service_cancel(cx, 0, p->id, at_end, reason));
	page_flash(cx, p, "success",
	    at_end ? "The service ends with its paid term." : "The service was cancelled.");
	return back(cx, p);
}

enum err admin_service_keep(struct cx *cx, struct page *p)
{
	TRY(service_cancel_undo(cx, 0, p->id));
	page_flash(cx, p, "success", "The cancellation was undone.");
	return back(cx, p);
}

enum err admin_service_hold(struct cx *cx, struct page *p)
{
	struct hold in;

	TRY(page_read(cx, p, &hold_fields, &in));
	TRY(service_hold(cx, p->id, in.until, in.reason));
	page_flash(cx, p, "success", "No reminder step touches this service before that day.");
	return back(cx, p);
}

enum err admin_service_renew(struct cx *cx, struct page *p)
{
	struct renew in;
	struct invoice i;
	int64_t id;

	TRY(page_read(cx, p, &renew_fields, &in));
	in.service_id = p->id;
	TRY(renew_issue(cx, &in, &id));
	TRY(invoice_get(cx, 0, id, &i));
	page_set(p, "invoice_id", json_integer(id));
	page_flash(cx, p, "success", "Invoice %s was issued.", i.number);
	return page_go(cx, p, "/admin/invoices/%lld", (long long)id);
}

/* ---- one-click sign-in at the panel ---- */

static json_t *sign_in_request(const struct service *s, const struct server *server,
    const struct client *c)
{
	return json_pack("{s:s, s:s, s:s+, s:o}", "provider", server->provider, "settings",
	    server->settings, "bound", "server:", server->key, "args",
	    json_pack("{s:o, s:s, s:s, s:s, s:s}", "key",
	        json_sprintf("svc-%lld", (long long)s->id), "domain", s->domain, "username",
	        s->username, "package", s->package, "email", c->email));
}

enum err admin_service_open(struct cx *cx, struct page *p)
{
	struct service s;
	struct server server;
	struct client c;
	struct answer a;

	TRY(service_get(cx, 0, p->id, &s));
	if (s.server_id == 0 || s.state != SERVICE_ACTIVE)
		return fail(cx, ERR_CONFLICT, "service.no_account",
		    "There is no account to sign in to.");
	TRY(server_get(cx, s.server_id, &server));
	TRY(client_get(cx, s.client_id, &c));
	json_t *request = sign_in_request(&s, &server, &c);
	enum err err = web_link(cx, p, "panel.sso", request, &a);
	json_decref(request);
	TRY(err);
	const char *url = json_string_value(json_object_get(a.data, "url"));
	if (a.outcome != OUTCOME_DONE || url == NULL)
		return fail(cx, ERR_REMOTE, "panel.sign_in",
		    "The server did not open a session: %s",
		    str_empty(a.reason) ? "no answer" : a.reason);
	return page_go_away(cx, p, url);
}
