/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All SQL of the table job. The partial index job_due holds only jobs that are ready or running, so
 * that claiming stays cheap however many are done. Tasks and runs are in store_task.c.
 */
#include <assert.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/job/own.h"
#include "core/view.h"
#include "db/db.h"

#define COLUMNS \
	"id, kind, key, subject, subject_id, client_id, event_id, state, run_at, tries, holder," \
	" lease_at, outcome, detail, created_at, ended_at"

static void read_job(struct db_row *row, void *out)
{
	struct job *j = out;

	j->id = row_int(row);
	j->kind = row_str(row);
	j->key = row_str(row);
	j->subject = row_str(row);
	j->subject_id = row_int(row);
	j->client_id = row_int(row);
	j->event_id = row_int(row);
	j->state = (enum job_state)fsm_state(&job_fsm, row_str(row));
	j->run_at = row_int(row);
	j->tries = row_int(row);
	j->holder = row_str(row);
	j->lease_at = row_int(row);
	j->outcome = row_str(row);
	j->detail = row_str(row);
	j->created_at = row_int(row);
	j->ended_at = row_int(row);
}

DB_STMT(job_add_one, "tttiiiii",
    "INSERT INTO job (kind, key, subject, subject_id, client_id, event_id, state, run_at, tries,"
    " holder, lease_at, outcome, detail, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'ready', $7,"
    " 0, '', 0, '', '', $8) ON CONFLICT (key) DO NOTHING RETURNING id");

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

enum err job_insert(struct cx *cx, const struct job_new *j, int64_t *ret_id)
{
	int64_t run_at = j->run_at ? j->run_at : cx->now, *ids;
	struct db_into into = {read_id, sizeof *ids};
	size_t n;

	TRY(db_list(cx, &job_add_one,
	    DB_ARGS(db_text(j->kind), db_text(j->key), db_text(j->subject), db_int(j->subject_id),
	        db_opt(j->client_id), db_opt(j->event_id), db_int(run_at), db_int(cx->now)),
	    into, &ids, &n));
	*ret_id = n > 0 ? ids[0] : 0;
	return OK;
}

DB_BATCH(job_batch, "job",
    "kind, key, subject, subject_id, client_id, event_id, state, run_at, tries, holder, lease_at,"
    " outcome, detail, created_at",
    "tttiiitiititti");

#define BATCH_COLUMNS 14

static void fill(struct cx *cx, const struct job_new *j, struct db_arg *to)
{
	const struct db_arg row[BATCH_COLUMNS] = {db_text(j->kind), db_text(j->key),
	    db_text(j->subject), db_int(j->subject_id), db_opt(j->client_id), db_opt(j->event_id),
	    db_text("ready"), db_int(j->run_at ? j->run_at : cx->now), db_int(0), db_text(""),
	    db_int(0), db_text(""), db_text(""), db_int(cx->now)};

	for (size_t i = 0; i < BATCH_COLUMNS; i++)
		to[i] = row[i];
}

enum err job_insert_many(struct cx *cx, const struct job_new *j, size_t n)
{
	size_t most = n < JOB_LIST_MAX ? n : JOB_LIST_MAX;
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, most * BATCH_COLUMNS);

	for (size_t from = 0; from < n; from += most) {
		size_t rows = n - from < most ? n - from : most;
		for (size_t i = 0; i < rows; i++)
			fill(cx, &j[from + i], args + i * BATCH_COLUMNS);
		TRY(db_batch_write(cx, &job_batch, args, rows));
	}
	return OK;
}

/*
 * A letter waits for older letters of its client. One whose next try is more than two hours away
 * is planned, not delayed (the back-off is at most 75 minutes), and holds nobody up.
 */
#define LETTER_WAITS(now) \
	" AND NOT (j.kind = 'letter.send' AND j.client_id IS NOT NULL AND EXISTS (SELECT 1 FROM" \
	" job o WHERE o.kind = 'letter.send' AND o.state IN ('ready', 'running') AND o.client_id" \
	" = j.client_id" \
	" AND o.id < j.id AND o.run_at <= " now " + 7200))"

#define DUE \
	"j.state IN ('ready', 'running') AND j.run_at <= $2 AND (j.state = 'ready' OR j.lease_at" \
	" <= $2)" LETTER_WAITS("$2") " ORDER BY j.run_at, j.id LIMIT 1"
