/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The link process: takes one call after another from the other processes of the family and answers
 * each. It has no database and no pages; a crash here costs one call.
 */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "link/own.h"
#include "net/ipc.h"

#define RECEIVE_S 5 /* our own processes send at once; anything slower is broken */

struct station {
	struct cx *cx;
	const struct link_keys *keys;
	struct link_shared *shared;
	int listen_fd, stop_fd, slot;
	char said[160]; /* the last complaint: a server that is down would fill the log with it */
};

/* SIGTERM waits here until the call under way is answered. */
static int stop_open(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* -1: time to stop. */
static int next_call(const struct station *s)
{
	for (;;) {
		struct pollfd fds[2] = {{s->listen_fd, POLLIN, 0}, {s->stop_fd, POLLIN, 0}};
		int n = poll(fds, 2, -1);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n <= 0)
			continue;
		if (fds[1].revents != 0 || (fds[0].revents & (POLLERR | POLLNVAL)) != 0)
			return -1;
		int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
}

/* A caller that gave up has already decided what to do: acting now would be behind its back. */
static bool has_left(int fd)
{
	struct pollfd p = {fd, POLLRDHUP, 0};
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* Repeats of the last complaint are for the curious only. */
static enum log_level level_of(struct station *s, const char *bound, const struct answer *a)
{
	char now[sizeof s->said];
	if (a->outcome == OUTCOME_DONE || a->outcome == OUTCOME_PENDING)
		return LOG_INFO;
	snprintf(now, sizeof now, "%s %s", bound, a->reason);
	bool again = str_eq(now, s->said);
	str_copy(s->said, sizeof s->said, now);
	return again && a->outcome == OUTCOME_NOT_TRIED ? LOG_DEBUG : LOG_WARN;
}

static void note(struct station *s, const json_t *request, const struct answer *a,
    int64_t started_ms)
{
	const char *bound = link_text(request, "bound");
	const char *took =
	    arena_printf(s->cx->arena, "%lld", (long long)(clock_mono_ms() - started_ms));
	log_line(level_of(s, bound, a), "call", "op", link_text(request, "op"), "bound", bound,
	    "outcome", outcome_word(a->outcome), "reason", a->reason, "ms", took, NULL);
}

/* A test is how staff find out that it lives again. */
static bool is_test(const char *op)
{
	return str_ends(op, ".test");
}

static enum err guarded(const struct station *s, const json_t *request, const char *bound,
    struct answer *ret)
{
	struct cx *cx = s->cx;
	const char *op = link_text(request, "op");
	int64_t dead_s = is_test(op) ? 0 : link_dead_s(s->shared, bound, cx->now);
	if (dead_s > 0)
		return link_say(cx, ret, OUTCOME_NOT_TRIED,
		    "the server does not answer; it is tried again in %lld seconds",
		    (long long)dead_s);
	if (!link_enter(s->shared, s->slot, bound))
		return link_say(cx, ret, OUTCOME_NOT_TRIED,
		    "the server is busy with %d of our calls; it is tried again soon",
		    LIMIT_LINK_PER_PROVIDER);
	enum err err = link_answer(cx, s->keys, request, ret);
	link_leave(s->shared, s->slot);
	TRY(err);
	if (json_is_true(json_object_get(ret->data, "silent")))
		link_mark(s->shared, bound, cx->now);
	else if (ret->outcome == OUTCOME_DONE)
		link_unmark(s->shared, bound);
	return OK;
}

/* What calls nobody needs no bound: a signature to prove, a secret to open. */
static bool calls_nobody(const char *op)
{
	return str_starts(op, "secret.") || str_eq(op, "gateway.verify");
}

static void serve_one(struct station *s, int fd)
{
	struct cx *cx = s->cx;
	struct answer a = {0};
	json_t *request = NULL;
	int64_t started_ms = clock_mono_ms();
	if (ipc_receive(cx, fd, RECEIVE_S, &request) != OK) {
		log_fault(cx, "call not received");
		return;
	}
	if (has_left(fd)) {
		log_line(LOG_WARN, "caller left", "op", link_text(request, "op"), NULL);
		return;
	}
	const json_t *now = json_object_get(request, "now");
	const char *bound = link_text(request, "bound"), *op = link_text(request, "op");
	cx->now = json_is_integer(now) ? json_integer_value(now) : clock_now();
	enum err err = calls_nobody(op) ? link_answer(cx, s->keys, request, &a) :
	                                  guarded(s, request, *bound != 0 ? bound : op, &a);
	assert(err == OK);
	note(s, request, &a, started_ms);
	json_t *message = link_answer_print(&a);
	if (ipc_send(cx, fd, message) != OK)
		log_fault(cx, "answer not delivered");
	json_decref(message);
}

int link_main(struct cx *cx, const struct link_keys *keys, int listen_fd,
    struct link_shared *shared, int slot)
{
	struct station s = {.cx = cx,
	    .keys = keys,
	    .shared = shared,
	    .listen_fd = listen_fd,
	    .stop_fd = stop_open(),
	    .slot = slot};
	int fd;
	assert(slot >= 0 && slot < LINK_SLOTS && s.stop_fd >= 0);
	link_leave(shared, slot); /* left by a process that died in a call */
	while ((fd = next_call(&s)) >= 0) {
		serve_one(&s, fd);
		close(fd);
		cx_clear(cx);
		arena_reset(cx->arena);
	}
	close(s.stop_fd);
	return 0;
}
