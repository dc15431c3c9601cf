/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What currencies are worth: the rates that prices and documents use, by the daily file or by hand;
 * and the shipped tax rates that can be loaded. Documents keep what they say, whatever is changed
 * here.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/job/job.h"
#include "core/rate/rate.h"
#include "core/tax/tax.h"
#include "db/db.h"
#include "web/staff/own.h"

enum err admin_rates(struct cx *cx, struct page *p)
{
	json_t *rows;

	TRY(rate_view(cx, setting_today(cx, &p->settings), &rows));
	page_title(cx, p, "Currencies");
	page_put(p, "data", rows);
	page_set(p, "rates_url", json_string(str_or(p->settings.rates_url, "")));
	page_set(p, "converts", json_boolean(p->settings.catalog_convert));
	page_form(cx, p, "form", &rate_fields, NULL);
	return OK;
}

enum err admin_rate_save(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(rate_save(cx, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The rate was saved. New prices and documents use it.");
	return page_go(cx, p, "/admin/settings/rates");
}

enum err admin_rate_remove(struct cx *cx, struct page *p)
{
	TRY(rate_remove(cx, p->id));
	page_flash(cx, p, "success", "The rate was removed.");
	return page_go(cx, p, "/admin/settings/rates");
}

static enum err fetch_soon(struct cx *cx, void *arg)
{
	struct job_new job = {.kind = "rates.fetch", .key = arg, .subject = "rate"};

	return job_add(cx, &job, NULL);
}

enum err admin_rates_fetch(struct cx *cx, struct page *p)
{
	if (str_empty(p->settings.rates_url))
		return fail(cx, ERR_CONFLICT, "rates.no_url",
		    "No address for daily rates is set in the currency settings.");
	TRY(db_tx(cx, fetch_soon, arena_printf(cx->arena, "rates.fetch/%" PRId64, cx->now)));
	page_flash(cx, p, "success", "The rates of the day are being fetched.");
	return page_go(cx, p, "/admin/settings/rates");
}

enum err admin_tax_seed(struct cx *cx, struct page *p)
{
	struct tax_seed_input in;
	int64_t n;

	TRY(page_read(cx, p, &tax_seed_fields, &in));
	TRY(tax_seed(cx, in.tax_rate_seed, &n));
	page_set(p, "rates", json_integer(n));
	page_flash(cx, p, "success",
	    "%" PRId64 " rates were added. Those you keep yourself were left alone.", n);
	return page_go(cx, p, "/admin/settings/taxes");
}
