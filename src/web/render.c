/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a filled page, or a fault, to the bytes and headers of an answer: template or JSON,
 * redirects, files, cookies, security headers. What is true is in the tree already; nothing is
 * looked up here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "fmt/form.h"
#include "fmt/people.h"
#include "net/files.h"
#include "web/own.h"
#include "web/source.h"

#define FLASH_S 60

/* ---- headers ---- */

/* A letter shown in a frame of our own page: markup we did not write, so nothing in it runs. */
static bool is_framed(const struct page *p)
{
	return p->file != NULL && p->file_inline && str_starts(p->file_type, "text/html");
}

static const char *policy(struct cx *cx, const struct page *p)
{
	if (is_framed(p))
		return "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
		       "img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'";
	/*
	 * A form's redirect counts as its target in some browsers: pages that lead to a provider
	 * allow it.
	 */
	bool https = str_starts(str_or(p->settings.company_url, ""), "https:");
	const char *forms = !p->leaves ? "'self'" : https ? "'self' https:" : "'self' https: http:";
	return arena_printf(cx->arena,
	    "default-src 'none'; script-src 'self'; style-src 'self'; "
	    "img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
	    "form-action %s; "
	    "frame-ancestors 'none'; base-uri 'none'",
	    forms);
}

static void add_headers(struct cx *cx, const struct page *p, struct http_reply *r)
{
	http_reply_header(r, "Content-Security-Policy", policy(cx, p));
	http_reply_header(r, "X-Content-Type-Options", "nosniff");
	/* Not no-referrer: that would make browsers send "Origin: null" with our own forms. */
	http_reply_header(r, "Referrer-Policy", "same-origin");
	http_reply_header(r, "X-Frame-Options", is_framed(p) ? "SAMEORIGIN" : "DENY");
	http_reply_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	http_reply_header(r, "Permissions-Policy",
	    "camera=(), microphone=(), geolocation=(), payment=()");
	if (str_starts(str_or(p->settings.company_url, ""), "https:"))
		http_reply_header(r, "Strict-Transport-Security", "max-age=31536000");
	http_reply_header(r, "Cache-Control",
	    p->cache != NULL                          ? p->cache :
	        p->client_id != 0 || p->staff.id != 0 ? "no-store" :
	                                                "private, no-cache");
	for (int i = 0; p->waiting != NULL && i < p->waiting->cookies_n && i < 3; i++)
		http_reply_header(r, "Set-Cookie", arena_strdup(cx->arena, p->waiting->cookies[i]));
	for (int i = 0; i < p->cookies_n && i < 4; i++)
		http_reply_header(r, "Set-Cookie", p->cookies[i]);
}

static void set_body(struct http_reply *r, int status, const char *type, const char *text)
{
	r->status = status;
	r->type = type;
	r->body = text;
	r->body_len = strlen(text);
}

/* ---- the page object of templates ---- */

static json_t *company_tree(struct cx *cx, const struct page *p)
{
	const struct settings *s = &p->settings;
	static const char *const logos[] = {"logo.svg", "logo.png"};
	json_t *logo = json_null();
	for (size_t i = 0; i < sizeof logos / sizeof logos[0] && json_is_null(logo); i++) {
		const void *bytes;
		size_t len;
		if (files_get(cx->arena, p->web->theme_dir,
		        arena_printf(cx->arena, "assets/%s", logos[i]), &bytes, &len))
			logo = json_string(arena_printf(cx->arena, "/assets/%s", logos[i]));
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "name", str_or(s->company_name, ""),
	    "accent", str_or(s->company_accent, ""), "footer", str_or(s->company_footer, ""), "url",
	    str_or(s->company_url, ""), "email", str_or(s->company_email, ""), "terms",
	    !str_empty(s->company_terms), "logo", logo);
}

/* {invoice:{read:true,write:false}, …} so that a template asks page.staff.may.invoice.write. */
static json_t *may_tree(struct cx *cx, const struct page *p)
{
	json_t *may = json_object();
	for (size_t i = 0; i < permissions_n; i++) {
		const char *word = permissions[i].word;
		const char *dot = strchr(word, '.');
		const char *area = arena_strndup(cx->arena, word, (size_t)(dot - word));
		json_t *of = json_object_get(may, area);
		if (of == NULL) {
			of = json_object();
			json_object_set_new(may, area, of);
		}
		json_object_set_new(of, dot + 1, json_boolean(page_may(p, word)));
	}
	return may;
}

static json_t *staff_tree(struct cx *cx, const struct page *p)
{
	if (p->staff.id == 0)
		return json_null();
	return json_pack("{s:I, s:s, s:s, s:s, s:o}", "id", (json_int_t)p->staff.id, "name",
	    p->staff.name, "email", p->staff.email, "role", str_or(p->staff.role_name, ""), "may",
	    may_tree(cx, p));
}

