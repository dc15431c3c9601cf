/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The choice of another plan, cycle, quantity or options and its price, for the pages that show
 * it: the
 * client's, staff's and the API's. Nothing is computed here; a price that comes with a request is
 * never read, only compared with the quote of this moment.
 */
#include "web/change.h"

#include <string.h>

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "fmt/form.h"
#include "web/option.h"

bool web_change_may(const struct service *s, const json_t *open)
{
	return s->state == SERVICE_ACTIVE && day_set(s->billed_until) && !json_is_object(open);
}

enum err web_change_put(struct cx *cx, struct page *p, const struct service *s, json_t **ret_open)
{
	json_t *open;
	TRY(service_change_view(cx, s->id, &open));
	if (json_is_object(open)) {
		const char *state = json_string_value(json_object_get(open, "state"));
		json_object_set_new(open, "currency", json_string(s->currency));
		json_object_set_new(open, "waits", json_boolean(str_eq(state, "waiting")));
		json_object_set_new(open, "applying", json_boolean(str_eq(state, "applying")));
		json_object_set_new(open, "many",
		    json_boolean(json_integer_value(json_object_get(open, "quantity")) > 1));
	}
	page_put(p, "change", open);
	*ret_open = open;
	return OK;
}

/* ---- the choice ---- */

/* A row of the page is chosen by one word pair, "web-m 1y". */
static json_t *unpacked(struct cx *cx, const json_t *body)
{
	json_t *all = json_keep(cx, json_copy((json_t *)(uintptr_t)body));
	const char *to = json_string_value(json_object_get(all, "to"));
	const char *blank = to != NULL ? strchr(to, ' ') : NULL;
	if (blank == NULL)
		return all;
	json_object_set_new(all, "plan",
	    json_string(arena_strndup(cx->arena, to, (size_t)(blank - to))));
	json_object_set_new(all, "cycle", json_string(blank + 1));
	return all;
}

enum err web_change_asked(struct cx *cx, struct page *p, struct change_input *ret)
{
	const json_t *from = p->faulty ? p->body : p->query;
	TRY(field_read(cx, &change_fields, unpacked(cx, from), FIELD_FORM, ret));
	/* What was shown before is no part of the question. */
	ret->has_expect = false;
	return OK;
}

/* Clients choose among what the shop shows, and the cycles of what they have. */
static enum err check_offered(struct cx *cx, const struct page *p, const struct service *s,
    const struct change_input *in)
{
	struct plan plan;
	if (p->route->area != AREA_CLIENT || str_empty(in->plan))
		return OK;
	enum err err = plan_find(cx, in->plan, &plan);
	if (err == OK && (!plan.hidden || plan.id == s->plan_id))
		return OK;
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return fail_field(cx, "plan", "plan.unknown", "This plan is not on sale");
}

struct offer {
	const struct page *p;
	const struct service *s;
	const char *plan, *cycle; /* chosen */
	json_t *options;
};

static bool is_offered(const struct offer *o, const json_t *plan)
{
	bool own = json_integer_value(json_object_get(plan, "id")) == o->s->plan_id;
	bool hidden = json_is_true(json_object_get(plan, "hidden"));
	bool sold = str_eq(json_string_value(json_object_get(plan, "state")), "active");
	const char *panel = str_or(json_string_value(json_object_get(plan, "panel")), "");
	if (json_is_true(json_object_get(plan, "is_addon")) != (o->s->parent_id != 0))
		return false;
	return strcmp(panel, str_or(o->s->panel, "")) == 0 &&
	    (own || (sold && (!hidden || o->p->route->area != AREA_CLIENT)));
}

static void add_prices(struct cx *cx, const struct offer *o, json_t *plan)
{
	const char *key = json_string_value(json_object_get(plan, "key"));
	bool own = json_integer_value(json_object_get(plan, "id")) == o->s->plan_id;
	json_t *price;
	size_t n;
	json_array_foreach(json_object_get(plan, "prices"), n, price) {
		const char *cycle = json_string_value(json_object_get(price, "cycle"));
		bool current = own && str_eq(cycle, o->s->cycle);
		if (str_eq(cycle, "once"))
			continue;
		/* The service keeps the price it was sold at. */
		int64_t minor = current ? o->s->price_minor :
		                          json_integer_value(json_object_get(price, "price_minor"));
		json_array_append_new(o->options,
		    json_pack("{s:s, s:s, s:O, s:s, s:s, s:I, s:b, s:b}", "to",
		        arena_printf(cx->arena, "%s %s", key, cycle), "plan", key, "plan_name",
		        json_object_get(plan, "name"), "cycle", cycle, "currency", o->s->currency,
		        "price_minor", (json_int_t)minor, "current", (int)current, "chosen",
		        (int)(str_eq(key, o->plan) && str_eq(cycle, o->cycle))));
	}
}

static enum err put_options(struct cx *cx, struct page *p, const struct service *s,
    const struct change_input *in)
{
	json_t *catalog, *group, *plan;
	size_t g, n;
	TRY(catalog_view(cx,
	    &(struct plan_filter){.currency = s->currency, .client_id = s->client_id}, &catalog));
	struct offer o = {p, s, str_or(in->plan, s->plan_key), str_or(in->cycle, s->cycle),
	    json_keep(cx, json_array())};
	json_array_foreach(json_object_get(catalog, "groups"), g, group)
		json_array_foreach(json_object_get(group, "plans"), n, plan)
			if (is_offered(&o, plan))
				add_prices(cx, &o, plan);
	page_put(p, "options", o.options);
	return OK;
}

/* ---- what it costs ---- */

