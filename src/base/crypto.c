/* SPDX-License-Identifier: Apache-2.0 */
/* Walls around libsodium: the only file that includes its header. */
#include "base/crypto.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static struct {
	bool fast;
	char dummy
	    [crypto_pwhash_STRBYTES]; /* checked for unknown logins, so that they cost the same */
} passwords;

static int hash_to(char *out, const char *password)
{
	unsigned long long ops =
	    passwords.fast ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE;
	size_t memory =
	    passwords.fast ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE;
	return crypto_pwhash_str_alg(out, password, strlen(password), ops, memory,
	    crypto_pwhash_ALG_ARGON2ID13);
}

void crypto_setup(void)
{
	int started = sodium_init();
	assert(started >= 0);
}

void crypto_password_fast(bool fast)
{
	passwords.fast = fast;
	passwords.dummy[0] = '\0';
}

enum err crypto_password_hash(struct cx *cx, const char *password, char **ret_hash)
{
	char hash[crypto_pwhash_STRBYTES];
	if (hash_to(hash, password) != 0)
		return fail(cx, ERR_INTERNAL, "crypto.memory",
		    "Not enough memory to hash a password");
	*ret_hash = arena_strdup(cx->arena, hash);
	return OK;
}

bool crypto_password_check(const char *hash, const char *password)
{
	if (passwords.dummy[0] == '\0' && hash_to(passwords.dummy, "no such password") != 0)
		return false;
	const char *against = hash == NULL ? passwords.dummy : hash;
	bool same = crypto_pwhash_str_verify(against, password, strlen(password)) == 0;
	return same && hash != NULL;
}

void crypto_random(void *to, size_t bytes)
{
	randombytes_buf(to, bytes);
}

unsigned crypto_below(unsigned n)
{
	return randombytes_uniform(n);
}

char *crypto_token(struct arena *a, size_t bytes)
{
	unsigned char *raw = arena_alloc(a, bytes);
	randombytes_buf(raw, bytes);
	return crypto_base64url(a, raw, bytes);
}

char *crypto_password(struct arena *a, size_t n)
{
	static const char alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	char *s = arena_alloc(a, n + 1);
	for (size_t i = 0; i < n; i++)
		s[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
	return s;
}

void crypto_sha256(const void *bytes, size_t len, char ret_hex[CRYPTO_SHA256_HEX])
{
	unsigned char raw[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(raw, bytes, len);
	sodium_bin2hex(ret_hex, CRYPTO_SHA256_HEX, raw, sizeof raw);
}

void crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
    char ret_hex[CRYPTO_SHA256_HEX])
{
	unsigned char raw[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(&state, bytes, len);
	crypto_auth_hmacsha256_final(&state, raw);
	sodium_bin2hex(ret_hex, CRYPTO_SHA256_HEX, raw, sizeof raw);
}

bool crypto_same(const char *a, const char *b)
{
	size_t n = strlen(a);
	return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}

static char *encode(struct arena *a, const void *bytes, size_t len, int variant)
{
	size_t size = sodium_base64_encoded_len(len, variant);
	return sodium_bin2base64(arena_alloc(a, size), size, bytes, len, variant);
}

char *crypto_base64(struct arena *a, const void *bytes, size_t len)
{
	return encode(a, bytes, len, sodium_base64_VARIANT_ORIGINAL);
}

char *crypto_base64url(struct arena *a, const void *bytes, size_t len)
{
	return encode(a, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

unsigned char *crypto_unbase64(struct arena *a, const char *text, size_t *ret_len)
{
	static const int variants[] = {sodium_base64_VARIANT_ORIGINAL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING, sodium_base64_VARIANT_URLSAFE,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING};
	size_t n = strlen(text);
	unsigned char *out = arena_alloc(a, n + 1);
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
		size_t len;
		if (sodium_base642bin(out, n, text, n, NULL, &len, NULL, variants[i]) == 0) {
			out[len] = '\0';
			*ret_len = len;
			return out;
		}
	}
	return NULL;
}

void crypto_seal_keys(struct arena *a, char **ret_public, char **ret_secret)
{
	unsigned char pk[crypto_box_PUBLICKEYBYTES], sk[crypto_box_SECRETKEYBYTES];
	crypto_box_keypair(pk, sk);
	*ret_public = crypto_base64url(a, pk, sizeof pk);
	*ret_secret = crypto_base64url(a, sk, sizeof sk);
	sodium_memzero(sk, sizeof sk);
}

/* A key of exactly the given size, or NULL. */
static unsigned char *key_read(struct arena *a, const char *text, size_t size)
{
	size_t len;
	unsigned char *key = text == NULL ? NULL : crypto_unbase64(a, text, &len);
	return key != NULL && len == size ? key : NULL;
}

char *crypto_seal(struct arena *a, const char *public_key, const char *text)
{
	unsigned char *pk = key_read(a, public_key, crypto_box_PUBLICKEYBYTES);
	size_t n = strlen(text);
	if (pk == NULL)
		return NULL;
	unsigned char *sealed = arena_alloc(a, n + crypto_box_SEALBYTES);
	if (crypto_box_seal(sealed, (const unsigned char *)text, n, pk) != 0)
		return NULL;
	return crypto_base64url(a, sealed, n + crypto_box_SEALBYTES);
}

char *crypto_unseal(struct arena *a, const char *public_key, const char *secret_key,
    const char *sealed)
{
	size_t len;
	unsigned char *pk = key_read(a, public_key, crypto_box_PUBLICKEYBYTES);
	unsigned char *sk = key_read(a, secret_key, crypto_box_SECRETKEYBYTES);
	unsigned char *box = crypto_unbase64(a, sealed, &len);
	if (pk == NULL || sk == NULL || box == NULL || len < crypto_box_SEALBYTES)
		return NULL;
	unsigned char *text = arena_alloc(a, len - crypto_box_SEALBYTES + 1);
	if (crypto_box_seal_open(text, box, len, pk, sk) != 0)
		return NULL;
	return (char *)text;
}
