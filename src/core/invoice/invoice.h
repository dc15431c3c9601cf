/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_INVOICE_INVOICE_H
#define CORE_INVOICE_INVOICE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/crypto.h"
#include "base/cx.h"
#include "base/day.h"
#include "base/money.h"
#include "core/client/client.h"
#include "core/rate/rate.h"
#include "core/setting/setting.h"
#include "core/tax/tax.h"
#include "fmt/field.h"

/*
 * Invoices and credit notes: planned purely, committed once, numbered and hash-chained at issue,
 * never edited after. With invoice.proforma a plan is written as a proforma first (proforma.c): it
 * asks for money, is no claim and posts nothing, and becomes the invoice with the first money.
 */
enum invoice_state {
	INVOICE_DRAFT,
	INVOICE_OPEN,
	INVOICE_OVERDUE,
	INVOICE_PAID,
	INVOICE_CREDITED,
	INVOICE_WRITTEN_OFF,
	INVOICE_CANCELLED, /* a proforma that nobody is to pay any more */
	INVOICE_STATES
};
enum invoice_event {
	INVOICE_ISSUE,
	INVOICE_PASS_DUE,
	INVOICE_PAY,
	INVOICE_REOPEN,
	INVOICE_CREDIT,
	INVOICE_WRITE_OFF,
	INVOICE_CANCEL,
	INVOICE_EVENTS
};

struct invoice_item {
	int64_t id;
	const char *kind;   /* period option use setup once fee manual change funds */
	int64_t service_id; /* 0: none */
	const char *description;
	struct day from, to; /* INT32_MIN: no period; half-open */
	int64_t quantity, unit_minor, discount_minor, net_minor,
	    tax_minor; /* net: quantity * unit - discount, less tax inside */
	const char *tax_class, *tax_name;
	int64_t tax_rate_ppm;
	const char *tax2_name;             /* "": one tax only */
	int64_t tax2_rate_ppm, tax2_minor; /* its part of tax_minor */
	bool tax2_compound;
	int64_t part_id;        /* the service_option, or of use the meter; 0: the service itself */
	int64_t refers_item_id; /* of a credit note: the item it takes back; 0: none */
	const char *discounts;  /* what discount_minor is made of (discount_text); "": not told */
	bool is_term; /* a term that costs something: one of a discount's, while it lasts */
};
struct invoice {
	int64_t id, client_id, order_id, refers_to_id;
	const char *kind; /* invoice | credit_note */
	enum invoice_state state;
	const char *cause, *series, *number, *currency, *seller, *buyer, *note, *rounding, *prices,
	    *prev_hash, *hash, *token;
	int64_t seq;
	const char *proforma;         /* its number as a proforma; NULL: never was one */
	struct day proforma_on;       /* number and issued_on while it is one */
	struct day issued_on, due_on; /* INT32_MIN: draft */
	int64_t net_minor, discount_minor, tax_minor, total_minor, balance_minor;
	int64_t created_at, paid_at;
	struct rate_quote
	    /* what the company's currency was worth in the document's; rate_e8 0: not stated */
	    rate;
	struct day hold_until; /* no dunning before that day; not part of the document */
};

/* What to charge, before tax: the input of the pure planner. */
struct invoice_line {
	const char *kind;
	int64_t service_id;
	const char *description, *tax_class;
	struct day from, to;
	int64_t quantity, unit_minor;
	int64_t discount_minor; /* taken off quantity * unit before tax; 0 to that amount */
	int64_t part_id;        /* the service_option, or of use the meter; 0: the service itself */
	const char *discounts;  /* its parts (discount_text); NULL: not told */
	const struct tax_choice *tax; /* of the document that it takes back; NULL: of today */
	bool is_term;
};
/*
 * All that a document needs to be computed and later written; made by invoice_plan, written by
 * invoice_commit.
 */
struct invoice_plan {
	const char *cause; /* unique: why this document exists; NULL: by hand */
	int64_t client_id, order_id;
	const char *currency, *note;
	struct day issued_on, due_on;
	const char *seller, *buyer; /* JSON texts */
	const char *rounding, *prices;
	const char *series, *format; /* "invoice/2027", "INV-{YEAR}-{NUMBER:5}" */
	bool proforma;               /* to be written as one; series and format are its */
	struct invoice_item *items;
	size_t items_n;
	int64_t net_minor, discount_minor, tax_minor, total_minor;
	struct rate_quote rate;
};
struct invoice_request {
	const struct settings *settings;
	const struct tax_table *taxes;
	const struct client *client;
	const char
	    *seller; /* what invoice_seller() said, for many documents; NULL: from settings */
	const char *cause, *currency, *note;
	int64_t order_id;
	struct day issued_on, due_on;
	const struct invoice_line *lines;
	size_t lines_n;
	const struct rate_table *rates; /* NULL: a document in another currency states no rate */
	bool final;                     /* an invoice at once, whatever invoice.proforma says */
};
/* The seller as printed, as JSON text. */
const char *invoice_seller(struct cx *cx, const struct settings *s);
/* Pure. ERR_INVALID for no lines, too many, or amounts out of range. */
enum err invoice_plan(struct cx *cx, const struct invoice_request *r,
    struct invoice_plan *ret) MUST_CHECK;
