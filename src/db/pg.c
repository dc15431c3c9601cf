/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL; the only file that includes libpq-fe.h. Statements are prepared on the server with
 * explicit types; values travel in binary both ways, and a column of a type that the shared SQL
 * does not know (numeric, date) is refused. Batches are COPY, db_many is a
 * pipeline, everything else is one statement at a time.
 */
#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/driver.h"

/* Type numbers of the server; fixed since the first releases. */
enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_NAME = 19,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_VARCHAR = 1043
};
enum { BINARY = 1 };

#define COPY_CHUNK_BYTES 65536 /* rows are gathered before they are given to the socket */
/* Answers without rows take about 30 bytes: the server can leave those of one chunk in its socket
 * while we still send, so that neither side waits for the other. */
#define PIPELINE_ROWS 256

struct pg {
	PGconn *conn;
	PGresult *result; /* of the statement under way */
	int row;          /* in result */
	unsigned numbers; /* names given to statements */
	bool streams;
	char *chunk; /* COPY_CHUNK_BYTES for COPY */
	size_t chunk_len;
};

static struct pg *pg_of(const struct db *db)
{
	return db->engine;
}

static const char *one_line(struct cx *cx, const char *text)
{
	return str_trim(cx->arena, text ? text : "no answer");
}

static enum err failed_state(struct cx *cx, const char *state, const char *text)
{
	if (str_eq(state, "40001") || str_eq(state, "40P01") || str_eq(state, "55P03"))
		return fail(cx, ERR_RETRY, "db.busy",
		    "Others are changing the same data; try again.");
	if (str_eq(state, "23505") || str_eq(state, "23P01"))
		return fail(cx, ERR_CONFLICT, "db.unique", "%s", text);
	if (str_eq(state, "23503"))
		return fail(cx, ERR_CONFLICT, "db.foreign", "%s", text);
	if (str_starts(state, "23"))
		return fail(cx, ERR_CONFLICT, "db.check", "%s", text);
	if (str_eq(state, "22021"))
		return fail(cx, ERR_INVALID, "db.text", "Text is not valid UTF-8.");
	return fail(cx, ERR_INTERNAL, "db.failed", "%s", text);
}

static enum err lost(struct cx *cx)
{
	cx->db->lost = true;
	return fail(cx, ERR_RETRY, "db.lost", "The connection to the database is lost: %s",
	    one_line(cx, PQerrorMessage(pg_of(cx->db)->conn)));
}

/* res may be NULL: the message of the connection serves. */
static enum err failed(struct cx *cx, const PGresult *res)
{
	PGconn *conn = pg_of(cx->db)->conn;

	if (PQstatus(conn) != CONNECTION_OK)
		return lost(cx);
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	return failed_state(cx, str_or(state, ""),
	    one_line(cx, text ? text : PQerrorMessage(conn)));
}

static enum err settle(struct cx *cx, PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);
	bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	enum err err = good ? OK : failed(cx, res);

	PQclear(res);
	return err;
}

static enum err script(struct cx *cx, const char *sql)
{
	return settle(cx, PQexec(pg_of(cx->db)->conn, sql));
}

static void ignore_notice(void *arg, const PGresult *res)
{
}

static enum err connect_failed(struct cx *cx, struct pg *pg)
{
	enum err err = fail(cx, ERR_RETRY, "db.connect", "Cannot connect to PostgreSQL: %s",
	    one_line(cx, PQerrorMessage(pg->conn)));

	PQfinish(pg->conn);
	pg->conn = NULL;
	return err;
}

/* A node that stopped in the middle of a transaction must not hold its locks for ever. */
static enum err set_up(struct cx *cx, struct pg *pg)
{
	char settings[256];

