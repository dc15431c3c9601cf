/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outgoing HTTP through libcurl, one blocking call on one new connection. What matters here is the
 * difference between "it never got there" and "it may have acted"; retrying is the caller's
 * decision.
 */
#include <assert.h>
#include <curl/curl.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "net/http.h"

struct intake {
	struct buf body;
	bool too_large;
};

static size_t take(char *bytes, size_t size, size_t n, void *arg)
{
	struct intake *in = arg;
	size_t len = size * n;
	if (in->body.len + len > LIMIT_REMOTE_BYTES) {
		in->too_large = true;
		return 0;
	}
	buf_add(&in->body, bytes, len);
	return len;
}

/* A request line or header must hold nothing that starts another one. */
static enum err check(struct cx *cx, const struct http_call *c)
{
	if (!str_starts(c->url, "http://") && !str_starts(c->url, "https://"))
		return fail(cx, ERR_INVALID, "http.url",
		    "the address must start with http:// or https://");
	for (const unsigned char *p = (const unsigned char *)c->url; *p != 0; p++)
		if (*p <= ' ' || *p == 0x7f)
			return fail(cx, ERR_INVALID, "http.url",
			    "the address has a blank or control character");
	for (size_t i = 0; c->headers != NULL && c->headers[i] != NULL; i++)
		if (!str_clean_line(c->headers[i]) || strchr(c->headers[i], ':') == NULL)
			return fail(cx, ERR_INVALID, "http.url",
			    "a header of the call is malformed");
	return OK;
}

static void set_basics(CURL *h, const struct http_call *c)
{
	curl_easy_setopt(h, CURLOPT_URL, c->url);
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)c->timeout_s);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)(c->timeout_s < 10 ? c->timeout_s : 10));
	curl_easy_setopt(h, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(h, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
	curl_easy_setopt(h, CURLOPT_USERAGENT, "Billhook");
	if (c->ca_file != NULL)
		curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, c->insecure ? 0L : 1L);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, c->insecure ? 0L : 2L);
}

static void set_request(CURL *h, const struct http_call *c)
{
	bool sends = c->body != NULL || str_eq(c->method, "POST") || str_eq(c->method, "PUT");
	if (sends) {
		curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body_len);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS,
		    c->body == NULL ? "" : (const char *)c->body);
	}
	if (str_eq(c->method, "HEAD"))
		curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, c->method);
}

/* Expect is switched off: it would add a round trip and a time-out against simple servers. */
static struct curl_slist *headers_of(const struct http_call *c)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; c->headers != NULL && c->headers[i] != NULL; i++) {
		struct curl_slist *longer = curl_slist_append(list, c->headers[i]);
		assert(longer != NULL);
		list = longer;
	}
	return list;
}

/* The request starts to leave only after name, connection and TLS are done: that is "pretransfer".
 */
static enum err fault_of(struct cx *cx, CURL *h, CURLcode code, const struct intake *in)
{
	curl_off_t started = 0;
	const char *why = curl_easy_strerror(code);
	curl_easy_getinfo(h, CURLINFO_PRETRANSFER_TIME_T, &started);
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return fail(cx, ERR_INVALID, "http.url", "%s", why);
	if (in->too_large)
		return fail(cx, ERR_REMOTE, "http.too_large", "the answer is larger than %u bytes",
		    LIMIT_REMOTE_BYTES);
	if (started == 0)
		return fail(cx, ERR_RETRY, "http.not_sent", "%s", why);
	return fail(cx, ERR_REMOTE, "http.no_answer", "%s", why);
}

static void read_answer(struct cx *cx, CURL *h, struct intake *in, struct http_answer *ret)
{
	long status = 0;
	char *type = NULL;
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
	ret->status = (int)status;
	ret->type = arena_strdup(cx->arena, type == NULL ? "" : type);
	ret->body_len = in->body.len;
	ret->body = in->body.len == 0 ? arena_strdup(cx->arena, "") : in->body.s;
}

enum err http_call(struct cx *cx, const struct http_call *c, struct http_answer *ret)
{
	assert(c->timeout_s > 0);
	TRY(check(cx, c));
	CURL *h = curl_easy_init();
	assert(h != NULL);
	struct intake in = {0};
	buf_init(&in.body, cx->arena);
	struct curl_slist *headers = headers_of(c);
	set_basics(h, c);
	set_request(h, c);
	curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, &in);
	CURLcode code = curl_easy_perform(h);
	enum err err = OK;
	if (code == CURLE_OK)
		read_answer(cx, h, &in, ret);
	else
		err = fault_of(cx, h, code, &in);
	curl_slist_free_all(headers);
	curl_easy_cleanup(h);
	return err;
}
