/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The staff area's routes and navigation: the second half of the route table. Signing in and out
 * of it stands in web/routes.c. No behavior here.
 */
#include "web/staff/own.h"

/* clang-format off */
#define READ(path, permission, view, handler) R_READ("/admin" path, STAFF, permission, view, handler)
#define FORM(path, permission, view, handler, show) R_FORM("/admin" path, STAFF, permission, view, handler, show)
#define LINK(path, permission, view, handler, show) R_LINK("/admin" path, STAFF, permission, view, handler, show)

const struct route staff_routes[] = {
	/*   path                               permission        view                    handler                  show */
	READ("",                                     "dashboard.read", "staff/home",           admin_home),
	READ("/search",                              "",               "staff/search",         admin_search),
	READ("/events",                              "event.read",     "staff/event/list",     admin_events),

	READ("/clients",                             "client.read",    "staff/client/list",    admin_clients),
	READ("/clients/new",                         "client.write",   "staff/form",           admin_client_new),
	FORM("/clients",                             "client.write",   "staff/form",           admin_client_create,      admin_client_new),
	READ("/clients/:id",                         "client.read",    "staff/client/show",    admin_client),
	READ("/clients/:id/edit",                    "client.write",   "staff/form",           admin_client_edit),
	FORM("/clients/:id/edit",                    "client.write",   "staff/form",           admin_client_save,        admin_client_edit),
	FORM("/clients/:id/approve",                 "client.write",   "staff/client/show",    admin_client_approve,     admin_client),
	FORM("/clients/:id/refuse",                  "client.write",   "staff/client/show",    admin_client_refuse,      admin_client),
	FORM("/clients/:id/suspend",                 "client.write",   "staff/client/show",    admin_client_suspend,     admin_client),
	FORM("/clients/:id/resume",                  "client.write",   "staff/client/show",    admin_client_resume,      admin_client),
	FORM("/clients/:id/close",                   "client.write",   "staff/client/show",    admin_client_close,       admin_client),
	FORM("/clients/:id/credit",                  "payment.write",  "staff/client/show",    admin_client_credit,      admin_client),
	FORM("/clients/:id/reset",                   "client.write",   "staff/client/show",    admin_client_reset,       admin_client),
	FORM("/clients/:id/sign-in",                 "client.signin",  "staff/client/show",    admin_client_sign_in,     admin_client),
	FORM("/clients/:id/contacts",                "client.write",   "staff/client/show",    admin_contact_add,        admin_client),
	READ("/clients/:id/contacts/:id2",           "client.write",   "staff/form",           admin_contact_edit),
	FORM("/clients/:id/contacts/:id2",           "client.write",   "staff/form",           admin_contact_save,       admin_contact_edit),
	FORM("/clients/:id/contacts/:id2/remove",    "client.write",   "staff/client/show",    admin_contact_remove,     admin_client),

	READ("/orders",                              "order.read",     "staff/order/list",     admin_orders),
	READ("/orders/new",                          "order.write",    "staff/form",           admin_order_new),
	FORM("/orders",                              "order.write",    "staff/form",           admin_order_create,       admin_order_new),
	READ("/orders/:id",                          "order.read",     "staff/order/show",     admin_order),
	FORM("/orders/:id/approve",                  "order.write",    "staff/order/show",     admin_order_approve,      admin_order),
	FORM("/orders/:id/refuse",                   "order.write",    "staff/order/show",     admin_order_refuse,       admin_order),
	FORM("/orders/:id/cancel",                   "order.write",    "staff/order/show",     admin_order_cancel,       admin_order),

	READ("/services",                            "service.read",   "staff/service/list",   admin_services),
	READ("/services/:id",                        "service.read",   "staff/service/show",   admin_service),
	FORM("/services/:id/suspend",                "service.write",  "staff/service/show",   admin_service_suspend,    admin_service),
	FORM("/services/:id/unsuspend",              "service.write",  "staff/service/show",   admin_service_unsuspend,  admin_service),
	FORM("/services/:id/terminate",              "service.write",  "staff/service/show",   admin_service_terminate,  admin_service),
	FORM("/services/:id/password",               "service.write",  "staff/service/show",   admin_service_password,   admin_service),
	FORM("/services/:id/cancel",                 "service.write",  "staff/service/show",   admin_service_cancel,     admin_service),
	FORM("/services/:id/keep",                   "service.write",  "staff/service/show",   admin_service_keep,       admin_service),
	FORM("/services/:id/hold",                   "service.write",  "staff/service/show",   admin_service_hold,       admin_service),
	FORM("/services/:id/actions/:id2/again",     "service.write",  "staff/service/show",   admin_service_again,      admin_service),
	LINK("/services/:id/open",                   "service.write",  "staff/service/show",   admin_service_open,       admin_service),

	READ("/invoices",                            "invoice.read",   "staff/invoice/list",   admin_invoices),
	READ("/invoices/new",                        "invoice.write",  "staff/form",           admin_invoice_new),
	FORM("/invoices",                            "invoice.write",  "staff/form",           admin_invoice_create,     admin_invoice_new),
	READ("/invoices/:id",                        "invoice.read",   "staff/invoice/show",   admin_invoice),
	READ("/invoices/:id/pdf",                    "invoice.read",   NULL,                   admin_invoice_pdf),
	FORM("/invoices/:id/issue",                  "invoice.write",  "staff/invoice/show",   admin_invoice_issue,      admin_invoice),
	FORM("/invoices/:id/remove",                 "invoice.write",  "staff/invoice/show",   admin_invoice_remove,     admin_invoice),
	FORM("/invoices/:id/pay",                    "payment.write",  "staff/invoice/show",   admin_invoice_pay,        admin_invoice),
	FORM("/invoices/:id/use-credit",             "payment.write",  "staff/invoice/show",   admin_invoice_use_credit, admin_invoice),
	FORM("/invoices/:id/void",                   "invoice.write",  "staff/invoice/show",   admin_invoice_void,       admin_invoice),
	FORM("/invoices/:id/credit",                 "invoice.write",  "staff/invoice/show",   admin_invoice_credit,     admin_invoice),
	FORM("/invoices/:id/write-off",              "invoice.write",  "staff/invoice/show",   admin_invoice_write_off,  admin_invoice),

	READ("/payments",                            "invoice.read",   "staff/payment/list",   admin_payments),
	READ("/payments/:id",                        "invoice.read",   "staff/payment/show",   admin_payment),

	READ("/jobs",                                "job.read",       "staff/job/list",       admin_jobs),
	READ("/jobs/:id",                            "job.read",       "staff/job/show",       admin_job),
	FORM("/jobs/:id/again",                      "job.write",      "staff/job/show",       admin_job_again,          admin_job),
	FORM("/jobs/:id/cancel",                     "job.write",      "staff/job/show",       admin_job_cancel,         admin_job),
	READ("/runs",                                "job.read",       "staff/run/list",       admin_runs),
	READ("/runs/:id",                            "job.read",       "staff/run/show",       admin_run),

	READ("/letters",                             "letter.read",    "staff/letter/list",    admin_letters),
	READ("/letters/:id",                         "letter.read",    "staff/letter/show",    admin_letter),
	READ("/letters/:id/html",                    "letter.read",    NULL,                   admin_letter_html),
	FORM("/letters/:id/resend",                  "letter.write",   "staff/letter/show",    admin_letter_resend,      admin_letter),
	READ("/settings/texts",                      "letter.read",    "staff/text/list",      admin_texts),
	READ("/settings/texts/:kind",                "letter.read",    "staff/text/edit",      admin_text),
	READ("/settings/texts/:kind/preview",        "letter.read",    NULL,                   admin_text_html),
	FORM("/settings/texts/:kind",                "letter.write",   "staff/text/edit",      admin_text_save,          admin_text),
	FORM("/settings/texts/:kind/reset",          "letter.write",   "staff/text/edit",      admin_text_reset,         admin_text),

	READ("/plans",                               "catalog.read",   "staff/plan/list",      admin_plans),
	READ("/plans/new",                           "catalog.write",  "staff/plan/edit",      admin_plan_new),
	FORM("/plans",                               "catalog.write",  "staff/plan/edit",      admin_plan_create,        admin_plan_new),
	READ("/plans/:id",                           "catalog.read",   "staff/plan/edit",      admin_plan),
	FORM("/plans/:id",                           "catalog.write",  "staff/plan/edit",      admin_plan_save,          admin_plan),
	FORM("/plans/:id/retire",                    "catalog.write",  "staff/plan/edit",      admin_plan_retire,        admin_plan),
	FORM("/plans/:id/sell",                      "catalog.write",  "staff/plan/edit",      admin_plan_sell,          admin_plan),
	READ("/plans/groups/new",                    "catalog.write",  "staff/form",           admin_group_new),
	FORM("/plans/groups",                        "catalog.write",  "staff/form",           admin_group_create,       admin_group_new),
	READ("/plans/groups/:id",                    "catalog.read",   "staff/form",           admin_group),
	FORM("/plans/groups/:id",                    "catalog.write",  "staff/form",           admin_group_save,         admin_group),

	READ("/settings/taxes",                      "setting.read",   "staff/tax/list",       admin_taxes),
	READ("/settings/taxes/new",                  "tax.write",      "staff/form",           admin_tax_new),
	FORM("/settings/taxes",                      "tax.write",      "staff/form",           admin_tax_create,         admin_tax_new),
	READ("/settings/taxes/:id",                  "setting.read",   "staff/form",           admin_tax),
	FORM("/settings/taxes/:id",                  "tax.write",      "staff/form",           admin_tax_save,           admin_tax),
	FORM("/settings/taxes/:id/remove",           "tax.write",      "staff/tax/list",       admin_tax_remove,         admin_taxes),
	READ("/settings/dunning",                    "setting.read",   "staff/dunning/list",   admin_dunning),
	READ("/settings/dunning/new",                "setting.write",  "staff/form",           admin_step_new),
	FORM("/settings/dunning",                    "setting.write",  "staff/form",           admin_step_create,        admin_step_new),
	READ("/settings/dunning/:id",                "setting.read",   "staff/form",           admin_step),
	FORM("/settings/dunning/:id",                "setting.write",  "staff/form",           admin_step_save,          admin_step),
	FORM("/settings/dunning/:id/remove",         "setting.write",  "staff/dunning/list",   admin_step_remove,        admin_dunning),

	READ("/settings/gateways",                   "setting.read",   "staff/gateway/list",   admin_gateways),
	READ("/settings/gateways/new",               "gateway.write",  "staff/gateway/edit",   admin_gateway_new),
	FORM("/settings/gateways",                   "gateway.write",  "staff/gateway/edit",   admin_gateway_create,     admin_gateway_new),
	READ("/settings/gateways/:key",              "setting.read",   "staff/gateway/edit",   admin_gateway),
	FORM("/settings/gateways/:key",              "gateway.write",  "staff/gateway/edit",   admin_gateway_save,       admin_gateway),
	LINK("/settings/gateways/:key/test",         "gateway.write",  "staff/gateway/edit",   admin_gateway_test,       admin_gateway),
	READ("/servers",                             "server.read",    "staff/server/list",    admin_servers),
	READ("/servers/new",                         "server.write",   "staff/server/edit",    admin_server_new),
	FORM("/servers",                             "server.write",   "staff/server/edit",    admin_server_create,      admin_server_new),
	READ("/servers/:id",                         "server.read",    "staff/server/edit",    admin_server),
	FORM("/servers/:id",                         "server.write",   "staff/server/edit",    admin_server_save,        admin_server),
	LINK("/servers/:id/test",                    "server.write",   "staff/server/edit",    admin_server_test,        admin_server),

	READ("/settings",                            "setting.read",   "staff/setting/list",   admin_settings),
	READ("/settings/news",                       "setting.read",   "staff/news/list",      admin_news),
	READ("/settings/news/new",                   "news.write",     "staff/news/edit",      admin_news_new),
	FORM("/settings/news",                       "news.write",     "staff/news/edit",      admin_news_create,        admin_news_new),
	READ("/settings/news/:id",                   "news.write",     "staff/news/edit",      admin_news_item),
	FORM("/settings/news/:id",                   "news.write",     "staff/news/edit",      admin_news_save,          admin_news_item),
	FORM("/settings/news/:id/remove",            "news.write",     "staff/news/list",      admin_news_remove,        admin_news),

	READ("/settings/team",                       "staff.read",     "staff/team/list",      admin_team),
	READ("/settings/team/new",                   "staff.write",    "staff/team/edit",      admin_member_new),
	FORM("/settings/team",                       "staff.write",    "staff/team/edit",      admin_member_create,      admin_member_new),
	READ("/settings/team/:id",                   "staff.read",     "staff/team/edit",      admin_member),
	FORM("/settings/team/:id",                   "staff.write",    "staff/team/edit",      admin_member_save,        admin_member),
	FORM("/settings/team/:id/suspend",           "staff.write",    "staff/team/edit",      admin_member_suspend,     admin_member),
	FORM("/settings/team/:id/resume",            "staff.write",    "staff/team/edit",      admin_member_resume,      admin_member),
	FORM("/settings/team/:id/close",             "staff.write",    "staff/team/edit",      admin_member_close,       admin_member),
	READ("/settings/roles/new",                  "staff.write",    "staff/team/role",      admin_role_new),
	FORM("/settings/roles",                      "staff.write",    "staff/team/role",      admin_role_create,        admin_role_new),
	READ("/settings/roles/:id",                  "staff.read",     "staff/team/role",      admin_role),
	FORM("/settings/roles/:id",                  "staff.write",    "staff/team/role",      admin_role_save,          admin_role),
	LINK("/settings/mail/test",                  "setting.write",  NULL,                   admin_mail_test,          NULL),
	/* after every page of its own below /settings */
	READ("/settings/:subject",                   "setting.read",   "staff/setting/edit",   admin_setting),
	FORM("/settings/:subject",                   "setting.write",  "staff/setting/edit",   admin_setting_save,       admin_setting),

	READ("/account",                             "",               "staff/account/show",   admin_account),
	FORM("/account/password",                    "",               "staff/account/show",   admin_account_password,   admin_account),
	FORM("/account/tokens",                      "",               "staff/account/show",   admin_token_create,       admin_account),
	FORM("/account/tokens/:id/revoke",           "",               "staff/account/show",   admin_token_revoke,       admin_account),
	FORM("/account/sessions/:id/end",            "",               "staff/account/show",   admin_session_end,        admin_account),
};
const size_t staff_routes_n = sizeof staff_routes / sizeof staff_routes[0];

const struct web_nav staff_nav[] = {
	{"/admin", "Dashboard", "layout-dashboard", "dashboard.read"},
	{"/admin/clients", "Clients", "users", "client.read"},
	{"/admin/orders", "Orders", "shopping-cart", "order.read"},
	{"/admin/services", "Services", "world", "service.read"},
	{"/admin/invoices", "Invoices", "file-invoice", "invoice.read"},
	{"/admin/payments", "Payments", "cash", "invoice.read"},
	{"/admin/letters", "Letters", "mail", "letter.read"},
	{"/admin/jobs", "Jobs", "list-check", "job.read"},
	{"/admin/runs", "Runs", "refresh", "job.read"},
	{"/admin/events", "Events", "history", "event.read"},
	{"/admin/plans", "Plans", "package", "catalog.read"},
	{"/admin/servers", "Servers", "server", "server.read"},
	{"/admin/settings", "Settings", "settings", "setting.read"},
};
const size_t staff_nav_n = sizeof staff_nav / sizeof staff_nav[0];
/* clang-format on */
