/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an invoice. Numbers, parties and amounts are fixed from "issue" on; only these moves
 * remain.
 */
#include "base/fsm.h"
#include "core/invoice/own.h"

const char *const invoice_state_words[INVOICE_STATES] = {"draft", "open", "overdue", "paid",
    "credited", "written_off", "cancelled"};
const char *const invoice_event_words[INVOICE_EVENTS] = {"issue", "pass_due", "pay", "reopen",
    "credit", "write_off", "cancel"};

static const struct fsm_edge edges[] = {
    {INVOICE_DRAFT, INVOICE_ISSUE, INVOICE_OPEN},
    {INVOICE_OPEN, INVOICE_PASS_DUE, INVOICE_OVERDUE},
    {INVOICE_OPEN, INVOICE_PAY, INVOICE_PAID},
    {INVOICE_OVERDUE, INVOICE_PAY, INVOICE_PAID},
    {INVOICE_PAID, INVOICE_REOPEN, INVOICE_OPEN}, /* chargeback, refund, bounced payment */
    {INVOICE_OPEN, INVOICE_CREDIT, INVOICE_CREDITED},
    {INVOICE_OVERDUE, INVOICE_CREDIT, INVOICE_CREDITED},
    {INVOICE_PAID, INVOICE_CREDIT, INVOICE_CREDITED},
    {INVOICE_OPEN, INVOICE_WRITE_OFF, INVOICE_WRITTEN_OFF},
    {INVOICE_OVERDUE, INVOICE_WRITE_OFF, INVOICE_WRITTEN_OFF},
    {INVOICE_OPEN, INVOICE_CANCEL, INVOICE_CANCELLED}, /* proformas only */
    {INVOICE_OVERDUE, INVOICE_CANCEL, INVOICE_CANCELLED},
};

const struct fsm invoice_fsm = {
    .name = "invoice",
    .states = invoice_state_words,
    .states_n = INVOICE_STATES,
    .events = invoice_event_words,
    .events_n = INVOICE_EVENTS,
    .edges = edges,
    .edges_n = sizeof edges / sizeof edges[0],
    .finals = 1u << INVOICE_CREDITED | 1u << INVOICE_WRITTEN_OFF | 1u << INVOICE_CANCELLED,
};
FSM_REGISTER(invoice_fsm);
