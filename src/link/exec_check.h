/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_EXEC_CHECK_H
#define LINK_EXEC_CHECK_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"

/*
 * Puts a panel program through what Billhook will ask of it (docs/exec.md): handshake, the life of
 * one made-up account, repeated calls, names that try to break out, lines that are not JSON. It
 * really makes and removes an account. path is absolute; settings is the object it gets with hello.
 * say hears every check as it ends. True: all passed.
 */
typedef void link_exec_say(void *arg, bool passed, const char *check, const char *why);
bool link_exec_check(struct cx *cx, const char *path, const json_t *settings, link_exec_say *say,
    void *arg);

#endif
