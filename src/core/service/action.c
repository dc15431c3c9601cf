/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is owed to a panel: intent -> asked -> done, each wish once per (service, action, cause).
 * Here are the wish and its bookkeeping; flow
 * asks the panel. A service changes state only when the panel confirmed, so that our word and the
 * server's agree.
 */
#include <inttypes.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/job/job.h"
#include "core/payment/payment.h"
#include "core/service/own.h"
#include "fmt/form.h"

/*
 * An account name, a server and a sealed password, fixed before the panel is first asked, so that
 * every retry asks for the same.
 */
static enum err prepare_account(struct cx *cx, const struct service *s)
{
	struct settings settings;
	struct server server = {0};
	TRY(setting_load(cx, &settings));
	enum err err = server_choose(cx, s->panel, &server);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx); /* no server with room yet: the job says so and tries again */
	char *sealed =
	    crypto_seal(cx->arena, settings.link_public_key, crypto_password(cx->arena, 16));
	if (sealed == NULL)
		return fail(cx, ERR_INTERNAL, "link.no_key",
		    "The installation has no link key; run \"billhook init\"");
	return service_store_set_account(cx, s->id, service_username(cx->arena, s->domain, s->id),
	    server.id, sealed);
}

static enum err action_fits(struct cx *cx, const struct service *s, enum action_kind action)
{
	bool running = s->state == SERVICE_ACTIVE || s->state == SERVICE_SUSPENDED;
	const bool fits[ACTION_KINDS] = {
	    [ACTION_CREATE] = s->state == SERVICE_PENDING,
	    [ACTION_SUSPEND] = s->state == SERVICE_ACTIVE,
	    [ACTION_UNSUSPEND] = s->state == SERVICE_SUSPENDED,
	    [ACTION_TERMINATE] = running,
	    [ACTION_PASSWORD] = s->state == SERVICE_ACTIVE,
	    [ACTION_CHANGE_PLAN] = running,
	};
	if (fits[action])
		return OK;
	return fail(cx, ERR_CONFLICT, "service.refused", "Service %" PRId64 " is %s: cannot %s",
	    s->id, service_fsm.states[s->state], action_words[action]);
}

static enum err ask_row(struct cx *cx, const struct service *s, const struct action *row,
    int64_t run_at, int64_t *ret_id)
{
	enum action_kind action = row->action;
	int64_t id;
	TRY(action_fits(cx, s, action));
	TRY(action_store_insert(cx, row, &id));
	*ret_id = id;
	if (id == 0)
		return OK;
	if (action == ACTION_CREATE)
		TRY(service_apply(cx, s->id, SERVICE_SET_UP, NULL));
	if (str_empty(s->panel))
		return action_done(cx, id, NULL);
	if (action == ACTION_CREATE)
		TRY(prepare_account(cx, s));
	struct job_new job = {
	    .kind = "service.provision",
	    .key = arena_printf(cx->arena, "action/%" PRId64, id),
	    .subject = "action",
	    .subject_id = id,
	    .client_id = s->client_id,
	    .run_at = run_at,
	};
	TRY(job_add(cx, &job, NULL));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s}", "action", action_words[action], "cause", row->cause));
	return event_add(cx, &(struct event){"service", s->id, "ask", s->client_id, data}, NULL);
}

enum err service_ask_within(struct cx *cx, const struct service *s, enum action_kind action,
    const char *cause, const char *suspend_cause, int64_t *ret_id)
{
	const struct action row = {.service_id = s->id,
	    .action = action,
	    .cause = cause,
	    .suspend_cause = suspend_cause,
	    .detail = ""};
	int64_t id;
	TRY(ask_row(cx, s, &row, 0, &id));
	if (ret_id != NULL)
		*ret_id = id;
	return OK;
}

enum err service_ask_change_at(struct cx *cx, const struct service *s, const char *cause,
    int64_t run_at)
{
	const struct action row = {.service_id = s->id,
	    .action = ACTION_CHANGE_PLAN,
	    .cause = cause,
	    .suspend_cause = "",
	    .detail = ""};
	int64_t id;
	return ask_row(cx, s, &row, run_at, &id);
}

struct ask {
	int64_t id, action_id;
	enum action_kind action;
	const char *cause, *suspend_cause;
};

static enum err ask_body(struct cx *cx, void *arg)
{
	struct ask *a = arg;
	struct service s;
	TRY(service_store_get(cx, 0, a->id, &s));
	return service_ask_within(cx, &s, a->action, a->cause, a->suspend_cause, &a->action_id);
}

