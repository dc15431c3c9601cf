/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a quote comes to: the same plan that its order will be placed with (core/order/agree.c). A
 * visitor is planned for as a client without an id.
 */
#include "base/str.h"
#include "core/quote/own.h"

enum err quote_client(struct cx *cx, const struct quote *q, struct client *ret)
{
	if (q->client_id != 0)
		return client_get(cx, q->client_id, ret);
	*ret = (struct client){.email = q->email,
	    .first_name = q->name,
	    .last_name = "",
	    .company = q->company,
	    .address = q->address,
	    .city = q->city,
	    .postcode = q->postcode,
	    .region = "",
	    .country = q->country,
	    .phone = "",
	    .currency = q->currency,
	    .tax_id = "",
	    .language = "",
	    .note = "",
	    .tax_id_state = "",
	    .group = "",
	    .group_name = "",
	    .hold_until = DAY_NONE,
	    .state = CLIENT_ACTIVE};
	return OK;
}

enum err quote_agreed(struct cx *cx, const struct quote *q, struct order_agreed *ret)
{
	struct quote_item *items;
	size_t n;
	TRY(quote_store_items(cx, q->id, &items, &n));
	struct order_agreed_item *plans = ARENA_ARRAY(cx->arena, struct order_agreed_item, n);
	struct invoice_line *lines = ARENA_ARRAY(cx->arena, struct invoice_line, n);
	*ret = (struct order_agreed){.currency = q->currency,
	    .gateway = "",
	    .note = q->number == NULL ?
	        "" :
	        arena_printf(cx->arena, "According to quote %s.", q->number),
	    .discount_ppm = q->discount_ppm,
	    .discount_terms = q->discount_terms,
	    .items = plans,
	    .lines = lines,
	    .total_minor = q->total_minor};
	for (size_t i = 0; i < n; i++) {
		const struct quote_item *t = &items[i];
		if (t->plan_id != 0)
			plans[ret->items_n++] = (struct order_agreed_item){t->plan_id, t->price_id,
			    t->quantity, t->unit_minor, t->setup_minor, t->renew_minor, t->cycle,
			    t->domain, t->picks, t->picks_n};
		else
			lines[ret->lines_n++] = (struct invoice_line){"manual", 0, t->description,
			    t->tax_class, DAY_NONE, DAY_NONE, t->quantity, t->unit_minor, 0};
	}
	return OK;
}
