/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One JSON request to a provider and the plain meaning of what came back. The only judgement here
 * is whether the other side can have acted; what a 4xx means is the provider file's business.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"
#include "net/http.h"

static const char *url_of(struct cx *cx, const struct link_http *h)
{
	size_t len = strlen(h->base);
	while (len > 0 && h->base[len - 1] == '/')
		len--;
	return arena_printf(cx->arena, "%.*s%s", (int)len, h->base, h->path);
}

static const char *body_of(struct cx *cx, const json_t *body)
{
	char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
	char *kept = arena_strdup(cx->arena, text);
	free(text);
	return kept;
}

/* NULL when it is not an object. */
static json_t *parse(struct cx *cx, const struct http_answer *a)
{
	json_t *j = json_loadb(a->body, a->body_len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(j)) {
		json_decref(j);
		return NULL;
	}
	return json_keep(cx, j);
}

static bool judge(struct cx *cx, const struct http_answer *a, struct link_reply *ret,
    struct answer *ret_answer)
{
	json_t *body = parse(cx, a);
	bool fine = a->status >= 200 && a->status < 300,
	     refused = a->status >= 400 && a->status < 500;
	struct link_reply reply = {a->status, body != NULL ? body : json_keep(cx, json_object())};
	if ((fine && body != NULL) || (refused && a->status != 408 && a->status != 429)) {
		*ret = reply;
		return true;
	}
	if (a->status == 429)
		(void)link_say(cx, ret_answer, OUTCOME_NOT_TRIED,
		    "the server is asked too often (429)");
	else if (a->status >= 300 && a->status < 400)
		(void)link_say(cx, ret_answer, OUTCOME_NOT_TRIED,
		    "the server sends us elsewhere (%d): check the address in the settings",
		    a->status);
	else if (fine)
		(void)link_say(cx, ret_answer, OUTCOME_UNKNOWN,
		    "the server's answer is not understood");
	else
		(void)link_say(cx, ret_answer, OUTCOME_UNKNOWN, "the server failed (%d): %s",
		    a->status, link_words(cx, &reply));
	return false;
}

bool link_http(struct cx *cx, const struct link_http *h, struct link_reply *ret,
    struct answer *ret_answer)
{
	const char *headers[5];
	size_t n = 0;
	headers[n++] = "Accept: application/json";
	if (h->secret != NULL)
		headers[n++] = arena_printf(cx->arena, "Authorization: Bearer %s", h->secret);
	if (h->body != NULL)
		headers[n++] = "Content-Type: application/json";
	if (h->key != NULL)
		headers[n++] = arena_printf(cx->arena, "Idempotency-Key: %s", h->key);
	headers[n] = NULL;
	const char *body = body_of(cx, h->body);
	struct http_call call = {.method = h->method,
	    .url = url_of(cx, h),
	    .headers = headers,
	    .body = body,
	    .body_len = body == NULL ? 0 : strlen(body),
	    .timeout_s = h->timeout_s};
	struct http_answer answer;
	int64_t started_ms = clock_mono_ms();
	if (http_call(cx, &call, &answer) == OK)
		return judge(cx, &answer, ret, ret_answer);
	(void)link_fault(cx, ret_answer, started_ms);
	return false;
}

const char *link_words(struct cx *cx, const struct link_reply *r)
{
	static const char *const names[] = {"detail", "reason", "error", "message"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *words = link_text(r->body, names[i]);
		if (*words != 0)
			return words;
	}
	return arena_printf(cx->arena, "status %d", r->status);
}