	snprintf(settings, sizeof settings,
	    "SET client_min_messages = warning; SET timezone = 'UTC';"
	    " SET idle_in_transaction_session_timeout = '%ds'",
	    LIMIT_JOB_LEASE_S);
	PGresult *res = PQexec(pg->conn, settings);
	bool good = PQresultStatus(res) == PGRES_COMMAND_OK;
	PQclear(res);
	if (!good)
		return connect_failed(cx, pg);
	if (PQserverVersion(pg->conn) < 130000)
		return fail(cx, ERR_INVALID, "db.version", "PostgreSQL 13 or later is needed.");
	if (!str_eq(PQparameterStatus(pg->conn, "server_encoding"), "UTF8"))
		return fail(cx, ERR_INVALID, "db.encoding",
		    "The database must be created with ENCODING 'UTF8'.");
	return OK;
}

static enum err open_conn(struct cx *cx, struct db *db)
{
	/* What stands after dbname wins, so that the address may overrule the first ones. */
	const char *names[] = {"connect_timeout", "keepalives_idle", "tcp_user_timeout",
	    "application_name", "dbname", "client_encoding", NULL};
	const char *values[] = {"10", "60", "60000", "billhook", db->url, "UTF8", NULL};
	struct pg *pg = db->engine;

	if (!pg) {
		pg = db->engine = calloc(1, sizeof *pg);
		assert(pg);
		pg->chunk = malloc(COPY_CHUNK_BYTES);
		assert(pg->chunk);
	}
	PQfinish(pg->conn);
	pg->conn = PQconnectdbParams(names, values, 1);
	if (PQstatus(pg->conn) != CONNECTION_OK)
		return connect_failed(cx, pg);
	PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
	return set_up(cx, pg);
}

static void close_conn(struct db *db)
{
	struct pg *pg = db->engine;

	if (!pg)
		return;
	PQclear(pg->result);
	PQfinish(pg->conn);
	free(pg->chunk);
	free(pg);
}

static const char *name_of(const struct db_prep *p, char name[16])
{
	snprintf(name, 16, "s%u", p->number);
	return name;
}

static const char *text_of(const struct db_stmt *s)
{
	return s->pg ? s->pg : s->sql;
}

static Oid type_of(char letter)
{
	return letter == 'i' ? PG_INT8 : letter == 't' ? PG_TEXT : PG_BYTEA;
}

static enum err prepare(struct cx *cx, struct db_prep *p)
{
	struct pg *pg = pg_of(cx->db);
	Oid types[LIMIT_SQL_PARAMS];
	char name[16];
	int n = (int)strlen(p->stmt->types);

	for (int i = 0; i < n; i++)
		types[i] = type_of(p->stmt->types[i]);
	p->number = ++pg->numbers;
	p->writes = db_scan_sql(p->text).writes;
	TRY(settle(cx, PQprepare(pg->conn, name_of(p, name), p->text, n, types)));
	return OK;
}

/* Each letter of the values that may be read, for a type of the server; 0 when none may. */
static char letter_of(Oid type)
{
	switch (type) {
	case PG_BOOL:
	case PG_INT2:
	case PG_INT4:
	case PG_INT8: return 'i';
	case PG_TEXT:
	case PG_NAME:
	case PG_VARCHAR: return 't';
	case PG_BYTEA: return 'b';
	default: return '\0';
	}
}

static enum err check_shape(struct cx *cx, const struct db_stmt *s, const PGresult *res)
{
	size_t n = strlen(s->types);
	uint64_t all = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;

	if ((size_t)PQnparams(res) != n || db_scan_sql(text_of(s)).params != all)
		return fail(cx, ERR_INTERNAL, "db.param",
		    "%s has other parameters than the letters \"%s\".", s->id, s->types);
	for (int i = 0; i < PQnfields(res); i++)
		if (!letter_of(PQftype(res, i)))
			return fail(cx, ERR_INTERNAL, "db.param",
			    "%s: column %s has type %u, which is not read; CAST it to BIGINT or"
			    " TEXT.",
			    s->id, PQfname(res, i), PQftype(res, i));
	return OK;
}

