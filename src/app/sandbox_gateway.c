/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox's payment gateway: checkouts, what may happen to them as a table, refunds, and the
 * hosted page's buttons. How its hooks travel is in sandbox_hooks.c, how its page looks in
 * sandbox_pages.c. No money moves anywhere.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "app/sandbox_own.h"
#include "base/crypto.h"
#include "base/day.h"
#include "base/money.h"
#include "fmt/form.h"

struct action {
	const char *word;
	const char *from; /* states, space between */
	const char *to, *event;
};

static const struct action actions[] = {
    {"pay", "open pending declined", "paid", "payment.succeeded"},
    {"decline", "open pending", "declined", "payment.declined"},
    {"later", "open declined", "pending", "payment.pending"},
    {"refund", "paid", "refunded", "payment.refunded"},
    {"dispute", "paid", "disputed", "payment.disputed"},
    {"dispute_won", "disputed", "paid", "payment.dispute_won"},
    {"dispute_lost", "disputed", "lost", "payment.dispute_lost"},
    {"fail", "paid", "failed", "payment.failed"}, /* a direct debit days later */
};

static const struct action *find_action(const char *word)
{
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (str_eq(actions[i].word, word))
			return &actions[i];
	return NULL;
}

static int64_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static void stamp(struct sandbox *sb, json_t *j, const char *name)
{
	json_object_set_new(j, name, json_string(instant_print(sb->cx.arena, sb->cx.now)));
}

/* ---- what happens to a checkout ---- */

static bool allowed(const json_t *checkout, const struct action *a)
{
	return strstr(a->from, sandbox_text(checkout, "state")) != NULL;
}

/*
 * Gives back part or all and returns the refund, NULL when it cannot; the state changes only when
 * nothing is left. key: the caller's; "" when it is done on our own pages.
 */
static json_t *refund(struct sandbox *sb, json_t *checkout, int64_t minor, const char *key,
    const char *query)
{
	int64_t left = number(checkout, "amount_minor") - number(checkout, "refunded_minor");
	if (minor <= 0 || minor > left)
		return NULL;
	const char *id = arena_printf(sb->cx.arena, "re_%s", crypto_token(sb->cx.arena, 12));
	json_t *r = json_pack("{ss ss sI ss ss ss}", "id", id, "checkout",
	    sandbox_text(checkout, "id"), "amount_minor", (json_int_t)minor, "currency",
	    sandbox_text(checkout, "currency"), "state", "refunded", "key", key);
	stamp(sb, r, "created_at");
	json_object_set_new(sb->refunds, id, r);
	json_object_set_new(checkout, "refund", json_string(id));
	json_object_set_new(checkout, "refund_key", json_string(key));
	json_object_set_new(checkout, "refunded_minor",
	    json_integer(number(checkout, "refunded_minor") + minor));
	if (minor == left)
		json_object_set_new(checkout, "state", json_string("refunded"));
	sandbox_hook_add(sb, checkout, "payment.refunded", minor, query);
	return r;
}

/* ---- subscriptions: made by a first payment; each charge is a paid checkout of its own ---- */

static void subscribe(struct sandbox *sb, json_t *checkout)
{
	if (!json_is_true(json_object_get(checkout, "subscribe")) ||
	    *sandbox_text(checkout, "subscription") != 0)
		return;
	const char *id = arena_printf(sb->cx.arena, "sub_%s", crypto_token(sb->cx.arena, 12));
	json_t *s = json_pack("{ss ss ss sI ss ss ss ss}", "id", id, "state", "active", "checkout",
	    sandbox_text(checkout, "id"), "amount_minor",
	    (json_int_t)number(checkout, "amount_minor"), "currency",
	    sandbox_text(checkout, "currency"), "reference", sandbox_text(checkout, "reference"),
	    "hook_url", sandbox_text(checkout, "hook_url"), "subscription", id);
	stamp(sb, s, "created_at");
	json_object_set_new(sb->subscriptions, id, s);
	json_object_set_new(checkout, "subscription", json_string(id));
}

