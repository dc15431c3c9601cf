/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of invoices, some of it wrong. */
#include "core/invoice/own.h"
#include "core/order/order.h"
#include "core/tax/own.h"
#include "core/tax/tax.h"
#include "net/http.h"

DB_STMT(invoice_open, "i", "UPDATE invoice SET state = 'open' WHERE id = $1");
DB_STMT(invoice_move, "itt", "UPDATE invoice SET state = $3, paid_at = 1 WHERE id = $1 AND state = $2");
DB_STMT(invoice_note, "it", "UPDATE invoice SET note = $2 WHERE id = $1 AND state = 'open'");
DB_STMT(invoice_owner, "i",
    "SELECT c.email FROM invoice i "
    "JOIN client c ON c.id = i.client_id WHERE i.id = $1");
DB_STMT2(two, "", "SELECT 1", "SELECT 2");

double invoice_half(double n)
{
	return n / 2;
}

void gateway_open(void)
{
}
