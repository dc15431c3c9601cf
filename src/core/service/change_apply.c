/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change takes effect: when its invoice is paid, at once when nothing is due, or at the end of
 * the term. First the panel, then our record of
 * plan and price, in one place and once; a change whose invoice is taken back or stays unpaid falls
 * away and the old plan remains.
 */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/service/own.h"
#include "core/service/reprice_own.h"
#include "fmt/form.h"

/* What the service becomes; dates follow when the cycle is another one. */
static enum err record(struct cx *cx, const struct change *c, struct service *s)
{
	struct plan plan;
	int year, month, mday;
	int64_t newest;
	bool new_cycle = !str_eq(c->cycle, s->cycle);
	TRY(plan_get(cx, c->plan_id, &plan));
	/* A mere quantity keeps the price, and with it the one that waits. */
	bool same = plan.id == s->plan_id && !new_cycle;
	if (!same) {
		TRY(reprice_drop(cx, s, "The service was changed"));
		s->price_minor = c->price_minor;
		s->price_id = c->price_id;
	}
	s->plan_id = plan.id;
	s->plan_key = plan.key;
	s->plan_name = plan.name;
	s->tax_class = plan.tax_class;
	s->package = plan.package;
	s->cycle = c->cycle;
	s->quantity = c->quantity;
	/* What was invoiced while it waited is not what the service costs from now on. */
	struct day from = new_cycle ? c->apply_on : c->until_on;
	if (day_set(c->until_on))
		TRY(change_credit_terms(cx, s, c, from));
	if (new_cycle && c->invoice_id != 0) {
		day_split(c->apply_on, &year, &month, &mday);
		s->anchor_day = mday;
		TRY(invoice_recharge(cx, s->id, c->invoice_id, c->apply_on));
		TRY(service_term_used(cx, s->id));
	}
	TRY(service_option_store_apply(cx, c->id));
	TRY(service_store_set_plan(cx, s));
	TRY(invoice_newest_of_service(cx, s->id, &newest));
	TRY(change_store_done(cx, c->id, newest));
	if (c->invoice_id != 0)
		TRY(service_recount(cx, c->invoice_id));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:I s:I}", "plan", s->plan_key, "cycle", s->cycle, "quantity",
	        s->quantity, "price_minor", s->price_minor));
	TRY(event_add(cx, &(struct event){"service", s->id, "change", s->client_id, data}, NULL));
	return new_cycle ? change_addons_apply(cx, s, c) : OK;
}

/*
 * One for the end of the term is recorded when the next term is billed, which is ahead of its day;
 * what was paid for until then stays on the panel.
 */
static enum err start_ahead(struct cx *cx, const struct change *c, struct service *s)
{
	struct settings settings;
	TRY(setting_load(cx, &settings));
	TRY(record(cx, c, s));
	return service_ask_change_at(cx, s, arena_printf(cx->arena, "change/%" PRId64, c->id),
	    zone_instant(settings.company_zone, c->apply_on));
}

/* The panel is asked only when the package or an option that it is told really differs. */
enum err change_start(struct cx *cx, const struct change *c)
{
	struct service s;
	struct plan plan;
	int64_t told;
	TRY(service_store_get(cx, 0, c->service_id, &s));
	TRY(plan_get(cx, c->plan_id, &plan));
	TRY(service_option_store_told(cx, c->id, &told));
	if (str_empty(s.panel) || (str_eq(plan.package, s.package) && told == 0))
		return record(cx, c, &s);
	if (!day_set(c->until_on))
		return start_ahead(cx, c, &s);
	if (!str_eq(c->state, "applying"))
		TRY(change_store_set(cx, c->id, c->state, "applying", ""));
	return service_ask_within(cx, &s, ACTION_CHANGE_PLAN,
	    arena_printf(cx->arena, "change/%" PRId64, c->id), "", NULL);
}

/* The change that an action of a panel is about; 0: none. */
static int64_t change_of(const struct action *a)
{
	int64_t id = 0;
	bool change = a->action == ACTION_CHANGE_PLAN && str_starts(a->cause, "change/") &&
	    str_int(a->cause + strlen("change/"), &id);
	return change ? id : 0;
}

enum err action_target(struct cx *cx, const struct action *a, const char **ret_package,
    json_t **ret_options)
{
	struct service s;
	struct change c = {0};
	struct plan plan;
	struct service_options o;
	int64_t id = change_of(a);
	TRY(service_store_get(cx, 0, a->service_id, &s));
	*ret_package = s.package;
	if (id != 0)
		TRY(change_store_get(cx, id, &c));
	/* One that is recorded already: by now the service may be more than that change made it. */
	if (id == 0 || str_eq(c.state, "done")) {
		TRY(service_options_of(cx, s.id, &o));
	} else {
		TRY(plan_get(cx, c.plan_id, &plan));
		TRY(service_option_store_target(cx, s.id, id, &o));
		*ret_package = plan.package;
	}
	*ret_options = json_keep(cx, service_options_panel(&o));
	return OK;
}

