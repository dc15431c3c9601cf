/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of scheduled sweeps, and the small ones: due days, cancellations, servers,
 * housekeeping, and the watch over all of them.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/access/access.h"
#include "core/event/event.h"
#include "core/payment/payment.h"
#include "core/quote/quote.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

const struct sweep sweeps[] = {
    {"watch", "tells staff once when a task has not succeeded for twice its interval", 300,
        watch_sweep, NULL},
    {"reconcile", "asks gateways about payments nobody told us the end of", 600, reconcile_sweep,
        NULL},
    {"cancel", "carries out cancellations whose day has come", 3600, cancel_sweep, NULL},
    {"changes", "drops changes that stayed unpaid and starts those whose term has ended", 3600,
        change_sweep, NULL},
    {"billing", "invoices the next period of services", 3600, billing_sweep, billing_foretell},
    {"funds", "credits top-ups that were not paid in time", 3600, funds_sweep, NULL},
    {"quotes", "ends quotes whose last day is over", 3600, quote_sweep, NULL},
    {"overdue", "marks invoices whose due day is over", 3600, overdue_sweep, NULL},
    {"dunning", "reminds, charges fees, suspends and terminates by the ladder", 3600, dunning_sweep,
        dunning_foretell},
    {"servers", "asks every server whether it answers", 900, server_sweep, NULL},
    {"taxes", "asks again about VAT numbers that are not proved, or were proved long ago", 86400,
        tax_sweep, NULL},
    {"rates", "fetches the day's rates of currencies", 86400, rates_sweep, NULL},
    {"meters", "asks panels how much services used", 86400, meter_sweep, NULL},
    {"tidy", "removes expired sessions, links and kept answers", 86400, tidy_sweep, NULL},
};
const size_t sweeps_n = sizeof sweeps / sizeof sweeps[0];

enum err flow_note(struct worker *w, int64_t run_id, struct run_sum *sum,
    const struct run_item *item)
{
	sum->considered++;
	if (str_eq(item->result, "done"))
		sum->done++;
	else if (str_eq(item->result, "skipped"))
		sum->skipped++;
	else
		sum->failed++;
	return run_items_add(w->cx, run_id, item, 1);
}

static enum err today_of(struct worker *w, struct day *ret)
{
	struct settings s;
	TRY(setting_load(w->cx, &s));
	*ret = setting_today(w->cx, &s);
	return OK;
}

#define AT_ONCE 500

enum err overdue_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct day today;
	int64_t n = AT_ONCE;
	TRY(today_of(w, &today));
	while (n == AT_ONCE && !flow_stopping(w)) {
		TRY(invoice_pass_due(w->cx, today, AT_ONCE, &n));
		sum->considered += n;
		sum->done += n;
	}
	return OK;
}

enum err funds_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct day today;
	int64_t n;
	TRY(today_of(w, &today));
	TRY(funds_expire(w->cx, today, AT_ONCE, &n));
	sum->considered += n;
	sum->done += n;
	return OK;
}

enum err quote_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct day today;
	int64_t n = AT_ONCE;
	TRY(today_of(w, &today));
	while (n == AT_ONCE && !flow_stopping(w)) {
		TRY(quote_expire(w->cx, today, AT_ONCE, &n));
		sum->considered += n;
		sum->done += n;
	}
	return OK;
}

enum err cancel_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct day today;
	int64_t n;
	TRY(today_of(w, &today));
	TRY(service_cancel_due(w->cx, today, AT_ONCE, &n));
	sum->considered += n;
	sum->done += n;
	return OK;
}

/* Scheduled changes take effect before the run bills the period they are for. */
#define CHANGE_UNPAID_DAYS 14

enum err change_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct settings s;
	int64_t n;
	TRY(setting_load(w->cx, &s));
	struct day until = day_add(setting_today(w->cx, &s), (int32_t)s.billing_lead_days);
	TRY(service_change_sweep(w->cx, until, CHANGE_UNPAID_DAYS, &n));
	sum->considered += n;
	sum->done += n;
	return OK;
}

