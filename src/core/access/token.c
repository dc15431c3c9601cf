/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of API tokens. A token never allows more than its scopes, nor more than its staff member
 * may at that moment. The text is shown once; only its hash is kept.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/access/own.h"
#include "core/event/event.h"
#include "db/db.h"
#include "fmt/form.h"

struct create {
	const char *name, *scopes, *hash;
	int64_t staff_id, days;
};

static enum err create(struct cx *cx, void *arg)
{
	const struct create *a = arg;
	struct staff s;
	int64_t id;

	TRY(staff_get(cx, a->staff_id, &s));
	if (s.state != STAFF_ACTIVE)
		return fail(cx, ERR_CONFLICT, "token.refused", "This staff member is not active.");
	if (!permission_covers(s.permissions, a->scopes))
		return fail_field(cx, "scopes", "token.above", "This is more than %s may do",
		    s.name);
	struct token_new t = {.hash = a->hash,
	    .name = a->name,
	    .scopes = a->scopes,
	    .staff_id = s.id,
	    .expires_at = cx->now + a->days * ACCESS_DAY_S};
	TRY(token_insert(cx, &t, &id));
	json_t *data = json_keep(cx,
	    json_pack("{s:I, s:s, s:s}", "token_id", (json_int_t)id, "name", a->name, "scopes",
	        a->scopes));
	return event_add(cx, &(struct event){"staff", s.id, "token_create", 0, data}, NULL);
}

enum err token_create(struct cx *cx, int64_t staff_id, const char *name, const char *scopes,
    int64_t days, char **ret_token)
{
	char *token = arena_printf(cx->arena, "bh_%s", crypto_token(cx->arena, ACCESS_TOKEN_BYTES));
	struct create a = {str_trim(cx->arena, str_or(name, "")),
	    str_trim(cx->arena, str_or(scopes, "")), access_hash(cx->arena, token), staff_id, days};
	const char *wrong = permission_wrong(cx->arena, a.scopes);

	if (str_empty(a.name) || strlen(a.name) > LIMIT_TEXT_CHARS || !str_clean_line(a.name))
		return fail_field(cx, "name", "token.name", "Give the token a name");
	if (str_empty(a.scopes))
		return fail_field(cx, "scopes", "field.required", "Choose at least one permission");
	if (wrong != NULL)
		return fail_field(cx, "scopes", "token.scope", "There is no permission \"%s\"",
		    wrong);
	if (days < 1 || days > ACCESS_TOKEN_DAYS_MAX)
		return fail_field(cx, "days", "token.days", "Use 1 to %d days",
		    ACCESS_TOKEN_DAYS_MAX);
	TRY(db_tx(cx, create, &a));
	*ret_token = token;
	return OK;
}

/* A use is worth a note, not a refusal: the request may be one that reads only. */
static void note_use(struct cx *cx, const struct token_row *t)
{
	if (cx->now - t->used_at >= ACCESS_TOUCH_S && !db_in_tx(cx->db) &&
	    token_write_used(cx, t->id) != OK)
		cx_clear(cx);
}

static enum err none(struct cx *cx)
{
	return fail(cx, ERR_NOT_FOUND, "token.none", "This token is unknown, expired or revoked.");
}

enum err token_get(struct cx *cx, const char *token, struct staff *ret, const char **ret_scopes)
{
	struct token_row t;
	struct staff s;

	if (str_empty(token))
		return none(cx);
	enum err err = token_find(cx, access_hash(cx->arena, token), &t);
	if (err == ERR_NOT_FOUND)
		return none(cx);
	TRY(err);
	TRY(staff_get(cx, t.staff_id, &s));
	if (s.state != STAFF_ACTIVE)
		return none(cx);
	note_use(cx, &t);
	*ret = s;
	*ret_scopes = permission_common(cx->arena, t.scopes, s.permissions);
	return OK;
}

struct revoke {
	int64_t staff_id, id;
};

static enum err revoke(struct cx *cx, void *arg)
{
	const struct revoke *a = arg;
	bool changed;

	TRY(token_write_revoked(cx, a->staff_id, a->id, &changed));
	if (!changed)
		return none(cx);
	json_t *data = json_keep(cx, json_pack("{s:I}", "token_id", (json_int_t)a->id));
	return event_add(cx, &(struct event){"staff", a->staff_id, "token_revoke", 0, data}, NULL);
}

enum err token_revoke(struct cx *cx, int64_t staff_id, int64_t id)
{
	struct revoke a = {staff_id, id};

	return db_tx(cx, revoke, &a);
}
