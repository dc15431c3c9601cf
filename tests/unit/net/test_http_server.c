/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server against raw bytes on loopback: limits, framing, suspension, packing, tags. */
#include <zlib.h>

#include "unit/net/harness.h"

struct fixture {
	struct cx *cx;
	struct http_server *s;
	int port, listen_fd;
	int calls;
	void *waiting; /* exchange of the suspended request */
	bool answer_now;
	const void *same; /* the request the handler saw when it suspended */
	char seen[256];
};

static char big[200000];

/* Paths choose the behavior: /big /later /drop /header /etag /cookie /sniff, else an echo. */
static enum http_done handler(void *arg, const struct http_request *q, struct http_reply *ret)
{
	struct fixture *f = arg;
	static char text[1024];
	f->calls++;
	*ret = (struct http_reply){.status = 200, .type = "text/plain"};
	snprintf(text, sizeof text, "%s %s?%s [%.200s] %zu %s", q->method, q->path, q->query,
	    q->body, q->body_len, q->ip);
	ret->body = text;
	ret->body_len = strlen(text);
	if (strcmp(q->path, "/big") == 0) {
		ret->type = "text/html; charset=utf-8";
		ret->body = big;
		ret->body_len = sizeof big;
	} else if (strcmp(q->path, "/drop") == 0) {
		ret->status = HTTP_DROP;
	} else if (strcmp(q->path, "/missing") == 0) {
		ret->status = 404;
	} else if (strcmp(q->path, "/header") == 0) {
		http_reply_header(ret, "X-One", "1");
		http_reply_header(ret, "Set-Cookie", "a=b");
		http_reply_header(ret, "Set-Cookie", "c=d");
	} else if (strcmp(q->path, "/cookie") == 0) {
		const char *c = http_cookie(f->cx->arena, q, "session");
		ret->body = str_or(c, "none");
		ret->body_len = strlen(str_or(c, "none"));
	} else if (strcmp(q->path, "/later") == 0 && !f->answer_now) {
		f->waiting = q->exchange;
		f->same = q;
		return HTTP_LATER;
	}
	if (strcmp(q->path, "/later") == 0)
		assert_ptr_equal(f->same, q);
	return HTTP_ANSWERED;
}

static struct fixture *make(struct http_config c)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->cx = cx_make();
	assert_int_equal(http_listen(f->cx, "127.0.0.1:0", &f->listen_fd, &f->port), OK);
	c.listen_fd = f->listen_fd;
	c.handler = handler;
	c.arg = f;
	assert_int_equal(http_server_new(f->cx, &c, &f->s), OK);
	return f;
}

static void drop(struct fixture *f)
{
	http_server_free(f->s);
	close(f->listen_fd);
	cx_drop(f->cx);
	free(f);
}

/* Turns the server until the socket has something to read or patience ends. */
static bool turn_until_readable(struct fixture *f, int fd, int64_t until)
{
	while (clock_mono_ms() < until) {
		http_server_turn(f->s);
		int wait = http_server_wait_ms(f->s);
		struct pollfd p[2] = {{fd, POLLIN, 0}, {http_server_fd(f->s), POLLIN, 0}};
		poll(p, 2, wait < 0 || wait > 50 ? 50 : wait);
		if (p[0].revents != 0)
			return true;
	}
	return false;
}

/* Everything until the server closes, or until "stop" was seen n times. */
static char *hear(struct fixture *f, int fd, const char *stop, int n)
{
	static char got[1 << 20];
	size_t len = 0;
	got[0] = 0;
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	while (turn_until_readable(f, fd, until)) {
		ssize_t k = recv(fd, got + len, sizeof got - 1 - len, MSG_DONTWAIT);
		if (k <= 0)
			break;
		len += (size_t)k;
		got[len] = 0;
		int seen = 0;
		for (const char *p = got; stop != NULL && (p = strstr(p, stop)) != NULL; p++)
			seen++;
		if (stop != NULL && seen >= n)
			break;
	}
	return got;
}

