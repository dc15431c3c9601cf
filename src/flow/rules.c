/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows from what: when SUBJECT EVENT then JOB, because WHY. The jobs are written in the
 * transaction of the fact, run after it
 * at least once, and do their effect once. Events without a row here are only told, not acted on
 * (docs/gen/rules.md lists both).
 */
#include "core/event/event.h"

const struct event_rule event_rules[] = {
    {"order", "create", "letter.order_received", "the client knows what was ordered"},
    {"order", "create", "order.advance", "an order over nothing is paid as it is placed"},
    {"order", "approve", "order.advance", "the same after approval"},
    {"invoice", "issue", "invoice.issued",
        "free credit pays first, then the client gets the invoice"},
    {"invoice", "pay", "service.paid",
        "what was paid for is set up, extended or lifted from suspension"},
    {"invoice", "pay", "order.paid", "its order moves on"},
    {"invoice", "pay", "letter.payment_received", "the client gets a receipt"},
    {"invoice", "reopen", "service.recount", "money that went back shortens what is paid"},
    {"invoice", "reopen", "dunning.again",
        "a debt that is back is reminded of from its first step"},
    {"invoice", "credit", "service.recount", "a credited period may be billed again"},
    {"invoice", "credit_items", "service.recount", "so may the periods of credited items"},
    {"invoice", "credit", "meter.release", "credited use is billed by the next line"},
    {"service", "cancel", "meter.final", "what was used before the end is billed"},
    {"service", "terminate", "meter.final", "what was used before the end is billed"},
    {"invoice", "credit_items", "meter.release", "credited use is billed by the next line"},
    {"service", "activate", "letter.service_welcome", "the client gets every account detail"},
    {"service", "activate", "service.moved", "its order may be complete"},
    {"service", "suspend", "letter.service_suspended", "the client knows why and what to do"},
    {"service", "unsuspend", "letter.service_unsuspended", "the client knows that it is back"},
    {"service", "cancel_request", "letter.service_cancel_request",
        "the client knows on which day it ends"},
    {"service", "cancel", "letter.service_cancelled", "the client knows that it has ended"},
    {"service", "cancel", "service.moved", "its order may be complete"},
    {"service", "terminate", "letter.service_terminated",
        "the client knows that the account is gone"},
    {"service", "transfer", "letter.service_transferred", "the new client knows what is theirs"},
    {"service", "leave", "letter.service_left", "the client before knows that it is gone"},
    {"service", "attention", "letter.alert_service", "staff must look at what the panel said"},
    {"reprice", "create", "reprice.letters", "every client reads of a new price before it holds"},
    {"payment", "dispute", "letter.alert_payment", "staff must answer the dispute"},
    {"payment", "dispute", "dispute.act",
        "services are suspended and a fee is charged, if so chosen"},
    {"payment", "dispute_won", "dispute.lift", "suspension and fee of the dispute are taken back"},
    {"payment", "fail", "letter.alert_payment", "staff know that money did not stay"},
    {"invoice", "payment_fail", "letter.payment_failed", "the client knows and can pay again"},
    {"client", "reset_request", "letter.password_reset", "the link to choose a new password"},
    {"staff", "reset_request", "letter.password_reset", "the link to choose a new password"},
    {"client", "verify_request", "letter.verify_email", "the link that proves the address"},
    {"client", "email", "letter.email_changed", "the old address hears of the change"},
    {"client", "tax_id", "tax.check",
        "a VAT number decides about tax once the EU's service has proved it"},
    {"client", "statement", "letter.statement", "the client asked for it, or staff did"},
    {"quote", "send", "letter.quote_sent", "the client or visitor can look at it and answer"},
    {"quote", "accept", "letter.alert_quote", "staff know that an offer was taken"},
    {"quote", "decline", "letter.alert_quote", "staff know that it was not"},
    {"task", "fail", "letter.alert_task", "a sweep that does not succeed must not stay unseen"},
};
const size_t event_rules_n = sizeof event_rules / sizeof event_rules[0];
