/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates as staff set them and as the daily file brings them. Which one a document states is rules.c
 * and the planner's.
 */
#include "core/rate/rate.h"

#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/rate/own.h"
#include "core/row.h"
#include "db/db.h"
#include "fmt/ecb.h"
#include "fmt/form.h"

struct input {
	const char *base, *currency, *rate;
	struct day on;
};

FIELDS(rate_fields, struct input,
    {.name = "base",
        .label = "One unit of",
        .type = FIELD_CURRENCY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct input, base)},
    {.name = "currency",
        .label = "Is worth in",
        .type = FIELD_CURRENCY,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct input, currency)},
    {.name = "rate",
        .label = "Rate",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 20,
        .help = "With a point, like 0.95. Up to eight digits after it.",
        .offset = offsetof(struct input, rate)},
    {.name = "rate_on",
        .label = "From",
        .type = FIELD_DAY,
        .flags = FIELD_REQUIRED,
        .help = "It holds from that day until a newer one.",
        .offset = offsetof(struct input, on)}, );

struct save {
	struct rate rate;
	int64_t id;
};

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *s = arg;
	TRY(rate_store_set(cx, &s->rate, &s->id));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:s s:o}", "base", s->rate.base, "currency", s->rate.currency,
	        "rate", ecb_rate_print(cx->arena, s->rate.rate_e8), "rate_on",
	        json_day(s->rate.on)));
	return event_add(cx, &(struct event){"rate", s->id, "set", 0, data}, NULL);
}

enum err rate_save(struct cx *cx, const json_t *body, enum field_source source, int64_t *ret_id)
{
	struct input in;
	TRY(field_read(cx, &rate_fields, body, source, &in));
	struct save s = {
	    .rate = {.base = in.base, .currency = in.currency, .source = "hand", .on = in.on}};
	if (str_eq(in.base, in.currency))
		return fail_field(cx, "currency", "rate.same", "Choose two different currencies");
	if (!ecb_rate_parse(in.rate, &s.rate.rate_e8))
		return fail_field(cx, "rate", "rate.number",
		    "Enter a number above 0 and below a million, like 0.95");
	TRY(db_tx(cx, save_body, &s));
	*ret_id = s.id;
	return OK;
}

static enum err remove_body(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg;
	TRY(rate_store_remove(cx, id));
	return event_add(cx, &(struct event){"rate", id, "remove", 0, NULL}, NULL);
}

enum err rate_remove(struct cx *cx, int64_t id)
{
	return db_tx(cx, remove_body, &id);
}

struct fetched {
	const json_t *file;
	const char *base, *on_text;
	struct day on;
	int64_t n;
};

static enum err fetched_body(struct cx *cx, void *arg)
{
	struct fetched *f = arg;
	const char *currency;
	json_t *value;
	f->n = 0;
	json_object_foreach(json_object_get(f->file, "rates"), currency, value) {
		struct rate r = {.base = f->base,
		    .currency = currency,
		    .source = "ecb",
		    .on = f->on,
		    .rate_e8 = json_integer_value(value)};
		bool fresh;
		if (r.rate_e8 <= 0 || r.rate_e8 > ECB_RATE_MAX || currency_digits(currency) < 0)
			return fail(cx, ERR_REMOTE, "rate.file",
			    "The file of rates has a wrong rate for %.3s", currency);
		TRY(rate_store_fetched(cx, &r, &fresh));
		f->n += fresh;
	}
	if (f->n == 0)
		return OK;
	json_t *data = json_keep(cx, json_pack("{s:s s:I}", "rate_on", f->on_text, "rates", f->n));
	return event_add(cx, &(struct event){"rate", 0, "fetch", 0, data}, NULL);
}

enum err rate_fetched(struct cx *cx, const json_t *file, int64_t *ret_n)
{
	struct fetched f = {.file = file,
	    .base = str_or(json_string_value(json_object_get(file, "base")), ""),
	    .on_text = str_or(json_string_value(json_object_get(file, "on")), "")};
	bool right = day_parse(f.on_text, &f.on) && currency_digits(f.base) >= 0 &&
	    json_is_object(json_object_get(file, "rates"));
	if (!right)
		return fail(cx, ERR_REMOTE, "rate.file", "The answer is not a file of rates");
	TRY(db_tx(cx, fetched_body, &f));
	*ret_n = f.n;
	return OK;
}

enum err rate_view(struct cx *cx, struct day today, json_t **ret)
{
	struct rate_table t;
	TRY(rate_load(cx, today, &t));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < t.n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:s s:s s:s s:I s:o s:s s:b}", "id", t.rates[i].id, "base",
		        t.rates[i].base, "currency", t.rates[i].currency, "rate",
		        ecb_rate_print(cx->arena, t.rates[i].rate_e8), "rate_e8",
		        t.rates[i].rate_e8, "rate_on", json_day(t.rates[i].on), "source",
		        t.rates[i].source, "by_hand", str_eq(t.rates[i].source, "hand")));
	*ret = list;
	return OK;
}
