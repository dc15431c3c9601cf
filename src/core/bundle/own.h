/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BUNDLE_OWN_H
#define CORE_BUNDLE_OWN_H

/* Inside core/bundle only. */

#include "core/bundle/bundle.h"

/* store.c */
enum err bundle_store_key(struct cx *cx, const char *key, int64_t *ret_id) MUST_CHECK; /* 0: free */
enum err bundle_store_rows(struct cx *cx, bool all, struct bundle **ret, size_t *ret_n) MUST_CHECK;
/* id 0: new. */
enum err bundle_store_save(struct cx *cx, const struct bundle *b, int64_t *ret_id) MUST_CHECK;
enum err bundle_store_set_active(struct cx *cx, int64_t id, bool active) MUST_CHECK;
enum err bundle_store_set_plans(struct cx *cx, int64_t id, const struct bundle_plan *plans,
    size_t n) MUST_CHECK;

#endif
