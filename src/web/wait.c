/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that wait for another process: link calls and test runs. The table keeps, beyond the
 * request's arena, what the first run made and the answers that have come; when one comes the loop
 * resumes the request and its handler runs again. What is asked is the handlers' business.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/link.h"
#include "net/ipc.h"
#include "web/own.h"

#define CALL_MS ((LIMIT_LINK_CALL_S + 5) * 1000)
#define RUN_MS (600 * 1000) /* a test run over a large company */
#define READ_S 2            /* the rest of a message whose first bytes are there */

static void call_close(struct web_call *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	if (c->pid > 0)
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	c->pid = 0;
}

void waiting_end(struct waiting *q)
{
	if (q->exchange == NULL)
		return;
	for (int i = 0; i < q->calls_n; i++)
		call_close(&q->calls[i]);
	arena_free(q->arena);
	*q = (struct waiting){0};
}

static void fingerprint(struct cx *cx, const struct page *p, char ret[CRYPTO_SHA256_HEX])
{
	const struct http_request *q = p->http;
	struct buf b;
	buf_init(&b, cx->arena);
	buf_printf(&b, "%s\n%s\n%s\n%s\n%s\n", q->method, q->target, str_or(q->ip, ""),
	    str_or(web_header(p->web, q, "Cookie"), ""),
	    str_or(web_header(p->web, q, "Authorization"), ""));
	buf_add(&b, q->body, q->body_len);
	crypto_sha256(b.s, b.len, ret);
}

struct waiting *waiting_find(struct cx *cx, const struct page *p)
{
	char mark[CRYPTO_SHA256_HEX];
	for (size_t i = 0; p->http->exchange != NULL && i < WEB_WAITING; i++) {
		struct waiting *q = &p->web->waiting[i];
		if (q->exchange != p->http->exchange)
			continue;
		fingerprint(cx, p, mark);
		if (strcmp(q->mark, mark) == 0)
			return q;
		waiting_end(q); /* its visitor left; this one has only the same address in memory */
	}
	return NULL;
}

static enum err waiting_begin(struct cx *cx, struct page *p)
{
	struct web *w = p->web;
	for (size_t i = 0; p->waiting == NULL && i < WEB_WAITING; i++) {
		if (w->waiting[i].exchange != NULL)
			continue;
		p->waiting = &w->waiting[i];
		*p->waiting = (struct waiting){.exchange = p->http->exchange,
		    .arena = arena_new(LIMIT_REMOTE_BYTES * 4)};
		fingerprint(cx, p, p->waiting->mark);
	}
	if (p->waiting == NULL)
		return fail(cx, ERR_RETRY, "web.busy",
		    "Too many requests are waiting for a provider. Try again.");
	return OK;
}

void waiting_keep(struct page *p)
{
	struct waiting *q = p->waiting;
	q->memo = p->memo;
	q->replay = true;
	if (p->token != NULL)
		q->token = arena_strdup(q->arena, p->token);
	for (int i = 0; i < p->cookies_n && q->cookies_n < 6; i++)
		q->cookies[q->cookies_n++] = arena_strdup(q->arena, p->cookies[i]);
}

static enum err later(struct cx *cx, struct page *p)
{
	waiting_keep(p);
	p->waiting->turns = 0;
	return fail(cx, ERR_RETRY, "web.later", "The answer is on its way.");
}

static struct answer no_answer(enum outcome outcome, const char *reason)
{
	return (struct answer){outcome, reason, NULL};
}

static enum err read_answer(struct cx *cx, const struct web_call *c, struct answer *ret)
{
	if (c->message == NULL) {
		/* Sent and silent: the provider may have acted. */
		*ret = no_answer(c->sent ? OUTCOME_UNKNOWN : OUTCOME_NOT_TRIED, c->failed);
		return OK;
	}
	return link_answer_read(cx, c->message, ret);
}

