/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates and assets: a theme folder's file before the embedded one. It knows nothing of types,
 * caching or who asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/limits.h"
#include "net/files.h"

static bool is_clean(const char *path)
{
	if (*path == 0 || strchr(path, '\\') != NULL)
		return false;
	for (const char *step = path;; step++) {
		size_t len = strcspn(step, "/");
		if (len == 0 || (len == 1 && step[0] == '.') ||
		    (len == 2 && memcmp(step, "..", 2) == 0))
			return false;
		step += len;
		if (*step == 0)
			return true;
	}
}

static bool read_all(struct arena *a, int fd, const void **ret, size_t *ret_len)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > (off_t)LIMIT_REMOTE_BYTES)
		return false;
	size_t len = (size_t)st.st_size, at = 0;
	char *bytes = arena_alloc(a, len + 1);
	while (at < len) {
		ssize_t n = read(fd, bytes + at, len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	*ret = bytes;
	*ret_len = len;
	return true;
}

/* 1 read, 0 the theme has no such file, -1 it has something that cannot be served. */
static int from_theme(struct arena *a, const char *path, const void **ret, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	bool done = read_all(a, fd, ret, ret_len);
	close(fd);
	return done ? 1 : -1;
}

bool files_get(struct arena *a, const char *theme_dir, const char *path, const void **ret,
    size_t *ret_len)
{
	if (!is_clean(path))
		return false;
	int found = theme_dir == NULL ?
	    0 :
	    from_theme(a, arena_printf(a, "%s/%s", theme_dir, path), ret, ret_len);
	if (found != 0)
		return found > 0;
	const struct embed *e = embed_find(path);
	if (e == NULL)
		return false;
	*ret = e->bytes;
	*ret_len = e->len;
	return true;
}
