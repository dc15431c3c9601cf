/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of re-pricing: preview, doing it, cancelling it, and how it stands. Who gets what is
 * reprice_rules.c; taking effect is reprice_apply.c.
 */
#include "core/service/reprice.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/row.h"
#include "core/service/own.h"
#include "core/service/reprice_own.h"
#include "core/view.h"
#include "fmt/form.h"

/* ---- over all services, slice by slice, in constant memory ---- */

struct walking {
	const struct reprice_wish *w;
	int64_t services, left_out, before_minor, after_minor;
	/* preview: rows after a service, up to a limit */
	json_t *rows;
	int64_t after, limit, next;
	/* commit */
	int64_t reprice_id;
	struct reprice_item *items; /* of the slice */
	size_t items_n;
};

static int64_t monthly(const struct service *s, int64_t price_minor)
{
	struct cycle cycle;
	return cycle_parse(s->cycle, &cycle) ? cycle_monthly(price_minor * s->quantity, cycle) : 0;
}

static void show(struct walking *k, const struct service *s, const struct reprice_result *x)
{
	if (k->rows == NULL || s->id <= k->after || k->next != 0)
		return;
	if ((int64_t)json_array_size(k->rows) == k->limit) {
		k->next = json_integer_value(
		    json_object_get(json_array_get(k->rows, (size_t)k->limit - 1), "id"));
		return;
	}
	json_t *row =
	    json_pack("{s:I s:I s:s s:o s:s s:s s:I s:I}", "id", s->id, "client_id", s->client_id,
	        "plan_name", s->plan_name, "domain", json_text(s->domain), "cycle", s->cycle,
	        "currency", s->currency, "quantity", s->quantity, "old_minor", s->price_minor);
	json_object_set_new(row, "new_minor",
	    x->new_minor < 0 ? json_null() : json_integer(x->new_minor));
	json_object_set_new(row, "apply_on", json_day(x->apply_on));
	json_object_set_new(row, "why", json_text(x->why));
	json_array_append_new(k->rows, row);
}

static enum err keep(struct cx *cx, struct walking *k, const struct service *s,
    struct reprice_result *x)
{
	const struct price_input in = {s->cycle, s->currency, x->new_minor, 0, 0};
	if (x->new_price_id == 0)
		TRY(price_version(cx, s->plan_id, &in, &x->new_price_id));
	k->items[k->items_n++] = (struct reprice_item){.reprice_id = k->reprice_id,
	    .service_id = s->id,
	    .client_id = s->client_id,
	    .old_minor = s->price_minor,
	    .old_price_id = s->price_id,
	    .new_minor = x->new_minor,
	    .new_price_id = x->new_price_id,
	    .apply_on = x->apply_on,
	    .effective_on = k->w->in->effective_on};
	return OK;
}

static enum err slice(struct cx *cx, struct walking *k, const struct reprice_row *rows, size_t n)
{
	k->items_n = 0;
	k->items = k->reprice_id == 0 ? NULL : ARENA_ARRAY(cx->arena, struct reprice_item, n);
	for (size_t i = 0; i < n; i++) {
		struct reprice_result x;
		const struct service *s = &rows[i].s;
		if (!reprice_judge(k->w, &rows[i], &x))
			continue;
		show(k, s, &x);
		if (x.why != NULL) {
			k->left_out++;
			continue;
		}
		k->services++;
		k->before_minor += monthly(s, s->price_minor);
		k->after_minor += monthly(s, x.new_minor);
		if (k->reprice_id != 0)
			TRY(keep(cx, k, s, &x));
	}
	return k->items_n == 0 ? OK : reprice_store_add(cx, k->items, k->items_n);
}

static enum err walk(struct cx *cx, struct walking *k)
{
	struct reprice_page page = {.currency = k->w->in->currency,
	    .plan_min = INT64_MAX,
	    .limit = LIMIT_SLICE_SERVICES};
	for (size_t i = 0; i < k->w->plans_n; i++) {
		int64_t id = k->w->plans[i];
		page.plan_min = id < page.plan_min ? id : page.plan_min;
		page.plan_max = id > page.plan_max ? id : page.plan_max;
	}
	for (size_t n = 1; n > 0;) {
		struct reprice_row *rows;
		struct arena_mark mark = arena_mark(cx->arena);
		TRY(reprice_store_rows(cx, &page, &rows, &n));
		TRY(slice(cx, k, rows, n));
		if (n > 0)
			page.after = rows[n - 1].s.id;
		arena_rewind(cx->arena, mark);
	}
	return OK;
}

