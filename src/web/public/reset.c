/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links by mail: a new password, a verified address. Asking gives the same answer for every
 * address; following a link shows a button first, because mail filters follow links too and a GET
 * changes nothing. For staff the same pages serve with ?who=staff.
 */
#include "base/str.h"
#include "web/handlers.h"
#include "web/public/auth.h"

#define HOUR_S 3600
#define RESET_IP 20
#define RESET_ACCOUNT 5
#define LINK_IP 30
#define PASSWORD_MIN 10

struct reset_input {
	const char *email;
};
FIELDS(auth_reset_fields, struct reset_input,
    {.name = "email",
        .label = "Email address",
        .type = FIELD_EMAIL,
        .flags = FIELD_REQUIRED,
        .autocomplete = "username",
        .offset = offsetof(struct reset_input, email)}, );
struct password_input {
	const char *password;
};
FIELDS(auth_password_fields, struct password_input,
    {.name = "password",
        .label = "New password",
        .type = FIELD_PASSWORD,
        .flags = FIELD_REQUIRED,
        .min = PASSWORD_MIN,
        .help = "At least 10 characters.",
        .autocomplete = "new-password",
        .offset = offsetof(struct password_input, password)}, );

static bool for_staff(const struct page *p)
{
	const char *who = page_body(p, "who");
	return str_eq(who != NULL ? who : page_query(p, "who"), "staff");
}

enum err auth_reset(struct cx *cx, struct page *p)
{
	page_title(cx, p, "Forgot your password");
	page_form(cx, p, "form", &auth_reset_fields, NULL);
	page_set(p, "who", json_string(for_staff(p) ? "staff" : ""));
	page_set(p, "sent", json_boolean(page_query(p, "sent") != NULL));
	return OK;
}

enum err auth_reset_request(struct cx *cx, struct page *p)
{
	static const struct auth_limit limit = {RESET_IP, RESET_ACCOUNT, HOUR_S};
	struct reset_input in;
	TRY(page_read(cx, p, &auth_reset_fields, &in));
	TRY(auth_count(cx, "reset", in.email, &limit));
	TRY(access_reset_request(cx, for_staff(p) ? SESSION_STAFF : SESSION_CLIENT, in.email));
	return page_go(cx, p, "/reset?sent=1%s", for_staff(p) ? "&who=staff" : "");
}

enum err auth_reset_link(struct cx *cx, struct page *p)
{
	page_title(cx, p, "Choose a new password");
	page_form(cx, p, "form", &auth_password_fields, NULL);
	page_set(p, "token", json_string(p->word));
	page_set(p, "who", json_string(for_staff(p) ? "staff" : ""));
	return OK;
}

enum err auth_reset_set(struct cx *cx, struct page *p)
{
	static const struct auth_limit limit = {LINK_IP, LINK_IP, HOUR_S};
	struct password_input in;
	TRY(auth_count(cx, "link", NULL, &limit));
	TRY(page_read(cx, p, &auth_password_fields, &in));
	TRY(access_reset(cx, p->word, in.password));
	page_flash(cx, p, "success",
	    "Your password is changed and all sessions are ended. Please sign in.");
	return page_go(cx, p, for_staff(p) ? "/admin/login" : "/login");
}

enum err auth_verify(struct cx *cx, struct page *p)
{
	page_title(cx, p, "Confirm your email address");
	page_set(p, "token", json_string(p->word));
	return OK;
}

enum err auth_verified(struct cx *cx, struct page *p)
{
	static const struct auth_limit limit = {LINK_IP, LINK_IP, HOUR_S};
	TRY(auth_count(cx, "link", NULL, &limit));
	TRY(access_verify(cx, p->word));
	page_flash(cx, p, "success", "Thank you, your email address is confirmed.");
	return page_go(cx, p, p->client_id != 0 ? "/client" : "/login");
}
