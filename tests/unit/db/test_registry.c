/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof over all declared statements, on both engines, and what it refuses. In this file a
 * declaration is bad only while the test lets it be: the registry cannot be changed, so bad ones
 * are prepared by hand.
 */
#include "unit/testdb.h"

DB_BATCH(good_batch, "sample", "id, word", "it");
DB_STMT(sql_good, "it", "SELECT id, word FROM sample WHERE id > $1 AND ($2 IS NULL OR word = $2)");

static struct testdb *open_sample(void **state)
{
	struct testdb *t = testdb_open(*state);

	testdb_script(&t->cx, "CREATE TABLE sample (id {id}, word TEXT, data {bytes}) {opt}");
	return t;
}

static void every_statement_is_prepared(void **state)
{
	struct testdb *t = open_sample(state);
	struct cx *cx = &t->cx;
	size_t stmts_n, batches_n, n = 0;
	bool seen = false;

	const struct db_stmt *const *stmts = db_stmts(&stmts_n);
	const struct db_batch *const *batches = db_batches(&batches_n);
	for (size_t i = 0; i < stmts_n; i++)
		seen = seen || stmts[i] == &sql_good;
	assert_true(seen);
	assert_true(batches_n >= 1 && batches[0]->table);
	testdb_ok(cx, db_prepare_all(cx, &n));
	assert_int_equal(n, stmts_n + batches_n);
	testdb_close(t);
}

static void a_missing_table_is_named(void **state)
{
	struct testdb *t = testdb_open(*state); /* without sample */
	struct cx *cx = &t->cx;
	size_t n;

	enum err err = db_prepare_all(cx, &n);
	assert_non_null(strstr(cx->fault.detail, "sql_good"));
	assert_non_null(strstr(cx->fault.detail, "sample"));
	testdb_fails(cx, err, ERR_INTERNAL, "db.prepare");
	testdb_close(t);
}

static void bad_statements_are_refused(void **state)
{
	static const struct db_stmt bad[] = {
	    {"unused", "ii", "SELECT id FROM sample WHERE id = $1", NULL, __FILE__},
	    {"undeclared", "i", "SELECT id FROM sample WHERE id = $1 AND word = $2", NULL,
	        __FILE__},
	    {"hole", "it", "SELECT id FROM sample WHERE id = $1 AND word = $3", NULL, __FILE__},
	    {"column", "", "SELECT nothing FROM sample", NULL, __FILE__},
	    {"quotes", "", "SELECT \"nothing\" FROM sample", NULL, __FILE__},
	    {"syntax", "", "SELECT FROM FROM", NULL, __FILE__},
	    {"two", "", "SELECT 1; SELECT 2", NULL, __FILE__},
	};
	struct testdb *t = open_sample(state);
	struct cx *cx = &t->cx;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct db_prep *p;
		enum err err = db_prep_get(cx, &bad[i], DB_UNFOLDED, &p);
		if (err == OK)
			err = cx->db->driver->check(cx, p);
		if (err != ERR_INTERNAL)
			print_error("%s was accepted\n", bad[i].id);
		assert_int_equal(err, ERR_INTERNAL);
	}
	testdb_close(t);
}

/* A SUM without CAST is numeric, which the shared SQL does not read. */
static void numeric_columns_are_refused(void **state)
{
	static const struct db_stmt sum = {"sum", "", "SELECT SUM(id) FROM sample", NULL, __FILE__};
	struct testdb *t = open_sample(state);
	struct cx *cx = &t->cx;
	struct db_prep *p;

	testdb_ok(cx, db_prep_get(cx, &sum, DB_UNFOLDED, &p));
	enum err err = cx->db->driver->check(cx, p);
	assert_non_null(strstr(cx->fault.detail, "CAST"));
	testdb_fails(cx, err, ERR_INTERNAL, "db.param");
	testdb_close(t);
}

static void batch_letters_match_columns(void **state)
{
	static const struct db_batch good = {"sample", "id, word, data", "itb"};
	static const struct db_batch bad = {"sample", "id, word", "ii"};
	struct testdb *t = open_sample(state);
	struct cx *cx = &t->cx;

	testdb_ok(cx, cx->db->driver->check_batch(cx, db_batch_set_get(cx->db, &good)));
	testdb_fails(cx, cx->db->driver->check_batch(cx, db_batch_set_get(cx->db, &bad)),
	    ERR_INTERNAL, "db.param");
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(every_statement_is_prepared),
	    TESTDB_BOTH(a_missing_table_is_named),
	    TESTDB_BOTH(bad_statements_are_refused),
	    TESTDB_PG_ONLY(numeric_columns_are_refused),
	    TESTDB_BOTH(batch_letters_match_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
