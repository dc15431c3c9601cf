/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox's control panel and the sites it hosts: accounts by the caller's key, one verb a
 * call, one-time sign-in. Nothing is served from a disk; a site is a page that says it is there.
 */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "app/sandbox_own.h"
#include "base/crypto.h"
#include "base/day.h"

typedef enum http_done verb(struct sandbox *sb, const struct http_request *q, const json_t *body,
    struct http_reply *ret);

static json_t *account_of(struct sandbox *sb, const json_t *body)
{
	return json_object_get(sb->accounts, sandbox_text(body, "key"));
}

/* What callers see: everything but the password. */
static json_t *view(const json_t *account)
{
	json_t *j = json_copy((json_t *)(uintptr_t)account);
	json_object_del(j, "password");
	return j;
}

static enum http_done unknown(struct sandbox *sb, struct http_reply *ret)
{
	return sandbox_error(sb, 404, "unknown", "no account with this key", ret);
}

static bool is_name(const char *s, const char *others, size_t max)
{
	size_t len = strlen(s);
	if (len == 0 || len > max || *s == '-' || *s == '.' || s[len - 1] == '.')
		return false;
	for (; *s != 0; s++)
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') &&
		    strchr(others, *s) == NULL)
			return false;
	return true;
}

static bool is_taken(const struct sandbox *sb, const char *domain, const char *username)
{
	const char *key;
	json_t *a;
	json_object_foreach(sb->accounts, key, a) {
		if (str_eq(sandbox_text(a, "domain"), domain) ||
		    str_eq(sandbox_text(a, "username"), username))
			return true;
	}
	return false;
}

/* What was chosen with the plan, whole each time. */
static void put_options(json_t *account, const json_t *body)
{
	json_t *options = json_object_get(body, "options");
	json_object_set_new(account, "options",
	    json_is_object(options) ? json_deep_copy(options) : json_object());
}

static enum http_done create(struct sandbox *sb, const struct http_request *q, const json_t *body,
    struct http_reply *ret)
{
	const char *domain = str_lower(sb->cx.arena, sandbox_text(body, "domain"));
	const char *username = sandbox_text(body, "username"),
	           *package = sandbox_text(body, "package");
	if (account_of(sb, body) != NULL)
		return sandbox_error(sb, 409, "exists", "there is an account with this key", ret);
	if (!is_name(domain, "-.", 253) || strchr(domain, '.') == NULL)
		return sandbox_error(sb, 422, "invalid", "domain must be a host name", ret);
	if (!is_name(username, "_-", 32) || *package == 0)
		return sandbox_error(sb, 422, "invalid",
		    "username (a-z 0-9 _ -, up to 32) and package are needed", ret);
	if (is_taken(sb, domain, username))
		return sandbox_error(sb, 422, "name_taken", "the domain or user name is taken",
		    ret);
	const char *key = sandbox_text(body, "key");
	json_t *a = json_pack("{ss ss ss ss ss ss ss ss si}", "key", key, "domain", domain,
	    "username", username, "password", sandbox_text(body, "password"), "package", package,
	    "email", sandbox_text(body, "email"), "state", "active", "reason", "",
	    "password_changes", 0);
	assert(a != NULL);
	put_options(a, body);
	json_object_set_new(a, "created_at", json_string(instant_print(sb->cx.arena, sb->cx.now)));
	json_object_set_new(sb->accounts, key, a);
	return sandbox_json(sb, 201, view(a), ret);
}

static enum http_done set_state(struct sandbox *sb, const json_t *body, const char *state,
    struct http_reply *ret)
{
	json_t *a = account_of(sb, body);
	if (a == NULL)
		return unknown(sb, ret);
	bool stops = str_eq(state, "suspended");
	json_object_set_new(a, "state", json_string(state));
	json_object_set_new(a, "reason", json_string(stops ? sandbox_text(body, "reason") : ""));
	return sandbox_json(sb, 200, view(a), ret);
}

static enum http_done suspend(struct sandbox *sb, const struct http_request *q, const json_t *body,
    struct http_reply *ret)
{
	return set_state(sb, body, "suspended", ret);
}

static enum http_done unsuspend(struct sandbox *sb, const struct http_request *q,
    const json_t *body, struct http_reply *ret)
{
	return set_state(sb, body, "active", ret);
}

static enum http_done terminate(struct sandbox *sb, const struct http_request *q,
    const json_t *body, struct http_reply *ret)
{
	if (json_object_del(sb->accounts, sandbox_text(body, "key")) != 0)
		return unknown(sb, ret);
	return sandbox_json(sb, 200, json_pack("{ss}", "state", "terminated"), ret);
}

static enum http_done change_plan(struct sandbox *sb, const struct http_request *q,
    const json_t *body, struct http_reply *ret)
{
	json_t *a = account_of(sb, body);
	const char *package = sandbox_text(body, "package");
	if (a == NULL)
		return unknown(sb, ret);
	if (*package == 0)
		return sandbox_error(sb, 422, "invalid", "package is needed", ret);
	json_object_set_new(a, "package", json_string(package));
	put_options(a, body);
	return sandbox_json(sb, 200, view(a), ret);
}

static enum http_done password(struct sandbox *sb, const struct http_request *q, const json_t *body,
    struct http_reply *ret)
{
	json_t *a = account_of(sb, body);
	const char *word = sandbox_text(body, "password");
	if (a == NULL)
		return unknown(sb, ret);
	if (strlen(word) < 8)
		return sandbox_error(sb, 422, "invalid",
		    "the password must have 8 characters or more", ret);
	json_int_t n = json_integer_value(json_object_get(a, "password_changes"));
	json_object_set_new(a, "password", json_string(word));
	json_object_set_new(a, "password_changes", json_integer(n + 1));
	return sandbox_json(sb, 200, view(a), ret);
}

