/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coupons as staff make them and clients type them. How much comes off is rules.c; orders and
 * renewals apply it.
 */
#include "core/coupon/coupon.h"

#include "base/money.h"
#include "base/str.h"
#include "core/coupon/own.h"
#include "core/event/event.h"
#include "core/row.h"
#include "db/db.h"
#include "fmt/form.h"

static const char *const kind_choices[] = {"percent", "amount", NULL};
static const char *const kind_choices_labels[] = {"A percentage", "An amount", NULL};
#define AT(member) offsetof(struct coupon, member)
static const struct field rows[] = {
    {.name = "code",
        .label = "Code",
        .help = "What clients type; capital letters do not matter.",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .min = 3,
        .max = 40,
        .offset = AT(code)},
    {.name = "name",
        .label = "Name",
        .help = "For staff.",
        .type = FIELD_LINE,
        .max = 80,
        .offset = AT(name)},
    {.name = "kind",
        .label = "Kind",
        .type = FIELD_CHOICE,
        .choices = kind_choices,
        .labels = kind_choices_labels,
        .otherwise = "percent",
        .offset = AT(kind)},
    {.name = "rate_ppm",
        .label = "Percent off",
        .type = FIELD_PPM,
        .max = 1000000,
        .otherwise = "0",
        .offset = AT(rate_ppm)},
    {.name = "currency",
        .label = "Currency",
        .help = "Only for amounts.",
        .type = FIELD_CURRENCY,
        .offset = AT(currency)},
    {.name = "amount_minor",
        .label = "Amount off",
        .help = "Once per term, shared by the items it is for.",
        .type = FIELD_MONEY,
        .max = MONEY_MINOR_MAX,
        .offset = AT(amount_minor)},
    {.name = "plans",
        .label = "Plans",
        .help = "None chosen: all plans.",
        .type = FIELD_LINE,
        .flags = FIELD_MANY,
        .from = "plan",
        .offset = AT(plans)},
    {.name = "cycles",
        .label = "Cycles",
        .help = "None chosen: all.",
        .type = FIELD_LINE,
        .flags = FIELD_MANY,
        .from = "cycle",
        .offset = AT(cycles)},
    {.name = "terms",
        .label = "Terms",
        .help = "How many terms it lasts; 0 for ever.",
        .type = FIELD_INT,
        .max = 120,
        .otherwise = "1",
        .offset = AT(terms)},
    {.name = "setup_too",
        .label = "Also off set-up fees",
        .type = FIELD_BOOL,
        .offset = AT(setup_too)},
    {.name = "once_per_client",
        .label = "Once per client",
        .type = FIELD_BOOL,
        .offset = AT(once_per_client)},
    {.name = "new_clients",
        .label = "New clients only",
        .help = "Clients without an earlier order.",
        .type = FIELD_BOOL,
        .offset = AT(new_clients)},
    {.name = "stackable",
        .label = "Together with the client's own discount",
        .help = "Taken off what the client's or the group's discount leaves. Else the larger of the"
                " two counts, line by line.",
        .type = FIELD_BOOL,
        .offset = AT(stackable)},
    {.name = "uses_max",
        .label = "Uses in all",
        .help = "0 for any number.",
        .type = FIELD_INT,
        .max = 100000000,
        .otherwise = "0",
        .offset = AT(uses_max)},
    {.name = "valid_from", .label = "Valid from", .type = FIELD_DAY, .offset = AT(valid_from)},
    {.name = "valid_until",
        .label = "Valid until",
        .help = "The last day.",
        .type = FIELD_DAY,
        .offset = AT(valid_until)},
};
const struct fields coupon_fields = {"coupon", rows, sizeof rows / sizeof rows[0],
    sizeof(struct coupon)};

static enum err refuse(struct cx *cx, const char *key, const char *text)
{
	return fail_field(cx, "coupon", key, "%s", text);
}