static json_t *user_tree(struct cx *cx, const struct page *p)
{
	if (p->staff.id != 0)
		return json_pack("{s:s, s:s, s:s}", "name", p->staff.name, "email", p->staff.email,
		    "kind", "staff");
	if (p->client_id == 0)
		return json_null();
	const struct client *c = &p->session.client;
	return json_pack("{s:s, s:s, s:s}", "name",
	    arena_printf(cx->arena, "%s %s", c->first_name, c->last_name), "email", c->email,
	    "kind", "client");
}

/* Staff who look as a client are told so on each page, whatever they do meanwhile. */
static json_t *acting_tree(struct cx *cx, const struct page *p)
{
	const struct client *c = &p->session.client;
	if (p->client_id == 0 || p->session.staff_id == 0)
		return json_null();
	return json_pack("{s:s, s:s}", "client",
	    arena_printf(cx->arena, "%s %s", c->first_name, c->last_name), "staff",
	    p->session.staff.name);
}

static bool in_section(const char *path, const char *href)
{
	size_t len = strlen(href);
	return strcmp(path, href) == 0 || (str_starts(path, href) && path[len] == '/');
}

/* How much of the path it stands for. The first is the start page: it has no section. */
static size_t nav_fit(const char *path, const struct web_nav *nav, bool first)
{
	if (first ? strcmp(path, nav->href) == 0 : in_section(path, nav->href))
		return strlen(nav->href);
	return nav->also != NULL && in_section(path, nav->also) ? strlen(nav->also) : 0;
}

static json_t *nav_tree(const struct page *p)
{
	enum area area = p->route != NULL ? p->route->area : AREA_PUBLIC;
	const struct web_nav *nav = area == AREA_STAFF ? staff_nav :
	    area == AREA_CLIENT                        ? client_nav :
	                                                 public_nav;
	size_t n = area == AREA_STAFF ? staff_nav_n :
	    area == AREA_CLIENT       ? client_nav_n :
	                                public_nav_n;
	json_t *list = json_array();
	size_t best = 0;
	/* The longest fit is active: "/client" is not when "/client/invoices" is. */
	for (size_t i = 0; i < n; i++)
		if (nav_fit(p->http->path, &nav[i], i == 0) > best)
			best = nav_fit(p->http->path, &nav[i], i == 0);
	for (size_t i = 0; i < n; i++) {
		if (nav[i].permission[0] != 0 && !page_may(p, nav[i].permission))
			continue;
		bool active = best > 0 && nav_fit(p->http->path, &nav[i], i == 0) == best;
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:b}", "href", nav[i].href, "label", nav[i].label,
		        "icon", nav[i].icon, "active", active));
	}
	return list;
}

/* The sentence left by the page before; shown once. */
static json_t *flash_tree(struct cx *cx, struct page *p)
{
	static const char *const kinds[] = {"success", "info", "warning", "danger"};
	const char *cookie = web_cookie(p, cx->arena, WEB_COOKIE_FLASH);
	size_t len;
	if (p->flash != NULL)
		return json_pack("{s:s, s:s}", "kind", p->flash_kind, "text", p->flash);
	if (str_empty(cookie))
		return json_null();
	web_cookie_set(cx, p, WEB_COOKIE_FLASH, NULL, 0);
	char *text = (char *)crypto_unbase64(cx->arena, cookie, &len);
	char *tab = text != NULL && str_utf8(text, len) ? strchr(text, '\t') : NULL;
	if (tab == NULL)
		return json_null();
	*tab = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(text, kinds[i]) == 0)
			return json_pack("{s:s, s:s}", "kind", kinds[i], "text", tab + 1);
	return json_null();
}

static const char *field_id(struct cx *cx, const char *name)
{
	char *id = arena_printf(cx->arena, "field-%s", name);
	for (char *c = id; *c != 0; c++)
		if (*c == '.')
			*c = '-';
	return id;
}

static const char *fault_text(const struct fault *f)
{
	if (f->err == ERR_INTERNAL || str_starts(str_or(f->key, ""), "db."))
		return "Something went wrong on our side. Nothing was "
		       "changed. Try again, or tell us the reference.";
	if (f->fields != NULL)
		return "Please check what is marked below.";
	return f->detail;
}

static json_t *fault_tree(struct cx *cx, const struct page *p)
{
	if (!p->faulty)
		return json_null();
	json_t *fields = json_array();
	for (const struct field_fault *f = p->fault.fields; f != NULL; f = f->next)
		json_array_append_new(fields,
		    json_pack("{s:s, s:s, s:s}", "id", field_id(cx, f->name), "name", f->name,
		        "text", f->text));
	return json_pack("{s:s, s:s, s:o}", "text", fault_text(&p->fault), "key",
	    str_or(p->fault.key, ""), "fields", fields);
}

