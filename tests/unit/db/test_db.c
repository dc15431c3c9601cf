/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on both engines: values, parameters, rows, refusals. */
#include "unit/testdb.h"

#include <sys/stat.h>

static const char table_sql[] =
    "CREATE TABLE thing (id {id}, n {int}, name TEXT, data {bytes},"
    " mark TEXT UNIQUE, parent_id {int} REFERENCES thing (id), CHECK (n <> 13)) {opt};"
    "CREATE TABLE need (id {id}, word TEXT NOT NULL) {opt}";

DB_STMT(sql_insert, "itb", "INSERT INTO thing (n, name, data) VALUES ($1, $2, $3) RETURNING id");
DB_STMT(sql_get, "i", "SELECT n, name, data FROM thing WHERE id = $1");
DB_STMT(sql_mark, "iti", "INSERT INTO thing (n, mark, parent_id) VALUES ($1, $2, $3)");
DB_STMT(sql_need, "t", "INSERT INTO need (word) VALUES ($1)");
DB_STMT(sql_count, "", "SELECT COUNT(*) FROM thing");
DB_STMT(sql_all, "i", "SELECT id, n FROM thing WHERE id > $1 ORDER BY id LIMIT 100");
DB_STMT(sql_mixed, "iti", "SELECT $3 + 0 * $1, $2 || $2, $1 WHERE $2 = $2 AND $3 > $1");
DB_STMT(sql_optional, "ti",
    "SELECT COUNT(*) FROM thing WHERE ($1 IS NULL OR name = $1) AND"
    " ($2 IS NULL OR n = $2)");
DB_STMT(sql_update, "i", "UPDATE thing SET n = n + 1 WHERE n >= $1");
DB_STMT(sql_with, "", "WITH a AS (SELECT MAX(n) AS m FROM thing) SELECT COALESCE(m, 0) FROM a");
DB_STMT(sql_like, "t", "SELECT COUNT(*) FROM thing WHERE name LIKE $1");
DB_STMT(sql_many, "i",
    "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
    " WHERE i < $1) SELECT i, 'some text that takes room in memory, a hundred bytes or so"
    " for every single row' || CAST(i AS TEXT) FROM c");

struct thing {
	int64_t n;
	const char *name;
	const void *data;
	size_t data_len;
};

static void read_thing(struct db_row *row, void *out)
{
	struct thing *t = out;

	t->n = row_int(row);
	t->name = row_text(row);
	t->data = row_bytes(row, &t->data_len);
}

static struct testdb *open_things(void **state)
{
	struct testdb *t = testdb_open_empty(*state);

	testdb_script(&t->cx, table_sql);
	return t;
}

static struct thing there_and_back(struct cx *cx, struct db_arg n, struct db_arg name,
    struct db_arg data)
{
	struct thing got;
	int64_t id;

	testdb_ok(cx, db_int64(cx, &sql_insert, DB_ARGS(n, name, data), &id));
	testdb_ok(cx, db_one(cx, &sql_get, DB_ARGS(db_int(id)), read_thing, &got));
	return got;
}

static void values_survive(void **state)
{
	struct testdb *t = open_things(state);
	static const int64_t ints[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 32};
	static const char all[] = "a\0b\377\1";
	static const char hard[] = "Zoë 'DROP' \\ \" $1 \xf0\x9f\x98\x80";
	struct thing g;

	for (size_t i = 0; i < sizeof ints / sizeof *ints; i++)
		assert_true(there_and_back(&t->cx, db_int(ints[i]), db_text(""), db_text(NULL)).n ==
		    ints[i]);
	g = there_and_back(&t->cx, db_opt(0), db_text(NULL), db_bytes(NULL, 0));
	assert_true(g.n == 0 && !g.name && !g.data && g.data_len == 0);
	g = there_and_back(&t->cx, db_int(1), db_text(""), db_bytes("", 0));
	assert_string_equal(g.name, "");
	assert_true(g.data && g.data_len == 0);
	g = there_and_back(&t->cx, db_int(1), db_opt_text(""), db_bytes(all, sizeof all));
	assert_null(g.name);
	assert_int_equal(g.data_len, sizeof all);
	assert_memory_equal(g.data, all, sizeof all);
	g = there_and_back(&t->cx, db_int(1), db_text(hard), db_text(NULL));
	assert_string_equal(g.name, hard);
	testdb_close(t);
}

