/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic behind the reports: months, prices per month, income spread over days, ages of
 * debts, places of supply. Pure: no database, no clock.
 */
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/report/own.h"
#include "core/tax/tax.h"

int report_month(struct day d)
{
	int year, month, mday;
	day_split(d, &year, &month, &mday);
	return year * 12 + month - 1;
}

struct day report_month_first(int month)
{
	return day_of(month / 12, month % 12 + 1, 1);
}

struct day report_month_last(int month)
{
	return day_add(report_month_first(month + 1), -1);
}

const char *report_month_text(int month, char text[REPORT_MONTH_SIZE])
{
	snprintf(text, REPORT_MONTH_SIZE, "%04d-%02d", month / 12, month % 12 + 1);
	return text;
}

bool report_month_parse(const char *text, int *ret)
{
	char first[DAY_TEXT_SIZE];
	struct day d;
	if (text == NULL || strlen(text) != 7)
		return false;
	snprintf(first, sizeof first, "%.7s-01", text);
	if (!day_parse(first, &d))
		return false;
	*ret = report_month(d);
	return true;
}

int64_t report_monthly(int64_t minor, struct cycle c)
{
	return cycle_monthly(minor, c);
}

int64_t report_recognized(const struct report_spread *s, struct day on)
{
	if (on.n < s->issued_on.n)
		return 0;
	if (!day_set(s->from) || !day_set(s->to) || s->to.n <= s->from.n || on.n >= s->to.n - 1)
		return s->net_minor;
	if (on.n < s->from.n)
		return 0;
	/* The day itself is used up at its end. */
	return money_scale(s->net_minor, (int64_t)on.n - s->from.n + 1,
	    (int64_t)s->to.n - s->from.n, ROUND_HALF_UP);
}

const char *const report_age_words[REPORT_AGES] = {"not_due", "1-30", "31-60", "61-90", "90+"};

int report_age(struct day due_on, struct day on)
{
	int64_t late = day_set(due_on) ? (int64_t)on.n - due_on.n : 0;
	if (late <= 0)
		return 0;
	return late > 90 ? 4 : (int)((late - 1) / 30) + 1;
}

const char *report_tax_kind(const struct report_supply *s)
{
	bool taxed = s->rate_ppm > 0;
	if (str_eq(s->tax_name, TAX_REVERSE_NAME))
		return "reverse";
	if (str_eq(s->seller, s->buyer))
		return taxed ? "domestic" : "exempt";
	if (!tax_in_eu(s->seller) || !tax_in_eu(s->buyer))
		return "foreign";
	if (taxed)
		return s->at_origin ? "domestic" : "oss";
	return s->tax_id ? "reverse" : "exempt";
}