/* amount_minor=N in the query: another amount than the first. */
static json_t *charge(struct sandbox *sb, const json_t *s, const char *query)
{
	json_t *wishes = NULL;
	int64_t minor = number(s, "amount_minor"), other;
	if (query != NULL && form_parse(&sb->cx, query, strlen(query), &wishes) == OK &&
	    str_int(sandbox_text(wishes, "amount_minor"), &other) && other > 0)
		minor = other;
	const char *id = arena_printf(sb->cx.arena, "co_%s", crypto_token(sb->cx.arena, 12));
	json_t *c = json_copy(json_object_get(sb->checkouts, sandbox_text(s, "checkout")));
	json_object_set_new(c, "id", json_string(id));
	json_object_set_new(c, "state", json_string("paid"));
	json_object_set_new(c, "amount_minor", json_integer(minor));
	json_object_set_new(c, "refunded_minor", json_integer(0));
	stamp(sb, c, "paid_at");
	json_object_set_new(sb->checkouts, id, c);
	sandbox_hook_add(sb, c, "subscription.charged", minor, query);
	return c;
}

/* /ID, /ID/charge, /ID/cancel */
static enum http_done subscription(struct sandbox *sb, const struct http_request *q,
    const char *rest, struct http_reply *ret)
{
	size_t len = strcspn(rest, "/");
	json_t *s = json_object_get(sb->subscriptions, arena_strndup(sb->cx.arena, rest, len));
	if (s == NULL)
		return sandbox_error(sb, 404, "unknown", "no such subscription", ret);
	bool post = str_eq(q->method, "POST");
	if (!post && rest[len] == 0)
		return sandbox_json(sb, 200, json_incref(s), ret);
	if (!post || (!str_eq(rest + len, "/charge") && !str_eq(rest + len, "/cancel")))
		return sandbox_error(sb, 404, "unknown", "no such action", ret);
	if (!str_eq(sandbox_text(s, "state"), "active"))
		return sandbox_error(sb, 409, "state", "the subscription has ended", ret);
	if (str_eq(rest + len, "/charge"))
		return sandbox_json(sb, 200, json_incref(charge(sb, s, q->query)), ret);
	json_object_set_new(s, "state", json_string("cancelled"));
	json_t *about = json_object_get(sb->checkouts, sandbox_text(s, "checkout"));
	sandbox_hook_add(sb, about, "subscription.cancelled", number(s, "amount_minor"), q->query);
	return sandbox_json(sb, 200, json_incref(s), ret);
}

static void act(struct sandbox *sb, json_t *checkout, const struct action *a, const char *query)
{
	if (str_eq(a->word, "refund")) {
		int64_t left =
		    number(checkout, "amount_minor") - number(checkout, "refunded_minor");
		const json_t *done = refund(sb, checkout, left, "", query);
		assert(done != NULL); /* a paid checkout has something left */
		return;
	}
	json_object_set_new(checkout, "state", json_string(a->to));
	if (str_eq(a->word, "pay")) {
		stamp(sb, checkout, "paid_at");
		subscribe(sb, checkout);
	}
	if (str_eq(a->word, "dispute"))
		json_object_set_new(checkout, "dispute",
		    json_string(
		        arena_printf(sb->cx.arena, "dp_%s", crypto_token(sb->cx.arena, 12))));
	sandbox_hook_add(sb, checkout, a->event, number(checkout, "amount_minor"), query);
}

/* ---- making one ---- */

static bool is_link(const char *url)
{
	return (str_starts(url, "http://") || str_starts(url, "https://")) && str_clean_line(url) &&
	    strpbrk(url, " \t\"<>\\") == NULL;
}

/* The sentence about what is wrong, or NULL. */
static const char *fault_of(const json_t *body)
{
	const json_t *amount = json_object_get(body, "amount_minor");
	const char *hook = sandbox_text(body, "hook_url"), *back = sandbox_text(body, "return_url");
	if (!json_is_integer(amount) || json_integer_value(amount) <= 0 ||
	    json_integer_value(amount) > MONEY_MINOR_MAX)
		return "amount_minor must be a positive integer in minor units";
	if (currency_digits(sandbox_text(body, "currency")) < 0)
		return "currency must be an ISO 4217 code";
	if (*sandbox_text(body, "reference") == 0)
		return "reference must be a text";
	if ((*hook != 0 && !is_link(hook)) || (*back != 0 && !is_link(back)))
		return "return_url and hook_url must be http or https addresses";
	return NULL;
}

