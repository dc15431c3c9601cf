/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop that claims and runs jobs. Whatever a handler answers, the row ends done, ready for
 * later, or parked with a reason that staff
 * can read; a crash leaves the lease to run out and another holder to take over.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "flow/own.h"
#include "fmt/form.h"

enum err flow_ask(struct worker *w, const char *op, json_t *request, struct answer *ret)
{
	json_keep(w->cx, request);
	enum err err = w->link->call(w->cx, w->link->arg, op, request, ret);
	if (err == OK)
		return OK;
	/* Not reached, or gone in the middle: what happened is unknown unless nothing was sent. */
	ret->outcome = err == ERR_RETRY ? OUTCOME_NOT_TRIED : OUTCOME_UNKNOWN;
	ret->reason = arena_strdup(w->cx->arena, w->cx->fault.detail);
	ret->data = json_keep(w->cx, json_object());
	cx_clear(w->cx);
	return OK;
}

bool flow_stopping(const struct worker *w)
{
	return w->stop != NULL && w->stop(w->stop_arg);
}

static const struct job_kind *kind_find(const char *kind)
{
	for (size_t i = 0; i < job_kinds_n; i++)
		if (str_eq(job_kinds[i].kind, kind))
			return &job_kinds[i];
	return NULL;
}

static void log_job(const struct cx *cx, enum log_level level, const char *message,
    const struct job *j, const char *detail)
{
	char id[24];
	snprintf(id, sizeof id, "%lld", (long long)j->id);
	log_line(level, message, "job", id, "kind", j->kind, "key", j->key, "detail", detail,
	    "trace", cx->trace, NULL);
}

/*
 * The row's end, from the handler's answer. A refusal by state is an end too: the fact it came from
 * is over.
 */
static enum err job_close(struct worker *w, const struct job *j, enum err err)
{
	struct cx *cx = w->cx;
	const char *detail = arena_strdup(cx->arena, cx->fault.detail);
	const char *key = str_or(cx->fault.key, "");
	cx_clear(cx);
	bool database = str_starts(key, "db.");
	if (err == OK)
		return job_finish(cx, j, "done", "");
	if ((err == ERR_CONFLICT && !database) || err == ERR_NOT_FOUND) {
		log_job(cx, LOG_INFO, "job refused", j, detail);
		return job_finish(cx, j, "refused", detail);
	}
	bool later = err == ERR_RETRY || err == ERR_REMOTE || database;
	if (later && j->tries < LIMIT_JOB_TRIES) {
		log_job(cx, LOG_INFO, "job waits", j, detail);
		return job_retry(cx, j, detail, cx->now + job_backoff_s(j->tries));
	}
	log_job(cx, LOG_ERROR, "job parked", j, detail);
	return job_park(cx, j, detail);
}

enum err queue_run_one(struct worker *w)
{
	struct job j;
	TRY(job_claim(w->cx, w->holder, &j));
	const struct job_kind *kind = kind_find(j.kind);
	struct actor before = w->cx->actor;
	snprintf(w->cx->trace, sizeof w->cx->trace, "j%lld", (long long)j.id);
	enum err err = kind == NULL ?
	    fail(w->cx, ERR_INTERNAL, "job.kind", "This version does not know jobs of kind \"%s\"",
	        j.kind) :
	    kind->run(w, &j);
	w->cx->actor = before;
	err = job_close(w, &j, err);
	if (err == ERR_CONFLICT && str_eq(w->cx->fault.key, "job.lost")) {
		/* Our lease ran out and somebody else took the job; what we did is idempotent. */
		cx_clear(w->cx);
		return OK;
	}
	return err;
}

enum err queue_drain(struct worker *w, int64_t *ret_n)
{
	struct arena *outer = w->cx->arena;
	struct arena *own = arena_new(LIMIT_ARENA_BYTES);
	enum err err = OK;
	int64_t n = 0;
	w->cx->arena = own;
	while (!flow_stopping(w)) {
		err = queue_run_one(w);
		if (err != OK)
			break;
		n++;
		arena_reset(own);
	}
	w->cx->arena = outer;
	if (err == ERR_NOT_FOUND) {
		cx_clear(w->cx);
		err = OK;
	}
	if (w->cx->fault.fields != NULL)
		w->cx->fault.fields = NULL; /* they lived in the arena that goes */
	arena_free(own);
	*ret_n = n;
	return err;
}
