/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_DUNNING_OWN_H
#define CORE_DUNNING_OWN_H

#include "core/dunning/dunning.h"

extern const char *const dunning_words[DUNNING_ACTIONS];
enum err dunning_store_save(struct cx *cx, const struct dunning_step *s,
    int64_t *ret_id) MUST_CHECK;
enum err dunning_store_remove(struct cx *cx, int64_t id) MUST_CHECK;

#endif
