/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SERVICE_SERVICE_H
#define CORE_SERVICE_SERVICE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/invoice/invoice.h"
#include "core/option/option.h"
#include "core/payment/payment.h"
#include "core/service/panel.h"
#include "fmt/field.h"

/*
 * Hosted things: their life cycle, their periods, the actions owed to their panel, and the servers.
 */
enum service_state {
	SERVICE_PENDING,
	SERVICE_PROVISIONING,
	SERVICE_ACTIVE,
	SERVICE_SUSPENDED,
	SERVICE_ATTENTION,
	SERVICE_CANCELLED,
	SERVICE_TERMINATED,
	SERVICE_STATES
};
enum service_event {
	SERVICE_SET_UP,
	SERVICE_ACTIVATE,
	SERVICE_FAIL,
	SERVICE_AGAIN,
	SERVICE_SUSPEND,
	SERVICE_UNSUSPEND,
	SERVICE_CANCEL,
	SERVICE_TERMINATE,
	SERVICE_EVENTS
};

struct service {
	int64_t id, client_id, order_id, plan_id, server_id, price_minor, quantity, anchor_day,
	    created_at, ended_at;
	enum service_state state;
	const char *plan_key, *plan_name, *tax_class, *panel, *package, *cycle, *currency, *domain,
	    *username, *secret;
	const char *suspend_cause; /* "" | debt | abuse | staff | dispute | parent */
	const char *cancel_reason;
	struct day started_on, billed_until, paid_until, cancel_on,
	    hold_until; /* INT32_MIN: none */
	/*
	 * A lasting discount on the price of each term: terms left to give it, -1 for ever, 0 none.
	 */
	int64_t coupon_id, discount_ppm, discount_minor, discount_terms;
	int64_t discount_granted; /* terms of it in all, when it does not last for ever */
	int64_t price_id; /* the price row it was sold at; 0: a price of its own, or converted */
	/* What a re-pricing brings, from the period that starts on that day; reprice.h. */
	int64_t next_price_minor, next_price_id, reprice_item_id;
	struct day next_price_on;
	bool discount_stacks; /* the discount adds to what stands for the client */
	/* What stands for the client: no column, set by service_standing() before planning. */
	struct client_discount standing;
	int64_t parent_id; /* the service that this is an add-on of; 0: none */
	/* Its part of a bundle's discount: off the service's own price of each term, for ever. */
	int64_t bundle_id, bundle_ppm, bundle_minor;
};

enum err service_get(struct cx *cx, int64_t client_id, int64_t id,
    struct service *ret) MUST_CHECK; /* client_id 0: staff */
/*
 * A pending service, in the order's transaction. started is the first day of its first period;
 * anchor_day follows from it.
 */
struct service_new {
	int64_t client_id, order_id, plan_id, price_id, price_minor, quantity;
	const char *plan_key, *plan_name, *tax_class, *panel, *package, *cycle, *currency, *domain;
	struct day started_on;
	int64_t anchor_day; /* 0: the day of the month it starts on */
	int64_t coupon_id, discount_ppm, discount_minor,
	    discount_terms, /* from the second term on */
	    discount_granted;
	bool discount_stacks;
	int64_t parent_id, bundle_id, bundle_ppm, bundle_minor;
};
/* Services of a plan that a client has (running) and ever had. */
enum err service_count_plan(struct cx *cx, int64_t client_id, int64_t plan_id, int64_t *ret_running,
    int64_t *ret_ever) MUST_CHECK;
/* A domain already hosted is ERR_CONFLICT "service.domain_taken". */
enum err service_create(struct cx *cx, const struct service_new *in, int64_t *ret_id) MUST_CHECK;
enum err service_domain_taken(struct cx *cx, const char *domain, bool *ret) MUST_CHECK;
enum err service_apply(struct cx *cx, int64_t id, enum service_event event,
    const char *reason) MUST_CHECK;
