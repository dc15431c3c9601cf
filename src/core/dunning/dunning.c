/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ladder as staff edit it. What is due when is rules.c; walking it over all invoices is
 * flow/dunning.c.
 */
#include "core/dunning/dunning.h"

#include "base/money.h"
#include "base/str.h"
#include "core/dunning/own.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "core/payment/payment.h"
#include "core/row.h"
#include "db/db.h"
#include "fmt/form.h"

const char *const dunning_words[DUNNING_ACTIONS] = {"remind", "fee", "suspend", "terminate"};
static const char *const action_choices[] = {"remind", "fee", "suspend", "terminate", NULL};
static const char *const letter_choices[] = {"invoice_reminder", "invoice_overdue", NULL};

struct input {
	int64_t days, fee_minor, fee_ppm, fee_min_minor, every_days, times;
	int64_t client_id;
	const char *action, *letter, *group, *plan, *gateway;
};
static const struct field rows[] = {
    {.name = "days",
        .label = "Days after the due day",
        .help = "Negative counts before it.",
        .type = FIELD_INT,
        .flags = FIELD_REQUIRED,
        .min = -60,
        .max = 720,
        .offset = offsetof(struct input, days)},
    {.name = "action",
        .label = "What happens",
        .type = FIELD_CHOICE,
        .flags = FIELD_REQUIRED,
        .choices = action_choices,
        .offset = offsetof(struct input, action)},
    {.name = "letter",
        .label = "Letter",
        .help = "For reminders.",
        .type = FIELD_CHOICE,
        .choices = letter_choices,
        .otherwise = "invoice_reminder",
        .offset = offsetof(struct input, letter)},
    {.name = "fee_ppm",
        .label = "Fee in percent of what is open",
        .type = FIELD_PPM,
        .max = 1000000,
        .offset = offsetof(struct input, fee_ppm)},
    {.name = "fee_minor",
        .label = "Fixed fee, in minor units",
        .help = "In the invoice's currency; added to the percentage.",
        .type = FIELD_INT,
        .min = 0,
        .max = 100000000,
        .offset = offsetof(struct input, fee_minor)},
    {.name = "fee_min_minor",
        .label = "Smallest fee, in minor units",
        .help = "When percentage and fixed fee come to less.",
        .type = FIELD_INT,
        .min = 0,
        .max = 100000000,
        .offset = offsetof(struct input, fee_min_minor)},
    {.name = "every_days",
        .label = "Charge the fee again every, days",
        .help = "Empty: once.",
        .type = FIELD_INT,
        .max = 365,
        .offset = offsetof(struct input, every_days)},
    {.name = "times",
        .label = "At most so many times",
        .help = "Counting the first.",
        .type = FIELD_INT,
        .min = 1,
        .max = 60,
        .otherwise = "1",
        .offset = offsetof(struct input, times)},
    {.name = "group",
        .label = "Only for the group",
        .help = "The steps of a group replace the general ones for its clients.",
        .type = FIELD_KEY,
        .max = 40,
        .offset = offsetof(struct input, group)},
    {.name = "plan",
        .label = "Only for the plan",
        .help = "The steps of a plan replace the general ones for its services.",
        .type = FIELD_KEY,
        .max = 80,
        .offset = offsetof(struct input, plan)},
    {.name = "gateway",
        .label = "Only for the way to pay",
        .help = "Its key. The steps replace the general ones for clients who pay by it.",
        .type = FIELD_KEY,
        .max = 40,
        .offset = offsetof(struct input, gateway)},
    {.name = "client_id",
        .label = "Only for the client number",
        .help = "The steps of a client replace all others for him.",
        .type = FIELD_INT,
        .min = 0,
        .otherwise = "0",
        .offset = offsetof(struct input, client_id)},
};
const struct fields dunning_fields = {"dunning", rows, sizeof rows / sizeof rows[0],
    sizeof(struct input)};

static enum dunning_action action_of(const char *word)
{
	int i = 0;
	while (i < DUNNING_ACTIONS - 1 && !str_eq(word, dunning_words[i]))
		i++;
	return (enum dunning_action)i;
}

struct save {
	struct dunning_step step;
	int64_t id;
};

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *s = arg;
	TRY(dunning_store_save(cx, &s->step, &s->id));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:s}", "days", s->step.days, "action", dunning_words[s->step.action]));
	return event_add(cx,
	    &(struct event){"dunning", s->id, s->step.id == 0 ? "create" : "update", 0, data},
	    NULL);
}

/* A fault of the field when something was not found. */
static enum err found(struct cx *cx, enum err err, const char *field, const char *key,
    const char *what)
{
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return fail_field(cx, field, key, "There is no %s", what);
}

/* Whom the step is for, by their keys. */
static enum err owners(struct cx *cx, const struct input *in, struct dunning_step *step)
{
	struct plan plan = {0};
	struct gateway gateway = {0};
	struct client client = {0};
	if (!str_empty(in->group))
		TRY(client_group_find(cx, in->group, &step->group_id));
	if (!str_empty(in->group) && step->group_id == 0)
		return fail_field(cx, "group", "dunning.group",
		    "There is no group of clients \"%s\"", in->group);
	if (!str_empty(in->plan))
		TRY(found(cx, plan_find(cx, in->plan, &plan), "plan", "dunning.plan",
		    arena_printf(cx->arena, "plan \"%s\"", in->plan)));
	if (!str_empty(in->gateway))
		TRY(found(cx, gateway_get(cx, in->gateway, &gateway), "gateway", "dunning.gateway",
		    arena_printf(cx->arena, "way to pay \"%s\"", in->gateway)));
	if (in->client_id != 0)
		TRY(found(cx, client_get(cx, in->client_id, &client), "client_id", "dunning.client",
		    "client with this number"));
	step->plan_id = plan.id;
	step->client_id = in->client_id;
	step->gateway = in->gateway;
	return OK;
}

