/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox process: options, the loop, which room a request belongs to, and what all rooms share
 * (JSON answers, rehearsed faults). What a gateway, a panel or a mail server does is in its own
 * file.
 */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/sandbox.h"
#include "app/sandbox_own.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "fmt/form.h"

#define PARKED_MS 120000 /* longer than any caller waits */
#define POLL_MAX 256
#define ARENA_BYTES (256u << 20) /* reading a 10 MiB letter takes several copies of it */

/* ---- what rooms share ---- */

enum http_done sandbox_json(struct sandbox *sb, int status, json_t *steals, struct http_reply *ret)
{
	free(sb->answer);
	sb->answer = json_dumps(steals, JSON_COMPACT);
	assert(sb->answer != NULL);
	ret->status = status;
	ret->type = "application/json";
	ret->body = sb->answer;
	ret->body_len = strlen(sb->answer);
	json_decref(steals);
	return HTTP_ANSWERED;
}

enum http_done sandbox_error(struct sandbox *sb, int status, const char *error, const char *detail,
    struct http_reply *ret)
{
	json_t *j = json_pack("{ss ss}", "error", error, "detail", detail);
	return sandbox_json(sb, status, j, ret);
}

const char *sandbox_base(struct sandbox *sb, const struct http_request *q)
{
	const char *host = str_or(http_header(q, "Host"), "");
	bool plain = host[strspn(host,
	                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                 "0123456789.-:[]")] == 0;
	return arena_printf(sb->cx.arena, "http://%s", plain && *host != 0 ? host : "localhost");
}

json_t *sandbox_body(struct sandbox *sb, const struct http_request *q, struct http_reply *ret)
{
	json_t *j = NULL;
	if (json_parse(&sb->cx, q->body, q->body_len, &j) == OK)
		return j;
	sandbox_error(sb, 400, "malformed", sb->cx.fault.detail, ret);
	return NULL;
}

const char *sandbox_text(const json_t *j, const char *name)
{
	return str_or(json_string_value(json_object_get(j, name)), "");
}

/* ---- faults ---- */

enum http_done sandbox_faults_set(struct sandbox *sb, const char *room,
    const struct http_request *q, struct http_reply *ret)
{
	static const char *const known[] = {"lose_answer", "error_500", "timeout", "refuse"};
	json_t *body = sandbox_body(sb, q, ret);
	if (body == NULL)
		return HTTP_ANSWERED;
	const char *call = sandbox_text(body, "call"), *fault = sandbox_text(body, "fault");
	const json_t *times = json_object_get(body, "times");
	bool ok = false;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		ok = ok || str_eq(fault, known[i]);
	if (!ok || *call == 0 || (times != NULL && !json_is_integer(times)))
		return sandbox_error(sb, 422, "invalid",
		    "call, fault (lose_answer, error_500, timeout or "
		    "refuse) and a number of times are needed",
		    ret);
	json_int_t n = times == NULL ? 1 : json_integer_value(times);
	json_object_set_new(sb->faults, arena_printf(sb->cx.arena, "%s.%s", room, call),
	    json_pack("{ss sI}", "fault", fault, "times", n));
	return sandbox_json(sb, 200,
	    json_pack("{ss ss sI}", "call", call, "fault", fault, "times", n), ret);
}

const char *sandbox_fault_take(struct sandbox *sb, const char *room, const char *call)
{
	const char *name = arena_printf(sb->cx.arena, "%s.%s", room, call);
	json_t *f = json_object_get(sb->faults, name);
	json_int_t times = json_integer_value(json_object_get(f, "times"));
	if (times <= 0)
		return NULL;
	json_object_set_new(f, "times", json_integer(times - 1));
	return sandbox_text(f, "fault");
}

bool sandbox_fault_before(struct sandbox *sb, const char *fault, const struct http_request *q,
    struct http_reply *ret, enum http_done *ret_done)
{
	if (fault == NULL || str_eq(fault, "lose_answer"))
		return false;
	*ret_done = HTTP_ANSWERED;
	if (str_eq(fault, "error_500"))
		sandbox_error(sb, 500, "internal", "rehearsed fault", ret);
	else if (str_eq(fault, "refuse"))
		sandbox_error(sb, 422, "refused", "rehearsed refusal", ret);
	else if (sb->parked_n == SANDBOX_PARKED_MAX)
		ret->status = HTTP_DROP;
	else {
		sb->parked[sb->parked_n].exchange = q->exchange;
		sb->parked[sb->parked_n++].due_ms = clock_mono_ms() + PARKED_MS;
		*ret_done = HTTP_LATER;
	}
	return true;
}

