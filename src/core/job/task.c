/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of scheduled sweeps: one holder at a time, a run with its items for each, and what is
 * kept of old ones. When a task is due and what it does is in flow/.
 */
#include <assert.h>

#include "base/str.h"
#include "core/job/own.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

struct begin {
	const char *task, *holder;
	int64_t run_id, last_at;
};

static enum err begin(struct cx *cx, void *arg)
{
	struct begin *a = arg;
	struct task_row row = {0};
	enum err err = task_find(cx, a->task, &row);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	if (!str_empty(row.holder) && row.lease_at > cx->now)
		return fail(cx, ERR_CONFLICT, "task.running", "Task %s is run by %s.", a->task,
		    row.holder);
	a->last_at = row.started_at;
	return task_take(cx, a->task, a->holder, &a->run_id);
}

enum err task_begin(struct cx *cx, const char *task, const char *holder, int64_t *ret_run_id,
    int64_t *ret_last_at)
{
	struct begin a = {.task = task, .holder = holder};

	assert(!str_empty(holder));
	TRY(db_tx(cx, begin, &a));
	*ret_run_id = a.run_id;
	*ret_last_at = a.last_at;
	return OK;
}

enum err task_extend(struct cx *cx, const char *task, const char *holder)
{
	return task_prolong(cx, task, holder);
}

struct items {
	int64_t run_id;
	const struct run_item *items;
	size_t n;
};

static enum err add_items(struct cx *cx, void *arg)
{
	const struct items *a = arg;

	return run_items_insert(cx, a->run_id, a->items, a->n);
}

enum err run_items_add(struct cx *cx, int64_t run_id, const struct run_item *items, size_t n)
{
	struct items a = {run_id, items, n};

	return n == 0 ? OK : db_tx(cx, add_items, &a);
}

static enum err end(struct cx *cx, void *arg)
{
	const struct run_end *a = arg;

	TRY(run_finish(cx, a));
	TRY(task_leave(cx, a));
	return run_trim(cx, a->task);
}

enum err task_end(struct cx *cx, const char *task, int64_t run_id, const struct run_sum *sum,
    const char *error)
{
	struct run_end a = {task, run_id, sum, str_or(error, "")};

	return db_tx(cx, end, &a);
}

enum err task_list(struct cx *cx, struct task **ret, size_t *ret_n)
{
	struct task_row *rows;
	size_t n;

	TRY(task_rows(cx, &rows, &n));
	struct task *tasks = ARENA_ARRAY(cx->arena, struct task, n + 1);
	for (size_t i = 0; i < n; i++)
		tasks[i] = (struct task){rows[i].name, rows[i].error, rows[i].started_at,
		    rows[i].succeeded_at, rows[i].alerted_at};
	*ret = tasks;
	*ret_n = n;
	return OK;
}

enum err task_busy(struct cx *cx, const char *task, bool *ret)
{
	struct task_row row;
	enum err err = task_find(cx, task, &row);

	*ret = err == OK && !str_empty(row.holder) && row.lease_at > cx->now;
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		err = OK;
	}
	return err;
}

enum err task_alerted(struct cx *cx, const char *task)
{
	return task_mark(cx, task);
}

static enum err runs(struct cx *cx, int64_t after, json_t **ret)
{
	struct run_row *rows;
	size_t n;

	TRY(run_rows(cx, after, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, run_tree(cx, &rows[i]));
	*ret = list;
	return OK;
}

enum err run_view(struct cx *cx, int64_t run_id, int64_t after, json_t **ret)
{
	struct run_item_row *items;
	struct run_row row;
	size_t n;

	if (run_id == 0)
		return runs(cx, after, ret);
	TRY(run_find(cx, run_id, &row));
	TRY(run_item_rows(cx, run_id, after, &items, &n));
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, run_item_tree(cx, &items[i]));
	json_t *tree = json_keep(cx, run_tree(cx, &row));
	json_object_set_new(tree, "items", list);
	*ret = tree;
	return OK;
}
