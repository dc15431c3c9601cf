/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paying an invoice: used by the client area, the signed link, the checkout and the API alike. The
 * attempt row is the key at the provider, so that asking twice never charges twice. Whether money
 * came in is decided by core/payment.
 */
#include "web/pay.h"

#include <string.h>

#include "base/str.h"
#include "core/payment/payment.h"
#include "core/view.h"
#include "fmt/form.h"
#include "link/link.h"

/* ---- ways ---- */

/* A bank's settings hold no secret: they are what the payer needs. */
static json_t *bank_tree(const char *settings)
{
	static const char *const names[] = {"account_holder", "iban", "bic", "instructions"};
	json_t *stored = view_parse(settings), *tree = json_object();
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_set_new(tree, names[i],
		    json_string(str_or(json_string_value(json_object_get(stored, names[i])), "")));
	json_decref(stored);
	return tree;
}

enum err pay_ways(struct cx *cx, struct page *p)
{
	json_t *rows, *row, *list = json_keep(cx, json_array());
	size_t n;
	TRY(gateway_list(cx, true, &rows));
	json_array_foreach(rows, n, row) {
		struct gateway g;
		TRY(gateway_get(cx, json_string_value(json_object_get(row, "key")), &g));
		const struct gateway_provider *provider = link_gateway(g.provider);
		if (provider == NULL)
			continue;
		bool redirect = (provider->abilities & GATEWAY_REDIRECT) != 0;
		bool manual = (provider->abilities & GATEWAY_MANUAL) != 0;
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:b, s:o, s:b, s:b}", "key", g.key, "name", g.name,
		        "redirect", (int)redirect, "bank",
		        manual ? bank_tree(g.settings) : json_null(), "first",
		        (int)(json_array_size(list) == 0), "subscribes",
		        (int)((provider->abilities & GATEWAY_SUBSCRIBE) != 0)));
	}
	page_put(p, "gateways", list);
	return OK;
}

/* ---- the way out ---- */

static enum err checkout_answer(struct cx *cx, const struct attempt *at, const struct answer *a,
    const char **ret_url)
{
	const char *url = json_string_value(json_object_get(a->data, "url"));
	const char *remote_id = json_string_value(json_object_get(a->data, "remote_id"));
	if (a->outcome == OUTCOME_DECLINED)
		return fail(cx, ERR_REMOTE, "payment.declined",
		    "The payment provider refused to start this "
		    "payment. Please choose another way to pay.");
	if (a->outcome != OUTCOME_DONE && a->outcome != OUTCOME_PENDING)
		return fail(cx, ERR_RETRY, "payment.unreachable",
		    "The payment provider cannot be reached now. Nothing "
		    "was charged. Please try again in a moment.");
	if (str_empty(url) || str_empty(remote_id))
		return fail(cx, ERR_REMOTE, "payment.answer",
		    "The payment provider gave no page to pay on.");
	TRY(attempt_started(cx, at->id, remote_id, url));
	*ret_url = url;
	return OK;
}

/* What the payer reads at the provider. */
static const char *reference_of(struct cx *cx, const struct pay_start *s)
{
	const char *number = str_or(s->invoice->number, "");
	return s->n > 1 ? arena_printf(cx->arena, "%s and %zu more", number, s->n - 1) : number;
}

static enum err attempt_of(struct cx *cx, const struct pay_start *s, struct attempt *ret)
{
	const struct attempt_wish many = {s->invoice->client_id, s->ids, s->n, s->gateway};
	const struct attempt_wish one = {s->invoice->client_id, &s->invoice->id, 1, s->gateway,
	    s->subscribe};
	return attempt_create_many(cx, s->n > 0 ? &many : &one, ret);
}

enum err pay_start(struct cx *cx, struct page *p, const struct pay_start *s, const char **ret_url)
{
	struct gateway g;
	struct attempt at;
	struct answer a;
	enum err err = gateway_get(cx, str_or(s->gateway, ""), &g);
	if (err == ERR_NOT_FOUND || (err == OK && !g.enabled)) {
		cx_clear(cx);
		return fail_field(cx, "gateway", "gateway.unknown", "Choose a way to pay.");
	}
	TRY(err);
	const struct gateway_provider *provider = link_gateway(g.provider);
	if (provider == NULL || (provider->abilities & GATEWAY_REDIRECT) == 0) {
		*ret_url = NULL;
		return OK;
	}
	TRY(attempt_of(cx, s, &at));
	/* Started before: the same page again. */
	if (at.state == ATTEMPT_STARTED && !str_empty(at.url)) {
		*ret_url = at.url;
		return OK;
	}
	const char *hook = page_url(cx, p, arena_printf(cx->arena, "/hooks/%s", g.key));
	json_t *request = json_keep(cx,
	    json_pack("{s:s, s:s, s:s, s:{s:s, s:I, s:s, s:s, s:s, s:s, s:b}}", "provider",
	        g.provider, "settings", g.settings, "bound",
	        arena_printf(cx->arena, "gateway:%s", g.key), "args", "key",
	        arena_printf(cx->arena, "attempt-%lld", (long long)at.id), "amount_minor",
	        (json_int_t)at.amount_minor, "currency", at.currency, "reference",
	        reference_of(cx, s), "return_url", s->return_url, "hook_url", hook, "subscribe",
	        (int)at.subscribe));
	TRY(web_link(cx, p, "gateway.checkout", request, &a));
	return checkout_answer(cx, &at, &a, ret_url);
}

