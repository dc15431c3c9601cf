/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_PAYMENT_OWN_H
#define CORE_PAYMENT_OWN_H

#include "base/fsm.h"
#include "core/payment/payment.h"
#include "db/db.h"

extern const struct fsm payment_fsm, attempt_fsm;

/* store.c */
/* *ret_id 0: (gateway, remote_id) is there already. */
enum err payment_store_insert(struct cx *cx, const struct payment *p, int64_t *ret_id) MUST_CHECK;
enum err payment_store_set(struct cx *cx, const struct payment *p, enum payment_state to, int64_t refunded_minor) MUST_CHECK;

/* store_attempt.c */
enum err attempt_store_insert(struct cx *cx, const struct attempt *a, int64_t *ret_id) MUST_CHECK;
enum err attempt_store_open_of(struct cx *cx, int64_t invoice_id, const char *gateway, int64_t amount_minor, struct attempt *ret) MUST_CHECK;
enum err attempt_store_set(struct cx *cx, const struct attempt *a, enum attempt_state to, const char *reason) MUST_CHECK;
enum err attempt_store_started(struct cx *cx, int64_t id, const char *remote_id, const char *url) MUST_CHECK;

/* store_hook.c */
enum err hook_store_insert(struct cx *cx, const struct hook *h, int64_t *ret_id) MUST_CHECK;
enum err hook_store_known(struct cx *cx, const char *gateway, const char *remote_id, int64_t *ret_id) MUST_CHECK;
enum err hook_store_set(struct cx *cx, int64_t id, const char *state, const char *reason, const char *remote_id, const char *event) MUST_CHECK;

#endif
