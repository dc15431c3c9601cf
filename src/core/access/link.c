/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-time links: password reset and verification of an address. A request kills older links and
 * leaves an event; the token itself is made by the job that writes the letter and stands nowhere
 * else.
 */
#include <assert.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/access/own.h"
#include "core/event/event.h"
#include "db/db.h"

/* Who may get and use a link, read afresh: verification also before approval. */
struct person {
	const char *email;
	bool may_reset, may_verify;
};

static enum err read_person(struct cx *cx, const char *subject, int64_t id, struct person *ret)
{
	struct client c;
	struct staff s;

	if (str_eq(subject, "client")) {
		TRY(client_get(cx, id, &c));
		*ret = (struct person){c.email, c.state == CLIENT_ACTIVE,
		    c.state == CLIENT_ACTIVE || c.state == CLIENT_PENDING};
		return OK;
	}
	assert(str_eq(subject, "staff"));
	TRY(staff_get(cx, id, &s));
	*ret = (struct person){s.email, s.state == STAFF_ACTIVE, false};
	return OK;
}

struct request {
	const char *subject, *kind, *event;
	int64_t id;
};

static enum err request(struct cx *cx, void *arg)
{
	const struct request *a = arg;
	int64_t client_id = str_eq(a->subject, "client") ? a->id : 0;

	TRY(one_time_delete(cx, a->subject, a->id, a->kind));
	return event_add(cx, &(struct event){a->subject, a->id, a->event, client_id, NULL}, NULL);
}

/* Finds the person of an address; *ret_id stays 0 when there is none who may reset. */
static enum err find(struct cx *cx, enum session_kind kind, const char *email, int64_t *ret_id)
{
	struct client c;
	struct staff s;
	enum err err;

	if (kind == SESSION_STAFF) {
		err = staff_find_email(cx, email, &s);
		if (err == OK && s.state == STAFF_ACTIVE)
			*ret_id = s.id;
	} else {
		err = client_find_email(cx, email, &c);
		if (err == OK && c.state == CLIENT_ACTIVE)
			*ret_id = c.id;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return OK;
}

enum err access_reset_request(struct cx *cx, enum session_kind kind, const char *email)
{
	struct request a = {session_word(kind), "reset", "reset_request", 0};

	assert(kind != SESSION_VISITOR);
	TRY(find(cx, kind, str_or(email, ""), &a.id));
	return a.id == 0 ? OK : db_tx(cx, request, &a);
}

enum err access_verify_request(struct cx *cx, int64_t client_id)
{
	struct request a = {"client", "verify", "verify_request", client_id};
	struct client c;

	TRY(client_get(cx, client_id, &c));
	if (c.email_verified_at != 0)
		return fail(cx, ERR_CONFLICT, "access.verified",
		    "This address is verified already.");
	return db_tx(cx, request, &a);
}

struct make {
	const char *kind, *subject, *hash;
	int64_t subject_id;
};

static enum err make(struct cx *cx, void *arg)
{
	const struct make *a = arg;
	bool reset = str_eq(a->kind, "reset");
	struct person p;

	TRY(read_person(cx, a->subject, a->subject_id, &p));
	if (!(reset ? p.may_reset : p.may_verify))
		return fail(cx, ERR_CONFLICT, "access.refused",
		    "This account may not have such a link.");
	TRY(one_time_delete(cx, a->subject, a->subject_id, a->kind));
	struct one_time_new l = {.hash = a->hash,
	    .kind = a->kind,
	    .subject = a->subject,
	    .email = p.email,
	    .subject_id = a->subject_id,
	    .expires_at = cx->now + (reset ? ACCESS_RESET_S : ACCESS_VERIFY_S)};
	return one_time_insert(cx, &l);
}

enum err access_one_time(struct cx *cx, const char *kind, const char *subject, int64_t subject_id,
    char **ret_token)
{
	char *token = crypto_token(cx->arena, ACCESS_TOKEN_BYTES);
	struct make a = {kind, subject, access_hash(cx->arena, token), subject_id};

	assert(str_eq(kind, "reset") || str_eq(kind, "verify"));
	TRY(db_tx(cx, make, &a));
	*ret_token = token;
	return OK;
}

static enum err stale(struct cx *cx)
{
	return fail(cx, ERR_INVALID, "access.link",
	    "This link was used before, is too old, or was replaced by a newer one.");
}

struct use {
	const char *hash, *password;
};

/* A live link of somebody who may still use it and still has the address it was sent to. */
static enum err use_link(struct cx *cx, const char *hash, const char *kind, struct one_time *ret)
{
	struct person p;
	enum err err = one_time_use(cx, hash, kind, ret);

	if (err == ERR_NOT_FOUND)
		return stale(cx);
	TRY(err);
	TRY(read_person(cx, ret->subject, ret->subject_id, &p));
	bool may = str_eq(kind, "reset") ? p.may_reset : p.may_verify;
	return may && str_eq(p.email, ret->email) ? OK : stale(cx);
}

static enum err reset(struct cx *cx, void *arg)
{
	const struct use *a = arg;
	struct one_time link;

	TRY(use_link(cx, a->hash, "reset", &link));
	if (str_eq(link.subject, "client")) {
		TRY(client_set_password(cx, link.subject_id, a->password));
		return access_end_all(cx, SESSION_CLIENT, link.subject_id, 0);
	}
	TRY(staff_set_password(cx, link.subject_id, a->password));
	return access_end_all(cx, SESSION_STAFF, link.subject_id, 0);
}

enum err access_reset(struct cx *cx, const char *token, const char *password)
{
	struct use a = {access_hash(cx->arena, str_or(token, "")), password};

	return db_tx(cx, reset, &a);
}

static enum err verify(struct cx *cx, void *arg)
{
	const struct use *a = arg;
	struct one_time link;

	TRY(use_link(cx, a->hash, "verify", &link));
	return client_verified(cx, link.subject_id, link.email);
}

enum err access_verify(struct cx *cx, const char *token)
{
	struct use a = {access_hash(cx->arena, str_or(token, "")), NULL};

	return db_tx(cx, verify, &a);
}
