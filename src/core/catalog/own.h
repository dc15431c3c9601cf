/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CATALOG_OWN_H
#define CORE_CATALOG_OWN_H

/* Inside core/catalog only. */

#include "base/fsm.h"
#include "core/catalog/catalog.h"
#include "db/db.h"

enum plan_event { PLAN_RETIRE, PLAN_RESTORE, PLAN_EVENTS };
extern const struct fsm plan_fsm; /* state.c */

struct plan_group {
	int64_t id, position;
	const char *key, *name, *description;
	bool hidden;
};

/* store.c */
enum err plan_insert(struct cx *cx, const struct plan *p, int64_t *ret_id) MUST_CHECK;
enum err plan_write(struct cx *cx, const struct plan *p) MUST_CHECK;
enum err plan_write_state(struct cx *cx, const struct plan *p, enum plan_state to) MUST_CHECK;
enum err plan_write_stock(struct cx *cx, int64_t id, int64_t n, bool *ret_changed) MUST_CHECK;
enum err plan_key_id(struct cx *cx, const char *key, int64_t *ret_id) MUST_CHECK; /* 0: free */
enum err plan_rows(struct cx *cx, const struct plan_filter *f, struct plan **ret,
    size_t *ret_n) MUST_CHECK;

/* store_addon.c */
enum err plan_addon_parents(struct cx *cx, int64_t addon_id, struct plan **ret,
    size_t *ret_n) MUST_CHECK;
enum err plan_addon_join(struct cx *cx, int64_t addon_id, int64_t parent_id) MUST_CHECK;
enum err plan_addon_part(struct cx *cx, int64_t addon_id) MUST_CHECK; /* from every plan */
void plan_read(struct db_row *row, void *out);
#define PLAN_COLUMNS \
	"p.id, COALESCE(p.group_id, 0), p.key, p.name, p.description, p.features, p.panel," \
	" p.package, p.tax_class, p.setup_when, p.needs_domain, p.hidden, COALESCE(p.stock, -1)," \
	" p.client_max, p.trial_days, p.prorata_day, p.prorata_cutoff, p.position, p.state," \
	" p.addon_dates, CASE WHEN EXISTS (SELECT 1 FROM plan_addon a WHERE a.addon_id = p.id)" \
	" THEN 1 ELSE 0 END"

/* store_price.c; plan_id 0: of all plans; currency NULL: any */
enum err price_insert(struct cx *cx, int64_t plan_id, const struct price_input *in) MUST_CHECK;
enum err price_retire(struct cx *cx, int64_t id) MUST_CHECK;
enum err price_rows(struct cx *cx, int64_t plan_id, const char *currency, struct price **ret,
    size_t *ret_n) MUST_CHECK;

/* store_price.c: what was agreed with a client, id 0; plan_id 0: of all plans, client_id 0: none */
enum err price_of_client(struct cx *cx, const struct price_wish *w, struct price *ret) MUST_CHECK;
enum err price_rows_of_client(struct cx *cx, int64_t plan_id, const struct price_buyer *b,
    struct price **ret, size_t *ret_n) MUST_CHECK;
/* One row a plan, cycle and currency of a client: written over the one before. */
struct client_price {
	int64_t client_id, plan_id;
	struct price_input in;
};
enum err price_agreed_write(struct cx *cx, const struct client_price *p,
    int64_t *ret_id) MUST_CHECK;
enum err price_agreed_drop(struct cx *cx, int64_t client_id, int64_t id, int64_t *ret_n) MUST_CHECK;
enum err price_agreed_rows(struct cx *cx, int64_t client_id, json_t *to) MUST_CHECK;

/* convert.c: own prices, and converted ones where there are none; plan_id 0: of all plans */
enum err price_rows_sold(struct cx *cx, int64_t plan_id, const struct price_buyer *b,
    struct price **ret, size_t *ret_n) MUST_CHECK;

/* store_group.c */
enum err plan_group_insert(struct cx *cx, const struct plan_group *g, int64_t *ret_id) MUST_CHECK;
enum err plan_group_write(struct cx *cx, const struct plan_group *g, bool *ret_changed) MUST_CHECK;
/* 0: none */
enum err plan_group_key_id(struct cx *cx, const char *key, int64_t *ret_id) MUST_CHECK;
enum err plan_group_rows(struct cx *cx, struct plan_group **ret, size_t *ret_n) MUST_CHECK;

/* rules.c: pure. The place of the first price that repeats an earlier cycle and currency, or n. */
size_t price_repeated(const struct price_input *prices, size_t n);
bool price_same(const struct price *sold, const struct price_input *in);

/* view.c: new references */
struct plan_context {
	const struct price *prices; /* of any plans, sorted by plan */
	size_t prices_n;
	const struct plan_group *groups;
	size_t groups_n;
};
json_t *plan_tree(struct cx *cx, const struct plan *p, const struct plan_context *x);

#endif
