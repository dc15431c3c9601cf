/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_COUPON_OWN_H
#define CORE_COUPON_OWN_H

#include "core/coupon/coupon.h"

enum err coupon_store_find(struct cx *cx, const char *code, struct coupon *ret) MUST_CHECK;
enum err coupon_store_save(struct cx *cx, const struct coupon *c, int64_t *ret_id) MUST_CHECK;
enum err coupon_store_set_active(struct cx *cx, int64_t id, bool active) MUST_CHECK;
enum err coupon_store_used_by(struct cx *cx, int64_t id, int64_t client_id,
    int64_t *ret_n) MUST_CHECK;
enum err coupon_store_use(struct cx *cx, int64_t id, int64_t order_id,
    int64_t client_id) MUST_CHECK;
enum err coupon_store_list(struct cx *cx, struct coupon **ret, size_t *ret_n) MUST_CHECK;

#endif
