/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The yardstick on PostgreSQL: binary COPY of rows that lie ready in memory, and prepared updates
 * sent in a pipeline. It computes nothing.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bare.h"

#define HEAD_BYTES 19 /* of a binary COPY: signature, flags, extension */
static const char head[HEAD_BYTES] = "PGCOPY\n\377\r\n\0";
static const char tail[2] = "\377\377";

/* Rows as COPY sent them, one behind the other; row n is bytes[at[n]] to bytes[at[n + 1]]. */
struct rows {
	char *bytes;
	size_t *at;
	size_t n, bytes_max, at_max;
};

static void take(PGconn *conn, PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);
	if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
		bare_die("postgresql", PQerrorMessage(conn));
	PQclear(res);
}

static PGconn *open_url(const char *url)
{
	PGconn *conn = PQconnectdb(url);
	if (PQstatus(conn) != CONNECTION_OK)
		bare_die("postgresql", PQerrorMessage(conn));
	return conn;
}

static void script(const char *url, const char *sql)
{
	PGconn *conn = open_url(url);
	take(conn, PQexec(conn, sql));
	PQfinish(conn);
}

static const char *name_of(const char *url)
{
	return strrchr(url, '/') + 1;
}

static void copy(const char *from, const char *to)
{
	char url[1024], sql[256];
	snprintf(url, sizeof url, "%.*spostgres", (int)(name_of(to) - to), to);
	snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s", name_of(to));
	script(url, sql);
	snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s", name_of(to), name_of(from));
	script(url, sql);
	script(url, "CHECKPOINT");
}

static void keep(struct rows *r, const char *bytes, size_t len)
{
	size_t end = r->n == 0 ? 0 : r->at[r->n];
	if (end + len > r->bytes_max) {
		r->bytes_max = (end + len) * 2;
		r->bytes = realloc(r->bytes, r->bytes_max);
	}
	if (r->n + 2 > r->at_max) {
		r->at_max = (r->n + 2) * 2;
		r->at = realloc(r->at, r->at_max * sizeof *r->at);
	}
	memcpy(r->bytes + end, bytes, len);
	r->at[r->n++] = end;
	r->at[r->n] = end + len;
}

/* The head comes with the first row, the tail on its own. */
static void read_new(PGconn *from, PGconn *to, const char *table, struct rows *r)
{
	char sql[256], *bytes;
	snprintf(sql, sizeof sql, "SELECT COALESCE(MAX(id), 0) FROM %s", table);
	PGresult *res = PQexec(to, sql);
	snprintf(sql, sizeof sql,
	    "COPY (SELECT * FROM %s WHERE id > %s ORDER BY id) TO STDOUT (FORMAT binary)", table,
	    PQgetvalue(res, 0, 0));
	PQclear(res);
	take(from, PQexec(from, sql));
	for (int len; (len = PQgetCopyData(from, &bytes, 0)) > 0; PQfreemem(bytes)) {
		size_t skip = r->n == 0 && (size_t)len > HEAD_BYTES ? HEAD_BYTES : 0;
		if (len > (int)sizeof tail)
			keep(r, bytes + skip, (size_t)len - skip);
	}
	take(from, PQgetResult(from));
	while ((res = PQgetResult(from)) != NULL)
		take(from, res);
}

static void put_part(PGconn *to, const struct rows *r, size_t table, size_t part, size_t parts)
{
	char sql[128];
	size_t first = bare_part(r->n, part, parts), end = bare_part(r->n, part + 1, parts);
	if (first == end)
		return;
	snprintf(sql, sizeof sql, "COPY %s FROM STDIN (FORMAT binary)", bare_tables[table]);
	PGresult *res;
	take(to, PQexec(to, sql));
	PQputCopyData(to, head, sizeof head);
	PQputCopyData(to, r->bytes + r->at[first], (int)(r->at[end] - r->at[first]));
	PQputCopyData(to, tail, sizeof tail);
	PQputCopyEnd(to, NULL);
	while ((res = PQgetResult(to)) != NULL)
		take(to, res);
}

static const char *const updates_read =
    "SELECT billed_until, id FROM service WHERE id IN (SELECT service_id FROM invoice_item"
    " WHERE kind = 'period') ORDER BY paid_until, id";

static void update_part(PGconn *to, const PGresult *days, size_t part, size_t parts)
{
	size_t rows = (size_t)PQntuples(days);
	size_t first = bare_part(rows, part, parts), end = bare_part(rows, part + 1, parts);
	PGresult *res;
	PQenterPipelineMode(to);
	for (size_t i = first; i < end; i++) {
		const char *values[] = {PQgetvalue(days, (int)i, 0), PQgetvalue(days, (int)i, 1)};
		PQsendQueryPrepared(to, "bill", 2, values, NULL, NULL, 1);
	}
	PQpipelineSync(to);
	for (size_t i = first; i < end; i++) {
		take(to, PQgetResult(to));
		PQclear(PQgetResult(to));
	}
	while ((res = PQgetResult(to)) != NULL)
		take(to, res);
	PQexitPipelineMode(to);
}

static void update_series(PGconn *to, const PGresult *series)
{
	const char *values[] = {PQgetvalue(series, 0, 0), PQgetvalue(series, 0, 1),
	    PQgetvalue(series, 0, 2)};
	take(to, PQexecPrepared(to, "series", 3, values, NULL, NULL, 1));
}

static void prepare(PGconn *to)
{
	take(to,
	    PQprepare(to, "bill", "UPDATE service SET billed_until = $1 WHERE id = $2", 2, NULL));
	take(to,
	    PQprepare(to, "series",
	        "INSERT INTO series (next, last_hash, key, format) VALUES ($1, $2, $3, '')"
	        " ON CONFLICT (key) DO UPDATE SET next = excluded.next,"
	        " last_hash = excluded.last_hash",
	        3, NULL));
}

static double write_again(const char *from_url, const char *to_url, size_t parts)
{
	PGconn *from = open_url(from_url), *to = open_url(to_url);
	struct rows tables[BARE_TABLES] = {0};
	for (size_t i = 0; i < BARE_TABLES; i++)
		read_new(from, to, bare_tables[i], &tables[i]);
	PGresult *days = PQexec(from, updates_read);
	PGresult *series = PQexec(from, "SELECT next, last_hash, key FROM series");
	prepare(to);
	double start = bare_seconds();
	for (size_t part = 0; part < parts; part++) {
		take(to, PQexec(to, "BEGIN"));
		update_part(to, days, part, parts);
		update_series(to, series);
		for (size_t i = 0; i < BARE_TABLES; i++)
			put_part(to, &tables[i], i, part, parts);
		take(to, PQexec(to, "COMMIT"));
	}
	double seconds = bare_seconds() - start;
	for (size_t i = 0; i < BARE_TABLES; i++) {
		free(tables[i].bytes);
		free(tables[i].at);
	}
	PQclear(days);
	PQclear(series);
	PQfinish(from);
	PQfinish(to);
	return seconds;
}

const struct bare_engine bare_pg = {script, copy, write_again};
