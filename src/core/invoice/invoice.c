/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of invoices: commit, draft, issue, settle, and the sweep of due days. Corrections are
 * credit.c.
 */
#include "core/invoice/invoice.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/fsm.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/own.h"
#include "core/ledger/ledger.h"
#include "core/row.h"
#include "fmt/form.h"

struct commit {
	const struct invoice_plan *plans;
	size_t n;
	int64_t *ids;
};

static enum err commit_body(struct cx *cx, void *arg)
{
	struct commit *c = arg;
	struct invoice_writing *w = ARENA_ARRAY(cx->arena, struct invoice_writing, c->n);
	for (size_t i = 0; i < c->n; i++)
		w[i] = (struct invoice_writing){.plan = &c->plans[i], .kind = "invoice"};
	return invoice_write(cx, w, c->n, c->ids);
}

enum err invoice_commit_many(struct cx *cx, const struct invoice_plan *p, size_t n,
    int64_t *ret_ids)
{
	return db_tx(cx, commit_body, &(struct commit){p, n, ret_ids});
}

enum err invoice_commit(struct cx *cx, const struct invoice_plan *p, int64_t *ret_id)
{
	return invoice_commit_many(cx, p, 1, ret_id);
}

static const struct field item_rows[] = {
    {.name = "description",
        .label = "Description",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct invoice_input_item, description)},
    {.name = "quantity",
        .label = "Quantity",
        .type = FIELD_INT,
        .min = 1,
        .max = 1000000,
        .otherwise = "1",
        .offset = offsetof(struct invoice_input_item, quantity)},
    {.name = "unit_minor",
        .label = "Price each",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .min = -MONEY_MINOR_MAX,
        .max = MONEY_MINOR_MAX,
        .offset = offsetof(struct invoice_input_item, unit_minor)},
    {.name = "tax_class",
        .label = "Tax class",
        .type = FIELD_KEY,
        .from = "tax_class",
        .otherwise = "standard",
        .offset = offsetof(struct invoice_input_item, tax_class)},
    {.name = "from",
        .label = "From",
        .type = FIELD_DAY,
        .offset = offsetof(struct invoice_input_item, from)},
    {.name = "to",
        .label = "To (exclusive)",
        .type = FIELD_DAY,
        .offset = offsetof(struct invoice_input_item, to)},
};
const struct fields invoice_item_fields = {"invoice_item", item_rows,
    sizeof item_rows / sizeof item_rows[0], sizeof(struct invoice_input_item)};
static const struct field invoice_rows[] = {
    {.name = "client_id",
        .label = "Client",
        .type = FIELD_ID,
        .from = "client",
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct invoice_input, client_id)},
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .help = "Empty: the client's.",
        .offset = offsetof(struct invoice_input, currency)},
    {.name = "due_on",
        .label = "Due on",
        .type = FIELD_DAY,
        .help = "Empty: the usual number of days after issue.",
        .offset = offsetof(struct invoice_input, due_on)},
    {.name = "note",
        .label = "Note",
        .type = FIELD_TEXT,
        .max = 2000,
        .help = "Printed below the items.",
        .offset = offsetof(struct invoice_input, note)},
    {.name = "items",
        .label = "Items",
        .type = FIELD_LIST,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = LIMIT_INVOICE_ITEMS,
        .sub = &invoice_item_fields,
        .offset = offsetof(struct invoice_input, items)},
};
const struct fields invoice_fields = {"invoice", invoice_rows,
    sizeof invoice_rows / sizeof invoice_rows[0], sizeof(struct invoice_input)};

enum err invoice_plan_now(struct cx *cx, int64_t client_id, const struct invoice_request *r,
    struct invoice_plan *ret)
{
	struct invoice_request whole = *r;
	struct settings settings;
	struct tax_table taxes;
	struct rate_table rates;
	struct client client;
	TRY(setting_load(cx, &settings));
	TRY(tax_load(cx, &taxes));
	TRY(client_get(cx, client_id, &client));
	if (r->settings != NULL) {
		settings.tax_prices = r->settings->tax_prices;
		settings.tax_rounding = r->settings->tax_rounding;
	}
	whole.settings = &settings;
	whole.taxes = &taxes;
	whole.client = &client;
	whole.currency = str_or(r->currency, client.currency);
	whole.issued_on = setting_today(cx, &settings);
	TRY(rate_load(cx, whole.issued_on, &rates));
	whole.rates = &rates;
	if (!day_set(r->due_on))
		whole.due_on = day_add(whole.issued_on,
		    (int32_t)client_terms(&client, settings.billing_due_days));
	return invoice_plan(cx, &whole, ret);
}

