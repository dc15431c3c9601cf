/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_TESTDB_H
#define UNIT_TESTDB_H

/*
 * A fresh database for one test, on either engine. Every test of SQL runs on both:
 *
 *	static void creates(void **state)
 *	{
 *		struct testdb *t = testdb_open(*state);
 *		assert_int_equal(client_create(&t->cx, …), OK);
 *		testdb_close(t);
 *	}
 *	const struct CMUnitTest tests[] = {TESTDB_BOTH(creates)};
 *
 * PostgreSQL comes from tests/pg.sh through BILLHOOK_TEST_PG; without it the second half fails,
 * unless BILLHOOK_TEST_SQLITE_ONLY=1 allows to skip it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka has a fail() too; ours stays, its _fail() serves. */
#pragma push_macro("fail")
#undef fail
#include <cmocka.h>
#undef fail
#pragma pop_macro("fail")

#include "base/crypto.h"
#include "base/limits.h"
#include "db/driver.h"

#define TESTDB_NOW INT64_C(1801476000) /* 2027-02-01T10:00:00Z */

#define TESTDB_SQLITE "sqlite"
#define TESTDB_PG "pg"
#define TESTDB_PG_ONLY(fn) \
	{ \
#fn " on pg", (fn), NULL, NULL, (void *)(uintptr_t)TESTDB_PG \
	}
#define TESTDB_BOTH(fn) \
	{#fn " on sqlite", (fn), NULL, NULL, (void *)(uintptr_t)TESTDB_SQLITE}, TESTDB_PG_ONLY(fn)

struct testdb {
	struct cx cx;
	char url[512];
	char admin[512]; /* where databases are created; "" on SQLite */
	char name[64];   /* of the PostgreSQL database */
	char folder[64]; /* of the SQLite file */
};

static inline void testdb_cx(struct cx *cx)
{
	*cx = (struct cx){.arena = arena_new(LIMIT_ARENA_BYTES),
	    .now = TESTDB_NOW,
	    .actor = {ACTOR_SYSTEM, 0, "test", ""},
	    .trace = "test"};
}

/* Prints the reason before it fails. */
static inline void testdb_ok(struct cx *cx, enum err err)
{
	if (err != OK)
		print_error("%s: %s (%s:%d)\n", cx->fault.key, cx->fault.detail, cx->fault.file,
		    cx->fault.line);
	assert_int_equal(err, OK);
}

/* The expected failure with its key. */
static inline void testdb_fails(struct cx *cx, enum err got, enum err err, const char *key)
{
	if (got != OK && (got != err || strcmp(cx->fault.key, key) != 0))
		print_error("%s: %s\n", cx->fault.key, cx->fault.detail);
	assert_int_equal(got, err);
	assert_string_equal(cx->fault.key, key);
	cx_clear(cx);
}

/* A second connection to the same database, for rivals. */
static inline void testdb_connect(const struct testdb *t, struct cx *cx)
{
	testdb_cx(cx);
	testdb_ok(cx, db_open(cx, t->url, &cx->db));
}

static inline void testdb_disconnect(struct cx *cx)
{
	db_close(cx->db);
	arena_free(cx->arena);
	cx->db = NULL;
	cx->arena = NULL;
}

/* Runs one statement on the database from which others are created. */
static inline void testdb_admin(const struct testdb *t, const char *sql)
{
	struct cx cx;

	testdb_cx(&cx);
	testdb_ok(&cx, db_open(&cx, t->admin, &cx.db));
	testdb_ok(&cx, db_script(&cx, sql));
	testdb_disconnect(&cx);
}

static inline void testdb_create_pg(struct testdb *t)
{
	const char *admin = getenv("BILLHOOK_TEST_PG");
	const char *allowed = getenv("BILLHOOK_TEST_SQLITE_ONLY");
	char sql[256];

	if (!admin && allowed && strcmp(allowed, "1") == 0) {
		free(t);
		skip();
	}
	if (!admin) {
		print_error("BILLHOOK_TEST_PG is not set: run the tests with tests/pg.sh\n");
		free(t);
		_fail(__FILE__, __LINE__);
	}
	snprintf(t->admin, sizeof t->admin, "%s", admin);
	crypto_setup();
	unsigned char random[8];
	crypto_random(random, sizeof random);
	int len = snprintf(t->name, sizeof t->name, "billhook_test_%ld_", (long)getpid());
	for (size_t i = 0; i < sizeof random; i++)
		len += snprintf(t->name + len, sizeof t->name - (size_t)len, "%02x", random[i]);
	snprintf(sql, sizeof sql,
	    "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", t->name);
	testdb_admin(t, sql);
	/* The same address with another path. */
	const char *path = strchr(strstr(admin, "://") + 3, '/');
	assert_non_null(path);
	snprintf(t->url, sizeof t->url, "%.*s/%s%s", (int)(path - admin), admin, t->name,
	    path + strcspn(path, "?"));
}

/* An empty database, not migrated. */
static inline struct testdb *testdb_open_empty(const char *engine)
{
	struct testdb *t = calloc(1, sizeof *t);

	assert_non_null(t);
	crypto_setup();
	if (strcmp(engine, TESTDB_PG) == 0) {
		testdb_create_pg(t);
	} else {
		snprintf(t->folder, sizeof t->folder, "/tmp/billhook-test.XXXXXX");
		assert_non_null(mkdtemp(t->folder));
		snprintf(t->url, sizeof t->url, "sqlite:%s/test.db", t->folder);
	}
	testdb_connect(t, &t->cx);
	return t;
}

/* With the schema of this program. */
static inline struct testdb *testdb_open(const char *engine)
{
	struct testdb *t = testdb_open_empty(engine);
	int applied;

	testdb_ok(&t->cx, db_migrate(&t->cx, &applied));
	return t;
}

/* Set-up in SQL, with the words of migrations ({id} {int} {bytes} {opt}). */
static inline void testdb_script(struct cx *cx, const char *text)
{
	const struct embed file = {"test", (const unsigned char *)text, strlen(text)};
	const char *sql;

	testdb_ok(cx, db_migrate_expand(cx, &file, db_is_pg(cx->db), &sql));
	testdb_ok(cx, db_script(cx, sql));
}

static inline void testdb_remove_files(const struct testdb *t)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char path[128];

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		snprintf(path, sizeof path, "%s/test.db%s", t->folder, ends[i]);
		unlink(path);
	}
	rmdir(t->folder);
}

static inline void testdb_close(struct testdb *t)
{
	char sql[128];

	testdb_disconnect(&t->cx);
	if (t->admin[0]) {
		snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", t->name);
		testdb_admin(t, sql);
	} else {
		testdb_remove_files(t);
	}
	free(t);
}

#endif