void sandbox_fault_after(const char *fault, struct http_reply *ret)
{
	if (str_eq(fault, "lose_answer"))
		ret->status = HTTP_DROP;
}

static void wake_parked(struct sandbox *sb)
{
	for (int i = 0; i < sb->parked_n; i++)
		if (sb->parked[i].due_ms != 0 && sb->parked[i].due_ms <= clock_mono_ms()) {
			sb->parked[i].due_ms = 0;
			http_resume(sb->http, sb->parked[i].exchange);
		}
}

/* True for a request that was kept waiting and has come back only to be dropped. */
static bool was_parked(struct sandbox *sb, const struct http_request *q)
{
	for (int i = 0; i < sb->parked_n; i++)
		if (sb->parked[i].exchange == q->exchange) {
			sb->parked[i] = sb->parked[--sb->parked_n];
			return true;
		}
	return false;
}

/* ---- requests ---- */

/* The part before ".localhost" of the Host, without the port; NULL when it is another host. */
static const char *site_of(struct sandbox *sb, const struct http_request *q)
{
	const char *host = str_or(http_header(q, "Host"), "");
	char *name = str_lower(sb->cx.arena, host);
	name[strcspn(name, ":")] = 0;
	size_t len = strlen(name);
	if (!str_ends(name, ".localhost") || len == strlen(".localhost"))
		return NULL;
	name[len - strlen(".localhost")] = 0;
	return name;
}

static const char *behind(const char *path, const char *room)
{
	size_t len = strlen(room);
	return str_starts(path, room) && (path[len] == 0 || path[len] == '/') ? path + len : NULL;
}

static enum http_done route(struct sandbox *sb, const struct http_request *q,
    struct http_reply *ret)
{
	const char *site = site_of(sb, q), *rest;
	if (str_eq(q->path, "/sandbox.css")) {
		*ret = (struct http_reply){.status = 200,
		    .type = "text/css; charset=utf-8",
		    .body = sandbox_css,
		    .body_len = strlen(sandbox_css)};
		return HTTP_ANSWERED;
	}
	if (site != NULL)
		return sandbox_site(sb, site, ret);
	if ((rest = behind(q->path, "/gateway")) != NULL)
		return sandbox_gateway(sb, q, rest, ret);
	if ((rest = behind(q->path, "/pay")) != NULL)
		return sandbox_pay(sb, q, rest, ret);
	if ((rest = behind(q->path, "/panel")) != NULL)
		return sandbox_panel(sb, q, rest, ret);
	if ((rest = behind(q->path, "/mail")) != NULL)
		return sandbox_letters(sb, q, rest, ret);
	if (str_eq(q->path, "/"))
		return sandbox_page_home(sb, ret);
	return sandbox_error(sb, 404, "unknown", "no such address", ret);
}

static void fresh(struct sandbox *sb)
{
	arena_reset(sb->cx.arena);
	cx_clear(&sb->cx);
	sb->cx.now = clock_now();
}

static enum http_done handle(void *arg, const struct http_request *q, struct http_reply *ret)
{
	struct sandbox *sb = arg;
	fresh(sb);
	if (was_parked(sb, q)) {
		ret->status = HTTP_DROP;
		return HTTP_ANSWERED;
	}
	return route(sb, q, ret);
}

/* ---- the process ---- */

static int until_signal(struct sandbox *sb, int signal_fd)
{
	struct pollfd fds[POLL_MAX];
	for (;;) {
		int wait_ms = http_server_wait_ms(sb->http);
		if (wait_ms < 0 || wait_ms > 1000)
			wait_ms = 1000;
		fds[0] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
		fds[1] = (struct pollfd){.fd = http_server_fd(sb->http), .events = POLLIN};
		size_t n = 2 + sandbox_hooks_poll(sb, fds + 2, POLL_MAX - 2, &wait_ms);
		n += sandbox_mail_poll(sb, fds + n, POLL_MAX - n);
		if (poll(fds, n, wait_ms) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents != 0)
			return 0;
		http_server_turn(sb->http);
		sandbox_hooks_turn(sb);
		fresh(sb);
		sandbox_mail_turn(sb);
		wake_parked(sb);
	}
}

