/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early renewal: staff or a client ask for the next invoice of one service before the billing run
 * makes it. What it says is planned by billing.c; here is only whether it may be made now.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/row.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

FIELDS(renew_fields, struct renew,
    {.name = "from",
        .label = "First day of the term",
        .help = "Empty: the next term that is not paid.",
        .type = FIELD_DAY,
        .offset = offsetof(struct renew, from)});

/* A term that is charged already: the one that starts on a day, or the first unpaid one. */
static enum err not_charged(struct cx *cx, const struct renew *r, const struct invoice_period *p,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct invoice in_the_way;
		bool this = day_set(r->from) ? p[i].from.n == r->from.n : !p[i].paid;
		if (!this)
			continue;
		TRY(invoice_get(cx, 0, p[i].invoice_id, &in_the_way));
		(void)fail(cx, ERR_CONFLICT, "service.invoiced",
		    "The term from %s is already invoiced: %s", day_print(cx->arena, p[i].from),
		    in_the_way.number);
		return fail_about(cx, "invoice", in_the_way.id, in_the_way.number);
	}
	return OK;
}

static enum err not_too_early(struct cx *cx, const struct invoice_period *p, size_t n)
{
	struct settings s;
	int64_t ahead = 0;
	TRY(setting_load(cx, &s));
	struct day today = setting_today(cx, &s);
	for (size_t i = 0; i < n; i++)
		ahead += p[i].from.n > today.n;
	if (ahead < s.billing_early_renewal)
		return OK;
	return s.billing_early_renewal == 0 ?
	    fail(cx, ERR_CONFLICT, "service.too_early",
	        "The next term is invoiced by itself when it is time") :
	    fail(cx, ERR_CONFLICT, "service.too_early",
	        "At most %" PRId64 " coming terms can be renewed ahead", s.billing_early_renewal);
}

/* Whether the term that starts at billed_until may be invoiced now. */
static enum err check(struct cx *cx, const struct renew *r, struct service *ret)
{
	struct invoice_period *periods;
	size_t n;
	json_t *change;
	TRY(service_get(cx, r->client_id, r->service_id, ret));
	if (!day_set(ret->billed_until))
		return fail(cx, ERR_CONFLICT, "service.once", "This service has no term to renew");
	TRY(invoice_periods(cx, ret->id, &periods, &n));
	TRY(not_charged(cx, r, periods, n));
	if (ret->state != SERVICE_ACTIVE)
		return fail(cx, ERR_CONFLICT, "service.inactive",
		    "This is possible only while the service is active");
	if (day_set(r->from) && r->from.n != ret->billed_until.n)
		return fail_field(cx, "from", "service.next_term", "The next term starts on %s",
		    day_print(cx->arena, ret->billed_until));
	if (day_set(ret->cancel_on) && ret->billed_until.n >= ret->cancel_on.n)
		return fail(cx, ERR_CONFLICT, "service.ends",
		    "The service ends before its next period");
	TRY(service_change_view(cx, ret->id, &change));
	if (!json_is_null(change))
		return fail(cx, ERR_CONFLICT, "service.change_waits",
		    "A change of this service is waiting: cancel it first, or renew after it");
	return r->client_id == 0 ? OK : not_too_early(cx, periods, n);
}

struct issue {
	const struct renew *renew;
	int64_t invoice_id;
};

static enum err issue_body(struct cx *cx, void *arg)
{
	struct issue *i = arg;
	struct service s;
	TRY(check(cx, i->renew, &s));
	return billing_renew(cx, &s, &i->invoice_id);
}

enum err renew_issue(struct cx *cx, const struct renew *r, int64_t *ret_invoice_id)
{
	struct issue i = {.renew = r};
	TRY(db_tx(cx, issue_body, &i));
	*ret_invoice_id = i.invoice_id;
	return OK;
}

enum err renew_offer(struct cx *cx, const struct renew *r, json_t **ret)
{
	struct service s;
	struct service_options *options;
	struct service_term term;
	int64_t sum = 0;
	enum err err = check(cx, r, &s);
	*ret = json_keep(cx, json_null());
	if (err == ERR_CONFLICT) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	TRY(service_options_many(cx, &s, 1, &options));
	service_renewal_lines(cx->arena, &s, options, &term);
	for (size_t i = 0; i < term.n; i++)
		sum += term.lines[i].quantity * term.lines[i].unit_minor -
		    term.lines[i].discount_minor;
	*ret = json_keep(cx,
	    json_pack("{s:o s:o s:I s:s}", "from_on", json_day(s.billed_until), "until_on",
	        json_day(term.to), "price_minor", sum, "currency", s.currency));
	return OK;
}
