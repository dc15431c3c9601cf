/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_EXEC_H
#define NET_EXEC_H

#include <jansson.h>
#include <stddef.h>

#include "base/cx.h"

/*
 * A program in any language that speaks JSON lines on stdin and stdout (docs/exec.md). No shell; an
 * empty environment but PATH, LANG and what the settings give; its own process group, killed with
 * its children when it does not answer in time; stderr is kept (last 4 KiB) for the log.
 *   > {"hello":1,"kind":"panel","version":"1.0","settings":{…}}
 *   < {"ready":1,"name":"acme","abilities":["suspend"]}
 *   > {"id":"17","call":"create","key":"svc-481","args":{…}}
 *   < {"id":"17","outcome":"done","data":{…}}       or declined, pending, not_tried, unknown +
 * "reason"
 */
struct exec_program;
/* settings (may be NULL) go out with hello; their object "env" {NAME: text} is added to the
 * environment. */
/* "exec.path", "exec.user": ERR_INVALID; "exec.start": ERR_RETRY. A program that breaks the
 * protocol is ended. */
/* argv[0] absolute path, no shell words. user: unix user to run as when we are root, else NULL.
 * Sends hello, waits for ready. */
enum err exec_start(struct cx *cx, const char *path, const char *user, const char *kind,
    const json_t *settings, int timeout_s, struct exec_program **ret) MUST_CHECK;
void exec_stop(struct exec_program *p); /* NULL is fine */
/* The end of what it wrote to stderr, also after it died. */
const char *exec_errors(struct exec_program *p);
const json_t *exec_abilities(const struct exec_program *p);
/* ERR_RETRY "exec.not_sent" when the program had not got it; ERR_REMOTE "exec.no_answer" when it
 * may have acted. Answer in cx's arena via json_keep. */
enum err exec_call(struct cx *cx, struct exec_program *p, const char *call, const char *key,
    const json_t *args, int timeout_s, json_t **ret_answer) MUST_CHECK;

#endif