/*
 * Writes it issued: number, chain, items, ledger, event invoice.issue; a total of 0 is paid at once
 * (event invoice.pay). Joins the caller's transaction.
 */
enum err invoice_commit(struct cx *cx, const struct invoice_plan *p, int64_t *ret_id) MUST_CHECK;
/* Many at once in one transaction, at batch speed; all are new causes. ret_ids: n. */
enum err invoice_commit_many(struct cx *cx, const struct invoice_plan *p, size_t n,
    int64_t *ret_ids) MUST_CHECK;

/*
 * Drafts by hand: {client_id currency due_on? note? items:[{description quantity unit_minor
 * tax_class? from? to?}]}.
 */
struct invoice_input_item {
	const char *description, *tax_class;
	int64_t quantity, unit_minor;
	struct day from, to;
};
struct invoice_input {
	int64_t client_id;
	const char *currency, *note;
	struct day due_on;
	struct field_list items;
};
extern const struct fields invoice_fields;
enum err invoice_draft(struct cx *cx, const struct invoice_input *in, int64_t *ret_id) MUST_CHECK;
/* A draft takes its number, with invoice.proforma one of proformas; a proforma is finalized. */
enum err invoice_issue(struct cx *cx, int64_t id) MUST_CHECK;
enum err invoice_remove_draft(struct cx *cx, int64_t id) MUST_CHECK;

/*
 * A proforma: number and day are its own (series "proforma"), the ledger knows nothing of it.
 * Whoever posts to its receivable finalizes it first, in the same transaction: it takes the next
 * number of invoices and that day, is posted, and is what it said. Of anything else: nothing.
 */
bool invoice_is_proforma(const struct invoice *i);
enum err invoice_finalize(struct cx *cx, int64_t id) MUST_CHECK;
/* Taken back whole: credited in full, or a proforma that was cancelled. */
bool invoice_is_void(const struct invoice *i);
/* Does a text begin with one of its numbers? What payers and providers write. */
bool invoice_is_named(const struct invoice *i, const char *text);

/* client_id 0: staff; else only that client's (another's is ERR_NOT_FOUND), and never a draft. */
enum err invoice_get(struct cx *cx, int64_t client_id, int64_t id, struct invoice *ret) MUST_CHECK;
enum err invoice_find_cause(struct cx *cx, const char *cause, struct invoice *ret) MUST_CHECK;
enum err invoice_find_token(struct cx *cx, const char *token,
    struct invoice *ret) MUST_CHECK; /* signed link, payable without login */
enum err invoice_items(struct cx *cx, int64_t id, struct invoice_item **ret,
    size_t *ret_n) MUST_CHECK;

/* The one door for states; balance-driven moves come through invoice_settle. */
enum err invoice_apply(struct cx *cx, int64_t id, enum invoice_event event,
    const char *reason) MUST_CHECK;
/*
 * After postings to its receivable: recomputes the cached balance from the ledger and moves
 * open<->paid. In a transaction.
 */
enum err invoice_settle(struct cx *cx, int64_t id) MUST_CHECK;
/*
 * Credit notes. What is taken back is never more than is left. Items are taken back whole, each
 * once, with their periods; an amount is spread over what is left per tax. A note over all that is
 * left closes the invoice. The right to charge what is taken back is released, but for a term
 * before one that is charged too. Payments made beyond what is owed then become credit. Events
 * credit_note.issue, and invoice.credit (closed) or invoice.credit_items.
 */
struct credit_wish {
	int64_t invoice_id, amount_minor; /* gross; 0 and no items: all that is left */
	const int64_t *item_ids;
	size_t items_n;
	const char *reason, *once; /* once: the same key twice is one note */
	struct day from, to;       /* printed on lines that are no items; DAY_NONE: none */
	bool keep; /* an amount that leaves the charges as they are, even when nothing is left */
	const int64_t *of_rate; /* how much of it has which tax, in the order of what is left; NULL:
	                           spread */
};
/*
 * A proforma that is taken back whole is cancelled, *ret_note_id is 0; of a part, it becomes an
 * invoice first. ERR_CONFLICT "credit_note.too_much", "credit_note.item_credited",
 * "invoice.refused". All of an invoice that is credited already, or the same once: its note, and
 * *ret_existing.
 */
