/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_IPC_H
#define NET_IPC_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"

/*
 * Messages between our own processes: one JSON object per message, 4-byte little-endian length
 * before it, over a UNIX stream socket. One call per connection: connect, send, receive, close.
 */
/* A listening socket without a name in the file system beyond a 0700 folder of ours. */
enum err ipc_listen(struct cx *cx, const char *path, int *ret_fd) MUST_CHECK;
/* Nobody listening: ERR_RETRY "ipc.connect". */
enum err ipc_connect(struct cx *cx, const char *path, int *ret_fd) MUST_CHECK;
/* At most LIMIT_REMOTE_BYTES ("ipc.too_large"); gives up after LIMIT_LINK_CALL_S. */
enum err ipc_send(struct cx *cx, int fd, const json_t *message) MUST_CHECK;
/* Blocking with a time limit; ERR_REMOTE "ipc.closed" / "ipc.time" / "ipc.garbage". Result kept in
 * the arena. */
enum err ipc_receive(struct cx *cx, int fd, int timeout_s, json_t **ret) MUST_CHECK;

#endif
