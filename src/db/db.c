/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements and connections for both engines: checks arguments, finds the prepared statement,
 * refuses writes in read-only mode, runs, hands rows to readers. What an engine does differently
 * is behind struct db_driver; transactions are in tx.c. No SQL and no table names here.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "db/driver.h"

struct db_arg db_int(int64_t i)
{
	return (struct db_arg){.type = 'i', .i = i};
}

struct db_arg db_opt(int64_t i)
{
	return i == 0 ? (struct db_arg){.type = 'n'} : db_int(i);
}

struct db_arg db_text(const char *s)
{
	if (!s)
		return (struct db_arg){.type = 'n'};
	return (struct db_arg){.type = 't', .p = s, .len = strlen(s)};
}

struct db_arg db_opt_text(const char *s)
{
	return db_text(s && *s ? s : NULL);
}

struct db_arg db_bytes(const void *p, size_t len)
{
	assert(p || len == 0);
	return p ? (struct db_arg){.type = 'b', .p = p, .len = len} : (struct db_arg){.type = 'n'};
}

/* Most text is; eight bytes at a time, because batches pass millions. */
static bool ascii(const char *s, size_t len)
{
	uint64_t all = 0, eight;

	for (; len >= sizeof eight; s += sizeof eight, len -= sizeof eight) {
		memcpy(&eight, s, sizeof eight);
		all |= eight;
	}
	for (; len > 0; s++, len--)
		all |= (unsigned char)*s;
	return (all & UINT64_C(0x8080808080808080)) == 0;
}

enum err db_args_check(struct cx *cx, const char *types, const struct db_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert(types[i] && (args[i].type == types[i] || args[i].type == 'n'));
		/* PostgreSQL refuses it; SQLite would store it. */
		if (args[i].type == 't' && !ascii(args[i].p, args[i].len) &&
		    !str_utf8(args[i].p, args[i].len))
			return fail(cx, ERR_INVALID, "db.text", "Text is not valid UTF-8.");
	}
	assert(types[n] == '\0');
	return OK;
}

static void cell(struct db_row *row, char type, struct db_cell *ret)
{
	assert(row->col < row->prep->columns);
	row->db->driver->cell(row, type, ret);
	row->col++;
}

int64_t row_int(struct db_row *row)
{
	struct db_cell c;

	cell(row, 'i', &c);
	return c.null ? 0 : c.i;
}

static char *copy(struct arena *a, const struct db_cell *c)
{
	char *to = arena_alloc(a, c->len + 1);

	memcpy(to, c->p, c->len);
	to[c->len] = '\0';
	return to;
}

const char *row_text(struct db_row *row)
{
	struct db_cell c;

	cell(row, 't', &c);
	return c.null ? NULL : copy(row->arena, &c);
}

const char *row_str(struct db_row *row)
{
	const char *s = row_text(row);

	return s ? s : "";
}

const void *row_bytes(struct db_row *row, size_t *ret_len)
{
	struct db_cell c;

	cell(row, 'b', &c);
	*ret_len = c.null ? 0 : c.len;
	return c.null ? NULL : copy(row->arena, &c);
}

void row_copy(struct db_row *row, char *to, size_t size)
{
	struct db_cell c;

	cell(row, 't', &c);
	size_t len = c.null ? 0 : c.len;
	assert(len < size);
	if (len > 0)
		memcpy(to, c.p, len);
	to[len] = '\0';
}

/* One call of a public function: what to run and what to do with each row. */
struct call {
	const struct db_stmt *stmt;
	struct db_call run;
	uint64_t given; /* filters, for db_prep_get */
	enum err (*row)(struct cx *cx, struct db_row *row, struct call *c); /* NULL: ignored */
	db_read *read;
	db_visit *visit;
	void *arg;   /* of read and visit */
	size_t size; /* of one row in a list */
	char *rows;  /* the list so far */
	size_t n, cap;
	int64_t changed;
};

enum err db_note(struct cx *cx, enum err err)
{
	if (err != OK && cx->db->in_tx) {
		cx->db->broken = true;
		cx->db->again = cx->db->again || (err == ERR_RETRY && !cx->db->lost);
	}
	return err;
}

static void preps_free(struct db *db)
{
	for (size_t i = 0; i < DB_SLOTS; i++) {
		while (db->slots[i]) {
			struct db_prep *p = db->slots[i];
			db->slots[i] = p->next;
			free(p->folded);
			free(p);
		}
	}
}

