/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real serving process: requests that wait for link or for a run, beside others that do not. The
 * link process here answers when the test tells it to, so that nothing depends on time.
 */
#include "webtest.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "net/ipc.h"

static volatile int stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

struct family {
	struct webtest *w;
	int port, web_pid, link_pid;
	int go[2];    /* test -> link: one byte, one answer */
	int asked[2]; /* link -> test: a call has arrived */
	char socket[128];
	struct cx *cx;
};

/* In the child: its own database connection, as every process of the family. */
static enum err run_for_real(struct cx *cx, void *arg, const struct run_request *r, json_t **ret)
{
	const struct family *f = arg;
	TRY(db_open(cx, f->w->t->url, &cx->db));
	TRY(setting_put(cx, "company.footer", "written by the run"));
	*ret = json_keep(cx, json_pack("{s:s, s:b}", "status", "ok", "only", r->only != NULL));
	db_close(cx->db);
	return OK;
}

static void serve(struct family *f, int fd)
{
	struct webtest *w = f->w;
	struct cx cx;
	testdb_cx(&cx);
	signal(SIGTERM, on_term);
	log_setup("web", false, LOG_MAX_QUIET);
	if (db_open(&cx, w->t->url, &cx.db) != OK)
		_exit(3);
	struct web web = {.db = cx.db,
	    .link_path = f->socket,
	    .test_mode = true,
	    .strict = true,
	    .run = {run_for_real, f, true}};
	web_setup(&web);
	const struct web_loop loop = {.listen_fd = fd, .stop = &stop};
	int code = web_main(&web, &loop);
	web_free(&web);
	db_close(cx.db);
	_exit(code);
}

static void link_once(struct family *f, int fd)
{
	struct cx cx;
	json_t *request;
	char byte;
	testdb_cx(&cx);
	int conn = accept(fd, NULL, NULL);
	if (conn < 0 || ipc_receive(&cx, conn, 10, &request) != OK)
		_exit(3);
	if (write(f->asked[1], "x", 1) != 1 || read(f->go[0], &byte, 1) != 1)
		_exit(4);
	json_t *answer = json_pack("{s:s, s:s, s:{s:s, s:s}}", "outcome", "done", "reason", "",
	    "data", "url", "https://pay.example/real", "remote_id", "r1");
	/* "k": the process dies with the call. */
	if (byte != 'k' && ipc_send(&cx, conn, answer) != OK)
		_exit(5);
	json_decref(answer);
	close(conn);
	arena_free(cx.arena);
}

static void link_serve(struct family *f, int fd)
{
	for (;;)
		link_once(f, fd);
}

static struct family *family_open(const char *engine, bool link)
{
	struct family *f = calloc(1, sizeof *f);
	assert_non_null(f);
	f->w = webtest_open(engine);
	f->cx = &f->w->t->cx;
	int fd, link_fd = -1;
	snprintf(f->socket, sizeof f->socket, "/tmp/bh-web-%d/link", getpid());
	testdb_ok(f->cx, http_listen(f->cx, "127.0.0.1:0", &fd, &f->port));
	testdb_ok(f->cx,
	    setting_put(f->cx, "company.url",
	        arena_printf(f->cx->arena, "http://127.0.0.1:%d", f->port)));
	assert_int_equal(pipe(f->go) + pipe(f->asked), 0);
	testdb_ok(f->cx, ipc_listen(f->cx, f->socket, &link_fd));
	/* SQLite: no connection may be open over a fork. */
	db_close(f->cx->db);
	f->cx->db = NULL;
	if (link) {
		f->link_pid = fork();
		if (f->link_pid == 0) {
			int flags = fcntl(link_fd, F_GETFL);
			fcntl(link_fd, F_SETFL, flags & ~O_NONBLOCK);
			link_serve(f, link_fd);
		}
	} else {
		unlink(f->socket);
	}
	close(link_fd);
	f->web_pid = fork();
	if (f->web_pid == 0)
		serve(f, fd);
	close(fd);
	testdb_ok(f->cx, db_open(f->cx, f->w->t->url, &f->cx->db));
	f->w->web.db = f->cx->db;
	return f;
}