static void start_call(struct web *w, struct waiting *q, struct web_call *c, const json_t *message)
{
	struct cx own = {.arena = q->arena};
	*c = (struct web_call){.op = c->op, .fd = -1, .until_ms = clock_mono_ms() + CALL_MS};
	if (ipc_connect(&own, w->link_path, &c->fd) != OK || ipc_send(&own, c->fd, message) != OK) {
		c->failed = arena_strdup(q->arena, own.fault.detail);
		call_close(c);
		return;
	}
	c->sent = true;
}

enum err web_link(struct cx *cx, struct page *p, const char *op, json_t *request,
    struct answer *ret)
{
	struct web *w = p->web;
	json_object_set_new(request, "op", json_string(op));
	if (w->link != NULL)
		return w->link->call(cx, w->link->arg, op, request, ret);
	TRY(waiting_begin(cx, p));
	struct waiting *q = p->waiting;
	int at = p->calls++;
	if (at >= WEB_CALLS || (at < q->calls_n && !str_eq(q->calls[at].op, op)))
		return fail(cx, ERR_INTERNAL, "web.calls",
		    "the handler asked differently when it ran again");
	if (at == q->calls_n) {
		q->calls[at].op = arena_strdup(q->arena, op);
		q->calls_n++;
		start_call(w, q, &q->calls[at], request);
	}
	if (q->calls[at].fd >= 0)
		return later(cx, p);
	return read_answer(cx, &q->calls[at], ret);
}

/* ---- a run in a child ---- */

static void run_child(struct web *w, int fd, const struct run_request *r)
{
	json_t *summary = NULL;
	struct cx cx = {.arena = arena_new(LIMIT_ARENA_BYTES),
	    .now = web_now(w),
	    .actor = {ACTOR_SYSTEM, 0, "test", ""},
	    .trace = "test"};
	enum err err = w->run.call(&cx, w->run.arg, r, &summary);
	json_t *message = err == OK ?
	    json_pack("{s:O}", "summary", summary) :
	    json_pack("{s:s, s:s}", "failed", cx.fault.key, "detail", cx.fault.detail);
	err = ipc_send(&cx, fd, message);
	_exit(err == OK ? 0 : 1);
}

static enum err start_run(struct cx *cx, struct page *p, const struct run_request *r)
{
	int pair[2];
	struct waiting *q = p->waiting;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return fail(cx, ERR_INTERNAL, "web.run", "no socket pair");
	int pid = fork();
	if (pid < 0) {
		close(pair[0]);
		close(pair[1]);
		return fail(cx, ERR_RETRY, "web.run", "no process can be started");
	}
	if (pid == 0)
		run_child(p->web, pair[1], r);
	close(pair[1]);
	q->calls[0] = (struct web_call){.op = "run",
	    .fd = pair[0],
	    .pid = pid,
	    .sent = true,
	    .until_ms = clock_mono_ms() + RUN_MS};
	q->calls_n = 1;
	return later(cx, p);
}

enum err web_fork_run(struct cx *cx, struct page *p, const struct run_request *r, json_t **ret)
{
	TRY(waiting_begin(cx, p));
	struct web_call *c = &p->waiting->calls[0];
	if (p->waiting->calls_n == 0)
		return start_run(cx, p, r);
	if (c->fd >= 0)
		return later(cx, p);
	json_t *summary = json_object_get(c->message, "summary");
	if (summary == NULL)
		return fail(cx, ERR_INTERNAL, "web.run", "the run failed: %s",
		    str_or(json_string_value(json_object_get(c->message, "detail")), "no answer"));
	*ret = json_keep(cx, json_incref(summary));
	return OK;
}

bool web_call_ready(struct web_call *c, struct arena *a, int64_t now_ms, bool readable)
{
	struct cx own = {.arena = a};
	if (c->fd < 0 || (!readable && now_ms < c->until_ms))
		return false;
	if (!readable)
		c->failed = "the answer did not come in time";
	else if (ipc_receive(&own, c->fd, READ_S, &c->message) != OK)
		c->failed = arena_strdup(a, own.fault.detail);
	call_close(c);
	return true;
}
