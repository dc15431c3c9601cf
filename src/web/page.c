/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What handlers say and ask: titles, redirects, files, lists, forms, query values. It fills struct
 * page; turning that into bytes is render.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"
#include "fmt/pdf.h"
#include "fmt/people.h"
#include "net/files.h"
#include "web/own.h"

static const char *vprint(struct cx *cx, const char *fmt, va_list ap)
{
	char text[1024];
	vsnprintf(text, sizeof text, fmt, ap);
	return arena_strdup(cx->arena, text);
}

void page_title(struct cx *cx, struct page *p, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	p->title = vprint(cx, fmt, ap);
	va_end(ap);
}

enum err page_go(struct cx *cx, struct page *p, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	p->location = page_local(vprint(cx, fmt, ap), "/");
	va_end(ap);
	/* A program is not redirected: it hears at least what was done something to. */
	if (p->json && p->id != 0 && json_object_size(p->out) == 0)
		page_set(p, "id", json_integer(p->id));
	return OK;
}

void page_flash(struct cx *cx, struct page *p, const char *kind, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	p->flash_kind = kind;
	p->flash = vprint(cx, fmt, ap);
	va_end(ap);
}

enum err page_go_away(struct cx *cx, struct page *p, const char *url)
{
	url = str_or(url, "");
	bool web = str_starts(url, "https://") || str_starts(url, "http://");
	if (!web || !str_clean_line(url) || strlen(url) > LIMIT_URL_BYTES ||
	    strpbrk(url, " \t\\\"<>") != NULL)
		return fail(cx, ERR_REMOTE, "link.url",
		    "The provider gave an address that cannot be used.");
	p->location = arena_strdup(cx->arena, url);
	return OK;
}

const char *page_local(const char *path, const char *otherwise)
{
	if (path == NULL || path[0] != '/' || path[1] == '/' || path[1] == '\\')
		return otherwise;
	/*
	 * Browsers read a backslash as a slash and drop tabs and line ends: "/\evil",
	 * "/<tab>/evil".
	 */
	for (const unsigned char *c = (const unsigned char *)path; *c != 0; c++)
		if (*c <= ' ' || *c == '\\' || *c >= 0x7f)
			return otherwise;
	return strlen(path) > LIMIT_URL_BYTES ? otherwise : path;
}

enum err page_file(struct cx *cx, struct page *p, const char *type, const char *name,
    const void *bytes, size_t len)
{
	(void)cx;
	p->file = bytes;
	p->file_len = len;
	p->file_type = type;
	p->file_name = name;
	return OK;
}

/* ---- the tree ---- */

void page_set(struct page *p, const char *name, json_t *value)
{
	json_object_set_new(p->out, name, value != NULL ? value : json_null());
}

void page_put(struct page *p, const char *name, json_t *kept)
{
	page_set(p, name, json_incref(kept));
}

void page_out(struct page *p, json_t *kept)
{
	json_object_clear(p->out);
	json_object_update(p->out, kept);
}

int64_t page_limit(const struct page *p)
{
	int64_t most = p->json ? LIMIT_API_ROWS : LIMIT_PAGE_ROWS;
	int64_t asked = page_query_int(p, "limit");
	return asked > 0 && asked < most ? asked : most;
}

/* The address of the next page: this one with its other query values. */
static json_t *more_url(struct cx *cx, const struct page *p, const char *after)
{
	struct buf b;
	const char *name;
	json_t *value;
	buf_init(&b, cx->arena);
	buf_printf(&b, "%s?after=%s", p->http->path, after);
	json_object_foreach(p->query, name, value)
		if (json_is_string(value) && strcmp(name, "after") != 0)
			buf_printf(&b, "&%s=%s", str_url(cx->arena, name),
			    str_url(cx->arena, json_string_value(value)));
	return json_string(buf_text(&b));
}

