/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions on both engines: all or nothing, rivals, lost connections. */
#include "unit/testdb.h"

#include <sys/wait.h>

DB_STMT(sql_create, "i", "INSERT INTO counter (value) VALUES ($1) RETURNING id");
DB_STMT(sql_value, "i", "SELECT value FROM counter WHERE id = $1");
DB_STMT(sql_set, "ii", "UPDATE counter SET value = $2 WHERE id = $1");
DB_STMT(sql_add, "i", "UPDATE counter SET value = value + 1 WHERE id = $1");
DB_STMT(sql_total, "", "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM counter");
DB_STMT(sql_name, "it", "INSERT INTO counter (value, name) VALUES ($1, $2)");
DB_STMT(sql_upsert, "it",
    "INSERT INTO counter (value, name) VALUES ($1, $2) ON CONFLICT DO NOTHING");

static struct testdb *open_counters(void **state)
{
	struct testdb *t = testdb_open_empty(*state);

	testdb_script(&t->cx,
	    "CREATE TABLE counter (id {id}, value {int} NOT NULL,"
	    " name TEXT UNIQUE) {opt}");
	return t;
}

static int64_t create(struct cx *cx, int64_t value)
{
	int64_t id;

	testdb_ok(cx, db_int64(cx, &sql_create, DB_ARGS(db_int(value)), &id));
	return id;
}

static int64_t value_of(struct cx *cx, int64_t id)
{
	int64_t value;

	testdb_ok(cx, db_int64(cx, &sql_value, DB_ARGS(db_int(id)), &value));
	return value;
}

/* Reads, then writes what it read plus one: the classical lost update. */
static enum err read_then_write(struct cx *cx, void *arg)
{
	int64_t id = *(int64_t *)arg, value;

	TRY(db_int64(cx, &sql_value, DB_ARGS(db_int(id)), &value));
	return db_run(cx, &sql_set, DB_ARGS(db_int(id), db_int(value + 1)), NULL);
}

static enum err join(struct cx *cx, void *arg)
{
	assert_true(db_in_tx(cx->db));
	TRY(db_tx(cx, read_then_write, arg));
	assert_true(db_in_tx(cx->db));
	TRY(db_tx(cx, read_then_write, arg));
	return OK;
}

static enum err join_then_refuse(struct cx *cx, void *arg)
{
	TRY(join(cx, arg));
	return fail(cx, ERR_CONFLICT, "test.refused", "no");
}

static void all_or_nothing(void **state)
{
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx;
	int64_t id = create(cx, 0);

	testdb_ok(cx, db_tx(cx, join, &id));
	assert_int_equal(value_of(cx, id), 2);
	testdb_fails(cx, db_tx(cx, join_then_refuse, &id), ERR_CONFLICT, "test.refused");
	assert_int_equal(value_of(cx, id), 2);
	assert_false(db_in_tx(cx->db));
	testdb_close(t);
}

static enum err swallow(struct cx *cx, void *arg)
{
	int64_t value;

	TRY(db_run(cx, &sql_name, DB_ARGS(db_int(1), db_text("fresh")), NULL));
	testdb_fails(cx, db_run(cx, &sql_name, DB_ARGS(db_int(1), db_text("taken")), NULL),
	    ERR_CONFLICT, "db.unique");
	testdb_fails(cx, db_int64(cx, &sql_total, DB_NONE, &value), ERR_INTERNAL, "db.tx_aborted");
	return OK;
}

static enum err upsert(struct cx *cx, void *arg)
{
	TRY(db_run(cx, &sql_upsert, DB_ARGS(db_int(1), db_text("taken")), arg));
	return db_run(cx, &sql_name, DB_ARGS(db_int(5), db_text("other")), NULL);
}

/* The same on both engines, though SQLite alone would go on. */
static void a_failed_statement_is_final(void **state)
{
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx;
	int64_t n;

	testdb_ok(cx, db_run(cx, &sql_name, DB_ARGS(db_int(1), db_text("taken")), NULL));
	testdb_fails(cx, db_tx(cx, swallow, NULL), ERR_INTERNAL, "db.tx_aborted");
	testdb_ok(cx, db_int64(cx, &sql_total, DB_NONE, &n));
	assert_int_equal(n, 1);
	testdb_ok(cx, db_tx(cx, upsert, &n));
	assert_int_equal(n, 0);
	testdb_ok(cx, db_int64(cx, &sql_total, DB_NONE, &n));
	assert_int_equal(n, 6);
	testdb_close(t);
}

