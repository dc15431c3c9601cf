/* SPDX-License-Identifier: Apache-2.0 */
/* Many rows at once, on both engines. */
#include "unit/testdb.h"

#define ROWS 10000

DB_BATCH(line_batch, "line", "id, n, word, data", "iitb");
DB_STMT(sql_check, "",
    "SELECT COUNT(*), COALESCE(CAST(SUM(n) AS BIGINT), 0), MIN(id), MAX(id),"
    " COUNT(word), COUNT(data) FROM line");
DB_STMT(sql_one, "i", "SELECT n, word, data FROM line WHERE id = $1");
DB_STMT(sql_insert, "i", "INSERT INTO line (n) VALUES ($1) RETURNING id");

struct sums {
	int64_t count, sum, min, max, words, datas;
};

static void read_sums(struct db_row *row, void *out)
{
	struct sums *s = out;

	s->count = row_int(row);
	s->sum = row_int(row);
	s->min = row_int(row);
	s->max = row_int(row);
	s->words = row_int(row);
	s->datas = row_int(row);
}

static void read_special(struct db_row *row, void *out)
{
	size_t len;

	assert_true(row_int(row) == INT64_MIN);
	assert_string_equal(row_text(row), "");
	const void *data = row_bytes(row, &len);
	assert_int_equal(len, 200000);
	assert_int_equal(((const unsigned char *)data)[199999], 0xAB);
	*(bool *)out = true;
}

static struct testdb *open_lines(void **state)
{
	struct testdb *t = testdb_open_empty(*state);

	testdb_script(&t->cx,
	    "CREATE TABLE line (id {id}, n {int} NOT NULL CHECK (n <> 13),"
	    " word TEXT UNIQUE, data {bytes}) {opt}");
	return t;
}

static enum err write_many(struct cx *cx, void *arg)
{
	int64_t *ids = arg;
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, ROWS * 4);

	TRY(db_batch_ids(cx, &line_batch, ROWS, ids));
	for (size_t i = 0; i < ROWS; i++) {
		args[i * 4] = db_int(ids[i]);
		args[i * 4 + 1] = db_int((int64_t)i);
		args[i * 4 + 2] =
		    i % 2 ? db_text(NULL) : db_text(arena_printf(cx->arena, "w%zu", i));
		args[i * 4 + 3] = db_bytes(i % 4 ? NULL : "\0\1", i % 4 ? 0 : 2);
	}
	args[13 * 4 + 1] = db_int(0); /* 13 is not allowed */
	return db_batch_write(cx, &line_batch, args, ROWS);
}

static void ten_thousand_rows(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx;
	struct sums s;
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, ROWS), id;

	testdb_ok(cx, db_int64(cx, &sql_insert, DB_ARGS(db_int(0)), &id));
	testdb_ok(cx, db_tx(cx, write_many, ids));
	for (size_t i = 0; i < ROWS; i++)
		assert_true(ids[i] > (i ? ids[i - 1] : id));
	testdb_ok(cx, db_one(cx, &sql_check, DB_NONE, read_sums, &s));
	assert_int_equal(s.count, ROWS + 1);
	assert_int_equal(s.sum, (int64_t)ROWS * (ROWS - 1) / 2 - 13);
	assert_int_equal(s.max, ids[ROWS - 1]);
	assert_int_equal(s.words, ROWS / 2);
	assert_int_equal(s.datas, ROWS / 4);
	testdb_ok(cx, db_int64(cx, &sql_insert, DB_ARGS(db_int(0)), &id));
	assert_true(id > ids[ROWS - 1]); /* the default goes on behind them */
	testdb_close(t);
}

static enum err write_special(struct cx *cx, void *arg)
{
	unsigned char *big = arena_alloc(cx->arena, 200000);
	int64_t ids[2];

	big[199999] = 0xAB;
	TRY(db_batch_ids(cx, &line_batch, 1, ids));
	TRY(db_batch_ids(cx, &line_batch, 1, ids + 1));
	assert_true(ids[1] > ids[0]);
	TRY(db_batch_write(cx, &line_batch, NULL, 0));
	TRY(db_batch_write(cx, &line_batch,
	    (const struct db_arg[]){db_int(ids[0]), db_int(1), db_text("é"), db_text(NULL)}, 1));
	*(int64_t *)arg = ids[1];
	return db_batch_write(cx, &line_batch,
	    (const struct db_arg[]){db_int(ids[1]), db_int(INT64_MIN), db_text(""),
	        db_bytes(big, 200000)},
	    1);
}

static void special_values(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx;
	bool seen = false;
	int64_t id;

	testdb_ok(cx, db_tx(cx, write_special, &id));
	testdb_ok(cx, db_one(cx, &sql_one, DB_ARGS(db_int(id)), read_special, &seen));
	assert_true(seen);
	testdb_close(t);
}

static enum err write_bad(struct cx *cx, void *arg)
{
	const char *const *word = arg;
	const struct db_arg args[] = {db_int(1), db_int(1), db_text("a"), db_text(NULL), db_int(2),
	    db_int(word[1] ? 13 : 2), db_text(word[0]), db_text(NULL)};

	return db_batch_write(cx, &line_batch, args, 2);
}

static void violations_undo_the_batch(void **state)
{
	struct testdb *t = open_lines(state);
	struct cx *cx = &t->cx;
	const char *twice[] = {"a", NULL}, *check[] = {"b", "13"}, *bytes[] = {"\xc3(", NULL},
	           *good[] = {"b", NULL};
	struct sums s;

	testdb_fails(cx, db_tx(cx, write_bad, twice), ERR_CONFLICT, "db.unique");
	testdb_fails(cx, db_tx(cx, write_bad, check), ERR_CONFLICT, "db.check");
	testdb_fails(cx, db_tx(cx, write_bad, bytes), ERR_INVALID, "db.text");
	testdb_ok(cx, db_one(cx, &sql_check, DB_NONE, read_sums, &s));
	assert_int_equal(s.count, 0);
	testdb_ok(cx, db_tx(cx, write_bad, good));
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(ten_thousand_rows),
	    TESTDB_BOTH(special_values),
	    TESTDB_BOTH(violations_undo_the_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
