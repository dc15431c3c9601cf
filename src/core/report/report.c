/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which reports there are and what each is asked for. The figures are in the file of each subject;
 * reading is in the store files; nothing here or there writes.
 */
#include "base/str.h"
#include "core/report/own.h"
#include "core/row.h"
#include "fmt/form.h"

const struct report reports[] = {
    {"income", "Income", "Invoiced and received, month by month", REPORT_RANGE, report_income},
    {"vat", "VAT", "Net and tax by country and rate, and the OSS summary", REPORT_RANGE,
        report_vat},
    {"ageing", "Receivables by age", "What clients owe, and for how long it has been due",
        REPORT_DAY, report_ageing},
    {"mrr", "Recurring income", "MRR, ARR and churn, month by month", REPORT_RANGE, report_mrr},
    {"deferred", "Deferred income", "Invoiced periods spread over their days", REPORT_RANGE,
        report_deferred},
    {"credit", "Client credit", "Money that belongs to clients", REPORT_DAY | REPORT_PAGED,
        report_credit_all},
    {"trial", "Trial balance", "Every account of the ledger", REPORT_DAY, report_trial},
    {"statement", "Statement of account", "One client: every document and payment",
        REPORT_RANGE | REPORT_CLIENT, report_statement},
    {"as-of", "A past day", "One client: balances, documents and services as they stood",
        REPORT_DAY | REPORT_CLIENT | REPORT_PAGED, report_as_of},
    {"documents", "Documents", "Issued invoices and credit notes",
        REPORT_RANGE | REPORT_PAGED | REPORT_DRILL, report_documents},
    {"vat-documents", "VAT documents", "The documents behind a line of the VAT report",
        REPORT_RANGE | REPORT_PAGED | REPORT_DRILL, report_vat_documents},
    {"cash", "Money in and out", "The postings behind what was received",
        REPORT_RANGE | REPORT_PAGED | REPORT_DRILL, report_cash},
    {"ageing-documents", "Unpaid documents", "The documents behind a line of the ages",
        REPORT_DAY | REPORT_PAGED | REPORT_DRILL, report_ageing_documents},
    {"mrr-services", "Services that came and went", "The services behind a month",
        REPORT_RANGE | REPORT_PAGED | REPORT_DRILL, report_mrr_services},
};
const size_t reports_n = sizeof reports / sizeof reports[0];

const struct report *report_find(const char *name)
{
	for (size_t i = 0; i < reports_n; i++)
		if (str_eq(reports[i].name, name))
			return &reports[i];
	return NULL;
}

static enum err check_range(struct cx *cx, struct report_query *q)
{
	if (!day_set(q->until))
		q->until = day_set(q->from) && q->from.n > q->today.n ? q->from : q->today;
	if (!day_set(q->from))
		q->from = report_month_first(report_month(q->until) - 11);
	if (q->from.n > q->until.n)
		return fail_field(cx, "until", "report.range",
		    "The last day comes before the first");
	if (report_month(q->until) - report_month(q->from) >= REPORT_MONTHS_MAX)
		return fail_field(cx, "from", "report.range", "A report covers at most %d months",
		    REPORT_MONTHS_MAX);
	return OK;
}

enum err report_make(struct cx *cx, const char *name, const struct report_query *given,
    json_t **ret)
{
	const struct report *r = report_find(name);
	struct report_query q = *given;
	if (r == NULL)
		return fail(cx, ERR_NOT_FOUND, "report.unknown", "There is no such report");
	if (r->takes & REPORT_RANGE)
		TRY(check_range(cx, &q));
	if (!day_set(q.on))
		q.on = q.today;
	if ((r->takes & REPORT_CLIENT) && q.client_id <= 0)
		return fail_field(cx, "client_id", "report.client", "Say which client");
	json_t *out = json_keep(cx,
	    json_pack("{s:s s:s s:s s:o s:o s:o s:o s:[] s:n s:[]}", "name", r->name, "title",
	        r->title, "about", r->about, "from",
	        json_day(r->takes & REPORT_RANGE ? q.from : DAY_NONE), "until",
	        json_day(r->takes & REPORT_RANGE ? q.until : DAY_NONE), "on",
	        json_day(r->takes & REPORT_DAY ? q.on : DAY_NONE), "client_id",
	        json_id(r->takes & REPORT_CLIENT ? q.client_id : 0), "tables", "chart", "notes"));
	TRY(r->make(cx, &q, out));
	*ret = out;
	return OK;
}