struct service_filter {
	int64_t client_id, order_id, server_id, after, limit;
	const char *state, *q;
	int64_t parent_id; /* only its add-ons */
};
enum err service_list(struct cx *cx, const struct service_filter *f, json_t **ret) MUST_CHECK;
/* {id state client_id order_id plan plan_name cycle domain username next_due_on anchor_day
 * price_minor currency quantity started_on billed_until paid_until
 *  suspend_cause cancel_on cancel_reason hold_until server_id panel package created_at ended_at
 * action: null|{action,state,detail} options:[…] term_minor (price and options, times quantity)} */
enum err service_view(struct cx *cx, const struct service *s, json_t **ret) MUST_CHECK;

/*
 * A pending service that was never billed starts on another day (an order approved later);
 * anchor_day 0: follows.
 */
enum err service_restart(struct cx *cx, int64_t id, struct day started_on,
    int anchor_day) MUST_CHECK;

/*
 * What was chosen with a service (core/option), at the price it was sold at. A row never changes:
 * another choice is another row. Quantities are per unit of the service: three licenses with two
 * extra users each are six.
 */
struct service_option {
	int64_t id, service_id, option_id, choice_id, price_id, quantity, price_minor, setup_minor,
	    change_id, ends_change_id; /* made by, ended by a change; 0: none */
	const char *key, *name, *kind, *unit, *value, *label, *panel_key;
	const char *state; /* pending | active | ended | dropped */
};
struct service_options {
	const struct service_option *rows;
	size_t n;
};
/* Those in force, in the order of the catalog; of many services with one statement. */
enum err service_options_of(struct cx *cx, int64_t service_id,
    struct service_options *ret) MUST_CHECK;
enum err service_options_many(struct cx *cx, const struct service *s, size_t n,
    struct service_options **ret) MUST_CHECK;
/* Those that it was ordered with, whatever became of them. */
enum err service_options_sold(struct cx *cx, int64_t service_id,
    struct service_options *ret) MUST_CHECK;
/* What was picked, with a new service, in the order's transaction; ret_ids: n. */
enum err service_options_add(struct cx *cx, int64_t service_id, const struct option_pick *picks,
    size_t n, int64_t *ret_ids) MUST_CHECK;
/* {name in the panel: value} of those that the panel is told; new reference. */
json_t *service_options_panel(const struct service_options *o);
/*
 * [{id key name kind value label unit quantity price_minor setup_minor sum_minor}]; new
 * reference.
 */
json_t *service_options_view(const struct service_options *o);

/*
 * Billing: the period that starts at billed_until, the service's line first, then one line per
 * priced option; pure. to unset: the service has no cycle.
 */
struct service_term {
	struct invoice_line *lines;
	size_t n;
	struct day to;
};
void service_renewal_lines(struct arena *a, const struct service *s,
    const struct service_options *o, struct service_term *ret);
/*
 * The first day of the whole term that ends on a day; false when terms with that anchor do not end
 * there. Pure.
 */
bool service_term_start(struct cycle c, int anchor_day, struct day end, struct day *ret);
/* An option as documents call it: "Disk: 5 GB – example.org". */
const char *service_option_name(struct arena *a, const struct service *s,
    const struct service_option *o);
/*
 * Sets what comes off each line of a term, and its parts: a bundle's off the service's own line,
 * which is the first, the standing discount, and the coupon's while it lasts; pure.
 */
void service_term_discount(struct arena *a, const struct service *s, struct service_term *t);
/* The same off set-up fees: what stands for the client; a coupon's part was for the order. */
void service_fee_discount(struct arena *a, const struct service *s, struct invoice_line *fees,
    size_t n);
/*
 * For the billing run. Unbilled: active services whose next period starts at or before a day, by
 * (billed_until, client, id). Ahead: those billed beyond it and not paid, by (paid_until, id).
 */
struct service_cursor {
	struct day until, after_on; /* DAY_NONE: from the beginning */
	int64_t after_client, after_id, limit;
};
enum err service_list_unbilled(struct cx *cx, const struct service_cursor *at, struct service **ret,
    size_t *ret_n) MUST_CHECK;
