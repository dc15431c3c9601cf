/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Add-ons with the dates of a service go to its new cycle with it, each with documents of its own:
 * at once, so that they keep the same days, whatever is to be paid. When one could not, the change
 * of the service is refused.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/service/own.h"
#include "fmt/form.h"

static struct change_input following(const char *cycle, bool at_end, struct day from)
{
	return (struct change_input){.plan = "",
	    .cycle = cycle,
	    .when = at_end ? "end" : "now",
	    .follows = true,
	    .from = from};
}

static enum err fits(struct cx *cx, const struct service *s, const struct service *addon,
    const struct change_quote *q)
{
	const struct change_input in = following(q->cycle, q->at_end, q->apply_on);
	struct change_quote own;
	if (q->at_end && addon->paid_until.n != s->paid_until.n)
		return fail(cx, ERR_CONFLICT, "addon.dates",
		    "it is paid until %s, the service until %s",
		    day_print(cx->arena, addon->paid_until), day_print(cx->arena, s->paid_until));
	TRY(change_none_open(cx, addon->id));
	return service_change_quote(cx, 0, addon->id, &in, &own);
}

enum err change_addons_fit(struct cx *cx, const struct service *s, const struct change_quote *q)
{
	struct service *addons;
	size_t n;
	TRY(service_addons_dated(cx, s, &addons, &n));
	for (size_t i = 0; i < n; i++) {
		enum err err = fits(cx, s, &addons[i], q);
		if (err != ERR_CONFLICT && err != ERR_INVALID) {
			TRY(err);
			continue;
		}
		const char *why = arena_strdup(cx->arena,
		    cx->fault.fields != NULL ? cx->fault.fields->text : cx->fault.detail);
		cx_clear(cx);
		return fail(cx, ERR_CONFLICT, "addon.change",
		    "Its add-on %s (service %" PRId64 ") cannot go to this cycle with it: %s",
		    addons[i].plan_name, addons[i].id, why);
	}
	return OK;
}

static enum err follow(struct cx *cx, const struct service *addon, const struct change_input *in)
{
	int64_t change, invoice;
	enum err err = service_change(cx, 0, addon->id, in, &change, &invoice);
	if (err != ERR_CONFLICT && err != ERR_INVALID)
		return err;
	/* Since it was asked for something has come between; the service does not wait for it. */
	json_t *data = json_keep(cx, json_pack("{s:s}", "reason", cx->fault.detail));
	cx_clear(cx);
	return event_add(cx,
	    &(struct event){"service", addon->id, "addon_stays", addon->client_id, data}, NULL);
}

enum err change_addons_apply(struct cx *cx, const struct service *s, const struct change *c)
{
	const struct change_input in = following(c->cycle, !day_set(c->until_on), c->apply_on);
	struct service *addons;
	size_t n;
	TRY(service_addons_dated(cx, s, &addons, &n));
	for (size_t i = 0; i < n; i++)
		TRY(follow(cx, &addons[i], &in));
	return OK;
}
