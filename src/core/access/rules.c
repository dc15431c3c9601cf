/* SPDX-License-Identifier: Apache-2.0 */
/* How long sessions live and how tokens are kept. Pure: no database, no clock. */
#include <assert.h>
#include <string.h>

#include "base/crypto.h"
#include "core/access/own.h"

static const struct {
	const char *word;
	int64_t idle_s;
} kinds[SESSION_KINDS] = {
    [SESSION_VISITOR] = {"visitor", 30 * ACCESS_DAY_S},
    [SESSION_CLIENT] = {"client", 14 * ACCESS_DAY_S},
    [SESSION_STAFF] = {"staff", ACCESS_DAY_S / 2},
};

const char *session_word(enum session_kind kind)
{
	assert(kind < SESSION_KINDS);
	return kinds[kind].word;
}

int64_t session_idle_s(enum session_kind kind)
{
	assert(kind < SESSION_KINDS);
	return kinds[kind].idle_s;
}

const char *access_hash(struct arena *a, const char *token)
{
	char *hex = arena_alloc(a, CRYPTO_SHA256_HEX);

	crypto_sha256(token, strlen(token), hex);
	return hex;
}
