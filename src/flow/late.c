/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paid late: a service that comes back from a suspension for debt keeps its due day, or with
 * billing.late_payment = restart has a whole term from that day on. The days it lost are a document
 * over nothing, as when staff move a due day.
 */
#include "base/str.h"
#include "core/event/event.h"
#include "core/service/service.h"
#include "flow/own.h"
#include "fmt/form.h"

static enum err was_for_debt(struct cx *cx, int64_t service_id, bool *ret)
{
	json_t *list;
	const struct event_filter f = {.subject = "service",
	    .subject_id = service_id,
	    .name = "suspend",
	    .limit = 1,
	    .newest = true};
	TRY(event_list(cx, &f, &list));
	const json_t *data = json_object_get(json_array_get(list, 0), "data");
	*ret = str_eq(str_or(json_string_value(json_object_get(data, "reason")), ""), "debt");
	return OK;
}

static struct day sooner(struct day a, struct day b)
{
	return b.n < a.n ? b : a;
}

/* The end of a whole term from today, at most one term later than it was; DAY_NONE: not later. */
static struct day new_end(const struct service *s, struct day today)
{
	struct cycle cycle;
	int year, month, mday;
	if (!day_set(s->billed_until) || !cycle_parse(s->cycle, &cycle) || cycle.unit == CYCLE_ONCE)
		return DAY_NONE;
	day_split(today, &year, &month, &mday);
	struct day end = sooner(cycle_next(today, cycle, mday),
	    cycle_next(s->billed_until, cycle, (int)s->anchor_day));
	return end.n > s->billed_until.n ? end : DAY_NONE;
}

enum err late_restart_job(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct settings settings;
	struct service s;
	int64_t invoice_id;
	bool debt;
	TRY(setting_load(cx, &settings));
	if (!str_eq(settings.billing_late_payment, "restart"))
		return OK;
	TRY(service_get(cx, 0, j->subject_id, &s));
	TRY(was_for_debt(cx, s.id, &debt));
	/* A later term that is invoiced already was sold with its days. */
	bool ahead = s.billed_until.n != s.paid_until.n || s.parent_id != 0;
	struct due_move move = {new_end(&s, setting_today(cx, &settings)), "free",
	    "Paid late: a whole term from the payment"};
	if (!debt || ahead || !day_set(move.next_due_on))
		return OK;
	return service_move_due(cx, s.id, &move, &invoice_id);
}
