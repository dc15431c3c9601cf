/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking the ladder over unpaid invoices. Each step is recorded in the transaction of its effect,
 * so it happens once; taking things away
 * needs reminders that went out, no payment under way, no hold, a credible clock, and for
 * terminations room under the cap of the run.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/dunning/dunning.h"
#include "core/event/event.h"
#include "core/job/job.h"
#include "core/notice/notice.h"
#include "core/payment/payment.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

struct ladder {
	struct worker *w;
	struct settings settings;
	struct dunning_set all; /* every ladder */
	bool by_plan;
	struct day today;
	int64_t run_id, terminate_left;
	bool clock_held;
};

struct taking {
	struct ladder *l;
	const struct invoice *invoice;
	const struct dunning_step *step;
};

static enum err ladder_load(struct worker *w, int64_t run_id, struct ladder *ret)
{
	struct ladder l = {.w = w, .run_id = run_id};
	struct dunning_step *steps;
	int64_t active;
	TRY(setting_load(w->cx, &l.settings));
	TRY(dunning_ladder(w->cx, &steps, &l.all.n));
	l.all.steps = steps;
	l.by_plan = dunning_by_plan(&l.all);
	TRY(service_count(w->cx, NULL, &active));
	TRY(flow_clock_held(w->cx, &l.settings, &l.clock_held));
	l.today = setting_today(w->cx, &l.settings);
	int64_t share = active * l.settings.automation_terminate_ppm / 1000000;
	l.terminate_left = share > l.settings.automation_terminate_max ?
	    share :
	    l.settings.automation_terminate_max;
	*ret = l;
	return OK;
}

/* The day an invoice was opened again after it had been paid; its due day when it never was. */
static enum err reopened_on(const struct ladder *l, const struct invoice *i, struct day *ret)
{
	json_t *list;
	int64_t at;
	struct event_filter f = {.subject = "invoice",
	    .subject_id = i->id,
	    .name = "reopen",
	    .limit = 1,
	    .newest = true};
	*ret = i->due_on;
	TRY(event_list(l->w->cx, &f, &list));
	if (instant_parse(str_or(json_string_value(json_object_get(json_array_get(list, 0), "at")),
	                      ""),
	        &at))
		*ret = zone_day(l->settings.company_zone, at);
	return OK;
}

static enum err remind(struct cx *cx, const struct taking *t)
{
	struct day since;
	TRY(reopened_on(t->l, t->invoice, &since));
	/* An invoice opened again is reminded of again. */
	const char *round = since.n > t->invoice->due_on.n ?
	    arena_printf(cx->arena, "/%s", day_print(cx->arena, since)) :
	    "";
	struct job_new job = {
	    .kind = arena_printf(cx->arena, "letter.%s", t->step->letter),
	    .key = arena_printf(cx->arena, "dunning/%" PRId64 "/%" PRId64 "%s", t->invoice->id,
	        t->step->id, round),
	    .subject = "invoice",
	    .subject_id = t->invoice->id,
	    .client_id = t->invoice->client_id,
	};
	return job_add(cx, &job, NULL);
}

/* A late fee is a document of its own: the overdue one is never edited. */
static enum err fee(struct cx *cx, const struct taking *t)
{
	struct tax_table taxes;
	struct rate_table rates;
	struct client client;
	struct invoice_plan plan;
	int64_t id;
	const struct invoice *i = t->invoice;
	int64_t amount = dunning_fee(t->step, i->balance_minor), round = t->step->round;
	/* No fee for a late fee, or each would bear the next. */
	if (amount <= 0 || str_starts(str_or(i->cause, ""), "fee/"))
		return OK;
	TRY(tax_load(cx, &taxes));
	TRY(rate_load(cx, t->l->today, &rates));
	TRY(client_get(cx, i->client_id, &client));
	struct invoice_line line = {"fee", 0,
	    round == 0 ? arena_printf(cx->arena, "Late fee for invoice %s", i->number) :
	                 arena_printf(cx->arena, "Late fee %" PRId64 " for invoice %s", round + 1,
	                     i->number),
	    "fee", DAY_NONE, DAY_NONE, 1, amount};
	struct invoice_request r = {
	    .settings = &t->l->settings,
	    .taxes = &taxes,
	    .client = &client,
	    .cause = arena_printf(cx->arena, "fee/%" PRId64 "/%" PRId64 "%s", i->id, t->step->id,
	        round == 0 ? "" : arena_printf(cx->arena, "/%" PRId64, round)),
	    .currency = i->currency,
	    .issued_on = t->l->today,
	    .due_on = t->l->today,
	    .rates = &rates,
	    .lines = &line,
	    .lines_n = 1,
	};
	TRY(invoice_plan(cx, &r, &plan));
	return invoice_commit(cx, &plan, &id);
}

