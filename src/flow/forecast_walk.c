/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ladder does to each unpaid document, there or to come, day by day, by the same pure
 * functions as the run: dunning_choose and dunning_plan. Everything streams; nothing is written. A
 * late fee is counted, but not the ladder of its own.
 */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "flow/forecast_own.h"

/* ---- the ladder of one document ---- */

struct debt {
	struct forecast *f;
	enum forecast_line line;
	struct day since, due_on,
	    before; /* it exists from since on; before: paid then, DAY_NONE: never */
	struct day issued_on;
	struct dunning_set set; /* its ladder */
	int64_t grace_days;
	int64_t done[FORECAST_STEPS_MAX];
	size_t done_n;
	enum err (*take)(struct debt *d, struct day on, const struct dunning_step *step);
	/* whose */
	const char *subject, *currency;
	int64_t subject_id, balance_minor;
	const struct client *client;          /* what a fee is planned for */
	const struct report_unpaid *document; /* or NULL: one to come, of: */
	const struct forecast_hosted *hosted;
	size_t hosted_n;
	struct day suspended_on; /* so far, of the document that is there */
};

static struct day step_on(const struct debt *d, const struct dunning_step *s)
{
	return day_add(d->due_on, (int32_t)(s->days + (s->days > 0 ? d->grace_days : 0)));
}

/* The ladder of a document; usually there is only the general one. */
static void ladder_of(struct debt *d, const struct dunning_owner *of)
{
	bool general = true;
	const struct dunning_set *all = &d->f->ladders;
	for (size_t i = 0; i < all->n; i++)
		general = general && all->steps[i].client_id == 0 && all->steps[i].group_id == 0 &&
		    all->steps[i].plan_id == 0 && str_empty(all->steps[i].gateway);
	d->set = general ? *all : dunning_choose(d->f->w->cx->arena, all, of);
}

static void keep_done(struct debt *d, const struct dunning_step *const *steps, size_t n)
{
	for (size_t i = 0; i < n && d->done_n < FORECAST_STEPS_MAX; i++)
		d->done[d->done_n++] = dunning_key(steps[i]);
}

static enum err walk_day(struct debt *d, struct day on)
{
	struct dunning_plan p;
	struct dunning_input in = {d->set.steps, d->set.n, d->done, d->done_n, d->due_on, on,
	    d->grace_days, d->issued_on};
	dunning_plan(&in, &p);
	keep_done(d, p.superseded, p.superseded_n);
	keep_done(d, p.take, p.take_n);
	for (size_t i = 0; i < p.take_n; i++)
		TRY(d->take(d, on, p.take[i]));
	return OK;
}

/* The days on which a step comes due; steps are sorted by them. */
static enum err walk_ladder(struct debt *d)
{
	struct day last = DAY_NONE;
	for (size_t i = 0; i < d->set.n; i++) {
		struct day on = step_on(d, &d->set.steps[i]);
		on = on.n < d->since.n ? d->since : on;
		bool over = day_set(d->before) && on.n >= d->before.n;
		if (on.n == last.n || over || !forecast_within(d->f, on))
			continue;
		last = on;
		TRY(walk_day(d, on));
	}
	return OK;
}

static const char *const step_words[DUNNING_ACTIONS] = {"remind", "fee", "suspend", "terminate"};

static void name_step(const struct debt *d, struct day on, const struct dunning_step *step,
    int64_t amount_minor)
{
	bool takes_away = step->action == DUNNING_SUSPEND || step->action == DUNNING_TERMINATE;
	if (d->line == FORECAST_UNPAID)
		forecast_name(d->f, on,
		    &(struct forecast_item){.what = step_words[step->action],
		        .subject = d->subject,
		        .subject_id = d->subject_id,
		        .amount_minor = amount_minor,
		        .currency = d->currency,
		        .held = takes_away && d->f->clock_held ? "the clock jumped" : ""});
}

