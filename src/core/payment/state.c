/* SPDX-License-Identifier: Apache-2.0 */
/* The lives of a payment and of an attempt to collect one, and the five outcomes of a provider's answer. */
#include <string.h>

#include "core/payment/own.h"

static const char *const payment_states[] = {"received", "partly_refunded", "refunded", "disputed"};
static const char *const payment_events[] = {"refund_part", "refund", "dispute", "dispute_won"};
static const struct fsm_edge payment_edges[] = {
	{PAYMENT_RECEIVED, PAYMENT_REFUND_PART, PAYMENT_PARTLY_REFUNDED},
	{PAYMENT_PARTLY_REFUNDED, PAYMENT_REFUND_PART, PAYMENT_PARTLY_REFUNDED},
	{PAYMENT_RECEIVED, PAYMENT_REFUND, PAYMENT_REFUNDED},
	{PAYMENT_PARTLY_REFUNDED, PAYMENT_REFUND, PAYMENT_REFUNDED},
	{PAYMENT_RECEIVED, PAYMENT_DISPUTE, PAYMENT_DISPUTED},
	{PAYMENT_PARTLY_REFUNDED, PAYMENT_DISPUTE, PAYMENT_DISPUTED},
	{PAYMENT_DISPUTED, PAYMENT_DISPUTE_WON, PAYMENT_RECEIVED},
};
const struct fsm payment_fsm = {"payment", payment_states, PAYMENT_STATES, payment_events, PAYMENT_EVENTS, payment_edges,
	sizeof payment_edges / sizeof payment_edges[0], 1u << PAYMENT_REFUNDED};
FSM_REGISTER(payment_fsm);

static const char *const attempt_states[] = {"new", "started", "pending", "succeeded", "declined", "expired"};
static const char *const attempt_events[] = {"start", "wait", "succeed", "decline", "expire"};
static const struct fsm_edge attempt_edges[] = {
	{ATTEMPT_NEW, ATTEMPT_START, ATTEMPT_STARTED},
	{ATTEMPT_STARTED, ATTEMPT_WAIT, ATTEMPT_PENDING},
	{ATTEMPT_NEW, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED}, /* the answer to the start was lost, the hook came */
	{ATTEMPT_STARTED, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED},
	{ATTEMPT_PENDING, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED},
	{ATTEMPT_DECLINED, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED}, /* the payer tried again on the same page */
	{ATTEMPT_EXPIRED, ATTEMPT_SUCCEED, ATTEMPT_SUCCEEDED},
	{ATTEMPT_DECLINED, ATTEMPT_WAIT, ATTEMPT_PENDING},
	{ATTEMPT_NEW, ATTEMPT_DECLINE, ATTEMPT_DECLINED},
	{ATTEMPT_STARTED, ATTEMPT_DECLINE, ATTEMPT_DECLINED},
	{ATTEMPT_PENDING, ATTEMPT_DECLINE, ATTEMPT_DECLINED},
	{ATTEMPT_NEW, ATTEMPT_EXPIRE, ATTEMPT_EXPIRED},
	{ATTEMPT_STARTED, ATTEMPT_EXPIRE, ATTEMPT_EXPIRED},
	{ATTEMPT_PENDING, ATTEMPT_EXPIRE, ATTEMPT_EXPIRED},
};
const struct fsm attempt_fsm = {"attempt", attempt_states, ATTEMPT_STATES, attempt_events, ATTEMPT_EVENTS, attempt_edges,
	sizeof attempt_edges / sizeof attempt_edges[0], 1u << ATTEMPT_SUCCEEDED};
FSM_REGISTER(attempt_fsm);

static const char *const outcomes[OUTCOMES] = {"done", "pending", "declined", "not_tried", "unknown"};

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
