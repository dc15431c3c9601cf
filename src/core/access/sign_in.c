/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in with address and password. Every refusal looks and lasts the same, so that nobody
 * learns which addresses exist. How often one may try is counted by web/ with throttle_count().
 */
#include "base/crypto.h"
#include "core/access/own.h"
#include "core/event/event.h"
#include "db/db.h"

static enum err denied(struct cx *cx)
{
	return fail(cx, ERR_DENIED, "access.denied", "The address or the password is wrong.");
}

static enum err enter_client(struct cx *cx, void *arg)
{
	const struct client *c = arg;

	TRY(client_seen(cx, c->id));
	return event_add(cx, &(struct event){"client", c->id, "sign_in", c->id, NULL}, NULL);
}

enum err access_sign_in_client(struct cx *cx, const char *email, const char *password,
    struct client *ret)
{
	struct client c = {0};
	enum err err = client_find_email(cx, email, &c);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	bool right = crypto_password_check(err == OK ? c.password_hash : NULL, password);
	if (err != OK || !right || c.state != CLIENT_ACTIVE)
		return denied(cx);
	TRY(db_tx(cx, enter_client, &c));
	*ret = c;
	return OK;
}

static enum err enter_staff(struct cx *cx, void *arg)
{
	const struct staff *s = arg;

	TRY(staff_seen(cx, s->id));
	return event_add(cx, &(struct event){"staff", s->id, "sign_in", 0, NULL}, NULL);
}

enum err access_sign_in_staff(struct cx *cx, const char *email, const char *password,
    struct staff *ret)
{
	struct staff s = {0};
	enum err err = staff_find_email(cx, email, &s);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	bool right = crypto_password_check(err == OK ? s.password_hash : NULL, password);
	if (err != OK || !right || s.state != STAFF_ACTIVE)
		return denied(cx);
	TRY(db_tx(cx, enter_staff, &s));
	*ret = s;
	return OK;
}