#define TAKE_FROM \
	"UPDATE job SET state = 'running', holder = $1, lease_at = $3, tries = tries + 1" \
	" WHERE id = (SELECT j.id FROM job j WHERE " DUE
#define TAKE_TO \
	") AND (state = 'ready' OR (state = 'running' AND lease_at <= $2)) RETURNING " COLUMNS

DB_STMT2(job_claim_next, "tii", TAKE_FROM TAKE_TO,
    TAKE_FROM " FOR UPDATE OF j SKIP LOCKED" TAKE_TO);

enum err job_take(struct cx *cx, const char *holder, struct job *ret)
{
	return db_one(cx, &job_claim_next,
	    DB_ARGS(db_text(holder), db_int(cx->now), db_int(cx->now + LIMIT_JOB_LEASE_S)),
	    read_job, ret);
}

static bool ended(enum job_state state)
{
	return state == JOB_DONE || state == JOB_CANCELLED;
}

/* tries is part of the check: the same holder may have lost the lease and claimed again. */
DB_STMT(job_end_attempt, "itiiittiti",
    "UPDATE job SET state = $2, run_at = $3, tries = $4, ended_at = $5, outcome = $6, detail = $7,"
    " holder = '', lease_at = 0"
    " WHERE id = $1 AND state = 'running' AND lease_at = $8 AND holder = $9 AND tries = $10");

enum err job_leave(struct cx *cx, const struct job *j, const struct job_end *end)
{
	int64_t changed;

	TRY(db_run(cx, &job_end_attempt,
	    DB_ARGS(db_int(j->id), db_text(job_fsm.states[end->state]), db_int(end->run_at),
	        db_int(end->tries), db_opt(ended(end->state) ? cx->now : 0), db_text(end->outcome),
	        db_text(end->detail), db_int(j->lease_at), db_text(j->holder), db_int(j->tries)),
	    &changed));
	if (changed != 1)
		return fail(cx, ERR_CONFLICT, "job.lost", "Job %lld is not held by %s any more.",
		    (long long)j->id, j->holder);
	return OK;
}

DB_STMT(job_set_state, "ittiiit",
    "UPDATE job SET state = $3, run_at = $4, tries = $5, ended_at = $6, detail = $7"
    " WHERE id = $1 AND state = $2");

enum err job_move(struct cx *cx, const struct job *j, const struct job_end *end)
{
	int64_t changed;

	TRY(db_run(cx, &job_set_state,
	    DB_ARGS(db_int(j->id), db_text(job_fsm.states[j->state]),
	        db_text(job_fsm.states[end->state]), db_int(end->run_at), db_int(end->tries),
	        db_opt(ended(end->state) ? cx->now : 0), db_text(end->detail)),
	    &changed));
	if (changed != 1)
		return fail(cx, ERR_CONFLICT, "job.lost", "Job %lld was changed by somebody else.",
		    (long long)j->id);
	return OK;
}

DB_STMT(job_by_id, "i", "SELECT " COLUMNS " FROM job WHERE id = $1");

enum err job_get(struct cx *cx, int64_t id, struct job *ret)
{
	enum err err = db_one(cx, &job_by_id, DB_ARGS(db_int(id)), read_job, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "job.none", "There is no job %lld.", (long long)id);
}

DB_STMT(job_select, "itttiii",
    "SELECT " COLUMNS " FROM job WHERE ($1 IS NULL OR id < $1) AND ($2 IS NULL OR state = $2)"
    " AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR subject = $4)"
    " AND ($5 IS NULL OR subject_id = $5) AND ($6 IS NULL OR client_id = $6) ORDER BY id DESC"
    " LIMIT $7");

enum err job_rows(struct cx *cx, const struct job_filter *f, struct job **ret, size_t *ret_n)
{
	struct db_into into = {read_job, sizeof **ret};

	return db_list(cx, &job_select,
	    DB_ARGS(db_opt(f->after), db_opt_text(f->state), db_opt_text(f->kind),
	        db_opt_text(f->subject), db_opt(f->subject_id), db_opt(f->client_id),
	        db_int(view_limit(f->limit))),
	    into, ret, ret_n);
}
