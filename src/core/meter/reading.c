/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of readings: taken once per key, replaced before they are billed, never changed. */
#include <inttypes.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/meter/own.h"
#include "fmt/form.h"

#define AHEAD_S 300 /* clocks of those who read differ a little from ours */

/* A field of the only reading, or of one of many. */
static const char *field_of(struct cx *cx, const struct reading_batch *b, size_t i,
    const char *field)
{
	return b->n == 1 ? field : arena_printf(cx->arena, "readings.%zu.%s", i, field);
}

struct adding {
	const struct reading_batch *b;
	struct meter *meters;
	size_t meters_n;
	int64_t *ids;
};

static const struct meter *meter_named(const struct adding *a, const char *key)
{
	for (size_t i = 0; i < a->meters_n; i++)
		if (str_eq(a->meters[i].key, key))
			return &a->meters[i];
	return NULL;
}

static enum err row_of(struct cx *cx, const struct adding *a, const struct service *s, size_t i,
    struct reading *ret)
{
	const struct reading_input *in = &a->b->in[i];
	const struct meter *m = meter_named(a, in->meter);
	int64_t at = cx->now;
	if (m == NULL || !m->active)
		return fail_field(cx, field_of(cx, a->b, i, "meter"), "meter.unknown",
		    "The plan of this service has no such meter");
	if (!str_empty(in->at) && !instant_parse(in->at, &at))
		return fail_field(cx, field_of(cx, a->b, i, "at"), "field.instant",
		    "Enter an instant such as 2027-01-31T10:00:00Z");
	if (at > cx->now + AHEAD_S)
		return fail_field(cx, field_of(cx, a->b, i, "at"), "reading.ahead",
		    "This instant is to come");
	if (at < s->created_at)
		return fail_field(cx, field_of(cx, a->b, i, "at"), "reading.before",
		    "The service did not exist then");
	*ret = (struct reading){.service_id = s->id,
	    .meter_id = m->id,
	    .key = str_empty(in->key) ? crypto_token(cx->arena, 18) : in->key,
	    .at = at,
	    .quantity = in->quantity,
	    .source = a->b->source,
	    .note = str_or(in->note, ""),
	    .replaces_id = in->replaces_id};
	return OK;
}

/* The same key again: the same reading, or another one under a key that is taken. */
static enum err again(struct cx *cx, const struct reading_input *in, const struct reading *r,
    int64_t *ret_id)
{
	struct reading old = {0};
	TRY(reading_store_find(cx, r, &old));
	bool same = old.quantity == r->quantity && (str_empty(in->at) || old.at == r->at) &&
	    old.replaces_id == r->replaces_id;
	if (!same)
		return fail(cx, ERR_CONFLICT, "reading.key",
		    "There is another reading with the key \"%s\"", r->key);
	*ret_id = old.id;
	return OK;
}

static enum err replace(struct cx *cx, const struct reading *r)
{
	struct reading old;
	bool done;
	TRY(reading_store_get(cx, r->service_id, r->replaces_id, &old));
	if (old.meter_id != r->meter_id)
		return fail_field(cx, "replaces_id", "reading.unknown",
		    "That reading is of another meter");
	TRY(reading_store_replace(cx, old.id, &done));
	if (done)
		return OK;
	return fail(cx, ERR_CONFLICT, "reading.billed",
	    old.bill_id != 0 ? "It is billed; correct it by a negative reading" :
	                       "It was replaced already");
}

static enum err add_body(struct cx *cx, void *arg)
{
	struct adding *a = arg;
	struct service s;
	TRY(service_get(cx, 0, a->b->service_id, &s));
	if (s.state == SERVICE_CANCELLED || s.state == SERVICE_TERMINATED)
		return fail(cx, ERR_CONFLICT, "service.refused",
		    "The service has ended; its last use is billed");
	TRY(meter_list(cx, s.plan_id, &a->meters, &a->meters_n));
	for (size_t i = 0; i < a->b->n; i++) {
		struct reading r = {0};
		TRY(row_of(cx, a, &s, i, &r));
		TRY(reading_store_insert(cx, &r, &a->ids[i]));
		if (a->ids[i] == 0)
			TRY(again(cx, &a->b->in[i], &r, &a->ids[i]));
		else if (r.replaces_id != 0)
			TRY(replace(cx, &r));
	}
	if (!str_eq(a->b->source, "staff"))
		return OK;
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:I s:I s:s}", "meter", a->b->in[0].meter, "quantity",
	        a->b->in[0].quantity, "replaces_id", a->b->in[0].replaces_id, "note",
	        str_or(a->b->in[0].note, "")));
	return event_add(cx, &(struct event){"service", s.id, "reading", s.client_id, data}, NULL);
}

enum err reading_add(struct cx *cx, const struct reading_batch *b, int64_t *ret_ids)
{
	return db_tx(cx, add_body, &(struct adding){.b = b, .ids = ret_ids});
}

struct figure {
	int64_t service_id, figure;
	const struct meter *meter;
	struct day on;
};

static enum err panel_body(struct cx *cx, void *arg)
{
	const struct figure *f = arg;
	const struct meter *m = f->meter;
	char day[DAY_TEXT_SIZE];
	int64_t id;
	struct reading r = {.service_id = f->service_id,
	    .meter_id = m->id,
	    .key = arena_printf(cx->arena, "panel/%s", day_text(f->on, day)),
	    .at = cx->now,
	    .quantity = f->figure / m->panel_per + (f->figure % m->panel_per != 0),
	    .source = "panel",
	    .note = ""};
	return reading_store_insert(cx, &r, &id);
}

enum err reading_from_panel(struct cx *cx, int64_t service_id, const struct meter *m,
    int64_t figure, struct day on)
{
	if (figure < 0)
		return OK;
	return db_tx(cx, panel_body, &(struct figure){service_id, figure, m, on});
}
