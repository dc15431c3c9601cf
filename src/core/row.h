/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ROW_H
#define CORE_ROW_H

#include <jansson.h>

#include "base/day.h"
#include "db/db.h"

/* Days in rows, parameters and trees; DAY_NONE is NULL and null. */
struct day row_day(struct db_row *row);
struct db_arg arg_day(struct arena *a, struct day d);
json_t *json_day(struct day d);
json_t *json_instant(int64_t at); /* RFC 3339, 0 is null */
json_t *json_id(int64_t id);      /* 0 is null */
json_t *json_text(const char *s); /* NULL and "" are null */

#endif
