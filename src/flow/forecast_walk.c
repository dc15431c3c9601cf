/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What will happen to each service and each unpaid document, day by day, by the same pure planners
 * as the runs: service_renewal_lines and invoice_plan for renewals, dunning_plan for the ladder.
 * Everything streams; nothing is written. A late fee is counted, but not the ladder of its own.
 */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/meter/meter.h"
#include "flow/forecast_own.h"

/* ---- the ladder of one document ---- */

struct debt {
	struct forecast *f;
	enum forecast_line line;
	struct day since, due_on,
	    before; /* it exists from since on; before: paid then, DAY_NONE: never */
	int64_t done[FORECAST_STEPS_MAX];
	size_t done_n;
	enum err (*take)(struct debt *d, struct day on, const struct dunning_step *step);
	/* whose */
	const char *subject, *currency;
	int64_t subject_id, balance_minor;
	struct client *client;                /* what a fee is planned for */
	const struct report_unpaid *document; /* or NULL: one to come, of: */
	const struct service *service;
	struct day suspended_on; /* so far */
	bool ended;              /* terminated by an earlier document */
};

static struct day step_on(const struct forecast *f, struct day due_on, const struct dunning_step *s)
{
	int64_t grace = s->days > 0 ? f->settings.dunning_grace_days : 0;
	return day_add(due_on, (int32_t)(s->days + grace));
}

static void keep_done(struct debt *d, const struct dunning_step *const *steps, size_t n)
{
	for (size_t i = 0; i < n && d->done_n < FORECAST_STEPS_MAX; i++)
		d->done[d->done_n++] = dunning_key(steps[i]);
}

