/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The payment provider of `billhook sandbox`: a hosted page, refunds and signed messages, for
 * trying out and for tests. It behaves like a real one over real HTTP, so that what works here is
 * the real path.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"

#define TIMEOUT_S 10
#define TOLERANCE_S 300 /* between the signing and our clock: a replayed message is older */

struct sandbox_settings {
	const char *url, *secret;
	int64_t timeout_s;
};
FIELDS(link_gateway_sandbox_fields, struct sandbox_settings,
    {.name = "url",
        .label = "Address",
        .type = FIELD_URL,
        .flags = FIELD_REQUIRED,
        .otherwise = "http://127.0.0.1:8090",
        .help = "Where billhook sandbox listens",
        .offset = offsetof(struct sandbox_settings, url)},
    {.name = "secret",
        .label = "Secret",
        .type = FIELD_SECRET,
        .flags = FIELD_REQUIRED,
        .help = "The --secret of billhook sandbox; it signs messages in both directions",
        .offset = offsetof(struct sandbox_settings, secret)},
    {.name = "timeout_s",
        .label = "Time limit in seconds",
        .type = FIELD_INT,
        .min = 1,
        .max = LINK_CALL_MAX_S,
        .otherwise = "10",
        .offset = offsetof(struct sandbox_settings, timeout_s)});

static struct link_http call_of(const json_t *settings, const char *method, const char *path)
{
	const char *url = link_text(settings, "url");
	return (struct link_http){.method = method,
	    .path = path,
	    .secret = link_text(settings, "secret"),
	    .base = *url == 0 ? "http://127.0.0.1:8090" : url,
	    .timeout_s = link_timeout_s(settings, TIMEOUT_S)};
}

static enum err checkout(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	static const char *const names[] = {"amount_minor", "currency", "reference", "return_url",
	    "hook_url", "subscribe", NULL};
	struct link_http h = call_of(settings, "POST", "/gateway/checkouts");
	struct link_reply r;
	json_t *body = json_keep(cx, json_object());
	link_copy(body, args, names);
	h.body = body;
	h.key = link_text(args, "key");
	if (!link_http(cx, &h, &r, ret))
		return OK;
	const char *id = link_text(r.body, "id"), *url = link_text(r.body, "url");
	if (r.status >= 400)
		return link_say(cx, ret, OUTCOME_DECLINED, "the payment page was refused: %s",
		    link_words(cx, &r));
	if (*id == 0 || *url == 0)
		return link_say(cx, ret, OUTCOME_UNKNOWN, "the answer has no id or url");
	return link_done(cx, ret, json_pack("{ss ss}", "remote_id", id, "url", url));
}

/* The provider's words for a checkout, and ours. Money that went back had come in before. */
static const char *state_of(const char *word)
{
	static const struct {
		const char *theirs, *ours;
	} states[] = {
	    {"open", "open"},
	    {"pending", "pending"},
	    {"paid", "paid"},
	    {"succeeded", "paid"},
	    {"declined", "declined"},
	    {"expired", "expired"},
	    {"closed", "expired"},
	    {"refunded", "paid"},
	    {"disputed", "paid"},
	    {"dispute_won", "paid"},
	    {"lost", "paid"},
	    {"failed", "failed"},
	};
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (str_eq(states[i].theirs, word))
			return states[i].ours;
	return NULL;
}

static enum err ask(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	static const char *const names[] = {"amount_minor", "currency", "reference", "subscription",
	    NULL};
	const char *id = link_text(args, "remote_id");
	if (*id == 0)
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "there is no checkout to ask about");
	struct link_http h = call_of(settings, "GET",
	    arena_printf(cx->arena, "/gateway/checkouts/%s", str_url(cx->arena, id)));
	struct link_reply r;
	if (!link_http(cx, &h, &r, ret))
		return OK;
	if (r.status == 404)
		return link_done(cx, ret, json_pack("{ss}", "state", "expired"));
	const char *state = state_of(link_text(r.body, "state"));
	if (r.status >= 400 || state == NULL)
		return link_say(cx, ret, OUTCOME_UNKNOWN, "the state was not told: %s",
		    link_words(cx, &r));
	json_t *data = json_pack("{ss ss}", "state", state, "remote_payment", id);
	link_copy(data, r.body, names);
	return link_done(cx, ret, data);
}

static enum err refund(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	static const char *const names[] = {"amount_minor", "currency", NULL};
	const char *id = link_text(args, "remote_payment");
	if (*id == 0)
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "there is no payment to refund");
	struct link_http h = call_of(settings, "POST", "/gateway/refunds");
	struct link_reply r;
	json_t *body = json_keep(cx, json_pack("{ss}", "checkout", id));
	link_copy(body, args, names);
	h.body = body;
	h.key = link_text(args, "key");
	if (!link_http(cx, &h, &r, ret))
		return OK;
	const char *refund_id = link_text(r.body, "id");
	if (r.status >= 400)
		return link_say(cx, ret, OUTCOME_DECLINED, "the refund was refused: %s",
		    link_words(cx, &r));
	if (*refund_id == 0)
		return link_say(cx, ret, OUTCOME_UNKNOWN, "the answer has no id");
	return link_done(cx, ret, json_pack("{ss}", "remote_refund", refund_id));
}

