/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs an extension program and talks JSON lines with it: one call, one answer, in order. It keeps
 * the program away from our files, rights and patience; what the calls mean is link's business.
 * Whatever breaks the protocol ends the program, so that a late answer never meets a later call.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"
#include "net/exec.h"

#define TAIL_BYTES 4096
#define GROUPS_MAX 64
#define FILES_MAX 256
#define FILE_BYTES (64u << 20)
#define GRACE_MS 1000 /* to leave by itself after its input ended */

struct exec_program {
	pid_t pid;
	int in, out, err; /* -1 when closed */
	bool dead;
	unsigned calls;
	json_t *abilities;
	char *line; /* bytes read and not yet taken as a line */
	size_t len, cap;
	char tail[TAIL_BYTES + 1];
	size_t tail_len;
};

/* ---- starting ---- */

struct child {
	const char *path;
	char *const *env;
	int in, out, err;
	bool drop;
	uid_t uid;
	gid_t gid;
	gid_t groups[GROUPS_MAX];
	int groups_n;
	pid_t parent;
};

static void limit(int what, rlim_t n)
{
	struct rlimit r = {n, n};
	setrlimit(what, &r);
}

/* Only calls that are safe after fork. What fails here is seen as exit code 126 and on stderr. */
static _Noreturn void child_run(const struct child *c)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	if (setpgid(0, 0) != 0 || dup2(c->in, 0) < 0 || dup2(c->out, 1) < 0 ||
	    dup2(c->err, 2) < 0 || close_range(3, ~0u, 0) != 0 || chdir("/") != 0)
		_exit(126);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, FILES_MAX);
	limit(RLIMIT_FSIZE, FILE_BYTES);
	if (c->drop &&
	    (setgroups((size_t)c->groups_n, c->groups) != 0 || setgid(c->gid) != 0 ||
	        setuid(c->uid) != 0))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* after setuid, which clears it */
	if (getppid() != c->parent)
		_exit(126);
	char *const argv[] = {(char *)(uintptr_t)c->path, NULL};
	execve(c->path, argv, c->env);
	dprintf(2, "cannot run: %s", strerror(errno));
	_exit(126);
}

static enum err find_user(struct cx *cx, const char *user, struct child *c)
{
	if (user == NULL || geteuid() != 0)
		return OK;
	const struct passwd *pw = getpwnam(user);
	if (pw == NULL || pw->pw_uid == 0)
		return fail(cx, ERR_INVALID, "exec.user",
		    "\"%s\" is not a unix user to run programs as", user);
	c->drop = true;
	c->uid = pw->pw_uid;
	c->gid = pw->pw_gid;
	c->groups_n = GROUPS_MAX;
	if (getgrouplist(user, pw->pw_gid, c->groups, &c->groups_n) < 0)
		return fail(cx, ERR_INVALID, "exec.user", "\"%s\" is in too many groups", user);
	return OK;
}

/* Ours stay ours, and the loader's are a way into a program that runs with rights. */
static bool may_set(const char *name)
{
	return *name != 0 && name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == 0 &&
	    !str_starts(name, "LD_") && !str_eq(name, "PATH") && !str_eq(name, "LANG");
}

static char *const *environment(struct cx *cx, const json_t *settings)
{
	const json_t *extra = json_object_get(settings, "env");
	char **env = ARENA_ARRAY(cx->arena, char *, json_object_size(extra) + 3);
	size_t n = 0;
	env[n++] = arena_strdup(cx->arena, "PATH=/usr/local/bin:/usr/bin:/bin");
	env[n++] = arena_strdup(cx->arena, "LANG=C.UTF-8");
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)extra, name, value) {
		if (may_set(name) && json_is_string(value))
			env[n++] = arena_printf(cx->arena, "%s=%s", name, json_string_value(value));
	}
	return env;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool make_pipes(int fds[6])
{
	for (int i = 0; i < 6; i++)
		fds[i] = -1;
	for (int i = 0; i < 6; i += 2)
		if (pipe2(fds + i, O_CLOEXEC) != 0)
			return false;
	return true;
}

/* fds: read and write ends of its input, output and error. Ours become non-blocking. */
static void adopt(struct exec_program *p, int fds[6])
{
	p->in = fds[1];
	p->out = fds[2];
	p->err = fds[4];
	fds[1] = fds[2] = fds[4] = -1;
	fcntl(p->in, F_SETFL, O_NONBLOCK);
	fcntl(p->out, F_SETFL, O_NONBLOCK);
	fcntl(p->err, F_SETFL, O_NONBLOCK);
}

