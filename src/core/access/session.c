/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of sessions. Whose a session is, and whether that person is still active, is read afresh
 * with every request, so that a suspension holds from the next one on. Cookies are in web/.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/access/own.h"
#include "db/db.h"

static enum err none(struct cx *cx)
{
	return fail(cx, ERR_NOT_FOUND, "session.none", "You are not signed in.");
}

static enum err read_person(struct cx *cx, struct session *s)
{
	bool active = true;
	enum err err = OK;

	if (s->kind == SESSION_CLIENT) {
		err = client_get(cx, s->subject_id, &s->client);
		active = err == OK && s->client.state == CLIENT_ACTIVE;
	}
	int64_t staff_id = s->kind == SESSION_STAFF ? s->subject_id : s->staff_id;
	if (active && staff_id != 0) {
		err = staff_get(cx, staff_id, &s->staff);
		active = err == OK && s->staff.state == STAFF_ACTIVE;
	}
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	return active ? OK : none(cx);
}

enum err session_get(struct cx *cx, const char *token, enum session_kind kind, struct session *ret)
{
	struct session s = {0};

	if (str_empty(token))
		return none(cx);
	enum err err = session_find(cx, access_hash(cx->arena, token), kind, &s);
	if (err == ERR_NOT_FOUND)
		return none(cx);
	TRY(err);
	TRY(read_person(cx, &s));
	*ret = s;
	return OK;
}

struct open {
	struct session session;
	const struct session *old;
	const char *hash;
};

static enum err open_one(struct cx *cx, void *arg)
{
	struct open *a = arg;

	/* A person suspended between the check of the password and now gets none. */
	TRY(read_person(cx, &a->session));
	if (a->old != NULL)
		TRY(session_delete(cx, a->old->id));
	return session_insert(cx, &a->session, a->hash);
}

/* What was put into the cart before signing in, or before one's own session was renewed. */
static const char *cart_of(const struct session *old, enum session_kind kind, int64_t subject_id)
{
	if (old == NULL)
		return "";
	if (old->kind == SESSION_VISITOR || (old->kind == kind && old->subject_id == subject_id))
		return str_or(old->cart, "");
	return "";
}

/* Whoever of the staff opens a client's session, and looks on after it was renewed. */
static int64_t staff_of(const struct cx *cx, const struct session *old, enum session_kind kind,
    int64_t subject_id)
{
	if (kind != SESSION_CLIENT)
		return 0;
	if (cx->actor.kind == ACTOR_STAFF)
		return cx->actor.id;
	bool same = old != NULL && old->kind == kind && old->subject_id == subject_id;
	return same ? old->staff_id : 0;
}

enum err session_open(struct cx *cx, enum session_kind kind, int64_t subject_id,
    const struct session *old, const char *agent, char **ret_token)
{
	char *token = crypto_token(cx->arena, ACCESS_TOKEN_BYTES);
	/* A header may hold any bytes; only a name of a browser is worth keeping. */
	bool clean = agent != NULL && str_clean_line(agent);
	struct open a = {.old = old,
	    .hash = access_hash(cx->arena, token),
	    .session = {.kind = kind,
	        .subject_id = subject_id,
	        .staff_id = staff_of(cx, old, kind, subject_id),
	        .csrf = crypto_token(cx->arena, ACCESS_TOKEN_BYTES),
	        .cart = cart_of(old, kind, subject_id),
	        .ip = str_or(cx->actor.ip, ""),
	        .agent = clean ? agent : "",
	        .expires_at = cx->now + session_idle_s(kind)}};

	TRY(db_tx(cx, open_one, &a));
	*ret_token = token;
	return OK;
}

enum err session_touch(struct cx *cx, const struct session *s)
{
	return cx->now - s->used_at < ACCESS_TOUCH_S ? OK : session_write_used(cx, s);
}

enum err session_set_cart(struct cx *cx, int64_t id, const char *cart)
{
	if (strlen(cart) > ACCESS_CART_BYTES_MAX)
		return fail(cx, ERR_INVALID, "session.cart", "The cart is too large.");
	return session_write_cart(cx, id, cart);
}

enum err session_close(struct cx *cx, int64_t id)
{
	return session_delete(cx, id);
}