static void end(int pid)
{
	int status;
	if (pid == 0)
		return;
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void family_close(struct family *f)
{
	int status;
	kill(f->web_pid, SIGTERM);
	assert_int_equal(waitpid(f->web_pid, &status, 0), f->web_pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	end(f->link_pid);
	for (int i = 0; i < 2; i++) {
		close(f->go[i]);
		close(f->asked[i]);
	}
	unlink(f->socket);
	*strrchr(f->socket, '/') = 0;
	rmdir(f->socket);
	webtest_close(f->w);
	free(f);
}

/* ---- a browser in a few lines ---- */

static int dial(const struct family *f)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)f->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* A request as it goes over the wire; head: more header lines. */
struct wire {
	const char *method, *path, *head, *body;
};

static void ask(const struct family *f, int fd, const struct wire *q)
{
	char *text = arena_printf(f->cx->arena,
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s"
	    "Content-Length: %zu\r\n\r\n%s",
	    q->method, q->path, q->head, strlen(q->body), q->body);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static const char *hear(const struct family *f, int fd)
{
	struct buf b;
	char piece[4096];
	ssize_t n;
	buf_init(&b, f->cx->arena);
	while ((n = read(fd, piece, sizeof piece)) > 0)
		buf_add(&b, piece, (size_t)n);
	close(fd);
	return buf_text(&b);
}

static const char *fetch(const struct family *f, const char *path)
{
	int fd = dial(f);
	ask(f, fd, &(struct wire){"GET", path, "", ""});
	return hear(f, fd);
}

static int pay(const struct family *f)
{
	static const char mark[] = "name=\"csrf\" value=\"";
	struct web_client *a = &f->w->a;
	web_client_call(a, "GET", "/client", NULL);
	const char *at = strstr(a->body, mark);
	assert_non_null(at);
	at += sizeof mark - 1;
	int fd = dial(f);
	const char *head = arena_printf(f->cx->arena,
	    "Cookie: bh_s=%s\r\nContent-Type: "
	    "application/x-www-form-urlencoded\r\n",
	    web_client_cookie(a, WEB_COOKIE));
	ask(f, fd,
	    &(struct wire){"POST",
	        arena_printf(f->cx->arena, "/client/invoices/%lld/pay",
	            (long long)f->w->invoice_id),
	        head,
	        arena_printf(f->cx->arena, "csrf=%.*s&gateway=card", (int)strcspn(at, "\""), at)});
	return fd;
}

static void wait_asked(const struct family *f)
{
	char byte;
	assert_int_equal(read(f->asked[0], &byte, 1), 1);
}

static void a_waiting_request_holds_nobody(void **state)
{
	struct family *f = family_open(*state, true);
	int fd = pay(f);
	wait_asked(f);
	/* While link is silent others are served by the same process. */
	for (int i = 0; i < 5; i++)
		assert_true(str_starts(fetch(f, "/login"), "HTTP/1.1 200"));
	assert_int_equal(write(f->go[1], "g", 1), 1);
	const char *answer = hear(f, fd);
	assert_true(str_starts(answer, "HTTP/1.1 303"));
	assert_non_null(strstr(answer, "Location: https://pay.example/real"));
	json_t *attempts;
	testdb_ok(f->cx, attempt_list(f->cx, f->w->invoice_id, &attempts));
	assert_int_equal(json_array_size(attempts), 1);
	assert_string_equal(json_string_value(
	                        json_object_get(json_array_get(attempts, 0), "state")),
	    "started");
	family_close(f);
}

/* The visitor leaves, the answer comes: nothing breaks, nobody else gets it. */
static void a_visitor_leaves(void **state)
{
	struct family *f = family_open(*state, true);
	int fd = pay(f);
	wait_asked(f);
	close(fd);
	assert_int_equal(write(f->go[1], "g", 1), 1);
	for (int i = 0; i < 20; i++) {
		const char *page = fetch(f, "/login");
		assert_true(str_starts(page, "HTTP/1.1 200"));
		assert_null(strstr(page, "pay.example"));
	}
	family_close(f);
}

static void link_dies_with_the_call(void **state)
{
	struct family *f = family_open(*state, true);
	int fd = pay(f);
	wait_asked(f);
	assert_int_equal(write(f->go[1], "k", 1), 1);
	const char *answer = hear(f, fd);
	assert_true(str_starts(answer, "HTTP/1.1 503"));
	assert_non_null(strstr(answer, "cannot be reached now"));
	family_close(f);
}

static void no_link_at_all(void **state)
{
	struct family *f = family_open(*state, false);
	const char *answer = hear(f, pay(f));
	assert_true(str_starts(answer, "HTTP/1.1 503"));
	int fd = dial(f);
	ask(f, fd, &(struct wire){"POST", "/hooks/card", "", "{\"id\":\"1\"}"});
	assert_true(str_starts(hear(f, fd), "HTTP/1.1 503"));
	family_close(f);
}

/* A stranger orders: the account and session made before the wait are there after it. */
static void checkout_survives_the_wait(void **state)
{
	struct family *f = family_open(*state, true);
	struct web_client *v = &f->w->anon;
	static const char mark[] = "name=\"csrf\" value=\"";
	web_client_form(v, "/order/web-s", "cycle=1m&domain=wait.example");
	assert_status(v, 303);
	web_client_call(v, "GET", "/checkout", NULL);
	const char *at = strstr(v->body, mark);
	assert_non_null(at);
	at += sizeof mark - 1;
	int fd = dial(f);
	const char *head = arena_printf(f->cx->arena,
	    "Cookie: bh_s=%s\r\nContent-Type: "
	    "application/x-www-form-urlencoded\r\n",
	    web_client_cookie(v, WEB_COOKIE));
	ask(f, fd,
	    &(struct wire){"POST", "/checkout", head,
	        arena_printf(f->cx->arena,
	            "csrf=%.*s&email=w%%40example.com&"
	            "password=a+good+long+one&first_name=W&last_name=X&address=1&"
	            "city=T&postcode=1&country=DE&gateway=card",
	            (int)strcspn(at, "\""), at)});
	wait_asked(f);
	assert_int_equal(write(f->go[1], "g", 1), 1);
	const char *answer = hear(f, fd);
	assert_true(str_starts(answer, "HTTP/1.1 303"));
	assert_non_null(strstr(answer, "Location: https://pay.example/real"));
	const char *cookie = strstr(answer, "Set-Cookie: bh_s=c.");
	assert_non_null(cookie);
	struct client c;
	json_t *orders;
	testdb_ok(f->cx, client_find_email(f->cx, "w@example.com", &c));
	testdb_ok(f->cx, order_list(f->cx, &(struct order_filter){.client_id = c.id}, &orders));
	assert_int_equal(json_array_size(orders), 1);
	family_close(f);
}

static void a_run_in_a_child(void **state)
{
	struct family *f = family_open(*state, false);
	struct settings s;
	int fd = dial(f);
	ask(f, fd,
	    &(struct wire){"POST", "/test/run", "Content-Type: application/json\r\n",
	        "{\"only\":[\"billing\"]}"});
	const char *answer = hear(f, fd);
	assert_true(str_starts(answer, "HTTP/1.1 200"));
	assert_non_null(strstr(answer, "\"status\":\"ok\""));
	assert_non_null(strstr(answer, "\"only\":true"));
	testdb_ok(f->cx, setting_load(f->cx, &s));
	assert_string_equal(s.company_footer, "written by the run");
	assert_true(str_starts(fetch(f, "/login"), "HTTP/1.1 200"));
	family_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(a_waiting_request_holds_nobody),
	    TESTDB_BOTH(a_visitor_leaves),
	    TESTDB_BOTH(link_dies_with_the_call),
	    TESTDB_BOTH(no_link_at_all),
	    TESTDB_BOTH(checkout_survives_the_wait),
	    TESTDB_BOTH(a_run_in_a_child),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
