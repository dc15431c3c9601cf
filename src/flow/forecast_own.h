/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_FORECAST_OWN_H
#define FLOW_FORECAST_OWN_H

#include "core/billable/billable.h"
#include "core/dunning/dunning.h"
#include "core/report/report.h"
#include "core/tax/tax.h"
#include "flow/own.h"

/*
 * Between forecast.c (days and sums), forecast_walk.c (what the ladder does to a document),
 * forecast_live.c (what a client's services become), forecast_items.c (documents of items alone).
 */

#define FORECAST_DAYS_MAX \
	366 /* how far a forecast looks: beyond a year prices and clients change */
#define FORECAST_CURRENCIES_MAX 200
#define FORECAST_STEPS_MAX 96 /* recorded and taken steps of one document */

/* Two futures: nobody pays anything any more, and everybody pays on the due day. */
enum forecast_line { FORECAST_UNPAID, FORECAST_PAID, FORECAST_LINES };
enum forecast_what {
	FORECAST_INVOICE,
	FORECAST_LETTER,
	FORECAST_REMIND,
	FORECAST_FEE,
	FORECAST_OVERDUE,
	FORECAST_SUSPEND,
	FORECAST_TERMINATE,
	FORECAST_CANCEL,
	FORECAST_PAY,
	FORECAST_WHATS
};
enum forecast_sum {
	FORECAST_INVOICED,
	FORECAST_CREDIT,
	FORECAST_FEES,
	FORECAST_RECEIVED,
	FORECAST_SUMS
};

struct forecast_money {
	char currency[4];
	bool any[FORECAST_DAYS_MAX + 1];
	int64_t sums[FORECAST_LINES][FORECAST_DAYS_MAX + 1][FORECAST_SUMS];
};
struct forecast {
	struct worker *w;
	struct settings settings;
	struct tax_table taxes;
	const char *seller;
	struct dunning_set ladders; /* all of them */
	struct arena *kept;         /* of the whole forecast */
	int64_t *walked;            /* clients whose items went with their services, by id */
	size_t walked_n, walked_max;
	struct day today, until;
	bool clock_held, detail, metered;
	/* free credit, used up by each future on its own */
	struct report_credit *credits[FORECAST_LINES];
	size_t credits_n;
	int64_t counts[FORECAST_LINES][FORECAST_DAYS_MAX + 1][FORECAST_WHATS];
	struct forecast_money *money[FORECAST_CURRENCIES_MAX];
	size_t money_n;
	json_t *items[FORECAST_DAYS_MAX + 1]; /* of the line where nobody pays */
	int64_t items_left[FORECAST_DAYS_MAX + 1];
};

/* What happens on a day beyond the forecast is left out. */
bool forecast_within(const struct forecast *f, struct day on);
void forecast_count(struct forecast *f, enum forecast_line line, struct day on,
    enum forecast_what what);
struct forecast_amount {
	enum forecast_sum sum;
	const char *currency;
	int64_t minor;
};
enum err forecast_add(struct forecast *f, enum forecast_line line, struct day on,
    const struct forecast_amount *a) MUST_CHECK;
/* One thing that will be done, in the words of the dry run. held: why it will not. */
struct forecast_item {
	const char *what, *subject, *currency, *held;
	int64_t subject_id, amount_minor;
};
void forecast_name(struct forecast *f, struct day on, const struct forecast_item *item);

/* ---- a document to come, and whom it may cost a service ---- */
struct forecast_fate { /* of a service in one of the futures */
	struct day suspended_on;
	bool ended;
};
struct forecast_hosted {
	const struct service *service;
	struct forecast_fate *fate;
};
struct forecast_paper {
	const struct invoice_plan *plan;
	const struct client *client;
	const struct forecast_hosted *hosted; /* the services it charges for */
	size_t hosted_n;
	const char *subject; /* by whose name it goes: service, billable */
	int64_t subject_id;
};
/* Its issue; then credit, and payment or the ladder. */
enum err forecast_paper(struct forecast *f, enum forecast_line line,
    const struct forecast_paper *p) MUST_CHECK;
/* When a debt that is there takes its service away; DAY_NONE: not. debt NULL: there is none. */
struct day forecast_suspension(const struct forecast *f, const struct service *v,
    const struct client *c, const struct report_debt *debt);

/* ---- items to invoice ---- */
struct forecast_owed { /* of a client, in one of the futures */
	enum forecast_line line;
	const struct client *client;
	struct billable *rows;
	size_t n;
};
/* The next day on which some of them are invoiced on their own; DAY_NONE: none is left. */
struct day forecast_owed_next(const struct forecast *f, const struct forecast_owed *o);
/* What has its day by then, as documents of their own. */
enum err forecast_owed_day(struct forecast *f, struct forecast_owed *o, struct day on) MUST_CHECK;
/* A round of the row is on a document of that day: when it comes again, or it is gone. */
void forecast_owed_billed(struct forecast_owed *o, size_t at, struct day on);

enum err forecast_services(struct forecast *f) MUST_CHECK;
enum err forecast_documents(struct forecast *f) MUST_CHECK;
enum err forecast_endings(struct forecast *f) MUST_CHECK;
/* forecast_items.c: items to invoice on a day */
enum err forecast_items(struct forecast *f) MUST_CHECK;

#endif
