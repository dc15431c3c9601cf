/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The yardstick on SQLite: prepared inserts of rows that lie ready in memory, with the settings
 * that Billhook uses (WAL, synchronous=FULL, foreign keys). It computes nothing.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bare.h"

struct cell {
	int type;
	sqlite3_int64 i;
	size_t at, len; /* of text, in bytes */
};

struct rows {
	sqlite3_stmt *insert;
	struct cell *cells;
	char *bytes;
	size_t n, columns, bytes_n, bytes_max, cells_max;
};

static void check(sqlite3 *db, int code)
{
	if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
		bare_die("sqlite", sqlite3_errmsg(db));
}

static void run(sqlite3 *db, const char *sql)
{
	check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static sqlite3 *open_url(const char *url)
{
	sqlite3 *db;
	check(NULL, sqlite3_open_v2(url + strlen("sqlite:"), &db, SQLITE_OPEN_READWRITE, NULL));
	run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
	return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL));
	return st;
}

static void script(const char *url, const char *sql)
{
	sqlite3 *db = open_url(url);
	run(db, sql);
	sqlite3_close(db);
}

/* A closed database has no side files: its one file is all. */
static void copy(const char *from, const char *to)
{
	const char *source = from + strlen("sqlite:"), *target = to + strlen("sqlite:");
	FILE *in = fopen(source, "rb"), *out = fopen(target, "wb");
	static char block[1 << 20];
	if (in == NULL || out == NULL)
		bare_die("copy", target);
	for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0;)
		if (fwrite(block, 1, n, out) != n)
			bare_die("copy", target);
	fclose(in);
	fflush(out);
	fsync(fileno(out));
	fclose(out);
}

static void keep(struct rows *r, sqlite3_stmt *st, int column)
{
	struct cell *c = &r->cells[r->n * r->columns + (size_t)column];
	*c = (struct cell){.type = sqlite3_column_type(st, column),
	    .i = sqlite3_column_int64(st, column)};
	if (c->type != SQLITE_TEXT)
		return;
	c->len = (size_t)sqlite3_column_bytes(st, column);
	if (r->bytes_n + c->len > r->bytes_max) {
		r->bytes_max = (r->bytes_n + c->len) * 2;
		r->bytes = realloc(r->bytes, r->bytes_max);
	}
	c->at = r->bytes_n;
	memcpy(r->bytes + c->at, sqlite3_column_blob(st, column), c->len);
	r->bytes_n += c->len;
}

static void read_all(sqlite3_stmt *st, struct rows *r)
{
	r->columns = (size_t)sqlite3_column_count(st);
	while (sqlite3_step(st) == SQLITE_ROW) {
		if ((r->n + 1) * r->columns > r->cells_max) {
			r->cells_max = (r->n + 1) * r->columns * 2;
			r->cells = realloc(r->cells, r->cells_max * sizeof *r->cells);
		}
		for (size_t i = 0; i < r->columns; i++)
			keep(r, st, (int)i);
		r->n++;
	}
	sqlite3_finalize(st);
}

static void read_new(sqlite3 *from, sqlite3 *to, const char *table, struct rows *r)
{
	char sql[256];
	snprintf(sql, sizeof sql, "SELECT COALESCE(MAX(id), 0) FROM %s", table);
	sqlite3_stmt *st = prepare(to, sql);
	sqlite3_step(st);
	snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE id > %lld ORDER BY id", table,
	    (long long)sqlite3_column_int64(st, 0));
	sqlite3_finalize(st);
	read_all(prepare(from, sql), r);
	size_t len = (size_t)snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (", table);
	for (size_t i = 0; i < r->columns; i++)
		len += (size_t)snprintf(sql + len, sizeof sql - len, "%s", i == 0 ? "?" : ",?");
	snprintf(sql + len, sizeof sql - len, ")");
	r->insert = prepare(to, sql);
}

static void put_row(sqlite3 *db, const struct rows *r, size_t row)
{
	for (size_t i = 0; i < r->columns; i++) {
		const struct cell *c = &r->cells[row * r->columns + i];
		if (c->type == SQLITE_INTEGER)
			sqlite3_bind_int64(r->insert, (int)i + 1, c->i);
		else if (c->type == SQLITE_TEXT)
			sqlite3_bind_text(r->insert, (int)i + 1, r->bytes + c->at, (int)c->len,
			    SQLITE_STATIC);
		else
			sqlite3_bind_null(r->insert, (int)i + 1);
	}
	check(db, sqlite3_step(r->insert));
	sqlite3_reset(r->insert);
}

static void put_part(sqlite3 *db, const struct rows *r, size_t part, size_t parts)
{
	for (size_t row = bare_part(r->n, part, parts); row < bare_part(r->n, part + 1, parts);
	     row++)
		put_row(db, r, row);
}

#define UPDATES 2
static const char *const updates_read[UPDATES] =
    {"SELECT billed_until, id FROM service WHERE id IN (SELECT service_id FROM invoice_item"
     " WHERE kind = 'period') ORDER BY paid_until, id",
        "SELECT next, last_hash, key FROM series"};
static const char *const updates_write[UPDATES] =
    {"UPDATE service SET billed_until = ?1 WHERE id = ?2",
        "INSERT INTO series (next, last_hash, key, format) VALUES (?1, ?2, ?3, '')"
        " ON CONFLICT (key) DO UPDATE SET next = ?1, last_hash = ?2"};

static double write_again(const char *from_url, const char *to_url, size_t parts)
{
	sqlite3 *from = open_url(from_url), *to = open_url(to_url);
	struct rows tables[BARE_TABLES] = {0}, updates[UPDATES] = {0};
	for (size_t i = 0; i < BARE_TABLES; i++)
		read_new(from, to, bare_tables[i], &tables[i]);
	for (size_t i = 0; i < UPDATES; i++) {
		read_all(prepare(from, updates_read[i]), &updates[i]);
		updates[i].insert = prepare(to, updates_write[i]);
	}
	double start = bare_seconds();
	for (size_t part = 0; part < parts; part++) {
		run(to, "BEGIN IMMEDIATE");
		put_part(to, &updates[0], part, parts);
		put_part(to, &updates[1], 0, 1);
		for (size_t i = 0; i < BARE_TABLES; i++)
			put_part(to, &tables[i], part, parts);
		run(to, "COMMIT");
	}
	double seconds = bare_seconds() - start;
	for (size_t i = 0; i < BARE_TABLES + UPDATES; i++) {
		struct rows *r = i < BARE_TABLES ? &tables[i] : &updates[i - BARE_TABLES];
		sqlite3_finalize(r->insert);
		free(r->cells);
		free(r->bytes);
	}
	sqlite3_close(from);
	sqlite3_close(to);
	return seconds;
}

const struct bare_engine bare_sqlite = {script, copy, write_again};
