/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's own data: profile, contacts, password, email address, sessions. Changing how one signs
 * in asks for the present password again.
 */
#include "base/crypto.h"
#include "base/str.h"
#include "core/client/client.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/public/auth.h"

#define PASSWORD_MIN 10
#define WINDOW_S 900

enum err area_profile(struct cx *cx, struct page *p)
{
	json_t *values = client_view(cx, &p->session.client);
	page_title(cx, p, "Your details");
	page_form(cx, p, "form", &client_profile_fields, values);
	page_put(p, "client", values);
	const char *vat = str_or(p->session.client.tax_id_state, "");
	page_set(p, "vat",
	    json_pack("{s:b, s:b, s:b}", "valid", str_eq(vat, "valid"), "invalid",
	        str_eq(vat, "invalid"), "open",
	        str_eq(vat, "unchecked") || str_eq(vat, "unavailable")));
	return OK;
}

enum err area_profile_save(struct cx *cx, struct page *p)
{
	TRY(client_update(cx, p->client_id, p->body, p->source, &client_profile_fields));
	page_flash(cx, p, "success", "Your details are saved.");
	return page_go(cx, p, "/client/profile");
}

/* ---- contacts ---- */

/* Each contact with a form of its own; the one that was refused keeps what was typed. */
enum err area_contacts(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;
	bool faulty = p->faulty;
	TRY(contact_list(cx, p->client_id, &rows));
	json_array_foreach(rows, i, row) {
		p->faulty = faulty && p->id == json_integer_value(json_object_get(row, "id"));
		page_form(cx, p, "row", &contact_fields, row);
		json_object_set(row, "form", json_object_get(p->out, "row"));
		json_object_set_new(row, "open", json_boolean(p->faulty));
	}
	json_object_del(p->out, "row");
	p->faulty = faulty && p->id == 0;
	page_form(cx, p, "form", &contact_fields, NULL);
	p->faulty = faulty;
	page_title(cx, p, "Contacts");
	page_put(p, "data", rows);
	return OK;
}

