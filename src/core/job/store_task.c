/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the tables task, run and run_item. Jobs are in store.c. */
#include "base/limits.h"
#include "core/job/own.h"
#include "db/db.h"

#define TASK_COLUMNS "name, holder, error, started_at, succeeded_at, lease_at, alerted_at"

static void read_task(struct db_row *row, void *out)
{
	struct task_row *t = out;

	t->name = row_str(row);
	t->holder = row_str(row);
	t->error = row_str(row);
	t->started_at = row_int(row);
	t->succeeded_at = row_int(row);
	t->lease_at = row_int(row);
	t->alerted_at = row_int(row);
}

DB_STMT(task_by_name, "t", "SELECT " TASK_COLUMNS " FROM task WHERE name = $1");

enum err task_find(struct cx *cx, const char *task, struct task_row *ret)
{
	return db_one(cx, &task_by_name, DB_ARGS(db_text(task)), read_task, ret);
}

DB_STMT(task_all, "", "SELECT " TASK_COLUMNS " FROM task ORDER BY name LIMIT 200");

enum err task_rows(struct cx *cx, struct task_row **ret, size_t *ret_n)
{
	struct db_into into = {read_task, sizeof **ret};

	return db_list(cx, &task_all, DB_NONE, into, ret, ret_n);
}

DB_STMT(task_hold, "titi",
    "INSERT INTO task (name, started_at, succeeded_at, holder, lease_at, error, alerted_at)"
    " VALUES ($1, $2, 0, $3, $4, '', 0) ON CONFLICT (name) DO UPDATE SET"
    " started_at = excluded.started_at, holder = excluded.holder, lease_at = excluded.lease_at");
DB_STMT(run_start, "ti",
    "INSERT INTO run (task, started_at, considered, done, skipped, failed, remaining, error)"
    " VALUES ($1, $2, 0, 0, 0, 0, 0, '') RETURNING id");

enum err task_take(struct cx *cx, const char *task, const char *holder, int64_t *ret_run_id)
{
	TRY(db_run(cx, &task_hold,
	    DB_ARGS(db_text(task), db_int(cx->now), db_text(holder),
	        db_int(cx->now + LIMIT_JOB_LEASE_S)),
	    NULL));
	return db_int64(cx, &run_start, DB_ARGS(db_text(task), db_int(cx->now)), ret_run_id);
}

DB_STMT(task_set_lease, "tti", "UPDATE task SET lease_at = $3 WHERE name = $1 AND holder = $2");

enum err task_prolong(struct cx *cx, const char *task, const char *holder)
{
	int64_t changed;

	TRY(db_run(cx, &task_set_lease,
	    DB_ARGS(db_text(task), db_text(holder), db_int(cx->now + LIMIT_JOB_LEASE_S)),
	    &changed));
	if (changed != 1)
		return fail(cx, ERR_CONFLICT, "task.lost", "Task %s is not held by %s any more.",
		    task, holder);
	return OK;
}

/* A younger run means that the lease ran out and somebody else holds the task now. */
DB_STMT(task_free, "tiit",
    "UPDATE task SET holder = '', lease_at = 0, error = $4,"
    " succeeded_at = CASE WHEN $4 = '' THEN $3 ELSE succeeded_at END,"
    " alerted_at = CASE WHEN $4 = '' THEN 0 ELSE alerted_at END"
    " WHERE name = $1 AND NOT EXISTS (SELECT 1 FROM run r WHERE r.task = $1 AND r.id > $2)");

enum err task_leave(struct cx *cx, const struct run_end *end)
{
	return db_run(cx, &task_free,
	    DB_ARGS(db_text(end->task), db_int(end->run_id), db_int(cx->now), db_text(end->error)),
	    NULL);
}

DB_STMT(task_set_alerted, "ti", "UPDATE task SET alerted_at = $2 WHERE name = $1");

enum err task_mark(struct cx *cx, const char *task)
{
	int64_t changed;

	TRY(db_run(cx, &task_set_alerted, DB_ARGS(db_text(task), db_int(cx->now)), &changed));
	return changed == 1 ? OK : fail(cx, ERR_NOT_FOUND, "task.none", "Task %s never ran.", task);
}

DB_STMT(run_set_end, "itiiiiiit",
    "UPDATE run SET ended_at = $3, considered = $4, done = $5, skipped = $6, failed = $7,"
    " remaining = $8, error = $9 WHERE id = $1 AND task = $2 AND ended_at IS NULL");

enum err run_finish(struct cx *cx, const struct run_end *end)
{
	const struct run_sum *s = end->sum;
	int64_t changed;

	TRY(db_run(cx, &run_set_end,
	    DB_ARGS(db_int(end->run_id), db_text(end->task), db_int(cx->now), db_int(s->considered),
	        db_int(s->done), db_int(s->skipped), db_int(s->failed), db_int(s->remaining),
	        db_text(end->error)),
	    &changed));
	if (changed != 1)
		return fail(cx, ERR_CONFLICT, "run.ended", "Run %lld of %s has already ended.",
		    (long long)end->run_id, end->task);
	return OK;
}

