/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_CORE_RULES_H
#define UNIT_CORE_RULES_H

/* Rules for tests that are built without flow/; with it, weak gives way to the real table. */

#include "core/event/event.h"

const struct event_rule event_rules[] __attribute__((weak)) = {
    {"invoice", "pay", "test.receipt", "the payer gets a receipt"},
    {"invoice", "pay", "test.services", "services follow"},
    {"invoice", "issue", "test.letter", "the payer gets the invoice"},
};
const size_t event_rules_n __attribute__((weak)) = sizeof event_rules / sizeof *event_rules;

#endif
