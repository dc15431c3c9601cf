/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent of a serving family: checks once that everything fits, starts the processes, starts
 * again what dies, and ends them in order. It serves nothing and holds no database and no key.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/command.h"
#include "app/database.h"
#include "app/family.h"
#include "app/key.h"
#include "app/seed.h"
#include "base/clock.h"
#include "base/day.h"
#include "base/log.h"
#include "base/str.h"
#include "core/setting/setting.h"
#include "net/http.h"

#define CHILDREN_MAX 128 /* 64 web, 32 link, 16 job */
#define SETTLED_MS 5000  /* who lived so long did not die of its start */
#define DELAY_MS_MAX 30000
#define STOP_MS 5000      /* the whole family, from the signal to the last kill */
#define STOP_LINK_MS 4000 /* links stay until nobody asks them, at most so long */

struct child {
	enum family_kind kind;
	int index;
	pid_t pid;                    /* 0: not running */
	int64_t started_ms, start_ms; /* start_ms: when it is started again */
	int falls;                    /* early deaths in a row */
};

struct house {
	struct cx *cx;
	struct family family;
	struct child children[CHILDREN_MAX];
	size_t n;
	int signal_fd;
	bool told; /* "listens" was printed */
};

static void add(struct house *h, enum family_kind kind, int64_t count)
{
	for (int i = 0; i < (int)count; i++)
		h->children[h->n++] = (struct child){.kind = kind, .index = i};
}

static void start(struct house *h, struct child *c)
{
	c->started_ms = clock_mono_ms();
	pid_t pid = family_fork(&h->family, c->kind, c->index);
	c->pid = pid < 0 ? 0 : pid;
	if (pid < 0) {
		log_line(LOG_ERROR, "no process", "kind", family_word(c->kind), "why",
		    strerror(errno), NULL);
		c->start_ms = clock_mono_ms() + 1000;
	}
}

static void start_due(struct house *h)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->children[i].pid == 0 && h->children[i].start_ms <= clock_mono_ms())
			start(h, &h->children[i]);
}

/* Milliseconds until somebody is to be started; -1: everybody runs. */
static int wait_ms(const struct house *h)
{
	int64_t wait = -1;
	for (size_t i = 0; i < h->n; i++) {
		int64_t left = h->children[i].start_ms - clock_mono_ms();
		if (h->children[i].pid == 0 && (wait < 0 || left < wait))
			wait = left < 0 ? 0 : left;
	}
	return (int)wait;
}

static void note_death(struct house *h, const struct child *c, int status)
{
	struct arena *a = h->cx->arena;
	const char *how = WIFSIGNALED(status) ? arena_printf(a, "signal %d", WTERMSIG(status)) :
	                                        arena_printf(a, "exit %d", WEXITSTATUS(status));
	log_line(LOG_ERROR, "process died", "kind", family_word(c->kind), "index",
	    arena_printf(a, "%d", c->index), "pid", arena_printf(a, "%d", (int)c->pid), "how", how,
	    "again_in_ms", arena_printf(a, "%lld", (long long)(c->start_ms - clock_mono_ms())),
	    NULL);
	arena_reset(a);
}

static struct child *find(struct house *h, pid_t pid)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->children[i].pid == pid)
			return &h->children[i];
	return NULL;
}

/* The first early death costs little, each further one doubles the wait. */
static void bury(struct house *h, bool stopping)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *c = find(h, pid);
		if (c == NULL)
			continue;
		int64_t now_ms = clock_mono_ms();
		c->falls = now_ms - c->started_ms >= SETTLED_MS ? 0 : c->falls + 1;
		int64_t delay =
		    c->falls == 0 ? 0 : INT64_C(100) << (c->falls < 10 ? c->falls - 1 : 9);
		c->start_ms = now_ms + (delay > DELAY_MS_MAX ? DELAY_MS_MAX : delay);
		if (!stopping)
			note_death(h, c, status);
		c->pid = 0;
	}
}

/* ---- stopping ---- */

static size_t alive(const struct house *h, bool links)
{
	size_t n = 0;
	for (size_t i = 0; i < h->n; i++)
		n += h->children[i].pid != 0 && (h->children[i].kind == FAMILY_LINK) == links;
	return n;
}

static void signal_all(struct house *h, int sig, bool links)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->children[i].pid != 0 && (h->children[i].kind == FAMILY_LINK) == links)
			kill(h->children[i].pid, sig);
}

static void wait_until(struct house *h, bool links, int64_t until_ms)
{
	for (;;) {
		bury(h, true);
		int64_t left = until_ms - clock_mono_ms();
		if (alive(h, links) == 0 || left <= 0)
			return;
		struct signalfd_siginfo si;
		struct pollfd p = {h->signal_fd, POLLIN, 0};
		if (poll(&p, 1, (int)left) > 0)
			(void)!read(h->signal_fd, &si, sizeof si);
	}
}

