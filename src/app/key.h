/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_KEY_H
#define APP_KEY_H

#include "app/config.h"
#include "link/link.h"

/*
 * The key file: the pair that seals and opens provider secrets. Only link processes read the secret
 * half. Without
 * --key-file it is PATH.key beside a SQLite database, else ~/.config/billhook/NAME.key
 * (/etc/billhook.key without a home). Lose it and every provider secret has to be typed again.
 */
const char *key_path(struct cx *cx, const struct config *c);
/* Into cx's arena. ERR_NOT_FOUND "key.none"; ERR_DENIED "key.open" when others may read it or we
 * may not; ERR_INVALID "key.malformed". */
enum err key_read(struct cx *cx, const char *path, struct link_keys *ret) MUST_CHECK;
/* A new pair, file mode 0600, folder made when missing. ERR_CONFLICT "key.exists", ERR_INTERNAL
 * "key.write". */
enum err key_make(struct cx *cx, const char *path, struct link_keys *ret) MUST_CHECK;

#endif
