/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tax rates as staff edit them. What is due on a document is rules.c; issued documents keep what
 * they say.
 */
#include "base/str.h"
#include "core/event/event.h"
#include "core/row.h"
#include "core/tax/own.h"
#include "db/db.h"
#include "fmt/form.h"

static const char *const levels[] = {"1", "2", NULL};
static const struct field tax_rows[] = {
    {.name = "name",
        .label = "Name",
        .help = "As printed on invoices, for example VAT or MwSt.",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .offset = offsetof(struct tax_rate, name)},
    {.name = "country",
        .label = "Country",
        .help = "Two letters; leave empty for every country.",
        .type = FIELD_COUNTRY,
        .offset = offsetof(struct tax_rate, country)},
    {.name = "region",
        .label = "State or province",
        .help = "As in the client's address; empty for the whole country.",
        .type = FIELD_LINE,
        .max = 80,
        .offset = offsetof(struct tax_rate, region)},
    {.name = "tax_class",
        .label = "Class",
        .help = "Which plans it is for; most are standard.",
        .type = FIELD_KEY,
        .from = "new_tax_class",
        .otherwise = "standard",
        .max = 40,
        .offset = offsetof(struct tax_rate, tax_class)},
    {.name = "level",
        .label = "Level",
        .help = "1, unless a second tax is due beside the first (GST and QST).",
        .type = FIELD_CHOICE,
        .choices = levels,
        .otherwise = "1",
        .offset = offsetof(struct tax_rate, level)},
    {.name = "compound",
        .label = "Compound",
        .help = "Level 2 only: due on the net and the first tax together.",
        .type = FIELD_BOOL,
        .offset = offsetof(struct tax_rate, compound)},
    {.name = "rate_ppm",
        .label = "Rate in percent",
        .help = "For example 19 or 7.7.",
        .type = FIELD_PPM,
        .flags = FIELD_REQUIRED,
        .max = 1000000,
        .offset = offsetof(struct tax_rate, rate_ppm)},
    {.name = "valid_from",
        .label = "Valid from",
        .help = "The first day on which it applies.",
        .type = FIELD_DAY,
        .otherwise = "2000-01-01",
        .offset = offsetof(struct tax_rate, valid_from)},
};
const struct fields tax_fields = {"tax", tax_rows, sizeof tax_rows / sizeof tax_rows[0],
    sizeof(struct tax_rate)};

static json_t *rate_view(const struct tax_rate *r)
{
	return json_pack("{s:I s:s s:s s:s s:s s:s s:b s:I s:o s:s}", "id", r->id, "name", r->name,
	    "country", r->country, "region", r->region, "tax_class", r->tax_class, "level",
	    r->level, "compound", r->compound, "rate_ppm", r->rate_ppm, "valid_from",
	    json_day(r->valid_from), "source", r->source);
}

struct save {
	struct tax_rate *rate;
	int64_t id;
};

static enum err save_body(struct cx *cx, void *arg)
{
	struct save *s = arg;
	TRY(tax_store_save(cx, s->rate, &s->id));
	json_t *data = json_keep(cx, rate_view(s->rate));
	return event_add(cx,
	    &(struct event){"tax", s->id, s->rate->id == 0 ? "create" : "update", 0, data}, NULL);
}

enum err tax_rate_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct tax_rate r;
	TRY(field_read(cx, &tax_fields, body, source, &r));
	if (*r.country == '\0' && *r.region != '\0')
		return fail_field(cx, "region", "tax.region",
		    "A state or province needs its country");
	if (r.compound && !str_eq(r.level, "2"))
		return fail_field(cx, "compound", "tax.compound",
		    "Only a tax of level 2 can be compound");
	r.id = id;
	r.source = "staff";
	struct save s = {.rate = &r};
	enum err err = db_tx(cx, save_body, &s);
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "db.unique")) {
		cx_clear(cx);
		return fail_field(cx, "valid_from", "tax.exists",
		    "There is already a rate for this place and class from that day");
	}
	if (err == OK)
		*ret_id = s.id;
	return err;
}

static enum err remove_body(struct cx *cx, void *arg)
{
	const int64_t *id = arg;
	TRY(tax_store_remove(cx, *id));
	return event_add(cx, &(struct event){"tax", *id, "remove", 0, NULL}, NULL);
}

enum err tax_rate_remove(struct cx *cx, int64_t id)
{
	return db_tx(cx, remove_body, &id);
}

enum err tax_view(struct cx *cx, json_t **ret)
{
	struct tax_table t;
	TRY(tax_load(cx, &t));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < t.n; i++)
		json_array_append_new(list, rate_view(&t.rates[i]));
	*ret = list;
	return OK;
}
