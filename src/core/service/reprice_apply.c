/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new price takes effect with the period it is billed for, falls away when the service becomes
 * another one, and waits again when that period is taken back. All in the transactions of others.
 */
#include "core/event/event.h"
#include "core/service/own.h"
#include "core/service/reprice_own.h"
#include "fmt/form.h"

enum err reprice_applied(struct cx *cx, const struct service_billed *b, size_t n)
{
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, n);
	struct event *events = ARENA_ARRAY(cx->arena, struct event, n);
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		if (!b[i].repriced)
			continue;
		json_t *data = json_keep(cx,
		    json_pack("{s:{s:[I,I]} s:s}", "changed", "price_minor", b[i].old_minor,
		        b[i].price_minor, "reason", "The new price that was announced"));
		ids[k] = b[i].waiting_id;
		events[k++] = (struct event){"service", b[i].id, "price", b[i].client_id, data};
	}
	if (k == 0)
		return OK;
	TRY(reprice_store_apply(cx, ids, k));
	return event_add_many(cx, events, k);
}

enum err reprice_drop(struct cx *cx, const struct service *s, const char *why)
{
	if (s->reprice_item_id == 0)
		return OK;
	TRY(reprice_store_move(cx, s->reprice_item_id, "waiting", "skipped", why));
	TRY(reprice_store_mark(cx, s->id, NULL));
	json_t *data = json_keep(cx, json_pack("{s:s}", "reason", why));
	return event_add(cx, &(struct event){"service", s->id, "reprice_skip", s->client_id, data},
	    NULL);
}

enum err reprice_undo(struct cx *cx, const struct service *s, struct day billed)
{
	struct reprice_item t;
	enum err err = reprice_store_applied_of(cx, s->id, &t);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	/* Another price, or another waiting one, has come since: it stays. */
	bool stands = s->reprice_item_id == 0 && s->price_minor == t.new_minor &&
	    s->price_id == t.new_price_id && billed.n <= t.apply_on.n;
	if (!stands)
		return OK;
	TRY(reprice_store_move(cx, t.id, "applied", "waiting", ""));
	TRY(reprice_store_price(cx, s->id, t.old_minor, t.old_price_id));
	TRY(reprice_store_mark(cx, s->id, &t));
	json_t *data = json_keep(cx,
	    json_pack("{s:{s:[I,I]} s:s}", "changed", "price_minor", t.new_minor, t.old_minor,
	        "reason", "The period with the new price was taken back"));
	return event_add(cx, &(struct event){"service", s->id, "price", s->client_id, data}, NULL);
}
