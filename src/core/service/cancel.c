/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cancellation: now or at the end of the paid term, undone while it waits, carried out by the
 * sweep.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/service/own.h"
#include "fmt/form.h"

struct cancel {
	int64_t client_id, id;
	bool at_end;
	const char *reason;
};

/* Unpaid documents over nothing but this service are taken back; shared ones stay for staff. */
static enum err credit_unpaid(struct cx *cx, const struct service *s)
{
	int64_t *ids, note;
	size_t n;
	bool existing;
	TRY(invoice_list_only(cx, s->id, &ids, &n));
	for (size_t i = 0; i < n; i++)
		TRY(credit_note_full(cx, ids[i], "Service cancelled", &note, &existing));
	return n == 0 ? OK : service_recount(cx, ids[0]);
}

/* By policy unused paid days become credit, never more than is left of their documents. */
static enum err credit_unused(struct cx *cx, const struct service *s,
    const struct settings *settings)
{
	struct credit_service unused;
	if (str_eq(settings->billing_cancel_credit, "none") || !day_set(s->paid_until))
		return OK;
	TRY(change_unused(cx, s, settings, &unused));
	return credit_note_service(cx, &unused);
}

/* Carries it out: what never ran just ends, what runs is taken off its panel first. */
static enum err carry_out(struct cx *cx, const struct service *s, const char *cause)
{
	TRY(change_drop(cx, s->id, "The service ends"));
	TRY(credit_unpaid(cx, s));
	if (s->state == SERVICE_ACTIVE || s->state == SERVICE_SUSPENDED)
		return service_ask_within(cx, s, ACTION_TERMINATE, cause, "", NULL);
	for (int a = 0; a < ACTION_KINDS; a++)
		TRY(action_store_drop(cx, s->id, (enum action_kind)a, "The service was cancelled"));
	TRY(plan_take_stock(cx, s->plan_id, -s->quantity));
	return service_apply(cx, s->id, SERVICE_CANCEL, cause);
}

enum err service_cancel_addon(struct cx *cx, const struct service *s, const char *cause)
{
	struct settings settings;
	TRY(setting_load(cx, &settings));
	if (s->state == SERVICE_ACTIVE || s->state == SERVICE_SUSPENDED)
		TRY(credit_unused(cx, s, &settings));
	return carry_out(cx, s, cause);
}

static enum err cancel_body(struct cx *cx, void *arg)
{
	const struct cancel *c = arg;
	struct service s;
	struct settings settings;
	TRY(service_store_get(cx, c->client_id, c->id, &s));
	TRY(setting_load(cx, &settings));
	struct day today = setting_today(cx, &settings);
	if (fsm_next(&service_fsm, (int)s.state, SERVICE_CANCEL) < 0)
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "Service %" PRId64 " is %s: cannot cancel", s.id, service_fsm.states[s.state]);
	bool running = s.state == SERVICE_ACTIVE || s.state == SERVICE_SUSPENDED;
	bool later = c->at_end && running && day_set(s.paid_until) && s.paid_until.n > today.n;
	struct day on = later ? s.paid_until : today;
	TRY(change_drop(cx, s.id, "The service ends"));
	TRY(service_store_set_cancel(cx, s.id, on, c->reason));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:b}", "on", day_print(cx->arena, on), "reason", c->reason,
	        "at_end", later));
	const char *what = later ? "cancel_request" : "cancel_now";
	TRY(event_add(cx, &(struct event){"service", s.id, what, s.client_id, data}, NULL));
	if (later)
		return service_addons_cancel(cx, &s, on);
	TRY(credit_unused(cx, &s, &settings));
	return carry_out(cx, &s, arena_printf(cx->arena, "cancel/%" PRId64, cx->now));
}

enum err service_cancel(struct cx *cx, int64_t client_id, int64_t id, bool at_end,
    const char *reason)
{
	return db_tx(cx, cancel_body, &(struct cancel){client_id, id, at_end, str_or(reason, "")});
}

static enum err undo_body(struct cx *cx, void *arg)
{
	const struct cancel *c = arg;
	struct service s;
	struct settings settings;
	TRY(service_store_get(cx, c->client_id, c->id, &s));
	TRY(setting_load(cx, &settings));
	bool waits = day_set(s.cancel_on) && s.cancel_on.n > setting_today(cx, &settings).n;
	if (!waits)
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "There is no cancellation left to undo");
	TRY(service_store_set_cancel(cx, s.id, DAY_NONE, ""));
	TRY(service_addons_cancel(cx, &s, DAY_NONE));
	return event_add(cx, &(struct event){"service", s.id, "cancel_undo", s.client_id, NULL},
	    NULL);
}

enum err service_cancel_undo(struct cx *cx, int64_t client_id, int64_t id)
{
	return db_tx(cx, undo_body, &(struct cancel){.client_id = client_id, .id = id});
}

static enum err due_body(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg;
	struct service s;
	TRY(service_store_get(cx, 0, id, &s));
	bool running = s.state == SERVICE_ACTIVE || s.state == SERVICE_SUSPENDED;
	if (!running || !day_set(s.cancel_on))
		return OK;
	const char *cause = arena_printf(cx->arena, "cancel/%s", day_print(cx->arena, s.cancel_on));
	/* An add-on may be paid beyond the end of its parent. */
	return s.parent_id != 0 ? service_cancel_addon(cx, &s, cause) : carry_out(cx, &s, cause);
}

enum err service_cancel_due(struct cx *cx, struct day today, int64_t limit, int64_t *ret_n)
{
	int64_t *ids;
	size_t n;
	TRY(service_store_cancel_due(cx, today, limit, &ids, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_tx(cx, due_body, &ids[i]));
	*ret_n = (int64_t)n;
	return OK;
}
