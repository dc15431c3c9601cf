/* SPDX-License-Identifier: Apache-2.0 */
/* One statement for many rows of arguments, on both engines. */
#include "unit/testdb.h"

#define ROWS 10000

DB_STMT(sql_fill, "iit", "INSERT INTO line (id, n, word) VALUES ($1, $2, $3)");
DB_STMT(sql_set, "itb", "UPDATE line SET n = n + 1, word = $2, data = $3 WHERE id = $1");
DB_STMT(sql_below, "i", "UPDATE line SET n = n + 1 WHERE id <= $1");
DB_STMT(sql_upsert, "iit",
    "INSERT INTO line (id, n, word) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
DB_STMT(sql_sum, "", "SELECT CAST(SUM(n) AS BIGINT) FROM line");
DB_STMT(sql_count, "",
    "SELECT COUNT(*) FROM line WHERE word = 'w' || CAST(id AS TEXT)"
    " AND LENGTH(data) = id % 100");
DB_STMT(sql_n, "i", "SELECT n FROM line WHERE id = $1");
DB_STMT2(sql_kill, "i", "SELECT $1", "SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000)");
DB_STMT2(sql_pid, "", "SELECT 1", "SELECT pg_backend_pid()");

static int64_t number(struct cx *cx, const struct db_stmt *s)
{
	int64_t n;

	testdb_ok(cx, db_int64(cx, s, DB_NONE, &n));
	return n;
}

/* Rows first, first + 1, …; n is 0. */
static struct db_arg *new_rows(struct cx *cx, int64_t first, size_t rows)
{
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, rows * 3);

	for (size_t i = 0; i < rows; i++) {
		args[i * 3] = db_int(first + (int64_t)i);
		args[i * 3 + 1] = db_int(0);
		args[i * 3 + 2] = db_text(NULL);
	}
	return args;
}

static enum err fill(struct cx *cx, void *arg)
{
	int64_t changed = 0;
	struct db_arg *args = new_rows(cx, 1, ROWS);

	TRY(db_many(cx, &sql_fill, args, ROWS, &changed));
	assert_int_equal(changed, ROWS);
	return OK;
}

static struct testdb *open_lines(void **state)
{
	struct testdb *t = testdb_open_empty(*state);

	testdb_script(&t->cx,
	    "CREATE TABLE line (id {id}, n {int} NOT NULL CHECK (n <> 13),"
	    " word TEXT UNIQUE, data {bytes}) {opt}");
	testdb_ok(&t->cx, db_tx(&t->cx, fill, NULL));
	return t;
}

struct work {
	size_t rows;
	size_t bad; /* a row that takes the word of the one before, 0: none */
	int64_t changed;
};

/* Row i becomes "w" and its id, with id % 100 bytes. */
static enum err set_words(struct cx *cx, void *arg)
{
	static const char bytes[100] = "";
	struct work *w = arg;
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, w->rows * 3 + 1);

	for (size_t i = 0; i < w->rows; i++) {
		args[i * 3] = db_int((int64_t)i + 1);
		args[i * 3 + 1] =
		    db_text(arena_printf(cx->arena, "w%zu", i + (w->bad == 0 || w->bad != i)));
		args[i * 3 + 2] = db_bytes(bytes, (i + 1) % 100);
	}
	return db_many(cx, &sql_set, args, w->rows, &w->changed);
}

static void ten_thousand_updates(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx;
	struct work w = {.rows = ROWS};
	int64_t before = db_count(cx->db);

	testdb_ok(cx, db_tx(cx, set_words, &w));
	assert_int_equal(db_count(cx->db), before + 1);
	assert_int_equal(w.changed, ROWS);
	assert_int_equal(number(cx, &sql_count), ROWS);
	assert_int_equal(number(cx, &sql_sum), ROWS);
	/* More rows than there are: what matches nothing changes nothing. */
	w = (struct work){.rows = ROWS + 300};
	testdb_ok(cx, db_tx(cx, set_words, &w));
	assert_int_equal(w.changed, ROWS);
	assert_int_equal(number(cx, &sql_sum), 2 * ROWS);
	/* None at all is not even sent. */
	before = db_count(cx->db);
	w = (struct work){.changed = 7};
	testdb_ok(cx, db_tx(cx, set_words, &w));
	assert_int_equal(w.changed, 0);
	assert_int_equal(db_count(cx->db), before);
	testdb_close(t);
}

