/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of services: creation, the one door for states, and what a paid or credited invoice
 * means for them.
 */
#include "core/service/service.h"

#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/bundle/bundle.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/service/own.h"
#include "core/service/reprice_own.h"
#include "fmt/form.h"

enum err service_get(struct cx *cx, int64_t client_id, int64_t id, struct service *ret)
{
	return service_store_get(cx, client_id, id, ret);
}

struct create {
	const struct service_new *in;
	int64_t id;
};

static enum err create_body(struct cx *cx, void *arg)
{
	struct create *c = arg;
	const struct service_new *in = c->in;
	struct cycle cycle;
	bool taken, known = cycle_parse(in->cycle, &cycle);
	bool recurs = known && cycle.unit != CYCLE_ONCE;
	int year, month, mday;
	if (*in->domain != '\0') {
		TRY(service_domain_taken(cx, in->domain, &taken));
		if (taken)
			return fail(cx, ERR_CONFLICT, "service.domain_taken",
			    "%s is already hosted here", in->domain);
	}
	day_split(in->started_on, &year, &month, &mday);
	struct service row = {
	    .client_id = in->client_id,
	    .order_id = in->order_id,
	    .plan_id = in->plan_id,
	    .price_id = in->price_id,
	    .plan_key = in->plan_key,
	    .plan_name = in->plan_name,
	    .tax_class = in->tax_class,
	    .panel = in->panel,
	    .package = in->package,
	    .state = SERVICE_PENDING,
	    .cycle = in->cycle,
	    .anchor_day = !recurs   ? 0 :
	        in->anchor_day != 0 ? in->anchor_day :
	                              mday,
	    .currency = in->currency,
	    .price_minor = in->price_minor,
	    .quantity = in->quantity,
	    .domain = in->domain,
	    .started_on = in->started_on,
	    .billed_until = recurs ? in->started_on : DAY_NONE,
	    .paid_until = recurs ? in->started_on : DAY_NONE,
	    .coupon_id = in->coupon_id,
	    .discount_ppm = in->discount_ppm,
	    .discount_minor = in->discount_minor,
	    .discount_terms = in->discount_terms,
	    .discount_granted = in->discount_granted,
	    .discount_stacks = in->discount_stacks,
	    .parent_id = in->parent_id,
	    .bundle_id = in->bundle_id,
	    .bundle_ppm = in->bundle_ppm,
	    .bundle_minor = in->bundle_minor,
	};
	TRY(service_store_insert(cx, &row, &c->id));
	return event_add(cx, &(struct event){"service", c->id, "create", in->client_id, NULL},
	    NULL);
}

enum err service_create(struct cx *cx, const struct service_new *in, int64_t *ret_id)
{
	struct create c = {.in = in};
	TRY(db_tx(cx, create_body, &c));
	*ret_id = c.id;
	return OK;
}

struct apply {
	int64_t id;
	enum service_event event;
	const char *reason;
};

/* By the bundle's choice its discount ends for the others, from their next term on. */
static enum err end_bundle(struct cx *cx, const struct service *s)
{
	struct bundle b;
	int64_t *ids;
	size_t n;
	if (s->bundle_id == 0)
		return OK;
	TRY(bundle_get(cx, s->bundle_id, &b));
	if (!str_eq(b.on_cancel, "end"))
		return OK;
	TRY(service_store_end_bundle(cx, s, &ids, &n));
	for (size_t i = 0; i < n; i++) {
		json_t *data = json_keep(cx,
		    json_pack("{s:s s:I}", "bundle", b.key, "ended_service_id", s->id));
		TRY(event_add(cx,
		    &(struct event){"service", ids[i], "bundle_end", s->client_id, data}, NULL));
	}
	return OK;
}

static enum err apply_body(struct cx *cx, void *arg)
{
	const struct apply *a = arg;
	struct service s;
	TRY(service_store_get(cx, 0, a->id, &s));
	int to = fsm_next(&service_fsm, (int)s.state, (int)a->event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "Service %" PRId64 " is %s: cannot %s", s.id, service_fsm.states[s.state],
		    service_fsm.events[a->event]);
	/* A suspension's reason is its cause; every other move clears it. */
	const char *cause = a->event == SERVICE_SUSPEND ? str_or(a->reason, "staff") : "";
	TRY(service_store_set_state(cx, &s, (enum service_state)to, cause));
	if (to == SERVICE_CANCELLED || to == SERVICE_TERMINATED)
		TRY(reprice_drop(cx, &s, "The service ended"));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:s}", "from", service_fsm.states[s.state], "to",
	        service_fsm.states[to], "reason", str_or(a->reason, "")));
	TRY(event_add(cx,
	    &(struct event){"service", a->id, service_fsm.events[a->event], s.client_id, data},
	    NULL));
	if (a->event == SERVICE_CANCEL || a->event == SERVICE_TERMINATE)
		TRY(end_bundle(cx, &s));
	return service_addons_follow(cx, &s, a->event);
}