/* Was the client told? Reminders on record, at least one letter sent, none bounced. */
static enum err told(struct cx *cx, const struct invoice *i)
{
	int64_t reminders, sent, bounced;
	TRY(dunning_reminded(cx, i->id, &reminders));
	TRY(letter_count(cx, "invoice", i->id, &sent, &bounced));
	if (bounced > 0)
		return fail(cx, ERR_CONFLICT, "dunning.bounced",
		    "A letter about invoice %s bounced", i->number);
	if (reminders == 0 || sent == 0)
		return fail(cx, ERR_CONFLICT, "dunning.not_told",
		    "The client was not reminded of invoice %s yet", i->number);
	return OK;
}

static enum err suspend(struct cx *cx, const struct taking *t)
{
	int64_t *ids;
	size_t n;
	TRY(told(cx, t->invoice));
	TRY(invoice_services(cx, t->invoice->id, &ids, &n));
	for (size_t k = 0; k < n; k++) {
		struct service s;
		TRY(service_get(cx, 0, ids[k], &s));
		if (s.state == SERVICE_ACTIVE)
			TRY(service_suspend_for_debt(cx, ids[k], t->invoice->id));
	}
	return OK;
}

static enum err terminate(struct cx *cx, const struct taking *t)
{
	int64_t *ids;
	size_t n;
	TRY(told(cx, t->invoice));
	TRY(invoice_services(cx, t->invoice->id, &ids, &n));
	for (size_t k = 0; k < n; k++) {
		struct service s;
		TRY(service_get(cx, 0, ids[k], &s));
		/* Only what stands suspended for debt: termination never comes as a surprise. */
		if (s.state == SERVICE_ACTIVE)
			return fail(cx, ERR_CONFLICT, "dunning.not_suspended",
			    "Service %" PRId64 " is not suspended yet", s.id);
		if (s.state != SERVICE_SUSPENDED || !str_eq(s.suspend_cause, "debt"))
			continue;
		TRY(service_debt_check(cx, &s, t->invoice->id));
		TRY(service_ask(cx, s.id, ACTION_TERMINATE,
		    arena_printf(cx->arena, "debt/%" PRId64, t->invoice->id), "", NULL));
	}
	return OK;
}

static enum err (*const takers[DUNNING_ACTIONS])(struct cx *cx, const struct taking *t) = {
    [DUNNING_REMIND] = remind,
    [DUNNING_FEE] = fee,
    [DUNNING_SUSPEND] = suspend,
    [DUNNING_TERMINATE] = terminate,
};

/* The invoice is read again inside the transaction that decides. */
static enum err take_body(struct cx *cx, void *arg)
{
	struct taking t = *(const struct taking *)arg;
	struct invoice fresh;
	TRY(invoice_get(cx, 0, t.invoice->id, &fresh));
	if (fresh.state != INVOICE_OPEN && fresh.state != INVOICE_OVERDUE)
		return fail(cx, ERR_CONFLICT, "dunning.paid", "Invoice %s is not open any more",
		    fresh.number);
	if (day_set(fresh.hold_until) && t.l->today.n < fresh.hold_until.n)
		return fail(cx, ERR_CONFLICT, "dunning.held", "Invoice %s is held", fresh.number);
	t.invoice = &fresh;
	TRY(dunning_record(cx, fresh.id, t.step, "done"));
	TRY(takers[t.step->action](cx, &t));
	json_t *data =
	    json_keep(cx, json_pack("{s:I s:I}", "step_id", t.step->id, "days", t.step->days));
	return event_add(cx, &(struct event){"invoice", fresh.id, "dunning", fresh.client_id, data},
	    NULL);
}

