/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_TAX_TAX_H
#define CORE_TAX_TAX_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "core/client/client.h"
#include "core/setting/setting.h"
#include "fmt/field.h"

/*
 * Which rate is due: by the client's country and region, the class of what is sold, and the day.
 * Level 1 is the only tax of most places; a rate of level 2 is due beside it (GST and QST), on the
 * net or, compound, on net and first tax.
 */
struct tax_rate {
	int64_t id;
	const char *name, *country, *region, *tax_class; /* '' = any country / any region */
	const char *level;                               /* "1" | "2" */
	int64_t rate_ppm;
	bool compound;
	const char *source; /* staff | seed */
	struct day valid_from;
};
extern const struct fields tax_fields;

/* All rates, read once; the choice is pure. */
struct tax_table {
	struct tax_rate *rates;
	size_t n;
};
enum err tax_load(struct cx *cx, struct tax_table *ret) MUST_CHECK;

/* One tax or two of a line. name "" and rate 0: none. Never NULL. */
struct tax_choice {
	const char *name, *name2;
	int64_t rate_ppm, rate2_ppm;
	bool compound;
};
/* Where the tax is due, and whether it is charged at all. */
enum tax_regime { TAX_CHARGED, TAX_EXEMPT, TAX_REVERSE };
struct tax_place {
	const char *country, *region;
	enum tax_regime regime;
};
#define TAX_REVERSE_NAME "Reverse charge"
#define TAX_REVERSE_NOTE \
	"Reverse charge: the customer accounts for the VAT (Art. 196 Directive 2006/112/EC)"
/*
 * Pure. Exempt as staff say. Reverse charge: the seller is in the EU and the client, with a tax
 * number, in another EU country, and the number is valid, or unproved but of the right form where
 * tax.vies_policy trusts that. Otherwise the client's country; the seller's for other EU countries
 * when tax.eu_private says "origin".
 */
struct tax_place tax_place_of(const struct settings *s, const struct client *c);
/*
 * Per level the most specific rate (region, country, any) of the class that is valid on the day:
 * the latest valid_from not after it. Reverse charge is rate 0 under its name.
 */
struct tax_choice tax_choose(const struct tax_table *t, const struct tax_place *place,
    const char *tax_class, struct day on);
bool tax_same(const struct tax_choice *a, const struct tax_choice *b);
/*
 * The day whose rate is due: of issue, or the first of the period where tax.point says
 * "period_start".
 */
struct day tax_point(const struct settings *s, struct day issued_on, struct day period_from);

/*
 * Amounts of lines. Exclusive: net as given, tax on top. Inclusive: gross as given, tax inside.
 * Rounding "line": each line's tax is rounded half up; "document": the tax of all lines of one
 * choice is computed on their sum, rounded once per level, and given back to the lines so that it
 * adds up.
 */
struct tax_line {
	int64_t amount_minor;  /* in: quantity * unit, less discount; net or gross by mode */
	struct tax_choice tax; /* in */
	int64_t net_minor, tax_minor,
	    tax2_minor; /* out; tax_minor is all, tax2_minor its second part */
};
enum tax_prices { TAX_EXCLUSIVE, TAX_INCLUSIVE };
enum tax_rounding { TAX_PER_LINE, TAX_PER_DOCUMENT };
void tax_compute(struct tax_line *lines, size_t n, enum tax_prices prices,
    enum tax_rounding rounding);

enum err tax_rate_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
enum err tax_rate_remove(struct cx *cx,
    int64_t id) MUST_CHECK; /* issued documents keep what they say */
/* array {id,name,country,region,tax_class,level,compound,rate_ppm,valid_from,source} */
enum err tax_view(struct cx *cx, json_t **ret) MUST_CHECK;

/*
 * The shipped rates (rates_data.c), loaded once each: home is the company's country, eu the
 * European Union, all adds the United Kingdom, Switzerland and Norway; "none" does nothing. A place
 * and class in which staff keep a rate of their own is left alone; what staff changed or removed
 * does not come back. Event tax.seed.
 */
extern const struct fields tax_seed_fields;
struct tax_seed_input {
	const char *tax_rate_seed; /* none | home | eu | all */
};
enum err tax_seed(struct cx *cx, const char *scope, int64_t *ret_n) MUST_CHECK;
struct tax_shipped {
	const char *country, *name;
	int64_t rate_ppm;
	const char *valid_from;
	bool eu;
};
extern const struct tax_shipped tax_shipped[];
extern const size_t tax_shipped_n;

/*
 * Tax numbers -------------------------------------------------------------------------------------
 */
bool tax_in_eu(const char *country); /* a member state, by its ISO code */
/*
 * A number as typed, taken apart: without blanks, dots and dashes, in capitals, without its prefix.
 * Pure.
 */
struct tax_number {
	char prefix[4];  /* "DE"; Greece is "EL"; "" for a country whose numbers we do not know */
	char digits[41]; /* the rest */
	bool form_ok;    /* it looks like one of that country; a hint only, the service decides */
	bool foreign;    /* it carries the prefix of another member state */
};
struct tax_number tax_number_read(const char *country, const char *text);
/* Can the EU's service tell about the tax number of this client? */
bool tax_checkable(const struct settings *s, const struct client *c);

/*
 * What a check said; kept for ever, and the client's state follows when the number is still the
 * same. Event client.tax_check.
 */
struct tax_check {
	int64_t client_id;
	const char *tax_id, *country;
	const char *outcome;               /* valid | invalid | unavailable */
	const char *consultation, *answer; /* "", or the service's words */
};
enum err tax_checked(struct cx *cx, const struct tax_check *c) MUST_CHECK;
/*
 * [{id, tax_id, country, checked_at, outcome, consultation, answer}], newest first, at most
 * LIMIT_PAGE_ROWS.
 */
enum err tax_evidence_view(struct cx *cx, int64_t client_id, json_t **ret) MUST_CHECK;

#endif
