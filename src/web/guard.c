/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who makes the request, may he use the route, and did he mean to: sessions and tokens,
 * permissions, CSRF. Handlers rely on this and check nothing of it again. Which rows exist is
 * core/access.
 *
 * CSRF tokens: a session has one of its own. A visitor without a session gets a random cookie, and
 * his token is an HMAC under it, so that a GET never has to write. The cookie is set only when a
 * page really contains the token (render.c). Beside the token every FORM checks Sec-Fetch-Site
 * and Origin.
 */
#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/str.h"
#include "web/own.h"

#define COOKIE_CLIENT_S (14 * 86400)
#define COOKIE_VISITOR_S (30 * 86400)
#define COOKIE_STAFF_S 0
#define AGENT_MAX 200

const char *web_cookie(const struct page *p, struct arena *a, const char *name)
{
	const char *at = web_header(p->web, p->http, "Cookie");
	size_t name_len = strlen(name);
	while (at != NULL && *at != 0) {
		at += strspn(at, " \t;");
		size_t len = strcspn(at, ";");
		if (len > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0)
			return str_trim(a, arena_strndup(a, at + name_len + 1, len - name_len - 1));
		at += len;
	}
	return NULL;
}

void web_cookie_set(struct cx *cx, struct page *p, const char *name, const char *value,
    int64_t age_s)
{
	bool staff = strcmp(name, WEB_COOKIE_STAFF) == 0;
	struct buf b;
	if (p->cookies_n >= (int)(sizeof p->cookies / sizeof p->cookies[0]))
		return;
	buf_init(&b, cx->arena);
	buf_printf(&b, "%s=%s; Path=%s; HttpOnly; SameSite=Lax", name, str_or(value, ""),
	    staff ? "/admin" : "/");
	if (value == NULL)
		buf_puts(&b, "; Max-Age=0");
	else if (age_s > 0)
		buf_printf(&b, "; Max-Age=%lld", (long long)age_s);
	if (str_starts(str_or(p->settings.company_url, ""), "https:"))
		buf_puts(&b, "; Secure");
	p->cookies[p->cookies_n++] = buf_text(&b);
}

/* ---- who ---- */

static enum err needs_sign_in(struct cx *cx)
{
	return fail(cx, ERR_DENIED, "access.sign_in", "Sign in to see this.");
}

/* A session that is gone is the same as none; other faults are faults. */
static enum err session_of(struct cx *cx, struct page *p, const char *token, enum session_kind kind)
{
	enum err err = str_empty(token) ? ERR_NOT_FOUND : session_get(cx, token, kind, &p->session);
	if (err == ERR_NOT_FOUND || err == ERR_INVALID || err == ERR_DENIED) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	p->signed_in = true;
	return session_touch(cx, &p->session);
}

static enum err who_bearer(struct cx *cx, struct page *p)
{
	const char *header = web_header(p->web, p->http, "Authorization");
	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
		return OK;
	const char *token = str_trim(cx->arena, header + 7);
	enum err err = token_get(cx, token, &p->staff, &p->may);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	cx->actor = (struct actor){ACTOR_STAFF, p->staff.id, p->staff.name, cx->actor.ip};
	return OK;
}

static enum err who_staff(struct cx *cx, struct page *p)
{
	TRY(session_of(cx, p, web_cookie(p, cx->arena, WEB_COOKIE_STAFF), SESSION_STAFF));
	if (!p->signed_in)
		return OK;
	p->staff = p->session.staff;
	p->may = p->staff.permissions;
	cx->actor = (struct actor){ACTOR_STAFF, p->staff.id, p->staff.name, cx->actor.ip};
	return OK;
}

/* The cookie's first letter says which kind it names, so that one look-up is enough. */
static enum err who_client(struct cx *cx, struct page *p)
{
	const char *cookie = p->waiting != NULL && p->waiting->token != NULL ?
	    p->waiting->token :
	    str_or(web_cookie(p, cx->arena, WEB_COOKIE), "");
	if (str_starts(cookie, "v."))
		return session_of(cx, p, cookie + 2, SESSION_VISITOR);
	if (!str_starts(cookie, "c."))
		return OK;
	TRY(session_of(cx, p, cookie + 2, SESSION_CLIENT));
	if (!p->signed_in)
		return OK;
	const struct client *c = &p->session.client;
	p->client_id = c->id;
	const char *by = p->session.staff_id == 0 ?
	    "" :
	    arena_printf(cx->arena, " (by %s of the staff)", p->session.staff.name);
	cx->actor = (struct actor){ACTOR_CLIENT, c->id,
	    arena_printf(cx->arena, "%s %s%s", c->first_name, c->last_name, by), cx->actor.ip};
	return OK;
}

enum err web_authenticate(struct cx *cx, struct page *p)
{
	switch (p->route->area) {
	case AREA_API:
	case AREA_PROBE: return who_bearer(cx, p);
	case AREA_STAFF: return who_staff(cx, p);
	case AREA_PUBLIC:
	case AREA_CLIENT: return p->route->method == WEB_HOOK ? OK : who_client(cx, p);
	case AREA_TEST: break;
	}
	return OK;
}

/* ---- may he ---- */

static bool is_loopback(const char *ip)
{
	return str_starts(ip, "127.") || str_eq(ip, "::1");
}

enum err web_authorise(struct cx *cx, struct page *p)
{
	const char *permission = p->route->permission;
	switch (p->route->area) {
	case AREA_PUBLIC:
	case AREA_TEST: return OK;
	case AREA_CLIENT: return p->client_id != 0 ? OK : needs_sign_in(cx);
	case AREA_PROBE:
		if (is_loopback(str_or(p->http->ip, "")))
			return OK;
		break;
	case AREA_STAFF:
	case AREA_API: break;
	}
	if (p->staff.id == 0)
		return needs_sign_in(cx);
	if (!str_empty(permission) && !page_may(p, permission))
		return fail(cx, ERR_DENIED, "access.permission", "This needs the permission %s.",
		    permission);
	return OK;
}

