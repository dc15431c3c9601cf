/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SETTING_SETTING_H
#define CORE_SETTING_SETTING_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "fmt/field.h"

/*
 * Company-wide choices, read in one query into a typed struct. The field table in setting.c is the
 * only list: form, defaults, validation, help and `billhook settings` follow from it. A missing row
 * reads as its default.
 */
struct settings {
	/* company: the seller on documents */
	const char *company_name, *company_email, *company_address, *company_country,
	    *company_tax_id;
	const char *company_url;  /* where the web area answers, no trailing slash */
	const char *company_zone; /* ICU name; billing days are civil days there */
	const char *company_locale, *company_currency, *company_accent, *company_footer,
	    *company_terms;
	/* billing */
	int64_t billing_lead_days;    /* renewal invoices this many days before the period starts */
	int64_t billing_due_days;     /* a new order's invoice is due after so many days */
	const char *billing_catch_up; /* each | combined */
	int64_t billing_catch_up_days; /* days to pay what is invoiced after its period began */
	const char
	    *billing_late_payment; /* keep | restart: the term of what was paid while suspended */
	const char *billing_cancel_credit;  /* none | prorata: unused days of a cancelled service */
	int64_t billing_price_notice_days;  /* a coming price is told so many days before */
	const char *billing_number_restart; /* "never" | "year" | "month" */
	int64_t billing_early_renewal;      /* terms a client may renew ahead */
	const char *billing_item_cancel;    /* "reissue" | "credit" */
	bool billing_auto_credit;           /* credit pays new invoices by itself */
	bool billing_group;                 /* renewals of one client and day on one document */
	bool invoice_proforma;              /* ask with a proforma, invoice what is paid */
	const char *invoice_format, *credit_note_format,
	    *proforma_format;        /* {YEAR} {MONTH} {NUMBER} {NUMBER:5} */
	const char *quote_format;    /* as above */
	int64_t quote_valid_days;    /* a new quote is valid so long */
	const char *tax_prices;      /* "exclusive" | "inclusive" */
	const char *tax_rounding;    /* "line" | "document" */
	const char *invoice_paper;   /* "a4" | "letter" */
	const char *tax_point;       /* "issue" | "period_start" */
	const char *tax_eu_private;  /* "destination" | "origin" */
	const char *tax_vies_policy; /* "charge_tax" | "reverse_if_format_ok" */
	const char *tax_vies_url;
	/* currencies */
	bool
	    /* plans without a price in a currency are sold at the rate of the day */
	    catalog_convert;
	const char *rates_url; /* the ECB's daily file; "" is never fetched */
	/* automation brakes */
	int64_t automation_terminate_max; /* terminations in one run */
	int64_t
	    automation_terminate_ppm; /* or this share of active services, whichever is larger */
	int64_t automation_jump_days; /* a larger clock jump holds suspensions and terminations */
	bool automation_trust_clock;  /* staff confirmed the jump; cleared by the next run */
	int64_t
	    /* how often runs are expected; twice that without one is a standstill */
	    automation_interval_minutes;
	int64_t automation_jump_at; /* when a jump was noticed; 0: none is held */
	int64_t dunning_grace_days; /* added to every step after the due day */
	/* credit and refunds; thresholds in minor units of the company's currency, 0: off */
	int64_t approval_refund_minor, approval_credit_minor, approval_write_off_minor;
	int64_t funds_min_minor, funds_max_minor, funds_expire_days;
	const char *dispute_action; /* "none" | "suspend" */
	int64_t dispute_fee_minor;
	/* sign-up and orders */
	bool signup_open, signup_approval, order_approval;
	/* mail */
	const char *mail_host, *mail_security, *mail_user, *mail_password; /* password sealed */
	int64_t mail_port;
	const char *mail_from, *mail_from_name, *mail_reply_to,
	    *mail_alert; /* alert: where staff alerts go */
	const char *link_public_key;
};
/* names are "company.name" etc.; offsets into struct settings */
extern const struct fields setting_fields;

enum err setting_load(struct cx *cx, struct settings *ret) MUST_CHECK;
/*
 * Writes those given (object of form texts or JSON values); unknown names and bad values are field
 * faults. Event "setting.change" with before/after (secrets masked).
 */
enum err setting_save(struct cx *cx, const json_t *values, enum field_source source) MUST_CHECK;
/* One raw value, written without an event: link.public_key at init, automation.trust_clock. */
enum err setting_put(struct cx *cx, const char *name, const char *value) MUST_CHECK;
/* Tree for pages and API; secrets are null. */
enum err setting_view(struct cx *cx, json_t **ret) MUST_CHECK;
/* The seller's civil day of cx->now. */
struct day setting_today(const struct cx *cx, const struct settings *s);

#endif