/* Brakes that need no look at the invoice. NULL: go on. */
static const char *braked(const struct ladder *l, const struct dunning_step *step)
{
	bool takes_away = step->action == DUNNING_SUSPEND || step->action == DUNNING_TERMINATE;
	if (takes_away && l->clock_held)
		return "held: the clock jumped; staff must confirm it";
	if (step->action == DUNNING_TERMINATE && l->terminate_left <= 0)
		return "held: the most terminations of one run are reached";
	return NULL;
}

/* Nothing is taken from somebody who was not told; staff hear once that they have to tell him. */
static enum err held_body(struct cx *cx, void *arg)
{
	const struct taking *t = arg;
	int64_t *ids, event_id, job_id;
	size_t n;
	const char *why = arena_printf(cx->arena,
	    "Not taken away although invoice %s is overdue: the client was not reached by "
	    "mail.",
	    t->invoice->number);
	TRY(invoice_services(cx, t->invoice->id, &ids, &n));
	if (n == 0)
		return OK;
	json_t *data =
	    json_keep(cx, json_pack("{s:s s:I}", "detail", why, "invoice_id", t->invoice->id));
	TRY(event_add(cx, &(struct event){"service", ids[0], "held", t->invoice->client_id, data},
	    &event_id));
	struct job_new job = {
	    .kind = "letter.alert_service",
	    .key =
	        arena_printf(cx->arena, "held/%" PRId64 "/%" PRId64, t->invoice->id, t->step->id),
	    .subject = "service",
	    .subject_id = ids[0],
	    .event_id = event_id,
	};
	TRY(job_add(cx, &job, &job_id));
	return job_id != 0 ? OK : fail(cx, ERR_CONFLICT, "dunning.alerted", "Staff know already");
}

static enum err tell_staff(struct cx *cx, struct taking *t)
{
	enum err err = db_tx(cx, held_body, t);
	if (err != ERR_CONFLICT || !str_eq(cx->fault.key, "dunning.alerted"))
		return err;
	cx_clear(cx);
	return OK;
}

static const char *const done_words[DUNNING_ACTIONS] = {"reminded", "fee invoiced",
    "suspension asked", "termination asked"};

static enum err take(struct ladder *l, const struct invoice *i, const struct dunning_step *step,
    struct run_sum *sum)
{
	struct cx *cx = l->w->cx;
	struct run_item item = {"invoice", i->id, "skipped", braked(l, step), 0};
	if (item.reason == NULL) {
		enum err err = db_tx(cx, take_body, &(struct taking){l, i, step});
		bool refused = err == ERR_CONFLICT && !str_starts(cx->fault.key, "db.");
		bool not_told = str_eq(cx->fault.key, "dunning.bounced") ||
		    str_eq(cx->fault.key, "dunning.not_told");
		item.result = err == OK ? "done" : refused ? "skipped" : "failed";
		item.reason = err == OK ? done_words[step->action] :
		                          arena_strdup(cx->arena, cx->fault.detail);
		item.next_at = err == OK || refused ? 0 : cx->now + 3600;
		if (err == OK && step->action == DUNNING_TERMINATE)
			l->terminate_left--;
		cx_clear(cx);
		if (refused && not_told)
			TRY(tell_staff(cx, &(struct taking){l, i, step}));
	}
	return flow_note(l->w, l->run_id, sum, &item);
}

static enum err record_superseded(struct cx *cx, void *arg)
{
	const struct taking *t = arg;
	enum err err = dunning_record(cx, t->invoice->id, t->step, "superseded");
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "dunning.done")) {
		cx_clear(cx);
		return OK;
	}
	return err;
}