/* The newest run that is too old to keep, 0 when there are not so many. */
DB_STMT(run_nth, "ti",
    "SELECT COALESCE((SELECT id FROM run WHERE task = $1 ORDER BY id DESC LIMIT 1 OFFSET $2), 0)");
DB_STMT(run_item_delete, "ti",
    "DELETE FROM run_item WHERE run_id IN (SELECT id FROM run WHERE task = $1 AND id <= $2)");
DB_STMT(run_delete, "ti", "DELETE FROM run WHERE task = $1 AND id <= $2");

enum err run_trim(struct cx *cx, const char *task)
{
	int64_t items_to, runs_to;

	TRY(db_int64(cx, &run_nth, DB_ARGS(db_text(task), db_int(TASK_RUNS_ITEMS)), &items_to));
	if (items_to > 0)
		TRY(db_run(cx, &run_item_delete, DB_ARGS(db_text(task), db_int(items_to)), NULL));
	TRY(db_int64(cx, &run_nth, DB_ARGS(db_text(task), db_int(TASK_RUNS_KEPT)), &runs_to));
	if (runs_to > 0)
		TRY(db_run(cx, &run_delete, DB_ARGS(db_text(task), db_int(runs_to)), NULL));
	return OK;
}

DB_BATCH(run_item_batch, "run_item", "run_id, subject, subject_id, result, reason, next_at",
    "ititti");

#define ITEM_COLUMNS_N 6

static void fill(int64_t run_id, const struct run_item *r, struct db_arg *to)
{
	to[0] = db_int(run_id);
	to[1] = db_text(r->subject);
	to[2] = db_int(r->subject_id);
	to[3] = db_text(r->result);
	to[4] = db_text(r->reason ? r->reason : "");
	to[5] = db_opt(r->next_at);
}

enum err run_items_insert(struct cx *cx, int64_t run_id, const struct run_item *items, size_t n)
{
	size_t most = n < JOB_LIST_MAX ? n : JOB_LIST_MAX;
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, most * ITEM_COLUMNS_N);

	for (size_t from = 0; from < n; from += most) {
		size_t rows = n - from < most ? n - from : most;
		for (size_t i = 0; i < rows; i++)
			fill(run_id, &items[from + i], args + i * ITEM_COLUMNS_N);
		TRY(db_batch_write(cx, &run_item_batch, args, rows));
	}
	return OK;
}

#define RUN_COLUMNS \
	"id, task, started_at, ended_at, considered, done, skipped, failed, remaining, error"

static void read_run(struct db_row *row, void *out)
{
	struct run_row *r = out;

	r->id = row_int(row);
	r->task = row_str(row);
	r->started_at = row_int(row);
	r->ended_at = row_int(row);
	r->sum.considered = row_int(row);
	r->sum.done = row_int(row);
	r->sum.skipped = row_int(row);
	r->sum.failed = row_int(row);
	r->sum.remaining = row_int(row);
	r->error = row_str(row);
}

DB_STMT(run_select, "ii",
    "SELECT " RUN_COLUMNS " FROM run WHERE ($1 IS NULL OR id < $1) ORDER BY id DESC LIMIT $2");

enum err run_rows(struct cx *cx, int64_t after, struct run_row **ret, size_t *ret_n)
{
	struct db_into into = {read_run, sizeof **ret};

	return db_list(cx, &run_select, DB_ARGS(db_opt(after), db_int(LIMIT_PAGE_ROWS)), into, ret,
	    ret_n);
}

DB_STMT(run_by_id, "i", "SELECT " RUN_COLUMNS " FROM run WHERE id = $1");

enum err run_find(struct cx *cx, int64_t id, struct run_row *ret)
{
	enum err err = db_one(cx, &run_by_id, DB_ARGS(db_int(id)), read_run, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "run.none", "There is no run %lld.", (long long)id);
}

static void read_item(struct db_row *row, void *out)
{
	struct run_item_row *r = out;

	r->id = row_int(row);
	r->item.subject = row_str(row);
	r->item.subject_id = row_int(row);
	r->item.result = row_str(row);
	r->item.reason = row_str(row);
	r->item.next_at = row_int(row);
}

DB_STMT(run_item_select, "iii",
    "SELECT id, subject, subject_id, result, reason, next_at FROM run_item"
    " WHERE run_id = $1 AND id > $2 ORDER BY id LIMIT $3");

enum err run_item_rows(struct cx *cx, int64_t run_id, int64_t after, struct run_item_row **ret,
    size_t *ret_n)
{
	struct db_into into = {read_item, sizeof **ret};

	return db_list(cx, &run_item_select,
	    DB_ARGS(db_int(run_id), db_int(after), db_int(LIMIT_API_ROWS)), into, ret, ret_n);
}
