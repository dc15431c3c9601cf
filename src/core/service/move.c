/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving a service: its due day to another day of the month, charged for the days in between or
 * free, and the whole of it to another client.
 */
#include <inttypes.h>

#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/row.h"
#include "core/service/own.h"
#include "fmt/form.h"

static const char *const charge_choices[] = {"prorata", "free", NULL};
static const struct field due_rows[] = {
    {.name = "next_due_on",
        .label = "New due day",
        .type = FIELD_DAY,
        .flags = FIELD_REQUIRED,
        .help = "At most one term after the day it is invoiced until. Later terms begin on this "
                "day of the month.",
        .offset = offsetof(struct due_move, next_due_on)},
    {.name = "charge",
        .label = "The days in between",
        .type = FIELD_CHOICE,
        .choices = charge_choices,
        .otherwise = "prorata",
        .offset = offsetof(struct due_move, charge)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 500,
        .offset = offsetof(struct due_move, reason)},
};
const struct fields due_move_fields = {"due_move", due_rows, sizeof due_rows / sizeof due_rows[0],
    sizeof(struct due_move)};

struct moving {
	int64_t id, invoice_id;
	const struct due_move *in;
};

static enum err movable(struct cx *cx, const struct service *s, const struct due_move *in)
{
	struct cycle cycle;
	char until[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
	if (s->state != SERVICE_ACTIVE || !day_set(s->billed_until))
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "Only an active service with a billing cycle has a due day to move");
	if (day_set(s->cancel_on))
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "The service is about to end; undo the cancellation first");
	TRY(change_none_open(cx, s->id));
	if (!cycle_parse(s->cycle, &cycle))
		return fail(cx, ERR_INTERNAL, "billing.cycle", "Service %" PRId64 " has no cycle",
		    s->id);
	struct day next = cycle_next(s->billed_until, cycle, (int)s->anchor_day);
	if (in->next_due_on.n <= s->billed_until.n || in->next_due_on.n > next.n)
		return fail_field(cx, "next_due_on", "due.range",
		    "The service is invoiced until %s; choose a day after that, %s at the latest",
		    day_text(s->billed_until, until), day_text(next, last));
	return OK;
}

/* The renewal's lines, cut to the days up to the new due day. */
static void bridge(struct cx *cx, const struct service *s, const struct service_options *o,
    const struct due_move *in, struct service_term *ret)
{
	service_renewal_lines(cx->arena, s, o, ret);
	int64_t days = in->next_due_on.n - s->billed_until.n, of = ret->to.n - s->billed_until.n;
	for (size_t i = 0; i < ret->n; i++) {
		struct invoice_line *l = &ret->lines[i];
		l->to = in->next_due_on;
		l->is_term = false;
		l->unit_minor = money_scale(l->unit_minor, days, of, ROUND_HALF_UP);
	}
	/* A percentage of the part, and the part of an amount. */
	struct service part = *s;
	part.discount_minor = money_scale(s->discount_minor, days, of, ROUND_HALF_UP);
	service_term_discount(cx->arena, &part, ret);
	for (size_t i = 0; i < ret->n && str_eq(in->charge, "free"); i++) {
		struct invoice_line *l = &ret->lines[i];
		l->discount_minor = l->quantity * l->unit_minor;
		l->discounts = NULL;
	}
}

static enum err bill_bridge(struct cx *cx, struct service *s, struct moving *m)
{
	struct settings settings;
	struct tax_table taxes;
	struct rate_table rates;
	struct client client;
	struct invoice_plan plan;
	struct service_options options;
	struct service_term term;
	TRY(service_options_of(cx, s->id, &options));
	TRY(setting_load(cx, &settings));
	struct day today = setting_today(cx, &settings);
	TRY(tax_load(cx, &taxes));
	TRY(rate_load(cx, today, &rates));
	TRY(client_get(cx, s->client_id, &client));
	service_standing(s, &client);
	bridge(cx, s, &options, m->in, &term);
	struct day due = day_add(today, (int32_t)client_terms(&client, settings.billing_due_days));
	struct invoice_request r = {.settings = &settings,
	    .taxes = &taxes,
	    .client = &client,
	    .cause = arena_printf(cx->arena, "renew/%" PRId64 "/%s", s->id,
	        day_print(cx->arena, s->billed_until)),
	    .currency = s->currency,
	    .issued_on = today,
	    .due_on = s->billed_until.n > due.n ? s->billed_until : due,
	    .rates = &rates,
	    .lines = term.lines,
	    .lines_n = term.n};
	TRY(invoice_plan(cx, &r, &plan));
	return invoice_commit(cx, &plan, &m->invoice_id);
}

static enum err move_one(struct cx *cx, struct service *s, struct moving *m)
{
	int year, month, mday;
	TRY(movable(cx, s, m->in));
	day_split(m->in->next_due_on, &year, &month, &mday);
	struct service at = *s;
	service_advance(&at, m->in->next_due_on);
	struct service_billed billed = service_billed_of(s, &at, 0);
	TRY(service_set_billed(cx, &billed, 1));
	TRY(bill_bridge(cx, s, m));
	TRY(service_store_set_anchor(cx, s->id, mday));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:i s:s s:s s:I}", "from", day_print(cx->arena, s->billed_until),
	        "to", day_print(cx->arena, m->in->next_due_on), "anchor_day", mday, "charge",
	        m->in->charge, "reason", m->in->reason, "invoice_id", m->invoice_id));
	return event_add(cx, &(struct event){"service", s->id, "move_due", s->client_id, data},
	    NULL);
}

