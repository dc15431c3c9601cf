/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_LEDGER_OWN_H
#define CORE_LEDGER_OWN_H

#include "core/ledger/ledger.h"

extern const char *const ledger_code_words[LEDGER_CODES];
/* An account's words are checked here, once for all postings. */
void ledger_check(const struct transfer *t);

#endif