static enum err take_fee(struct debt *d, struct day on, const struct dunning_step *step)
{
	struct forecast *f = d->f;
	struct cx *cx = f->w->cx;
	struct invoice_plan plan;
	int64_t amount = dunning_fee(step, d->balance_minor);
	bool on_fee = d->document != NULL && d->document->is_fee;
	if (amount <= 0 || on_fee)
		return OK;
	struct invoice_line line = {.kind = "fee",
	    .description = "Late fee",
	    .tax_class = "fee",
	    .from = DAY_NONE,
	    .to = DAY_NONE,
	    .quantity = 1,
	    .unit_minor = amount};
	struct invoice_request r = {.settings = &f->settings,
	    .taxes = &f->taxes,
	    .seller = f->seller,
	    .client = d->client,
	    .currency = d->currency,
	    .issued_on = on,
	    .due_on = on,
	    .lines = &line,
	    .lines_n = 1};
	TRY(invoice_plan(cx, &r, &plan));
	forecast_count(f, d->line, on, FORECAST_FEE);
	forecast_count(f, d->line, on, FORECAST_LETTER);
	name_step(d, on, step, plan.total_minor);
	return forecast_add(f, d->line, on,
	    &(struct forecast_amount){FORECAST_FEES, d->currency, plan.total_minor});
}

/* Taking away needs a reminder on record: a ladder without one takes nothing. */
static bool told(const struct debt *d, struct day on)
{
	for (size_t i = 0; i < d->set.n; i++) {
		const struct dunning_step *s = &d->set.steps[i];
		struct day then = step_on(d, s);
		if (s->action == DUNNING_REMIND && then.n <= on.n && then.n > d->issued_on.n)
			return true;
	}
	return false;
}

static void lose(struct forecast *f, struct day on, enum forecast_what what)
{
	forecast_count(f, FORECAST_UNPAID, on, what);
	forecast_count(f, FORECAST_UNPAID, on, FORECAST_LETTER);
}

static struct day later(struct day a, struct day b)
{
	return day_set(b) && b.n > a.n ? b : a;
}

/* The services of a document that is there: only its first unpaid one takes a service away. */
static void take_away(const struct debt *d, struct day on, bool suspend)
{
	for (size_t i = 0; i < d->document->services_n; i++) {
		const struct report_hosted *h = &d->document->services[i];
		bool active = str_eq(h->state, "active");
		bool debt = str_eq(h->state, "suspended") && str_eq(h->suspend_cause, "debt");
		struct day then = later(on, h->hold_until);
		if (!h->first)
			continue;
		if (suspend && active)
			lose(d->f, then, FORECAST_SUSPEND);
		/* Suspended on that very day: the next day's run. */
		if (!suspend && (debt || (active && day_set(d->suspended_on))))
			lose(d->f, active && d->suspended_on.n == then.n ? day_add(then, 1) : then,
			    FORECAST_TERMINATE);
	}
}

/* The services of one to come: what an earlier document took is gone already. */
static void take_hosted(const struct debt *d, struct day on, bool suspend)
{
	for (size_t i = 0; i < d->hosted_n; i++) {
		struct forecast_fate *fate = d->hosted[i].fate;
		if (suspend && !day_set(fate->suspended_on)) {
			fate->suspended_on = later(on, d->hosted[i].service->hold_until);
			lose(d->f, fate->suspended_on, FORECAST_SUSPEND);
		} else if (!suspend && day_set(fate->suspended_on) && !fate->ended) {
			lose(d->f, fate->suspended_on.n == on.n ? day_add(on, 1) : on,
			    FORECAST_TERMINATE);
			fate->ended = true;
		}
	}
}

static enum err take_step(struct debt *d, struct day on, const struct dunning_step *step)
{
	bool suspend = step->action == DUNNING_SUSPEND;
	if (step->action == DUNNING_FEE)
		return take_fee(d, on, step);
	name_step(d, on, step, 0);
	if (step->action == DUNNING_REMIND) {
		forecast_count(d->f, d->line, on, FORECAST_REMIND);
		forecast_count(d->f, d->line, on, FORECAST_LETTER);
		return OK;
	}
	if (d->f->clock_held || d->line != FORECAST_UNPAID || !told(d, on))
		return OK;
	if (d->document == NULL) {
		take_hosted(d, on, suspend);
		return OK;
	}
	take_away(d, on, suspend);
	if (suspend && !day_set(d->suspended_on))
		d->suspended_on = on;
	return OK;
}

/* ---- unpaid documents ---- */