static enum err count_below(struct cx *cx, void *arg)
{
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, 600);
	int64_t *changed = arg, more;

	for (size_t i = 0; i < 600; i++)
		args[i] = db_int((int64_t)i % 3);
	TRY(db_many(cx, &sql_below, args, 600, changed));
	/* Rows that are there already are left alone. */
	TRY(db_many(cx, &sql_upsert, new_rows(cx, ROWS - 299, 600), 600, &more));
	assert_int_equal(more, 300);
	return OK;
}

static void changes_are_summed(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx;
	int64_t changed, n;

	/* n of row 1 would pass 13, which is not allowed, after 6 rounds of 0, 1 and 2 rows. */
	testdb_fails(cx, db_tx(cx, count_below, &changed), ERR_CONFLICT, "db.check");
	testdb_script(cx, "DROP TABLE line");
	testdb_script(cx,
	    "CREATE TABLE line (id {id}, n {int} NOT NULL, word TEXT, data {bytes}) {opt}");
	testdb_ok(cx, db_tx(cx, fill, NULL));
	testdb_ok(cx, db_tx(cx, count_below, &changed));
	assert_int_equal(changed, 200 * (0 + 1 + 2));
	testdb_ok(cx, db_int64(cx, &sql_n, DB_ARGS(db_int(1)), &n));
	assert_int_equal(n, 400);
	testdb_close(t);
}

static enum err set_and_go_on(struct cx *cx, void *arg)
{
	struct work *w = arg;
	int64_t n;

	testdb_fails(cx, set_words(cx, w), ERR_CONFLICT, "db.unique");
	testdb_fails(cx, db_int64(cx, &sql_sum, DB_NONE, &n), ERR_INTERNAL, "db.tx_aborted");
	testdb_fails(cx, set_words(cx, w), ERR_INTERNAL, "db.tx_aborted");
	return OK;
}

/* In the first chunk, at the ends of chunks, in the last one. */
static void an_error_in_the_middle_fails_the_transaction(void **state)
{
	static const size_t bad[] = {1, 100, 255, 256, 257, 5000, ROWS - 1};
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct work w = {.rows = ROWS, .bad = bad[i], .changed = 77};
		testdb_fails(cx, db_tx(cx, set_words, &w), ERR_CONFLICT, "db.unique");
		assert_int_equal(w.changed, 77);
		testdb_fails(cx, db_tx(cx, set_and_go_on, &w), ERR_INTERNAL, "db.tx_aborted");
		assert_int_equal(number(cx, &sql_sum), 0);
	}
	struct work good = {.rows = ROWS};
	testdb_ok(cx, db_tx(cx, set_words, &good));
	assert_int_equal(number(cx, &sql_sum), ROWS);
	testdb_close(t);
}

static enum err bad_text(struct cx *cx, void *arg)
{
	struct db_arg *args = new_rows(cx, ROWS + 1, 2);

	args[5] = db_text("\xc3(");
	return db_many(cx, &sql_fill, args, 2, NULL);
}

static enum err big_values(struct cx *cx, void *arg)
{
	enum { BIG = 300 };
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, BIG * 3);
	char *bytes = arena_alloc(cx->arena, 60000);

	for (size_t i = 0; i < BIG; i++) {
		args[i * 3] = db_int((int64_t)i + 1);
		args[i * 3 + 1] = db_text(NULL);
		args[i * 3 + 2] = db_bytes(bytes, 60000);
	}
	return db_many(cx, &sql_set, args, BIG, arg);
}

