/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SERVICE_REPRICE_OWN_H
#define CORE_SERVICE_REPRICE_OWN_H

#include "base/fsm.h"
#include "core/catalog/catalog.h"
#include "core/service/reprice.h"
#include "db/db.h"

extern const struct fsm reprice_fsm, reprice_item_fsm;

/* reprice_rules.c: pure */
/* A price up or down by ppm, rounded half up to the cent and then to its ending. */
int64_t reprice_percent(int64_t minor, int64_t ppm, const char *currency, const char *round);
/* The first period of a service that starts on or after a day. */
struct day reprice_first(const struct service *s, struct day on);
/* One service that may get another price. */
struct reprice_row {
	struct service s;
	bool changing, waiting; /* a change, or another re-pricing of it is open */
};
/* The input read: plans with their prices, lists as numbers. */
struct reprice_wish {
	const struct reprice_input *in;
	int64_t *plans, *versions, *amounts;
	size_t plans_n, versions_n, amounts_n;
	struct price *prices; /* active ones of these plans in the currency */
	size_t prices_n;
};
struct reprice_result {
	int64_t new_minor, new_price_id; /* new_price_id 0: a version is to be found or made */
	struct day apply_on;
	const char *why; /* NULL: gets it */
};
/* false: not chosen at all. */
bool reprice_judge(const struct reprice_wish *w, const struct reprice_row *r,
    struct reprice_result *ret);

/* reprice_wish.c: the input read and checked against catalog, settings and the day. */
enum err reprice_wish_read(struct cx *cx, const struct reprice_input *in,
    struct reprice_wish *ret) MUST_CHECK;

/* reprice_apply.c: in the transactions of others */
enum err reprice_applied(struct cx *cx, const struct service_billed *b, size_t n) MUST_CHECK;
/* The waiting item of a service falls away. */
enum err reprice_drop(struct cx *cx, const struct service *s, const char *why) MUST_CHECK;
/* The period that brought the new price is taken back: it waits again. */
enum err reprice_undo(struct cx *cx, const struct service *s, struct day billed) MUST_CHECK;

/* store_reprice.c */
struct reprice {
	int64_t id, before_minor, after_minor, created_at, ended_at;
	const char *cause, *state, *currency, *input, *reason;
	struct day effective_on;
};
struct reprice_item {
	int64_t id, reprice_id, service_id, client_id, old_minor, old_price_id, new_minor,
	    new_price_id;
	const char *state, *detail;
	struct day apply_on, effective_on;
	const char *plan_name, *domain, *cycle, *currency;
	int64_t quantity;
};
enum err reprice_store_insert(struct cx *cx, const struct reprice *r,
    int64_t *ret_id) MUST_CHECK; /* 0: the cause is known */
enum err reprice_store_sums(struct cx *cx, int64_t id, int64_t before_minor,
    int64_t after_minor) MUST_CHECK;
enum err reprice_store_find(struct cx *cx, const char *cause, int64_t *ret_id) MUST_CHECK;
enum err reprice_store_get(struct cx *cx, int64_t id, struct reprice *ret) MUST_CHECK;
enum err reprice_store_page(struct cx *cx, int64_t before, int64_t limit, struct reprice **ret,
    size_t *ret_n) MUST_CHECK;
enum err reprice_store_cancel(struct cx *cx, int64_t id, const char *reason,
    int64_t *ret_n) MUST_CHECK;
struct reprice_counts {
	int64_t waiting, applied, skipped, cancelled, clients;
};
enum err reprice_store_counts(struct cx *cx, int64_t id, struct reprice_counts *ret) MUST_CHECK;
/* Services with terms, by id. */
struct reprice_page {
	const char *currency;
	int64_t plan_min, plan_max, after, limit;
};
enum err reprice_store_rows(struct cx *cx, const struct reprice_page *p, struct reprice_row **ret,
    size_t *ret_n) MUST_CHECK;
enum err reprice_store_add(struct cx *cx, const struct reprice_item *items, size_t n) MUST_CHECK;
enum err reprice_store_items(struct cx *cx, const struct reprice_filter *f,
    struct reprice_item **ret, size_t *ret_n) MUST_CHECK;
enum err reprice_store_waiting_of(struct cx *cx, int64_t service_id,
    struct reprice_item *ret) MUST_CHECK;
/* The newest applied one. */
enum err reprice_store_applied_of(struct cx *cx, int64_t service_id,
    struct reprice_item *ret) MUST_CHECK;
enum err reprice_store_move(struct cx *cx, int64_t item_id, const char *from, const char *to,
    const char *detail) MUST_CHECK;
enum err reprice_store_apply(struct cx *cx, const int64_t *item_ids, size_t n) MUST_CHECK;
/* What a service says of its item: *it waits, or nothing (NULL). */
enum err reprice_store_mark(struct cx *cx, int64_t service_id,
    const struct reprice_item *it) MUST_CHECK;
enum err reprice_store_price(struct cx *cx, int64_t service_id, int64_t minor,
    int64_t price_id) MUST_CHECK;

#endif
