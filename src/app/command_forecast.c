/* SPDX-License-Identifier: Apache-2.0 */
/* The forecast on the command line: a line per day and currency on which something happens. */
#include <stdio.h>

#include "app/command.h"
#include "app/database.h"
#include "base/money.h"
#include "base/str.h"
#include "db/db.h"
#include "flow/flow.h"

static long long number(const json_t *o, const char *name)
{
	return (long long)json_integer_value(json_object_get(o, name));
}

static const char *const counts[] = {"invoices", "reminders", "fees", "overdue", "suspended",
    "terminated", "cancelled", "letters"};
#define COUNTS_N (sizeof counts / sizeof counts[0])

static bool anything(const json_t *line)
{
	for (size_t i = 0; i < COUNTS_N; i++)
		if (number(line, counts[i]) != 0)
			return true;
	return json_array_size(json_object_get(line, "money")) > 0;
}

static void print_money(struct cx *cx, const json_t *line, const char *name, const char *what)
{
	const json_t *money = json_object_get(line, "money");
	for (size_t i = 0; i < json_array_size(money); i++) {
		const json_t *m = json_array_get(money, i);
		const char *currency = json_string_value(json_object_get(m, "currency"));
		if (number(m, name) != 0)
			printf(", %s %s", what,
			    money_print(cx->arena, money_of(number(m, name), currency)));
	}
}

static void print_line(struct cx *cx, const char *on, const json_t *unpaid, const json_t *paid)
{
	printf("%s ", on);
	for (size_t i = 0; i < COUNTS_N; i++)
		if (number(unpaid, counts[i]) != 0)
			printf(" %s %lld", counts[i], number(unpaid, counts[i]));
	print_money(cx, unpaid, "invoiced_minor", "invoiced");
	print_money(cx, unpaid, "credit_minor", "by credit");
	print_money(cx, unpaid, "fees_minor", "late fees");
	printf(" | if all pay: invoices %lld", number(paid, "invoices"));
	print_money(cx, paid, "invoiced_minor", "invoiced");
	print_money(cx, paid, "received_minor", "received");
	putchar('\n');
}

static void print_forecast(struct cx *cx, const json_t *forecast)
{
	const json_t *days = json_object_get(forecast, "days");
	const json_t *totals = json_object_get(forecast, "totals");
	if (json_is_true(json_object_get(forecast, "clock_held")))
		puts("The clock jumped: suspensions and terminations wait until staff confirm it.");
	for (size_t i = 0; i < json_array_size(days); i++) {
		const json_t *day = json_array_get(days, i);
		const json_t *unpaid = json_object_get(day, "unpaid");
		const json_t *paid = json_object_get(day, "paid");
		if (anything(unpaid) || anything(paid))
			print_line(cx, json_string_value(json_object_get(day, "on")), unpaid, paid);
	}
	print_line(cx, "total     ", json_object_get(totals, "unpaid"),
	    json_object_get(totals, "paid"));
}

int command_forecast(struct cx *cx, const struct config *c)
{
	json_t *forecast;
	struct day until;
	struct worker w = {.cx = cx};
	if (str_empty(c->until)) {
		(void)fail(cx, ERR_INVALID, "usage.until", "say up to which day: --until DAY");
		return command_fault(cx);
	}
	if (command_day(cx, "until", c->until, &until) != OK || database_user(cx, c) != OK ||
	    database_open(cx, c, DATABASE_READY) != OK)
		return command_fault(cx);
	db_set_mode(cx->db, DB_READ_ONLY);
	enum err err = flow_forecast(&w, until, c->json, &forecast);
	database_close(cx);
	if (err != OK)
		return command_fault(cx);
	if (c->json)
		command_json(forecast);
	else
		print_forecast(cx, forecast);
	return 0;
}
