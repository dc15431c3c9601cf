/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CX_H
#define BASE_CX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db;

/* Who acts. The database word is the enum word in lower case. */
enum actor_kind {
	ACTOR_SYSTEM,
	ACTOR_VISITOR,
	ACTOR_CLIENT,
	ACTOR_STAFF,
	ACTOR_PROVIDER,
	ACTOR_MAX
};

struct actor {
	enum actor_kind kind;
	int64_t id;       /* client or staff id; 0 for the others */
	const char *name; /* for the event log; never NULL once set up */
	const char *ip;   /* textual address or "" */
};

/* One wrong field of the input: its name as in the form, a stable key, a sentence for people. */
struct field_fault {
	const char *name, *key, *text;
	struct field_fault *next;
};

/* What went wrong last; valid only while a function returned something else than OK. */
struct fault {
	enum err err;
	const char *key;  /* stable, e.g. "invoice.refused" */
	char detail[256]; /* English sentence, safe to show to the caller */
	const char *file;
	int line;
	struct field_fault *fields; /* in the order they were found */
	/* What is in the way ("invoice"), with its id and number; NULL: nothing to name. */
	const char *about, *about_number;
	int64_t about_id;
};

/*
 * The context: first argument of everything that can fail, allocate or know the time.
 * now is frozen for one request or job. A seventh member needs an ADR.
 */
struct cx {
	struct arena *arena;
	struct db *db;
	int64_t now; /* seconds UTC */
	struct actor actor;
	char trace[24]; /* reference id shown to people and written to the log */
	struct fault fault;
};

/* Records the fault and returns err. key must be a string literal: it is an interface. */
#define fail(cx, code, key, ...) \
	(cx_fail((cx), (code), (key), __FILE__, __LINE__, __VA_ARGS__), (enum err)(code))
void cx_fail(struct cx *cx, enum err err, const char *key, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Notes a wrong field and returns ERR_INVALID; may be called for several before returning. */
enum err fail_field(struct cx *cx, const char *name, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Names what the fault just recorded is about; returns its err. The texts live in the arena. */
enum err fail_about(struct cx *cx, const char *what, int64_t id, const char *number);
/* Forgets the last fault, for a caller that handled it. */
void cx_clear(struct cx *cx);

const char *actor_word(enum actor_kind kind);

#endif