/*
 * The one plan of all services an invoice is about; 0 when there are none or several. Asked only
 * when some ladder needs it.
 */
static enum err plan_id_of(struct ladder *l, const struct invoice *i, int64_t *ret)
{
	int64_t *ids, plan_id = 0;
	size_t n;
	bool several = false;
	*ret = 0;
	if (!l->by_plan)
		return OK;
	TRY(invoice_services(l->w->cx, i->id, &ids, &n));
	for (size_t k = 0; k < n; k++) {
		struct service s;
		TRY(service_get(l->w->cx, 0, ids[k], &s));
		several = several || (k > 0 && s.plan_id != plan_id);
		plan_id = s.plan_id;
	}
	*ret = several ? 0 : plan_id;
	return OK;
}

static bool takes_away(const struct dunning_plan *p)
{
	for (size_t k = 0; k < p->take_n; k++)
		if (p->take[k]->action != DUNNING_REMIND)
			return true;
	return false;
}

/* What is due for one invoice by the ladder and the days of grace of its client. */
static enum err plan_of(struct ladder *l, const struct invoice *i, const struct client *c,
    struct dunning_plan *ret)
{
	int64_t *done, plan_id;
	size_t n;
	TRY(plan_id_of(l, i, &plan_id));
	TRY(dunning_done_of(l->w->cx, i->id, &done, &n));
	struct dunning_set set = dunning_choose(l->w->cx->arena, &l->all,
	    &(struct dunning_owner){c->id, c->group_id, plan_id, c->pays_by});
	struct dunning_input in = {set.steps, set.n, done, n, i->due_on, l->today,
	    client_grace(c, l->settings.dunning_grace_days), i->issued_on};
	dunning_plan(&in, ret);
	if (!takes_away(ret))
		return OK;
	/*
	 * Money that came and went again starts the ladder anew: nothing is taken the day it goes.
	 */
	TRY(reopened_on(l, i, &in.due_on));
	if (in.due_on.n > i->due_on.n)
		dunning_plan(&in, ret);
	return OK;
}

/* Staff said "not before": for this document, or for all of this client. NULL: go on. */
static const char *held_until(const struct ladder *l, const struct invoice *i,
    const struct client *c)
{
	if (day_set(i->hold_until) && l->today.n < i->hold_until.n)
		return "held: not before the day set on the invoice";
	if (day_set(c->hold_until) && l->today.n < c->hold_until.n)
		return "held: not before the day set on the client";
	return NULL;
}

/* The clients of a slice of invoices, in one statement. */
static enum err clients_of(struct cx *cx, const struct invoice *rows, size_t n, struct client **ret)
{
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, n);
	for (size_t i = 0; i < n; i++)
		ids[i] = rows[i].client_id;
	return client_get_many(cx, ids, n, ret);
}

static enum err walk_one(struct ladder *l, const struct invoice *i, const struct client *c,
    struct run_sum *sum)
{
	struct dunning_plan p;
	bool pending;
	if (invoice_is_funds(i))
		return OK; /* a wish, not a debt */
	TRY(plan_of(l, i, c, &p));
	if (p.take_n == 0 && p.superseded_n == 0)
		return OK;
	const char *held = held_until(l, i, c);
	if (held != NULL)
		return flow_note(l->w, l->run_id, sum,
		    &(struct run_item){"invoice", i->id, "skipped", held, 0});
	TRY(attempt_pending(l->w->cx, i->id, &pending));
	if (pending)
		return flow_note(l->w, l->run_id, sum,
		    &(struct run_item){"invoice", i->id, "skipped", "a payment is being processed",
		        0});
	TRY(payment_is_disputed(l->w->cx, i->id, &pending));
	if (pending)
		return flow_note(l->w, l->run_id, sum,
		    &(struct run_item){"invoice", i->id, "skipped", "held: a payment is in dispute",
		        0});
	for (size_t k = 0; k < p.superseded_n; k++)
		TRY(db_tx(l->w->cx, record_superseded, &(struct taking){l, i, p.superseded[k]}));
	for (size_t k = 0; k < p.take_n; k++)
		TRY(take(l, i, p.take[k], sum));
	return OK;
}