enum err coupon_find(struct cx *cx, const struct coupon_case *k, struct coupon *ret)
{
	struct coupon c;
	int64_t used;
	enum err err = coupon_store_find(cx, k->code, &c);
	if (err == ERR_NOT_FOUND || (err == OK && !c.active)) {
		cx_clear(cx);
		return refuse(cx, "coupon.unknown", "There is no such coupon");
	}
	TRY(err);
	if (day_set(c.valid_from) && k->today.n < c.valid_from.n)
		return refuse(cx, "coupon.early", "This coupon is not valid yet");
	if (day_set(c.valid_until) && k->today.n > c.valid_until.n)
		return refuse(cx, "coupon.late", "This coupon is not valid any more");
	if (c.uses_max > 0 && c.uses >= c.uses_max)
		return refuse(cx, "coupon.used_up", "This coupon is used up");
	if (c.amount_minor > 0 && !str_eq(c.currency, k->currency))
		return refuse(cx, "coupon.currency", "This coupon is for another currency");
	TRY(coupon_store_used_by(cx, c.id, k->client_id, &used));
	if (c.once_per_client && used > 0)
		return refuse(cx, "coupon.once", "You have used this coupon before");
	*ret = c;
	return OK;
}

enum err coupon_use(struct cx *cx, int64_t id, int64_t order_id, int64_t client_id)
{
	return coupon_store_use(cx, id, order_id, client_id);
}

json_t *coupon_view(struct cx *cx, const struct coupon *c)
{
	json_t *o = json_keep(cx,
	    json_pack("{s:I s:s s:s s:s s:I s:I s:s s:s s:s s:I}", "id", c->id, "code", c->code,
	        "name", c->name, "kind", c->kind, "rate_ppm", c->rate_ppm, "amount_minor",
	        c->amount_minor, "currency", c->currency, "plans", c->plans, "cycles", c->cycles,
	        "terms", c->terms));
	json_t *rest = json_pack("{s:b s:b s:b s:b s:I s:I s:o s:o s:s s:b}", "setup_too",
	    c->setup_too, "once_per_client", c->once_per_client, "new_clients", c->new_clients,
	    "stackable", c->stackable, "uses_max", c->uses_max, "uses", c->uses, "valid_from",
	    json_day(c->valid_from), "valid_until", json_day(c->valid_until), "state",
	    c->active ? "active" : "retired", "is_percent", str_eq(c->kind, "percent"));
	json_object_update_new(o, rest);
	return o;
}

struct save {
	struct coupon *coupon;
	int64_t id;
};

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *s = arg;
	TRY(coupon_store_save(cx, s->coupon, &s->id));
	return event_add(cx,
	    &(struct event){"coupon", s->id, s->coupon->id == 0 ? "create" : "update", 0,
	        coupon_view(cx, s->coupon)},
	    NULL);
}

enum err coupon_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct coupon c;
	TRY(field_read(cx, &coupon_fields, body, source, &c));
	c.id = id;
	bool percent = str_eq(c.kind, "percent");
	if (percent && c.rate_ppm == 0)
		return fail_field(cx, "rate_ppm", "coupon.rate", "Enter how many percent come off");
	if (!percent && (c.amount_minor == 0 || str_empty(c.currency)))
		return fail_field(cx, "amount_minor", "coupon.amount",
		    "Enter an amount and its currency");
	if (day_set(c.valid_from) && day_set(c.valid_until) && c.valid_from.n > c.valid_until.n)
		return fail_field(cx, "valid_until", "coupon.days",
		    "The last day comes before the first");
	/* The other kind's value would take its share too. */
	if (percent)
		c.amount_minor = 0;
	else
		c.rate_ppm = 0;
	struct save s = {.coupon = &c};
	enum err err = db_tx(cx, save_body, &s);
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "db.unique")) {
		cx_clear(cx);
		return fail_field(cx, "code", "coupon.exists",
		    "There is already a coupon with this code");
	}
	if (err == OK)
		*ret_id = s.id;
	return err;
}

struct retire {
	int64_t id;
	bool retired;
};

static enum err retire_body(struct cx *cx, void *arg)
{
	const struct retire *r = arg;
	struct coupon c;
	TRY(coupon_get(cx, r->id, &c));
	TRY(coupon_store_set_active(cx, r->id, !r->retired));
	return event_add(cx,
	    &(struct event){"coupon", r->id, r->retired ? "retire" : "resume", 0, NULL}, NULL);
}

enum err coupon_retire(struct cx *cx, int64_t id, bool retired)
{
	return db_tx(cx, retire_body, &(struct retire){id, retired});
}

enum err coupon_list(struct cx *cx, json_t **ret)
{
	struct coupon *all;
	size_t n;
	TRY(coupon_store_list(cx, &all, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append(list, coupon_view(cx, &all[i]));
	*ret = list;
	return OK;
}
