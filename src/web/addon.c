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

/* ---- ordered together ---- */

const json_t *web_addon_row(const json_t *asked, const char *key)
{
	json_t *row;
	size_t i;
	json_array_foreach((json_t *)(uintptr_t)asked, i, row)
		if (str_eq(json_string_value(json_object_get(row, "plan")), key))
			return row;
	return NULL;
}

static enum err addon_view(struct cx *cx, const struct page *p, const struct web_choice *c,
    const struct plan *plan, json_t **ret)
{
	struct price price;
	json_t *options;
	*ret = NULL;
	enum err err = plan->hidden && p->route->area != AREA_STAFF ?
	    ERR_NOT_FOUND :
	    price_sell(cx, &(struct price_wish){plan->id, c->cycle, c->currency, c->client_id},
	        &price);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	if (err == ERR_NOT_FOUND)
		return OK;
	struct web_choice own = *c;
	own.plan_id = plan->id;
	const json_t *row = web_addon_row(c->asked, plan->key);
	own.asked = json_object_get(row, "options");
	own.prefix = arena_printf(cx->arena, "%soptions.", c->prefix);
	TRY(web_choice_options(cx, p, &own, &options));
	*ret = json_keep(cx,
	    json_pack("{s:s s:s s:s s:s s:I s:I s:b s:s+ s:O}", "key", plan->key, "name",
	        plan->name, "description", plan->description, "currency", c->currency,
	        "price_minor", price.price_minor, "setup_minor", price.setup_minor, "chosen",
	        row != NULL, "input", c->prefix, "plan", "option_form", options));
	return OK;
}

/* A round for those that are chosen, then one for the others. */
static enum err add_round(struct cx *cx, const struct page *p, const struct web_choice *c,
    bool chosen, json_t *list)
{
	struct plan *plans;
	size_t n;
	TRY(plan_addons(cx, c->plan_id, &plans, &n));
	for (size_t i = 0; i < n; i++) {
		struct web_choice own = *c;
		json_t *view;
		if ((web_addon_row(c->asked, plans[i].key) != NULL) != chosen)
			continue;
		own.prefix = arena_printf(cx->arena, "%s%zu.", c->prefix, json_array_size(list));
		TRY(addon_view(cx, p, &own, &plans[i], &view));
		if (view == NULL)
			continue;
		json_object_set_new(view, "input_id",
		    web_input_id(cx, json_string_value(json_object_get(view, "input"))));
		json_array_append(list, view);
	}
	return OK;
}

enum err web_choice_addons(struct cx *cx, const struct page *p, const struct web_choice *c,
    json_t **ret)
{
	json_t *list = json_keep(cx, json_array());
	TRY(add_round(cx, p, c, true, list));
	TRY(add_round(cx, p, c, false, list));
	*ret = list;
	return OK;
}

void web_addons_tidy(json_t *body)
{
	json_t *addons = json_object_get(body, "addons");
	for (size_t i = json_array_size(addons); i-- > 0;)
		if (str_empty(
		        json_string_value(json_object_get(json_array_get(addons, i), "plan"))))
			json_array_remove(addons, i);
}
