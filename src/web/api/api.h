/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_API_API_H
#define WEB_API_API_H

#include "base/day.h"
#include "fmt/field.h"

/* Inputs that belong to the API alone, as field tables; api/fields.c. */
struct api_reason {
	const char *reason;
};
struct api_credit {
	int64_t amount_minor;
	const char *currency, *reason;
};
struct api_checkout {
	const char *gateway, *return_url;
	bool subscribe;
};
struct api_pay_many {
	const char *gateway, *return_url,
	    *invoice_ids; /* ids: a list, or text with commas between */
};
struct api_hold {
	struct day until;
	const char *reason;
};
struct api_note {
	const char *currency;
	int64_t amount_minor;          /* 0 and no items: the whole document */
	const char *item_ids, *reason; /* ids: a list, or text with commas between */
	const char *once;
};
struct api_word {
	const char *name, *reason;
};
struct api_items {
	const char *item_ids, *reason;
	bool end_services;
};
struct api_cancel {
	bool at_end;
	const char *reason;
};
struct api_price {
	int64_t price_minor;
	const char *reason;
};
struct api_gateway {
	const char *key, *provider, *name;
	bool enabled;
	int64_t position, terms_days, grace_days;
};
struct api_server {
	const char *key, *provider, *name;
	bool enabled;
	int64_t accounts_max;
};
extern const struct fields api_hold_fields, api_pay_many_fields, api_reason_fields,
    api_credit_fields, api_checkout_fields, api_note_fields, api_cancel_fields, api_price_fields,
    api_gateway_fields, api_server_fields, api_items_fields, api_word_fields;

#endif