enum err reprice_preview(struct cx *cx, const struct reprice_input *in, int64_t after,
    int64_t limit, json_t **ret)
{
	struct reprice_wish w;
	struct settings settings;
	json_t *rows = json_array();
	json_t *out = json_keep(cx, json_pack("{s:o}", "data", rows));
	TRY(reprice_wish_read(cx, in, &w));
	TRY(setting_load(cx, &settings));
	struct walking k = {.w = &w, .rows = rows, .after = after, .limit = limit};
	TRY(walk(cx, &k));
	json_object_set_new(out, "currency", json_string(in->currency));
	json_object_set_new(out, "effective_on", json_day(in->effective_on));
	json_object_set_new(out, "notice_days", json_integer(settings.billing_price_notice_days));
	json_object_set_new(out, "services", json_integer(k.services));
	json_object_set_new(out, "left_out", json_integer(k.left_out));
	json_object_set_new(out, "before_minor", json_integer(k.before_minor));
	json_object_set_new(out, "after_minor", json_integer(k.after_minor));
	json_object_set_new(out, "next", json_id(k.next));
	*ret = out;
	return OK;
}

/* ---- doing it ---- */

struct creating {
	const struct reprice_input *in;
	const char *cause;
	int64_t id;
};

static const char *input_text(struct cx *cx, const struct reprice_input *in)
{
	json_t *o = json_keep(cx,
	    json_pack("{s:s s:s s:s s:s s:s s:s s:I s:s s:I}", "plans", in->plans, "cycles",
	        in->cycles, "currency", in->currency, "versions", in->versions, "amounts",
	        in->amounts, "how", in->how, "change_ppm", in->change_ppm, "round", in->round,
	        "price_minor", in->price_minor));
	json_object_update_new(o,
	    json_pack("{s:b s:b s:b s:s}", "overridden", in->overridden, "discounted",
	        in->discounted, "invoiced", in->invoiced, "short_reason",
	        str_or(in->short_reason, "")));
	return view_print(cx, o);
}

static enum err create_body(struct cx *cx, void *arg)
{
	struct creating *c = arg;
	const struct reprice_input *in = c->in;
	struct reprice_wish w;
	struct reprice row = {.cause = c->cause,
	    .currency = in->currency,
	    .effective_on = in->effective_on,
	    .input = input_text(cx, in),
	    .reason = str_or(in->reason, "")};
	TRY(reprice_store_find(cx, c->cause, &c->id));
	if (c->id != 0)
		return OK;
	TRY(reprice_wish_read(cx, in, &w));
	TRY(reprice_store_insert(cx, &row, &c->id));
	struct walking k = {.w = &w, .reprice_id = c->id};
	TRY(walk(cx, &k));
	if (k.services == 0)
		return fail(cx, ERR_INVALID, "reprice.empty",
		    "No service gets another price this way");
	if (in->has_expect &&
	    (in->expect_services != k.services || in->expect_minor != k.after_minor))
		return fail(cx, ERR_CONFLICT, "reprice.preview",
		    "Services have changed since the preview; please look at it again");
	TRY(reprice_store_sums(cx, c->id, k.before_minor, k.after_minor));
	json_t *data = json_keep(cx,
	    json_pack("{s:I s:I s:I s:s s:s s:s}", "services", k.services, "before_minor",
	        k.before_minor, "after_minor", k.after_minor, "currency", in->currency,
	        "effective_on", day_print(cx->arena, in->effective_on), "reason",
	        str_or(in->short_reason, "")));
	return event_add(cx, &(struct event){"reprice", c->id, "create", 0, data}, NULL);
}

enum err reprice_create(struct cx *cx, const struct reprice_input *in, int64_t *ret_id)
{
	struct creating c = {.in = in,
	    .cause = str_empty(in->cause) ? crypto_token(cx->arena, 18) : in->cause};
	TRY(db_tx(cx, create_body, &c));
	*ret_id = c.id;
	return OK;
}

struct cancelling {
	int64_t id;
	const char *reason;
};