static enum err document_paid(struct forecast *f, const struct report_unpaid *u)
{
	struct day on = u->due_on.n < f->today.n ? f->today : u->due_on;
	forecast_count(f, FORECAST_PAID, on, FORECAST_PAY);
	forecast_count(f, FORECAST_PAID, on, FORECAST_LETTER);
	return forecast_add(f, FORECAST_PAID, on,
	    &(struct forecast_amount){FORECAST_RECEIVED, u->currency, u->balance_minor});
}

/* The plan of all services, 0 when they have several. */
static int64_t plan_of(const struct report_unpaid *u)
{
	for (size_t i = 1; i < u->services_n; i++)
		if (u->services[i].plan_id != u->services[0].plan_id)
			return 0;
	return u->services_n == 0 ? 0 : u->services[0].plan_id;
}

static enum err one_document(struct cx *cx, const struct report_unpaid *u, void *arg)
{
	struct forecast *f = arg;
	struct arena_mark mark = arena_mark(cx->arena);
	struct client client = {.id = u->client_id,
	    .country = u->country,
	    .region = u->region,
	    .tax_exempt = u->tax_exempt,
	    .company = "",
	    .first_name = "",
	    .last_name = "",
	    .address = "",
	    .city = "",
	    .postcode = "",
	    .tax_id = "",
	    .email = "",
	    .phone = "",
	    .currency = u->currency,
	    .language = "",
	    .note = ""};
	struct day passed = day_add(u->due_on, 1);
	enum err err = OK;
	if (!u->overdue)
		forecast_count(f, FORECAST_UNPAID, passed.n < f->today.n ? f->today : passed,
		    FORECAST_OVERDUE);
	for (int line = 0; line < FORECAST_LINES && err == OK && !u->pending; line++) {
		struct debt d = {.f = f,
		    .line = (enum forecast_line)line,
		    .since = f->today,
		    .due_on = u->due_on,
		    .issued_on = u->issued_on,
		    .grace_days =
		        u->grace_days < 0 ? f->settings.dunning_grace_days : u->grace_days,
		    .before = line == FORECAST_PAID ? u->due_on : DAY_NONE,
		    .done_n = u->done_n,
		    .take = take_step,
		    .subject = "invoice",
		    .subject_id = u->id,
		    .balance_minor = u->balance_minor,
		    .currency = u->currency,
		    .client = &client,
		    .document = u,
		    .suspended_on = DAY_NONE};
		ladder_of(&d,
		    &(struct dunning_owner){u->client_id, u->group_id, plan_of(u), u->pays_by});
		memcpy(d.done, u->done, sizeof d.done[0] * u->done_n);
		err = walk_ladder(&d);
	}
	if (err == OK)
		err = document_paid(f, u);
	arena_rewind(cx->arena, mark);
	return err;
}

/* Reminders before the due day look ahead. */
static struct day horizon(const struct forecast *f)
{
	int64_t ahead = 0;
	for (size_t i = 0; i < f->ladders.n; i++)
		ahead = -f->ladders.steps[i].days > ahead ? -f->ladders.steps[i].days : ahead;
	return day_add(f->until, (int32_t)ahead);
}

enum err forecast_documents(struct forecast *f)
{
	return report_each_unpaid(f->w->cx, horizon(f), one_document, f);
}

static enum err one_ending(struct cx *cx, const struct report_ending *e, void *arg)
{
	struct forecast *f = arg;
	struct day on = e->cancel_on.n < f->today.n ? f->today : e->cancel_on;
	for (int line = 0; line < FORECAST_LINES; line++) {
		forecast_count(f, (enum forecast_line)line, on, FORECAST_CANCEL);
		forecast_count(f, (enum forecast_line)line, on, FORECAST_LETTER);
	}
	forecast_name(f, on,
	    &(struct forecast_item){.what = "cancel",
	        .subject = "service",
	        .subject_id = e->service_id,
	        .held = ""});
	return OK;
}

enum err forecast_endings(struct forecast *f)
{
	return report_each_ending(f->w->cx, f->until, one_ending, f);
}

/* ---- documents to come ---- */

static int64_t use_credit(struct forecast *f, enum forecast_line line, int64_t client_id,
    const char *currency, int64_t most)
{
	size_t low = 0, high = f->settings.billing_auto_credit ? f->credits_n : 0;
	struct report_credit *all = f->credits[line];
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (all[mid].client_id < client_id)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < f->credits_n && all[low].client_id == client_id; low++) {
		if (!str_eq(all[low].currency, currency) || !f->settings.billing_auto_credit)
			continue;
		int64_t used = all[low].minor < most ? all[low].minor : most;
		all[low].minor -= used;
		return used;
	}
	return 0;
}