void page_list(struct cx *cx, struct page *p, json_t *kept_rows, int64_t limit)
{
	size_t n = json_array_size(kept_rows);
	json_t *last = n > 0 && (int64_t)n >= limit ?
	    json_object_get(json_array_get(kept_rows, n - 1), "id") :
	    NULL;
	page_put(p, "data", kept_rows);
	if (!json_is_integer(last)) {
		page_set(p, "next", NULL);
		page_set(p, "more", NULL);
		return;
	}
	const char *after = arena_printf(cx->arena, "%lld", (long long)json_integer_value(last));
	page_set(p, "next", json_string(after));
	page_set(p, "more", p->json ? NULL : more_url(cx, p, after));
}

void page_filter(struct page *p, const char *const *names)
{
	json_t *filter = json_object();
	for (; *names != NULL; names++)
		json_object_set_new(filter, *names, json_string(str_or(page_query(p, *names), "")));
	page_set(p, "filter", filter);
}

/* ---- values ---- */

static const char *text_of(const json_t *tree, const char *name)
{
	const char *s = json_string_value(json_object_get(tree, name));
	return str_empty(s) ? NULL : s;
}

static int64_t int_of(const json_t *tree, const char *name)
{
	const json_t *j = json_object_get(tree, name);
	int64_t n = 0;
	if (json_is_integer(j))
		return json_integer_value(j);
	return json_is_string(j) && str_int(json_string_value(j), &n) ? n : 0;
}

const char *page_query(const struct page *p, const char *name)
{
	return text_of(p->query, name);
}

int64_t page_query_int(const struct page *p, const char *name)
{
	return int_of(p->query, name);
}

const char *page_body(const struct page *p, const char *name)
{
	return text_of(p->body, name);
}

int64_t page_body_int(const struct page *p, const char *name)
{
	return int_of(p->body, name);
}

bool page_body_bool(const struct page *p, const char *name)
{
	const json_t *j = json_object_get(p->body, name);
	const char *s = json_string_value(j);
	return json_is_true(j) || (!str_empty(s) && strcmp(s, "0") != 0 && strcmp(s, "false") != 0);
}

enum err page_read(struct cx *cx, struct page *p, const struct fields *f, void *ret)
{
	return field_read(cx, f, p->body, p->source, ret);
}

void page_form(struct cx *cx, struct page *p, const char *name, const struct fields *f,
    const json_t *values)
{
	struct fault now = cx->fault;
	if (p->faulty)
		cx->fault = p->fault;
	page_set(p, name,
	    field_form(cx, f, p->faulty && p->body != NULL ? p->body : values, p->faulty));
	cx->fault = now;
}

void page_form_need(struct page *p, const char *name, const char *field)
{
	json_t *by = json_object_get(json_object_get(p->out, name), "by");
	json_object_set_new(json_object_get(by, field), "required", json_true());
}

bool page_may(const struct page *p, const char *permission)
{
	return p->may != NULL && permission_has(p->may, permission);
}

const char *page_url(struct cx *cx, const struct page *p, const char *path)
{
	if (!str_empty(p->settings.company_url))
		return arena_printf(cx->arena, "%s%s", p->settings.company_url, path);
	return arena_printf(cx->arena, "http://%s%s",
	    str_or(web_header(p->web, p->http, "Host"), "localhost"), path);
}

enum err page_invoice_pdf(struct cx *cx, struct page *p, json_t *view, const char *name)
{
	const struct people people = {p->settings.company_locale, p->settings.company_zone, cx->now,
	    NULL};
	struct pdf_logo logo = {0};
	void *bytes;
	size_t len;
	/* A copy: the view may also be shown as JSON. */
	json_t *tree = json_keep(cx, json_deep_copy(view));
	json_object_set_new(tree, "accent", json_string(str_or(p->settings.company_accent, "")));
	json_object_set_new(tree, "footer", json_string(str_or(p->settings.company_footer, "")));
	people_add(cx->arena, tree, &people);
	if (!files_get(cx->arena, p->web->theme_dir, "assets/logo.png", &logo.png, &logo.len))
		logo = (struct pdf_logo){0};
	TRY(pdf_invoice(cx, tree, str_eq(p->settings.invoice_paper, "letter") ? PDF_LETTER : PDF_A4,
	    logo, &bytes, &len));
	p->file_inline = true;
	return page_file(cx, p, "application/pdf", arena_printf(cx->arena, "%s.pdf", name), bytes,
	    len);
}
