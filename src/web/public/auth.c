/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in, out and up, for clients and staff. Counts tries by address of the network and of the
 * account; says the same for every refusal. Passwords and sessions themselves are core/access.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/event/event.h"
#include "db/db.h"
#include "web/handlers.h"
#include "web/public/auth.h"

#define WINDOW_S 900
#define LOGIN_IP 100 /* an office behind one address signs in too */
#define LOGIN_ACCOUNT 10
#define SIGNUP_IP 20
#define HOUR_S 3600

struct login_input {
	const char *email, *password, *next;
};
FIELDS(auth_login_fields, struct login_input,
    {.name = "email",
        .label = "Email address",
        .type = FIELD_EMAIL,
        .flags = FIELD_REQUIRED,
        .autocomplete = "username",
        .offset = offsetof(struct login_input, email)},
    {.name = "password",
        .label = "Password",
        .type = FIELD_PASSWORD,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .autocomplete = "current-password",
        .offset = offsetof(struct login_input, password)},
    {.name = "next",
        .label = "Next page",
        .type = FIELD_LINE,
        .max = 2000,
        .offset = offsetof(struct login_input, next)}, );

static const char *next_of(const struct page *p, const char *otherwise)
{
	const char *next = page_body(p, "next");
	return page_local(next != NULL ? next : page_query(p, "next"), otherwise);
}

enum err auth_count(struct cx *cx, const char *what, const char *account,
    const struct auth_limit *l)
{
	char hash[CRYPTO_SHA256_HEX];
	TRY(throttle_count(cx, arena_printf(cx->arena, "%s/ip/%s", what, cx->actor.ip), l->ip,
	    l->window_s));
	if (account == NULL)
		return OK;
	/* The address itself has no business in a counter's name. */
	char *lower = str_lower(cx->arena, account);
	crypto_sha256(lower, strlen(lower), hash);
	return throttle_count(cx, arena_printf(cx->arena, "%s/account/%s", what, hash), l->account,
	    l->window_s);
}

static enum err clear_account(struct cx *cx, const char *what, const char *account)
{
	char hash[CRYPTO_SHA256_HEX];
	char *lower = str_lower(cx->arena, account);
	crypto_sha256(lower, strlen(lower), hash);
	return throttle_clear(cx, arena_printf(cx->arena, "%s/account/%s", what, hash));
}

/* A refused sign-in shows the form again; the sentence does not say which of the two was wrong. */
static enum err refused(struct cx *cx, enum err err)
{
	if (err == ERR_DENIED && str_eq(cx->fault.key, "access.denied"))
		return fail(cx, ERR_INVALID, "access.denied",
		    "The email address or the password is wrong.");
	return err;
}

static enum err show_login(struct cx *cx, struct page *p, const char *otherwise)
{
	page_title(cx, p, "Sign in");
	page_form(cx, p, "form", &auth_login_fields, NULL);
	page_set(p, "next", json_string(next_of(p, otherwise)));
	page_set(p, "signup_open", json_boolean(p->settings.signup_open));
	return OK;
}

/* ---- clients ---- */

enum err auth_login(struct cx *cx, struct page *p)
{
	if (p->client_id != 0 && !p->faulty)
		return page_go(cx, p, "%s", next_of(p, "/client"));
	return show_login(cx, p, "/client");
}

enum err auth_sign_in(struct cx *cx, struct page *p)
{
	static const struct auth_limit limit = {LOGIN_IP, LOGIN_ACCOUNT, WINDOW_S};
	struct login_input in;
	struct client c;
	TRY(page_read(cx, p, &auth_login_fields, &in));
	TRY(auth_count(cx, "login", in.email, &limit));
	TRY(refused(cx, access_sign_in_client(cx, in.email, in.password, &c)));
	TRY(clear_account(cx, "login", in.email));
	TRY(page_sign_in(cx, p, SESSION_CLIENT, c.id));
	return page_go(cx, p, "%s", page_local(in.next, "/client"));
}