enum err credit_note_make(struct cx *cx, const struct credit_wish *w, int64_t *ret_note_id,
    bool *ret_existing) MUST_CHECK;
/* What it would take back, gross, and how much of that is money paid that becomes credit. */
struct credit_sum {
	int64_t gross_minor, credit_minor;
	const char *currency;
	int64_t client_id;
	bool existing;
};
enum err credit_note_sum(struct cx *cx, const struct credit_wish *w,
    struct credit_sum *ret) MUST_CHECK;
/* All that is left ("void"). Concurrent calls: one makes it, the others get its id. */
enum err credit_note_full(struct cx *cx, int64_t id, const char *reason, int64_t *ret_note_id,
    bool *ret_existing) MUST_CHECK;
/* Over one amount (gross) of an open or paid invoice, never more than is left uncredited. */
enum err credit_note_amount(struct cx *cx, int64_t id, int64_t gross_minor, const char *reason,
    int64_t *ret_note_id) MUST_CHECK;
/*
 * What goes back for days of a service, each amount as the service is priced (before tax or with
 * it). It is taken from the paid documents that charged those days, newest first, with their tax,
 * and never more than is left of them. The periods stay charged: they cost less, that is all.
 */
struct credit_days {
	struct day from, to;
	int64_t amount_minor;
};
struct credit_service {
	int64_t service_id;
	const struct credit_days *days;
	size_t n;
	const char *reason;
};
enum err credit_note_service(struct cx *cx, const struct credit_service *c) MUST_CHECK;
/* What that would take back, gross. */
enum err credit_note_service_sum(struct cx *cx, const struct credit_service *c,
    int64_t *ret_gross) MUST_CHECK;
/* Which items of an invoice credit notes have taken back: ids. */
enum err invoice_items_credited(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n) MUST_CHECK;
/*
 * A debit correction: an invoice of its own that says which one it corrects; issued at once.
 * {reason, items:[…], once}
 */
struct correction_input {
	const char *reason, *once;
	struct field_list items; /* of invoice_input_item */
};
extern const struct fields correction_fields;
enum err invoice_correct(struct cx *cx, int64_t id, const struct correction_input *in,
    int64_t *ret_id) MUST_CHECK;
/*
 * LAW-03: an unpaid invoice is replaced by one without some of its items: a credit note over all of
 * it, and a new invoice over the rest at the same prices, due on the same day or today. In a
 * transaction; payments and services are the caller's (flow/correct.c).
 */
enum err invoice_reissue(struct cx *cx, const struct credit_wish *w, int64_t *ret_note_id,
    int64_t *ret_id) MUST_CHECK;
/* What is left to credit of an issued invoice, gross; 0 of one that is credited or written off. */
enum err invoice_uncredited(struct cx *cx, int64_t id, int64_t *ret_minor) MUST_CHECK;
/*
 * A top-up of credit: one item of kind "funds", no revenue; what is paid becomes credit. Never
 * reminded of.
 */
bool invoice_is_funds(const struct invoice *i);
/* Open top-ups whose due day is before a day. */
enum err invoice_list_funds_due(struct cx *cx, struct day before, int64_t limit, int64_t **ret,
    size_t *ret_n) MUST_CHECK;