enum err service_apply(struct cx *cx, int64_t id, enum service_event event, const char *reason)
{
	return db_tx(cx, apply_body, &(struct apply){id, event, reason});
}

/* A term that was taken back uses none of them. */
enum err service_terms_left(struct cx *cx, const struct service *s, struct day before, int64_t *ret)
{
	int64_t used;
	*ret = s->discount_terms;
	if (s->discount_granted <= 0)
		return OK;
	TRY(invoice_terms_of_service(cx, s->id, before, &used));
	*ret = used < s->discount_granted ? s->discount_granted - used : 0;
	return OK;
}

static enum err recount_terms(struct cx *cx, const struct service *s)
{
	int64_t left;
	TRY(service_terms_left(cx, s, DAY_NONE, &left));
	return left == s->discount_terms ? OK : service_store_set_terms(cx, s->id, left);
}

static enum err recount(struct cx *cx, const struct service *s)
{
	struct invoice_period *periods;
	struct day billed, paid;
	size_t n;
	if (!day_set(s->billed_until))
		return OK;
	TRY(invoice_periods(cx, s->id, &periods, &n));
	service_dates(s->started_on, periods, n, &billed, &paid);
	if (billed.n < s->billed_until.n)
		TRY(reprice_undo(cx, s, billed));
	TRY(recount_terms(cx, s));
	return service_store_set_dates(cx, s->id, billed, paid);
}

/* A pending service whose invoice is paid is set up, unless its plan says that staff do it. */
static enum err paid_pending(struct cx *cx, const struct service *s)
{
	struct plan plan;
	TRY(plan_get(cx, s->plan_id, &plan));
	if (str_eq(plan.setup_when, "never"))
		return OK;
	return service_ask_within(cx, s, ACTION_CREATE, "setup", "", NULL);
}

/*
 * A service suspended for debt is lifted once nothing overdue is left; a suspension only wished for
 * is forgotten.
 */
static enum err paid_running(struct cx *cx, const struct service *s, int64_t invoice_id,
    struct day today)
{
	int64_t unpaid;
	TRY(invoice_unpaid_of_service(cx, s->id, today, &unpaid));
	if (unpaid > 0 || s->state != SERVICE_SUSPENDED || !str_eq(s->suspend_cause, "debt"))
		return OK;
	const char *cause =
	    arena_printf(cx->arena, "paid/%" PRId64 "/%" PRId64, invoice_id, cx->now);
	return service_ask_within(cx, s, ACTION_UNSUSPEND, cause, "", NULL);
}

static enum err paid_body(struct cx *cx, void *arg)
{
	int64_t invoice_id = *(const int64_t *)arg, *ids;
	size_t n;
	struct settings settings;
	struct invoice i;
	TRY(setting_load(cx, &settings));
	TRY(invoice_get(cx, 0, invoice_id, &i));
	TRY(invoice_services(cx, invoice_id, &ids, &n));
	if (i.state == INVOICE_PAID)
		TRY(change_paid(cx, invoice_id));
	for (size_t k = 0; k < n; k++) {
		struct service s;
		TRY(service_store_get(cx, 0, ids[k], &s));
		TRY(recount(cx, &s));
		if (i.state != INVOICE_PAID)
			continue; /* credited or reopened since: only the dates follow */
		if (s.state == SERVICE_PENDING)
			TRY(paid_pending(cx, &s));
		else
			TRY(paid_running(cx, &s, invoice_id, setting_today(cx, &settings)));
	}
	return OK;
}

enum err service_invoice_paid(struct cx *cx, int64_t invoice_id)
{
	return db_tx(cx, paid_body, &invoice_id);
}