static enum err server_one(struct worker *w, int64_t id, struct run_item *item)
{
	struct cx *cx = w->cx;
	struct server s;
	struct answer a;
	TRY(server_get(cx, id, &s));
	TRY(flow_ask(w, "panel.test",
	    json_pack("{s:s s:s s:s s:{}}", "provider", s.provider, "settings", s.settings, "bound",
	        arena_printf(cx->arena, "server:%" PRId64, s.id), "args"),
	    &a));
	bool well = a.outcome == OUTCOME_DONE;
	item->result = well ? "done" : "failed";
	item->reason = a.reason;
	item->next_at = well ? 0 : cx->now + 900;
	return server_checked(cx, id, well ? "" : str_or(a.reason, "no answer"));
}

enum err server_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	json_t *list, *server;
	size_t i;
	TRY(server_list(w->cx, &list));
	json_array_foreach(list, i, server) {
		struct run_item item = {.subject = "server",
		    .subject_id = json_integer_value(json_object_get(server, "id"))};
		if (!json_is_true(json_object_get(server, "enabled")))
			continue;
		TRY(server_one(w, item.subject_id, &item));
		TRY(flow_note(w, run_id, sum, &item));
	}
	return OK;
}

enum err tidy_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	int64_t removed;
	TRY(access_sweep(w->cx, &removed));
	sum->considered = sum->done = removed;
	return OK;
}

struct standstill {
	const struct task *tasks;
	const bool *late;
	size_t n;
};

static enum err alarm_body(struct cx *cx, void *arg)
{
	const struct standstill *a = arg;
	struct buf names, detail;
	buf_init(&names, cx->arena);
	buf_init(&detail, cx->arena);
	for (size_t i = 0; i < a->n; i++) {
		if (!a->late[i])
			continue;
		const struct task *t = &a->tasks[i];
		buf_printf(&names, "%s%s", names.len == 0 ? "" : ", ", t->name);
		buf_printf(&detail, "%s%s last succeeded at %s.", detail.len == 0 ? "" : " ",
		    t->name,
		    t->succeeded_at == 0 ? "no time" : instant_print(cx->arena, t->succeeded_at));
		TRY(task_alerted(cx, t->name));
	}
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s}", "task", buf_text(&names), "detail", buf_text(&detail)));
	return event_add(cx, &(struct event){"task", 0, "fail", 0, data}, NULL);
}

static int64_t every_of(const char *task)
{
	for (size_t i = 0; i < sweeps_n; i++)
		if (str_eq(sweeps[i].name, task))
			return sweeps[i].every_s;
	return 0;
}

/*
 * Runs before the others: whatever has not succeeded within twice its interval is told once, until
 * it succeeded again.
 */
enum err watch_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct task *tasks;
	size_t n, late_n = 0;
	struct settings settings;
	TRY(setting_load(w->cx, &settings));
	TRY(task_list(w->cx, &tasks, &n));
	bool *late = ARENA_ARRAY(w->cx->arena, bool, n);
	for (size_t i = 0; i < n; i++) {
		/* This one runs right now; its first run of all is no standstill. */
		int64_t every = str_eq(tasks[i].name, "watch") ? 0 : every_of(tasks[i].name);
		bool told =
		    tasks[i].alerted_at != 0 && tasks[i].alerted_at >= tasks[i].succeeded_at;
		int64_t allowed = 2 *
		    (every > settings.automation_interval_minutes * 60 ?
		            every :
		            settings.automation_interval_minutes * 60);
		late[i] = every > 0 && !told && w->cx->now - tasks[i].succeeded_at > allowed;
		late_n += late[i];
		sum->considered++;
	}
	sum->done = (int64_t)late_n;
	return late_n == 0 ? OK : db_tx(w->cx, alarm_body, &(struct standstill){tasks, late, n});
}
