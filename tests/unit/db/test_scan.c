/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader of SQL text sees: writes and parameters. */
#include "unit/testdb.h"

static void knows_reads(void **state)
{
	static const char *const reads[] = {
	    "SELECT 1",
	    "  select x FROM t",
	    "WITH a AS (SELECT 1) SELECT * FROM a",
	    "VALUES (1)",
	    "SELECT 'DELETE', \"update\" FROM t -- insert\n",
	    "/* insert */ SELECT updated_at FROM t",
	    "SELECT deleted, inserts FROM t WHERE x = 'it''s UPDATE'",
	};

	for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
		assert_false(db_scan_sql(reads[i]).writes);
}

static void knows_writes(void **state)
{
	static const char *const writes[] = {
	    "INSERT INTO t VALUES (1)",
	    "update t SET x = 1",
	    "DELETE FROM t",
	    "CREATE TABLE x (y TEXT)",
	    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
	    "WITH gone AS (DELETE FROM t RETURNING id) SELECT id FROM gone",
	    "SELECT id FROM job FOR UPDATE SKIP LOCKED",
	    "SELECT id FROM job FOR SHARE",
	    "SELECT nextval('x')",
	    "-- SELECT\nDELETE FROM t",
	    "TRUNCATE t",
	};

	for (size_t i = 0; i < sizeof writes / sizeof *writes; i++)
		assert_true(db_scan_sql(writes[i]).writes);
}

static void finds_parameters(void **state)
{
	assert_true(db_scan_sql("SELECT $2 + $1, $2").params == 3);
	assert_true(db_scan_sql("SELECT '$1', \"$2\" /* $3 */ -- $4").params == 0);
	assert_true(db_scan_sql("SELECT $64").params == UINT64_C(1) << 63);
	assert_true(db_scan_sql("SELECT $10").params == 1 << 9);
	assert_true(db_scan_sql("").params == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_reads),
	    cmocka_unit_test(knows_writes),
	    cmocka_unit_test(finds_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
