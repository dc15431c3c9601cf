/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items to invoice in the forecast, round after round: those with a day as documents of their own,
 * unless a renewal of that day takes them along (forecast_live.c).
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/str.h"
#include "flow/forecast_own.h"

static struct day due_day(const struct forecast *f, const struct billable *b)
{
	return b->on.n < f->today.n ? f->today : b->on;
}

struct day forecast_owed_next(const struct forecast *f, const struct forecast_owed *o)
{
	struct day first = DAY_NONE;
	for (size_t i = 0; i < o->n; i++) {
		if (!day_set(o->rows[i].on))
			continue;
		struct day on = due_day(f, &o->rows[i]);
		if (!day_set(first) || on.n < first.n)
			first = on;
	}
	return first;
}

/* A row that does not come again is nobody's. */
void forecast_owed_billed(struct forecast_owed *o, size_t at, struct day on)
{
	struct billable *b = &o->rows[at];
	b->on = billable_next(b, on);
	b->round++;
	if (!day_set(b->on))
		b->client_id = 0;
}

static bool is_due(const struct forecast *f, const struct billable *b, struct day on)
{
	return day_set(b->on) && b->client_id != 0 && due_day(f, b).n <= on.n;
}

/* The document of a day in a currency; each item on it goes on to its next round. */
static enum err one_paper(struct forecast *f, struct forecast_owed *o, size_t first, struct day on)
{
	struct cx *cx = f->w->cx;
	const char *currency = o->rows[first].currency;
	struct invoice_line *lines = ARENA_ARRAY(cx->arena, struct invoice_line, o->n);
	struct invoice_plan plan;
	size_t n = 0;
	int64_t id = o->rows[first].id;
	for (size_t i = first; i < o->n && n < LIMIT_INVOICE_ITEMS; i++) {
		if (!is_due(f, &o->rows[i], on) || !str_eq(o->rows[i].currency, currency))
			continue;
		lines[n++] = billable_line(&o->rows[i]);
		forecast_owed_billed(o, i, on);
	}
	struct invoice_request r = {.settings = &f->settings,
	    .taxes = &f->taxes,
	    .seller = f->seller,
	    .client = o->client,
	    .currency = currency,
	    .issued_on = on,
	    .due_on = day_add(on, (int32_t)client_terms(o->client, f->settings.billing_due_days)),
	    .lines = lines,
	    .lines_n = n};
	TRY(invoice_plan(cx, &r, &plan));
	return forecast_paper(f, o->line,
	    &(struct forecast_paper){&plan, o->client, NULL, 0, "billable", id});
}

enum err forecast_owed_day(struct forecast *f, struct forecast_owed *o, struct day on)
{
	for (size_t i = 0; i < o->n; i++)
		if (is_due(f, &o->rows[i], on))
			TRY(one_paper(f, o, i, on));
	return OK;
}

/* ---- clients without a service to renew ---- */

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static enum err one_client(struct forecast *f, int64_t client_id)
{
	struct cx *cx = f->w->cx;
	struct client client;
	struct billable_of of = {&client_id, 1, f->until};
	if (f->walked_n > 0 &&
	    bsearch(&client_id, f->walked, f->walked_n, sizeof *f->walked, by_number) != NULL)
		return OK;
	TRY(client_get(cx, client_id, &client));
	for (int line = 0; line < FORECAST_LINES; line++) {
		struct forecast_owed o = {(enum forecast_line)line, &client, NULL, 0};
		TRY(billable_due(cx, &of, &o.rows, &o.n));
		for (struct day on; forecast_within(f, on = forecast_owed_next(f, &o));)
			TRY(forecast_owed_day(f, &o, on));
	}
	return OK;
}

enum err forecast_items(struct forecast *f)
{
	struct cx *cx = f->w->cx;
	struct billable_cursor at = {f->until, 0, "", LIMIT_INVOICE_ITEMS};
	int64_t last = 0;
	for (;;) {
		struct billable *rows;
		size_t n;
		TRY(billable_due_on(cx, &at, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			if (rows[i].client_id != last)
				TRY(one_client(f, rows[i].client_id));
			last = rows[i].client_id;
		}
		if (n == 0)
			return OK;
		at.after_client = rows[n - 1].client_id;
		at.after_currency = rows[n - 1].currency;
	}
}