static enum err check(struct cx *cx, struct db_prep *p)
{
	char name[16];
	PGresult *res = PQdescribePrepared(pg_of(cx->db)->conn, name_of(p, name));
	enum err err = PQresultStatus(res) == PGRES_COMMAND_OK ? check_shape(cx, p->stmt, res) :
	                                                         failed(cx, res);

	PQclear(res);
	return err;
}

/* COPY in binary takes a value only in exactly the type of its column. */
static enum err check_batch(struct cx *cx, struct db_batch_set *set)
{
	struct db_prep *p;
	char name[16];
	enum err err = OK;

	TRY(db_prep_get(cx, &set->columns, DB_UNFOLDED, &p));
	PGresult *res = PQdescribePrepared(pg_of(cx->db)->conn, name_of(p, name));
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		err = failed(cx, res);
	for (int i = 0; err == OK && i < PQnfields(res); i++)
		if (PQftype(res, i) != type_of(set->batch->types[i]))
			err = fail(cx, ERR_INTERNAL, "db.param",
			    "column %s of %s has type %u, its letter is %c", PQfname(res, i),
			    set->batch->table, PQftype(res, i), set->batch->types[i]);
	PQclear(res);
	return err;
}

struct values {
	uint64_t ints[LIMIT_SQL_PARAMS];
	const char *at[LIMIT_SQL_PARAMS];
	int lengths[LIMIT_SQL_PARAMS], formats[LIMIT_SQL_PARAMS];
};

static void fill(struct values *v, const struct db_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct db_arg *a = &args[i];
		v->formats[i] = BINARY;
		v->at[i] = a->p;
		v->lengths[i] = (int)a->len;
		if (a->type != 'i')
			continue;
		v->ints[i] = htobe64((uint64_t)a->i);
		v->at[i] = (const char *)&v->ints[i];
		v->lengths[i] = (int)sizeof v->ints[i];
	}
}

static enum err start(struct cx *cx, struct db_prep *p, const struct db_call *c)
{
	struct pg *pg = pg_of(cx->db);
	struct values v;
	char name[16];
	int n = (int)c->n;

	fill(&v, c->args, c->n);
	name_of(p, name);
	pg->row = -1;
	pg->streams = c->stream;
	if (c->stream) {
		if (!PQsendQueryPrepared(pg->conn, name, n, v.at, v.lengths, v.formats, BINARY) ||
		    !PQsetSingleRowMode(pg->conn))
			return failed(cx, NULL);
		return OK;
	}
	pg->result = PQexecPrepared(pg->conn, name, n, v.at, v.lengths, v.formats, BINARY);
	ExecStatusType status = PQresultStatus(pg->result);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return failed(cx, pg->result);
	p->columns = PQnfields(pg->result);
	return OK;
}

static enum err next_streamed(struct cx *cx, struct db_prep *p, bool *ret_row)
{
	struct pg *pg = pg_of(cx->db);

	PQclear(pg->result);
	pg->result = PQgetResult(pg->conn);
	pg->row = 0;
	ExecStatusType status = PQresultStatus(pg->result);
	if (pg->result && status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK &&
	    status != PGRES_COMMAND_OK)
		return failed(cx, pg->result);
	p->columns = PQnfields(pg->result);
	*ret_row = status == PGRES_SINGLE_TUPLE;
	return OK;
}

static enum err next(struct cx *cx, struct db_prep *p, bool *ret_row)
{
	struct pg *pg = pg_of(cx->db);

	if (pg->streams)
		return next_streamed(cx, p, ret_row);
	*ret_row = ++pg->row < PQntuples(pg->result);
	return OK;
}

static int64_t finish(struct db *db, struct db_prep *p)
{
	struct pg *pg = pg_of(db);
	int64_t changed = 0;

	if (p->writes && pg->result)
		(void)str_int(PQcmdTuples(pg->result), &changed);
	PQclear(pg->result);
	pg->result = NULL;
	if (!pg->streams)
		return changed;
	/* A visitor may have stopped early: the rest has to be taken from the wire all the same. */
	for (PGresult *res; (res = PQgetResult(pg->conn)) != NULL;)
		PQclear(res);
	pg->streams = false;
	return changed;
}

