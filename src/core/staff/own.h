/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_STAFF_OWN_H
#define CORE_STAFF_OWN_H

/* Inside core/staff only. */

#include "base/fsm.h"
#include "core/staff/staff.h"

extern const struct fsm staff_fsm; /* state.c */

#define STAFF_OWNER_KEY "owner" /* the role that may all and cannot be changed */

/* store.c */
enum err staff_insert(struct cx *cx, const struct staff *s, int64_t *ret_id) MUST_CHECK;
enum err staff_write(struct cx *cx, const struct staff *s) MUST_CHECK; /* email, name, role */
enum err staff_write_hash(struct cx *cx, int64_t id, const char *hash) MUST_CHECK;
enum err staff_write_state(struct cx *cx, const struct staff *s, enum staff_state to) MUST_CHECK;
enum err staff_write_seen(struct cx *cx, int64_t id) MUST_CHECK;
enum err staff_rows(struct cx *cx, struct staff **ret, size_t *ret_n) MUST_CHECK;
enum err staff_email_id(struct cx *cx, const char *email, int64_t *ret_id) MUST_CHECK; /* 0: free */
/* Active owners besides one. */
enum err staff_owners_but(struct cx *cx, int64_t id, int64_t *ret_n) MUST_CHECK;
enum err role_insert(struct cx *cx, const struct role *r, int64_t *ret_id) MUST_CHECK;
enum err role_insert_absent(struct cx *cx, const struct role *r) MUST_CHECK;
enum err role_write(struct cx *cx, const struct role *r) MUST_CHECK;
enum err role_rows(struct cx *cx, struct role **ret, size_t *ret_n) MUST_CHECK;
enum err role_key_id(struct cx *cx, const char *key, int64_t *ret_id) MUST_CHECK; /* 0: free */

/* staff.c: ERR_DENIED "staff.above" unless the actor has every permission in list. */
enum err staff_may_grant(struct cx *cx, const char *list) MUST_CHECK;

#endif