static json_t *day_tree(struct cx *cx, struct day d)
{
	return day_set(d) ? json_string(day_print(cx->arena, d)) : json_null();
}

json_t *web_change_quote(struct cx *cx, const struct service *s, const struct change_quote *q)
{
	json_t *view = service_change_quote_view(cx, s, q);
	int64_t due = q->charge_minor - q->credit_minor;
	json_object_set_new(view, "due_minor", json_integer(due < 0 ? -due : due));
	/* Zero with prices that include the tax. */
	int64_t added = q->total_minor - due;
	json_object_set_new(view, "added_tax_minor", json_integer(added < 0 ? -added : added));
	json_object_set_new(view, "back_minor",
	    json_integer(q->total_minor < 0 ? -q->total_minor : 0));
	json_object_set_new(view, "from", day_tree(cx, q->from));
	json_object_set_new(view, "to", day_tree(cx, q->to));
	return view;
}

/* The quote of what is asked for, or the sentence why there is none. */
static enum err put_quote(struct cx *cx, struct page *p, const struct service *s,
    const struct change_input *in)
{
	struct change_quote q;
	enum err err = check_offered(cx, p, s, in);
	if (err == OK)
		err = service_change_quote(cx, s->client_id, s->id, in, &q);
	if (err == ERR_INTERNAL || err == ERR_RETRY)
		return err;
	if (err == OK) {
		json_t *view = web_change_quote(cx, s, &q);
		json_object_set_new(view, "when", json_string(q.at_end ? "end" : "now"));
		json_object_set_new(view, "many", json_boolean(q.quantity > 1));
		json_object_set_new(view, "has_options", json_boolean(q.options_n > 0));
		page_put(p, "quote", view);
	} else {
		const struct field_fault *f = cx->fault.fields;
		page_set(p, "refused", json_string(f != NULL ? f->text : cx->fault.detail));
	}
	cx_clear(cx);
	return OK;
}

/* The options of the plan and cycle that are chosen; what does not fit there is forgotten. */
static enum err put_option_form(struct cx *cx, struct page *p, const struct service *s,
    struct change_input *in)
{
	struct plan plan = {.id = s->plan_id};
	struct change_quote q = {.cycle = str_or(in->cycle, s->cycle)};
	struct option_wish w;
	if (str_empty(q.cycle))
		q.cycle = s->cycle;
	enum err err = str_empty(in->plan) ? OK : plan_find(cx, in->plan, &plan);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	q.plan_id = err == OK ? plan.id : s->plan_id;
	q.new_cycle = !str_eq(q.cycle, s->cycle);
	TRY(service_options_wish(cx, s, &q, &in->options, &w));
	in->options = option_fit(cx->arena, &w);
	web_options_put(cx, p, &w);
	json_t *given = json_array();
	for (size_t i = 0; i < in->options.n; i++)
		json_array_append_new(given,
		    json_pack("{s:s s:s}", "key", in->options.rows[i].name, "value",
		        in->options.rows[i].value));
	page_set(p, "given", given);
	return OK;
}

enum err web_change_show(struct cx *cx, struct page *p, const struct service *s)
{
	struct change_input in = {.plan = "", .cycle = "", .when = "now"};
	json_t *open;
	TRY(web_change_put(cx, p, s, &open));
	bool may = web_change_may(s, open), asked = false;
	page_set(p, "may_change", json_boolean(may));
	page_set(p, "quote", NULL);
	page_set(p, "refused", NULL);
	enum err err = web_change_asked(cx, p, &in);
	if (err == ERR_INVALID) {
		const struct field_fault *f = cx->fault.fields;
		page_set(p, "refused", json_string(f != NULL ? f->text : cx->fault.detail));
		cx_clear(cx);
		in = (struct change_input){.plan = "", .cycle = "", .when = "now"};
	} else {
		TRY(err);
		TRY(put_option_form(cx, p, s, &in));
		asked = !str_empty(in.plan) || !str_empty(in.cycle) || in.quantity != 0 ||
		    in.options.n > 0;
	}
	if (may && asked)
		TRY(put_quote(cx, p, s, &in));
	else if (!asked)
		TRY(put_option_form(cx, p, s, &in));
	page_set(p, "many_possible", json_boolean(str_empty(s->domain)));
	page_set(p, "quantity", json_integer(in.quantity != 0 ? in.quantity : s->quantity));
	page_set(p, "at_end", json_boolean(str_eq(in.when, "end")));
	return put_options(cx, p, s, &in);
}

enum err web_change_do(struct cx *cx, struct page *p, const struct service *s,
    int64_t *ret_invoice_id)
{
	struct change_input in;
	int64_t change_id, invoice_id;
	const json_t *body = p->source == FIELD_FORM ? unpacked(cx, p->body) : p->body;
	TRY(field_read(cx, &change_fields, body, p->source, &in));
	if (!in.has_expect)
		return fail(cx, ERR_CONFLICT, "change.unseen",
		    "Please look at what the change costs, then confirm it.");
	TRY(check_offered(cx, p, s, &in));
	TRY(service_change(cx, s->client_id, s->id, &in, &change_id, &invoice_id));
	page_set(p, "change_id", json_integer(change_id));
	page_set(p, "invoice_id", invoice_id != 0 ? json_integer(invoice_id) : json_null());
	if (invoice_id != 0)
		page_flash(cx, p, "success",
		    "The change is noted. It takes effect when its invoice is paid.");
	else if (str_eq(in.when, "end"))
		page_flash(cx, p, "success", "The service changes at the end of its paid term.");
	else
		page_flash(cx, p, "success", "The service is being changed.");
	*ret_invoice_id = invoice_id;
	return OK;
}