static void large_values_survive(void **state)
{
	struct testdb *t = open_things(state);
	size_t len = 3u << 20;
	char *big = arena_alloc(t->cx.arena, len);

	for (size_t i = 0; i < len; i++)
		big[i] = (char)(i * 31);
	struct thing g = there_and_back(&t->cx, db_int(1), db_text("x"), db_bytes(big, len));
	assert_int_equal(g.data_len, len);
	assert_memory_equal(g.data, big, len);
	testdb_close(t);
}

static void bad_text_is_refused(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	int64_t id;

	testdb_fails(cx,
	    db_int64(cx, &sql_insert, DB_ARGS(db_int(1), db_text("\xff\xfe"), db_text(NULL)), &id),
	    ERR_INVALID, "db.text");
	testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &id));
	assert_int_equal(id, 0);
	testdb_close(t);
}

static void read_mixed(struct db_row *row, void *out)
{
	assert_int_equal(row_int(row), 30);
	char small[8];
	row_copy(row, small, sizeof small);
	assert_string_equal(small, "abab");
	assert_int_equal(row_int(row), 10);
	*(bool *)out = true;
}

static void parameters_repeat_in_any_order(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	bool seen = false;

	testdb_ok(cx,
	    db_one(cx, &sql_mixed, DB_ARGS(db_int(10), db_text("ab"), db_int(30)), read_mixed,
	        &seen));
	assert_true(seen);
	testdb_close(t);
}

static void optional_filters(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	int64_t n;

	there_and_back(cx, db_int(1), db_text("a"), db_text(NULL));
	there_and_back(cx, db_int(2), db_text("a"), db_text(NULL));
	there_and_back(cx, db_int(2), db_text("B"), db_text(NULL));
	testdb_ok(cx, db_int64(cx, &sql_optional, DB_ARGS(db_text(NULL), db_opt(0)), &n));
	assert_int_equal(n, 3);
	testdb_ok(cx, db_int64(cx, &sql_optional, DB_ARGS(db_text("a"), db_opt(0)), &n));
	assert_int_equal(n, 2);
	testdb_ok(cx, db_int64(cx, &sql_optional, DB_ARGS(db_text("a"), db_opt(2)), &n));
	assert_int_equal(n, 1);
	testdb_ok(cx, db_int64(cx, &sql_like, DB_ARGS(db_text("b%")), &n));
	assert_int_equal(n, 0); /* LIKE looks at the case on both */
	testdb_close(t);
}

struct pair {
	int64_t id, n;
};

static void read_pair(struct db_row *row, void *out)
{
	struct pair *p = out;

	p->id = row_int(row);
	p->n = row_int(row);
}

static void lists_and_counts(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	struct pair *rows = NULL;
	size_t n = 99;
	int64_t changed, before;

	testdb_ok(cx,
	    db_list(cx, &sql_all, DB_ARGS(db_int(0)), (struct db_into){read_pair, sizeof *rows},
	        &rows, &n));
	assert_int_equal(n, 0);
	for (int i = 0; i < 40; i++)
		there_and_back(cx, db_int(100 + i), db_text("x"), db_text(NULL));
	before = db_count(cx->db);
	testdb_ok(cx,
	    db_list(cx, &sql_all, DB_ARGS(db_int(0)), (struct db_into){read_pair, sizeof *rows},
	        &rows, &n));
	assert_int_equal(db_count(cx->db) - before, 1);
	assert_int_equal(n, 40);
	for (size_t i = 0; i < n; i++)
		assert_true(
		    rows[i].n == 100 + (int64_t)i && (i == 0 || rows[i].id > rows[i - 1].id));
	testdb_ok(cx, db_run(cx, &sql_update, DB_ARGS(db_int(130)), &changed));
	assert_int_equal(changed, 10);
	testdb_ok(cx, db_run(cx, &sql_update, DB_ARGS(db_int(1000)), &changed));
	assert_int_equal(changed, 0);
	testdb_ok(cx, db_run(cx, &sql_count, DB_NONE, &changed));
	assert_int_equal(changed, 0);
	testdb_close(t);
}