enum err service_ask(struct cx *cx, int64_t id, enum action_kind action, const char *cause,
    const char *suspend_cause, int64_t *ret_id)
{
	struct ask a = {.id = id, .action = action, .cause = cause, .suspend_cause = suspend_cause};
	TRY(db_tx(cx, ask_body, &a));
	if (ret_id != NULL)
		*ret_id = a.action_id;
	return OK;
}

enum err service_debt_check(struct cx *cx, const struct service *s, int64_t invoice_id)
{
	struct settings settings;
	struct invoice i;
	bool pending;
	TRY(setting_load(cx, &settings));
	TRY(invoice_get(cx, 0, invoice_id, &i));
	struct day today = setting_today(cx, &settings);
	bool unpaid = (i.state == INVOICE_OPEN || i.state == INVOICE_OVERDUE) &&
	    i.balance_minor > 0 && i.due_on.n < today.n;
	if (!unpaid)
		return fail(cx, ERR_CONFLICT, "service.no_debt", "Invoice %s is not overdue",
		    str_or(i.number, ""));
	TRY(attempt_pending(cx, invoice_id, &pending));
	if (pending)
		return fail(cx, ERR_CONFLICT, "service.payment_pending",
		    "A payment of invoice %s is being processed", i.number);
	TRY(payment_is_disputed(cx, invoice_id, &pending));
	if (pending)
		return fail(cx, ERR_CONFLICT, "service.disputed",
		    "A payment of invoice %s is in dispute", i.number);
	if (day_set(s->hold_until) && s->hold_until.n > today.n)
		return fail(cx, ERR_CONFLICT, "service.held", "Staff asked to wait until %s",
		    day_print(cx->arena, s->hold_until));
	return OK;
}

struct debt {
	int64_t service_id, invoice_id;
};

static enum err debt_body(struct cx *cx, void *arg)
{
	const struct debt *d = arg;
	struct service s;
	TRY(service_store_get(cx, 0, d->service_id, &s));
	TRY(service_debt_check(cx, &s, d->invoice_id));
	const char *cause =
	    arena_printf(cx->arena, "debt/%" PRId64 "/%" PRId64, d->invoice_id, cx->now);
	return service_ask_within(cx, &s, ACTION_SUSPEND, cause, "debt", NULL);
}

enum err service_suspend_for_debt(struct cx *cx, int64_t service_id, int64_t invoice_id)
{
	return db_tx(cx, debt_body, &(struct debt){service_id, invoice_id});
}

struct step {
	int64_t id;
	const char *detail;
	const json_t *data;
};

/* The invoice a debt suspension is about: "debt/<invoice>/…"; 0 for any other action. */
static int64_t debt_invoice(struct cx *cx, const struct action *a)
{
	size_t n;
	int64_t id = 0;
	char **parts = str_split(cx->arena, a->cause, '/', &n);
	bool debt = a->action == ACTION_SUSPEND && n >= 2 && str_eq(parts[0], "debt");
	return debt && str_int(parts[1], &id) ? id : 0;
}

/* The last look before the panel is called: a debt paid since then drops the suspension. */
static enum err asked_body(struct cx *cx, void *arg)
{
	const struct step *t = arg;
	struct action a;
	struct service s;
	TRY(action_get(cx, t->id, &a));
	TRY(service_store_get(cx, 0, a.service_id, &s));
	int64_t invoice = debt_invoice(cx, &a);
	if (invoice != 0 && str_eq(a.state, "intent")) {
		enum err err = service_debt_check(cx, &s, invoice);
		if (err == ERR_CONFLICT) {
			const char *why = arena_strdup(cx->arena, cx->fault.detail);
			cx_clear(cx);
			return action_store_set(cx, a.id, NULL, "dropped", why);
		}
		TRY(err);
	}
	return action_store_tried(cx, a.id, t->detail);
}

enum err action_asked(struct cx *cx, int64_t id, const char *detail)
{
	return db_tx(cx, asked_body, &(struct step){.id = id, .detail = detail});
}

