/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The embedded engine; the only file that includes sqlite3.h. Parameters are named $1, $2, … and
 * bound through the index SQLite gave each name. Settings here make it refuse what PostgreSQL
 * refuses: strings in double quotes, LIKE that ignores case, unknown parameters.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "db/driver.h"

struct sqlite {
	sqlite3 *conn;
};

static sqlite3 *conn_of(const struct db *db)
{
	return ((const struct sqlite *)db->engine)->conn;
}

static enum err failed(struct cx *cx, sqlite3 *conn)
{
	int code = sqlite3_extended_errcode(conn);
	const char *text = sqlite3_errmsg(conn);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail(cx, ERR_RETRY, "db.busy",
		    "Others are changing the same data; try again.");
	case SQLITE_CONSTRAINT: break;
	default: return fail(cx, ERR_INTERNAL, "db.failed", "%s", text);
	}
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID: return fail(cx, ERR_CONFLICT, "db.unique", "%s", text);
	case SQLITE_CONSTRAINT_FOREIGNKEY: return fail(cx, ERR_CONFLICT, "db.foreign", "%s", text);
	default: return fail(cx, ERR_CONFLICT, "db.check", "%s", text);
	}
}

static enum err script(struct cx *cx, const char *sql)
{
	sqlite3 *conn = conn_of(cx->db);

	return sqlite3_exec(conn, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : failed(cx, conn);
}

/* Creates the file for its owner only: it holds personal data. The side files inherit that. */
static enum err create_file(struct cx *cx, const char *path)
{
	struct stat st;
	const char *slash = strrchr(path, '/');
	const char *dir = ".";

	if (slash)
		dir = slash == path ? "/" : arena_strndup(cx->arena, path, (size_t)(slash - path));
	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
		return fail(cx, ERR_INVALID, "db.folder",
		    "The folder %s for the database does not exist.", dir);
	/* Only when new: closing a file drops the locks this process may hold on it. */
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return fail(cx, ERR_INVALID, "db.open", "Cannot create %s: %s.", path,
		    strerror(errno));
	return OK;
}

/* The switch to WAL does not wait for rivals by itself. */
static enum err switch_to_wal(struct cx *cx, sqlite3 *conn)
{
	for (int try = 1;; try++) {
		sqlite3_stmt *st = NULL;
		int code = sqlite3_prepare_v2(conn, "PRAGMA journal_mode = WAL", -1, &st, NULL);
		bool wal = false;
		if (code == SQLITE_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
			wal = str_eq((const char *)sqlite3_column_text(st, 0), "wal");
		sqlite3_finalize(st);
		if (wal)
			return OK;
		if (code == SQLITE_ROW)
			return fail(cx, ERR_INVALID, "db.open",
			    "This file system does not allow WAL mode.");
		if ((code & 0xff) != SQLITE_BUSY || try == LIMIT_TX_TRIES)
			return failed(cx, conn);
		db_pause(try);
	}
}

static enum err set_up(struct cx *cx, sqlite3 *conn)
{
	static const char *const settings =
	    "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
	    " PRAGMA case_sensitive_like = ON; PRAGMA trusted_schema = OFF";

