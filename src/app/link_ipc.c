/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carries a call from a job to a link process and its answer back. The time of the caller travels
 * along, so that a pretended now is the same everywhere.
 */
#include "app/link_ipc.h"

#include <unistd.h>

#include "base/limits.h"
#include "fmt/form.h"
#include "link/link.h"
#include "net/ipc.h"

#define QUEUE_S 10 /* other calls may be before ours */

static enum err end(struct cx *cx, struct answer *ret, enum outcome outcome)
{
	*ret = (struct answer){.outcome = outcome,
	    .reason = arena_strdup(cx->arena, cx->fault.detail),
	    .data = json_keep(cx, json_object())};
	cx_clear(cx);
	return OK;
}

static enum err call(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	const char *path = arg;
	json_t *message = json_keep(cx, json_copy((json_t *)(uintptr_t)request)), *back = NULL;
	int fd;
	json_object_set_new(message, "op", json_string(op));
	json_object_set_new(message, "now", json_integer(cx->now));
	if (ipc_connect(cx, path, &fd) != OK)
		return end(cx, ret, OUTCOME_NOT_TRIED);
	if (ipc_send(cx, fd, message) != OK) {
		/* Half a message is never acted on. */
		close(fd);
		return end(cx, ret, OUTCOME_NOT_TRIED);
	}
	enum err err = ipc_receive(cx, fd, LIMIT_LINK_CALL_S + QUEUE_S, &back);
	close(fd);
	if (err == OK)
		err = link_answer_read(cx, back, ret);
	return err == OK ? OK : end(cx, ret, OUTCOME_UNKNOWN);
}

struct linker link_ipc(const char *path)
{
	return (struct linker){.call = call, .arg = (void *)(uintptr_t)path};
}
