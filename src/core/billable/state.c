/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an item to invoice: it waits, round after round, until the last or until removed. */
#include "core/billable/own.h"

static const char *const states[] = {"waiting", "done", "removed"};
static const char *const events[] = {"bill", "finish", "remove"};
static const struct fsm_edge edges[] = {
    {BILLABLE_WAITING, BILLABLE_BILL, BILLABLE_WAITING},
    {BILLABLE_WAITING, BILLABLE_FINISH, BILLABLE_DONE},
    {BILLABLE_WAITING, BILLABLE_REMOVE, BILLABLE_REMOVED},
};
const struct fsm billable_fsm = {"billable", states, BILLABLE_STATES, events, BILLABLE_EVENTS,
    edges, sizeof edges / sizeof edges[0], 1u << BILLABLE_DONE | 1u << BILLABLE_REMOVED};
FSM_REGISTER(billable_fsm);