struct draft {
	const struct invoice_plan *plan;
	const char *note; /* as typed; what the law adds is added when it is issued */
	struct day due_on;
	int64_t id;
};

static enum err draft_body(struct cx *cx, void *arg)
{
	struct draft *d = arg;
	const struct invoice_plan *p = d->plan;
	TRY(invoice_store_ids(cx, 1, &d->id));
	struct invoice row = {
	    .id = d->id,
	    .client_id = p->client_id,
	    .kind = "invoice",
	    .state = INVOICE_DRAFT,
	    .currency = p->currency,
	    .issued_on = DAY_NONE,
	    .proforma_on = DAY_NONE,
	    .due_on = d->due_on,
	    .seller = "{}",
	    .buyer = p->buyer,
	    .note = d->note,
	    .rounding = p->rounding,
	    .prices = p->prices,
	    .net_minor = p->net_minor,
	    .discount_minor = p->discount_minor,
	    .tax_minor = p->tax_minor,
	    .total_minor = p->total_minor,
	    .token = "",
	    .created_at = cx->now,
	};
	TRY(invoice_store_insert(cx, &row, 1));
	struct invoice_store_item *items =
	    ARENA_ARRAY(cx->arena, struct invoice_store_item, p->items_n);
	for (size_t i = 0; i < p->items_n; i++)
		items[i] = (struct invoice_store_item){d->id, (int64_t)i + 1, &p->items[i], false};
	TRY(invoice_store_insert_items(cx, items, p->items_n));
	return event_add(cx, &(struct event){"invoice", d->id, "draft", p->client_id, NULL}, NULL);
}

enum err invoice_lines_typed(struct cx *cx, const struct field_list *typed,
    struct invoice_line **ret)
{
	const struct invoice_input_item *items = typed->rows;
	struct invoice_line *lines = ARENA_ARRAY(cx->arena, struct invoice_line, typed->n);
	for (size_t i = 0; i < typed->n; i++) {
		if (day_set(items[i].from) != day_set(items[i].to) ||
		    (day_set(items[i].from) && items[i].from.n >= items[i].to.n))
			return fail_field(cx, arena_printf(cx->arena, "items.%zu.to", i),
			    "invoice.period",
			    "A period needs a first day and a later day on which it ends");
		lines[i] =
		    (struct invoice_line){"manual", 0, items[i].description, items[i].tax_class,
		        items[i].from, items[i].to, items[i].quantity, items[i].unit_minor, 0};
	}
	*ret = lines;
	return OK;
}

struct invoice_line *invoice_lines_of(struct cx *cx, const struct invoice_item *items, size_t n)
{
	struct invoice_line *lines = ARENA_ARRAY(cx->arena, struct invoice_line, n);
	for (size_t k = 0; k < n; k++)
		lines[k] = (struct invoice_line){items[k].kind, items[k].service_id,
		    items[k].description, items[k].tax_class, items[k].from, items[k].to,
		    items[k].quantity, items[k].unit_minor, items[k].discount_minor,
		    items[k].part_id, .is_term = items[k].is_term};
	return lines;
}

enum err invoice_draft(struct cx *cx, const struct invoice_input *in, int64_t *ret_id)
{
	struct invoice_line *lines;
	TRY(invoice_lines_typed(cx, &in->items, &lines));
	struct invoice_request r = {.currency = in->currency,
	    .note = in->note,
	    .due_on = in->due_on,
	    .lines = lines,
	    .lines_n = in->items.n};
	struct invoice_plan plan;
	TRY(invoice_plan_now(cx, in->client_id, &r, &plan));
	struct draft d = {.plan = &plan, .note = str_or(in->note, ""), .due_on = in->due_on};
	TRY(db_tx(cx, draft_body, &d));
	*ret_id = d.id;
	return OK;
}