static int64_t plan_of_hosted(const struct forecast_paper *p)
{
	for (size_t i = 1; i < p->hosted_n; i++)
		if (p->hosted[i].service->plan_id != p->hosted[0].service->plan_id)
			return 0;
	return p->hosted_n == 0 ? 0 : p->hosted[0].service->plan_id;
}

static enum err paid_or_overdue(struct forecast *f, enum forecast_line line,
    const struct invoice_plan *p, int64_t left)
{
	if (line != FORECAST_PAID) {
		forecast_count(f, line, day_add(p->due_on, 1), FORECAST_OVERDUE);
		return OK;
	}
	forecast_count(f, line, p->due_on, FORECAST_PAY);
	forecast_count(f, line, p->due_on, FORECAST_LETTER);
	return forecast_add(f, line, p->due_on,
	    &(struct forecast_amount){FORECAST_RECEIVED, p->currency, left});
}

static enum err issue(struct forecast *f, enum forecast_line line,
    const struct forecast_paper *paper)
{
	const struct invoice_plan *p = paper->plan;
	forecast_count(f, line, p->issued_on, FORECAST_INVOICE);
	forecast_count(f, line, p->issued_on, FORECAST_LETTER);
	if (line == FORECAST_UNPAID)
		forecast_name(f, p->issued_on,
		    &(struct forecast_item){.what = "invoice",
		        .subject = paper->subject,
		        .subject_id = paper->subject_id,
		        .amount_minor = p->total_minor,
		        .currency = p->currency,
		        .held = ""});
	return forecast_add(f, line, p->issued_on,
	    &(struct forecast_amount){FORECAST_INVOICED, p->currency, p->total_minor});
}

enum err forecast_paper(struct forecast *f, enum forecast_line line,
    const struct forecast_paper *paper)
{
	const struct invoice_plan *p = paper->plan;
	const struct client *c = paper->client;
	int64_t credit = use_credit(f, line, p->client_id, p->currency, p->total_minor);
	int64_t left = p->total_minor - credit;
	TRY(issue(f, line, paper));
	TRY(forecast_add(f, line, p->issued_on,
	    &(struct forecast_amount){FORECAST_CREDIT, p->currency, credit}));
	if (left == 0) {
		forecast_count(f, line, p->issued_on, FORECAST_LETTER);
		return OK;
	}
	TRY(paid_or_overdue(f, line, p, left));
	struct debt d = {.f = f,
	    .line = line,
	    .since = p->issued_on,
	    .due_on = p->due_on,
	    .issued_on = p->issued_on,
	    .grace_days = client_grace(c, f->settings.dunning_grace_days),
	    .before = line == FORECAST_PAID ? p->due_on : DAY_NONE,
	    .take = take_step,
	    .subject = paper->subject,
	    .subject_id = paper->subject_id,
	    .balance_minor = left,
	    .currency = p->currency,
	    .client = paper->client,
	    .hosted = paper->hosted,
	    .hosted_n = paper->hosted_n};
	ladder_of(&d,
	    &(struct dunning_owner){c->id, c->group_id, plan_of_hosted(paper), c->pays_by});
	return walk_ladder(&d);
}

struct day forecast_suspension(const struct forecast *f, const struct service *v,
    const struct client *c, const struct report_debt *debt)
{
	if (debt == NULL || !day_set(debt->due_on) || debt->suspend_done || f->clock_held)
		return DAY_NONE;
	struct debt d = {.f = (struct forecast *)(uintptr_t)f,
	    .due_on = debt->due_on,
	    .grace_days = client_grace(c, f->settings.dunning_grace_days)};
	ladder_of(&d, &(struct dunning_owner){c->id, c->group_id, v->plan_id, c->pays_by});
	for (size_t i = 0; i < d.set.n; i++) {
		if (d.set.steps[i].action != DUNNING_SUSPEND)
			continue;
		struct day on = step_on(&d, &d.set.steps[i]);
		return later(on.n < f->today.n ? f->today : on, v->hold_until);
	}
	return DAY_NONE;
}