enum err auth_sign_out(struct cx *cx, struct page *p)
{
	TRY(page_sign_out(cx, p));
	return page_go(cx, p, "/");
}

static enum err note_leave(struct cx *cx, void *arg)
{
	const struct page *p = arg;
	return event_add(cx,
	    &(struct event){"client", p->client_id, "staff_sign_out", p->client_id, NULL}, NULL);
}

/* Staff who looked as the client go back to where they came from. */
enum err auth_leave(struct cx *cx, struct page *p)
{
	if (p->session.staff_id == 0)
		return page_go(cx, p, "/client");
	TRY(db_tx(cx, note_leave, p));
	TRY(page_sign_out(cx, p));
	page_flash(cx, p, "success", "You are no longer signed in as %s %s.",
	    p->session.client.first_name, p->session.client.last_name);
	return page_go(cx, p, "/admin/clients/%lld", (long long)p->client_id);
}

enum err auth_signup(struct cx *cx, struct page *p)
{
	if (p->client_id != 0)
		return page_go(cx, p, "/client");
	page_title(cx, p, "Create an account");
	json_t *values = json_pack("{s:s, s:s}", "country", p->settings.company_country, "currency",
	    p->settings.company_currency);
	page_form(cx, p, "form", &client_fields, values);
	page_form_need(p, "form", "password");
	json_decref(values);
	page_set(p, "open", json_boolean(p->settings.signup_open));
	return OK;
}

enum err auth_create(struct cx *cx, struct page *p, int64_t *ret_id)
{
	static const struct auth_limit limit = {SIGNUP_IP, SIGNUP_IP, HOUR_S};
	struct client_input in;
	enum err err = page_read(cx, p, &client_fields, &in);
	/* Whoever signs up himself needs one; staff may create clients without. */
	if (page_body(p, "password") == NULL)
		err = fail_field(cx, "password", "field.required", "Choose a password.");
	TRY(err);
	TRY(auth_count(cx, "signup", NULL, &limit));
	TRY(client_create(cx, &in, ret_id));
	return access_verify_request(cx, *ret_id);
}

enum err auth_sign_up(struct cx *cx, struct page *p)
{
	struct client c;
	int64_t id;
	if (!p->settings.signup_open)
		return fail(cx, ERR_CONFLICT, "client.signup_closed",
		    "New accounts cannot be created here at the moment.");
	TRY(auth_create(cx, p, &id));
	TRY(client_get(cx, id, &c));
	if (c.state != CLIENT_ACTIVE) {
		page_flash(cx, p, "info",
		    "Thank you. We look at new accounts ourselves and will write to you.");
		return page_go(cx, p, "/login");
	}
	TRY(page_sign_in(cx, p, SESSION_CLIENT, id));
	page_flash(cx, p, "success",
	    "Welcome. We sent you a letter to confirm your email address.");
	return page_go(cx, p, "%s", next_of(p, "/client"));
}

/* ---- staff ---- */

enum err auth_staff_login(struct cx *cx, struct page *p)
{
	return show_login(cx, p, "/admin");
}

enum err auth_staff_sign_in(struct cx *cx, struct page *p)
{
	static const struct auth_limit limit = {LOGIN_IP, LOGIN_ACCOUNT, WINDOW_S};
	struct login_input in;
	struct staff s;
	TRY(page_read(cx, p, &auth_login_fields, &in));
	TRY(auth_count(cx, "staff-login", in.email, &limit));
	TRY(refused(cx, access_sign_in_staff(cx, in.email, in.password, &s)));
	TRY(clear_account(cx, "staff-login", in.email));
	TRY(page_sign_in(cx, p, SESSION_STAFF, s.id));
	return page_go(cx, p, "%s", page_local(in.next, "/admin"));
}

enum err auth_staff_sign_out(struct cx *cx, struct page *p)
{
	TRY(page_sign_out(cx, p));
	return page_go(cx, p, "/admin/login");
}
