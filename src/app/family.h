/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_FAMILY_H
#define APP_FAMILY_H

#include <stdatomic.h>
#include <sys/types.h>

#include "app/config.h"
#include "flow/flow.h"
#include "link/link.h"

/*
 * What the processes of one `billhook serve` (or one `billhook run`) share: a folder of their own
 * with the socket of the link pool, and a piece of memory. The parent makes it; children get it by
 * fork.
 */
#define FAMILY_JOBS_MAX 16 /* as many as --jobs allows */

struct family_shared {
	struct link_shared link;
	_Atomic int64_t now;    /* test mode: the clock everybody reads; 0: the machine's */
	_Atomic int32_t runner; /* pid of a run that wants the queue for itself; 0: none */
	_Atomic int32_t busy[FAMILY_JOBS_MAX]; /* job processes in the middle of a job */
};

struct family {
	const struct config *config;
	struct family_shared *shared;
	char folder[64], link_path[80];
	int link_fd, web_fd,
	    ready_fd; /* -1: not ours. ready_fd: an eventfd a web process adds to when it serves */
	int port;
};

enum err family_open(struct cx *cx, const struct config *c, struct family *ret) MUST_CHECK;
void family_close(struct family *f); /* removes the folder; in the parent only */

/* The time for a request or job that starts now. */
int64_t family_now(const struct family *f);

enum family_kind { FAMILY_LINK, FAMILY_JOB, FAMILY_WEB, FAMILY_KINDS };
const char *family_word(enum family_kind kind);
/* Starts a process; it never outlives its parent. -1: no process could be made. */
pid_t family_fork(struct family *f, enum family_kind kind, int index);
/* Set once SIGTERM came; in `run`, after family_catch(), also by SIGINT. */
extern volatile int family_stop;
void family_catch(void);

/*
 * Keeps the job processes between two jobs while a run works (POST /test/run), so that what it
 * reports is its own doing. Waits for the job under way, at most so many seconds. A runner that
 * dies is no longer waited for.
 */
void family_pause(struct family *f, int wait_s);
void family_resume(struct family *f);
/* A job process: may index begin a job? Then it must call family_job_end(). */
bool family_job_begin(struct family *f, int index);
void family_job_end(struct family *f, int index);

/* A worker's name in leases: host, pid and a random part. */
const char *family_holder(struct cx *cx);

/* The mains of the children; each opens what it needs. child_*.c */
int child_link(struct family *f, int index);
int child_web(struct family *f, int index);
int child_job(struct family *f, int index);

#endif
