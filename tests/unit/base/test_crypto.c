/* SPDX-License-Identifier: Apache-2.0 */
/* Walls around libsodium: published vectors, and what must be refused. */
#include "unit/base/check.h"

static void sealed_boxes(void **state)
{
	char *pk, *sk, *other_pk, *other_sk;
	struct arena *a = cx.arena;

	crypto_seal_keys(a, &pk, &sk);
	crypto_seal_keys(a, &other_pk, &other_sk);
	char *sealed = crypto_seal(a, pk, "secret \xe2\x82\xac"), *empty = crypto_seal(a, pk, "");
	assert_null(strstr(sealed, "secret"));
	assert_string_not_equal(sealed, crypto_seal(a, pk, "secret \xe2\x82\xac"));
	assert_string_equal(crypto_unseal(a, pk, sk, sealed), "secret \xe2\x82\xac");
	assert_string_equal(crypto_unseal(a, pk, sk, empty), "");

	assert_null(crypto_unseal(a, other_pk, other_sk, sealed));
	assert_null(crypto_unseal(a, pk, other_sk, sealed));
	assert_null(crypto_unseal(a, other_pk, sk, sealed));
	for (size_t i = 0; i < strlen(sealed); i += 7) {
		char *broken = arena_strdup(a, sealed);
		broken[i] = broken[i] == 'A' ? 'B' : 'A';
		assert_null(crypto_unseal(a, pk, sk, broken));
	}
	assert_null(crypto_unseal(a, pk, sk, ""));
	assert_null(crypto_unseal(a, pk, sk, "AAAA"));
	assert_null(crypto_unseal(a, pk, sk, "no base64 !"));
	assert_null(crypto_unseal(a, pk, sk, arena_strndup(a, sealed, strlen(sealed) - 4)));
	assert_null(crypto_unseal(a, NULL, sk, sealed));
	assert_null(crypto_unseal(a, pk, "short", sealed));
	assert_null(crypto_seal(a, NULL, "x"));
	assert_null(crypto_seal(a, "", "x"));
	assert_null(crypto_seal(a, "AAAA", "x"));
	assert_null(crypto_seal(a, arena_printf(a, "%sAAAA", pk), "x"));
}

static void passwords(void **state)
{
	char *hash, *again;

	crypto_password_fast(true);
	assert_int_equal(crypto_password_hash(&cx, "correct horse", &hash), OK);
	assert_int_equal(crypto_password_hash(&cx, "correct horse", &again), OK);
	assert_true(str_starts(hash, "$argon2id$"));
	assert_string_not_equal(hash, again);
	assert_true(crypto_password_check(hash, "correct horse"));
	assert_true(crypto_password_check(again, "correct horse"));
	assert_false(crypto_password_check(hash, "correct horsf"));
	assert_false(crypto_password_check(hash, "correct hors"));
	assert_false(crypto_password_check(hash, ""));
	assert_false(crypto_password_check("", "correct horse"));
	assert_false(crypto_password_check("correct horse", "correct horse"));
	/* What the check of an unknown login is made against opens nothing either. */
	assert_false(crypto_password_check(NULL, "correct horse"));
	assert_false(crypto_password_check(NULL, ""));
	assert_false(crypto_password_check(NULL, "no such password"));
}

static void digests(void **state)
{
	char hex[CRYPTO_SHA256_HEX];

	crypto_sha256("", 0, hex);
	assert_string_equal(hex,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	crypto_sha256("abc", 3, hex);
	assert_string_equal(hex,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	/* RFC 4231, cases 2 and 6 (a key longer than a block). */
	crypto_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, hex);
	assert_string_equal(hex,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	char key[131];
	memset(key, 0xaa, sizeof key);
	crypto_hmac_sha256(key, sizeof key,
	    "Test Using Larger Than Block-Size Key - Hash Key First", 54, hex);
	assert_string_equal(hex,
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void base64(void **state)
{
	static const struct {
		const char *bytes, *text, *url;
		size_t len;
	} rows[] = {
	    {"", "", "", 0},
	    {"f", "Zg==", "Zg", 1},
	    {"fo", "Zm8=", "Zm8", 2},
	    {"foo", "Zm9v", "Zm9v", 3},
	    {"\xfb\xff\xfe", "+//+", "-__-", 3},
	    {"\0\0", "AAA=", "AAA", 2},
	};
	static const char *const bad[] = {"Z", "Zg=", "Zg===", "Z!==", "Zg==x", "Zm 9v", "+_",
	    "\xc3\xa4"};
	size_t len;

	for (size_t i = 0; i < N(rows); i++) {
		assert_string_equal(crypto_base64(cx.arena, rows[i].bytes, rows[i].len),
		    rows[i].text);
		assert_string_equal(crypto_base64url(cx.arena, rows[i].bytes, rows[i].len),
		    rows[i].url);
		unsigned char *back = crypto_unbase64(cx.arena, rows[i].text, &len);
		assert_non_null(back);
		assert_int_equal(len, rows[i].len);
		assert_memory_equal(back, rows[i].bytes, len);
		assert_int_equal(back[len], 0);
		back = crypto_unbase64(cx.arena, rows[i].url, &len);
		assert_non_null(back);
		assert_int_equal(len, rows[i].len);
		assert_memory_equal(back, rows[i].bytes, len);
	}
	for (size_t i = 0; i < N(bad); i++)
		assert_null(crypto_unbase64(cx.arena, bad[i], &len));
}

static void tokens(void **state)
{
	char *token = crypto_token(cx.arena, 32), *password = crypto_password(cx.arena, 20);
	size_t len;

	assert_int_equal(strlen(token), 43);
	assert_non_null(crypto_unbase64(cx.arena, token, &len));
	assert_int_equal(len, 32);
	assert_string_not_equal(token, crypto_token(cx.arena, 32));
	assert_int_equal(strlen(password), 20);
	assert_int_equal(strcspn(password, "lIO01"), 20);
	assert_string_not_equal(password, crypto_password(cx.arena, 20));
	for (int i = 0; i < 1000; i++)
		assert_true(crypto_below(7) < 7);
	assert_int_equal(crypto_below(1), 0);
}

static void sameness(void **state)
{
	assert_true(crypto_same("", ""));
	assert_true(crypto_same("abc", "abc"));
	assert_false(crypto_same("abc", "abd"));
	assert_false(crypto_same("abc", "ab"));
	assert_false(crypto_same("", "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(sealed_boxes),
	    TEST(passwords),
	    TEST(digests),
	    TEST(base64),
	    TEST(tokens),
	    TEST(sameness),
	};

	crypto_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
