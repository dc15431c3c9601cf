/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of clients. Addresses are kept in lower case, so that one mailbox is one account. Signing
 * in and links are in core/access; what a suspension means for services is in flow/.
 */
#include "core/client/client.h"

#include <assert.h>

#include "base/str.h"
#include "core/client/own.h"
#include "core/event/event.h"
#include "core/setting/setting.h"
#include "core/staff/staff.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

static enum err check_email(struct cx *cx, const char *email, int64_t id)
{
	int64_t taken;

	TRY(client_email_id(cx, email, &taken));
	if (taken != 0 && taken != id)
		return fail_field(cx, "email", "client.email_taken",
		    "Another client has this address");
	return OK;
}

/* Somebody must find out whether a new tax number is right. */
static enum err tax_id_event(struct cx *cx, int64_t id, const char *tax_id)
{
	json_t *data = json_keep(cx, json_pack("{s:s}", "tax_id", tax_id));

	return event_add(cx, &(struct event){"client", id, "tax_id", id, data}, NULL);
}

struct create {
	const struct client_input *in;
	char *hash;
	int64_t id;
};

static enum err create(struct cx *cx, void *arg)
{
	struct create *a = arg;
	const struct client_input *in = a->in;
	bool visitor = cx->actor.kind == ACTOR_VISITOR;
	struct settings s;

	TRY(setting_load(cx, &s));
	if (visitor && !s.signup_open)
		return fail(cx, ERR_DENIED, "client.signup_closed", "Sign-up is closed.");
	struct client c = {.email = str_lower(cx->arena, in->email),
	    .password_hash = a->hash,
	    .first_name = in->first_name,
	    .last_name = in->last_name,
	    .company = str_or(in->company, ""),
	    .address = in->address,
	    .city = in->city,
	    .postcode = in->postcode,
	    .region = str_or(in->state, ""),
	    .country = in->country,
	    .phone = str_or(in->phone, ""),
	    .currency = str_empty(in->currency) ? s.company_currency : in->currency,
	    .tax_id = str_or(in->tax_id, ""),
	    .state = visitor && s.signup_approval ? CLIENT_PENDING : CLIENT_ACTIVE};
	TRY(check_email(cx, c.email, 0));
	TRY(client_insert(cx, &c, &a->id));
	json_t *data = json_keep(cx,
	    json_pack("{s:s, s:s}", "email", c.email, "status", client_fsm.states[c.state]));
	TRY(event_add(cx, &(struct event){"client", a->id, "create", a->id, data}, NULL));
	return str_empty(c.tax_id) ? OK : tax_id_event(cx, a->id, c.tax_id);
}

enum err client_create(struct cx *cx, const struct client_input *in, int64_t *ret_id)
{
	struct create a = {.in = in};

	/* Hashing is slow: not inside the transaction. */
	if (!str_empty(in->password))
		TRY(password_hash(cx, "password", in->password, &a.hash));
	TRY(db_tx(cx, create, &a));
	*ret_id = a.id;
	return OK;
}

static enum err change_email(struct cx *cx, const struct client *c, const char *email)
{
	email = str_lower(cx->arena, email);
	if (str_eq(c->email, email))
		return OK;
	TRY(check_email(cx, email, c->id));
	TRY(client_write_email(cx, c->id, email));
	TRY(client_end_links(cx, c->id));
	json_t *data = json_keep(cx, json_pack("{s:s, s:s}", "old", c->email, "new", email));
	return event_add(cx, &(struct event){"client", c->id, "email", c->id, data}, NULL);
}

/*
 * Numbers are never given another currency: what is open stays in the old one, so nothing may be.
 */
static enum err change_currency(struct cx *cx, const struct client *c, const char *currency)
{
	const char *open;