enum err invoice_write_off(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
/* No dunning of this document before a day; DAY_NONE lifts it. Event invoice.hold. */
enum err invoice_hold(struct cx *cx, int64_t id, struct day until, const char *reason) MUST_CHECK;
/* What clients owe by the cached balances: [{currency, balance_minor}]. */
enum err invoice_owed(struct cx *cx, json_t **ret) MUST_CHECK;
/* What is open with a client: documents unpaid or in draft. */
enum err invoice_open_count(struct cx *cx, int64_t client_id, int64_t *ret_n) MUST_CHECK;
/*
 * Moves open documents whose due day is over to overdue, up to limit; event invoice.pass_due each.
 */
enum err invoice_pass_due(struct cx *cx, struct day today, int64_t limit,
    int64_t *ret_n) MUST_CHECK;

struct invoice_filter {
	int64_t client_id, order_id, after, limit; /* newest first; pages by id < after */
	const char *state, *kind, *q;              /* kind: also "proforma"; q: number or client */
	bool drafts;                               /* include drafts (staff) */
};
enum err invoice_list(struct cx *cx, const struct invoice_filter *f,
    json_t **ret) MUST_CHECK; /* rows without items */
/*
 * The contract's shape plus what page, letter and PDF need; items, taxes, seller, buyer, refers_to
 * included.
 */
enum err invoice_view(struct cx *cx, const struct invoice *i, json_t **ret) MUST_CHECK;
/*
 * [{name, rate_ppm, net_minor, tax_minor, level}]: totals per tax, first those of level 1. New
 * reference.
 */
json_t *invoice_taxes_view(const struct invoice_item *items, size_t n);
/*
 * Open documents with a balance whose due day is at or before a day (for dunning), oldest first by
 * (due_on,id) after the given.
 */
enum err invoice_list_due(struct cx *cx, struct day until, struct day after_due, int64_t after_id,
    int64_t limit, struct invoice **ret, size_t *ret_n) MUST_CHECK;
/*
 * Does the client have overdue or open documents for this service? count of unpaid documents with
 * an item of it, due before a day.
 */
enum err invoice_unpaid_of_service(struct cx *cx, int64_t service_id, struct day due_before,
    int64_t *ret_n) MUST_CHECK;
/* The open document with an item of it that is due first, 0: none. */
enum err invoice_oldest_open(struct cx *cx, int64_t service_id, const char *currency,
    int64_t *ret_id) MUST_CHECK;
/* The live charges of a service, by first day: what its dates follow from. */
struct invoice_period {
	struct day from, to;
	bool paid;
	int64_t invoice_id, amount_minor,
	    discount_minor; /* quantity * unit, and what was taken off it */
	int64_t created_at; /* of the invoice */
};
enum err invoice_periods(struct cx *cx, int64_t service_id, struct invoice_period **ret,
    size_t *ret_n) MUST_CHECK;
/* The live charges of a service's options, by first day; amounts as in invoice_period. */
struct invoice_part {
	int64_t part_id, amount_minor, discount_minor;
	struct day from;
};
enum err invoice_parts(struct cx *cx, int64_t service_id, struct invoice_part **ret,
    size_t *ret_n) MUST_CHECK;
/*
 * A change to another cycle takes effect: its own line becomes the live charge, those that start on
 * or after the day are released.
 */
enum err invoice_recharge(struct cx *cx, int64_t service_id, int64_t invoice_id,
    struct day from) MUST_CHECK;
/* Does a live line charge this part of a service from a day on? */
struct invoice_charge {
	const char *kind;
	int64_t service_id, part_id;
	struct day from;
};
enum err invoice_charge_live(struct cx *cx, const struct invoice_charge *c, bool *ret) MUST_CHECK;
/* Terms of a service that are charged (is_term), what its discount has been used for; those that
 * start before a day, or with DAY_NONE all. */
enum err invoice_terms_of_service(struct cx *cx, int64_t service_id, struct day before,
    int64_t *ret_n) MUST_CHECK;
/* The newest document with a line of a service; 0: none. */
enum err invoice_newest_of_service(struct cx *cx, int64_t service_id, int64_t *ret_id) MUST_CHECK;
/* Ids of the services a document charges a period for. */
enum err invoice_services(struct cx *cx, int64_t id, int64_t **ret, size_t *ret_n) MUST_CHECK;
/* Unpaid documents that charge nothing but this service: what a cancellation credits. */
enum err invoice_list_only(struct cx *cx, int64_t service_id, int64_t **ret,
    size_t *ret_n) MUST_CHECK;
/* Recomputes sums, balances, numbering without gap, and the hash chain. Texts into findings. */
enum err invoice_audit(struct cx *cx, json_t *findings) MUST_CHECK;
/*
 * The hash of the canonical form (docs/money.md): pure; covers everything an issued document says,
 * and the hash before it.
 */
void invoice_hash(struct arena *a, const struct invoice *i, const struct invoice_item *items,
    size_t n, char ret_hex[CRYPTO_SHA256_HEX]);
/* The series of a document of a day: "invoice", "invoice/2027" or "invoice/2027-04". */
const char *invoice_series(struct arena *a, const char *kind, const struct settings *s,
    struct day issued_on);
/* The next number of a series of documents that are no invoices (quotes), as text. In a tx. */
enum err series_next_number(struct cx *cx, const char *series, const char *format,
    struct day issued_on, const char **ret) MUST_CHECK;
/* What it is called: "Invoice", "Proforma", "Credit note". */
const char *invoice_word(const struct invoice *i);
/* One item as a tree; new reference. */
json_t *invoice_item_view(const struct invoice_item *i);
/* "INV-2027-00017" from a format: {YEAR} {MONTH} {NUMBER} {NUMBER:digits}. */
char *invoice_number(struct arena *a, const char *format, struct day issued_on, int64_t seq);

#endif
