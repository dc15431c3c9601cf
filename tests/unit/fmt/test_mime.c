/* SPDX-License-Identifier: Apache-2.0 */
/* Letters out and in again: encodings, determinism, header injection. */
#include "unit/fmt/check.h"

#include "fmt/mime.h"

static const char long_line[] =
    "A line that is much longer than the seventy-six characters quoted-printable "
    "allows, with an umlaut \u00fc and an equals sign = in it.\n.\nFrom here on\n--=_x\n";

static struct mime_letter letter(void)
{
	return (struct mime_letter){
	    .from_name = "Müller & Söhne, Hosting",
	    .from = "billing@example.com",
	    .to_name = "日本 太郎",
	    .to = "taro@example.jp",
	    .reply_to = "help@example.com",
	    .subject = "Ihre Rechnung für Jänner — \"RE-2027-0001\" ist da und hat eine sehr lange "
	               "Betreffzeile",
	    .text = long_line,
	    .html = "<p>Grüße</p>\r\n",
	    .message_id = "17.abc@example.com",
	    .at = 1801389600,
	};
}

static void print(const struct mime_letter *l, char **ret, size_t *ret_len)
{
	assert_int_equal(mime_print(&cx, l, ret, ret_len), OK);
}

static void test_bytes(void **state)
{
	struct mime_letter l = letter();
	char *out, *again;
	size_t len, again_len, line = 0;

	print(&l, &out, &len);
	assert_int_equal(len, strlen(out));
	for (size_t i = 0; i < len; i++) {
		assert_true((unsigned char)out[i] < 0x80);
		if (out[i] == '\n')
			assert_true(i > 0 && out[i - 1] == '\r');
		if (out[i] == '\r')
			assert_int_equal(out[i + 1], '\n');
		line = out[i] == '\n' ? 0 : line + 1;
		assert_true(line <= 998);
	}
	assert_non_null(strstr(out, "Date: Sun, 31 Jan 2027 "));
	assert_non_null(strstr(out, "Message-Id: <17.abc@example.com>\r\n"));
	assert_non_null(strstr(out, "Auto-Submitted: auto-generated\r\n"));
	assert_non_null(strcasestr(out, "\r\nMIME-Version: 1.0\r\n"));
	assert_non_null(strstr(out, "multipart/alternative"));
	assert_null(strstr(out, "multipart/mixed"));
	assert_non_null(strstr(out, "Reply-To: help@example.com\r\n"));
	print(&l, &again, &again_len);
	assert_int_equal(len, again_len);
	assert_memory_equal(out, again, len);
}

static void test_round_trip(void **state)
{
	static const unsigned char pdf[] = "%PDF-1.7\n\0\xff\r\n binary";
	struct mime_file file = {"Rechnung für März.pdf", "application/pdf", pdf, sizeof pdf};
	struct mime_letter l = letter();
	struct mime_view view;
	char *out;
	size_t len;

	l.files = &file;
	l.files_n = 1;
	print(&l, &out, &len);
	assert_non_null(strstr(out, "multipart/mixed"));
	assert_non_null(strstr(out, "base64"));
	assert_int_equal(mime_parse(&cx, out, len, &view), OK);
	assert_string_equal(view.subject, l.subject);
	assert_string_equal(view.from, "\"Müller & Söhne, Hosting\" <billing@example.com>");
	assert_string_equal(view.to, "日本 太郎 <taro@example.jp>");
	assert_string_equal(view.text, long_line);
	assert_string_equal(view.html, "<p>Grüße</p>\n");
	assert_true(str_starts(view.date, "Sun, 31 Jan 2027"));
}

static void test_text_only(void **state)
{
	struct mime_letter l = letter();
	struct mime_view view;
	char *out;
	size_t len;

	l.html = NULL;
	l.reply_to = NULL;
	print(&l, &out, &len);
	assert_null(strstr(out, "multipart"));
	assert_null(strstr(out, "Reply-To"));
	assert_int_equal(mime_parse(&cx, out, len, &view), OK);
	assert_string_equal(view.text, long_line);
	assert_null(view.html);
}

static void refused(const struct mime_letter *l)
{
	char *out = NULL;
	size_t len;

	cx_clear(&cx);
	assert_int_equal(mime_print(&cx, l, &out, &len), ERR_INVALID);
	assert_string_equal(cx.fault.key, "mime.header");
	assert_null(out);
}

static void test_injection(void **state)
{
	static const char *const bad[] = {
	    "a@b.de\r\nBcc: x@y.de",
	    "a@b.de, x@y.de",
	    "a@b.de\n",
	    "<a@b.de>",
	    "a",
	    "@b.de",
	    "a@",
	    "a@b@c",
	    "",
	};
	struct mime_letter l = letter();
	struct mime_file file = {"a\r\nb.pdf", "application/pdf", "x", 1};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		l = letter();
		l.to = bad[i];
		refused(&l);
		l = letter();
		l.from = bad[i];
		refused(&l);
		l = letter();
		l.message_id = bad[i];
		refused(&l);
	}
	l = letter();
	l.subject = "Hello\r\nBcc: x@y.de";
	refused(&l);
	l = letter();
	l.to_name = "x\ny";
	refused(&l);
	l = letter();
	l.files = &file;
	l.files_n = 1;
	refused(&l);
}

static void test_foreign(void **state)
{
	static const char raw[] = "Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nFrom: a@b.de\r\n"
	                          "Content-Type: text/plain; "
	                          "charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
	                          "Stra\xdf"
	                          "e\r\n";
	struct mime_view view;

	assert_int_equal(mime_parse(&cx, raw, strlen(raw), &view), OK);
	assert_string_equal(view.subject, "Grüße");
	assert_string_equal(view.text, "Straße\n");
	assert_string_equal(view.to, "");
	assert_string_equal(view.date, "");
	assert_int_equal(mime_parse(&cx, "", 0, &view), ERR_INVALID);
	assert_string_equal(cx.fault.key, "mime.malformed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_bytes),
	    TEST(test_round_trip),
	    TEST(test_text_only),
	    TEST(test_injection),
	    TEST(test_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
