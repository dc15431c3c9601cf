/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_NET_HARNESS_H
#define TEST_NET_HARNESS_H

/*
 * For tests with sockets: a context, an HTTP server turned by the test itself in one process, plain
 * client sockets, and a forked server that plays a script of lines.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours, in base/cx.h, has arguments */

#include "base/clock.h"
#include "base/crypto.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/http.h"

#define PATIENCE_MS \
	20000 /* far more than anything here takes; only a failing test waits that long */

static inline struct cx *cx_make(void)
{
	static struct cx cx;
	memset(&cx, 0, sizeof cx);
	crypto_setup();
	cx.arena = arena_new(LIMIT_ARENA_BYTES);
	cx.now = 1800000000;
	return &cx;
}

static inline void cx_drop(struct cx *cx)
{
	arena_free(cx->arena);
}

static inline int dial(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static inline void send_text(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
		assert_true(n > 0);
		text += n;
		len -= (size_t)n;
	}
}

/* One forked process that accepts connections and plays its script on each. */
struct player {
	int port;
	pid_t pid;
};
typedef void player_script(int fd, int turn);

static inline struct player player_start(struct cx *cx, player_script *script)
{
	struct player p;
	int listen_fd;
	assert_int_equal(http_listen(cx, "127.0.0.1:0", &listen_fd, &p.port), OK);
	p.pid = fork();
	assert_true(p.pid >= 0);
	if (p.pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		for (int turn = 0;; turn++) {
			struct pollfd wait = {.fd = listen_fd, .events = POLLIN};
			poll(&wait, 1, -1);
			int fd = accept(listen_fd, NULL, NULL);
			if (fd < 0)
				continue;
			script(fd, turn);
			close(fd);
		}
	}
	close(listen_fd);
	return p;
}

static inline void player_stop(struct player p)
{
	kill(p.pid, SIGKILL);
	waitpid(p.pid, NULL, 0);
}

/* In a script: reads until the text ends with, or holds, what is awaited. */
static inline void await_text(int fd, const char *awaited)
{
	static char got[65536];
	size_t len = 0;
	while (len < sizeof got - 1) {
		ssize_t n = read(fd, got + len, 1);
		if (n <= 0)
			return;
		len += (size_t)n;
		got[len] = 0;
		if (str_ends(got, awaited))
			return;
	}
}

static inline void say(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));
	(void)n;
}

#endif
