/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON messages between our own processes over UNIX stream sockets: four bytes of length, little
 * end first, then the text. It does not know what the messages say.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "fmt/form.h"
#include "net/ipc.h"

#define BACKLOG 1024

static enum err address(struct cx *cx, const char *path, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (*path != '/' || strlen(path) >= sizeof ret->sun_path)
		return fail(cx, ERR_INVALID, "ipc.path",
		    "the socket's path must be absolute and under %zu bytes", sizeof ret->sun_path);
	memcpy(ret->sun_path, path, strlen(path) + 1);
	return OK;
}

/* Whoever can reach the socket can ask for anything, so the folder must be ours alone. */
static enum err own_folder(struct cx *cx, const char *path)
{
	char folder[PATH_MAX];
	size_t len = (size_t)(strrchr(path, '/') - path);
	memcpy(folder, path, len);
	folder[len] = 0;
	struct stat st;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return fail(cx, ERR_INTERNAL, "ipc.listen", "%s: %s", folder, strerror(errno));
	if (lstat(folder, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return fail(cx, ERR_DENIED, "ipc.listen",
		    "%s must be a folder of mode 0700 of ours", folder);
	return OK;
}

enum err ipc_listen(struct cx *cx, const char *path, int *ret_fd)
{
	struct sockaddr_un at;
	TRY(address(cx, path, &at));
	TRY(own_folder(cx, path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(cx, ERR_INTERNAL, "ipc.listen", "%s", strerror(errno));
	unlink(path); /* left by a process that was killed */
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, BACKLOG) != 0) {
		enum err err =
		    fail(cx, ERR_INTERNAL, "ipc.listen", "%s: %s", path, strerror(errno));
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return OK;
}

enum err ipc_connect(struct cx *cx, const char *path, int *ret_fd)
{
	struct sockaddr_un at;
	TRY(address(cx, path, &at));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(cx, ERR_INTERNAL, "ipc.connect", "%s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		enum err err = fail(cx, ERR_RETRY, "ipc.connect", "%s: %s", path, strerror(errno));
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return OK;
}

static enum err wait_for(struct cx *cx, int fd, short events, int64_t until_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	for (;;) {
		int64_t left = until_ms - clock_mono_ms();
		int n = left <= 0 ? 0 : poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (n > 0)
			return OK;
		if (n == 0)
			return fail(cx, ERR_REMOTE, "ipc.time",
			    "the other process did not answer in time");
		if (errno != EINTR)
			return fail(cx, ERR_INTERNAL, "ipc.closed", "%s", strerror(errno));
	}
}

static enum err send_all(struct cx *cx, int fd, const char *bytes, size_t len)
{
	int64_t until = clock_mono_ms() + LIMIT_LINK_CALL_S * 1000;
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			TRY(wait_for(cx, fd, POLLOUT, until));
		} else if (errno != EINTR) {
			return fail(cx, ERR_REMOTE, "ipc.closed", "the other process left: %s",
			    strerror(errno));
		}
	}
	return OK;
}

enum err ipc_send(struct cx *cx, int fd, const json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);
	assert(text != NULL);
	size_t len = strlen(text);
	if (len > LIMIT_REMOTE_BYTES) {
		free(text);
		return fail(cx, ERR_INVALID, "ipc.too_large", "a message of %zu bytes is too large",
		    len);
	}
	char *frame = arena_alloc(cx->arena, len + 4 + 1);
	for (int i = 0; i < 4; i++)
		frame[i] = (char)(len >> (8 * i) & 255);
	memcpy(frame + 4, text, len + 1);
	free(text);
	return send_all(cx, fd, frame, len + 4);
}

static enum err receive_all(struct cx *cx, int fd, int64_t until_ms, char *to, size_t len)
{
	while (len > 0) {
		ssize_t n = recv(fd, to, len, MSG_DONTWAIT);
		if (n > 0) {
			to += n;
			len -= (size_t)n;
		} else if (n == 0) {
			return fail(cx, ERR_REMOTE, "ipc.closed", "the other process left");
		} else if (errno == EAGAIN) {
			TRY(wait_for(cx, fd, POLLIN, until_ms));
		} else if (errno != EINTR) {
			return fail(cx, ERR_REMOTE, "ipc.closed", "the other process left: %s",
			    strerror(errno));
		}
	}
	return OK;
}

enum err ipc_receive(struct cx *cx, int fd, int timeout_s, json_t **ret)
{
	int64_t until = clock_mono_ms() + (int64_t)timeout_s * 1000;
	unsigned char head[4];
	TRY(receive_all(cx, fd, until, (char *)head, sizeof head));
	size_t len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
	if (len < 2 || len > LIMIT_REMOTE_BYTES)
		return fail(cx, ERR_REMOTE, "ipc.garbage", "a message of %zu bytes cannot be ours",
		    len);
	char *text = arena_alloc(cx->arena, len + 1);
	TRY(receive_all(cx, fd, until, text, len));
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(j)) {
		json_decref(j);
		return fail(cx, ERR_REMOTE, "ipc.garbage", "the message is not a JSON object");
	}
	*ret = json_keep(cx, j);
	return OK;
}