static void read_first(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
	(void)row_int(row);
}

static void exactly_one_row(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	int64_t n = 77;
	struct thing g;

	testdb_fails(cx, db_one(cx, &sql_get, DB_ARGS(db_int(4711)), read_thing, &g), ERR_NOT_FOUND,
	    "db.none");
	testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &n));
	assert_int_equal(n, 0);
	there_and_back(cx, db_int(1), db_text("x"), db_text(NULL));
	there_and_back(cx, db_int(2), db_text("x"), db_text(NULL));
	testdb_fails(cx, db_one(cx, &sql_all, DB_ARGS(db_int(0)), read_first, &n), ERR_INTERNAL,
	    "db.many");
	testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &n)); /* the connection is still good */
	assert_int_equal(n, 2);
	testdb_close(t);
}

struct seen {
	int64_t n, stop_at;
};

static enum err visit(struct cx *cx, struct db_row *row, void *arg)
{
	struct seen *s = arg;

	assert_int_equal(row_int(row), ++s->n);
	assert_true(strncmp(row_text(row), "some text", 9) == 0);
	return s->n == s->stop_at ? fail(cx, ERR_CONFLICT, "test.stop", "enough") : OK;
}

/* A million rows are 90 MB of text, more than the arena of the rows may hold. */
static void streams_in_constant_memory(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	struct seen all = {0, 0}, some = {0, 1000};
	int64_t n;

	testdb_ok(cx, db_each(cx, &sql_many, DB_ARGS(db_int(1000000)), visit, &all));
	assert_int_equal(all.n, 1000000);
	testdb_fails(cx, db_each(cx, &sql_many, DB_ARGS(db_int(5000)), visit, &some), ERR_CONFLICT,
	    "test.stop");
	assert_int_equal(some.n, 1000);
	testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &n));
	testdb_close(t);
}

static void violations_have_names(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	int64_t n;

	testdb_ok(cx, db_run(cx, &sql_mark, DB_ARGS(db_int(1), db_text("m"), db_opt(0)), NULL));
	enum err err = db_run(cx, &sql_mark, DB_ARGS(db_int(2), db_text("m"), db_opt(0)), NULL);
	assert_non_null(strstr(cx->fault.detail, "mark"));
	testdb_fails(cx, err, ERR_CONFLICT, "db.unique");
	testdb_fails(cx, db_run(cx, &sql_mark, DB_ARGS(db_int(13), db_text(NULL), db_opt(0)), NULL),
	    ERR_CONFLICT, "db.check");
	testdb_fails(cx, db_run(cx, &sql_need, DB_ARGS(db_text(NULL)), NULL), ERR_CONFLICT,
	    "db.check");
	testdb_fails(cx, db_run(cx, &sql_mark, DB_ARGS(db_int(1), db_text(NULL), db_int(99)), NULL),
	    ERR_CONFLICT, "db.foreign");
	testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &n));
	assert_int_equal(n, 1);
	testdb_close(t);
}

static enum err no_body(struct cx *cx, void *arg)
{
	*(bool *)arg = true;
	return OK;
}

static void read_only_refuses_writes(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	bool ran = false;
	int64_t n;

	db_set_mode(cx->db, DB_READ_ONLY);
	testdb_fails(cx,
	    db_int64(cx, &sql_insert, DB_ARGS(db_int(1), db_text("x"), db_text(NULL)), &n),
	    ERR_DENIED, "db.read_only");
	testdb_fails(cx, db_run(cx, &sql_update, DB_ARGS(db_int(0)), NULL), ERR_DENIED,
	    "db.read_only");
	testdb_fails(cx, db_tx(cx, no_body, &ran), ERR_DENIED, "db.read_only");
	assert_false(ran);
	testdb_fails(cx, db_script(cx, "DELETE FROM thing"), ERR_DENIED, "db.read_only");
	testdb_ok(cx, db_int64(cx, &sql_with, DB_NONE, &n));
	testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &n));
	assert_int_equal(n, 0);
	db_set_mode(cx->db, DB_READ_WRITE);
	there_and_back(cx, db_int(1), db_text("x"), db_text(NULL));
	testdb_close(t);
}

