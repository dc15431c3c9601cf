/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include <sys/types.h>

#include "base/embed.h"
#include "base/limits.h"
#include "db/db.h"

/*
 * Inside the folder only (and its tests): what an engine provides to db.c, and what db.c keeps
 * for a connection. Everything an engine reports goes through fail(): ERR_RETRY "db.busy" when the
 * same transaction may succeed later, ERR_RETRY "db.lost" with db->lost set, ERR_CONFLICT
 * "db.unique", "db.check", "db.foreign", else ERR_INTERNAL "db.failed".
 */

/* One statement prepared on this connection. Freed, never reused, after a lost connection. */
struct db_prep {
	const struct db_stmt *stmt; /* the key: statements are compared by address */
	uint64_t given;             /* and the filters in use; DB_UNFOLDED: the whole text */
	const char *text;           /* what is prepared */
	char *folded;               /* its memory, when folded */
	struct db_prep *next;
	void *handle;    /* sqlite3_stmt * */
	unsigned number; /* PostgreSQL knows it as s<number> */
	int columns;     /* of a row, 0 when it returns none */
	bool writes;
	unsigned char index[LIMIT_SQL_PARAMS]; /* SQLite's index of $1, $2, … */
};

#define DB_UNFOLDED UINT64_MAX

enum { DB_BATCH_INSERT, DB_BATCH_COLUMNS, DB_BATCH_IDS, DB_BATCH_COPY, DB_BATCH_TEXTS };

/* The statements that stand for a batch, made once per batch and connection. */
struct db_batch_set {
	const struct db_batch *batch;
	struct db_batch_set *next;
	struct db_stmt insert;  /* one row; on PostgreSQL only to be checked */
	struct db_stmt columns; /* names the columns, to check their types */
	struct db_stmt ids;     /* the greatest id (SQLite), fresh ids (PostgreSQL) */
	int64_t handed;         /* SQLite: the last id given away in transaction handed_tx */
	int64_t handed_tx;
	char *texts[DB_BATCH_TEXTS]; /* what the statements point to, and COPY … FROM STDIN */
};

struct db_cell {
	bool null;
	int64_t i;
	const void *p;
	size_t len;
};

struct db_row {
	struct db *db;
	struct arena *arena; /* where text and bytes are copied to */
	struct db_prep *prep;
	int col;
};

struct db_call {
	const struct db_arg *args;
	size_t n;
	bool stream; /* rows are fetched one by one */
};

struct db_driver {
	bool is_pg;
	const char *begin;
	/* Connects db->url; again after db->lost. */
	enum err (*open)(struct cx *cx, struct db *db);
	void (*close)(struct db *db);
	/* Fills p from p->stmt. */
	enum err (*prepare)(struct cx *cx, struct db_prep *p);
	/* What prepare does not see: unused parameters, column types that cannot be read. */
	enum err (*check)(struct cx *cx, struct db_prep *p);
	/* start, next until no row or error, then always finish, which tells the rows changed. */
	enum err (*start)(struct cx *cx, struct db_prep *p, const struct db_call *c);
	enum err (*next)(struct cx *cx, struct db_prep *p, bool *ret_row);
	int64_t (*finish)(struct db *db, struct db_prep *p);
	/* Reads a cell as i, t or b; asserts that it is one. Borrowed until the next row. */
	void (*cell)(const struct db_row *row, char type, struct db_cell *ret);
	/* Any number of statements without parameters: begin, migrations. */
	enum err (*script)(struct cx *cx, const char *sql);
	enum err (*commit)(struct cx *cx);
	void (*rollback)(struct db *db); /* leaves cx->fault as it is */
	enum err (*write)(struct cx *cx, struct db_batch_set *set, const struct db_arg *args,
	    size_t rows);
	/* Runs p once per row of arguments, rows > 0; asserts that it returns no rows. */
	enum err (*many)(struct cx *cx, struct db_prep *p, const struct db_arg *args, size_t rows,
	    int64_t *ret_changed);
	/* The columns of a batch have exactly the types of its letters. */
	enum err (*check_batch)(struct cx *cx, struct db_batch_set *set);
};
extern const struct db_driver db_sqlite, db_pg;

#define DB_SLOTS 1024 /* about twice the number of statements */

struct db {
	const struct db_driver *driver;
	void *engine; /* the engine's own struct */
	char *url;
	pid_t pid;
	enum db_mode mode;
	bool in_tx;
	bool broken; /* a statement of this transaction failed: it can only be rolled back */
	bool again;  /* it failed in a way that a repetition may cure */
	bool lost;   /* the connection is gone; made anew by the next call outside a transaction */
	bool visiting; /* inside db_each */
	int64_t count, steps, tx_count;
	struct db_faults faults;
	struct arena *scratch; /* text of the row that db_each shows */
	struct db_batch_set *sets;
	struct db_prep *slots[DB_SLOTS];
};

/* db.c */
/* Ready to send: connected, transaction not broken. */
enum err db_ready(struct cx *cx);
/* Marks the transaction as broken when err is not OK, and returns err. */
enum err db_note(struct cx *cx, enum err err);
/* given: bits of the filters that are not NULL, or DB_UNFOLDED. */
enum err db_prep_get(struct cx *cx, const struct db_stmt *s, uint64_t given, struct db_prep **ret);
/* Any SQL, for migrations and test set-up only. */
enum err db_script(struct cx *cx, const char *sql) MUST_CHECK;
/* Letters and arguments agree (asserted), and text is UTF-8 (ERR_INVALID "db.text"). */
enum err db_args_check(struct cx *cx, const char *types, const struct db_arg *args, size_t n);
/* Waits before try number try + 1: up to 2^try ms, at most 100, jittered. */
void db_pause(int try);

/* faulty.c: fails when the call's turn has come. */
enum err db_fault(struct cx *cx);

/* batch.c */
struct db_batch_set *db_batch_set_get(struct db *db, const struct db_batch *b);
void db_batch_sets_free(struct db *db);

/* scan.c: reads SQL text just enough to know whether it writes and which $n it names. */
struct db_scan {
	bool writes;
	uint64_t params; /* bit n - 1 for $n */
};
struct db_scan db_scan_sql(const char *sql);
/* The end of a string, quoted name or comment that starts at s, or s. */
const char *db_past_quoted(const char *s);

/* fold.c: filters of the form ($n IS NULL OR …). */
uint64_t db_fold_params(const char *sql); /* bit n - 1 for each */
/* The text for just these filters given; malloc'ed. */
char *db_fold(const char *sql, uint64_t given);

/* migrate.c: the same as db_migrate and db_migrated over files given by the caller. */
enum err db_migrate_from(struct cx *cx, const struct embed *files, size_t n,
    int *ret_applied) MUST_CHECK;
enum err db_migrated_from(struct cx *cx, const struct embed *files, size_t n) MUST_CHECK;
/* The text of a migration for an engine; ERR_INTERNAL "migrate.word" for an unknown {word}. */
enum err db_migrate_expand(struct cx *cx, const struct embed *file, bool is_pg,
    const char **ret) MUST_CHECK;

#endif
