/* SPDX-License-Identifier: Apache-2.0 */
/* Days, instants and ids between rows, parameters and trees: one place says how "none" looks. */
#include "core/row.h"

#include "base/str.h"

struct day row_day(struct db_row *row)
{
	struct day d;
	return day_parse(row_text(row), &d) ? d : DAY_NONE;
}

struct db_arg arg_day(struct arena *a, struct day d)
{
	return db_text(day_set(d) ? day_print(a, d) : NULL);
}

json_t *json_day(struct day d)
{
	char text[DAY_TEXT_SIZE];
	return day_set(d) ? json_string(day_text(d, text)) : json_null();
}

json_t *json_instant(int64_t at)
{
	char text[INSTANT_TEXT_SIZE];
	return at != 0 ? json_string(instant_text(at, text)) : json_null();
}

json_t *json_id(int64_t id)
{
	return id != 0 ? json_integer(id) : json_null();
}

json_t *json_text(const char *s)
{
	return str_empty(s) ? json_null() : json_string(s);
}