/* ---- the way back ---- */

static enum err newest_attempt(struct cx *cx, int64_t invoice_id, struct attempt *ret)
{
	json_t *rows, *row;
	size_t n;
	TRY(attempt_list(cx, invoice_id, &rows));
	json_array_foreach(rows, n, row)
		if (json_is_string(json_object_get(row, "remote_id")))
			return attempt_get(cx, json_integer_value(json_object_get(row, "id")), ret);
	return fail(cx, ERR_NOT_FOUND, "attempt.none", "No payment was started for this invoice.");
}

static enum err apply(struct cx *cx, const struct attempt *at, const json_t *data,
    const char **ret_state)
{
	const char *state = str_or(json_string_value(json_object_get(data, "state")), "open");
	const struct attempt_news news = {.state = state,
	    .remote_payment = json_string_value(json_object_get(data, "remote_payment")),
	    .currency = str_or(json_string_value(json_object_get(data, "currency")), ""),
	    .reason = str_or(json_string_value(json_object_get(data, "reason")), ""),
	    .amount_minor = json_integer_value(json_object_get(data, "amount_minor")),
	    .subscription = json_string_value(json_object_get(data, "subscription"))};
	TRY(attempt_apply_news(cx, at->id, &news));
	*ret_state = state;
	return OK;
}

enum err pay_ask(struct cx *cx, struct page *p, const struct invoice *i, const char **ret_state)
{
	struct attempt at;
	struct gateway g;
	struct answer a;
	if (i->state == INVOICE_PAID) {
		*ret_state = "paid"; /* the provider's message was faster than the payer */
		return OK;
	}
	enum err err = newest_attempt(cx, i->id, &at);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		*ret_state = "open";
		return OK;
	}
	TRY(err);
	TRY(gateway_get(cx, at.gateway, &g));
	json_t *request = json_keep(cx,
	    json_pack("{s:s, s:s, s:s, s:{s:s}}", "provider", g.provider, "settings", g.settings,
	        "bound", arena_printf(cx->arena, "gateway:%s", g.key), "args", "remote_id",
	        at.remote_id));
	TRY(web_link(cx, p, "gateway.ask", request, &a));
	if (a.outcome == OUTCOME_DONE)
		return apply(cx, &at, a.data, ret_state);
	*ret_state = "unknown"; /* its message or the reconciliation will tell */
	return OK;
}

/* ---- and back again ---- */

bool pay_can_refund(struct cx *cx, const char *gateway)
{
	struct gateway g;
	enum err err = gateway_get(cx, gateway, &g);
	cx_clear(cx);
	const struct gateway_provider *provider = err == OK ? link_gateway(g.provider) : NULL;
	return provider != NULL && (provider->abilities & GATEWAY_REFUND) != 0;
}

enum err pay_refund(struct cx *cx, int64_t payment_id, const struct refund_input *in,
    int64_t *ret_id)
{
	struct payment m;
	TRY(payment_get(cx, 0, payment_id, &m));
	if (str_eq(in->way, "gateway") && !pay_can_refund(cx, m.gateway))
		return fail_field(cx, "way", "refund.way",
		    "This way to pay cannot send money back: choose credit or offline");
	return refund_request(cx, payment_id, in, ret_id);
}

void pay_say(struct cx *cx, struct page *p, const char *state)
{
	static const struct {
		const char *state, *kind, *text;
	} words[] = {{"paid", "success", "Thank you, your payment has arrived."},
	    {"pending", "info",
	        "Your payment is on its way. We will tell you when it has arrived."},
	    {"declined", "danger",
	        "The payment was declined. Nothing was charged. Please try another way to pay."},
	    {"failed", "danger", "The bank took this payment back. Please pay another way."},
	    {"expired", "warning", "The payment page has expired. Nothing was charged."},
	    {"open", "warning", "The payment was not completed. Nothing was charged."},
	    {"unknown", "info",
	        "We are asking the provider about your payment. Please do not pay again yet."}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].state, state) == 0)
			page_flash(cx, p, words[i].kind, "%s", words[i].text);
}