	if (str_empty(currency) || str_eq(c->currency, currency))
		return OK;
	TRY(client_open_things(cx, c->id, &open));
	if (!str_empty(open))
		return fail(cx, ERR_CONFLICT, "client.currency",
		    "The currency stays %s while the client has %s", c->currency, open);
	TRY(client_write_currency(cx, c->id, currency));
	json_t *data = json_keep(cx, json_pack("{s:s, s:s}", "old", c->currency, "new", currency));
	return event_add(cx, &(struct event){"client", c->id, "currency", c->id, data}, NULL);
}

struct update {
	int64_t id;
	const json_t *body;
	enum field_source source;
	const struct fields *which;
};

/*
 * The stored values with those of the body over them: a program may send what changes only. A
 * form's check box says no by its absence, so that a stored yes must not come back.
 */
static json_t *merge(struct cx *cx, const struct update *a, const struct client *c)
{
	json_t *stored = client_edit_view(cx, c), *merged = json_keep(cx, json_object());

	for (size_t i = 0; i < a->which->n; i++) {
		const struct field *f = &a->which->rows[i];
		json_t *value = json_object_get(stored, f->name);
		/* A form brings numbers as text. */
		if (a->source == FIELD_FORM && json_is_integer(value) && f->type == FIELD_PPM)
			json_object_set_new(merged, f->name,
			    json_sprintf("%lld.%04lld",
			        (long long)json_integer_value(value) / 10000,
			        (long long)json_integer_value(value) % 10000));
		else if (a->source == FIELD_FORM && json_is_integer(value))
			json_object_set_new(merged, f->name,
			    json_sprintf("%lld", (long long)json_integer_value(value)));
		else if (a->source == FIELD_JSON || f->type != FIELD_BOOL)
			json_object_set(merged, f->name, value);
	}
	/* jansson counts references in what it copies from. */
	json_object_update(merged, (json_t *)(uintptr_t)a->body);
	return merged;
}

/* What the table of fields has; the others stay. */
static struct client with_edit(const struct client *c, const struct client_edit *e,
    const struct fields *which)
{
	struct client after = *c;

	after.first_name = e->first_name;
	after.last_name = e->last_name;
	after.company = e->company;
	after.address = e->address;
	after.city = e->city;
	after.postcode = e->postcode;
	after.region = e->state;
	after.country = e->country;
	after.phone = e->phone;
	after.tax_id = e->tax_id;
	after.language = e->language;
	if (which == &client_staff_fields) {
		after.note = e->note;
		after.tax_exempt = e->tax_exempt;
		after.group = e->group;
		after.pays_by = e->pays_by;
		after.terms_days = e->terms_days;
		after.grace_days = e->grace_days;
		after.discount_ppm = e->discount_ppm;
		after.hold_until = e->hold_until;
	}
	return after;
}

/* What was proved of another number, or of another country's, proves nothing of this one. */
static bool with_tax_state(const struct client *before, struct client *after)
{
	if (str_eq(before->tax_id, after->tax_id) && str_eq(before->country, after->country))
		return false;
	after->tax_id_state = str_empty(after->tax_id) ? "" : "unchecked";
	after->tax_id_at = 0;
	return !str_empty(after->tax_id);
}

static enum err with_group(struct cx *cx, struct client *after)
{
	after->group_id = 0;
	if (str_empty(after->group))
		return OK;
	TRY(client_group_find(cx, after->group, &after->group_id));
	if (after->group_id == 0)
		return fail_field(cx, "group", "client.group", "There is no group \"%s\"",
		    after->group);
	return OK;
}

static enum err update(struct cx *cx, void *arg)
{
	const struct update *a = arg;
	struct client before, after;
	struct client_edit edit;

	TRY(client_get(cx, a->id, &before));
	TRY(field_read(cx, a->which, merge(cx, a, &before), a->source, &edit));
	if (a->which == &client_staff_fields) {
		TRY(change_email(cx, &before, edit.email));
		TRY(change_currency(cx, &before, edit.currency));
	}
	after = with_edit(&before, &edit, a->which);
	bool ask = with_tax_state(&before, &after);
	TRY(with_group(cx, &after));
	json_t *changed =
	    view_changed(cx, client_edit_view(cx, &before), client_edit_view(cx, &after));
	if (changed == NULL)
		return OK;
	TRY(client_write(cx, &after));
	TRY(event_add(cx, &(struct event){"client", a->id, "update", a->id, changed}, NULL));
	return ask ? tax_id_event(cx, a->id, after.tax_id) : OK;
}

