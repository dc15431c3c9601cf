/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job process: the scheduler's sweeps when they are due, and the queue in between. What a job
 * does is flow's business; here is only when it gets its turn, and that it ends between two jobs.
 */
#include <poll.h>

#include "app/database.h"
#include "app/family.h"
#include "app/link_ipc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#define SWEEP_LOOK_MS \
	5000 /* how often sweeps are asked whether they are due; the shortest is due each minute \
	      */
#define BRISK_MS 100 /* pause between looks while there was work a moment ago */
#define IDLE_MS 500
#define BRISK_FOR_MS 5000
#define FAULT_MS 1000 /* the database is away: no need to hammer at it */

struct post {
	struct family *family;
	struct cx cx;
	struct worker worker;
	int index;
	int64_t swept_ms, worked_ms;
};

static bool stops(void *arg)
{
	return family_stop != 0;
}

static void refresh(struct post *p)
{
	arena_reset(p->cx.arena);
	cx_clear(&p->cx);
	p->cx.now = family_now(p->family);
}

/* Once a test has set the clock, it says itself when sweeps run. */
static bool may_sweep(const struct post *p)
{
	bool tested = p->family->config->test_mode && atomic_load(&p->family->shared->now) != 0;
	return !tested && clock_mono_ms() - p->swept_ms >= SWEEP_LOOK_MS;
}

static enum err sweep(struct post *p)
{
	const struct run_request due = {.due_only = true};
	json_t *result = NULL;
	if (!may_sweep(p))
		return OK;
	p->swept_ms = clock_mono_ms();
	return flow_run(&p->worker, &due, &result);
}

/* Sweeps that are due, then one job. ERR_NOT_FOUND: there was none. */
static enum err turn(struct post *p)
{
	enum err err = sweep(p);
	if (err != OK)
		log_fault(&p->cx, "sweeps failed");
	refresh(p);
	return queue_run_one(&p->worker);
}

static int pause_ms(struct post *p, enum err err)
{
	if (err == OK) {
		p->worked_ms = clock_mono_ms();
		return 0;
	}
	if (err != ERR_NOT_FOUND) {
		log_fault(&p->cx, "queue failed");
		return FAULT_MS;
	}
	return clock_mono_ms() - p->worked_ms < BRISK_FOR_MS ? BRISK_MS : IDLE_MS;
}

static void work(struct post *p)
{
	while (!family_stop) {
		int wait_ms = BRISK_MS;
		refresh(p);
		if (family_job_begin(p->family, p->index)) {
			wait_ms = pause_ms(p, turn(p));
			family_job_end(p->family, p->index);
		}
		if (wait_ms > 0 && !family_stop)
			poll(NULL, 0, wait_ms); /* a signal ends it early */
	}
}

int child_job(struct family *f, int index)
{
	struct cx keep = {.arena = arena_new(LIMIT_ARENA_BYTES)};
	struct linker link = link_ipc(f->link_path);
	struct post p = {.family = f,
	    .index = index,
	    .cx = {.arena = arena_new(LIMIT_ARENA_BYTES),
	        .now = family_now(f),
	        .actor = {ACTOR_SYSTEM, 0, "automation", ""},
	        .trace = "job"}};
	p.worker = (struct worker){.cx = &p.cx,
	    .link = &link,
	    .holder = family_holder(&keep),
	    .stop = stops};
	p.swept_ms = clock_mono_ms() - SWEEP_LOOK_MS;
	family_job_end(f, index); /* left by a process that died in a job */
	if (database_open(&p.cx, f->config, DATABASE_READY) != OK) {
		log_fault(&p.cx, "job cannot start");
		return 1;
	}
	work(&p);
	database_close(&p.cx);
	return 0;
}
