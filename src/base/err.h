/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * The outcomes of every fallible function. A code exists only where some caller acts
 * differently on it. The human part (a stable key and a detail) goes into cx->fault.
 */
enum err {
	OK = 0,
	ERR_INVALID,   /* the input is wrong; fields say where */
	ERR_NOT_FOUND, /* absent, or not the caller's to see */
	ERR_DENIED,    /* known caller, missing right */
	ERR_CONFLICT,  /* the state does not allow it, or somebody was faster */
	ERR_RETRY,     /* nothing happened; the same call may succeed later */
	ERR_REMOTE,    /* somebody else's system failed */
	ERR_INTERNAL,  /* our bug or our disk */
	ERR_MAX
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Return early with whatever went wrong; nothing to unwind, memory is the arena's. */
#define TRY(expr) \
	do { \
		enum err try_err_ = (expr); \
		if (try_err_ != OK) \
			return try_err_; \
	} while (0)

/* The lower-case word for an outcome ("not_found"), and its HTTP status. */
const char *err_word(enum err err);
int err_status(enum err err);

#endif
