/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Income by the days it is for: every period is spread over its days, from the day its document was
 * issued; what is not yet used up is deferred. A credit note takes its amount back from the items
 * of its invoice in proportion, over the same days. Cumulative rounding: the months add up.
 */
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/report/own.h"
#include "core/row.h"

static const struct report_column columns[] = {
    {"month", "Month", NULL, REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"issued_minor", "Invoiced net", NULL, REPORT_MONEY, false},
    {"recognized_minor", "Earned", NULL, REPORT_MONEY, false},
    {"deferred_minor", "Deferred at the end", NULL, REPORT_MONEY, false},
};

#define CURRENCIES_MAX 200 /* ISO 4217 has fewer */

struct span {
	int64_t issued_minor, recognized_minor;
};
struct line {
	char currency[4];
	int64_t opening_minor; /* deferred at the end of the day before the range */
	struct span spans[REPORT_MONTHS_MAX];
};
struct deferral {
	struct day from, until;
	int first, months;
	struct line *lines[CURRENCIES_MAX];
	size_t lines_n;
	/* a credit note, gathered */
	int64_t note_id, note_net_minor;
	char note_currency[4];
	struct report_spread *parts;
	int64_t *weights, *shares;
	size_t parts_n;
};

/* The end of a month of the range; the first and last may be cut. */
static struct day end_of(const struct deferral *d, int k)
{
	struct day last = report_month_last(d->first + k);
	return last.n > d->until.n ? d->until : last;
}

static struct line *line_of(struct cx *cx, struct deferral *d, const char *currency)
{
	for (size_t i = 0; i < d->lines_n; i++)
		if (strcmp(d->lines[i]->currency, currency) == 0)
			return d->lines[i];
	if (d->lines_n == CURRENCIES_MAX)
		return NULL;
	struct line *l = ARENA_NEW(cx->arena, struct line);
	str_copy(l->currency, sizeof l->currency, currency);
	d->lines[d->lines_n++] = l;
	return l;
}

static enum err spread(struct cx *cx, struct deferral *d, const char *currency,
    const struct report_spread *s)
{
	struct line *l = line_of(cx, d, currency);
	struct day before = day_add(d->from, -1);
	int64_t upto = report_recognized(s, before);
	if (l == NULL)
		return fail(cx, ERR_INTERNAL, "report.currencies",
		    "There are more than %d currencies", CURRENCIES_MAX);
	if (s->issued_on.n < d->from.n)
		l->opening_minor += s->net_minor - upto;
	/* Used up before the range: the most common case by far. */
	if (s->issued_on.n < d->from.n && upto == s->net_minor &&
	    (!day_set(s->to) || s->to.n <= d->from.n))
		return OK;
	for (int k = 0; k < d->months; k++) {
		struct day end = end_of(d, k);
		int64_t now = report_recognized(s, end);
		bool here = s->issued_on.n <= end.n && s->issued_on.n > before.n;
		l->spans[k].issued_minor += here ? s->net_minor : 0;
		l->spans[k].recognized_minor += now - upto;
		upto = now;
		before = end;
	}
	return OK;
}

/* The note's amount over the items of its invoice, as they weigh. */
static enum err note_end(struct cx *cx, struct deferral *d)
{
	int64_t sum = 0;
	if (d->parts_n == 0)
		return OK;
	for (size_t i = 0; i < d->parts_n; i++) {
		d->weights[i] = d->parts[i].net_minor > 0 ? d->parts[i].net_minor : 0;
		sum += d->weights[i];
	}
	/* An invoice over nothing: the note stands alone. */
	d->weights[0] += sum == 0;
	money_split(-d->note_net_minor, d->weights, d->parts_n, d->shares);
	for (size_t i = 0; i < d->parts_n; i++) {
		d->parts[i].net_minor = d->shares[i];
		TRY(spread(cx, d, d->note_currency, &d->parts[i]));
	}
	d->note_id = 0;
	d->parts_n = 0;
	return OK;
}

static enum err add(struct cx *cx, const struct report_item *i, void *arg)
{
	struct deferral *d = arg;
	if (d->note_id != 0 && d->note_id != i->document_id)
		TRY(note_end(cx, d));
	if (!str_eq(i->kind, "credit_note"))
		return spread(cx, d, i->currency, &i->spread);
	if (d->note_id == 0) {
		d->note_id = i->document_id;
		d->note_net_minor = i->document_net_minor;
		str_copy(d->note_currency, sizeof d->note_currency, i->currency);
	}
	if (d->parts_n == LIMIT_INVOICE_ITEMS)
		return fail(cx, ERR_INTERNAL, "report.items", "Document %lld has too many items",
		    (long long)i->document_id);
	d->parts[d->parts_n++] = i->spread;
	return OK;
}

static void add_rows(json_t *rows, const struct deferral *d, const struct line *l)
{
	int64_t deferred = l->opening_minor;
	for (int k = 0; k < d->months; k++) {
		char month[REPORT_MONTH_SIZE];
		deferred += l->spans[k].issued_minor - l->spans[k].recognized_minor;
		json_array_append_new(rows,
		    json_pack("{s:s s:s s:I s:I s:I}", "month",
		        report_month_text(d->first + k, month), "currency", l->currency,
		        "issued_minor", l->spans[k].issued_minor, "recognized_minor",
		        l->spans[k].recognized_minor, "deferred_minor", deferred));
	}
}

static const struct report_column opening_columns[] = {
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"opening_minor", "Deferred before the range", NULL, REPORT_MONEY, false},
};

enum err report_deferred(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct deferral *d = ARENA_NEW(cx->arena, struct deferral);
	d->from = q->from;
	d->until = q->until;
	d->first = report_month(q->from);
	d->months = report_month(q->until) - d->first + 1;
	d->parts = ARENA_ARRAY(cx->arena, struct report_spread, LIMIT_INVOICE_ITEMS);
	d->weights = ARENA_ARRAY(cx->arena, int64_t, LIMIT_INVOICE_ITEMS);
	d->shares = ARENA_ARRAY(cx->arena, int64_t, LIMIT_INVOICE_ITEMS);
	TRY(report_store_items(cx, q->until, add, d));
	TRY(note_end(cx, d));
	json_t *rows = REPORT_TABLE(out, "months", "By month", columns);
	for (size_t i = 0; i < d->lines_n; i++)
		add_rows(rows, d, d->lines[i]);
	report_draw(out, rows, "Deferred at the end of each month", "month", "deferred_minor");
	json_t *opening = REPORT_TABLE(out, "opening", "Before", opening_columns);
	for (size_t i = 0; i < d->lines_n; i++)
		json_array_append_new(opening,
		    json_pack("{s:s s:I}", "currency", d->lines[i]->currency, "opening_minor",
		        d->lines[i]->opening_minor));
	report_note(out,
	    "A period is earned day by day, from the day its document was issued; a day counts "
	    "at its end. What has no period is earned at once.");
	report_note(out,
	    "Deferred before the range + invoiced - earned = deferred at the end, to the cent.");
	return OK;
}
