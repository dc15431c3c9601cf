/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox gateway's hooks: what was announced, to whom, how often. Each attempt runs in a child
 * process, because the receiver may be slow and the sandbox must not wait for it. Retries after 1,
 * 2, 4 … seconds. What is announced is decided in sandbox_gateway.c.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/sandbox_own.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "fmt/form.h"

#define TRIES_MAX 10
#define CHILDREN_MAX 16
#define ATTEMPT_S 10
#define DELAY_MAX_S 86400

enum hook_state { HOOK_HELD, HOOK_WAITING, HOOK_SENDING, HOOK_DELIVERED, HOOK_FAILED };

struct sandbox_hook {
	struct sandbox_hook *next;
	json_t *about; /* id type checkout url body: what GET /gateway/hooks shows */
	enum hook_state state;
	int tries, status; /* status 0: no answer */
	bool again;        /* asked to resend while sending */
	int64_t due_ms;
	pid_t pid;
	int fd;
};

static void read_wishes(struct sandbox *sb, const char *query, struct sandbox_hook *h)
{
	json_t *wishes = NULL;
	int64_t delay_s = 0;
	h->state = HOOK_WAITING;
	if (query != NULL && form_parse(&sb->cx, query, strlen(query), &wishes) == OK) {
		if (str_eq(sandbox_text(wishes, "hook"), "no"))
			h->state = HOOK_HELD;
		if (!str_int(sandbox_text(wishes, "delay_s"), &delay_s) || delay_s < 0)
			delay_s = 0;
	}
	h->due_ms = clock_mono_ms() + (delay_s > DELAY_MAX_S ? DELAY_MAX_S : delay_s) * 1000;
}

void sandbox_hook_add(struct sandbox *sb, const json_t *checkout, const char *type, int64_t minor,
    const char *query)
{
	struct sandbox_hook *h = calloc(1, sizeof *h);
	assert(h != NULL);
	const char *id = arena_printf(sb->cx.arena, "evt_%s", crypto_token(sb->cx.arena, 12));
	json_t *event = json_pack("{ss ss ss ss sI ss}", "id", id, "type", type, "checkout",
	    sandbox_text(checkout, "id"), "reference", sandbox_text(checkout, "reference"),
	    "amount_minor", (json_int_t)minor, "currency", sandbox_text(checkout, "currency"));
	if (*sandbox_text(checkout, "subscription") != 0)
		json_object_set_new(event, "subscription",
		    json_string(sandbox_text(checkout, "subscription")));
	if (str_eq(type, "payment.refunded")) {
		json_object_set_new(event, "refund", json_string(sandbox_text(checkout, "refund")));
		json_object_set_new(event, "key",
		    json_string(sandbox_text(checkout, "refund_key")));
	}
	if (str_starts(type, "payment.dispute"))
		json_object_set_new(event, "dispute",
		    json_string(sandbox_text(checkout, "dispute")));
	char *body = json_dumps(event, JSON_COMPACT);
	h->about = json_pack("{ss ss ss ss ss}", "id", id, "type", type, "checkout",
	    sandbox_text(checkout, "id"), "url", sandbox_text(checkout, "hook_url"), "body", body);
	assert(h->about != NULL);
	json_decref(event);
	free(body);
	h->fd = -1;
	read_wishes(sb, query, h);
	if (*sandbox_text(h->about, "url") == 0)
		h->state = HOOK_HELD;
	h->next = sb->hooks;
	sb->hooks = h;
}

/* ---- one attempt ---- */

static _Noreturn void child_run(struct sandbox *sb, const struct sandbox_hook *h, int to)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (to != 3)
		dup2(to, 3);
	close_range(4, ~0u, 0); /* our port must not stay open in a child that outlives us */
	struct arena *a = sb->cx.arena;
	const char *body = sandbox_text(h->about, "body");
	const char *at = arena_printf(a, "%lld", (long long)clock_now());
	const char *base = arena_printf(a, "%s.%s", at, body);
	char hex[CRYPTO_SHA256_HEX];
	crypto_hmac_sha256(sb->secret, strlen(sb->secret), base, strlen(base), hex);
	const char *const headers[] = {"Content-Type: application/json",
	    arena_printf(a, "Billhook-Signature: t=%s,v1=%s", at, hex), NULL};
	struct http_call c = {.method = "POST",
	    .url = sandbox_text(h->about, "url"),
	    .headers = headers,
	    .body = body,
	    .body_len = strlen(body),
	    .timeout_s = ATTEMPT_S};
	struct http_answer answer = {0};
	int status = http_call(&sb->cx, &c, &answer) == OK ? answer.status : 0;
	ssize_t n = write(3, &status, sizeof status);
	_exit(n == (ssize_t)sizeof status ? 0 : 1);
}

static void launch(struct sandbox *sb, struct sandbox_hook *h)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) != 0)
		return;
	h->pid = fork();
	if (h->pid == 0)
		child_run(sb, h, fds[1]);
	close(fds[1]);
	if (h->pid < 0) {
		close(fds[0]);
		return;
	}
	h->fd = fds[0];
	h->state = HOOK_SENDING;
	h->tries++;
}

