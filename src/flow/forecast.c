/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forecast: what the runs of the coming days will do, as sums per day and currency in two
 * futures, and by name for the future in which nobody pays. Reads only; who is looked at how is
 * forecast_walk.c.
 */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/row.h"
#include "flow/forecast_own.h"
#include "fmt/form.h"

bool forecast_within(const struct forecast *f, struct day on)
{
	return day_set(on) && on.n >= f->today.n && on.n <= f->until.n;
}

void forecast_count(struct forecast *f, enum forecast_line line, struct day on,
    enum forecast_what what)
{
	if (forecast_within(f, on))
		f->counts[line][on.n - f->today.n][what]++;
}

static struct forecast_money *money_of_currency(struct forecast *f, const char *currency)
{
	for (size_t i = 0; i < f->money_n; i++)
		if (strcmp(f->money[i]->currency, currency) == 0)
			return f->money[i];
	return NULL;
}

/* The tables are made before the arena of a slice is in use: see currencies_load. */
enum err forecast_add(struct forecast *f, enum forecast_line line, struct day on,
    const struct forecast_amount *a)
{
	struct forecast_money *m = money_of_currency(f, a->currency);
	if (!forecast_within(f, on) || a->minor == 0)
		return OK;
	if (m == NULL)
		return fail(f->w->cx, ERR_INTERNAL, "forecast.currency",
		    "%s is in no price or document", a->currency);
	m->any[on.n - f->today.n] = true;
	m->sums[line][on.n - f->today.n][a->sum] += a->minor;
	return OK;
}

void forecast_name(struct forecast *f, struct day on, const struct forecast_item *item)
{
	char day[DAY_TEXT_SIZE];
	if (!f->detail || !forecast_within(f, on))
		return;
	size_t k = (size_t)(on.n - f->today.n);
	if (json_array_size(f->items[k]) >= LIMIT_PAGE_ROWS) {
		f->items_left[k]++;
		return;
	}
	json_t *o = json_pack("{s:s s:s s:s s:I s:s}", "what", item->what, "on", day_text(on, day),
	    "subject", item->subject, "subject_id", item->subject_id, "held", item->held);
	if (item->amount_minor != 0)
		json_object_update_new(o,
		    json_pack("{s:I s:s}", "amount_minor", item->amount_minor, "currency",
		        item->currency));
	json_array_append_new(f->items[k], o);
}

/* ---- the view ---- */

static const char *const count_words[FORECAST_WHATS] = {"invoices", "letters", "reminders", "fees",
    "overdue", "suspended", "terminated", "cancelled", "payments"};
static const char *const sum_words[FORECAST_SUMS] = {"invoiced_minor", "credit_minor", "fees_minor",
    "received_minor"};

/* Days from..to added up: one day, or all of them. */
static json_t *line_view(const struct forecast *f, int line, int from, int to)
{
	json_t *o = json_object(), *money = json_array();
	for (int what = 0; what < FORECAST_WHATS; what++) {
		int64_t n = 0;
		for (int k = from; k <= to; k++)
			n += f->counts[line][k][what];
		json_object_set_new(o, count_words[what], json_integer(n));
	}
	for (size_t c = 0; c < f->money_n; c++) {
		const struct forecast_money *m = f->money[c];
		json_t *row = json_pack("{s:s}", "currency", m->currency);
		bool any = false;
		for (int sum = 0; sum < FORECAST_SUMS; sum++) {
			int64_t minor = 0;
			for (int k = from; k <= to; k++) {
				minor += m->sums[line][k][sum];
				any = any || m->any[k];
			}
			json_object_set_new(row, sum_words[sum], json_integer(minor));
		}
		if (any)
			json_array_append_new(money, row);
		else
			json_decref(row);
	}
	json_object_set_new(o, "money", money);
	return o;
}

static json_t *day_view(const struct forecast *f, int k)
{
	json_t *o = json_pack("{s:o s:o s:o}", "on", json_day(day_add(f->today, k)), "unpaid",
	    line_view(f, FORECAST_UNPAID, k, k), "paid", line_view(f, FORECAST_PAID, k, k));
	if (f->detail) {
		json_object_set(o, "items", f->items[k]);
		json_object_set_new(o, "items_left", json_integer(f->items_left[k]));
	}
	return o;
}

static json_t *view(struct forecast *f)
{
	json_t *days = json_array();
	int n = f->until.n - f->today.n;
	for (int k = 0; k <= n; k++)
		json_array_append_new(days, day_view(f, k));
	return json_keep(f->w->cx,
	    json_pack("{s:b s:o s:o s:I s:b s:o s:{s:o s:o}}", "metered", (int)f->metered, "from",
	        json_day(f->today), "until", json_day(f->until), "lead_days",
	        f->settings.billing_lead_days, "clock_held", (int)f->clock_held, "days", days,
	        "totals", "unpaid", line_view(f, FORECAST_UNPAID, 0, n), "paid",
	        line_view(f, FORECAST_PAID, 0, n)));
}

/* ---- loading ---- */

static enum err currency_add(struct cx *cx, const char *currency, void *arg)
{
	struct forecast *f = arg;
	if (money_of_currency(f, currency) != NULL)
		return OK;
	if (f->money_n == FORECAST_CURRENCIES_MAX)
		return fail(cx, ERR_INTERNAL, "forecast.currencies",
		    "There are more than %d currencies", FORECAST_CURRENCIES_MAX);
	struct forecast_money *m = ARENA_NEW(cx->arena, struct forecast_money);
	str_copy(m->currency, sizeof m->currency, currency);
	f->money[f->money_n++] = m;
	return OK;
}

static enum err credits_load(struct cx *cx, struct forecast *f)
{
	TRY(report_credits(cx, &f->credits[FORECAST_UNPAID], &f->credits_n));
	f->credits[FORECAST_PAID] = ARENA_ARRAY(cx->arena, struct report_credit, f->credits_n);
	if (f->credits_n > 0)
		memcpy(f->credits[FORECAST_PAID], f->credits[FORECAST_UNPAID],
		    sizeof(struct report_credit) * f->credits_n);
	return OK;
}

static enum err load(struct worker *w, struct day until, struct forecast *f)
{
	struct cx *cx = w->cx;
	struct dunning_step *steps;
	f->w = w;
	TRY(setting_load(cx, &f->settings));
	f->today = setting_today(cx, &f->settings);
	f->until = until;
	if (!day_set(until) || until.n < f->today.n || until.n - f->today.n > FORECAST_DAYS_MAX)
		return fail_field(cx, "until", "forecast.range",
		    "A forecast reaches from today to at most %d days later", FORECAST_DAYS_MAX);
	TRY(tax_load(cx, &f->taxes));
	TRY(dunning_ladder(cx, &steps, &f->ladders.n));
	f->ladders.steps = steps;
	f->kept = cx->arena;
	TRY(flow_clock_held(cx, &f->settings, &f->clock_held));
	f->seller = invoice_seller(cx, &f->settings);
	TRY(report_currencies(cx, currency_add, f));
	return credits_load(cx, f);
}

enum err flow_forecast(struct worker *w, struct day until, bool detail, json_t **ret)
{
	struct forecast *f = ARENA_NEW(w->cx->arena, struct forecast);
	f->detail = detail;
	TRY(load(w, until, f));
	for (int k = 0; detail && k <= until.n - f->today.n; k++)
		f->items[k] = json_keep(w->cx, json_array());
	TRY(forecast_documents(f));
	TRY(forecast_services(f));
	TRY(forecast_endings(f));
	TRY(forecast_items(f));
	*ret = view(f);
	return OK;
}