static const char *theme(const struct page *p, struct arena *a)
{
	const char *given = web_cookie(p, a, WEB_COOKIE_THEME);
	return str_eq(given, "light") || str_eq(given, "dark") ? given : "auto";
}

static void add_page(struct cx *cx, struct page *p)
{
	static const char *const areas[] = {[AREA_PUBLIC] = "public",
	    [AREA_CLIENT] = "client",
	    [AREA_STAFF] = "staff",
	    [AREA_API] = "api",
	    [AREA_PROBE] = "probe",
	    [AREA_TEST] = "test"};
	json_t *page =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
	        "title", str_or(p->title, str_or(p->settings.company_name, "")), "csrf",
	        web_csrf(cx, p), "path", p->http->path, "area",
	        areas[p->route != NULL ? p->route->area : AREA_PUBLIC], "theme",
	        theme(p, cx->arena), "trace", cx->trace, "company", company_tree(cx, p), "acting",
	        acting_tree(cx, p), "user", user_tree(cx, p), "staff", staff_tree(cx, p), "nav",
	        nav_tree(p), "flash", flash_tree(cx, p), "fault", fault_tree(cx, p), "signup",
	        p->settings.signup_open);
	json_object_set_new(p->out, "page", page);
}

/* ---- answers ---- */

static enum err render_html(struct cx *cx, struct page *p, const char *view, const char **ret)
{
	TRY(web_sources(cx, p));
	struct people people = {str_or(p->settings.company_locale, "en_US"),
	    str_or(p->settings.company_zone, "UTC"), cx->now, NULL};
	struct buf b;
	TRY(tmpl_names_of(cx, p->web->pages, view, &people.wanted));
	add_page(cx, p);
	people_add(cx->arena, p->out, &people);
	buf_init(&b, cx->arena);
	TRY(tmpl_render(cx, p->web->pages, view, p->out, &b));
	*ret = buf_text(&b);
	/* The visitor's secret goes out only with a page that needs it. */
	if (p->visitor != NULL && p->csrf != NULL && strstr(*ret, p->csrf) != NULL)
		web_cookie_set(cx, p, WEB_COOKIE_VISITOR, p->visitor, 0);
	return OK;
}

static void render_redirect(struct cx *cx, struct page *p, struct http_reply *ret)
{
	set_body(ret, 303, "text/plain; charset=utf-8", "See other.\n");
	http_reply_header(ret, "Location", p->location);
	if (p->flash == NULL)
		return;
	const char *text = arena_printf(cx->arena, "%s\t%s", p->flash_kind, p->flash);
	web_cookie_set(cx, p, WEB_COOKIE_FLASH, crypto_base64url(cx->arena, text, strlen(text)),
	    FLASH_S);
}

static void render_file(struct cx *cx, struct page *p, struct http_reply *ret)
{
	ret->status = p->status != 0 ? p->status : 200;
	ret->type = p->file_type;
	ret->body = p->file;
	ret->body_len = p->file_len;
	if (p->file_name == NULL)
		return;
	char *name = arena_strdup(cx->arena, p->file_name);
	for (char *c = name; *c != 0; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"\\/;", *c) != NULL)
			*c = '-';
	http_reply_header(ret, "Content-Disposition",
	    arena_printf(cx->arena, "%s; filename=\"%s\"", p->file_inline ? "inline" : "attachment",
	        name));
}

