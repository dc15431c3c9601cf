/* SPDX-License-Identifier: Apache-2.0 */
/* smtp_send against a scripted mail server: which of the four results each course of events gives.
 */
#include "net/smtp.h"
#include "unit/net/harness.h"

/* How the server behaves at each step; NULL: hangs up there without a word. */
struct course {
	const char *greeting, *hello, *from, *rcpt, *data, *end;
};
static struct course course;

static bool step(int fd, const char *awaited, const char *answer)
{
	if (awaited != NULL)
		await_text(fd, awaited);
	if (answer == NULL)
		return false;
	say(fd, answer);
	return true;
}

static void play(int fd, int turn)
{
	if (step(fd, NULL, course.greeting) && step(fd, "\r\n", course.hello) &&
	    step(fd, "\r\n", course.from) && step(fd, "\r\n", course.rcpt) &&
	    step(fd, "\r\n", course.data) && step(fd, "\r\n.\r\n", course.end))
		await_text(fd, "QUIT\r\n");
}

static enum smtp_result run(struct cx *cx, struct course c, const char *security, char **ret_line)
{
	course = c;
	struct player p = player_start(cx, play);
	struct smtp_server s = {.host = "127.0.0.1",
	    .port = p.port,
	    .security = security,
	    .timeout_s = 2};
	enum smtp_result result;
	const char *letter = "Subject: x\r\n\r\nhello\r\n";
	assert_int_equal(smtp_send(cx, &s, "a@example.com", "b@example.com", letter, strlen(letter),
	                     &result, ret_line),
	    OK);
	player_stop(p);
	return result;
}

#define GOOD "220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"

