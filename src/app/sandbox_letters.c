/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The letters the sandbox's mail server took, as JSON for tests and as pages for people. The HTML
 * of a letter is somebody else's: it is shown only in a frame without rights.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "app/sandbox_own.h"
#include "base/day.h"
#include "fmt/mime.h"

#define LETTERS_MAX 2000 /* the oldest leave; a demo year of a small company has fewer */

/* Bytes of a letter as JSON text; what is not UTF-8 becomes question marks. */
static json_t *text_of(struct sandbox *sb, const char *bytes, size_t len)
{
	json_t *j = json_stringn(bytes, len);
	if (j != NULL)
		return j;
	char *copy = arena_strndup(sb->cx.arena, bytes, len);
	for (size_t i = 0; i < len; i++)
		if ((copy[i] & 0x80) != 0)
			copy[i] = '?';
	return json_stringn(copy, len);
}

static json_t *maybe(struct sandbox *sb, const char *text)
{
	return text == NULL ? json_null() : text_of(sb, text, strlen(text));
}

void sandbox_letter_add(struct sandbox *sb, const char *from, const char *to, const char *raw,
    size_t len)
{
	struct mime_view v = {0};
	if (mime_parse(&sb->cx, raw, len, &v) != OK)
		v = (struct mime_view){.subject = arena_strdup(sb->cx.arena, "")};
	const json_t *last = json_array_get(sb->letters, json_array_size(sb->letters) - 1);
	json_int_t id = json_integer_value(json_object_get(last, "id")) + 1;
	json_t *j = json_pack("{sI so so so ss so so so}", "id", id, "from", maybe(sb, from), "to",
	    maybe(sb, to), "subject", maybe(sb, v.subject), "at",
	    instant_print(sb->cx.arena, sb->cx.now), "text", maybe(sb, v.text), "html",
	    maybe(sb, v.html), "raw", text_of(sb, raw, len));
	assert(j != NULL);
	json_array_append_new(sb->letters, j);
	if (json_array_size(sb->letters) > LETTERS_MAX)
		json_array_remove(sb->letters, 0);
}

static json_t *find(struct sandbox *sb, int64_t id)
{
	size_t i;
	json_t *j;
	json_array_foreach(sb->letters, i, j)
		if (json_integer_value(json_object_get(j, "id")) == id)
			return j;
	return NULL;
}

/* The sender's HTML alone; links open beside it, nothing runs, nothing is fetched from elsewhere.
 */
static enum http_done show_html(struct sandbox *sb, const json_t *letter, struct http_reply *ret)
{
	const char *html = json_string_value(json_object_get(letter, "html"));
	if (html == NULL)
		return sandbox_error(sb, 404, "unknown", "this letter has no HTML", ret);
	const char *page = arena_printf(sb->cx.arena, "<base target=\"_blank\">%s", html);
	*ret = (struct http_reply){.status = 200,
	    .type = "text/html; charset=utf-8",
	    .body = page,
	    .body_len = strlen(page)};
	http_reply_header(ret, "Content-Security-Policy",
	    "sandbox allow-popups "
	    "allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
	    "img-src data:");
	http_reply_header(ret, "X-Content-Type-Options", "nosniff");
	return HTTP_ANSWERED;
}

static enum http_done set_fault(struct sandbox *sb, const struct http_request *q,
    struct http_reply *ret)
{
	const json_t *body = sandbox_body(sb, q, ret);
	if (body == NULL)
		return HTTP_ANSWERED;
	const json_t *code = json_object_get(body, "code"), *times = json_object_get(body, "times");
	json_int_t c = json_integer_value(code), n = times == NULL ? 1 : json_integer_value(times);
	if (!json_is_integer(code) || (c != 0 && (c < 400 || c > 599)) || n < 0)
		return sandbox_error(sb, 422, "invalid",
		    "code must be 400-599, or 0 to take the letter and hang up; times a number",
		    ret);
	json_object_set_new(sb->faults, "mail", json_pack("{sI sI}", "code", c, "times", n));
	return sandbox_json(sb, 200, json_pack("{sI sI}", "code", c, "times", n), ret);
}

static enum http_done messages(struct sandbox *sb, const struct http_request *q,
    struct http_reply *ret)
{
	if (!str_eq(q->method, "DELETE"))
		return sandbox_json(sb, 200, json_incref(sb->letters), ret);
	json_array_clear(sb->letters);
	ret->status = 204;
	return HTTP_ANSWERED;
}

enum http_done sandbox_letters(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret)
{
	if (str_eq(rest, "/messages"))
		return messages(sb, q, ret);
	if (str_eq(rest, "/faults") && str_eq(q->method, "POST"))
		return set_fault(sb, q, ret);
	if (*rest == 0 || str_eq(rest, "/"))
		return sandbox_page_letters(sb, ret);
	size_t len = strcspn(rest + 1, "/");
	int64_t id = 0;
	bool number = str_int(arena_strndup(sb->cx.arena, rest + 1, len), &id);
	const json_t *letter = number ? find(sb, id) : NULL;
	if (letter != NULL && rest[1 + len] == 0)
		return sandbox_page_letter(sb, letter, ret);
	if (letter != NULL && str_eq(rest + 1 + len, "/html"))
		return show_html(sb, letter, ret);
	return sandbox_page_note(sb, 404, "No such letter", "It may have been deleted.", ret);
}
