/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a letter. A mail server may return what it took, so that sent is not yet the end;
 * staff may send any letter again.
 */
#include "core/notice/own.h"

static const char *const state_words[] = {"queued", "sent", "bounced", "failed"};
static const char *const event_words[] = {"send", "bounce", "fail", "resend"};

static const struct fsm_edge edges[] = {
    {LETTER_QUEUED, LETTER_SEND, LETTER_SENT},
    {LETTER_QUEUED, LETTER_BOUNCE, LETTER_BOUNCED},
    {LETTER_QUEUED, LETTER_FAIL, LETTER_FAILED},
    {LETTER_SENT, LETTER_BOUNCE, LETTER_BOUNCED},
    {LETTER_SENT, LETTER_RESEND, LETTER_QUEUED},
    {LETTER_BOUNCED, LETTER_RESEND, LETTER_QUEUED},
    {LETTER_FAILED, LETTER_RESEND, LETTER_QUEUED},
    /* A job that staff ran again after it had given up. */
    {LETTER_FAILED, LETTER_SEND, LETTER_SENT},
    {LETTER_FAILED, LETTER_BOUNCE, LETTER_BOUNCED},
    {LETTER_FAILED, LETTER_FAIL, LETTER_FAILED},
};

const struct fsm letter_fsm = {
    "letter",
    state_words,
    LETTER_STATES,
    event_words,
    LETTER_EVENTS,
    edges,
    sizeof edges / sizeof *edges,
    0,
};
FSM_REGISTER(letter_fsm);
