/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The common ground of our processes: folder, shared memory, clock, and how one is started. Who is
 * started and started again is serve.c's decision.
 */
#include "app/family.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/str.h"
#include "net/ipc.h"

volatile int family_stop;

static const char *const words[FAMILY_KINDS] = {"link", "job", "web"};

const char *family_word(enum family_kind kind)
{
	return words[kind];
}

/* XDG_RUNTIME_DIR is ours alone and in memory; its path may be too long for a socket. */
static enum err make_folder(struct cx *cx, struct family *f)
{
	const char *at = getenv("XDG_RUNTIME_DIR");
	if (at == NULL || *at != '/' || strlen(at) > 40 || access(at, W_OK | X_OK) != 0)
		at = "/tmp";
	snprintf(f->folder, sizeof f->folder, "%s/billhook.XXXXXX", at);
	if (mkdtemp(f->folder) == NULL)
		return fail(cx, ERR_INTERNAL, "family.folder", "%s: %s", f->folder,
		    strerror(errno));
	snprintf(f->link_path, sizeof f->link_path, "%s/link", f->folder);
	return OK;
}

enum err family_open(struct cx *cx, const struct config *c, struct family *ret)
{
	struct family f = {.config = c, .link_fd = -1, .web_fd = -1, .ready_fd = -1};
	f.shared =
	    mmap(NULL, sizeof *f.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f.shared == MAP_FAILED)
		return fail(cx, ERR_INTERNAL, "family.memory", "no shared memory: %s",
		    strerror(errno));
	TRY(make_folder(cx, &f));
	enum err err = ipc_listen(cx, f.link_path, &f.link_fd);
	if (err != OK) {
		family_close(&f);
		return err;
	}
	atomic_store(&f.shared->now, c->now);
	*ret = f;
	return OK;
}

void family_close(struct family *f)
{
	if (f->link_fd >= 0)
		close(f->link_fd);
	unlink(f->link_path);
	rmdir(f->folder);
	munmap(f->shared, sizeof *f->shared);
}

int64_t family_now(const struct family *f)
{
	int64_t now = atomic_load(&f->shared->now);
	return now != 0 ? now : clock_now();
}

static void on_stop(int sig)
{
	family_stop = 1;
}

void family_catch(void)
{
	struct sigaction stop = {.sa_handler = on_stop};
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
}

/*
 * What every child does first. Ctrl-C reaches the whole family at once; only the parent heeds it,
 * or links would end before those who ask them. A link process reads SIGTERM from a descriptor: it
 * stays blocked, so that none is lost before it gets there.
 */
static void settle(pid_t parent, enum family_kind kind)
{
	struct sigaction stop = {.sa_handler = on_stop}, ignore = {.sa_handler = SIG_IGN};
	sigset_t blocked;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	sigemptyset(&blocked);
	if (kind == FAMILY_LINK)
		sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static void forget(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static _Noreturn void be(struct family *f, enum family_kind kind, int index)
{
	static char name[16]; /* the log keeps it */
	static int (*const mains[FAMILY_KINDS])(struct family * f, int index) = {child_link,
	    child_job, child_web};
	snprintf(name, sizeof name, "%s/%d", words[kind], index);
	log_setup(name, str_eq(f->config->log, "json"), config_log_level(f->config));
	if (kind != FAMILY_LINK)
		forget(&f->link_fd);
	if (kind != FAMILY_WEB)
		forget(&f->web_fd);
	_exit(mains[kind](f, index));
}

/*
 * SIGTERM waits while the process is born: one that came before settle() would run the parent's
 * handler in the child, be noted where no link process looks, and whoever waits for its end would
 * wait for ever.
 */
pid_t family_fork(struct family *f, enum family_kind kind, int index)
{
	sigset_t held, before;
	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, &before);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		settle(parent, kind);
		be(f, kind, index);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static bool is_paused(const struct family *f)
{
	int32_t runner = atomic_load(&f->shared->runner);
	return runner != 0 && (kill(runner, 0) == 0 || errno != ESRCH);
}

void family_pause(struct family *f, int wait_s)
{
	int64_t until_ms = clock_mono_ms() + (int64_t)wait_s * 1000;
	while (is_paused(f) && clock_mono_ms() < until_ms)
		poll(NULL, 0, 5);
	atomic_store(&f->shared->runner, (int32_t)getpid());
	for (int i = 0; i < FAMILY_JOBS_MAX; i++)
		while (atomic_load(&f->shared->busy[i]) != 0 && clock_mono_ms() < until_ms)
			poll(NULL, 0, 5);
}

void family_resume(struct family *f)
{
	atomic_store(&f->shared->runner, 0);
}

/* Announced first, looked at afterwards: the runner does the same the other way round. */
bool family_job_begin(struct family *f, int index)
{
	atomic_store(&f->shared->busy[index], 1);
	if (!is_paused(f))
		return true;
	atomic_store(&f->shared->busy[index], 0);
	return false;
}

void family_job_end(struct family *f, int index)
{
	atomic_store(&f->shared->busy[index], 0);
}

const char *family_holder(struct cx *cx)
{
	char host[64] = "";
	(void)gethostname(host, sizeof host - 1);
	return arena_printf(cx->arena, "%s/%d/%s", host, (int)getpid(), crypto_token(cx->arena, 6));
}
