/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CATALOG_CATALOG_H
#define CORE_CATALOG_CATALOG_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/rate/rate.h"
#include "fmt/field.h"

/*
 * What is sold: groups, plans, and a price row per plan, cycle and currency. A missing row means:
 * not sold so.
 */
enum plan_state { PLAN_ACTIVE, PLAN_RETIRED, PLAN_STATES };
struct plan {
	int64_t id, group_id;
	const char *key, *name, *description, *features; /* features: one per line */
	const char *panel,
	    *package; /* provider name ("sandbox", "exec", "" = none) and the package there */
	const char *tax_class;  /* "standard" unless said */
	const char *setup_when; /* payment | approval | order | never */
	bool needs_domain, hidden;
	int64_t stock;      /* -1: not counted */
	int64_t client_max; /* running services of it per client; 0: any number */
	int64_t trial_days; /* first days free, once per client; 0: none */
	int64_t prorata_day,
	    /*
	     * terms end on this day of the month (0: as ordered); ordered from the cut-off day on,
	     * the next full term is added
	     */
	    prorata_cutoff;
	int64_t position;
	enum plan_state state;
	const char *addon_dates; /* own | parent: whose due days it has as an add-on */
	bool is_addon;           /* sold only with one of the plans it belongs to */
};
struct price {
	int64_t id, plan_id;
	const char *cycle, *currency;
	int64_t price_minor, setup_minor;
	int64_t renew_minor; /* from the second term on; 0: as price_minor */
	bool active;
	bool converted; /* an amount of another currency's row, at the day's rate */
	int64_t created_at;
};
struct price_input {
	const char *cycle, *currency;
	int64_t price_minor, setup_minor, renew_minor;
};
struct plan_input {
	const char *key, *name, *description, *features, *panel, *package, *tax_class, *setup_when,
	    *group;
	bool needs_domain, hidden;
	int64_t stock, position, client_max, trial_days, prorata_day, prorata_cutoff;
	const char *addon_of, *addon_dates; /* addon_of: keys of plans, spaces between */
	struct field_list prices;           /* of struct price_input */
};
extern const struct fields plan_fields, price_fields, plan_group_fields;

enum err plan_get(struct cx *cx, int64_t id, struct plan *ret) MUST_CHECK;
/* key, or decimal id; ERR_NOT_FOUND */
enum err plan_find(struct cx *cx, const char *key, struct plan *ret) MUST_CHECK;
enum err plan_create(struct cx *cx, const struct plan_input *in, int64_t *ret_id) MUST_CHECK;
/*
 * Prices given replace the active rows that differ (the old are retired; services keep what they
 * were sold at).
 */
enum err plan_update(struct cx *cx, int64_t id, const struct plan_input *in) MUST_CHECK;
enum err plan_retire(struct cx *cx, int64_t id, bool retired) MUST_CHECK;
/* Plans on sale that are add-ons of a plan. */
enum err plan_addons(struct cx *cx, int64_t plan_id, struct plan **ret, size_t *ret_n) MUST_CHECK;
enum err plan_is_addon(struct cx *cx, int64_t addon_id, int64_t plan_id, bool *ret) MUST_CHECK;
/*
 * Takes n from the stock, ERR_CONFLICT "plan.sold_out"; negative n gives back. Inside a
 * transaction.
 */
enum err plan_take_stock(struct cx *cx, int64_t id, int64_t n) MUST_CHECK;
/* The active price of (plan, cycle, currency); ERR_NOT_FOUND. */
enum err price_find(struct cx *cx, int64_t plan_id, const char *cycle, const char *currency,
    struct price *ret) MUST_CHECK;

/* The rows of a plan, newest first; retired ones too when all. currency NULL: any. */
struct price_filter {
	int64_t plan_id;
	const char *currency;
	bool all;
};
enum err price_list(struct cx *cx, const struct price_filter *f, struct price **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * A row that no shop sells but running services get: the newest of that plan with these amounts, or
 * a new retired one. In a transaction.
 */
enum err price_version(struct cx *cx, int64_t plan_id, const struct price_input *in,
    int64_t *ret_id) MUST_CHECK;

/*
 * What a plan is sold at in a currency: its own row, or with setting catalog.convert the row in the
 * company's currency at the
 * newest rate (id and plan_id are that row's). ERR_NOT_FOUND.
 */
struct price_wish {
	int64_t plan_id;
	const char *cycle, *currency;
	int64_t client_id; /* what was agreed with him wins, id 0; 0: anybody */
};
enum err price_sell(struct cx *cx, const struct price_wish *w, struct price *ret) MUST_CHECK;
/* How to come from the company's currency to another (catalog.convert); false: not at all. */
enum err price_quote(struct cx *cx, const char *currency, struct rate_quote *ret,
    bool *ret_can) MUST_CHECK;
/* A plan with the prices it is sold at in one currency, to one client or (0) to anybody. */
struct price_buyer {
	const char *currency;
	int64_t client_id;
};
enum err plan_shop_view(struct cx *cx, const struct plan *p, const struct price_buyer *b,
    json_t **ret) MUST_CHECK;

/*
 * Prices agreed with a client, in his currency, one a plan and cycle; the same again replaces. What
 * runs keeps its price. {plan cycle price_minor setup_minor? renew_minor?} Events
 * client.price_agree and client.price_end.
 */
extern const struct fields agreed_fields;
enum err price_agree(struct cx *cx, int64_t client_id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
enum err price_agreed_end(struct cx *cx, int64_t client_id, int64_t id) MUST_CHECK;
/* [{id, client_id, plan_id, plan, plan_name, cycle, currency, price_minor, …}] */
enum err price_agreed(struct cx *cx, int64_t client_id, json_t **ret) MUST_CHECK;

struct plan_filter {
	bool shop; /* only active and not hidden, with a price in currency */
	const char *currency, *q;
	int64_t group_id;
	int64_t client_id; /* with what was agreed with him; 0: nobody's */
};
/*
 * Groups with their plans with their prices:
 * {"groups":[{id,key,name,description,plans:[plan_view…]}]}; plans without a group come last under
 * id 0.
 */
enum err catalog_view(struct cx *cx, const struct plan_filter *f, json_t **ret) MUST_CHECK;
/*
 * {id, key, name, description, features: [line…], panel, package, tax_class, setup_when,
 * needs_domain, hidden, stock, position, state, group: {id, key, name} | null, prices: [{id, cycle,
 * currency, price_minor, setup_minor}]}
 */
enum err plan_view(struct cx *cx, const struct plan *p, json_t **ret) MUST_CHECK;
enum err plan_group_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;

#endif
