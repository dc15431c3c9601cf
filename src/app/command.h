/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include <jansson.h>

#include "app/config.h"
#include "base/day.h"

#define COMMAND_VERSION "0.1.0"

/*
 * One subcommand each; the table is in main.c. They return the exit code: 0 done, 1 finding or
 * failure, 2 usage. config outlives cx's arena, which a command may reset. Human text goes to
 * stdout, faults and logs to stderr.
 */
int command_init(struct cx *cx, const struct config *c);
int command_serve(struct cx *cx, const struct config *c);
int command_run(struct cx *cx, const struct config *c);
int command_audit(struct cx *cx, const struct config *c);
int command_forecast(struct cx *cx, const struct config *c);
int command_report(struct cx *cx, const struct config *c);
int command_books(struct cx *cx, const struct config *c);
int command_token(struct cx *cx, const struct config *c);
int command_demo(struct cx *cx, const struct config *c);
int command_exec_check(struct cx *cx, const struct config *c);
int command_routes(struct cx *cx, const struct config *c);
int command_jobs(struct cx *cx, const struct config *c);
int command_states(struct cx *cx, const struct config *c);
int command_settings(struct cx *cx, const struct config *c);
int command_errors(struct cx *cx, const struct config *c);
int command_sql(struct cx *cx, const struct config *c);

/* Prints the fault of cx, with its fields, to stderr; 2 when its key starts with "usage.", else 1.
 */
int command_fault(struct cx *cx);
/*
 * A day given with a flag; NULL is DAY_NONE, anything else that is no day ERR_INVALID "usage.day".
 */
enum err command_day(struct cx *cx, const char *flag, const char *text, struct day *ret) MUST_CHECK;
/* A JSON tree as one line on stdout. */
void command_json(const json_t *tree);

#endif