/* ---- did he mean to ---- */

static const char *visitor_token(struct arena *a, const char *secret)
{
	static const char about[] = "billhook visitor form";
	char hex[CRYPTO_SHA256_HEX];
	crypto_hmac_sha256(secret, strlen(secret), about, sizeof about - 1, hex);
	return arena_strdup(a, hex);
}

const char *web_csrf(struct cx *cx, struct page *p)
{
	if (p->csrf != NULL)
		return p->csrf;
	if (p->signed_in)
		return p->csrf = p->session.csrf;
	const char *secret = web_cookie(p, cx->arena, WEB_COOKIE_VISITOR);
	if (str_empty(secret) || strlen(secret) < 32)
		secret = p->visitor = crypto_token(cx->arena, 32);
	return p->csrf = visitor_token(cx->arena, secret);
}

static bool token_fits(struct cx *cx, const struct page *p, const char *given)
{
	if (str_empty(given))
		return false;
	if (p->signed_in && strlen(given) == strlen(p->session.csrf) &&
	    crypto_same(given, p->session.csrf))
		return true;
	/*
	 * A visitor's pages may be older than his cart; people who signed in have only their
	 * session's.
	 */
	if (p->signed_in && p->session.kind != SESSION_VISITOR)
		return false;
	const char *secret = web_cookie(p, cx->arena, WEB_COOKIE_VISITOR);
	if (str_empty(secret) || strlen(secret) < 32)
		return false;
	const char *own = visitor_token(cx->arena, secret);
	return strlen(given) == strlen(own) && crypto_same(given, own);
}

static bool origin_fits(struct cx *cx, const struct page *p)
{
	const char *site = web_header(p->web, p->http, "Sec-Fetch-Site");
	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	const char *origin = web_header(p->web, p->http, "Origin");
	if (origin == NULL || str_eq(origin, p->settings.company_url))
		return true;
	const char *host = str_or(web_header(p->web, p->http, "Host"), "");
	return str_eq(origin, arena_printf(cx->arena, "http://%s", host)) ||
	    str_eq(origin, arena_printf(cx->arena, "https://%s", host));
}

enum err web_guard(struct cx *cx, struct page *p)
{
	bool again =
	    p->waiting != NULL; /* passed in the first run; the session may be a new one since */
	enum area area = p->route->area;
	if (p->route->method != WEB_FORM || area == AREA_API || area == AREA_PROBE ||
	    area == AREA_TEST)
		return OK;
	const char *given = json_string_value(json_object_get(p->body, "csrf"));
	if (given == NULL)
		given = web_header(p->web, p->http, "X-CSRF-Token");
	if (!again && (!origin_fits(cx, p) || !token_fits(cx, p, given)))
		return fail(cx, ERR_DENIED, "access.csrf",
		    "This form is too old or came from another site. "
		    "Go back, reload the page and try again.");
	json_object_del(p->body, "csrf");
	return OK;
}

/* ---- signing in and out ---- */

static enum err open_session(struct cx *cx, struct page *p, enum session_kind kind,
    int64_t subject_id)
{
	bool staff = kind == SESSION_STAFF;
	bool replace = p->signed_in && (p->session.kind == SESSION_STAFF) == staff;
	const char *agent = str_or(web_header(p->web, p->http, "User-Agent"), "");
	char *token;
	agent =
	    str_clean_line(agent) ? arena_strndup(cx->arena, agent, strnlen(agent, AGENT_MAX)) : "";
	if (!str_utf8(agent, strlen(agent)))
		agent = "";
	TRY(session_open(cx, kind, subject_id, replace ? &p->session : NULL, agent, &token));
	TRY(session_get(cx, token, kind, &p->session));
	p->signed_in = true;
	p->csrf = NULL;
	if (staff) {
		web_cookie_set(cx, p, WEB_COOKIE_STAFF, token, COOKIE_STAFF_S);
		return OK;
	}
	p->token = arena_printf(cx->arena, "%c.%s", kind == SESSION_CLIENT ? 'c' : 'v', token);
	web_cookie_set(cx, p, WEB_COOKIE, p->token,
	    kind == SESSION_CLIENT ? COOKIE_CLIENT_S : COOKIE_VISITOR_S);
	return OK;
}

enum err page_sign_in(struct cx *cx, struct page *p, enum session_kind kind, int64_t subject_id)
{
	TRY(open_session(cx, p, kind, subject_id));
	if (kind != SESSION_CLIENT || p->route->area == AREA_STAFF)
		return OK;
	const struct client *c = &p->session.client;
	p->client_id = subject_id;
	cx->actor = (struct actor){ACTOR_CLIENT, subject_id,
	    arena_printf(cx->arena, "%s %s", c->first_name, c->last_name), cx->actor.ip};
	return OK;
}

enum err page_visitor(struct cx *cx, struct page *p)
{
	return p->signed_in ? OK : open_session(cx, p, SESSION_VISITOR, 0);
}

enum err page_sign_out(struct cx *cx, struct page *p)
{
	if (!p->signed_in)
		return OK;
	TRY(session_close(cx, p->session.id));
	web_cookie_set(cx, p, p->session.kind == SESSION_STAFF ? WEB_COOKIE_STAFF : WEB_COOKIE,
	    NULL, 0);
	p->signed_in = false;
	return OK;
}
