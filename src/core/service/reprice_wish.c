/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What staff choose when they re-price: the table of the form, and the choice read and checked
 * against the catalog, the settings and the day.
 */
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/service/reprice_own.h"

#define WORDS_MAX 200 /* plans, versions or amounts in one choice */

static const char *const hows[] = {"current", "percent", "amount", NULL};
static const char *const hows_labels[] = {"The plan's price of today",
    "A percentage on the present price", "An amount", NULL};
static const char *const rounds[] = {"cent", "whole", "half", "99", NULL};
static const char *const rounds_labels[] = {"The nearest cent", "Whole amounts (.00)",
    "Halves (.00 or .50)", "Amounts that end in .99", NULL};
#define AT(member) offsetof(struct reprice_input, member)

FIELDS(reprice_fields, struct reprice_input,
    {.name = "plans",
        .label = "Plans",
        .type = FIELD_LINE,
        .from = "plan",
        .flags = FIELD_REQUIRED | FIELD_MANY,
        .max = 2000,
        .help = "Whose running services get a new price.",
        .offset = AT(plans)},
    {.name = "currency",
        .label = "Currency",
        .type = FIELD_CURRENCY,
        .flags = FIELD_REQUIRED,
        .offset = AT(currency)},
    {.name = "cycles",
        .label = "Billing cycles",
        .type = FIELD_LINE,
        .flags = FIELD_MANY,
        .from = "cycle",
        .help = "None chosen: all.",
        .offset = AT(cycles)},
    {.name = "versions",
        .label = "From versions",
        .type = FIELD_LINE,
        .flags = FIELD_MANY,
        .from = "version",
        .max = 2000,
        .help = "Only services that are on these prices now. None chosen: all.",
        .offset = AT(versions)},
    {.name = "amounts",
        .label = "From prices",
        .type = FIELD_LINE,
        .max = 2000,
        .help = "Present prices per term, like 9.90 10.00. Empty: all.",
        .offset = AT(amounts)},
    {.name = "how",
        .label = "New price",
        .type = FIELD_CHOICE,
        .choices = hows,
        .labels = hows_labels,
        .otherwise = "current",
        .offset = AT(how)},
    {.name = "change_ppm",
        .label = "Percentage",
        .type = FIELD_PPM,
        .min = -PPM,
        .max = 10 * PPM,
        .otherwise = "0",
        .help = "For a percentage: 5 is up, -5 is down.",
        .offset = AT(change_ppm)},
    {.name = "round",
        .label = "Rounded to",
        .type = FIELD_CHOICE,
        .choices = rounds,
        .labels = rounds_labels,
        .otherwise = "cent",
        .help = "For a percentage.",
        .offset = AT(round)},
    {.name = "price_minor",
        .label = "Amount per term",
        .type = FIELD_MONEY,
        .max = MONEY_MINOR_MAX,
        .otherwise = "0",
        .help = "For an amount.",
        .offset = AT(price_minor)},
    {.name = "effective_on",
        .label = "Effective day",
        .type = FIELD_DAY,
        .flags = FIELD_REQUIRED,
        .help = "The first renewal whose period starts on or after it costs the new price.",
        .offset = AT(effective_on)},
    {.name = "overridden",
        .label = "Also services with a price of their own",
        .type = FIELD_BOOL,
        .offset = AT(overridden)},
    {.name = "discounted",
        .label = "Also services with a running coupon",
        .type = FIELD_BOOL,
        .offset = AT(discounted)},
    {.name = "invoiced",
        .label = "Also services that are invoiced beyond the day",
        .type = FIELD_BOOL,
        .help = "At their next renewal.",
        .offset = AT(invoiced)},
    {.name = "reason",
        .label = "Reason",
        .type = FIELD_LINE,
        .help = "Clients read it in the letter.",
        .offset = AT(reason)},
    {.name = "short_reason",
        .label = "Why with less notice",
        .type = FIELD_LINE,
        .help = "Only when the effective day comes sooner than the notice of the settings.",
        .offset = AT(short_reason)},
    {.name = "cause",
        .label = "Key",
        .type = FIELD_LINE,
        .max = 80,
        .help = "The same key never does it twice.",
        .offset = AT(cause)},
    {.name = "has_expect",
        .label = "Compare with what was shown",
        .type = FIELD_BOOL,
        .offset = AT(has_expect)},
    {.name = "expect_services",
        .label = "Services shown",
        .type = FIELD_INT,
        .otherwise = "0",
        .offset = AT(expect_services)},
    {.name = "expect_minor",
        .label = "Monthly sum shown, in minor units",
        .type = FIELD_INT,
        .otherwise = "0",
        .offset = AT(expect_minor)}, );

static enum err too_many(struct cx *cx, const char *field)
{
	return fail_field(cx, field, "reprice.many", "Name at most %d", WORDS_MAX);
}