static enum err cancel_body(struct cx *cx, void *arg)
{
	const struct cancelling *c = arg;
	struct reprice r;
	int64_t n;
	TRY(reprice_store_get(cx, c->id, &r));
	TRY(reprice_store_cancel(cx, c->id, c->reason, &n));
	if (n == 0)
		return fail(cx, ERR_CONFLICT, "reprice.over", "No service waits for this price");
	json_t *data = json_keep(cx, json_pack("{s:I s:s}", "services", n, "reason", c->reason));
	return event_add(cx, &(struct event){"reprice", c->id, "cancel", 0, data}, NULL);
}

enum err reprice_cancel(struct cx *cx, int64_t id, const char *reason)
{
	return db_tx(cx, cancel_body, &(struct cancelling){id, str_or(reason, "")});
}

static enum err cancel_one_body(struct cx *cx, void *arg)
{
	const struct cancelling *c = arg;
	struct service s;
	TRY(service_store_get(cx, 0, c->id, &s));
	if (s.reprice_item_id == 0)
		return fail(cx, ERR_NOT_FOUND, "reprice.none", "No new price waits for it");
	TRY(reprice_store_move(cx, s.reprice_item_id, "waiting", "cancelled", c->reason));
	TRY(reprice_store_mark(cx, s.id, NULL));
	json_t *data = json_keep(cx, json_pack("{s:s}", "reason", c->reason));
	return event_add(cx, &(struct event){"service", s.id, "reprice_cancel", s.client_id, data},
	    NULL);
}

enum err reprice_cancel_service(struct cx *cx, int64_t service_id, const char *reason)
{
	return db_tx(cx, cancel_one_body, &(struct cancelling){service_id, str_or(reason, "")});
}

/* ---- how it stands ---- */

static enum err tree(struct cx *cx, const struct reprice *r, json_t **ret)
{
	struct reprice_counts n;
	TRY(reprice_store_counts(cx, r->id, &n));
	json_t *o = json_pack("{s:I s:s s:s s:s s:I s:I s:o s:o s:o s:o}", "id", r->id, "state",
	    str_eq(r->state, "cancelled") ? "cancelled" :
	        n.waiting > 0             ? "waiting" :
	                                    "done",
	    "currency", r->currency, "reason", r->reason, "before_minor", r->before_minor,
	    "after_minor", r->after_minor, "effective_on", json_day(r->effective_on), "created_at",
	    json_instant(r->created_at), "ended_at", json_instant(r->ended_at), "input",
	    view_parse(r->input));
	json_object_update_new(o,
	    json_pack("{s:I s:I s:I s:I s:I s:I}", "waiting", n.waiting, "applied", n.applied,
	        "skipped", n.skipped, "cancelled", n.cancelled, "clients", n.clients, "services",
	        n.waiting + n.applied + n.skipped + n.cancelled));
	*ret = json_keep(cx, o);
	return OK;
}

enum err reprice_view(struct cx *cx, int64_t id, json_t **ret)
{
	struct reprice r;
	TRY(reprice_store_get(cx, id, &r));
	return tree(cx, &r, ret);
}

enum err reprice_list(struct cx *cx, int64_t before, int64_t limit, json_t **ret)
{
	struct reprice *rows;
	size_t n;
	json_t *list = json_keep(cx, json_array()), *one;
	TRY(reprice_store_page(cx, before, view_limit(limit), &rows, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(tree(cx, &rows[i], &one));
		json_array_append(list, one);
	}
	*ret = list;
	return OK;
}

enum err reprice_items(struct cx *cx, const struct reprice_filter *f, json_t **ret)
{
	struct reprice_item *rows;
	size_t n;
	json_t *list = json_keep(cx, json_array());
	TRY(reprice_store_items(cx, f, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		const struct reprice_item *t = &rows[i];
		json_t *o = json_pack("{s:I s:s s:I s:I s:s s:o s:s s:s s:I s:I s:I s:o s:s}", "id",
		    t->id, "state", t->state, "service_id", t->service_id, "client_id",
		    t->client_id, "plan_name", t->plan_name, "domain", json_text(t->domain),
		    "cycle", t->cycle, "currency", t->currency, "quantity", t->quantity,
		    "old_minor", t->old_minor, "new_minor", t->new_minor, "apply_on",
		    json_day(t->apply_on), "detail", t->detail);
		json_array_append_new(list, o);
	}
	*ret = list;
	return OK;
}
