/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_TAX_OWN_H
#define CORE_TAX_OWN_H

#include "core/tax/tax.h"

/* id 0: insert. */
enum err tax_store_save(struct cx *cx, const struct tax_rate *r, int64_t *ret_id) MUST_CHECK;
enum err tax_store_remove(struct cx *cx, int64_t id) MUST_CHECK;
/* *ret_new false: this shipped row was loaded before. */
enum err tax_store_seeded(struct cx *cx, const char *key, bool *ret_new) MUST_CHECK;

enum err tax_store_evidence(struct cx *cx, const struct tax_check *c) MUST_CHECK;

#endif