/* Paid while the panel was suspending: lift it again at once. */
static enum err lift_if_paid(struct cx *cx, const struct action *a)
{
	struct service s;
	int64_t invoice = debt_invoice(cx, a);
	if (invoice == 0)
		return OK;
	TRY(service_store_get(cx, 0, a->service_id, &s));
	enum err err = service_debt_check(cx, &s, invoice);
	if (err != ERR_CONFLICT)
		return err;
	bool paid = str_eq(cx->fault.key, "service.no_debt");
	cx_clear(cx);
	if (!paid)
		return OK;
	return service_ask_within(cx, &s, ACTION_UNSUSPEND,
	    arena_printf(cx->arena, "paid/action/%" PRId64, a->id), "", NULL);
}

static enum err done_body(struct cx *cx, void *arg)
{
	const struct step *t = arg;
	struct action a;
	TRY(action_get(cx, t->id, &a));
	TRY(action_store_set(cx, a.id, NULL, "done", ""));
	const char *username =
	    t->data == NULL ? NULL : json_string_value(json_object_get(t->data, "username"));
	if (a.action == ACTION_CREATE && !str_empty(username))
		TRY(service_store_set_account(cx, a.service_id, username, 0, ""));
	if (a.action == ACTION_CHANGE_PLAN)
		TRY(change_applied(cx, &a));
	enum service_event event = service_action_event(a.action, a.cause);
	if (event != SERVICE_EVENTS)
		TRY(service_apply(cx, a.service_id, event,
		    a.action == ACTION_SUSPEND ? a.suspend_cause : a.cause));
	return lift_if_paid(cx, &a);
}

enum err action_done(struct cx *cx, int64_t id, const json_t *data)
{
	return db_tx(cx, done_body, &(struct step){.id = id, .data = data});
}

static enum err waits_body(struct cx *cx, void *arg)
{
	const struct step *t = arg;
	return action_store_set(cx, t->id, "asked", "asked", t->detail);
}

enum err action_waits(struct cx *cx, int64_t id, const char *detail)
{
	return db_tx(cx, waits_body, &(struct step){.id = id, .detail = detail});
}

static enum err attention_body(struct cx *cx, void *arg)
{
	const struct step *t = arg;
	struct action a;
	struct service s;
	TRY(action_get(cx, t->id, &a));
	TRY(action_store_set(cx, a.id, NULL, "attention", t->detail));
	TRY(service_store_get(cx, 0, a.service_id, &s));
	if (a.action == ACTION_CREATE && s.state == SERVICE_PROVISIONING)
		TRY(service_apply(cx, s.id, SERVICE_FAIL, t->detail));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s}", "action", action_words[a.action], "detail", t->detail));
	return event_add(cx, &(struct event){"service", s.id, "attention", s.client_id, data},
	    NULL);
}

enum err action_attention(struct cx *cx, int64_t id, const char *detail)
{
	return db_tx(cx, attention_body, &(struct step){.id = id, .detail = detail});
}

static enum err again_body(struct cx *cx, void *arg)
{
	const struct step *t = arg;
	struct action a;
	struct service s;
	TRY(action_get(cx, t->id, &a));
	TRY(service_store_get(cx, 0, a.service_id, &s));
	if (!str_eq(a.state, "attention") && !str_eq(a.state, "asked") &&
	    !str_eq(a.state, "intent"))
		return fail(cx, ERR_CONFLICT, "action.over", "The action is %s already", a.state);
	TRY(action_store_set(cx, a.id, NULL, "asked", "Staff asked to try again"));
	if (s.state == SERVICE_ATTENTION)
		TRY(service_apply(cx, s.id, SERVICE_AGAIN, NULL));
	if (s.server_id == 0)
		TRY(prepare_account(cx, &s));
	struct job_new job = {
	    .kind = "service.provision",
	    .key = arena_printf(cx->arena, "action/%" PRId64 "/again/%" PRId64, a.id, a.tries),
	    .subject = "action",
	    .subject_id = a.id,
	    .client_id = s.client_id,
	};
	TRY(job_add(cx, &job, NULL));
	json_t *data = json_keep(cx, json_pack("{s:s}", "action", action_words[a.action]));
	return event_add(cx, &(struct event){"service", s.id, "try_again", s.client_id, data},
	    NULL);
}

enum err action_again(struct cx *cx, int64_t id)
{
	return db_tx(cx, again_body, &(struct step){.id = id});
}

static enum err alerted_body(struct cx *cx, void *arg)
{
	return action_store_alerted(cx, ((const struct step *)arg)->id);
}

enum err action_alerted(struct cx *cx, int64_t id)
{
	return db_tx(cx, alerted_body, &(struct step){.id = id});
}
