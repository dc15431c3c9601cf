/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules an event has. Pure; the table itself is flow/rules.c. */
#include <string.h>

#include "core/event/own.h"

const struct event_rule *event_rule_nth(const char *subject, const char *name, size_t n)
{
	for (size_t i = 0; i < event_rules_n; i++) {
		const struct event_rule *r = &event_rules[i];
		if (strcmp(r->name, name) == 0 && strcmp(r->subject, subject) == 0 && n-- == 0)
			return r;
	}
	return NULL;
}
