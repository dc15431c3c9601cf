/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what the forecast needs beside the pages of the billing run: unpaid documents with their
 * steps and services, the debts of a page of services, cancellations, free credit. Streams.
 */
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/dunning/dunning.h"
#include "core/report/own.h"
#include "core/row.h"

/* ---- unpaid documents: one row for each pair of a recorded step and a service ---- */

#define STEPS_MAX 64 /* of one document: the ladder has a dozen */

struct unpaid {
	report_unpaid_fn *fn;
	void *arg;
	struct arena *own; /* of the document under way */
	struct report_unpaid row;
	int64_t done[STEPS_MAX];
	struct report_hosted *services;
	bool any;
};

struct unpaid_row {
	struct report_unpaid invoice;
	int64_t step_id;
	struct report_hosted service;
	struct day first_due;
};

static enum err unpaid_flush(struct cx *cx, struct unpaid *u)
{
	if (!u->any)
		return OK;
	u->any = false;
	u->row.done = u->done;
	u->row.services = u->services;
	enum err err = u->fn(cx, &u->row, u->arg);
	arena_reset(u->own);
	return err;
}

static void unpaid_open(struct unpaid *u, const struct unpaid_row *r)
{
	u->any = true;
	u->row = r->invoice;
	u->row.number = arena_strdup(u->own, r->invoice.number);
	u->row.currency = arena_strdup(u->own, r->invoice.currency);
	u->row.country = arena_strdup(u->own, r->invoice.country);
	u->row.region = arena_strdup(u->own, r->invoice.region);
	u->row.pays_by = arena_strdup(u->own, r->invoice.pays_by);
	u->services = ARENA_ARRAY(u->own, struct report_hosted, LIMIT_INVOICE_ITEMS);
}

static void unpaid_add(struct unpaid *u, const struct unpaid_row *r)
{
	struct report_unpaid *row = &u->row;
	bool known = r->step_id == 0 || row->done_n == STEPS_MAX;
	for (size_t i = 0; i < row->done_n && !known; i++)
		known = u->done[i] == r->step_id;
	if (!known)
		u->done[row->done_n++] = r->step_id;
	known = r->service.id == 0 || row->services_n == LIMIT_INVOICE_ITEMS;
	for (size_t i = 0; i < row->services_n && !known; i++)
		known = u->services[i].id == r->service.id;
	if (known)
		return;
	struct report_hosted *s = &u->services[row->services_n++];
	*s = r->service;
	s->state = arena_strdup(u->own, r->service.state);
	s->suspend_cause = arena_strdup(u->own, r->service.suspend_cause);
	s->first = !day_set(r->first_due) || r->first_due.n >= row->due_on.n;
}

static enum err unpaid_row(struct cx *cx, struct db_row *row, void *arg)
{
	struct unpaid *u = arg;
	struct unpaid_row r = {0};
	r.invoice.id = row_int(row);
	r.invoice.client_id = row_int(row);
	r.invoice.number = row_str(row);
	r.invoice.currency = row_str(row);
	r.invoice.balance_minor = row_int(row);
	r.invoice.overdue = str_eq(row_str(row), "overdue");
	r.invoice.due_on = row_day(row);
	r.invoice.country = row_str(row);
	r.invoice.region = row_str(row);
	r.invoice.tax_exempt = row_int(row) != 0;
	r.invoice.pending = row_int(row) != 0;
	r.invoice.is_fee = row_int(row) != 0;
	r.invoice.issued_on = row_day(row);
	r.invoice.group_id = row_int(row);
	r.invoice.pays_by = row_str(row);
	r.invoice.grace_days = row_int(row);
	r.step_id = row_int(row);
	r.service.id = row_int(row);
	r.service.state = row_str(row);
	r.service.suspend_cause = row_str(row);
	r.service.hold_until = row_day(row);
	r.service.plan_id = row_int(row);
	r.first_due = row_day(row);
	if (u->any && u->row.id != r.invoice.id)
		TRY(unpaid_flush(cx, u));
	if (!u->any)
		unpaid_open(u, &r);
	unpaid_add(u, &r);
	return OK;
}

#define FIRST_DUE \
	"(SELECT MIN(o.due_on) FROM invoice_item x JOIN invoice o ON o.id = x.invoice_id" \
	" WHERE x.service_id = s.id AND x.live = 1 AND o.state IN ('open', 'overdue'))"

DB_STMT(report_unpaid_all, "t",
    "SELECT i.id, i.client_id, COALESCE(i.number, i.proforma_number), i.currency,"
    " i.balance_minor, i.state, i.due_on, c.country,"
    " c.region, c.tax_exempt, CASE WHEN EXISTS (SELECT 1 FROM attempt a WHERE a.invoice_id = i.id"
    " AND a.state = 'pending') OR EXISTS (SELECT 1 FROM attempt_invoice m"
    " JOIN attempt a ON a.id = m.attempt_id WHERE m.invoice_id = i.id AND a.state = 'pending')"
    " THEN 1 ELSE 0 END, CASE WHEN i.cause LIKE 'fee/%' THEN 1 ELSE 0 END, i.issued_on,"
    " c.group_id, c.pays_by, COALESCE(c.grace_days, g.grace_days, y.grace_days, -1), " DUNNING_KEY
    ", s.id, s.state, s.suspend_cause,"
    " s.hold_until, s.plan_id, " FIRST_DUE " FROM invoice i JOIN client c ON c.id = i.client_id"
    " LEFT JOIN client_group g ON g.id = c.group_id"
    " LEFT JOIN client_way y ON y.gateway = c.pays_by"
    " LEFT JOIN dunning_done d ON d.invoice_id = i.id"
    " LEFT JOIN invoice_item t ON t.invoice_id = i.id AND t.service_id IS NOT NULL"
    " AND t.kind IN ('period', 'once', 'setup', 'change')"
    " LEFT JOIN service s ON s.id = t.service_id"
    " WHERE i.state IN ('open', 'overdue') AND i.due_on <= $1 ORDER BY i.due_on, i.id, s.id");