/* The earliest due day a step can already be due for: reminders before the due day look ahead. */
static struct day horizon(const struct ladder *l)
{
	int64_t ahead = 0;
	for (size_t i = 0; i < l->all.n; i++)
		if (-l->all.steps[i].days > ahead)
			ahead = -l->all.steps[i].days;
	return day_add(l->today, (int32_t)ahead);
}

static enum err jump_body(struct cx *cx, void *arg)
{
	TRY(setting_put(cx, "automation.jump_at", arena_printf(cx->arena, "%" PRId64, cx->now)));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s}", "task", "dunning", "detail",
	        "The clock jumped. Suspensions and terminations are held until staff confirm it in"
	        " the automation settings."));
	return event_add(cx, &(struct event){"task", 0, "fail", 0, data}, NULL);
}

/* Keeps a jump until staff say that the clock is right; their word then holds from here on. */
static enum err note_clock(struct cx *cx, const struct ladder *l)
{
	if (l->settings.automation_trust_clock) {
		TRY(setting_put(cx, "automation.jump_at", "0"));
		return setting_put(cx, "automation.trust_clock", "0");
	}
	return l->clock_held && l->settings.automation_jump_at == 0 ? db_tx(cx, jump_body, NULL) :
	                                                              OK;
}

enum err dunning_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct ladder l;
	struct day after = DAY_NONE;
	int64_t after_id = 0;
	size_t n = 1;
	enum err err = OK;
	TRY(ladder_load(w, run_id, &l));
	TRY(note_clock(w->cx, &l));
	struct cx *cx = w->cx;
	struct arena *outer = cx->arena, *own = arena_new(LIMIT_ARENA_BYTES);
	cx->arena = own;
	while (n > 0 && err == OK && !flow_stopping(w)) {
		struct invoice *rows;
		struct client *clients;
		err = invoice_list_due(cx, horizon(&l), after, after_id, 500, &rows, &n);
		if (err == OK)
			err = clients_of(cx, rows, n, &clients);
		for (size_t i = 0; i < n && err == OK; i++)
			err = walk_one(&l, &rows[i], &clients[i], sum);
		if (err == OK && n > 0) {
			after = rows[n - 1].due_on;
			after_id = rows[n - 1].id;
			err = task_extend(cx, "dunning", w->holder);
		}
		arena_reset(own);
	}
	cx->arena = outer;
	arena_free(own);
	return err;
}

static enum err foretell_one(struct ladder *l, const struct invoice *i, const struct client *c,
    json_t *items)
{
	struct dunning_plan p;
	const char *waits = held_until(l, i, c);
	TRY(plan_of(l, i, c, &p));
	for (size_t k = 0; k < p.take_n; k++) {
		static const char *const what[DUNNING_ACTIONS] = {"remind", "fee", "suspend",
		    "terminate"};
		const char *held = waits != NULL ? waits : braked(l, p.take[k]);
		json_array_append_new(items,
		    json_pack("{s:s s:s s:I s:s s:s}", "what", what[p.take[k]->action], "subject",
		        "invoice", "subject_id", i->id, "number", i->number, "held",
		        held == NULL ? "" : held));
	}
	return OK;
}

enum err dunning_foretell(struct worker *w, json_t *items)
{
	struct ladder l;
	struct day after = DAY_NONE;
	int64_t after_id = 0;
	TRY(ladder_load(w, 0, &l));
	for (;;) {
		struct invoice *rows;
		struct client *clients;
		size_t n;
		TRY(invoice_list_due(w->cx, horizon(&l), after, after_id, 500, &rows, &n));
		if (n == 0)
			return OK;
		TRY(clients_of(w->cx, rows, n, &clients));
		for (size_t i = 0; i < n; i++)
			TRY(foretell_one(&l, &rows[i], &clients[i], items));
		after = rows[n - 1].due_on;
		after_id = rows[n - 1].id;
	}
}
