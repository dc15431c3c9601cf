/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkout on one page: who you are, how you pay, the terms, what it costs; then the way to the
 * payment page and the thank-you page that follows the set-up. Orders are made by core/order.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/money.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/invoice/invoice.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/pay.h"
#include "web/public/auth.h"
#include "web/public/cart.h"

static bool has_terms(const struct page *p)
{
	return !str_empty(p->settings.company_terms);
}

/* Which text was accepted: the first of its hash, kept with the order. */
static const char *terms_version(struct cx *cx, const struct page *p)
{
	char hex[CRYPTO_SHA256_HEX];
	if (!has_terms(p))
		return "";
	crypto_sha256(p->settings.company_terms, strlen(p->settings.company_terms), hex);
	return arena_printf(cx->arena, "sha256:%.16s", hex);
}

enum err shop_checkout(struct cx *cx, struct page *p)
{
	struct order_input in = cart_read(cx, p);
	if (in.items.n == 0 && !p->faulty)
		return page_go(cx, p, "/cart");
	page_title(cx, p, "Checkout");
	TRY(cart_show(cx, p, &in));
	TRY(pay_ways(cx, p));
	json_t *values = json_pack("{s:s, s:s}", "country", p->settings.company_country, "currency",
	    p->settings.company_currency);
	page_form(cx, p, "form", &client_fields, values);
	page_form_need(p, "form", "password");
	json_decref(values);
	page_put(p, "client", p->client_id != 0 ? client_view(cx, &p->session.client) : NULL);
	page_set(p, "needs_terms", json_boolean(has_terms(p)));
	page_set(p, "signup_open", json_boolean(p->settings.signup_open));
	page_set(p, "gateway", json_string(p->faulty ? str_or(page_body(p, "gateway"), "") : ""));
	p->leaves = true;
	return OK;
}

/* A new account for a visitor, signed in; false in *ret_ready when staff must look at it first. */
static enum err account(struct cx *cx, struct page *p, bool *ret_ready)
{
	struct client c;
	int64_t id;
	*ret_ready = true;
	if (p->client_id != 0)
		return OK;
	if (!p->settings.signup_open)
		return fail(cx, ERR_CONFLICT, "client.signup_closed",
		    "Please sign in: new accounts cannot be created at the moment.");
	/* The cart is priced in this currency. */
	json_object_set_new(p->body, "currency", json_string(cart_currency(p)));
	TRY(auth_create(cx, p, &id));
	TRY(client_get(cx, id, &c));
	*ret_ready = c.state == CLIENT_ACTIVE;
	return *ret_ready ? page_sign_in(cx, p, SESSION_CLIENT, id) : OK;
}

static enum err check(struct cx *cx, struct page *p, const struct order_input *in)
{
	struct order_quote q;
	if (in->items.n == 0)
		return fail(cx, ERR_CONFLICT, "cart.empty", "Your cart is empty.");
	if (has_terms(p) && !page_body_bool(p, "terms"))
		return fail_field(cx, "terms", "field.required",
		    "Please accept the terms to order.");
	/* Before an account is made for an order that cannot be. */
	TRY(order_quote(cx, cart_client(cx, p), in, &q));
	/*
	 * Nobody pays another sum than the one he saw: the country just typed may have other
	 * taxes.
	 */
	if (page_body(p, "shown_minor") != NULL &&
	    page_body_int(p, "shown_minor") != q.invoice.total_minor)
		return fail(cx, ERR_CONFLICT, "cart.changed",
		    "The total is now %s. Please check it and order again.",
		    money_print(cx->arena, money_of(q.invoice.total_minor, q.currency)));
	return OK;
}

/* Places the order, once: a suspended request finds its id in the memo. */
static enum err place(struct cx *cx, struct page *p, bool *ret_ready)
{
	struct order_input in = cart_read(cx, p);
	*ret_ready = true;
	if (p->memo != 0)
		return OK;
	TRY(check(cx, p, &in));
	TRY(account(cx, p, ret_ready));
	if (!*ret_ready)
		return OK;
	in.client_id = p->client_id;
	in.gateway = str_or(page_body(p, "gateway"), "");
	TRY(order_create(cx, &in, terms_version(cx, p), &p->memo));
	return session_set_cart(cx, p->session.id, "");
}

