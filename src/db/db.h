/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cx.h"

/*
 * One SQL text for two engines. Statements are declared, never built: no function here takes a
 * string of SQL. A declaration also lands in a linker section, so that a test can prepare every
 * statement on both engines and `billhook sql` can print them.
 *
 * types has one letter per parameter $1..$9,$10..: i int64, t text, b bytes.
 */
struct db_stmt {
	const char *id, *types;
	const char *sql; /* both engines */
	const char *pg;  /* PostgreSQL's own text, or NULL; at most five statements have one */
	const char *file;
};

#define DB_STMT2(name, types_, sqlite_, pg_) \
	static const struct db_stmt name = {#name, types_, sqlite_, pg_, __FILE__}; \
	static const struct db_stmt *const db_reg_##name \
	    __attribute__((used, section("bh_stmt"), aligned(sizeof(void *)))) = &name
#define DB_STMT(name, types_, sql_) DB_STMT2(name, types_, sql_, NULL)
const struct db_stmt *const *db_stmts(size_t *ret_n);
/* Prepares every declared statement and batch on the open, migrated database: ERR_INTERNAL
 * "db.prepare" names the first bad one and why. Parameters, column types and letters must agree. */
enum err db_prepare_all(struct cx *cx, size_t *ret_n) MUST_CHECK;

/* Parameters. Text and bytes are borrowed for the call. */
struct db_arg {
	char type; /* i t b, or n for NULL */
	int64_t i;
	const void *p;
	size_t len;
};
struct db_arg db_int(int64_t i);
struct db_arg db_opt(int64_t i);                   /* 0 is NULL */
struct db_arg db_text(const char *s);              /* NULL is NULL */
struct db_arg db_opt_text(const char *s);          /* NULL and "" are NULL */
struct db_arg db_bytes(const void *p, size_t len); /* NULL is NULL */
#define DB_ARGS(...) \
	(const struct db_arg[]){__VA_ARGS__}, \
	    sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg)
#define DB_NONE NULL, 0

/*
 * A row, read strictly left to right; a reader that asks for too many or leaves columns over
 * asserts.
 */
struct db_row;
int64_t row_int(struct db_row *row);      /* NULL reads as 0 */
const char *row_text(struct db_row *row); /* arena copy; NULL stays NULL */
const char *row_str(struct db_row *row);  /* arena copy; NULL reads as "" */
const void *row_bytes(struct db_row *row, size_t *ret_len);
void row_copy(struct db_row *row, char *to,
    size_t size); /* fixed-size text, asserts that it fits */
typedef void db_read(struct db_row *row, void *out);
/* Returns OK to go on; anything else stops and is returned. Must not run other statements. */
typedef enum err db_visit(struct cx *cx, struct db_row *row, void *arg);

/*
 * What can go wrong with every call: ERR_CONFLICT "db.unique", "db.check", "db.foreign" (the detail
 * names the constraint or its columns), ERR_RETRY "db.busy" and "db.lost" (the connection is made
 * anew by the next call outside a transaction), ERR_DENIED "db.read_only", ERR_INVALID "db.text"
 * (not UTF-8), ERR_INTERNAL "db.failed" (disk, our bug).
 *
 * Inside a transaction a failed statement is final on both engines: whatever follows is
 * ERR_INTERNAL "db.tx_aborted", and so is the commit. A body that wants to go on after "db.unique"
 * cannot; it writes ON CONFLICT DO NOTHING and looks at ret_changed. Outside a transaction a
 * statement that writes runs in one of its own, with the same repetition.
 */
/* Runs; ret_changed may be NULL: rows inserted, updated or deleted, 0 for a SELECT. */
enum err db_run(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    int64_t *ret_changed) MUST_CHECK;
/* Exactly one row into *out, else ERR_NOT_FOUND "db.none"; several are ERR_INTERNAL "db.many". */
enum err db_one(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    db_read *read, void *out) MUST_CHECK;
/* One integer column of one row (RETURNING id, COUNT). ERR_NOT_FOUND when there is no row. */
enum err db_int64(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    int64_t *ret) MUST_CHECK;
/* All rows as an arena array of size bytes each. The statement carries its own LIMIT. */
struct db_into {
	db_read *read;
	size_t size;
};
enum err db_list(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    struct db_into into, void *ret_rows, size_t *ret_n) MUST_CHECK;
/* Streams rows without keeping them (text lives until the next row only). A statement that writes
 * is allowed inside a transaction only (asserted). */
