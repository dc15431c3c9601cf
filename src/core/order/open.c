/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client has open in his currency, over all modules below: a currency can be changed only
 * when it is nothing.
 */
#include "core/ledger/ledger.h"
#include "core/order/own.h"

static bool any_money(const json_t *balances)
{
	const json_t *row;
	size_t i;
	json_array_foreach((json_t *)(uintptr_t)balances, i, row)
		if (json_integer_value(json_object_get(row, "open_minor")) != 0 ||
		    json_integer_value(json_object_get(row, "credit_minor")) != 0)
			return true;
	return false;
}

enum err client_open_things(struct cx *cx, int64_t id, const char **ret_what)
{
	int64_t invoices, services, orders;
	json_t *balances;
	TRY(invoice_open_count(cx, id, &invoices));
	TRY(service_running(cx, id, &services));
	TRY(order_store_open(cx, id, &orders));
	TRY(ledger_client_view(cx, id, &balances));
	*ret_what = invoices > 0 ? "an invoice that is not paid" :
	    services > 0         ? "a service that runs" :
	    orders > 0           ? "an order under way" :
	    any_money(balances)  ? "a balance or credit" :
	                           "";
	return OK;
}
