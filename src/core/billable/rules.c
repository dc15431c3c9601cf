/* SPDX-License-Identifier: Apache-2.0 */
/* Pure: the line of an item to invoice, and the day of its next round. */
#include "core/billable/own.h"

struct invoice_line billable_line(const struct billable *b)
{
	return (struct invoice_line){"manual", 0, b->description, b->tax_class, DAY_NONE, DAY_NONE,
	    b->quantity, b->unit_minor, 0};
}

struct day billable_next(const struct billable *b, struct day billed_on)
{
	struct cycle cycle;
	int year, month, mday = (int)b->anchor_day;
	if (b->round + 1 >= b->times || !cycle_parse(b->cycle, &cycle) || cycle.unit == CYCLE_ONCE)
		return DAY_NONE;
	struct day base = day_set(b->on) ? b->on : billed_on;
	if (mday == 0)
		day_split(base, &year, &month, &mday);
	return cycle_next(base, cycle, mday);
}
