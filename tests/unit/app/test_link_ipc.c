/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to the link pool from the other side: what a missing or broken pool means for the caller.
 */
#include <sys/stat.h>

#include "app/link_ipc.h"
#include "link/link.h"
#include "net/ipc.h"
#include "unit/net/harness.h"

static char folder[] = "/tmp/billhook-ipc.XXXXXX";
static char path[64];

enum part { ANSWERS, HANGS_UP, TALKS_NONSENSE };

/* One call, answered by a forked pool of one that plays its part. */
static struct answer call(struct cx *cx, enum part part)
{
	struct answer a = {0};
	json_t *request = json_pack("{ss}", "provider", "x"), *got = NULL, *out = NULL;
	int listen_fd;
	assert_int_equal(ipc_listen(cx, path, &listen_fd), OK);
	pid_t pid = fork();
	if (pid == 0) {
		struct pollfd wait = {.fd = listen_fd, .events = POLLIN};
		poll(&wait, 1, -1);
		int fd = accept(listen_fd, NULL, NULL);
		if (ipc_receive(cx, fd, 5, &got) != OK)
			_exit(1);
		/* What came is sent back inside the answer's data. */
		out = part == ANSWERS ?
		    json_pack("{ss ss sO}", "outcome", "pending", "reason", "later", "data", got) :
		    json_pack("{ss}", "odd", "thing");
		if (part != HANGS_UP && ipc_send(cx, fd, out) != OK)
			_exit(1);
		_exit(0);
	}
	struct linker link = link_ipc(path);
	cx->now = 1234;
	assert_int_equal(link.call(cx, link.arg, "panel.find", request, &a), OK);
	assert_null(cx->fault.key);
	int status;
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	close(listen_fd);
	unlink(path);
	json_decref(request);
	return a;
}

static void carried(void **state)
{
	struct cx *cx = cx_make();
	struct answer a = call(cx, ANSWERS);
	assert_int_equal(a.outcome, OUTCOME_PENDING);
	assert_string_equal(a.reason, "later");
	assert_string_equal(json_string_value(json_object_get(a.data, "op")), "panel.find");
	assert_string_equal(json_string_value(json_object_get(a.data, "provider")), "x");
	assert_int_equal(json_integer_value(json_object_get(a.data, "now")), 1234);
	cx_drop(cx);
}

static void broken(void **state)
{
	struct cx *cx = cx_make();
	/* It may have acted before it fell silent. */
	struct answer a = call(cx, HANGS_UP);
	assert_int_equal(a.outcome, OUTCOME_UNKNOWN);
	a = call(cx, TALKS_NONSENSE);
	assert_int_equal(a.outcome, OUTCOME_UNKNOWN);
	assert_true(json_is_object(a.data));
	/* Nobody there: nothing can have happened. */
	struct linker link = link_ipc(path);
	json_t *request = json_object();
	assert_int_equal(link.call(cx, link.arg, "panel.find", request, &a), OK);
	assert_int_equal(a.outcome, OUTCOME_NOT_TRIED);
	assert_true(json_is_object(a.data));
	json_decref(request);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(carried), cmocka_unit_test(broken)};
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/link", folder);
	int failed = cmocka_run_group_tests(all, NULL, NULL);
	rmdir(folder);
	return failed;
}