/* A rival process: one of its own connection, ends with 0 when all went well. */
static pid_t rival(const struct testdb *t, int64_t id, int rounds)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	struct cx cx;
	testdb_cx(&cx);
	enum err err = db_open(&cx, t->url, &cx.db);
	for (int i = 0; i < rounds && err == OK; i++) {
		err = i % 4 == 3 ? db_run(&cx, &sql_add, DB_ARGS(db_int(id)), NULL) :
		                   db_tx(&cx, read_then_write, &id);
		arena_reset(cx.arena);
	}
	if (err != OK)
		print_error("rival: %s %s\n", cx.fault.key, cx.fault.detail);
	db_close(cx.db);
	_exit(err == OK ? 0 : 1);
}

static void no_update_is_lost(void **state)
{
	enum { RIVALS = 6, ROUNDS = 40 };
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx;
	int64_t id = create(cx, 0);
	pid_t pids[RIVALS];

	for (int i = 0; i < RIVALS; i++)
		pids[i] = rival(t, id, ROUNDS);
	for (int i = 0; i < RIVALS; i++) {
		int status;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(value_of(cx, id), RIVALS * ROUNDS);
	testdb_close(t);
}

struct skew {
	struct cx *rival;
	int64_t mine, other;
	int runs;
	bool rivals_once;
};

static enum err copy_other(struct cx *cx, void *arg)
{
	struct skew *s = arg;
	int64_t value;

	TRY(db_int64(cx, &sql_value, DB_ARGS(db_int(s->other)), &value));
	if (s->runs++ == 0 || !s->rivals_once)
		testdb_ok(s->rival, db_run(s->rival, &sql_add, DB_ARGS(db_int(s->mine)), NULL));
	return db_run(cx, &sql_set, DB_ARGS(db_int(s->mine), db_int(value)), NULL);
}

/* On SQLite the rival would wait for us for ever, so this is about PostgreSQL alone. */
static void a_conflict_is_tried_again(void **state)
{
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx, other;
	struct skew s = {.rival = &other, .rivals_once = true};

	testdb_connect(t, &other);
	s.mine = create(cx, 0);
	s.other = create(cx, 50);
	testdb_ok(cx, db_tx(cx, copy_other, &s));
	assert_int_equal(s.runs, 2);
	assert_int_equal(value_of(cx, s.mine), 50);
	s.rivals_once = false;
	s.runs = 0;
	testdb_fails(cx, db_tx(cx, copy_other, &s), ERR_RETRY, "db.busy");
	assert_int_equal(s.runs, LIMIT_TX_TRIES);
	assert_int_equal(value_of(cx, s.mine), 50 + LIMIT_TX_TRIES);
	testdb_disconnect(&other);
	testdb_close(t);
}

static enum err swallow_conflict(struct cx *cx, void *arg)
{
	if (copy_other(cx, arg) != OK)
		cx_clear(cx);
	return OK;
}

static void a_swallowed_conflict_is_tried_again(void **state)
{
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx, other;
	struct skew s = {.rival = &other, .rivals_once = true};

	testdb_connect(t, &other);
	s.mine = create(cx, 0);
	s.other = create(cx, 50);
	testdb_ok(cx, db_tx(cx, swallow_conflict, &s));
	assert_int_equal(s.runs, 2);
	assert_int_equal(value_of(cx, s.mine), 50);
	testdb_disconnect(&other);
	testdb_close(t);
}

struct memory {
	struct skew skew;
	char *first; /* where the first allocation of each run was */
	int freed;
};

static void count_freed(void *arg)
{
	++*(int *)arg;
}

static enum err take_memory(struct cx *cx, void *arg)
{
	struct memory *m = arg;
	char *first = arena_strdup(cx->arena, "first");

	assert_true(m->first == NULL || m->first == first);
	assert_null(cx->fault.fields);
	m->first = first;
	arena_defer(cx->arena, count_freed, &m->freed);
	memset(arena_alloc(cx->arena, LIMIT_ARENA_BYTES / 4), 1, LIMIT_ARENA_BYTES / 4);
	/* The fault of a run lives in the memory of that run. */
	(void)fail_field(cx, "name", "test.field", "bad");
	return copy_other(cx, &m->skew);
}

/* LIMIT_TX_TRIES runs would be ten times too much for the arena. */
static void a_repeated_body_gives_its_memory_back(void **state)
{
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx, other;
	struct memory m = {.skew = {.rival = &other}};

	testdb_connect(t, &other);
	m.skew.mine = create(cx, 0);
	m.skew.other = create(cx, 50);
	char *kept = arena_strdup(cx->arena, "kept");
	testdb_fails(cx, db_tx(cx, take_memory, &m), ERR_RETRY, "db.busy");
	assert_int_equal(m.skew.runs, LIMIT_TX_TRIES);
	assert_int_equal(m.freed, LIMIT_TX_TRIES - 1);
	assert_string_equal(kept, "kept");
	m.skew.rivals_once = true;
	m.skew.runs = m.freed = 0;
	m.first = NULL;
	testdb_ok(cx, db_tx(cx, take_memory, &m));
	assert_int_equal(m.skew.runs, 2);
	assert_int_equal(m.freed, 1);
	assert_string_equal(m.first, "first"); /* the last run keeps what it took */
	cx_clear(cx);
	testdb_disconnect(&other);
	testdb_close(t);
}

static void read_one(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

DB_STMT(sql_add_all, "", "UPDATE counter SET value = value + 1 RETURNING value");

/* A lone write whose first COMMIT meets a conflict, when its list is there already: the list starts
 * again, in memory that is its own. A sequence counts what a rollback does not undo. */
static void a_repeated_list_is_whole(void **state)
{
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx;
	const struct db_into into = {read_one, sizeof(int64_t)};
	int64_t *values;
	size_t n;

	for (int i = 0; i < 3000; i++)
		create(cx, 0);
	testdb_script(cx,
	    "CREATE SEQUENCE commits; CREATE FUNCTION refuse_first() RETURNS trigger"
	    " LANGUAGE plpgsql AS $$ BEGIN IF nextval('commits') = 1 THEN RAISE EXCEPTION 'rival'"
	    " USING ERRCODE = '40001'; END IF; RETURN NULL; END $$;"
	    " CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON counter DEFERRABLE INITIALLY DEFERRED"
	    " FOR EACH ROW EXECUTE FUNCTION refuse_first()");
	int64_t before = db_count(cx->db);
	testdb_ok(cx, db_list(cx, &sql_add_all, DB_NONE, into, &values, &n));
	assert_int_equal(db_count(cx->db), before + 2);
	char *after = arena_alloc(cx->arena, 30000);
	memset(after, 0xAA, 30000);
	assert_int_equal(n, 3000);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(values[i], 1);
	testdb_close(t);
}

DB_STMT2(sql_kill, "i", "SELECT $1", "SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000)");
DB_STMT2(sql_pid, "", "SELECT 1", "SELECT pg_backend_pid()");

static void terminate(struct cx *killer, int64_t pid)
{
	int64_t done;

	testdb_ok(killer, db_int64(killer, &sql_kill, DB_ARGS(db_int(pid)), &done));
	assert_int_equal(done, 1);
}

static int64_t backend(struct cx *cx)
{
	int64_t pid;

	testdb_ok(cx, db_int64(cx, &sql_pid, DB_NONE, &pid));
	return pid;
}

struct fatal {
	struct cx *killer;
	int64_t id;
	bool late;
};

static enum err die_inside(struct cx *cx, void *arg)
{
	struct fatal *f = arg;
	int64_t value;

	TRY(db_run(cx, &sql_add, DB_ARGS(db_int(f->id)), NULL));
	terminate(f->killer, backend(cx));
	return f->late ? OK : db_int64(cx, &sql_value, DB_ARGS(db_int(f->id)), &value);
}

static void a_lost_connection_comes_back(void **state)
{
	struct testdb *t = open_counters(state);
	struct cx *cx = &t->cx, killer;
	struct fatal f = {.killer = &killer};
	int64_t value;

	testdb_connect(t, &killer);
	f.id = create(cx, 0);
	terminate(&killer, backend(cx));
	testdb_fails(cx, db_int64(cx, &sql_value, DB_ARGS(db_int(f.id)), &value), ERR_RETRY,
	    "db.lost");
	assert_int_equal(value_of(cx, f.id), 0);
	terminate(&killer, backend(cx));
	testdb_fails(cx, db_tx(cx, read_then_write, &f.id), ERR_RETRY, "db.lost");
	testdb_ok(cx, db_tx(cx, read_then_write, &f.id));
	testdb_fails(cx, db_tx(cx, die_inside, &f), ERR_RETRY, "db.lost");
	assert_int_equal(value_of(cx, f.id), 1);
	f.late = true;
	testdb_fails(cx, db_tx(cx, die_inside, &f), ERR_INTERNAL, "db.commit_unknown");
	assert_int_equal(value_of(cx, f.id), 1);
	testdb_disconnect(&killer);
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(all_or_nothing),
	    TESTDB_BOTH(a_failed_statement_is_final),
	    TESTDB_BOTH(no_update_is_lost),
	    TESTDB_PG_ONLY(a_conflict_is_tried_again),
	    TESTDB_PG_ONLY(a_swallowed_conflict_is_tried_again),
	    TESTDB_PG_ONLY(a_repeated_body_gives_its_memory_back),
	    TESTDB_PG_ONLY(a_repeated_list_is_whole),
	    TESTDB_PG_ONLY(a_lost_connection_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
