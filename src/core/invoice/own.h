/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_INVOICE_OWN_H
#define CORE_INVOICE_OWN_H

#include "core/invoice/invoice.h"
#include "db/db.h"

extern const struct fsm invoice_fsm;
extern const char *const invoice_state_words[INVOICE_STATES];
extern const char *const invoice_event_words[INVOICE_EVENTS];

/* view.c: a list's row. New reference. */
/* last: the buyer of the row before, {0} at first; a client's rows mostly carry the same one. */
struct invoice_buyer {
	const char *text;
	json_t *name;
};
json_t *invoice_row_view(const struct invoice *i, struct invoice_buyer *last);

/* store.c: reads */
enum err invoice_store_get(struct cx *cx, int64_t id, struct invoice *ret) MUST_CHECK;
enum err invoice_store_items(struct cx *cx, int64_t id, struct invoice_item **ret,
    size_t *ret_n) MUST_CHECK;
enum err invoice_store_credited(struct cx *cx, int64_t id, int64_t *ret_gross_minor) MUST_CHECK;
enum err invoice_store_note_of(struct cx *cx, int64_t id,
    int64_t *ret_note_id) MUST_CHECK; /* newest; ERR_NOT_FOUND */
/* What is left uncredited per tax rate: invoice items less those of its credit notes. */
struct invoice_rate_left {
	struct tax_choice tax;
	const char *tax_class;
	int64_t net_minor, tax_minor, tax2_minor;
	bool is_funds;
};
enum err invoice_store_left(struct cx *cx, int64_t id, struct invoice_rate_left **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * A plan for a client as of today. r->settings: whose prices and rounding are kept, or NULL; what
 * else is needed is loaded.
 */
enum err invoice_plan_now(struct cx *cx, int64_t client_id, const struct invoice_request *r,
    struct invoice_plan *ret) MUST_CHECK;
/* Lines from typed items (invoice_input_item), and from items that stand somewhere. */
enum err invoice_lines_typed(struct cx *cx, const struct field_list *typed,
    struct invoice_line **ret) MUST_CHECK;
struct invoice_line *invoice_lines_of(struct cx *cx, const struct invoice_item *items, size_t n);
extern const struct fields invoice_item_fields;

/* Does an item carry these taxes? */
bool invoice_item_taxed(const struct invoice_item *i, const struct tax_choice *t);
/* note.c: what a credit note would take back; refuses what is too much or no item of it. */
struct crediting {
	struct invoice invoice;
	struct invoice_item *items;
	size_t items_n, rates_n;
	bool *taken, *chosen; /* of items: credited before; to be credited now */
	struct invoice_rate_left *rates;
	int64_t left_minor, gross_minor;
	bool by_item, whole, keep;
	const char *reason;
	struct day from, to;
	const int64_t *of_rate;
};
enum err credit_note_load(struct cx *cx, const struct credit_wish *w,
    struct crediting *ret) MUST_CHECK;
/* Its lines and sums. */
void credit_note_plan(struct cx *cx, const struct crediting *c, struct invoice_plan *p);
void invoice_read(struct db_row *row, void *out);
#define INVOICE_COLUMNS \
	"id, kind, state, cause, client_id, order_id, refers_to_id, series, seq, number," \
	" currency, issued_on, due_on," \
	" seller, buyer, note, rounding, prices, net_minor, discount_minor," \
	" tax_minor, total_minor, balance_minor," \
	" prev_hash, hash, token, created_at, paid_at, rate_base, rate_e8, rate_on, rate_source," \
	" hold_until, proforma_number, proforma_on"

/* Paid invoices with a charge for a service, newest first. */
enum err invoice_store_paid_of(struct cx *cx, int64_t service_id, int64_t **ret,
    size_t *ret_n) MUST_CHECK;

/* store_write.c: all inside a transaction */
/* Takes n numbers of a series; the row is locked until the end of the transaction. */
enum err series_take(struct cx *cx, const char *key, const char *format, int64_t n,
    int64_t *ret_first, const char **ret_last_hash) MUST_CHECK;
enum err series_set_hash(struct cx *cx, const char *key, const char *hash) MUST_CHECK;
enum err invoice_store_ids(struct cx *cx, size_t n, int64_t *ret_ids) MUST_CHECK;
enum err invoice_store_insert(struct cx *cx, const struct invoice *rows, size_t n) MUST_CHECK;
struct invoice_store_item {
	int64_t invoice_id, position;
	const struct invoice_item *item;
	bool live;
};
enum err invoice_store_insert_items(struct cx *cx, const struct invoice_store_item *rows,
    size_t n) MUST_CHECK;
/* A draft becomes what *i says (issued); its items are replaced by the caller. */
enum err invoice_store_issue_draft(struct cx *cx, const struct invoice *i) MUST_CHECK;
/* A proforma becomes what *i says: its number, day, rate and hash. */
enum err invoice_store_finalize(struct cx *cx, const struct invoice *i) MUST_CHECK;
enum err invoice_store_drop_items(struct cx *cx, int64_t id) MUST_CHECK; /* of a draft */
enum err invoice_store_drop(struct cx *cx, int64_t id) MUST_CHECK;       /* a draft */
enum err invoice_store_set_state(struct cx *cx, int64_t id, enum invoice_state from,
    enum invoice_state to) MUST_CHECK;
enum err invoice_store_set_balance(struct cx *cx, int64_t id, int64_t balance_minor) MUST_CHECK;
enum err invoice_store_set_hold(struct cx *cx, int64_t id, struct day until) MUST_CHECK;
enum err invoice_store_release(struct cx *cx, int64_t id) MUST_CHECK; /* its charges */
enum err invoice_store_release_item(struct cx *cx, int64_t item_id) MUST_CHECK;
/* Its charge moves to another document, whatever is charged after it. */
enum err invoice_store_move_item(struct cx *cx, int64_t item_id) MUST_CHECK;
struct invoice_recharging {
	int64_t service_id, invoice_id;
	struct day from;
};
enum err invoice_store_due_ids(struct cx *cx, struct day before, int64_t limit, int64_t **ret,
    int64_t **ret_clients, size_t *ret_n) MUST_CHECK;

/*
 * write.c: gives plans their ids, numbers and hashes and writes them; the tail of commit, issue and
 * credit notes.
 */
struct invoice_writing {
	const struct invoice_plan *plan;
	const char *kind;
	int64_t refers_to_id, draft_id; /* 0: a new row */
};
enum err invoice_write(struct cx *cx, const struct invoice_writing *w, size_t n,
    int64_t *ret_ids) MUST_CHECK;
/* A proforma's row becomes an invoice: p says series, format, day, rate and items. */
enum err invoice_write_final(struct cx *cx, const struct invoice_plan *p,
    struct invoice *i) MUST_CHECK;
/* proforma.c: nobody is to pay it any more; its charges may be made again. */
enum err invoice_cancel_proforma(struct cx *cx, const struct invoice *i,
    const char *reason) MUST_CHECK;
/* rules.c: the rate of the document's day, if it is in another currency than the books. */
struct rate_quote invoice_rate(const struct settings *s, const struct rate_table *rates,
    const char *currency);

#endif
