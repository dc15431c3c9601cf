/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPORT_OWN_H
#define CORE_REPORT_OWN_H

#include "core/report/report.h"
#include "db/db.h"

#define REPORT_MONTHS_MAX 120 /* months in one range: ten years on one page */
#define REPORT_LINES_MAX 5000 /* lines of a statement; beyond it a shorter range is asked for */

/* ---- table.c: trees ---- */
enum report_kind { REPORT_TEXT, REPORT_MONEY, REPORT_DATE, REPORT_PERCENT, REPORT_COUNT };
struct report_column {
	const char *key, *label;
	const char *subject; /* its page: row[subject + "_id"]; NULL: none */
	enum report_kind kind;
	bool drill; /* leads to the report behind the row */
};
/* Adds an empty table to a report; the rows are appended to what it returns. */
json_t *report_table(json_t *out, const char *name, const char *title,
    const struct report_column *columns, size_t n);
#define REPORT_TABLE(out, name, title, columns) \
	report_table(out, name, title, columns, sizeof(columns) / sizeof((columns)[0]))
/* Its chart over some of its rows; none without any. */
void report_draw(json_t *out, const json_t *rows, const char *title, const char *label,
    const char *value);
/* The last table goes on: next is the cursor for ?after=. */
void report_more(json_t *out, int64_t next);
void report_note(json_t *out, const char *text);
/* The query behind a row: report, then pairs of name, text; NULL ends. A NULL text is left out. */
json_t *report_drill(const char *report, ...) __attribute__((sentinel));

/* ---- rules.c: pure ---- */
int report_month(struct day d); /* months since the year 0 */
struct day report_month_first(int month);
struct day report_month_last(int month);
#define REPORT_MONTH_SIZE 16
const char *report_month_text(int month, char text[REPORT_MONTH_SIZE]); /* "2027-02" */
bool report_month_parse(const char *text, int *ret);
/*
 * A price as an amount per month: n months divide by n, a year is twelve months, a day is 16/487 of
 * a month (365.25 / 12 days), a week seven days; rounded half up once. Once is no income per month.
 */
int64_t report_monthly(int64_t minor, struct cycle c);
/* An amount spread over the days of its period, from its document's day on. */
struct report_spread {
	int64_t net_minor;
	struct day issued_on, from, to; /* from, to DAY_NONE: all at once */
};
/*
 * What of it is income up to and with a day: the amount times the days gone by, rounded half up. As
 * it is cumulative, the differences between any days add up to the whole.
 */
int64_t report_recognized(const struct report_spread *s, struct day on);
/* Age of a debt: 0 not due, 1 1-30, 2 31-60, 3 61-90, 4 more days after the due day. */
#define REPORT_AGES 5
extern const char *const report_age_words[REPORT_AGES];
int report_age(struct day due_on, struct day on);
/*
 * domestic (also a buyer elsewhere in the EU who is taxed at home: at_origin), oss (another EU
 * country, taxed there), reverse (another EU country, no tax, named so or with a tax ID), exempt,
 * foreign.
 */
struct report_supply {
	const char *seller, *buyer, *tax_name; /* countries */
	bool tax_id, at_origin;
	int64_t rate_ppm;
};
const char *report_tax_kind(const struct report_supply *s);

/* ---- store_books.c ---- */
struct report_posting { /* one transfer, or its share of one tax rate */
	int64_t id, client_id, invoice_id, payment_id, amount_minor, item_tax_minor, rate_ppm;
	int64_t item_tax2_minor, rate2_ppm; /* the tax of the second level */
	const char *key, *code, *debit, *credit, *currency, *number, *tax_name, *tax2_name;
	struct day booked_on;
};
typedef enum err report_posting_fn(struct cx *cx, const struct report_posting *row, void *arg);
enum err report_store_postings(struct cx *cx, const struct report_query *q, report_posting_fn *fn,
    void *arg) MUST_CHECK;
/* Every account that the postings name, with a tax rate where it has one. */
struct report_account {
	const char *word, *currency, *tax_name;
	int64_t client_id, rate_ppm;
};
typedef enum err report_account_fn(struct cx *cx, const struct report_account *row, void *arg);
enum err report_store_accounts(struct cx *cx, report_account_fn *fn, void *arg) MUST_CHECK;
struct report_sum {
	const char *account, *currency;
	int64_t debit_minor, credit_minor;
};
typedef enum err report_sum_fn(struct cx *cx, const struct report_sum *row, void *arg);
enum err report_store_trial(struct cx *cx, struct day on, report_sum_fn *fn, void *arg) MUST_CHECK;

/* ---- store_documents.c ---- */
struct report_document { /* an issued document, or its part at one tax rate */
	int64_t id, client_id, net_minor, tax_minor, total_minor, rate_ppm;
	const char *kind, *number, *currency, *buyer, *tax_name, *state;
	struct day issued_on;
};
typedef enum err report_document_fn(struct cx *cx, const struct report_document *row, void *arg);
/* By tax rate, in order of ids; net and tax of credit notes are negative. */
enum err report_store_taxed(struct cx *cx, const struct report_query *q, report_document_fn *fn,
    void *arg) MUST_CHECK;
