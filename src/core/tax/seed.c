/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading the shipped rates into the table that staff edit: each once, and never over a rate of
 * staff's own.
 */
#include <assert.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/tax/own.h"
#include "db/db.h"
#include "fmt/form.h"

static const char *const scopes[] = {"none", "home", "eu", "all", NULL};

FIELDS(tax_seed_fields, struct tax_seed_input,
    {.name = "tax_rate_seed",
        .label = "Load rates of",
        .type = FIELD_CHOICE,
        .flags = FIELD_REQUIRED,
        .help = "home: your country. eu: the European Union. all: also the United Kingdom,"
                " Switzerland and Norway.",
        .choices = scopes,
        .otherwise = "home",
        .offset = offsetof(struct tax_seed_input, tax_rate_seed)}, );

/* What is sold electronically takes the standard rate, so both classes get it. */
static const char *const classes[] = {"standard", "digital"};

struct seed {
	const char *scope;
	int64_t n;
};

static bool in_scope(const struct tax_shipped *t, const char *scope, const char *home)
{
	return str_eq(scope, "all") || (t->eu && str_eq(scope, "eu")) || str_eq(t->country, home);
}

static bool staff_keep(const struct tax_table *t, const char *country, const char *tax_class)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct tax_rate *r = &t->rates[i];
		if (str_eq(r->source, "staff") && str_eq(r->country, country) &&
		    str_eq(r->tax_class, tax_class) && *r->region == '\0' && str_eq(r->level, "1"))
			return true;
	}
	return false;
}

static enum err load_one(struct cx *cx, const struct tax_shipped *t, const char *tax_class,
    int64_t *n)
{
	struct tax_rate r = {.name = t->name,
	    .country = t->country,
	    .region = "",
	    .tax_class = tax_class,
	    .level = "1",
	    .rate_ppm = t->rate_ppm,
	    .source = "seed"};
	int64_t id;
	bool fresh, known = day_parse(t->valid_from, &r.valid_from);
	assert(known);
	TRY(tax_store_seeded(cx,
	    arena_printf(cx->arena, "%s/%s/%s", t->country, tax_class, t->valid_from), &fresh));
	if (!fresh)
		return OK;
	*n += 1;
	return tax_store_save(cx, &r, &id);
}

static enum err seed_body(struct cx *cx, void *arg)
{
	struct seed *s = arg;
	struct settings settings;
	struct tax_table table;
	s->n = 0;
	TRY(setting_load(cx, &settings));
	TRY(tax_load(cx, &table));
	for (size_t i = 0; i < tax_shipped_n; i++) {
		const struct tax_shipped *t = &tax_shipped[i];
		if (!in_scope(t, s->scope, settings.company_country))
			continue;
		for (size_t k = 0; k < sizeof classes / sizeof classes[0]; k++)
			if (!staff_keep(&table, t->country, classes[k]))
				TRY(load_one(cx, t, classes[k], &s->n));
	}
	if (s->n == 0)
		return OK;
	json_t *data = json_keep(cx, json_pack("{s:s s:I}", "scope", s->scope, "rates", s->n));
	return event_add(cx, &(struct event){"tax", 0, "seed", 0, data}, NULL);
}

enum err tax_seed(struct cx *cx, const char *scope, int64_t *ret_n)
{
	struct seed s = {.scope = scope};
	if (!str_eq(scope, "none"))
		TRY(db_tx(cx, seed_body, &s));
	*ret_n = s.n;
	return OK;
}
