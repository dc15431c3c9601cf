/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of staff accounts. Nobody grants, edits or suspends beyond his own permissions, nobody
 * locks himself out, and one active owner always remains. Signing in is in core/access.
 */
#include "core/staff/staff.h"

#include <assert.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/staff/own.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

FIELDS(staff_fields, struct staff_input,
    {.name = "email",
        .label = "Email address",
        .type = FIELD_EMAIL,
        .flags = FIELD_REQUIRED,
        .help = "Signs in with it.",
        .autocomplete = "off",
        .offset = offsetof(struct staff_input, email)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 100,
        .autocomplete = "off",
        .offset = offsetof(struct staff_input, name)},
    {.name = "password",
        .label = "Password",
        .type = FIELD_PASSWORD,
        .min = PASSWORD_CHARS_MIN,
        .help = "At least 10 characters. Empty keeps the present one.",
        .autocomplete = "new-password",
        .offset = offsetof(struct staff_input, password)},
    {.name = "role_id",
        .label = "Role",
        .type = FIELD_ID,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct staff_input, role_id)}, );

enum err staff_may_grant(struct cx *cx, const char *list)
{
	struct staff self;

	if (cx->actor.kind == ACTOR_SYSTEM)
		return OK;
	if (cx->actor.kind == ACTOR_STAFF) {
		TRY(staff_get(cx, cx->actor.id, &self));
		if (permission_covers(self.permissions, list))
			return OK;
	}
	return fail(cx, ERR_DENIED, "staff.above", "This needs permissions that you do not have.");
}

/* Changes to oneself that would lock one out, and the loss of the last owner. */
static enum err check_stays(struct cx *cx, const struct staff *s)
{
	int64_t owners;

	if (cx->actor.kind == ACTOR_STAFF && cx->actor.id == s->id)
		return fail(cx, ERR_CONFLICT, "staff.self",
		    "You cannot do this to your own account.");
	if (!str_eq(s->role_key, STAFF_OWNER_KEY) || s->state != STAFF_ACTIVE)
		return OK;
	TRY(staff_owners_but(cx, s->id, &owners));
	if (owners == 0)
		return fail(cx, ERR_CONFLICT, "staff.last_owner", "One active owner must remain.");
	return OK;
}

static enum err find_role(struct cx *cx, int64_t id, struct role *ret)
{
	enum err err = role_get(cx, id, ret);

	return err == ERR_NOT_FOUND ?
	    fail_field(cx, "role_id", "role.none", "There is no such role") :
	    err;
}

static enum err check_email(struct cx *cx, const char *email, int64_t id)
{
	int64_t taken;

	TRY(staff_email_id(cx, email, &taken));
	if (taken != 0 && taken != id)
		return fail_field(cx, "email", "staff.email_taken",
		    "Another staff member has this address");
	return OK;
}

struct save {
	const struct staff_input *in;
	const char *email;
	char *hash; /* NULL: the password stays */
	int64_t id;
};

static json_t *tree(struct cx *cx, const struct staff *s)
{
	return json_keep(cx,
	    json_pack("{s:s, s:s, s:s}", "email", s->email, "name", s->name, "role", s->role_key));
}

static enum err create(struct cx *cx, void *arg)
{
	struct save *a = arg;
	struct role role;

	TRY(find_role(cx, a->in->role_id, &role));
	TRY(staff_may_grant(cx, role.permissions));
	TRY(check_email(cx, a->email, 0));
	struct staff s = {.email = a->email,
	    .name = a->in->name,
	    .password_hash = a->hash,
	    .role_id = role.id,
	    .role_key = role.key};
	TRY(staff_insert(cx, &s, &a->id));
	return event_add(cx, &(struct event){"staff", a->id, "create", 0, tree(cx, &s)}, NULL);
}

enum err staff_create(struct cx *cx, const struct staff_input *in, int64_t *ret_id)
{
	struct save a = {.in = in, .email = str_lower(cx->arena, in->email)};

