/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client against a scripted server: what counts as sent, and what an answer may be. */
#include "unit/net/harness.h"

static void good(int fd, int turn)
{
	await_text(fd, "ping");
	say(fd,
	    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
	    "{\"ok\":true}");
}

static void moved(int fd, int turn)
{
	await_text(fd, "\r\n\r\n");
	say(fd, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
}

static void cut_after_request(int fd, int turn)
{
	await_text(fd, "ping");
}

static void cut_in_answer(int fd, int turn)
{
	await_text(fd, "ping");
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
}

static void silent(int fd, int turn)
{
	await_text(fd, "never said");
}

static void endless(int fd, int turn)
{
	static char many[65536];
	memset(many, 'x', sizeof many - 1);
	await_text(fd, "\r\n\r\n");
	say(fd, "HTTP/1.1 200 OK\r\n\r\n");
	while (write(fd, many, sizeof many - 1) > 0)
		;
}

static void echo_headers(int fd, int turn)
{
	static char got[4096];
	size_t len = 0;
	while (len < sizeof got - 1 && strstr(got, "\r\n\r\n") == NULL) {
		ssize_t n = read(fd, got + len, sizeof got - 1 - len);
		if (n <= 0)
			return;
		len += (size_t)n;
		got[len] = 0;
	}
	char head[128];
	snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
	say(fd, head);
	say(fd, got);
}

static enum err call(struct cx *cx, int port, int timeout_s, struct http_answer *ret)
{
	struct http_call c = {.method = "POST",
	    .body = "ping",
	    .body_len = 4,
	    .timeout_s = timeout_s,
	    .url = arena_printf(cx->arena, "http://127.0.0.1:%d/x", port)};
	return http_call(cx, &c, ret);
}

static void answers(void **state)
{
	struct cx *cx = cx_make();
	struct player p = player_start(cx, good);
	struct http_answer a;
	assert_int_equal(call(cx, p.port, 10, &a), OK);
	player_stop(p);
	assert_int_equal(a.status, 201);
	assert_string_equal(a.body, "{\"ok\":true}");
	assert_int_equal(a.body_len, 11);
	assert_string_equal(a.type, "application/json");
	cx_drop(cx);
}

static void no_redirect(void **state)
{
	struct cx *cx = cx_make();
	struct player p = player_start(cx, moved);
	struct http_answer a;
	assert_int_equal(call(cx, p.port, 10, &a), OK);
	player_stop(p);
	assert_int_equal(a.status, 302);
	assert_string_equal(a.body, "");
	cx_drop(cx);
}

static void headers_go_out(void **state)
{
	struct cx *cx = cx_make();
	struct player p = player_start(cx, echo_headers);
	struct http_answer a;
	const char *const headers[] = {"X-Key: abc", "Accept: application/json", NULL};
	struct http_call c = {.method = "DELETE",
	    .headers = headers,
	    .timeout_s = 10,
	    .url = arena_printf(cx->arena, "http://127.0.0.1:%d/thing?a=1", p.port)};
	assert_int_equal(http_call(cx, &c, &a), OK);
	player_stop(p);
	assert_non_null(strstr(a.body, "DELETE /thing?a=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(a.body, "X-Key: abc\r\n"));
	assert_null(strstr(a.body, "Expect"));
	cx_drop(cx);
}

static void not_sent(void **state)
{
	struct cx *cx = cx_make();
	struct http_answer a;
	int fd, port;
	assert_int_equal(http_listen(cx, "127.0.0.1:0", &fd, &port), OK);
	close(fd);
	assert_int_equal(call(cx, port, 5, &a), ERR_RETRY);
	assert_string_equal(cx->fault.key, "http.not_sent");
	cx_clear(cx);
	struct http_call c = {.method = "GET",
	    .url = "http://no.such.host.invalid/",
	    .timeout_s = 5};
	assert_int_equal(http_call(cx, &c, &a), ERR_RETRY);
	assert_string_equal(cx->fault.key, "http.not_sent");
	/* TLS towards a server that speaks plain HTTP fails before the request leaves. */
	struct player p = player_start(cx, moved);
	c.url = arena_printf(cx->arena, "https://127.0.0.1:%d/", p.port);
	c.timeout_s = 1;
	assert_int_equal(http_call(cx, &c, &a), ERR_RETRY);
	assert_string_equal(cx->fault.key, "http.not_sent");
	player_stop(p);
	cx_drop(cx);
}

static void no_answer(void **state)
{
	player_script *const scripts[] = {cut_after_request, cut_in_answer, silent};
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct cx *cx = cx_make();
		struct player p = player_start(cx, scripts[i]);
		struct http_answer a = {.status = 7};
		assert_int_equal(call(cx, p.port, 1, &a), ERR_REMOTE);
		player_stop(p);
		assert_string_equal(cx->fault.key, "http.no_answer");
		assert_int_equal(a.status, 7);
		cx_drop(cx);
	}
}

static void too_large(void **state)
{
	struct cx *cx = cx_make();
	struct player p = player_start(cx, endless);
	struct http_answer a;
	assert_int_equal(call(cx, p.port, 20, &a), ERR_REMOTE);
	player_stop(p);
	assert_string_equal(cx->fault.key, "http.too_large");
	cx_drop(cx);
}

static void bad_input(void **state)
{
	struct cx *cx = cx_make();
	struct http_answer a;
	static const char *const urls[] = {"", "x", "file:///etc/passwd", "ftp://127.0.0.1/",
	    "http://a b/", "http://a/\r\nX: y", "http://", "http://[::1"};
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		struct http_call c = {.method = "GET", .url = urls[i], .timeout_s = 1};
		assert_int_equal(http_call(cx, &c, &a), ERR_INVALID);
		assert_string_equal(cx->fault.key, "http.url");
		cx_clear(cx);
	}
	const char *const headers[] = {"X: a\r\nY: b", NULL};
	struct http_call c = {.method = "GET",
	    .url = "http://127.0.0.1:1/",
	    .headers = headers,
	    .timeout_s = 1};
	assert_int_equal(http_call(cx, &c, &a), ERR_INVALID);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(no_redirect),
	    cmocka_unit_test(headers_go_out), cmocka_unit_test(not_sent),
	    cmocka_unit_test(no_answer), cmocka_unit_test(too_large), cmocka_unit_test(bad_input)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
