/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SERVICE_OWN_H
#define CORE_SERVICE_OWN_H

#include "base/fsm.h"
#include "core/service/service.h"
#include "db/db.h"

extern const struct fsm service_fsm;
extern const char *const action_words[ACTION_KINDS];

/* view.c: a list's row, without its open action. New reference. */
json_t *service_row_view(const struct service *s);

/* rules.c: pure */
/*
 * Dates from live charges: how far a service is billed and paid without a hole, from its first day.
 */
void service_dates(struct day started_on, const struct invoice_period *p, size_t n,
    struct day *ret_billed, struct day *ret_paid);
/*
 * A unix-safe account name from a domain and the service's id: "example17" (at most 16 characters,
 * starts with a letter).
 */
char *service_username(struct arena *a, const char *domain, int64_t id);
/*
 * The event that a confirmed action means for the service, and what it asks of the service's state
 * now.
 */
enum service_event service_action_event(enum action_kind action, const char *cause);

/* service.c: terms of its discount that are left beside those charged before a day (or all). */
enum err service_terms_left(struct cx *cx, const struct service *s, struct day before,
    int64_t *ret) MUST_CHECK;

/* store_option.c */
enum err service_option_store_insert(struct cx *cx, const struct service_option *o,
    int64_t *ret_id) MUST_CHECK;
/* A change is asked for: this row ends with it. */
enum err service_option_store_ends(struct cx *cx, int64_t id, int64_t change_id) MUST_CHECK;
/* It takes effect, or falls away. */
enum err service_option_store_apply(struct cx *cx, int64_t change_id) MUST_CHECK;
enum err service_option_store_drop(struct cx *cx, int64_t change_id) MUST_CHECK;
/* All that the service will have when the change has taken effect. */
enum err service_option_store_target(struct cx *cx, int64_t service_id, int64_t change_id,
    struct service_options *ret) MUST_CHECK;
/* All that was ever in force. */
enum err service_option_store_ever(struct cx *cx, int64_t service_id,
    struct service_options *ret) MUST_CHECK;
/* Rows that a change brings or ends and that a panel is told. */
enum err service_option_store_told(struct cx *cx, int64_t change_id, int64_t *ret_n) MUST_CHECK;
/* The row of a pick, as it is sold. */
struct service_option service_option_of(int64_t service_id, const struct option_pick *p);

/* store.c */
enum err service_store_get(struct cx *cx, int64_t client_id, int64_t id,
    struct service *ret) MUST_CHECK;
enum err service_store_insert(struct cx *cx, const struct service *s, int64_t *ret_id) MUST_CHECK;
enum err service_store_set_state(struct cx *cx, const struct service *s, enum service_state to,
    const char *suspend_cause) MUST_CHECK;
enum err service_store_set_dates(struct cx *cx, int64_t id, struct day billed_until,
    struct day paid_until) MUST_CHECK;
enum err service_store_set_terms(struct cx *cx, int64_t id, int64_t discount_terms) MUST_CHECK;
enum err service_store_set_start(struct cx *cx, int64_t id, struct day started_on,
    int anchor_day) MUST_CHECK;
enum err service_store_set_anchor(struct cx *cx, int64_t id, int anchor_day) MUST_CHECK;
/* From the client it has; ERR_CONFLICT when somebody moved it meanwhile. */
enum err service_store_set_client(struct cx *cx, const struct service *s, int64_t to) MUST_CHECK;
enum err service_store_set_account(struct cx *cx, int64_t id, const char *username,
    int64_t server_id, const char *secret) MUST_CHECK;
enum err service_store_set_cancel(struct cx *cx, int64_t id, struct day on,
    const char *reason) MUST_CHECK;
enum err service_store_set_price(struct cx *cx, int64_t id, int64_t price_minor) MUST_CHECK;
enum err service_store_set_hold(struct cx *cx, int64_t id, struct day until) MUST_CHECK;
enum err service_store_cancel_due(struct cx *cx, struct day today, int64_t limit, int64_t **ret,
    size_t *ret_n) MUST_CHECK;
/* Add-ons that have not ended. */
enum err service_store_addons(struct cx *cx, int64_t parent_id, struct service **ret,
    size_t *ret_n) MUST_CHECK;
/* The other running services of the same order in that bundle lose its discount. */
enum err service_store_end_bundle(struct cx *cx, const struct service *s, int64_t **ret,
    size_t *ret_n) MUST_CHECK;