/* One word of a list: a plan's key, a number, or an amount. */
typedef enum err word_fn(struct cx *cx, const struct reprice_input *in, const char *word,
    int64_t *ret);

static enum err plan_word(struct cx *cx, const struct reprice_input *in, const char *word,
    int64_t *ret)
{
	struct plan plan;
	enum err err = plan_find(cx, word, &plan);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return fail_field(cx, "plans", "plan.unknown", "There is no plan \"%s\"", word);
	}
	TRY(err);
	*ret = plan.id;
	return OK;
}

static enum err version_word(struct cx *cx, const struct reprice_input *in, const char *word,
    int64_t *ret)
{
	if (str_int(word, ret) && *ret > 0)
		return OK;
	return fail_field(cx, "versions", "reprice.version", "\"%s\" is no number of a version",
	    word);
}

static enum err amount_word(struct cx *cx, const struct reprice_input *in, const char *word,
    int64_t *ret)
{
	if (money_parse(word, in->currency, ret) && *ret >= 0)
		return OK;
	return fail_field(cx, "amounts", "reprice.amount", "\"%s\" is no price in %s", word,
	    in->currency);
}

struct words {
	const char *field, *text;
	word_fn *read;
};

static enum err words_read(struct cx *cx, const struct reprice_input *in, const struct words *w,
    int64_t **ret, size_t *ret_n)
{
	int64_t *list = ARENA_ARRAY(cx->arena, int64_t, WORDS_MAX);
	size_t n = 0;
	for (const char *p = str_or(w->text, ""); *(p += strspn(p, " ,")) != '\0';) {
		size_t len = strcspn(p, " ,");
		if (n == WORDS_MAX)
			return too_many(cx, w->field);
		TRY(w->read(cx, in, arena_strndup(cx->arena, p, len), &list[n++]));
		p += len;
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

static enum err prices_load(struct cx *cx, struct reprice_wish *w)
{
	size_t total = 0;
	w->prices = ARENA_ARRAY(cx->arena, struct price, LIMIT_CATALOG_PRICES);
	for (size_t i = 0; i < w->plans_n; i++) {
		struct price *rows;
		size_t n;
		TRY(price_list(cx, &(struct price_filter){w->plans[i], w->in->currency, false},
		    &rows, &n));
		for (size_t k = 0; k < n && total < LIMIT_CATALOG_PRICES; k++)
			w->prices[total++] = rows[k];
	}
	w->prices_n = total;
	return OK;
}

static enum err cycles_check(struct cx *cx, const struct reprice_input *in)
{
	struct cycle cycle;
	for (const char *p = str_or(in->cycles, ""); *(p += strspn(p, " ")) != '\0';) {
		size_t len = strcspn(p, " ");
		const char *word = arena_strndup(cx->arena, p, len);
		if (!cycle_parse(word, &cycle) || cycle.unit == CYCLE_ONCE)
			return fail_field(cx, "cycles", "reprice.cycle",
			    "\"%s\" is no billing cycle", word);
		p += len;
	}
	return OK;
}

static enum err day_check(struct cx *cx, const struct reprice_input *in)
{
	struct settings settings;
	TRY(setting_load(cx, &settings));
	struct day today = setting_today(cx, &settings);
	struct day soonest = day_add(today, (int32_t)settings.billing_price_notice_days);
	if (in->effective_on.n < today.n)
		return fail_field(cx, "effective_on", "reprice.past", "This day is over");
	if (in->effective_on.n < soonest.n && str_empty(in->short_reason))
		return fail_field(cx, "effective_on", "reprice.notice",
		    "With %lld days of notice it can be %s at the soonest",
		    (long long)settings.billing_price_notice_days, day_print(cx->arena, soonest));
	return OK;
}

enum err reprice_wish_read(struct cx *cx, const struct reprice_input *in, struct reprice_wish *ret)
{
	struct reprice_wish w = {.in = in};
	TRY(words_read(cx, in, &(struct words){"plans", in->plans, plan_word}, &w.plans,
	    &w.plans_n));
	TRY(words_read(cx, in, &(struct words){"versions", in->versions, version_word}, &w.versions,
	    &w.versions_n));
	TRY(words_read(cx, in, &(struct words){"amounts", in->amounts, amount_word}, &w.amounts,
	    &w.amounts_n));
	if (w.plans_n == 0)
		return fail_field(cx, "plans", "field.required", "Name at least one plan");
	TRY(cycles_check(cx, in));
	if (str_eq(in->how, "percent") && in->change_ppm == 0)
		return fail_field(cx, "change_ppm", "reprice.percent",
		    "Enter by how many percent the price goes up or down");
	TRY(day_check(cx, in));
	TRY(prices_load(cx, &w));
	*ret = w;
	return OK;
}
