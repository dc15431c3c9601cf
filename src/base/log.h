/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/cx.h"

/*
 * One line per fact on stderr, logfmt or JSON. Only the edge logs: web/serve.c, flow/queue.c,
 * link/serve.c and app/. Values are escaped here, so that no input can forge a line.
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_setup(const char *process, bool json, enum log_level least);
/*
 * Pairs of name, value (both strings), ended by NULL: log_line(LOG_INFO, "started", "port", "8080",
 * NULL).
 */
void log_line(enum log_level level, const char *message, ...) __attribute__((sentinel));
/* The fault of a context at a level that fits it. */
void log_fault(const struct cx *cx, const char *message);

#endif