static int64_t read_int(const char *bytes, Oid type)
{
	uint64_t u8;
	uint32_t u4;
	uint16_t u2;

	switch (type) {
	case PG_BOOL: return *bytes != 0;
	case PG_INT2: memcpy(&u2, bytes, sizeof u2); return (int16_t)be16toh(u2);
	case PG_INT4: memcpy(&u4, bytes, sizeof u4); return (int32_t)be32toh(u4);
	default:
		assert(type == PG_INT8);
		memcpy(&u8, bytes, sizeof u8);
		return (int64_t)be64toh(u8);
	}
}

static void cell(const struct db_row *row, char type, struct db_cell *ret)
{
	const struct pg *pg = pg_of(row->db);
	Oid oid = PQftype(pg->result, row->col);

	*ret = (struct db_cell){.null = PQgetisnull(pg->result, pg->row, row->col) != 0};
	assert(letter_of(oid) == type);
	if (ret->null)
		return;
	ret->p = PQgetvalue(pg->result, pg->row, row->col);
	ret->len = (size_t)PQgetlength(pg->result, pg->row, row->col);
	if (type == 'i')
		ret->i = read_int(ret->p, oid);
}

/* Without an answer nobody knows whether the work was done; only an error sent is a no. */
static enum err commit(struct cx *cx)
{
	struct pg *pg = pg_of(cx->db);
	PGresult *res = PQexec(pg->conn, "COMMIT");
	enum err err;

	if (PQstatus(pg->conn) != CONNECTION_OK) {
		cx->db->lost = true;
		err = fail(cx, ERR_INTERNAL, "db.commit_unknown",
		    "The connection was lost while committing: the change may or may not have been"
		    " made.");
	} else if (PQresultStatus(res) != PGRES_COMMAND_OK) {
		err = failed(cx, res);
	} else if (!str_eq(PQcmdStatus(res), "COMMIT")) {
		err = fail(cx, ERR_INTERNAL, "db.tx_aborted", "The server has rolled back.");
	} else {
		err = OK;
	}
	PQclear(res);
	return err;
}

