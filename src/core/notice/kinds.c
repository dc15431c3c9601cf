/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of letter there is. When one is written is told by flow/rules.c. */
#include "base/str.h"
#include "core/notice/notice.h"

const struct letter_kind letter_kinds[] = {
    {"order_received", "Order received", "order"},
    {"invoice_issued", "Invoice issued", "invoice"},
    {"invoice_reminder", "Invoice due soon", "invoice"},
    {"invoice_overdue", "Invoice overdue", "invoice"},
    {"payment_received", "Payment received", "invoice"},
    {"payment_failed", "Payment failed", "invoice"},
    {"service_welcome", "Service ready", "service"},
    {"service_suspended", "Service suspended", "service"},
    {"service_unsuspended", "Service online again", "service"},
    {"service_cancel_request", "Cancellation noted", "service"},
    {"service_cancelled", "Service cancelled", "service"},
    {"service_terminated", "Service terminated", "service"},
    {"service_transferred", "Service taken over", "service"},
    {"service_left", "Service handed over", "service"},
    {"quote_sent", "Quote", "quote"},
    {"statement", "Statement of account", "client"},
    {"price_change", "New price of services", "reprice"},
    {"price_change_cancelled", "New price taken back", "reprice"},
    {"password_reset", "Password reset", "client"},
    {"verify_email", "Verify email address", "client"},
    {"email_changed", "Email address changed", "client"},
    {"alert_task", "Alert: automation", "staff"},
    {"alert_catch_up", "Alert: invoices after a standstill", "staff"},
    {"alert_service", "Alert: service", "staff"},
    {"alert_payment", "Alert: payment", "staff"},
    {"alert_quote", "Alert: quote answered", "staff"},
};
const size_t letter_kinds_n = sizeof letter_kinds / sizeof *letter_kinds;

const struct letter_kind *letter_kind_find(const char *kind)
{
	for (size_t i = 0; i < letter_kinds_n; i++) {
		if (str_eq(letter_kinds[i].kind, kind))
			return &letter_kinds[i];
	}
	return NULL;
}
