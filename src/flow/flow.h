/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/billable/billable.h"
#include "core/invoice/invoice.h"
#include "core/job/job.h"
#include "core/payment/gateway.h"
#include "fmt/field.h"

/* How events lead to actions: the queue's loop, the sweeps, and the one way to ask link. */

/*
 * A call to a link process: {op, provider, kind, config, args} over ipc; implemented by app for
 * real processes (flow_link_ipc) and by stories in
 * process. op: gateway.checkout gateway.ask gateway.refund gateway.verify gateway.test panel.<verb>
 * mail.send secret.open secret.seal_new.
 */
struct linker {
	enum err (*call)(struct cx *cx, void *arg, const char *op, const json_t *request,
	    struct answer *ret);
	void *arg;
};

/* What a kind of job does; flow/jobs.c is the table. */
struct worker {
	struct cx *cx;
	const struct linker *link;
	const char *holder;
	bool (*stop)(void *arg); /* asked at item boundaries */
	void *stop_arg;
};
struct job_kind {
	const char *kind, *what;
	enum err (*run)(struct worker *w, const struct job *j);
};
extern const struct job_kind job_kinds[];
extern const size_t job_kinds_n;

/*
 * Asks link: request fields provider, settings, args, bound; see link/link.h for ops. A lost link
 * process is outcome UNKNOWN.
 */
enum err flow_ask(struct worker *w, const char *op, json_t *request, struct answer *ret) MUST_CHECK;

/*
 * Claims and runs one job. ERR_NOT_FOUND when none is due. Whatever the job does, its row ends
 * done, ready (later) or parked.
 */
enum err queue_run_one(struct worker *w) MUST_CHECK;
/* Runs due jobs until none is left or stop() says so; counts those run. */
enum err queue_drain(struct worker *w, int64_t *ret_n) MUST_CHECK;

/*
 * Early renewal: the next term of a service is invoiced before the billing run would, by the same
 * planning and under the same cause, so the run finds it "already invoiced". Without from it is the
 * first term that is not paid; from asks for the term that starts on that day. ERR_CONFLICT
 * "service.invoiced" names the invoice that charges it already; "service.change_waits",
 * "service.ends", "service.inactive"; a client also not further ahead than
 * billing.early_renewal ("service.too_early").
 */
struct renew {
	int64_t client_id, service_id; /* client_id 0: staff */
	struct day from;               /* DAY_NONE: the next term */
};
extern const struct fields renew_fields; /* from */
enum err renew_issue(struct cx *cx, const struct renew *r, int64_t *ret_invoice_id) MUST_CHECK;
/*
 * What renew_issue would charge: {from_on, until_on, price_minor, currency}; null when it would
 * refuse.
 */
enum err renew_offer(struct cx *cx, const struct renew *r, json_t **ret) MUST_CHECK;

/*
 * An item to invoice is written; with when = now its invoice is made at once, together with what
 * else is due for the client (*ret_invoice_id, else 0).
 */
enum err billing_add_item(struct cx *cx, const struct billable_input *in, int64_t *ret_id,
    int64_t *ret_invoice_id) MUST_CHECK;

/* A client's statement of account of a range, as PDF; and as a letter with it (event
 * client.statement). ERR_CONFLICT "statement.too_long". */
struct statement_range {
	struct day from, until;
};
extern const struct fields statement_fields;
enum err statement_pdf(struct cx *cx, int64_t client_id, const struct statement_range *r,
    void **ret, size_t *ret_len) MUST_CHECK;
enum err statement_send(struct cx *cx, int64_t client_id,
    const struct statement_range *r) MUST_CHECK;

/*
 * Some items of an unpaid invoice are cancelled: as billing.item_cancel says, the invoice is
 * replaced by one over the rest (payments move along), or a credit note takes the items back. With
 * end_services the services of these items end with their paid term. ERR_CONFLICT
 * "invoice.refused", "invoice.reissued", "invoice.paying" (money is on its way), "approval.needed".
 */
struct correct_items {
	struct credit_wish wish;
	bool end_services;
};
struct correct_done {
	int64_t note_id, invoice_id, approval_id; /* 0: none */
};
enum err correct_items(struct cx *cx, const struct correct_items *in,
    struct correct_done *ret) MUST_CHECK;

/* Scheduled sweeps: billing, dunning, cancel, reconcile, overdue … and how often each is due. */
struct sweep {
	const char *name, *what;
	int64_t every_s;
	enum err (*run)(struct worker *w, int64_t run_id, struct run_sum *sum);
	enum err (*plan)(struct worker *w,
	    json_t *items); /* what it would do, for --dry-run; NULL: nothing to foretell */
};
extern const struct sweep sweeps[];
extern const size_t sweeps_n;

/* Runs those named (NULL: all) in order, each under its lease; then drains the queue, then again
 * until nothing is due. due_only: as the scheduler,
 * only sweeps whose interval has passed. Result:
 * {"tasks":[{task,state,considered,done,skipped,failed,remaining,error,items:[…]}],
 * "jobs":N,"status":"ok"|"degraded"} */
struct run_request {
	const char *const *only; /* NULL-ended names or NULL */
	bool dry_run, due_only, with_items;
};
enum err flow_run(struct worker *w, const struct run_request *r, json_t **ret) MUST_CHECK;
/*
 * What the runs from today to a day (at most 366 days on) will do; pure reads, in constant memory.
 * Two lines: "unpaid", if nobody pays any more, and
 * "paid", if everybody pays on the due day. Metered use counts as far as it was read (metered:
 * some was). {from until lead_days clock_held days:[{on
 * unpaid:{invoices letters reminders fees overdue suspended
 * terminated cancelled payments money:[{currency invoiced_minor credit_minor fees_minor
 * received_minor}]} paid:{…} items:[{what on subject subject_id
 * amount_minor? currency? held}] items_left}] totals:{unpaid paid}}; items only with detail, at
 * most LIMIT_PAGE_ROWS a day.
 */
enum err flow_forecast(struct worker *w, struct day until, bool detail, json_t **ret) MUST_CHECK;
/*
 * Per task: last success and whether within twice its interval:
 * {"status":"ok"|"failing","tasks":[…]}
 */
enum err flow_health(struct cx *cx, json_t **ret, bool *ret_ok) MUST_CHECK;
/* Every audit of core: {"findings":[text…],"ok":bool} */
enum err flow_audit(struct cx *cx, json_t **ret, bool *ret_ok) MUST_CHECK;

#endif
