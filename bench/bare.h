/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>

/*
 * The yardstick of the billing run: the rows that it wrote, written again by the engine's own
 * library and nothing of ours. Whatever goes wrong ends the program with a sentence.
 */
struct bare_engine {
	/* Runs SQL whose rows nobody wants; several statements are allowed on SQLite only. */
	void (*script)(const char *url, const char *sql);
	/* A second database with the same content; nobody may be connected to the first. */
	void (*copy)(const char *from, const char *to);
	/*
	 * Reads what was added to `from` since `to` was copied from the same original, then writes
	 * it to `to` in as many equal transactions as asked for. Answers the seconds of that.
	 */
	double (*write_again)(const char *from, const char *to, size_t transactions);
};
extern const struct bare_engine bare_sqlite, bare_pg;

/* The tables that a billing run adds to, in an order that foreign keys allow. */
#define BARE_TABLES 7
extern const char *const bare_tables[BARE_TABLES];
/* Which rows of `rows` the n-th of `parts` transactions starts with. */
size_t bare_part(size_t rows, size_t n, size_t parts);
double bare_seconds(void);
void bare_die(const char *what, const char *why) __attribute__((noreturn));

#endif