static int signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void setup(struct sandbox *sb)
{
	crypto_setup();
	*sb = (struct sandbox){.checkouts = json_object(),
	    .refunds = json_object(),
	    .subscriptions = json_object(),
	    .keys = json_object(),
	    .accounts = json_object(),
	    .logins = json_object(),
	    .faults = json_object(),
	    .letters = json_array()};
	sb->cx.arena = arena_new(ARENA_BYTES);
	sb->cx.now = clock_now();
}

static void teardown(struct sandbox *sb)
{
	http_server_free(sb->http);
	sandbox_hooks_free(sb);
	sandbox_mail_free(sb);
	json_t *const all[] = {sb->checkouts, sb->refunds, sb->subscriptions,
	    sb->keys, sb->accounts, sb->logins,
	    sb->faults, sb->letters};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		json_decref(all[i]);
	free(sb->answer);
	arena_free(sb->cx.arena);
}

static int usage(const char *why, const char *what)
{
	fprintf(stderr,
	    "sandbox: %s%s\n"
	    "usage: billhook sandbox --listen ADDR --secret S [--smtp ADDR]\n"
	    "  --listen ADDR   host:port of gateway, panel, sites and mail pages, e.g. "
	    "127.0.0.1:8090\n"
	    "  --secret S      signs payment hooks and opens the panel (Authorization: Bearer S)\n"
	    "  --smtp ADDR     host:port of the mail server, e.g. 127.0.0.1:2525\n",
	    why, what);
	return 2;
}

struct options {
	const char *listen, *secret, *smtp;
};

static int read_options(int argc, char **argv, struct options *ret)
{
	for (int i = 1; i < argc; i += 2) {
		const char **to = str_eq(argv[i], "--listen") ? &ret->listen :
		    str_eq(argv[i], "--secret")               ? &ret->secret :
		    str_eq(argv[i], "--smtp")                 ? &ret->smtp :
		                                                NULL;
		if (to == NULL)
			return usage("unknown option ", argv[i]);
		if (i + 1 >= argc || *argv[i + 1] == 0)
			return usage("a value is missing behind ", argv[i]);
		*to = argv[i + 1];
	}
	if (ret->listen == NULL || ret->secret == NULL)
		return usage(ret->listen == NULL ? "--listen" : "--secret", " is missing");
	return 0;
}

/* 0, or the exit code with the reason on stderr. */
static int open_rooms(struct sandbox *sb, const struct options *o)
{
	int port, smtp_port = 0, smtp_fd = -1;
	struct http_config c = {.handler = handle,
	    .arg = sb,
	    .trust_proxy = true,
	    .server = "Billhook sandbox",
	    .listen_fd = -1};
	enum err err = http_listen(&sb->cx, o->listen, &c.listen_fd, &port);
	if (err == OK && o->smtp != NULL)
		err = http_listen(&sb->cx, o->smtp, &smtp_fd, &smtp_port);
	if (err == OK)
		err = http_server_new(&sb->cx, &c, &sb->http);
	if (c.listen_fd >= 0)
		close(c.listen_fd);
	if (err == OK && smtp_fd >= 0)
		sandbox_mail_new(sb, smtp_fd);
	else if (smtp_fd >= 0)
		close(smtp_fd);
	if (err != OK) {
		fprintf(stderr, "sandbox: %s\n", sb->cx.fault.detail);
		return err == ERR_INVALID ? 2 : 1;
	}
	printf("sandbox http port %d\n", port);
	if (smtp_fd >= 0)
		printf("sandbox smtp port %d\n", smtp_port);
	fflush(stdout);
	return 0;
}

int sandbox_main(int argc, char **argv)
{
	struct options o = {0};
	int code = read_options(argc, argv, &o);
	if (code != 0)
		return code;
	struct sandbox sb;
	setup(&sb);
	sb.secret = o.secret;
	int signal_fd = signals();
	code = open_rooms(&sb, &o);
	if (code == 0)
		code = until_signal(&sb, signal_fd);
	teardown(&sb);
	close(signal_fd);
	return code;
}