static enum err unsubscribe(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	const char *id = str_url(cx->arena, link_text(args, "subscription"));
	struct link_http h = call_of(settings, "POST",
	    arena_printf(cx->arena, "/gateway/subscriptions/%s/cancel", id));
	struct link_reply r;
	h.body = json_keep(cx, json_object());
	if (!link_http(cx, &h, &r, ret))
		return OK;
	if (r.status < 300 || r.status == 404 || r.status == 409)
		return link_done(cx, ret, NULL); /* also when it is over already */
	return link_say(cx, ret, OUTCOME_DECLINED, "the subscription was not ended: %s",
	    link_words(cx, &r));
}

struct signature {
	const char *t;
	int64_t at;
	const char *const *v1;
	size_t v1_n;
};

/* "t=UNIX,v1=HEX"; several v1 while a secret is being changed. */
static bool signature_parse(struct arena *a, const char *header, struct signature *ret)
{
	size_t n, v1_n = 0;
	char **parts = str_split(a, header, ',', &n);
	const char **v1 = ARENA_ARRAY(a, const char *, n + 1);
	const char *t = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *part = str_trim(a, parts[i]);
		if (str_starts(part, "t=") && t == NULL)
			t = part + 2;
		else if (str_starts(part, "v1="))
			v1[v1_n++] = part + 3;
	}
	*ret = (struct signature){.t = t, .v1 = v1, .v1_n = v1_n};
	return t != NULL && v1_n > 0 && str_int(t, &ret->at);
}

/* NULL: it is authentic. */
static const char *doubt(struct cx *cx, const json_t *settings, const json_t *args)
{
	const char *secret = link_text(settings, "secret"), *body = link_body(cx, args);
	const char *header = link_text(json_object_get(args, "headers"), "billhook-signature");
	int64_t now = json_integer_value(json_object_get(args, "now"));
	struct signature s;
	char hex[CRYPTO_SHA256_HEX];
	bool same = false;
	if (*secret == 0)
		return "no secret is set, so no message can be believed";
	if (!signature_parse(cx->arena, header, &s))
		return "the signature is missing or malformed";
	const char *signed_text = arena_printf(cx->arena, "%s.%s", s.t, body);
	crypto_hmac_sha256(secret, strlen(secret), signed_text, strlen(signed_text), hex);
	for (size_t i = 0; i < s.v1_n; i++)
		same |= crypto_same(hex, s.v1[i]);
	if (!same)
		return "the signature is wrong";
	/* Compared without a difference, which could overflow. */
	if (s.at < now - TOLERANCE_S || s.at > now + TOLERANCE_S)
		return "the message was signed too long ago or in the future";
	return NULL;
}

static const char *type_of(const char *word)
{
	static const struct {
		const char *theirs, *ours;
	} types[] = {
	    {"payment.succeeded", "paid"},
	    {"payment.pending", "pending"},
	    {"payment.declined", "declined"},
	    {"payment.refunded", "refunded"},
	    {"payment.disputed", "disputed"},
	    {"payment.dispute_won", "dispute_won"},
	    {"payment.dispute_lost", "dispute_lost"},
	    {"payment.failed", "failed"},
	    {"subscription.charged", "charged"},
	    {"subscription.cancelled", "unsubscribed"},
	};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (str_eq(types[i].theirs, word))
			return types[i].ours;
	return "other";
}

static enum err verify(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	static const char *const names[] = {"amount_minor", "currency", "reference", "subscription",
	    NULL};
	const char *body = link_text(args, "body"), *why = doubt(cx, settings, args);
	json_t *hook;
	if (why != NULL)
		return link_say(cx, ret, OUTCOME_DECLINED, "%s", why);
	if (json_parse(cx, body, strlen(body), &hook) != OK) {
		cx_clear(cx);
		return link_say(cx, ret, OUTCOME_DECLINED, "the message is not JSON");
	}
	const char *id = link_text(hook, "id"), *remote = link_text(hook, "checkout");
	const char *type = type_of(link_text(hook, "type"));
	bool whole = *remote != 0 && *link_text(hook, "currency") != 0 &&
	    json_is_integer(json_object_get(hook, "amount_minor"));
	if (*id == 0 || (!str_eq(type, "other") && !whole))
		return link_say(cx, ret, OUTCOME_DECLINED,
		    "the message lacks id, checkout, amount or currency");
	json_t *data =
	    json_pack("{ss ss ss ss ss ss ss}", "remote_id", id, "type", type, "remote_checkout",
	        remote, "remote_payment", remote, "remote_refund", link_text(hook, "refund"),
	        "refund_key", link_text(hook, "key"), "dispute", link_text(hook, "dispute"));
	link_copy(data, hook, names);
	return link_done(cx, ret, data);
}

/* A checkout that cannot exist: 404 proves address and path, 401 or 403 a wrong secret. */
static enum err test(struct cx *cx, const json_t *settings, struct answer *ret)
{
	struct link_http h = call_of(settings, "GET", "/gateway/checkouts/none");
	struct link_reply r;
	if (!link_http(cx, &h, &r, ret))
		return OK;
	if (r.status == 404 || r.status < 300)
		return link_done(cx, ret, NULL);
	return link_say(cx, ret, OUTCOME_DECLINED, "%s", link_words(cx, &r));
}

const struct gateway_provider link_gateway_sandbox = {
    .name = "sandbox",
    .label = "Sandbox (for trying out)",
    .abilities = GATEWAY_REDIRECT | GATEWAY_REFUND | GATEWAY_HOOKS | GATEWAY_SUBSCRIBE,
    .settings = &link_gateway_sandbox_fields,
    .checkout = checkout,
    .ask = ask,
    .refund = refund,
    .unsubscribe = unsubscribe,
    .verify = verify,
    .test = test,
};