enum err db_ready(struct cx *cx)
{
	struct db *db = cx->db;

	assert(!db->visiting);
	if (db->in_tx && db->lost)
		return fail(cx, ERR_RETRY, "db.lost", "The connection to the database is lost.");
	if (db->in_tx && db->broken)
		return fail(cx, ERR_INTERNAL, "db.tx_aborted",
		    "A statement of this transaction has failed; it can only be rolled back.");
	if (!db->lost)
		return OK;
	preps_free(db);
	TRY(db->driver->open(cx, db));
	db->lost = false;
	return OK;
}

static struct db_prep *prep_new(const struct db *db, const struct db_stmt *s, uint64_t given)
{
	const char *text = db->driver->is_pg && s->pg ? s->pg : s->sql;
	struct db_prep *p = calloc(1, sizeof *p);

	assert(p);
	p->stmt = s;
	p->given = given;
	if (given != DB_UNFOLDED)
		text = p->folded = db_fold(text, given);
	p->text = text;
	return p;
}

enum err db_prep_get(struct cx *cx, const struct db_stmt *s, uint64_t given, struct db_prep **ret)
{
	/* The low bits of an address say little; a product spreads the others. */
	struct db_prep **slot = &cx->db->slots[((uintptr_t)s * UINT64_C(0x9E3779B97F4A7C15)) >> 54];

	for (struct db_prep *p = *slot; p; p = p->next) {
		if (p->stmt != s || p->given != given)
			continue;
		*ret = p;
		return OK;
	}
	assert(strlen(s->types) <= LIMIT_SQL_PARAMS);
	struct db_prep *p = prep_new(cx->db, s, given);
	enum err err = db_note(cx, cx->db->driver->prepare(cx, p));
	if (err != OK) {
		free(p->folded);
		free(p);
		return err;
	}
	p->next = *slot;
	*slot = p;
	*ret = p;
	return OK;
}

/* The filters that a call gives; few of the many sets are ever used. */
static uint64_t given_by(const struct db_stmt *s, const struct db_call *run)
{
	uint64_t filters = db_fold_params(s->sql), given = 0;

	if (filters == 0 || s->pg != NULL)
		return DB_UNFOLDED;
	for (size_t i = 0; i < run->n; i++)
		if (run->args[i].type != 'n')
			given |= UINT64_C(1) << i;
	return given & filters;
}

static enum err step(struct cx *cx, struct call *c, struct db_prep *p, bool *ret_row)
{
	TRY(db_note(cx, cx->db->driver->next(cx, p, ret_row)));
	if (!*ret_row || !c->row)
		return OK;
	struct db_row row = {.db = cx->db,
	    .prep = p,
	    .arena = c->run.stream ? cx->db->scratch : cx->arena};
	enum err err = c->row(cx, &row, c);
	assert(err != OK || row.col == p->columns);
	return err;
}

static enum err execute(struct cx *cx, void *arg)
{
	struct call *c = arg;
	struct db *db = cx->db;
	struct db_prep *p;
	bool row;
	enum err err;

	/*
	 * A repeated transaction starts its list again; the old one went with the arena's memory.
	 */
	c->rows = NULL;
	c->n = c->cap = 0;
	TRY(db_ready(cx));
	TRY(db_prep_get(cx, c->stmt, c->given, &p));
	TRY(db_note(cx, db_fault(cx)));
	db->count++;
	err = db_note(cx, db->driver->start(cx, p, &c->run));
	if (err == OK) {
		do
			err = step(cx, c, p, &row);
		while (err == OK && row);
	}
	c->changed = db->driver->finish(db, p);
	return err;
}

static enum err call(struct cx *cx, struct call *c)
{
	struct db *db = cx->db;
	struct db_prep *p;

	TRY(db_ready(cx));
	TRY(db_args_check(cx, c->stmt->types, c->run.args, c->run.n));
	c->given = given_by(c->stmt, &c->run);
	TRY(db_prep_get(cx, c->stmt, c->given, &p));
	if (p->writes && db->mode == DB_READ_ONLY)
		return fail(cx, ERR_DENIED, "db.read_only",
		    "This request may not change anything.");
	if (!p->writes || db->in_tx)
		return execute(cx, c);
	/* A lone write is as isolated as any other, or PostgreSQL's check of the others is void. */
	assert(!c->run.stream);
	return db_tx(cx, execute, c);
}

