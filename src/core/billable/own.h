/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BILLABLE_OWN_H
#define CORE_BILLABLE_OWN_H

#include "base/fsm.h"
#include "core/billable/billable.h"
#include "db/db.h"

extern const struct fsm billable_fsm;

enum err billable_store_save(struct cx *cx, const struct billable *b, int64_t *ret_id) MUST_CHECK;
enum err billable_store_set_state(struct cx *cx, const struct billable *b,
    enum billable_state to) MUST_CHECK;
enum err billable_store_bill(struct cx *cx, const struct billable_billed *b, size_t n,
    struct day today) MUST_CHECK;
enum err billable_store_invoices(struct cx *cx, int64_t id, int64_t **ret,
    size_t *ret_n) MUST_CHECK;
json_t *billable_row_view(const struct billable *b);

#endif
