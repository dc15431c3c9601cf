/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: tests, conversions, the growing buffer. */
#include "unit/base/check.h"

static void utf8_vectors(void **state)
{
	static const char *const good[] = {"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf",
	    "\xe0\xa0\x80", "\xe1\x80\x80", "\xec\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80",
	    "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf3\xbf\xbf\xbf", "\xf4\x8f\xbf\xbf",
	    "na\xc3\xafve \xe2\x82\xac"};
	static const char *const bad[] = {
	    "\x80", "\xbf", "a\x80", "\xc3", "a\xc3", "\xc3(",
	    "\xc3\xc3", /* alone, cut, no follower */
	    "\xe2\x82", "\xe2\x82(", "\xe2(\xac", "\xf0\x9f\x98", "\xf0\x9f\x98(", "\xf0(\x98\x80",
	    "\xc0\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", /* too long */
	    "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
	    "\xed\xa0\xbd\xed\xb8\x80", /* surrogates */
	    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe",
	    "\xff", /* too large */
	};

	for (size_t i = 0; i < N(good); i++)
		assert_true(str_utf8(good[i], strlen(good[i])));
	for (size_t i = 0; i < N(bad); i++)
		assert_false(str_utf8(bad[i], strlen(bad[i])));
	assert_true(str_utf8("a\0b", 3));
	/* Only len bytes count, even when the next ones would complete the character. */
	assert_false(str_utf8("\xe2\x82\xac", 2));
}

static void every_byte_is_a_character_of_latin_1(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	char all[256], *text, *back;
	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = 0;
	text = str_latin1(arena, all, 255);
	assert_true(str_utf8(text, strlen(text)));
	assert_int_equal(strlen(text), 127 + 2 * 128);
	back = str_latin1_bytes(arena, text);
	assert_memory_equal(back, all, 256);
	assert_string_equal(str_latin1(arena, "M\xfcller", 6), "M\xc3\xbcller");
	assert_null(str_latin1_bytes(arena, "\xe2\x82\xac"));
	assert_null(str_latin1_bytes(arena, "\xc4\x80"));
	assert_null(str_latin1_bytes(arena, "\xc3"));
	arena_free(arena);
}

static void clean_lines(void **state)
{
	static const char *const good[] = {"", "a b", "a\tb", "\xc3\xa4", "\xc2\xa0", "\xc3\x80"};
	static const char *const bad[] = {"a\n", "\r", "\x01", "\x1b[2J", "\x7f", "\xc2\x85",
	    "\xc2\x9b", "\xc2\x80", "\xc2", "\xff"};

	for (size_t i = 0; i < N(good); i++)
		assert_true(str_clean_line(good[i]));
	for (size_t i = 0; i < N(bad); i++)
		assert_false(str_clean_line(bad[i]));
}

static void integers(void **state)
{
	static const char *const bad[] = {NULL, "", "-", "+1", " 1", "1 ", "1.0", "0x1", "--1",
	    "1-", "a", "9223372036854775808", "-9223372036854775809", "99999999999999999999"};
	int64_t n = 7;

	for (size_t i = 0; i < N(bad); i++)
		assert_false(str_int(bad[i], &n));
	assert_int_equal(n, 7);
	assert_true(str_int("0", &n) && n == 0);
	assert_true(str_int("-12", &n) && n == -12);
	assert_true(str_int("9223372036854775807", &n) && n == INT64_MAX);
	assert_true(str_int("-9223372036854775808", &n) && n == INT64_MIN);
}

static void comparisons(void **state)
{
	assert_true(str_eq(NULL, NULL) && str_eq("a", "a"));
	assert_false(str_eq(NULL, "") || str_eq("", NULL) || str_eq("a", "A"));
	assert_true(str_empty(NULL) && str_empty(""));
	assert_false(str_empty(" "));
	assert_true(str_starts("abc", "ab") && str_starts("abc", ""));
	assert_false(str_starts("ab", "abc"));
	assert_true(str_ends("abc", "bc") && str_ends("abc", ""));
	assert_false(str_ends("bc", "abc"));
	assert_string_equal(str_or(NULL, "x"), "x");
	assert_string_equal(str_or("", "x"), "x");
	assert_string_equal(str_or("a", "x"), "a");
}

static void copies(void **state)
{
	char to[4] = "";

	assert_true(str_copy(to, sizeof to, "abc"));
	assert_string_equal(to, "abc");
	assert_false(str_copy(to, sizeof to, "wxyz"));
	assert_string_equal(to, "wxy");
	assert_true(str_copy(to, sizeof to, ""));
	assert_string_equal(to, "");
	assert_string_equal(str_trim(cx.arena, " \t\r\na b \n"), "a b");
	assert_string_equal(str_trim(cx.arena, "  "), "");
	assert_string_equal(str_lower(cx.arena, "AZaz[\xc3\x84"), "azaz[\xc3\x84");
	assert_null(str_lower(cx.arena, NULL));
	assert_string_equal(str_label(cx.arena, "partly_refunded"), "Partly refunded");
	assert_string_equal(str_label(cx.arena, "VAT"), "VAT");
	assert_string_equal(str_label(cx.arena, ""), "");
}

static void splits(void **state)
{
	size_t n;
	char **parts = str_split(cx.arena, ",a,,bc", ',', &n);

	assert_int_equal(n, 4);
	assert_string_equal(parts[0], "");
	assert_string_equal(parts[1], "a");
	assert_string_equal(parts[2], "");
	assert_string_equal(parts[3], "bc");
	parts = str_split(cx.arena, "", ',', &n);
	assert_int_equal(n, 1);
	assert_string_equal(parts[0], "");
	parts = str_split(cx.arena, "a,", ',', &n);
	assert_int_equal(n, 2);
	assert_string_equal(parts[1], "");
}

static void url_encoding(void **state)
{
	assert_string_equal(str_url(cx.arena, "aZ09-._~"), "aZ09-._~");
	assert_string_equal(str_url(cx.arena, "a b/?&=%+\xc3\xa4"),
	    "a%20b%2F%3F%26%3D%25%2B%C3%A4");
	assert_string_equal(str_url(cx.arena, ""), "");
}

static void buffer_grows(void **state)
{
	struct buf b;

	buf_init(&b, cx.arena);
	assert_string_equal(buf_text(&b), "");
	buf_add(&b, NULL, 0);
	for (int i = 0; i < 10000; i++) {
		buf_printf(&b, "%05d", i);
		buf_char(&b, ',');
	}
	buf_puts(&b, "end");
	assert_int_equal(b.len, 60003);
	assert_int_equal(strlen(buf_text(&b)), 60003);
	assert_memory_equal(b.s + 6 * 1234, "01234,", 6);
	assert_true(str_ends(b.s, "09999,end"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(utf8_vectors),
	    TEST(every_byte_is_a_character_of_latin_1),
	    TEST(clean_lines),
	    TEST(integers),
	    TEST(comparisons),
	    TEST(copies),
	    TEST(splits),
	    TEST(url_encoding),
	    TEST(buffer_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
