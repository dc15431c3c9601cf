/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a job. Claim from running is the lease of a dead holder that ran out. Cancelled and
 * done are the end; parked waits for staff.
 */
#include "core/job/own.h"

static const char *const state_words[] = {"ready", "running", "done", "parked", "cancelled"};
static const char *const event_words[] = {"claim", "finish", "retry", "park", "again", "cancel"};

static const struct fsm_edge edges[] = {
    {JOB_READY, JOB_CLAIM, JOB_RUNNING},
    {JOB_READY, JOB_AGAIN, JOB_READY},
    {JOB_READY, JOB_CANCEL, JOB_CANCELLED},
    {JOB_RUNNING, JOB_CLAIM, JOB_RUNNING},
    {JOB_RUNNING, JOB_FINISH, JOB_DONE},
    {JOB_RUNNING, JOB_RETRY, JOB_READY},
    {JOB_RUNNING, JOB_PARK, JOB_PARKED},
    {JOB_PARKED, JOB_AGAIN, JOB_READY},
    {JOB_PARKED, JOB_CANCEL, JOB_CANCELLED},
};

const struct fsm job_fsm = {
    "job",
    state_words,
    JOB_STATES,
    event_words,
    JOB_EVENTS,
    edges,
    sizeof edges / sizeof *edges,
    1u << JOB_DONE | 1u << JOB_CANCELLED,
};
FSM_REGISTER(job_fsm);