static void settle(struct sandbox_hook *h)
{
	int status = 0;
	if (read(h->fd, &status, sizeof status) != (ssize_t)sizeof status)
		status = 0;
	close(h->fd);
	h->fd = -1;
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	h->status = status;
	h->state = status >= 200 && status <= 299 ? HOOK_DELIVERED :
	    h->tries >= TRIES_MAX                 ? HOOK_FAILED :
	                                            HOOK_WAITING;
	h->due_ms = clock_mono_ms() + (INT64_C(1000) << (h->tries - 1));
	if (h->again) {
		h->again = false;
		h->state = HOOK_WAITING;
		h->tries = 0;
		h->due_ms = clock_mono_ms();
	}
}

/* ---- the loop's part ---- */

size_t sandbox_hooks_poll(struct sandbox *sb, struct pollfd *fds, size_t max, int *wait_ms)
{
	size_t n = 0;
	for (const struct sandbox_hook *h = sb->hooks; h != NULL; h = h->next) {
		if (h->state == HOOK_SENDING && n < max)
			fds[n++] = (struct pollfd){.fd = h->fd, .events = POLLIN};
		if (h->state != HOOK_WAITING)
			continue;
		int64_t left = h->due_ms - clock_mono_ms();
		if (left < *wait_ms)
			*wait_ms = left < 10 ? 10 : (int)left;
	}
	return n;
}

static bool is_settled(const struct sandbox_hook *h)
{
	struct pollfd p = {.fd = h->fd, .events = POLLIN};
	return poll(&p, 1, 0) == 1;
}

void sandbox_hooks_turn(struct sandbox *sb)
{
	int sending = 0;
	for (struct sandbox_hook *h = sb->hooks; h != NULL; h = h->next) {
		if (h->state == HOOK_SENDING && is_settled(h))
			settle(h);
		sending += h->state == HOOK_SENDING;
	}
	for (struct sandbox_hook *h = sb->hooks; h != NULL && sending < CHILDREN_MAX; h = h->next) {
		if (h->state != HOOK_WAITING || h->due_ms > clock_mono_ms())
			continue;
		launch(sb, h);
		sending++;
	}
}

void sandbox_hooks_free(struct sandbox *sb)
{
	while (sb->hooks != NULL) {
		struct sandbox_hook *h = sb->hooks;
		sb->hooks = h->next;
		if (h->state == HOOK_SENDING) {
			kill(h->pid, SIGKILL);
			settle(h);
		}
		json_decref(h->about);
		free(h);
	}
}

/* ---- GET /gateway/hooks, POST /gateway/hooks/ID/resend ---- */

static json_t *view(const struct sandbox_hook *h)
{
	static const char *const words[] = {"held", "waiting", "sending", "delivered", "failed"};
	json_t *j = json_copy(h->about);
	json_object_set_new(j, "state", json_string(words[h->state]));
	json_object_set_new(j, "tries", json_integer(h->tries));
	json_object_set_new(j, "status", json_integer(h->status));
	return j;
}

static struct sandbox_hook *find(struct sandbox *sb, const char *id, size_t len)
{
	for (struct sandbox_hook *h = sb->hooks; h != NULL; h = h->next) {
		const char *own = sandbox_text(h->about, "id");
		if (strlen(own) == len && memcmp(own, id, len) == 0)
			return h;
	}
	return NULL;
}

static void resend(struct sandbox_hook *h)
{
	if (h->state == HOOK_SENDING) {
		h->again = true;
		return;
	}
	h->state = HOOK_WAITING;
	h->tries = 0;
	h->due_ms = clock_mono_ms();
}

enum http_done sandbox_hooks(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret)
{
	if (*rest == 0 && !str_eq(q->method, "POST")) {
		json_t *list = json_array();
		for (const struct sandbox_hook *h = sb->hooks; h != NULL; h = h->next)
			json_array_insert_new(list, 0, view(h)); /* oldest first */
		return sandbox_json(sb, 200, list, ret);
	}
	const char *id = *rest == '/' ? rest + 1 : rest;
	size_t len = strcspn(id, "/");
	struct sandbox_hook *h = find(sb, id, len);
	if (h == NULL)
		return sandbox_error(sb, 404, "unknown", "no such hook", ret);
	if (str_eq(q->method, "POST") && str_eq(id + len, "/resend")) {
		if (*sandbox_text(h->about, "url") == 0)
			return sandbox_error(sb, 409, "no_hook_url",
			    "the checkout gave no hook_url", ret);
		resend(h);
		return sandbox_json(sb, 202, view(h), ret);
	}
	if (id[len] != 0 || str_eq(q->method, "POST"))
		return sandbox_error(sb, 404, "unknown", "no such address", ret);
	return sandbox_json(sb, 200, view(h), ret);
}
