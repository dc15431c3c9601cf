/* SPDX-License-Identifier: Apache-2.0 */
/* Optional filters: the text prepared for a set of them, and that it finds the same rows. */
#include "unit/testdb.h"

#include "db/driver.h"

static void folds(const char *sql, uint64_t given, const char *want)
{
	char *got = db_fold(sql, given);
	assert_string_equal(got, want);
	free(got);
}

static void test_texts(void **state)
{
	const char *sql =
	    "SELECT a FROM t WHERE ($1 IS NULL OR a = $1) AND ($2 IS NULL OR (b IN ('(', "
	    "')') OR c = $2)) AND d = $3";
	assert_int_equal(db_fold_params(sql), 3);
	folds(sql, 0, "SELECT a FROM t WHERE (1 = 1) AND (1 = 1) AND d = $3");
	folds(sql, 1, "SELECT a FROM t WHERE (a = $1) AND (1 = 1) AND d = $3");
	folds(sql, 3,
	    "SELECT a FROM t WHERE (a = $1) AND ((b IN ('(', ')') OR c = $2)) AND d = $3");
	const char *plain = "SELECT '($1 IS NULL OR x)' FROM t WHERE $1 IS NULL OR a = $1";
	assert_int_equal(db_fold_params(plain), 0);
	folds(plain, 0, plain);
	assert_int_equal(db_fold_params("SELECT 1 WHERE ($12 IS NULL OR a = $12)"), 1 << 11);
}

DB_STMT(fold_rows, "iti",
    "SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE ($1 IS NULL OR subject_id = $1)"
    " AND ($2 IS NULL OR name = $2) AND ($3 IS NULL OR id < $3)");
DB_STMT(fold_add, "it",
    "INSERT INTO event (at, subject, subject_id, name, actor_kind, actor_name, ip, trace, data)"
    " VALUES (0, 'x', $1, $2, 'system', '', '', '', '{}')");

/* Every set of filters, twice: the second time it is prepared already. */
static void test_rows(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t before;
	testdb_ok(cx,
	    db_int64(cx, &fold_rows, DB_ARGS(db_opt(0), db_text(NULL), db_opt(0)), &before));
	for (int i = 0; i < 6; i++)
		testdb_ok(cx,
		    db_run(cx, &fold_add,
		        DB_ARGS(db_int(7001 + i % 2), db_text(i % 3 == 0 ? "a" : "b")), NULL));
	static const struct {
		int64_t subject_id;
		const char *name;
		int64_t want;
	} cases[] = {{0, NULL, 6}, {7001, NULL, 3}, {0, "a", 2}, {7001, "a", 1}, {7003, "a", 0}};
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
			int64_t n;
			testdb_ok(cx,
			    db_int64(cx, &fold_rows,
			        DB_ARGS(db_opt(cases[i].subject_id), db_text(cases[i].name),
			            db_int(INT64_MAX)),
			        &n));
			bool all = cases[i].subject_id == 0 && cases[i].name == NULL;
			assert_int_equal(n, cases[i].want + (all ? before : 0));
		}
	}
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), TESTDB_BOTH(test_rows)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
