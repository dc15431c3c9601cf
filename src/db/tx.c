/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions: begin, body, commit, and again when rivals made it fail. Both engines behave
 * alike: after a failed statement nothing else is accepted and the transaction is rolled back,
 * whatever the body says. The last answer of a COMMIT is never guessed.
 */
#include <assert.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "db/driver.h"

void db_pause(int try)
{
	unsigned most_ms = try < 7 ? 1u <<
	try:
		100;
	long us = 1 + (long)crypto_below(most_ms * 1000);
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&t, NULL);
}

bool db_in_tx(const struct db *db)
{
	return db->in_tx;
}

static enum err commit(struct cx *cx)
{
	struct db *db = cx->db;

	if (db->broken)
		return fail(cx, ERR_INTERNAL, "db.tx_aborted",
		    "A statement of this transaction has failed; it can only be rolled back.");
	TRY(db_fault(cx));
	return db_note(cx, db->driver->commit(cx));
}

static enum err tx_once(struct cx *cx, db_body *body, void *arg)
{
	struct db *db = cx->db;

	db->broken = db->again = false;
	TRY(db_ready(cx));
	TRY(db_fault(cx));
	db->in_tx = true;
	db->tx_count++;
	enum err err = db_note(cx, db->driver->script(cx, db->driver->begin));
	if (err == OK)
		err = body(cx, arg);
	if (err == OK)
		err = commit(cx);
	if (err != OK)
		db->driver->rollback(db);
	db->in_tx = false;
	return err;
}

enum err db_tx(struct cx *cx, db_body *body, void *arg)
{
	struct db *db = cx->db;
	struct arena_mark mark;

	if (db->in_tx)
		return body(cx, arg);
	assert(!db->visiting && db->pid == getpid());
	if (db->mode == DB_READ_ONLY)
		return fail(cx, ERR_DENIED, "db.read_only",
		    "This request may not change anything.");
	mark = arena_mark(cx->arena);
	int64_t until_ms = clock_mono_ms() + LIMIT_TX_MS;
	for (int try = 1;; try++) {
		enum err err = tx_once(cx, body, arg);
		if (err == OK || !db->again)
			return err;
		if (try == LIMIT_TX_TRIES || clock_mono_ms() > until_ms)
			return fail(cx, ERR_RETRY, "db.busy",
			    "Others are changing the same data; try again.");
		cx_clear(cx); /* it may point to fields in the memory that goes */
		arena_rewind(cx->arena, mark);
		db_pause(try);
	}
}