const char *web_json(struct cx *cx, const struct page *p)
{
	char *text = json_dumps(p->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	const char *kept = arena_strdup(cx->arena, str_or(text, "{}"));
	free(text);
	return kept;
}

void web_render(struct cx *cx, struct page *p, struct http_reply *ret)
{
	int status = p->status != 0 ? p->status : 200;
	const char *view = p->view != NULL ? p->view : p->route->view;
	const char *text;
	if (p->file != NULL)
		render_file(cx, p, ret);
	else if (p->json || (p->location == NULL && view == NULL))
		set_body(ret, status, "application/json", web_json(cx, p));
	else if (p->location != NULL)
		render_redirect(cx, p, ret);
	else if (render_html(cx, p, view, &text) == OK)
		set_body(ret, status, "text/html; charset=utf-8", text);
	else {
		web_render_fault(cx, p, cx->fault.err, ret);
		return;
	}
	add_headers(cx, p, ret);
}

/* ---- faults ---- */

int web_fault_status(const struct cx *cx, const struct page *p, enum err err)
{
	static const struct {
		const char *key;
		int status;
	} special[] = {{"access.sign_in", 401}, {"access.too_many", 429}, {"form.malformed", 400},
	    {"json.malformed", 400}, {"db.read_only", 500}};
	if (p->status >= 400)
		return p->status;
	for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
		if (str_eq(cx->fault.key, special[i].key))
			return special[i].status;
	return err_status(err);
}

static const char *title_of(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {{400, "This request cannot be read"}, {401, "Please sign in"},
	    {403, "This is not open to you"}, {404, "Not found"}, {405, "Not possible this way"},
	    {409, "This is not possible now"}, {415, "This request cannot be read"},
	    {422, "Please check what you sent"}, {429, "Too many tries"},
	    {502, "A provider did not answer as it should"}, {503, "Please try again in a moment"}};
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Something went wrong";
}

const char *web_problem(struct cx *cx, const struct page *p, int status)
{
	const struct fault *f = &cx->fault;
	bool hidden = status >= 500 || str_starts(str_or(f->key, ""), "db.");
	const char *key = hidden && str_starts(str_or(f->key, ""), "db.") ?
	    err_word(f->err) :
	    str_or(f->key, "internal");
	json_t *fields = json_array();
	for (const struct field_fault *x = f->fields; x != NULL; x = x->next)
		json_array_append_new(fields,
		    json_pack("{s:s, s:s, s:s}", "name", x->name, "key", x->key, "text", x->text));
	const char *detail = f->err == ERR_INTERNAL || hidden ? fault_text(f) : f->detail;
	json_t *j = json_pack("{s:s, s:s, s:i, s:s, s:s, s:o, s:s}", "type",
	    arena_printf(cx->arena, "urn:billhook:%s", key), "title", title_of(status), "status",
	    status, "key", key, "detail", detail, "fields", fields, "trace", cx->trace);
	if (f->about != NULL)
		json_object_set_new(j, f->about,
		    json_pack("{s:I, s:s}", "id", (json_int_t)f->about_id, "number",
		        str_or(f->about_number, "")));
	char *text = json_dumps(json_keep(cx, j), JSON_COMPACT);
	const char *kept = arena_strdup(cx->arena, str_or(text, "{}"));
	free(text);
	(void)p;
	return kept;
}

/* A page of a stranger leads to the sign-in form and back. */
static bool send_to_sign_in(struct cx *cx, struct page *p, struct http_reply *ret)
{
	bool staff = p->route != NULL && p->route->area == AREA_STAFF;
	bool page = p->route != NULL && (staff || p->route->area == AREA_CLIENT);
	if (p->json || !page)
		return false;
	bool get = p->route->method != WEB_FORM;
	p->location = arena_printf(cx->arena, "%s%s%s", staff ? "/admin/login" : "/login",
	    get ? "?next=" : "", get ? str_url(cx->arena, p->http->target) : "");
	render_redirect(cx, p, ret);
	return true;
}

static const char plain_page[] =
    "<!doctype html><html lang=\"en\"><title>Something went wrong</title>"
    "<h1>Something went wrong</h1><p>Please try again in a moment.</p></html>";

static void render_error_page(struct cx *cx, struct page *p, int status, struct http_reply *ret)
{
	struct fault fault = cx->fault;
	const char *text;
	json_object_clear(p->out);
	p->faulty = false;
	page_title(cx, p, "%s", title_of(status));
	json_t *error =
	    json_pack("{s:i, s:s, s:s, s:s}", "status", status, "title", title_of(status), "text",
	        status >= 500 ? fault_text(&(struct fault){.err = ERR_INTERNAL, .key = ""}) :
	                        fault_text(&fault),
	        "trace", cx->trace);
	page_set(p, "error", error);
	/*
	 * A wrong address fails before the settings are read; a dead database leaves the plain
	 * page.
	 */
	bool can = p->settings.company_name != NULL || setting_load(cx, &p->settings) == OK;
	if (!can || render_html(cx, p, "public/error", &text) != OK)
		text = plain_page;
	cx->fault = fault;
	set_body(ret, status, "text/html; charset=utf-8", text);
}

void web_render_fault(struct cx *cx, struct page *p, enum err err, struct http_reply *ret)
{
	int status = web_fault_status(cx, p, err);
	bool asks = status == 401;
	p->file = NULL;
	if (asks && send_to_sign_in(cx, p, ret)) {
		add_headers(cx, p, ret);
		return;
	}
	if (p->json || (p->route != NULL && p->route->area >= AREA_API))
		set_body(ret, status, "application/problem+json", web_problem(cx, p, status));
	else
		render_error_page(cx, p, status, ret);
	if (asks)
		http_reply_header(ret, "WWW-Authenticate", "Bearer");
	if (p->allow != NULL)
		http_reply_header(ret, "Allow", p->allow);
	if (status == 429 || status == 503)
		http_reply_header(ret, "Retry-After", status == 429 ? "60" : "5");
	add_headers(cx, p, ret);
}