/* Those who ask end before those who answer; whoever does not end is ended. */
static void stop(struct house *h)
{
	int64_t began_ms = clock_mono_ms();
	log_line(LOG_INFO, "stopping", NULL);
	signal_all(h, SIGTERM, false);
	wait_until(h, false, began_ms + STOP_LINK_MS);
	signal_all(h, SIGTERM, true);
	wait_until(h, true, began_ms + STOP_MS - 500);
	if (alive(h, true) + alive(h, false) > 0)
		log_line(LOG_WARN, "killing what did not stop", NULL);
	signal_all(h, SIGKILL, false);
	signal_all(h, SIGKILL, true);
	wait_until(h, false, began_ms + STOP_MS);
	wait_until(h, true, began_ms + STOP_MS);
	log_line(LOG_INFO, "stopped", NULL);
}

/* ---- starting ---- */

/* Where a browser on this machine finds us. */
static const char *local_url(struct cx *cx, const char *listen, int port)
{
	int len = (int)(strrchr(listen, ':') - listen);
	bool any = strncmp(listen, "0.0.0.0", 7) == 0 || strncmp(listen, "[::]", 4) == 0;
	if (any)
		return arena_printf(cx->arena, "http://localhost:%d", port);
	return arena_printf(cx->arena, "http://%.*s:%d", len, listen, port);
}

/* A web address on the loopback can only be a trial's: it follows the port, or hooks and links
 * would lead nowhere. */
static enum err follow_port(struct cx *cx, const struct config *c, const char *url, int port)
{
	const char *now = local_url(cx, c->listen, port);
	bool trial = str_starts(url, "http://localhost:") || str_starts(url, "http://127.0.0.1:") ||
	    str_starts(url, "http://[::1]:");
	bool ours = str_ends(url, strrchr(now, ':'));
	if (!trial || ours)
		return OK;
	log_line(LOG_INFO, "company.url follows --listen", "url", now, NULL);
	return setting_put(cx, "company.url", now);
}

/* A sandbox named in the environment of `serve` alone is meant as well as one named at init. */
static enum err load(struct cx *cx, const struct config *c, int port, struct settings *ret)
{
	if (!str_empty(c->sandbox_url) || !str_empty(c->sandbox_smtp))
		TRY(seed_base(cx, c));
	TRY(setting_load(cx, ret));
	TRY(zone_check(cx, ret->company_zone)); /* every billing day would be wrong */
	return follow_port(cx, c, ret->company_url, port);
}

/* Before anybody is started: database, schema and key must fit together. */
static enum err check(struct cx *cx, const struct config *c, int port)
{
	struct settings settings;
	struct link_keys keys;
	TRY(database_open(cx, c, DATABASE_READY));
	enum err err = load(cx, c, port, &settings);
	database_close(cx);
	TRY(err);
	const char *path = key_path(cx, c);
	TRY(key_read(cx, path, &keys));
	if (!str_eq(keys.public_key, settings.link_public_key))
		return fail(cx, ERR_CONFLICT, "key.other",
		    "the key file %s belongs to another database: name the right one with "
		    "--key-file",
		    path);
	if (c->now != 0 && !c->test_mode)
		return fail(cx, ERR_INVALID, "usage.now", "--now needs --test-mode here");
	return OK;
}

static int signals(void)
{
	static const int wanted[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		sigaddset(&set, wanted[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static enum err prepare(struct house *h, const struct config *c)
{
	struct cx *cx = h->cx;
	int fd = -1, port = 0;
	/* The port first: it may need root, and nothing else does. */
	TRY(http_listen(cx, c->listen, &fd, &port));
	TRY(database_user(cx, c));
	TRY(check(cx, c, port));
	TRY(family_open(cx, c, &h->family));
	h->family.web_fd = fd;
	h->family.port = port;
	h->family.ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	h->signal_fd = signals();
	if (h->family.ready_fd < 0 || h->signal_fd < 0)
		return fail(cx, ERR_INTERNAL, "serve.start", "no descriptor: %s", strerror(errno));
	add(h, FAMILY_LINK, c->links);
	add(h, FAMILY_WEB, c->workers);
	add(h, FAMILY_JOB, c->jobs);
	return OK;
}

static void tell(struct house *h)
{
	uint64_t n;
	if (read(h->family.ready_fd, &n, sizeof n) != (ssize_t)sizeof n || h->told)
		return;
	const char *listen = h->family.config->listen;
	printf("Billhook listens on http://%.*s:%d\n", (int)(strrchr(listen, ':') - listen), listen,
	    h->family.port);
	fflush(stdout);
	h->told = true;
}

/* True when a signal says stop. */
static bool heard_stop(struct house *h)
{
	struct signalfd_siginfo si;
	bool stops = false;
	while (read(h->signal_fd, &si, sizeof si) == (ssize_t)sizeof si)
		stops = stops || si.ssi_signo != (uint32_t)SIGCHLD;
	return stops;
}

static void watch(struct house *h)
{
	for (;;) {
		start_due(h);
		struct pollfd fds[2] = {{h->signal_fd, POLLIN, 0}, {h->family.ready_fd, POLLIN, 0}};
		if (poll(fds, 2, wait_ms(h)) < 0 && errno != EINTR)
			return;
		if (heard_stop(h))
			return;
		bury(h, false);
		tell(h);
	}
}

int command_serve(struct cx *cx, const struct config *c)
{
	struct house h = {.cx = cx};
	if (prepare(&h, c) != OK)
		return command_fault(cx);
	arena_reset(cx->arena);
	watch(&h);
	stop(&h);
	family_close(&h.family);
	return 0;
}