/* Add-ons with its dates move along, each with a document of its own. */
static enum err move_addons(struct cx *cx, const struct service *s, const struct due_move *in)
{
	struct service *addons;
	size_t n;
	TRY(service_addons_dated(cx, s, &addons, &n));
	for (size_t i = 0; i < n; i++) {
		struct moving m = {.id = addons[i].id, .in = in};
		if (addons[i].state != SERVICE_ACTIVE ||
		    addons[i].billed_until.n != s->billed_until.n)
			return fail(cx, ERR_CONFLICT, "addon.dates",
			    "Its add-on %s (service %" PRId64 ") is %s and invoiced until %s, the"
			    " service until %s: bring them together first",
			    addons[i].plan_name, addons[i].id, service_fsm.states[addons[i].state],
			    day_print(cx->arena, addons[i].billed_until),
			    day_print(cx->arena, s->billed_until));
		TRY(move_one(cx, &addons[i], &m));
	}
	return OK;
}

static enum err move_due_body(struct cx *cx, void *arg)
{
	struct moving *m = arg;
	struct service s;
	bool dated;
	TRY(service_store_get(cx, 0, m->id, &s));
	TRY(service_is_dated(cx, &s, &dated));
	if (dated)
		return fail(cx, ERR_CONFLICT, "addon.dates",
		    "This add-on has the dates of service %" PRId64 " and moves with it",
		    s.parent_id);
	struct service before = s;
	TRY(move_one(cx, &s, m));
	return move_addons(cx, &before, m->in);
}

enum err service_move_due(struct cx *cx, int64_t id, const struct due_move *in,
    int64_t *ret_invoice_id)
{
	struct moving m = {.id = id, .in = in};
	TRY(db_tx(cx, move_due_body, &m));
	*ret_invoice_id = m.invoice_id;
	return OK;
}

/* ---- to another client ---- */

static const struct field transfer_rows[] = {
    {.name = "client_id",
        .label = "To client",
        .type = FIELD_INT,
        .from = "client",
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = INT64_MAX,
        .help = "Who takes it over: name, e-mail address or number.",
        .offset = offsetof(struct transfer_wish, client_id)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 500,
        .offset = offsetof(struct transfer_wish, reason)},
};
const struct fields transfer_fields = {"transfer", transfer_rows,
    sizeof transfer_rows / sizeof transfer_rows[0], sizeof(struct transfer_wish)};

struct transferring {
	int64_t id;
	const struct transfer_wish *in;
};

static enum err takes_over(struct cx *cx, const struct service *s, int64_t client_id)
{
	struct client to;
	enum err err = client_get(cx, client_id, &to);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return fail_field(cx, "client_id", "client.unknown", "There is no such client");
	}
	TRY(err);
	if (to.id == s->client_id)
		return fail_field(cx, "client_id", "transfer.same", "It is theirs already");
	if (to.state != CLIENT_ACTIVE)
		return fail_field(cx, "client_id", "transfer.closed",
		    "Only an active client can take a service over");
	if (!str_eq(to.currency, s->currency))
		return fail_field(cx, "client_id", "transfer.currency",
		    "This client pays in %s, the service is sold in %s", to.currency, s->currency);
	return OK;
}

/* What is owed for it stays with the one who owes it: first it is settled. */
static enum err transferable(struct cx *cx, const struct service *s)
{
	int64_t unpaid;
	if (s->state != SERVICE_ACTIVE && s->state != SERVICE_SUSPENDED)
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "Only a running service can go to another client");
	TRY(invoice_unpaid_of_service(cx, s->id, day_of(9999, 12, 31), &unpaid));
	if (unpaid > 0)
		return fail(cx, ERR_CONFLICT, "transfer.unpaid",
		    "An invoice over this service is unpaid; have it paid or credit it first");
	return change_none_open(cx, s->id);
}

static enum err transfer_body(struct cx *cx, void *arg)
{
	const struct transferring *t = arg;
	struct service s;
	struct service *addons;
	size_t addons_n;
	int64_t to = t->in->client_id;
	TRY(service_store_get(cx, 0, t->id, &s));
	if (s.parent_id != 0)
		return fail(cx, ERR_CONFLICT, "transfer.addon",
		    "An add-on goes with the service it belongs to");
	TRY(takes_over(cx, &s, to));
	TRY(transferable(cx, &s));
	TRY(service_store_addons(cx, s.id, &addons, &addons_n));
	for (size_t i = 0; i < addons_n; i++)
		TRY(transferable(cx, &addons[i]));
	TRY(service_store_set_client(cx, &s, to));
	for (size_t i = 0; i < addons_n; i++)
		TRY(service_store_set_client(cx, &addons[i], to));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:I s:s}", "from_client_id", s.client_id, "to_client_id", to, "reason",
	        t->in->reason));
	TRY(event_add(cx, &(struct event){"service", s.id, "leave", s.client_id, data}, NULL));
	return event_add(cx, &(struct event){"service", s.id, "transfer", to, data}, NULL);
}

enum err service_transfer(struct cx *cx, int64_t id, const struct transfer_wish *in)
{
	return db_tx(cx, transfer_body, &(struct transferring){id, in});
}
