/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intent -> ask -> act -> confirm. A job for an action first asks the panel how the account stands
 * under our key, acts only if it is not
 * as wished, and confirms only what the panel said. A lost answer is settled by asking, never by
 * doing it again blindly.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "flow/own.h"
#include "fmt/form.h"

#define ALERT_AFTER_TRIES 3

struct provisioning {
	struct worker *w;
	struct action action;
	struct service service;
	struct server server;
	const char *email;
	const char *package; /* as it is to be */
	json_t *options;
};

static const struct {
	const char *op;
	const char *wanted; /* how the account stands when it is done; NULL: cannot be seen */
} verbs[ACTION_KINDS] = {
    [ACTION_CREATE] = {"panel.create", "active"},
    [ACTION_SUSPEND] = {"panel.suspend", "suspended"},
    [ACTION_UNSUSPEND] = {"panel.unsuspend", "active"},
    [ACTION_TERMINATE] = {"panel.terminate", "absent"},
    [ACTION_PASSWORD] = {"panel.password", NULL},
    [ACTION_CHANGE_PLAN] = {"panel.change_plan", NULL},
};

static json_t *request_of(struct provisioning *p, const char *password)
{
	struct cx *cx = p->w->cx;
	const struct service *s = &p->service;
	json_t *args = json_pack("{s:O s:s s:s s:s s:s s:s s:s}", "options", p->options, "key",
	    arena_printf(cx->arena, "svc-%" PRId64, s->id), "domain", s->domain, "username",
	    s->username, "package", p->package, "email", p->email, "reason",
	    p->action.suspend_cause);
	if (password != NULL)
		json_object_set_new(args, "password", json_string(password));
	return json_pack("{s:s s:s s:s s:o}", "provider", p->server.provider, "settings",
	    p->server.settings, "bound", arena_printf(cx->arena, "server:%" PRId64, p->server.id),
	    "args", args);
}

static enum err password_of(struct provisioning *p, const char **ret)
{
	struct answer a;
	bool needed = p->action.action == ACTION_CREATE || p->action.action == ACTION_PASSWORD;
	*ret = NULL;
	if (!needed)
		return OK;
	TRY(flow_ask(p->w, "secret.open",
	    json_pack("{s:{s:s}}", "args", "sealed", p->service.secret), &a));
	if (a.outcome != OUTCOME_DONE)
		return fail(p->w->cx, ERR_RETRY, "service.secret",
		    "The account's password cannot be read: %s", a.reason);
	*ret = json_string_value(json_object_get(a.data, "text"));
	return OK;
}

/* A second chance for an account that found no server with room at first. */
static enum err server_of(struct provisioning *p)
{
	struct cx *cx = p->w->cx;
	if (p->service.server_id != 0)
		return server_get(cx, p->service.server_id, &p->server);
	enum err err = server_choose(cx, p->service.panel, &p->server);
	if (err == ERR_NOT_FOUND)
		return fail(cx, ERR_RETRY, "server.none", "No enabled server with room runs \"%s\"",
		    p->service.panel);
	TRY(err);
	return service_set_server(cx, p->service.id, p->server.id);
}

/* Not now: the action keeps the reason, staff hear of it once, the job comes again. */
static enum err later(struct provisioning *p, const char *why)
{
	struct cx *cx = p->w->cx;
	struct action a;
	TRY(action_waits(cx, p->action.id, why));
	TRY(action_get(cx, p->action.id, &a));
	if (a.tries >= ALERT_AFTER_TRIES && !a.alerted) {
		TRY(letter_write(p->w,
		    &(struct letter_wish){
		        .kind = "alert_service",
		        .cause = arena_printf(cx->arena, "action/%" PRId64 "/alert", a.id),
		        .subject = "service",
		        .subject_id = a.service_id,
		        .text = why,
		    }));
		TRY(action_alerted(cx, a.id));
	}
	return fail(cx, ERR_RETRY, "service.waits", "%s", why);
}

static enum err confirm(struct provisioning *p, const struct answer *a)
{
	return action_done(p->w->cx, p->action.id, a->data);
}

/* A refusal is final for the panel, not for us: staff read why and may try again. */
static enum err refused(struct provisioning *p, const struct answer *a)
{
	return action_attention(p->w->cx, p->action.id,
	    str_or(a->reason, "The panel refused without a reason"));
}

/* What the panel says of our key now; *ret_done: it already stands as wished. */
static enum err ask_first(struct provisioning *p, bool *ret_done, struct answer *ret)
{
	const char *wanted = verbs[p->action.action].wanted;
	*ret_done = false;
	TRY(flow_ask(p->w, "panel.find", request_of(p, NULL), ret));
	if (ret->outcome != OUTCOME_DONE)
		return later(p, ret->reason);
	const char *state = json_string_value(json_object_get(ret->data, "state"));
	*ret_done = wanted != NULL && str_eq(state, wanted);
	return OK;
}

static enum err act(struct provisioning *p)
{
	struct answer a;
	const char *password;
	TRY(password_of(p, &password));
	TRY(flow_ask(p->w, verbs[p->action.action].op, request_of(p, password), &a));
	switch (a.outcome) {
	case OUTCOME_DONE: return confirm(p, &a);
	case OUTCOME_DECLINED: return refused(p, &a);
	case OUTCOME_PENDING:
	case OUTCOME_NOT_TRIED:
	case OUTCOME_UNKNOWN:
	case OUTCOMES: break;
	}
	return later(p, str_or(a.reason, "The panel gave no answer"));
}

enum err provision_run(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct provisioning p = {.w = w};
	struct client client;
	struct answer found;
	bool done;
	TRY(action_get(cx, j->subject_id, &p.action));
	TRY(action_asked(cx, p.action.id, p.action.detail));
	TRY(action_get(cx, j->subject_id, &p.action));
	if (!str_eq(p.action.state, "asked"))
		return OK; /* dropped: the reason for it is gone */
	TRY(service_get(cx, 0, p.action.service_id, &p.service));
	TRY(client_get(cx, p.service.client_id, &client));
	p.email = client.email;
	TRY(action_target(cx, &p.action, &p.package, &p.options));
	enum err err = server_of(&p);
	if (err == ERR_RETRY)
		return later(&p, arena_strdup(cx->arena, cx->fault.detail));
	TRY(err);
	TRY(ask_first(&p, &done, &found));
	return done ? confirm(&p, &found) : act(&p);
}
