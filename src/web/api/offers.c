/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's coupons, and changes of services: their quote, asking for them, taking them back, a
 * price of its own. Each handler is a verb of core and its view.
 */
#include "base/str.h"
#include "core/coupon/coupon.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "web/api/api.h"
#include "web/change.h"
#include "web/handlers.h"

/* ---- coupons ---- */

enum err api_coupons(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(coupon_list(cx, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

static enum err show_coupon(struct cx *cx, struct page *p, int64_t id)
{
	struct coupon c;
	TRY(coupon_get(cx, id, &c));
	page_out(p, coupon_view(cx, &c));
	return OK;
}

enum err api_coupon_create(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(coupon_save(cx, 0, p->body, p->source, &id));
	p->status = 201;
	return show_coupon(cx, p, id);
}

enum err api_coupon_update(struct cx *cx, struct page *p)
{
	struct coupon c;
	int64_t id;
	TRY(coupon_get(cx, p->id, &c));
	TRY(coupon_save(cx, c.id, p->body, p->source, &id));
	return show_coupon(cx, p, c.id);
}

enum err api_coupon_retire(struct cx *cx, struct page *p)
{
	TRY(coupon_retire(cx, p->id, true));
	return show_coupon(cx, p, p->id);
}

/* ---- changes of services ---- */

enum err api_change_quote(struct cx *cx, struct page *p)
{
	struct service s;
	struct change_input in;
	struct change_quote q;
	TRY(service_get(cx, 0, p->id, &s));
	TRY(web_change_asked(cx, p, &in));
	TRY(service_change_quote(cx, 0, s.id, &in, &q));
	page_out(p, web_change_quote(cx, &s, &q));
	return OK;
}

enum err api_change(struct cx *cx, struct page *p)
{
	struct service s;
	struct change_input in;
	struct change_quote q;
	int64_t change_id, invoice_id;
	TRY(page_read(cx, p, &change_fields, &in));
	TRY(service_get(cx, 0, p->id, &s));
	TRY(service_change_quote(cx, 0, s.id, &in, &q));
	/* What is answered is what was done: the quote must still hold when it is written. */
	if (!in.has_expect) {
		in.has_expect = true;
		in.expect_minor = q.total_minor;
	}
	TRY(service_change(cx, 0, s.id, &in, &change_id, &invoice_id));
	page_out(p, web_change_quote(cx, &s, &q));
	page_set(p, "change_id", json_integer(change_id));
	page_set(p, "invoice_id", invoice_id != 0 ? json_integer(invoice_id) : json_null());
	p->status = 201;
	return OK;
}

static enum err show_service(struct cx *cx, struct page *p)
{
	struct service s;
	json_t *view, *open;
	TRY(service_get(cx, 0, p->id, &s));
	TRY(service_view(cx, &s, &view));
	page_out(p, view);
	return web_change_put(cx, p, &s, &open);
}

enum err api_change_cancel(struct cx *cx, struct page *p)
{
	TRY(service_change_cancel(cx, 0, p->id));
	return show_service(cx, p);
}

enum err api_service_price(struct cx *cx, struct page *p)
{
	struct api_price in;
	struct service s;
	TRY(service_get(cx, 0, p->id, &s));
	TRY(page_read(cx, p, &api_price_fields, &in));
	TRY(service_set_price(cx, s.id, in.price_minor, in.reason));
	return show_service(cx, p);
}

enum err api_service_due(struct cx *cx, struct page *p)
{
	struct due_move in;
	int64_t invoice_id;
	TRY(page_read(cx, p, &due_move_fields, &in));
	TRY(service_move_due(cx, p->id, &in, &invoice_id));
	TRY(show_service(cx, p));
	page_set(p, "invoice_id", json_integer(invoice_id));
	return OK;
}

enum err api_service_transfer(struct cx *cx, struct page *p)
{
	struct transfer_wish in;
	TRY(page_read(cx, p, &transfer_fields, &in));
	TRY(service_transfer(cx, p->id, &in));
	return show_service(cx, p);
}

enum err api_subscription_stop(struct cx *cx, struct page *p)
{
	TRY(subscription_stop(cx, 0, p->id));
	return show_service(cx, p);
}
