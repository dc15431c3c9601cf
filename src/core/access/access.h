/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ACCESS_ACCESS_H
#define CORE_ACCESS_ACCESS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "core/client/client.h"
#include "core/staff/staff.h"

/*
 * Sessions, API tokens, one-time links, rate limits and kept answers. Only hashes of tokens are
 * stored.
 */
enum session_kind { SESSION_VISITOR, SESSION_CLIENT, SESSION_STAFF, SESSION_KINDS };
struct session {
	int64_t id, subject_id;
	int64_t staff_id; /* kind client: who of the staff looks as the client; 0: himself */
	enum session_kind kind;
	const char *csrf, *cart; /* cart: JSON text */
	int64_t created_at, used_at, expires_at;
	const char *ip, *agent;
	struct client client; /* kind client: active, read afresh */
	struct staff staff;   /* kind staff, or staff_id: active, read afresh */
};
/*
 * ERR_NOT_FOUND for unknown, expired (client 14 days idle, staff 12 h idle, visitor 30 days) or
 * whose person is not active any more.
 */
enum err session_get(struct cx *cx, const char *token, enum session_kind kind,
    struct session *ret) MUST_CHECK;
/*
 * A new row with a new token; replaces (rotates) `old` when given, taking over its cart when the
 * old one is a visitor's. A client's, opened by staff, keeps who it was and ends with him.
 */
enum err session_open(struct cx *cx, enum session_kind kind, int64_t subject_id,
    const struct session *old, const char *agent, char **ret_token) MUST_CHECK;
/* at most once a minute */
enum err session_touch(struct cx *cx, const struct session *s) MUST_CHECK;
enum err session_set_cart(struct cx *cx, int64_t id, const char *cart) MUST_CHECK;
enum err session_close(struct cx *cx, int64_t id) MUST_CHECK;
/* Ends every session (but `except`, 0 none), token and pending link of a person. */
enum err access_end_all(struct cx *cx, enum session_kind kind, int64_t subject_id,
    int64_t except) MUST_CHECK;
enum err session_list(struct cx *cx, enum session_kind kind, int64_t subject_id,
    json_t **ret) MUST_CHECK;

/*
 * Sign in: same time and same fault ("access.denied") for an unknown address, a wrong password, a
 * closed or suspended account.
 */
enum err access_sign_in_client(struct cx *cx, const char *email, const char *password,
    struct client *ret) MUST_CHECK;
enum err access_sign_in_staff(struct cx *cx, const char *email, const char *password,
    struct staff *ret) MUST_CHECK;

/*
 * Counts one use of key; ERR_DENIED "access.too_many" (detail says when to try again) when over max
 * within window_s.
 */
enum err throttle_count(struct cx *cx, const char *key, int64_t max, int64_t window_s) MUST_CHECK;
enum err throttle_clear(struct cx *cx, const char *key) MUST_CHECK;

/*
 * Reset and verification. request: always OK, whether the address is known or not; when known, the
 * older links of that kind die and event client.reset_request / client.verify_request {link: token}
 * makes the letter (the token stands in the letter only, not in the event: the job key carries the
 * one_time row id and the letter job makes the token).
 */
enum err access_reset_request(struct cx *cx, enum session_kind kind, const char *email) MUST_CHECK;
enum err access_verify_request(struct cx *cx, int64_t client_id) MUST_CHECK;
/*
 * Makes the token for the letter: one_time row of (kind reset|verify, subject, id), valid 60 min
 * (reset) or 7 days (verify).
 */
enum err access_one_time(struct cx *cx, const char *kind, const char *subject, int64_t subject_id,
    char **ret_token) MUST_CHECK;
/*
 * Uses a reset link: sets the password, ends all sessions. ERR_INVALID "access.link" when used, old
 * or superseded.
 */
enum err access_reset(struct cx *cx, const char *token, const char *password) MUST_CHECK;
enum err access_verify(struct cx *cx, const char *token) MUST_CHECK;

/* API tokens. The token text is "bh_" + 43 characters; shown once. */
enum err token_create(struct cx *cx, int64_t staff_id, const char *name, const char *scopes,
    int64_t days, char **ret_token) MUST_CHECK;
/*
 * ERR_NOT_FOUND when unknown, expired, revoked or its staff member is not active. *ret_scopes:
 * scopes within the staff member's permissions.
 */
enum err token_get(struct cx *cx, const char *token, struct staff *ret,
    const char **ret_scopes) MUST_CHECK;
enum err token_list(struct cx *cx, int64_t staff_id, json_t **ret) MUST_CHECK;
enum err token_revoke(struct cx *cx, int64_t staff_id, int64_t id) MUST_CHECK;

/*
 * Idempotency-Key. begin: OK = go on and do it (row with status 0 written, own transaction);
 * ERR_CONFLICT "replay.kept" = *ret_status, *ret_body hold the first answer; ERR_CONFLICT
 * "replay.busy" = the first is under way (retry); ERR_CONFLICT "replay.different" = other body
 * under the same key. A status-0 row older than 60 s counts as crashed and may be taken over. Kept
 * for 30 days.
 */
struct replay {
	const char *caller, *key, *request_hash;
};
enum err replay_begin(struct cx *cx, const struct replay *r, int *ret_status,
    const char **ret_body) MUST_CHECK;
enum err replay_end(struct cx *cx, const struct replay *r, int status, const char *body) MUST_CHECK;
/* expired rows of all of these */
enum err access_sweep(struct cx *cx, int64_t *ret_removed) MUST_CHECK;

#endif
