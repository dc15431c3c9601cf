/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of contacts: further persons of a client. They get letters but do not sign in. */
#include "base/limits.h"
#include "base/str.h"
#include "core/client/own.h"
#include "core/event/event.h"
#include "db/db.h"
#include "fmt/form.h"

struct save {
	struct contact contact; /* id 0: new */
	int64_t id;             /* once saved */
};

static enum err event(struct cx *cx, const struct contact *c, const char *name)
{
	json_t *data = json_keep(cx,
	    json_pack("{s:I, s:s, s:s}", "contact_id", (json_int_t)c->id, "name",
	        str_or(c->in.name, ""), "email", str_or(c->in.email, "")));

	return event_add(cx, &(struct event){"client", c->client_id, name, c->client_id, data},
	    NULL);
}

static enum err none(struct cx *cx, int64_t id)
{
	return fail(cx, ERR_NOT_FOUND, "contact.none", "There is no contact %lld.", (long long)id);
}

static enum err add(struct cx *cx, struct save *a)
{
	struct contact *others;
	size_t n;

	TRY(contact_rows(cx, a->contact.client_id, &others, &n));
	if (n >= LIMIT_CONTACTS)
		return fail(cx, ERR_CONFLICT, "contact.too_many",
		    "A client has at most %d contacts.", LIMIT_CONTACTS);
	struct contact c = a->contact;
	TRY(contact_insert(cx, &c, &c.id));
	a->id = c.id;
	return event(cx, &c, "contact_add");
}

static enum err save(struct cx *cx, void *arg)
{
	struct save *a = arg;
	struct client c;
	bool changed;

	TRY(client_get(cx, a->contact.client_id, &c));
	a->id = a->contact.id;
	if (a->id == 0)
		return add(cx, a);
	TRY(contact_write(cx, &a->contact, &changed));
	return changed ? event(cx, &a->contact, "contact_update") : none(cx, a->id);
}

enum err contact_save(struct cx *cx, int64_t client_id, int64_t id, const json_t *body,
    enum field_source source, int64_t *ret_id)
{
	struct save a = {.contact = {.id = id, .client_id = client_id}};
	size_t n;

	TRY(field_read(cx, &contact_fields, body, source, &a.contact.in));
	char **words = str_split(cx->arena, a.contact.in.letters, ' ', &n);
	for (size_t i = 0; i < n; i++) {
		if (!str_empty(words[i]) && !str_eq(words[i], "invoice") &&
		    !str_eq(words[i], "service"))
			return fail_field(cx, "letters", "contact.letters",
			    "Use the words invoice and service");
	}
	TRY(db_tx(cx, save, &a));
	if (ret_id != NULL)
		*ret_id = a.id;
	return OK;
}

struct removal {
	int64_t client_id, id;
};

static enum err remove_one(struct cx *cx, void *arg)
{
	const struct removal *a = arg;
	const struct contact c = {.id = a->id, .client_id = a->client_id};
	bool changed;

	TRY(contact_delete(cx, a->client_id, a->id, &changed));
	return changed ? event(cx, &c, "contact_remove") : none(cx, a->id);
}

enum err contact_remove(struct cx *cx, int64_t client_id, int64_t id)
{
	struct removal a = {client_id, id};

	return db_tx(cx, remove_one, &a);
}
