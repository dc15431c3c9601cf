/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_DATABASE_H
#define APP_DATABASE_H

#include "app/config.h"

/*
 * Opens the database of a command into cx->db. ERR_INVALID "usage.db" when none was named.
 * DATABASE_READY refuses one that is missing ("database.none") or whose schema is not exactly ours
 * ("migrate.pending", "migrate.newer"). Root is refused when the file belongs to somebody else
 * ("database.owner"): what it wrote there could not be written by its owner.
 */
enum database_need { DATABASE_ANY, DATABASE_READY };
enum err database_open(struct cx *cx, const struct config *c, enum database_need need) MUST_CHECK;
void database_close(struct cx *cx);

/* Becomes --user when we are root; nothing without one. ERR_INVALID "usage.user", ERR_INTERNAL
 * "user.drop". */
enum err database_user(struct cx *cx, const struct config *c) MUST_CHECK;

#endif
