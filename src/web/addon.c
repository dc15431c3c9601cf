/* SPDX-License-Identifier: Apache-2.0 */
/* The add-ons of a service, and those that are offered for it; for clients and staff alike. */
#include "web/addon.h"

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "fmt/form.h"

/* In the cycle of the service where the add-on has its dates, else the first that it is sold in. */
static bool offer_price(const json_t *plan, const struct service *s, json_t **ret)
{
	bool follows = str_eq(json_string_value(json_object_get(plan, "addon_dates")), "parent");
	json_t *price;
	size_t i;
	json_array_foreach(json_object_get(plan, "prices"), i, price) {
		const char *cycle = json_string_value(json_object_get(price, "cycle"));
		if (follows && !str_eq(cycle, "once") && !str_eq(cycle, s->cycle))
			continue;
		*ret = price;
		return true;
	}
	return false;
}

static enum err put_offers(struct cx *cx, struct page *p, const struct service *s)
{
	struct plan *plans;
	size_t n;
	json_t *list = json_keep(cx, json_array());
	bool may = s->state == SERVICE_ACTIVE && s->parent_id == 0 && day_set(s->paid_until) &&
	    !day_set(s->cancel_on);
	TRY(plan_addons(cx, s->plan_id, &plans, &n));
	for (size_t i = 0; may && i < n; i++) {
		json_t *view, *price;
		TRY(plan_shop_view(cx, &plans[i], &(struct price_buyer){s->currency, s->client_id},
		    &view));
		if (plans[i].hidden || !offer_price(view, s, &price))
			continue;
		json_array_append_new(list,
		    json_pack("{s:s s:s s:s s:O s:s s:O}", "key", plans[i].key, "name",
		        plans[i].name, "description", plans[i].description, "cycle",
		        json_object_get(price, "cycle"), "currency", s->currency, "price_minor",
		        json_object_get(price, "price_minor")));
	}
	page_put(p, "offers", list);
	return OK;
}

enum err web_addons_put(struct cx *cx, struct page *p, const struct service *s)
{
	const struct service_filter f = {.parent_id = s->id,
	    .client_id = s->client_id,
	    .limit = 50};
	struct service parent;
	json_t *rows;
	TRY(service_list(cx, &f, &rows));
	page_put(p, "addons", rows);
	page_set(p, "parent", NULL);
	if (s->parent_id != 0) {
		TRY(service_get(cx, s->client_id, s->parent_id, &parent));
		page_set(p, "parent",
		    json_pack("{s:I s:s s:s}", "id", (json_int_t)parent.id, "name",
		        str_empty(parent.domain) ? parent.plan_name : parent.domain, "plan_name",
		        parent.plan_name));
	}
	TRY(put_offers(cx, p, s));
	page_set(p, "has_family",
	    json_boolean(s->parent_id != 0 || json_array_size(rows) > 0 ||
	        json_array_size(json_object_get(p->out, "offers")) > 0));
	return OK;
}