enum err service_store_of_order(struct cx *cx, int64_t order_id, int64_t **ret,
    size_t *ret_n) MUST_CHECK;
void service_read(struct db_row *row, void *out);
#define SERVICE_COLUMNS \
	"id, client_id, order_id, plan_id, plan_key, plan_name, tax_class, panel, package," \
	" server_id, state, cycle, anchor_day, currency," \
	" price_minor, quantity, domain, username, secret, started_on, billed_until, paid_until," \
	" suspend_cause, cancel_on," \
	" cancel_reason, hold_until, coupon_id, discount_ppm, discount_minor, discount_terms," \
	" created_at, ended_at, price_id, next_price_minor, next_price_id, next_price_on," \
	" reprice_item_id, discount_stacks, parent_id, bundle_id, bundle_ppm, bundle_minor," \
	" discount_granted"

/* store_action.c */
enum err action_store_insert(struct cx *cx, const struct action *a,
    int64_t *ret_id) MUST_CHECK; /* 0: known */
enum err action_store_set(struct cx *cx, int64_t id, const char *from, const char *to,
    const char *detail) MUST_CHECK;
enum err action_store_tried(struct cx *cx, int64_t id, const char *detail) MUST_CHECK;
enum err action_store_open_of(struct cx *cx, int64_t service_id,
    struct action *ret) MUST_CHECK; /* newest open; ERR_NOT_FOUND */
enum err action_store_drop(struct cx *cx, int64_t service_id, enum action_kind action,
    const char *detail) MUST_CHECK;
enum err action_store_alerted(struct cx *cx, int64_t id) MUST_CHECK;

/* store_change.c */
struct change {
	int64_t id, service_id, plan_id, quantity, price_minor, price_id, credit_minor,
	    charge_minor, invoice_id, created_at;
	const char *state, *cycle, *detail;
	struct day apply_on;
	int64_t old_plan_id, old_quantity; /* what the service was */
	struct day until_on; /* how far paid terms cost something else by it; DAY_NONE: none */
	/* The newest document of the service when it was asked for, and when it took effect. */
	int64_t asked_after, done_after;
};
enum err change_store_insert(struct cx *cx, const struct change *c, int64_t *ret_id) MUST_CHECK;
enum err change_store_get(struct cx *cx, int64_t id, struct change *ret) MUST_CHECK;
/* change.c: ERR_CONFLICT "change.open" while a change of the service is under way. */
enum err change_none_open(struct cx *cx, int64_t service_id) MUST_CHECK;
enum err change_store_open_of(struct cx *cx, int64_t service_id, struct change *ret) MUST_CHECK;
enum err change_store_of_invoice(struct cx *cx, int64_t invoice_id, struct change *ret) MUST_CHECK;
/* Those that took effect, in their order. */
enum err change_store_done_of(struct cx *cx, int64_t service_id, struct change **ret,
    size_t *ret_n) MUST_CHECK;
enum err change_store_done(struct cx *cx, int64_t id, int64_t done_after) MUST_CHECK;
enum err change_store_set(struct cx *cx, int64_t id, const char *from, const char *to,
    const char *detail) MUST_CHECK;
enum err change_store_set_invoice(struct cx *cx, int64_t id, int64_t invoice_id) MUST_CHECK;
enum err change_store_stale(struct cx *cx, int64_t created_before, int64_t limit,
    struct change **ret, size_t *ret_n) MUST_CHECK;
enum err change_store_due(struct cx *cx, struct day until, int64_t limit, struct change **ret,
    size_t *ret_n) MUST_CHECK;
/* The service gets what the change says. */
enum err service_store_set_plan(struct cx *cx, const struct service *s) MUST_CHECK;

/* change_price.c: what the paid days from today on are worth; n 0: none are left. */
enum err change_unused(struct cx *cx, const struct service *s, const struct settings *settings,
    struct credit_service *ret) MUST_CHECK;
/* change_option.c: what differs, and the rows that a change brings and ends */
enum err change_parts(struct cx *cx, const struct service *s, const struct change_input *in,
    struct change_quote *q) MUST_CHECK;
/* The service with all its options, as it would end. */
enum err change_parts_all(struct cx *cx, const struct service *s,
    struct change_quote *q) MUST_CHECK;
enum err change_options_write(struct cx *cx, int64_t change_id, struct change_quote *q) MUST_CHECK;

