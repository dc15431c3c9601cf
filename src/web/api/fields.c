/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs of the API that are no module's own. The others are core's field tables. */
#include "web/api/api.h"

#include <stddef.h>

#define REASON(owner) \
	{ \
		.name = "reason", .label = "Reason", .type = FIELD_LINE, .max = 500, \
		.offset = offsetof(owner, reason) \
	}

/* As a list of ids, or text with commas between. */
#define ITEM_IDS(owner, label_, flags_) \
	{ \
		.name = "item_ids", .label = label_, .type = FIELD_LINE, .flags = flags_, \
		.max = 4000, .offset = offsetof(owner, item_ids) \
	}

FIELDS(api_reason_fields, struct api_reason, REASON(struct api_reason));

FIELDS(api_credit_fields, struct api_credit,
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_credit, currency)},
    {.name = "amount_minor",
        .label = "Amount",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .offset = offsetof(struct api_credit, amount_minor)},
    REASON(struct api_credit));

FIELDS(api_checkout_fields, struct api_checkout,
    {.name = "gateway",
        .label = "Way to pay",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_checkout, gateway)},
    {.name = "return_url",
        .label = "Where the payer comes back",
        .type = FIELD_URL,
        .offset = offsetof(struct api_checkout, return_url)},
    {.name = "subscribe",
        .label = "The provider charges later terms by itself",
        .type = FIELD_BOOL,
        .offset = offsetof(struct api_checkout, subscribe)});

FIELDS(api_pay_many_fields, struct api_pay_many,
    {.name = "invoice_ids",
        .label = "Invoices to pay together, as a list of ids or ids with commas between",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 1000,
        .offset = offsetof(struct api_pay_many, invoice_ids)},
    {.name = "gateway",
        .label = "Way to pay",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_pay_many, gateway)},
    {.name = "return_url",
        .label = "Where the payer comes back",
        .type = FIELD_URL,
        .offset = offsetof(struct api_pay_many, return_url)});

FIELDS(api_note_fields, struct api_note,
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .offset = offsetof(struct api_note, currency)},
    {.name = "amount_minor",
        .label = "Gross amount; absent: the whole document",
        .type = FIELD_MONEY,
        .offset = offsetof(struct api_note, amount_minor)},
    ITEM_IDS(struct api_note, "Items to take back whole, instead of an amount", 0),
    {.name = "once",
        .label = "Key: the same twice is one credit note",
        .type = FIELD_KEY,
        .max = 60,
        .offset = offsetof(struct api_note, once)},
    REASON(struct api_note));

FIELDS(api_items_fields, struct api_items,
    ITEM_IDS(struct api_items, "Items to cancel", FIELD_REQUIRED),
    {.name = "end_services",
        .label = "Their services end with their paid term",
        .type = FIELD_BOOL,
        .offset = offsetof(struct api_items, end_services)},
    {.name = "reason",
        .label = "Reason",
        .help = "Printed on the documents.",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 200,
        .offset = offsetof(struct api_items, reason)});

FIELDS(api_cancel_fields, struct api_cancel,
    {.name = "at_end",
        .label = "At the end of the paid term",
        .type = FIELD_BOOL,
        .offset = offsetof(struct api_cancel, at_end)},
    REASON(struct api_cancel));

FIELDS(api_price_fields, struct api_price,
    {.name = "price_minor",
        .label = "Price per term, from the next one on",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_price, price_minor)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 500,
        .offset = offsetof(struct api_price, reason)});

FIELDS(api_gateway_fields, struct api_gateway,
    {.name = "key",
        .label = "Key",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .offset = offsetof(struct api_gateway, key)},
    {.name = "provider",
        .label = "Provider",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_gateway, provider)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_gateway, name)},
    {.name = "enabled",
        .label = "Offered",
        .type = FIELD_BOOL,
        .otherwise = "1",
        .offset = offsetof(struct api_gateway, enabled)},
    {.name = "position",
        .label = "Position",
        .type = FIELD_INT,
        .otherwise = "0",
        .offset = offsetof(struct api_gateway, position)},
    {.name = "terms_days",
        .label = "Days to pay of clients who pay this way",
        .help = "Absent: the company's.",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .offset = offsetof(struct api_gateway, terms_days)},
    {.name = "grace_days",
        .label = "Days of grace before reminders, fees and suspension",
        .help = "Absent: the company's.",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .offset = offsetof(struct api_gateway, grace_days)});

FIELDS(api_server_fields, struct api_server,
    {.name = "key",
        .label = "Key",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .offset = offsetof(struct api_server, key)},
    {.name = "provider",
        .label = "Provider",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_server, provider)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct api_server, name)},
    {.name = "enabled",
        .label = "In use",
        .type = FIELD_BOOL,
        .otherwise = "1",
        .offset = offsetof(struct api_server, enabled)},
    {.name = "accounts_max",
        .label = "Most accounts",
        .type = FIELD_INT,
        .otherwise = "0",
        .offset = offsetof(struct api_server, accounts_max)});

FIELDS(api_word_fields, struct api_word,
    {.name = "name",
        .label = "Who said so",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 100,
        .offset = offsetof(struct api_word, name)},
    REASON(struct api_word));