enum err report_each_unpaid(struct cx *cx, struct day due_until, report_unpaid_fn *fn, void *arg)
{
	struct unpaid *u = ARENA_NEW(cx->arena, struct unpaid);
	u->fn = fn;
	u->arg = arg;
	u->own = arena_new(LIMIT_ARENA_BYTES);
	enum err err =
	    db_each(cx, &report_unpaid_all, DB_ARGS(arg_day(cx->arena, due_until)), unpaid_row, u);
	if (err == OK)
		err = unpaid_flush(cx, u);
	arena_free(u->own);
	return err;
}

/* ---- beside a page of services ---- */

static void read_debt(struct db_row *row, void *out)
{
	struct report_debt *d = out;
	d->service_id = row_int(row);
	d->due_on = row_day(row);
	d->suspend_done = row_int(row) != 0;
}

/* Condition and order of service_list_due(); a service paid as far as billed owes nothing. */
DB_STMT(report_debt_page, "tiii",
    "SELECT s.id, CASE WHEN s.billed_until > s.paid_until THEN " FIRST_DUE " END,"
    " CASE WHEN s.billed_until > s.paid_until AND EXISTS (SELECT 1 FROM invoice_item x"
    " JOIN dunning_done d ON d.invoice_id = x.invoice_id JOIN dunning_step p ON p.id = d.step_id"
    " JOIN invoice o ON o.id = x.invoice_id WHERE x.service_id = s.id AND x.live = 1"
    " AND o.state IN ('open', 'overdue') AND p.action = 'suspend') THEN 1 ELSE 0 END"
    " FROM service s WHERE s.state = 'active' AND s.billed_until IS NOT NULL AND s.paid_until <= $1"
    " AND (s.client_id, s.id) > ($2, $3) ORDER BY s.client_id, s.id LIMIT $4");

enum err report_debts(struct cx *cx, const struct report_page *p, struct report_debt **ret,
    size_t *ret_n)
{
	return db_list(cx, &report_debt_page,
	    DB_ARGS(arg_day(cx->arena, p->until), db_int(p->after_client), db_int(p->after_id),
	        db_int(p->limit)),
	    (struct db_into){read_debt, sizeof **ret}, ret, ret_n);
}

/* ---- cancellations ---- */

struct endings {
	report_ending_fn *fn;
	void *arg;
};

static enum err ending_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct endings *to = arg;
	struct report_ending e;
	e.service_id = row_int(row);
	e.client_id = row_int(row);
	e.cancel_on = row_day(row);
	return to->fn(cx, &e, to->arg);
}

DB_STMT(report_endings, "t",
    "SELECT id, client_id, cancel_on FROM service WHERE cancel_on IS NOT NULL"
    " AND state IN ('active', 'suspended') AND cancel_on <= $1 ORDER BY cancel_on, id");

enum err report_each_ending(struct cx *cx, struct day until, report_ending_fn *fn, void *arg)
{
	struct endings to = {fn, arg};
	return db_each(cx, &report_endings, DB_ARGS(arg_day(cx->arena, until)), ending_row, &to);
}

/* ---- free credit ---- */

static void read_credit(struct db_row *row, void *out)
{
	struct report_credit *c = out;
	c->client_id = row_int(row);
	row_copy(row, c->currency, sizeof c->currency);
	c->minor = row_int(row);
}

DB_STMT(report_free_credit, "",
    "SELECT client_id, currency,"
    " CAST(SUM(CASE WHEN credit = 'credit' THEN amount_minor ELSE -amount_minor END) AS BIGINT)"
    " FROM transfer WHERE debit = 'credit' OR credit = 'credit' GROUP BY client_id, currency"
    " HAVING SUM(CASE WHEN credit = 'credit' THEN amount_minor ELSE -amount_minor END) > 0"
    " ORDER BY client_id, currency");

enum err report_credits(struct cx *cx, struct report_credit **ret, size_t *ret_n)
{
	return db_list(cx, &report_free_credit, DB_NONE,
	    (struct db_into){read_credit, sizeof **ret}, ret, ret_n);
}

struct currencies {
	enum err (*fn)(struct cx *cx, const char *currency, void *arg);
	void *arg;
};

static enum err currency_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct currencies *to = arg;
	return to->fn(cx, row_str(row), to->arg);
}

DB_STMT(report_currency_all, "",
    "SELECT currency FROM client UNION SELECT currency FROM price"
    " UNION SELECT currency FROM service WHERE state = 'active'"
    " UNION SELECT currency FROM invoice WHERE state IN ('open', 'overdue')"
    " ORDER BY 1");

enum err report_currencies(struct cx *cx,
    enum err (*fn)(struct cx *cx, const char *currency, void *arg), void *arg)
{
	struct currencies to = {fn, arg};
	return db_each(cx, &report_currency_all, DB_NONE, currency_row, &to);
}
