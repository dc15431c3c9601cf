/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prices agreed with one client. They count when he orders or changes; what runs already keeps the
 * price it was sold at, and what is sold at one of them keeps that as a price of its own.
 */
#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/catalog/own.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "fmt/form.h"

struct agreement {
	const char *plan, *cycle;
	int64_t price_minor, setup_minor, renew_minor;
};

FIELDS(agreed_fields, struct agreement,
    {.name = "plan",
        .label = "Plan",
        .type = FIELD_KEY,
        .from = "plan",
        .flags = FIELD_REQUIRED,
        .max = 60,
        .offset = offsetof(struct agreement, plan)},
    {.name = "cycle",
        .label = "Cycle",
        .type = FIELD_CYCLE,
        .from = "any_cycle",
        .flags = FIELD_REQUIRED,
        .help = "Also one that the plan is not sold for.",
        .offset = offsetof(struct agreement, cycle)},
    {.name = "price_minor",
        .label = "Price",
        .type = FIELD_MONEY,
        .flags = FIELD_REQUIRED,
        .max = MONEY_MINOR_MAX / 1000,
        .help = "Per cycle, in the client's currency.",
        .offset = offsetof(struct agreement, price_minor)},
    {.name = "setup_minor",
        .label = "Setup fee",
        .type = FIELD_MONEY,
        .max = MONEY_MINOR_MAX / 1000,
        .help = "Charged once.",
        .offset = offsetof(struct agreement, setup_minor)},
    {.name = "renew_minor",
        .label = "Renewal price",
        .type = FIELD_MONEY,
        .max = MONEY_MINOR_MAX / 1000,
        .help = "From the second term on; 0 for the same price.",
        .offset = offsetof(struct agreement, renew_minor)}, );

struct agreeing {
	int64_t client_id, id;
	const json_t *body;
	enum field_source source;
};

static enum err agree(struct cx *cx, void *arg)
{
	struct agreeing *a = arg;
	struct agreement in;
	struct client client;
	struct plan plan;

	TRY(client_get(cx, a->client_id, &client));
	json_t *body = json_keep(cx, json_copy((json_t *)(uintptr_t)a->body));
	if (a->source == FIELD_FORM)
		json_object_set_new(body, "currency", json_string(client.currency));
	TRY(field_read(cx, &agreed_fields, body, a->source, &in));
	enum err err = plan_find(cx, in.plan, &plan);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return fail_field(cx, "plan", "plan.unknown", "There is no plan \"%s\"", in.plan);
	}
	TRY(err);
	const struct client_price p = {client.id, plan.id,
	    {in.cycle, client.currency, in.price_minor, in.setup_minor, in.renew_minor}};
	TRY(price_agreed_write(cx, &p, &a->id));
	json_t *data = json_keep(cx,
	    json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "plan", plan.key, "cycle", in.cycle,
	        "currency", client.currency, "price_minor", (json_int_t)in.price_minor,
	        "setup_minor", (json_int_t)in.setup_minor, "renew_minor",
	        (json_int_t)in.renew_minor));
	return event_add(cx, &(struct event){"client", client.id, "price_agree", client.id, data},
	    NULL);
}

enum err price_agree(struct cx *cx, int64_t client_id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct agreeing a = {.client_id = client_id, .body = body, .source = source};

	TRY(db_tx(cx, agree, &a));
	*ret_id = a.id;
	return OK;
}

static enum err end(struct cx *cx, void *arg)
{
	const struct agreeing *a = arg;
	int64_t n;

	TRY(price_agreed_drop(cx, a->client_id, a->id, &n));
	if (n == 0)
		return fail(cx, ERR_NOT_FOUND, "price.none", "There is no such agreed price");
	json_t *data = json_keep(cx, json_pack("{s:I}", "price_id", (json_int_t)a->id));
	return event_add(cx,
	    &(struct event){"client", a->client_id, "price_end", a->client_id, data}, NULL);
}

enum err price_agreed_end(struct cx *cx, int64_t client_id, int64_t id)
{
	return db_tx(cx, end, &(struct agreeing){.client_id = client_id, .id = id});
}

enum err price_agreed(struct cx *cx, int64_t client_id, json_t **ret)
{
	*ret = json_keep(cx, json_array());
	return price_agreed_rows(cx, client_id, *ret);
}