static json_t *checkout_new(struct sandbox *sb, const struct http_request *q, const json_t *body)
{
	const char *id = arena_printf(sb->cx.arena, "co_%s", crypto_token(sb->cx.arena, 12));
	const char *url = arena_printf(sb->cx.arena, "%s/pay/%s", sandbox_base(sb, q), id);
	json_t *c = json_pack("{ss ss ss sI ss ss sI ss ss ss sn}", "id", id, "url", url, "state",
	    "open", "amount_minor", (json_int_t)number(body, "amount_minor"), "currency",
	    sandbox_text(body, "currency"), "reference", sandbox_text(body, "reference"),
	    "refunded_minor", (json_int_t)0, "return_url", sandbox_text(body, "return_url"),
	    "hook_url", sandbox_text(body, "hook_url"), "merchant",
	    str_or(json_string_value(json_object_get(body, "merchant")), "Demo merchant"),
	    "paid_at");
	assert(c != NULL);
	stamp(sb, c, "created_at");
	json_object_set_new(c, "subscribe",
	    json_boolean(json_is_true(json_object_get(body, "subscribe"))));
	json_object_set_new(sb->checkouts, id, c);
	return c;
}

/* Where an Idempotency-Key points to; NULL when there is no key or it is new. */
static json_t *made_before(struct sandbox *sb, const struct http_request *q, const char *what,
    const json_t *all)
{
	const char *key = http_header(q, "Idempotency-Key");
	if (key == NULL)
		return NULL;
	const char *id = sandbox_text(sb->keys, arena_printf(sb->cx.arena, "%s %s", what, key));
	return json_object_get(all, id);
}

static void remember(struct sandbox *sb, const struct http_request *q, const char *what,
    const char *id)
{
	const char *key = http_header(q, "Idempotency-Key");
	if (key != NULL && str_utf8(key, strlen(key)))
		json_object_set_new(sb->keys, arena_printf(sb->cx.arena, "%s %s", what, key),
		    json_string(id));
}

static enum http_done create(struct sandbox *sb, const struct http_request *q,
    struct http_reply *ret)
{
	const char *fault = sandbox_fault_take(sb, "gateway", "checkout");
	enum http_done done;
	if (sandbox_fault_before(sb, fault, q, ret, &done))
		return done;
	json_t *body = sandbox_body(sb, q, ret);
	if (body == NULL)
		return HTTP_ANSWERED;
	json_t *c = made_before(sb, q, "checkout", sb->checkouts);
	const char *wrong = c != NULL ? NULL : fault_of(body);
	if (wrong != NULL)
		return sandbox_error(sb, 422, "invalid", wrong, ret);
	if (c == NULL) {
		c = checkout_new(sb, q, body);
		remember(sb, q, "checkout", sandbox_text(c, "id"));
	}
	sandbox_json(sb, 201, json_incref(c), ret);
	sandbox_fault_after(fault, ret);
	return HTTP_ANSWERED;
}

/* ---- refunds over the API ---- */

static enum http_done make_refund(struct sandbox *sb, const struct http_request *q,
    const json_t *body, struct http_reply *ret)
{
	json_t *c = json_object_get(sb->checkouts, sandbox_text(body, "checkout"));
	if (c == NULL)
		return sandbox_error(sb, 404, "unknown", "no such checkout", ret);
	if (!str_eq(sandbox_text(c, "state"), "paid"))
		return sandbox_error(sb, 409, "state", "only a paid checkout can be refunded", ret);
	const char *key = http_header(q, "Idempotency-Key");
	json_t *r = refund(sb, c, number(body, "amount_minor"),
	    key != NULL && str_utf8(key, strlen(key)) ? key : "", NULL);
	if (r == NULL)
		return sandbox_error(sb, 422, "amount",
		    "amount_minor must be positive and at most what is left", ret);
	remember(sb, q, "refund", sandbox_text(r, "id"));
	return sandbox_json(sb, 201, json_incref(r), ret);
}

