/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed-in staff member's own things: password, sessions, API tokens. A token is shown once
 * and never again.
 */
#include "base/str.h"
#include "core/access/access.h"
#include "core/staff/staff.h"
#include "web/staff/own.h"

struct password {
	const char *present, *password;
};

FIELDS(password_fields, struct password,
    {.name = "present",
        .label = "Present password",
        .type = FIELD_PASSWORD,
        .flags = FIELD_REQUIRED,
        .autocomplete = "current-password",
        .offset = offsetof(struct password, present)},
    {.name = "password",
        .label = "New password",
        .type = FIELD_PASSWORD,
        .flags = FIELD_REQUIRED,
        .min = 10,
        .help = "At least 10 characters.",
        .autocomplete = "new-password",
        .offset = offsetof(struct password, password)}, );

struct token {
	const char *name, *scopes;
	int64_t days;
};

FIELDS(token_fields, struct token,
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 60,
        .help = "What the token is for.",
        .offset = offsetof(struct token, name)},
    {.name = "scopes",
        .label = "Permissions",
        .type = FIELD_LINE,
        .from = "permission",
        .flags = FIELD_REQUIRED | FIELD_MANY,
        .max = 4000,
        .help = "What a program that has the token may do; never more than you may.",
        .otherwise = "*",
        .offset = offsetof(struct token, scopes)},
    {.name = "days",
        .label = "Days",
        .type = FIELD_INT,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .max = 3650,
        .help = "After so many days it stops working.",
        .otherwise = "365",
        .offset = offsetof(struct token, days)}, );

enum err admin_account(struct cx *cx, struct page *p)
{
	json_t *tokens, *sessions, *row;
	size_t i;

	TRY(token_list(cx, p->staff.id, &tokens));
	TRY(session_list(cx, SESSION_STAFF, p->staff.id, &sessions));
	json_array_foreach(sessions, i, row)
		json_object_set_new(row, "is_this",
		    json_boolean(p->signed_in &&
		        json_integer_value(json_object_get(row, "id")) == p->session.id));
	page_title(cx, p, "Your account");
	page_put(p, "me", staff_view(cx, &p->staff));
	page_put(p, "tokens", tokens);
	page_put(p, "sessions", sessions);
	page_form(cx, p, "password", &password_fields, NULL);
	page_form(cx, p, "new_token", &token_fields, NULL);
	return OK;
}

enum err admin_account_password(struct cx *cx, struct page *p)
{
	struct password in;
	struct staff s;

	TRY(page_read(cx, p, &password_fields, &in));
	TRY(throttle_count(cx,
	    arena_printf(cx->arena, "password/staff/%lld", (long long)p->staff.id), 10, 3600));
	if (access_sign_in_staff(cx, p->staff.email, in.present, &s) != OK) {
		cx_clear(cx);
		return fail_field(cx, "present", "access.password",
		    "This is not your present password");
	}
	TRY(staff_set_password(cx, p->staff.id, in.password));
	TRY(access_end_all(cx, SESSION_STAFF, p->staff.id, p->signed_in ? p->session.id : 0));
	page_flash(cx, p, "success",
	    "Your password was changed. Your other sessions and tokens have ended.");
	return page_go(cx, p, "/admin/account");
}

/* Answers with the page that shows the token: it must not travel through a redirect. */
enum err admin_token_create(struct cx *cx, struct page *p)
{
	struct token in;
	char *token;

	TRY(page_read(cx, p, &token_fields, &in));
	TRY(token_create(cx, p->staff.id, in.name, in.scopes, in.days, &token));
	p->view = "staff/account/token";
	page_title(cx, p, "New API token");
	page_set(p, "token", json_string(token));
	page_set(p, "name", json_string(in.name));
	return OK;
}

enum err admin_token_revoke(struct cx *cx, struct page *p)
{
	TRY(token_revoke(cx, p->staff.id, p->id));
	page_flash(cx, p, "success", "The token no longer works.");
	return page_go(cx, p, "/admin/account");
}

enum err admin_session_end(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;

	TRY(session_list(cx, SESSION_STAFF, p->staff.id, &rows));
	json_array_foreach(rows, i, row) {
		if (json_integer_value(json_object_get(row, "id")) != p->id)
			continue;
		TRY(session_close(cx, p->id));
		page_flash(cx, p, "success", "The session was ended.");
		return page_go(cx, p, "/admin/account");
	}
	return fail(cx, ERR_NOT_FOUND, "session.none", "There is no such session.");
}