enum err dunning_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct input in;
	TRY(field_read(cx, &dunning_fields, body, source, &in));
	struct save s = {
	    .step = {id, in.days, in.fee_minor, in.fee_ppm, action_of(in.action), in.letter, 0, 0,
	        in.fee_min_minor, in.every_days, in.every_days == 0 ? 1 : in.times, 0, 0, ""}};
	TRY(owners(cx, &in, &s.step));
	if (s.step.action != DUNNING_REMIND && in.days < 1)
		return fail_field(cx, "days", "dunning.days",
		    "Fees, suspension and termination come after the due day");
	if (s.step.action == DUNNING_FEE && in.fee_ppm == 0 && in.fee_minor == 0 &&
	    in.fee_min_minor == 0)
		return fail_field(cx, "fee_ppm", "dunning.fee",
		    "A fee needs a percentage or a fixed amount");
	if (s.step.action != DUNNING_FEE && (in.every_days > 0 || in.times > 1))
		return fail_field(cx, "every_days", "dunning.repeat", "Only a fee comes again");
	if (in.times > 1 && in.every_days == 0)
		return fail_field(cx, "every_days", "dunning.every",
		    "Say after how many days the fee comes again");
	enum err err = db_tx(cx, save_body, &s);
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "db.unique")) {
		cx_clear(cx);
		return fail_field(cx, "days", "dunning.exists",
		    "There is already such a step on that day");
	}
	if (err == OK)
		*ret_id = s.id;
	return err;
}

static enum err remove_body(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg;
	TRY(dunning_store_remove(cx, id));
	return event_add(cx, &(struct event){"dunning", id, "remove", 0, NULL}, NULL);
}

enum err dunning_remove(struct cx *cx, int64_t id)
{
	return db_tx(cx, remove_body, &id);
}

/* The text under "key" of the row with an id; null for 0. */
static json_t *key_of(const json_t *groups, int64_t id)
{
	const json_t *row;
	size_t i;
	json_array_foreach((json_t *)(uintptr_t)groups, i, row)
		if (id != 0 && json_integer_value(json_object_get(row, "id")) == id)
			return json_incref(json_object_get(row, "key"));
	return json_null();
}

static enum err plan_key(struct cx *cx, int64_t id, json_t **ret)
{
	struct plan plan;
	*ret = json_null();
	if (id == 0)
		return OK;
	TRY(plan_get(cx, id, &plan));
	*ret = json_string(plan.key);
	return OK;
}

enum err dunning_view(struct cx *cx, json_t **ret)
{
	struct dunning_step *steps;
	json_t *groups, *plan;
	size_t n;
	TRY(dunning_steps(cx, &steps, &n));
	TRY(client_group_view(cx, &groups));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++) {
		TRY(plan_key(cx, steps[i].plan_id, &plan));
		json_array_append_new(list,
		    json_pack("{s:o s:o s:I s:I s:s s:s s:I s:I s:b s:I s:I s:I s:o s:o}", "group",
		        key_of(groups, steps[i].group_id), "plan", plan, "id", steps[i].id, "days",
		        steps[i].days, "action", dunning_words[steps[i].action], "letter",
		        steps[i].letter, "fee_minor", steps[i].fee_minor, "fee_ppm",
		        steps[i].fee_ppm, "is_fee", steps[i].action == DUNNING_FEE, "fee_min_minor",
		        steps[i].fee_min_minor, "every_days", steps[i].every_days, "times",
		        steps[i].times, "gateway", json_text(steps[i].gateway), "client_id",
		        steps[i].client_id == 0 ? json_null() : json_integer(steps[i].client_id)));
	}
	*ret = list;
	return OK;
}

static enum err seed_body(struct cx *cx, void *arg)
{
	static const struct dunning_step ladder[] = {
	    {0, -7, 0, 0, DUNNING_REMIND, "invoice_reminder", 0, 0},
	    {0, 1, 0, 0, DUNNING_REMIND, "invoice_overdue", 0, 0},
	    {0, 3, 0, 0, DUNNING_REMIND, "invoice_overdue", 0, 0},
	    {0, 7, 0, 0, DUNNING_REMIND, "invoice_overdue", 0, 0},
	    {0, 10, 0, 0, DUNNING_SUSPEND, "invoice_overdue", 0, 0},
	    {0, 40, 0, 0, DUNNING_TERMINATE, "invoice_overdue", 0, 0},
	};
	struct dunning_step *steps;
	size_t n;
	int64_t id;
	TRY(dunning_steps(cx, &steps, &n));
	for (size_t i = 0; n == 0 && i < sizeof ladder / sizeof ladder[0]; i++)
		TRY(dunning_store_save(cx, &ladder[i], &id));
	return OK;
}

enum err dunning_seed(struct cx *cx)
{
	return db_tx(cx, seed_body, NULL);
}

enum err dunning_ladder(struct cx *cx, struct dunning_step **ret, size_t *ret_n)
{
	struct dunning_step *steps;
	size_t n;
	TRY(dunning_steps(cx, &steps, &n));
	*ret = dunning_rounds(cx->arena, steps, n, ret_n);
	return OK;
}
