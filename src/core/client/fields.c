/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be typed about a client and a contact: at sign-up, by the client later, by staff. A
 * field that is not in a table cannot be changed through it.
 */
#include "core/client/own.h"
#include "core/staff/staff.h"

#define ADDRESS(of) \
	{.name = "first_name", \
	    .label = "First name", \
	    .type = FIELD_LINE, \
	    .flags = FIELD_REQUIRED, \
	    .max = 100, \
	    .autocomplete = "given-name", \
	    .offset = offsetof(of, first_name)}, \
	    {.name = "last_name", \
	        .label = "Last name", \
	        .type = FIELD_LINE, \
	        .flags = FIELD_REQUIRED, \
	        .max = 100, \
	        .autocomplete = "family-name", \
	        .offset = offsetof(of, last_name)}, \
	    {.name = "company", \
	        .label = "Company", \
	        .type = FIELD_LINE, \
	        .autocomplete = "organization", \
	        .help = "Leave empty for a private person.", \
	        .offset = offsetof(of, company)}, \
	    {.name = "address", \
	        .label = "Street address", \
	        .type = FIELD_TEXT, \
	        .flags = FIELD_REQUIRED, \
	        .max = 300, \
	        .autocomplete = "street-address", \
	        .offset = offsetof(of, address)}, \
	    {.name = "city", \
	        .label = "City", \
	        .type = FIELD_LINE, \
	        .flags = FIELD_REQUIRED, \
	        .autocomplete = "address-level2", \
	        .offset = offsetof(of, city)}, \
	    {.name = "postcode", \
	        .label = "Postal code", \
	        .type = FIELD_LINE, \
	        .flags = FIELD_REQUIRED, \
	        .max = 20, \
	        .autocomplete = "postal-code", \
	        .offset = offsetof(of, postcode)}, \
	    {.name = "state", \
	        .label = "State or province", \
	        .type = FIELD_LINE, \
	        .autocomplete = "address-level1", \
	        .offset = offsetof(of, state)}, \
	    {.name = "country", \
	        .label = "Country", \
	        .type = FIELD_COUNTRY, \
	        .flags = FIELD_REQUIRED, \
	        .autocomplete = "country", \
	        .offset = offsetof(of, country)}, \
	    {.name = "phone", \
	        .label = "Phone", \
	        .type = FIELD_LINE, \
	        .max = 40, \
	        .autocomplete = "tel", \
	        .offset = offsetof(of, phone)}, \
	{ \
		.name = "tax_id", .label = "Tax number", .type = FIELD_LINE, .max = 40, \
		.help = "VAT number of a company.", .offset = offsetof(of, tax_id) \
	}

FIELDS(client_fields, struct client_input,
    {.name = "email",
        .label = "Email address",
        .type = FIELD_EMAIL,
        .flags = FIELD_REQUIRED,
        .help = "Invoices and notices go there.",
        .autocomplete = "email",
        .offset = offsetof(struct client_input, email)},
    ADDRESS(struct client_input),
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .help = "Cannot be changed later.",
        .offset = offsetof(struct client_input, currency)},
    {.name = "password",
        .label = "Password",
        .type = FIELD_PASSWORD,
        .min = PASSWORD_CHARS_MIN,
        .help = "At least 10 characters.",
        .autocomplete = "new-password",
        .offset = offsetof(struct client_input, password)}, );

FIELDS(client_profile_fields, struct client_edit, ADDRESS(struct client_edit),
    {.name = "language",
        .label = "Language",
        .type = FIELD_LINE,
        .max = 10,
        .help = "Like en or de.",
        .autocomplete = "language",
        .offset = offsetof(struct client_edit, language)}, );

FIELDS(client_staff_fields, struct client_edit,
    {.name = "email",
        .label = "Email address",
        .type = FIELD_EMAIL,
        .flags = FIELD_REQUIRED,
        .autocomplete = "off",
        .help = "A new address must be verified again.",
        .offset = offsetof(struct client_edit, email)},
    ADDRESS(struct client_edit),
    {.name = "language",
        .label = "Language",
        .type = FIELD_LINE,
        .max = 10,
        .offset = offsetof(struct client_edit, language)},
    {.name = "tax_exempt",
        .label = "Exempt from tax",
        .type = FIELD_BOOL,
        .help = "New invoices are without tax.",
        .offset = offsetof(struct client_edit, tax_exempt)},
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .help = "Can be changed only while nothing is open in the present one.",
        .offset = offsetof(struct client_edit, currency)},
    {.name = "group",
        .label = "Group",
        .type = FIELD_KEY,
        .help = "Its days to pay and of grace hold unless the client has some of his own.",
        .offset = offsetof(struct client_edit, group)},
    {.name = "terms_days",
        .label = "Days to pay",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .help = "Empty: those of the group, the way to pay or the company.",
        .offset = offsetof(struct client_edit, terms_days)},
    {.name = "grace_days",
        .label = "Days of grace",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .help =
            "Before reminders, fees and suspension. Empty: those of the group, the way to pay or"
            " the company.",
        .offset = offsetof(struct client_edit, grace_days)},
    {.name = "pays_by",
        .label = "Pays by",
        .type = FIELD_KEY,
        .max = 40,
        .help =
            "Key of a way to pay, whose days to pay and of grace hold unless client or group have"
            " their own. Set by each payment.",
        .offset = offsetof(struct client_edit, pays_by)},
    {.name = "discount_ppm",
        .label = "Discount in percent",
        .type = FIELD_PPM,
        .min = -1,
        .max = 1000000,
        .otherwise = "-0.0001",
        .help = "Off all that the client's services cost, before tax, in the place of the group's."
                " Empty: the group's. 0: none.",
        .offset = offsetof(struct client_edit, discount_ppm)},
    {.name = "hold_until",
        .label = "No dunning before",
        .type = FIELD_DAY,
        .help = "Until that day nothing is reminded, charged or suspended.",
        .offset = offsetof(struct client_edit, hold_until)},
    {.name = "note",
        .label = "Note",
        .type = FIELD_TEXT,
        .help = "For staff only.",
        .offset = offsetof(struct client_edit, note)}, );

FIELDS(contact_fields, struct contact_input,
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 100,
        .autocomplete = "off",
        .offset = offsetof(struct contact_input, name)},
    {.name = "email",
        .label = "Email address",
        .type = FIELD_EMAIL,
        .flags = FIELD_REQUIRED,
        .autocomplete = "off",
        .offset = offsetof(struct contact_input, email)},
    {.name = "phone",
        .label = "Phone",
        .type = FIELD_LINE,
        .max = 40,
        .autocomplete = "off",
        .offset = offsetof(struct contact_input, phone)},
    {.name = "letters",
        .label = "Letters",
        .type = FIELD_LINE,
        .flags = FIELD_MANY,
        .from = "letters",
        .help = "Which letters this person gets, too.",
        .offset = offsetof(struct contact_input, letters)}, );
