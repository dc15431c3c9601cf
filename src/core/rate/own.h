/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_RATE_OWN_H
#define CORE_RATE_OWN_H

#include "core/rate/rate.h"

enum err rate_store_set(struct cx *cx, const struct rate *r, int64_t *ret_id) MUST_CHECK;
/* Leaves a row by hand alone; *ret_new false then. */
enum err rate_store_fetched(struct cx *cx, const struct rate *r, bool *ret_new) MUST_CHECK;
enum err rate_store_remove(struct cx *cx, int64_t id) MUST_CHECK;

#endif
