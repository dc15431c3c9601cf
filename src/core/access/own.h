/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ACCESS_OWN_H
#define CORE_ACCESS_OWN_H

/* Inside core/access only. */

#include "core/access/access.h"

#define ACCESS_DAY_S 86400
#define ACCESS_TOUCH_S 60 /* a session's use is written at most so often */
#define ACCESS_RESET_S 3600
#define ACCESS_VERIFY_S (7 * ACCESS_DAY_S)
#define ACCESS_TOKEN_BYTES 32 /* 43 characters as base64url */
#define ACCESS_TOKEN_DAYS_MAX 3650
#define ACCESS_REPLAY_S (30 * ACCESS_DAY_S)
#define ACCESS_REPLAY_BUSY_S 60 /* a first request silent for longer has crashed */
#define ACCESS_CART_BYTES_MAX 65536

/* rules.c: pure */
const char *session_word(enum session_kind kind);
int64_t session_idle_s(enum session_kind kind);
/* Hex digest of a token; what the tables hold instead of it. */
const char *access_hash(struct arena *a, const char *token);

/* store_session.c */
enum err session_find(struct cx *cx, const char *hash, enum session_kind kind,
    struct session *ret) MUST_CHECK;
enum err session_insert(struct cx *cx, const struct session *s, const char *hash) MUST_CHECK;
enum err session_write_used(struct cx *cx, const struct session *s) MUST_CHECK;
enum err session_write_cart(struct cx *cx, int64_t id, const char *cart) MUST_CHECK;
enum err session_delete(struct cx *cx, int64_t id) MUST_CHECK;
enum err session_delete_all(struct cx *cx, enum session_kind kind, int64_t subject_id,
    int64_t except) MUST_CHECK;
enum err session_rows(struct cx *cx, enum session_kind kind, int64_t subject_id,
    struct session **ret, size_t *ret_n) MUST_CHECK;
enum err session_sweep(struct cx *cx, int64_t *ret_removed) MUST_CHECK;

/* store_link.c: one-time links */
struct one_time {
	int64_t subject_id;
	const char *subject, *email;
};
struct one_time_new {
	const char *hash, *kind, *subject, *email;
	int64_t subject_id, expires_at;
};
enum err one_time_insert(struct cx *cx, const struct one_time_new *l) MUST_CHECK;
/* Marks a live link as used; ERR_NOT_FOUND when there is none. */
enum err one_time_use(struct cx *cx, const char *hash, const char *kind,
    struct one_time *ret) MUST_CHECK;
/* kind NULL: every kind. */
enum err one_time_delete(struct cx *cx, const char *subject, int64_t subject_id,
    const char *kind) MUST_CHECK;
enum err one_time_sweep(struct cx *cx, int64_t *ret_removed) MUST_CHECK;

/* store_token.c */
struct token_row {
	int64_t id, staff_id, created_at, expires_at, used_at, revoked_at;
	const char *name, *scopes;
};
struct token_new {
	const char *hash, *name, *scopes;
	int64_t staff_id, expires_at;
};
enum err token_insert(struct cx *cx, const struct token_new *t, int64_t *ret_id) MUST_CHECK;
/* live ones */
enum err token_find(struct cx *cx, const char *hash, struct token_row *ret) MUST_CHECK;
enum err token_write_used(struct cx *cx, int64_t id) MUST_CHECK;
enum err token_write_revoked(struct cx *cx, int64_t staff_id, int64_t id,
    bool *ret_changed) MUST_CHECK;
enum err token_revoke_all(struct cx *cx, int64_t staff_id) MUST_CHECK;
enum err token_rows(struct cx *cx, int64_t staff_id, struct token_row **ret,
    size_t *ret_n) MUST_CHECK;

/* store_guard.c: throttle and replay */
struct throttle_row {
	int64_t count, until_at;
};
struct replay_row {
	const char *request_hash, *body;
	int64_t status, created_at;
};
enum err throttle_add(struct cx *cx, const char *key, int64_t window_s,
    struct throttle_row *ret) MUST_CHECK;
enum err throttle_delete(struct cx *cx, const char *key) MUST_CHECK;
enum err throttle_sweep(struct cx *cx, int64_t *ret_removed) MUST_CHECK;
enum err replay_insert(struct cx *cx, const struct replay *r, bool *ret_new) MUST_CHECK;
enum err replay_find(struct cx *cx, const struct replay *r, struct replay_row *ret) MUST_CHECK;
enum err replay_take(struct cx *cx, const struct replay *r, int64_t created_at) MUST_CHECK;
enum err replay_write(struct cx *cx, const struct replay *r, int status,
    const char *body) MUST_CHECK;
enum err replay_sweep(struct cx *cx, int64_t *ret_removed) MUST_CHECK;

#endif
