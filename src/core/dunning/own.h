/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_DUNNING_OWN_H
#define CORE_DUNNING_OWN_H

#include "core/dunning/dunning.h"

extern const char *const dunning_words[DUNNING_ACTIONS];
enum err dunning_store_save(struct cx *cx, const struct dunning_step *s,
    int64_t *ret_id) MUST_CHECK;
/* rules.c: every round as a step, in order of days. */
struct dunning_step *dunning_rounds(struct arena *a, const struct dunning_step *steps, size_t n,
    size_t *ret_n);
enum err dunning_store_remove(struct cx *cx, int64_t id) MUST_CHECK;

#endif