enum err shop_place(struct cx *cx, struct page *p)
{
	struct order o;
	struct invoice i;
	const char *url = NULL, *gateway = page_body(p, "gateway");
	bool ready;
	TRY(place(cx, p, &ready));
	if (!ready) {
		page_flash(cx, p, "info",
		    "Thank you. We look at new accounts ourselves; you "
		    "can order as soon as we have written to you.");
		return page_go(cx, p, "/login");
	}
	TRY(order_get(cx, p->client_id, p->memo, &o));
	page_set(p, "id", json_integer(o.id));
	if (o.invoice_id == 0 || gateway == NULL)
		return page_go(cx, p, "/thanks/%lld", (long long)o.id);
	TRY(invoice_get(cx, p->client_id, o.invoice_id, &i));
	if (i.balance_minor <= 0)
		return page_go(cx, p, "/thanks/%lld", (long long)o.id);
	const struct pay_start s = {&i, gateway,
	    page_url(cx, p,
	        arena_printf(cx->arena, "/client/invoices/%lld/return", (long long)i.id))};
	enum err err = pay_start(cx, p, &s, &url);
	/* The order stands: whatever is wrong with the payment page is told beside its invoice. */
	if (err == ERR_REMOTE || (err == ERR_RETRY && !str_eq(cx->fault.key, "web.later")) ||
	    err == ERR_INVALID) {
		page_flash(cx, p, "warning", "%s",
		    err == ERR_INVALID ? "Please choose a way to pay." : cx->fault.detail);
		cx_clear(cx);
	} else {
		TRY(err);
	}
	if (url != NULL)
		return page_go_away(cx, p, url);
	return page_go(cx, p, "/client/invoices/%lld", (long long)i.id);
}

/* ---- afterwards ---- */

static enum err services_of(struct cx *cx, const struct page *p, const struct order *o,
    json_t **ret)
{
	const struct service_filter f = {.client_id = p->client_id, .order_id = o->id, .limit = 50};
	return service_list(cx, &f, ret);
}

/* Still something to wait for: the page asks again by itself. */
static bool is_moving(const json_t *services)
{
	const json_t *s;
	size_t i;
	json_array_foreach(services, i, s) {
		const char *state = str_or(json_string_value(json_object_get(s, "state")), "");
		if (strcmp(state, "pending") == 0 || strcmp(state, "provisioning") == 0)
			return true;
	}
	return false;
}

/* The order is noted as done a moment after its last service is active. */
static bool all_active(const json_t *services)
{
	const json_t *s;
	size_t i;
	json_array_foreach(services, i, s)
		if (!str_eq(json_string_value(json_object_get(s, "state")), "active"))
			return false;
	return json_array_size(services) > 0;
}

enum err shop_thanks(struct cx *cx, struct page *p)
{
	struct order o;
	struct invoice i;
	json_t *order, *services, *invoice = NULL;
	TRY(order_get(cx, p->client_id, p->id, &o));
	TRY(order_view(cx, &o, &order));
	TRY(services_of(cx, p, &o, &services));
	if (o.invoice_id != 0) {
		TRY(invoice_get(cx, p->client_id, o.invoice_id, &i));
		TRY(invoice_view(cx, &i, &invoice));
	}
	bool unpaid = invoice != NULL && i.balance_minor > 0;
	bool moving = is_moving(services) && !unpaid && o.state != ORDER_REVIEW &&
	    o.state != ORDER_REFUSED && o.state != ORDER_CANCELLED;
	page_put(p, "order", order);
	page_put(p, "services", services);
	page_put(p, "invoice", invoice);
	page_set(p, "unpaid", json_boolean(unpaid));
	page_set(p, "review", json_boolean(o.state == ORDER_REVIEW));
	page_set(p, "moving", json_boolean(moving));
	page_set(p, "ready",
	    json_boolean(!moving && !unpaid && (o.state == ORDER_DONE || all_active(services))));
	page_title(cx, p, "Thank you for your order");
	return OK;
}