enum err report_store_documents(struct cx *cx, const struct report_query *q, report_document_fn *fn,
    void *arg) MUST_CHECK;
struct report_month_sum {
	const char *month, *currency;
	int64_t net_minor, tax_minor, received_minor, documents;
};
typedef enum err report_month_fn(struct cx *cx, const struct report_month_sum *row, void *arg);
enum err report_store_issued(struct cx *cx, const struct report_query *q, report_month_fn *fn,
    void *arg) MUST_CHECK;
enum err report_store_received(struct cx *cx, const struct report_query *q, report_month_fn *fn,
    void *arg) MUST_CHECK;
struct report_cash_row {
	int64_t id, client_id, invoice_id, payment_id, amount_minor;
	const char *code, *account, *currency;
	struct day booked_on;
};
typedef enum err report_cash_fn(struct cx *cx, const struct report_cash_row *row, void *arg);
enum err report_store_cash(struct cx *cx, const struct report_query *q, report_cash_fn *fn,
    void *arg) MUST_CHECK;
/* Every item of every document issued until then; a credit note comes with its invoice's items. */
struct report_item {
	int64_t document_id, document_net_minor, net_minor;
	const char *kind, *currency; /* of the document */
	struct report_spread spread;
};
typedef enum err report_item_fn(struct cx *cx, const struct report_item *row, void *arg);
enum err report_store_items(struct cx *cx, struct day until, report_item_fn *fn,
    void *arg) MUST_CHECK;

/* ---- store_debt.c ---- */
struct report_balance {
	int64_t id, client_id, balance_minor, total_minor;
	const char *number, *currency, *kind;
	struct day issued_on, due_on;
};
typedef enum err report_balance_fn(struct cx *cx, const struct report_balance *row, void *arg);
/* Every document whose receivable was not zero at the end of q->on, by ids after q->after. */
enum err report_store_receivable(struct cx *cx, const struct report_query *q, report_balance_fn *fn,
    void *arg) MUST_CHECK;
/* Every document of a client issued by then, settled or not. */
enum err report_store_of_client(struct cx *cx, const struct report_query *q, report_balance_fn *fn,
    void *arg) MUST_CHECK;
/* Clients with credit at the end of q->on: id is client_id. */
enum err report_store_credit(struct cx *cx, const struct report_query *q, report_balance_fn *fn,
    void *arg) MUST_CHECK;
struct report_line { /* a transfer on a client's receivable or credit */
	int64_t id, invoice_id, payment_id, document_id, open_minor, credit_minor;
	const char *code, *currency, *number;
	struct day booked_on;
};
typedef enum err report_line_fn(struct cx *cx, const struct report_line *row, void *arg);
/* Of a client, in order of days; all up to q->until. */
enum err report_store_lines(struct cx *cx, const struct report_query *q, report_line_fn *fn,
    void *arg) MUST_CHECK;

/* ---- store_service.c ---- */
struct report_service {
	int64_t id, client_id, amount_minor; /* price and options, times quantity */
	const char *plan, *domain, *currency, *cycle, *state;
	struct day started_on;
	int64_t created_at, ended_at;
};
typedef enum err report_service_fn(struct cx *cx, const struct report_service *row, void *arg);
/* Those that ever ran. */
enum err report_store_services(struct cx *cx, const struct report_query *q, report_service_fn *fn,
    void *arg) MUST_CHECK;
enum err report_store_services_of(struct cx *cx, int64_t client_id, struct report_service **ret,
    size_t *ret_n) MUST_CHECK;
/* The data of its last move before an instant, and of its first one after; NULL: none. */
enum err report_store_moves(struct cx *cx, int64_t service_id, int64_t before,
    const char **ret_last, const char **ret_next) MUST_CHECK;

/* ---- store_explain.c ---- */
struct report_sold {
	int64_t price_id, price_minor, order_id, anchor_day, version_id, version_at;
	const char *plan_key, *plan_name, *cycle, *currency;
};
/* How a service was sold; ERR_NOT_FOUND without such a service. price_id 0: no order line. */
enum err report_store_sold(struct cx *cx, int64_t service_id, struct report_sold *ret) MUST_CHECK;
/* An option that a service was sold with; ERR_NOT_FOUND. price_id 0: no row of the catalog. */
struct report_part {
	int64_t price_id, price_minor, quantity;
	const char *name, *label;
};
enum err report_store_part(struct cx *cx, int64_t part_id, struct report_part *ret) MUST_CHECK;
/* The price row in force when a period was billed, and since when it is; 0: a price of its own. */
enum err report_store_version(struct cx *cx, int64_t service_id, struct day from,
    struct report_sold *ret) MUST_CHECK;
enum err report_store_transfers(struct cx *cx, int64_t document_id, report_posting_fn *fn,
    void *arg) MUST_CHECK;

/* ---- the reports ---- */
typedef enum err report_fn(struct cx *cx, const struct report_query *q, json_t *out);
report_fn report_trial, report_vat, report_vat_documents, report_income, report_documents,
    report_cash, report_deferred, report_ageing, report_ageing_documents, report_credit_all,
    report_mrr, report_mrr_services, report_statement, report_as_of;

#endif
