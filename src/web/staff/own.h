/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_STAFF_OWN_H
#define WEB_STAFF_OWN_H

#include "web/web.h"

/* Every handler of the staff area, as staff_routes.c names them, and what its pages share. */

/* home.c, search.c, events.c */
web_handler admin_home, admin_search, admin_events;
/* clients.c, client_do.c */
web_handler admin_client_suggest, admin_clients, admin_client, admin_client_new,
    admin_client_create, admin_client_edit, admin_client_save, admin_client_approve,
    admin_client_refuse, admin_client_suspend, admin_client_resume, admin_client_close,
    admin_client_credit, admin_client_reset, admin_client_sign_in, admin_contact_add,
    admin_contact_edit, admin_contact_save, admin_contact_remove, admin_price_agree,
    admin_price_end;
/* orders.c, order_new.c */
web_handler admin_orders, admin_order, admin_order_new, admin_order_create, admin_order_approve,
    admin_order_refuse, admin_order_cancel;
/* services.c, service_do.c */
web_handler admin_services, admin_service, admin_service_suspend, admin_service_unsuspend,
    admin_service_terminate, admin_service_again, admin_service_password, admin_service_cancel,
    admin_service_keep, admin_service_hold, admin_service_open, admin_service_renew;
/* service_change.c */
web_handler admin_change, admin_change_do, admin_change_cancel, admin_service_price,
    admin_service_due, admin_service_transfer, admin_service_unsubscribe;
/* reprices.c */
web_handler admin_plan_versions, admin_reprices, admin_reprice_new, admin_reprice_create,
    admin_reprice, admin_reprice_cancel, admin_service_reprice_cancel;
/* meters.c */
web_handler admin_meters, admin_meter_new, admin_meter_create, admin_meter, admin_meter_save,
    admin_meter_retire, admin_meter_restore, admin_readings, admin_reading_add;
/* coupons.c */
web_handler admin_coupons, admin_coupon_new, admin_coupon_create, admin_coupon, admin_coupon_save,
    admin_coupon_retire, admin_coupon_restore;
/* invoices.c, invoice_do.c */
web_handler admin_invoices, admin_invoice, admin_invoice_new, admin_invoice_create,
    admin_invoice_pdf, admin_invoice_issue, admin_invoice_remove, admin_invoice_pay,
    admin_invoice_use_credit, admin_invoice_void, admin_invoice_credit, admin_invoice_write_off;
/* billables.c */
web_handler admin_billables, admin_billable_new, admin_billable_create, admin_billable,
    admin_billable_save, admin_billable_remove;
/* client_do.c */
web_handler admin_client_statement, admin_client_statement_pdf;
/* quotes.c */
web_handler admin_quotes, admin_quote_new, admin_quote_create, admin_quote, admin_quote_edit,
    admin_quote_save, admin_quote_send, admin_quote_cancel, admin_quote_copy, admin_quote_revise,
    admin_quote_accept, admin_quote_decline, admin_quote_pdf;
/* corrections.c */
web_handler admin_correct, admin_correct_items, admin_correct_charge;
/* payments.c, refunds.c */
web_handler admin_payments, admin_payment, admin_refund_new, admin_refund_create,
    admin_refund_cancel, admin_dispute_lost, admin_approvals, admin_approval_approve,
    admin_approval_refuse;
/* jobs.c */
web_handler admin_jobs, admin_job, admin_job_again, admin_job_cancel, admin_runs, admin_run;
/* letters.c, texts.c */
web_handler admin_letters, admin_letter, admin_letter_html, admin_letter_resend, admin_texts,
    admin_text, admin_text_save, admin_text_reset, admin_text_html;
/* plans.c */
web_handler admin_plans, admin_plan_new, admin_plan_create, admin_plan, admin_plan_save,
    admin_plan_retire, admin_plan_sell, admin_group_new, admin_group_create, admin_group,
    admin_group_save;
/* bundles.c */
web_handler admin_bundles, admin_bundle_new, admin_bundle_create, admin_bundle, admin_bundle_save,
    admin_bundle_retire, admin_bundle_sell;
/* options.c */
web_handler admin_options, admin_option_new, admin_option_create, admin_option, admin_option_save,
    admin_option_retire, admin_option_sell;
/* rates.c: taxes and the dunning ladder */
web_handler admin_taxes, admin_tax_new, admin_tax_create, admin_tax, admin_tax_save,
    admin_tax_remove, admin_dunning, admin_step_new, admin_step_create, admin_step, admin_step_save,
    admin_step_remove;
/* currencies.c, groups.c */
web_handler admin_rates, admin_rate_save, admin_rate_remove, admin_rates_fetch, admin_tax_seed,
    admin_client_groups, admin_client_group_new, admin_client_group_create, admin_client_group,
    admin_client_group_save, admin_client_group_remove, admin_client_tax_check, admin_invoice_hold;
