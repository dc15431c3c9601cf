/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an order: reviewed where wanted, paid, set up, done. */
#include "core/order/own.h"

static const char *const states[] = {"review", "pending", "active", "done", "refused", "cancelled"};
static const char *const events[] = {"approve", "refuse", "pay", "complete", "cancel"};
static const struct fsm_edge edges[] = {
    {ORDER_REVIEW, ORDER_APPROVE, ORDER_PENDING},
    {ORDER_REVIEW, ORDER_REFUSE, ORDER_REFUSED},
    {ORDER_REVIEW, ORDER_CANCEL, ORDER_CANCELLED},
    {ORDER_PENDING, ORDER_PAY, ORDER_ACTIVE},
    {ORDER_PENDING, ORDER_CANCEL, ORDER_CANCELLED},
    {ORDER_ACTIVE, ORDER_COMPLETE, ORDER_DONE},
    {ORDER_ACTIVE, ORDER_CANCEL, ORDER_CANCELLED},
};
const struct fsm order_fsm = {"order", states, ORDER_STATES, events, ORDER_EVENTS, edges,
    sizeof edges / sizeof edges[0], 1u << ORDER_DONE | 1u << ORDER_REFUSED | 1u << ORDER_CANCELLED};
FSM_REGISTER(order_fsm);
