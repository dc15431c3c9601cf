/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a staff account. Closed is the end: a returning colleague gets a new account. */
#include "core/staff/own.h"

static const char *const state_words[] = {"active", "suspended", "closed"};
static const char *const event_words[] = {"suspend", "resume", "close"};

static const struct fsm_edge edges[] = {
    {STAFF_ACTIVE, STAFF_SUSPEND, STAFF_SUSPENDED},
    {STAFF_ACTIVE, STAFF_CLOSE, STAFF_CLOSED},
    {STAFF_SUSPENDED, STAFF_RESUME, STAFF_ACTIVE},
    {STAFF_SUSPENDED, STAFF_CLOSE, STAFF_CLOSED},
};

const struct fsm staff_fsm = {
    "staff",
    state_words,
    STAFF_STATES,
    event_words,
    STAFF_EVENTS,
    edges,
    sizeof edges / sizeof *edges,
    1u << STAFF_CLOSED,
};
FSM_REGISTER(staff_fsm);