/* gateways.c, servers.c */
web_handler admin_gateways, admin_gateway, admin_gateway_new, admin_gateway_create,
    admin_gateway_save, admin_gateway_test, admin_servers, admin_server, admin_server_new,
    admin_server_create, admin_server_save, admin_server_test;
/* settings.c, news.c */
web_handler admin_settings, admin_setting, admin_setting_save, admin_mail_test, admin_news,
    admin_news_new, admin_news_create, admin_news_item, admin_news_save, admin_news_remove;
/* reports.c */
web_handler admin_reports, admin_report, admin_books, admin_forecast;
/* team.c, account.c */
web_handler admin_team, admin_member_new, admin_member_create, admin_member, admin_member_save,
    admin_member_suspend, admin_member_resume, admin_member_close, admin_role_new,
    admin_role_create, admin_role, admin_role_save, admin_account, admin_account_password,
    admin_token_create, admin_token_revoke, admin_session_end;

/* common.c ----------------------------------------------------------------------------------- */

/* Gives every row that has client_id a client_name (null without); one look-up per client. */
enum err admin_names(struct cx *cx, json_t *rows) MUST_CHECK;
/* Gives every row with plans ("web-s vps") their plan_names ("Web S, VPS"); likewise cycles. */
enum err admin_plan_names(struct cx *cx, json_t *rows) MUST_CHECK;
/* "/admin/" folder "/" id */
const char *admin_path(struct cx *cx, const char *folder, int64_t id);
/* Where the page of a subject is ("/admin/invoices/17"); NULL when there is none. */
const char *admin_href(struct cx *cx, const char *subject, int64_t id);
/*
 * Gives every row that has subject and subject_id a subject_href and a subject_label ("Invoice
 * 17").
 */
void admin_links(struct cx *cx, json_t *rows);
/*
 * Events for people (events.c): what, happened_at, facts [{name, value}], changes [{name,
 * before, after}], links.
 */
void admin_event_rows(struct cx *cx, json_t *rows);
/* Events of a subject or client (0: any), newest first, under out.events. */
enum err admin_put_events(struct cx *cx, struct page *p, const struct event_filter *f) MUST_CHECK;
/* A client's life cycle beside the state of his address: life {state}. */
void admin_life(json_t *client);

/*
 * Filter chips under out.chips: "All" and each state of a life cycle, or the words given
 * (NULL-ended).
 */
void admin_chips(struct cx *cx, struct page *p, const char *name, const char *machine);
void admin_chips_of(struct cx *cx, struct page *p, const char *name, const char *const *words);
/* The usual filters of a list: q, state, client_id; echoed to out.filter. */
void admin_filter(struct page *p);

/* The reason a dangerous action must have; a field fault when it is missing. */
enum err admin_reason(struct cx *cx, struct page *p, const char **ret) MUST_CHECK;

/* A page that is one form: view "staff/form". action and back are paths. */
struct admin_form {
	const char *title, *intro, *action, *button, *back;
	const struct fields *fields;
	const json_t *values; /* borrowed; NULL: empty */
};
void admin_form(struct cx *cx, struct page *p, const struct admin_form *f);
/*
 * The rows of a list field as plan items (part/plan_item): one to fill in when there is none, or
 * another one when the form asks for "more". Sets out.swapped: the parts that a choice changes.
 */
void admin_plan_rows(struct cx *cx, struct page *p, const char *field);
/* The form was sent to see what is offered or costs now ("show", "more"), not to be kept. */
bool admin_only_shows(const struct page *p);
/*
 * The client that was typed becomes his number, and amounts are in his currency when none was
 * chosen. FORM only; before the body is read.
 */
enum err admin_client_typed(struct cx *cx, struct page *p) MUST_CHECK;
/* Turns a field of a form tree into a select. */
void admin_select(struct page *p, const char *form, const char *field, json_t *choices);
/* One more choice {value, label, selected}; chosen may be NULL. */
void admin_choice(json_t *choices, const char *value, const char *label, const char *chosen);
/* Another label: "Amount in EUR". Takes over the reference. */
void admin_relabel(struct page *p, const char *form, const char *field, json_t *label);
/* Choices of a select of client groups by key, after "" under the words of none; groups.c. */
enum err admin_group_choices(struct cx *cx, const char *chosen, const char *none,
    json_t **ret) MUST_CHECK;
/* Leaves a field out of a form tree. */
void admin_drop(struct page *p, const char *form, const char *field);
/* Gives the fields of a second form on a page ids of their own. */
void admin_rename(struct page *p, const char *form);
/* What stands in a field of a form tree, "" when absent. */
const char *admin_value(const struct page *p, const char *form, const char *field);

#endif