enum err client_update(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    const struct fields *which)
{
	struct update a = {id, body, source, which};

	assert(which == &client_profile_fields || which == &client_staff_fields);
	if (!json_is_object(body))
		return fail(cx, ERR_INVALID, "fields.invalid", "The body must be an object.");
	return db_tx(cx, update, &a);
}

struct text {
	int64_t id;
	const char *text;
};

static enum err set_email(struct cx *cx, void *arg)
{
	const struct text *a = arg;
	struct client c;

	TRY(client_get(cx, a->id, &c));
	return change_email(cx, &c, a->text);
}

enum err client_set_email(struct cx *cx, int64_t id, const char *email)
{
	/* Read by the field's own rules, since it comes as bare text. */
	json_t *body = json_keep(cx, json_pack("{s:s}", "email", str_or(email, "")));
	const struct fields only = {"email", &client_staff_fields.rows[0], 1,
	    sizeof(struct client_edit)};
	struct client_edit edit;

	TRY(field_read(cx, &only, body, FIELD_FORM, &edit));
	struct text a = {id, edit.email};
	return db_tx(cx, set_email, &a);
}

static enum err verified(struct cx *cx, void *arg)
{
	const struct text *a = arg;
	bool changed;

	TRY(client_write_verified(cx, a->id, a->text, &changed));
	if (!changed)
		return fail(cx, ERR_CONFLICT, "client.email_changed",
		    "The address has been changed since.");
	json_t *data = json_keep(cx, json_pack("{s:s}", "email", a->text));
	return event_add(cx, &(struct event){"client", a->id, "verify", a->id, data}, NULL);
}

enum err client_verified(struct cx *cx, int64_t id, const char *email)
{
	struct text a = {id, email};

	return db_tx(cx, verified, &a);
}

static enum err set_password(struct cx *cx, void *arg)
{
	const struct text *a = arg;
	struct client c;

	TRY(client_get(cx, a->id, &c));
	TRY(client_write_hash(cx, a->id, a->text));
	TRY(client_end_links(cx, a->id));
	return event_add(cx, &(struct event){"client", a->id, "password", a->id, NULL}, NULL);
}

enum err client_set_password(struct cx *cx, int64_t id, const char *password)
{
	char *hash;

	TRY(password_hash(cx, "password", password, &hash));
	struct text a = {id, hash};
	return db_tx(cx, set_password, &a);
}

struct apply {
	int64_t id;
	enum client_event event;
	const char *reason;
};

static enum err apply(struct cx *cx, void *arg)
{
	const struct apply *a = arg;
	struct client c;

	TRY(client_get(cx, a->id, &c));
	int to = fsm_next(&client_fsm, (int)c.state, (int)a->event);
	if (to < 0)
		return fail(cx, ERR_CONFLICT, "client.refused", "client %lld is %s: cannot %s",
		    (long long)c.id, client_fsm.states[c.state], client_fsm.events[a->event]);
	TRY(client_write_state(cx, &c, (enum client_state)to));
	if (to == CLIENT_SUSPENDED || to == CLIENT_CLOSED)
		TRY(client_end_access(cx, c.id));
	json_t *data = json_keep(cx, json_pack("{s:s}", "reason", a->reason));
	return event_add(cx,
	    &(struct event){"client", c.id, client_fsm.events[a->event], c.id, data}, NULL);
}

enum err client_apply(struct cx *cx, int64_t id, enum client_event event, const char *reason)
{
	struct apply a = {id, event, str_or(reason, "")};

	assert(event < CLIENT_EVENTS);
	return db_tx(cx, apply, &a);
}

enum err client_seen(struct cx *cx, int64_t id)
{
	return client_write_seen(cx, id);
}