static enum http_done sso(struct sandbox *sb, const struct http_request *q, const json_t *body,
    struct http_reply *ret)
{
	if (account_of(sb, body) == NULL)
		return unknown(sb, ret);
	const char *token = crypto_token(sb->cx.arena, 18);
	json_object_set_new(sb->logins, token, json_string(sandbox_text(body, "key")));
	const char *url =
	    arena_printf(sb->cx.arena, "%s/panel/login/%s", sandbox_base(sb, q), token);
	return sandbox_json(sb, 200, json_pack("{ss}", "url", url), ret);
}

/* Figures that look real and are the same each time for the same key. */
static enum http_done usage(struct sandbox *sb, const struct http_request *q, const json_t *body,
    struct http_reply *ret)
{
	const json_t *a = account_of(sb, body);
	if (a == NULL)
		return unknown(sb, ret);
	json_int_t sum = 0;
	for (const char *p = sandbox_text(a, "key"); *p != 0; p++)
		sum = (sum * 31 + (unsigned char)*p) % 900;
	json_int_t mib = 1 << 20;
	return sandbox_json(sb, 200,
	    json_pack("{sI sI sI sI si si}", "disk_bytes", (sum + 50) * mib, "disk_limit_bytes",
	        1024 * mib, "bandwidth_bytes", (sum * 7 + 300) * mib, "bandwidth_limit_bytes",
	        10240 * mib, "mailboxes", (int)(sum % 9), "databases", (int)(sum % 4)),
	    ret);
}

static const struct {
	const char *word;
	verb *run;
} verbs[] = {
    {"create", create},
    {"suspend", suspend},
    {"unsuspend", unsuspend},
    {"terminate", terminate},
    {"change_plan", change_plan},
    {"password", password},
    {"sso", sso},
    {"usage", usage},
};

static bool is_caller(const struct sandbox *sb, const struct http_request *q)
{
	const char *given = str_or(http_header(q, "Authorization"), "");
	return strncasecmp(given, "Bearer ", 7) == 0 && crypto_same(given + 7, sb->secret);
}

static enum http_done call(struct sandbox *sb, const struct http_request *q, const char *word,
    struct http_reply *ret)
{
	verb *run = NULL;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (str_eq(verbs[i].word, word))
			run = verbs[i].run;
	if (run == NULL)
		return sandbox_error(sb, 404, "unknown", "no such call", ret);
	if (!is_caller(sb, q))
		return sandbox_error(sb, 401, "auth",
		    "Authorization: Bearer with the sandbox's secret is needed", ret);
	const char *fault = sandbox_fault_take(sb, "panel", word);
	enum http_done done;
	if (sandbox_fault_before(sb, fault, q, ret, &done))
		return done;
	const json_t *body = sandbox_body(sb, q, ret);
	if (body == NULL)
		return HTTP_ANSWERED;
	if (*sandbox_text(body, "key") == 0)
		return sandbox_error(sb, 422, "invalid", "key is needed", ret);
	run(sb, q, body, ret);
	sandbox_fault_after(fault, ret);
	return HTTP_ANSWERED;
}

static enum http_done login(struct sandbox *sb, const char *token, struct http_reply *ret)
{
	const char *key = arena_strdup(sb->cx.arena, sandbox_text(sb->logins, token));
	const json_t *a = json_object_get(sb->accounts, key);
	if (a == NULL)
		return sandbox_page_note(sb, 410, "Link no longer valid",
		    "A sign-in link works once. Please ask for a new one.", ret);
	json_object_del(sb->logins, token);
	return sandbox_page_panel(sb, a, ret);
}

static enum http_done accounts(struct sandbox *sb, const char *key, struct http_reply *ret)
{
	const json_t *a = *key == 0 ? NULL : json_object_get(sb->accounts, key);
	if (*key != 0)
		return a == NULL ? unknown(sb, ret) : sandbox_json(sb, 200, view(a), ret);
	json_t *list = json_array(), *one;
	const char *name;
	json_object_foreach(sb->accounts, name, one)
		json_array_append_new(list, view(one));
	return sandbox_json(sb, 200, list, ret);
}

enum http_done sandbox_panel(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret)
{
	if (str_eq(q->method, "POST"))
		return str_eq(rest, "/faults") ? sandbox_faults_set(sb, "panel", q, ret) :
		                                 call(sb, q, *rest == '/' ? rest + 1 : rest, ret);
	if (str_eq(rest, "/accounts"))
		return accounts(sb, "", ret);
	if (str_starts(rest, "/accounts/"))
		return accounts(sb, rest + strlen("/accounts/"), ret);
	if (str_starts(rest, "/login/"))
		return login(sb, rest + strlen("/login/"), ret);
	return sandbox_error(sb, 404, "unknown", "no such address", ret);
}

enum http_done sandbox_site(struct sandbox *sb, const char *domain, struct http_reply *ret)
{
	const char *key;
	json_t *a;
	json_object_foreach(sb->accounts, key, a)
		if (str_eq(sandbox_text(a, "domain"), domain))
			return sandbox_page_site(sb, a, ret);
	return sandbox_page_note(sb, 404, "No site here", "No site is hosted under this name.",
	    ret);
}
