/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of outcomes: one row per code with its word and HTTP status. */
#include "base/err.h"

#include <assert.h>

static const struct {
	const char *word;
	int status;
} rows[ERR_MAX] = {
    [OK] = {"ok", 200},
    [ERR_INVALID] = {"invalid", 422},
    [ERR_NOT_FOUND] = {"not_found", 404},
    [ERR_DENIED] = {"denied", 403},
    [ERR_CONFLICT] = {"conflict", 409},
    [ERR_RETRY] = {"retry", 503},
    [ERR_REMOTE] = {"remote", 502},
    [ERR_INTERNAL] = {"internal", 500},
};

const char *err_word(enum err err)
{
	assert(err < ERR_MAX);
	return rows[err].word;
}

int err_status(enum err err)
{
	assert(err < ERR_MAX);
	return rows[err].status;
}
