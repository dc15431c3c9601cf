/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a client. Pending waits for approval; closed is the end, documents stay. */
#include "core/client/own.h"

static const char *const state_words[] = {"pending", "active", "suspended", "closed"};
static const char *const event_words[] = {"approve", "refuse", "suspend", "resume", "close"};

static const struct fsm_edge edges[] = {
    {CLIENT_PENDING, CLIENT_APPROVE, CLIENT_ACTIVE},
    {CLIENT_PENDING, CLIENT_REFUSE, CLIENT_CLOSED},
    {CLIENT_ACTIVE, CLIENT_SUSPEND, CLIENT_SUSPENDED},
    {CLIENT_ACTIVE, CLIENT_CLOSE, CLIENT_CLOSED},
    {CLIENT_SUSPENDED, CLIENT_RESUME, CLIENT_ACTIVE},
    {CLIENT_SUSPENDED, CLIENT_CLOSE, CLIENT_CLOSED},
};

const struct fsm client_fsm = {
    "client",
    state_words,
    CLIENT_STATES,
    event_words,
    CLIENT_EVENTS,
    edges,
    sizeof edges / sizeof *edges,
    1u << CLIENT_CLOSED,
};
FSM_REGISTER(client_fsm);