	sqlite3_extended_result_codes(conn, 1);
	sqlite3_busy_timeout(conn, 5000);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	TRY(switch_to_wal(cx, conn));
	return sqlite3_exec(conn, settings, NULL, NULL, NULL) == SQLITE_OK ? OK : failed(cx, conn);
}

/*
 * Our processes have one thread each, and nobody asks how much memory SQLite has: its locks would
 * only cost time. Too late (SQLite is in use already) is no harm.
 */
static void use_one_thread(void)
{
	static bool done;
	if (done)
		return;
	done = true;
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err open_file(struct cx *cx, struct db *db)
{
	const char *path = db->url + strlen("sqlite:");

	if (*path == '\0' || *path == ':')
		return fail(cx, ERR_INVALID, "db.url",
		    "A database address is sqlite:PATH, a file.");
	TRY(create_file(cx, path));
	struct sqlite *s = calloc(1, sizeof *s);
	assert(s);
	db->engine = s;
	use_one_thread();
	if (sqlite3_open_v2(path, &s->conn, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return fail(cx, ERR_INVALID, "db.open", "Cannot open %s: %s.", path,
		    sqlite3_errmsg(s->conn));
	return set_up(cx, s->conn);
}

static void close_file(struct db *db)
{
	struct sqlite *s = db->engine;

	if (!s)
		return;
	for (sqlite3_stmt *st; (st = sqlite3_next_stmt(s->conn, NULL)) != NULL;)
		sqlite3_finalize(st);
	sqlite3_close(s->conn);
	free(s);
}

/* Every $n of the letters is used, and nothing else is a parameter; a filter left out has none. */
static enum err number_params(struct cx *cx, struct db_prep *p)
{
	sqlite3_stmt *st = p->handle;
	int n = (int)strlen(p->stmt->types);

	bool whole = p->given == DB_UNFOLDED;
	if (whole && sqlite3_bind_parameter_count(st) != n)
		return fail(cx, ERR_INTERNAL, "db.param",
		    "%s has %d parameters for the letters \"%s\".", p->stmt->id,
		    sqlite3_bind_parameter_count(st), p->stmt->types);
	for (int i = 0; i < n; i++) {
		char name[16] = "$";
		assert(n <= LIMIT_SQL_PARAMS && LIMIT_SQL_PARAMS < 100);
		size_t len = 1;
		if (i + 1 >= 10)
			name[len++] = (char)('0' + (i + 1) / 10);
		name[len] = (char)('0' + (i + 1) % 10);
		p->index[i] = (unsigned char)sqlite3_bind_parameter_index(st, name);
		if (whole && p->index[i] == 0)
			return fail(cx, ERR_INTERNAL, "db.param", "%s does not use %s.",
			    p->stmt->id, name);
	}
	return OK;
}

static enum err prepare(struct cx *cx, struct db_prep *p)
{
	sqlite3 *conn = conn_of(cx->db);
	sqlite3_stmt *st;
	const char *rest;

	if (sqlite3_prepare_v3(conn, p->text, -1, SQLITE_PREPARE_PERSISTENT, &st, &rest) !=
	    SQLITE_OK)
		return failed(cx, conn);
	p->handle = st;
	p->columns = sqlite3_column_count(st);
	p->writes = !sqlite3_stmt_readonly(st);
	enum err err = number_params(cx, p);
	if (err == OK && *rest != '\0')
		err = fail(cx, ERR_INTERNAL, "db.failed", "%s is more than one statement.",
		    p->stmt->id);
	if (err != OK)
		sqlite3_finalize(st);
	return err;
}

static enum err check(struct cx *cx, struct db_prep *p)
{
	return OK; /* prepare has looked at everything */
}

static int bind(sqlite3_stmt *st, int index, const struct db_arg *a)
{
	switch (a->type) {
	case 'i': return sqlite3_bind_int64(st, index, a->i);
	case 't': return sqlite3_bind_text64(st, index, a->p, a->len, SQLITE_STATIC, SQLITE_UTF8);
	case 'b': return sqlite3_bind_blob64(st, index, a->p, a->len, SQLITE_STATIC);
	default: return sqlite3_bind_null(st, index);
	}
}

static enum err start(struct cx *cx, struct db_prep *p, const struct db_call *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (p->index[i] != 0 && bind(p->handle, p->index[i], &c->args[i]) != SQLITE_OK)
			return failed(cx, conn_of(cx->db));
	return OK;
}

static enum err next(struct cx *cx, struct db_prep *p, bool *ret_row)
{
	int code = sqlite3_step(p->handle);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return failed(cx, conn_of(cx->db));
	*ret_row = code == SQLITE_ROW;
	return OK;
}

static int64_t finish(struct db *db, struct db_prep *p)
{
	int64_t changed = p->writes ? sqlite3_changes64(conn_of(db)) : 0;

	db->steps += sqlite3_stmt_status(p->handle, SQLITE_STMTSTATUS_VM_STEP, 1);
	sqlite3_reset(p->handle);
	sqlite3_clear_bindings(p->handle); /* they point into memory of the caller */
	return changed;
}

static void cell(const struct db_row *row, char type, struct db_cell *ret)
{
	sqlite3_stmt *st = row->prep->handle;
	int kind = sqlite3_column_type(st, row->col);

	*ret = (struct db_cell){.null = kind == SQLITE_NULL};
	if (ret->null)
		return;
	if (type == 'i') {
		assert(kind == SQLITE_INTEGER);
		ret->i = sqlite3_column_int64(st, row->col);
		return;
	}
	assert(kind == (type == 't' ? SQLITE_TEXT : SQLITE_BLOB));
	ret->p = sqlite3_column_blob(st, row->col);
	ret->len = (size_t)sqlite3_column_bytes(st, row->col);
	if (ret->len == 0)
		ret->p = "";
}

static enum err commit(struct cx *cx)
{
	return script(cx, "COMMIT");
}

static void rollback(struct db *db)
{
	/* A full disk and the like have rolled back already. */
	if (!sqlite3_get_autocommit(conn_of(db)))
		sqlite3_exec(conn_of(db), "ROLLBACK", NULL, NULL, NULL);
}

static enum err write_row(struct cx *cx, struct db_prep *p, const struct db_arg *args, size_t n)
{
	sqlite3_stmt *st = p->handle;

	for (size_t i = 0; i < n; i++)
		if (bind(st, p->index[i], &args[i]) != SQLITE_OK)
			return failed(cx, conn_of(cx->db));
	enum err err = sqlite3_step(st) == SQLITE_DONE ? OK : failed(cx, conn_of(cx->db));
	sqlite3_reset(st);
	return err;
}

static enum err write_rows(struct cx *cx, struct db_batch_set *set, const struct db_arg *args,
    size_t rows)
{
	size_t n = strlen(set->insert.types);
	struct db_prep *p;
	enum err err = OK;

	TRY(db_prep_get(cx, &set->insert, DB_UNFOLDED, &p));
	for (size_t i = 0; i < rows && err == OK; i++)
		err = write_row(cx, p, args + i * n, n);
	sqlite3_clear_bindings(p->handle);
	return err;
}

static enum err many(struct cx *cx, struct db_prep *p, const struct db_arg *args, size_t rows,
    int64_t *ret_changed)
{
	size_t n = strlen(p->stmt->types);
	int64_t changed = 0;
	enum err err = OK;

	assert(p->columns == 0);
	for (size_t i = 0; i < rows && err == OK; i++) {
		err = write_row(cx, p, args + i * n, n);
		changed += sqlite3_changes64(conn_of(cx->db));
	}
	sqlite3_clear_bindings(p->handle);
	TRY(err);
	*ret_changed = changed;
	return OK;
}

/* STRICT tables: the declared type decides what may be stored. */
static enum err check_batch(struct cx *cx, struct db_batch_set *set)
{
	struct db_prep *p;

	TRY(db_prep_get(cx, &set->columns, DB_UNFOLDED, &p));
	for (int i = 0; i < p->columns; i++) {
		const char *type = sqlite3_column_decltype(p->handle, i);
		const char *want = set->batch->types[i] == 'i' ? "INT" :
		    set->batch->types[i] == 't'                ? "TEXT" :
		                                                 "BLOB";
		if (!type || sqlite3_strnicmp(type, want, (int)strlen(want)) != 0)
			return fail(cx, ERR_INTERNAL, "db.param",
			    "column %s of %s is %s, its letter is %c",
			    sqlite3_column_name(p->handle, i), set->batch->table,
			    str_or(type, "untyped"), set->batch->types[i]);
	}
	return OK;
}

const struct db_driver db_sqlite = {
    .is_pg = false,
    .begin = "BEGIN IMMEDIATE",
    .open = open_file,
    .close = close_file,
    .prepare = prepare,
    .check = check,
    .start = start,
    .next = next,
    .finish = finish,
    .cell = cell,
    .script = script,
    .commit = commit,
    .rollback = rollback,
    .write = write_rows,
    .many = many,
    .check_batch = check_batch,
};