static char *ask(struct fixture *f, const char *raw)
{
	int fd = dial(f->port);
	send_text(fd, raw, strlen(raw));
	char *got = hear(f, fd, NULL, 0);
	close(fd);
	return got;
}

static int status_of(const char *answer)
{
	return strncmp(answer, "HTTP/1.", 7) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

#define GET(path, more) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" more "\r\n"

static void echo(void **state)
{
	struct fixture *f = make((struct http_config){.server = "Billhook"});
	char *got = ask(f, GET("/a%20b%C3%A9?x=%20y&z", ""));
	assert_int_equal(status_of(got), 200);
	assert_non_null(strstr(got, "GET /a b\xc3\xa9?x=%20y&z [] 0 127.0.0.1"));
	assert_non_null(strstr(got, "Server: Billhook\r\n"));
	got = ask(f,
	    "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
	assert_non_null(strstr(got, "POST /p? [hello] 5"));
	got = ask(f,
	    "PUT /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
	    "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\n\r\n");
	assert_non_null(strstr(got, "PUT /p? [abcdefg] 7"));
	got = ask(f, "GET http://other/abs?q HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(got, "GET /abs?q "));
	got = ask(f, "GET / HTTP/1.0\r\n\r\n");
	assert_int_equal(status_of(got), 200);
	drop(f);
}

static const struct {
	const char *raw;
	int status, also;
} wrong_requests[] = {
    {"NONSENSE\r\n\r\n", 400, -1}, /* -1: closed without a word */
    {"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", 501, 0},
    {"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405, 0},
    {"PATCH / HTTP/1.1\r\nHost: x\r\n\r\n", 405, 0},
    {"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", 405, 0},
    {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 405, 0},
    {"GET / HTTP/1.1\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, 0},
    {"GET / HTTP/3.7\r\nHost: x\r\n\r\n", 505, 400},
    {"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /% HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /%c3%28 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /a\x01z HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\nabcde", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nabcde", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
        400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, 400},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775807\r\n\r\n", 413, 0},
};

static void refused(void **state)
{
	struct fixture *f = make((struct http_config){.idle_s = 1});
	int wrong = 0;
	for (size_t i = 0; i < sizeof wrong_requests / sizeof wrong_requests[0]; i++) {
		int status = status_of(ask(f, wrong_requests[i].raw));
		int also = wrong_requests[i].also < 0 ? 0 :
		    wrong_requests[i].also == 0       ? wrong_requests[i].status :
		                                        wrong_requests[i].also;
		if (status != wrong_requests[i].status && status != also) {
			print_error("%d instead of %d for %s\n", status, wrong_requests[i].status,
			    wrong_requests[i].raw);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(f->calls, 0);
	drop(f);
}

static void too_large(void **state)
{
	struct fixture *f = make((struct http_config){.body_bytes = 1000});
	static char raw[80000];
	static char fill[60000];
	memset(fill, 'a', sizeof fill);
	fill[sizeof fill - 1] = 0;
	snprintf(raw, sizeof raw, "GET /%.4096s HTTP/1.1\r\nHost: x\r\n\r\n", fill);
	assert_int_equal(status_of(ask(f, raw)), 414);
	snprintf(raw, sizeof raw, "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", fill);
	assert_int_equal(status_of(ask(f, raw)), 414);
	snprintf(raw, sizeof raw, "GET / HTTP/1.1\r\nHost: x\r\nA: %.17000s\r\n\r\n", fill);
	assert_int_equal(status_of(ask(f, raw)), 431);
	snprintf(raw, sizeof raw, "GET / HTTP/1.1\r\nHost: x\r\nA: %s\r\n\r\n", fill);
	assert_int_equal(status_of(ask(f, raw)), 431);
	/* A body over the limit: declared and unsent, declared and sent, in chunks; the answer
	 * arrives. */
	assert_int_equal(status_of(ask(f,
	                     "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
	                     "Content-Length: 1001\r\n\r\n")),
	    413);
	snprintf(raw, sizeof raw,
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000\r\n\r\n%.30000s", fill);
	assert_int_equal(status_of(ask(f, raw)), 413);
	snprintf(raw, sizeof raw,
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "7000\r\n%.28672s\r\n0\r\n\r\n",
	    fill);
	assert_int_equal(status_of(ask(f, raw)), 413);
	assert_int_equal(f->calls, 0);
	snprintf(raw, sizeof raw,
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
	    "Connection: close\r\n\r\n%.1000s",
	    fill);
	assert_int_equal(status_of(ask(f, raw)), 200);
	drop(f);
}

static void declared_and_unsent(void **state)
{
	struct fixture *f = make((struct http_config){.body_bytes = 1000});
	int fd = dial(f->port);
	const char *raw = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n";
	send_text(fd, raw, strlen(raw));
	int64_t before = clock_mono_ms();
	assert_int_equal(status_of(hear(f, fd, "Large\n", 1)), 413);
	close(fd);
	assert_true(clock_mono_ms() - before < PATIENCE_MS / 2);
	drop(f);
}

static void keep_alive_and_pipeline(void **state)
{
	struct fixture *f = make((struct http_config){0});
	int fd = dial(f->port);
	const char *two = "GET /one HTTP/1.1\r\nHost: x\r\n\r\nPOST /two HTTP/1.1\r\nHost: x\r\n"
	                  "Content-Length: 2\r\n\r\nok";
	send_text(fd, two, strlen(two));
	char *got = hear(f, fd, "127.0.0.1", 2);
	char *one = strstr(got, "GET /one? [] 0"), *second = strstr(got, "POST /two? [ok] 2");
	assert_true(one != NULL && second != NULL && one < second);
	const char *third = "HEAD /three HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	send_text(fd, third, strlen(third));
	got = hear(f, fd, NULL, 0);
	assert_int_equal(status_of(got), 200);
	assert_non_null(strstr(got, "Content-Length: 27\r\n")); /* "HEAD /three? [] 0 127.0.0.1" */
	assert_null(strstr(got, "/three"));
	close(fd);
	drop(f);
}

static void slow_sender_is_dropped(void **state)
{
	struct fixture *f = make((struct http_config){.idle_s = 1});
	int silent = dial(f->port), drip = dial(f->port);
	send_text(silent, "GET / HT", 8);
	int64_t start = clock_mono_ms(), next = start;
	bool gone = false;
	/* A byte whenever the server had a turn, faster than any idle limit: only the total limit
	 * helps. */
	while (!gone && clock_mono_ms() - start < PATIENCE_MS) {
		if (clock_mono_ms() >= next) {
			send(drip, "a", 1, MSG_NOSIGNAL);
			next = clock_mono_ms() + 100;
		}
		gone = turn_until_readable(f, drip, clock_mono_ms() + 20);
	}
	assert_true(gone);
	assert_true(clock_mono_ms() - start >= 1900);
	assert_true(turn_until_readable(f, silent, clock_mono_ms() + PATIENCE_MS));
	close(silent);
	close(drip);
	assert_int_equal(f->calls, 0);
	drop(f);
}

static void suspended_blocks_nobody(void **state)
{
	struct fixture *f = make((struct http_config){0});
	int slow = dial(f->port);
	const char *raw =
	    "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc";
	send_text(slow, raw, strlen(raw));
	while (f->waiting == NULL)
		turn_until_readable(f, slow, clock_mono_ms() + 10);
	for (int i = 0; i < 20; i++)
		assert_int_equal(status_of(ask(f, GET("/quick", ""))), 200);
	assert_false(turn_until_readable(f, slow, clock_mono_ms() + 20));
	f->answer_now = true;
	http_resume(f->s, f->waiting);
	assert_non_null(strstr(hear(f, slow, NULL, 0), "POST /later? [abc] 3"));
	close(slow);
	drop(f);
}

static void free_with_suspended(void **state)
{
	struct fixture *f = make((struct http_config){0});
	int fd = dial(f->port);
	send_text(fd, GET("/later", ""), strlen(GET("/later", "")));
	while (f->waiting == NULL)
		turn_until_readable(f, fd, clock_mono_ms() + 10);
	drop(f);
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0) <= 0, 1);
	close(fd);
}

static void drain(void **state)
{
	struct fixture *f = make((struct http_config){0});
	int idle = dial(f->port), busy = dial(f->port);
	send_text(busy, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n", 32);
	send_text(idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
	hear(f, idle, "127.0.0.1", 1);
	while (f->waiting == NULL)
		turn_until_readable(f, busy, clock_mono_ms() + 10);
	assert_false(http_server_drain(f->s));
	assert_true(turn_until_readable(f, idle, clock_mono_ms() + PATIENCE_MS));
	assert_false(http_server_drain(f->s)); /* one is still under way */
	f->answer_now = true;
	http_resume(f->s, f->waiting);
	char *got = hear(f, busy, NULL, 0);
	assert_int_equal(status_of(got), 200);
	assert_non_null(strstr(got, "Connection: close\r\n"));
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	while (!http_server_drain(f->s) && clock_mono_ms() < until)
		http_server_turn(f->s);
	assert_true(http_server_drain(f->s));
	close(idle);
	close(busy);
	drop(f);
}

static void dropped(void **state)
{
	struct fixture *f = make((struct http_config){0});
	assert_string_equal(ask(f, GET("/drop", "")), "");
	drop(f);
}

static char *field(struct cx *cx, const char *answer, const char *name)
{
	const char *p = strstr(answer, name);
	if (p == NULL)
		return NULL;
	p += strlen(name) + 2;
	return arena_strndup(cx->arena, p, strcspn(p, "\r"));
}

static void gzip_and_tags(void **state)
{
	struct fixture *f = make((struct http_config){0});
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (char)('a' + i % 23);
	char *got = ask(f, GET("/big", "Accept-Encoding: br, gzip\r\n"));
	assert_string_equal(field(f->cx, got, "Content-Encoding"), "gzip");
	assert_string_equal(field(f->cx, got, "Vary"), "Accept-Encoding");
	char *packed_tag = field(f->cx, got, "ETag");
	static unsigned char clear[sizeof big];
	z_stream z = {.next_in = (unsigned char *)strstr(got, "\r\n\r\n") + 4,
	    .avail_in = 60000,
	    .next_out = clear,
	    .avail_out = sizeof clear};
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	inflateEnd(&z);
	assert_memory_equal(clear, big, sizeof big);

	got = ask(f, GET("/big", ""));
	assert_null(strstr(got, "Content-Encoding"));
	assert_non_null(strstr(got, "Vary: Accept-Encoding\r\n"));
	char *tag = field(f->cx, got, "ETag");
	assert_string_not_equal(tag, packed_tag);
	got = ask(f, GET("/big", "Accept-Encoding: gzip;q=0.0, deflate\r\n"));
	assert_null(strstr(got, "Content-Encoding"));
	got = ask(f, GET("/small", "Accept-Encoding: gzip\r\n"));
	assert_null(strstr(got, "Content-Encoding"));

	const char *ask_again =
	    arena_printf(f->cx->arena, GET("/big", "If-None-Match: \"x\", W/%s\r\n"), tag);
	got = ask(f, ask_again);
	assert_int_equal(status_of(got), 304);
	assert_string_equal(field(f->cx, got, "ETag"), tag);
	assert_string_equal(strstr(got, "\r\n\r\n"), "\r\n\r\n");
	got = ask(f, arena_printf(f->cx->arena, GET("/big", "If-None-Match: %s\r\n"), packed_tag));
	assert_int_equal(status_of(got), 200); /* that one was of the packed form */
	big[100000] = '!';
	assert_int_equal(status_of(ask(f, ask_again)), 200);
	got = ask(f, GET("/missing", "If-None-Match: *\r\n"));
	assert_int_equal(status_of(got), 404);
	assert_null(strstr(got, "ETag"));
	drop(f);
}

/* Whether the program aborts over such a header. */
static bool dies(const char *name, const char *value)
{
	pid_t pid = fork();
	if (pid == 0) {
		freopen("/dev/null", "w", stderr);
		signal(SIGABRT, SIG_DFL);
		struct http_reply r = {0};
		http_reply_header(&r, name, value);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void headers_and_cookies(void **state)
{
	struct fixture *f = make((struct http_config){0});
	char *got = ask(f, GET("/header", ""));
	assert_non_null(strstr(got, "X-One: 1\r\n"));
	assert_non_null(strstr(got, "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n"));
	got = ask(f, GET("/cookie", "Cookie: xsession=no; session=yes; session=late\r\n"));
	assert_non_null(strstr(got, "\r\n\r\nyes"));
	got = ask(f, GET("/cookie", "Cookie: sessions=no;session\r\n"));
	assert_non_null(strstr(got, "\r\n\r\nnone"));
	drop(f);
	assert_true(dies("X", "a\r\nSet-Cookie: b"));
	assert_true(dies("X", "a\nb"));
	assert_true(dies("X: y", "a"));
	assert_true(dies("", "a"));
	assert_false(dies("X", "a"));
}

static void forwarded(void **state)
{
	struct fixture *f = make((struct http_config){.trust_proxy = true});
	assert_non_null(
	    strstr(ask(f, GET("/", "X-Forwarded-For: 1.2.3.4, 203.0.113.9\r\n")), " 203.0.113.9"));
	assert_non_null(
	    strstr(ask(f, GET("/", "X-Forwarded-For: 2001:db8::1\r\n")), " 2001:db8::1"));
	assert_non_null(
	    strstr(ask(f, GET("/", "X-Forwarded-For: 1.2.3.4, <b>\r\n")), " 127.0.0.1"));
	drop(f);
	f = make((struct http_config){0});
	assert_non_null(strstr(ask(f, GET("/", "X-Forwarded-For: 203.0.113.9\r\n")), " 127.0.0.1"));
	drop(f);
}

static void per_address_limit(void **state)
{
	struct fixture *f = make((struct http_config){0});
	int fds[LIMIT_CONNECTIONS_PER_IP];
	for (int i = 0; i < LIMIT_CONNECTIONS_PER_IP; i++) {
		fds[i] = dial(f->port);
		send_text(fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
		assert_int_equal(status_of(hear(f, fds[i], "127.0.0.1", 1)), 200);
	}
	assert_string_equal(ask(f, GET("/", "")), "");
	for (int i = 0; i < LIMIT_CONNECTIONS_PER_IP; i++)
		close(fds[i]);
	drop(f);
}

static void addresses(void **state)
{
	struct cx *cx = cx_make();
	static const char *const wrong[] = {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
	    "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1:80", "no.such.host.invalid:80"};
	int fd, port, fd2;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(http_listen(cx, wrong[i], &fd, &port), ERR_INVALID);
		assert_string_equal(cx->fault.key, "http.address");
	}
	assert_int_equal(http_listen(cx, "127.0.0.1:0", &fd, &port), OK);
	assert_int_equal(http_listen(cx, arena_printf(cx->arena, "127.0.0.1:%d", port), &fd2,
	                     &port),
	    ERR_CONFLICT);
	assert_string_equal(cx->fault.key, "http.listen");
	close(fd);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(echo), cmocka_unit_test(refused),
	    cmocka_unit_test(too_large), cmocka_unit_test(declared_and_unsent),
	    cmocka_unit_test(keep_alive_and_pipeline), cmocka_unit_test(slow_sender_is_dropped),
	    cmocka_unit_test(suspended_blocks_nobody), cmocka_unit_test(free_with_suspended),
	    cmocka_unit_test(drain), cmocka_unit_test(dropped), cmocka_unit_test(gzip_and_tags),
	    cmocka_unit_test(headers_and_cookies), cmocka_unit_test(forwarded),
	    cmocka_unit_test(per_address_limit), cmocka_unit_test(addresses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
