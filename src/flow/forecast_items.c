/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items to invoice in the forecast: those with a day, as documents of their own, round after round.
 * What waits for a renewal is left out, and so is the ladder of these documents.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/billable/billable.h"
#include "flow/forecast_own.h"

struct owed {
	struct forecast *f;
	struct client client;
	struct billable *rows;
	size_t n;
};

static struct day due_day(const struct forecast *f, const struct billable *b)
{
	return b->on.n < f->today.n ? f->today : b->on;
}

/* The next day on which one of them is invoiced; DAY_NONE: none is left. */
static struct day next_day(const struct owed *o, const char *currency)
{
	struct day first = DAY_NONE;
	for (size_t i = 0; i < o->n; i++) {
		const struct billable *b = &o->rows[i];
		if (!day_set(b->on) || !str_eq(b->currency, currency))
			continue;
		struct day on = due_day(o->f, b);
		if (!day_set(first) || on.n < first.n)
			first = on;
	}
	return first;
}

static enum err tell(const struct owed *o, const struct invoice_plan *p, int64_t id)
{
	struct forecast *f = o->f;
	for (int k = 0; k < FORECAST_LINES; k++) {
		enum forecast_line line = (enum forecast_line)k;
		forecast_count(f, line, p->issued_on, FORECAST_INVOICE);
		forecast_count(f, line, p->issued_on, FORECAST_LETTER);
		TRY(forecast_add(f, line, p->issued_on,
		    &(struct forecast_amount){FORECAST_INVOICED, p->currency, p->total_minor}));
	}
	forecast_count(f, FORECAST_UNPAID, day_add(p->due_on, 1), FORECAST_OVERDUE);
	forecast_count(f, FORECAST_PAID, p->due_on, FORECAST_PAY);
	forecast_count(f, FORECAST_PAID, p->due_on, FORECAST_LETTER);
	forecast_name(f, p->issued_on,
	    &(struct forecast_item){.what = "invoice",
	        .subject = "billable",
	        .subject_id = id,
	        .amount_minor = p->total_minor,
	        .currency = p->currency,
	        .held = ""});
	return forecast_add(f, FORECAST_PAID, p->due_on,
	    &(struct forecast_amount){FORECAST_RECEIVED, p->currency, p->total_minor});
}

/* The document of a day; each item on it goes on to its next round. */
static enum err one_day(struct cx *cx, struct owed *o, const char *currency, struct day on)
{
	struct forecast *f = o->f;
	struct invoice_line *lines = ARENA_ARRAY(cx->arena, struct invoice_line, o->n);
	struct invoice_plan plan;
	size_t n = 0;
	int64_t id = 0;
	for (size_t i = 0; i < o->n && n < LIMIT_INVOICE_ITEMS; i++) {
		struct billable *b = &o->rows[i];
		if (!day_set(b->on) || !str_eq(b->currency, currency) || due_day(f, b).n != on.n)
			continue;
		id = id == 0 ? b->id : id;
		lines[n++] = billable_line(b);
		b->on = billable_next(b, on);
		b->round++;
	}
	struct invoice_request r = {.settings = &f->settings,
	    .taxes = &f->taxes,
	    .seller = f->seller,
	    .client = &o->client,
	    .currency = currency,
	    .issued_on = on,
	    .due_on = day_add(on, (int32_t)client_terms(&o->client, f->settings.billing_due_days)),
	    .lines = lines,
	    .lines_n = n};
	TRY(invoice_plan(cx, &r, &plan));
	return tell(o, &plan, id);
}

static enum err one_client(struct forecast *f, const struct billable *first)
{
	struct cx *cx = f->w->cx;
	struct owed o = {.f = f};
	struct billable_of of = {&first->client_id, 1, f->until};
	TRY(client_get(cx, first->client_id, &o.client));
	TRY(billable_due(cx, &of, &o.rows, &o.n));
	for (;;) {
		struct day on = next_day(&o, first->currency);
		if (!forecast_within(f, on))
			return OK;
		TRY(one_day(cx, &o, first->currency, on));
	}
}

enum err forecast_items(struct forecast *f)
{
	struct cx *cx = f->w->cx;
	struct billable_cursor at = {f->until, 0, "", LIMIT_INVOICE_ITEMS};
	for (;;) {
		struct billable *rows;
		size_t n;
		TRY(billable_due_on(cx, &at, &rows, &n));
		for (size_t i = 0; i < n; i++)
			if (i == 0 || rows[i].client_id != rows[i - 1].client_id ||
			    !str_eq(rows[i].currency, rows[i - 1].currency))
				TRY(one_client(f, &rows[i]));
		if (n == 0)
			return OK;
		at.after_client = rows[n - 1].client_id;
		at.after_currency = rows[n - 1].currency;
	}
}