static enum err save_contact(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(contact_save(cx, p->client_id, p->id, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The contact is saved.");
	return page_go(cx, p, "/client/contacts");
}

enum err area_contact_add(struct cx *cx, struct page *p)
{
	return save_contact(cx, p);
}

enum err area_contact_save(struct cx *cx, struct page *p)
{
	return save_contact(cx, p);
}

enum err area_contact_remove(struct cx *cx, struct page *p)
{
	TRY(contact_remove(cx, p->client_id, p->id));
	page_flash(cx, p, "success", "The contact is removed.");
	return page_go(cx, p, "/client/contacts");
}

/* ---- signing in ---- */

struct password_input {
	const char *current, *password;
};
FIELDS(area_password_fields, struct password_input,
    {.name = "current",
        .label = "Present password",
        .type = FIELD_PASSWORD,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .autocomplete = "current-password",
        .offset = offsetof(struct password_input, current)},
    {.name = "password",
        .label = "New password",
        .type = FIELD_PASSWORD,
        .flags = FIELD_REQUIRED,
        .min = PASSWORD_MIN,
        .help = "At least 10 characters.",
        .autocomplete = "new-password",
        .offset = offsetof(struct password_input, password)}, );
struct email_input {
	const char *current, *email;
};
FIELDS(area_email_fields, struct email_input,
    {.name = "email",
        .label = "New email address",
        .type = FIELD_EMAIL,
        .flags = FIELD_REQUIRED,
        .help = "We will send a letter there to confirm it, and tell the old address.",
        .autocomplete = "email",
        .offset = offsetof(struct email_input, email)},
    /* Not "current": both forms stand on one page. */
    {.name = "confirm",
        .label = "Your password",
        .type = FIELD_PASSWORD,
        .flags = FIELD_REQUIRED,
        .min = 1,
        .autocomplete = "current-password",
        .offset = offsetof(struct email_input, current)}, );

enum err area_security(struct cx *cx, struct page *p)
{
	json_t *sessions, *row;
	size_t i;
	bool faulty = p->faulty;
	TRY(session_list(cx, SESSION_CLIENT, p->client_id, &sessions));
	json_array_foreach(sessions, i, row)
		json_object_set_new(row, "current",
		    json_boolean(json_integer_value(json_object_get(row, "id")) == p->session.id));
	p->faulty = faulty && str_ends(p->http->path, "/password");
	page_form(cx, p, "password_form", &area_password_fields, NULL);
	p->faulty = faulty && str_ends(p->http->path, "/email");
	page_form(cx, p, "email_form", &area_email_fields, NULL);
	p->faulty = faulty;
	page_title(cx, p, "Sign-in and security");
	page_put(p, "sessions", sessions);
	page_set(p, "others", json_boolean(json_array_size(sessions) > 1));
	page_set(p, "email", json_string(p->session.client.email));
	page_set(p, "verified", json_boolean(p->session.client.email_verified_at != 0));
	return OK;
}

static enum err check_current(struct cx *cx, const struct page *p, const char *field,
    const char *current)
{
	static const struct auth_limit limit = {100, 10, WINDOW_S};
	TRY(auth_count(cx, "confirm", p->session.client.email, &limit));
	if (!crypto_password_check(p->session.client.password_hash, current))
		return fail_field(cx, field, "access.password",
		    "This is not your present password.");
	return OK;
}

enum err area_password(struct cx *cx, struct page *p)
{
	struct password_input in;
	TRY(page_read(cx, p, &area_password_fields, &in));
	TRY(check_current(cx, p, "current", in.current));
	TRY(client_set_password(cx, p->client_id, in.password));
	/* Whoever knew the old one is out; this browser goes on under a new session. */
	TRY(access_end_all(cx, SESSION_CLIENT, p->client_id, p->session.id));
	TRY(page_sign_in(cx, p, SESSION_CLIENT, p->client_id));
	page_flash(cx, p, "success", "Your password is changed. All other sessions are ended.");
	return page_go(cx, p, "/client/security");
}

enum err area_email(struct cx *cx, struct page *p)
{
	struct email_input in;
	TRY(page_read(cx, p, &area_email_fields, &in));
	TRY(check_current(cx, p, "confirm", in.current));
	TRY(client_set_email(cx, p->client_id, in.email));
	TRY(access_verify_request(cx, p->client_id));
	page_flash(cx, p, "success",
	    "Your email address is changed. Please confirm it with the letter we sent there.");
	return page_go(cx, p, "/client/security");
}

enum err area_verify_again(struct cx *cx, struct page *p)
{
	static const struct auth_limit limit = {20, 5, 3600};
	TRY(auth_count(cx, "verify", p->session.client.email, &limit));
	TRY(access_verify_request(cx, p->client_id));
	page_flash(cx, p, "success", "We sent you a new letter.");
	return page_go(cx, p, "/client/security");
}

/* Only a session of this client; another's id is not found. */
enum err area_session_end(struct cx *cx, struct page *p)
{
	json_t *sessions, *row;
	size_t i;
	TRY(session_list(cx, SESSION_CLIENT, p->client_id, &sessions));
	json_array_foreach(sessions, i, row) {
		if (json_integer_value(json_object_get(row, "id")) != p->id)
			continue;
		if (p->id == p->session.id)
			TRY(page_sign_out(cx, p));
		else
			TRY(session_close(cx, p->id));
		page_flash(cx, p, "success", "The session is ended.");
		return page_go(cx, p, "/client/security");
	}
	return fail(cx, ERR_NOT_FOUND, "session.unknown", "There is no such session.");
}

enum err area_sessions_end(struct cx *cx, struct page *p)
{
	TRY(access_end_all(cx, SESSION_CLIENT, p->client_id, p->session.id));
	page_flash(cx, p, "success", "All other sessions are ended.");
	return page_go(cx, p, "/client/security");
}
