/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_STAFF_CLIENT_H
#define WEB_STAFF_CLIENT_H

#include "fmt/field.h"

/* Credit given to a client: {currency amount_minor reason}; client_do.c. */
extern const struct fields admin_credit_fields;

#endif
