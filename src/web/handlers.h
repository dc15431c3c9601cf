/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_HANDLERS_H
#define WEB_HANDLERS_H

#include "web/web.h"

/* Every handler of the shop, the client area, the API and the inbox, as web/routes.c names them. */

/* public/shop.c, cart.c, checkout.c */
web_handler shop_home, shop_plan, shop_order, shop_add, shop_cart, shop_remove, shop_coupon,
    shop_coupon_remove, shop_checkout, shop_place, shop_thanks, shop_terms, shop_news;
/* asset.c */
web_handler shop_asset, shop_accent, shop_favicon, shop_robots;
/* public/auth.c, reset.c */
web_handler auth_login, auth_sign_in, auth_sign_out, auth_leave, auth_signup, auth_sign_up,
    auth_reset, auth_reset_request, auth_reset_link, auth_reset_set, auth_verify, auth_verified,
    auth_staff_login, auth_staff_sign_in, auth_staff_sign_out;
/* public/pay.c: the signed invoice link */
web_handler link_show, link_pay, link_return, link_pdf;
/* client/ */
web_handler area_home, area_services, area_service, area_service_open, area_service_cancel,
    area_service_unsubscribe, area_service_keep, area_service_reveal, area_invoices, area_invoice,
    area_invoice_pdf, area_invoice_pay, area_invoice_return, area_invoice_credit, area_orders,
    area_order, area_payments, area_profile, area_profile_save, area_contacts, area_contact_add,
    area_contact_save, area_contact_remove, area_security, area_password, area_email,
    area_session_end, area_sessions_end, area_letters, area_letter, area_verify_again, area_change,
    area_change_do, area_change_cancel, area_service_renew;
/* client/funds.c */
web_handler area_funds, area_funds_add, area_pay, area_pay_do, area_pay_return;
/* api/refunds.c */
web_handler api_refunds, api_refund, api_refund_create, api_refund_approve, api_refund_refuse,
    api_approvals, api_approval_approve, api_approval_refuse, api_client_funds, api_client_checkout,
    api_invoice_use_credit;
/* api/ */
web_handler api_clients, api_client, api_client_create, api_client_update, api_client_approve,
    api_client_suspend, api_client_resume, api_client_close, api_client_credit, api_plans, api_plan,
    api_plan_create, api_plan_update, api_orders, api_order, api_order_create, api_order_approve,
    api_order_refuse, api_order_cancel, api_invoices, api_invoice, api_invoice_create,
    api_client_prices, api_client_price_agree, api_client_price_end, api_invoice_issue,
    api_invoice_pdf, api_invoice_checkout, api_invoice_pay, api_invoice_credit,
    api_invoice_write_off, api_payments, api_payment, api_services, api_service,
    api_service_suspend, api_service_unsuspend, api_service_terminate, api_service_cancel,
    api_events, api_jobs, api_job, api_job_again, api_letters, api_letter, api_runs, api_run,
    api_gateways, api_gateway_save, api_servers, api_server_save, api_settings, api_settings_save,
    api_tax_rates, api_tax_rate_save, api_openapi, api_coupons, api_coupon_create,
    api_coupon_update, api_coupon_retire, api_change_quote, api_change, api_change_cancel,
    api_service_price, api_service_due, api_service_transfer, api_subscription_stop,
    api_service_renew;
/* api/reports.c, client/statement.c */
web_handler api_reports, api_report, api_forecast, api_invoice_explain, area_statement;
/* api/taxes.c */
web_handler api_steps, api_step_create, api_step_update, api_step_remove, api_client_ledger,
    api_hooks;
web_handler api_tax_seed, api_rates, api_rate_save, api_client_groups, api_client_group_create,
    api_client_group_update, api_client_tax, api_invoice_hold;
/* public/bundle.c, api/bundles.c */
web_handler shop_bundle, shop_bundle_add, api_bundles, api_bundle, api_bundle_create,
    api_bundle_update, api_bundle_retire;
/* api/options.c */
web_handler api_options, api_option, api_option_create, api_option_update, api_option_retire;
/* api/billables.c */
web_handler api_billables, api_billable, api_billable_create, api_billable_update,
    api_billable_remove;
/* api/corrections.c */
web_handler api_invoice_cancel_items, api_invoice_correct;
/* client/statement.c, api/reports.c */
web_handler area_statement_pdf, api_client_statement;
/* client/quotes.c, public/quote.c, api/quotes.c */
web_handler area_quotes, area_quote, area_quote_pdf, area_quote_accept, area_quote_decline,
    quote_show, quote_pdf, quote_take, quote_refuse, api_quotes, api_quote, api_quote_create,
    api_quote_update, api_quote_send, api_quote_cancel, api_quote_copy, api_quote_revise,
    api_quote_accept, api_quote_decline, api_quote_pdf;
/* api/reprices.c */
web_handler api_plan_versions, api_reprice_preview, api_reprice_create, api_reprices, api_reprice,
    api_reprice_items, api_reprice_cancel, api_service_reprice_cancel;
/* api/meters.c */
web_handler api_meters, api_meter_create, api_meter_update, api_meter_retire, api_readings,
    api_readings_add, api_use;
/* inbox.c */
web_handler inbox_store;
/* probe.c */
web_handler probe_health, probe_metrics, probe_clock, probe_run;

/* staff/: what the API does as the staff area does, without its pages */
web_handler admin_client_refuse, admin_client_reset, admin_client_tax_check, admin_contact_add,
    admin_contact_save, admin_contact_remove, admin_service_password, admin_service_keep,
    admin_service_hold, admin_service_again, admin_invoice_remove, admin_invoice_void,
    admin_refund_cancel, admin_dispute_lost, admin_job_cancel, admin_letter_resend, admin_texts,
    admin_text_save, admin_text_reset, admin_meter_restore, admin_option_sell, admin_bundle_sell,
    admin_coupon_restore, admin_group_create, admin_group_save, admin_tax_save, admin_tax_remove,
    admin_rates_fetch, admin_rate_remove, admin_client_group_remove, admin_gateway_test,
    admin_server_test, admin_news, admin_news_create, admin_news_save, admin_news_remove,
    admin_team, admin_member_create, admin_member_save, admin_member_suspend, admin_member_resume,
    admin_member_close, admin_mail_test;
/* api/clients.c, api/system.c */
web_handler api_contacts, api_plan_retire, api_plan_sell, api_server_update;

#endif