static enum err issue_body(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg, written;
	struct invoice i;
	struct invoice_item *items;
	size_t n;
	TRY(invoice_get(cx, 0, id, &i));
	if (invoice_is_proforma(&i))
		return invoice_finalize(cx, id);
	if (i.state != INVOICE_DRAFT)
		return fail(cx, ERR_CONFLICT, "invoice.refused", "Invoice %s is issued already",
		    str_or(i.number, ""));
	TRY(invoice_store_items(cx, id, &items, &n));
	struct invoice_request r = {.currency = i.currency,
	    .note = i.note,
	    .due_on = i.due_on,
	    .lines = invoice_lines_of(cx, items, n),
	    .lines_n = n};
	struct invoice_plan plan;
	TRY(invoice_plan_now(cx, i.client_id, &r, &plan));
	return invoice_write(cx,
	    &(struct invoice_writing){.plan = &plan, .kind = "invoice", .draft_id = id}, 1,
	    &written);
}

enum err invoice_issue(struct cx *cx, int64_t id)
{
	return db_tx(cx, issue_body, &id);
}

static enum err remove_body(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg;
	struct invoice i;
	TRY(invoice_get(cx, 0, id, &i));
	TRY(invoice_store_drop_items(cx, id));
	TRY(invoice_store_drop(cx, id));
	return event_add(cx, &(struct event){"invoice", id, "remove_draft", i.client_id, NULL},
	    NULL);
}

enum err invoice_remove_draft(struct cx *cx, int64_t id)
{
	return db_tx(cx, remove_body, &id);
}

struct apply {
	int64_t id;
	enum invoice_event event;
	const char *reason;
};

static enum err apply_body(struct cx *cx, void *arg)
{
	const struct apply *a = arg;
	struct invoice i;
	TRY(invoice_get(cx, 0, a->id, &i));
	int to = fsm_next(&invoice_fsm, (int)i.state, (int)a->event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "invoice.refused", "Invoice %s is %s: cannot %s",
		    str_or(i.number, "(draft)"), invoice_state_words[i.state],
		    invoice_event_words[a->event]);
	TRY(invoice_store_set_state(cx, a->id, i.state, (enum invoice_state)to));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:s}", "from", invoice_state_words[i.state], "to",
	        invoice_state_words[to], "reason", a->reason == NULL ? "" : a->reason));
	return event_add(cx,
	    &(struct event){"invoice", a->id, invoice_event_words[a->event], i.client_id, data},
	    NULL);
}

enum err invoice_apply(struct cx *cx, int64_t id, enum invoice_event event, const char *reason)
{
	return db_tx(cx, apply_body, &(struct apply){id, event, reason});
}

bool invoice_is_funds(const struct invoice *i)
{
	return i->cause != NULL && str_starts(i->cause, "funds/");
}

/*
 * A paid top-up has given its amount as credit, less what was credited of it; an unpaid one
 * nothing.
 */
static enum err funds_follow(struct cx *cx, int64_t id)
{
	struct invoice i;
	struct settings s;
	int64_t left, given, waiting, n;
	TRY(invoice_get(cx, 0, id, &i));
	TRY(setting_load(cx, &s));
	TRY(invoice_uncredited(cx, id, &left));
	TRY(ledger_invoice_account(cx, id, "funds", &waiting, &n));
	given = left - waiting;
	int64_t more = (i.state == INVOICE_PAID ? left : 0) - given;
	struct transfer t = {
	    .key = arena_printf(cx->arena, "i%" PRId64 "/funds/%" PRId64, id, n),
	    .code = LEDGER_FUNDS,
	    .debit = more > 0 ? "funds" : "credit",
	    .credit = more > 0 ? "credit" : "funds",
	    .amount = money_of(more > 0 ? more : -more, i.currency),
	    .client_id = i.client_id,
	    .invoice_id = id,
	    .booked_on = setting_today(cx, &s),
	};
	return ledger_post(cx, &t, 1);
}