static enum http_done refunds(struct sandbox *sb, const struct http_request *q,
    struct http_reply *ret)
{
	const char *fault = sandbox_fault_take(sb, "gateway", "refund");
	enum http_done done;
	if (sandbox_fault_before(sb, fault, q, ret, &done))
		return done;
	json_t *body = sandbox_body(sb, q, ret);
	if (body == NULL)
		return HTTP_ANSWERED;
	json_t *before = made_before(sb, q, "refund", sb->refunds);
	if (before != NULL)
		sandbox_json(sb, 201, json_incref(before), ret);
	else
		make_refund(sb, q, body, ret);
	sandbox_fault_after(fault, ret);
	return HTTP_ANSWERED;
}

/* ---- addresses ---- */

static enum http_done list(struct sandbox *sb, const json_t *all, struct http_reply *ret)
{
	json_t *array = json_array();
	const char *id;
	json_t *one;
	json_object_foreach((json_t *)(uintptr_t)all, id, one)
		json_array_append(array, one);
	return sandbox_json(sb, 200, array, ret);
}

/* /ID and /ID/ACTION */
static enum http_done one(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret)
{
	size_t len = strcspn(rest, "/");
	json_t *c = json_object_get(sb->checkouts, arena_strndup(sb->cx.arena, rest, len));
	if (c == NULL)
		return sandbox_error(sb, 404, "unknown", "no such checkout", ret);
	bool post = str_eq(q->method, "POST");
	if (!post && rest[len] == 0)
		return sandbox_json(sb, 200, json_incref(c), ret);
	const struct action *a = post && rest[len] == '/' ? find_action(rest + len + 1) : NULL;
	if (a == NULL)
		return sandbox_error(sb, 404, "unknown", "no such action", ret);
	if (!allowed(c, a))
		return sandbox_error(sb, 409, "state",
		    arena_printf(sb->cx.arena, "the checkout is %s", sandbox_text(c, "state")),
		    ret);
	act(sb, c, a, q->query);
	return sandbox_json(sb, 200, json_incref(c), ret);
}

enum http_done sandbox_gateway(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret)
{
	bool post = str_eq(q->method, "POST");
	if (str_eq(rest, "/checkouts"))
		return post ? create(sb, q, ret) : list(sb, sb->checkouts, ret);
	if (str_starts(rest, "/checkouts/"))
		return one(sb, q, rest + strlen("/checkouts/"), ret);
	if (str_eq(rest, "/refunds"))
		return post ? refunds(sb, q, ret) : list(sb, sb->refunds, ret);
	if (str_eq(rest, "/subscriptions") && !post)
		return list(sb, sb->subscriptions, ret);
	if (str_starts(rest, "/subscriptions/"))
		return subscription(sb, q, rest + strlen("/subscriptions/"), ret);
	if (str_eq(rest, "/faults") && post)
		return sandbox_faults_set(sb, "gateway", q, ret);
	if (str_eq(rest, "/hooks") || str_starts(rest, "/hooks/"))
		return sandbox_hooks(sb, q, rest + strlen("/hooks"), ret);
	return sandbox_error(sb, 404, "unknown", "no such address", ret);
}

/* The payer's way: the page, and its buttons, which end at the merchant whatever happened. */
enum http_done sandbox_pay(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret)
{
	const char *id = *rest == '/' ? rest + 1 : rest;
	size_t len = strcspn(id, "/");
	json_t *c = json_object_get(sb->checkouts, arena_strndup(sb->cx.arena, id, len));
	if (c == NULL)
		return sandbox_page_note(sb, 404, "No such payment",
		    "This payment link is not known.", ret);
	if (!str_eq(q->method, "POST"))
		return id[len] == 0 ? sandbox_page_checkout(sb, c, ret) :
		                      sandbox_error(sb, 404, "unknown", "no such address", ret);
	const char *word = id[len] == '/' ? id + len + 1 : "";
	const struct action *a = find_action(word);
	bool payers = str_eq(word, "pay") || str_eq(word, "decline") || str_eq(word, "later");
	if (!payers && !str_eq(word, "close"))
		return sandbox_error(sb, 404, "unknown", "no such action", ret);
	if (payers && allowed(c, a)) /* a second click changes nothing */
		act(sb, c, a, q->query);
	const char *back = sandbox_text(c, "return_url");
	*ret = (struct http_reply){.status = 303};
	http_reply_header(ret, "Location",
	    *back != 0 ? back : arena_printf(sb->cx.arena, "/pay/%s", sandbox_text(c, "id")));
	return HTTP_ANSWERED;
}
