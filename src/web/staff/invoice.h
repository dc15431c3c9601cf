/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_STAFF_INVOICE_H
#define WEB_STAFF_INVOICE_H

#include "fmt/field.h"

/* A partial credit note: {amount_minor reason}, in the currency of the invoice; invoice_do.c. */
extern const struct fields admin_credit_note_fields;

#endif