static void refusals_and_faults(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx;
	struct work w = {.rows = ROWS, .changed = 77};
	struct db_arg *args = new_rows(cx, 1, 1);

	testdb_fails(cx, db_tx(cx, bad_text, NULL), ERR_INVALID, "db.text");
	db_set_mode(cx->db, DB_READ_ONLY);
	testdb_fails(cx, db_tx(cx, set_words, &w), ERR_DENIED, "db.read_only");
	testdb_fails(cx, db_many(cx, &sql_fill, args, 1, NULL), ERR_DENIED, "db.read_only");
	db_set_mode(cx->db, DB_READ_WRITE);
	/* begin, all rows as one call, commit */
	for (int64_t at = 1; at <= 3; at++) {
		db_set_faults(cx->db, (struct db_faults){at, true});
		testdb_fails(cx, db_tx(cx, set_words, &w), ERR_INTERNAL, "db.fault");
		assert_int_equal(number(cx, &sql_sum), 0);
	}
	db_set_faults(cx->db, (struct db_faults){4, true});
	testdb_ok(cx, db_tx(cx, set_words, &w));
	db_set_faults(cx->db, (struct db_faults){0});
	assert_int_equal(number(cx, &sql_sum), ROWS);
	/* Much more than the sockets hold. */
	testdb_ok(cx, db_tx(cx, big_values, &w.changed));
	assert_int_equal(w.changed, 300);
	testdb_close(t);
}

struct fatal {
	struct cx *killer;
	struct work work;
};

static enum err die_before(struct cx *cx, void *arg)
{
	struct fatal *f = arg;
	int64_t pid, done;

	TRY(db_int64(cx, &sql_pid, DB_NONE, &pid));
	testdb_ok(f->killer, db_int64(f->killer, &sql_kill, DB_ARGS(db_int(pid)), &done));
	assert_int_equal(done, 1);
	return set_words(cx, &f->work);
}

static void a_lost_connection_is_told(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx, killer;
	struct fatal f = {&killer, {.rows = ROWS}};

	testdb_connect(t, &killer);
	testdb_fails(cx, db_tx(cx, die_before, &f), ERR_RETRY, "db.lost");
	testdb_ok(cx, db_tx(cx, set_words, &f.work));
	assert_int_equal(number(cx, &sql_sum), ROWS);
	testdb_disconnect(&killer);
	testdb_close(t);
}

struct rivals {
	struct cx *rival;
	struct work work;
	int runs;
};

static enum err rival_first(struct cx *cx, void *arg)
{
	struct rivals *r = arg;
	int64_t n;

	TRY(db_int64(cx, &sql_sum, DB_NONE, &n));
	if (r->runs++ == 0)
		testdb_ok(r->rival, db_run(r->rival, &sql_below, DB_ARGS(db_int(5000)), NULL));
	return set_words(cx, &r->work);
}

/* A conflict in the middle of the pipeline repeats the transaction. */
static void a_conflict_is_tried_again(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx, rival;
	struct rivals r = {.rival = &rival, .work = {.rows = ROWS}};

	testdb_connect(t, &rival);
	testdb_ok(cx, db_tx(cx, rival_first, &r));
	assert_int_equal(r.runs, 2);
	assert_int_equal(r.work.changed, ROWS);
	assert_int_equal(number(cx, &sql_sum), ROWS + 5000);
	testdb_disconnect(&rival);
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(ten_thousand_updates),
	    TESTDB_BOTH(changes_are_summed),
	    TESTDB_BOTH(an_error_in_the_middle_fails_the_transaction),
	    TESTDB_BOTH(refusals_and_faults),
	    TESTDB_PG_ONLY(a_lost_connection_is_told),
	    TESTDB_PG_ONLY(a_conflict_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
