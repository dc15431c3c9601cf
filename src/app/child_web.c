/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start of a web process: its database, the family's clock, and how POST /test/run is done.
 * Pages and sequence are web's business.
 */
#include <assert.h>
#include <unistd.h>

#include "app/database.h"
#include "app/family.h"
#include "app/link_ipc.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "db/db.h"
#include "web/serve.h"

#define PAUSE_S 40 /* longer than the longest job: a provider's call */

static int64_t now(void *arg)
{
	return family_now(arg);
}

static void set_now(void *arg, int64_t at)
{
	struct family *f = arg;
	atomic_store(&f->shared->now, at);
}

/* In a process of its own, forked by web: the database handle of the web process must not be
 * touched. */
static enum err run(struct cx *cx, void *arg, const struct run_request *r, json_t **ret)
{
	struct family *f = arg;
	struct db *inherited = cx->db;
	struct linker link = link_ipc(f->link_path);
	struct worker w = {.cx = cx, .link = &link, .holder = family_holder(cx)};
	cx->db = NULL;
	TRY(database_open(cx, f->config, DATABASE_READY));
	family_pause(f, PAUSE_S);
	enum err err = flow_run(&w, r, ret);
	family_resume(f);
	database_close(cx);
	cx->db = inherited;
	return err;
}

int child_web(struct family *f, int index)
{
	const struct config *c = f->config;
	struct cx cx = {.arena = arena_new(LIMIT_ARENA_BYTES),
	    .now = family_now(f),
	    .actor = {ACTOR_SYSTEM, 0, "web", ""}};
	if (database_open(&cx, c, DATABASE_READY) != OK) {
		log_fault(&cx, "web cannot start");
		return 1;
	}
	struct web w = {.db = cx.db,
	    .theme_dir = c->theme,
	    .exec_folders = c->exec_folders,
	    .link_path = f->link_path,
	    .clock = {.now = now, .set = c->test_mode ? set_now : NULL, .arg = f},
	    .run = {.call = run, .arg = f, .fork = true},
	    .test_mode = c->test_mode,
	    .json_log = str_eq(c->log, "json")};
	struct web_loop loop = {.listen_fd = f->web_fd,
	    .trust_proxy = c->trust_proxy,
	    .stop = &family_stop};
	web_setup(&w);
	uint64_t one = 1;
	ssize_t told = write(f->ready_fd, &one, sizeof one);
	assert(told == (ssize_t)sizeof one);
	int code = web_main(&w, &loop);
	web_free(&w);
	database_close(&cx);
	return code;
}
