/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of jobs: adding, claiming, ending an attempt, staff's again and cancel. Writes no events,
 * since events themselves are made of jobs' makers; sweeps are in task.c.
 */
#include "core/job/job.h"

#include <assert.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/job/own.h"
#include "db/db.h"
#include "fmt/form.h"

enum err job_add(struct cx *cx, const struct job_new *j, int64_t *ret_id)
{
	int64_t id;

	assert(db_in_tx(cx->db));
	TRY(job_insert(cx, j, &id));
	if (ret_id != NULL)
		*ret_id = id;
	return OK;
}

enum err job_add_many(struct cx *cx, const struct job_new *j, size_t n)
{
	assert(db_in_tx(cx->db));
	return n == 0 ? OK : job_insert_many(cx, j, n);
}

enum err job_claim(struct cx *cx, const char *holder, struct job *ret)
{
	assert(!str_empty(holder));
	enum err err = job_take(cx, holder, ret);

	return err != ERR_NOT_FOUND ? err : fail(cx, err, "job.idle", "No job is due.");
}

/* The door out of running; j is as it was claimed. */
static enum err leave(struct cx *cx, const struct job *j, enum job_event event, struct job_end end)
{
	int to = fsm_next(&job_fsm, JOB_RUNNING, (int)event);

	assert(to >= 0);
	end.state = (enum job_state)to;
	return job_leave(cx, j, &end);
}

enum err job_finish(struct cx *cx, const struct job *j, const char *outcome, const char *detail)
{
	struct job_end end = {.run_at = j->run_at,
	    .tries = j->tries,
	    .outcome = outcome,
	    .detail = str_or(detail, "")};

	return leave(cx, j, JOB_FINISH, end);
}

enum err job_retry(struct cx *cx, const struct job *j, const char *detail, int64_t run_at)
{
	struct job_end end = {.run_at = run_at,
	    .tries = j->tries,
	    .outcome = j->outcome,
	    .detail = str_or(detail, "")};

	return leave(cx, j, JOB_RETRY, end);
}

enum err job_park(struct cx *cx, const struct job *j, const char *detail)
{
	struct job_end end = {.run_at = j->run_at,
	    .tries = j->tries,
	    .outcome = "parked",
	    .detail = str_or(detail, "")};

	return leave(cx, j, JOB_PARK, end);
}

/* The door of staff. */
static enum err move(struct cx *cx, int64_t id, enum job_event event, const char *detail)
{
	struct job j;

	TRY(job_get(cx, id, &j));
	int to = fsm_next(&job_fsm, (int)j.state, (int)event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "job.refused", "job %lld is %s: cannot %s",
		    (long long)id, job_fsm.states[j.state], job_fsm.events[event]);
	/* A fresh start has all its tries again. */
	struct job_end end = {.state = (enum job_state)to,
	    .run_at = cx->now,
	    .tries = 0,
	    .detail = j.detail};
	if (event == JOB_CANCEL) {
		end.run_at = j.run_at;
		end.tries = j.tries;
		end.detail = detail;
	}
	return job_move(cx, &j, &end);
}

enum err job_again(struct cx *cx, int64_t id)
{
	return move(cx, id, JOB_AGAIN, NULL);
}

enum err job_cancel(struct cx *cx, int64_t id, const char *reason)
{
	return move(cx, id, JOB_CANCEL, str_or(reason, ""));
}

int64_t job_backoff_s(int64_t n)
{
	int64_t wait_s = 30;

	for (; n > 1 && wait_s < 3600; n--)
		wait_s *= 2;
	if (wait_s > 3600)
		wait_s = 3600;
	return wait_s + crypto_below((unsigned)(wait_s / 4) + 1);
}

enum err job_list(struct cx *cx, const struct job_filter *f, json_t **ret)
{
	struct job *rows;
	size_t n;

	TRY(job_rows(cx, f, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append(list, job_view(cx, &rows[i]));
	*ret = list;
	return OK;
}
