/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between processes: whole ones arrive, broken ones are named. */
#include <fcntl.h>
#include <sys/stat.h>

#include "net/ipc.h"
#include "unit/net/harness.h"

static void folder(char path[32])
{
	str_copy(path, 32, "/tmp/billhook-ipc-XXXXXX");
	assert_ptr_equal(mkdtemp(path), path);
}

static void there_and_back(void **state)
{
	struct cx *cx = cx_make();
	char dir[32];
	folder(dir);
	const char *path = arena_printf(cx->arena, "%s/own/socket", dir);
	int listen_fd, fd;
	struct stat st;
	assert_int_equal(ipc_listen(cx, path, &listen_fd), OK);
	assert_int_equal(stat(arena_printf(cx->arena, "%s/own", dir), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	char *text = arena_alloc(cx->arena, 1000001);
	memset(text, 'z', 1000000);
	if (fork() == 0) {
		json_t *got = NULL, *big = json_pack("{ss}", "text", text);
		if (ipc_connect(cx, path, &fd) == OK && ipc_send(cx, fd, big) == OK &&
		    ipc_receive(cx, fd, 20, &got) == OK &&
		    json_integer_value(json_object_get(got, "n")) == 7)
			_exit(0);
		_exit(1);
	}
	struct pollfd p = {.fd = listen_fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	fd = accept(listen_fd, NULL, NULL);
	json_t *got = NULL, *seven = json_pack("{si}", "n", 7);
	assert_int_equal(ipc_receive(cx, fd, 20, &got), OK);
	assert_int_equal(json_string_length(json_object_get(got, "text")), 1000000);
	assert_int_equal(ipc_send(cx, fd, seven), OK);
	json_decref(seven);
	int status;
	wait(&status);
	assert_int_equal(status, 0);
	close(fd);
	close(listen_fd);
	/* A leftover socket file does not stop the next process. */
	assert_int_equal(ipc_listen(cx, path, &listen_fd), OK);
	close(listen_fd);
	assert_int_equal(ipc_connect(cx, path, &fd), ERR_RETRY);
	assert_string_equal(cx->fault.key, "ipc.connect");
	unlink(path);
	rmdir(arena_printf(cx->arena, "%s/own", dir));
	rmdir(dir);
	cx_drop(cx);
}

static void broken(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool close;
		const char *key;
	} table[] = {
	    {"", 0, true, "ipc.closed"},
	    {"\x05\0", 2, true, "ipc.closed"},
	    {"\x05\0\0\0{}", 6, true, "ipc.closed"},
	    {"\x05\0\0\0{}", 6, false, "ipc.time"},
	    {"\0\0\0\0", 4, false, "ipc.garbage"},
	    {"\xff\xff\xff\xff", 4, false, "ipc.garbage"},
	    {"\x02\0\0\0[]", 6, false, "ipc.garbage"},
	    {"\x02\0\0\0{x", 6, false, "ipc.garbage"},
	    {"\x0d\0\0\0{\"a\":1,\"a\":2}", 17, false, "ipc.garbage"},
	};
	struct cx *cx = cx_make();
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		int fds[2];
		json_t *got = NULL;
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		send_text(fds[0], table[i].bytes, table[i].len);
		if (table[i].close)
			close(fds[0]);
		assert_int_equal(ipc_receive(cx, fds[1], 1, &got), ERR_REMOTE);
		assert_string_equal(cx->fault.key, table[i].key);
		assert_null(got);
		if (!table[i].close)
			close(fds[0]);
		close(fds[1]);
		cx_clear(cx);
	}
	cx_drop(cx);
}

static void refused(void **state)
{
	struct cx *cx = cx_make();
	char dir[32];
	folder(dir);
	int fd;
	chmod(dir, 0755);
	assert_int_equal(ipc_listen(cx, arena_printf(cx->arena, "%s/s", dir), &fd), ERR_DENIED);
	rmdir(dir);
	assert_int_equal(ipc_listen(cx, "relative", &fd), ERR_INVALID);
	assert_int_equal(ipc_listen(cx, arena_printf(cx->arena, "/tmp/%0120d", 1), &fd),
	    ERR_INVALID);
	int fds[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	close(fds[1]);
	json_t *j = json_object();
	assert_int_equal(ipc_send(cx, fds[0], j), ERR_REMOTE);
	assert_string_equal(cx->fault.key, "ipc.closed");
	char *text = arena_alloc(cx->arena, LIMIT_REMOTE_BYTES + 1);
	memset(text, 'z', LIMIT_REMOTE_BYTES);
	json_object_set_new(j, "text", json_string(text));
	assert_int_equal(ipc_send(cx, fds[0], j), ERR_INVALID);
	json_decref(j);
	close(fds[0]);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back),
	    cmocka_unit_test(broken), cmocka_unit_test(refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
