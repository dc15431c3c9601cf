/* SPDX-License-Identifier: Apache-2.0 */
/* What may be typed about plans, prices and groups; also the body of POST /plans. */
#include "base/money.h"
#include "core/catalog/own.h"

static const char *const setup_words[] = {"payment", "approval", "order", "never", NULL};

#define PRICE(member) offsetof(struct price_input, member)

FIELDS(price_fields, struct price_input,
	{.name = "cycle", .label = "Billing cycle", .type = FIELD_CYCLE, .flags = FIELD_REQUIRED,
	 .help = "1m, 3m, 1y, 7d, 2w, or once.", .offset = PRICE(cycle)},
	{.name = "currency", .label = "Currency", .type = FIELD_CURRENCY, .flags = FIELD_REQUIRED,
	 .offset = PRICE(currency)},
	{.name = "price_minor", .label = "Price", .type = FIELD_MONEY, .flags = FIELD_REQUIRED,
	 .max = MONEY_MINOR_MAX / 1000, .help = "Per cycle.", .offset = PRICE(price_minor)},
	{.name = "setup_minor", .label = "Setup fee", .type = FIELD_MONEY, .otherwise = "0",
	 .max = MONEY_MINOR_MAX / 1000, .help = "Charged once.", .offset = PRICE(setup_minor)},
);

#define PLAN(member) offsetof(struct plan_input, member)

FIELDS(plan_fields, struct plan_input,
	{.name = "key", .label = "Key", .type = FIELD_KEY, .flags = FIELD_REQUIRED, .max = 60,
	 .help = "Names the plan in addresses and in the API.", .offset = PLAN(key)},
	{.name = "name", .label = "Name", .type = FIELD_LINE, .flags = FIELD_REQUIRED, .max = 100,
	 .offset = PLAN(name)},
	{.name = "description", .label = "Description", .type = FIELD_TEXT, .max = 2000,
	 .offset = PLAN(description)},
	{.name = "features", .label = "Features", .type = FIELD_TEXT, .max = 4000,
	 .help = "One per line.", .offset = PLAN(features)},
	{.name = "group", .label = "Group", .type = FIELD_KEY, .max = 60,
	 .help = "Key of the group it is shown in.", .offset = PLAN(group)},
	{.name = "panel", .label = "Control panel", .type = FIELD_KEY, .max = 40,
	 .help = "Where accounts are made. Empty: nothing is made automatically.", .offset = PLAN(panel)},
	{.name = "package", .label = "Package", .type = FIELD_LINE, .max = 100,
	 .help = "Name of the package on the control panel.", .offset = PLAN(package)},
	{.name = "tax_class", .label = "Tax class", .type = FIELD_KEY, .max = 40, .otherwise = "standard",
	 .offset = PLAN(tax_class)},
	{.name = "setup_when", .label = "Set up", .type = FIELD_CHOICE, .choices = setup_words,
	 .help = "After payment, after approval, at once, or by hand.", .otherwise = "payment",
	 .offset = PLAN(setup_when)},
	{.name = "needs_domain", .label = "Needs a domain", .type = FIELD_BOOL, .otherwise = "1",
	 .help = "Asked for when ordered. Only for plans with a control panel.",
	 .offset = PLAN(needs_domain)},
	{.name = "hidden", .label = "Hidden", .type = FIELD_BOOL,
	 .help = "Not in the shop; staff can still order it.", .offset = PLAN(hidden)},
	{.name = "stock", .label = "Stock", .type = FIELD_INT, .min = -1, .max = 1000000,
	 .otherwise = "-1", .help = "How many more may be sold; -1: not counted.", .offset = PLAN(stock)},
	{.name = "position", .label = "Position", .type = FIELD_INT, .max = 1000000, .otherwise = "0",
	 .help = "Small numbers come first.", .offset = PLAN(position)},
	{.name = "prices", .label = "Prices", .type = FIELD_LIST, .flags = FIELD_REQUIRED, .max = 100,
	 .sub = &price_fields, .offset = PLAN(prices)},
);

#define GROUP(member) offsetof(struct plan_group, member)

FIELDS(plan_group_fields, struct plan_group,
	{.name = "key", .label = "Key", .type = FIELD_KEY, .flags = FIELD_REQUIRED, .max = 60,
	 .offset = GROUP(key)},
	{.name = "name", .label = "Name", .type = FIELD_LINE, .flags = FIELD_REQUIRED, .max = 100,
	 .offset = GROUP(name)},
	{.name = "description", .label = "Description", .type = FIELD_TEXT, .max = 2000,
	 .offset = GROUP(description)},
	{.name = "position", .label = "Position", .type = FIELD_INT, .max = 1000000, .otherwise = "0",
	 .offset = GROUP(position)},
	{.name = "hidden", .label = "Hidden", .type = FIELD_BOOL, .help = "Not in the shop.",
	 .offset = GROUP(hidden)},
);
