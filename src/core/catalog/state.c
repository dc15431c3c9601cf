/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a plan. A retired one is not sold any more; its services go on. */
#include "core/catalog/own.h"

static const char *const state_words[] = {"active", "retired"};
static const char *const event_words[] = {"retire", "restore"};

static const struct fsm_edge edges[] = {
    {PLAN_ACTIVE, PLAN_RETIRE, PLAN_RETIRED},
    {PLAN_RETIRED, PLAN_RESTORE, PLAN_ACTIVE},
};

const struct fsm plan_fsm = {
    "plan",
    state_words,
    PLAN_STATES,
    event_words,
    PLAN_EVENTS,
    edges,
    sizeof edges / sizeof *edges,
    0,
};
FSM_REGISTER(plan_fsm);
