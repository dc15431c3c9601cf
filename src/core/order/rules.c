/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the first term of an order is and what it costs. Pure; later terms are core/service's.
 */
#include "base/money.h"
#include "core/order/order.h"

/* The next day with that day of the month after today, and the same day one cycle before it. */
static void prorata_term(struct day today, struct cycle cycle, int day, struct day *ret_from,
    struct day *ret_to)
{
	int year, month, mday;
	day_split(today, &year, &month, &mday);
	int end = year * 12 + (month - 1) + (mday >= day);
	int start = end - (cycle.unit == CYCLE_YEAR ? 12 * cycle.n : cycle.n);
	*ret_to = day_of(end / 12, end % 12 + 1, day);
	*ret_from = day_of(start / 12, start % 12 + 1, day);
}

void order_first_term(const struct plan *plan, int64_t price_minor, struct cycle cycle,
    struct day today, bool trial, struct order_term *ret)
{
	int year, month, mday, day = (int)plan->prorata_day;
	struct day from;
	day_split(today, &year, &month, &mday);
	*ret = (struct order_term){DAY_NONE, price_minor, mday, false};
	if (cycle.unit == CYCLE_ONCE)
		return;
	if (trial && plan->trial_days > 0) {
		ret->to = day_add(today, (int32_t)plan->trial_days);
		day_split(ret->to, &year, &month, &ret->anchor_day);
		ret->unit_minor = 0;
		ret->trial = true;
		return;
	}
	bool months = cycle.unit == CYCLE_MONTH || cycle.unit == CYCLE_YEAR;
	if (day == 0 || !months || mday == day) {
		ret->to = cycle_next(today, cycle, mday);
		return;
	}
	prorata_term(today, cycle, day, &from, &ret->to);
	ret->anchor_day = day;
	ret->unit_minor =
	    money_scale(price_minor, ret->to.n - today.n, ret->to.n - from.n, ROUND_HALF_UP);
	if (plan->prorata_cutoff > 0 && mday >= plan->prorata_cutoff) {
		ret->to = cycle_next(ret->to, cycle, day);
		ret->unit_minor += price_minor;
	}
}

/* Up to a due day: the days that are left of the whole terms that end there. */
static void follow_term(const struct order_cut *cut, int64_t price_minor, struct cycle cycle,
    struct day today, struct order_term *ret)
{
	struct day end = cut->due_on, start;
	*ret = (struct order_term){end, 0, cut->anchor_day, false};
	do {
		if (!service_term_start(cycle, cut->anchor_day, end, &start))
			start = today;
		struct day from = start.n > today.n ? start : today;
		ret->unit_minor +=
		    money_scale(price_minor, end.n - from.n, end.n - start.n, ROUND_HALF_UP);
		end = start;
	} while (start.n > today.n);
}

void order_cut_term(const struct order_cut *cut, int64_t price_minor, struct cycle cycle,
    struct day today, struct order_term *ret)
{
	if (day_set(cut->due_on) && cycle.unit != CYCLE_ONCE)
		follow_term(cut, price_minor, cycle, today, ret);
	else
		order_first_term(&cut->plan, price_minor, cycle, today, cut->trial, ret);
}
