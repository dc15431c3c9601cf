/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lives of a payment and of an attempt to collect one, and the five outcomes of a provider's
 * answer.
 */
#include <string.h>

#include "core/payment/own.h"

static const char *const payment_states[] = {"received", "partly_refunded", "refunded", "disputed",
    "lost", "failed"};
static const char *const payment_events[] = {"refund_part", "refund", "dispute", "dispute_won",
    "dispute_won_part", "dispute_won_refunded", "dispute_lost", "fail"};
static const struct fsm_edge payment_edges[] = {
    {PAYMENT_RECEIVED, PAYMENT_REFUND_PART, PAYMENT_PARTLY_REFUNDED},
    {PAYMENT_PARTLY_REFUNDED, PAYMENT_REFUND_PART, PAYMENT_PARTLY_REFUNDED},
    {PAYMENT_RECEIVED, PAYMENT_REFUND, PAYMENT_REFUNDED},
    {PAYMENT_PARTLY_REFUNDED, PAYMENT_REFUND, PAYMENT_REFUNDED},
    {PAYMENT_RECEIVED, PAYMENT_DISPUTE, PAYMENT_DISPUTED},
    {PAYMENT_PARTLY_REFUNDED, PAYMENT_DISPUTE, PAYMENT_DISPUTED},
    {PAYMENT_REFUNDED, PAYMENT_DISPUTE, PAYMENT_DISPUTED}, /* refunded to credit */
    {PAYMENT_DISPUTED, PAYMENT_DISPUTE_WON, PAYMENT_RECEIVED},
    {PAYMENT_DISPUTED, PAYMENT_DISPUTE_WON_PART, PAYMENT_PARTLY_REFUNDED},
    {PAYMENT_DISPUTED, PAYMENT_DISPUTE_WON_REFUNDED, PAYMENT_REFUNDED},
    {PAYMENT_DISPUTED, PAYMENT_DISPUTE_LOST, PAYMENT_LOST},
    {PAYMENT_LOST, PAYMENT_DISPUTE_WON, PAYMENT_RECEIVED}, /* a second instance */
    {PAYMENT_LOST, PAYMENT_DISPUTE_WON_PART, PAYMENT_PARTLY_REFUNDED},
    {PAYMENT_LOST, PAYMENT_DISPUTE_WON_REFUNDED, PAYMENT_REFUNDED},
    {PAYMENT_RECEIVED, PAYMENT_FAIL, PAYMENT_FAILED},
    {PAYMENT_PARTLY_REFUNDED, PAYMENT_FAIL, PAYMENT_FAILED},
};
const struct fsm payment_fsm = {"payment", payment_states, PAYMENT_STATES, payment_events,
    PAYMENT_EVENTS, payment_edges, sizeof payment_edges / sizeof payment_edges[0],
    1u << PAYMENT_REFUNDED | 1u << PAYMENT_LOST | 1u << PAYMENT_FAILED};
FSM_REGISTER(payment_fsm);

static const char *const attempt_states[] = {"new", "started", "pending", "succeeded", "declined",
    "expired"};
static const char *const attempt_events[] = {"start", "wait", "succeed", "decline", "expire"};
static const struct fsm_edge attempt_edges[] = {
    {ATTEMPT_NEW, ATTEMPT_START, ATTEMPT_STARTED},
    {ATTEMPT_STARTED, ATTEMPT_WAIT, ATTEMPT_PENDING},
    {ATTEMPT_NEW, ATTEMPT_SUCCEED,
        ATTEMPT_SUCCEEDED}, /* the answer to the start was lost, the hook came */
    {ATTEMPT_STARTED, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED},
    {ATTEMPT_PENDING, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED},
    {ATTEMPT_DECLINED, ATTEMPT_SUCCEED,
        ATTEMPT_SUCCEEDED}, /* the payer tried again on the same page */
    {ATTEMPT_EXPIRED, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED},
    {ATTEMPT_DECLINED, ATTEMPT_WAIT, ATTEMPT_PENDING},
    {ATTEMPT_NEW, ATTEMPT_DECLINE, ATTEMPT_DECLINED},
    {ATTEMPT_STARTED, ATTEMPT_DECLINE, ATTEMPT_DECLINED},
    {ATTEMPT_PENDING, ATTEMPT_DECLINE, ATTEMPT_DECLINED},
    {ATTEMPT_NEW, ATTEMPT_EXPIRE, ATTEMPT_EXPIRED},
    {ATTEMPT_STARTED, ATTEMPT_EXPIRE, ATTEMPT_EXPIRED},
    {ATTEMPT_PENDING, ATTEMPT_EXPIRE, ATTEMPT_EXPIRED},
};
const struct fsm attempt_fsm = {"attempt", attempt_states, ATTEMPT_STATES, attempt_events,
    ATTEMPT_EVENTS, attempt_edges, sizeof attempt_edges / sizeof attempt_edges[0],
    1u << ATTEMPT_SUCCEEDED};
FSM_REGISTER(attempt_fsm);

static const char *const refund_states[] = {"waiting_approval", "new", "asked", "done", "declined",
    "cancelled"};
static const char *const refund_events[] = {"approve", "cancel", "ask", "finish", "decline"};
static const struct fsm_edge refund_edges[] = {
    {REFUND_WAITING_APPROVAL, REFUND_APPROVE, REFUND_NEW},
    {REFUND_WAITING_APPROVAL, REFUND_CANCEL, REFUND_CANCELLED},
    {REFUND_NEW, REFUND_CANCEL, REFUND_CANCELLED}, {REFUND_NEW, REFUND_ASK, REFUND_ASKED},
    {REFUND_ASKED, REFUND_ASK, REFUND_ASKED}, /* the answer was lost: the same key again */
    {REFUND_NEW, REFUND_FINISH, REFUND_DONE}, /* credit, offline */
    {REFUND_ASKED, REFUND_FINISH, REFUND_DONE}, {REFUND_ASKED, REFUND_DECLINE, REFUND_DECLINED},
    {REFUND_DECLINED, REFUND_FINISH, REFUND_DONE}, /* said no, then told that it was done */
};
const struct fsm refund_fsm = {"refund", refund_states, REFUND_STATES, refund_events, REFUND_EVENTS,
    refund_edges, sizeof refund_edges / sizeof refund_edges[0],
    1u << REFUND_DONE | 1u << REFUND_DECLINED | 1u << REFUND_CANCELLED};
FSM_REGISTER(refund_fsm);

static const char *const approval_states[] = {"waiting", "approved", "refused"};
static const char *const approval_events[] = {"approve", "refuse"};
static const struct fsm_edge approval_edges[] = {
    {APPROVAL_WAITING, APPROVAL_APPROVE, APPROVAL_APPROVED},
    {APPROVAL_WAITING, APPROVAL_REFUSE, APPROVAL_REFUSED},
};
const struct fsm approval_fsm = {"approval", approval_states, APPROVAL_STATES, approval_events,
    APPROVAL_EVENTS, approval_edges, sizeof approval_edges / sizeof approval_edges[0],
    1u << APPROVAL_APPROVED | 1u << APPROVAL_REFUSED};
FSM_REGISTER(approval_fsm);

static const char *const outcomes[OUTCOMES] = {"done", "pending", "declined", "not_tried",
    "unknown"};

const char *outcome_word(enum outcome o)
{
	return outcomes[o];
}

int outcome_find(const char *word)
{
	for (int i = 0; i < OUTCOMES; i++)
		if (word != NULL && strcmp(outcomes[i], word) == 0)
			return i;
	return -1;
}
