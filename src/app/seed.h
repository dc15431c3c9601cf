/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SEED_H
#define APP_SEED_H

#include "app/config.h"

/*
 * What every database has from the beginning: roles, the link key, the dunning ladder, the gateways
 * "sandbox" and "bank", the server "sandbox". Safe to call again: what is there stays as staff left
 * it, but the sandbox's address and secret follow
 * --sandbox-url when it is given (and only then are its gateway and server enabled), and mail
 * follows
 * --sandbox-smtp. The database is open and migrated.
 */
enum err seed_base(struct cx *cx, const struct config *c) MUST_CHECK;
/* A staff user with role owner; *ret_new false: the address is there already and keeps its
 * password. */
enum err seed_staff(struct cx *cx, const char *email, const char *name, const char *password,
    bool *ret_new) MUST_CHECK;

#endif
