/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_OWN_H
#define FLOW_OWN_H

#include "core/invoice/invoice.h"
#include "core/service/service.h"
#include "core/setting/setting.h"
#include "flow/flow.h"

/*
 * What a job handler answers when the work waits for something: the queue tries again with
 * back-off.
 */
#define FLOW_LATER ERR_RETRY

/* jobs: one handler per verb; each is idempotent, for it may run again after a crash. */
enum err letter_compose(struct worker *w, const struct job *j);      /* letter.<kind> */
enum err letter_deliver(struct worker *w, const struct job *j);      /* letter.send */
enum err provision_run(struct worker *w, const struct job *j);       /* service.provision */
enum err collect_hook(struct worker *w, const struct job *j);        /* hook.apply */
enum err collect_issued(struct worker *w, const struct job *j);      /* invoice.issued */
enum err collect_expire(struct worker *w, const struct job *j);      /* attempt.settle */
enum err reprice_letters_job(struct worker *w, const struct job *j); /* reprice.letters */
enum err late_restart_job(struct worker *w, const struct job *j);    /* service.restart_term */
enum err reprice_cancel_letters_job(struct worker *w, const struct job *j);
enum err meter_pull_job(struct worker *w, const struct job *j);     /* meter.pull */
enum err meter_final_job(struct worker *w, const struct job *j);    /* meter.final */
enum err meter_release_job(struct worker *w, const struct job *j);  /* meter.release */
enum err refund_run(struct worker *w, const struct job *j);         /* refund.run */
enum err refund_dispute(struct worker *w, const struct job *j);     /* dispute.act */
enum err refund_dispute_won(struct worker *w, const struct job *j); /* dispute.lift */

/* subscribe.c: what a provider does under a subscription, and ending one. */
enum err subscribe_charged(struct worker *w, const struct hook *h, const json_t *event,
    const char *type) MUST_CHECK;
enum err subscribe_ended(struct worker *w, const struct hook *h, const json_t *event,
    const char *type) MUST_CHECK;
enum err subscribe_stop(struct worker *w, const struct job *j); /* subscription.stop */

/* Asks the gateway about one attempt and applies what it says; *ret_state: the provider's word. */
enum err collect_ask(struct worker *w, int64_t attempt_id, const char **ret_state) MUST_CHECK;

/*
 * letter.c: composes and queues one letter of a kind about a subject; cause makes it once. In its
 * own transaction.
 */
struct letter_wish {
	const char *kind, *cause, *subject;
	int64_t subject_id, client_id, event_id;
	const char *text; /* an alert's text; NULL: the event's detail */
};
enum err letter_write(struct worker *w, const struct letter_wish *wish) MUST_CHECK;
/* statement.c: the range that an event client.statement asks for. */
enum err statement_of_event(struct cx *cx, int64_t event_id,
    struct statement_range *ret) MUST_CHECK;
/* The data of a letter about a subject, before people_add. */
enum err letter_data(struct worker *w, const struct letter_wish *wish, const struct settings *s,
    json_t **ret, const char **ret_to, const char **ret_name) MUST_CHECK;

/* tax.c: a client's VAT number, asked of the EU's service; rates.c: the ECB's daily file. */
enum err tax_check_job(struct worker *w, const struct job *j);   /* tax.check */
enum err rates_fetch_job(struct worker *w, const struct job *j); /* rates.fetch */
enum err tax_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err rates_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);

/* sweeps */
enum err billing_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
/* The period that starts at billed_until, by the planning of the run. In a transaction. */
enum err billing_renew(struct cx *cx, const struct service *v, int64_t *ret_invoice_id) MUST_CHECK;
enum err billing_foretell(struct worker *w, json_t *items);
enum err funds_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err quote_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err overdue_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err dunning_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err dunning_foretell(struct worker *w, json_t *items);
enum err cancel_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err change_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err reconcile_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err server_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err meter_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err tidy_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);
enum err watch_sweep(struct worker *w, int64_t run_id, struct run_sum *sum);

/* Counts and keeps one item's result. */
enum err flow_note(struct worker *w, int64_t run_id, struct run_sum *sum,
    const struct run_item *item) MUST_CHECK;
/*
 * A jump of the clock larger than the setting since the last dunning run holds whatever takes
 * things away, until staff confirm it.
 */
enum err flow_clock_held(struct cx *cx, const struct settings *s, bool *ret) MUST_CHECK;
bool flow_stopping(const struct worker *w);

#endif
