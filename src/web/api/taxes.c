/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's rates of tax and currencies, groups of clients, evidence of tax numbers, the ladder of
 * reminders and holds; postings of a client and messages of providers, to look at.
 */
#include "core/client/client.h"
#include "core/dunning/dunning.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/payment/payment.h"
#include "core/rate/rate.h"
#include "core/tax/tax.h"
#include "fmt/form.h"
#include "web/api/api.h"
#include "web/handlers.h"

static enum err whole(struct page *p, json_t *rows)
{
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_tax_seed(struct cx *cx, struct page *p)
{
	struct tax_seed_input in;
	int64_t n;
	TRY(page_read(cx, p, &tax_seed_fields, &in));
	TRY(tax_seed(cx, in.tax_rate_seed, &n));
	page_set(p, "added", json_integer(n));
	return OK;
}

enum err api_rates(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(rate_view(cx, setting_today(cx, &p->settings), &rows));
	return whole(p, rows);
}

enum err api_rate_save(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(rate_save(cx, p->body, p->source, &id));
	p->status = 201;
	page_set(p, "id", json_integer(id));
	return OK;
}

enum err api_client_groups(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(client_group_view(cx, &rows));
	return whole(p, rows);
}

enum err api_client_group_create(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(client_group_save(cx, 0, p->body, p->source, &id));
	p->status = 201;
	page_set(p, "id", json_integer(id));
	return OK;
}

enum err api_client_group_update(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(client_group_save(cx, p->id, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	return OK;
}

enum err api_client_tax(struct cx *cx, struct page *p)
{
	struct client c;
	json_t *rows;
	TRY(client_get(cx, p->id, &c));
	TRY(tax_evidence_view(cx, p->id, &rows));
	return whole(p, rows);
}

FIELDS(api_hold_fields, struct api_hold,
    {.name = "until",
        .label = "No dunning before; absent lifts the hold",
        .type = FIELD_DAY,
        .offset = offsetof(struct api_hold, until)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .max = 500,
        .offset = offsetof(struct api_hold, reason)}, );

enum err api_invoice_hold(struct cx *cx, struct page *p)
{
	struct api_hold in;
	struct invoice i;
	json_t *view;
	TRY(page_read(cx, p, &api_hold_fields, &in));
	TRY(invoice_hold(cx, p->id, in.until, in.reason));
	TRY(invoice_get(cx, 0, p->id, &i));
	TRY(invoice_view(cx, &i, &view));
	page_out(p, view);
	return OK;
}

/* ---- the ladder ---- */

enum err api_steps(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(dunning_view(cx, &rows));
	return whole(p, rows);
}

static enum err save_step(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(dunning_save(cx, p->id, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	return OK;
}

enum err api_step_create(struct cx *cx, struct page *p)
{
	p->status = 201;
	return save_step(cx, p);
}

enum err api_step_update(struct cx *cx, struct page *p)
{
	return save_step(cx, p);
}

enum err api_step_remove(struct cx *cx, struct page *p)
{
	TRY(dunning_remove(cx, p->id));
	page_set(p, "id", json_integer(p->id));
	return OK;
}

/* ---- to look at ---- */

enum err api_client_ledger(struct cx *cx, struct page *p)
{
	struct client c;
	json_t *rows;
	int64_t limit = page_limit(p);
	TRY(client_get(cx, p->id, &c));
	TRY(ledger_list(cx, c.id, page_query_int(p, "after"), limit, &rows));
	page_list(cx, p, rows, limit);
	return OK;
}

enum err api_hooks(struct cx *cx, struct page *p)
{
	json_t *rows;
	int64_t limit = page_limit(p);
	TRY(hook_list(cx, page_query(p, "gateway"), page_query(p, "state"),
	    page_query_int(p, "after"), limit, &rows));
	page_list(cx, p, rows, limit);
	return OK;
}
