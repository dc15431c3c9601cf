/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that ask the database. */
#include "core/invoice/own.h"
#include "core/refund/refund.h"

DB_STMT(invoice_count, "", "SELECT COUNT(*) FROM invoice");
