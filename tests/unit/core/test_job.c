/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: once by key, claims without doubles, leases, order of letters, ends; sweeps and their runs.
 */
#include "unit/testdb.h"

#include <sys/wait.h>

#include "core/job/own.h"
#include "unit/core/rules.h"

struct add {
	struct job_new job;
	int64_t id;
};

static enum err add_body(struct cx *cx, void *arg)
{
	struct add *a = arg;

	return job_add(cx, &a->job, &a->id);
}

static int64_t add(struct cx *cx, struct job_new j)
{
	struct add a = {.job = j};

	a.job.subject = "invoice";
	testdb_ok(cx, db_tx(cx, add_body, &a));
	return a.id;
}

static void exists_once(void **state)
{
	struct testdb *t = testdb_open(*state);
	int64_t id = add(&t->cx, (struct job_new){.kind = "a", .key = "k1"});
	json_t *list;

	assert_true(id > 0);
	assert_int_equal(add(&t->cx, (struct job_new){.kind = "a", .key = "k1"}), 0);
	testdb_ok(&t->cx, job_list(&t->cx, &(struct job_filter){.state = "ready"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(&t->cx, job_list(&t->cx, &(struct job_filter){.state = "done"}, &list));
	assert_int_equal(json_array_size(list), 0);
	testdb_close(t);
}

static void is_claimed_in_order(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct job j;

	testdb_fails(cx, job_claim(cx, "h", &j), ERR_NOT_FOUND, "job.idle");
	int64_t later = add(cx, (struct job_new){.kind = "a", .key = "1", .run_at = cx->now + 50});
	testdb_fails(cx, job_claim(cx, "h", &j), ERR_NOT_FOUND, "job.idle");
	int64_t first = add(cx, (struct job_new){.kind = "b", .key = "2", .client_id = 9});
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.id, first);
	assert_int_equal(j.tries, 1);
	assert_int_equal(j.client_id, 9);
	assert_int_equal(j.state, JOB_RUNNING);
	assert_string_equal(j.holder, "h");
	testdb_fails(cx, job_claim(cx, "i", &j), ERR_NOT_FOUND, "job.idle");
	cx->now += 50;
	testdb_ok(cx, job_claim(cx, "i", &j));
	assert_int_equal(j.id, later);
	testdb_close(t);
}

static void ends(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct job j, again;
	int64_t id = add(cx, (struct job_new){.kind = "a", .key = "1"});

	testdb_ok(cx, job_claim(cx, "h", &j));
	testdb_ok(cx, job_retry(cx, &j, "server down", cx->now + 30));
	testdb_fails(cx, job_finish(cx, &j, "ok", ""), ERR_CONFLICT, "job.lost");
	cx->now += 30;
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.tries, 2);
	assert_string_equal(j.detail, "server down");
	testdb_fails(cx, job_again(cx, id), ERR_CONFLICT, "job.refused");
	testdb_ok(cx, job_park(cx, &j, "gave up"));
	testdb_fails(cx, job_claim(cx, "h", &again), ERR_NOT_FOUND, "job.idle");
	testdb_ok(cx, job_again(cx, id));
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.tries, 1);
	testdb_ok(cx, job_finish(cx, &j, "sent", "ok"));
	testdb_ok(cx, job_get(cx, id, &j));
	assert_int_equal(j.state, JOB_DONE);
	assert_string_equal(j.outcome, "sent");
	assert_int_equal(j.ended_at, cx->now);
	testdb_fails(cx, job_cancel(cx, id, "no"), ERR_CONFLICT, "job.refused");
	testdb_fails(cx, job_get(cx, id + 1, &j), ERR_NOT_FOUND, "job.none");
	int64_t other = add(cx, (struct job_new){.kind = "a", .key = "2"});
	testdb_ok(cx, job_cancel(cx, other, "not needed"));
	testdb_ok(cx, job_get(cx, other, &j));
	assert_string_equal(j.detail, "not needed");
	testdb_close(t);
}

static void is_taken_over(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct job dead, j;

	add(cx, (struct job_new){.kind = "a", .key = "1"});
	testdb_ok(cx, job_claim(cx, "h", &dead));
	cx->now += LIMIT_JOB_LEASE_S - 1;
	testdb_fails(cx, job_claim(cx, "h", &j), ERR_NOT_FOUND, "job.idle");
	cx->now += 1;
	/* Even by a holder of the same name: the old claim is void. */
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.id, dead.id);
	assert_int_equal(j.tries, 2);
	testdb_fails(cx, job_finish(cx, &dead, "x", ""), ERR_CONFLICT, "job.lost");
	testdb_ok(cx, job_finish(cx, &j, "x", ""));
	testdb_close(t);
}

