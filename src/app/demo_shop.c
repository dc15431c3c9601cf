/* SPDX-License-Identifier: Apache-2.0 */
/* What the demo company sells, and where it pays taxes. Rates are those of early 2026. */
#include "app/demo.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/notice/notice.h"
#include "core/setting/setting.h"
#include "core/tax/tax.h"
#include "fmt/form.h"

static enum err company(struct cx *cx)
{
	json_t *values = json_keep(cx,
	    json_pack("{ss ss ss ss ss ss ss ss}", "company.name", "Example Hosting",
	        "company.email", "billing@example.com", "company.address",
	        "Example Hosting GmbH\n1 Example Street\n10115 Berlin", "company.country", "DE",
	        "company.tax_id", "DE123456789", "company.zone", "Europe/Berlin", "company.footer",
	        "Example Hosting GmbH, 1 Example Street, 10115 Berlin. This is a demonstration.",
	        "company.terms",
	        "These are the terms of a demonstration. Nothing here is for sale."));
	return setting_save(cx, values, FIELD_FORM);
}

static enum err taxes(struct cx *cx)
{
	static const struct {
		const char *country, *name;
		int64_t rate_ppm;
	} rates[] = {
	    {"DE", "USt.", 190000},
	    {"AT", "USt.", 200000},
	    {"FR", "TVA", 200000},
	    {"BE", "TVA", 210000},
	    {"NL", "btw", 210000},
	    {"ES", "IVA", 210000},
	    {"IT", "IVA", 220000},
	    {"PL", "VAT", 230000},
	    {"SE", "moms", 250000},
	    {"DK", "moms", 250000},
	    {"IE", "VAT", 230000},
	    {"PT", "IVA", 230000},
	    {"LU", "TVA", 170000},
	    {"CZ", "DPH", 210000},
	    {"GB", "VAT", 200000},
	    {"CH", "MWST", 81000},
	};
	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
		int64_t id;
		json_t *body = json_keep(cx,
		    json_pack("{ss ss ss ss sI ss}", "name", rates[i].name, "country",
		        rates[i].country, "region", "", "tax_class", "standard", "rate_ppm",
		        (json_int_t)rates[i].rate_ppm, "valid_from", "2020-01-01"));
		TRY(tax_rate_save(cx, 0, body, FIELD_JSON, &id));
	}
	return OK;
}

static enum err group(struct cx *cx, const char *key, const char *name, const char *description)
{
	int64_t id;
	json_t *body = json_keep(cx,
	    json_pack("{ss ss ss}", "key", key, "name", name, "description", description));
	return plan_group_save(cx, 0, body, FIELD_JSON, &id);
}

struct offer {
	const char *key, *name, *description, *features, *group, *panel, *package;
	int64_t month_minor; /* in EUR; a year costs ten months */
	const char *setup_when;
	int64_t setup_minor;
};

static const struct offer offers[] = {
    {DEMO_PLAN, "Web S", "A first site.", "1 site\n5 GB space\n5 mailboxes\nFree certificate",
        "web", "sandbox", "web-s", 490, "payment", 0},
    {"web-m", "Web M", "For shops and clubs.", "5 sites\n25 GB space\n25 mailboxes\nDaily backup",
        "web", "sandbox", "web-m", 990, "payment", 0},
    {"web-l", "Web L", "For agencies.",
        "25 sites\n100 GB space\n100 mailboxes\nHourly backup\nStaging", "web", "sandbox", "web-l",
        1990, "payment", 990},
    {"vps-s", "VPS S", "A server of your own, set up by hand.", "2 cores\n4 GB memory\n80 GB disk",
        "servers", "", "", 1290, "approval", 0},
};

/* Dollars cost a tenth more, down to whole tens of cents. */
static int64_t dollars(int64_t euros_minor)
{
	return euros_minor * 11 / 100 * 10;
}

static enum err sell(struct cx *cx, const struct offer *o, int64_t position)
{
	int64_t year = o->month_minor * 10, id;
	struct price_input prices[] = {
	    {"1m", "EUR", o->month_minor, o->setup_minor},
	    {"1y", "EUR", year, 0},
	    {"1m", "USD", dollars(o->month_minor), dollars(o->setup_minor)},
	    {"1y", "USD", dollars(year), 0},
	};
	struct plan_input in = {.key = o->key,
	    .name = o->name,
	    .description = o->description,
	    .features = o->features,
	    .panel = o->panel,
	    .package = o->package,
	    .tax_class = "standard",
	    .setup_when = o->setup_when,
	    .group = o->group,
	    .needs_domain = *o->panel != 0,
	    .stock = -1,
	    .position = position,
	    .prices = {prices, sizeof prices / sizeof prices[0]}};
	return plan_create(cx, &in, &id);
}

static enum err news(struct cx *cx)
{
	static const struct {
		const char *title, *body;
	} all[] = {
	    {"Welcome to the demonstration",
	        "Order something, pay it in the sandbox, and watch it being set up."},
	    {"Daily backups for Web M",
	        "Every Web M package is now saved each night and kept for 14 days."},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		int64_t id;
		json_t *body = json_keep(cx,
		    json_pack("{ss ss sb}", "title", all[i].title, "body", all[i].body, "published",
		        1));
		TRY(news_save(cx, 0, body, FIELD_JSON, &id));
	}
	return OK;
}

enum err demo_shop(struct cx *cx)
{
	TRY(company(cx));
	TRY(taxes(cx));
	TRY(group(cx, "web", "Web hosting", "Space, mail and certificates, ready in a minute."));
	TRY(group(cx, "servers", "Servers", "Virtual servers for people who want root."));
	for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++)
		TRY(sell(cx, &offers[i], (int64_t)i + 1));
	return news(cx);
}