static void results(void **state)
{
	struct cx *cx = cx_make();
	static const struct {
		struct course c;
		enum smtp_result result;
		const char *line;
	} table[] = {
	    {{GOOD, "250 2.0.0 queued as 17\r\n"}, SMTP_SENT, "queued as 17"},
	    {{GOOD, "250-first\r\n250 last\r\n"}, SMTP_SENT, "250 last"},
	    {{GOOD, "451 4.3.0 try later\r\n"}, SMTP_LATER, "451 4.3.0 try later"},
	    {{GOOD, "550 5.7.1 spam\r\n"}, SMTP_REFUSED, "550 5.7.1 spam"},
	    {{GOOD, NULL}, SMTP_UNKNOWN, ""},
	    {{"220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "550 5.1.1 no such user\r\n", NULL, NULL},
	        SMTP_REFUSED, "550 5.1.1"},
	    {{"220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "450 4.2.1 busy\r\n", NULL, NULL},
	        SMTP_LATER, "450 4.2.1"},
	    {{"220 hi\r\n", "250 ok\r\n", "553 who are you\r\n", NULL, NULL, NULL}, SMTP_REFUSED,
	        "553"},
	    {{"220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "452 full\r\n", NULL},
	        SMTP_LATER, "452 full"},
	    {{"220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", NULL, NULL}, SMTP_LATER, ""},
	    {{"220 hi\r\n", "250 ok\r\n", NULL, NULL, NULL, NULL}, SMTP_LATER, ""},
	    {{"421 too many\r\n", NULL, NULL, NULL, NULL, NULL}, SMTP_LATER, "421"},
	    {{NULL, NULL, NULL, NULL, NULL, NULL}, SMTP_LATER, ""},
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		char *line = NULL;
		enum smtp_result result = run(cx, table[i].c, "none", &line);
		if (result != table[i].result || strstr(line, table[i].line) == NULL)
			print_error("row %zu: %d, \"%s\"\n", i, (int)result, line);
		assert_int_equal(result, table[i].result);
		assert_non_null(strstr(line, table[i].line));
		assert_null(strpbrk(line, "\r\n"));
	}
	cx_drop(cx);
}

/* A server that offers no STARTTLS must never see the letter when TLS is required. */
static void starttls_is_required(void **state)
{
	struct cx *cx = cx_make();
	char *line;
	struct course c = {GOOD, "250 queued\r\n"};
	assert_int_equal(run(cx, c, "starttls", &line), SMTP_LATER);
	cx_drop(cx);
}

static void nobody_there(void **state)
{
	struct cx *cx = cx_make();
	int fd, port;
	assert_int_equal(http_listen(cx, "127.0.0.1:0", &fd, &port), OK);
	close(fd);
	struct smtp_server s = {.host = "127.0.0.1",
	    .port = port,
	    .security = "none",
	    .timeout_s = 2};
	enum smtp_result result;
	char *line;
	assert_int_equal(smtp_send(cx, &s, "a@b.cc", "c@d.ee", "x", 1, &result, &line), OK);
	assert_int_equal(result, SMTP_LATER);
	assert_true(strlen(line) > 0);
	cx_drop(cx);
}

/* Gives back what it received in its final reply, so that the test sees the bytes on the wire. */
static void mirror(int fd, int turn)
{
	static char got[4096], reply[8192];
	size_t len = 0, out = 4;
	say(fd, "220 hi\r\n");
	for (int i = 0; i < 4; i++)
		step(fd, "\r\n", i == 3 ? "354 go\r\n" : "250 ok\r\n");
	while (len < sizeof got - 1 && !str_ends(got, "\r\n.\r\n")) {
		if (read(fd, got + len, 1) != 1)
			return;
		got[++len] = 0;
	}
	memcpy(reply, "250 ", 4);
	for (size_t i = 0; i < len && out < 400; i++) {
		reply[out++] = got[i] == '\r' ? 'R' : got[i] == '\n' ? 'N' : got[i];
	}
	reply[out] = 0;
	say(fd, reply);
	say(fd, "\r\n");
	await_text(fd, "QUIT\r\n");
}

static void line_ends_and_dots(void **state)
{
	struct cx *cx = cx_make();
	struct player p = player_start(cx, mirror);
	struct smtp_server s = {.host = "127.0.0.1",
	    .port = p.port,
	    .security = "none",
	    .timeout_s = 5};
	enum smtp_result result;
	char *line;
	const char *letter = ".a\n.\nMAIL\rb\r\n..c";
	assert_int_equal(smtp_send(cx, &s, "", "c@d.ee", letter, strlen(letter), &result, &line),
	    OK);
	player_stop(p);
	assert_int_equal(result, SMTP_SENT);
	assert_string_equal(line, "250 ..aRN..RNMAILRNbRN...cRN.RN");
	cx_drop(cx);
}

static void bad_input(void **state)
{
	struct cx *cx = cx_make();
	struct smtp_server s = {.host = "127.0.0.1",
	    .port = 25,
	    .security = "none",
	    .timeout_s = 1};
	enum smtp_result result;
	char *line;
	static const char *const wrong[] = {"", "nobody", "a@b\r\nRCPT TO:<c@d>", "a@b> <c@d",
	    "a b@c"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(smtp_send(cx, &s, "a@b.cc", wrong[i], "x", 1, &result, &line),
		    ERR_INVALID);
		assert_string_equal(cx->fault.key, "smtp.address");
		cx_clear(cx);
	}
	s.host = "evil/path";
	assert_int_equal(smtp_send(cx, &s, "a@b.cc", "c@d.ee", "x", 1, &result, &line),
	    ERR_INVALID);
	s.host = "ok";
	s.security = "ssl";
	assert_int_equal(smtp_send(cx, &s, "a@b.cc", "c@d.ee", "x", 1, &result, &line),
	    ERR_INVALID);
	assert_string_equal(cx->fault.key, "smtp.server");
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(results),
	    cmocka_unit_test(starttls_is_required), cmocka_unit_test(nobody_there),
	    cmocka_unit_test(line_ends_and_dots), cmocka_unit_test(bad_input)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