	TRY(password_hash(cx, "password", in->password, &a.hash));
	TRY(db_tx(cx, create, &a));
	*ret_id = a.id;
	return OK;
}

static enum err write_hash(struct cx *cx, int64_t id, const char *hash)
{
	TRY(staff_write_hash(cx, id, hash));
	TRY(staff_end_links(cx, id));
	return event_add(cx, &(struct event){"staff", id, "password", 0, NULL}, NULL);
}

static enum err update(struct cx *cx, void *arg)
{
	struct save *a = arg;
	struct staff before, after;
	struct role role;

	TRY(staff_get(cx, a->id, &before));
	TRY(find_role(cx, a->in->role_id, &role));
	TRY(staff_may_grant(cx, before.permissions));
	TRY(staff_may_grant(cx, role.permissions));
	TRY(check_email(cx, a->email, a->id));
	if (role.id != before.role_id)
		TRY(check_stays(cx, &before));
	after = before;
	after.email = a->email;
	after.name = a->in->name;
	after.role_id = role.id;
	after.role_key = role.key;
	if (a->hash != NULL)
		TRY(write_hash(cx, a->id, a->hash));
	json_t *changed = view_changed(cx, tree(cx, &before), tree(cx, &after));
	if (changed == NULL)
		return OK;
	TRY(staff_write(cx, &after));
	if (!str_eq(before.email, after.email))
		TRY(staff_end_links(cx, a->id));
	return event_add(cx, &(struct event){"staff", a->id, "update", 0, changed}, NULL);
}

enum err staff_update(struct cx *cx, int64_t id, const struct staff_input *in)
{
	struct save a = {.in = in, .email = str_lower(cx->arena, in->email), .id = id};

	if (!str_empty(in->password))
		TRY(password_hash(cx, "password", in->password, &a.hash));
	return db_tx(cx, update, &a);
}

static enum err set_password(struct cx *cx, void *arg)
{
	const struct save *a = arg;
	struct staff s;

	TRY(staff_get(cx, a->id, &s));
	/* One's own, by a reset link, or somebody's below. */
	if (cx->actor.kind == ACTOR_STAFF && cx->actor.id != s.id)
		TRY(staff_may_grant(cx, s.permissions));
	return write_hash(cx, a->id, a->hash);
}

enum err staff_set_password(struct cx *cx, int64_t id, const char *password)
{
	struct save a = {.id = id};

	TRY(password_hash(cx, "password", password, &a.hash));
	return db_tx(cx, set_password, &a);
}

struct apply {
	int64_t id;
	enum staff_event event;
	const char *reason;
};

static enum err apply(struct cx *cx, void *arg)
{
	const struct apply *a = arg;
	struct staff s;

	TRY(staff_get(cx, a->id, &s));
	int to = fsm_next(&staff_fsm, (int)s.state, (int)a->event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "staff.refused", "staff %lld is %s: cannot %s",
		    (long long)s.id, staff_fsm.states[s.state], staff_fsm.events[a->event]);
	TRY(staff_may_grant(cx, s.permissions));
	if (to != STAFF_ACTIVE)
		TRY(check_stays(cx, &s));
	TRY(staff_write_state(cx, &s, (enum staff_state)to));
	if (to != STAFF_ACTIVE)
		TRY(staff_end_access(cx, s.id));
	json_t *data = json_keep(cx, json_pack("{s:s}", "reason", a->reason));
	return event_add(cx, &(struct event){"staff", s.id, staff_fsm.events[a->event], 0, data},
	    NULL);
}

enum err staff_apply(struct cx *cx, int64_t id, enum staff_event event, const char *reason)
{
	struct apply a = {id, event, str_or(reason, "")};

	assert(event < STAFF_EVENTS);
	return db_tx(cx, apply, &a);
}

enum err staff_seen(struct cx *cx, int64_t id)
{
	return staff_write_seen(cx, id);
}