static enum err two_writes(struct cx *cx, void *arg)
{
	TRY(db_run(cx, &sql_mark, DB_ARGS(db_int(1), db_text(NULL), db_opt(0)), NULL));
	return db_run(cx, &sql_mark, DB_ARGS(db_int(2), db_text(NULL), db_opt(0)), NULL);
}

/* Begin, two statements, commit: whichever fails, nothing is left. */
static void faults_leave_nothing(void **state)
{
	struct testdb *t = open_things(state);
	struct cx *cx = &t->cx;
	int64_t n;

	for (int64_t at = 1; at <= 4; at++) {
		db_set_faults(cx->db, (struct db_faults){at, true});
		testdb_fails(cx, db_tx(cx, two_writes, NULL), ERR_INTERNAL, "db.fault");
		testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &n));
		assert_int_equal(n, 0);
	}
	db_set_faults(cx->db, (struct db_faults){5, false});
	testdb_ok(cx, db_tx(cx, two_writes, NULL));
	testdb_fails(cx, db_int64(cx, &sql_count, DB_NONE, &n), ERR_INTERNAL, "db.fault");
	testdb_fails(cx, db_int64(cx, &sql_count, DB_NONE, &n), ERR_INTERNAL, "db.fault");
	db_set_faults(cx->db, (struct db_faults){0, false});
	testdb_ok(cx, db_int64(cx, &sql_count, DB_NONE, &n));
	assert_int_equal(n, 2);
	testdb_close(t);
}

static void bad_addresses_are_refused(void **state)
{
	static const struct {
		const char *url;
		enum err err;
		const char *key;
	} bad[] = {
	    {NULL, ERR_INVALID, "db.url"},
	    {"", ERR_INVALID, "db.url"},
	    {"/tmp/x.db", ERR_INVALID, "db.url"},
	    {"mysql://x/y", ERR_INVALID, "db.url"},
	    {"sqlite:", ERR_INVALID, "db.url"},
	    {"sqlite::memory:", ERR_INVALID, "db.url"},
	    {"sqlite:/nowhere/at/all/x.db", ERR_INVALID, "db.folder"},
	    {"sqlite:/tmp", ERR_INVALID, "db.open"},
	    {"postgresql://nobody@127.0.0.1:1/none", ERR_RETRY, "db.connect"},
	    {"postgres://nobody@127.0.0.1:1/none", ERR_RETRY, "db.connect"},
	};
	struct cx cx;
	struct db *db = NULL;

	testdb_cx(&cx);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		testdb_fails(&cx, db_open(&cx, bad[i].url, &db), bad[i].err, bad[i].key);
		assert_null(db);
	}
	db_close(NULL);
	testdb_disconnect(&cx);
}

static void new_files_are_private(void **state)
{
	struct testdb *t = testdb_open_empty(TESTDB_SQLITE);
	struct stat st;

	assert_int_equal(stat(t->url + strlen("sqlite:"), &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(values_survive),
	    TESTDB_BOTH(large_values_survive),
	    TESTDB_BOTH(bad_text_is_refused),
	    TESTDB_BOTH(parameters_repeat_in_any_order),
	    TESTDB_BOTH(optional_filters),
	    TESTDB_BOTH(lists_and_counts),
	    TESTDB_BOTH(exactly_one_row),
	    TESTDB_BOTH(streams_in_constant_memory),
	    TESTDB_BOTH(violations_have_names),
	    TESTDB_BOTH(read_only_refuses_writes),
	    TESTDB_BOTH(faults_leave_nothing),
	    cmocka_unit_test(bad_addresses_are_refused),
	    cmocka_unit_test(new_files_are_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
