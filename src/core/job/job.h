/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JOB_JOB_H
#define CORE_JOB_JOB_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"

/*
 * Work rows and scheduled sweeps: their states, leases and results. What a kind of job does is
 * flow/jobs.c; the loop that claims and runs is flow/queue.c.
 */
enum job_state { JOB_READY, JOB_RUNNING, JOB_DONE, JOB_PARKED, JOB_CANCELLED, JOB_STATES };
enum job_event { JOB_CLAIM, JOB_FINISH, JOB_RETRY, JOB_PARK, JOB_AGAIN, JOB_CANCEL, JOB_EVENTS };

struct job {
	int64_t id;
	const char *kind, *key, *subject;
	int64_t subject_id, client_id, event_id;
	enum job_state state;
	int64_t run_at, tries, lease_at;
	const char *holder, *outcome, *detail;
	int64_t created_at, ended_at;
};

/*
 * Adds a job inside a transaction; a job with that key already there is left alone (OK, *ret_id =
 * 0). run_at 0 = now.
 */
struct job_new {
	const char *kind, *key, *subject;
	int64_t subject_id, client_id, event_id, run_at;
};
enum err job_add(struct cx *cx, const struct job_new *j, int64_t *ret_id) MUST_CHECK;
/* keys known to be new */
enum err job_add_many(struct cx *cx, const struct job_new *j, size_t n) MUST_CHECK;

/*
 * Claims the next due job (or one whose holder's lease ran out) for holder, with a lease of
 * LIMIT_JOB_LEASE_S. ERR_NOT_FOUND: nothing is due. tries counts this attempt. Two claimers never
 * get the same. client order: a letter job waits for older letter jobs of its client (kind
 * "letter.send").
 */
enum err job_claim(struct cx *cx, const char *holder, struct job *ret) MUST_CHECK;
/*
 * Ends an attempt. All three check that holder still holds the lease (else ERR_CONFLICT
 * "job.lost").
 */
enum err job_finish(struct cx *cx, const struct job *j, const char *outcome,
    const char *detail) MUST_CHECK;
enum err job_retry(struct cx *cx, const struct job *j, const char *detail,
    int64_t run_at) MUST_CHECK;
enum err job_park(struct cx *cx, const struct job *j, const char *detail) MUST_CHECK;
/* Staff: run a parked or waiting job now; give a parked one up. */
enum err job_again(struct cx *cx, int64_t id) MUST_CHECK;
enum err job_cancel(struct cx *cx, int64_t id, const char *reason) MUST_CHECK;
/*
 * When the next attempt n (1-based) may start: 30 s doubling to 1 h, plus jitter of up to a
 * quarter.
 */
int64_t job_backoff_s(int64_t n);

struct job_filter {
	int64_t after, limit, client_id,
	    subject_id; /* newest first when after = 0; pages by id < after */
	const char *state, *kind, *subject;
};
/* array of job_view */
enum err job_list(struct cx *cx, const struct job_filter *f, json_t **ret) MUST_CHECK;
enum err job_get(struct cx *cx, int64_t id, struct job *ret) MUST_CHECK;
json_t *job_view(struct cx *cx, const struct job *j);

/*
 * Sweeps ------------------------------------------------------------------------------------------
 */

/*
 * Takes the task's lease; ERR_CONFLICT "task.running" while another holder has it. ret_last: start
 * of the run before (0: never).
 */
enum err task_begin(struct cx *cx, const char *task, const char *holder, int64_t *ret_run_id,
    int64_t *ret_last_at) MUST_CHECK;
/* Extends the lease between slices. */
enum err task_extend(struct cx *cx, const char *task, const char *holder) MUST_CHECK;

struct run_item {
	const char *subject;
	int64_t subject_id;
	const char *result; /* done | skipped | failed */
	const char *reason; /* "already invoiced", or the error */
	int64_t next_at;    /* failed: when next; 0 none */
};
enum err run_items_add(struct cx *cx, int64_t run_id, const struct run_item *items,
    size_t n) MUST_CHECK;
struct run_sum {
	int64_t considered, done, skipped, failed, remaining;
};
/*
 * Ends the run: error "" means success. Keeps the items of the last 20 runs of a task, the runs of
 * the last 1000.
 */
enum err task_end(struct cx *cx, const char *task, int64_t run_id, const struct run_sum *sum,
    const char *error) MUST_CHECK;
struct task {
	const char *name, *error;
	int64_t started_at, succeeded_at, alerted_at;
};
enum err task_list(struct cx *cx, struct task **ret, size_t *ret_n) MUST_CHECK;
/* Somebody runs it now. */
enum err task_busy(struct cx *cx, const char *task, bool *ret) MUST_CHECK;
enum err task_alerted(struct cx *cx, const char *task) MUST_CHECK;
/* run_id 0: the runs, newest first; else the run with "items". */
enum err run_view(struct cx *cx, int64_t run_id, int64_t after, json_t **ret) MUST_CHECK;

#endif