static enum err spawn(struct cx *cx, struct child *c, struct exec_program *p)
{
	int fds[6];
	enum err err = OK;
	if (!make_pipes(fds)) {
		err = fail(cx, ERR_INTERNAL, "exec.start", "no pipe: %s", strerror(errno));
		goto out;
	}
	c->in = fds[0];
	c->out = fds[3];
	c->err = fds[5];
	c->parent = getpid();
	p->pid = fork();
	if (p->pid == 0)
		child_run(c);
	if (p->pid < 0) {
		err = fail(cx, ERR_INTERNAL, "exec.start", "no process: %s", strerror(errno));
		goto out;
	}
	setpgid(p->pid,
	    p->pid); /* here too: whoever is first, the group exists before we may kill it */
	adopt(p, fds);
out:
	for (int i = 0; i < 6; i++)
		close_fd(&fds[i]);
	return err;
}

/* ---- ending ---- */

static bool has_ended(const struct exec_program *p)
{
	siginfo_t si = {0};
	return waitid(P_PID, (id_t)p->pid, &si, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	    si.si_pid == p->pid;
}

/* The dead leader is reaped last: until then its group's number cannot belong to somebody else. */
static void end(struct exec_program *p)
{
	if (p->dead)
		return;
	p->dead = true;
	kill(-p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close_fd(&p->in);
	close_fd(&p->out);
	close_fd(&p->err);
}

void exec_stop(struct exec_program *p)
{
	if (p == NULL)
		return;
	if (!p->dead) {
		int64_t until = clock_mono_ms() + GRACE_MS;
		close_fd(&p->in);
		while (!has_ended(p) && clock_mono_ms() < until)
			poll(NULL, 0, 5);
		end(p);
	}
	json_decref(p->abilities);
	free(p->line);
	free(p);
}

/* ---- talking ---- */

enum talk { TALK_LINE, TALK_CLOSED, TALK_LATE, TALK_LONG };

struct outgoing {
	const char *bytes;
	size_t left;
};

static void keep_tail(struct exec_program *p, const char *bytes, size_t n)
{
	if (n > TAIL_BYTES) {
		bytes += n - TAIL_BYTES;
		n = TAIL_BYTES;
	}
	size_t over = p->tail_len + n > TAIL_BYTES ? p->tail_len + n - TAIL_BYTES : 0;
	memmove(p->tail, p->tail + over, p->tail_len - over);
	p->tail_len -= over;
	memcpy(p->tail + p->tail_len, bytes, n);
	p->tail_len += n;
	p->tail[p->tail_len] = 0;
}

static void read_err(struct exec_program *p)
{
	char bytes[1024];
	for (;;) {
		ssize_t n = p->err < 0 ? 0 : read(p->err, bytes, sizeof bytes);
		if (n > 0)
			keep_tail(p, bytes, (size_t)n);
		else if (n == 0)
			close_fd(&p->err);
		if (n <= 0)
			return;
	}
}

/* False at the end of its output. */
static bool read_out(struct exec_program *p)
{
	if (p->cap - p->len < 4096) {
		p->cap = p->cap * 2 + 8192;
		p->line = realloc(p->line, p->cap);
		assert(p->line != NULL);
	}
	ssize_t n = read(p->out, p->line + p->len, p->cap - p->len);
	if (n > 0)
		p->len += (size_t)n;
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool write_in(struct exec_program *p, struct outgoing *o)
{
	ssize_t n = write(p->in, o->bytes, o->left);
	if (n > 0) {
		o->bytes += n;
		o->left -= (size_t)n;
	}
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Writes what is left and waits for one line, reading all the while so that nobody blocks. */
static enum talk talk(struct exec_program *p, struct outgoing *o, int64_t until_ms)
{
	for (;;) {
		if (p->len > 0 && memchr(p->line, '\n', p->len) != NULL)
			return TALK_LINE;
		if (p->len > LIMIT_EXEC_LINE_BYTES)
			return TALK_LONG;
		int64_t left = until_ms - clock_mono_ms();
		if (left <= 0)
			return TALK_LATE;
		struct pollfd fds[3] = {{p->out, POLLIN, 0}, {p->err, POLLIN, 0},
		    {o->left > 0 ? p->in : -1, POLLOUT, 0}};
		if (poll(fds, 3, left > INT_MAX ? INT_MAX : (int)left) < 0)
			continue;
		if (fds[1].revents != 0)
			read_err(p);
		if (fds[0].revents != 0 && !read_out(p))
			return TALK_CLOSED;
		if (fds[2].revents != 0 && !write_in(p, o))
			return TALK_CLOSED;
	}
}

/* The line talk() found, as a JSON object in the arena; NULL when it is not one. */
static json_t *take_line(struct cx *cx, struct exec_program *p)
{
	char *newline = memchr(p->line, '\n', p->len);
	size_t len = (size_t)(newline - p->line);
	json_t *j = len > LIMIT_EXEC_LINE_BYTES ?
	    NULL :
	    json_loadb(p->line, len, JSON_REJECT_DUPLICATES, NULL);
	p->len -= len + 1;
	memmove(p->line, newline + 1, p->len);
	if (!json_is_object(j)) {
		json_decref(j);
		return NULL;
	}
	return json_keep(cx, j);
}

static const char *why_of(enum talk t)
{
	switch (t) {
	case TALK_LATE: return "it did not answer in time";
	case TALK_LONG: return "its line is too long";
	case TALK_CLOSED: return "it ended";
	default: return "its answer is not understood";
	}
}

/* The end of its stderr says more than we can; the last part of it fits into a fault's detail. */
static const char *last_words(struct exec_program *p)
{
	read_err(p);
	while (p->tail_len > 0 && p->tail[p->tail_len - 1] == '\n')
		p->tail[--p->tail_len] = 0;
	return p->tail + (p->tail_len > 120 ? p->tail_len - 120 : 0);
}

static char *line_of(struct cx *cx, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);
	assert(text != NULL);
	char *line = arena_printf(cx->arena, "%s\n", text);
	free(text);
	json_decref(message);
	return line;
}

static enum err greet(struct cx *cx, struct exec_program *p, const char *line, int timeout_s)
{
	struct outgoing o = {line, strlen(line)};
	enum talk t = talk(p, &o, clock_mono_ms() + (int64_t)timeout_s * 1000);
	const json_t *answer = t == TALK_LINE ? take_line(cx, p) : NULL;
	if (json_integer_value(json_object_get(answer, "ready")) != 1)
		return fail(cx, ERR_RETRY, "exec.start", "the program did not get ready: %s. %s",
		    why_of(t), last_words(p));
	json_t *abilities = json_object_get(answer, "abilities");
	p->abilities = json_is_array(abilities) ? json_deep_copy(abilities) : json_array();
	return OK;
}

enum err exec_start(struct cx *cx, const char *path, const char *user, const char *kind,
    const json_t *settings, int timeout_s, struct exec_program **ret)
{
	struct child c = {.path = path, .env = environment(cx, settings)};
	if (*path != '/' || access(path, X_OK) != 0)
		return fail(cx, ERR_INVALID, "exec.path", "\"%s\" is not a program we may run: %s",
		    path, *path != '/' ? "the path must be absolute" : strerror(errno));
	TRY(find_user(cx, user, &c));
	signal(SIGPIPE,
	    SIG_IGN); /* a program that ends is an answer, not a reason to end with it */
	struct exec_program *p = calloc(1, sizeof *p);
	assert(p != NULL);
	p->in = p->out = p->err = -1;
	enum err err = spawn(cx, &c, p);
	if (err != OK) {
		free(p);
		return err;
	}
	json_t *none = json_object();
	char *hello = line_of(cx,
	    json_pack("{si ss ss sO}", "hello", 1, "kind", kind, "version", "1.0", "settings",
	        settings == NULL ? none : settings));
	json_decref(none);
	err = greet(cx, p, hello, timeout_s);
	if (err != OK) {
		end(p);
		exec_stop(p);
		return err;
	}
	*ret = p;
	return OK;
}

const json_t *exec_abilities(const struct exec_program *p)
{
	return p->abilities;
}

const char *exec_errors(struct exec_program *p)
{
	if (!p->dead)
		read_err(p);
	return p->tail;
}

static bool is_answer(const json_t *answer, const char *id)
{
	static const char *const words[] = {"done", "pending", "declined", "not_tried", "unknown"};
	const char *word = json_string_value(json_object_get(answer, "outcome"));
	bool known = false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		known = known || str_eq(word, words[i]);
	return known && str_eq(json_string_value(json_object_get(answer, "id")), id);
}

/* It must be alive and silent: a line nobody asked for would be taken for our answer. */
static bool is_fit(struct exec_program *p)
{
	return !p->dead && read_out(p) && p->len == 0 && !has_ended(p);
}

enum err exec_call(struct cx *cx, struct exec_program *p, const char *call, const char *key,
    const json_t *args, int timeout_s, json_t **ret_answer)
{
	if (!is_fit(p)) {
		end(p);
		return fail(cx, ERR_RETRY, "exec.not_sent", "the program has ended. %s",
		    last_words(p));
	}
	char id[16];
	snprintf(id, sizeof id, "%u", ++p->calls);
	json_t *none = json_object();
	const char *line = line_of(cx,
	    json_pack("{ss ss ss sO}", "id", id, "call", call, "key", key, "args",
	        args == NULL ? none : args));
	json_decref(none);
	struct outgoing o = {line, strlen(line)};
	if (o.left > LIMIT_EXEC_LINE_BYTES)
		return fail(cx, ERR_INVALID, "exec.too_large",
		    "the call is larger than one line may be");
	enum talk t = talk(p, &o, clock_mono_ms() + (int64_t)timeout_s * 1000);
	json_t *answer = t == TALK_LINE ? take_line(cx, p) : NULL;
	if (is_answer(answer, id)) {
		*ret_answer = answer;
		return OK;
	}
	const char *words = last_words(p);
	end(p);
	if (o.left > 0)
		return fail(cx, ERR_RETRY, "exec.not_sent", "%s before it had the call. %s",
		    why_of(t), words);
	return fail(cx, ERR_REMOTE, "exec.no_answer", "%s. %s", why_of(t), words);
}
