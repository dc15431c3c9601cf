/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Add-ons: services that belong to another. They are suspended with it, come back with it and end
 * with it; each step is asked of their own panel, by an action of their own.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/event/event.h"
#include "core/service/own.h"
#include "fmt/form.h"

static enum err suspend(struct cx *cx, const struct service *parent, const struct service *s)
{
	const char *cause =
	    arena_printf(cx->arena, "parent/%" PRId64 "/%" PRId64, parent->id, cx->now);
	return s->state != SERVICE_ACTIVE ?
	    OK :
	    service_ask_within(cx, s, ACTION_SUSPEND, cause, "parent", NULL);
}

/* Only what went off with it comes back with it. */
static enum err unsuspend(struct cx *cx, const struct service *parent, const struct service *s)
{
	const char *cause =
	    arena_printf(cx->arena, "parent/%" PRId64 "/%" PRId64, parent->id, cx->now);
	bool together = s->state == SERVICE_SUSPENDED && str_eq(s->suspend_cause, "parent");
	return together ? service_ask_within(cx, s, ACTION_UNSUSPEND, cause, "", NULL) : OK;
}

static enum err end_later(struct cx *cx, const struct service *parent, const struct service *s)
{
	struct settings settings;
	TRY(setting_load(cx, &settings));
	return service_store_set_cancel(cx, s->id, setting_today(cx, &settings),
	    arena_printf(cx->arena, "With service %" PRId64, parent->id));
}

static enum err end(struct cx *cx, const struct service *parent, const struct service *s,
    bool cancelled)
{
	struct action open;
	enum err err = action_store_open_of(cx, s->id, &open);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	if (err == OK && open.action == ACTION_TERMINATE)
		return OK; /* on its way already */
	/* Half made: the sweep ends it once its panel has answered. */
	if (s->state == SERVICE_PROVISIONING)
		return end_later(cx, parent, s);
	bool runs = s->state == SERVICE_ACTIVE || s->state == SERVICE_SUSPENDED;
	if (cancelled || !runs)
		return service_cancel_addon(cx, s,
		    arena_printf(cx->arena, "cancel/parent/%" PRId64, parent->id));
	return service_ask_within(cx, s, ACTION_TERMINATE,
	    arena_printf(cx->arena, "parent/%" PRId64, parent->id), "", NULL);
}

enum err service_addons_follow(struct cx *cx, const struct service *parent,
    enum service_event event)
{
	struct service *all;
	size_t n;
	bool ends = event == SERVICE_CANCEL || event == SERVICE_TERMINATE;
	if (event != SERVICE_SUSPEND && event != SERVICE_UNSUSPEND && !ends)
		return OK;
	TRY(service_store_addons(cx, parent->id, &all, &n));
	for (size_t i = 0; i < n; i++) {
		if (event == SERVICE_SUSPEND)
			TRY(suspend(cx, parent, &all[i]));
		else if (event == SERVICE_UNSUSPEND)
			TRY(unsuspend(cx, parent, &all[i]));
		else
			TRY(end(cx, parent, &all[i], event == SERVICE_CANCEL));
	}
	return OK;
}

/* A cancellation of its own before that day stands. */
enum err service_addons_cancel(struct cx *cx, const struct service *parent, struct day on)
{
	struct service *all;
	size_t n;
	const char *reason = arena_printf(cx->arena, "With service %" PRId64, parent->id);
	TRY(service_store_addons(cx, parent->id, &all, &n));
	for (size_t i = 0; i < n; i++) {
		bool sooner =
		    day_set(all[i].cancel_on) && day_set(on) && all[i].cancel_on.n <= on.n;
		bool other = !day_set(on) && !str_eq(all[i].cancel_reason, reason);
		if (!sooner && !other)
			TRY(service_store_set_cancel(cx, all[i].id, on, day_set(on) ? reason : ""));
	}
	return OK;
}

enum err service_is_dated(struct cx *cx, const struct service *s, bool *ret)
{
	struct plan plan;
	*ret = s->parent_id != 0 && day_set(s->billed_until);
	if (!*ret)
		return OK;
	TRY(plan_get(cx, s->plan_id, &plan));
	*ret = str_eq(plan.addon_dates, "parent");
	return OK;
}

enum err service_addons_dated(struct cx *cx, const struct service *parent, struct service **ret,
    size_t *ret_n)
{
	struct service *all;
	size_t n;
	*ret_n = 0;
	TRY(service_store_addons(cx, parent->id, &all, &n));
	for (size_t i = 0; i < n; i++) {
		bool dated;
		TRY(service_is_dated(cx, &all[i], &dated));
		if (dated)
			all[(*ret_n)++] = all[i];
	}
	*ret = all;
	return OK;
}
