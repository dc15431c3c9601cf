/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JOB_OWN_H
#define CORE_JOB_OWN_H

/* Inside core/job only. */

#include "base/fsm.h"
#include "core/job/job.h"

extern const struct fsm job_fsm; /* state.c */

#define JOB_LIST_MAX 500    /* rows of one batch: about 200 KiB of arguments */
#define TASK_RUNS_ITEMS 20  /* runs of a task that keep their items */
#define TASK_RUNS_KEPT 1000 /* runs of a task that are kept at all */

/* store.c */
struct job_end {
	enum job_state state;
	int64_t run_at, tries;
	const char *outcome, *detail;
};
enum err job_insert(struct cx *cx, const struct job_new *j, int64_t *ret_id) MUST_CHECK;
enum err job_insert_many(struct cx *cx, const struct job_new *j, size_t n) MUST_CHECK;
enum err job_take(struct cx *cx, const char *holder, struct job *ret) MUST_CHECK;
/* Only while j's holder has it: ERR_CONFLICT "job.lost". */
enum err job_leave(struct cx *cx, const struct job *j, const struct job_end *end) MUST_CHECK;
/* Only while its state is still `from`: ERR_CONFLICT "job.lost". */
enum err job_move(struct cx *cx, const struct job *j, const struct job_end *end) MUST_CHECK;
enum err job_rows(struct cx *cx, const struct job_filter *f, struct job **ret,
    size_t *ret_n) MUST_CHECK;

/* store_task.c */
struct task_row {
	const char *name, *holder, *error;
	int64_t started_at, succeeded_at, lease_at, alerted_at;
};
struct run_row {
	int64_t id, started_at, ended_at;
	const char *task, *error;
	struct run_sum sum;
};
struct run_item_row {
	int64_t id;
	struct run_item item;
};
struct run_end {
	const char *task;
	int64_t run_id;
	const struct run_sum *sum;
	const char *error;
};
enum err task_find(struct cx *cx, const char *task, struct task_row *ret) MUST_CHECK;
enum err task_rows(struct cx *cx, struct task_row **ret, size_t *ret_n) MUST_CHECK;
enum err task_take(struct cx *cx, const char *task, const char *holder,
    int64_t *ret_run_id) MUST_CHECK;
enum err task_prolong(struct cx *cx, const char *task, const char *holder) MUST_CHECK;
enum err task_leave(struct cx *cx, const struct run_end *end) MUST_CHECK;
enum err task_mark(struct cx *cx, const char *task) MUST_CHECK;
enum err run_finish(struct cx *cx, const struct run_end *end) MUST_CHECK;
enum err run_trim(struct cx *cx, const char *task) MUST_CHECK;
enum err run_items_insert(struct cx *cx, int64_t run_id, const struct run_item *items,
    size_t n) MUST_CHECK;
enum err run_rows(struct cx *cx, int64_t after, struct run_row **ret, size_t *ret_n) MUST_CHECK;
enum err run_find(struct cx *cx, int64_t id, struct run_row *ret) MUST_CHECK;
enum err run_item_rows(struct cx *cx, int64_t run_id, int64_t after, struct run_item_row **ret,
    size_t *ret_n) MUST_CHECK;

/* view.c */
json_t *run_tree(struct cx *cx, const struct run_row *r);
json_t *run_item_tree(struct cx *cx, const struct run_item_row *i);

#endif
