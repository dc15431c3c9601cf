/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PEOPLE_H
#define BASE_PEOPLE_H

#include <stdint.h>

#include "base/arena.h"

/* Instants for people, by ICU: "31 Jan 2027, 10:00" in a zone, and "3 days ago" / "in 2 hours". */
char *instant_print_people(struct arena *a, int64_t instant, const char *locale, const char *zone);
char *instant_print_ago(struct arena *a, int64_t instant, int64_t now, const char *locale);

#endif