static void keeps_letters_in_order(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct job one, j;
	int64_t first =
	    add(cx, (struct job_new){.kind = "letter.send", .key = "1", .client_id = 5});
	int64_t second =
	    add(cx, (struct job_new){.kind = "letter.send", .key = "2", .client_id = 5});
	int64_t other =
	    add(cx, (struct job_new){.kind = "letter.send", .key = "3", .client_id = 6});
	int64_t staff = add(cx, (struct job_new){.kind = "letter.send", .key = "4"});

	testdb_ok(cx, job_claim(cx, "h", &one));
	assert_int_equal(one.id, first);
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.id, other);
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.id, staff);
	testdb_fails(cx, job_claim(cx, "h", &j), ERR_NOT_FOUND, "job.idle");
	/* While the first waits for its next try, the second waits too. */
	testdb_ok(cx, job_retry(cx, &one, "4xx", cx->now + 60));
	testdb_fails(cx, job_claim(cx, "h", &j), ERR_NOT_FOUND, "job.idle");
	cx->now += 60;
	testdb_ok(cx, job_claim(cx, "h", &one));
	assert_int_equal(one.id, first);
	testdb_ok(cx, job_park(cx, &one, "5xx"));
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.id, second);
	testdb_close(t);
}

#define RIVALS 4
#define RIVAL_JOBS 60

/* Claims until nothing is left; its exit code says how many. */
static void rival(const struct testdb *t, int n)
{
	struct cx cx;
	struct job j;
	char holder[8];
	int mine = 0;
	enum err err;

	snprintf(holder, sizeof holder, "r%d", n);
	testdb_connect(t, &cx);
	while ((err = job_claim(&cx, holder, &j)) == OK) {
		if (j.tries != 1 || job_finish(&cx, &j, holder, "") != OK)
			_exit(200);
		mine++;
	}
	_exit(err == ERR_NOT_FOUND ? mine : 201);
}

static void has_one_claimer(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	pid_t pids[RIVALS];
	int sum = 0, status;
	char key[16];
	json_t *list;

	for (int i = 0; i < RIVAL_JOBS; i++) {
		snprintf(key, sizeof key, "%d", i);
		add(cx, (struct job_new){.kind = "letter.send", .key = key, .client_id = i + 1});
	}
	/* A connection must not cross a fork. */
	db_close(cx->db);
	for (int i = 0; i < RIVALS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			rival(t, i);
	}
	for (int i = 0; i < RIVALS; i++) {
		waitpid(pids[i], &status, 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 200);
		sum += WEXITSTATUS(status);
	}
	testdb_ok(cx, db_open(cx, t->url, &cx->db));
	assert_int_equal(sum, RIVAL_JOBS);
	testdb_ok(cx, job_list(cx, &(struct job_filter){.state = "done", .limit = 200}, &list));
	assert_int_equal(json_array_size(list), RIVAL_JOBS);
	testdb_close(t);
}

static enum err add_many(struct cx *cx, void *arg)
{
	struct job_new *jobs = ARENA_ARRAY(cx->arena, struct job_new, 1201);

	for (size_t i = 0; i < 1201; i++)
		jobs[i] = (struct job_new){.kind = "a",
		    .key = arena_printf(cx->arena, "m%zu", i),
		    .subject = "invoice",
		    .subject_id = (int64_t)i};
	return job_add_many(cx, jobs, 1201);
}

