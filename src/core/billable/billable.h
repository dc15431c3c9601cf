/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BILLABLE_BILLABLE_H
#define CORE_BILLABLE_BILLABLE_H

#include <jansson.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/invoice/invoice.h"
#include "fmt/field.h"

/*
 * Items to invoice later: staff write down what a client owes for work or things that are no
 * service. Each round of one is invoiced once: with the client's next renewal, or on a day.
 */
enum billable_state { BILLABLE_WAITING, BILLABLE_DONE, BILLABLE_REMOVED, BILLABLE_STATES };
enum billable_event { BILLABLE_BILL, BILLABLE_FINISH, BILLABLE_REMOVE, BILLABLE_EVENTS };

struct billable {
	int64_t id, client_id, quantity, unit_minor, anchor_day, created_at;
	int64_t times, round; /* rounds in all, and those that are invoiced */
	enum billable_state state;
	const char *description, *currency, *tax_class;
	const char *cycle; /* between rounds; "": one only */
	struct day on;     /* DAY_NONE: with the next renewal */
};
/*
 * {client_id description quantity unit_minor currency tax_class when: next | day | now, on, cycle,
 * times}. now is a day: today.
 */
struct billable_input {
	int64_t client_id, quantity, unit_minor, times;
	const char *description, *currency, *tax_class, *when, *cycle;
	struct day on;
};
extern const struct fields billable_fields;

/* id 0: new. Only what waits and was never invoiced is changed (ERR_CONFLICT "billable.billed"). */
enum err billable_save(struct cx *cx, int64_t id, const struct billable_input *in,
    int64_t *ret_id) MUST_CHECK;
enum err billable_remove(struct cx *cx, int64_t id) MUST_CHECK;
enum err billable_get(struct cx *cx, int64_t id, struct billable *ret) MUST_CHECK;
struct billable_filter {
	int64_t client_id, after, limit; /* newest first */
	const char *state, *q;
};
enum err billable_list(struct cx *cx, const struct billable_filter *f, json_t **ret) MUST_CHECK;
/* {id client_id description … is_waiting on when invoices:[id…]} */
enum err billable_view(struct cx *cx, const struct billable *b, json_t **ret) MUST_CHECK;

/*
 * What waits for these clients and may be invoiced with a renewal today: by (client, id), in one
 * statement.
 */
struct billable_of {
	const int64_t *clients;
	size_t n;
	struct day today;
};
enum err billable_due(struct cx *cx, const struct billable_of *of, struct billable **ret,
    size_t *ret_n) MUST_CHECK;
/* What has a day up to `until`, by (client, currency, id), after the given; for documents of their
 * own. */
struct billable_cursor {
	struct day until;
	int64_t after_client;
	const char *after_currency;
	int64_t limit;
};
enum err billable_due_on(struct cx *cx, const struct billable_cursor *at, struct billable **ret,
    size_t *ret_n) MUST_CHECK;
/* Pure: its line, and when it comes again after a round on a day (DAY_NONE: not). */
struct invoice_line billable_line(const struct billable *b);
struct day billable_next(const struct billable *b, struct day billed_on);
/*
 * A round of each is on a document; ERR_CONFLICT "billable.billed" when somebody was faster. In a
 * transaction.
 */
struct billable_billed {
	const struct billable *billable;
	int64_t invoice_id;
};
enum err billable_set_billed(struct cx *cx, const struct billable_billed *b, size_t n,
    struct day today) MUST_CHECK;
/* Each round is on one document of that client. */
enum err billable_audit(struct cx *cx, json_t *findings) MUST_CHECK;

#endif