enum err change_applied(struct cx *cx, const struct action *a)
{
	struct change c;
	struct service s;
	int64_t id = change_of(a);
	if (id == 0)
		return OK;
	TRY(change_store_get(cx, id, &c));
	if (!str_eq(c.state, "applying"))
		return OK;
	TRY(service_store_get(cx, 0, a->service_id, &s));
	return record(cx, &c, &s);
}

enum err change_paid(struct cx *cx, int64_t invoice_id)
{
	struct change c;
	enum err err = change_store_of_invoice(cx, invoice_id, &c);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	return str_eq(c.state, "waiting") ? change_start(cx, &c) : OK;
}

static enum err fall_away(struct cx *cx, const struct change *c, const char *why)
{
	struct service s;
	TRY(service_store_get(cx, 0, c->service_id, &s));
	TRY(change_store_set(cx, c->id, c->state, "cancelled", why));
	TRY(service_option_store_drop(cx, c->id));
	json_t *data = json_keep(cx, json_pack("{s:s}", "reason", why));
	return event_add(cx, &(struct event){"service", s.id, "change_cancel", s.client_id, data},
	    NULL);
}

enum err change_credited(struct cx *cx, int64_t invoice_id)
{
	struct change c;
	enum err err = change_store_of_invoice(cx, invoice_id, &c);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	return str_eq(c.state, "waiting") ? fall_away(cx, &c, "Its invoice was taken back") : OK;
}

/* Takes back the invoice that a waiting change was to be paid by, and with it the change. */
static enum err give_up(struct cx *cx, const struct change *c, const char *why)
{
	int64_t note;
	bool existing;
	TRY(fall_away(cx, c, why));
	return c->invoice_id == 0 ? OK : credit_note_full(cx, c->invoice_id, why, &note, &existing);
}

enum err change_drop(struct cx *cx, int64_t service_id, const char *why)
{
	struct change c;
	enum err err = change_store_open_of(cx, service_id, &c);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	return str_eq(c.state, "applying") ? OK : give_up(cx, &c, why);
}

struct cancelling {
	int64_t client_id, id;
};

static enum err cancel_body(struct cx *cx, void *arg)
{
	const struct cancelling *a = arg;
	struct service s;
	struct change c;
	TRY(service_store_get(cx, a->client_id, a->id, &s));
	enum err err = change_store_open_of(cx, s.id, &c);
	if (err == ERR_NOT_FOUND)
		return fail(cx, ERR_NOT_FOUND, "change.none", "There is no change to cancel");
	TRY(err);
	if (str_eq(c.state, "applying"))
		return fail(cx, ERR_CONFLICT, "change.refused",
		    "The change is being carried out on the server");
	return give_up(cx, &c, "The change was cancelled");
}

enum err service_change_cancel(struct cx *cx, int64_t client_id, int64_t id)
{
	return db_tx(cx, cancel_body, &(struct cancelling){client_id, id});
}

enum err service_change_view(struct cx *cx, int64_t service_id, json_t **ret)
{
	struct change c;
	struct service_options options;
	struct plan plan;
	enum err err = change_store_open_of(cx, service_id, &c);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		*ret = json_null();
		return OK;
	}
	TRY(err);
	TRY(plan_get(cx, c.plan_id, &plan));
	TRY(service_option_store_target(cx, service_id, c.id, &options));
	*ret = json_keep(cx,
	    json_pack("{s:o s:I s:s s:s s:s s:I s:I s:s s:I}", "options",
	        service_options_view(&options), "id", c.id, "state", c.state, "plan_name",
	        plan.name, "cycle", c.cycle, "quantity", c.quantity, "price_minor", c.price_minor,
	        "apply_on", day_print(cx->arena, c.apply_on), "invoice_id", c.invoice_id));
	return OK;
}

struct due {
	const struct change *change;
	bool stale;
};

static enum err due_body(struct cx *cx, void *arg)
{
	const struct due *d = arg;
	struct change c;
	struct service s;
	TRY(change_store_get(cx, d->change->id, &c));
	TRY(service_store_get(cx, 0, c.service_id, &s));
	bool over = s.state == SERVICE_CANCELLED || s.state == SERVICE_TERMINATED;
	if (over && !str_eq(c.state, "applying"))
		return fall_away(cx, &c, "The service ended");
	if (d->stale)
		return str_eq(c.state, "waiting") ? give_up(cx, &c, "Its invoice stayed unpaid") :
		                                    OK;
	/*
	 * The term's end is near enough to be billed: whatever was billed meanwhile at the old
	 * price stays, the change follows it.
	 */
	return str_eq(c.state, "scheduled") && s.billed_until.n >= c.apply_on.n ?
	    change_start(cx, &c) :
	    OK;
}

#define AT_ONCE 500

enum err service_change_sweep(struct cx *cx, struct day until, int64_t days, int64_t *ret_n)
{
	struct change *rows;
	size_t n, due_n;
	TRY(change_store_stale(cx, cx->now - days * 86400, AT_ONCE, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_tx(cx, due_body, &(struct due){&rows[i], true}));
	TRY(change_store_due(cx, until, AT_ONCE, &rows, &due_n));
	for (size_t i = 0; i < due_n; i++)
		TRY(db_tx(cx, due_body, &(struct due){&rows[i], false}));
	*ret_n = (int64_t)(n + due_n);
	return OK;
}
