/* SPDX-License-Identifier: Apache-2.0 */
/* Services as trees: the one shape for page, API and letter. The sealed secret never leaves. */
#include "base/str.h"
#include "core/row.h"
#include "core/service/own.h"
#include "fmt/form.h"

/* What a re-pricing brings, and from which period on. */
static json_t *next_price(const struct service *s)
{
	if (!day_set(s->next_price_on))
		return json_null();
	return json_pack("{s:I s:o s:s}", "price_minor", (json_int_t)s->next_price_minor,
	    "starts_on", json_day(s->next_price_on), "currency", s->currency);
}

json_t *service_row_view(const struct service *s)
{
	json_t *o = json_object();
	bool ended = s->state == SERVICE_CANCELLED || s->state == SERVICE_TERMINATED;
	json_object_set_new(o, "id", json_integer(s->id));
	json_object_set_new(o, "state", json_string(service_fsm.states[s->state]));
	json_object_set_new(o, "is_active", json_boolean(s->state == SERVICE_ACTIVE));
	json_object_set_new(o, "is_suspended", json_boolean(s->state == SERVICE_SUSPENDED));
	json_object_set_new(o, "is_pending", json_boolean(s->state == SERVICE_PENDING));
	json_object_set_new(o, "is_ended", json_boolean(ended));
	json_object_set_new(o, "client_id", json_integer(s->client_id));
	json_object_set_new(o, "order_id", json_id(s->order_id));
	json_object_set_new(o, "parent_id", json_id(s->parent_id));
	json_object_set_new(o, "bundle_id", json_id(s->bundle_id));
	json_object_set_new(o, "bundle_ppm", json_integer(s->bundle_ppm));
	json_object_set_new(o, "bundle_minor", json_integer(s->bundle_minor));
	json_object_set_new(o, "plan", json_string(s->plan_key));
	json_object_set_new(o, "plan_id", json_integer(s->plan_id));
	json_object_set_new(o, "plan_name", json_string(s->plan_name));
	json_object_set_new(o, "cycle", json_string(s->cycle));
	json_object_set_new(o, "domain", json_text(s->domain));
	json_object_set_new(o, "username", json_text(s->username));
	json_object_set_new(o, "next_due_on", ended ? json_null() : json_day(s->paid_until));
	json_object_set_new(o, "anchor_day", json_id(s->anchor_day));
	json_object_set_new(o, "price_minor", json_integer(s->price_minor));
	json_object_set_new(o, "price_id", json_id(s->price_id));
	json_object_set_new(o, "next_price", next_price(s));
	json_object_set_new(o, "currency", json_string(s->currency));
	json_object_set_new(o, "discount_ppm",
	    json_integer(s->discount_terms != 0 ? s->discount_ppm : 0));
	json_object_set_new(o, "discount_minor",
	    json_integer(s->discount_terms != 0 ? s->discount_minor : 0));
	json_object_set_new(o, "discount_terms", json_integer(s->discount_terms));
	json_object_set_new(o, "discount_stacks", json_boolean(s->discount_stacks));
	json_object_set_new(o, "quantity", json_integer(s->quantity));
	json_object_set_new(o, "started_on", json_day(s->started_on));
	json_object_set_new(o, "billed_until", json_day(s->billed_until));
	json_object_set_new(o, "paid_until", json_day(s->paid_until));
	json_object_set_new(o, "suspend_cause", json_text(s->suspend_cause));
	json_object_set_new(o, "cancel_on", json_day(s->cancel_on));
	json_object_set_new(o, "cancel_reason", json_text(s->cancel_reason));
	json_object_set_new(o, "hold_until", json_day(s->hold_until));
	json_object_set_new(o, "server_id", json_id(s->server_id));
	json_object_set_new(o, "panel", json_text(s->panel));
	json_object_set_new(o, "package", json_text(s->package));
	json_object_set_new(o, "created_at", json_instant(s->created_at));
	json_object_set_new(o, "ended_at", json_instant(s->ended_at));
	return o;
}

enum err service_view(struct cx *cx, const struct service *s, json_t **ret)
{
	struct action a;
	struct service_options options;
	struct subscription *subscriptions;
	size_t n;
	int64_t sum = s->price_minor;
	TRY(service_options_of(cx, s->id, &options));
	for (size_t i = 0; i < options.n; i++)
		sum += options.rows[i].quantity * options.rows[i].price_minor;
	enum err err = action_store_open_of(cx, s->id, &a);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	json_t *o = json_keep(cx, service_row_view(s));
	TRY(subscription_list(cx, s->id, &subscriptions, &n));
	json_object_set_new(o, "subscription",
	    n == 0 ? json_null() :
	             json_pack("{s:I s:s s:o}", "id", subscriptions[0].id, "gateway",
	                 subscriptions[0].gateway, "created_at",
	                 json_instant(subscriptions[0].created_at)));
	json_object_set_new(o, "options", service_options_view(&options));
	json_object_set_new(o, "has_options", json_boolean(options.n > 0));
	json_object_set_new(o, "term_minor", json_integer(sum * s->quantity));
	json_object_set_new(o, "action",
	    err == ERR_NOT_FOUND ?
	        json_null() :
	        json_pack("{s:I s:s s:s s:I s:s}", "id", a.id, "action", action_words[a.action],
	            "state", a.state, "tries", a.tries, "detail", a.detail));
	*ret = o;
	return OK;
}
