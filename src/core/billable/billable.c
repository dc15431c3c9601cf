/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of items to invoice: written, changed and removed by staff while they wait. The billing
 * run (flow/billing_items.c) puts them on documents.
 */
#include "core/billable/billable.h"

#include <stddef.h>

#include "base/money.h"
#include "base/str.h"
#include "core/billable/own.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/row.h"
#include "core/setting/setting.h"
#include "fmt/form.h"

#define AT(member) offsetof(struct billable_input, member)

static const char *const when_words[] = {"next", "day", "now", NULL};
static const char *const when_words_labels[] = {"With the client's next renewal", "On a day",
    "At once, on an invoice of its own", NULL};

FIELDS(billable_fields, struct billable_input,
    {.name = "client_id",
        .label = "Client",
        .type = FIELD_ID,
        .from = "client",
        .flags = FIELD_REQUIRED,
        .offset = AT(client_id)},
    {.name = "description",
        .label = "Description",
        .help = "Printed on the invoice.",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = AT(description)},
    {.name = "quantity",
        .label = "Quantity",
        .type = FIELD_INT,
        .min = 1,
        .max = 1000000,
        .otherwise = "1",
        .offset = AT(quantity)},
    {.name = "currency",
        .label = "Currency",
        .help = "Empty: the client's.",
        .type = FIELD_CURRENCY,
        .offset = AT(currency)},
    {.name = "unit_minor",
        .label = "Price each",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .max = MONEY_MINOR_MAX,
        .offset = AT(unit_minor)},
    {.name = "tax_class",
        .label = "Tax class",
        .type = FIELD_KEY,
        .from = "tax_class",
        .otherwise = "standard",
        .offset = AT(tax_class)},
    {.name = "when",
        .label = "When",
        .help = "On a day: alone, or with a renewal that is made then.",
        .type = FIELD_CHOICE,
        .flags = FIELD_REQUIRED,
        .choices = when_words,
        .labels = when_words_labels,
        .otherwise = "next",
        .offset = AT(when)},
    {.name = "on", .label = "Day", .type = FIELD_DAY, .offset = AT(on)},
    {.name = "cycle",
        .label = "Again every",
        .help = "Empty: once.",
        .from = "repeat",
        .type = FIELD_CYCLE,
        .offset = AT(cycle)},
    {.name = "times",
        .label = "Times in all",
        .help = "With a cycle: how often it is invoiced.",
        .type = FIELD_INT,
        .min = 1,
        .max = 1000,
        .otherwise = "1",
        .offset = AT(times)}, );

struct save {
	struct billable row;
	int64_t id;
};

static enum err row_of(struct cx *cx, const struct billable_input *in, struct billable *ret)
{
	struct client client;
	struct settings s;
	int year, month, mday = 0;
	bool again = !str_empty(in->cycle) && !str_eq(in->cycle, "once");
	int64_t amount;
	TRY(client_get(cx, in->client_id, &client));
	TRY(setting_load(cx, &s));
	bool day = str_eq(in->when, "day");
	if (day && !day_set(in->on))
		return fail_field(cx, "on", "field.required", "Choose the day");
	if (!day && day_set(in->on))
		return fail_field(cx, "on", "billable.when",
		    "A day is only for items that are invoiced on a day");
	if (again != (in->times > 1))
		return fail_field(cx, "times", "billable.times",
		    "A cycle needs at least two times, and times need a cycle");
	if (__builtin_mul_overflow(in->quantity, in->unit_minor, &amount) ||
	    amount > MONEY_MINOR_MAX)
		return fail_field(cx, "unit_minor", "money.range", "The amount is too large");
	struct day on = str_eq(in->when, "now") ? setting_today(cx, &s) : in->on;
	if (day_set(on))
		day_split(on, &year, &month, &mday);
	*ret = (struct billable){.client_id = client.id,
	    .description = in->description,
	    .quantity = in->quantity,
	    .unit_minor = in->unit_minor,
	    .currency = str_or(in->currency, client.currency),
	    .tax_class = in->tax_class,
	    .cycle = again ? in->cycle : "",
	    .times = in->times,
	    .on = on,
	    .anchor_day = mday};
	return OK;
}

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *s = arg;
	TRY(billable_store_save(cx, &s->row, &s->id));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:I s:I s:s}", "description", s->row.description, "quantity",
	        s->row.quantity, "unit_minor", s->row.unit_minor, "currency", s->row.currency));
	return event_add(cx,
	    &(struct event){"billable", s->id, s->row.id == 0 ? "create" : "update",
	        s->row.client_id, data},
	    NULL);
}

enum err billable_save(struct cx *cx, int64_t id, const struct billable_input *in, int64_t *ret_id)
{
	struct save s;
	struct billable old;
	if (id != 0)
		TRY(billable_get(cx, id, &old));
	TRY(row_of(cx, in, &s.row));
	s.row.id = id;
	TRY(db_tx(cx, save_body, &s));
	*ret_id = s.id;
	return OK;
}

static enum err remove_body(struct cx *cx, void *arg)
{
	struct billable b;
	TRY(billable_get(cx, *(const int64_t *)arg, &b));
	int to = fsm_next(&billable_fsm, (int)b.state, BILLABLE_REMOVE);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "billable.refused", "The item is %s already",
		    billable_fsm.states[b.state]);
	TRY(billable_store_set_state(cx, &b, (enum billable_state)to));
	return event_add(cx, &(struct event){"billable", b.id, "remove", b.client_id, NULL}, NULL);
}

enum err billable_remove(struct cx *cx, int64_t id)
{
	return db_tx(cx, remove_body, &id);
}

enum err billable_set_billed(struct cx *cx, const struct billable_billed *b, size_t n,
    struct day today)
{
	if (n == 0)
		return OK;
	TRY(billable_store_bill(cx, b, n, today));
	struct event *events = ARENA_ARRAY(cx->arena, struct event, n);
	for (size_t i = 0; i < n; i++) {
		const struct billable *x = b[i].billable;
		bool last = !day_set(billable_next(x, today));
		json_t *data = json_keep(cx,
		    json_pack("{s:I s:I}", "invoice_id", b[i].invoice_id, "round", x->round + 1));
		events[i] =
		    (struct event){"billable", x->id, last ? "finish" : "bill", x->client_id, data};
	}
	return event_add_many(cx, events, n);
}

json_t *billable_row_view(const struct billable *b)
{
	return json_pack("{s:I s:I s:s s:I s:I s:s s:s s:s s:I s:I s:o s:s s:b s:b s:o}", "id",
	    b->id, "client_id", b->client_id, "description", b->description, "quantity",
	    b->quantity, "unit_minor", b->unit_minor, "currency", b->currency, "tax_class",
	    b->tax_class, "cycle", b->cycle, "times", b->times, "round", b->round, "next_on",
	    json_day(b->on), "state", billable_fsm.states[b->state], "is_waiting",
	    b->state == BILLABLE_WAITING, "is_new", b->state == BILLABLE_WAITING && b->round == 0,
	    "created_at", json_instant(b->created_at));
}

enum err billable_view(struct cx *cx, const struct billable *b, json_t **ret)
{
	int64_t *ids;
	size_t n;
	TRY(billable_store_invoices(cx, b->id, &ids, &n));
	json_t *o = json_keep(cx, billable_row_view(b)), *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer(ids[i]));
	json_object_set_new(o, "invoice_ids", list);
	json_object_set_new(o, "when", json_string(day_set(b->on) ? "day" : "next"));
	json_object_set_new(o, "on", json_day(b->on));
	*ret = o;
	return OK;
}
