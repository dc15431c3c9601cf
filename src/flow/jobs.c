/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every kind of job and what runs it. Small ones stand here; the others in letter.c, deliver.c,
 * provision.c and collect.c.
 */
#include "core/dunning/dunning.h"
#include "core/order/order.h"
#include "flow/own.h"

static enum err order_advance_job(struct worker *w, const struct job *j)
{
	return order_advance(w->cx, j->subject_id);
}

static enum err order_paid(struct worker *w, const struct job *j)
{
	struct invoice i;
	TRY(invoice_get(w->cx, 0, j->subject_id, &i));
	return i.order_id == 0 ? OK : order_advance(w->cx, i.order_id);
}

static enum err service_paid(struct worker *w, const struct job *j)
{
	return service_invoice_paid(w->cx, j->subject_id);
}

static enum err service_recount_job(struct worker *w, const struct job *j)
{
	return service_recount(w->cx, j->subject_id);
}

static enum err service_moved(struct worker *w, const struct job *j)
{
	struct service s;
	TRY(service_get(w->cx, 0, j->subject_id, &s));
	return s.order_id == 0 ? OK : order_advance(w->cx, s.order_id);
}

/* Money that came and went again: the ladder begins anew, from the day it went. */
static enum err dunning_again(struct worker *w, const struct job *j)
{
	return dunning_restart(w->cx, j->subject_id, j->created_at);
}

const struct job_kind job_kinds[] = {
    {"invoice.issued", "uses free credit for a new invoice and writes its letter", collect_issued},
    {"hook.apply", "acts on a verified message of a payment provider", collect_hook},
    {"order.advance", "moves an order on when its invoice and services agree", order_advance_job},
    {"order.paid", "moves the order of a paid invoice on", order_paid},
    {"service.paid", "extends, sets up or lifts what an invoice paid for", service_paid},
    {"service.recount", "recomputes billed and paid dates from charges", service_recount_job},
    {"service.restart_term", "begins the term of a late payer anew, if so chosen",
        late_restart_job},
    {"service.moved", "moves the order of a service on", service_moved},
    {"service.provision", "asks a panel to do what an action wants", provision_run},
    {"meter.pull", "asks a server's panel how much its services used", meter_pull_job},
    {"meter.final", "bills what an ended service used", meter_final_job},
    {"meter.release", "lets credited use be billed again", meter_release_job},
    {"reprice.letters", "writes to every client whose prices change", reprice_letters_job},
    {"reprice.cancel_letters", "writes to every client whose prices stay after all",
        reprice_cancel_letters_job},
    {"tax.check", "asks the EU's service about a VAT number", tax_check_job},
    {"rates.fetch", "fetches the day's rates of currencies", rates_fetch_job},
    {"dunning.again", "starts the ladder of an invoice anew", dunning_again},
    {"refund.run", "asks a payment provider to send money back", refund_run},
    {"dispute.act", "suspends and charges the fee when a payment is disputed", refund_dispute},
    {"dispute.lift", "takes both back when the dispute is won", refund_dispute_won},
    {"subscription.stop", "tells the provider not to renew a service any more", subscribe_stop},
    {"letter.send", "hands a letter to the mail server", letter_deliver},
    {"letter.order_received", "writes the letter", letter_compose},
    {"letter.invoice_reminder", "writes the letter", letter_compose},
    {"letter.invoice_overdue", "writes the letter", letter_compose},
    {"letter.payment_received", "writes the letter", letter_compose},
    {"letter.payment_failed", "writes the letter", letter_compose},
    {"letter.service_welcome", "writes the letter", letter_compose},
    {"letter.service_suspended", "writes the letter", letter_compose},
    {"letter.service_unsuspended", "writes the letter", letter_compose},
    {"letter.service_cancel_request", "writes the letter", letter_compose},
    {"letter.service_transferred", "writes the letter", letter_compose},
    {"letter.service_left", "writes the letter", letter_compose},
    {"letter.service_cancelled", "writes the letter", letter_compose},
    {"letter.service_terminated", "writes the letter", letter_compose},
    {"letter.price_change", "writes the letter", letter_compose},
    {"letter.price_change_cancelled", "writes the letter", letter_compose},
    {"letter.password_reset", "writes the letter", letter_compose},
    {"letter.verify_email", "writes the letter", letter_compose},
    {"letter.email_changed", "writes the letter", letter_compose},
    {"letter.alert_task", "writes the letter", letter_compose},
    {"letter.alert_catch_up", "writes the letter", letter_compose},
    {"letter.alert_service", "writes the letter", letter_compose},
    {"letter.alert_payment", "writes the letter", letter_compose},
    {"letter.statement", "writes the letter", letter_compose},
    {"letter.quote_sent", "writes the letter", letter_compose},
    {"letter.alert_quote", "writes the letter", letter_compose},
};
const size_t job_kinds_n = sizeof job_kinds / sizeof job_kinds[0];
