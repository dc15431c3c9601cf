/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a quote: written, sent, and then somebody's word, or time, decides. */
#include "core/quote/own.h"

static const char *const states[] = {"draft", "sent", "accepted", "declined", "expired",
    "cancelled", "superseded"};
static const char *const events[] = {"send", "accept", "decline", "expire", "cancel", "supersede"};
static const struct fsm_edge edges[] = {
    {QUOTE_DRAFT, QUOTE_SEND, QUOTE_SENT},
    {QUOTE_DRAFT, QUOTE_CANCEL, QUOTE_CANCELLED},
    {QUOTE_SENT, QUOTE_ACCEPT, QUOTE_ACCEPTED},
    {QUOTE_SENT, QUOTE_DECLINE, QUOTE_DECLINED},
    {QUOTE_SENT, QUOTE_EXPIRE, QUOTE_EXPIRED},
    {QUOTE_SENT, QUOTE_CANCEL, QUOTE_CANCELLED},
    {QUOTE_SENT, QUOTE_SUPERSEDE, QUOTE_SUPERSEDED},
    {QUOTE_DECLINED, QUOTE_SUPERSEDE, QUOTE_SUPERSEDED},
    {QUOTE_EXPIRED, QUOTE_SUPERSEDE, QUOTE_SUPERSEDED},
};
const struct fsm quote_fsm = {"quote", states, QUOTE_STATES, events, QUOTE_EVENTS, edges,
    sizeof edges / sizeof edges[0],
    1u << QUOTE_ACCEPTED | 1u << QUOTE_CANCELLED | 1u << QUOTE_SUPERSEDED};
FSM_REGISTER(quote_fsm);
