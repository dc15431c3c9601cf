/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The routes of the shop, the client area, the API and the inbox: one line says the path, who may
 * use it, what it shows and who answers. The staff area's lines are in staff/staff_routes.c.
 * There is no installer here: the first staff member is made on the command line.
 */
#include "core/access/access.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/coupon/coupon.h"
#include "core/invoice/invoice.h"
#include "core/option/option.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "core/rate/rate.h"
#include "core/service/service.h"
#include "core/tax/tax.h"
#include "web/api/api.h"
#include "web/handlers.h"
#include "web/own.h"

/* clang-format off */
const struct route web_routes[] = {
	/*       path                                area    permission  view                      handler                show */
	R_BARE(  "/assets/*",                                                                      shop_asset),
	R_BARE(  "/favicon.ico",                                                                   shop_favicon),
	R_BARE(  "/robots.txt",                                                                    shop_robots),
	R_READ(  "/theme.css",                       PUBLIC, "",         NULL,                     shop_accent),

	/* shop */
	R_READ(  "/",                                PUBLIC, "",         "public/home",            shop_home),
	R_READ(  "/plans/:key",                      PUBLIC, "",         "public/plan",            shop_plan),
	R_READ(  "/order/:key",                      PUBLIC, "",         "public/order",           shop_order),
	R_FORM(  "/order/:key",                      PUBLIC, "",         "public/order",           shop_add,              shop_order),
	R_READ(  "/cart",                            PUBLIC, "",         "public/cart",            shop_cart),
	R_FORM(  "/cart/remove",                     PUBLIC, "",         NULL,                     shop_remove,           NULL),
	R_FORM(  "/cart/coupon",                     PUBLIC, "",         "public/cart",            shop_coupon,           shop_cart),
	R_FORM(  "/cart/coupon/remove",              PUBLIC, "",         NULL,                     shop_coupon_remove,    NULL),
	R_READ(  "/checkout",                        PUBLIC, "",         "public/checkout",        shop_checkout),
	R_LINK(  "/checkout",                        PUBLIC, "",         "public/checkout",        shop_place,            shop_checkout),
	R_READ(  "/thanks/:id",                      CLIENT, "",         "public/thanks",          shop_thanks),
	R_READ(  "/terms",                           PUBLIC, "",         "public/terms",           shop_terms),
	R_READ(  "/news",                            PUBLIC, "",         "public/news",            shop_news),
	R_READ(  "/i/:token",                        PUBLIC, "",         "public/invoice",         link_show),
	R_READ(  "/i/:token/pdf",                    PUBLIC, "",         NULL,                     link_pdf),
	R_LINK(  "/i/:token/pay",                    PUBLIC, "",         "public/invoice",         link_pay,              link_show),
	R_RETURN("/i/:token/return",                 PUBLIC,             NULL,                     link_return),

	/* signing in */
	R_READ(  "/login",                           PUBLIC, "",         "public/login",           auth_login),
	R_FORM(  "/login",                           PUBLIC, "",         "public/login",           auth_sign_in,          auth_login),
	R_FORM(  "/logout",                          PUBLIC, "",         NULL,                     auth_sign_out,         NULL),
	R_READ(  "/signup",                          PUBLIC, "",         "public/signup",          auth_signup),
	R_FORM(  "/signup",                          PUBLIC, "",         "public/signup",          auth_sign_up,          auth_signup),
	R_READ(  "/reset",                           PUBLIC, "",         "public/reset",           auth_reset),
	R_FORM(  "/reset",                           PUBLIC, "",         "public/reset",           auth_reset_request,    auth_reset),
	R_READ(  "/reset/:token",                    PUBLIC, "",         "public/reset-link",      auth_reset_link),
	R_FORM(  "/reset/:token",                    PUBLIC, "",         "public/reset-link",      auth_reset_set,        auth_reset_link),
	R_READ(  "/verify/:token",                   PUBLIC, "",         "public/verify",          auth_verify),
	R_FORM(  "/verify/:token",                   PUBLIC, "",         "public/verify",          auth_verified,         auth_verify),
	R_READ(  "/admin/login",                     PUBLIC, "",         "staff/login",            auth_staff_login),
	R_FORM(  "/admin/login",                     PUBLIC, "",         "staff/login",            auth_staff_sign_in,    auth_staff_login),
	R_FORM(  "/admin/logout",                    STAFF,  "",         NULL,                     auth_staff_sign_out,   NULL),

	/* client area */
	R_READ(  "/client",                          CLIENT, "",         "client/home",            area_home),
	R_READ(  "/client/services",                 CLIENT, "",         "client/service/list",    area_services),
	R_READ(  "/client/services/:id",             CLIENT, "",         "client/service/show",    area_service),
	R_LINK(  "/client/services/:id/open",        CLIENT, "",         "client/service/show",    area_service_open,     area_service),
	R_LINK(  "/client/services/:id/reveal",      CLIENT, "",         "client/service/show",    area_service_reveal,   area_service),
	R_FORM(  "/client/services/:id/cancel",      CLIENT, "",         "client/service/show",    area_service_cancel,   area_service),
	R_FORM(  "/client/services/:id/keep",        CLIENT, "",         "client/service/show",    area_service_keep,     area_service),
	R_READ(  "/client/services/:id/change",      CLIENT, "",         "client/service/change",  area_change),
	R_FORM(  "/client/services/:id/change",      CLIENT, "",         "client/service/change",  area_change_do,        area_change),
	R_FORM(  "/client/services/:id/change/cancel", CLIENT, "",       "client/service/show",    area_change_cancel,    area_service),
	R_FORM(  "/client/services/:id/renew",       CLIENT, "",         "client/service/show",    area_service_renew,    area_service),
	R_READ(  "/client/invoices",                 CLIENT, "",         "client/invoice/list",    area_invoices),
	R_READ(  "/client/invoices/:id",             CLIENT, "",         "client/invoice/show",    area_invoice),
	R_READ(  "/client/invoices/:id/pdf",         CLIENT, "",         NULL,                     area_invoice_pdf),
	R_LINK(  "/client/invoices/:id/pay",         CLIENT, "",         "client/invoice/show",    area_invoice_pay,      area_invoice),
	R_FORM(  "/client/invoices/:id/credit",      CLIENT, "",         "client/invoice/show",    area_invoice_credit,   area_invoice),
	R_RETURN("/client/invoices/:id/return",      CLIENT,             NULL,                     area_invoice_return),
	R_READ(  "/client/orders",                   CLIENT, "",         "client/order/list",      area_orders),
	R_READ(  "/client/orders/:id",               CLIENT, "",         "client/order/show",      area_order),
	R_READ(  "/client/pay",                      CLIENT, "",         "client/pay",             area_pay),
	R_LINK(  "/client/pay",                      CLIENT, "",         "client/pay",             area_pay_do,           area_pay),
	R_RETURN("/client/pay/:id/return",           CLIENT,             NULL,                     area_pay_return),
	R_READ(  "/client/funds",                    CLIENT, "",         "client/funds",           area_funds),
	R_FORM(  "/client/funds",                    CLIENT, "",         "client/funds",           area_funds_add,        area_funds),
	R_READ(  "/client/payments",                 CLIENT, "",         "client/payment/list",    area_payments),
	R_READ(  "/client/statement",                CLIENT, "",         "client/statement",       area_statement),
	R_READ(  "/client/profile",                  CLIENT, "",         "client/profile",         area_profile),
	R_FORM(  "/client/profile",                  CLIENT, "",         "client/profile",         area_profile_save,     area_profile),
	R_READ(  "/client/contacts",                 CLIENT, "",         "client/contact/list",    area_contacts),
	R_FORM(  "/client/contacts",                 CLIENT, "",         "client/contact/list",    area_contact_add,      area_contacts),
	R_FORM(  "/client/contacts/:id",             CLIENT, "",         "client/contact/list",    area_contact_save,     area_contacts),
	R_FORM(  "/client/contacts/:id/remove",      CLIENT, "",         "client/contact/list",    area_contact_remove,   area_contacts),
	R_READ(  "/client/security",                 CLIENT, "",         "client/security",        area_security),
	R_FORM(  "/client/security/password",        CLIENT, "",         "client/security",        area_password,         area_security),
	R_FORM(  "/client/security/email",           CLIENT, "",         "client/security",        area_email,            area_security),
	R_FORM(  "/client/security/verify",          CLIENT, "",         "client/security",        area_verify_again,     area_security),
	R_FORM(  "/client/security/sessions/end",    CLIENT, "",         "client/security",        area_sessions_end,     area_security),
	R_FORM(  "/client/security/sessions/:id/end", CLIENT, "",        "client/security",        area_session_end,      area_security),
	R_READ(  "/client/letters",                  CLIENT, "",         "client/letter/list",     area_letters),
	R_READ(  "/client/letters/:id",              CLIENT, "",         "client/letter/show",     area_letter),

	/* API. Money is minor units, days YYYY-MM-DD, instants RFC 3339. */
	R_READ(  "/api/v1/openapi.json",             PUBLIC, "",         NULL,                     api_openapi),
	R_GET( "/clients",                "client.read",    api_clients,           "Clients; filters q, status"),
	R_POST("/clients",                "client.write",   api_client_create,     &client_fields, "A new client"),
	R_GET( "/clients/:id",            "client.read",    api_client,            "One client"),
	R_POST("/clients/:id",            "client.write",   api_client_update,     &client_staff_fields, "Change a client"),
	R_POST("/clients/:id/approve",    "client.write",   api_client_approve,    &api_reason_fields, "Let a new client in"),
	R_POST("/clients/:id/suspend",    "client.write",   api_client_suspend,    &api_reason_fields, "Bar a client"),
	R_POST("/clients/:id/resume",     "client.write",   api_client_resume,     &api_reason_fields, "Let a barred client back in"),
	R_POST("/clients/:id/close",      "client.write",   api_client_close,      &api_reason_fields, "Close an account"),
	R_POST("/clients/:id/credit",     "payment.write",  api_client_credit,     &api_credit_fields, "Give credit"),
	R_GET( "/plans",                  "catalog.read",   api_plans,             "Plans with their prices"),
	R_POST("/plans",                  "catalog.write",  api_plan_create,       &plan_fields, "A new plan"),
	R_GET( "/plans/:key",             "catalog.read",   api_plan,              "One plan, by key or id"),
	R_POST("/plans/:key",             "catalog.write",  api_plan_update,       &plan_fields, "Change a plan"),
	R_GET( "/options",                "catalog.read",   api_options,           "Options with their prices; filter plan_id"),
	R_POST("/options",                "catalog.write",  api_option_create,     &option_fields, "A new option"),
	R_GET( "/options/:id",            "catalog.read",   api_option,            "One option"),
	R_POST("/options/:id",            "catalog.write",  api_option_update,     &option_fields, "Change an option"),
	R_POST("/options/:id/retire",     "catalog.write",  api_option_retire,     NULL, "No longer sell an option"),
	R_GET( "/coupons",                "catalog.read",   api_coupons,           "Coupons and how often they were used"),
	R_POST("/coupons",                "catalog.write",  api_coupon_create,     &coupon_fields, "A new coupon"),
	R_POST("/coupons/:id",            "catalog.write",  api_coupon_update,     &coupon_fields, "Change a coupon"),
	R_POST("/coupons/:id/retire",     "catalog.write",  api_coupon_retire,     NULL, "No more use of a coupon"),
	R_GET( "/orders",                 "order.read",     api_orders,            "Orders; filters client_id, state"),
	R_POST("/orders",                 "order.write",    api_order_create,      &order_fields, "Place an order for a client"),
	R_GET( "/orders/:id",             "order.read",     api_order,             "One order"),
	R_POST("/orders/:id/approve",     "order.write",    api_order_approve,     &api_reason_fields, "Approve an order under review"),
	R_POST("/orders/:id/refuse",      "order.write",    api_order_refuse,      &api_reason_fields, "Refuse an order under review"),
	R_POST("/orders/:id/cancel",      "order.write",    api_order_cancel,      &api_reason_fields, "Cancel an unpaid order"),
	R_GET( "/invoices",               "invoice.read",   api_invoices,          "Invoices and credit notes; filters client_id, state, kind"),
	R_POST("/invoices",               "invoice.write",  api_invoice_create,    &invoice_fields, "A draft by hand"),
	R_GET( "/invoices/:id",           "invoice.read",   api_invoice,           "One invoice with its items"),
	R_GET( "/invoices/:id/explain",   "invoice.read",   api_invoice_explain,   "How every line was computed"),
	R_GET( "/invoices/:id/pdf",       "invoice.read",   api_invoice_pdf,       "The invoice as PDF"),
	R_POST("/invoices/:id/issue",     "invoice.write",  api_invoice_issue,     NULL, "Number and issue a draft"),
	{.path = "/api/v1/invoices/:id/checkout", .method = WEB_FORM, .area = AREA_API, .permission = "invoice.read",
	    .handler = api_invoice_checkout, .input = &api_checkout_fields, .about = "Where the payer is sent",
	    .flags = ROUTE_LINK},
	R_POST("/invoices/:id/payments",  "payment.write",  api_invoice_pay,       &payment_fields, "Record money received"),
	R_POST("/invoices/:id/credit",    "invoice.write",  api_invoice_credit,    &api_note_fields, "A credit note, over items, an amount or the whole"),
	R_GET( "/billables",              "invoice.read",   api_billables,         "Items to invoice later; filters client_id, state, q"),
	R_POST("/billables",              "invoice.write",  api_billable_create,   &billable_fields, "Write one down; when=now invoices it at once"),
	R_GET( "/billables/:id",          "invoice.read",   api_billable,          "One item with the invoices it is on"),
	R_POST("/billables/:id",          "invoice.write",  api_billable_update,   &billable_fields, "Change it while it waits"),
	R_POST("/billables/:id/remove",   "invoice.write",  api_billable_remove,   NULL, "It is not invoiced any more"),
	R_POST("/invoices/:id/cancel-items", "invoice.write", api_invoice_cancel_items, &api_items_fields, "Cancel items of an unpaid invoice; the answer is the one that replaces it"),
	R_POST("/invoices/:id/correction", "invoice.write", api_invoice_correct,   &correction_fields, "Charge what an invoice forgot, as a document that names it"),
	R_POST("/invoices/:id/write-off", "invoice.write",  api_invoice_write_off, &api_reason_fields, "Write the balance off"),
	R_POST("/invoices/:id/use-credit", "payment.write", api_invoice_use_credit, NULL, "Pay with the client's credit, as far as it goes"),
	R_POST("/clients/:id/funds",      "invoice.write",  api_client_funds,      &funds_fields, "An invoice that becomes credit when it is paid"),
	{.path = "/api/v1/clients/:id/checkout", .method = WEB_FORM, .area = AREA_API, .permission = "invoice.read",
	    .handler = api_client_checkout, .input = &api_pay_many_fields, .about = "Where the payer of several invoices is sent",
	    .flags = ROUTE_LINK},
	R_POST("/payments/:id/refunds",   "payment.write",  api_refund_create,     &refund_fields, "Pay money back"),
	R_GET( "/refunds",                "invoice.read",   api_refunds,           "Refunds; filters client_id, payment_id, state"),
	R_GET( "/refunds/:id",            "invoice.read",   api_refund,            "One refund"),
	R_POST("/refunds/:id/approve",    "payment.approve", api_refund_approve,   NULL, "Approve a refund that somebody else asked for"),
	R_POST("/refunds/:id/refuse",     "payment.approve", api_refund_refuse,    NULL, "Refuse it"),
	R_GET( "/approvals",              "payment.approve", api_approvals,        "What waits for a second person; filter state"),
	R_POST("/approvals/:id/approve",  "payment.approve", api_approval_approve, NULL, "Approve what somebody else asked for"),
	R_POST("/approvals/:id/refuse",   "payment.approve", api_approval_refuse,  NULL, "Refuse it"),
	R_GET( "/payments",               "invoice.read",   api_payments,          "Payments; filters client_id, invoice_id, state"),
	R_GET( "/payments/:id",           "invoice.read",   api_payment,           "One payment"),
	R_GET( "/services",               "service.read",   api_services,          "Services; filters client_id, state"),
	R_GET( "/services/:id",           "service.read",   api_service,           "One service"),
	R_POST("/services/:id/suspend",   "service.write",  api_service_suspend,   &api_reason_fields, "Suspend it on its panel"),
	R_POST("/services/:id/unsuspend", "service.write",  api_service_unsuspend, &api_reason_fields, "Take a suspension back"),
	R_POST("/services/:id/terminate", "service.write",  api_service_terminate, &api_reason_fields, "Remove it from its panel"),
	R_POST("/services/:id/cancel",    "service.write",  api_service_cancel,    &api_cancel_fields, "Cancel now or at the end of the term"),
	R_GET( "/services/:id/change",    "service.read",   api_change_quote,      "What a change costs; plan, cycle, quantity, options.KEY, when (now, end)"),
	R_POST("/services/:id/change",    "service.write",  api_change,            &change_fields, "Change plan, cycle, quantity or options"),
	R_POST("/services/:id/change/cancel", "service.write", api_change_cancel,  NULL, "Take an open change back"),
	R_POST("/services/:id/due",       "service.write",  api_service_due,       &due_move_fields, "Move the due day; the days in between prorata or free"),
	R_POST("/services/:id/transfer",  "service.write",  api_service_transfer,  &transfer_fields, "Give it to another client"),
	R_POST("/services/:id/invoice",   "invoice.write",  api_service_renew,     &renew_fields, "Invoice the next term now; 409 names the invoice that does already"),
	R_POST("/services/:id/price",     "service.write",  api_service_price,     &api_price_fields, "Another price from the next term on"),
	R_GET( "/events",                 "event.read",     api_events,            "Facts in order; after=ID, client_id, subject, name"),
	R_GET( "/jobs",                   "job.read",       api_jobs,              "Work rows; filters state, kind, client_id"),
	R_GET( "/jobs/:id",               "job.read",       api_job,               "One work row"),
	R_POST("/jobs/:id/again",         "job.write",      api_job_again,         NULL, "Run a parked or waiting job now"),
	R_GET( "/letters",                "letter.read",    api_letters,           "Letters; filters client_id, state"),
	R_GET( "/letters/:id",            "letter.read",    api_letter,            "One letter with its text"),
	R_GET( "/runs",                   "job.read",       api_runs,              "Runs of the scheduled tasks"),
	R_GET( "/runs/:id",               "job.read",       api_run,               "One run with its items"),
	R_GET( "/gateways",               "setting.read",   api_gateways,          "Ways to pay"),
	R_POST("/gateways",               "gateway.write",  api_gateway_save,      &api_gateway_fields, "Add or change a way to pay"),
	R_GET( "/servers",                "server.read",    api_servers,           "Servers where services are set up"),
	R_POST("/servers",                "server.write",   api_server_save,       &api_server_fields, "Add a server"),
	R_GET( "/reports",                "report.read",    api_reports,           "Reports and what each is asked for"),
	R_GET( "/reports/:name",          "report.read",    api_report,            "One report; from, until, on, client_id, format=csv; books: format=hledger, beancount, csv"),
	R_GET( "/forecast",               "report.read",    api_forecast,          "What the runs up to until=DAY will do; detail=1 names it"),
	R_GET( "/settings",               "setting.read",   api_settings,          "The company's settings"),
	R_POST("/settings",               "setting.write",  api_settings_save,     NULL, "Change those given"),
	R_GET( "/tax-rates",              "setting.read",   api_tax_rates,         "Tax rates"),
	R_POST("/tax-rates",              "tax.write",      api_tax_rate_save,     &tax_fields, "A new tax rate"),
	R_POST("/tax-rates/seed",         "tax.write",      api_tax_seed,          &tax_seed_fields, "Load the shipped tax rates"),
	R_GET( "/rates",                  "setting.read",   api_rates,             "Newest rates of currencies"),
	R_POST("/rates",                  "setting.write",  api_rate_save,         &rate_fields, "Set a rate by hand"),
	R_GET( "/client-groups",          "client.read",    api_client_groups,     "Groups of clients"),
	R_POST("/client-groups",          "client.write",   api_client_group_create, &client_group_fields, "A new group"),
	R_POST("/client-groups/:id",      "client.write",   api_client_group_update, &client_group_fields, "Change a group"),
	R_GET( "/clients/:id/tax",        "client.read",    api_client_tax,        "What checks of the tax number said"),
	R_POST("/invoices/:id/hold",      "invoice.write",  api_invoice_hold,      &api_hold_fields, "No dunning before a day"),

	R_HOOK("/hooks/:gateway",                                                                  inbox_store),
	R_READ("/health",                            PUBLIC, "",         NULL,                     probe_health),
	R_READ("/metrics",                           PROBE,  "job.read", NULL,                     probe_metrics),
	{.path = "/test/clock", .method = WEB_FORM, .area = AREA_TEST, .permission = "", .handler = probe_clock},
	{.path = "/test/run", .method = WEB_FORM, .area = AREA_TEST, .permission = "", .handler = probe_run, .flags = ROUTE_LINK},
};
/* clang-format on */
const size_t web_routes_n = sizeof web_routes / sizeof web_routes[0];

const struct web_nav public_nav[] = {
    {"/", "Plans", "server-2", ""},
    {"/news", "News", "speakerphone", ""},
    {"/cart", "Cart", "shopping-cart", ""},
};
const size_t public_nav_n = sizeof public_nav / sizeof public_nav[0];

const struct web_nav client_nav[] = {
    {"/client", "Home", "home", ""},
    {"/client/services", "Services", "server", ""},
    {"/client/invoices", "Invoices", "file-invoice", ""},
    {"/client/payments", "Payments", "credit-card", ""},
    {"/client/funds", "Add funds", "wallet", ""},
    {"/client/statement", "Statement", "list-details", ""},
    {"/client/orders", "Orders", "shopping-cart", ""},
    {"/client/letters", "Messages", "mail", ""},
    {"/client/profile", "Your details", "user", ""},
    {"/client/security", "Sign-in and security", "lock", ""},
};
const size_t client_nav_n = sizeof client_nav / sizeof client_nav[0];

const struct route *web_route_at(size_t i)
{
	if (i < web_routes_n)
		return &web_routes[i];
	i -= web_routes_n;
	return i < staff_routes_n ? &staff_routes[i] : NULL;
}