static enum err walk_day(struct debt *d, struct day on)
{
	struct dunning_plan p;
	const struct forecast *f = d->f;
	struct dunning_input in = {f->steps, f->steps_n, d->done, d->done_n, d->due_on, on,
	    f->settings.dunning_grace_days};
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
	for (size_t i = 0; i < d->f->steps_n; i++) {
		struct day on = step_on(d->f, d->due_on, &d->f->steps[i]);
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
	for (size_t i = 0; i < d->f->steps_n; i++) {
		const struct dunning_step *s = &d->f->steps[i];
		if (s->action == DUNNING_REMIND && step_on(d->f, d->due_on, s).n <= on.n)
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
	if (d->document != NULL) {
		take_away(d, on, suspend);
	} else if (suspend && !day_set(d->suspended_on)) {
		lose(d->f, later(on, d->service->hold_until), FORECAST_SUSPEND);
	} else if (!suspend && day_set(d->suspended_on) && !d->ended) {
		lose(d->f, d->suspended_on.n == on.n ? day_add(on, 1) : on, FORECAST_TERMINATE);
		d->ended = true;
	}
	if (suspend && !day_set(d->suspended_on))
		d->suspended_on = d->document != NULL ? on : later(on, d->service->hold_until);
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
	for (size_t i = 0; i < f->steps_n; i++)
		ahead = -f->steps[i].days > ahead ? -f->steps[i].days : ahead;
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

/* ---- services ---- */

struct fate { /* of a service in one of the futures */
	struct day suspended_on;
	bool ended;
};
struct life {
	struct forecast *f;
	struct service service; /* advanced period by period */
	const struct service_options *options;
	struct client *client;
	const struct meter_uses *uses; /* NULL: counted already */
	struct fate fates[FORECAST_LINES];
};

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

/* After the issue: credit, then payment or the ladder. */
static enum err document_to_come(struct life *l, enum forecast_line line,
    const struct invoice_plan *p)
{
	struct forecast *f = l->f;
	struct fate *fate = &l->fates[line];
	int64_t credit = use_credit(f, line, p->client_id, p->currency, p->total_minor);
	int64_t left = p->total_minor - credit;
	TRY(forecast_add(f, line, p->issued_on,
	    &(struct forecast_amount){FORECAST_CREDIT, p->currency, credit}));
	if (left == 0) {
		forecast_count(f, line, p->issued_on, FORECAST_LETTER);
		return OK;
	}
	if (line == FORECAST_PAID) {
		forecast_count(f, line, p->due_on, FORECAST_PAY);
		forecast_count(f, line, p->due_on, FORECAST_LETTER);
		TRY(forecast_add(f, line, p->due_on,
		    &(struct forecast_amount){FORECAST_RECEIVED, p->currency, left}));
	} else {
		forecast_count(f, line, day_add(p->due_on, 1), FORECAST_OVERDUE);
	}
	struct debt d = {.f = f,
	    .line = line,
	    .since = p->issued_on,
	    .due_on = p->due_on,
	    .before = line == FORECAST_PAID ? p->due_on : DAY_NONE,
	    .take = take_step,
	    .subject = "service",
	    .subject_id = l->service.id,
	    .balance_minor = left,
	    .currency = p->currency,
	    .client = l->client,
	    .service = &l->service,
	    .suspended_on = fate->suspended_on,
	    .ended = fate->ended};
	TRY(walk_ladder(&d));
	*fate = (struct fate){d.suspended_on, d.ended};
	return OK;
}

/* One renewal, as the billing run would plan it on its day. */
static enum err renewal_plan(const struct life *l, struct day on, struct invoice_plan *ret,
    struct day *ret_to)
{
	const struct forecast *f = l->f;
	struct arena *a = f->w->cx->arena;
	const struct service *v = &l->service;
	size_t used_n = l->uses == NULL ? 0 : l->uses->n;
	struct meter_line *used = ARENA_ARRAY(a, struct meter_line, used_n);
	struct service_term term;
	service_renewal_lines(a, v, l->options, &term);
	*ret_to = term.to;
	if (!day_set(term.to))
		return fail(f->w->cx, ERR_INTERNAL, "billing.cycle",
		    "Service %" PRId64 " has no cycle to bill", v->id);
	used_n = used_n == 0 ? 0 : meter_lines(a, l->uses, v, on, used);
	struct invoice_line *lines = ARENA_ARRAY(a, struct invoice_line, term.n + used_n);
	for (size_t i = 0; i < term.n + used_n; i++)
		lines[i] = i < term.n ? term.lines[i] : used[i - term.n].line;
	struct invoice_request r = {.settings = &f->settings,
	    .taxes = &f->taxes,
	    .seller = f->seller,
	    .client = l->client,
	    .currency = v->currency,
	    .issued_on = on,
	    .due_on = v->billed_until.n > on.n ? v->billed_until : on,
	    .lines = lines,
	    .lines_n = term.n + used_n};
	return invoice_plan(f->w->cx, &r, ret);
}

static enum err renew(struct life *l, enum forecast_line line, const struct invoice_plan *p)
{
	struct forecast *f = l->f;
	forecast_count(f, line, p->issued_on, FORECAST_INVOICE);
	forecast_count(f, line, p->issued_on, FORECAST_LETTER);
	TRY(forecast_add(f, line, p->issued_on,
	    &(struct forecast_amount){FORECAST_INVOICED, p->currency, p->total_minor}));
	if (line == FORECAST_UNPAID)
		forecast_name(f, p->issued_on,
		    &(struct forecast_item){.what = "invoice",
		        .subject = "service",
		        .subject_id = l->service.id,
		        .amount_minor = p->total_minor,
		        .currency = p->currency,
		        .held = ""});
	return document_to_come(l, line, p);
}

/* Every period once: the same document in both futures, while they have the service. */
static enum err live_period(struct life *l, struct day on)
{
	struct service *v = &l->service;
	struct invoice_plan plan;
	struct day to;
	TRY(renewal_plan(l, on, &plan, &to));
	/* What comes is not known: only what was read so far counts, once. */
	l->uses = NULL;
	for (int line = 0; line < FORECAST_LINES; line++) {
		/* Billing comes before dunning in a run: on the day itself it is still invoiced. */
		struct day suspended_on = l->fates[line].suspended_on;
		if (!day_set(suspended_on) || on.n <= suspended_on.n)
			TRY(renew(l, (enum forecast_line)line, &plan));
	}
	service_advance(v, to);
	return OK;
}

static enum err live(struct life *l)
{
	struct forecast *f = l->f;
	const struct service *v = &l->service;
	for (;;) {
		struct day on = day_add(v->billed_until, -(int32_t)f->settings.billing_lead_days);
		on = on.n < f->today.n ? f->today : on;
		bool ends = day_set(v->cancel_on) && v->billed_until.n >= v->cancel_on.n;
		if (!forecast_within(f, on) || ends)
			return OK;
		struct arena_mark mark = arena_mark(f->w->cx->arena);
		TRY(live_period(l, on));
		arena_rewind(f->w->cx->arena, mark);
	}
}

/* When a debt that is there takes its service away; DAY_NONE: not. */
static struct day suspension_of(const struct forecast *f, const struct service *v,
    const struct report_debt *debt)
{
	if (debt == NULL || !day_set(debt->due_on) || debt->suspend_done || f->clock_held)
		return DAY_NONE;
	for (size_t i = 0; i < f->steps_n; i++) {
		if (f->steps[i].action != DUNNING_SUSPEND)
			continue;
		struct day on = step_on(f, debt->due_on, &f->steps[i]);
		return later(on.n < f->today.n ? f->today : on, v->hold_until);
	}
	return DAY_NONE;
}

struct page {
	struct service *services;
	struct service_options *options;
	struct client *clients;
	struct meter_uses uses;
	struct report_debt *debts;
	size_t n, debts_n;
};

static enum err page_load(struct cx *cx, const struct report_page *at, struct day today,
    struct page *ret)
{
	TRY(service_list_due(cx, at->until, at->after_on, at->after_id, at->limit, &ret->services,
	    &ret->n));
	TRY(report_debts(cx, at, &ret->debts, &ret->debts_n));
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, ret->n);
	for (size_t i = 0; i < ret->n; i++)
		ids[i] = ret->services[i].client_id;
	TRY(service_options_many(cx, ret->services, ret->n, &ret->options));
	if (ret->n > 0)
		TRY(meter_uses_load(cx, ret->services, ret->n, today, &ret->uses));
	return ret->n == 0 ? OK : client_get_many(cx, ids, ret->n, &ret->clients);
}

static enum err page_live(struct forecast *f, const struct page *p)
{
	size_t k = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct service *v = &p->services[i];
		/* Same order; a service that came or went between the two reads is passed over. */
		size_t at = k;
		while (at < p->debts_n && p->debts[at].service_id != v->id)
			at++;
		const struct report_debt *debt = at < p->debts_n ? &p->debts[at] : NULL;
		k = debt != NULL ? at + 1 : k;
		struct day lost = suspension_of(f, v, debt);
		/* What an unpaid document takes away is counted with that document. */
		struct life l = {f, *v, &p->options[i], &p->clients[i], &p->uses,
		    {[FORECAST_UNPAID] = {lost, day_set(lost)},
		        [FORECAST_PAID] = {DAY_NONE, false}}};
		service_standing(&l.service, l.client);
		TRY(live(&l));
	}
	return OK;
}

enum err forecast_services(struct forecast *f)
{
	struct cx *cx = f->w->cx;
	struct arena *outer = cx->arena, *own = arena_new(LIMIT_ARENA_BYTES);
	struct report_page at = {.until = day_add(f->until, (int32_t)f->settings.billing_lead_days),
	    .after_on = DAY_NONE,
	    .limit = LIMIT_SLICE_SERVICES};
	struct page p = {.n = 1};
	enum err err = OK;
	cx->arena = own;
	while (err == OK && p.n > 0 && !flow_stopping(f->w)) {
		err = page_load(cx, &at, f->today, &p);
		if (err == OK && p.n > 0) {
			at.after_on = p.services[p.n - 1].paid_until;
			at.after_id = p.services[p.n - 1].id;
			f->metered = f->metered || p.uses.n > 0;
			err = page_live(f, &p);
		}
		arena_reset(own);
	}
	cx->arena = outer;
	arena_free(own);
	return err;
}
