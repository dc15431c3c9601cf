/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inbox for messages of payment providers: stored raw first, proven by link, then left to a
 * job. A forged or stale message is answered 4xx and changes nothing; when link cannot be asked
 * the answer is 503, so that the provider sends again. What a message means is decided by the job.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/payment/payment.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/own.h"

/* What providers sign with, and what helps to tell them apart. Nothing else is kept. */
static const char *const kept_headers[] = {"content-type", "user-agent", "billhook-signature",
    "stripe-signature", "paypal-transmission-id", "paypal-transmission-time",
    "paypal-transmission-sig", "paypal-cert-url", "paypal-auth-algo", "webhook-id",
    "webhook-timestamp", "webhook-signature", "x-signature", "x-webhook-signature",
    "x-hub-signature-256", "x-request-id"};

static json_t *headers_of(struct cx *cx, const struct page *p)
{
	json_t *headers = json_keep(cx, json_object());
	for (size_t i = 0; i < sizeof kept_headers / sizeof kept_headers[0]; i++) {
		const char *value = web_header(p->web, p->http, kept_headers[i]);
		if (value != NULL && str_utf8(value, strlen(value)))
			json_object_set_new(headers, kept_headers[i], json_string(value));
	}
	return headers;
}

static const char *print(struct cx *cx, const json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);
	const char *kept = arena_strdup(cx->arena, str_or(text, "{}"));
	free(text);
	return kept;
}

/*
 * The message as UTF-8. Old providers send a payer's name in ISO-8859-1: then each byte is kept as
 * a character and the headers say so, since a signature is over the bytes that were sent.
 */
static enum err body_of(struct cx *cx, const struct page *p, json_t *headers, const char **ret)
{
	const struct http_request *q = p->http;
	if (strlen(q->body) != q->body_len)
		return fail(cx, ERR_INVALID, "hook.body", "The message is not text.");
	*ret = q->body;
	if (str_utf8(q->body, q->body_len))
		return OK;
	*ret = str_latin1(cx->arena, q->body, q->body_len);
	json_object_set_new(headers, "body-charset", json_string("iso-8859-1"));
	return OK;
}

static enum err store(struct cx *cx, struct page *p, const struct hook *h)
{
	if (p->memo != 0) /* stored before the request was suspended */
		return OK;
	return hook_store(cx, h, &p->memo);
}

/*
 * Why a proven message about a payment cannot be right; NULL: it can. Nothing of it is acted on
 * then.
 */
static enum err contradiction(struct cx *cx, const struct page *p, const json_t *data,
    const char **ret)
{
	const char *type = str_or(json_string_value(json_object_get(data, "type")), "");
	const char *checkout =
	    str_or(json_string_value(json_object_get(data, "remote_checkout")), "");
	const char *currency = str_or(json_string_value(json_object_get(data, "currency")), "");
	int64_t amount = json_integer_value(json_object_get(data, "amount_minor"));
	struct attempt a;
	*ret = NULL;
	if (!str_eq(type, "paid") && !str_eq(type, "pending"))
		return OK;
	enum err err = attempt_find(cx, p->word, checkout, &a);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		*ret = "it is about a payment that was not asked for";
		return OK;
	}
	TRY(err);
	if (amount != a.amount_minor || !str_eq(currency, a.currency))
		*ret = "its amount or currency is not what was asked for";
	const char *reference = str_or(json_string_value(json_object_get(data, "reference")), "");
	struct invoice i;
	TRY(invoice_get(cx, 0, a.invoice_id, &i));
	if (*reference != '\0' && !invoice_is_named(&i, reference))
		*ret = "it names another invoice";
	return OK;
}

static enum err believe(struct cx *cx, struct page *p, const json_t *data)
{
	const char *wrong;

	bool fresh;
	const char *remote_id = json_string_value(json_object_get(data, "remote_id"));
	if (str_empty(remote_id)) {
		TRY(hook_refused(cx, p->memo, "the message has no id"));
		return fail(cx, ERR_INVALID, "hook.id", "The message has no id.");
	}
	TRY(contradiction(cx, p, data, &wrong));
	if (wrong != NULL) {
		TRY(hook_refused(cx, p->memo, wrong));
		return fail(cx, ERR_INVALID, "hook.mismatch",
		    "The message is kept but not acted on: %s.", wrong);
	}
	TRY(hook_verified(cx, p->memo, remote_id, print(cx, data), &fresh));
	page_set(p, "received", json_true());
	return OK;
}

enum err inbox_store(struct cx *cx, struct page *p)
{
	struct gateway g;
	struct answer a;
	p->json = true;
	cx->actor = (struct actor){ACTOR_PROVIDER, 0, p->word, cx->actor.ip};
	TRY(gateway_get(cx, p->word, &g));
	json_t *headers = headers_of(cx, p);
	const char *body;
	TRY(body_of(cx, p, headers, &body));
	const struct hook h = {.gateway = g.key,
	    .headers = print(cx, headers),
	    .body = body,
	    .ip = cx->actor.ip};
	TRY(store(cx, p, &h));
	/* Signatures carry the provider's clock, so it is the machine's that judges their age. */
	json_t *request = json_keep(cx,
	    json_pack("{s:s, s:s, s:s, s:{s:O, s:s, s:I}}", "provider", g.provider, "settings",
	        g.settings, "bound", arena_printf(cx->arena, "gateway:%s", g.key), "args",
	        "headers", headers, "body", body, "now", (json_int_t)clock_now()));
	TRY(web_link(cx, p, "gateway.verify", request, &a));
	switch (a.outcome) {
	case OUTCOME_DONE: return believe(cx, p, a.data);
	case OUTCOME_DECLINED:
		TRY(hook_refused(cx, p->memo, str_or(a.reason, "refused")));
		p->status = 400;
		return fail(cx, ERR_INVALID, "hook.refused", "The message could not be proven.");
	case OUTCOME_PENDING:
	case OUTCOME_NOT_TRIED:
	case OUTCOME_UNKNOWN:
	case OUTCOMES: break;
	}
	return fail(cx, ERR_RETRY, "hook.later",
	    "The message cannot be checked now. Please send it again.");
}
