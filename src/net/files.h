/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_FILES_H
#define NET_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * Bytes of a template or asset: the file of that path in the theme folder, else the embedded one.
 * theme_dir may be NULL. False when there is none, when the path is not clean (leading "/", an
 * empty,
 * "." or ".." step, backslash) or when the theme's file is not a plain file of at most
 * LIMIT_REMOTE_BYTES; a symbolic link as the last step is not followed.
 */
bool files_get(struct arena *a, const char *theme_dir, const char *path, const void **ret,
    size_t *ret_len);

#endif
