/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds a program text that net/exec.h would never send, for the conformance talk, and hands back
 * what it said. Real calls do not come through here: it knows no protocol.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "link/own.h"

struct pipes {
	int in[2], out[2]; /* of the program */
};

static bool open_pipes(struct pipes *p)
{
	if (pipe2(p->in, O_CLOEXEC) != 0)
		return false;
	if (pipe2(p->out, O_CLOEXEC) == 0)
		return true;
	close(p->in[0]);
	close(p->in[1]);
	return false;
}

static pid_t spawn(const char *path, const struct pipes *p)
{
	char *const argv[] = {(char *)(uintptr_t)path, NULL};
	char path_var[] = "PATH=/usr/local/bin:/usr/bin:/bin", lang_var[] = "LANG=C.UTF-8";
	char *const env[] = {path_var, lang_var, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	pid_t pid = -1;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, p->in[0], 0);
	posix_spawn_file_actions_adddup2(&files, p->out[1], 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	if (posix_spawn(&pid, path, &files, &attr, argv, env) != 0)
		pid = -1;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

/* True at the end of its output. What is written fits into a pipe, so writing never waits. */
static bool drain(int fd, int64_t until_ms, struct buf *to)
{
	char bytes[4096];
	for (;;) {
		struct pollfd p = {fd, POLLIN, 0};
		int64_t left = until_ms - clock_mono_ms();
		if (left <= 0 || to->len > LIMIT_EXEC_LINE_BYTES)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		ssize_t n = read(fd, bytes, sizeof bytes);
		if (n <= 0)
			return n == 0;
		buf_add(to, bytes, (size_t)n);
	}
}

bool link_exec_feed(struct cx *cx, const char *path, const char *text, int timeout_s,
    char **ret_out)
{
	struct pipes p;
	struct buf out;
	signal(SIGPIPE, SIG_IGN); /* a program that ends early is a result */
	if (!open_pipes(&p))
		return false;
	pid_t pid = spawn(path, &p);
	close(p.in[0]);
	close(p.out[1]);
	buf_init(&out, cx->arena);
	ssize_t sent = pid < 0 ? -1 : write(p.in[1], text, strlen(text));
	close(p.in[1]);
	bool ended = pid > 0 && drain(p.out[0], clock_mono_ms() + (int64_t)timeout_s * 1000, &out);
	close(p.out[0]);
	if (pid > 0) {
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	(void)sent; /* what it did not read it cannot act on */
	*ret_out = arena_strdup(cx->arena, buf_text(&out));
	return ended;
}