enum err service_list_ahead(struct cx *cx, const struct service_cursor *at, struct service **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * Both together, by (client_id, id), after the given: active services whose next unpaid period
 * starts at or before a day; for the forecast.
 */
enum err service_list_due(struct cx *cx, const struct service_cursor *at, struct service **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * Advances billed_until from..to for many, each only if it still stands at from and costs what was
 * billed (else ERR_CONFLICT "service.billed"); a price that comes with the period becomes the
 * service's. In a transaction.
 */
struct service_billed {
	int64_t id, client_id;
	struct day from, to;
	int64_t terms; /* periods in between: so many terms of a discount are used */
	int64_t old_minor, price_minor; /* per unit, before and with the last of these periods */
	int64_t waiting_id;             /* the item of a re-pricing that waited; 0: none */
	bool repriced;                  /* and is applied by one of these periods */
};
/* Lines planned from *s carry the client's or his group's discount; pure. */
void service_standing(struct service *s, const struct client *c);
/* What a period of a service that starts on a day costs; pure. */
int64_t service_price_from(const struct service *s, struct day from);
/* The service after the period up to a day was billed, in prices and terms, too; pure. */
void service_advance(struct service *s, struct day to);
/* What that is for the row: s before, at after so many periods; pure. */
struct service_billed service_billed_of(const struct service *s, const struct service *at,
    int64_t terms);
enum err service_set_billed(struct cx *cx, const struct service_billed *b, size_t n) MUST_CHECK;
/*
 * A term was invoiced outside the billing run (an order approved later): one term of the discount
 * is used. In a transaction.
 */
enum err service_term_used(struct cx *cx, int64_t id) MUST_CHECK;
/*
 * An invoice was paid: advances paid_until over its periods, asks for set-up or unsuspension.
 * Idempotent.
 */
enum err service_invoice_paid(struct cx *cx, int64_t invoice_id) MUST_CHECK;
/*
 * A paid or open invoice was credited or reopened: recomputes billed_until and paid_until from live
 * charges.
 */
enum err service_recount(struct cx *cx, int64_t invoice_id) MUST_CHECK;
/* An approved order: set-up of services that do not wait for payment. */
enum err service_order_approved(struct cx *cx, int64_t order_id) MUST_CHECK;

/*
 * Wishes. All check the life cycle and leave an action row plus job service.provision (key
 * "action/<id>"). cause makes it once.
 */
enum action_kind {
	ACTION_CREATE,
	ACTION_SUSPEND,
	ACTION_UNSUSPEND,
	ACTION_TERMINATE,
	ACTION_PASSWORD,
	ACTION_CHANGE_PLAN,
	ACTION_KINDS
};
struct action {
	int64_t id, service_id, tries, created_at, done_at;
	enum action_kind action;
	const char *cause, *suspend_cause, *state, *detail;
	bool alerted;
};
/*
 * suspend_cause: debt | abuse | staff | dispute for suspends, "" else. An action of that (service,
 * action, cause) already there is OK with *ret_id = 0.
 */
enum err service_ask(struct cx *cx, int64_t id, enum action_kind action, const char *cause,
    const char *suspend_cause, int64_t *ret_id) MUST_CHECK;
/*
 * For debt: re-checks inside the transaction that the invoice is still unpaid, nothing is pending
 * at a provider, and reminders were sent; else ERR_CONFLICT with the reason.
 */
enum err service_suspend_for_debt(struct cx *cx, int64_t service_id, int64_t invoice_id) MUST_CHECK;
/*
 * ERR_CONFLICT with the reason while taking this service away for this invoice is not (or no more)
 * justified.
 */
enum err service_debt_check(struct cx *cx, const struct service *s, int64_t invoice_id) MUST_CHECK;
enum err action_get(struct cx *cx, int64_t id, struct action *ret) MUST_CHECK;
/*
 * What the panel is to make of the service: the package, and all options it is told, as they will
 * be when the action is done. ret_options: {name: value}, kept.
 */
enum err action_target(struct cx *cx, const struct action *a, const char **ret_package,
    json_t **ret_options) MUST_CHECK;
enum err action_asked(struct cx *cx, int64_t id,
    const char *detail) MUST_CHECK; /* the panel is about to be called: counts a try */
/*
 * DONE: confirms; moves the service, event service.activate/suspend/unsuspend/terminate. data from
 * the panel may carry username.
 */
enum err action_done(struct cx *cx, int64_t id, const json_t *data) MUST_CHECK;
enum err action_waits(struct cx *cx, int64_t id,
    const char *detail) MUST_CHECK; /* will be tried again */
enum err action_attention(struct cx *cx, int64_t id,
    const char *detail) MUST_CHECK; /* needs a person: event service.attention */
enum err action_again(struct cx *cx, int64_t id) MUST_CHECK; /* staff: try now */
enum err action_alerted(struct cx *cx, int64_t id) MUST_CHECK;
enum err action_list(struct cx *cx, int64_t service_id, bool open_only, json_t **ret) MUST_CHECK;

/* Changes of plan, cycle, quantity or options
 * ----------------------------------------------------------------
 * Now: what is left of paid periods is credited by exact days (actual/actual, the day of the change
 * belongs to the new plan); in the same cycle the
 * new price is charged for the same days, in another cycle a full new cycle starts today. More to
 * pay: an invoice, and the change waits for it.
 * Less: a credit note, and it is applied at once; another cycle then has an invoice of its own,
 * paid by that credit. At the end of the term: nothing is due, the
 * next period is billed at the new price. */
struct change_input {
	const char *plan, *cycle,
	    *when;            /* plan: key or id; when: now | end; "" keeps plan or cycle */
	int64_t quantity;     /* 0 keeps it */
	int64_t expect_minor; /* the total shown; another one is ERR_CONFLICT "change.quote" */
	bool has_expect;
	struct field_map options; /* key: value of those that change; the others stay */
	bool follows;             /* an add-on, with its parent: at once, whatever is to be paid */
	struct day from;          /* then: the day it holds from */
};
extern const struct fields change_fields;
/* What differs: the plan itself (key NULL, first), or one option. */
struct change_part {
	const char *key;
	const char *before_what, *after_what; /* NULL: there was, there will be none */
	const struct service_option *before;
	struct service_option *after;                    /* in change_quote.options */
	int64_t before_minor, after_minor;               /* a whole term */
	int64_t credit_minor, charge_minor, setup_minor; /* after discounts */
	int64_t off_minor, setup_off_minor; /* what came off a new term and the fee, and parts */
	const char *discounts, *setup_discounts;
	bool past; /* only of days that are paid: the service itself has it no more, or already */
};
struct change_quote {
	struct change_part *parts;
	size_t parts_n;
	struct service_option *options; /* all that the service will have; id 0: a new row */
	size_t options_n;
	int64_t term_minor; /* a later term with its options, before discounts and tax */
	int64_t plan_id, quantity, price_minor, price_id;
	const char *plan_key, *plan_name, *tax_class, *panel, *package, *cycle;
	bool at_end, new_cycle;
	struct day apply_on, from, to;
	int64_t days_left, days;            /* of the period that runs */
	int64_t credit_minor, charge_minor; /* before tax, after discounts */
	struct invoice_plan invoice;        /* when more is due: items_n > 0 */
	/* Credits by the tax of the documents that they take back. */
	struct change_credit {
		size_t part; /* its place in parts */
		struct tax_choice tax;
		int64_t minor;
	} * credits;
	size_t credits_n;
	/*
	 * Less to pay: what goes back of which days. With another cycle, what is charged has a
	 * document of its own (term), paid by that.
	 */
	struct credit_days *backs;
	int64_t *charges; /* beside backs: what the same days cost instead */
	size_t backs_n;
	struct invoice_plan term;
	struct day rest_to;  /* the end of what is paid */
	int64_t total_minor; /* with tax; negative: goes to credit */
};
enum err service_change_quote(struct cx *cx, int64_t client_id, int64_t id,
    const struct change_input *in, struct change_quote *ret) MUST_CHECK;
/*
 * What can be chosen for a service in a plan and cycle (plan_id, cycle and new_cycle of q): what is
 * on sale and what it has, at the price it was sold at; for option_choose() and option_form().
 */
enum err service_options_wish(struct cx *cx, const struct service *s, const struct change_quote *q,
    const struct field_map *given, struct option_wish *ret) MUST_CHECK;
json_t *service_change_quote_view(struct cx *cx, const struct service *s,
    const struct change_quote *q);
/* *ret_invoice_id 0: nothing to pay. */
enum err service_change(struct cx *cx, int64_t client_id, int64_t id, const struct change_input *in,
    int64_t *ret_change_id, int64_t *ret_invoice_id) MUST_CHECK;
enum err service_change_cancel(struct cx *cx, int64_t client_id, int64_t id) MUST_CHECK;
/* The open change of a service as a tree, null when there is none. */
enum err service_change_view(struct cx *cx, int64_t service_id, json_t **ret) MUST_CHECK;
/*
 * Waiting changes whose invoice stayed unpaid for `days` fall away; due scheduled ones take effect
 * on the records that billing reads.
 */
enum err service_change_sweep(struct cx *cx, struct day until, int64_t days,
    int64_t *ret_n) MUST_CHECK;

/*
 * Cancellation: now, or at the end of the paid term; undone while it waits. Unpaid documents of the
 * service only are credited.
 */
enum err service_cancel(struct cx *cx, int64_t client_id, int64_t id, bool at_end,
    const char *reason) MUST_CHECK;
enum err service_cancel_undo(struct cx *cx, int64_t client_id, int64_t id) MUST_CHECK;
enum err service_cancel_due(struct cx *cx, struct day today, int64_t limit,
    int64_t *ret_n) MUST_CHECK;
/*
 * Staff move the due day of an active service to a day after what is invoiced, at most one term on.
 * The days in between are invoiced at once, in proportion or free (a document over 0); the day of
 * the month becomes the anchor. ERR_INVALID names next_due_on.
 */
struct due_move {
	struct day next_due_on;
	const char *charge, *reason; /* charge: prorata | free */
};
extern const struct fields due_move_fields;
enum err service_move_due(struct cx *cx, int64_t id, const struct due_move *in,
    int64_t *ret_invoice_id) MUST_CHECK;
/*
 * Staff give a running service to another client with the same currency. Documents stay with whom
 * they were addressed to; nothing may be unpaid. Both are told.
 */
struct transfer_wish {
	int64_t client_id;
	const char *reason;
};
extern const struct fields transfer_fields;
enum err service_transfer(struct cx *cx, int64_t id, const struct transfer_wish *in) MUST_CHECK;
enum err service_set_server(struct cx *cx, int64_t id, int64_t server_id) MUST_CHECK;
enum err service_hold(struct cx *cx, int64_t id, struct day until,
    const char *reason) MUST_CHECK; /* no dunning before that day */
/* Staff: another price for this service alone, from the next period on; survives renewals. */
enum err service_set_price(struct cx *cx, int64_t id, int64_t price_minor,
    const char *reason) MUST_CHECK;
enum err service_running(struct cx *cx, int64_t client_id,
    int64_t *ret_n) MUST_CHECK; /* of a client, not ended */
enum err service_count(struct cx *cx, const char *state, int64_t *ret) MUST_CHECK;

/*
 * Servers -----------------------------------------------------------------------------------------
 */
struct server {
	int64_t id, accounts_max, accounts, checked_at; /* accounts_max 0: any number */
	const char *key, *name, *provider, *settings, *error;
	bool enabled;
};
enum err server_get(struct cx *cx, int64_t id, struct server *ret) MUST_CHECK;
/* The enabled server of a provider with room and fewest accounts; ERR_NOT_FOUND "server.none". */
enum err server_choose(struct cx *cx, const char *provider, struct server *ret) MUST_CHECK;
enum err server_save(struct cx *cx, const struct server *s,
    int64_t *ret_id) MUST_CHECK; /* id 0: new; settings validated and sealed before */
enum err server_checked(struct cx *cx, int64_t id, const char *error) MUST_CHECK;
enum err server_list(struct cx *cx, json_t **ret) MUST_CHECK;

/* Periods contiguous and not overlapping, states and dates agree. */
enum err service_audit(struct cx *cx, json_t *findings) MUST_CHECK;

#endif
