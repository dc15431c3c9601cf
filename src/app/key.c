/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the key of the link processes is, reading it and making it once. What is sealed with it is
 * link's business.
 */
#include "app/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/str.h"

#define KEY_FILE_BYTES 4096

/* The database's name in a PostgreSQL URL, safe as a file name. */
static const char *name_of(struct cx *cx, const char *url)
{
	const char *host = strstr(url, "://"), *slash = host == NULL ? NULL : strchr(host + 3, '/');
	char *name = slash == NULL ? arena_strdup(cx->arena, "") :
	                             arena_strndup(cx->arena, slash + 1, strcspn(slash + 1, "?"));
	for (char *p = name; *p != 0; p++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
		        *p) == NULL)
			*p = '_';
	return *name == 0 ? "billhook" : name;
}

const char *key_path(struct cx *cx, const struct config *c)
{
	const char *home = getenv("HOME");
	if (!str_empty(c->key_file))
		return c->key_file;
	if (str_starts(c->db, "sqlite:"))
		return arena_printf(cx->arena, "%s.key", c->db + strlen("sqlite:"));
	if (str_empty(home))
		return "/etc/billhook.key";
	return arena_printf(cx->arena, "%s/.config/billhook/%s.key", home, name_of(cx, c->db));
}

static enum err check_mode(struct cx *cx, const char *path, int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return fail(cx, ERR_DENIED, "key.open", "the key file %s is not a plain file",
		    path);
	if ((st.st_mode & 077) != 0)
		return fail(cx, ERR_DENIED, "key.open",
		    "others may read the key file %s: chmod 600 it", path);
	return OK;
}

/* "public TEXT" and "secret TEXT", a line each. */
static const char *member(struct cx *cx, const char *text, const char *name)
{
	size_t n;
	char **lines = str_split(cx->arena, text, '\n', &n);
	for (size_t i = 0; i < n; i++)
		if (str_starts(lines[i], name) && lines[i][strlen(name)] == ' ')
			return lines[i] + strlen(name) + 1;
	return NULL;
}

/* A key is right when it opens what it sealed. */
static bool is_pair(struct cx *cx, const struct link_keys *k)
{
	const char *sealed = crypto_seal(cx->arena, k->public_key, "x");
	return sealed != NULL &&
	    str_eq(crypto_unseal(cx->arena, k->public_key, k->secret_key, sealed), "x");
}

enum err key_read(struct cx *cx, const char *path, struct link_keys *ret)
{
	char *text = arena_alloc(cx->arena, KEY_FILE_BYTES + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return fail(cx, ERR_NOT_FOUND, "key.none",
		    "there is no key file %s: run billhook init", path);
	if (fd < 0)
		return fail(cx, ERR_DENIED, "key.open", "the key file %s: %s", path,
		    strerror(errno));
	enum err err = check_mode(cx, path, fd);
	ssize_t len = err == OK ? read(fd, text, KEY_FILE_BYTES) : 0;
	close(fd);
	TRY(err);
	text[len < 0 ? 0 : len] = 0;
	struct link_keys k = {member(cx, text, "public"), member(cx, text, "secret")};
	if (k.public_key == NULL || k.secret_key == NULL || !is_pair(cx, &k))
		return fail(cx, ERR_INVALID, "key.malformed", "the key file %s holds no key", path);
	*ret = k;
	return OK;
}

static bool make_folder(struct cx *cx, const char *path)
{
	char *folder = arena_strdup(cx->arena, path);
	for (char *p = strchr(folder + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = 0;
		if (mkdir(folder, 0700) != 0 && errno != EEXIST)
			return false;
		*p = '/';
	}
	return true;
}

enum err key_make(struct cx *cx, const char *path, struct link_keys *ret)
{
	char *public_key, *secret_key;
	crypto_seal_keys(cx->arena, &public_key, &secret_key);
	const char *text =
	    arena_printf(cx->arena, "public %s\nsecret %s\n", public_key, secret_key);
	int fd =
	    make_folder(cx, path) ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	if (fd < 0)
		return errno == EEXIST ?
		    fail(cx, ERR_CONFLICT, "key.exists", "there is a key file %s already", path) :
		    fail(cx, ERR_INTERNAL, "key.write", "the key file %s: %s", path,
		        strerror(errno));
	ssize_t len = (ssize_t)strlen(text);
	bool written = write(fd, text, (size_t)len) == len && fsync(fd) == 0;
	if (close(fd) != 0 || !written) {
		unlink(path);
		return fail(cx, ERR_INTERNAL, "key.write", "the key file %s could not be written",
		    path);
	}
	*ret = (struct link_keys){public_key, secret_key};
	return OK;
}
