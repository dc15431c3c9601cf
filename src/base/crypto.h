/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cx.h"

/* Thin walls around libsodium; the only file that includes its header. */

#define CRYPTO_SHA256_HEX 65 /* 64 hexadecimal digits and NUL */

void crypto_setup(void); /* once per process; aborts when libsodium cannot start */

/*
 * Password hashes: argon2id, interactive strength; "fast" (tests, --test-mode) uses the least
 * memory.
 */
void crypto_password_fast(bool fast);
enum err crypto_password_hash(struct cx *cx, const char *password, char **ret_hash) MUST_CHECK;
/* Takes the same time for a NULL hash as for a real one, so that an unknown login is not faster. */
bool crypto_password_check(const char *hash, const char *password);

/* URL-safe random token of `bytes` random bytes (base64url, no padding). */
char *crypto_token(struct arena *a, size_t bytes);
/* Text of length n from an alphabet without look-alikes, for generated passwords. */
char *crypto_password(struct arena *a, size_t n);
void crypto_random(void *to, size_t bytes);
/* A random number below n. */
unsigned crypto_below(unsigned n);

void crypto_sha256(const void *bytes, size_t len, char ret_hex[CRYPTO_SHA256_HEX]);
void crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
    char ret_hex[CRYPTO_SHA256_HEX]);
bool crypto_same(const char *a, const char *b); /* constant time for equal lengths */

char *crypto_base64(struct arena *a, const void *bytes, size_t len);
char *crypto_base64url(struct arena *a, const void *bytes, size_t len);
/* NULL when the text is not base64 (either alphabet, padding optional). NUL-terminated copy. */
unsigned char *crypto_unbase64(struct arena *a, const char *text, size_t *ret_len);

/* Sealed boxes: anyone with the public key may write, only link may read. Keys are base64url. */
void crypto_seal_keys(struct arena *a, char **ret_public, char **ret_secret);
char *crypto_seal(struct arena *a, const char *public_key, const char *text); /* NULL: bad key */
char *crypto_unseal(struct arena *a, const char *public_key, const char *secret_key,
    const char *sealed);

#endif