static enum err recount_body(struct cx *cx, void *arg)
{
	int64_t *ids;
	size_t n;
	struct invoice i;
	struct settings settings;
	TRY(invoice_get(cx, 0, *(const int64_t *)arg, &i));
	if (invoice_is_void(&i))
		TRY(change_credited(cx, i.id));
	TRY(setting_load(cx, &settings));
	TRY(invoice_services(cx, i.id, &ids, &n));
	for (size_t k = 0; k < n; k++) {
		struct service s;
		TRY(service_store_get(cx, 0, ids[k], &s));
		TRY(recount(cx, &s));
		/* A debt that was taken back no longer keeps the service off. */
		if (invoice_is_void(&i) && s.state == SERVICE_SUSPENDED)
			TRY(paid_running(cx, &s, i.id, setting_today(cx, &settings)));
	}
	return OK;
}

enum err service_recount(struct cx *cx, int64_t invoice_id)
{
	return db_tx(cx, recount_body, &invoice_id);
}

static enum err approved_body(struct cx *cx, void *arg)
{
	int64_t *ids;
	size_t n;
	TRY(service_store_of_order(cx, *(const int64_t *)arg, &ids, &n));
	for (size_t k = 0; k < n; k++) {
		struct service s;
		struct plan plan;
		TRY(service_store_get(cx, 0, ids[k], &s));
		TRY(plan_get(cx, s.plan_id, &plan));
		bool now = str_eq(plan.setup_when, "order") || str_eq(plan.setup_when, "approval");
		if (s.state == SERVICE_PENDING && now)
			TRY(service_ask_within(cx, &s, ACTION_CREATE, "setup", "", NULL));
	}
	return OK;
}

enum err service_order_approved(struct cx *cx, int64_t order_id)
{
	return db_tx(cx, approved_body, &order_id);
}

struct restart {
	int64_t id;
	struct day on;
	int anchor_day;
};

static enum err restart_body(struct cx *cx, void *arg)
{
	const struct restart *r = arg;
	struct service s;
	int year, month, mday;
	TRY(service_store_get(cx, 0, r->id, &s));
	day_split(r->on, &year, &month, &mday);
	return service_store_set_start(cx, r->id, r->on,
	    s.anchor_day == 0      ? 0 :
	        r->anchor_day != 0 ? r->anchor_day :
	                             mday);
}

enum err service_restart(struct cx *cx, int64_t id, struct day started_on, int anchor_day)
{
	return db_tx(cx, restart_body, &(struct restart){id, started_on, anchor_day});
}

struct hold {
	int64_t id;
	struct day until;
	const char *reason;
};

static enum err hold_body(struct cx *cx, void *arg)
{
	const struct hold *h = arg;
	struct service s;
	TRY(service_store_get(cx, 0, h->id, &s));
	TRY(service_store_set_hold(cx, h->id, h->until));
	json_t *data = json_keep(cx,
	    json_pack("{s:o s:s}", "until",
	        day_set(h->until) ? json_string(day_print(cx->arena, h->until)) : json_null(),
	        "reason", str_or(h->reason, "")));
	return event_add(cx, &(struct event){"service", h->id, "hold", s.client_id, data}, NULL);
}

enum err service_hold(struct cx *cx, int64_t id, struct day until, const char *reason)
{
	return db_tx(cx, hold_body, &(struct hold){id, until, reason});
}

struct set_server {
	int64_t id, server_id;
};

static enum err set_server_body(struct cx *cx, void *arg)
{
	const struct set_server *a = arg;
	struct service s;
	TRY(service_store_get(cx, 0, a->id, &s));
	return service_store_set_account(cx, a->id, s.username, a->server_id, "");
}

enum err service_set_server(struct cx *cx, int64_t id, int64_t server_id)
{
	return db_tx(cx, set_server_body, &(struct set_server){id, server_id});
}

struct set_price {
	int64_t id, price_minor;
	const char *reason;
};

static enum err set_price_body(struct cx *cx, void *arg)
{
	const struct set_price *a = arg;
	struct service s;
	TRY(service_store_get(cx, 0, a->id, &s));
	TRY(service_store_set_price(cx, a->id, a->price_minor));
	TRY(reprice_drop(cx, &s, "It got a price of its own"));
	json_t *data = json_keep(cx,
	    json_pack("{s:{s:[I,I]} s:s}", "changed", "price_minor", s.price_minor, a->price_minor,
	        "reason", str_or(a->reason, "")));
	return event_add(cx, &(struct event){"service", a->id, "price", s.client_id, data}, NULL);
}

enum err service_set_price(struct cx *cx, int64_t id, int64_t price_minor, const char *reason)
{
	if (price_minor < 0 || price_minor > MONEY_MINOR_MAX)
		return fail_field(cx, "price_minor", "field.range",
		    "Enter a price of zero or more");
	return db_tx(cx, set_price_body, &(struct set_price){id, price_minor, reason});
}