/* change_rest.c: what the days left of a paid period are charged at, by its documents */
struct held {                             /* the plan, or an option */
	const struct service_option *row; /* NULL: the plan */
	int64_t amount_minor, paid_minor; /* before and after discounts */
	bool sold;  /* both are of the whole period, as it was sold; else of a whole term */
	bool given; /* charged, and taken back by a credit note or with a reissue: stays given */
};
struct rest {
	const struct service *s;
	const struct invoice_period *p;
	struct day from, to;       /* what is left of it */
	int64_t plan_id, quantity; /* what the service is in these days */
	struct held *held;         /* the plan first */
	size_t held_n;
	/* What its own line and those of options cost before and after the discount they had. */
	int64_t own_minor, own_paid_minor, options_minor, options_paid_minor;
	bool trial;            /* stays free */
	struct tax_choice tax; /* of the document that holds it now */
	int64_t back_minor;    /* what a change credits of it, less what it charges */
};
enum err change_rests(struct cx *cx, const struct service *s, struct day today, struct rest **ret,
    size_t *ret_n) MUST_CHECK;
/* The same of an option: whatever row it is. */
bool change_same_option(const struct service_option *a, const struct service_option *b);
/* A price of the whole period, or of a whole term, for the days left. */
int64_t change_share(const struct rest *r, bool sold, int64_t minor);
/* Less the share of the discount that lines of its kind had in the period. */
int64_t change_discounted(const struct rest *r, bool is_plan, int64_t minor);

/* change_price.c: what each part is worth by the day, and the invoice over it */
enum err change_prorate(struct cx *cx, const struct service *s, struct day today,
    struct change_quote *q) MUST_CHECK;
enum err change_price(struct cx *cx, const struct service *s, const struct settings *settings,
    struct change_quote *q) MUST_CHECK;

/* change_addon.c: add-ons with the dates of a service go to its new cycle with it */
enum err change_addons_fit(struct cx *cx, const struct service *s,
    const struct change_quote *q) MUST_CHECK;
enum err change_addons_apply(struct cx *cx, const struct service *s,
    const struct change *c) MUST_CHECK;

/* change_term.c: terms that a change replaces */
/*
 * Credits what is charged for terms from a day on and what the change did not count: unpaid ones,
 * with whatever follows them, and those invoiced since it was asked for. They are charged again as
 * the service is by then.
 */
enum err change_credit_terms(struct cx *cx, const struct service *s, const struct change *c,
    struct day from) MUST_CHECK;

/* change_apply.c */
enum err change_paid(struct cx *cx,
    int64_t invoice_id) MUST_CHECK; /* its invoice is paid: applies; no change: OK */
enum err change_credited(struct cx *cx,
    int64_t invoice_id) MUST_CHECK; /* its invoice was taken back: falls away */
enum err change_applied(struct cx *cx,
    const struct action *a) MUST_CHECK;                                  /* the panel has done it */
enum err change_start(struct cx *cx, const struct change *c) MUST_CHECK; /* records and panel */
/* The service is to end: what waits falls away with its invoice; what the panel does goes on. */
enum err change_drop(struct cx *cx, int64_t service_id, const char *why) MUST_CHECK;

/* addon.c: what became of a service becomes of its add-ons; in its transaction */
enum err service_addons_follow(struct cx *cx, const struct service *parent,
    enum service_event event) MUST_CHECK;
/* Does it have its parent's dates? Which of a service's add-ons have its dates and go on. */
enum err service_is_dated(struct cx *cx, const struct service *s, bool *ret) MUST_CHECK;
enum err service_addons_dated(struct cx *cx, const struct service *parent, struct service **ret,
    size_t *ret_n) MUST_CHECK;
/* The parent is to end on a day, or DAY_NONE: no more. */
enum err service_addons_cancel(struct cx *cx, const struct service *parent,
    struct day on) MUST_CHECK;

/* cancel.c: ends an add-on together with its parent */
enum err service_cancel_addon(struct cx *cx, const struct service *s, const char *cause) MUST_CHECK;

/* action.c */
enum err service_ask_within(struct cx *cx, const struct service *s, enum action_kind action,
    const char *cause, const char *suspend_cause, int64_t *ret_id) MUST_CHECK;
/* The panel is to be as the service is by then, not before. */
enum err service_ask_change_at(struct cx *cx, const struct service *s, const char *cause,
    int64_t run_at) MUST_CHECK;

#endif
