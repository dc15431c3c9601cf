/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a service. "cancelled" is the client's wish, "terminated" the end of an unpaid one.
 */
#include "core/service/own.h"
#include "core/service/reprice_own.h"

static const char *const states[] = {"pending", "provisioning", "active", "suspended", "attention",
    "cancelled", "terminated"};
static const char *const events[] = {"set_up", "activate", "fail", "again", "suspend", "unsuspend",
    "cancel", "terminate"};
const char *const action_words[ACTION_KINDS] = {"create", "suspend", "unsuspend", "terminate",
    "password", "change_plan"};

static const struct fsm_edge edges[] = {
    {SERVICE_PENDING, SERVICE_SET_UP, SERVICE_PROVISIONING},
    {SERVICE_PENDING, SERVICE_CANCEL, SERVICE_CANCELLED},
    {SERVICE_PROVISIONING, SERVICE_ACTIVATE, SERVICE_ACTIVE},
    {SERVICE_PROVISIONING, SERVICE_FAIL, SERVICE_ATTENTION},
    {SERVICE_ATTENTION, SERVICE_AGAIN, SERVICE_PROVISIONING},
    {SERVICE_ATTENTION, SERVICE_CANCEL, SERVICE_CANCELLED},
    {SERVICE_ACTIVE, SERVICE_SUSPEND, SERVICE_SUSPENDED},
    {SERVICE_SUSPENDED, SERVICE_UNSUSPEND, SERVICE_ACTIVE},
    {SERVICE_ACTIVE, SERVICE_CANCEL, SERVICE_CANCELLED},
    {SERVICE_SUSPENDED, SERVICE_CANCEL, SERVICE_CANCELLED},
    {SERVICE_ACTIVE, SERVICE_TERMINATE, SERVICE_TERMINATED},
    {SERVICE_SUSPENDED, SERVICE_TERMINATE, SERVICE_TERMINATED},
};

const struct fsm service_fsm = {"service", states, SERVICE_STATES, events, SERVICE_EVENTS, edges,
    sizeof edges / sizeof edges[0], 1u << SERVICE_CANCELLED | 1u << SERVICE_TERMINATED};
FSM_REGISTER(service_fsm);

static const char *const reprice_states[] = {"open", "cancelled"};
static const char *const reprice_events[] = {"cancel"};
static const struct fsm_edge reprice_edges[] = {{0, 0, 1}};
const struct fsm reprice_fsm = {"reprice", reprice_states, 2, reprice_events, 1, reprice_edges, 1,
    1u << 1};
FSM_REGISTER(reprice_fsm);

/* Applied is undone only when the period that brought it is taken back. */
static const char *const item_states[] = {"waiting", "applied", "skipped", "cancelled"};
static const char *const item_events[] = {"apply", "skip", "cancel", "undo"};
static const struct fsm_edge item_edges[] = {{0, 0, 1}, {0, 1, 2}, {0, 2, 3}, {1, 3, 0}};
const struct fsm reprice_item_fsm = {"reprice_item", item_states, 4, item_events, 4, item_edges, 4,
    1u << 2 | 1u << 3};
FSM_REGISTER(reprice_item_fsm);