static void adds_many(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct job j;
	json_t *list;

	testdb_ok(&t->cx, db_tx(&t->cx, add_many, NULL));
	testdb_ok(&t->cx, job_claim(&t->cx, "h", &j));
	assert_string_equal(j.key, "m0");
	testdb_ok(&t->cx, job_list(&t->cx, &(struct job_filter){.subject_id = 1200}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_close(t);
}

static void backs_off(void **state)
{
	crypto_setup();
	for (int i = 0; i < 50; i++) {
		assert_in_range(job_backoff_s(1), 30, 37);
		assert_in_range(job_backoff_s(2), 60, 75);
		assert_in_range(job_backoff_s(8), 3600, 4500);
		assert_in_range(job_backoff_s(1000000), 3600, 4500);
	}
}

static void runs_tasks(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t run, other, last;
	struct run_sum sum = {.considered = 2, .done = 1, .failed = 1};
	struct run_item items[] = {{"service", 1, "done", NULL, 0},
	    {"service", 2, "failed", "no", 99}};
	struct task *tasks;
	size_t n;
	json_t *tree;

	testdb_ok(cx, task_begin(cx, "billing", "a", &run, &last));
	assert_int_equal(last, 0);
	testdb_fails(cx, task_begin(cx, "billing", "b", &other, &last), ERR_CONFLICT,
	    "task.running");
	testdb_ok(cx, task_extend(cx, "billing", "a"));
	testdb_fails(cx, task_extend(cx, "billing", "b"), ERR_CONFLICT, "task.lost");
	testdb_ok(cx, run_items_add(cx, run, items, 2));
	testdb_ok(cx, task_end(cx, "billing", run, &sum, "one failed"));
	testdb_fails(cx, task_end(cx, "billing", run, &sum, ""), ERR_CONFLICT, "run.ended");
	testdb_ok(cx, task_alerted(cx, "billing"));
	testdb_fails(cx, task_alerted(cx, "nothing"), ERR_NOT_FOUND, "task.none");
	testdb_ok(cx, task_list(cx, &tasks, &n));
	assert_int_equal(n, 1);
	assert_string_equal(tasks[0].error, "one failed");
	assert_int_equal(tasks[0].succeeded_at, 0);
	assert_int_equal(tasks[0].alerted_at, cx->now);
	cx->now += 60;
	testdb_ok(cx, task_begin(cx, "billing", "b", &other, &last));
	assert_int_equal(last, cx->now - 60);
	testdb_ok(cx, task_end(cx, "billing", other, &sum, ""));
	testdb_ok(cx, task_list(cx, &tasks, &n));
	assert_int_equal(tasks[0].succeeded_at, cx->now);
	assert_int_equal(tasks[0].alerted_at, 0);
	testdb_ok(cx, run_view(cx, run, 0, &tree));
	assert_string_equal(json_string_value(json_object_get(tree, "state")), "failed");
	json_t *item = json_array_get(json_object_get(tree, "items"), 1);
	assert_string_equal(json_string_value(json_object_get(item, "reason")), "no");
	testdb_ok(cx, run_view(cx, 0, 0, &tree));
	assert_int_equal(json_array_size(tree), 2);
	testdb_fails(cx, run_view(cx, 999, 0, &tree), ERR_NOT_FOUND, "run.none");
	testdb_close(t);
}

/* A holder that comes back after its lease was taken over does not free the other's. */
static void loses_tasks(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t dead, run, last;
	struct run_sum sum = {0};

	testdb_ok(cx, task_begin(cx, "dunning", "a", &dead, &last));
	cx->now += LIMIT_JOB_LEASE_S;
	testdb_ok(cx, task_begin(cx, "dunning", "b", &run, &last));
	testdb_ok(cx, task_end(cx, "dunning", dead, &sum, ""));
	testdb_fails(cx, task_begin(cx, "dunning", "c", &last, &last), ERR_CONFLICT,
	    "task.running");
	testdb_close(t);
}

static void trims_runs(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t run, last, first = 0;
	struct run_sum sum = {0};
	struct run_item item = {"service", 1, "done", "", 0};
	json_t *tree;

	for (int i = 0; i <= TASK_RUNS_ITEMS; i++) {
		testdb_ok(cx, task_begin(cx, "sweep", "a", &run, &last));
		first = first ? first : run;
		testdb_ok(cx, run_items_add(cx, run, &item, 1));
		testdb_ok(cx, task_end(cx, "sweep", run, &sum, ""));
	}
	testdb_ok(cx, run_view(cx, first, 0, &tree));
	assert_int_equal(json_array_size(json_object_get(tree, "items")), 0);
	testdb_ok(cx, run_view(cx, first + 1, 0, &tree));
	assert_int_equal(json_array_size(json_object_get(tree, "items")), 1);
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(exists_once),
	    TESTDB_BOTH(is_claimed_in_order),
	    TESTDB_BOTH(ends),
	    TESTDB_BOTH(is_taken_over),
	    TESTDB_BOTH(keeps_letters_in_order),
	    TESTDB_BOTH(has_one_claimer),
	    TESTDB_BOTH(adds_many),
	    cmocka_unit_test(backs_off),
	    TESTDB_BOTH(runs_tasks),
	    TESTDB_BOTH(loses_tasks),
	    TESTDB_BOTH(trims_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