static void rollback(struct db *db)
{
	struct pg *pg = pg_of(db);

	if (db->lost)
		return;
	if (PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		PQclear(PQexec(pg->conn, "ROLLBACK"));
	if (PQstatus(pg->conn) != CONNECTION_OK || PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		db->lost = true;
}

static bool flush(struct pg *pg)
{
	bool sent = PQputCopyData(pg->conn, pg->chunk, (int)pg->chunk_len) == 1;

	pg->chunk_len = 0;
	return sent;
}

static bool put(struct pg *pg, const void *bytes, size_t len)
{
	if (len > COPY_CHUNK_BYTES - pg->chunk_len && !flush(pg))
		return false;
	if (len > COPY_CHUNK_BYTES) /* larger than the chunk: straight through */
		return PQputCopyData(pg->conn, bytes, (int)len) == 1;
	if (len > 0)
		memcpy(pg->chunk + pg->chunk_len, bytes, len);
	pg->chunk_len += len;
	return true;
}

static bool put_value(struct pg *pg, const struct db_arg *a)
{
	struct {
		uint32_t len;
		uint64_t value;
	} __attribute__((packed)) i = {htobe32(8), htobe64((uint64_t)a->i)};
	uint32_t len = htobe32(a->type == 'n' ? UINT32_MAX : (uint32_t)a->len);

	if (a->type == 'i')
		return put(pg, &i, sizeof i);
	return put(pg, &len, sizeof len) && (a->type == 'n' || put(pg, a->p, a->len));
}

static bool put_rows(struct pg *pg, const struct db_arg *args, size_t rows, size_t n)
{
	static const char head[19] = "PGCOPY\n\377\r\n\0"; /* signature, no flags, no extension */
	static const char tail[2] = "\377\377";
	uint16_t fields = htobe16((uint16_t)n);

	pg->chunk_len = 0;
	if (!put(pg, head, sizeof head))
		return false;
	for (size_t row = 0; row < rows; row++) {
		if (!put(pg, &fields, sizeof fields))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!put_value(pg, &args[row * n + i]))
				return false;
	}
	return put(pg, tail, sizeof tail) && flush(pg);
}

static enum err write_rows(struct cx *cx, struct db_batch_set *set, const struct db_arg *args,
    size_t rows)
{
	struct pg *pg = pg_of(cx->db);
	PGresult *res = PQexec(pg->conn, set->texts[DB_BATCH_COPY]);
	enum err err = PQresultStatus(res) == PGRES_COPY_IN ? OK : failed(cx, res);

	PQclear(res);
	TRY(err);
	bool sent = put_rows(pg, args, rows, strlen(set->batch->types));
	if (PQputCopyEnd(pg->conn, sent ? NULL : "the program could not send its rows") != 1)
		return lost(cx);
	while ((res = PQgetResult(pg->conn)) != NULL) {
		if (err == OK)
			err = settle(cx, res);
		else
			PQclear(res);
	}
	return err;
}

static bool send_chunk(struct pg *pg, const struct db_prep *p, const struct db_arg *args,
    size_t rows)
{
	size_t n = strlen(p->stmt->types);
	struct values v;
	char name[16];

	name_of(p, name);
	for (size_t i = 0; i < rows; i++) {
		fill(&v, args + i * n, n);
		if (!PQsendQueryPrepared(pg->conn, name, (int)n, v.at, v.lengths, v.formats,
		        BINARY))
			return false;
	}
	return PQpipelineSync(pg->conn) == 1;
}

/* One answer per row, each ended by NULL, then that of the sync. After an error the server skips
 * the rest; what it means is known only when the connection has outlived the chunk. */
static enum err take_chunk(struct cx *cx, size_t rows, int64_t *changed)
{
	PGconn *conn = pg_of(cx->db)->conn;
	PGresult *bad = NULL, *res = NULL;
	int64_t n;

	for (size_t i = 0; i < rows && PQstatus(conn) == CONNECTION_OK; i++) {
		res = PQgetResult(conn);
		assert(PQresultStatus(res) != PGRES_TUPLES_OK);
		if (PQresultStatus(res) != PGRES_COMMAND_OK && !bad) {
			bad = res;
		} else {
			if (!bad && str_int(PQcmdTuples(res), &n))
				*changed += n;
			PQclear(res);
		}
		PQclear(PQgetResult(conn));
	}
	res = PQgetResult(conn);
	bool synced = PQresultStatus(res) == PGRES_PIPELINE_SYNC;
	PQclear(res);
	enum err err = !synced ? lost(cx) : bad ? failed(cx, bad) : OK;
	PQclear(bad);
	return err;
}

static enum err many(struct cx *cx, struct db_prep *p, const struct db_arg *args, size_t rows,
    int64_t *ret_changed)
{
	struct pg *pg = pg_of(cx->db);
	size_t n = strlen(p->stmt->types);
	int64_t changed = 0;
	enum err err = OK;

	if (!PQenterPipelineMode(pg->conn))
		return lost(cx);
	for (size_t i = 0, chunk; i < rows && err == OK; i += chunk) {
		chunk = rows - i < PIPELINE_ROWS ? rows - i : PIPELINE_ROWS;
		err = send_chunk(pg, p, args + i * n, chunk) ? take_chunk(cx, chunk, &changed) :
		                                               lost(cx);
	}
	/* A connection that stays in the pipeline can serve nothing else. */
	if (!cx->db->lost && !PQexitPipelineMode(pg->conn))
		err = lost(cx);
	TRY(err);
	*ret_changed = changed;
	return OK;
}

const struct db_driver db_pg = {
    .is_pg = true,
    .begin = "BEGIN ISOLATION LEVEL SERIALIZABLE",
    .open = open_conn,
    .close = close_conn,
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
