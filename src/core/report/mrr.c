/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recurring income month by month: every service that ran, at its price per month, from its first
 * day to the day it ended; what came, what went, and the share that went. Prices are those of
 * today: a changed price counts for the whole life of its service.
 */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/report/own.h"
#include "core/row.h"
#include "core/setting/setting.h"

static const struct report_column columns[] = {
    {"month", "Month", NULL, REPORT_TEXT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"services", "Services", NULL, REPORT_COUNT, false},
    {"mrr_minor", "MRR at the end", NULL, REPORT_MONEY, false},
    {"arr_minor", "ARR", NULL, REPORT_MONEY, false},
    {"new_minor", "New", NULL, REPORT_MONEY, false},
    {"lost_minor", "Lost", NULL, REPORT_MONEY, false},
    {"moves", "Came and went", NULL, REPORT_COUNT, true},
    {"churn_ppm", "Churn", NULL, REPORT_PERCENT, false},
};

#define CURRENCIES_MAX 200

struct span {
	int64_t new_minor, lost_minor, came, went;
};
struct line {
	char currency[4];
	int64_t opening_minor, opening;
	struct span spans[REPORT_MONTHS_MAX];
};
struct mrr {
	const struct report_query *q;
	const char *zone;
	int first, months;
	struct line *lines[CURRENCIES_MAX];
	size_t lines_n;
	json_t *rows; /* services */
	int64_t last;
	bool more;
};

static struct line *line_of(struct cx *cx, struct mrr *m, const char *currency)
{
	for (size_t i = 0; i < m->lines_n; i++)
		if (strcmp(m->lines[i]->currency, currency) == 0)
			return m->lines[i];
	if (m->lines_n == CURRENCIES_MAX)
		return NULL;
	struct line *l = ARENA_NEW(cx->arena, struct line);
	str_copy(l->currency, sizeof l->currency, currency);
	m->lines[m->lines_n++] = l;
	return l;
}

static int64_t monthly(const struct report_service *s)
{
	struct cycle c;
	return cycle_parse(s->cycle, &c) ? report_monthly(s->amount_minor, c) : 0;
}

/* DAY_NONE while it runs. A service that ended on a day does not count at that day's end. */
static struct day ended_on(const struct mrr *m, const struct report_service *s)
{
	return s->ended_at == 0 ? DAY_NONE : zone_day(m->zone, s->ended_at);
}

static enum err add(struct cx *cx, const struct report_service *s, void *arg)
{
	struct mrr *m = arg;
	int64_t minor = monthly(s);
	struct day end = ended_on(m, s);
	struct cycle c;
	if (!cycle_parse(s->cycle, &c) || c.unit == CYCLE_ONCE)
		return OK;
	struct line *l = line_of(cx, m, s->currency);
	if (l == NULL)
		return fail(cx, ERR_INTERNAL, "report.currencies",
		    "There are more than %d currencies", CURRENCIES_MAX);
	int from = report_month(s->started_on) - m->first;
	int to = day_set(end) ? report_month(end) - m->first : m->months;
	if (from < 0 && to < 0)
		return OK;
	if (from < 0) {
		l->opening_minor += minor;
		l->opening++;
	} else if (from < m->months) {
		l->spans[from].new_minor += minor;
		l->spans[from].came++;
	}
	if (to >= 0 && to < m->months) {
		l->spans[to].lost_minor += minor;
		l->spans[to].went++;
	}
	return OK;
}

static json_t *month_row(const struct mrr *m, const struct line *l, int k, int64_t opening_minor)
{
	char month[REPORT_MONTH_SIZE], from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];
	const struct span *s = &l->spans[k];
	int64_t closing = opening_minor + s->new_minor - s->lost_minor;
	report_month_text(m->first + k, month);
	json_t *row = json_pack("{s:s s:s s:I s:I s:I s:I s:I}", "month", month, "currency",
	    l->currency, "mrr_minor", closing, "arr_minor", closing * 12, "new_minor", s->new_minor,
	    "lost_minor", s->lost_minor, "moves", s->came + s->went);
	json_object_set_new(row, "churn_ppm",
	    opening_minor <= 0 ?
	        json_null() :
	        json_integer(money_scale(s->lost_minor, PPM, opening_minor, ROUND_HALF_UP)));
	json_object_set_new(row, "drill",
	    report_drill("mrr-services", "currency", l->currency, "from",
	        day_text(report_month_first(m->first + k), from), "until",
	        day_text(report_month_last(m->first + k), until), NULL));
	return row;
}

