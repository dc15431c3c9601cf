/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refunds at a provider, and what a dispute does beside the books: services are suspended and a fee
 * is invoiced when the company wants that, and both are taken back when the dispute is won.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/payment/payment.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

/* ---- a refund ---- */

static json_t *refund_args(struct cx *cx, const struct refund *r, const struct payment *p,
    const struct gateway *g)
{
	return json_pack("{s:s s:s s:s s:{s:s s:s s:I s:s}}", "provider", g->provider, "settings",
	    g->settings, "bound", arena_printf(cx->arena, "gateway:%s", g->key), "args", "key",
	    arena_printf(cx->arena, "rfd-%" PRId64, r->id), "remote_payment", p->remote_id,
	    "amount_minor", (json_int_t)r->amount_minor, "currency", r->currency);
}

/* The same key each time: a lost answer is asked for again and moves no second money. */
enum err refund_run(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct refund r;
	struct payment p;
	struct gateway g;
	struct answer a;
	TRY(refund_get(cx, 0, j->subject_id, &r));
	if (r.state != REFUND_NEW && r.state != REFUND_ASKED)
		return OK;
	TRY(payment_get(cx, 0, r.payment_id, &p));
	TRY(gateway_get(cx, r.gateway, &g));
	TRY(refund_asked(cx, r.id));
	TRY(flow_ask(w, "gateway.refund", refund_args(cx, &r, &p, &g), &a));
	const char *number = json_string_value(json_object_get(a.data, "remote_refund"));
	if (a.outcome == OUTCOME_DONE)
		return refund_done(cx, r.id, number);
	if (a.outcome == OUTCOME_DECLINED)
		return refund_declined(cx, r.id, a.reason);
	return fail(cx, ERR_RETRY, "refund.unknown", "%s did not say how the refund stands: %s",
	    g.name, a.reason);
}

/* ---- a dispute ---- */

struct each {
	const struct dispute *dispute;
	bool lift;
};

static enum err suspend_one(struct cx *cx, const struct service *s, const struct dispute *d)
{
	if (s->state != SERVICE_ACTIVE)
		return OK;
	return service_ask(cx, s->id, ACTION_SUSPEND,
	    arena_printf(cx->arena, "dispute/%" PRId64, d->id), "dispute", NULL);
}

static enum err lift_one(struct cx *cx, const struct service *s, const struct dispute *d)
{
	json_t *open, *row;
	size_t i;
	if (s->state == SERVICE_SUSPENDED && str_eq(s->suspend_cause, "dispute"))
		return service_ask(cx, s->id, ACTION_UNSUSPEND,
		    arena_printf(cx->arena, "dispute/%" PRId64 "/won", d->id), "", NULL);
	TRY(action_list(cx, s->id, true, &open));
	json_array_foreach(open, i, row)
		if (s->state == SERVICE_ACTIVE &&
		    str_eq(json_string_value(json_object_get(row, "action")), "suspend"))
			return fail(cx, ERR_RETRY, "dispute.early",
			    "The suspension is not done yet; it is lifted then");
	return OK;
}

static enum err each_service(struct cx *cx, const struct each *e)
{
	int64_t *invoices, *services;
	size_t n, m;
	TRY(payment_invoices(cx, e->dispute->payment_id, &invoices, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(invoice_services(cx, invoices[i], &services, &m));
		for (size_t k = 0; k < m; k++) {
			struct service s;
			TRY(service_get(cx, 0, services[k], &s));
			TRY(e->lift ? lift_one(cx, &s, e->dispute) :
			              suspend_one(cx, &s, e->dispute));
		}
	}
	return OK;
}

static const char *fee_cause(struct cx *cx, const struct dispute *d)
{
	return arena_printf(cx->arena, "dispute_fee/%" PRId64, d->id);
}

/* A document of its own; in another currency than the company's there is none. */
static enum err charge_fee(struct cx *cx, const struct settings *s, const struct dispute *d)
{
	struct payment p;
	struct tax_table taxes;
	struct client client;
	struct invoice known;
	struct invoice_plan plan;
	int64_t id;
	TRY(payment_get(cx, 0, d->payment_id, &p));
	if (s->dispute_fee_minor <= 0 || !str_eq(p.currency, s->company_currency))
		return OK;
	if (invoice_find_cause(cx, fee_cause(cx, d), &known) == OK)
		return OK;
	cx_clear(cx);
	TRY(tax_load(cx, &taxes));
	TRY(client_get(cx, p.client_id, &client));
	struct invoice_line line = {.kind = "fee",
	    .description = "Fee for a disputed payment",
	    .tax_class = "fee",
	    .from = DAY_NONE,
	    .to = DAY_NONE,
	    .quantity = 1,
	    .unit_minor = s->dispute_fee_minor};
	struct day today = setting_today(cx, s);
	struct invoice_request r = {.settings = s,
	    .taxes = &taxes,
	    .client = &client,
	    .cause = fee_cause(cx, d),
	    .currency = p.currency,
	    .issued_on = today,
	    .due_on = day_add(today, (int32_t)s->billing_due_days),
	    .lines = &line,
	    .lines_n = 1};
	TRY(invoice_plan(cx, &r, &plan));
	return invoice_commit(cx, &plan, &id);
}

static enum err act_body(struct cx *cx, void *arg)
{
	const struct job *j = arg;
	struct settings s;
	struct dispute d;
	TRY(setting_load(cx, &s));
	TRY(dispute_of(cx, j->subject_id, &d));
	if (!str_eq(d.state, "open"))
		return OK; /* ended before we came to it */
	TRY(charge_fee(cx, &s, &d));
	return str_eq(s.dispute_action, "suspend") ? each_service(cx, &(struct each){&d, false}) :
	                                             OK;
}

enum err refund_dispute(struct worker *w, const struct job *j)
{
	return db_tx(w->cx, act_body, (void *)(uintptr_t)j);
}

static enum err lift_body(struct cx *cx, void *arg)
{
	const struct job *j = arg;
	struct dispute d;
	struct invoice fee;
	int64_t note;
	bool existing;
	TRY(dispute_of(cx, j->subject_id, &d));
	if (!str_eq(d.state, "won"))
		return OK;
	TRY(each_service(cx, &(struct each){&d, true}));
	enum err err = invoice_find_cause(cx, fee_cause(cx, &d), &fee);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	if (invoice_is_void(&fee) || fee.state == INVOICE_WRITTEN_OFF)
		return OK;
	return credit_note_full(cx, fee.id, "The dispute was won", &note, &existing);
}

enum err refund_dispute_won(struct worker *w, const struct job *j)
{
	return db_tx(w->cx, lift_body, (void *)(uintptr_t)j);
}
