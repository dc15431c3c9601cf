/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPORT_REPORT_H
#define CORE_REPORT_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cx.h"
#include "base/day.h"

/*
 * The books as people, accountants and tax offices read them. Reads every table and writes none;
 * nothing below asks it. Currencies are never added: every sum has its own row per currency.
 */

/* What a report is asked for. Days include both ends. Unset members take the report's default. */
struct report_query {
	struct day from, until; /* DAY_NONE: the twelve months up to today */
	struct day on;          /* DAY_NONE: today */
	struct day today;       /* the seller's civil day; always set */
	int64_t client_id, after, limit;
	const char *currency, *country, *kind, *part, *month; /* NULL: any */
	int64_t rate_ppm;                                     /* -1: any */
};

/* What a report reads of its query. */
enum {
	REPORT_RANGE = 1,
	REPORT_DAY = 2,
	REPORT_CLIENT = 4,
	REPORT_PAGED = 8,
	REPORT_DRILL = 16, /* reached from another one; not in the index */
};
struct report {
	const char *name, *title, *about;
	unsigned takes;
	enum err (*make)(struct cx *cx, const struct report_query *q, json_t *out);
};
extern const struct report reports[];
extern const size_t reports_n;
const struct report *report_find(const char *name); /* NULL: no such report */

/*
 * The tree of a report: {name title about from until on client_id tables:[{name title columns:[{key
 * label kind subject drill}] rows:[{…}] next}] chart: null|{title bars …} notes:[text]}. A column's
 * kind is text money day percent count. A row holds its columns' keys and "currency" where money is
 * in it; "drill" in a row is the query of the report behind it. ERR_NOT_FOUND "report.unknown",
 * ERR_INVALID with a field fault for a range that is empty, too long, or a client that is missing.
 */
enum err report_make(struct cx *cx, const char *name, const struct report_query *given,
    json_t **ret) MUST_CHECK;
/*
 * One table of a tree as CSV (RFC 4180); table NULL: the first. Money as decimals. A text that a
 * spreadsheet would run as a formula gets a leading apostrophe.
 */
enum err report_csv(struct cx *cx, const json_t *tree, const char *table, char **ret) MUST_CHECK;

/*
 * A bar chart of the rows of a table, as numbers in a drawing of 640 by 180 units: {title series:
 * [{currency width height floor text bars:[{x y width height middle label labeled value_minor
 * negative}]}]}, one series per currency. NULL when there is nothing. New reference.
 */
json_t *report_chart(const json_t *rows, const char *title, const char *label, const char *value);

/* General ledger. Bytes go to the sink piece by piece, in constant memory. */
enum report_format { REPORT_HLEDGER, REPORT_BEANCOUNT, REPORT_LEDGER_CSV, REPORT_FORMATS };
extern const char *const report_format_words[REPORT_FORMATS]; /* hledger beancount csv */
struct report_sink {
	enum err (*put)(struct cx *cx, const char *bytes, size_t len, void *arg);
	void *arg;
};
/* DAY_NONE: from the beginning, up to the end. */
enum err report_books(struct cx *cx, enum report_format format, const struct report_query *q,
    const struct report_sink *to) MUST_CHECK;
/*
 * The whole text at once, for a download: ERR_CONFLICT "report.too_large" beyond
 * LIMIT_REPORT_BYTES; the command line has no such limit.
 */
enum err report_books_text(struct cx *cx, enum report_format format, const struct report_query *q,
    const char **ret, size_t *ret_len) MUST_CHECK;

/*
 * How every line of a document came to be: the price it was sold at, period and cycle, quantity
 * times unit, discount, the tax rule, rounding, and the postings. client_id 0: staff; else only
 * that client's. "agrees" says whether the stored tax follows from the stored rate.
 */
enum err report_explain(struct cx *cx, int64_t client_id, int64_t invoice_id,
    json_t **ret) MUST_CHECK;

/* For the forecast: rows in constant memory, in the order of their due day. ------------------- */

/* A service that an unpaid document charges for. */
struct report_hosted {
	int64_t id, plan_id;
	const char *state, *suspend_cause;
	struct day hold_until;
	bool first; /* no other unpaid document of it is due earlier */
};
struct report_unpaid {
	int64_t id, client_id, balance_minor;
	const char *number, *currency, *country, *region;
	bool overdue, pending, tax_exempt, is_fee; /* pending: a payment is being processed */
	struct day issued_on, due_on;
	int64_t group_id, grace_days; /* -1: the company's */
	const char *pays_by;
	const int64_t *done; /* steps of the ladder that are recorded */
	size_t done_n;
	const struct report_hosted *services;
	size_t services_n;
};
typedef enum err report_unpaid_fn(struct cx *cx, const struct report_unpaid *row, void *arg);
enum err report_each_unpaid(struct cx *cx, struct day due_until, report_unpaid_fn *fn,
    void *arg) MUST_CHECK;

/*
 * Beside a page of service_list_due() (same arguments, same order): when the first unpaid document
 * of each is due (DAY_NONE: none), and whether its suspension is on record already.
 */
struct report_debt {
	int64_t service_id;
	struct day due_on;
	bool suspend_done;
};
struct report_page {
	struct day until;
	int64_t after_client, after_id, limit;
};
enum err report_debts(struct cx *cx, const struct report_page *p, struct report_debt **ret,
    size_t *ret_n) MUST_CHECK;

struct report_ending {
	int64_t service_id, client_id;
	struct day cancel_on;
};
typedef enum err report_ending_fn(struct cx *cx, const struct report_ending *row, void *arg);
enum err report_each_ending(struct cx *cx, struct day until, report_ending_fn *fn,
    void *arg) MUST_CHECK;

/* Renewals issued on a day for periods that had begun by then: what automation caught up with. */
struct report_late {
	const char *number, *currency;
	int64_t client_id, total_minor;
	struct day from, due_on;
};
enum err report_caught_up(struct cx *cx, struct day issued_on, int64_t limit,
    struct report_late **ret, size_t *ret_n) MUST_CHECK;

/* Every currency that a service or an issued document has. */
enum err report_currencies(struct cx *cx,
    enum err (*fn)(struct cx *cx, const char *currency, void *arg), void *arg) MUST_CHECK;

/* Free credit of all clients who have some, by client and currency. */
struct report_credit {
	int64_t client_id, minor;
	char currency[4];
};
enum err report_credits(struct cx *cx, struct report_credit **ret, size_t *ret_n) MUST_CHECK;

#endif
