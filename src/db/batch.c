/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many rows at once. From a declared batch come the texts an engine needs: the insert of one row,
 * COPY, and the statement that gives ids. They are put together from literals of the program, once
 * per connection, never from input. The rows themselves are written by the engine, and so are those
 * of db_many, which runs a declared statement many times.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/driver.h"

static char *print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *print(const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	int len = vasprintf(&text, format, ap);
	va_end(ap);
	assert(len >= 0);
	return text;
}

static char *print_insert(const struct db_batch *b)
{
	char values[LIMIT_SQL_PARAMS * 5 + 1] = "";
	size_t len = 0;

	for (size_t i = 0; b->types[i]; i++) {
		assert(i < LIMIT_SQL_PARAMS);
		len += (size_t)snprintf(values + len, sizeof values - len, "%s$%zu", i ? ", " : "",
		    i + 1);
	}
	return print("INSERT INTO %s (%s) VALUES (%s)", b->table, b->columns, values);
}

static struct db_batch_set *set_new(const struct db *db, const struct db_batch *b)
{
	struct db_batch_set *set = calloc(1, sizeof *set);

	assert(set && b->types[0]);
	set->batch = b;
	set->texts[DB_BATCH_INSERT] = print_insert(b);
	set->texts[DB_BATCH_COLUMNS] = print("SELECT %s FROM %s", b->columns, b->table);
	set->texts[DB_BATCH_COPY] =
	    print("COPY %s (%s) FROM STDIN (FORMAT binary)", b->table, b->columns);
	set->texts[DB_BATCH_IDS] = db->driver->is_pg ?
	    print("SELECT nextval(pg_get_serial_sequence('%s', 'id')) FROM generate_series(1, $1)",
	        b->table) :
	    print("SELECT COALESCE(MAX(id), 0) FROM %s", b->table);
	set->insert =
	    (struct db_stmt){b->table, b->types, set->texts[DB_BATCH_INSERT], NULL, "batch"};
	set->columns = (struct db_stmt){b->table, "", set->texts[DB_BATCH_COLUMNS], NULL, "batch"};
	set->ids = (struct db_stmt){b->table, db->driver->is_pg ? "i" : "",
	    set->texts[DB_BATCH_IDS], NULL, "batch"};
	return set;
}

struct db_batch_set *db_batch_set_get(struct db *db, const struct db_batch *b)
{
	struct db_batch_set *set = db->sets;

	while (set && set->batch != b)
		set = set->next;
	if (!set) {
		set = set_new(db, b);
		set->next = db->sets;
		db->sets = set;
	}
	return set;
}

void db_batch_sets_free(struct db *db)
{
	while (db->sets) {
		struct db_batch_set *set = db->sets;
		db->sets = set->next;
		for (int i = 0; i < DB_BATCH_TEXTS; i++)
			free(set->texts[i]);
		free(set);
	}
}

/* Letters, arguments and text of all rows, before anything is sent. */
static enum err rows_check(struct cx *cx, const char *types, const struct db_arg *args, size_t rows)
{
	size_t n = strlen(types);

	for (size_t i = 0; i < rows; i++)
		TRY(db_args_check(cx, types, args + i * n, n));
	return OK;
}

enum err db_batch_write(struct cx *cx, const struct db_batch *b, const struct db_arg *args,
    size_t rows)
{
	struct db *db = cx->db;

	assert(db->in_tx);
	TRY(db_ready(cx));
	TRY(rows_check(cx, b->types, args, rows));
	if (rows == 0)
		return OK;
	TRY(db_note(cx, db_fault(cx)));
	db->count++;
	return db_note(cx, db->driver->write(cx, db_batch_set_get(db, b), args, rows));
}

enum err db_many(struct cx *cx, const struct db_stmt *s, const struct db_arg *args, size_t rows,
    int64_t *ret_changed)
{
	struct db *db = cx->db;
	struct db_prep *p;
	int64_t changed = 0;

	if (db->mode == DB_READ_ONLY)
		return fail(cx, ERR_DENIED, "db.read_only",
		    "This request may not change anything.");
	assert(db->in_tx);
	TRY(db_ready(cx));
	TRY(rows_check(cx, s->types, args, rows));
	if (rows > 0) {
		TRY(db_prep_get(cx, s, DB_UNFOLDED, &p));
		assert(p->writes);
		TRY(db_note(cx, db_fault(cx)));
		db->count++;
		TRY(db_note(cx, db->driver->many(cx, p, args, rows, &changed)));
	}
	if (ret_changed)
		*ret_changed = changed;
	return OK;
}

struct ids {
	int64_t *to;
	size_t n;
};

static enum err take_id(struct cx *cx, struct db_row *row, void *arg)
{
	struct ids *ids = arg;

	ids->to[ids->n++] = row_int(row);
	return OK;
}

/* Nobody else can write until we commit, so that the greatest id is ours to count on from. */
static enum err ids_after_greatest(struct cx *cx, struct db_batch_set *set, size_t n,
    int64_t *ret_ids)
{
	int64_t last;

	TRY(db_int64(cx, &set->ids, DB_NONE, &last));
	if (set->handed_tx == cx->db->tx_count && set->handed > last)
		last = set->handed;
	if (last > INT64_MAX - (int64_t)n)
		return fail(cx, ERR_INTERNAL, "db.ids", "The ids of %s are used up.",
		    set->batch->table);
	for (size_t i = 0; i < n; i++)
		ret_ids[i] = last + 1 + (int64_t)i;
	set->handed = last + (int64_t)n;
	set->handed_tx = cx->db->tx_count;
	return OK;
}

enum err db_batch_ids(struct cx *cx, const struct db_batch *b, size_t n, int64_t *ret_ids)
{
	struct db_batch_set *set = db_batch_set_get(cx->db, b);
	struct ids ids = {ret_ids, 0};

	assert(cx->db->in_tx);
	if (!cx->db->driver->is_pg)
		return ids_after_greatest(cx, set, n, ret_ids);
	TRY(db_each(cx, &set->ids, DB_ARGS(db_int((int64_t)n)), take_id, &ids));
	assert(ids.n == n);
	return OK;
}