static enum err settle_body(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg, balance;
	struct invoice i;
	TRY(invoice_get(cx, 0, id, &i));
	if (invoice_is_proforma(&i))
		return OK; /* nothing is posted yet */
	TRY(ledger_invoice_balance(cx, id, &balance));
	if (balance != i.balance_minor)
		TRY(invoice_store_set_balance(cx, id, balance));
	bool unpaid = i.state == INVOICE_OPEN || i.state == INVOICE_OVERDUE;
	if (unpaid && balance <= 0)
		TRY(invoice_apply(cx, id, INVOICE_PAY, NULL));
	else if (i.state == INVOICE_PAID && balance > 0)
		TRY(invoice_apply(cx, id, INVOICE_REOPEN, NULL));
	return invoice_is_funds(&i) ? funds_follow(cx, id) : OK;
}

enum err invoice_settle(struct cx *cx, int64_t id)
{
	return db_tx(cx, settle_body, &id);
}

struct hold {
	int64_t id;
	struct day until;
	const char *reason;
};

static enum err hold_body(struct cx *cx, void *arg)
{
	const struct hold *h = arg;
	struct invoice i;
	TRY(invoice_get(cx, 0, h->id, &i));
	if (i.state != INVOICE_OPEN && i.state != INVOICE_OVERDUE)
		return fail(cx, ERR_CONFLICT, "invoice.refused",
		    "Only an unpaid invoice can be held");
	TRY(invoice_store_set_hold(cx, h->id, h->until));
	json_t *until = json_day(h->until);
	json_t *data =
	    json_keep(cx, json_pack("{s:o s:s}", "until", until, "reason", str_or(h->reason, "")));
	return event_add(cx, &(struct event){"invoice", h->id, "hold", i.client_id, data}, NULL);
}

enum err invoice_hold(struct cx *cx, int64_t id, struct day until, const char *reason)
{
	return db_tx(cx, hold_body, &(struct hold){id, until, reason});
}

static enum err write_off_body(struct cx *cx, void *arg)
{
	const struct apply *a = arg;
	struct invoice i;
	struct settings s;
	TRY(invoice_get(cx, 0, a->id, &i));
	TRY(setting_load(cx, &s));
	if (invoice_is_funds(&i))
		return fail(cx, ERR_CONFLICT, "invoice.refused",
		    "A top-up is nothing to write off: credit it in full");
	if (invoice_is_proforma(&i))
		return fail(cx, ERR_CONFLICT, "invoice.proforma",
		    "A proforma is no debt to write off: cancel it");
	TRY(invoice_apply(cx, a->id, INVOICE_WRITE_OFF, a->reason));
	struct transfer t = {
	    .key = arena_printf(cx->arena, "i%" PRId64 "/write_off", i.id),
	    .code = LEDGER_WRITE_OFF,
	    .debit = "write_off",
	    .credit = "receivable",
	    .amount = money_of(i.balance_minor, i.currency),
	    .client_id = i.client_id,
	    .invoice_id = i.id,
	    .booked_on = setting_today(cx, &s),
	};
	TRY(ledger_post(cx, &t, 1));
	return invoice_settle(cx, i.id);
}

enum err invoice_write_off(struct cx *cx, int64_t id, const char *reason)
{
	return db_tx(cx, write_off_body, &(struct apply){id, INVOICE_WRITE_OFF, reason});
}

struct due {
	struct day today;
	int64_t limit;
	size_t n;
};

static enum err due_body(struct cx *cx, void *arg)
{
	struct due *d = arg;
	int64_t *ids, *clients;
	size_t n;
	TRY(invoice_store_due_ids(cx, d->today, d->limit, &ids, &clients, &n));
	struct event *events = ARENA_ARRAY(cx->arena, struct event, n);
	for (size_t i = 0; i < n; i++) {
		TRY(invoice_store_set_state(cx, ids[i], INVOICE_OPEN, INVOICE_OVERDUE));
		events[i] = (struct event){"invoice", ids[i], "pass_due", clients[i], NULL};
	}
	d->n = n;
	return n == 0 ? OK : event_add_many(cx, events, n);
}

enum err invoice_pass_due(struct cx *cx, struct day today, int64_t limit, int64_t *ret_n)
{
	struct due d = {.today = today, .limit = limit};
	TRY(db_tx(cx, due_body, &d));
	*ret_n = (int64_t)d.n;
	return OK;
}
