/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A visitor without sockets: builds requests, keeps cookies, calls web_serve() in process. For
 * stories and tests; serving processes never use it.
 */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "web/own.h"
#include "web/serve.h"

/* The request under way, found again by its header function. */
struct local {
	struct http_request q;
	const struct web_client *c;
	const char *cookie, *bearer;
};

static const char *local_header(const struct http_request *q, const char *name)
{
	const struct local *l = (const struct local *)(const void *)q;
	const struct {
		const char *name, *value;
	} own[] = {{"Cookie", l->cookie}, {"Authorization", l->bearer},
	    {"Content-Type", l->c->sent_type}, {"Idempotency-Key", l->c->key},
	    {"Accept", l->c->accept}, {"Sec-Fetch-Site", l->c->site}, {"Host", "localhost"}};
	for (size_t i = 0; i < 8 && l->c->headers[i][0] != NULL; i++)
		if (strcasecmp(l->c->headers[i][0], name) == 0)
			return l->c->headers[i][1];
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcasecmp(own[i].name, name) == 0)
			return own[i].value;
	return NULL;
}

static const char *cookie_line(const struct web_client *c)
{
	struct buf b;
	buf_init(&b, c->arena);
	for (int i = 0; i < c->jar_n; i++)
		buf_printf(&b, "%s%s=%s", i > 0 ? "; " : "", c->jar[i].name, c->jar[i].value);
	return buf_text(&b);
}

/* Paths are not looked at: a story's visitor sends all of his cookies everywhere. */
static void keep_cookie(struct web_client *c, const char *line)
{
	size_t name_len = strcspn(line, "=");
	const char *value = line + name_len + (line[name_len] == '=');
	char *name = arena_strndup(c->arena, line, name_len);
	char *text = arena_strndup(c->arena, value, strcspn(value, ";"));
	int at = 0;
	while (at < c->jar_n && strcmp(c->jar[at].name, name) != 0)
		at++;
	if (at == c->jar_n && at == 8)
		return;
	c->jar_n += at == c->jar_n;
	c->jar[at].name = name;
	c->jar[at].value = text;
}

static void take_reply(struct web_client *c, const struct http_reply *r)
{
	c->reply = (struct http_reply){.status = r->status, .headers_n = r->headers_n};
	c->status = r->status;
	c->type = arena_strdup(c->arena, r->type);
	char *body = arena_alloc(c->arena, r->body_len + 1);
	if (r->body_len > 0)
		memcpy(body, r->body, r->body_len);
	c->body = body;
	c->body_len = r->body_len;
	for (int i = 0; i < r->headers_n; i++) {
		c->reply.headers[i].name = arena_strdup(c->arena, r->headers[i].name);
		c->reply.headers[i].value = arena_strdup(c->arena, r->headers[i].value);
		if (strcasecmp(r->headers[i].name, "Set-Cookie") == 0)
			keep_cookie(c, r->headers[i].value);
	}
	c->location = web_client_header(c, "Location");
}

void web_client_call(struct web_client *c, const char *method, const char *target, const char *body)
{
	size_t path_len = strcspn(target, "?");
	struct local l = {.c = c, .cookie = cookie_line(c)};
	struct http_reply r = {0};
	c->sent_type = body == NULL ? NULL :
	    *body == '{'            ? "application/json" :
	                              "application/x-www-form-urlencoded";
	if (c->bearer != NULL)
		l.bearer = arena_printf(c->arena, "Bearer %s", c->bearer);
	l.q = (struct http_request){.method = method,
	    .target = target,
	    .path = arena_strndup(c->arena, target, path_len),
	    .query = target[path_len] == '?' ? target + path_len + 1 : "",
	    .body = str_or(body, ""),
	    .body_len = body != NULL ? strlen(body) : 0,
	    .ip = str_or(c->ip, "127.0.0.1")};
	c->web->header = local_header;
	(void)web_serve(c->web, &l.q, &r);
	take_reply(c, &r);
}

const char *web_client_cookie(const struct web_client *c, const char *name)
{
	for (int i = 0; i < c->jar_n; i++)
		if (strcmp(c->jar[i].name, name) == 0 && *c->jar[i].value != 0)
			return c->jar[i].value;
	return NULL;
}

const char *web_client_header(const struct web_client *c, const char *name)
{
	for (int i = 0; i < c->reply.headers_n; i++)
		if (strcasecmp(c->reply.headers[i].name, name) == 0)
			return c->reply.headers[i].value;
	return NULL;
}

/* The token as a browser would find it: in a page this visitor may see. */
static const char *find_token(struct web_client *c, const char *page)
{
	static const char mark[] = "name=\"csrf\" value=\"";
	web_client_call(c, "GET", page, NULL);
	const char *at = strstr(c->body, mark);
	if (at == NULL)
		return "";
	at += sizeof mark - 1;
	return arena_strndup(c->arena, at, strcspn(at, "\""));
}

void web_client_form(struct web_client *c, const char *target, const char *form)
{
	bool staff = str_starts(target, "/admin") && web_client_cookie(c, WEB_COOKIE_STAFF) != NULL;
	const char *cookie = str_or(web_client_cookie(c, WEB_COOKIE), "");
	const char *page = staff         ? "/admin" :
	    str_starts(target, "/admin") ? "/admin/login" :
	    str_starts(cookie, "c.")     ? "/client" :
	                                   "/login";
	const char *token = find_token(c, page);
	web_client_call(c, "POST", target,
	    arena_printf(c->arena, "csrf=%s%s%s", token, str_empty(form) ? "" : "&",
	        str_or(form, "")));
}