static void add_rows(json_t *rows, const struct mrr *m, const struct line *l)
{
	int64_t minor = l->opening_minor, services = l->opening;
	for (int k = 0; k < m->months; k++) {
		const struct span *s = &l->spans[k];
		json_t *row = month_row(m, l, k, minor);
		minor += s->new_minor - s->lost_minor;
		services += s->came - s->went;
		json_object_set_new(row, "services", json_integer(services));
		json_array_append_new(rows, row);
	}
}

static enum err start(struct cx *cx, const struct report_query *q, struct mrr *m)
{
	struct settings s;
	TRY(setting_load(cx, &s));
	m->q = q;
	m->zone = s.company_zone;
	m->first = report_month(q->from);
	m->months = report_month(q->until) - m->first + 1;
	return OK;
}

enum err report_mrr(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct mrr *m = ARENA_NEW(cx->arena, struct mrr);
	struct report_query all = *q;
	TRY(start(cx, q, m));
	all.after = 0;
	all.until = report_month_last(report_month(q->until));
	TRY(report_store_services(cx, &all, add, m));
	json_t *rows = REPORT_TABLE(out, "months", "By month", columns);
	for (size_t i = 0; i < m->lines_n; i++)
		add_rows(rows, m, m->lines[i]);
	report_draw(out, rows, "MRR at the end of each month", "month", "mrr_minor");
	report_note(out,
	    "Whole months. Price times quantity per month: n months divide by n, a year is 12 "
	    "months, a day 16/487 of a month (365.25 / 12 days), a week seven days; rounded half "
	    "up once per service. Before discounts, net of tax where prices are. ARR is 12 times "
	    "MRR.");
	report_note(out,
	    "Churn is what was lost in the month over the MRR at its start. Suspended services "
	    "count until they end. Prices are those of today.");
	return OK;
}

/* ---- the services behind a month ---- */

static const struct report_column service_columns[] = {
    {"service", "Service", "service", REPORT_TEXT, false},
    {"plan", "Plan", NULL, REPORT_TEXT, false},
    {"move", "What", NULL, REPORT_TEXT, false},
    {"moved_on", "Day", NULL, REPORT_DATE, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"mrr_minor", "MRR", NULL, REPORT_MONEY, false},
};

static bool within(const struct mrr *m, struct day d)
{
	return day_set(d) && d.n >= m->q->from.n && d.n <= m->q->until.n;
}

static void add_move(struct mrr *m, const struct report_service *s, const char *move, struct day on)
{
	json_t *row =
	    json_pack("{s:I s:I s:s s:s s:s s:I}", "service_id", s->id, "client_id", s->client_id,
	        "plan", s->plan, "move", move, "currency", s->currency, "mrr_minor", monthly(s));
	json_object_set_new(row, "moved_on", json_day(on));
	json_object_set_new(row, "service",
	    *s->domain != '\0' ? json_string(s->domain) :
	                         json_sprintf("Service %lld", (long long)s->id));
	json_array_append_new(m->rows, row);
	m->last = s->id;
}

static enum err add_service(struct cx *cx, const struct report_service *s, void *arg)
{
	struct mrr *m = arg;
	struct day end = ended_on(m, s);
	bool came = within(m, s->started_on), went = within(m, end);
	if (m->more || (!came && !went))
		return OK;
	if ((int64_t)json_array_size(m->rows) >= m->q->limit) {
		m->more = true;
		return OK;
	}
	if (came)
		add_move(m, s, "came", s->started_on);
	if (went)
		add_move(m, s, "went", end);
	return OK;
}

enum err report_mrr_services(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct mrr *m = ARENA_NEW(cx->arena, struct mrr);
	TRY(start(cx, q, m));
	m->rows = REPORT_TABLE(out, "services", "Services", service_columns);
	TRY(report_store_services(cx, q, add_service, m));
	if (m->more)
		report_more(out, m->last);
	return OK;
}
