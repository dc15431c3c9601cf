/* SPDX-License-Identifier: Apache-2.0 */
/* The pure half of services: the next period as a line, dates from charges, account names. */
#include <inttypes.h>

#include "base/str.h"
#include "core/coupon/coupon.h"
#include "core/service/own.h"

void service_renewal_line(struct arena *a, const struct service *s, struct invoice_line *ret,
    struct day *ret_to)
{
	struct cycle cycle;
	bool known = cycle_parse(s->cycle, &cycle);
	struct day to = known && cycle.unit != CYCLE_ONCE ?
	    cycle_next(s->billed_until, cycle, (int)s->anchor_day) :
	    DAY_NONE;
	*ret = (struct invoice_line){
	    .kind = "period",
	    .service_id = s->id,
	    .description = *s->domain == '\0' ? s->plan_name :
	                                        arena_printf(a, "%s – %s", s->plan_name, s->domain),
	    .tax_class = s->tax_class,
	    .from = s->billed_until,
	    .to = to,
	    .quantity = s->quantity,
	    .unit_minor = s->price_minor,
	};
	if (s->discount_terms != 0)
		ret->discount_minor =
		    discount_of(&(struct discount){s->discount_ppm, s->discount_minor},
		        s->quantity * s->price_minor);
	*ret_to = to;
}

void service_dates(struct day started_on, const struct invoice_period *p, size_t n,
    struct day *ret_billed, struct day *ret_paid)
{
	struct day billed = started_on, paid = started_on;
	for (size_t i = 0; i < n; i++) {
		/* A change to another cycle starts inside the period it replaces. */
		if (p[i].from.n > billed.n)
			continue;
		if (p[i].paid && p[i].from.n <= paid.n)
			paid = p[i].to;
		billed = p[i].to;
	}
	*ret_billed = billed;
	*ret_paid = paid;
}

char *service_username(struct arena *a, const char *domain, int64_t id)
{
	char letters[9];
	size_t n = 0;
	for (const char *p = domain; *p != '\0' && *p != '.' && n < 8; p++)
		if ((*p >= 'a' && *p <= 'z') || (n > 0 && *p >= '0' && *p <= '9'))
			letters[n++] = *p;
	letters[n] = '\0';
	return arena_printf(a, "%s%" PRId64, n == 0 ? "u" : letters, id);
}

enum service_event service_action_event(enum action_kind action, const char *cause)
{
	switch (action) {
	case ACTION_CREATE: return SERVICE_ACTIVATE;
	case ACTION_SUSPEND: return SERVICE_SUSPEND;
	case ACTION_UNSUSPEND: return SERVICE_UNSUSPEND;
	case ACTION_TERMINATE:
		return str_starts(cause, "cancel") ? SERVICE_CANCEL : SERVICE_TERMINATE;
	case ACTION_PASSWORD:
	case ACTION_CHANGE_PLAN:
	case ACTION_KINDS: break;
	}
	return SERVICE_EVENTS; /* no move */
}