enum err db_each(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    db_visit *visit, void *arg) MUST_CHECK;

/*
 * A write transaction: BEGIN IMMEDIATE / SERIALIZABLE, commit, and again up to LIMIT_TX_TRIES times
 * on BUSY, 40001, 40P01 with jitter. The body touches only the database and may run twice; its
 * output must depend only on its last run: what a run before took from the arena is given back and
 * its fault is cleared. Inside another transaction it simply joins it. Rivals
 * that never give way are ERR_RETRY "db.busy". A COMMIT whose answer was lost is ERR_INTERNAL
 * "db.commit_unknown": look before doing it again. Refused in read-only mode.
 */
typedef enum err db_body(struct cx *cx, void *arg);
enum err db_tx(struct cx *cx, db_body *body, void *arg) MUST_CHECK;
bool db_in_tx(const struct db *db);

/* Many rows at the engine's best speed: prepared inserts on SQLite, COPY on PostgreSQL. */
struct db_batch {
	const char *table, *columns, *types; /* "invoice_item", "id, invoice_id, …", "iit…" */
};
#define DB_BATCH(name, table_, columns_, types_) \
	static const struct db_batch name = {table_, columns_, types_}; \
	static const struct db_batch *const db_breg_##name \
	    __attribute__((used, section("bh_batch"), aligned(sizeof(void *)))) = &name
const struct db_batch *const *db_batches(size_t *ret_n);
/* rows * strlen(types) arguments, row after row. Only inside a transaction. */
enum err db_batch_write(struct cx *cx, const struct db_batch *b, const struct db_arg *args,
    size_t rows) MUST_CHECK;
/* n fresh ids for the table of b, ascending, for rows about to be written with it. Only inside a
 * transaction. Rows must get their id from here or from the default, never from elsewhere. */
enum err db_batch_ids(struct cx *cx, const struct db_batch *b, size_t n,
    int64_t *ret_ids) MUST_CHECK;

/* Runs one statement that writes and returns no rows (asserted) once for each row of arguments:
 * rows * strlen(s->types), row after row. For updates; rows that are new are a batch. Only inside a
 * transaction. ret_changed may be NULL: the sum over all rows. A failure is that of the first bad
 * row, as db_run tells it. One call for db_count and for faults. */
enum err db_many(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t rows,
    int64_t *ret_changed) MUST_CHECK;

/* Connections. url: "sqlite:PATH" or "postgresql://…" ("postgres://…"), else ERR_INVALID "db.url".
 * One
 * per process, never across fork. A missing folder is ERR_INVALID "db.folder", a file that cannot
 * be
 * used "db.open", a server that does not answer ERR_RETRY "db.connect". */
enum db_mode { DB_READ_WRITE, DB_READ_ONLY };
enum err db_open(struct cx *cx, const char *url, struct db **ret) MUST_CHECK;
void db_close(struct db *db); /* NULL is fine */
bool db_is_pg(const struct db *db);
/* While set, every write is refused with ERR_DENIED "db.read_only": GET requests run so. Costs
 * nothing to change; not inside a transaction (asserted). */
void db_set_mode(struct db *db, enum db_mode mode);
/* How many statements ran since the connection was opened, for tests of query counts. */
int64_t db_count(const struct db *db);
/* Steps of SQLite's machine so far: rows read, whatever the clock says. 0 on PostgreSQL. */
int64_t db_steps(const struct db *db);

/* Migrations: numbered files embedded in the binary; one transaction each, SHA-256 recorded. Edited
 * history is ERR_CONFLICT "migrate.edited", a newer schema "migrate.newer", a file that should have
 * come before an applied one "migrate.order". Words: {id} {int} {bytes} {opt}. */
enum err db_migrate(struct cx *cx, int *ret_applied) MUST_CHECK;
/* OK when the schema is exactly this binary's; ERR_CONFLICT "migrate.pending" when it is older. */
enum err db_migrated(struct cx *cx) MUST_CHECK;

/* For tests: the Nth call from now on fails with ERR_INTERNAL "db.fault" and is not sent (0 =
 * never);
 * once = only that call. Begin, commit, each statement, each batch and each db_many is one call. */
struct db_faults {
	int64_t fail_at;
	bool once;
};
void db_set_faults(struct db *db, struct db_faults f);

#endif