enum err db_run(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    int64_t *ret_changed)
{
	struct call c = {.stmt = s, .run = {args, n, false}};

	TRY(call(cx, &c));
	if (ret_changed)
		*ret_changed = c.changed;
	return OK;
}

static enum err only_row(struct cx *cx, struct db_row *row, struct call *c)
{
	if (c->n++ > 0)
		return fail(cx, ERR_INTERNAL, "db.many", "%s found more than one row.",
		    c->stmt->id);
	c->read(row, c->arg);
	return OK;
}

enum err db_one(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    db_read *read, void *out)
{
	struct call c = {.stmt = s,
	    .run = {args, n, false},
	    .row = only_row,
	    .read = read,
	    .arg = out};

	TRY(call(cx, &c));
	if (c.n == 0)
		return fail(cx, ERR_NOT_FOUND, "db.none", "There is no such row.");
	return OK;
}

static void read_int(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

enum err db_int64(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    int64_t *ret)
{
	int64_t found;

	TRY(db_one(cx, s, args, n, read_int, &found));
	*ret = found;
	return OK;
}

static enum err add_row(struct cx *cx, struct db_row *row, struct call *c)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 16;
		char *rows = arena_alloc(cx->arena, cap * c->size);
		if (c->n > 0)
			memcpy(rows, c->rows, c->n * c->size);
		c->rows = rows;
		c->cap = cap;
	}
	c->read(row, c->rows + c->n * c->size);
	c->n++;
	return OK;
}

enum err db_list(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    struct db_into into, void *ret_rows, size_t *ret_n)
{
	struct call c = {.stmt = s,
	    .run = {args, n, false},
	    .row = add_row,
	    .read = into.read,
	    .size = into.size};

	TRY(call(cx, &c));
	if (!c.rows)
		c.rows = arena_alloc(cx->arena, into.size);
	memcpy(ret_rows, &c.rows, sizeof c.rows);
	*ret_n = c.n;
	return OK;
}

static enum err show_row(struct cx *cx, struct db_row *row, struct call *c)
{
	struct db *db = cx->db;

	db->visiting = true;
	enum err err = c->visit(cx, row, c->arg);
	db->visiting = false;
	arena_reset(db->scratch);
	return err;
}

enum err db_each(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t n,
    db_visit *visit, void *arg)
{
	struct call c = {.stmt = s,
	    .run = {args, n, true},
	    .row = show_row,
	    .visit = visit,
	    .arg = arg};

	return call(cx, &c);
}

enum err db_script(struct cx *cx, const char *sql)
{
	TRY(db_ready(cx));
	if (cx->db->mode == DB_READ_ONLY)
		return fail(cx, ERR_DENIED, "db.read_only",
		    "This request may not change anything.");
	TRY(db_note(cx, db_fault(cx)));
	return db_note(cx, cx->db->driver->script(cx, sql));
}

enum err db_open(struct cx *cx, const char *url, struct db **ret)
{
	const struct db_driver *driver = NULL;

	if (url && str_starts(url, "sqlite:"))
		driver = &db_sqlite;
	else if (url && (str_starts(url, "postgresql://") || str_starts(url, "postgres://")))
		driver = &db_pg;
	if (!driver)
		return fail(cx, ERR_INVALID, "db.url",
		    "A database address is sqlite:PATH or postgresql://USER@HOST/NAME.");
	struct db *db = calloc(1, sizeof *db);
	assert(db);
	db->driver = driver;
	db->url = strdup(url);
	assert(db->url);
	db->pid = getpid();
	db->scratch = arena_new(LIMIT_ARENA_BYTES);
	enum err err = driver->open(cx, db);
	if (err != OK) {
		db_close(db);
		return err;
	}
	*ret = db;
	return OK;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db->driver->close(db);
	preps_free(db);
	db_batch_sets_free(db);
	arena_free(db->scratch);
	free(db->url);
	free(db);
}

bool db_is_pg(const struct db *db)
{
	return db->driver->is_pg;
}

void db_set_mode(struct db *db, enum db_mode mode)
{
	assert(!db->in_tx);
	db->mode = mode;
}

int64_t db_steps(const struct db *db)
{
	return db->steps;
}

int64_t db_count(const struct db *db)
{
	return db->count;
}
